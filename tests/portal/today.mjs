// Today's list by role: at most nine, each with why and one action; put aside and back; and space that is lent: never twice, by who may.
import { command, deepEqual, done, equal, match, ok, parseCsv, region, root, serve, test } from "./lib.mjs";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const table = (name) => {
  const [head, ...rows] = parseCsv(readFileSync(join(root, `data/regions/poort-genk/${name}.csv`), "utf8"));
  return rows.map((cells) => Object.fromEntries(head.map((column, i) => [column, cells[i] ?? ""])));
};
const sites = table("site");
const [site, other] = [sites[0], sites.find((one) => one.actor_id !== sites[0].actor_id)];
const area = table("area")[0];

const file = await region();
command("--quiet", "ask", file, "--shortlist", "3", "--scenarios", "16", "--plans", "3", "--gap", "0.05");
const place = await serve(file);
const { anybody } = place;
const chief = await place.signIn("coordinator", { name: "Lut Claes" });
const host = await place.signIn("partner", { actors: [site.actor_id] });
const user = await place.signIn("partner", { actors: [other.actor_id] });
const planner = await place.signIn("planner");
const bank = await place.signIn("financier");
const viewer = await place.signIn("viewer");
const today = async (who) => (await who.get("/today")).json;
const NOW = Date.now(); // once: at midnight a day would be another one the second time
const day = (later) => new Date(NOW + later * 86400e3).toISOString().slice(0, 10);

await test("the coordinator's day: at most nine, calls first asked are there, and a task that is late stands above", async () => {
  const calls = await today(chief);
  ok(calls.items.length <= 9 && calls.items.length > 0);
  ok(calls.items.every((one) => one.kind && one.id && one.why_key && typeof one.why === "object" && one.action_url.startsWith("/")));
  ok(calls.items.some((one) => one.kind === "call" && one.why.gain_eur !== undefined));
  for (const who of [host, user, planner, bank]) ok(!(await today(who)).items.some((one) => one.kind === "call"));
  for (const who of [viewer, anybody]) ok([401, 403].includes((await who.get("/today")).status));
  const id = (await chief.post("/cases", { title: "Late" })).json.case_id;
  await chief.post(`/cases/${id}/tasks`, { what: "call back", due: day(-3) });
  const first = (await today(chief)).items[0];
  deepEqual([first.kind, first.title, first.why_key, first.why], ["task", "call back", "task_late", { case: "Late", due: day(-3) }]);
});

await test("what is put aside is gone, comes back by hand, and a done task is done in its case", async () => {
  const { items: [task] } = await today(chief);
  equal((await chief.post("/today/marks", { kind: task.kind, id: task.id, what: "snooze" })).status, 422);
  equal((await chief.post("/today/marks", { kind: task.kind, id: task.id, what: "snooze", until: day(2) })).status, 204);
  ok(!(await today(chief)).items.some((one) => one.kind === "task"));
  equal((await chief.delete(`/today/marks/task/${task.id}`)).status, 204);
  equal((await today(chief)).items[0].kind, "task");
  equal((await user.post("/today/marks", { kind: task.kind, id: task.id, what: "done" })).status, 404); // not on their list
  equal((await chief.post("/today/marks", { kind: task.kind, id: task.id, what: "done" })).status, 204);
  ok(!(await today(chief)).items.some((one) => one.kind === "task"));
  const sheet = (await chief.get(task.action_url.split("?")[0])).json;
  match(sheet.tasks[0].done, /^\d{4}-\d\d-\d\d$/);
  const call = (await today(chief)).items.find((one) => one.kind === "call");
  equal((await chief.post("/today/marks", { kind: call.kind, id: call.id, what: "done" })).status, 204);
  ok(!(await today(chief)).items.some((one) => one.kind === "call" && one.id === call.id));
});

await test("gates that are ready, outcomes to verify, a partner's own day", async () => {
  const id = (await host.post("/cases", { title: "Ready" })).json.case_id;
  const { criteria } = (await chief.get(`/cases/${id}`)).json;
  for (const one of criteria.filter((criterion) => criterion.stage === "idea"))
    await chief.put(`/cases/${id}/criteria/${one.gate_criterion_id}`, { is_met: true, evidence: "told" });
  await host.post(`/cases/${id}/outcomes`, { kind: "co2_t", quantity: 3, from_day: "2025-01-01", to_day: "2025-12-31", evidence: "meter" });
  const { items } = await today(chief);
  ok(items.some((one) => one.kind === "gate" && one.title === "Ready"));
  ok(items.some((one) => one.kind === "outcome" && one.why.quantity === 3));
  ok(!(await today(host)).items.some((one) => one.kind === "gate" || one.kind === "outcome"));
  const asked = (await chief.post("/cases", { title: "Join", partners: [{ actor_id: other.actor_id, role: "taker" }] })).json.case_id;
  ok((await today(user)).items.some((one) => one.kind === "joined" && one.title === "Join"));
  await chief.post(`/cases/${asked}/comments`, { comment: "what do you think?" });
  ok((await today(user)).items.some((one) => one.kind === "comment" && one.why.name === "Lut Claes"));
  ok(!(await today(host)).items.some((one) => one.title === "Join"));
  await user.post(`/cases/${asked}/comments`, { comment: "fine" });
  ok(!(await today(user)).items.some((one) => one.kind === "comment")); // answered
});

const ask = (who, more) => who.post("/experiments", { title: "Repair café", site_id: site.site_id, from_day: "2031-03-01", to_day: "2031-03-31", ...more });
const set = (who, id, body, headers) => who.patch(`/experiments/${id}`, body, headers);
await test("a space is asked for, and let by who holds it", async () => {
  const made = await ask(user, { user_actor_id: other.actor_id });
  equal(made.status, 201, made.text);
  const id = made.json.experiment_id;
  for (const who of [bank, viewer]) equal((await ask(who)).status, 403);
  equal((await set(user, id, { status: "agreed" })).status, 403);
  for (const who of [planner, bank, viewer, anybody]) equal((await who.get(`/experiments/${id}`)).status, 404);
  ok((await today(host)).items.some((one) => one.kind === "experiment" && one.why_key === "experiment_asked"));
  equal((await set(host, id, { status: "running" })).status, 409);
  equal((await set(host, id, { status: "agreed" })).status, 200);
  equal((await set(user, id, { to_day: "2031-05-01" })).status, 403); // agreed is agreed
  equal((await set(host, id, { status: "running" })).status, 200);
  equal((await set(host, id, { status: "ended" })).status, 200);
  equal((await set(host, id, { status: "running" })).status, 409);
  equal((await set(user, id, { learned: "people come on Saturdays", outcome: "worked", next_step: "once a month" })).status, 200);
  equal((await set(user, id, { outcome: "magic" })).status, 422);
  equal((await set(user, id, { is_public: true, public_text: "x" })).status, 403);
  equal((await set(chief, id, { is_public: true })).status, 422);
  equal((await set(chief, id, { is_public: true, public_text: "Repairs in an empty hall." })).status, 200);
  const open = (await anybody.get(`/experiments/${id}`)).json;
  deepEqual([open.public_text, open.learned, open.is_inside], ["Repairs in an empty hall.", "people come on Saturdays", false]);
  ok(!("conditions" in open) && !("responsible_id" in open) && !("user_actor_id" in open));
  ok((await anybody.get("/experiments")).json.items.some((one) => one.experiment_id === id));
});

await test("no space is lent twice: 60 random periods against a model of days", async () => {
  let seed = 5;
  const random = (n) => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return Math.floor((seed / 2 ** 32) * n); };
  const lent = []; // {site, from, to}
  for (let i = 0; i < 60; i++) {
    const where = [site, other][random(2)].site_id, from = random(200), to = from + random(20);
    const body = { site_id: where, from_day: new Date(Date.UTC(2032, 0, 1 + from)).toISOString().slice(0, 10), to_day: new Date(Date.UTC(2032, 0, 1 + to)).toISOString().slice(0, 10) };
    const { experiment_id: id } = (await ask(chief, body)).json;
    const clash = lent.some((one) => one.where === where && one.from <= to && one.to >= from);
    const answer = await set(chief, id, { status: "agreed" });
    equal(answer.status === 200, !clash, answer.text);
    if (clash) match(answer.json.detail, /aan een ander experiment uitgeleend/); // the account reads Dutch
    else lent.push({ where, from, to, id });
  }
  ok(lent.length > 5 && lent.length < 55);
  // Moving a period onto another is refused as well; what ended early gives its space back.
  const [a] = lent, b = lent.find((one) => one !== a && one.where === a.where);
  const day_ = (n) => new Date(Date.UTC(2032, 0, 1 + n)).toISOString().slice(0, 10);
  equal((await set(chief, b.id, { from_day: day_(a.from), to_day: day_(a.to) })).status, 422);
  equal((await set(chief, a.id, { status: "ended" })).status, 200);
  equal((await set(chief, b.id, { from_day: day_(a.from), to_day: day_(a.to) })).status, 200);
  // Two at the same moment: one of them gets it.
  const both = await Promise.all([1, 2].map(() => ask(chief, { from_day: "2040-01-01", to_day: "2040-02-01" })));
  const answers = await Promise.all(both.map(({ json }) => set(chief, json.experiment_id, { status: "agreed" })));
  deepEqual(answers.map((one) => one.status).sort(), [200, 422]);
});

await test("an area: two squares at once, one square once; bad bodies", async () => {
  const square = (name) => ({ site_id: undefined, area_id: area.area_id, place: name, from_day: "2033-01-01", to_day: "2033-01-31" });
  const ids = [];
  for (const name of ["Market", "Station", " market "]) ids.push((await ask(chief, square(name))).json.experiment_id);
  const answers = [];
  for (const id of ids) answers.push((await set(chief, id, { status: "agreed" })).status);
  deepEqual(answers, [200, 200, 422]);
  equal((await ask(chief, { site_id: "nowhere" })).status, 422);
  equal((await ask(chief, { area_id: area.area_id })).status, 422); // a site and an area
  equal((await ask(chief, { from_day: "2031-04-01" })).status, 422); // ends before it begins
  equal((await ask(chief, { from_day: "2031-02-30" })).status, 422);
  equal((await ask(chief, { offer_id: "nothing" })).status, 422);
});

await test("who works here sees when a space is taken, not by whom", async () => {
  const busy = await planner.get("/experiments/busy?limit=1000");
  ok(busy.json.items.length > 5);
  deepEqual(Object.keys(busy.json.items[0]).sort(), ["area_id", "experiment_id", "from_day", "offer_id", "place", "site_id", "site_name", "to_day"]);
  for (const who of [viewer, bank, anybody]) ok([401, 403].includes((await who.get("/experiments/busy")).status));
});

await test("the calendar is RFC 5545, by file and by a token that can end", async () => {
  await ask(chief, { title: "Comma, semicolon; and a very long title that has to be folded because it goes on — and on", from_day: "2034-01-01", to_day: "2034-01-02" });
  const feed = await chief.get("/experiments/calendar");
  match(feed.headers.get("content-type"), /^text\/calendar/);
  match(feed.text, /^BEGIN:VCALENDAR\r\n/);
  ok(feed.text.split("\r\n").every((line) => Buffer.byteLength(line) <= 75));
  ok(feed.text.replaceAll("\r\n ", "").includes("SUMMARY:Comma\\, semicolon\\; and a very long title that has to be folded because it goes on — and on"));
  match(feed.text, /DTSTART;VALUE=DATE:20340101\r\nDTEND;VALUE=DATE:20340103/);
  const { address } = (await chief.post("/calendar")).json;
  const path = address.replace("/api/v1", "");
  const events = (text) => text.match(/BEGIN:VEVENT/g)?.length ?? 0;
  equal(events((await anybody.get(path)).text), events(feed.text));
  ok(events((await anybody.get("/experiments/calendar")).text) < events(feed.text)); // the public sees what is public
  equal((await chief.delete("/calendar")).status, 204);
  equal((await anybody.get(path)).status, 404);
  equal((await anybody.get("/calendar/x.ics")).status, 404);
});

await done();
