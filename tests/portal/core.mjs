// The frame: sessions, CSRF, roles, conditional requests, forms of lists, problems, and that the description is of what is there.
import { deepEqual, done, equal, knoop, match, notEqual, ok, region, root, serve, test } from "./lib.mjs";
import { spawnSync } from "node:child_process";
import { networkInterfaces } from "node:os";
import { join } from "node:path";

const place = await serve(await region());
const { anybody } = place;

await test("a list is JSON, CSV or GeoJSON, page by page", async () => {
  const all = await anybody.get("/areas?limit=1000");
  equal(all.status, 200);
  const seen = [];
  for (let cursor = ""; cursor !== null;) {
    const page = await anybody.get(`/areas?limit=7${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    seen.push(...page.json.items);
    cursor = page.json.next;
  }
  deepEqual(seen, all.json.items);
  const csv = await anybody.get("/areas?limit=1000", { Accept: "text/csv" });
  match(csv.headers.get("content-type"), /^text\/csv/);
  equal(csv.text.trim().split("\r\n").length, all.json.items.length + 1);
});

await test("Accept is weighed (RFC 9110), and what is kept for one is not given to another", async () => {
  const filler = Array.from({ length: 6 }, (_, i) => `application/x-${i}`).join(", ");
  for (const [accept, type] of [
    ["*/*", "application/json"], ["text/html, */*;q=0.8", "application/json"], ["text/html", "application/json"], ["text/csvx", "application/json"],
    ["text/csv;q=0.1, application/json", "application/json"], ["application/json;q=0.5, text/csv", "text/csv"], ["Text/CSV", "text/csv"], ["text/*", "text/csv"],
    ["application/json;q=0, */*;q=0.5, text/csv; q=0.6", "text/csv"], ["application/geo+json, text/csv;q=0.9", "application/geo+json"],
    ["application/json, text/csv", "application/json"], ["text/csv;q=0", "application/json"], [`${filler}, text/csv`, "text/csv"], [`${filler}, application/geo+json`, "application/geo+json"],
  ])
    for (const path of ["/areas?limit=3", "/resources?limit=3"]) equal((await anybody.get(path, { Accept: accept })).headers.get("content-type").split(";")[0], type, `${path} ${accept}`);
});

await test("an address that knows other methods names them", async () => {
  const wrong = await anybody.ask("DELETE", "/areas");
  deepEqual([wrong.status, wrong.json.status, wrong.json.type, wrong.headers.get("allow")], [405, 405, "/problems/method-not-allowed", "GET, HEAD"]);
  match((await anybody.ask("PUT", "/cases/1")).headers.get("allow"), /GET, HEAD, .*PATCH/);
});

await test("columns that somebody named for a spreadsheet are no formulas in CSV either", async () => {
  const path = await region();
  equal(spawnSync("python3", ["-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('ALTER TABLE offer ADD COLUMN \"=HYPERLINK(1),x\" TEXT'); c.commit()", path]).status, 0);
  const odd = await serve(path);
  const { text } = await odd.anybody.get("/tables/offer/rows?limit=2&format=csv");
  match(text.split("\r\n")[0], /,"'=HYPERLINK\(1\),x"/);
});

await test("what was not changed is not sent again", async () => {
  const first = await anybody.get("/areas");
  const again = await anybody.get("/areas", { "If-None-Match": first.headers.get("etag") });
  equal(again.status, 304);
  equal(again.text, "");
});

await test("problems say what is wrong (RFC 9457)", async () => {
  const nothing = await anybody.get("/nothing");
  equal(nothing.status, 404);
  match(nothing.headers.get("content-type"), /problem\+json/);
  equal(nothing.json.status, 404);
  equal((await anybody.get("/areas%00x")).status, 400);
  const limit = await anybody.get("/areas?limit=many");
  equal(limit.status, 422);
  match(limit.json.detail, /limit/);
});

await test("a session opens and closes; writing asks for its CSRF value", async () => {
  const an = await place.signIn("coordinator");
  equal((await an.get("/me")).json.role, "coordinator");
  const forged = await an.post("/logout", {}, { "X-Knoop-CSRF": "x" });
  equal(forged.status, 403);
  const other = await an.post("/logout", {}, { Origin: "https://elsewhere.example" });
  equal(other.status, 403);
  equal((await an.post("/logout")).status, 204);
  equal((await an.get("/me")).json.role, "public");
});

await test("no password, no entry, and the same words whether there is an account or not", async () => {
  const an = await place.signIn("viewer");
  const wrong = await anybody.post("/login", { email: an.email, password: "not this" });
  const nobody = await anybody.post("/login", { email: "nobody@example.org", password: "not this" });
  equal(wrong.status, 401);
  equal(wrong.json.detail, nobody.json.detail);
  notEqual((await anybody.get("/me")).json.role, "viewer");
});

await test("what is asked twice under one key happens once, also at the same time", async () => {
  const an = await place.signIn("coordinator");
  const key = { "Idempotency-Key": "key-of-this-test" };
  const first = await an.post("/meetings", { title: "once" }, key);
  const again = await an.post("/meetings", { title: "once" }, key);
  deepEqual(again.json, first.json);
  equal(again.status, first.status);
  const other = { "Idempotency-Key": "another-key" };
  await Promise.all(Array.from({ length: 8 }, () => an.post("/meetings", { title: "many at once" }, other)));
  const { json } = await an.get("/meetings?limit=1000");
  equal(json.items.filter((one) => one.title === "once").length, 1);
  equal(json.items.filter((one) => one.title === "many at once").length, 1);
  const someone = await place.signIn("coordinator");
  notEqual((await someone.post("/meetings", { title: "mine" }, key)).json.meeting_id, first.json.meeting_id);
});

await test("the description names every address", async () => {
  const { json } = await anybody.get("/openapi.json");
  equal(json.openapi, "3.1.0");
  deepEqual(Object.keys(json.paths["/api/v1/areas"].get.responses), ["200", "304", "default"]);
  const { patch } = json.paths["/api/v1/cases/{case_id}"];
  deepEqual(patch.parameters.filter((one) => one.in === "header").map((one) => [one.name, one.required]), [["X-Knoop-CSRF", true], ["Idempotency-Key", false], ["If-Match", false]]);
  deepEqual([Object.keys(patch.responses).sort(), patch.security], [["2XX", "default"], [{ session: [] }]]);
});

await test("a region that has nothing beside what it must have is served all the same", async () => {
  // Columns that a user adds, a network, processes: the demo region has them, this one does not.
  const bare = await serve(await region({ from: join(root, "tests/known/why-not"), plan: true }));
  const { json } = await anybody.get("/openapi.json");
  const untold = new Set();
  for (const [role, an] of [["public", bare.anybody], ["coordinator", await bare.signIn("coordinator")]])
    for (const [path, item] of Object.entries(json.paths)) {
      if (!item.get || /events/.test(path)) continue;
      const ids = { table: ["offer", "actor", "site"], kind: ["offer", "need"], run: ["1"], other: ["1"], name: ["road"] };
      const part = path.match(/\{(\w+)\}/)?.[1];
      for (const id of ids[part] ?? [part === "actor_id" ? (await bare.anybody.get("/actors")).json.items[0].actor_id : "1"])
        for (const question of ["", "?q=hout", "?format=csv", "?format=geojson"]) {
          const at = path.replace("/api/v1", "").replace(`{${part}}`, id).replace(/\{\w+\}/g, "1") + question;
          const answer = await an.get(at);
          ok(answer.status < 500, `${role}: ${at}: ${answer.status}\n${bare.log().split("\n").slice(-2).join("\n")}`);
          const told = item.get.responses[answer.status] ?? item.get.responses.default, type = answer.headers.get("content-type")?.split(";")[0];
          if (!told.content[type] && !told.content["*/*"]) untold.add(`${path}: ${answer.status} ${type}`);
          if (role === "public" && answer.status !== 401) ok(!item.get.security, at);
        }
    }
  equal([...untold].join("\n"), "");
});

await test("measures are for this machine and the address that was named", async () => {
  const own = Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  const ask = async (host, more) => {
    const open = await serve(place.file, ["--address", "0.0.0.0", ...more]);
    const { status } = await fetch(`http://${host}:${new URL(open.url).port}/metrics`);
    await open.stop();
    return status;
  };
  equal(await ask("127.0.0.1", []), 200);
  if (own) deepEqual([await ask(own, []), await ask(own, ["--metrics-from", "192.0.2.7"]), await ask(own, ["--metrics-from", own])], [404, 404, 200]);
  const wrong = spawnSync(knoop, ["serve", place.file, "--metrics-from", "here"], { encoding: "utf8" });
  equal(wrong.status, 2);
  match(wrong.stderr, /--metrics-from here: expected an address in numbers/);
});

await done();
