#!/bin/sh
# Aim: see needs.py. Method: exchanges that lie beside the project, where they do; else the test counts as skipped.
root=${KN_SOURCE_ROOT:?the source folder}
shared=$root/../shared/data
if [ ! -f "$shared/exchanges/maestri_exchanges_part.csv" ]; then
  echo "1..0 # SKIP the exchanges are not here"
  exit 0
fi
case ${KNOOP:?the program to test} in
  *build-asan/*) echo "1..0 # SKIP slow under sanitizers, and the same program"; exit 0 ;;
esac
exec python3 "$root/tests/match/needs.py" "$KNOOP" "$shared/exchanges/maestri_exchanges_part.csv"
