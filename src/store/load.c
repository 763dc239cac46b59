/* From the file into a builder, as a pipeline of two threads:
 *
 *   reader: SQLite rows ──> blocks of values (up to 2048 rows, about 1 MB of text) ──> here: kn_builder_typed()
 *
 * The ring holds a few blocks; who is ahead waits. One connection and one transaction read all tables, so the region
 * is one moment of the file. cost: 1M offers about the time SQLite needs to step over them, or the builder to take
 * them, whichever is more. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

enum { BLOCK_ROWS = 2048, BLOCK_TEXT = 1 << 20, RING = 4 };

typedef struct block {
  int32_t table; /* position in the list of tables */
  int64_t rows;
  kn_value *values; /* [rows][column_count] */
  int64_t value_capacity;
  char *text;
  int64_t text_capacity, text_used;
} block;

typedef struct pipeline {
  kn_store *store;
  const kn_file_table *tables; /* [KN_TABLE_COUNT] */
  block ring[RING];
  int64_t written, taken; /* blocks so far */
  bool is_over;           /* no more blocks will come, or nobody will take them */
  kn_code code;           /* of the reader */
  kn_error err;
  pthread_mutex_t mutex;
  pthread_cond_t change;
} pipeline;

/* ---------------------------------------------------------------- the reading side */
/* A block to write into; NULL when nobody takes blocks any more. */
static block *
next_free(pipeline *pipe)
{
  pthread_mutex_lock(&pipe->mutex);
  while (pipe->written - pipe->taken >= RING && !pipe->is_over)
    pthread_cond_wait(&pipe->change, &pipe->mutex);
  block *free_block = pipe->is_over ? NULL : &pipe->ring[pipe->written % RING];
  pthread_mutex_unlock(&pipe->mutex);
  if (free_block != NULL)
    free_block->rows = free_block->text_used = 0;
  return free_block;
}

static void
pass_on(pipeline *pipe)
{
  pthread_mutex_lock(&pipe->mutex);
  pipe->written++;
  pthread_cond_signal(&pipe->change);
  pthread_mutex_unlock(&pipe->mutex);
}

static kn_code
copy_text(block *out, kn_value *value, const unsigned char *text, int length, kn_error *err)
{
  const int64_t need = out->text_used + length + 1;
  if (need > out->text_capacity) {
    const char *before = out->text;
    KN_TRY(KN_GROW(out->text, out->text_capacity, need > BLOCK_TEXT ? need : BLOCK_TEXT, err));
    for (kn_value *at = out->values; at < value; at++)
      if (!at->is_blank && at->text != NULL)
        at->text = out->text + (at->text - before);
  }
  char *to = out->text + out->text_used;
  memcpy(to, text, (size_t)length);
  to[length] = '\0';
  out->text_used = need;
  *value = (kn_value){.text = to, .length = length};
  return KN_OK;
}

static kn_code
read_value(kn_store *store, sqlite3_stmt *statement, int column, const kn_column_def *def, block *out, kn_value *value,
           kn_error *err)
{
  const int type = sqlite3_column_type(statement, column);
  if (type == SQLITE_NULL) {
    *value = (kn_value){.is_blank = true};
    return KN_OK;
  }
  const bool is_number = def != NULL && (def->kind == KN_REAL || def->kind == KN_INT);
  if (is_number && type != SQLITE_TEXT && type != SQLITE_BLOB) {
    *value = (kn_value){.real = sqlite3_column_double(statement, column)};
    return KN_OK;
  }
  const unsigned char *text = sqlite3_column_text(statement, column);
  if (text == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  return copy_text(out, value, text, sqlite3_column_bytes(statement, column), err);
}

static kn_code
read_row(pipeline *pipe, sqlite3_stmt *statement, block *out, kn_error *err)
{
  const kn_file_table *table = &pipe->tables[out->table];
  const int32_t count = table->column_count;
  for (int32_t i = 0; i < count; i++) {
    const kn_column_def *def = table->at[i] >= 0 ? &table->def->columns[table->at[i]] : NULL;
    KN_TRY(read_value(pipe->store, statement, i, def, out, &out->values[out->rows * count + i], err));
  }
  out->rows++;
  return KN_OK;
}

static kn_code
read_rows(pipeline *pipe, int32_t table, sqlite3_stmt *statement, kn_error *err)
{
  const int32_t count = pipe->tables[table].column_count;
  for (bool more = true; more;) {
    block *out = next_free(pipe);
    if (out == NULL)
      return KN_OK;
    out->table = table;
    KN_TRY(KN_GROW(out->values, out->value_capacity, (int64_t)count * BLOCK_ROWS, err));
    while (more && out->rows < BLOCK_ROWS && out->text_used < BLOCK_TEXT) {
      KN_TRY(kn_sql_step(pipe->store, statement, &more, err));
      if (more)
        KN_TRY(read_row(pipe, statement, out, err));
    }
    pass_on(pipe);
  }
  return KN_OK;
}

static kn_code
prepare_table(kn_store *store, const kn_file_table *table, sqlite3_stmt **out, kn_error *err)
{
  sqlite3_str *columns = sqlite3_str_new(store->db);
  for (int32_t i = 0; i < table->column_count; i++)
    sqlite3_str_appendf(columns, "%s\"%w\"", i > 0 ? ", " : "", table->column_names[i]);
  char *list = sqlite3_str_finish(columns);
  if (list == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  const kn_code code = kn_sql_prepare(store, out, err, "SELECT %s FROM \"%w\" ORDER BY fid", list, table->def->name);
  sqlite3_free(list);
  return code;
}

static kn_code
read_tables(pipeline *pipe, kn_error *err)
{
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    if (pipe->tables[i].column_count == 0)
      continue;
    sqlite3_stmt *statement = NULL;
    KN_TRY(prepare_table(pipe->store, &pipe->tables[i], &statement, err));
    const kn_code code = read_rows(pipe, i, statement, err);
    sqlite3_finalize(statement);
    if (code != KN_OK)
      return kn_note(err, "reading table %s", pipe->tables[i].def->name);
  }
  return KN_OK;
}

static void *
read_all(void *arg)
{
  pipeline *pipe = arg;
  pipe->code = read_tables(pipe, &pipe->err);
  pthread_mutex_lock(&pipe->mutex);
  pipe->is_over = true;
  pthread_cond_signal(&pipe->change);
  pthread_mutex_unlock(&pipe->mutex);
  return NULL;
}

/* ---------------------------------------------------------------- the building side */
static const block *
next_full(pipeline *pipe)
{
  pthread_mutex_lock(&pipe->mutex);
  while (pipe->written == pipe->taken && !pipe->is_over)
    pthread_cond_wait(&pipe->change, &pipe->mutex);
  const block *full = pipe->written > pipe->taken ? &pipe->ring[pipe->taken % RING] : NULL;
  pthread_mutex_unlock(&pipe->mutex);
  return full;
}

static void
give_back(pipeline *pipe)
{
  pthread_mutex_lock(&pipe->mutex);
  pipe->taken++;
  pthread_cond_signal(&pipe->change);
  pthread_mutex_unlock(&pipe->mutex);
}

static kn_code
build(pipeline *pipe, const int64_t *expected, kn_builder *builder, kn_error *err)
{
  int32_t table = KN_NONE;
  kn_progress progress = {.phase = "reading", .value = NAN, .bound = NAN};
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++)
    progress.total += (double)expected[i];
  for (const block *in = next_full(pipe); in != NULL; in = next_full(pipe)) {
    const kn_file_table *from = &pipe->tables[in->table];
    if (in->table != table)
      KN_TRY(kn_builder_batch(builder, from->def->id, NULL, from->column_count, from->names, expected[in->table], err));
    table = in->table;
    for (int64_t i = 0; i < in->rows; i++)
      KN_TRY(kn_builder_typed(builder, in->values + i * from->column_count, err));
    progress.done += (double)in->rows;
    give_back(pipe);
    kn_watch_tell(pipe->store->watch, &progress);
  }
  return KN_OK;
}

static kn_code
run_pipe(pipeline *pipe, const int64_t *expected, kn_builder *builder, kn_error *err)
{
  pthread_t reader;
  if (pthread_create(&reader, NULL, read_all, pipe) != 0)
    return kn_fail(err, KN_E_LIMIT, "no thread to read with");
  kn_code code = build(pipe, expected, builder, err);
  pthread_mutex_lock(&pipe->mutex);
  pipe->is_over = true;
  pthread_cond_signal(&pipe->change);
  pthread_mutex_unlock(&pipe->mutex);
  pthread_join(reader, NULL);
  if (code == KN_OK && pipe->code != KN_OK) {
    code = pipe->code;
    if (err != NULL)
      *err = pipe->err;
  }
  return code;
}

static kn_code
fill_tables(kn_store *store, kn_arena *arena, kn_builder *builder, kn_error *err)
{
  kn_file_table tables[KN_TABLE_COUNT];
  int64_t expected[KN_TABLE_COUNT];
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    KN_TRY(kn_file_table_look(store, arena, i, &tables[i], err));
    expected[i] = 0;
    if (tables[i].column_count > 0)
      KN_TRY(kn_sql_number(store, &expected[i], err, "SELECT max(fid) FROM \"%w\"", tables[i].def->name));
  }
  pipeline *pipe = calloc(1, sizeof *pipe);
  if (pipe == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  pipe->store = store;
  pipe->tables = tables;
  pthread_mutex_init(&pipe->mutex, NULL);
  pthread_cond_init(&pipe->change, NULL);
  const kn_code code = run_pipe(pipe, expected, builder, err);
  for (int32_t i = 0; i < RING; i++) {
    free(pipe->ring[i].values);
    free(pipe->ring[i].text);
  }
  pthread_cond_destroy(&pipe->change);
  pthread_mutex_destroy(&pipe->mutex);
  free(pipe);
  return code;
}

static kn_code
fill_shapes(kn_store *store, const kn_table_def *def, sqlite3_stmt *statement, kn_builder *builder, kn_error *err)
{
  for (;;) {
    bool row;
    KN_TRY(kn_sql_step(store, statement, &row, err));
    if (!row)
      return KN_OK;
    const char *key = (const char *)sqlite3_column_text(statement, 0);
    const uint8_t *blob = sqlite3_column_blob(statement, 1), *wkb;
    const size_t length = (size_t)sqlite3_column_bytes(statement, 1);
    size_t wkb_length;
    if (def->geometry == 'l' && kn_geometry_is_straight(blob, length))
      continue;
    if (key == NULL || !kn_geometry_wkb(blob, length, &wkb, &wkb_length))
      return kn_fail(err, KN_E_INPUT, "%s: %s %s has a geometry that is none", store->path, def->name, key == NULL ? "?" : key);
    KN_TRY(kn_builder_shape(builder, def->id, NULL, 0, key, wkb, wkb_length, err));
  }
}

static kn_code
fill_all(kn_store *store, kn_arena *arena, kn_builder *builder, kn_error *err)
{
  KN_TRY(fill_tables(store, arena, builder, err));
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    const kn_table_def *def = kn_schema((kn_table_id)i);
    /* A file of an older knoop that cannot be written has not all tables. */
    if ((def->geometry != 'a' && def->geometry != 'l') || !kn_sql_has_table(store, def->name))
      continue;
    sqlite3_stmt *statement;
    KN_TRY(kn_sql_prepare(store, &statement, err, "SELECT \"%w\", geom FROM \"%w\" WHERE geom IS NOT NULL ORDER BY fid",
                          def->columns[def->key_column].name, def->name));
    const kn_code code = fill_shapes(store, def, statement, builder, err);
    sqlite3_finalize(statement);
    KN_TRY(code);
  }
  return KN_OK;
}

kn_code
kn_store_fill(kn_store *store, kn_builder *builder, kn_error *err)
{
  KN_TRY(kn_sql_run(store, "BEGIN", err));
  kn_arena *arena = kn_arena_new();
  const kn_code code = fill_all(store, arena, builder, err);
  kn_arena_free(arena);
  sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL); /* it only read */
  return code == KN_OK ? KN_OK : kn_note(err, "loading %s", store->path);
}

kn_code
kn_store_load(kn_store *store, kn_findings *findings, kn_region **out, kn_error *err)
{
  *out = NULL;
  kn_builder *builder;
  KN_TRY(kn_builder_new(&builder, findings, err));
  kn_code code = kn_store_fill(store, builder, err);
  if (code == KN_OK) {
    code = kn_builder_end(builder, out, err);
    if (code != KN_OK)
      kn_note(err, "loading %s", store->path);
  }
  kn_builder_free(builder);
  return code;
}
