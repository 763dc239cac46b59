#!/bin/sh
# Aim: wrong usage exits 2 and says what was expected; --help has an example; --json keeps standard output pure.
. "${KN_SOURCE_ROOT:?}/tests/tap.sh"

run 2 "no command"
says "it says where help is" "$tmp/err" 'knoop --help'
run 2 "unknown command" plam
says "it proposes the nearest" "$tmp/err" 'did you mean plan\?'
run 2 "unknown option" plan "$tmp/r.gpkg" --gpa 1
says "it proposes the nearest option" "$tmp/err" 'did you mean --gap\?'
says "it shows the usage" "$tmp/err" '^usage: knoop plan REGION.gpkg'
run 2 "a missing argument" export "$tmp/r.gpkg"
says "it names the argument" "$tmp/err" 'FOLDER is missing'
run 2 "an argument too many" check a.gpkg b.gpkg
run 2 "a wrong word" plan a.gpkg --objective money
says "it lists the words" "$tmp/err" 'value\|co2\|jobs\|virgin'
run 2 "a wrong floor" plan a.gpkg --floor euros=1
run 2 "a floor without number" plan a.gpkg --floor value_eur=much
run 2 "a wrong gap" plan a.gpkg --gap 2
run 2 "offer and need together" match a.gpkg --offer a --need b
run 2 "a report without a file" report a.gpkg
run 2 "more partners than are kept" match a.gpkg --most 1001
says "it says how many may be asked for" "$tmp/err" "1 to 1000"
run 2 "wrong usage with --json" --json plan a.gpkg --gap much
holds "is one document with the error" "$tmp/out" '.error.exit == 2 and (.error.sentences | length) > 0'

run 0 "--version" --version
says "names the version" "$tmp/out" '^knoop [0-9]+\.[0-9]+\.[0-9]+$'
run 0 "--version --json" --version --json
holds "is one document" "$tmp/out" '.version | test("^[0-9]+\\.[0-9]+\\.[0-9]+$")'
run 0 "--help" --help
sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' "$tmp/out" >"$tmp/commands"
check "lists at least eight commands" test "$(wc -l <"$tmp/commands")" -ge 8
while read -r command; do
  run 0 "$command --help" "$command" --help
  says "$command --help has an example" "$tmp/out" "^  knoop $command "
done <"$tmp/commands"

run 5 "a region that is not there" check "$tmp/nothing.gpkg"
says "names the file" "$tmp/err" 'nothing\.gpkg'
run 5 "the same with --json" check "$tmp/nothing.gpkg" --json
holds "is one document with the error" "$tmp/out" '.error.exit == 5'
export LC_ALL=nl_BE.UTF-8
run 0 "help in Dutch, also where the system has no Dutch locale" --help
says "speaks Dutch" "$tmp/out" 'gebruik: knoop'
export LC_ALL=C.UTF-8
if [ -e /dev/full ]; then
  "$knoop" --help >/dev/full 2>"$tmp/err"
  check "a full disk is told (exit 5)" test $? = 5
fi
tap_end
