/* Which candidates open: branch and bound, each node a linear plan priced over all pairs (branch and price).
 *
 *   open nodes, best bound first -> linear plan of the node -> bound not above the best plan: done with it
 *                                                          -> all candidates whole: a plan
 *                                                          -> else two nodes, one candidate shut and one open
 *
 * The bound of the whole is the largest of what is still open, what was cut off and the best plan, so it holds for all pairs
 * and all choices at every moment. Before branching CBC looks for a good choice on the ties found so far; it decides
 * nothing, for every choice is priced again. Each pricing also tells what opening or shutting one candidate would do to the
 * bound; a candidate that cannot be in a better plan is fixed for the subtree.
 * source: Barnhart et al. (1998), Branch-and-price, Operations Research 46(3); variable fixing: Geoffrion (1974). */
#include <stdlib.h>
#include <string.h>

#include "plan/internal.h"

static const double WHOLE = 1e-6;       /* an opening this near to 0 or 1 counts as decided, */
static const double SEEMS_WHOLE = 1e-6; /* unless the bound stays this much above what the decision brings */
static const double CBC_SECONDS = 20;

typedef struct node {
  double bound;
  int32_t at; /* its fixings: state[at * units ...], -1 free, 0 shut, 1 open */
} node;

typedef struct search {
  plan_run *run;
  int32_t units, free_slots; /* units: choices of the model */
  int64_t node_count, node_capacity, state_capacity, slot_capacity, slots;
  node *heap;
  int8_t *state;
  int32_t *slot;                 /* free places in state */
  double *lower, *upper, *trial; /* [choices] */
  double cut_bound;              /* largest bound of what was given up */
  double under_way;              /* of the node at hand, which is not in the heap */
  plan_choice *best;
} search;

static double
target_gap(const search *s)
{
  return s->run->model->settings.gap;
}

/* Nothing below this is worth a look: it would not beat the best plan by more than the gap asked for. */
static double
cutoff_of(const search *s)
{
  return s->best->found ? s->best->value + 0.5 * target_gap(s) * plan_scale(s->best->value) : -INFINITY;
}

static double
bound_of(const search *s)
{
  double bound = fmax(s->cut_bound, s->best->found ? s->best->value : -INFINITY);
  return s->node_count > 0 ? fmax(bound, s->heap[0].bound) : bound;
}

static bool
is_closed(const search *s)
{
  return s->best->found && bound_of(s) - s->best->value <= target_gap(s) * plan_scale(s->best->value);
}

/* ------------------------------------------------------------------ the heap: best bound first, older first among equals */
static bool
is_before(const node *a, const node *b)
{
  return a->bound != b->bound ? a->bound > b->bound : a->at < b->at;
}

static kn_code
push(search *s, double bound, const int8_t *state, kn_error *err)
{
  int32_t at;
  if (s->free_slots > 0) {
    at = s->slot[--s->free_slots];
  } else {
    at = (int32_t)s->slots++;
    KN_TRY(KN_GROW(s->state, s->state_capacity, s->slots * (s->units + 1), err));
  }
  memcpy(s->state + (int64_t)at * s->units, state, (size_t)s->units);
  KN_TRY(KN_GROW(s->heap, s->node_capacity, s->node_count + 1, err));
  int64_t i = s->node_count++;
  s->heap[i] = (node){bound, at};
  for (; i > 0 && is_before(&s->heap[i], &s->heap[(i - 1) / 2]); i = (i - 1) / 2) {
    const node up = s->heap[(i - 1) / 2];
    s->heap[(i - 1) / 2] = s->heap[i];
    s->heap[i] = up;
  }
  return KN_OK;
}

static kn_code
pop(search *s, node *top, int8_t *state, kn_error *err)
{
  *top = s->heap[0];
  memcpy(state, s->state + (int64_t)top->at * s->units, (size_t)s->units);
  s->heap[0] = s->heap[--s->node_count];
  for (int64_t i = 0;;) {
    int64_t first = i;
    for (int64_t child = 2 * i + 1; child <= 2 * i + 2 && child < s->node_count; child++)
      if (is_before(&s->heap[child], &s->heap[first]))
        first = child;
    if (first == i)
      break;
    const node down = s->heap[i];
    s->heap[i] = s->heap[first];
    s->heap[first] = down;
    i = first;
  }
  KN_TRY(KN_GROW(s->slot, s->slot_capacity, s->free_slots + 1, err));
  s->slot[s->free_slots++] = top->at;
  return KN_OK;
}

/* ------------------------------------------------------------------ plans */
static void
report(search *s)
{
  s->run->best_value = s->best->found ? s->best->value : NAN;
  const double bound = fmax(bound_of(s), s->under_way);
  if (isfinite(bound))
    s->run->best_bound = fmin(bound, isnan(s->run->best_bound) ? INFINITY : s->run->best_bound);
}

/* Solves the linear plan with all candidates fixed as in s->trial; keeps it when it is the best. */
static kn_code
try_choice(search *s, kn_error *err)
{
  plan_linear linear;
  const double cutoff = s->best->found ? s->best->value : -INFINITY;
  KN_TRY(plan_linear_solve(s->run, s->trial, s->trial, 0.02 * target_gap(s), cutoff, &linear, err));
  s->best->is_stopped |= linear.is_stopped;
  if (linear.is_stopped || linear.is_cut_off || linear.status != KN_LP_OPTIMAL)
    return KN_OK;
  if (s->best->found && linear.value <= s->best->value)
    return KN_OK;
  s->best->found = true;
  s->best->value = linear.value;
  memcpy(s->best->z, s->trial, (size_t)s->units * sizeof *s->trial);
  report(s);
  return KN_OK;
}

/* Copies of a placed unit: only the largest opening counts. */
static void
round_choice(search *s, const double *x, double threshold)
{
  const plan_model *m = s->run->model;
  for (int32_t u = 0; u < s->units; u++) {
    const double z = m->z[u] == KN_NONE ? 0 : x[m->z[u]];
    s->trial[u] = z >= threshold && s->upper[u] > 0 ? 1 : 0;
    if (s->lower[u] > 0)
      s->trial[u] = 1;
  }
  for (int32_t u = 0; u < s->units; u++)
    for (int32_t v = u + 1;
         s->trial[u] > 0 && plan_placing_of(m, u) != KN_NONE && v < s->units && plan_placing_of(m, v) == plan_placing_of(m, u);
         v++) {
      if (s->trial[v] <= 0)
        continue;
      const bool keeps_first = x[m->z[u]] >= x[m->z[v]];
      s->trial[keeps_first ? v : u] = 0;
      if (!keeps_first)
        break;
    }
}

static bool
is_whole(const search *s, const double *x)
{
  const plan_model *m = s->run->model;
  for (int32_t u = 0; u < s->units; u++)
    if (m->z[u] != KN_NONE && fmin(x[m->z[u]], 1 - x[m->z[u]]) > WHOLE)
      return false;
  return true;
}

/* CBC on the ties known so far. */
static kn_code
ask_cbc(search *s, kn_error *err)
{
  const plan_model *m = s->run->model;
  const int32_t columns = kn_lp_column_count(m->lp);
  int32_t count = 0;
  int32_t *integer = malloc(((size_t)s->units + 1) * sizeof *integer);
  double *x = malloc(((size_t)columns + 1) * sizeof *x);
  bool found = false;
  double value;
  kn_code code = integer && x ? KN_OK : kn_fail(err, KN_E_LIMIT, "no memory for %d columns", columns);
  assert(code != KN_OK || (integer && x));
  for (int32_t u = 0; u < s->units && code == KN_OK; u++)
    if (m->z[u] != KN_NONE)
      integer[count++] = m->z[u];
  if (code == KN_OK)
    code = kn_lp_mixed(m->lp, count, integer, NULL, 0.2 * target_gap(s), CBC_SECONDS, m->settings.thread_count, s->run->watch,
                       &found, x, &value, err);
  if (code == KN_OK && found) {
    round_choice(s, x, 0.5);
    code = try_choice(s, err);
  }
  free(integer);
  free(x);
  return code;
}

/* ------------------------------------------------------------------ branching */
/* Fixes candidates that cannot differ in any better plan, by what they add to the bound just computed. */
static void
fix_by_bound(search *s, double bound, int8_t *state)
{
  const plan_model *m = s->run->model;
  const double cutoff = cutoff_of(s);
  const double *open = plan_open_worth(s->run->pricer);
  if (!s->best->found)
    return;
  for (int32_t u = 0; u < s->units; u++) {
    if (state[u] != -1 || plan_placing_of(m, u) != KN_NONE)
      continue; /* copies share one place; their part of the bound is not their own */
    const double taken = fmax(open[u], 0);
    if (bound - taken + open[u] <= cutoff) {
      state[u] = 0;
      s->cut_bound = fmax(s->cut_bound, bound - taken + open[u]);
    } else if (bound - taken <= cutoff) {
      state[u] = 1;
      s->cut_bound = fmax(s->cut_bound, bound - taken);
    }
  }
}

/* The candidate whose decision moves most: its fraction weighed by what it costs to be there. */
static int32_t
choose_branch(const search *s, const double *x, double whole)
{
  const plan_model *m = s->run->model;
  int32_t best = KN_NONE;
  double best_score = 0;
  for (int32_t u = 0; u < s->units; u++) {
    if (m->z[u] == KN_NONE)
      continue;
    const double fraction = fmin(x[m->z[u]], 1 - x[m->z[u]]);
    const double score = fraction * (1 + fabs(m->fixed_metrics[m->z[u]].of[KN_VALUE]));
    if (fraction > whole && score > best_score) {
      best_score = score;
      best = u;
    }
  }
  return best;
}

static void
bounds_of(search *s, const int8_t *state)
{
  for (int32_t u = 0; u < s->units; u++) {
    s->lower[u] = state[u] == 1 ? 1 : 0;
    s->upper[u] = state[u] == 0 ? 0 : 1;
  }
}

/* One node: its linear plan, then its children. */
static kn_code
explore(search *s, double parent_bound, int8_t *state, bool is_root, kn_error *err)
{
  plan_run *run = s->run;
  plan_linear linear;
  bounds_of(s, state);
  s->under_way = parent_bound;
  run->nodes++;
  KN_TRY(plan_linear_solve(run, s->lower, s->upper, 0.1 * fmin(target_gap(s), 1e-4), cutoff_of(s), &linear, err));
  const double bound = s->under_way = fmin(linear.bound, parent_bound);
  if (is_root) /* from here on bounds of single choices are solved, which are not to be told */
    run->best_bound = bound;
  if (linear.is_stopped) {
    s->best->is_stopped = true;
    s->cut_bound = fmax(s->cut_bound, bound);
    return KN_OK;
  }
  if (linear.status != KN_LP_OPTIMAL) {
    s->best->short_floor = is_root ? linear.short_floor : s->best->short_floor;
    return KN_OK; /* no plan below this node */
  }
  if (linear.is_cut_off) {
    s->cut_bound = fmax(s->cut_bound, bound);
    return KN_OK;
  }
  const plan_model *m = run->model;
  double *x = malloc(((size_t)kn_lp_column_count(m->lp) + 1) * sizeof *x);
  if (!x)
    return kn_fail(err, KN_E_LIMIT, "no memory for a node");
  memcpy(x, kn_lp_x(m->lp), (size_t)kn_lp_column_count(m->lp) * sizeof *x);
  if (s->best->found)
    fix_by_bound(s, linear.last_bound, state);
  const bool whole = is_whole(s, x);
  round_choice(s, x, 0.5);
  kn_code code = whole || is_root || run->nodes % 8 == 0 ? try_choice(s, err) : KN_OK;
  if (code == KN_OK && is_root && !whole && !s->best->is_stopped) {
    round_choice(s, x, WHOLE);
    code = try_choice(s, err);
    if (code == KN_OK && !s->best->is_stopped && !(s->best->found && bound <= cutoff_of(s)))
      code = ask_cbc(s, err);
  }
  int32_t branch = choose_branch(s, x, WHOLE);
  /* A capacity far above what is there to do opens by so little that it seems shut, and yet serves all of it. */
  if (branch == KN_NONE && !(s->best->found && bound <= fmax(cutoff_of(s), s->best->value + SEEMS_WHOLE * fabs(s->best->value))))
    branch = choose_branch(s, x, 0);
  free(x);
  if (code != KN_OK)
    return code;
  if (branch == KN_NONE || (s->best->found && bound <= cutoff_of(s)) || s->best->is_stopped) {
    s->cut_bound = fmax(s->cut_bound, bound);
    return KN_OK;
  }
  for (int8_t open = 0; open < 2; open++) {
    const int8_t before = state[branch];
    if (before != -1 && before != open)
      continue;
    state[branch] = open;
    code = push(s, bound, state, err);
    state[branch] = before;
    KN_TRY(code);
  }
  return KN_OK;
}

static kn_code
run_search(search *s, int8_t *state, kn_error *err)
{
  const plan_model *m = s->run->model;
  for (int32_t u = 0; u < s->units; u++)
    state[u] = plan_is_candidate(m, u) ? -1 : 0;
  if (s->run->first_choice) {
    memcpy(s->trial, s->run->first_choice, (size_t)s->units * sizeof *s->trial);
    s->run->best_bound = INFINITY;
    KN_TRY(try_choice(s, err));
    s->run->best_bound = NAN;
  }
  KN_TRY(explore(s, INFINITY, state, true, err));
  s->under_way = -INFINITY;
  while (s->node_count > 0 && !is_closed(s) && !s->best->is_stopped) {
    node top;
    KN_TRY(pop(s, &top, state, err));
    if (s->best->found && top.bound <= cutoff_of(s)) {
      s->cut_bound = fmax(s->cut_bound, top.bound);
      continue;
    }
    KN_TRY(explore(s, top.bound, state, false, err));
    s->under_way = -INFINITY;
    report(s);
  }
  s->best->bound = bound_of(s);
  return KN_OK;
}

kn_code
plan_choose(plan_run *run, kn_arena *arena, plan_choice *out, kn_error *err)
{
  const int32_t units = run->model->choice_count;
  *out = (plan_choice){.value = -INFINITY, .bound = INFINITY, .short_floor = KN_OBJECTIVE_COUNT};
  KN_NEW(out->z, arena, units, err);
  search s = {.run = run, .units = units, .cut_bound = -INFINITY, .under_way = INFINITY, .best = out};
  int8_t *state = calloc((size_t)units + 1, 1);
  s.lower = calloc((size_t)units + 1, sizeof(double));
  s.upper = calloc((size_t)units + 1, sizeof(double));
  s.trial = calloc((size_t)units + 1, sizeof(double));
  kn_code code = state && s.lower && s.upper && s.trial ? run_search(&s, state, err)
                                                        : kn_fail(err, KN_E_LIMIT, "no memory for %d units", units);
  free(state);
  free(s.lower);
  free(s.upper);
  free(s.trial);
  free(s.heap);
  free(s.state);
  free(s.slot);
  return code;
}
