/* The linear plan by column generation over all pairs.
 *
 *   solve the master -> duals -> price all pairs -> bound, better ties -> add them -> solve again
 *
 * until the bound closes. The master holds thousands of ties, the search speaks for all of them.
 * source: Dantzig & Wolfe (1960); Luebbecke & Desrosiers (2005), Selected topics in column generation. */
#include <stdlib.h>
#include <string.h>

#include "plan/internal.h"

enum { TIES_PER_NODE = 3 };

static double
part_of_objective(const plan_model *m, int64_t column)
{
  const plan_metrics *metrics = column < m->fixed_columns ? &m->fixed_metrics[column] : &m->metrics[column - m->fixed_columns];
  return metrics->of[m->settings.objective];
}

static bool
is_short(const plan_model *m, int64_t column)
{
  return column >= m->short_first && column < m->short_first + m->short_count;
}

/* Phase one asks only how little can be short; phase two is the plan's own objective. */
static void
set_phase(plan_model *m, bool is_phase_one)
{
  const int64_t columns = m->fixed_columns + m->column_count;
  for (int64_t c = 0; c < columns; c++)
    kn_lp_set_worth(m->lp, (int32_t)c, is_phase_one ? (is_short(m, c) ? -1 : 0) : part_of_objective(m, c));
  for (int32_t s = 0; s < m->short_count; s++)
    kn_lp_set_bounds(m->lp, m->short_first + s, 0, is_phase_one ? m->short_most[s] : 0);
}

static void
tell(const plan_run *run, double value, double bound)
{
  const kn_progress progress = {.phase = run->phase,
                                .done = run->rounds,
                                .total = 0,
                                .value = isnan(run->best_value) ? value : run->best_value,
                                .bound = isnan(run->best_bound) ? bound : run->best_bound,
                                .level = run->is_small,
                                .steps = run->model->column_count};
  kn_watch_tell(run->watch, &progress);
}

/* What may be missing for numerical reasons alone. */
static double
short_tolerance(const plan_model *m)
{
  double scale = 1 / m->amount;
  for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
    if (m->floor_row[f] != KN_NONE)
      scale = fmax(scale, fabs(m->settings.floor[f]));
  return 1e-7 * scale;
}

/* One run of solve and price. In phase one the value is minus what is short. */
static kn_code
close_gap(plan_run *run, const double *z_lower, const double *z_upper, bool is_phase_one, bool has_basis, double gap,
          double cutoff, plan_linear *out, kn_error *err)
{
  plan_model *m = run->model;
  kn_lp_method method = run->rounds > 0 ? KN_LP_DUAL : has_basis ? KN_LP_PRIMAL : KN_LP_EITHER;
  for (;;) {
    KN_TRY(kn_lp_solve(m->lp, method, run->watch, &out->status, err));
    if (out->status == KN_LP_STOPPED || kn_watch_is_stopped(run->watch)) {
      out->is_stopped = true;
      return KN_OK;
    }
    if (out->status != KN_LP_OPTIMAL)
      return KN_OK;
    method = KN_LP_PRIMAL; /* new columns keep the basis primal feasible */
    out->value = kn_lp_value(m->lp);
    const plan_question question = {
        .dual = kn_lp_dual(m->lp), .z_lower = z_lower, .z_upper = z_upper, .is_phase_one = is_phase_one, .most = TIES_PER_NODE};
    plan_pricing pricing;
    KN_TRY(plan_price(run->pricer, &question, &pricing, err));
    run->rounds++;
    assert(!isnan(pricing.bound));
    out->last_bound = pricing.bound;
    out->bound = fmin(out->bound, pricing.bound);
    if (!is_phase_one)
      tell(run, out->value, out->bound);
    if (out->bound <= cutoff) {
      out->is_cut_off = true;
      return KN_OK;
    }
    if (out->bound - out->value <= gap * plan_scale(out->value))
      return KN_OK;
    if (is_phase_one && out->value > -1e-3 * short_tolerance(m))
      return KN_OK;
    int64_t added;
    KN_TRY(plan_add_columns(m, pricing.column, pricing.n, &added, err));
    if (is_phase_one)
      for (int64_t c = m->column_count - added; c < m->column_count; c++)
        kn_lp_set_worth(m->lp, (int32_t)(m->fixed_columns + c), 0);
    if (added == 0)
      return KN_OK; /* what is left is the tolerance of the solver, and the bound says how much */
  }
}

/* The first ties: the best partners of every node when nothing is scarce yet. */
static kn_code
start(plan_run *run, const double *z_lower, const double *z_upper, plan_linear *out, kn_error *err)
{
  plan_model *m = run->model;
  double *dual = calloc((size_t)m->row_count + 1, sizeof *dual);
  if (!dual)
    return kn_fail(err, KN_E_LIMIT, "no memory for %d rows", m->row_count);
  const plan_question question = {.dual = dual, .z_lower = z_lower, .z_upper = z_upper, .most = TIES_PER_NODE};
  plan_pricing pricing;
  int64_t added;
  kn_code code = plan_price(run->pricer, &question, &pricing, err);
  if (code == KN_OK) {
    out->bound = fmin(out->bound, pricing.bound);
    code = plan_add_columns(m, pricing.column, pricing.n, &added, err);
  }
  free(dual);
  return code;
}

static void
set_units(plan_model *m, const double *z_lower, const double *z_upper)
{
  for (int32_t u = 0; u < m->choice_count; u++)
    if (m->z[u] != KN_NONE)
      kn_lp_set_bounds(m->lp, m->z[u], z_lower[u], z_upper[u]);
}

static kn_objective
missed_floor(const plan_model *m)
{
  const double *x = kn_lp_x(m->lp);
  for (int32_t s = 0; s < m->short_count; s++)
    for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
      if (m->short_row[s] == m->floor_row[f] && x[m->short_first + s] > short_tolerance(m))
        return (kn_objective)f;
  return KN_OBJECTIVE_COUNT;
}

/* Asks all pairs whether the rows can hold together; *is_feasible when nothing is short any more. */
static kn_code
phase_one(plan_run *run, const double *z_lower, const double *z_upper, plan_linear *out, bool *is_feasible, kn_error *err)
{
  plan_model *m = run->model;
  const double tolerance = short_tolerance(m);
  plan_linear one = {.status = KN_LP_OPTIMAL, .value = -INFINITY, .bound = INFINITY};
  set_phase(m, true);
  const kn_code code = close_gap(run, z_lower, z_upper, true, false, 1e-9, -tolerance, &one, err);
  *is_feasible = one.status == KN_LP_OPTIMAL && one.value >= -tolerance;
  out->is_stopped = one.is_stopped;
  out->short_floor = code == KN_OK && one.status == KN_LP_OPTIMAL && !*is_feasible ? missed_floor(m) : KN_OBJECTIVE_COUNT;
  set_phase(m, false);
  return code;
}

/* How far the value may be off: by rounding of the parts that it is added up from, and by what rows are off at their prices. */
static double
looseness(const plan_model *m)
{
  const double *x = kn_lp_x(m->lp), *dual = kn_lp_dual(m->lp);
  double parts = 0, prices = 0;
  for (int64_t c = 0; c < m->fixed_columns + m->column_count; c++)
    parts += fabs(part_of_objective(m, c) * x[c]);
  for (int32_t r = 0; r < m->row_count; r++)
    prices += fabs(dual[r]);
  return 1e-12 * parts + 1e-9 / m->amount * prices;
}

kn_code
plan_linear_solve(plan_run *run, const double *z_lower, const double *z_upper, double gap, double cutoff, plan_linear *out,
                  kn_error *err)
{
  plan_model *m = run->model;
  *out = (plan_linear){.status = KN_LP_OPTIMAL, .value = -INFINITY, .bound = INFINITY, .short_floor = KN_OBJECTIVE_COUNT};
  set_units(m, z_lower, z_upper);
  bool has_basis = false;
  if (m->column_count == 0)
    KN_TRY(plan_start(run, z_lower, z_upper, &has_basis, err));
  if (m->column_count == 0)
    KN_TRY(start(run, z_lower, z_upper, out, err));
  KN_TRY(close_gap(run, z_lower, z_upper, false, has_basis, gap, cutoff, out, err));
  if (out->status == KN_LP_OPTIMAL)
    out->looseness = looseness(m);
  if (out->is_stopped || out->status == KN_LP_OPTIMAL)
    return KN_OK;
  if (out->status != KN_LP_INFEASIBLE)
    return kn_fail(err, KN_E_NUMERIC, "the master problem of %d rows did not solve", m->row_count);
  bool is_feasible;
  KN_TRY(phase_one(run, z_lower, z_upper, out, &is_feasible, err));
  if (out->is_stopped)
    return KN_OK;
  if (is_feasible) {
    KN_TRY(close_gap(run, z_lower, z_upper, false, false, gap, cutoff, out, err));
    if (out->status == KN_LP_OPTIMAL)
      out->looseness = looseness(m);
    if (out->is_stopped || out->status == KN_LP_OPTIMAL)
      return KN_OK;
  }
  out->status = KN_LP_INFEASIBLE;
  out->bound = -INFINITY;
  return KN_OK;
}

kn_code
plan_linear_again(plan_run *run, const double *z, plan_linear *out, kn_error *err)
{
  plan_model *m = run->model;
  *out = (plan_linear){.status = KN_LP_OPTIMAL, .value = -INFINITY, .bound = INFINITY, .short_floor = KN_OBJECTIVE_COUNT};
  set_units(m, z, z);
  KN_TRY(kn_lp_solve(m->lp, KN_LP_EITHER, NULL, &out->status, err));
  if (out->status == KN_LP_OPTIMAL) {
    out->value = kn_lp_value(m->lp);
    out->looseness = looseness(m);
  }
  return KN_OK;
}

/* Nodes of which there is nothing cannot raise the bound, so it may close before their ties were looked for. Their duals would then
 * be 0 although the first unit would be worth something. Their ties change no plan. */
kn_code
plan_linear_price_empty(plan_run *run, const double *z, plan_linear *out, kn_error *err)
{
  plan_model *m = run->model;
  bool has_empty = false;
  for (int32_t i = 0; i < m->supply.n; i++)
    has_empty |= m->supply.limit[i] == 0;
  for (int32_t j = 0; j < m->demand.n; j++)
    has_empty |= m->demand.limit[j] == 0;
  for (int64_t added = 1; has_empty && added > 0;) {
    const plan_question question = {.dual = kn_lp_dual(m->lp), .z_lower = z, .z_upper = z, .most = TIES_PER_NODE};
    plan_pricing pricing;
    KN_TRY(plan_price(run->pricer, &question, &pricing, err));
    int64_t kept = 0, more;
    plan_column *column = malloc(((size_t)pricing.n + 1) * sizeof *column);
    if (!column)
      return kn_fail(err, KN_E_LIMIT, "no memory for %" PRId64 " ties", pricing.n);
    for (int64_t k = 0; k < pricing.n; k++)
      if (m->supply.limit[pricing.column[k].supply] == 0 || m->demand.limit[pricing.column[k].demand] == 0)
        column[kept++] = pricing.column[k];
    const kn_code code = plan_add_columns(m, column, kept, &more, err);
    free(column);
    KN_TRY(code);
    added = more;
    if (added > 0)
      KN_TRY(plan_linear_again(run, z, out, err));
    if (out->status != KN_LP_OPTIMAL)
      return kn_fail(err, KN_E_NUMERIC, "the master problem of %d rows did not solve", m->row_count);
  }
  return KN_OK;
}
