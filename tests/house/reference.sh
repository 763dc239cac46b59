#!/bin/sh
# Aim: docs/reference.md names every command and every option that the program has.
# Method: the help of the program itself, given as the argument or in KNOOP. Prints TAP.
set -eu
cd "${KN_SOURCE_ROOT:-$(dirname "$0")/../..}"
knoop=${1:-${KNOOP:-build/knoop}}
number=0
failed=0
export LC_ALL=C.UTF-8
for command in $("$knoop" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p'); do
  missing=
  section=$(awk -v head="## knoop $command " 'index($0, head) == 1 { on = 1; print; next } /^## / { on = 0 } on' docs/reference.md)
  for option in $("$knoop" "$command" --help | sed -n '/^Every command/q; s/^  \(-[-a-z]*\).*/\1/p'); do
    case $section in *"$option"*) ;; *) missing="$missing $option" ;; esac
  done
  number=$((number + 1))
  if [ -z "$section" ] || [ -n "$missing" ]; then
    echo "not ok $number - the reference tells of $command"
    echo "# not there:${missing:- the whole section}"
    failed=1
  else
    echo "ok $number - the reference tells of $command"
  fi
done
echo "1..$number"
exit "$failed"
