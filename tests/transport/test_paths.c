/* Aim: every distance and way is that of the definition. Method: on graphs of many shapes, Dijkstra against Bellman and Ford's
 * rounds over all arcs, then hierarchies, their ways, sweeps and tables against Dijkstra for every pair. */
#include "graphs.h"

static const int32_t sides[] = {1, 2, 3, 5, 8, 13};
enum { SIDES = sizeof sides / sizeof sides[0], REPEATS = 3 };

static const char *
name_of(shape kind, int32_t side, int repeat)
{
  static char text[80];
  snprintf(text, sizeof text, "shape %d side %d repeat %d", (int)kind, side, repeat);
  return text;
}

/* Distances from one node (or to it) by their definition: relax every arc until nothing changes. */
static void
relax_all(const test_graph *g, kn_heading direction, int32_t node, uint32_t *distance)
{
  for (int32_t v = 0; v < g->node_count; v++)
    distance[v] = KN_FAR;
  distance[node] = 0;
  for (bool is_changed = true; is_changed;) {
    is_changed = false;
    for (int32_t a = 0; a < g->arc_count; a++) {
      const int32_t near = direction == KN_FROM ? g->tail[a] : g->head[a], far = direction == KN_FROM ? g->head[a] : g->tail[a];
      if (distance[near] < distance[far] && g->weight[a] < distance[far] - distance[near]) {
        distance[far] = distance[near] + g->weight[a];
        is_changed = true;
      }
    }
  }
}

static void
check_dijkstra(const test_graph *g, const char *what)
{
  kn_error err = {0};
  kn_graph *graph = graph_of(g);
  kn_dijkstra *d;
  assert_int_equal(kn_dijkstra_new(&d, graph, g->weight, &err), KN_OK);
  uint32_t *expected = malloc((size_t)g->node_count * sizeof *expected);
  assert_non_null(expected);
  for (int32_t v = 0; v < g->node_count; v += 1 + g->node_count / 20)
    for (int direction = 0; direction < 2; direction++) {
      relax_all(g, (kn_heading)direction, v, expected);
      assert_int_equal(kn_dijkstra_run(d, (kn_heading)direction, v, KN_NONE, &err), KN_OK);
      for (int32_t w = 0; w < g->node_count; w++) {
        if (kn_dijkstra_distance(d, w) != expected[w])
          fail_msg("%s: direction %d, %d and %d: %u, not %u", what, direction, v, w, kn_dijkstra_distance(d, w), expected[w]);
        const int32_t *arc;
        const int64_t count = kn_dijkstra_path(d, w, &arc);
        expect_way(g, direction == KN_FROM ? v : w, direction == KN_FROM ? w : v, arc, count, expected[w], what);
      }
      for (int32_t w = 0; w < g->node_count; w += 1 + g->node_count / 7) {
        assert_int_equal(kn_dijkstra_run(d, (kn_heading)direction, v, w, &err), KN_OK);
        assert_int_equal(kn_dijkstra_distance(d, w), expected[w]);
      }
    }
  free(expected);
  kn_dijkstra_free(d);
  kn_graph_free(graph);
}

static void
dijkstra_is_the_definition(void **state)
{
  (void)state;
  static test_graph g;
  check_random r = {2026};
  for (int kind = 0; kind < SHAPE_COUNT; kind++)
    for (int s = 0; s < SIDES; s++)
      for (int repeat = 0; repeat < REPEATS; repeat++) {
        draw_graph(&g, &r, (shape)kind, sides[s]);
        check_dijkstra(&g, name_of((shape)kind, sides[s], repeat));
      }
}

/* Every pair of the hierarchy: distance, way, sweep from and to. */
static void
check_hierarchy(const test_graph *g, kn_ch_settings settings, const char *what)
{
  kn_error err = {0};
  kn_graph *graph = graph_of(g);
  uint32_t *expected = all_distances(g, graph);
  kn_ch *ch = hierarchy_of(graph, g->weight, settings);
  const kn_ch_facts facts = kn_ch_tell(ch);
  assert_int_equal(facts.node_count, g->node_count);
  assert_true(facts.shortcut_count <= facts.arc_count);
  kn_graph_free(graph); /* a hierarchy stands on its own */
  kn_ch_query *query;
  assert_int_equal(kn_ch_query_new(&query, ch, &err), KN_OK);
  const size_t n = (size_t)g->node_count;
  uint32_t *from = malloc((n + 1) * sizeof *from), *to = malloc((n + 1) * sizeof *to);
  assert_true(from != NULL && to != NULL);
  for (int32_t i = 0; i < g->node_count; i++) {
    kn_ch_all(query, KN_FROM, i, from);
    kn_ch_all(query, KN_TO, i, to);
    for (int32_t j = 0; j < g->node_count; j++) {
      const uint32_t distance = expected[(size_t)i * n + (size_t)j];
      if (kn_ch_distance(query, i, j) != distance)
        fail_msg("%s: %d -> %d is %u, not %u", what, i, j, kn_ch_distance(query, i, j), distance);
      const int32_t *arc;
      int64_t count;
      assert_int_equal(kn_ch_path(query, &arc, &count, &err), KN_OK);
      expect_way(g, i, j, arc, count, distance, what);
      if (from[j] != distance || to[j] != expected[(size_t)j * n + (size_t)i])
        fail_msg("%s: a sweep from and to %d tells %u and %u for %d", what, i, from[j], to[j], j);
    }
  }
  free(from);
  free(to);
  free(expected);
  kn_ch_query_free(query);
  kn_ch_free(ch);
}

static void
hierarchy_equals_dijkstra(void **state)
{
  (void)state;
  static test_graph g;
  check_random r = {7};
  /* Hardly any search for ways around: many shortcuts too many, and still the truth. */
  static const kn_ch_settings settings[] = {{.thread_count = 1}, {.thread_count = 1, .settled_most = 1}, {.thread_count = 2}};
  for (int kind = 0; kind < SHAPE_COUNT; kind++)
    for (int s = 0; s < SIDES; s++)
      for (int repeat = 0; repeat < REPEATS; repeat++) {
        draw_graph(&g, &r, (shape)kind, sides[s]);
        check_hierarchy(&g, settings[repeat], name_of((shape)kind, sides[s], repeat));
      }
}

/* Sources and targets drawn with repetition, of any number, on one thread and on two. */
static void
tables_equal_dijkstra(void **state)
{
  (void)state;
  static test_graph g;
  check_random r = {99};
  kn_error err = {0};
  enum { MOST = 60 };
  for (int kind = 0; kind < SHAPE_COUNT; kind++)
    for (int s = 0; s < SIDES; s++) {
      draw_graph(&g, &r, (shape)kind, sides[s]);
      kn_graph *graph = graph_of(&g);
      uint32_t *expected = all_distances(&g, graph);
      kn_ch *ch = hierarchy_of(graph, g.weight, KN_CH_DEFAULTS);
      int32_t source[MOST], target[MOST];
      uint32_t distance[MOST * MOST];
      const int32_t sources = random_below(&r, MOST + 1), targets = random_below(&r, MOST + 1);
      for (int32_t i = 0; i < MOST; i++) {
        source[i] = random_below(&r, g.node_count);
        target[i] = random_below(&r, g.node_count);
      }
      for (int32_t threads = 1; threads <= 2; threads++) {
        memset(distance, 0x55, sizeof distance);
        assert_int_equal(kn_ch_table(ch, sources, source, targets, target, threads, distance, &err), KN_OK);
        for (int32_t i = 0; i < sources; i++)
          for (int32_t j = 0; j < targets; j++) {
            const uint32_t want = expected[(size_t)source[i] * (size_t)g.node_count + (size_t)target[j]];
            if (distance[i * targets + j] != want)
              fail_msg("%s: %d -> %d is %u in the table, not %u", name_of((shape)kind, sides[s], threads), source[i], target[j],
                       distance[i * targets + j], want);
          }
      }
      free(expected);
      kn_ch_free(ch);
      kn_graph_free(graph);
    }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dijkstra_is_the_definition),
      cmocka_unit_test(hierarchy_equals_dijkstra),
      cmocka_unit_test(tables_equal_dijkstra),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
