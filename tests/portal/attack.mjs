// As each role: what one may not have. It finds the endpoints in the description of the API, so that it holds for those that come later.
//
// Marks. A region whose offers and needs with disclosure broker or partners carry words and numbers that stand nowhere else. Whatever
// anybody asks, in whatever form, an answer to who may not see a row holds none of its marks. Marks carry the disclosure and the owner,
// so that a partner may find those of their own and those for partners. That the time tells nothing either is looked at in timing.mjs, by the work that
// is done and not by a clock.
import { connect } from "node:net";
import { execFileSync } from "node:child_process";
import { deepEqual, done, equal, match, ok, person, region, root, serve, test } from "./lib.mjs";
import { parseCsv } from "./lib.mjs";
import { readFileSync } from "node:fs";
import { join } from "node:path";

// ---------------------------------------------------------------- a region with secrets
const siteActor = new Map(parseCsv(readFileSync(join(root, "data/regions/poort-genk/site.csv"), "utf8")).slice(1).map((row) => [row[0], row[1]]));
const DISCLOSURES = ["broker", "partners", "public"];
const marks = [];   // {text, disclosure, actor, table, id}
let turn = 0, serial = 0;
const file = await region({ plan: true, edit(table, row) {
  if (table !== "offer" && table !== "need") return;
  const disclosure = row.disclosure = DISCLOSURES[turn++ % 3];
  if (disclosure === "public") return;
  const n = String(++serial).padStart(4, "0");
  const actor = siteActor.get(row.site_id) ?? null;
  const text = `GEHEIM-${disclosure}-${n}`;
  // Digits that stand nowhere else; near the quantity that there was, so that the plan still makes sense.
  const quantity = Number((Number(row.quantity) || 1).toPrecision(2));
  row.quantity = String(Number((quantity * (1 + 0.000987 + serial * 1e-8)).toPrecision(13)));
  row.description = `${text} <img src=x onerror=alert(1)> =HYPERLINK("x")`;
  marks.push({ text, disclosure, actor, table, id: row[`${table}_id`] });
  if (disclosure === "broker" || disclosure === "partners") marks.push({ text: row.quantity, disclosure, actor, table, id: row[`${table}_id`], isNumber: true });
} });
const place = await serve(file, ["--rate", "-1"]);
const readSql = (sql) => JSON.parse(execFileSync("python3", ["-c",
  "import sqlite3,json,sys\nc=sqlite3.connect(sys.argv[1],timeout=20)\nr=c.execute(sys.argv[2]).fetchall()\nc.commit()\nprint(json.dumps(r))", file, sql], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }));

const owners = [...new Set(marks.filter((mark) => mark.actor && mark.disclosure === "broker").map((mark) => mark.actor))].sort();
const owner = owners[0], other = owners[1];
ok(owner && other, "two owners of rows for the broker only");
const someone = { public: place.anybody };
for (const role of ["viewer", "financier", "planner", "coordinator"]) someone[role] = await place.signIn(role);
someone.partner = await place.signIn("partner", { actors: [owner] });
const others = { ...someone };
delete others.coordinator;
const bystander = await place.signIn("partner", { actors: [other] });

const maySee = (role, actors, mark) => role === "coordinator" || actors.includes(mark.actor) || (role === "partner" && mark.disclosure === "partners");
/** The marks in an answer that this person may not see. */
function leaks(role, text) {
  const actors = role === "partner" ? [owner] : [];
  return marks.filter((mark) => text.includes(mark.text) && !maySee(role, actors, mark));
}
function refuseLeak(role, what, answer) {
  const found = leaks(role, answer.text + JSON.stringify([...answer.headers]));
  deepEqual(found.map((mark) => `${mark.table} ${mark.id}`), [], `${role}: ${what}`);
  ok(answer.status !== 500, `${role}: ${what}: ${answer.status} ${answer.text.slice(0, 300)}\n${place.log().split("\n").slice(-3).join("\n")}`);
  // What the machine says is for the log.
  const said = answer.status >= 400 ? `${answer.json?.title} ${answer.json?.detail}` : ""; // `instance` is what was asked
  ok(!/sqlite|SELECT |\.gpkg|src\/|\/tmp\/|no such (table|column)/i.test(said), `${role}: ${what}: ${said.slice(0, 300)}`);
}

// ---------------------------------------------------------------- the endpoints
const api = (await place.anybody.get("/openapi.json")).json;
const operations = Object.entries(api.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) =>
  ({ path: path.replace("/api/v1", ""), method: method.toUpperCase(), operation, parts: [...path.matchAll(/\{(\w+)\}/g)].map((one) => one[1]) })));
// What has no end is not waited for: event streams.
const reading = operations.filter(({ method, path }) => method === "GET" && !/events|stream/.test(path));
const secret = marks.find((mark) => mark.disclosure === "broker" && mark.actor === other && !mark.isNumber);
const secretNeed = marks.find((mark) => mark.table === "need" && mark.disclosure === "broker" && !mark.isNumber && mark.actor !== owner) ?? secret;

/** Ids to try for a part of a path: those of hidden rows where the name tells the table, numbers, and names of tables. */
const tableKeys = new Map();
function idsFor(part) {
  if (!tableKeys.has(part)) tableKeys.set(part, keysOf(part));
  return tableKeys.get(part);
}
function keysOf(part) {
  const hidden = [secret.id, secretNeed.id, `offer:${secret.id}`];
  if (/^(offer|row|id|key|row_key|thing|row_id|about)/.test(part)) return hidden;
  if (part === "need_id") return [secretNeed.id];
  if (/^(table|kind|type|what|table_name)/.test(part)) return ["offer", "need", "tie", "account", "audit", "login", "edit", "site"];
  const table = part.replace(/_id$/, "");
  const keys = [1, 2];
  try {
    const column = readSql(`SELECT name FROM pragma_table_info('${table.replaceAll("'", "")}') WHERE name = '${part.replaceAll("'", "")}'`);
    const there = column.length ? readSql(`SELECT "${part}" FROM "${table}" ORDER BY "${part}"`).map(([key]) => key) : [];
    keys.push(...new Set([there[0], there[there.length >> 1], there.at(-1)].filter((key) => key !== undefined))); // the same each time
  } catch { /* no such table: numbers do */ }
  return [...keys, secret.id];
}
/** Paths with their parts filled in: every id where there is one part, the same for tables and keys where there are more. */
function fill({ path, parts }) {
  let all = [path];
  for (const part of parts)
    all = all.flatMap((one) => idsFor(part).map((id) => one.replace(`{${part}}`, encodeURIComponent(id))));
  return [...new Set(all)].slice(0, 24);
}
async function each(list, width, work) {
  const left = [...list];
  await Promise.all(Array.from({ length: width }, async () => { while (left.length) await work(left.shift()); }));
}

await test("the marks are there: a coordinator's file has them", async () => {
  ok(marks.length > 100, `${marks.length} marks`);
  ok(readSql("SELECT count(*) FROM offer WHERE description LIKE 'GEHEIM-broker%'")[0][0] > 5);
  ok(readSql("SELECT count(*) FROM tie")[0][0] > 0, "there is a plan");
});

await test("no answer to anybody holds what is not theirs: every address, with ids of hidden rows, in each form", async () => {
  let count = 0, seen = 0;
  for (const [role, an] of Object.entries(someone))
    await each(reading.flatMap((operation) => fill(operation).map((path) => ({ path, operation }))), 6, async ({ path, operation }) => {
      for (const form of ["", "format=csv", "format=geojson", "format=xml"]) {
        const answer = await an.get(path + (form ? (path.includes("?") ? "&" : "?") + form : ""));
        refuseLeak(role, `GET ${path} ${form}`, answer);
        if (role === "coordinator" && marks.some((mark) => answer.text.includes(mark.text))) seen++;
        count++;
        if (!operation["operation"]["x-knoop-roles"].includes(role)) equal(answer.status, role === "public" ? 401 : 403, `${role} ${path}`);
        else if (answer.status >= 400 && form !== "format=xml") break;
      }
    });
  console.log(`# ${count} answers; ${seen} of the coordinator's hold marks`);
  ok(seen > 0, "the coordinator sees marks: they would be found");
});

await test("filters, sorting, paging and search tell nothing about hidden rows", async () => {
  const values = ["GEHEIM", secret.text, secret.id, secretNeed.id, "broker", "partners", "-quantity", "quantity", "description", "disclosure", "offer", "1", "0", "true",
    other, "2030", "*", "%", "_", "GEHEIM*", "\"GEHEIM\"", "987", "wood"];
  for (const [role, an] of Object.entries(others))
    await each(reading.flatMap((operation) => (operation.operation.parameters ?? []).filter((one) => one.in === "query").flatMap((one) =>
      values.map((value) => `${fill(operation)[0]}?${one.name}=${encodeURIComponent(value)}`))), 6, async (path) => {
      const answer = await an.get(path);
      // What was asked may come back in a sentence; what is in the file may not.
      const asked = decodeURIComponent(path);
      const found = leaks(role, answer.text).filter((mark) => !asked.includes(mark.text));
      deepEqual(found.map((mark) => `${mark.table} ${mark.id}`), [], `${role}: GET ${path}`);
      ok(answer.status !== 500, `${role}: GET ${path}: ${answer.text}\n${place.log().split("\n").slice(-3).join("\n")}`);
    });
});

await test("a hidden row and one that is not there are the same answer", async () => {
  for (const operation of reading.filter(({ parts }) => parts.some((part) => /^(offer|need|row|key|id|about)/.test(part)))) {
    for (const [role, an] of Object.entries(others)) {
      const at = (id) => operation.parts.reduce((path, part) => path.replace(`{${part}}`, /^(table|kind|type|what)/.test(part) ? "offer" : encodeURIComponent(id)), operation.path);
      const hidden = await an.get(at(operation.parts.includes("need_id") ? secretNeed.id : secret.id));
      const missing = await an.get(at("no-such-row"));
      equal(hidden.status, missing.status, `${role} ${at(secret.id)}`);
      const plain = (answer) => answer.text.replaceAll(secret.id, "X").replaceAll(secretNeed.id, "X").replaceAll("no-such-row", "X");
      if (hidden.status >= 400) equal(plain(hidden), plain(missing), `${role} ${at(secret.id)}`);
    }
  }
});

// ---------------------------------------------------------------- injection
const SQL = ["'", "\"", "' OR '1'='1", "1; DROP TABLE account", "1 UNION SELECT password FROM account", "%27%20OR%201=1--", "') OR 1=1 --", "\\", "\u0000", "0x41", "-1",
  "9223372036854775808", "1e309", "NaN", "[1]", "{}", "null", "🧶".repeat(50), "a".repeat(3000), "${7*7}", "{{7*7}}", "%s%n%x", "\r\nX-Evil: 1", "<script>alert(1)</script>"];

await test("parameters and ids are data: SQL, formats, line ends and long texts do nothing", async () => {
  const before = readSql("SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM offer), (SELECT group_concat(name) FROM sqlite_schema)")[0];
  for (const [role, an] of Object.entries({ viewer: someone.viewer, coordinator: someone.coordinator, public: someone.public }))
    await each(reading.flatMap((operation) => [
      ...operation.parts.flatMap((part) => SQL.map((value) => fill(operation)[0] && operation.path.replace(`{${part}}`, encodeURIComponent(value)).replace(/\{\w+\}/g, "1"))),
      ...(operation.operation.parameters ?? []).filter((one) => one.in === "query").flatMap((one) =>
        SQL.map((value) => `${operation.path.replace(/\{\w+\}/g, "1")}?${one.name}=${encodeURIComponent(value)}`)),
    ]), 6, async (path) => {
      const answer = await an.get(path);
      refuseLeak(role, `GET ${path.slice(0, 200)}`, answer);
      equal(answer.headers.get("x-evil"), null);
      match(answer.headers.get("content-type") ?? "application/json", /json|csv/, path.slice(0, 200));
      equal(answer.headers.get("x-content-type-options"), "nosniff", path.slice(0, 200));
    });
  deepEqual(readSql("SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM offer), (SELECT group_concat(name) FROM sqlite_schema)")[0], before);
});

await test("stored texts come back as data: nothing in an answer can end a script, and a spreadsheet computes nothing", async () => {
  for (const operation of reading) {
    const path = fill(operation)[0];
    const json = await someone.coordinator.get(path);
    if (json.status !== 200) continue;
    ok(!/<script|<img/i.test(json.text) || json.headers.get("content-type").startsWith("application/json"), path);
    const csv = await someone.coordinator.get(path + "?format=csv");
    if (!/text\/csv/.test(csv.headers.get("content-type") ?? "")) continue;
    for (const row of parseCsv(csv.text)) for (const cell of row) ok(!/^[=+@\t\r]/.test(cell) && !/^-[^0-9.]/.test(cell), `${path}: ${cell.slice(0, 60)}`);
  }
});

// ---------------------------------------------------------------- raw requests
const { hostname, port } = new URL(place.url.replace("localhost", "127.0.0.1"));
/** Sends bytes as they are; what came back until the connection ended or `ms` went by. */
const raw = (bytes, ms = 2000) => new Promise((yes) => {
  const socket = connect(Number(port), hostname);
  let text = "";
  const end = () => { socket.destroy(); yes(text); };
  const timer = setTimeout(end, ms);
  socket.on("data", (piece) => { text += piece.toString("latin1"); });
  socket.on("close", () => { clearTimeout(timer); yes(text); });
  socket.on("error", end);
  for (const piece of [bytes].flat()) socket.write(piece);
});
/* The server closes after the answer: that is waited for, however busy it is. */
const WHOLE_MS = 120_000;
const get = (path, headers = "") => raw(`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n${headers}\r\n`, WHOLE_MS);
const statusOf = (text) => Number(text.match(/^HTTP\/1\.1 (\d+)/)?.[1] ?? 0);
const alive = async () => equal((await place.anybody.get("/me")).status, 200, "the server goes on");

await test("paths that climb reach no file", async () => {
  for (const path of ["/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2f..%2fetc%2fpasswd", "/..\\..\\..\\etc\\passwd", "/%5c..%5c..%5cetc%5cpasswd",
    "//etc/passwd", "/assets/../../../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets//etc/passwd", "/api/v1/../../etc/passwd", "/api/v1//me", "/api/v1/%2e%2e/me",
    "/api/v1/areas/..%2f..%2fme", "/%00/etc/passwd", "/assets/app.js%00.html", "/.git/config", "/r.gpkg", "/assets/%252e%252e/passwd", "/api/v1/people/..", "/api/v1/%2e/people"]) {
    const text = await get(path);
    ok(!/root:.*:0:0|\[core\]|SQLite format/.test(text), path);
    ok(statusOf(text) > 0 && statusOf(text) < 500, `${path}: ${text.slice(0, 80)}`);
    deepEqual(leaks("public", text), []);
  }
});

await test("another way to write an address asks for the same rights", async () => {
  for (const path of ["/api/v1/people", "/api/v1/%70eople", "/api/v1/people%2f", "/api/v1/people/", "/api/v1//people", "/api/v1/./people", "/api/v1/x/../people", "/API/V1/people", "/api/v1/people?x", "/api/v1/people;x=1", "/api/v1/audit#", "http://localhost/api/v1/people"]) {
    const text = await get(path);
    ok(!text.includes("@example.org"), path);
  }
});

await test("methods: HEAD says nothing more than GET, TRACE, CONNECT and overrides do nothing", async () => {
  const before = readSql("SELECT count(*) FROM account WHERE is_closed = 0")[0][0];
  for (const method of ["TRACE", "CONNECT", "OPTIONS", "PROPFIND", "get", "G E T", "A".repeat(300)]) {
    const text = await raw(`${method} /api/v1/people HTTP/1.1\r\nHost: localhost:${port}\r\nCookie: secret=1\r\nConnection: close\r\n\r\n`);
    ok(statusOf(text) === 0 || statusOf(text) >= 400, `${method}: ${text.slice(0, 60)}`);
    ok(!text.includes("secret=1") && !text.includes("@example.org"), method);
  }
  const head = await raw(`HEAD /api/v1/people HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`, WHOLE_MS);
  equal(statusOf(head), 401);
  equal(head.split("\r\n\r\n")[1], "");
  for (const header of ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
    await someone.coordinator.get("/people/1", { [header]: "DELETE" });
  await someone.coordinator.get("/people/1?_method=DELETE");
  equal(readSql("SELECT count(*) FROM account WHERE is_closed = 0")[0][0], before);
});

await test("sessions that were forged, replayed or of another form are nobody's", async () => {
  const token = someone.coordinator.state.cookie.split("=")[1];
  const digest = readSql("SELECT token FROM login LIMIT 1")[0][0];
  for (const cookie of [`knoop_session=${digest}`, `knoop_session=${token}x`, `knoop_session=${token.slice(0, -1)}`, `knoop_session=${token.toUpperCase()}`, "knoop_session=", "knoop_session",
    `xknoop_session=${token}`, `__Host-knoop_session=${token}`, `knoop_session=' OR 1=1 --`, `knoop_session=%00${token}`, `a=knoop_session=${token}`, `knoop_session="${token}"`, `knoop_session=${"a".repeat(8000)}`])
    equal((await person(place.url, { cookie }).get("/me")).json?.role ?? "public", "public", cookie.slice(0, 80));
  // Signing out ends the session for whoever kept its cookie.
  const an = await place.signIn("viewer");
  const kept = { ...an.state };
  equal((await an.post("/logout")).status, 204);
  equal((await person(place.url, kept).get("/me")).json.role, "public");
});

await test("nothing is written from another site, without the value of this session, or as a form", async () => {
  const writing = operations.filter(({ method }) => method !== "GET"); // questions that are asked by POST, as they are long, among them
  ok(writing.length > 15);
  const boss = someone.coordinator;
  const before = readSql("SELECT (SELECT count(*) FROM edit), (SELECT count(*) FROM account), (SELECT count(*) FROM invitation), (SELECT count(*) FROM login)")[0];
  for (const { method, path, operation } of writing) {
    const at = path.replace(/\{\w+\}/g, "1");
    const isOpen = operation["x-knoop-roles"].includes("public");
    for (const [what, headers] of [["another origin", { Origin: "https://evil.example" }], ["origin null", { Origin: "null" }], ["origin with our name in it", { Origin: `http://localhost:${port}.evil.example` }],
      ["no value", { "X-Knoop-CSRF": "" }], ["value of somebody else", { "X-Knoop-CSRF": someone.viewer.state.csrf }]]) {
      if (isOpen && !headers.Origin) continue;
      const answer = await boss.ask(method, at, {}, headers);
      equal(answer.status, 403, `${method} ${at}, ${what}: ${answer.text}`);
    }
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"]) {
      const answer = await boss.ask(method, at, "{\"email\":\"a@b\"}", { "Content-Type": type });
      ok(answer.status >= 400 && answer.status < 500, `${method} ${at} as ${type}: ${answer.status}`);
    }
  }
  deepEqual(readSql("SELECT (SELECT count(*) FROM edit), (SELECT count(*) FROM account), (SELECT count(*) FROM invitation), (SELECT count(*) FROM login)")[0], before);
});

await test("writing asks for the role too: every address, as everybody whom it is not for", async () => {
  for (const { method, path, operation } of operations.filter((one) => one.method !== "GET"))
    for (const [role, an] of Object.entries(someone)) {
      if (operation["x-knoop-roles"].includes(role)) continue;
      const answer = await an.ask(method, path.replace(/\{\w+\}/g, "1"), {});
      equal(answer.status, role === "public" ? 401 : 403, `${method} ${path} as ${role}`);
    }
});

await test("bodies: deep, doubled, cut, huge, not UTF-8, of the wrong kind; each is refused and the server goes on", async () => {
  const deep = "[".repeat(100000) + "]".repeat(100000);
  for (const body of [`{"email":${deep}}`, "{\"email\":\"a\",\"email\":\"b\",\"password\":\"c\"}", "{\"email\":", "[]", "\"x\"", "null", "{\"email\":1,\"password\":[]}", "{\"email\":\"a\u0000b\",\"password\":\"x\"}",
    "{\"email\":\"\\u0000\",\"password\":\"x\"}", "{\"email\":\"\\ud800\",\"password\":\"x\"}", "{".repeat(50000), "\uFEFF{}", "{\"__proto__\":{\"role\":\"coordinator\"}}", `{"email":"${"a".repeat(400)}","password":"x"}`]) {
    const answer = await place.anybody.post("/login", body);
    ok(answer.status >= 400 && answer.status < 500, `${body.slice(0, 40)}: ${answer.status}`);
  }
  const bad = await raw(Buffer.concat([Buffer.from(`POST /api/v1/login HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"email":"`), Buffer.from([0xff, 0xfe])]));
  ok(statusOf(bad) >= 400 && statusOf(bad) < 500, bad.slice(0, 100));
  const huge = await place.anybody.post("/login", `{"email":"${"a".repeat(6 << 20)}"}`);
  equal(huge.status, 413);
  await alive();
});

await test("every address that takes a body refuses what makes no sense with a sentence, never with 500", async () => {
  const values = [null, 0, -1, 1e300, true, "", "x".repeat(70000), [], {}, ["a"], { a: {} }, "' OR 1=1 --", "<script>alert(1)</script>", "2026-13-45", "NaN"];
  const boss = await place.signIn("coordinator");
  for (const { method, path, operation } of operations.filter((one) => one.method !== "GET" && !/^\/(me|login|logout|invitations)/.test(one.path))) {
    const schema = operation.requestBody?.content["application/json"].schema;
    const names = Object.keys(schema?.properties ?? {});
    for (const value of values) {
      const body = Object.fromEntries((names.length ? names : ["x"]).map((name) => [name, value]));
      const answer = await boss.ask(method, path.replace(/\{(\w+)\}/g, () => "zz-none"), body);
      ok(answer.status !== 500, `${method} ${path} with ${JSON.stringify(value)?.slice(0, 40)}: ${answer.status} ${answer.text.slice(0, 300)}\n${place.log().split("\n").slice(-3).join("\n")}`);
      refuseLeak("coordinator", `${method} ${path}`, answer);
    }
  }
  await alive();
});

await test("requests of a broken form: chunks, lengths, lines, headers", async () => {
  const host = `Host: localhost:${port}\r\n`;
  const post = `POST /api/v1/login HTTP/1.1\r\n${host}Content-Type: application/json\r\n`;
  const many = Array.from({ length: 2000 }, (_, i) => `X-${i}: ${"v".repeat(30)}\r\n`).join("");
  for (const [what, bytes] of Object.entries({
    "chunk length that is no number": `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    "chunk length beyond all bounds": `${post}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\r\n`,
    "negative length": `${post}Content-Length: -1\r\n\r\n{}`,
    "length that is no number": `${post}Content-Length: ten\r\n\r\n{}`,
    "two lengths": `${post}Content-Length: 2\r\nContent-Length: 50\r\n\r\n{}GET /api/v1/people HTTP/1.1\r\n${host}\r\n`,
    "length and chunks": `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/people HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    "no host": "GET /api/v1/me HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a header of a megabyte": `GET /api/v1/me HTTP/1.1\r\n${host}X: ${"a".repeat(1 << 20)}\r\n\r\n`,
    "two thousand headers": `GET /api/v1/me HTTP/1.1\r\n${host}${many}\r\n`,
    "an address of a megabyte": `GET /api/v1/me?${"a".repeat(1 << 20)} HTTP/1.1\r\n${host}\r\n`,
    "a thousand parameters": `GET /api/v1/areas?${Array.from({ length: 1000 }, (_, i) => `a${i}=1`).join("&")} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    "a thousand parameters in a long address": `GET /api/v1/areas?${Array.from({ length: 150 }, (_, i) => `a${i}=1`).join("&")}&${"&".repeat(24000)} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    "nothing but a method": "GET \r\n\r\n",
    "no HTTP": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 nothing\r\n\r\n",
    "a version to come": `GET /api/v1/me HTTP/9.9\r\n${host}\r\n`,
    "a folded header": `GET /api/v1/me HTTP/1.1\r\n${host}Cookie: a=b\r\n knoop_session=x\r\nConnection: close\r\n\r\n`,
  })) {
    const text = await raw(bytes, what.startsWith("a thousand parameters") ? WHOLE_MS : 1500);
    ok(!text.includes("@example.org"), what);
    if (what === "two lengths" || what === "length and chunks") deepEqual(text.match(/^HTTP\/1\.1 \d+/gm), ["HTTP/1.1 400"], what);
    ok(!/^HTTP\/1\.1 5(?!0[15])/m.test(text), `${what}: ${text.slice(0, 100)}`);
    if (what.startsWith("a thousand parameters")) match(text, /^HTTP\/1\.1 400 .*"the address has too many parameters"/s, `${what}: ${text.slice(0, 100)}`);
  }
  await alive();
});

await test("many slow requests keep nobody out", async () => {
  const sockets = [];
  for (let i = 0; i < 400; i++) {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    // Half of them stop within the headers, half within the body.
    socket.write(i % 2 ? `GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nX: ` : `POST /api/v1/login HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"email":"`);
    sockets.push(socket);
  }
  await new Promise((go) => setTimeout(go, 300));
  for (let i = 0; i < 20; i++) await alive();
  const an = await place.signIn("viewer");
  equal((await an.get("/me")).json.role, "viewer", "also who must wait for the disk");
  for (const socket of sockets) socket.destroy();
});

await test("the same write sent many times at once is done once where it can be done once", async () => {
  const invited = await someone.coordinator.post("/invitations", { email: "twice@example.org", role: "viewer" });
  const taken = await Promise.all(Array.from({ length: 8 }, () => person(place.url, {}).post("/invitations/take", { token: invited.json.token, name: "Twice", password: "paars fietspad zonder haast" })));
  equal(taken.filter((answer) => answer.status === 200).length, 1);
  equal(readSql("SELECT count(*) FROM account WHERE email = 'twice@example.org'")[0][0], 1);
});

await test("after all that the audit log is whole and the log names no password and no token", async () => {
  equal((await someone.coordinator.get("/audit/check")).json.is_whole, true);
  ok(!place.log().includes(someone.coordinator.password));
  ok(!place.log().includes(someone.coordinator.state.cookie.split("=")[1]));
  void bystander;
});

await done();
