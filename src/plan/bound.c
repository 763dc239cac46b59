/* The bound: no plan over any pairs is worth more.
 *
 * Lagrangian relaxation: whatever the duals (>= 0 on limits, free on balances, <= 0 on floors),
 *     L(dual) = sum of limits x duals + sum over all ties, units, residuals of the most their reduced cost could bring
 * is an upper bound, for each variable is bounded: a tie by the limit of one of its ends, an activity by its
 * capacity. Ties of a supply share its limit, so their part is limit x the largest reduced cost over ALL partners, which
 * the tree search finds exactly; supplies without limit are charged to their demands. Opening, load and placing stay
 * as they are inside each unit: its part is the best of its few corner points.
 * source: Geoffrion (1974), Lagrangean relaxation for integer programming; Lasdon (1970), ch. 3 (column generation bounds). */
#include "plan/pricer.h"

typedef struct unit_worth {
  double activity, presence;
} unit_worth; /* reduced cost per activity; of being there */

static double
weighted(const plan_pricer *p, const plan_metrics *metrics)
{
  return p->weights.value * metrics->of[KN_VALUE] + p->weights.co2 * metrics->of[KN_CO2] +
         p->weights.jobs * metrics->of[KN_JOBS] + p->weights.virgin * metrics->of[KN_VIRGIN];
}

static double
room(const plan_pricer *p, const plan_question *q, int32_t unit)
{
  return unit == KN_NONE || !p->model->unit[unit].is_candidate ? 1 : q->z_upper[unit];
}

static double
rows_part(const plan_pricer *p)
{
  const plan_model *m = p->model;
  double sum = 0;
  for (int32_t i = 0; i < m->supply.n; i++)
    if (m->supply.unit[i] == KN_NONE && m->supply_row[i] != KN_NONE)
      sum += p->dual_supply[i] * m->supply.limit[i];
  for (int32_t j = 0; j < m->demand.n; j++) {
    if (m->demand.unit[j] != KN_NONE || m->demand_row[j] == KN_NONE)
      continue;
    sum += p->dual_demand[j] * m->demand.limit[j];
    for (int32_t at = m->mix_head[j]; at != KN_NONE; at = m->mix[at].next) {
      const kn_substitution_view subs = kn_region_substitutions(m->region);
      sum += fmax(p->dual[m->mix[at].row], 0) * subs.max_share[m->mix[at].substitution] * m->demand.limit[j];
    }
  }
  for (int32_t t = 0; t < m->terminal_count; t++)
    if (m->terminal_row[t] != KN_NONE && !plan_is_candidate(m, m->unit_count + t))
      sum += fmax(p->dual[m->terminal_row[t]], 0) * m->terminal_limit[t];
  for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
    if (m->floor_row[f] != KN_NONE)
      sum += fmin(p->dual[m->floor_row[f]], 0) * m->settings.floor[f];
  return sum;
}

/* The most that a unit served by i could bring, over modes: of (apart + keep V - cost) / keep, where `apart` is what does not
 * depend on what arrives. The root l of max(apart + keep (V - l) - cost) = 0 by Newton's method, as that is convex and falls
 * (Dinkelbach 1967, On nonlinear fractional programming, Management Science 13(7)). */
static double
most_arriving(const plan_pricer *p, int32_t i, int32_t j, double apart, double V)
{
  double worth = 0;
  for (;;) {
    const double more = apart + kn_hauls_left(p->hauls, i, j, V - worth);
    if (!(more > 0))
      return worth;
    const int32_t choice = kn_hauls_choice(p->hauls, i, j, V - worth);
    const double next = choice == KN_NONE ? INFINITY : worth + more / kn_market_keeps(p->model->market, i, j, choice);
    if (!(next > worth) || isinf(next))
      return next;
    worth = next;
  }
}

/* The most that ties of supplies without limit could bring to demand j. */
static double
unlimited_part(const plan_pricer *p, int32_t j)
{
  const plan_model *m = p->model;
  int32_t first, last, groups;
  const kn_group *group = kn_market_groups(m->market, false, &groups);
  const int32_t *member = kn_market_members(m->market, false);
  double best = 0;
  kn_market_demand_ways(m->market, m->demand.group[j], &first, &last);
  for (int32_t w = first; w < last; w++) {
    const kn_way *way = &m->way[w];
    const kn_group *g = &group[way->supply_group];
    if (!g->is_gateway)
      continue;
    for (int32_t at = g->first; at < g->last; at++) {
      const int32_t i = member[at];
      if (m->supply_row[i] != KN_NONE || kn_market_fits(m->market, i, j) != KN_FITS)
        continue;
      if (p->loses[w]) {
        const double apart = p->S[i] - p->weights.value * way->cost_eur + (m->demand.is_anywhere[j] ? p->A[i] : 0);
        best = fmax(best, most_arriving(p, i, j, apart, plan_arrival(p, j, way)) / way->ratio);
        continue;
      }
      const double worth = p->S[i] + way->ratio * (p->P[j] - plan_mix_dual(p, j, way)) + p->Q[j] -
                           p->weights.value * way->cost_eur + (m->demand.is_anywhere[j] ? p->A[i] : 0) -
                           kn_hauls_cost(p->hauls, i, j);
      best = fmax(best, worth / way->ratio);
    }
  }
  return best > 0 ? best * m->demand.limit[j] : 0; /* gateways out have no partner here, and may have no limit */
}

static double
ties_part(const plan_pricer *p, const plan_question *q)
{
  const plan_model *m = p->model;
  double sum = 0;
  bool has_unlimited = false;
  for (int32_t i = 0; i < m->supply.n; i++) {
    if (m->supply_row[i] == KN_NONE)
      has_unlimited = true;
    else if (p->best_supply[i] > 0)
      sum += p->best_supply[i] * m->supply.limit[i] * room(p, q, m->supply.unit[i]);
  }
  for (int32_t j = 0; has_unlimited && j < m->demand.n; j++)
    if (p->best_demand[j] > 0)
      sum += unlimited_part(p, j) * room(p, q, m->demand.unit[j]);
  return sum;
}

/* Reduced costs of activity and presence of every unit, and the part of residuals on the way. */
static double
price_units(const plan_pricer *p, const plan_question *q, unit_worth *worth)
{
  const plan_model *m = p->model;
  const kn_process_view processes = kn_region_processes(m->region);
  const kn_substitution_view subs = kn_region_substitutions(m->region);
  double sum = 0;
  for (int32_t u = 0; u < m->unit_count; u++) {
    worth[u].activity = weighted(p, &m->fixed_metrics[m->y[u]]);
    worth[u].presence = m->z[u] == KN_NONE ? 0 : weighted(p, &m->fixed_metrics[m->z[u]]);
    for (int32_t b = 0; b < m->budget_count; b++)
      if (plan_pays_unit(m, m->budget[b].incentive, u))
        worth[u].activity += fmax(p->dual[m->budget[b].row], 0);
  }
  for (int32_t i = 0; i < m->supply.n; i++) {
    const int32_t u = m->supply.unit[i];
    if (u == KN_NONE)
      continue;
    const bool per_activity = processes.flow_per[m->supply.flow[i]] == KN_PER_ACTIVITY;
    *(per_activity ? &worth[u].activity : &worth[u].presence) +=
        p->dual_supply[i] * (per_activity ? processes.flow_quantity[m->supply.flow[i]] : m->supply.limit[i]);
    sum += fmax(weighted(p, &m->fixed_metrics[m->w[i]]) - p->dual_supply[i], 0) * m->supply.limit[i] * room(p, q, u);
  }
  for (int32_t j = 0; j < m->demand.n; j++) {
    const int32_t u = m->demand.unit[j];
    if (u == KN_NONE)
      continue;
    const bool per_activity = processes.flow_per[m->demand.flow[j]] == KN_PER_ACTIVITY;
    double dual = p->dual_demand[j];
    for (int32_t at = m->mix_head[j]; at != KN_NONE; at = m->mix[at].next)
      dual += fmax(p->dual[m->mix[at].row], 0) * subs.max_share[m->mix[at].substitution];
    *(per_activity ? &worth[u].activity : &worth[u].presence) +=
        dual * (per_activity ? -processes.flow_quantity[m->demand.flow[j]] : m->demand.limit[j]);
  }
  return sum;
}

/* The most a unit that is there could bring: at no load, its minimum load or its capacity. */
static double
open_worth(const plan_pricer *p, const plan_question *q, const unit_worth *worth, int32_t u)
{
  const plan_model *m = p->model;
  const int32_t row = m->unit[u].unit;
  const double capacity = kn_region_units(m->region).capacity[row];
  const double least = kn_region_processes(m->region).min_load[kn_region_units(m->region).process[row]] * capacity;
  double best = fmax(worth[u].activity * least, worth[u].activity * capacity);
  if (q->is_phase_one)
    best = fmax(best, -least); /* idle, and short of its whole minimum load */
  return best + worth[u].presence;
}

static double
units_part(plan_pricer *p, const plan_question *q, const unit_worth *worth, double *placing)
{
  const plan_model *m = p->model;
  double sum = 0;
  for (int32_t u = 0; u < m->unit_count; u++) {
    if (!m->unit[u].is_candidate) {
      sum += fmax(worth[u].activity, 0) * kn_region_units(m->region).capacity[m->unit[u].unit];
      continue;
    }
    const double open = p->open_worth[u] = open_worth(p, q, worth, u);
    if (q->z_upper[u] <= 0)
      continue;
    if (m->unit[u].placing == KN_NONE)
      sum += q->z_lower[u] > 0 ? open : fmax(open, 0);
    else if (q->z_lower[u] > 0)
      placing[m->unit[u].placing] = -INFINITY, sum += open;
    else if (placing[m->unit[u].placing] >= 0)
      placing[m->unit[u].placing] = fmax(placing[m->unit[u].placing], open);
  }
  /* One copy at most of each placed unit: the best, unless a branch has fixed one. */
  for (int64_t k = 0; k < kn_region_units(m->region).n; k++)
    sum += fmax(placing[k], 0);
  return sum;
}

/* A candidate terminal brings what passes is charged for, less its annuity. */
static double
terminals_part(plan_pricer *p, const plan_question *q)
{
  const plan_model *m = p->model;
  double sum = 0;
  for (int32_t t = 0; t < m->terminal_count; t++) {
    const int32_t c = m->unit_count + t;
    if (!plan_is_candidate(m, c))
      continue;
    const double open = p->open_worth[c] =
        weighted(p, &m->fixed_metrics[m->z[c]]) + fmax(p->dual[m->terminal_row[t]], 0) * m->terminal_limit[t];
    if (q->z_upper[c] > 0)
      sum += q->z_lower[c] > 0 ? open : fmax(open, 0);
  }
  return sum;
}

static double
shortage_part(const plan_pricer *p, const plan_question *q)
{
  const plan_model *m = p->model;
  if (!q->is_phase_one)
    return 0;
  double sum = 0;
  for (int32_t s = 0; s < m->short_count; s++) {
    if (m->short_unit[s] != KN_NONE)
      continue; /* short loads are part of their unit's corner points */
    const double reduced = -1 - p->dual[m->short_row[s]];
    if (isfinite(m->short_most[s]))
      sum += fmax(reduced, 0) * m->short_most[s];
    else if (reduced > 1e-9)
      return INFINITY; /* such duals bound nothing; the next solve gives better ones */
  }
  return sum;
}

kn_code
plan_bound(plan_pricer *p, const plan_question *q, double *bound, kn_error *err)
{
  const plan_model *m = p->model;
  const int64_t region_units = kn_region_units(m->region).n;
  kn_arena *scratch = kn_arena_new();
  const kn_code code = kn_arena_reserve(
      scratch, (size_t)(m->unit_count + 1) * sizeof(unit_worth) + (size_t)(region_units + 1) * sizeof(double) + 64, err);
  if (code != KN_OK) {
    kn_arena_free(scratch);
    return code;
  }
  unit_worth *worth = kn_arena_take(scratch, (size_t)m->unit_count + 1, sizeof *worth);
  double *placing = kn_arena_take(scratch, (size_t)region_units + 1, sizeof *placing);
  double sum = rows_part(p) + ties_part(p, q) + price_units(p, q, worth);
  sum += units_part(p, q, worth, placing) + terminals_part(p, q) + shortage_part(p, q);
  for (int32_t b = 0; b < m->budget_count; b++) {
    const int32_t column = m->budget[b].column;
    const double reduced = weighted(p, &m->fixed_metrics[column]) - fmax(p->dual[m->budget[b].row], 0);
    sum += fmax(reduced, 0) * m->fixed_upper[column];
  }
  kn_arena_free(scratch);
  *bound = sum;
  return KN_OK;
}
