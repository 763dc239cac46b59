"""Turns the tables of data/reference that an estimate starts from into C: embed.py OUT estimate_coefficients.csv estimate_floor.csv
jobs_be.csv. The tables stay what people edit."""
import csv
import sys


def rows(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def quote(text):
    out = ""
    for byte in text.encode():
        out += chr(byte) if 32 <= byte < 127 and byte not in b'"\\?' else f"\\{byte:03o}"
    return f'"{out}"'


target, coefficients, floor, jobs = sys.argv[1:]
with open(target, "w", encoding="ascii") as out:
    out.write('#include "knoop/metabolism.h"\n')
    out.write("static const kn_coefficient coefficients[] = {\n")
    table = rows(coefficients)
    for row in table:
        flags = ["true" if row["side"] == "need" else "false", quote(row["nace"]), quote(row["code"]), quote(row["name"]),
                 quote(row["name_nl"]), "true" if row["hazardous"] == "1" else "false", quote(row["code_ewcstat"]),
                 repr(float(row["t_per_fte"])), repr(float(row["sd_ln"])), "true" if row["scope"] == "coarse" else "false"]
        out.write("{" + ", ".join(flags) + "},\n")
    out.write("};\nstatic const kn_floor_need floors[] = {\n")
    for row in rows(floor):
        out.write(f"{{{quote(row['nace'])}, {float(row['m2_per_fte'])!r}, {float(row['sd_ln'])!r}}},\n")
    out.write("};\nstatic const kn_sector_jobs sector_jobs[] = {\n")
    for row in rows(jobs):
        out.write(f"{{{quote(row['nace'])}, {float(row['jobs'])!r}}},\n")
    out.write("};\n")
    out.write("kn_coefficients\nkn_coefficients_builtin(void)\n{\n")
    out.write("  return (kn_coefficients){.n = (int32_t)(sizeof coefficients / sizeof *coefficients), .row = coefficients,\n")
    out.write("    .floor_count = (int32_t)(sizeof floors / sizeof *floors), .floor = floors,\n")
    out.write("    .jobs_count = (int32_t)(sizeof sector_jobs / sizeof *sector_jobs), .jobs = sector_jobs};\n}\n")
