"""Aim: of known exchanges, the true receiver sector is among the first proposals of `knoop seeds`, and more often than by plain likeness of texts.
Method: exchanges of published cases (donor sector, words, code -> receiver sector) that lie beside the project and are no part of it; the program is
asked for each. A part fixed by the SHA-256 of the exchange's id was kept out of all tuning. The baseline ranks the classes of NACE by the cosine of TF-IDF
vectors of the stream's words and of each class' title and notes. Prints TAP; --table prints the figures of docs/method.md.
Usage: recall.py KNOOP EXCHANGES.csv NACE_WITH_NOTES.csv [--table]"""
import csv
import hashlib
import json
import math
import os
import re
import subprocess
import sys
from collections import Counter

import reliability

KS = (1, 5, 10)
SEEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data", "reference", "seed_seen.csv")


def is_held_out(exchange_id):
    return int(hashlib.sha256(exchange_id.encode()).hexdigest(), 16) % 10 < 4


def is_hit(truth, proposal, division):
    """A sector counts when it is the true one; where the true one is wider than a class, when it lies within it or holds it."""
    if division:
        return any(one[:2] == proposal[:2] for one in truth)
    return any(one == proposal or one.startswith(proposal) or proposal.startswith(one) for one in truth)


def words(text):
    return [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in re.findall(r"[a-z]{2,}", text.lower())]


class Baseline:
    def __init__(self, path):
        rows = [row for row in csv.DictReader(open(path, encoding="utf-8")) if row["level"] == "4"]
        texts = [Counter(words(" ".join((row["name_en"], row["includes"], row["also_includes"])))) for row in rows]
        seen = Counter(word for text in texts for word in text)
        self.idf = {word: math.log((len(rows) + 1) / (count + 0.5)) for word, count in seen.items()}
        self.classes = [(row["code"], self.vector(text)) for row, text in zip(rows, texts)]

    def vector(self, counts):
        weights = {word: (1 + math.log(count)) * self.idf[word] for word, count in counts.items() if word in self.idf}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1
        return {word: weight / length for word, weight in weights.items()}

    def rank(self, row):
        asked = self.vector(Counter(words(row["waste"])))
        scored = [(-sum(weight * text.get(word, 0) for word, weight in asked.items()), code) for code, text in self.classes]
        return [(code, None) for score, code in sorted(scored)[:10]]


def ask(knoop, row):
    command = [knoop, "seeds", "--json", "--quiet", "--limit", "40", "--resource", row["waste"], "--nace", row["donor_nace"].split(";")[0]]
    if row["ewc"]:
        command += ["--code", row["ewc"].split(";")[0]]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    if out.returncode != 0:
        raise SystemExit(f"Bail out! {' '.join(command)}: exit {out.returncode} {out.stderr}")
    return [(seed["receiver_nace"], seed["probability"]) for seed in json.loads(out.stdout)]


def measure(rows, ranked):
    figures = {}
    for division in (False, True):
        for k in KS:
            hits = [[is_hit(row["truth"], code, division) for code, chance in proposals[:k]] for row, proposals in zip(rows, ranked)]
            figures["recall", division, k] = sum(any(hit) for hit in hits) / len(rows)
            figures["precision", division, k] = sum(sum(hit) / k for hit in hits) / len(rows)
    return figures


def proposals(rows, ranked):
    """What was told and what was seen, for each proposal of a class."""
    return [(chance, int(is_hit(row["truth"], code, False))) for row, some in zip(rows, ranked) for code, chance in some]


def main():
    knoop, exchanges, nace = sys.argv[1:4]
    rows = [row for row in csv.DictReader(open(exchanges, encoding="utf-8")) if row["donor_nace"] and row["receiver_nace"] and row["waste"]]
    for row in rows:
        row["truth"] = row["receiver_nace"].split(";")
    baseline = Baseline(nace)
    parts = {"held out": [row for row in rows if is_held_out(row["exchange_id"])],
             "tuned on": [row for row in rows if not is_held_out(row["exchange_id"])]}
    figures, told = {}, {}
    for part, some in parts.items():
        told[part] = [ask(knoop, row) for row in some]
        figures[part, "knoop"] = measure(some, told[part])
        figures[part, "text"] = measure(some, [baseline.rank(row) for row in some])
    if "--table" in sys.argv:
        for (part, method), one in figures.items():
            print(part, len(parts[part]), method, " ".join(f"{name}@{k}{'-division' if division else ''}={value:.3f}"
                                                          for (name, division, k), value in one.items()))
        for part in parts:
            some = proposals(parts[part], told[part])
            reliability.show(part, some)
            for low, count, chance, seen in reliability.bins(some):
                print(f"  from {low}: {count}, told {chance:.3f}, seen {seen:.3f}")
        return
    number = 0
    for part in parts:
        for division in (False, True):
            number += 1
            ours, plain = (figures[part, method]["recall", division, 10] for method in ("knoop", "text"))
            fine = ours >= (0.8 if division else 0.6) and ours > plain
            print(f"{'ok' if fine else 'not ok'} {number} - {part}, {'division' if division else 'class'}: recall@10 {ours:.3f}, text alone {plain:.3f}")
    number += 1
    some = proposals(parts["held out"], told["held out"])
    print(f"{'ok' if reliability.gap(some) < 0.03 else 'not ok'} {number} - held out: chances are told within {reliability.gap(some):.4f} of what was seen")
    number += 1
    print(f"{'ok' if reliability.skill(some) > 0.05 else 'not ok'} {number} - held out: Brier {reliability.brier(some):.4f}, skill {reliability.skill(some):.3f}")
    # What is shipped as published outcomes of receivers: the first ten proposals of the part that was tuned on.
    tuned = proposals(parts["tuned on"], [some[:10] for some in told["tuned on"]])
    shipped = [row for row in csv.DictReader(open(SEEN, encoding="utf-8")) if row["kind"] == "receiver"]
    tried, seen, chance = (sum(int(row["tried"]) * value(row) for row in shipped) for value in (lambda row: 1, lambda row: int(row["seen"]) / int(row["tried"]), lambda row: float(row["told"])))
    number += 1
    fine = tried == len(tuned) and round(seen) == sum(hit for _, hit in tuned) and abs(chance - sum(one for one, _ in tuned)) < 0.2
    print(f"{'ok' if fine else 'not ok'} {number} - published outcomes of receivers: {tried}, seen {seen:.0f}, as shipped")
    print(f"1..{number}")


if __name__ == "__main__":
    main()
