#!/bin/sh
# Aim: small regions whose answers a reader can redo by hand keep their answers.
# Method: each folder here is a region package with an expect.json; see README.md. Prints TAP.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"

# Numbers agree to 1e-6 relative (and 1e-9 absolute), all else must be equal.
# shellcheck disable=SC2016  # $want and $got belong to jq
agree='def agree($want; $got):
  if ($want | type) == "number" and ($got | type) == "number"
  then (($want - $got) | fabs) <= 1e-9 + 1e-6 * ($want | fabs)
  else $want == $got end;'

# compare TITLE RUN OUT: each entry of .is of the run is a jq filter with its value.
compare()
{
  jq -r '(.is // {}) | keys_unsorted[]' "$2" >"$tmp/filters"
  while read -r filter; do
    if jq -es --slurpfile run "$2" "$agree .[0] | ($filter) as \$got | agree(\$run[0].is[\"$(printf '%s' "$filter" |
      sed 's/["\\]/\\&/g')\"]; \$got)" "$3" >/dev/null 2>"$tmp/jq"; then
      ok "$1: $filter"
    else
      { jq -c "$filter" "$3"; cat "$tmp/jq"; } >"$tmp/got" 2>&1
      not_ok "$1: $filter" "$tmp/got"
    fi
  done <"$tmp/filters"
}

for expect in "$root"/tests/known/*/expect.json; do
  [ -f "$expect" ] || continue
  folder=$(dirname "$expect")
  name=$(basename "$folder")
  rm -f "$tmp"/region.gpkg*
  jq '.new // {}' "$expect" >"$tmp/run"
  run "$(jq '.exit // 0' "$tmp/run")" "$name: new" --json new "$tmp/region.gpkg" --from "$folder"
  compare "$name: new" "$tmp/run" "$tmp/out"
  count=$(jq '.runs | length' "$expect")
  at=0
  while [ "$at" -lt "$count" ]; do
    jq ".runs[$at]" "$expect" >"$tmp/run"
    command=$(jq -r '.command' "$tmp/run")
    # The first word is the command; the region comes after it. Words of the command hold no blanks.
    # shellcheck disable=SC2046,SC2086
    run "$(jq '.exit // 0' "$tmp/run")" "$name: $command" --json ${command%% *} "$tmp/region.gpkg" \
      $(printf '%s' "$command" | sed 's/^[^ ]* *//')
    compare "$name: $command" "$tmp/run" "$tmp/out"
    at=$((at + 1))
  done
done
tap_end
