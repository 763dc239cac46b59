// Whole lists as CSV and GeoJSON, and keys with any sign in an address.
import { command, deepEqual, done, equal, folder, match, ok, parseCsv, region, serve, test } from "./lib.mjs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const write = (name, lines) => { const path = join(folder, name); writeFileSync(path, lines.join("\n") + "\n"); return path; };
const many = Array.from({ length: 3300 }, (_, i) => ({ id: `w${String(i).padStart(5, "0")}`, lon: 5 + i / 10000, lat: 50.9 }));
const file = await region();
command("--quiet", "import", file, write("actor.csv", ["actor_id,name", ...many.map((one) => `${one.id},"Name, with ""quotes"" ${one.id}"`)]));
command("--quiet", "import", file, write("site.csv", ["site_id,actor_id,name,lon,lat", ...many.map((one) => `${one.id},${one.id},Site ${one.id},${one.lon},${one.lat}`)]));
command("--quiet", "import", file, write("offer.csv", ["offer_id,site_id,resource_id,quantity,disclosure,description", ...many.map((one, i) => `o-${one.id},${one.id},steam,5,${["public", "partners", "broker"][i % 3]},${i % 3 === 2 ? "marked-secret" : "plain"}`)]));
const place = await serve(file);
const people = { coordinator: await place.signIn("coordinator"), partner: await place.signIn("partner", { actors: ["w00002"] }), planner: await place.signIn("planner"), public: place.anybody };

const pages = async (who, path) => {
  const items = [];
  for (let next = ""; next !== null;) { const { json } = await who.get(`${path}?limit=1000${next ? `&cursor=${encodeURIComponent(next)}` : ""}`); items.push(...json.items); next = json.next; }
  return items;
};
const table = (text) => { const [head, ...rows] = parseCsv(text); return rows.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]]))); };

await test("CSV without a limit is all of it, for each role what it may see", async () => {
  for (const [role, who] of Object.entries(people))
    for (const [path, key] of [["/sites", "site_id"], ["/offers", "offer_id"], ["/actors", "actor_id"], ["/tables/offer/rows", "offer_id"], ["/tables/actor/rows", "actor_id"]]) {
      const answer = await who.get(`${path}?format=csv`);
      equal(answer.status, 200);
      match(answer.headers.get("content-type"), /^text\/csv/);
      const rows = table(answer.text), listed = await pages(who, path);
      deepEqual(rows.map((one) => one[key]), listed.map((one) => one[key]), `${role} ${path}`);
      ok(listed.length > 1000, `${role} ${path} ${listed.length}`);
      if (role !== "coordinator" && /offer/.test(path)) equal((answer.text.match(/marked-secret/g) ?? []).length, role === "partner" ? 1 : 0, role);
      equal(answer.text.split("\r\n").filter((line) => line.startsWith(Object.keys(rows[0])[0] + ",")).length, 1); // one title
    }
  const names = table((await people.public.get("/actors?format=csv")).text);
  equal(names.find((one) => one.actor_id === "w00007").name, 'Name, with "quotes" w00007');
});

await test("GeoJSON without a limit too; with a limit, or a cursor, a page", async () => {
  const { json, headers } = await people.public.get("/sites?format=geojson");
  match(headers.get("content-type"), /geo\+json/);
  deepEqual(json.features.map((one) => one.properties.site_id), (await pages(people.public, "/sites")).map((one) => one.site_id));
  equal(json.next, null);
  const page = await people.public.get("/sites?format=csv&limit=1000");
  equal(table(page.text).length, 1000);
  ok(page.headers.get("x-next-cursor"));
  equal((await people.public.get("/sites?format=geojson&limit=10")).json.features.length, 10);
  equal((await people.public.get("/sites")).json.items.length, 100);
  const sorted = table((await people.coordinator.get("/tables/offer/rows?format=csv&sort=-offer_id")).text).map((one) => one.offer_id);
  deepEqual(sorted, [...sorted].sort().reverse());
  equal((await people.coordinator.get("/tables/offer/rows?format=csv&sort=nonsense")).status, 422); // said before the first row
  const small = await people.public.get("/areas?format=csv"), same = await people.public.get("/areas?format=csv", { "If-None-Match": small.headers.get("etag") });
  equal(same.status, 304); // what fits on one page is an answer like any other
});

await test("who stops reading costs nothing; twenty who read at once all get all of it", async () => {
  for (let i = 0; i < 10; i++) {
    const stop = new AbortController();
    const answer = await fetch(`${place.url}/api/v1/offers?format=csv`, { signal: stop.signal });
    await answer.body.getReader().read();
    stop.abort();
  }
  const all = await Promise.all(Array.from({ length: 20 }, () => people.public.get("/sites?format=csv")));
  ok(all.every((one) => one.text === all[0].text));
  equal((await people.public.get("/areas")).status, 200);
});

// (A key that is . or .. alone is one that browsers and fetch() never send: they take it for a step in the address.)
await test("keys with slashes, percents, questions and dots are addressed as they are", async () => {
  const chief = people.coordinator;
  const keys = ["a/b", "a/b/../c", "../../etc/passwd", "100%", "100%2F", "x?y=1&z", "é ü/ß", "..b", "a//b", "/", "#1", "a+b"];
  for (const key of keys) {
    const made = await chief.post("/tables/resource/rows", { values: { resource_id: key, name: `named ${key}`, class: "material" } });
    equal(made.status, 201, `${key} ${made.text}`);
  }
  for (const key of keys) {
    const at = `/tables/resource/rows/${encodeURIComponent(key).replaceAll(".", "%2E")}`;
    const got = await chief.get(at);
    equal(got.status, 200, key);
    equal(got.json.row_key, key);
    equal((await chief.patch(at, { values: { name: `other ${key}` } })).status, 200);
    equal((await chief.get(`/resources/${encodeURIComponent(key).replaceAll(".", "%2E")}`)).json.name, `other ${key}`);
    ok((await chief.get(`${at}/history`)).json.items.length > 0);
    equal((await chief.delete(at)).status < 300, true);
    equal((await chief.get(at)).status, 404);
  }
});

await test("a slash that is escaped parts nothing: no address is reached another way, no file at all", async () => {
  const raw = (path) => fetch(place.url + path).then(async (answer) => ({ status: answer.status, text: await answer.text() }));
  for (const path of ["/api%2Fv1/areas", "/api/v1%2Fareas", "/api/v1/tables%2Factor%2Frows", "/api/v1/tables/actor%2Frows", "/api/v1/tables/..%2F..%2Fetc%2Fpasswd/rows", "/api/v1/background/..%2F..%2Fetc%2Fpasswd",
    "/api/v1/resources/%2E%2E%2F%2E%2E%2Fetc%2Fpasswd", "/api/v1//areas", "/api/v1/areas/", "/api/v1/calendar/..%2F..%2Fx.ics"]) {
    const { status, text } = await raw(path);
    equal(status, 404, path);
    ok(!/root:/.test(text));
  }
  equal((await raw("/api/v1/%61reas")).status, 200);
  equal((await raw("/api/v1/areas?x=a/b")).status, 200);
  for (const path of ["/api/v1/areas%00", "/api/v1/resources/a%00b"]) ok([400, 404].includes((await raw(path)).status), path);
  for (const path of ["/assets/..%2F..%2Fetc%2Fpasswd", "/%2e%2e/%2e%2e/etc/passwd"]) ok(!/root:/.test((await raw(path)).text));
});

await done();
