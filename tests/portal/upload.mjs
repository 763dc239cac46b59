// Files that come as a form: as large as a table of a region, on the disk while they come; what is too much is said with the limit, and
// leaves neither memory nor files behind.
import { deepEqual, done, equal, folder, match, ok, region, serve, test, waitFor } from "./lib.mjs";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const temporary = join(folder, "tmp");
mkdirSync(temporary);
process.env.TMPDIR = temporary; // of the server
const place = await serve(await region());
const small = await serve(await region(), ["--import-most", "1"]);
const chief = await place.signIn("coordinator");
const send = (who, fields, more = {}) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (Array.isArray(value)) form.set(name, new Blob([value[1]]), value[0]); else form.set(name, value);
  return fetch(`${who.url}/api/v1/imports`, { method: "POST", body: form, headers: { Cookie: who.state.cookie ?? "", "X-Knoop-CSRF": who.state.csrf ?? "", ...more } })
    .then(async (answer) => { const text = await answer.text(); let json = null; try { json = JSON.parse(text); } catch { /* none */ } return { status: answer.status, text, json }; });
};
const memoryMiB = (what, name) => Number(readFileSync(`/proc/${what.child.pid}/status`, "utf8").match(new RegExp(`${name}:\\s+(\\d+)`))[1]) / 1024;
// What came goes when the answer has gone out, which may be heard a moment before.
const isClean = () => waitFor(() => readdirSync(temporary).every((one) => !/knoop/.test(one)));
const rows = (n) => `offer_id,site_id,resource_id,quantity,disclosure,description\n${Array.from({ length: n }, (_, i) => `o-large${i},aperam,steam,${(i % 900) / 10 + 1},public,"row ${i}, as a file of a region has it"`).join("\n")}\n`;

// A sanitizer keeps shadows and what was given back.
const LIMIT_MIB = process.env.ASAN_OPTIONS || process.env.TSAN_OPTIONS ? 3 * 300 : 300;

await test("a hundred thousand rows, tried and then saved, in less than 300 MiB", async () => {
  const before = (await chief.get("/tables")).json.items.find((one) => one.name === "offer").rows;
  const text = rows(100000);
  ok(text.length > 6e6, String(text.length));
  const tried = await send(chief, { file: ["offer.csv", text], is_dry: "true" });
  equal(tried.status, 200, tried.text);
  deepEqual([tried.json.is_good, tried.json.is_saved], [true, false]);
  equal((await chief.get("/tables")).json.items.find((one) => one.name === "offer").rows, before);
  const saved = await send(chief, { file: ["offer.csv", text], is_dry: "false" });
  deepEqual([saved.json.is_good, saved.json.is_saved], [true, true], saved.text);
  equal((await chief.get("/tables")).json.items.find((one) => one.name === "offer").rows, before + 100000);
  const peak = memoryMiB(place, "VmHWM");
  console.log(`# ${(text.length / 1e6).toFixed(1)} MB, peak ${peak.toFixed(0)} MiB`);
  ok(peak < LIMIT_MIB, `${peak} MiB`);
  await isClean();
});

await test("more than may come is refused with the limit, in the reader's language, and is not held in memory", async () => {
  const other = await small.signIn("coordinator");
  const large = await send(other, { file: ["offer.csv", "x".repeat(60 << 20)] }, { "Accept-Language": "en" });
  equal(large.status, 413);
  match(large.json.detail, /^file: expected at most 1 MB/);
  match((await send(other, { file: ["offer.csv", "x".repeat(2 << 20)] }, { "Accept-Language": "nl" })).json.detail, /^file: hoogstens 1 MB; wie de server beheert/);
  equal((await send(other, { file: ["offer.csv", "a"], mapping: "m".repeat(3 << 20) })).status, 413);
  ok(memoryMiB(small, "VmHWM") < LIMIT_MIB / 2, String(memoryMiB(small, "VmHWM")));
  equal((await send(other, { file: ["offer.csv", "offer_id,site_id,resource_id,quantity\no-x,aperam,steam,1\n"] })).json.is_saved, true);
  await isClean();
});

await test("only by who may import, and by a form of ours", async () => {
  const file = ["offer.csv", "offer_id,site_id,resource_id,quantity\no-y,aperam,steam,1\n"];
  for (const role of ["partner", "planner", "financier", "viewer"]) equal((await send(await place.signIn(role, role === "partner" ? { actors: ["aperam"] } : {}), { file })).status, 403, role);
  equal((await send(place.anybody, { file })).status, 401);
  equal((await send({ url: place.url, state: { cookie: chief.state.cookie } }, { file })).status, 403); // without the header
  equal((await send(chief, { is_dry: "true" })).status, 422);
  for (const [type, body] of [["multipart/form-data", "x"], ["multipart/form-data; boundary=b", "--b\r\nnonsense"], ["multipart/form-data; boundary=b", ""], ["multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nabc"]]) {
    const { status } = await fetch(`${place.url}/api/v1/imports`, { method: "POST", body, headers: { "Content-Type": type, Cookie: chief.state.cookie, "X-Knoop-CSRF": chief.state.csrf } });
    ok([400, 422].includes(status), `${type} ${body} ${status}`);
  }
  const form = new FormData();
  form.set("title", "x");
  equal((await fetch(`${place.url}/api/v1/cases`, { method: "POST", body: form, headers: { Cookie: chief.state.cookie, "X-Knoop-CSRF": chief.state.csrf } })).status, 422);
  const named = await send(chief, { file: ["../../../tmp/evil/offer.csv", file[1]], is_dry: "true" });
  equal(named.json.is_good, true, named.text); // the last part of its name counts
  equal((await place.anybody.get("/areas")).status, 200);
  await isClean();
});

await test("a foreign file gets a draft, and is read by the mapping that comes with it; as JSON as before", async () => {
  const sheet = ["list.csv", "Bedrijf;Stroom;Ton\nAperam;stoom;12,5\n"];
  const first = await send(chief, { file: sheet, is_dry: "true" });
  ok(first.json.draft, first.text);
  const again = await send(chief, { file: sheet, is_dry: "true", mapping: first.json.draft });
  equal(again.status, 200);
  ok(again.json.findings.length > 0);
  const json = await chief.post("/imports", { name: "offer.csv", data: Buffer.from("offer_id,site_id,resource_id,quantity\no-z,aperam,steam,1\n").toString("base64"), is_dry: true });
  equal(json.json.is_good, true);
  await isClean();
});

await done();
