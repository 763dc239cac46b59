"""Writes the demo region, its background map and the reference tables from a folder of source data.

    python3 data/make/make.py SOURCE_FOLDER [KNOOP]

KNOOP is the program; with it datapackage.json is what its export writes, with more words, else a shorter one that says the same.
What ships is complete without running this; run it to see where a figure comes from, or to change one."""

import json
import os
import subprocess
import sys
import tempfile

import amounts
import background
import geometry
import markets
import network
import package
import places
import profiles
import recipes
import reference
import reported
import resources
import sources
import stocks
import text
import units

DATA = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DUTCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dutch.csv")
SETTINGS = [("name", "Poort Genk"), ("languages", "nl;en"), ("currency", "EUR"), ("plan_year", "2030"), ("discount_rate", "0.05"),
            ("co2_eur_per_t", "0"), ("fte_h", "1600"), ("perspective", "partners")]


def in_use(name, columns, rows):
    """The columns that hold anything, and the required ones: what knoop itself would export."""
    required = package.REQUIRED[name].split() + (["value"] if name == "settings" else []) + (["from_id", "to_id"] if name == "flow" else [])
    return [c for c in columns if c in required or any(row.get(c) not in ("", None) for row in rows)]


def add_dutch(tables):
    """Names in Dutch beside those in English: text_nl for the columns that dutch.csv has, blank where both are the same."""
    words = {}
    for row in text.read(DUTCH):
        words.setdefault((row["table"], row["column"]), {})[row["text"]] = row["dutch"]
    for (name, column), known in words.items():
        columns, rows = tables[name]
        for row in rows:
            row[f"{column}_nl"] = known.get(row[column], "")
        tables[name] = (f"{columns} {column}_nl", rows)


def describe(folder, ours, knoop):
    """datapackage.json; with the program, what its export of the package writes, completed by what only we know."""
    path = os.path.join(folder, "datapackage.json")
    with open(path, "w", encoding="utf-8", newline="\n") as stream:
        json.dump(ours, stream, indent=2, ensure_ascii=False)
        stream.write("\n")
    if knoop is None:
        return
    with tempfile.TemporaryDirectory() as scratch:
        region, export = os.path.join(scratch, "region.gpkg"), os.path.join(scratch, "export")
        subprocess.run([knoop, "--quiet", "new", region, "--from", folder], check=True)
        subprocess.run([knoop, "--quiet", "export", region, export], check=True)
        with open(os.path.join(export, "datapackage.json"), encoding="utf-8") as stream:
            theirs = json.load(stream)
    theirs |= {key: ours[key] for key in ("description", "licenses")}
    with open(path, "w", encoding="utf-8", newline="\n") as stream:
        json.dump(theirs, stream, indent=2, ensure_ascii=False)
        stream.write("\n")


def make_region(source, folder, knoop):
    """Every table of data/regions/poort-genk."""
    limburg = places.municipalities(source)
    area_rows, features = places.areas(source, limburg)
    plants = places.installations(source, limburg)
    foreign = places.foreign_plants(source, limburg)
    groups = [(*group, amounts.GROUP_AREAS) for group in amounts.GROUPS]
    actors, sites = places.actors_and_sites(limburg, plants, foreign, groups)
    kinds = resources.resources(source)
    processes, flows = recipes.recipes({row["resource_id"]: row["class"] for row in kinds})
    out = amounts.collect(source, amounts.Coefficients(), limburg, plants, foreign, markets.fates(), markets.prices(), places.HOTMAPS_SAME)
    profiles.assign({"offer": out.offers, "need": out.needs})
    tables = {
        "settings": ("key value", [dict(zip(("key", "value"), pair)) for pair in SETTINGS]),
        "source": (sources.COLUMNS, sources.sources()),
        "area": (places.AREA_COLUMNS, area_rows),
        "actor": (places.ACTOR_COLUMNS, actors),
        "site": (places.SITE_COLUMNS, sites),
        "resource": (resources.COLUMNS, kinds),
        "offer": (amounts.OFFER_COLUMNS, out.offers),
        "need": (amounts.NEED_COLUMNS, out.needs),
        "offer_property": (amounts.PROPERTY_COLUMNS, out.properties),
        "need_spec": (amounts.SPEC_COLUMNS, out.specs),
        "substitution": (markets.SUBSTITUTION_COLUMNS, markets.substitutions()),
        "process": (recipes.COLUMNS, processes),
        "process_flow": (recipes.FLOW_COLUMNS, flows),
        "unit": (units.COLUMNS, units.units()),
        "gateway": (markets.GATEWAY_COLUMNS, markets.gateways()),
        "mode": (markets.MODE_COLUMNS, markets.modes()),
        "node": (network.NODE_COLUMNS, []),
        "link": (network.LINK_COLUMNS, []),
        "terminal": (network.TERMINAL_COLUMNS, []),
        "flow": (reported.FLOW_COLUMNS, reported.flows()),
        "balance_node": (reported.NODE_COLUMNS, reported.balance_nodes()),
        "incentive": (markets.INCENTIVE_COLUMNS, markets.incentives()),
        "precedent": (reported.PRECEDENT_COLUMNS, reported.precedents()),
        "stock": (stocks.STOCK_COLUMNS, stocks.stocks()),
        "profile": (profiles.PROFILE_COLUMNS, profiles.profiles()),
        "profile_hour": (profiles.HOUR_COLUMNS, profiles.hours()),
        "stock_year": (stocks.YEAR_COLUMNS, stocks.stock_years(source, limburg, places.CORE)),
    }
    rows, ways = network.network(source, sites, tables["gateway"][1])
    for name, some in rows.items():
        tables[name][1].extend(some)
    add_dutch(tables)
    os.makedirs(folder, exist_ok=True)
    columns = {name: in_use(name, columns.split(), rows) for name, (columns, rows) in tables.items()}
    for name, (_, rows) in tables.items():
        text.write(folder, name, columns[name], [{c: row.get(c) for c in columns[name]} for row in rows],
                   package.NUMBERS if name != "settings" else ())
    geometry.write_features(os.path.join(folder, "area.geojson"), features)
    geometry.write_features(os.path.join(folder, "link.geojson"), ways)
    describe(folder, package.descriptor(columns, tables["source"][1]), knoop)
    return {name: len(rows) for name, (_, rows) in tables.items()}


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    source, region = arguments[1], os.path.join(DATA, "regions", "poort-genk")
    for name, count in make_region(source, region, arguments[2] if len(arguments) == 3 else None).items():
        print(f"{name:16} {count:6}")
    background.make_background(source, os.path.join(region, "background"))
    reference.make_reference(source, os.path.join(DATA, "reference"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
