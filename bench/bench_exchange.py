#!/usr/bin/python3
"""The exchange against peers, all on the very same numbers: the test problem of bench/exchange.md, which bench_exchange writes
for them. KN_BENCH_LONG=1 adds the sizes that take minutes and gigabytes, and all three seeds."""
import os
import re
import sys

from measure import LONG, PYTHON, Run, best, folder, head, line, program, target

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "exchange_peers.py")
GAP = "1e-6"


class Bench:
    def __init__(self):
        self.here = folder()
        self.exchange, self.lemon = program("bench_exchange"), program("bench_lemon")
        self.good = []

    def file(self, name):
        return os.path.join(self.here, name)

    def ours(self, kind, n, seed, threads=1, gap=GAP, runs=3, write=False):
        """The best run of a few, as a whole process."""
        more = [self.file("market")] if write else []
        return best([Run(self.exchange, kind, str(n), str(seed), str(threads), gap, *more) for _ in range(runs)])

    def equal(self, ours, value, most=1e-6):
        apart = abs(ours.json()["value"] - value) / abs(value)
        self.good.append(apart <= most)
        return f"values {apart:.1e} apart ({'equal' if apart <= most else 'NOT EQUAL'} at {most:g})"

    def target(self, is_met):
        self.good.append(bool(is_met))
        return target(is_met)


def small(b, kind, seed):
    """1,000 x 1,000, where every peer can follow."""
    ours = b.ours(kind, 1000, seed, runs=5, write=True)
    market, found = b.file("market"), ours.json()
    line(f"{kind}, seed {seed}: knoop {ours.wall:.3f} s as a whole process, {found['peak_mib']:.1f} MiB; {found['seconds']:.3f} s in the "
         f"call, gap {found['gap']:.1e}, setting up {100 * found['build'] / found['seconds']:.1f} % of it "
         f"(target below 10 %: {b.target(found['build'] < 0.1 * found['seconds'])})")

    def against(name, run, value, most=None):
        ratio = run.wall / ours.wall
        verdict = "" if most is None else f" (target {most}: {b.target(ratio >= most)})"
        line(f"    {name}: {run.wall:.2f} s, {run.peak_mib:.0f} MiB: {ratio:,.0f} times as long{verdict}; {b.equal(ours, value)}")

    lemon = best([Run(b.lemon, kind, "1000", str(seed), "all") for _ in range(3)])
    against("LEMON network simplex", lemon, lemon.json()["value"])
    if (seed > 1 or kind == "hard") and not LONG:
        return
    highs = Run(PYTHON, PEERS, "highs", market)
    against("SciPy, HiGHS", highs, highs.json()["value"])
    pulp = Run(PYTHON, PEERS, "pulp", market)
    against("PuLP, CBC", pulp, pulp.json()["value"], 500)


def with_glpsol(b, kind, n):
    ours = b.ours(kind, n, 1, write=True)
    Run(PYTHON, PEERS, "lp", b.file("market"), b.file("model.lp"))
    peer = Run("glpsol", "--lp", b.file("model.lp"), "-o", b.file("model.txt"))
    with open(b.file("model.txt"), encoding="ascii") as f:
        value = float(re.search(r"^Objective:.*= *([0-9.e+]+)", f.read(), re.M).group(1))
    line(f"{kind}, {n} x {n}, glpsol on all pairs, reading its model included: {peer.wall:.2f} s, {peer.peak_mib:.0f} MiB; knoop {ours.wall:.3f} s: "
         f"{peer.wall / ours.wall:,.0f} times as long; {b.equal(ours, value)}")


def all_pairs(b, kind, n, has_target):
    """LEMON at 10^8 arcs needs gigabytes, and about a minute."""
    peer = Run(b.lemon, kind, str(n), "1", "all")
    line(f"{kind}, {n} x {n}, all {n * n:.0e} pairs: LEMON {peer.wall:.1f} s ({peer.json()['solve']:.1f} s without making its graph), "
         f"{peer.peak_mib:,.0f} MiB")
    for threads in (1, 2):
        ours = b.ours(kind, n, 1, threads)
        ratio, memory = peer.wall / ours.wall, peer.peak_mib / ours.json()["peak_mib"]
        goals = (f" (target 40: {b.target(ratio >= 40)})", f" (target 1000: {b.target(memory >= 1000)})") if has_target else ("", "")
        line(f"    knoop, {threads} thread{'s' * (threads > 1)}: {ours.wall:.2f} s, {ours.json()['peak_mib']:.1f} MiB, {ours.json()['engine_mib']:.1f} of the "
             f"engine: LEMON takes {ratio:.0f} times as long{goals[0]}, {memory:.0f} times the memory{goals[1]}; {b.equal(ours, peer.json()['value'])}")


def nearest_only(b, kind, n, count):
    ours = b.ours(kind, n, 1, runs=1, write=True)
    Run(PYTHON, PEERS, "near", b.file("market"), b.file("near"), str(count))
    peer = Run(b.lemon, kind, str(n), "1", b.file("near"), str(count))
    found, value = ours.json(), peer.json()["value"]
    b.good.append(value <= found["value"] * (1 + 1e-6))
    line(f"{kind}, {n} x {n}, LEMON on the {count} nearest of each supply: {peer.wall:.2f} s, {100 * (1 - value / found['value']):.2f} % of the value lost; "
         f"knoop {ours.wall:.2f} s over all pairs, gap {found['gap']:.1e}")


def main():
    b = Bench()
    head("exchange, 1,000 x 1,000, every pair a variable for the peers (whole processes; best of five, LEMON of three, others one run)")
    for kind in ("bulk", "hard"):
        for seed in (1, 2, 3):
            small(b, kind, seed)
    head("exchange against glpsol (GLPK)")
    for kind in ("bulk", "hard"):
        with_glpsol(b, kind, 1000 if LONG else 300)
    head("exchange, larger (whole processes; ours best of three)")
    for kind in ("bulk", "hard"):
        all_pairs(b, kind, 10000 if LONG else 3000, LONG)
    head("exchange against a preselection of pairs")
    for kind in ("bulk", "hard"):
        for n in (10000, 100000) if LONG else (10000,):
            for count in (10, 20):
                nearest_only(b, kind, n, count)
    return 0 if all(b.good) else 1


if __name__ == "__main__":
    sys.exit(main())
