"""Checks of the network of a package: ends, lengths, what hangs together, what lies near to a node. Called by check.py."""

import math
import os

import geometry as g
import lines

ROUNDING_KM = 0.006  # ends and lengths are rounded
GAP_KM = 0.1
TERMINAL_KM = 2  # a terminal has a node of each of its kinds this near
SITE_KM = 1  # every site and gateway has a road this near
# What must hang together on the demo region's waterways and railways
MUST_REACH = {"water": "w-port-antwerp w-port-genk w-trilogiport w-liege w-rotterdam", "rail": "s-port-genk s-port-antwerp s-aachen s-liege-guillemins "
              "s-eindhoven s-rotterdam s-leuven", "transit": "s-genk s-hasselt s-leuven s-maastricht", "road": "r-genk r-gate-world r-gate-aachen"}
WORDS = {"road", "rail", "water", "cycle", "transit", "pipe_heat", "pipe_water", "power"}


def _point(row):
    return (float(row["lon"]), float(row["lat"]))


class _Nearest:
    """Points in cells of 0.05 degrees; how far the nearest one is, when it is within some kilometres."""

    def __init__(self, points):
        self.cells = {}
        for point in points:
            self.cells.setdefault((math.floor(point[0] / 0.05), math.floor(point[1] / 0.05)), []).append(point)

    def km(self, point):
        x, y = math.floor(point[0] / 0.05), math.floor(point[1] / 0.05)
        near = [one for i in (-1, 0, 1) for j in (-1, 0, 1) for one in self.cells.get((x + i, y + j), ())]
        return min((g.km(point, one) for one in near), default=math.inf)


def check(folder, tables, wrong):
    """tables: {name: rows}. Adds sentences to `wrong`."""
    if not tables.get("link"):
        return
    nodes = {row["node_id"]: _point(row) for row in tables["node"]}
    _check_links(tables["link"], nodes, wrong)
    _check_shapes(folder, tables["link"], nodes, wrong)
    parts = {kind: _parts([row for row in tables["link"] if row["kind"] == kind]) for kind in sorted({row["kind"] for row in tables["link"]})}
    _check_parts(parts, wrong)
    near = {kind: _Nearest([nodes[node] for node in part if node in nodes]) for kind, part in parts.items()}
    _check_terminals(tables["terminal"], near, wrong)
    for name in ("site", "gateway"):
        for row in tables[name]:
            if near["road"].km(_point(row)) > SITE_KM:
                wrong.append(f"{name} {row[name + '_id']}: no road within {SITE_KM} km")
    for row in tables["mode"]:
        for kind in filter(None, row.get("network", "").split(";")):
            if kind not in WORDS:
                wrong.append(f"mode {row['mode_id']}: it runs on '{kind}'")
            elif kind not in parts:
                wrong.append(f"mode {row['mode_id']}: there is no link of kind {kind}")


def _check_links(links, nodes, wrong):
    pairs = set()
    for row in links:
        ends = (row["from_id"], row["to_id"])
        if any(end not in nodes for end in ends):
            continue  # check.py says so
        straight = g.km(nodes[ends[0]], nodes[ends[1]])
        if float(row["km"]) < straight - ROUNDING_KM:
            wrong.append(f"link {row['link_id']}: {row['km']} km, but its ends lie {straight:.3f} km apart")
        if float(row["km"]) <= 0 or ends[0] == ends[1]:
            wrong.append(f"link {row['link_id']}: it leads nowhere")
        pair = (row["kind"], *sorted(ends))
        if pair in pairs:
            wrong.append(f"link {row['link_id']}: {pair} twice")
        pairs.add(pair)
    used = {row[end] for row in links for end in ("from_id", "to_id")}
    wrong += [f"node {node}: no link leads there" for node in nodes if node not in used]


def _check_shapes(folder, links, nodes, wrong):
    by_id = {row["link_id"]: row for row in links}
    drawn = set()
    for feature in g.read_features(os.path.join(folder, "link.geojson")):
        name, points = feature["properties"]["link_id"], feature["geometry"]["coordinates"]
        if name not in by_id or name in drawn:
            wrong.append(f"link.geojson: {name} is there twice or is no link")
            continue
        drawn.add(name)
        row = by_id[name]
        for end, point in ((row["from_id"], points[0]), (row["to_id"], points[-1])):
            if g.km(nodes[end], point) > GAP_KM:
                wrong.append(f"link.geojson: {name} does not begin or end at {end}")
        if abs(lines.length(points) - float(row["km"])) > ROUNDING_KM:
            wrong.append(f"link.geojson: {name} is drawn {lines.length(points):.3f} km long, but has {row['km']} km")
    wrong += [f"link {name}: no geometry" for name, row in by_id.items() if row["kind"] in ("water", "rail") and name not in drawn]


def _parts(links):
    """{node: the first node of what hangs together with it}"""
    near = {}
    for row in links:
        near.setdefault(row["from_id"], []).append(row["to_id"])
        near.setdefault(row["to_id"], []).append(row["from_id"])
    part = {}
    for start in near:
        todo = [start] if start not in part else []
        while todo:
            node = todo.pop()
            if node not in part:
                part[node] = start
                todo += near[node]
    return part


def _check_parts(parts, wrong):
    for kind, part in parts.items():
        if kind in ("road", "rail", "water", "cycle") and len(set(part.values())) > 1:
            wrong.append(f"{kind}: {len(set(part.values()))} parts that do not hang together")
        wanted = MUST_REACH.get(kind, "").split()
        if len({part.get(node) for node in wanted}) > 1 or any(node not in part for node in wanted):
            wrong.append(f"{kind}: {', '.join(wanted)} do not hang together")


def _check_terminals(terminals, near, wrong):
    for row in terminals:
        kinds = row["kinds"].split(";")
        if len(kinds) < 2:
            wrong.append(f"terminal {row['terminal_id']}: between one kind there is nothing to transfer")
        for kind in kinds:
            if kind not in near or near[kind].km(_point(row)) > TERMINAL_KM:
                wrong.append(f"terminal {row['terminal_id']}: no {kind} within {TERMINAL_KM} km")
        if row["status"] == "candidate" and not (row["capex_eur"] and row["lifetime_yr"]):
            wrong.append(f"terminal {row['terminal_id']}: a candidate without investment or lifetime")
