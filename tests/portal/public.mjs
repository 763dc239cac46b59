// The public page of a municipality: stories from one source, sums that obey disclosure control, and nothing of who keeps things to himself.
import { appendFileSync } from "node:fs";
import { done, equal, figure, ok, packageFolder, region, serve, test } from "./lib.mjs";

/* In one municipality three companies have glass to spare, in another one has, which nobody may know. */
const secret = 987654.321;
const from = packageFolder((table, row) => {
  if (table === "offer" && row.offer_id === "o-gielen-wood-b") { row.disclosure = "broker"; row.quantity = String(secret); row.description = "GEHEIM-hout"; }
});
const append = (folder, table, count, row) => appendFileSync(`${folder}/${table}.csv`, Array.from({ length: count }, (_, i) => `${row(i)}\n`).join(""));
append(from, "offer", 70, (i) => `hall-${i},gielen,hall,50,0.1,,,,public,,s-est-region,,,`);
append(from, "offer", 5, (i) => `GEHEIM-${i},gielen,hall,50,0.1,,,,broker,,s-est-region,,,`);
const place = await serve(await region({ from }));
const { anybody } = place;
const an = await place.signIn("coordinator");

await test("every municipality has its page; what is told adds up, what is withheld has no figure", async () => {
  const { json: { items } } = await anybody.get("/public?limit=1000");
  ok(items.length > 10);
  let told = 0;
  for (const { area_id } of items) {
    const { status, json, text } = await anybody.get(`/public/${area_id}`);
    equal(status, 200);
    ok(!text.includes("GEHEIM") && !figure(987654).test(text));
    if (json.sums.length === 0) continue; // nothing is known there
    const material = json.sums.find((sum) => sum.class === "material" && sum.stream === null);
    const streams = json.sums.filter((sum) => sum.stream !== null);
    for (const sum of json.sums) ok(sum.is_told === (sum.from !== null) && sum.is_told === (sum.to !== null));
    told += json.sums.filter((sum) => sum.is_told).length;
    if (material.is_told) ok(material.to >= streams.reduce((all, sum) => all + (sum.from ?? 0), 0) * (1 - 1e-9));
  }
  ok(told > 0, "something may be told");
});

await test("a municipality in which one holder stands out does not tell his figure", async () => {
  const genk = (await anybody.get("/public/genk")).json;
  const wood = genk.sums.find((sum) => sum.stream === "R1");
  equal(wood.is_told, false);
});

await test("of what can be borrowed some are named, and all that everybody may see are counted", async () => {
  const { loops, loop_count } = (await anybody.get("/public/genk")).json;
  ok(loops.length >= 60 && loop_count >= 70 && loops.length < loop_count);
  const others = (await anybody.get("/public/hasselt")).json;
  equal(others.loop_count, others.loops.length);
});

await test("stories: written once, shown in all or in one municipality; drafts to nobody", async () => {
  const all = await an.post("/stories", { title_nl: "Samen", title_en: "Together", body_nl: "Voor de hele regio.", status: "published" });
  equal(all.status, 201);
  const one = await an.post("/stories", { title_nl: "Genk", body_nl: "Alleen hier.", area_id: "genk" });
  const seen = async (area) => (await anybody.get(`/public/${area}`, { "Accept-Language": "en" })).json.stories.map(({ title }) => title);
  ok((await seen("genk")).includes("Together"));
  ok(!(await seen("genk")).includes("Genk"));
  equal((await an.patch(`/stories/${one.json.story_id}`, { status: "published" }, { "If-Match": `"v${one.json.version}"` })).status, 200);
  ok((await seen("genk")).includes("Genk"));
  ok(!(await seen("hasselt")).includes("Genk"));
  equal((await an.patch(`/stories/${one.json.story_id}`, { title_nl: "x" }, { "If-Match": `"v${one.json.version}"` })).status, 412);
  equal((await an.patch(`/stories/${one.json.story_id}`, { link: "javascript:alert(1)" })).status, 422);
  equal((await anybody.get("/stories")).status, 401);
  equal((await anybody.post("/stories", { title_nl: "x", body_nl: "y" })).status, 401);
  equal((await an.delete(`/stories/${one.json.story_id}`)).status, 200);
  ok(!(await seen("genk")).includes("Genk"));
});

await test("the page may stand in a frame elsewhere, other pages may not", async () => {
  const page = await fetch(`${place.url}/public/genk`), other = await fetch(`${place.url}/knot`);
  ok(page.headers.get("content-security-policy").endsWith("frame-ancestors *"));
  ok(other.headers.get("content-security-policy").endsWith("frame-ancestors 'none'"));
});

/* Those of thousands of municipalities take an hour: the runner of tests ends this one long before. */
await test("who stops the server does not wait for sums that are being made, nor does who asked for them", async () => {
  const many = packageFolder();
  const kinds = ["wood-a", "garden", "hall", "heat", "soil-waste", "kitchen"], places = 2500;
  append(many, "area", places, (i) => `place-${i},Place ${i},municipality,elat,,,s-statbel,1000`);
  append(many, "actor", places, (i) => `holder-${i},Holder ${i},company,38.32,,s-est-region,`);
  append(many, "site", places, (i) => `site-${i},holder-${i},Site ${i},5.49,50.96,place-${i},,municipality,s-est-region`);
  append(many, "offer", places, (i) => `spare-${i},site-${i},${kinds[i % kinds.length]},${100 + (i * 7919) % 1000},0.1,,,,public,,s-est-region,,,`);
  const there = await serve(await region({ from: many }));
  const asked = there.anybody.get("/public/place-1").then(({ status }) => status, () => "closed");
  await new Promise((yes) => setTimeout(yes, 1000)); // so that it is in the middle of them
  equal(await there.stop(), 0);
  ok([503, "closed"].includes(await asked), `${await asked}`);
});

await done();
