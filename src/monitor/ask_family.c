/* One or two figures: the decisions that are plans on several values of them, in scenarios of these and the figures around. */
#include "monitor/ask.h"

#include <stdlib.h>

/* Nodes of a neighbourhood, about; planned at these quantiles first. */
enum { NODES_MOST = 600, CHANGES_MOST = 3, PAIR_SCENARIOS = 96 };
/* Worths below this share of the plan are rounding. */
static const double NOTHING = 1e-6, APART = 0.05;
static const double LOWEST = 0.005, HIGHEST = 0.995;

typedef struct family {
  const ask_pool *pool;
  const kn_ask_settings *settings;
  kn_arena *arena;
  ask_near *near;
  ask_local *local;
  int32_t count, room;
  ask_decision *decision;   /* [room] the first is that of the plan on expected figures */
  int32_t figures, *figure; /* drawn */
  int32_t values, draws;
  double *u;                                      /* [values]; of two figures [2 * values] */
  double *at;                                     /* [figures * values * draws] ask_at() of them */
  double *brings;                                 /* [count * values * draws] */
  uint8_t *is_supply_touched, *is_demand_touched; /* [of the neighbourhood] */
} family;

static kn_code
family_begin(family *f, const int32_t *figure, int32_t count, int32_t room, kn_error *err)
{
  f->arena = kn_arena_new();
  KN_TRY(ask_near_new(&f->near, f->pool, figure, count, NODES_MOST, err));
  KN_TRY(ask_local_new(&f->local, f->near, err));
  f->room = room;
  KN_NEW(f->decision, f->arena, room, err);
  return ask_local_base(f->local, &f->decision[f->count++], err);
}

static void
family_end(family *f)
{
  ask_local_free(f->local);
  ask_near_free(f->near);
  kn_arena_free(f->arena);
}

/* Plans on the figures as set; `at` is the decision, an earlier one where it is the same. */
static kn_code
plan_once(family *f, bool keeps_open, int32_t *at, double *value, kn_error *err)
{
  assert(f->count < f->room);
  ask_decision *made = &f->decision[f->count];
  KN_TRY(ask_local_plan(f->local, keeps_open, made, err));
  *value = made->value;
  if (!isfinite(made->value))
    return KN_OK;
  for (*at = 0; *at < f->count; ++*at)
    if (ask_local_is_same(f->near, &f->decision[*at], made))
      return KN_OK;
  f->count++;
  return KN_OK;
}

/* Also with the candidates that are open now: what a candidate is worth under uncertainty a plan on one value does not know. */
static kn_code
plan_one(family *f, int32_t *at, double *value, kn_error *err)
{
  int32_t kept_at = 0;
  double kept;
  KN_TRY(plan_once(f, true, &kept_at, &kept, err));
  KN_TRY(plan_once(f, false, at, value, err));
  if (kept < *value)
    return KN_OK;
  *at = kept_at;
  *value = kept;
  return KN_OK;
}

/* ------------------------------------------------------------------ values to plan on */
typedef struct point { /* a value of the figure that was planned on */
  double u, value;
  int32_t decision;
} point;

static kn_code
plan_at(family *f, int32_t figure, point *p, kn_error *err)
{
  ask_local_set(f->local, figure, ask_at(&f->pool->figure[figure], p->u));
  return plan_one(f, &p->decision, &p->value, err);
}

static kn_code
bring_at(family *f, int32_t figure, const point *p, int32_t decision, double *eur, kn_error *err)
{
  KN_TRY(ask_local_take(f->local, &f->decision[decision], err));
  ask_local_set(f->local, figure, ask_at(&f->pool->figure[figure], p->u));
  return ask_local_bring(f->local, eur, NULL, err);
}

/* What two decisions contract differently, in euros. */
static double
difference_of(const family *f, int32_t a, int32_t b)
{
  double sum = 0;
  for (int64_t k = 0; k < f->near->n; k++)
    sum += fabs(f->decision[a].most[k] - f->decision[b].most[k]) * fabs(f->near->eur[k]);
  return sum;
}

/* How much the decisions of two neighbouring values may lack in between, by how often: what each loses at the other's value, and a
 * part of what they contract differently, which counts when other figures are not as expected. */
static kn_code
measure_gap(family *f, int32_t figure, const point *a, const point *b, double *gap, kn_error *err)
{
  double there, here;
  *gap = 0;
  if (a->decision == b->decision)
    return KN_OK;
  KN_TRY(bring_at(f, figure, a, b->decision, &there, err));
  KN_TRY(bring_at(f, figure, b, a->decision, &here, err));
  const double lost = fmax(a->value - there, 0) + fmax(b->value - here, 0);
  const double apart = lost + APART * difference_of(f, a->decision, b->decision);
  *gap = apart > 1e-9 * (1 + fabs(a->value)) ? apart * (b->u - a->u) : 0;
  return KN_OK;
}

static kn_code
insert_point(family *f, int32_t figure, point *points, double *gap, int32_t *n, point made, kn_error *err)
{
  int32_t at = *n;
  for (; at > 0 && points[at - 1].u > made.u; at--) {
    points[at] = points[at - 1];
    gap[at] = gap[at - 1];
  }
  points[at] = made;
  ++*n;
  if (at > 0)
    KN_TRY(measure_gap(f, figure, &points[at - 1], &points[at], &gap[at - 1], err));
  if (at + 1 < *n)
    KN_TRY(measure_gap(f, figure, &points[at], &points[at + 1], &gap[at], err));
  return KN_OK;
}

/* The expected value, both ends, and then where the decisions of neighbours differ most. */
static kn_code
plan_along(family *f, int32_t figure, int32_t most, int32_t *plans, kn_error *err)
{
  const ask_figure *about = &f->pool->figure[figure];
  const double log_sd = about->kind == KN_ASK_QUANTITY ? sqrt(log1p(about->sd * about->sd / (about->mean * about->mean))) : 0;
  const double first[] = {kn_normal_cdf(0.5 * log_sd), LOWEST, HIGHEST};
  point *points;
  double *gap;
  int32_t n = 0;
  KN_NEW(points, f->arena, most + 3, err);
  KN_NEW(gap, f->arena, most + 3, err);
  for (int k = 0; k < 3; k++) {
    point p = {.u = first[k]};
    KN_TRY(plan_at(f, figure, &p, err));
    KN_TRY(insert_point(f, figure, points, gap, &n, p, err));
  }
  while (n < most) {
    int32_t widest = 0;
    for (int32_t k = 1; k + 1 < n; k++)
      widest = gap[k] > gap[widest] ? k : widest;
    if (!(gap[widest] > 0))
      break;
    point p = {.u = 0.5 * (points[widest].u + points[widest + 1].u)};
    KN_TRY(plan_at(f, figure, &p, err));
    KN_TRY(insert_point(f, figure, points, gap, &n, p, err));
  }
  *plans = n;
  ask_local_reset(f->local);
  return KN_OK;
}

static kn_code
plan_outcomes(family *f, int32_t figure, int32_t *plans, kn_error *err)
{
  for (int32_t o = 0; o < f->pool->figure[figure].outcomes; o++) {
    int32_t at;
    double value;
    ask_local_set(f->local, figure, o);
    KN_TRY(plan_one(f, &at, &value, err));
    ++*plans;
  }
  ask_local_reset(f->local);
  return KN_OK;
}

/* ------------------------------------------------------------------ what is around */
static bool
is_changed(const family *f, int64_t k)
{
  const double base = f->decision[0].most[k];
  for (int32_t d = 1; d < f->count; d++)
    if (fabs(f->decision[d].most[k] - base) > 1e-6 * (1 + fabs(base)))
      return true;
  return false;
}

static void
draw_too(family *f, int32_t figure)
{
  if (figure != KN_NONE)
    f->figure[f->figures++] = figure;
}

/* Quantities and properties at the ends of ties that the decisions change are drawn. All others stand as expected; so do fates and
 * prices that are not asked about, for what a decision brings is linear in them, and they are independent. */
static kn_code
list_figures(family *f, const int32_t *asked, int32_t count, kn_error *err)
{
  const ask_pool *pool = f->pool;
  ask_near *near = f->near;
  KN_NEW(f->is_supply_touched, f->arena, near->supplies, err);
  KN_NEW(f->is_demand_touched, f->arena, near->demands, err);
  KN_NEW(f->figure, f->arena, pool->figure_count, err);
  for (int32_t k = 0; k < count; k++) {
    const ask_figure *about = &pool->figure[asked[k]];
    if (about->place.kind == KN_END_OFFER)
      f->is_supply_touched[near->supply_at[about->node]] = 1;
    else
      f->is_demand_touched[near->demand_at[about->node]] = 1;
  }
  for (int64_t k = 0; k < near->n; k++) {
    if (!is_changed(f, k))
      continue;
    const int32_t i = near->supply_at[pool->tie[near->tie[k]].supply], j = near->demand_at[pool->tie[near->tie[k]].demand];
    if (i != KN_NONE)
      f->is_supply_touched[i] = 1;
    if (j != KN_NONE)
      f->is_demand_touched[j] = 1;
  }
  for (int32_t k = 0; k < count; k++)
    if (pool->figure[asked[k]].kind == KN_ASK_PRICE || pool->figure[asked[k]].kind == KN_ASK_FATE)
      draw_too(f, asked[k]);
  for (int32_t i = 0; i < near->supplies; i++) {
    if (!f->is_supply_touched[i])
      continue;
    const int32_t node = near->supply[i], spec = pool->supply_spec[node];
    draw_too(f, pool->supply_quantity[node]);
    for (int32_t k = spec;
         k != KN_NONE && k < pool->figure_count && pool->figure[k].kind == KN_ASK_SPEC && pool->figure[k].node == node; k++)
      draw_too(f, k);
  }
  for (int32_t j = 0; j < near->demands; j++) {
    if (!f->is_demand_touched[j])
      continue;
    draw_too(f, pool->demand_quantity[near->demand[j]]);
  }
  return KN_OK;
}

/* The part of the neighbourhood that contracts of these decisions touch, and the decisions in it. */
typedef struct part {
  ask_near *near;
  ask_local *local;
  ask_decision *decision;
} part;

static kn_code
take_part(const family *f, part *p, kn_error *err)
{
  const ask_near *near = f->near;
  uint8_t *keeps_tie, *keeps_unit;
  int32_t *from, from_count = 0, *unit_row;
  int64_t *row;
  KN_NEW(keeps_tie, f->arena, near->n, err);
  KN_NEW(keeps_unit, f->arena, near->units, err);
  KN_NEW(from, f->arena, (int64_t)near->supplies + near->demands, err);
  for (int32_t d = 0; d < f->count; d++) {
    for (int64_t k = 0; k < near->n; k++)
      keeps_tie[k] |= f->decision[d].most[k] > 0;
    for (int32_t at = 0; at < near->units; at++)
      keeps_unit[at] |= f->decision[d].open[at] > 0;
  }
  for (int32_t i = 0; i < near->supplies; i++)
    if (f->is_supply_touched[i])
      from[from_count++] = near->supply[i];
  for (int32_t j = 0; j < near->demands; j++)
    if (f->is_demand_touched[j])
      from[from_count++] = -1 - near->demand[j];
  KN_TRY(ask_near_narrow(&p->near, near, keeps_tie, keeps_unit, from, from_count, &row, &unit_row, err));
  KN_TRY(ask_local_new(&p->local, p->near, err));
  KN_NEW(p->decision, f->arena, f->count, err);
  for (int32_t d = 0; d < f->count; d++) {
    ask_decision *to = &p->decision[d];
    KN_NEW(to->most, f->arena, p->near->n, err);
    KN_NEW(to->worth, f->arena, p->near->n, err);
    KN_NEW(to->open, f->arena, p->near->units, err);
    for (int64_t k = 0; k < p->near->n; k++) {
      to->most[k] = f->decision[d].most[row[k]];
      to->worth[k] = f->decision[d].worth[row[k]];
    }
    for (int32_t at = 0; at < p->near->units; at++)
      to->open[at] = f->decision[d].open[unit_row[at]];
  }
  return KN_OK;
}

static kn_code
bring_all(const family *f, const part *p, kn_error *err)
{
  for (int32_t d = 0; d < f->count; d++) {
    KN_TRY(ask_local_take(p->local, &p->decision[d], err));
    for (int32_t r = 0; r < f->draws; r++) /* from value to value little changes */
      for (int32_t v = 0; v < f->values; v++) {
        const int64_t s = (int64_t)v * f->draws + r, all = (int64_t)f->values * f->draws;
        for (int32_t k = 0; k < f->figures; k++)
          ask_local_set(p->local, f->figure[k], f->at[k * all + s]);
        KN_TRY(ask_local_bring(p->local, &f->brings[d * all + s], NULL, err));
      }
  }
  return KN_OK;
}

/* What every decision brings in every scenario. */
static kn_code
sample(family *f, kn_error *err)
{
  KN_NEW(f->brings, f->arena, (int64_t)f->count * f->values * f->draws, err);
  part p = {0};
  kn_code code = take_part(f, &p, err);
  if (code == KN_OK)
    code = bring_all(f, &p, err);
  ask_local_free(p.local);
  ask_near_free(p.near);
  return code;
}

/* Values of the figure asked about, and draws of the others, the same for each value. Where none is drawn beside it, all scenarios
 * are values of it. */
static kn_code
draw_around(family *f, int32_t figure, kn_error *err)
{
  const ask_figure *about = &f->pool->figure[figure];
  const int32_t n = f->settings->scenarios;
  const bool is_alone = f->figures == 1;
  f->draws = 1;
  while (!is_alone && 4 * f->draws * f->draws < n)
    f->draws *= 2;
  f->values = n / f->draws;
  if (about->kind == KN_ASK_SPEC) {
    f->draws = is_alone ? 1 : n / about->outcomes;
    f->values = about->outcomes;
  }
  const int64_t all = (int64_t)f->values * f->draws;
  kn_ask_settings few = *f->settings;
  few.scenarios = f->draws;
  double *u;
  KN_NEW(u, f->arena, f->draws, err);
  KN_NEW(f->u, f->arena, f->values, err);
  KN_NEW(f->at, f->arena, f->figures * all, err);
  for (int32_t v = 0; v < f->values; v++)
    f->u[v] = (v + 0.5) / f->values;
  for (int32_t k = 0; k < f->figures; k++) {
    const bool is_asked = f->figure[k] == figure;
    KN_TRY(ask_draw(&few, f->figure[k], u, f->arena, err));
    for (int64_t s = 0; s < all; s++) {
      const int32_t v = (int32_t)(s / f->draws), r = (int32_t)(s % f->draws);
      f->at[k * all + s] =
          is_asked && about->kind == KN_ASK_SPEC ? v : ask_at(&f->pool->figure[f->figure[k]], is_asked ? f->u[v] : u[r]);
    }
  }
  return KN_OK;
}

/* Two figures, drawn together. */
static kn_code
draw_pair(family *f, kn_error *err)
{
  const int32_t n = f->settings->scenarios;
  f->values = n;
  f->draws = 1;
  KN_NEW(f->u, f->arena, 2 * (int64_t)n, err);
  KN_NEW(f->at, f->arena, 2 * (int64_t)n, err);
  for (int32_t k = 0; k < 2; k++) {
    KN_TRY(ask_draw(f->settings, f->figure[k], f->u + (int64_t)k * n, f->arena, err));
    for (int32_t s = 0; s < n; s++)
      f->at[(int64_t)k * n + s] = ask_at(&f->pool->figure[f->figure[k]], f->u[(int64_t)k * n + s]);
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ what the plan does otherwise */
static void
keep_largest(kn_ask_change *change, double *size, int64_t *n, kn_ask_change made, double weight)
{
  int64_t at = *n < CHANGES_MOST ? *n : CHANGES_MOST;
  if (at == CHANGES_MOST && !(weight > size[at - 1]))
    return;
  at = at == CHANGES_MOST ? at - 1 : at;
  for (; at > 0 && size[at - 1] < weight; at--) {
    change[at] = change[at - 1];
    size[at] = size[at - 1];
  }
  change[at] = made;
  size[at] = weight;
  *n += *n < CHANGES_MOST;
}

static void
list_changes(const family *f, int32_t base, int32_t then, bool is_more, kn_ask_change *change, int64_t *n)
{
  const ask_pool *pool = f->pool;
  const ask_near *near = f->near;
  double size[CHANGES_MOST];
  *n = 0;
  const ask_decision *from = &f->decision[base], *to = &f->decision[then];
  for (int32_t at = 0; at < near->units; at++) {
    const kn_market_unit unit = pool->unit[near->unit[at]];
    if (from->open[at] != to->open[at])
      keep_largest(change, size, n,
                   (kn_ask_change){.is_more = is_more,
                                   .unit = unit.unit,
                                   .from = {KN_END_UNIT, unit.unit, unit.site},
                                   .to = {KN_END_UNIT, unit.unit, unit.site},
                                   .quantity = to->open[at] - from->open[at]},
                   INFINITY);
  }
  for (int64_t k = 0; k < near->n; k++) {
    const ask_tie *tie = &pool->tie[near->tie[k]];
    const double more = to->most[k] - from->most[k];
    if (fabs(more) <= 1e-6 * (1 + fabs(from->most[k])))
      continue;
    keep_largest(change, size, n,
                 (kn_ask_change){.is_more = is_more,
                                 .unit = KN_NONE,
                                 .from = pool->supply.place[tie->supply],
                                 .to = pool->demand.place[tie->demand],
                                 .quantity = more},
                 fabs(more) * (1 + fabs(near->eur[k])));
  }
}

static kn_code
keep_result(const family *f, kn_arena *keep, ask_result *out, kn_error *err)
{
  const ask_near *near = f->near;
  KN_NEW(out->touched, keep, (int64_t)near->supplies + near->demands, err);
  for (int32_t j = near->demands; j-- > 0;)
    if (f->is_demand_touched[j])
      out->touched[out->touched_count++] = -1 - near->demand[j];
  for (int32_t i = 0; i < near->supplies; i++)
    if (f->is_supply_touched[i])
      out->touched[out->touched_count++] = near->supply[i];
  if (!(out->worth.evppi > 0))
    return KN_OK;
  int64_t n;
  KN_NEW(out->change, keep, 2 * CHANGES_MOST, err);
  list_changes(f, out->worth.base, out->worth.if_less, false, out->change, &n);
  out->change_count = n;
  list_changes(f, out->worth.base, out->worth.if_more, true, out->change + n, &n);
  out->change_count += n;
  return KN_OK;
}

static int
by_node(const void *a, const void *b)
{
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

bool
ask_touch(const ask_result *a, const ask_result *b)
{
  int32_t i = 0, j = 0;
  while (i < a->touched_count && j < b->touched_count) {
    if (a->touched[i] == b->touched[j])
      return true;
    if (a->touched[i] < b->touched[j])
      i++;
    else
      j++;
  }
  return false;
}

static kn_code
sample_one(family *f, int32_t figure, kn_arena *keep, ask_result *out, kn_error *err)
{
  const ask_figure *about = &f->pool->figure[figure];
  const int32_t most = f->settings->plans;
  KN_TRY(family_begin(f, &figure, 1, 2 * (most > ASK_OUTCOMES ? most : ASK_OUTCOMES) + 4, err));
  if (about->kind == KN_ASK_SPEC)
    KN_TRY(plan_outcomes(f, figure, &out->plans, err));
  else
    KN_TRY(plan_along(f, figure, most, &out->plans, err));
  KN_TRY(list_figures(f, &figure, 1, err));
  if (f->count > 1) { /* else the plan stays, whatever it is */
    KN_TRY(draw_around(f, figure, err));
    KN_TRY(sample(f, err));
    const ask_sample all = {.decisions = f->count,
                            .values = f->values,
                            .draws = f->draws,
                            .u = f->u,
                            .brings = f->brings,
                            .is_sampled = about->kind != KN_ASK_SPEC};
    KN_TRY(ask_worth_of(about, f->settings->error, &all, &out->worth, err));
    if (!(out->worth.evppi > NOTHING * fabs(kn_plan_sum(f->pool->plan).value[KN_VALUE])))
      out->worth.evppi = out->worth.evsi = out->worth.se = 0;
  }
  KN_TRY(keep_result(f, keep, out, err));
  if (out->touched_count > 0)
    qsort(out->touched, (size_t)out->touched_count, sizeof *out->touched, by_node);
  return KN_OK;
}

static const char *
id_of(const ask_pool *pool, const ask_figure *figure)
{
  return kn_region_key(pool->region, figure->place.kind == KN_END_OFFER ? KN_T_OFFER : KN_T_NEED, figure->place.row);
}

kn_code
ask_family_sample(const ask_pool *pool, int32_t figure, const kn_ask_settings *settings, kn_arena *keep, ask_result *out,
                  kn_error *err)
{
  family f = {.pool = pool, .settings = settings};
  *out = (ask_result){0};
  const kn_code code = sample_one(&f, figure, keep, out, err);
  family_end(&f);
  return code == KN_OK ? KN_OK
                       : kn_note(err, "asking about the %s of %s", kn_ask_kind_name(pool->figure[figure].kind),
                                 id_of(pool, &pool->figure[figure]));
}

/* ------------------------------------------------------------------ two figures */
static double
low_or_high(const ask_figure *figure, int32_t k)
{
  if (figure->kind == KN_ASK_SPEC)
    return k == 0 ? 0 : figure->outcomes - 1;
  return ask_at(figure, k == 0 ? 0.1 : 0.9);
}

static kn_code
sample_pair(family *f, const int32_t pair[2], double gain[3], kn_error *err)
{
  const ask_figure *a = &f->pool->figure[pair[0]], *b = &f->pool->figure[pair[1]];
  KN_TRY(family_begin(f, pair, 2, 20, err));
  for (int32_t k = 0; k < 9; k++) { /* low, high, as expected of each */
    int32_t at;
    double value;
    ask_local_reset(f->local);
    if (k / 3 < 2)
      ask_local_set(f->local, pair[0], low_or_high(a, k / 3));
    if (k % 3 < 2)
      ask_local_set(f->local, pair[1], low_or_high(b, k % 3));
    KN_TRY(plan_one(f, &at, &value, err));
  }
  ask_local_reset(f->local);
  /* All others stand as expected, so that what is left of the difference is due to these two. */
  KN_TRY(list_figures(f, pair, 2, err));
  f->figures = 0;
  draw_too(f, pair[0]);
  draw_too(f, pair[1]);
  KN_TRY(draw_pair(f, err));
  KN_TRY(sample(f, err));
  return ask_both(a, b, f->count, f->values, f->brings, f->u, f->u + f->values, gain, err);
}

kn_code
ask_family_pair(const ask_pool *pool, int32_t a, int32_t b, const kn_ask_settings *settings, double gain[3], kn_error *err)
{
  kn_ask_settings few = *settings; /* nothing but the two is drawn: these fill the cells that are looked at */
  few.scenarios = few.scenarios < PAIR_SCENARIOS ? few.scenarios : PAIR_SCENARIOS;
  family f = {.pool = pool, .settings = &few};
  const int32_t pair[] = {a, b};
  const kn_code code = sample_pair(&f, pair, gain, err);
  family_end(&f);
  return code == KN_OK ? KN_OK
                       : kn_note(err, "asking about %s and %s", id_of(pool, &pool->figure[a]), id_of(pool, &pool->figure[b]));
}
