#!/usr/bin/python3
"""Seeds of 100,000 offers against their target; and words looked for, as they are, with a slip, and inside a compound, against SQLite's FTS5 (words, and groups
of three letters) on the same texts: how many are found, and how long that takes."""
import csv
import os
import random
import re
import sqlite3
import sys
import time

from measure import KNOOP, PYTHON, ROOT, Run, folder, head, line, target

MOST_S = 60
SMALL = 2000


def region(path, offers):
    Run(PYTHON, os.path.join(ROOT, "bench/seedregion.py"), path, "--offers", str(offers))
    Run(KNOOP, "--quiet", "new", path + ".gpkg", "--from", path)
    return path + ".gpkg"


def all_seeds(gpkg):
    two = Run(KNOOP, "seeds", gpkg, "--quiet", "--json", "--threads", "2")
    one = Run(KNOOP, "seeds", gpkg, "--quiet", "--json", "--threads", "1")
    good = two.wall <= MOST_S and one.out == two.out
    line(f"seeds of 100,000 offers, 50,000 needs, 20,000 sites: {two.wall:.1f} s, {two.cpu:.1f} s of processor, {len(two.out) / 1e6:.0f} MB, "
         f"peak {two.peak_mib:.0f} MiB; one thread {one.wall:.1f} s, {'the same' if one.out == two.out else 'ANOTHER ANSWER'}; "
         f"target {MOST_S} s: {target(good)}")
    return good


def texts(path):
    """Of each offer: its resource in both languages, and its description."""
    with open(path + "/resource.csv", encoding="utf-8", newline="") as stream:
        names = {row["resource_id"]: f"{row['name']} {row['name_nl']}" for row in csv.DictReader(stream)}
    with open(path + "/offer.csv", encoding="utf-8", newline="") as stream:
        return [(row["offer_id"], f"{names[row['resource_id']]} {row['description']}".lower()) for row in csv.DictReader(stream)]


def questions(rows):
    """Words of seven letters or more that some offers hold, as they are, with two letters swapped, and behind another word."""
    chance = random.Random(5)
    known = sorted({word for _, text in rows for word in re.findall(r"[a-z]{7,}", text)})
    for word in chance.sample(known, 12):
        at = len(word) // 2
        yield "as they are", word, word
        yield "with a slip", word, word[:at - 1] + word[at] + word[at - 1] + word[at + 1:]
        yield "in a compound", word, "bedrijfs" + word


def looked_for(path, gpkg):
    rows = texts(path)
    text_of = dict(rows)
    peers = {}
    for name, how in (("FTS5 words", "unicode61"), ("FTS5 three letters", "trigram")):
        start = time.monotonic()
        base = sqlite3.connect(":memory:")
        base.execute(f"CREATE VIRTUAL TABLE f USING fts5 (id UNINDEXED, text, tokenize = '{how}')")
        base.executemany("INSERT INTO f VALUES (?, ?)", rows)
        peers[name] = base, time.monotonic() - start
    found, seconds, asked = {}, {name: 0.0 for name in ("knoop", *peers)}, {}

    def count(method, kind, word, ids):
        """The first ten, or as many as there are, hold the word, in the singular at least."""
        there = sum(word.rstrip("s") in text for text in text_of.values())
        held = sum(word.rstrip("s") in text_of[one] for one in ids[:10])
        found[method, kind] = found.get((method, kind), 0) + (held > 0 and held >= min(10, there))

    for kind, word, question in questions(rows):
        asked[kind] = asked.get(kind, 0) + 1
        run = Run(KNOOP, "seeds", gpkg, "--quiet", "--json", "--find", question)
        seconds["knoop"] += run.wall
        count("knoop", kind, word, [one["id"] for one in run.json() if one["table"] == "offer"])
        for name, (base, _) in peers.items():
            start = time.monotonic()
            ids = [one for one, in base.execute("SELECT id FROM f WHERE f MATCH ? ORDER BY rank LIMIT 10", (f'"{question}"',))]
            seconds[name] += time.monotonic() - start
            count(name, kind, word, ids)
    for method, total in seconds.items():
        build = f", index {peers[method][1]:.2f} s" if method in peers else ", whole process with loading the region"
        line(f"{method}: " + ", ".join(f"{found[method, kind]} of {many} {kind}" for kind, many in asked.items()) +
             f"; {total / sum(asked.values()) * 1000:.1f} ms a question{build}")
    return all(found["knoop", kind] >= max(found[name, kind] for name in peers) for kind in asked if kind != "as they are")


def main():
    head("seeds: opportunities beyond exact codes, and words")
    here = folder()
    large, small = os.path.join(here, "large"), os.path.join(here, "small")
    good = all_seeds(region(large, 100000))
    good = looked_for(small, region(small, SMALL)) and good
    sys.exit(0 if good else 1)


main()
