// Cases in search: who works on one finds it by its own words; all others only what it tells the public, and nothing of what it does not.
import { deepEqual, done, equal, ok, region, serve, test } from "./lib.mjs";

const place = await serve(await region());
const chief = await place.signIn("coordinator");
const told = await place.signIn("partner", { actors: ["aperam"] });
const other = await place.signIn("partner", { actors: ["carglass"] });
const people = { chief, told, other, planner: await place.signIn("planner"), bank: await place.signIn("financier"), viewer: await place.signIn("viewer"), public: place.anybody };
const find = async (who, q, kind = "") => (await who.get(`/search?q=${q}${kind && `&kind=${kind}`}`)).json.groups.filter((one) => ["case", "story"].includes(one.kind)).flatMap((one) => one.items.map((item) => [one.kind, item.key, item.title, item.text]));
const text = async (who, q) => (await who.get(`/search?q=${q}`)).text + (await who.get(`/search?q=${q}&kind=case`)).text + (await who.get(`/search?q=${q}&kind=story`)).text;

// Every word is marked: who may read it is in its name.
const id = (await told.post("/cases", { title: "Insidetitle zwartzand", summary: "insidesummary" })).json.case_id;
const lone = (await chief.post("/cases", { title: "Lonetitle", summary: "lonesummary" })).json.case_id;
const key = String(id);

await test("who works on a case finds it; nobody else finds a word of it", async () => {
  for (const word of ["insidetitle", "insides", "zwartz", "insidesummary"]) {
    for (const who of ["chief", "told"]) deepEqual((await find(people[who], word)).map(([kind, k]) => [kind, k]), [["case", key]], `${who} ${word}`);
    for (const who of ["other", "planner", "bank", "viewer", "public"]) ok(!/insidet|insides(?!\\?"|&|$)|zwartzand/i.test((await text(people[who], word)).replaceAll(`"q":"${word}"`, "")), `${who} ${word}`);
  }
  for (const [name, who] of Object.entries(people)) equal((await find(who, "lonetitle")).length, name === "chief" ? 1 : 0, name);
  ok(lone > 0);
});

await test("a case that is open for finance: for financiers too", async () => {
  equal((await chief.patch(`/cases/${id}`, { is_open_for_finance: true })).status, 200);
  equal((await find(people.bank, "insidetitle")).length, 1);
  for (const who of ["other", "planner", "viewer", "public"]) equal((await find(people[who], "insidetitle")).length, 0, who);
  equal((await chief.patch(`/cases/${id}`, { is_open_for_finance: false })).status, 200);
  equal((await find(people.bank, "insidetitle")).length, 0);
});

await test("published: all find what it tells, by those words alone; and no longer when it is taken back", async () => {
  equal((await chief.patch(`/cases/${id}`, { public_title: "Outsidetitle", public_text: "outsidetext about sand", is_published: true })).status, 200);
  for (const who of ["other", "planner", "bank", "viewer", "public"]) {
    deepEqual(await find(people[who], "outsidetitle"), [["story", key, "Outsidetitle", "outsidetext about sand"]], who);
    equal((await find(people[who], "outsidetext")).length, 1);
    deepEqual((await find(people[who], "outsidetitle", "case")), []);
    for (const word of ["insidetitle", "insidesummary", "zwartzand"]) ok(!/Insidetitle|Outsidetitle/.test(await text(people[who], word)), `${who} ${word}`);
  }
  for (const who of ["chief", "told"]) deepEqual((await find(people[who], "insidetitle")).map(([kind]) => kind), ["case"]);
  equal((await chief.patch(`/cases/${id}`, { public_title: "Newtitle" })).status, 200);
  equal((await find(people.public, "outsidetitle")).length, 0);
  equal((await find(people.public, "newtitle")).length, 1);
  equal((await chief.patch(`/cases/${id}`, { is_published: false })).status, 200);
  for (const who of ["other", "planner", "bank", "viewer", "public"]) for (const word of ["outsidetitle", "newtitle", "outsidetext"]) ok(!/Outsidetitle|Newtitle|about sand/.test(await text(people[who], word)), `${who} ${word}`);
});

await test("a partner that was not told yet finds nothing; one that is taken off finds nothing more", async () => {
  const { partners } = (await chief.get(`/cases/${id}`)).json;
  const line = partners.find((one) => one.actor_id === "aperam");
  ok(line, JSON.stringify(partners));
  const gone = await chief.delete(`/cases/${id}/partners/${line.case_partner_id}`);
  ok(gone.status < 300, gone.text);
  equal((await find(told, "insidetitle")).length, 0);
});

await done();
