/* Rows become columns.
 *
 * A slice of rows is first read on all threads, each cell to its place in the columns; keys and references are
 * only hashed. Then the rows are settled one after the other, in order: a key gets its symbol, which tells
 * whether the row is new, replaces an earlier one, or is there twice; references get theirs. Rows that hold
 * a refused cell are read once more, aloud, so that findings come in the order of the rows whatever the threads. */
#include "region/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE 65536
#define CHUNK 1024
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
  free(builder->unplaced);
  free(builder->is_bad);
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
static kn_code
make_room(kn_grown *grown, const kn_batch *batch, int64_t need, kn_error *err)
{
  if (need >= INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "table %s: more than %d rows", grown->def->name, INT32_MAX - 1);
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
  return KN_OK;
}

static void
move_row(kn_grown *grown, int64_t from, int64_t to)
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

static kn_code
give_column(kn_grown *grown, int32_t column, int64_t expected, kn_error *err)
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

/* Columns doubled, missing, or with a name that looks like a slip. */
static kn_code
check_names(kn_builder *builder, const kn_batch *batch, int32_t number, bool *is_usable, kn_error *err)
{
  const kn_table_def *def = kn_schema(batch->table);
  *is_usable = true;
  kn_place place = {.table = batch->table, .row = KN_NONE, .column = KN_NONE, .batch = number};
  place.line = batch->file == NULL ? 0 : 1;
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
  for (int32_t j = 0; j < count; j++)
    KN_TRY(kn_text_copy(&copies[j], builder->keep, names[j], strlen(names[j]), err));
  batch->names = copies;
  batch->count = count;
  return KN_OK;
}

static kn_code
prepare_pools(kn_builder *builder, int32_t threads, int32_t columns, kn_error *err)
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
    const char **last = calloc((size_t)builder->pool_count * (size_t)columns, sizeof *last);
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
  for (int32_t j = 0; j < batch->count; j++) {
    batch->unplaced[j] = KN_NONE;
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
    KN_TRY(give_column(grown, column, expected, err));
    if (kn_column_domain(def, column) == KN_NONE)
      continue;
    batch->unplaced[j] = batch->unplaced_count++;
    for (int32_t k = 0; k < 2; k++)
      if (def->unique[k] == column)
        batch->key[k] = batch->unplaced[j];
  }
  if (def->key_column != KN_NONE && expected > 0)
    KN_TRY(kn_symbols_expect(&builder->symbols[kn_column_domain(def, def->key_column)], expected, err));
  return make_room(grown, batch, grown->n + expected, err);
}

kn_code
kn_builder_batch(kn_builder *builder, kn_table_id table, const char *file, int32_t count, const char *const *names,
                 int64_t expected, kn_error *err)
{
  builder->current = KN_NONE;
  if (builder->batch_count == INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "more than %d batches", INT32_MAX);
  KN_TRY(KN_GROW(builder->batch, builder->batch_capacity, builder->batch_count + 1, err));
  const int32_t number = (int32_t)builder->batch_count;
  kn_batch *batch = &builder->batch[number];
  *batch = (kn_batch){.table = table, .decimal = '.'};
  KN_TRY(copy_batch(builder, batch, file, count, names, err));
  builder->batch_count++;
  kn_grown *grown = &builder->grown[table];
  grown->has_file_batch |= file != NULL;
  bool is_usable;
  KN_TRY(check_names(builder, batch, number, &is_usable, err));
  if (!is_usable) {
    grown->is_broken = true;
    return KN_OK;
  }
  KN_TRY(prepare_pools(builder, 1, count, err));
  memset(builder->last_text, 0, (size_t)builder->pool_count * (size_t)builder->last_stride * sizeof *builder->last_text);
  KN_TRY(start_batch(builder, batch, expected < 0 ? 0 : expected > SLICE * 64 ? SLICE * 64 : expected, err));
  builder->current = number;
  return KN_OK;
}

/* ---------------------------------------------------------------- reading */
/* Puts a value that is no key at its place. */
static kn_code
put_value(kn_builder *builder, const kn_batch *batch, int32_t j, int64_t row, int32_t worker, const kn_cell_value *value,
          kn_error *err)
{
  kn_grown *grown = &builder->grown[batch->table];
  const int32_t target = batch->target[j];
  const char **text = NULL;
  if (target < 0) {
    text = &grown->extra[-1 - target].text[row];
  } else {
    kn_column *data = &grown->column[target].data;
    switch (grown->def->columns[target].kind) {
    case KN_REAL:
      data->real[row] = value->is_blank ? NAN : value->real;
      return KN_OK;
    case KN_INT:
    case KN_DATE:
      data->number[row] = value->is_blank ? KN_BLANK_INT : value->number;
      return KN_OK;
    case KN_WORD:
      data->word[row] = value->is_blank ? KN_BLANK_WORD : value->word;
      return KN_OK;
    case KN_TEXT:
    case KN_KEY:
    case KN_REF:
      text = &data->text[row];
    }
  }
  *text = NULL;
  if (value->is_blank)
    return KN_OK;
  /* The same text as in the row above (a note, a licence) is kept once. */
  const char **last = &builder->last_text[worker * builder->last_stride + j];
  if (*last == NULL || strncmp(*last, value->text, value->length) != 0 || (*last)[value->length] != '\0')
    KN_TRY(kn_textpool_copy(last, &builder->pool[worker], value->text, value->length, err));
  *text = *last;
  return KN_OK;
}

static void
put_unplaced(kn_unplaced *unplaced, const kn_cell_value *value)
{
  *unplaced = (kn_unplaced){0};
  if (value->is_blank)
    return;
  unplaced->text = value->text;
  unplaced->length = (uint32_t)value->length;
  unplaced->hash = kn_symbols_hash(value->text, value->length);
}

typedef struct reading {
  kn_builder *builder;
  const kn_batch *batch;
  const kn_cell *cells;
  char decimal;
  uint8_t *has_failed; /* [workers] memory ran out */
} reading;

static void
read_rows(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const reading *work = arg;
  kn_builder *builder = work->builder;
  const kn_batch *batch = work->batch;
  const kn_grown *grown = &builder->grown[batch->table];
  for (int64_t i = first; i < last; i++) {
    const kn_cell *cell = work->cells + i * batch->count;
    kn_unplaced *unplaced = builder->unplaced + i * batch->unplaced_count;
    bool is_bad = false;
    for (int32_t j = 0; j < batch->count; j++) {
      const int32_t target = batch->target[j];
      if (target == KN_IGNORED) {
        is_bad |= cell[j].length > 0;
        continue;
      }
      kn_cell_value value;
      const kn_column_def *def = target < 0 ? NULL : &grown->def->columns[target];
      is_bad |= kn_cell_read(def, cell[j].text, (size_t)cell[j].length, work->decimal, &value) != KN_R_NONE;
      if (batch->unplaced[j] != KN_NONE)
        put_unplaced(&unplaced[batch->unplaced[j]], &value);
      else if (put_value(builder, batch, j, grown->n + i, worker, &value, NULL) != KN_OK)
        work->has_failed[worker] = 1;
    }
    builder->is_bad[i] = is_bad;
  }
}

/* ---------------------------------------------------------------- settling */
static const char *
name_unplaced(const kn_builder *builder, const kn_batch *batch, const kn_unplaced *unplaced, int64_t row, char out[KN_NAME_MOST])
{
  const kn_table_def *def = kn_schema(batch->table);
  const kn_unplaced *first = batch->key[0] == KN_NONE ? NULL : &unplaced[batch->key[0]];
  const kn_unplaced *second = batch->key[1] == KN_NONE ? NULL : &unplaced[batch->key[1]];
  if (first == NULL || first->length == 0) {
    snprintf(out, KN_NAME_MOST, "row %" PRId64, row + 1);
    return out;
  }
  int used = snprintf(out, KN_NAME_MOST, "%.*s", first->length > 60 ? 60 : (int)first->length, first->text);
  if (second != NULL && second->length > 0)
    snprintf(out + used, KN_NAME_MOST - (size_t)used, ", %.*s", second->length > 30 ? 30 : (int)second->length, second->text);
  if (def->unique[1] != KN_NONE && def->columns[def->unique[1]].kind == KN_WORD) {
    const uint8_t word = builder->grown[batch->table].column[def->unique[1]].data.word[row];
    if (word != KN_BLANK_WORD)
      snprintf(out + used, KN_NAME_MOST - (size_t)used, ", %s", def->columns[def->unique[1]].words[word]);
  }
  return out;
}

/* A row in the course of being settled. */
typedef struct settling {
  kn_builder *builder;
  const kn_batch *batch;
  int32_t batch_no;
  kn_grown *grown;
  const kn_unplaced *unplaced;
  int64_t from; /* where its values are */
  int64_t line;
} settling;

static kn_code
place_unplaced(const settling *s, int32_t j, int32_t *symbol, kn_error *err)
{
  const kn_unplaced *key = &s->unplaced[s->batch->unplaced[j]];
  const int32_t domain = kn_column_domain(s->grown->def, s->batch->target[j]);
  *symbol = KN_NONE;
  if (key->length == 0)
    return KN_OK;
  return kn_symbols_put(&s->builder->symbols[domain], key->text, key->length, key->hash, symbol, err);
}

/* Where the row with these unique columns is registered; NULL: a part of its key is blank. */
static kn_code
registered(const settling *s, int32_t **row, kn_error *err)
{
  const kn_table_def *def = s->grown->def;
  uint64_t part[2] = {0, 0};
  *row = NULL;
  for (int32_t k = 0; k < 2 && def->unique[k] != KN_NONE; k++) {
    const int32_t column = def->unique[k];
    if (def->columns[column].kind == KN_WORD) {
      const uint8_t word = s->grown->column[column].data.word[s->from];
      if (word == KN_BLANK_WORD)
        return KN_OK;
      part[k] = word;
      continue;
    }
    int32_t symbol = KN_NONE;
    for (int32_t j = 0; j < s->batch->count; j++)
      if (s->batch->target[j] == column)
        KN_TRY(place_unplaced(s, j, &symbol, err));
    if (symbol == KN_NONE)
      return KN_OK;
    part[k] = (uint32_t)symbol;
  }
  if (def->key_column == KN_NONE)
    return kn_pairs_put(&s->grown->pairs, part[0] << 32 | part[1], row, err);
  *row = &s->builder->symbols[kn_column_domain(def, def->key_column)].row[part[0]];
  return KN_OK;
}

static kn_code
refuse_twice(const settling *s, int64_t other, kn_error *err)
{
  char name[KN_NAME_MOST];
  const kn_table_def *def = s->grown->def;
  kn_place place = {.table = s->batch->table, .row = s->from, .column = def->unique[0], .batch = s->batch_no, .line = s->line};
  place.row_name = name_unplaced(s->builder, s->batch, s->unplaced, s->from, name);
  for (int32_t j = 0; j < s->batch->count; j++)
    if (s->batch->target[j] == def->unique[0])
      place.column_no = s->batch->column_no[j];
  if (s->batch->file == NULL)
    return kn_builder_refuse(s->builder, place, "doubled_key", name, strlen(name), "keep one of them", err,
                             "%s %s is there twice, first in row %" PRId64, def->name, name, other + 1);
  return kn_builder_refuse(s->builder, place, "doubled_key", name, strlen(name), "keep one of them", err,
                           "%s %s is there twice, first on line %" PRId64, def->name, name, s->grown->line[other]);
}

/* Gives the row at s->from its place: *row, or KN_NONE when it is left out (its findings are made). */
static kn_code
settle(const settling *s, int64_t *row, kn_error *err)
{
  kn_grown *grown = s->grown;
  *row = grown->n;
  if (grown->def->unique[0] != KN_NONE) {
    int32_t *known;
    KN_TRY(registered(s, &known, err));
    if (known == NULL || (*known != KN_NONE && grown->batch[*known] == s->batch_no)) {
      *row = KN_NONE;
      return known == NULL ? KN_OK : refuse_twice(s, *known, err);
    }
    if (*known == KN_NONE)
      *known = (int32_t)grown->n;
    *row = *known;
  }
  if (*row != s->from)
    move_row(grown, s->from, *row);
  grown->n += *row == grown->n;
  grown->line[*row] = s->line;
  grown->batch[*row] = s->batch_no;
  grown->has_store_rows |= s->batch->file == NULL;
  for (int32_t j = 0; j < s->batch->count; j++)
    if (s->batch->unplaced[j] != KN_NONE)
      KN_TRY(place_unplaced(s, j, &grown->column[s->batch->target[j]].data.number[*row], err));
  return KN_OK;
}

/* Makes the findings of one row of text. */
static kn_code
refuse_row(const settling *s, const kn_cell *cells, char decimal, kn_error *err)
{
  char name[KN_NAME_MOST];
  name_unplaced(s->builder, s->batch, s->unplaced, s->from, name);
  for (int32_t j = 0; j < s->batch->count; j++) {
    const int32_t target = s->batch->target[j];
    const kn_cell *cell = &cells[j];
    kn_cell_value value;
    kn_refusal refusal = KN_R_NO_NAME;
    if (target != KN_IGNORED)
      refusal =
          kn_cell_read(target < 0 ? NULL : &s->grown->def->columns[target], cell->text, (size_t)cell->length, decimal, &value);
    else if (cell->length == 0)
      refusal = KN_R_NONE;
    const kn_place place = {.table = s->batch->table,
                            .row = s->from,
                            .row_name = name,
                            .batch = s->batch_no,
                            .column = target < 0 ? KN_NONE : target,
                            .line = s->line,
                            .column_no = cell->column_no};
    KN_TRY(kn_builder_refuse_cell(s->builder, place, refusal, cell->text, (size_t)cell->length, decimal, err));
  }
  return KN_OK;
}

static kn_code
settle_slice(kn_builder *builder, int64_t rows, const int64_t *line, const kn_cell *cells, char decimal, kn_error *err)
{
  const kn_batch *batch = &builder->batch[builder->current];
  kn_grown *grown = &builder->grown[batch->table];
  settling s = {.builder = builder, .batch = batch, .batch_no = builder->current, .grown = grown};
  const int64_t base = grown->n;
  const int32_t stride = batch->unplaced_count;
  for (int64_t i = 0; i < rows; i++) {
    for (int32_t j = 0; j < batch->count && i + 8 < rows; j++)
      if (batch->unplaced[j] != KN_NONE)
        kn_symbols_prefetch(&builder->symbols[kn_column_domain(grown->def, batch->target[j])],
                            builder->unplaced[(i + 8) * stride + batch->unplaced[j]].hash);
    s.unplaced = builder->unplaced + i * stride;
    s.from = base + i;
    s.line = line[i];
    if (builder->is_bad[i])
      KN_TRY(refuse_row(&s, cells + i * batch->count, decimal, err));
    int64_t row;
    KN_TRY(settle(&s, &row, err));
  }
  return KN_OK;
}

static kn_code
read_slice(kn_builder *builder, int64_t rows, const int64_t *line, const kn_cell *cells, char decimal, int32_t threads,
           kn_error *err)
{
  const kn_batch *batch = &builder->batch[builder->current];
  kn_grown *grown = &builder->grown[batch->table];
  KN_TRY(make_room(grown, batch, grown->n + rows, err));
  KN_TRY(KN_GROW(builder->unplaced, builder->unplaced_capacity, rows * batch->unplaced_count + 1, err));
  KN_TRY(KN_GROW(builder->is_bad, builder->bad_capacity, rows, err));
  uint8_t *has_failed = calloc((size_t)threads, 1);
  if (has_failed == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for %d threads", threads);
  reading work = {.builder = builder, .batch = batch, .cells = cells, .decimal = decimal, .has_failed = has_failed};
  kn_code code = KN_OK;
  if (threads == 1)
    read_rows(&work, 0, rows, 0);
  else
    code = kn_parallel(threads, rows, CHUNK, read_rows, &work, err);
  for (int32_t i = 0; i < threads && code == KN_OK; i++)
    if (has_failed[i])
      code = kn_fail(err, KN_E_LIMIT, "no memory for the texts of table %s", grown->def->name);
  free(has_failed);
  KN_TRY(code);
  return settle_slice(builder, rows, line, cells, decimal, err);
}

kn_code
kn_builder_rows(kn_builder *builder, int64_t rows, const int64_t *line, const kn_cell *cells, char decimal, int32_t thread_count,
                kn_error *err)
{
  if (builder->current == KN_NONE || rows == 0)
    return KN_OK;
  kn_batch *batch = &builder->batch[builder->current];
  batch->decimal = decimal;
  for (int32_t j = 0; j < batch->count && !batch->has_column_no; j++)
    batch->column_no[j] = cells[j].column_no;
  batch->has_column_no = true;
  const int32_t threads = rows < 2 * CHUNK ? 1 : kn_thread_count(thread_count);
  KN_TRY(prepare_pools(builder, threads, batch->count, err));
  for (int64_t at = 0; at < rows; at += SLICE) {
    const int64_t some = rows - at < SLICE ? rows - at : SLICE;
    KN_TRY(read_slice(builder, some, line + at, cells + at * batch->count, decimal, threads, err));
  }
  return KN_OK;
}

kn_code
kn_builder_row(kn_builder *builder, int64_t line, const kn_cell *cells, char decimal, kn_error *err)
{
  return kn_builder_rows(builder, 1, &line, cells, decimal, 1, err);
}

kn_code
kn_builder_typed(kn_builder *builder, const kn_value *values, kn_error *err)
{
  if (builder->current == KN_NONE)
    return KN_OK;
  const kn_batch *batch = &builder->batch[builder->current];
  kn_grown *grown = &builder->grown[batch->table];
  KN_TRY(make_room(grown, batch, grown->n + 1, err));
  KN_TRY(KN_GROW(builder->unplaced, builder->unplaced_capacity, batch->unplaced_count + 1, err));
  bool is_bad = false;
  for (int32_t j = 0; j < batch->count; j++) {
    const int32_t target = batch->target[j];
    if (target == KN_IGNORED)
      continue;
    kn_cell_value value;
    is_bad |= kn_typed_read(target < 0 ? NULL : &grown->def->columns[target], &values[j], &value) != KN_R_NONE;
    if (batch->unplaced[j] != KN_NONE)
      put_unplaced(&builder->unplaced[batch->unplaced[j]], &value);
    else
      KN_TRY(put_value(builder, batch, j, grown->n, 0, &value, err));
  }
  const settling s = {.builder = builder,
                      .batch = batch,
                      .batch_no = builder->current,
                      .grown = grown,
                      .unplaced = builder->unplaced,
                      .from = grown->n};
  for (int32_t j = 0; j < batch->count && is_bad; j++) {
    const int32_t target = batch->target[j];
    kn_cell_value value;
    char name[KN_NAME_MOST], number[40], *text = NULL;
    if (target == KN_IGNORED)
      continue;
    const kn_refusal refusal = kn_typed_read(target < 0 ? NULL : &grown->def->columns[target], &values[j], &value);
    const kn_place place = {.table = batch->table,
                            .row = s.from,
                            .batch = s.batch_no,
                            .column = target < 0 ? KN_NONE : target,
                            .row_name = name_unplaced(builder, batch, s.unplaced, s.from, name)};
    size_t length = 0;
    if (values[j].text == NULL && !values[j].is_blank) {
      length = kn_number_write(number, values[j].real);
      text = number;
    }
    KN_TRY(kn_builder_refuse_cell(builder, place, refusal, values[j].text != NULL ? values[j].text : text,
                                  values[j].text != NULL ? (size_t)values[j].length : length, '.', err));
  }
  int64_t row;
  return settle(&s, &row, err);
}

kn_code
kn_builder_area(kn_builder *builder, const char *file, int64_t line, const char *area_id, const uint8_t *wkb, size_t length,
                kn_error *err)
{
  KN_TRY(KN_GROW(builder->shape, builder->shape_capacity, builder->shape_count + 1, err));
  kn_area_shape *shape = &builder->shape[builder->shape_count];
  *shape = (kn_area_shape){.line = line, .length = length};
  const size_t id_length = strlen(area_id);
  KN_TRY(
      kn_symbols_put(&builder->symbols[KN_T_AREA], area_id, id_length, kn_symbols_hash(area_id, id_length), &shape->symbol, err));
  if (file != NULL)
    KN_TRY(kn_text_copy(&shape->file, builder->keep, file, strlen(file), err));
  uint8_t *copy;
  KN_NEW(copy, builder->keep, length, err);
  if (length > 0)
    memcpy(copy, wkb, length);
  shape->wkb = copy;
  builder->shape_count++;
  return KN_OK;
}
