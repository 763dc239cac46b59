/* The normal matrix in double: CHOLMOD's supernodal factor, and the inverse within its pattern.
 *
 * With P S P' = L L' by supernodes, and Z = (P S P')^-1, for the columns J of a supernode and the rows R below them
 *   W = L_RJ L_JJ^-1      Z_RJ = -Z_RR W      Z_JJ = (L_JJ L_JJ')^-1 - W' Z_RJ
 * from the last supernode to the first; Z_RR lies in the pattern of the supernodes above (Takahashi, Fagan & Chen 1973; Erisman &
 * Tinney 1975). All of it is products of dense blocks, about twice the work of the factor. */
#include "numeric/sparse.h"

#include <float.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/blas_lock.h"
#include "numeric/dense.h"
#include "numeric/sparse_super.h"

struct fast_factor {
  const gls_system *system;
  cholmod_common common;
  cholmod_factor *factor;
  int64_t *place;     /* [k] where a row stands in the order */
  int64_t *supernode; /* [k] of a place */
  int32_t threads;
};

void
fast_free(fast_factor *f)
{
  if (f == NULL)
    return;
  cholmod_l_free_factor(&f->factor, &f->common);
  cholmod_l_finish(&f->common);
  free(f->place);
  free(f->supernode);
  free(f);
}

static kn_code
out_of_memory(kn_error *err)
{
  return kn_fail(err, KN_E_LIMIT, "out of memory for the factor of the balances");
}

/* S in CHOLMOD's form, lower triangle. work [k] zeros. */
static cholmod_sparse *
build_matrix(const gls_system *s, cholmod_common *common, double *work)
{
  const int64_t k = s->g.rows;
  cholmod_sparse *matrix = cholmod_l_allocate_sparse((size_t)k, (size_t)k, (size_t)s->s_start[k], 1, 1, -1, CHOLMOD_REAL, common);
  if (matrix == NULL)
    return NULL;
  memcpy(matrix->p, s->s_start, (size_t)(k + 1) * sizeof(int64_t));
  memcpy(matrix->i, s->s_row, (size_t)s->s_start[k] * sizeof(int64_t));
  double *x = matrix->x;
  for (int64_t i = 0; i < k; i++) {
    for (int64_t e = s->g_start[i]; e < s->g_start[i + 1]; e++) {
      const int32_t j = s->g_column[e];
      const double w = s->g_value[e] * s->v[j];
      for (int64_t at = s->g.start[j]; at < s->g.start[j + 1]; at++)
        if (s->g.row[at] >= i)
          work[s->g.row[at]] += w * s->g.value[at];
    }
    for (int64_t at = s->s_start[i]; at < s->s_start[i + 1]; at++) {
      x[at] = work[s->s_row[at]];
      work[s->s_row[at]] = 0;
    }
  }
  return matrix;
}

/* The smallest share of a diagonal entry that is left as a pivot: what cancelled shows how many digits are lost. */
static double
least_pivot(const fast_factor *f, const cholmod_sparse *matrix)
{
  const SuiteSparse_long *super = f->factor->super, *px = f->factor->px, *pi = f->factor->pi, *perm = f->factor->Perm;
  const double *x = f->factor->x, *s = matrix->x;
  const int64_t *start = matrix->p;
  double least = 1;
  for (size_t j = 0; j < f->factor->nsuper; j++) {
    const int64_t rows = pi[j + 1] - pi[j];
    for (int64_t c = super[j]; c < super[j + 1]; c++) {
      const double pivot = x[px[j] + (c - super[j]) * (rows + 1)];
      least = fmin(least, pivot * pivot / s[start[perm[c]]]);
    }
  }
  return least;
}

#define POOR_PIVOT 1e-9

static kn_code
number_places(fast_factor *f, int64_t k, kn_error *err)
{
  f->place = calloc((size_t)k + 1, sizeof *f->place);
  f->supernode = calloc((size_t)k + 1, sizeof *f->supernode);
  if (f->place == NULL || f->supernode == NULL)
    return out_of_memory(err);
  const SuiteSparse_long *perm = f->factor->Perm, *super = f->factor->super;
  for (int64_t i = 0; i < k; i++)
    f->place[perm[i]] = i;
  for (size_t j = 0; f->factor->is_super && j < f->factor->nsuper; j++)
    for (int64_t c = super[j]; c < super[j + 1]; c++)
      f->supernode[c] = (int64_t)j;
  return KN_OK;
}

static kn_code
factor_matrix(fast_factor *f, cholmod_sparse *matrix, bool *is_poor, double *flops, kn_error *err)
{
  cholmod_common *common = &f->common;
  const int64_t k = f->system->g.rows;
  f->factor = cholmod_l_analyze(matrix, common);
  if (f->factor == NULL)
    return out_of_memory(err);
  *flops = common->fl;
  KN_TRY(number_places(f, k, err));
  if (super_is_wide(f->factor))
    KN_TRY(super_factorize(f->factor, matrix, f->place, f->supernode, f->threads, common, err));
  else {
    kn_blas_lock();
    cholmod_l_factorize(matrix, f->factor, common);
    kn_blas_unlock();
  }
  if (common->status == CHOLMOD_OUT_OF_MEMORY || common->status == CHOLMOD_TOO_LARGE)
    return out_of_memory(err);
  *is_poor = common->status == CHOLMOD_NOT_POSDEF || f->factor->minor < (size_t)k || least_pivot(f, matrix) < POOR_PIVOT;
  return KN_OK;
}

static kn_code
factorize(fast_factor *f, const gls_system *s, bool *is_poor, double *flops, kn_error *err)
{
  double *work = calloc((size_t)s->g.rows + 1, sizeof *work);
  cholmod_sparse *matrix = work == NULL ? NULL : build_matrix(s, &f->common, work);
  free(work);
  if (matrix == NULL)
    return out_of_memory(err);
  const kn_code code = factor_matrix(f, matrix, is_poor, flops, err);
  cholmod_l_free_sparse(&matrix, &f->common);
  return code;
}

kn_code
fast_new(fast_factor **out, const gls_system *system, int32_t threads, bool *is_poor, double *flops, kn_error *err)
{
  *out = NULL;
  fast_factor *f = calloc(1, sizeof *f);
  if (f == NULL)
    return out_of_memory(err);
  f->system = system;
  f->threads = kn_thread_count(threads);
  cholmod_l_start(&f->common);
  f->common.nmethods = 1;
  f->common.method[0].ordering = CHOLMOD_AMD;
  f->common.postorder = 1;
  f->common.supernodal = CHOLMOD_SUPERNODAL;
  f->common.print = 0;
  f->common.try_catch = 1;
  const kn_code code = factorize(f, system, is_poor, flops, err);
  if (code != KN_OK) {
    fast_free(f);
    return code;
  }
  *out = f;
  return KN_OK;
}

bool
fast_is_whole(const fast_factor *f)
{
  return f->factor->minor == f->factor->n;
}

const int64_t *
fast_order(const fast_factor *f)
{
  return f->factor->Perm;
}

/* One or more right sides, [count][k]; which: CHOLMOD_A solves wholly, CHOLMOD_L half (of the permuted system). */
static kn_code
solve(const fast_factor *f, int which, int64_t count, double *x, kn_error *err)
{
  const size_t k = (size_t)f->system->g.rows;
  cholmod_common *common = (cholmod_common *)&f->common; /* only its counters change */
  cholmod_dense b = {.nrow = k, .ncol = (size_t)count, .nzmax = k * (size_t)count, .d = k, .x = x, .xtype = CHOLMOD_REAL};
  kn_blas_lock();
  cholmod_dense *y = cholmod_l_solve(which, f->factor, &b, common);
  kn_blas_unlock();
  if (y == NULL)
    return out_of_memory(err);
  memcpy(x, y->x, k * (size_t)count * sizeof *x);
  cholmod_l_free_dense(&y, common);
  return KN_OK;
}

kn_code
fast_solve(const fast_factor *f, double *x, kn_error *err)
{
  return solve(f, CHOLMOD_A, 1, x, err);
}

kn_code
fast_half_solve(const fast_factor *f, int64_t count, double *x, kn_error *err)
{
  KN_TRY(solve(f, CHOLMOD_P, count, x, err));
  return solve(f, CHOLMOD_L, count, x, err);
}

/* ---------------------------------------------------------------- the part of the inverse */
/* Blocks as factor->x, but for the columns J of a wide supernode: Z_JJ lies above the diagonal of its block in factor->x. */
typedef struct part {
  double *x;
  double **diagonal; /* [supernodes] of wide ones: the tiles on the diagonal of Z_JJ */
} part;

typedef struct space {
  double *room;      /* [KERNEL_ROOM] */
  double *z, *w, *d; /* [most][most] Z_RR, [most][columns] W, [columns][columns] L_JJ^-1 */
  int64_t *at;       /* [most] where the rows of R stand in a supernode above */
} space;

static dense_inverse
wide_inverse(const fast_factor *f, const part *inverse, int64_t j)
{
  const SuiteSparse_long *super = f->factor->super, *px = f->factor->px, *pi = f->factor->pi;
  return (dense_inverse){.l = (double *)f->factor->x + px[j],
                         .n = super[j + 1] - super[j],
                         .rows = pi[j + 1] - pi[j] - (super[j + 1] - super[j]),
                         .stride = pi[j + 1] - pi[j],
                         .diagonal = inverse->diagonal[j]};
}

/* Positions of rows[0..m) (ascending) within list[0..n), which holds them all. */
static void
find_rows(const SuiteSparse_long *rows, int64_t m, const SuiteSparse_long *list, int64_t n, int64_t *at)
{
  int64_t p = 0;
  if (n > 8 * m) { /* few in a long list: halve */
    for (int64_t i = 0; i < m; i++) {
      int64_t low = p, high = n - 1;
      while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (list[middle] < rows[i])
          low = middle + 1;
        else
          high = middle;
      }
      at[i] = p = low;
    }
    return;
  }
  for (int64_t i = 0; i < m; i++) {
    while (list[p] < rows[i])
      p++;
    at[i] = p;
  }
}

/* Z_RR out of the supernodes above. */
static void
gather(const fast_factor *f, const part *inverse, const SuiteSparse_long *rows, int64_t m, space *s)
{
  const SuiteSparse_long *super = f->factor->super, *px = f->factor->px, *pi = f->factor->pi, *list = f->factor->s;
  for (int64_t first = 0; first < m;) {
    const int64_t above = f->supernode[rows[first]];
    int64_t last = first + 1;
    while (last < m && rows[last] < super[above + 1])
      last++;
    const int64_t height = pi[above + 1] - pi[above];
    find_rows(rows + first, m - first, list + pi[above], height, s->at + first);
    const bool is_wide = inverse->diagonal[above] != NULL;
    if (is_wide) { /* within the supernode: by rows, as Z_JJ lies there */
      const dense_inverse wide = wide_inverse(f, inverse, above);
      for (int64_t r = first; r < last; r++)
        dense_row(&wide, s->at[r], s->at + first, r - first + 1, s->z + first * m + r, m);
    }
    for (int64_t c = first; c < last; c++) {
      const double *from = inverse->x + px[above] + (rows[c] - super[above]) * height;
      double *to = s->z + c * m;
      for (int64_t r = is_wide ? last : c; r < m; r++)
        to[r] = from[s->at[r]];
    }
    first = last;
  }
  enum { SIDE = 16 };
  for (int64_t group = 0; group < m; group += SIDE) /* and what is above its diagonal */
    for (int64_t c = 0; c < m && c < group + SIDE; c++)
      for (int64_t r = c < group ? group : c + 1; r < group + SIDE && r < m; r++)
        s->z[r * m + c] = s->z[c * m + r];
}

static kernel_block
as_is(const double *at, int64_t stride)
{
  return (kernel_block){.at = at, .stride = stride};
}

static kernel_block
turned(const double *at, int64_t stride)
{
  return (kernel_block){.at = at, .stride = stride, .is_transposed = true};
}

/* Z_RJ = -Z_RR W, which stands below Z_JJ. */
static void
invert_below(const fast_factor *f, int64_t j, const part *inverse, space *s)
{
  const SuiteSparse_long *super = f->factor->super, *px = f->factor->px, *pi = f->factor->pi, *list = f->factor->s;
  const int64_t n = super[j + 1] - super[j], height = pi[j + 1] - pi[j], m = height - n;
  double *z = inverse->x + px[j] + n;
  gather(f, inverse, list + pi[j] + n, m, s);
  for (int64_t c = 0; c < n; c++)
    memset(z + c * height, 0, (size_t)m * sizeof *z);
  kernel_multiply(m, n, m, -1, as_is(s->z, m), as_is(s->w, m), z, height, s->room);
}

static void
invert_narrow(const fast_factor *f, int64_t j, const part *inverse, space *s)
{
  const SuiteSparse_long *super = f->factor->super, *px = f->factor->px, *pi = f->factor->pi;
  const int64_t n = super[j + 1] - super[j], height = pi[j + 1] - pi[j], m = height - n;
  const double *l = (const double *)f->factor->x + px[j];
  double *z = inverse->x + px[j];
  kernel_invert(n, l, height, s->d, n, s->room);
  for (int64_t c = 0; c < n; c++)
    memset(z + c * height, 0, (size_t)n * sizeof *z);
  kernel_multiply_lower(n, n, 1, turned(s->d, n), as_is(s->d, n), z, height, s->room);
  if (m == 0)
    return;
  kernel_triangle_right(m, n, 1, l + n, height, as_is(s->d, n), s->w, m, s->room);
  invert_below(f, j, inverse, s);
  kernel_multiply_lower(n, m, -1, turned(s->w, m), as_is(z + n, height), z, height, s->room);
}

static kn_code
invert_wide(const fast_factor *f, int64_t j, const part *inverse, space *s, kn_error *err)
{
  const dense_inverse wide = wide_inverse(f, inverse, j);
  const SuiteSparse_long *px = f->factor->px;
  const int64_t m = wide.rows;
  KN_TRY(dense_invert(&wide, s->w, f->threads, err));
  if (m > 0)
    invert_below(f, j, inverse, s);
  return m > 0 ? dense_take_off(&wide, s->w, m, inverse->x + px[j] + wide.n, wide.stride, m, f->threads, err) : KN_OK;
}

/* Narrow supernodes on several threads: from `top` downwards, each when the one that holds its first row below is done, and with that
 * all that it asks for. */
typedef struct inverting {
  const fast_factor *f;
  const part *inverse;
  space *spaces;            /* [threads] */
  _Atomic uint8_t *is_done; /* [supernodes] */
  int64_t top;
} inverting;

static void
invert_run(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const inverting *run = arg;
  const fast_factor *f = run->f;
  const SuiteSparse_long *super = f->factor->super, *pi = f->factor->pi, *list = f->factor->s;
  for (int64_t item = first; item < last; item++) {
    const int64_t j = run->top - item, below = pi[j] + super[j + 1] - super[j];
    if (below < pi[j + 1])
      for (int turn = 1; !atomic_load_explicit(&run->is_done[f->supernode[list[below]]], memory_order_acquire); turn++)
        if (turn % 64 == 0)
          sched_yield();
    invert_narrow(f, j, run->inverse, &run->spaces[worker]);
    atomic_store_explicit(&run->is_done[j], 1, memory_order_release);
  }
}

static kn_code
invert_all(inverting *run, int32_t threads, kn_error *err)
{
  const fast_factor *f = run->f;
  for (int64_t j = (int64_t)f->factor->nsuper - 1; j >= 0;) {
    if (run->inverse->diagonal[j] != NULL) {
      KN_TRY(invert_wide(f, j, run->inverse, run->spaces, err));
      atomic_store(&run->is_done[j--], 1);
      continue;
    }
    run->top = j;
    while (j >= 0 && run->inverse->diagonal[j] == NULL)
      j--;
    KN_TRY(kn_parallel(threads, run->top - j, 1, invert_run, run, err));
  }
  return KN_OK;
}

static bool
take_space(const fast_factor *f, space *s)
{
  const SuiteSparse_long *super = f->factor->super, *pi = f->factor->pi;
  size_t most_z = 1, most_w = 1, most_d = 1, most = 1;
  for (size_t j = 0; j < f->factor->nsuper; j++) {
    const size_t n = (size_t)(super[j + 1] - super[j]), m = (size_t)(pi[j + 1] - pi[j]) - n;
    most_z = m * m > most_z ? m * m : most_z;
    most_w = m * n > most_w ? m * n : most_w;
    most_d = n < DENSE_WIDE && n * n > most_d ? n * n : most_d;
    most = m > most ? m : most;
  }
  *s = (space){.room = aligned_alloc(64, KERNEL_ROOM * sizeof(double)),
               .z = malloc(most_z * sizeof(double)),
               .w = malloc(most_w * sizeof(double)),
               .d = malloc(most_d * sizeof(double)),
               .at = malloc(most * sizeof(int64_t))};
  return s->room != NULL && s->z != NULL && s->w != NULL && s->d != NULL && s->at != NULL;
}

/* Below this many entries threads cost more than they bring. */
enum { WORTH_THREADS = 1000000 };

static kn_code
invert(const fast_factor *f, const part *inverse, kn_error *err)
{
  const int32_t threads = f->factor->xsize >= WORTH_THREADS ? f->threads : 1;
  inverting run = {.f = f, .inverse = inverse};
  run.spaces = calloc((size_t)threads, sizeof *run.spaces);
  run.is_done = calloc(f->factor->nsuper + 1, sizeof *run.is_done);
  bool is_there = run.spaces != NULL && run.is_done != NULL;
  for (int32_t t = 0; is_there && t < threads; t++)
    is_there = take_space(f, &run.spaces[t]);
  const kn_code code = is_there ? invert_all(&run, threads, err) : out_of_memory(err);
  for (int32_t t = 0; run.spaces != NULL && t < threads; t++) {
    free(run.spaces[t].z);
    free(run.spaces[t].w);
    free(run.spaces[t].d);
    free(run.spaces[t].room);
    free(run.spaces[t].at);
  }
  free(run.spaces);
  free((void *)run.is_done);
  return code;
}

/* The inverse between two rows of S that lie in its pattern. */
static double
entry(const fast_factor *f, const part *inverse, int64_t row, int64_t column)
{
  int64_t r = f->place[row], c = f->place[column];
  if (r < c) {
    const int64_t swap = r;
    r = c;
    c = swap;
  }
  const SuiteSparse_long *super = f->factor->super, *px = f->factor->px, *pi = f->factor->pi, *list = f->factor->s;
  const int64_t j = f->supernode[c], height = pi[j + 1] - pi[j];
  const SuiteSparse_long key = r;
  int64_t at;
  find_rows(&key, 1, list + pi[j], height, &at);
  if (inverse->diagonal[j] != NULL && r < super[j + 1]) {
    const dense_inverse wide = wide_inverse(f, inverse, j);
    return dense_entry(&wide, at, c - super[j]);
  }
  return inverse->x[px[j] + (c - super[j]) * height + at];
}

/* ---------------------------------------------------------------- variances */
/* *size: what it is added up from. */
static double
column_form(const fast_factor *f, const part *inverse, int64_t count, const int32_t *row, const double *value, double *size)
{
  double sum = 0;
  *size = 0;
  for (int64_t a = 0; a < count; a++)
    for (int64_t b = 0; b <= a; b++) {
      const double add = (b < a ? 2 : 1) * value[a] * value[b] * entry(f, inverse, row[a], row[b]);
      sum += add;
      *size += fabs(add);
    }
  return sum;
}

static kn_code
form_variances(const fast_factor *f, const part *inverse, double *of_form, bool *is_poor, kn_arena *scratch, kn_error *err)
{
  const gls_system *s = f->system;
  double *dense, *value, *block = NULL;
  int64_t *list, count = 0;
  KN_NEW(dense, scratch, s->g.rows, err);
  KN_NEW(value, scratch, s->g.rows, err);
  KN_NEW(list, scratch, s->forms.columns, err);
  for (int64_t i = 0; i < s->forms.columns; i++) {
    if (s->is_long[i]) {
      list[count++] = i;
      continue;
    }
    const double own = gls_spread_form(s, i, dense);
    const int64_t first = s->form_start[i], rows = s->form_start[i + 1] - first;
    for (int64_t e = 0; e < rows; e++) {
      value[e] = dense[s->form_row[first + e]];
      dense[s->form_row[first + e]] = 0;
    }
    double size;
    const double left = own - column_form(f, inverse, rows, s->form_row + first, value, &size);
    of_form[i] = fmax(0, left);
    if (DBL_EPSILON * (own + size) > GLS_DOUBTFUL * left)
      list[count++] = i;
  }
  if (count == 0)
    return KN_OK;
  KN_NEW(block, scratch, s->g.rows * (count < GLS_BLOCK ? count : GLS_BLOCK), err);
  return gls_solve_forms(f, s, list, count, of_form, block, is_poor, err);
}

static kn_code
column_variances(const fast_factor *f, const part *inverse, double *removed, double *kept, bool *is_poor, kn_arena *scratch,
                 kn_error *err)
{
  const gls_system *s = f->system;
  double *block, *share;
  int64_t *list, count = 0;
  KN_NEW(share, scratch, s->g.columns, err);
  KN_NEW(list, scratch, s->g.columns, err);
  for (int64_t j = 0; j < s->g.columns; j++) {
    const int64_t first = s->g.start[j], entries = s->g.start[j + 1] - first;
    double size;
    share[j] = s->v[j] * column_form(f, inverse, entries, s->g.row + first, s->g.value + first, &size);
    if (DBL_EPSILON * s->v[j] * size > GLS_DOUBTFUL * fmin(share[j], 1 - share[j]))
      list[count++] = j;
  }
  KN_NEW(block, scratch, s->g.rows * (count < GLS_BLOCK ? count : GLS_BLOCK), err);
  KN_TRY(gls_solve_columns(f, s, list, count, share, block, err));
  for (int64_t i = 0; i < count; i++)
    *is_poor |= 1 - share[list[i]] < GLS_POOR;
  for (int64_t j = 0; j < s->g.columns; j++) {
    removed[j] = s->v[j] * fmin(share[j], 1);
    kept[j] = s->v[j] * fmax(0, 1 - share[j]);
  }
  return KN_OK;
}

static kn_code
all_variances(const fast_factor *f, const part *inverse, double *removed, double *kept, double *of_form, bool *is_poor,
              kn_error *err)
{
  KN_TRY(invert(f, inverse, err));
  kn_arena *scratch = kn_arena_new();
  kn_code code = column_variances(f, inverse, removed, kept, is_poor, scratch, err);
  if (code == KN_OK && f->system->forms.columns > 0)
    code = form_variances(f, inverse, of_form, is_poor, scratch, err);
  kn_arena_free(scratch);
  return code;
}

static kn_code
take_room(const fast_factor *f, part *inverse, kn_error *err)
{
  const SuiteSparse_long *super = f->factor->super;
  inverse->x = malloc((f->factor->xsize + 1) * sizeof *inverse->x);
  inverse->diagonal = calloc(f->factor->nsuper + 1, sizeof *inverse->diagonal);
  if (inverse->x == NULL || inverse->diagonal == NULL)
    return out_of_memory(err);
  for (size_t j = 0; j < f->factor->nsuper; j++) {
    const int64_t n = super[j + 1] - super[j];
    if (n < DENSE_WIDE)
      continue;
    inverse->diagonal[j] = calloc((size_t)dense_diagonal_size(n), sizeof **inverse->diagonal);
    if (inverse->diagonal[j] == NULL)
      return out_of_memory(err);
  }
  return KN_OK;
}

kn_code
fast_variances(const fast_factor *f, double *removed, double *kept, double *of_form, bool *is_poor, kn_error *err)
{
  part inverse = {0};
  *is_poor = false;
  kn_code code = take_room(f, &inverse, err);
  if (code == KN_OK)
    code = all_variances(f, &inverse, removed, kept, of_form, is_poor, err);
  for (size_t j = 0; inverse.diagonal != NULL && j < f->factor->nsuper; j++)
    free(inverse.diagonal[j]);
  free((void *)inverse.diagonal);
  free(inverse.x);
  return code;
}
