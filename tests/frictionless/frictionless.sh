#!/bin/sh
# Aim: what knoop exports is a data package to others too: the reference implementations of Frictionless Data accept the
# descriptor and every row, and refuse a fault of each kind that a schema can tell.
# Method: validate.js on exports of the demo region and of random ones; then the same with one cell spoiled at a time.
# Skipped where the modules are not there (`./run test` installs them where a registry answers).
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"
here=$root/tests/frictionless

if ! command -v node >/dev/null || ! [ -d "$here/node_modules/datapackage" ]; then
  echo "1..0 # SKIP no node, or no modules in tests/frictionless/node_modules"
  exit 0
fi

# export NAME PACKAGE: the package as knoop writes it, in $tmp/NAME.
export_as()
{
  run 0 "$1: new" --quiet new "$tmp/$1.gpkg" --from "$2"
  run 0 "$1: export" --quiet export "$tmp/$1.gpkg" "$tmp/$1"
  check "$1: accepted" node --no-warnings "$here/validate.js" "$tmp/$1"
}

# refuses NAME TITLE TABLE COLUMN VALUE SAYS: the export NAME with one cell spoiled is refused, and the fault says what.
refuses()
{
  rm -rf "$tmp/spoilt"
  cp -r "$tmp/$1" "$tmp/spoilt"
  python3 "$here/spoil.py" "$tmp/spoilt" "$3" "$4" "$5" || { not_ok "$2: spoiling"; return; }
  if node --no-warnings "$here/validate.js" "$tmp/spoilt" >"$tmp/faults" 2>&1; then
    not_ok "$2: refused" "$tmp/faults"
  else
    says "$2: refused" "$tmp/faults" "^$3: .*$6"
  fi
}

export_as demo "$root/data/regions/poort-genk"
for kind in every empty zero; do
  python3 "$root/tests/peer/randomregion.py" "$tmp/$kind-package" --seed 3 --kind "$kind"
  export_as "$kind" "$tmp/$kind-package"
done

# A transport network beside the demo region.
cp -r "$root/data/regions/poort-genk" "$tmp/network-package"
rm -f "$tmp/network-package/datapackage.json"
first_site=$(sed -n '2s/,.*//p' "$root/data/regions/poort-genk/site.csv")
printf 'node_id,lon,lat\na,5.5,50.9\nb,5.6,50.95\n' >"$tmp/network-package/node.csv"
printf 'link_id,from_id,to_id,kind,km,oneway,speed_kmh\nl1,a,b,road,,1,70\nl2,b,a,water,20,,\n' >"$tmp/network-package/link.csv"
printf '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"link_id":"l1"},"geometry":%s}]}\n' \
  '{"type":"LineString","coordinates":[[5.5,50.9],[5.5,50.95],[5.6,50.95]]}' >"$tmp/network-package/link.geojson"
printf 'terminal_id,name,lon,lat,kinds,status,capex_eur,lifetime_yr\nt1,Quay,5.6,50.95,road;water,candidate,1e6,30\n' \
  >"$tmp/network-package/terminal.csv"
printf 'from_id,to_id,class,mode_id,eur\n%s,t1,material,truck,4\n' "$first_site" >"$tmp/network-package/tariff.csv"
export_as network "$tmp/network-package"
refuses network "a link to nowhere" link to_id nowhere 'Foreign key'
refuses network "a kind of link outside the list" link kind air '"enum"'
refuses network "a speed that must be above" link speed_kmh 0 '"minimum"'
refuses network "a rate below 0" tariff eur -1 '"minimum"'

# Products and accounts beside the demo region.
cp -r "$root/data/regions/poort-genk" "$tmp/circular-package"
rm -f "$tmp/circular-package/datapackage.json"
printf 'product_id,name,site_id,weight,lifetime_yr,lifetime_average_yr\np1,Chair,%s,2,18,12\n' "$first_site" >"$tmp/circular-package/product.csv"
printf 'product_id,material,mass_kg,recycled_in,eff_in\np1,steel,3.2,0.35,0.92\n' >"$tmp/circular-package/product_material.csv"
printf 'account_id,year,material,extraction,imports\nm1,2023,biomass,820,310\n' >"$tmp/circular-package/material_account.csv"
printf 'account_id,year,waste,recycled,is_major_mineral\nw1,2023,mineral,700,1\n' >"$tmp/circular-package/treatment_account.csv"
export_as circular "$tmp/circular-package"
refuses circular "a product that is not there" product_material product_id nothing 'Foreign key'
refuses circular "a share beyond 1" product_material recycled_in 1.5 '"maximum"'
refuses circular "a yield that must be above" product_material eff_in 0 '"minimum"'
refuses circular "a year that is missing" material_account year '' '"required"'
refuses circular "neither yes nor no" treatment_account is_major_mineral 2 '"maximum"'

refuses demo "a profile that is not there" profile_hour profile_id nothing 'Foreign key'
refuses demo "an hour that is none" profile_hour hour 24 '"maximum"'
refuses demo "a load below 0" profile_hour load -1 '"minimum"'
refuses demo "a day that is none" profile_hour day_type monday '"enum"'

refuses demo "text for a number" offer quantity many 'not type "number"'
refuses demo "a number below its least" offer quantity -1 '"minimum"'
refuses demo "a number that must be above" process lifetime_yr 0 '"minimum"'
refuses demo "a number beyond its most" site lon 181 '"maximum"'
refuses demo "a value that is missing" actor name '' '"required"'
refuses demo "a word outside the list" resource class stuff '"enum"'
refuses demo "a year that is no number" source year 20x 'not type "integer"'
refuses demo "a key twice" actor actor_id = 'unique'
refuses demo "a reference to nothing" offer resource_id nowhere 'Foreign key'
refuses demo "a parent that is not there" area parent_id nowhere 'Foreign key'
refuses demo "a row that is too short" offer - - 'does not match'
refuses every "a day that is not there" offer from 2023-02-29 'not type "date"'
tap_end
