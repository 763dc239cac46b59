/* Rows become columns.
 *
 * Blocks of rows go through three steps, on all threads:
 *
 *   take    one thread at a time, in order: the source hands out the next block, which gets its place in the columns
 *   read    all at once: each cell to its place; keys and references are only hashed
 *   settle  one thread at a time, in order: a key gets its symbol, which tells whether the row is new, replaces an
 *           earlier one, or is there twice; references get theirs
 *
 * Rows that hold a refused cell are read once more while settling, aloud, so that findings come in the order of the
 * rows whatever the threads. */
#include "region/internal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 2048      /* rows of a block, where they are all there */
#define TYPED_ROOM 4096 /* rows to make room for at a time when they come one by one */
#define AHEAD 6         /* rows between the steps of a look-up that are asked for ahead */

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
    if (kn_column_put(data, grown->def->columns[target].kind, row, value))
      return KN_OK;
    text = &data->text[row];
  }
  *text = NULL;
  if (value->is_blank)
    return KN_OK;
  /* The same text as in the row above (a note, a licence) is kept once. */
  kn_last_text *last = &builder->last_text[worker * builder->last_stride + j];
  if (last->text == NULL || last->length != value->length || memcmp(last->text, value->text, value->length) != 0)
    KN_TRY(kn_textpool_copy(&last->text, &builder->pool[worker], value->text, value->length, err));
  last->length = value->length;
  *text = last->text;
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

/* What a thread works on. */
typedef struct slot {
  kn_row_block block;
  int64_t ticket;        /* number of the block */
  int64_t first;         /* row where its values are */
  kn_unplaced *unplaced; /* [rows][unplaced_count] */
  uint8_t *is_bad;       /* [rows] */
  int64_t unplaced_capacity, bad_capacity;
  kn_code code;
  kn_error err;
} slot;

static kn_code
read_block(kn_builder *builder, slot *in, char decimal, int32_t worker, kn_error *err)
{
  const kn_batch *batch = &builder->batch[builder->current];
  const kn_grown *grown = &builder->grown[batch->table];
  KN_TRY(KN_GROW(in->unplaced, in->unplaced_capacity, in->block.rows * batch->unplaced_count + 1, err));
  KN_TRY(KN_GROW(in->is_bad, in->bad_capacity, in->block.rows, err));
  for (int64_t i = 0; i < in->block.rows; i++) {
    const kn_cell *cell = in->block.cells + i * batch->count;
    kn_unplaced *unplaced = in->unplaced + i * batch->unplaced_count;
    bool is_bad = false;
    for (int32_t j = 0; j < batch->count; j++) {
      const int32_t target = batch->target[j];
      if (target == KN_IGNORED) {
        is_bad |= cell[j].length > 0;
        continue;
      }
      kn_cell_value value;
      const kn_column_def *def = target < 0 ? NULL : &grown->def->columns[target];
      is_bad |= kn_cell_read(def, cell[j].text, (size_t)cell[j].length, decimal, &value) != KN_R_NONE;
      if (batch->unplaced[j] != KN_NONE)
        put_unplaced(&unplaced[batch->unplaced[j]], &value);
      else
        KN_TRY(put_value(builder, batch, j, in->first + i, worker, &value, err));
    }
    in->is_bad[i] = is_bad;
  }
  return KN_OK;
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
  } else if (def->unique[1] != KN_NONE && def->columns[def->unique[1]].kind == KN_INT) {
    const int32_t number = builder->grown[batch->table].column[def->unique[1]].data.number[row];
    if (number != KN_BLANK_INT)
      snprintf(out + used, KN_NAME_MOST - (size_t)used, ", %" PRId32, number);
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
    if (def->columns[column].kind == KN_INT) {
      const int32_t number = s->grown->column[column].data.number[s->from];
      if (number == KN_BLANK_INT)
        return KN_OK;
      part[k] = (uint32_t)number;
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
settle_block(kn_builder *builder, const slot *in, char decimal, kn_error *err)
{
  const kn_batch *batch = &builder->batch[builder->current];
  kn_grown *grown = &builder->grown[batch->table];
  settling s = {.builder = builder, .batch = batch, .batch_no = builder->current, .grown = grown};
  const int32_t stride = batch->unplaced_count;
  for (int64_t i = 0; i < in->block.rows; i++) {
    for (int32_t j = 0; j < batch->count && i + 3 * AHEAD < in->block.rows; j++)
      if (batch->unplaced[j] != KN_NONE) {
        const kn_symbols *symbols = &builder->symbols[batch->domain[j]];
        const kn_unplaced *key = &in->unplaced[i * stride + batch->unplaced[j]];
        kn_symbols_prefetch(symbols, key[3 * AHEAD * stride].hash);
        kn_symbols_prefetch_place(symbols, key[2 * AHEAD * stride].hash);
        kn_symbols_prefetch_text(symbols, key[AHEAD * stride].hash);
      }
    s.unplaced = in->unplaced + i * stride;
    s.from = in->first + i;
    s.line = in->block.line[i];
    if (in->is_bad[i])
      KN_TRY(refuse_row(&s, in->block.cells + i * batch->count, decimal, err));
    int64_t row;
    KN_TRY(settle(&s, &row, err));
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- take, read, settle */
typedef struct stream {
  kn_builder *builder;
  const kn_row_source *source;
  slot *slots;             /* [threads] */
  pthread_mutex_t taking;  /* held by who is at the source */
  int64_t taken, next_row; /* by now: blocks, and where the values of the next one go; guarded by `taking` */
  bool is_at_end;
  pthread_mutex_t mutex; /* guards what follows */
  pthread_cond_t change;
  int64_t settled; /* blocks */
  kn_code code;    /* of the first block that failed */
  kn_error err;
} stream;

/* Waits until block `ticket` is the next to be settled; false: one before it failed. */
static bool
wait_for_turn(stream *all, int64_t ticket)
{
  pthread_mutex_lock(&all->mutex);
  while (all->settled < ticket && all->code == KN_OK)
    pthread_cond_wait(&all->change, &all->mutex);
  const bool is_good = all->code == KN_OK;
  pthread_mutex_unlock(&all->mutex);
  return is_good;
}

/* Gives a block its place in the columns. They may move while room is made, so nobody may be reading into them then. */
static kn_code
place_block(stream *all, slot *out, kn_error *err)
{
  const kn_batch *batch = &all->builder->batch[all->builder->current];
  kn_grown *grown = &all->builder->grown[batch->table];
  out->first = all->next_row;
  all->next_row += out->block.rows;
  const int64_t need = all->next_row, more = need + need / 2 < INT32_MAX ? need + need / 2 : need;
  if (need <= grown->room)
    return KN_OK;
  if (wait_for_turn(all, all->taken)) {
    kn_follow_hold(all->builder->follow);
    const kn_code code = kn_grown_make_room(grown, batch, grown->room == 0 ? need : more, err);
    kn_follow_release(all->builder->follow);
    return code;
  }
  out->block.rows = 0; /* a block before it failed, and says why */
  return KN_OK;
}

static kn_code
take_block(stream *all, slot *out, kn_error *err)
{
  const kn_row_source *source = all->source;
  do {
    if (source->is_alone(source->arg) && !wait_for_turn(all, all->taken))
      return KN_OK; /* the block before says why */
    KN_TRY(source->next(source->arg, (int32_t)(out - all->slots), &out->block, err));
  } while (out->block.rows == 0 && source->is_alone(source->arg));
  if (out->block.rows == 0)
    return KN_OK;
  kn_batch *batch = &all->builder->batch[all->builder->current];
  for (int32_t j = 0; j < batch->count && !batch->has_column_no; j++)
    batch->column_no[j] = out->block.cells[j].column_no;
  batch->has_column_no = true;
  return place_block(all, out, err);
}

/* False: there is no block any more. A failure is told when its turn comes. */
static bool
take_next(stream *all, slot *out)
{
  pthread_mutex_lock(&all->taking);
  const bool is_at_end = all->is_at_end;
  if (!is_at_end) {
    out->block = (kn_row_block){0};
    out->code = take_block(all, out, &out->err);
    out->ticket = all->taken++;
    all->is_at_end = out->code != KN_OK || out->block.rows == 0;
  }
  pthread_mutex_unlock(&all->taking);
  return !is_at_end;
}

/* False: this block failed, or one before it. */
static bool
settle_in_turn(stream *all, slot *in)
{
  if (!wait_for_turn(all, in->ticket))
    return false;
  if (in->code == KN_OK)
    in->code = settle_block(all->builder, in, all->source->decimal, &in->err);
  if (in->code == KN_OK)
    kn_follow_publish(all->builder);
  pthread_mutex_lock(&all->mutex);
  all->settled++;
  if (in->code != KN_OK) {
    all->code = in->code;
    all->err = in->err;
  }
  pthread_cond_broadcast(&all->change);
  pthread_mutex_unlock(&all->mutex);
  return in->code == KN_OK;
}

/* Item i of the loop is the life of one thread. */
static void
work_on_blocks(void *arg, int64_t first, int64_t last, int32_t worker)
{
  stream *all = arg;
  if (worker > 0 && all->builder->follow != NULL)
    kn_thread_stand_back(); /* who follows is slower */
  for (int64_t i = first; i < last; i++) {
    slot *mine = &all->slots[i];
    bool is_good = true;
    while (is_good && take_next(all, mine)) {
      if (mine->code == KN_OK)
        mine->code = read_block(all->builder, mine, all->source->decimal, (int32_t)i, &mine->err);
      is_good = settle_in_turn(all, mine);
    }
  }
}

kn_code
kn_builder_take(kn_builder *builder, const kn_row_source *source, int32_t thread_count, kn_error *err)
{
  if (builder->current == KN_NONE)
    return KN_OK;
  kn_batch *batch = &builder->batch[builder->current];
  batch->decimal = source->decimal;
  const int32_t threads = kn_thread_count(thread_count);
  KN_TRY(kn_builder_make_pools(builder, threads, batch->count, err));
  kn_follow_begin(builder, false);
  stream all = {.builder = builder, .source = source, .next_row = builder->grown[batch->table].n};
  all.slots = calloc((size_t)threads, sizeof *all.slots);
  if (all.slots == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for %d threads", threads);
  pthread_mutex_init(&all.taking, NULL);
  pthread_mutex_init(&all.mutex, NULL);
  pthread_cond_init(&all.change, NULL);
  const kn_code code = kn_parallel(threads, threads, 1, work_on_blocks, &all, err);
  pthread_cond_destroy(&all.change);
  pthread_mutex_destroy(&all.mutex);
  pthread_mutex_destroy(&all.taking);
  for (int32_t i = 0; i < threads; i++) {
    free(all.slots[i].unplaced);
    free(all.slots[i].is_bad);
  }
  free(all.slots);
  if (code == KN_OK && all.code != KN_OK && err != NULL)
    *err = all.err;
  return code == KN_OK ? all.code : code;
}

/* ---------------------------------------------------------------- rows that are all there */
typedef struct rows_there {
  kn_row_block left;
  int32_t count;
} rows_there;

static kn_code
next_rows(void *arg, int32_t slot_no, kn_row_block *out, kn_error *err)
{
  (void)slot_no, (void)err;
  rows_there *in = arg;
  *out = in->left;
  if (out->rows > BLOCK)
    out->rows = BLOCK;
  in->left.rows -= out->rows;
  in->left.line += out->rows;
  in->left.cells += out->rows * in->count;
  return KN_OK;
}

static bool
never(const void *arg)
{
  (void)arg;
  return false;
}

kn_code
kn_builder_rows(kn_builder *builder, int64_t rows, const int64_t *line, const kn_cell *cells, char decimal, int32_t thread_count,
                kn_error *err)
{
  if (builder->current == KN_NONE || rows == 0)
    return KN_OK;
  rows_there there = {.left = {.rows = rows, .line = line, .cells = cells}, .count = builder->batch[builder->current].count};
  const kn_row_source source = {.next = next_rows, .is_alone = never, .arg = &there, .decimal = decimal};
  return kn_builder_take(builder, &source, rows < 2 * BLOCK ? 1 : thread_count, err);
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
  if (grown->n == grown->stored)
    kn_follow_begin(builder, true);
  if (grown->n % TYPED_ROOM == 0)
    kn_follow_publish(builder); /* the rows before have their geometry by now */
  if (grown->n + 1 > grown->room) {
    kn_follow_hold(builder->follow);
    const kn_code code = kn_grown_make_room(grown, batch, grown->n + TYPED_ROOM, err);
    kn_follow_release(builder->follow);
    KN_TRY(code);
  }
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
