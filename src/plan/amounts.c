/* What the solver computes with where a region counts in very small or very large amounts. */
#include "plan/internal.h"

/* What a group has at most: of its offers, needs and gateways, added up and the largest of them, and of ports of units. */
typedef struct group_amount {
  double sum, largest, port;
  bool has_port;
} group_amount;

static void
look_at_side(const kn_side *side, const double *activity, const double *per_activity, group_amount *of_group)
{
  for (int32_t i = 0; i < side->n; i++) {
    group_amount *g = &of_group[side->group[i]];
    if (side->unit[i] == KN_NONE) {
      g->sum += side->limit[i];
      g->largest = fmax(g->largest, side->limit[i]);
    } else {
      g->has_port = true;
      g->port = fmax(g->port, fmin(side->limit[i], activity[side->unit[i]] * fabs(per_activity[side->flow[i]])));
    }
  }
}

/* How much units can do at most with what offers and gateways have; INFINITY where it may come from other units. */
static void
limit_units(const plan_model *m, const group_amount *supply, double *reach, double *activity)
{
  const kn_process_view processes = kn_region_processes(m->region);
  for (int32_t w = 0; w < m->way_count; w++) {
    const group_amount *g = &supply[m->way[w].supply_group];
    reach[m->way[w].demand_group] += g->has_port ? INFINITY : g->sum * m->way[w].ratio;
  }
  for (int32_t u = 0; u < m->unit_count; u++)
    activity[u] = INFINITY;
  for (int32_t j = 0; j < m->demand.n; j++)
    if (m->demand.unit[j] != KN_NONE && processes.flow_per[m->demand.flow[j]] == KN_PER_ACTIVITY) {
      double *own = &activity[m->demand.unit[j]];
      *own = fmin(*own, reach[m->demand.group[j]] / fabs(processes.flow_quantity[m->demand.flow[j]]));
    }
}

/* The largest amount that a tie can hold, as far as both ends tell. Between units neither does. */
static kn_code
find_most(const plan_model *m, double *most, kn_arena *scratch, kn_error *err)
{
  int32_t supplies, demands;
  kn_market_groups(m->market, false, &supplies);
  kn_market_groups(m->market, true, &demands);
  group_amount *supply, *demand;
  double *reach, *activity;
  KN_NEW(supply, scratch, supplies, err);
  KN_NEW(demand, scratch, demands, err);
  KN_NEW(reach, scratch, demands, err);
  KN_NEW(activity, scratch, m->unit_count, err);
  double largest = 0;
  const double *per_activity = kn_region_processes(m->region).flow_quantity;
  look_at_side(&m->supply, activity, per_activity, supply);
  limit_units(m, supply, reach, activity);
  for (int32_t g = 0; g < supplies; g++)
    supply[g] = (group_amount){0};
  look_at_side(&m->supply, activity, per_activity, supply);
  look_at_side(&m->demand, activity, per_activity, demand);
  *most = 0;
  for (int32_t w = 0; w < m->way_count; w++) {
    const group_amount *i = &supply[m->way[w].supply_group], *j = &demand[m->way[w].demand_group];
    const double ratio = m->way[w].ratio;
    const double here = fmax(fmin(i->largest, fmax(j->largest, j->port) / ratio), fmin(i->port, j->largest / ratio));
    *most = isfinite(here) ? fmax(*most, here) : *most;
  }
  for (int32_t u = 0; u < m->unit_count && *most == 0; u++) /* nobody offers or needs anything: units work for each other */
    largest = fmax(largest, kn_region_units(m->region).capacity[m->unit[u].unit]);
  *most = fmax(*most, largest);
  return KN_OK;
}

/* The largest capacity that stands in the program as a coefficient: that of a candidate, which is all or nothing. */
static double
largest_choice(const plan_model *m)
{
  double largest = 0;
  for (int32_t u = 0; u < m->unit_count; u++)
    if (m->unit[u].is_candidate)
      largest = fmax(largest, kn_region_units(m->region).capacity[m->unit[u].unit]);
  return largest;
}

/* Amounts far from 1, a region that counts in grams or in billions, would drown in the tolerances of the solver or outgrow them. Powers
 * of 2 round nothing; a plan of common size is left as it is. */
kn_code
plan_find_amount(plan_model *m, kn_arena *scratch, kn_error *err)
{
  static const double common_least = 1e-2, common_most = 1e9, wanted = 1e4, most_coefficient = 1e12;
  double most;
  KN_TRY(find_most(m, &most, scratch, err));
  const bool is_common = most == 0 || (most >= common_least && most <= common_most);
  if (is_common)
    return KN_OK;
  /* Where ties are tiny and a candidate is huge, ties stay small: the solver fails at coefficients of 10^18. */
  const double choice = largest_choice(m);
  const double amount =
      most < common_least && choice > 0 ? fmin(wanted / most, fmax(most_coefficient / choice, 1)) : wanted / most;
  m->amount = ldexp(1, (int)rint(log2(amount)));
  return KN_OK;
}

/* Openings, and rows that count them, stay between 0 and 1. */
kn_code
plan_scale_amounts(plan_model *m, kn_arena *scratch, kn_error *err)
{
  if (m->amount == 1)
    return KN_OK;
  const int64_t region_units = kn_region_units(m->region).n;
  int32_t *row, *column, rows = 0, columns = 0;
  uint8_t *is_row, *is_column;
  KN_NEW(row, scratch, m->row_count, err);
  KN_NEW(column, scratch, m->fixed_columns, err);
  KN_NEW(is_row, scratch, m->row_count, err);
  KN_NEW(is_column, scratch, m->fixed_columns, err);
  for (int64_t u = 0; u < region_units; u++)
    if (m->placing_row[u] != KN_NONE)
      is_row[m->placing_row[u]] = 1;
  for (int32_t c = 0; c < m->choice_count; c++)
    if (m->z[c] != KN_NONE)
      is_column[m->z[c]] = 1;
  for (int32_t r = 0; r < m->row_count; r++)
    if (is_row[r])
      row[rows++] = r;
  for (int32_t c = 0; c < m->fixed_columns; c++)
    if (is_column[c])
      column[columns++] = c;
  return kn_lp_scale(m->lp, m->amount, rows, row, columns, column, err);
}
