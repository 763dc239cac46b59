/* Why not? Every way between two ends, and what refuses it. O(nodes) to find the ends. */
#include <string.h>

#include "match/internal.h"

enum { SUPPLY, DEMAND };

/* Nodes of an end on one side: a unit has several, and the same unit may have copies; site KN_NONE means any. */
static bool
is_node_of(const kn_side *side, int32_t node, kn_place place)
{
  const kn_place at = side->place[node];
  return at.kind == place.kind && at.row == place.row &&
         (place.kind != KN_END_UNIT || place.site == KN_NONE || place.site == at.site);
}

/* The first spec of the pair that its offer violates. */
static void
name_spec(const kn_market *market, kn_match_why *why)
{
  const kn_property_view *p = &market->properties;
  const int32_t offer = market->side[SUPPLY].place[why->supply].row, need = market->side[DEMAND].place[why->demand].row;
  for (int32_t s = p->need_first[need]; s < p->need_first[need + 1]; s++)
    for (int32_t o = p->offer_first[offer]; o < p->offer_first[offer + 1]; o++) {
      if (p->offer_property[o] != p->need_property[s])
        continue;
      if (p->offer_value[o] >= p->need_min[s] && p->offer_value[o] <= p->need_max[s])
        continue;
      why->property = p->property_name[p->need_property[s]];
      why->has = p->offer_value[o];
      why->least = p->need_min[s];
      why->most = p->need_max[s];
      return;
    }
}

static kn_match_why
judge(const kn_market *market, const kn_hauls *hauls, int32_t supply, int32_t demand, int32_t way)
{
  const kn_side *from = &market->side[SUPPLY];
  kn_match_why why = {.refusal = KN_FITS,
                      .supply = supply,
                      .demand = demand,
                      .way = way,
                      .mode = KN_NONE,
                      .has = NAN,
                      .least = NAN,
                      .most = NAN,
                      .km = kn_market_km(market, supply, demand),
                      .eur_per_unit = NAN};
  const kn_haul *haul = kn_hauls_of(hauls, (kn_class)market->resources.class_of[from->resource[supply]]);
  const double km = why.km;
  why.mode = kn_hauls_choice(hauls, supply, demand, kn_market_arrival(market, demand, &market->way[way]));
  if (haul->segment_count == 0)
    why.refusal = KN_NO_MODE;
  else if (why.mode == KN_NONE)
    why.refusal = kn_haul_find(haul, km) >= 0 || haul->segments[haul->segment_count - 1].to_km == 0 ? KN_NO_ROUTE : KN_TOO_FAR;
  else {
    const kn_worth worth = kn_market_worth(market, supply, demand, &market->way[way], why.mode, km);
    why.eur_per_unit = worth.eur;
    why.mode_id = worth.mode_id;
  }
  const kn_refusal fit = kn_market_fits(market, supply, demand);
  if (fit != KN_FITS)
    why.refusal = fit;
  if (fit == KN_SPEC)
    name_spec(market, &why);
  return why;
}

static void
note(kn_match_why *why, int32_t most, int32_t *count, kn_match_why row)
{
  if (*count < most)
    why[*count] = row;
  (*count)++;
}

kn_code
kn_match_explain(const kn_market *market, kn_place from, kn_place to, kn_match_why *why, int32_t most, int32_t *count,
                 kn_error *err)
{
  *count = 0;
  kn_hauls *hauls;
  KN_TRY(kn_hauls_new(&hauls, market, (kn_weights){.value = 1}, NULL, err));
  const kn_side *supply = &market->side[SUPPLY], *demand = &market->side[DEMAND];
  for (int32_t i = 0; i < supply->n; i++) {
    if (!is_node_of(supply, i, from))
      continue;
    int32_t ways;
    const int32_t *order = kn_market_supply_ways(market, supply->group[i], &ways);
    for (int32_t j = 0; j < demand->n; j++)
      for (int32_t w = 0; w < ways && is_node_of(demand, j, to); w++)
        if (market->way[order[w]].demand_group == demand->group[j])
          note(why, most, count, judge(market, hauls, i, j, order[w]));
  }
  if (*count == 0) {
    const bool two_gateways = from.kind == KN_END_GATEWAY && to.kind == KN_END_GATEWAY;
    note(why, most, count,
         (kn_match_why){.refusal = two_gateways ? KN_TWO_GATEWAYS : KN_NO_WAY,
                        .supply = KN_NONE,
                        .demand = KN_NONE,
                        .way = KN_NONE,
                        .mode = KN_NONE,
                        .has = NAN,
                        .least = NAN,
                        .most = NAN,
                        .km = NAN,
                        .eur_per_unit = NAN});
  }
  kn_hauls_free(hauls);
  return KN_OK;
}
