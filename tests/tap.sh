# Sourced by script tests: counts and prints TAP, and gives each script a folder of its own.
# shellcheck shell=sh
set -u
# shellcheck disable=SC2034  # for the scripts
root=${KN_SOURCE_ROOT:?the source folder}
knoop=${KNOOP:?the program to test}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export LC_ALL=C.UTF-8
tap_number=0
tap_failed=0

ok()
{
  tap_number=$((tap_number + 1))
  echo "ok $tap_number - $1"
}

# not_ok TITLE [FILE...]: the files tell what was seen.
not_ok()
{
  tap_number=$((tap_number + 1))
  tap_failed=$((tap_failed + 1))
  echo "not ok $tap_number - $1"
  shift
  for file in "$@"; do
    [ -s "$file" ] && head -n 20 "$file" | sed "s/^/# /"
  done
}

skip()
{
  tap_number=$((tap_number + 1))
  echo "ok $tap_number - $1 # SKIP $2"
}

# check TITLE COMMAND...: passes when the command does.
check()
{
  title=$1
  shift
  if "$@" >"$tmp/check" 2>&1; then
    ok "$title"
  else
    not_ok "$title" "$tmp/check"
  fi
}

# run EXIT TITLE ARGUMENT...: runs knoop, keeps $tmp/out and $tmp/err, and passes when the exit status is EXIT.
run()
{
  wanted=$1
  title=$2
  shift 2
  "$knoop" "$@" >"$tmp/out" 2>"$tmp/err"
  status=$?
  if [ "$status" = "$wanted" ]; then
    ok "$title (exit $wanted)"
  else
    echo "exit $status instead of $wanted" >"$tmp/status"
    not_ok "$title (exit $wanted)" "$tmp/status" "$tmp/err" "$tmp/out"
  fi
}

# holds TITLE FILE JQ: passes when the file is exactly one JSON document and the filter is true for it.
holds()
{
  if jq -es "length == 1 and (.[0] | $3)" "$2" >/dev/null 2>"$tmp/jq"; then
    ok "$1"
  else
    not_ok "$1" "$tmp/jq" "$2"
  fi
}

# says TITLE FILE PATTERN: passes when a line of the file matches the extended pattern.
says()
{
  if grep -Eq -e "$3" "$2"; then
    ok "$1"
  else
    not_ok "$1" "$2"
  fi
}

tap_end()
{
  echo "1..$tap_number"
  [ "$tap_failed" = 0 ]
}
