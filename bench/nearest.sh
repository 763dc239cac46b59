#!/bin/sh
# ./run bench nearest
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_nearest.py" "$@"
