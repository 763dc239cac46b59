/* Ties seen together: the level at which each plays, pull - knot - push, and cases. */
#include <stdlib.h>
#include <string.h>

#include "plan/internal.h"

enum { PULL, KNOT, PUSH };

int32_t
plan_area_of(const kn_region *region, kn_place place)
{
  if (place.kind == KN_END_GATEWAY)
    return kn_region_gateways(region).area[place.row];
  return place.site == KN_NONE ? KN_NONE : kn_region_sites(region).area[place.site];
}

/* The smallest area that holds both ends; a gateway that says its level plays at that level. Where no area is known at all
 * the tie is counted at the region's level. */
static uint8_t
level_of(const kn_region *region, const kn_area_view *areas, kn_place from, kn_place to)
{
  const kn_gateway_view gateways = kn_region_gateways(region);
  const kn_place *gateway = from.kind == KN_END_GATEWAY ? &from : to.kind == KN_END_GATEWAY ? &to : NULL;
  if (gateway && gateways.level[gateway->row] != KN_BLANK_WORD)
    return gateways.level[gateway->row];
  const int32_t common = kn_area_common(areas, plan_area_of(region, from), plan_area_of(region, to));
  if (common != KN_NONE)
    return areas->level[common];
  return areas->n == 0 ? KN_REGION : KN_WORLD;
}

static int32_t
direction_of(kn_place from, kn_place to)
{
  return from.kind == KN_END_GATEWAY ? PULL : to.kind == KN_END_GATEWAY ? PUSH : KNOT;
}

/* A tie belongs to the unit it feeds, else the unit it comes from, else the gateway or need it serves. */
static kn_place
anchor_of(kn_place from, kn_place to)
{
  return to.kind == KN_END_UNIT || from.kind != KN_END_UNIT ? to : from;
}

/* Dense numbers for anchors: needs, then units, then gateways. */
static int64_t
anchor_key(const kn_region *region, kn_place anchor)
{
  const int64_t needs = kn_region_needs(region).n, units = kn_region_units(region).n;
  return anchor.kind == KN_END_NEED ? anchor.row : anchor.kind == KN_END_UNIT ? needs + anchor.row : needs + units + anchor.row;
}

typedef struct case_fill {
  int32_t n, *number, *tie_count; /* number [keys] case + 1 */
  kn_place *anchor;
  double *eur, *co2_kg, *jobs_fte;
} case_fill;

static int32_t
case_at(case_fill *cases, const kn_region *region, kn_place anchor)
{
  int32_t *number = &cases->number[anchor_key(region, anchor)];
  if (*number == 0) {
    cases->anchor[cases->n] = anchor;
    *number = ++cases->n;
  }
  return *number - 1;
}

kn_code
plan_group_ties(kn_plan *plan, const kn_region *region, kn_error *err)
{
  const kn_area_view areas = kn_region_areas(region);
  const kn_resource_view resources = kn_region_resources(region);
  const kn_process_view processes = kn_region_processes(region);
  const kn_unit_view units = kn_region_units(region);
  const kn_tie_view *ties = &plan->ties;
  const int64_t keys = kn_region_needs(region).n + units.n + kn_region_gateways(region).n;
  const int64_t most = ties->n + plan->units.n;
  uint8_t *level;
  int32_t *case_of;
  case_fill cases = {0};
  KN_NEW(level, plan->arena, ties->n, err);
  KN_NEW(case_of, plan->arena, ties->n, err);
  KN_NEW(cases.number, plan->arena, keys, err);
  KN_NEW(cases.anchor, plan->arena, most, err);
  KN_NEW(cases.tie_count, plan->arena, most, err);
  KN_NEW(cases.eur, plan->arena, most, err);
  KN_NEW(cases.co2_kg, plan->arena, most, err);
  KN_NEW(cases.jobs_fte, plan->arena, most, err);
  for (int64_t t = 0; t < ties->n; t++) {
    const int32_t direction = direction_of(ties->from[t], ties->to[t]);
    level[t] = level_of(region, &areas, ties->from[t], ties->to[t]);
    plan->totals.quantity[direction][resources.class_of[ties->resource[t]]] += ties->quantity[t];
    plan->totals.eur[direction] += ties->eur[t];
    plan->totals.level_eur[level[t]] += ties->eur[t];
    const int32_t c = case_of[t] = case_at(&cases, region, anchor_of(ties->from[t], ties->to[t]));
    cases.tie_count[c]++;
    cases.eur[c] += ties->eur[t];
    cases.co2_kg[c] += ties->co2_kg[t];
  }
  for (int32_t u = 0; u < plan->units.n; u++) {
    const double activity = plan->units.activity[u];
    if (activity == 0 && plan->units.eur[u] == 0)
      continue;
    const int32_t c = case_at(&cases, region, (kn_place){KN_END_UNIT, u, plan->units.site[u]});
    cases.eur[c] += plan->units.eur[u];
    cases.co2_kg[c] += plan->units.co2_kg[u];
    cases.jobs_fte[c] += activity * processes.jobs_fte[units.process[u]];
    plan->totals.eur[KNOT] += plan->units.eur[u];
  }
  plan->ties.level = level;
  plan->ties.case_of = case_of;
  plan->cases = (kn_case_view){.n = cases.n,
                               .anchor = cases.anchor,
                               .tie_count = cases.tie_count,
                               .eur = cases.eur,
                               .co2_kg = cases.co2_kg,
                               .jobs_fte = cases.jobs_fte};
  return KN_OK;
}
