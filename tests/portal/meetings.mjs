// Sessions: who is invited sees what they should and nobody else anything; in the room, matches appear from words; what is taken on has
// owners and a next step; a closed room stays closed.
import { command, deepEqual, done, equal, match, notEqual, ok, person, region, serve, test } from "./lib.mjs";

const place = await serve(await region());
const an = await place.signIn("coordinator");
const [one, two, three] = ["aperam", "gielen-recycling", "bionerga"];
const actorExists = async (id) => (await an.post("/meetings", { title: "x", actors: [id] })).status === 201;
const actors = [];
for (const id of [one, two, three, "norbord", "carglass", "ekol", "stelimet"]) if (actors.length < 3 && (await actorExists(id))) actors.push(id);
const [a, b, c] = actors;
const partnerA = await place.signIn("partner", { actors: [a] });
const partnerB = await place.signIn("partner", { actors: [b] });
const partnerC = await place.signIn("partner", { actors: [c] });
const { json: { meeting_id: id } } = await an.post("/meetings", {
  title: "Hout dat wacht", goal: "Wie heeft hout, wie zoekt het?", place: "C-mine", begins: "2027-01-14T13:30", minutes_long: 120,
  agenda: "Kennismaken. Haven en zoeken. Afspraken.", actors: [a, b],
});

await test("a planned session is the coordinator's alone", async () => {
  equal((await an.get(`/meetings/${id}`)).json.actors.length, 2);
  equal((await partnerA.get(`/meetings/${id}`)).status, 404);
  equal((await partnerA.get(`/meetings`)).json.items.length, 0);
  equal((await place.anybody.get("/meetings")).status, 401);
  const viewer = await place.signIn("viewer");
  equal((await viewer.get("/meetings")).status, 403);
});

await test("the invited see it, who else comes only after saying yes; others see nothing", async () => {
  equal((await an.put(`/meetings/${id}/status`, { status: "invited" })).json.status, "invited");
  const seen = (await partnerA.get(`/meetings/${id}`)).json;
  equal(seen.actors.length, 1);
  equal(seen.actors[0].actor_id, a);
  equal(seen.composed, null);
  equal((await partnerC.get(`/meetings/${id}`)).status, 404);
  equal((await partnerA.put(`/meetings/${id}/actors/${a}`, { status: "accepted" })).status, 200);
  equal((await partnerB.put(`/meetings/${id}/actors/${b}`, { status: "accepted" })).status, 200);
  equal((await partnerA.get(`/meetings/${id}`)).json.actors.length, 2);
});

await test("nobody answers for another, joins uninvited, or sets what only the coordinator notes", async () => {
  equal((await partnerC.put(`/meetings/${id}/actors/${a}`, { status: "refused" })).status, 404);
  equal((await partnerC.put(`/meetings/${id}/actors/${c}`, { status: "accepted" })).status, 404);
  equal((await partnerA.put(`/meetings/${id}/actors/${b}`, { status: "refused" })).status, 404);
  equal((await partnerA.put(`/meetings/${id}/actors/${a}`, { status: "attended" })).status, 404);
  equal((await partnerA.put(`/meetings/${id}/status`, { status: "open" })).status, 403);
});

let code;
await test("the room opens with a code; without it nobody comes in", async () => {
  equal((await place.anybody.get("/rooms/AAAAAA")).status, 404);
  ({ json: { room_code: code } } = await an.put(`/meetings/${id}/status`, { status: "open" }));
  match(code, /^[A-HJ-NP-Z]{6}$/);
  equal((await place.anybody.get(`/rooms/${code}`)).json.title, "Hout dat wacht");
  equal((await place.anybody.get(`/rooms/${code}/wall`)).status, 401);
  equal((await place.anybody.post(`/rooms/${code}/entries`, { side: "have", words: "zaagsel" })).status, 401);
  equal((await place.anybody.get(`/rooms/${code}/wall`, { "X-Knoop-Room": "not a token" })).status, 404);
});

/** Somebody in the room with a phone. */
async function joins(name, organisation) {
  const { status, json } = await place.anybody.post(`/rooms/${code}/people`, { name, organisation });
  equal(status, 201);
  const headers = { "X-Knoop-Room": json.token };
  const someone = person(place.url, {});
  return {
    token: json.token,
    says: (side, words, more = {}) => someone.post(`/rooms/${code}/entries`, { side, words, ...more }, headers),
    wall: async () => (await someone.get(`/rooms/${code}/wall`, headers)).json,
    takes: (opportunity, body) => someone.put(`/rooms/${code}/opportunities/${opportunity}`, body, headers),
    withdraws: (entry) => someone.delete(`/rooms/${code}/entries/${entry}`, headers),
  };
}

const jan = await joins("Jan", "Zagerij"), els = await joins("Els", "Platenfabriek");
await test("a have and a want in other words for the same match, on the wall and on phones, as soon as they are said", async () => {
  equal((await els.says("want", "sawdust")).json.matches, 0);
  const said = await jan.says("have", "houtzaagsel, twee containers per week");
  equal(said.json.matches, 1);
  const { json: wall } = await an.get(`/meetings/${id}/wall`);
  equal(wall.matches.length, 1);
  equal(wall.matches[0].want, "sawdust");
  equal((await els.wall()).matches.length, 1);
  equal(wall.persons.length, 2);
});

await test("what does not fit is not shown; one's own have and want are no match; an entry may be one word", async () => {
  equal((await els.says("have", "vergaderzaal")).json.matches, 0);
  equal((await els.says("want", "vergaderzaal op vrijdag")).json.matches, 0);
  equal((await jan.says("want", "vergaderzaal")).json.matches, 1);
  equal((await jan.says("have", "")).status, 422);
  equal((await jan.says("give", "x")).status, 422);
});

await test("the streams of the room tell that something matches", async () => {
  const stop = new AbortController();
  const answer = await fetch(`${place.url}/api/v1/rooms/${code}/events?token=${jan.token}`, { signal: stop.signal });
  equal(answer.headers.get("content-type"), "text/event-stream");
  const heard = (async () => {
    let text = "";
    for await (const piece of answer.body) {
      text += Buffer.from(piece).toString();
      if (text.includes("event: match")) return text;
    }
    return text;
  })();
  await els.says("want", "houtzaagsel");
  match(await heard, /event: match/);
  stop.abort();
});

await test("owners, a next step and a day make it taken; without one of them it is not", async () => {
  const [first] = (await jan.wall()).matches;
  equal((await jan.takes(first.opportunity_id, { status: "taken" })).status, 422);
  equal((await jan.takes(first.opportunity_id, { status: "taken", owners: "Jan", next_step: "Staal brengen" })).status, 422);
  equal((await jan.takes(first.opportunity_id, { owners: "Jan en Els", next_step: "Staal brengen" })).json.matches.find((x) => x.opportunity_id === first.opportunity_id).status, "seen");
  equal((await jan.takes(first.opportunity_id, { owners: "Jan en Els", next_step: "Staal brengen", due: "2027-01-21" })).status, 200);
  const taken = (await els.wall()).matches.find((x) => x.opportunity_id === first.opportunity_id);
  equal(taken.status, "taken");
  equal((await partnerA.get(`/meetings/${id}`)).json.opportunities.some((x) => x.status === "taken"), true);
});

await test("who is in the room speaks for what fits their own haves and wants, and neither rewords nor lays aside", async () => {
  const mo = await joins("Mo", "Werf");
  const [open] = (await els.wall()).matches.filter((x) => x.status === "seen");
  const agreed = { owners: "Mo", next_step: "Bellen", due: "2027-02-01" };
  equal((await mo.takes(open.opportunity_id, agreed)).status, 404);
  equal((await els.takes(open.opportunity_id, { ...agreed, title: "Iets anders" })).status, 403);
  equal((await els.takes(open.opportunity_id, { status: "dropped", reason: "Geen zin" })).status, 403);
  equal((await place.anybody.put(`/rooms/${code}/opportunities/${open.opportunity_id}`, agreed)).status, 401);
  equal((await els.wall()).matches.find((x) => x.opportunity_id === open.opportunity_id).status, "seen");
  /* Nor by the address of the coordinator. */
  for (const someone of [partnerA, partnerB, partnerC]) equal((await someone.put(`/meetings/${id}/opportunities/${open.opportunity_id}`, agreed)).status, 403);
});

await test("only one's own entries are withdrawn, and their matches go", async () => {
  const mine = (await jan.wall()).entries.find((x) => x.is_mine && x.side === "have");
  equal((await els.withdraws(mine.entry_id)).status, 404);
  equal((await jan.withdraws(mine.entry_id)).status, 204);
  ok((await els.wall()).matches.every((x) => x.have_id !== mine.entry_id));
});

await test("a token opens its own room only", async () => {
  const other = (await an.post("/meetings", { title: "Elders", actors: [c] })).json.meeting_id;
  const { json } = await an.put(`/meetings/${other}/status`, { status: "open" });
  notEqual(json.room_code, code);
  equal((await place.anybody.get(`/rooms/${json.room_code}/wall`, { "X-Knoop-Room": jan.token })).status, 404);
});

const openOf = async (meeting) => (await an.get(`/meetings/${meeting}`)).json.opportunities.filter((x) => x.is_open);
const close = (meeting, who = an) => who.put(`/meetings/${meeting}/status`, { status: "held" });
await test("a session is not closed while something that came up has nobody; the answer says what", async () => {
  equal((await openOf(id)).length, 0, "what was taken back keeps nobody");
  await jan.says("have", "houtzaagsel, een container");
  const open = await openOf(id);
  ok(open.length > 0);
  const meeting = (await an.get(`/meetings/${id}`)).json;
  equal(meeting.open_count, open.length);
  equal((await an.get("/meetings")).json.items.find((x) => x.meeting_id === id).open_count, open.length);
  equal((await an.get(`/meetings/${id}/wall`)).json.open_count, open.length);
  equal((await partnerA.get(`/meetings/${id}`)).json.open_count, open.length);
  equal((await els.wall()).open_count, open.length);
  const refused = await close(id);
  equal(refused.status, 409);
  equal(refused.json.type, "/problems/open-opportunities");
  deepEqual(refused.json.open.map((x) => x.opportunity_id).sort(), open.map((x) => x.opportunity_id).sort());
  ok(refused.json.open.every((x) => x.title && x.owners === null && x.next_step === null && x.due === null));
  /* Nothing of it was done: the room is open, people have their names. */
  equal((await an.get(`/meetings/${id}`)).json.status, "open");
  ok((await an.get(`/meetings/${id}/wall`)).text.includes("Jan\""));
  equal((await els.says("have", "emmers")).status, 201);
  equal((await close(id, partnerA)).status, 403);
});

await test("laying aside asks a reason, which stays with it; it can be taken up again", async () => {
  const [open] = await openOf(id);
  const path = `/meetings/${id}/opportunities/${open.opportunity_id}`;
  const bare = await an.put(path, { status: "dropped" });
  equal(bare.status, 422);
  equal(bare.json.errors[0].field, "reason");
  equal((await an.put(path, { status: "dropped", reason: "   " })).status, 422);
  equal((await an.put(path, { status: "dropped", reason: "Te klein" })).status, 200);
  const aside = (await an.get(`/meetings/${id}`)).json.opportunities.find((x) => x.opportunity_id === open.opportunity_id);
  deepEqual([aside.status, aside.reason, aside.is_open], ["dropped", "Te klein", false]);
  ok((await els.wall()).matches.every((x) => x.opportunity_id !== open.opportunity_id));
  equal((await els.takes(open.opportunity_id, { owners: "Els", next_step: "Toch", due: "2027-02-01" })).status, 404);
  equal((await an.put(path, {})).status, 200);
  const again = (await openOf(id)).find((x) => x.opportunity_id === open.opportunity_id);
  equal(again.reason, null);
});

await test("what came up without words of others counts as well, until it has a day", async () => {
  const { json: { opportunity_id: idea } } = await an.post(`/meetings/${id}/opportunities`, { title: "Samen een hal", owners: "An", next_step: "Plan tekenen" });
  ok((await openOf(id)).some((x) => x.opportunity_id === idea));
  equal((await an.put(`/meetings/${id}/opportunities/${idea}`, { owners: "An", next_step: "Plan tekenen", due: "2027-02-10" })).status, 200);
  ok((await openOf(id)).every((x) => x.opportunity_id !== idea));
  /* Laid aside it keeps what was said before. */
  await an.put(`/meetings/${id}/opportunities/${idea}`, { status: "dropped", reason: "Geen hal" });
  const aside = (await an.get(`/meetings/${id}`)).json.opportunities.find((x) => x.opportunity_id === idea);
  deepEqual([aside.owners, aside.next_step, aside.due], ["An", "Plan tekenen", "2027-02-10"]);
});

await test("closed means closed: no entry, no names of who was there; minutes for the invited", async () => {
  await an.patch(`/meetings/${id}`, { minutes: "Drie afspraken." });
  equal((await partnerA.get(`/meetings/${id}`)).json.minutes, null);
  for (const open of await openOf(id)) await an.put(`/meetings/${id}/opportunities/${open.opportunity_id}`, { status: "dropped", reason: "Niet nu" });
  equal((await close(id)).status, 200);
  equal((await jan.says("have", "pallets")).status, 404);
  equal((await place.anybody.get(`/rooms/${code}`)).status, 404);
  equal((await partnerA.get(`/meetings/${id}`)).json.minutes, "Drie afspraken.");
  ok(!(await an.get(`/meetings/${id}/wall`)).text.includes("Jan\""));
  equal((await an.put(`/meetings/${id}/status`, { status: "open" })).status, 409);
  equal((await an.put(`/meetings/${id}/actors/${b}`, { status: "attended" })).status, 200);
});

await test("the composer proposes groups with reasons and a bound, from the newest plan; only to coordinators", async () => {
  equal((await partnerA.post("/meetings/compose", {})).status, 403);
  equal((await an.post("/meetings/compose", {})).json.sessions.length, 0);
  command("--quiet", "plan", place.file);
  const { json } = await an.post("/meetings/compose", { count: 2, least: 3, most: 6 });
  equal(json.sessions.length, 2);
  const seen = new Set();
  for (const session of json.sessions) {
    ok(session.actors.length >= 3 && session.actors.length <= 6);
    for (const actor of session.actors) {
      ok(!seen.has(actor.actor_id), "nobody sits at two tables");
      seen.add(actor.actor_id);
    }
    /* What the actors bring is told from both sides of a tie. */
    const told = session.actors.reduce((sum, actor) => sum + actor.eur, 0);
    ok(Math.abs(told - 2 * session.eur) <= 1e-6 * session.eur);
  }
  ok(json.bound_eur >= json.expected_eur * (1 - 1e-9));
  equal((await an.post("/meetings/compose", { least: 8, most: 4 })).status, 422);
});

await done();
