/* A region that differs from another in a few figures: columns that change are copied first, all others are shared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "region/internal.h"

/* The column of a table and its view, as copies that may change. They are one where no blank had to be filled. */
static kn_code
own_column(kn_region *region, kn_table_id id, const char *name, const double **view, const double *shared, kn_error *err)
{
  if (*view != shared)
    return KN_OK; /* already ours */
  kn_table *table = &region->table[id];
  if (table->columns == region->base->table[id].columns) {
    kn_column *columns;
    KN_NEW(columns, region->keep, table->def->column_count, err);
    memcpy(columns, table->columns, (size_t)table->def->column_count * sizeof *columns);
    table->columns = columns;
  }
  kn_column *column = &table->columns[kn_schema_find_column(table->def, name)];
  double *mine, *raw;
  KN_NEW(mine, region->keep, table->n, err);
  memcpy(mine, *view, (size_t)table->n * sizeof *mine);
  raw = mine;
  if (column->real != *view) {
    KN_NEW(raw, region->keep, table->n, err);
    memcpy(raw, column->real, (size_t)table->n * sizeof *raw);
  }
  column->real = raw;
  *view = mine;
  return KN_OK;
}

typedef struct figure { /* what an edit of one number is about */
  kn_table_id table;
  const char *column;
  const double **view, *shared;
  double least;
  bool may_be_infinite;
} figure;

static figure
figure_of(kn_region *region, kn_edit_kind kind)
{
  const kn_region *base = region->base;
  switch (kind) {
  case KN_EDIT_OFFER_QUANTITY:
    return (figure){KN_T_OFFER, "quantity", &region->offers.quantity, base->offers.quantity, 0, false};
  case KN_EDIT_OFFER_FATE_EUR:
    return (figure){KN_T_OFFER, "fate_eur", &region->offers.fate_eur, base->offers.fate_eur, -INFINITY, false};
  case KN_EDIT_NEED_QUANTITY:
    return (figure){KN_T_NEED, "quantity", &region->needs.quantity, base->needs.quantity, 0, false};
  case KN_EDIT_NEED_PRICE_EUR:
    return (figure){KN_T_NEED, "price_eur", &region->needs.price_eur, base->needs.price_eur, -INFINITY, false};
  case KN_EDIT_GATEWAY_PRICE_EUR:
    return (figure){KN_T_GATEWAY, "price_eur", &region->gateways.price_eur, base->gateways.price_eur, -INFINITY, false};
  case KN_EDIT_GATEWAY_CAPACITY:
    return (figure){KN_T_GATEWAY, "capacity", &region->gateways.capacity, base->gateways.capacity, 0, true};
  case KN_EDIT_UNIT_CAPACITY:
  case KN_EDIT_REMOVE_ACTOR:
  case KN_EDIT_ADD_UNIT:
    break;
  }
  return (figure){KN_T_UNIT, "capacity", &region->units.capacity, base->units.capacity, 0, false};
}

static kn_code
set_figure(kn_region *region, kn_edit_kind kind, int64_t row, double value, kn_error *err)
{
  const figure f = figure_of(region, kind);
  if (row < 0 || row >= region->table[f.table].n)
    return kn_fail(err, KN_E_INPUT, "%s has no row %" PRId64, region->table[f.table].def->name, row);
  if (isnan(value) || value < f.least || (isinf(value) && !f.may_be_infinite))
    return kn_fail(err, KN_E_INPUT, "%s of %s %s cannot be %g", f.column, region->table[f.table].def->name,
                   kn_region_key(region, f.table, (int32_t)row), value);
  KN_TRY(own_column(region, f.table, f.column, f.view, f.shared, err));
  kn_column *column = &region->table[f.table].columns[kn_schema_find_column(region->table[f.table].def, f.column)];
  column->real[row] = isinf(value) ? NAN : value; /* without limit is blank */
  ((double *)(uintptr_t)*f.view)[row] = value;    /* ours since own_column() */
  return KN_OK;
}

static kn_code
remove_actor(kn_region *region, int32_t actor, kn_error *err)
{
  if (actor < 0 || actor >= region->actors.n)
    return kn_fail(err, KN_E_INPUT, "actor has no row %" PRId32, actor);
  const int32_t *owner = region->sites.actor;
  for (int64_t i = 0; i < region->offers.n; i++)
    if (owner[region->offers.site[i]] == actor)
      KN_TRY(set_figure(region, KN_EDIT_OFFER_QUANTITY, i, 0, err));
  for (int64_t j = 0; j < region->needs.n; j++)
    if (region->needs.site[j] != KN_NONE && owner[region->needs.site[j]] == actor)
      KN_TRY(set_figure(region, KN_EDIT_NEED_QUANTITY, j, 0, err));
  for (int64_t u = 0; u < region->units.n; u++)
    if (region->units.actor[u] == actor || (region->units.site[u] != KN_NONE && owner[region->units.site[u]] == actor))
      KN_TRY(set_figure(region, KN_EDIT_UNIT_CAPACITY, u, 0, err));
  return KN_OK;
}

/* ------------------------------------------------------------------ one row more */
static kn_code
grow(kn_arena *keep, const void **array, size_t size, int64_t n, kn_error *err)
{
  char *longer;
  KN_NEW(longer, keep, (n + 1) * (int64_t)size, err);
  if (n > 0)
    memcpy(longer, *array, (size_t)n * size);
  *array = longer;
  return KN_OK;
}

/* The table of units with a blank row more, and the views that lend its columns. */
static kn_code
grow_units(kn_region *region, kn_error *err)
{
  kn_table *table = &region->table[KN_T_UNIT];
  const int64_t n = table->n;
  kn_column *columns;
  KN_NEW(columns, region->keep, table->def->column_count, err);
  for (int32_t c = 0; c < table->def->column_count; c++) {
    const size_t size = kn_column_size(table->def->columns[c].kind);
    const void *data = table->columns[c].data;
    KN_TRY(grow(region->keep, &data, size, n, err));
    columns[c].data = (void *)(uintptr_t)data;
    kn_column_set_blank(table->def->columns[c].kind, size, columns[c].data, n, n + 1);
  }
  const char ***extra;
  KN_NEW(extra, region->keep, table->extra_count, err);
  for (int32_t e = 0; e < table->extra_count; e++) {
    const void *data = table->extra[e];
    KN_TRY(grow(region->keep, &data, sizeof(char *), n, err));
    extra[e] = (const char **)(uintptr_t)data;
  }
  table->columns = columns;
  table->extra = extra;
  table->n = n + 1;
  kn_unit_view *units = &region->units;
  const void *capacity = units->capacity, *status = units->status;
  KN_TRY(grow(region->keep, &capacity, sizeof(double), n, err));
  KN_TRY(grow(region->keep, &status, 1, n, err));
  units->unit_id = kn_table_column(table, "unit_id")->text;
  units->process = kn_table_column(table, "process_id")->number;
  units->site = kn_table_column(table, "site_id")->number;
  units->actor = kn_table_column(table, "actor_id")->number;
  units->capacity = capacity;
  units->status = status;
  units->n = n + 1;
  return KN_OK;
}

static kn_code
add_unit(kn_region *region, const kn_edit *edit, kn_error *err)
{
  if (edit->process < 0 || edit->process >= region->processes.n)
    return kn_fail(err, KN_E_INPUT, "process has no row %" PRId32, edit->process);
  if (edit->site != KN_NONE && (edit->site < 0 || edit->site >= region->sites.n))
    return kn_fail(err, KN_E_INPUT, "site has no row %" PRId32, edit->site);
  if (!(edit->value > 0 && isfinite(edit->value)))
    return kn_fail(err, KN_E_INPUT, "the capacity of a unit must be above 0, is %g", edit->value);
  const int64_t row = region->units.n;
  KN_TRY(grow_units(region, err));
  const kn_table *table = &region->table[KN_T_UNIT];
  char name[40];
  const int length = snprintf(name, sizeof name, "what-if-%" PRId64, row);
  const char *id;
  KN_TRY(kn_text_copy(&id, region->keep, name, (size_t)length, err));
  kn_table_column(table, "unit_id")->text[row] = id;
  kn_table_column(table, "process_id")->number[row] = edit->process;
  kn_table_column(table, "site_id")->number[row] = edit->site;
  kn_table_column(table, "actor_id")->number[row] = edit->site == KN_NONE ? KN_NONE : region->sites.actor[edit->site];
  kn_table_column(table, "capacity")->real[row] = edit->value;
  kn_table_column(table, "status")->word[row] = edit->is_candidate ? KN_CANDIDATE : KN_EXISTING;
  ((double *)(uintptr_t)region->units.capacity)[row] = edit->value;
  ((uint8_t *)(uintptr_t)region->units.status)[row] = edit->is_candidate ? KN_CANDIDATE : KN_EXISTING;
  return KN_OK;
}

static kn_code
apply(kn_region *region, const kn_edit *edit, kn_error *err)
{
  if (edit->kind == KN_EDIT_REMOVE_ACTOR)
    return remove_actor(region, edit->row, err);
  if (edit->kind == KN_EDIT_ADD_UNIT)
    return add_unit(region, edit, err);
  return set_figure(region, edit->kind, edit->row, edit->value, err);
}

kn_code
kn_region_edit(kn_region **out, const kn_region *base, const kn_edit *edit, int64_t count, kn_error *err)
{
  *out = NULL;
  kn_region *region = malloc(sizeof *region);
  if (region == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for a region");
  *region = *base;
  region->base = base;
  region->keep = kn_arena_new();
  kn_code code = KN_OK;
  for (int64_t e = 0; e < count && code == KN_OK; e++)
    code = apply(region, &edit[e], err);
  if (code == KN_OK) {
    *out = region;
    return KN_OK;
  }
  kn_region_free(region);
  return kn_note(err, "changing a region");
}
