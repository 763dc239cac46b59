#!/usr/bin/python3
"""The plan over a transport network against the same plan as the crow flies: the same package with and without its tables
`node`, `link` and `terminal`, in the same run. Values differ, as a road is longer than a line; what counts is the time.

The network is road-like: a crooked grid of which every fifth link is missing, links 1 to 1.4 times as long as the line between
their ends, and a canal right across with terminals. A truck goes on the roads, a barge between terminals.

    bench_network.py                         measure
    bench_network.py FOLDER SIZE SIDE [X...] only write such a package with SIDE x SIDE road nodes; X: options of hugeregion.py"""
import json
import math
import os
import random
import shutil
import sys

from hugeregion import CENTRE, KM_PER_DEGREE, Writer
from measure import KNOOP, LONG, PYTHON, ROOT, Run, folder, head, line, target

SIDE, TERMINALS = 142, 10
MOST_RATIO = 2
MIXED = "--streams 10 --children 3 --substitutions 20 --ratios 1 0.9 0.7 --mixing --specs --gateways 20 --units 30 --processes 40"


def degrees(x, y):
    lat = CENTRE[1] + (y - 100) / KM_PER_DEGREE
    return round(CENTRE[0] + (x - 100) / (KM_PER_DEGREE * math.cos(math.radians(CENTRE[1]))), 6), round(lat, 6)


def apart_km(a, b):
    """Great circle, and a centimetre more: no link may be shorter."""
    (x, y), (u, v) = ((math.radians(p[0]), math.radians(p[1])) for p in (a, b))
    half = math.sin((v - y) / 2) ** 2 + math.cos(y) * math.cos(v) * math.sin((u - x) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half)) + 1e-5


class Network:
    def __init__(self, seed, side):
        self.side, self.step_km = side, 200 / (side - 1)
        self.r, self.nodes, self.links, self.terminals = random.Random(f"network {seed}"), [], [], []

    def node(self, place):
        self.nodes.append(dict(node_id=f"v{len(self.nodes):06}", lon=place[0], lat=place[1]))
        return len(self.nodes) - 1

    def link(self, a, b, kind, most):
        a, b = self.nodes[a], self.nodes[b]
        km = apart_km((a["lon"], a["lat"]), (b["lon"], b["lat"])) * self.r.uniform(1, most)
        self.links.append(dict(link_id=f"l{len(self.links):06}", from_id=a["node_id"], to_id=b["node_id"], kind=kind, km=round(km + 5e-5, 4)))

    def roads(self):
        r, side = self.r, self.side
        at = [[self.node(degrees(*(self.step_km * k + r.uniform(-0.5, 0.5) for k in (x, y)))) for x in range(side)] for y in range(side)]
        for y in range(side):
            for x in range(side):
                # The rim is whole, so that hardly a node is shut in.
                if x + 1 < side and (r.random() < 0.8 or y in (0, side - 1)):
                    self.link(at[y][x], at[y][x + 1], "road", 1.4)
                if y + 1 < side and (r.random() < 0.8 or x in (0, side - 1)):
                    self.link(at[y][x], at[y + 1][x], "road", 1.4)

    def canal(self):
        """A node every 2 km; terminals lie on some of them."""
        at = [self.node(degrees(2 * k, 100 + 40 * math.sin(k / 16))) for k in range(101)]
        for k in range(100):
            self.link(at[k], at[k + 1], "water", 1.05)
        for t in range(TERMINALS):
            quay = self.nodes[at[round((t + 0.5) * 100 / TERMINALS)]]
            self.terminals.append(dict(terminal_id=f"t{t}", name=f"quay {t}", lon=quay["lon"], lat=quay["lat"], kinds="road;water",
                                       transfer_eur=0.8, transfer_co2_kg=1))


def modes(load_eur):
    truck = {"mode_id": "truck", "name": "truck", "class": "material", "load_eur": load_eur, "eur_per_unit_km": 0.12, "co2_kg_per_unit_km": 0.09,
             "circuity": 1.3, "max_km": "", "needs_network": 0, "network": "road"}
    barge = {"mode_id": "barge", "name": "barge", "class": "material", "load_eur": 1, "eur_per_unit_km": 0.02, "co2_kg_per_unit_km": 0.02,
             "circuity": 1.3, "max_km": "", "needs_network": 1, "network": "water"}
    return truck, barge


def write(path, size, side, *more):
    """The package in `path`, the one without a network in `path`-crow, which has no barge: it could go anywhere."""
    Run(PYTHON, os.path.join(ROOT, "bench/hugeregion.py"), path, "--size", str(size), *more)
    shutil.copytree(path, path + "-crow")
    net = Network(1, int(side))
    net.roads()
    net.canal()
    truck, barge = modes(4)
    for where, tables in ((path, dict(mode=[truck, barge], node=net.nodes, link=net.links, terminal=net.terminals)),
                          (path + "-crow", dict(mode=[truck]))):
        writer = Writer(where)
        with open(os.path.join(where, "datapackage.json"), encoding="utf-8") as f:
            writer.names = [r["name"] for r in json.load(f)["resources"] if r["name"] not in tables]
        for name, rows in tables.items():
            writer.table(name, rows)
        writer.close("network")
        Run(KNOOP, "--quiet", "new", where + ".gpkg", "--from", where)


def tell(name, run):
    found = run.json()
    phases = ", ".join(f"{phase} {s:.2f}" for phase, s in found["seconds"].items() if s >= 0.005)
    line(f"{name}: {run.wall:.2f} s, {run.cpu:.2f} s of processor ({phases} s); {found['value_eur']:,.0f} EUR, gap {found['gap']:.0e}, "
         f"peak {run.peak_mib:.0f} MiB")
    return found


def compare(what, path, gap, times, *more):
    """Runs in turn; the ratio is that of the best of each, and the processor time beside it."""
    # Written by another process: what a child is said to have held at its peak is never less than its parent.
    Run(PYTHON, os.path.abspath(__file__), path, str(more[0]), str(SIDE), *(str(x) for x in more[1:]))
    files, runs = (path + ".gpkg", path + "-crow.gpkg"), ([], [])
    for _ in range(times):
        for k, gpkg in enumerate(files):
            runs[k].append(Run(KNOOP, "plan", gpkg, "--gap", gap, "--json", "--quiet"))
    over, crow = (min(r, key=lambda x: x.wall) for r in runs)
    line(f"{what}, the best of {times} in turn")
    found = tell("  over the network", over)
    less = tell("  as the crow flies", crow)
    wall, cpu = over.wall / crow.wall, min(r.cpu for r in runs[0]) / min(r.cpu for r in runs[1])
    pairs = found["pairs_compatible"]
    line(f"  {wall:.2f} times as long, {cpu:.2f} times the processor time (target {MOST_RATIO}: {target(wall <= MOST_RATIO)}); "
         f"{found['exact_costs']:,} exact costs for {pairs:,} pairs ({100 * found['exact_costs'] / pairs:.2f} %); value "
         f"{100 * (found['value_eur'] / less['value_eur'] - 1):+.2f} %, memory {over.peak_mib / crow.peak_mib:.2f} times as much")
    return wall <= MOST_RATIO


def main():
    if len(sys.argv) > 2:
        write(*sys.argv[1:])
        return 0
    here = folder()
    head("plan over a network")
    good = [compare("exchange, 10,000 x 10,000", os.path.join(here, "exchange"), "1e-6", 3, 10000)]
    if LONG:
        good.append(compare("everything and 30 units, 1,000 x 1,000", os.path.join(here, "mixed"), "1e-3", 1, 1000, *MIXED.split()))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
