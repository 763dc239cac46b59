"""A region to look for seeds in: offers, needs and companies at random, their resources and descriptions in words of the reference.
Usage: seedregion.py FOLDER --offers N [--seed S]. The same arguments give the same bytes."""
import argparse
import csv
import os
import random

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def reference(name):
    with open(os.path.join(ROOT, "data/reference", name + ".csv"), encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(folder, name, head, rows):
    with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(head.split())
        out.writerows(rows)


def words_of(stream):
    return (stream["words_en"] + ";" + stream["words_nl"]).split(";")


def resources(streams):
    rows = []
    for stream in streams:
        english, dutch = stream["words_en"].split(";"), stream["words_nl"].split(";")
        code = next((one for one in stream["codes_low"].split(";") if len(one) == 6), "")
        rows += [[f"{stream['stream_id']}-{i}", stream["class"], english[i], dutch[i] if i < len(dutch) else "", code]
                 for i in range(min(3, len(english)))]
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--offers", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    streams, classes = reference("stream"), [row["code"] for row in reference("nace_rev2") if row["level"] == "4"]
    words = [word for stream in streams for word in words_of(stream)]
    things, sites = resources(streams), args.offers // 5
    os.makedirs(args.folder, exist_ok=True)
    write(args.folder, "settings", "key value", [["name", "Seeds"], ["plan_year", "2026"]])
    write(args.folder, "area", "area_id name level", [["be", "Belgium", "country"]])
    write(args.folder, "actor", "actor_id name kind nace", [[f"a{i}", f"Company {i}", "company", chance.choice(classes)] for i in range(sites)])
    write(args.folder, "site", "site_id actor_id name lon lat area_id",
          [[f"s{i}", f"a{i}", f"Site {i}", round(chance.uniform(2.6, 6.1), 5), round(chance.uniform(50, 51.4), 5), "be"] for i in range(sites)])
    write(args.folder, "resource", "resource_id class name name_nl code_low", things)
    fates = ["landfill", "incineration", "recycling", "reuse", "discharge", ""]
    write(args.folder, "offer", "offer_id site_id resource_id quantity fate fate_eur description",
          [[f"o{i}", f"s{chance.randrange(sites)}", chance.choice(things)[0], round(chance.lognormvariate(4, 1.5), 2), chance.choice(fates),
            chance.choice(["", chance.randint(0, 120)]), f"{chance.choice(words)} {chance.choice(words)} lot{i}x"] for i in range(args.offers)])
    write(args.folder, "need", "need_id site_id resource_id quantity price_eur",
          [[f"n{i}", f"s{chance.randrange(sites)}", chance.choice(things)[0], round(chance.lognormvariate(4, 1.5), 2), chance.randint(5, 150)]
           for i in range(args.offers // 2)])
    write(args.folder, "mode", "mode_id name class load_eur eur_per_unit_km",
          [["truck", "Truck", kind, "4", "0.12"] for kind in ("material", "water", "energy", "space", "labour")])
    write(args.folder, "process", "process_id name r_strategy opex_eur capex_eur lifetime_yr", [[f"p{i}", f"Process {i}", "R8", 20, 100, 15] for i in range(60)])
    write(args.folder, "process_flow", "process_id resource_id quantity",
          [[f"p{i}", chance.choice(things)[0], amount] for i in range(60) for amount in (-1, 0.8, 0.1)])
    write(args.folder, "precedent", "precedent_id donor_nace resource receiver_nace",
          [[f"x{i}", chance.choice(classes), chance.choice(words), chance.choice(classes)] for i in range(40)])


main()
