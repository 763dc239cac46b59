#!/bin/sh
# ./run bench estimate
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_estimate.py" "$@"
