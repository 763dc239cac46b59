#!/bin/sh
# ./run bench plan
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_plan.py" "$@"
