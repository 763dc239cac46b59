/* knoop/plan.h - the optimum over all pairs, with its proof.
 *
 * kn_plan_make() computes the plan of planning-model.md: which ties, which units, at what value, and a bound
 * that no plan can pass. Most callers need that, kn_plan_rows() and kn_plan_free(). */
#ifndef KNOOP_PLAN_H
#define KNOOP_PLAN_H

#include "knoop/base.h"
#include "knoop/match.h"
#include "knoop/region.h"

typedef enum kn_objective { KN_VALUE, KN_CO2, KN_JOBS, KN_VIRGIN, KN_OBJECTIVE_COUNT } kn_objective;
const char *kn_objective_name(kn_objective objective);   /* "value", "co2", "jobs", "virgin" */
const char *kn_objective_column(kn_objective objective); /* "value_eur", "co2_avoided_t", "jobs_fte", "virgin_replaced_t" */

typedef struct kn_plan_settings {
  kn_objective objective;
  double gap;                       /* relative, for plans with candidates */
  double floor[KN_OBJECTIVE_COUNT]; /* at least that much; NAN: no floor */
  int32_t thread_count;             /* 0: one per core */
  bool keeps_engine;                /* for kn_plan_again(): takes memory, some 600 bytes for each offer and need */
} kn_plan_settings;
#define KN_PLAN_DEFAULTS ((kn_plan_settings){.objective = KN_VALUE, .gap = 1e-4, .floor = {NAN, NAN, NAN, NAN}})

typedef enum kn_plan_status { KN_PLAN_PROVEN, KN_PLAN_STOPPED, KN_PLAN_INFEASIBLE } kn_plan_status;
enum { KN_PLAN_PHASES = 5 }; /* build, count, linear, candidates, answer */
extern const char *const kn_plan_phase_name[KN_PLAN_PHASES];

typedef struct kn_plan_summary {
  kn_plan_status status;
  kn_objective objective;
  double value[KN_OBJECTIVE_COUNT]; /* EUR, t CO2 avoided, FTE, t virgin replaced: of this plan */
  double bound;                     /* no plan has more of the objective; its unit */
  double gap;                       /* (bound - value) / max(|value|, 1e-9 scale) */
  int64_t pairs_compatible;         /* (supply, demand) pairs with at least one way */
  int64_t columns;                  /* ways ever given to the master problem */
  int32_t rounds, nodes;
  int64_t exact_costs; /* pairs whose way over the network was looked at, all searches together; the rest the bound decided */
  double seconds[KN_PLAN_PHASES];
  kn_objective infeasible_floor; /* with KN_PLAN_INFEASIBLE: a floor that cannot be met */
} kn_plan_summary;

typedef struct kn_tie_view { /* one row per tie in use, by falling eur */
  int64_t n;
  const kn_place *from, *to;
  const int32_t *resource;     /* what is handed over (the supplied resource) */
  const int32_t *substitution; /* row, KN_NONE: direct */
  const int32_t *mode;         /* row of modes: the one of the longest leg; KN_NONE: one that only tariffs have */
  const double *quantity;      /* units offered per year */
  const double *delivered;     /* units that arrive; less than quantity where the mode loses on the way */
  const double *ratio;         /* units needed per unit that arrives */
  const double *km;            /* great-circle x circuity of the mode, or as the network has it */
  const uint8_t *level;        /* kn_level */
  const double *eur;           /* per year; ties, units and cases add up to value */
  const double *co2_kg;        /* avoided per year */
  const uint8_t *to_verify;    /* 1: a spec whose property is not known */
  const uint8_t *is_estimate;  /* 1: offer or need rests on an estimate */
  const int32_t *case_of;      /* row of cases */
  const char *const *mode_id;  /* of `mode`, also where only tariffs have it */
  const int32_t *via; /* the mode, or with a network a choice of carriers and terminals (kn_access_via()); NULL: not known */
} kn_tie_view;

/* A piece of the ways that ties take, with all that passes it by one kind of mode: a link, or a straight piece to or from one. */
typedef struct kn_track {
  uint8_t kind; /* kn_link_kind */
  double eur;   /* a year, of the ties that pass, each counted positive */
  int64_t n;
  const double *lon_lat; /* [n][2] */
} kn_track;
/* The ways of all ties over a network. */
typedef struct kn_track_view {
  int64_t n;
  const kn_track *track;     /* [n] */
  const uint8_t *is_tracked; /* [ties] 1: its way is among them; NULL: none is */
} kn_track_view;

typedef struct kn_plan_unit_view { /* one row per unit that the plan may use, placed or not */
  int64_t n;
  const int32_t *unit, *site; /* site: where it is or is placed, KN_NONE: not placed */
  const uint8_t *open;        /* existing units: 1 */
  const double *activity, *capacity;
  const double *dual_eur; /* what one more unit of capacity is worth a year */
  const double *eur;      /* own cost, annuity, residuals, incentives of activity: <= 0 mostly */
  const double *co2_kg;   /* avoided per year (negative: emitted) */
  const double *annuity_eur;
} kn_plan_unit_view;

typedef struct kn_plan_terminal_view { /* one row per terminal of the region, where one is limited or a candidate; else none */
  int64_t n;
  const uint8_t *open;       /* existing ones: 1 */
  const double *used;        /* units that pass, per year */
  const double *capacity;    /* INFINITY: unlimited */
  const double *dual;        /* what one more unit of capacity is worth a year */
  const double *annuity_eur; /* of a candidate that is open; the ties that pass bear it by quantity */
} kn_plan_terminal_view;

typedef struct kn_plan_end_view { /* one row per offer, need or gateway, in the region's order */
  int64_t n;
  const double *used; /* of the quantity (needs: met) */
  const double *dual; /* of the objective per unit more of its limit, >= 0 */
  /* What the shares of it that substitutions may meet, which grow with it, bring besides; 0 for offers. dual + share_dual is what
   * one more unit of a need brings, and limits times both add up to the value. NULL where it was not computed. */
  const double *share_dual;
} kn_plan_end_view;

typedef struct kn_case_view { /* each tie belongs to exactly one */
  int64_t n;
  const kn_place *anchor; /* unit, need or gateway */
  const int32_t *tie_count;
  const double *eur, *co2_kg, *jobs_fte;
} kn_case_view;

typedef struct kn_plan_totals {       /* pull: from a gateway; push: to a gateway; knot: the rest */
  double quantity[3][KN_CLASS_COUNT]; /* [pull knot push] */
  double eur[3];
  double level_eur[KN_LEVEL_COUNT];
} kn_plan_totals;

typedef struct kn_plan kn_plan;
/* The best plan of a region, which is lent for the life of the plan, as are all views below.
 *
 * errors  KN_E_USAGE    a gap that is below 0 or no number
 *         KN_E_STOPPED  the watch stopped it before there was a plan that keeps to the floors; later it ends with the best so far
 *         KN_E_NUMERIC  the program behind it failed, or the plan passes its own bound
 *         An infeasible plan is KN_OK with that status.
 * cost    without candidates and floors one exchange: expected O(n log n) memory-bound rounds over offers and needs; else a linear
 *         program over the ties that its rounds ask for (docs/method.md, sections 2 to 9)
 * source  docs/method.md names the papers */
kn_code kn_plan_make(kn_plan **out, const kn_region *region, const kn_plan_settings *settings, const kn_watch *watch,
                     kn_error *err);
/* The plan of a region that differs in a few figures from that of `before` (kn_region_edit(): rows keep their numbers, new units
 * come last), with the settings of before, which kept its engine and stays as it is. What the changes do not touch is not
 * computed again; the result is proven like any other, and depends on before and region alone, not on the number of threads.
 * KN_E_USAGE when before kept no engine. */
kn_code kn_plan_again(kn_plan **out, const kn_plan *before, const kn_region *region, const kn_watch *watch, kn_error *err);
void kn_plan_free(kn_plan *plan);
kn_plan_summary kn_plan_sum(const kn_plan *plan);
kn_tie_view kn_plan_ties(const kn_plan *plan);
kn_plan_unit_view kn_plan_units(const kn_plan *plan);
kn_plan_end_view kn_plan_offers(const kn_plan *plan);
kn_plan_end_view kn_plan_needs(const kn_plan *plan);
kn_plan_end_view kn_plan_gateways(const kn_plan *plan);
/* Both sides of the price of an offer, need or gateway, in the units of its dual, which lies between them: what the first bit more
 * would bring (right derivative of the optimum) and what the first bit less would cost (left derivative; INFINITY: there is none
 * to take away). They differ where the plan is degenerate, as with as much offered as is needed; then the dual alone
 * does not say what more or less of it does. What is left over of a billionth part by rounding counts as nothing. Over all pairs;
 * nothing is solved again. O(n), and the search.
 * errors  KN_E_USAGE  no such end; a plan that kept no engine, is no exchange (units, floors, budgets) or was stopped; a need that
 *                     some substitution may meet in part only */
kn_code kn_plan_prices(const kn_plan *plan, kn_place place, double *one_more, double *one_less, kn_error *err);
/* How the goods of a tie travel: leg by leg where the region has a network, with their links, in `arena`. False: as the crow flies,
 * with the mode of the tie. */
bool kn_plan_trip(const kn_plan *plan, int64_t tie, kn_arena *arena, kn_trip *trip);
/* The network that the plan was made over; NULL: none. */
kn_access *kn_plan_access(const kn_plan *plan);
kn_plan_terminal_view kn_plan_terminals(const kn_plan *plan);
kn_case_view kn_plan_cases(const kn_plan *plan);
kn_plan_totals kn_plan_levels(const kn_plan *plan);

/* The plan from inside, for who goes on from it; lent. Nodes are those of the market. */
typedef struct kn_plan_inside {
  const kn_market *market;
  const double *supply_dual,
      *demand_dual; /* [nodes] per unit offered, per unit needed (gateways: offered); of ports free in sign */
  const int32_t *tie_supply, *tie_demand, *tie_way; /* [ties] nodes, and row of kn_market_ways() */
} kn_plan_inside;
kn_plan_inside kn_plan_look(const kn_plan *plan);
/* EUR that a unit offered brings from one node to another, by a way and a mode (of kn_hauls_mode()), incentives without budget
 * inside, before prices. */
double kn_plan_worth(const kn_plan *plan, int32_t supply, int32_t demand, int32_t way, int32_t via);

/* Why not? Every way between two ends, refused or possible, used or not. */
typedef struct kn_why {
  kn_refusal refusal;
  kn_place from, to;
  int32_t resource; /* of the supply; KN_NONE when there is no way at all */
  int32_t substitution, mode;
  const char *mode_id;                         /* NULL: no mode */
  double km;                                   /* great-circle x circuity of the mode, or as the network has it */
  double worth;                                /* of the objective per unit offered, before prices */
  double supply_dual, demand_dual, other_dual; /* what the ends are worth elsewhere, per unit offered */
  double reduced_cost;                         /* worth - duals: <= 0 when not used; how far it is from paying */
  double quantity;                             /* in the plan */
} kn_why;
/* Ways from one end to another into why[most]; *count is how many there are, which may be more. A unit end means any of its ports.
 * KN_E_LIMIT: no memory. O(ways). */
kn_code kn_plan_explain(const kn_plan *plan, const kn_region *region, kn_place from, kn_place to, kn_why *why, int32_t most,
                        int32_t *count, kn_error *err);

#endif
