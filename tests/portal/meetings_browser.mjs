// A session from plan to agreement, as those in it see it: the coordinator at a desk and at the wall, two people with phones.
import { axe, browser, deepEqual, desktop, done, equal, match, ok, phone, region, serve, shot, test, waitFor } from "./lib.mjs";

const place = await serve(await region({ plan: true }));
const an = await place.signIn("coordinator", { name: "An" });
const { page: open } = await browser();
const { json: { meeting_id: id } } = await an.post("/meetings", { title: "Hout dat wacht", goal: "Wie heeft hout, wie zoekt het?", place: "C-mine, Genk", begins: "2027-01-14T13:30", actors: ["aperam"] });
const clean = async (page) => {
  deepEqual(await axe(page), []);
  deepEqual(page.foreign, []);
  deepEqual(page.wrong, []);
};
const to = async (page, path) => { await page.goto(`${place.url}${path}`); await page.waitForSelector("main h1"); };

await test("the list and the sheet, at both sizes and in both themes", async () => {
  for (const [viewport, colorScheme] of [[desktop, "light"], [phone, "dark"]]) {
    const page = await open(place, an, { viewport, colorScheme });
    await to(page, "/session");
    await page.getByRole("link", { name: /Hout dat wacht/ }).waitFor();
    await shot(page, `session-list-${viewport.width}`);
    await clean(page);
    await page.getByRole("link", { name: /Hout dat wacht/ }).click();
    await page.getByRole("tab", { name: "Wie komt" }).waitFor();
    await shot(page, `session-sheet-${viewport.width}`);
    await clean(page);
    for (const tab of ["Agenda", "Wat eruit kwam"]) {
      await page.getByRole("tab", { name: tab }).click();
      await clean(page);
    }
    await page.context().close();
  }
});

await test("the composer proposes, and a proposal becomes a session", async () => {
  const page = await open(place, an);
  await to(page, "/session/compose");
  await page.getByRole("heading", { name: "Sessie 1" }).waitFor();
  await shot(page, "session-compose");
  await clean(page);
  await page.getByRole("button", { name: "Plan deze sessie" }).first().click();
  await page.getByLabel("Titel").fill("Voorgesteld door het plan");
  await page.getByRole("button", { name: "Plan het" }).click();
  await page.getByRole("heading", { name: "Voorgesteld door het plan" }).waitFor();
  await page.getByText(/wegens/).first().waitFor();
  await page.context().close();
});

let code;
await test("the coordinator opens the room and shows the wall", async () => {
  const page = await open(place, an);
  await to(page, `/session/${id}`);
  await page.getByRole("button", { name: "Uitnodigen" }).click();
  await page.getByRole("button", { name: "Zaal openen" }).click();
  await page.getByRole("link", { name: "Toon de wand" }).click();
  await page.waitForSelector(".qr");
  code = (await page.locator(".wall-door .code").textContent()).trim();
  match(code, /^[A-Z]{6}$/);
  await page.context().close();
});

await test("two phones say what they have and look for; the wall shows that it fits without being touched", async () => {
  const wall = await open(place, an, { viewport: desktop });
  await to(wall, `/session/${id}/wall`);
  const phones = [];
  for (const [name, side, words] of [["Jan", "heb iets", "houtzaagsel"], ["Els", "zoek iets", "zaagsel"]]) {
    const page = await open(place, null, { viewport: phone });
    phones.push(page);
    await to(page, "/meet");
    await page.getByLabel("Code").fill(code.toLowerCase());
    await page.getByRole("button", { name: "Ga binnen" }).click();
    await page.getByLabel("Je naam").fill(name);
    await page.getByRole("button", { name: "Ga binnen" }).click();
    await page.getByRole("button", { name: side }).click();
    await page.getByLabel(/Wat (heb|zoek) je/).fill(words);
    await page.getByRole("button", { name: "Hang het op de wand" }).click();
    await page.getByRole("heading", { name: words, exact: true }).waitFor();
    await clean(page);
  }
  await wall.locator(".wall-matches li").waitFor();
  match(await wall.locator(".wall-matches li").textContent(), /houtzaagsel.*Jan.*zaagsel.*Els/);
  await shot(wall, "session-wall");
  await clean(wall);
  const [jan] = phones;
  await jan.getByRole("heading", { name: /Els zoekt: zaagsel/ }).waitFor();
  await wall.getByText("Eén kans heeft nog niemand.").waitFor();
  await jan.getByText("Voor je vertrekt: één ding dat past heeft nog niemand.").click();
  await jan.getByText("Wie neemt dit op, en wat is de volgende stap?").click();
  equal(await jan.getByLabel("Wie neemt het op?").inputValue(), "Jan");
  await jan.getByLabel("Wie neemt het op?").fill("Jan en Els");
  await jan.getByLabel("Volgende stap").fill("Staal brengen");
  await jan.getByRole("button", { name: "Afgesproken" }).click();
  ok(await jan.getByLabel("Voor welke dag?").evaluate((field) => !field.validity.valid), "a day is asked for");
  await jan.getByLabel("Voor welke dag?").fill("2027-01-21");
  await shot(jan, "session-phone");
  await clean(jan);
  await jan.getByRole("button", { name: "Afgesproken" }).click();
  await wall.getByText(/Jan en Els · Staal brengen · voor 21 januari 2027/).waitFor();
  await wall.getByText("Eén kans heeft nog niemand.").waitFor({ state: "detached" });
  await jan.getByText(/Voor je vertrekt/).waitFor({ state: "detached" });
  for (const one of phones) await one.getByText(/Jan en Els · Staal brengen · voor 21 januari 2027/).waitFor();
  for (const page of [...phones, wall]) await page.context().close();
});

await test("a code held before the camera goes into the words; without a camera one is told so", async () => {
  const page = await open(place, null, { viewport: phone });
  // This browser reads no codes by itself and has no camera: both are lent to it.
  await page.addInitScript(() => {
    window.BarcodeDetector = class { detect() { return Promise.resolve([{ rawValue: "zaagsel 03 01 05" }]); } };
    Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: () => (window.hasCamera ? Promise.resolve(document.createElement("canvas").captureStream()) : Promise.reject(new Error("none"))) } });
    HTMLMediaElement.prototype.play = () => Promise.resolve();
  });
  await to(page, `/meet/${code}`);
  await page.getByLabel("Je naam").fill("Mo");
  await page.getByRole("button", { name: "Ga binnen" }).click();
  await page.getByRole("button", { name: "Scan een code" }).click();
  await page.getByText("De camera kan hier niet gebruikt worden").waitFor();
  await clean(page);
  await page.getByRole("button", { name: "Sluiten" }).click();
  await page.evaluate(() => { window.hasCamera = true; });
  await page.getByRole("button", { name: "Scan een code" }).click();
  await page.waitForFunction(() => document.querySelector("#f-words").value === "zaagsel 03 01 05");
  await page.context().close();
});

/** Somebody says something by the API, as a phone does. */
async function says(name, organisation, ...entries) {
  const { json: { token } } = await place.anybody.post(`/rooms/${code}/people`, { name, organisation });
  for (const [side, words] of entries) equal((await place.anybody.post(`/rooms/${code}/entries`, { side, words }, { "X-Knoop-Room": token })).status, 201);
}

await test("before it is closed one goes through what has nobody, at both sizes: taken on, laid aside, or the next one first", async () => {
  await says("Ali", "Werf", ["have", "pallets"], ["want", "vergaderzaal"], ["have", "kartonnen dozen"], ["want", "emmers"]);
  await says("Bea", "Drukkerij", ["want", "pallets"], ["have", "vergaderzaal op vrijdag"], ["want", "kartonnen dozen"], ["have", "emmers"]);
  for (const [viewport, colorScheme] of [[phone, "dark"], [desktop, "light"]]) {
    const page = await open(place, an, { viewport, colorScheme });
    await to(page, `/session/${id}`);
    const before = (await an.get(`/meetings/${id}`)).json.open_count;
    ok(before >= 2);
    await page.getByText(`${before} kansen hebben nog niemand.`).waitFor();
    await shot(page, `session-open-${viewport.width}`);
    await clean(page);
    await page.getByRole("button", { name: "Sessie afsluiten" }).click();
    const box = page.getByRole("dialog", { name: "Wie neemt dit op?" });
    await box.getByText(`Nog ${before} te gaan.`).waitFor();
    await shot(page, `session-closing-${viewport.width}`);
    await clean(page);
    const first = await box.getByRole("heading", { level: 3 }).textContent();
    await box.getByRole("button", { name: "Eerst een andere" }).click();
    await box.getByRole("heading", { level: 3 }).filter({ hasNotText: first }).waitFor();
    const second = await box.getByRole("heading", { level: 3 }).textContent();
    await box.getByRole("button", { name: "Ali toevoegen" }).click();
    await box.getByRole("button", { name: "Bea toevoegen" }).click();
    await box.getByLabel("Volgende stap").fill("Maandag bellen");
    await box.getByRole("button", { name: "Afgesproken" }).click();
    ok(await box.getByLabel("Voor welke dag?").evaluate((field) => !field.validity.valid), "a next step has a day");
    await box.getByLabel("Voor welke dag?").fill("2027-02-01");
    await box.getByRole("button", { name: "Afgesproken" }).click();
    await box.getByRole("heading", { level: 3 }).filter({ hasNotText: second }).waitFor();
    const taken = (await an.get(`/meetings/${id}`)).json.opportunities.find(({ title }) => title === second);
    deepEqual([taken.owners, taken.next_step, taken.due, taken.status], ["Ali, Bea", "Maandag bellen", "2027-02-01", "taken"]);
    await box.getByRole("button", { name: "Opzijleggen" }).click();
    await box.getByRole("button", { name: "Opzijleggen" }).click();
    ok(await box.getByLabel("Waarom leg je het opzij?").evaluate((field) => !field.validity.valid), "a reason is asked for");
    await box.getByLabel("Waarom leg je het opzij?").fill("Te ver weg");
    await shot(page, `session-aside-${viewport.width}`);
    await clean(page);
    await box.getByRole("button", { name: "Opzijleggen" }).click();
    await waitFor(async () => (await an.get(`/meetings/${id}`)).json.open_count === before - 2);
    if (before > 2) await box.getByText(/Nog (één|\d+) te gaan/).waitFor();
    else await page.getByRole("dialog", { name: "Deze sessie afsluiten?" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "Wat eruit kwam" }).click();
    await page.getByRole("heading", { name: "Opzijgelegd" }).waitFor();
    await shot(page, `session-outcome-${viewport.width}`);
    await clean(page);
    await page.context().close();
  }
  for (const one of (await an.get(`/meetings/${id}`)).json.opportunities.filter(({ is_open }) => is_open))
    await an.put(`/meetings/${id}/opportunities/${one.opportunity_id}`, { status: "dropped", reason: "Elders al geregeld" });
});

await test("closing asks first, minds what comes up meanwhile, and sends phones away", async () => {
  const page = await open(place, an);
  await to(page, `/session/${id}`);
  await page.getByRole("button", { name: "Sessie afsluiten" }).click();
  const sure = page.getByRole("dialog", { name: "Deze sessie afsluiten?" });
  await sure.getByText("Alles wat bovenkwam is opgenomen of opzijgelegd.").waitFor();
  await clean(page);
  await says("Cas", "Garage", ["have", "autobanden"], ["want", "tonnen"], ["have", "stellingen"]);
  await says("Dia", "Tuinbouw", ["want", "autobanden"], ["have", "tonnen"], ["want", "stellingen"]);
  await sure.getByRole("button", { name: "Sessie afsluiten" }).click();
  const more = page.getByRole("dialog", { name: "Wie neemt dit op?" });
  const { json: { open_count: come } } = await an.get(`/meetings/${id}`);
  ok(come >= 3);
  await more.getByText(`Nog ${come} te gaan.`).waitFor();
  equal((await an.get(`/meetings/${id}`)).json.status, "open");
  deepEqual(page.wrong.filter((line) => !/409/.test(line)), []);
  await more.getByRole("button", { name: "Opzijleggen" }).click();
  await more.getByLabel("Waarom leg je het opzij?").fill("Voor een volgende keer");
  await more.getByLabel(`en de ${come - 1} andere ook, om dezelfde reden`).check();
  await more.getByRole("button", { name: "Opzijleggen" }).click();
  await sure.getByRole("button", { name: "Sessie afsluiten" }).click();
  await page.getByText("gehouden").first().waitFor();
  const late = await open(place, null, { viewport: phone });
  await late.goto(`${place.url}/meet/${code}`);
  await late.getByText("Deze zaal is gesloten").waitFor();
  equal((await an.get(`/meetings/${id}`)).json.status, "held");
  ok(late.wrong.every((line) => /404/.test(line)));
});

await done();
