#!/bin/sh
# Aim: ask on the real program: pure JSON with what is promised, the questions in words and in Dutch, a saved run, wrong usage;
# regions made of the shared cases.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"
region=$tmp/r.gpkg
package=$tmp/p
mkdir "$package"
printf 'key,value\nname,Asked\nplan_year,2030\ndiscount_rate,0\n' >"$package/settings.csv"
printf 'actor_id,name\na1,Ann\na2,Bob\na3,Cas\na4,Dee\n' >"$package/actor.csv"
printf 'site_id,actor_id,name,lon,lat\ns1,a1,North,5,51\ns2,a2,South,5,51\ns3,a3,East,5,51\ns4,a4,West,5,51\n' >"$package/site.csv"
printf 'resource_id,class,name\nx,material,Wood dust\n' >"$package/resource.csv"
printf 'mode_id,name,class,load_eur,eur_per_unit_km\nt,Truck,material,0,0\n' >"$package/mode.csv"
# which_offer.json: one need takes the best of four fates; to ask B is worth 4195.65, C 2337.61, A 762.71.
cat >"$package/offer.csv" <<'END'
offer_id,site_id,resource_id,quantity,rel_sd,fate_eur,fate_rel_sd
A,s1,x,1,0,52000,0.0576923076923077
B,s2,x,1,0,48000,0.3125
C,s3,x,1,0,30000,0.8
D,s4,x,1,0,51000,0.0098039215686275
END
printf 'need_id,resource_id,quantity,site_id,rel_sd,price_eur,price_rel_sd\nn,x,1,s1,0,0,0\n' >"$package/need.csv"
run 0 "new" --quiet new "$region" --from "$package"

run 0 "ask with --json" --json ask "$region" --cost-eur 500 --error 0 --scenarios 512
holds "has every member that is promised" "$tmp/out" '
  (["run_id", "value_eur", "evpi_eur", "questions", "calls", "stop_after", "screened"] - keys) == []
  and (["rank", "actor_id", "site_id", "kind", "table", "id", "column", "question", "mean", "rel_sd", "evppi_eur", "evsi_eur", "se_eur",
        "cost_eur", "net_eur", "changes"] - (.questions[0] | keys)) == []'
holds "B before C, each within three standard errors" "$tmp/out" '
  [.questions[0, 1].id] == ["B", "C"]
  and ((.questions[0] | .evppi_eur - 4195.65) | fabs) <= 3 * .questions[0].se_eur
  and ((.questions[1] | .evppi_eur - 2337.61) | fabs) <= 3 * .questions[1].se_eur'
# shellcheck disable=SC2016  # $n belongs to jq
holds "stops where nothing gains what it costs" "$tmp/out" '
  .stop_after as $n | ([.questions[:$n][].net_eur] | all(. > 0)) and ([.questions[$n:][].net_eur] | all(. == null or . <= 0))
  and .questions[0].cost_eur == 500'
holds "calls are by actor" "$tmp/out" '
  ([.calls[].questions[]] | sort) == [range(1; .stop_after + 1)] and .calls[0].actor_id == "a2"'
holds "figures are counted" "$tmp/out" '.screened.figures == 4 and .screened.sampled <= 4 and .value_eur == 52000'
holds "a question reads as one" "$tmp/out" '.questions[0].question | startswith("Bob: what do you pay today to be rid of Wood dust")'
holds "and tells what would change" "$tmp/out" '.questions[0].changes | length > 0'
cp "$tmp/out" "$tmp/first"
run 0 "with one thread" --json --threads 1 ask "$region" --cost-eur 500 --error 0 --scenarios 512
jq 'del(.run_id)' "$tmp/first" >"$tmp/a"
jq 'del(.run_id)' "$tmp/out" >"$tmp/b"
check "the same, bit for bit" cmp "$tmp/a" "$tmp/b"
run 0 "as text" --quiet ask "$region" --cost-eur 500
says "a call" "$tmp/out" '^Bob: expected gain '
says "and where to stop" "$tmp/out" '^stop after '
check "quiet is quiet" test ! -s "$tmp/err"
LC_ALL=nl_BE.UTF-8 LANGUAGE=nl "$KNOOP" --quiet ask "$region" --cost-eur 500 >"$tmp/out" 2>"$tmp/err"
says "in Dutch" "$tmp/out" '^Bob: verwachte winst '
says "with the question" "$tmp/out" 'wat betaalt u vandaag om van Wood dust af te zijn'
run 0 "nothing pays" --json ask "$region" --cost-eur 1000000
holds "no call" "$tmp/out" '.calls == [] and .stop_after == 0'
run 0 "runs" --json runs "$region" --most 1
holds "the run is kept" "$tmp/out" '
  .runs[0].command == "ask" and .runs[0].status == "done" and .runs[0].settings.cost_eur == 1000000 and .runs[0].summary.stop_after == 0'
check "with its questions" test "$(sqlite3 "$region" 'SELECT count(*) FROM question WHERE run_id = 1 AND is_asked = 1')" = "$(
  jq .stop_after "$tmp/first")"
run 0 "the file is whole" --json check "$region"
run 0 "a plan after it" --json plan "$region"

# capacity_before_quantity.json, b: candidates of 40 t each instead of any capacity; perfect information is worth 7928.48.
printf 'resource_id,class,name\nx,material,Waste\ny,material,Clean\n' >"$package/resource.csv"
printf 'offer_id,site_id,resource_id,quantity,rel_sd,fate_eur,fate_rel_sd\nA,s1,x,800,0.4,65,0\n' >"$package/offer.csv"
printf 'need_id,resource_id,quantity,site_id,rel_sd,price_eur,price_rel_sd\nn,y,100000,s2,0,0,0\n' >"$package/need.csv"
printf 'process_id,name,activity_unit,opex_eur,capex_eur,lifetime_yr\np,Sort,t,0,260,10\n' >"$package/process.csv"
printf 'process_id,resource_id,quantity\np,x,-1\np,y,1\n' >"$package/process_flow.csv"
{
  echo unit_id,process_id,capacity,site_id,status
  unit=0
  while [ "$unit" -lt 50 ]; do
    echo "u$unit,p,40,s2,candidate"
    unit=$((unit + 1))
  done
} >"$package/unit.csv"
run 0 "new for a capacity" --quiet new "$tmp/c.gpkg" --from "$package"
run 0 "ask before it is built" --json ask "$tmp/c.gpkg" --error 0 --plans 30 --cost-eur 10
holds "within three standard errors, and what the lumps take" "$tmp/out" '
  .questions[0] | .kind == "quantity" and .id == "A" and ((.evppi_eur - 7928.48) | fabs) <= 3 * .se_eur + 350'

# Contracting less than is expected: a need of 100 takes A (80 t, deviation 0.5, 30 EUR/t) before B (sure, 20 EUR/t). What A does not bring, nobody does, so
# 58.5 t of A is best: the quantile 1 - 20/30 of a log-normal; 2439.43 on the mean, and knowing A is worth 274.46 (by quadrature).
rm "$package"/process.csv "$package"/process_flow.csv "$package"/unit.csv
printf 'resource_id,class,name\nx,material,Wood dust\n' >"$package/resource.csv"
printf 'offer_id,site_id,resource_id,quantity,rel_sd,fate_eur,fate_rel_sd\nA,s1,x,80,0.5,30,0\nB,s2,x,100,0,20,0\n' >"$package/offer.csv"
printf 'need_id,resource_id,quantity,site_id,rel_sd,price_eur,price_rel_sd\nn,x,100,s3,0,0,0\n' >"$package/need.csv"
run 0 "new for less" --quiet new "$tmp/l.gpkg" --from "$package"
run 0 "ask what comes" --json ask "$tmp/l.gpkg" --error 0 --plans 30 --cost-eur 10
holds "less than is expected is contracted" "$tmp/out" '((.value_eur - 2439.43) | fabs) < 15 and ((.evpi_eur - 274.46) | fabs) <= 2 * .evpi_se_eur
  and (.questions[0] | .id == "A" and ((.evppi_eur - 274.46) | fabs) <= 15)'

# A region may have offers alone: an empty plan, and nothing to ask.
rm "$package/need.csv"
run 0 "new without needs" --quiet new "$tmp/o.gpkg" --from "$package"
run 0 "an empty plan" --json plan "$tmp/o.gpkg"
holds "is one" "$tmp/out" '.status == "proven" and .value_eur == 0 and .ties == []'
run 0 "asked" --json ask "$tmp/o.gpkg"
holds "nothing" "$tmp/out" '.questions == [] and .stop_after == 0 and .value_eur == 0'

run 2 "a cost below 0" ask "$region" --cost-eur -1
run 2 "too few scenarios" ask "$region" --scenarios 3
run 2 "an error of 1" ask "$region" --error 1
run 5 "no such file" ask "$tmp/none.gpkg"
tap_end
