/* The nearest nodes of a network to a place: geo's tree of points, with the caller's node numbers. */
#include <stdlib.h>

#include "transport/internal.h"

struct kn_snap {
  kn_arena *keep;
  kn_tree *tree;
  int32_t *node;
};

static kn_code
fill_snap(kn_snap *snap, kn_metric metric, int64_t n, const int32_t *node, const kn_point *point, kn_error *err)
{
  KN_TRY(kn_tree_new(&snap->tree, metric, n, point, err));
  KN_NEW(snap->node, snap->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    snap->node[i] = node[i];
  return KN_OK;
}

kn_code
kn_snap_new(kn_snap **out, kn_metric metric, int64_t n, const int32_t *node, const kn_point *point, kn_error *err)
{
  *out = NULL;
  kn_snap *snap = calloc(1, sizeof *snap);
  if (snap == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  snap->keep = kn_arena_new();
  if (fill_snap(snap, metric, n, node, point, err) != KN_OK) {
    kn_snap_free(snap);
    return kn_note(err, "making %" PRId64 " nodes ready for snapping", n);
  }
  *out = snap;
  return KN_OK;
}

void
kn_snap_free(kn_snap *snap)
{
  if (snap == NULL)
    return;
  kn_tree_free(snap->tree);
  kn_arena_free(snap->keep);
  free(snap);
}

int32_t
kn_snap_nearest(const kn_snap *snap, kn_point at, double most_km, int32_t k, kn_hit *hit)
{
  if (k <= 0 || !(most_km >= 0))
    return 0;
  const kn_query query = {.from = at, .scale = 1, .floor = nextafter(-most_km, -INFINITY)};
  const int32_t count = kn_tree_best(snap->tree, &query, k, hit);
  for (int32_t i = 0; i < count; i++)
    hit[i].point = snap->node[hit[i].point];
  return count;
}
