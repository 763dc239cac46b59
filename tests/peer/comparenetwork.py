#!/usr/bin/python3
"""Compares `knoop plan` and `knoop route` over a network with netpeer.py on random packages. TAP on stdout.

    comparenetwork.py KNOOP [--seeds 1] [--first 1] [--size 14] [--routes 8] [--kind every]... [--keep FOLDER]

Plans: as compare.py, and every leg of every tie worked out again; no trip may be cheaper. Routes: the best, and exactly those that
none beats in euro, CO2 and hours."""
import argparse
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile

import compare
import netpeer
import planpeer
from compare import knoop, result

# Of networks, and of the regions they are laid in. Where all is one resource, the search has bounds to go by.
KINDS = ["every", "tolls", "tariffs", "bound", "sparse", "crow", "every:one", "tariffs:one", "bound:one", "lossy", "lossy:one", "limits", "limits:one"]
SLACK = 2e-5  # links are weighed in millionths


def close(a, b, slack=SLACK):
    if a is None or b is None or math.isnan(a) or math.isnan(b):
        return (a is None or math.isnan(a)) and (b is None or math.isnan(b))
    return abs(a - b) <= slack + 1e-9 * abs(b)


def trip_of(net, resource, told):
    """The legs of a trip as told, worked out again: (trip, what is wrong with it)."""
    cls, legs, wrong = net.res[resource][0], [], []
    for row in told["legs"]:
        mode = next(m for m in net.modes if m.id == row["mode_id"] and m.cls == cls)
        ends = [net.end(row[side]) for side in ("from", "to")]
        leg = net.leg(mode, resource if len(told["legs"]) == 1 else None, *ends)
        if leg is None:
            return None, [f"{row['mode_id']} from {row['from']} to {row['to']} is no leg"]
        wrong += [f"{k} of {row['mode_id']} {row['from']} {row['to']} is {row[k]}, not {v}" for k, v in
                  (("km", leg.km), ("eur", leg.eur), ("co2_kg", leg.kg), ("hours", leg.hours)) if not close(row[k], v)]
        if not close(row.get("loss", 0.0), 1 - leg.keep, 1e-6):
            wrong.append(f"{row['mode_id']} loses {row.get('loss')}, not {1 - leg.keep}")
        legs.append(leg)
    for a, b, transfer in zip(legs, legs[1:], told["transfers"]):
        if a.b != b.a or a.b != ("terminal", transfer["terminal_id"]):
            wrong.append("the legs do not meet")
        elif (net.terminals[a.b[1]]["candidate"] and not net.limits) or not (net.may_stop(a.mode, a.b[1]) and net.may_stop(b.mode, a.b[1])):
            wrong.append(f"{a.mode.id} and {b.mode.id} do not meet at {a.b[1]}")
        elif (transfer["eur"], transfer["co2_kg"], transfer["hours"]) != tuple(net.terminals[a.b[1]][k] for k in ("eur", "kg", "hours")):
            wrong.append(f"another transfer at {a.b[1]}")
    if len(told["transfers"]) != len(legs) - 1 or len(legs) > netpeer.MOST_LEGS:
        wrong.append("the number of legs")
    return netpeer.Trip(net, legs), wrong


def check_ties(name, region, objective, plan):
    """Each tie goes as its legs say, and none goes cheaper than it."""
    net, wrong = region.network, []
    anywhere = {n["need_id"] for n in region.need if not n.get("site_id")}
    for t in plan["ties"]:
        ends = [("gateway", p["id"]) if p["kind"] == "gateway" else ("site", p.get("site_id")) for p in (t["from"], t["to"])]
        if t["to"]["kind"] == "need" and t["to"]["id"] in anywhere:
            if t["legs"] or t["km"]:
                wrong.append(f"{t['from']['id']} is taken where it is, and travels")
            continue
        if not t["legs"]:
            wrong.append(f"from {ends[0][1]} to {ends[1][1]} without a leg")
            continue
        trip, bad = trip_of(net, t["resource_id"], t)
        wrong += bad
        if trip is None:
            continue
        if (trip.legs[0].a, trip.legs[-1].b) != tuple(ends):
            wrong.append("a tie that ends elsewhere")
        if not close(t["km"], trip.km) or not close(t["hours"], trip.hours):
            wrong.append(f"km {t['km']} against {trip.km}, hours {t['hours']} against {trip.hours}")
        if not close(t.get("delivered", t["quantity"]), t["quantity"] * trip.keep):
            wrong.append(f"of {t['quantity']} arrive {t.get('delivered')}, not {t['quantity'] * trip.keep}")
        if net.loses(t["resource_id"]) or any(x["candidate"] or math.isfinite(x["capacity"]) for x in net.terminals.values()):
            continue  # what is best depends on what it is worth where it arrives, or on what else passes
        front = net.front(t["resource_id"], *ends)
        least = {"value": lambda x: x.full, "co2": lambda x: x.kg}.get(objective)
        cheapest = min(map(least, front), default=math.inf) if least else None
        if least and not close(least(trip), cheapest):
            wrong.append(f"from {ends[0][1]} to {ends[1][1]} for {least(trip)}, not {cheapest}")
    result(not wrong, f"{name} {objective} ties go as they say", "; ".join(wrong[:3]))


def route_wrong(net, binary, gpkg, resource, a, b):
    code, out, err = knoop(binary, "route", gpkg, ":".join(a), ":".join(b), "--resource", resource, "--all", "--json")
    peer = net.front(resource, a, b, timed=True)
    best = net.best(resource, a, b)
    if code != 0 or best is None:
        return [] if code != 0 and best is None else [f"exit {code} {err}, peer {len(peer)} trips"]
    told = json.loads(out)
    trip, wrong = trip_of(net, resource, told)
    if trip is None or not close(trip.full / trip.keep, best.full / best.keep):
        wrong.append(f"the best costs {trip and trip.full / trip.keep} per unit that arrives, not {best.full / best.keep}")
    wrong += [f"{k} is {told[k]}, not {v}" for k, v in (("eur", trip.eur), ("co2_kg", trip.kg), ("km", trip.km), ("hours", trip.hours))
              if not close(told[k], v)]
    keys = []
    for row in told["pareto"]:
        found, bad = trip_of(net, resource, row)
        wrong += bad
        if found is not None:
            keys.append((found.eur, found.kg, found.hours_known, -found.keep))
            if not close(row["eur"], found.eur) or not close(row["co2_kg"], found.kg) or not close(row["hours"], found.hours):
                wrong.append("a choice that does not add up")
    keys.sort()
    theirs = sorted((p.eur, p.kg, p.hours_known, -p.keep) for p in peer)
    for p in theirs:
        if not any(all(x <= y + SLACK for x, y in zip(q, p)) for q in keys):
            wrong.append(f"{p} is missing among {keys}")
    for q in keys:
        if any(all(x <= y + 1e-12 for x, y in zip(p, q)) and any(x < y - SLACK for x, y in zip(p, q)) for p in theirs + keys):
            wrong.append(f"{q} is beaten")
    if len(set(keys)) < len(keys):
        wrong.append("a choice twice")
    return wrong


def check_routes(name, net, binary, gpkg, r, count):
    points = [p for p in net.at if p[0] != "node"] + r.sample(sorted(p for p in net.at if p[0] == "node"), min(4, len(net.node)))
    resources = sorted(net.res)
    materials = [x for x in resources if net.res[x][0] == "material"]
    wrong = []
    for k in range(count):
        a, b = r.choice(points), r.choice(points)
        if k == 0:
            b = a
        resource = r.choice(materials if r.random() < 0.8 else resources)
        wrong += [f"{a[1]} {b[1]} {resource}: {w}" for w in route_wrong(net, binary, gpkg, resource, a, b)]
    result(not wrong, f"{name} routes", "; ".join(wrong[:4]))


def check_matches(name, folder, binary, gpkg, r):
    """All partners of some offers and needs: those that something leads to, at what the peer makes of each."""
    region = planpeer.Region(folder)
    region.incentive = []
    model, _, _, ties = planpeer.build(region)
    worth, most = {}, {}
    for x, s, d, _ in ties:
        if s["cap"] != 0 and d["cap"] != 0:
            key = tuple((e["kind"], e["id"], e["site"] if e["kind"] == "unit" else None) for e in (s, d))
            worth.setdefault(key, []).append(model.coef["value"][x])
            units = min(e["cap"] / dict(e["terms"])[x] for e in (s, d)) if s["cap"] is not None and d["cap"] is not None else math.nan
            most[key] = max(most.get(key, -math.inf), model.coef["value"][x] * units)
    wrong = []
    for side, word in ((0, "offer"), (1, "need")):
        rows = getattr(region, word)
        for row in r.sample(rows, min(3, len(rows))):
            one = row[word + "_id"]
            _, out, _ = knoop(binary, "match", gpkg, "--" + word, one, "--losses", "--most", "1000", "--json")
            told = {tuple((p["kind"], p["id"], p["site_id"] if p["kind"] == "unit" else None) for p in (m["from"], m["to"])):
                    m for m in json.loads(out)["matches"]}
            peer = {k: v for k, v in worth.items() if k[side][:2] == (word, one)}
            if set(told) != set(peer):
                wrong.append(f"{one}: {sorted(set(told) ^ set(peer), key=str)[:3]} on one side only")
            wrong += [f"{k}: {told[k]['eur_per_unit']}, not {v}" for k, v in peer.items()
                      if k in told and not any(close(told[k]["eur_per_unit"], x) for x in v)]
            wrong += [f"{k}: {told[k]['eur']} a year, not {most[k]}" for k in peer
                      if k in told and math.isfinite(most[k]) and not compare.near(told[k]["eur"], most[k], tolerance=2e-6, scale=100)]
    result(not wrong, f"{name} matches", "; ".join(map(str, wrong[:3])))


def compare_network(a, kind, seed, work):
    """False: two parts of a network are as large, so that what is the mainland is not told."""
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.path.join(work, "package")
    shutil.rmtree(folder, ignore_errors=True)
    network, _, region = kind.partition(":")
    size = 2 * a.size if region == "one" else a.size
    for script, more in (("randomregion.py", ["--size", str(size), "--candidates", "2", "--kind", region or "every"]),
                         ("randomnetwork.py", ["--kind", network])):
        subprocess.run([sys.executable, os.path.join(here, script), folder, "--seed", str(seed), *more], check=True)
    net = netpeer.Network(folder)
    if not net.is_clear:
        return False
    name, before = f"network {kind} {seed}", compare.failed
    compare.compare(a.knoop, folder, name, work, a.gap, also=lambda region, objective, plan: check_ties(name, region, objective, plan))
    check_matches(name, folder, a.knoop, os.path.join(work, "x.gpkg"), random.Random(seed))
    check_routes(name, net, a.knoop, os.path.join(work, "x.gpkg"), random.Random(seed), a.routes)
    if a.keep and compare.failed > before:
        shutil.copytree(folder, os.path.join(a.keep, f"{kind.replace(':', '-')}-{seed}"), dirs_exist_ok=True)
    return True


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("knoop")
    arg.add_argument("--seeds", type=int, default=1)
    arg.add_argument("--first", type=int, default=1)
    arg.add_argument("--size", type=int, default=14)
    arg.add_argument("--routes", type=int, default=8)
    arg.add_argument("--gap", default="1e-9")
    arg.add_argument("--kind", action="append")
    arg.add_argument("--keep")
    a = arg.parse_args()
    with tempfile.TemporaryDirectory() as work:
        for kind in a.kind or KINDS:
            seed = a.first
            for _ in range(a.seeds):
                while not compare_network(a, kind, seed, work):
                    seed += 1000
                seed += 1
    print(f"1..{compare.count}")
    sys.exit(1 if compare.failed else 0)


if __name__ == "__main__":
    main()
