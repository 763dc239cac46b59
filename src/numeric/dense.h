/* Wide dense blocks on several threads. */
#ifndef KNOOP_NUMERIC_DENSE_H
#define KNOOP_NUMERIC_DENSE_H

#include "knoop/base.h"
#include "numeric/kernel.h"

/* From this width on a block is worth several threads. The way depends on the width alone, so that answers do not on the threads. */
#define DENSE_WIDE 1024

/* A [n,n] symmetric, lower triangle by columns of `stride` -> L with A = L L', in place, and B [rows,n] below it -> B L'^-1; what is above
 * the diagonal is lost. *minor: the first column whose pivot is not above 0; n: all are. n^3 / 3 operations in tiles of fixed size.
 * source  Buttari, Langou, Kurzak & Dongarra (2009), A class of parallel tiled linear algebra algorithms for multicore
 *         architectures, Parallel Computing 35(1) */
kn_code dense_cholesky(double *a, int64_t n, int64_t rows, int64_t stride, int32_t threads, int64_t *minor, kn_error *err);

/* The inverse of L L', which keeps L: it goes into the tiles above the diagonal, and its tiles on the diagonal into a place of their own
 * [dense_diagonal_size(n)]. 2 n^3 / 3 operations, and no more room than that. w [rows,n] <- B L^-1 for the rows B below L. */
typedef struct dense_inverse {
  double *l;
  int64_t n, rows, stride;
  double *diagonal;
} dense_inverse;
int64_t dense_diagonal_size(int64_t n);
kn_code dense_invert(const dense_inverse *inverse, double *w, int32_t threads, kn_error *err);
/* inverse <- inverse - W' Y with W, Y [k,n] by columns, where that is symmetric. */
kn_code dense_take_off(const dense_inverse *inverse, const double *w, int64_t w_stride, const double *y, int64_t y_stride,
                       int64_t k, int32_t threads, kn_error *err);

/* The entries of the inverse in row r and the columns[0 .. count), ascending and up to r: to[i * step]. */
void dense_row(const dense_inverse *inverse, int64_t r, const int64_t *columns, int64_t count, double *to, int64_t step);
/* The entry of the inverse in row r and column c, r >= c. */
static inline double
dense_entry(const dense_inverse *inverse, int64_t r, int64_t c)
{
  const int64_t tile = r / KERNEL_TILE;
  if (c / KERNEL_TILE < tile)
    return inverse->l[r * inverse->stride + c];
  return inverse->diagonal[(tile * KERNEL_TILE + c % KERNEL_TILE) * KERNEL_TILE + r % KERNEL_TILE];
}

#endif
