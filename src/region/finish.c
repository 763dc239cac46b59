/* From growing tables to a region: what can be judged only when all rows are there. */
#include "region/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- which tables are there */
static bool
is_package(const kn_builder *builder)
{
  bool has_file = false;
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    if (builder->grown[t].has_store_rows)
      return false;
    has_file |= builder->grown[t].has_file_batch;
  }
  return has_file;
}

static kn_code
refuse_absent(kn_builder *builder, kn_table_id table, const char *sentence, kn_error *err)
{
  builder->grown[table].is_broken = true;
  const kn_finding where = {.severity = KN_ERROR, .rule = "missing_table", .table = kn_schema(table)->name};
  return kn_findings_add(builder->findings, &where, err, sentence, kn_schema(table)->name);
}

static kn_code
check_tables(kn_builder *builder, kn_error *err)
{
  if (!is_package(builder))
    return KN_OK;
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    if (kn_schema((kn_table_id)t)->is_required && !builder->grown[t].has_file_batch)
      KN_TRY(refuse_absent(builder, (kn_table_id)t, "a region must have the table %s", err));
  if (!builder->grown[KN_T_OFFER].has_file_batch && !builder->grown[KN_T_NEED].has_file_batch)
    KN_TRY(refuse_absent(builder, KN_T_OFFER, "a region must have the table %s, or the table need", err));
  return KN_OK;
}

/* ---------------------------------------------------------------- rows that repeat
 * Substitutions, recipe rows, permits and hours have no key. When a file brings rows of a recipe (of a pair of resources, of
 * the permit of a site, of a profile) that the store has, they replace all its rows there: importing the same package twice must
 * not double a recipe. */
static uint64_t
group_of(const kn_grown *grown, int64_t row)
{
  const uint32_t first = (uint32_t)grown->column[0].data.number[row];
  const uint32_t second = grown->def->id == KN_T_SUBSTITUTION ? (uint32_t)grown->column[1].data.number[row] : 0;
  return (uint64_t)first << 32 | second;
}

static kn_code
replace_groups(kn_builder *builder, kn_table_id table, kn_error *err)
{
  kn_grown *grown = &builder->grown[table];
  if (!grown->has_store_rows || !grown->has_file_batch || grown->n == 0)
    return KN_OK;
  kn_pairs brought = {0};
  kn_code code = KN_OK;
  int32_t *at;
  for (int64_t i = 0; i < grown->n && code == KN_OK; i++)
    if (builder->batch[grown->batch[i]].file != NULL && (code = kn_pairs_put(&brought, group_of(grown, i), &at, err)) == KN_OK)
      *at = 1;
  int64_t kept = 0;
  for (int64_t i = 0; i < grown->n && code == KN_OK; i++) {
    bool is_replaced = false;
    if (builder->batch[grown->batch[i]].file == NULL) {
      code = kn_pairs_put(&brought, group_of(grown, i), &at, err);
      is_replaced = code == KN_OK && *at == 1;
      if (code == KN_OK && !is_replaced)
        *at = 0;
    }
    if (is_replaced)
      continue;
    if (kept != i) {
      kn_grown_move_row(grown, i, kept);
      grown->line[kept] = grown->line[i];
      grown->batch[kept] = grown->batch[i];
    }
    kept++;
  }
  if (code == KN_OK)
    grown->n = kept;
  kn_pairs_free(&brought);
  return code;
}

/* ---------------------------------------------------------------- references */
int32_t
kn_grown_row(const kn_builder *builder, kn_table_id table, int64_t row, int32_t column)
{
  const kn_grown *grown = &builder->grown[table];
  if (!grown->column[column].is_given)
    return KN_NONE;
  const int32_t symbol = grown->column[column].data.number[row];
  return symbol < 0 ? KN_NONE : builder->symbols[grown->def->columns[column].target].row[symbol];
}

static kn_code
refuse_unknown(kn_builder *builder, kn_table_id table, int64_t row, int32_t column, const char *key, kn_error *err)
{
  const kn_table_id target = kn_schema(table)->columns[column].target;
  const kn_place place = kn_builder_place(builder, table, row, column);
  char proposal[KN_NAME_MOST * 2];
  const bool is_near =
      kn_builder_has_room(builder, place, "unknown_key") && kn_builder_suggest(builder, (int32_t)target, key, proposal);
  return kn_builder_refuse(builder, place, "unknown_key", key, strlen(key), is_near ? proposal : NULL, err,
                           "%s %.80s is not in table %s", kn_schema(table)->columns[column].name, key, kn_schema(target)->name);
}

kn_code
kn_finish_references(kn_builder *builder, kn_error *err)
{
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    const kn_grown *grown = &builder->grown[t];
    for (int32_t c = 0; c < grown->def->column_count; c++) {
      const kn_column_def *def = &grown->def->columns[c];
      if (def->kind != KN_REF || !grown->column[c].is_given || builder->grown[def->target].is_broken)
        continue;
      const kn_symbols *symbols = &builder->symbols[def->target];
      const int32_t *symbol = grown->column[c].data.number;
      for (int64_t i = 0; i < grown->n; i++)
        if (symbol[i] >= 0 && symbols->row[symbol[i]] == KN_NONE)
          KN_TRY(refuse_unknown(builder, (kn_table_id)t, i, c, symbols->text[symbol[i]], err));
    }
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- trees */
static kn_code
refuse_cycle(kn_builder *builder, kn_table_id table, int32_t column, int32_t row, const int32_t *parent, kn_error *err)
{
  const kn_symbols *symbols = &builder->symbols[table];
  const int32_t *key = builder->grown[table].column[0].data.number;
  char chain[400];
  size_t used = (size_t)snprintf(chain, sizeof chain, "%.60s", symbols->text[key[row]]);
  int32_t at = kn_grown_row(builder, table, row, column);
  for (; at != row && used < sizeof chain - 80; at = parent[at])
    used += (size_t)snprintf(chain + used, sizeof chain - used, " -> %.60s", symbols->text[key[at]]);
  snprintf(chain + used, sizeof chain - used, " -> %s%.60s", at != row ? "... -> " : "", symbols->text[key[row]]);
  const char *value = symbols->text[builder->grown[table].column[column].data.number[row]];
  return kn_builder_refuse(builder, kn_builder_place(builder, table, row, column), "cycle", value, strlen(value),
                           "leave parent_id blank in one of them", err, "%s goes round in a circle: %s",
                           kn_schema(table)->columns[column].name, chain);
}

static kn_code
finish_tree(kn_builder *builder, kn_table_id table, kn_arena *scratch, kn_error *err)
{
  kn_grown *grown = &builder->grown[table];
  const int32_t column = kn_schema_find_column(grown->def, "parent_id");
  if (!grown->column[column].is_given || grown->n == 0)
    return KN_OK;
  int32_t *parent, *enter, *leave, *cut;
  int64_t cut_count;
  KN_NEW(parent, scratch, grown->n, err);
  KN_NEW(enter, scratch, grown->n, err);
  KN_NEW(leave, scratch, grown->n, err);
  KN_NEW(cut, scratch, grown->n, err);
  for (int64_t i = 0; i < grown->n; i++)
    parent[i] = kn_grown_row(builder, table, i, column);
  KN_TRY(kn_forest_number(grown->n, parent, enter, leave, cut, &cut_count, scratch, err));
  for (int64_t i = 0; i < cut_count; i++)
    KN_TRY(refuse_cycle(builder, table, column, cut[i], parent, err));
  for (int64_t i = 0; i < cut_count; i++)
    grown->column[column].data.number[cut[i]] = KN_NONE;
  return KN_OK;
}

kn_code
kn_finish_trees(kn_builder *builder, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  kn_code code = finish_tree(builder, KN_T_AREA, scratch, err);
  if (code == KN_OK)
    code = finish_tree(builder, KN_T_RESOURCE, scratch, err);
  kn_arena_free(scratch);
  return code;
}

/* ---------------------------------------------------------------- settings */
kn_code
kn_finish_settings(kn_builder *builder, kn_settings *settings, kn_error *err)
{
  kn_grown *grown = &builder->grown[KN_T_SETTINGS];
  *settings = kn_settings_default();
  if (!grown->column[1].is_given)
    return KN_OK;
  for (int64_t i = 0; i < grown->n; i++) {
    const char *key = builder->symbols[KN_T_SETTINGS].text[grown->column[0].data.number[i]];
    const char *value = grown->column[1].data.text[i];
    const char decimal = builder->batch[grown->batch[i]].decimal;
    const char *expected = kn_settings_read(settings, key, value, decimal);
    if (expected != NULL) {
      KN_TRY(kn_builder_refuse(builder, kn_builder_place(builder, KN_T_SETTINGS, i, 1), "setting", value, strlen(value), NULL,
                               err, "setting %.40s must be %s, is '%.80s'", key, kn_findings_text(builder->findings, expected),
                               value));
    } else if (value != NULL && decimal != '.' && kn_settings_is_number(key)) {
      /* In the region all numbers have a point. */
      char written[40];
      double number = NAN;
      kn_number_read(value, strlen(value), decimal, &number);
      const size_t length = kn_number_write(written, number);
      KN_TRY(kn_text_copy(&grown->column[1].data.text[i], builder->symbols[KN_T_SETTINGS].pool.arena, written, length, err));
    }
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- handing over */
static kn_code
own(kn_region *region, void *data, size_t bytes, kn_error *err)
{
  KN_TRY(KN_GROW(region->owned, region->owned_capacity, region->owned_count + 1, err));
  region->owned[region->owned_count++] = data;
  region->owned_bytes += bytes;
  return KN_OK;
}

static bool
is_all_blank(kn_kind kind, size_t size, const kn_column *column, int64_t n)
{
  for (int64_t i = 0; i < n; i++) {
    bool is_blank;
    if (size == sizeof(int32_t))
      is_blank = column->number[i] == (kind == KN_INT || kind == KN_DATE ? KN_BLANK_INT : KN_NONE);
    else if (kind == KN_REAL)
      is_blank = isnan(column->real[i]);
    else
      is_blank = kind == KN_WORD ? column->word[i] == KN_BLANK_WORD : column->text[i] == NULL;
    if (!is_blank)
      return false;
  }
  return true;
}

/* One blank array per kind and table serves all columns that nobody gave. */
static kn_code
blank_column(kn_region *region, kn_table *table, kn_column *shared, kn_kind kind, kn_column *out, kn_error *err)
{
  const kn_kind slot = kind == KN_KEY ? KN_TEXT : kind == KN_DATE ? KN_INT : kind;
  if (shared[slot].data == NULL) {
    const size_t size = kn_column_size(kind), bytes = (size_t)(table->n + 1) * size;
    void *data = malloc(bytes);
    if (data == NULL)
      return kn_fail(err, KN_E_LIMIT, "no memory for table %s", table->def->name);
    kn_wish_large_pages(data, bytes);
    shared[slot].data = data;
    const kn_code code = own(region, data, bytes, err);
    if (code != KN_OK) {
      free(data);
      return code;
    }
    kn_column_set_blank(kind, size, data, 0, table->n);
  }
  *out = shared[slot];
  return KN_OK;
}

/* A column of symbols becomes texts, or rows. The growing array is used up. */
static kn_code
hand_over_symbols(kn_builder *builder, kn_region *region, kn_grown *grown, int32_t c, kn_column *out, kn_error *err)
{
  const kn_symbols *symbols = &builder->symbols[kn_column_domain(grown->def, c)];
  int32_t *symbol = grown->column[c].data.number;
  if (grown->def->columns[c].kind == KN_REF) {
    for (int64_t i = 0; i < grown->n; i++)
      symbol[i] = symbol[i] < 0 ? KN_NONE : symbols->row[symbol[i]];
    out->number = symbol;
    return KN_OK;
  }
  const size_t bytes = ((size_t)grown->n + 1) * sizeof *out->text;
  const char **text = malloc(bytes);
  if (text == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for table %s", grown->def->name);
  for (int64_t i = 0; i < grown->n; i++)
    text[i] = symbol[i] < 0 ? NULL : symbols->text[symbol[i]];
  free(symbol);
  grown->column[c].data.data = NULL;
  const kn_code code = own(region, text, bytes, err);
  if (code != KN_OK) {
    free(text);
    return code;
  }
  out->text = text;
  return KN_OK;
}

static kn_code
hand_over_column(kn_builder *builder, kn_region *region, kn_grown *grown, kn_table *table, int32_t c, kn_column *shared,
                 kn_error *err)
{
  kn_grown_column *from = &grown->column[c];
  const kn_kind kind = grown->def->columns[c].kind;
  const size_t size = kn_grown_size(grown->def, c);
  if (!from->is_given || is_all_blank(kind, size, &from->data, grown->n)) {
    free(from->data.data);
    from->data.data = NULL;
    return blank_column(region, table, shared, kind, &table->columns[c], err);
  }
  if (kn_column_domain(grown->def, c) != KN_NONE) {
    KN_TRY(hand_over_symbols(builder, region, grown, c, &table->columns[c], err));
    if (kind != KN_REF)
      return KN_OK;
  } else {
    table->columns[c] = from->data;
  }
  const size_t bytes = ((size_t)grown->n + 1) * size;
  if (from->capacity > grown->n + 1) {
    void *shrunk = realloc(from->data.data, bytes);
    if (shrunk != NULL)
      table->columns[c].data = from->data.data = shrunk;
  }
  KN_TRY(own(region, from->data.data, bytes, err));
  from->data.data = NULL;
  return KN_OK;
}

static kn_code
hand_over_table(kn_builder *builder, kn_region *region, kn_table_id id, kn_error *err)
{
  kn_grown *grown = &builder->grown[id];
  kn_table *table = &region->table[id];
  table->def = grown->def;
  table->n = grown->n;
  kn_column shared[KN_REF + 1] = {{.data = NULL}};
  KN_NEW(table->columns, region->keep, grown->def->column_count, err);
  for (int32_t c = 0; c < grown->def->column_count; c++)
    KN_TRY(hand_over_column(builder, region, grown, table, c, shared, err));
  KN_NEW(table->extra_name, region->keep, grown->extra_count, err);
  KN_NEW(table->extra, region->keep, grown->extra_count, err);
  for (int32_t e = 0; e < grown->extra_count; e++) {
    KN_TRY(kn_text_copy(&table->extra_name[e], region->keep, grown->extra[e].name, strlen(grown->extra[e].name), err));
    KN_TRY(own(region, grown->extra[e].text, (size_t)grown->extra[e].capacity * sizeof(char *), err));
    table->extra[e] = grown->extra[e].text;
    grown->extra[e].text = NULL;
  }
  table->extra_count = grown->extra_count;
  uint8_t *is_new;
  KN_NEW(is_new, region->keep, grown->n, err);
  for (int64_t i = 0; i < grown->n; i++)
    is_new[i] = builder->batch[grown->batch[i]].file != NULL;
  region->is_new[id] = is_new;
  region->stored[id] = grown->has_file_batch ? grown->stored : grown->n;
  return KN_OK;
}

static kn_code
hand_over_shapes(kn_builder *builder, kn_region *region, kn_table_id id, kn_error *err)
{
  const kn_shape **shape = builder->chosen[id];
  const int64_t n = region->table[id].n;
  uint8_t *is_new = (uint8_t *)(uintptr_t)region->is_new[id];
  if (shape == NULL)
    return KN_OK;
  KN_NEW(region->outline[id], region->keep, n, err);
  for (int64_t i = 0; i < n; i++) {
    if (shape[i] == NULL)
      continue;
    region->outline[id][i] = (struct kn_outline){shape[i]->wkb, shape[i]->length};
    if (shape[i]->file != NULL)
      is_new[i] = 1;
  }
  return KN_OK;
}

static kn_code
hand_over(kn_builder *builder, kn_region *region, kn_error *err)
{
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    KN_TRY(hand_over_table(builder, region, (kn_table_id)t, err));
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    KN_TRY(hand_over_shapes(builder, region, (kn_table_id)t, err));
  region->shapes = builder->shapes;
  builder->shapes = NULL;
  memcpy(region->symbols, builder->symbols, sizeof region->symbols);
  memset(builder->symbols, 0, sizeof builder->symbols);
  region->pool = builder->pool;
  region->pool_count = builder->pool_count;
  builder->pool = NULL;
  builder->pool_count = 0;
  builder->last_stride = 0;
  builder->current = KN_NONE;
  return KN_OK;
}

/* ---------------------------------------------------------------- the end */
/* Judges once: salvaging after an end that was refused says nothing twice. */
static kn_code
judge(kn_builder *builder, kn_error *err)
{
  kn_settings settings;
  if (builder->is_judged)
    return KN_OK;
  builder->is_judged = true;
  kn_follow_end_batch(builder);
  KN_TRY(check_tables(builder, err));
  KN_TRY(replace_groups(builder, KN_T_SUBSTITUTION, err));
  KN_TRY(replace_groups(builder, KN_T_PROCESS_FLOW, err));
  KN_TRY(replace_groups(builder, KN_T_PERMIT, err));
  KN_TRY(replace_groups(builder, KN_T_PROFILE_HOUR, err));
  KN_TRY(kn_finish_settings(builder, &settings, err));
  KN_TRY(kn_finish_references(builder, err));
  KN_TRY(kn_finish_trees(builder, err));
  KN_TRY(kn_finish_units(builder, &settings, err));
  KN_TRY(kn_finish_ends(builder, err));
  KN_TRY(kn_finish_network(builder, err));
  return kn_finish_shapes(builder, err);
}

static kn_code
finish(kn_builder *builder, kn_region **out, kn_error *err)
{
  kn_region *region = calloc(1, sizeof *region);
  if (region == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for a region");
  region->keep = kn_arena_new();
  kn_follow_leave_builder(builder, true);
  kn_code code = hand_over(builder, region, err);
  if (code == KN_OK)
    code = kn_region_make_views(region, err);
  if (code != KN_OK) {
    kn_region_free(region);
    return code;
  }
  *out = region;
  return KN_OK;
}

kn_code
kn_builder_end(kn_builder *builder, kn_region **out, kn_error *err)
{
  *out = NULL;
  KN_TRY(judge(builder, err));
  const int64_t errors = kn_findings_count(builder->findings, KN_ERROR);
  if (errors > 0) {
    kn_follow_leave_builder(builder, false);
    return kn_fail(err, KN_E_INPUT, "%" PRId64 " error%s in the data", errors, errors == 1 ? "" : "s");
  }
  return finish(builder, out, err);
}

kn_code
kn_builder_salvage(kn_builder *builder, kn_region **out, kn_error *err)
{
  *out = NULL;
  KN_TRY(judge(builder, err));
  return finish(builder, out, err);
}
