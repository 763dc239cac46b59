/* Graphs of many shapes, small enough to check every pair. */
#ifndef KNOOP_TESTS_TRANSPORT_GRAPHS_H
#define KNOOP_TESTS_TRANSPORT_GRAPHS_H

#include "../base/check.h"

#include "knoop/transport.h"

typedef enum shape {
  GRID,  /* two-way streets, weights 1 to 9: many ways are equally short */
  ROADS, /* a grid with gaps and a fast grid above it, weights of their own each way */
  TREE,
  APART, /* several pieces without a way between them */
  DENSE,
  FREE,    /* a grid where most arcs cost nothing */
  DOUBLED, /* parallel arcs and loops */
  ONE_WAY, /* all streets one way, with traps that have no way out and springs that have none in */
  LINE,
  STAR,
  HEAVY,     /* weights in the millions */
  TWO_WAY,   /* a grid with gaps, the same weight both ways */
  HUGE_SUMS, /* a one-way grid with detours: sums along arcs that climb pass 32 bits, few shortest ways are as long */
  SHAPE_COUNT
} shape;

enum { MOST_ARCS = 8192 };

typedef struct test_graph {
  int32_t node_count, arc_count;
  int32_t tail[MOST_ARCS], head[MOST_ARCS];
  uint32_t weight[MOST_ARCS];
} test_graph;

static inline void
add_arc(test_graph *g, int32_t tail, int32_t head, uint32_t weight)
{
  if (g->arc_count == MOST_ARCS)
    fail_msg("a test graph has too many arcs");
  g->tail[g->arc_count] = tail;
  g->head[g->arc_count] = head;
  g->weight[g->arc_count++] = weight;
}

static inline uint32_t
draw_weight(check_random *r, shape kind)
{
  switch (kind) {
  case FREE:
    return random_below(r, 4) > 0 ? 0 : (uint32_t)random_below(r, 5);
  case HEAVY:
    return 1000000 + (uint32_t)random_below(r, 1000000);
  case ROADS:
  case TREE:
    return 100 + (uint32_t)random_below(r, 900);
  default:
    return 1 + (uint32_t)random_below(r, 9);
  }
}

static inline void
add_street(test_graph *g, check_random *r, shape kind, int32_t a, int32_t b)
{
  const int which = kind == ONE_WAY ? random_below(r, 2) : 2;
  if (kind == TWO_WAY) {
    const uint32_t weight = 100 + (uint32_t)random_below(r, 900);
    add_arc(g, a, b, weight);
    add_arc(g, b, a, weight);
    return;
  }
  if (which != 1)
    add_arc(g, a, b, draw_weight(r, kind));
  if (which != 0)
    add_arc(g, b, a, draw_weight(r, kind));
}

static inline void
draw_grid(test_graph *g, check_random *r, shape kind, int32_t side)
{
  g->node_count = side * side;
  for (int32_t v = 0; v < side * side; v++) {
    if (v % side + 1 < side && !((kind == ROADS || kind == TWO_WAY) && random_below(r, 5) == 0))
      add_street(g, r, kind, v, v + 1);
    if (v / side + 1 < side && !((kind == ROADS || kind == TWO_WAY) && random_below(r, 5) == 0))
      add_street(g, r, kind, v, v + side);
  }
  for (int32_t v = 0; kind == ROADS && v < side * side; v++) /* fast roads */
    if (v % side % 4 == 0 && v / side % 4 == 0) {
      if (v % side + 4 < side)
        add_street(g, r, kind, v, v + 4);
      if (v / side + 4 < side)
        add_street(g, r, kind, v, v + 4 * side);
    }
}

/* A graph of about `side` * `side` nodes; DENSE ones are smaller. */
static inline void
draw_graph(test_graph *g, check_random *r, shape kind, int32_t side)
{
  const int32_t n = side * side;
  g->arc_count = 0;
  g->node_count = n;
  switch (kind) {
  case TREE:
    for (int32_t v = 1; v < n; v++)
      add_street(g, r, kind, v, random_below(r, v));
    break;
  case APART:
    for (int32_t i = 0; i < 2 * n; i++) {
      const int32_t a = random_below(r, n), b = random_below(r, n);
      if (a % 4 == b % 4)
        add_arc(g, a, b, draw_weight(r, kind));
    }
    break;
  case DENSE:
    g->node_count = 2 * side;
    for (int32_t a = 0; a < 2 * side; a++)
      for (int32_t b = 0; b < 2 * side; b++)
        if (random_below(r, 3) > 0)
          add_arc(g, a, b, 1 + (uint32_t)random_below(r, 100));
    break;
  case LINE:
    for (int32_t v = 0; v + 1 < n; v++)
      add_street(g, r, kind, v, v + 1);
    break;
  case STAR:
    for (int32_t v = 1; v < n; v++)
      add_street(g, r, kind, 0, v);
    break;
  default:
    draw_grid(g, r, kind, side);
    break;
  }
  for (int32_t i = 0; kind == HUGE_SUMS && i < n; i++) /* detours: two in a row pass 32 bits */
    add_arc(g, random_below(r, n), random_below(r, n), KN_MOST_WEIGHT - (uint32_t)random_below(r, 9));
  for (int32_t i = 0; kind == DOUBLED && i < n; i++) {
    const int32_t a = random_below(r, n), again = g->arc_count > 0 ? random_below(r, g->arc_count) : -1;
    add_arc(g, a, a, (uint32_t)random_below(r, 3));
    if (again >= 0)
      add_arc(g, g->tail[again], g->head[again], draw_weight(r, kind));
  }
  for (int32_t i = 0; kind == ONE_WAY && i < side; i++) { /* traps and springs */
    add_arc(g, random_below(r, n), g->node_count, 1);
    g->node_count++;
    add_arc(g, g->node_count, random_below(r, n), 1);
    g->node_count++;
  }
}

static inline kn_graph *
graph_of(const test_graph *g)
{
  kn_error err = {0};
  kn_graph *graph;
  if (kn_graph_new(&graph, g->node_count, g->arc_count, g->tail, g->head, &err) != KN_OK)
    fail_msg("%s", err.text);
  return graph;
}

static inline kn_ch *
hierarchy_of(const kn_graph *graph, const uint32_t *weight, kn_ch_settings settings)
{
  kn_error err = {0};
  kn_ch *ch;
  if (kn_ch_new(&ch, graph, weight, &settings, NULL, &err) != KN_OK)
    fail_msg("%s", err.text);
  return ch;
}

/* Every distance by Dijkstra, [node_count * node_count]; the caller frees it. */
static inline uint32_t *
all_distances(const test_graph *g, const kn_graph *graph)
{
  kn_error err = {0};
  kn_dijkstra *d;
  if (kn_dijkstra_new(&d, graph, g->weight, &err) != KN_OK)
    fail_msg("%s", err.text);
  const size_t n = (size_t)g->node_count;
  uint32_t *distance = malloc((n * n + 1) * sizeof *distance);
  assert_non_null(distance);
  for (int32_t i = 0; i < g->node_count; i++) {
    if (kn_dijkstra_run(d, KN_FROM, i, KN_NONE, &err) != KN_OK)
      fail_msg("%s", err.text);
    for (int32_t j = 0; j < g->node_count; j++)
      distance[(size_t)i * n + (size_t)j] = kn_dijkstra_distance(d, j);
  }
  kn_dijkstra_free(d);
  return distance;
}

/* The arcs lead from one node to the other without a gap, and cost what was told. */
static inline void
expect_way(const test_graph *g, int32_t from, int32_t to, const int32_t *arc, int64_t count, uint32_t distance, const char *what)
{
  uint64_t sum = 0;
  int32_t at = from;
  for (int64_t i = 0; i < count; i++) {
    if (arc[i] < 0 || arc[i] >= g->arc_count || g->tail[arc[i]] != at)
      fail_msg("%s: the way %d -> %d breaks at its arc %d", what, from, to, (int)i);
    at = g->head[arc[i]];
    sum += g->weight[arc[i]];
  }
  if (distance == KN_FAR) {
    if (count != 0)
      fail_msg("%s: there is no way %d -> %d, but one of %d arcs was told", what, from, to, (int)count);
  } else if (at != to || sum != distance) {
    fail_msg("%s: the way %d -> %d ends at %d and costs %d, not %u", what, from, to, at, (int)sum, distance);
  }
}

#endif
