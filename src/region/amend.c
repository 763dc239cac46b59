/* Rows that are there already, taken out or changed before a builder ends: what a scenario does to a region. */
#include "region/internal.h"

#include <string.h>

static kn_code
find_row(const kn_builder *builder, kn_table_id table, const char *key, int64_t *row, kn_error *err)
{
  const kn_table_def *def = kn_schema(table);
  *row = KN_NONE;
  if (def->key_column == KN_NONE)
    return kn_fail(err, KN_E_USAGE, "rows of table %s have no key of their own", def->name);
  const kn_symbols *symbols = &builder->symbols[table];
  const int32_t symbol = kn_symbols_find(symbols, key, strlen(key));
  *row = symbol == KN_NONE ? KN_NONE : symbols->row[symbol];
  if (*row == KN_NONE)
    return kn_fail(err, KN_E_USAGE, "there is no %s %s in this region", def->name, key);
  return KN_OK;
}

/* One row less; those behind it move up, and their keys with them. */
static void
close_gap(kn_builder *builder, kn_grown *grown, int64_t row)
{
  const size_t rest = (size_t)(grown->n - row - 1);
  for (int32_t c = 0; c < grown->def->column_count; c++) {
    if (!grown->column[c].is_given)
      continue;
    const size_t size = kn_grown_size(grown->def, c);
    char *gap = (char *)grown->column[c].data.data + (size_t)row * size;
    memmove(gap, gap + size, rest * size);
  }
  for (int32_t e = 0; e < grown->extra_count; e++)
    memmove(&grown->extra[e].text[row], &grown->extra[e].text[row + 1], rest * sizeof *grown->extra[e].text);
  memmove(&grown->line[row], &grown->line[row + 1], rest * sizeof *grown->line);
  memmove(&grown->batch[row], &grown->batch[row + 1], rest * sizeof *grown->batch);
  grown->n--;
  grown->room = grown->n;
  kn_symbols *symbols = &builder->symbols[grown->def->id];
  const int32_t *key = grown->column[grown->def->key_column].data.number;
  for (int64_t i = row; i < grown->n; i++)
    if (key[i] >= 0)
      symbols->row[key[i]] = (int32_t)i;
}

/* The row takes its geometry with it. */
static void
drop_shapes(kn_builder *builder, kn_table_id table, int32_t symbol)
{
  int64_t kept = 0;
  for (int64_t i = 0; i < builder->shape_count; i++)
    if (builder->shape[i].table != table || builder->shape[i].symbol != symbol)
      builder->shape[kept++] = builder->shape[i];
  builder->shape_count = kept;
}

kn_code
kn_builder_leave_out(kn_builder *builder, kn_table_id table, const char *key, kn_error *err)
{
  int64_t row;
  KN_TRY(find_row(builder, table, key, &row, err));
  kn_grown *grown = &builder->grown[table];
  builder->current = KN_NONE;
  kn_follow_change(builder, table);
  const int32_t symbol = grown->column[grown->def->key_column].data.number[row];
  builder->symbols[table].row[symbol] = KN_NONE;
  drop_shapes(builder, table, symbol);
  close_gap(builder, grown, row);
  return KN_OK;
}

static kn_code
put_cell(kn_builder *builder, kn_column *data, kn_kind kind, int64_t row, const kn_cell_value *value, kn_error *err)
{
  if (kn_column_put(data, kind, row, value))
    return KN_OK;
  data->text[row] = NULL;
  return value->is_blank ? KN_OK : kn_textpool_copy(&data->text[row], &builder->pool[0], value->text, value->length, err);
}

kn_code
kn_builder_change(kn_builder *builder, kn_table_id table, const char *key, const char *column, const char *value, kn_error *err)
{
  const kn_table_def *def = kn_schema(table);
  int64_t row;
  KN_TRY(find_row(builder, table, key, &row, err));
  const int32_t c = kn_schema_find_column(def, column);
  if (c == KN_NONE)
    return kn_fail(err, KN_E_USAGE, "table %s has no column %s", def->name, column);
  if (kn_column_domain(def, c) != KN_NONE)
    return kn_fail(err, KN_E_USAGE, "column %s of table %s says what a row belongs to, which cannot be changed", column,
                   def->name);
  kn_grown *grown = &builder->grown[table];
  kn_follow_change(builder, table);
  KN_TRY(kn_grown_give_column(grown, c, 0, err));
  grown->room = grown->n;
  builder->current = KN_NONE;
  kn_cell_value read;
  const size_t length = strlen(value);
  const kn_refusal refusal = kn_cell_read(&def->columns[c], value, length, '.', &read);
  if (refusal != KN_R_NONE)
    return kn_builder_refuse_cell(builder, kn_builder_place(builder, table, row, c), refusal, value, length, '.', err);
  return put_cell(builder, &grown->column[c].data, def->columns[c].kind, row, &read, err);
}

/* Symbols of a column of references; NULL: no row has any. */
static const int32_t *
references(const kn_builder *builder, kn_table_id table, const char *column)
{
  const kn_grown *grown = &builder->grown[table];
  const kn_grown_column *at = &grown->column[kn_schema_find_column(grown->def, column)];
  return at->is_given ? at->data.number : NULL;
}

/* Column `column` of the rows whose reference `by` is one of the marked symbols becomes 0. */
static kn_code
empty_rows(kn_builder *builder, kn_table_id table, const char *by, const bool *marked, const char *column, kn_error *err)
{
  kn_grown *grown = &builder->grown[table];
  const int32_t *symbol = references(builder, table, by);
  if (symbol == NULL || grown->n == 0)
    return KN_OK;
  const int32_t c = kn_schema_find_column(grown->def, column);
  kn_follow_change(builder, table);
  KN_TRY(kn_grown_give_column(grown, c, 0, err));
  grown->room = grown->n;
  builder->current = KN_NONE;
  kn_cell_value zero;
  kn_cell_read(&grown->def->columns[c], "0", 1, '.', &zero);
  for (int64_t i = 0; i < grown->n; i++)
    if (symbol[i] >= 0 && marked[symbol[i]])
      KN_TRY(put_cell(builder, &grown->column[c].data, grown->def->columns[c].kind, i, &zero, err));
  return KN_OK;
}

static kn_code
empty_sites(kn_builder *builder, const bool *is_actor, bool *is_site, kn_error *err)
{
  const kn_grown *sites = &builder->grown[KN_T_SITE];
  const int32_t *key = references(builder, KN_T_SITE, "site_id"), *actor = references(builder, KN_T_SITE, "actor_id");
  for (int64_t i = 0; i < sites->n && key != NULL && actor != NULL; i++)
    if (key[i] >= 0 && actor[i] >= 0 && is_actor[actor[i]])
      is_site[key[i]] = true;
  KN_TRY(empty_rows(builder, KN_T_OFFER, "site_id", is_site, "quantity", err));
  KN_TRY(empty_rows(builder, KN_T_NEED, "site_id", is_site, "quantity", err));
  KN_TRY(empty_rows(builder, KN_T_UNIT, "site_id", is_site, "capacity", err));
  return empty_rows(builder, KN_T_UNIT, "actor_id", is_actor, "capacity", err);
}

kn_code
kn_builder_empty_actor(kn_builder *builder, const char *key, kn_error *err)
{
  int64_t row;
  KN_TRY(find_row(builder, KN_T_ACTOR, key, &row, err));
  kn_arena *scratch = kn_arena_new();
  bool *is_actor = NULL, *is_site = NULL;
  const size_t actors = (size_t)builder->symbols[KN_T_ACTOR].count, sites = (size_t)builder->symbols[KN_T_SITE].count;
  kn_code code =
      kn_arena_reserve(scratch, kn_arena_span(actors, sizeof *is_actor) + kn_arena_span(sites + 1, sizeof *is_site), err);
  if (code == KN_OK) {
    is_actor = kn_arena_take(scratch, actors, sizeof *is_actor);
    is_site = kn_arena_take(scratch, sites + 1, sizeof *is_site);
    is_actor[references(builder, KN_T_ACTOR, "actor_id")[row]] = true;
    code = empty_sites(builder, is_actor, is_site, err);
  }
  kn_arena_free(scratch);
  return code;
}
