#!/bin/sh
# The cases of osm-testdata (public domain), read by the program: see osm_testdata.py.
data=$KN_SOURCE_ROOT/../shared/data/osm
if [ ! -d "$data/osm-testdata" ]; then
  echo "ok 1 - the cases of osm-testdata # SKIP they are not here"
  echo "1..1"
  exit 0
fi
exec /usr/bin/python3 "$(dirname "$0")/osm_testdata.py" "$KNOOP" "$KN_SOURCE_ROOT/tests/known/one-tie" "$data"
