"""Flows as region packages, knoop's answers, and the exact answer to compare with: written apart from knoop, in rational numbers.

The reference solves the whole problem with every matrix dense and without any rounding: nothing of it would scale, and no tolerance decides
what depends on what."""
import csv
import json
import math
import os
import subprocess
import tempfile
from fractions import Fraction

import numpy

KNOOP = os.environ.get("KNOOP", "build/knoop")
FLOW = ["flow_id", "from_id", "to_id", "resource_id", "year", "quantity", "rel_sd", "sd"]


def number(value):
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else repr(value)


def write(folder, name, columns, rows):
    with open(os.path.join(folder, name + ".csv"), "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(columns)
        out.writerows(rows)


def package(folder, nodes, flows, transfers=(), properties=(), rules=None, resources=None, levels=()):
    """nodes: names; flows: dicts of the cases; rules: node -> (layer, balanced, by)."""
    os.makedirs(folder, exist_ok=True)
    rules = rules or {}
    write(folder, "settings", ["key", "value"], [["name", "balance"]])
    write(folder, "actor", ["actor_id", "name"], [["a", "A"]])
    write(folder, "site", ["site_id", "actor_id", "name", "lon", "lat"], [["a-site", "a", "A", 5.5, 50.9]])
    resources = resources or [["stuff", "material", "Stuff", ""]]
    write(folder, "resource", ["resource_id", "class", "name", "parent_id"], resources)
    write(folder, "offer", ["offer_id", "site_id", "resource_id", "quantity"], [["o", "a-site", resources[0][0], 1]])
    write(folder, "balance_node", ["node_id", "layer", "balanced", "by"], [[n, *rules.get(n, ("", "", ""))] for n in nodes])
    write(folder, "flow", FLOW,
          [[f["flow_id"], f["from_id"] or "", f["to_id"] or "", f.get("resource_id", resources[0][0]), f.get("year", 2024),
            number(f["quantity"]), number(f.get("rel_sd")), number(f["sd"]) if f["quantity"] is not None else ""] for f in flows])
    write(folder, "transfer", ["transfer_id", "from_flow", "to_flow", "value", "sd"],
          [[t["id"], t["from_flow"], t["to_flow"], number(t["value"]), number(t["sd"])] for t in transfers])
    write(folder, "flow_property", ["flow_id", "property", "value", "unit", "sd"],
          [[p["flow_id"], p["property"], number(p["value"]), "MWh" if p["property"] == "energy" else "t", number(p["sd"])] for p in properties])
    write(folder, "stock_level", ["stock_level_id", "node_id", "resource_id", "year", "quantity", "sd"], levels)


def knoop(*args, code=0):
    run = subprocess.run([KNOOP, "--quiet", *args], capture_output=True, text=True)
    if run.returncode != code:
        raise AssertionError(f"{' '.join(args)}: exit {run.returncode}, expected {code}: {run.stderr}{run.stdout[:2000]}")
    return run


def balance(*options, code=0, **parts):
    with tempfile.TemporaryDirectory() as folder:
        package(os.path.join(folder, "package"), **parts)
        region = os.path.join(folder, "region.gpkg")
        knoop("new", region, "--from", os.path.join(folder, "package"))
        run = knoop("balance", region, "--json", *options, code=code)
        return json.loads(run.stdout)


def near(got, wanted, what, relative=1e-9, absolute=0.0):
    if wanted is None or (isinstance(wanted, float) and math.isnan(wanted)):
        if got is not None:
            raise AssertionError(f"{what}: {got}, expected nothing")
        return
    if got is None or abs(got - wanted) > absolute + relative * abs(wanted):
        raise AssertionError(f"{what}: {got}, expected {wanted}")


# ---------------------------------------------------------------- the reference
def reduce_rows(rows, first, last):
    """Gauss and Jordan on columns first .. last - 1: (rows with a pivot there, as {column: row}), (the other rows)."""
    rows, pivots = [r[:] for r in rows], {}
    for c in range(first, last):
        at = next((i for i, r in enumerate(rows) if r[c] != 0), None)
        if at is None:
            continue
        pivot = rows.pop(at)
        pivot = [x / pivot[c] for x in pivot]
        for other in [*rows, *pivots.values()]:
            factor = other[c]
            if factor != 0:
                other[:] = [x - factor * y for x, y in zip(other, pivot)]
        pivots[c] = pivot
    return pivots, rows


class Exact:
    """Least squares in rational numbers, every matrix dense. measured NaN: not measured; sd 0: exactly known."""

    def __init__(self, a, m, sd):
        n = len(m)
        unknown = [j for j in range(n) if math.isnan(m[j])]
        measured = [j for j in range(n) if not math.isnan(m[j]) and sd[j] > 0]
        fixed = [j for j in range(n) if not math.isnan(m[j]) and sd[j] == 0]
        value = {j: Fraction(m[j]) for j in measured + fixed}
        rows = [[Fraction(int(r[j])) for j in unknown + measured] + [-sum((int(r[j]) * value[j] for j in fixed), Fraction(0))] for r in a]
        u, k = len(unknown), len(measured)
        own, rest = reduce_rows(rows, 0, u)
        basis, empty = reduce_rows(rest, u, u + k)
        size = max([abs(float(x)) for x in value.values()], default=1)
        self.contradicts = any(abs(float(r[-1])) > 1e-9 * size for r in empty)
        g = [r[u:u + k] for r in basis.values()]
        h = [r[-1] for r in basis.values()]
        v = [Fraction(sd[j]) ** 2 for j in measured]
        s = [[sum(a_ * b_ * c_ for a_, b_, c_ in zip(x, v, y) if a_ and c_) for y in g] for x in g]
        inverse = invert(s)
        off = [sum(a_ * value[j] for a_, j in zip(r, measured)) - b_ for r, b_ in zip(g, h)]
        lam = [sum(a_ * b_ for a_, b_ in zip(r, off)) for r in inverse]
        self.x, self.sd, self.z = [math.nan] * n, [math.nan] * n, [math.nan] * n
        self.kind = [""] * n
        x = {j: value[j] - v[i] * sum(l * r[i] for l, r in zip(lam, g)) for i, j in enumerate(measured)}
        self.dof = len(g)
        self.chi2 = float(sum((x[j] - value[j]) ** 2 / v[i] for i, j in enumerate(measured)))
        for j in fixed:
            self.x[j], self.sd[j], self.kind[j] = m[j], 0.0, "fixed"
        for i, j in enumerate(measured):
            removed = v[i] ** 2 * form([r[i] for r in g], inverse)
            self.x[j], self.sd[j] = float(x[j]), math.sqrt(v[i] - removed)
            self.kind[j] = "redundant" if any(r[i] for r in g) else "nonredundant"
            if removed > 0:
                self.z[j] = float(value[j] - x[j]) / math.sqrt(removed)
        for c, j in enumerate(unknown):
            row = own.get(c)
            if row is None or any(row[d] for d in range(u) if d != c):
                self.kind[j] = "unobservable"
                continue
            t = row[u:u + k]
            weight = [sum(a_ * b_ * c_ for a_, b_, c_ in zip(t, v, r) if a_ and c_) for r in g]
            self.kind[j] = "observable"
            self.x[j] = float(row[-1] - sum(a_ * x[i] for a_, i in zip(t, measured)))
            self.sd[j] = math.sqrt(max(Fraction(0), sum(a_ * a_ * b_ for a_, b_ in zip(t, v)) - form(weight, inverse)))


def form(w, inverse):
    return sum((w[i] * inverse[i][j] * w[j] for i in range(len(w)) for j in range(len(w)) if w[i] and w[j]), Fraction(0))


def invert(s):
    n = len(s)
    pivots, _ = reduce_rows([r + [Fraction(int(i == j)) for j in range(n)] for i, r in enumerate(s)], 0, n)
    return [pivots[i][n:] for i in range(n)]


def incidence(nodes, flows):
    """Rows of the nodes that have something in and something out (a change of stock is either)."""
    at = {n: i for i, n in enumerate(nodes)}
    a = numpy.zeros((len(nodes), len(flows)))
    sides = [[0, 0, 0] for _ in nodes]
    for j, f in enumerate(flows):
        ends = [(f["from_id"], -1), (f["to_id"], 1)]
        stock = any(e and e.startswith("stock:") for e, _ in ends)
        if f["from_id"] == f["to_id"]:
            continue
        for end, sign in ends:
            if end in at:
                a[at[end], j] = sign
                sides[at[end]][0 if sign > 0 else 1] += 1
                sides[at[end]][2] += stock
    keep = [i + o > 1 and ((i and o) or s) for i, o, s in sides]
    return a[numpy.array(keep, bool)] if len(nodes) else a
