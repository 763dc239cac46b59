#!/bin/sh
# Aim: rules of the legal check that hang on a code, a date or a country do what their texts say; the tables of rules, of laws and of the List of Waste agree
# with one another.
# Method: a package in which each such rule fires once, judged by hand, in three plan years; then rules.py reads the tables. Prints TAP.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"

mkdir "$tmp/p"
table() { cat >"$tmp/p/$1.csv"; }
table settings <<'END'
key,value
name,Rules
plan_year,2027
END
table area <<'END'
area_id,name,level,parent_id
be,Belgium,country,
nl,Nederland,country,
gb,United Kingdom,country,
far,Elsewhere,country,
END
table actor <<'END'
actor_id,name,kind
a,Acme,company
b,Other,company
END
table site <<'END'
site_id,actor_id,name,lon,lat,area_id
from,a,From,5.50,50.95,be
here,b,Here,5.51,50.95,be
nl,b,Abroad,5.60,50.95,nl
dump,b,Disposal abroad,5.61,50.95,nl
gb,b,Outside the Union,5.62,50.95,gb
far,b,Outside the list,5.63,50.95,far
END
table permit <<'END'
site_id,code_low,operation,to
dump,170201,D1,
dump,200301,D1,
END
# resource, code, properties of its offer
things='wood 170201
scrap 170405 end_of_waste
copper 170401 end_of_waste
cullet 191205 end_of_waste
rubble 170101 end_of_waste
straw 020103
milk 020501
canteen 200108
mixed 200301
medicine 180109
tested 180109 hp_assessed
alkaline 160604
lithium 160607
oldmix 200133
nothing 170299
press 030101 by_product
drain -'
{
  echo resource_id,class,name,code_low
  echo "$things" | while read -r id code property; do
    echo "$id,$([ "$id" = drain ] && echo water || echo material),$id,$(echo "$code" | tr -d -)"
  done
} >"$tmp/p/resource.csv"
{
  echo offer_id,site_id,resource_id,quantity,fate_eur
  echo "$things" | while read -r id code property; do echo "o-$id,from,$id,100,50"; done
} >"$tmp/p/offer.csv"
{
  echo offer_id,property,value
  echo "$things" | while read -r id code property; do [ -z "$property" ] || echo "o-$id,$property,1"; done
} >"$tmp/p/offer_property.csv"
{
  echo need_id,site_id,resource_id,quantity,price_eur
  echo "$things" | while read -r id code property; do
    for site in here nl dump gb far; do echo "n-$id-$site,$site,$id,100,20"; done
  done
} >"$tmp/p/need.csv"
table mode <<'END'
mode_id,name,class,load_eur,eur_per_unit_km
truck,Truck,material,1,0.01
pipe,Pipe,water,1,0.01
END
run 0 "a region with codes of all kinds" new "$tmp/r.gpkg" --from "$tmp/p"
# in YEAR: all matches of that plan year
in_year()
{
  run 0 "its matches in $1" --json match "$tmp/r.gpkg" --losses --most 50 --set "plan_year=$1"
  cp "$tmp/out" "$tmp/matches"
}
# rule THING SITE OUTCOME RULE
rule()
{
  holds "$1 to $2: $3 by $4" "$tmp/matches" \
    "[.matches[] | select(.from.id == \"o-$1\" and .to.id == \"n-$1-$2\")] | length == 1 and any(.[0].checks.$3[]; .rule_id == \"$4\" and .source != \"\" and .checked != \"\")"
}
# none THING SITE RULE
none()
{
  holds "$1 to $2: not $3" "$tmp/matches" "[.matches[] | select(.from.id == \"o-$1\" and .to.id == \"n-$1-$2\") | .checks[][] | select(.rule_id == \"$3\")] == []"
}
in_year 2027
rule scrap here unknown be-end-of-waste-eu
rule rubble here unknown be-end-of-waste
rule press here unknown be-by-product
rule scrap nl unknown eu-border-classification
rule wood nl unknown eu-border-notify
rule wood dump failed eu-border-disposal
rule mixed nl unknown eu-border-municipal
rule mixed dump failed eu-border-municipal-disposal
rule wood gb unknown eu-border-outside
rule wood far unknown eu-border-outside
rule milk nl unknown eu-border-animal
rule milk here unknown eu-animal
rule milk here unknown eu-status-animal
rule milk here unknown be-carrier-animal
rule canteen here unknown eu-animal-catering
none canteen here eu-animal
rule straw here unknown eu-status-farm
none straw here eu-animal
rule drain nl unknown eu-border-water
rule medicine here unknown eu-hazard-other-than
rule tested here passed eu-hazard-mirror-no
rule medicine nl unknown eu-border-notify
rule tested nl unknown eu-border-inform
# The list of November 2026.
rule alkaline here unknown eu-hazard-absolute
rule lithium here unknown eu-hazard-absolute
none lithium here eu-code-none
rule oldmix here unknown eu-code-ended
rule nothing here unknown eu-code-none
none wood here eu-code-none
holds "what was not held against its text says so" "$tmp/matches" 'all(.matches[].checks[][] | select(.checked == "knowledge"); .text | test("to verify")) and any(.matches[].checks[][]; .checked == "knowledge")'
holds "and alone decides nothing" "$tmp/matches" 'all(.matches[].checks | (.passed, .failed)[]; .checked != "knowledge")'
in_year 2026
rule alkaline here unknown eu-hazard-other-than
rule lithium here unknown eu-code-later
none oldmix here eu-code-ended
rule wood dump unknown eu-border-disposal-2006
rule mixed nl unknown eu-border-municipal-2006
rule milk nl unknown eu-border-animal-2006
rule drain nl unknown eu-border-water-2006
rule wood gb unknown eu-border-outside-2006
in_year 2022
rule wood here unknown be-carrier-2012

# Criteria of the Union have their own dates, and count where no rule of a country stands before them.
sed -i 's/^from,a,From,5.50,50.95,be/from,a,From,5.50,50.95,nl/' "$tmp/p/site.csv"
run 0 "the holder in another country" new "$tmp/r2.gpkg" --from "$tmp/p"
mv "$tmp/r2.gpkg" "$tmp/r.gpkg"
in_year 2027
rule scrap here unknown eu-end-of-waste-metal
rule copper here unknown eu-end-of-waste-copper
rule cullet here unknown eu-end-of-waste-glass
rule rubble here unknown eu-end-of-waste
rule press here unknown eu-by-product
none wood here be-carrier
in_year 2012
rule scrap here unknown eu-end-of-waste-metal
rule copper here unknown eu-end-of-waste
rule cullet here unknown eu-end-of-waste
export LC_ALL=C.UTF-8 LANGUAGE=nl
run 0 "in Dutch" --json match "$tmp/r.gpkg" --offer o-press --most 50
holds "the warning is Dutch where the text is" "$tmp/out" 'all(.matches[].checks[][] | select(.checked == "knowledge"); .text | test("te gaan|to verify"))'
check "the tables agree" python3 "$root/tests/match/rules.py" "$root/data/reference"
tap_end
