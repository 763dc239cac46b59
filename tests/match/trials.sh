#!/bin/sh
# Aim and method: see trials.py.
root=${KN_SOURCE_ROOT:?the source folder}
PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 "$root/tests/match/trials.py" "${KNOOP:?the program to test}" "$root"
