#!/bin/sh
# Aim: --set and --scenario plan the region as it would be, leave the file as it is, and refuse what import would refuse; a
# report goes on telling the plan of the region as it is.
# Method: tests/known/one-tie, 60 t of wood wanted at 30 EUR and 100 t of sawdust to dump at 10 EUR, 2 EUR for loading, 0.54 t CO2
# avoided per t. By hand: at 100 EUR per t CO2 a tonne is worth 38 + 54 = 92 EUR; with 80 t wanted 80 x 38 = 3040 EUR.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"
region=$tmp/r.gpkg
check "a region" "$knoop" --quiet new "$region" --from "$root/tests/known/one-tie"
run 0 "export of the region as it is" --quiet export "$region" "$tmp/before"
run 0 "plan of the region as it is" --quiet plan "$region"

run 0 "plan with another setting" --json plan "$region" --set co2_eur_per_t=100
holds "counts with it" "$tmp/out" '.value_eur == 5520 and .run_id == 2 and .revision == 1 and .error_count == 0'
run 0 "plan with two settings as text" plan "$region" --set co2_eur_per_t=100 --set plan_year=2030
says "says what was changed, and that the file was not" "$tmp/out" '^what if: co2_eur_per_t=100, plan_year=2030; the region file stays'
check "ends with the plan in ten lines" test "$(tail -n 10 "$tmp/out" | head -n 1 | cut -c1-4)" = plan

mkdir "$tmp/more"
printf 'need_id,site_id,resource_id,quantity,price_eur,market_co2_kg,source_id\nfiller,board-hall,wood,80,30,40,hand\n' >"$tmp/more/need.csv"
run 0 "plan with a table whose row replaces one" --json plan "$region" --scenario "$tmp/more/need.csv"
holds "counts with that row, in its place" "$tmp/out" '.value_eur == 3040 and (.needs | length) == 1'
printf 'need_id,site_id,resource_id,quantity,price_eur,market_co2_kg,source_id\nextra,board-hall,wood,5,40,40,hand\n' >"$tmp/need.csv"
run 0 "plan with two scenarios, a folder and a table" --json plan "$region" --scenario "$tmp/more" --scenario "$tmp/need.csv"
holds "counts with a row more: 3040 + 5 x 48 EUR" "$tmp/out" '.value_eur == 3280 and (.needs | length) == 2'
mkdir "$tmp/swap"
printf 'offered_id,needed_id,ratio,cost_eur\nsawdust,wood,1,0\n' >"$tmp/swap/substitution.csv"
run 0 "plan with a table without a key" --json plan "$region" --scenario "$tmp/swap" --scenario "$tmp/more"
holds "is planned" "$tmp/out" '.status == "proven"'
run 0 "plan with the last of two rows" --json plan "$region" --scenario "$tmp/more" --scenario "$root/tests/known/one-tie"
holds "as import: the later one" "$tmp/out" '.value_eur == 2280'
run 0 "match, too" --json match "$region" --offer dust --scenario "$tmp/more" --set co2_eur_per_t=100
holds "counts with both: 80 x 92" "$tmp/out" '.matches[0].eur == 7360 and .error_count == 0'
run 0 "why, too" --json match "$region" --offer dust --why filler --set co2_eur_per_t=100
holds "with the setting" "$tmp/out" '.ways[0].eur_per_unit == 92'

# What is wrong is told as by import, and nothing is planned.
for wrong in 'co2_eur_per_t' '=5' 'co2_eur_per_t=' 'co2_eur_per_t=-1' 'plan_year=soon' 'tax=4'; do
  run 2 "--set $wrong" plan "$region" --set "$wrong"
done
run 2 "a key that is nearly one" plan "$region" --set co2_eur_pr_t=4
says "proposes it" "$tmp/err" 'did you mean co2_eur_per_t\?'
run 2 "a value that cannot be" match "$region" --set perspective=mine
says "says what was expected" "$tmp/err" 'expected partners or society'
run 2 "a key twice" plan "$region" --set fte_h=1600 --set fte_h=1700
printf 'need_id,resource_id,quantity\nbad,iron,-3\n' >"$tmp/need.csv"
run 3 "a scenario with errors" --json plan "$region" --scenario "$tmp/need.csv"
says "tells each with file, line and column" "$tmp/err" 'need\.csv:2:3: '
holds "also to programs" "$tmp/out" '.error.exit == 3 and .error_count == 2 and .findings[0].line == 2'
run 3 "a file that is no table" plan "$region" --scenario "$tmp/err"
says "says what was expected" "$tmp/err" 'expected a data package'
check "and drafts nothing beside it" test -z "$(find "$tmp" -name '*mapping.json')"
run 5 "a scenario that is not there" plan "$region" --scenario "$tmp/none.csv"

run 0 "runs" --json runs "$region"
holds "only what was planned" "$tmp/out" '.runs | length == 7'
holds "each scenario can be traced" "$tmp/out" '
  [.runs[] | select(.run_id == 5)][0] | .settings.scenario == ["more", "need.csv"] and .settings.set == []
  and .settings.changed_digest == .input_digest and .revision == 1'
holds "a plan of the region as it is says nothing of that" "$tmp/out" '.runs[6].settings | has("set") | not'
holds "its digest is another" "$tmp/out" '[.runs[] | select(.run_id <= 5) | .input_digest] | unique | length == 5'
holds "rows as they are give the region as it is" "$tmp/out" '.runs[0].input_digest == .runs[6].input_digest'
run 0 "runs as text" runs "$region"
says "name the scenario" "$tmp/out" ' 3 280 +more, need\.csv$'
run 0 "export after all that" --quiet export "$region" "$tmp/after"
check "the region is as it was" diff -r "$tmp/before" "$tmp/after"

cp "$region" "$tmp/other.gpkg"
run 0 "a scenario last" --quiet plan "$region" --set co2_eur_per_t=1
run 0 "report after it" --json report "$region" -o "$tmp/r.html"
holds "tells the plan of the region as it is" "$tmp/out" '.run_id == 7 and .scenario_run_id == 8'
says "and says so" "$tmp/err" 'the newest run is of a changed region'
run 0 "a region without a plan" --quiet new "$tmp/new.gpkg" --from "$root/tests/known/one-tie"
run 0 "only a scenario" --quiet plan "$tmp/new.gpkg" --set co2_eur_per_t=1
run 0 "report" --json report "$tmp/new.gpkg" -o "$tmp/r.html"
holds "has no plan to tell" "$tmp/out" '.run_id == null and .scenario_run_id == 1'
says "and says why" "$tmp/err" 'only runs of a changed region'
check "the page has no figure of it" test -z "$(grep -F '2,312' "$tmp/r.html")"
export LC_ALL=nl_BE.UTF-8
run 0 "in Dutch" plan "$region" --set co2_eur_per_t=100
says "says what was changed" "$tmp/out" '^wat als: co2_eur_per_t=100; het regiobestand blijft'
tap_end
