/* Ties as columns of the master problem: their coefficients, and adding each only once. */
#include <stdlib.h>
#include <string.h>

#include "plan/internal.h"

plan_metrics
plan_tie_metrics(const plan_model *m, const plan_column *column, double km, kn_worth *moved)
{
  const int32_t i = column->supply, j = column->demand;
  const kn_way *way = &m->way[column->way];
  const kn_worth worth = kn_market_worth(m->market, i, j, way, column->mode, km);
  const double area_eur = m->demand.is_anywhere[j] ? m->anywhere_bonus_eur[i] : m->demand_flat_bonus_eur[j];
  if (moved)
    *moved = worth;
  plan_metrics metrics = {0};
  metrics.of[KN_VALUE] = worth.eur + m->supply_bonus_eur[i] + worth.keep * (way->ratio * m->demand_bonus_eur[j] + area_eur);
  metrics.of[KN_CO2] = worth.co2_kg / 1000;
  metrics.of[KN_VIRGIN] = worth.virgin_t;
  return metrics;
}

void
plan_node_worth(const plan_model *m, kn_weights w, double *supply, double *demand, double *flat)
{
  const double per_kg = w.value * m->co2_eur_per_kg + w.co2 / 1000;
  for (int32_t i = 0; i < m->supply.n; i++)
    supply[i] = w.value * (m->supply.eur[i] + m->supply_bonus_eur[i]) + per_kg * m->supply.co2_kg[i];
  for (int32_t j = 0; j < m->demand.n; j++) {
    demand[j] =
        w.value * (m->demand.eur[j] + m->demand_bonus_eur[j]) + per_kg * m->demand.co2_kg[j] + w.virgin * m->demand.virgin_t[j];
    flat[j] = w.value * (m->demand.flat_eur[j] + m->demand_flat_bonus_eur[j]) + per_kg * m->demand.flat_co2_kg[j];
  }
}

bool
plan_way_loses(const plan_model *m, const kn_way *way)
{
  int32_t groups;
  const kn_group *group = kn_market_groups(m->market, false, &groups);
  const kn_resource_view resources = kn_region_resources(m->region);
  return kn_market_loses(m->market, (kn_class)resources.class_of[group[way->supply_group].resource]);
}

static uint64_t
hash_of(const plan_column *c)
{
  uint64_t h = (uint64_t)(uint32_t)c->supply * 0x9E3779B97F4A7C15u;
  h ^= (h >> 29) + (uint64_t)(uint32_t)c->demand * 0xBF58476D1CE4E5B9u;
  h ^= (h >> 31) + (uint64_t)(uint32_t)c->way * 0x94D049BB133111EBu + (uint64_t)(uint32_t)c->mode * 0xD6E8FEB86659FD93u;
  return h ^ (h >> 32);
}

bool
plan_is_same_tie(const plan_column *a, const plan_column *b)
{
  return a->supply == b->supply && a->demand == b->demand && a->way == b->way && a->mode == b->mode;
}

static kn_code
grow_slots(plan_model *m, int64_t need, kn_error *err)
{
  if (2 * need <= m->slot_count)
    return KN_OK;
  int64_t count = m->slot_count ? m->slot_count : 1024;
  while (count < 2 * need)
    count *= 2;
  int64_t *slot = calloc((size_t)count, sizeof *slot);
  if (!slot)
    return kn_fail(err, KN_E_LIMIT, "no memory for %" PRId64 " ties", need);
  for (int64_t c = 0; c < m->column_count; c++) {
    uint64_t at = hash_of(&m->column[c]) & (uint64_t)(count - 1);
    while (slot[at])
      at = (at + 1) & (uint64_t)(count - 1);
    slot[at] = c + 1;
  }
  free(m->slot);
  m->slot = slot;
  m->slot_count = count;
  return KN_OK;
}

/* The row that limits what a demand may get by one substitution row; made when first asked for. KN_NONE: no limit. */
static kn_code
mixing_row(plan_model *m, int32_t demand, const kn_way *way, int32_t *row, kn_error *err)
{
  *row = KN_NONE;
  if (way->substitution == KN_NONE || !(way->max_share < 1) || m->demand_row[demand] == KN_NONE)
    return KN_OK;
  for (int32_t at = m->mix_head[demand]; at != KN_NONE; at = m->mix[at].next)
    if (m->mix[at].substitution == way->substitution) {
      *row = m->mix[at].row;
      return KN_OK;
    }
  KN_TRY(KN_GROW(m->mix, m->mix_capacity, m->mix_count + 1, err));
  const int32_t unit = m->demand.unit[demand];
  const double lower = -INFINITY, upper = unit == KN_NONE ? way->max_share * m->demand.limit[demand] : 0;
  if (m->lp)
    KN_TRY(kn_lp_add_rows(m->lp, 1, &lower, &upper, err));
  *row = m->row_count++;
  m->mix[m->mix_count] = (plan_mix){way->substitution, *row, m->mix_head[demand]};
  m->mix_head[demand] = (int32_t)m->mix_count++;
  if (unit == KN_NONE || !m->lp)
    return KN_OK;
  /* A unit may take a share of what it uses: the limit moves with its activity, or with its being there. */
  const kn_process_view processes = kn_region_processes(m->region);
  const int32_t flow = m->demand.flow[demand];
  const bool per_activity = processes.flow_per[flow] == KN_PER_ACTIVITY;
  const double per = per_activity ? -processes.flow_quantity[flow] : m->demand.limit[demand];
  return kn_lp_set_entry(m->lp, *row, per_activity ? m->y[unit] : m->z[unit], -way->max_share * per, err);
}

typedef struct entries {
  int32_t n, *row;
  double *value;
} entries;

static void
put(entries *list, int32_t row, double value)
{
  if (row == KN_NONE || value == 0)
    return;
  list->row[list->n] = row;
  list->value[list->n++] = value;
}

/* Terminals that a tie passes. */
static void
put_terminals(const plan_model *m, const plan_column *column, entries *list)
{
  if (m->terminal_count == 0 || m->demand.is_anywhere[column->demand])
    return;
  const kn_via via = kn_access_via(kn_market_access(m->market), column->mode);
  for (int32_t k = 0; k + 1 < via.leg_count; k++)
    put(list, m->terminal_row[via.terminal[k]], 1);
}

static kn_code
fill_entries(plan_model *m, const plan_column *column, const plan_metrics *metrics, double keep, entries *list, kn_error *err)
{
  const kn_way *way = &m->way[column->way];
  const bool is_gateway = m->demand.place[column->demand].kind == KN_END_GATEWAY;
  int32_t mixing;
  KN_TRY(mixing_row(m, column->demand, way, &mixing, err));
  put(list, m->supply_row[column->supply], 1);
  put(list, m->demand_row[column->demand], is_gateway ? keep : keep * way->ratio);
  put(list, mixing, keep * way->ratio);
  for (int32_t b = 0; b < m->budget_count; b++)
    put(list, m->budget[b].row, -plan_budget_units(m, m->budget[b].incentive, column, keep));
  put_terminals(m, column, list);
  for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
    put(list, m->floor_row[f], metrics->of[f]);
  return KN_OK;
}

kn_code
plan_add_columns(plan_model *m, const plan_column *column, int64_t n, int64_t *added, kn_error *err)
{
  *added = 0;
  if (m->column_count + n + m->fixed_columns >= INT32_MAX / 8)
    return kn_fail(err, KN_E_LIMIT, "the master problem would pass %d ties", INT32_MAX / 8);
  KN_TRY(grow_slots(m, m->column_count + n, err));
  KN_TRY(KN_GROW(m->column, m->column_capacity, m->column_count + n, err));
  KN_TRY(KN_GROW(m->metrics, m->metrics_capacity, m->column_count + n, err));
  const int64_t most = n * (3 + KN_OBJECTIVE_COUNT + m->budget_count + (m->terminal_count > 0 ? KN_LEGS_MOST : 0));
  kn_arena *scratch = kn_arena_new();
  const size_t bytes = (size_t)(n + 1) * (3 * sizeof(double) + sizeof(int32_t)) + (size_t)(most + 1) * 12 + 256;
  kn_code code = kn_arena_reserve(scratch, bytes, err);
  if (code != KN_OK) {
    kn_arena_free(scratch);
    return code;
  }
  double *lower = kn_arena_take(scratch, (size_t)n + 1, sizeof *lower);
  double *upper = kn_arena_take(scratch, (size_t)n + 1, sizeof *upper);
  double *worth = kn_arena_take(scratch, (size_t)n + 1, sizeof *worth);
  int32_t *start = kn_arena_take(scratch, (size_t)n + 1, sizeof *start);
  entries list = {0, kn_arena_take(scratch, (size_t)most + 1, sizeof(int32_t)),
                  kn_arena_take(scratch, (size_t)most + 1, sizeof(double))};
  int32_t fresh = 0;
  for (int64_t c = 0; c < n && code == KN_OK; c++) {
    uint64_t at = hash_of(&column[c]) & (uint64_t)(m->slot_count - 1);
    while (m->slot[at] && !plan_is_same_tie(&m->column[m->slot[at] - 1], &column[c]))
      at = (at + 1) & (uint64_t)(m->slot_count - 1);
    if (m->slot[at])
      continue;
    kn_worth moved;
    const plan_metrics metrics =
        plan_tie_metrics(m, &column[c], kn_market_km(m->market, column[c].supply, column[c].demand), &moved);
    start[fresh] = list.n;
    code = fill_entries(m, &column[c], &metrics, moved.keep, &list, err);
    upper[fresh] = INFINITY;
    worth[fresh++] = metrics.of[m->settings.objective];
    m->column[m->column_count] = column[c];
    m->metrics[m->column_count++] = metrics;
    m->slot[at] = m->column_count;
  }
  start[fresh] = list.n;
  if (code == KN_OK && m->lp)
    code = kn_lp_add_columns(m->lp, fresh, lower, upper, worth, start, list.row, list.value, err);
  kn_arena_free(scratch);
  *added = fresh;
  return code;
}
