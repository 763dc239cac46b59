/* knoop/numeric.h - linear programs (CLP) and mixed ones (CBC); statistics.
 *
 * A kn_lp is grown by rows and columns between solves and starts each solve from the last basis. */
#ifndef KNOOP_NUMERIC_H
#define KNOOP_NUMERIC_H

#include "knoop/base.h"

typedef struct kn_lp kn_lp;
typedef enum kn_lp_status { KN_LP_OPTIMAL, KN_LP_INFEASIBLE, KN_LP_UNBOUNDED, KN_LP_STOPPED, KN_LP_FAILED } kn_lp_status;

/* Maximises. One object per thread. tolerance: primal and dual feasibility (1e-9 ... 1e-6). */
kn_code kn_lp_new(kn_lp **out, double tolerance, kn_error *err);
void kn_lp_free(kn_lp *lp);
/* Rows lower <= row <= upper (INFINITY: none), empty at first. */
kn_code kn_lp_add_rows(kn_lp *lp, int32_t count, const double *lower, const double *upper, kn_error *err);
/* Columns in compressed form: start[count + 1], row[], value[]. */
kn_code kn_lp_add_columns(kn_lp *lp, int32_t count, const double *lower, const double *upper, const double *worth,
                          const int32_t *start, const int32_t *row, const double *value, kn_error *err);
/* Removes columns; the others move up in order. Basis of the rest is kept. */
kn_code kn_lp_drop_columns(kn_lp *lp, int32_t count, const int32_t *column, kn_error *err);
void kn_lp_set_worth(kn_lp *lp, int32_t column, double worth);
void kn_lp_set_bounds(kn_lp *lp, int32_t column, double lower, double upper);
void kn_lp_set_row(kn_lp *lp, int32_t row, double lower, double upper);
/* Sets one coefficient; it may be new. */
kn_code kn_lp_set_entry(kn_lp *lp, int32_t row, int32_t column, double value, kn_error *err);
int32_t kn_lp_row_count(const kn_lp *lp);
int32_t kn_lp_column_count(const kn_lp *lp);

typedef enum kn_lp_method { KN_LP_PRIMAL, KN_LP_DUAL, KN_LP_EITHER } kn_lp_method;
/* Solves from the present basis; KN_LP_EITHER takes the method that suits what was changed since (columns and worths: primal;
 * rows and bounds: dual). watch may stop it, within seconds. status says how it ended; KN_OK unless memory or numbers fail. */
kn_code kn_lp_solve(kn_lp *lp, kn_lp_method method, const kn_watch *watch, kn_lp_status *status, kn_error *err);
double kn_lp_value(const kn_lp *lp);
const double *kn_lp_x(const kn_lp *lp); /* [columns] */
/* [rows] change of the maximum per unit of the row's limit (>= 0 for an upper limit). */
const double *kn_lp_dual(const kn_lp *lp);
const double *kn_lp_reduced(const kn_lp *lp); /* [columns] worth - dual . column; <= 0 at lower bound when optimal */
/* Basis, a KN_BASIS_ value per entry: for saving and giving back. A row's is that of its sum: a row that binds at its upper
 * limit is AT_UPPER. One that is not a basis (too many or too few BASIC) is mended by CLP with rows. */
void kn_lp_basis_get(const kn_lp *lp, uint8_t *column_status, uint8_t *row_status);
void kn_lp_basis_set(kn_lp *lp, const uint8_t *column_status, const uint8_t *row_status);
enum { KN_BASIS_FREE = 0, KN_BASIS_BASIC = 1, KN_BASIS_AT_UPPER = 2, KN_BASIS_AT_LOWER = 3, KN_BASIS_FIXED = 5 };

/* Solves a copy of the model as a mixed program with CBC: the columns named are integer. start: [columns] a feasible point or NULL.
 * Stops at relative gap `gap`, or after `seconds` of wall time (0: none), or when the watch says so (it is asked between
 * slices and nodes, so deep in a hard tree up to as long again as it ran); the best point so far is then the answer. *found says
 * whether x [columns] holds a solution; none at all is not an error. One search at a time per process, on one thread whatever
 * thread_count says: a parallel search finds another one of several best points each time. */
kn_code kn_lp_mixed(const kn_lp *lp, int32_t integer_count, const int32_t *integer_column, const double *start, double gap,
                    double seconds, int32_t thread_count, const kn_watch *watch, bool *found, double *x, double *value,
                    kn_error *err);

/* ------------------------------------------------------------------ statistics */
/* q-quantile (0..1) of value[n], linear between order statistics (type 7). Reorders value. Expected O(n). */
double kn_quantile(double *value, int64_t n, double q);

/* The standard normal distribution (normal.c): P(X <= x), P(X > x), and x for a probability; -INFINITY at 0, INFINITY at 1,
 * NAN outside. Relative error about 1e-15. */
double kn_normal_cdf(double x);
double kn_normal_tail(double x);
double kn_normal_quantile(double p);

#endif
