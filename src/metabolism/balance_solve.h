/* Reconciliation of a system of figures: what the files of the balance share below the region.
 *
 *   balance_nodes.c    flows of a region -> variables and the rows that must hold among them
 *   balance_layers.c   further layers, transfer coefficients and levels of stocks: products and rows
 *   balance_reduce.c   rows -> balances among the measured, who follows, who is free
 *   balance_solve.c    the least squares solution, through successive linearisation; balance_newton.c its steps where products bend
 *   balance_above.c    the same with nothing below 0
 *   balance_gross.c    tests: which figures contradict the others, one after the other */
#ifndef KN_METABOLISM_BALANCE_SOLVE_H
#define KN_METABOLISM_BALANCE_SOLVE_H

#include "knoop/metabolism.h"
#include "metabolism/balance_reduce.h"

/* Variables, linear rows A x = b, and products x[of] = x[left] x[right]. */
typedef struct balance_system {
  int64_t n;
  const double *measured;   /* [n] NAN: nobody measured it */
  const double *sd;         /* [n] 0: exactly known */
  const double *start;      /* [n] where to begin with what nobody measured */
  const uint8_t *is_signed; /* [n] 1: may be below 0 */
  int64_t rows;
  const int64_t *row_start; /* [rows + 1] */
  const int32_t *row_column;
  const double *row_value, *b;
  int64_t products;
  const int32_t *of, *left, *right; /* [products] */
  int32_t threads;                  /* 0: one per core */
} balance_system;

/* From here on a system is large: what contradicts is named from one factor, some tens of figures at a time. */
enum { BALANCE_LARGE = 10000, BALANCE_NAMED_MOST = 50 };

typedef struct balance_answer {
  double *x;         /* [n] least squares; NAN where nothing is known */
  double *sd;        /* [n] NAN where not known */
  uint8_t *class_of; /* [n] kn_balance_class */
  double *z;         /* [n] NAN unless redundant */
  double *lambda;    /* [rows + products] multipliers */
  double chi2;
  int64_t dof, redundant_count;
  int32_t rounds;        /* of linearisation */
  int32_t contradiction; /* row (then product) that exact figures contradict; -1: none: only then the rest holds */
  double gap;
  int64_t named_count; /* of a large system that does not agree: the figures that contradict, */
  int32_t *named;      /* one after the other */
  double *trace;       /* [rows + products] how often each row counts in the contradiction */
} balance_answer;

/* The least squares solution with everything known about it. Lies in keep.
 * errors  KN_E_NUMERIC  the products did not settle, or deviations differ beyond computing */
kn_code balance_solve(balance_answer *out, const balance_system *system, kn_arena *keep, const kn_watch *watch, kn_error *err);
/* The optimum with no unsigned variable below 0, from a least squares answer: x [n] (NAN where nothing is known), is_held [n] those
 * at 0 that would go below. */
kn_code balance_solve_above(const balance_system *system, const balance_answer *free_answer, double *x, uint8_t *is_held,
                            double *chi2, kn_error *err);

/* ------------------------------------------------------------------ tests */
/* The largest |z|, and all variables that share it (they cannot be told apart), into list [n]. */
double balance_suspects(const balance_answer *answer, int64_t n, int32_t *list, int64_t *count);
/* Of a large system: the figures that contradict, named one after the other from one factor. */
typedef struct balance_naming {
  int64_t columns;
  double *pull, *weight;      /* [columns] (m - x) / v, and the variance of that; both are lost */
  const double *first_weight; /* [columns] weight as it was */
  double chi2;
  int64_t count;
  int32_t *named; /* [count] columns */
  double *pivot;
} balance_naming;
kn_code balance_name(const kn_gls *gls, balance_naming *naming, int64_t dof, int64_t most, kn_arena *scratch, kn_error *err);
double balance_z_critical(int64_t redundant_count);

#endif
