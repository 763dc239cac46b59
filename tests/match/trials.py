"""Aim: what outcomes make of chances is the posterior of the model in docs/method.md, section 16, to 1e-6; and the table trial works from a file to a seed.
Method: the demo region with trials of every kind, of which some contradict the others; the posterior is computed here apart, by Gauss-Legendre panels
and matrices instead of the program's trapezoid rule. Then properties: no outcome changes nothing, the order of rows has no say, an export and a second
import leave the bytes, and bad rows are refused with file, line and column. Prints TAP. Usage: trials.py KNOOP ROOT"""
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

import numpy as np

KNOOP, ROOT = sys.argv[1:3]
KINDS = ["need", "receiver", "chain", "practice", "heat", "space", "sector", "precedent"]
HEAD = "trial_id,kind,offer_id,need_id,from_site_id,to_site_id,resource_id,precedent_id,told,outcome,date,reason".split(",")
number = 0


def ok(is_fine, what):
    global number
    number += 1
    print(f"{'ok' if is_fine else 'not ok'} {number} - {what}")


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ------------------------------------------------------------------ the posterior
WEIGHT = {row["name"]: float(row["value"]) for row in table(os.path.join(ROOT, "data/reference/seed_weight.csv"))}
SEEN = [(row["kind"], float(row["told"]), float(row["tried"]), float(row["seen"])) for row in table(os.path.join(ROOT, "data/reference/seed_seen.csv"))]
REACH = 16


def panels(low, high, count):
    at, weight = np.polynomial.legendre.leggauss(12)
    edge = np.linspace(low, high, count + 1)
    half = (edge[1:] - edge[:-1]) / 2
    return (edge[:-1, None] + half[:, None] * (at + 1)).ravel(), (half[:, None] * weight).ravel()


X, W = panels(-REACH, REACH, 48)


def bell(a, b, sd):
    return np.exp(-((a[:, None] - b[None, :]) / sd) ** 2 / 2) / (sd * np.sqrt(2 * np.pi))


def likelihood(rows, at):
    """rows: (location, tried, feasible)."""
    out = np.zeros_like(at)
    for z, tried, feasible in rows:
        out -= feasible * np.logaddexp(0, -z - at) + (tried - feasible) * np.logaddexp(0, z + at)
    return out


class Posterior:
    def __init__(self, published, own):
        """Each: kind -> rows."""
        self.own = own
        kind, region = bell(X, X, WEIGHT["kind_sd"]), bell(X, X, WEIGHT["region_sd"])
        self.published = {k: np.exp(likelihood(published[k], X)) for k in KINDS}
        says = {}
        for k in KINDS:
            here = self.published[k] * 1
            if own[k]:
                lone = likelihood(own[k], X)
                here *= region @ (W * np.exp(lone - lone.max()))
            says[k] = kind @ (W * here) if published[k] or own[k] else np.ones_like(X)
            says[k] /= says[k].max()
        prior = np.exp(-(X / WEIGHT["common_sd"]) ** 2 / 2)
        self.kinds = {}
        for k in KINDS:
            common = prior * np.prod([says[other] for other in KINDS if other != k], axis=0)
            here = self.published[k] * (kind @ (W * common))
            self.kinds[k] = here / here.max()

    def density(self, k, at):
        """Of the shift in the region, but for a factor."""
        lone = likelihood(self.own[k], at) - likelihood(self.own[k], X).max()
        return np.exp(lone) * (bell(at, X, WEIGHT["region_sd"]) @ (W * self.kinds[k]))

    def quantile(self, k, share, start):
        """Newton's method from where the program says it is."""
        mass, at = (W * self.density(k, X)).sum(), start
        for _ in range(4):
            points, weight = panels(-REACH, at, 40)
            at -= ((weight * self.density(k, points)).sum() - share * mass) / self.density(k, np.array([at]))[0]
        return at


def mean(weight, z):
    return (weight / (1 + np.exp(-z - X))).sum() / weight.sum()


def locate(weight, told):
    low, high = -30, 30
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if mean(weight, middle) < told else (low, middle)
    return (low + high) / 2


# ------------------------------------------------------------------ the program
def run(*words, fails=False):
    done = subprocess.run([KNOOP, "--quiet", *words], capture_output=True, text=True, check=False)
    if (done.returncode != 0) != fails:
        raise SystemExit(f"Bail out! {words}: exit {done.returncode} {done.stderr}")
    return done.stderr if fails else done.stdout


def make(folder, name, rows, fails=False):
    package, region = os.path.join(folder, name), os.path.join(folder, name + ".gpkg")
    shutil.copytree(os.path.join(ROOT, "data/regions/poort-genk"), package, ignore=shutil.ignore_patterns("background", "datapackage.json"))
    with open(os.path.join(package, "trial.csv"), "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])
    out = run("new", region, "--from", package, fails=fails)
    return out if fails else region


def trial(i, kind, told, is_feasible):
    is_precedent = kind == "precedent"
    return [f"t{i}", "receiver" if is_precedent else kind, "gone", "", "", "", "", "p-gone" if is_precedent else "", told,
            "feasible" if is_feasible else "infeasible", "2026-05-01", ""]


def group_of(row):
    return "precedent" if row["kind"] == "receiver" and (row.get("has_precedent") or row.get("precedent_id")) else row["kind"]


def compare(folder, name, trials, what):
    """trials: (kind, told, is_feasible)."""
    region = make(folder, name, [trial(i, *one) for i, one in enumerate(trials)])
    told = {group_of(row): row for row in json.loads(run("--json", "seeds", region, "--reliability"))}
    seeds = json.loads(run("--json", "seeds", region))
    published = {k: [(np.log(p / (1 - p)), n, y) for kind, p, n, y in SEEN if kind == k] for k in KINDS}
    nothing = {k: [] for k in KINDS}
    before = Posterior(published, nothing)
    prior = {k: W * before.density(k, X) for k in KINDS}
    own = {k: [(locate(prior[k], p), 1, y) for kind, p, y in trials if kind == k] for k in KINDS}
    after = Posterior(published, own)
    worst = 0
    for k in KINDS:
        weight, centre = W * after.density(k, X), (prior[k] * X).sum() / prior[k].sum()
        shift = (weight * X).sum() / weight.sum() - centre
        low, high = (after.quantile(k, share, np.log(told[k][name]) + centre) for share, name in ((0.05, "odds_factor_low"), (0.95, "odds_factor_high")))
        for name, value in (("odds_factor", shift), ("odds_factor_low", low - centre), ("odds_factor_high", high - centre)):
            worst = max(worst, abs(np.log(told[k][name]) - value))
        if own[k]:
            now = np.mean([mean(weight, z) for z, _, _ in own[k]])
            worst = max(worst, abs(now - told[k]["region"]["probability"]))
        some = [seed for seed in seeds if group_of(seed) == k]
        for seed in some[:: max(1, len(some) // 8)]:
            z = locate(prior[k], seed["told"])
            for member, value in (("probability", mean(weight, z)), ("probability_low", 1 / (1 + np.exp(-z - low))), ("probability_high", 1 / (1 + np.exp(-z - high)))):
                worst = max(worst, abs(seed[member] - value))
    ok(worst < 1e-6, f"{what}: {len(trials)} trials, within {worst:.1e} of the posterior computed apart")
    return region, seeds


def main():
    draw = random.Random(6)
    with tempfile.TemporaryDirectory() as folder:
        _, none = compare(folder, "none", [], "no outcomes")
        ok(all(seed["probability"] == seed["told"] for seed in none), "without outcomes what is told is what was told")
        few = [("chain", 0.35, True), ("chain", 0.5, True), ("chain", 0.05, True), ("space", 0.2, False)]
        region, seeds = compare(folder, "few", few, "few outcomes")
        chains = {(s["offer_id"], s["need_id"], tuple(s["chain"])): s for s in none if s["kind"] == "chain"}
        same = [(s, chains[s["offer_id"], s["need_id"], tuple(s["chain"])]) for s in seeds if s["kind"] == "chain" and (s["offer_id"], s["need_id"], tuple(s["chain"])) in chains]
        ok(len(same) > 100 and all(now["told"] == then["told"] and now["probability"] > then["probability"] for now, then in same), "chains that worked make chains likelier, and what was told stays")
        ok(all(s["probability_low"] < s["probability"] < s["probability_high"] for s in seeds), "each chance lies in its interval")
        worth = [max(s["expected_eur"] or 0, 0) for s in seeds]
        ok(worth == sorted(worth, reverse=True), "seeds are in order by what is told now")
        many = [(kind, p, draw.random() < share) for kind, share in zip(KINDS, (0.1, 0.3, 0.9, 0.2, 0.8, 0.5, 0.02, 0.7))
                for p in (0.02, 0.15, 0.3, 0.7) for _ in range(draw.randrange(1, 12))]
        region, seeds = compare(folder, "many", many, "outcomes that contradict what was told")
        compare(folder, "hard", [("heat", 0.001, True)] * 400 + [("chain", 0.999, False)] * 400 + [("need", 0.4, True)] * 30, "kinds that contradict each other")
        draw.shuffle(many)
        other = make(folder, "shuffled", [trial(i, *one) for i, one in enumerate(many)])
        ok(json.loads(run("--json", "seeds", other)) == seeds, "the order of rows has no say")
        for side in ("one", "two"):
            run("export", region, os.path.join(folder, side))
            region = os.path.join(folder, side + ".gpkg")
            if side == "one":
                run("new", region, "--from", os.path.join(folder, side))
        texts = [open(os.path.join(folder, side, "trial.csv"), "rb").read() for side in ("one", "two")]
        ok(texts[0] == texts[1] and texts[0].count(b"\n") == len(many) + 1, "out, in and out again: the same bytes")
        blank = make(folder, "blank", [trial(0, "heat", "", True), trial(1, "receiver", "", False), trial(2, "sector", "", False)])
        groups = {group_of(row): row for row in json.loads(run("--json", "seeds", blank, "--reliability"))}
        ok(groups["heat"]["region"]["told"] == 0.4 and groups["sector"]["region"]["told"] == 0.15, "a blank told is the usual chance of its kind")
        for i, (row, words) in enumerate([(trial(0, "heat", 1, True), "trial.csv:2:9: told"), (trial(0, "heat", 0, True), "trial.csv:2:9: told must be above 0 and below 1"),
                                          (trial(0, "warmth", 0.4, True), "trial.csv:2:2: kind"), ([*trial(0, "heat", 0.4, True)[:9], "perhaps", "", ""], "trial.csv:2:10: outcome"),
                                          ([*trial(0, "heat", 0.4, True)[:10], "yesterday", ""], "trial.csv:2:11: date")]):
            said = make(folder, f"bad{i}", [row], fails=True)
            ok(words in said, f"refused: {said.splitlines()[0] if said else ''}")
    print(f"1..{number}")


if __name__ == "__main__":
    main()
