/* The normal matrix in 128-bit floating point: L D L' one row after the other, and the inverse within its pattern.
 *
 * S squares the ratio between the largest and the smallest deviation; at 1e8 double has no digit left. With 113 bits the ratio
 * may be 1e12 and answers are still right to the last digit. Some fifty times slower per operation than double, so for small
 * systems, and for those where double lost digits.
 * source  L D L': Davis (2005), Algorithm 849, ACM TOMS 31(4). The inverse: see sparse_fast.c; here one column at a time. */
#include "numeric/sparse.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __float128 wide;

/* A share of a variance that is left below this is none: exact figures determine it. */
#define ROUNDING 1e-29
#define WIDE_EPSILON 2e-34

struct exact_factor {
  const gls_system *system;
  kn_arena *keep;
  const int64_t *order;
  int64_t *place;   /* [k] */
  int64_t *parent;  /* [k] elimination tree */
  int64_t *l_start; /* [k + 1] */
  int32_t *l_row;
  wide *l, *d; /* by columns, without the diagonal; [k] */
};

static kn_code
build_upper(exact_factor *f, int64_t **start_out, int32_t **row_out, wide **value_out, kn_arena *scratch, kn_error *err)
{
  const gls_system *s = f->system;
  const int64_t k = s->g.rows;
  int64_t *start, *next;
  int32_t *row;
  wide *value, *work;
  KN_NEW(start, scratch, k + 1, err);
  KN_NEW(next, scratch, k + 1, err);
  KN_NEW(row, scratch, s->s_start[k], err);
  KN_NEW(value, scratch, s->s_start[k], err);
  KN_NEW(work, scratch, k, err);
  for (int64_t i = 0; i < k; i++)
    for (int64_t at = s->s_start[i]; at < s->s_start[i + 1]; at++) {
      const int64_t a = f->place[i], b = f->place[s->s_row[at]];
      start[(a > b ? a : b) + 1]++;
    }
  for (int64_t i = 0; i < k; i++)
    start[i + 1] += start[i];
  memcpy(next, start, (size_t)(k + 1) * sizeof *next);
  for (int64_t i = 0; i < k; i++) {
    for (int64_t e = s->g_start[i]; e < s->g_start[i + 1]; e++) {
      const int32_t j = s->g_column[e];
      const wide w = (wide)s->g_value[e] * s->v[j];
      for (int64_t at = s->g.start[j]; at < s->g.start[j + 1]; at++)
        if (s->g.row[at] >= i)
          work[s->g.row[at]] += w * s->g.value[at];
    }
    for (int64_t at = s->s_start[i]; at < s->s_start[i + 1]; at++) {
      const int64_t a = f->place[i], b = f->place[s->s_row[at]];
      const int64_t to = next[a > b ? a : b]++;
      row[to] = (int32_t)(a > b ? b : a);
      value[to] = work[s->s_row[at]];
      work[s->s_row[at]] = 0;
    }
  }
  *start_out = start;
  *row_out = row;
  *value_out = value;
  return KN_OK;
}

/* The elimination tree, and how many entries each column of L has (into l_start). */
static kn_code
find_tree(exact_factor *f, const int64_t *start, const int32_t *row, kn_arena *scratch, kn_error *err)
{
  const int64_t k = f->system->g.rows;
  int64_t *flag;
  KN_NEW(flag, scratch, k, err);
  KN_NEW(f->parent, f->keep, k, err);
  KN_NEW(f->l_start, f->keep, k + 1, err);
  for (int64_t j = 0; j < k; j++) {
    f->parent[j] = -1;
    flag[j] = j;
    for (int64_t at = start[j]; at < start[j + 1]; at++)
      for (int64_t i = row[at]; flag[i] != j; i = f->parent[i]) {
        if (f->parent[i] == -1)
          f->parent[i] = j;
        f->l_start[i + 1]++;
        flag[i] = j;
      }
  }
  for (int64_t j = 0; j < k; j++)
    f->l_start[j + 1] += f->l_start[j];
  return KN_OK;
}

static kn_code
factorize(exact_factor *f, const int64_t *start, const int32_t *row, const wide *value, kn_arena *scratch, kn_error *err)
{
  const int64_t k = f->system->g.rows;
  wide *y;
  int64_t *pattern, *flag, *end;
  KN_NEW(y, scratch, k, err);
  KN_NEW(pattern, scratch, k, err);
  KN_NEW(flag, scratch, k, err);
  KN_NEW(end, scratch, k, err);
  KN_NEW(f->l_row, f->keep, f->l_start[k], err);
  KN_NEW(f->l, f->keep, f->l_start[k], err);
  KN_NEW(f->d, f->keep, k, err);
  memcpy(end, f->l_start, (size_t)k * sizeof *end);
  for (int64_t j = 0; j < k; j++) {
    int64_t top = k;
    wide diagonal = 0;
    flag[j] = j;
    for (int64_t at = start[j]; at < start[j + 1]; at++) {
      int64_t length = 0;
      y[row[at]] += value[at];
      for (int64_t i = row[at]; flag[i] != j; i = f->parent[i]) {
        pattern[length++] = i;
        flag[i] = j;
      }
      while (length > 0)
        pattern[--top] = pattern[--length];
    }
    f->d[j] = diagonal = y[j];
    y[j] = 0;
    for (; top < k; top++) {
      const int64_t i = pattern[top];
      const wide yi = y[i];
      y[i] = 0;
      for (int64_t e = f->l_start[i]; e < end[i]; e++)
        y[f->l_row[e]] -= f->l[e] * yi;
      const wide l = yi / f->d[i];
      f->d[j] -= l * yi;
      f->l_row[end[i]] = (int32_t)j;
      f->l[end[i]++] = l;
    }
    if (!(f->d[j] > 1e-28 * diagonal))
      return kn_fail(err, KN_E_NUMERIC, "the balances depend on each other more than can be computed with");
  }
  return KN_OK;
}

static kn_code
make(exact_factor *f, kn_arena *scratch, kn_error *err)
{
  int64_t *start;
  int32_t *row;
  wide *value;
  KN_NEW(f->place, f->keep, f->system->g.rows, err);
  for (int64_t i = 0; i < f->system->g.rows; i++)
    f->place[f->order[i]] = i;
  KN_TRY(build_upper(f, &start, &row, &value, scratch, err));
  KN_TRY(find_tree(f, start, row, scratch, err));
  return factorize(f, start, row, value, scratch, err);
}

void
exact_free(exact_factor *f)
{
  if (f == NULL)
    return;
  kn_arena_free(f->keep);
  free(f);
}

kn_code
exact_new(exact_factor **out, const gls_system *system, const int64_t *order, kn_error *err)
{
  *out = NULL;
  exact_factor *f = calloc(1, sizeof *f);
  if (f == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory for the factor of the balances");
  *f = (exact_factor){.system = system, .keep = kn_arena_new(), .order = order};
  kn_arena *scratch = kn_arena_new();
  const kn_code code = make(f, scratch, err);
  kn_arena_free(scratch);
  if (code != KN_OK) {
    exact_free(f);
    return code;
  }
  *out = f;
  return KN_OK;
}

/* ---------------------------------------------------------------- solving */
/* b [k] in the order of elimination. */
static void
back_substitute(const exact_factor *f, wide *b)
{
  const int64_t k = f->system->g.rows;
  for (int64_t j = 0; j < k; j++)
    for (int64_t e = f->l_start[j]; e < f->l_start[j + 1]; e++)
      b[f->l_row[e]] -= f->l[e] * b[j];
  for (int64_t j = k - 1; j >= 0; j--) {
    b[j] /= f->d[j];
    for (int64_t e = f->l_start[j]; e < f->l_start[j + 1]; e++)
      b[j] -= f->l[e] * b[f->l_row[e]];
  }
}

static kn_code
solve(const exact_factor *f, const double *m, const double *h, double *x, double *moved, double *lambda, kn_arena *scratch,
      kn_error *err)
{
  const gls_system *s = f->system;
  const int64_t k = s->g.rows;
  wide *b;
  KN_NEW(b, scratch, k, err);
  for (int64_t i = 0; i < k; i++) {
    wide sum = -(wide)h[i];
    for (int64_t e = s->g_start[i]; e < s->g_start[i + 1]; e++)
      sum += (wide)s->g_value[e] * m[s->g_column[e]];
    b[f->place[i]] = sum;
  }
  back_substitute(f, b);
  for (int64_t i = 0; i < k; i++)
    lambda[i] = (double)b[f->place[i]];
  for (int64_t j = 0; j < s->g.columns; j++) {
    wide sum = 0;
    for (int64_t e = s->g.start[j]; e < s->g.start[j + 1]; e++)
      sum += (wide)s->g.value[e] * b[f->place[s->g.row[e]]];
    x[j] = (double)(m[j] - s->v[j] * sum);
    moved[j] = (double)(s->v[j] * sum);
  }
  return KN_OK;
}

kn_code
exact_solve(const exact_factor *f, const double *m, const double *h, double *x, double *moved, double *lambda, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  const kn_code code = solve(f, m, h, x, moved, lambda, scratch, err);
  kn_arena_free(scratch);
  return code;
}

kn_code
exact_solve_one(const exact_factor *f, double *x, kn_error *err)
{
  wide *b = calloc((size_t)f->system->g.rows + 1, sizeof *b);
  if (b == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory while solving the balances");
  for (int64_t i = 0; i < f->system->g.rows; i++)
    b[f->place[i]] = x[i];
  back_substitute(f, b);
  for (int64_t i = 0; i < f->system->g.rows; i++)
    x[i] = (double)b[f->place[i]];
  free(b);
  return KN_OK;
}

/* ---------------------------------------------------------------- the part of the inverse */
typedef struct inverse_part {
  wide *z, *diagonal;
} inverse_part;

/* Column j of Z from those after it: Z_Rj = -Z_RR L_Rj, Z_jj = 1 / d_j - L_Rj' Z_Rj. dense [k] holds L_Rj, sum [k] the products. */
static void
invert_column(const exact_factor *f, int64_t j, inverse_part *part, wide *dense, wide *sum)
{
  const int64_t first = f->l_start[j], last = f->l_start[j + 1];
  for (int64_t e = first; e < last; e++)
    dense[f->l_row[e]] = f->l[e];
  for (int64_t e = first; e < last; e++) {
    const int64_t c = f->l_row[e];
    sum[c] += part->diagonal[c] * f->l[e];
    for (int64_t at = f->l_start[c]; at < f->l_start[c + 1]; at++) {
      const int32_t r = f->l_row[at];
      sum[r] += part->z[at] * f->l[e];
      sum[c] += part->z[at] * dense[r];
    }
  }
  wide own = 1 / f->d[j];
  for (int64_t e = first; e < last; e++) {
    part->z[e] = -sum[f->l_row[e]];
    own -= f->l[e] * part->z[e];
  }
  part->diagonal[j] = own;
  for (int64_t e = first; e < last; e++) {
    const int64_t c = f->l_row[e];
    dense[c] = 0;
    sum[c] = 0;
    for (int64_t at = f->l_start[c]; at < f->l_start[c + 1]; at++)
      sum[f->l_row[at]] = 0;
  }
}

static wide
entry(const exact_factor *f, const inverse_part *part, int32_t row, int32_t column)
{
  int64_t r = f->place[row], c = f->place[column];
  if (r == c)
    return part->diagonal[r];
  if (r < c) {
    const int64_t swap = r;
    r = c;
    c = swap;
  }
  int64_t low = f->l_start[c], high = f->l_start[c + 1] - 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (f->l_row[middle] < r)
      low = middle + 1;
    else
      high = middle;
  }
  return part->z[low];
}

/* *size: what it is added up from. */
static wide
column_form(const exact_factor *f, const inverse_part *part, int64_t count, const int32_t *row, const wide *value, wide *size)
{
  wide sum = 0;
  *size = 0;
  for (int64_t a = 0; a < count; a++)
    for (int64_t b = 0; b <= a; b++) {
      const wide add = (b < a ? 2 : 1) * value[a] * value[b] * entry(f, part, row[a], row[b]);
      sum += add;
      *size += add < 0 ? -add : add;
    }
  return sum;
}

/* b' S^-1 b for b in the order of elimination; b is lost. */
static wide
solved_form(const exact_factor *f, wide *b)
{
  wide sum = 0;
  for (int64_t j = 0; j < f->system->g.rows; j++) {
    for (int64_t e = f->l_start[j]; e < f->l_start[j + 1] && b[j] != 0; e++)
      b[f->l_row[e]] -= f->l[e] * b[j];
    sum += b[j] * b[j] / f->d[j];
  }
  return sum;
}

static void
form_variance(const exact_factor *f, const inverse_part *part, int64_t form, wide *dense, wide *value, double *of_form)
{
  const gls_system *s = f->system;
  wide own = 0;
  for (int64_t t = s->forms.start[form]; t < s->forms.start[form + 1]; t++) {
    const int32_t j = s->forms.row[t];
    const wide w = (wide)s->forms.value[t] * s->v[j];
    own += s->forms.value[t] * w;
    for (int64_t e = s->g.start[j]; e < s->g.start[j + 1]; e++)
      dense[f->place[s->g.row[e]]] += w * s->g.value[e];
  }
  const int64_t first = s->form_start[form], rows = s->form_start[form + 1] - first;
  for (int64_t e = 0; e < rows; e++)
    value[e] = dense[f->place[s->form_row[first + e]]];
  wide size = 0, taken = s->is_long[form] ? 0 : column_form(f, part, rows, s->form_row + first, value, &size);
  if (s->is_long[form] || WIDE_EPSILON * (own + size) > GLS_DOUBTFUL * (own - taken)) {
    taken = solved_form(f, dense);
    memset(dense, 0, (size_t)s->g.rows * sizeof *dense);
  }
  of_form[form] = own - taken > ROUNDING * own ? (double)(own - taken) : 0;
  for (int64_t e = 0; e < rows; e++)
    dense[f->place[s->form_row[first + e]]] = 0;
}

/* The share of its variance that column j loses. Where entries of the inverse cancel, squares are added up instead. */
static wide
share_of(const exact_factor *f, const inverse_part *part, int64_t j, wide *dense, wide *value)
{
  const gls_system *s = f->system;
  const int64_t first = s->g.start[j], count = s->g.start[j + 1] - first;
  wide size;
  for (int64_t e = 0; e < count; e++)
    value[e] = s->g.value[first + e];
  const wide share = s->v[j] * column_form(f, part, count, s->g.row + first, value, &size);
  const wide least = share < 1 - share ? share : 1 - share;
  if (WIDE_EPSILON * s->v[j] * size <= GLS_DOUBTFUL * least)
    return share;
  for (int64_t e = 0; e < count; e++)
    dense[f->place[s->g.row[first + e]]] = value[e];
  const wide solved = s->v[j] * solved_form(f, dense);
  memset(dense, 0, (size_t)s->g.rows * sizeof *dense);
  return solved;
}

static kn_code
variances(const exact_factor *f, double *removed, double *kept, double *of_form, kn_arena *scratch, kn_error *err)
{
  const gls_system *s = f->system;
  const int64_t k = s->g.rows;
  inverse_part part;
  wide *dense, *sum, *value;
  KN_NEW(part.z, scratch, f->l_start[k], err);
  KN_NEW(part.diagonal, scratch, k, err);
  KN_NEW(dense, scratch, k, err);
  KN_NEW(sum, scratch, k, err);
  KN_NEW(value, scratch, k, err);
  for (int64_t j = k - 1; j >= 0; j--)
    invert_column(f, j, &part, dense, sum);
  for (int64_t j = 0; j < s->g.columns; j++) {
    const wide share = share_of(f, &part, j, dense, value);
    removed[j] = (double)(s->v[j] * share);
    kept[j] = 1 - share > ROUNDING ? (double)(s->v[j] * (1 - share)) : 0;
  }
  for (int64_t i = 0; i < s->forms.columns; i++)
    form_variance(f, &part, i, dense, value, of_form);
  return KN_OK;
}

kn_code
exact_variances(const exact_factor *f, double *removed, double *kept, double *of_form, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  const kn_code code = variances(f, removed, kept, of_form, scratch, err);
  kn_arena_free(scratch);
  return code;
}
