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

/* Numbers nodes such that those near each other have numbers near each other, whatever the caller's are: searches then find
 * what they need in the cache. Stretches of BLOCK numbers are filled around a seed, breadth first; what a stretch did not get to
 * are the seeds of later ones. */
static void
number_nodes(network *net, const kn_graph_view *graph, int32_t *seeds)
{
  enum { BLOCK = 512 };
  int32_t numbered = 0, seed_from = 0, seed_to = 0, next = 0; /* seeds[seed_from] ... seeds[seed_to - 1] wait */
  for (int32_t v = 0; v < graph->node_count; v++)
    net->number[v] = KN_NONE;
  while (numbered < graph->node_count) {
    int32_t seed;
    if (seed_from < seed_to) {
      seed = seeds[seed_from++];
    } else {
      while (net->number[next] != KN_NONE)
        next++;
      seed = next;
    }
    if (net->number[seed] != KN_NONE)
      continue;
    const int32_t begin = numbered;
    net->number[seed] = numbered;
    net->origin[numbered++] = seed;
    for (int32_t at = begin; at < numbered; at++) {
      const int32_t v = net->origin[at];
      for (int direction = 0; direction < 2; direction++) {
        const int32_t *first = direction == KN_FROM ? graph->out_first : graph->in_first;
        const int32_t *arc = direction == KN_FROM ? graph->out_arc : graph->in_arc;
        const int32_t *end = direction == KN_FROM ? graph->head : graph->tail;
        for (int32_t i = first[v]; i < first[v + 1]; i++) {
          const int32_t other = end[arc[i]];
          if (net->number[other] != KN_NONE)
            continue;
          if (numbered - begin < BLOCK) {
            net->number[other] = numbered;
            net->origin[numbered++] = other;
          } else {
            seeds[seed_to++] = other;
          }
        }
      }
    }
  }
}

/* Puts edge `at`, which may have become lighter, where it belongs among those before it. */
static void
sink(edge *edges, int32_t at)
{
  const edge fresh = edges[at];
  for (; at > 0 && edges[at - 1].weight > fresh.weight; at--)
    edges[at] = edges[at - 1];
  edges[at] = fresh;
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
  const int32_t origin = net->origin[node];
  for (int32_t i = first[origin]; i < first[origin + 1]; i++) {
    const int32_t a = arc[i], other = net->number[end[a]];
    if (other == node)
      continue;
    if (seen[other] == KN_NONE) {
      seen[other] = here->count;
      edges[here->count++] = (edge){other, weight[a], a, 1};
    } else if (weight[a] < edges[seen[other]].weight) {
      edges[seen[other]] = (edge){other, weight[a], a, 1};
    }
  }
  for (int32_t i = 0; i < here->count; i++) {
    seen[edges[i].node] = KN_NONE;
    sink(edges, i);
  }
  here->size = size_for(here->count);
  net->used += INT64_C(1) << here->size;
}

/* Does every edge have its like in the other direction? O(edges). */
static bool
is_symmetric(const network *net, uint32_t *weight_to)
{
  for (int32_t v = 0; v < net->node_count; v++) {
    const list *outs = net_list(net, v, KN_FROM), *ins = net_list(net, v, KN_TO);
    const edge *out = net_edges(net, outs), *in = net_edges(net, ins);
    bool is_same = outs->count == ins->count;
    for (int32_t i = 0; i < ins->count; i++)
      weight_to[in[i].node] = in[i].weight;
    for (int32_t i = 0; i < outs->count; i++)
      is_same &= weight_to[out[i].node] == out[i].weight;
    for (int32_t i = 0; i < ins->count; i++)
      weight_to[in[i].node] = KN_FAR;
    if (!is_same)
      return false;
  }
  return true;
}

static kn_code
fill_net(network *net, const kn_graph_view *graph, const uint32_t *weight, kn_arena *scratch, kn_error *err)
{
  int32_t *seen;
  KN_NEW(seen, scratch, graph->node_count, err);
  KN_NEW(net->number, net->keep, graph->node_count, err);
  KN_NEW(net->origin, net->keep, graph->node_count, err);
  int32_t *seeds; /* a node is a seed once per arc at most */
  KN_NEW(seeds, scratch, 2 * (size_t)graph->arc_count, err);
  number_nodes(net, graph, seeds);
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
  uint32_t *weight_to;
  KN_NEW(weight_to, scratch, graph->node_count, err);
  memset(weight_to, 0xff, (size_t)graph->node_count * sizeof *weight_to);
  net->is_symmetric = is_symmetric(net, weight_to);
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
      if (fresh.weight < edges[i].weight) {
        edges[i] = fresh;
        sink(edges, i);
      }
      return KN_OK;
    }
  if (here->count == INT32_C(1) << here->size)
    KN_TRY(outgrow(net, here, err));
  edges = net_edges(net, here);
  edges[here->count] = fresh;
  sink(edges, here->count++);
  return KN_OK;
}

void
net_drop(network *net, int32_t node, int direction, int32_t other)
{
  list *here = net_list(net, node, direction);
  edge *edges = net_edges(net, here);
  for (int32_t i = 0; i < here->count; i++)
    if (edges[i].node == other) {
      here->count--;
      memmove(edges + i, edges + i + 1, (size_t)(here->count - i) * sizeof *edges);
      return;
    }
}
