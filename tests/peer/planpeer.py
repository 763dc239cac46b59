#!/usr/bin/python3
"""Solves a region data package by enumerating every pair, as planning-model.md says, over the network where it has one: the peer that tests
compare `knoop plan` with. Written apart from knoop and sharing nothing with it.

    planpeer.py PACKAGE [--objective value|co2|jobs|virgin] [--gap 1e-9] [--floor value_eur=0]...

Prints one JSON document. Needs python3-pulp, python3-numpy and CBC (coinor-cbc)."""
import argparse
import csv
import datetime
import itertools
import json
import math
import os
import sys

import numpy
import pulp

import netpeer

EARTH_KM = 6371.0088
OBJECTIVES = {"value": "value_eur", "co2": "co2_avoided_t", "jobs": "jobs_fte", "virgin": "virgin_replaced_t"}


def table(folder, name):
    path = os.path.join(folder, name + ".csv")
    if not os.path.exists(path):
        return []
    with open(path, newline="", encoding="utf-8-sig") as f:
        return list(csv.DictReader(f))


def num(row, key, default=0.0):
    text = (row.get(key) or "").strip()
    return float(text) if text else default


def day(text, default):
    text = (text or "").strip()
    return datetime.date.fromisoformat(text) if text else default


def great_circle_km(a, b):
    (lon1, lat1), (lon2, lat2) = a, b
    p1, p2 = math.radians(lat1), math.radians(lat2)
    h = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


class Region:
    """With `limits`, terminals have their capacity and candidates among them may be opened; else all hold any amount, candidates none."""

    def __init__(self, folder, limits=False):
        self.settings = {r["key"]: r["value"] for r in table(folder, "settings")}
        self.network = netpeer.Network(folder, limits)
        self.year = int(self.settings.get("plan_year") or 2030)
        self.rate = float(self.settings.get("discount_rate") or 0.05)
        self.co2 = float(self.settings.get("co2_eur_per_t") or 0)
        self.partners = (self.settings.get("perspective") or "partners") != "society"
        for name in ("resource", "site", "offer", "need", "substitution", "process", "process_flow", "unit", "gateway",
                     "mode", "incentive", "offer_property", "need_spec", "area"):
            setattr(self, name, table(folder, name))
        self.parent = {r["resource_id"]: r.get("parent_id") or None for r in self.resource}
        self.res = {r["resource_id"]: r for r in self.resource}
        self.place = {s["site_id"]: (float(s["lon"]), float(s["lat"])) for s in self.site}
        self.area_of = {s["site_id"]: s.get("area_id") or None for s in self.site}
        self.area_parent = {a["area_id"]: a.get("parent_id") or None for a in self.area}
        self.props = {}
        for p in self.offer_property:
            self.props.setdefault(p["offer_id"], {})[p["property"]] = float(p["value"])
        self.specs = {}
        for s in self.need_spec:
            self.specs.setdefault(s["need_id"], []).append(
                (s["property"], num(s, "min", -math.inf), num(s, "max", math.inf)))

    def is_a(self, res, ancestor):
        while res:
            if res == ancestor:
                return True
            res = self.parent.get(res)
        return False

    def within(self, area, ancestor):
        while area:
            if area == ancestor:
                return True
            area = self.area_parent.get(area)
        return False

    def t_per_unit(self, res):
        cls = self.res[res]["class"]
        return num(self.res[res], "t_per_unit", 1.0 if cls in ("material", "water") else 0.0)

    def share(self, row):
        first, last = datetime.date(self.year, 1, 1), datetime.date(self.year, 12, 31)
        a, b = max(first, day(row.get("from"), first)), min(last, day(row.get("to"), last))
        return max(0, (b - a).days + 1) / ((last - first).days + 1)

    def overlap(self, a, b):
        low, high = datetime.date.min, datetime.date.max
        first = max(day(a.get("from"), low), day(b.get("from"), low))
        last = min(day(a.get("to"), high), day(b.get("to"), high))
        return first <= last


def annuity(capital, rate, years):
    if capital == 0:
        return 0.0
    if rate == 0:
        return capital / years
    return capital * rate / (1 - (1 + rate) ** -years)


class Model:
    """Variables and rows, as lists; every objective is a list of coefficients over the same variables."""

    def __init__(self):
        self.n = 0
        self.coef = {k: [] for k in OBJECTIVES}
        self.upper, self.integer = [], []
        self.rows, self.low, self.high = [], [], []

    def var(self, upper=math.inf, integer=False, **coef):
        for k in OBJECTIVES:
            self.coef[k].append(coef.get(k, 0.0))
        self.upper.append(upper)
        self.integer.append(1 if integer else 0)
        self.n += 1
        return self.n - 1

    def row(self, terms, low, high):
        self.rows.append(dict())
        for v, c in terms:
            self.rows[-1][v] = self.rows[-1].get(v, 0.0) + c
        self.low.append(low)
        self.high.append(high)

    def solve(self, objective, gap, floors):
        rows, low, high = list(self.rows), list(self.low), list(self.high)
        for name, least in floors.items():
            rows.append({v: c for v, c in enumerate(self.coef[name]) if c})
            low.append(least)
            high.append(math.inf)
        if self.n == 0:
            return 0.0, []
        problem = pulp.LpProblem("plan", pulp.LpMaximize)
        x = [pulp.LpVariable(f"x{v}", 0, None if math.isinf(u) else u, cat="Integer" if whole else "Continuous")
             for v, (u, whole) in enumerate(zip(self.upper, self.integer))]
        problem += pulp.lpSum(c * v for c, v in zip(self.coef[objective], x) if c)
        for terms, least, most in zip(rows, low, high):
            if not terms:
                if least > 1e-9 or most < -1e-9:
                    return None, None
                continue
            side = pulp.lpSum(c * x[v] for v, c in terms.items())
            if least == most:
                problem += side == least
            else:
                if math.isfinite(most):
                    problem += side <= most
                if math.isfinite(least):
                    problem += side >= least
        problem.solve(pulp.COIN_CMD(path="cbc", msg=False, gapRel=gap, options=["primalT 1e-9", "dualT 1e-9", "integerT 1e-9"]))
        if problem.status != pulp.LpStatusOptimal:
            return None, None
        found = numpy.array([v.varValue or 0.0 for v in x])
        return float(numpy.dot(self.coef[objective], found)), found


def carriages(region, modes, s, d):
    """Each way to carry a unit from s to d: its cost with CO2 at its price, without, its CO2, the terminals it takes up, and the share
    that arrives."""
    if region.network.is_there and d["at"]:
        ends = [("gateway", x["id"]) if x["kind"] == "gateway" else ("site", x["site"]) for x in (s, d)]
        for trip in region.network.front(s["res"], *ends):
            yield trip.full, trip.full - region.co2 * trip.kg / 1000, trip.kg, region.network.taken_up(trip), trip.keep
        return
    crow = great_circle_km(s["at"], d["at"]) if d["at"] else 0.0
    for md in modes:
        km = crow * num(md, "circuity", 1.0)
        if km > num(md, "max_km", math.inf):
            continue
        kg = num(md, "co2_kg_per_unit_km") * km
        tau = num(md, "load_eur") + num(md, "eur_per_unit_km") * km
        yield tau + region.co2 * kg / 1000, tau, kg, frozenset(), (1 - num(md, "loss_per_km")) ** km


def build(region):
    m = Model()
    co2_price = region.co2
    supplies, demands = [], []     # dicts: kind, id, resource, at, fate_eur, ...
    for o in region.offer:
        supplies.append(dict(kind="offer", id=o["offer_id"], res=o["resource_id"], site=o["site_id"],
                             at=region.place[o["site_id"]], eur=num(o, "fate_eur"), co2=num(o, "fate_co2_kg"), row=o,
                             cap=num(o, "quantity") * region.share(o), terms=[]))
    for n in region.need:
        site = n.get("site_id") or None
        demands.append(dict(kind="need", id=n["need_id"], res=n["resource_id"], site=site,
                            at=region.place[site] if site else None, price=num(n, "price_eur"),
                            co2=num(n, "market_co2_kg"), row=n, cap=num(n, "quantity") * region.share(n), terms=[]))
    process = {p["process_id"]: p for p in region.process}
    flows = {}
    for f in region.process_flow:
        flows.setdefault(f["process_id"], []).append(f)
    subs = region.substitution

    def ways(supplied, demanded):
        if region.is_a(supplied, demanded):
            yield None, 1.0, 0.0, 1.0
        for k, s in enumerate(subs):
            if region.is_a(supplied, s["offered_id"]) and region.is_a(s["needed_id"], demanded):
                yield k, num(s, "ratio"), num(s, "cost_eur"), num(s, "max_share", 1.0)

    units = []
    for u in region.unit:
        p = process[u["process_id"]]
        candidate = (u.get("status") or "existing") == "candidate"
        site = u.get("site_id") or None
        if site:
            sites = [site]
        elif candidate:
            spaces = [f["resource_id"] for f in flows.get(u["process_id"], [])
                      if float(f["quantity"]) < 0 and region.res[f["resource_id"]]["class"] == "space"]
            sites = sorted({o["site_id"] for o in region.offer for s in spaces
                            if next(ways(o["resource_id"], s), None) is not None})
        else:
            sites = []
        copies = []
        for s in sites:
            units.append(dict(u=u, p=p, site=s, candidate=candidate))
            copies.append(units[-1])
        if not site:
            for c in copies:
                c["group"] = copies

    for unit in units:
        u, p = unit["u"], unit["p"]
        cap = num(u, "capacity")
        years = num(p, "lifetime_yr", 0.0)
        opex, co2, jobs = num(p, "opex_eur"), num(p, "co2_kg"), num(p, "jobs_fte")
        unit["y"] = m.var(cap, value=-opex - co2_price * co2 / 1000, co2=-co2 / 1000, jobs=jobs)
        if unit["candidate"]:
            capital = num(p, "capex_fixed_eur") + num(p, "capex_eur") * cap
            unit["z"] = m.var(1, True, value=-annuity(capital, region.rate, years) if capital else 0.0)
            m.row([(unit["y"], 1), (unit["z"], -cap)], -math.inf, 0)
            m.row([(unit["y"], 1), (unit["z"], -num(p, "min_load") * cap)], 0, math.inf)
        for f in flows.get(u["process_id"], []):
            q = float(f["quantity"])
            per_capacity = (f.get("per") or "activity") == "capacity"
            if per_capacity and not unit["candidate"]:
                continue
            drive = (unit["z"], abs(q) * cap) if per_capacity else (unit["y"], abs(q))
            port = dict(kind="unit", id=u["unit_id"], unit=unit, res=f["resource_id"], site=unit["site"],
                        at=region.place[unit["site"]], drive=drive, terms=[], eur=0.0, co2=0.0, price=0.0, row={}, cap=None)
            if q > 0:
                w = m.var(value=-num(f, "residual_eur"))
                port["terms"].append((w, 1.0))
                supplies.append(port)
            else:
                demands.append(port)
    for group in {id(u["group"]): u["group"] for u in units if u.get("group")}.values():
        m.row([(c["z"], 1) for c in group], -math.inf, 1)
    for g in region.gateway:
        node = dict(kind="gateway", id=g["gateway_id"], res=g["resource_id"], site=None, at=(float(g["lon"]), float(g["lat"])),
                    cap=num(g, "capacity", math.inf), row={}, terms=[], gco2=num(g, "co2_kg"))
        price = float(g["price_eur"])
        if g["direction"] == "in":
            supplies.append(dict(node, eur=-price, co2=-node["gco2"]))
        else:
            demands.append(dict(node, price=0.0, co2=0.0, gprice=price))

    incentives = region.incentive if region.partners else []
    budget_terms = [[] for _ in incentives]

    def paid(k, var, units_tied):
        inc = incentives[k]
        if inc.get("budget_eur"):
            budget_terms[k].append((var, units_tied))
        else:
            m.coef["value"][var] += num(inc, "eur") * region.share(inc) * units_tied

    for k, inc in enumerate(incentives):
        kind, _, what = inc["target"].partition(":")
        if kind in ("process", "r_strategy"):
            for unit in units:
                if (unit["u"]["process_id"] if kind == "process" else unit["p"].get("r_strategy")) == what:
                    paid(k, unit["y"], 1.0)
    modes = {}
    for md in region.mode:
        modes.setdefault(md["class"], []).append(md)
    pairs = 0
    ties = []
    through = {t: [] for t in region.network.terminals}
    for s in supplies:
        cls = region.res[s["res"]]["class"]
        for d in demands:
            if s["kind"] == "gateway" and d["kind"] == "gateway":
                continue
            served = list(ways(s["res"], d["res"]))
            if not served:
                continue
            if s["kind"] == "offer" and d["kind"] == "need":
                known = region.props.get(s["id"], {})
                if any(pr in known and not (lo <= known[pr] <= hi) for pr, lo, hi in region.specs.get(d["id"], [])):
                    continue
            if not region.overlap(s["row"], d["row"]):
                continue
            options = list(carriages(region, modes.get(cls, []), s, d))
            if not options:
                continue
            pairs += 1
            # Each mode could carry each way. In an optimum only modes on the cost-CO2 front are used, of those that lose as much.
            options = [o for i, o in enumerate(options)
                       if not any((q[0] <= o[0] and q[2] <= o[2] and q[3] <= o[3] and q[4] == o[4]) and
                                  (q[0] < o[0] or q[2] < o[2] or q[3] < o[3] or j < i)
                                  for j, q in enumerate(options))]
            for (k, ratio, cost, max_share), best in itertools.product(served, options):
                keep = best[4]
                avoided = s["co2"] + keep * (ratio * d["co2"] - (d["gco2"] if d["kind"] == "gateway" else 0.0)) - best[2]
                there = ratio * d.get("price", 0.0) + d.get("gprice", 0.0)
                value = s["eur"] + keep * there - best[1] - cost + co2_price * avoided / 1000
                virgin = 0.0
                if d["kind"] == "need":
                    virgin = keep * ratio * num(region.res[d["res"]], "virgin_share") * region.t_per_unit(d["res"])
                x = m.var(value=value, co2=avoided / 1000, virgin=virgin)
                ties.append((x, s, d, k))
                for t in best[3]:
                    through[t].append((x, 1.0))
                s["terms"].append((x, 1.0))
                d["terms"].append((x, keep if d["kind"] == "gateway" else keep * ratio))
                if k is not None and max_share < 1:
                    d.setdefault("mix", {}).setdefault(k, []).append((x, keep * ratio))
                for j, inc in enumerate(incentives):
                    kind, _, what = inc["target"].partition(":")
                    if kind == "resource" and region.is_a(s["res"], what):
                        paid(j, x, 1.0)
                    elif kind == "need" and d["kind"] == "need" and d["id"] == what:
                        paid(j, x, keep * ratio)
                    elif kind == "area":
                        at = d["site"] if d["site"] else (s["site"] if d["kind"] == "need" else None)
                        if at and region.within(region.area_of.get(at), what):
                            paid(j, x, keep)
    for k, inc in enumerate(incentives):
        if budget_terms[k]:
            eur = num(inc, "eur") * region.share(inc)
            t = m.var(value=eur)
            m.row([(t, 1.0)] + [(v, -c) for v, c in budget_terms[k]], -math.inf, 0)
            m.row([(t, eur)], -math.inf, num(inc, "budget_eur"))
    for t, terms in through.items():
        row = region.network.terminals[t]
        if row["candidate"] and terms:
            z = m.var(1, True, value=-annuity(row["capex"], region.rate, row["years"]) if row["capex"] else 0.0)
            most = min(row["capacity"], sum(s["cap"] for s in supplies if s.get("cap") and math.isfinite(s["cap"])) + 1e6)
            m.row(terms + [(z, -most)], -math.inf, 0)
        elif math.isfinite(row["capacity"]) and terms:
            m.row(terms, -math.inf, row["capacity"])
    for s in supplies:
        if s["kind"] == "unit":
            m.row(s["terms"] + [(s["drive"][0], -s["drive"][1])], 0, 0)
        elif math.isfinite(s["cap"]) and s["terms"]:
            m.row(s["terms"], -math.inf, s["cap"])
    for d in demands:
        mixes = d.get("mix", {})
        if d["kind"] == "unit":
            m.row(d["terms"] + [(d["drive"][0], -d["drive"][1])], 0, 0)
            for k, terms in mixes.items():
                share = num(subs[k], "max_share", 1.0)
                m.row(terms + [(d["drive"][0], -share * d["drive"][1])], -math.inf, 0)
        elif math.isfinite(d["cap"]):
            if d["terms"]:
                m.row(d["terms"], -math.inf, d["cap"])
            for k, terms in mixes.items():
                m.row(terms, -math.inf, num(subs[k], "max_share", 1.0) * d["cap"])
    return m, pairs, units, ties


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("package")
    arg.add_argument("--objective", default="value", choices=list(OBJECTIVES))
    arg.add_argument("--gap", type=float, default=1e-9)
    arg.add_argument("--floor", action="append", default=[])
    args = arg.parse_args()
    region = Region(args.package)
    model, pairs, units, ties = build(region)
    names = {v: k for k, v in OBJECTIVES.items()}
    floors = {names[f.split("=")[0]]: float(f.split("=")[1]) for f in args.floor}
    value, x = model.solve(args.objective, args.gap, floors)
    out = dict(objective=args.objective, pairs_compatible=pairs, value=value)
    if x is not None and len(x):
        for k, column in OBJECTIVES.items():
            out[column] = float(numpy.dot(model.coef[k], x))
        out["open"] = sorted({u["u"]["unit_id"] for u in units if u["candidate"] and x[u["z"]] > 0.5})
    json.dump(out, sys.stdout)
    print()


if __name__ == "__main__":
    main()
