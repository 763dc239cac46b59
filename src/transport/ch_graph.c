/* The network that shrinks while a hierarchy is built: lists of edges in one pool, in stretches of 2^k. */
#include <stdlib.h>
#include <string.h>

#include "transport/build.h"

static int32_t
size_for(int32_t count)
{
  int32_t size = 1;
  while ((INT32_C(1) << size) < count)
    size++;
  return size;
}

/* The edges of one node in one direction: the lightest arc to each other node. `seen` [node_count] is KN_NONE everywhere, before
 * and after. */
static void
gather(network *net, const kn_graph_view *graph, const uint32_t *weight, int32_t node, int direction, int32_t *seen)
{
  const int32_t *first = direction == KN_FROM ? graph->out_first : graph->in_first;
  const int32_t *arc = direction == KN_FROM ? graph->out_arc : graph->in_arc;
  const int32_t *end = direction == KN_FROM ? graph->head : graph->tail;
  list *here = net_list(net, node, direction);
  here->start = net->used;
  edge *edges = net_edges(net, here);
  for (int32_t i = first[node]; i < first[node + 1]; i++) {
    const int32_t a = arc[i], other = end[a];
    if (other == node)
      continue;
    if (seen[other] == KN_NONE) {
      seen[other] = here->count;
      edges[here->count++] = (edge){other, weight[a], a, 1};
    } else if (weight[a] < edges[seen[other]].weight) {
      edges[seen[other]] = (edge){other, weight[a], a, 1};
    }
  }
  for (int32_t i = 0; i < here->count; i++)
    seen[edges[i].node] = KN_NONE;
  here->size = size_for(here->count);
  net->used += INT64_C(1) << here->size;
}

static kn_code
fill_net(network *net, const kn_graph_view *graph, const uint32_t *weight, kn_arena *scratch, kn_error *err)
{
  int32_t *seen;
  KN_NEW(seen, scratch, graph->node_count, err);
  KN_NEW(net->lists, net->keep, 2 * (size_t)graph->node_count, err);
  int64_t need = 0;
  for (int32_t v = 0; v < graph->node_count; v++) {
    seen[v] = KN_NONE;
    need += (INT64_C(1) << size_for(graph->out_first[v + 1] - graph->out_first[v])) +
            (INT64_C(1) << size_for(graph->in_first[v + 1] - graph->in_first[v]));
  }
  KN_TRY(KN_GROW(net->pool, net->capacity, need + need / 2 + 1, err));
  for (int32_t v = 0; v < graph->node_count; v++)
    for (int direction = 0; direction < 2; direction++)
      gather(net, graph, weight, v, direction, seen);
  return KN_OK;
}

kn_code
net_new(network *net, const kn_graph *graph, const uint32_t *weight, kn_error *err)
{
  const kn_graph_view rows = kn_graph_rows(graph);
  *net = (network){.keep = kn_arena_new(), .node_count = rows.node_count};
  for (int i = 0; i < LIST_SIZES; i++)
    net->free_list[i] = -1;
  kn_arena *scratch = kn_arena_new();
  const kn_code code = fill_net(net, &rows, weight, scratch, err);
  kn_arena_free(scratch);
  return code;
}

void
net_free(network *net)
{
  kn_arena_free(net->keep);
  free(net->pool);
  net->pool = NULL;
  net->keep = NULL;
}

/* Moves a list to a stretch of twice the room. */
static kn_code
outgrow(network *net, list *of, kn_error *err)
{
  const int32_t size = of->size + 1;
  int64_t start = net->free_list[size];
  if (start >= 0) {
    memcpy(&net->free_list[size], net->pool + start, sizeof start);
  } else {
    const int64_t need = net->used + (INT64_C(1) << size);
    if (need > net->capacity)
      KN_TRY(KN_GROW(net->pool, net->capacity, need + need / 4, err));
    start = net->used;
    net->used = need;
  }
  memcpy(net->pool + start, net->pool + of->start, (size_t)of->count * sizeof(edge));
  memcpy(net->pool + of->start, &net->free_list[of->size], sizeof start);
  net->free_list[of->size] = of->start;
  of->start = start;
  of->size = size;
  return KN_OK;
}

kn_code
net_put(network *net, int32_t node, int direction, edge fresh, kn_error *err)
{
  list *here = net_list(net, node, direction);
  edge *edges = net_edges(net, here);
  for (int32_t i = 0; i < here->count; i++)
    if (edges[i].node == fresh.node) {
      if (fresh.weight < edges[i].weight)
        edges[i] = fresh;
      return KN_OK;
    }
  if (here->count == INT32_C(1) << here->size)
    KN_TRY(outgrow(net, here, err));
  net_edges(net, here)[here->count++] = fresh;
  return KN_OK;
}

void
net_drop(network *net, int32_t node, int direction, int32_t other)
{
  list *here = net_list(net, node, direction);
  edge *edges = net_edges(net, here);
  for (int32_t i = 0; i < here->count; i++)
    if (edges[i].node == other) {
      edges[i] = edges[--here->count];
      return;
    }
}
