"""data/reference/estimate_*.csv and jobs_be.csv: what `knoop estimate` knows of a sector before it has seen the region.

    python3 data/make/estimate.py SOURCE_FOLDER [FOLDER]

Waste. National totals by sector (Eurostat ten00106; within manufacturing by the shares of the OECD) and by category (ten00108, less
households, ten00110), Belgium 2016, are the margins of a matrix sector x category. Its prior is what a job leaves behind by code of the
List of Waste (estimate_prior.txt) times the jobs of the sector (jobs_be.csv). RAS scales rows and columns in turn until both margins are
met (Bacharach 1970, Biproportional Matrices and Input-Output Change): the cell that is nearest to the prior in relative entropy. Each code
of a cell is scaled with it.
Products. What a sector buys in euros (estimate_inputs.txt) by a price per tonne, by its jobs.
"""

import os
import re
import sys

import text

HERE = os.path.dirname(os.path.abspath(__file__))
YEAR = "2016"
# Rows of the matrix: divisions, and how the national figure is found. OECD gives manufacturing by group; its total is a little lower, since
# it leaves sorting residues out, so shares are taken.
ROWS = [
    ("A", "01 02 03"), ("B", "05 06 07 08 09"),
    ("C10-12", "10 11 12"), ("C13-15", "13 14 15"), ("C16", "16"), ("C17-18", "17 18"), ("C19", "19"), ("C20-22", "20 21 22"),
    ("C23", "23"), ("C24-25", "24 25"), ("C26-30", "26 27 28 29 30"), ("C31-33", "31 32 33"),
    ("D", "35"), ("E36_E37_E39", "36 37 39"), ("E38", "38"), ("F", "41 42 43"), ("G4677", "46.77"),
    ("G-U_X_G4677", "45 46 47 49 50 51 52 53 55 56 58 59 60 61 62 63 64 65 66 68 69 70 71 72 73 74 75 77 78 79 80 81 82 84 85 86 87 88 "
     "90 91 92 93 94 95 96"),
]
SECTIONS = [("A", 1, 3), ("B", 5, 9), ("C", 10, 33), ("D", 35, 35), ("E", 36, 39), ("F", 41, 43), ("G", 45, 47), ("H", 49, 53), ("I", 55, 56),
            ("J", 58, 63), ("K", 64, 66), ("L", 68, 68), ("M", 69, 75), ("N", 77, 82), ("O", 84, 84), ("P", 85, 85), ("Q", 86, 88),
            ("R", 90, 93), ("S", 94, 96)]
# Share of the jobs of a sector that one of its parts has, where jobs_be.csv is coarser: our own (pedigree 4 4 3 2 3).
SHARES = {"10-12": {"10": 0.93, "11": 0.06, "12": 0.01}, "13-15": {"13": 0.8, "14": 0.16, "15": 0.04}, "31-32": {"31": 0.65, "32": 0.35},
          "37-39": {"37": 0.2, "38": 0.75, "39": 0.05}, "41-43": {"41": 0.28, "42": 0.12, "43": 0.6}, "55-56": {"55": 0.18, "56": 0.82},
          "59-60": {"59": 0.6, "60": 0.4}, "62-63": {"62": 0.93, "63": 0.07}, "69-70": {"69": 0.3, "70": 0.7}, "74-75": {"74": 0.8, "75": 0.2},
          "80-82": {"80": 0.08, "81": 0.62, "82": 0.3}, "87-88": {"87": 0.5, "88": 0.5}, "90-92": {"90": 0.6, "91": 0.2, "92": 0.2},
          "05-09": {"08": 1}, "97-98": {}}
PARTS = {"10.1": 0.16, "10.2": 0.01, "10.3": 0.12, "10.4": 0.01, "10.5": 0.09, "10.6": 0.02, "10.7": 0.36, "10.8": 0.18, "10.9": 0.05,
         "23.1": 0.28, "23.3": 0.13, "23.5": 0.06, "23.6": 0.4, "23.7": 0.07, "23.9": 0.06, "24.1": 0.55, "24.4": 0.3, "24.5": 0.1,
         "35.1": 0.8, "46.77": 0.0125, "81.2": 0.6}
# file | source | licence and attribution | pedigree (reliability, completeness, temporal, geographical, technological) | use
MADE = [
    ("estimate_coefficients", "Offers: Eurostat ten00106, ten00108, ten00110 (Belgium 2016) via Vikt0riia/trashmap @ 9a7f354 and OECD WSECTOR 2020 as margins, our own prior by code "
     "(estimate_prior.txt), names and codes from low_codes.csv and low_to_ewcstat.csv. Needs: Belgian input-output table in NACE 64 via UGentBiomath/COVID19-Model @ 384df28 "
     "(IO_NACE64.csv) and our own prices (estimate_inputs.txt)", "Eurostat and OECD with attribution; MIT; the rest this package, CC BY 4.0", "4 3 4 3 4",
     "t per job by sector and code; scope coarse: for who gives no more of a code than this"),
    ("estimate_floor", "Employment Density Guide, 3rd edition, Homes and Communities Agency 2015, cited; put to sectors here (estimate_floor.txt)", "facts, cited", "3 4 4 4 3", "m2 of floor per job by division"),
    ("jobs_be", "Employment in NACE 64, National Bank of Belgium (national accounts, about 2018), via UGentBiomath/COVID19-Model @ 227dd29 (other_parameters.csv)", "MIT; facts, cited", "2 1 4 1 1",
     "jobs of Belgium by sector, persons"),
]
SD_WASTE, SD_INPUT, SD_FLOOR = 0.6, 0.8, 0.5


def divisions(label):
    """jobs_be.csv names sectors as 16 or 10-12."""
    first, _, last = label.partition("-")
    return [f"{i:02d}" for i in range(int(first), int(last or first) + 1)]


def count_jobs():
    jobs = {}
    for row in text.read(os.path.join(HERE, "jobs_be.csv")):
        for code in divisions(row["nace"]):
            jobs[code] = float(row["jobs"]) * (SHARES[row["nace"]].get(code, 0) if row["nace"] in SHARES else 1)
    for code, share in PARTS.items():
        jobs[code] = share * jobs[code[:2]]
    return jobs


def lines(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as stream:
        return [line.strip() for line in stream if line.strip() and not line.startswith("#")]


def read_prior():
    """(NACE, code) -> t per job."""
    prior = {}
    for line in lines("estimate_prior.txt"):
        codes, _, rest = line.partition(":")
        for nace in codes.split(","):
            for item in rest.split(","):
                code, kg = item.split()
                assert (nace.strip(), code) not in prior, (nace, code)
                prior[nace.strip(), code] = float(kg) / 1000
    return prior


def row_of(nace):
    for name, codes in ROWS:
        if nace in codes.split():
            return name
    for name, codes in ROWS:
        if nace[:2] in codes.split():
            return name
    raise ValueError(nace)


def column_of(eurostat):
    number = eurostat[1:3]
    if number in ("01", "02", "03", "04", "05"):
        return "W01-05"
    if number == "06" or eurostat in ("W071", "W072", "W073", "W074", "W075", "W076"):
        return "W06_07A"
    if number in ("07", "08"):
        return "W077_08"
    return {"09": "W09", "10": "W10", "11": "W11", "12": "W12-13"}[number]


def read_margins(source):
    def pick(name, keys):
        return {row[keys]: float(row["value"]) for row in text.read(os.path.join(source, "statistics", name))
                if row["geo"] == "BE" and row["year"] == YEAR and row["unit"] == "T" and row["hazard"] == "HAZ_NHAZ" and row["value"]}
    sector = pick("eurostat_waste_by_nace_2004_2016.csv", "nace_r2")
    oecd = {row["isic"]: float(row["value"]) for row in text.read(os.path.join(source, "statistics", "oecd_waste_by_sector.csv"))
            if row["country"] == "BEL" and row["year"] == YEAR and row["unit"] == "TONNE" and row["value"]}
    groups = {name: oecd[name[1:]] for name, _ in ROWS if re.match(r"C\d", name)}
    rows = {name: sector[name] if name in sector else sector["C"] * groups[name] / sum(groups.values()) for name, _ in ROWS}
    category = pick("eurostat_waste_by_category_2004_2016.csv", "waste")
    household = pick("eurostat_household_waste_by_category_2004_2016.csv", "waste")
    columns = {name: category[name] - household[name] for name in category if name != "TOTAL"}
    return rows, columns


def ras(cells, rows, columns):
    """Scales (row, column) -> t to both margins; the columns are first brought to the sum of the rows. Returns factors."""
    total = sum(rows.values()) / sum(columns.values())
    left, right = dict.fromkeys(rows, 1.0), dict.fromkeys(columns, 1.0)
    for _ in range(5000):
        for name in rows:
            left[name] = rows[name] / sum(v * right[c] for (r, c), v in cells.items() if r == name)
        gap = 0
        for name in columns:
            now = sum(v * left[r] for (r, c), v in cells.items() if c == name)
            gap = max(gap, abs(now * right[name] / (columns[name] * total) - 1))
            right[name] = columns[name] * total / now
        if gap < 1e-10:
            return left, right
    raise ValueError(f"RAS: a margin is still {gap:.2g} off")


def make_waste(source, jobs, codes, names):
    prior = read_prior()
    rows, columns = read_margins(source)
    place = {key: (row_of(key[0]), column_of(codes[key[1]]["eurostat_waste_code"])) for key in prior}
    cells = {}
    for key, t in prior.items():
        cells[place[key]] = cells.get(place[key], 0) + t * jobs[key[0]]
    left, right = ras(cells, rows, columns)
    t_per_fte = {key: t * left[place[key][0]] * right[place[key][1]] for key, t in prior.items()}
    if "-v" in sys.argv:
        print({k: round(v, 3) for k, v in left.items()}, {k: round(v, 3) for k, v in right.items()}, file=sys.stderr)
    out = [(nace, code, t, "all") for (nace, code), t in t_per_fte.items()]
    # Who says only the division, or only the section, has the mean of its parts.
    for division in sorted({nace[:2] for nace, _ in prior}):
        for code in sorted({c for n, c in prior if n.startswith(division + ".")}):
            t = sum(v * jobs[n] for (n, c), v in t_per_fte.items() if c == code and n.startswith(division + "."))
            assert (division, code) not in t_per_fte, f"{code} stands in {division} and in a part of it"
            out.append((division, code, t / jobs[division], "coarse"))
    for section, first, last in SECTIONS:
        inside = [f"{i:02d}" for i in range(first, last + 1) if f"{i:02d}" in jobs]
        total = sum(jobs[d] for d in inside)
        sums = {}
        for (nace, code), t in t_per_fte.items():
            if nace[:2] in inside:
                sums[code] = sums.get(code, 0) + t * jobs[nace]
        out += [(section, code, t / total, "coarse") for code, t in sums.items()]
    return [{"side": "offer", "nace": nace, "code": code, "name": names[code]["name_en"], "name_nl": names[code]["name_nl"],
             "hazardous": "1" if names[code]["hazardous"] in ("1", "True", "true") else "0", "code_ewcstat": codes[code]["ewcstat_3"],
             "t_per_fte": f"{t:.4g}", "sd_ln": SD_WASTE, "scope": scope} for nace, code, t, scope in out]


def make_inputs(jobs):
    out = []
    labels = {row["nace"]: float(row["jobs"]) for row in text.read(os.path.join(HERE, "jobs_be.csv"))}
    for line in lines("estimate_inputs.txt"):
        product, price, name, name_nl, rest = line.split("|")
        for item in rest.split(","):
            label, million = item.split()
            for code in divisions(label):
                if jobs[code] > 0:
                    out.append({"side": "need", "nace": code, "code": product, "name": name, "name_nl": name_nl, "hazardous": "0",
                                "t_per_fte": f"{float(million) * 1e6 / float(price) / labels[label]:.4g}", "sd_ln": SD_INPUT, "scope": "all"})
    return out


def make_floor():
    return [{"nace": nace.strip(), "m2_per_fte": value.strip(), "sd_ln": SD_FLOOR}
            for codes, _, value in (line.partition(":") for line in lines("estimate_floor.txt")) for nace in codes.split(",")]


def plain(value):
    return format(float(value), "f").rstrip("0").rstrip(".")


def make_estimate(source, folder):
    codes = {row["low_code"]: row for row in text.read(os.path.join(source, "reference", "low_to_ewcstat.csv"))}
    names = {row["code"]: row for row in text.read(os.path.join(source, "reference", "low_codes.csv"))}
    jobs = count_jobs()
    rows = make_waste(source, jobs, codes, names) + make_inputs(jobs)
    order = {"offer": 0, "need": 1}
    rows.sort(key=lambda row: (order[row["side"]], row["nace"], row["code"], row["scope"]))
    for row in rows:
        row["t_per_fte"] = plain(row["t_per_fte"])
        row["name"], row["name_nl"] = " ".join(row["name"].split()), " ".join(row["name_nl"].split())
    text.write(folder, "estimate_coefficients", "side nace code name name_nl hazardous code_ewcstat t_per_fte sd_ln scope", rows)
    floor, sectors = make_floor(), text.read(os.path.join(HERE, "jobs_be.csv"))
    text.write(folder, "estimate_floor", "nace m2_per_fte sd_ln", floor)
    text.write(folder, "jobs_be", "nace jobs", sectors)
    return {"estimate_coefficients": len(rows), "estimate_floor": len(floor), "jobs_be": len(sectors)}


if __name__ == "__main__":
    wanted = [a for a in sys.argv[1:] if a != "-v"]
    target = wanted[1] if len(wanted) > 1 else os.path.join(HERE, "..", "reference")
    print(make_estimate(wanted[0], target))
