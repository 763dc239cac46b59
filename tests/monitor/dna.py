"""Aim: `knoop dna` puts the figures of a region into the indicators rightly, against another region and against Belgium.
Method: the shared case of specialisation as two region files; a small region whose streams, fates, plan and distances are done by hand.
Prints TAP."""

import csv
import json
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from frame import ROOT, each, new_region as new, run, skip, verdict  # noqa: E402

CASE = os.path.join(ROOT, "..", "shared", "cases", "circularity", "specialisation.json")


REST = {"resource": ("resource_id class name", [("w", "water", "Water")]), "need": ("need_id resource_id quantity", [("n", "w", 1)])}


def with_jobs(folder, name, sectors, areas):
    """A company per area and sector."""
    actors, sites = [], []
    for area, jobs in areas:
        for nace, number in zip(sectors, jobs):
            actors.append((f"{area}-{nace}", f"{area} {nace}", nace, number))
            sites.append((f"{area}-{nace}", f"{area}-{nace}", "S", 5, 51, area))
    return new(folder, name, {**REST, "settings": ("key value", [("name", name)]), "area": ("area_id name level", [(a, a, "municipality") for a, _ in areas]),
                              "actor": ("actor_id name nace jobs_fte", actors), "site": ("site_id actor_id name lon lat area_id", sites)})


def near(a, b, tolerance=1e-12):
    return a is not None and abs(a - b) <= tolerance * max(abs(b), 1e-3)


def check_case(folder):
    if not os.path.exists(CASE):
        skip("the shared case", "it is not here")
        return
    with open(CASE, encoding="utf-8") as stream:
        case = json.load(stream)
    codes = dict(zip(case["input"]["sectors"], ["24.10", "16.2", "H49.41", "3832", "86", "47.11"]))
    labels = dict(zip(case["input"]["sectors"], ["24", "16", "49", "37-39", "86", "47"]))
    rows = [(row["area"], row["jobs"]) for row in case["input"]["jobs"]]
    here = with_jobs(folder, "here", codes.values(), rows[:-1])
    other = with_jobs(folder, "other", codes.values(), rows[-1:])
    doc = json.loads(run("--json", "dna", here, other))
    areas = {row["area_id"]: row for row in doc["areas"]}
    for wanted in case["expected"]:
        got = areas[wanted["area"]]
        figures = [k for k in wanted if k not in ("area", "location_quotient")]
        quotients = {row["nace"]: row["location_quotient"] for row in got["sectors"]}
        good = all(near(got[k], wanted[k]) for k in figures) and all(near(quotients[labels[row["sector"]]], row["lq"]) for row in wanted["location_quotient"])
        verdict(good, f"specialisation of {wanted['area']} against another region", {k: (got[k], wanted[k]) for k in figures})
    verdict(doc["reference"] == "other" and doc["other"]["region"]["jobs"] == sum(rows[-1][1]) and doc["region"]["jobs"] == sum(sum(j) for _, j in rows[:-1]),
            "both regions are told")
    alone = json.loads(run("--json", "dna", here))
    with open(os.path.join(ROOT, "data", "reference", "jobs_be.csv"), encoding="utf-8") as stream:
        belgium = {row["nace"]: float(row["jobs"]) for row in csv.DictReader(stream)}
    quotients = {row["nace"]: row["location_quotient"] for row in alone["region"]["sectors"]}
    metal = sum(j[0] for _, j in rows[:-1]) / sum(sum(j) for _, j in rows[:-1]) / (belgium["24"] / sum(belgium.values()))
    verdict(alone["reference"] == "BE" and near(quotients["24"], metal), "without another it is Belgium", quotients["24"], metal)
    itself = json.loads(run("--json", "dna", other, other))["region"]
    verdict(near(itself["hachman"], 1) and abs(itself["krugman_specialisation"]) < 1e-12, "a region is like itself")


def check_small(folder):
    tables = {
        "settings": ("key value", [("name", "Small"), ("plan_year", 2030)]),
        "source": ("source_id title kind", [("r", "R", "reported"), ("g", "G", "estimate")]),
        "area": ("area_id name level parent_id population", [("all", "All", "region", "", ""), ("a", "A", "municipality", "all", 1000), ("b", "B", "municipality", "all", 3000)]),
        "actor": ("actor_id name nace jobs_fte", [("x", "X", "24.10", 30), ("y", "Y", "47", 10), ("z", "Z", "C", 5), ("q", "Q", "16", "")]),
        "site": ("site_id actor_id name lon lat area_id", [("x1", "x", "X1", 5.0, 51, "a"), ("x2", "x", "X2", 5.1, 51, "b"), ("y", "y", "Y", 5.0, 51, "a"), ("z", "z", "Z", 5.0, 51, "a"),
                                                           ("q", "q", "Q", 5.0, 51, "a")]),
        "resource": ("resource_id class name stream", [("slag", "material", "Slag", "R5"), ("paper", "material", "Paper", ""), ("heat", "energy", "Heat", ""), ("sand", "material", "Sand", "R2")]),
        "offer": ("offer_id site_id resource_id quantity fate fate_eur source_id", [("o1", "x1", "slag", 300, "landfill", 10, "r"), ("o2", "x2", "slag", 100, "recycling", 1, "g"), ("o3", "y", "paper", 60, "energy_recovery", 1, ""),
                                                                                    ("o4", "y", "heat", 9, "discharge", 0, ""), ("o5", "q", "paper", 40, "", 0, ""), ("o6", "x1", "paper", 20, "reuse", 0, "")]),
        "need": ("need_id site_id resource_id quantity price_eur", [("n1", "x2", "slag", 150, 20), ("n2", "y", "sand", 50, 30)]),
        "gateway": ("gateway_id name lon lat resource_id direction price_eur capacity level", [("g-in", "In", 5.0, 51.5, "sand", "in", 5, "", "world"), ("g-out", "Out", 5.0, 52, "slag", "out", 8, 100, "world")]),
        "mode": ("mode_id name class eur_per_unit_km", [("truck", "Truck", "material", 0.01)]),
        "flow": ("flow_id from_id to_id resource_id year quantity", [("f1", "", "x1", "slag", 2019, 5), ("f2", "g-in", "y", "sand", 2021, 7), ("f3", "x1", "", "slag", 2021, 11), ("f4", "x1", "y", "slag", 2022, 13)]),
    }
    region = new(folder, "small", tables)
    doc = json.loads(run("--json", "dna", region))
    areas = {row["area_id"]: row for row in doc["areas"]}
    verdict(doc["region"]["jobs"] == 40 and areas["a"]["jobs"] == 25 and areas["b"]["jobs"] == 15, "jobs of an actor are spread over its sites, those of a whole section are of no sector")
    verdict(doc["region"]["sites_without_jobs"] == 2 and areas["a"]["sites"] == 4 and areas["all"]["sites"] == 5, "sites without are counted; an area holds what is in its parts")
    verdict(doc["region"]["population"] == 4000 and areas["all"]["population"] == 4000, "people add up")
    material = doc["region"]["material"]
    verdict(material["offered_t"] == 520 and material["needed_t"] == 200 and near(material["offered_t_per_inhabitant"], 0.13) and near(material["offered_t_per_job"], 13)
            and near(material["estimated_share"], 100 / 520), "streams per inhabitant and per job", material)
    streams = {row["stream"]: row for row in areas["b"]["streams"]}
    verdict(streams["R5"]["offered_t"] == 100 and streams["R5"]["needed_t"] == 150 and "R2" not in streams, "and by stream of the programme", streams)
    today = doc["circularity"]["today"]
    verdict(near(today["recycling_rate"], 100 / 460) and near(today["landfill_rate"], 300 / 460) and today["not_known_t"] == 40 and today["reused_t"] == 20, "rates by what happens today", today)
    flows = doc["circularity"]["flows"]
    verdict(flows == {"year": 2021, "imports_t": 7.0, "exports_t": 11.0}, "flows across the border of the latest year that has some", flows)
    lacking = {row["indicator"] for row in doc["lacking"]}
    verdict("circular material use rate" in lacking and doc["circularity"]["circular_material_use_rate"] is None and any("plan" in k for k in lacking), "what lacks is said", lacking)
    radius = 6371.0088
    far = radius * math.radians(0.5)
    gate = {row["level"]: row for row in doc["accessibility"]["gateways"]}
    verdict(gate["world"]["count"] == 2 and abs(gate["world"]["mean_km"] - far) < 0.2 and abs(gate["world"]["job_mean_km"] - far) < 0.2, "how far the nearest gateway is", gate, far)
    run("--quiet", "plan", region)
    doc = json.loads(run("--json", "dna", region))
    plan = doc["circularity"]["plan"]
    verdict(plan["used_t"] > 0 and near(plan["used_share"], plan["used_t"] / 520) and not any("what a plan would use" in row["indicator"] for row in doc["lacking"]), "with a plan its figures are there", plan)
    # By the plan: slag 150 to the need and 100 out, all local; sand 50 from the gateway: local 250, import 50, export 100.
    classes = {row["class"]: row for row in doc["circularity"]["self_sufficiency"]}
    verdict(near(classes["material"]["use"], 200, 1e-6) and near(classes["material"]["self_sufficiency"], 150 / 200, 1e-6), "self-sufficiency of what it moves", classes)
    text = run("dna", region)
    verdict("location quotient" in text and "not known" in text, "as text too", text)


def check_windows(folder):
    """Only what a window leaves of the plan year counts, and only the areas that are there in it."""
    tables = {
        "settings": ("key value", [("name", "Windows"), ("plan_year", 2030)]),
        "area": ("area_id name level parent_id population from to", [("all", "All", "region", "", "", "", ""), ("old", "H", "municipality", "all", 100, "2019", "2024"),
                                                                    ("new", "H", "municipality", "all", 130, "2025", ""), ("g", "G", "municipality", "all", 70, "", "")]),
        "actor": ("actor_id name nace jobs_fte", [("x", "X", "24.10", 30)]),
        "site": ("site_id actor_id name lon lat area_id", [("x", "x", "X", 5, 51, "new")]),
        "resource": ("resource_id class name", [("slag", "material", "Slag")]),
        "offer": ("offer_id site_id resource_id quantity fate from to", [("now", "x", "slag", 100, "landfill", "", ""), ("past", "x", "slag", 50, "recycling", "2020", "2024"),
                                                                       ("half", "x", "slag", 730, "recycling", "2030-12-02", ""), ("later", "x", "slag", 40, "recycling", "2031", "")]),
        "need": ("need_id site_id resource_id quantity to", [("n", "x", "slag", 8, ""), ("n-past", "x", "slag", 9, "2029")]),
    }
    doc = json.loads(run("--json", "dna", new(folder, "windows", tables)))
    areas = {row["area_id"]: row for row in doc["areas"]}
    verdict(doc["region"]["population"] == 200 and areas["all"]["population"] == 200 and areas["old"]["population"] == 100, "an area whose borders have changed since is not counted twice", areas["all"])
    material, today = doc["region"]["material"], doc["circularity"]["today"]
    verdict(near(material["offered_t"], 160) and near(material["needed_t"], 8) and near(material["offered_t_per_inhabitant"], 0.8), "streams are those of the plan year", material)
    verdict(near(today["recycled_t"], 60) and near(today["landfill_rate"], 100 / 160), "and so is what becomes of them", today)


each(check_case, check_small, check_windows)
