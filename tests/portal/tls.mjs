// The portal by TLS with certificate files: the address says https, cookies are bound to the host, plain http gets nothing; a certificate that is not there is
// said so and nothing is served.
import { execFileSync, spawnSync } from "node:child_process";
import https from "node:https";
import { join } from "node:path";
import { done, equal, folder, knoop, match, notEqual, region, serve, skipAll, test } from "./lib.mjs";

const key = join(folder, "key.pem"), certificate = join(folder, "certificate.pem");
try {
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost"], { stdio: "ignore" });
} catch { skipAll("there is no openssl to make a certificate"); }

const file = await region();
const { email, password } = JSON.parse(execFileSync(knoop, ["account", file, "--email", "an@example.org", "--role", "coordinator", "--json"], { encoding: "utf8" }));
const place = await serve(file, ["--certificate", certificate, "--key", key]);
const ask = (method, path, body) => new Promise((yes, no) => {
  const request = https.request(`${place.url}${path}`, { method, rejectUnauthorized: false, headers: { "Content-Type": "application/json" } }, (answer) => {
    let text = "";
    answer.on("data", (piece) => { text += piece; });
    answer.on("end", () => yes({ status: answer.statusCode, headers: answer.headers, text }));
  });
  request.on("error", no);
  request.end(body);
});

await test("pages, API and health by TLS", async () => {
  match(place.url, /^https:/);
  equal((await ask("GET", "/health")).status, 200);
  equal((await ask("GET", "/api/v1/areas")).status, 200);
  match((await ask("GET", "/")).headers["content-security-policy"], /default-src 'self'/);
});
await test("the cookie of a session goes to this host only, and never in the clear", async () => {
  const { status, headers } = await ask("POST", "/api/v1/login", JSON.stringify({ email, password }));
  equal(status, 200);
  match(headers["set-cookie"][0], /^__Host-.*; Path=\/; HttpOnly; SameSite=Strict;.*Secure/);
});
await test("plain http gets no answer", async () => {
  const plain = await fetch(place.url.replace("https:", "http:")).then(({ status }) => status, () => 0);
  notEqual(plain, 200);
});
await test("a certificate that is not there", async () => {
  const { status, stderr } = spawnSync(knoop, ["serve", file, "--port", "0", "--certificate", join(folder, "nothing.pem"), "--key", key], { encoding: "utf8" });
  equal(status, 5);
  match(stderr, /nothing\.pem cannot be read/);
});

await done();
