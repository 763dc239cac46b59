#!/bin/sh
echo "1..0 # SKIP no C++ compiler or no LEMON (liblemon-dev)"
