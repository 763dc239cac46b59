#!/bin/sh
# Aim: new, import, export and check keep their promises: all or nothing, byte-identical round trips, findings that name
# file, line and column, and the stated exit statuses.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"
package=$root/tests/known/one-tie
region=$tmp/r.gpkg

run 0 "new from a package" new "$region" --from "$package"
check "nothing on standard output" test ! -s "$tmp/out"
run 5 "new on a path that is taken" new "$region" --from "$package"
run 0 "new with --json" --json new "$tmp/second.gpkg" --from "$package"
holds "tells rows and revision" "$tmp/out" '.revision == 1 and .rows.offer == 1 and .rows.mode == 1 and .error_count == 0'
run 0 "an empty region file" --quiet new "$tmp/empty.gpkg"
check "quiet is quiet" test ! -s "$tmp/err"

run 3 "new from a package with errors" new "$tmp/bad.gpkg" --from "$root/tests/known/bad-rows"
check "leaves no file behind" test ! -e "$tmp/bad.gpkg"
check "nor anything beside it" test -z "$(find "$tmp" -name 'bad.gpkg*')"
says "an error reads file:line:column: ..." "$tmp/err" 'offer\.csv:2:4: '
run 3 "the same, quiet" --quiet new "$tmp/bad.gpkg" --from "$root/tests/known/bad-rows"
says "still tells the errors" "$tmp/err" 'offer\.csv:4:2: '
run 3 "new from a folder that is no package" new "$tmp/bad.gpkg" --from "$root/tests/cli"
run 5 "new from nothing" new "$tmp/bad.gpkg" --from "$tmp/nothing"

run 3 "new from a file" new "$tmp/bad.gpkg" --from "$package/offer.csv"
check "no file from a file" test ! -e "$tmp/bad.gpkg"

# Figures in groups of three are proposed as what they say, not as what comes before the first point.
mkdir "$tmp/grouped"
printf 'offer_id;site_id;resource_id;quantity\ng1;x;y;1.000,5\ng2;x;y;1.000.000\ng3;x;y;12 t\n' >"$tmp/grouped/offer.csv"
run 3 "figures in groups" import "$region" "$tmp/grouped/offer.csv"
says "one that can be read" "$tmp/err" "is '1.000,5' -> write 1000.5"
says "one that may be two things" "$tmp/err" "is '1.000.000'\$"
says "one with its unit" "$tmp/err" "is '12 t' -> write 12 and put the rest"

run 0 "export" export "$region" "$tmp/a"
run 2 "export into a folder without a name" export "$region" ''
(cd "$tmp/a" && "$knoop" export "$region" .) >"$tmp/out" 2>"$tmp/err"
check "export into the folder one stands in cannot exchange it (exit 5)" test $? = 5
check "and leaves no folder of its own" test -z "$(find "$tmp" -name '*.knoop-*')"
run 0 "new from the export" new "$tmp/again.gpkg" --from "$tmp/a"
run 0 "export again" --json export "$tmp/again.gpkg" "$tmp/b"
holds "tells what it wrote" "$tmp/out" '.file_count > 6 and .row_count > 6'
check "both are the same, byte for byte" diff -r "$tmp/a" "$tmp/b"

# More than fifty errors in one file: fifty are told, the rest is counted, and the region stays as it was.
{
  echo "offer_id,site_id,resource_id,quantity"
  at=0
  while [ "$at" -lt 70 ]; do
    echo "o$at,mill-yard,sawdust,-1"
    at=$((at + 1))
  done
} >"$tmp/offer.csv"
run 3 "import of 70 bad rows" import "$region" "$tmp/offer.csv"
check "tells fifty of them" test "$(grep -c 'offer\.csv:[0-9]*:[0-9]*: ' "$tmp/err")" = 50
says "and counts the rest" "$tmp/err" 'offer\.csv: .*20'
run 0 "export after the refusal" --quiet export "$region" "$tmp/c"
check "nothing was imported" diff -r "$tmp/a" "$tmp/c"

printf 'offer_id;site_id;resource_id;quantity;source_id\r\nmore;mill-yard;sawdust;12,5;hand\r\n' >"$tmp/offer.csv"
run 0 "import of a Belgian spreadsheet" --json import "$region" "$tmp/offer.csv"
holds "one new offer" "$tmp/out" '.revision == 2 and .new_rows.offer == 1 and .rows.offer == 2'
run 0 "match sees it" --json match "$region" --offer more
holds "with its quantity" "$tmp/out" '.matches[0].quantity == 12.5'

run 0 "check of a sound region" --json check "$region"
holds "finds no error" "$tmp/out" '.error_count == 0 and (.findings | type) == "array"'
run 0 "check as text" check "$region"
says "ends with a count" "$tmp/out" '^0 errors, [0-9]+ warnings, [0-9]+ hints$'
sqlite3 "$tmp/second.gpkg" "PRAGMA foreign_keys = OFF; UPDATE offer SET resource_id = 'gone'" >"$tmp/sql" 2>&1 || true
run 1 "check of a region that was broken elsewhere" --json check "$tmp/second.gpkg"
holds "names table and column" "$tmp/out" '[.findings[] | select(.severity == "error" and .table == "offer")] | length > 0'

printf 'not a region' >"$tmp/text.gpkg"
run 3 "a file that is no region" check "$tmp/text.gpkg"
if command -v ogrinfo >/dev/null; then
  ogrinfo -ro -so "$region" site >"$tmp/ogr" 2>&1
  says "GDAL reads the sites as points" "$tmp/ogr" 'Geometry: Point'
  check "GDAL has no complaint" test -z "$(grep -i -E 'warning|error' "$tmp/ogr")"
else
  skip "GDAL reads the sites as points" "no ogrinfo"
fi
tap_end
