/* The least squares solution under linear rows and products.
 *
 *   minimise 1/2 sum ((x - m) / sd)^2   subject to   A x = b,   x_c = x_a x_b
 *
 * Products are linearised at the point reached, x_c - b x_a - a x_b = -a b, and the linear problem solved, again and again: a point
 * that stays where it is solves the nonlinear problem exactly. Where a whole step would not bring it nearer (a merit function of
 * the objective and what the products are off, each weighed by twice its multiplier), half of it is taken, and so on.
 *
 * source  Cencic & Rechberger (2008), Material flow analysis with software STAN, JEEM 18(1); Cencic (2016), Nonlinear data
 * reconciliation
 *         in material flow analysis with software STAN, Sustainable Environment Research 26(6). Merit function: Han (1977), JOTA
 * 22(3) */
#include "metabolism/balance_solve.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MOST = 200, HALVES_MOST = 30, EXCHANGES_MOST = 500, BLOCK_TRIES = 3 };
#define SETTLED 1e-13
#define NEARLY_SETTLED 1e-9
#define SKETCHED 1e-5 /* while it is still open what stands at 0 */

typedef struct solving {
  const balance_system *system;
  uint8_t *kind;     /* [n] balance_kind; what is held at 0 is fixed */
  double *x;         /* [n] */
  double *lambda;    /* [rows + products] */
  double *weight;    /* [products] of the merit function */
  balance_rows rows; /* as linearised */
  balance_reduced reduced;
  double *m, *reconciled; /* [measured] */
  double chi2;
  int32_t rounds;
  double settled;    /* a point that moves by no more stays */
  kn_arena *scratch; /* of one linearisation */
} solving;

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
make_gls(solving *s, const kn_csc *forms, kn_gls **gls, kn_error *err)
{
  double *v;
  KN_NEW(v, s->scratch, s->reduced.measured_count, err);
  for (int64_t c = 0; c < s->reduced.measured_count; c++) {
    const double sd = s->system->sd[s->reduced.measured[c]];
    v[c] = sd * sd;
  }
  return kn_gls_new(gls, &s->reduced.g, v, forms, s->system->threads, err);
}

/* Linearises at x, reduces, solves: to [n] holds the solution, lambda and chi2 go with it. */
static kn_code
step(solving *s, bool with_products, const kn_csc *forms, kn_gls **gls, double *to, kn_error *err)
{
  const balance_system *in = s->system;
  const balance_reduced *r = &s->reduced;
  *gls = NULL;
  KN_TRY(linearise(s, with_products, err));
  KN_TRY(balance_reduce(&s->reduced, &s->rows, s->kind, s->x, in->products > 0 ? in->start : NULL, s->scratch, err));
  if (r->contradiction >= 0)
    return KN_OK;
  static const int64_t none[1] = {0};
  const kn_csc no_forms = {.rows = r->measured_count, .columns = 0, .start = none};
  KN_TRY(make_gls(s, forms != NULL ? forms : &no_forms, gls, err));
  double *lambda;
  KN_NEW(s->m, s->scratch, r->measured_count, err);
  KN_NEW(s->reconciled, s->scratch, r->measured_count, err);
  KN_NEW(lambda, s->scratch, r->g.rows, err);
  for (int64_t c = 0; c < r->measured_count; c++)
    s->m[c] = in->measured[r->measured[c]];
  KN_TRY(kn_gls_solve(*gls, s->m, r->h, s->reconciled, lambda, err));
  memcpy(to, s->x, (size_t)in->n * sizeof *to);
  s->chi2 = 0;
  for (int64_t c = 0; c < r->measured_count; c++) {
    const int32_t j = r->measured[c];
    const double off = (s->reconciled[c] - s->m[c]) / in->sd[j];
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
    const double size = fabs(s->x[in->of[p]]) + fabs(s->x[in->left[p]] * s->x[in->right[p]]);
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

/* Takes the step, or as much of it as does good. */
static void
move(solving *s, double *to, double *trial)
{
  const int64_t n = s->system->n;
  weigh(s);
  const double before = merit(s, s->x);
  double share = 1;
  for (int h = 0; h < HALVES_MOST; h++) {
    for (int64_t j = 0; j < n; j++)
      trial[j] = s->x[j] + share * (to[j] - s->x[j]);
    if (share == 1)
      memcpy(trial, to, (size_t)n * sizeof *trial);
    if (merit(s, trial) <= before * (1 + 1e-12) + 1e-300)
      break;
    share /= 2;
  }
  memcpy(s->x, trial, (size_t)n * sizeof *trial);
}

/* From s->x to a point that stays. On return the linearisation at that point stands in s. */
static kn_code
settle(solving *s, double *to, double *trial, const kn_watch *watch, kn_error *err)
{
  const bool has_products = s->system->products > 0;
  double nearest = INFINITY;
  int32_t since = 0;
  for (s->rounds = 1; s->rounds <= ROUNDS_MOST; s->rounds++) {
    kn_gls *gls;
    kn_arena_free(s->scratch);
    s->scratch = kn_arena_new();
    if (kn_watch_is_stopped(watch))
      return kn_fail(err, KN_E_STOPPED, "stopped while reconciling");
    const kn_code code = step(s, true, NULL, &gls, to, err);
    kn_gls_free(gls);
    KN_TRY(code);
    if (s->reduced.contradiction >= 0)
      return KN_OK;
    const double apart = distance(s, to);
    if (!has_products || apart <= s->settled) {
      memcpy(s->x, to, (size_t)s->system->n * sizeof *to);
      return KN_OK;
    }
    if (apart < nearest / 2) {
      nearest = apart;
      since = 0;
    } else if (++since > 8 && nearest <= NEARLY_SETTLED)
      return KN_OK;     /* rounding is all that moves it */
    if (s->rounds == 1) /* the first point need not meet the linear rows; a whole step does */
      memcpy(s->x, to, (size_t)s->system->n * sizeof *to);
    else
      move(s, to, trial);
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
  kn_gls *gls;
  const kn_code code = step(s, false, NULL, &gls, to, err);
  kn_gls_free(gls);
  KN_TRY(code);
  if (s->reduced.contradiction >= 0)
    return KN_OK;
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

static kn_code
new_solving(solving *s, const balance_system *system, kn_arena *keep, kn_error *err)
{
  *s = (solving){.system = system};
  KN_NEW(s->kind, keep, system->n, err);
  KN_NEW(s->x, keep, system->n, err);
  KN_NEW(s->lambda, keep, system->rows + system->products, err);
  KN_NEW(s->weight, keep, system->products, err);
  for (int64_t j = 0; j < system->n; j++)
    s->kind[j] = isnan(system->measured[j]) ? VARIABLE_UNMEASURED : system->sd[j] > 0 ? VARIABLE_MEASURED : VARIABLE_FIXED;
  s->settled = SETTLED;
  s->scratch = kn_arena_new();
  return KN_OK;
}

/* ---------------------------------------------------------------- what is known of the answer */
static kn_code
classify(const solving *s, kn_gls *gls, const kn_csc *forms, const int32_t *list, balance_answer *out, kn_arena *scratch,
         kn_error *err)
{
  const balance_system *in = s->system;
  const balance_reduced *r = &s->reduced;
  double *removed, *kept, *of_form;
  KN_NEW(removed, scratch, r->measured_count, err);
  KN_NEW(kept, scratch, r->measured_count, err);
  KN_NEW(of_form, scratch, forms->columns, err);
  KN_TRY(kn_gls_variances(gls, removed, kept, of_form, err));
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
    out->z[j] = removed[c] > 0 ? (in->measured[j] - s->x[j]) / sqrt(removed[c]) : 0;
    out->redundant_count++;
  }
  for (int64_t f = 0; f < forms->columns; f++)
    out->sd[list[f]] = sqrt(of_form[f]);
  out->chi2 = s->chi2;
  out->dof = r->g.rows;
  out->rounds = s->rounds;
  return KN_OK;
}

/* Who contradicts the others, in a large system that does not agree. */
static kn_code
name_figures(const solving *s, const kn_gls *gls, balance_answer *out, kn_arena *keep, kn_arena *scratch, kn_error *err)
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
    naming.pull[c] = (s->system->measured[j] - s->x[j]) / v;
    naming.weight[c] = first[c] =
        out->z[j] != 0 && !isnan(out->z[j]) ? naming.pull[c] * naming.pull[c] / (out->z[j] * out->z[j]) : 0;
  }
  naming.first_weight = first;
  KN_TRY(balance_name(gls, &naming, out->dof, BALANCE_NAMED_MOST, scratch, err));
  KN_NEW(out->named, keep, naming.count, err);
  for (int64_t k = 0; k < naming.count; k++)
    out->named[k] = r->measured[naming.named[k]];
  out->named_count = naming.count;
  return KN_OK;
}

static kn_code
describe(solving *s, balance_answer *out, kn_arena *keep, kn_error *err)
{
  kn_csc forms;
  int32_t *list;
  kn_gls *gls;
  KN_TRY(balance_forms(&s->reduced, &forms, &list, s->scratch, err));
  KN_TRY(make_gls(s, &forms, &gls, err));
  kn_arena *scratch = kn_arena_new();
  kn_code code = classify(s, gls, &forms, list, out, scratch, err);
  if (code == KN_OK)
    code = name_figures(s, gls, out, keep, scratch, err);
  kn_arena_free(scratch);
  kn_gls_free(gls);
  return code;
}

static kn_code
solve_in(solving *s, balance_answer *out, kn_arena *keep, kn_arena *own, const kn_watch *watch, kn_error *err)
{
  double *to, *trial;
  const int64_t n = s->system->n;
  KN_NEW(to, own, n, err);
  KN_NEW(trial, own, n, err);
  KN_TRY(begin(s, to, err));
  if (s->reduced.contradiction < 0 || s->system->products == 0)
    KN_TRY(settle(s, to, trial, watch, err));
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
  kn_code code = new_solving(&s, system, own, err);
  if (code == KN_OK)
    code = solve_in(&s, out, keep, own, watch, err);
  kn_arena_free(s.scratch);
  kn_arena_free(own);
  return code;
}

/* ---------------------------------------------------------------- not below 0 */
typedef struct holding {
  uint8_t *is_held, *is_wrong; /* [n] */
  double *slope, *size;        /* [n] of the objective along a held variable */
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
mark_sum(const solving *s, holding *h, int64_t pivot, double largest)
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
  if (sum >= -1e-12 * largest)
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
    largest = fmax(largest, s->kind[j] == VARIABLE_MEASURED || r->is_observable[j] ? fabs(s->x[j]) : 0);
  memset(h->is_wrong, 0, (size_t)in->n);
  find_slopes(s, h);
  for (int64_t j = 0; j < in->n; j++) {
    const bool is_known = s->kind[j] == VARIABLE_MEASURED || r->is_observable[j];
    if (h->is_held[j])
      h->is_wrong[j] = h->slope[j] < -1e-9 * h->size[j];
    else if (is_known && !in->is_signed[j])
      h->is_wrong[j] = s->x[j] < -1e-12 * largest;
  }
  for (int64_t i = 0; i < r->pivot_count; i++)
    mark_sum(s, h, i, largest);
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
      KN_TRY(settle(s, to, trial, NULL, err));
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
    KN_TRY(settle(s, to, trial, NULL, err));
    if (s->reduced.contradiction >= 0)
      return kn_fail(err, KN_NO_ANSWER, "no flows of at least 0 meet all balances");
  }
  return kn_fail(err, KN_E_NUMERIC, "flows of at least 0 were not found in %d rounds", EXCHANGES_MOST);
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
  KN_TRY(settle(s, to, trial, NULL, err));
  KN_TRY(pivot_blocks(s, &h, to, trial, err));
  *chi2 = 0;
  for (int64_t j = 0; j < in->n; j++) {
    x[j] = from->class_of[j] == KN_BALANCE_UNOBSERVABLE ? NAN : s->x[j];
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
  kn_code code = new_solving(&s, system, own, err);
  if (code == KN_OK)
    code = solve_above_in(&s, free_answer, x, is_held, chi2, own, err);
  kn_arena_free(s.scratch);
  kn_arena_free(own);
  return code;
}
