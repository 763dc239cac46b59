/* A supernodal factor with wide supernodes on several threads: CHOLMOD's is on one. */
#include "numeric/sparse_super.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/dense.h"

extern void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t);

typedef struct factoring {
  cholmod_factor *factor;
  const int64_t *super, *px, *pi, *list, *supernode;
  double *x;
  /* S in the order of the factor, lower triangle by columns */
  int64_t *start, *row;
  double *value;
  int64_t *map;         /* [k] where a row stands in the supernode that is worked on */
  int64_t *head, *next; /* [supernodes] those below that still have to be taken off a supernode, as lists */
  int64_t *reached;     /* [supernodes] rows of one that have been taken off */
  double *product;      /* what is taken off at once */
  int32_t threads;
} factoring;

bool
super_is_wide(const cholmod_factor *factor)
{
  const SuiteSparse_long *super = factor->super;
  for (size_t s = 0; factor->is_super && s < factor->nsuper; s++)
    if (super[s + 1] - super[s] >= DENSE_WIDE)
      return true;
  return false;
}

static void
order_entries(factoring *f, const cholmod_sparse *lower, const int64_t *place)
{
  const SuiteSparse_long *start = lower->p, *row = lower->i;
  const double *value = lower->x;
  const int64_t k = (int64_t)lower->ncol;
  for (int64_t c = 0; c < k; c++)
    for (int64_t e = start[c]; e < start[c + 1]; e++) {
      const int64_t a = place[c], b = place[row[e]];
      f->start[(a < b ? a : b) + 2]++;
    }
  for (int64_t c = 2; c <= k + 1; c++)
    f->start[c] += f->start[c - 1];
  for (int64_t c = 0; c < k; c++)
    for (int64_t e = start[c]; e < start[c + 1]; e++) {
      const int64_t a = place[c], b = place[row[e]], to = f->start[(a < b ? a : b) + 1]++;
      f->row[to] = a < b ? b : a;
      f->value[to] = value[e];
    }
}

/* Supernode d next has to be taken off the one that holds its row number `reached`. */
static void
hand_on(factoring *f, int64_t d)
{
  if (f->reached[d] == f->pi[d + 1] - f->pi[d])
    return;
  const int64_t to = f->supernode[f->list[f->pi[d] + f->reached[d]]];
  f->next[d] = f->head[to];
  f->head[to] = d;
}

/* block of s <- block - L_d L_d' for the rows of d that s has. */
static void
take_off(factoring *f, int64_t s, int64_t d)
{
  const int64_t height = f->pi[s + 1] - f->pi[s], first = f->reached[d], columns = f->super[d + 1] - f->super[d];
  const int64_t *rows = f->list + f->pi[d];
  const int d_height = (int)(f->pi[d + 1] - f->pi[d]);
  int64_t last = first;
  while (last < d_height && rows[last] < f->super[s + 1])
    last++;
  const int m = d_height - (int)first, n = (int)(last - first);
  const double *l = f->x + f->px[d] + first;
  cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, m, n, (int)columns, 1, l, d_height, l, d_height, 0, f->product, m);
  for (int64_t j = 0; j < n; j++) {
    double *to = f->x + f->px[s] + f->map[rows[first + j]] * height;
    for (int64_t i = j; i < m; i++)
      to[f->map[rows[first + i]]] -= f->product[j * m + i];
  }
  f->reached[d] = last;
}

/* One supernode; *minor: the first of its columns whose pivot is not above 0, its width: none. */
static kn_code
factor_supernode(factoring *f, int64_t s, int64_t *minor, kn_error *err)
{
  const int64_t first = f->super[s], columns = f->super[s + 1] - first, height = f->pi[s + 1] - f->pi[s];
  const int64_t *rows = f->list + f->pi[s];
  double *block = f->x + f->px[s];
  for (int64_t i = 0; i < height; i++)
    f->map[rows[i]] = i;
  for (int64_t c = 0; c < columns; c++)
    for (int64_t e = f->start[first + c]; e < f->start[first + c + 1]; e++)
      block[c * height + f->map[f->row[e]]] += f->value[e];
  for (int64_t d = f->head[s], after; d >= 0; d = after) {
    after = f->next[d];
    take_off(f, s, d);
    hand_on(f, d);
  }
  const int n = (int)columns, stride = (int)height;
  if (columns >= DENSE_WIDE) {
    KN_TRY(dense_cholesky(block, columns, height, f->threads, minor, err));
  } else {
    int info;
    dpotrf_("L", &n, block, &stride, &info, 1);
    *minor = info > 0 ? info - 1 : columns;
  }
  if (*minor < columns)
    return KN_OK;
  if (height > columns)
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, stride - n, n, 1, block, stride, block + n,
                stride);
  f->reached[s] = columns;
  hand_on(f, s);
  return KN_OK;
}

static kn_code
factor_all(factoring *f, kn_error *err)
{
  cholmod_factor *l = f->factor;
  l->minor = l->n;
  for (size_t s = 0; s < l->nsuper; s++) {
    int64_t minor;
    KN_TRY(factor_supernode(f, (int64_t)s, &minor, err));
    if (minor == f->super[s + 1] - f->super[s])
      continue;
    l->minor = (size_t)(f->super[s] + minor);
    return KN_OK;
  }
  return KN_OK;
}

static void
release(factoring *f)
{
  free(f->start);
  free(f->row);
  free(f->value);
  free(f->map);
  free(f->head);
  free(f->next);
  free(f->reached);
  free(f->product);
}

/* The most entries that are taken off at once. */
static size_t
largest_product(const factoring *f)
{
  size_t most = 1;
  for (size_t s = 0; s < f->factor->nsuper; s++) {
    const size_t below = (size_t)(f->pi[s + 1] - f->pi[s] - (f->super[s + 1] - f->super[s]));
    most = below * below > most ? below * below : most;
  }
  return most;
}

static bool
take_room(factoring *f, size_t k, size_t entries)
{
  const size_t supernodes = f->factor->nsuper;
  f->start = calloc(k + 2, sizeof *f->start);
  f->row = malloc((entries + 1) * sizeof *f->row);
  f->value = malloc((entries + 1) * sizeof *f->value);
  f->map = malloc((k + 1) * sizeof *f->map);
  f->head = malloc((supernodes + 1) * sizeof *f->head);
  f->next = malloc((supernodes + 1) * sizeof *f->next);
  f->reached = calloc(supernodes + 1, sizeof *f->reached);
  f->product = malloc(largest_product(f) * sizeof *f->product);
  if (!(f->start && f->row && f->value && f->map && f->head && f->next && f->reached && f->product))
    return false;
  for (size_t s = 0; s < supernodes; s++)
    f->head[s] = -1;
  return true;
}

kn_code
super_factorize(cholmod_factor *factor, const cholmod_sparse *lower, const int64_t *place, const int64_t *supernode,
                int32_t threads, cholmod_common *common, kn_error *err)
{
  if (!cholmod_l_change_factor(CHOLMOD_REAL, 1, 1, 1, 1, factor, common))
    return kn_fail(err, KN_E_LIMIT, "out of memory for the factor of the balances");
  kn_wish_large_pages(factor->x, factor->xsize * sizeof(double));
  memset(factor->x, 0, factor->xsize * sizeof(double));
  factoring f = {.factor = factor,
                 .super = factor->super,
                 .px = factor->px,
                 .pi = factor->pi,
                 .list = factor->s,
                 .supernode = supernode,
                 .x = factor->x,
                 .threads = threads};
  kn_code code;
  if (take_room(&f, lower->ncol, (size_t)((const SuiteSparse_long *)lower->p)[lower->ncol])) {
    order_entries(&f, lower, place);
    code = factor_all(&f, err);
  } else {
    code = kn_fail(err, KN_E_LIMIT, "out of memory for the factor of the balances");
  }
  release(&f);
  return code;
}
