#!/usr/bin/python3
"""Spoils a sound package in every way we could think of and holds `knoop new` and `knoop import` to their promises. TAP on stdout.

    broken.py KNOOP [--seeds 1] [--first 1] [--random 60] [--only WORD] [--keep FOLDER]

Each case says what must happen: BAD (exit 3, and where), GOOD (exit 0, and the same region as before where that is so), ANY of
both, or IO (exit 5: what stands there is no file). Whatever it is: no crash, no hang, no report of a sanitizer; a refusal names a file, at most 50 rows of each, leaves no file
behind `new`, and the region file byte for byte as it was after `import`; what comes in can be exported, read again, and exported
again with the same bytes. --random adds cases that a seed makes up: bytes, cells, rows and columns changed at any place."""
import argparse
import collections
import copy
import csv
import hashlib
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import base

BAD, GOOD, ANY, IO = "bad", "good", "any", "io"
WANTED = {BAD: (3,), GOOD: (0,), ANY: (0, 3), IO: (5,)}
MACHINE = ("Sanitizer", "runtime error:", "Assertion", "core dumped", "Segmentation")
PLACE = re.compile(r"^(.*?):(?:(\d+):(?:(\d+):)?)? ")
Case = collections.namedtuple("Case", "name wanted spoil where")
cases = []


def case(name, wanted, spoil, where=None):
    """where: text that must stand in the messages; for a list, each of them."""
    cases.append(Case(name, wanted, spoil, [where] if isinstance(where, str) else where or []))


# ---------------------------------------------------------------- ways to spoil
def path_of(folder, table):
    return os.path.join(folder, table if "." in table else table + ".csv")


def get(folder, table):
    with open(path_of(folder, table), "rb") as f:
        return f.read()


def put(folder, table, content):
    with open(path_of(folder, table), "wb") as f:
        f.write(content.encode() if isinstance(content, str) else content)


def rewrite(table, change):
    """change(bytes) -> bytes of one file."""
    return lambda folder: put(folder, table, change(get(folder, table)))


def rows_of(folder, table):
    return list(csv.reader(io.StringIO(get(folder, table).decode("utf-8"), newline="")))


def reshape(table, change):
    """change(rows) changes the rows of one table in place, or returns others."""
    def spoil(folder):
        rows = rows_of(folder, table)
        base.write_table(folder, table, change(rows) or rows)
    return spoil


def cell(table, column, value, row=1):
    def change(rows):
        rows[row][rows[0].index(column)] = value
    return reshape(table, change)


def line_of(table, row):
    """The line on which a row of the base package starts."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(base.TABLES[table][:row])
    return out.getvalue().count("\n") + 1


def at(table, column, row=1):
    return f"{table}.csv:{line_of(table, row)}:{base.TABLES[table][0].index(column) + 1}: "


def add_row(table, row):
    return reshape(table, lambda rows: rows.append(row))


def both(*spoils):
    def spoil(folder):
        for one in spoils:
            one(folder)
    return spoil


def remove(table):
    return lambda folder: os.remove(path_of(folder, table))


def drop_column(table, column):
    def change(rows):
        at_column = rows[0].index(column)
        return [row[:at_column] + row[at_column + 1:] for row in rows]
    return reshape(table, change)


def link(table, target):
    def spoil(folder):
        os.remove(path_of(folder, table))
        os.symlink(target, path_of(folder, table))
    return spoil


def make_folder(table):
    def spoil(folder):
        os.remove(path_of(folder, table))
        os.mkdir(path_of(folder, table))
    return spoil


def dialect(**how):
    def spoil(folder):
        for table in base.TABLES:
            base.write_table(folder, table, rows_of(folder, table), **how)
    return spoil


def every_file(change):
    def spoil(folder):
        for table in base.TABLES:
            put(folder, table, change(get(folder, table)))
    return spoil


def belgian(folder):
    """Semicolons and decimal commas, as a spreadsheet here saves a table."""
    for table in base.TABLES:
        rows = rows_of(folder, table)
        numbers = [rows[0].index(c) for c in base.NUMBERS.get(table, [])]
        for row in rows[1:]:
            for i in range(len(row)):
                if i in numbers or (table == "settings" and re.fullmatch(r"[0-9]+\.[0-9]+", row[i])):
                    row[i] = row[i].replace(".", ",")
        base.write_table(folder, table, rows, delimiter=";", lineterminator="\r\n")


def rename_key(table, old, new):
    """A key under another name, everywhere."""
    def spoil(folder):
        for name in base.TABLES:
            rows = rows_of(folder, name)
            columns = [c for c, target in base.REFS.get(name, {}).items() if target == table]
            columns += [base.KEYS[table]] if name == table else []
            columns += ["from_id"] if name in ("flow", "tariff") and table == "site" else []
            for column in columns:
                i = rows[0].index(column)
                for row in rows[1:]:
                    row[i] = new if row[i] == old else row[i]
            base.write_table(folder, name, rows)
    return spoil


def descriptor(text=None, **change):
    """A datapackage.json that names every table; change: members of the resource offer."""
    def spoil(folder):
        if text is not None:
            put(folder, "datapackage.json", text)
            return
        resources = [{"name": t, "path": t + ".csv"} for t in base.TABLES] + [{"name": t + "-geometry", "path": t + ".geojson"} for t in ("area", "link")]
        for resource in resources:
            if resource["name"] == "offer":
                resource.update(change)
        put(folder, "datapackage.json", json.dumps({"name": "x", "resources": resources}))
    return spoil


def areas(change):
    def spoil(folder):
        tree = copy.deepcopy(base.AREAS)
        put(folder, "area.geojson", json.dumps(change(tree) or tree))
    return spoil


def polygon(*ring):
    def change(tree):
        tree["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [list(map(list, ring))]}
    return areas(change)


# ---------------------------------------------------------------- the cases
def encodings():
    accent = cell("actor", "name", "Café Ü")
    for code in ("latin-1", "cp850", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "cp037"):
        case(f"the file in {code}", BAD, both(accent, rewrite("actor", lambda b, c=code: b.decode().encode(c))), "actor.csv:")
    case("latin-1 names the cell", BAD, both(accent, rewrite("actor", lambda b: b.decode().encode("latin-1"))), "actor.csv:2:2: ")
    case("a mark of UTF-16 and nothing else", BAD, rewrite("site", lambda b: b"\xff\xfe"), "site.csv:1:")
    for name, code in (("a byte alone", b"\xff"), ("overlong", b"\xc0\xaf"), ("a surrogate", b"\xed\xa0\x80"), ("cut short", b"\xe2\x82"),
                       ("beyond Unicode", b"\xf4\x90\x80\x80"), ("NUL", b"\0")):
        case(f"bytes that are no UTF-8: {name}", BAD, rewrite("actor", lambda b, c=code: b.replace(b"Sawmill", b"Saw" + c + b"mill")),
             "actor.csv:2:2: ")
        case(f"the same in the header: {name}", BAD, rewrite("actor", lambda b, c=code: b.replace(b"nace", b"na" + c + b"ce")),
             "actor.csv:1:4: ")
        case(f"the same in a number: {name}", BAD, rewrite("offer", lambda b, c=code: b.replace(b"60.5", b"60" + c + b"5")),
             "offer.csv:2:4: ")
        case(f"the same behind the last row: {name}", BAD, rewrite("actor", lambda b, c=code: b + c), "actor.csv:5:")
    case("a mark of order in the middle", ANY, rewrite("actor", lambda b: b.replace(b"mill,", b"\xef\xbb\xbfmill,")))
    case("every file with a mark of order", GOOD, every_file(lambda b: b"\xef\xbb\xbf" + b), "same")
    case("geojson with a mark of order", ANY, rewrite("area.geojson", lambda b: b"\xef\xbb\xbf" + b))


def dialects():
    case("line ends of Windows", GOOD, dialect(lineterminator="\r\n"), "same")
    case("line ends of an old Macintosh", GOOD, dialect(lineterminator="\r", quoting=csv.QUOTE_ALL), "same")
    case("tabs", GOOD, dialect(delimiter="\t"), "same")
    case("semicolons", GOOD, dialect(delimiter=";"), "same")
    case("semicolons and decimal commas", GOOD, belgian, "same")
    case("every cell quoted", GOOD, dialect(quoting=csv.QUOTE_ALL), "same")
    mix = iter([b"\r\n", b"\n", b"\r"] * 100)
    case("line ends of every kind in one file", GOOD, rewrite("process_flow", lambda b: re.sub(b"\n", lambda _: next(mix), b)), "same")
    case("no end of the last line", GOOD, every_file(lambda b: b.rstrip(b"\n")), "same")
    case("blank lines", GOOD, rewrite("site", lambda b: b"\n\n" + b.replace(b"\nhall", b"\n\n\nhall") + b"\n\n"), "same")
    case("rows of empty cells", GOOD, rewrite("site", lambda b: b + b",,,,,,\n" * 3), "same")
    case("spaces around the names of the header", GOOD, rewrite("mode", lambda b: b.replace(b"name,", b" name ,")), "same")
    case("a separator of one's own", BAD, dialect(delimiter="|"), ".csv:1:")


def shapes():
    tables = list(base.TABLES)
    for table in tables:
        needed = table in base.REQUIRED
        case(f"{table}: an empty file", BAD if needed else ANY, rewrite(table, lambda b: b""), f"{table}.csv" if needed else None)
        case(f"{table}: the header alone", ANY, rewrite(table, lambda b: b.split(b"\n")[0] + b"\n"))
        case(f"{table}: not there", BAD if needed else ANY, remove(table), f"{table}.csv" if needed else None)
        case(f"{table}: a folder", IO, make_folder(table), f"{table}.csv")
        case(f"{table}: spaces only", ANY, rewrite(table, lambda b: b"  \n   \n"))
        case(f"{table}: a row with a cell too many", BAD, rewrite(table, lambda b: b.rstrip(b"\n") + b",x\n"), f"{table}.csv:")
        case(f"{table}: a row with a cell too few", BAD, rewrite(table, lambda b: b + b"x\n" if b.count(b",") else b), f"{table}.csv:")
        case(f"{table}: a quote that never closes", BAD, rewrite(table, lambda b: b + b'"x\ny\n'), f"{table}.csv:{line_of(table, len(base.TABLES[table]))}:1: ")
        case(f"{table}: text behind a closing quote", BAD, rewrite(table, lambda b: b + b'"x"y,\n'), f"{table}.csv:")
        for column in base.MUST[table]:
            case(f"{table}: no column {column}", BAD, drop_column(table, column), [f"{table}.csv:1:", column])
            case(f"{table}: {column} blank", BAD, cell(table, column, ""), at(table, column))
            case(f"{table}: {column} of spaces", BAD, cell(table, column, "  "), at(table, column))
        first = base.TABLES[table][0][0]
        case(f"{table}: a column twice", BAD, reshape(table, lambda rows: [r + [r[0]] for r in rows]), [f"{table}.csv:1:", first])
        case(f"{table}: columns in another order", GOOD, reshape(table, lambda rows: [r[::-1] for r in rows]), "same")
        if table in base.KEYS:
            case(f"{table}: a key twice", BAD, reshape(table, lambda rows: rows.append(list(rows[1]))),
                 f"{table}.csv:{line_of(table, len(base.TABLES[table]))}:1: ")
    for table, other in [(a, b) for i, a in enumerate(tables) for b in tables[i + 1:]]:
        def swap(folder, a=table, b=other):
            one, two = get(folder, a), get(folder, b)
            put(folder, a, two)
            put(folder, b, one)
        case(f"{table} and {other} swapped", BAD, swap, ".csv:1:")
    case("header in the second line", BAD, rewrite("site", lambda b: b"My sites\n" + b), "site.csv:")
    case("no header", BAD, rewrite("site", lambda b: b.split(b"\n", 1)[1]), "site.csv:1:")
    case("the header twice", BAD, rewrite("offer", lambda b: b.split(b"\n")[0] + b"\n" + b), "offer.csv:2:")
    case("a column without name and a value in it", BAD, reshape("actor", lambda rows: [r + ["x" if i else ""] for i, r in enumerate(rows)]),
         "actor.csv:2:6: ")
    case("swapped names of two columns", BAD, rewrite("offer", lambda b: b.replace(b"site_id,resource_id", b"resource_id,site_id")),
         "offer.csv:2:")
    case("10^5 columns", BAD, reshape("actor", lambda rows: [r + [f"c{i}" if n == 0 else "" for i in range(100000)] for n, r in enumerate(rows)]), "actor.csv:1:1006: ")
    case("10^5 columns with a value each", BAD, reshape("precedent", lambda rows: [r + [f"c{i}" for i in range(100000)] for r in rows]))
    case("10^5 columns of one name", BAD, reshape("precedent", lambda rows: [r + ["c"] * 100000 for r in rows]), "precedent.csv:1:")
    case("1000 columns that nobody knows", GOOD, reshape("precedent", lambda rows: [r + [f"c{i}" for i in range(1000)] for r in rows]))
    case("a name of 70000 letters", BAD, reshape("actor", lambda rows: [r + ["c" * 70000 if n == 0 else "x"] for n, r in enumerate(rows)]))
    case("a field of 65536 bytes", GOOD, cell("offer", "description", "x" * 65536))
    case("a field of 65537 bytes", BAD, cell("offer", "description", "x" * 65537), [at("offer", "description"), "65537"])
    case("a quoted field of 65537 bytes", BAD, cell("offer", "description", '"' * 65537), at("offer", "description"))
    case("a key of 65536 bytes", ANY, rename_key("site", "yard", "y" * 65536))
    case("a number of 60000 digits", ANY, cell("offer", "quantity", "9" * 60000))
    case("a number of 60000 digits behind the point", ANY, cell("offer", "quantity", "0." + "9" * 60000))
    case("500 bad rows", BAD, reshape("offer", lambda rows: rows + [[f"x{i}", "yard", "dust", "-1"] + [""] * 9 for i in range(500)]),
         "offer.csv: ")


def cells():
    wrong = ["1e999", "-1e999", "nan", "NaN", "inf", "-inf", "Infinity", "1.234,5", "1,5", "1 000", "1 000", "1'000", "1,000.5", "0x10", "1e",
             "e5", "--1", "+-1", "1-", "1.2.3", "€ 5", "5 t", "12%", "1_000", "１２", "٣", "½", "-", "+", ".", "true", "n/a", "#N/A", "1d5", "1e5.5"]
    for table, columns in base.NUMBERS.items():
        for i, column in enumerate(columns):
            for text in wrong if i == 0 else wrong[(i * 7) % 30:(i * 7) % 30 + 3]:
                case(f"{table}.{column} '{text}'", BAD, cell(table, column, text), [at(table, column), text[:12]])
    for text, value in (("+5", "5"), ("5.", "5"), (".5", "0.5"), ("007", "7"), ("5e0", "5"), ("5E+1", "50"), (" 5 ", "5"), ("-0", "0"), ("1e-400", "0")):
        case(f"a quantity '{text}'", ANY, cell("offer", "quantity", text))
        case(f"a cost '{text}' is {value}", ANY, cell("process", "opex_eur", text))
    for table, columns in base.WHOLE.items():
        for column in columns:
            for text in ("1.5", "x", "1e99", "99999999999", "-99999999999", "nan", "2 0"):
                case(f"{table}.{column} '{text}'", BAD, cell(table, column, text), at(table, column))
    for table, columns in base.SHARES.items():
        for column in columns:
            for text in ("-0.1", "1.0001", "75", "1e300", "-1e-300"):
                case(f"{table}.{column} {text}: outside 0 to 1", BAD, cell(table, column, text), at(table, column))
            for text in ("0", "1", "-0", "1.0"):
                case(f"{table}.{column} {text}", GOOD, cell(table, column, text))
    for table, columns in base.FROM_0.items():
        for column in columns:
            for text in ("-1", "-1e-300", "-1e300"):
                case(f"{table}.{column} {text}: below 0", BAD, cell(table, column, text), at(table, column))
            for text in ("0", "-0", "0.000", "1e300", "1e-300"):
                case(f"{table}.{column} {text}", GOOD, cell(table, column, text))
    for table, columns in base.ABOVE_0.items():
        for column in columns:
            for text in ("0", "-0", "-1", "1e-400"):
                case(f"{table}.{column} {text}: not above 0", BAD, cell(table, column, text), at(table, column))
    for text in ("0", "-0", "0.0", "1e-400"):
        case(f"a recipe with {text}", BAD, cell("process_flow", "quantity", text), at("process_flow", "quantity"))
    for table in ("site", "gateway", "node", "terminal"):
        for column, text in (("lon", "180.01"), ("lon", "-181"), ("lon", "1e6"), ("lat", "90.5"), ("lat", "-91"), ("lat", "")):
            case(f"{table}.{column} {text}", BAD, cell(table, column, text), at(table, column))
        case(f"{table}: lon and lat swapped", ANY, both(cell(table, "lon", "50.95"), cell(table, "lat", "5.5")))
        case(f"{table}: at a pole and at the date line", GOOD, both(cell(table, "lon", "-180"), cell(table, "lat", "90")))
    for table, columns in base.DATES.items():
        for column in columns:
            for text in ("2023-02-29", "2030-13-01", "2030-00-10", "2030-1-1", "31/12/2030", "12-31-2030", "20301231", "2030-12-32", "tomorrow",
                         "2030-12-31T00:00", "-2030-01-01", "99999-01-01", "2030-12-", "2030-02-30", "1900-02-29"):
                case(f"{table}.{column} '{text}'", BAD, cell(table, column, text), [at(table, column), text])
            case(f"{table}.{column} 2024-02-29", ANY, cell(table, column, "2024-02-29"))
    for table in base.DATES:
        case(f"{table}: a window that ends before it begins", ANY, both(cell(table, "from", "2030-06-01"), cell(table, "to", "2030-05-01")))
    for table, columns in base.WORDS.items():
        for column in columns:
            for text in ("nonsense", "0", "x" * 3000, "Ünïcode"):
                case(f"{table}.{column} '{text[:12]}'", BAD, cell(table, column, text), [at(table, column), text[:12]])
    for table, columns in base.REFS.items():
        for column in columns:
            case(f"{table}.{column} to nothing", BAD, cell(table, column, "nothing-here"), [at(table, column), "nothing-here"])
    for key, value in (("plan_year", "soon"), ("plan_year", "2030.5"), ("plan_year", "-1"), ("discount_rate", "five"), ("discount_rate", "nan"),
                       ("discount_rate", "-2"), ("co2_eur_per_t", "1e999"), ("fte_h", "0"), ("fte_h", "-5"), ("currency", "euro"),
                       ("perspective", "mine"), ("plan_year", "99999999999")):
        case(f"the setting {key} {value}", BAD, reshape("settings", lambda rows, k=key, v=value: [r for r in rows if r[0] != k] + [[k, v]]),
             "settings.csv:")
    for unit in ("kg", "Mg", "lb"):
        case(f"a unit {unit}", GOOD, cell("offer", "unit", unit))
    for unit in ("MWh", "m3", "parsec", "t/yr", "kg kg", "1e999 kg", "%", "\"", "€", "kg" * 2000, "t^-1", "log(kg)"):
        case(f"a unit '{unit[:12]}' for wood", BAD, cell("offer", "unit", unit), at("offer", "unit"))
    case("two dimensions of one property", BAD, cell("offer_property", "unit", "kg", 2), "offer_property.csv:3:")
    case("least above most in a spec", ANY, both(cell("need_spec", "min", "30"), cell("need_spec", "max", "20")))
    for target in ("resource", "resource:", ":wood", "resource:nothing-here", "site:yard", "r_strategy:R10", "need:", "wood", "area:nothing-here"):
        case(f"an incentive for '{target}'", BAD, cell("incentive", "target", target), at("incentive", "target"))
    for end in ("nothing-here", "site:nothing-here", "node:yard", "site:", "nace:24.10"):
        case(f"a tariff from '{end}'", BAD, cell("tariff", "from_id", end), at("tariff", "from_id"))
    case("a tariff for a resource and a class", BAD, cell("tariff", "class", "material"), "tariff.csv:2:")
    case("a tariff for nothing", BAD, cell("tariff", "resource_id", ""), "tariff.csv:2:")
    case("a tariff twice", BAD, reshape("tariff", lambda rows: rows + [rows[1]]), "tariff.csv:4:")
    case("a tariff by its table and key", GOOD, cell("tariff", "from_id", "site:yard"))
    for kinds in ("road;air", ";", "road;", "road,water", "ROAD"):
        case(f"a terminal of '{kinds}'", BAD, cell("terminal", "kinds", kinds), at("terminal", "kinds"))
    case("a link that is too short", ANY, cell("link", "km", "0.001"))
    for end in ("nothing-here", "stock:nothing-here", "nace:", "stock:"):
        case(f"a flow from '{end}'", BAD, cell("flow", "from_id", end), at("flow", "from_id"))


def trees():
    for table, keys in (("area", ["w", "r", "m"]), ("resource", ["wood", "dust", "chips"])):
        for length in (1, 2, 3):
            def ring(rows, keys=keys[:length]):
                parent = rows[0].index("parent_id")
                for row in rows[1:]:
                    if row[0] in keys:
                        row[parent] = keys[(keys.index(row[0]) + 1) % len(keys)]
            case(f"a ring of {length} in {table}", BAD, reshape(table, ring), [f"{table}.csv:", "circle"])
    deep = [["resource_id", "class", "name", "parent_id"]] + [[f"r{i}", "material", "x", f"r{i - 1}" if i else ""] for i in range(20000)]
    case("a tree of 20000 levels", ANY, reshape("resource", lambda rows: rows + [r + [""] * 5 for r in deep[1:]]))


def keys():
    for new in ("a b", " a", "a\"b", "a,b", "a;b", "two\nlines", "a\tb", "é☃𝄞", "'; DROP TABLE site; --", "%s%n", "../x", "a:b", "null", "NaN", "1e5", "-",
                "ﬁ", "e\u0301", "\u200b", "\u202e", "=1+1", "a\r\nb"):
        for table, old in (("site", "yard"), ("resource", "dust"), ("offer", "o1")):
            case(f"a key of {table} {new!r}", ANY if new != new.strip() else GOOD, rename_key(table, old, new))
    case("two keys that differ in case", GOOD, add_row("actor", ["MILL", "x", "", "", ""]))


def places():
    case("a link to the file", GOOD, lambda folder: (shutil.move(path_of(folder, "site"), folder + "/s.txt"), os.symlink("s.txt", path_of(folder, "site"))),
         "same")
    case("a link to nothing", BAD, link("site", "nowhere.csv"), "site.csv")
    case("a link to itself", BAD, link("site", "site.csv"), "site.csv")
    case("a link to a device without end", IO, link("site", "/dev/zero"), "site.csv")
    case("a named pipe that nobody writes", IO, lambda folder: (os.remove(path_of(folder, "site")), os.mkfifo(path_of(folder, "site"))), "site.csv")
    case("files that are no tables", GOOD, both(lambda f: put(f, "offers.csv", "x\n"), lambda f: put(f, "README", "x"), lambda f: os.mkdir(f + "/x.csv")), "same")
    case("a link to the folder itself", GOOD, lambda folder: os.symlink(".", folder + "/loop"), "same")


def descriptors():
    case("a descriptor", GOOD, descriptor(), "same")
    case("an empty descriptor", BAD, descriptor(text=""), "datapackage.json:1:1: ")
    for text in ("{", "[]", "{}", "null", "x", '{"resources": 1}', '{"resources": []}', '{"resources": [1, null, [], "x"]}', "\ufeff{}", "{" * 100000,
                 '{"resources": [{}]}', '{"resources": [{"name": 1, "path": 2}]}', '{"a": 1, "a": 2}', '"' + "x" * 100000):
        case(f"a descriptor {text[:24]!r}", BAD, descriptor(text=text), "datapackage.json" if len(text) != 2 else None)
    case("a descriptor that is no UTF-8", BAD, lambda folder: put(folder, "datapackage.json", b'{"resources": [{"name": "\xff"}]}'), "datapackage.json:1:")
    case("a descriptor in UTF-16", BAD, lambda folder: put(folder, "datapackage.json", '{"resources": []}'.encode("utf-16")), "datapackage.json:1:")
    case("a descriptor that is a folder", IO, lambda folder: os.mkdir(folder + "/datapackage.json"), "datapackage.json")
    for path in ("../x/offer.csv", "/etc/passwd", "http://example.org/offer.csv", "", ["offer.csv", "need.csv"], [], None, 5, "a\\b.csv", "..", ".",
                 "nothing.csv", "offer.csv/", "./../offer.csv", "area.geojson"):
        case(f"a path {path!r}", BAD if path != "area.geojson" else ANY, descriptor(path=path), "offer" if isinstance(path, str) and "offer" in path else None)
    case("a path in a folder", GOOD, both(lambda f: os.mkdir(f + "/in"), lambda f: shutil.move(path_of(f, "offer"), f + "/in/offer.csv"), descriptor(path="in/offer.csv")), "same")
    for name, value in (("delimiter", ";"), ("quoteChar", "'"), ("delimiter", ""), ("delimiter", "ab"), ("delimiter", "\n"), ("delimiter", "\""), ("delimiter", 1),
                        ("header", False), ("doubleQuote", False), ("escapeChar", "\\"), ("commentChar", "#"), ("quoteChar", ",")):
        case(f"a dialect with {name} {value!r}", ANY if name == "quoteChar" else BAD, descriptor(dialect={name: value}))
    case("a dialect that is no object", ANY, descriptor(dialect=[1]))
    for encoding in ("latin1", "utf-16", "nonsense", "", "utf-8//IGNORE", "UTF8", "x" * 5000, "%s"):
        case(f"an encoding {encoding[:12]!r}", ANY, descriptor(encoding=encoding))
    case("missingValues", GOOD, both(cell("offer", "rel_sd", "n/a"), descriptor(schema={"missingValues": ["", "n/a"]})))
    case("missingValues that are no texts", ANY, descriptor(schema={"missingValues": [1, None, {}]}))
    case("a decimalChar of its own", BAD, descriptor(schema={"fields": [{"name": "quantity", "decimalChar": "x"}]}), "datapackage.json:1:")
    case("a groupChar", BAD, descriptor(schema={"fields": [{"name": "quantity", "groupChar": "."}]}), "datapackage.json:1:")
    case("fields that are none", ANY, descriptor(schema={"fields": 5}))


def geometries():
    text = json.dumps(base.AREAS)
    for n in (0, 1, 20, len(text) // 2, len(text) - 1):
        case(f"geojson cut off at {n}", BAD, lambda folder, n=n: put(folder, "area.geojson", text[:n]), "area.geojson:1:")
    for n, content in enumerate(("[]", "null", "{}", '{"type": "Feature"}', '{"type": "FeatureCollection"}', '{"type": "FeatureCollection", "features": {}}',
                                 '{"type": "FeatureCollection", "features": [1, null, []]}', "[" * 100000, '{"type":"GeometryCollection","geometries":[]}')):
        case(f"geojson that is none, {n}", BAD, lambda folder, c=content: put(folder, "area.geojson", c), "area.geojson:1:")
    case("geojson without features", GOOD, areas(lambda t: t["features"].clear()))
    for kind in ("Point", "LineString", "GeometryCollection", "polygon", "", 5, None):
        case(f"a geometry of type {kind!r}", BAD, areas(lambda t, k=kind: t["features"][0]["geometry"].update(type=k)), "area.geojson:1:")
    for n, coordinates in enumerate(([], None, 5, "x", [[]], [[[5, 50]]], [[5, 50], [6, 50], [6, 51], [5, 50]], [[[5, 50], [6, 50], [6, 51], [5]]],
                                     [[[5, 50], [6, 50], [6, 51], ["5", 50]]], [[[5, 50], [6, 50], [6, 51], [5, 51]]], [[[5, 50], [6, 50], [6, 51], None]], {})):
        case(f"coordinates that are none, {n}", BAD, areas(lambda t, c=coordinates: t["features"][0]["geometry"].update(coordinates=c)), "area.geojson:1:")
    case("a ring beyond the world", BAD, polygon((5, 50), (6, 50), (6, 95), (5, 50)), "area.geojson:1:")
    case("a ring in metres", BAD, polygon((230000, 180000), (240000, 180000), (240000, 190000), (230000, 180000)), "area.geojson:1:")
    case("lon and lat swapped", ANY, polygon((50, 5), (51, 5), (51, 6), (50, 5)))
    case("a ring that crosses itself", ANY, polygon((5, 50), (6, 51), (6, 50), (5, 51), (5, 50)))
    case("a ring without area", ANY, polygon((5, 50), (6, 50), (5, 50), (5, 50)))
    case("a ring of one point", ANY, polygon((5, 50), (5, 50), (5, 50), (5, 50)))
    case("numbers that are no numbers", BAD, rewrite("area.geojson", lambda b: b.replace(b"50.5", b"NaN", 1)), "area.geojson:1:")
    case("numbers too large", BAD, rewrite("area.geojson", lambda b: b.replace(b"50.5", b"1e999", 1)), "area.geojson:1:")
    case("an area that is not there", BAD, areas(lambda t: t["features"][0]["properties"].update(area_id="nothing-here")), ["area.geojson:1:", "nothing-here"])
    case("an area twice", BAD, areas(lambda t: t["features"][0]["properties"].update(area_id="m")), "area.geojson:1:")
    case("no area_id", BAD, areas(lambda t: t["features"][0].update(properties=None)), "area.geojson:1:")
    case("an area_id that is a list", BAD, areas(lambda t: t["features"][0]["properties"].update(area_id=["r"])), "area.geojson:1:")
    case("no geometry", ANY, areas(lambda t: t["features"][0].update(geometry=None)))
    case("another reference system", BAD, areas(lambda t: t.update(crs={"type": "name", "properties": {"name": "EPSG:31370"}})), "area.geojson:1:")
    case("heights", GOOD, areas(lambda t: [p.append(7) for p in t["features"][0]["geometry"]["coordinates"][0]] and None), "same")
    case("a ring of 200000 points", ANY, polygon(*([(5 + i / 2e5, 50) for i in range(200000)] + [(5.5, 51), (5, 50)])))


def truncations():
    for table in base.TABLES:
        size = len(get_base(table))
        for n in sorted({1, size // 3, size // 2, size - 2, size - 1}):
            case(f"{table} cut off at byte {n}", ANY, rewrite(table, lambda b, n=n: b[:n]))


def get_base(table):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(base.TABLES[table])
    return out.getvalue().encode()


def random_cases(seed, count):
    """What a seed makes up. Bytes, cells, rows, columns and files, one to three of them at a time."""
    dice = random.Random(seed)
    tables = list(base.TABLES)
    odd = ["", "0", "-1", "1e999", "x", "yard", "wood", "é", "\"", "\n", ",", ";", "2030-01-01", "\x00", "1,5", "1.5", "9" * 400, "=1", "\ufeff", "kg", "MWh"]

    def one():
        table = dice.choice(tables)
        way, a, b, c = dice.randrange(8), dice.random(), dice.random(), dice.choice(odd)
        byte = bytes([dice.randrange(256)])

        def bytes_way(content):
            i, j = sorted((int(a * len(content)), int(b * len(content))))
            return (content[:i] + byte + content[i + 1:], content[:i] + content[j:], content[:i] + byte + content[i:], content[:j] + content[i:])[way]

        def rows_way(rows):
            i, j = int(a * len(rows)), int(b * max(1, len(rows[0])))
            if way == 4:
                rows[i][j:j + 1] = [c]
            elif way == 5:
                rows.insert(i, list(rows[int(b * len(rows))]))
            elif way == 6:
                for row in rows:
                    row[j:j + 1] = []
            else:
                for row in rows:
                    row.insert(j, row[int(a * len(row))])
        return rewrite(table, bytes_way) if way < 4 else reshape(table, rows_way)
    for n in range(count):
        spoils = [one() for _ in range(dice.randint(1, 3))]

        def spoil(folder, spoils=spoils):
            for step in spoils:
                try:
                    step(folder)
                except (UnicodeDecodeError, csv.Error, IndexError):
                    pass    # an earlier step left nothing for this one
        case(f"random {seed}.{n}", ANY, spoil)


# ---------------------------------------------------------------- the promises
class Judge:
    def __init__(self, knoop, work, keep):
        self.knoop, self.work, self.keep = knoop, work, keep
        self.base = os.path.join(work, "base")
        base.write(self.base)
        self.region = os.path.join(work, "before.gpkg")
        _, out, err = self.run("new", self.region, "--from", self.base, "--json")
        self.digest = json.loads(out)["digest"]
        self.before = self.hash(self.region)
        self.count = self.failed = 0

    def run(self, *words):
        done = subprocess.run([self.knoop, *words], capture_output=True, timeout=120)
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    @staticmethod
    def hash(path):
        with open(path, "rb") as f:
            return hashlib.sha256(f.read()).hexdigest()

    def messages(self, err, folder):
        """What does not hold of the messages of a refusal."""
        wrong = []
        told = collections.Counter()
        for line in err.splitlines():
            match = PLACE.match(line)
            if match and match.group(2) and folder in line:
                told[match.group(1)] += 1
        wrong += [f"{n} messages about {name}" for name, n in told.items() if n > 50]
        if folder not in err:
            wrong.append("no file is named")
        return wrong

    def round_trip(self, region, folder):
        """What comes in goes out, in and out again with the same bytes."""
        a, b, again = folder + ".a", folder + ".b", folder + ".again.gpkg"
        wrong = []
        for words in (("export", region, a), ("new", again, "--from", a), ("export", again, b)):
            code, _, err = self.run(*words, "--quiet")
            if code != 0:
                wrong.append(f"{words[0]} exits {code}: {err.strip()[:200]}")
                break
        else:
            different = subprocess.run(["diff", "-r", a, b], capture_output=True, text=True).stdout
            if different:
                wrong.append("exported twice, not the same: " + different[:200])
        code, _, err = self.run("check", region, "--json")
        if code not in (0, 1) or any(word in err for word in MACHINE):
            wrong.append(f"check exits {code}: {err[:300]}")
        for path in (a, b):
            shutil.rmtree(path, ignore_errors=True)
        if os.path.exists(again):
            os.remove(again)
        return wrong

    def judge(self, one):
        folder, region = os.path.join(self.work, "case"), os.path.join(self.work, "case.gpkg")
        base.write(folder)
        one.spoil(folder)
        wrong = []
        code, out, err = self.run("new", region, "--from", folder, "--json")
        try:
            doc = json.loads(out)
        except ValueError:
            doc = {}
            wrong.append("no JSON on standard output")
        if code not in WANTED[one.wanted]:
            wrong.append(f"new exits {code}")
        if any(word in err for word in MACHINE):
            wrong.append("the machine complains")
        same = "same" in one.where
        if code == 0:
            if same and doc.get("digest") != self.digest:
                wrong.append("another region than before")
            wrong += self.round_trip(region, folder)
        else:
            if any(name.startswith("case.gpkg") for name in os.listdir(self.work)):
                wrong.append("new leaves a file")
            wrong += self.messages(err, folder)
            wrong += [f"'{text}' is not told" for text in one.where if text != "same" and text not in err]
        wrong += self.judge_import(folder, code, one)
        self.tell(one, wrong, err, folder)
        shutil.rmtree(folder)
        for name in os.listdir(self.work):
            if name.startswith("case.gpkg"):
                os.remove(os.path.join(self.work, name))

    def judge_import(self, folder, expected, one):
        """Into a region that is there: all or nothing."""
        code, _, err = self.run("import", self.region, folder, "--quiet")
        wrong = []
        # What is missing from a package may be in the region already; all else is refused there too.
        if code not in (0, 3, 5) or one.wanted != ANY and code != expected and not (code == 0 and ("not there" in one.name or "empty" in one.name or "descriptor" in one.name or "a path" in one.name)):
            wrong.append(f"import exits {code} where new exits {expected}")
        if any(word in err for word in MACHINE):
            wrong.append("the machine complains of import: " + err[:300])
        if code != 0 and self.hash(self.region) != self.before:
            wrong.append("a refused import changed the region file")
        if code == 0:
            for name in os.listdir(self.work):
                if name.startswith("before.gpkg"):
                    os.remove(os.path.join(self.work, name))
            self.run("new", self.region, "--from", self.base, "--quiet")
            self.before = self.hash(self.region)
        return wrong

    def tell(self, one, wrong, err, folder):
        self.count += 1
        self.failed += bool(wrong)
        name = one.name.encode("unicode_escape").decode().replace("#", "\\#")
        print(("not ok" if wrong else "ok") + f" {self.count} - {name}", flush=True)
        if wrong:
            for line in wrong + err.splitlines()[:6]:
                print("# " + line[:400].encode("unicode_escape").decode())
            if self.keep:
                kept = os.path.join(self.keep, str(self.count))
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(folder, kept, symlinks=True, ignore_dangling_symlinks=True)


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("knoop")
    arg.add_argument("--seeds", type=int, default=1)
    arg.add_argument("--first", type=int, default=1)
    arg.add_argument("--random", type=int, default=60)
    arg.add_argument("--every", type=int, default=1, help="only each n-th case, of another rest for each seed")
    arg.add_argument("--only")
    arg.add_argument("--keep")
    a = arg.parse_args()
    for make in (encodings, dialects, shapes, cells, trees, keys, places, descriptors, geometries, truncations):
        make()
    chosen = [c for i, c in enumerate(cases) if i % a.every == a.first % a.every]
    cases.clear()
    for seed in range(a.first, a.first + a.seeds):
        random_cases(seed, a.random)
    work = tempfile.mkdtemp()
    try:
        judge = Judge(os.path.abspath(a.knoop), work, a.keep)
        for one in chosen + cases:
            if not a.only or a.only in one.name:
                judge.judge(one)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"1..{judge.count}")
    sys.exit(1 if judge.failed else 0)


if __name__ == "__main__":
    main()
