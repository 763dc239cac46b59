/* knoop/metabolism.h - from reported figures to trusted ones.
 *
 * A coordinator starts with a register of companies and a handful of reported figures. kn_estimate_make() fills in what nobody
 * reported: offers and needs of every site by its sector and its jobs, with a distribution, learned from what the region itself
 * reports and scaled to what is known of it as a whole. kn_stock_run() and kn_fleet_run() say what comes out of products in use,
 * and when. */
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
/* Jobs by site [sites], FTE: an actor's are at its sites by their floor where all of them have one, else in equal parts; NAN: not known. O(n). */
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
 * source  Mueller et al. (2014) Environ. Sci. Technol. 48(4) 2102-2113; Pauliuk and Heeren (2020) J. Industrial Ecology 24(3) 446-458 */
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

#endif
