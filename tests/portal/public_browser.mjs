// The public page as a citizen sees it, also in a frame of another page; and the coordinator who writes for it.
import { createServer } from "node:http";
import { axe, browser, deepEqual, desktop, done, finally_, ok, phone, region, serve, shot, test } from "./lib.mjs";

const place = await serve(await region());
const an = await place.signIn("coordinator", { name: "An" });
const { page: open } = await browser();
const clean = async (page) => {
  deepEqual(await axe(page), []);
  deepEqual(page.foreign, []);
  deepEqual(page.wrong, []);
};

await test("the coordinator writes a story, everybody reads it", async () => {
  const page = await open(place, an);
  await page.goto(`${place.url}/public/stories`);
  await page.getByRole("button", { name: "Nieuw verhaal" }).click();
  await page.getByLabel("Titel, in het Nederlands").fill("De hal die wachtte");
  await page.getByLabel("Tekst, in het Nederlands").fill("Een school leent een lege hal.\nWie wil volgt.");
  await clean(page);
  await page.getByRole("button", { name: "Publiceren" }).click();
  await page.getByRole("heading", { name: "De hal die wachtte" }).waitFor();
  for (const viewport of [desktop, phone]) {
    const citizen = await open(place, null, { viewport });
    await citizen.goto(`${place.url}/public/genk`);
    await citizen.getByRole("heading", { name: "De hal die wachtte" }).waitFor();
    await shot(citizen, `public-${viewport.width}`);
    await clean(citizen);
  }
});

await test("it stands in a frame of another site, without the rail", async () => {
  const page = await open(place, null);
  const other = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html");
    answer.end(`<title>Stad</title><iframe src="${place.url}/public/genk?embed=1" title="Genk" width="800" height="600"></iframe>`);
  });
  await new Promise((yes) => other.listen(0, "127.0.0.1", yes));
  finally_(() => other.close());
  await page.goto(`http://127.0.0.1:${other.address().port}/`);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("heading", { name: "De hal die wachtte" }).waitFor();
  ok(!(await frame.locator(".rail").isVisible()));
});

await done();
