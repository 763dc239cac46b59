/* What a plan knows beside its ties, for who goes on from it: the market, the price of every node, the worth of any pair. */
#include "plan/internal.h"

kn_plan_inside
kn_plan_look(const kn_plan *plan)
{
  return (kn_plan_inside){.market = plan->market,
                          .supply_dual = plan->supply_dual,
                          .demand_dual = plan->demand_dual,
                          .tie_supply = plan->tie_supply,
                          .tie_demand = plan->tie_demand,
                          .tie_way = plan->tie_way};
}

double
kn_plan_worth(const kn_plan *plan, int32_t supply, int32_t demand, int32_t way, int32_t via)
{
  int32_t ways;
  const kn_way *row = &kn_market_ways(plan->market, &ways)[way];
  const double km = kn_market_km(plan->market, supply, demand);
  const double area_eur =
      kn_market_demand(plan->market).is_anywhere[demand] ? plan->anywhere_bonus_eur[supply] : plan->demand_flat_bonus_eur[demand];
  return kn_market_worth(plan->market, supply, demand, row, via, km).eur + plan->supply_bonus_eur[supply] +
         row->ratio * plan->demand_bonus_eur[demand] + area_eur;
}
