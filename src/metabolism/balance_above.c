/* The least squares solution with no flow, coefficient or content below 0. */
#include "metabolism/balance_solving.h"

#include <string.h>

enum { EXCHANGES_MOST = 500, BLOCK_TRIES = 3 };
#define SKETCHED 1e-5 /* while it is still open what stands at 0 */

typedef struct holding {
  uint8_t *is_held, *is_wrong; /* [n] */
  double *slope, *size;        /* [n] of the objective along a held variable */
  double rounding;             /* what is no further below 0 is 0 */
} holding;

/* What the objective gains by letting a held variable grow: (x - m) / v + lambda' A. */
static void
find_slopes(const solving *s, holding *h)
{
  const balance_system *in = s->system;
  for (int64_t j = 0; j < in->n; j++) {
    const bool pulls = !isnan(in->measured[j]) && in->sd[j] > 0;
    h->slope[j] = pulls ? (s->x[j] - in->measured[j]) / (in->sd[j] * in->sd[j]) : 0;
    h->size[j] = fabs(h->slope[j]);
  }
  for (int64_t r = 0; r < s->rows.rows; r++)
    for (int64_t at = s->rows.start[r]; at < s->rows.start[r + 1]; at++) {
      const double add = s->lambda[r] * s->rows.value[at];
      h->slope[s->rows.column[at]] += add;
      h->size[s->rows.column[at]] += fabs(add);
    }
}

/* The row of a variable that is not observable: a sum of flows of which none is known alone. Where all of them count the same
 * way and the sum is below 0, it takes all of them with it. */
static void
mark_sum(const solving *s, holding *h, int64_t pivot)
{
  const balance_system *in = s->system;
  const balance_reduced *r = &s->reduced;
  const int32_t own = r->pivot[pivot];
  if (r->is_observable[own] || in->is_signed[own])
    return;
  double sum = r->rest[pivot];
  for (int64_t at = r->entry_start[pivot]; at < r->entry_start[pivot + 1]; at++) {
    const int32_t j = r->entry_column[at];
    if (s->kind[j] == VARIABLE_MEASURED)
      sum -= r->entry_value[at] * s->x[j];
    else if (r->entry_value[at] < 0 || in->is_signed[j])
      return;
  }
  if (sum >= -h->rounding)
    return;
  h->is_wrong[own] = 1;
  for (int64_t at = r->entry_start[pivot]; at < r->entry_start[pivot + 1]; at++)
    if (s->kind[r->entry_column[at]] == VARIABLE_UNMEASURED)
      h->is_wrong[r->entry_column[at]] = 1;
}

/* Everything below 0 that may not be, and everything held that wants to grow: marks them, returns how many. */
static int64_t
find_wrong(const solving *s, holding *h)
{
  const balance_system *in = s->system;
  const balance_reduced *r = &s->reduced;
  int64_t count = 0;
  double largest = 0;
  assert(r->is_observable != NULL && r->n == in->n);
  for (int64_t j = 0; j < in->n; j++)
    largest = fmax(largest, fmax(s->kind[j] == VARIABLE_MEASURED || r->is_observable[j] ? fabs(s->x[j]) : 0,
                                 isnan(in->measured[j]) ? 0 : fabs(in->measured[j]))); /* all may have come out as 0 */
  h->rounding = 1e-12 * largest;
  memset(h->is_wrong, 0, (size_t)in->n);
  find_slopes(s, h);
  for (int64_t j = 0; j < in->n; j++) {
    const bool is_known = s->kind[j] == VARIABLE_MEASURED || r->is_observable[j];
    if (h->is_held[j])
      h->is_wrong[j] = h->slope[j] < -1e-9 * h->size[j];
    else if (is_known && !in->is_signed[j])
      h->is_wrong[j] = s->x[j] < -h->rounding;
  }
  for (int64_t i = 0; i < r->pivot_count; i++)
    mark_sum(s, h, i);
  for (int64_t j = 0; j < in->n; j++)
    count += h->is_wrong[j];
  return count;
}

static void
exchange(solving *s, holding *h, int64_t j)
{
  const balance_system *in = s->system;
  h->is_held[j] = !h->is_held[j];
  s->kind[j] = h->is_held[j] ? VARIABLE_FIXED : isnan(in->measured[j]) ? VARIABLE_UNMEASURED : VARIABLE_MEASURED;
  s->x[j] = h->is_held[j] ? 0 : isnan(in->measured[j]) ? in->start[j] : in->measured[j];
}

/* All that is wrong changes sides at once; while that does not help, only the last of them, which cannot go in circles.
 * source  Judice & Pires (1994), A block principal pivoting algorithm for large-scale strictly monotone LCPs, Computers & OR
 * 21(5) */
static kn_code
pivot_blocks(solving *s, holding *h, double *to, double *trial, kn_error *err)
{
  int64_t fewest = INT64_MAX;
  int32_t tries = BLOCK_TRIES;
  for (int32_t round = 0; round < EXCHANGES_MOST; round++) {
    const int64_t wrong = find_wrong(s, h);
    if (wrong == 0 && (s->settled == SETTLED || s->system->products == 0))
      return KN_OK;
    s->settled = wrong == 0 ? SETTLED : SKETCHED;
    if (wrong == 0) {
      KN_TRY(balance_settle(s, to, trial, NULL, err));
      continue;
    }
    if (wrong < fewest) {
      fewest = wrong;
      tries = BLOCK_TRIES;
    } else
      tries--;
    for (int64_t j = s->system->n - 1; j >= 0; j--) {
      if (!h->is_wrong[j])
        continue;
      exchange(s, h, j);
      if (tries < 0)
        break;
    }
    KN_TRY(balance_settle(s, to, trial, NULL, err));
    if (s->reduced.contradiction >= 0)
      return kn_fail(err, KN_NO_ANSWER, "no flows of at least 0 meet all balances");
  }
  return kn_fail(err, KN_E_NUMERIC, "flows of at least 0 were not found in %d rounds", EXCHANGES_MOST);
}

/* Stands again where a solution without products was found. */
static kn_code
resume(solving *s, const balance_answer *from, kn_error *err)
{
  KN_TRY(balance_reduce_at(s, false, err));
  KN_TRY(balance_observe_at(s, err));
  balance_follow(&s->reduced, s->x);
  memcpy(s->lambda, from->lambda, (size_t)s->system->rows * sizeof *s->lambda);
  return KN_OK;
}

static kn_code
solve_above_in(solving *s, const balance_answer *from, double *x, uint8_t *is_held, double *chi2, kn_arena *own, kn_error *err)
{
  const balance_system *in = s->system;
  holding h = {.is_held = is_held};
  double *to, *trial;
  KN_NEW(to, own, in->n, err);
  KN_NEW(trial, own, in->n, err);
  KN_NEW(h.is_wrong, own, in->n, err);
  KN_NEW(h.slope, own, in->n, err);
  KN_NEW(h.size, own, in->n, err);
  memset(is_held, 0, (size_t)in->n);
  for (int64_t j = 0; j < in->n; j++)
    s->x[j] = isnan(from->x[j]) ? in->start[j] : from->x[j];
  if (in->products > 0)
    KN_TRY(balance_settle(s, to, trial, NULL, err));
  else
    KN_TRY(resume(s, from, err));
  KN_TRY(pivot_blocks(s, &h, to, trial, err));
  *chi2 = 0;
  for (int64_t j = 0; j < in->n; j++) {
    const bool is_rounding = !in->is_signed[j] && s->kind[j] != VARIABLE_FIXED && s->x[j] < 0 && s->x[j] >= -h.rounding;
    x[j] = from->class_of[j] == KN_BALANCE_UNOBSERVABLE ? NAN : is_rounding ? 0 : s->x[j];
    if (!isnan(in->measured[j]) && in->sd[j] > 0) {
      const double off = (s->x[j] - in->measured[j]) / in->sd[j];
      *chi2 += off * off;
    }
  }
  return KN_OK;
}

kn_code
balance_solve_above(const balance_system *system, const balance_answer *free_answer, double *x, uint8_t *is_held, double *chi2,
                    kn_error *err)
{
  kn_arena *own = kn_arena_new();
  solving s = {0};
  kn_code code = balance_new_solving(&s, system, own, err);
  if (code == KN_OK)
    code = solve_above_in(&s, free_answer, x, is_held, chi2, own, err);
  balance_forget(&s);
  kn_arena_free(own);
  return code;
}
