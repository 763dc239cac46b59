/* Wide dense blocks on several threads. */
#ifndef KNOOP_NUMERIC_DENSE_H
#define KNOOP_NUMERIC_DENSE_H

#include "knoop/base.h"

/* From this width on a block is worth several threads. The way depends on the width alone, so that answers do not on the threads. */
#define DENSE_WIDE 1024

/* A [n,n] symmetric, lower triangle by columns of `stride` -> L with A = L L', in place; what is above the diagonal is not touched.
 * *minor: the first column whose pivot is not above 0; n: all are. n^3 / 3 operations in tiles of fixed size.
 * source  Buttari, Langou, Kurzak & Dongarra (2009), A class of parallel tiled linear algebra algorithms for multicore
 *         architectures, Parallel Computing 35(1) */
kn_code dense_cholesky(double *a, int64_t n, int64_t stride, int32_t threads, int64_t *minor, kn_error *err);
/* L -> (L L')^-1, lower triangle, in place. 2 n^3 / 3 operations. */
kn_code dense_inverse(double *l, int64_t n, int64_t stride, int32_t threads, kn_error *err);

#endif
