// What the tests of the portal share: a region, the built program serving it, people signed in, a browser, and TAP.
//
//   const place = await serve(await region());           // a free port, stopped at the end
//   const an = await place.signIn("coordinator");         // a person with a session: an.get("/areas"), an.post(path, body) ...
//   await test("what holds", async () => { equal(1, 1) });
//   await done();
import { spawn, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";

export const root = process.env.KN_SOURCE_ROOT;
export const knoop = process.env.KNOOP;
export const { equal, deepEqual, ok, match, notEqual } = assert;
export const folder = mkdtempSync(join(tmpdir(), "knoop-portal-"));

// ---------------------------------------------------------------- TAP
let count = 0, failed = 0;
const atEnd = [];
/* A machine that is slow or busy is no failure: what is awaited comes, or the runner of tests ends the whole test. What a browser is asked ends well
 * before that, so that it is told which. */
const PATIENCE_MS = 240_000;
export async function test(name, body) {
  count++;
  try {
    await body();
    console.log(`ok ${count} - ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${count} - ${name}`);
    comment(String(error.stack ?? error));
    if (error.cause) comment(`since: ${error.cause.stack ?? error.cause}`);
  }
}
const comment = (text) => { for (const line of text.split("\n")) console.log(`# ${line}`); };
/** What `look` gives as soon as it is something; who waits for what never comes is ended by the runner of tests. */
export async function waitFor(look, every_ms = 50) {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((yes) => setTimeout(yes, every_ms));
  }
}
/** A figure that stands whole in a text: ids of chance hold any four digits now and then, and so do the nine of a fraction of a second. */
export const figure = (digits) => new RegExp(`(?<![\\w.])${digits}\\d*(?!\\w)`);
export function skip(name, why) { count++; console.log(`ok ${count} - ${name} # SKIP ${why}`); }
export function skipAll(why) { console.log(`1..0 # SKIP ${why}`); process.exit(0); }
export function finally_(undo) { atEnd.push(undo); }
export async function done() {
  for (const undo of atEnd.reverse()) await undo();
  rmSync(folder, { recursive: true, force: true });
  console.log(`1..${count}`);
  process.exit(failed > 0 ? 1 : 0);
}

// ---------------------------------------------------------------- regions
const run = (...args) => execFileSync(knoop, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
/* Nothing is heard while a command runs or much is compared, not even that the server closed a connection that was idle for long. That is heard
 * first, since a request on such a connection fails. */
const fetchAtOnce = globalThis.fetch;
globalThis.fetch = async (...args) => {
  for (let i = 0; i < 2; i++) await new Promise((yes) => setImmediate(yes));
  return fetchAtOnce(...args);
};
/** Runs a command of the program; what it prints. */
export const command = run;

/** A package folder: a copy of the demo region with cells of CSV tables changed: edit(table, row) changes a row in place. */
export function packageFolder(edit, from = join(root, "data/regions/poort-genk")) {
  const to = mkdtempSync(join(folder, "package-"));
  cpSync(from, to, { recursive: true });
  for (const table of edit ? ["offer", "need", "actor", "site"] : []) {
    const [head, ...rows] = parseCsv(readFileSync(join(to, `${table}.csv`), "utf8"));
    const text = [head];
    for (const cells of rows) {
      const row = Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ""]));
      edit(table, row);
      text.push(head.map((name) => row[name] ?? ""));
    }
    writeFileSync(join(to, `${table}.csv`), text.map((cells) => cells.map(quote).join(",")).join("\n") + "\n");
  }
  return to;
}
const quote = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
export function parseCsv(text) {
  const rows = [];
  let row = [], cell = "", quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') { cell += '"'; i++; }
      else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"') quoted = true;
    else if (c === ",") { row.push(cell); cell = ""; }
    else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i++;
      row.push(cell); cell = "";
      if (row.length > 1 || row[0] !== "") rows.push(row);
      row = [];
    } else cell += c;
  }
  if (cell !== "" || row.length > 0) { row.push(cell); rows.push(row); }
  return rows;
}
/** A region file made from a package (the demo region), planned when asked. */
export async function region({ edit, plan = false, from } = {}) {
  const file = join(mkdtempSync(join(folder, "region-")), "r.gpkg");
  run("--quiet", "new", file, "--from", packageFolder(edit, from));
  if (plan) run("--quiet", "plan", file);
  return file;
}

// ---------------------------------------------------------------- the server
/** Serves a region file on a free port. KN_SERVE: further options, for a program that is slow since it is looked at. Tests on a busy machine are idle for
 * long between two requests, so the patience is long where a test does not say another. */
export async function serve(file, args = []) {
  const child = spawn(knoop, ["serve", file, "--port", "0", "--patience", "600", ...(process.env.KN_SERVE ?? "").split(" ").filter(Boolean), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "", wrong = "";
  child.stderr.on("data", (piece) => { wrong += piece; });
  const url = await new Promise((yes, no) => {
    child.stdout.on("data", (piece) => {
      said += piece;
      const line = said.match(/^(https?:\/\/\S+?)\/?\s*$/m);
      if (line) yes(line[1]);
    });
    child.on("exit", () => no(new Error(`knoop serve ended: ${wrong}`)));
  });
  const place = { url, child, file, log: () => wrong, people: {} };
  place.stop = () => new Promise((yes) => {
    if (child.exitCode !== null || child.signalCode !== null) return yes(child.exitCode);
    child.on("exit", (code) => yes(code));
    child.kill("SIGTERM");
  });
  place.anybody = person(url, {});
  /** A person of a role, with an account made by the command line; actors: for whom a partner speaks. */
  place.signIn = async (role, { actors = [], email = `${role}${Math.random().toString(36).slice(2)}@example.org`, name } = {}) => {
    const args = ["account", file, "--email", email, "--role", role, "--json"];
    if (name) args.push("--name", name);
    for (const actor of actors) args.push("--actor", actor);
    const { password } = JSON.parse(run(...args));
    const someone = person(url, {});
    const answer = await someone.post("/login", { email, password });
    equal(answer.status, 200, `signing in as ${role}: ${answer.text}`);
    return Object.assign(someone, { email, password, role });
  };
  /* A server that crashed, or that a sanitizer found something in when it stopped, fails the test that asked it. */
  finally_(async () => {
    await place.stop();
    if (child.exitCode === 0 || ["SIGKILL", "SIGTERM"].includes(child.signalCode)) return;
    await test(`the server ends as it should, and not with ${child.exitCode ?? child.signalCode}`, async () => { throw new Error(wrong.slice(0, 8000)); });
  });
  return place;
}

/** Somebody with a browser's memory: keeps the cookie, sends the CSRF header. Answers are {status, headers, text, json}. */
export function person(url, state) {
  const ask = async (method, path, body, headers = {}) => {
    const all = { ...(state.cookie ? { Cookie: state.cookie } : {}), ...headers };
    if (state.csrf && method !== "GET") all["X-Knoop-CSRF"] ??= state.csrf;
    if (body !== undefined) all["Content-Type"] ??= "application/json";
    const answer = await fetch(`${url}/api/v1${path}`, {
      method, headers: all, redirect: "manual", body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    const cookie = answer.headers.get("set-cookie");
    if (cookie) state.cookie = cookie.split(";")[0];
    const text = await answer.text();
    let json = null;
    try { json = JSON.parse(text); } catch { /* CSV, or empty */ }
    if (json?.csrf) state.csrf = json.csrf;
    return { status: answer.status, headers: answer.headers, text, json };
  };
  return {
    state, url, ask,
    get: (path, headers) => ask("GET", path, undefined, headers),
    post: (path, body = {}, headers) => ask("POST", path, body, headers),
    put: (path, body = {}, headers) => ask("PUT", path, body, headers),
    patch: (path, body = {}, headers) => ask("PATCH", path, body, headers),
    delete: (path, headers) => ask("DELETE", path, undefined, headers),
  };
}

// ---------------------------------------------------------------- the browser
const require_ = createRequire(join(root, "web/package.json"));
export const phone = { width: 390, height: 844 }, desktop = { width: 1366, height: 900 };
/** A page as somebody sees it. Skips the whole test where there is no browser. */
export async function browser() {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
  let playwright;
  try { playwright = require_("playwright-core"); } catch { skipAll("the node modules of web/ are not there"); }
  if (!executablePath) skipAll("there is no Chromium");
  const chromium = await playwright.chromium.launch({
    executablePath, timeout: PATIENCE_MS,
    args: ["--headless", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  finally_(() => chromium.close());
  return {
    /** Every request to another host fails the test through page.foreign; errors of the page are in page.wrong. */
    async page(place, someone = null, { viewport = desktop, colorScheme = "light", locale = "nl-BE" } = {}) {
      const context = await chromium.newContext({ viewport, colorScheme, locale, reducedMotion: "reduce" });
      if (someone?.state.cookie) {
        const [name, value] = someone.state.cookie.split("=");
        await context.addCookies([{ name, value, url: place.url, httpOnly: true, sameSite: "Strict" }]);
      }
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      page.foreign = [];
      page.wrong = [];
      page.on("request", (request) => { if (!request.url().startsWith(place.url) && !/^(data|blob):/.test(request.url())) page.foreign.push(request.url()); });
      page.on("pageerror", (error) => page.wrong.push(String(error)));
      page.on("console", (line) => { if (line.type() === "error") page.wrong.push(line.text()); });
      return page;
    },
  };
}
/** Findings of axe on a page (WCAG 2.2 AA), as readable lines. A long table costs seconds for its thousands of cells, so of cells (and list
 * items) of one kind the first three and the last are judged: a kind is where they stand, their tags, roles, classes and states, and
 * what has text. Nothing that axe judges one by differs within a kind but keys, which are looked at here for all. */
export async function axe(page) {
  if (!(await page.evaluate(() => "axe" in window))) {
    const source = readFileSync(require_.resolve("axe-core/axe.min.js"), "utf8");
    await page.evaluate((text) => { (0, eval)(text); }, source).catch(async () => {
      await page.addScriptTag({ content: source });
    });
  }
  const { violations, doubled } = await page.evaluate(async () => {
    const TEXTS = new Set(["href", "id", "for", "src", "title", "alt", "aria-label", "aria-labelledby", "aria-describedby", "aria-controls", "aria-rowindex", "value", "placeholder", "datetime"]);
    const attributes = (one) => [...one.attributes].map(({ name, value }) => (TEXTS.has(name) || name.startsWith("data-") ? `${name}${value.trim() === "" ? "!" : ""}` : `${name}=${value}`)).sort().join(" ");
    const kindOf = (node) => (node.nodeType === Node.TEXT_NODE ? (node.data.trim() === "" ? "" : "T") : node.nodeType === Node.ELEMENT_NODE ? `<${node.tagName} ${attributes(node)}>${[...node.childNodes].map(kindOf).join("")}</>` : "");
    const LIKE = "data-like-another", seen = new Map();
    for (const one of document.querySelectorAll("tbody > tr > td, tbody > tr > th, ul > li, ol > li")) {
      const parent = one.parentElement, isCell = parent.tagName === "TR";
      if (!parent.nextElementSibling && isCell || !isCell && !one.nextElementSibling || one.contains(document.activeElement)) continue;
      const list = isCell ? parent.parentElement : parent;
      if (!seen.has(list)) seen.set(list, new Map());
      const kind = `${isCell ? `${one.cellIndex} ${attributes(parent)}` : ""}${kindOf(one)}`, count = (seen.get(list).get(kind) ?? 0) + 1;
      seen.get(list).set(kind, count);
      if (count > 3) one.setAttribute(LIKE, "");
    }
    // Rows with nothing else are out of sight meanwhile; the page does not notice, and stays where it was scrolled to.
    const scrolled = [document.scrollingElement, ...document.querySelectorAll(".table-scroll, .data-scroll")].map((one) => [one, one.scrollLeft, one.scrollTop]);
    const away = [...document.querySelectorAll("tbody > tr")].filter((row) => !row.hidden && row.cells.length > 0 && [...row.cells].every((one) => one.hasAttribute(LIKE)));
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    for (const row of away) {
      row.hidden = true;
      for (const one of row.cells) one.removeAttribute(LIKE);
    }
    const { violations } = await window.axe.run({ include: [["html"]], exclude: [[`[${LIKE}]`]] }, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] });
    for (const one of document.querySelectorAll(`[${LIKE}]`)) one.removeAttribute(LIKE);
    for (const row of away) row.hidden = false;
    for (const [one, left, top] of scrolled) one.scrollTo({ left, top, behavior: "instant" });
    return { violations, doubled: ids.filter((id, at) => ids.indexOf(id) !== at) };
  });
  return [...violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`),
    ...doubled.map((id) => `two elements have the id ${id}`)];
}
/** A picture for people, kept when KN_SHOTS names a folder. */
export async function shot(page, name) {
  if (process.env.KN_SHOTS) await page.screenshot({ path: join(process.env.KN_SHOTS, `${name}.png`), fullPage: true });
}
