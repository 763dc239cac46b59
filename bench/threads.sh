#!/bin/sh
# ./run bench threads
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_threads.py" "$@"
