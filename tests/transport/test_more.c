/* Aim: labels tell what Dijkstra tells, landmarks never more, snapping what looking at all points finds; the hierarchy is the same
 * with one thread and two; what would overflow or makes no sense is refused. Method: as in test_paths.c, and cases by hand. */
#include "graphs.h"

static const int32_t sides[] = {1, 2, 4, 7, 12, 20};
enum { SIDES = sizeof sides / sizeof sides[0] };

static void
labels_equal_dijkstra(void **state)
{
  (void)state;
  static test_graph g;
  check_random r = {5};
  kn_error err = {0};
  for (int kind = 0; kind < SHAPE_COUNT; kind++)
    for (int s = 0; s < SIDES; s++) {
      draw_graph(&g, &r, (shape)kind, sides[s]);
      kn_graph *graph = graph_of(&g);
      uint32_t *expected = all_distances(&g, graph);
      kn_ch *ch = hierarchy_of(graph, g.weight, KN_CH_DEFAULTS);
      int32_t node[200];
      const int32_t n = g.node_count < 200 ? g.node_count : 200;
      for (int32_t i = 0; i < n; i++)
        node[i] = random_below(&r, g.node_count);
      kn_labels *labels;
      assert_int_equal(kn_labels_new(&labels, ch, n, node, 1 + s % 2, &err), KN_OK);
      kn_ch_free(ch);
      kn_graph_free(graph);
      assert_int_equal(kn_labels_tell(labels).n, n);
      assert_true(kn_labels_tell(labels).entry_count >= 2 * n);
      for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++) {
          const uint32_t want = expected[(size_t)node[i] * (size_t)g.node_count + (size_t)node[j]];
          if (kn_labels_distance(labels, i, j) != want)
            fail_msg("shape %d side %d: %d -> %d is %u by labels, not %u", kind, sides[s], node[i], node[j],
                     kn_labels_distance(labels, i, j), want);
        }
      kn_labels_free(labels);
      free(expected);
    }
}

/* On a line contracted in any order, a label needs no more than its logarithm would hold; here: a label holds no hub that
 * another one makes needless, so a star's leaves hold two entries, the leaf and the middle. */
static void
labels_hold_nothing_needless(void **state)
{
  (void)state;
  static test_graph g;
  check_random r = {6};
  draw_graph(&g, &r, STAR, 10);
  kn_graph *graph = graph_of(&g);
  kn_ch *ch = hierarchy_of(graph, g.weight, KN_CH_DEFAULTS);
  int32_t node[99];
  for (int32_t i = 0; i < 99; i++)
    node[i] = i + 1;
  kn_labels *labels;
  assert_int_equal(kn_labels_new(&labels, ch, 99, node, 1, NULL), KN_OK);
  assert_true(kn_labels_tell(labels).entry_count <= 4 * 99);
  kn_labels_free(labels);
  kn_ch_free(ch);
  kn_graph_free(graph);
}

static void
landmarks_never_tell_too_much(void **state)
{
  (void)state;
  static test_graph g;
  check_random r = {11};
  kn_error err = {0};
  int64_t tight = 0, told = 0;
  for (int kind = 0; kind < SHAPE_COUNT; kind++)
    for (int s = 0; s < SIDES; s++) {
      draw_graph(&g, &r, (shape)kind, sides[s]);
      for (int32_t a = 0; kind == HEAVY && a < g.arc_count; a++) /* beyond what a float tells exactly */
        g.weight[a] = 16777217 + 2 * (uint32_t)random_below(&r, 4096);
      kn_graph *graph = graph_of(&g);
      uint32_t *expected = all_distances(&g, graph);
      kn_ch *ch = hierarchy_of(graph, g.weight, KN_CH_DEFAULTS);
      int32_t node[100];
      const int32_t n = g.node_count < 100 ? g.node_count : 100, wanted = 1 + random_below(&r, 8);
      for (int32_t i = 0; i < n; i++)
        node[i] = random_below(&r, g.node_count);
      kn_landmarks *landmarks;
      assert_int_equal(kn_landmarks_new(&landmarks, ch, n, node, wanted, &err), KN_OK);
      const kn_landmarks_view rows = kn_landmarks_rows(landmarks);
      assert_true(rows.n == n && rows.count >= 1 && rows.count <= wanted);
      for (int32_t i = 0; i < n; i++)
        for (int32_t l = 0; l < rows.count; l++) {
          const uint32_t from = expected[(size_t)rows.node[l] * (size_t)g.node_count + (size_t)node[i]];
          const uint32_t to = expected[(size_t)node[i] * (size_t)g.node_count + (size_t)rows.node[l]];
          const double exact_from = from == KN_FAR ? INFINITY : (double)from, exact_to = to == KN_FAR ? INFINITY : (double)to;
          const int32_t at = i * rows.count + l;
          assert_true((double)rows.from_low[at] <= exact_from && (double)rows.from_high[at] >= exact_from);
          assert_true((double)rows.to_low[at] <= exact_to && (double)rows.to_high[at] >= exact_to);
          assert_true(rows.from_high[at] == rows.from_low[at] || rows.from_high[at] <= nextafterf(rows.from_low[at], INFINITY));
        }
      for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++) {
          const uint32_t distance = expected[(size_t)node[i] * (size_t)g.node_count + (size_t)node[j]];
          const double exact = distance == KN_FAR ? INFINITY : (double)distance, bound = kn_landmarks_bound(landmarks, i, j);
          if (!(bound <= exact))
            fail_msg("shape %d: %d -> %d is %.17g, and the bound %.17g", kind, node[i], node[j], exact, bound);
          told += i != j;
          tight += i != j && bound >= 0.8 * exact;
        }
      kn_landmarks_free(landmarks);
      free(expected);
      kn_ch_free(ch);
      kn_graph_free(graph);
    }
  assert_true(tight > told / 3); /* and they tell something */
}

static void
hierarchy_is_the_same_with_two_threads(void **state)
{
  (void)state;
  static test_graph g;
  check_random r = {12};
  for (int kind = 0; kind < SHAPE_COUNT; kind++) {
    draw_graph(&g, &r, (shape)kind, kind == DENSE ? 20 : 36);
    kn_graph *graph = graph_of(&g);
    kn_ch *one = hierarchy_of(graph, g.weight, (kn_ch_settings){.thread_count = 1});
    kn_ch *two = hierarchy_of(graph, g.weight, (kn_ch_settings){.thread_count = 2});
    const kn_ch_facts a = kn_ch_tell(one), b = kn_ch_tell(two);
    assert_true(a.arc_count == b.arc_count && a.shortcut_count == b.shortcut_count && a.level_count == b.level_count);
    /* The ways, too: among equally short ones the hierarchy alone decides. */
    kn_ch_query *ask_one, *ask_two;
    assert_int_equal(kn_ch_query_new(&ask_one, one, NULL), KN_OK);
    assert_int_equal(kn_ch_query_new(&ask_two, two, NULL), KN_OK);
    for (int i = 0; i < 200; i++) {
      const int32_t from = random_below(&r, g.node_count), to = random_below(&r, g.node_count);
      assert_int_equal(kn_ch_distance(ask_one, from, to), kn_ch_distance(ask_two, from, to));
      const int32_t *x, *y;
      int64_t x_count, y_count;
      assert_int_equal(kn_ch_path(ask_one, &x, &x_count, NULL), KN_OK);
      assert_int_equal(kn_ch_path(ask_two, &y, &y_count, NULL), KN_OK);
      assert_int_equal(x_count, y_count);
      for (int64_t k = 0; k < x_count; k++)
        assert_int_equal(x[k], y[k]);
    }
    kn_ch_query_free(ask_one);
    kn_ch_query_free(ask_two);
    kn_ch_free(one);
    kn_ch_free(two);
    kn_graph_free(graph);
  }
}

typedef struct many {
  const kn_ch *ch;
  const kn_labels *labels;
  int32_t n;
  uint32_t *distance;
} many;

static void
ask_many(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const many *m = arg;
  kn_ch_query *query;
  assert_int_equal(kn_ch_query_new(&query, m->ch, NULL), KN_OK);
  for (int64_t i = first; i < last; i++)
    for (int32_t j = 0; j < m->n; j++) {
      const uint32_t distance = kn_ch_distance(query, (int32_t)i, j);
      assert_int_equal(kn_labels_distance(m->labels, i, j), distance);
      m->distance[i * m->n + j] = distance;
    }
  kn_ch_query_free(query);
}

static void
several_threads_ask_one_hierarchy(void **state)
{
  (void)state;
  static test_graph g;
  check_random r = {13};
  draw_graph(&g, &r, ROADS, 12);
  kn_graph *graph = graph_of(&g);
  kn_ch *ch = hierarchy_of(graph, g.weight, KN_CH_DEFAULTS);
  enum { N = 144 };
  int32_t node[N];
  static uint32_t distance[N * N];
  for (int32_t i = 0; i < N; i++)
    node[i] = i;
  kn_labels *labels;
  assert_int_equal(kn_labels_new(&labels, ch, N, node, 4, NULL), KN_OK);
  many m = {ch, labels, N, distance};
  assert_int_equal(kn_parallel(4, N, 8, ask_many, &m, NULL), KN_OK);
  uint32_t *expected = all_distances(&g, graph);
  assert_memory_equal(distance, expected, sizeof distance);
  free(expected);
  kn_labels_free(labels);
  kn_ch_free(ch);
  kn_graph_free(graph);
}

static void
snapping_has_a_limit(void **state)
{
  (void)state;
  /* Places 0, 3 and 10 km along a line; the nodes have numbers of their own. */
  const kn_point point[] = {{0, 0, 0}, {3, 0, 0}, {10, 0, 0}};
  const int32_t node[] = {70, 5, 33};
  kn_error err = {0};
  kn_snap *snap;
  kn_hit hit[3];
  assert_int_equal(kn_snap_new(&snap, KN_PLANE, 3, node, point, &err), KN_OK);
  assert_int_equal(kn_snap_nearest(snap, (kn_point){2, 0, 0}, 100, 1, hit), 1);
  assert_true(hit[0].point == 5 && hit[0].km == 1);
  assert_int_equal(kn_snap_nearest(snap, (kn_point){2, 0, 0}, 2, 3, hit), 2); /* the limit counts as near */
  assert_true(hit[1].point == 70 && hit[1].km == 2);
  assert_int_equal(kn_snap_nearest(snap, (kn_point){2, 0, 0}, 0.5, 3, hit), 0);
  assert_int_equal(kn_snap_nearest(snap, (kn_point){10, 0, 0}, 0, 3, hit), 1);
  assert_int_equal(kn_snap_nearest(snap, (kn_point){2, 0, 0}, NAN, 3, hit), 0);
  assert_int_equal(kn_snap_nearest(snap, (kn_point){2, 0, 0}, INFINITY, 3, hit), 3);
  kn_snap_free(snap);
  assert_int_equal(kn_snap_new(&snap, KN_PLANE, 0, NULL, NULL, &err), KN_OK);
  assert_int_equal(kn_snap_nearest(snap, (kn_point){2, 0, 0}, 100, 1, hit), 0);
  kn_snap_free(snap);
  kn_snap_free(NULL);
}

static void
empty_graphs_are_fine(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_graph *graph;
  assert_int_equal(kn_graph_new(&graph, 0, 0, NULL, NULL, &err), KN_OK);
  kn_ch *ch = hierarchy_of(graph, NULL, KN_CH_DEFAULTS);
  kn_labels *labels;
  assert_int_equal(kn_labels_new(&labels, ch, 0, NULL, 1, &err), KN_OK);
  kn_labels_free(labels);
  kn_landmarks *landmarks;
  assert_int_equal(kn_landmarks_new(&landmarks, ch, 0, NULL, 3, &err), KN_OK);
  assert_int_equal(kn_landmarks_rows(landmarks).count, 0);
  kn_landmarks_free(landmarks);
  assert_int_equal(kn_ch_table(ch, 0, NULL, 0, NULL, 1, NULL, &err), KN_OK);
  kn_ch_free(ch);
  kn_graph_free(graph);
  kn_graph_free(NULL);
  kn_ch_free(NULL);
  kn_ch_query_free(NULL);
  kn_labels_free(NULL);
  kn_landmarks_free(NULL);
  kn_dijkstra_free(NULL);
}

static void
bad_input_is_named(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_graph *graph;
  assert_int_equal(kn_graph_new(&graph, 2, 2, (int32_t[]){0, 1}, (int32_t[]){1, 2}, &err), KN_E_INPUT);
  assert_null(graph);
  assert_non_null(strstr(err.text, "arc 1"));
  assert_int_equal(kn_graph_new(&graph, -1, 0, NULL, NULL, &err), KN_E_LIMIT);
  assert_int_equal(kn_graph_new(&graph, 2, INT64_MAX, NULL, NULL, &err), KN_E_LIMIT);

  assert_int_equal(kn_graph_new(&graph, 2, 1, (int32_t[]){0}, (int32_t[]){1}, &err), KN_OK);
  const uint32_t far_weight = KN_MOST_WEIGHT + 1, weight = 7;
  kn_ch *ch;
  assert_int_equal(kn_ch_new(&ch, graph, &far_weight, &KN_CH_DEFAULTS, NULL, &err), KN_E_INPUT);
  assert_null(ch);
  assert_non_null(strstr(err.text, "arc 0"));
  kn_dijkstra *d;
  assert_int_equal(kn_dijkstra_new(&d, graph, &far_weight, &err), KN_E_INPUT);
  assert_null(d);
  ch = hierarchy_of(graph, &weight, KN_CH_DEFAULTS);
  kn_labels *labels;
  assert_int_equal(kn_labels_new(&labels, ch, 2, (int32_t[]){0, 2}, 1, &err), KN_E_INPUT);
  assert_null(labels);
  assert_non_null(strstr(err.text, "row 1"));
  kn_landmarks *landmarks;
  assert_int_equal(kn_landmarks_new(&landmarks, ch, 1, (int32_t[]){-1}, 1, &err), KN_E_INPUT);
  assert_int_equal(kn_landmarks_new(&landmarks, ch, 1, (int32_t[]){0}, 0, &err), KN_E_LIMIT);
  uint32_t distance[1];
  assert_int_equal(kn_ch_table(ch, 1, (int32_t[]){0}, 1, (int32_t[]){5}, 1, distance, &err), KN_E_INPUT);
  kn_ch_free(ch);
  kn_graph_free(graph);
}

/* Three arcs of nearly 2^31 in a line: two fit a distance, three do not. */
static void
sums_that_do_not_fit_are_refused(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_graph *graph;
  const int32_t tail[] = {0, 1, 2}, head[] = {1, 2, 3};
  const uint32_t heavy[] = {KN_MOST_WEIGHT, KN_MOST_WEIGHT, KN_MOST_WEIGHT}, light[] = {KN_MOST_WEIGHT, 5, 5};
  assert_int_equal(kn_graph_new(&graph, 4, 3, tail, head, &err), KN_OK);
  kn_ch *ch;
  assert_int_equal(kn_ch_new(&ch, graph, heavy, &KN_CH_DEFAULTS, NULL, &err), KN_E_LIMIT);
  assert_null(ch);
  assert_non_null(strstr(err.text, "coarser unit"));
  kn_dijkstra *d;
  assert_int_equal(kn_dijkstra_new(&d, graph, heavy, &err), KN_OK);
  assert_int_equal(kn_dijkstra_run(d, KN_FROM, 0, KN_NONE, &err), KN_E_LIMIT);
  assert_int_equal(kn_dijkstra_run(d, KN_TO, 3, KN_NONE, &err), KN_E_LIMIT);
  assert_int_equal(kn_dijkstra_run(d, KN_FROM, 1, KN_NONE, &err), KN_OK);
  assert_int_equal(kn_dijkstra_distance(d, 3), 2 * KN_MOST_WEIGHT);
  assert_int_equal(kn_dijkstra_run(d, KN_FROM, 9, KN_NONE, &err), KN_E_INPUT);
  kn_dijkstra_free(d);
  ch = hierarchy_of(graph, light, KN_CH_DEFAULTS);
  kn_ch_query *query;
  assert_int_equal(kn_ch_query_new(&query, ch, &err), KN_OK);
  assert_int_equal(kn_ch_distance(query, 0, 3), KN_MOST_WEIGHT + 10);
  kn_ch_query_free(query);
  kn_ch_free(ch);
  kn_graph_free(graph);
}

static bool
stop_at_once(void *arg)
{
  (void)arg;
  return true;
}

static void
building_can_be_stopped(void **state)
{
  (void)state;
  static test_graph g;
  check_random r = {14};
  draw_graph(&g, &r, GRID, 10);
  kn_graph *graph = graph_of(&g);
  kn_error err = {0};
  kn_ch *ch;
  const kn_watch watch = {.is_stopped = stop_at_once};
  assert_int_equal(kn_ch_new(&ch, graph, g.weight, &KN_CH_DEFAULTS, &watch, &err), KN_E_STOPPED);
  assert_null(ch);
  kn_graph_free(graph);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(labels_equal_dijkstra),
      cmocka_unit_test(labels_hold_nothing_needless),
      cmocka_unit_test(landmarks_never_tell_too_much),
      cmocka_unit_test(hierarchy_is_the_same_with_two_threads),
      cmocka_unit_test(several_threads_ask_one_hierarchy),
      cmocka_unit_test(snapping_has_a_limit),
      cmocka_unit_test(empty_graphs_are_fine),
      cmocka_unit_test(bad_input_is_named),
      cmocka_unit_test(sums_that_do_not_fit_are_refused),
      cmocka_unit_test(building_can_be_stopped),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
