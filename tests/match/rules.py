"""Aim: the tables of the legal check agree: every rule has a law, an article and says what it was held against; every law that was read says where; the pairs of the
List of Waste have one hazardous code and one that is not, and are those of its wording.
Usage: rules.py data/reference. Prints what is wrong; exit 1 if anything is."""
import csv
import re
import sys
from datetime import date

wrong = []


def table(name):
    with open(f"{sys.argv[1]}/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expect(holds, text):
    if not holds:
        wrong.append(text)


def is_date(text):
    return text == "" or date.fromisoformat(text) is not None


def rules(laws, codes):
    seen = set()
    for rule in table("rules-eu") + table("rules-be"):
        name = rule["rule_id"]
        expect(name not in seen, f"{name} twice")
        seen.add(name)
        expect(name.startswith(rule["country"].lower() + "-"), f"{name} of {rule['country']}")
        expect(rule["text_en"] and rule["text_nl"] and rule["outcome"] in ("passed", "failed", "unknown"), f"{name}: texts, outcome")
        expect(is_date(rule["valid_from"]) and is_date(rule["valid_to"]), f"{name}: dates")
        expect(rule["law_id"] in laws, f"{name}: no law {rule['law_id']}")
        law = laws.get(rule["law_id"], {})
        expect(rule["checked"] in ("text", "excerpt", "knowledge", "fact"), f"{name}: checked is {rule['checked']}")
        if rule["checked"] == "fact":
            continue
        expect(rule["article"], f"{name}: no article")
        # What was read is stored somewhere, in a version, and was read on a day.
        if rule["checked"] in ("text", "excerpt"):
            expect(law["stored"] and law["version"] and is_date(law["read_on"]) and law["read_on"], f"{name}: where was {rule['law_id']} read?")
        # What nobody held against a text decides nothing.
        if rule["checked"] == "knowledge":
            expect(rule["outcome"] == "unknown", f"{name}: from knowledge, and {rule['outcome']}")
        for some in re.findall(r"code=([0-9|]*)", rule["condition"]):
            for code in some.split("|"):
                expect(any(known.startswith(code) for known in codes), f"{name}: no code begins with {code}")
        # The two regulations on shipments follow one another without a gap and without an overlap.
        if rule["law_id"] == "wsr-2006":
            expect(rule["valid_to"] == "2026-05-20", f"{name}: to {rule['valid_to']}")
        if rule["law_id"] == "wsr-2024":
            expect(rule["valid_from"] == "2026-05-21", f"{name}: from {rule['valid_from']}")
    return seen


def named(text, codes):
    """Codes that the wording of an entry names, ranges included."""
    text = re.sub(r"(\d\d) (\d\d) (\d\d)", r"\1\2\3", text)
    found = set(re.findall(r"\b\d{6}\b", text))
    for first, last in re.findall(r"\b(\d{6}) to (\d{6})\b", text):
        found |= {code for code in codes if first <= code <= last and code[:4] == first[:4]}
    return found & set(codes)


def pairs(codes):
    known = {(row["code"], row["hazardous_code"]): row["basis"] for row in table("low_pair")}
    for (code, other), basis in known.items():
        expect(codes[code]["hazardous"] == "0" and codes[other]["hazardous"] == "1", f"pair {code} {other}: one is to be hazardous and one not")
        expect(basis != "heading" or code[:4] == other[:4], f"pair {code} {other}: not under one heading")
    worded = {(code, other) for code, row in codes.items() if row["hazardous"] == "0" for other in named(row["name_en"], codes) if codes[other]["hazardous"] == "1"}
    expect(worded == {pair for pair, basis in known.items() if basis == "wording"}, "the pairs by wording are not those of the list")
    # An entry of type MN or MH has another half; three hazardous ones have none in the list.
    expect([code for code, row in codes.items() if row["entry_type"] == "MN" and code not in {a for a, b in known}] == [], "MN without a pair")
    alone = [code for code, row in codes.items() if row["entry_type"] == "MH" and code not in {b for a, b in known}]
    expect(alone == ["101401", "140604", "140605"], f"MH without a pair: {alone}")
    for code, row in codes.items():
        expect((row["entry_type"] in ("AH", "MH")) == (row["hazardous"] == "1"), f"{code}: {row['entry_type']}, hazardous {row['hazardous']}")


def changes(codes):
    after = {code: row["entry_type"] for code, row in codes.items()}
    for row in table("low_change"):
        expect(bool(row["valid_from"]) != bool(row["valid_to"]) and is_date(row["valid_from"] or row["valid_to"]), f"change of {row['code']}: dates")
        if row["valid_to"]:
            expect(row["code"] in codes, f"{row['code']} ends and was never there")
            after.pop(row["code"], None)
        else:
            expect(row["entry_type"] in ("AH", "MH", "MN", "AN") and row["name_en"], f"change of {row['code']}: type, name")
            after[row["code"]] = row["entry_type"]
    # Each new mirror entry that is not hazardous names one that is, or is the rest of its heading.
    new = {row["code"]: row for row in table("low_change") if row["valid_from"]}
    for code, row in new.items():
        if row["entry_type"] == "MN":
            group = [other for other, kind in after.items() if other[:4] == code[:4] and kind in ("MH", "AH")]
            expect(group, f"{code}: no hazardous entry beside it")
        if row["entry_type"] == "MH":
            expect(any(kind == "MN" and other[:4] == code[:4] for other, kind in after.items()), f"{code}: no entry beside it that is not hazardous")
    return after


def receivers():
    """Who takes what: what was read names its place in a source that is stored, the rest says that it comes from knowledge; nothing feeds animals that may not."""
    sources = {row["source_id"]: row for row in table("receiver_source")}
    seen = set()
    for row in table("receiver"):
        name = f"{row['stream_id']} to {row['receiver_nace']} as {row['use_id']}"
        expect(name not in seen, f"{name} twice")
        seen.add(name)
        source = sources.get(row["source_id"], {})
        expect(source, f"{name}: no source {row['source_id']}")
        if row["checked"] == "knowledge":
            expect(row["place"] == "" and row["pedigree"] == "4", f"{name}: from knowledge, place or pedigree")
        else:
            expect(row["checked"] in ("text", "excerpt") and row["place"] and source.get("stored"), f"{name}: checked, but where?")
            expect(row["pedigree"] == {"text": "2", "excerpt": "3"}.get(row["checked"]), f"{name}: pedigree {row['pedigree']}")
        # Regulation (EC) 767/2009, annex III, chapter 1: faeces, tanned hide, treated wood, sludge of waste water, household waste.
        expect(row["use_id"] != "feed" or row["stream_id"] not in ("manure", "leather", "treated-wood", "sewage-sludge", "sludge", "compost", "rdf"), f"{name}: feed that is prohibited")
    for name, source in sources.items():
        expect(name == "estimate-knoop" or name.startswith(("bref-", "kalundborg", "chertow", "vanberkel", "wolf")) or source["stored"], f"source {name}: stored where?")


laws = {row["law_id"]: row for row in table("law")}
codes = {row["code"]: row for row in table("low_codes") if row["level"] == "3"}
expect(len(codes) == 842, f"{len(codes)} codes")
after = changes(codes)
seen = rules(laws, set(codes) | set(after))
pairs(codes)
receivers()
expect({"AT", "BE", "NL", "IE"} <= {row["iso"] for row in table("country") if row["is_in_union"] == "1"} and sum(row["is_in_union"] == "1" for row in table("country")) == 27,
       "the Union has 27 members")
for text in wrong:
    print(text)
sys.exit(1 if wrong else 0)
