#!/usr/bin/python3
"""Cost of the exchange against n on its test problem (bench/exchange.md), one thread and two, three seeds: time, memory, gap, pivots.
Each answer is the same with both, to the last bit, and checkexchange.py recomputes it: flows, duals and the bound over all pairs.
KN_BENCH_LONG=1 goes on to 1,000,000 (bulk) and 300,000 (hard) and writes bench/plots."""
import json
import math
import os
import statistics
import sys
import time

from measure import LONG, PYTHON, ROOT, Run, folder, head, line, program, target
from plot import plot

GAP = "1e-6"
SIZES = dict(bulk=[1000, 3000, 10000, 30000], hard=[1000, 3000, 10000, 30000])
if LONG:
    SIZES = dict(bulk=[1000, 3000, 10000, 30000, 100000, 300000, 1000000], hard=[1000, 3000, 10000, 30000, 100000, 300000])
# Seconds and MiB of issue 4, on two cores.
GOALS = dict(bulk={10000: (1, None), 100000: (8, 150), 1000000: (480, 1024)}, hard={100000: (18, 150)})
MOST_EXPONENT, LEAST_SPEED_UP = 1.4, 1.6
KINDS, PLOTS = ["bulk", "hard"], os.path.join(ROOT, "bench/plots")


def seeds(n):
    return (1, 2, 3) if n <= 100000 else (1,)


class Bench:
    def __init__(self):
        self.here, self.exchange = folder(), program("bench_exchange")
        self.good, self.rows = [], []

    def ask(self, is_met):
        self.good.append(bool(is_met))
        return target(is_met)

    def one(self, kind, n, seed):
        market, answer = (os.path.join(self.here, x) for x in ("market", "answer"))
        runs = [Run(self.exchange, kind, str(n), str(seed), str(threads), GAP, market, answer).json() for threads in (1, 2)]
        self.good.append(runs[0]["digest"] == runs[1]["digest"])
        start = time.monotonic()
        found = Run(PYTHON, os.path.join(ROOT, "tests/peer/checkexchange.py"), market, answer, "--gap", GAP).json()
        self.good.append(not found["wrong"])
        self.rows += runs
        one, two = runs
        line(f"{kind} {n:>9,} seed {seed}: {one['seconds']:8.3f} s, two threads {two['seconds']:8.3f} s ({one['seconds'] / two['seconds']:.2f} times as fast), "
             f"{two['peak_mib']:.0f} MiB, engine {two['engine_mib']:.1f}; gap {two['gap']:.1e}, {two['rounds']} rounds, {two['pivots']:,} pivots, "
             f"setting up {100 * one['build'] / one['seconds']:.1f} %; threads {'agree' if self.good[-2] else 'DIFFER'}; checked in "
             f"{time.monotonic() - start:.1f} s: {'holds, gap ' + format(found['gap'], '.1e') if self.good[-1] else 'WRONG: ' + '; '.join(found['wrong'])}")

    def median(self, kind, n, threads, what):
        found = [r[what] for r in self.rows if (r["kind"], r["n"], r["threads"]) == (kind, n, threads)]
        return statistics.median(found)

    def curve(self, kind, threads, what):
        return [(n, self.median(kind, n, threads, what)) for n in SIZES[kind]]


def slope(points):
    """The exponent of a power law by least squares on logarithms."""
    x, y = ([math.log(p[k]) for p in points] for k in (0, 1))
    x_mean, y_mean = statistics.fmean(x), statistics.fmean(y)
    return sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y)) / sum((a - x_mean) ** 2 for a in x)


def goals(b):
    head("exchange, its goals (medians of the seeds, two threads)")
    for kind in KINDS:
        for n, (seconds, mib) in GOALS[kind].items():
            if n in SIZES[kind]:
                s, m = b.median(kind, n, 2, "seconds"), b.median(kind, n, 2, "peak_mib")
                memory = "" if mib is None else f"; {m:.0f} MiB as a process (target {mib}: {b.ask(m <= mib)})"
                line(f"{kind} {n:,}: {s:.2f} s (target {seconds}: {b.ask(s <= seconds)}){memory}")
        for what in ("seconds", "pivots", "engine_mib"):
            exponents = [slope(b.curve(kind, t, what)) for t in (1, 2)]
            verdict = f" (target {MOST_EXPONENT}: {b.ask(max(exponents) <= MOST_EXPONENT)})" if what == "seconds" else ""
            line(f"{kind}: {what} grow as n^{exponents[0]:.2f} with one thread, n^{exponents[1]:.2f} with two{verdict}")
        # Threads pay where there is work for them.
        for n in [x for x in SIZES[kind] if x >= 10000]:
            ratio = b.median(kind, n, 1, "seconds") / b.median(kind, n, 2, "seconds")
            line(f"{kind} {n:,}: two threads are {ratio:.2f} times as fast as one (target {LEAST_SPEED_UP}: {b.ask(ratio >= LEAST_SPEED_UP)})")


def draw(b):
    os.makedirs(PLOTS, exist_ok=True)
    with open(os.path.join(PLOTS, "scale.json"), "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(json.dumps(r) for r in b.rows) + "\n]\n")
    threads = ((1, "one thread", True), (2, "two threads", False))
    for file, what, title, unit in (("time", "seconds", "Time to a proven gap of 1e-6 over all n x n pairs", "seconds"),
                                    ("memory", "peak_mib", "Memory of the process", "MiB"),
                                    ("pivots", "pivots", "Pivots", "")):
        which = threads if what == "seconds" else threads[1:]
        series = [(f"{kind}, {name}" if len(which) > 1 else kind, b.curve(kind, t, what), is_dashed, KINDS.index(kind))
                  for kind in KINDS for t, name, is_dashed in which]
        rings = [(n, g[0 if what == "seconds" else 1], KINDS.index(kind)) for kind in KINDS for n, g in GOALS[kind].items()
                 if n in SIZES[kind] and what != "pivots" and g[0 if what == "seconds" else 1]]
        plot(os.path.join(PLOTS, f"exchange-{file}.svg"), title, "n supplies, n demands", unit + (" (rings: goals)" if rings else ""), series, rings)
    line(f"wrote bench/plots")


def main():
    b = Bench()
    head("exchange against n, gap 1e-6 (one run each)")
    for kind in KINDS:
        for n in SIZES[kind]:
            for seed in seeds(n):
                b.one(kind, n, seed)
    goals(b)
    if LONG:
        draw(b)
    return 0 if all(b.good) else 1


if __name__ == "__main__":
    sys.exit(main())
