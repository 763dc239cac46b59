#!/bin/sh
# Aim: nothing tracked ties the house to one machine or one registry.
# Method: git grep over all tracked text for absolute paths of people's machines, hosts of package registries,
# and reminders of unfinished work. Skips outside a git checkout. Prints TAP.
set -eu
cd "${KN_SOURCE_ROOT:-$(dirname "$0")/../..}"

if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  echo "1..0 # SKIP not a git checkout"
  exit 0
fi
echo 1..3
number=0
failed=0
# none TITLE PATTERN: fails when a tracked file holds the pattern. Patterns are written so that they do not match themselves.
none()
{
  number=$((number + 1))
  if found=$(git grep -nIE -e "$2" -- . ':!LICENCE' ':!data' ':!*.lock'); then
    echo "not ok $number - $1"
    printf '%s\n' "$found" | cut -c1-160 | head -n 20 | sed 's/^/# /'
    failed=1
  else
    echo "ok $number - $1"
  fi
}
none "no absolute path of a machine" '(^|[^a-zA-Z0-9.$}])/([w]ork|[r]oot|[h]ome|[m]nt|[U]sers)/[a-zA-Z]'
none "no host of a package registry" '([d]eb|[s]napshot|[s]ecurity)\.debian\.org|[n]pmjs\.(org|com)|[p]ypi\.org|[p]ythonhosted|[c]rates\.io|[p]roxy\.golang'
none "no reminder of unfinished work" '\b(TO[D]O|FIX[M]E|X[X]X)\b'
exit "$failed"
