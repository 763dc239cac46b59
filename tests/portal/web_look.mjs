// The portal in a browser, looked at: knot, map, pages of a resource and a company, signing in; at both sizes, light and dark, judged by axe.
// KN_SHOTS=folder keeps pictures.
import { region, serve, browser, axe, shot, test, done, equal, ok, phone, desktop, root } from "./lib.mjs";
import { join } from "node:path";

const place = await serve(await region({ plan: true }), ["--background", join(root, "data/regions/poort-genk/background")]);
const seen = await browser();
const settled = (page) => page.waitForFunction(() => !document.querySelector("[aria-busy=true]") && document.querySelector("main h1"));
async function open(path, options = {}, someone = null) {
  const page = await seen.page(place, someone, options);
  await page.goto(place.url + path);
  await settled(page);
  return page;
}
async function calm(page) {
  equal(page.foreign.join(), "");
  equal(page.wrong.join(), "");
  ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth + 1), "the page scrolls sideways");
}

const rooms = { knot: "/knot", today: "/knot?view=today", tonnes: "/knot?width=t", map: "/map", site: "/map?pick=site%3Aaperam", resource: "/resource/steam", company: "/company/aperam", "sign-in": "/account/sign-in", nowhere: "/nothing" };
for (const [name, path] of Object.entries(rooms))
  for (const [size, viewport] of Object.entries({ phone, desktop }))
    for (const colorScheme of ["light", "dark"])
      await test(`${name}, ${size}, ${colorScheme}: no finding of axe, nothing from elsewhere, nothing beside the screen`, async () => {
        const page = await open(path, { viewport, colorScheme });
        if (path.startsWith("/map")) await page.waitForTimeout(1500);
        await shot(page, `${name}-${size}-${colorScheme}`);
        equal((await axe(page)).join("\n"), "");
        await calm(page);
        await page.context().close();
      });

await done();
