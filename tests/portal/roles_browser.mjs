// In a real browser as each role, at a phone and at a desk: every room that the navigation offers opens without a failed request, an error or a
// finding of axe; a room that it does not offer says calmly whom it is for; what is for the broker only stands on no page of anybody else.
// KN_ROLE=name looks as one role only; KN_SHOTS=folder keeps pictures.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { axe, browser, deepEqual, desktop, done, equal, ok, parseCsv, phone, region, root, serve, shot, test } from "./lib.mjs";

// ---------------------------------------------------------------- a region with something to see, and something to hide
const csv = (table) => {
  const [head, ...rows] = parseCsv(readFileSync(join(root, `data/regions/poort-genk/${table}.csv`), "utf8"));
  return rows.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ""])));
};
const actorOf = new Map(csv("site").map((site) => [site.site_id, site.actor_id]));
// Every fifth offer and need is the broker's: words and a quantity that stand nowhere else.
const hidden = [];
let turn = 0;
const file = await region({ plan: true, edit(table, row) {
  if ((table !== "offer" && table !== "need") || row.resource_id === "" || turn++ % 5 !== 2) return;
  const serial = hidden.length + 1, mark = `VERBORGEN-${String(serial).padStart(3, "0")}`;
  row.disclosure = "broker";
  row.quantity = String(Number((Number(Number(row.quantity).toPrecision(2)) * (1 + 0.000987 + serial * 1e-8)).toPrecision(13)));
  row.description = `${mark} ${row.description}`;
  hidden.push({ mark, quantity: row.quantity, id: row[`${table}_id`], resource: row.resource_id, actor: actorOf.get(row.site_id) });
} });
ok(hidden.length > 10);
const place = await serve(file, ["--background", join(root, "data/regions/poort-genk/background"), "--rate", "-1"]);
const owner = "gielen", ROLES = ["coordinator", "partner", "planner", "financier", "viewer", "public"];
const people = { public: null };
const NAMES = { coordinator: "An Claes", partner: "Piet Gielen", planner: "Rita Maes", financier: "Bo Peeters", viewer: "Wim Smets" };
for (const role of ROLES.slice(0, 5)) people[role] = await place.signIn(role, { name: NAMES[role], actors: role === "partner" ? [owner] : [] });
const an = people.coordinator;
const made = async (who, path, body) => {
  const answer = await who.post(path, body);
  ok(answer.status === 201 || answer.status === 204, `${path}: ${answer.text}`);
  return answer.json;
};
const { json: { items: [plan] } } = await an.get("/plans?limit=1");
const cases = [];
for (const [at, more] of [[1, { is_open_for_finance: true, risk: "Het pand moet nog gekeurd worden." }], [2, { summary: "Met de gemeente te bekijken." }], [3, { is_open_for_finance: true }]]) {
  const { case_id: id } = await made(an, "/cases", { origin: { kind: "knot", id: `${plan.run_id}:${at}` } });
  equal((await an.patch(`/cases/${id}`, more)).status, 200);
  cases.push(id);
}
await made(an, `/cases/${cases[0]}/money`, { kind: "investment", what: "Ketel en leidingen", eur: 420000, from_yr: 0, to_yr: 0 });
await made(an, `/cases/${cases[0]}/money`, { kind: "benefit", what: "Minder gas", eur: 96000, from_yr: 1, to_yr: 10 });
equal((await an.patch(`/cases/${cases[1]}`, { is_published: true, public_title: "Restwarmte voor het zwembad", public_text: "Wat een fabriek overhoudt, kan een zwembad verwarmen." })).status, 200);
await made(people.partner, "/cases", { title: "Planken uit pallets" });
const { meeting_id: meeting } = await made(an, "/meetings", { title: "Hout dat wacht", goal: "Wie heeft hout, wie zoekt het?", place: "C-mine, Genk", begins: "2027-01-14T13:30", actors: [owner] });
await an.put(`/meetings/${meeting}/status`, { status: "invited" });
await made(an, "/stories", { title_nl: "Wat is een circulaire regio?", title_en: "What is a circular region?", status: "published", body_nl: "Een regio heeft meer dan ze gebruikt.", body_en: "A region has more than it uses." });

// ---------------------------------------------------------------- looking
const { page: open } = await browser();
const maySee = (role, row) => role === "coordinator" || (role === "partner" && row.actor === owner);
const settled = async (page) => {
  await page.waitForFunction(() => document.querySelector("main h1") && !document.querySelector("main [aria-busy=true]"));
  await page.evaluate(() => new Promise((yes) => requestIdleCallback(yes, { timeout: 2000 })));
};
/** Somebody's browser, which keeps what fails. One for all that somebody looks at: what it has loaded once, it need not load again. */
const pages = new Map();
async function look(role, viewport) {
  const had = pages.get(role);
  if (had) {
    await had.setViewportSize(viewport);
    return had;
  }
  const page = await open(place, people[role], { viewport });
  page.failed = [];
  page.on("response", (answer) => { if (answer.status() >= 400) page.failed.push(`${answer.status()} ${new URL(answer.url()).pathname}`); });
  // Going on to another page ends what the one before still asked for.
  page.on("requestfailed", (request) => { if (request.failure()?.errorText !== "net::ERR_ABORTED") page.failed.push(`${request.failure()?.errorText} ${request.url()}`); });
  page.goes = async (path) => { await page.goto(place.url + path); await settled(page); };
  pages.set(role, page);
  return page;
}
/** Nothing wrong with what is shown now, and nothing on it that is not for this role. */
async function calm(page, role, what) {
  deepEqual(page.failed.splice(0), [], `${what}: failed requests`);
  deepEqual(page.wrong.splice(0), [], `${what}: errors`);
  deepEqual(page.foreign, [], `${what}: another host`);
  deepEqual(await axe(page), [], `${what}: axe`);
  ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth + 1), `${what} scrolls sideways`);
  ok(await page.locator("main [role=alert]").count() === 0, `${what}: ${await page.locator("main [role=alert]").allTextContents()}`);
  const shown = await page.evaluate(() => document.documentElement.outerHTML), quantities = hidden.filter((row) => !maySee(role, row));
  deepEqual(quantities.filter(({ mark, quantity }) => shown.includes(mark) || shown.includes(quantity)).map(({ id }) => id), [], `${what} shows what is the broker's`);
  ok(!/NaN|undefined|\[object|Infinity/.test(await page.locator("body").innerText()), `${what}: a value that is none`);
}
const ALL = [...readFileSync(join(root, "web/src/app/rooms.ts"), "utf8").matchAll(/\{ name: "(\w+)", roles: (everyone|\[[^\]]*\])/g)]
  .map(([, name, roles]) => ({ name, roles: roles === "everyone" ? ROLES : JSON.parse(roles) }));
ok(ALL.length >= 15);

const FIRST = { coordinator: "/today", partner: "/today", planner: "/plan", financier: "/cases", viewer: "/knot", public: "/public" };
const HELPS = {
  coordinator: /Vandaag/, partner: /Hout dat wacht/, planner: /koppelingen/, financier: /EUR/, viewer: /regio/, public: /Genk/,
};
for (const role of ROLES.filter((one) => (process.env.KN_ROLE ?? one) === one)) {
  for (const [size, viewport] of Object.entries({ phone, desktop })) {
    await test(`${role}, ${size}: what one comes to first, and each room of the navigation`, async () => {
      const page = await look(role, viewport);
      await page.goes("/");
      await page.waitForURL((url) => url.pathname === FIRST[role]);
      await settled(page); // there, not on the way
      await shot(page, `${role}-${size}-first`);
      ok(HELPS[role].test(await page.locator("main").innerText()), "the first page says something to this role");
      await calm(page, role, "the first page");
      if (size === "phone") ok(await page.locator("nav.bottom a").count() >= 2, "a phone has its bar");
      const addresses = await page.locator(size === "phone" ? ".menu nav a" : ".rail nav a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      ok(addresses.length >= 4);
      deepEqual(addresses.filter((address) => !ALL.find(({ name, roles }) => `/${name}` === address && roles.includes(role))), []);
      for (const address of addresses) {
        if (size === "phone") await page.locator(".menu summary").click();
        await page.locator(size === "phone" ? `.menu nav a[href="${address}"]` : `.rail nav a[href="${address}"]`).click();
        await page.waitForURL((url) => url.pathname === address);
        await settled(page);
        await shot(page, `${role}-${size}-${address.slice(1)}`);
        await calm(page, role, address);
      }
    });

    await test(`${role}, ${size}: a room that is not offered says whom it is for`, async () => {
      const page = await look(role, viewport);
      for (const { name } of ALL.filter(({ roles }) => !roles.includes(role))) {
        await page.goes(`/${name}`);
        await shot(page, `${role}-${size}-not-${name}`);
        await calm(page, role, `/${name}`);
        const heading = await page.locator("main h1").innerText();
        if (role === "public") {
          equal(heading, "Meld je aan om dit te zien");
          equal(await page.locator("main").getByRole("link", { name: "Aanmelden" }).getAttribute("href"), `/account/sign-in?to=${encodeURIComponent(`/${name}`)}`);
        } else equal(heading, "Dit is niet voor jouw rol");
      }
      await page.goes("/there-is-no-such-room");
      await calm(page, role, "no room");
    });

    // The same pages at both sizes: what is on them does not depend on it.
    if (size === "desktop") await test(`${role}: pages about what is hidden, by their addresses`, async () => {
      const page = await look(role, viewport);
      const secret = hidden.find((row) => row.actor && row.actor !== owner);
      for (const address of [`/company/${secret.actor}`, `/resource/${secret.resource}`, `/search?q=${secret.mark.split("-")[0]}`, `/search?q=${secret.id}`, `/map?pick=company%3A${secret.actor}`, `/plan?tab=scarce`]) {
        if (address.startsWith("/plan") && role === "public") continue;
        await page.goes(address);
        await calm(page, role, address);
      }
    });
  }
  await pages.get(role)?.context().close();
}

await done();
