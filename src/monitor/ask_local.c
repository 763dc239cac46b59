/* A neighbourhood as a linear program, and figures as its bounds and worths. */
#include "monitor/ask_local.h"

#include <stdlib.h>

/* Columns and rows while they are counted and filled. */
typedef struct sheet {
  int32_t columns, rows;
  int64_t entries;
  double *lower, *upper, *worth; /* [columns] */
  int32_t *start, *row;          /* [columns + 1], [entries] */
  double *value;
  double *row_lower, *row_upper; /* [rows] */
} sheet;

static void
put(sheet *s, int32_t row, double value)
{
  if (row == KN_NONE || value == 0)
    return;
  s->row[s->entries] = row;
  s->value[s->entries++] = value;
}

static int32_t
close_column(sheet *s, double lower, double upper, double worth)
{
  s->lower[s->columns] = lower;
  s->upper[s->columns] = upper;
  s->worth[s->columns] = worth;
  s->start[++s->columns] = (int32_t)s->entries;
  return s->columns - 1;
}

static int32_t
add_row(sheet *s, double lower, double upper)
{
  s->row_lower[s->rows] = lower;
  s->row_upper[s->rows] = upper;
  return s->rows++;
}

static int32_t
mix_row(ask_local *local, sheet *s, const ask_tie *tie)
{
  const ask_near *near = local->near;
  const int32_t d = near->demand_at[tie->demand];
  if (!(tie->max_share < 1) || d == KN_NONE)
    return KN_NONE;
  for (int32_t at = local->mix_head[d]; at != KN_NONE; at = local->mix[at].next)
    if (local->mix[at].substitution == tie->substitution)
      return local->mix[at].row;
  const bool is_port = near->pool->demand.unit[tie->demand] != KN_NONE;
  const int32_t row = add_row(s, -INFINITY, is_port ? 0 : tie->max_share * near->pool->demand.limit[tie->demand]);
  local->mix[local->mix_count] = (ask_mix_row){d, tie->substitution, row, local->mix_head[d]};
  local->mix_head[d] = local->mix_count++;
  return row;
}

static double
share_of_mix(const ask_local *local, const ask_mix_row *mix)
{
  const kn_substitution_view substitutions = kn_region_substitutions(local->near->pool->region);
  return substitutions.max_share[mix->substitution];
}

static void
add_side_rows(ask_local *local, sheet *s)
{
  const ask_near *near = local->near;
  const ask_pool *pool = near->pool;
  for (int32_t i = 0; i < near->supplies; i++) {
    const bool is_port = pool->supply.unit[near->supply[i]] != KN_NONE;
    local->supply_row[i] = add_row(s, is_port ? 0 : -INFINITY, is_port ? 0 : pool->supply.limit[near->supply[i]]);
  }
  for (int32_t j = 0; j < near->demands; j++) {
    const bool is_port = pool->demand.unit[near->demand[j]] != KN_NONE;
    local->demand_row[j] = add_row(s, is_port ? 0 : -INFINITY, is_port ? 0 : pool->demand.limit[near->demand[j]]);
    local->mix_head[j] = KN_NONE;
  }
}

static void
add_ties(ask_local *local, sheet *s)
{
  const ask_near *near = local->near;
  const ask_pool *pool = near->pool;
  for (int64_t k = 0; k < near->n; k++) {
    const ask_tie *tie = &pool->tie[near->tie[k]];
    const int32_t i = near->supply_at[tie->supply], j = near->demand_at[tie->demand];
    const bool is_gateway = pool->demand.place[tie->demand].kind == KN_END_GATEWAY;
    put(s, i == KN_NONE ? KN_NONE : local->supply_row[i], 1);
    put(s, j == KN_NONE ? KN_NONE : local->demand_row[j], is_gateway ? 1 : tie->ratio);
    put(s, mix_row(local, s, tie), tie->ratio);
    close_column(s, 0, i == KN_NONE || j == KN_NONE ? tie->base : INFINITY, near->eur[k]);
    local->truth[k] = near->eur[k];
    local->penalty = fmax(local->penalty, fabs(near->eur[k]));
  }
  local->penalty = 100 * (1 + local->penalty);
}

/* Entries of a column that moves with the activity, or with the being there, of a unit. */
static void
put_ports(ask_local *local, sheet *s, int32_t unit, kn_per per, double times)
{
  const ask_near *near = local->near;
  const ask_pool *pool = near->pool;
  const kn_process_view processes = kn_region_processes(pool->region);
  for (int32_t p = pool->port_first[unit]; p < pool->port_first[unit + 1]; p++) {
    const int32_t port = pool->port[p];
    const int32_t flow = port >= 0 ? pool->supply.flow[port] : pool->demand.flow[-1 - port];
    if (processes.flow_per[flow] != per)
      continue;
    const double quantity = times * fabs(processes.flow_quantity[flow]);
    if (port >= 0) {
      put(s, local->supply_row[near->supply_at[port]], -quantity);
      continue;
    }
    const int32_t j = near->demand_at[-1 - port];
    put(s, local->demand_row[j], -quantity);
    for (int32_t at = local->mix_head[j]; at != KN_NONE; at = local->mix[at].next)
      put(s, local->mix[at].row, -share_of_mix(local, &local->mix[at]) * quantity);
  }
}

static kn_code
add_unit(ask_local *local, sheet *s, int32_t at, const int32_t *placing_row, kn_error *err)
{
  const ask_near *near = local->near;
  const ask_pool *pool = near->pool;
  const int32_t u = near->unit[at];
  const kn_process_view processes = kn_region_processes(pool->region);
  const kn_unit_view units = kn_region_units(pool->region);
  const int32_t process = units.process[pool->unit[u].unit];
  const double capacity = units.capacity[pool->unit[u].unit], least = processes.min_load[process];
  const bool is_candidate = pool->unit[u].is_candidate;
  const int32_t open_row = is_candidate ? add_row(s, -INFINITY, 0) : KN_NONE;
  local->load_row[at] = is_candidate && least > 0 ? add_row(s, -INFINITY, 0) : KN_NONE;
  const int32_t first_short_row = s->rows; /* a row for each input per capacity: y <= capacity z - short / |q| */
  int32_t inputs = 0;
  for (int32_t p = pool->port_first[u]; p < pool->port_first[u + 1]; p++)
    if (pool->port[p] < 0 && processes.flow_per[pool->demand.flow[-1 - pool->port[p]]] == KN_PER_CAPACITY && ++inputs > 0)
      add_row(s, -INFINITY, 0);

  put(s, open_row, 1);
  put(s, local->load_row[at], -1);
  put_ports(local, s, u, KN_PER_ACTIVITY, 1);
  for (int32_t k = 0; k < inputs; k++)
    put(s, first_short_row + k, 1);
  local->activity[at] = close_column(s, 0, capacity, pool->unit_eur[u]);
  local->open[at] = KN_NONE;
  if (is_candidate) {
    put(s, open_row, -capacity);
    put(s, local->load_row[at], least * capacity);
    put(s, placing_row[at], 1);
    put_ports(local, s, u, KN_PER_CAPACITY, capacity);
    for (int32_t k = 0; k < inputs; k++)
      put(s, first_short_row + k, -capacity);
    local->open[at] = close_column(s, 0, 1, -pool->annuity_eur[u]);
  }
  for (int32_t p = pool->port_first[u], k = 0; p < pool->port_first[u + 1]; p++) {
    const int32_t port = pool->port[p];
    if (port >= 0) { /* what finds no taker */
      put(s, local->supply_row[near->supply_at[port]], 1);
      close_column(s, 0, INFINITY, -processes.flow_residual_eur[pool->supply.flow[port]]);
      continue;
    }
    const int32_t flow = pool->demand.flow[-1 - port];
    if (processes.flow_per[flow] != KN_PER_CAPACITY)
      continue;
    const double quantity = fabs(processes.flow_quantity[flow]);
    put(s, local->demand_row[near->demand_at[-1 - port]], 1);
    put(s, first_short_row + k++, 1 / quantity);
    local->short_column[local->short_count++] = close_column(s, 0, quantity * capacity, 0);
  }
  (void)err;
  return KN_OK;
}

/* Copies of a unit that is to be placed: at most one, and none where one outside is open. */
static kn_code
add_placing_rows(ask_local *local, sheet *s, int32_t *placing_row, kn_error *err)
{
  const ask_near *near = local->near;
  const ask_pool *pool = near->pool;
  int32_t *of_unit;
  KN_NEW(of_unit, local->arena, kn_region_units(pool->region).n, err);
  for (int32_t at = 0; at < near->units; at++) {
    const int32_t placing = pool->unit[near->unit[at]].placing;
    placing_row[at] = KN_NONE;
    if (placing == KN_NONE)
      continue;
    if (of_unit[placing] == 0)
      of_unit[placing] = add_row(s, -INFINITY, 1) + 1;
    placing_row[at] = of_unit[placing] - 1;
  }
  for (int32_t u = 0; u < pool->unit_count; u++) {
    const int32_t placing = pool->unit[u].placing;
    if (placing != KN_NONE && pool->is_open[u] && near->unit_at[u] == KN_NONE && of_unit[placing] > 0)
      s->row_upper[of_unit[placing] - 1] = 0;
  }
  return KN_OK;
}

static kn_code
reserve(ask_local *local, sheet *s, kn_error *err)
{
  const ask_near *near = local->near;
  const ask_pool *pool = near->pool;
  int64_t ports = 0;
  for (int32_t at = 0; at < near->units; at++)
    ports += pool->port_first[near->unit[at] + 1] - pool->port_first[near->unit[at]];
  const int64_t columns = near->n + 2 * (int64_t)near->units + ports;
  const int64_t rows = (int64_t)near->supplies + near->demands + 3 * (int64_t)near->units + ports + near->n;
  const int64_t entries = 3 * near->n + 4 * (near->n + ports) + 6 * (int64_t)near->units + 4 * ports;
  if (columns > INT32_MAX || entries > INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "%" PRId64 " ties are too many for one linear program", near->n);
  kn_arena *arena = local->arena;
  KN_NEW(s->lower, arena, columns, err);
  KN_NEW(s->upper, arena, columns, err);
  KN_NEW(s->worth, arena, columns, err);
  KN_NEW(s->start, arena, columns + 1, err);
  KN_NEW(s->row, arena, entries, err);
  KN_NEW(s->value, arena, entries, err);
  KN_NEW(s->row_lower, arena, rows, err);
  KN_NEW(s->row_upper, arena, rows, err);
  KN_NEW(local->supply_row, arena, near->supplies, err);
  KN_NEW(local->demand_row, arena, near->demands, err);
  KN_NEW(local->activity, arena, near->units, err);
  KN_NEW(local->open, arena, near->units, err);
  KN_NEW(local->load_row, arena, near->units, err);
  KN_NEW(local->short_column, arena, ports, err);
  KN_NEW(local->mix_head, arena, near->demands, err);
  KN_NEW(local->mix, arena, near->n, err);
  KN_NEW(local->truth, arena, near->n, err);
  KN_NEW(local->extra, arena, (int64_t)near->supplies + near->demands, err);
  KN_NEW(local->factor, arena, (int64_t)near->supplies + near->demands, err);
  KN_NEW(local->is_failed, arena, near->n, err);
  KN_NEW(local->spec_at, arena, pool->figure_count, err);
  KN_NEW(local->set_figure, arena, pool->figure_count, err);
  for (int32_t f = 0; f < pool->figure_count; f++)
    local->spec_at[f] = NAN;
  for (int32_t k = 0; k < near->supplies + near->demands; k++)
    local->factor[k] = NAN;
  return KN_OK;
}

static kn_code
build(ask_local *local, kn_error *err)
{
  sheet s = {0};
  int32_t *placing_row;
  KN_TRY(reserve(local, &s, err));
  KN_NEW(placing_row, local->arena, local->near->units, err);
  add_side_rows(local, &s);
  add_ties(local, &s);
  KN_TRY(add_placing_rows(local, &s, placing_row, err));
  for (int32_t at = 0; at < local->near->units; at++)
    KN_TRY(add_unit(local, &s, at, placing_row, err));
  local->columns = s.columns;
  local->rows = s.rows;
  local->column_eur = s.worth;
  KN_TRY(kn_lp_new(&local->lp, 1e-9, err));
  KN_TRY(kn_lp_add_rows(local->lp, s.rows, s.row_lower, s.row_upper, err));
  KN_TRY(kn_lp_add_columns(local->lp, s.columns, s.lower, s.upper, s.worth, s.start, s.row, s.value, err));
  for (int32_t k = 0; k < local->short_count; k++)
    kn_lp_set_worth(local->lp, local->short_column[k], -local->penalty);
  return KN_OK;
}

kn_code
ask_local_new(ask_local **out, const ask_near *near, kn_error *err)
{
  *out = NULL;
  ask_local *local = calloc(1, sizeof *local);
  if (local == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for a neighbourhood");
  local->near = near;
  local->arena = kn_arena_new();
  const kn_code code = build(local, err);
  if (code != KN_OK) {
    ask_local_free(local);
    return kn_note(err, "laying out a neighbourhood of %" PRId64 " ties", near->n);
  }
  *out = local;
  return KN_OK;
}

void
ask_local_free(ask_local *local)
{
  if (local == NULL)
    return;
  kn_lp_free(local->lp);
  kn_arena_free(local->arena);
  free(local);
}

/* ------------------------------------------------------------------ figures */
/* Of a quantity that may be more than expected: what it is in one case of ten. */
static const double WIDE = 0.9;

static double
share_of(const ask_local *local, int32_t figure, double factor, double planned)
{
  if (!isnan(factor) || figure == KN_NONE)
    return isnan(factor) ? 1 : factor;
  const double usual = local->is_planning ? planned : 1;
  return local->is_wide ? fmax(usual, ask_at(&local->near->pool->figure[figure], WIDE)) : usual;
}

/* The limit of a node by its quantity, and of what may be mixed into it. */
static void
show_supply(ask_local *local, int32_t i)
{
  const ask_pool *pool = local->near->pool;
  const int32_t node = local->near->supply[i];
  const double share = share_of(local, pool->supply_quantity[node], local->factor[i], pool->supply_plan[node]);
  if (pool->supply.place[node].kind == KN_END_OFFER)
    kn_lp_set_row(local->lp, local->supply_row[i], -INFINITY, share * pool->supply.limit[node]);
}

static void
show_demand(ask_local *local, int32_t j)
{
  const ask_pool *pool = local->near->pool;
  const int32_t node = local->near->demand[j];
  if (pool->demand.place[node].kind != KN_END_NEED)
    return;
  const double share = share_of(local, pool->demand_quantity[node], local->factor[local->near->supplies + j], 1);
  const double limit = share * pool->demand.limit[node];
  kn_lp_set_row(local->lp, local->demand_row[j], -INFINITY, limit);
  for (int32_t at = local->mix_head[j]; at != KN_NONE; at = local->mix[at].next)
    kn_lp_set_row(local->lp, local->mix[at].row, -INFINITY, share_of_mix(local, &local->mix[at]) * limit);
}

void
ask_local_widen(ask_local *local, bool is_wide)
{
  local->is_wide = is_wide;
  for (int32_t i = 0; i < local->near->supplies; i++)
    show_supply(local, i);
  for (int32_t j = 0; j < local->near->demands; j++)
    show_demand(local, j);
}

void
ask_local_turn(ask_local *local, bool is_planning)
{
  if (local->is_planning == is_planning)
    return;
  local->is_planning = is_planning;
  for (int32_t i = 0; i < local->near->supplies; i++)
    show_supply(local, i);
}

/* Ties of the neighbourhood lie by supply where the supply is inside, the others behind. */
static void
refresh_ties(ask_local *local)
{
  const ask_near *near = local->near;
  for (int64_t k = 0; k < near->n; k++) {
    const ask_tie *tie = &near->pool->tie[near->tie[k]];
    const int32_t i = near->supply_at[tie->supply], j = near->demand_at[tie->demand];
    local->truth[k] =
        near->eur[k] + (i == KN_NONE ? 0 : local->extra[i]) + (j == KN_NONE ? 0 : tie->ratio * local->extra[near->supplies + j]);
  }
}

static void
refresh_specs(ask_local *local, int32_t supply)
{
  const ask_near *near = local->near;
  const ask_pool *pool = near->pool;
  for (int64_t k = 0; k < near->n; k++) {
    const ask_tie *tie = &pool->tie[near->tie[k]];
    const kn_place to = pool->demand.place[tie->demand];
    if (tie->supply != supply || to.kind != KN_END_NEED)
      continue;
    local->is_failed[k] = 0;
    for (int32_t f = pool->supply_spec[supply];
         f < pool->figure_count && pool->figure[f].kind == KN_ASK_SPEC && pool->figure[f].node == supply; f++)
      if (!isnan(local->spec_at[f]) &&
          !ask_is_met(pool, to.row, pool->figure[f].property, pool->figure[f].value[(int32_t)local->spec_at[f]]))
        local->is_failed[k] = 1;
  }
}

static void
set_figure(ask_local *local, int32_t figure, double at, bool is_expected)
{
  const ask_near *near = local->near;
  const ask_figure *about = &near->pool->figure[figure];
  const bool is_offer = about->place.kind == KN_END_OFFER;
  const int32_t here = is_offer ? near->supply_at[about->node] : near->demand_at[about->node];
  if (here == KN_NONE)
    return;
  if (about->kind == KN_ASK_QUANTITY) {
    local->factor[is_offer ? here : near->supplies + here] = is_expected ? NAN : at;
    if (is_offer)
      show_supply(local, here);
    else
      show_demand(local, here);
  } else if (about->kind == KN_ASK_SPEC) {
    local->spec_at[figure] = is_expected ? NAN : at;
    refresh_specs(local, about->node);
  } else {
    local->extra[is_offer ? here : near->supplies + here] = is_expected ? 0 : at;
    local->is_stale = true;
  }
}

void
ask_local_set(ask_local *local, int32_t figure, double at)
{
  bool is_set = false;
  for (int32_t k = 0; k < local->set_count && !is_set; k++)
    is_set = local->set_figure[k] == figure;
  if (!is_set)
    local->set_figure[local->set_count++] = figure;
  set_figure(local, figure, at, false);
}

void
ask_local_put(ask_local *local, int32_t figure, double at)
{
  set_figure(local, figure, at, false);
}

void
ask_local_reset(ask_local *local)
{
  for (int32_t k = 0; k < local->set_count; k++)
    set_figure(local, local->set_figure[k], 0, true);
  local->set_count = 0;
}

void
ask_local_forget(ask_local *local)
{
  ask_local_turn(local, !local->is_planning);
}

void
ask_local_refresh(ask_local *local)
{
  if (local->is_stale)
    refresh_ties(local);
  local->is_stale = false;
}
