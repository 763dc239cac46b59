/* What a coupled plan keeps for the next one: the ties near the optimum and the basis, by what they are about and not by
 * number, so that a master problem of other rows and columns can begin where this one ended. */
#include <stdlib.h>
#include <string.h>

#include "plan/internal.h"

/* Ties that fall short by more than this share of the largest dual are forgotten. */
static const double KEPT = 0.02;

static double
largest_dual(const plan_model *m)
{
  const double *dual = kn_lp_dual(m->lp);
  double most = 0;
  for (int32_t r = 0; r < m->row_count; r++)
    most = fmax(most, fabs(dual[r]));
  return most;
}

static uint8_t
row_status(const uint8_t *row, int32_t number)
{
  return number == KN_NONE ? KN_BASIS_BASIC : row[number];
}

static kn_code
keep_columns(plan_kept *kept, const plan_model *m, const uint8_t *column, kn_arena *arena, kn_error *err)
{
  const double *reduced = kn_lp_reduced(m->lp), floor = -KEPT * largest_dual(m);
  KN_NEW(kept->column, arena, m->column_count, err);
  KN_NEW(kept->status, arena, m->column_count, err);
  kn_access *access = kn_market_access(m->market);
  if (access != NULL)
    KN_NEW(kept->via, arena, m->column_count, err);
  for (int64_t c = 0; c < m->column_count; c++) {
    const uint8_t status = column[m->fixed_columns + c];
    if (status != KN_BASIS_BASIC && reduced[m->fixed_columns + c] < floor)
      continue;
    kept->column[kept->column_count] = m->column[c];
    if (access != NULL && !m->demand.is_anywhere[m->column[c].demand])
      kept->via[kept->column_count] = kn_access_via(access, m->column[c].mode);
    kept->status[kept->column_count++] = status;
  }
  return KN_OK;
}

static kn_code
keep_rows(plan_kept *kept, const plan_model *m, const uint8_t *column, const uint8_t *row, kn_arena *arena, kn_error *err)
{
  KN_NEW(kept->supply, arena, m->supply.n, err);
  KN_NEW(kept->residue, arena, m->supply.n, err);
  KN_NEW(kept->demand, arena, m->demand.n, err);
  KN_NEW(kept->unit, arena, m->unit_count, err);
  KN_NEW(kept->mix, arena, m->mix_count, err);
  for (int32_t i = 0; i < m->supply.n; i++) {
    kept->supply[i] = row_status(row, m->supply_row[i]);
    kept->residue[i] = m->w[i] == KN_NONE ? KN_BASIS_AT_LOWER : column[m->w[i]];
  }
  for (int32_t j = 0; j < m->demand.n; j++) {
    kept->demand[j] = row_status(row, m->demand_row[j]);
    for (int32_t at = m->mix_head[j]; at != KN_NONE; at = m->mix[at].next)
      kept->mix[kept->mix_count++] = (plan_kept_mix){j, m->mix[at].substitution, row[m->mix[at].row]};
  }
  for (int32_t u = 0; u < m->unit_count; u++)
    kept->unit[u] = (plan_kept_unit){column[m->y[u]], m->z[u] == KN_NONE ? KN_BASIS_AT_LOWER : column[m->z[u]],
                                     row_status(row, m->open_row[u]), row_status(row, m->load_row[u])};
  return KN_OK;
}

kn_code
plan_keep(plan_kept **out, const plan_model *m, const double *z, kn_arena *arena, kn_error *err)
{
  uint8_t *column, *row;
  plan_kept *kept;
  kn_arena *scratch = kn_arena_new();
  kn_code code = kn_arena_reserve(scratch, (size_t)kn_lp_column_count(m->lp) + (size_t)m->row_count + 64, err);
  if (code == KN_OK)
    code = kn_arena_reserve(arena, sizeof *kept, err);
  if (code == KN_OK) {
    kept = kn_arena_take(arena, 1, sizeof *kept);
    column = kn_arena_take(scratch, (size_t)kn_lp_column_count(m->lp), 1);
    row = kn_arena_take(scratch, (size_t)m->row_count, 1);
    kn_lp_basis_get(m->lp, column, row);
    kept->supply_count = m->supply.n;
    kept->demand_count = m->demand.n;
    kept->unit_count = m->unit_count;
    code = keep_columns(kept, m, column, arena, err);
    if (code == KN_OK)
      code = keep_rows(kept, m, column, row, arena, err);
    if (code == KN_OK)
      code = kn_arena_reserve(arena, ((size_t)m->unit_count + 1) * sizeof *z + 16, err);
    if (code == KN_OK) {
      kept->z = kn_arena_take(arena, (size_t)m->unit_count + 1, sizeof *z);
      memcpy(kept->z, z, (size_t)m->unit_count * sizeof *z);
      *out = kept;
    }
  }
  kn_arena_free(scratch);
  return code;
}

/* ------------------------------------------------------------------ into another master problem */
/* The number that this market gives to the way of a tie. */
static kn_code
renumber(const plan_model *m, const plan_kept *kept, int64_t c, plan_column *column, kn_error *err)
{
  kn_access *access = kn_market_access(m->market);
  if (access == NULL || kept->via == NULL || kept->via[c].leg_count < 2)
    return KN_OK;
  column->mode = kn_via_number(access, &kept->via[c], err);
  return column->mode == KN_NONE ? KN_E_LIMIT : KN_OK;
}

static kn_code
add_columns(plan_model *m, const plan_kept *kept, const plan_was *was, uint8_t *status, kn_arena *scratch, kn_error *err)
{
  plan_column *list;
  int32_t *supply_now, *demand_now;
  int64_t count = 0, added;
  KN_NEW(list, scratch, kept->column_count, err);
  KN_NEW(supply_now, scratch, kept->supply_count, err);
  KN_NEW(demand_now, scratch, kept->demand_count, err);
  for (int32_t i = 0; i < kept->supply_count; i++)
    supply_now[i] = KN_NONE;
  for (int32_t j = 0; j < kept->demand_count; j++)
    demand_now[j] = KN_NONE;
  for (int32_t i = 0; i < m->supply.n; i++)
    if (was->supply[i] != KN_NONE)
      supply_now[was->supply[i]] = i;
  for (int32_t j = 0; j < m->demand.n; j++)
    if (was->demand[j] != KN_NONE)
      demand_now[was->demand[j]] = j;
  for (int64_t c = 0; c < kept->column_count; c++) {
    plan_column column = kept->column[c];
    column.supply = supply_now[column.supply];
    column.demand = demand_now[column.demand];
    if (column.supply == KN_NONE || column.demand == KN_NONE)
      continue;
    KN_TRY(renumber(m, kept, c, &column, err));
    status[count] = kept->status[c];
    list[count++] = column;
  }
  KN_TRY(plan_add_columns(m, list, count, &added, err));
  assert(added == count);
  return KN_OK;
}

static void
set_rows(const plan_model *m, const plan_kept *kept, const plan_was *was, uint8_t *column, uint8_t *row)
{
  for (int32_t i = 0; i < m->supply.n; i++) {
    if (was->supply[i] == KN_NONE)
      continue;
    if (m->supply_row[i] != KN_NONE)
      row[m->supply_row[i]] = kept->supply[was->supply[i]];
    if (m->w[i] != KN_NONE)
      column[m->w[i]] = kept->residue[was->supply[i]];
  }
  for (int32_t j = 0; j < m->demand.n; j++)
    if (was->demand[j] != KN_NONE && m->demand_row[j] != KN_NONE)
      row[m->demand_row[j]] = kept->demand[was->demand[j]];
  for (int32_t u = 0; u < m->unit_count && u < kept->unit_count; u++) {
    column[m->y[u]] = kept->unit[u].activity;
    if (m->z[u] != KN_NONE)
      column[m->z[u]] = kept->unit[u].open;
    if (m->open_row[u] != KN_NONE)
      row[m->open_row[u]] = kept->unit[u].open_row;
    if (m->load_row[u] != KN_NONE)
      row[m->load_row[u]] = kept->unit[u].load_row;
  }
  /* Both lists of mixing rows run by demand; those of a demand are few. */
  int64_t k = 0;
  for (int32_t j = 0; j < m->demand.n; j++) {
    while (k < kept->mix_count && was->demand[j] != KN_NONE && kept->mix[k].demand < was->demand[j])
      k++;
    for (int32_t at = m->mix_head[j]; at != KN_NONE && was->demand[j] != KN_NONE; at = m->mix[at].next)
      for (int64_t x = k; x < kept->mix_count && kept->mix[x].demand == was->demand[j]; x++)
        if (kept->mix[x].substitution == m->mix[at].substitution)
          row[m->mix[at].row] = kept->mix[x].status;
  }
}

kn_code
plan_take_up(plan_model *m, const plan_kept *kept, const plan_was *was, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  kn_code code = kn_arena_reserve(scratch, (size_t)kept->column_count + 64, err);
  if (code == KN_OK) {
    uint8_t *status = kn_arena_take(scratch, (size_t)kept->column_count + 1, 1);
    code = add_columns(m, kept, was, status, scratch, err);
    if (code == KN_OK)
      code = kn_arena_reserve(scratch, (size_t)kn_lp_column_count(m->lp) + (size_t)m->row_count + 64, err);
    if (code == KN_OK) {
      uint8_t *column = kn_arena_take(scratch, (size_t)kn_lp_column_count(m->lp) + 1, 1);
      uint8_t *row = kn_arena_take(scratch, (size_t)m->row_count + 1, 1);
      kn_lp_basis_get(m->lp, column, row);
      memcpy(column + m->fixed_columns, status, (size_t)m->column_count);
      set_rows(m, kept, was, column, row);
      kn_lp_basis_set(m->lp, column, row);
    }
  }
  kn_arena_free(scratch);
  return code == KN_OK ? KN_OK : kn_note(err, "going on from the plan before");
}
