/* Least squares under linear balances: what comes in, which engine, the refining of an answer. */
#include "numeric/sparse.h"

#include <stdlib.h>
#include <string.h>

/* Operations of a factor up to which it is made in 128 bits anyway, and up to which it is when double has lost digits. */
#define EXACT_FLOPS 1e6
#define RESCUE_FLOPS 3e9
/* And when of some variance less is left than double can tell; mostly nothing at all, because exact figures determine a flow. */
#define REFINE_FLOPS 2e8

struct kn_gls {
  kn_arena *keep;
  gls_system system;
  fast_factor *fast;
  exact_factor *exact; /* NULL: double will do */
  double flops;
};

void
kn_gls_free(kn_gls *gls)
{
  if (gls == NULL)
    return;
  exact_free(gls->exact);
  fast_free(gls->fast);
  kn_arena_free(gls->keep);
  free(gls);
}

static kn_code
copy_matrix(kn_csc *out, const kn_csc *from, kn_arena *keep, kn_error *err)
{
  const int64_t entries = from->columns > 0 ? from->start[from->columns] : 0;
  int64_t *start;
  int32_t *row;
  double *value;
  KN_NEW(start, keep, from->columns + 1, err);
  KN_NEW(row, keep, entries, err);
  KN_NEW(value, keep, entries, err);
  if (from->columns > 0)
    memcpy(start, from->start, (size_t)(from->columns + 1) * sizeof *start);
  if (entries > 0) {
    memcpy(row, from->row, (size_t)entries * sizeof *row);
    memcpy(value, from->value, (size_t)entries * sizeof *value);
  }
  *out = (kn_csc){.rows = from->rows, .columns = from->columns, .start = start, .row = row, .value = value};
  return KN_OK;
}

static kn_code
make(kn_gls *gls, const kn_csc *g, const double *variance, const kn_csc *forms, int32_t threads, kn_error *err)
{
  gls_system *s = &gls->system;
  double *v;
  KN_TRY(copy_matrix(&s->g, g, gls->keep, err));
  KN_TRY(copy_matrix(&s->forms, forms, gls->keep, err));
  KN_NEW(v, gls->keep, g->columns, err);
  for (int64_t j = 0; j < g->columns; j++)
    v[j] = variance[j];
  s->v = v;
  KN_TRY(gls_pattern(s, gls->keep, err));
  if (g->rows == 0)
    return KN_OK;
  bool is_poor;
  KN_TRY(fast_new(&gls->fast, s, threads, &is_poor, &gls->flops, err));
  if (gls->flops <= EXACT_FLOPS || (is_poor && gls->flops <= RESCUE_FLOPS))
    return exact_new(&gls->exact, s, fast_order(gls->fast), err);
  return fast_is_whole(gls->fast)
             ? KN_OK
             : kn_fail(err, KN_E_NUMERIC, "deviations differ too much to compute with: look for one near zero");
}

kn_code
kn_gls_new(kn_gls **out, const kn_csc *g, const double *variance, const kn_csc *forms, int32_t thread_count, kn_error *err)
{
  *out = NULL;
  kn_gls *gls = calloc(1, sizeof *gls);
  if (gls == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory for the factor of the balances");
  gls->keep = kn_arena_new();
  const kn_code code = make(gls, g, variance, forms, thread_count, err);
  if (code != KN_OK) {
    kn_gls_free(gls);
    return code;
  }
  *out = gls;
  return KN_OK;
}

/* x = m - V G' lambda; where x meets G x = h not yet, the rest is moved in the same way. Moves are added up rather than multipliers,
 * whose difference, times a large variance, would be rounding. */
static kn_code
fast_project(const kn_gls *gls, const double *m, const double *h, double *x, double *moved, double *lambda, double *step,
             kn_error *err)
{
  const gls_system *s = &gls->system;
  memset(lambda, 0, (size_t)s->g.rows * sizeof *lambda);
  for (int64_t j = 0; j < s->g.columns; j++) {
    x[j] = m[j];
    moved[j] = 0;
  }
  for (int round = 0; round < 3; round++) {
    for (int64_t i = 0; i < s->g.rows; i++) {
      double sum = -h[i];
      for (int64_t e = s->g_start[i]; e < s->g_start[i + 1]; e++)
        sum += s->g_value[e] * x[s->g_column[e]];
      step[i] = sum;
    }
    KN_TRY(fast_solve(gls->fast, step, err));
    for (int64_t i = 0; i < s->g.rows; i++)
      lambda[i] += step[i];
    for (int64_t j = 0; j < s->g.columns; j++) {
      double sum = 0;
      for (int64_t e = s->g.start[j]; e < s->g.start[j + 1]; e++)
        sum += s->g.value[e] * step[s->g.row[e]];
      moved[j] += s->v[j] * sum;
      x[j] = m[j] - moved[j];
    }
  }
  return KN_OK;
}

kn_code
kn_gls_solve(const kn_gls *gls, const double *m, const double *h, double *x, double *moved, double *lambda, kn_error *err)
{
  const gls_system *s = &gls->system;
  if (gls->exact != NULL)
    return exact_solve(gls->exact, m, h, x, moved, lambda, err);
  if (s->g.rows == 0) {
    for (int64_t j = 0; j < s->g.columns; j++) {
      x[j] = m[j];
      moved[j] = 0;
    }
    return KN_OK;
  }
  double *step = malloc((size_t)s->g.rows * sizeof *step);
  if (step == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory while solving the balances");
  const kn_code code = fast_project(gls, m, h, x, moved, lambda, step, err);
  free(step);
  return code;
}

kn_code
kn_gls_variances(kn_gls *gls, double *removed, double *kept, double *of_form, kn_error *err)
{
  const gls_system *s = &gls->system;
  if (gls->exact != NULL)
    return exact_variances(gls->exact, removed, kept, of_form, err);
  if (s->g.rows > 0) {
    bool is_poor;
    KN_TRY(fast_variances(gls->fast, removed, kept, of_form, &is_poor, err));
    if (!is_poor || gls->flops > REFINE_FLOPS)
      return KN_OK;
    KN_TRY(exact_new(&gls->exact, s, fast_order(gls->fast), err));
    return exact_variances(gls->exact, removed, kept, of_form, err);
  }
  for (int64_t j = 0; j < s->g.columns; j++) {
    removed[j] = 0;
    kept[j] = s->v[j];
  }
  for (int64_t i = 0; i < s->forms.columns; i++) {
    of_form[i] = 0;
    for (int64_t t = s->forms.start[i]; t < s->forms.start[i + 1]; t++)
      of_form[i] += s->forms.value[t] * s->forms.value[t] * s->v[s->forms.row[t]];
  }
  return KN_OK;
}

static kn_code
find_effect(const kn_gls *gls, int64_t column, double *effect, double *b, kn_error *err)
{
  const kn_csc *g = &gls->system.g;
  for (int64_t e = g->start[column]; e < g->start[column + 1]; e++)
    b[g->row[e]] = g->value[e];
  KN_TRY(gls->exact != NULL ? exact_solve_one(gls->exact, b, err) : fast_solve(gls->fast, b, err));
  for (int64_t j = 0; j < g->columns; j++) {
    effect[j] = 0;
    for (int64_t e = g->start[j]; e < g->start[j + 1]; e++)
      effect[j] += g->value[e] * b[g->row[e]];
  }
  return KN_OK;
}

kn_code
kn_gls_effect(const kn_gls *gls, int64_t column, double *effect, kn_error *err)
{
  double *b = calloc((size_t)gls->system.g.rows + 1, sizeof *b);
  if (b == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory while solving the balances");
  const kn_code code = find_effect(gls, column, effect, b, err);
  free(b);
  return code;
}

static kn_code
project(const kn_gls *gls, const double *gradient, double *change, double *b, kn_error *err)
{
  const gls_system *s = &gls->system;
  for (int64_t i = 0; i < s->g.rows; i++) {
    b[i] = 0;
    for (int64_t e = s->g_start[i]; e < s->g_start[i + 1]; e++)
      b[i] += s->g_value[e] * s->v[s->g_column[e]] * gradient[s->g_column[e]];
  }
  if (s->g.rows > 0)
    KN_TRY(fast_is_whole(gls->fast) ? fast_solve(gls->fast, b, err) : exact_solve_one(gls->exact, b, err));
  for (int64_t j = 0; j < s->g.columns; j++) {
    double sum = gradient[j];
    for (int64_t e = s->g.start[j]; e < s->g.start[j + 1]; e++)
      sum -= s->g.value[e] * b[s->g.row[e]];
    change[j] = s->v[j] * sum;
  }
  return KN_OK;
}

kn_code
kn_gls_project(const kn_gls *gls, const double *gradient, double *change, kn_error *err)
{
  double *b = calloc((size_t)gls->system.g.rows + 1, sizeof *b);
  if (b == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory while solving the balances");
  const kn_code code = project(gls, gradient, change, b, err);
  free(b);
  return code;
}
