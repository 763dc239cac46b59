#!/bin/sh
# Aim: diff tells what changed between two plans, its euros add up, and its reasons are facts of the two results.
# Method: tests/known/one-tie, by hand, and the demo region, where sums must hold whatever the numbers.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"
region=$tmp/r.gpkg
check "a region" "$knoop" --quiet new "$region" --from "$root/tests/known/one-tie"
head="need_id,site_id,resource_id,quantity,price_eur,market_co2_kg,source_id"
mkdir "$tmp/rival" "$tmp/gone"
# A rival of 100 t that pays 50 EUR takes all 100 t of sawdust: 100 x 58 EUR, and nothing is left for the filler.
printf '%s\nrival,board-hall,wood,100,50,40,hand\n' "$head" >"$tmp/rival/need.csv"
printf '%s\nfiller,board-hall,wood,0,30,40,hand\n' "$head" >"$tmp/gone/need.csv"
run 0 "run 1, as it is" --quiet plan "$region"
run 0 "run 2, with a rival" --quiet plan "$region" --scenario "$tmp/rival"
run 0 "run 3, at 100 EUR per t CO2" --quiet plan "$region" --set co2_eur_per_t=100
run 0 "run 4, without the need" --quiet plan "$region" --scenario "$tmp/gone"
run 4 "run 5, without an answer" --quiet plan "$region" --floor co2_avoided_t=1000
run 0 "run 6, with another aim" --quiet plan "$region" --objective co2

run 0 "a rival comes" --json diff "$region" 1 2
holds "the runs and what differs" "$tmp/out" '.from.run_id == 1 and .to.run_id == 2 and .from.is_of_region and (.to.is_of_region | not)
  and .inputs == [{"name": "scenario", "before": null, "after": "rival"}] and .revisions == []'
holds "the totals" "$tmp/out" '.totals.value_eur == {"before": 2280, "after": 5800, "change": 3520}
  and .totals.quantity.material == {"before": 60, "after": 100, "change": 40} and .totals.units_eur.change == 0'
holds "the ties, largest first" "$tmp/out" '[.ties[] | [.change, .to.id, .quantity, .eur]] ==
  [["came", "rival", 100, 5800], ["went", "filler", -60, -2280]]'
holds "the one went to the other" "$tmp/out" '.ties[1].why[0] | .reason == "elsewhere" and .end == "from" and .other.id == "rival"
  and .before == 38 and .after == 58'
holds "and its need is left" "$tmp/out" '.ties[1].why[1].reason == "left" and .ties[1].why[1].end == "to"'
holds "before, the rival was not there" "$tmp/out" '[.ties[0].why[] | [.reason, .end]] == [["elsewhere", "from"], ["not_there", "to"]] or
  [.ties[0].why[] | [.reason, .end]] == [["not_there", "to"], ["elsewhere", "from"]]'
holds "levels, modes, prices" "$tmp/out" '.levels[1].eur.change == 3520 and .modes[0].mode_id == "truck"
  and .modes[0].quantity.after == 100 and ([.prices[] | select(.id == "dust")][0].dual_before) == 0'
run 0 "the same, backwards" --json diff "$region" 2 1
holds "is the opposite" "$tmp/out" '.totals.value_eur.change == -3520 and [.ties[] | .change] == ["went", "came"]
  and ([.ties[0].why[].reason] | index("not_there")) != null'
run 0 "a price changes" --json diff "$region" 1 3
holds "the tie is revalued, and says so" "$tmp/out" '.ties == [.ties[0]] and .ties[0].change == "revalued" and .ties[0].eur == 3240
  and .ties[0].why[0].reason == "worth" and .ties[0].why[0].after == 92 and .inputs[0].name == "set co2_eur_per_t"'
run 0 "nothing is left" --json diff "$region" 1 4
holds "both ends are left, no more is said" "$tmp/out" '[.ties[0].why[].reason] == ["left", "left"] and .ties[0].after == null'
run 0 "a run and itself" --json diff "$region" 1 1
holds "differ in nothing" "$tmp/out" '.ties == [] and .units == [] and .prices == [] and .inputs == [] and .notes == []'
run 0 "other aims" --json diff "$region" 1 6
holds "have prices that cannot be compared" "$tmp/out" '.prices == [] and .notes[0].note == "other_objective"'
run 0 "as text" diff "$region" 1 2
says "names both ends" "$tmp/out" '^went  Sawdust of Saw mill yard -> Wood for Board hall: -60 t a year, -2 280 EUR'
says "says where it goes instead" "$tmp/out" 'run 2 has it go to need rival: 58 EUR per unit, here 38'
says "ends with the sum" "$tmp/out" '^together \+3 520 EUR a year: ties \+3 520, units 0'

run 2 "a run that is not there" diff "$region" 1 9
run 2 "a run that found no plan" diff "$region" 1 5
says "says why not" "$tmp/err" 'run 5 found no plan'
run 2 "no number" diff "$region" one 2
run 2 "one run" diff "$region" 1
printf '%s\nfiller,board-hall,wood,70,30,40,hand\n' "$head" >"$tmp/need.csv"
run 0 "the region changes" --quiet import "$region" "$tmp/need.csv"
run 0 "run 7" --quiet plan "$region"
run 0 "over a revision" --json diff "$region" 1 7
holds "tells what came between" "$tmp/out" '.revisions[0].revision == 2 and .revisions[0].source == "need.csv" and .ties[0].change == "grew"'
cp "$region" "$tmp/old.gpkg"
sqlite3 "$tmp/old.gpkg" "UPDATE run SET settings = '{}', summary = json_remove(summary, '\$.co2_avoided_t') WHERE run_id = 1;
  DELETE FROM tie WHERE run_id = 7" >"$tmp/sql" 2>&1
run 0 "runs that lack something" --json diff "$tmp/old.gpkg" 1 7
holds "say so" "$tmp/out" '[.notes[].note] == ["no_settings", "rows_missing"] and .totals.co2_avoided_t.before == null and .inputs == []'
sqlite3 "$tmp/old.gpkg" "ALTER TABLE plan_unit RENAME COLUMN activity TO busy" >"$tmp/sql" 2>&1
run 3 "a file whose results were cut" diff "$tmp/old.gpkg" 1 7

# The demo region: units, modes, levels, gateways.
demo=$tmp/demo.gpkg
check "the demo region" "$knoop" --quiet new "$demo" --from "$root/data/regions/poort-genk"
run 0 "its plan" --quiet plan "$demo"
run 0 "its plan at 300 EUR per t CO2" --quiet plan "$demo" --set co2_eur_per_t=300
run 0 "diff" --json diff "$demo" 1 2
holds "euros of ties and units add up to the change of value" "$tmp/out" '
  ((([.ties[].eur] | add) + ([.units[].eur] | add)) - .totals.value_eur.change | fabs) < 1'
holds "so do levels" "$tmp/out" '(([.levels[].eur.change] | add) - .totals.ties_eur.change | fabs) < 1'
holds "each tie says what it is" "$tmp/out" 'all(.ties[]; (.change == "came") == (.before == null) and (.change == "went") == (.after == null))'
holds "units open and close" "$tmp/out" '([.units[] | select(.change == "opened")] | length) > 0'
holds "kilometres of each mode are those of its ties" "$tmp/out" '(.modes | length) > 3 and all(.modes[]; .quantity_km.before >= 0 and .km.after >= 0)'
# shellcheck disable=SC2016  # jq variables
holds "an idle unit is told only where it is idle" "$tmp/out" '
  [.units[] | select(.change == "opened" or .change == "closed") | .unit_id] as $moved
  | all(.ties[]; . as $t | all(.why[] | select(.reason == "unit_idle"); $t[.end].id as $id | $moved | index($id) != null))'
cp "$tmp/out" "$tmp/one"
run 0 "on one thread" --threads 1 --json diff "$demo" 1 2
check "is the same" cmp "$tmp/one" "$tmp/out"
export LC_ALL=nl_BE.UTF-8
run 0 "in Dutch" diff "$region" 1 2
says "speaks Dutch" "$tmp/out" '^samen \+3 520 EUR per jaar'
tap_end
