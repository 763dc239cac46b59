/* Shortest ways on one network: building a hierarchy, asking pairs, a table, hub labels, and a plain Dijkstra beside it. Prints one
 * line of JSON; `sum` and `table_sum` tell whether answers agree with those of bench_routingkit on the same file.
 *
 *     bench_routing draw SIDE FILE        the synthetic network of SIDE * SIDE nodes (road_graph.h)
 *     bench_routing ask FILE THREADS */
#include <string.h>

#include "bench_clock.h"
#include "knoop/transport.h"
#include "road_graph.h"

enum { PAIRS = 10000, WAYS = 1000, TABLE = 1000, LABELS = 2000, RUNS = 3, DIJKSTRAS = 5 };

static double
least(double a, double b)
{
  return a < b ? a : b;
}

/* Of one thread its processor time, since cores are shared; of several the time that passes. */
static double
now(int32_t threads)
{
  return threads == 1 ? bench_cpu_seconds() : bench_seconds(NULL);
}

static void
ask(const road_graph *g, int32_t threads)
{
  kn_error err = {0};
  kn_graph *graph = NULL;
  bench_stop_on(kn_graph_new(&graph, g->node_count, g->arc_count, g->tail, g->head, &err), &err);

  kn_ch *ch = NULL;
  const kn_ch_settings settings = {.thread_count = threads};
  double start = now(threads);
  bench_stop_on(kn_ch_new(&ch, graph, g->weight, &settings, NULL, &err), &err);
  const double build_s = now(threads) - start;

  /* The same pairs for every program: places of a sequence, not of a library's random numbers. */
  static int32_t node[2 * PAIRS];
  uint64_t state = 1;
  for (int i = 0; i < 2 * PAIRS; i++)
    node[i] = (int32_t)(road_random(&state) % (uint64_t)g->node_count);

  kn_ch_query *query = NULL;
  bench_stop_on(kn_ch_query_new(&query, ch, &err), &err);
  double query_s = INFINITY, path_s = INFINITY, all_s = INFINITY;
  uint64_t sum = 0;
  int64_t arcs = 0;
  for (int run = 0; run < RUNS; run++) {
    sum = 0;
    start = now(threads);
    for (int i = 0; i < PAIRS; i++)
      sum += kn_ch_distance(query, node[2 * i], node[2 * i + 1]);
    query_s = least(query_s, (now(threads) - start) / PAIRS);
    arcs = 0;
    start = now(threads);
    for (int i = 0; i < WAYS; i++) {
      const int32_t *arc;
      int64_t count;
      kn_ch_distance(query, node[2 * i], node[2 * i + 1]);
      bench_stop_on(kn_ch_path(query, &arc, &count, &err), &err);
      arcs += count;
    }
    path_s = least(path_s, (now(threads) - start) / WAYS);
  }

  uint32_t *all = malloc((size_t)g->node_count * sizeof *all);
  uint32_t *table = malloc((size_t)TABLE * TABLE * sizeof *table);
  if (all == NULL || table == NULL)
    exit(5);
  double table_s = INFINITY;
  uint64_t table_sum = 0;
  for (int run = 0; run < RUNS; run++) {
    start = now(threads);
    bench_stop_on(kn_ch_table(ch, TABLE, node, TABLE, node + TABLE, threads, table, &err), &err);
    table_s = least(table_s, now(threads) - start);
    start = now(threads);
    kn_ch_all(query, KN_FROM, node[run], all);
    all_s = least(all_s, now(threads) - start);
  }
  for (int i = 0; i < TABLE * TABLE; i++)
    table_sum += table[i];

  kn_labels *labels = NULL;
  start = now(threads);
  bench_stop_on(kn_labels_new(&labels, ch, LABELS, node, threads, &err), &err);
  const double labels_s = now(threads) - start;
  uint64_t label_sum = 0;
  double label_s = INFINITY;
  for (int run = 0; run < RUNS; run++) {
    label_sum = 0;
    start = now(threads);
    for (int i = 0; i < TABLE; i++)
      for (int j = 0; j < TABLE; j++)
        label_sum += kn_labels_distance(labels, i, TABLE + j);
    label_s = least(label_s, (now(threads) - start) / (TABLE * TABLE));
  }

  kn_dijkstra *dijkstra = NULL;
  bench_stop_on(kn_dijkstra_new(&dijkstra, graph, g->weight, &err), &err);
  double dijkstra_s = INFINITY;
  int64_t apart = label_sum != table_sum;
  for (int run = 0; run < DIJKSTRAS; run++) {
    start = now(threads);
    bench_stop_on(kn_dijkstra_run(dijkstra, KN_FROM, node[run], KN_NONE, &err), &err);
    dijkstra_s = least(dijkstra_s, now(threads) - start);
    for (int j = 0; j < TABLE; j++)
      apart += table[run * TABLE + j] != kn_dijkstra_distance(dijkstra, node[TABLE + j]);
    kn_ch_all(query, KN_FROM, node[run], all);
    for (int32_t v = 0; v < g->node_count; v++)
      apart += all[v] != kn_dijkstra_distance(dijkstra, v);
  }

  const kn_ch_facts facts = kn_ch_tell(ch);
  const kn_labels_facts label_facts = kn_labels_tell(labels);
  printf("{\"program\": \"knoop\", \"nodes\": %d, \"arcs\": %d, \"threads\": %d, \"build_s\": %.3f, \"query_us\": %.2f, "
         "\"path_us\": %.2f, \"path_arcs\": %.0f, \"table_s\": %.4f, \"all_s\": %.4f, \"dijkstra_s\": %.4f, \"labels_s\": %.3f, "
         "\"label_us\": %.3f, \"label_entries\": %.1f, \"label_bytes\": %zu, \"climbs\": %" PRId64 ", \"levels\": %d, "
         "\"bytes\": %zu, \"sum\": %" PRIu64 ", \"table_sum\": %" PRIu64 ", \"apart\": %" PRId64 "}\n",
         g->node_count, g->arc_count, threads, build_s, 1e6 * query_s, 1e6 * path_s, (double)arcs / WAYS, table_s, all_s,
         dijkstra_s, labels_s, 1e6 * label_s, (double)label_facts.entry_count / (2.0 * LABELS), label_facts.bytes,
         facts.arc_count, facts.level_count, facts.bytes, sum, table_sum, apart);
  kn_dijkstra_free(dijkstra);
  kn_labels_free(labels);
  kn_ch_query_free(query);
  kn_ch_free(ch);
  kn_graph_free(graph);
  free(all);
  free(table);
}

int
main(int argc, char **argv)
{
  road_graph g = {0};
  if (argc == 4 && strcmp(argv[1], "draw") == 0) {
    const int ok = road_draw(&g, (int32_t)strtol(argv[2], NULL, 10), 1) && road_write(&g, argv[3]);
    road_free(&g);
    return ok ? 0 : 5;
  }
  if (argc != 4 || strcmp(argv[1], "ask") != 0) {
    fprintf(stderr, "usage: bench_routing draw SIDE FILE | ask FILE THREADS\n");
    return 2;
  }
  if (!road_read(&g, argv[2])) {
    fprintf(stderr, "bench_routing: %s was not read\n", argv[2]);
    road_free(&g);
    return 5;
  }
  ask(&g, (int32_t)strtol(argv[3], NULL, 10));
  road_free(&g);
  return 0;
}
