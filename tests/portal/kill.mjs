// A server that is killed under write load loses no write that it acknowledged, doubles none, and the file is whole.
import { command, done, equal, match, ok, person, region, serve, test } from "./lib.mjs";

const WRITERS = 12, ROUNDS = 3;
const file = await region();

for (let round = 1; round <= ROUNDS; round++)
  await test(`killed under the writes of ${WRITERS}, round ${round}`, async () => {
    const place = await serve(file);
    const an = await place.signIn("coordinator");
    const acknowledged = new Set();
    let isOver = false, count = 0;
    const write = async (writer) => {
      for (let n = 0; !isOver; n++) {
        const title = `round ${round} writer ${writer} number ${n}`;
        const answer = await an.post("/meetings", { title }, { "Idempotency-Key": `key ${title}` }).catch(() => null);
        if (answer?.status === 201) acknowledged.add(title);
        count++;
      }
    };
    const writers = Array.from({ length: WRITERS }, (_, i) => write(i));
    while (acknowledged.size < 60) await new Promise((yes) => setTimeout(yes, 20));
    const gone = new Promise((yes) => place.child.on("exit", yes));
    place.child.kill("SIGKILL");
    await gone;
    isOver = true;
    await Promise.all(writers);
    ok(count >= acknowledged.size);

    const again = await serve(file);
    const boss = person(again.url, {});   // the same person again: keys are of an account
    equal((await boss.post("/login", { email: an.email, password: an.password })).status, 200);
    const listed = async () => {
      const titles = [];
      for (let cursor = null; ;) {
        const { json } = await boss.get(`/meetings?limit=1000${cursor === null ? "" : `&cursor=${cursor}`}`);
        titles.push(...json.items.map(({ title }) => title).filter((title) => title.startsWith(`round ${round} `)));
        if ((cursor = json.next) === null) return titles;
      }
    };
    const titles = await listed();
    for (const title of acknowledged) ok(titles.includes(title), `${title} was acknowledged and is gone`);
    equal(new Set(titles).size, titles.length, "nothing is there twice");
    // What was not acknowledged may be asked again under its key, and is there once.
    const unsure = `round ${round} writer 0 number ${Math.max(...titles.filter((one) => one.includes(" writer 0 ")).map((one) => Number(one.split(" ").at(-1))))}`;
    const repeated = await boss.post("/meetings", { title: unsure }, { "Idempotency-Key": `key ${unsure}` });
    ok(repeated.status < 300);
    equal((await listed()).filter((title) => title === unsure).length, 1);
    equal(await again.stop(), 0);
    match(command("check", file), /0 errors/);
  });

await done();
