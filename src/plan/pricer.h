/* What price.c and bound.c share. */
#ifndef KN_PLAN_PRICER_H
#define KN_PLAN_PRICER_H

#include "plan/internal.h"

enum { PLAN_MOST = 16 }; /* ties per node and side that one pricing may be asked for */

typedef struct plan_grove { /* the nodes of a group, searchable by worth */
  int32_t n;
  int32_t *node;               /* [n] point number -> node of the market */
  double *weight_a, *weight_b; /* [n] */
  kn_tree *tree;               /* NULL when n is 0 */
} plan_grove;

typedef struct plan_find {
  plan_column column;
  double worth; /* reduced cost per unit offered */
} plan_find;

struct plan_pricer {
  kn_arena *arena;
  const plan_model *model;
  int32_t supply_groups, demand_groups;
  plan_grove *supply_grove, *demand_grove, *anywhere_grove;
  uint8_t *plain_supply, *plain_demand;
  int32_t *supply_order, *demand_order;

  const double *dual; /* of the question at hand */
  int32_t most;
  double floor; /* only ties above this are wanted */
  kn_weights weights, haul_weights;
  kn_hauls *hauls;
  double *dual_supply, *dual_demand; /* [nodes] */
  double *S, *A, *P, *Q;             /* see price.c; A: area incentives for a demand that comes to supply i */
  double A_most;
  bool *loses;  /* [ways] something is lost on it, by some mode */
  double *sunk; /* [ways] of those that lose: the most that a unit costs where it arrives; to lose it would be a gain */
  double *best_supply, *best_demand; /* [nodes] largest reduced cost over all partners, 0 when none is positive */
  double *open_worth;                /* [choices] what being open brings to the last bound */
  double *terminal;                  /* [terminals] charge of a unit that passes; INFINITY: shut */
  plan_find *found;                  /* [(supplies + demands) x most] */
  plan_column *column;
  int64_t found_capacity, column_capacity;
};

/* What a unit that arrives at demand j by a way is worth there, duals taken off. */
double plan_arrival(const plan_pricer *pricer, int32_t demand, const kn_way *way);
/* Dual of the mixing row that a way of this demand uses, 0 when it has none. */
double plan_mix_dual(const plan_pricer *pricer, int32_t demand, const kn_way *way);
/* price.c: the place `at` in `found` of a node, which asks the trees. */
void plan_ask_trees(plan_pricer *pricer, int64_t at);
/* Demands that are anywhere into the best ties of supply i, of which there are n; returns how many there are then. */
int32_t plan_ask_anywhere(const plan_pricer *pricer, int32_t i, int32_t n, plan_find *find);
/* The n best ties of a node are in its place. */
void plan_note_finds(plan_pricer *pricer, int64_t at, int32_t n);
/* price_hubs.c: all nodes ask, over a network. */
kn_code plan_ask_hubs(plan_pricer *pricer, kn_error *err);
/* bound.c */
kn_code plan_bound(plan_pricer *pricer, const plan_question *question, double *bound, kn_error *err);

#endif
