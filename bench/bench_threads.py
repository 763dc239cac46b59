#!/usr/bin/python3
"""Two threads against one on the exchange (bench/exchange.md), gap 1e-6, three seeds: the best of some runs taken in turn. Beside it
what the machine gives at that moment: two programs of one thread each, run side by side, against one alone. 2 is two whole cores; where
others use the machine, or two processors are two halves of one core, it is less, and no program can be faster by more than that."""
import subprocess
import sys
import time

from measure import LONG, Run, head, line, program, target

GAP, LEAST_SPEED_UP = "1e-6", 1.6
RUNS = {10000: 4, 30000: 3, 100000: 1}
SIZES = [10000, 30000, 100000] if LONG else [10000]


def side_by_side(command):
    """Seconds until two of them have ended."""
    start = time.monotonic()
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    for one in both:
        if one.wait() != 0:
            sys.exit(f"{' '.join(command)} ended with {one.returncode}")
    return time.monotonic() - start


def main():
    exchange, good = program("bench_exchange"), []
    head("exchange, two threads against one, gap 1e-6 (best of some runs)")
    for kind in ("bulk", "hard"):
        for n in SIZES:
            for seed in (1, 2, 3):
                wall, digests = {1: [], 2: []}, set()
                pair = []
                for _ in range(RUNS[n]):
                    for threads in (1, 2):
                        run = Run(exchange, kind, str(n), str(seed), str(threads), GAP)
                        wall[threads].append(run.wall)
                        digests.add(run.json()["digest"])
                    pair.append(side_by_side([exchange, kind, str(n), str(seed), "1", GAP]))
                one, two = min(wall[1]), min(wall[2])
                good += [len(digests) == 1, one / two >= LEAST_SPEED_UP]
                line(f"{kind} {n:,} seed {seed}: {one:.3f} and {two:.3f} s: {one / two:.2f} times as fast (target {LEAST_SPEED_UP}: {target(good[-1])}); "
                     f"two programs of one thread: {2 * one / min(pair):.2f} times; answers {'agree' if good[-2] else 'DIFFER'}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
