// Long computations: they run beside everything else, tell how far they are, can be cancelled, keep what they found, and one that a
// killed server left behind is told as interrupted.
import { command, done, equal, match, ok, region, serve, test, waitFor } from "./lib.mjs";

const file = await region();
const place = await serve(file);
const an = await place.signIn("coordinator");

/** A stream that is open: what it tells until an event of the given name. */
async function listen(someone, path) {
  const answer = await fetch(`${place.url}/api/v1${path}`, { headers: { Cookie: someone.state.cookie } });
  equal(answer.headers.get("content-type"), "text/event-stream");
  return async (name) => {
    const events = [];
    let text = "";
    for await (const piece of answer.body) {
      text += Buffer.from(piece).toString();
      for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
        const fields = Object.fromEntries(text.slice(0, end).split("\n").map((line) => line.split(/: ?(.*)/s)));
        if (fields.event) events.push({ event: fields.event, data: JSON.parse(fields.data) });
        if (fields.event === name) return events; // which closes the stream
      }
    }
    throw new Error(`the stream ended without ${name}`);
  };
}
const until = (job, ...statuses) => waitFor(async () => {
  const { json } = await an.get(`/jobs/${job}`);
  return statuses.includes(json.status) && json;
}, 100);

await test("a plan runs, tells its progress, and its result is in the file", async () => {
  const heard = await listen(an, "/jobs/1/events"); // before it begins, since it may be quick
  const asked = await an.post("/jobs", { kind: "plan", settings: { objective: "value" } });
  equal(asked.status, 202);
  equal(asked.json.job_id, 1);
  const events = await heard("ended");
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
  const heard = await listen(viewer, "/events");
  await an.post("/jobs", { kind: "plan" });
  ok((await heard("changed")).some((one) => one.event === "changed"));
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
