/* knoop/monitor.h - what a region is, and whether it becomes stronger or weaker.
 *
 * kn_dna_make() reads the DNA of a region: jobs by sector against a reference, specialisation, diversity, streams by inhabitant
 * and job, circularity as far as the region's figures define it, how far its gateways are. The indicators themselves are plain
 * functions of numbers, below. What cannot be known from what is there is NAN and is listed, never guessed.
 *
 * Figures of a region are partly guesses. A question to a company is worth what the answer would change in the decision that is
 * taken now: which ties are contracted, which candidates open. kn_ask_make() finds the questions that are worth most, in
 * euros a year, and where to stop asking. Most callers need that, kn_ask_rows() and kn_ask_free(). The closed forms in front
 * are the small decisions of the textbooks; they need no region. */
#ifndef KNOOP_MONITOR_H
#define KNOOP_MONITOR_H

#include "knoop/base.h"
#include "knoop/metabolism.h"
#include "knoop/numeric.h"
#include "knoop/plan.h"
#include "knoop/region.h"

/* ================================================================== specialisation
 * s: share of a sector in the area, r: in the reference (taken as given; it need not contain the area). */
typedef struct kn_special {
  double total;                          /* jobs */
  int32_t present;                       /* sectors with jobs */
  double herfindahl, inverse_herfindahl; /* sum s^2 */
  double shannon, effective_sectors;     /* -sum s ln s; its exponential */
  double evenness;                       /* shannon / ln(present); NAN with one sector */
  double krugman;                        /* sum |s - r|, 0..2 */
  double hachman;                        /* 1 / sum(s LQ) */
  double relative_entropy;               /* sum s ln(s / r); INFINITY where the reference lacks a sector */
  double basic_jobs;                     /* sum over LQ > 1 of (s - r) x jobs */
} kn_special;
/* lq [n]: s/r, the location quotient; 0 where the area has none, INFINITY where only the reference has none. Without jobs all is
 * NAN. O(n).
 * source  Florence (1939); Hirschman (1964); Shannon (1948); Krugman (1991) Geography and Trade; Hachman index (University of
 *         Utah) */
void kn_special_of(kn_special *out, double *lq, const double *jobs, const double *reference, int32_t n);

/* ================================================================== circularity of products
 * Material Circularity Indicator: Ellen MacArthur Foundation and ANSYS Granta (2019), Circularity Indicators, Methodology.
 * Fractions are of the mass; what is not known to be circular is 0, an efficiency that is not known 1. */
typedef struct kn_mci_material {
  double mass_kg;
  double recycled_in, reused_in, bio_in;                /* of the feedstock */
  double to_recycling, to_reuse, to_compost, to_energy; /* after use */
  double eff_in, eff_out;                               /* of making the recycled feedstock, of recycling after use */
} kn_mci_material;
#define KN_MCI_MATERIAL ((kn_mci_material){.eff_in = 1, .eff_out = 1})
typedef struct kn_mci {
  double mass_kg, virgin_kg, waste_direct_kg, waste_feedstock_kg, waste_recycling_kg, waste_kg;
  double linear_flow_index, utility, mci;
} kn_mci;
/* V = m(1 - recycled - reused - bio), W0 = m(1 - to_recycling - to_reuse - to_compost - to_energy),
 * Wf = m recycled (1 - eff_in)/eff_in, Wc = m to_recycling (1 - eff_out), W = W0 + (Wf + Wc)/2,
 * LFI = (V + W)/(2m + (Wf - Wc)/2), X = (L/L_average)(U/U_average), MCI = max(0, 1 - 0.9 LFI / X); sums over materials. O(n) */
kn_mci kn_mci_of(const kn_mci_material *material, int32_t n, double lifetime_yr, double lifetime_average_yr, double use_per_year,
                 double use_per_year_average);
double kn_mci_portfolio(const kn_mci *product, const double *weight, int32_t n); /* weighted mean */

/* ================================================================== circularity of an economy
 * Eurostat (2018) Circular material use rate, calculation method, KS-FT-18-009; cei_srm030, cei_wm010. Rates may leave 0..1. */
typedef struct kn_material_flows {
  double extraction, imports, exports, recycled_domestic, imported_for_recycling, exported_for_recycling;
} kn_material_flows;
typedef struct kn_material_use {
  double circular_use, dmc, overall_use, circular_material_use_rate, import_reliance, self_sufficiency;
} kn_material_use;
kn_material_use kn_material_use_of(kn_material_flows flows);
kn_material_flows kn_material_flows_sum(const kn_material_flows *flows, int32_t n);

typedef struct kn_waste_flows {
  double recycled, backfilled, energy_recovery, incinerated, landfilled, imported_for_recycling, exported_for_recycling;
} kn_waste_flows;
typedef struct
    kn_waste_rates { /* of a region's own waste, wherever it is treated; backfilling and energy recovery are no recycling */
  double recycled_own, treated_own, recycling_rate, landfill_rate;
} kn_waste_rates;
kn_waste_rates kn_waste_rates_of(kn_waste_flows flows);
kn_waste_flows kn_waste_flows_sum(const kn_waste_flows *flows, int32_t n);

/* ================================================================== self-sufficiency
 * Hour by hour (Luthander, Widen, Nilsson, Palm 2015, Applied Energy 142, 80-94), or by yearly sums, which hide every night. */
typedef struct kn_sufficiency {
  double demand, local, met_locally, self_sufficiency, self_consumption, net_ratio;
} kn_sufficiency;
kn_sufficiency kn_sufficiency_of(const double *demand, const double *local, int64_t hours);
typedef struct kn_yearly_sufficiency {
  double use, self_sufficiency, own_supply_ratio; /* local + import - export; (local - export)/use; local/use */
} kn_yearly_sufficiency;
kn_yearly_sufficiency kn_yearly_sufficiency_of(double local, double import, double export);

/* ================================================================== the DNA of a region */
typedef struct kn_dna_streams {            /* material, t a year; what is estimated counts too */
  double offered_t, needed_t, estimated_t; /* estimated: part of offered */
} kn_dna_streams;
enum { KN_STREAM_COUNT = 10 }; /* R1 .. R10 */

typedef struct kn_dna_area {
  int32_t area;                      /* row of areas; KN_NONE: the region as a whole */
  int64_t sites, sites_without_jobs; /* without: of actors without sector or jobs */
  double population;                 /* NAN: not known */
  kn_special special;                /* against the reference */
  const double *jobs, *lq;           /* [sectors] */
  kn_dna_streams all, stream[KN_STREAM_COUNT];
} kn_dna_area;

typedef struct kn_dna_reach {         /* how far sites are from the nearest of these, as the crow flies */
  double count, mean_km, job_mean_km; /* job_mean_km: weighed by jobs; NAN: none known */
} kn_dna_reach;

/* Accounts of an area and a year. Totals come from sums, so a figure that one of them lacks makes them NAN. */
typedef struct kn_dna_materials {
  int32_t area, year; /* KN_NONE: the region as a whole */
  int32_t count;
  const int32_t *row;         /* [count] of material_account */
  const kn_material_use *use; /* [count] */
  kn_material_use total;
} kn_dna_materials;
typedef struct kn_dna_treatments {
  int32_t area, year; /* KN_NONE: the region as a whole */
  int32_t count;
  const int32_t *row;          /* [count] of treatment_account */
  const kn_waste_rates *rates; /* [count] */
  kn_waste_rates all, without_major_mineral;
} kn_dna_treatments;

/* Hour by hour in a typical year: of needs and offers that have a profile, of a resource with all that is a kind of it. */
typedef struct kn_dna_hourly {
  int32_t area, resource;                       /* area KN_NONE: the region as a whole */
  int64_t rows;                                 /* offers and needs, with or without a profile */
  kn_sufficiency met;                           /* a year, unit of the class; local NAN: no offer has a profile */
  double demand_known_share, local_known_share; /* part of all that is needed (offered) that has one; NAN: nothing is offered */
} kn_dna_hourly;
typedef struct kn_dna_timed {
  double moved, known, coinciding; /* by ties from offers to needs; with both profiles; of that, in hours when it is needed */
} kn_dna_timed;

typedef struct kn_dna_circular {
  /* Of material that is offered, by what happens to it today; t a year. */
  double fate_known_t, fate_unknown_t;
  kn_waste_flows today;
  kn_waste_rates rates;
  double reused_t;
  /* Of the newest plan; NAN without one. */
  double offered_t, used_t;          /* material that is offered, and what of it the plan uses */
  double needs_t, virgin_replaced_t; /* material that is needed, and virgin material that the plan replaces */
  kn_yearly_sufficiency
      of_class[KN_CLASS_COUNT]; /* of what the plan moves to needs and out of the region, in the unit of the class */
  /* Of reported flows, the latest year that has some. */
  int32_t flow_year; /* KN_BLANK_INT: none */
  double flow_in_t, flow_out_t;
  /* Of products; all NAN where what is given does not make one (kn_product_is_whole()). */
  int32_t product_count;
  const kn_mci *product; /* [product_count] */
  double mci;            /* weighted mean; NAN: one that counts has none */
  /* Of accounts, by area (the region as a whole first) and rising year. */
  int32_t materials_count, treatments_count;
  const kn_dna_materials *materials;
  const kn_dna_treatments *treatments;
  /* Of profiles: energy and water, the region as a whole first, then areas; by resource. Of the newest plan, by class. */
  int32_t hourly_count;
  const kn_dna_hourly *hourly;
  kn_dna_timed timed[KN_CLASS_COUNT];
} kn_dna_circular;
/* The latest year of the region as a whole; NULL: there is none. */
const kn_dna_materials *kn_dna_latest_materials(const kn_dna_circular *circular);
const kn_dna_treatments *kn_dna_latest_treatments(const kn_dna_circular *circular);

typedef struct kn_dna_lack { /* an indicator that cannot be told, and why (msgids) */
  const char *indicator, *why;
} kn_dna_lack;

typedef struct kn_dna_view {
  int32_t sectors;
  const char *const *sector; /* [sectors] "16", "10-12": as the reference has them */
  const double *reference;   /* [sectors] jobs */
  int32_t area_count;        /* the region as a whole first, then its areas */
  const kn_dna_area *area;
  kn_dna_circular circular;
  kn_dna_reach gateways[KN_LEVEL_COUNT];      /* by the level of the world beyond */
  kn_dna_reach terminals[KN_LINK_KIND_COUNT]; /* by the kind of link that they transfer from or to */
  int32_t lack_count;
  const kn_dna_lack *lack;
} kn_dna_view;

typedef struct kn_dna_settings {
  const kn_sector_jobs *sector; /* [sectors] names of the sectors, and jobs of the reference */
  int32_t sectors;
  const kn_region *reference; /* its jobs are the reference; NULL: those of `sector` */
  /* The newest plan of this region; ties NULL: there is none. */
  const kn_tie_view *ties;
  const kn_plan_end_view *offers_used;
  double virgin_replaced_t;
} kn_dna_settings;
typedef struct kn_dna kn_dna;
/* The region must outlive it. O(areas x sectors + rows + sites log gateways). KN_E_INPUT: a reference without jobs. */
kn_code kn_dna_make(kn_dna **out, const kn_region *region, const kn_dna_settings *settings, kn_error *err);
kn_dna_view kn_dna_read(const kn_dna *dna);
void kn_dna_free(kn_dna *dna); /* NULL is fine */

/* ================================================================== what to ask: worth of information in closed form
 * EVPI = E[best action knowing the state] - best E[action]; EVSI = E over answers of [best action under what is then believed] -
 * best E[action]. 0 <= EVSI <= EVPI, before the cost of asking.
 * Sources: Raiffa and Schlaifer (1961), Applied Statistical Decision Theory; Howard (1966), Information value theory, IEEE
 * Transactions on Systems Science and Cybernetics 2(1). */

/* Standard normal: density, and the loss L(u) = E max(Z - u, 0) = density(u) - u P(Z > u). */
double kn_normal_density(double u);
double kn_normal_loss(double u);

/* A table of decision: prior [states], payoff [actions * states], a row per action. */
typedef struct kn_decision {
  int32_t states, actions;
  const double *prior, *payoff;
} kn_decision;
typedef struct kn_decided {
  int32_t action; /* the first of those that are best */
  double value;
} kn_decided;
/* The best action under beliefs [states]; NULL: the prior. O(states x actions). */
kn_decided kn_decision_best(const kn_decision *decision, const double *belief);
/* E[max over actions]: the value with perfect information. */
double kn_decision_perfect(const kn_decision *decision);
typedef struct kn_signal {
  double probability;
  kn_decided then;
} kn_signal;
/* A test that shows signal k in state s with likelihood[k * states + s]: per signal its probability, what is then decided and what
 * is then believed (posterior [signals * states]). *value: with the test, before its cost. KN_E_INPUT: likelihoods of a state or
 * the prior do not add up to 1, or are negative. */
kn_code kn_decision_test(const kn_decision *decision, int32_t signals, const double *likelihood, kn_signal *signal,
                         double *posterior, double *value, kn_error *err);

/* Deviation of the posterior mean of a quantity N(., sd) before n answers with normal errors come in; INFINITY answers: sd. */
double kn_preposterior_sd(double sd, double error_sd, double answers);
/* Do (gain N(mean, sd)) or leave (0): what knowing the gain is worth. With a preposterior deviation for sd: what answers are. */
double kn_leave_worth(double mean, double sd);
/* One of several is taken; `other` is the best expected value of the others: what knowing this N(mean, sd) is worth. */
double kn_one_worth(double mean, double sd, double other);
/* E max of independent normals, by quadrature to about 1e-12 of their spread. O(n). Source: Clark (1961), The greatest of a finite
 * set of random variables, Operations Research 9(2). */
double kn_greatest_mean(int32_t n, const double *mean, const double *sd);

/* A quantity not known for sure. */
typedef enum kn_distribution { KN_UNIFORM, KN_LOGNORMAL } kn_distribution; /* a, b: least and most; mean and relative deviation */
typedef struct kn_amount {
  kn_distribution law;
  double a, b;
} kn_amount;
double kn_amount_mean(kn_amount amount);
double kn_amount_quantile(kn_amount amount, double probability);
double kn_amount_within(kn_amount amount, double most); /* E min(Q, most) */
/* A capacity that is chosen before the quantity Q is known: margin p for each unit treated, cost c for each unit of capacity.
 * Best where P(Q <= k) = (p - c) / p. Source: Arrow, Harris and Marschak (1951), Optimal inventory policy, Econometrica 19(3). */
typedef struct kn_sizing {
  double capacity, value, with_perfect, evpi;
  double value_for_mean; /* of a capacity of E Q */
} kn_sizing;
kn_code kn_size_capacity(kn_amount amount, double margin_eur, double cost_eur, kn_sizing *out, kn_error *err);

/* A capacity for several offers with discrete quantities: after they are known the room goes to those with the largest margins, at
 * most `demand` in all. */
typedef struct kn_source_law {
  double margin_eur;
  int32_t n;
  const double *quantity, *probability; /* [n] */
} kn_source_law;
typedef struct kn_sorter {
  double cost_eur, demand; /* per unit of capacity; INFINITY: no limit */
  int32_t sources;
  const kn_source_law *source;
} kn_sorter;
enum { KN_SORTER_MOST = 12 }; /* sources */
/* The best capacity where the quantities of some sources are known (known[s]: row of its quantities, KN_NONE: not known). Exact:
 * the value is concave and made of straight pieces that meet at sums of quantities. O(outcomes^2). */
kn_code kn_sorter_best(const kn_sorter *sorter, const int32_t *known, double *capacity, double *value, kn_error *err);
/* The value when the quantities of the sources marked in asked [sources] will be known before the capacity is chosen. */
kn_code kn_sorter_asked(const kn_sorter *sorter, const bool *asked, double *value, kn_error *err);

/* ================================================================== what to ask: a region
 * The decision is a plan: which ties are contracted, at most how much over each, which candidates open. It is taken before the
 * figures are known; what then moves follows from the figures as they are, within the contracts (docs/method.md, section 15). */
typedef enum kn_ask_kind { KN_ASK_QUANTITY, KN_ASK_PRICE, KN_ASK_FATE, KN_ASK_SPEC, KN_ASK_KIND_COUNT } kn_ask_kind;
const char *kn_ask_kind_name(kn_ask_kind kind); /* "quantity", "price", "fate", "spec" */

typedef struct kn_ask_settings {
  double cost_eur;      /* of a question: two people, an hour */
  double error;         /* relative deviation of an answer; of a property: the chance that it is told wrong */
  double quantity_sd;   /* relative deviation of a quantity about which nothing is said */
  double price_sd;      /* the same of a price or a fate */
  double gap;           /* of plans with candidates */
  int32_t shortlist;    /* figures that are sampled */
  int32_t scenarios;    /* for each of them */
  int32_t plans;        /* at most, for each of them */
  uint64_t seed;        /* of the scenarios */
  int32_t thread_count; /* 0: one per core */
} kn_ask_settings;
#define KN_ASK_DEFAULTS                                                                                                          \
  ((kn_ask_settings){.cost_eur = 150,                                                                                            \
                     .error = 0.05,                                                                                              \
                     .quantity_sd = 0.3,                                                                                         \
                     .price_sd = 0.2,                                                                                            \
                     .gap = 1e-4,                                                                                                \
                     .shortlist = 16,                                                                                            \
                     .scenarios = 256,                                                                                           \
                     .plans = 8,                                                                                                 \
                     .seed = 1})

/* What the plan would do otherwise, when the figure is less (or fails) or more. */
typedef struct kn_ask_change {
  bool is_more;      /* of a spec: it is met */
  kn_place from, to; /* of a tie */
  int32_t unit;      /* row of units that opens or does not; KN_NONE: a tie */
  double quantity;   /* contracted more (or less) a year; of a unit: +1 opens, -1 does not */
} kn_ask_change;

typedef struct kn_question {
  kn_ask_kind kind;
  kn_place place;                     /* the offer or need that it is about */
  int32_t actor, site;                /* who is asked; KN_NONE: nobody can be */
  int32_t property;                   /* of a spec: number in kn_property_view; else KN_NONE */
  bool is_prior;                      /* its deviation is the stated prior: nothing is known about it */
  double mean, sd;                    /* a year; EUR per unit; of a spec the chance that it is met, and its deviation */
  double first_eur;                   /* what the duals say it may be worth, first order */
  bool is_sampled;                    /* else the figures below are NAN */
  double evppi_eur, evsi_eur;         /* a year */
  double se_eur;                      /* standard error of evsi_eur */
  double gain_eur;                    /* what it adds to the questions that are asked before it */
  double net_eur;                     /* gain less cost */
  int32_t first_change, change_count; /* into changes */
} kn_question;

/* The table and column (of a spec the property) that a question is about. */
const char *kn_ask_table(const kn_question *question);
const char *kn_ask_column(const kn_region *region, const kn_question *question);

typedef struct kn_ask_call { /* by falling net */
  int32_t actor;
  int32_t first, count; /* into asked */
  double gain_eur, net_eur;
} kn_ask_call;

typedef struct kn_ask_view {
  double plan_eur;              /* what the plan on the expected figures promises */
  double value_eur;             /* what the best decision now can expect: less, for figures will be otherwise */
  double evpi_eur, evpi_se_eur; /* knowing every figure */
  int64_t figures;              /* that are not known for sure */
  int32_t sampled, zero;        /* of those; of these, that never change the plan */
  double left_out_eur;          /* the largest first_eur of those that were not sampled */
  int64_t plans;                /* that were made */
  int32_t n; /* questions, by falling gain: first those to be asked, in that order; then by falling evsi_eur, first_eur */
  const kn_question *question;
  int32_t stop_after; /* questions worth asking; the rest costs more than it gains */
  int64_t change_count;
  const kn_ask_change *change;
  int32_t call_count;
  const kn_ask_call *call;
  const int32_t *asked; /* rows of question, by call */
} kn_ask_view;

typedef struct kn_ask kn_ask;
/* Screens all figures by duals, plans again on several values of those that may matter, and samples what contracts of these plans
 * bring. Does not depend on the number of threads. KN_E_INPUT: settings out of range.
 * Cost: shortlist x plans plans, each from the one on expected figures, and shortlist x plans x scenarios small linear programs
 * over the ties around what changes.
 * Sources: Birge and Louveaux (1997), Introduction to Stochastic Programming, ch. 4; Heath, Manolopoulou and Baio (2017), A
 * review of methods for analysis of the expected value of information, Medical Decision Making 37(7). */
kn_code kn_ask_make(kn_ask **out, const kn_region *region, const kn_ask_settings *settings, const kn_watch *watch, kn_error *err);
void kn_ask_free(kn_ask *ask); /* NULL is fine */
kn_ask_view kn_ask_rows(const kn_ask *ask);

#endif
