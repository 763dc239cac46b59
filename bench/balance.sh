#!/bin/sh
# ./run bench balance
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_balance.py" "$@"
