#!/usr/bin/python3
"""The eight nearest of each of n points against scipy's cKDTree, both on two threads and asked for all points at once;
only building and asking are timed, not the start of either program."""
import os
import sys
import time

import numpy
from scipy.spatial import cKDTree

from measure import Run, folder, head, line, program

THREADS = 2


def peer(points):
    start = time.monotonic()
    tree = cKDTree(points)
    built = time.monotonic()
    km, _ = tree.query(points, k=8, workers=THREADS)
    return built - start, time.monotonic() - built, float(km.sum())


def main():
    here = folder()
    asker = program("bench_nearest")
    head("nearest 8 of every point against scipy cKDTree, two threads (best of three)")
    good = []
    for n in (100000, 1000000):
        points = numpy.random.default_rng(1).uniform(0, 200, (n, 2))
        path = os.path.join(here, f"{n}.bin")
        points.tofile(path)
        ours, peers = [], []
        for _ in range(3):
            ours.append(Run(asker, path, str(THREADS)).json())
            peers.append(peer(points))
        our = min(ours, key=lambda r: r["build_s"] + r["ask_s"])
        other = min(peers, key=lambda r: r[0] + r[1])
        our_s, other_s = our["build_s"] + our["ask_s"], other[0] + other[1]
        apart = abs(our["sum_km"] - other[2]) / other[2]
        good.append(apart < 1e-6)
        line(f"{n} points: knoop {our_s:.3f} s ({our['build_s']:.3f} to build), cKDTree {other_s:.3f} s ({other[0]:.3f} to build): "
             f"{other_s / our_s:.2f} times as fast; sums of km {apart:.1e} apart")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
