/* Products of dense blocks. */
#include "numeric/kernel.h"

#include <string.h>

/* c [columns][rows] += sign times the sum over k of a [k][rows] times b [k][columns]. */
typedef struct way {
  int64_t rows, columns;
  void (*multiply)(int64_t k, const double *a, const double *b, double *c, int64_t stride, double sign);
} way;

enum { ROWS_MOST = 24, COLUMNS_MOST = 8, TURN = 8, STRIP = 128 };

static void
multiply_plain(int64_t k, const double *restrict a, const double *restrict b, double *restrict c, int64_t stride, double sign)
{
  enum { SIDE = 4 };
  double sum[SIDE][SIDE] = {0};
  for (int64_t p = 0; p < k; p++, a += SIDE, b += SIDE)
    for (int j = 0; j < SIDE; j++)
      for (int i = 0; i < SIDE; i++)
        sum[j][i] += a[i] * b[j];
  for (int j = 0; j < SIDE; j++)
    for (int i = 0; i < SIDE; i++)
      c[j * stride + i] += sign * sum[j][i];
}

static const way plain = {4, 4, multiply_plain};

#ifdef __x86_64__

#include <immintrin.h>

/* 12 sums, 3 of a and 1 of b are the 16 registers. */
__attribute__((target("avx2,fma"))) static void
multiply_avx2(int64_t k, const double *restrict a, const double *restrict b, double *restrict c, int64_t stride, double sign)
{
  enum { VECTOR = 4, COLUMNS = 4 };
  __m256d sum[COLUMNS][3];
#pragma GCC unroll 4
  for (int j = 0; j < COLUMNS; j++)
    sum[j][0] = sum[j][1] = sum[j][2] = _mm256_setzero_pd();
  for (int64_t p = 0; p < k; p++, a += 3 * VECTOR, b += COLUMNS) {
    const __m256d a0 = _mm256_loadu_pd(a), a1 = _mm256_loadu_pd(a + VECTOR), a2 = _mm256_loadu_pd(a + 2 * VECTOR);
#pragma GCC unroll 4
    for (int j = 0; j < COLUMNS; j++) {
      const __m256d one = _mm256_broadcast_sd(b + j);
      sum[j][0] = _mm256_fmadd_pd(a0, one, sum[j][0]);
      sum[j][1] = _mm256_fmadd_pd(a1, one, sum[j][1]);
      sum[j][2] = _mm256_fmadd_pd(a2, one, sum[j][2]);
    }
  }
  const __m256d times = _mm256_set1_pd(sign);
#pragma GCC unroll 4
  for (int j = 0; j < COLUMNS; j++)
#pragma GCC unroll 3
    for (int v = 0; v < 3; v++) {
      double *to = c + j * stride + v * VECTOR;
      _mm256_storeu_pd(to, _mm256_fmadd_pd(times, sum[j][v], _mm256_loadu_pd(to)));
    }
}

/* 24 sums, 3 of a and 1 of b are 28 of 32 registers. */
__attribute__((target("avx512f"))) static void
multiply_avx512(int64_t k, const double *restrict a, const double *restrict b, double *restrict c, int64_t stride, double sign)
{
  enum { VECTOR = 8, COLUMNS = 8 };
  __m512d sum[COLUMNS][3];
#pragma GCC unroll 8
  for (int j = 0; j < COLUMNS; j++)
    sum[j][0] = sum[j][1] = sum[j][2] = _mm512_setzero_pd();
  for (int64_t p = 0; p < k; p++, a += 3 * VECTOR, b += COLUMNS) {
    const __m512d a0 = _mm512_loadu_pd(a), a1 = _mm512_loadu_pd(a + VECTOR), a2 = _mm512_loadu_pd(a + 2 * VECTOR);
#pragma GCC unroll 8
    for (int j = 0; j < COLUMNS; j++) {
      const __m512d one = _mm512_set1_pd(b[j]);
      sum[j][0] = _mm512_fmadd_pd(a0, one, sum[j][0]);
      sum[j][1] = _mm512_fmadd_pd(a1, one, sum[j][1]);
      sum[j][2] = _mm512_fmadd_pd(a2, one, sum[j][2]);
    }
  }
  const __m512d times = _mm512_set1_pd(sign);
#pragma GCC unroll 8
  for (int j = 0; j < COLUMNS; j++)
#pragma GCC unroll 3
    for (int v = 0; v < 3; v++) {
      double *to = c + j * stride + v * VECTOR;
      _mm512_storeu_pd(to, _mm512_fmadd_pd(times, sum[j][v], _mm512_loadu_pd(to)));
    }
}

static const way avx2 = {12, 4, multiply_avx2}, avx512 = {24, 8, multiply_avx512};

static const way *
choose(int which)
{
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (__builtin_cpu_supports("avx512f") && which-- == 0)
    return &avx512;
  if (has_avx2 && which-- == 0)
    return &avx2;
  return which == 0 ? &plain : NULL;
}

#else

static const way *
choose(int which)
{
  return which == 0 ? &plain : NULL;
}

#endif

/* Rows first .. first + width of op(A), from column `from` of it on: [k][unit], 0 where there is no row. */
static void
copy_panel(const kernel_block *in, int64_t first, int64_t width, int64_t unit, int64_t from, int64_t k, double *restrict to)
{
  if (width < unit)
    memset(to, 0, (size_t)(unit * k) * sizeof *to);
  if (!in->is_transposed) {
    const double *at = in->at + from * in->stride + first;
    for (int64_t p = 0; p < k; p++, at += in->stride, to += unit)
      memcpy(to, at, (size_t)width * sizeof *to);
    return;
  }
  const double *at = in->at + first * in->stride + from;
  for (int64_t group = 0; group < width;
       group += TURN) { /* some columns at a time, so that what is read and written stays near */
    const int64_t last = group + TURN < width ? group + TURN : width;
    for (int64_t p = 0; p < k; p++)
      for (int64_t i = group; i < last; i++)
        to[p * unit + i] = at[i * in->stride + p];
  }
}

/* Where C does not fill a block of registers, that goes through one of its own. */
static void
multiply_block(const way *w, int64_t rows, int64_t columns, int64_t k, const double *a, const double *b, double *c,
               int64_t stride, double sign)
{
  if (rows >= w->rows && columns >= w->columns) {
    w->multiply(k, a, b, c, stride, sign);
    return;
  }
  double whole[ROWS_MOST * COLUMNS_MOST] = {0};
  w->multiply(k, a, b, whole, w->rows, sign);
  for (int64_t j = 0; j < columns && j < w->columns; j++)
    for (int64_t i = 0; i < rows && i < w->rows; i++)
      c[j * stride + i] += whole[j * w->rows + i];
}

static void
move(kernel_block *block, int64_t rows, int64_t columns)
{
  block->at += block->is_transposed ? rows * block->stride + columns : columns * block->stride + rows;
}

/* m and n at most KERNEL_TILE. */
static void
multiply_tile(const way *w, int64_t m, int64_t n, int64_t k, double sign, kernel_block a, kernel_block b, double *c,
              int64_t c_stride, double *room)
{
  double *panels_a = room, *panels_b = room + KERNEL_TILE * KERNEL_DEPTH;
  b.is_transposed = !b.is_transposed; /* its columns are copied as rows */
  for (int64_t from = 0; from < k; from += KERNEL_DEPTH) {
    const int64_t depth = k - from < KERNEL_DEPTH ? k - from : KERNEL_DEPTH;
    for (int64_t i = 0; i < m; i += w->rows)
      copy_panel(&a, i, m - i < w->rows ? m - i : w->rows, w->rows, from, depth, panels_a + i * depth);
    for (int64_t j = 0; j < n; j += w->columns)
      copy_panel(&b, j, n - j < w->columns ? n - j : w->columns, w->columns, from, depth, panels_b + j * depth);
    for (int64_t j = 0; j < n; j += w->columns)
      for (int64_t i = 0; i < m; i += w->rows)
        multiply_block(w, m - i, n - j, depth, panels_a + i * depth, panels_b + j * depth, c + j * c_stride + i, c_stride, sign);
  }
}

static int64_t
least(int64_t a, int64_t b)
{
  return a < b ? a : b;
}

bool
kernel_multiply_by(int which, int64_t m, int64_t n, int64_t k, double sign, kernel_block a, kernel_block b, double *c,
                   int64_t c_stride, double *room)
{
  const way *w = choose(which);
  if (w == NULL)
    return false;
  for (int64_t j = 0; j < n; j += KERNEL_TILE)
    for (int64_t i = 0; i < m; i += KERNEL_TILE) {
      kernel_block rows = a, columns = b;
      move(&rows, i, 0);
      move(&columns, 0, j);
      multiply_tile(w, least(m - i, KERNEL_TILE), least(n - j, KERNEL_TILE), k, sign, rows, columns, c + j * c_stride + i,
                    c_stride, room);
    }
  return true;
}

void
kernel_multiply(int64_t m, int64_t n, int64_t k, double sign, kernel_block a, kernel_block b, double *c, int64_t c_stride,
                double *room)
{
  kernel_multiply_by(0, m, n, k, sign, a, b, c, c_stride, room);
}

void
kernel_multiply_lower(int64_t n, int64_t k, double sign, kernel_block a, kernel_block b, double *c, int64_t c_stride,
                      double *room)
{
  for (int64_t first = 0; first < n; first += STRIP) {
    kernel_block rows = a, columns = b;
    move(&rows, first, 0);
    move(&columns, 0, first);
    kernel_multiply(n - first, least(n - first, STRIP), k, sign, rows, columns, c + first * c_stride + first, c_stride, room);
  }
}

/* ---------------------------------------------------------------- triangles */
static void
clear(int64_t m, int64_t n, double *c, int64_t stride)
{
  for (int64_t j = 0; j < n; j++)
    memset(c + j * stride, 0, (size_t)m * sizeof *c);
}

void
kernel_triangle_right(int64_t m, int64_t n, double sign, const double *x, int64_t x_stride, kernel_block d, double *c,
                      int64_t c_stride, double *room)
{
  clear(m, n, c, c_stride);
  for (int64_t first = 0; first < n; first += STRIP) {
    const int64_t width = least(n - first, STRIP), from = d.is_transposed ? 0 : first, to = d.is_transposed ? first + width : n;
    kernel_block columns = d;
    move(&columns, from, first);
    kernel_multiply(m, width, to - from, sign, (kernel_block){x + from * x_stride, x_stride, false}, columns,
                    c + first * c_stride, c_stride, room);
  }
}

void
kernel_triangle_left(int64_t n, int64_t m, double sign, const double *d, int64_t d_stride, const double *x, int64_t x_stride,
                     double *c, int64_t c_stride, double *room)
{
  clear(n, m, c, c_stride);
  for (int64_t first = 0; first < n; first += STRIP)
    kernel_multiply(least(n - first, STRIP), m, n - first, sign, (kernel_block){d + first * d_stride + first, d_stride, true},
                    (kernel_block){x + first, x_stride, false}, c + first, c_stride, room);
}

enum { PANEL = 24 };

/* Some columns, with the rows below: each is divided by its pivot and taken off those after it. */
static int64_t
factor_panel(int64_t rows, int64_t columns, double *a, int64_t stride)
{
  for (int64_t j = 0; j < columns; j++) {
    double *from = a + j * stride;
    if (!(from[j] > 0))
      return j;
    const double pivot = __builtin_sqrt(from[j]);
    for (int64_t i = j; i < rows; i++)
      from[i] /= pivot;
    for (int64_t c = j + 1; c < columns; c++) {
      double *restrict to = a + c * stride;
      const double times = from[c];
      for (int64_t i = c; i < rows; i++)
        to[i] -= times * from[i];
    }
  }
  return columns;
}

int64_t
kernel_factor(int64_t n, int64_t rows, double *a, int64_t stride, double *room)
{
  for (int64_t k = 0; k < n; k += PANEL) {
    const int64_t width = least(n - k, PANEL);
    if (k > 0)
      kernel_multiply(n + rows - k, width, k, -1, (kernel_block){a + k, stride, false}, (kernel_block){a + k, stride, true},
                      a + k * stride + k, stride, room);
    const int64_t done = factor_panel(n + rows - k, width, a + k * stride + k, stride);
    if (done < width)
      return k + done;
  }
  return n;
}

/* Column by column: d_ij = -(sum over j <= p < i of l_ip d_pj) / l_ii. */
static void
invert_small(int64_t n, const double *l, int64_t stride, double *d, int64_t d_stride)
{
  for (int64_t j = 0; j < n; j++) {
    double *to = d + j * d_stride;
    to[j] = 1;
    for (int64_t p = j; p < n; p++) {
      to[p] /= l[p * stride + p];
      for (int64_t i = p + 1; i < n; i++)
        to[i] -= l[p * stride + i] * to[p];
    }
  }
}

void
kernel_invert(int64_t n, const double *l, int64_t stride, double *d, int64_t d_stride, double *room)
{
  double own[PANEL * PANEL], part[PANEL * KERNEL_TILE];
  clear(n, n, d, d_stride);
  for (int64_t k = 0; k < n; k += PANEL) {
    const int64_t width = least(n - k, PANEL);
    memset(own, 0, sizeof own);
    invert_small(width, l + k * stride + k, stride, own, PANEL);
    for (int64_t first = 0; first < k; first += KERNEL_TILE) { /* D_k,first = -D_kk L_k D_first */
      const int64_t columns = least(k - first, KERNEL_TILE);
      memset(part, 0, sizeof part);
      kernel_multiply(width, columns, k - first, 1, (kernel_block){l + first * stride + k, stride, false},
                      (kernel_block){d + first * d_stride + first, d_stride, false}, part, PANEL, room);
      kernel_multiply(width, columns, width, -1, (kernel_block){own, PANEL, false}, (kernel_block){part, PANEL, false},
                      d + first * d_stride + k, d_stride, room);
    }
    for (int64_t j = 0; j < width; j++)
      memcpy(d + (k + j) * d_stride + k + j, own + j * PANEL + j, (size_t)(width - j) * sizeof *d);
  }
}
