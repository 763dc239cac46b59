/* What the files of src/plan share and nobody else sees.
 *
 * plan.c calls them in this order: model.c lays out rows and the columns of units; linear.c solves the master problem and lets
 * price.c search all pairs for better ties and the bound, until the bound closes; candidates.c decides which units
 * open; answer.c turns the solution into ties, units, ends and cases. */
#ifndef KN_PLAN_INTERNAL_H
#define KN_PLAN_INTERNAL_H

#include "knoop/match.h"
#include "knoop/numeric.h"
#include "knoop/plan.h"

/* A tie that the master problem knows: nodes of the market, way and mode. */
typedef struct plan_column {
  int32_t supply, demand, way, mode;
} plan_column;

/* Coefficients of a column in the four objectives. */
typedef struct plan_metrics {
  double of[KN_OBJECTIVE_COUNT];
} plan_metrics;

/* An incentive on ties with a budget: t <= sum of units tied, eur * t <= budget; t is a column. */
typedef struct plan_budget {
  int32_t incentive, row, column;
} plan_budget;

/* The share of a demand that one substitution row may meet. Rows are made when a tie first needs one; before that its dual is 0. */
typedef struct plan_mix {
  int32_t substitution, row, next; /* next of the same demand, KN_NONE ends */
} plan_mix;

typedef struct plan_layout plan_layout; /* model.c: rows and columns of units on their way to the LP */

typedef struct plan_model {
  kn_arena *arena;
  const kn_region *region;
  const kn_market *market;
  kn_plan_settings settings;
  kn_side supply, demand;
  const kn_way *way;
  int32_t way_count;
  const kn_market_unit *unit;
  int32_t unit_count;
  kn_incentive_view incentives; /* n = 0 in the perspective of society */
  double co2_eur_per_kg;

  kn_lp *lp;                        /* NULL until plan_model_start_lp() */
  plan_layout *layout;              /* NULL after it */
  int32_t row_count;                /* rows laid out so far, mixing rows included */
  double amount;                    /* the solver computes with amounts times this; 1 where they are of common size */
  int32_t *supply_row, *demand_row; /* [nodes] KN_NONE: unlimited */
  int32_t *y;                       /* [units] columns */
  int32_t choice_count;             /* what may be there or not: units, and after them the terminals of the region */
  int32_t *z;                       /* [choices] columns; KN_NONE: it is there */
  int32_t terminal_count;           /* 0 where no terminal is limited or a candidate */
  int32_t *terminal_row;            /* [terminals] what passes <= capacity, of a candidate: <= capacity z. KN_NONE: unlimited */
  double *terminal_limit;           /* [terminals] */
  int32_t *open_row, *load_row;     /* [units] y <= cap z; min_load cap z <= y */
  int32_t *w;                       /* [supply nodes] column of what finds no taker; KN_NONE: not a port */
  int32_t *placing_row;             /* [units of the region] */
  int32_t budget_count;
  plan_budget *budget;
  int32_t floor_row[KN_OBJECTIVE_COUNT];
  /* What is short of a floor, of a minimum load, of what a unit needs by being there. Fixed to 0, save in phase one. */
  int32_t short_first, short_count;  /* columns */
  int32_t *short_row, *short_unit;   /* [short_count] short_unit: market unit whose load it is, else KN_NONE */
  double *short_most;                /* [short_count] upper bound in phase one */
  int32_t fixed_columns;             /* columns before the first tie */
  plan_metrics *fixed_metrics;       /* [fixed_columns] */
  double *fixed_lower, *fixed_upper; /* [fixed_columns] bounds as laid out */

  /* Incentives without budget per unit tied, and those with: numbers into budget[]. Added up per node, so a pair costs O(1). */
  double *supply_bonus_eur, *demand_bonus_eur, *demand_flat_bonus_eur; /* by resource; by need (x ratio); by area */
  double *anywhere_bonus_eur; /* [supply nodes] area incentives of a demand that goes to the supply's site */

  int64_t column_count, column_capacity;
  plan_column *column;   /* ties: lp column = fixed_columns + number */
  plan_metrics *metrics; /* [column_count] */
  int64_t metrics_capacity;
  int64_t *slot, slot_count; /* hash of columns already there: number + 1, 0 free */
  int32_t *mix_head;         /* [demand nodes] into mix[], KN_NONE */
  plan_mix *mix;
  int64_t mix_count, mix_capacity;
} plan_model;

static inline bool
plan_is_candidate(const plan_model *m, int32_t choice)
{
  return m->z[choice] != KN_NONE;
}
/* Number shared by the copies of one unit; KN_NONE: it has its place. */
static inline int32_t
plan_placing_of(const plan_model *m, int32_t choice)
{
  return choice < m->unit_count ? m->unit[choice].placing : KN_NONE;
}

/* model.c */
kn_code plan_model_new(plan_model **out, const kn_market *market, const kn_plan_settings *settings, kn_error *err);
/* Hands rows and the columns of units to the LP: the master problem, without ties yet. */
kn_code plan_model_start_lp(plan_model *model, kn_error *err);
kn_code plan_find_amount(plan_model *m, kn_arena *scratch, kn_error *err);
kn_code plan_scale_amounts(plan_model *m, kn_arena *scratch, kn_error *err);
void plan_model_free(plan_model *model);
/* Coefficients of a tie in the four objectives; unbudgeted incentives inside. */
plan_metrics plan_tie_metrics(const plan_model *model, const plan_column *column, double km, kn_worth *moved);
/* What the nodes bring to a tie under these weights, before duals: supply [supplies] per unit offered, demand [demands] per unit
 * needed, flat [demands] per unit offered. */
void plan_node_worth(const plan_model *model, kn_weights weights, double *supply, double *demand, double *flat);
/* Units of a tie that count for a budget, keep the share of them that arrives: 0 where it does not apply. */
double plan_budget_units(const plan_model *m, int32_t k, const plan_column *column, double keep);
/* Does what goes this way lose on it, by some mode? */
bool plan_way_loses(const plan_model *m, const kn_way *way);
/* True when incentive k pays for the activity of market unit u, by its process or R-strategy. */
bool plan_pays_unit(const plan_model *m, int32_t k, int32_t u);
/* True when a place lies in the area or below it. */
bool plan_is_in_area(const plan_model *model, kn_place place, int32_t area);
bool plan_is_same_tie(const plan_column *a, const plan_column *b);
/* Adds those of n ties that are not there yet; *added tells how many. */
kn_code plan_add_columns(plan_model *model, const plan_column *column, int64_t n, int64_t *added, kn_error *err);
double plan_scale(double value); /* what a gap is relative to: max(|value|, 1e-9) */

/* price.c and bound.c */
typedef struct plan_pricer plan_pricer;
kn_code plan_pricer_new(plan_pricer **out, const plan_model *model, kn_error *err);
void plan_pricer_free(plan_pricer *pricer);
typedef struct plan_question {
  const double *dual;              /* [row_count] */
  const double *z_lower, *z_upper; /* [choices] the part of the tree that the bound speaks of */
  bool is_phase_one;               /* the objective is minus what is short */
  int32_t most;                    /* ties wanted per node and side */
  double window;                   /* ties that fall short by less than this are wanted too */
} plan_question;
typedef struct plan_pricing {
  int64_t n;                 /* ties found with a reduced cost above -window, the most promising of each node */
  const plan_column *column; /* [n], lent until the pricer's next call */
  double bound;              /* no plan within z_lower .. z_upper is worth more, over all pairs */
} plan_pricing;
kn_code plan_price(plan_pricer *pricer, const plan_question *question, plan_pricing *out, kn_error *err);
/* What each candidate would add to the last bound by being open (its best corner point), [choices]; for a copy of a placed unit
 * against no copy. The bound with unit u forced open is bound - max(0, taken) + open_worth[u], see candidates.c. */
const double *plan_open_worth(const plan_pricer *pricer);
/* The weights of the four objectives under the duals of the floors; dual NULL: as if there were none. */
kn_weights plan_weights(const plan_model *model, const double *dual, bool is_phase_one);

/* linear.c: the linear plan for given bounds of the candidates, over all pairs. */
typedef struct plan_linear {
  kn_lp_status status;
  double value, bound;         /* of the objective; bound >= value */
  double looseness;            /* how far the value may be off, by the tolerance of the solver */
  double last_bound;           /* of the last pricing alone, to which plan_open_worth() belongs */
  bool is_stopped, is_cut_off; /* cut off: bound <= the cutoff given */
  kn_objective short_floor;    /* with KN_LP_INFEASIBLE: a floor that is missed; KN_OBJECTIVE_COUNT: none is */
} plan_linear;
typedef struct plan_run { /* what a run of the engine carries along */
  plan_model *model;
  plan_pricer *pricer;
  const kn_watch *watch;
  const char *phase;
  int32_t rounds, nodes;
  double best_value, best_bound; /* of the whole plan, for progress; NAN: not known yet */
  const double *first_choice;    /* [choices] candidates to try first; NULL: none */
  bool is_small;                 /* its values and bounds are those of a merged market */
} plan_run;
/* start.c: first ties and a basis from the network engine, for large plans; *has_started tells whether there are. */
kn_code plan_start(plan_run *run, const double *z_lower, const double *z_upper, bool *has_started, kn_error *err);
/* gap: relative, where to stop; cutoff: stop as soon as the bound is not above it (-INFINITY: never). */
kn_code plan_linear_solve(plan_run *run, const double *z_lower, const double *z_upper, double gap, double cutoff,
                          plan_linear *out, kn_error *err);
/* The master as it stands, without pricing and whatever the watch says: for the best plan so far. */
kn_code plan_linear_again(plan_run *run, const double *z, plan_linear *out, kn_error *err);

/* Ties of nodes without any quantity into a master that is solved, so that their duals tell what a first unit would be worth. */
kn_code plan_linear_price_empty(plan_run *run, const double *z, plan_linear *out, kn_error *err);

/* candidates.c: which candidates open, by branch and bound; every node is priced over all pairs. */
typedef struct plan_choice {
  bool found, is_stopped;
  double value, bound;      /* bound: of every choice */
  kn_objective short_floor; /* no choice found: a floor that is missed */
  double *z;                /* [choices] 0 or 1 */
} plan_choice;
kn_code plan_choose(plan_run *run, kn_arena *arena, plan_choice *out, kn_error *err);

/* kept.c: what a coupled plan keeps for kn_plan_again(). Statuses are those of a KN_BASIS. */
typedef struct plan_kept_unit {
  uint8_t activity, open, open_row, load_row;
} plan_kept_unit;
typedef struct plan_kept_mix {
  int32_t demand, substitution;
  uint8_t status;
} plan_kept_mix;
typedef struct plan_kept {
  int32_t supply_count, demand_count, unit_count;
  int64_t column_count, mix_count;
  plan_column *column; /* [column_count] the ties near the optimum */
  kn_via *via;         /* [column_count] how they travel: a market numbers chains in its own order. NULL: as the crow flies */
  uint8_t *status;     /* [column_count] */
  uint8_t *supply, *residue; /* [supply_count] */
  uint8_t *demand;           /* [demand_count] */
  plan_kept_unit *unit;      /* [unit_count] */
  plan_kept_mix *mix;        /* [mix_count] by demand */
  double *z;                 /* [unit_count] candidates as they were decided */
} plan_kept;
/* Numbers that the nodes of a market had in the one before; KN_NONE: they are new. */
typedef struct plan_was {
  int32_t *supply, *demand;
} plan_was;
kn_code plan_keep(plan_kept **out, const plan_model *model, const double *z, kn_arena *arena, kn_error *err);
/* Ties and basis of the plan before into the master problem, which has none yet. */
kn_code plan_take_up(plan_model *model, const plan_kept *kept, const plan_was *was, kn_error *err);

/* What was found, whoever found it: the linear program or the exchange. */
typedef struct plan_optimum {
  double value;
  const double *x;       /* [fixed_columns + column_count] */
  const double *dual;    /* [row_count] */
  const double *reduced; /* [fixed_columns] */
} plan_optimum;

/* answer.c */
struct kn_plan {
  kn_arena *arena;
  kn_market *market;
  kn_plan_settings settings;
  kn_plan_summary summary;
  kn_tie_view ties;
  kn_plan_unit_view units;
  kn_plan_end_view offers, needs, gateways;
  kn_case_view cases;
  kn_plan_terminal_view terminals;
  kn_plan_totals totals;
  /* For "why not?": what every node and mixing row is worth at the optimum, and the node pairs of the ties. */
  kn_weights weights;
  double *supply_dual, *demand_dual; /* [nodes of the market] per unit offered, per unit needed (gateways: offered) */
  int64_t mix_count;
  int32_t *mix_demand, *mix_substitution;
  double *mix_dual;                           /* [mix_count] */
  int32_t *tie_supply, *tie_demand, *tie_way; /* [ties] */
  double *supply_bonus_eur, *demand_bonus_eur, *demand_flat_bonus_eur, *anywhere_bonus_eur;
  /* For kn_plan_again(): of a plan that is an exchange, and of one that is not. */
  struct kn_exchange_solution *exchange;
  struct plan_recast *recast; /* the market that it was solved for, for kn_plan_prices() */
  plan_kept *kept;
};
/* Reads the optimum, with candidates fixed in z [choices], into the plan. */
kn_code plan_answer(kn_plan *plan, const plan_model *model, const plan_optimum *optimum, const double *z, kn_error *err);
/* groups.c: the smallest area that holds a place, KN_NONE: not known. */
int32_t plan_area_of(const kn_region *region, kn_place place);
/* groups.c: levels, pull - knot - push and cases of the ties. */
kn_code plan_group_ties(kn_plan *plan, const kn_region *region, kn_error *err);

#endif
