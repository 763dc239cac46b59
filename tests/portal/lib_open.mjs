// The portal of a region with a plan, opened in a browser: what tests that look and tests that use share.
import { region, serve, browser, equal, ok, root } from "./lib.mjs";
import { join } from "node:path";

export const place = await serve(await region({ plan: true }), ["--background", join(root, "data/regions/poort-genk/background")]);
export const seen = await browser();
// All that was asked for has come, and the room has its title.
export const settled = (page) => page.waitForFunction(() => !document.querySelector("[aria-busy=true]") && document.querySelector("main h1"));
export async function open(path, options = {}, someone = null) {
  const page = await seen.page(place, someone, options);
  await page.goto(place.url + path);
  await settled(page);
  return page;
}
// Nothing from elsewhere, no error in the console, nothing beside the screen.
export async function calm(page) {
  equal(page.foreign.join(), "");
  equal(page.wrong.join(), "");
  ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth + 1), "the page scrolls sideways");
}
