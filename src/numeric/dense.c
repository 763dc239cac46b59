/* Wide dense blocks: a Cholesky factor and an inverse in tiles. What is done with a tile is the same whoever does it, and tiles that
 * are worked on at the same time do not read each other, so answers do not depend on the number of threads. */
#include "numeric/dense.h"

#include <assert.h>
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

extern void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t);
extern void dtrtri_(const char *uplo, const char *diag, const int *n, double *a, const int *lda, int *info, size_t, size_t);
extern void dlauum_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t);

enum { TILE = 384 };

typedef struct tiled {
  double *a;
  int64_t n, stride, tiles, now; /* now: the row or column of tiles that is worked on */
  double *spare;                 /* [n][TILE] */
} tiled;

static int
width(const tiled *t, int64_t tile)
{
  return (int)(t->n - tile * TILE < TILE ? t->n - tile * TILE : TILE);
}

static double *
at(const tiled *t, int64_t row, int64_t column)
{
  return t->a + column * TILE * t->stride + row * TILE;
}

/* ---------------------------------------------------------------- factor */
/* Tiles below the factored one: A_ik <- A_ik L_kk'^-1. */
static void
divide(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const tiled *t = arg;
  const int64_t k = t->now;
  const int stride = (int)t->stride;
  for (int64_t i = k + 1 + first; i < k + 1 + last; i++)
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, width(t, i), TILE, 1, at(t, k, k), stride,
                at(t, i, k), stride);
}

/* Rows of tiles, the longest first: A_ij <- A_ij - L_ik L_jk' for k < j <= i. */
static void
update(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const tiled *t = arg;
  const int64_t k = t->now;
  const int stride = (int)t->stride;
  for (int64_t item = first; item < last; item++) {
    const int64_t i = t->tiles - 1 - item;
    if (i > k + 1)
      cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, width(t, i), (int)(i - k - 1) * TILE, TILE, -1, at(t, i, k), stride,
                  at(t, k + 1, k), stride, 1, at(t, i, k + 1), stride);
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, width(t, i), TILE, -1, at(t, i, k), stride, 1, at(t, i, i), stride);
  }
}

kn_code
dense_cholesky(double *a, int64_t n, int64_t stride, int32_t threads, int64_t *minor, kn_error *err)
{
  assert(stride >= n && stride <= INT32_MAX);
  tiled t = {.a = a, .n = n, .stride = stride, .tiles = (n + TILE - 1) / TILE};
  *minor = n;
  for (int64_t k = 0; k < t.tiles; k++) {
    const int size = width(&t, k), lda = (int)stride;
    int info;
    dpotrf_("L", &size, at(&t, k, k), &lda, &info, 1);
    if (info > 0) {
      *minor = k * TILE + info - 1;
      return KN_OK;
    }
    t.now = k;
    KN_TRY(kn_parallel(threads, t.tiles - 1 - k, 1, divide, &t, err));
    KN_TRY(kn_parallel(threads, t.tiles - 1 - k, 1, update, &t, err));
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- inverse */
/* With M = L^-1 known for the rows and columns after k: spare_i <- sum over k < j <= i of M_ij L_jk, the longest first. */
static void
apply(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const tiled *t = arg;
  const int64_t k = t->now;
  const int stride = (int)t->stride, lds = (int)t->n;
  for (int64_t item = first; item < last; item++) {
    const int64_t i = t->tiles - 1 - item;
    const int rows = width(t, i);
    double *out = t->spare + i * TILE;
    for (int c = 0; c < TILE; c++)
      memcpy(out + (size_t)c * (size_t)lds, at(t, i, k) + (size_t)c * (size_t)stride, (size_t)rows * sizeof *out);
    cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, rows, TILE, 1, at(t, i, i), stride, out, lds);
    if (i > k + 1)
      cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, rows, TILE, (int)(i - k - 1) * TILE, 1, at(t, i, k + 1), stride,
                  at(t, k + 1, k), stride, 1, out, lds);
  }
}

/* M_ik <- -spare_i L_kk^-1. */
static void
finish(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const tiled *t = arg;
  const int64_t k = t->now;
  const int stride = (int)t->stride, lds = (int)t->n;
  for (int64_t i = k + 1 + first; i < k + 1 + last; i++) {
    const int rows = width(t, i);
    double *from = t->spare + i * TILE;
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, rows, TILE, -1, at(t, k, k), stride, from,
                lds);
    for (int c = 0; c < TILE; c++)
      memcpy(at(t, i, k) + (size_t)c * (size_t)stride, from + (size_t)c * (size_t)lds, (size_t)rows * sizeof *from);
  }
}

/* Row k of Z = M'M: Z_kj <- sum over i >= k of M_ik' M_ij; M_kk lies in spare. The rows after k are still M. */
static void
multiply(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const tiled *t = arg;
  const int64_t k = t->now;
  const int stride = (int)t->stride, size = width(t, k), below = (int)(t->n - k * TILE) - size;
  for (int64_t j = first; j < last; j++) {
    double *out = at(t, k, j);
    if (j == k) {
      int info;
      dlauum_("L", &size, out, &stride, &info, 1);
      if (below > 0)
        cblas_dsyrk(CblasColMajor, CblasLower, CblasTrans, size, below, 1, at(t, k + 1, k), stride, 1, out, stride);
      continue;
    }
    cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, size, TILE, 1, t->spare, TILE, out, stride);
    if (below > 0)
      cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, size, TILE, below, 1, at(t, k + 1, k), stride, at(t, k + 1, j), stride,
                  1, out, stride);
  }
}

static kn_code
invert_tiles(tiled *t, int32_t threads, kn_error *err)
{
  const int stride = (int)t->stride;
  for (int64_t k = t->tiles - 1; k >= 0; k--) {
    const int size = width(t, k);
    int info;
    t->now = k;
    KN_TRY(kn_parallel(threads, t->tiles - 1 - k, 1, apply, t, err));
    KN_TRY(kn_parallel(threads, t->tiles - 1 - k, 1, finish, t, err));
    dtrtri_("L", "N", &size, at(t, k, k), &stride, &info, 1, 1);
    assert(info == 0);
  }
  for (int64_t k = 0; k < t->tiles; k++) {
    const int size = width(t, k);
    for (int c = 0; c < size; c++)
      memcpy(t->spare + (size_t)c * TILE, at(t, k, k) + (size_t)c * (size_t)stride, (size_t)size * sizeof *t->spare);
    t->now = k;
    KN_TRY(kn_parallel(threads, k + 1, 1, multiply, t, err));
  }
  return KN_OK;
}

kn_code
dense_inverse(double *l, int64_t n, int64_t stride, int32_t threads, kn_error *err)
{
  assert(stride >= n && stride <= INT32_MAX);
  tiled t = {.a = l, .n = n, .stride = stride, .tiles = (n + TILE - 1) / TILE};
  t.spare = malloc((size_t)t.tiles * TILE * TILE * sizeof *t.spare);
  if (t.spare == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory for the inverse of the balances");
  const kn_code code = invert_tiles(&t, threads, err);
  free(t.spare);
  return code;
}
