/* A synthetic network that looks like roads to an algorithm, and the file that programs of several kinds read.
 *
 * Nodes lie on a jittered grid, in an order without meaning. Streets join neighbours, a share of them is missing, so that there are
 * dead ends and detours; some are one way. Every 8th line is a main road of three times the speed, every 64th a motorway of six times,
 * both where the grid's streets are. Weight: tenths of a second. */
#ifndef BENCH_ROAD_GRAPH_H
#define BENCH_ROAD_GRAPH_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct road_graph {
  int32_t node_count, arc_count;
  int32_t *tail, *head;
  uint32_t *weight;
} road_graph;

/* splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t
road_random(uint64_t *state)
{
  uint64_t z = *state += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

static inline double
road_unit(uint64_t *state)
{
  return (double)(road_random(state) >> 11) * 0x1p-53;
}

static inline void
road_free(road_graph *g)
{
  free(g->tail);
  free(g->head);
  free(g->weight);
  *g = (road_graph){0};
}

static inline int
road_alloc(road_graph *g, int64_t node_count, int64_t arc_count)
{
  g->node_count = (int32_t)node_count;
  g->arc_count = 0;
  g->tail = (int32_t *)malloc(((size_t)arc_count + 1) * sizeof *g->tail);
  g->head = (int32_t *)malloc(((size_t)arc_count + 1) * sizeof *g->head);
  g->weight = (uint32_t *)malloc(((size_t)arc_count + 1) * sizeof *g->weight);
  return g->tail != NULL && g->head != NULL && g->weight != NULL;
}

/* A file: node count, arc count (int32), then tail, head, weight of all arcs. */
static inline int
road_read(road_graph *g, const char *path)
{
  int32_t count[2];
  FILE *file = fopen(path, "rb");
  if (file == NULL)
    return 0;
  int ok = fread(count, sizeof count, 1, file) == 1 && count[0] >= 0 && count[1] >= 0 && road_alloc(g, count[0], count[1]);
  if (ok) {
    const size_t arcs = (size_t)(g->arc_count = count[1]);
    ok =
        fread(g->tail, 4, arcs, file) == arcs && fread(g->head, 4, arcs, file) == arcs && fread(g->weight, 4, arcs, file) == arcs;
  }
  fclose(file);
  return ok;
}

static inline int
road_write(const road_graph *g, const char *path)
{
  const int32_t count[2] = {g->node_count, g->arc_count};
  const size_t arcs = (size_t)g->arc_count;
  FILE *file = fopen(path, "wb");
  if (file == NULL)
    return 0;
  const int ok = fwrite(count, sizeof count, 1, file) == 1 && fwrite(g->tail, 4, arcs, file) == arcs &&
                 fwrite(g->head, 4, arcs, file) == arcs && fwrite(g->weight, 4, arcs, file) == arcs;
  return fclose(file) == 0 && ok;
}

typedef struct road_drawing {
  road_graph *graph;
  int32_t side;
  int32_t *number; /* place on the grid -> node */
  float *x, *y;    /* by place, in cells of 100 m */
  uint64_t random;
} road_drawing;

/* A street between two places of one line; `line` decides its speed. */
static inline void
road_street(road_drawing *d, int32_t a, int32_t b, int32_t line)
{
  const int is_motorway = line % 64 == 32, is_main = line % 8 == 4;
  const double draw = road_unit(&d->random), turn = road_unit(&d->random);
  if (!is_main && draw < 0.25)
    return;
  const double dx = (double)d->x[a] - (double)d->x[b], dy = (double)d->y[a] - (double)d->y[b];
  const double kmh = is_motorway ? 120 : is_main ? 60 : 10 + 20 * road_unit(&d->random);
  const uint32_t weight = (uint32_t)(0.1 * sqrt(dx * dx + dy * dy) / kmh * 36000) + 1;
  road_graph *g = d->graph;
  for (int way = 0; way < 2; way++) {
    if (!is_main && turn < 0.06 && way == (turn < 0.03))
      continue;
    g->tail[g->arc_count] = d->number[way == 0 ? a : b];
    g->head[g->arc_count] = d->number[way == 0 ? b : a];
    g->weight[g->arc_count++] = weight;
  }
}

/* The network of `side` * `side` nodes. False: out of memory. */
static inline int
road_draw(road_graph *g, int32_t side, uint64_t seed)
{
  const int64_t n = (int64_t)side * side;
  road_drawing d = {g, side, NULL, NULL, NULL, seed};
  d.number = (int32_t *)calloc((size_t)n, sizeof *d.number);
  d.x = (float *)calloc((size_t)n, sizeof *d.x);
  d.y = (float *)calloc((size_t)n, sizeof *d.y);
  const int ok = road_alloc(g, n, 4 * n) && d.number != NULL && d.x != NULL && d.y != NULL;
  for (int64_t i = 0; ok && i < n; i++) {
    const int64_t column = i % side, row = i / side;
    d.x[i] = (float)((double)column + 0.8 * road_unit(&d.random));
    d.y[i] = (float)((double)row + 0.8 * road_unit(&d.random));
    d.number[i] = (int32_t)i;
    const int64_t with = (int64_t)(road_random(&d.random) % (uint64_t)(i + 1));
    d.number[i] = d.number[with];
    d.number[with] = (int32_t)i;
  }
  for (int32_t i = 0; ok && i < n; i++) {
    if (i % side + 1 < side)
      road_street(&d, i, i + 1, i / side);
    if (i / side + 1 < side)
      road_street(&d, i, i + side, i % side);
  }
  free(d.number);
  free(d.x);
  free(d.y);
  return ok;
}

#endif
