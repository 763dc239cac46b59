/* src/plan/recast.h - a plan's market as an exchange: what recast.c makes, pure.c and start.c use. */
#ifndef KN_PLAN_RECAST_H
#define KN_PLAN_RECAST_H

#include "plan/exchange.h"
#include "plan/internal.h"

/* The market of a plan in whole units. A quantity of a node times the scale of its group, in units of `unit`, is its quantity
 * in the exchange, so that a tie takes as much from its supply as it brings to its demand, whatever its ratio. */
typedef struct plan_recast {
  kn_arena *arena;
  kn_exchange exchange; /* supplies and demands are the nodes of the market, by the same numbers */
  kn_hauls *hauls;
  double unit;
  double *supply_scale, *demand_scale; /* [groups] */
  int32_t *way;                        /* [exchange.rule_count] the way behind each rule */
} plan_recast;

/* Tells whether all that limits this plan are quantities of single nodes, so that it is an exchange and nothing else:
 * no units, shares, budgets, floors, and ratios that are the same along every path between two resources.
 * *out is NULL where it is not. O(nodes + ways). */
kn_code plan_recast_new(plan_recast **out, const plan_model *model, kn_error *err);
void plan_recast_free(plan_recast *recast); /* NULL is fine */

/* pure.c: a plan that is an exchange, solved and laid into the model's columns. */
typedef struct plan_pure {
  plan_optimum optimum;
  double bound;
  bool is_stopped;
  int32_t rounds;
} plan_pure;
kn_code plan_pure_solve(plan_model *model, const plan_recast *recast, const kn_watch *watch, kn_arena *keep, plan_pure *out,
                        kn_error *err);

#endif
