#!/usr/bin/python3
"""Hierarchies on a network of a million nodes against RoutingKit, one thread each, processor times of programs taken in turn. Where
KN_ROUTINGKIT names no folder with a checkout of it, against a plain Dijkstra of ours, by the ratios that were measured beside
RoutingKit."""
import os
import subprocess
import sys

from measure import ROOT, Run, folder, head, line, program, target

SOURCES = ("contraction_hierarchy", "bit_vector", "graph_util", "timer")
MOST = {"build_s": 2, "query_us": 1.5, "table_s": 1.5}  # times RoutingKit's
# RoutingKit on one core beside a plain Dijkstra of 167 ms: 20 s, 17 us and 0.36 s; in units of that Dijkstra.
BY_DIJKSTRA = {"build_s": 20 / 0.167, "query_us": 17 / 0.167, "table_s": 0.36 / 0.167}
SAME = ("sum", "table_sum")


def routingkit(here):
    """bench_routingkit, compiled; None where RoutingKit cannot be had."""
    home = os.environ.get("KN_ROUTINGKIT")
    if not home:
        return None
    path = os.path.join(here, "bench_routingkit")
    flags = ["-DNDEBUG", "-march=native", "-ffast-math", "-std=c++17", "-O3", "-I" + os.path.join(home, "include")]
    sources = [os.path.join(home, "src", name + ".cpp") for name in SOURCES]
    subprocess.run(["g++", *flags, os.path.join(ROOT, "bench/bench_routingkit.cpp"), *sources, "-o", path], check=True)
    return path


def best(runs):
    return {key: min(r[key] for r in runs) for key in runs[0] if key != "program"}


def main():
    here, good = folder(), []
    ours = program("bench_routing")
    peer = routingkit(here)
    graph = os.environ.get("KN_BENCH_GRAPH")
    if not graph:
        graph = os.path.join(here, "graph")
        Run(ours, "draw", "1000", graph)
    head("contraction hierarchies, one thread" + (", against RoutingKit (best of two)" if peer else ""))
    our_runs, peer_runs = [], []
    for _ in range(2):
        our_runs.append(Run(ours, "ask", graph, "1").json())
        if peer:
            peer_runs.append(Run(peer, graph).json())
    our = best(our_runs)
    two = Run(ours, "ask", graph, "2").json()
    line(f"{our['nodes']} nodes, {our['arcs']} arcs; {our['climbs']} arcs and {our['levels']} levels in the hierarchy, "
         f"{our['bytes'] / 2**20:.0f} MiB")
    line(f"plain Dijkstra {1e3 * our['dijkstra_s']:.0f} ms, all by a sweep {1e3 * our['all_s']:.0f} ms, a way of {our['path_arcs']:.0f} "
         f"arcs named {our['path_us']:.0f} us")
    line(f"hub labels of 2,000 nodes {our['labels_s']:.2f} s, {our['label_entries']:.0f} entries each, {our['label_us']:.2f} us a pair")
    line(f"two threads: built in {two['build_s']:.1f} s, table {two['table_s']:.3f} s (wall)")
    good += [our["apart"] == 0, all(two[key] == our[key] for key in (*SAME, "climbs", "levels"))]
    line(f"{our['apart']} distances differ from Dijkstra's; one thread and two {'agree' if good[-1] else 'DIFFER'}")
    if peer:
        other = best(peer_runs)
        good.append(all(our[key] == other[key] for key in SAME))
        line(f"10,000 pairs and 1,000 x 1,000 of a table: the same sums as RoutingKit's: {'yes' if good[-1] else 'NO'}")
    else:
        other = {key: times * our["dijkstra_s"] for key, times in BY_DIJKSTRA.items()}
        line("no KN_ROUTINGKIT: compared with its ratios to a plain Dijkstra, on another network")
    for key, name, unit in (("build_s", "building", "s"), ("query_us", "a pair", "us"), ("table_s", "table 1,000 x 1,000", "s")):
        ratio = our[key] / other[key]
        good.append(ratio <= MOST[key])
        line(f"{name}: {our[key]:.3g} {unit}, RoutingKit {other[key]:.3g} {unit}: {ratio:.2f} times as long "
             f"(target {MOST[key]}: {target(ratio <= MOST[key])})")
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
