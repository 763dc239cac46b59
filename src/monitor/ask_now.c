/* The decision that is taken now.
 *
 * The plan on expected figures contracts just what is expected of each offer. More costs nothing where the room at its takers is
 * free: one unit more, contracted, brings p + v when it comes, and if it does not, the room v that it was given is lost (p: dual of
 * the offer, v: what room is worth). So it pays up to the quantile
 *
 *   u = p / (p + v)                      the newsvendor: Arrow, Harris and Marschak 1951
 *
 * of the quantity. Prices move when all do so at once, hence half the step is tried as well, and both also where only offers move of
 * which more than is expected would be contracted; what brings most on the mean is taken. */
#include "monitor/ask.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 6, BLOCK = 4 };
static const double step[STEPS] = {0, 0, 0.5, 1, 0.5, 1}; /* the first is the plan on expected figures as it is */
enum { DOWN_TOO = 4 };                                    /* from this step on less than is expected is contracted as well */
static const double LEAST = 0.1, MOST = 0.9;

/* ------------------------------------------------------------------ what to plan on */
/* What the room that a unit takes is worth at its taker. */
static double
room_at(const ask_pool *pool, const ask_tie *tie)
{
  const int32_t unit = pool->demand.unit[tie->demand];
  if (unit == KN_NONE) {
    const bool is_gateway = pool->demand.place[tie->demand].kind == KN_END_GATEWAY;
    return (is_gateway ? 1 : tie->ratio) * pool->inside.demand_dual[tie->demand];
  }
  const kn_process_view processes = kn_region_processes(pool->region);
  const double quantity = fabs(processes.flow_quantity[pool->demand.flow[tie->demand]]);
  return tie->ratio * kn_plan_units(pool->plan).dual_eur[pool->unit[unit].unit] / quantity;
}

/* Shares of what is expected, by the duals. */
static void
fill_plan(const ask_pool *pool, double *share)
{
  for (int32_t i = 0; i < pool->supply.n; i++) {
    const double own = pool->inside.supply_dual[i];
    double room = 0, used = 0;
    for (int64_t t = pool->supply_first[i]; t < pool->supply_first[i + 1]; t++) {
      room += pool->tie[t].base * room_at(pool, &pool->tie[t]);
      used += pool->tie[t].base;
    }
    share[i] = 1;
    if (pool->supply_quantity[i] != KN_NONE && own > 0 && used > 0)
      share[i] = ask_at(&pool->figure[pool->supply_quantity[i]], fmin(fmax(own / (own + fmax(room / used, 0)), LEAST), MOST));
  }
}

/* ------------------------------------------------------------------ scenarios of everything
 * In blocks, each with a program of its own, so that the answer does not depend on who computes which. */
typedef struct now_job {
  const ask_pool *pool;
  const ask_near *near, *narrow;
  const ask_decision *decision; /* [STEPS] in narrow */
  const double *u;              /* [figures * scenarios] */
  int32_t scenarios;
  double *brings, *expected; /* [STEPS * scenarios] as drawn, and at expected fates and prices */
  double *planned;           /* [scenarios] */
  kn_code *code;
  kn_error *err;
} now_job;

static void
set_all(const now_job *job, ask_local *local, int32_t scenario)
{
  for (int32_t f = 0; f < job->pool->figure_count; f++)
    ask_local_put(local, f, ask_at(&job->pool->figure[f], job->u[(int64_t)f * job->scenarios + scenario]));
}

static kn_code
run_block(const now_job *job, int32_t first, int32_t last, kn_error *err)
{
  ask_local *contracts = NULL, *plans = NULL;
  kn_code code = ask_local_new(&contracts, job->narrow, err);
  if (code == KN_OK)
    code = ask_local_new(&plans, job->near, err);
  for (int32_t d = 0; d < STEPS && code == KN_OK; d++) {
    code = ask_local_take(contracts, &job->decision[d], err);
    for (int32_t s = first; s < last && code == KN_OK; s++) {
      set_all(job, contracts, s);
      code = ask_local_bring(contracts, &job->brings[(int64_t)d * job->scenarios + s],
                             &job->expected[(int64_t)d * job->scenarios + s], err);
    }
  }
  for (int32_t s = first; s < last && code == KN_OK; s++) {
    ask_decision best;
    set_all(job, plans, s);
    code = ask_local_plan(plans, false, &best, err);
    job->planned[s] = code == KN_OK ? best.value : NAN;
  }
  ask_local_free(contracts);
  ask_local_free(plans);
  return code;
}

static void
run_blocks(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const now_job *job = arg;
  (void)worker;
  for (int64_t b = first; b < last; b++) {
    const int32_t end = (int32_t)(b + 1) * BLOCK;
    job->code[b] = run_block(job, (int32_t)b * BLOCK, end < job->scenarios ? end : job->scenarios, &job->err[b]);
  }
}

/* ------------------------------------------------------------------ decisions */
typedef struct now_work {
  kn_arena *arena;
  ask_near *near, *narrow;
  ask_local *local;
  ask_decision decision[STEPS], part[STEPS];
  double *share; /* [supplies] of what is expected, at the last step */
} now_work;

static void
set_plan(ask_pool *pool, const now_work *w, int32_t at)
{
  for (int32_t i = 0; i < pool->supply.n; i++)
    pool->supply_plan[i] = pow(at < DOWN_TOO ? fmax(w->share[i], 1) : w->share[i], step[at]);
}

static kn_code
make_decisions(ask_pool *pool, now_work *w, kn_error *err)
{
  KN_TRY(ask_near_new(&w->near, pool, NULL, 0, INT32_MAX, err));
  KN_TRY(ask_local_new(&w->local, w->near, err));
  KN_TRY(ask_local_base(w->local, &w->decision[0], err));
  KN_NEW(w->share, w->arena, pool->supply.n, err);
  fill_plan(pool, w->share);
  for (int32_t d = 1; d < STEPS; d++) {
    set_plan(pool, w, d);
    KN_TRY(ask_local_plan(w->local, false, &w->decision[d], err));
    ask_local_forget(w->local);
  }
  return KN_OK;
}

/* The same in the part that any of them contracts. */
static kn_code
narrow_decisions(now_work *w, kn_error *err)
{
  const ask_near *near = w->near;
  uint8_t *keeps_tie, *keeps_unit;
  int64_t *row;
  int32_t *unit_row;
  KN_NEW(keeps_tie, w->arena, near->n, err);
  KN_NEW(keeps_unit, w->arena, near->units, err);
  for (int32_t d = 0; d < STEPS; d++) {
    for (int64_t k = 0; k < near->n; k++)
      keeps_tie[k] |= w->decision[d].most[k] > 0;
    for (int32_t at = 0; at < near->units; at++)
      keeps_unit[at] |= w->decision[d].open[at] > 0;
  }
  KN_TRY(ask_near_narrow(&w->narrow, near, keeps_tie, keeps_unit, NULL, 0, &row, &unit_row, err));
  for (int32_t d = 0; d < STEPS; d++) {
    ask_decision *to = &w->part[d];
    KN_NEW(to->most, w->arena, w->narrow->n, err);
    KN_NEW(to->worth, w->arena, w->narrow->n, err);
    KN_NEW(to->open, w->arena, w->narrow->units, err);
    for (int64_t k = 0; k < w->narrow->n; k++) {
      to->most[k] = w->decision[d].most[row[k]];
      to->worth[k] = w->decision[d].worth[row[k]];
    }
    to->value = w->decision[d].value;
    for (int32_t at = 0; at < w->narrow->units; at++)
      to->open[at] = w->decision[d].open[unit_row[at]];
  }
  return KN_OK;
}

static kn_code
run_all(const ask_pool *pool, const kn_ask_settings *settings, now_work *w, now_job *job, kn_error *err)
{
  const int32_t n = settings->scenarios, blocks = (n + BLOCK - 1) / BLOCK;
  double *u;
  KN_NEW(u, w->arena, (int64_t)pool->figure_count * n, err);
  KN_NEW(job->brings, w->arena, (int64_t)STEPS * n, err);
  KN_NEW(job->expected, w->arena, (int64_t)STEPS * n, err);
  KN_NEW(job->planned, w->arena, n, err);
  KN_NEW(job->code, w->arena, blocks, err);
  KN_NEW(job->err, w->arena, blocks, err);
  kn_arena *scratch = kn_arena_new();
  kn_code code = KN_OK;
  for (int32_t f = 0; f < pool->figure_count && code == KN_OK; f++)
    code = ask_draw(settings, f, u + (int64_t)f * n, scratch, err);
  kn_arena_free(scratch);
  job->u = u;
  if (code == KN_OK)
    code = kn_parallel(settings->thread_count, blocks, 1, run_blocks, job, err);
  for (int32_t b = 0; b < blocks && code == KN_OK; b++) {
    code = job->code[b];
    if (code != KN_OK && err != NULL)
      *err = job->err[b];
  }
  return code;
}

static void
put_into_pool(ask_pool *pool, const now_work *w, int32_t best)
{
  for (int64_t k = 0; k < w->near->n; k++)
    pool->tie[w->near->tie[k]].base = w->decision[best].most[k];
  for (int32_t at = 0; at < w->near->units; at++)
    pool->is_open[w->near->unit[at]] = w->decision[best].open[at] > 0.5;
  set_plan(pool, w, best);
}

static void
summarise(const now_job *job, int32_t best, double fixed_eur, ask_now *out)
{
  const int32_t n = job->scenarios;
  double value = 0, gain = 0, squares = 0;
  for (int32_t s = 0; s < n; s++) {
    const double brought = job->brings[(int64_t)best * n + s];
    value += job->expected[(int64_t)best * n + s] / n;
    gain += fmax(job->planned[s] - brought, 0) / n;
  }
  for (int32_t s = 0; s < n; s++) {
    const double off = fmax(job->planned[s] - job->brings[(int64_t)best * n + s], 0) - gain;
    squares += off * off;
  }
  *out = (ask_now){value - fixed_eur, gain, n > 1 ? sqrt(squares / (n - 1) / n) : 0};
}

static int32_t
best_on_mean(const now_job *job)
{
  int32_t best = 0;
  double most = -INFINITY;
  for (int32_t d = 0; d < STEPS; d++) {
    double sum = 0;
    for (int32_t s = 0; s < job->scenarios; s++)
      sum += job->expected[(int64_t)d * job->scenarios + s] / job->scenarios;
    if (d == 0 || sum > most + 1e-9 * fabs(most)) {
      most = sum;
      best = d;
    }
  }
  return best;
}

kn_code
ask_decide_now(ask_pool *pool, const kn_ask_settings *settings, int32_t scenarios, ask_now *out, kn_error *err)
{
  kn_ask_settings few = *settings;
  few.scenarios = scenarios;
  now_work w = {.arena = kn_arena_new()};
  now_job job = {.pool = pool, .scenarios = scenarios};
  kn_code code = make_decisions(pool, &w, err);
  if (code == KN_OK)
    code = narrow_decisions(&w, err);
  job.near = w.near;
  job.narrow = w.narrow;
  job.decision = w.part;
  if (code == KN_OK)
    code = run_all(pool, &few, &w, &job, err);
  if (code == KN_OK) {
    const int32_t best = best_on_mean(&job);
    put_into_pool(pool, &w, best);
    summarise(&job, best, pool->fixed_eur, out);
  }
  ask_local_free(w.local);
  ask_near_free(w.narrow);
  ask_near_free(w.near);
  kn_arena_free(w.arena);
  return code == KN_OK ? KN_OK : kn_note(err, "deciding what to contract now");
}
