#!/bin/sh
# ./run bench flow
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_flow.py" "$@"
