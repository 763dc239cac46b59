#!/usr/bin/python3
"""The same optimum in two ways: ties as columns, each with its best chain (knoop plan), and flow on the graph of the network, a variable
for each arc (docs/decisions/0017). Goods have grades, and a need takes those from some grade on: with one grade specs say
nothing, with each more the flow needs a copy of the graph, for it forgets where a tonne came from. Offers lie in the western third of a
crooked grid of roads, needs in the rest, a canal runs through both, and of its terminals some are full.

    bench_flow.py [OFFERS SIDE GRADES]...

The flow, per unit: a layer of the graph for each mode. One boards a layer at a site (load_eur), goes along its arcs (EUR per km), changes at a
terminal (transfer_eur, then the load of the other mode) under a row of its capacity, and leaves where the need is. CLP solves it,
by the faster of dual and primal simplex and barrier. Times are processor seconds of each program: all of knoop's (reading, network, plan,
saving), of CLP's only what it does after reading its file."""
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile

from measure import KNOOP, LONG, head, line

STEP = 0.01  # degrees
SIZES = [(250, 30, 1), (1000, 30, 1), (1000, 100, 1), (250, 30, 10)] + [(250, 30, 50), (250, 100, 10)] * LONG


def write(folder, name, rows):
    with open(os.path.join(folder, name + ".csv"), "w", newline="", encoding="utf-8") as f:
        out = csv.DictWriter(f, rows[0].keys(), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


class Case:
    def __init__(self, offers, side, grades, seed):
        r = random.Random(seed)
        self.grades = grades
        self.nodes = [(5 + STEP * x + r.uniform(-0.003, 0.003), 51 + STEP * y + r.uniform(-0.003, 0.003)) for y in range(side) for x in range(side)]
        self.arcs = {"road": [], "water": []}
        for y in range(side):
            for x in range(side):
                v = y * side + x
                if x + 1 < side:
                    self.arcs["road"].append((v, v + 1, round(r.uniform(1.4, 2), 4)))
                if y + 1 < side:
                    self.arcs["road"].append((v, v + side, round(r.uniform(1.7, 2.2), 4)))
        canal = [side // 2 * side + x for x in range(side)]
        for a, b in zip(canal, canal[1:]):
            self.arcs["water"].append((a, b, round(r.uniform(1.4, 2), 4)))
        quays = r.sample(canal, max(4, side // 5))
        self.terminals = [(v, round(r.uniform(0.2, 1), 2), round(r.uniform(0.05, 0.6) * offers / len(quays)) if r.random() < 0.7 else None) for v in quays]
        self.offers = [(v, round(r.lognormvariate(2, 0.7), 1), round(r.uniform(0, 20), 2)) for v in r.choices([v for v in range(side * side) if v % side < side // 3], k=offers)]
        self.needs = [(v, round(r.lognormvariate(2, 0.7), 1), round(r.uniform(5, 60), 2)) for v in r.choices([v for v in range(side * side) if v % side >= side // 3], k=offers)]
        self.grade = [r.randrange(grades) for _ in self.offers]
        self.least = [r.randrange(grades) for _ in self.needs]
        self.modes = {"road": (2.0, 0.2), "water": (0.5, 0.03)}

    def package(self, folder):
        at = lambda v: dict(lon=f"{self.nodes[v][0]:.7f}", lat=f"{self.nodes[v][1]:.7f}")
        places = sorted({x[0] for x in self.offers + self.needs})
        write(folder, "settings", [dict(key="name", value="flow"), dict(key="plan_year", value=2030)])
        write(folder, "actor", [dict(actor_id="a", name="a")])
        write(folder, "site", [dict(site_id=f"s{v}", actor_id="a", name="s", **at(v)) for v in places])
        write(folder, "resource", [dict(resource_id="m", name="m", **{"class": "material"})])
        write(folder, "offer", [dict(offer_id=f"o{i}", site_id=f"s{v}", resource_id="m", quantity=q, fate="landfill", fate_eur=e) for i, (v, q, e) in enumerate(self.offers)])
        write(folder, "need", [dict(need_id=f"n{i}", site_id=f"s{v}", resource_id="m", quantity=q, price_eur=e) for i, (v, q, e) in enumerate(self.needs)])
        if self.grades > 1:
            write(folder, "offer_property", [dict(offer_id=f"o{i}", property="grade", value=g) for i, g in enumerate(self.grade)])
            write(folder, "need_spec", [dict(need_id=f"n{j}", property="grade", min=g, max="") for j, g in enumerate(self.least)])
        write(folder, "mode", [dict(mode_id=k, name=k, **{"class": "material"}, load_eur=m[0], eur_per_unit_km=m[1], needs_network=1, network=k) for k, m in self.modes.items()])
        write(folder, "node", [dict(node_id=f"v{v}", **at(v)) for v in range(len(self.nodes))])
        write(folder, "link", [dict(link_id=f"{k}{i}", from_id=f"v{a}", to_id=f"v{b}", kind=k, km=km) for k in self.arcs for i, (a, b, km) in enumerate(self.arcs[k])])
        write(folder, "terminal", [dict(terminal_id=f"t{v}", name="quay", kinds="road;water", transfer_eur=e, capacity="" if c is None else c, **at(v)) for v, e, c in self.terminals])
        names = sorted(x[:-4] for x in os.listdir(folder) if x.endswith(".csv"))
        with open(os.path.join(folder, "datapackage.json"), "w", encoding="utf-8") as f:
            json.dump(dict(name="flow", resources=[dict(name=x, path=x + ".csv") for x in names]), f)

    def flow(self, path):
        """An LP file of the flow; how many variables and rows. A unit has a grade, and a place: node and mode. Sites of the canal load a
        barge without a transfer, as knoop's legs do."""
        columns, rows = [], {}

        def column(cost, *entries):
            columns.append(cost)
            for row, value in entries:
                rows.setdefault(row, []).append((len(columns) - 1, value))

        layers = {k: sorted({v for a in self.arcs[k] for v in a[:2]}) for k in self.arcs}
        member = {k: set(layers[k]) for k in layers}
        for i, (v, _, eur) in enumerate(self.offers):
            for k in self.arcs:
                if v in member[k]:
                    column(self.modes[k][0] - eur, (("o", i), 1), ((self.grade[i], k, v), -1))
        for g in range(self.grades):
            for k in self.arcs:
                for a, b, km in self.arcs[k]:
                    column(self.modes[k][1] * km, ((g, k, a), 1), ((g, k, b), -1))
                    column(self.modes[k][1] * km, ((g, k, b), 1), ((g, k, a), -1))
            for v, eur, capacity in self.terminals:
                for k, other in (("road", "water"), ("water", "road")):
                    entries = [((g, k, v), 1), ((g, other, v), -1)] + ([(("t", v), 1)] if capacity is not None else [])
                    column(eur + self.modes[other][0], *entries)
            for j, (v, _, eur) in enumerate(self.needs):
                for k in self.arcs:
                    if v in member[k] and g >= self.least[j]:
                        column(-eur, ((g, k, v), 1), (("n", j), 1))
        limit = {("o", i): q for i, (_, q, _) in enumerate(self.offers)}
        limit.update({("n", j): q for j, (_, q, _) in enumerate(self.needs)})
        limit.update({("t", v): c for v, _, c in self.terminals})
        name = {row: f"r{n}" for n, row in enumerate(rows)}
        with open(path, "w", encoding="utf-8") as f:
            f.write("NAME flow\nROWS\n N cost\n")
            for row in rows:
                f.write(f" {'L' if row in limit else 'E'} {name[row]}\n")
            f.write("COLUMNS\n")
            of = [[] for _ in columns]
            for row, entries in rows.items():
                for c, value in entries:
                    of[c].append((name[row], value))
            for c, cost in enumerate(columns):
                f.write(f" x{c} cost {cost:.9g}\n")
                for row, value in of[c]:
                    f.write(f" x{c} {row} {value}\n")
            f.write("RHS\n")
            for row in rows:
                if row in limit:
                    f.write(f" rhs {name[row]} {limit[row]:.9g}\n")
            f.write("ENDATA\n")
        return len(columns), len(rows)


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def solve_flow(path):
    """(value, seconds, method) of the fastest way of CLP, reading taken off."""
    _, reading = seconds(["cbc", path, "-quit"])
    best = None
    for method in ("-dualsimplex", "-primalsimplex", "-barrier"):
        done, spent = seconds(["timeout", "300", "cbc", path, method, "-quit"])
        values = [line.split()[-1] for line in done.stdout.splitlines() if "bjective" in line and "ptimal" in line]
        figures = [w for line in done.stdout.splitlines() if "ptimal" in line and "bjective" in line for w in line.replace(",", " ").split() if w.lstrip("-").replace(".", "", 1).replace("e+", "", 1).isdigit()]
        if not values or not figures:
            continue
        value = -float(figures[0])
        if best is None or spent - reading < best[1]:
            best = value, spent - reading, method[1:]
    return best


def main():
    words = sys.argv[1:]
    sizes = list(zip(*(map(int, words[k::3]) for k in range(3)))) or SIZES
    head("The same plan by pair and as flow on the graph")
    line("offers  nodes grades  terminals full   value (pairs)     value (flow)      pairs s  of it LP s  columns | flow s  method         variables  rows")
    for offers, side, grades in sizes:
        with tempfile.TemporaryDirectory() as work:
            case = Case(offers, side, grades, 7)
            case.package(work)
            gpkg = os.path.join(work, "x.gpkg")
            subprocess.run([KNOOP, "--quiet", "new", gpkg, "--from", work], check=True)
            done, spent = seconds([KNOOP, "--quiet", "--json", "plan", gpkg, "--gap", "1e-7"])
            plan = json.loads(done.stdout)
            full = sum(t["dual_eur"] > 1e-9 for t in plan["terminals"])
            n, m = case.flow(os.path.join(work, "x.mps"))
            value, flow, method = solve_flow(os.path.join(work, "x.mps"))
            line(f"{offers:6} {side * side:6} {grades:6} {full:5} of {len(case.terminals):3} {plan['value_eur']:17.4f} {value:17.4f} {spent:10.2f} {plan['seconds']['linear']:10.2f} "
                  f"{plan['columns']:8} | {flow:6.2f}  {method:14} {n:8} {m:6}")
            if abs(value - plan["value_eur"]) > 1e-5 * value:
                sys.exit("the two do not agree")


if __name__ == "__main__":
    main()
