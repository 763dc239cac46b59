/* Ways: which group of supplies may serve which group of demands, directly or by a substitution row. */
#include <stdlib.h>
#include <string.h>

#include "match/internal.h"

enum { SUPPLY, DEMAND };

void
kn_market_leads_to(const kn_market *market, int32_t demanded, uint8_t *leads)
{
  const kn_resource_view *resources = &market->resources;
  const kn_substitution_view subs = market->substitutions;
  for (int32_t r = 0; r < resources->n; r++)
    leads[r] = kn_resource_is_a(resources, r, demanded);
  for (int32_t k = 0; k < subs.n; k++) {
    if (!kn_resource_is_a(resources, subs.needed[k], demanded))
      continue;
    for (int32_t r = 0; r < resources->n; r++)
      leads[r] |= kn_resource_is_a(resources, r, subs.offered[k]);
  }
}

typedef struct way_list {
  kn_way *way;
  int64_t n, capacity;
} way_list;

static kn_code
add_way(way_list *list, const kn_market *market, int32_t supply, int32_t demand, int32_t substitution, kn_error *err)
{
  if (market->group[SUPPLY][supply].is_gateway && market->group[DEMAND][demand].is_gateway)
    return KN_OK; /* at least one end lies in the region */
  KN_TRY(KN_GROW(list->way, list->capacity, list->n + 1, err));
  const kn_substitution_view subs = market->substitutions;
  const bool is_direct = substitution == KN_NONE;
  list->way[list->n++] = (kn_way){supply,
                                  demand,
                                  substitution,
                                  is_direct ? 1.0 : subs.ratio[substitution],
                                  is_direct ? 0.0 : subs.cost_eur[substitution],
                                  is_direct ? 1.0 : subs.max_share[substitution]};
  return KN_OK;
}

static int
by_demand_supply(const void *a, const void *b)
{
  const kn_way *x = a, *y = b;
  if (x->demand_group != y->demand_group)
    return x->demand_group < y->demand_group ? -1 : 1;
  if (x->supply_group != y->supply_group)
    return x->supply_group < y->supply_group ? -1 : 1;
  return (x->substitution > y->substitution) - (x->substitution < y->substitution);
}

/* All ways, found from the rows that make them: O(ways + groups x depth + substitutions x groups). */
static kn_code
list_ways(way_list *list, const kn_market *market, kn_error *err)
{
  const kn_resource_view *resources = &market->resources;
  for (int32_t s = 0; s < market->group_count[SUPPLY]; s++)
    for (int32_t d = 0; d < market->group_count[DEMAND]; d++)
      if (kn_resource_is_a(resources, market->group[SUPPLY][s].resource, market->group[DEMAND][d].resource))
        KN_TRY(add_way(list, market, s, d, KN_NONE, err));
  for (int32_t k = 0; k < market->substitutions.n; k++)
    for (int32_t d = 0; d < market->group_count[DEMAND]; d++) {
      if (!kn_resource_is_a(resources, market->substitutions.needed[k], market->group[DEMAND][d].resource))
        continue;
      for (int32_t s = 0; s < market->group_count[SUPPLY]; s++)
        if (kn_resource_is_a(resources, market->group[SUPPLY][s].resource, market->substitutions.offered[k]))
          KN_TRY(add_way(list, market, s, d, k, err));
    }
  if (list->n >= INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "%" PRId64 " ways between resources are too many", list->n);
  if (list->n > 0)
    qsort(list->way, (size_t)list->n, sizeof *list->way, by_demand_supply);
  return KN_OK;
}

static kn_code
index_ways(kn_market *market, const way_list *list, kn_error *err)
{
  const int32_t supplies = market->group_count[SUPPLY], demands = market->group_count[DEMAND];
  market->way_count = (int32_t)list->n;
  KN_NEW(market->way, market->arena, list->n, err);
  KN_NEW(market->demand_first, market->arena, demands + 1, err);
  KN_NEW(market->supply_first, market->arena, supplies + 2, err);
  KN_NEW(market->supply_order, market->arena, list->n, err);
  for (int32_t w = 0; w < list->n; w++) {
    market->way[w] = list->way[w];
    market->demand_first[list->way[w].demand_group + 1]++;
    market->supply_first[list->way[w].supply_group + 2]++;
  }
  for (int32_t d = 0; d < demands; d++)
    market->demand_first[d + 1] += market->demand_first[d];
  for (int32_t s = 0; s < supplies; s++)
    market->supply_first[s + 2] += market->supply_first[s + 1];
  for (int32_t w = 0; w < list->n; w++)
    market->supply_order[market->supply_first[list->way[w].supply_group + 1]++] = w;
  return KN_OK;
}

kn_code
kn_market_find_ways(kn_market *market, kn_error *err)
{
  way_list list = {0};
  kn_code code = list_ways(&list, market, err);
  if (code == KN_OK)
    code = index_ways(market, &list, err);
  free(list.way);
  return code;
}

const kn_way *
kn_market_ways(const kn_market *market, int32_t *count)
{
  *count = market->way_count;
  return market->way;
}

void
kn_market_demand_ways(const kn_market *market, int32_t group, int32_t *first, int32_t *last)
{
  *first = market->demand_first[group];
  *last = market->demand_first[group + 1];
}

const int32_t *
kn_market_supply_ways(const kn_market *market, int32_t group, int32_t *count)
{
  *count = market->supply_first[group + 1] - market->supply_first[group];
  return market->supply_order + market->supply_first[group];
}
