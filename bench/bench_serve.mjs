// The portal under load: a kept list against nginx serving the same bytes as a file (wrk, the two in turn); mixed requests at a fixed rate, open
// streams and memory on a region with 100,000 sites; fifty who write. Prints what was asked for and whether it was met.
import { execFileSync, spawn } from "node:child_process";
import http from "node:http";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const knoop = join(root, process.env.KN_BENCH_BUILD ?? "build", "knoop");
const scratch = mkdtempSync(join(tmpdir(), "knoop-bench-"));
const SECONDS = Number(process.env.KN_BENCH_SECONDS ?? 5), WRITE_S = Number(process.env.KN_BENCH_WRITE_S ?? 60);
let isMissed = false;
const tell = (what, figure, target, isMet) => {
  isMissed ||= !isMet;
  console.log(`${what.padEnd(64)} ${figure.padStart(14)}   ${target}: ${isMet ? "met" : "MISSED"}`);
};
const rest = (ms) => new Promise((yes) => setTimeout(yes, ms));
const run = (...args) => execFileSync(knoop, ["--quiet", ...args], { encoding: "utf8" });

async function serve(file) {
  const child = spawn(knoop, ["serve", file, "--quiet", "--port", "0", "--rate", "-1"], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((yes) => child.stdout.on("data", (line) => yes(String(line).match(/https?:\/\/[^/\s]+/)[0].replace("localhost", "127.0.0.1"))));
  return { child, url, memoryMiB: () => Number(readFileSync(`/proc/${child.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) / 1024, stop: () => new Promise((yes) => { child.on("exit", yes); child.kill("SIGTERM"); }) };
}
async function signIn(url, file) {
  const { email, password } = JSON.parse(run("account", file, "--email", `${Math.random()}@example.org`, "--role", "coordinator", "--json"));
  const answer = await fetch(`${url}/api/v1/login`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ email, password }) });
  return { Cookie: answer.headers.get("set-cookie").split(";")[0], "X-Knoop-CSRF": (await answer.json()).csrf, "Content-Type": "application/json" };
}
const wrk = (url) => Number(execFileSync("wrk", ["-t1", "-c50", `-d${SECONDS}`, url], { encoding: "utf8" }).match(/Requests\/sec:\s+([\d.]+)/)[1]);

// ---------------------------------------------------------------- a kept list, and nginx
const small = join(scratch, "small.gpkg");
run("new", small, "--from", join(root, "data/regions/poort-genk"));
{
  const place = await serve(small);
  const path = "/api/v1/areas?limit=20";
  mkdirSync(join(scratch, "www"));
  writeFileSync(join(scratch, "www", "list.json"), Buffer.from(await (await fetch(place.url + path)).arrayBuffer()));
  writeFileSync(join(scratch, "nginx.conf"), `worker_processes 2; daemon off; pid ${scratch}/nginx.pid; error_log ${scratch}/nginx.err;
    events { worker_connections 2048; } http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100; default_type application/json;
    server { listen 127.0.0.1:18098; root ${scratch}/www; } }`);
  const nginx = spawn("nginx", ["-c", join(scratch, "nginx.conf")], { stdio: "inherit" });
  await rest(500);
  let ours = 0, theirs = 0;
  for (let turn = 0; turn < 3; turn++) {
    theirs = Math.max(theirs, wrk("http://127.0.0.1:18098/list.json"));
    ours = Math.max(ours, wrk(place.url + path));
  }
  tell("kept list, requests a second (best of three)", ours.toFixed(0), "40,000", ours >= 40000);
  tell(`the same against nginx (${theirs.toFixed(0)})`, (ours / theirs).toFixed(2), "0.8", ours >= 0.8 * theirs);
  nginx.kill();
  await place.stop();
}

// ---------------------------------------------------------------- 100,000 sites
const folder = join(scratch, "large"), large = join(scratch, "large.gpkg");
execFileSync("/usr/bin/python3", [join(root, "bench/deskregion.py"), folder, "--sites", "100000"]);
run("new", large, "--from", folder);
{
  const place = await serve(large);
  const headers = await signIn(place.url, large);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const { port } = new URL(place.url);
  const ask = (method, path, body, more = {}) => new Promise((yes, no) => {
    const request = http.request({ port, host: "127.0.0.1", method, path, agent, headers: { ...headers, ...more } }, (answer) => { answer.resume(); answer.on("end", () => yes(answer.statusCode)); });
    request.on("error", no);
    request.end(body);
  });
  // 1,000 streams stay open meanwhile.
  const streams = [];
  for (let i = 0; i < 1000; i++)
    streams.push(await new Promise((yes, no) => {
      const request = http.get({ port, host: "127.0.0.1", path: "/api/v1/events", agent: false, headers }, (answer) => { answer.on("data", () => {}); yes(request); });
      request.on("error", no);
    }));
  const words = ["zaag", "hout", "maes", "kanaal", "glas", "dorps"];
  const mixed = (i) => {
    const turn = i % 20;
    if (turn < 6) return ["GET", `/api/v1/sites?limit=100&cursor=s${1000 * (i % 90)}`];
    if (turn < 10) return ["GET", `/api/v1/search?q=${words[i % words.length]}`];
    if (turn < 13) return ["GET", "/api/v1/areas?limit=100"];
    if (turn < 16) return ["GET", `/api/v1/tables/site/rows?limit=50&q=${words[i % words.length]}`];
    if (turn < 18) return ["GET", "/api/v1/me"];
    if (turn < 19) return ["GET", "/api/v1/meetings"];
    return ["POST", "/api/v1/meetings", JSON.stringify({ title: `load ${i}` })];
  };
  await ask("GET", "/api/v1/search?q=hout");
  await rest(15000); // the words of a new file are gathered once
  const times = [], pending = [];
  const begun = performance.now();
  let bad = 0;
  for (let i = 0; i < 500 * 20; i++) {
    const due = begun + 2 * i;
    while (performance.now() < due) await rest(Math.max(0, due - performance.now()));
    pending.push(ask(...mixed(i)).then((status) => { times.push(performance.now() - due); if (status >= 400) bad++; }));
  }
  await Promise.all(pending);
  times.sort((a, b) => a - b);
  const p99 = times[Math.floor(times.length * 0.99)];
  tell(`mixed, 500 a second for 20 s, 1,000 streams open, p99 (p50 ${times[times.length >> 1].toFixed(1)} ms, ${bad} refused)`, `${p99.toFixed(1)} ms`, "10 ms", p99 < 10 && bad === 0);
  const memory = place.memoryMiB();
  tell("memory then", `${memory.toFixed(0)} MiB`, "300 MiB", memory < 300);
  for (const stream of streams) stream.destroy();

  // The map: all tiles of a screen that shows the region, as it opens and with a filter; each new to the server, then as kept.
  const column = (lon, z) => Math.floor(((lon + 180) / 360) * 2 ** z), row = (lat, z) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** z);
  for (const [name, query, most] of [["as it opens", "", 500], ["of one class", "?class=material", 1500]]) {
    const z = 9, tiles = [];
    for (let x = column(5, z); x <= column(6, z); x++) for (let y = row(51.2, z); y <= row(50.7, z); y++) tiles.push(`/api/v1/map/tiles/${z}/${x}/${y}${query}`);
    const look = async () => { const from = performance.now(); await Promise.all(tiles.map((path) => ask("GET", path))); return performance.now() - from; };
    const first = await look(), again = await look();
    tell(`the map ${name}: ${tiles.length} tiles, 100,000 sites (kept: ${again.toFixed(1)} ms)`, `${first.toFixed(0)} ms`, `${most} ms`, first < most);
  }

  // Fifty who write for a minute: every acknowledged write is there, once.
  let acknowledged = 0, isOver = false;
  const before = (await (await fetch(`${place.url}/api/v1/meetings?limit=1`, { headers })).json()).items[0]?.meeting_id ?? 0;
  const writers = Array.from({ length: 50 }, async (_, writer) => {
    for (let n = 0; !isOver; n++) if ((await ask("POST", "/api/v1/meetings", JSON.stringify({ title: `writer ${writer} ${n}` }), { "Idempotency-Key": `writer ${writer} ${n} key` })) === 201) acknowledged++;
  });
  await rest(1000 * WRITE_S);
  isOver = true;
  await Promise.all(writers);
  const after = (await (await fetch(`${place.url}/api/v1/meetings?limit=1`, { headers })).json()).items[0].meeting_id;
  tell(`50 writers for ${WRITE_S} s: ${acknowledged} acknowledged (${(acknowledged / WRITE_S).toFixed(0)} a second), kept`, String(after - before), "all, once", after - before === acknowledged);
  agent.destroy();
  await place.stop();
}
rmSync(scratch, { recursive: true, force: true });
process.exit(isMissed ? 1 : 0);
