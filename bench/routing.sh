#!/bin/sh
# ./run bench routing
#
# Against RoutingKit on the same network in the same run, where KN_ROUTINGKIT names a folder with a checkout of it
# (github.com/RoutingKit/RoutingKit); else against a plain Dijkstra of ours, by the ratios that were measured with it.
# KN_BENCH_GRAPH names a network to use instead of the drawn one (the file format is in road_graph.h).
set -eu
exec /usr/bin/python3 "$(dirname "$0")/bench_routing.py" "$@"
