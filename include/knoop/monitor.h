/* knoop/monitor.h - what a region is, and whether it becomes stronger or weaker.
 *
 * kn_dna_make() reads the DNA of a region: jobs by sector against a reference, specialisation, diversity, streams by inhabitant and job,
 * circularity as far as the region's figures define it, how far its gateways are. The indicators themselves are plain functions
 * of numbers, below. What cannot be known from what is there is NAN and is listed, never guessed. */
#ifndef KNOOP_MONITOR_H
#define KNOOP_MONITOR_H

#include "knoop/base.h"
#include "knoop/metabolism.h"
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
/* lq [n]: s/r, the location quotient; 0 where the area has none, INFINITY where only the reference has none. Without jobs all is NAN. O(n).
 * source  Florence (1939); Hirschman (1964); Shannon (1948); Krugman (1991) Geography and Trade; Hachman index (University of Utah) */
void kn_special_of(kn_special *out, double *lq, const double *jobs, const double *reference, int32_t n);

/* ================================================================== circularity of products
 * Material Circularity Indicator: Ellen MacArthur Foundation and ANSYS Granta (2019), Circularity Indicators, Methodology. Fractions are of
 * the mass; what is not known to be circular is 0, an efficiency that is not known 1. */
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
/* V = m(1 - recycled - reused - bio), W0 = m(1 - to_recycling - to_reuse - to_compost - to_energy), Wf = m recycled (1 - eff_in)/eff_in,
 * Wc = m to_recycling (1 - eff_out), W = W0 + (Wf + Wc)/2, LFI = (V + W)/(2m + (Wf - Wc)/2), X = (L/L_average)(U/U_average),
 * MCI = max(0, 1 - 0.9 LFI / X); sums over materials. O(n) */
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
} kn_dna_circular;

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

#endif
