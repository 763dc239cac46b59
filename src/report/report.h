/* report/report.h - the story of a region and its plan in one file.
 *
 * kn_report_write() turns a region and the views of a plan (just computed, or read back from the region file) into one
 * HTML page that needs no network, prints on A4, and reads from a sentence down to the exact figure. The markup is also
 * well-formed XML. Most callers fill a kn_report_input and call that one function. */
#ifndef KNOOP_REPORT_H
#define KNOOP_REPORT_H

#include "knoop/metabolism.h"
#include "knoop/plan.h"
#include "knoop/region.h"

#include <stdio.h>

/* What a plan says, as views; whoever fills it keeps it alive during the call. */
typedef struct kn_report_plan {
  kn_plan_summary summary;
  kn_tie_view ties;
  kn_plan_unit_view units;
  kn_plan_end_view offers, needs, gateways;
  kn_case_view cases;
  kn_plan_totals totals;
  kn_track_view tracks; /* the ways of ties over a network, for the map; empty: ties are drawn from end to end */
} kn_report_plan;

/* Where the figures come from. Any text may be NULL: then the page leaves the line out. */
typedef struct kn_report_run {
  const char *run_id;
  const char *made_at; /* when, as people read it */
  const char *version;
  const char *digest;   /* of the input, hex */
  const char *command;  /* as typed, without paths of this machine */
  const char *settings; /* as text or JSON */
} kn_report_run;

/* The quiet ground under the map: lines, or closed rings that are filled. */
typedef enum kn_ground { KN_GROUND_WATER, KN_GROUND_RAIL, KN_GROUND_ROAD, KN_GROUND_COUNT } kn_ground;
typedef struct kn_ground_line {
  uint8_t kind;     /* kn_ground */
  bool is_closed;   /* a ring: water as a surface */
  const char *name; /* NULL: none */
  int64_t n;
  const double *lon_lat; /* [n][2], WGS 84 */
} kn_ground_line;

/* A run after the plan's that asked for what no plan can give. */
typedef struct kn_report_refused {
  const char *run_id; /* NULL: there is none */
  kn_objective floor;
  double least; /* what was asked of it; NAN: not known */
} kn_report_refused;

/* Reported flows as a balance has them. `fold` says what a node of the picture is. */
typedef enum kn_report_fold {
  KN_FOLD_AUTO,   /* places, or sectors where there are many */
  KN_FOLD_PLACE,  /* each site, process, area or sector by itself */
  KN_FOLD_SECTOR, /* sites by the NACE division of their actor */
  KN_FOLD_AREA,   /* sites by the area of `level` that they lie in */
  KN_FOLD_STREAM  /* from sectors through streams to sectors */
} kn_report_fold;
typedef struct kn_report_balance {
  int64_t n;                     /* 0: there is no balance */
  const int32_t *flow;           /* [n] rows of kn_region_flows() */
  const double *reconciled, *sd; /* [n] NAN: not known */
  const uint8_t *is_gross;       /* [n] */
  const char *run_id;            /* NULL: not kept */
  double chi2, p_value;          /* p_value NAN: nothing could be tested */
  int64_t dof;
  kn_report_fold fold;
  kn_level level; /* of areas */
} kn_report_balance;
/* Of a balance that was just made, which must outlive it; without run, chi2 and dof. */
static inline kn_report_balance
kn_report_balance_of(const kn_balance *balance, kn_report_fold fold, kn_level level)
{
  const kn_balance_figure_view figures = kn_balance_figures(balance);
  return (kn_report_balance){.n = figures.flow_count,
                             .flow = figures.row,
                             .reconciled = figures.reconciled,
                             .sd = figures.sd,
                             .is_gross = figures.is_gross,
                             .p_value = kn_balance_sum(balance).p_value,
                             .fold = fold,
                             .level = level};
}

typedef struct kn_report_input {
  const kn_region *region;
  const kn_report_plan *plan; /* NULL: no plan; the page then tells what the region has */
  bool has_changed;           /* why there is none: the plans are of the region as it was */
  kn_report_run run;
  kn_report_refused refused;
  const char *language; /* "nl", "en", "fr", "de" (also nl-BE); others and NULL: English */
  int64_t ground_count;
  const kn_ground_line *ground;
  const char *ground_credit; /* attribution of the background; NULL: none */
  kn_report_balance balance;
} kn_report_input;

/* Writes the page to `out`, all or nothing but for what the file itself refuses.
 * errors  KN_E_LIMIT memory, KN_E_IO the file
 * cost    O(size of the region + ties log ties); the page itself is bounded: long tables show their head and say so */
kn_code kn_report_write(FILE *out, const kn_report_input *input, kn_error *err);

/* The picture of the balanced flows alone, as an SVG that stands by itself. Of several years each flow is drawn as of the newest.
 * errors as above; a balance without a known flow gives a picture that says so. */
kn_code kn_report_write_balance(FILE *out, const kn_report_input *input, kn_error *err);

/* The same as numbers: nodes and the ribbons between them, as drawn but for what is put together as "other". */
typedef struct kn_report_ribbon {
  const char *from, *to; /* labels */
  int32_t class_of;      /* kn_class */
  double quantity, sd;   /* unit of the class; the deviation of a sum as if its flows were independent */
  int64_t flow_count;
} kn_report_ribbon;
/* Calls tell() for each; texts are lent for the call. */
kn_code kn_report_balance_ribbons(const kn_report_input *input, void (*tell)(void *arg, const kn_report_ribbon *ribbon),
                                  void *arg, kn_error *err);

/* The views of a plan in memory, to hand to kn_report_write(). */
static inline kn_report_plan
kn_report_plan_of(const kn_plan *plan)
{
  return (kn_report_plan){kn_plan_sum(plan),    kn_plan_ties(plan),   kn_plan_units(plan),
                          kn_plan_offers(plan), kn_plan_needs(plan),  kn_plan_gateways(plan),
                          kn_plan_cases(plan),  kn_plan_levels(plan), {0}};
}

#endif
