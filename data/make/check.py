"""Checks a region package against the rules of docs: keys, words, ranges, sources, mass balance, network. Prints what is wrong.

    python3 data/make/check.py [PACKAGE]          exit 0: nothing wrong"""

import json
import math
import os
import sys

import check_network
import geometry
import package
import text

SPARE = {"settings", "source", "profile_hour"}  # hours have the source of their profile
# Water, air and cleaning losses excepted, what a recipe does not give back is said here to be wanted: share of the mass that goes in.
MASS = {"material"}


def tables(folder):
    with open(os.path.join(folder, "datapackage.json"), encoding="utf-8") as stream:
        described = json.load(stream)
    out = {}
    for resource in described["resources"]:
        if resource["format"] == "csv":
            out[resource["name"]] = (resource["schema"], text.read(os.path.join(folder, resource["path"])))
    return out


def check_fields(name, schema, rows, wrong):
    seen = set()
    key = schema.get("primaryKey")
    for line, row in enumerate(rows, 2):
        for field in schema["fields"]:
            value, rules = row[field["name"]], field.get("constraints", {})
            where = f"{name}.csv:{line}: {field['name']} '{value}'"
            if rules.get("required") and not value:
                wrong.append(f"{where}: missing")
            if value and "enum" in rules and value not in rules["enum"]:
                wrong.append(f"{where}: not one of {rules['enum']}")
            if value and field["type"] in ("number", "integer"):
                if not math.isfinite(float(value)):
                    wrong.append(f"{where}: not finite")
                if field["type"] == "integer" and not value.lstrip("-").isdigit():
                    wrong.append(f"{where}: not whole")
                if field["name"] in ("capacity", "lifetime_yr", "rel_sd", "ratio", "circuity") and float(value) < 0:
                    wrong.append(f"{where}: below 0")
                if field["name"] in ("virgin_share", "max_share", "min_load", "hazardous") and not 0 <= float(value) <= 1:
                    wrong.append(f"{where}: outside 0..1")
        if key:
            mine = tuple(row[k] for k in ([key] if isinstance(key, str) else key))
            if mine in seen:
                wrong.append(f"{name}.csv:{line}: {mine} twice")
            seen.add(mine)
        if name not in SPARE and not row.get("source_id"):
            wrong.append(f"{name}.csv:{line}: no source_id")


def check_references(name, schema, rows, all_tables, wrong):
    for foreign in schema.get("foreignKeys", []):
        target = foreign["reference"]["resource"] or name
        keys = {row[foreign["reference"]["fields"]] for row in all_tables[target][1]}
        for line, row in enumerate(rows, 2):
            if row[foreign["fields"]] and row[foreign["fields"]] not in keys:
                wrong.append(f"{name}.csv:{line}: {foreign['fields']} '{row[foreign['fields']]}' is not in {target}")


def check_trees(all_tables, wrong):
    for name in ("area", "resource"):
        parent = {row[f"{name}_id"]: row["parent_id"] for row in all_tables[name][1]}
        for start in parent:
            here, steps = start, 0
            while here and steps <= len(parent):
                here, steps = parent.get(here), steps + 1
            if steps > len(parent):
                wrong.append(f"{name}: cycle at {start}")
    classes = {row["resource_id"]: row["class"] for row in all_tables["resource"][1]}
    for row in all_tables["resource"][1]:
        if row["parent_id"] and classes[row["parent_id"]] != row["class"]:
            wrong.append(f"resource {row['resource_id']}: its parent is of another class")


def check_mass(all_tables, wrong):
    """Material that comes out of a recipe may not exceed what goes in, hidden inputs included in neither."""
    kind = {row["resource_id"]: row["class"] for row in all_tables["resource"][1]}
    balance = {}
    for row in all_tables["process_flow"][1]:
        if kind[row["resource_id"]] in MASS and row["per"] != "capacity":
            into, out = balance.setdefault(row["process_id"], [0, 0])
            quantity = float(row["quantity"])
            balance[row["process_id"]] = [into - min(quantity, 0), out + max(quantity, 0)]
    for process, (into, out) in balance.items():
        if out > into + 1e-9:
            wrong.append(f"process {process}: {out:g} t out of {into:g} t in")
    return balance


def check_places(folder, all_tables, wrong):
    shapes = {f["properties"]["area_id"]: geometry.polygons_of(f["geometry"])
              for f in geometry.read_features(os.path.join(folder, "area.geojson"))}
    areas = {row["area_id"] for row in all_tables["area"][1]}
    wrong += [f"area.geojson: {one} is not in area.csv" for one in shapes if one not in areas]
    for line, row in enumerate(all_tables["site"][1], 2):
        if not row["area_id"] and not any(geometry.point_in((float(row["lon"]), float(row["lat"])), s) for s in shapes.values()):
            wrong.append(f"site.csv:{line}: {row['site_id']} lies in no area")


def check_words(all_tables, wrong):
    known = {f"site:{r['site_id']}" for r in all_tables["site"][1]} | {f"gateway:{r['gateway_id']}" for r in all_tables["gateway"][1]}
    known |= {f"area:{r['area_id']}" for r in all_tables["area"][1]}
    for row in all_tables["flow"][1]:
        for end in (row["from_id"], row["to_id"]):
            bare = end.removeprefix("stock:")
            if bare and not any(f"{kind}:{bare}" in known for kind in ("site", "gateway", "area")):
                wrong.append(f"flow {row['flow_id']}: end '{end}' is nothing")
    targets = {"resource": "resource", "process": "process", "area": "area", "need": "need"}
    for row in all_tables["incentive"][1]:
        kind, _, what = row["target"].partition(":")
        if kind in targets and what not in {r[f"{kind}_id"] for r in all_tables[kind][1]}:
            wrong.append(f"incentive {row['incentive_id']}: target '{row['target']}' is nothing")
    for row in all_tables["need"][1]:
        if not row["price_eur"]:
            wrong.append(f"need {row['need_id']}: no price")
    pairs = set()
    for row in all_tables["process_flow"][1]:
        pair = (row["process_id"], row["resource_id"], row["per"])
        if pair in pairs:
            wrong.append(f"process_flow: {pair} twice")
        pairs.add(pair)
        if float(row["quantity"]) == 0:
            wrong.append(f"process_flow: {pair} is 0")
    cited = {row[c] for name, (_, rows) in all_tables.items() for row in rows for c in row if c.endswith("source_id") and name != "source"}
    for row in all_tables["source"][1]:
        if row["source_id"] not in cited:
            wrong.append(f"source {row['source_id']}: nothing cites it")


def main(arguments):
    here = os.path.dirname(os.path.abspath(__file__))
    named = [one for one in arguments[1:] if one != "-v"]
    folder = named[0] if named else os.path.join(os.path.dirname(here), "regions", "poort-genk")
    all_tables, wrong = tables(folder), []
    for name, (schema, rows) in all_tables.items():
        if set(rows[0]) != {f["name"] for f in schema["fields"]}:
            wrong.append(f"{name}.csv: columns differ from datapackage.json")
        check_fields(name, schema, rows, wrong)
        check_references(name, schema, rows, all_tables, wrong)
    check_trees(all_tables, wrong)
    for process, (into, out) in check_mass(all_tables, wrong).items():
        if into and out / into < 0.5 and "-v" in arguments:
            print(f"note: {process} gives back {out:g} t of {into:g} t material")
    check_places(folder, all_tables, wrong)
    check_words(all_tables, wrong)
    check_network.check(folder, {name: rows for name, (_, rows) in all_tables.items()}, wrong)
    print("\n".join(wrong) if wrong else f"nothing wrong in {len(all_tables)} tables")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
