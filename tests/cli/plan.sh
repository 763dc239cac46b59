#!/bin/sh
# Aim: plan, match, runs and report on the real program: pure JSON, saved runs, Ctrl-C, locks.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"
region=$tmp/r.gpkg
run 0 "new" --quiet new "$region" --from "$root/tests/known/one-tie"

run 0 "report without a plan" report "$region" -o "$tmp/none.html"
check "is a page" grep -q '</html>' "$tmp/none.html"

run 0 "plan with --json" --json plan "$region"
holds "has every member that is promised" "$tmp/out" '
  ([ "run_id", "objective", "value_eur", "bound_eur", "gap", "co2_avoided_t", "jobs_fte", "virgin_replaced_t", "pairs_compatible",
     "columns", "rounds", "seconds", "levels", "ties", "units", "offers", "needs" ] - keys) == []'
# shellcheck disable=SC2016  # $v belongs to jq
holds "ties, units and cases add up to the value" "$tmp/out" '
  .value_eur as $v | ([.ties[].eur, .units[].eur] | add - $v | fabs) < 1e-6 and ([.cases[].eur] | add - $v | fabs) < 1e-6'
cp "$tmp/out" "$tmp/first"
run 0 "plan with one thread" --json --threads 1 plan "$region"
jq 'del(.run_id, .seconds)' "$tmp/first" >"$tmp/a"
jq 'del(.run_id, .seconds)' "$tmp/out" >"$tmp/b"
check "gives the same plan" cmp "$tmp/a" "$tmp/b"
run 0 "plan as text" --quiet plan "$region"
tail -n 10 "$tmp/out" >"$tmp/ten"
says "the last ten lines are the plan" "$tmp/ten" '^value +2 280 EUR a year'
says "they begin with its name" "$tmp/ten" '^plan +Two sites 2026'
check "quiet is quiet" test ! -s "$tmp/err"
run 0 "why not?" --json plan "$region" --why dust filler
holds "tells the way" "$tmp/out" '.why.ways[0].refusal == "fits" and .why.ways[0].quantity == 60 and .run_id == null'
run 2 "why of nothing" plan "$region" --why dust nowhere
run 4 "a floor that cannot be met" plan "$region" --floor co2_avoided_t=1000
says "names the floor" "$tmp/out" 'co2_avoided_t'

run 0 "runs" --json runs "$region"
holds "three plans and one without" "$tmp/out" '
  [.runs[].status] == ["infeasible", "proven", "proven", "proven"] and .runs[3].summary.value_eur == 2280
  and .runs[3].settings.objective == "value" and (.runs[3].input_digest | length) == 64 and .runs[3].revision == 1'
holds "no figures of a plan that is not there" "$tmp/out" '.runs[0].summary.value_eur == null and .runs[0].summary.bound == null'
run 0 "report after a plan that found none" --json report "$region" -o "$tmp/r.html"
holds "tells the plan before it" "$tmp/out" '.run_id == 3 and .infeasible_run_id == 4 and .infeasible_floor == "co2_avoided_t"'
says "and says so" "$tmp/err" 'a floor cannot be met'
says "also on the page" "$tmp/r.html" 'A later run .*1,000.* of CO₂ avoided'
run 0 "runs as text" runs "$region" --most 2
says "infeasible is no value of 0" "$tmp/out" '^ *4 +plan +infeasible .* -$'
check "two of them and a head" test "$(wc -l <"$tmp/out")" = 3
run 0 "plan again" --quiet plan "$region"
run 0 "report in Dutch" --json report "$region" -o "$tmp/r.html" --lang nl
holds "names file and run" "$tmp/out" '.language == "nl" and .run_id == 5'
check "the page is Dutch" grep -q 'lang="nl"' "$tmp/r.html"
check "the page needs no network" test -z "$(grep -E -o '(src|href)="https?:[^"]*"' "$tmp/r.html" | grep -E 'src=|\.css|\.js')"
cp "$region" "$tmp/none.gpkg"
sqlite3 "$tmp/none.gpkg" "UPDATE need SET quantity = 0 WHERE need_id = 'filler'" >"$tmp/sql" 2>&1
run 0 "why no match with a need of nothing" match "$tmp/none.gpkg" --offer dust --why filler
says "says that there is none of it" "$tmp/out" 'there is nothing in the plan year'
cp "$region" "$tmp/cut.gpkg"
sqlite3 "$tmp/cut.gpkg" 'DROP TABLE plan_need' >"$tmp/sql" 2>&1
run 3 "report of a file whose saved plan was cut" report "$tmp/cut.gpkg" -o "$tmp/cut.html"
check "leaves no page" test ! -e "$tmp/cut.html"
before=$(sha256sum <"$region")
run 2 "report over the region itself" report "$region" -o "$region"
cp "$region" "$tmp/copy.gpkg"
run 2 "report over another region" report "$region" -o "$tmp/copy.gpkg"
check "the region is as it was" test "$before" = "$(sha256sum <"$region")"
run 0 "report to standard output" --quiet report "$region" -o /dev/stdout
says "is the page" "$tmp/out" '^<!DOCTYPE html>'
ln -s r.html "$tmp/link.html"
run 0 "report through a link" --quiet report "$region" -o "$tmp/link.html"
check "the link stays a link" test -h "$tmp/link.html"
"$knoop" --quiet runs "$region" >&- 2>"$tmp/err"
check "a closed standard output is told (exit 5)" test $? = 5
check "and the region is as it was" test "$before" = "$(sha256sum <"$region")"
printf 'offer_id,site_id,resource_id,quantity\nlate,mill-yard,sawdust,1\n' >"$tmp/offer.csv"
run 0 "import after the plan" --quiet import "$region" "$tmp/offer.csv"
run 0 "report of a region that changed" --json report "$region" -o "$tmp/r.html"
holds "leaves the old plan out" "$tmp/out" '.run_id == null'
says "and says so" "$tmp/err" 'changed since'

run 5 "report into a folder that is not there" report "$region" -o "$tmp/none/r.html"
run 2 "match of an offer that is not there" match "$region" --offer nothing
run 0 "match of all" match "$region"
says "lines up" "$tmp/out" 'dust +filler'

# Two writers at once: one waits for the other, and both end well.
"$knoop" --quiet plan "$region" >"$tmp/p1" 2>&1 &
first=$!
"$knoop" --quiet plan "$region" >"$tmp/p2" 2>&1 &
second=$!
wait "$first"
check "the first of two plans ends well" test $? = 0
wait "$second"
check "the second of two plans ends well" test $? = 0
check "the file is whole" test "$(sqlite3 "$region" 'PRAGMA integrity_check' 2>&1)" = ok

chmod a-w "$region"
if [ "$(id -u)" != 0 ]; then
  run 5 "plan of a file that may not be written" plan "$region"
else
  skip "plan of a file that may not be written" "root may write everything"
fi
tap_end
