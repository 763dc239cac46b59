/* Sparse elimination: from balances among all figures to balances among measured ones.
 *
 * Rows A x = b over n variables, each measured, fixed (known exactly) or unmeasured. Unmeasured variables are eliminated by rows,
 * which leaves G x_m = h; then the measured ones are, to find which rows of G depend on others. What an unmeasured variable
 * follows from, and whether it does at all, comes out of the same elimination. */
#ifndef KN_METABOLISM_BALANCE_REDUCE_H
#define KN_METABOLISM_BALANCE_REDUCE_H

#include "knoop/numeric.h"

typedef enum balance_kind { VARIABLE_MEASURED, VARIABLE_FIXED, VARIABLE_UNMEASURED } balance_kind;

/* Rows of a linear system, by rows. Fixed variables count with x. */
typedef struct balance_rows {
  int64_t rows, n;
  const int64_t *start; /* [rows + 1] */
  const int32_t *column;
  const double *value;
  const double *b;
  int32_t threads; /* 0: one per core */
} balance_rows;

typedef struct balance_reduced {
  int64_t n, rows;
  /* Balances among the measured: columns are the measured variables in their order. */
  int64_t measured_count;
  int32_t *measured;  /* [measured_count] variable */
  int32_t *column_of; /* [n] its column; -1: not measured */
  kn_csc g;           /* independent rows only: their number is the degrees of freedom */
  double *h;          /* [g.rows] */
  int32_t *origin;    /* [g.rows] the row that it grew out of */
  /* Unmeasured variables that have a row of their own: x = rest - sum of value x column over their entries. */
  int64_t pivot_count;
  int32_t *pivot;     /* [pivot_count] variable, in the order of elimination; later ones come first when computing */
  int32_t *pivot_row; /* [pivot_count] row of the system */
  double *rest;
  int64_t *entry_start; /* [pivot_count + 1] */
  int32_t *entry_column;
  double *entry_value;
  uint8_t *is_observable; /* [n] of the unmeasured: a single row determines it; after balance_observe(): the rows together do */
  /* Row operations in their order: row to -= factor x row from. */
  int64_t step_count;
  int32_t *step_to, *step_from;
  double *step_factor;
  int64_t step_split; /* those before led to G */
  /* A row 0 = gap that nothing but exact figures made; -1: none. */
  int32_t contradiction;
  double gap;
} balance_reduced;

/* Exact but for rounding: entries that cancel to 1e-11 of what they were are zero, pivots are at least 1/100 of the largest of
 * their column. Everything lies in keep. x [n] holds the values of the fixed.
 * cost  O(entries log rows) where variables are in two rows each (a network); more where many products tie rows together */
kn_code balance_reduce(balance_reduced *out, const balance_rows *in, const uint8_t *kind, const double *x, kn_arena *keep,
                       kn_error *err);
/* Which unmeasured variables follow from the rows together. scale [n]: sizes of the variables, where they differ in unit (products);
 * NULL: a network, whose rows hold 1 and -1. */
kn_code balance_observe(balance_reduced *reduced, const balance_rows *in, const uint8_t *kind, const double *scale,
                        kn_error *err);
/* What observable variables are made of: forms over the measured columns, one per variable of list[] (only observable ones). */
kn_code balance_forms(const balance_reduced *reduced, kn_csc *forms, int32_t **list, kn_arena *keep, kn_error *err);
/* Values of the unmeasured that have a row, from the others in x; those without one stay as they are. */
void balance_follow(const balance_reduced *reduced, double *x);
/* The same map for changes, whose unmeasured parts are overwritten; and its transpose, which adds to the measured what the unmeasured
 * that follow from them weigh: a gradient over all variables becomes one over the measured. */
void balance_follow_change(const balance_reduced *reduced, double *change);
void balance_gather_change(const balance_reduced *reduced, double *gradient);
/* Multipliers of rows of G -> of all rows (to [rows]); or, for a row that came out as a contradiction, what made it. */
void balance_spread(const balance_reduced *reduced, const double *lambda, double *to);
void balance_trace(const balance_reduced *reduced, int32_t row, double *to);

#endif
