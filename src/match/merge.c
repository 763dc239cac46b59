/* A smaller market with the same units, groups and ways: where a plan can be tried out cheaply first. */
#include "match/internal.h"

enum { SUPPLY, DEMAND };

/* Adds a node to its part: sums of what will be means, the rest of the largest so far. */
static void
add_member(kn_side_fill *to, double *weight, double *largest, const kn_side *from, int32_t node, int32_t part)
{
  const double limit = isfinite(from->limit[node]) ? from->limit[node] : 1;
  const double w = limit + 1e-9; /* nodes of nothing still have a place */
  if (w > largest[part]) {
    largest[part] = w;
    to->place[part] = from->place[node];
    to->from[part] = from->from[node];
    to->to[part] = from->to[node];
    to->stop[part] = from->stop[node];
  }
  to->unit[part] = from->unit[node];
  to->flow[part] = from->flow[node];
  to->is_anywhere[part] = from->is_anywhere[node];
  to->resource[part] = from->resource[node];
  to->limit[part] += from->limit[node];
  weight[part] += w;
  to->point[part].x += w * from->point[node].x;
  to->point[part].y += w * from->point[node].y;
  to->point[part].z += w * from->point[node].z;
  to->eur[part] += w * from->eur[node];
  to->co2_kg[part] += w * from->co2_kg[node];
  to->flat_eur[part] += w * from->flat_eur[node];
  to->flat_co2_kg[part] += w * from->flat_co2_kg[node];
  to->virgin_t[part] += w * from->virgin_t[node];
}

/* The mean direction; where points cancel each other, any will do. */
static kn_point
onto_sphere(kn_point p)
{
  const double length = sqrt(p.x * p.x + p.y * p.y + p.z * p.z);
  return length > 0 ? (kn_point){p.x / length, p.y / length, p.z / length} : (kn_point){1, 0, 0};
}

static kn_code
merge_side(kn_market *market, int32_t which, const kn_side *from, const int32_t *part, int32_t parts, kn_arena *scratch,
           kn_error *err)
{
  kn_side_fill to = {.n = parts};
  double *weight, *largest;
  KN_TRY(kn_side_reserve(&to, market->arena, parts, err));
  KN_NEW(weight, scratch, parts, err);
  KN_NEW(largest, scratch, parts, err);
  for (int32_t i = 0; i < from->n; i++)
    add_member(&to, weight, largest, from, i, part[i]);
  for (int32_t p = 0; p < parts; p++) {
    assert(weight[p] > 0);
    to.eur[p] /= weight[p];
    to.co2_kg[p] /= weight[p];
    to.flat_eur[p] /= weight[p];
    to.flat_co2_kg[p] /= weight[p];
    to.virgin_t[p] /= weight[p];
    to.point[p] = onto_sphere(to.point[p]);
  }
  KN_TRY(kn_market_group_side(market, which, &to, scratch, err));
  market->side[which] = kn_side_view(&to);
  return KN_OK;
}

kn_code
kn_market_merge(kn_market **out, const kn_market *market, const int32_t *supply_part, int32_t supply_parts,
                const int32_t *demand_part, int32_t demand_parts, kn_error *err)
{
  KN_TRY(kn_market_blank(out, market->region, err));
  kn_market *merged = *out;
  merged->unit = market->unit; /* the larger market lives longer */
  merged->access = market->access;
  merged->is_merged = true;
  merged->unit_count = market->unit_count;
  kn_arena *scratch = kn_arena_new();
  kn_code code = merge_side(merged, SUPPLY, &market->side[SUPPLY], supply_part, supply_parts, scratch, err);
  if (code == KN_OK)
    code = merge_side(merged, DEMAND, &market->side[DEMAND], demand_part, demand_parts, scratch, err);
  if (code == KN_OK)
    code = kn_market_find_ways(merged, err);
  kn_arena_free(scratch);
  if (code == KN_OK)
    return KN_OK;
  kn_market_free(merged);
  *out = NULL;
  return kn_note(err, "merging the market");
}
