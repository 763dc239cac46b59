/* A plan without side conditions: the network engine finds it, and its flows and duals become columns and rows of the
 * model, as the linear program would have left them. */
#include "plan/recast.h"

#include <stdlib.h>

/* Half of what a linear plan promises (1e-7) is left for quantities that were cut to whole units. */
static const double GAP = 5e-8;

/* The rule of a pair of groups. They come sorted by demand group, then supply group. */
static int64_t
rule_of(const kn_exchange *exchange, int32_t supply_group, int32_t demand_group)
{
  int64_t first = 0, last = exchange->rule_count - 1;
  while (first < last) {
    const int64_t middle = (first + last) / 2;
    const kn_exchange_rule *rule = &exchange->rule[middle];
    const bool is_below =
        rule->demand_group < demand_group || (rule->demand_group == demand_group && rule->supply_group < supply_group);
    first = is_below ? middle + 1 : first;
    last = is_below ? last : middle;
  }
  return first;
}

/* Flows into columns of ties. */
static kn_code
lay_columns(plan_model *m, const plan_recast *r, const kn_exchange_view *view, double *x, kn_error *err)
{
  KN_TRY(KN_GROW(m->column, m->column_capacity, view->n, err));
  KN_TRY(KN_GROW(m->metrics, m->metrics_capacity, view->n, err));
  for (int64_t k = 0; k < view->n; k++) {
    const int32_t i = view->supply[k], j = view->demand[k], group = m->supply.group[i];
    const double km = kn_market_km(m->market, i, j);
    const int32_t segment = kn_haul_find(&r->exchange.haul[group], km);
    m->column[k] = (plan_column){i, j, r->way[rule_of(&r->exchange, group, m->demand.group[j])],
                                 r->exchange.haul[group].segments[segment].mode};
    m->metrics[k] = plan_tie_metrics(m, &m->column[k], km, NULL);
    /* Dividing by how many make one keeps decimals exact. */
    const double units = (double)view->quantity[k] / r->supply_scale[group];
    x[m->fixed_columns + k] = r->unit < 1 ? units / (1 / r->unit) : units * r->unit;
  }
  m->column_count = view->n;
  return KN_OK;
}

/* Duals per unit of each node into the rows, and the bound for the quantities as they are. */
static double
lay_duals(const plan_model *m, const plan_recast *r, const kn_exchange_view *view, double *dual)
{
  double cut = 0;
  for (int32_t i = 0; i < m->supply.n; i++)
    if (m->supply_row[i] != KN_NONE) {
      const double value = view->supply_dual[i] * r->supply_scale[m->supply.group[i]];
      dual[m->supply_row[i]] = value;
      cut += value * m->supply.limit[i] - view->supply_dual[i] * ((double)r->exchange.supply_quantity[i] * r->unit);
    }
  for (int32_t j = 0; j < m->demand.n; j++)
    if (m->demand_row[j] != KN_NONE) {
      const double value = view->demand_dual[j] * r->demand_scale[m->demand.group[j]];
      dual[m->demand_row[j]] = value;
      cut += value * m->demand.limit[j] - view->demand_dual[j] * ((double)r->exchange.demand_quantity[j] * r->unit);
    }
  return view->bound * r->unit + fmax(cut, 0);
}

kn_code
plan_pure_solve(plan_model *m, const plan_recast *r, const kn_watch *watch, kn_arena *keep, plan_pure *out, kn_error *err)
{
  kn_exchange_solution *solution;
  const kn_exchange_settings settings = {.gap = fmin(GAP, m->settings.gap / 2), .thread_count = m->settings.thread_count};
  KN_TRY(kn_exchange_solve(&solution, &r->exchange, &settings, watch, err));
  const kn_exchange_view view = kn_exchange_rows(solution);
  double *x = NULL, *dual = NULL;
  kn_code code = kn_arena_reserve(keep, (size_t)(m->fixed_columns + view.n + m->row_count + 2) * sizeof(double) + 64, err);
  if (code == KN_OK) {
    x = kn_arena_take(keep, (size_t)(m->fixed_columns + view.n) + 1, sizeof *x);
    dual = kn_arena_take(keep, (size_t)m->row_count + 1, sizeof *dual);
    code = lay_columns(m, r, &view, x, err);
  }
  if (code == KN_OK) {
    out->bound = lay_duals(m, r, &view, dual);
    out->is_stopped = view.is_stopped;
    out->rounds = view.rounds;
    out->optimum = (plan_optimum){.x = x, .dual = dual};
    for (int64_t k = 0; k < view.n; k++)
      out->optimum.value += x[m->fixed_columns + k] * m->metrics[k].of[m->settings.objective];
  }
  kn_exchange_free(solution);
  return code;
}
