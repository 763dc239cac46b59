// Two partners and a coordinator, from "zaagsel" to an introduction, within the pages; axe on each of them.
import { axe, browser, deepEqual, desktop, done, equal, ok, phone, region, serve, shot, test } from "./lib.mjs";

const chromium = await browser();
const place = await serve(await region({
  edit: (table, row) => {
    if (table === "need" && row.need_id === "n-norbord-wood-fibre") Object.assign(row, { disclosure: "broker", description: "hidden-marker-4711" });
  },
}));
const gielen = await place.signIn("partner", { actors: ["gielen"], name: "An Gielen" });
const norbord = await place.signIn("partner", { actors: ["norbord"], name: "Bo Norbord" });
const broker = await place.signIn("coordinator", { name: "Coördinator" });
const left = await chromium.page(place, gielen, { viewport: phone });
const right = await chromium.page(place, norbord, { viewport: desktop });
const middle = await chromium.page(place, broker, { viewport: desktop, colorScheme: "dark" });

const open = async (page, path) => { await page.goto(`${place.url}${path}`); await page.waitForSelector("h1"); };
const clean = async (page, name) => {
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  await shot(page, name);
  deepEqual(await axe(page), [], name);
  equal(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true, `${name} is no wider than the screen`);
};
const press = (page, name) => page.getByRole("button", { name }).click();

await test("everybody searches; the public sees what is open and who takes such things elsewhere", async () => {
  const anybody = await chromium.page(place, null, { viewport: phone });
  await open(anybody, "/chances");
  await anybody.getByRole("searchbox").fill("zaagsel");
  await anybody.getByText("We begrijpen het als").waitFor();
  await anybody.getByText("Wie elders zoiets afneemt").waitFor();
  await anybody.waitForURL((url) => url.searchParams.get("q") === "zaagsel");
  ok(!(await anybody.content()).includes("hidden-marker"));
  await clean(anybody, "public-phone");
  deepEqual([anybody.foreign, anybody.wrong], [[], []]);
});

let seconds;
await test("an offer in three steps on a phone, and what fits within a second", async () => {
  await open(left, "/chances?q=zaagsel");
  await left.getByRole("link", { name: "Dit heb ik" }).click();
  await left.getByText("onbehandeld houtafval (A)").waitFor();
  await clean(left, "entry-1-phone");
  await press(left, "Verder");
  await left.getByLabel("Hoeveel?").fill("een vrachtwagen per week");
  await left.locator("p.understood", { hasText: "1.140 t per jaar" }).waitFor();
  await left.waitForFunction(() => document.querySelector("[name=site]").value === "gielen");
  await clean(left, "entry-2-phone");
  await press(left, "Verder");
  await left.getByLabel("Wat gebeurt er vandaag mee?").selectOption("incineration");
  await left.getByLabel("Wat kost dat je?").fill("40.000");
  await clean(left, "entry-3-phone");
  const began = Date.now();
  await press(left, "Bewaar en zie wat past");
  await left.getByRole("heading", { name: /kansen? die pas/ }).waitFor();
  await left.locator(".card").first().waitFor();
  seconds = (Date.now() - began) / 1000;
  console.log(`# from saving to matches on the screen: ${seconds.toFixed(2)} s`);
  await clean(left, "matches-phone");
  ok(!/hidden-marker|Norbord/.test(await left.locator(".card", { hasText: "verborgen" }).first().innerText()));
});

await test("asking for an introduction from a card", async () => {
  await left.locator(".card", { hasText: "verborgen" }).first().getByRole("button", { name: "Vraag een kennismaking" }).click();
  await left.getByLabel("Een woordje voor de coördinator").fill("Wij hebben elke week een vracht schoon zaagsel.");
  await clean(left, "ask-phone");
  await left.getByRole("dialog").getByRole("button", { name: "Vraag het" }).click();
  await left.getByText("Je vraag ligt bij de coördinator.").waitFor();
  await clean(left, "asked-phone");
});

await test("the coordinator puts it to the other side", async () => {
  await open(middle, "/chances/introductions");
  await middle.getByRole("link", { name: /Gielen Recycling en Norbord/ }).click();
  await middle.getByText("schoon zaagsel").first().waitFor();
  await clean(middle, "broker-dark");
  await press(middle, "Opnemen: vraag het aan de andere kant");
  await middle.getByText("De andere kant is gevraagd").waitFor();
});

await test("the other side says yes, and both reveal themselves step by step", async () => {
  await open(right, "/chances/introductions");
  ok(!(await right.content()).includes("Gielen"));
  await right.locator(".rows a").first().click();
  await right.getByText("De coördinator vraagt je iets.").waitFor();
  await clean(right, "asked-desktop");
  await press(right, "Ja, laten we kennismaken");
  for (const [page, name] of [[right, "Toon je sector"], [left, "Toon je sector"], [right, "Toon je naam"], [left, "Toon je naam"], [right, "Toon hoe men je bereikt"], [left, "Toon hoe men je bereikt"]]) {
    if (page === left) await left.reload();
    if (name === "Toon je naam" && page === left) ok(!(await left.content()).includes("Norbord"), "the name is not shown before both show it");
    await press(page, name);
    await page.getByText("Gebeurd.").first().waitFor();
  }
  await left.getByText("Jullie kennen elkaar").waitFor();
  await left.getByText("Bo Norbord").first().waitFor();
  await clean(left, "introduced-phone");
  await right.reload();
  await right.getByText("An Gielen").first().waitFor();
  await clean(right, "introduced-desktop");
});

await test("the coordinator makes a case of it, with both as partners", async () => {
  await middle.reload();
  await press(middle, "Maak er een zaak van");
  await middle.getByRole("link", { name: "Naar de zaak" }).click();
  await middle.waitForURL(/\/cases\/\d+/);
});

await test("own offers and needs, and a draft of what has no place yet", async () => {
  await open(left, "/chances/new");
  await left.getByLabel("Wat heb je?", { exact: true }).fill("vrachtwagen die leeg terugrijdt");
  await left.getByText("Nieuw in deze regio").waitFor();
  await press(left, "Bewaar zoals het is");
  await left.getByText("Nog niet volledig").waitFor();
  await left.getByText("14.000 t per jaar (schatting)").waitFor(); // ours, of what is theirs
  await clean(left, "mine-phone");
  await open(middle, "/chances/mine");
  await middle.getByText("vrachtwagen die leeg terugrijdt").first().waitFor();
  await clean(middle, "mine-broker-dark");
  for (const page of [left, right, middle]) deepEqual([page.foreign, page.wrong], [[], []]);
});

await done();
