// Cases as each role: what one sees and may do, every forbidden transition, money, documents, outcomes; and that the state machine of
// the server walks as a model of it does.
import { deepEqual, done, equal, figure, match, ok, parseCsv, region, root, serve, test } from "./lib.mjs";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [head, ...rows] = parseCsv(readFileSync(join(root, "data/regions/poort-genk/actor.csv"), "utf8"));
const actors = rows.map((cells) => cells[head.indexOf("actor_id")]);
const [mine, yours, third] = actors;

const place = await serve(await region({ plan: true }));
const { anybody } = place;
const chief = await place.signIn("coordinator", { name: "Lut Claes" });
const second = await place.signIn("coordinator", { name: "Jan Peeters" });
const partner = await place.signIn("partner", { actors: [mine], name: "An Maes" });
const rival = await place.signIn("partner", { actors: [yours] });
const stranger = await place.signIn("partner", { actors: [third] });
const bank = await place.signIn("financier");
const planner = await place.signIn("planner");
const viewer = await place.signIn("viewer");

const add = async (who, body) => {
  const answer = await who.post("/cases", body);
  equal(answer.status, 201, answer.text);
  return answer.json.case_id;
};
const sheet = async (who, id) => (await who.get(`/cases/${id}`)).json;
const meetGate = async (id) => {
  const { stage, criteria } = await sheet(chief, id);
  for (const one of criteria.filter((criterion) => criterion.stage === stage))
    equal((await chief.put(`/cases/${id}/criteria/${one.gate_criterion_id}`, { is_met: true, evidence: "seen on site" })).status, 204);
};
const step = (who, id, name, more = {}) => who.post(`/cases/${id}/steps`, { step: name, ...more });

/** The ties of the plan that somebody sees, all pages. */
async function tiesOf(who) {
  const ties = [];
  for (let cursor = ""; cursor !== null;) {
    const page = (await who.get(`/plans/1/ties?limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)).json;
    ties.push(...page.items);
    cursor = page.next;
  }
  return ties;
}

await test("gates ship in Dutch and English, and are the region's to change", async () => {
  const { json } = await anybody.get("/cases/gates");
  for (const stage of ["idea", "seed", "potential", "feasible", "pilot", "running"]) {
    const gate = json.items.filter((one) => one.stage === stage);
    ok(gate.length >= 2 && gate.every((one) => one.name_en && one.name_nl && one.name_en !== one.name_nl));
  }
  equal((await partner.post("/cases/gates", { stage: "idea", name_en: "x", name_nl: "y" })).status, 403);
  const made = await chief.post("/cases/gates", { stage: "running", name_en: "The neighbours are content", name_nl: "De buren zijn tevreden" });
  equal(made.status, 201);
  equal((await chief.patch(`/cases/gates/${made.json.gate_criterion_id}`, { is_used: false })).status, 204);
  equal((await chief.post("/cases/gates", { stage: "nowhere", name_en: "x", name_nl: "y" })).status, 422);
});

await test("a case is made by hand; others than coordinator and partner may not", async () => {
  const id = await add(chief, { title: "Sawdust to boards", summary: "400 t a year", worth_eur: 61000, co2_t: 210 });
  const one = await sheet(chief, id);
  deepEqual([one.stage, one.status, one.worth_eur, one.lead_name, one.steps.length, one.steps[0].step], ["idea", "open", 61000, "Lut Claes", 1, "begin"]);
  for (const who of [bank, planner, viewer]) equal((await who.post("/cases", { title: "x" })).status, 403);
  equal((await anybody.post("/cases", { title: "x" })).status, 401);
  equal((await chief.post("/cases", {})).status, 422);
  equal((await chief.post("/cases", { title: "x", stage: "running" })).status, 422);
});

await test("a partner's case has the partner in it", async () => {
  const id = await add(partner, { title: "Old flags into bags" });
  const one = await sheet(partner, id);
  deepEqual(one.partners.map(({ actor_id, is_own }) => [actor_id, is_own]), [[mine, true]]);
  equal((await rival.get(`/cases/${id}`)).status, 404);
});

await test("a case from a tie and from a knot takes over worth, CO2 and partners, once", async () => {
  const { json: ties } = await chief.get("/cases/gates?limit=1"); // any answer: the plan is there
  ok(ties);
  const made = [];
  for (let id = 1; id < 60 && made.length < 1; id++) {
    const answer = await chief.post("/cases", { origin: { kind: "tie", id: String(id) } });
    if (answer.status === 201) made.push([id, answer.json.case_id]);
    else equal(answer.status, 404);
  }
  const [[tie, id]] = made;
  const one = await sheet(chief, id);
  ok(one.title && Number.isFinite(one.worth_eur) && Number.isFinite(one.co2_t));
  equal(one.origin_kind, "tie");
  const again = await chief.post("/cases", { origin: { kind: "tie", id: String(tie) } });
  equal(again.status, 409);
  const knot = await chief.post("/cases", { origin: { kind: "knot", id: "1:1" } });
  equal(knot.status, 201, knot.text);
  const tied = await sheet(chief, knot.json.case_id);
  ok(tied.partners.length >= 1);
  // What would go from whom to whom stands with it: the same ties as the plan has for this knot.
  const ofPlan = (await tiesOf(chief)).filter((tie) => tie.case_id === 1);
  const key = (tie) => [tie.from_kind, tie.from_id, tie.to_kind, tie.to_id, tie.resource_id, tie.quantity, tie.eur].join(" ");
  ok(ofPlan.length > 0);
  deepEqual(tied.ties.map(key).sort(), ofPlan.map(key).sort());
  deepEqual(one.ties.map(({ eur }) => eur), [one.worth_eur]);
  equal((await chief.post("/cases", { origin: { kind: "knot", id: "1:999999" } })).status, 404);
  equal((await chief.post("/cases", { origin: { kind: "knot", id: "x" } })).status, 422);
  equal((await chief.post("/cases", { origin: { kind: "nothing", id: "1" } })).status, 404);
});

await test("who sees a case, and as what", async () => {
  const id = await add(chief, { title: "Heat for the pool", partners: [{ actor_id: mine, role: "holder" }, { actor_id: yours, role: "taker" }] });
  for (const who of [partner, rival]) equal((await sheet(who, id)).title, "Heat for the pool");
  for (const who of [stranger, bank, planner, viewer, anybody]) {
    const answer = await who.get(`/cases/${id}`);
    equal(answer.status, 404);
    equal(answer.json.detail, (await who.get("/cases/999999")).json.detail); // not there and not for you: one answer
    ok(!(await who.get("/cases?limit=1000")).json.items.some((one) => one.case_id === id));
    ok(!(await who.get("/cases?limit=1000&search=pool")).text.includes("pool"));
    for (const part of ["tasks", "money", "comments", "outcomes", "documents", "partners"])
      ok([403, 404, 401].includes((await who.post(`/cases/${id}/${part}`, { what: "x", comment: "x" })).status) || who === stranger);
  }
  // A stranger who is a partner elsewhere: not there, whatever the body.
  equal((await stranger.post(`/cases/${id}/tasks`, { what: "x" })).status, 404);
  equal((await stranger.post(`/cases/${id}/comments`, { comment: "x" })).status, 404);
  equal((await stranger.patch(`/cases/${id}`, { summary: "x" })).status, 404);
  equal((await stranger.put(`/cases/${id}/criteria/1`, { evidence: "x" })).status, 404);
  // Published: others read its public words, and nothing else.
  equal((await chief.patch(`/cases/${id}`, { is_published: true })).status, 422);
  equal((await chief.patch(`/cases/${id}`, { is_published: true, public_title: "Warm water", public_text: "A pool is heated with wood." })).status, 200);
  for (const who of [stranger, bank, planner, viewer, anybody]) {
    const open = await sheet(who, id);
    equal(open.title, "Warm water");
    deepEqual(Object.keys(open).sort(), ["area_id", "area_name", "case_id", "is_public_view", "moved", "public_text", "stage", "status", "title"]);
  }
  equal((await partner.patch(`/cases/${id}`, { is_published: false })).status, 403);
  equal((await anybody.get("/cases/public")).json.items.length, 1);
});

await test("a case from what was found introduces nobody: who was not told sees nothing of it, and is not seen in it", async () => {
  const hall = (await chief.get("/cases/actors?limit=1000")).json.items.length;
  ok(hall > 2);
  const id = await add(chief, { title: "Quiet", partners: [{ actor_id: mine }] });
  const made = (await chief.post(`/cases/${id}/partners`, { actor_id: yours, role: "taker", is_told: false })).json.case_partner_id;
  await chief.post(`/cases/${id}/money`, { case_partner_id: made, kind: "benefit", what: "margin", eur: 4321, from_yr: 1, to_yr: 1 });
  equal((await rival.get(`/cases/${id}`)).status, 404);
  equal((await rival.post(`/cases/${id}/comments`, { comment: "x" })).status, 404);
  ok(!(await rival.get("/cases?limit=1000")).text.includes("Quiet"));
  const seen = await partner.get(`/cases/${id}`);
  deepEqual(seen.json.partners.map((one) => one.actor_id), [mine]);
  ok(!figure(4321).test(seen.text) && !seen.text.includes(`"${yours}"`));
  equal((await partner.patch(`/cases/${id}/partners/${made}`, { is_told: true })).status, 404);
  equal((await chief.patch(`/cases/${id}/partners/${made}`, { is_told: true })).status, 200);
  equal((await rival.get(`/cases/${id}`)).status, 200);
  equal((await sheet(partner, id)).partners.length, 2);
  // From a tie or knot nobody is told by itself, and the keys of what it came from stay with the coordinator.
  const { items } = (await chief.get("/cases?limit=1000")).json;
  const found = items.find((one) => one.origin_kind === "knot");
  const whole = await sheet(chief, found.case_id);
  ok(whole.partners.every((one) => !one.is_told));
  equal(whole.origin_id, "1:1");
  await chief.patch(`/cases/${found.case_id}`, { is_open_for_finance: true });
  const banks = await sheet(bank, found.case_id);
  deepEqual([banks.origin_id, banks.partners, banks.ties], [null, [], []]);
  // A partner who is in it sees of its ties what the plan shows them, no more.
  await chief.post(`/cases/${found.case_id}/partners`, { actor_id: mine, role: "holder" });
  const theirRow = (await sheet(chief, found.case_id)).partners.find((one) => one.actor_id === mine);
  equal((await chief.patch(`/cases/${found.case_id}/partners/${theirRow.case_partner_id}`, { is_told: true })).status, 200);
  const shown = new Set((await tiesOf(partner)).map((tie) => `${tie.from_id} ${tie.to_id}`));
  const theirs = (await sheet(partner, found.case_id)).ties;
  ok(theirs.every((tie) => shown.has(`${tie.from_id} ${tie.to_id}`)));
  equal(theirs.length, whole.ties.filter((tie) => shown.has(`${tie.from_id} ${tie.to_id}`)).length);
});

await test("a financier sees what is open for finance, without private lines and talk", async () => {
  const id = await add(chief, { title: "Board press", partners: [{ actor_id: mine }, { actor_id: yours }] });
  const { partners } = await sheet(chief, id);
  const [a, b] = partners.map((one) => one.case_partner_id);
  equal((await chief.post(`/cases/${id}/money`, { kind: "investment", what: "press", eur: 100000, from_yr: 0, to_yr: 0 })).status, 201);
  equal((await partner.post(`/cases/${id}/money`, { case_partner_id: a, kind: "benefit", what: "no gate fee", eur: 22000, from_yr: 1, to_yr: 5 })).status, 201);
  equal((await rival.post(`/cases/${id}/money`, { case_partner_id: b, kind: "benefit", what: "margin", eur: 7777, from_yr: 1, to_yr: 5, is_private: true })).status, 201);
  // Only one's own lines.
  equal((await partner.post(`/cases/${id}/money`, { case_partner_id: b, kind: "cost", what: "x", eur: 1, from_yr: 0, to_yr: 0 })).status, 403);
  equal((await partner.post(`/cases/${id}/money`, { kind: "cost", what: "x", eur: 1, from_yr: 0, to_yr: 0 })).status, 403);
  const whole = await sheet(chief, id);
  const other = whole.money.find((one) => one.case_partner_id === b);
  equal((await partner.patch(`/cases/${id}/money/${other.case_money_id}`, { eur: 1 })).status, 404); // private: not even there
  equal((await partner.delete(`/cases/${id}/money/${other.case_money_id}`)).status, 404);
  await chief.patch(`/cases/${id}`, { is_open_for_finance: true, risk: "price of boards" });
  await chief.post(`/cases/${id}/comments`, { comment: "between us" });
  await chief.post(`/cases/${id}/tasks`, { what: "call the press maker" });
  const seen = await sheet(bank, id);
  equal(seen.risk, "price of boards");
  equal(seen.money.length, 2);
  deepEqual([seen.comments, seen.tasks, seen.steps], [[], [], []]);
  ok(!figure(7777).test(JSON.stringify(seen)));
  // By hand: -100000 + 22000 (1 - 1.05^-5) / 0.05 = -4751.51; with 7777 more a year it pays back.
  const npv = (yearly) => -100000 + (yearly * (1 - 1.05 ** -5)) / 0.05;
  for (const who of [bank, partner]) {
    const { economics } = await sheet(who, id);
    ok(Math.abs(economics.all.npv_eur - npv(22000)) < 1e-6);
    equal(economics.all.discounted_payback_yr, null);
    equal(economics.discount_rate, 0.05);
  }
  for (const who of [chief, rival]) ok(Math.abs((await sheet(who, id)).economics.all.npv_eur - npv(29777)) < 1e-6);
  equal((await bank.post(`/cases/${id}/comments`, { comment: "x" })).status, 403);
  equal((await chief.post(`/cases/${id}/money`, { kind: "cost", what: "x", eur: -5, from_yr: 0, to_yr: 0 })).status, 422);
  equal((await chief.post(`/cases/${id}/money`, { kind: "cost", what: "x", eur: 5, from_yr: 3, to_yr: 1 })).status, 422);
  equal((await chief.post(`/cases/${id}/money`, { case_partner_id: 999, kind: "cost", what: "x", eur: 5, from_yr: 0, to_yr: 0 })).status, 422);
});

await test("gates hold: no way forward unless met or overridden with a reason, and the history says so", async () => {
  const id = await add(chief, { title: "Gate", partners: [{ actor_id: mine }] });
  equal((await step(chief, id, "forward")).status, 409);
  equal((await step(chief, id, "forward", { is_override: true })).status, 422);
  equal((await step(partner, id, "forward")).status, 403);
  equal((await step(stranger, id, "forward")).status, 403);
  equal((await step(chief, id, "jump")).status, 422);
  const criterion = (await sheet(chief, id)).criteria.find((one) => one.stage === "idea").gate_criterion_id;
  equal((await partner.put(`/cases/${id}/criteria/${criterion}`, { is_met: true, evidence: "x" })).status, 403);
  equal((await partner.put(`/cases/${id}/criteria/${criterion}`, { evidence: "we spoke on Monday" })).status, 204);
  equal((await chief.put(`/cases/${id}/criteria/${criterion}`, { is_met: true })).status, 204);
  equal((await chief.put(`/cases/${id}/criteria/${criterion + 1}`, { is_met: true })).status, 422); // no evidence
  equal((await chief.put(`/cases/${id}/criteria/99999`, { is_met: true })).status, 404);
  equal((await step(chief, id, "forward")).status, 409);
  equal((await step(chief, id, "forward", { is_override: true, reason: "override", reason_text: "they start on Monday" })).status, 200);
  await meetGate(id);
  equal((await step(chief, id, "forward", { from_stage: "idea" })).status, 409); // someone else moved it
  equal((await step(chief, id, "forward", { from_stage: "seed" })).json.stage, "potential");
  const { steps, stage } = await sheet(chief, id);
  equal(stage, "potential");
  deepEqual(steps.map((one) => [one.step, one.to_stage, one.is_override]), [["begin", "idea", false], ["forward", "seed", true], ["forward", "potential", false]]);
});

await test("parked and lost cases keep their reason and can come back", async () => {
  const id = await add(chief, { title: "Park" });
  equal((await step(chief, id, "park")).status, 422);
  equal((await step(chief, id, "park", { reason: "weather" })).status, 422);
  equal((await step(chief, id, "park", { reason: "permit", reason_text: "waits for the province" })).json.status, "parked");
  equal((await step(chief, id, "forward", { is_override: true, reason: "override" })).status, 409);
  equal((await step(chief, id, "lose", { reason: "money" })).json.status, "lost");
  equal((await step(chief, id, "park", { reason: "money" })).status, 409);
  equal((await step(chief, id, "resume")).json.status, "open");
  const { steps } = await sheet(chief, id);
  deepEqual(steps.slice(1).map((one) => [one.step, one.reason]), [["park", "permit"], ["lose", "money"], ["resume", null]]);
});

await test("rows are changed by who may, at the version one saw", async () => {
  const id = await add(chief, { title: "Rows", partners: [{ actor_id: mine }, { actor_id: yours }] });
  const other = await add(chief, { title: "Other", partners: [{ actor_id: mine }] });
  const task = (await partner.post(`/cases/${id}/tasks`, { what: "measure moisture", due: "2030-02-01" })).json;
  equal((await chief.patch(`/cases/${id}/tasks/${task.case_task_id}`, { done: "2030-01-05" }, { "If-Match": `"v${task.version}"` })).status, 200);
  equal((await partner.patch(`/cases/${id}/tasks/${task.case_task_id}`, { what: "late" }, { "If-Match": `"v${task.version}"` })).status, 412);
  equal((await partner.patch(`/cases/${id}/tasks/${task.case_task_id}`, { due: "2030-02-30" })).status, 422);
  equal((await partner.patch(`/cases/${other}/tasks/${task.case_task_id}`, { what: "x" })).status, 404); // of another case
  equal((await partner.post(`/cases/${id}/tasks`, { what: "x", case_id: other })).status, 422);
  const { partners } = await sheet(partner, id);
  const own = partners.find((one) => one.actor_id === mine), theirs = partners.find((one) => one.actor_id === yours);
  equal((await partner.patch(`/cases/${id}/partners/${own.case_partner_id}`, { brings: "400 t sawdust" })).status, 200);
  equal((await partner.patch(`/cases/${id}/partners/${theirs.case_partner_id}`, { brings: "x" })).status, 403);
  equal((await partner.patch(`/cases/${id}/partners/${own.case_partner_id}`, { role: "taker" })).status, 403);
  equal((await partner.post(`/cases/${id}/partners`, { actor_id: third, role: "taker" })).status, 403);
  equal((await chief.post(`/cases/${id}/partners`, { actor_id: "nobody", role: "taker" })).status, 422);
  equal((await chief.post(`/cases/${id}/partners`, { actor_id: mine, role: "taker" })).status, 409);
  equal((await partner.patch(`/cases/${id}`, { title: "mine" })).status, 403);
  equal((await partner.patch(`/cases/${id}`, { summary: "told anew" })).status, 200);
  const said = (await partner.post(`/cases/${id}/comments`, { comment: "<b>=1+1</b>" })).json;
  equal((await chief.ask("DELETE", `/cases/${id}/comments/${said.case_comment_id}`)).status, 403); // talk is history
  const changes = await chief.get(`/cases/${id}/history`);
  ok(changes.json.items.some((one) => one.table_name === "case_task" && one.after.done === "2030-01-05" && one.before.done === null));
  equal((await partner.get(`/cases/${id}/history`)).status, 403);
});

await test("documents: small, of known kinds, sent to keep; links", async () => {
  const id = await add(chief, { title: "Papers", partners: [{ actor_id: mine }, { actor_id: yours }] });
  const base64 = (bytes) => Buffer.from(bytes).toString("base64");
  const send = (who, name, type, bytes, more = {}) => who.post(`/cases/${id}/documents`, { name, type, base64: base64(bytes), ...more });
  const pdf = await send(partner, "verslag – test.pdf", "application/pdf", "%PDF-1.7 hello");
  equal(pdf.status, 201, pdf.text);
  const path = `/cases/${id}/documents/${pdf.json.case_document_id}`;
  const got = await rival.get(path);
  equal(got.text, "%PDF-1.7 hello");
  match(got.headers.get("content-disposition"), /^attachment; filename="[ -~]+"; filename\*=UTF-8''verslag/);
  equal(got.headers.get("x-content-type-options"), "nosniff");
  match(got.headers.get("content-security-policy"), /sandbox/);
  for (const who of [stranger, viewer, anybody]) ok([401, 403, 404].includes((await who.get(path)).status));
  await chief.patch(`/cases/${id}`, { is_open_for_finance: true });
  equal((await bank.get(path)).status, 404);
  equal((await partner.patch(path, { is_for_finance: true })).status, 403);
  equal((await chief.patch(path, { is_for_finance: true })).status, 200);
  equal((await bank.get(path)).status, 200);
  equal((await send(partner, "x.html", "text/html", "<script>alert(1)</script>")).status, 422);
  equal((await send(partner, "x.pdf", "application/pdf", "<script>")).status, 422);
  equal((await send(partner, "x.exe", "application/pdf", "%PDF-1.7")).status, 422);
  equal((await send(partner, "../x.pdf", "application/pdf", "%PDF-1.7")).status, 422);
  equal((await send(partner, "x.svg", "image/svg+xml", "<svg/>")).status, 422);
  equal((await send(partner, "x.txt", "text/plain", [0x61, 0, 0x62])).status, 422);
  equal((await send(partner, "big.txt", "text/plain", Buffer.alloc((2 << 20) + 1, 97))).status, 422);
  equal((await send(partner, "full.txt", "text/plain", Buffer.alloc(2 << 20, 97))).status, 201);
  equal((await partner.post(`/cases/${id}/documents`, { name: "x.pdf", type: "application/pdf", base64: "%%%" })).status, 422);
  equal((await partner.post(`/cases/${id}/documents`, { name: "site", link: "https://example.org/x" })).status, 201);
  equal((await partner.post(`/cases/${id}/documents`, { name: "site", link: "javascript:alert(1)" })).status, 422);
  equal((await rival.delete(path)).status, 403);
  equal((await partner.delete(path)).status, 204);
  equal((await rival.get(path)).status, 404);
});

await test("outcomes: claimed by one, verified by another, shared to at most 100 %", async () => {
  const id = await add(chief, { title: "Outcome", partners: [{ actor_id: mine }] });
  const { partners: [{ case_partner_id: own }] } = await sheet(chief, id);
  const body = { kind: "landfill_t", quantity: 380, from_day: "2025-01-01", to_day: "2025-12-31", evidence: "weighbridge" };
  const claim = (await partner.post(`/cases/${id}/outcomes`, body)).json.case_outcome_id;
  const path = `/cases/${id}/outcomes/${claim}`;
  equal((await partner.post(`${path}/verify`, { verified_by: "me" })).status, 403);
  equal((await chief.post(`${path}/verify`, { verified_by: "OVAM", quantity: 371 })).status, 204);
  equal((await partner.patch(path, { quantity: 999 })).status, 403); // verified: no longer the claimant's
  const told = (await sheet(partner, id)).outcomes[0];
  deepEqual([told.quantity, told.verified_quantity, told.verified_by], [380, 371, "OVAM"]);
  equal((await chief.patch(path, { quantity: 375 })).status, 200); // a new claim is not verified
  equal((await sheet(partner, id)).outcomes[0].verified_by, null);
  // What is one's own differs between two of one role: no answer of one is kept for the other.
  deepEqual([(await sheet(chief, id)).outcomes[0].is_own, (await sheet(second, id)).outcomes[0].is_own], [true, false]);
  equal((await chief.post(`${path}/verify`, { verified_by: "OVAM" })).status, 403); // one's own claim by now
  equal((await second.post(`${path}/verify`, { verified_by: "OVAM" })).status, 204);
  const share = (shares) => chief.put(`${path}/shares`, { shares });
  equal((await share([{ case_partner_id: own, share: 0.7 }, { case_partner_id: null, share: 0.4 }])).status, 422);
  equal((await share([{ case_partner_id: own, share: 0.7 }, { case_partner_id: null, share: 0.3 }])).status, 204);
  equal((await share([{ case_partner_id: own, share: 0.5 }, { case_partner_id: null, share: 0.1 }])).status, 204); // all at once
  equal((await share([{ case_partner_id: 9999, share: 0.5 }])).status, 422);
  equal((await share([{ case_partner_id: own, share: -0.5 }])).status, 422);
  equal((await partner.put(`${path}/shares`, { shares: [] })).status, 403);
  deepEqual((await sheet(chief, id)).outcomes[0].shares, [{ case_partner_id: own, share: 0.5 }, { case_partner_id: null, share: 0.1 }]);
  const { json } = await chief.get("/cases/totals");
  const total = json.outcomes.find((one) => one.kind === "landfill_t");
  deepEqual([total.claimed, total.verified, total.coordinator_part], [375, 375, 37.5]);
  for (const who of [partner, bank, planner, viewer, anybody]) deepEqual(Object.keys((await who.get("/cases/totals")).json), ["published"]);
  equal((await partner.post(`/cases/${id}/outcomes`, { ...body, to_day: "2024-01-01" })).status, 422);
});

// The model: told another way than the server tells it.
const STAGES = ["idea", "seed", "potential", "feasible", "pilot", "running"];
function model(state, name, { open, override, reason, outcome }) {
  const at = STAGES.indexOf(state.stage), isOpen = state.status === "open", gate = open || (override && reason);
  const moves = {
    forward: isOpen && at < 5 && gate && { ...state, stage: STAGES[at + 1] },
    back: isOpen && at > 0 && reason && { ...state, stage: STAGES[at - 1] },
    park: isOpen && reason && { ...state, status: "parked" },
    lose: ["open", "parked"].includes(state.status) && reason && { ...state, status: "lost" },
    resume: ["parked", "lost"].includes(state.status) && { ...state, status: "open" },
    complete: isOpen && at === 5 && gate && outcome && { ...state, status: "done" },
    reopen: state.status === "done" && reason && { ...state, status: "open" },
  };
  return moves[name] || null;
}
await test("walks: 600 random steps go as the model says, and every one that was taken is kept", async () => {
  let seed = 11;
  const random = (n) => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return Math.floor((seed / 2 ** 32) * n); };
  for (let walk = 0; walk < 6; walk++) {
    const id = await add(chief, { title: `Walk ${walk}` });
    let state = { stage: "idea", status: "open" }, taken = 1, outcome = false;
    const met = new Set();
    for (let i = 0; i < 100; i++) {
      if (random(8) === 0 && !met.has(state.stage)) { await meetGate(id); met.add(state.stage); }
      if (state.stage === "running" && !outcome && random(3) === 0) {
        await chief.post(`/cases/${id}/outcomes`, { kind: "eur", quantity: 1, from_day: "2025-01-01", to_day: "2025-01-01", evidence: "books" });
        outcome = true;
      }
      const name = ["forward", "forward", "back", "park", "lose", "resume", "complete", "reopen"][random(8)];
      const override = random(2) === 1, reason = random(3) > 0;
      const wanted = model(state, name, { open: met.has(state.stage), override, reason, outcome });
      const answer = await step(chief, id, name, { is_override: override, ...(reason ? { reason: "other", reason_text: "drawn" } : {}) });
      equal(answer.status === 200, wanted !== null, `${name} from ${state.stage} ${state.status}: ${answer.text}`);
      if (wanted) { deepEqual(answer.json, wanted); state = wanted; taken++; } else ok([409, 422].includes(answer.status));
    }
    const now = await sheet(chief, id);
    deepEqual([now.stage, now.status, now.steps.length], [state.stage, state.status, taken]);
    for (let i = 1; i < now.steps.length; i++) {
      equal(now.steps[i].from_stage, now.steps[i - 1].to_stage);
      equal(now.steps[i].from_status, now.steps[i - 1].to_status);
    }
  }
});

await test("lists page, and go out as CSV without formulas", async () => {
  await add(chief, { title: "=HYPERLINK(1)" });
  const all = await chief.get("/cases?limit=1000");
  const few = await chief.get("/cases?limit=3");
  equal(few.json.items.length, 3);
  ok(few.json.next);
  const csv = await chief.get("/cases?limit=1000&format=csv");
  ok(csv.text.includes(`"'=HYPERLINK(1)"`));
  equal((await chief.get("/cases?limit=1000&status=parked")).json.items.every((one) => one.status === "parked"), true);
  ok(all.json.items.length > few.json.items.length);
});

await done();
