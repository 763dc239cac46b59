#!/usr/bin/python3
"""Compares `knoop plan` with planpeer.py on random packages of every kind and on given ones. TAP on stdout.

    compare.py KNOOP [--seeds 3] [--first 1] [--size 30] [--package FOLDER]... [--keep]

For each: value, bound and pairs of every objective, a floor, the sum of ties, units and cases, and the plan's own feasibility,
recomputed here from the package."""
import argparse
import csv
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile

import planpeer

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ["every", "ties", "point", "zero", "one", "lines", "poles", "exchange", "empty", "lossy"]
count = failed = 0


def result(good, name, why=""):
    global count, failed
    count += 1
    failed += not good
    print(("ok" if good else "not ok") + f" {count} - {name}" + (f" # {why}" if why and not good else ""), flush=True)


def near(a, b, scale=None, tolerance=1e-6):
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-3 if scale is None else scale)


def knoop(binary, *words):
    done = subprocess.run([binary, *words], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def feasible(region, plan):
    """Recomputes limits and unit balances from the ties: a list of what does not hold."""
    wrong, out, into, through = [], {}, {}, {}
    for t in plan["ties"]:
        if t["quantity"] < 0:
            wrong.append("negative tie")
        a, b = (t["from"]["kind"], t["from"]["id"]), (t["to"]["kind"], t["to"]["id"])
        out[a] = out.get(a, 0) + t["quantity"]
        into[b] = into.get(b, 0) + t.get("delivered", t["quantity"]) * (1 if b[0] == "gateway" else t.get("ratio", 1))
        for transfer in t.get("transfers") or []:
            through[transfer["terminal_id"]] = through.get(transfer["terminal_id"], 0) + t["quantity"]
    for name, row in region.network.terminals.items():
        if through.get(name, 0) > row["capacity"] + 1e-5:
            wrong.append("terminal " + name)
    for t in plan.get("terminals") or []:
        if abs(through.get(t["terminal_id"], 0) - t["used"]) > 1e-5 or (not t["open"] and t["used"] > 1e-6):
            wrong.append("what passes terminal " + t["terminal_id"])
    for o in region.offer:
        if out.get(("offer", o["offer_id"]), 0) > planpeer.num(o, "quantity") * region.share(o) + 1e-5:
            wrong.append("offer " + o["offer_id"])
    for n in region.need:
        if into.get(("need", n["need_id"]), 0) > planpeer.num(n, "quantity") * region.share(n) + 1e-5:
            wrong.append("need " + n["need_id"])
    for g in region.gateway:
        used = out.get(("gateway", g["gateway_id"]), 0) + into.get(("gateway", g["gateway_id"]), 0)
        if used > planpeer.num(g, "capacity", math.inf) + 1e-5:
            wrong.append("gateway " + g["gateway_id"])
    for u in plan["units"]:
        if u["activity"] > u["capacity"] * (1 + 1e-7) + 1e-6 or (not u["open"] and u["activity"] > 1e-6):
            wrong.append("unit " + u["unit_id"])
    return wrong


def compare(binary, folder, name, work, gap, floors=True, also=None):
    region = planpeer.Region(folder, limits=True)
    model, pairs, _, _ = planpeer.build(region)
    gpkg = os.path.join(work, "x.gpkg")
    if os.path.exists(gpkg):
        os.remove(gpkg)
    code, _, err = knoop(binary, "new", gpkg, "--from", folder, "--quiet")
    result(code == 0, name + " imports", err.strip().replace("\n", " "))
    if code != 0:
        return
    best_co2 = None
    for objective, column in planpeer.OBJECTIVES.items():
        peer, _ = model.solve(objective, 1e-9, {})
        code, out, err = knoop(binary, "plan", gpkg, "--json", "--gap", gap, "--objective", objective)
        if code != 0 or peer is None:
            result(False, f"{name} {objective}", f"exit {code}, peer {peer}: {err}")
            continue
        plan = json.loads(out)
        bound = plan["bound_eur" if objective == "value" else "bound_" + column.rsplit("_", 1)[1]]
        slack = max(1e-6, float(gap)) * max(abs(peer), 1e-3)
        result(abs(plan[column] - peer) <= slack, f"{name} {objective} equals the peer", f"{plan[column]} against {peer}")
        result(peer - slack * 0.01 - 1e-6 * abs(peer) <= bound <= peer + slack, f"{name} {objective} bound holds", f"{bound} against {peer}")
        told = plan["pairs_compatible"]
        # Over a network, those within reach are counted, whether or not a way leads there.
        result(told >= pairs if region.network.is_there else told == pairs, f"{name} {objective} pairs", f"{told} against {pairs}")
        wrong = feasible(region, plan)
        result(not wrong, f"{name} {objective} is feasible", ", ".join(wrong[:5]))
        total = sum(t["eur"] for t in plan["ties"]) + sum(u["eur"] for u in plan["units"])
        scale = sum(abs(t["eur"]) for t in plan["ties"]) + 1
        result(abs(total - plan["value_eur"]) <= 1e-6 * scale, f"{name} {objective} ties and units add up", f"{total} against {plan['value_eur']}")
        if objective == "co2":
            best_co2 = peer
        if also is not None:
            also(region, objective, plan)
    if floors and best_co2 and best_co2 > 0:
        least = 0.97 * best_co2
        peer, _ = model.solve("value", 1e-9, {"co2": least})
        code, out, err = knoop(binary, "plan", gpkg, "--json", "--gap", gap, "--floor", f"co2_avoided_t={least!r}")
        good = code == 0 and peer is not None and near(json.loads(out)["value_eur"], peer, tolerance=max(2e-6, float(gap)))
        result(good, f"{name} keeps to a floor of co2", f"exit {code} {json.loads(out)['value_eur'] if code == 0 else err} against {peer}")
        code, _, _ = knoop(binary, "plan", gpkg, "--json", "--floor", f"co2_avoided_t={1.01 * best_co2 + 1!r}")
        result(code == 4, f"{name} says that a floor cannot be met", f"exit {code}")


AMOUNTS = {"offer": "quantity", "need": "quantity", "unit": "capacity", "gateway": "capacity", "incentive": "budget_eur", "process": "capex_fixed_eur"}


def scales(binary, folder, name, work, gap):
    """The same region counted in other units: all amounts times a power of 2, and with them the value, from billionths to 1e12."""
    region = planpeer.Region(folder, limits=True)
    model, _, _, _ = planpeer.build(region)
    peer, _ = model.solve("value", 1e-9, {})
    for exponent in (-40, 32):
        factor = 2.0 ** exponent
        other = os.path.join(work, "scaled")
        shutil.copytree(folder, other)
        for table, column in AMOUNTS.items():
            path = os.path.join(other, table + ".csv")
            rows = planpeer.table(other, table)
            if not rows or column not in rows[0]:
                continue
            for row in rows:
                row[column] = repr(float(row[column]) * factor) if row[column] else ""
            with open(path, "w", newline="", encoding="utf-8") as f:
                out = csv.DictWriter(f, list(rows[0]), lineterminator="\n")
                out.writeheader()
                out.writerows(rows)
        gpkg = os.path.join(work, "s.gpkg")
        code, _, err = knoop(binary, "new", gpkg, "--from", other, "--quiet")
        if code == 0:
            code, out, err = knoop(binary, "plan", gpkg, "--json", "--gap", gap)
        value = json.loads(out)["value_eur"] / factor if code == 0 else math.nan
        result(code == 0 and near(value, peer), f"{name} times 2^{exponent}", f"exit {code} {err.strip()} {value} against {peer}")
        result(code == 0 and json.loads(out)["gap"] <= max(1e-6, float(gap)), f"{name} times 2^{exponent} gap")
        shutil.rmtree(other)
        os.remove(gpkg)


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("knoop")
    arg.add_argument("--seeds", type=int, default=3)
    arg.add_argument("--first", type=int, default=1)
    arg.add_argument("--size", type=int, default=30)
    arg.add_argument("--gap", default="1e-9")
    arg.add_argument("--kind", action="append")
    arg.add_argument("--package", action="append", default=[])
    arg.add_argument("--keep")
    a = arg.parse_args()
    work = tempfile.mkdtemp()
    try:
        for folder in a.package:
            compare(a.knoop, folder, os.path.basename(folder), work, a.gap)
        for kind in a.kind or KINDS:
            for seed in range(a.first, a.first + a.seeds):
                folder = os.path.join(work, f"{kind}-{seed}")
                subprocess.run([sys.executable, os.path.join(HERE, "randomregion.py"), folder, "--seed", str(seed), "--kind", kind,
                                "--size", str(a.size)], check=True)
                before = failed
                if kind == "every":
                    scales(a.knoop, folder, f"{kind} {seed}", work, a.gap)
                compare(a.knoop, folder, f"{kind} {seed}", work, a.gap)
                if a.keep and failed > before:
                    shutil.copytree(folder, os.path.join(a.keep, f"{kind}-{seed}"), dirs_exist_ok=True)
                shutil.rmtree(folder)
    finally:
        shutil.rmtree(work)
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
