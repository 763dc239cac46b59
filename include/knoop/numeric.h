/* knoop/numeric.h - linear programs (CLP) and mixed ones (CBC); sparse least squares (CHOLMOD); statistics.
 *
 * A kn_lp is grown by rows and columns between solves and starts each solve from the last basis. A kn_gls moves measured
 * figures onto the balances that they must meet, and tells how sure each of them then is. */
#ifndef KNOOP_NUMERIC_H
#define KNOOP_NUMERIC_H

#include "knoop/base.h"

typedef struct kn_lp kn_lp;
typedef enum kn_lp_status { KN_LP_OPTIMAL, KN_LP_INFEASIBLE, KN_LP_UNBOUNDED, KN_LP_STOPPED, KN_LP_FAILED } kn_lp_status;

/* Maximises. One object per thread. tolerance: primal and dual feasibility (1e-9 ... 1e-6; KN_E_INPUT outside 1e-12 ... 1e-3).
 * All that add, drop or set tell KN_E_INPUT of limits, worths and entries that are no numbers, columns that end before they start, and
 * rows or columns that are not there, with the number; KN_E_LIMIT without memory. */
kn_code kn_lp_new(kn_lp **out, double tolerance, kn_error *err);
void kn_lp_free(kn_lp *lp);
/* Rows lower <= row <= upper, [count] each (-INFINITY, INFINITY: none), empty at first. O(count). */
kn_code kn_lp_add_rows(kn_lp *lp, int32_t count, const double *lower, const double *upper, kn_error *err);
/* Columns lower <= x <= upper of worth x, [count] each, in compressed form: the entries of column j are start[j] .. start[j + 1] - 1
 * of row[] and value[], each row at most once. O(entries). */
kn_code kn_lp_add_columns(kn_lp *lp, int32_t count, const double *lower, const double *upper, const double *worth,
                          const int32_t *start, const int32_t *row, const double *value, kn_error *err);
/* Removes columns; the others move up in order. Basis of the rest is kept. */
kn_code kn_lp_drop_columns(kn_lp *lp, int32_t count, const int32_t *column, kn_error *err);
void kn_lp_set_worth(kn_lp *lp, int32_t column, double worth);
void kn_lp_set_bounds(kn_lp *lp, int32_t column, double lower, double upper);
void kn_lp_set_row(kn_lp *lp, int32_t row, double lower, double upper);
/* Sets one coefficient; it may be new. */
kn_code kn_lp_set_entry(kn_lp *lp, int32_t row, int32_t column, double value, kn_error *err);
/* Tolerances of solvers are absolute, made for figures around 1. amount (a power of 2) times what stands in the program is what is
 * computed with: limits of rows and of columns. Rows and columns named are left alone: choices between 0 and 1 and what counts
 * them. Nothing that goes in or comes out changes, but by rounding. Only before anything is added; numbers are those to come, ascending. */
kn_code kn_lp_scale(kn_lp *lp, double amount, int32_t row_count, const int32_t *row, int32_t column_count, const int32_t *column,
                    kn_error *err);
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

/* ------------------------------------------------------------------ sparse least squares under linear balances
 *
 *   minimise sum_j (x_j - m_j)^2 / v_j   subject to   G x = h            x = m - V G' lambda,  (G V G') lambda = G m - h
 *
 * and the variances that remain, V - V G' S^-1 G V with S = G V G', of every column at once: the entries of S^-1 that this
 * asks for lie in the pattern of the Cholesky factor of S, and that part of the inverse costs about as much as the factor. */

/* A sparse matrix by columns: the entries of column j are start[j] .. start[j + 1] - 1, each row at most once. */
typedef struct kn_csc {
  int64_t rows, columns;
  const int64_t *start; /* [columns + 1] */
  const int32_t *row;
  const double *value;
} kn_csc;

typedef struct kn_gls kn_gls;
/* in      g         [k,n] of full row rank
 *         variance  [n]   above 0, finite
 *         forms     [n,f] linear forms t of x whose variance is asked for as well (kn_gls_variances()); columns 0: none
 *         thread_count  for factors of a million entries and blocks of 1024 columns and more; 0: one per core. Answers do not depend on it
 * errors  KN_E_NUMERIC  the rows depend on each other, as far as this precision tells
 * cost    one sparse Cholesky factor of S (CHOLMOD, supernodal); small or badly scaled systems in 128-bit floating point
 * source  Davis (2006), Direct methods for sparse linear systems, SIAM */
kn_code kn_gls_new(kn_gls **out, const kn_csc *g, const double *variance, const kn_csc *forms, int32_t thread_count,
                   kn_error *err);
void kn_gls_free(kn_gls *gls);
/* x [n], moved [n] and lambda [k] for measurements m [n] and right side h [k]. Twice refined, so that G x = h holds to rounding.
 * moved is m - x, also where x is so near m that their difference would be rounding. */
kn_code kn_gls_solve(const kn_gls *gls, const double *m, const double *h, double *x, double *moved, double *lambda,
                     kn_error *err);
/* removed [n] what the balances take off the variance of each column (0: they say nothing about it); kept [n] what remains;
 * of_form [f] the variance of each form.
 * source  Takahashi, Fagan & Chen (1973); Erisman & Tinney (1975), On computing certain elements of the inverse of a sparse
 *         matrix, Communications of the ACM 18(3) */
kn_code kn_gls_variances(kn_gls *gls, double *removed, double *kept, double *of_form, kn_error *err);

/* A gradient over the columns -> the change that it asks for along G: change [n] = (V - V G' S^-1 G V) gradient. One solve in double. */
kn_code kn_gls_project(const kn_gls *gls, const double *gradient, double *change, kn_error *err);
/* How column j bears on all columns: effect [n] = G' S^-1 G e_j. One solve. */
kn_code kn_gls_effect(const kn_gls *gls, int64_t column, double *effect, kn_error *err);

/* ------------------------------------------------------------------ statistics */
/* P(X > x) of the chi-square distribution; 1 for dof 0 or x <= 0. Relative error some 1e-12.
 * source  the regularised incomplete gamma function by its series and its continued fraction: DiDonato & Morris (1986),
 *         ACM TOMS 12(4); NIST Digital Library of Mathematical Functions, 8.7 and 8.9 */
double kn_chi2_above(double x, double dof);
/* The x with P(X > x) = above; above in (0, 1], dof > 0. */
double kn_chi2_bound(double above, double dof);
/* The z with P(Z > z) = above of the standard normal distribution; above in (0, 1).
 * source  Wichura (1988), Algorithm AS 241: the percentage points of the normal distribution, Applied Statistics 37(3) */
double kn_normal_bound(double above);
/* q-quantile (0..1) of value[n], linear between order statistics (type 7). Reorders value. Expected O(n). */
double kn_quantile(double *value, int64_t n, double q);

/* The standard normal distribution (normal.c): P(X <= x), P(X > x), and x for a probability; -INFINITY at 0, INFINITY at 1,
 * NAN outside. Relative error about 1e-15. */
double kn_normal_cdf(double x);
double kn_normal_tail(double x);
double kn_normal_quantile(double p);

#endif
