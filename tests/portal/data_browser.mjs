// The room of data as a browser has it: edited in the cell, by keyboard, pasted, undone; refusals in their cell; notes; search; at both
// sizes and in both themes, without findings of axe.
import { axe, browser, deepEqual, desktop, done, equal, match, ok, phone, region, serve, shot, test } from "./lib.mjs";

const place = await serve(await region());
const an = await place.signIn("coordinator", { name: "An" });
const { page: open } = await browser();
const clean = async (page) => {
  deepEqual(await axe(page), []);
  deepEqual(page.foreign, []);
  deepEqual(page.wrong.filter((line) => !/422|412|409/.test(line)), []); // what was refused on purpose
};
const to = async (page, path) => { await page.goto(`${place.url}${path}`); await page.waitForSelector("main h1"); };
const offers = (await an.get("/tables/offer/rows?limit=3")).json.items;
const quantity = async (row) => (await an.get(`/tables/offer/rows/${row.row_key}`)).json.quantity;
/* The cell of a row and column, by their places. */
const columns = (await an.get("/tables")).json.items.find((one) => one.name === "offer").columns.map((one) => one.name);
const cell = (page, y, column) => page.locator(`[data-cell="${y}.${columns.indexOf(column)}"]`);
const paste = (page, text) => page.evaluate((clip) => {
  const data = new DataTransfer();
  data.setData("text/plain", clip);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}, text);
const until = async (what, value) => {
  const began = performance.now();
  while ((await what()) !== value && performance.now() - began < 240_000) await new Promise((yes) => setTimeout(yes, 50));
  equal(await what(), value);
};

await test("the overview, a table, findings, sources, import and changes, at both sizes and in both themes", async () => {
  for (const [viewport, colorScheme] of [[desktop, "light"], [phone, "dark"]]) {
    const page = await open(place, an, { viewport, colorScheme });
    await to(page, "/data");
    await page.getByRole("link", { name: /Aanbod/ }).first().waitFor();
    await shot(page, `data-${viewport.width}`);
    await clean(page);
    for (const tab of ["Bevindingen", "Bronnen", "Importeren", "Wijzigingen"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page.waitForFunction((words) => document.querySelector("main [role=tab][aria-selected=true]")?.textContent.includes(words) && !document.querySelector("main .skeleton, main [aria-busy=true]"), tab);
      await shot(page, `data-${tab}-${viewport.width}`);
      await clean(page);
    }
    await to(page, "/data/offer");
    await cell(page, 0, "quantity").waitFor();
    await shot(page, `data-offer-${viewport.width}`);
    await clean(page);
    await page.context().close();
  }
});

for (const [viewport, size] of [[desktop, "desktop"], [phone, "phone"]]) {
  await test(`a cell is edited where it stands, by keyboard, and undone (${size})`, async () => {
    const page = await open(place, an, { viewport });
    let turns = 0;
    page.on("requestfinished", (request) => { turns += request.url().endsWith("/edits/undo"); });
    await to(page, "/data/offer");
    const first = cell(page, 0, "quantity"), before = await quantity(offers[0]);
    await first.dblclick();
    await page.locator("input.cell-edit").fill("1.234,5");
    await page.keyboard.press("Enter");
    await until(() => quantity(offers[0]), 1234.5);
    await page.waitForFunction(() => document.activeElement?.matches("[data-cell^='1.']")); // down
    await page.getByText(/Bewaard/).first().waitFor();
    await clean(page);
    // Escape leaves it as it was.
    await page.keyboard.press("F2");
    await page.locator("input.cell-edit").fill("7");
    await page.keyboard.press("Escape");
    equal(await page.locator("input.cell-edit").count(), 0);
    equal(await quantity(offers[1]), offers[1].quantity);
    // A figure begins the edit; Tab saves and goes on.
    await page.keyboard.type("88");
    await page.keyboard.press("Tab");
    await until(() => quantity(offers[1]), 88);
    await page.waitForFunction((at) => document.activeElement?.dataset.cell === at, `1.${columns.indexOf("quantity") + 1}`);
    await page.keyboard.press("Control+z");
    await until(() => quantity(offers[1]), offers[1].quantity);
    await page.locator("[data-cell][tabindex='0']").focus();
    await page.keyboard.press("Control+z");
    await until(() => quantity(offers[0]), before);
    await page.locator("[data-cell][tabindex='0']").focus();
    await page.keyboard.press("Control+Shift+z"); // undo of undo
    await until(() => quantity(offers[0]), 1234.5);
    // Pressed at once after one another, each counts.
    await page.locator("[data-cell][tabindex='0']").focus();
    for (const keys of ["Control+z", "Control+Shift+z", "Control+z"]) await page.keyboard.press(keys);
    await until(async () => turns, 6); // with the three from before, whose answers may come after what they did is seen
    equal(await quantity(offers[0]), before);
    await page.context().close();
  });

  await test(`a refusal stays in its cell with its reason (${size})`, async () => {
    const page = await open(place, an, { viewport });
    await to(page, "/data/offer");
    await cell(page, 0, "quantity").dblclick();
    await page.locator("input.cell-edit").fill("veel");
    await page.keyboard.press("Enter");
    await page.locator(".cell-error").waitFor();
    match(await page.locator(".cell-error").textContent(), /“veel” is geen getal/);
    await shot(page, `data-wrong-${viewport.width}`);
    await clean(page);
    equal(await quantity(offers[0]), offers[0].quantity);
    await page.context().close();
  });

  await test(`cells are pasted from a spreadsheet, all or none, and undone at once (${size})`, async () => {
    const page = await open(place, an, { viewport });
    await to(page, "/data/offer");
    await cell(page, 0, "quantity").focus();
    await paste(page, "11,5\r\n12,5\r\nveel\r\n");
    await page.getByText(/Rij 3, Hoeveelheid/).waitFor();
    await shot(page, `data-paste-wrong-${viewport.width}`);
    await clean(page);
    equal(await quantity(offers[0]), offers[0].quantity);
    await page.getByRole("button", { name: "Sluit" }).first().click();
    await cell(page, 0, "quantity").focus();
    await paste(page, "11,5\r\n12,5\r\n1.313,5\r\n");
    await until(() => quantity(offers[2]), 1313.5);
    equal(await quantity(offers[0]), 11.5);
    await page.getByText(/Geplakt: 3/).waitFor();
    await page.getByRole("button", { name: "Ongedaan maken" }).first().click();
    await until(() => quantity(offers[0]), offers[0].quantity);
    equal(await quantity(offers[2]), offers[2].quantity);
    // By the names in the first line, in whatever order.
    await page.locator("[data-cell][tabindex='0']").focus();
    await paste(page, `Omschrijving\toffer_id\n"Uit een\tblad"\t${offers[1].row_key}\n`);
    await until(async () => (await an.get(`/tables/offer/rows/${offers[1].row_key}`)).json.description, "Uit een\tblad");
    await page.context().close();
  });
}

await test("a row is added, its panel takes a comment, its history can be taken back", async () => {
  const page = await open(place, an);
  await to(page, "/data/actor");
  await page.getByRole("button", { name: "Rij toevoegen" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Toevoegen" }).click();
  await dialog.getByText("mag niet leeg blijven").waitFor();
  await clean(page);
  await dialog.getByLabel(/^Naam/).fill("Houtzagerij De Proef");
  await dialog.getByRole("button", { name: "Toevoegen" }).click();
  await dialog.waitFor({ state: "detached" });
  const added = (await an.get("/tables/actor/rows?has.name=De Proef")).json.items[0];
  await to(page, `/data/actor?q=De+Proef&row=${added.row_key}`);
  const panel = page.locator(".data-panel");
  await panel.getByLabel("Je opmerking").fill("Klopt de naam?");
  await panel.getByRole("button", { name: "Plaatsen" }).click();
  await panel.getByText("Klopt de naam?").waitFor();
  await panel.getByText(/voegde deze rij toe/).waitFor();
  await shot(page, "data-panel");
  await clean(page);
  await panel.getByRole("button", { name: "Afgehandeld" }).click();
  await panel.getByText("Afgehandeld door An").waitFor();
  await panel.getByRole("button", { name: "Dit terugdraaien" }).click();
  await until(async () => (await an.get(`/tables/actor/rows/${added.row_key}`)).status, 404);
  await page.context().close();
});

await test("search by / from anywhere; the address restores it", async () => {
  for (const viewport of [desktop, phone]) {
    const page = await open(place, viewport === phone ? null : an, { viewport });
    await to(page, "/data");
    await page.keyboard.press("/");
    await page.waitForURL(/\/search/);
    await page.getByRole("searchbox").fill("zaagsel");
    await page.getByRole("heading", { name: /Materialen/ }).waitFor();
    await page.waitForURL(/q=zaagsel/);
    await shot(page, `search-${viewport.width}`);
    await clean(page);
    await page.reload();
    await page.getByRole("heading", { name: /Materialen/ }).waitFor();
    await page.getByRole("searchbox").fill("houthalen");
    await page.locator("a.row", { hasText: /^Houthalen-Helchterengemeente$/ }).waitFor(); // words, not codes
    await page.getByRole("searchbox").fill("xyzzyxyzzy");
    await page.getByText(/Niets dat je mag zien/).waitFor();
    await page.context().close();
  }
});

await test("a visitor reads, and changes nothing", async () => {
  const page = await open(place, null);
  await to(page, "/data/offer");
  await cell(page, 0, "quantity").dblclick();
  equal(await page.locator(".cell-edit").count(), 0);
  equal(await page.getByRole("button", { name: "Rij toevoegen" }).count(), 0);
  await clean(page);
  ok((await page.locator("tbody tr").count()) > 0);
  await page.context().close();
});

await done();
