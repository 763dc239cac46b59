#!/bin/sh
# ./run bench exchange
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_exchange.py" "$@"
