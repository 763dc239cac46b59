/* From the master's solution to ties, units and ends, in euros that add up. */
#include <stdlib.h>
#include <string.h>

#include "plan/internal.h"

/* Shares of a solution below this are noise of the solver. */
static const double NOISE = 1e-9;

typedef struct used_tie {
  int32_t column;
  double quantity, moved_km, keep;
  int32_t mode;
  const char *mode_id;
  plan_metrics part; /* of the whole tie, per year */
} used_tie;

typedef struct solution {
  const plan_model *m;
  const double *x, *dual, *reduced;
  double *per_unit; /* [budgets] what a budget pays per unit tied or active */
  double largest;   /* quantity of a tie */
  int64_t n;
  used_tie *tie;
} solution;

/* Limits may be far above what there is to tie. */
static bool
is_noise(const solution *s, double x, double limit)
{
  return !(x > NOISE * (1 / s->m->amount + fmin(limit, s->largest)));
}

static double
activity_of(const solution *s, int32_t u)
{
  const double x = s->x[s->m->y[u]];
  return is_noise(s, x, kn_region_units(s->m->region).capacity[s->m->unit[u].unit]) ? 0 : x;
}

/* What a unit that stays shut, or does nothing, seems to take or give is noise of the solver too. */
static bool
is_idle_port(const solution *s, const kn_side *side, int32_t node, const double *z)
{
  const int32_t u = side->unit[node];
  if (u == KN_NONE)
    return false;
  if (s->m->unit[u].is_candidate && z[u] < 0.5)
    return true;
  const bool per_activity = kn_region_processes(s->m->region).flow_per[side->flow[node]] == KN_PER_ACTIVITY;
  return per_activity && activity_of(s, u) == 0;
}

/* What ties are sorted by: little to move. */
typedef struct rank {
  double eur;
  int32_t column, at;
} rank;

static int
by_falling_eur(const void *a, const void *b)
{
  const rank *x = a, *y = b;
  if (x->eur != y->eur)
    return x->eur > y->eur ? -1 : 1;
  return (x->column > y->column) - (x->column < y->column);
}

static kn_code
sort_ties(solution *s, kn_arena *scratch, kn_error *err)
{
  rank *order;
  used_tie *sorted;
  KN_NEW(order, scratch, s->n, err);
  KN_NEW(sorted, scratch, s->n, err);
  for (int64_t t = 0; t < s->n; t++)
    order[t] = (rank){s->tie[t].part.of[KN_VALUE], s->tie[t].column, (int32_t)t};
  if (s->n > 0)
    qsort(order, (size_t)s->n, sizeof *order, by_falling_eur);
  for (int64_t t = 0; t < s->n; t++)
    sorted[t] = s->tie[order[t].at];
  s->tie = sorted;
  return KN_OK;
}

/* A budget that does not reach for all is spread evenly over the units that qualify. */
static void
spread_budgets(solution *s)
{
  const plan_model *m = s->m;
  for (int32_t b = 0; b < m->budget_count; b++) {
    double units = 0;
    for (int64_t t = 0; t < s->n; t++)
      units += s->tie[t].quantity * plan_budget_units(m, m->budget[b].incentive, &m->column[s->tie[t].column], s->tie[t].keep);
    for (int32_t u = 0; u < m->unit_count; u++)
      units += plan_pays_unit(m, m->budget[b].incentive, u) ? activity_of(s, u) : 0;
    const int32_t column = m->budget[b].column;
    s->per_unit[b] = units > 0 ? fmin(units, m->fixed_upper[column]) * m->fixed_metrics[column].of[KN_VALUE] / units : 0;
  }
}

static bool
passes(const plan_model *m, const plan_column *column, int32_t terminal)
{
  if (m->demand.is_anywhere[column->demand])
    return false;
  const kn_via via = kn_access_via(kn_market_access(m->market), column->mode);
  for (int32_t k = 0; k + 1 < via.leg_count; k++)
    if (via.terminal[k] == terminal)
      return true;
  return false;
}

/* What passes each terminal; those who pass a new one bear its annuity, by quantity. */
static kn_code
write_terminals(kn_plan *plan, solution *s, const double *z, kn_error *err)
{
  const plan_model *m = s->m;
  const int32_t n = m->terminal_count;
  double *used, *capacity, *dual, *annuity_eur;
  uint8_t *open;
  KN_NEW(used, plan->arena, n, err);
  KN_NEW(capacity, plan->arena, n, err);
  KN_NEW(dual, plan->arena, n, err);
  KN_NEW(annuity_eur, plan->arena, n, err);
  KN_NEW(open, plan->arena, n, err);
  for (int32_t t = 0; t < n; t++) {
    const int32_t c = m->unit_count + t;
    open[t] = !plan_is_candidate(m, c) || z[c] > 0.5;
    capacity[t] = kn_region_terminals(m->region).capacity[t];
    dual[t] = m->terminal_row[t] == KN_NONE ? 0 : fmax(s->dual[m->terminal_row[t]], 0);
    for (int64_t k = 0; k < s->n; k++)
      used[t] += passes(m, &m->column[s->tie[k].column], t) ? s->tie[k].quantity : 0;
    if (!plan_is_candidate(m, c) || !open[t] || used[t] <= 0)
      continue;
    annuity_eur[t] = -m->fixed_metrics[m->z[c]].of[KN_VALUE];
    for (int64_t k = 0; k < s->n; k++)
      if (passes(m, &m->column[s->tie[k].column], t))
        s->tie[k].part.of[KN_VALUE] -= annuity_eur[t] * s->tie[k].quantity / used[t];
  }
  plan->terminals = (kn_plan_terminal_view){n, open, used, capacity, dual, annuity_eur};
  return KN_OK;
}

static kn_code
list_ties(kn_plan *plan, solution *s, const double *z, kn_arena *scratch, kn_error *err)
{
  const plan_model *m = s->m;
  KN_NEW(s->tie, scratch, m->column_count, err);
  for (int64_t c = 0; c < m->column_count; c++)
    s->largest = fmax(s->largest, s->x[m->fixed_columns + c]);
  for (int64_t c = 0; c < m->column_count; c++) {
    const double x = s->x[m->fixed_columns + c];
    const plan_column *column = &m->column[c];
    const double limit = fmin(m->supply.limit[column->supply], m->demand.limit[column->demand] / m->way[column->way].ratio);
    if (is_noise(s, x, limit) || is_idle_port(s, &m->supply, column->supply, z) || is_idle_port(s, &m->demand, column->demand, z))
      continue;
    s->tie[s->n++] = (used_tie){
        .column = (int32_t)c, .quantity = x, .keep = kn_market_keeps(m->market, column->supply, column->demand, column->mode)};
  }
  spread_budgets(s);
  for (int64_t t = 0; t < s->n; t++) {
    used_tie *tie = &s->tie[t];
    const plan_column *column = &m->column[tie->column];
    kn_worth moved;
    const plan_metrics unit_part = plan_tie_metrics(m, column, kn_market_km(m->market, column->supply, column->demand), &moved);
    tie->moved_km = moved.km;
    tie->mode = moved.mode;
    tie->mode_id = moved.mode_id;
    for (int32_t o = 0; o < KN_OBJECTIVE_COUNT; o++)
      tie->part.of[o] = tie->quantity * unit_part.of[o];
    for (int32_t b = 0; b < m->budget_count; b++)
      tie->part.of[KN_VALUE] += s->per_unit[b] * tie->quantity * plan_budget_units(m, m->budget[b].incentive, column, tie->keep);
  }
  KN_TRY(write_terminals(plan, s, z, err));
  return sort_ties(s, scratch, err);
}

static bool
rests_on_estimate(const kn_region *region, kn_place place)
{
  const kn_source_view sources = kn_region_sources(region);
  const int32_t source = place.kind == KN_END_OFFER  ? kn_region_offers(region).source[place.row]
                         : place.kind == KN_END_NEED ? kn_region_needs(region).source[place.row]
                                                     : KN_NONE;
  return source != KN_NONE && sources.is_estimate[source];
}

static kn_code
write_ties(kn_plan *plan, const solution *s, kn_error *err)
{
  const plan_model *m = s->m;
  kn_place *from, *to;
  int32_t *resource, *substitution, *mode, *via;
  const char **mode_id;
  double *quantity, *delivered, *ratio, *km, *eur, *co2_kg;
  uint8_t *to_verify, *is_estimate;
  KN_NEW(from, plan->arena, s->n, err);
  KN_NEW(to, plan->arena, s->n, err);
  KN_NEW(resource, plan->arena, s->n, err);
  KN_NEW(substitution, plan->arena, s->n, err);
  KN_NEW(mode, plan->arena, s->n, err);
  KN_NEW(via, plan->arena, s->n, err);
  KN_NEW(mode_id, plan->arena, s->n, err);
  KN_NEW(quantity, plan->arena, s->n, err);
  KN_NEW(delivered, plan->arena, s->n, err);
  KN_NEW(ratio, plan->arena, s->n, err);
  KN_NEW(km, plan->arena, s->n, err);
  KN_NEW(eur, plan->arena, s->n, err);
  KN_NEW(co2_kg, plan->arena, s->n, err);
  KN_NEW(to_verify, plan->arena, s->n, err);
  KN_NEW(is_estimate, plan->arena, s->n, err);
  KN_NEW(plan->tie_supply, plan->arena, s->n, err);
  KN_NEW(plan->tie_demand, plan->arena, s->n, err);
  KN_NEW(plan->tie_way, plan->arena, s->n, err);
  for (int64_t t = 0; t < s->n; t++) {
    const used_tie *tie = &s->tie[t];
    const plan_column *column = &m->column[tie->column];
    const int32_t i = column->supply, j = column->demand;
    from[t] = m->supply.place[i];
    to[t] = m->demand.place[j];
    if (m->demand.is_anywhere[j])
      to[t].site = from[t].site; /* it takes its resource where that is */
    resource[t] = m->supply.resource[i];
    substitution[t] = m->way[column->way].substitution;
    ratio[t] = m->way[column->way].ratio;
    mode[t] = tie->mode;
    via[t] = column->mode;
    mode_id[t] = tie->mode_id;
    quantity[t] = tie->quantity;
    delivered[t] = tie->quantity * tie->keep;
    km[t] = tie->moved_km;
    eur[t] = tie->part.of[KN_VALUE];
    co2_kg[t] = tie->part.of[KN_CO2] * 1000;
    to_verify[t] = kn_market_specs(m->market, i, j).to_verify > 0;
    is_estimate[t] = rests_on_estimate(m->region, from[t]) || rests_on_estimate(m->region, to[t]);
    plan->tie_supply[t] = i;
    plan->tie_demand[t] = j;
    plan->tie_way[t] = column->way;
    for (int32_t o = 0; o < KN_OBJECTIVE_COUNT; o++)
      plan->summary.value[o] += tie->part.of[o];
  }
  plan->ties = (kn_tie_view){.n = s->n,
                             .from = from,
                             .to = to,
                             .resource = resource,
                             .substitution = substitution,
                             .mode = mode,
                             .via = via,
                             .mode_id = mode_id,
                             .quantity = quantity,
                             .delivered = delivered,
                             .ratio = ratio,
                             .km = km,
                             .eur = eur,
                             .co2_kg = co2_kg,
                             .to_verify = to_verify,
                             .is_estimate = is_estimate};
  return KN_OK;
}

/* What a unit itself adds: activity, presence, residuals, its part of budgets. */
static plan_metrics
unit_part(const solution *s, int32_t u, double z)
{
  const plan_model *m = s->m;
  plan_metrics part = {0};
  for (int32_t o = 0; o < KN_OBJECTIVE_COUNT; o++) {
    part.of[o] = activity_of(s, u) * m->fixed_metrics[m->y[u]].of[o];
    if (m->z[u] != KN_NONE)
      part.of[o] += z * m->fixed_metrics[m->z[u]].of[o];
  }
  for (int32_t b = 0; b < m->budget_count; b++)
    if (plan_pays_unit(m, m->budget[b].incentive, u))
      part.of[KN_VALUE] += s->per_unit[b] * activity_of(s, u);
  return part;
}

/* One row per unit of the region; of a placed unit the copy that opens, if any. */
static kn_code
write_units(kn_plan *plan, const solution *s, const double *z, kn_error *err)
{
  const plan_model *m = s->m;
  const kn_unit_view units = kn_region_units(m->region);
  int32_t *unit, *site;
  uint8_t *open;
  double *activity, *capacity, *dual_eur, *eur, *co2_kg, *annuity_eur;
  KN_NEW(unit, plan->arena, units.n, err);
  KN_NEW(site, plan->arena, units.n, err);
  KN_NEW(open, plan->arena, units.n, err);
  KN_NEW(activity, plan->arena, units.n, err);
  KN_NEW(capacity, plan->arena, units.n, err);
  KN_NEW(dual_eur, plan->arena, units.n, err);
  KN_NEW(eur, plan->arena, units.n, err);
  KN_NEW(co2_kg, plan->arena, units.n, err);
  KN_NEW(annuity_eur, plan->arena, units.n, err);
  for (int32_t k = 0; k < units.n; k++) {
    unit[k] = k;
    site[k] = units.site[k];
    capacity[k] = units.capacity[k];
  }
  for (int32_t u = 0; u < m->unit_count; u++) {
    const int32_t k = m->unit[u].unit;
    const bool is_open = !m->unit[u].is_candidate || z[u] > 0.5;
    if (!is_open)
      continue;
    const plan_metrics part = unit_part(s, u, 1);
    open[k] = 1;
    site[k] = m->unit[u].site;
    activity[k] = activity_of(s, u);
    dual_eur[k] = m->unit[u].is_candidate ? fmax(s->dual[m->open_row[u]], 0) : fmax(s->reduced[m->y[u]], 0);
    annuity_eur[k] = m->z[u] == KN_NONE ? 0 : -m->fixed_metrics[m->z[u]].of[KN_VALUE];
    eur[k] += part.of[KN_VALUE];
    co2_kg[k] += part.of[KN_CO2] * 1000;
    for (int32_t o = 0; o < KN_OBJECTIVE_COUNT; o++)
      plan->summary.value[o] += part.of[o];
  }
  for (int32_t i = 0; i < m->supply.n; i++) {
    if (m->w[i] == KN_NONE || is_noise(s, s->x[m->w[i]], m->supply.limit[i]))
      continue;
    const double residual_eur = s->x[m->w[i]] * m->fixed_metrics[m->w[i]].of[KN_VALUE];
    eur[m->supply.place[i].row] += residual_eur;
    plan->summary.value[KN_VALUE] += residual_eur;
  }
  plan->units = (kn_plan_unit_view){.n = units.n,
                                    .unit = unit,
                                    .site = site,
                                    .open = open,
                                    .activity = activity,
                                    .capacity = capacity,
                                    .dual_eur = dual_eur,
                                    .eur = eur,
                                    .co2_kg = co2_kg,
                                    .annuity_eur = annuity_eur};
  return KN_OK;
}

/* What the shares of a demand that substitutions may meet would bring if it grew by a unit. */
static double
share_dual_of(const solution *s, int32_t j)
{
  const plan_model *m = s->m;
  const kn_substitution_view subs = kn_region_substitutions(m->region);
  double worth = 0;
  for (int32_t at = m->mix_head[j]; at != KN_NONE; at = m->mix[at].next)
    worth += fmax(s->dual[m->mix[at].row], 0) * subs.max_share[m->mix[at].substitution];
  return worth;
}

/* Offers, needs and gateways: what is used of them, and what one more unit would be worth. */
static kn_code
write_ends(kn_plan *plan, const solution *s, kn_error *err)
{
  const plan_model *m = s->m;
  kn_plan_end_view *view[] = {[KN_END_OFFER] = &plan->offers, [KN_END_NEED] = &plan->needs, [KN_END_GATEWAY] = &plan->gateways};
  double *used[4] = {0}, *dual[4] = {0}, *share[4] = {0};
  const int64_t n[4] = {[KN_END_OFFER] = kn_region_offers(m->region).n,
                        [KN_END_NEED] = kn_region_needs(m->region).n,
                        [KN_END_GATEWAY] = kn_region_gateways(m->region).n};
  for (int32_t k = 0; k < 4; k++) {
    if (k == KN_END_UNIT)
      continue;
    KN_NEW(used[k], plan->arena, n[k], err);
    KN_NEW(dual[k], plan->arena, n[k], err);
    KN_NEW(share[k], plan->arena, n[k], err);
    *view[k] = (kn_plan_end_view){.n = n[k], .used = used[k], .dual = dual[k], .share_dual = share[k]};
  }
  KN_NEW(plan->supply_dual, plan->arena, m->supply.n, err);
  KN_NEW(plan->demand_dual, plan->arena, m->demand.n, err);
  for (int32_t i = 0; i < m->supply.n; i++) {
    const bool is_port = m->supply.unit[i] != KN_NONE;
    const double value = m->supply_row[i] == KN_NONE ? 0 : s->dual[m->supply_row[i]];
    plan->supply_dual[i] = is_port ? value : fmax(value, 0);
    if (!is_port)
      dual[m->supply.place[i].kind][m->supply.place[i].row] = plan->supply_dual[i];
  }
  for (int32_t j = 0; j < m->demand.n; j++) {
    const bool is_port = m->demand.unit[j] != KN_NONE;
    const double value = m->demand_row[j] == KN_NONE ? 0 : s->dual[m->demand_row[j]];
    plan->demand_dual[j] = is_port ? value : fmax(value, 0);
    if (is_port)
      continue;
    dual[m->demand.place[j].kind][m->demand.place[j].row] = plan->demand_dual[j];
    share[m->demand.place[j].kind][m->demand.place[j].row] = share_dual_of(s, j);
  }
  const kn_tie_view *ties = &plan->ties;
  for (int64_t t = 0; t < ties->n; t++) {
    if (used[ties->from[t].kind])
      used[ties->from[t].kind][ties->from[t].row] += ties->quantity[t];
    if (used[ties->to[t].kind])
      used[ties->to[t].kind][ties->to[t].row] += ties->delivered[t] * (ties->to[t].kind == KN_END_NEED ? ties->ratio[t] : 1);
  }
  return KN_OK;
}

static kn_code
keep_for_why(kn_plan *plan, const solution *s, kn_error *err)
{
  const plan_model *m = s->m;
  plan->weights = plan_weights(m, s->dual, false);
  plan->mix_count = m->mix_count;
  KN_NEW(plan->mix_demand, plan->arena, m->mix_count, err);
  KN_NEW(plan->mix_substitution, plan->arena, m->mix_count, err);
  KN_NEW(plan->mix_dual, plan->arena, m->mix_count, err);
  for (int32_t j = 0; j < m->demand.n; j++)
    for (int32_t at = m->mix_head[j]; at != KN_NONE; at = m->mix[at].next) {
      plan->mix_demand[at] = j;
      plan->mix_substitution[at] = m->mix[at].substitution;
      plan->mix_dual[at] = fmax(s->dual[m->mix[at].row], 0);
    }
  struct {
    double **to;
    const double *from;
    int32_t n;
  } copy[] = {{&plan->supply_bonus_eur, m->supply_bonus_eur, m->supply.n},
              {&plan->anywhere_bonus_eur, m->anywhere_bonus_eur, m->supply.n},
              {&plan->demand_bonus_eur, m->demand_bonus_eur, m->demand.n},
              {&plan->demand_flat_bonus_eur, m->demand_flat_bonus_eur, m->demand.n}};
  for (size_t c = 0; c < sizeof copy / sizeof *copy; c++) {
    KN_NEW(*copy[c].to, plan->arena, copy[c].n, err);
    memcpy(*copy[c].to, copy[c].from, (size_t)copy[c].n * sizeof(double));
  }
  return KN_OK;
}

/* Ties, units and the master must tell the same value: a slip here would be a wrong claim to somebody. */
static kn_code
check_sum(const kn_plan *plan, const plan_model *m, double solved, kn_error *err)
{
  const kn_objective o = plan->settings.objective;
  const double told = plan->summary.value[o];
  double scale = 1 / m->amount;
  for (int64_t t = 0; t < plan->ties.n && o == KN_VALUE; t++)
    scale += fabs(plan->ties.eur[t]);
  if (fabs(told - solved) <= 1e-7 * fmax(scale, fabs(solved)))
    return KN_OK;
  return kn_fail(err, KN_E_NUMERIC, "the ties and units add up to %.10g, the engine says %.10g", told, solved);
}

kn_code
plan_answer(kn_plan *plan, const plan_model *m, const plan_optimum *optimum, const double *z, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  solution s = {.m = m, .x = optimum->x, .dual = optimum->dual, .reduced = optimum->reduced};
  kn_code code = kn_arena_reserve(scratch, ((size_t)m->budget_count + 1) * sizeof(double) + 16, err);
  if (code == KN_OK) {
    s.per_unit = kn_arena_take(scratch, (size_t)m->budget_count + 1, sizeof(double));
    code = list_ties(plan, &s, z, scratch, err);
  }
  if (code == KN_OK)
    code = write_ties(plan, &s, err);
  if (code == KN_OK)
    code = write_units(plan, &s, z, err);
  if (code == KN_OK)
    code = write_ends(plan, &s, err);
  if (code == KN_OK)
    code = keep_for_why(plan, &s, err);
  if (code == KN_OK)
    code = plan_group_ties(plan, m->region, err);
  if (code == KN_OK)
    code = check_sum(plan, m, optimum->value, err);
  kn_arena_free(scratch);
  return code;
}
