#!/bin/sh
# ./run bench import
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_import.py" "$@"
