#!/usr/bin/python3
"""The eight nearest of each of n points against scipy's cKDTree, both on two threads and asked for all points at once; then
among those of the same code only, against cKDTree and against PostGIS `<->`. Only building and asking are timed, not the start of
any program; of PostGIS only asking, not loading and indexing."""
import os
import sys
import time

import numpy
from scipy.spatial import cKDTree

from measure import LONG, Run, folder, head, line, program, target
from postgis import Cluster

THREADS = 2


def peer(points):
    start = time.monotonic()
    tree = cKDTree(points)
    built = time.monotonic()
    km, _ = tree.query(points, k=8, workers=THREADS)
    return built - start, time.monotonic() - built, float(km.sum())


def all_nearest(here, good):
    asker = program("bench_nearest")
    head("nearest 8 of every point against scipy cKDTree, two threads (best of three)")
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


def clustered(r, n, codes):
    """x, y and code, the points spread as those of the exchange's test problem."""
    centres = r.uniform(0, 200, (int(20 + n ** 0.5 / 4), 2))
    near = numpy.clip(centres[r.integers(len(centres), size=n)] + r.normal(0, 4, (n, 2)), 0, 200)
    at = numpy.where(r.random((n, 1)) < 0.8, near, r.uniform(0, 200, (n, 2)))
    return numpy.column_stack([at, r.integers(codes, size=n)])


def peer_coded(points, askers, codes, threads):
    """Seconds and the sum of km. A tree for each code; one tree with the code as a third coordinate takes five times as long."""
    start, total = time.monotonic(), 0.0
    p, a = (rows[numpy.argsort(rows[:, 2], kind="stable")] for rows in (points, askers))
    cut_p, cut_a = (numpy.searchsorted(rows[:, 2], numpy.arange(codes + 1)) for rows in (p, a))
    for c in range(codes):
        tree = cKDTree(p[cut_p[c]:cut_p[c + 1], :2])
        km, _ = tree.query(a[cut_a[c]:cut_a[c + 1], :2], k=8, workers=threads)
        total += float(km.sum())
    return time.monotonic() - start, total


def load(cluster, name, rows):
    text = "\n".join(f"{x!r},{y!r},{int(code)}" for x, y, code in rows.tolist())
    cluster.sql(f"CREATE UNLOGGED TABLE {name}_in (x float8, y float8, code int);\nCOPY {name}_in FROM STDIN (FORMAT csv);\n{text}\n\\.\n"
                f"CREATE UNLOGGED TABLE {name} AS SELECT code, ST_MakePoint(x, y)::geometry(Point) AS geom FROM {name}_in;\nDROP TABLE {name}_in;")


def by_postgis(points, askers):
    """Seconds of asking and the sum of km. An index of code and place together is what serves this question best."""
    cluster = Cluster()
    cluster.sql("CREATE EXTENSION postgis; CREATE EXTENSION btree_gist;")
    load(cluster, "point", points)
    load(cluster, "asker", askers)
    cluster.sql("CREATE INDEX ON point USING gist (code, geom); ANALYZE point; ANALYZE asker;")
    start = time.monotonic()
    found = cluster.sql(f"SET max_parallel_workers_per_gather = {THREADS - 1}; SET min_parallel_table_scan_size = 0; "
                        "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; "
                        "SELECT sum(km) FROM asker a CROSS JOIN LATERAL (SELECT p.geom <-> a.geom AS km FROM point p "
                        "WHERE p.code = a.code ORDER BY p.geom <-> a.geom LIMIT 8) nearest;")
    return time.monotonic() - start, float(found)


def coded_nearest(here, good, n, codes):
    r = numpy.random.default_rng(1)
    rows = [clustered(r, n, codes) for _ in range(2)]
    path = [os.path.join(here, name) for name in ("points", "askers")]
    for at, what in zip(path, rows):
        what.tofile(at)
    coded = program("bench_coded")
    head(f"nearest 8 of the same of {codes} codes, {n} askers among {n} points, building included (best of three)")
    for threads in (1, THREADS):
        ours, peers = [], []
        for _ in range(3):
            ours.append(Run(coded, *path, str(codes), str(threads)).json())
            peers.append(peer_coded(*rows, codes, threads))
        our, other = min(ours, key=lambda x: x["seconds"]), min(peers)
        apart, ratio = abs(our["sum_km"] - other[1]) / other[1], other[0] / our["seconds"]
        good += [apart < 1e-6, threads == 1 or ratio >= 2]
        verdict = "" if threads == 1 else f" (target 2: {target(good[-1])})"
        line(f"{threads} thread{'s' * (threads > 1)}: knoop {our['seconds']:.3f} s, cKDTree {other[0]:.3f} s: {ratio:.2f} times as fast{verdict}; "
             f"sums of km {apart:.1e} apart")
    return rows, path, our["seconds"]


def against_postgis(here, good, rows, path, codes, our_s):
    """Of all askers PostGIS answers a tenth, unless there is time; rates are compared."""
    n = len(rows[1])
    part = rows[1] if LONG else rows[1][:n // 10]
    taken, total = by_postgis(rows[0], part)
    part.tofile(os.path.join(here, "part"))
    same = Run(program("bench_coded"), path[0], os.path.join(here, "part"), str(codes), str(THREADS)).json()
    apart, ratio = abs(same["sum_km"] - total) / total, n / our_s / (len(part) / taken)
    good += [apart < 1e-6, ratio >= 70]
    line(f"PostGIS <->, two processes, {len(part)} askers: {taken:.1f} s, {len(part) / taken:,.0f} a second; knoop {n / our_s:,.0f} a second: "
         f"{ratio:.0f} times as fast (target 70: {target(good[-1])}); sums of km {apart:.1e} apart")


def main():
    here, good = folder(), []
    all_nearest(here, good)
    coded_nearest(here, good, 1000000, 5)
    codes = 20
    rows, path, our_s = coded_nearest(here, good, 1000000, codes)
    against_postgis(here, good, rows, path, codes, our_s)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
