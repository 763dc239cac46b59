// Nor does the time tell what is hidden. Time is counted here as work: statements that the region file ran for a request and the steps of SQLite in
// them, from the log (--log), which are the same on a busy machine. A hidden row and one that is not there run the same statements; the steps
// may differ by what looking at one row costs, about a microsecond in hundreds. So are passwords that are hashed.
import { execFileSync } from "node:child_process";
import { done, equal, ok, parseCsv, region, root, serve, test, waitFor } from "./lib.mjs";
import { readFileSync } from "node:fs";
import { join } from "node:path";

// ---------------------------------------------------------------- a region with hidden rows
const siteActor = new Map(parseCsv(readFileSync(join(root, "data/regions/poort-genk/site.csv"), "utf8")).slice(1).map((row) => [row[0], row[1]]));
const rows = [];
let turn = 0;
const file = await region({ plan: true, edit(table, row) {
  if (table !== "offer" && table !== "need") return;
  row.disclosure = ["broker", "partners", "public"][turn++ % 3];
  row.description = `verborgen${String(turn).padStart(4, "0")} ${row.description ?? ""}`;
  rows.push({ table, id: row[`${table}_id`], site: row.site_id, actor: siteActor.get(row.site_id), resource: row.resource_id, disclosure: row.disclosure, word: `verborgen${String(turn).padStart(4, "0")}` });
} });
const sql = (text, ...values) => JSON.parse(execFileSync("python3", ["-c",
  "import sqlite3,json,sys\nc=sqlite3.connect(sys.argv[1],timeout=20)\nr=c.execute(sys.argv[2],json.loads(sys.argv[3])).fetchall()\nc.commit()\nprint(json.dumps(r))", file, text, JSON.stringify(values)], { encoding: "utf8" }));
const place = await serve(file, ["--rate", "-1", "--log"]);
const boss = await place.signIn("coordinator");
const owner = rows.find((row) => row.disclosure === "broker" && row.actor).actor;
const who = { public: place.anybody, viewer: await place.signIn("viewer"), planner: await place.signIn("planner"),
  partner: await place.signIn("partner", { actors: [rows.find((row) => row.actor && row.actor !== owner).actor] }) };
const hidden = (table, of = "broker") => rows.find((row) => row.table === table && row.disclosure === of && row.actor === owner) ?? rows.find((row) => row.table === table && row.disclosure === of && row.site);

// ---------------------------------------------------------------- measuring
let read = 0, asked = 0;
/** The line of the log about the request that was answered last; what it cost. */
const logged = (path) => waitFor(() => {
  const text = place.log();
  for (let at; (at = text.indexOf("\n", read)) >= 0;) {
    const line = JSON.parse(text.slice(read, at));
    read = at + 1;
    if (line.path === path) return line;
  }
  return null;
}, 2);
async function cost(an, [method, path, body, headers]) {
  read = place.log().length;
  // Another address each time, so that no answer comes from those that are kept.
  const answer = await an.ask(method, method === "GET" ? `${path}${path.includes("?") ? "&" : "?"}n=${++asked}` : path, body, headers);
  const { statements, steps, hashes } = await logged(decodeURIComponent(new URL(`${place.url}/api/v1${path}`).pathname));
  return { status: answer.status, statements, steps, hashes, text: answer.text };
}
/** Two questions in turn, a few times each; the least of each, since the first of a kind prepares statements. */
async function compare(an, one, two) {
  const least = [null, null];
  for (let i = 0; i < 4; i++)
    for (const at of i % 2 ? [1, 0] : [0, 1]) {
      const now = await cost(an, [one, two][at]);
      if (!least[at] || now.statements < least[at].statements || now.steps < least[at].steps) least[at] = now;
    }
  return least;
}
const ROW = 60; // steps that looking at one row costs at most
async function alike(role, what, one, two, most = ROW) {
  const [here, there] = await compare(who[role], one, two);
  const told = `${role}: ${one[0]} ${one[1]} (${what}): ${here.status}, ${here.statements} statements, ${here.steps} steps; ${two[1]}: ${there.status}, ${there.statements}, ${there.steps}`;
  if (process.env.KN_TELL) console.log(`# ${told}`);
  else {
    equal(here.status, there.status, told);
    equal(here.statements, there.statements, told);
    ok(Math.abs(here.steps - there.steps) <= most, told);
  }
}

// ---------------------------------------------------------------- things that the coordinator has and others do not
const made = async (path, body) => { const answer = await boss.post(path, body); ok(answer.status < 300, `${path}: ${answer.text}`); return answer.json; };
const offer = hidden("offer"), need = hidden("need");
const aCase = await made("/cases", { title: "verborgenzaak in stilte" });
const caseId = aCase.case_id ?? aCase.id;
const task = await made(`/cases/${caseId}/tasks`, { what: "een taak" });
const meeting = await made("/meetings", { title: "verborgenbijeenkomst" });
const comment = await made(`/tables/offer/rows/${offer.id}/comments`, { text: "iets dat niemand leest" });
ok((await boss.patch(`/tables/offer/rows/${offer.id}`, { values: { description: `${offer.word} veranderd` } }, { "If-Match": "*" })).status < 300);
const edit = sql("SELECT max(edit_id) FROM edit WHERE table_name = 'offer'")[0][0];
sql(`INSERT INTO intro (intro_id, state, asker_kind, asker_id, asker_actor_id, other_kind, other_id, other_actor_id, asker_card, other_card, asked_by, made, moved)
  VALUES ('verborgenintro', 'asked', 'offer', ?, ?, 'need', ?, ?, '{}', '{}', 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`, offer.id, owner, need.id, owner);
const draft = await made("/entries", { kind: "offer", words: "verborgenklad" });
const session = (await boss.get("/me/sessions")).json.items[0].session_id;
const withdrawn = await made("/invitations", { email: "verborgen@example.org", role: "viewer" });
const experiment = await made("/experiments", { title: "verborgenproef", site_id: offer.site, from_day: "2027-01-01", to_day: "2027-02-01" });
const run = (await boss.get("/plans")).json.items[0].run_id;
// A tie of which nobody but the coordinator sees an end.
const brokers = new Set(rows.filter((row) => row.disclosure === "broker").map((row) => row.id));
const tie = sql("SELECT fid, from_id, to_id FROM tie WHERE run_id = ?", run).find(([, from, to]) => brokers.has(from) && brokers.has(to))[0];
if (process.env.KN_TELL) console.log("#", JSON.stringify({ caseId, task, meeting, comment, edit, run, offer, need }));

const ROLES = Object.keys(who), MEMBERS = ["viewer", "planner", "partner"];
/** [what, method, path of an id, hidden id, missing id, body, roles] */
const things = [
  ...["offer", "need"].flatMap((table) => { const row = hidden(table); return [
    [`${table}`, "GET", (id) => `/tables/${table}/rows/${id}`, row.id, "x".repeat(row.id.length), undefined, ROLES],
    [`${table}: history`, "GET", (id) => `/tables/${table}/rows/${id}/history`, row.id, "x".repeat(row.id.length), undefined, MEMBERS],
    [`${table}: comments`, "GET", (id) => `/tables/${table}/rows/${id}/comments`, row.id, "x".repeat(row.id.length), undefined, MEMBERS],
    [`${table}: a comment`, "POST", (id) => `/tables/${table}/rows/${id}/comments`, row.id, "x".repeat(row.id.length), { text: "x" }, MEMBERS],
    [`${table}: a change`, "PATCH", (id) => `/tables/${table}/rows/${id}`, row.id, "x".repeat(row.id.length), { values: { quantity: "1" } }, ["partner"]],
    [`${table}: away`, "DELETE", (id) => `/tables/${table}/rows/${id}`, row.id, "x".repeat(row.id.length), undefined, ["partner"]],
    [`${table}: chances`, "GET", (id) => `/chances/${table}/${id}`, row.id, "x".repeat(row.id.length), undefined, ["partner"]],
    [`${table}: counts`, "POST", () => `/tables/${table}/comment-counts`, row.id, "x".repeat(row.id.length), (id) => ({ keys: [id] }), MEMBERS],
    [`${table}: list of its resource`, "GET", (id) => `/${table}s?resource_id=${id}`, null, null, undefined, ROLES],
  ].filter((one) => one[3] !== null); }),
  ["comment", "DELETE", (id) => `/comments/${id}`, comment.comment_id ?? comment.id, 987654, undefined, MEMBERS],
  ["comment", "POST", (id) => `/comments/${id}/resolve`, comment.comment_id ?? comment.id, 987654, {}, MEMBERS],
  ["edit", "POST", (id) => `/edits/${id}/undo`, edit, 987654, {}, ["partner"]],
  ["case", "GET", (id) => `/cases/${id}`, caseId, 987654, undefined, ROLES],
  ["case", "GET", (id) => `/cases/public/${id}`, caseId, 987654, undefined, ROLES],
  ["case", "PATCH", (id) => `/cases/${id}`, caseId, 987654, { title: "x" }, ["partner"]],
  ["case: a task", "POST", (id) => `/cases/${id}/tasks`, caseId, 987654, { what: "x" }, ["partner"]],
  ["case: a comment", "POST", (id) => `/cases/${id}/comments`, caseId, 987654, { text: "x" }, ["partner"]],
  ["task", "PATCH", (id) => `/cases/${caseId}/tasks/${id}`, task.row_id ?? task.case_task_id ?? 1, 987654, { what: "x" }, ["partner"]],
  ["meeting", "GET", (id) => `/meetings/${id}`, meeting.meeting_id, 987654, undefined, ["partner"]],
  ["introduction", "GET", (id) => `/introductions/${id}`, "verborgenintro", "x".repeat(14), undefined, ["partner"]],
  ["introduction: a step", "POST", (id) => `/introductions/${id}/steps`, "verborgenintro", "x".repeat(14), { action: "withdraw" }, ["partner"]],
  ["entry", "GET", (id) => `/entries/${id}`, draft.entry_id, "x".repeat(draft.entry_id.length), undefined, ["partner"]],
  ["entry", "PATCH", (id) => `/entries/${id}`, draft.entry_id, "x".repeat(draft.entry_id.length), { words: "x" }, ["partner"]],
  ["entry", "DELETE", (id) => `/entries/${id}`, draft.entry_id, "x".repeat(draft.entry_id.length), undefined, ["partner"]],
  ["session", "DELETE", (id) => `/me/sessions/${id}`, session, "x".repeat(session.length), undefined, MEMBERS],
  ["experiment", "GET", (id) => `/experiments/${id}`, experiment.experiment_id, 987654, undefined, ["public", "viewer", "partner"]],
  ["tie", "GET", (id) => `/plans/${run}/ties/${id}`, tie, 98765432, undefined, ROLES],
  ["meeting: coming", "PUT", (id) => `/meetings/${id}/actors/${owner}`, meeting.meeting_id, 987654, { status: "accepted" }, ["partner"]],
];
await test("a hidden thing and one that is not there cost the same", async () => {
  for (const [what, method, at, hiddenId, missingId, body, roles] of things)
    for (const role of roles) {
      const asked = (id) => [method, at(id), typeof body === "function" ? body(id) : body];
      await alike(role, what, asked(hiddenId), asked(missingId));
    }
});

// ---------------------------------------------------------------- lists: what only hidden rows have, and what nothing has
/** A value of a column that only rows for the broker have. */
const onlyHidden = (table, column) => rows.find((row) => row.table === table && row.disclosure === "broker" && row[column] && row.actor !== siteActor.get(""))
  && [...new Set(rows.filter((row) => row.table === table && row[column]).map((row) => row[column]))].find((value) =>
    rows.filter((row) => row.table === table && row[column] === value).every((row) => row.disclosure === "broker"));
const tieActor = sql("SELECT from_id FROM tie WHERE fid = ?", tie).map(([id]) => rows.find((row) => row.id === id).actor)[0];
const ofActor = new Set(rows.filter((row) => row.actor === tieActor).map((row) => row.id));
const tieCount = sql("SELECT from_id, to_id FROM tie WHERE run_id = ?", run).filter((ends) => ends.some((id) => ofActor.has(id))).length;
const nothing = (value) => value.slice(0, -1) + (value.endsWith("q") ? "w" : "q");
const lists = [
  ...["offer", "need"].flatMap((table) => [["resource_id", "resource"], ["site_id", "site"], ["actor_id", "actor"]].flatMap(([name, column]) => {
    const value = onlyHidden(table, column);
    return value ? [[`${table}s of one ${column}`, (v) => `/${table}s?${name}=${v}`, value, "x".repeat(value.length), ROLES]] : [];
  })),
  ...["is", "has"].map((how) => [`filter ${how}`, (v) => `/tables/offer/rows?${how}.description=${encodeURIComponent(v)}`, how === "is" ? `${offer.word} veranderd` : offer.word, nothing(how === "is" ? `${offer.word} veranderd` : offer.word), ROLES]),
  ["search of a table", (v) => `/tables/offer/rows?search=${v}`, offer.word, nothing(offer.word), ROLES],
  // A row that a question finds is looked at once for each of the four widenings of the question.
  ["search", (v) => `/search?q=${v}`, offer.word, nothing(offer.word), ROLES, 4 * ROW],
  ["search of a kind", (v) => `/search?q=${v}&kind=offer`, offer.word, nothing(offer.word), ROLES, 4 * ROW],
  ["chances", (v) => `/chances?q=${v}`, offer.word, nothing(offer.word), ROLES],
  ["cases", (v) => `/cases?search=${v}`, "verborgenzaak", nothing("verborgenzaak"), ROLES],
  // All hidden ties of an actor are looked at, so what this costs says about how many there are: known, and told in docs/portal.md.
  ["ties of an actor", (v) => `/plans/${run}/ties?actor_id=${v}`, tieActor, "x".repeat(tieActor.length), ROLES, 2 * ROW * (1 + tieCount)],
];
await test("a list that only hidden rows would fill costs what an empty one costs", async () => {
  for (const [what, at, hiddenValue, missingValue, roles, most = ROW] of lists)
    for (const role of roles) await alike(role, what, ["GET", at(hiddenValue)], ["GET", at(missingValue)], most);
});

// ---------------------------------------------------------------- accounts
await test("signing in hashes one password and does the same, whoever is there", async () => {
  const login = (email) => ["POST", "/login", { email, password: "zeker niet dit wachtwoord" }];
  await cost(who.public, login("first@example.org")); // makes the decoy
  const one = who.viewer.email;
  for (const email of [one, "x".repeat(one.length - 12) + "@example.org"]) equal((await cost(who.public, login(email))).hashes, 1, email);
  await alike("public", "sign-in", login(one), login("y".repeat(one.length - 12) + "@example.org"));
  // Numbers of the server tell nobody else how long an answer took.
  equal((await fetch(`${place.url}/metrics`, { headers: { "X-Forwarded-For": "192.0.2.1" } })).status, 404);
  // A link that was withdrawn and one that never was.
  const token = withdrawn.token ?? new URL(withdrawn.link ?? withdrawn.url, place.url).hash.replace(/^#/, "");
  await boss.delete(`/invitations/${withdrawn.invitation_id}`);
  await alike("public", "invitation", ["POST", "/invitations/look", { token }], ["POST", "/invitations/look", { token: "x".repeat(token.length) }]);
});

await done();
