/* Builders: their life, their columns, and the batches in which rows come (rows.c reads and settles those). */
#include "region/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECTED_MOST 4000000 /* rows to make room for on a mere hint */
#define SUGGESTIONS 400000

/* ---------------------------------------------------------------- life */
kn_code
kn_builder_new(kn_builder **out, kn_findings *findings, kn_error *err)
{
  kn_builder *builder = *out = calloc(1, sizeof *builder);
  if (builder == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for a region");
  builder->findings = findings;
  builder->current = KN_NONE;
  builder->suggestions_left = SUGGESTIONS;
  builder->keep = kn_arena_new();
  builder->shapes = kn_arena_new();
  kn_code code = KN_OK;
  for (int32_t t = 0; t < KN_TABLE_COUNT && code == KN_OK; t++) {
    kn_grown *grown = &builder->grown[t];
    grown->def = kn_schema((kn_table_id)t);
    const size_t count = (size_t)grown->def->column_count;
    code = kn_arena_reserve(builder->keep, count * sizeof *grown->column + 16, err);
    if (code == KN_OK)
      grown->column = kn_arena_take(builder->keep, count, sizeof *grown->column);
  }
  if (code == KN_OK)
    return KN_OK;
  kn_builder_free(builder);
  *out = NULL;
  return code;
}

void
kn_builder_free(kn_builder *builder)
{
  if (builder == NULL)
    return;
  kn_follow_leave_builder(builder, false);
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    kn_grown *grown = &builder->grown[t];
    for (int32_t c = 0; grown->column != NULL && c < grown->def->column_count; c++)
      free(grown->column[c].data.data);
    for (int32_t e = 0; e < grown->extra_count; e++)
      free(grown->extra[e].text);
    free(grown->extra);
    free(grown->line);
    free(grown->batch);
    kn_pairs_free(&grown->pairs);
  }
  for (int32_t d = 0; d < KN_DOMAIN_COUNT; d++)
    kn_symbols_free(&builder->symbols[d]);
  for (int32_t i = 0; i < builder->pool_count; i++)
    kn_textpool_free(&builder->pool[i]);
  free(builder->pool);
  free(builder->last_text);
  free(builder->batch);
  free(builder->shape);
  kn_arena_free(builder->shapes);
  free(builder->unplaced);
  kn_arena_free(builder->keep);
  free(builder);
}

/* ---------------------------------------------------------------- columns */
size_t
kn_column_size(kn_kind kind)
{
  switch (kind) {
  case KN_TEXT:
  case KN_KEY:
    return sizeof(const char *);
  case KN_REAL:
    return sizeof(double);
  case KN_INT:
  case KN_DATE:
  case KN_REF:
    return sizeof(int32_t);
  case KN_WORD:
    return sizeof(uint8_t);
  }
  return 0;
}

size_t
kn_grown_size(const kn_table_def *def, int32_t column)
{
  return kn_column_domain(def, column) != KN_NONE ? sizeof(int32_t) : kn_column_size(def->columns[column].kind);
}

/* Blanks items first .. last - 1. A size of 4 with a kind of text is a symbol. */
void
kn_column_set_blank(kn_kind kind, size_t size, void *data, int64_t first, int64_t last)
{
  if (size == sizeof(int32_t)) {
    const int32_t blank = kind == KN_INT || kind == KN_DATE ? KN_BLANK_INT : KN_NONE;
    for (int64_t i = first; i < last; i++)
      ((int32_t *)data)[i] = blank;
  } else if (kind == KN_REAL) {
    for (int64_t i = first; i < last; i++)
      ((double *)data)[i] = NAN;
  } else if (kind == KN_WORD) {
    memset((uint8_t *)data + first, KN_BLANK_WORD, (size_t)(last - first));
  } else {
    memset((const char **)data + first, 0, (size_t)(last - first) * sizeof(const char *));
  }
}

/* Makes room for rows up to `need`; columns that the batch does not bring are blank there. */
kn_code
kn_grown_make_room(kn_grown *grown, const kn_batch *batch, int64_t need, kn_error *err)
{
  if (need >= INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "table %s: more than %d rows", grown->def->name, INT32_MAX - 1);
  if (need <= grown->room)
    return KN_OK;
  KN_TRY(KN_GROW(grown->line, grown->line_capacity, need, err));
  KN_TRY(KN_GROW(grown->batch, grown->batch_capacity, need, err));
  for (int32_t c = 0; c < grown->def->column_count; c++) {
    kn_grown_column *column = &grown->column[c];
    if (!column->is_given)
      continue;
    const size_t size = kn_grown_size(grown->def, c);
    KN_TRY(kn_grow(&column->data.data, &column->capacity, need, size, err));
    bool is_brought = false;
    for (int32_t j = 0; j < batch->count && !is_brought; j++)
      is_brought = batch->target[j] == c;
    if (!is_brought)
      kn_column_set_blank(grown->def->columns[c].kind, size, column->data.data, grown->n, need);
  }
  for (int32_t e = 0; e < grown->extra_count; e++) {
    KN_TRY(KN_GROW(grown->extra[e].text, grown->extra[e].capacity, need, err));
    memset(grown->extra[e].text + grown->n, 0, (size_t)(need - grown->n) * sizeof *grown->extra[e].text);
  }
  grown->room = need;
  return KN_OK;
}

void
kn_grown_move_row(kn_grown *grown, int64_t from, int64_t to)
{
  for (int32_t c = 0; c < grown->def->column_count; c++) {
    if (!grown->column[c].is_given)
      continue;
    const size_t size = kn_grown_size(grown->def, c);
    char *data = grown->column[c].data.data;
    memcpy(data + (size_t)to * size, data + (size_t)from * size, size);
  }
  for (int32_t e = 0; e < grown->extra_count; e++)
    grown->extra[e].text[to] = grown->extra[e].text[from];
}

/* ---------------------------------------------------------------- batches */
static kn_code
add_extra(kn_builder *builder, kn_grown *grown, const char *name, int32_t *target, kn_error *err)
{
  for (int32_t e = 0; e < grown->extra_count; e++)
    if (strcmp(grown->extra[e].name, name) == 0) {
      *target = -1 - e;
      return KN_OK;
    }
  KN_TRY(KN_GROW(grown->extra, grown->extra_capacity, grown->extra_count + 1, err));
  struct kn_extra *extra = &grown->extra[grown->extra_count];
  *extra = (struct kn_extra){0};
  KN_TRY(kn_text_copy(&extra->name, builder->keep, name, strlen(name), err));
  KN_TRY(KN_GROW(extra->text, extra->capacity, grown->n + 1, err));
  memset(extra->text, 0, (size_t)grown->n * sizeof *extra->text);
  *target = -1 - grown->extra_count++;
  return KN_OK;
}

kn_code
kn_grown_give_column(kn_grown *grown, int32_t column, int64_t expected, kn_error *err)
{
  kn_grown_column *given = &grown->column[column];
  if (given->is_given)
    return KN_OK;
  const size_t size = kn_grown_size(grown->def, column);
  KN_TRY(kn_grow(&given->data.data, &given->capacity, grown->n + expected + 1, size, err));
  kn_column_set_blank(grown->def->columns[column].kind, size, given->data.data, 0, grown->n);
  given->is_given = true;
  return KN_OK;
}

static bool
is_named(const kn_batch *batch, const char *name)
{
  for (int32_t j = 0; j < batch->count; j++)
    if (strcmp(batch->names[j], name) == 0)
      return true;
  return false;
}

/* A region file holds at most 2000 columns in a table; wider files are mostly a slip (a table turned on its side). */
static kn_code
check_width(kn_builder *builder, const kn_batch *batch, kn_place place, bool *is_usable, kn_error *err)
{
  const kn_grown *grown = &builder->grown[batch->table];
  int32_t extra_count = grown->extra_count;
  for (int32_t j = 0; j < batch->count && extra_count <= KN_EXTRA_MOST; j++) {
    bool is_known = batch->names[j][0] == '\0' || kn_schema_find_column(grown->def, batch->names[j]) != KN_NONE;
    for (int32_t e = 0; e < grown->extra_count && !is_known; e++)
      is_known = strcmp(grown->extra[e].name, batch->names[j]) == 0;
    extra_count += !is_known;
    place.column_no = j + 1;
  }
  *is_usable = extra_count <= KN_EXTRA_MOST;
  if (*is_usable)
    return KN_OK;
  return kn_builder_refuse(builder, place, "too_many_columns", NULL, 0, "leave out what the region does not need", err,
                           "%s has more than %d columns that it does not know", grown->def->name, KN_EXTRA_MOST);
}

/* Columns doubled, missing, or with a name that looks like a slip. */
static kn_code
check_names(kn_builder *builder, const kn_batch *batch, int32_t number, bool *is_usable, kn_error *err)
{
  const kn_table_def *def = kn_schema(batch->table);
  kn_place place = {.table = batch->table, .row = KN_NONE, .column = KN_NONE, .batch = number};
  place.line = batch->file == NULL ? 0 : 1;
  KN_TRY(check_width(builder, batch, place, is_usable, err));
  if (!*is_usable)
    return KN_OK;
  for (int32_t j = 0; j < batch->count; j++) {
    const char *name = batch->names[j];
    place.column_no = batch->file == NULL ? 0 : j + 1;
    for (int32_t k = 0; k < j && name[0] != '\0'; k++)
      if (strcmp(batch->names[k], name) == 0) {
        *is_usable = false;
        KN_TRY(kn_builder_refuse(builder, place, "doubled_column", name, strlen(name), "keep one of them", err,
                                 "column %s is there twice", name));
        break;
      }
  }
  place.column_no = 0;
  for (int32_t c = 0; c < def->column_count; c++) {
    if (!def->columns[c].is_required || is_named(batch, def->columns[c].name))
      continue;
    *is_usable = false;
    place.column = c;
    char proposal[KN_NAME_MOST] = "";
    for (int32_t j = 0; j < batch->count && proposal[0] == '\0'; j++)
      if (kn_schema_find_column(def, batch->names[j]) == KN_NONE &&
          kn_text_distance(batch->names[j], def->columns[c].name, 2) <= 2)
        snprintf(proposal, sizeof proposal, "rename column %.60s", batch->names[j]);
    KN_TRY(kn_builder_refuse(builder, place, "missing_column", NULL, 0, proposal[0] == '\0' ? NULL : proposal, err,
                             "%s must have a column %s", def->name, def->columns[c].name));
  }
  return KN_OK;
}

/* An unknown column is kept as it is; when it nearly has the name of one that is not there, that is worth a hint. */
static kn_code
hint_at_name(kn_builder *builder, const kn_batch *batch, int32_t j, kn_error *err)
{
  const kn_table_def *def = kn_schema(batch->table);
  for (int32_t c = 0; c < def->column_count && batch->file != NULL; c++) {
    const char *known = def->columns[c].name;
    if (strlen(known) < 4 || is_named(batch, known) || kn_text_distance(batch->names[j], known, 2) > 2)
      continue;
    char proposal[KN_NAME_MOST];
    snprintf(proposal, sizeof proposal, "did you mean %s?", known);
    const kn_finding where = {.severity = KN_WARNING,
                              .rule = "unknown_column",
                              .file = batch->file,
                              .line = 1,
                              .column_no = j + 1,
                              .table = def->name,
                              .column = batch->names[j],
                              .proposal = proposal};
    return kn_findings_add(builder->findings, &where, err, "column %s is not known; it is kept as it is", batch->names[j]);
  }
  return KN_OK;
}

static kn_code
copy_batch(kn_builder *builder, kn_batch *batch, const char *file, int32_t count, const char *const *names, kn_error *err)
{
  const char **copies;
  if (file != NULL)
    KN_TRY(kn_text_copy(&batch->file, builder->keep, file, strlen(file), err));
  KN_NEW(copies, builder->keep, count, err);
  KN_NEW(batch->target, builder->keep, count, err);
  KN_NEW(batch->column_no, builder->keep, count, err);
  KN_NEW(batch->unplaced, builder->keep, count, err);
  KN_NEW(batch->domain, builder->keep, count, err);
  for (int32_t j = 0; j < count; j++)
    KN_TRY(kn_text_copy(&copies[j], builder->keep, names[j], strlen(names[j]), err));
  batch->names = copies;
  batch->count = count;
  return KN_OK;
}

kn_code
kn_builder_make_pools(kn_builder *builder, int32_t threads, int32_t columns, kn_error *err)
{
  if (threads > builder->pool_count) {
    int64_t capacity = builder->pool_count;
    KN_TRY(KN_GROW(builder->pool, capacity, threads, err));
    for (int32_t i = builder->pool_count; i < threads; i++)
      builder->pool[i] = (kn_textpool){0};
    builder->pool_count = threads;
    builder->last_stride = 0;
  }
  if (columns > builder->last_stride) {
    kn_last_text *last = calloc((size_t)builder->pool_count * (size_t)columns, sizeof *last);
    if (last == NULL)
      return kn_fail(err, KN_E_LIMIT, "no memory for %d columns", columns);
    free(builder->last_text);
    builder->last_text = last;
    builder->last_stride = columns;
  }
  return KN_OK;
}

static kn_code
start_batch(kn_builder *builder, kn_batch *batch, int64_t expected, kn_error *err)
{
  kn_grown *grown = &builder->grown[batch->table];
  const kn_table_def *def = grown->def;
  batch->key[0] = batch->key[1] = KN_NONE;
  grown->room = 0;
  for (int32_t j = 0; j < batch->count; j++) {
    batch->unplaced[j] = batch->domain[j] = KN_NONE;
    const int32_t column = kn_schema_find_column(def, batch->names[j]);
    batch->target[j] = column;
    if (batch->names[j][0] == '\0') {
      batch->target[j] = KN_IGNORED;
      continue;
    }
    if (column == KN_NONE) {
      KN_TRY(hint_at_name(builder, batch, j, err));
      KN_TRY(add_extra(builder, grown, batch->names[j], &batch->target[j], err));
      continue;
    }
    KN_TRY(kn_grown_give_column(grown, column, expected, err));
    batch->domain[j] = kn_column_domain(def, column);
    if (batch->domain[j] == KN_NONE)
      continue;
    batch->unplaced[j] = batch->unplaced_count++;
    for (int32_t k = 0; k < 2; k++)
      if (def->unique[k] == column)
        batch->key[k] = batch->unplaced[j];
  }
  if (def->key_column != KN_NONE && expected > 0)
    KN_TRY(kn_symbols_expect(&builder->symbols[kn_column_domain(def, def->key_column)], expected, err));
  return kn_grown_make_room(grown, batch, grown->n + expected, err);
}

kn_code
kn_builder_batch(kn_builder *builder, kn_table_id table, const char *file, int32_t count, const char *const *names,
                 int64_t expected, kn_error *err)
{
  kn_follow_end_batch(builder);
  kn_follow_change(builder, table);
  builder->current = KN_NONE;
  if (builder->batch_count == INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "more than %d batches", INT32_MAX);
  kn_follow_hold(builder->follow);
  const kn_code grown_code = KN_GROW(builder->batch, builder->batch_capacity, builder->batch_count + 1, err);
  kn_follow_release(builder->follow);
  KN_TRY(grown_code);
  const int32_t number = (int32_t)builder->batch_count;
  kn_batch *batch = &builder->batch[number];
  *batch = (kn_batch){.table = table, .expected = expected, .decimal = '.'};
  KN_TRY(copy_batch(builder, batch, file, count, names, err));
  builder->batch_count++;
  kn_grown *grown = &builder->grown[table];
  if (!grown->has_file_batch)
    grown->stored = grown->n;
  grown->has_file_batch |= file != NULL;
  bool is_usable;
  KN_TRY(check_names(builder, batch, number, &is_usable, err));
  if (!is_usable) {
    grown->is_broken = true;
    return KN_OK;
  }
  KN_TRY(kn_builder_make_pools(builder, 1, count, err));
  memset(builder->last_text, 0, (size_t)builder->pool_count * (size_t)builder->last_stride * sizeof *builder->last_text);
  KN_TRY(start_batch(builder, batch, expected < 0 ? 0 : expected > EXPECTED_MOST ? EXPECTED_MOST : expected, err));
  builder->current = number;
  return KN_OK;
}

/* ---------------------------------------------------------------- geometry */
/* Links of several kinds along one road have the same geometry, which is kept once. */
static kn_code
copy_wkb(kn_builder *builder, kn_shape *shape, const uint8_t *wkb, kn_error *err)
{
  const kn_shape *last = builder->shape_count > 0 ? shape - 1 : NULL;
  if (last != NULL && shape->length > 0 && last->length == shape->length && memcmp(last->wkb, wkb, shape->length) == 0) {
    shape->wkb = last->wkb;
    return KN_OK;
  }
  uint8_t *copy;
  KN_NEW(copy, builder->shapes, shape->length, err);
  if (shape->length > 0)
    memcpy(copy, wkb, shape->length);
  shape->wkb = copy;
  return KN_OK;
}

/* Who follows the table writes each row with the geometry that came right behind it, as it came. */
static void
follow_shape(kn_builder *builder, const kn_shape *shape)
{
  const int32_t row = builder->symbols[shape->table].row[shape->symbol];
  if (builder->follow != NULL && (row != builder->grown[shape->table].n - 1 || !kn_line_is_plain(shape->wkb, shape->length)))
    kn_follow_change(builder, shape->table);
}

kn_code
kn_builder_shape(kn_builder *builder, kn_table_id table, const char *file, int64_t line, const char *key, const uint8_t *wkb,
                 size_t length, kn_error *err)
{
  assert(kn_schema(table)->geometry == 'a' || kn_schema(table)->geometry == 'l');
  kn_follow_hold(builder->follow);
  const kn_code code = KN_GROW(builder->shape, builder->shape_capacity, builder->shape_count + 1, err);
  kn_follow_release(builder->follow);
  KN_TRY(code);
  kn_shape *shape = &builder->shape[builder->shape_count];
  *shape = (kn_shape){.table = table, .line = line, .length = length};
  const size_t key_length = strlen(key);
  KN_TRY(kn_symbols_put(&builder->symbols[table], key, key_length, kn_symbols_hash(key, key_length), &shape->symbol, err));
  if (file != NULL && (builder->shape_file == NULL || strcmp(builder->shape_file, file) != 0))
    KN_TRY(kn_text_copy(&builder->shape_file, builder->keep, file, strlen(file), err));
  shape->file = file == NULL ? NULL : builder->shape_file;
  KN_TRY(copy_wkb(builder, shape, wkb, err));
  follow_shape(builder, shape);
  builder->shape_count++;
  return KN_OK;
}

kn_code
kn_builder_area(kn_builder *builder, const char *file, int64_t line, const char *area_id, const uint8_t *wkb, size_t length,
                kn_error *err)
{
  return kn_builder_shape(builder, KN_T_AREA, file, line, area_id, wkb, length, err);
}
