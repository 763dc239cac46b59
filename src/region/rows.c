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

#define SLICE 65536 /* rows between reading and settling; bounds the memory for keys without symbol */
#define CHUNK 1024
#define TYPED_ROOM 4096 /* rows to make room for at a time when they come one by one */

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
  int32_t symbol[2]; /* of the unique columns, once the row is registered */
} settling;

static kn_code
place_unplaced(const settling *s, int32_t j, int32_t *symbol, kn_error *err)
{
  const kn_unplaced *key = &s->unplaced[s->batch->unplaced[j]];
  *symbol = KN_NONE;
  if (key->length == 0)
    return KN_OK;
  return kn_symbols_put(&s->builder->symbols[s->batch->domain[j]], key->text, key->length, key->hash, symbol, err);
}

/* Where the row with these unique columns is registered; NULL: a part of its key is blank. */
static kn_code
registered(settling *s, int32_t **row, kn_error *err)
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
    s->symbol[k] = symbol;
    part[k] = (uint32_t)symbol;
  }
  if (def->key_column == KN_NONE)
    return kn_pairs_put(&s->grown->pairs, part[0] << 32 | part[1], row, err);
  *row = &s->builder->symbols[def->id].row[part[0]];
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
settle(settling *s, int64_t *row, kn_error *err)
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
    kn_grown_move_row(grown, s->from, *row);
  grown->n += *row == grown->n;
  grown->line[*row] = s->line;
  grown->batch[*row] = s->batch_no;
  grown->has_store_rows |= s->batch->file == NULL;
  for (int32_t j = 0; j < s->batch->count; j++) {
    const int32_t unplaced = s->batch->unplaced[j];
    if (unplaced == KN_NONE)
      continue;
    int32_t *symbol = &grown->column[s->batch->target[j]].data.number[*row];
    if (unplaced == s->batch->key[0] || unplaced == s->batch->key[1])
      *symbol = s->symbol[unplaced == s->batch->key[0] ? 0 : 1];
    else
      KN_TRY(place_unplaced(s, j, symbol, err));
  }
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
        kn_symbols_prefetch(&builder->symbols[batch->domain[j]], builder->unplaced[(i + 8) * stride + batch->unplaced[j]].hash);
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
  KN_TRY(kn_grown_make_room(grown, batch, grown->n + rows, err));
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
  KN_TRY(kn_builder_make_pools(builder, threads, batch->count, err));
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

/* Makes the findings of one typed row. */
static kn_code
refuse_typed(const settling *s, const kn_value *values, kn_error *err)
{
  char name[KN_NAME_MOST], number[40];
  name_unplaced(s->builder, s->batch, s->unplaced, s->from, name);
  for (int32_t j = 0; j < s->batch->count; j++) {
    const int32_t target = s->batch->target[j];
    if (target == KN_IGNORED)
      continue;
    kn_cell_value value;
    const kn_refusal refusal = kn_typed_read(target < 0 ? NULL : &s->grown->def->columns[target], &values[j], &value);
    kn_place place = {.table = s->batch->table, .row = s->from, .row_name = name, .batch = s->batch_no};
    place.column = target < 0 ? KN_NONE : target;
    const char *text = values[j].text;
    size_t length = text == NULL ? 0 : (size_t)values[j].length;
    if (text == NULL && !values[j].is_blank) {
      length = kn_number_write(number, values[j].real);
      text = number;
    }
    KN_TRY(kn_builder_refuse_cell(s->builder, place, refusal, text, length, '.', err));
  }
  return KN_OK;
}

kn_code
kn_builder_typed(kn_builder *builder, const kn_value *values, kn_error *err)
{
  if (builder->current == KN_NONE)
    return KN_OK;
  const kn_batch *batch = &builder->batch[builder->current];
  kn_grown *grown = &builder->grown[batch->table];
  if (grown->n + 1 > grown->room)
    KN_TRY(kn_grown_make_room(grown, batch, grown->n + TYPED_ROOM, err));
  KN_TRY(KN_GROW(builder->unplaced, builder->unplaced_capacity, batch->unplaced_count + 1, err));
  bool is_bad = false;
  for (int32_t j = 0; j < batch->count; j++) {
    const int32_t target = batch->target[j];
    if (target == KN_IGNORED)
      continue;
    kn_cell_value value;
    is_bad |= kn_typed_read(target < 0 ? NULL : &grown->def->columns[target], &values[j], &value) != KN_R_NONE;
    if (batch->unplaced[j] != KN_NONE) {
      put_unplaced(&builder->unplaced[batch->unplaced[j]], &value);
      kn_symbols_prefetch(&builder->symbols[batch->domain[j]], builder->unplaced[batch->unplaced[j]].hash);
    } else
      KN_TRY(put_value(builder, batch, j, grown->n, 0, &value, err));
  }
  settling s = {.builder = builder, .batch = batch, .batch_no = builder->current, .grown = grown};
  s.unplaced = builder->unplaced;
  s.from = grown->n;
  if (is_bad)
    KN_TRY(refuse_typed(&s, values, err));
  int64_t row;
  return settle(&s, &row, err);
}
