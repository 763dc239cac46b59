// The map by tiles: what a tile holds is what the list of sites holds there, for each role and filter; what somebody may not see is in no
// count.
import { command, deepEqual, done, equal, folder, match, ok, parseCsv, region, root, serve, test } from "./lib.mjs";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const csv = (name) => { const [head, ...rows] = parseCsv(readFileSync(join(root, `data/regions/poort-genk/${name}.csv`), "utf8")); return rows.map((cells) => Object.fromEntries(head.map((column, i) => [column, cells[i] ?? ""]))); };
const offers = csv("offer"), resources = new Map(csv("resource").map((one) => [one.resource_id, one]));
// A hundred and fifty sites in a corner of their own, each with one offer of steam, in turn for all, for partners, for the broker.
const CORNER = { lon: 5.01, lat: 50.61 };
const many = Array.from({ length: 150 }, (_, i) => ({ id: `corner${i}`, lon: (CORNER.lon + (i % 15) * 0.0004).toFixed(5), lat: (CORNER.lat + Math.floor(i / 15) * 0.0004).toFixed(5), disclosure: ["public", "partners", "broker"][i % 3] }));
const write = (name, lines) => { const path = join(folder, name); writeFileSync(path, lines.join("\n") + "\n"); return path; };
const file = await region({ plan: true, edit: (table, row) => { if (table === "offer" && row.resource_id === "steel-slag") row.disclosure = "broker"; } });
command("--quiet", "import", file, write("actor.csv", ["actor_id,name", ...many.map((one) => `${one.id},Corner_100% ${one.id}`)]));
command("--quiet", "import", file, write("site.csv", ["site_id,actor_id,name,lon,lat", ...many.map((one) => `${one.id},${one.id},Corner_100% ${one.id},${one.lon},${one.lat}`)]));
command("--quiet", "import", file, write("offer.csv", ["offer_id,site_id,resource_id,quantity,disclosure", ...many.map((one) => `o-${one.id},${one.id},steam,5,${one.disclosure}`)]));
const place = await serve(file);
const people = { coordinator: await place.signIn("coordinator"), partner: await place.signIn("partner", { actors: ["corner2"] }), planner: await place.signIn("planner"), viewer: await place.signIn("viewer"), public: place.anybody };

const n = (z) => 2 ** z;
const column = (lon, z) => Math.floor(((lon + 180) / 360) * n(z));
const row = (lat, z) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n(z));
const all = async (who, path) => {
  const items = [];
  for (let next = ""; next !== null;) { const { json } = await who.get(`${path}${path.includes("?") ? "&" : "?"}limit=1000${next ? `&cursor=${encodeURIComponent(next)}` : ""}`); items.push(...json.items); next = json.next; }
  return items;
};
const tile = async (who, z, x, y, query = "") => (await who.get(`/map/tiles/${z}/${x}/${y}${query}`)).json;

await test("sites by tiles are the list of sites, at each zoom, for each role; clusters count what they stand for", async () => {
  for (const [role, who] of Object.entries(people)) {
    const sites = await all(who, "/sites");
    equal((await who.get("/map")).json.sites, sites.length);
    for (const z of [0, 6, 9, 12, 16]) {
      const wanted = new Map();
      for (const one of sites) { const at = `${column(one.lon, z)}/${row(one.lat, z)}`; wanted.set(at, [...(wanted.get(at) ?? []), one]); }
      for (const [at, those] of wanted) {
        const got = await tile(who, z, ...at.split("/"));
        equal(got.count, those.length, `${role} ${z}/${at}`);
        const own = got.features.filter((one) => one.properties.site_id), clusters = got.features.filter((one) => one.properties.point_count);
        equal(own.length + clusters.reduce((sum, one) => sum + one.properties.point_count, 0), those.length);
        for (const one of own) deepEqual(one.properties, those.find((site) => site.site_id === one.properties.site_id));
        ok(clusters.every((one) => JSON.stringify(Object.keys(one.properties)) === '["point_count"]'));
        if (those.length <= (z >= 15 ? 1000 : 64)) equal(clusters.length, 0);
        else ok(got.features.length <= 64);
        if (z >= 9 && role !== "coordinator" && wanted.size > 40) break; // the coordinator's all, of the others one
      }
    }
  }
});

await test("a filter counts only what the viewer may see: no cluster tells of a hidden offer", async () => {
  const x = (z) => column(CORNER.lon + 0.003, z), y = (z) => row(CORNER.lat + 0.002, z);
  for (const [role, seen] of [["coordinator", 150], ["partner", 101], ["planner", 50], ["viewer", 50], ["public", 50]]) {
    const z = 10;
    equal((await tile(people[role], z, x(z), y(z), "?resource_id=steam&words=corner_100%25")).count, seen, role);
    equal((await tile(people[role], z, x(z), y(z), "?class=energy,water&words=corner_100%25")).count, seen, role);
    equal((await tile(people[role], z, x(z), y(z), "?class=labour&words=corner_100%25")).count, 0, role);
    equal((await tile(people[role], z, x(z), y(z), "?words=corner_100%25")).count, 150, role); // where sites are is open
    equal((await tile(people[role], z, x(z), y(z), "?words=cornerX100")).count, 0, role); // _ and % are signs, no patterns
  }
  // The broker's only slag: nobody else finds a site by it, at any zoom, and no tie of it.
  const slag = offers.find((one) => one.resource_id === "steel-slag");
  ok(resources.get("steel-slag").class === "material" && slag);
  const needs = csv("need").filter((one) => one.resource_id === "steel-slag");
  for (const [role, who] of Object.entries(people)) {
    const sites = (await all(who, "/offers?resource_id=steel-slag")).length + (await all(who, "/needs?resource_id=steel-slag")).length;
    equal((await tile(who, 0, 0, 0, "?resource_id=steel-slag")).count > 0, sites > 0, role);
    if (role !== "coordinator") equal(sites, needs.filter((one) => one.disclosure === "public" || (role === "partner" && one.disclosure !== "broker")).length, role);
  }
});

await test("ties by what is on the screen: as the list of ties, those worth most first", async () => {
  for (const who of Object.values(people)) {
    const run = (await who.get("/plans")).json.items[0].run_id;
    const ties = await all(who, `/plans/${run}/ties`);
    const read = async (query) => (await who.get(`/map/ties/${run}?format=geojson&limit=1000${query}`)).json.features.map((one) => one.properties);
    const every = await read("");
    ok(every.every((one) => ties.some((tie) => tie.tie_id === one.tie_id)));
    const shapes = (await who.get(`/plans/${run}/ties?format=geojson&limit=1000`)).json.features;
    const first = shapes.filter((one) => one.geometry?.coordinates?.length > 0).map((one) => one.properties.tie_id);
    deepEqual(every.map((one) => one.tie_id).slice(0, first.length), first);
    deepEqual(every.map((one) => one.eur), every.map((one) => one.eur).sort((a, b) => b - a));
    deepEqual((await read("&class=energy,water")).map((one) => one.tie_id), every.filter((one) => ["energy", "water"].includes(one.class)).map((one) => one.tie_id));
    deepEqual((await read("&level=region")).map((one) => one.tie_id), every.filter((one) => one.level === "region").map((one) => one.tie_id));
    deepEqual(await read("&bbox=-180,-85,180,85"), every);
    deepEqual(await read("&bbox=100,10,101,11"), []);
    const near = await read("&bbox=5.45,50.93,5.55,51.0");
    ok(near.length > 0 ? near.length < every.length : every.length === 0);
  }
});

await test("tiles that are none, and boxes that are none", async () => {
  for (const path of ["/map/tiles/21/0/0", "/map/tiles/3/8/0", "/map/tiles/3/0/8", "/map/tiles/-1/0/0", "/map/tiles/1e1/0/0", "/map/tiles/x/y/z", "/map/tiles/3/0/99999999999999999999", "/map/ties/nope", "/map/ties/9999999"])
    ok([404].includes((await people.public.get(path)).status) || (await people.public.get(path)).json.items?.length === 0, path);
  for (const box of ["1,2,3", "a,b,c,d", "1,2,3,4,5", ""]) equal((await people.public.get(`/map/ties/1?bbox=${box}`)).status, 422, box);
  const again = await people.public.get("/map/tiles/8/131/85"), same = await people.public.get("/map/tiles/8/131/85", { "If-None-Match": again.headers.get("etag") });
  equal(same.status, 304);
  match(again.headers.get("content-type"), /json/);
  for (const attack of ["%27%20OR%201=1--", "%00", "%5C"]) equal((await people.public.get(`/map/tiles/8/131/85?resource_id=${attack}`)).json?.count ?? 0, 0);
});

await done();
