#!/bin/sh
# ./run bench network
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_network.py" "$@"
