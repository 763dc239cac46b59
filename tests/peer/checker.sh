#!/bin/sh
# The checker of large exchanges, checked itself.
exec /usr/bin/python3 "$(dirname "$0")/check_checker.py"
