/* The plan: market -> master problem -> optimum over all pairs -> answer. */
#include <string.h>

#include "plan/internal.h"
#include "plan/recast.h"

const char *const kn_plan_phase_name[KN_PLAN_PHASES] = {"build", "count", "linear", "candidates", "answer"};
enum { BUILD, COUNT, LINEAR, CANDIDATES, ANSWER };

/* A linear plan closes at least this far, whatever gap was asked for. */
static const double LINEAR_GAP = 1e-7;

const char *
kn_objective_name(kn_objective objective)
{
  static const char *const name[] = {"value", "co2", "jobs", "virgin"};
  return name[objective];
}

const char *
kn_objective_column(kn_objective objective)
{
  static const char *const name[] = {"value_eur", "co2_avoided_t", "jobs_fte", "virgin_replaced_t"};
  return name[objective];
}

typedef struct stopwatch {
  const kn_watch *watch;
  double since;
  double *seconds;
} stopwatch;

static void
lap(stopwatch *s, int32_t phase)
{
  const double now = kn_watch_seconds(s->watch);
  s->seconds[phase] += now - s->since;
  s->since = now;
}

static bool
has_candidates(const plan_model *m)
{
  for (int32_t c = 0; c < m->choice_count; c++)
    if (plan_is_candidate(m, c))
      return true;
  return false;
}

/* Nothing chosen before the stop: all candidates shut is a plan, if the floors allow one. */
static kn_code
finish_stopped(plan_run *run, const double *z, plan_linear *linear, kn_error *err)
{
  KN_TRY(plan_linear_again(run, z, linear, err));
  if (linear->status != KN_LP_OPTIMAL)
    return kn_fail(err, KN_E_STOPPED, "stopped before a plan was found that keeps to the floors");
  return KN_OK;
}

/* Decides the candidates and leaves the master solved with them fixed in z [units]. */
static kn_code
optimise(kn_plan *plan, plan_run *run, double *z, stopwatch *watch, kn_error *err)
{
  const plan_model *m = run->model;
  kn_plan_summary *sum = &plan->summary;
  plan_linear linear;
  plan_choice choice = {.bound = INFINITY, .short_floor = KN_OBJECTIVE_COUNT};
  const bool is_mixed = has_candidates(m);
  if (is_mixed) {
    run->phase = kn_plan_phase_name[CANDIDATES];
    KN_TRY(plan_choose(run, plan->arena, &choice, err));
    lap(watch, CANDIDATES);
    if (!choice.found && !choice.is_stopped) {
      sum->status = KN_PLAN_INFEASIBLE;
      sum->infeasible_floor = choice.short_floor;
      return KN_OK;
    }
    if (choice.found)
      memcpy(z, choice.z, (size_t)m->choice_count * sizeof *z);
  }
  run->phase = kn_plan_phase_name[LINEAR];
  const double gap = fmin(LINEAR_GAP, plan->settings.gap);
  bool is_stopped = choice.is_stopped;
  if (!is_stopped) {
    KN_TRY(plan_linear_solve(run, z, z, gap, -INFINITY, &linear, err));
    is_stopped = linear.is_stopped;
    if (!is_stopped && linear.status != KN_LP_OPTIMAL) {
      sum->status = KN_PLAN_INFEASIBLE;
      sum->infeasible_floor = linear.short_floor;
      return KN_OK;
    }
    if (!is_mixed)
      choice.bound = linear.bound;
    if (!is_stopped)
      KN_TRY(plan_linear_price_empty(run, z, &linear, err));
  }
  if (is_stopped)
    KN_TRY(finish_stopped(run, z, &linear, err));
  lap(watch, LINEAR);
  sum->status = is_stopped ? KN_PLAN_STOPPED : KN_PLAN_PROVEN;
  if (choice.bound < linear.value - 1e-7 * fmax(fabs(linear.value), 0.01) - linear.looseness)
    return kn_fail(err, KN_E_NUMERIC, "the plan of %.10g passes its own bound of %.10g", linear.value, choice.bound);
  sum->bound = fmax(choice.bound, linear.value);
  return KN_OK;
}

/* By linear programs: columns for ties, rows for limits, branch and price for candidates. */
static kn_code
make_coupled(kn_plan *plan, plan_run *run, const kn_plan *before, const plan_was *was, stopwatch *clock, kn_error *err)
{
  kn_plan_summary *sum = &plan->summary;
  KN_TRY(plan_model_start_lp(run->model, err));
  KN_TRY(plan_pricer_new(&run->pricer, run->model, err));
  double *z, *first;
  KN_NEW(z, plan->arena, run->model->choice_count, err);
  if (before && before->kept) {
    KN_NEW(first, plan->arena, run->model->choice_count, err);
    KN_TRY(plan_take_up(run->model, before->kept, was, err));
    for (int32_t u = 0; u < run->model->unit_count && u < before->kept->unit_count; u++)
      first[u] = before->kept->z[u];
    run->first_choice = first;
  }
  lap(clock, BUILD);
  KN_TRY(optimise(plan, run, z, clock, err));
  sum->columns = run->model->column_count;
  sum->rounds = run->rounds;
  sum->nodes = run->nodes;
  if (sum->status == KN_PLAN_INFEASIBLE)
    return KN_OK;
  if (plan->settings.keeps_engine && sum->status == KN_PLAN_PROVEN && run->model->terminal_count == 0)
    KN_TRY(plan_keep(&plan->kept, run->model, z, plan->arena, err));
  const kn_lp *lp = run->model->lp;
  const plan_optimum optimum = {kn_lp_value(lp), kn_lp_x(lp), kn_lp_dual(lp), kn_lp_reduced(lp)};
  return plan_answer(plan, run->model, &optimum, z, err);
}

/* A plan that the network engine found. */
static kn_code
take_pure(kn_plan *plan, plan_run *run, const plan_pure *pure, const double *z, kn_error *err)
{
  kn_plan_summary *sum = &plan->summary;
  sum->status = pure->is_stopped ? KN_PLAN_STOPPED : KN_PLAN_PROVEN;
  sum->bound = pure->bound;
  sum->columns = run->model->column_count;
  sum->rounds = pure->rounds;
  return plan_answer(plan, run->model, &pure->optimum, z, err);
}

/* By the network engine, in one go over all pairs, where the plan is an exchange; *is_made tells. */
static kn_code
make_pure(kn_plan *plan, plan_run *run, const plan_before *before, stopwatch *clock, bool *is_made, kn_error *err)
{
  plan_recast *recast = NULL;
  plan_pure pure = {0};
  double z[1] = {0};
  kn_arena *scratch = kn_arena_new();
  kn_code code = KN_OK;
  *is_made = false;
  /* Without something on both sides the plan is empty, which the linear program says. */
  if (run->model->unit_count == 0 && run->model->supply.n > 0 && run->model->demand.n > 0)
    code = plan_recast_new(&recast, run->model, NULL, err);
  lap(clock, BUILD);
  if (code == KN_OK && recast && recast->is_exact) {
    code = plan_pure_solve(run->model, recast, before, run->watch, scratch, &pure, err);
    *is_made = true;
  } else if (code == KN_OK && before) {
    code = plan_unit_solve(run->model, before, run->watch, scratch, &pure, z, is_made, err);
  }
  lap(clock, LINEAR);
  if (code == KN_OK && *is_made)
    code = take_pure(plan, run, &pure, z, err);
  if (code == KN_OK && *is_made && plan->settings.keeps_engine && run->model->unit_count == 0) {
    plan->exchange = pure.solution;
    plan->recast = recast;
  } else {
    kn_exchange_free(pure.solution);
    plan_recast_free(recast);
  }
  kn_arena_free(scratch);
  return code;
}

/* Rows of the region keep their numbers and new ones come last, so nodes come in the same order, with new ones between. */
static kn_code
match_side(int32_t **was, const kn_side *now, const kn_side *before, kn_arena *arena, kn_error *err)
{
  KN_NEW(*was, arena, now->n, err);
  int32_t at = 0;
  for (int32_t i = 0; i < now->n; i++) {
    const bool is_same = at < before->n && now->place[i].kind == before->place[at].kind &&
                         now->place[i].row == before->place[at].row && now->place[i].site == before->place[at].site &&
                         now->flow[i] == before->flow[at] && now->resource[i] == before->resource[at];
    (*was)[i] = is_same ? at++ : KN_NONE;
  }
  if (at < before->n)
    return kn_fail(err, KN_E_INPUT, "the region is no edit of that of the plan before: %d of its places are gone",
                   before->n - at);
  return KN_OK;
}

static kn_code
solve_plan(kn_plan *plan, plan_run *run, const kn_plan *before, stopwatch *clock, kn_error *err)
{
  plan_was was = {0};
  plan_before exchange = {.was = &was, .recast = before ? before->recast : NULL};
  if (before) {
    const kn_side supply = kn_market_supply(before->market), demand = kn_market_demand(before->market);
    KN_TRY(match_side(&was.supply, &run->model->supply, &supply, plan->arena, err));
    KN_TRY(match_side(&was.demand, &run->model->demand, &demand, plan->arena, err));
    exchange.solution = before->exchange;
    exchange.demand_count = demand.n;
  }
  bool is_made;
  KN_TRY(make_pure(plan, run, exchange.solution ? &exchange : NULL, clock, &is_made, err));
  return is_made ? KN_OK : make_coupled(plan, run, before, &was, clock, err);
}

static kn_code
make(kn_plan *plan, const kn_region *region, const kn_plan *before, plan_run *run, kn_error *err)
{
  kn_plan_summary *sum = &plan->summary;
  stopwatch clock = {run->watch, kn_watch_seconds(run->watch), sum->seconds};
  KN_TRY(kn_market_new(&plan->market, region, err));
  KN_TRY(plan_model_new(&run->model, plan->market, &plan->settings, err));
  lap(&clock, BUILD);
  KN_TRY(kn_market_count(plan->market, plan->settings.thread_count, &sum->pairs_compatible, err));
  lap(&clock, COUNT);
  KN_TRY(solve_plan(plan, run, before, &clock, err));
  const kn_access *access = kn_market_access(plan->market);
  sum->exact_costs = access == NULL ? 0 : kn_access_told(access);
  if (sum->status == KN_PLAN_INFEASIBLE)
    return KN_OK;
  const double value = sum->value[plan->settings.objective];
  /* A billionth of a euro, tonne or job is rounding, not room for a better plan. */
  sum->bound = sum->bound - value <= 1e-9 * fmin(1, 1 / run->model->amount) ? value : sum->bound;
  sum->gap = (sum->bound - value) / plan_scale(value);
  lap(&clock, ANSWER);
  return KN_OK;
}

static kn_code
plan_new(kn_plan **out, const kn_region *region, const kn_plan *before, const kn_plan_settings *settings, const kn_watch *watch,
         kn_error *err)
{
  *out = NULL;
  kn_arena *arena = kn_arena_new();
  kn_plan *plan = NULL;
  kn_code code = kn_arena_reserve(arena, sizeof *plan, err);
  if (code != KN_OK) {
    kn_arena_free(arena);
    return code;
  }
  plan = kn_arena_take(arena, 1, sizeof *plan);
  plan->arena = arena;
  plan->settings = *settings;
  plan->summary.objective = settings->objective;
  plan->summary.infeasible_floor = KN_OBJECTIVE_COUNT;
  plan_run run = {.watch = watch, .best_value = NAN, .best_bound = NAN, .phase = kn_plan_phase_name[LINEAR]};
  code = make(plan, region, before, &run, err);
  plan_pricer_free(run.pricer);
  plan_model_free(run.model);
  if (code != KN_OK) {
    kn_plan_free(plan);
    return kn_note(err, "planning for the objective %s", kn_objective_name(settings->objective));
  }
  *out = plan;
  return KN_OK;
}

kn_code
kn_plan_make(kn_plan **out, const kn_region *region, const kn_plan_settings *settings, const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  if (!(settings->gap >= 0))
    return kn_fail(err, KN_E_USAGE, "the gap must be 0 or more, is %g", settings->gap);
  return plan_new(out, region, NULL, settings, watch, err);
}

kn_code
kn_plan_again(kn_plan **out, const kn_plan *before, const kn_region *region, const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  if (!before->settings.keeps_engine)
    return kn_fail(err, KN_E_USAGE, "a plan that kept no engine cannot be made again");
  return plan_new(out, region, before, &before->settings, watch, err);
}

void
kn_plan_free(kn_plan *plan)
{
  if (!plan)
    return;
  kn_exchange_free(plan->exchange);
  plan_recast_free(plan->recast);
  kn_market_free(plan->market);
  kn_arena_free(plan->arena);
}

kn_plan_summary
kn_plan_sum(const kn_plan *plan)
{
  return plan->summary;
}

kn_tie_view
kn_plan_ties(const kn_plan *plan)
{
  return plan->ties;
}

kn_plan_unit_view
kn_plan_units(const kn_plan *plan)
{
  return plan->units;
}

kn_plan_end_view
kn_plan_offers(const kn_plan *plan)
{
  return plan->offers;
}

kn_plan_end_view
kn_plan_needs(const kn_plan *plan)
{
  return plan->needs;
}

kn_plan_end_view
kn_plan_gateways(const kn_plan *plan)
{
  return plan->gateways;
}

kn_access *
kn_plan_access(const kn_plan *plan)
{
  return kn_market_access(plan->market);
}

bool
kn_plan_trip(const kn_plan *plan, int64_t tie, kn_arena *arena, kn_trip *trip)
{
  kn_access *access = kn_market_access(plan->market);
  const kn_side supply = kn_market_supply(plan->market), demand = kn_market_demand(plan->market);
  const int32_t i = plan->tie_supply[tie], j = plan->tie_demand[tie];
  return access != NULL && !demand.is_anywhere[j] &&
         kn_access_trip(access, plan->ties.via[tie], supply.resource[i], supply.stop[i], demand.stop[j], arena, trip);
}

kn_plan_terminal_view
kn_plan_terminals(const kn_plan *plan)
{
  return plan->terminals;
}

kn_case_view
kn_plan_cases(const kn_plan *plan)
{
  return plan->cases;
}

kn_plan_totals
kn_plan_levels(const kn_plan *plan)
{
  return plan->totals;
}
