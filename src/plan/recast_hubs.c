/* What carrying costs in an exchange, told by hubs: the channels of each class, per unit of the exchange. */
#include "plan/recast.h"

static kn_fare_hubs
hubs_at(void *arg, int32_t kind, int32_t channel, bool is_demand, int32_t node)
{
  const plan_recast *r = arg;
  const plan_recast_kind *of = &r->kind[kind];
  kn_fare_hubs hubs = kn_hauls_hubs(r->hauls, of->class_of, channel, is_demand, is_demand ? r->demand_of[node] : node);
  hubs.fixed /= of->scale;
  hubs.rate /= of->scale;
  return hubs;
}

static bool
is_stray(void *arg, int32_t kind, bool is_demand, int32_t node)
{
  const plan_recast *r = arg;
  return kn_hauls_is_stray(r->hauls, r->kind[kind].class_of, is_demand, is_demand ? r->demand_of[node] : node);
}

/* Groups of one class and one scale are of one kind. */
static int32_t
kind_of(plan_recast *r, int32_t *count, kn_class class_of, double scale)
{
  int32_t k = 0;
  while (k < *count && !(r->kind[k].class_of == class_of && r->kind[k].scale == scale))
    k++;
  if (k == *count)
    r->kind[(*count)++] = (plan_recast_kind){class_of, scale};
  return k;
}

/* O(groups * kinds): kinds are the few scales there are. */
kn_code
plan_recast_hubs(plan_recast *r, kn_error *err)
{
  int32_t groups, kinds = 0, channels = 0;
  const kn_group *group = kn_market_groups(r->market, false, &groups);
  const kn_resource_view resources = kn_region_resources(kn_market_region(r->market));
  kn_exchange_hubs *hubs;
  int32_t *kind, *first;
  kn_fare_channel *channel;
  KN_NEW(hubs, r->arena, 1, err);
  KN_NEW(kind, r->arena, groups, err);
  KN_NEW(r->kind, r->arena, groups, err);
  for (int32_t g = 0; g < groups; g++)
    kind[g] = kind_of(r, &kinds, (kn_class)resources.class_of[group[g].resource], r->supply_scale[g]);
  KN_NEW(first, r->arena, kinds + 1, err);
  for (int32_t k = 0; k < kinds; k++) {
    const int32_t here = kn_hauls_channel_count(r->hauls, r->kind[k].class_of);
    first[k + 1] = first[k] + (here == KN_NONE ? 0 : here);
    channels = first[k + 1];
  }
  KN_NEW(channel, r->arena, channels, err);
  for (int32_t k = 0; k < kinds; k++)
    for (int32_t c = first[k]; c < first[k + 1]; c++)
      channel[c] = kn_hauls_channel(r->hauls, r->kind[k].class_of, c - first[k]);
  *hubs = (kn_exchange_hubs){
      .kind_count = kinds, .kind = kind, .channel_first = first, .channel = channel, .at = hubs_at, .is_stray = is_stray};
  r->exchange.hubs = channels > 0 ? hubs : NULL;
  return KN_OK;
}
