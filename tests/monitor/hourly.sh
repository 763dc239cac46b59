#!/bin/sh
# What `knoop dna` says of profiles.
exec /usr/bin/python3 "$(dirname "$0")/hourly.py" "$KNOOP" "$KN_SOURCE_ROOT"
