#!/bin/sh
# Aim: seeds of one stream and of a small region are those that a reader expects; slips and compounds are bridged; nothing depends on threads.
# Method: the program on words, and on a package of a few companies whose opportunities are known by hand. Prints TAP.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"

# ------------------------------------------------------------------ one stream
run 0 "a stream" --json seeds --nace 16.10 --resource "wood dust"
holds "an array of receivers" "$tmp/out" 'type == "array" and length == 10 and all(.[]; .receiver_nace != null and .probability > 0 and .probability < 1 and .eur == null
  and .chain == [] and (.reasons | length) > 0 and (.checks | keys) == ["failed", "passed", "unknown"])'
holds "the likeliest first" "$tmp/out" '[.[].probability] == ([.[].probability] | sort | reverse)'
holds "panels are among them" "$tmp/out" 'any(.[]; .receiver_nace == "16.21" and .r_strategy == "R8" and .source_id != null)'
run 0 "as many as asked for" --json seeds --nace 16.10 --resource "wood dust" --limit 3
holds "three" "$tmp/out" 'length == 3'

# stream WORDS: the kind of stream that speaks for the first receiver.
stream()
{
  run 0 "$1" --json seeds --resource "$1" --limit 1
  holds "$1 is $2" "$tmp/out" ".[0].stream_id == \"$2\""
}
stream "sawdust" sawdust
stream "sawdsut" sawdust
stream "saw dust" sawdust
stream "zaagsel" sawdust
stream "houtzaagsel" sawdust
stream "eikenzaagsel" sawdust
stream "Poederkoolvliegas" fly-ash
stream "kunststofverpakkingsfolie" plastic
stream "bierbostels" spent-grain
stream "gebruikt frituurvet" cooking-oil
stream "glasscherven van flessen" glass
run 0 "the code alone" --json seeds --code 100102 --limit 5
holds "fly ash by its code" "$tmp/out" 'any(.[]; .stream_id == "fly-ash" and .receiver_nace == "23.51")'
run 0 "a code as people write it" --json seeds --code "10 01 02" --limit 5
"$knoop" --json seeds --resource houtzaagsel --threads 1 >"$tmp/one"
"$knoop" --json seeds --resource houtzaagsel --threads 4 >"$tmp/four"
check "the same twice" cmp "$tmp/one" "$tmp/four"
run 0 "a sector without its point" --json seeds --nace C1610 --resource sawdust
cp "$tmp/out" "$tmp/one"
run 0 "and with it" --json seeds --nace 16.10 --resource sawdust
check "are one" cmp "$tmp/one" "$tmp/out"
run 0 "several sectors and codes" --json seeds --nace "11.02;01.26" --resource "grape marc" --code "020704;0207" --limit 3
holds "a group of codes counts too" "$tmp/out" '.[0].stream_id == "grape-marc"'
run 2 "a sector with a letter in it" seeds --nace 16x10 --resource wood
run 2 "nothing asked" seeds
run 2 "a sector alone says nothing" seeds --nace 16.10
run 2 "a sector that is none" seeds --nace 99.99 --resource wood
run 2 "a code that is none" seeds --code 999999
run 2 "too many" seeds --resource wood --limit 5000
run 2 "none at all" seeds --resource wood --limit 0
run 2 "no word that says anything" seeds --resource "123 of"
run 0 "nothing that is known" seeds --resource xyzzyq --limit 2
says "is said" "$tmp/err" 'no kind of stream is known by this'
run 0 "a sector of one digit" --json seeds --nace 1.11 --resource straw
cp "$tmp/out" "$tmp/one"
run 0 "has lost its 0" --json seeds --nace a01.11 --resource straw
check "and is the same" cmp "$tmp/one" "$tmp/out"
run 2 "none at all, of a region" seeds "$tmp/r.gpkg" --limit 0
run 2 "a region and a stream" seeds "$tmp/r.gpkg" --resource wood
run 2 "an error is an object" --json seeds --nace 99.99 --resource wood
holds "with its sentences" "$tmp/out" '.error.exit == 2'

# ------------------------------------------------------------------ a region
mkdir "$tmp/p"
table() { cat >"$tmp/p/$1.csv"; }
table settings <<'END'
key,value
name,Seeds
plan_year,2026
END
table area <<'END'
area_id,name,level,parent_id
be,Belgium,country,
nl,Netherlands,country,
genk,Genk,municipality,be
END
table actor <<'END'
actor_id,name,kind,nace
saw,Sawmill,company,16.10
board,Board works,company,16.21
dig,Digester,company,35.21
heat,Smelter,company,24.10
bath,Laundry,company,96.01
green,Greenhouse,company,01.13
paint1,Paint one,company,20.30
paint2,Paint two,company,20.30
over,Over the border,company,23.51
END
table site <<'END'
site_id,actor_id,name,lon,lat,area_id
s-saw,saw,Saw yard,5.50,50.95,genk
s-board,board,Board hall,5.52,50.95,genk
s-dig,dig,Digester,5.51,50.97,genk
s-heat,heat,Smelter,5.50,50.96,genk
s-bath,bath,Laundry,5.51,50.96,genk
s-green,green,Greenhouse,5.53,50.96,genk
s-paint1,paint1,Paint one,5.54,50.97,genk
s-paint2,paint2,Paint two,5.55,50.97,genk
s-over,over,Cement works,5.70,50.90,nl
END
table resource <<'END'
resource_id,class,name,name_nl,code_low,hazardous
zaagsel,material,Zaagsel,,030105,0
chipfeed,material,Houtkrullen en spaanders,,,
wet,material,Wet pulp,natte pulp,020304,
dried,material,Dried pulp,,,
feed,material,Pressed feed pellets,,,
waste-heat,energy,Exhaust of the furnace,,,
low-heat,energy,Drying energy,,,
high-heat,energy,Boiling energy,,,
ash,material,Fly ash,,100102,
rinse,material,Paint residues,,080111,1
END
table offer <<'END'
offer_id,site_id,resource_id,quantity,fate,fate_eur,to
o-dust,s-saw,zaagsel,100,incineration,50,
o-wet,s-dig,wet,1000,landfill,40,
o-heat,s-heat,waste-heat,500,discharge,0,
o-ash-low,s-heat,ash,300,landfill,60,
o-ash-high,s-saw,ash,200,recycling,10,
o-paint,s-paint1,rinse,20,incineration,150,
o-past,s-saw,zaagsel,70,incineration,50,2024-12-31
END
table need <<'END'
need_id,site_id,resource_id,quantity,price_eur
n-chips,s-board,chipfeed,80,70
n-feed,s-green,feed,400,200
n-low,s-bath,low-heat,200,60
n-high,s-bath,high-heat,200,60
n-ash,s-over,ash,100,20
n-ash-home,s-board,ash,100,20
END
table offer_property <<'END'
offer_id,property,value,unit
o-heat,temperature_c,95,degC
END
table need_spec <<'END'
need_id,property,min,unit
n-low,temperature_c,70,degC
n-high,temperature_c,140,degC
END
table process <<'END'
process_id,name,r_strategy,opex_eur,capex_eur,lifetime_yr
dry,Drying,R8,10,0,
press,Pressing,R8,5,0,
END
table process_flow <<'END'
process_id,resource_id,quantity
dry,wet,-2
dry,dried,1
press,dried,-1
press,feed,0.9
END
table mode <<'END'
mode_id,name,class,load_eur,eur_per_unit_km
truck,Truck,material,1,0.1
pipe,Pipe,energy,0,0.5
END
table precedent <<'END'
precedent_id,donor_nace,resource,receiver_nace,use
p1,24.10,fly ash,16.21,Filler in boards
END
run 0 "a small region" new "$tmp/r.gpkg" --from "$tmp/p"
before=$(sha256sum <"$tmp/r.gpkg")
run 0 "its seeds" --json seeds "$tmp/r.gpkg" --most 20
cp "$tmp/out" "$tmp/seeds"
holds "an array, each with what speaks for it" "$tmp/seeds" 'type == "array" and length > 5 and all(.[]; (.reasons | length) > 0 and .probability > 0 and .probability < 1
  and ((.offer_id // .site_id) != null) and ((.checks | keys) == ["failed", "passed", "unknown"]))'
# shellcheck disable=SC2016  # $x belongs to jq
holds "chances and euros in order" "$tmp/seeds" '[.[] | if .eur == null or .eur < 0 then 0 else .probability * .eur end] as $x | $x == ($x | sort | reverse)'
holds "words: zaagsel for who asks for krullen" "$tmp/seeds" 'any(.[]; .kind == "need" and .offer_id == "o-dust" and .need_id == "n-chips" and .probability > 0.05 and .eur > 0)'
# 80 t x (50 + 70 - transport): 1.4 km x 0.1 + 1
holds "worth what the pair saves" "$tmp/seeds" '.[] | select(.kind == "need" and .offer_id == "o-dust") | .eur > 80 * 118 and .eur < 80 * 119'
holds "a chain of two treatments" "$tmp/seeds" 'any(.[]; .kind == "chain" and .offer_id == "o-wet" and .need_id == "n-feed" and .chain == ["dry", "press"])'
# A t of pulp: half an activity of drying, half of pressing, 0.45 t of feed: 40 - 5 - 2.5 + 90 - transport; 400 / 0.45 t are asked.
holds "with its cost and its yield" "$tmp/seeds" '.[] | select(.kind == "chain" and .need_id == "n-feed") | .eur > 888 * 121 and .eur < 889 * 122'
holds "a receiver by its sector" "$tmp/seeds" 'any(.[]; .kind == "receiver" and .offer_id == "o-dust" and .site_id == "s-board" and .receiver_nace == "16.21")'
holds "heat that is hot enough" "$tmp/seeds" 'any(.[]; .kind == "heat" and .offer_id == "o-heat" and .need_id == "n-low")'
holds "and none that is not" "$tmp/seeds" 'all(.[]; .need_id != "n-high")'
holds "what others do with the same code" "$tmp/seeds" '[.[] | select(.kind == "practice")] | length == 1 and .[0].offer_id == "o-ash-low" and .[0].example_offer_id == "o-ash-high" and .[0].eur == 15000'
holds "neighbours of one sector, once" "$tmp/seeds" '[.[] | select(.kind == "sector")] | length == 1 and .[0].site_id == "s-paint1" and .[0].with_site_id == "s-paint2"'
holds "a precedent is named" "$tmp/seeds" 'all(.[] | select(.precedent_id != null); .precedent_id == "p1" and .site_id == "s-board")'
holds "nothing of what has ended" "$tmp/seeds" 'all(.[]; .offer_id != "o-past")'
"$knoop" --json seeds "$tmp/r.gpkg" --most 20 --threads 1 >"$tmp/one"
"$knoop" --json seeds "$tmp/r.gpkg" --most 20 --threads 3 >"$tmp/three"
check "one thread and three say the same" cmp "$tmp/one" "$tmp/three"
check "and so does a second time" cmp "$tmp/one" "$tmp/seeds"
check "the region file is untouched" test "$before" = "$(sha256sum <"$tmp/r.gpkg")"
# ------------------------------------------------------------------ words
# finds WORDS TABLE ID: among the first three of its table.
finds()
{
  run 0 "looking for $1" --json seeds "$tmp/r.gpkg" --find "$1"
  holds "$1 finds $2 $3" "$tmp/out" "([.[] | select(.table == \"$2\")][:3] | any(.[]; .id == \"$3\")) and ([.[].alike] | . == (sort | reverse))"
}
finds zaagsel offer o-dust
finds houtzaagsel offer o-dust
finds sawdust offer o-dust
finds zaagsle offer o-dust
finds "fly ashes" offer o-ash-low
finds vliegas resource ash
finds pellet need n-feed
# speaks WORD STREAM: what people say is of this kind of stream.
speaks()
{
  run 0 "$1" --json seeds --resource "$1" --limit 1
  holds "$1 is of kind $2" "$tmp/out" ".[0].stream_id == \"$2\""
}
for pair in snijolie:waste-oil galvanisch\ slib:metal-sludge schroot:steel-scrap draf:spent-grain oude\ laptops:weee actieve\ kool:exchange-media zeepresten:cleaning-residue \
  takken:plant-residue steenkool:coal zalmresten:animal-byproduct schepen:vehicle; do
  speaks "${pair%%:*}" "${pair#*:}"
done
run 0 "the reference alone" --json seeds --find "gipsplaten"
holds "the List of Waste in Dutch" "$tmp/out" 'any(.[]; .table == "code_low")'
run 0 "nothing is alike" --json seeds --find "qqqqwwww"
holds "an empty array" "$tmp/out" '. == []'
run 2 "a number says nothing" seeds --find "12345"
run 2 "words and a stream" seeds --find wood --resource wood

run 0 "as text" seeds "$tmp/r.gpkg" --limit 2
says "with reasons" "$tmp/out" 'chance 0\.'
run 0 "in Dutch" --json seeds "$tmp/r.gpkg" --limit 1
run 0 "what if the need were gone" --json seeds "$tmp/r.gpkg" --set plan_year=2027
sed -i '/^plan_year/d' "$tmp/p/settings.csv"
run 0 "without a plan year" new "$tmp/no-year.gpkg" --from "$tmp/p"
run 0 "today counts" --json seeds "$tmp/no-year.gpkg"
holds "and what has ended is no seed" "$tmp/out" 'any(.[]; .offer_id == "o-dust") and all(.[]; .offer_id != "o-past")'
tap_end
