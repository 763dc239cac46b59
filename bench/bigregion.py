#!/usr/bin/python3
"""Writes a region data package with many offers, for the import benchmark: 100 resources, a tenth as many sites as
offers, and twelve columns per offer, as registers of waste have them. The same numbers on every machine.

    bigregion.py FOLDER --offers 1000000"""
import argparse
import csv
import json
import os
import random


def write(folder, name, columns, rows):
    with open(os.path.join(folder, name + ".csv"), "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(columns.split())
        out.writerows(rows)


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("folder")
    arg.add_argument("--offers", type=int, default=1000000)
    a = arg.parse_args()
    r = random.Random(1)
    os.makedirs(a.folder, exist_ok=True)
    sites = max(1, a.offers // 10)
    fates = ["landfill", "incineration", "recycling", "reuse", "unknown"]
    tables = dict(
        settings=("key value", [("name", f"{a.offers} offers"), ("plan_year", 2030)]),
        source=("source_id title", [("register", "A register of waste")]),
        actor=("actor_id name", ((f"a{i}", f"actor {i}") for i in range(sites))),
        site=("site_id actor_id name lon lat", ((f"s{i}", f"a{i}", f"site {i}", round(r.uniform(2.5, 7.5), 6),
                                                round(r.uniform(49.5, 53.5), 6)) for i in range(sites))),
        resource=("resource_id class name", ((f"m{i}", "material", f"material {i}") for i in range(100))),
        # One need, so that the region without its offers is a region too.
        need=("need_id resource_id quantity site_id price_eur", [("n0", "m0", 100, "s0", 50)]),
        mode=("mode_id name class load_eur eur_per_unit_km", [("truck", "truck", "material", 4, 0.13)]),
        offer=("offer_id site_id resource_id quantity rel_sd fate fate_eur fate_co2_kg from to description source_id",
               ((f"o{i:07}", f"s{r.randrange(sites)}", f"m{r.randrange(100)}", round(r.lognormvariate(4, 1.5), 2),
                 round(r.uniform(0.05, 0.5), 2), r.choice(fates), round(r.uniform(-10, 90), 2), round(r.uniform(0, 200), 1),
                 "2027-01-01" if i % 5 == 0 else "", "", f"batch {i} as reported, dry", "register") for i in range(a.offers))))
    for name, (columns, rows) in tables.items():
        write(a.folder, name, columns, rows)
    with open(os.path.join(a.folder, "datapackage.json"), "w", encoding="utf-8") as f:
        json.dump(dict(name="big-region", resources=[dict(name=x, path=x + ".csv") for x in tables]), f, indent=1)


if __name__ == "__main__":
    main()
