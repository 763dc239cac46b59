#!/usr/bin/python3
"""Writes a region data package of any size on the exchange's test problem (bench/exchange.md): the points of a square of
200 km in clusters, log-normal quantities to a tenth of a tonne, the worths of the bulk or the hard kind. What else a region may
have comes by an option each. The same numbers on every machine.

    hugeregion.py FOLDER --size 100000                                     one stream, one mode: a pure exchange
    hugeregion.py FOLDER --size 100000 --streams 6 --children 3 --substitutions 12 --ratios 1 0.9
    hugeregion.py FOLDER --size 9000 --streams 6 --units 60 --processes 12
    hugeregion.py FOLDER --size 10000 --streams 10 --children 3 --substitutions 20 --ratios 1 0.9 0.7 --mixing --specs
        --gateways 20 --units 1000 --processes 40 --modes 2 [--candidates 200]

`--size` is the number of offers, and of needs, of all streams together; every stream has its share of both."""
import argparse
import csv
import json
import math
import os
import random

CENTRE, KM_PER_DEGREE = (5.5, 50.95), 6371.0088 * math.pi / 180
STEP_EUR = 12.0  # from one stream to the next dearer one
KINDS = dict(bulk=dict(load=4, fate=(2, 20), price=(2, 25)), hard=dict(load=6, fate=(5, 120), price=(5, 120)))


class Writer:
    """The tables of a package. A row is a dict; the columns are those of the first."""

    def __init__(self, folder):
        self.folder, self.names = folder, []
        os.makedirs(folder, exist_ok=True)

    def table(self, name, rows):
        if not rows:
            return
        with open(os.path.join(self.folder, name + ".csv"), "w", newline="", encoding="utf-8") as f:
            out = csv.DictWriter(f, list(rows[0]), lineterminator="\n")
            out.writeheader()
            out.writerows(rows)
        self.names.append(name)

    def close(self, title):
        with open(os.path.join(self.folder, "datapackage.json"), "w", encoding="utf-8") as f:
            json.dump(dict(name=title, resources=[dict(name=x, path=x + ".csv") for x in self.names]), f, indent=1)


class Places:
    """Sites drawn as the exchange's points: four fifths in clusters of sigma 4 km, the others anywhere in the square."""

    def __init__(self, r, size):
        self.r, self.sites = r, []
        self.clusters = [(r.uniform(0, 200), r.uniform(0, 200)) for _ in range(int(20 + math.sqrt(size) / 4))]

    def point(self):
        r = self.r
        if r.random() < 0.8:
            x, y = (min(200.0, max(0.0, c + r.gauss(0, 4))) for c in r.choice(self.clusters))
        else:
            x, y = r.uniform(0, 200), r.uniform(0, 200)
        lat = CENTRE[1] + (y - 100) / KM_PER_DEGREE
        return round(CENTRE[0] + (x - 100) / (KM_PER_DEGREE * math.cos(math.radians(CENTRE[1]))), 6), round(lat, 6)

    def site(self):
        lon, lat = self.point()
        k = len(self.sites)
        self.sites.append(dict(site_id=f"s{k:07}", actor_id=f"a{k:07}", name=f"site {k}", lon=lon, lat=lat))
        return self.sites[-1]["site_id"]


def tonnes(r, median=100.0, sigma=1.2):
    return max(0.1, round(median * math.exp(sigma * r.gauss(0, 1)), 1))


def resources(a):
    """A stream m0 with its kinds m0.0, m0.1, ...: (rows, per stream what an offer may be, all materials)."""
    rows, kinds = [], []
    for s in range(a.streams):
        kinds.append([f"m{s}"] + [f"m{s}.{k}" for k in range(a.children)])
        for x in kinds[s]:
            rows.append({"resource_id": x, "class": "material", "name": "stream " + x[1:], "parent_id": x.split(".")[0] if "." in x else "",
                         "t_per_unit": 1, "virgin_share": 0.5})
    return rows, kinds


def some(r, kinds):
    """Mostly a kind, at times the stream as a whole."""
    return kinds[0] if len(kinds) == 1 or r.random() < 0.2 else r.choice(kinds[1:])


def offers_and_needs(a, r, places, kinds):
    worth, offers, needs, properties, specs = KINDS[a.kind], [], [], [], []
    # With processes the cheap streams are plenty and the dear ones short, or making one of another would never pay.
    step, tilt = (STEP_EUR, 1.0) if a.processes else (0.0, 0.0)
    for i in range(a.size):
        offers.append(dict(offer_id=f"o{i:07}", site_id=places.site(), resource_id=some(r, kinds[i % a.streams]), quantity=tonnes(r),
                           fate="landfill", fate_eur=round(r.uniform(*worth["fate"]), 4), fate_co2_kg=round(r.uniform(0, 200), 1)))
        if a.specs and r.random() < 0.5:
            properties.append(dict(offer_id=f"o{i:07}", property="purity", value=round(r.uniform(0.5, 1), 3)))
    for j in range(a.size):
        s = j % a.streams
        median = 100 * (1 + tilt * ((s + 0.5) / a.streams - 0.5))
        needs.append(dict(need_id=f"n{j:07}", resource_id=some(r, kinds[s]), site_id=places.site(), quantity=tonnes(r, median),
                          price_eur=round(step * s + r.uniform(*worth["price"]), 4), market_co2_kg=round(r.uniform(0, 500), 1)))
        if a.specs and r.random() < 0.3:
            specs.append(dict(need_id=f"n{j:07}", property="purity", min=round(r.uniform(0.5, 0.9), 3)))
    return offers, needs, properties, specs


def substitutions(a, r, kinds):
    rows = []
    for k in range(a.substitutions if a.streams > 1 else 0):
        offered, needed = r.sample(range(a.streams), 2)
        rows.append(dict(offered_id=some(r, kinds[offered]), needed_id=some(r, kinds[needed]), ratio=a.ratios[k % len(a.ratios)],
                         cost_eur=round(r.uniform(0, 6), 2), max_share=r.choice([0.3, 0.5, ""]) if a.mixing else ""))
    return rows


def processes(a, r, kinds):
    """Each makes something of a dearer stream out of a cheaper one; some need a little of a third, some give a second."""
    rows, flows = [], []
    for p in range(a.processes):
        low, high = sorted(r.sample(range(a.streams), 2)) if a.streams > 1 else (0, 0)
        rows.append(dict(process_id=f"p{p}", name=f"process {p}", activity_unit="t", r_strategy="R8", opex_eur=round(r.uniform(0, 8), 2),
                         co2_kg=round(r.uniform(0, 60), 1), jobs_fte=round(r.uniform(0, 0.01), 4), capex_eur=round(r.uniform(5, 40), 1),
                         capex_fixed_eur=round(r.uniform(2000, 40000)), lifetime_yr=r.choice([10, 15, 20]), min_load=r.choice(["", 0.1, 0.3])))
        used = {}
        used[some(r, kinds[low])] = -1
        used.setdefault(some(r, kinds[high]), 0.8)
        if r.random() < 0.4:
            used.setdefault(some(r, r.choice(kinds)), -0.1)
        if r.random() < 0.4:
            used.setdefault(some(r, r.choice(kinds)), 0.1)
        flows += [dict(process_id=f"p{p}", resource_id=x, quantity=q, per="activity", residual_eur=r.choice([10, 0]) if q > 0 else "")
                  for x, q in used.items()]
    return rows, flows


def units(a, r, places):
    count = a.units + a.candidates
    # Together they could work up about a third of all that is offered.
    median = 0.2 * a.size * 205 / max(1, count)
    return [dict(unit_id=f"u{u:05}", process_id=f"p{u % a.processes}", site_id=places.site(), capacity=tonnes(r, median, 0.9),
                 status="existing" if u < a.units else "candidate") for u in range(count)]


def gateways(a, r, places, kinds):
    """They bring in what is short at about what a need pays, and take what is left over at less."""
    rows, most = [], KINDS[a.kind]["price"][1]
    for g in range(a.gateways):
        lon, lat = places.point()
        s, is_in = r.randrange(a.streams), g % 2 == 0
        price = r.uniform(0.3 * most, 0.8 * most) if is_in else r.uniform(0, 0.4 * most)
        rows.append(dict(gateway_id=f"g{g:03}", name=f"gate {g}", lon=lon, lat=lat, resource_id=some(r, kinds[s]),
                         direction="in" if is_in else "out", price_eur=round(price + (STEP_EUR * s if a.processes else 0), 2),
                         capacity=r.choice(["", round(0.02 * a.size * 205)]), level="intercity"))
    return rows


def modes(a):
    truck = {"mode_id": "truck", "name": "truck", "class": "material", "load_eur": KINDS[a.kind]["load"], "eur_per_unit_km": 0.156,
             "co2_kg_per_unit_km": 0.09, "circuity": 1, "max_km": ""}
    barge = {"mode_id": "barge", "name": "barge", "class": "material", "load_eur": 9, "eur_per_unit_km": 0.05, "co2_kg_per_unit_km": 0.03,
             "circuity": 1.4, "max_km": ""}
    van = {"mode_id": "van", "name": "van", "class": "material", "load_eur": 1, "eur_per_unit_km": 0.5, "co2_kg_per_unit_km": 0.2,
           "circuity": 1.2, "max_km": 20}
    return [truck, barge, van][:a.modes]


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("folder")
    arg.add_argument("--size", type=int, default=1000)
    arg.add_argument("--kind", choices=KINDS, default="bulk")
    arg.add_argument("--seed", type=int, default=1)
    for name in ("children", "substitutions", "gateways", "units", "candidates", "processes"):
        arg.add_argument("--" + name, type=int, default=0)
    arg.add_argument("--streams", type=int, default=1)
    arg.add_argument("--modes", type=int, default=1, choices=[1, 2, 3])
    arg.add_argument("--ratios", type=float, nargs="+", default=[1.0])
    arg.add_argument("--mixing", action="store_true", help="substitutions have a largest share")
    arg.add_argument("--specs", action="store_true", help="needs that ask for a purity")
    a = arg.parse_args()
    if a.units + a.candidates > 0 and a.processes == 0:
        arg.error("units need --processes")
    r = random.Random(f"{a.seed} {a.size} {a.kind}")
    writer, places = Writer(a.folder), Places(r, a.size)
    resource_rows, kinds = resources(a)
    offers, needs, properties, specs = offers_and_needs(a, r, places, kinds)
    process_rows, flows = processes(a, r, kinds)
    unit_rows, gateway_rows = units(a, r, places), gateways(a, r, places, kinds)
    writer.table("settings", [dict(key=k, value=v) for k, v in
                              dict(name=f"{a.size} offers, {a.size} needs", currency="EUR", plan_year=2030).items()])
    writer.table("actor", [dict(actor_id=s["actor_id"], name="actor " + s["site_id"]) for s in places.sites])
    for name, rows in (("site", places.sites), ("resource", resource_rows), ("offer", offers), ("need", needs), ("offer_property", properties),
                       ("need_spec", specs), ("substitution", substitutions(a, r, kinds)), ("process", process_rows), ("process_flow", flows),
                       ("unit", unit_rows), ("gateway", gateway_rows), ("mode", modes(a))):
        writer.table(name, rows)
    writer.close(f"huge-{a.seed}")


if __name__ == "__main__":
    main()
