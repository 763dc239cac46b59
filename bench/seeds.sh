#!/bin/sh
# ./run bench seeds
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_seeds.py" "$@"
