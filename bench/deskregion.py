"""Writes a region data package for the desk: sites with names and addresses of Flemish words, an offer of each, a third of them public.

    deskregion.py FOLDER --sites 100000"""
import argparse
import csv
import os
import random
import shutil

FIRST = "Van Janssens Peeters Maes Jacobs Mertens Willems Claes Goossens Wouters De Smet Vandenberghe Gielen Vos Aerts Hermans Ceulemans".split()
TRADE = ("hout zaag metaal plaat glas bouw grond chemie kunststof papier karton voeding graan koel transport staal verf lijm vezel tegel "
         "beton machine motor meubel textiel rubber folie water slib afval recyclage energie warmte").split()
TAIL = "werken bewerking handel verwerking industrie technieken groep fabriek centrale park bedrijf producten systemen zaagsel".split()
STREET = "Dorps Kerk Molen Haven Industrie Kanaal Stations Berg Veld Linden Beuken".split()


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("folder")
    arg.add_argument("--sites", type=int, default=100000)
    args = arg.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    shutil.copytree(os.path.join(here, "..", "data", "regions", "poort-genk"), args.folder, dirs_exist_ok=True)
    random.seed(7)

    def head(table):
        with open(os.path.join(args.folder, table + ".csv"), encoding="utf-8", newline="") as file:
            return next(csv.reader(file))

    def write(table, rows):
        names = head(table)
        with open(os.path.join(args.folder, table + ".csv"), "a", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, names, restval="", lineterminator="\n")
            out.writerows(rows)

    with open(os.path.join(args.folder, "resource.csv"), encoding="utf-8", newline="") as file:
        resources = [row["resource_id"] for row in csv.DictReader(file)]
    names = [f"{random.choice(FIRST)} {random.choice(TRADE)}{random.choice(TAIL)} {random.choice(TRADE)} {i}" for i in range(args.sites)]
    write("actor", ({"actor_id": f"a{i}", "name": names[i]} for i in range(args.sites)))
    write("site", ({"site_id": f"s{i}", "actor_id": f"a{i}", "name": names[i], "lon": f"{5 + random.random():.5f}",
                    "lat": f"{50.7 + random.random() / 2:.5f}", "address": f"{random.choice(STREET)}straat {i % 300}, 3600 Genk"}
                   for i in range(args.sites)))
    write("offer", ({"offer_id": f"o{i}", "site_id": f"s{i}", "resource_id": random.choice(resources), "quantity": f"{random.random() * 100:.2f}",
                     "disclosure": ("public", "partners", "broker")[i % 3], "description": f"{random.choice(TRADE)}{random.choice(TAIL)}"}
                    for i in range(args.sites)))


main()
