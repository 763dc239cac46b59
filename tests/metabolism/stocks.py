"""Aim: stocks and fleets are what the published and the shared cases say, add up whatever the numbers, and become offers that
overwrite nothing. Method: the real program on region files; a peer with math.erfc and fractions that shares no code. Prints TAP."""

import csv
import fractions
import json
import math
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from frame import KNOOP, ROOT, each, new_region, refused, run, skip, verdict  # noqa: E402

CASES = os.path.join(ROOT, "..", "shared", "cases", "stocks")

BASE = {
    "settings": ("key value", [("name", "Stocks"), ("plan_year", 2035)]),
    "source": ("source_id title kind reliability", [("r", "Report", "reported", 1)]),
    "actor": ("actor_id name", [("a", "A")]),
    "site": ("site_id actor_id name lon lat", [("s", "a", "S", 5, 51), ("t", "a", "T", 5, 51)]),
    "resource": ("resource_id class name parent_id", [("chair", "material", "Chairs", ""), ("seat", "material", "Seats", "chair"), ("heat", "energy", "Heat", "")]),
    "need": ("need_id resource_id quantity", [("n", "chair", 1)]),
}


def new(folder, tables):
    return new_region(folder, "package", {**BASE, **tables})


STOCK = "stock_id site_id resource_id driver lifetime mean_yr sd_yr shape scale_yr may_shrink source_id"
FLEET = "fleet_id site_id resource_id contract_years loss_at_return refurbish_yield most_refurbishments kg_new kg_parts"


def stock_row(key, driver, life, may_shrink="", site="s"):
    return (key, site, "chair", driver, life["type"], life.get("mean", ""), life.get("sd", ""), life.get("shape", ""), life.get("scale", ""), may_shrink, "r")


def stock_tables(stocks):
    """stocks: (key, driver, lifetime, first year, values[, may_shrink[, cohorts]])"""
    rows, years, cohorts = [], [], []
    for key, driver, life, first, values, *more in stocks:
        rows.append(stock_row(key, driver, life, more[0] if more else ""))
        for i, value in enumerate(values):
            years.append((key, first + i, repr(value) if driver == "inflow" else "", repr(value) if driver == "stock" else ""))
        for cohort, quantity in (more[1] if len(more) > 1 else {}).items():
            cohorts.append((key, cohort, repr(quantity)))
    random.Random(3).shuffle(years)
    return {"stock": (STOCK, rows), "stock_year": ("stock_id year inflow stock", years), "stock_cohort": ("stock_id cohort quantity", cohorts)}


def stocks_of(region, *options):
    return {row["stock_id"]: row for row in json.loads(run("--json", "stocks", region, *options))["stocks"]}


def column(stock, name):
    return [row[name] for row in stock["years"]]


def near(a, b, tolerance=1e-9):
    return all(abs(x - y) <= tolerance * abs(y) + 1e-13 for x, y in zip(a, b)) and len(a) == len(b)


def case(name):
    with open(os.path.join(CASES, name + ".json"), encoding="utf-8") as stream:
        data = json.load(stream)
    return data["input"], data["expected"]


def check_cases(folder):
    if not os.path.isdir(CASES):
        skip("the shared cases")
        return
    given, expected = case("inflow_fixed_normal_weibull")
    first = given["year"][0]
    region = new(folder, stock_tables([(life["type"], "inflow", life, first, given["inflow"]) for life in given["lifetimes"]]))
    got = stocks_of(region)
    for want in expected:
        of = got[want["type"]]
        verdict(near(column(of, "stock"), want["stock"]) and near(column(of, "outflow"), want["outflow"]), f"inflow, {want['type']}: stock and outflow", of["years"])
        if "stock_2020_by_cohort" in want:
            verdict(near([c["left"] for c in of["cohorts"]], want["stock_2020_by_cohort"]), "and what is left of each cohort")
    region = new(folder, stock_tables([(want["type"], "stock", life, first, want["stock"]) for want, life in zip(expected, given["lifetimes"])]))
    back = stocks_of(region)
    verdict(all(near(column(back[want["type"]], "inflow"), given["inflow"]) for want in expected[1:]), "backwards the stock gives the inflow")
    given, expected = case("inflow_lognormal")
    region = new(folder, stock_tables([(f"l{i}", "inflow", dict(life, type="lognormal"), 0, given["inflow"]) for i, life in enumerate(given["lifetimes"])]))
    got = stocks_of(region)
    for i, want in enumerate(expected):
        of = {row["year"]: row for row in got[f"l{i}"]["years"]}
        verdict(near([of[y]["stock"] for y in want["year"]], want["stock"]) and near([of[y]["outflow"] for y in want["year"]], want["outflow"]),
                f"lognormal, mean {want['mean']}, deviation {want['sd']}")
    given, expected = case("stock_driven_weibull")
    life = given["lifetime"]
    of = stocks_of(new(folder, stock_tables([("w", "stock", life, given["year"][0], given["stock"])])))["w"]
    verdict(near(column(of, "inflow"), expected["inflow"]) and near(column(of, "outflow"), expected["outflow"]), "stock-driven: inflow and outflow")
    verdict(near([of["years"][-1]["mean_age_yr"], of["mean_lifetime_yr"]], [expected["mean_age_2034"], expected["mean_lifetime"]]), "mean age, mean lifetime")
    verdict(near([c["left"] for c in of["cohorts"]], expected["stock_2034_by_cohort"]), "cohorts at the end")
    given, expected = case("service_fleet")
    region = new(folder, {"fleet": (FLEET, [("f", "s", "chair", given["contract_years"], given["loss_at_return"], given["refurbish_yield"],
                                             given["most_refurbishments"], given["kg_new"], given["kg_parts"])]),
                          "fleet_year": ("fleet_id year contracts", [("f", y, c) for y, c in zip(given["year"], given["contracts"])])})
    fleet = json.loads(run("--json", "stocks", region))["fleets"][0]
    good = len(fleet["years"]) == len(expected["years"])
    for have, want in zip(fleet["years"], expected["years"]):
        good &= all(near(have[k], v) if isinstance(v, list) else near([have[k]], [v]) for k, v in want.items())
    verdict(good, "fleet: every figure of every year")
    verdict(near([fleet["steady_new_share"], sum(y["material_kg"] for y in fleet["years"])], [expected["steady_new_share"], expected["sum_material_kg"]]),
            "fleet: steady share, sum of material")


# ---------------------------------------------------------------- whatever the numbers
def survival(life, age):
    if life["type"] == "fixed":
        return 1.0 if age < life["mean"] else 0.0
    if life["type"] == "normal":
        return 0.5 * math.erfc((age - life["mean"]) / life["sd"] / math.sqrt(2))
    if life["type"] == "weibull":
        return math.exp(-((age / life["scale"]) ** life["shape"]))
    if age == 0:
        return 1.0
    variance = math.log(1 + (life["sd"] / life["mean"]) ** 2)
    return 0.5 * math.erfc((math.log(age) - math.log(life["mean"]) + variance / 2) / math.sqrt(2 * variance))


def draw_life(rng):
    kind = rng.choice(["fixed", "normal", "weibull", "lognormal"])
    if kind == "weibull":
        return {"type": kind, "shape": rng.uniform(0.5, 5), "scale": rng.uniform(1, 40)}
    mean = rng.uniform(2, 40)
    return {"type": kind, "mean": mean} if kind == "fixed" else {"type": kind, "mean": mean, "sd": mean * rng.uniform(0.1, 0.9)}


def peer_stock(driver, life, first, values, may_shrink, cohorts):
    left = dict(cohorts)
    out, before = [], sum(left.values())
    for i, value in enumerate(values):
        year = first + i
        for c in left:
            then, now = survival(life, year - 1 - c), survival(life, year - c)
            left[c] = left[c] * now / then if then > 0 else 0
        earlier = sum(left.values())
        inflow = value if driver == "inflow" else (value - earlier) / survival(life, 0)
        if inflow < 0 and driver == "stock" and not may_shrink:
            inflow = 0
            left = {c: v * value / earlier for c, v in left.items()}
        left[year] = inflow * survival(life, 0)
        stock = sum(left.values())
        out.append((inflow, before + inflow - stock, stock))
        before = stock
    return out


def check_random(folder):
    rng = random.Random(5)
    stocks, wanted = [], {}
    for i in range(60):
        life, driver, first = draw_life(rng), rng.choice(["inflow", "stock"]), rng.randint(1950, 2020)
        shrinks = driver == "stock" and rng.random() < 0.5
        values = [round(rng.uniform(0, 100) if driver == "inflow" or shrinks else 50 * (i + 2) * 1.3 ** y, 3) for i, y in enumerate(range(rng.randint(1, 40)))]
        cohorts = {first - rng.randint(1, 30): round(rng.uniform(0, 50), 3) for _ in range(rng.randint(0, 4))}
        if life["type"] == "fixed" or survival(life, 30) < 1e-12:
            cohorts = {}
        may_shrink = rng.choice([0, 1])
        stocks.append((f"k{i}", driver, life, first, values, may_shrink, cohorts))
        wanted[f"k{i}"] = peer_stock(driver, life, first, values, may_shrink, cohorts)
    got = stocks_of(new(folder, stock_tables(stocks)))
    # The peer takes an outflow as a difference, which is as exact as its stock.
    bad = [key for key, want in wanted.items() if not all(abs(have - w[j]) < 1e-9 * (1 + w[2] + abs(w[j])) for j, name in enumerate(("inflow", "outflow", "stock"))
                                                          for have, w in zip(column(got[key], name), want)) or len(want) != len(got[key]["years"])]
    verdict(not bad, "random stocks are what the peer says", bad, [s for s in stocks if s[0] in bad][:1], [got[b]["years"] for b in bad[:1]], [wanted[b] for b in bad[:1]])
    balance = all(abs(sum(column(got[s[0]], "inflow")) + sum(s[6].values()) - sum(column(got[s[0]], "outflow")) - got[s[0]]["years"][-1]["stock"])
                  < 1e-9 * (1 + sum(map(abs, column(got[s[0]], "inflow")))) for s in stocks)
    verdict(balance, "what went in came out or is there")
    verdict(all(abs(sum(c["left"] for c in got[s[0]]["cohorts"]) - got[s[0]]["years"][-1]["stock"]) < 1e-9 * 1e4 for s in stocks), "a stock is the sum of its cohorts")
    falls = [s for s in stocks if s[1] == "stock" and s[5] == 1 and min(w[0] for w in wanted[s[0]]) < 0]
    stays = [s for s in stocks if s[1] == "stock" and s[5] == 0]
    verdict(len(falls) > 0 and all(got[s[0]]["negative_inflow_year"] is not None for s in falls), "a negative inflow is told")
    verdict(all(got[s[0]]["negative_inflow_year"] is None and min(column(got[s[0]], "inflow")) >= 0 for s in stays), "where it may not be, there is none")


def peer_fleet(years, contracts, L, loss, yields, most):
    """In rational numbers."""
    store, served, out = [fractions.Fraction(0)] * (most + 1), [], []
    made = gone = fractions.Fraction(0)
    for i, c in enumerate(contracts):
        if i >= L:
            for g, units in enumerate(served[i - L]):
                back = units * (1 - loss)
                again = back * yields if g < most else 0
                gone += units - again
                if g < most:
                    store[g + 1] += again
        row = [fractions.Fraction(0)] * (most + 1)
        for g in range(1, most + 1):
            row[g] = min(c - sum(row), store[g])
            store[g] -= row[g]
        row[0] = c - sum(row)
        made += row[0]
        served.append(row)
        assert made == gone + sum(contracts[max(0, i - L + 1):i + 1]) + sum(store)
        out.append((row, sum(store)))
    return out


def check_fleets(folder):
    rng = random.Random(9)
    fleets, years, wanted = [], [], {}
    for i in range(30):
        L, loss, yields, most = rng.randint(1, 7), rng.randint(0, 30) / 100, rng.randint(0, 100) / 100, rng.randint(0, 5)
        contracts = [rng.randint(0, 500) for _ in range(rng.randint(1, 25))]
        fleets.append((f"f{i}", "s", "chair", L, loss, yields, most, 18, 3))
        years += [(f"f{i}", 2020 + y, c) for y, c in enumerate(contracts)]
        wanted[f"f{i}"] = peer_fleet(years, contracts, L, fractions.Fraction(int(round(loss * 100)), 100), fractions.Fraction(int(round(yields * 100)), 100), most)
    out = json.loads(run("--json", "stocks", new(folder, {"fleet": (FLEET, fleets), "fleet_year": ("fleet_id year contracts", years)})))
    good = all(near(y["by_life"], [float(u) for u in w[0]], 1e-9) and near([y["store"]], [float(w[1])], 1e-9) for f in out["fleets"] for y, w in
               zip(f["years"], wanted[f["fleet_id"]]))
    verdict(good and len(out["fleets"]) == 30, "random fleets are what rational numbers say")


def check_offers(folder):
    tables = stock_tables([("doors", "inflow", {"type": "normal", "mean": 12, "sd": 3}, 2015, [100.0] * 10), ("desks", "stock", {"type": "weibull", "shape": 2, "scale": 9}, 2018, [50.0, 60.0]),
                           ("nowhere", "inflow", {"type": "fixed", "mean": 20}, 2015, [7.0]), ("there", "inflow", {"type": "fixed", "mean": 20}, 2015, [7.0])])
    rows = [list(row) for row in tables["stock"][1]]
    rows[2][1], rows[3][1], rows[1][2] = "", "t", "seat"
    tables["stock"] = (STOCK, rows)
    tables["offer"] = ("offer_id site_id resource_id quantity from to source_id", [("o", "t", "seat", 5, "2030-01-01", "2040-12-31", "r"), ("old", "s", "chair", 5, "", "2020-12-31", "r")])
    tables["fleet"] = (FLEET, [("fleet", "s", "chair", 4, 0.04, 0.85, 0, 18, 3)])
    tables["fleet_year"] = ("fleet_id year contracts", [("fleet", 2030 + y, 500) for y in range(3)])
    region = new(folder, tables)
    shown = stocks_of(region, "--year", "2035")
    doors = {row["year"]: row for row in shown["doors"]["years"]}
    left = 100 * sum(survival({"type": "normal", "mean": 12, "sd": 3}, 2035 - c) for c in range(2015, 2025))
    verdict(abs(doors[2035]["stock"] - left) < 1e-9 * left and doors[2035]["inflow"] is None and doors[2035]["is_left_over"], "beyond what is given only what is there counts")
    with open(region, "rb") as stream:
        before = stream.read()
    dry = json.loads(run("--json", "stocks", region, "--offers", "--dry-run"))
    with open(region, "rb") as stream:
        verdict(stream.read() == before and dry["run_id"] is None, "a dry run changes no byte")
    out = json.loads(run("--json", "stocks", region, "--offers"))
    offers = {row["offer_id"]: row for row in out["offers"]}
    verdict(set(offers) == {"est-stock:doors:2035", "est-stock:desks:2035", "est-stock:fleet:2035"} and out["run_id"] > 0, "the outflow of the plan year is offered", offers)
    verdict(abs(offers["est-stock:doors:2035"]["quantity"] - doors[2035]["outflow"]) < 1e-9 and abs(offers["est-stock:fleet:2035"]["quantity"] - 500 * 0.96 * 18 / 1000) < 1e-9,
            "as much as leaves", offers)
    why = {row.get("stock_id") or row.get("fleet_id"): row["why"] for row in out["not_offered"]}
    verdict(set(why) == {"nowhere", "there"} and "site" in why["nowhere"], "without a site, or where a kind of it is reported, nothing is", why)
    exported = os.path.join(folder, "out")
    run("--quiet", "export", region, exported)
    with open(os.path.join(exported, "offer.csv"), encoding="utf-8") as stream:
        rows = {row["offer_id"]: row for row in csv.DictReader(stream)}
    one = rows["est-stock:doors:2035"]
    verdict(one["from"] == "2035-01-01" and one["to"] == "2035-12-31" and one["source_id"] == "estimate" and one["description"].startswith("estimate:"), "dated, of the source estimate", one)
    verdict(rows["o"]["quantity"] == "5" and rows["old"]["quantity"] == "5", "what is reported stays")
    run("--json", "stocks", region, "--offers", "--year", "2033")
    again = json.loads(run("--json", "stocks", region, "--offers", "--year", "2033"))
    verdict(again["offers_removed"] == 2 or again["offers_removed"] == 3, "a second run of a year replaces that year alone", again["offers_removed"])
    estimate = json.loads(run("--json", "estimate", region))
    verdict(estimate["removed"]["offers"] == 0, "an estimate by jobs leaves them")
    undone = json.loads(run("--json", "stocks", region, "--undo"))
    run("--quiet", "export", region, exported)
    with open(os.path.join(exported, "offer.csv"), encoding="utf-8") as stream:
        verdict({row["offer_id"] for row in csv.DictReader(stream)} == {"o", "old"} and undone["offers_removed"] >= 5, "undo takes out those of all years")


def check_wrong(folder):
    life = {"type": "weibull", "shape": 2, "scale": 9}
    tables = stock_tables([("gap", "inflow", life, 2015, [1.0, 2.0, 3.0])])
    tables["stock_year"] = ("stock_id year inflow stock", [row for row in tables["stock_year"][1] if row[1] != 2016])
    text = refused("stocks", new(folder, tables), expect=3)
    verdict("gap" in text and "2016" in text, "a missing year is named", text)
    tables = stock_tables([("bare", "inflow", {"type": "normal", "mean": 5}, 2015, [1.0])])
    text = refused("stocks", new(folder, tables), expect=3)
    verdict("bare" in text and "sd_yr" in text, "so is a figure that a lifetime lacks", text)
    tables = stock_tables([("late", "inflow", life, 2015, [1.0], 1, {2016: 4.0})])
    text = refused("stocks", new(folder, tables), expect=3)
    verdict("late" in text and "2016" in text, "so is a cohort that comes too late", text)
    tables = stock_tables([("none", "stock", life, 2015, [1.0])])
    tables["stock_year"] = ("stock_id year inflow stock", [("none", 2015, 4, "")])
    text = refused("stocks", new(folder, tables), expect=3)
    verdict("none" in text and "2015" in text, "so is a year without its figure", text)
    package = os.path.join(folder, "package")
    with open(os.path.join(package, "stock_year.csv"), "a", encoding="utf-8") as out:
        out.write("none,2015,5,\n")
    text = refused("new", os.path.join(folder, "twice.gpkg"), "--from", package, expect=3)
    verdict("stock_year.csv:3" in text and "none, 2015" in text, "a year twice is refused, with its line", text)
    tables = stock_tables([("gap", "inflow", life, 2015, [1.0, 2.0, 3.0]), ("bare", "inflow", {"type": "normal", "mean": 5}, 2015, [1.0]), ("late", "inflow", life, 2015, [1.0], 1, {2016: 4.0}), ("none", "stock", life, 2015, [1.0]),
                           ("empty", "inflow", life, 2015, []), ("good", "stock", life, 2015, [1.0, 2.0], 1, {2010: 3.0})])
    tables["stock_year"] = ("stock_id year inflow stock", [("none", 2015, 4, "") if row[0] == "none" else row for row in tables["stock_year"][1] if row[:2] != ("gap", 2016)])
    tables["total"] = ("total_id nace quantity", [("t", "wood", 5), ("u", "C16.1", 5), ("v", "F", 5)])
    done = subprocess.run([KNOOP, "--json", "check", new(folder, tables)], capture_output=True, text=True)
    found = {(row["row"], row["rule"], row["severity"]) for row in json.loads(done.stdout)["findings"] if row["table"] in ("stock", "total") and row["rule"] != "no_source"}
    wanted = {("gap", "missing_year", "error"), ("bare", "lifetime", "error"), ("late", "cohort", "error"), ("none", "no_figure", "error"), ("empty", "no_years", "warning"), ("t", "sector", "warning")}
    verdict(found == wanted and done.returncode == 1, "check tells all that before they are run, and nothing of the good one", found ^ wanted)
    bare = new(folder, {"settings": ("key value", [("name", "Bare")])})
    verdict("--year" in refused("stocks", bare, "--offers", expect=2), "offers want a year")


each(check_cases, check_random, check_fleets, check_offers, check_wrong)
