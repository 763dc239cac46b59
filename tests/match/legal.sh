#!/bin/sh
# Aim: each match lists what passed, what failed and what has to be verified, with the rule and its source; the parts of its worth add up; what has ended is
# told and not matched; asking twice changes nothing.
# Method: a package in which each rule fires once, judged by hand. Prints TAP.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"

mkdir "$tmp/p"
table() { cat >"$tmp/p/$1.csv"; }
table settings <<'END'
key,value
name,Law
plan_year,2027
co2_eur_per_t,100
END
table area <<'END'
area_id,name,level,parent_id
be,Belgium,country,
x-nl,Nederland,country,
genk,Genk,municipality,be
END
table actor <<'END'
actor_id,name,kind
a,Acme,company
b,Other,company
END
table site <<'END'
site_id,actor_id,name,lon,lat,area_id
from,a,From,5.50,50.95,genk
covers,b,Covers,5.51,50.95,genk
prefix,b,Prefix,5.52,50.95,be
other,b,Other,5.53,50.95,genk
ended,b,Ended,5.54,50.95,genk
disposal,b,Disposal,5.55,50.95,genk
none,b,None,5.56,50.95,genk
abroad,b,Abroad,5.60,50.95,x-nl
lost,b,Lost,1.00,45.00,
END
table resource <<'END'
resource_id,class,name,code_low,hazardous
wood,material,Wood waste,170201,0
glass,material,Oil filters,160107,1
mirror,material,Soil,170504,
wrong,material,Oil said to be harmless,130205,0
fat,material,Meat residues,020202,
clean,material,Planks,,
heat,energy,Heat,,
END
table offer <<'END'
offer_id,site_id,resource_id,quantity,fate_eur,fate_co2_kg,to
o-wood,from,wood,100,50,10,
o-glass,from,glass,100,50,0,
o-mirror,from,mirror,100,50,0,
o-tested,from,mirror,100,50,0,
o-wrong,from,wrong,100,50,0,
o-fat,from,fat,100,50,0,
o-clean,from,clean,100,50,0,
o-by,from,wood,100,50,0,
o-eow,from,wood,100,50,0,
o-heat,from,heat,100,0,0,
o-old,from,wood,100,50,0,2026-12-31
END
table offer_property <<'END'
offer_id,property,value
o-tested,hp_assessed,1
o-by,by_product,1
o-eow,end_of_waste,1
o-mirror,moisture,30
END
{
  echo need_id,site_id,resource_id,quantity,price_eur
  for site in covers prefix other ended disposal none abroad lost; do
    echo "n-$site,$site,wood,100,20"
  done
  for thing in glass mirror wrong fat clean heat; do
    echo "n-$thing,none,$thing,100,20"
    echo "n-$thing-abroad,abroad,$thing,100,20"
  done
} >"$tmp/p/need.csv"
table need_spec <<'END'
need_id,property,max
n-mirror,moisture,40
n-mirror,stones,5
END
table permit <<'END'
site_id,code_low,operation,to
covers,170201,R3,
covers,170201,D1,
prefix,17,,2027-06-30
other,1501,R3,
ended,170201,R3,2026-12-31
disposal,1702,D1,
END
table mode <<'END'
mode_id,name,class,load_eur,eur_per_unit_km,co2_kg_per_unit_km
truck,Truck,material,1,0.01,0.1
pipe,Pipe,energy,0,0.01,0
END
run 0 "a region with permits" new "$tmp/r.gpkg" --from "$tmp/p"
before=$(sha256sum <"$tmp/r.gpkg")
run 0 "all matches" --json match "$tmp/r.gpkg" --losses --most 50
cp "$tmp/out" "$tmp/matches"

# rule OFFER NEED OUTCOME RULE
rule()
{
  holds "$1 to $2: $3 by $4" "$tmp/matches" \
    "[.matches[] | select(.from.id == \"$1\" and .to.id == \"$2\")] | length == 1 and any(.[0].checks.$3[]; .rule_id == \"$4\" and .source != \"\" and .text != \"\")"
}
rule o-wood n-covers passed eu-permit-covers
rule o-wood n-prefix passed eu-permit-covers
rule o-wood n-other failed eu-permit-other
rule o-wood n-ended failed eu-permit-ended
rule o-wood n-disposal failed eu-permit-disposal
rule o-wood n-none unknown eu-permit-unknown
rule o-wood n-covers passed eu-waste
rule o-wood n-covers passed eu-border-none
rule o-wood n-covers unknown be-carrier
rule o-wood n-abroad unknown eu-border-notify
rule o-wood n-lost unknown eu-border-unknown
rule o-glass n-glass unknown eu-hazard-absolute
rule o-glass n-glass-abroad unknown eu-border-notify
rule o-mirror n-mirror unknown eu-hazard-mirror
rule o-tested n-mirror passed eu-hazard-mirror-no
rule o-tested n-mirror-abroad unknown eu-border-inform
rule o-wrong n-wrong failed eu-hazard-contradicts
rule o-fat n-fat unknown eu-animal
rule o-clean n-clean unknown eu-status
rule o-by n-other unknown be-by-product
rule o-by n-other passed eu-permit-none-needed
rule o-eow n-abroad unknown eu-border-classification
rule o-clean n-clean-abroad unknown eu-border-status
rule o-fat n-fat unknown eu-status-animal
rule o-fat n-fat-abroad unknown eu-border-animal
rule o-heat n-heat-abroad passed eu-no-substance
rule o-mirror n-mirror passed spec
rule o-mirror n-mirror unknown spec
holds "each check of a match has one outcome" "$tmp/matches" 'all(.matches[]; [.checks[][] | select(.check != "spec") | .check] | length == (unique | length))'
holds "a failed check marks and does not refuse" "$tmp/matches" 'any(.matches[]; .to.id == "n-other" and .eur > 0)'
# shellcheck disable=SC2016  # $sum belongs to jq
holds "the parts add up" "$tmp/matches" 'all(.matches[]; (.parts | add) as $sum | ($sum - .eur) | fabs < 1e-6)'
# 100 t: 50 x 100; 20 x 100; (1 + 0.01 km) x 100; 100 EUR/t x (10 - 0.1 km) / 1000 x 100
holds "and are those of a calculation by hand" "$tmp/matches" '.matches[] | select(.from.id == "o-wood" and .to.id == "n-covers") | .parts.fate_eur == 5000 and .parts.price_eur == 2000
  and ((.parts.transport_eur + 100 + .km) | fabs < 1e-6) and ((.parts.co2_eur - 10 * (10 - 0.1 * .km)) | fabs < 1e-6)'
holds "what has ended is told" "$tmp/matches" '.expired == [{"offer_id": "o-old", "to": "2026-12-31"}]'
holds "and not matched" "$tmp/matches" 'all(.matches[]; .from.id != "o-old")'
"$knoop" --json match "$tmp/r.gpkg" --losses --most 50 --threads 1 >"$tmp/again"
check "a second time, on one thread, the same" cmp "$tmp/matches" "$tmp/again"
check "the region file is untouched" test "$before" = "$(sha256sum <"$tmp/r.gpkg")"
run 0 "one that has ended" match "$tmp/r.gpkg" --offer o-old
says "is told as such" "$tmp/err" 'o-old has ended on 2026-12-31'
run 0 "one offer, as text" match "$tmp/r.gpkg" --offer o-wood
says "how many checks failed" "$tmp/out" '1 failed, [0-9] to verify'
says "what makes up its worth" "$tmp/out" "today's fate 5 000, price 2 000, transport -1"

# Without a plan year it is today that counts.
sed -i '/^plan_year/d' "$tmp/p/settings.csv"
{ cat "$tmp/p/offer.csv"; echo o-past,from,wood,100,50,0,2020-06-30; echo o-later,from,wood,100,50,0,2999-12-31; } >"$tmp/offers" && mv "$tmp/offers" "$tmp/p/offer.csv"
run 0 "a region without a plan year" new "$tmp/r3.gpkg" --from "$tmp/p"
run 0 "its matches" --json match "$tmp/r3.gpkg" --losses --most 50
holds "what ended years ago is told" "$tmp/out" 'any(.expired[]; .offer_id == "o-past") and all(.expired[]; .offer_id != "o-later")'
holds "and not matched; what lasts is" "$tmp/out" 'all(.matches[]; .from.id != "o-past") and any(.matches[]; .from.id == "o-later")'

# Rules have dates: before May 2026 the older regulation on shipments counts.
run 0 "the year before" --json match "$tmp/r.gpkg" --losses --most 50 --set plan_year=2026
cp "$tmp/out" "$tmp/matches"
rule o-wood n-abroad unknown eu-border-notify-2006

# Permits: a later file replaces all rows of a site, and of that site alone.
mkdir "$tmp/later"
printf 'site_id,code_low,operation,to\ncovers,1501,R3,\n' >"$tmp/later/permit.csv"
run 0 "a later permit" import "$tmp/r.gpkg" "$tmp/later/permit.csv"
run 0 "the matches of then" --json match "$tmp/r.gpkg" --offer o-wood --most 50
cp "$tmp/out" "$tmp/matches"
rule o-wood n-covers failed eu-permit-other
rule o-wood n-prefix passed eu-permit-covers
run 0 "permits travel" export "$tmp/r.gpkg" "$tmp/out1"
check "with all rows" test "$(wc -l <"$tmp/out1/permit.csv")" = 6
run 0 "and come back" new "$tmp/r2.gpkg" --from "$tmp/out1"
run 0 "to be exported again" export "$tmp/r2.gpkg" "$tmp/out2"
check "byte by byte" cmp "$tmp/out1/permit.csv" "$tmp/out2/permit.csv"

# A permit as authorities write its code, one that has ended in a region without a plan year, a neighbour by its own name.
printf 'area_id,name,level,parent_id\nx-nl,Nederlande,country,\nx-de,Deutschland,country,\n' >"$tmp/later/area.csv"
printf 'site_id,actor_id,name,lon,lat,area_id\nabroad,b,Abroad,5.6,50.95,x-de\n' >"$tmp/later/site.csv"
printf 'site_id,code_low,operation,to\ncovers,17 02 01*,R3,\nended,17.02,R3,2020-12-31\n' >"$tmp/later/permit.csv"
run 0 "a code with blanks" import "$tmp/r3.gpkg" "$tmp/later/permit.csv" "$tmp/later/area.csv" "$tmp/later/site.csv"
run 0 "its matches" --json match "$tmp/r3.gpkg" --losses --most 50
cp "$tmp/out" "$tmp/matches"
rule o-wood n-covers passed eu-permit-covers
rule o-wood n-ended failed eu-permit-ended
rule o-wood n-abroad unknown eu-border-notify
run 0 "check takes such codes" --json check "$tmp/r3.gpkg"
holds "as codes" "$tmp/out" 'all(.findings[]; .table != "permit")'
printf 'site_id,code_low,operation,to\ncovers,15,R99,\n' >"$tmp/later/permit.csv"
run 3 "an operation that is none" import "$tmp/r.gpkg" "$tmp/later/permit.csv"
says "is named with its place" "$tmp/err" 'permit.csv:2:3: .*R99'
printf 'site_id,code_low,operation,to\ncovers,150,R3,\n' >"$tmp/later/permit.csv"
run 0 "a code of three digits comes in" import "$tmp/r.gpkg" "$tmp/later/permit.csv"
run 0 "and check names it" --json check "$tmp/r.gpkg"
holds "as a code that permits nothing" "$tmp/out" 'any(.findings[]; .rule == "code_low" and .table == "permit" and .value == null or .table == "permit")'
tap_end
