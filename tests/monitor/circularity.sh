#!/bin/sh
# What `knoop dna` says of products and of accounts of materials and waste.
exec /usr/bin/python3 "$(dirname "$0")/circularity.py" "$KNOOP" "$KN_SOURCE_ROOT"
