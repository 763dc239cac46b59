// People as they see it: the coordinator invites, somebody comes in by the link, adds a second factor, signs in with it, looks at sessions and data.
import { createHmac } from "node:crypto";
import { axe, browser, deepEqual, desktop, done, equal, match, ok, phone, region, serve, shot, test } from "./lib.mjs";

const place = await serve(await region({ plan: true }));
const an = await place.signIn("coordinator", { name: "An Peeters" });
const { page: open } = await browser();
const GOOD = "paars fietspad zonder haast";
const clean = async (page, expected = []) => {
  deepEqual(await axe(page), []);
  deepEqual(page.foreign, []);
  // What the server refuses on purpose the browser writes to its console.
  deepEqual(page.wrong.filter((line) => !expected.some((one) => line.includes(one))), []);
};
const to = async (page, path) => { await page.goto(`${place.url}${path}`); await page.waitForSelector("main h1"); };
function totp(secret, at = Date.now()) {
  const bits = [...secret.replaceAll(" ", "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const hash = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1e6).padStart(6, "0");
}
let link = "";

await test("the coordinator invites a partner; the link is shown once, with the word that no mail is sent", async () => {
  const page = await open(place, an);
  await to(page, "/people?tab=invitations");
  await page.getByLabel("E-mail").fill("jan@example.org");
  await page.getByRole("button", { name: "Maak een uitnodiging" }).click();
  await page.getByText("Een partner spreekt voor minstens").waitFor();
  await clean(page, ["422"]);
  await page.getByLabel("Spreekt voor").fill("Aperam Stainless Belgium");
  await page.getByRole("button", { name: /weglaten/ }).waitFor();
  await page.getByRole("button", { name: "Maak een uitnodiging" }).click();
  await page.getByText("knoop verstuurt geen mail").waitFor();
  link = await page.getByLabel("Link", { exact: true }).inputValue();
  match(link, /\/account\/invitation#[\w-]{43}$/);
  await shot(page, "people-invite");
  await clean(page, ["422"]);
  await page.context().close();
});

await test("the invited chooses name and password on a phone and is in; the token is in no address after that", async () => {
  const page = await open(place, null, { viewport: phone, colorScheme: "dark" });
  await page.goto(link);
  await page.getByText("jan@example.org").waitFor();
  await page.waitForURL((url) => !url.href.includes("#"));
  await shot(page, "people-welcome");
  await clean(page);
  await page.getByRole("button", { name: "Maak mijn account" }).click();
  await page.getByText("Vul je naam in.").waitFor();
  await page.getByLabel("Naam").fill("Jan");
  await page.getByLabel("Wachtwoord").fill("Welkom2026Jan");
  await page.getByRole("button", { name: "Maak mijn account" }).click();
  await page.getByText("als een van de eerste geprobeerd").waitFor();
  await clean(page, ["422"]);
  await page.getByLabel("Wachtwoord").fill(GOOD);
  await page.getByRole("button", { name: "Maak mijn account" }).click();
  await page.getByText("Welkom, Jan.").waitFor();
  await to(page, "/account");
  await page.getByRole("heading", { name: "Waar je aangemeld bent" }).waitFor();
  await page.getByText("(deze)").waitFor();
  await shot(page, "account-phone");
  await clean(page, ["422"]);
  await page.goto(link);
  await page.getByText("Deze link werkt niet, of niet meer.").waitFor();
  await clean(page, ["422", "410"]);
  await page.context().close();
});

await test("a second factor: secret and picture, a code turns it on, codes on paper; then signing in asks for it", async () => {
  const page = await open(place);
  await to(page, "/account/sign-in");
  await page.getByLabel("E-mail").fill("jan@example.org");
  await page.getByLabel("Wachtwoord").fill(GOOD);
  await page.getByRole("main").getByRole("button", { name: "Aanmelden" }).click();
  await page.waitForFunction(() => !location.pathname.startsWith("/account/sign-in"));
  await to(page, "/account");
  await page.getByRole("button", { name: "Een tweede factor toevoegen" }).click();
  await page.locator("[name=own-password]").fill(GOOD);
  await page.getByRole("button", { name: "Verder" }).click();
  await page.locator("svg.qr").waitFor();
  const secret = await page.locator("dd.secret").first().innerText();
  await shot(page, "account-factor");
  await clean(page);
  await page.locator("[name=totp]").fill(totp(secret)); // which counts for half a minute more, and so does the next one below
  await page.getByRole("button", { name: "Inschakelen" }).click();
  await page.getByRole("dialog").getByText("Herstelcodes").waitFor();
  equal(await page.locator(".codes li").count(), 10);
  await shot(page, "account-codes");
  await clean(page);
  await page.getByRole("dialog").getByRole("button", { name: "Sluiten" }).click();
  await page.getByText("Aanmelden vraagt je wachtwoord en een code").waitFor();
  await page.getByRole("main").getByRole("button", { name: "Afmelden", exact: true }).first().click();
  await page.getByText("Je bent afgemeld").waitFor();
  await to(page, "/account/sign-in");
  await page.getByLabel("E-mail").fill("jan@example.org");
  await page.getByLabel("Wachtwoord").fill(GOOD);
  await page.getByRole("main").getByRole("button", { name: "Aanmelden" }).click();
  await page.getByLabel("Code").fill("123");
  await page.getByRole("main").getByRole("button", { name: "Aanmelden" }).click();
  await page.getByText("Deze code klopt niet").waitFor();
  await clean(page, ["401"]);
  await page.getByLabel("Code").fill(totp(secret, Date.now() + 30000));
  await page.getByRole("main").getByRole("button", { name: "Aanmelden" }).click();
  await page.waitForFunction(() => !location.pathname.startsWith("/account/sign-in"));
  await page.context().close();
});

await test("the list, a person, and the log, at both sizes and in both themes; the last coordinator stays", async () => {
  for (const [viewport, colorScheme] of [[desktop, "light"], [phone, "dark"]]) {
    const page = await open(place, an, { viewport, colorScheme });
    await to(page, "/people");
    await page.getByRole("link", { name: "Jan", exact: true }).waitFor();
    await shot(page, `people-list-${viewport.width}`);
    await clean(page);
    await page.getByRole("link", { name: "Jan", exact: true }).click();
    await page.getByRole("button", { name: "Maak een link voor een nieuw wachtwoord" }).click();
    await page.getByText("knoop verstuurt geen mail").waitFor();
    await shot(page, `people-person-${viewport.width}`);
    await clean(page);
    await to(page, "/people?tab=audit");
    await page.getByText("is zoals het geschreven werd").waitFor();
    await page.getByText("account gemaakt met een uitnodiging").first().waitFor();
    await shot(page, `people-audit-${viewport.width}`);
    await clean(page);
    await page.context().close();
  }
  // Who was erased is nobody any more, also in the log, and in the reader's language.
  const jan = (await an.get("/people")).json.items.find(({ name }) => name === "Jan").account_id;
  const log = await open(place, an);
  await to(log, "/people?tab=audit");
  await log.getByRole("link", { name: "Jan", exact: true }).first().waitFor();
  equal((await an.post(`/people/${jan}/erase`, {})).status, 204);
  await to(log, `/people?tab=audit&account=${jan}`);
  await log.getByRole("cell", { name: `een gewiste persoon (nummer ${jan})` }).first().waitFor();
  equal(await log.getByText(/Jan\b|Person \d|account \d/).count(), 0);
  await to(log, "/people");
  await log.getByRole("link", { name: `een gewiste persoon (nummer ${jan})` }).waitFor();
  await clean(log);
  await log.context().close();
  const page = await open(place, an, { locale: "en-GB" });
  await to(page, `/people/${(await an.get("/me")).json.account.account_id}`);
  await page.getByRole("button", { name: "Close the account" }).click();
  await page.getByText("This is the last coordinator.").waitFor();
  await clean(page, ["409"]);
  await page.context().close();
});

await done();
