#!/usr/bin/python3
"""The plan against PuLP with CBC on all pairs (same region, same optimum), and against its own targets. KN_BENCH_LONG=1 adds
the regions that take minutes."""
import os
import sys

from measure import KNOOP, LONG, PYTHON, ROOT, Run, best, folder, head, line, package, target

SIX = "--streams 6 --processes 12"
EVERYTHING = ("--streams 10 --children 3 --substitutions 20 --ratios 1 0.9 0.7 --mixing --specs --gateways 20 --units 1000 "
              "--processes 40 --modes 2")
FAMILIES = "--streams 6 --children 3 --substitutions 12 --ratios 1 0.9"


def huge(path, size, more=""):
    """A region of hugeregion.py, and its region file."""
    Run(PYTHON, os.path.join(ROOT, "bench/hugeregion.py"), path, "--size", str(size), *more.split())
    Run(KNOOP, "--quiet", "new", path + ".gpkg", "--from", path)
    return path + ".gpkg"


def against_peer(what, gpkg, times):
    ours, peers = [], []
    for _ in range(times):
        ours.append(Run(KNOOP, "plan", gpkg, "--gap", "1e-9", "--json", "--quiet"))
        peers.append(Run(PYTHON, os.path.join(ROOT, "tests/peer/planpeer.py"), gpkg[:-5], "--gap", "1e-9"))
    our, peer = best(ours), best(peers)
    value, other = our.json()["value_eur"], peer.json()["value"]
    apart = abs(value - other) / max(1.0, abs(other))
    line(f"{what}, {our.json()['pairs_compatible']} pairs: knoop {our.wall:.2f} s, PuLP + CBC {peer.wall:.2f} s: "
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


def matched(what, gpkg, most_s=None):
    """Every offer with its ten best partners, what each is worth and why: as text and as JSON."""
    good = True
    for form in ([], ["--json"]):
        run = Run(KNOOP, "match", gpkg, "--quiet", *form)
        verdict = "" if most_s is None else f"; target {most_s} s: {target(run.wall <= most_s)}"
        good = good and (most_s is None or run.wall <= most_s)
        line(f"match of all offers, {what}, {'JSON' if form else 'text'}: {run.wall:.1f} s, {run.cpu:.1f} s of processor, {len(run.out) / 1e6:.0f} MB, "
             f"peak {run.peak_mib:.0f} MiB{verdict}")
    return good


def of_old(here, good):
    demo = os.path.join(here, "demo.gpkg")
    Run(KNOOP, "--quiet", "new", demo, "--from", os.path.join(ROOT, "data/regions/poort-genk"))
    good.append(timed("demo region", demo, 1e-4, 2, 3))
    good.append(timed("2,000 x 2,000, 100 units", package(os.path.join(here, "linear"), 2000, "--units", "100", "--candidates", "0"),
                      1e-6, 20))
    good.append(timed("the same with 30 candidates",
                      package(os.path.join(here, "mixed"), 2000, "--units", "100", "--candidates", "30"), 1e-4, 60))


def with_everything(here, good):
    six = "6 streams x 1,500 x 1,500"
    good.append(timed(f"{six}, 60 units", huge(os.path.join(here, "six"), 9000, SIX + " --units 60"), 1e-6, 4))
    mix = huge(os.path.join(here, "mix"), 10000, EVERYTHING)
    matched("10,000 x 10,000 with everything", mix)
    good.append(timed("10,000 x 10,000, 1,000 units of 40 processes, mixing, specs, gateways", mix, 1e-6, 60))
    if not LONG:
        return
    timed(f"{six}, 60 candidates (no target)", huge(os.path.join(here, "six-new"), 9000, SIX + " --candidates 60"), 1e-4)
    good.append(timed("the 10,000 x 10,000 with 200 candidates more", huge(os.path.join(here, "new"), 10000, EVERYTHING + " --candidates 200"),
                      1e-3, 300))


def only_exchange(here, good):
    one = huge(os.path.join(here, "one"), 100000)
    good.append(matched("100,000 x 100,000, one stream", one, 10))
    many = huge(os.path.join(here, "many"), 100000, FAMILIES)
    good.append(matched("100,000 x 100,000, six streams", many, 10))
    if not LONG:
        return
    timed("100,000 x 100,000, one stream (no target)", one, 1e-6)
    timed("100,000 x 100,000, six streams with kinds and substitutions (no target)", many, 1e-6)


def main():
    here, good = folder(), []
    head("plan against PuLP + CBC on all pairs (whole process, best of three, of two, one run)")
    good.append(against_peer("200 x 200", package(os.path.join(here, "peer200"), 200), 3))
    good.append(against_peer("400 x 400", package(os.path.join(here, "peer400"), 400), 2))
    # Large enough for the network engine to give the start.
    good.append(against_peer("1,300 x 1,300 with everything", huge(os.path.join(here, "peer1300"), 1300, EVERYTHING.replace("1000", "130")), 1))
    head("plan against its targets (whole process; the demo best of three, the others one run)")
    of_old(here, good)
    with_everything(here, good)
    head("100,000 offers and 100,000 needs (whole process, reading the region file; one run)")
    only_exchange(here, good)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
