#!/bin/sh
# Aim: seeds know hours: what of an offer of heat, space or time comes while a need wants it, and which need fits best then.
# Method: the program on a small package whose answer a reader can redo by hand. Prints TAP.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"

mkdir "$tmp/p"
table() { cat >"$tmp/p/$1.csv"; }
table settings <<'END'
key,value
name,Hours
plan_year,2026
END
table actor <<'END'
actor_id,name
a,Works
b,Neighbour
END
table site <<'END'
site_id,actor_id,name,lon,lat
works,a,Works,5.50,50.95
bath,b,Bath,5.51,50.95
night,b,Night shift,5.52,50.95
dry,b,Dryer,5.50,50.96
far,b,Far away,5.90,50.95
END
table resource <<'END'
resource_id,class,name
exhaust,energy,Exhaust of the furnace
washing,energy,Washing energy
boiling,energy,Boiling energy
parking,space,Parking in the evening
places,space,Parking places
chips,material,Chips
krullen,material,Chips of wood
END
table offer <<'END'
offer_id,site_id,resource_id,quantity,fate_eur,profile_id
o-heat,works,exhaust,2400,0,day
o-park,works,parking,1000,0,evening
o-chips,works,chips,100,50,day
END
table need <<'END'
need_id,site_id,resource_id,quantity,price_eur,profile_id
n-bath,bath,washing,1200,60,half
n-night,night,washing,9000,70,nights
n-hot,dry,boiling,1000,90,half
n-far,far,washing,1200,500,half
n-places,bath,places,1000,5,day
n-krullen,bath,krullen,100,50,nights
END
table offer_property <<'END'
offer_id,property,value,unit
o-heat,temperature_c,95,degC
END
table need_spec <<'END'
need_id,property,min,unit
n-bath,temperature_c,60,degC
n-night,temperature_c,60,degC
n-hot,temperature_c,140,degC
n-far,temperature_c,60,degC
END
table mode <<'END'
mode_id,name,class,eur_per_unit_km
pipe,Pipe,energy,0
stay,Stay,space,0
truck,Truck,material,0.1
END
table profile <<'END'
profile_id,name
day,Working hours
half,The second half of the day
nights,Nights
evening,From four to midnight
END
# day 8 to 16 every day; half 12 to 20; nights 20 to 8; evening 14 to 22, so 2 of 8 hours meet the day.
python3 - >"$tmp/p/profile_hour.csv" <<'END'
print("profile_id,hour,load")
for name, hours in (("day", range(8, 16)), ("half", range(12, 20)), ("nights", [*range(20, 24), *range(8)]), ("evening", range(14, 22))):
    for hour in hours:
        print(f"{name},{hour},7.5")
END
run 0 "a region with hours" new "$tmp/r.gpkg" --from "$tmp/p"
run 0 "its seeds" --json seeds "$tmp/r.gpkg" --most 20
cp "$tmp/out" "$tmp/seeds"
# 2400 in 8 hours is 300, 1200 in 8 hours 150: four hours of 150 of twenty-four coincide, half of 1200.
holds "what coincides of the smaller" "$tmp/seeds" '.[] | select(.kind == "heat") | .need_id == "n-bath" and (.hours_share - 0.5 | fabs) < 1e-9 and (.quantity - 600 | fabs) < 1e-6'
holds "is what is worth something" "$tmp/seeds" '.[] | select(.kind == "heat") | (.eur - 600 * 60 | fabs) < 1'
holds "with the temperatures" "$tmp/seeds" '.[] | select(.kind == "heat") | .temperature_c == 95 and .needed_temperature_c == 60'
holds "and told in words" "$tmp/seeds" '.[] | select(.kind == "heat") | .reasons | any(test("50 % of it comes in hours when it is needed"))'
holds "nights pay more, and never fit the day" "$tmp/seeds" 'all(.[]; .need_id != "n-night")'
holds "too far, and too hot" "$tmp/seeds" 'all(.[]; .need_id != "n-far" and .need_id != "n-hot")'
holds "space in the evening serves two hours of eight" "$tmp/seeds" '.[] | select(.offer_id == "o-park") | .need_id == "n-places" and (.hours_share - 0.25 | fabs) < 1e-9 and (.quantity - 250 | fabs) < 1e-6'
holds "what lies in a heap can wait" "$tmp/seeds" '.[] | select(.need_id == "n-krullen") | .hours_share == null and .quantity == 100'
holds "each says what its chance rests on" "$tmp/seeds" 'all(.[]; (.basis == "calibrated") == (.kind == "need" or .kind == "heat") and .probability <= .chance and .probability_low < .probability and .probability < .probability_high)'

# Without profiles nothing is known, and the need that pays most within reach is it.
sed -i 's/,day$/,/; s/,evening$/,/' "$tmp/p/offer.csv"
run 0 "no hours of the offers" new "$tmp/q.gpkg" --from "$tmp/p"
run 0 "its seeds" --json seeds "$tmp/q.gpkg" --most 20
holds "are not known" "$tmp/out" '.[] | select(.kind == "heat") | .need_id == "n-night" and .hours_share == null and .quantity == 2400 and (.reasons | any(test("to be verified")))'
"$knoop" --json seeds "$tmp/r.gpkg" --most 20 --threads 1 >"$tmp/one"
"$knoop" --json seeds "$tmp/r.gpkg" --most 20 --threads 3 >"$tmp/three"
check "one thread and three say the same" cmp "$tmp/one" "$tmp/three"

# ------------------------------------------------------------------ the check
printf 'day,8,1\nnights,,0\n' >>"$tmp/p/profile_hour.csv"
printf 'still,Still\n' >>"$tmp/p/profile.csv"
run 0 "an hour twice, days without load, a profile without hours" new "$tmp/c.gpkg" --from "$tmp/p"
run 1 "the check" --json check "$tmp/c.gpkg"
holds "tells each" "$tmp/out" '[.findings[] | select(.table == "profile" and .severity == "error") | .row] | sort == ["nights", "still"]'
holds "an hour twice" "$tmp/out" '[.findings[] | select(.rule == "hour_twice")] | length == 1 and .[0].table == "profile_hour"'
printf 'profile_id,hour,load\nday,24,1\nday,8,-1\nother,8,1\nday,8,\n' >"$tmp/p/profile_hour.csv"
run 3 "hours that are none" --json new "$tmp/d.gpkg" --from "$tmp/p"
holds "are refused with their place" "$tmp/out" '[.. | objects | select(.table? == "profile_hour") | [.line, .column]] == [[2, "hour"], [3, "load"], [5, "load"], [4, "profile_id"]]'
tap_end
