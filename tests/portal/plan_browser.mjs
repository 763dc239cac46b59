// The plan explorer: ties, why, prices, a what-if that is followed to its end and laid beside the plan; and the flows of today.
import { axe, browser, deepEqual, desktop, done, equal, match, ok, phone, region, serve, shot, test } from "./lib.mjs";

const place = await serve(await region({ plan: true }));
const an = await place.signIn("coordinator", { name: "An" });
const planner = await place.signIn("planner");
const { page: open } = await browser();
const clean = async (page) => {
  deepEqual(await axe(page), []);
  deepEqual(page.foreign, []);
  deepEqual(page.wrong, []);
};
const to = async (page, path) => { await page.goto(`${place.url}${path}`); await page.waitForSelector("main h1"); };

await test("ties, found by words, and why one is in", async () => {
  const page = await open(place, an);
  await to(page, "/plan?find=stelimet");
  await page.getByRole("link", { name: "waarom?" }).first().waitFor();
  await clean(page);
  await page.getByRole("link", { name: "waarom?" }).first().click();
  await page.getByText("Het zit in het plan.").first().waitFor();
  // Ends have names, prices their unit.
  await page.waitForFunction(() => /Stelimet$/.test(document.querySelector("#f-from").value));
  match(await page.locator(".why .facts dd").first().textContent(), /EUR\/t/);
  await shot(page, "plan-why");
  await clean(page);
  await page.context().close();
});

await test("prices on a phone, in the dark", async () => {
  const page = await open(place, an, { viewport: phone, colorScheme: "dark" });
  await to(page, "/plan?tab=prices");
  const worth = page.getByRole("columnheader", { name: /Eén meer is waard/ });
  await worth.waitFor();
  const { x, width } = await worth.boundingBox();
  ok(x + width <= phone.width, "what it is worth is seen without scrolling sideways");
  await shot(page, "plan-prices-phone");
  await clean(page);
  await page.context().close();
});

await test("what if: the plan is made, and laid beside the other", async () => {
  const page = await open(place, an, { viewport: desktop });
  await to(page, "/plan?tab=if");
  await page.getByLabel("Een ton CO2 kost, EUR").fill("150");
  await page.getByLabel("Zonder dit bedrijf").selectOption({ label: "Gielen Recycling" });
  await page.getByRole("button", { name: "Maak het plan" }).click();
  await page.getByRole("button", { name: "Vergelijk" }).first().waitFor();
  await page.getByText("Plan: meeste waarde in euro, een ton CO2 aan 150 EUR, zonder Gielen Recycling").waitFor();
  await shot(page, "plan-if");
  await clean(page);
  await page.getByRole("button", { name: "Vergelijk" }).first().click();
  await page.getByText(/koppelingen verschillen/).waitFor();
  await page.getByText("Een ton CO2 kost, EUR: zoals in de regio → 150").waitFor();
  await page.getByText("Valt weg: zoals in de regio → Gielen Recycling").waitFor();
  // No key of a row where people look for a name.
  await page.waitForFunction(() => document.querySelectorAll("main tbody tr").length > 20 && ![...document.querySelectorAll("main tbody")].some((one) => /(^|\s)[onucg]-[a-z0-9-]+/.test(one.innerText)));
  await shot(page, "plan-compare");
  await clean(page);
  await page.context().close();
});

await test("flows of today, folded", async () => {
  const page = await open(place, an);
  await to(page, "/flows?fold=sector");
  // Drawn in the page, so in its type; its name is its own.
  const picture = page.locator(".sankey-picture svg");
  await picture.waitFor();
  equal(await picture.evaluate((one) => getComputedStyle(one.querySelector("text")).fontFamily), await page.evaluate(() => getComputedStyle(document.body).fontFamily));
  ok(await picture.evaluate((one) => one.getAttribute("aria-label").length > 10 && [...one.querySelectorAll("path")].some((path) => getComputedStyle(path).fill !== "rgb(0, 0, 0)")));
  await shot(page, "flows");
  await clean(page);
  await page.context().close();
});

await test("who does not coordinate sees ties and prices, and no tools", async () => {
  const page = await open(place, planner);
  await to(page, "/plan");
  await page.getByRole("tab", { name: "Koppelingen" }).waitFor();
  ok(!(await page.getByRole("tab", { name: "Wat als?" }).isVisible()));
  await clean(page);
});

await done();
