/* Dijkstra's algorithm, as it stands in the book: the reference for everything else here.
 *
 * source  Dijkstra (1959), A note on two problems in connexion with graphs, Numerische Mathematik 1 */
#include <stdlib.h>

#include "transport/internal.h"

struct kn_dijkstra {
  kn_arena *keep;
  kn_graph_view graph;
  const uint32_t *weight;
  queue waiting; /* a spot's from is not used: an arc knows its ends */
  int32_t *path;
  kn_heading direction; /* of the last run */
};

static kn_code
fill_dijkstra(kn_dijkstra *d, kn_error *err)
{
  const size_t nodes = (size_t)d->graph.node_count;
  KN_NEW(d->waiting.spots, d->keep, nodes, err);
  KN_NEW(d->waiting.heap, d->keep, nodes, err);
  KN_NEW(d->path, d->keep, nodes, err);
  for (size_t v = 0; v < nodes; v++)
    d->waiting.spots[v].distance = KN_FAR;
  return KN_OK;
}

kn_code
kn_dijkstra_new(kn_dijkstra **out, const kn_graph *graph, const uint32_t *weight, kn_error *err)
{
  *out = NULL;
  const kn_graph_view rows = kn_graph_rows(graph);
  KN_TRY(check_weights(rows.arc_count, weight, err));
  kn_dijkstra *d = calloc(1, sizeof *d);
  if (d == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  d->keep = kn_arena_new();
  d->graph = rows;
  d->weight = weight;
  const kn_code code = fill_dijkstra(d, err);
  if (code != KN_OK) {
    kn_dijkstra_free(d);
    return code;
  }
  *out = d;
  return KN_OK;
}

void
kn_dijkstra_free(kn_dijkstra *dijkstra)
{
  if (dijkstra == NULL)
    return;
  kn_arena_free(dijkstra->keep);
  free(dijkstra);
}

/* True when some node was left out only because its distance cannot be told. */
static bool
is_beyond(const kn_dijkstra *d)
{
  const spot *spots = d->waiting.spots;
  for (int32_t a = 0; a < d->graph.arc_count; a++) {
    const int32_t near = d->direction == KN_FROM ? d->graph.tail[a] : d->graph.head[a];
    const int32_t far = d->direction == KN_FROM ? d->graph.head[a] : d->graph.tail[a];
    if (spots[near].distance != KN_FAR && spots[far].distance == KN_FAR)
      return true;
  }
  return false;
}

kn_code
kn_dijkstra_run(kn_dijkstra *dijkstra, kn_heading direction, int32_t node, int32_t until, kn_error *err)
{
  kn_dijkstra *d = dijkstra;
  KN_TRY(check_nodes(d->graph.node_count, 1, &node, err));
  if (until != KN_NONE)
    KN_TRY(check_nodes(d->graph.node_count, 1, &until, err));
  const int32_t *first = direction == KN_FROM ? d->graph.out_first : d->graph.in_first;
  const int32_t *arc = direction == KN_FROM ? d->graph.out_arc : d->graph.in_arc;
  const int32_t *end = direction == KN_FROM ? d->graph.head : d->graph.tail;
  spot *spots = d->waiting.spots;
  for (int32_t v = 0; v < d->graph.node_count; v++)
    spots[v].distance = KN_FAR;
  d->direction = direction;
  d->waiting.count = 0;
  spots[node] = (spot){.distance = 0, .from = KN_NONE, .arc = KN_NONE};
  queue_add(&d->waiting, (uint32_t)node);
  bool is_cut = false;
  while (d->waiting.count > 0) {
    const uint32_t here = queue_take(&d->waiting);
    if ((int32_t)here == until)
      return KN_OK;
    for (int32_t i = first[here]; i < first[here + 1]; i++) {
      const int32_t a = arc[i];
      const uint64_t sum = (uint64_t)spots[here].distance + d->weight[a];
      spot *there = &spots[end[a]];
      if (sum >= there->distance) {
        is_cut |= sum >= KN_FAR;
        continue;
      }
      const bool is_new = there->distance == KN_FAR;
      there->distance = (uint32_t)sum;
      there->arc = a;
      if (is_new)
        queue_add(&d->waiting, (uint32_t)end[a]);
      else
        queue_lower(&d->waiting, (uint32_t)end[a]);
    }
  }
  if (is_cut && is_beyond(d))
    return kn_fail(err, KN_E_LIMIT, "a distance %s node %" PRId32 " is beyond %" PRIu32 "; the weights want a coarser unit",
                   direction == KN_FROM ? "from" : "to", node, KN_MOST_DISTANCE);
  return KN_OK;
}

uint32_t
kn_dijkstra_distance(const kn_dijkstra *dijkstra, int32_t node)
{
  return dijkstra->waiting.spots[node].distance;
}

int64_t
kn_dijkstra_path(kn_dijkstra *dijkstra, int32_t node, const int32_t **arc)
{
  const kn_dijkstra *d = dijkstra;
  int64_t count = 0;
  *arc = d->path;
  if (d->waiting.spots[node].distance == KN_FAR)
    return 0;
  for (int32_t a = d->waiting.spots[node].arc; a != KN_NONE;) {
    d->path[count++] = a;
    a = d->waiting.spots[d->direction == KN_FROM ? d->graph.tail[a] : d->graph.head[a]].arc;
  }
  for (int64_t i = 0; d->direction == KN_FROM && i < count / 2; i++) {
    const int32_t swap = d->path[i];
    d->path[i] = d->path[count - 1 - i];
    d->path[count - 1 - i] = swap;
  }
  return count;
}
