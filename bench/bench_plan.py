#!/usr/bin/python3
"""The plan against PuLP with CBC on all pairs (same region, same optimum), and against its own targets."""
import os
import sys

from measure import KNOOP, PYTHON, ROOT, Run, best, folder, head, line, package, target


def against_peer(here, size):
    gpkg = package(os.path.join(here, f"peer{size}"), size)
    ours, peers = [], []
    for _ in range(3 if size <= 200 else 2):
        ours.append(Run(KNOOP, "plan", gpkg, "--gap", "1e-9", "--json", "--quiet"))
        peers.append(Run(PYTHON, os.path.join(ROOT, "tests/peer/planpeer.py"), gpkg[:-5], "--gap", "1e-9"))
    our, peer = best(ours), best(peers)
    value, other = our.json()["value_eur"], peer.json()["value"]
    apart = abs(value - other) / max(1.0, abs(other))
    line(f"{size} x {size}, {our.json()['pairs_compatible']} pairs: knoop {our.wall:.2f} s, PuLP + CBC {peer.wall:.2f} s: "
         f"{peer.wall / our.wall:.1f} times as fast; values {value:.2f} and {other:.2f}, {apart:.1e} apart "
         f"({'equal' if apart <= 1e-6 else 'NOT EQUAL'} at 1e-6)")
    return apart <= 1e-6


def timed(what, gpkg, gap, most_s=None, times=1):
    run = best([Run(KNOOP, "plan", gpkg, "--gap", str(gap), "--json", "--quiet") for _ in range(times)])
    found = run.json()
    verdict = ""
    is_met = True
    if most_s is not None:
        is_met = run.wall <= most_s and found["gap"] is not None and found["gap"] <= gap
        verdict = f"; target {most_s} s: {target(is_met)}"
    line(f"{what}: {run.wall:.1f} s ({run.cpu:.1f} s of processor), gap {found['gap']:.1e} (asked {gap:g}), {found['pairs_compatible']} pairs, "
         f"peak {run.peak_mib:.0f} MiB{verdict}")
    return is_met


def main():
    here = folder()
    head("plan against PuLP + CBC on all pairs (whole process, best of two or three)")
    good = [against_peer(here, size) for size in (200, 400)]
    head("plan against its targets (whole process; the demo best of three, the others one run)")
    demo = os.path.join(here, "demo.gpkg")
    Run(KNOOP, "--quiet", "new", demo, "--from", os.path.join(ROOT, "data/regions/poort-genk"))
    good.append(timed("demo region", demo, 1e-4, 2, 3))
    good.append(timed("2,000 x 2,000, 100 units", package(os.path.join(here, "linear"), 2000, "--units", "100", "--candidates", "0"),
                      1e-6, 20))
    good.append(timed("the same with 30 candidates",
                      package(os.path.join(here, "mixed"), 2000, "--units", "100", "--candidates", "30"), 1e-4, 60))
    large = package(os.path.join(here, "large"), 10000, "--units", "1000", "--candidates", "0")
    run = Run(KNOOP, "match", large, "--json", "--quiet")
    line(f"match of all offers, 10,000 x 10,000: {run.wall:.1f} s, {run.cpu:.1f} s of processor, peak {run.peak_mib:.0f} MiB")
    timed("10,000 x 10,000, 1,000 units (no target)", large, 1e-6)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
