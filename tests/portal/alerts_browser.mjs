// Alerts as people see them: why in one sentence, one step, laid aside with a reason and back; at both sizes, in both languages.
import { axe, browser, command, deepEqual, desktop, done, equal, match, ok, phone, region, serve, shot, test } from "./lib.mjs";

const sight = await browser();
const place = await serve(await region({ plan: true }));
const chief = await place.signIn("coordinator", { name: "Lut Claes" });
const partner = await place.signIn("partner", { actors: ["carglass"] });
const calm = (page) => { deepEqual(page.foreign, []); deepEqual(page.wrong, []); };
const item = (page, words) => page.locator(".today > li").filter({ hasText: words }).first();

await test("never checked: one step checks, and what was found is on the list", async () => {
  const page = await sight.page(place, chief, { viewport: desktop });
  await page.goto(`${place.url}/today`);
  await item(page, "De gegevens zijn nooit nagekeken").getByRole("link", { name: /Laat ze nakijken/ }).click();
  await page.getByText(/^Nagekeken op|Nagekeken op/).first().waitFor();
  await page.goto(`${place.url}/today`);
  const outliers = item(page, "Cijfers ver van die van soortgenoten");
  await outliers.waitFor();
  match(await outliers.locator(".why").textContent(), /^\d+ rijen, volgens de controle van .+; de eerste is [^,]+, .+\.$/); // by name
  deepEqual(await axe(page), []);
  await shot(page, "alerts-today");
  await outliers.getByRole("link", { name: /Bekijken/ }).click();
  await page.getByRole("button", { name: "Toon alles" }).waitFor();
  await page.waitForURL(/rule=outlier/);
  const rows = await page.locator("table tbody tr").count();
  await page.getByRole("button", { name: "Toon alles" }).click();
  await page.waitForFunction((n) => document.querySelectorAll("table tbody tr").length > n, rows);
  match(await page.locator("table tbody tr").first().textContent(), /^waarschuwing/); // the gravest first
  deepEqual(await axe(page), []);
  await shot(page, "alerts-findings");
  calm(page);
});

await test("laid aside with a reason, and back", async () => {
  for (const [name, viewport] of [["phone", phone], ["desktop", desktop]]) {
    const page = await sight.page(place, chief, { viewport });
    await page.goto(`${place.url}/today`);
    await item(page, "soortgenoten").getByRole("button", { name: /Opzij leggen/ }).click();
    await page.locator('dialog [name="reason"]').fill("Bekend sinds maart");
    deepEqual(await axe(page), []);
    await page.locator("dialog").getByRole("button", { name: "Opzij leggen", exact: true }).click();
    await page.locator("details.aside summary").click();
    await page.getByText("Bekend sinds maart").waitFor();
    await item(page, "soortgenoten").waitFor({ state: "detached" });
    deepEqual(await axe(page), []);
    await shot(page, `alerts-aside-${name}`);
    await page.locator("details.aside").getByRole("button", { name: /Terug op de lijst/ }).click();
    await item(page, "soortgenoten").waitFor();
    calm(page);
  }
});

await test("a partner reads of what is theirs, in English too, and comes to the row", async () => {
  const page = await sight.page(place, partner, { viewport: phone, locale: "en-GB" });
  await page.goto(`${place.url}/today`);
  const guess = item(page, "What you have, by our estimate");
  await guess.waitFor();
  match(await guess.locator(".why").textContent(), /You know the real ones?\.$/);
  await shot(page, "alerts-partner");
  await guess.getByRole("link", { name: /Give the real figure/ }).click();
  await page.waitForURL(/\/data\/offer\?only=o-carglass/);
  calm(page);
});

await done();
