#!/bin/sh
# Aim: a folder of src/ includes only headers of folders above it, and a foreign library has one home.
# Method: the order is the list `modules` of src/meson.build; every #include line of src/ and include/ is held against
# it, and against the table of homes below. Prints TAP.
set -eu
cd "${KN_SOURCE_ROOT:-$(dirname "$0")/../..}"

modules=$(sed -n "s/^modules = \[\(.*\)\]$/\1/p" src/meson.build | tr -d "',")

check()
{
  awk -v modules="$modules" '
    BEGIN {
      count = split(modules, name, " ")
      for (i = 1; i <= count; i++)
        place[name[i]] = i
      # A header of its own within a module.
      place["builder"] = place["region"]
      place["disclosure"] = place["monitor"]
      place["desk"] = place["store"]
      home["^sqlite3"] = "store"
      home["^coin/|^Clp_|^Cbc_"] = "numeric"
      home["^suitesparse/|^cholmod|^SuiteSparse|^cblas|^lapacke"] = "numeric"
      home["^geos_c"] = "geo"
      home["^proj\\.h|^proj_"] = "geo"
      home["^gdal|^ogr_|^cpl_"] = "formats"
      home["^jansson"] = "formats store tasks report portal cli"
      home["^udunits2"] = "base"
      home["^sodium"] = "base portal cli"
      home["^libintl"] = "report cli"
      home["^signal\\.h|^getopt"] = "cli"
      home["^microhttpd"] = "portal"
    }
    /^[ \t]*#[ \t]*include[ \t]/ {
      file = FILENAME
      split(file, part, "/")
      # include/knoop/plan.h belongs to plan, src/plan/x.c too.
      module = part[1] == "include" ? part[3] : part[2]
      sub(/\.h$/, "", module)
      if (!(module in place)) {
        print file ": folder " module " is not in the list of src/meson.build"
        next
      }
      header = $0
      sub(/^[^<"]*[<"]/, "", header)
      sub(/[>"].*/, "", header)
      seen++
      other = ""
      if (header ~ /^knoop\//) {
        other = substr(header, 7)
        sub(/\.h$/, "", other)
      } else if ($0 ~ /"/ && header ~ /\//) {
        other = header
        sub(/\/.*/, "", other)
      }
      if (other != "") {
        if (!(other in place))
          print file ":" FNR ": " header ": no folder " other
        else if (place[other] > place[module])
          print file ":" FNR ": " header ": " module " stands above " other " and may not know it"
      }
      for (pattern in home)
        if (header ~ pattern && index(" " home[pattern] " ", " " module " ") == 0)
          print file ":" FNR ": <" header "> has its home in " home[pattern] ", not in " module
    }
    END {
      if (seen == 0)
        print "no #include line was seen"
    }' "$@"
}

number=0
failed=0
verdict()
{
  number=$((number + 1))
  if [ "$1" = ok ]; then
    echo "ok $number - $2"
  else
    echo "not ok $number - $2"
    failed=1
  fi
}

echo 1..3
# shellcheck disable=SC2046  # paths of this house hold no blanks
found=$(check $(find src include \( -name '*.c' -o -name '*.h' \) | sort))
if [ -z "$found" ]; then
  verdict ok "every include points up, every foreign library stays at home"
else
  verdict bad "every include points up, every foreign library stays at home"
  printf '%s\n' "$found" | sed 's/^/# /'
fi

# The check must be able to fail: two lines that break the rule, in a tree of their own.
broken=$(mktemp -d)
trap 'rm -rf "$broken"' EXIT
mkdir -p "$broken/src/geo"
printf '#include "knoop/plan.h"\n#include <sqlite3.h>\n' >"$broken/src/geo/bad.c"
found=$(cd "$broken" && check src/geo/bad.c)
case $found in *"geo stands above plan"*) verdict ok "an include that points down is found" ;;
  *) verdict bad "an include that points down is found" ;; esac
case $found in *"has its home in store"*) verdict ok "a foreign library away from home is found" ;;
  *) verdict bad "a foreign library away from home is found" ;; esac
exit "$failed"
