#!/bin/sh
# Aim: the five minutes of the README go as it says, word for word.
# Method: its commands are run in an empty folder that has build/knoop and data, and what they print is held against what
# stands there. Digits are masked: figures of the demo region move with its data, in their last places also with the
# search. Prints TAP.
KN_SOURCE_ROOT=${KN_SOURCE_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
KNOOP=${KNOOP:-$KN_SOURCE_ROOT/build/knoop}
. "$KN_SOURCE_ROOT/tests/tap.sh"

case $knoop in
  *build-asan/*) echo "1..0 # SKIP slow under sanitizers, and the same program"; exit 0 ;;
esac
mkdir "$tmp/walk" "$tmp/walk/build"
ln -s "$knoop" "$tmp/walk/build/knoop"
ln -s "$root/data" "$tmp/walk/data"
mask='s/[0-9]/9/g; s/  */ /g; s/ *$//'
awk '/^## Five minutes/ { on = 1 } /^## (The portal|Read on)/ { on = 0 } on && sub(/^    /, "")' "$root/README.md" >"$tmp/block"
check "the README has a walk" test "$(grep -c '^\$ ' "$tmp/block")" -ge 5

# One command at a time: what stands under it, and what it prints.
count=$(grep -c '^\$ ' "$tmp/block")
at=1
while [ "$at" -le "$count" ]; do
  awk -v at="$at" '/^\$ / { n++ } n == at' "$tmp/block" >"$tmp/part"
  command=$(sed -n '1s/^\$ //p' "$tmp/part")
  sed -e 1d -e "$mask" "$tmp/part" >"$tmp/wanted"
  (cd "$tmp/walk" && sh -c "$command") 2>"$tmp/err" | sed "$mask" >"$tmp/seen"
  check "$command" diff "$tmp/wanted" "$tmp/seen"
  at=$((at + 1))
done
check "the report is there" test -s "$tmp/walk/genk.html"
tap_end
