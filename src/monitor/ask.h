/* What the files of ask share and nobody else sees. ask.c calls them in this order:
 *
 *   ask_prices.c    what prices and fates are expected to be, blanks too
 *   ask_pool.c      the plan on expected figures, and the ties that other plans may use
 *   ask_figures.c   which figures are not known for sure, and how they may be otherwise
 *   ask_screen.c    what each may be worth by the duals: the shortlist
 *   ask_near.c      the neighbourhood of a figure in the market
 *   ask_local.c     the same as a linear program    ask_decide.c    plans again, and what contracts bring
 *   ask_worth.c     from what decisions bring in each scenario to EVPPI and EVSI
 *   ask_now.c       the decision that is taken now
 *   ask_family.c    one or two figures: their decisions, their scenarios, their worth
 *   ask_order.c     whom to ask first, given what is asked already */
#ifndef KN_MONITOR_ASK_H
#define KN_MONITOR_ASK_H

#include "knoop/builder.h"
#include "knoop/monitor.h"
#include "knoop/numeric.h"

enum { ASK_OUTCOMES = 8 }; /* of a property */

/* Not known for sure. Independent of each other. */
typedef struct ask_figure {
  kn_ask_kind kind;
  kn_place place;
  int32_t node; /* of the market: supply of an offer, demand of a need */
  int32_t actor, site, property;
  bool is_prior;
  double mean, sd; /* quantity: log-normal, a year, as given; price, fate: normal, EUR per unit; spec: chance that it is met */
  /* spec: intervals of the property, their chances, and a value in each */
  int32_t outcomes;
  double chance[ASK_OUTCOMES], value[ASK_OUTCOMES];
  double first_eur;
} ask_figure;

/* A tie that a plan may use. */
typedef struct ask_tie {
  int32_t supply, demand, substitution;
  double ratio, max_share;
  double eur;  /* per unit offered, less what the terminals on its way are worth */
  double base; /* contracted now */
} ask_tie;

typedef struct ask_pool {
  const kn_region *region; /* as expected */
  const kn_plan *plan;
  kn_plan_inside inside;
  kn_side supply, demand;
  const kn_market_unit *unit;
  int32_t unit_count;
  int64_t n;
  ask_tie *tie;                       /* by supply, then demand */
  int64_t *supply_first;              /* [supplies + 1] into tie */
  int64_t *demand_first, *demand_tie; /* [demands + 1], [n] */
  int32_t *port_first, *port;         /* [units + 1]: supply node, or -1 - demand node */
  double *unit_eur;                   /* [units] per activity: costs, CO2 at its price, incentives */
  double *annuity_eur;                /* [units] of candidates, a year */
  uint8_t *is_open;                   /* [units] now; existing ones: 1 */
  double *supply_plan;    /* [nodes] what is planned on where a quantity is not known, as a share of what is expected */
  double indifferent_eur; /* candidates are not turned over for less */
  double fixed_eur;       /* annuities of new terminals, less what the ties pay to terminals by their price */
  int32_t figure_count;
  ask_figure *figure;
  int32_t *supply_quantity, *supply_price; /* [nodes] figures of offers, KN_NONE */
  int32_t *demand_quantity, *demand_price; /* [nodes] of needs */
  int32_t *supply_spec;                    /* [nodes] first figure about a property of the offer, KN_NONE; the others follow it */
} ask_pool;

/* ask_prices.c: fates [offers] and prices [needs]: what is expected, how far off it may be, whether only by the stated prior. */
typedef struct ask_prices {
  double *fate, *fate_sd, *price, *price_sd;
  uint8_t *fate_is_prior, *price_is_prior;
  kn_edit *edit; /* that fill blanks */
  int64_t edit_count;
} ask_prices;
kn_code ask_expect_prices(ask_prices *out, const kn_region *region, const kn_ask_settings *settings, kn_arena *arena,
                          kn_error *err);

uint64_t ask_mix(uint64_t z); /* ask_figures.c: the finaliser of splitmix64 */

/* ask_pool.c */
/* region: as expected, that of the plan. */
kn_code ask_pool_fill(ask_pool *pool, const kn_plan *plan, const kn_region *region, const ask_prices *prices,
                      const kn_ask_settings *settings, kn_arena *arena, kn_error *err);

/* ask_figures.c */
kn_code ask_list_figures(ask_pool *pool, const ask_prices *prices, const kn_ask_settings *settings, kn_arena *arena,
                         kn_error *err);
/* A figure at a quantile u in 0 .. 1: for a quantity the factor to its mean, for a price what is added to it, for a spec the
 * number of the outcome. */
double ask_at(const ask_figure *figure, double u);
/* Quantiles of a figure in scenario 0 .. n - 1: each n-th part of the distribution once, in an order of its own (Latin
 * hypercube: McKay, Beckman and Conover 1979, Technometrics 21(2)). */
kn_code ask_draw(const kn_ask_settings *settings, int32_t figure, double *u, kn_arena *scratch, kn_error *err);
bool ask_is_met(const ask_pool *pool, int32_t need, int32_t property, double value);

/* ask_screen.c: first_eur of all figures. */
void ask_screen(ask_pool *pool);

/* ask_near.c: the neighbourhood of some figures. Ties that leave it are at most as in the plan on expected figures, and their far
 * ends are paid at its prices. */
typedef struct ask_near {
  kn_arena *arena;
  const ask_pool *pool;
  int32_t *supply_at, *demand_at, *unit_at; /* [of the market] number here, KN_NONE: outside */
  int32_t supplies, demands, units;
  int32_t *supply, *demand, *unit; /* of the market */
  int64_t n;
  int64_t *tie; /* [n] rows of the pool */
  double *eur;  /* [n] per unit offered, as expected, less what the far end is worth */
} ask_near;
kn_code ask_near_new(ask_near **out, const ask_pool *pool, const int32_t *figure, int32_t count, int32_t most_nodes,
                     kn_error *err);
/* The part of it that matters to contracts: the ties kept, the units kept and what hangs together with them and with the nodes
 * `from` (supply, or -1 - demand; NULL: all). kept [n] tells which ties stay: row[k] is where tie k of the part stood. */
kn_code ask_near_narrow(ask_near **out, const ask_near *near, const uint8_t *keeps_tie, const uint8_t *keeps_unit,
                        const int32_t *from, int32_t from_count, int64_t **row, int32_t **unit_row, kn_error *err);
void ask_near_free(ask_near *near); /* NULL is fine */

/* A decision: what is contracted over each tie of the neighbourhood, what is open, and the worths by which the contracts run. */
typedef struct ask_decision {
  double *most;  /* [ties] */
  double *open;  /* [units] 0 or 1 */
  double *worth; /* [ties] */
  double value;  /* as planned */
} ask_decision;

/* ask_local.c: the neighbourhood as a linear program. Figures are as expected until they are set; one whose place lies outside
 * changes nothing. */
typedef struct ask_local ask_local;
kn_code ask_local_new(ask_local **out, const ask_near *near, kn_error *err); /* near must outlive it */
void ask_local_free(ask_local *local);                                       /* NULL is fine */
void ask_local_set(ask_local *local, int32_t figure, double at);             /* at: ask_at() of it */
void ask_local_put(ask_local *local, int32_t figure, double at);             /* the same for good: no reset undoes it */
void ask_local_reset(ask_local *local);
void ask_local_forget(ask_local *local); /* what is planned on in the pool has changed */
/* ask_decide.c. Decisions live as long as the program that made them. */
kn_code ask_local_base(ask_local *local, ask_decision *out, kn_error *err); /* the one of the plan on expected figures */
/* The best on the figures as set; keeps_open: with the candidates that are open now. */
kn_code ask_local_plan(ask_local *local, bool keeps_open, ask_decision *out, kn_error *err);
bool ask_local_is_same(const ask_near *near, const ask_decision *a, const ask_decision *b);
/* What the decision brings on the figures as set: contracts run as far as they can, by the worths they were made on. */
kn_code ask_local_take(ask_local *local, const ask_decision *decision, kn_error *err);
/* expected: the same at expected fates and prices, for what moves does not depend on them; NULL is fine. */
kn_code ask_local_bring(ask_local *local, double *eur, double *expected, kn_error *err);

/* ask_worth.c */
typedef struct ask_sample { /* of one figure */
  int32_t decisions, values, draws;
  const double *u;      /* [values] quantiles, rising; of a property its outcomes */
  const double *brings; /* [decisions * values * draws] */
  bool is_sampled;      /* the values are a sample of the figure, not all it may be */
} ask_sample;
typedef struct ask_worth {
  int32_t base; /* the best decision without asking */
  double evppi, evsi, se;
  int32_t if_less, if_more; /* decisions after the lowest and the highest answers */
} ask_worth;
kn_code ask_worth_of(const ask_figure *figure, double error, const ask_sample *sample, ask_worth *out, kn_error *err);
/* What asking a, asking b and asking both is worth. */
kn_code ask_both(const ask_figure *a, const ask_figure *b, int32_t decisions, int32_t scenarios, const double *brings,
                 const double *u_a, const double *u_b, double gain[3], kn_error *err);

/* ask_family.c */
typedef struct ask_result { /* of a figure that was sampled */
  ask_worth worth;
  int32_t plans;
  int32_t touched_count;
  int32_t *touched; /* nodes whose ties the decisions change: supply, or -1 - demand; rising */
  int64_t change_count;
  kn_ask_change *change;
} ask_result;
kn_code ask_family_sample(const ask_pool *pool, int32_t figure, const kn_ask_settings *settings, kn_arena *keep, ask_result *out,
                          kn_error *err);
/* As ask_both(), all others as expected. */
kn_code ask_family_pair(const ask_pool *pool, int32_t a, int32_t b, const kn_ask_settings *settings, double gain[3],
                        kn_error *err);
bool ask_touch(const ask_result *a, const ask_result *b);

/* ask_now.c: the decision that is taken now: the best on the mean, over `scenarios` of all figures, of the plan on expected
 * figures and of plans on more or less than expected. Puts it into the pool. */
typedef struct ask_now {
  double value;    /* what it can expect */
  double evpi, se; /* E[best plan on the figures] - value */
} ask_now;
kn_code ask_decide_now(ask_pool *pool, const kn_ask_settings *settings, int32_t scenarios, ask_now *out, kn_error *err);

/* ask_order.c: of the `count` figures sampled (figure, result), those to ask, in order (places in the list), and what each adds
 * to those before it; of the others what it would add next. */
kn_code ask_order(const ask_pool *pool, const kn_ask_settings *settings, const int32_t *figure, const ask_result *result,
                  int32_t count, int32_t *order, double *gain, int32_t *asked_count, kn_error *err);

#endif
