#!/usr/bin/python3
"""A million offers: import against `ogr2ogr -f GPKG` of the same CSV, opening, and memory.

ogr2ogr makes a table of texts without keys, references, a history or a digest; that is the peer, as it is what people
use. `--rows N` for another number of rows."""
import argparse
import os
import shutil
import sys

from measure import KNOOP, PYTHON, ROOT, Run, best, folder, head, line, program, target


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("--rows", type=int, default=1000000)
    arg.add_argument("--runs", type=int, default=3)
    a = arg.parse_args()
    here = folder()
    big = os.path.join(here, "big")
    Run(PYTHON, os.path.join(ROOT, "bench/bigregion.py"), big, "--offers", str(a.rows))
    csv = os.path.join(big, "offer.csv")
    base = os.path.join(here, "base")
    shutil.copytree(big, base, ignore=shutil.ignore_patterns("offer.csv"))
    # The region without its offers, once; each run begins from a copy.
    Run(PYTHON, "-c", "import sys, json; p = sys.argv[1]; d = json.load(open(p)); "
        "d['resources'] = [r for r in d['resources'] if r['name'] != 'offer']; json.dump(d, open(p, 'w'))",
        os.path.join(base, "datapackage.json"))
    Run(KNOOP, "--quiet", "new", base + ".gpkg", "--from", base)
    opener = program("bench_open")
    head(f"import of {a.rows} offers, {os.path.getsize(csv) / 1e6:.0f} MB of CSV (whole process, best of {a.runs})")
    new, imported, ogr, opened = [], [], [], []
    out, at, peer = (os.path.join(here, x) for x in ("new.gpkg", "import.gpkg", "ogr.gpkg"))
    for _ in range(a.runs):
        for path in (out, at, peer):
            if os.path.exists(path):
                os.remove(path)
        ogr.append(Run("ogr2ogr", "-f", "GPKG", peer, csv))
        new.append(Run(KNOOP, "--quiet", "new", out, "--from", big))
        shutil.copy(base + ".gpkg", at)
        imported.append(Run(KNOOP, "--quiet", "import", at, csv))
        opened.append(Run(opener, out))
    best_ogr = best(ogr)
    good = []
    for what, run in (("knoop new --from", best(new)), ("knoop import offer.csv", best(imported))):
        rate, ratio = a.rows / run.wall, best_ogr.wall / run.wall
        good += [ratio >= 3, rate >= 250000, run.peak_mib < 1024]
        line(f"{what}: {run.wall:.2f} s ({run.cpu:.2f} s of processor), {rate:,.0f} rows/s (target 250,000: {target(good[-2])}), "
             f"{ratio:.2f} times ogr2ogr (target 3: {target(good[-3])}), {best_ogr.cpu / run.cpu:.2f} times by processor time, "
             f"peak {run.peak_mib:.0f} MiB (target below 1024: {target(good[-1])})")
    line(f"ogr2ogr -f GPKG: {best_ogr.wall:.2f} s ({best_ogr.cpu:.2f} s of processor), {a.rows / best_ogr.wall:,.0f} rows/s")
    first = min((r.json() for r in opened), key=lambda r: r["seconds"])
    good += [first["seconds"] < 2 and first["offers"] == a.rows, first["peak_mib"] < 1024]
    line(f"opening and loading {first['offers']} offers: {first['seconds']:.2f} s (target 2: {target(good[-2])}), "
         f"peak {first['peak_mib']:.0f} MiB (target below 1024: {target(good[-1])})")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
