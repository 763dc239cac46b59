#!/usr/bin/python3
"""What carries a unit from here to there, worked out from a region data package apart from knoop and sharing nothing with it.

Shortest ways by a heap over dictionaries, chains by rounds of Bellman and Ford over the terminals, all trips that no other beats
by their labels. docs/package.md says what the tables mean. What it does not do: candidate terminals are closed, and capacities of
terminals hold nobody back, unless `limits` is set.

    netpeer.py PACKAGE FROM TO RESOURCE     prints the trips that none beats in euro, CO2 and hours"""
import csv
import heapq
import json
import math
import os
import re
import sys

EARTH_KM = 6371.0088
AT_PLACE_KM, NEAREST, MOST_LEGS = 0.05, 16, 8
OPEN_KINDS = {"road", "cycle", "transit"}
WORDS = {
    "road": "road truck lorry van car tanker vrachtwagen vrachtauto bestelwagen tankwagen auto camion lkw",
    "water": "barge ship vessel boat waterway schip binnenschip binnenvaart bateau schiff",
    "rail": "train rail railway trein spoor zug",
    "cycle": "bike bicycle cycle cargobike fiets velo",
    "transit": "bus tram metro transit",
    "pipe_heat": "heat warmte warmteleiding"}
CLASS_WORDS = {"water": ("pipe_water", "pipe pipeline sewer leiding waterleiding"), "energy": ("power", "power grid cable electricity kabel")}


def rows_of(folder, name):
    path = os.path.join(folder, name + ".csv")
    if not os.path.exists(path):
        return []
    with open(path, newline="", encoding="utf-8-sig") as f:
        return list(csv.DictReader(f))


def real(row, key, blank=0.0):
    text = (row.get(key) or "").strip()
    return float(text) if text else blank


def crow(a, b):
    """Great-circle km, by the angle between unit vectors."""
    def unit(p):
        lon, lat = map(math.radians, p)
        return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)
    u, v = unit(a), unit(b)
    return 2 * EARTH_KM * math.asin(min(1.0, math.dist(u, v) / 2))


def kinds_in(text, cls):
    words = re.findall(r"[a-z0-9]+", text.lower())
    if "light rail" in " ".join(words):
        return {"transit"}
    table = {w: kind for kind, list_of in WORDS.items() for w in list_of.split()}
    if cls in CLASS_WORDS:
        kind, list_of = CLASS_WORDS[cls]
        table.update({w: kind for w in list_of.split()})
    return {table[w] if w in table else table[w[:-1]] for w in words if w in table or (w.endswith("s") and w[:-1] in table)}


class Mode:
    def __init__(self, row):
        self.id, self.cls = row["mode_id"], row["class"]
        self.load, self.rate, self.kg = real(row, "load_eur"), real(row, "eur_per_unit_km"), real(row, "co2_kg_per_unit_km")
        self.circuity, self.max_km = real(row, "circuity", 1.0), real(row, "max_km", math.inf)
        self.speed = real(row, "speed_kmh", None)
        self.bound = real(row, "needs_network") == 1
        network = (row.get("network") or "").strip()
        self.kinds = set(network.split(";")) if network else kinds_in(self.id, self.cls) or kinds_in(row.get("name") or "", self.cls)
        self.loss = real(row, "loss_per_km")
        self.by_tariff_only = False


class TariffMode:
    """A mode that only tariffs name: it goes where they lead."""

    def __init__(self, mode_id, cls):
        self.id, self.cls, self.speed, self.loss, self.by_tariff_only = mode_id, cls, None, 0.0, True


class Roads:
    """The links of some kinds; the weight of a link is a whole number of millionths, rounded up."""

    def __init__(self, net, kinds, mode=None):
        self.net, self.kinds = net, kinds
        links = [k for k in net.links if k["kind"] in kinds]
        self.priced = any(k["toll"] > 0 for k in links)
        self.out, self.back = {}, {}
        for k in links:
            cost = (mode.rate + net.co2 * mode.kg / 1000) * k["km"] + k["toll"] if self.priced else k["km"]
            weight = math.ceil(cost * 1e6 - 1e-6)
            for a, b in [(k["from"], k["to"])] + ([] if k["oneway"] else [(k["to"], k["from"])]):
                self.out.setdefault(a, []).append((b, weight, k))
                self.back.setdefault(b, []).append((a, weight, k))
                self.out.setdefault(b, [])
                self.back.setdefault(a, [])
        self.main = self.mainland()
        self.met, self.trees = {}, {}

    def flood(self, start, arcs):
        seen, stack = {start}, [start]
        while stack:
            for w, _, _ in arcs[stack.pop()]:
                if w not in seen:
                    seen.add(w)
                    stack.append(w)
        return seen

    def mainland(self):
        """The largest set of nodes that all reach each other. Two as large, or two nodes as near: what is taken then is not told."""
        parts, left = [], set(self.out)
        while left:
            v = next(iter(left))
            parts.append(self.flood(v, self.out) & self.flood(v, self.back))
            left -= parts[-1]
        parts.sort(key=len, reverse=True)
        self.is_clear = len(parts) < 2 or len(parts[0]) > len(parts[1])
        return parts[0] if parts else set()

    def meets(self, point):
        """(node, gap in km), or None."""
        if point not in self.met:
            self.met[point] = self.find(point)
        return self.met[point]

    def find(self, point):
        net, at = self.net, self.net.at[point]
        if point[0] == "node":
            return (point[1], 0.0) if point[1] in self.out else None
        by_terminal = any(t["kinds"] & self.kinds and crow(at, t["at"]) <= AT_PLACE_KM for t in net.terminals.values())
        reach = net.snap_km if self.kinds & OPEN_KINDS or by_terminal else net.siding_km
        near = sorted((crow(at, net.node[v]), v) for v in self.out)
        near = [x for x in near if x[0] <= reach][:NEAREST]
        if not near:
            return None
        km, v = near[0]
        if km > AT_PLACE_KM and v not in self.main:
            km, v = next((x for x in near if x[1] in self.main), near[0])
        self.is_clear &= sum(abs(x[0] - km) < 1e-9 for x in near) == 1
        return v, km

    def way(self, a, b):
        """Of the cheapest way from node to node: (weight, its links), or None. Dijkstra 1959."""
        if a not in self.trees:
            best, before, heap = {a: 0}, {}, [(0, a)]
            while heap:
                d, v = heapq.heappop(heap)
                if d > best[v]:
                    continue
                for w, weight, link in self.out[v]:
                    if d + weight < best.get(w, math.inf):
                        best[w] = d + weight
                        before[w] = (v, link)
                        heapq.heappush(heap, (d + weight, w))
            self.trees[a] = best, before
        best, before = self.trees[a]
        if b not in best:
            return None
        links, v = [], b
        while v != a:
            v, link = before[v]
            links.append(link)
        return best[b] / 1e6, links[::-1]


class Leg:
    """One mode from point to point; `full` is EUR with CO2 at its price, `eur` without; `keep` is the share that arrives."""
    __slots__ = ("mode", "a", "b", "eur", "full", "kg", "km", "hours", "keep")

    def __init__(self, mode, a, b, eur, full, kg, km, hours):
        self.mode, self.a, self.b, self.eur, self.full, self.kg, self.km, self.hours = mode, a, b, eur, full, kg, km, hours
        self.keep = (1 - mode.loss) ** km


class Trip:
    """Legs and the terminals between them, summed up."""

    def __init__(self, net, legs):
        self.legs = legs
        self.terminals = [leg.b[1] for leg in legs[:-1]]
        between = [net.terminals[t] for t in self.terminals]
        self.eur = sum(x.eur for x in legs) + sum(t["eur"] for t in between)
        self.kg = sum(x.kg for x in legs) + sum(t["kg"] for t in between)
        self.full = sum(x.full for x in legs) + sum(t["eur"] + net.co2 * t["kg"] / 1000 for t in between)
        self.km = sum(x.km for x in legs)
        self.keep = math.prod(x.keep for x in legs)
        self.hours = sum(x.hours for x in legs) + sum(t["hours"] for t in between)
        # For comparison: hours that are not known count as none.
        self.hours_known = sum(x.hours for x in legs if not math.isnan(x.hours)) + sum(t["hours"] for t in between)


def over(km, speed):
    return 0.0 if km == 0 else km / speed if speed else math.nan


class Network:
    def __init__(self, folder, limits=False):
        settings = {r["key"]: r["value"] for r in rows_of(folder, "settings")}
        self.co2 = float(settings.get("co2_eur_per_t") or 0)
        self.snap_km, self.siding_km = float(settings.get("snap_km") or 2), float(settings.get("siding_km") or 0.25)
        self.limits = limits
        self.res = {r["resource_id"]: (r["class"], r.get("parent_id") or None) for r in rows_of(folder, "resource")}
        self.node = {r["node_id"]: (float(r["lon"]), float(r["lat"])) for r in rows_of(folder, "node")}
        self.terminals = {r["terminal_id"]: dict(
            at=(float(r["lon"]), float(r["lat"])), kinds=set(r["kinds"].split(";")), eur=real(r, "transfer_eur"),
            kg=real(r, "transfer_co2_kg"), hours=real(r, "hours"), capacity=real(r, "capacity", math.inf),
            candidate=r.get("status") == "candidate", capex=real(r, "capex_eur"), years=real(r, "lifetime_yr"))
            for r in rows_of(folder, "terminal")}
        self.at = {}
        for table, key in (("site", "site_id"), ("gateway", "gateway_id"), ("terminal", "terminal_id"), ("node", "node_id")):
            for r in rows_of(folder, table):
                self.at[table, r[key]] = (float(r["lon"]), float(r["lat"]))
        self.area = {("site", r["site_id"]): r.get("area_id") or None for r in rows_of(folder, "site")}
        self.area_parent = {r["area_id"]: r.get("parent_id") or None for r in rows_of(folder, "area")}
        self.links = self.read_links(folder)
        self.modes = [Mode(r) for r in rows_of(folder, "mode")]
        self.tariffs = {}
        tariff_rows = rows_of(folder, "tariff")
        for r in tariff_rows:
            self.read_tariff(r)
        self.is_there = bool(self.links or self.terminals or tariff_rows)
        there = {k["kind"] for k in self.links}
        self.roads = {}
        for m in self.modes:
            if not m.by_tariff_only:
                kinds = m.kinds & there
                self.roads[m] = Roads(self, kinds, m) if kinds else None
        for r in self.roads.values():
            for p in self.at if r else ():
                r.meets(p)
        self.is_clear = all(r is None or r.is_clear for r in self.roads.values())
        self.leg_memo, self.chain_memo, self.front_memo = {}, {}, {}

    def read_links(self, folder):
        path, shapes, links = os.path.join(folder, "link.geojson"), {}, []
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                shapes = {x["properties"]["link_id"]: x["geometry"]["coordinates"] for x in json.load(f)["features"]}
        for r in rows_of(folder, "link"):
            line = shapes.get(r["link_id"]) or [self.node[r["from_id"]], self.node[r["to_id"]]]
            drawn = sum(crow(p, q) for p, q in zip(line, line[1:]))
            links.append({"id": r["link_id"], "from": r["from_id"], "to": r["to_id"], "kind": r["kind"], "km": real(r, "km", drawn),
                          "speed": real(r, "speed_kmh", None), "oneway": real(r, "oneway") == 1, "toll": real(r, "toll_eur")})
        return links

    def read_tariff(self, r):
        resource = (r.get("resource_id") or "").strip() or None
        cls = self.res[resource][0] if resource else r["class"]
        if not any(m.id == r["mode_id"] and m.cls == cls for m in self.modes):
            self.modes.append(TariffMode(r["mode_id"], cls))
        ends = tuple(self.end(r[side]) for side in ("from_id", "to_id"))
        self.tariffs.setdefault((ends, r["mode_id"], cls), []).append(
            (resource, float(r["eur"]), real(r, "co2_kg"), real(r, "km", None)))

    def end(self, text):
        for table in ("site", "gateway", "node", "terminal", "area"):
            name = text[len(table) + 1:] if text.startswith(table + ":") else text
            if (table, name) in self.at or (table == "area" and name in self.area_parent):
                return table, name
        raise KeyError(text)

    def lineage(self, resource):
        out = []
        while resource:
            out.append(resource)
            resource = self.res[resource][1]
        return out

    def ends_around(self, point):
        out, area = [point], self.area.get(point)
        while area:
            out.append(("area", area))
            area = self.area_parent.get(area)
        return out

    # ------------------------------------------------------------ legs
    def rate(self, mode, resource, a, b):
        """(eur, kg, km) of the tariff that holds, or None. resource None: only those of the whole class."""
        known = (self.lineage(resource) if resource else []) + [None]
        for x in self.ends_around(a):
            for y in self.ends_around(b):
                there = [t for t in self.tariffs.get(((x, y), mode.id, mode.cls), []) if t[0] in known]
                if there:
                    _, eur, kg, km = min(there, key=lambda t: (known.index(t[0]), t[1]))
                    return eur, kg, crow(self.at[a], self.at[b]) if km is None else km
        return None

    def leg(self, mode, resource, a, b):
        key = mode, resource, a, b
        if key not in self.leg_memo:
            self.leg_memo[key] = self.make_leg(*key)
        return self.leg_memo[key]

    def make_leg(self, mode, resource, a, b):
        rate = self.rate(mode, resource, a, b)
        if rate:
            eur, kg, km = rate
            return Leg(mode, a, b, eur, eur + self.co2 * kg / 1000, kg, km, over(km, mode.speed))
        if mode.by_tariff_only:
            return None
        roads, toll, hours, extra, units = self.roads[mode], 0.0, 0.0, 0.0, None
        met = [roads.meets(p) for p in (a, b)] if roads else None
        if roads is None or None in met:
            if mode.bound and self.links:
                return None
            km = mode.circuity * crow(self.at[a], self.at[b])
            hours = over(km, mode.speed)
        elif met[0][0] == met[1][0]:
            km = mode.circuity * crow(self.at[a], self.at[b])
            hours = over(km, mode.speed)
        else:
            way = roads.way(met[0][0], met[1][0])
            if way is None:
                return None
            units, links = way
            extra = mode.circuity * (met[0][1] + met[1][1])
            km = extra + (sum(k["km"] for k in links) if roads.priced else units)
            toll = sum(k["toll"] for k in links)
            hours = over(extra, mode.speed)
            for k in links:
                speeds = [s for s in (k["speed"], mode.speed) if s]
                hours += over(k["km"], min(speeds) if speeds else None)
        if km > mode.max_km:
            return None
        kg = mode.kg * km
        eur = mode.load + mode.rate * km + toll
        full = eur + self.co2 * kg / 1000
        if units is not None and roads.priced:
            full = mode.load + (mode.rate + self.co2 * mode.kg / 1000) * extra + units
        return Leg(mode, a, b, eur, full, kg, km, hours)

    def may_stop(self, mode, terminal):
        return mode.by_tariff_only or bool(mode.kinds & self.terminals[terminal]["kinds"])

    # ------------------------------------------------------------ chains
    def legs_from(self, cls, a, b):
        """The legs of chains: tariffs for single resources do not count."""
        for mode in self.modes:
            if mode.cls != cls or a[:2] == b[:2] or mode.loss > 0:
                continue  # what loses on the way goes from end to end
            if any(p[0] == "terminal" and is_stop and not self.may_stop(mode, p[1]) for p, is_stop in ((a[:2], a[2]), (b[:2], b[2]))):
                continue
            leg = self.leg(mode, None, a[:2], b[:2])
            if leg:
                yield leg

    def stops(self):
        return [t for t, row in self.terminals.items() if self.limits or not row["candidate"]]

    def taken_up(self, trip):
        """The terminals of a trip that limit it."""
        return frozenset(trip.terminals) if self.limits else frozenset()

    def better(self, p, q, timed):
        """Is p as good as q in all that counts?"""
        good = p.full <= q.full + 1e-12 and p.kg <= q.kg + 1e-12
        if timed:
            good = p.eur <= q.eur + 1e-12 and p.kg <= q.kg + 1e-12 and p.hours_known <= q.hours_known + 1e-12
        # What arrives may be worth less than nothing, so only a choice by what it costs to send tells more from less.
        good &= p.keep >= q.keep - 1e-12 if timed else p.keep == q.keep
        return good and len(p.legs) <= len(q.legs) and (not self.limits or set(p.terminals) <= set(q.terminals))

    def add(self, labels, fresh, timed):
        if any(self.better(p, fresh, timed) for p in labels):
            return False
        labels[:] = [p for p in labels if not self.better(fresh, p, timed)] + [fresh]
        return True

    def standing(self, cls, a, timed):
        """For each terminal the beginnings of trips from a that end there, none of which another beats."""
        key = cls, a, timed
        if key in self.chain_memo:
            return self.chain_memo[key]
        labels = {t: [] for t in self.stops()}
        fresh = []
        for t in labels:
            for leg in self.legs_from(cls, (*a, False), ("terminal", t, True)):
                beginning = Beginning(self, [leg])
                if leg.b != a and self.add(labels[t], beginning, timed):
                    fresh.append(beginning)
        for _ in range(2, MOST_LEGS):
            before, fresh = fresh, []
            for p in before:
                here = p.legs[-1].b
                for t in labels:
                    if any(leg.b == ("terminal", t) for leg in p.legs):
                        continue
                    for leg in self.legs_from(cls, (*here, True), ("terminal", t, True)):
                        beginning = Beginning(self, p.legs + [leg])
                        if self.add(labels[t], beginning, timed):
                            fresh.append(beginning)
        self.chain_memo[key] = labels
        return labels

    def front(self, resource, a, b, timed=False):
        """All trips that none beats: in full cost and CO2, or `timed`: in EUR, CO2 and hours."""
        key = resource, a, b, timed
        if key in self.front_memo:
            return self.front_memo[key]
        cls = self.res[resource][0]
        out = []
        for mode in self.modes:
            leg = self.leg(mode, resource, a, b) if mode.cls == cls else None
            if leg:
                self.add(out, Trip(self, [leg]), timed)
        for t, beginnings in self.standing(cls, a, timed).items():
            if b == ("terminal", t):
                continue
            for leg in self.legs_from(cls, ("terminal", t, True), (*b, False)):
                for p in beginnings:
                    self.add(out, Trip(self, p.legs + [leg]), timed)
        kept = [q for q in out if not any(p is not q and self.beats(p, q, timed) for p in out)]
        self.front_memo[key] = kept
        return kept

    def beats(self, p, q, timed):
        a, b = ((x.eur, x.kg, x.hours_known, -x.keep) if timed else (x.full, x.kg) for x in (p, q))
        return all(x <= y for x, y in zip(a, b)) and a != b and (timed or p.keep == q.keep) and (not self.limits or set(p.terminals) <= set(q.terminals))

    def best(self, resource, a, b):
        """The one that costs least per unit that arrives."""
        return min(self.front(resource, a, b), key=lambda p: p.full / p.keep, default=None)

    def loses(self, resource):
        return any(m.cls == self.res[resource][0] and m.loss > 0 for m in self.modes)

    def here(self, cls):
        """The cheapest to load, for what is taken where it is."""
        loads = [m.load for m in self.modes if m.cls == cls and not m.by_tariff_only]
        return min(loads, default=None)


class Beginning(Trip):
    """A trip that stands at a terminal, its transfer done."""

    def __init__(self, net, legs):
        super().__init__(net, legs)
        last = net.terminals[legs[-1].b[1]]
        self.terminals = [leg.b[1] for leg in legs]
        self.eur += last["eur"]
        self.kg += last["kg"]
        self.full += last["eur"] + net.co2 * last["kg"] / 1000
        self.hours_known += last["hours"]


def main():
    net = Network(sys.argv[1])
    ends = [net.end(x) for x in sys.argv[2:4]]
    for p in sorted(net.front(sys.argv[4], *ends, timed=True), key=lambda p: p.eur):
        print(f"{p.eur:.6f} EUR {p.kg:.6f} kg {p.hours:.6f} h {p.km:.6f} km", *(f"{x.mode.id}:{x.a[1]}->{x.b[1]}" for x in p.legs))


if __name__ == "__main__":
    main()
