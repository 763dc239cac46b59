/* Why not? What a tie would be worth, what its ends are worth elsewhere, and so how far it is from paying. */
#include <stdlib.h>

#include "plan/internal.h"

static double
mixing_dual(const kn_plan *plan, int32_t demand, int32_t substitution)
{
  for (int64_t at = 0; at < plan->mix_count; at++)
    if (plan->mix_demand[at] == demand && plan->mix_substitution[at] == substitution)
      return plan->mix_dual[at];
  return 0;
}

/* Where a mode loses on the way, the best one depends on what a unit that arrives is worth under the prices of the plan. */
static int32_t
mode_under_prices(const kn_plan *plan, const kn_hauls *hauls, const kn_match_why *row, const kn_way *way)
{
  const kn_side demand = kn_market_demand(plan->market);
  const int32_t j = row->demand;
  const kn_weights w = plan->weights;
  const double co2_eur_per_kg = kn_region_settings(kn_market_region(plan->market)).co2_eur_per_t / 1000;
  const double per_kg = w.value * co2_eur_per_kg + w.co2 / 1000;
  const double unit =
      w.value * (demand.eur[j] + plan->demand_bonus_eur[j]) + per_kg * demand.co2_kg[j] + w.virgin * demand.virgin_t[j];
  const double flat = w.value * (demand.flat_eur[j] + plan->demand_flat_bonus_eur[j]) + per_kg * demand.flat_co2_kg[j];
  const double taken = demand.place[j].kind == KN_END_GATEWAY ? plan->demand_dual[j] : way->ratio * plan->demand_dual[j];
  const double mixed = way->substitution == KN_NONE ? 0 : way->ratio * mixing_dual(plan, j, way->substitution);
  return kn_hauls_choice(hauls, row->supply, j, way->ratio * unit + flat - taken - mixed);
}

/* Incentives with a budget that is used up are left out here: they pay no more. */
static void
price_way(const kn_plan *plan, const kn_hauls *hauls, const kn_match_why *row, kn_why *why)
{
  const kn_side supply = kn_market_supply(plan->market), demand = kn_market_demand(plan->market);
  int32_t ways;
  const kn_way *way = &kn_market_ways(plan->market, &ways)[row->way];
  const int32_t i = row->supply, j = row->demand;
  const kn_resource_view resources = kn_region_resources(kn_market_region(plan->market));
  const bool loses = kn_market_loses(plan->market, (kn_class)resources.class_of[supply.resource[i]]);
  const int32_t mode = loses ? mode_under_prices(plan, hauls, row, way) : row->mode;
  const kn_worth worth = kn_market_worth(plan->market, i, j, way, mode, row->km);
  const double there_eur = way->ratio * plan->demand_bonus_eur[j] +
                           (demand.is_anywhere[j] ? plan->anywhere_bonus_eur[i] : plan->demand_flat_bonus_eur[j]);
  const double bonus_eur = plan->supply_bonus_eur[i] + worth.keep * there_eur;
  const kn_weights w = plan->weights;
  why->km = worth.km;
  why->mode = worth.mode;
  why->mode_id = worth.mode_id;
  why->worth = w.value * (worth.eur + bonus_eur) + w.co2 * worth.co2_kg / 1000 + w.virgin * worth.virgin_t;
  why->supply_dual = plan->supply_dual[i];
  why->demand_dual = worth.keep * plan->demand_dual[j] * (demand.place[j].kind == KN_END_GATEWAY ? 1 : way->ratio);
  why->other_dual = way->substitution == KN_NONE ? 0 : worth.keep * way->ratio * mixing_dual(plan, j, way->substitution);
  why->reduced_cost = why->worth - why->supply_dual - why->demand_dual - why->other_dual;
  why->from = supply.place[i];
  why->to = demand.place[j];
  why->resource = supply.resource[i];
  why->substitution = way->substitution;
  for (int64_t t = 0; t < plan->ties.n; t++)
    if (plan->tie_supply[t] == i && plan->tie_demand[t] == j && plan->tie_way[t] == row->way && plan->ties.via[t] == mode)
      why->quantity += plan->ties.quantity[t];
}

kn_code
kn_plan_explain(const kn_plan *plan, const kn_region *region, kn_place from, kn_place to, kn_why *why, int32_t most,
                int32_t *count, kn_error *err)
{
  (void)region;
  kn_match_why *row = calloc((size_t)most + 1, sizeof *row);
  if (!row)
    return kn_fail(err, KN_E_LIMIT, "no memory for %d ways", most);
  kn_hauls *hauls = NULL;
  kn_code code = kn_match_explain(plan->market, from, to, row, most, count, err);
  if (code == KN_OK)
    code = kn_hauls_new(&hauls, plan->market, plan->weights, NULL, err);
  for (int32_t r = 0; code == KN_OK && r < most && r < *count; r++) {
    why[r] = (kn_why){.refusal = row[r].refusal,
                      .from = from,
                      .to = to,
                      .resource = KN_NONE,
                      .substitution = KN_NONE,
                      .mode = KN_NONE,
                      .km = row[r].km,
                      .worth = NAN,
                      .supply_dual = NAN,
                      .demand_dual = NAN,
                      .other_dual = NAN,
                      .reduced_cost = NAN};
    if (row[r].way != KN_NONE && row[r].mode != KN_NONE)
      price_way(plan, hauls, &row[r], &why[r]);
  }
  kn_hauls_free(hauls);
  free(row);
  return code;
}
