#!/bin/sh
# ./run bench scale
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_scale.py" "$@"
