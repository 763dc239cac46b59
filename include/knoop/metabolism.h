/* knoop/metabolism.h - from reported figures to trusted ones.
 *
 * A coordinator starts with a register of companies and a handful of reported figures. kn_estimate_make() fills in what nobody
 * reported: offers and needs of every site by its sector and its jobs, with a distribution, learned from what the region itself
 * reports and scaled to what is known of it as a whole. kn_stock_run() and kn_fleet_run() say what comes out of products in use,
 * and when.
 *
 * ------------------------------------------------------------------ balance
 * Reported flows never add up. kn_balance_make() moves each of them as little as its uncertainty allows, until at every node
 * what enters equals what leaves plus what stays, in every layer at once; it says how sure each figure then is, which figures
 * nobody measured follow from the others, and which reports contradict all the rest. Most callers need that function,
 * kn_balance_sum() and kn_balance_figures(). */
#ifndef KNOOP_METABOLISM_H
#define KNOOP_METABOLISM_H

#include "knoop/base.h"
#include "knoop/region.h"

/* ================================================================== estimate
 * A site of sector k with E jobs has q a year of a stream with
 *
 *   ln(q / (E c_k)) ~ N(-W/2 + r + d_k, s^2)      c_k: national coefficient, t per job
 *
 * r (what is particular to the region) and d_k (to the sector, its groups and classes, each around the one above it) are shrunk
 * towards 0 by how few reports there are; s is the scatter between sites of one class. W is the sum of all variances, so that
 * without any report the mean of q is E c_k. docs/method.md has the formulas and their sources. */

/* What is known of sectors before a region is seen; one row per sector and code. */
typedef struct kn_coefficient {
  bool is_need;     /* a need (code: of the classification of products) or an offer (of the List of Waste) */
  const char *nace; /* "C", "10", "10.5" ... */
  const char *code;
  const char *name, *name_nl;
  bool is_hazardous;
  const char *code_ewcstat; /* "": none */
  double t_per_fte;
  double sd_ln;   /* how well that is known: standard deviation of its logarithm */
  bool is_coarse; /* for who gives no more than this of his code; else also for all below it that have none of their own */
} kn_coefficient;
typedef struct kn_floor_need { /* floor of a job */
  const char *nace;
  double m2_per_fte, sd_ln;
} kn_floor_need;
typedef struct kn_sector_jobs { /* jobs of a country by sector: "16", "10-12" */
  const char *nace;
  double jobs;
} kn_sector_jobs;
typedef struct kn_coefficients {
  int32_t n, floor_count, jobs_count;
  const kn_coefficient *row;
  const kn_floor_need *floor;
  const kn_sector_jobs *jobs;
} kn_coefficients;
/* Those of data/reference (Belgium), which the program carries. */
kn_coefficients kn_coefficients_builtin(void);

/* Division (1..99) of a NACE code such as "16.10", "1610" or "C16.1"; KN_NONE: it has none. */
int32_t kn_nace_division(const char *text);
/* Jobs by site [sites], FTE: an actor's are at its sites by their floor where all of them have one, else in equal parts; NAN:
 * not known. O(n). */
kn_code kn_site_jobs(const double **out, const kn_region *region, kn_arena *arena, kn_error *err);

typedef struct kn_estimate_settings {
  kn_coefficients coefficients;
  double least_t;     /* estimates below this are not made: they would drown the rest */
  bool is_known_only; /* only of resources that the region has; else resources are added */
  double confidence;  /* of the interval low .. high, 0..1 */
} kn_estimate_settings;
#define KN_ESTIMATE_DEFAULTS ((kn_estimate_settings){.coefficients = kn_coefficients_builtin(), .least_t = 1, .confidence = 0.9})

/* A resource that the region lacks and an estimate is about. */
typedef struct kn_new_resource {
  const char *resource_id; /* "low-030105", "cpa-16" */
  const kn_coefficient *of;
  int32_t parent; /* row of resources, KN_NONE */
} kn_new_resource;

/* How rows of one sector and stream came about. */
typedef struct kn_estimate_method {
  const char *text; /* "estimate: jobs x sector 16, 8 reports" */
  const char *nace; /* sector whose coefficient it is */
  double rel_sd;
  double low, high; /* ends of the interval, by the mean */
} kn_estimate_method;

typedef struct kn_estimate_view {
  int64_t n;             /* offers first, then needs, each by site */
  int64_t need_first;    /* row of the first need */
  const char *const *id; /* of the offer or the need: "est:SITE:RESOURCE" */
  const int32_t *site;
  const int32_t *resource; /* row of resources; from their number on: of new_resource */
  const double *quantity;  /* mean, a year */
  const int32_t *method;   /* of method_of */
  const kn_estimate_method *method_of;
  int32_t method_count;
  int32_t new_count;
  const kn_new_resource *new_resource;
  /* Rows of offers and needs that an earlier run made and this one replaces. */
  const uint8_t *is_old_offer, *is_old_need;
  int64_t old_offers, old_needs;
} kn_estimate_view;

/* What became of the totals that the region knows. */
typedef struct kn_total_check {
  int32_t total;        /* row of totals */
  double reported;      /* of what is reported */
  double before, after; /* with estimates, as they were and as they are */
  bool is_contradicted; /* what is reported, or the other totals, exclude it */
} kn_total_check;

/* What was learned from reports. */
typedef struct kn_estimate_learned {
  int64_t reports;       /* figures it rests on */
  double site_sd_ln;     /* s, of all streams together */
  double sector_sd_ln;   /* between classes of a group, and groups of a division */
  int64_t sites_without; /* sites of companies without sector, or without jobs and floor: nothing is said of them */
} kn_estimate_learned;

typedef struct kn_estimate kn_estimate;
/* The region must outlive the estimate. O(sites x streams + nodes of sectors x streams x rounds).
 * KN_E_INPUT: a source "estimate" that is of another kind. */
kn_code kn_estimate_make(kn_estimate **out, const kn_region *region, const kn_estimate_settings *settings, kn_error *err);
void kn_estimate_free(kn_estimate *estimate); /* NULL is fine */
kn_estimate_view kn_estimate_rows(const kn_estimate *estimate);
const kn_total_check *kn_estimate_totals(const kn_estimate *estimate, int32_t *count);
kn_estimate_learned kn_estimate_learn(const kn_estimate *estimate);
#define KN_ESTIMATE_SOURCE "estimate"
#define KN_ESTIMATE_PREFIX "est:"
/* Is this row an estimate of an earlier run, of the kind that `prefix` says? It has the source "estimate", and nobody has said
 * anything about it since: no property or spec belongs to it, no incentive rewards it. */
kn_code kn_estimate_find_own(const kn_region *region, const char *prefix, kn_arena *arena, const uint8_t **is_old_offer,
                             const uint8_t **is_old_need, kn_error *err);

/* ================================================================== stocks
 * Dynamic stock model by cohorts, whole years. A cohort has age t - c at the end of year t; S(age) of it is left. */
typedef struct kn_lifetime {
  kn_lifetime_kind kind;
  double mean_yr, sd_yr;  /* of the lifetime itself: fixed (mean), normal, lognormal */
  double shape, scale_yr; /* weibull */
} kn_lifetime;
/* NULL when the figures make a lifetime, else what is missing (msgid). */
const char *kn_lifetime_expects(const kn_lifetime *lifetime);
/* Share that is left at an age in years, 0 or more; not truncated, so part of a normal lifetime leaves in year 0. */
double kn_lifetime_survival(const kn_lifetime *lifetime, double age);
double kn_lifetime_mean(const kn_lifetime *lifetime);

typedef struct kn_stock_input {
  kn_lifetime lifetime;
  kn_driver driver;
  int32_t first_year, n; /* years first_year .. first_year + n - 1 */
  int32_t given_count;   /* of them; in the later ones nothing is put in, so what leaves then is what was there */
  const double *given;   /* [given_count] inflow or stock by the driver */
  int32_t cohort_count;  /* what stood there at the end of first_year - 1 */
  const int32_t *cohort; /* [cohort_count] rising, all before first_year */
  const double *cohort_quantity;
  bool may_shrink; /* by a negative inflow; else all cohorts shrink alike */
} kn_stock_input;
/* A row per year, a column per cohort: those of the input, then first_year and on. */
typedef struct kn_stock_flows {
  int32_t n, first_year, cohort_count;
  const double *inflow, *outflow, *stock, *mean_age_yr; /* [n]; mean_age_yr NAN where nothing is in stock */
  const int32_t *cohort;                                /* [cohort_count] */
  const double *left;                                   /* [n][cohort_count] what is left of each at the end of the year */
  int32_t negative_year;                                /* first year with a negative inflow; KN_BLANK_INT: none */
} kn_stock_flows;
/* Into arena. O(years x cohorts).
 *   stock(t) = sum_c left(t,c)   left(t,c) = inflow(c) S(t-c)   outflow(t) = stock(t-1) + inflow(t) - stock(t)
 * stock-driven: inflow(t) = (stock(t) - left of earlier cohorts) / S(0).
 * KN_E_INPUT: a lifetime without its figures, a given that is not a number, S(0) = 0 when stock-driven.
 * source  Mueller et al. (2014) Environ. Sci. Technol. 48(4) 2102-2113; Pauliuk and Heeren (2020) J. Industrial Ecology 24(3)
 * 446-458 */
kn_code kn_stock_run(kn_stock_flows *out, const kn_stock_input *input, kn_arena *arena, kn_error *err);

/* ================================================================== fleets: products as a service */
typedef struct kn_fleet_input {
  int32_t contract_years, most_refurbishments;
  double loss_at_return, refurbish_yield, kg_new, kg_parts;
  int32_t first_year, n;
  const double *contracts; /* [n] units of which a contract begins */
} kn_fleet_input;
typedef struct kn_fleet_flows {
  int32_t n, first_year, life_count;                                              /* lives: most_refurbishments + 1 */
  const double *contracts, *new_units, *returned, *lost, *refurbished, *recycled; /* [n] units in the year */
  const double *store, *in_service;                                               /* [n] at its end */
  const double *material_kg, *to_recycling_kg;                                    /* [n] */
  const double *by_life;   /* [n][life_count] served by units refurbished so often */
  double steady_new_share; /* of new units, with constant contracts in the long run: 1 / sum_g ((1 - loss) yield)^g */
} kn_fleet_flows;
/* Into arena. Contracts take refurbished units first, those with most lives first. Every unit is somewhere: new so far = lost +
 * recycled so far + in service + store. O(years x lives). KN_E_INPUT: contract_years below 1, a share outside 0..1. */
kn_code kn_fleet_run(kn_fleet_flows *out, const kn_fleet_input *input, kn_arena *arena, kn_error *err);

typedef struct kn_balance kn_balance; /* owns its memory; read it through the views */

/* What is known of a figure. Measured: */
typedef enum kn_balance_class {
  KN_BALANCE_REDUNDANT,    /* the balances say something about it */
  KN_BALANCE_NONREDUNDANT, /* they do not: it stays as it is */
  KN_BALANCE_FIXED,        /* exactly known */
  /* not measured: */
  KN_BALANCE_OBSERVABLE,   /* follows from the measured */
  KN_BALANCE_UNOBSERVABLE, /* does not: NAN */
  KN_BALANCE_CLASS_COUNT
} kn_balance_class;
const char *kn_balance_class_name(kn_balance_class class_of); /* "redundant" ... */

typedef enum kn_balance_signs {
  KN_BALANCE_SIGNS_AGREE, /* flows of at least 0, once the figures agree otherwise (global test at 5 %); default */
  KN_BALANCE_SIGNS_ABOVE, /* always */
  KN_BALANCE_SIGNS_FREE   /* never: plain least squares */
} kn_balance_signs;

typedef struct kn_balance_settings {
  int32_t year;    /* KN_BLANK_INT: all years of the table */
  bool eliminates; /* figures that contradict the others are left out, one after the other, and the rest reconciled anew */
  kn_balance_signs signs;
  int32_t thread_count; /* 0: one per core */
} kn_balance_settings;
#define KN_BALANCE_DEFAULTS ((kn_balance_settings){.year = KN_BLANK_INT})

/* What a figure is; `row` of the table named. */
typedef enum kn_balance_what {
  KN_BALANCE_FLOW,     /* flow: quantity, in the unit of the resource */
  KN_BALANCE_TRANSFER, /* transfer: value */
  KN_BALANCE_PROPERTY, /* flow_property: value, per unit of the flow */
  KN_BALANCE_CONTENT,  /* flow_property: flow x value, a flow of that layer */
  KN_BALANCE_LEVEL     /* stock_level: quantity at the end of the year */
} kn_balance_what;

/* One row per figure: flows first, in the order of their table. */
typedef struct kn_balance_figure_view {
  int64_t n, flow_count;
  const uint8_t *what;       /* kn_balance_what */
  const int32_t *row;        /* of its table */
  const double *measured;    /* NAN: nobody measured it */
  const double *measured_sd; /* 0: exactly known; NAN: not measured */
  const double *reconciled;  /* NAN: not known */
  const double *sd;          /* of the reconciled figure (of least squares); NAN: not known */
  const uint8_t *class_of;   /* kn_balance_class */
  const double *z;           /* (measured - reconciled) / deviation of that difference, by least squares; NAN unless redundant */
  const uint8_t *is_gross;   /* 1: it contradicts the others, or is one of several of which one must */
  const uint8_t *is_eliminated; /* 1: left out, so class_of is one of the unmeasured */
} kn_balance_figure_view;

/* What balances: one row per node, year, layer and resource that balances by itself. */
typedef struct kn_balance_node_view {
  int64_t n;
  const char *const *node_id;
  const int32_t *year;
  const int32_t *layer;                 /* number of a layer */
  const int32_t *resource;              /* KN_NONE: all of the layer together */
  const double *gap_before, *gap_after; /* what enters less what leaves, unit of the layer; NAN: something is not known */
} kn_balance_node_view;

/* Layers: the classes of resources ("material" ...), "mass" where material and water balance together, then those of
 * flow_property. */
typedef struct kn_balance_layer_view {
  int32_t n;
  const char *const *name, *const *unit;
} kn_balance_layer_view;

/* One row per round of leaving out: the test before it, and who was named. */
typedef struct kn_balance_round {
  double chi2, chi2_critical, largest_abs_z;
  int64_t dof;
  int32_t suspect_count;
  bool is_choice;         /* the suspects cannot be told apart: one of them contradicts; else each does */
  const int32_t *suspect; /* figures */
} kn_balance_round;

typedef struct kn_balance_summary {
  double chi2, p_value, chi2_critical; /* of least squares, over all figures: the global test at 5 % */
  int64_t dof;
  double z_critical; /* for |z|, two-sided at 5 % over all redundant figures (Sidak) */
  int64_t figure_count, class_count[KN_BALANCE_CLASS_COUNT];
  int64_t assumed_count; /* figures without any stated uncertainty: KN_BALANCE_ASSUMED_REL_SD */
  bool is_above;         /* the flows were kept at 0 or more */
  int64_t held_count;    /* of those, at 0 */
  double chi2_above;     /* the objective then; NAN otherwise */
  int32_t round_count;
  const kn_balance_round *rounds; /* of the plain figures: [0] is always there */
  const int32_t *held;            /* [held_count] figures */
  int32_t year_first, year_last;  /* KN_BLANK_INT: no flows */
} kn_balance_summary;

/* A figure whose source has no pedigree counts as the pedigree method counts the worst of all: scores of 5. */
#define KN_BALANCE_ASSUMED_REL_SD 0.4877

/* Reconciles the flows of a region.
 * errors  KN_NO_ANSWER  exact figures contradict each other: the sentence names them; *out is NULL
 *         KN_E_NUMERIC  coefficients did not settle, or deviations differ beyond computing
 * cost    sparse throughout: elimination near linear in a network, one Cholesky factor of the balances and the part of its
 *         inverse within it; per round of linearisation when coefficients are uncertain
 * source  docs/method.md, section 21 */
kn_code kn_balance_make(kn_balance **out, const kn_region *region, const kn_balance_settings *settings, const kn_watch *watch,
                        kn_error *err);
void kn_balance_free(kn_balance *balance); /* NULL is fine */
kn_balance_summary kn_balance_sum(const kn_balance *balance);
kn_balance_figure_view kn_balance_figures(const kn_balance *balance);
kn_balance_node_view kn_balance_nodes(const kn_balance *balance);
kn_balance_layer_view kn_balance_layers(const kn_balance *balance);

#endif
