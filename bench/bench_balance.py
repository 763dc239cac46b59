#!/usr/bin/python3
"""Reconciliation of 100,000 flows between 20,000 nodes, with every standard deviation: knoop (whole process: opening the region file,
reconciling, saving, printing) against SciPy's sparse LU of the same problem (the bordered matrix, solved once for the values and for a
right side per flow, 100 at a time, for the deviations). SciPy solves for the deviations of some flows only; the rest is computed from those, and the line says so.

Networks: `near`, where exchange thins out with distance as in a region (a flow of d places away has a chance that falls with d^-2); `mixed`,
where one flow in a hundred goes anywhere; `sectors`, a hundred groups that exchange within and with the next one; `hubs`, 20 nodes at which
half of all flows begin or end; with --long also `loops` (those not measured may form circles, so that some cannot be known), `transfers` (10,000
measured transfer coefficients, by `sectors`), and `random`, where all flows go anywhere: the worst there is for any sparse factor; `whole` is that
with all flows measured, elsewhere 15 % are not. With one thread and with two, which must give the same bytes."""
import csv
import os
import random
import sys
import time

import numpy
import scipy.sparse
import scipy.sparse.linalg

import measure

NODES, FLOWS, SAMPLE, BLOCK = 20000, 100000, 400, 100
TARGET_S, TARGET_TIMES = 5.0, 10.0
SECTORS, HUBS, TRANSFERS = 100, 20, 10000
PEERS = ("near", "mixed", "sectors")  # SciPy's factor of the others takes minutes, or the problem is not linear


def find(parent, i):
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def end(kind, a, nodes, rng):
    """The other end of a flow of node a."""
    if kind in ("random", "whole") or (kind == "mixed" and rng.random() < 0.01):
        return rng.randrange(nodes)
    if kind in ("sectors", "loops", "transfers"):
        if rng.random() < 0.9:
            return a % SECTORS + SECTORS * rng.randrange(nodes // SECTORS)
        return (a % SECTORS + 1) % SECTORS + SECTORS * rng.randrange(20)
    if kind == "hubs":
        return rng.randrange(HUBS)
    return (a + rng.choice((-1, 1)) * int(1 / (rng.random() + 1e-4))) % nodes


def draw(kind, nodes, flows, seed=1):
    """(from, to, quantity or None, sd): 20 % with an end outside (-1), 15 % not measured, none of them in a circle but for `loops`; and
    (from flow, to flow, value, sd) of transfer coefficients."""
    rng = random.Random(seed)
    rows, parent = [], list(range(nodes + 1))
    truth = numpy.zeros(nodes)
    for j in range(flows - nodes):
        a = j if j < nodes else rng.randrange(nodes)
        b = -1 if rng.random() < 0.2 else end(kind, a, nodes, rng)
        if a == b:
            b = -1
        if rng.random() < 0.5:
            a, b = b, a
        rows.append([a, b, rng.lognormvariate(3, 1)])
    for a, b, q in rows:
        if a >= 0:
            truth[a] -= q
        if b >= 0:
            truth[b] += q
    for i in range(nodes):  # a flow with the outside makes each node whole
        rows.append([i, -1, truth[i]] if truth[i] > 0 else [-1, i, -truth[i]])
    out = []
    for a, b, q in rows:
        sd = q * rng.choice((0.05, 0.1, 0.2)) + 0.01
        if kind != "whole" and rng.random() < 0.15:
            ra, rb = find(parent, a if a >= 0 else nodes), find(parent, b if b >= 0 else nodes)
            if ra != rb or kind == "loops":
                parent[ra] = rb
                out.append((a, b, None, None))
                continue
        out.append((a, b, rng.gauss(q, sd) if q > 5 * sd else max(0.0, rng.gauss(q, sd)), sd))
    return out, draw_transfers(rows, nodes, rng) if kind == "transfers" else []


def draw_transfers(rows, nodes, rng):
    """From one flow into a node to one out of it, 10 % off."""
    into, out_of = {}, {}
    for j, (a, b, _) in enumerate(rows):
        into.setdefault(b, j)
        out_of.setdefault(a, j)
    out = []
    for i in rng.sample(range(nodes), nodes):
        if len(out) < TRANSFERS and i in into and i in out_of and rows[into[i]][2] > 0:
            value = rows[out_of[i]][2] / rows[into[i]][2]
            out.append((into[i], out_of[i], rng.gauss(value, 0.1 * value), 0.1 * value))
    return out


def write(folder, nodes, flows, transfers):
    os.makedirs(folder)

    def table(name, columns, rows):
        with open(os.path.join(folder, name + ".csv"), "w", newline="", encoding="utf-8") as f:
            csv.writer(f).writerows([columns, *rows])

    table("settings", ["key", "value"], [["name", "bench"]])
    table("actor", ["actor_id", "name"], [["a", "A"]])
    table("site", ["site_id", "actor_id", "name", "lon", "lat"], [[f"n{i}", "a", f"N{i}", 5, 50] for i in range(nodes)])
    table("resource", ["resource_id", "class", "name"], [["stuff", "material", "Stuff"]])
    table("offer", ["offer_id", "site_id", "resource_id", "quantity"], [["o", "n0", "stuff", 1]])
    table("flow", ["flow_id", "from_id", "to_id", "resource_id", "year", "quantity", "sd"],
          [[f"f{j}", f"n{a}" if a >= 0 else "", f"n{b}" if b >= 0 else "", "stuff", 2024, "" if q is None else repr(q), "" if q is None else repr(sd)]
           for j, (a, b, q, sd) in enumerate(flows)])
    if transfers:
        table("transfer", ["transfer_id", "from_flow", "to_flow", "value", "sd"],
              [[f"t{k}", f"f{a}", f"f{b}", repr(v), repr(sd)] for k, (a, b, v, sd) in enumerate(transfers)])


def peer(nodes, flows, sample):
    """values, deviations of the sample, seconds for the values, seconds per deviation."""
    n = len(flows)
    start = time.process_time()
    rows, columns, values = [], [], []
    for j, (a, b, _, _) in enumerate(flows):
        for node, sign in ((a, -1.0), (b, 1.0)):
            if node >= 0:
                rows.append(node)
                columns.append(j)
                values.append(sign)
    a = scipy.sparse.csc_matrix((values, (rows, columns)), shape=(nodes, n))
    known = numpy.array([q is not None for _, _, q, _ in flows])
    m = numpy.array([q if q is not None else 0.0 for _, _, q, _ in flows])
    w = numpy.array([1 / sd**2 if q is not None else 0.0 for _, _, q, sd in flows])
    bordered = scipy.sparse.bmat([[scipy.sparse.diags(w), a.T], [a, None]], format="csc")
    factor = scipy.sparse.linalg.splu(bordered)
    x = factor.solve(numpy.concatenate([w * m, numpy.zeros(nodes)]))[:n]
    whole = time.process_time() - start
    start = time.process_time()
    sd = {}
    for first in range(0, len(sample), BLOCK):  # the variance of x_j is the j-th diagonal entry of the inverse; some at a time
        part = sample[first:first + BLOCK]
        unit = numpy.zeros((n + nodes, len(part)), order="F")
        unit[part, range(len(part))] = 1
        solved = factor.solve(unit)
        for k, j in enumerate(part):
            sd[j] = solved[j, k] ** 0.5
    return x, sd, whole, (time.process_time() - start) / len(sample), int(known.sum())


def run(kind, folder):
    flows, transfers = draw(kind, NODES, FLOWS)
    path = os.path.join(folder, kind)
    write(path, NODES, flows, transfers)
    measure.Run(measure.KNOOP, "--quiet", "new", path + ".gpkg", "--from", path)

    def balance(*more):
        return measure.Run(measure.KNOOP, "--quiet", "balance", path + ".gpkg", "--json", *more)

    best = measure.best([balance("--threads", "2"), balance("--threads", "2")])
    one, two = balance("--threads", "1", "--dry"), balance("--threads", "2", "--dry")
    print(f"{kind}: knoop {best.wall:.2f} s, {best.cpu:.2f} s of processor time, {best.peak_mib:.0f} MiB; on one thread {one.cpu:.2f} s", flush=True)
    good = best.wall < TARGET_S and one.out == two.out
    print(f"  all deviations in under {TARGET_S:g} s: {'met' if best.wall < TARGET_S else 'MISSED'}; "
          f"one thread and two: {'the same bytes' if one.out == two.out else 'DIFFERENT'}")
    if kind not in PEERS:
        return good
    answer = balance("--dry", "--signs", "free").json()
    sample = random.Random(5).sample(range(FLOWS), SAMPLE)
    x, sd, whole, each, _ = peer(NODES, flows, sample)
    off = max(abs(answer["flows"][j]["reconciled"] - x[j]) / max(1, abs(x[j])) for j in range(FLOWS))
    off_sd = max(abs(answer["flows"][j]["sd"] - sd[j]) / sd[j] for j in sample)
    total = whole + each * FLOWS
    print(f"  SciPy: values {whole:.2f} s, a deviation {each * 1000:.2f} ms ({SAMPLE} solved), all of them {total:.0f} s of processor time")
    print(f"  values differ by {off:.1e}, deviations by {off_sd:.1e} (relative)")
    times = total / best.cpu
    print(f"  {times:.0f} times faster than SciPy: {'met' if times >= TARGET_TIMES else 'MISSED'}; than its values alone: {whole / best.cpu:.1f}")
    return good and times >= TARGET_TIMES and off < 1e-6 and off_sd < 1e-6


def main():
    folder = measure.folder()
    kinds = sys.argv[1:] or list(PEERS) + ["hubs"] + (["loops", "transfers", "random", "whole"] if measure.LONG else [])
    results = [run(kind, folder) for kind in kinds]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
