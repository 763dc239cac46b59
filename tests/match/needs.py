"""Aim: the chance that an offer goes to a need that is alike in words holds for known exchanges that were kept out of fitting it.
Method: each published case becomes a region: who gives offers what he gives, who takes needs what he takes, all in one place, so that distance
counts for nothing. A pair counts where the need is known from somebody else, and it was seen where that donor gives it to that receiver as well.
The program is asked for its seeds. The part kept out is that of recall.py, by the exchange of the offer. Prints TAP; --table prints the figures of
docs/method.md and the weights that the other part asks for. Usage: needs.py KNOOP EXCHANGES.csv [--table]"""
import csv
import json
import math
import os
import re
import subprocess
import sys
import tempfile

import reliability
from recall import is_held_out

HEAT = re.compile(r"heat|steam|vapour|hot water|warm water|thermal")
ENERGY, WATER = re.compile(r"heat|steam|vapour|electric|power|coolant"), re.compile(r"\bwater\b|effluent|condensate")


def class_of(words):
    return "energy" if ENERGY.search(words.lower()) else "water" if WATER.search(words.lower()) else "material"


def who(row, side):
    return row[f"{side}_company"] or "one of " + row[f"{side}_nace"]


def write(folder, table, columns, rows):
    with open(os.path.join(folder, table + ".csv"), "w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([columns.split(), *rows])


def make_region(folder, knoop, case, offers, needs):
    """offers, needs: lists of ((who, words), rows)."""
    package, region = os.path.join(folder, "case" + case), os.path.join(folder, case + ".gpkg")
    os.makedirs(package)
    nace = {}
    for (name, words), rows in offers:
        nace.setdefault(name, rows[0]["donor_nace"].split(";")[0])
    for (name, words), rows in needs:
        nace.setdefault(name, rows[0]["receiver_nace"].split(";")[0])
    key = {name: f"a{i}" for i, name in enumerate(nace)}
    resources = [[f"{side}{i}", class_of(words), words, rows[0]["ewc"].split(";")[0]]
                 for side, some in (("o", offers), ("n", needs)) for i, ((name, words), rows) in enumerate(some)]
    write(package, "settings", "key value", [["name", case], ["plan_year", 2026]])
    write(package, "actor", "actor_id name nace", [[key[name], name, code] for name, code in nace.items()])
    write(package, "site", "site_id actor_id name lon lat", [[one, one, name, 5.5, 50.95] for name, one in key.items()])
    write(package, "resource", "resource_id class name code_low", resources)
    write(package, "offer", "offer_id site_id resource_id quantity", [[f"o{i}", key[name], f"o{i}", 100] for i, ((name, words), rows) in enumerate(offers)])
    write(package, "need", "need_id site_id resource_id quantity price_eur",
          [[f"n{i}", key[name], f"n{i}", 100, 10] for i, ((name, words), rows) in enumerate(needs)])
    write(package, "mode", "mode_id name class eur_per_unit_km", [["m", "M", kind, 0.1] for kind in ("material", "energy", "water")])
    subprocess.run([knoop, "--quiet", "new", region, "--from", package], check=True, stdout=subprocess.DEVNULL)
    return region


def ask(folder, knoop, case, rows, spread):
    """Of one case: (held out, alike, chance, seen) of each pair that is a seed; `spread` gets (held out, low, high)."""
    offers, needs, out = {}, {}, []
    for row in rows:
        offers.setdefault((who(row, "donor"), row["waste"]), []).append(row)
        needs.setdefault((who(row, "receiver"), row["waste"]), []).append(row)
    offers, needs = list(offers.items()), list(needs.items())
    region = make_region(folder, knoop, case, offers, needs)
    done = subprocess.run([knoop, "--json", "--quiet", "seeds", region, "--most", "100"], capture_output=True, text=True, check=True)
    for seed in json.loads(done.stdout):
        if seed["kind"] != "need":
            continue
        (donor, words), given = offers[int(seed["offer_id"][1:])]
        (receiver, asked), taken = needs[int(seed["need_id"][1:])]
        if donor == receiver or all(who(row, "donor") == donor for row in taken):
            continue  # the need is known from this donor alone
        if seed["basis"] != "calibrated":
            raise SystemExit("Bail out! a need by its words is said to be an estimate")
        seen = any(who(row, "receiver") == receiver for row in given)
        out.append((is_held_out(given[0]["exchange_id"]), seed["alike"], seed["chance"], int(seen)))
        spread.append((out[-1][0], seed["probability_low"], seed["probability_high"]))
    return out


def heat_pairs(rows):
    """(held out, seen) of each pair of who gives heat and who takes it from somebody else, in one case."""
    cases, out = {}, []
    for row in rows:
        if HEAT.search(row["waste"].lower()):
            cases.setdefault(row["case_no"], []).append(row)
    for some in cases.values():
        given = {}
        for row in some:
            given.setdefault(who(row, "donor"), []).append(row)
        for donor, own in sorted(given.items()):
            for receiver in sorted({who(row, "receiver") for row in some} - {donor}):
                if any(who(row, "receiver") == receiver and who(row, "donor") != donor for row in some):
                    out.append((is_held_out(min(row["exchange_id"] for row in own)), any(who(row, "receiver") == receiver for row in own)))
    return out


def fit(pairs):
    """Intercept and slope of the logit of being seen by likeness, with their standard errors: Newton's method."""
    a = b = 0
    for _ in range(50):
        g0 = g1 = h00 = h01 = h11 = 0
        for held, alike, chance, seen in pairs:
            p = 1 / (1 + math.exp(-(a + b * alike)))
            g0, g1, w = g0 + seen - p, g1 + (seen - p) * alike, p * (1 - p)
            h00, h01, h11 = h00 + w, h01 + w * alike, h11 + w * alike * alike
        det = h00 * h11 - h01 * h01
        a, b = a + (h11 * g0 - h01 * g1) / det, b + (h00 * g1 - h01 * g0) / det
    return a, b, math.sqrt(h11 / det), math.sqrt(h00 / det)


def main():
    knoop, exchanges = sys.argv[1:3]
    rows = [row for row in csv.DictReader(open(exchanges, encoding="utf-8"))
            if row["waste"] and (row["donor_company"] or row["donor_nace"]) and (row["receiver_company"] or row["receiver_nace"])]
    pairs, spread = [], []
    with tempfile.TemporaryDirectory() as folder:
        for case in sorted({row["case_no"] for row in rows}, key=int):
            pairs += ask(folder, knoop, case, [row for row in rows if row["case_no"] == case], spread)
    parts = {name: [pair for pair in pairs if pair[0] == held] for name, held in (("held out", True), ("tuned on", False))}
    told = {name: [(chance, seen) for held, alike, chance, seen in some] for name, some in parts.items()}
    if "--table" in sys.argv:
        for name, some in told.items():
            reliability.show(name, some)
            reliability.show(name + ", 0.35 x likeness", [(0.35 * alike, seen) for held, alike, chance, seen in parts[name]])
        for held in (False, True):
            some = [seen for part, seen in heat_pairs(rows) if part == held]
            print(f"heat, {'held out' if held else 'tuned on'}: {sum(some)} of {len(some)} pairs seen")
        print("weights asked for: need_a {:.3f}, need_b {:.3f}, standard errors {:.2f}, {:.2f}".format(*fit(parts["tuned on"])))
        return
    a, b, _, _ = fit(parts["tuned on"])
    wrong = max(abs(chance - 1 / (1 + math.exp(-(a + b * alike)))) for held, alike, chance, seen in pairs)
    some = told["held out"]
    mean, seen = (sum(pair[k] for pair in some) / len(some) for k in (0, 1))
    seen_apart = seen
    error = math.sqrt(sum(chance * (1 - chance) for chance, one in some)) / len(some)
    print(f"{'ok' if wrong < 0.005 else 'not ok'} 1 - what is told is what the fitted part asks for, within {wrong:.4f}")
    print(f"{'ok' if abs(mean - seen) < 2 * error else 'not ok'} 2 - held out, {len(some)} pairs: told {mean:.3f}, seen {seen:.3f}, standard error {error:.3f}")
    print(f"{'ok' if reliability.brier(some) < 0.25 and reliability.skill(some) > -0.05 else 'not ok'} 3 - held out: Brier {reliability.brier(some):.4f}, "
          f"skill {reliability.skill(some):.3f}")
    # Heat: an estimate, held against the pairs of those cases, which tell no temperatures.
    reference = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data", "reference", "seed_weight.csv")
    chance = {row["name"]: float(row["value"]) for row in csv.DictReader(open(reference, encoding="utf-8"))}["heat_pair"]
    seen = [one for part, one in heat_pairs(rows)]
    error = math.sqrt(chance * (1 - chance) / len(seen))
    print(f"{'ok' if len(seen) >= 30 and abs(chance - sum(seen) / len(seen)) < 2 * error else 'not ok'} 4 - heat: told {chance}, seen {sum(seen)} of {len(seen)}, standard error {error:.3f}")
    # What is shipped as published outcomes is what is counted here, and no pair that was kept out.
    tuned = told["tuned on"]
    rows = [row for row in csv.DictReader(open(os.path.join(os.path.dirname(reference), "seed_seen.csv"), encoding="utf-8")) if row["kind"] == "need"]
    tried, counted, shipped = (sum(f(row) for row in rows) for f in (lambda row: int(row["tried"]), lambda row: int(row["seen"]), lambda row: int(row["tried"]) * float(row["told"])))
    fine = tried == len(tuned) and counted == sum(one for chance, one in tuned) and abs(shipped - sum(chance for chance, one in tuned)) < 0.05
    print(f"{'ok' if fine else 'not ok'} 5 - published outcomes of needs: {tried}, seen {counted}, as shipped")
    heat = [row for row in csv.DictReader(open(os.path.join(os.path.dirname(reference), "seed_seen.csv"), encoding="utf-8")) if row["kind"] == "heat"]
    print(f"{'ok' if [(int(row['tried']), int(row['seen'])) for row in heat] == [(len(seen), sum(seen))] else 'not ok'} 6 - and of heat")
    # Of parks that were kept out about as many were seen as the interval of a region says.
    low, high = (sum(one[k] for one in spread if one[0]) / len(some) for k in (1, 2))
    print(f"{'ok' if low < seen_apart < high else 'not ok'} 7 - held out: seen {seen_apart:.3f}, the interval of a region is {low:.3f} to {high:.3f} on average")
    print("1..7")


if __name__ == "__main__":
    main()
