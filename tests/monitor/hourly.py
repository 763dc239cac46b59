"""Aim: profiles become hours as docs/package.md says, and self-sufficiency hour by hour comes out of `knoop dna` as the shared case says.
Method: packages made of the shared case; a peer in fractions over random profiles and trees, written apart: it spreads each hour of the 8760
by itself. Prints TAP. Usage: hourly.py KNOOP ROOT"""

import fractions
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from frame import ROOT, done, new_region as new, run, skip, verdict  # noqa: E402

CASE = os.path.join(ROOT, "..", "shared", "cases", "circularity", "self_sufficiency.json")
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
TYPES = {"workday": fractions.Fraction(5, 7), "saturday": fractions.Fraction(1, 7), "sunday": fractions.Fraction(1, 7)}
LACK = "hourly self-sufficiency"


def dna(region):
    doc = json.loads(run("--json", "dna", region))
    rows = {(row["area_id"], row["resource_id"]): row for row in doc["circularity"]["hourly_self_sufficiency"]}
    return rows, {row["indicator"] for row in doc["lacking"]}, doc

BASE = {
    "settings": ("key value", [("name", "Hours"), ("plan_year", 2030)]),
    "area": ("area_id name level parent_id", [("r", "R", "region", None), ("park", "Park", "park", "r"), ("quarter", "Quarter", "park", "r")]),
    "actor": ("actor_id name", [("a", "A")]),
    "site": ("site_id actor_id name lon lat area_id", [("s-park", "a", "S", 5, 51, "park"), ("s-quarter", "a", "T", 5.1, 51, "quarter"),
                                                       ("s-out", "a", "O", 5.2, 51, None)]),
}


# ---------------------------------------------------------------- the shared case
def shared_case(folder):
    if not os.path.exists(CASE):
        skip("the shared case", "it is not here")
        return
    with open(CASE, encoding="utf-8") as file:
        case = json.load(file)
    tables = dict(BASE)
    profiles, hours, offers, needs = [], [], [], []
    for one in case["input"]["hourly"]:
        for side, rows, quantity in (("demand", needs, "needs"), ("local", offers, "offers")):
            key = f"{one['area']}-{side}"
            profiles.append((key, None))
            hours += [(key, hour, load) for hour, load in enumerate(one[side])]
            # The case's hours come every day of the year: a year is 365 of them.
            rows.append((key, "s-" + one["area"], "power", sum(one[side]) * 365, key))
    tables["resource"] = ("resource_id class name", [("power", "energy", "Power")])
    tables["profile"] = ("profile_id name", profiles)
    tables["profile_hour"] = ("profile_id hour load", hours)
    tables["offer"] = ("offer_id site_id resource_id quantity profile_id", offers)
    tables["need"] = ("need_id site_id resource_id quantity profile_id", needs)
    rows, lacking, doc = dna(new(folder, "case", tables))
    areas = {"park": "park", "quarter": "quarter", "all together": None}
    for want in case["expected"]["hourly"]:
        got = rows.get((areas[want["area"]], "power"), {})
        good = all(abs(got.get(name, 9e9) - value * (365 if name in ("demand", "local", "met_locally") else 1)) <= 1e-9 * max(1, value * 365)
                   for name, value in want.items() if name != "area")
        verdict(good, f"the shared case: {want['area']}", want, got)
    verdict(LACK not in lacking, "and nothing of it is lacking", lacking)
    # In the file the window of the plan year counts: half a year is half of it.
    tables["need"] = ("need_id site_id resource_id quantity profile_id to", [(*row, "2030-07-02") for row in needs])
    rows, lacking, doc = dna(new(folder, "window", tables))
    verdict(abs(rows[None, "power"]["demand"] - 87 * 183) < 1e-6, "a need that ends counts with its part of the year", rows[None, "power"])


# ---------------------------------------------------------------- a peer
def spread(rows):
    """Shares by month, type of day and hour. rows: (month, day_type, hour, load)."""
    if not rows:
        return None
    has_hours = any(hour is not None for month, day, hour, load in rows)

    def find(month, day, hour):
        for want in ((month, day), (month, None), (None, day), (None, None)):
            for row in rows:
                if row[:3] == (*want, hour):
                    return fractions.Fraction(row[3])
        return None

    load = {}
    for month in range(1, 13):
        for day in TYPES:
            factor = find(month, day, None)
            for hour in range(24):
                level = find(month, day, hour)
                load[month, day, hour] = (1 if factor is None else factor) * (1 if not has_hours else 0 if level is None else level)
    total = sum(value * DAYS[month - 1] * TYPES[day] for (month, day, hour), value in load.items())
    return {slot: value / total for slot, value in load.items()} if total > 0 else None


def random_profile(rng):
    kinds = rng.choice(["flat", "hours", "months", "both", "all", "nothing"])
    rows, seen = [], set()

    def put(month, day, hour, load):
        if (month, day, hour) not in seen:
            seen.add((month, day, hour))
            rows.append((month, day, hour, load))

    if kinds in ("hours", "both", "all"):
        for hour in range(24):
            if rng.random() < 0.8:
                put(None, None, hour, rng.randint(0, 9))
    if kinds in ("months", "both"):
        for month in range(1, 13):
            put(month, None, None, rng.randint(1, 9))
    if kinds == "all":
        for i in range(40):
            put(rng.choice([None, *range(1, 13)]), rng.choice([None, *TYPES]), rng.choice([None, *range(24)]), rng.randint(0, 9))
    if kinds == "flat":
        put(None, None, None, rng.randint(1, 5))
        put(None, "sunday", None, 0)
    return rows


def peer(folder, seed):
    rng = random.Random(seed)
    resources = [("e", "energy", "E", None), ("heat", "energy", "Heat", "e"), ("steam", "energy", "Steam", "heat"), ("power", "energy", "Power", "e"),
                 ("w", "water", "W", None), ("m", "material", "M", None)]
    up = {key: parent for key, kind, name, parent in resources}
    areas = {"s-park": ["park", "r", None], "s-quarter": ["quarter", "r", None], "s-out": [None], None: [None]}
    profiles = {f"p{i}": random_profile(rng) for i in range(6)}
    shares = {key: spread(rows) for key, rows in profiles.items()}
    tables = dict(BASE)
    tables["resource"] = ("resource_id class name parent_id", resources)
    tables["profile"] = ("profile_id name", [(key, None) for key in profiles])
    tables["profile_hour"] = ("profile_id month day_type hour load", [(key, *row) for key, rows in profiles.items() for row in rows])
    sides = {}
    for side, n in (("offer", 8), ("need", 8)):
        sides[side] = [(f"{side}{i}", rng.choice(["s-park", "s-quarter", "s-out"] + ([None] if side == "need" else [])),
                        rng.choice(["heat", "steam", "power", "w", "m"]), rng.randint(0, 50), rng.choice([None, *profiles])) for i in range(n)]
        tables[side] = (f"{side}_id site_id resource_id quantity profile_id", sides[side])
    rows, lacking, doc = dna(new(folder, f"peer{seed}", tables))
    want = {}
    for area in (None, "r", "park", "quarter"):
        found = {}
        for resource in up:
            counting, total, known, hours = 0, {}, {}, {}
            for side in sides:
                total[side], known[side], hours[side] = 0, 0, {}
                for key, site, of, quantity, profile in sides[side]:
                    chain, at = [], of
                    while at is not None:
                        chain.append(at)
                        at = up[at]
                    if area not in areas[site] or resource not in chain or quantity == 0 or of == "m":
                        continue
                    counting += 1
                    total[side] += quantity
                    if profile is None or shares[profile] is None:
                        continue
                    known[side] += quantity
                    for slot, share in shares[profile].items():
                        hours[side][slot] = hours[side].get(slot, 0) + quantity * share
            if known["need"] == 0:
                continue
            met = sum(min(value, hours["offer"].get(slot, 0)) * DAYS[slot[0] - 1] * TYPES[slot[1]] for slot, value in hours["need"].items())
            is_known = not (total["offer"] > 0 and known["offer"] == 0)
            found[resource] = (counting, {"demand": known["need"], "self_sufficiency": met / known["need"] if is_known else None,
                                          "self_consumption": met / known["offer"] if is_known and known["offer"] else None,
                                          "demand_known_share": fractions.Fraction(known["need"], total["need"]),
                                          "local_known_share": fractions.Fraction(known["offer"], total["offer"]) if total["offer"] else None})
        for resource, (counting, figures) in found.items():
            def is_below(one):
                while one is not None and one != resource:
                    one = up[one]
                return one == resource
            if not any(other != resource and is_below(other) and found[other][0] == counting for other in found):
                want[area, resource] = figures
    good = set(rows) == set(want) and all(
        (rows[key][name] is None) == (value is None) and (value is None or abs(rows[key][name] - float(value)) <= 1e-9 * max(1, float(value)))
        for key, figures in want.items() for name, value in figures.items())
    verdict(good, f"a peer, region {seed}", want, rows)
    verdict((LACK in lacking) == (not any(area is None for area, resource in want)), f"what is lacking, region {seed}", lacking)


# ---------------------------------------------------------------- the plan
def plan(folder):
    tables = dict(BASE)
    tables["resource"] = ("resource_id class name", [("power", "energy", "Power")])
    tables["mode"] = ("mode_id name class", [("grid", "Grid", "energy")])
    tables["profile"] = ("profile_id name", [("day", None), ("late", None)])
    tables["profile_hour"] = ("profile_id hour load", [("day", hour, 1) for hour in range(8, 16)] + [("late", hour, 1) for hour in range(14, 22)])
    tables["offer"] = ("offer_id site_id resource_id quantity fate_eur profile_id", [("o1", "s-park", "power", 80, 1, "day"), ("o2", "s-park", "power", 20, 1, None)])
    tables["need"] = ("need_id site_id resource_id quantity price_eur profile_id", [("n", "s-quarter", "power", 100, 50, "late")])
    region = new(folder, "plan", tables)
    run("--quiet", "plan", region)
    rows, lacking, doc = dna(region)
    got = doc["circularity"]["plan_hours"]
    verdict(len(got) == 1 and got[0]["class"] == "energy" and abs(got[0]["moved"] - 100) < 1e-6 and abs(got[0]["known"] - 80) < 1e-6
            and abs(got[0]["coinciding"] - 20) < 1e-6, "two of eight hours of what the plan moves coincide", got)


with tempfile.TemporaryDirectory() as folder:
    shared_case(folder)
    for seed in range(int(os.environ.get("PEER_SEED", "1")), int(os.environ.get("PEER_SEED", "1")) + 12):
        peer(folder, seed)
    plan(folder)
done()
