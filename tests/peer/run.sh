#!/bin/sh
# Random regions of every kind, and known packages where they are at hand, planned by knoop and by a peer that enumerates
# every pair: same value, same bound, same pairs, feasible, adding up.
here=$(dirname "$0")
set -- --seeds 1 --size 24 --first "${PEER_SEED:-11}" --gap 1e-7
for package in "$KN_SOURCE_ROOT"/../shared/cases/plan/*/; do
  if [ -d "$package" ]; then
    set -- "$@" --package "${package%/}"
  else
    echo "# the shared cases are not here: only random regions"
  fi
done
exec /usr/bin/python3 "$here/compare.py" "$KNOOP" "$@"
