#!/usr/bin/python3
"""A plan over a network as one flow on its links, against the same plan by its pairs: a tariff is a rule of pairs,
which flow cannot keep, so one that no tie takes makes knoop search pairs. Both must have been done, and give the same value. A limit of
a leg is a rule of pairs too: flow may break it, and must then not be taken. TAP on stdout.

    compareflow.py KNOOP WRITER [--seed 1]      WRITER: bench/bench_network.py"""
import csv
import json
import os
import subprocess
import sys
import tempfile

# (size, road nodes along a side, what else is in the region, objective, max_km, is by flow)
CASES = [(40, 6, "", "value", "", True), (150, 12, "", "value", 3000, True), (150, 12, "--kind hard", "value", 25, False),
         (150, 15, "--kind hard", "co2", "", True), (400, 7, "--kind hard --streams 3 --children 2", "value", "", True),
         (500, 8, "--streams 2 --children 3 --substitutions 6 --gateways 4", "value", "", True), (400, 9, "--streams 4 --gateways 3", "co2", "", True),
         (600, 30, "--kind hard", "value", "", True)]
done = 0


def result(is_good, name, why=""):
    global done
    done += 1
    print(f"{'' if is_good else 'not '}ok {done} - {name}{'' if is_good else ' # ' + why}", flush=True)


def reach(folder, km):
    """So that all places meet the roads; those that do not go straight, each to all others."""
    with open(os.path.join(folder, "settings.csv"), "a", encoding="utf-8") as f:
        f.write(f"snap_km,{km}\n")


def load(binary, folder):
    if os.path.exists(folder + ".gpkg"):
        os.remove(folder + ".gpkg")
    subprocess.run([binary, "--quiet", "new", folder + ".gpkg", "--from", folder], check=True)


def plan(binary, gpkg, objective):
    run = subprocess.run([binary, "plan", gpkg, "--objective", objective, "--gap", "1e-9", "--json", "--log"], capture_output=True, text=True)
    return (json.loads(run.stdout) if run.returncode == 0 else None), run.stderr


def add_tariff(folder):
    """Between two terminals, where nobody goes by road."""
    with open(os.path.join(folder, "tariff.csv"), "w", encoding="utf-8") as f:
        f.write("from_id,to_id,class,mode_id,eur,co2_kg,km\nt0,t9,material,truck,1000,1000,1\n")
    path = os.path.join(folder, "datapackage.json")
    with open(path, encoding="utf-8") as f:
        package = json.load(f)
    package["resources"].append(dict(name="tariff", path="tariff.csv"))
    with open(path, "w", encoding="utf-8") as f:
        json.dump(package, f)


def limit_legs(folder, km):
    path = os.path.join(folder, "mode.csv")
    with open(path, encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    with open(path, "w", newline="", encoding="utf-8") as f:
        out = csv.DictWriter(f, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(dict(row, max_km=km) for row in rows)


def compare(binary, writer, work, size, side, more, objective, max_km, is_flow):
    folder = os.path.join(work, f"r{done}")
    subprocess.run([sys.executable, writer, folder, str(size), str(side), *more.split()], check=True, env=dict(os.environ, KN_BENCH_BUILD=os.path.dirname(binary)))
    name = f"{size} offers and needs on {side} x {side} {more} {objective} {max_km}".replace("  ", " ")
    reach(folder, 60)
    limit_legs(folder, max_km)
    load(binary, folder)
    flow, log = plan(binary, folder + ".gpkg", objective)
    add_tariff(folder)
    load(binary, folder)
    pairs, other = plan(binary, folder + ".gpkg", objective)
    if flow is None or pairs is None:
        result(False, name, log + other)
        return
    result((" flow " in log) == is_flow and " flow " not in other, f"{name}: {'once by flow, once' if is_flow else 'twice'} by pairs", log[-300:] + other[-300:])
    key = "value_eur" if objective == "value" else "co2_avoided_t"
    scale = max(abs(pairs[key]), 1)
    result(abs(flow[key] - pairs[key]) <= 1e-8 * scale, f"{name}: the same value", f"{flow[key]} and {pairs[key]}")
    bound = "bound_eur" if objective == "value" else "bound_t"
    result(flow[bound] >= pairs[key] - 1e-8 * scale and pairs[bound] >= flow[key] - 1e-8 * scale, f"{name}: bounds hold",
           f"{flow[bound]} and {pairs[bound]}")


def main():
    binary, writer = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as work:
        for case in CASES:
            compare(binary, writer, work, *case)
    print(f"1..{done}")


if __name__ == "__main__":
    main()
