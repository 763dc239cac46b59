/* A plan that is an exchange but for one unit: how far it runs is one number y, and the worth of the exchange with the unit's
 * inputs and outputs at y is concave in it. So tangents close in on the best y: each solution of the exchange, from the one
 * before, gives a value and, by the duals of the ports, a slope.
 *
 *     f(y) = exchange(y) - opex y - annuity        f(y') <= f(y) + slope (y' - y)   for every y'
 *
 * The highest point under all tangents bounds every plan with the unit running (Kelley 1960, The cutting-plane method for
 * solving convex programs). */
#include "plan/recast.h"

#include <stdlib.h>

enum { MOST_TRIALS = 60 };
static const double GAP = 2e-8; /* of the value: what a linear plan promises is 1e-7 */

/* One y, solved. */
typedef struct trial {
  double y, open, value, slope;
  plan_recast *recast;
  kn_exchange_solution *solution; /* NULL: let go */
} trial;

typedef struct tangent {
  double y, value, slope;
} tangent;

/* The trial made last is where the next goes on from, the best is kept; often they are the same. The others let go of what they
 * hold. */
typedef struct tuning {
  plan_model *m;
  const plan_before *before;
  const kn_watch *watch;
  kn_arena *arena;
  double open; /* 1: the unit is there */
  trial trial[MOST_TRIALS + 4];
  int32_t count, last, best; /* KN_NONE: none yet */
  int32_t rounds;
  bool is_exact, is_stopped;
} tuning;

static void
let_go(tuning *s, int32_t at)
{
  kn_exchange_free(s->trial[at].solution);
  plan_recast_free(s->trial[at].recast);
  s->trial[at].solution = NULL;
  s->trial[at].recast = NULL;
}

/* What the ports of the unit add to the worth that the exchange tells, and the slope of all that in y. */
static void
read_trial(const tuning *s, trial *t)
{
  const plan_model *m = s->m;
  const plan_recast *r = t->recast;
  const kn_process_view processes = kn_region_processes(m->region);
  const kn_exchange_view view = kn_exchange_rows(t->solution);
  const kn_objective o = m->settings.objective;
  t->value = view.value * r->unit + t->y * m->fixed_metrics[m->y[0]].of[o];
  t->value += m->z[0] == KN_NONE ? 0 : t->open * m->fixed_metrics[m->z[0]].of[o];
  t->slope = m->fixed_metrics[m->y[0]].of[o];
  for (int32_t i = 0; i < m->supply.n; i++) {
    if (m->supply.unit[i] == KN_NONE)
      continue;
    const double scale = r->supply_scale[m->supply.group[i]];
    t->value -= r->supply_shift[i] * (double)r->exchange.supply_quantity[i] * r->unit;
    if (processes.flow_per[m->supply.flow[i]] == KN_PER_ACTIVITY)
      t->slope += processes.flow_quantity[m->supply.flow[i]] * scale * (view.supply_dual[i] - r->supply_shift[i]);
  }
  for (int64_t k = 0; k < r->exchange.demand_count; k++) {
    const int32_t j = r->demand_of[k];
    if (m->demand.unit[j] == KN_NONE)
      continue;
    t->value -= r->demand_shift[k] * (double)r->exchange.demand_quantity[k] * r->unit;
    if (processes.flow_per[m->demand.flow[j]] != KN_PER_ACTIVITY)
      continue;
    const double whole = -processes.flow_quantity[m->demand.flow[j]] * r->demand_scale[m->demand.group[j]];
    /* At y = 0, where no port has a quantity, the duals say what the first unit would bring. */
    t->slope += whole * r->share[k] * (view.demand_dual[k] - r->demand_shift[k]);
  }
}

static kn_code
solve_trial(tuning *s, trial *t, kn_error *err)
{
  const plan_decided decided = {.activity = &t->y, .open = &t->open};
  const kn_exchange_settings settings = {.thread_count = s->m->settings.thread_count, .keeps_engine = true};
  KN_TRY(plan_recast_new(&t->recast, s->m, &decided, err));
  s->is_exact = t->recast->is_exact_but_units && plan_recast_is_like(t->recast, s->m, s->before->recast, s->before->was);
  if (!s->is_exact)
    return KN_OK;
  KN_TRY(kn_hauls_hasten(t->recast->hauls, err));
  if (s->last != KN_NONE)
    return kn_exchange_again(&t->solution, s->trial[s->last].solution, &t->recast->exchange, NULL, NULL, &settings, s->watch,
                             err);
  int32_t *supply_was, *demand_was;
  KN_TRY(plan_recast_was(t->recast, s->m, s->before->was, s->before->demand_count, s->arena, &supply_was, &demand_was, err));
  return kn_exchange_again(&t->solution, s->before->solution, &t->recast->exchange, supply_was, demand_was, &settings, s->watch,
                           err);
}

/* Tries y: its tangent, and the plan where it is the best so far. */
static kn_code
probe(tuning *s, double y, tangent *out, kn_error *err)
{
  assert(s->count < MOST_TRIALS + 4);
  const int32_t at = s->count++, last = s->last, best = s->best;
  trial *t = &s->trial[at];
  *t = (trial){.y = y, .open = s->open};
  *out = (tangent){.y = y};
  KN_TRY(solve_trial(s, t, err));
  if (!s->is_exact)
    return KN_OK;
  const kn_exchange_view view = kn_exchange_rows(t->solution);
  s->rounds += view.rounds;
  s->is_stopped |= view.is_stopped;
  read_trial(s, t);
  *out = (tangent){t->y, t->value, t->slope};
  s->last = at;
  if (best == KN_NONE || t->value > s->trial[best].value)
    s->best = at;
  for (int32_t k = 0; k < at; k++)
    if ((k == last || k == best) && k != s->best)
      let_go(s, k);
  return KN_OK;
}

/* The best y of [low->y, most], where low is the tangent at its least; *bound: no y of it is worth more. */
static kn_code
tune(tuning *s, tangent low, double most, double *bound, kn_error *err)
{
  const double least = low.y;
  tangent high;
  *bound = low.value;
  if (s->is_stopped || low.slope <= 0 || least == most)
    return KN_OK;
  KN_TRY(probe(s, most, &high, err));
  *bound = high.value;
  if (s->is_stopped || high.slope >= 0)
    return KN_OK;
  for (int k = 0; k < MOST_TRIALS && !s->is_stopped; k++) {
    /* Where the two tangents meet. */
    const double y = (high.value - low.value - high.slope * high.y + low.slope * low.y) / (low.slope - high.slope);
    *bound = low.value + low.slope * (y - low.y);
    if (*bound - s->trial[s->best].value <= GAP * fabs(*bound) || !(y > low.y && y < high.y))
      return KN_OK;
    tangent middle;
    KN_TRY(probe(s, y, &middle, err));
    *(middle.slope > 0 ? &low : &high) = middle;
  }
  return KN_OK;
}

static kn_code
lay(tuning *s, plan_pure *out, kn_arena *keep, double bound, double *z, kn_error *err)
{
  plan_model *m = s->m;
  trial *best = &s->trial[s->best];
  out->solution = best->solution;
  best->solution = NULL; /* becomes the caller's */
  KN_TRY(plan_pure_lay(m, best->recast, keep, out, err));
  const kn_exchange_view view = kn_exchange_rows(out->solution);
  const kn_process_view processes = kn_region_processes(m->region);
  const double capacity = kn_region_units(m->region).capacity[m->unit[0].unit], y = best->y;
  double *x = (double *)(uintptr_t)out->optimum.x, *reduced = (double *)(uintptr_t)out->optimum.reduced;
  const kn_objective o = m->settings.objective;
  x[m->y[0]] = y;
  reduced[m->y[0]] = y >= capacity ? fmax(best->slope, 0) : fmin(best->slope, 0);
  out->optimum.value += y * m->fixed_metrics[m->y[0]].of[o];
  const double open = best->open;
  z[0] = open;
  if (m->z[0] != KN_NONE) {
    x[m->z[0]] = open;
    out->optimum.value += open * m->fixed_metrics[m->z[0]].of[o];
    ((double *)(uintptr_t)out->optimum.dual)[m->open_row[0]] = fmax(reduced[m->y[0]], 0);
  }
  for (int32_t i = 0; i < m->supply.n; i++) /* what finds no taker */
    if (m->supply.unit[i] != KN_NONE) {
      const bool is_active = processes.flow_per[m->supply.flow[i]] == KN_PER_ACTIVITY;
      x[m->w[i]] = is_active ? processes.flow_quantity[m->supply.flow[i]] * y : m->supply.limit[i] * open;
    }
  for (int64_t k = 0; k < view.n; k++)
    if (m->supply.unit[view.supply[k]] != KN_NONE) {
      const double taken = plan_recast_quantity(best->recast, m, view.supply[k], view.quantity[k]);
      x[m->w[view.supply[k]]] = fmax(x[m->w[view.supply[k]]] - taken, 0);
    }
  for (int32_t i = 0; i < m->supply.n; i++)
    if (m->supply.unit[i] != KN_NONE)
      out->optimum.value += x[m->w[i]] * m->fixed_metrics[m->w[i]].of[o];
  out->bound = fmax(bound, out->optimum.value);
  out->is_stopped = s->is_stopped;
  out->rounds = s->rounds;
  return KN_OK;
}

static bool
has_capacity_flows(const plan_model *m)
{
  const kn_process_view processes = kn_region_processes(m->region);
  const int32_t process = kn_region_units(m->region).process[m->unit[0].unit];
  for (int32_t f = processes.flow_first[process]; f < processes.flow_first[process + 1]; f++)
    if (processes.flow_per[f] == KN_PER_CAPACITY)
      return true;
  return false;
}

static kn_code
solve(tuning *s, plan_pure *out, double *z, bool *is_solved, kn_arena *keep, kn_error *err)
{
  const plan_model *m = s->m;
  const int32_t unit = m->unit[0].unit;
  const double capacity = kn_region_units(m->region).capacity[unit];
  const double least = kn_region_processes(m->region).min_load[kn_region_units(m->region).process[unit]] * capacity;
  double bound = -INFINITY;
  tangent shut, low;
  s->open = m->unit[0].is_candidate ? 0 : 1;
  KN_TRY(probe(s, 0, &shut, err)); /* nothing but the exchange as it was */
  if (!s->is_exact)
    return KN_OK;
  low = shut;
  if (m->unit[0].is_candidate && !s->is_stopped) {
    s->open = 1;
    if (least > 0 || has_capacity_flows(m))
      KN_TRY(probe(s, least, &low, err));
    else
      low.value += m->fixed_metrics[m->z[0]].of[m->settings.objective]; /* the same exchange, and its annuity */
  }
  KN_TRY(tune(s, low, capacity, &bound, err));
  if (m->unit[0].is_candidate)
    bound = fmax(bound, shut.value);
  *is_solved = true;
  return lay(s, out, keep, bound, z, err);
}

kn_code
plan_unit_solve(plan_model *m, const plan_before *before, const kn_watch *watch, kn_arena *keep, plan_pure *out, double *z,
                bool *is_solved, kn_error *err)
{
  *is_solved = false;
  if (m->unit_count != 1)
    return KN_OK;
  tuning *s = calloc(1, sizeof *s);
  if (!s)
    return kn_fail(err, KN_E_LIMIT, "no memory for the trials of a unit");
  *s = (tuning){.m = m, .before = before, .watch = watch, .arena = kn_arena_new(), .last = KN_NONE, .best = KN_NONE};
  const kn_code code = solve(s, out, z, is_solved, keep, err);
  for (int32_t k = 0; k < s->count; k++)
    let_go(s, k);
  kn_arena_free(s->arena);
  free(s);
  return code == KN_OK ? KN_OK : kn_note(err, "tuning a unit on an exchange");
}
