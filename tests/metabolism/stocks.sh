#!/bin/sh
# Stocks and fleets of the real program against the shared cases and peers.
exec /usr/bin/python3 "$(dirname "$0")/stocks.py" "$KNOOP" "$KN_SOURCE_ROOT"
