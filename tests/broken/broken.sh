#!/bin/sh
# Aim: whatever is wrong with a package, knoop says what and where, and nothing of it comes in.
# Method: broken.py spoils a small package; here every 20th way, another part with BROKEN_FIRST=n, and some made up by that seed.
exec python3 "${KN_SOURCE_ROOT:?}/tests/broken/broken.py" "${KNOOP:?}" --every 20 --first "${BROKEN_FIRST:-1}" --random 15
