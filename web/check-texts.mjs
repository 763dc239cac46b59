// Holds the catalogues of src/text against each other and against the code: node check-texts.mjs
//
// Every key that the code names is there, every key that is there is named, Dutch has what English has with the same places to
// fill, Dutch is no English, French and German have nothing that English has not. Keys made of parts, text(`level.${level}`),
// count for all keys that begin and end so. Room titles (common.room.NAME) are those of src/app/rooms.ts.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "src");
// Words that are the same in both languages; names of rooms and things that Dutch has from English stand here by hand.
const SAME = new Set(JSON.parse(readFileSync(join(ROOT, "text", "same.json"), "utf8")));
const findings = [];

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : /\.tsx?$/.test(entry.name) ? [join(folder, entry.name)] : []);
}

const catalogues = {};
for (const tongue of ["en", "nl", "fr", "de"]) {
  catalogues[tongue] = {};
  for (const name of readdirSync(join(ROOT, "text", tongue)).sort()) {
    const path = join(ROOT, "text", tongue, name);
    const source = readFileSync(path, "utf8");
    const catalogue = JSON.parse(source);
    const lines = [...source.matchAll(/^\s*"([^"]+)":/gm)].map((found) => found[1]).filter((key) => key !== "one" && key !== "other");
    if (new Set(lines).size !== lines.length) findings.push(`${tongue}/${name}: a key stands there twice`);
    for (const [key, entry] of Object.entries(catalogue)) catalogues[tongue][`${name.replace(/\.json$/, "")}.${key}`] = entry;
  }
}

const forms = (entry) => (typeof entry === "string" ? [entry] : [entry.one, entry.other]);
const places = (entry) => [...new Set(forms(entry).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort().join(" ");
const { en, nl } = catalogues;
for (const [key, entry] of Object.entries(en)) {
  const dutch = nl[key];
  if (dutch === undefined) { findings.push(`nl has no ${key}`); continue; }
  if (typeof dutch !== typeof entry) findings.push(`${key}: one of en and nl tells one from more, the other does not`);
  if (places(dutch) !== places(entry)) findings.push(`${key}: en fills ${places(entry) || "nothing"}, nl fills ${places(dutch) || "nothing"}`);
  const isWord = forms(entry).some((form) => /[A-Za-z]{3}/.test(form.replace(/\{\w+\}/g, "")));
  if (isWord && JSON.stringify(dutch) === JSON.stringify(entry) && !SAME.has(key)) findings.push(`${key}: nl reads as en does (if it must: src/text/same.json)`);
}
for (const key of SAME) if (!(key in en)) findings.push(`same.json: no key ${key}`);
for (const tongue of ["nl", "fr", "de"])
  for (const key of Object.keys(catalogues[tongue])) if (!(key in en)) findings.push(`${tongue} has ${key}, en has not`);

const used = new Set();
const patterns = [];
const features = new Set(Object.keys(en).map((key) => key.slice(0, key.indexOf("."))));
for (const path of walk(ROOT)) {
  const source = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  // Any string that looks like a key counts as its use, so that keys may stand in tables; calls with a plain string must exist.
  for (const [, key] of source.matchAll(/["'`]([a-z_]+\.[a-z0-9_.]+)["'`]/g)) if (key in en) used.add(key);
  for (const [, key] of source.matchAll(/\b(?:text|richText|hasText)\(\s*["']([^"']+)["']/g)) if (!(key in en)) findings.push(`${path.slice(ROOT.length + 1)}: no text ${key}`);
  for (const [, key] of source.matchAll(/`([a-z_]+\.[a-z0-9_.]*\$\{[^`]*)`/g)) {
    const feature = key.slice(0, key.indexOf("."));
    if (!features.has(feature)) continue;
    const parts = key.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, "\\$&"));
    patterns.push(new RegExp(`^${parts.join("[a-zA-Z0-9_.-]+")}$`));
  }
}
for (const [, name, rest] of readFileSync(join(ROOT, "app", "rooms.ts"), "utf8").matchAll(/\{ name: "([a-z]+)"(.*)/g)) {
  if (/rail: true/.test(rest) && !(`common.room.${name}` in en)) findings.push(`rooms.ts: no text common.room.${name}`);
}
for (const key of Object.keys(en)) if (!used.has(key) && !patterns.some((pattern) => pattern.test(key))) findings.push(`nothing uses ${key}`);

for (const finding of findings) console.error(`texts: ${finding}`);
console.error(`texts: ${Object.keys(en).length} keys, ${findings.length} findings`);
process.exitCode = findings.length ? 1 : 0;
