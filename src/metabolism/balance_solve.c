/* The least squares solution under linear rows and products.
 *
 *   minimise 1/2 sum ((x - m) / sd)^2   subject to   A x = b,   x_c = x_a x_b
 *
 * Products are linearised at the point reached, x_c - b x_a - a x_b = -a b, and the linear problem solved, again and again: a point
 * that stays where it is solves the nonlinear problem exactly. Steps take the curvature of the products along (balance_newton.h); where
 * they do not help, plain ones follow, and of those as much as brings it nearer: by a merit function of the objective and what the
 * products are off, each weighed by twice its multiplier.
 *
 * source  Cencic & Rechberger (2008), Material flow analysis with software STAN, JEEM 18(1); Cencic (2016), Nonlinear data
 * reconciliation
 *         in material flow analysis with software STAN, Sustainable Environment Research 26(6). Merit function: Han (1977), JOTA
 * 22(3) */
#include "metabolism/balance_newton.h"
#include "metabolism/balance_solving.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MOST = 200, HALVES_MOST = 30, WORSE_MOST = 5, PLAIN_AFTER = 8 };
#define NEARLY_SETTLED 1e-9
#define VANISHES 1e-11

/* ---------------------------------------------------------------- one linear problem */
static kn_code
linearise(solving *s, bool with_products, kn_error *err)
{
  const balance_system *in = s->system;
  const int64_t products = with_products ? in->products : 0;
  const int64_t rows = in->rows + products, entries = in->row_start[in->rows];
  int64_t *start;
  int32_t *column;
  double *value, *b;
  KN_NEW(start, s->scratch, rows + 1, err);
  KN_NEW(column, s->scratch, entries + 3 * products, err);
  KN_NEW(value, s->scratch, entries + 3 * products, err);
  KN_NEW(b, s->scratch, rows, err);
  memcpy(start, in->row_start, (size_t)(in->rows + 1) * sizeof *start);
  if (entries > 0) {
    memcpy(column, in->row_column, (size_t)entries * sizeof *column);
    memcpy(value, in->row_value, (size_t)entries * sizeof *value);
  }
  for (int64_t r = 0; r < in->rows; r++)
    b[r] = in->b[r];
  int64_t at = entries;
  for (int64_t p = 0; p < products; p++) {
    const double a = s->x[in->left[p]], c = s->x[in->right[p]];
    column[at] = in->of[p];
    value[at++] = 1;
    column[at] = in->left[p];
    value[at++] = -c;
    column[at] = in->right[p];
    value[at++] = -a;
    b[in->rows + p] = -a * c;
    start[in->rows + p + 1] = at;
  }
  s->rows =
      (balance_rows){.rows = rows, .n = in->n, .start = start, .column = column, .value = value, .b = b, .threads = in->threads};
  return KN_OK;
}

static kn_code
make_gls(solving *s, kn_error *err)
{
  double *v;
  kn_gls_free(s->gls);
  s->gls = NULL;
  KN_NEW(v, s->scratch, s->reduced.measured_count, err);
  for (int64_t c = 0; c < s->reduced.measured_count; c++) {
    const double sd = s->system->sd[s->reduced.measured[c]];
    v[c] = sd * sd;
  }
  return kn_gls_new(&s->gls, &s->reduced.g, v, &s->forms, s->system->threads, err);
}

void
balance_forget(solving *s)
{
  kn_gls_free(s->gls);
  s->gls = NULL;
  kn_arena_free(s->scratch);
  s->scratch = NULL;
}

/* The rows linearised at x, and what is left of them among the measured. */
kn_code
balance_reduce_at(solving *s, bool with_products, kn_error *err)
{
  balance_forget(s);
  s->scratch = kn_arena_new();
  KN_TRY(linearise(s, with_products, err));
  return balance_reduce(&s->reduced, &s->rows, s->kind, s->x, s->scratch, err);
}

kn_code
balance_observe_at(solving *s, kn_error *err)
{
  return balance_observe(&s->reduced, &s->rows, s->kind, s->system->products > 0 ? s->system->start : NULL, err);
}

/* Linearises at x, reduces, solves: to [n] holds the solution, lambda and chi2 go with it. */
static kn_code
step(solving *s, bool with_products, double *to, kn_error *err)
{
  const balance_system *in = s->system;
  const balance_reduced *r = &s->reduced;
  KN_TRY(balance_reduce_at(s, with_products, err));
  if (r->contradiction >= 0)
    return KN_OK;
  static const int64_t none[1] = {0};
  s->forms = (kn_csc){.rows = r->measured_count, .columns = 0, .start = none};
  if (s->with_forms) {
    KN_TRY(balance_observe_at(s, err));
    KN_TRY(balance_forms(r, &s->forms, &s->of_form, s->scratch, err));
  }
  KN_TRY(make_gls(s, err));
  double *lambda;
  KN_NEW(s->m, s->scratch, r->measured_count, err);
  KN_NEW(s->reconciled, s->scratch, r->measured_count, err);
  KN_NEW(s->moved, s->scratch, r->measured_count, err);
  KN_NEW(lambda, s->scratch, r->g.rows, err);
  for (int64_t c = 0; c < r->measured_count; c++)
    s->m[c] = in->measured[r->measured[c]];
  KN_TRY(kn_gls_solve(s->gls, s->m, r->h, s->reconciled, s->moved, lambda, err));
  memcpy(to, s->x, (size_t)in->n * sizeof *to);
  s->chi2 = 0;
  for (int64_t c = 0; c < r->measured_count; c++) {
    const int32_t j = r->measured[c];
    const double off = s->moved[c] / in->sd[j];
    to[j] = s->reconciled[c];
    s->chi2 += off * off;
  }
  balance_follow(r, to);
  balance_spread(r, lambda, s->lambda);
  return KN_OK;
}

/* ---------------------------------------------------------------- until it settles */
static double
merit(const solving *s, const double *x)
{
  const balance_system *in = s->system;
  double sum = 0;
  for (int64_t j = 0; j < in->n; j++)
    if (s->kind[j] == VARIABLE_MEASURED) {
      const double off = (x[j] - in->measured[j]) / in->sd[j];
      sum += off * off / 2;
    }
  for (int64_t p = 0; p < in->products; p++)
    sum += s->weight[p] * fabs(x[in->of[p]] - x[in->left[p]] * x[in->right[p]]);
  return sum;
}

static void
weigh(solving *s)
{
  const balance_system *in = s->system;
  for (int64_t p = 0; p < in->products; p++) {
    const int32_t c = in->of[p];
    const double own =
        isnan(in->measured[c]) || !(in->sd[c] > 0) ? fabs(in->start[c]) : in->sd[c]; /* 0 is held at 0: it has no size */
    const double size = fmax(own, fabs(s->x[c]) + fabs(s->x[in->left[p]] * s->x[in->right[p]]));
    s->weight[p] = fmax(s->weight[p], fmax(2 * fabs(s->lambda[in->rows + p]), size > 0 ? 1 / size : 0));
  }
}

/* How far x and to are apart, each figure against its size (or its deviation, when that is larger). */
static double
distance(const solving *s, const double *to)
{
  double most = 0;
  for (int64_t j = 0; j < s->system->n; j++) {
    const double size = fmax(fabs(s->x[j]), s->kind[j] == VARIABLE_MEASURED ? s->system->sd[j] : fabs(s->system->start[j]));
    if (size > 0)
      most = fmax(most, fabs(to[j] - s->x[j]) / size);
  }
  return most;
}

/* Where figures and coefficients exclude each other unless nothing flows, steps end at 0. What is left of a factor there is rounding;
 * as long as it stands, rows that say nothing any more seem to say something. */
static void
drop_rounding(solving *s)
{
  const balance_system *in = s->system;
  for (int64_t p = 0; p < in->products; p++) {
    const int32_t factor[2] = {in->left[p], in->right[p]};
    for (int k = 0; k < 2; k++) {
      const int32_t j = factor[k];
      const double own = isnan(in->measured[j]) ? 0 : fmax(fabs(in->measured[j]), in->sd[j]);
      const double size = fmax(own, fabs(in->start[j]));
      if (fabs(s->x[j]) < VANISHES * size)
        s->x[j] = 0;
    }
  }
}

/* The plain step, or as much of it as does good. */
static void
move_plainly(solving *s, const double *to, double *trial)
{
  const int64_t n = s->system->n;
  const double before = merit(s, s->x);
  double share = 1;
  memcpy(trial, to, (size_t)n * sizeof *trial);
  for (int h = 0; h < HALVES_MOST && !(merit(s, trial) <= before * (1 + 1e-12) + 1e-300); h++) {
    share /= 2;
    for (int64_t j = 0; j < n; j++)
      trial[j] = s->x[j] + share * (to[j] - s->x[j]);
  }
  memcpy(s->x, trial, (size_t)n * sizeof *trial);
}

/* Newton's step with the curvature of the products. Near a solution that would be refused for what products are off after it, which
 * the next step makes good; so some steps in a row may be worse than the best point, before it goes back there and plain steps follow.
 * source  Chamberlain, Powell, Lemarechal & Pedersen (1982), The watchdog technique for forcing convergence in algorithms for
 *         constrained optimization, Mathematical Programming Study 16 */
static kn_code
move(solving *s, const double *to, double *trial, kn_error *err)
{
  const size_t size = (size_t)s->system->n * sizeof *trial;
  weigh(s);
  if (s->plain_left > 0) {
    s->plain_left--;
    s->worse = 0;
    move_plainly(s, to, trial);
    return KN_OK;
  }
  if (s->worse == 0 || merit(s, s->x) <= merit(s, s->best) * (1 + 1e-12) + 1e-300) {
    memcpy(s->best, s->x, size);
    s->worse = 0;
  }
  if (s->worse++ == WORSE_MOST) {
    memcpy(s->x, s->best, size);
    s->plain_left = PLAIN_AFTER;
    return KN_OK;
  }
  const balance_newton newton = {.system = s->system,
                                 .kind = s->kind,
                                 .reduced = &s->reduced,
                                 .gls = s->gls,
                                 .x = s->x,
                                 .lambda = s->lambda + s->system->rows};
  KN_TRY(balance_correct(&newton, to, trial, s->scratch, err));
  memcpy(s->x, trial, size);
  return KN_OK;
}

/* From s->x to a point that stays. On return the linearisation at that point stands in s. */
kn_code
balance_settle(solving *s, double *to, double *trial, const kn_watch *watch, kn_error *err)
{
  const bool has_products = s->system->products > 0;
  double nearest = INFINITY;
  int32_t since = 0;
  s->worse = s->plain_left = 0;
  s->with_forms &= !has_products;
  for (s->rounds = 1; s->rounds <= ROUNDS_MOST; s->rounds++) {
    if (kn_watch_is_stopped(watch))
      return kn_fail(err, KN_E_STOPPED, "stopped while reconciling");
    drop_rounding(s);
    KN_TRY(step(s, true, to, err));
    if (s->reduced.contradiction >= 0)
      return KN_OK;
    const double apart = distance(s, to);
    if (!has_products || apart <= s->settled) {
      memcpy(s->x, to, (size_t)s->system->n * sizeof *to);
      return s->with_forms ? KN_OK : balance_observe_at(s, err);
    }
    if (apart < nearest / 2) {
      nearest = apart;
      since = 0;
    } else if (++since > 8 && nearest <= NEARLY_SETTLED)
      return balance_observe_at(s, err); /* rounding is all that moves it */
    if (s->rounds == 1)                  /* the first point need not meet the linear rows; a whole step does */
      memcpy(s->x, to, (size_t)s->system->n * sizeof *to);
    else
      KN_TRY(move(s, to, trial, err));
  }
  return kn_fail(err, KN_E_NUMERIC,
                 "figures and coefficients did not settle in %d rounds: they differ too much from what they are multiplied to",
                 ROUNDS_MOST);
}

/* Where to begin: measured figures, then what the linear rows say, then products. */
static kn_code
begin(solving *s, double *to, kn_error *err)
{
  const balance_system *in = s->system;
  for (int64_t j = 0; j < in->n; j++)
    s->x[j] = isnan(in->measured[j]) ? in->start[j] : in->measured[j];
  if (in->products == 0)
    return KN_OK;
  KN_TRY(step(s, false, to, err));
  if (s->reduced.contradiction >= 0)
    return KN_OK;
  KN_TRY(balance_observe_at(s, err));
  memset(s->lambda, 0, (size_t)(in->rows + in->products) * sizeof *s->lambda);
  for (int64_t j = 0; j < in->n; j++)
    if (s->kind[j] == VARIABLE_MEASURED || s->reduced.is_observable[j])
      s->x[j] = to[j];
  for (int64_t p = 0; p < in->products; p++) {
    const int32_t c = in->of[p], a = in->left[p], b = in->right[p];
    const bool knows_c = !isnan(in->measured[c]) || s->reduced.is_observable[c];
    if (!knows_c)
      s->x[c] = s->x[a] * s->x[b];
    else if (isnan(in->measured[b]) && s->x[a] != 0)
      s->x[b] = s->x[c] / s->x[a];
    else if (isnan(in->measured[a]) && !s->reduced.is_observable[a] && s->x[b] != 0)
      s->x[a] = s->x[c] / s->x[b];
  }
  return KN_OK;
}

kn_code
balance_new_solving(solving *s, const balance_system *system, kn_arena *keep, kn_error *err)
{
  *s = (solving){.system = system};
  KN_NEW(s->kind, keep, system->n, err);
  KN_NEW(s->x, keep, system->n, err);
  KN_NEW(s->lambda, keep, system->rows + system->products, err);
  KN_NEW(s->weight, keep, system->products, err);
  KN_NEW(s->best, keep, system->n, err);
  for (int64_t j = 0; j < system->n; j++)
    s->kind[j] = isnan(system->measured[j]) ? VARIABLE_UNMEASURED : system->sd[j] > 0 ? VARIABLE_MEASURED : VARIABLE_FIXED;
  s->settled = SETTLED;
  return KN_OK;
}

/* ---------------------------------------------------------------- what is known of the answer */
static kn_code
classify(const solving *s, balance_answer *out, kn_arena *scratch, kn_error *err)
{
  const balance_system *in = s->system;
  const balance_reduced *r = &s->reduced;
  double *removed, *kept, *of_form;
  KN_NEW(removed, scratch, r->measured_count, err);
  KN_NEW(kept, scratch, r->measured_count, err);
  KN_NEW(of_form, scratch, s->forms.columns, err);
  KN_TRY(kn_gls_variances(s->gls, removed, kept, of_form, err));
  for (int64_t j = 0; j < in->n; j++) {
    out->x[j] = s->x[j];
    out->sd[j] = s->kind[j] == VARIABLE_UNMEASURED ? NAN : in->sd[j];
    out->z[j] = NAN;
    out->class_of[j] = s->kind[j] == VARIABLE_FIXED      ? KN_BALANCE_FIXED
                       : r->is_observable[j]             ? KN_BALANCE_OBSERVABLE
                       : s->kind[j] == VARIABLE_MEASURED ? KN_BALANCE_NONREDUNDANT
                                                         : KN_BALANCE_UNOBSERVABLE;
    if (out->class_of[j] == KN_BALANCE_UNOBSERVABLE)
      out->x[j] = NAN;
  }
  for (int64_t c = 0; c < r->measured_count; c++) {
    if (r->g.start[c] == r->g.start[c + 1])
      continue;
    const int32_t j = r->measured[c];
    out->class_of[j] = KN_BALANCE_REDUNDANT;
    out->sd[j] = sqrt(kept[c]);
    out->z[j] = removed[c] > 0 ? s->moved[c] / sqrt(removed[c]) : 0;
    out->redundant_count++;
  }
  for (int64_t f = 0; f < s->forms.columns; f++)
    out->sd[s->of_form[f]] = sqrt(of_form[f]);
  out->chi2 = s->chi2;
  out->dof = r->g.rows;
  out->rounds = s->rounds;
  return KN_OK;
}

/* Who contradicts the others, in a large system that does not agree. */
static kn_code
name_figures(const solving *s, balance_answer *out, kn_arena *keep, kn_arena *scratch, kn_error *err)
{
  const balance_reduced *r = &s->reduced;
  if (s->system->n < BALANCE_LARGE || out->dof == 0 || out->chi2 <= kn_chi2_bound(0.05, (double)out->dof))
    return KN_OK;
  balance_naming naming = {.columns = r->measured_count, .chi2 = out->chi2};
  double *first;
  KN_NEW(naming.pull, scratch, r->measured_count, err);
  KN_NEW(naming.weight, scratch, r->measured_count, err);
  KN_NEW(first, scratch, r->measured_count, err);
  for (int64_t c = 0; c < r->measured_count; c++) {
    const int32_t j = r->measured[c];
    const double v = s->system->sd[j] * s->system->sd[j];
    naming.pull[c] = s->moved[c] / v;
    naming.weight[c] = first[c] =
        out->z[j] != 0 && !isnan(out->z[j]) ? naming.pull[c] * naming.pull[c] / (out->z[j] * out->z[j]) : 0;
  }
  naming.first_weight = first;
  KN_TRY(balance_name(s->gls, &naming, out->dof, BALANCE_NAMED_MOST, scratch, err));
  KN_NEW(out->named, keep, naming.count, err);
  for (int64_t k = 0; k < naming.count; k++)
    out->named[k] = r->measured[naming.named[k]];
  out->named_count = naming.count;
  return KN_OK;
}

static kn_code
describe(solving *s, balance_answer *out, kn_arena *keep, kn_error *err)
{
  if (!s->with_forms) { /* else the factor is there already */
    KN_TRY(balance_forms(&s->reduced, &s->forms, &s->of_form, s->scratch, err));
    if (s->forms.columns > 0)
      KN_TRY(make_gls(s, err));
  }
  KN_NEW(out->lambda, keep, s->system->rows + s->system->products, err);
  memcpy(out->lambda, s->lambda, (size_t)(s->system->rows + s->system->products) * sizeof *s->lambda);
  kn_arena *scratch = kn_arena_new();
  kn_code code = classify(s, out, scratch, err);
  if (code == KN_OK)
    code = name_figures(s, out, keep, scratch, err);
  kn_arena_free(scratch);
  return code;
}

static kn_code
solve_in(solving *s, balance_answer *out, kn_arena *keep, kn_arena *own, const kn_watch *watch, kn_error *err)
{
  double *to, *trial;
  const int64_t n = s->system->n;
  KN_NEW(to, own, n, err);
  KN_NEW(trial, own, n, err);
  s->with_forms = s->system->products == 0;
  KN_TRY(begin(s, to, err));
  if (s->reduced.contradiction < 0 || s->system->products == 0)
    KN_TRY(balance_settle(s, to, trial, watch, err));
  out->contradiction = s->reduced.contradiction;
  out->gap = s->reduced.gap;
  if (out->contradiction >= 0) {
    balance_trace(&s->reduced, out->contradiction, out->trace);
    return KN_OK;
  }
  return describe(s, out, keep, err);
}

kn_code
balance_solve(balance_answer *out, const balance_system *system, kn_arena *keep, const kn_watch *watch, kn_error *err)
{
  *out = (balance_answer){.contradiction = -1};
  KN_NEW(out->x, keep, system->n, err);
  KN_NEW(out->sd, keep, system->n, err);
  KN_NEW(out->z, keep, system->n, err);
  KN_NEW(out->class_of, keep, system->n, err);
  KN_NEW(out->trace, keep, system->rows + system->products, err);
  kn_arena *own = kn_arena_new();
  solving s = {0};
  kn_code code = balance_new_solving(&s, system, own, err);
  if (code == KN_OK)
    code = solve_in(&s, out, keep, own, watch, err);
  balance_forget(&s);
  kn_arena_free(own);
  return code;
}
