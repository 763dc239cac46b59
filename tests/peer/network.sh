#!/bin/sh
# Aim: plans and routes over a network are those of the network as docs/package.md describes it.
# Method: networks worked out by hand and published ones; then random ones, against a peer that enumerates every chain of legs of
# every pair: same values, bounds and choices, and no tie goes dearer than it could.
here=$(dirname "$0")
status=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for part in "knownnetworks.py $KNOOP" "comparenetwork.py $KNOOP --seeds 1 --size 12 --first ${PEER_SEED:-11} --gap 1e-9"; do
  # shellcheck disable=SC2086  # words on purpose
  /usr/bin/python3 "$here"/$part >>"$log" || status=1
done
# One plan for both.
awk '/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++n) } !/^1\.\./ { print } END { print "1.." n }' "$log"
exit "$status"
