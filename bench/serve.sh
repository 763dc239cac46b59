#!/bin/sh
# ./run bench serve
set -eu
exec node "$(dirname "$0")/bench_serve.mjs" "$@"
