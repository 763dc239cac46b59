// The unit tests of web/test: bundled for node, run by its own test runner, which prints TAP.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const web = join(process.env.KN_SOURCE_ROOT, "web");
if (!existsSync(join(web, "node_modules/esbuild"))) {
  console.log("1..0 # SKIP the node modules of web/ are not there");
  process.exit(0);
}
const out = mkdtempSync(join(tmpdir(), "knoop-web-"));
execFileSync(process.execPath, [join(web, "build.mjs"), "--tests", "--out", out], { stdio: "inherit" });
const ran = spawnSync(process.execPath, ["--test", "--test-reporter=tap", ...readdirSync(out).filter((name) => name.endsWith(".mjs")).map((name) => join(out, name))], { stdio: "inherit" });
rmSync(out, { recursive: true, force: true });
process.exit(ran.status ?? 1);
