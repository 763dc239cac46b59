/* The graph: arcs as given, and their order by tail and by head. */
#include <stdlib.h>
#include <string.h>

#include "transport/internal.h"

struct kn_graph {
  kn_arena *keep;
  kn_graph_view rows;
};

/* Arc numbers in the order of end[arc], those of one end in their own order. Counting sort. */
static void
sort_arcs(int32_t node_count, int32_t arc_count, const int32_t *end, int32_t *first, int32_t *arc)
{
  for (int32_t i = 0; i < arc_count; i++)
    first[end[i] + 1]++;
  for (int32_t v = 0; v < node_count; v++)
    first[v + 1] += first[v];
  for (int32_t i = 0; i < arc_count; i++)
    arc[first[end[i]]++] = i;
  memmove(first + 1, first, (size_t)node_count * sizeof *first);
  first[0] = 0;
}

static kn_code
fill_graph(kn_graph *graph, int32_t node_count, int32_t arc_count, const int32_t *tail, const int32_t *head, kn_error *err)
{
  int32_t *own_tail, *own_head, *out_first, *out_arc, *in_first, *in_arc;
  const size_t nodes = (size_t)node_count, arcs = (size_t)arc_count;
  KN_NEW(own_tail, graph->keep, arcs, err);
  KN_NEW(own_head, graph->keep, arcs, err);
  KN_NEW(out_first, graph->keep, nodes + 1, err);
  KN_NEW(out_arc, graph->keep, arcs, err);
  KN_NEW(in_first, graph->keep, nodes + 1, err);
  KN_NEW(in_arc, graph->keep, arcs, err);
  for (int32_t i = 0; i < arc_count; i++) {
    own_tail[i] = tail[i];
    own_head[i] = head[i];
  }
  sort_arcs(node_count, arc_count, own_tail, out_first, out_arc);
  sort_arcs(node_count, arc_count, own_head, in_first, in_arc);
  graph->rows = (kn_graph_view){node_count, arc_count, own_tail, own_head, out_first, out_arc, in_first, in_arc};
  return KN_OK;
}

kn_code
kn_graph_new(kn_graph **out, int32_t node_count, int64_t arc_count, const int32_t *tail, const int32_t *head, kn_error *err)
{
  *out = NULL;
  enum { MOST = INT32_MAX / 2 - 1 }; /* a place of a search is twice the node and one more */
  if (node_count < 0 || node_count > MOST || arc_count < 0 || arc_count > MOST)
    return kn_fail(err, KN_E_LIMIT, "a graph has up to %d nodes and arcs, not %" PRId32 " and %" PRId64, MOST, node_count,
                   arc_count);
  for (int64_t i = 0; i < arc_count; i++)
    if (tail[i] < 0 || tail[i] >= node_count || head[i] < 0 || head[i] >= node_count)
      return kn_fail(err, KN_E_INPUT, "arc %" PRId64 " goes from %" PRId32 " to %" PRId32 "; nodes are 0 to %" PRId32, i, tail[i],
                     head[i], node_count - 1);
  kn_graph *graph = calloc(1, sizeof *graph);
  if (graph == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  graph->keep = kn_arena_new();
  if (fill_graph(graph, node_count, (int32_t)arc_count, tail, head, err) != KN_OK) {
    kn_graph_free(graph);
    return kn_note(err, "making a graph of %" PRId32 " nodes and %" PRId64 " arcs", node_count, arc_count);
  }
  *out = graph;
  return KN_OK;
}

kn_graph_view
kn_graph_rows(const kn_graph *graph)
{
  return graph->rows;
}

void
kn_graph_free(kn_graph *graph)
{
  if (graph == NULL)
    return;
  kn_arena_free(graph->keep);
  free(graph);
}

kn_code
check_nodes(int32_t node_count, int64_t n, const int32_t *node, kn_error *err)
{
  if (n < 0 || n > INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "%" PRId64 " nodes are too many to ask for", n);
  for (int64_t i = 0; i < n; i++)
    if (node[i] < 0 || node[i] >= node_count)
      return kn_fail(err, KN_E_INPUT, "row %" PRId64 ": there is no node %" PRId32 " among %" PRId32, i, node[i], node_count);
  return KN_OK;
}

kn_code
check_weights(int32_t arc_count, const uint32_t *weight, kn_error *err)
{
  for (int32_t i = 0; i < arc_count; i++)
    if (weight[i] > KN_MOST_WEIGHT)
      return kn_fail(err, KN_E_INPUT, "arc %" PRId32 ": its weight must be at most %" PRIu32 ", is %" PRIu32, i, KN_MOST_WEIGHT,
                     weight[i]);
  return KN_OK;
}
