/* What the files of sparse least squares share.
 *
 *   gls.c             what comes in, the choice of the engine, the refining of an answer
 *   sparse_pattern.c  the pattern of G V G', with room for what the forms ask of its inverse
 *   sparse_fast.c     in double, by CHOLMOD's supernodes: the factor, the part of the inverse
 *   sparse_alone.c    variances of columns that are solved for by themselves
 *   sparse_super.c    that factor where a supernode is wide, on several threads; dense.c the wide blocks, kernel.c their products
 *   sparse_exact.c    in 128-bit floating point, one column after the other: for what is small or badly scaled */
#ifndef KNOOP_NUMERIC_SPARSE_H
#define KNOOP_NUMERIC_SPARSE_H

#include "knoop/numeric.h"

/* G, V and the forms, and what follows from them. A form t of few rows of G gets a column of its own in `pattern`, so that the
 * inverse is known between all of those rows; one of many is solved for. */
typedef struct gls_system {
  kn_csc g, forms;
  const double *v;
  const int64_t *g_start; /* [k + 1] G by rows: */
  const int32_t *g_column;
  const double *g_value;
  const int64_t *form_start; /* [f + 1] rows of G that form f touches, with G V t: */
  const int32_t *form_row;
  const uint8_t *is_long; /* [f] */
  const int64_t *s_start; /* [k + 1] lower triangle of S by columns, sorted */
  const int64_t *s_row;
} gls_system;
kn_code gls_pattern(gls_system *system, kn_arena *keep, kn_error *err);

/* ------------------------------------------------------------------ engines */
#define GLS_DOUBTFUL 1e-9 /* entries of the inverse that cancel so far are not relied on: the column is solved for by itself */
#define GLS_POOR 1e-9     /* a share of a variance in which double has seven digits left */

typedef struct fast_factor fast_factor;
/* *is_poor: S is not positive definite in double, or its pivots cancel so much that digits are lost. *flops of the factor. */
kn_code fast_new(fast_factor **out, const gls_system *system, int32_t threads, bool *is_poor, double *flops, kn_error *err);
void fast_free(fast_factor *factor);
kn_code fast_solve(const fast_factor *factor, double *x, kn_error *err); /* [k] b -> S^-1 b */
/* *is_poor: of some variance less is left than double can tell. */
kn_code fast_variances(const fast_factor *factor, double *removed, double *kept, double *of_form, bool *is_poor, kn_error *err);
/* x [count][k] -> L^-1 P x. */
kn_code fast_half_solve(const fast_factor *factor, int64_t count, double *x, kn_error *err);
bool fast_is_whole(const fast_factor *factor);        /* all pivots were above 0 */
const int64_t *fast_order(const fast_factor *factor); /* [k] the row that is eliminated as the i-th */

enum { GLS_BLOCK = 32 }; /* so many at a time; block [GLS_BLOCK][k] is room */
double gls_spread_form(const gls_system *s, int64_t form, double *dense);
kn_code gls_solve_forms(const fast_factor *f, const gls_system *s, const int64_t *list, int64_t count, double *of_form,
                        double *block, bool *is_poor, kn_error *err);
kn_code gls_solve_columns(const fast_factor *f, const gls_system *s, const int64_t *list, int64_t count, double *share,
                          double *block, kn_error *err);

typedef struct exact_factor exact_factor;
kn_code exact_new(exact_factor **out, const gls_system *system, const int64_t *order, kn_error *err);
void exact_free(exact_factor *factor);
kn_code exact_solve(const exact_factor *factor, const double *m, const double *h, double *x, double *moved, double *lambda,
                    kn_error *err);
/* b' [k] -> S^-1 b, through 128 bits. */
kn_code exact_solve_one(const exact_factor *factor, double *x, kn_error *err);
kn_code exact_variances(const exact_factor *factor, double *removed, double *kept, double *of_form, kn_error *err);

#endif
