// Who sends or reads a byte now and then keeps nobody out: what takes too long is ended, a crowd of slow connections gives way to who asks, event
// streams stay. KN_PATIENCE= (empty) serves with endless patience, to see this test fail.
import { once } from "node:events";
import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { done, equal, finally_, match, ok, region, serve, skip, test, waitFor } from "./lib.mjs";
import { execFile, execSync } from "node:child_process";

const PATIENCE = Number(process.env.KN_PATIENCE ?? 4);
const place = await serve(await region(), ["--rate", "-1", ...(PATIENCE ? ["--patience", String(PATIENCE)] : [])]);
const port = Number(new URL(place.url).port);
const rest = (ms) => new Promise((yes) => setTimeout(yes, ms));
const large = "/api/v1/openapi.json"; // for all, some hundred kilobytes
const metrics = async () => Object.fromEntries((await (await fetch(`${place.url}/metrics`)).text()).split("\n").filter((line) => line && !line.startsWith("#")).map((line) => line.split(" ")));
/** A socket of one's own: what came, and when it ended (ms). */
function line() {
  const socket = connect(port, "127.0.0.1");
  const begun = performance.now();
  const out = { socket, text: "", ended: null };
  socket.on("data", (piece) => { out.text += piece.toString("latin1"); });
  socket.on("error", () => {});
  socket.on("close", () => { out.ended = performance.now() - begun; });
  return out;
}
const trickle = async (one, piece, ms, every = 250) => { for (let left = ms; left > 0 && one.ended === null; left -= every) { one.socket.write(piece); await rest(every); } };
const LONG = 1000 * 3 * (PATIENCE || 4);

await test("a head that does not come to its end is ended, though bytes come", async () => {
  const one = line();
  one.socket.write("GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nX: ");
  await trickle(one, "a", LONG);
  ok(one.ended !== null, "it ended");
  ok(one.ended > 500 * PATIENCE, "not before its time");
});

await test("a body that comes more slowly than anybody's line is ended; one that goes on well is heard", async () => {
  const head = (length) => `POST /api/v1/login HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
  const slow = line(), good = line();
  slow.socket.write(head(60000));
  good.socket.write(head(60000));
  // 60,000 bytes in 2 PATIENCE: too long for a head, and far above the least rate.
  const pieces = 8 * (PATIENCE || 4);
  await Promise.all([trickle(slow, "a", LONG), trickle(good, " ".repeat(Math.ceil(60000 / pieces)), 2000 * (PATIENCE || 4))]);
  ok(slow.ended !== null, "the slow one ended");
  await waitFor(() => good.text || good.ended !== null);
  match(good.text, /^HTTP\/1\.1 4\d\d/, "the other was answered");
  good.socket.destroy();
});

// Python, since a small receive buffer is needed: else the kernel takes it all, and hands on in pieces of 64 kB.
const READER = `
import socket, sys, time
port, path, piece, most = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
line = socket.socket()
line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
line.connect(("127.0.0.1", port))
line.sendall(("GET %s HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n" % path).encode() * 12)
begun = time.monotonic()
got = 0
while time.monotonic() - begun < most:
    time.sleep(0.1)
    try:
        some = line.recv(piece)
    except ConnectionError:
        some = b""
    if not some:
        break
    got += len(some)
print(got, time.monotonic() - begun < most)
`;
const read = (piece, ms) => new Promise((yes, no) => execFile("python3", ["-c", READER, String(port), large, String(piece), String(ms / 1000)], (error, out) =>
  (error ? no(error) : yes(out.trim().split(" ")))));

await test("a reader that takes a little now and then is ended; one on a slow line is not", async () => {
  const before = await metrics();
  const [[, isEnded], [got, isCut]] = await Promise.all([read(60, LONG), read(1500, LONG)]);
  const after = await metrics();
  equal(isEnded, "True", "600 bytes a second");
  equal(isCut, "False", "15 kB a second");
  ok(Number(got) > 2 * LONG, `${got} bytes`); // 2 kB/s is what a slow one must reach
  ok(after.knoop_connections_slow_total > before.knoop_connections_slow_total, "and it is counted"); // idle lines of this program may be too
});

const files = Number(execSync("ulimit -Hn", { shell: "/bin/sh", encoding: "utf8" }).trim()) || Infinity;
const CROWD = 5000;
if (files < CROWD + 500) skip("a crowd", "too few files may be open");
else await test(`${CROWD} slow connections: whoever asks is answered, and streams go on`, async () => {
  const an = await place.signIn("coordinator");
  // Streams from before; each hears what happens, and none ends.
  const streams = [];
  for (let i = 0; i < 20; i++) {
    const stop = new AbortController();
    const answer = await fetch(`${place.url}/api/v1/events`, { headers: { Cookie: an.state.cookie }, signal: stop.signal });
    const stream = { heard: "", isOver: false };
    (async () => { for await (const piece of answer.body) stream.heard += Buffer.from(piece).toString(); })().catch(() => {}).finally(() => { stream.isOver = true; });
    streams.push(stream);
    finally_(() => stop.abort());
  }
  let times = [], bad = 0;
  /** On a connection of its own, as somebody who comes now. */
  const ask = async () => {
    const begun = performance.now();
    const one = line();
    one.socket.write(`GET /api/v1/me HTTP/1.1\r\nHost: localhost:${port}\r\nCookie: ${an.state.cookie}\r\nConnection: close\r\n\r\n`);
    await once(one.socket, "close");
    if (!/^HTTP\/1\.1 200/.test(one.text) || !one.text.includes('"coordinator"')) bad++;
    one.socket.destroy();
    times.push(performance.now() - begun);
  };
  const askOften = async (n) => {
    times = [];
    for (let i = 0; i < n; i++) { await ask(); await rest(100); }
    return times.sort((a, b) => a - b)[Math.floor(0.9 * n)];
  };
  const alone = await askOften(20); // as this machine is just now
  const crowd = new Worker(new URL("slow_crowd.mjs", import.meta.url), { workerData: { port, count: CROWD, path: large } });
  let state = { opened: 0 };
  crowd.on("message", (news) => { state = news; });
  while (state.opened < 3000) await rest(100);
  const most = await askOften(60);
  equal((await an.post("/meetings", { title: "held among a crowd" })).status, 201, "writing too");
  const at = await metrics();
  console.log(`# crowd: ${JSON.stringify(state)}; answered in ${times[30].toFixed(0)} ms, at most ${times.at(-1).toFixed(0)} ms; connections ${at.knoop_connections}, ended for being slow ${at.knoop_connections_slow_total}, for others ${at.knoop_connections_crowded_total}`);
  equal(bad, 0, "everybody was answered");
  // Who waits for a place waits for the patience of others; a machine under load is late too, and was before the crowd came.
  ok(most < 1000 * (PATIENCE || 4) + 20 * alone, `nine of ten before the patience with the crowd is over (${alone.toFixed(0)} ms alone): ${times.map((ms) => ms.toFixed(0)).join(" ")}`);
  await waitFor(() => streams.every((one) => one.heard.includes("event: changed") || one.isOver)); // streams hear what happens
  ok(streams.every((one) => !one.isOver), "and none was ended");
  equal(Number(at.knoop_event_streams), 20);
  crowd.postMessage("over");
  await once(crowd, "exit");
  for (let i = 0; i < 20; i++) equal((await an.get("/me")).status, 200);
});

await done();
