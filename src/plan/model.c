/* The master problem: rows of supply, demand, units, budgets and floors; columns of units first, ties after. */
#include <stdlib.h>
#include <string.h>

#include "plan/internal.h"

double
plan_scale(double value)
{
  return fmax(fabs(value), 1e-9);
}

/* Columns of units are collected here and handed to the LP in one go. */
typedef struct column_list {
  int64_t n, nz, n_capacity, worth_capacity, lower_capacity, upper_capacity, start_capacity, row_capacity, value_capacity;
  plan_metrics *metrics;
  double *lower, *upper, *value;
  int32_t *start, *row;
} column_list;

static void
column_list_free(column_list *list)
{
  free(list->metrics);
  free(list->lower);
  free(list->upper);
  free(list->value);
  free(list->start);
  free(list->row);
}

static kn_code
open_column(column_list *list, double lower, double upper, plan_metrics metrics, int32_t *number, kn_error *err)
{
  KN_TRY(KN_GROW(list->metrics, list->n_capacity, list->n + 1, err));
  KN_TRY(KN_GROW(list->lower, list->lower_capacity, list->n + 1, err));
  KN_TRY(KN_GROW(list->upper, list->upper_capacity, list->n + 1, err));
  KN_TRY(KN_GROW(list->start, list->start_capacity, list->n + 2, err));
  list->metrics[list->n] = metrics;
  list->lower[list->n] = lower;
  list->upper[list->n] = upper;
  list->start[list->n] = (int32_t)list->nz;
  list->start[list->n + 1] = (int32_t)list->nz;
  *number = (int32_t)list->n++;
  return KN_OK;
}

/* An entry of the column opened last; the same row twice adds up. */
static kn_code
put_entry(column_list *list, int32_t row, double value, kn_error *err)
{
  if (row == KN_NONE || value == 0)
    return KN_OK;
  for (int64_t e = list->start[list->n - 1]; e < list->nz; e++)
    if (list->row[e] == row) {
      list->value[e] += value;
      return KN_OK;
    }
  KN_TRY(KN_GROW(list->row, list->row_capacity, list->nz + 1, err));
  KN_TRY(KN_GROW(list->value, list->value_capacity, list->nz + 1, err));
  list->row[list->nz] = row;
  list->value[list->nz++] = value;
  list->start[list->n] = (int32_t)list->nz;
  return KN_OK;
}

/* ------------------------------------------------------------------ rows */
typedef struct row_list {
  int64_t n, lower_capacity, upper_capacity;
  double *lower, *upper;
} row_list;

static kn_code
add_row(row_list *rows, double lower, double upper, int32_t *number, kn_error *err)
{
  KN_TRY(KN_GROW(rows->lower, rows->lower_capacity, rows->n + 1, err));
  KN_TRY(KN_GROW(rows->upper, rows->upper_capacity, rows->n + 1, err));
  rows->lower[rows->n] = lower;
  rows->upper[rows->n] = upper;
  *number = (int32_t)rows->n++;
  return KN_OK;
}

/* Ports balance; the rest is limited; gateways without capacity have no row. */
static kn_code
add_side_rows(const kn_side *side, int32_t *row_of, row_list *rows, kn_error *err)
{
  for (int32_t at = 0; at < side->n; at++) {
    row_of[at] = KN_NONE;
    if (side->unit[at] != KN_NONE)
      KN_TRY(add_row(rows, 0, 0, &row_of[at], err));
    else if (isfinite(side->limit[at]))
      KN_TRY(add_row(rows, -INFINITY, side->limit[at], &row_of[at], err));
  }
  return KN_OK;
}

static double
annuity_of(double capital_eur, double rate, double lifetime_yr)
{
  if (capital_eur == 0)
    return 0;
  return rate == 0 ? capital_eur / lifetime_yr : capital_eur * rate / (1 - pow(1 + rate, -lifetime_yr));
}

static kn_code
add_unit_rows(plan_model *m, row_list *rows, kn_error *err)
{
  const kn_process_view processes = kn_region_processes(m->region);
  const kn_unit_view units = kn_region_units(m->region);
  for (int32_t u = 0; u < m->unit_count; u++) {
    m->open_row[u] = m->load_row[u] = KN_NONE;
    if (!m->unit[u].is_candidate)
      continue;
    KN_TRY(add_row(rows, -INFINITY, 0, &m->open_row[u], err));
    if (processes.min_load[units.process[m->unit[u].unit]] > 0)
      KN_TRY(add_row(rows, -INFINITY, 0, &m->load_row[u], err));
    const int32_t placing = m->unit[u].placing;
    if (placing != KN_NONE && m->placing_row[placing] == KN_NONE)
      KN_TRY(add_row(rows, -INFINITY, 1, &m->placing_row[placing], err));
  }
  return KN_OK;
}

/* What passes a candidate at most, where nothing else limits it: all there is, and all that is asked for of what has no limit.
 * Chains lose nothing. */
static double
most_flow(const plan_model *m)
{
  double most = 0, least_ratio = 1;
  for (int32_t w = 0; w < m->way_count; w++)
    least_ratio = fmin(least_ratio, m->way[w].ratio);
  for (int32_t i = 0; i < m->supply.n; i++)
    most += isfinite(m->supply.limit[i]) ? m->supply.limit[i] : 0;
  for (int32_t j = 0; j < m->demand.n; j++)
    most += isfinite(m->demand.limit[j]) ? m->demand.limit[j] / fmax(least_ratio, 1e-6) : 0;
  return most;
}

static kn_code
add_terminal_rows(plan_model *m, row_list *rows, kn_error *err)
{
  const kn_terminal_view terminals = kn_region_terminals(m->region);
  for (int32_t t = 0; t < m->terminal_count; t++) {
    const bool is_candidate = terminals.status[t] == KN_CANDIDATE;
    m->terminal_row[t] = KN_NONE;
    m->terminal_limit[t] = is_candidate ? fmin(terminals.capacity[t], most_flow(m)) : terminals.capacity[t];
    if (isfinite(m->terminal_limit[t]))
      KN_TRY(add_row(rows, -INFINITY, is_candidate ? 0 : m->terminal_limit[t], &m->terminal_row[t], err));
  }
  return KN_OK;
}

/* Only terminals that are limited or candidates concern the plan; else it knows of none. */
static int32_t
count_terminals(const plan_model *m)
{
  const kn_terminal_view terminals = kn_region_terminals(m->region);
  for (int32_t t = 0; t < terminals.n && kn_market_access(m->market) != NULL; t++)
    if (terminals.status[t] == KN_CANDIDATE || isfinite(terminals.capacity[t]))
      return (int32_t)terminals.n;
  return 0;
}

struct plan_layout {
  row_list rows;
  column_list columns;
};

static void
layout_free(plan_layout *layout)
{
  if (!layout)
    return;
  column_list_free(&layout->columns);
  free(layout->rows.lower);
  free(layout->rows.upper);
  free(layout);
}

/* ------------------------------------------------------------------ incentives */
static bool
is_paid_per_activity(const kn_incentive_view *incentives, int32_t k)
{
  return incentives->target_kind[k] == KN_TO_PROCESS || incentives->target_kind[k] == KN_TO_R_STRATEGY;
}

/* A tax (eur < 0) cannot be refused because a budget is used up, so only payments have one. */
static bool
has_budget(const kn_incentive_view *incentives, int32_t k)
{
  return isfinite(incentives->budget_eur[k]) && incentives->eur[k] > 0;
}

bool
plan_pays_unit(const plan_model *m, int32_t k, int32_t u)
{
  const int32_t process = kn_region_units(m->region).process[m->unit[u].unit];
  if (m->incentives.target_kind[k] == KN_TO_PROCESS)
    return m->incentives.target[k] == process;
  return m->incentives.target_kind[k] == KN_TO_R_STRATEGY &&
         kn_region_processes(m->region).r_strategy[process] == m->incentives.target[k];
}

bool
plan_is_in_area(const plan_model *m, kn_place place, int32_t area)
{
  const kn_area_view areas = kn_region_areas(m->region);
  const int32_t at = plan_area_of(m->region, place);
  return at != KN_NONE && areas.enter[area] <= areas.enter[at] && areas.leave[at] <= areas.leave[area];
}

double
plan_budget_units(const plan_model *m, int32_t k, const plan_column *column, double keep)
{
  const int32_t target = m->incentives.target[k];
  const kn_place to = m->demand.place[column->demand];
  switch ((kn_target)m->incentives.target_kind[k]) {
  case KN_TO_RESOURCE: {
    const kn_resource_view resources = kn_region_resources(m->region);
    return kn_resource_is_a(&resources, m->supply.resource[column->supply], target) ? 1 : 0;
  }
  case KN_TO_NEED:
    return to.kind == KN_END_NEED && to.row == target ? keep * m->way[column->way].ratio : 0;
  case KN_TO_AREA:
    return plan_is_in_area(m, m->demand.is_anywhere[column->demand] ? m->supply.place[column->supply] : to, target) ? keep : 0;
  default:
    return 0;
  }
}

/* Adds what every tie of a node gets from incentives without budget, so that a pair is priced in O(1). */
static kn_code
add_bonuses(plan_model *m, kn_error *err)
{
  KN_NEW(m->supply_bonus_eur, m->arena, m->supply.n, err);
  KN_NEW(m->anywhere_bonus_eur, m->arena, m->supply.n, err);
  KN_NEW(m->demand_bonus_eur, m->arena, m->demand.n, err);
  KN_NEW(m->demand_flat_bonus_eur, m->arena, m->demand.n, err);
  const kn_resource_view resources = kn_region_resources(m->region);
  for (int32_t k = 0; k < m->incentives.n; k++) {
    if (is_paid_per_activity(&m->incentives, k) || has_budget(&m->incentives, k))
      continue;
    const double eur = m->incentives.eur[k] * m->incentives.share[k];
    const int32_t target = m->incentives.target[k];
    const kn_target kind = (kn_target)m->incentives.target_kind[k];
    for (int32_t i = 0; i < m->supply.n && kind != KN_TO_NEED; i++) {
      if (kind == KN_TO_RESOURCE && kn_resource_is_a(&resources, m->supply.resource[i], target))
        m->supply_bonus_eur[i] += eur;
      if (kind == KN_TO_AREA && plan_is_in_area(m, m->supply.place[i], target))
        m->anywhere_bonus_eur[i] += eur;
    }
    for (int32_t j = 0; j < m->demand.n; j++) {
      const kn_place to = m->demand.place[j];
      if (kind == KN_TO_NEED && to.kind == KN_END_NEED && to.row == target)
        m->demand_bonus_eur[j] += eur;
      if (kind == KN_TO_AREA && !m->demand.is_anywhere[j] && plan_is_in_area(m, to, target))
        m->demand_flat_bonus_eur[j] += eur;
    }
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ columns of units and budgets */
static kn_code
add_unit_columns(plan_model *m, column_list *list, const int32_t *port_first, const int32_t *port, kn_error *err)
{
  const kn_process_view processes = kn_region_processes(m->region);
  const kn_unit_view units = kn_region_units(m->region);
  const kn_settings settings = kn_region_settings(m->region);
  for (int32_t u = 0; u < m->unit_count; u++) {
    const int32_t process = units.process[m->unit[u].unit];
    const double capacity = units.capacity[m->unit[u].unit];
    plan_metrics y = {0}, z = {0};
    y.of[KN_VALUE] = -processes.opex_eur[process] - m->co2_eur_per_kg * processes.co2_kg[process];
    y.of[KN_CO2] = -processes.co2_kg[process] / 1000;
    y.of[KN_JOBS] = processes.jobs_fte[process];
    for (int32_t k = 0; k < m->incentives.n; k++)
      if (!has_budget(&m->incentives, k) && plan_pays_unit(m, k, u))
        y.of[KN_VALUE] += m->incentives.eur[k] * m->incentives.share[k];
    const double capital_eur = processes.capex_fixed_eur[process] + processes.capex_eur[process] * capacity;
    z.of[KN_VALUE] = -annuity_of(capital_eur, settings.discount_rate, processes.lifetime_yr[process]);
    KN_TRY(open_column(list, 0, capacity, y, &m->y[u], err));
    KN_TRY(put_entry(list, m->open_row[u], 1, err));
    KN_TRY(put_entry(list, m->load_row[u], -1, err));
    for (int32_t b = 0; b < m->budget_count; b++)
      if (plan_pays_unit(m, m->budget[b].incentive, u))
        KN_TRY(put_entry(list, m->budget[b].row, -1, err));
    for (int32_t p = port_first[u]; p < port_first[u + 1]; p++) {
      const int32_t flow = port[p] >= 0 ? m->supply.flow[port[p]] : m->demand.flow[-1 - port[p]];
      const int32_t row = port[p] >= 0 ? m->supply_row[port[p]] : m->demand_row[-1 - port[p]];
      if (processes.flow_per[flow] == KN_PER_ACTIVITY)
        KN_TRY(put_entry(list, row, -fabs(processes.flow_quantity[flow]), err));
    }
    m->z[u] = KN_NONE;
    if (!m->unit[u].is_candidate)
      continue;
    KN_TRY(open_column(list, 0, 1, z, &m->z[u], err));
    KN_TRY(put_entry(list, m->open_row[u], -capacity, err));
    KN_TRY(put_entry(list, m->load_row[u], processes.min_load[process] * capacity, err));
    if (m->unit[u].placing != KN_NONE)
      KN_TRY(put_entry(list, m->placing_row[m->unit[u].placing], 1, err));
    for (int32_t p = port_first[u]; p < port_first[u + 1]; p++) {
      const int32_t flow = port[p] >= 0 ? m->supply.flow[port[p]] : m->demand.flow[-1 - port[p]];
      const int32_t row = port[p] >= 0 ? m->supply_row[port[p]] : m->demand_row[-1 - port[p]];
      if (processes.flow_per[flow] == KN_PER_CAPACITY)
        KN_TRY(put_entry(list, row, -fabs(processes.flow_quantity[flow]) * capacity, err));
    }
  }
  const kn_terminal_view terminals = kn_region_terminals(m->region);
  for (int32_t t = 0; t < m->terminal_count; t++) {
    int32_t *z = &m->z[m->unit_count + t];
    plan_metrics open = {0};
    *z = KN_NONE;
    if (terminals.status[t] != KN_CANDIDATE)
      continue;
    open.of[KN_VALUE] = -annuity_of(terminals.capex_eur[t], settings.discount_rate, terminals.lifetime_yr[t]);
    KN_TRY(open_column(list, 0, 1, open, z, err));
    KN_TRY(put_entry(list, m->terminal_row[t], -m->terminal_limit[t], err));
  }
  for (int32_t i = 0; i < m->supply.n; i++) {
    m->w[i] = KN_NONE;
    if (m->supply.unit[i] == KN_NONE)
      continue;
    plan_metrics w = {0};
    w.of[KN_VALUE] = -processes.flow_residual_eur[m->supply.flow[i]];
    /* Balance and capacity limit it. A bound of its own would take the place of the capacity's dual. */
    KN_TRY(open_column(list, 0, INFINITY, w, &m->w[i], err));
    KN_TRY(put_entry(list, m->supply_row[i], 1, err));
  }
  for (int32_t b = 0; b < m->budget_count; b++) {
    const double eur = m->incentives.eur[m->budget[b].incentive] * m->incentives.share[m->budget[b].incentive];
    plan_metrics t = {0};
    t.of[KN_VALUE] = eur;
    const double most = eur > 0 ? m->incentives.budget_eur[m->budget[b].incentive] / eur : 0;
    KN_TRY(open_column(list, 0, most, t, &m->budget[b].column, err));
    KN_TRY(put_entry(list, m->budget[b].row, 1, err));
  }
  return KN_OK;
}

/* Ports by unit: port_first [units + 1], port: supply node, or -1 - demand node. O(nodes). */
static kn_code
list_ports(const plan_model *m, kn_arena *scratch, int32_t **port_first, int32_t **port, kn_error *err)
{
  KN_NEW(*port_first, scratch, m->unit_count + 2, err);
  KN_NEW(*port, scratch, (int64_t)m->supply.n + m->demand.n, err);
  for (int32_t i = 0; i < m->supply.n; i++)
    if (m->supply.unit[i] != KN_NONE)
      (*port_first)[m->supply.unit[i] + 2]++;
  for (int32_t j = 0; j < m->demand.n; j++)
    if (m->demand.unit[j] != KN_NONE)
      (*port_first)[m->demand.unit[j] + 2]++;
  for (int32_t u = 0; u < m->unit_count; u++)
    (*port_first)[u + 2] += (*port_first)[u + 1];
  for (int32_t i = 0; i < m->supply.n; i++)
    if (m->supply.unit[i] != KN_NONE)
      (*port)[(*port_first)[m->supply.unit[i] + 1]++] = i;
  for (int32_t j = 0; j < m->demand.n; j++)
    if (m->demand.unit[j] != KN_NONE)
      (*port)[(*port_first)[m->demand.unit[j] + 1]++] = -1 - j;
  return KN_OK;
}

static kn_code
add_short(plan_model *m, column_list *list, int32_t row, int32_t unit, double entry, double most, kn_error *err)
{
  int32_t column;
  KN_TRY(open_column(list, 0, 0, (plan_metrics){0}, &column, err));
  KN_TRY(put_entry(list, row, entry, err));
  const int32_t at = column - m->short_first;
  m->short_row[at] = row;
  m->short_unit[at] = unit;
  m->short_most[at] = most;
  m->short_count = at + 1;
  return KN_OK;
}

/* A forced unit (z = 1 in a branch) may lack inputs in the ties known so far; phase one then asks whether all pairs could help. */
static kn_code
add_short_columns(plan_model *m, column_list *list, kn_error *err)
{
  const kn_unit_view units = kn_region_units(m->region);
  const kn_process_view processes = kn_region_processes(m->region);
  const int64_t most = (int64_t)m->unit_count + m->demand.n + KN_OBJECTIVE_COUNT;
  KN_NEW(m->short_row, m->arena, most, err);
  KN_NEW(m->short_unit, m->arena, most, err);
  KN_NEW(m->short_most, m->arena, most, err);
  m->short_first = (int32_t)list->n;
  for (int32_t u = 0; u < m->unit_count; u++)
    if (m->load_row[u] != KN_NONE)
      KN_TRY(add_short(m, list, m->load_row[u], u, -1, units.capacity[m->unit[u].unit], err));
  for (int32_t j = 0; j < m->demand.n; j++)
    if (m->demand.flow[j] != KN_NONE && processes.flow_per[m->demand.flow[j]] == KN_PER_CAPACITY)
      KN_TRY(add_short(m, list, m->demand_row[j], KN_NONE, 1, m->demand.limit[j], err));
  for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
    if (m->floor_row[f] != KN_NONE)
      KN_TRY(add_short(m, list, m->floor_row[f], KN_NONE, 1, INFINITY, err));
  return KN_OK;
}

static kn_code
lay_out(plan_model *m, row_list *rows, column_list *list, kn_arena *scratch, kn_error *err)
{
  const int64_t region_units = kn_region_units(m->region).n;
  KN_NEW(m->supply_row, m->arena, m->supply.n, err);
  KN_NEW(m->demand_row, m->arena, m->demand.n, err);
  KN_NEW(m->w, m->arena, m->supply.n, err);
  KN_NEW(m->y, m->arena, m->unit_count, err);
  m->terminal_count = count_terminals(m);
  m->choice_count = m->unit_count + m->terminal_count;
  KN_NEW(m->z, m->arena, m->choice_count, err);
  KN_NEW(m->terminal_row, m->arena, m->terminal_count, err);
  KN_NEW(m->terminal_limit, m->arena, m->terminal_count, err);
  KN_NEW(m->open_row, m->arena, m->unit_count, err);
  KN_NEW(m->load_row, m->arena, m->unit_count, err);
  KN_NEW(m->placing_row, m->arena, region_units, err);
  KN_NEW(m->budget, m->arena, m->incentives.n, err);
  KN_NEW(m->mix_head, m->arena, m->demand.n, err);
  for (int64_t u = 0; u < region_units; u++)
    m->placing_row[u] = KN_NONE;
  for (int32_t j = 0; j < m->demand.n; j++)
    m->mix_head[j] = KN_NONE;
  KN_TRY(add_side_rows(&m->supply, m->supply_row, rows, err));
  KN_TRY(add_side_rows(&m->demand, m->demand_row, rows, err));
  KN_TRY(add_unit_rows(m, rows, err));
  KN_TRY(add_terminal_rows(m, rows, err));
  for (int32_t k = 0; k < m->incentives.n; k++)
    if (has_budget(&m->incentives, k)) {
      plan_budget *budget = &m->budget[m->budget_count++];
      budget->incentive = k;
      KN_TRY(add_row(rows, -INFINITY, 0, &budget->row, err));
    }
  KN_TRY(add_bonuses(m, err));
  int32_t *port_first, *port;
  KN_TRY(list_ports(m, scratch, &port_first, &port, err));
  KN_TRY(add_unit_columns(m, list, port_first, port, err));
  for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++) {
    m->floor_row[f] = KN_NONE;
    if (!isnan(m->settings.floor[f]))
      KN_TRY(add_row(rows, m->settings.floor[f], INFINITY, &m->floor_row[f], err));
  }
  return add_short_columns(m, list, err);
}

static kn_code
keep_fixed(plan_model *m, kn_error *err)
{
  assert(m->layout);
  const column_list *list = &m->layout->columns;
  m->row_count = (int32_t)m->layout->rows.n;
  m->fixed_columns = (int32_t)list->n;
  KN_NEW(m->fixed_metrics, m->arena, list->n, err);
  KN_NEW(m->fixed_lower, m->arena, list->n, err);
  KN_NEW(m->fixed_upper, m->arena, list->n, err);
  for (int32_t c = 0; c < list->n; c++) {
    m->fixed_metrics[c] = list->metrics[c];
    m->fixed_lower[c] = list->lower[c];
    m->fixed_upper[c] = list->upper[c];
  }
  return KN_OK;
}

/* Floors weigh the other columns by their coefficient in that objective; those rows are filled last. */
static kn_code
hand_over(plan_model *m, kn_arena *scratch, kn_error *err)
{
  const row_list *rows = &m->layout->rows;
  const column_list *list = &m->layout->columns;
  KN_TRY(kn_lp_new(&m->lp, 1e-9, err));
  KN_TRY(plan_scale_amounts(m, scratch, err));
  KN_TRY(kn_lp_add_rows(m->lp, (int32_t)rows->n, rows->lower, rows->upper, err));
  double *worth, *value;
  int32_t *start, *row;
  KN_NEW(worth, scratch, list->n, err);
  KN_NEW(start, scratch, list->n + 1, err);
  KN_NEW(row, scratch, list->nz + list->n * KN_OBJECTIVE_COUNT, err);
  KN_NEW(value, scratch, list->nz + list->n * KN_OBJECTIVE_COUNT, err);
  int32_t nz = 0;
  for (int32_t c = 0; c < list->n; c++) {
    worth[c] = list->metrics[c].of[m->settings.objective];
    start[c] = nz;
    for (int32_t e = list->start[c]; e < list->start[c + 1]; e++) {
      row[nz] = list->row[e];
      value[nz++] = list->value[e];
    }
    for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
      if (m->floor_row[f] != KN_NONE && list->metrics[c].of[f] != 0) {
        row[nz] = m->floor_row[f];
        value[nz++] = list->metrics[c].of[f];
      }
  }
  start[list->n] = nz;
  return kn_lp_add_columns(m->lp, (int32_t)list->n, m->fixed_lower, m->fixed_upper, worth, start, row, value, err);
}

kn_code
plan_model_start_lp(plan_model *m, kn_error *err)
{
  assert(!m->lp);
  kn_arena *scratch = kn_arena_new();
  const kn_code code = hand_over(m, scratch, err);
  kn_arena_free(scratch);
  layout_free(m->layout);
  m->layout = NULL;
  return code == KN_OK ? KN_OK : kn_note(err, "handing the master problem to the solver");
}

kn_code
plan_model_new(plan_model **out, const kn_market *market, const kn_plan_settings *settings, kn_error *err)
{
  *out = NULL;
  kn_arena *arena = kn_arena_new();
  plan_model *m = NULL;
  kn_code code = kn_arena_reserve(arena, sizeof *m, err);
  if (code != KN_OK) {
    kn_arena_free(arena);
    return code;
  }
  m = kn_arena_take(arena, 1, sizeof *m);
  m->arena = arena;
  m->market = market;
  m->region = kn_market_region(market);
  m->settings = *settings;
  m->supply = kn_market_supply(market);
  m->demand = kn_market_demand(market);
  m->amount = 1;
  m->way = kn_market_ways(market, &m->way_count);
  m->unit = kn_market_units(market, &m->unit_count);
  m->co2_eur_per_kg = kn_region_settings(m->region).co2_eur_per_t / 1000;
  if (kn_region_settings(m->region).perspective == KN_PARTNERS)
    m->incentives = kn_region_incentives(m->region);
  m->layout = calloc(1, sizeof *m->layout);
  kn_arena *scratch = kn_arena_new();
  code = m->layout ? lay_out(m, &m->layout->rows, &m->layout->columns, scratch, err)
                   : kn_fail(err, KN_E_LIMIT, "no memory for a layout");
  if (code == KN_OK)
    code = plan_find_amount(m, scratch, err);
  kn_arena_free(scratch);
  if (code == KN_OK)
    code = keep_fixed(m, err);
  if (code != KN_OK) {
    plan_model_free(m);
    return kn_note(err, "laying out the master problem");
  }
  *out = m;
  return KN_OK;
}

void
plan_model_free(plan_model *m)
{
  if (!m)
    return;
  kn_lp_free(m->lp);
  layout_free(m->layout);
  free(m->column);
  free(m->metrics);
  free(m->slot);
  free(m->mix);
  kn_arena_free(m->arena);
}
