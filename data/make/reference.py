"""data/reference: codes and factors that may ship, as text with their provenance."""

import os

import estimate
import text

# file | source | licence and attribution | use
FILES = [
    ("low_codes.csv", "reference", "DEFRA/waste-movement-external-api @ b8c3b88; Dutch names from geoFluxus/ICER @ cb71f98, headings from "
     "statengeneraal/laws-markdown BWBR0013549", "Open Government Licence v3 (contains public sector information of DEFRA); Dutch law: public domain",
     "List of Waste: 842 codes and 131 headings, English and Dutch, hazardous flag, entry type"),
    ("low_to_ewcstat.csv", "reference", "jim-anderssen/mfa_project: data/raw/LoW_to_EWC.csv, which is Annex III of Regulation (EU) 849/2010",
     "EU law text, reuse allowed with attribution", "List of Waste to EWC-Stat; five rows are analogies, see the column basis"),
    ("ewcstat_v4.csv", "reference", "as above", "EU law text, reuse allowed with attribution", "waste statistics nomenclature EWC-Stat version 4"),
    ("eurostat_waste_codes.csv", "reference", "as above", "Eurostat reuse policy, attribution", "waste codes of the Eurostat tables"),
    ("nace_rev2.csv", "reference", "vegetablestabber/internship-one @ 23981cb: NACE Rev. 2 of Eurostat", "Eurostat reuse policy, attribution",
     "activities: sections to classes; the notes columns are left out here"),
    ("waste_operations_r_d.csv", "reference", "DEFRA/waste-movement-external-api @ b8c3b88", "Open Government Licence v3",
     "recovery and disposal operations R1-R13, D1-D15"),
    ("uk_2025_material_use.csv", "factors", "scope3emissiontest-oss/JulesProject @ 0c3571d: UK government conversion factors 2025",
     "Open Government Licence v3", "kg CO2e per t of material, primary and closed loop"),
    ("uk_2025_waste_disposal.csv", "factors", "as above", "Open Government Licence v3", "kg CO2e per t of waste by treatment"),
    ("uk_2025_freight.csv", "factors", "as above", "Open Government Licence v3", "kg CO2e per tkm, tank to wheel"),
    ("uk_2025_freight_well_to_tank.csv", "factors", "as above", "Open Government Licence v3", "kg CO2e per tkm, well to tank"),
    ("uk_2025_water.csv", "factors", "as above", "Open Government Licence v3", "kg CO2e per m3"),
    ("transport_modes_summary.csv", "factors", "per row, see its column source", "facts with their source",
     "transport cost and emission per mode; three rows are from memory and say so"),
]
# file | holds | basis
OWN = [
    ("stream.csv", "kinds of streams: words in English and Dutch, codes, who has them", "knowledge of the trade; estimate, pedigree 4"),
    ("receiver.csv", "which sectors take them, for what, how usual (1 to 5)",
     "per row: source_id, pedigree and checked. text: the source was read and says so, at place; excerpt: a page that quotes or restates it; knowledge: written from "
     "knowledge, a document named there is where to look"),
    ("use.csv", "uses, with their step on the ladder R0 to R9", "own words"),
    ("receiver_source.csv", "the documents that receiver.csv names", "bibliography; stored: the copy that was read, where one was"),
    ("weak_word.csv", "words that say little or nothing of a stream", "own list"),
    ("seed_weight.csv", "weights of the model of knoop seeds", "per row: fitted on published exchanges (docs/method.md, section 16), or estimate"),
    ("seed_seen.csv", "published outcomes by kind of seed and chance told: how many were tried, how many were seen", "counts of pairs in published exchanges (docs/method.md, section 16)"),
    ("rules-eu.csv, rules-be.csv", "rules of the legal check",
     "per row: the law and the article that it restates in short, and what it was held against (text, excerpt, knowledge); to be read over by a lawyer"),
    ("law.csv", "the laws of those rules", "per row: the stored copy that was read, its version, the day, and what was not read"),
    ("low_pair.csv", "codes of the List of Waste that are not hazardous, with the hazardous one they stand beside",
     "wording: the entry names it; heading: the only hazardous ones of its heading that no entry names"),
    ("low_change.csv", "what Delegated Decision (EU) 2025/934 changes in the List of Waste from 9 November 2026",
     "DEFRA/prsd-iws @ 5ab0aa0, Open Government Licence v3 (codes and wording); types of entries by us, from the wording"),
    ("country.csv", "names of countries, and who is in the Union", "ISO 3166; own"),
]
LEFT_OUT = {"nace_rev2.csv": {"includes", "also_includes", "excludes"}}


def make_reference(source, folder):
    os.makedirs(folder, exist_ok=True)
    lines = ["# Where these tables come from", "",
             "Copies of public tables, UTF-8, comma, LF. Changes: column choice and code padding; nothing was added to the figures.",
             "`data/make/make.py` writes them from the source files.", "",
             "| file | rows | source | licence | holds |", "|---|---|---|---|---|"]
    for name, where, origin, licence, use in FILES:
        rows = text.read(os.path.join(source, where, name))
        columns = [c for c in rows[0] if c not in LEFT_OUT.get(name, ())]
        text.write(folder, name[:-4], " ".join(columns), [{c: " ".join(row[c].split()) for c in columns} for row in rows])
        lines.append(f"| {name} | {len(rows)} | {origin} | {licence} | {use} |")
    lines += ["", "Tables of our own, kept by hand and not written by these scripts:", "", "| file | holds | basis |", "|---|---|---|"]
    lines += [f"| {name} | {holds} | {basis} |" for name, holds, basis in OWN]
    lines += ["", "Made here from others (`data/make/estimate.py`, which tells how):", "", "| file | rows | source | licence | pedigree | holds |", "|---|---|---|---|---|---|"]
    counts = estimate.make_estimate(source, folder)
    for name, origin, licence, pedigree, use in estimate.MADE:
        lines.append(f"| {name}.csv | {counts[name]} | {origin} | {licence} | {pedigree} | {use} |")
    with open(os.path.join(folder, "PROVENANCE.md"), "w", encoding="utf-8", newline="\n") as stream:
        stream.write("\n".join(lines) + "\n")
