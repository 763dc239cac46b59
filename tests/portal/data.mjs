// Tables: rows as each role may see and change them, cells under the rules of an import, undo, history, comments, search, imports;
// many who write at once; and that a plan of a region that was edited is told as such.
import { command, deepEqual, done, equal, match, notEqual, ok, region, serve, test } from "./lib.mjs";

// One company holds an offer and a need of each disclosure; another one looks.
const seen = {};
const file = await region({
  edit(table, row) {
    if (table === "site") (seen.site ??= {})[row.site_id] = row.actor_id;
    if (table !== "offer" && table !== "need") return;
    row.disclosure = "public";
    const list = (seen[table] ??= []);
    list.push(row);
    if (list.length <= 30) row.disclosure = ["public", "partners", "broker"][list.length % 3];
    if (list.length === 2) row.description = "Wonderlijkgeheim restant"; // broker
  },
});
const place = await serve(file);
const { anybody } = place;
const holderOf = (row) => seen.site[row.site_id];
const secret = seen.offer.find((row) => row.disclosure === "broker");
const shared = seen.offer.find((row) => row.disclosure === "partners" && holderOf(row) !== holderOf(secret));
const open = seen.offer.find((row) => row.disclosure === "public" && holderOf(row) !== holderOf(secret));
const other = Object.values(seen.site).find((actor) => actor !== holderOf(secret) && actor !== holderOf(shared) && actor !== holderOf(open));

const boss = await place.signIn("coordinator");
const holder = await place.signIn("partner", { actors: [holderOf(secret)] });
const rival = await place.signIn("partner", { actors: [other] });
const planner = await place.signIn("planner");
const viewer = await place.signIn("viewer");
const at = (row) => `/tables/offer/rows/${row.offer_id}`;
const quantity = async (row) => (await boss.get(at(row))).json.quantity;

await test("tables say what their columns are", async () => {
  const { json } = await anybody.get("/tables");
  const offer = json.items.find((one) => one.name === "offer");
  for (const { name } of json.items) equal((await anybody.get(`/tables/${name}/rows?limit=1`)).status, 200, name);
  ok(json.items.length >= 38); // every table of the region has its view, or is open
  equal(offer.key, "offer_id");
  equal(offer.columns.find((one) => one.name === "resource_id").target, "resource");
  ok(offer.columns.find((one) => one.name === "fate").words.includes("landfill"));
  equal(offer.columns.find((one) => one.name === "quantity").follows_unit, 1);
  equal(offer.is_writable, false);
  ok((await holder.get("/tables")).json.items.find((one) => one.name === "offer").is_writable);
});

await test("each role sees its rows, in lists, single rows, filters, order, counts and CSV", async () => {
  const all = async (who, query = "") => {
    const rows = [];
    for (let cursor = ""; cursor !== null;) {
      const { json } = await who.get(`/tables/offer/rows?limit=1000${query}${cursor ? `&cursor=${cursor}` : ""}`);
      rows.push(...json.items.map((row) => row.row_key));
      cursor = json.next;
    }
    return rows;
  };
  const [everything, his, hers, publics] = [await all(boss), await all(holder), await all(rival), await all(anybody)];
  equal(everything.length, seen.offer.length);
  ok(his.includes(secret.offer_id) && !hers.includes(secret.offer_id) && !publics.includes(secret.offer_id));
  ok(hers.includes(shared.offer_id) && !publics.includes(shared.offer_id));
  deepEqual(await all(planner), publics);
  for (const who of [rival, planner, viewer, anybody]) {
    const missing = await who.get(at(secret)), nothing = await who.get("/tables/offer/rows/there-is-none");
    equal(missing.status, 404);
    equal(missing.json.detail, nothing.json.detail);
    deepEqual(await all(who, `&is.offer_id=${secret.offer_id}`), []);
    deepEqual(await all(who, "&search=Wonderlijkgeheim"), []);
    deepEqual(await all(who, "&has.description=wonderlijkgeheim"), []);
    ok(!(await all(who, "&sort=-quantity")).includes(secret.offer_id));
    ok(!(await who.get("/tables/offer/rows?limit=1000", { Accept: "text/csv" })).text.includes(secret.offer_id));
    const count = (await who.get("/tables")).json.items.find((one) => one.name === "offer").rows;
    equal(count, (await all(who)).length);
  }
  const rising = (await boss.get("/tables/offer/rows?sort=quantity&limit=1000")).json.items.map((row) => row.quantity);
  deepEqual(rising, [...rising].sort((a, b) => a - b));
  const paged = await all(boss, "&sort=-quantity&limit=7");
  deepEqual([...paged].sort(), [...everything].sort());
});

await test("rows about hidden rows are hidden too; accounts are for those they concern", async () => {
  const added = await boss.post("/tables/offer_property/rows", { values: { offer_id: secret.offer_id, property: "moisture", value: 12 } });
  equal(added.status, 201);
  const has = async (who) => (await who.get(`/tables/offer_property/rows?is.offer_id=${secret.offer_id}`)).json.items.length;
  equal(await has(boss), 1);
  equal(await has(holder), 1);
  for (const who of [rival, planner, viewer, anybody]) equal(await has(who), 0);
  const flow = await boss.post("/tables/flow/rows", { values: { flow_id: "f-test", from_id: secret.site_id, to_id: "", resource_id: secret.resource_id, year: 2024, quantity: 5 } });
  equal(flow.status, 201, flow.text);
  const flows = async (who) => (await who.get("/tables/flow/rows?is.flow_id=f-test")).json.items.length;
  equal(await flows(boss), 1);
  equal(await flows(holder), 1);
  for (const who of [rival, planner, viewer, anybody]) equal(await flows(who), 0);
  for (const table of ["account", "login", "edit", "audit", "comment", "seen_offer", "search", "search_doc", "sqlite_schema", "tie"])
    equal((await boss.get(`/tables/${table}/rows`)).status, 404, table);
});

await test("cells are read as an import reads them, whatever the decimal mark and the unit", async () => {
  const patch = async (value, decimal) => {
    const answer = await boss.patch(at(open), { values: { quantity: value }, ...(decimal ? { decimal } : {}) });
    return answer.status === 200 ? answer.json.row.quantity : answer.json.findings[0].rule;
  };
  equal(await patch("1.234,5", ","), 1234.5);
  equal(await patch("1,234.5", ","), 1234.5);
  equal(await patch("1 234,5", ","), 1234.5);
  equal(await patch("1.234", ","), 1234);
  equal(await patch("1.234", "."), 1.234);
  equal(await patch("1,5", "."), 1.5);
  equal(await patch(1.234, ","), 1.234);
  equal(await patch("1e3", ","), 1000);
  equal(await patch("veel", ","), "not_a_number");
  equal(await patch("1.2.3,4,5", ","), "not_a_number");
  equal(await patch("-5", ","), "out_of_bounds");
  equal(await patch("", ","), "missing_value");
  const tonnes = seen.offer.find((row) => row.disclosure === "public" && /slag|wood|steel/.test(row.resource_id));
  const price = (await boss.get(at(tonnes))).json.fate_eur;
  const answer = await boss.patch(at(tonnes), { values: { quantity: "12000 kg" }, decimal: "," });
  equal(answer.json.row.quantity, 12);
  equal(answer.json.row.fate_eur, price); // what was not given stays in the units of the file
  equal((await boss.patch(at(tonnes), { values: { quantity: "12 km" } })).json.findings[0].rule, "unit");
  const both = await boss.patch(at(tonnes), { values: { quantity: 12000, unit: "kg", fate_eur: 0.5 } });
  equal(both.json.row.quantity, 12);
  equal(both.json.row.fate_eur, 500);
});

await test("a refusal names each column and what was expected, and changes nothing", async () => {
  const before = await boss.get(at(open));
  const bad = await boss.patch(at(open), { values: { quantity: 3, fate: "lndfill", site_id: "nowhere", from: "1-2-2020", colour: "red" } });
  equal(bad.status, 422);
  match(bad.headers.get("content-type"), /problem\+json/);
  const rules = Object.fromEntries(bad.json.findings.map((one) => [one.column, one.rule]));
  equal(rules.fate, "unknown_word");
  equal(rules.site_id, "unknown_key");
  equal(rules.from, "not_a_date");
  match(bad.json.findings.find((one) => one.column === "fate").proposal, /landfill/);
  deepEqual((await boss.get(at(open))).json, before.json);
  equal((await boss.patch(at(open), { values: { colour: "red" } })).status, 422);
  equal((await boss.patch(at(open), { values: { fid: 3 } })).status, 422);
  equal((await boss.patch("/tables/area/rows/none", { values: { name: "x" } })).status, 404);
  // A tree must stay one: an area cannot lie in itself.
  const area = (await boss.get("/tables/area/rows?limit=1000")).json.items.find((one) => one.parent_id);
  const cycle = await boss.patch(`/tables/area/rows/${area.parent_id}`, { values: { parent_id: area.area_id } });
  equal(cycle.status, 422);
  equal(cycle.json.findings[0].rule, "cycle");
});

await test("writing is for the coordinator, and for partners in what is theirs", async () => {
  for (const who of [planner, viewer]) {
    equal((await who.patch(at(open), { values: { quantity: 1 } })).status, 403);
    equal((await who.post("/tables/offer/rows", { values: {} })).status, 403);
    equal((await who.delete(at(open))).status, 403);
  }
  equal((await anybody.patch(at(open), { values: { quantity: 1 } })).status, 401);
  equal((await rival.patch(at(open), { values: { quantity: 1 } })).status, 403);
  equal((await rival.patch(at(secret), { values: { quantity: 1 } })).status, 404);
  equal((await rival.delete(at(secret))).status, 404);
  equal((await holder.patch(at(secret), { values: { quantity: 41 } })).status, 200);
  equal(await quantity(secret), 41);
  // Neither gives it away nor takes another's: not by moving an offer, nor by a property of it.
  const elsewhere = Object.entries(seen.site).find(([, actor]) => actor === other)[0];
  equal((await holder.patch(at(secret), { values: { site_id: elsewhere } })).status, 403);
  equal((await holder.post("/tables/offer/rows", { values: { site_id: elsewhere, resource_id: open.resource_id, quantity: 1 } })).status, 403);
  equal((await holder.patch(`/tables/site/rows/${secret.site_id}`, { values: { actor_id: other } })).status, 403);
  equal((await rival.post("/tables/offer_property/rows", { values: { offer_id: open.offer_id, property: "ash", value: 1 } })).status, 403);
  const hidden = await rival.post("/tables/offer_property/rows", { values: { offer_id: secret.offer_id, property: "ash", value: 1 } });
  const absent = await rival.post("/tables/offer_property/rows", { values: { offer_id: "there-is-none", property: "ash", value: 1 } });
  equal(hidden.status, absent.status);
  equal(hidden.json.findings[0].rule, absent.json.findings[0].rule);
  equal((await holder.patch("/tables/resource/rows/" + open.resource_id, { values: { name: "x" } })).status, 403);
  // The desk gives the keys of partners: which keys are taken is not told.
  const added = await rival.post("/tables/offer/rows", { values: { offer_id: secret.offer_id, site_id: elsewhere, resource_id: open.resource_id, quantity: 1 } });
  equal(added.status, 201);
  notEqual(added.json.key, secret.offer_id);
  equal((await holder.patch(at(secret), { values: { quantity: 5 } }, { "X-Knoop-CSRF": "no" })).status, 403);
});

await test("trials: written by the coordinator, seen by nobody else, and counted by the chances of seeds", async () => {
  const trial = { trial_id: "t-1", kind: "heat", offer_id: "gone", need_id: "gone too", told: 0.36, outcome: "feasible", date: "2026-09-30", reason: "runs" };
  const bad = await boss.post("/tables/trial/rows", { values: { ...trial, told: 1, kind: "warmth" } });
  equal(bad.status, 422);
  deepEqual(bad.json.findings.map((one) => [one.column, one.rule]).sort(), [["kind", "unknown_word"], ["told", "out_of_bounds"]]);
  equal((await boss.post("/tables/trial/rows", { values: trial })).status, 201);
  for (const who of [holder, rival, planner, viewer, anybody]) {
    deepEqual((await who.get("/tables/trial/rows")).json.items, []);
    equal((await who.get("/tables/trial/rows/t-1")).status, 404);
  }
  for (const who of [holder, planner, viewer]) equal((await who.post("/tables/trial/rows", { values: { ...trial, trial_id: "t-2" } })).status, 403);
  equal((await boss.get("/tables/trial/rows")).json.items.length, 1);
  const heat = JSON.parse(command("--json", "--quiet", "seeds", file, "--reliability")).find((one) => one.kind === "heat");
  equal(heat.region.outcomes, 1);
  ok(heat.odds_factor > 1);
});

await test("If-Match: a change of a row that others changed is refused", async () => {
  const row = await boss.get(at(open));
  const tag = row.headers.get("etag");
  equal((await boss.patch(at(open), { values: { quantity: 7 } }, { "If-Match": tag })).status, 200);
  equal((await boss.patch(at(open), { values: { quantity: 8 } }, { "If-Match": tag })).status, 412);
  equal((await boss.delete(at(open), { "If-Match": tag })).status, 412);
  equal(await quantity(open), 7);
});

await test("undo, and undo of undo; not of what was changed since, nor of what is another's", async () => {
  const before = await quantity(open);
  const change = await boss.patch(at(open), { values: { quantity: 70 } });
  const undo = await boss.post(`/edits/${change.json.edits[0]}/undo`);
  equal(undo.status, 200);
  equal(await quantity(open), before);
  equal((await boss.post(`/edits/${undo.json.edits[0]}/undo`)).status, 200);
  equal(await quantity(open), 70);
  equal((await boss.post(`/edits/${change.json.edits[0]}/undo`)).status, 409);
  equal((await rival.post(`/edits/${change.json.edits[0]}/undo`)).status, 403);
  const hidden = await boss.patch(at(secret), { values: { quantity: 43 } });
  equal((await rival.post(`/edits/${hidden.json.edits[0]}/undo`)).status, 404);
  equal((await planner.post(`/edits/${hidden.json.edits[0]}/undo`)).status, 403);
  equal((await boss.post("/edits/999999/undo")).status, 404);
  // A row that was removed comes back as it was.
  const row = (await boss.post("/tables/actor/rows", { values: { actor_id: "a-new", name: "Nieuw & Zoon", kind: "company", jobs_fte: "3,5" }, decimal: "," })).json.row;
  equal(row.jobs_fte, 3.5);
  const gone = await boss.delete("/tables/actor/rows/a-new");
  equal((await boss.get("/tables/actor/rows/a-new")).status, 404);
  equal((await boss.post(`/edits/${gone.json.edits[0]}/undo`)).status, 200);
  equal((await boss.get("/tables/actor/rows/a-new")).json.name, "Nieuw & Zoon");
  equal((await boss.delete(`/tables/site/rows/${open.site_id}`)).status, 422); // named by others
  // A link with its line too.
  const ends = (await boss.get("/tables/node/rows?limit=2")).json.items;
  if (ends.length === 2) {
    const link = (await boss.get("/tables/link/rows?limit=1")).json.items[0];
    const cut = await boss.delete(`/tables/link/rows/${link.row_key}`);
    equal(cut.status, 200, cut.text);
    equal((await boss.post(`/edits/${cut.json.edits[0]}/undo`)).status, 200);
  }
});

await test("a site moves with its lon and lat, and back", async () => {
  const site = `/tables/site/rows/${open.site_id}`;
  const before = (await boss.get(site)).json;
  const moved = await boss.patch(site, { values: { lon: 5.5123, lat: 50.9456 } });
  equal(moved.status, 200, moved.text);
  equal(moved.json.row.lon, 5.5123);
  equal((await boss.post(`/edits/${moved.json.edits[0]}/undo`)).status, 200);
  equal((await boss.get(site)).json.lon, before.lon);
  equal((await boss.patch(site, { values: { lat: 95 } })).json.findings[0].rule, "out_of_bounds");
});

await test("paste: rows added and changed at once, or none; findings name row and column; one undo for all", async () => {
  const columns = ["offer_id", "site_id", "resource_id", "quantity", "description"];
  const rows = [
    [open.offer_id, open.site_id, open.resource_id, "1.500,5", "geplakt"],
    ["p-1", open.site_id, open.resource_id, "3", "nieuw"],
    ["p-2", open.site_id, open.resource_id, "4 t", "nieuw"],
  ];
  const edits = async () => (await boss.get("/edits?limit=1000")).json.items.length;
  const before = { quantity: await quantity(open), edits: await edits() };
  const bad = await boss.post("/tables/offer/paste", { columns, rows: [...rows, ["p-3", "nowhere", open.resource_id, "x", ""]], decimal: "," });
  equal(bad.status, 422);
  deepEqual(bad.json.findings.map((one) => [one.row, one.column]).sort(), [[4, "quantity"], [4, "site_id"]]);
  equal(await quantity(open), before.quantity);
  equal((await boss.get("/tables/offer/rows/p-1")).status, 404);
  equal(await edits(), before.edits);
  const twice = await boss.post("/tables/offer/paste", { columns, rows: [rows[1], rows[1]], decimal: "," });
  equal(twice.json.findings[0].rule, "doubled_key");
  const good = await boss.post("/tables/offer/paste", { columns, rows, decimal: "," });
  equal(good.status, 200, good.text);
  deepEqual([good.json.added, good.json.changed, good.json.unchanged], [2, 1, 0]);
  equal(await quantity(open), 1500.5);
  const again = await boss.post("/tables/offer/paste", { columns, rows, decimal: "," });
  deepEqual([again.json.added, again.json.changed, again.json.unchanged], [0, 0, 3]);
  const undo = await boss.post("/edits/undo", { edits: good.json.edits });
  equal(undo.status, 200, undo.text);
  equal(await quantity(open), before.quantity);
  equal((await boss.get("/tables/offer/rows/p-1")).status, 404);
  equal((await boss.post("/edits/undo", { edits: undo.json.edits })).status, 200);
  equal(await quantity(open), 1500.5);
  // A partner's paste that reaches one row of another's does nothing at all.
  const mixed = await holder.post("/tables/offer/paste", { columns: ["offer_id", "quantity"], rows: [[secret.offer_id, "1"], [open.offer_id, "1"]] });
  equal(mixed.status, 403);
  notEqual(await quantity(secret), 1);
});

await test("rows of recipes and properties, which have no key, are edited by their number", async () => {
  const row = (await boss.get("/tables/process_flow/rows?limit=1")).json.items[0];
  const change = await boss.patch(`/tables/process_flow/rows/${row.row_key}`, { values: { quantity: "-2,5" }, decimal: "," });
  equal(change.json.row.quantity, -2.5);
  equal((await boss.post(`/edits/${change.json.edits[0]}/undo`)).status, 200);
  const added = await boss.post("/tables/process_flow/rows", { values: { process_id: row.process_id, resource_id: row.resource_id, quantity: 1 } });
  equal(added.status, 201, added.text);
  equal((await boss.delete(`/tables/process_flow/rows/${added.json.key}`)).status, 200);
  const next = await boss.post("/tables/process_flow/rows", { values: { process_id: row.process_id, resource_id: row.resource_id, quantity: 1 } });
  notEqual(next.json.key, added.json.key); // a number that was used is of another row
  equal((await boss.delete(`/tables/process_flow/rows/${next.json.key}`)).status, 200);
  equal((await boss.patch(`/tables/process_flow/rows/${row.row_key}`, { values: { quantity: 0 } })).json.findings[0].rule, "out_of_bounds");
});

await test("history: for the coordinator and the holder; of open tables for members, without names", async () => {
  const full = await boss.get(`${at(secret)}/history`);
  ok(full.json.items.length >= 2);
  deepEqual(full.json.items[0].changes.map((one) => one.column), ["quantity"]);
  ok(full.json.items[0].who);
  ok((await holder.get(`${at(secret)}/history`)).json.items.length >= 2);
  for (const who of [rival, planner, viewer]) equal((await who.get(`${at(secret)}/history`)).status, 404);
  deepEqual((await rival.get(`${at(open)}/history`)).json.items, []); // seen, but it may have been less open before
  const site = await viewer.get(`/tables/site/rows/${open.site_id}/history`);
  ok(site.json.items.length > 0 && site.json.items.every((one) => one.who === null));
  equal((await anybody.get(`/tables/site/rows/${open.site_id}/history`)).status, 401);
  const mine = (await holder.get("/edits")).json.items;
  ok(mine.length > 0 && mine.every((one) => one.who === mine[0].who));
  deepEqual((await viewer.get("/edits")).json.items, []);
});

await test("comments: threads on a row for who sees it; mentions of actors that see it", async () => {
  const list = `${at(secret)}/comments`;
  const first = await holder.post(list, { text: "Klopt dit <b>cijfer</b>?" });
  equal(first.status, 201);
  const reply = await boss.post(list, { text: "Wordt nagegaan.", reply_to: first.json.comment_id, mentions: [holderOf(secret)] });
  equal(reply.status, 201, reply.text);
  const { items } = (await holder.get(list)).json;
  deepEqual(items.map((one) => one.reply_to), [null, first.json.comment_id]);
  equal(items[1].mentions[0].actor_id, holderOf(secret));
  for (const who of [rival, planner, viewer]) {
    equal((await who.get(list)).status, 404);
    equal((await who.post(list, { text: "x" })).status, 404);
    equal((await who.post(`/comments/${first.json.comment_id}/resolve`)).status, 404);
    equal((await who.delete(`/comments/${first.json.comment_id}`)).status, 404);
    deepEqual((await who.post("/tables/offer/comment-counts", { keys: [secret.offer_id] })).json.items, []);
  }
  equal((await anybody.get(`${at(open)}/comments`)).status, 401);
  equal((await boss.post(list, { text: "Kijk eens", mentions: [other] })).status, 422); // does not see the row
  equal((await holder.get(list)).json.items.length, 2);
  ok((await holder.get("/comments")).json.items.some((one) => one.comment_id === reply.json.comment_id));
  deepEqual((await rival.get("/comments")).json.items, []);
  equal((await boss.post("/tables/offer/comment-counts", { keys: [secret.offer_id] })).json.items[0].n, 2);
  equal((await holder.delete(`/comments/${reply.json.comment_id}`)).status, 403);
  equal((await holder.post(`/comments/${first.json.comment_id}/resolve`)).status, 204);
  ok((await boss.get(list)).json.items[0].resolved);
  deepEqual((await holder.get("/comments")).json.items, []);
  equal((await boss.post(list, { text: " " })).status, 422);
});

await test("search finds words, codes, synonyms and parts of compounds, and only what one may see", async () => {
  const find = async (who, q, kind) => {
    const answer = await who.get(`/search?q=${encodeURIComponent(q)}${kind ? `&kind=${kind}` : ""}`);
    equal(answer.status, 200, answer.text);
    return Object.fromEntries(answer.json.groups.map((group) => [group.kind, group.items.map((one) => one.key)]));
  };
  equal((await find(boss, "wonderlijkgeheim")).offer[0], secret.offer_id);
  equal((await find(boss, "geheim restant")).offer[0], secret.offer_id); // within a compound
  equal((await find(holder, "wonderlijkgeheim")).offer[0], secret.offer_id);
  for (const who of [rival, planner, viewer, anybody]) deepEqual(await find(who, "wonderlijkgeheim"), {});
  ok((await find(anybody, "zaagsel", "resource")).resource.length > 0); // a synonym of a code
  ok((await find(anybody, "03 01 05", "resource")).resource?.length > 0 || (await find(anybody, "030105", "resource")).resource?.length > 0);
  ok((await find(anybody, "aperam")).actor.includes("aperam"));
  deepEqual(await find(anybody, "\" OR * NEAR( - ^ {title}: '"), await find(anybody, "OR NEAR title"));
  deepEqual(await find(anybody, "!!!"), {});
  // What is edited is found at once, under its new name alone.
  const was = (await boss.get("/tables/actor/rows/a-new")).json.name;
  equal(was, "Nieuw & Zoon");
  ok((await find(anybody, "nieuw zoon")).actor.includes("a-new"));
  await boss.patch("/tables/actor/rows/a-new", { values: { name: "Kérstboomkwekerij Ümit" } });
  ok((await find(anybody, "kerstboom")).actor.includes("a-new"));
  ok((await find(anybody, "kwekerij umit")).actor.includes("a-new"));
  equal((await find(anybody, "nieuw zoon")).actor?.includes("a-new") ?? false, false);
  // So is a row whose disclosure changes.
  await boss.patch(at(secret), { values: { disclosure: "public" } });
  equal((await find(anybody, "wonderlijkgeheim")).offer[0], secret.offer_id);
  await boss.patch(at(secret), { values: { disclosure: "broker" } });
  deepEqual(await find(anybody, "wonderlijkgeheim"), {});
  // A name that an offer shows goes with it.
  await boss.patch(`/tables/resource/rows/${secret.resource_id}`, { values: { name_nl: "Toverpoeder" } });
  ok((await find(boss, "toverpoeder")).offer.includes(secret.offer_id));
  ok(!((await find(rival, "toverpoeder")).offer ?? []).includes(secret.offer_id));
});

await test("imports: tried, refused with findings, saved; foreign files get a draft of a mapping", async () => {
  const body = (text) => ({ name: "offer.csv", data: Buffer.from(text).toString("base64") });
  const good = `offer_id,site_id,resource_id,quantity\nimp-1,${open.site_id},${open.resource_id},12\n`;
  const dry = await boss.post("/imports", { ...body(good), is_dry: true });
  deepEqual([dry.json.is_good, dry.json.is_saved], [true, false]);
  equal((await boss.get("/tables/offer/rows/imp-1")).status, 404);
  const bad = await boss.post("/imports", body(good + `imp-2,nowhere,${open.resource_id},x\n`));
  equal(bad.json.is_good, false);
  deepEqual(bad.json.findings.map((one) => [one.row, one.column]).sort(), [[3, "quantity"], [3, "site_id"]]);
  equal((await boss.get("/tables/offer/rows/imp-1")).status, 404);
  const saved = await boss.post("/imports", body(good));
  equal(saved.json.is_saved, true, saved.text);
  equal((await boss.get("/tables/offer/rows/imp-1")).json.quantity, 12);
  ok((await boss.get(`/search?q=imp-1`)).json.groups.some((group) => group.kind === "offer"));
  const foreign = await boss.post("/imports", { name: "../../etc/survey.csv", is_dry: true, data: Buffer.from("Bedrijf;Wat;Ton\nGielen;zaagsel;1,5\n").toString("base64") });
  ok(JSON.parse(foreign.json.draft).tables.length > 0);
  ok(!foreign.text.includes("/tmp/"));
  for (const who of [holder, planner, viewer]) equal((await who.post("/imports", body(good))).status, 403);
  equal((await boss.post("/imports", { name: "offer.csv", data: "###" })).status, 422);
});

await test("findings are for the coordinator; sources tell what rests on them as far as one sees it", async () => {
  const { json } = await boss.get("/findings");
  equal(json.errors, 0);
  ok(json.items.length > 0 && json.items.every((one) => one.sentence));
  for (const who of [holder, planner, viewer]) equal((await who.get("/findings")).status, 403);
  const sum = async (who) => (await who.get("/sources?limit=1000")).json.items.reduce((all, one) => all + one.offers, 0);
  ok((await sum(anybody)) < (await sum(boss)));
});

await test("fifty who write at once: every write that was acknowledged is there, once", async () => {
  const keys = Array.from({ length: 10 }, (_, i) => `w-${i}`);
  for (const key of keys) await boss.post("/tables/offer/rows", { values: { offer_id: key, site_id: open.site_id, resource_id: open.resource_id, quantity: 0 } });
  const newest = (await boss.get("/edits?limit=1")).json.items[0].edit_id;
  let acknowledged = 0, refused = 0;
  const write = async () => {
    for (let done = 0; done < 5;) {
      const key = keys[Math.floor(Math.random() * keys.length)];
      const row = await boss.get(`/tables/offer/rows/${key}`);
      const answer = await boss.patch(`/tables/offer/rows/${key}`, { values: { quantity: row.json.quantity + 1 } }, { "If-Match": row.headers.get("etag") });
      if (answer.status === 200) { acknowledged++; done++; }
      else if (answer.status === 412) refused++;
      else throw new Error(`${answer.status} ${answer.text}`);
    }
  };
  await Promise.all(Array.from({ length: 50 }, write));
  let sum = 0;
  for (const key of keys) sum += (await boss.get(`/tables/offer/rows/${key}`)).json.quantity;
  equal(acknowledged, 250);
  equal(sum, acknowledged); // each added one: none lost, none doubled
  let edits = 0;
  for (let cursor = ""; cursor !== null;) {
    const { json } = await boss.get(`/edits?limit=1000${cursor ? `&cursor=${cursor}` : ""}`);
    edits += json.items.filter((one) => one.edit_id > newest).length;
    cursor = json.next;
  }
  equal(edits, acknowledged);
  console.log(`# ${acknowledged} writes, ${refused} refused`);
});

await test("what was edited becomes one revision with the next run, and a plan of before is told as such", async () => {
  await place.stop();
  const json = (...args) => JSON.parse(command(...args, "--json"));
  equal(json("check", file).errors ?? 0, 0);
  const first = json("plan", file);
  const again = json("plan", file);
  equal(again.revision ?? 0, first.revision ?? 0); // nothing was edited in between
  equal(again.input_digest, first.input_digest);
  const second = await serve(file);
  const an = await second.signIn("coordinator");
  equal((await an.patch(at(open), { values: { quantity: 4321 } })).status, 200);
  equal((await an.patch(at(open), { values: { quantity: 4322 } })).status, 200);
  await second.stop();
  const third = json("plan", file);
  notEqual(third.input_digest, first.input_digest);
  equal(third.revision, first.revision + 1);
});

await done();
