/* The same questions as bench_routing asks, to RoutingKit: one line of JSON.
 *
 *     bench_routingkit FILE */
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

#include <routingkit/contraction_hierarchy.h>

#include "road_graph.h"

enum { PAIRS = 10000, TABLE = 1000, RUNS = 3 };

/* Processor time, as bench_routing on one thread. */
static double
seconds()
{
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int
main(int argc, char **argv)
{
  road_graph g = {};
  if (argc != 2 || !road_read(&g, argv[1])) {
    std::fprintf(stderr, "usage: bench_routingkit FILE\n");
    return 2;
  }
  const std::vector<unsigned> tail(g.tail, g.tail + g.arc_count), head(g.head, g.head + g.arc_count),
      weight(g.weight, g.weight + g.arc_count);
  double start = seconds();
  const auto ch = RoutingKit::ContractionHierarchy::build((unsigned)g.node_count, tail, head, weight);
  const double build_s = seconds() - start;

  std::vector<unsigned> node(2 * PAIRS);
  uint64_t state = 1;
  for (auto &v : node)
    v = (unsigned)(road_random(&state) % (uint64_t)g.node_count);

  /* Its word for "no way" is 2^31 - 1; ours is 2^32 - 1. */
  const auto ours = [](unsigned distance) { return distance == 0x7fffffffU ? 0xffffffffU : distance; };
  RoutingKit::ContractionHierarchyQuery query(ch);
  double query_s = INFINITY, table_s = INFINITY;
  uint64_t sum = 0, table_sum = 0;
  for (int run = 0; run < RUNS; run++) {
    sum = 0;
    start = seconds();
    for (int i = 0; i < PAIRS; i++)
      sum += ours(query.reset().add_source(node[2 * i]).add_target(node[2 * i + 1]).run().get_distance());
    query_s = std::min(query_s, (seconds() - start) / PAIRS);
  }
  std::vector<unsigned> table((size_t)TABLE * TABLE);
  const std::vector<unsigned> targets(node.begin() + TABLE, node.begin() + 2 * TABLE);
  for (int run = 0; run < RUNS; run++) {
    start = seconds();
    query.reset().pin_targets(targets);
    for (int i = 0; i < TABLE; i++)
      query.reset_source().add_source(node[i]).run_to_pinned_targets().get_distances_to_targets(&table[(size_t)i * TABLE]);
    table_s = std::min(table_s, seconds() - start);
  }
  for (const unsigned distance : table)
    table_sum += ours(distance);
  std::printf(
      "{\"program\": \"routingkit\", \"nodes\": %d, \"arcs\": %d, \"build_s\": %.3f, \"query_us\": %.2f, \"table_s\": %.4f, "
      "\"climbs\": %zu, \"sum\": %llu, \"table_sum\": %llu}\n",
      g.node_count, g.arc_count, build_s, 1e6 * query_s, table_s, ch.forward.head.size() + ch.backward.head.size(),
      (unsigned long long)sum, (unsigned long long)table_sum);
  road_free(&g);
  return 0;
}
