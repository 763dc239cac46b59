// Looking, as each role: what is open, what is not, and that nothing hidden can be had by other ways: filters, sums, differences, files.
import { region, serve, test, done, equal, deepEqual, ok, match, root, command } from "./lib.mjs";
import { readFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";

// Offers of two actors are hidden: one for partners, one for the broker. The names say which.
const PARTNERS = "aperam", BROKER = "gielen";
let hidden = { partners: [], broker: [] };
const file = await region({
  plan: true,
  edit(table, row) {
    if (table !== "offer" && table !== "need") return;
    const id = row[`${table}_id`];
    if (row.site_id === PARTNERS) { row.disclosure = "partners"; hidden.partners.push(id); }
    if (row.site_id === BROKER) { row.disclosure = "broker"; hidden.broker.push(id); }
  },
});
const background = mkdtempSync(join(tmpdir(), "knoop-ground-"));
writeFileSync(join(background, "water.geojson"), readFileSync(join(root, "data/regions/poort-genk/background/water.geojson")));
writeFileSync(join(background, "secret.geojson"), "{}");
const place = await serve(file, ["--background", background]);
const who = {
  public: place.anybody,
  viewer: await place.signIn("viewer"),
  financier: await place.signIn("financier"),
  planner: await place.signIn("planner"),
  partner: await place.signIn("partner", { actors: ["norbord"] }),
  owner: await place.signIn("partner", { actors: [BROKER] }),
  coordinator: await place.signIn("coordinator"),
};
const sees = { public: [0, 0], viewer: [0, 0], financier: [0, 0], planner: [0, 0], partner: [1, 0], owner: [1, 1], coordinator: [1, 1] };
async function all(person, path) {
  const items = [];
  let cursor = "";
  do {
    const answer = await person.get(`${path}${path.includes("?") ? "&" : "?"}limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    equal(answer.status, 200, `${path}: ${answer.text.slice(0, 200)}`);
    items.push(...(answer.json.items ?? answer.json.features.map((one) => one.properties)));
    cursor = answer.json.next ?? "";
  } while (cursor);
  return items;
}
ok(hidden.partners.length > 3 && hidden.broker.length > 1, "the region has rows to hide");

for (const [name, person] of Object.entries(who)) {
  const [partners, broker] = sees[name];
  const mine = (id) => (partners === 1 || !hidden.partners.includes(id)) && (broker === 1 || !hidden.broker.includes(id));

  await test(`${name}: offers and needs, in lists and by every filter`, async () => {
    const offers = await all(person, "/offers"), needs = await all(person, "/needs");
    const ids = [...offers.map((one) => one.offer_id), ...needs.map((one) => one.need_id)];
    for (const id of [...hidden.partners, ...hidden.broker]) equal(ids.includes(id), mine(id), id);
    for (const [site, may] of [[PARTNERS, partners], [BROKER, broker]]) {
      equal((await all(person, `/offers?site_id=${site}`)).length > 0, !!may, site);
      equal((await all(person, `/offers?actor_id=${site}`)).length > 0, !!may, site);
    }
  });

  await test(`${name}: CSV and GeoJSON hold what JSON holds`, async () => {
    for (const path of ["/offers?limit=1000", "/needs?limit=1000", "/plans/latest/ties?limit=1000", "/plans/latest/prices?limit=1000", "/sites?limit=1000"]) {
      const csv = (await person.get(`${path}&format=csv`)).text, geo = (await person.get(path, { Accept: "application/geo+json" })).text;
      for (const id of [...hidden.partners, ...hidden.broker]) if (!mine(id)) ok(!csv.includes(id) && !geo.includes(id), `${path} tells of ${id}`);
    }
  });

  await test(`${name}: ties only where both ends are seen, and the knot adds up to just those`, async () => {
    const ties = await all(person, "/plans/latest/ties");
    for (const tie of ties) ok((tie.from_kind !== "offer" && tie.from_kind !== "need" || mine(tie.from_id)) && (tie.to_kind !== "offer" && tie.to_kind !== "need" || mine(tie.to_id)), String(tie.tie_id));
    const seen = new Set(ties.map((tie) => tie.tie_id));
    for (const tie of (await all(who.coordinator, "/plans/latest/ties")).filter((_, i) => i % 9 === 0))
      equal((await person.get(`/plans/latest/ties/${tie.tie_id}`)).status, seen.has(tie.tie_id) ? 200 : 404, String(tie.tie_id));
    const knot = (await person.get("/plans/latest/knot")).json;
    const sum = (rows, value) => rows.reduce((total, row) => total + row[value], 0);
    const near = (a, b, what) => ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)), `${what}: ${a}, not ${b}`);
    equal(sum(knot.ribbons, "tie_count"), ties.length);
    for (const value of ["eur", "co2_kg", "quantity"]) near(sum(knot.ribbons, value), sum(ties, value), value);
    near(sum(knot.ribbons, "verify_count"), ties.filter((tie) => tie.has_to_verify).length, "to verify");
    const offers = await all(person, "/offers");
    near(sum(knot.today.filter((row) => row.side === "offer"), "quantity"), sum(offers, "quantity"), "offers of today");
  });

  await test(`${name}: a unit is told only to who sees all its ties, so that no difference tells the rest`, async () => {
    const everything = await all(who.coordinator, "/plans/latest/ties"), ties = new Set((await all(person, "/plans/latest/ties")).map((tie) => tie.tie_id));
    const units = await all(person, "/plans/latest/units"), gateways = (await all(person, "/plans/latest/prices")).filter((price) => price.kind === "gateway");
    const told = [...units.map((unit) => ["unit", unit.unit_id]), ...gateways.map((price) => ["gateway", price.id])];
    for (const [kind, id] of told)
      for (const tie of everything)
        if ((tie.from_kind === kind && tie.from_id === id) || (tie.to_kind === kind && tie.to_id === id)) ok(ties.has(tie.tie_id), `${id} is told, and tie ${tie.tie_id} is not`);
    ok(units.length > 0);
  });

  await test(`${name}: sites count what one may see, and totals of a run are for the coordinator`, async () => {
    const sites = Object.fromEntries((await all(person, "/sites")).map((site) => [site.site_id, site]));
    equal(sites[PARTNERS].offer_count > 0, !!partners);
    equal(sites[BROKER].offer_count > 0, !!broker);
    equal(sites[BROKER].classes === null, !broker);
    const plans = (await person.get("/plans")).json.items;
    equal(plans[0].summary !== null, name === "coordinator");
  });
}

await test("the whole of a plan, for who sees all of it", async () => {
  const knot = (await who.coordinator.get("/plans/latest/knot")).json, plan = (await who.coordinator.get("/plans/latest")).json;
  const eur = [...knot.ribbons, ...knot.processes].reduce((total, row) => total + row.eur, 0);
  ok(Math.abs(eur - plan.summary.value_eur) < 1e-6 * plan.summary.value_eur, `${eur}, not ${plan.summary.value_eur}`);
  const jobs = knot.processes.reduce((total, row) => total + row.jobs_fte, 0);
  ok(Math.abs(jobs - plan.summary.jobs_fte) < 1e-6 * plan.summary.jobs_fte);
});

await test("shapes: areas as polygons, links as lines, in the order of RFC 7946", async () => {
  const areas = (await place.anybody.get("/areas?limit=1000", { Accept: "application/geo+json" })).json;
  ok(areas.features.every((one) => one.geometry === null || ["Polygon", "MultiPolygon"].includes(one.geometry.type)));
  const given = JSON.parse(readFileSync(join(root, "data/regions/poort-genk/area.geojson"), "utf8"));
  const genk = (list) => list.features.find((one) => one.properties.area_id === "genk").geometry;
  deepEqual(genk(areas), genk(given));
  const links = (await place.anybody.get("/links?kind=rail&limit=1000", { Accept: "application/geo+json" })).json;
  ok(links.features.length > 100 && links.features.every((one) => one.geometry.type === "LineString" && one.properties.kind === "rail"));
  for (const [lon, lat] of links.features[0].geometry.coordinates) ok(lon > 2 && lon < 8 && lat > 49 && lat < 53);
});

await test("the ground: a file where there is one, else the network, and nothing beside it", async () => {
  equal((await place.anybody.get("/background/water")).text, readFileSync(join(background, "water.geojson"), "utf8"));
  const rail = await place.anybody.get("/background/rail?limit=1000", { Accept: "application/geo+json" });
  ok(rail.json.features.every((one) => one.properties.kind === "rail"));
  for (const name of ["secret", "..%2Fwater", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "water.geojson", "Water", ""]) {
    const answer = await place.anybody.get(`/background/${name}`);
    ok([400, 404].includes(answer.status), `${name}: ${answer.status}`);
  }
});

await test("what is not there and what is no plan are one answer", async () => {
  const texts = [];
  for (const run of ["99", "-1", "0", "1e1", "abc", "1%20OR%201=1", "9999999999999999999999"])
    for (const what of ["", "/ties", "/ties/1", "/knot", "/units", "/prices"]) {
      const answer = await place.anybody.get(`/plans/${run}${what}`);
      equal(answer.status, 404, `${run}${what}`);
      texts.push(answer.json.detail);
    }
  equal(new Set(texts).size, 1);
  equal((await place.anybody.get("/resources/none")).status, 404);
  equal((await place.anybody.get("/actors/none")).status, 404);
});

await test("what if? is for those who plan, and never the newest plan", async () => {
  const asked = await region({ plan: true });
  command("--quiet", "plan", asked, "--set", "co2_eur_per_t=150");
  const other = await serve(asked);
  const planner = await other.signIn("planner"), coordinator = await other.signIn("coordinator"), viewer = await other.signIn("viewer");
  for (const [person, may] of [[other.anybody, false], [viewer, false], [planner, true], [coordinator, true]]) {
    const plans = (await person.get("/plans")).json.items;
    deepEqual(plans.map((plan) => plan.is_what_if), may ? [true, false] : [false]);
    equal((await person.get("/plans/2/ties")).status, may ? 200 : 404);
    equal((await person.get("/plans/2/knot")).status, may ? 200 : 404);
    equal((await person.get("/plans/latest")).json.run_id, 1);
  }
});

await test("filters are values, never SQL", async () => {
  for (const value of ["' OR 1=1 --", "\"; DROP TABLE offer; --", "%", "*", "a' UNION SELECT * FROM account --"]) {
    const answer = await place.anybody.get(`/offers?resource_id=${encodeURIComponent(value)}`);
    equal(answer.status, 200);
    deepEqual(answer.json.items, []);
  }
});

await test("a region without a plan has none, and the rest of it can be seen", async () => {
  const bare = await serve(await region());
  deepEqual((await bare.anybody.get("/plans")).json.items, []);
  equal((await bare.anybody.get("/plans/latest/knot")).status, 404);
  ok((await bare.anybody.get("/sites")).json.items.length > 0);
  match((await bare.anybody.get("/region")).json.name, /Genk/);
});

await done();
