/* knoop/tasks.h - what a user does, from a region file to a saved result.
 *
 * Each task opens the region file, loads the region, runs the core and saves what came out together with the
 * revision, settings and digest it came from. The command line and the portal only translate to and from these
 * calls. Most callers need kn_task_new(), kn_task_import(), kn_task_plan() and kn_task_story_load().
 *
 * What is wrong in data goes into task->findings, what goes wrong with the machine into err. A task that fails
 * leaves the region file as it was. */
#ifndef KNOOP_TASKS_H
#define KNOOP_TASKS_H

#include "knoop/builder.h"
#include "knoop/match.h"
#include "knoop/metabolism.h"
#include "knoop/monitor.h"
#include "knoop/plan.h"
#include "knoop/store.h"

/* ------------------------------------------------------------------ what if?
 * The region as it would be, for match and plan: laid over the rows of the file while the region is built, and judged like an
 * import. The file itself is not changed. In this order: */
typedef struct kn_task_row {
  const char *table, *id;
} kn_task_row;
typedef struct kn_task_cell {
  const char *table, *id, *column, *value;
} kn_task_cell;
typedef struct kn_task_changes {
  int32_t scenario_count, set_count, close_count, open_count;
  const char *const
      *scenario;            /* package folders, or single tables in files named as they are; rows replace rows as in an import */
  const char *const *set;   /* "KEY=VALUE" of table settings; no key twice */
  const kn_task_row *close; /* rows left out; the table must have a key */
  const kn_task_cell *open; /* cells given another value */
} kn_task_changes;
bool kn_task_has_changes(const kn_task_changes *changes); /* NULL: none */

typedef struct kn_task {
  const kn_watch *watch;                         /* progress, clock and stop; NULL is fine */
  int32_t thread_count;                          /* 0: one per core */
  double wait_s;                                 /* how long to wait for another writer */
  const char *who;                               /* who asks, for the history; NULL: not known */
  kn_findings *findings;                         /* of the caller; never NULL for new, import and check */
  const kn_task_changes *changes;                /* for match and plan; NULL: the region as it is */
  void (*hear)(void *arg, const char *sentence); /* what a user should know about the file; NULL is fine */
  void *arg;
} kn_task;
#define KN_TASK_DEFAULTS ((kn_task){.wait_s = 5})

/* ------------------------------------------------------------------ the region */
typedef struct kn_task_change {
  int64_t revision;                 /* 0: nothing was imported */
  int64_t rows[KN_TABLE_COUNT];     /* of each table, in the region as it is now */
  int64_t new_rows[KN_TABLE_COUNT]; /* of those, the ones that came from files just now */
  char digest[65];
} kn_task_change;

/* A new region file, from a data package or empty (package NULL). KN_E_INPUT: the package has errors, all of them
 * among the findings; KN_E_IO: the path is taken. Either way there is no new file. */
kn_code kn_task_new(const kn_task *task, const char *path, const char *package, kn_task_change *change, kn_error *err);
/* Adds sources (package folders, CSV or GeoJSON files; anything else through a mapping) to a region file: all of
 * them or, with KN_E_INPUT, none. */
kn_code kn_task_import(const kn_task *task, const char *path, int32_t source_count, const char *const *source,
                       const char *mapping, kn_task_change *change, kn_error *err);

/* The same up to the saving: what it would change, and what is wrong. change->digest: of the region as it would be. */
kn_code kn_task_import_try(const kn_task *task, const char *path, int32_t source_count, const char *const *source,
                           const char *mapping, kn_task_change *change, kn_error *err);

typedef struct kn_task_export_report {
  int32_t file_count;
  int64_t row_count, byte_count;
} kn_task_export_report;
/* Writes the region as a data package folder. */
kn_code kn_task_export(const kn_task *task, const char *path, const char *folder, kn_task_export_report *report, kn_error *err);
/* Errors, warnings and hints of file and region, into task->findings. KN_FOUND when there are errors. */
kn_code kn_task_check(const kn_task *task, const char *path, kn_error *err);

/* ------------------------------------------------------------------ estimate */
typedef enum kn_task_mode { KN_TASK_SAVE, KN_TASK_DRY_RUN, KN_TASK_UNDO } kn_task_mode;
typedef struct kn_task_estimated {                          /* kn_task_estimated_free() */
  kn_region *region;                                        /* as it was */
  kn_estimate *estimate;                                    /* NULL after an undo */
  int64_t run_id, revision;                                 /* 0: nothing was saved */
  int64_t offers_removed, needs_removed, resources_removed; /* of an earlier run */
} kn_task_estimated;
/* Estimates of what nobody reported, saved as offers and needs with the source "estimate" in place of those of an earlier run;
 * every other row stays as it is. KN_TASK_DRY_RUN: computed only. KN_TASK_UNDO: those of an earlier run go. */
kn_code kn_task_estimate(const kn_task *task, const char *path, const kn_estimate_settings *settings, kn_task_mode mode,
                         kn_task_estimated *out, kn_error *err);
void kn_task_estimated_free(kn_task_estimated *estimated);

/* ------------------------------------------------------------------ stocks and fleets */
typedef struct kn_task_stock {
  int32_t row; /* of stocks */
  kn_stock_flows flows;
  int32_t last_known; /* year; later ones are what becomes of that, with nothing put in */
  double mean_lifetime_yr;
} kn_task_stock;
typedef struct kn_task_fleet {
  int32_t row; /* of fleets */
  kn_fleet_flows flows;
  int32_t last_known;
} kn_task_fleet;
typedef struct kn_task_outflow { /* of the year that was asked for, as an offer */
  bool is_fleet;
  int32_t row; /* of stocks or fleets */
  const char *offer_id;
  int32_t site, resource;
  double quantity;
  const char *why_not; /* msgid: no offer was made, since; NULL: it was */
} kn_task_outflow;
typedef struct kn_task_stocks { /* kn_task_stocks_free() */
  kn_region *region;            /* as it was */
  kn_arena *arena;
  int32_t stock_count, fleet_count, outflow_count;
  const kn_task_stock *stock;
  const kn_task_fleet *fleet;
  const kn_task_outflow *outflow;
  int32_t year;             /* of the outflows; KN_BLANK_INT: none were asked for */
  int64_t run_id, revision; /* 0: nothing was saved */
  int64_t offers_removed;   /* of an earlier run */
} kn_task_stocks;
/* All stocks and fleets, year by year, as far as they are given and on to `year` (KN_BLANK_INT: no further). With `has_offers` the
 * outflow of that year (KN_BLANK_INT: the plan year) becomes offers with the source "estimate", dated that year, in place of
 * those that an earlier run made for it; what is reported stays. KN_TASK_UNDO: the offers of earlier runs go, of all years.
 * KN_E_INPUT: a stock or fleet that does not hold together, with its key and year. */
kn_code kn_task_stocks_run(const kn_task *task, const char *path, int32_t year, bool has_offers, kn_task_mode mode,
                           kn_task_stocks *out, kn_error *err);
void kn_task_stocks_free(kn_task_stocks *stocks);

/* ------------------------------------------------------------------ a place by its name
 * "need:N12", or "N12" alone where only one table has that key. KN_E_USAGE says what was expected. */
kn_code kn_task_place(const kn_region *region, const char *text, kn_place *place, kn_error *err);
/* The key of a place in its table, and of its site (NULL where it has none). */
const char *kn_place_id(const kn_region *region, kn_place place);
const char *kn_place_site_id(const kn_region *region, kn_place place);

/* ------------------------------------------------------------------ match */
typedef struct kn_task_matches { /* all NULL at first; kn_task_matches_free() */
  kn_region *region;
  kn_market *market;
  kn_matches *matches;  /* NULL after a why */
  kn_law *law;          /* the legal check of its rows; NULL after a why */
  int32_t ended_before; /* days: what ended before is not matched: the first day of the plan year, or today without one */
} kn_task_matches;
/* The best partners of one offer or need (the other id NULL), or of all offers (both NULL). KN_E_USAGE: both are given, or the region
 * has none with that id. */
kn_code kn_task_match(const kn_task *task, const char *path, const char *offer_id, const char *need_id,
                      const kn_match_settings *settings, kn_task_matches *out, kn_error *err);
/* Every way between two places, ids as in kn_task_place(), and why it is refused: at most `most` into why[], *count of them. */
kn_code kn_task_match_why(const kn_task *task, const char *path, const char *from, const char *to, kn_task_matches *out,
                          kn_place ends[2], kn_match_why *why, int32_t most, int32_t *count, kn_error *err);
void kn_task_matches_free(kn_task_matches *matches);

/* ------------------------------------------------------------------ seeds */
typedef struct kn_task_sown { /* kn_task_sown_free() */
  kn_region *region;
  kn_market *market;
  kn_knowledge *knowledge;
  kn_law *law;
  kn_seeds *seeds;
} kn_task_sown;
/* What the market of a region has no way for yet, under the laws of its plan year. Nothing is saved. Cost as kn_seeds_make(). */
kn_code kn_task_seeds(const kn_task *task, const char *path, const kn_seed_settings *settings, kn_task_sown *out, kn_error *err);
/* Words in a region, or with path NULL in the reference alone; fills region (NULL then) and knowledge. *found is the caller's to
 * free(). */
kn_code kn_task_find(const kn_task *task, const char *path, const char *words, kn_task_sown *out, kn_found **found,
                     int64_t *count, kn_error *err);
/* What chances of seeds rest on: outcomes that were published and, unless path is NULL, those of a region. */
kn_code kn_task_calibration(const kn_task *task, const char *path, kn_calibration **out, kn_error *err);
void kn_task_sown_free(kn_task_sown *sown);

/* ------------------------------------------------------------------ route */
typedef struct kn_task_routed { /* kn_task_routed_free() */
  kn_region *region;
  kn_access *access;
  kn_arena *arena;
  int32_t resource;
  bool has_trip;        /* false: no mode leads there */
  kn_trip trip;         /* the best by value */
  int32_t choice_count; /* trips that none is better than in EUR, CO2 and hours, when asked for */
  const kn_trip *choice;
} kn_task_routed;
/* How a unit of a resource travels between two sites, gateways, terminals or nodes; ids as in kn_task_place(), or node:ID. KN_E_USAGE:
 * there is no such place or resource. */
kn_code kn_task_route(const kn_task *task, const char *path, const char *from, const char *to, const char *resource,
                      bool wants_choices, kn_task_routed *out, kn_error *err);
void kn_task_routed_free(kn_task_routed *routed);

/* ------------------------------------------------------------------ plan */
typedef struct kn_task_planned { /* kn_task_planned_free() */
  kn_region *region;
  kn_plan *plan;
  int64_t run_id; /* 0: not saved */
  int64_t revision;
  char digest[65]; /* of the region that was planned, changes and all */
} kn_task_planned;
/* Plans and, when `is_saved`, keeps the result under a run. Stopped by the watch it keeps the best plan so far, whose
 * summary says so. Infeasible is KN_OK with that status. The file is not locked while the plan is computed. */
kn_code kn_task_plan(const kn_task *task, const char *path, const kn_plan_settings *settings, bool is_saved, kn_task_planned *out,
                     kn_error *err);
void kn_task_planned_free(kn_task_planned *planned);
const char *kn_plan_status_name(kn_plan_status status); /* "proven", "stopped", "infeasible" */

/* ------------------------------------------------------------------ balance */
typedef struct kn_task_balanced { /* kn_task_balanced_free() */
  kn_region *region;
  kn_balance *balance;
  int64_t run_id; /* 0: not saved */
} kn_task_balanced;
/* Reconciles the reported flows and, when `is_saved`, keeps the result under a run. KN_NO_ANSWER: exact figures contradict. */
kn_code kn_task_balance(const kn_task *task, const char *path, const kn_balance_settings *settings, bool is_saved,
                        kn_task_balanced *out, kn_error *err);
void kn_task_balanced_free(kn_task_balanced *balanced);

/* ------------------------------------------------------------------ ask */
typedef struct kn_task_asked { /* kn_task_asked_free() */
  kn_region *region;
  kn_ask *ask;
  int64_t run_id, revision;
  char digest[65];
} kn_task_asked;
/* What to ask whom next, saved under a run. The file is not locked while it is computed. */
kn_code kn_task_ask(const kn_task *task, const char *path, const kn_ask_settings *settings, kn_task_asked *out, kn_error *err);
void kn_task_asked_free(kn_task_asked *asked);

/* ------------------------------------------------------------------ runs */
/* The newest `most` runs, newest first, into arena. */
kn_code kn_task_runs(const kn_task *task, const char *path, int64_t most, kn_arena *arena, kn_run **runs, int64_t *count,
                     kn_error *err);

/* ------------------------------------------------------------------ diff: what changed between two saved plans
 * Both plans as they were saved, also where the region has changed since: ends are named by their keys, and figures come in pairs,
 * [0] of the first run and [1] of the second. What a run does not tell is NAN or NULL. */
typedef enum kn_diff_change {
  KN_DIFF_CAME,    /* a tie that was not there; a unit that runs and did not */
  KN_DIFF_WENT,    /* the other way round */
  KN_DIFF_GREW,    /* more quantity or activity */
  KN_DIFF_SHRANK,  /* less */
  KN_DIFF_REVALUED /* as much as before, at other euros */
} kn_diff_change;
const char *kn_diff_change_name(kn_diff_change change); /* "came" ... */

/* What the results tell about why. `end` is the end of the tie that it is about; "the other run" is the one without the tie, or
 * with less of it. */
typedef enum kn_diff_reason {
  KN_DIFF_NOT_THERE, /* the region of the other run does not have this end (told only where that region is the one in the file) */
  KN_DIFF_UNIT_IDLE, /* the unit at this end does not run in the other run */
  KN_DIFF_UNIT_PLACED, /* the unit at this end is placed at another site in the other run */
  KN_DIFF_MODE_GONE,   /* the region of the other run does not have this mode (as above) */
  KN_DIFF_MODE_UNUSED, /* no tie of the other run uses this mode, and more than one did */
  KN_DIFF_MODE_OTHER,  /* carried by another mode */
  KN_DIFF_ELSEWHERE,   /* the other run uses this end for `other`; value: euros per unit here and there */
  KN_DIFF_LEFT,        /* the other run does not use this end at all */
  KN_DIFF_WORTH,       /* value: euros per unit, then and now */
  KN_DIFF_PRICE        /* value: the price of this end, then and now */
} kn_diff_reason;
const char *kn_diff_reason_name(kn_diff_reason reason); /* "not_there" ... */

typedef struct kn_diff_end {
  const char *kind, *id, *site_id;
} kn_diff_end;
typedef struct kn_diff_why {
  kn_diff_reason reason;
  int32_t end; /* 0 from, 1 to, KN_NONE: the tie as a whole */
  kn_diff_end other;
  double value[2]; /* [0] of this tie or of the first run, [1] there or of the second run */
} kn_diff_why;
enum { KN_DIFF_WHY_MOST = 4 };
typedef struct kn_diff_side { /* of a tie in one run; quantity 0: it is not there */
  const char *mode_id, *level;
  double quantity, delivered, ratio, km, eur, co2_kg;
} kn_diff_side;
typedef struct kn_diff_tie { /* by falling change of eur, whichever way */
  kn_diff_change change;
  kn_diff_end from, to;
  const char *resource_id, *substitution;
  kn_diff_side side[2];
  int32_t why_count;
  kn_diff_why why[KN_DIFF_WHY_MOST];
} kn_diff_tie;
typedef struct kn_diff_unit { /* by falling change of eur */
  kn_diff_change change;
  const char *unit_id, *site_id[2];
  bool is_there[2], is_open[2];
  double activity[2], capacity[2], eur[2], co2_kg[2], annuity_eur[2], dual[2];
} kn_diff_unit;
typedef struct kn_diff_price { /* by falling change x quantity; only those that changed */
  const char *kind, *id;       /* offer, need, gateway or unit */
  double dual[2], used[2];     /* used: of a unit its capacity */
} kn_diff_price;
typedef struct kn_diff_mode { /* all that either run uses, by falling quantity x km */
  const char *mode_id;
  int32_t class_of; /* kn_class; KN_NONE: not known */
  int64_t tie_count[2];
  double quantity[2], km[2], quantity_km[2]; /* km: of the ties, one after the other */
} kn_diff_mode;
typedef struct kn_diff_input { /* a setting of the run that differs; NULL: not set */
  const char *name, *value[2];
} kn_diff_input;
typedef struct kn_diff_run {
  kn_run run;
  kn_plan_summary summary;
  kn_plan_totals totals; /* quantities without those of resources that the region does not have */
  double ties_eur, units_eur;
  int64_t tie_count, unclassed_count; /* unclassed: of such resources */
  bool is_of_region;                  /* its region is the one in the file, so it is known what was there */
  bool has_changes;                   /* it was of a changed region (kn_task_changes) */
  bool has_settings;                  /* they can be read */
} kn_diff_run;
typedef struct kn_task_diff { /* kn_task_diff_free() */
  kn_region *region;          /* of the file, for names */
  kn_arena *arena;
  kn_diff_run run[2];
  int64_t tie_count, unit_count, price_count, mode_count, input_count, revision_count;
  kn_diff_tie *ties;
  kn_diff_unit *units;
  kn_diff_price *prices; /* none when the objectives differ: then they cannot be compared */
  kn_diff_mode *modes;
  kn_diff_input *inputs;
  kn_revision *revisions; /* that came between the two, newest first */
} kn_task_diff;
/* The euros of the ties and units that changed add up to the change in value, as far as each run's own rows add up to its value.
 * KN_E_USAGE: no such run, or one that holds no plan. O(n log n). */
kn_code kn_task_diff_load(const kn_task *task, const char *path, const int64_t run_id[2], kn_task_diff *out, kn_error *err);
void kn_task_diff_free(kn_task_diff *diff);

/* ------------------------------------------------------------------ the story: a region and its newest plan, read back */
typedef struct kn_plan_views { /* lent, until kn_task_story_free() */
  kn_plan_summary summary;
  kn_tie_view ties;
  kn_plan_unit_view units;
  kn_plan_end_view offers, needs, gateways;
  kn_case_view cases;
  kn_plan_totals totals;
  kn_track_view tracks; /* where the region has a network; kn_task_story_track() fills it */
} kn_plan_views;
/* The flows of the newest balance of this same region; n 0: there is none. */
typedef struct kn_task_story_balance {
  int64_t n, run_id, dof;
  int32_t *flow; /* [n] rows of kn_region_flows() */
  double *reconciled, *sd;
  uint8_t *is_gross;
  double chi2, p_value; /* p_value NAN: nothing could be tested */
} kn_task_story_balance;
typedef struct kn_task_story {
  kn_region *region;
  bool has_plan;    /* false: none yet, none that could be found, or the region has changed since (`hear` was told which) */
  bool has_changed; /* there are plans, but of the region as it was */
  int64_t scenario_run_id; /* the newest run is of a changed region (kn_task_changes): it is passed over; 0: it is not */
  kn_plan_views plan;
  kn_run run; /* of the plan */
  /* A newer run of this same region that found no plan, since a floor cannot be met; 0: there is none. */
  int64_t refused_run_id;
  kn_objective refused_floor;
  double refused_least; /* what the floor asked for */
  kn_task_story_balance balance;
  kn_arena *arena;
} kn_task_story;
/* The region and its newest plan that was made of it as it is. KN_E_INPUT: the saved plan names what the region does not have, as after
 * an edit by another program. O(rows + ties). */
kn_code kn_task_story_load(const kn_task *task, const char *path, kn_task_story *out, kn_error *err);
/* The ways that its ties take, worked out again from the legs that were saved. A tie whose legs lead nowhere in the region has
 * none. As costly as opening the network for a plan; O(links + links of all ties). */
kn_code kn_task_story_track(const kn_task *task, const char *path, kn_task_story *story, kn_error *err);
void kn_task_story_free(kn_task_story *story);

/* ------------------------------------------------------------------ dna: what a region is */
typedef struct kn_task_dna { /* kn_task_dna_free() */
  kn_task_story story;       /* the region, and its newest plan if it has one */
  kn_region *other;          /* that it was compared with; NULL: with Belgium */
  kn_dna *dna;
  kn_dna *other_dna; /* of the other region against its own sectors' reference, Belgium; NULL */
} kn_task_dna;
/* The DNA of a region against the jobs of Belgium by sector (other NULL), or against those of another region file. */
kn_code kn_task_dna_make(const kn_task *task, const char *path, const char *other, kn_task_dna *out, kn_error *err);
void kn_task_dna_free(kn_task_dna *dna);

#endif
