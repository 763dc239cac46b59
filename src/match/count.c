/* How many pairs are compatible: counted, not listed.
 *
 * Per pair of groups with a way: all pairs within reach of a mode (a range count in a kd-tree), less those that specs
 * or windows refuse. Only nodes with specs, properties or windows can refuse one another, so only those pairs are
 * looked at one by one. Expected O(n sqrt n) where modes have a reach, O(groups) where they have none, plus the product of the
 * nodes that are not plain. */
#include <stdlib.h>

#include "match/internal.h"

enum { SUPPLY, DEMAND, CHUNK = 16 };

/* Demands of one group against the supplies of another, in chunks of demands. */
typedef struct tally {
  const kn_market *market;
  const kn_tree *tree; /* the supplies, NULL when every distance can be served */
  double reach_km;
  const int32_t *supply, *picky; /* nodes of the supply group; those of them that are not plain */
  int32_t supply_count, picky_count;
  const int32_t *demand;
  int64_t *pairs; /* [workers] */
} tally;

static void
count_chunk(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const tally *t = arg;
  const kn_side *demand = &t->market->side[DEMAND];
  int64_t pairs = 0;
  for (int64_t at = first; at < last; at++) {
    const int32_t j = t->demand[at];
    const bool is_far = t->tree && !demand->is_anywhere[j];
    pairs += is_far ? kn_tree_within(t->tree, demand->point[j], t->reach_km) : t->supply_count;
    if (kn_market_is_plain(t->market, true, j))
      continue;
    for (int32_t p = 0; p < t->picky_count; p++)
      if (kn_market_fits(t->market, t->picky[p], j) != KN_FITS &&
          (!is_far || kn_market_km(t->market, t->picky[p], j) <= t->reach_km))
        pairs--;
  }
  t->pairs[worker] += pairs; /* sums of whole numbers: the order does not matter */
}

static kn_code
plant_supplies(const kn_market *market, const kn_group *group, kn_tree **tree, kn_error *err)
{
  const int32_t n = group->last - group->first;
  kn_point *point = malloc(((size_t)n + 1) * sizeof *point);
  if (!point)
    return kn_fail(err, KN_E_LIMIT, "no memory for %d points", n);
  for (int32_t s = 0; s < n; s++)
    point[s] = market->side[SUPPLY].point[market->member[SUPPLY][group->first + s]];
  const kn_code code = kn_tree_new(tree, KN_SPHERE, n, point, err);
  free(point);
  return code;
}

/* All demand groups that one supply group has a way to. */
static kn_code
count_group(const kn_market *market, const kn_hauls *hauls, int32_t supply_group, int32_t threads, int64_t *total, kn_error *err)
{
  const kn_group *group = &market->group[SUPPLY][supply_group];
  const kn_haul *haul = kn_hauls_of(hauls, (kn_class)market->resources.class_of[group->resource]);
  int32_t ways;
  const int32_t *order = kn_market_supply_ways(market, supply_group, &ways);
  if (ways == 0 || haul->segment_count == 0)
    return KN_OK;
  tally t = {.market = market,
             .reach_km = haul->segments[haul->segment_count - 1].to_km,
             .supply = market->member[SUPPLY] + group->first,
             .supply_count = group->last - group->first};
  kn_tree *tree = NULL;
  int32_t *picky = malloc(((size_t)t.supply_count + 1) * sizeof *picky);
  t.pairs = calloc((size_t)threads, sizeof *t.pairs);
  kn_code code = picky && t.pairs ? KN_OK : kn_fail(err, KN_E_LIMIT, "no memory for %d nodes", t.supply_count);
  assert(code != KN_OK || picky);
  for (int32_t s = 0; s < t.supply_count && code == KN_OK; s++)
    if (!kn_market_is_plain(market, false, t.supply[s]))
      picky[t.picky_count++] = t.supply[s];
  t.picky = picky;
  if (code == KN_OK && isfinite(t.reach_km))
    code = plant_supplies(market, group, &tree, err);
  t.tree = tree;
  int32_t before = KN_NONE;
  for (int32_t o = 0; o < ways && code == KN_OK; o++) {
    const int32_t demand_group = market->way[order[o]].demand_group;
    if (demand_group == before)
      continue; /* several ways, the same pairs */
    before = demand_group;
    const kn_group *demands = &market->group[DEMAND][demand_group];
    t.demand = market->member[DEMAND] + demands->first;
    code = kn_parallel(threads, demands->last - demands->first, CHUNK, count_chunk, &t, err);
  }
  for (int32_t w = 0; w < threads && t.pairs; w++)
    *total += t.pairs[w];
  kn_tree_free(tree);
  free(picky);
  free(t.pairs);
  return code;
}

kn_code
kn_market_count(const kn_market *market, int32_t thread_count, int64_t *pairs, kn_error *err)
{
  *pairs = 0;
  kn_hauls *hauls;
  KN_TRY(kn_hauls_new(&hauls, market, (kn_weights){.value = 1}, NULL, err));
  kn_code code = KN_OK;
  const int32_t threads = kn_thread_count(thread_count);
  for (int32_t g = 0; g < market->group_count[SUPPLY] && code == KN_OK; g++)
    code = count_group(market, hauls, g, threads, pairs, err);
  kn_hauls_free(hauls);
  return code;
}
