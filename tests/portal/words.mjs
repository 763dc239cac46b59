// Every sentence that the core can say to a reader is there in Dutch: taken out of the source, not from a list. And who reads in Dutch gets
// Dutch, in English English, whatever the account says.
import { deepEqual, done, equal, match, ok, region, root, serve, test } from "./lib.mjs";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

// ---------------------------------------------------------------- what the source can say
const folder = (path, name = /\.c$/) => readdirSync(join(root, path)).filter((one) => name.test(one)).map((one) => join(path, one));
const read = (path) => readFileSync(join(root, path), "utf8");
/* The arguments of all calls of a function; texts beside each other are one. */
function* calls(source, name) {
  for (const found of source.matchAll(new RegExp(`\\b${name}\\(`, "g"))) {
    const args = [""];
    let depth = 1, quoted = false;
    for (let i = found.index + found[0].length; depth > 0; i++) {
      const c = source[i];
      if (quoted) { if (c === "\\") { args[args.length - 1] += c + source[++i]; continue; } if (c === '"') quoted = false; }
      else if (c === '"') quoted = true;
      else if ("([{".includes(c)) depth++;
      else if (")]}".includes(c)) { if (--depth === 0) break; }
      else if (c === "," && depth === 1) { args.push(""); continue; }
      args[args.length - 1] += c;
    }
    yield args.map((one) => one.trim());
  }
}
/* The texts of an argument: one, or those of a choice. */
const texts = (argument) => argument.replaceAll(/PRI[du]\d+/g, '"ld"').split(/[?:](?=(?:[^"\\]|\\.|"(?:[^"\\]|\\.)*")*$)/)
  .map((part) => [...part.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((one) => one[1]).join("")).filter((one) => /[a-z]{3}/i.test(one))
  .map((one) => JSON.parse(`"${one}"`));

const said = new Map(); // format -> where
const put = (path) => (format) => { if (/[a-z]{3}/i.test(format.replaceAll(/%[-+ #0-9.*lzjht]*[a-z]/g, ""))) said.set(format, path); };
const errors = [...folder("src/portal"), ...folder("src/store", /^desk.*\.c$/), ...folder("src/tasks", /^(blind|data_|desk_|intro|room|proposals|public|story).*\.c$/)];
for (const path of errors)
  for (const [, code, sentence = ""] of calls(read(path), "kn_fail"))
    // What no memory, no disk or no such statement is, no visitor is told: kn_problem() keeps it for the log.
    if (!/KN_E_(LIMIT|IO|LOCK)/.test(code) && !(/KN_E_USAGE/.test(code) && /^src\/store/.test(path))) texts(sentence).forEach(put(path));
for (const [name, at] of [["fail", 2], ["refuse_crowd", 1]]) for (const args of calls(read("src/portal/exchange.c"), name)) texts(args[at] ?? "").forEach(put("src/portal/exchange.c"));
const kinds = [["kn_check_tell", 8, 6], ["kn_builder_refuse", 7, 5], ["kn_findings_add", 3, -1]];
for (const path of [...folder("src/region"), ...folder("src/formats"), ...folder("src/store"), ...folder("src/tasks")])
  for (const [name, at, proposal] of kinds)
    for (const args of calls(read(path), name)) {
      texts(args[at] ?? "").forEach(put(path));
      if (proposal >= 0) texts(args[proposal] ?? "").forEach(put(path));
    }
// What is made in pieces: proposals with a figure in them, and bounds.
for (const path of folder("src/region", /^(check.*|refuse|builder)\.c$/))
  for (const args of calls(read(path), "snprintf"))
    if (args[0] === "proposal" || (args[0] === "out" && /"[^"]*[a-z]{5}/.test(args[2]))) texts(args[2]).forEach(put(path));
// Functions that pass a sentence on: those with a parameter of that name.
for (const path of [...folder("src/region"), ...folder("src/formats"), ...folder("src/store"), ...folder("src/tasks")]) {
  const source = read(path);
  for (const [, name, list] of source.matchAll(/^(\w+)\(([^{};]*const char \*sentence\b[^{};]*)\)\n\{/gm)) {
    const at = list.split(",").findIndex((one) => /\*sentence\b/.test(one));
    if (!kinds.some(([known]) => known === name)) for (const args of calls(source, name)) texts(args[at] ?? "").forEach(put(path));
  }
}
for (const path of [...folder("src/region"), ...folder("src/formats"), ...folder("src/store")])
  for (const [, text] of read(path).matchAll(/\.proposal =\s*((?:"(?:[^"\\]|\\.)*"\s*)+)/g)) texts(text).forEach(put(path));
for (const path of folder("src/store/migrations", /\.sql$/)) {
  for (const [, text] of read(path).matchAll(/CONSTRAINT "([^"]+)"/g)) put(path)(text.replaceAll("%", "%%"));
  for (const [, text] of read(path).matchAll(/RAISE ?\(ABORT, '((?:[^']|'')+)'\)/g)) put(path)(text.replaceAll("%", "%%"));
}
for (const path of folder("src/portal"))
  for (const [, text] of read(path).matchAll(/\{(?:KN_\w+, )?\d{3}, "[a-z-]+", "([^"]+)"\}/g)) put(path)(text);

// ---------------------------------------------------------------- said in Dutch
const PLACE = /%%|%[-+ #0]*[0-9]*(?:\.[0-9*]+)?[lzjht]*([a-zX])/g;
const fill = (format, words) => { let i = 0; return format.replaceAll(PLACE, (all, kind) => (all === "%%" ? "%" : words[kind]?.[i++ % words[kind].length] ?? all)); };
const wordsOf = { s: ["alfa-7", "beta", "gamma_x", "delta", "epsilon"], d: ["12", "345", "6"], u: ["12", "345"], g: ["3.5", "0.04"], f: ["3.5", "0.04"], X: ["E9"] };
const other = { s: ["x", "hout 2 (oud)"], d: ["-1"], u: ["0"], g: ["1e+06"], f: ["0.000"], X: ["FF"] };
const normal = (format) => format.replaceAll(/%<PRI(\w)\d+>/g, "%$1").replaceAll(/%\d+\$/g, "%").replaceAll(PLACE, (all, kind) => (all === "%%" ? all : `%${kind === "u" ? "d" : kind === "f" ? "g" : kind}`));
const say = (lines) => execFileSync(process.env.KN_WORDS, { input: lines.map((line) => line.replaceAll("\n", " ")).join("\n") + "\n", encoding: "utf8", maxBuffer: 1e8 }).trimEnd().split("\n").map((line) => line.split("\t"));

const formats = [...said.keys()];
await test(`each of ${formats.length} sentences of the source has a Dutch one, with the same in its places`, async () => {
  ok(formats.length > 500, String(formats.length));
  const missing = [];
  const lines = formats.map((one) => fill(one, wordsOf));
  say(lines).forEach((answer, i) => {
    const dutch = answer[answer.length - 1], parameters = answer.slice(1, -1);
    if (answer[0] === "" || dutch === lines[i] || (normal(answer[0]) !== normal(formats[i]) && !/\.sql$/.test(said.get(formats[i])))) return void missing.push(`${said.get(formats[i])}: ${formats[i]}`);
    for (const word of parameters) if (!/ /.test(word)) ok(dutch.includes(word) || dutch.includes(word.replace(".", ",")), `${formats[i]}\n${dutch} lacks ${word}`);
    ok(!/%[a-z<]/.test(dutch), dutch);
  });
  deepEqual(missing, []);
});

await test("it is that very sentence, whatever stands in its places", async () => {
  let told = 0;
  for (const words of [wordsOf, other])
    say(formats.map((one) => fill(one, words))).forEach(([id], i) => {
      const one = normal(formats[i]);
      if (/\.sql$/.test(said.get(formats[i]))) return; // the rule of a table, by the pattern of such rules
      told++;
      equal(normal(id), one);
    });
  ok(told > 700, String(told));
});

await test("what is no sentence of ours stays as it is, also when it is long or made to take long", async () => {
  for (const text of ["houtzaagsel van Gielen", "%s %d", "", "a b ".repeat(250).trim(), `${"is named by of : ".repeat(60)}change that first?`, "x is named by ".repeat(70).trim(), "é".repeat(500)])
    equal(say([text])[0].at(-1), text);
  match(say(["quantity must be a finite number without text around it, is 'at least 5 t'"])[0].at(-1), /'at least 5 t'/);
  match(say(["it is 17.6 times the median of 9 figures of x in the section of NACE 45"])[0].at(-1), /17,6 keer.*de sectie van NACE 45/);
});

await test("rules of a check have a name in both languages on Today", async () => {
  const rules = new Set();
  for (const path of [...folder("src/region"), "src/store/check.c", "src/tasks/cut_off.c"]) {
    const source = read(path);
    for (const [name, at] of [["kn_check_tell", 2], ["kn_builder_refuse", 2], ["refuse_shape", 2], ["add", 2], ["add_rows", 2]])
      for (const args of calls(source, name)) for (const [, rule] of (args[at] ?? "").matchAll(/"([a-z0-9_]+)"/g)) rules.add(rule);
    for (const [, rule] of source.matchAll(/\.rule = "([a-z0-9_]+)"/g)) rules.add(rule);
  }
  ok(rules.size > 60, String(rules.size));
  for (const language of ["en", "nl"]) {
    const catalogue = JSON.parse(read(`web/src/text/${language}/today.json`));
    deepEqual([...rules].filter((rule) => !catalogue[`finding.${rule}`]), [], language);
    deepEqual(Object.keys(catalogue).filter((key) => key.startsWith("finding.")).map((key) => key.slice(8)).filter((rule) => !rules.has(rule)), [], language);
  }
});

await test("each line of the audit has its words in both languages", async () => {
  const lines = new Set(["planned", "changed", "invited", "open", "held", "cancelled"].map((one) => `meeting ${one}`));
  for (const step of ["ask", "accept", "decline", "willing", "unwilling", "reveal", "withdraw", "case", "end"]) lines.add(`introduction: ${step}`);
  for (const path of [...folder("src/portal"), ...folder("src/tasks"), ...folder("src/cli")])
    for (const name of ["kn_conn_audit", "kn_audit_row", "audit_meeting"])
      for (const [, what = ""] of calls(read(path), name)) for (const [, line] of what.matchAll(/"([a-z][^"%]*)"/g)) lines.add(line);
  ok(lines.size > 45, String(lines.size));
  for (const language of ["en", "nl"]) {
    const catalogue = JSON.parse(read(`web/src/text/${language}/people.json`));
    deepEqual([...lines].filter((line) => !catalogue[`did.${line.replace(/[^a-z]+/g, "_")}`]), [], language);
  }
});

// ---------------------------------------------------------------- over HTTP
const place = await serve(await region());
const chief = await place.signIn("coordinator");
const nl = { "Accept-Language": "nl" }, en = { "Accept-Language": "en" };

await test("findings in the language of who reads, new and kept, with the sentence and its parameters for programs", async () => {
  const fresh = (await chief.get("/findings", nl)).json, kept = (await chief.get("/findings", nl)).json, english = (await chief.get("/findings", en)).json;
  deepEqual(kept, fresh);
  const outlier = (list) => list.items.find((one) => one.rule === "outlier");
  match(outlier(fresh).sentence, /keer de mediaan van/);
  match(outlier(english).sentence, /^it is [\d.]+ times the median of/);
  equal(outlier(fresh).sentence_id, outlier(english).sentence_id);
  deepEqual(outlier(fresh).parameters, outlier(english).parameters);
  // Programs get the keys, people the names, in their language.
  const steam = fresh.items.find((one) => one.rule === "doubled_row" && one.key === "o-aperam-steam-2"), [ratio, , key] = outlier(fresh).parameters;
  ok(outlier(fresh).sentence.includes(ratio.replace(".", ",")) && !outlier(fresh).sentence.includes(key), outlier(fresh).sentence);
  match(steam.sentence, /^.*\(o-aperam-steam\) gaat ook over stoom op locatie Aperam Stainless Belgium in/);
  match(english.items.find((one) => one.key === steam.key && one.rule === "doubled_row").sentence, /is also about Steam at site Aperam Stainless Belgium at/);
  const alike = fresh.items.find((one) => one.rule === "same_name" && one.key === "city-halen");
  deepEqual([alike.sentence, alike.proposal], ["de naam is bijna die van Municipality of Alken", "gebruik Municipality of Alken voor allebei als ze één zijn"]);
  equal(outlier(fresh).proposal, "kijk er nog eens naar");
  for (const one of fresh.items) ok(one.sentence_id && one.sentence !== english.items.find((same) => same.rule === one.rule && same.key === one.key && same.column === one.column)?.sentence, JSON.stringify(one));
});

await test("errors of fields, of rules and of imports", async () => {
  const made = await chief.post("/cases", { title: "x" });
  const id = made.json.case_id;
  const told = async (answer, dutch) => { const { json } = await answer; match(json.detail, dutch); return json; };
  const empty = await told(chief.post("/cases", { title: "" }, nl), /^title: geef een tekst$/);
  deepEqual(empty.errors, [{ field: "title", detail: "geef een tekst" }]);
  equal(empty.title, "Er klopt iets niet in de vraag");
  await told(chief.post("/cases", { title: "" }, en), /^title: expected a text$/);
  await told(chief.post(`/cases/${id}/tasks`, { what: "x", due: "31-12-2030" }, nl), /^due moet een datum zijn, als JJJJ-MM-DD$/);
  await told(chief.post("/cases", { title: "y".repeat(201) }, nl), /tekens|bytes/);
  await told(chief.post("/cases", { title: "z", nonsense: 1 }, nl), /^nonsense: dit veld bestaat niet$/);
  const cell = await told(chief.post("/tables/offer/rows", { values: { offer_id: "o-x", site_id: "nowhere", resource_id: "steam", quantity: 1 } }, nl), /^er is niets gewijzigd: site_id nowhere/);
  match(cell.findings[0].sentence, /nowhere/);
  ok(!/ is not in table/.test(cell.findings[0].sentence));
  const tried = await chief.post("/imports", { name: "need.csv", data: Buffer.from("need_id,resource_id,quantity\nn-x,nothing,much\n").toString("base64"), is_dry: true }, nl);
  ok(tried.json.findings.length > 0 && tried.json.findings.every((one) => !/must|expected| is not in table/.test(one.sentence)), JSON.stringify(tried.json.findings));
});

await done();
