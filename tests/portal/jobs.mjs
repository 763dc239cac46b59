// Long computations: they run beside everything else, tell how far they are, can be cancelled, keep what they found, and one that a
// killed server left behind is told as interrupted.
import { command, done, equal, match, ok, region, serve, test } from "./lib.mjs";

const file = await region();
const place = await serve(file);
const an = await place.signIn("coordinator");

/** The events of a stream until one of the given name, or the time is over. */
async function listen(someone, path, until, most_ms = 60000) {
  const events = [];
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), most_ms);
  const answer = await fetch(`${place.url}/api/v1${path}`, { headers: { Cookie: someone.state.cookie }, signal: stop.signal });
  equal(answer.headers.get("content-type"), "text/event-stream");
  let text = "";
  try {
    for await (const piece of answer.body) {
      text += Buffer.from(piece).toString();
      for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
        const fields = Object.fromEntries(text.slice(0, end).split("\n").map((line) => line.split(/: ?(.*)/s)));
        if (fields.event) events.push({ event: fields.event, data: JSON.parse(fields.data) });
        if (fields.event === until) { stop.abort(); return events; }
      }
    }
  } catch (error) { if (error.name !== "AbortError") throw error; }
  finally { clearTimeout(timer); }
  return events;
}
const until = async (job, ...statuses) => {
  for (let i = 0; i < 600; i++) {
    const { json } = await an.get(`/jobs/${job}`);
    if (statuses.includes(json.status)) return json;
    await new Promise((yes) => setTimeout(yes, 100));
  }
  throw new Error("the job did not end");
};

await test("a plan runs, tells its progress, and its result is in the file", async () => {
  const asked = await an.post("/jobs", { kind: "plan", settings: { objective: "value" } });
  equal(asked.status, 202);
  const events = await listen(an, `/jobs/${asked.json.job_id}/events`, "ended");
  ok(events.length > 0);
  const job = await until(asked.json.job_id, "done");
  ok(job.run_id > 0);
  const runs = JSON.parse(command("runs", file, "--json")).runs;
  equal(runs[0].run_id, job.run_id);
  equal(runs[0].status, "proven");
});

await test("what if: a plan with changes", async () => {
  const asked = await an.post("/jobs", { kind: "plan", settings: { changes: { close: [{ table: "actor", id: "no-such-actor" }] } } });
  const job = await until(asked.json.job_id, "done", "failed");
  equal(job.status, "failed");
  match(job.message, /no-such-actor/);
});

await test("a job can be cancelled, running or waiting, once", async () => {
  const one = (await an.post("/jobs", { kind: "ask" })).json.job_id;
  const two = (await an.post("/jobs", { kind: "ask" })).json.job_id;
  await until(one, "running");
  equal((await an.get(`/jobs/${two}`)).json.status, "waiting");
  equal((await an.delete(`/jobs/${two}`)).status, 202);
  equal((await an.delete(`/jobs/${one}`)).status, 202);
  equal((await until(one, "cancelled", "done")).status, "cancelled");
  equal((await until(two, "cancelled")).status, "cancelled");
  equal((await an.delete(`/jobs/${two}`)).status, 409);
  for (const job of [one, two]) equal((await an.get(`/audit?what=${encodeURIComponent("job cancelled")}&about=job%20${job}`)).json.items.length, 1);
});

await test("nobody but coordinators starts, sees or follows them", async () => {
  for (const role of ["viewer", "planner", "financier", "partner"]) {
    const someone = await place.signIn(role);
    equal((await someone.get("/jobs")).status, 403);
    equal((await someone.post("/jobs", { kind: "plan" })).status, 403);
    equal((await someone.get("/jobs/1/events")).status, 403);
  }
  equal((await place.anybody.get("/jobs")).status, 401);
});

await test("a job that does not exist, a kind that does not exist", async () => {
  equal((await an.get("/jobs/999999")).status, 404);
  equal((await an.get("/jobs/x")).status, 404);
  equal((await an.post("/jobs", { kind: "magic" })).status, 422);
});

await test("members hear that something changed", async () => {
  const viewer = await place.signIn("viewer");
  const heard = listen(viewer, "/events", "changed", 20000);
  await new Promise((yes) => setTimeout(yes, 300));
  await an.post("/jobs", { kind: "plan" });
  ok((await heard).some((one) => one.event === "changed"));
});

await test("what a killed server left is interrupted, not begun again", async () => {
  const asked = await an.post("/jobs", { kind: "ask" });
  await until(asked.json.job_id, "running");
  const gone = new Promise((yes) => place.child.on("exit", yes));
  place.child.kill("SIGKILL");
  await gone;
  const again = await serve(file);
  const { json } = await (async () => {
    const someone = await again.signIn("coordinator");
    return someone.get(`/jobs/${asked.json.job_id}`);
  })();
  equal(json.status, "interrupted");
  equal(await again.stop(), 0);
  match(command("check", file), /0 errors/);
});

await done();
