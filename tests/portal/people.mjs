// People: invitations, passwords, second factor, sessions, roles, limits, audit, one's data and its erasure.
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { command, deepEqual, done, equal, match, notEqual, ok, person, region, serve, test, waitFor } from "./lib.mjs";

const file = await region();
const place = await serve(file);
const boss = await place.signIn("coordinator", { name: "An Peeters" });
const actors = (await readSql("SELECT actor_id FROM actor ORDER BY actor_id LIMIT 3")).map(([id]) => id);
const GOOD = "paars fietspad zonder haast";

/** Reads or changes the file with another program, as a thief or a careless administrator might. */
function readSql(sql) {
  const script = "import sqlite3,json,sys\nc=sqlite3.connect(sys.argv[1],timeout=20)\n"
    + "r=c.execute(sys.argv[2]).fetchall()\nc.commit()\nprint(json.dumps(r))";
  return JSON.parse(execFileSync("python3", ["-c", script, file, sql], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }));
}

/** RFC 6238 by node's own HMAC: not the code under test. */
function totp(secret, at = Date.now()) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const start = hash[19] & 15;
  return String((hash.readUInt32BE(start) & 0x7fffffff) % 1e6).padStart(6, "0");
}

async function invite(body) {
  const made = await boss.post("/invitations", body);
  equal(made.status, 201, made.text);
  return made.json;
}
let number = 0;
async function member(role = "viewer", extra = {}) {
  const email = `m${++number}@example.org`;
  const { token } = await invite({ email, role, ...extra });
  const someone = person(place.url, {});
  const taken = await someone.post("/invitations/take", { token, name: `Member ${number}`, password: GOOD });
  equal(taken.status, 200, taken.text);
  return Object.assign(someone, { email, id: (await someone.get("/me")).json.account.account_id });
}

await test("an invitation lets one person in, once, with its role and actors", async () => {
  const link = await invite({ email: "jan@example.org", role: "partner", actors: actors.slice(0, 2) });
  match(link.path, /^\/account\/invitation#[\w-]{43}$/);
  const jan = person(place.url, {});
  const look = await jan.post("/invitations/look", { token: link.token });
  equal(look.json.email, "jan@example.org");
  equal(look.json.role, "partner");
  equal(look.json.actors.length, 2);
  const taken = await jan.post("/invitations/take", { token: link.token, name: "Jan", password: GOOD, language: "nl" });
  equal(taken.status, 200, taken.text);
  const me = (await jan.get("/me")).json;
  equal(me.role, "partner");
  equal(me.account.name, "Jan");
  deepEqual(me.actors, actors.slice(0, 2));
  for (const path of ["/invitations/look", "/invitations/take"]) {
    const again = await person(place.url, {}).post(path, { token: link.token, name: "Jan", password: GOOD });
    equal(again.status, 410);
    match(again.json.type, /link-ended/);
  }
  equal(readSql("SELECT count(*) FROM invitation WHERE token = '" + link.token + "'")[0][0], 0, "the file has no token in it");
});

await test("an invitation can be withdrawn, replaced, and ends by itself; all answer the same", async () => {
  const first = await invite({ email: "els@example.org", role: "viewer" });
  const second = await invite({ email: "els@example.org", role: "viewer" });
  equal((await boss.delete(`/invitations/${second.invitation_id}`)).status, 204);
  equal((await boss.delete(`/invitations/${second.invitation_id}`)).status, 404);
  const third = await invite({ email: "els@example.org", role: "viewer" });
  readSql(`UPDATE invitation SET ends = '2020-01-01T00:00:00Z' WHERE invitation_id = ${third.invitation_id}`);
  const answers = [];
  for (const token of [first.token, second.token, third.token, "never", boss.state.csrf])
    answers.push(await person(place.url, {}).post("/invitations/look", { token }));
  for (const answer of answers) {
    equal(answer.status, 410);
    equal(answer.text, answers[0].text);
  }
});

await test("invitations say what is wrong with them, by field", async () => {
  for (const [body, field] of [[{ role: "viewer" }, "email"], [{ email: "no", role: "viewer" }, "email"], [{ email: "a@b", role: "king" }, "role"],
    [{ email: "a@b", role: "public" }, "role"], [{ email: "a@b", role: "partner" }, "actors"], [{ email: "a@b", role: "partner", actors: ["nobody"] }, "actors"],
    [{ email: "a@b", role: "viewer", actors: [actors[0]] }, "actors"], [{ email: "a@b", role: "partner", actors: "x" }, "actors"],
    [{ email: "a@b", role: "partner", actors: [actors[0], actors[0]] }, "actors"]]) {
    const answer = await boss.post("/invitations", body);
    equal(answer.status, 422, JSON.stringify(body) + answer.text);
    equal(answer.json.errors[0].field, field);
  }
  equal((await boss.post("/invitations", { email: boss.email, role: "viewer" })).status, 409);
});

await test("passwords that everybody tries are refused, others are not", async () => {
  const { token } = await invite({ email: "pia@example.org", role: "viewer" });
  const pia = person(place.url, {});
  for (const password of ["short", "Wachtwoord123!", "p4$$w0rdp4$$w0rd", "aaaaaaaaaaaaaaaa", "abcdefghijklmnop", "123456789012345", "qwertyuiop[]asdf",
    "abcabcabcabcabc", "Welkom2026!!", "PiaPiaPiaPia", "pia@example.org", "azertyuiop2025"]) {
    const answer = await pia.post("/invitations/take", { token, name: "Pia", password });
    equal(answer.status, 422, password);
    equal(answer.json.errors[0].field, "password");
  }
  equal((await pia.post("/invitations/take", { token, name: "Pia", password: "een oude step op zolder" })).status, 200);
});

await test("one changes one's own password; other sessions end, this one gets a new token", async () => {
  const an = await member();
  const old = { ...an.state };
  const elsewhere = person(place.url, {});
  equal((await elsewhere.post("/login", { email: an.email, password: GOOD })).status, 200);
  equal((await an.post("/me/password", { current_password: "wrong", password: GOOD + "x" })).status, 422);
  equal((await an.post("/me/password", { current_password: GOOD, password: "welkom123456" })).json.errors[0].field, "password");
  equal((await an.post("/me/password", { current_password: GOOD, password: GOOD + " nu" })).status, 200);
  equal((await an.get("/me")).json.role, "viewer");
  notEqual(an.state.cookie, old.cookie);
  equal((await elsewhere.get("/me")).json.role, "public");
  equal((await person(place.url, old).get("/me")).json.role, "public", "the token of before");
  equal((await elsewhere.post("/login", { email: an.email, password: GOOD })).status, 401);
  equal((await elsewhere.post("/login", { email: an.email, password: GOOD + " nu" })).status, 200);
});

await test("a coordinator makes a link for a new password; it ends the sessions and asks for the second factor as always", async () => {
  const an = await member();
  const made = await boss.post(`/people/${an.id}/reset`);
  equal(made.status, 201, made.text);
  const look = await person(place.url, {}).post("/invitations/look", { token: made.json.token });
  equal(look.json.kind, "password");
  const taken = await person(place.url, {}).post("/invitations/take", { token: made.json.token, password: "vier verse vijgen vandaag" });
  equal(taken.status, 200, taken.text);
  equal(taken.headers.get("set-cookie"), null);
  equal((await an.get("/me")).json.role, "public");
  equal((await person(place.url, {}).post("/login", { email: an.email, password: "vier verse vijgen vandaag" })).status, 200);
  equal((await boss.post("/people/99999/reset")).status, 404);
});

await test("second factor: proved by a code, a code works once, codes on paper work once", async () => {
  const an = await member();
  equal((await an.post("/me/second-factor", { current_password: "wrong" })).status, 422);
  const begun = await an.post("/me/second-factor", { current_password: GOOD });
  match(begun.json.secret, /^[A-Z2-7]{32}$/);
  match(begun.json.uri, /^otpauth:\/\/totp\/knoop:m\d+%40example.org\?secret=/);
  equal((await person(place.url, {}).post("/login", { email: an.email, password: GOOD })).status, 200, "not asked for before it is proved");
  const secret = begun.json.secret;
  // Codes of this step and the next one: those count for half a minute more at least, however late they come.
  const first = totp(secret), later = totp(secret, Date.now() + 30000);
  const near = Array.from({ length: 7 }, (_, i) => totp(secret, Date.now() + 30000 * (i - 3)));
  equal((await an.put("/me/second-factor", { totp: ["000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777"].find((one) => !near.includes(one)) })).status, 422);
  const proved = await an.put("/me/second-factor", { totp: first });
  equal(proved.status, 200, proved.text);
  equal(proved.json.recovery_codes.length, 10);
  const login = (more) => person(place.url, {}).post("/login", { email: an.email, password: GOOD, ...more });
  match((await login({})).json.type, /totp-required/);
  equal((await login({})).status, 401);
  match((await login({ totp: first })).json.type, /totp-wrong/, "the code that proved it is used up");
  match((await login({ totp: "12345" })).json.type, /totp-wrong/);
  const both = await Promise.all([login({ totp: later }), login({ totp: later })]);
  deepEqual(both.map((answer) => answer.status).sort(), [200, 401], "one code, one session, also at the same time");
  const paper = proved.json.recovery_codes[3];
  equal((await login({ totp: paper.toLowerCase().replaceAll("-", " ") })).status, 200);
  equal((await login({ totp: paper })).status, 401);
  const kept = JSON.stringify(readSql("SELECT * FROM recovery")).toLowerCase();
  for (const one of [paper, paper.replaceAll("-", "")]) ok(!kept.includes(one.toLowerCase()), "a code on paper is not in the file");
  // The coordinator ends it with the link, for who lost telephone and paper.
  const reset = await boss.post(`/people/${an.id}/reset`, { second_factor: true });
  equal((await person(place.url, {}).post("/invitations/take", { token: reset.json.token, password: GOOD })).status, 200);
  const back = person(place.url, {});
  equal((await back.post("/login", { email: an.email, password: GOOD })).status, 200);
  equal((await back.post("/me/second-factor/off", { current_password: GOOD })).status, 200);
});

await test("wrong passwords lock the account for a while, with the same words, and the right one does not help then", async () => {
  const an = await member();
  const nobody = person(place.url, {});
  const unknown = await nobody.post("/login", { email: "unknown@example.org", password: "x" });
  for (let i = 0; i < 8; i++) {
    const wrong = await nobody.post("/login", { email: an.email, password: `wrong ${i}` });
    equal(wrong.status, 401);
    equal(wrong.json.detail, unknown.json.detail);
  }
  const locked = await nobody.post("/login", { email: an.email, password: GOOD });
  equal(locked.text, unknown.text);
  equal(locked.status, 401);
  // Each kind of refusal writes one line of audit, so that all wait for the disk.
  const lines = () => readSql("SELECT count(*) FROM audit")[0][0];
  const before = lines();
  for (const email of ["unknown@example.org", an.email]) await nobody.post("/login", { email, password: "x" });
  equal(lines(), before + 2);
  readSql(`UPDATE account SET locked_until = '2020-01-01T00:00:00Z' WHERE account_id = ${an.id}`);
  equal((await nobody.post("/login", { email: an.email, password: GOOD })).status, 200);
});

await test("sessions: listed, ended one by one or all, with no token in the list", async () => {
  const an = await member();
  const other = person(place.url, {});
  await other.post("/login", { email: an.email, password: GOOD }, { "User-Agent": "Telefoon <b>" });
  const list = (await an.get("/me/sessions")).json.items;
  equal(list.length, 2);
  equal(list.filter((session) => session.is_current).length, 1);
  ok(!JSON.stringify(list).includes(an.state.cookie.split("=")[1]));
  const theirs = list.find((session) => !session.is_current);
  equal((await boss.delete(`/me/sessions/${theirs.session_id}`)).status, 404, "somebody else's");
  equal((await an.delete(`/me/sessions/${theirs.session_id}`)).status, 204);
  equal((await other.get("/me")).json.role, "public");
  await other.post("/login", { email: an.email, password: GOOD });
  equal((await an.delete("/me/sessions?others=true")).status, 204);
  equal((await other.get("/me")).json.role, "public");
  equal((await an.get("/me")).json.role, "viewer");
  equal((await an.delete("/me/sessions")).status, 204);
  equal((await an.get("/me")).json.role, "public");
});

await test("sessions end when idle and after their time; the token is replaced each day", async () => {
  const an = await member();
  const set = (what) => readSql(`UPDATE login SET ${what} WHERE account_id = ${an.id}`);
  const before = { ...an.state };
  set("rotated = '2020-01-01T00:00:00Z'");
  equal((await an.get("/me")).json.role, "viewer");
  notEqual(an.state.cookie, before.cookie);
  equal((await person(place.url, { ...before }).get("/areas")).status, 200);
  equal((await person(place.url, { ...before }).get("/me")).json.role, "viewer", "requests on their way still count");
  set("previous_until = '2020-01-01T00:00:00Z'");
  equal((await person(place.url, before).get("/me")).json.role, "public", "replayed later they do not");
  equal((await an.get("/me")).json.role, "viewer");
  const day = readSql("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-11 hours')")[0][0];
  set(`seen = '${day}'`);
  equal((await an.get("/me")).json.role, "viewer");
  await waitFor(() => readSql(`SELECT seen FROM login WHERE account_id = ${an.id}`)[0][0] !== day); // that somebody is there is written down
  set("seen = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-13 hours')");
  equal((await an.get("/me")).json.role, "public");
  await an.post("/login", { email: an.email, password: GOOD });
  set("ends = '2020-01-01T00:00:00Z'");
  equal((await an.get("/me")).json.role, "public");
});

await test("signing in never keeps a token that was there before (session fixation)", async () => {
  const an = await member();
  const victim = person(place.url, { cookie: "knoop_session=chosen-by-the-attacker" });
  await victim.post("/login", { email: an.email, password: GOOD });
  ok(!victim.state.cookie.includes("chosen"));
  const first = { ...victim.state };
  await victim.post("/login", { email: an.email, password: GOOD });
  notEqual(victim.state.cookie, first.cookie);
  equal((await person(place.url, first).get("/me")).json.role, "public", "the session before ends with the new one");
});

await test("roles and actors change, sessions end with that; several coordinators, never none", async () => {
  const an = await member("viewer");
  equal((await boss.patch(`/people/${an.id}`, { role: "partner" })).json.errors[0].field, "actors");
  const changed = await boss.patch(`/people/${an.id}`, { role: "partner", actors: [actors[2]] });
  equal(changed.status, 200, changed.text);
  deepEqual(changed.json.actors.map((actor) => actor.actor_id), [actors[2]]);
  equal((await an.get("/me")).json.role, "public");
  await an.post("/login", { email: an.email, password: GOOD });
  equal((await an.get("/me")).json.role, "partner");
  const me = (await boss.get("/me")).json.account.account_id;
  for (const body of [{ role: "viewer" }, { is_closed: true }]) {
    const last = await boss.patch(`/people/${me}`, body);
    equal(last.status, 409, last.text);
  }
  equal((await boss.post(`/people/${me}/erase`)).status, 409);
  equal((await boss.post("/me/erase", { current_password: boss.password })).status, 409);
  equal((await boss.get("/me")).json.role, "coordinator", "all of it was taken back");
  const second = await member("coordinator");
  equal((await second.patch(`/people/${me}`, { is_closed: true })).status, 200);
  equal((await boss.get("/me")).json.role, "public");
  equal((await second.patch(`/people/${me}`, { is_closed: false })).status, 200);
  equal((await boss.post("/login", { email: boss.email, password: boss.password })).status, 200);
  equal((await boss.patch(`/people/${second.id}`, { role: "viewer" })).status, 200);
  equal((await boss.patch("/people/99999", { name: "x" })).status, 404);
  equal((await boss.patch("/people/abc", { name: "x" })).status, 404);
});

await test("a closed account is out at once and cannot come in", async () => {
  const an = await member();
  const other = await member("coordinator");
  equal((await boss.post(`/people/${an.id}/sign-out`)).status, 204);
  equal((await an.get("/me")).json.role, "public");
  await an.post("/login", { email: an.email, password: GOOD });
  equal((await boss.patch(`/people/${an.id}`, { is_closed: true })).status, 200);
  equal((await an.get("/me")).json.role, "public");
  equal((await an.post("/login", { email: an.email, password: GOOD })).status, 401);
  equal((await boss.post(`/people/${an.id}/reset`)).status, 404);
  equal((await boss.patch(`/people/${other.id}`, { role: "planner" })).status, 200);
});

await test("the list of people: for coordinators, by role and name, without secrets", async () => {
  const list = (await boss.get("/people?limit=1000")).json.items;
  ok(list.length > 5);
  ok(list.every((one) => !("password" in one) && !("totp" in one)));
  const found = (await boss.get("/people?q=PEETERS&role=coordinator")).json.items;
  equal(found.length, 1);
  equal((await boss.get(`/people/${found[0].account_id}`)).json.name, "An Peeters");
  const csv = await boss.get("/people?format=csv");
  match(csv.text, /^account_id,email,/);
  const pages = [];
  for (let cursor = ""; cursor !== null;) {
    const page = (await boss.get(`/people?limit=3${cursor ? `&cursor=${cursor}` : ""}`)).json;
    pages.push(...page.items);
    cursor = page.next;
  }
  deepEqual(pages, list);
});

await test("every address of people answers to those it is for and to nobody else", async () => {
  const { paths } = (await place.anybody.get("/openapi.json")).json;
  const others = { public: place.anybody };
  for (const role of ["viewer", "financier", "planner"]) others[role] = await place.signIn(role);
  others.partner = await place.signIn("partner", { actors: [actors[0]] });
  let count = 0;
  for (const [path, item] of Object.entries(paths))
    for (const [method, operation] of Object.entries(item)) {
      if (!operation.tags.includes("people")) continue;
      for (const [role, someone] of Object.entries(others)) {
        if (operation["x-knoop-roles"].includes(role)) continue;
        const at = path.replace("/api/v1", "").replace(/\{\w+\}/g, "1");
        const answer = await someone.ask(method.toUpperCase(), at, method === "get" ? undefined : {});
        equal(answer.status, role === "public" ? 401 : 403, `${method} ${path} as ${role}: ${answer.text}`);
        count++;
      }
    }
  ok(count > 60);
});

await test("audit: filtered, paged, whole; nobody changes it through the portal, nor easily otherwise", async () => {
  const own = (await boss.get("/me")).json.account.account_id;
  const mine = (await boss.get(`/audit?account=${own}&limit=1000`)).json.items;
  ok(mine.length > 10);
  ok(mine.every((line) => line.account_id === own && line.account_name === "An Peeters"));
  const invited = (await boss.get("/audit?what=invitation%20made&limit=1000")).json.items;
  ok(invited.length > 5 && invited.every((line) => line.what === "invitation made"));
  equal((await boss.get("/audit?until=2020-01-01")).json.items.length, 0);
  const two = (await boss.get("/audit?limit=2")).json;
  const next = (await boss.get(`/audit?limit=2&cursor=${two.next}`)).json;
  ok(next.items[0].audit_id < two.items[1].audit_id);
  for (const method of ["put", "patch", "delete", "post"]) equal((await boss.ask(method.toUpperCase(), "/audit", {})).status, 405);
  ok(!/@/.test(JSON.stringify(readSql("SELECT what, about, detail FROM audit"))), "the log names nobody by address");
  const check = async () => (await boss.get("/audit/check")).json;
  equal((await check()).is_whole, true);
  // The file itself refuses, as long as its rules stand.
  for (const sql of ["UPDATE audit SET what = 'x'", "DELETE FROM audit", "INSERT OR REPLACE INTO audit (audit_id, made, account_id, what, chain) VALUES (1, '', 0, 'x', '')"]) {
    let refused = "";
    try { readSql(sql); } catch (error) { refused = String(error.stderr); }
    match(refused, /the audit log is history/, sql);
  }
});

await test("one's data come out whole, and nobody else's with them", async () => {
  const an = await member("partner", { actors: [actors[0]] });
  const data = (await an.get("/me/data")).json;
  equal(data.account[0].email, an.email);
  deepEqual(data.actors.map((row) => row.actor_id), [actors[0]]);
  equal(data.sessions.length, 1);
  ok(data.audit.length > 0);
  ok(!JSON.stringify(data).includes("argon2"));
  ok(!JSON.stringify(data).includes(boss.email));
  deepEqual((await boss.get(`/people/${an.id}/data`)).json.account, data.account);
  equal((await boss.get("/people/99999/data")).status, 404);
});

await test("erased: nothing in the file names the person, what was done stays under a number", async () => {
  const an = await member();
  const email = an.email, name = "Wim Onvergetelijk";
  await an.patch("/me", { name, language: "en" });
  equal((await an.get("/me")).json.language, "en");
  equal((await an.patch("/me", { language: "xx" })).status, 422);
  equal((await an.post("/me/erase", { current_password: "wrong" })).status, 422);
  equal((await an.post("/me/erase", { current_password: GOOD })).status, 204);
  equal((await an.get("/me")).json.role, "public");
  equal((await an.post("/login", { email, password: GOOD })).status, 401);
  const found = execFileSync("python3", ["-c", "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1],timeout=20)\n"
    + "for (t,) in c.execute(\"SELECT name FROM sqlite_schema WHERE type='table' AND sql NOT LIKE '%VIRTUAL%'\").fetchall():\n"
    + "  if any(w in repr(r) for r in c.execute('SELECT * FROM \"%s\"' % t) for w in sys.argv[2:]): print(t)", file, name, email], { encoding: "utf8" });
  equal(found, "", "tables that still name the person");
  ok(readSql(`SELECT count(*) FROM audit WHERE account_id = ${an.id}`)[0][0] > 0);
  match((await boss.get(`/people/${an.id}`)).json.name, /^Person \d+$/);
  equal((await boss.post(`/people/${an.id}/erase`)).status, 404, "once is enough");
  equal((await boss.patch(`/people/${an.id}`, { is_closed: false })).status, 404);
});

await test("every table that names an account has a part in the export of a person's data", async () => {
  const data = (await boss.get("/me/data")).json;
  ok(Object.keys(data).length >= 8);
  const named = readSql("SELECT m.name, group_concat(c.name) FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' "
    + "AND c.type = 'INTEGER' AND (c.name = 'account_id' OR c.name LIKE '%\\_account' ESCAPE '\\' OR c.name LIKE '%\\_account_id' ESCAPE '\\' OR c.name IN ('made_by', 'author', 'changed_by')) GROUP BY m.name");
  const { readFileSync, readdirSync } = await import("node:fs");
  const folder = `${process.env.KN_SOURCE_ROOT}/src/store/queries`;
  const statements = readdirSync(folder).flatMap((one) => readFileSync(`${folder}/${one}`, "utf8").split(/^-- (?=name: )/m)).filter((text) => text.startsWith("name: mine_"));
  const PASSING = new Set(["once"]); // a number for a day
  const missing = named.filter(([table]) => !PASSING.has(table)).filter(([table]) => !statements.some((text) => new RegExp(`\\b(FROM|JOIN) (main\\.)?"?${table}"?\\b`).test(text)));
  deepEqual(missing, [], "add a statement mine_NAME (and forget_NAME where it holds more than a number) to the queries of the feature");
});

await test("a line of audit changed, taken out or taken off the end with another program is told, by the portal and by knoop check", async () => {
  const broken = async () => (await boss.get("/audit/check")).json.broken_at;
  const row = readSql("SELECT what FROM audit WHERE audit_id = 7")[0][0];
  const rules = readSql("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'");
  equal(rules.length, 3);
  for (const [name] of rules) readSql(`DROP TRIGGER ${name}`);
  equal(await broken(), null);
  readSql("UPDATE audit SET what = 'sign-in, or not' WHERE audit_id = 7");
  equal(await broken(), 7);
  let said = "";
  try { command("check", file, "--json"); } catch (error) { said = error.stdout; }
  match(said, /audit_chain/);
  readSql(`UPDATE audit SET what = '${row}' WHERE audit_id = 7`);
  equal(await broken(), null);
  const last = readSql("SELECT max(audit_id) FROM audit")[0][0];
  readSql(`DELETE FROM audit WHERE audit_id = ${last}`);
  equal(await broken(), last);
  readSql("DELETE FROM audit WHERE audit_id = 9");
  equal(await broken(), 10);
});

await test("too often is told (429), when to come back too, and others do not notice", async () => {
  const an = await member();
  const answers = [];
  // Twenty at once and one in five seconds: a slow machine asks less often, so it asks on.
  for (let i = 0; i < 500 && answers.at(-1)?.status !== 429; i++) answers.push(await person(place.url, {}).post("/login", { email: `flood@example.org`, password: "x" }));
  ok(answers.length > 20);
  const limited = answers.filter((answer) => answer.status === 429);
  ok(limited.length > 0);
  match(limited[0].headers.get("retry-after"), /^\d+$/);
  match(limited[0].json.type, /too-often/);
  equal((await an.get("/me")).json.role, "viewer");
  const slow = await serve(await region(), ["--rate", "2"]);
  const burst = await Promise.all(Array.from({ length: 30 }, () => slow.anybody.get("/me")));
  ok(burst.some((answer) => answer.status === 429));
  ok(burst.some((answer) => answer.status === 200));
  const kept = await Promise.all(Array.from({ length: 30 }, () => slow.anybody.get("/areas")));
  ok(kept.every((answer) => answer.status === 200 || answer.status === 429));
});

await done();
