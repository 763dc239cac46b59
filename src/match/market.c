/* The market: every place of supply and of demand as columns, grouped by resource. */
#include <stdlib.h>
#include <string.h>

#include "match/internal.h"

enum { SUPPLY, DEMAND };

const char *
kn_end_name(kn_end end)
{
  static const char *const name[] = {"offer", "need", "unit", "gateway"};
  return name[end];
}

kn_code
kn_side_reserve(kn_side_fill *side, kn_arena *arena, int64_t n, kn_error *err)
{
  if (n >= INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "%" PRId64 " places of supply or demand are more than 2,147,483,646", n);
  KN_NEW(side->place, arena, n, err);
  KN_NEW(side->unit, arena, n, err);
  KN_NEW(side->flow, arena, n, err);
  KN_NEW(side->point, arena, n, err);
  KN_NEW(side->stop, arena, n, err);
  KN_NEW(side->is_anywhere, arena, n, err);
  KN_NEW(side->resource, arena, n, err);
  KN_NEW(side->group, arena, n, err);
  KN_NEW(side->from, arena, n, err);
  KN_NEW(side->to, arena, n, err);
  KN_NEW(side->limit, arena, n, err);
  KN_NEW(side->eur, arena, n, err);
  KN_NEW(side->co2_kg, arena, n, err);
  KN_NEW(side->flat_eur, arena, n, err);
  KN_NEW(side->flat_co2_kg, arena, n, err);
  KN_NEW(side->virgin_t, arena, n, err);
  return KN_OK;
}

/* A new node with everything blank; the caller fills what it knows. */
static int32_t
side_add(kn_side_fill *side, kn_place place, kn_point point, int32_t resource)
{
  const int32_t at = side->n++;
  side->place[at] = place;
  side->unit[at] = KN_NONE;
  side->flow[at] = KN_NONE;
  side->point[at] = point;
  side->resource[at] = resource;
  side->from[at] = KN_BLANK_INT;
  side->to[at] = KN_BLANK_INT;
  side->limit[at] = INFINITY;
  return at;
}

kn_side
kn_side_view(const kn_side_fill *s)
{
  return (kn_side){.n = s->n,
                   .place = s->place,
                   .unit = s->unit,
                   .flow = s->flow,
                   .point = s->point,
                   .stop = s->stop,
                   .is_anywhere = s->is_anywhere,
                   .resource = s->resource,
                   .group = s->group,
                   .limit = s->limit,
                   .from = s->from,
                   .to = s->to,
                   .eur = s->eur,
                   .co2_kg = s->co2_kg,
                   .flat_eur = s->flat_eur,
                   .flat_co2_kg = s->flat_co2_kg,
                   .virgin_t = s->virgin_t};
}

static void
add_offers(const kn_market *market, kn_side_fill *supply)
{
  const kn_offer_view offers = market->offers;
  const kn_site_view sites = kn_region_sites(market->region);
  for (int32_t i = 0; i < offers.n; i++) {
    const int32_t site = offers.site[i];
    const int32_t at = side_add(supply, (kn_place){KN_END_OFFER, i, site}, sites.point[site], offers.resource[i]);
    supply->limit[at] = offers.quantity[i] * offers.share[i];
    supply->from[at] = offers.from[i];
    supply->to[at] = offers.to[i];
    supply->eur[at] = offers.fate_eur[i];
    supply->co2_kg[at] = offers.fate_co2_kg[i];
  }
}

static void
add_needs(const kn_market *market, kn_side_fill *demand)
{
  const kn_need_view needs = market->needs;
  const kn_site_view sites = kn_region_sites(market->region);
  const kn_resource_view resources = market->resources;
  for (int32_t j = 0; j < needs.n; j++) {
    const int32_t site = needs.site[j];
    const int32_t resource = needs.resource[j];
    const kn_point point = site == KN_NONE ? (kn_point){0} : sites.point[site];
    const int32_t at = side_add(demand, (kn_place){KN_END_NEED, j, site}, point, resource);
    demand->is_anywhere[at] = site == KN_NONE;
    demand->limit[at] = needs.quantity[j] * needs.share[j];
    demand->from[at] = needs.from[j];
    demand->to[at] = needs.to[j];
    demand->eur[at] = needs.price_eur[j];
    demand->co2_kg[at] = needs.market_co2_kg[j];
    demand->virgin_t[at] = resources.virgin_share[resource] * resources.t_per_unit[resource];
  }
}

/* Existing units have no `per = capacity` flows: what they have to spare stands already. */
static bool
is_port(const kn_process_view *processes, int32_t flow, bool is_candidate)
{
  return is_candidate || processes->flow_per[flow] == KN_PER_ACTIVITY;
}

static void
add_ports(const kn_market *market, kn_side_fill *supply, kn_side_fill *demand)
{
  const kn_site_view sites = kn_region_sites(market->region);
  const kn_unit_view units = kn_region_units(market->region);
  const kn_process_view processes = kn_region_processes(market->region);
  for (int32_t u = 0; u < market->unit_count; u++) {
    const kn_market_unit unit = market->unit[u];
    const int32_t process = units.process[unit.unit];
    for (int32_t f = processes.flow_first[process]; f < processes.flow_first[process + 1]; f++) {
      if (!is_port(&processes, f, unit.is_candidate))
        continue;
      kn_side_fill *side = processes.flow_quantity[f] > 0 ? supply : demand;
      const int32_t at =
          side_add(side, (kn_place){KN_END_UNIT, unit.unit, unit.site}, sites.point[unit.site], processes.flow_resource[f]);
      side->unit[at] = u;
      side->flow[at] = f;
      side->limit[at] = fabs(processes.flow_quantity[f]) * units.capacity[unit.unit];
    }
  }
}

static void
add_gateways(const kn_market *market, kn_side_fill *supply, kn_side_fill *demand)
{
  const kn_gateway_view gateways = kn_region_gateways(market->region);
  for (int32_t g = 0; g < gateways.n; g++) {
    const bool is_in = gateways.direction[g] == KN_IN;
    kn_side_fill *side = is_in ? supply : demand;
    const int32_t at = side_add(side, (kn_place){KN_END_GATEWAY, g, KN_NONE}, gateways.point[g], gateways.resource[g]);
    side->limit[at] = gateways.capacity[g];
    (is_in ? side->eur : side->flat_eur)[at] = is_in ? -gateways.price_eur[g] : gateways.price_eur[g];
    (is_in ? side->co2_kg : side->flat_co2_kg)[at] = -gateways.co2_kg[g];
  }
}

/* Units at their sites; candidates without one get a copy at each site that offers the space they need. */
static kn_code
place_units(kn_market *market, kn_arena *scratch, kn_error *err)
{
  const kn_unit_view units = kn_region_units(market->region);
  const kn_process_view processes = kn_region_processes(market->region);
  const int64_t site_count = kn_region_sites(market->region).n;
  uint8_t *leads, *offers_space;
  KN_NEW(leads, scratch, market->resources.n, err);
  KN_NEW(offers_space, scratch, site_count, err);
  kn_market_unit *list = NULL;
  int64_t capacity = 0, n = 0;
  kn_code code = KN_OK;
  for (int32_t u = 0; u < units.n && code == KN_OK; u++) {
    const bool is_candidate = units.status[u] == KN_CANDIDATE;
    if (units.site[u] != KN_NONE) {
      code = KN_GROW(list, capacity, n + 1, err);
      if (code == KN_OK)
        list[n++] = (kn_market_unit){u, units.site[u], is_candidate, KN_NONE};
      continue;
    }
    if (!is_candidate)
      continue; /* check tells: an existing unit stands somewhere */
    memset(offers_space, 0, (size_t)site_count);
    for (int32_t f = processes.flow_first[units.process[u]]; f < processes.flow_first[units.process[u] + 1]; f++) {
      if (processes.flow_quantity[f] > 0 || market->resources.class_of[processes.flow_resource[f]] != KN_SPACE)
        continue;
      kn_market_leads_to(market, processes.flow_resource[f], leads);
      for (int64_t i = 0; i < market->offers.n; i++)
        if (leads[market->offers.resource[i]])
          offers_space[market->offers.site[i]] = 1;
    }
    for (int32_t s = 0; s < site_count && code == KN_OK; s++)
      if (offers_space[s]) {
        code = KN_GROW(list, capacity, n + 1, err);
        if (code == KN_OK)
          list[n++] = (kn_market_unit){u, s, true, u};
      }
  }
  if (code == KN_OK && n >= INT32_MAX)
    code = kn_fail(err, KN_E_LIMIT, "%" PRId64 " copies of units to be placed are too many", n);
  if (code == KN_OK)
    code = kn_arena_reserve(market->arena, ((size_t)n + 1) * sizeof *list, err);
  if (code == KN_OK) {
    market->unit = kn_arena_take(market->arena, (size_t)n + 1, sizeof *list);
    market->unit_count = (int32_t)n;
    if (n > 0)
      memcpy(market->unit, list, (size_t)n * sizeof *list);
  }
  free(list);
  return code;
}

/* Numbers the groups of a side by (gateway, resource) and lists their members: a counting sort, O(n + resources). */
kn_code
kn_market_group_side(kn_market *market, int32_t which, kn_side_fill *side, kn_arena *scratch, kn_error *err)
{
  const int64_t keys = 2 * market->resources.n;
  int32_t *first, *number;
  KN_NEW(first, scratch, keys + 1, err);
  KN_NEW(number, scratch, keys, err);
  for (int32_t at = 0; at < side->n; at++)
    first[2 * side->resource[at] + (side->place[at].kind == KN_END_GATEWAY) + 1]++;
  int32_t groups = 0;
  for (int64_t k = 0; k < keys; k++) {
    number[k] = first[k + 1] > 0 ? groups++ : KN_NONE;
    first[k + 1] += first[k];
  }
  KN_NEW(market->group[which], market->arena, groups, err);
  KN_NEW(market->member[which], market->arena, side->n, err);
  market->group_count[which] = groups;
  for (int32_t k = 0; k < keys; k++)
    if (number[k] != KN_NONE)
      market->group[which][number[k]] = (kn_group){k / 2, (uint8_t)(k % 2), first[k], first[k + 1]};
  for (int32_t at = 0; at < side->n; at++) {
    const int32_t key = 2 * side->resource[at] + (side->place[at].kind == KN_END_GATEWAY);
    side->group[at] = number[key];
    market->member[which][first[key]++] = at;
  }
  return KN_OK;
}

/* Sites and gateways are points of the network by their rows. */
static void
find_stops(kn_side_fill *side, int64_t site_count)
{
  for (int32_t at = 0; at < side->n; at++) {
    const kn_place place = side->place[at];
    side->stop[at] = place.kind == KN_END_GATEWAY ? (int32_t)site_count + place.row : place.site;
  }
}

static kn_code
fill_market(kn_market *market, kn_arena *scratch, kn_error *err)
{
  KN_TRY(place_units(market, scratch, err));
  const kn_unit_view units = kn_region_units(market->region);
  const kn_process_view processes = kn_region_processes(market->region);
  const int64_t gateway_count = kn_region_gateways(market->region).n;
  int64_t ports = 0;
  for (int32_t u = 0; u < market->unit_count; u++) {
    const int32_t process = units.process[market->unit[u].unit];
    ports += processes.flow_first[process + 1] - processes.flow_first[process];
  }
  kn_side_fill supply = {0}, demand = {0};
  KN_TRY(kn_side_reserve(&supply, market->arena, market->offers.n + ports + gateway_count, err));
  KN_TRY(kn_side_reserve(&demand, market->arena, market->needs.n + ports + gateway_count, err));
  add_offers(market, &supply);
  add_needs(market, &demand);
  add_ports(market, &supply, &demand);
  add_gateways(market, &supply, &demand);
  find_stops(&supply, kn_region_sites(market->region).n);
  find_stops(&demand, kn_region_sites(market->region).n);
  KN_TRY(kn_market_group_side(market, SUPPLY, &supply, scratch, err));
  KN_TRY(kn_market_group_side(market, DEMAND, &demand, scratch, err));
  market->side[SUPPLY] = kn_side_view(&supply);
  market->side[DEMAND] = kn_side_view(&demand);
  return kn_market_find_ways(market, err);
}

kn_code
kn_market_blank(kn_market **out, const kn_region *region, kn_error *err)
{
  *out = NULL;
  kn_arena *arena = kn_arena_new();
  const kn_code code = kn_arena_reserve(arena, sizeof **out, err);
  if (code != KN_OK) {
    kn_arena_free(arena);
    return code;
  }
  kn_market *market = kn_arena_take(arena, 1, sizeof *market);
  market->arena = arena;
  market->region = region;
  market->resources = kn_region_resources(region);
  market->offers = kn_region_offers(region);
  market->needs = kn_region_needs(region);
  market->properties = kn_region_properties(region);
  market->modes = kn_region_modes(region);
  market->substitutions = kn_region_substitutions(region);
  market->co2_eur_per_kg = kn_region_settings(region).co2_eur_per_t / 1000;
  for (int64_t m = 0; m < market->modes.n; m++)
    if (market->modes.class_of[m] < KN_CLASS_COUNT)
      market->loses[market->modes.class_of[m]] |= market->modes.loss_per_km[m] > 0;
  *out = market;
  return KN_OK;
}

kn_code
kn_market_new(kn_market **out, const kn_region *region, kn_error *err)
{
  KN_TRY(kn_market_blank(out, region, err));
  kn_arena *scratch = kn_arena_new();
  const kn_access_settings settings = {0};
  kn_code code = kn_access_new(&(*out)->access, region, &settings, NULL, err);
  if (code == KN_OK)
    code = fill_market(*out, scratch, err);
  kn_arena_free(scratch);
  if (code == KN_OK)
    return KN_OK;
  kn_market_free(*out);
  *out = NULL;
  return kn_note(err, "listing supply and demand");
}

void
kn_market_free(kn_market *market)
{
  if (!market)
    return;
  if (!market->is_merged)
    kn_access_free(market->access);
  kn_arena_free(market->arena);
}

bool
kn_market_loses(const kn_market *market, kn_class resource_class)
{
  return market->loses[resource_class];
}

kn_access *
kn_market_access(const kn_market *market)
{
  return market->access;
}

const kn_region *
kn_market_region(const kn_market *market)
{
  return market->region;
}

kn_side
kn_market_supply(const kn_market *market)
{
  return market->side[SUPPLY];
}

kn_side
kn_market_demand(const kn_market *market)
{
  return market->side[DEMAND];
}

const kn_group *
kn_market_groups(const kn_market *market, bool is_demand, int32_t *count)
{
  *count = market->group_count[is_demand];
  return market->group[is_demand];
}

const int32_t *
kn_market_members(const kn_market *market, bool is_demand)
{
  return market->member[is_demand];
}

const kn_market_unit *
kn_market_units(const kn_market *market, int32_t *count)
{
  *count = market->unit_count;
  return market->unit;
}
