#!/usr/bin/python3
"""Writes a random region data package with every feature of the planning model, for differential tests.

    randomregion.py FOLDER --seed 7 [--size 30] [--kind every|ties|point|zero|one|lines|poles|exchange|empty|lossy]

`ties` makes all costs equal, `point` puts everything in one place, `zero` has zero quantities, `one` a single resource,
`lines` sites on a line, `poles` sites around the pole and the date line, `exchange` no units, `empty` empty tables,
`lossy` modes that lose on the way."""
import argparse
import csv
import json
import os
import random

CLASSES = {"material": "t", "energy": "MWh", "water": "m3", "space": "m2", "labour": "h", "knowledge": "h", "capital": "EUR"}


def write(folder, name, rows):
    if not rows:
        return
    columns = list(dict.fromkeys(k for r in rows for k in r))
    with open(os.path.join(folder, name + ".csv"), "w", newline="", encoding="utf-8") as f:
        out = csv.DictWriter(f, columns, lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("folder")
    arg.add_argument("--seed", type=int, default=1)
    arg.add_argument("--size", type=int, default=30)
    arg.add_argument("--units", type=int)
    arg.add_argument("--candidates", type=int)
    arg.add_argument("--kind", default="every",
                     choices=["every", "ties", "point", "zero", "one", "lines", "poles", "exchange", "empty", "lossy"])
    a = arg.parse_args()
    r = random.Random(a.seed)
    os.makedirs(a.folder, exist_ok=True)
    tied, n = a.kind == "ties", a.size
    unit_count = n // 5 if a.units is None else a.units
    candidate_count = max(1, n // 8) if a.candidates is None else a.candidates

    def price(low, high):
        return round((low + high) / 2 if tied else r.uniform(low, high), 2)

    def quantity():
        if a.kind == "zero" and r.random() < 0.4:
            return 0
        return r.choice([100, 200]) if tied else round(r.lognormvariate(5, 1.2), 1)

    def place():
        if a.kind == "point":
            return 5.5, 50.95
        if a.kind == "lines":
            return round(r.uniform(4, 7), 4), 51.0
        if a.kind == "poles":
            return r.choice([(round(r.uniform(-180, 180), 3), round(r.uniform(86, 90), 3)),
                             (round(r.choice([-179.9, 179.9]) + r.uniform(-0.1, 0.1), 4), round(r.uniform(86, 89), 3))])
        return round(5.5 + r.gauss(0, 0.6), 5), round(50.95 + r.gauss(0, 0.35), 5)

    resources = []
    streams = 1 if a.kind == "one" else 4
    for s in range(streams):
        resources.append(dict(resource_id=f"m{s}", **{"class": "material"}, name=f"stream {s}", parent_id="",
                              virgin_share=round(r.random(), 2), t_per_unit=""))
        for k in range(0 if a.kind == "one" else 3):
            resources.append(dict(resource_id=f"m{s}.{k}", **{"class": "material"}, name=f"stream {s}.{k}", parent_id=f"m{s}",
                                  virgin_share=round(r.random(), 2), t_per_unit=r.choice(["", "1", "0.8"])))
    others = [] if a.kind == "one" else [c for c in CLASSES if c != "material"]
    for c in others:
        resources.append(dict(resource_id=c, **{"class": c}, name=c, parent_id="", virgin_share="", t_per_unit=""))
    materials = [x["resource_id"] for x in resources if x["class"] == "material"]
    leaves = [m for m in materials if "." in m] or materials
    rid = lambda: r.choice(leaves if r.random() < 0.8 else materials) if not others or r.random() < 0.75 else r.choice(others)

    areas = [dict(area_id="w", name="world", level="world", parent_id="")]
    areas += [dict(area_id=f"g{k}", name=f"region {k}", level="region", parent_id="w") for k in range(2)]
    areas += [dict(area_id=f"m{k}", name=f"town {k}", level="municipality", parent_id=f"g{k % 2}") for k in range(5)]
    sites, offers, needs, props, specs = [], [], [], [], []

    def site():
        lon, lat = place()
        sites.append(dict(site_id=f"s{len(sites):05}", actor_id=f"a{len(sites):05}", name=f"site {len(sites)}", lon=lon, lat=lat,
                          area_id=r.choice(areas)["area_id"] if r.random() < 0.8 else ""))
        return sites[-1]["site_id"]

    def window():
        if r.random() > 0.15:
            return {"from": "", "to": ""}
        first, last = sorted(r.sample(range(1, 13), 2))
        return {"from": f"{r.choice([2029, 2030])}-{first:02}-01" if r.random() < 0.8 else "", "to": f"2030-{last:02}-15" if r.random() < 0.8 else ""}

    fates = ["landfill", "incineration", "recycling", "unknown"]
    for i in range(n):
        at = r.choice(sites)["site_id"] if sites and r.random() < 0.2 else site()
        offers.append(dict(offer_id=f"o{i:05}", site_id=at, resource_id=rid(), quantity=quantity(), fate=r.choice(fates),
                           fate_eur=price(-10, 90), fate_co2_kg=price(0, 200), **window()))
        if r.random() < 0.35:
            props.append(dict(offer_id=f"o{i:05}", property="purity", value=round(r.uniform(0.5, 1), 3)))
        if r.random() < 0.2:
            props.append(dict(offer_id=f"o{i:05}", property="temperature_c", value=round(r.uniform(20, 120), 1)))
    for j in range(n):
        anywhere = r.random() < 0.12
        at = "" if anywhere else r.choice(sites)["site_id"] if r.random() < 0.25 else site()
        needs.append(dict(need_id=f"n{j:05}", resource_id=rid(), quantity=quantity(), site_id=at, price_eur=price(0, 140),
                          market_co2_kg=price(0, 500), **window()))
        if r.random() < 0.3:
            specs.append(dict(need_id=f"n{j:05}", property="purity", min=round(r.uniform(0.5, 0.9), 3), max=""))
        if r.random() < 0.15:
            specs.append(dict(need_id=f"n{j:05}", property="temperature_c", min="", max=round(r.uniform(40, 120), 1)))
    subs = []
    if a.kind != "one":
        for _ in range(6):
            x, y = r.sample(materials, 2)
            subs.append(dict(offered_id=x, needed_id=y, ratio=1 if tied else round(r.uniform(0.4, 1.2), 2), cost_eur=price(0, 15),
                             max_share=r.choice(["", "1", "0.3", "0.5", "0"])))
    processes, flows, units = [], [], []
    if a.kind not in ("exchange", "empty"):
        for p in range(6):
            processes.append(dict(process_id=f"p{p}", name=f"process {p}", activity_unit="t", r_strategy=r.choice(["R8", "R7", "R3"]),
                                  opex_eur=price(0, 15), co2_kg=price(0, 60), jobs_fte=round(r.uniform(0, 0.01), 4), capex_eur=price(1, 20),
                                  capex_fixed_eur=round(r.uniform(0, 2000)), lifetime_yr=r.choice([10, 15, 20]),
                                  min_load=r.choice(["", "0.1", "0.3"])))
            taken, made = (r.choice(leaves), r.choice(leaves)) if a.kind == "one" else r.sample(leaves, 2)
            flows.append(dict(process_id=f"p{p}", resource_id=taken, quantity=-1, per="activity", residual_eur=""))
            flows.append(dict(process_id=f"p{p}", resource_id=made, quantity=0.85, per="activity", residual_eur=r.choice([20, 0, ""])))
            if others and r.random() < 0.5:
                flows.append(dict(process_id=f"p{p}", resource_id="energy", quantity=r.choice([-0.3, 0.4]), per="activity", residual_eur=""))
            if others and r.random() < 0.5:
                flows.append(dict(process_id=f"p{p}", resource_id="labour", quantity=-0.2, per="activity", residual_eur=""))
            if others and r.random() < 0.6:
                flows.append(dict(process_id=f"p{p}", resource_id="space", quantity=-0.05, per="capacity", residual_eur=""))
        for u in range(unit_count + candidate_count):
            status = "existing" if u < unit_count else "candidate"
            process = r.choice(processes)["process_id"]
            unplaced = status == "candidate" and r.random() < 0.3
            at = "" if unplaced else r.choice(sites)["site_id"] if r.random() < 0.5 else site()
            units.append(dict(unit_id=f"u{u:04}", process_id=process, site_id=at, capacity=round(r.lognormvariate(4.5, 0.9)), status=status))
    gateways = []
    for g in range(0 if a.kind == "empty" else 6):
        lon, lat = place()
        gateways.append(dict(gateway_id=f"g{g:03}", name="gate", lon=lon, lat=lat, resource_id=rid(), direction=r.choice(["in", "out"]),
                             price_eur=price(10, 90), capacity=r.choice(["", 500, 0, 100]), level=r.choice(["world", "intercity", ""]),
                             co2_kg=price(0, 100)))
    modes = [
        dict(mode_id="truck", name="truck", **{"class": "material"}, load_eur=4, eur_per_unit_km=0.13, co2_kg_per_unit_km=0.09, circuity=1.3, max_km=""),
        dict(mode_id="barge", name="barge", **{"class": "material"}, load_eur=9, eur_per_unit_km=0.04, co2_kg_per_unit_km=0.03, circuity=1.5, max_km=""),
        dict(mode_id="van", name="van", **{"class": "material"}, load_eur=1, eur_per_unit_km=0.5, co2_kg_per_unit_km=0.2, circuity="", max_km=20)]
    if others:
        modes += [
            dict(mode_id="pipe", name="pipe", **{"class": "energy"}, load_eur=2, eur_per_unit_km=1.5, co2_kg_per_unit_km=0, circuity=1.2, max_km=30),
            dict(mode_id="main", name="main", **{"class": "water"}, load_eur=0.1, eur_per_unit_km=0.2, co2_kg_per_unit_km=0.01, circuity=1.2, max_km=40),
            dict(mode_id="here", name="here", **{"class": "space"}, load_eur=0, eur_per_unit_km=0, co2_kg_per_unit_km=0, circuity=1, max_km=0.001),
            dict(mode_id="commute", name="commute", **{"class": "labour"}, load_eur=0, eur_per_unit_km=0.05, co2_kg_per_unit_km=0.02, circuity=1.3, max_km=40),
            dict(mode_id="talk", name="talk", **{"class": "knowledge"}, load_eur=1, eur_per_unit_km=0, co2_kg_per_unit_km=0, circuity="", max_km=""),
            dict(mode_id="bank", name="bank", **{"class": "capital"}, load_eur=0, eur_per_unit_km=0, co2_kg_per_unit_km=0, circuity="", max_km="")]
    if a.kind == "lossy":
        for m in modes:
            m["loss_per_km"] = r.choice(["", 0.001, 0.01, 0.1])
    incentives = []
    if a.kind != "one":
        goals = [f"resource:{r.choice(materials)}", f"need:{r.choice(needs)['need_id']}", f"area:{r.choice(areas)['area_id']}", "r_strategy:R8"]
        goals += [f"process:{r.choice(processes)['process_id']}"] if processes else []
        goals = [g for g in goals if processes or not g.startswith("r_strategy")]
        for k, goal in enumerate(goals):
            for budget in r.sample(["", round(r.uniform(100, 3000))], 1):
                incentives.append(dict(incentive_id=f"i{k}", name=goal, target=goal, eur=price(1, 20), budget_eur=budget))
    settings = [dict(key="name", value=f"random {a.seed} {a.kind}"), dict(key="currency", value="EUR"), dict(key="plan_year", value=2030),
                dict(key="discount_rate", value=0.05), dict(key="co2_eur_per_t", value=r.choice([0, 80])),
                dict(key="perspective", value=r.choice(["partners", "society"]))]
    actors = [dict(actor_id=s["actor_id"], name="actor " + s["site_id"]) for s in sites]
    for name, rows in dict(settings=settings, area=areas, actor=actors, site=sites, resource=resources, offer=offers, need=needs,
                           offer_property=props, need_spec=specs, substitution=subs, process=processes, process_flow=flows, unit=units,
                           gateway=gateways, mode=modes, incentive=incentives).items():
        write(a.folder, name, rows)
    if a.kind == "empty":
        for name, header in dict(unit="unit_id,process_id,capacity", gateway="gateway_id,name,lon,lat,resource_id,direction,price_eur",
                                 process="process_id,name").items():
            with open(os.path.join(a.folder, name + ".csv"), "w", encoding="utf-8") as f:
                f.write(header + "\n")
    with open(os.path.join(a.folder, "datapackage.json"), "w", encoding="utf-8") as f:
        names = sorted(x[:-4] for x in os.listdir(a.folder) if x.endswith(".csv"))
        json.dump(dict(name=f"random-{a.seed}", resources=[dict(name=x, path=x + ".csv") for x in names]), f, indent=1)


if __name__ == "__main__":
    main()
