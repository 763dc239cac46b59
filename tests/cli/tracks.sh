#!/bin/sh
# Aim: the map of a report draws the ways that ties take over the network, link by link with their geometry, and from end to end what
# has no such way.
# Method: tests/known/heat-pipe, where heat goes by pipe over one link and by pipe and truck over both of each kind, with a bend
# drawn in one of the pipes; then a region without a network.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"

# tracks FILE KIND: the paths of a kind of link, one a line.
tracks()
{
  tr -d '\n' <"$1" | sed 's/<g class="arcs">.*//' | grep -o "<g class=\"w-$2\"><title>.*" | sed 's/<\/g>.*//' | grep -o ' d="[^"]*"'
}

cp -r "$root/tests/known/heat-pipe" "$tmp/package"
rm "$tmp/package/expect.json"
cat >"$tmp/package/link.geojson" <<'END'
{ "type": "FeatureCollection", "features": [ { "type": "Feature", "properties": { "link_id": "p1" },
  "geometry": { "type": "LineString", "coordinates": [ [5.5, 51], [5.51, 51.04], [5.5, 51.08] ] } } ] }
END
region=$tmp/r.gpkg
check "a region with pipes and roads" "$knoop" --quiet new "$region" --from "$tmp/package"
run 0 "its plan" --quiet plan "$region"
run 0 "its report" --quiet report "$region" -o "$tmp/r.html"
tracks "$tmp/r.html" pipe-heat >"$tmp/pipes"
tracks "$tmp/r.html" road >"$tmp/roads"
points()
{
  grep -oE '[0-9.]+ [0-9.]+' "$1" | wc -l
}
check "all that passes a link is one line: two pipes, of which one is broader" test "$(wc -l <"$tmp/pipes")" -eq 2
check "with the bend: three points and two" test "$(points "$tmp/pipes")" -eq 5
check "roads pass as much, in one path of two lines" test "$(wc -l <"$tmp/roads") $(grep -o M "$tmp/roads" | wc -l)" = "1 2"
arcs=$(tr -d '\n' <"$tmp/r.html" | grep -o '<g class="arcs">.*' | sed 's/<\/g>.*//' | grep -o '<path class="[^"]*"')
check "ties that have a way are drawn from end to end only when pointed at" test "$(echo "$arcs" | grep -c ' over"')" = "$(echo "$arcs" | wc -l)"
says "the legend names the ways" "$tmp/r.html" 'through heat pipes'

check "a region without a network" "$knoop" --quiet new "$tmp/crow.gpkg" --from "$root/tests/known/one-tie"
run 0 "its plan" --quiet plan "$tmp/crow.gpkg"
run 0 "its report" --quiet report "$tmp/crow.gpkg" -o "$tmp/crow.html"
check "has no ways" test "$(grep -c 'class="tracks"' "$tmp/crow.html")" = 0
check "and a curve that is seen" test "$(tr -d '\n' <"$tmp/crow.html" | grep -o '<g class="arcs">.*' | sed 's/<\/g>.*//' | grep -o '<path class="[^"]*"' | grep -vc over)" = 1
tap_end
