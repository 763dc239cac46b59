/* A supernodal factor with wide supernodes on several threads: CHOLMOD's is on one. */
#include "numeric/sparse_super.h"

#include <stdlib.h>
#include <string.h>

#include "numeric/dense.h"

enum { STRIP = 128 };

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
  double *room;         /* [threads][KERNEL_ROOM] */
  double *products;     /* what is taken off at once; on several threads [threads][tallest * STRIP] */
  int64_t tallest;      /* rows below a supernode, at most */
  int64_t *below;       /* [below_count] what is taken off a wide supernode */
  int64_t below_count;
  int64_t wide; /* the supernode that is cleared */
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

/* block of s <- block - L_d L_d' for the columns that rows first .. last of d are. */
static void
take_off(const factoring *f, int64_t s, int64_t d, int64_t first, int64_t last, int64_t columns, double *product, double *room)
{
  const int64_t height = f->pi[s + 1] - f->pi[s];
  const int64_t *rows = f->list + f->pi[d];
  const int64_t d_height = f->pi[d + 1] - f->pi[d], m = d_height - first, n = last - first;
  const double *l = f->x + f->px[d] + first;
  memset(product, 0, (size_t)(m * n) * sizeof *product);
  kernel_multiply(m, n, columns, 1, (kernel_block){l, d_height, false}, (kernel_block){l, d_height, true}, product, m, room);
  for (int64_t j = 0; j < n; j++) {
    double *to = f->x + f->px[s] + f->map[rows[first + j]] * height;
    for (int64_t i = j; i < m; i++)
      to[f->map[rows[first + i]]] -= product[j * m + i];
  }
}

/* The first of rows[from .. to) (ascending) that is not below `row`. */
static int64_t
find_row(const int64_t *rows, int64_t from, int64_t to, int64_t row)
{
  while (from < to) {
    const int64_t middle = from + (to - from) / 2;
    if (rows[middle] < row)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

/* What stands in a strip of columns of a wide supernode before it is factored: the entries of S, less what the supernodes of `below` take
 * off, in their order. Memory that is new is cleared by the system when it is touched: so on several threads as well. */
static void
assemble_strips(void *arg, int64_t first_strip, int64_t last_strip, int32_t worker)
{
  const factoring *f = arg;
  const int64_t s = f->wide, height = f->pi[s + 1] - f->pi[s], end = f->super[s + 1];
  double *block = f->x + f->px[s], *product = f->products + (size_t)worker * (size_t)(f->tallest * STRIP),
         *room = f->room + (size_t)worker * KERNEL_ROOM;
  for (int64_t strip = first_strip; strip < last_strip; strip++) {
    const int64_t first = f->super[s] + strip * STRIP, last = first + STRIP < end ? first + STRIP : end;
    for (int64_t c = first - f->super[s]; c < last - f->super[s]; c++)
      memset(block + c * height + c, 0, (size_t)(height - c) * sizeof *block);
    for (int64_t c = first; c < last; c++)
      for (int64_t e = f->start[c]; e < f->start[c + 1]; e++)
        block[(c - f->super[s]) * height + f->map[f->row[e]]] += f->value[e];
    for (int64_t i = 0; i < f->below_count; i++) {
      const int64_t d = f->below[i], columns = f->super[d + 1] - f->super[d], d_height = f->pi[d + 1] - f->pi[d];
      const int64_t *rows = f->list + f->pi[d];
      const int64_t from = find_row(rows, f->reached[d], d_height, first), to = find_row(rows, from, d_height, last);
      if (from < to)
        take_off(f, s, d, from, to, columns, product, room);
    }
  }
}

static kn_code
assemble_wide(factoring *f, int64_t s, kn_error *err)
{
  f->wide = s;
  f->below_count = 0;
  for (int64_t d = f->head[s]; d >= 0; d = f->next[d])
    f->below[f->below_count++] = d;
  KN_TRY(kn_parallel(f->threads, (f->super[s + 1] - f->super[s] + STRIP - 1) / STRIP, 1, assemble_strips, f, err));
  for (int64_t i = 0; i < f->below_count; i++) {
    const int64_t d = f->below[i];
    f->reached[d] = find_row(f->list + f->pi[d], f->reached[d], f->pi[d + 1] - f->pi[d], f->super[s + 1]);
    hand_on(f, d);
  }
  return KN_OK;
}

static void
assemble_narrow(factoring *f, int64_t s)
{
  const int64_t first = f->super[s], columns = f->super[s + 1] - first, height = f->pi[s + 1] - f->pi[s];
  double *block = f->x + f->px[s];
  memset(block, 0, (size_t)(columns * height) * sizeof *block);
  for (int64_t c = 0; c < columns; c++)
    for (int64_t e = f->start[first + c]; e < f->start[first + c + 1]; e++)
      block[c * height + f->map[f->row[e]]] += f->value[e];
  for (int64_t d = f->head[s], after; d >= 0; d = after) {
    after = f->next[d];
    const int64_t d_height = f->pi[d + 1] - f->pi[d],
                  last = find_row(f->list + f->pi[d], f->reached[d], d_height, f->super[s + 1]);
    take_off(f, s, d, f->reached[d], last, f->super[d + 1] - f->super[d], f->products, f->room);
    f->reached[d] = last;
    hand_on(f, d);
  }
}

/* One supernode; *minor: the first of its columns whose pivot is not above 0, its width: none. */
static kn_code
factor_supernode(factoring *f, int64_t s, int64_t *minor, kn_error *err)
{
  const int64_t columns = f->super[s + 1] - f->super[s], height = f->pi[s + 1] - f->pi[s];
  const int64_t *rows = f->list + f->pi[s];
  double *block = f->x + f->px[s];
  for (int64_t i = 0; i < height; i++)
    f->map[rows[i]] = i;
  if (columns >= DENSE_WIDE) {
    KN_TRY(assemble_wide(f, s, err));
    KN_TRY(dense_cholesky(block, columns, height - columns, height, f->threads, minor, err));
  } else {
    assemble_narrow(f, s);
    *minor = kernel_factor(columns, height - columns, block, height, f->room);
  }
  if (*minor < columns)
    return KN_OK;
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
  free(f->room);
  free(f->products);
  free(f->below);
}

/* Room for what is taken off at once: of a narrow supernode all of it, of a wide one a strip for each thread. */
static size_t
size_products(factoring *f)
{
  for (size_t s = 0; s < f->factor->nsuper; s++) {
    const int64_t below = f->pi[s + 1] - f->pi[s] - (f->super[s + 1] - f->super[s]);
    f->tallest = below > f->tallest ? below : f->tallest;
  }
  const size_t most = (size_t)(f->tallest * (f->tallest < DENSE_WIDE ? f->tallest : DENSE_WIDE));
  const size_t strips = (size_t)f->threads * (size_t)(f->tallest * STRIP);
  return (most > strips ? most : strips) + 1;
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
  f->products = malloc(size_products(f) * sizeof *f->products);
  f->room = aligned_alloc(64, (size_t)f->threads * KERNEL_ROOM * sizeof *f->room);
  f->below = malloc((supernodes + 1) * sizeof *f->below);
  if (!(f->start && f->row && f->value && f->map && f->head && f->next && f->reached && f->room && f->products && f->below))
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
