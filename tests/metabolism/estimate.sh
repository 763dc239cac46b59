#!/bin/sh
# What `knoop estimate` promises, against a peer in numpy, a simulation and a real register.
exec /usr/bin/python3 "$(dirname "$0")/estimate.py" "$KNOOP" "$KN_SOURCE_ROOT"
