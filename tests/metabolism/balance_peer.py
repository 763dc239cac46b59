#!/usr/bin/python3
"""Random networks of flows, reconciled by knoop and in rational numbers: same values, deviations, classes, tests. TAP.

Loops, parallel flows, parts that hang together with nothing, whole parts nobody measured, zeros, exact figures, stocks, sizes over many
orders of magnitude. BALANCE_SEED=n tries other networks."""
import os
import random
import sys

import numpy

from balancelib import Exact, balance, incidence, near

TOLERANCE = 1e-9
SEED = int(os.environ.get("BALANCE_SEED", "7"))


def network(rng, kind):
    """Nodes and flows whose true values balance; measured ones are off by as much as their deviation says."""
    count = rng.randint(2, 14)
    nodes = [f"n{i}" for i in range(count)]
    flows, truth = [], []
    potential = []
    for j in range(rng.randint(count, 4 * count)):
        a, b = rng.choice(nodes + [None]), rng.choice(nodes + [None])
        if kind == "parts" and a and b and (int(a[1:]) < count // 2) != (int(b[1:]) < count // 2):
            b = None
        if kind == "closed" and (a is None or b is None):
            a, b = rng.sample(nodes, 2)
        if a == b:
            continue
        if a is not None and rng.random() < 0.06:
            b = "stock:" + a
        flows.append({"flow_id": f"f{j}", "from_id": a, "to_id": b})
        potential.append(10 ** rng.uniform(-4, 4) if kind == "scales" else rng.uniform(1, 100))
    if not flows:
        return network(rng, kind)
    a = incidence(nodes, flows)
    size = numpy.array(potential)
    # The nearest balanced flows, by size: true values, some of them below 0, which a swap of the ends mends.
    if a.size:
        d = size ** 2
        truth = size - d * (a.T @ (numpy.linalg.pinv(a @ (d[:, None] * a.T), rcond=1e-13) @ (a @ size)))
        truth = truth - numpy.linalg.pinv(a) @ (a @ truth)
    else:
        truth = size
    for f, t in zip(flows, truth):
        if t < 0 and not (f["to_id"] or "").startswith("stock:"):
            f["from_id"], f["to_id"] = f["to_id"], f["from_id"]
    share = {"unknown": 0.6, "mostly": 0.1}.get(kind, rng.choice([0.2, 0.35]))
    for f, t in zip(flows, truth):
        t = abs(t) if not (f["to_id"] or "").startswith("stock:") else t
        f["quantity"], f["sd"] = None, None
        if rng.random() < share:
            continue
        f["sd"] = abs(t) * rng.choice([0.02, 0.1, 0.3]) + 1e-9
        f["quantity"] = t + rng.gauss(0, f["sd"])
        if kind == "zeros" and rng.random() < 0.3:
            f["quantity"] = 0.0
        if f["quantity"] < 0 and not (f["to_id"] or "").startswith("stock:"):
            f["quantity"] = 0.0
        if kind == "exact" and rng.random() < 0.15:
            f["sd"] = 0.0
    return nodes, flows


def exact_of(nodes, flows):
    a = incidence(nodes, flows)
    m = numpy.array([numpy.nan if f["quantity"] is None else f["quantity"] for f in flows])
    sd = numpy.array([numpy.nan if f["sd"] is None else f["sd"] for f in flows])
    return Exact(a, m, sd)


def compare(nodes, flows):
    wanted = exact_of(nodes, flows)
    if wanted.contradicts:
        got = balance("--signs", "free", code=4, nodes=nodes, flows=flows)
        if "contradict" not in " ".join(got["error"]["sentences"]) and "leave" not in " ".join(got["error"]["sentences"]):
            raise AssertionError(f"no word of what contradicts: {got['error']}")
        return "contradicts"
    got = balance("--signs", "free", nodes=nodes, flows=flows)
    rows = got["flows"]
    size = max([abs(x) for x in wanted.x if not numpy.isnan(x)], default=1)
    for j, f in enumerate(flows):
        r = rows[j]
        if r["class"] != wanted.kind[j]:
            raise AssertionError(f"{f['flow_id']}: {r['class']}, expected {wanted.kind[j]}")
        if wanted.kind[j] == "unobservable":
            if r["reconciled"] is not None:
                raise AssertionError(f"{f['flow_id']} is unobservable and has a value")
            continue
        near(r["reconciled"], wanted.x[j], f["flow_id"], TOLERANCE, 1e-13 * size)
        near(r["sd"], wanted.sd[j], f["flow_id"] + " sd", TOLERANCE, 1e-6 * (f["sd"] or 0))
        if wanted.kind[j] == "redundant" and r["z"] is None:
            raise AssertionError(f"{f['flow_id']} has no z")
        if wanted.kind[j] == "redundant":
            near(r["z"], wanted.z[j], f["flow_id"] + " z", TOLERANCE, 1e-13 * size / min(r["sd"], r["measured_sd"]) if r["sd"] else 1)
    if got["dof"] != wanted.dof:
        raise AssertionError(f"dof {got['dof']}, expected {wanted.dof}")
    near(got["chi2"], wanted.chi2, "chi2", TOLERANCE, 1e-12)
    for n in got["nodes"]:
        if n["gap_after"] is not None and abs(n["gap_after"]) > 1e-9 * size:
            raise AssertionError(f"{n['id']} is left with {n['gap_after']}")
    return "agrees"


def main():
    kinds = ["plain", "parts", "closed", "unknown", "mostly", "zeros", "exact", "scales"]
    rounds = int(os.environ.get("BALANCE_ROUNDS", "6"))
    print(f"1..{len(kinds)}")
    failed = 0
    for at, kind in enumerate(kinds, 1):
        said = {"agrees": 0, "contradicts": 0}
        try:
            for k in range(rounds):
                rng = random.Random(f"{SEED} {kind} {k}")
                nodes, flows = network(rng, kind)
                try:
                    said[compare(nodes, flows)] += 1
                except AssertionError as error:
                    raise AssertionError(f"network {k}: {error}") from error
            print(f"ok {at} - {kind}: {said['agrees']} agree, {said['contradicts']} contradict")
        except AssertionError as error:
            failed += 1
            print(f"not ok {at} - {kind}\n# seed {SEED}: {error}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
