#!/bin/sh
# Aim: an exchange over a network has the same value by one flow on its links as by its pairs.
# Method: regions of streams, substitutions and gateways on a road grid with a canal; the same ones with a limit that only pairs can keep.
here=$(dirname "$0")
exec /usr/bin/python3 "$here/compareflow.py" "$KNOOP" "$here/../../bench/bench_network.py"
