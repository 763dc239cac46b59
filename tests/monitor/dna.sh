#!/bin/sh
# What `knoop dna` says of regions whose indicators are known.
exec /usr/bin/python3 "$(dirname "$0")/dna.py" "$KNOOP" "$KN_SOURCE_ROOT"
