#!/bin/sh
# ./run bench osm
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_osm.py" "$@"
