"""Flows as region packages, knoop's answers, and the dense answer to compare with: written apart from knoop, in numpy.

The reference solves the whole problem at once, with every matrix dense, by pseudo-inverses and singular values: nothing of it would scale,
and nothing of it is like what knoop does."""
import csv
import json
import math
import os
import subprocess
import tempfile

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
          [[p["flow_id"], p["property"], number(p["value"]), "t", number(p["sd"])] for p in properties])
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


# ---------------------------------------------------------------- the dense reference
class Dense:
    """Least squares with every matrix dense. measured NaN: not measured; sd 0: exact."""

    def __init__(self, a, b, m, sd):
        a, b, m, sd = (numpy.asarray(x, dtype=float) for x in (a, b, m, sd))
        n = len(m)
        known = ~numpy.isnan(m)
        fixed = known & (sd == 0)
        measured = known & ~fixed
        unknown = ~known
        b = b - a[:, fixed] @ m[fixed]
        self.contradicts = not in_range(a[:, ~fixed], b)
        au, am = a[:, unknown], a[:, measured]
        p = left_null(au)
        g, h = p @ am, p @ b
        v = sd[measured] ** 2
        # Row basis of G by singular values of the scaled matrix.
        d = numpy.sqrt(v)
        u, s, wt = numpy.linalg.svd(g * d, full_matrices=False) if g.size else (None, numpy.zeros(0), numpy.zeros((0, len(v))))
        scale = max(1.0, numpy.abs(g).max()) if g.size else 1
        rank = numpy.linalg.matrix_rank(g, tol=1e-9 * scale) if g.size else 0
        w = wt[:rank]
        off = (g @ m[measured] - h) if g.size else numpy.zeros(0)
        y = (u[:, :rank].T @ off) / s[:rank] if rank else numpy.zeros(0)
        x = m.copy()
        x[measured] = m[measured] - d * (w.T @ y) if rank else m[measured]
        c = numpy.diag(d) @ (numpy.eye(len(v)) - w.T @ w) @ numpy.diag(d)
        self.dof = int(rank)
        self.chi2 = float(y @ y)
        self.sd = numpy.full(n, numpy.nan)
        self.sd[measured] = numpy.sqrt(numpy.maximum(numpy.diag(c), 0))
        self.sd[fixed] = 0
        removed = numpy.einsum("ij,ij->j", w, w) * v
        self.z = numpy.full(n, numpy.nan)
        hit = numpy.abs(g).max(axis=0) > 1e-9 * scale if g.size else numpy.zeros(len(v), bool)
        where = numpy.flatnonzero(measured)
        for i, j in enumerate(where):
            if hit[i]:
                self.z[j] = (m[j] - x[j]) / math.sqrt(removed[i])
        self.kind = ["fixed" if fixed[j] else "observable" if unknown[j] else "redundant" if not math.isnan(self.z[j]) else "nonredundant"
                     for j in range(n)]
        if unknown.any():
            inverse = numpy.linalg.pinv(au, rcond=1e-11)
            null = numpy.eye(au.shape[1]) - inverse @ au
            xu = inverse @ (b - am @ x[measured])
            t = -inverse @ am
            cu = t @ c @ t.T
            for i, j in enumerate(numpy.flatnonzero(unknown)):
                if numpy.abs(null[i]).max() > 1e-7:
                    self.kind[j] = "unobservable"
                else:
                    x[j], self.sd[j] = xu[i], math.sqrt(max(0.0, cu[i, i]))
        self.x = x


def left_null(a):
    """Orthonormal rows p with p a = 0."""
    if a.shape[1] == 0:
        return numpy.eye(a.shape[0])
    u, s, _ = numpy.linalg.svd(a)
    rank = int((s > 1e-10 * max(a.shape) * (s[0] if len(s) else 1)).sum())
    return u[:, rank:].T


def in_range(a, b):
    if a.shape[1] == 0:
        return numpy.abs(b).max(initial=0) < 1e-9
    x = numpy.linalg.lstsq(a, b, rcond=None)[0]
    return numpy.abs(a @ x - b).max(initial=0) < 1e-7 * max(1, numpy.abs(b).max(initial=0))


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
