// Builds the portal: node build.mjs [--out FOLDER] [--c FOLDER] [--tests] [--dev]
//
//   src/main.tsx -> OUT/assets/NAME-HASH.js (split, minified), index.html, manifest.json, and NAME.gz beside each text.
//   --c FOLDER   also writes kn_assets.c, kn_assets.bin and kn_assets.S there: what src/portal/assets.h declares.
//   --depfile F  says which files all that was made of, for ninja.
//   --tests      bundles test/*.test.ts for node into dist-tests/ instead.
//   --dev        not minified, with source maps; no C.
//
// Fails when what a browser may load grows over its budget (gzip, bytes): see BUDGET.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUDGET = { withoutMap: 450_000, all: 900_000 };
const MIME = {
  html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", mjs: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8",
  json: "application/json", svg: "image/svg+xml", woff2: "font/woff2", png: "image/png", webmanifest: "application/manifest+json",
};

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const isDev = args.includes("--dev");
const OUT = resolve(option("--out") ?? join(HERE, "dist"));

// A style sheet of a room comes with the chunk of that room, as a constructed sheet: no flash and no second request.
// (The sheets of src/ui are one plain file that index.html links.)
const roomStyles = {
  name: "room-styles",
  setup(context) {
    context.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      if (relative(join(HERE, "src", "ui"), path).startsWith("..") === false) return undefined;
      const css = await transform(await readFile(path, "utf8"), { loader: "css", minify: !isDev, target: "es2022" });
      return {
        loader: "js",
        contents: `const sheet = new CSSStyleSheet();sheet.replaceSync(${JSON.stringify(css.code)});` +
          "document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];",
      };
    });
  },
};

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

async function bundleTests() {
  const names = (await readdir(join(HERE, "test"))).filter((name) => name.endsWith(".test.ts") || name.endsWith(".test.tsx"));
  const out = resolve(option("--out") ?? join(HERE, "dist-tests"));
  await rm(out, { recursive: true, force: true });
  await build({
    entryPoints: names.map((name) => join(HERE, "test", name)), outdir: out, outExtension: { ".js": ".mjs" },
    bundle: true, platform: "node", format: "esm", target: "node18", packages: "bundle", jsx: "automatic", jsxImportSource: "preact",
    logLevel: "warning", plugins: [roomStyles],
  });
}

async function bundle() {
  await rm(OUT, { recursive: true, force: true });
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: { app: "src/main.tsx", style: "src/ui/style.css" },
    outdir: OUT, bundle: true, splitting: true, format: "esm", target: "es2022", platform: "browser",
    entryNames: "assets/[name]-[hash]", chunkNames: "assets/[name]-[hash]", assetNames: "assets/[name]-[hash]", publicPath: "/",
    jsx: "automatic", jsxImportSource: "preact", minify: !isDev, sourcemap: isDev ? "linked" : false, metafile: true, write: false,
    loader: { ".woff2": "file", ".svg": "file" }, legalComments: "none", logLevel: "warning", charset: "utf8",
    define: { "process.env.NODE_ENV": '"production"' }, plugins: [roomStyles],
  });
  const outputs = {};
  const ours = (path) => relative(OUT, resolve(HERE, path));
  for (const [path, output] of Object.entries(result.metafile.outputs)) outputs[ours(path)] = output;
  const files = new Map();
  for (const file of result.outputFiles) files.set(relative(OUT, file.path), Buffer.from(file.contents));

  const entry = (name) => Object.entries(outputs).find(([, output]) => output.entryPoint === name);
  const [appPath, app] = entry("src/main.tsx");
  const [stylePath] = entry("src/ui/style.css");

  // The worker of the map is a file of its own, so that the content security policy need not allow blob: workers.
  const worker = await readFile(join(HERE, "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs"));
  const workerPath = `assets/map-worker-${hash(worker)}.mjs`;
  files.set(workerPath, stripMapComment(worker));

  const icon = await readFile(join(HERE, "src/icon.svg"));
  const iconPath = `assets/icon-${hash(icon)}.svg`;
  files.set(iconPath, icon);

  const font = [...files.keys()].find((path) => /source-sans-3-latin-wght-normal-.*\.woff2$/.test(path));
  const preload = app.imports.filter((one) => one.kind === "import-statement").map((one) => ours(one.path));
  const html = (await readFile(join(HERE, "src/index.html"), "utf8"))
    .replaceAll("%APP%", `/${appPath}`).replaceAll("%STYLE%", `/${stylePath}`).replaceAll("%WORKER%", `/${workerPath}`)
    .replaceAll("%FONT%", `/${font}`).replaceAll("%ICON%", `/${iconPath}`)
    .replace("%PRELOAD%", preload.map((path) => `<link rel="modulepreload" href="/${path}">`).join("\n"));
  files.set("index.html", Buffer.from(html));
  files.set("licences.txt", await licences([...Object.keys(result.metafile.inputs), "node_modules/maplibre-gl/"]));

  const manifest = [];
  for (const path of [...files.keys()].sort()) {
    const bytes = files.get(path);
    const mime = MIME[path.split(".").pop()] ?? (path.endsWith(".txt") ? "text/plain; charset=utf-8" : "application/octet-stream");
    const packed = /font|image\/png/.test(mime) ? null : gzipSync(bytes, { level: 9 });
    const gz = packed && packed.length < bytes.length ? packed : null;
    if (path.endsWith(".map")) continue;
    manifest.push({ path: `/${path}`, mime, etag: hash(bytes), is_immutable: path.startsWith("assets/"), n: bytes.length, gz_n: gz ? gz.length : 0 });
    await mkdir(dirname(join(OUT, path)), { recursive: true });
    await writeFile(join(OUT, path), bytes);
    if (gz) await writeFile(join(OUT, `${path}.gz`), gz);
  }
  if (isDev) for (const [path, bytes] of files) if (path.endsWith(".map")) await writeFile(join(OUT, path), bytes);
  await writeFile(join(OUT, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
  return { manifest, outputs };
}

/* What the licences of those whose work is inside ask for: their name and words. */
async function licences(inputs) {
  const names = [...new Set(inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean))].sort();
  const parts = [];
  for (const name of names) {
    const folder = join(HERE, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const words = file ? await readFile(join(folder, file), "utf8") : "";
    parts.push(`${name} ${version}, ${license}\n\n${words.trim()}\n`);
  }
  return Buffer.from(parts.join(`\n${"-".repeat(72)}\n\n`));
}

function stripMapComment(bytes) {
  return Buffer.from(bytes.toString("utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

/* What a browser can load at most, compressed. What only the map needs is told apart by its inputs. */
function weigh({ manifest, outputs }) {
  const isMap = ({ path }) =>
    path.includes("map-worker") || Object.keys(outputs[path.slice(1)]?.inputs ?? {}).some((input) => input.includes("node_modules/maplibre-gl/"));
  const size = (files) => files.reduce((sum, file) => sum + (file.gz_n || file.n), 0);
  const loaded = manifest.filter(({ path }) => !path.endsWith(".txt"));
  const withoutMap = size(loaded.filter((file) => !isMap(file)));
  const all = size(loaded);
  for (const file of [...loaded].sort((a, b) => (b.gz_n || b.n) - (a.gz_n || a.n)).slice(0, 8))
    process.stderr.write(`  ${String(Math.round((file.gz_n || file.n) / 1000)).padStart(5)} kB  ${file.path}\n`);
  process.stderr.write(`web: ${loaded.length} files, gzip ${Math.round(withoutMap / 1000)} kB without the map, ${Math.round(all / 1000)} kB with it\n`);
  if (!isDev && (withoutMap > BUDGET.withoutMap || all > BUDGET.all)) {
    process.stderr.write(`web: over budget (${BUDGET.withoutMap / 1000} kB without the map, ${BUDGET.all / 1000} kB with it)\n`);
    process.exitCode = 1;
  }
}

/* The files as one blob that the assembler takes in whole (no compiler reads a megabyte of numbers), and the table of them. */
async function writeC(folder, manifest) {
  const parts = [];
  let at = 0;
  const put = (bytes) => {
    const start = at;
    const padding = (16 - (bytes.length % 16)) % 16;
    parts.push(bytes, Buffer.alloc(padding));
    at += bytes.length + padding;
    return start;
  };
  const rows = [];
  for (const file of [...manifest].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const plain = put(await readFile(join(OUT, file.path)));
    const gz = file.gz_n ? `kn_asset_blob + ${put(await readFile(join(OUT, `${file.path}.gz`)))}` : "NULL";
    rows.push(`  {${[JSON.stringify(file.path), JSON.stringify(file.mime), JSON.stringify(file.etag), file.is_immutable ? "true" : "false",
      `kn_asset_blob + ${plain}`, file.n, gz, file.gz_n].join(", ")}},`);
  }
  const blob = Buffer.concat(parts);
  const bin = join(resolve(folder), "kn_assets.bin");
  await writeFile(bin, blob);
  await writeFile(join(folder, "kn_assets.c"), [
    "/* Written by web/build.mjs from web/src: the portal as a browser loads it, in order of path. */",
    '#include "portal/assets.h"', "",
    "extern const unsigned char kn_asset_blob[];", "",
    "const kn_asset kn_assets[] = {", ...rows, "};", `const int32_t kn_asset_count = ${rows.length};`, "",
  ].join("\n"));
  await writeFile(join(folder, "kn_assets.S"), [
    `/* Written by web/build.mjs; digest of the blob: ${hash(blob)} */`,
    "  .section .rodata", "  .global kn_asset_blob", "  .type kn_asset_blob, %object", "  .balign 16",
    "kn_asset_blob:", `  .incbin ${JSON.stringify(bin)}`, "  .byte 0", "  .size kn_asset_blob, . - kn_asset_blob",
    '  .section .note.GNU-stack, "", %progbits', "",
  ].join("\n"));
}

/* Folders count as well: a new file changes its folder. */
async function writeDependencies(depfile, target) {
  const paths = [];
  const walk = async (folder) => {
    paths.push(folder);
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isDirectory()) await walk(join(folder, entry.name));
      else paths.push(join(folder, entry.name));
  };
  await walk(join(HERE, "src"));
  for (const name of ["build.mjs", "make.mjs", "package.json", "package-lock.json", "tsconfig.json"]) paths.push(join(HERE, name));
  await writeFile(depfile, `${target}: ${paths.map((path) => path.replaceAll(" ", "\\ ")).join(" \\\n  ")}\n`);
}

if (args.includes("--tests")) {
  await bundleTests();
} else {
  const built = await bundle();
  weigh(built);
  if (option("--c")) await writeC(option("--c"), built.manifest);
  if (option("--depfile")) await writeDependencies(option("--depfile"), join(option("--c"), "kn_assets.c"));
}
