"""Aim: products and accounts of a region come out of `knoop dna` as the shared cases say, what is not given is listed as lacking, and what
does not fit together is told by `knoop check`. Method: packages made of the shared cases; a peer in fractions over random ones that
shares no code. Prints TAP."""

import fractions
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from frame import KNOOP, ROOT, each, new_region, run, skip, verdict, write_package  # noqa: E402

CASES = os.path.join(ROOT, "..", "shared", "cases", "circularity")
IN, OUT = ("recycled_in", "reused_in", "bio_in"), ("to_recycling", "to_reuse", "to_compost", "to_energy")
PRODUCT = "lifetime_yr lifetime_average_yr use_per_year use_per_year_average".split()
MATERIAL = ["mass_kg", *IN, *OUT, "eff_in", "eff_out"]
FLOWS = "extraction imports exports recycled_domestic imported_for_recycling exported_for_recycling".split()
TREATED = "recycled backfilled energy_recovery incinerated landfilled".split()
ACROSS = ["imported_for_recycling", "exported_for_recycling"]
MCI, RATE, ACROSS_RATE = "material circularity of products (MCI)", "circular material use rate", "recycling rate across the border"

BASE = {
    "settings": ("key value", [("name", "Circular"), ("plan_year", 2030)]),
    "source": ("source_id title kind", [("s", "Own numbers", "reported")]),
    "area": ("area_id name level", [("r", "R", "region"), ("m", "M", "municipality")]),
    "actor": ("actor_id name", [("a", "A")]),
    "site": ("site_id actor_id name lon lat", [("s", "a", "S", 5, 51)]),
    "resource": ("resource_id class name", [("steel", "material", "Steel")]),
    "need": ("need_id resource_id quantity", [("n", "steel", 1)]),
}


def new(folder, name, tables):
    return new_region(folder, name, {**BASE, **tables})


def dna(region):
    doc = json.loads(run("--json", "dna", region))
    return doc["circularity"], {row["indicator"]: row["why"] for row in doc["lacking"]}


def near(a, b, tolerance=1e-12):
    """Expected figures of the cases have fifteen digits; what is 0 there is so but for rounding."""
    return a is not None and abs(a - b) <= tolerance * max(abs(b), 1)


def same(got, wanted):
    """Each figure of wanted, whether it has a unit in its name here or not."""
    return all(near(got[k if k in got else k + "_t"], v) for k, v in wanted.items() if isinstance(v, (int, float)))


def cell(value):
    return "" if value is None else repr(float(value)) if isinstance(value, fractions.Fraction) else value


def products_of(products, weights):
    """The tables product and product_material."""
    rows, materials = [], []
    for i, p in enumerate(products):
        rows.append((f"p{i}", p.get("product", f"P{i}"), "s", cell(weights[i]), *(cell(p.get(k)) for k in PRODUCT), "s"))
        materials += [(f"p{i}", m["material"], *(cell(m.get(k)) for k in MATERIAL), "s") for m in p["materials"]]
    return {"product": ("product_id name site_id weight " + " ".join(PRODUCT) + " source_id", rows),
            "product_material": ("product_id material " + " ".join(MATERIAL) + " source_id", materials)}


def accounts_of(materials, waste, mineral, area="", year=2023, prefix=""):
    return {"material_account": ("account_id area_id year material " + " ".join(FLOWS) + " source_id",
                                 [(f"{prefix}m{i}", area, year, m["material"], *(cell(m.get(k)) for k in FLOWS), "s") for i, m in enumerate(materials)]),
            "treatment_account": ("account_id area_id year waste " + " ".join(TREATED + ACROSS) + " is_major_mineral source_id",
                                  [(f"{prefix}w{i}", area, year, w["waste"], *(cell(w.get(k)) for k in TREATED + ACROSS), int(w["waste"] in mineral), "s")
                                   for i, w in enumerate(waste)])}


def read(name):
    path = os.path.join(CASES, name + ".json")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)


# ---------------------------------------------------------------- the shared cases
def check_products(folder):
    case = read("mci_products")
    if case is None:
        return skip("products of the shared case")
    portfolio = case["expected"]["portfolio"]
    region = new(folder, "case", products_of(case["input"], portfolio["weights"]))
    got, lacking = dna(region)
    rows = {row["name"]: row for row in got["products"]}
    for wanted in case["expected"]["products"]:
        row = rows[wanted["product"]]
        verdict(same(row, wanted), f"MCI: {wanted['product']}", row, wanted)
    verdict(near(got["mci"], portfolio["mci"]) and len(rows) == len(case["input"]) and MCI not in lacking, "the mean by weight", got["mci"], portfolio)
    text = run("dna", region)
    verdict("school chair as a service" in text and "0.833" in text and "0.623" in text, "as text too", text)
    verdict(findings(region) == [], "check finds no error")


def check_accounts(folder):
    case = read("material_use_and_recycling")
    if case is None:
        return skip("accounts of the shared case")
    given, wanted = case["input"], case["expected"]
    got, lacking = dna(new(folder, "case", accounts_of(given["materials"], given["waste"], given["major_mineral"])))
    account = got["material_accounts"][0]
    rows = {row["material"]: row for row in account["materials"]} | {"total": account["total"]}
    for row in wanted["materials"]:
        verdict(same(rows[row["material"]], row), f"use of {row['material']}", rows[row["material"]], row)
    verdict(got["circular_material_use_rate"] == account["total"]["circular_material_use_rate"] and account["area_id"] is None and account["year"] == 2023
            and RATE not in lacking and ACROSS_RATE not in lacking, "the rate of the region is that of the total", lacking)
    treated = got["treatment_accounts"][0]
    rows = {row["waste"]: row for row in treated["streams"]}
    for row in wanted["recycling"]["streams"]:
        verdict(same(rows[row["waste"]], row), f"treatment of {row['waste']}", rows[row["waste"]], row)
    for part in ("all", "without_major_mineral"):
        row = wanted["recycling"][part]
        verdict(same(treated[part], {"recycled_own": row["recycled"], "treated_own": row["treated"], "recycling_rate": row["rate"]}), f"recycling rate: {part}", treated[part], row)


# ---------------------------------------------------------------- a peer
def shares(draw, n):
    cuts = sorted(draw.randrange(0, 17) for _ in range(n))
    return [fractions.Fraction(b - a, 16) for a, b in zip([0] + cuts, cuts)]


def mci_of(product):
    total = [fractions.Fraction(0)] * 5
    for m in product["materials"]:
        get = lambda k, otherwise=0: otherwise if m.get(k) is None else m[k]
        mass = m["mass_kg"]
        made = mass * get("recycled_in") / get("eff_in", 1)
        parts = (mass, mass - sum(mass * get(k) for k in IN), mass - sum(mass * get(k) for k in OUT), made - mass * get("recycled_in"),
                 mass * get("to_recycling") * (1 - get("eff_out", 1)))
        total = [a + b for a, b in zip(total, parts)]
    mass, virgin, direct, feedstock, recycling = total
    waste = direct + (feedstock + recycling) / 2
    index = (virgin + waste) / (2 * mass + (feedstock - recycling) / 2)
    pair = lambda a, b: 1 if product.get(a) is None else fractions.Fraction(product[a]) / product[b]
    utility = pair("lifetime_yr", "lifetime_average_yr") * pair("use_per_year", "use_per_year_average")
    return {"mass_kg": mass, "virgin_kg": virgin, "waste_kg": waste, "linear_flow_index": index, "utility": utility, "mci": max(0, 1 - index * fractions.Fraction(9, 10) / utility)}


def check_peer(folder):
    draw = random.Random(7)
    products, weights = [], []
    for _ in range(40):
        materials = []
        for name in range(draw.randrange(1, 6)):
            m = dict(zip(IN, shares(draw, 3))) | dict(zip(OUT, shares(draw, 4)))
            m = {k: None if v == 0 and draw.random() < 0.5 else v for k, v in m.items()}
            m |= {"material": f"m{name}", "mass_kg": fractions.Fraction(draw.randrange(1, 400), 16)}
            m["eff_in"] = None if draw.random() < 0.3 else fractions.Fraction(draw.randrange(1, 17), 16)
            m["eff_out"] = None if draw.random() < 0.3 else fractions.Fraction(draw.randrange(0, 17), 16)
            materials.append(m)
        product = {"materials": materials}
        for a, b in (PRODUCT[:2], PRODUCT[2:]):
            if draw.random() < 0.7:
                product |= {a: draw.randrange(1, 40), b: draw.randrange(1, 40)}
        products.append(product)
        weights.append(draw.choice([None, 0, 1, fractions.Fraction(5, 4)]))
    got, _ = dna(new(folder, "random", products_of(products, weights)))
    wanted = [mci_of(p) for p in products]
    bad = [(g, w) for g, w in zip(got["products"], wanted) if not all(near(g[k], float(w[k]), 1e-11) for k in w)]
    verdict(not bad and len(got["products"]) == 40, "forty products as a peer in fractions has them", bad[:1])
    known = [1 if w is None else w for w in weights]
    mean = float(sum(w * k["mci"] for w, k in zip(known, wanted)) / sum(known))
    verdict(near(got["mci"], mean, 1e-11), "and their mean, where a blank weight is 1", got["mci"], mean)
    verdict(all(0 <= row["mci"] <= 1 for row in got["products"]), "between 0 and 1")


# ---------------------------------------------------------------- what lacks, what does not fit
def findings(region, code=0):
    return [f for f in json.loads(run("--json", "check", region, expect=code))["findings"] if f["severity"] == "error"]


def check_lacks(folder):
    got, lacking = dna(new(folder, "none", {}))
    verdict({MCI, RATE, ACROSS_RATE} <= set(lacking) and got["mci"] is None and got["circular_material_use_rate"] is None and got["products"] == [], "without tables all is listed", lacking)
    full = dict.fromkeys(FLOWS, 5)
    waste = dict.fromkeys(TREATED + ACROSS, 3) | {"waste": "wood"}
    here = accounts_of([full | {"material": "biomass"}], [waste], [], area="m")
    got, lacking = dna(new(folder, "part", here))
    verdict({RATE, ACROSS_RATE} <= set(lacking) and got["circular_material_use_rate"] is None and got["material_accounts"][0]["area_id"] == "m"
            and near(got["material_accounts"][0]["total"]["circular_material_use_rate"], 0.5), "accounts of a part are told, and are not the region's", got, lacking)
    blank = accounts_of([full | {"material": "a"}, full | {"material": "b", "extraction": None}], [waste | {"backfilled": None}], [])
    got, lacking = dna(new(folder, "blank", blank))
    account = got["material_accounts"][0]
    verdict("blank" in lacking[RATE] and "blank" in lacking[ACROSS_RATE] and account["total"]["dmc_t"] is None and account["materials"][1]["circular_use_t"] == 5
            and account["materials"][0]["import_reliance"] == 0, "blank is not 0: what needs it is not told, the rest is", account, lacking)
    years = accounts_of([full | {"material": "a"}], [waste], [], year=2022, prefix="x")
    for table, (_, rows) in accounts_of([full | {"material": "a", "extraction": 45}], [waste | {"recycled": 13}], [], year=2021).items():
        years[table][1].extend(rows)
    got, _ = dna(new(folder, "years", years))
    verdict([a["year"] for a in got["material_accounts"]] == [2021, 2022] and near(got["circular_material_use_rate"], 0.5)
            and near(got["treatment_accounts"][0]["all"]["recycling_rate"], 13 / 25), "every year is told, the latest is the region's", got["material_accounts"])
    some = products_of([{"materials": [{"material": "steel", "mass_kg": 1}]}, {"materials": []}], [1, 1])
    got, lacking = dna(new(folder, "some", some))
    verdict(near(got["products"][0]["mci"], 0.1) and got["products"][1]["mci"] is None and got["mci"] is None and MCI in lacking, "a product without materials has no MCI, nor has the mean", got)
    some["product"][1][1] = ("p1", "P1", "s", 0, "", "", "", "", "s")
    got, lacking = dna(new(folder, "none-counts", some))
    verdict(near(got["mci"], 0.1) and MCI not in lacking, "unless it does not count", got["mci"], lacking)


def check_misfits(folder):
    steel = {"material": "steel", "mass_kg": 2}
    bad = products_of([{"materials": [steel | {"recycled_in": 0.6, "bio_in": 0.5}]}, {"materials": [steel | {"to_reuse": 0.7, "to_recycling": 0.4}]},
                       {"materials": [steel], "lifetime_yr": 4}, {"materials": [steel], "use_per_year_average": 4},
                       {"materials": [steel | {"recycled_in": 0.1, "reused_in": 0.2, "bio_in": 0.7}]}], [1] * 5)
    region = new(folder, "bad", bad)
    found = [(f["table"], f["row"], f["column"]) for f in findings(region, 1)]
    wanted = [("product_material", "p0, steel", "recycled_in"), ("product_material", "p1, steel", "to_recycling"), ("product", "p2", "lifetime_average_yr"), ("product", "p3", "use_per_year")]
    verdict(sorted(found) == sorted(wanted), "shares of more than all of it, half of a pair: by table, row and column", found)
    got, _ = dna(region)
    verdict([row["mci"] is None for row in got["products"]] == [True, True, True, True, False], "such products have no MCI; shares that are 1 but for rounding do", got["products"])
    full = dict.fromkeys(FLOWS, 5) | {"material": "a"}
    waste = dict.fromkeys(TREATED + ACROSS, 3) | {"waste": "wood"}
    twice = accounts_of([full, full | {"material": "b"}, full], [waste, waste], [])
    found = [(f["table"], f["row"], f["column"]) for f in findings(new(folder, "twice", twice), 1)]
    verdict(found == [("material_account", "m2", "material"), ("treatment_account", "w1", "waste")], "what is accounted for twice", found)
    for column, value in (("recycled_in", 1.5), ("eff_in", 0), ("eff_in", 1.01), ("eff_out", -0.1), ("mass_kg", 0)):
        package = write_package(os.path.join(folder, f"{column}{value}"), {**BASE, **products_of([{"materials": [steel | {column: value}]}], [1])})
        done = subprocess.run([KNOOP, "new", package + ".gpkg", "--from", package], capture_output=True, text=True)
        verdict(done.returncode == 3 and "product_material.csv:2:" in done.stderr and column in done.stderr, f"{column} {value} is refused where it stands", done.stderr)


def check_round_trip(folder):
    tables = products_of([{"materials": [{"material": "steel", "mass_kg": 2.5, "eff_in": 0.75}], "lifetime_yr": 4, "lifetime_average_yr": 3}], [None])
    tables |= accounts_of([dict.fromkeys(FLOWS, 5) | {"material": "a", "exports": None}], [dict.fromkeys(TREATED + ACROSS, 3) | {"waste": "wood"}], ["wood"])
    region, once, twice = new(folder, "full", tables), os.path.join(folder, "once"), os.path.join(folder, "twice")
    run("--quiet", "export", region, once)
    run("--quiet", "new", once + ".gpkg", "--from", once)
    run("--quiet", "export", once + ".gpkg", twice)
    names = sorted(os.listdir(once))
    pairs = [[open(os.path.join(f, name), "rb").read() for f in (once, twice)] for name in names]
    verdict({t + ".csv" for t in tables} <= set(names) and sorted(os.listdir(twice)) == names and all(a == b for a, b in pairs), "exported, read and exported again: the same bytes", names)
    verdict(dna(region)[0] == dna(once + ".gpkg")[0], "and the same circularity")


each(check_products, check_accounts, check_peer, check_lacks, check_misfits, check_round_trip)
