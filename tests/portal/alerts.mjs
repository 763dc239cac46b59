// Alerts on Today: what the data ask of whom. Each to whom it is for and to nobody else, gone when it is put right, and laid aside with a reason.
import { command, deepEqual, done, equal, match, ok, parseCsv, region, root, serve, test, waitFor } from "./lib.mjs";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [head, ...rows] = parseCsv(readFileSync(join(root, "data/regions/poort-genk/offer.csv"), "utf8"));
const offers = rows.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ""])));
const mine = offers.find((one) => one.site_id === "aperam"), theirs = offers.find((one) => one.site_id === "carglass");
const NOW = Date.now(); // once: at midnight a day would be another one the second time
const day = (later) => new Date(NOW + later * 86400e3).toISOString().slice(0, 10);

// The marked row: an offer of Carglass that only the broker may see, which ends below.
const file = await region({ plan: true, edit: (table, row) => {
  if (table === "offer" && row.offer_id === theirs.offer_id) Object.assign(row, { disclosure: "broker", description: "marked-secret" });
} });
const place = await serve(file);
const chief = await place.signIn("coordinator");
const holder = await place.signIn("partner", { actors: ["aperam"] });
const other = await place.signIn("partner", { actors: ["carglass"] });
const planner = await place.signIn("planner");
const bank = await place.signIn("financier");
const list = async (who) => {
  const { items } = (await who.get("/today")).json;
  const { items: aside } = (await who.get("/today/marks")).json;
  return { items, aside, alerts: items.filter((one) => one.kind === "alert") };
};
// All alerts of somebody: what does not fit into nine comes when the others are laid aside.
async function alerts(who) {
  const all = new Map();
  for (;;) {
    const { alerts: some } = await list(who);
    if (some.length === 0) break;
    for (const one of some) {
      all.set(one.id, one);
      equal((await who.post("/today/marks", { kind: "alert", id: one.id, what: "done" })).status, 204);
    }
  }
  for (const id of all.keys()) equal((await who.delete(`/today/marks/alert/${encodeURIComponent(id)}`)).status, 204);
  return all;
}

await test("what nobody checked yet is said so; a check is kept, and is read again without a new one", async () => {
  const before = await alerts(chief);
  equal(before.get("unchecked").why_key, "unchecked");
  equal(before.get("unchecked").action_url, "/data/findings");
  const first = (await chief.get("/findings")).json, second = (await chief.get("/findings")).json;
  deepEqual(second, first);
  ok(first.warnings > 0 && first.items.length >= first.warnings && /^\d{4}-/.test(first.made));
  const after = await alerts(chief);
  ok(!after.has("unchecked"));
  for (const rule of new Set(first.items.filter((one) => one.severity !== "hint").map((one) => one.rule))) {
    const one = after.get(`finding:${rule}`);
    equal(one.why.n, first.items.filter((item) => item.rule === rule && item.severity !== "hint").length, rule);
    equal(one.why.checked, first.made.slice(0, 10));
    equal(one.action_url, `/data/findings?rule=${rule}`);
  }
  ok(![...after.keys()].some((id) => id === "finding:hazardous_offer")); // a hint
  for (const who of [holder, other, planner, bank]) equal((await who.get("/findings")).status, 403);
});

await test("a finding reaches the coordinator and who holds the row, and goes when the row is edited", async () => {
  const all = (await chief.get("/findings")).json.items;
  const own = all.filter((one) => one.rule === "outlier" && one.table === "offer" && one.key.startsWith("o-carglass"));
  ok(own.length > 1);
  const seen = (await alerts(other)).get("finding:outlier");
  deepEqual([seen.why.n, seen.action_url, seen.why.open.only], [own.length, "/data/offer", own.map((one) => one.key).sort()[0]]);
  const text = JSON.stringify([...(await alerts(holder)).values()]);
  ok(!/carglass/.test(text), text);
  for (const who of [planner, bank]) ok(![...(await alerts(who)).keys()].some((id) => id.startsWith("finding:")));
  const count = (await alerts(chief)).get("finding:outlier").why.n;
  const change = await other.patch(`/tables/offer/rows/${own[0].key}`, { values: { description: "measured again" } });
  equal(change.status, 200, change.text);
  equal((await alerts(chief)).get("finding:outlier").why.n, count - 1);
  equal((await alerts(other)).get("finding:outlier").why.n, own.length - 1);
  const old = (await alerts(chief)).get("unchecked"); // the region is another one now
  equal(old.why_key, "check_old");
  const again = (await chief.get("/findings")).json;
  equal(again.items.filter((one) => one.rule === "outlier").length, all.filter((one) => one.rule === "outlier").length);
  ok(!(await alerts(chief)).has("unchecked"));
});

await test("offers that have ended: for who holds them and the coordinator, and no word of the hidden one to others", async () => {
  const of = async (who) => (await alerts(who)).get("ended:offer");
  equal((await chief.patch(`/tables/offer/rows/${theirs.offer_id}`, { values: { to: day(-10) } })).status, 200);
  deepEqual([(await of(chief)).why.n, (await of(other)).why.n, (await of(other)).why.ended], [1, 1, day(-10)]);
  for (const who of [holder, planner, bank]) equal(await of(who), undefined);
  const guessed = (await alerts(other)).get("guessed:offer");
  ok(guessed && guessed.why.n > 0 && guessed.why.open.only.startsWith("o-carglass"));
  equal((await alerts(chief)).get("guessed:offer"), undefined); // has the list of calls
});

await test("permits that end within three months", async () => {
  const add = async (values) => equal((await chief.post("/tables/permit/rows", { values })).status, 201);
  await add({ site_id: "aperam", code_low: "10 02 01", operation: "R4", to: day(40) });
  await add({ site_id: "aperam", code_low: "10 02 02", operation: "R4", to: day(400) });
  await add({ site_id: "carglass", code_low: "17 02 02", operation: "R5", to: day(-4) });
  deepEqual([...(await alerts(chief)).values()].filter((one) => one.id.startsWith("permit:")).map((one) => [one.id, one.why_key, one.why.n, one.why.ends]).sort(),
    [["permit:aperam", "permit_ends", 1, day(40)], ["permit:carglass", "permit_ended", 1, day(-4)]]);
  ok((await alerts(holder)).has("permit:aperam") && !(await alerts(holder)).has("permit:carglass"));
  for (const who of [planner, bank]) ok(![...(await alerts(who)).keys()].some((id) => id.startsWith("permit:")));
});

await test("a reported figure that contradicts the others: its value beside theirs is for the coordinator alone", async () => {
  const add = async (table, values) => { const answer = await chief.post(`/tables/${table}/rows`, { values }); equal(answer.status, 201, answer.text); };
  for (const node of ["knot-a", "knot-b"]) await add("balance_node", { node_id: node, layer: "mass", balanced: "1" });
  const flow = (id, from, to, quantity) => add("flow", { flow_id: id, from_id: from, to_id: to, resource_id: "steel-slag", year: 2020, quantity, rel_sd: 0.01 });
  await flow("f-in", "aperam", "knot-a", 1000);
  await flow("f-on", "knot-a", "knot-b", 1000);
  await flow("f-out", "knot-b", "carglass", 500);
  const { json: { job_id: job } } = await chief.post("/jobs", { kind: "balance", settings: { year: 2020 } });
  await waitFor(async () => ["done", "failed"].includes((await chief.get(`/jobs/${job}`)).json.status));
  equal((await chief.get(`/jobs/${job}`)).json.status, "done");
  const told = async (who) => [...(await alerts(who)).values()].filter((one) => one.id.startsWith("gross:"));
  const [one] = await told(chief);
  deepEqual([one.title, one.why_key, one.why.measured, one.action_url, one.why.open.only], ["f-out", "gross_would", 500, "/data/flow", "f-out"]);
  ok(one.why.reconciled > 600, one.why.reconciled);
  const [own] = await told(other);
  deepEqual([own.title, own.why_key, own.why.reconciled], ["f-out", "gross", null]);
  for (const who of [holder, bank]) equal((await told(who)).length, 0);
  equal((await chief.patch("/tables/flow/rows/f-out", { values: { quantity: 1000 } })).status, 200);
  equal((await told(chief)).length, 0);
});

await test("of the newest plan: what hangs on one knot, what rests on nothing checked", async () => {
  const all = await alerts(chief);
  const { items: plans } = (await chief.get("/plans")).json;
  const ties = [];
  for (let next = ""; next !== null;) {
    const page = (await chief.get(`/plans/latest/ties?limit=1000${next ? `&cursor=${next}` : ""}`)).json;
    ties.push(...page.items);
    next = page.next;
  }
  const unsure = ties.filter((one) => one.has_to_verify);
  equal(all.get("verify")?.why.n ?? 0, unsure.length);
  if (all.has("hangs")) ok(all.get("hangs").why.share >= 1 / 3 && all.get("hangs").action_url === `/plan?run=${plans[0].run_id}`);
  for (const who of [holder, other, planner, bank]) for (const id of ["hangs", "verify", "calls", "unchecked"]) ok(!(await alerts(who)).has(id));
});

await test("laid aside with a reason, which only oneself reads; back by hand, and by itself when it is another thing", async () => {
  const [one] = (await list(chief)).alerts;
  equal((await chief.post("/today/marks", { kind: "alert", id: one.id, what: "done", reason: "x".repeat(301) })).status, 422);
  equal((await chief.post("/today/marks", { kind: "alert", id: one.id, what: "done", reason: "Known since March" })).status, 204);
  ok(!(await list(chief)).alerts.some((item) => item.id === one.id));
  deepEqual((await list(chief)).aside.map((item) => [item.id, item.reason]), [[one.id, "Known since March"]]);
  for (const who of [holder, other, planner, bank]) deepEqual((await list(who)).aside, []);
  match((await chief.get(`/people/${(await chief.get("/me")).json.account.account_id}/data`)).text, /Known since March/); // it is hers
  equal((await chief.delete(`/today/marks/alert/${encodeURIComponent(one.id)}`)).status, 204);
  deepEqual((await list(chief)).aside, []);
  // Nobody lays aside what is not on their list.
  equal((await holder.post("/today/marks", { kind: "alert", id: "ended:offer", what: "done" })).status, 404);
  equal((await other.post("/today/marks", { kind: "alert", id: "ended:offer", what: "done", reason: "We stopped" })).status, 204);
  ok(!(await alerts(other)).has("ended:offer"));
  equal((await chief.post("/tables/offer/rows", { values: { offer_id: "o-new", site_id: "carglass", resource_id: theirs.resource_id, quantity: 1, to: day(-2) } })).status, 201);
  ok((await alerts(other)).has("ended:offer"));
  ok(!(await alerts(holder)).has("ended:offer")); // seen by all, and not theirs
});

await done();
