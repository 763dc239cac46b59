"""Small tables written by hand as text, and CSV files written the way the region package wants them."""

import csv
import decimal
import os


def table(names, text):
    """One dict per line; cells are split by '|', blank lines and lines that start with '#' are skipped."""
    names = names.split()
    rows = []
    for line in text.strip().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > len(names):
            raise ValueError(f"{len(cells)} cells, expected at most {len(names)}: {line}")
        rows.append(dict(zip(names, cells + [""] * (len(names) - len(cells)))))
    return rows


def number(value):
    """A figure as short text: no exponent, no zeros at the end, at most seven decimals."""
    if value in ("", None):
        return ""
    text = format(round(decimal.Decimal(str(value)), 7), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def significant(value, digits=3):
    """Rounds an estimate to so many significant digits: it is not known better than that."""
    return float(f"{value:.{digits}g}")


def read(path):
    """All rows of a CSV file as dicts."""
    with open(path, encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write(folder, name, columns, rows, numbers=()):
    """folder/name.csv: UTF-8, comma, LF. Every row has exactly these columns; None and missing are blank. Figures of the columns
    `numbers` are written short."""
    columns = columns.split() if isinstance(columns, str) else columns
    with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            strange = set(row) - set(columns)
            if strange:
                raise ValueError(f"{name}: no column {sorted(strange)} for {row}")
            writer.writerow([number(row.get(c)) if c in numbers else row.get(c) or "" for c in columns])
