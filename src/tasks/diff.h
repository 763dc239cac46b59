/* What the files of a diff share:
 *
 *   diff_read.c    saved rows of both runs -> arrays with keys as numbers
 *   diff_join.c    both side by side -> ties, units, prices and modes that differ
 *   diff_why.c     ties that differ -> what the results tell about why
 *   diff_inputs.c  settings of both runs -> those that differ
 *   diff.c         the parent: which runs, sums, order */
#ifndef KN_TASKS_DIFF_H
#define KN_TASKS_DIFF_H

#include "internal.h"

/* Keys as numbers, so that comparing two is comparing numbers; the texts last as long as the arena. */
typedef struct diff_names {
  kn_arena *arena;
  kn_keymap *map;
  const char **text;
  int64_t count, capacity;
} diff_names;

enum {
  DIFF_FROM_KIND,
  DIFF_FROM,
  DIFF_FROM_SITE,
  DIFF_TO_KIND,
  DIFF_TO,
  DIFF_TO_SITE,
  DIFF_RESOURCE,
  DIFF_SUBSTITUTION,
  DIFF_KEYS
};
typedef struct diff_leg {
  int32_t mode; /* number of a name */
  double km;
} diff_leg;
typedef struct diff_tie_row {
  int32_t key[DIFF_KEYS]; /* numbers of names, KN_NONE: blank. Together they say which tie it is */
  int32_t mode, level, class_of;
  double quantity, delivered, ratio, km, eur, co2_kg;
  int32_t leg_count; /* 0: as the crow flies, or not kept */
  diff_leg *leg;
} diff_tie_row;
typedef struct diff_unit_row {
  int32_t unit, site;
  bool is_open;
  double activity, capacity, dual, eur, co2_kg, annuity_eur;
} diff_unit_row;
typedef struct diff_end_row {
  int32_t id;
  double used, dual;
} diff_end_row;

enum { DIFF_OFFERS, DIFF_NEEDS, DIFF_GATEWAYS, DIFF_ENDS };
typedef struct diff_rows { /* of one run, each in the order of its keys */
  int64_t tie_count, unit_count, end_count[DIFF_ENDS];
  diff_tie_row *tie;
  diff_unit_row *unit;
  diff_end_row *end[DIFF_ENDS];
} diff_rows;

typedef struct diff_pair { /* a tie in both runs: rows of side[0] and side[1], KN_NONE where it is not there */
  int32_t row[2];
  kn_diff_change change;
  double eur; /* the change, whichever way */
} diff_pair;

typedef struct diff_work {
  kn_store *store;
  kn_task_diff *out;
  diff_names names;
  diff_rows side[2];
  diff_pair *pair; /* of each tie of `out`, in its order */
  kn_arena *scratch;
} diff_work;

extern const char *const diff_end_kind[DIFF_ENDS]; /* "offer", "need", "gateway" */

const char *diff_name(const diff_work *work, int32_t id);                 /* NULL for KN_NONE */
double diff_part(double value);                                           /* what it adds to a sum: 0 where it is not known */
bool diff_differs(double a, double b);                                    /* by more than rounding */
const diff_unit_row *diff_find_unit(const diff_rows *rows, int32_t unit); /* NULL: not there */
const diff_end_row *diff_find_end(const diff_rows *rows, int32_t kind, int32_t id);

kn_code diff_read(diff_work *work, int which, kn_error *err);
kn_code diff_join_ties(diff_work *work, kn_error *err);
kn_code diff_join_units(diff_work *work, kn_error *err);
kn_code diff_join_prices(diff_work *work, kn_error *err);
kn_code diff_sum_modes(diff_work *work, kn_error *err);
kn_code diff_explain(diff_work *work, kn_error *err);
kn_code diff_inputs(diff_work *work, kn_error *err);

#endif
