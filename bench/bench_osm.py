#!/usr/bin/python3
"""OpenStreetMap: reading a map of some 120 MB against libosmium (bench_osmium.cpp), which reads the same nodes and ways, keeps the
places of nodes and measures the ways; and the whole import. `--tiles N` for another size, `--file MAP.osm.pbf` for a real map."""
import argparse
import os
import shutil
import subprocess
import sys

from measure import KNOOP, PYTHON, ROOT, Run, best, folder, head, line, program, target


def peer(here):
    """The program over libosmium, or None where that is not installed."""
    out = os.path.join(here, "osmium")
    if not os.path.exists("/usr/include/osmium/version.hpp") or not shutil.which("g++"):
        return None
    subprocess.run(["g++", "-O3", "-o", out, os.path.join(ROOT, "bench/bench_osmium.cpp"), "-lz", "-lexpat", "-lbz2", "-lpthread"], check=True)
    return out


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("--tiles", type=int, default=800)
    arg.add_argument("--file")
    arg.add_argument("--runs", type=int, default=3)
    a = arg.parse_args()
    here = folder()
    big = a.file or os.path.join(here, "map.osm.pbf")
    if not a.file:
        Run(PYTHON, os.path.join(ROOT, "bench/osmgrid.py"), big, "--tiles", str(a.tiles))
    megabytes = os.path.getsize(big) / 1e6
    base, at = os.path.join(here, "base.gpkg"), os.path.join(here, "at.gpkg")
    Run(KNOOP, "--quiet", "new", base, "--from", os.path.join(ROOT, "data/regions/poort-genk"))
    ours, theirs = program("bench_osm"), peer(here)
    head(f"a map of {megabytes:.0f} MB (best of {a.runs})")
    read, osmium, imported = [], [], []
    for _ in range(a.runs):
        if theirs:
            osmium.append(Run(theirs, big))
        read.append(Run(ours, big))
        shutil.copy(base, at)
        imported.append(Run(KNOOP, "--quiet", "import", at, big))
    passes = min(float(r.out.split()[0]) for r in read)
    rows = min(float(r.out.split()[0]) + float(r.out.split()[1]) for r in read)
    good = [megabytes / rows >= 25]
    line(f"reading nodes and ways: {passes:.2f} s, {megabytes / passes:.0f} MB/s; with nodes and links as rows {rows:.2f} s, "
         f"{megabytes / rows:.0f} MB/s (target 25: {target(good[-1])}), {best(read).cpu:.2f} s of processor, "
         f"peak {best(read).peak_mib:.0f} MiB")
    if theirs:
        took = min(float(r.out.split()[0]) for r in osmium)
        good.append(passes <= 2 * took)
        line(f"libosmium: {took:.2f} s ({best(osmium).cpu:.2f} s of processor, peak {best(osmium).peak_mib:.0f} MiB); knoop takes "
             f"{passes / took:.2f} of that (target at most 2: {target(good[-1])})")
    else:
        line("libosmium is not installed: no peer")
    run = best(imported)
    good.append(megabytes / run.wall >= 25)
    line(f"knoop import, whole process with saving: {run.wall:.2f} s ({run.cpu:.2f} s of processor), {megabytes / run.wall:.0f} MB/s "
         f"(target 25: {target(good[-1])}), peak {run.peak_mib:.0f} MiB")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
