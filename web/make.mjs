// What meson calls: the packages of the lock file where they are not there yet, then build.mjs with the same arguments.
//
// The packages lie in web/node_modules, shared by all build folders; a copy of the lock file there says for which they are.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const LOCK = join(HERE, "package-lock.json");
const INSTALLED = join(HERE, "node_modules", ".installed.lock");
const BUSY = join(HERE, ".installing"); // a folder: making it is one step, so two builds at once do not both install
const STALE_MS = 600_000;

const isInstalled = () => existsSync(INSTALLED) && readFileSync(INSTALLED).equals(readFileSync(LOCK));
const rest = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function take() {
  for (;;) {
    try {
      mkdirSync(BUSY);
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const age = Date.now() - (statSync(BUSY, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > STALE_MS) rmSync(BUSY, { recursive: true, force: true });
      else rest(500);
    }
  }
}

function install() {
  take();
  try {
    if (isInstalled()) return true;
    const done = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries", "1", "--fetch-timeout", "20000"],
      { cwd: HERE, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
    if (done.status !== 0) {
      process.stderr.write(done.stderr ?? `${done.error?.message ?? ""}\n`);
      return false;
    }
    copyFileSync(LOCK, INSTALLED);
    return true;
  } finally {
    rmSync(BUSY, { recursive: true, force: true });
  }
}

if (!isInstalled() && !install()) {
  process.stderr.write("web: the packages of web/package-lock.json are not here and npm could not get them (its words stand above).\n" +
    "     With a connection to a package registry: ./run build once; afterwards none is needed.\n" +
    "     Without the pages of the portal: meson configure build -Dweb=false\n");
  process.exit(1);
}
const built = spawnSync(process.execPath, [join(HERE, "build.mjs"), ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(built.status ?? 1);
