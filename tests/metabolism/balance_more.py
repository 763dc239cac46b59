#!/usr/bin/python3
"""What a balance promises beyond plain numbers: products, flows of at least 0, planted errors, intervals that cover what they say, exact
figures that contradict, what balances with what, stocks over the years. TAP."""
import itertools
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import numpy

from balancelib import balance, incidence, knoop, near, package

SEED = int(os.environ.get("BALANCE_SEED", "7"))


def flow(flow_id, a, b, quantity, sd, **more):
    return {"flow_id": flow_id, "from_id": a, "to_id": b, "quantity": quantity, "sd": sd, **more}


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def rows(got, key="flow_id", table="flows"):
    return {r[key]: r for r in got[table]}


# ---------------------------------------------------------------- products, by Newton's method on all first-order conditions
def newton(m, sd, linear, products):
    """Minimises sum ((x - m) / sd)^2 under linear rows (a, b) and x[c] = x[a] x[b]; exact second derivatives. NaN: not measured."""
    n, a, b = len(m), *linear
    w = numpy.where(numpy.isnan(m), 0, 1 / numpy.where(numpy.isnan(sd), 1, sd) ** 2)
    x = numpy.where(numpy.isnan(m), 1.0, m)
    for c, p, q in products:
        if math.isnan(m[c]):
            x[c] = x[p] * x[q]
    lam = numpy.zeros(len(b) + len(products))
    for _ in range(200):
        jacobian = numpy.vstack([a, *[numpy.zeros(n)[None] for _ in products]])
        value = numpy.concatenate([a @ x - b, [x[c] - x[p] * x[q] for c, p, q in products]])
        hessian = numpy.diag(w)
        for k, (c, p, q) in enumerate(products):
            jacobian[len(b) + k, [c, p, q]] = 1, -x[q], -x[p]
            hessian[p, q] -= lam[len(b) + k]
            hessian[q, p] -= lam[len(b) + k]
        gradient = w * (x - numpy.where(numpy.isnan(m), 0, m)) + jacobian.T @ lam
        kkt = numpy.block([[hessian, jacobian.T], [jacobian, numpy.zeros((len(lam), len(lam)))]])
        step = numpy.linalg.lstsq(kkt, -numpy.concatenate([gradient, value]), rcond=1e-13)[0]
        x, lam = x + step[:n], lam + step[n:]
        if numpy.abs(step[:n]).max() < 1e-13 * numpy.abs(x).max():
            break
    return x


def products_settle():
    for k in range(12):
        rng = random.Random(f"{SEED} products {k}")
        n = rng.randint(2, 5)
        true_in = rng.uniform(50, 500)
        flows, transfers, at = [], [], true_in

        def measured(value, rel):
            return (rng.gauss(value, rel * value), rel * value)

        flows.append(flow("in", None, "p0", *measured(at, 0.1)))
        for i in range(n):  # each process passes a share on and loses the rest
            share = rng.uniform(0.5, 0.9)
            q, sd = measured(at * share, 0.15)
            flows.append(flow(f"on{i}", f"p{i}", f"p{i + 1}" if i + 1 < n else None, *((None, None) if rng.random() < 0.5 else (q, sd))))
            flows.append(flow(f"off{i}", f"p{i}", None, *((None, None) if rng.random() < 0.6 else measured(at * (1 - share), 0.3))))
            value, sd = measured(share, 0.1)
            transfers.append({"id": f"t{i}", "from_flow": "in" if i == 0 else f"on{i - 1}", "to_flow": f"on{i}", "value": value, "sd": sd})
            at *= share
        nodes = [f"p{i}" for i in range(n)]
        got = balance("--signs", "free", nodes=nodes, flows=flows, transfers=transfers)
        a = incidence(nodes, flows)
        count = len(flows)
        a = numpy.hstack([a, numpy.zeros((len(a), n))])
        where = {f["flow_id"]: j for j, f in enumerate(flows)}
        products = [(where[t["to_flow"]], where[t["from_flow"]], count + i) for i, t in enumerate(transfers)]
        m = numpy.array([math.nan if f["quantity"] is None else f["quantity"] for f in flows] + [t["value"] for t in transfers])
        sd = numpy.array([math.nan if f["sd"] is None else f["sd"] for f in flows] + [t["sd"] for t in transfers])
        x = newton(m, sd, (a, numpy.zeros(len(a))), products)
        found = [r["reconciled"] for r in got["flows"]] + [r["reconciled"] for r in got["transfer_coefficients"]]
        for j, value in enumerate(found):
            if value is not None:
                near(value, x[j], f"network {k}, figure {j}", 1e-9, 1e-9)
        t = rows(got, "transfer_id", "transfer_coefficients")
        for r in transfers:
            near(rows(got)[r["to_flow"]]["reconciled"], rows(got)[r["from_flow"]]["reconciled"] * t[r["id"]]["reconciled"], "product", 1e-10)


def products_far_off():
    """A coefficient that disagrees by 20 deviations: the way there is bent, and whole steps would overshoot."""
    flows = [flow("in", None, "p", 1000, 1), flow("out", "p", None, 5, 50), flow("rest", "p", None, 900, 5)]
    transfers = [{"id": "t", "from_flow": "in", "to_flow": "out", "value": 0.9, "sd": 0.04}]
    got = balance("--signs", "free", nodes=["p"], flows=flows, transfers=transfers)
    m, sd = numpy.array([1000, 5, 900, 0.9]), numpy.array([1, 50, 5, 0.04])
    x = newton(m, sd, (numpy.array([[1.0, -1, -1, 0]]), numpy.zeros(1)), [(1, 0, 3)])
    for j, r in enumerate(got["flows"]):
        near(r["reconciled"], x[j], r["flow_id"], 1e-8)
    near(got["chi2"], float((((x - m) / sd) ** 2).sum()), "chi2", 1e-8)


def products_bend_far():
    """10 +- 8 times 0.5 +- 0.5 against 2000 +- 1: what linear steps leave out decides. They circle; the curvature has to be taken along.
    Peer: the objective over both factors, by ever finer grids."""
    flows = [flow("a", None, "n", 10, 8), flow("c", "n", None, 2000, 1), flow("d", None, "n", 1990, 598)]
    got = balance("--signs", "free", nodes=["n"], flows=flows, transfers=[{"id": "t", "from_flow": "a", "to_flow": "c", "value": 0.5, "sd": 0.5}])

    def objective(a, b):
        # d = c - a; c is between: the best c for these a, b is a b, as the product says.
        return ((a - 10) / 8) ** 2 + ((b - 0.5) / 0.5) ** 2 + (a * b - 2000) ** 2 + ((a * b - a - 1990) / 598) ** 2

    low, high = numpy.array([10.0, 1.0]), numpy.array([800.0, 80.0])
    for _ in range(60):
        a, b = numpy.meshgrid(numpy.linspace(low[0], high[0], 401), numpy.linspace(low[1], high[1], 401), indexing="ij")
        i, j = numpy.unravel_index(numpy.argmin(objective(a, b)), a.shape)
        best, span = numpy.array([a[i, j], b[i, j]]), (high - low) / 4
        low, high = best - span, best + span
    near(got["chi2"], float(objective(*best)), "chi2", 1e-9)
    near(rows(got)["a"]["reconciled"], float(best[0]), "a", 1e-6)


def unknown_coefficient_follows():
    flows = [flow("in", None, "p", 100, 5), flow("a", "p", None, 30, 2), flow("b", "p", None, 72, 4)]
    got = balance(nodes=["p"], flows=flows, transfers=[{"id": "t", "from_flow": "in", "to_flow": "a", "value": None, "sd": None}])
    t = got["transfer_coefficients"][0]
    expect(t["class"] == "observable", t)
    near(t["reconciled"], rows(got)["a"]["reconciled"] / rows(got)["in"]["reconciled"], "coefficient", 1e-9)
    expect(t["sd"] > 0, "no deviation")


# ---------------------------------------------------------------- flows of at least 0, against all choices of what stands at 0
def best_of_all(a, m, sd):
    best = None
    for held in itertools.product((0, 1), repeat=len(m)):
        free = numpy.array(held) == 0
        x = numpy.zeros(len(m))
        if free.any():
            x[free] = m[free] - sd[free] * (numpy.linalg.pinv(a[:, free] * sd[free]) @ (a[:, free] @ m[free]))
        if numpy.abs(a @ x).max() > 1e-8 or x.min() < -1e-9:
            continue
        value = (((x - m) / sd) ** 2).sum()
        if best is None or value < best[0] - 1e-12:
            best = (value, x)
    return best


def stays_above_zero():
    held = 0
    for k in range(14):
        rng = random.Random(f"{SEED} above {k}")
        nodes = [f"n{i}" for i in range(rng.randint(2, 3))]
        flows = []
        for j in range(8):
            a, b = rng.choice(nodes + [None]), rng.choice(nodes + [None])
            if a != b:
                q = rng.uniform(0, 3)
                flows.append(flow(f"f{j}", a, b, q, rng.uniform(0.5, 4)))
        if not flows:
            continue
        a = incidence(nodes, flows)
        if not len(a):
            continue
        value, x = best_of_all(a, numpy.array([f["quantity"] for f in flows]), numpy.array([f["sd"] for f in flows]))
        got = balance("--signs", "above", nodes=nodes, flows=flows)
        near(got["nonnegative"]["chi2"], value, f"network {k}: objective", 1e-9, 1e-12)
        for j, r in enumerate(got["flows"]):
            near(r["reconciled"], x[j], f"network {k}: {r['flow_id']}", 1e-7, 1e-9)
        held += len(got["nonnegative"]["held_at_zero"])
    expect(held > 0, "nothing was ever held at 0")


def unknown_flows_stay_above_zero():
    """Two flows that nobody measured leave, and more is measured to leave than to enter: they are none, and the rest gives way."""
    flows = [flow("in", None, "p", 10, 1), flow("out", "p", None, 12, 1), flow("u", "p", None, None, None), flow("v", "p", None, None, None)]
    got = balance(nodes=["p"], flows=flows)
    near(rows(got)["in"]["reconciled"], 11, "in", 1e-9)
    near(rows(got)["out"]["reconciled"], 11, "out", 1e-9)
    expect(rows(got)["u"]["reconciled"] is None, "u is known")
    free = balance("--signs", "free", nodes=["p"], flows=flows)
    near(rows(free)["in"]["reconciled"], 10, "in", 1e-9)


# ---------------------------------------------------------------- errors, intervals
def chain(rng, copies, spoil=0):
    """Copies of a small network side by side; measured with their deviations; `spoil` of them ten times too large."""
    nodes, flows, truth = [], [], []
    for c in range(copies):
        x = rng.uniform(80, 120)
        own = [("in", None, "a", x), ("ab", "a", "b", 0.6 * x), ("ac", "a", "c", 0.4 * x), ("bc", "b", "c", 0.2 * x),
               ("bo", "b", None, 0.4 * x), ("co", "c", None, 0.5 * x), ("cs", "c", "stock:c", 0.1 * x)]
        for name, a, b, value in own:
            sd = value * 0.08
            end = lambda e, c=c: None if e is None else f"stock:{e[6:]}{c}" if e.startswith("stock:") else f"{e}{c}"
            flows.append(flow(f"{name}{c}", end(a), end(b), rng.gauss(value, sd), sd))
            truth.append(value)
        nodes += [f"a{c}", f"b{c}", f"c{c}"]
    wrong = rng.sample(range(0, copies * 7, 7), spoil)  # the inflow, which is checked best
    for j in wrong:
        flows[j]["quantity"] *= 10
    return nodes, flows, truth, [flows[j]["flow_id"] for j in wrong]


def intervals_cover():
    nodes, flows, truth, _ = chain(random.Random(f"{SEED} cover"), 300)
    for f in flows:  # two of seven are not measured and follow
        if f["flow_id"].startswith(("ac", "bo")):
            f["quantity"] = f["sd"] = None
    got = balance("--signs", "free", nodes=nodes, flows=flows)
    inside = [abs(r["reconciled"] - t) <= 1.6448536 * r["sd"] for r, t in zip(got["flows"], truth)]
    share = sum(inside) / len(inside)
    expect(0.87 < share < 0.93, f"90 % intervals cover {share:.1%} of {len(inside)}")
    expect(0.001 < got["p_value"] < 0.999, f"p {got['p_value']}")


def planted_errors_are_found():
    for copies, spoil in ((6, 1), (12, 3)):
        nodes, flows, truth, wrong = chain(random.Random(f"{SEED} planted {copies}"), copies, spoil)
        got = balance(nodes=nodes, flows=flows)
        expect(set(got["gross_errors"]) == set(wrong), f"found {got['gross_errors']}, planted {wrong}")
        after = balance("--eliminate", nodes=nodes, flows=flows)
        expect(set(after["eliminated"]) == set(wrong), f"left out {after['eliminated']}")
        for r, t in zip(after["flows"], truth):
            expect(abs(r["reconciled"] - t) < 5 * r["sd"] + 1e-9, f"{r['flow_id']} is {r['reconciled']}, true {t}")
        expect(after["p_value"] > 0.05, "still contradicting")


def many_planted_errors():
    """Over 10,000 figures, where all errors that stand out are named at once."""
    nodes, flows, _, wrong = chain(random.Random(f"{SEED} many"), 1500, 12)
    got = balance(nodes=nodes, flows=flows)
    expect(set(got["gross_errors"]) == set(wrong), f"found {got['gross_errors']}, planted {wrong}")


def exact_figures_contradict():
    flows = [flow("in", None, "p", 100, 0), flow("out", "p", None, 90, 0), flow("zz", None, "q", 5, 1), flow("on", "q", None, 5, 1)]
    got = balance(nodes=["p", "q"], flows=flows, code=4)
    said = " ".join(got["error"]["sentences"])
    expect("in, out" in said and " p" in said and "10" in said, said)
    expect("zz" not in said, "names more than what contradicts: " + said)
    flows[1]["quantity"] = 100
    expect(rows(balance(nodes=["p", "q"], flows=flows))["in"]["class"] == "fixed", "exact figures that agree")


# ---------------------------------------------------------------- what balances with what
THINGS = [["wood", "material", "Wood", ""], ["planks", "material", "Planks", "wood"], ["dust", "material", "Dust", "wood"],
          ["sludge", "material", "Sludge", ""], ["ash", "material", "Ash", ""], ["steam", "energy", "Steam", ""], ["water", "water", "Water", ""]]


def at_node(flows, rules=None, **more):
    got = balance(nodes=["p"], flows=flows, rules=rules, resources=THINGS, **more)
    return sorted((n["layer"], n["resource_id"]) for n in got["nodes"] if n["id"] == "p")


def families_and_classes():
    def f(k, a, b, resource):
        return flow(k, a, b, 10, 1, resource_id=resource)

    expect(at_node([f("1", None, "p", "wood"), f("2", "p", None, "planks"), f("3", "p", None, "dust")]) == [("material", "wood")], "a family")
    two = [f("1", None, "p", "wood"), f("2", "p", None, "wood"), f("3", None, "p", "ash"), f("4", "p", None, "ash")]
    expect(at_node(two) == [("material", "ash"), ("material", "wood")], "two families")
    expect(at_node(two, {"p": ("", "", "class")}) == [("material", None)], "by class")
    turned = [f("1", None, "p", "wood"), f("2", "p", None, "ash")]
    expect(at_node(turned) == [("material", None)], "one turns into the other")
    expect(at_node(turned, {"p": ("", "", "resource")}) == [], "by resource nothing passes")
    expect(at_node(turned, {"p": ("", 0, "")}) == [], "told not to balance")
    expect(at_node([f("1", None, "p", "planks"), f("2", "p", None, "dust")]) == [("material", None)], "siblings are no family")
    expect(at_node([f("1", None, "p", "wood"), f("2", "p", None, "steam")]) == [], "classes do not mix")
    dried = [f("1", None, "p", "sludge"), f("2", "p", None, "ash"), f("3", "p", None, "water")]
    expect(at_node(dried) == [("mass", None)], "material and water")
    expect(at_node([f("1", None, "p", "wood"), f("2", None, "p", "wood")]) == [], "a sink")
    expect(at_node([f("1", None, "p", "wood"), f("2", "p", "stock:p", "wood")]) == [("material", "wood")], "a stock")


def energy_of_fuel():
    """Fuel of 5 MWh/t turns into steam: the layer energy holds both, and the class energy does not balance alone."""
    flows = [flow("fuel", None, "p", 100, 5, resource_id="wood"), flow("steam", "p", None, 400, 20, resource_id="steam"),
             flow("loss", "p", None, None, None, resource_id="steam"), flow("ash", "p", None, 2, 0.2, resource_id="ash")]
    properties = [{"flow_id": "fuel", "property": "energy", "value": 5, "sd": 0.1}, {"flow_id": "ash", "property": "energy", "value": 0, "sd": 0}]
    got = balance(nodes=["p"], flows=flows, properties=properties, resources=THINGS, rules={"p": ("mass", 0, "")})
    expect([(n["layer"], n["resource_id"]) for n in got["nodes"]] == [("energy", None)], got["nodes"])
    near(rows(got)["loss"]["reconciled"], 100, "loss", 1e-9)
    near(rows(got)["loss"]["sd"], math.sqrt(400 + (5 * 5) ** 2 + (100 * 0.1) ** 2), "loss sd", 1e-9)


def layers_have_one_unit():
    """kg and t of carbon, GJ and MWh of energy are one layer; what is of another dimension is refused where it stands."""
    flows = [flow("a", None, "p", 10, 1), flow("b", "p", None, None, None), flow("s", "p", None, None, None, resource_id="steam")]
    properties = [["a", "carbon", 100, "kg", 10], ["b", "carbon", "", "t", ""], ["a", "energy", 3.6, "GJ", 0.36], ["b", "energy", 0, "MWh", 0]]
    with tempfile.TemporaryDirectory() as folder:
        path, region = os.path.join(folder, "package"), os.path.join(folder, "r.gpkg")

        def write():
            package(path, ["p"], flows, rules={"p": ("mass", 0, "")}, resources=[["stuff", "material", "Stuff", ""], *THINGS])
            with open(os.path.join(path, "flow_property.csv"), "w", encoding="utf-8") as f:
                f.write("flow_id,property,value,unit,sd\n" + "".join(",".join(map(str, p)) + "\n" for p in properties))

        write()
        knoop("new", region, "--from", path)
        got = json.loads(knoop("balance", region, "--json").stdout)
        of = {(p["flow_id"], p["property"]): p for p in got["properties"]}
        near(of["b", "carbon"]["content"], 1000, "kg of carbon", 1e-9)
        expect(of["b", "carbon"]["unit"] == "kg", "the first unit seen")
        near(of["a", "energy"]["measured"], 1, "MWh per t", 1e-12)
        near(of["a", "energy"]["measured_sd"], 0.1, "its deviation", 1e-12)
        near(rows(got)["s"]["reconciled"], of["a", "energy"]["content"], "steam has the energy", 1e-9)
        properties[1][3] = "m2"
        write()
        run = subprocess.run([os.environ["KNOOP"], "--quiet", "new", region + "2", "--from", path], capture_output=True, text=True)
        expect(run.returncode == 3 and "flow_property.csv:3:4:" in run.stderr and not os.path.exists(region + "2"), run.stderr)


def years_and_stocks():
    flows = []
    for year, grows in ((2021, 5.0), (2022, 7.0)):
        flows += [flow(f"in{year}", None, "p", 20, 1, year=year), flow(f"out{year}", "p", None, 14, 1, year=year),
                  flow(f"up{year}", "p", "stock:p", grows, 1, year=year)]
    got = balance(nodes=["p"], flows=flows)
    expect(sorted(n["year"] for n in got["nodes"]) == [2021, 2022] and got["dof"] == 2, "a balance each year")
    one = balance("--year", "2022", nodes=["p"], flows=flows)
    expect([r["flow_id"] for r in one["flows"]] == ["in2022", "out2022", "up2022"] and one["dof"] == 1, "one year")
    # 100 at the end of 2020, 112 at the end of 2022: what was added must be 12, as reported, and then nothing moves there.
    levels = [["l0", "p", "stuff", 2020, 100, 0], ["l2", "p", "stuff", 2022, 112, 0]]
    got = balance(nodes=["p"], flows=flows, levels=levels)
    expect(got["dof"] == 3, f"dof {got['dof']}")
    near(rows(got)["up2021"]["reconciled"] + rows(got)["up2022"]["reconciled"], 12, "what was added", 1e-9)
    # A year without a reported change breaks the link.
    got = balance(nodes=["p"], flows=flows[:3], levels=levels)
    expect(got["dof"] == 1, "a link over a year of which nothing is known")


    # Two reports of one level are one level: 110 +- 3 and 113 +- 3 agree on 111.5, and so do the flows between.
    levels = [["l0", "p", "stuff", 2021, 110, 3], ["l1", "p", "stuff", 2021, 113, 3]]
    got = balance(nodes=["p"], flows=flows[:3], levels=levels)
    near([r["reconciled"] for r in got["stock_levels"]][0], 111.5, "a level that is told twice", 1e-12)
    near([r["reconciled"] for r in got["stock_levels"]][1], 111.5, "a level that is told twice", 1e-12)


# ---------------------------------------------------------------- figures of very unlike certainty, and those that exclude each other
def cycles(nodes, flows, sd):
    """The same by what circulates: x = N t with the loops N that the surest flows close over a tree of the least sure. Nothing cancels."""
    count = len(nodes)
    at = {n: i for i, n in enumerate([*nodes, None])}
    ends = [(at[f["from_id"]], at[f["to_id"]]) for f in flows]
    root = list(range(count + 1))

    def find(k):
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    beside, chords = [[] for _ in root], []
    for j in sorted(range(len(flows)), key=lambda j: -sd[j]):
        a, b = ends[j]
        if find(a) == find(b):
            chords.append(j)
            continue
        root[find(a)] = find(b)
        beside[a].append((b, j, -1))
        beside[b].append((a, j, 1))
    above, depth, todo = {0: None}, {0: 0}, [0]
    while todo:
        a = todo.pop()
        for b, j, sign in beside[a]:
            if b not in above:
                above[b], depth[b] = (a, j, sign), depth[a] + 1
                todo.append(b)
    loops = numpy.zeros((len(flows), len(chords)))
    for k, j in enumerate(chords):
        loops[j, k] = 1
        b, a = ends[j]
        while a != b:
            deeper = a if depth[a] >= depth[b] else b
            up, i, sign = above[deeper]
            loops[i, k] += sign if deeper == a else -sign
            a, b = (up, b) if deeper == a else (a, up)
    return loops


def unlike_deviations():
    """600 nodes, one figure in ten 10,000 times less sure: entries of an inverse cancel, sums of squares do not."""
    rng = random.Random(f"{SEED} unlike")
    nodes = [f"n{i}" for i in range(600)]
    flows = []
    for j in range(2000):
        a, b = (nodes[j], nodes[j + 1] if j < 599 else None) if j < 600 else rng.sample([*nodes, None], 2)
        q = round(rng.uniform(1, 100), 3)
        flows.append(flow(f"f{j}", a, b, q, round(q * rng.uniform(0.05, 0.2) * (1e4 if rng.random() < 0.1 else 1), 4)))
    m, sd = (numpy.array([f[k] for f in flows]) for k in ("quantity", "sd"))
    loops = cycles(nodes, flows, sd)
    normal = loops.T @ (loops / sd[:, None] ** 2)
    scale = 1 / numpy.sqrt(numpy.diag(normal))
    factor = numpy.linalg.cholesky(normal * scale * scale[:, None])
    half = numpy.linalg.solve(factor, (loops * scale).T)
    x, deviation = half.T @ (half @ (m / sd ** 2)), numpy.sqrt((half ** 2).sum(0))
    got = balance("--signs", "free", nodes=nodes, flows=flows)
    for j, r in enumerate(got["flows"]):
        near(r["reconciled"], x[j], r["flow_id"], 1e-8, 1e-9 * deviation[j])
        near(r["sd"], deviation[j], r["flow_id"] + " sd", 1e-5)


def nearly_unmeasured():
    """A deviation of 1e11 says as good as nothing: the others decide, to the last digit; z of a chain is one."""
    flows = [flow("a", "n", "p", 0, 1), flow("b", "n", None, 33104, 3310), flow("c", "p", "n", 9588781, 9.6e10), flow("d", "p", None, 0, 0)]
    got = rows(balance("--signs", "free", nodes=["n", "p"], flows=flows))
    near(got["a"]["sd"], 1, "a sd", 1e-9)
    near(got["c"]["sd"], 1, "c sd", 1e-9)
    got = balance(nodes=["n"], flows=[flow("a", None, "n", 77.289572, 0.77289572), flow("b", "n", None, 5e-6, 5e-11)])
    expect(got["most_suspicious"] == ["a", "b"], f"of two that share all the first is no more suspicious: {got['most_suspicious']}")
    near(abs(rows(got)["b"]["z"]), abs(rows(got)["a"]["z"]), "z", 1e-12)


def out_of_range():
    """What cannot be squared is bad input, and the figure is named."""
    for flows, wanted in (([flow("a", None, "n", 1e300, None, rel_sd=0.1), flow("b", "n", None, 1, 1)], "a: 1e+300"),
                          ([flow("a", None, "n", 1, 1), flow("b", "n", None, 1, 1e-200)], "b: a deviation of 1e-200"),
                          ([flow("a", None, "n", 1, 1e155), flow("b", "n", None, 1, 1)], "a: a deviation of 1e+155")):
        got = balance(nodes=["n"], flows=flows, code=3)
        expect(wanted in got["error"]["sentences"][0], got)


def nothing_flows():
    """Both shares of f0 are known, and add up to 1.33; f0 is 0.5 +- 5. Only without any flow all agrees, and that is told."""
    flows = [flow("f0", None, "p", 0.5349, 5.349), flow("f1", "p", "q", None, None), flow("f2", "p", "q", None, None), flow("f3", "q", None, None, None)]
    transfers = [{"id": "t0", "from_flow": "f0", "to_flow": "f1", "value": 0.97133, "sd": 0.06918},
                 {"id": "t1", "from_flow": "f0", "to_flow": "f2", "value": 0.35692, "sd": 0.02694}]
    values = {"f0": (0.00271, 0.00812), "f1": (0.18335, 0.0087), "f2": (0.39776, 0.00763), "f3": (None, None)}
    properties = [{"flow_id": k, "property": "carbon", "value": v, "sd": sd} for k, (v, sd) in values.items()]
    for signs in ("free", "agree"):
        got = balance("--signs", signs, nodes=["p", "q"], flows=flows, transfers=transfers, properties=properties)
        expect(all(abs(r["reconciled"]) < 1e-9 for r in got["flows"]), got["flows"])
        near(got["chi2"], 0.01, "chi2", 1e-3)
    # All balances at 0, where a hair below 0 is 0.
    flows = [flow("f0", None, "p", 0, 10), flow("f1", "q", "p", 0, 1), flow("f2", None, "p", 1.85, 10), flow("f3", "p", "q", None, None)]
    got = balance("--signs", "above", nodes=["p", "q"], flows=flows)
    near(got["nonnegative"]["chi2"], 0.034225, "chi2 of flows of at least 0", 1e-9)


def pedigree_and_assumed():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "package")
        package(path, ["p"], [])
        with open(os.path.join(path, "source.csv"), "w", encoding="utf-8") as f:
            f.write("source_id,title,reliability,completeness,temporal,geographical,technological\ns,S,3,3,3,3,3\n")
        with open(os.path.join(path, "flow.csv"), "w", encoding="utf-8") as f:
            f.write("flow_id,from_id,to_id,resource_id,year,quantity,rel_sd,sd,source_id\n"
                    "a,,p,stuff,2024,100,,,s\nb,p,,stuff,2024,90,0.1,,s\nc,p,,stuff,2024,10,,,\nd,p,,stuff,2024,1,,0.25,s\n")
        region = os.path.join(folder, "r.gpkg")
        knoop("new", region, "--from", path)
        got = json.loads(knoop("balance", region, "--json").stdout)
        sd = {r["flow_id"]: r["measured_sd"] for r in got["flows"]}
        variance = sum((math.log(u) / 2) ** 2 for u in (1.05, 1.10, 1.05, 1.10, 1.02, 1.20))
        near(sd["a"], 100 * math.sqrt(math.expm1(variance)), "pedigree", 1e-9)
        near(sd["b"], 9, "rel_sd", 1e-12)
        near(sd["c"], 10 * 0.4877, "assumed", 1e-9)
        near(sd["d"], 0.25, "sd", 1e-12)
        expect(got["assumed_deviations"] == 1, "counts what was assumed")
        runs = json.loads(knoop("runs", region, "--json").stdout)["runs"]
        expect(runs[0]["command"] == "balance" and runs[0]["run_id"] == got["run_id"], "the run is kept")
        kept = subprocess.run(["sqlite3", region, "SELECT group_concat(id || ' ' || class, ';') FROM balance_flow;"
                               "SELECT node_id, gap_before FROM balance_gap"], capture_output=True, text=True, check=True).stdout
        expect(kept == "a redundant;b redundant;c redundant;d redundant\np|-1.0\n", kept)
        expect(json.loads(knoop("balance", region, "--json", "--dry").stdout)["run_id"] is None, "--dry keeps nothing")


def gateways_and_ends():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "package")
        flows = [flow("1", "g", "a-site", 10, 1), flow("2", "a-site", "nace:24.10", 9, 1), flow("3", "nace:24.10", "proc", 9, 1),
                 flow("4", "proc", "g", 8, 1), flow("5", "site:a-site", "stock:a-site", 0.5, 1)]
        package(path, [], flows)
        with open(os.path.join(path, "gateway.csv"), "w", encoding="utf-8") as f:
            f.write("gateway_id,name,lon,lat,resource_id,direction,price_eur\ng,G,5,50,stuff,in,1\n")
        with open(os.path.join(path, "process.csv"), "w", encoding="utf-8") as f:
            f.write("process_id,name\nproc,P\n")
        region = os.path.join(folder, "r.gpkg")
        knoop("new", region, "--from", path)
        got = json.loads(knoop("balance", region, "--json").stdout)
        expect(sorted(n["id"] for n in got["nodes"]) == ["a-site", "nace:24.10", "proc"], got["nodes"])
        package(path, ["g"], flows)
        knoop("import", region, os.path.join(path, "balance_node.csv"))
        got = json.loads(knoop("balance", region, "--json").stdout)
        expect(sorted(n["id"] for n in got["nodes"]) == ["a-site", "g", "nace:24.10", "proc"], "a gateway that is listed")
        first = os.path.join(folder, "first")
        knoop("export", region, first)
        knoop("new", os.path.join(folder, "again.gpkg"), "--from", first)
        knoop("export", os.path.join(folder, "again.gpkg"), os.path.join(folder, "second"))
        for name in sorted(os.listdir(first)):
            with open(os.path.join(first, name), "rb") as a, open(os.path.join(folder, "second", name), "rb") as b:
                expect(a.read() == b.read(), f"{name} comes back otherwise")
        package(path, ["g"], flows + [flow("6", "nowhere", "g", 1, 1)])
        run = subprocess.run([os.environ["KNOOP"], "--quiet", "new", os.path.join(folder, "bad.gpkg"), "--from", path], capture_output=True, text=True)
        expect(run.returncode == 3 and "nowhere is no site" in run.stderr, run.stderr)


def pictures_are_whole():
    """Markup in every fold and language, whatever names hold; the report has the picture once there is a balance."""
    nodes = ["p & <q>", 'r"s']
    flows = [flow("a", None, nodes[0], 10, 1), flow("b", *nodes, 6, 3), flow("c", nodes[0], "stock:" + nodes[0], 4, 1),
             flow("d", nodes[1], None, None, None), flow("e", nodes[1], "a-site", 2, 0)]
    with tempfile.TemporaryDirectory() as folder:
        path, region, picture = (os.path.join(folder, x) for x in ("package", "r.gpkg", "p.svg"))
        package(path, nodes, flows)
        knoop("new", region, "--from", path)
        html = os.path.join(folder, "r.html")
        knoop("report", region, "-o", html)
        expect('id="balance"' not in open(html, encoding="utf-8").read(), "a picture without a balance")
        for fold in ("auto", "place", "sector", "area", "stream"):
            for lang in ("en", "nl"):
                got = json.loads(knoop("balance", region, "--json", "--sankey", picture, "--fold", fold, "--lang", lang).stdout)
                root = xml.etree.ElementTree.parse(picture).getroot()
                expect(root.tag.endswith("svg") and len(root.findall(".//{*}path")) > 0, fold)
                expect(len(got["sankey"]) > 0 and all(r["quantity"] > 0 and r["sd"] >= 0 for r in got["sankey"]), "ribbons")
        knoop("balance", region, "--sankey", picture, "--fold", "place")
        paths = xml.etree.ElementTree.parse(picture).getroot().findall(".//{*}path")
        pale = {p.find("{*}title").text.split(":")[0]: float(p.get("fill-opacity", 1)) for p in paths}
        sure, unsure = pale['r"s – A'], pale['p & <q> – r"s']
        expect(unsure < sure == 1, f"not paler where less sure: {pale}")
        knoop("report", region, "-o", html)
        expect('id="balance"' in open(html, encoding="utf-8").read(), "no picture in the report")
        knoop("balance", region, "--sankey", region, code=2)


def pictures_conserve():
    """In every fold the ribbons are the sums of the balanced flows between what is put together, and places of one name stay apart."""
    rng = random.Random(SEED)
    actors = [("a", "Acme", "10.51"), ("b", "Bolt", "C25.11"), ("c", "Bolt", "25.62"), ("d", "Deco", "")]
    sites = [("s1", "a", "Hal", "g"), ("s2", "a", "Hal", "h"), ("s3", "a", "Kantoor", "h"), ("s4", "b", "B", "g"), ("s5", "c", "C", "p"), ("s6", "d", "D", "")]
    areas = [("r", "Regio", "region", ""), ("g", "Genk", "municipality", "r"), ("h", "Hasselt", "municipality", "r"), ("p", "Park", "park", "h")]
    ends = [s[0] for s in sites] + [None]
    flows = [flow(f"f{i}", a, b, round(rng.uniform(1, 9), 3), 5.0) for i, (a, b) in enumerate(itertools.permutations(ends, 2))]
    with tempfile.TemporaryDirectory() as folder:
        path, region, picture = (os.path.join(folder, x) for x in ("package", "r.gpkg", "p.svg"))
        package(path, [], flows)
        for name, head, some in (("actor", "actor_id,name,nace", actors), ("area", "area_id,name,level,parent_id", areas), ("site", "site_id,actor_id,name,area_id,lon,lat", [(*s, 5, 51) for s in sites]),
                                 ("offer", "offer_id,site_id,resource_id,quantity", [("o", "s1", "stuff", 1)])):
            with open(os.path.join(path, name + ".csv"), "w", encoding="utf-8") as f:
                f.writelines(",".join(map(str, row)) + "\n" for row in [head.split(","), *some])
        knoop("new", region, "--from", path)
        parent, nace, actor, area = {x[0]: x[3] for x in areas}, {x[0]: x[2].lstrip("C")[:2] for x in actors}, {x[0]: x[1] for x in sites}, {x[0]: x[3] for x in sites}
        kinds = {"place": lambda s: s, "sector": lambda s: nace[actor[s]], "area": lambda s: parent["p"] if area[s] == "p" else area[s]}
        for fold, kind in kinds.items():
            got = json.loads(knoop("balance", region, "--json", "--dry", "--sankey", picture, "--fold", fold).stdout)
            wanted = {}
            for r in got["flows"]:
                ribbon = tuple(None if r[x] is None else kind(r[x]) for x in ("from_id", "to_id"))
                if ribbon[0] != ribbon[1] or ribbon[0] is None:
                    wanted[ribbon] = wanted.get(ribbon, 0) + r["reconciled"]
            told = {(r["from"], r["to"]): r["quantity"] for r in got["sankey"]}
            expect(len(told) == len(got["sankey"]) == len(wanted), f"{fold}: {len(told)} ribbons of other names, {len(got['sankey'])} ribbons, {len(wanted)} expected: {got['sankey']}")
            for one, two in zip(sorted(told.values()), sorted(wanted.values())):
                near(one, two, fold, 1e-12, 1e-9)


TESTS = [pictures_are_whole, pictures_conserve, products_settle, products_far_off, products_bend_far, unknown_coefficient_follows, stays_above_zero, unknown_flows_stay_above_zero, intervals_cover,
         planted_errors_are_found, many_planted_errors, exact_figures_contradict, families_and_classes, energy_of_fuel, years_and_stocks,
         pedigree_and_assumed, gateways_and_ends, unlike_deviations, nearly_unmeasured, out_of_range, nothing_flows, layers_have_one_unit]


def main():
    print(f"1..{len(TESTS)}")
    failed = 0
    for at, test in enumerate(TESTS, 1):
        try:
            test()
            print(f"ok {at} - {test.__name__}")
        except (AssertionError, KeyError, ValueError, TypeError, subprocess.CalledProcessError) as error:
            failed += 1
            print(f"not ok {at} - {test.__name__}\n# seed {SEED}: {str(error)[:600]}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
