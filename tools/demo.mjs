// The end of `./run demo`: node tools/demo.mjs KNOOP REGION.gpkg
//
// Makes an account for each role, serves the portal, gives the desk something to look at through the API as its users would, prints who may
// come in, and stays until it is told to stop. A port that is taken is no reason to stop: then another one.
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";

const [knoop, region] = process.argv.slice(2);
const PORT = 8080;
const PEOPLE = [
  ["coordinator", "an@example.org", "An, coordinator", []],
  ["partner", "partner@example.org", "Partner of Gielen Recycling (demo)", ["gielen"]],
  ["planner", "planner@example.org", "Planner (demo)", []],
  ["financier", "financier@example.org", "Financier (demo)", []],
  ["viewer", "viewer@example.org", "Viewer (demo)", []],
];

const isFree = (port) => new Promise((yes) => {
  const probe = createServer().once("error", () => yes(false)).once("listening", () => probe.close(() => yes(true)));
  probe.listen(port, "127.0.0.1");
});

const accounts = PEOPLE.map(([role, email, name, actors]) =>
  JSON.parse(execFileSync(knoop, ["account", region, "--email", email, "--name", name, "--role", role, "--json", ...actors.flatMap((actor) => ["--actor", actor])], { encoding: "utf8" })));

const server = spawn(knoop, ["serve", region, "--quiet", "--background", "data/regions/poort-genk/background", "--port", (await isFree(PORT)) ? String(PORT) : "0"], { stdio: ["ignore", "pipe", "inherit"] });
const stopped = new Promise((yes) => server.on("exit", (code) => yes(code ?? 1)));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill("SIGTERM"));
const url = await new Promise((yes, no) => {
  server.stdout.on("data", (line) => { const found = String(line).match(/https?:\/\/\S+/); if (found) yes(found[0].replace(/\/$/, "")); });
  server.on("exit", () => no(new Error("the server did not start")));
});

// ---------------------------------------------------------------- something to look at
let cookie = "", csrf = "";
async function post(path, body, method = "POST", more = {}) {
  const answer = await fetch(`${url}/api/v1${path}`, { method, headers: { "Content-Type": "application/json", Cookie: cookie, "X-Knoop-CSRF": csrf, ...more }, body: body && JSON.stringify(body) });
  cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie;
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(`${path}: ${json.detail ?? answer.status}`);
  return json;
}
const get = (path) => post(path, undefined, "GET");
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
({ csrf } = await post("/login", { email: accounts[0].email, password: accounts[0].password }));
const { sessions } = await post("/meetings/compose", { count: 1, least: 4, most: 8 });
await post("/meetings", {
  title: "Demo: hout, warmte en lege hallen", goal: "Wie kan met wie verder, en wat is de eerste stap?", place: "C-mine, Genk", begins: `${inDays(9)}T13:30`, minutes_long: 120,
  agenda: "Kennismaken\nWat heb je, wat zoek je?\nWat past\nAfspraken", actors: sessions[0]?.actors.map(({ actor_id }) => actor_id) ?? [], composed: sessions[0] ?? null,
});
// Cases of three knots: what they cost and bring comes from the plan and the data of the region, which are estimates and say so.
const { items: [plan] } = await get("/plans?limit=1");
const { items: ties } = await get(`/plans/${plan.run_id}/ties?limit=1000`);
const { items: units } = await get(`/plans/${plan.run_id}/units?limit=1000`);
const caseOf = async (knot) => (await post("/cases", { origin: { kind: "knot", id: `${plan.run_id}:${knot}` } })).case_id;
const change = async (id, body) => post(`/cases/${id}`, body, "PATCH", { "If-Match": `"v${(await get(`/cases/${id}`)).version}"` });
async function demoCase(knot, then) {
  try { await then(await caseOf(knot)); } catch (error) { console.error(`demo case ${knot}: ${error.message}`); }
}
await demoCase(1, async (id) => {
  const { ties: own, worth_eur } = await get(`/cases/${id}`);
  const unit = units.find(({ unit_id, annuity_eur }) => annuity_eur > 0 && own.some((tie) => tie.from_kind === "unit" && tie.from_id === unit_id));
  if (unit) {
    const process = await get(`/tables/process/rows/${encodeURIComponent(unit.process_id)}`);
    const origin = "schatting: gegevens en plan van de voorbeeldregio";
    await post(`/cases/${id}/money`, { kind: "investment", what: "De installatie", eur: Math.round((process.capex_eur ?? 0) * unit.capacity + (process.capex_fixed_eur ?? 0)), from_yr: 0, to_yr: 0, is_estimate: true, origin });
    await post(`/cases/${id}/money`, { kind: "benefit", what: "Wat de koppelingen opbrengen, min de werking", eur: Math.round(worth_eur + unit.annuity_eur), from_yr: 1, to_yr: Math.round(process.lifetime_yr ?? 15), is_estimate: true, origin });
  }
  await change(id, { is_open_for_finance: true, risk: "Demo: alle cijfers zijn schattingen. Wat er echt aan stroom is, moet nog gemeten worden." });
});
await demoCase(2, (id) => change(id, { is_published: true, public_title: "Demo: schroot dat in de regio blijft", public_text: "Bedrijven zoeken samen hoe schroot uit de streek hier opnieuw metaal wordt." }));
const mine = ties.find(({ from_actor_id, case_id }) => from_actor_id === PEOPLE[1][3][0] && case_id > 2);
await demoCase(mine?.case_id ?? 3, async (id) => {
  for (const { case_partner_id, actor_id } of (await get(`/cases/${id}`)).partners)
    if (actor_id === PEOPLE[1][3][0]) await post(`/cases/${id}/partners/${case_partner_id}`, { is_told: true }, "PATCH");
  await post(`/cases/${id}/tasks`, { what: "Bellen: hoeveel komt er echt vrij, en wanneer?", due: inDays(5) });
});
await post("/stories", {
  title_nl: "Wat is een circulaire regio?", title_en: "What is a circular region?", status: "published",
  body_nl: "Een regio heeft meer dan ze gebruikt: restwarmte, afvalhout, lege hallen, uren van vakmensen. Hier zie je wat op gebruik wacht en wat je kan lenen. De cijfers van deze demo zijn grotendeels schattingen.",
  body_en: "A region has more than it uses: residual heat, waste wood, empty halls, hours of skilled people. Here you see what waits for a use and what you can borrow. The figures of this demo are mostly estimates.",
});

console.log(`\nportal: ${url}/\n\nsign in as (these passwords are shown once, and are of this demo only):`);
for (const { email, role, password } of accounts) console.log(`  ${role.padEnd(12)} ${email.padEnd(24)} ${password}`);
console.log(`\nA tour in five steps: ${url}/tour\nCtrl-C stops the portal; the region stays in ${region}.`);
process.exitCode = await stopped;
