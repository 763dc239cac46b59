/* src/plan/recast.h - a plan's market as an exchange: what recast.c makes, pure.c and start.c use. */
#ifndef KN_PLAN_RECAST_H
#define KN_PLAN_RECAST_H

#include "plan/exchange.h"
#include "plan/internal.h"

/* The market of a plan in whole units. A quantity of a node times the scale of its group, in units of `unit`, is its quantity
 * in the exchange, so that a tie takes as much from its supply as it brings to its demand, whatever its ratio.
 *
 * Supplies of the exchange are those of the market, by the same numbers, and so are its first demands. A demand of which
 * only shares may be met by some substitutions has a part more for each of these: part k takes what the demand
 * takes, and that substitution too. */
typedef struct plan_recast plan_recast;
typedef struct plan_recast_kind { /* supply groups that cost alike to carry */
  kn_class class_of;
  double scale;
} plan_recast_kind;
struct plan_recast {
  kn_arena *arena;
  const kn_market *market;
  kn_exchange exchange;
  kn_hauls *hauls;
  plan_recast_kind *kind; /* [exchange.hubs->kind_count] */
  double unit;
  int64_t grain;                       /* units that quantities may be off by, all together: 0 where all are whole */
  double *supply_scale, *demand_scale; /* [groups of the market] */
  int32_t *demand_of;                  /* [exchange.demand_count] node of the market */
  int32_t *substitution_of;            /* [exchange.demand_count] of a part, KN_NONE: the demand itself */
  double *share;                       /* [exchange.demand_count] of the demand's quantity */
  int32_t *way;                        /* [exchange.rule_count] the way behind each rule */
  double *supply_shift, *demand_shift; /* [exchange nodes] what was added to their worth, per unit of the exchange */
  bool is_exact;                       /* an optimum of the exchange is one of the plan */
  bool is_exact_but_units;             /* ... of the plan with its units running as decided */
};

/* How far the rest of a plan is decided; all NULL for a plan that has no rest. */
typedef struct plan_decided {
  const double *activity; /* [units] */
  const double *open;     /* [units] 0..1 */
  const double *dual;     /* of floors, for the weights: [row_count] or NULL */
} plan_decided;

/* The exchange of a plan. It is exact when all that limits the plan are quantities and shares of single nodes: no units,
 * budgets, floors, nothing lost on the way, ratios that are the same along every path between two resources, shares of a demand
 * that add up to no more than 1. Else it leaves out what does not fit, and takes units to run as decided: what they take in must
 * be brought at any price, what they put out may be left. O(nodes + ways). */
kn_code plan_recast_new(plan_recast **out, const plan_model *model, const plan_decided *decided, kn_error *err);
void plan_recast_free(plan_recast *recast);                   /* NULL is fine */
kn_code plan_recast_hubs(plan_recast *recast, kn_error *err); /* recast_hubs.c: exchange.hubs, of the hauls and scales there */
/* recast_quantities.c: quantities and unit of the exchange, whose groups and rules are there. O(nodes + rules). */
kn_code plan_recast_quantities(plan_recast *recast, const plan_model *model, const plan_decided *decided, kn_error *err);
/* recast_back.c. The tie of the plan that a pair of exchange nodes stands for: its way, and the mode that serves the distance. */
plan_column plan_recast_tie(const plan_recast *recast, const plan_model *model, int32_t supply, int32_t demand);
/* An amount of the exchange in units offered. */
double plan_recast_quantity(const plan_recast *recast, const plan_model *model, int32_t supply, int64_t quantity);
/* Duals of an exchange per unit of each row, mixing rows included, into dual [row_count]; other rows are left as they are.
 * Returns what limits that were cut to whole units are worth at these duals. */
double plan_recast_duals(const plan_recast *recast, const plan_model *model, const kn_exchange_view *view, double *dual);

/* Numbers that the nodes of the exchange had in that of the plan before, where the market's had those of `was`.
 * demands_before: demands of the market before. */
kn_code plan_recast_was(const plan_recast *recast, const plan_model *model, const plan_was *was, int32_t demands_before,
                        kn_arena *arena, int32_t **supply, int32_t **demand, kn_error *err);

/* True when the nodes that were there count and travel as before, so that the exchange before may be solved again. */
bool plan_recast_is_like(const plan_recast *recast, const plan_model *model, const plan_recast *before, const plan_was *was);

/* pure.c: a plan that is an exchange, solved and laid into the model's columns. */
typedef struct plan_pure {
  plan_optimum optimum;
  double bound;
  bool is_stopped;
  int32_t rounds;
  kn_exchange_solution *solution; /* becomes the caller's */
} plan_pure;
/* before: where to go on from, with numbers as in plan_recast_was(); NULL: from nothing. */
typedef struct plan_before {
  const plan_recast *recast;
  const kn_exchange_solution *solution;
  const plan_was *was;
  int32_t demand_count; /* of the market before */
} plan_before;
kn_code plan_pure_solve(plan_model *model, const plan_recast *recast, const plan_before *before, const kn_watch *watch,
                        kn_arena *keep, plan_pure *out, kn_error *err);
/* Flows, duals and the bound of a solution into the model and *out. */
kn_code plan_pure_lay(plan_model *model, const plan_recast *recast, kn_arena *keep, plan_pure *out, kn_error *err);
/* unit.c: a plan that is an exchange but for one unit. *is_solved is false where it is not, or is better solved otherwise. */
kn_code plan_unit_solve(plan_model *model, const plan_before *before, const kn_watch *watch, kn_arena *keep, plan_pure *out,
                        double *z, bool *is_solved, kn_error *err);

#endif
