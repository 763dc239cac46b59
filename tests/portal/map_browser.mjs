// The map of a region that is too large to come whole: what is on the screen is asked for, and no more; what one picks, lists and filters is
// as in a small one.
import { axe, browser, command, deepEqual, desktop, done, equal, folder, match, ok, phone, region, serve, shot, test } from "./lib.mjs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const eyes = await browser();
const write = (name, lines) => { const path = join(folder, name); writeFileSync(path, lines.join("\n") + "\n"); return path; };
const many = Array.from({ length: 2600 }, (_, i) => ({ id: `m${i}`, lon: (5.3 + (i % 52) * 0.01).toFixed(5), lat: (50.8 + Math.floor(i / 52) * 0.007).toFixed(5) }));
const file = await region({ plan: true });
command("--quiet", "import", file, write("actor.csv", ["actor_id,name", ...many.map((one) => `${one.id},Velden ${one.id}`)]));
command("--quiet", "import", file, write("site.csv", ["site_id,actor_id,name,lon,lat", ...many.map((one) => `${one.id},${one.id},Velden ${one.id},${one.lon},${one.lat}`)]));
command("--quiet", "import", file, write("offer.csv", ["offer_id,site_id,resource_id,quantity,disclosure", ...many.map((one, i) => `o-${one.id},${one.id},steam,5,${["public", "broker"][i % 2]}`)]));
const place = await serve(file);
const calm = (page) => { deepEqual(page.foreign, []); deepEqual(page.wrong, []); };
const numbers = (text) => (text.replaceAll(/[.\u00a0]/g, "").match(/\d+/g) ?? []).map(Number);

await test("comes by tiles, never as the whole list; closer by, sites have names and open", async () => {
  for (const [name, viewport] of [["desktop", desktop], ["phone", phone]]) {
    const page = await eyes.page(place, null, { viewport });
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url())));
    await page.goto(`${place.url}/map`);
    await page.locator(".map-box canvas").waitFor();
    await page.getByText(/staan hier nog niet bij naam/).waitFor();
    ok(asked.some((one) => one.pathname.startsWith("/api/v1/map/tiles/")));
    ok(!asked.some((one) => one.pathname === "/api/v1/sites" || /\/plans\/\d+\/ties/.test(one.pathname)), asked.map(String).join("\n"));
    ok(asked.filter((one) => one.pathname.startsWith("/api/v1/map/tiles/")).length <= 64);
    await page.locator(".map-box[data-drawn]").waitFor();
    if (name === "desktop") deepEqual(await axe(page), []);
    await shot(page, `map-large-${name}`);
    await page.goto(`${place.url}/map?at=5.5,50.95,14.5`);
    const row = page.locator(".map-list [data-row]").filter({ hasText: "Velden" }).first();
    await row.waitFor();
    await page.locator(".map-box[data-drawn]").waitFor();
    await shot(page, `map-near-${name}`);
    // By its address: other rows may come before it meanwhile.
    const href = await row.getAttribute("href"), title = `Velden ${decodeURIComponent(href).match(/site:(m\d+)/)[1]}`;
    await page.locator(`.map-list [data-row][href="${href}"]`).click();
    await page.getByRole("heading", { level: 2, name: title }).waitFor();
    calm(page);
  }
});

await test("filters go along to the server, and count what one may see", async () => {
  const page = await eyes.page(place, null, { viewport: desktop });
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url())));
  await page.goto(`${place.url}/map?class=energy&resource=steam`);
  await page.locator(".map-box canvas").waitFor();
  await page.getByText(/staan hier nog niet bij naam/).waitFor();
  const tiles = asked.filter((one) => one.pathname.startsWith("/api/v1/map/tiles/"));
  ok(tiles.length > 0 && tiles.every((one) => one.searchParams.get("class") === "energy" && one.searchParams.get("resource_id") === "steam"));
  const counts = await Promise.all(tiles.map(async (one) => (await (await fetch(one)).json()).count));
  const shown = numbers(await page.locator(".map-list > p.quiet").first().textContent());
  ok(shown.includes(counts.reduce((sum, one) => sum + one, 0)), `${shown} ${counts}`);
  ok(shown[0] <= 1300 + 250); // half of them are hidden
  await page.locator(".map-list input").fill("m17");
  await page.locator(".map-list [data-row]").filter({ hasText: "Velden m17" }).first().waitFor();
  calm(page);
});

await test("a site by its address, before its tile is there", async () => {
  const page = await eyes.page(place, null, { viewport: desktop });
  await page.goto(`${place.url}/map?pick=site%3Am100`);
  await page.getByRole("heading", { level: 2, name: "Velden m100" }).waitFor();
  await page.locator(".map-detail .map-held").first().waitFor();
  match(await page.locator(".map-detail").textContent(), /5\s*MWh/);
  calm(page);
});

await done();
