/* Plans again within a neighbourhood, and what contracts bring. */
#include "monitor/ask_local.h"

#include <string.h>

/* Candidates that the relaxed program leaves between open and shut are turned over one by one, at most so many. */
enum { FLIPS_MOST = 10 };
static const double WHOLE = 1e-6;

static double
free_upper(const ask_local *local, int64_t k)
{
  const ask_near *near = local->near;
  const ask_tie *tie = &near->pool->tie[near->tie[k]];
  return near->supply_at[tie->supply] == KN_NONE || near->demand_at[tie->demand] == KN_NONE ? tie->base : INFINITY;
}

static kn_code
new_decision(const ask_local *local, ask_decision *out, kn_error *err)
{
  const ask_near *near = local->near;
  KN_NEW(out->most, local->arena, near->n, err);
  KN_NEW(out->worth, local->arena, near->n, err);
  KN_NEW(out->open, local->arena, near->units, err);
  return KN_OK;
}

kn_code
ask_local_base(ask_local *local, ask_decision *out, kn_error *err)
{
  const ask_near *near = local->near;
  KN_TRY(new_decision(local, out, err));
  for (int64_t k = 0; k < near->n; k++) {
    out->most[k] = near->pool->tie[near->tie[k]].base;
    out->worth[k] = near->eur[k];
  }
  for (int32_t at = 0; at < near->units; at++)
    out->open[at] = near->pool->is_open[near->unit[at]];
  return KN_OK;
}

bool
ask_local_is_same(const ask_near *near, const ask_decision *a, const ask_decision *b)
{
  for (int32_t at = 0; at < near->units; at++)
    if (a->open[at] != b->open[at])
      return false;
  for (int64_t k = 0; k < near->n; k++)
    if (fabs(a->most[k] - b->most[k]) > 1e-7 * (1 + fabs(a->most[k])))
      return false;
  return true;
}

/* ------------------------------------------------------------------ planning */
static void
fix_open(ask_local *local, const double *lower, const double *upper)
{
  for (int32_t at = 0; at < local->near->units; at++)
    if (local->open[at] != KN_NONE)
      kn_lp_set_bounds(local->lp, local->open[at], lower == NULL ? 0 : lower[at], upper == NULL ? 1 : upper[at]);
}

/* -INFINITY: this choice of candidates cannot be. */
static kn_code
try_open(ask_local *local, const double *open, double *value, kn_error *err)
{
  kn_lp_status status;
  fix_open(local, open, open);
  KN_TRY(kn_lp_solve(local->lp, KN_LP_EITHER, NULL, &status, err));
  *value = status == KN_LP_OPTIMAL ? kn_lp_value(local->lp) : -INFINITY;
  return KN_OK;
}

static void
free_for_plan(ask_local *local)
{
  ask_local_refresh(local);
  for (int64_t k = 0; k < local->near->n; k++) {
    kn_lp_set_bounds(local->lp, (int32_t)k, 0, local->is_failed[k] ? 0 : free_upper(local, k));
    kn_lp_set_worth(local->lp, (int32_t)k, local->truth[k]);
  }
  for (int32_t at = 0; at < local->near->units; at++)
    if (local->load_row[at] != KN_NONE)
      kn_lp_set_row(local->lp, local->load_row[at], -INFINITY, 0);
}

/* What opens or closes against now without bringing more than a question costs, or than the gap of the plan, stays as it is: else
 * two plans that are worth the same would look like two decisions. */
static kn_code
turn_back(ask_local *local, double *open, double *trial, double *best, kn_error *err)
{
  const ask_near *near = local->near;
  double value;
  for (int32_t at = 0, tried = 0; at < near->units && tried < FLIPS_MOST && isfinite(*best); at++) {
    if (open[at] == near->pool->is_open[near->unit[at]] || local->open[at] == KN_NONE)
      continue;
    memcpy(trial, open, (size_t)near->units * sizeof *open);
    trial[at] = 1 - trial[at];
    tried++;
    KN_TRY(try_open(local, trial, &value, err));
    if (value < *best - near->pool->indifferent_eur)
      continue;
    *best = value;
    open[at] = trial[at];
  }
  return KN_OK;
}

/* Which candidates open: relaxed first; where that leaves fractions, the best of today's choice, the rounded one, and what
 * turning one over brings. A choice that is not quite the best is still a decision, and is judged as what it is. */
static kn_code
choose_open(ask_local *local, double *open, double *trial, kn_error *err)
{
  const ask_near *near = local->near;
  kn_lp_status status;
  double best = -INFINITY, value;
  int32_t part_count = 0, part[FLIPS_MOST];
  fix_open(local, NULL, NULL);
  KN_TRY(kn_lp_solve(local->lp, KN_LP_EITHER, NULL, &status, err));
  if (status != KN_LP_OPTIMAL)
    return kn_fail(err, KN_E_NUMERIC, "a neighbourhood of %" PRId64 " ties did not solve", near->n);
  for (int32_t at = 0; at < near->units; at++) {
    const double z = local->open[at] == KN_NONE ? 1 : kn_lp_x(local->lp)[local->open[at]];
    trial[at] = z >= 0.5;
    if (fabs(z - trial[at]) > WHOLE && part_count < FLIPS_MOST)
      part[part_count++] = at;
  }
  KN_TRY(try_open(local, trial, &best, err));
  memcpy(open, trial, (size_t)near->units * sizeof *open);
  if (part_count == 0 && isfinite(best))
    return turn_back(local, open, trial, &best, err);
  for (int32_t at = 0; at < near->units; at++)
    trial[at] = near->pool->is_open[near->unit[at]];
  KN_TRY(try_open(local, trial, &value, err));
  if (value > best) {
    best = value;
    memcpy(open, trial, (size_t)near->units * sizeof *open);
  }
  for (int32_t p = 0; p < part_count; p++) {
    memcpy(trial, open, (size_t)near->units * sizeof *open);
    trial[part[p]] = 1 - trial[part[p]];
    KN_TRY(try_open(local, trial, &value, err));
    if (value > best) {
      best = value;
      open[part[p]] = trial[part[p]];
    }
  }
  KN_TRY(turn_back(local, open, trial, &best, err));
  if (!isfinite(best)) /* nothing opens: that can always be */
    for (int32_t at = 0; at < near->units; at++)
      open[at] = local->open[at] == KN_NONE;
  return KN_OK;
}

/* Room that a plan leaves free costs nothing: it is promised to offers and needs that may be more than expected, beside what is
 * contracted anyway. */
static kn_code
top_up(ask_local *local, double *most, kn_error *err)
{
  static const double slack = 1e-9;
  const int64_t n = local->near->n;
  kn_lp_status status;
  for (int64_t k = 0; k < n; k++)
    if (most[k] > 0)
      kn_lp_set_bounds(local->lp, (int32_t)k, most[k] * (1 - slack), fmax(free_upper(local, k), most[k]));
  ask_local_widen(local, true);
  const kn_code code = kn_lp_solve(local->lp, KN_LP_EITHER, NULL, &status, err);
  if (code == KN_OK && status == KN_LP_OPTIMAL)
    for (int64_t k = 0; k < n; k++)
      most[k] = fmax(most[k], kn_lp_x(local->lp)[k]);
  ask_local_widen(local, false);
  return code;
}

kn_code
ask_local_plan(ask_local *local, bool keeps_open, ask_decision *out, kn_error *err)
{
  const ask_near *near = local->near;
  double *trial;
  KN_TRY(new_decision(local, out, err));
  KN_NEW(trial, local->arena, near->units, err);
  local->taken = NULL;
  ask_local_turn(local, true);
  free_for_plan(local);
  if (!keeps_open)
    KN_TRY(choose_open(local, out->open, trial, err));
  for (int32_t at = 0; at < near->units && keeps_open; at++)
    out->open[at] = near->pool->is_open[near->unit[at]];
  KN_TRY(try_open(local, out->open, &out->value, err));
  if (!isfinite(out->value) && keeps_open)
    return KN_OK; /* then what is open now cannot stay so */
  if (!isfinite(out->value))
    return kn_fail(err, KN_E_NUMERIC, "a plan within a neighbourhood of %" PRId64 " ties did not solve", near->n);
  const double *x = kn_lp_x(local->lp);
  for (int64_t k = 0; k < near->n; k++)
    out->most[k] = x[k];
  memcpy(out->worth, local->truth, (size_t)near->n * sizeof *out->worth);
  for (int32_t k = 0; k < local->short_count; k++)
    out->value += local->penalty * x[local->short_column[k]];
  return top_up(local, out->most, err);
}

/* ------------------------------------------------------------------ what contracts bring
 * Within the contracts as much runs as can, by the worths that they were made on: a fate or price that turns out otherwise changes
 * what a tie brings, not whether it is kept. A unit below its least load is taken to run. */
kn_code
ask_local_take(ask_local *local, const ask_decision *decision, kn_error *err)
{
  (void)err;
  local->taken = decision;
  ask_local_turn(local, false);
  for (int64_t k = 0; k < local->near->n; k++)
    kn_lp_set_worth(local->lp, (int32_t)k, decision->worth[k]);
  for (int32_t at = 0; at < local->near->units; at++)
    if (local->load_row[at] != KN_NONE)
      kn_lp_set_row(local->lp, local->load_row[at], -INFINITY, INFINITY);
  fix_open(local, decision->open, decision->open);
  return KN_OK;
}

kn_code
ask_local_bring(ask_local *local, double *eur, double *expected, kn_error *err)
{
  const ask_near *near = local->near;
  kn_lp_status status;
  assert(local->taken != NULL);
  ask_local_refresh(local);
  for (int64_t k = 0; k < near->n; k++)
    kn_lp_set_bounds(local->lp, (int32_t)k, 0, local->is_failed[k] ? 0 : local->taken->most[k]);
  KN_TRY(kn_lp_solve(local->lp, KN_LP_EITHER, NULL, &status, err));
  if (status != KN_LP_OPTIMAL)
    return kn_fail(err, KN_E_NUMERIC, "contracts of a neighbourhood of %" PRId64 " ties did not solve", near->n);
  const double *x = kn_lp_x(local->lp);
  double moved = 0, usual = 0, run = 0;
  for (int64_t k = 0; k < near->n; k++) {
    moved += local->truth[k] * x[k];
    usual += near->eur[k] * x[k];
  }
  for (int32_t c = (int32_t)near->n; c < local->columns; c++)
    run += local->column_eur[c] * x[c];
  *eur = moved + run;
  if (expected != NULL)
    *expected = usual + run;
  return KN_OK;
}
