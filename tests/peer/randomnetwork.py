#!/usr/bin/python3
"""Gives a package of randomregion.py a transport network with every feature of it, for differential tests.

    randomnetwork.py FOLDER --seed 7 [--kind every|tolls|tariffs|bound|sparse|crow|lossy|limits]

Roads with one-way streets, traps, loops, links without length and beside each other; an island; a canal and a railway; terminals;
tariffs between points and areas. `tolls` puts tolls on all kinds, `tariffs` has many of those, `bound` has only modes that need
their network, `sparse` cuts most sites off, `crow` has terminals and tariffs but no links, `lossy` has modes of all classes that lose
on the way, `limits` terminals with little capacity and candidates that cost."""
import argparse
import csv
import json
import math
import os
import random

from randomregion import write

PLACE = 5.5, 50.95


def read(folder, name):
    with open(os.path.join(folder, name + ".csv"), newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def apart(a, b):
    x = (a[0] - b[0]) * 111.195 * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(x, (a[1] - b[1]) * 111.195)


class Draft:
    def __init__(self, folder, seed, kind):
        self.folder, self.kind = folder, kind
        self.r = random.Random(seed)
        self.node, self.link, self.terminal, self.tariff, self.shape = [], [], [], [], []
        self.at = {}
        self.tolls = kind == "tolls" or (kind == "every" and self.r.random() < 0.4)

    def add_node(self, lon, lat):
        """No two in one place: which of them a point there meets would not be told."""
        name, at = f"v{len(self.node):03}", (round(lon, 5), round(lat, 5))
        while at in self.at.values():
            at = (round(at[0] + 1e-5, 5), at[1])
        self.node.append(dict(node_id=name, lon=at[0], lat=at[1]))
        self.at[name] = at
        return name

    def add_link(self, a, b, kind, **more):
        r = self.r
        km = round(apart(self.at[a], self.at[b]) * r.uniform(1.01, 1.4) + r.choice([0, 0, 0.01]), 6)
        row = dict(link_id=f"k{len(self.link):03}", from_id=a, to_id=b, kind=kind, km=km, speed_kmh=r.choice(["", 30, 50, 90]),
                   oneway="", toll_eur=round(r.uniform(0, 3), 2) if self.tolls and r.random() < 0.25 else "")
        row.update(more)
        self.link.append(row)
        if row["km"] == "" and r.random() < 0.5:
            p, q = self.at[a], self.at[b]
            bend = [round((p[0] + q[0]) / 2 + r.uniform(-0.02, 0.02), 5), round((p[1] + q[1]) / 2, 5)]
            self.shape.append(dict(type="Feature", properties=dict(link_id=row["link_id"]),
                                   geometry=dict(type="LineString", coordinates=[list(p), bend, list(q)])))

    # ------------------------------------------------------------ links
    def roads(self, sites, kind, count, share_at_sites):
        """Nodes here and there and at sites, each tied to its nearest; some links one way, odd or twice."""
        r = self.r
        mine = []
        for _ in range(count):
            if r.random() < share_at_sites:
                s = r.choice(sites)
                off = r.choice([0, 0, 0.0003, 0.003])
                mine.append(self.add_node(float(s["lon"]) + off, float(s["lat"])))
            else:
                mine.append(self.add_node(PLACE[0] + r.gauss(0, 0.6), PLACE[1] + r.gauss(0, 0.35)))
        for k, v in enumerate(mine):
            near = sorted(mine, key=lambda w: (apart(self.at[v], self.at[w]), w))[1:4]
            for w in near[:2] + ([mine[k - 1]] if k else []):
                self.add_link(v, w, kind, oneway=r.choice(["", "", "", "", 0, 1]), **({"km": ""} if r.random() < 0.15 else {}))
        a, b = r.sample(mine, 2)
        self.add_link(a, a, kind, km=1.5)
        if r.random() < 0.3:  # then great circles bound nothing
            self.add_link(a, b, kind, km=0)
        twin = self.add_node(self.at[a][0], self.at[a][1])
        self.add_link(a, twin, kind, **({"km": ""} if r.random() < 0.5 else {}))
        self.add_link(a, b, kind, oneway=1)
        self.add_link(b, a, kind)
        return mine

    def island(self, kind):
        r = self.r
        at = PLACE[0] + r.uniform(-1, 1), PLACE[1] + r.uniform(-0.5, 0.5)
        ring = [self.add_node(at[0] + x, at[1] + y) for x, y in ((0, 0), (0.01, 0), (0, 0.01))]
        for a, b in zip(ring, ring[1:] + ring[:1]):
            self.add_link(a, b, kind)

    def trap(self, kind, near):
        """A dead end that may be entered but not left, and one that may be left but not entered."""
        lon, lat = self.at[near]
        inside, outside = self.add_node(lon + 0.004, lat), self.add_node(lon - 0.004, lat)
        self.add_link(near, inside, kind, oneway=1)
        self.add_link(outside, near, kind, oneway=1)

    def line(self, kind, count, lat, sites):
        """A canal or a railway from west to east, bent past some sites."""
        r = self.r
        mine = []
        for k in range(count):
            lon = PLACE[0] - 1.1 + 2.2 * k / (count - 1)
            y = lat + r.uniform(-0.05, 0.05)
            if r.random() < 0.4:
                s = min(sites, key=lambda s: (abs(float(s["lon"]) - lon) + abs(float(s["lat"]) - lat), s["site_id"]))
                lon, y = float(s["lon"]) + r.choice([0, 0.001, 0.01]), float(s["lat"])
            mine.append(self.add_node(lon, y))
        for a, b in zip(mine, mine[1:]):
            self.add_link(a, b, kind, oneway=r.choice(["", "", "", "", "", 1]))
        return mine

    # ------------------------------------------------------------ the rest
    def terminals(self, lines, roads, count):
        r = self.r
        for k in range(count):
            on = self.at[r.choice(r.choice(lines))] if lines else (PLACE[0] + r.gauss(0, 0.6), PLACE[1] + r.gauss(0, 0.3))
            off = r.choice([0, 0.0002, 0.005, 0.03])
            self.terminal.append(dict(
                terminal_id=f"t{k}", name=f"quay {k}", lon=round(on[0] + off, 5), lat=round(on[1], 5),
                kinds=r.choice(["road;water", "road;rail", "road;water;rail", "road;water", "water;rail", "road;cycle"]),
                transfer_eur=round(r.uniform(0, 2), 2), transfer_co2_kg=r.choice(["", round(r.uniform(0, 2), 2)]),
                hours=r.choice(["", 0.5, 2]), capacity="", status=r.choice(["existing", "", "", "candidate"]),
                capex_eur="", lifetime_yr=20))
            if self.kind == "limits":
                self.terminal[-1].update(kinds=r.choice(["road;water", "road;rail", "road;water;rail"]), transfer_eur=round(r.uniform(0, 1), 2),
                                         capacity=r.choice(["", 0, round(r.lognormvariate(3.5, 1), 1), round(r.lognormvariate(5, 1))]),
                                         capex_eur=r.choice(["", *[round(r.lognormvariate(7, 1.5)) for _ in range(3)]]),
                                         status=r.choice(["", "candidate"]))

    def tariffs(self, count, materials):
        r = self.r
        sites = [s["site_id"] for s in read(self.folder, "site")]
        gateways = [g["gateway_id"] for g in read(self.folder, "gateway")] if os.path.exists(os.path.join(self.folder, "gateway.csv")) else []
        areas = [a["area_id"] for a in read(self.folder, "area")]
        terminals = [t["terminal_id"] for t in self.terminal]
        nodes = [v["node_id"] for v in self.node]
        seen = set()
        for _ in range(count):
            ends = [r.choice(r.choice([x for x in (sites, sites, gateways, areas, areas, terminals, nodes) if x])) for _ in range(2)]
            about = dict(resource_id=r.choice(materials), **{"class": ""}) if r.random() < 0.5 else dict(resource_id="", **{"class": "material"})
            row = dict(from_id=ends[0], to_id=ends[1], **about, mode_id=r.choice(["truck", "truck", "barge", "parcel", "express"]))
            if tuple(row.values()) in seen:
                continue
            seen.add(tuple(row.values()))
            self.tariff.append(dict(row, eur=round(r.uniform(1, 25), 2), co2_kg=r.choice(["", round(r.uniform(0, 6), 2)]),
                                    km=r.choice(["", "", round(r.uniform(0, 90), 1), 0])))

    def modes(self, others):
        r = self.r
        bound = self.kind == "bound"

        def need(share):
            return 1 if bound or r.random() < share else r.choice(["", 0])

        rows = [
            dict(mode_id="truck", name="truck", **{"class": "material"}, load_eur=4, eur_per_unit_km=0.13, co2_kg_per_unit_km=0.09,
                 circuity=1.3, max_km=r.choice(["", "", 90]), speed_kmh=70, needs_network=need(0.2), network=""),
            dict(mode_id="barge", name="barge", **{"class": "material"}, load_eur=1.5, eur_per_unit_km=0.03, co2_kg_per_unit_km=0.03,
                 circuity=1.5, max_km=r.choice(["", "", 120]), speed_kmh=12, needs_network=need(0.95), network=""),
            dict(mode_id="m3", name=r.choice(["Goods trains", "Spoor"]), **{"class": "material"}, load_eur=2, eur_per_unit_km=0.05,
                 co2_kg_per_unit_km=0.01, circuity=1.2, max_km="", speed_kmh=r.choice(["", 45]), needs_network=need(0.95), network=""),
            dict(mode_id="van", name="van", **{"class": "material"}, load_eur=1, eur_per_unit_km=0.5, co2_kg_per_unit_km=0.2,
                 circuity="", max_km=20, speed_kmh="", needs_network=need(0.3), network=r.choice(["", "road;cycle", "cycle"])),
            dict(mode_id="amphibian", name="amphibian", **{"class": "material"}, load_eur=3, eur_per_unit_km=0.11,
                 co2_kg_per_unit_km=0.15, circuity=1.1, max_km="", speed_kmh=30, needs_network=need(0.9), network="road;water")]
        if others:
            rows += [
                dict(mode_id="cable", name="cable", **{"class": "energy"}, load_eur=2, eur_per_unit_km=1.5, co2_kg_per_unit_km=0,
                     circuity=1.2, max_km=30, speed_kmh="", needs_network=need(0.3), network=""),
                dict(mode_id="main", name="heat", **{"class": "water"}, load_eur=0.1, eur_per_unit_km=0.2, co2_kg_per_unit_km=0.01,
                     circuity=1.2, max_km=40, speed_kmh="", needs_network=need(0.1), network=r.choice(["", "pipe_water", "road"])),
                dict(mode_id="cart", name="cart", **{"class": "water"}, load_eur=2, eur_per_unit_km=0.9, co2_kg_per_unit_km=0.1,
                     circuity=1.2, max_km="", speed_kmh="", needs_network="", network=""),
                dict(mode_id="here", name="here", **{"class": "space"}, load_eur=0, eur_per_unit_km=0, co2_kg_per_unit_km=0, circuity=1,
                     max_km=0.001, speed_kmh="", needs_network="", network=""),
                dict(mode_id="bike", name="bike", **{"class": "labour"}, load_eur=0, eur_per_unit_km=0.05, co2_kg_per_unit_km=0,
                     circuity=1.3, max_km=15, speed_kmh=16, needs_network=need(0.3), network=""),
                dict(mode_id="car", name="car", **{"class": "labour"}, load_eur=0.5, eur_per_unit_km=0.2, co2_kg_per_unit_km=0.12,
                     circuity=1.3, max_km=60, speed_kmh=60, needs_network=need(0.3), network=""),
                dict(mode_id="talk", name="talk", **{"class": "knowledge"}, load_eur=1, eur_per_unit_km=0, co2_kg_per_unit_km=0,
                     circuity="", max_km="", speed_kmh="", needs_network="", network=""),
                dict(mode_id="bank", name="bank", **{"class": "capital"}, load_eur=0, eur_per_unit_km=0, co2_kg_per_unit_km=0,
                     circuity="", max_km="", speed_kmh="", needs_network=need(0.5), network="")]
        if r.random() < 0.3:
            rows = [m for m in rows if m["mode_id"] != "barge"]
        if self.kind == "limits":  # so that it pays to change
            rows[0].update(eur_per_unit_km=0.5, co2_kg_per_unit_km=0.4)
        if self.kind == "lossy":
            for m in rows:
                m["loss_per_km"] = r.choice(["", 0, 0.0005, 0.004, 0.03, 0.2]) if m["mode_id"] != "truck" else ""
        return rows

    def fill(self):
        r = self.r
        resources = read(self.folder, "resource")
        materials = [x["resource_id"] for x in resources if x["class"] == "material"]
        others = len(materials) < len(resources)
        sites = read(self.folder, "site")
        lines = []
        if self.kind != "crow":
            roads = self.roads(sites, "road", 12 if self.kind == "sparse" else 30, 0.2 if self.kind == "sparse" else 0.7)
            lines = [self.line("water", 7, 50.9, sites), self.line("rail", 6, 51.05, sites)]
            self.island("road")
            self.trap("road", roads[3])
            self.trap("rail", lines[1][2])
            if others:
                self.roads(sites, "cycle", 12, 0.8)
                if r.random() < 0.5:
                    self.roads(sites, "power", 10, 0.9)
            if r.random() < 0.5:
                self.add_link(roads[0], lines[0][0], "water")
        self.terminals(lines, None, r.choice([2, 4, 6]) if self.kind != "limits" else 7)
        self.tariffs(120 if self.kind == "tariffs" else r.choice([0, 6, 20]) if self.kind != "bound" else 0, materials)
        settings = read(self.folder, "settings")
        if self.kind != "sparse":
            settings += [dict(key="snap_km", value=r.choice([3, 15, 60])), dict(key="siding_km", value=r.choice([0.5, 0.1, 2]))]
        for name, rows in dict(settings=settings, mode=self.modes(others), node=self.node, link=self.link, terminal=self.terminal,
                               tariff=self.tariff).items():
            write(self.folder, name, rows)
        if self.shape:
            with open(os.path.join(self.folder, "link.geojson"), "w", encoding="utf-8") as f:
                json.dump(dict(type="FeatureCollection", features=self.shape), f)
        with open(os.path.join(self.folder, "datapackage.json"), "w", encoding="utf-8") as f:
            names = sorted(x[:-4] for x in os.listdir(self.folder) if x.endswith(".csv"))
            resources = [dict(name=x, path=x + ".csv") for x in names]
            resources += [dict(name="link-geometry", path="link.geojson")] if self.shape else []
            json.dump(dict(name="random-network", resources=resources), f, indent=1)


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("folder")
    arg.add_argument("--seed", type=int, default=1)
    arg.add_argument("--kind", default="every", choices=["every", "tolls", "tariffs", "bound", "sparse", "crow", "lossy", "limits"])
    a = arg.parse_args()
    Draft(a.folder, a.seed, a.kind).fill()


if __name__ == "__main__":
    main()
