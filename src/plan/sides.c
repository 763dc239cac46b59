/* Both sides of a price, of a plan that is an exchange: asked of the engine, told in the units of the region. */
#include "plan/recast.h"

/* The node of an end; KN_NONE: it is on the other side, or nowhere. */
static int32_t
find_node(const kn_side *side, kn_place place)
{
  for (int32_t i = 0; i < side->n; i++)
    if (side->place[i].kind == place.kind && side->place[i].row == place.row)
      return i;
  return KN_NONE;
}

/* A need in parts grows in all of them at once, and what that brings is more than what each brings alone. */
static bool
has_parts(const plan_recast *recast, int32_t demand, int32_t demands)
{
  for (int64_t k = demands; k < recast->exchange.demand_count; k++)
    if (recast->demand_of[k] == demand)
      return true;
  return false;
}

static kn_code
ask(const kn_plan *plan, kn_place place, kn_exchange_price *price, double *scale, kn_error *err)
{
  const kn_side supply = kn_market_supply(plan->market), demand = kn_market_demand(plan->market);
  const plan_recast *recast = plan->recast;
  const int32_t i = find_node(&supply, place), j = i == KN_NONE ? find_node(&demand, place) : KN_NONE;
  if (i == KN_NONE && j == KN_NONE)
    return kn_fail(err, KN_E_USAGE, "there is no %s in row %" PRId32, kn_end_name((kn_end)place.kind), place.row);
  if (j != KN_NONE && has_parts(recast, j, demand.n))
    return kn_fail(err, KN_E_USAGE, "one-sided prices are not told for a need that a substitution may meet in part only");
  *scale = i != KN_NONE ? recast->supply_scale[supply.group[i]] : recast->demand_scale[demand.group[j]];
  const int64_t node = i != KN_NONE ? i : j;
  return kn_exchange_prices_of(plan->exchange, &recast->exchange, j != KN_NONE, 1, &node, recast->grain, price, err);
}

kn_code
kn_plan_prices(const kn_plan *plan, kn_place place, double *one_more, double *one_less, kn_error *err)
{
  *one_more = *one_less = NAN;
  if (!plan->exchange)
    return kn_fail(err, KN_E_USAGE, "one-sided prices are told for plans that are an exchange and kept their engine");
  kn_exchange_price price = {0};
  double scale = NAN;
  KN_TRY(ask(plan, place, &price, &scale, err));
  *one_more = price.one_more * scale;
  *one_less = price.one_less * scale;
  return KN_OK;
}
