// The portal in a browser, used: by keyboard and by pointer, signing in, what the URL restores, what goes wrong.
import { region, serve, axe, test, done, equal, ok, match, phone, waitFor } from "./lib.mjs";
import { place, seen, settled, open, calm } from "./lib_open.mjs";

const an = await place.signIn("coordinator", { name: "An Peeters" });

await test("every target on a phone is at least 24 pixels high", async () => {
  const page = await open("/map", { viewport: phone });
  const small = await page.evaluate(() => [...document.querySelectorAll("button, input, select, summary, nav a, a.row, a.button")]
    .map((one) => [one.textContent.trim() || one.getAttribute("aria-label"), one.getBoundingClientRect()]).filter(([, box]) => box.height > 0 && box.height < 24).map(([words]) => words));
  equal(small.join(", "), "");
  await page.context().close();
});

await test("the first tab stop skips to the content", async () => {
  const page = await open("/knot");
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => /inhoud/.test(document.activeElement.textContent));
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "main");
  await page.context().close();
});

await test("? helps and Escape closes; while one types, keys are letters", async () => {
  const page = await open("/map");
  await page.locator("h1").focus();
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open]");
  equal((await axe(page)).join("\n"), "");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog[open]", { state: "detached" });
  await page.keyboard.press("/");
  await page.waitForFunction(() => document.activeElement.type === "search");
  await page.keyboard.type("k?j/");
  equal(await page.inputValue("input[type=search]"), "k?j/");
  await page.waitForFunction(() => document.querySelector("dialog") === null);   // the closed one leaves in its own time; no other comes
  await page.context().close();
});

await test("going to another room takes the focus to its title, and its name to the tab", async () => {
  const page = await open("/knot");
  await page.locator(".rail nav a", { hasText: "Kaart" }).click();
  await page.waitForFunction(() => document.activeElement?.tagName === "H1" && document.activeElement.textContent === "Kaart");
  match(await page.title(), /^Kaart – /);
  await page.goBack();
  await page.waitForFunction(() => document.activeElement?.textContent === "De knoop");
  await calm(page);
  await page.context().close();
});

await test("the knot: arrows walk along the ribbons, Enter keeps one in the URL, the table follows, Escape lets go", async () => {
  const page = await open("/knot");
  const all = await page.locator("tbody tr").count();
  await page.locator(".ribbons").focus();
  const sentence = () => page.locator(".knot-sentence").textContent();
  let later = await sentence();
  for (let i = 0; i < 5; i++) {
    const before = later;
    await page.keyboard.press("ArrowDown");
    later = await waitFor(async () => { const now = await sentence(); return now !== before && now; });
  }
  match(later, /koppeling/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/pick=/);
  await page.waitForFunction((n) => document.querySelectorAll("tbody tr").length < n, all); // the table shows what is chosen
  await page.waitForFunction(() => document.querySelectorAll('.ribbons [aria-selected="true"]').length === 1);
  const address = page.url();
  await page.keyboard.press("Escape");
  await page.waitForFunction((n) => !location.search.includes("pick=") && document.querySelectorAll("tbody tr").length === n, all);
  await page.context().close();
  // Somebody else opens the address: the same ribbon, the same sentence, the same rows.
  const other = await seen.page(place);
  await other.goto(address);
  await settled(other);
  match(await other.locator(".knot-sentence").textContent(), new RegExp(later.trim().slice(0, 60).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  equal(await other.locator('.ribbons [aria-selected="true"]').count(), 1);
  await other.context().close();
});

await test("the knot: three totals that are the plan's own, said to be estimates", async () => {
  const page = await open("/knot", {}, an);
  const plan = (await an.get("/plans/latest")).json.summary;
  const values = await page.$$eval(".totals data", (all) => all.map((one) => Number(one.value)));
  for (const [i, want] of [plan.value_eur, plan.co2_avoided_t, plan.jobs_fte].entries()) ok(Math.abs(values[i] - want) < 1e-6 * want, `${values[i]}, not ${want}`);
  equal(await page.locator(".totals .estimate").count(), 3);
  await page.context().close();
});

await test("back undoes a filter, forward does it again, and a new tab shows the same", async () => {
  const page = await open("/map");
  const count = async () => (await page.locator(".map-list > .small").first().textContent()).trim();
  const before = await count();
  await page.locator(".map-filters button", { hasText: "Energie" }).click();
  await page.waitForURL(/class=energy/);
  const after = await waitFor(async () => { const now = await count(); return now !== before && now; });
  // The address changes first, what is shown a moment later.
  const shows = (one, words) => one.waitForFunction((n) => document.querySelector(".map-list > .small")?.textContent.trim() === n, words);
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes("class="));
  await shows(page, before);
  await page.goForward();
  await page.waitForURL(/class=energy/);
  await shows(page, after);
  const { pathname, search } = new URL(page.url());
  const other = await open(pathname + search);
  await shows(other, after);
  await page.context().close();
  await other.context().close();
});

await test("the list beside the map does what the map does: search, j and k, Enter, and back", async () => {
  const page = await open("/map");
  await page.keyboard.press("/");
  await page.keyboard.type("aperam");
  await page.waitForFunction(() => location.search.includes("words=aperam") && document.querySelectorAll(".map-list [data-row]").length < 10);
  await page.locator("h1").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".map-detail h2");
  await page.waitForFunction(() => /Aperam/i.test(document.activeElement.textContent));
  await page.waitForURL(/pick=site/);
  await page.locator("a", { hasText: "Terug naar de lijst" }).click();
  await page.waitForSelector(".map-list");
  await page.waitForFunction(() => document.activeElement.getAttribute("href")?.includes("site%3A"));
  await calm(page);
  await page.context().close();
});

await test("a place is drawn on the map and can be touched", async () => {
  const page = await open("/map?pick=site%3Aaperam");
  await page.waitForSelector(".map-box[data-drawn] canvas.maplibregl-canvas");
  const box = await page.locator("canvas.maplibregl-canvas").boundingBox();
  await page.mouse.click(box.x + box.width - 20, box.y + box.height - 20);
  await page.waitForFunction(() => !location.search.includes("aperam"));
  const bytes = await page.locator("canvas.maplibregl-canvas").screenshot();
  ok(bytes.length > 20000, "the map is not empty");
  await calm(page);
  await page.context().close();
});

await test("tables sort by a press on their head, the order stands in the URL, CSV holds the rows", async () => {
  const page = await open("/resource/steam");
  const first = () => page.locator("table").first().locator("tbody tr").first().locator("th").textContent();
  await page.locator("table").first().locator("thead button").first().click();
  await page.waitForFunction(() => document.querySelector("thead th")?.getAttribute("aria-sort") === "ascending");
  await page.waitForURL(/offers=actor_name/);
  const up = await first();
  await page.locator("table").first().locator("thead button").first().click();
  await page.waitForFunction(() => document.querySelector("thead th")?.getAttribute("aria-sort") === "descending");
  ok(up !== (await first()));
  const address = await page.locator(".table-foot a[download]").first().getAttribute("href");
  const csv = await (await fetch(place.url + address)).text();
  match(csv, /^offer_id,/);
  await page.context().close();
});

await test("in English as in Dutch, and the choice stays", async () => {
  const page = await open("/knot", { locale: "en-GB" });
  equal(await page.locator("h1").textContent(), "The knot");
  await page.locator(".rail .languages button[lang=nl]").click();
  await page.waitForFunction(() => document.querySelector("h1").textContent === "De knoop");
  await page.waitForFunction(() => document.documentElement.lang === "nl");
  await page.reload();
  await settled(page);
  equal(await page.locator("h1").textContent(), "De knoop");
  ok(!/\bknot\.|common\./.test(await page.locator("body").innerText()), "a key without a text");
  await page.context().close();
});

await test("signing in: what is missing is said, what is wrong is said without telling which, one comes where one wanted to go, and out again", async () => {
  const page = await open("/map");
  await page.locator(".rail a.account").click();
  await page.waitForSelector("form");
  await page.locator("form button[type=submit]").click();
  await page.waitForFunction(() => document.activeElement.name === "email" && document.querySelectorAll("[aria-invalid=true]").length === 2);
  equal((await axe(page)).join("\n"), "");
  await page.fill("[name=email]", an.email);
  await page.fill("[name=password]", "not this one");
  await page.locator("form button[type=submit]").click();
  await page.waitForSelector("[role=alert]");
  match(await page.locator("[role=alert]").textContent(), /horen niet bij elkaar/);
  await page.fill("[name=password]", an.password);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.pathname === "/map" && /An Peeters/.test(document.querySelector(".rail .account")?.textContent));
  await page.locator(".rail .account button").click();
  await page.waitForSelector(".rail a.account");
  equal((await page.context().cookies()).filter((one) => one.name === "knoop_session" && one.value).length, 0);
  await page.context().close();
});

await test("an address to go to after signing in is one of ours, or none", async () => {
  for (const to of ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"]) {
    const page = await open(`/account/sign-in?to=${encodeURIComponent(to)}`, {}, an);
    await page.waitForURL((url) => !url.pathname.startsWith("/account/sign-in"));
    ok(page.url().startsWith(place.url), page.url());
    equal(page.foreign.join(), "");
    await page.context().close();
  }
});

await test("the page of a company, for a member: with its comments and history", async () => {
  const page = await open("/company/aperam", {}, an);
  await page.waitForSelector(".row-notes textarea");
  equal((await axe(page)).join("\n"), "");
  await calm(page);
  await page.context().close();
});

await test("on paper: no rail, no buttons, the picture and its table", async () => {
  const page = await open("/knot");
  await page.emulateMedia({ media: "print" });
  equal(await page.locator(".rail").isVisible(), false);
  equal(await page.locator(".filters").isVisible(), false);
  equal(await page.locator("svg.knot").isVisible(), true);
  equal(await page.locator("table").isVisible(), true);
  await page.context().close();
});

await test("names from the region are text, never markup", async () => {
  const evil = await serve(await region({ edit(table, row) { if (table === "actor" && row.actor_id === "aperam") row.name = '<img src=x onerror="window.pwned=1">'; } }));
  const page = await seen.page(evil);
  await page.goto(`${evil.url}/company/aperam`);
  await settled(page);
  match(await page.locator("h1").textContent(), /<img src=x/);
  equal(await page.evaluate(() => window.pwned ?? 0), 0);
  await page.context().close();
});

await test("a region without a plan says what to do first", async () => {
  const bare = await serve(await region());
  const page = await seen.page(bare);
  await page.goto(`${bare.url}/knot`);
  await page.waitForSelector(".empty");
  match(await page.locator(".empty").textContent(), /nog geen plan/);
  await page.goto(`${bare.url}/map`);
  await page.waitForSelector(".map-list [data-row]");
  equal(page.wrong.filter((one) => !/status of 404/.test(one)).join(), ""); // there is no newest plan
  await page.context().close();
});

await test("when the server is gone: what happened, what is safe, what to do", async () => {
  const gone = await serve(await region());
  const page = await seen.page(gone);
  await page.goto(`${gone.url}/map`);
  await page.waitForSelector(".map-list [data-row]");
  await gone.stop();
  await page.locator(".map-list [data-row]").first().click();
  await page.waitForSelector("[role=alert]");
  match(await page.locator("[role=alert]").first().textContent(), /niet bereikbaar.*niets veranderd.*opnieuw/s);
  await page.context().close();
});

await done();
