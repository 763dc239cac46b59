// Well-formed requests that nobody would make, by people of each role at once: any endpoint of openapi.json, keys that are there and keys that
// are not, bodies by their schema and beside it, removals among them. What holds: every answer comes, none is 500 and JSON is JSON; in the
// end the server stops in order (with sanitizers: nothing found, nothing leaked), the file is whole and its log unbroken.
//
//   KNOOP=build-asan/knoop KN_SOURCE_ROOT=. [KN_SECONDS=60] [KN_SEED=1] node fuzz/odd.mjs
//
// The seed gives each worker the same choices again; how they meet depends on the machine.
import { command, done, equal, ok, person, region, serve, test, waitFor } from "../tests/portal/lib.mjs";

const SECONDS = Number(process.env.KN_SECONDS ?? 60), SEED = Number(process.env.KN_SEED ?? Date.now() % 1e9);
const WORKERS = 12, ANSWER_MOST_MS = 300000, STREAM_MS = 300, POOL_MOST = 200, BODY_DEEP = 4;

/* mulberry32 */
const dice = (seed) => {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, chance: (p) => next() < p, of: (list) => list[below(list.length)] };
};

// ---------------------------------------------------------------- what is there
/* Values by the name that they came under, of all that was answered: keys, tokens, versions ... */
const known = new Map();
function learn(name, value) {
  if ((typeof value !== "string" && typeof value !== "number") || String(value).length > 200) return;
  const pool = known.get(name) ?? known.set(name, []).get(name);
  if (pool.length < POOL_MOST) { if (!pool.includes(value)) pool.push(value); } else pool[Math.floor(Math.random() * POOL_MOST)] = value;
}
function learnAll(json, depth = 0) {
  if (depth > 6 || json === null || typeof json !== "object") return;
  if (Array.isArray(json)) { for (const one of json.slice(0, 50)) learnAll(one, depth + 1); return; }
  for (const [name, value] of Object.entries(json)) {
    if (typeof value === "object") learnAll(value, depth + 1);
    else learn(name, value);
  }
}
/* Rows go by table and key. */
function learnKeys(path, json) {
  const table = path.match(/^\/tables\/(\w+)\/rows/)?.[1];
  for (const row of table ? [json, ...(json.items ?? [])] : []) learn(`key of ${table}`, row.row_key ?? row.key);
}
/* Names of a path or body that are called otherwise in answers. */
const ALSO = {
  key: ["row_key", "offer_id", "need_id", "site_id", "actor_id", "resource_id"], row_id: ["row_id", "offer_id", "need_id", "case_task_id", "case_partner_id", "case_money_id", "case_comment_id", "case_outcome_id", "case_document_id"],
  run: ["run_id"], other: ["run_id"], code: ["room_code"], edit: ["edit_id"], edits: ["edit_id"], comment: ["comment_id"], session_id: ["handle", "session_id"], criterion_id: ["gate_criterion_id"],
  id: ["site_id", "offer_id", "need_id", "case_id"], actors: ["actor_id"], mentions: ["actor_id"], keys: ["row_key"], owner_id: ["account_id"], lead_id: ["account_id"], from: ["from_id"], to: ["to_id"], reply_to: ["comment_id"],
  area: ["area_id"], versions: ["row_version"], user_actor_id: ["actor_id"], responsible_id: ["account_id"],
};
const TABLES = ["offer", "need", "site", "actor", "resource", "process", "process_flow", "unit", "gateway", "area", "source", "settings", "offer_property", "need_spec", "mode", "link", "flow", "profile", "account", "edit", "nothing"];
const WORDS = {
  table: TABLES, kind: ["offer", "need", "plan", "estimate", "balance", "ask", "stocks", "task", "case", "benefit", "cost", "co2_t", "eur", "knot", "match", "seed", "meeting", "introduction"], name: ["water", "rail", "road", "hout.csv", "offer.csv", "Jan"],
  class: ["material", "energy", "water", "space", "labour", "knowledge", "capital"], status: ["invited", "open", "held", "cancelled", "accepted", "refused", "agreed", "running", "ended", "taken", "dropped", "published", "draft", "planned"],
  step: ["forward", "back", "park", "lose", "resume", "complete", "reopen"], action: ["accept", "decline", "willing", "unwilling", "reveal", "withdraw", "end", "case"], role: ["coordinator", "partner", "planner", "financier", "viewer", "public", "holder", "taker", "processor", "other"],
  disclosure: ["public", "partners", "broker"], format: ["json", "csv", "geojson", "svg"], fold: ["auto", "place", "sector", "area", "stream"], run: ["latest"], other: ["latest"], side: ["have", "want", "asker", "other", "broker"], language: ["nl", "en"],
  stage: ["idea", "seed", "potential", "feasible", "pilot", "running"], what: ["done", "later", "a thing"], sort: ["name", "-quantity", "site_id", "nothing"], decimal: [".", ","], fate: ["burned", "landfill"],
  words: ["zaagsel", "houtzaagsel, twee containers per week", "restwarmte", "vergaderzaal"], q: ["zaagsel", "hout", "warmte 90 graden", "a b c d e f g h i"], text: ["10 ton per week", "een container per maand", "zaagsel"], search: ["hout", "a"],
  type: ["text/plain", "text/csv", "application/pdf"], base64: ["aGFsbG8=", "YSxiCjEsMgo="], data: ["b2ZmZXJfaWQscmVzb3VyY2VfaWQKeCx5Cg==", "YSxiCjEsMgo="], link: ["https://example.org/x", "javascript:alert(1)"], email: ["x@example.org", "y@example.org"],
  z: ["0", "8", "12", "15"], x: ["0", "131", "2105"], y: ["0", "85", "1370"], bbox: ["5,50,6,51", "-180,-90,180,90"], until: ["2027-01-01"], due: ["2027-01-01"], from_day: ["2027-01-01"], to_day: ["2027-02-01", "2026-01-01"], begins: ["2027-01-14T13:30"],
};
const ODD = ["", " ", "0", "-1", "1", "9223372036854775807", "99999999999999999999", "1e308", "NaN", "null", "true", "'", "\"", "' OR 1=1 --", "../../etc/passwd", "<b>x</b>", "=1+1", "%", "_", "a".repeat(300), "é", "日本語", "\u{1F600}", "\u202e", "a\tb\nc",
  "latest", "sqlite_master", "x'y\"z", ",", ";", "|", "a|b", "1:1", "offer:o", "2026-13-45", "[]", "{}", "\\", "\u007f"];
const NUMBERS = [0, 1, -1, 0.5, 1e-300, 1e300, -1e300, 2147483647, 2147483648, 4294967296, 9007199254740993, -9007199254740993, 3.7, 100, 2027];

// ---------------------------------------------------------------- what is asked
const aText = (d, name, often = 0.65) => {
  const pool = [name, ...(ALSO[name] ?? [])].flatMap((one) => known.get(one) ?? []);
  if (pool.length > 0 && d.chance(often)) return String(d.of(pool));
  if (WORDS[name] && d.chance(0.85)) return d.of(WORDS[name]);
  return d.chance(0.3) ? "a word" : d.of(ODD);
};
function aValue(d, name, schema = {}, depth = 0) {
  if (d.chance(0.06)) return d.of([null, true, false, [], {}, "x", 1, [[[]]], { a: { b: 1 } }, d.of(ODD), d.of(NUMBERS)]);
  if (schema.enum) return d.chance(0.9) ? d.of(schema.enum) : d.of(ODD);
  const type = Array.isArray(schema.type) ? d.of(schema.type) : schema.type;
  if (type === "boolean") return d.chance(0.5);
  if (type === "number" || type === "integer") {
    const pool = [name, ...(ALSO[name] ?? [])].flatMap((one) => known.get(one) ?? []).filter((one) => typeof one === "number");
    return pool.length > 0 && d.chance(0.6) ? d.of(pool) : type === "integer" && d.chance(0.7) ? d.of(NUMBERS.filter(Number.isInteger)) : d.of(NUMBERS);
  }
  if (type === "array" && depth >= BODY_DEEP) return [];
  if (type === "array") return Array.from({ length: d.below(d.chance(0.05) ? 80 : 4) }, () => aValue(d, name, schema.items ?? { type: d.of(["string", "number", "array"]) }, depth + 1));
  if (type === "object" && depth < BODY_DEEP) return anObject(d, name, schema, depth);
  return aText(d, name);
}
/* Cells of a row by columns that there are. */
const COLUMNS = ["name", "quantity", "resource_id", "site_id", "actor_id", "disclosure", "description", "price_eur", "fate_eur", "lon", "lat", "unit", "source_id", "rel_sd", "offer_id", "need_id", "parent_id", "kind", "class", "from_day", "fid", "geom", "row_key", "nothing"];
function anObject(d, name, schema, depth) {
  const out = {};
  if (name === "values") for (let i = d.below(5); i >= 0; i--) { const column = d.of(COLUMNS); out[column] = aValue(d, column, { type: d.of(["string", "number"]) }, depth + 1); }
  if (name === "settings") Object.assign(out, d.of([{}, { objective: d.of(["value", "co2", "jobs", "virgin", "x"]) }, { gap: d.of(NUMBERS) }, { year: 2020 }, { undo: true }, { changes: { set: ["co2_eur_per_t=100", "x"], close: [{ table: "offer", id: aText(d, "offer_id") }] } }]));
  for (const [member, of] of Object.entries(schema.properties ?? {}))
    if (d.chance(schema.required?.includes(member) ? 0.95 : 0.6)) out[member] = aValue(d, member, of, depth + 1);
  if (d.chance(0.05)) out[d.of(["x", "fid", "version", "case_id", "__proto__x"])] = d.of(ODD);
  return out;
}
/* What takes long, or ends the evening for everybody, is asked less. */
const RARE = { "/api/v1/jobs": 0.15, "/api/v1/imports": 0.3, "/api/v1/login": 0.1, "/api/v1/me/erase": 0.05, "/api/v1/me/password": 0.1, "/api/v1/people/{account_id}/erase": 0.05, "/api/v1/people/{account_id}": 0.2, "/api/v1/people/{account_id}/sign-out": 0.2, "/api/v1/findings": 0.2,
  "/api/v1/flows/sankey": 0.2, "/api/v1/me/sessions": 0.2, "/api/v1/logout": 0.1, "/api/v1/plans/{run}/why": 0.4, "/api/v1/plans/{run}/diff/{other}": 0.4, "/api/v1/invitations/take": 0.3, "/api/v1/openapi.json": 0.1 };

function aRequest(d, operations, role) {
  let one;
  do one = d.of(operations); while (!d.chance(RARE[one.path] ?? 1) || !(one.roles.includes(role ?? "public") || d.chance(0.1)));
  let table = "";
  const path = one.path.replace("/api/v1", "").replace(/\{(\w+)\}/g, (_, name) => {
    const pool = name === "key" ? known.get(`key of ${table}`) : undefined;
    const text = pool && d.chance(0.8) ? d.of(pool) : aText(d, name, 0.9);
    if (name === "table") table = text;
    return encodeURIComponent(text) || "%20";
  });
  const query = one.parameters.filter((at) => at.in === "query" && d.chance(0.4))
    .map(({ name, schema }) => `${encodeURIComponent(name.replace("{column}", d.of(COLUMNS)))}=${encodeURIComponent(schema.type === "integer" && d.chance(0.8) ? d.of([1, 2, 50, 1000, 0, -1]) : aText(d, name))}`);
  const headers = {};
  if (d.chance(0.15)) headers.Accept = d.of(["text/csv", "application/geo+json", "application/json", "*/*", "x"]);
  if (d.chance(0.3)) headers["Accept-Language"] = d.of(["nl", "en", "fr"]);
  if (d.chance(0.15)) headers["If-Match"] = d.of(["*", "\"v1\"", "\"v0\"", "\"x\"", `"v${d.of(known.get("row_version") ?? [3])}"`]);
  if (d.chance(0.1)) headers["If-None-Match"] = d.of(["*", "\"v1\"", "\"x\""]);
  if (d.chance(0.1)) headers["Idempotency-Key"] = `key-of-odd-${d.below(20)}`;
  if (path.startsWith("/rooms/")) headers["X-Knoop-Room"] = String(d.of([...(known.get("token") ?? []), "x"])).replace(/[^\x20-\x7e]/g, "");
  const body = one.method === "GET" || (one.method === "DELETE" && d.chance(0.9)) ? undefined : d.chance(0.02) ? d.of(["[]", "{", "1", "\"x\"", ""]) : anObject(d, "", one.body ?? {}, 0);
  return { method: one.method, path: query.length > 0 ? `${path}?${query.join("&")}` : path, body, headers };
}

// ---------------------------------------------------------------- asking it
const place = await serve(await region({ plan: true }), ["--rate", "-1"]);
const ROLES = ["coordinator", "coordinator", "coordinator", "partner", "partner", "planner", "financier", "viewer", null];
const actors = (await place.anybody.get("/actors")).json.items.map(({ actor_id }) => actor_id);
const people = [];
for (const role of ROLES) people.push({ role, who: role === null ? place.anybody : await place.signIn(role, { actors: role === "partner" ? actors.slice(people.length, people.length + 3) : [] }) });
const { json: { paths } } = await place.anybody.get("/openapi.json");
const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, one]) =>
  ({ path, method: method.toUpperCase(), parameters: one.parameters ?? [], roles: one["x-knoop-roles"], body: one.requestBody?.content["application/json"].schema })));
for (const path of ["/actors", "/sites", "/offers", "/needs", "/resources", "/areas", "/plans", "/plans/latest/ties", "/units", "/me", "/people", "/cases/gates", ...["site", "offer", "need", "gateway", "unit"].map((table) => `/tables/${table}/rows`)]) {
  const { json } = await people[0].who.get(path);
  learnAll(json);
  learnKeys(path, json);
}

/* A little of each kind to begin with, so that its keys are known: a room that is open, a case, entries with their chances, a story, an experiment. */
const [chief, , , partner] = people.map(({ who }) => who), [own] = actors.slice(3);
const made = async (who, method, path, body) => {
  const { status, json, text } = await who[method](path, body);
  ok(status < 300, `${method} ${path}: ${text}`);
  learnAll(json);
  return json;
};
for (let i = 0; i < 3; i++) {
  const { meeting_id } = await made(chief, "post", "/meetings", { title: "Hout", actors: actors.slice(i, i + 3) });
  const { room_code } = await made(chief, "put", `/meetings/${meeting_id}/status`, { status: i < 2 ? "open" : "invited" });
  for (const side of room_code ? ["have", "want"] : []) {
    const { token } = await made(place.anybody, "post", `/rooms/${room_code}/people`, { name: side });
    learnAll((await place.anybody.post(`/rooms/${room_code}/entries`, { side, words: "zaagsel" }, { "X-Knoop-Room": token })).json);
  }
  learnAll(await made(chief, "get", `/meetings/${meeting_id}/wall`));
  const { case_id } = await made(chief, "post", "/cases", { title: "Een zaak", partners: [{ actor_id: own, role: "holder" }] });
  for (const [part, body] of [["tasks", { what: "bellen" }], ["money", { kind: "cost", what: "x", eur: 10, from_yr: 0, to_yr: 1 }], ["comments", { comment: "ja" }], ["documents", { name: "a.txt", type: "text/plain", base64: "aGFsbG8=" }]])
    await made(chief, "post", `/cases/${case_id}/${part}`, body);
  await made(chief, "get", `/cases/${case_id}`);
  await made(chief, "post", "/stories", { title_nl: "Een verhaal", title_en: "A story", body_nl: "x", body_en: "x" });
  const [site] = (await made(partner, "get", "/own-sites")).items;
  const { entry_id } = await made(partner, "post", "/entries", { kind: "offer", words: "zaagsel", resource_id: "wood-a", amount: "een vrachtwagen per week", site_id: site?.site_id });
  const { row_id } = await made(partner, "get", `/entries/${entry_id}`);
  if (row_id) {
    learn("key of offer", row_id);
    const { items } = await waitFor(async () => { const all = await made(partner, "get", `/chances/offer/${row_id}`); return all.is_current && all; });
    const card = items.find(({ is_open, kind }) => !is_open && kind !== "gateway");
    if (card) await made(partner, "post", "/introductions", { kind: "offer", row_id, token: card.token });
  }
  const [space] = (await made(chief, "get", "/experiments/spaces")).items;
  await made(chief, "post", "/experiments", { title: "Proef", offer_id: space?.offer_id, site_id: space?.site_id, from_day: `2027-0${i + 1}-01`, to_day: `2027-0${i + 1}-20` });
  await made(chief, "post", `/tables/site/rows/${site?.site_id}/comments`, { text: "klopt dit?" });
}

const count = { asked: 0, gone: 0, again: 0 }, statuses = new Map(), wrong = [];
const end = Date.now() + 1000 * SECONDS;
async function ask(person_, { method, path, body, headers }) {
  const { state } = person_.who;
  const all = { ...(state.cookie ? { Cookie: state.cookie } : {}), ...(state.csrf && method !== "GET" ? { "X-Knoop-CSRF": state.csrf } : {}), ...(body !== undefined ? { "Content-Type": "application/json" } : {}), ...headers };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error("no answer")), ANSWER_MOST_MS);
  const story = () => `${person_.role} ${method} ${path} ${JSON.stringify(headers)} ${JSON.stringify(body)}`;
  try {
    const answer = await fetch(`${place.url}/api/v1${path}`, { method, headers: all, body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body), signal: stop.signal, redirect: "manual" });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const type = answer.headers.get("content-type") ?? "";
    if (type === "text/event-stream") { setTimeout(() => stop.abort(), STREAM_MS); await answer.text().catch(() => {}); return answer.status; }
    const text = await answer.text();
    /* 503: the file is being written by another program, an import for example, and asking again helps. */
    if (answer.status >= 500 && !(answer.status === 503 && text.includes("/problems/busy"))) wrong.push(`${answer.status}: ${story()} -> ${text.slice(0, 400)}`);
    if (/json/.test(type)) try { const json = JSON.parse(text); learnAll(json); learnKeys(path, json); } catch { wrong.push(`no JSON: ${story()} -> ${text.slice(0, 400)}`); }
    if (text !== "" && answer.status < 300 && type === "") wrong.push(`no type: ${story()}`);
    return answer.status;
  } catch (error) {
    /* A browser asks again on a connection that was closed while it was idle; an answer that does not come is a flaw. */
    if (stop.signal.aborted || place.child.exitCode !== null || place.child.signalCode !== null) wrong.push(`${error.message}: ${story()}`);
    else count.gone++;
    return 0;
  } finally { clearTimeout(timer); }
}
async function work(number) {
  const d = dice(SEED * 1000 + number);
  while (Date.now() < end && wrong.length < 20 && place.child.exitCode === null && place.child.signalCode === null) {
    const one = d.of(people);
    count.asked++;
    const status = await ask(one, aRequest(d, operations, one.role));
    /* Who was closed, erased or signed out by somebody comes back as somebody new, seldom enough for the limits. */
    if (status === 401 && one.role !== null && !one.isBack && (await one.who.get("/me")).json?.role === "public") {
      one.isBack = true;
      count.again++;
      const email = `again${count.again}@example.org`;
      const args = ["account", place.file, "--email", email, "--role", one.role, "--json", ...(one.role === "partner" ? actors.slice(0, 2).flatMap((actor) => ["--actor", actor]) : [])];
      try {
        const { password } = JSON.parse(command(...args));
        const back = person(place.url, {});
        if ((await back.post("/login", { email, password })).status === 200) one.who = back;
      } catch (error) { console.log(`# ${one.role} does not come back: ${String(error.stderr ?? error).slice(0, 200)}`); }
      one.isBack = false;
    }
  }
}

console.log(`# seed ${SEED}, ${SECONDS} seconds, ${operations.length} operations`);
await test("odd requests by everybody at once: each is answered, none by 500", async () => {
  await Promise.all(Array.from({ length: WORKERS }, (_, number) => work(number)));
  console.log(`# ${count.asked} asked, ${[...statuses].sort((a, b) => a[0] - b[0]).map(([status, n]) => `${status}: ${n}`).join(", ")}; ${count.gone} connections gone, ${count.again} came back`);
  equal(wrong.join("\n"), "");
  ok(count.asked > 0 && count.gone < 0.01 * count.asked + 5, `${count.gone} of ${count.asked} were not answered`);
});
await test("the log of what was done follows from itself", async () => {
  const { password } = JSON.parse(command("account", place.file, "--email", "last@example.org", "--role", "coordinator", "--json"));
  const last = person(place.url, {});
  equal((await last.post("/login", { email: "last@example.org", password })).status, 200);
  equal((await last.get("/audit/check")).json.is_whole, true);
});
await test("the server stops in order", async () => equal(await place.stop(), 0, place.log().slice(-8000)));
await test("the file is one that a command reads", async () => {
  try { command("check", place.file); } catch (error) { ok(error.status === 1, `${error.status}: ${error.stderr}`); } /* 1: it found something */
});
await done();
