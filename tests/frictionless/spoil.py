#!/usr/bin/python3
"""Puts one fault into a table of a data package: spoil.py FOLDER TABLE COLUMN VALUE, in its last row.
VALUE `=` repeats the value of the first row (a key twice); COLUMN `-` cuts the last cell off (a ragged row)."""
import csv
import os
import sys

folder, table, column, value = sys.argv[1:]
path = os.path.join(folder, table + ".csv")
with open(path, newline="", encoding="utf-8") as f:
    rows = list(csv.reader(f))
if column == "-":
    rows[-1].pop()
else:
    at = rows[0].index(column)
    rows[-1][at] = rows[1][at] if value == "=" else value
with open(path, "w", newline="", encoding="utf-8") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)
