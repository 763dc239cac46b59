// A session from plan to agreement, as those in it see it: the coordinator at a desk and at the wall, two people with phones.
import { axe, browser, deepEqual, desktop, done, equal, match, ok, phone, region, serve, shot, test } from "./lib.mjs";

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
  await jan.getByText("Samen opnemen").click();
  await jan.getByLabel("Wie neemt het op?").fill("Jan en Els");
  await jan.getByLabel("Volgende stap").fill("Staal brengen");
  await shot(jan, "session-phone");
  await clean(jan);
  await jan.getByRole("button", { name: "Afgesproken" }).click();
  await wall.getByText(/Jan en Els · Staal brengen/).waitFor();
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

await test("closing asks first, and sends phones away", async () => {
  const page = await open(place, an);
  await to(page, `/session/${id}`);
  await page.getByRole("button", { name: "Sessie afsluiten" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sessie afsluiten" }).click();
  await page.getByText("gehouden").first().waitFor();
  const late = await open(place, null, { viewport: phone });
  await late.goto(`${place.url}/meet/${code}`);
  await late.getByText("Deze zaal is gesloten").waitFor();
  equal((await an.get(`/meetings/${id}`)).json.status, "held");
  ok(late.wrong.every((line) => /404/.test(line)));
});

await done();
