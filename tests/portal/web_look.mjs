// The portal in a browser, looked at: knot, map, pages of a resource and a company, signing in; at both sizes, light and dark, judged by axe.
// KN_SHOTS=folder keeps pictures.
import { axe, shot, test, done, equal, phone, desktop } from "./lib.mjs";
import { calm, place, seen, settled } from "./lib_open.mjs";

// One browser for each size and theme: what it has loaded once, it need not load again.
const pages = new Map();
async function pageOf(viewport, colorScheme) {
  const name = `${viewport.width} ${colorScheme}`;
  if (!pages.has(name)) pages.set(name, await seen.page(place, null, { viewport, colorScheme }));
  return pages.get(name);
}
const rooms = { knot: "/knot", today: "/knot?view=today", tonnes: "/knot?width=t", map: "/map", site: "/map?pick=site%3Aaperam", resource: "/resource/steam", company: "/company/aperam", "sign-in": "/account/sign-in", nowhere: "/nothing" };
for (const [name, path] of Object.entries(rooms))
  for (const [size, viewport] of Object.entries({ phone, desktop }))
    for (const colorScheme of ["light", "dark"])
      await test(`${name}, ${size}, ${colorScheme}: no finding of axe, nothing from elsewhere, nothing beside the screen`, async () => {
        const page = await pageOf(viewport, colorScheme);
        await page.goto(place.url + path);
        await settled(page);
        if (path.startsWith("/map")) await page.locator(".map-box[data-drawn] canvas").waitFor();
        await shot(page, `${name}-${size}-${colorScheme}`);
        equal((await axe(page)).join("\n"), "");
        await calm(page);
      });

await test("in forced colours one still sees where one is", async () => {
  const page = await pageOf(desktop, "light");
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto(place.url + "/knot");
  await settled(page);
  const lines = (selector, side) => page.locator(selector).evaluateAll((all, at) => all.map((one) => [one.matches("[aria-current], [aria-pressed=true]"), getComputedStyle(one)[at] === getComputedStyle(document.body).backgroundColor]), side);
  for (const [selector, side] of [[".rail nav a", "borderLeftColor"], [".choice button", "borderBottomColor"]]) {
    const all = await lines(selector, side);
    equal(all.length > 2 && all.every(([isNow, isUnseen]) => isNow !== isUnseen), true, `${selector} ${JSON.stringify(all)}`);
  }
  await page.emulateMedia({ forcedColors: "none" });
});

await done();
