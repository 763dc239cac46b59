/* Tables written while a builder still takes rows.
 *
 *   builder ──settled rows──> kn_ahead: cells laid out ──> writer: SQLite, one table after the other
 *      └──ends──> region ──the rows that are left──┘
 *
 * SQLite writes with one thread, and that takes longer than reading and judging on all of them; so it begins with the first rows
 * of a large table that the file has no rows of yet. All is one transaction, which kn_store_save_region() completes or rolls
 * back: an import whose last row is wrong, or that is killed, leaves nothing. Should the rows turn out not to stay as they were
 * (kn_follow_is_spoiled), it is rolled back too, and the region is written from its start.
 *
 * The writer's thread has the connection to itself from kn_store_follow() until it is joined. Whatever happens there is
 * told when it is; until then the builder goes on, and what is wrong in the data comes first. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

struct kn_early {
  kn_store *store;
  kn_follow *follow;
  pthread_t writer;
  bool has_begun;
  int64_t written[KN_TABLE_COUNT]; /* rows; -1: the table is left to others */
  kn_code code;
  kn_error err;
  pthread_mutex_t mutex; /* guards what follows */
  pthread_cond_t change;
  const kn_region *region; /* once the builder ended */
  bool is_given_up;
};

/* A table being written. What is not const belongs to the thread that lays out. */
typedef struct job {
  kn_early *early;
  kn_follow_table table;
  const kn_table_def *def;
  kn_arena *arena;
  int32_t count;           /* columns written */
  const char **names;      /* [count] in the file */
  int32_t *from;           /* [count] column of the batch; KN_NONE: the geometry */
  kn_follow_column *given; /* [table.count] */
  int32_t key_column;
  kn_source growing, ended; /* the second once the builder ended */
  bool is_inside, has_ended;
} job;

/* ---------------------------------------------------------------- where cells come from */
static bool
line_of_growing(const void *lines, int64_t row, const uint8_t **wkb, size_t *length, double from[2], double to[2])
{
  kn_follow *follow = ((const job *)lines)->early->follow;
  return kn_follow_line(follow, row, wkb, length, from, to);
}

/* Arrays move while they grow, so this is asked for each time. */
static void
look_at_builder(job *j)
{
  kn_follow_columns(j->early->follow, j->given);
  for (int32_t c = 0; c < j->count; c++) {
    kn_cells *out = &j->growing.column[c];
    if (j->from[c] != KN_NONE) {
      const kn_follow_column *given = &j->given[j->from[c]];
      *out = (kn_cells){.kind = (int)given->kind, .from = given->data, .words = given->words};
    } else if (j->def->geometry == 'l') {
      *out = (kn_cells){.kind = KN_CELL_LINE};
    } else {
      *out = (kn_cells){.kind = KN_CELL_POINT};
      for (int32_t k = 0; k < j->table.count; k++) {
        if (strcmp(j->table.names[k], "lon") == 0)
          out->from = j->given[k].data;
        if (strcmp(j->table.names[k], "lat") == 0)
          out->lat = j->given[k].data.real;
      }
    }
  }
}

/* What each column will be, which is known before there is a row. */
static void
look_at_kinds(job *j)
{
  j->growing.first = j->ended.first = j->table.first;
  j->growing.line = line_of_growing;
  j->growing.lines = j;
  for (int32_t c = 0; c < j->count; c++) {
    const int32_t target = j->from[c] == KN_NONE ? KN_NONE : j->table.target[j->from[c]];
    int kind = target >= 0 ? (int)j->def->columns[target].kind : KN_TEXT;
    if (j->from[c] == KN_NONE)
      kind = j->def->geometry == 'l' ? KN_CELL_LINE : KN_CELL_POINT;
    j->growing.column[c] = (kn_cells){.kind = kind};
  }
}

static void
look_at_region(job *j, const kn_region *region)
{
  j->ended.region = region;
  j->ended.table = kn_region_table(region, j->table.table);
  for (int32_t c = 0; c < j->count; c++) {
    if (j->from[c] == KN_NONE) {
      j->ended.column[c] = kn_source_geometry(&j->ended);
      continue;
    }
    const int32_t target = j->table.target[j->from[c]];
    const char *name = j->table.names[j->from[c]];
    const bool is_there = kn_source_find(&j->ended, target < 0 ? KN_NONE : target, name, &j->ended.column[c]);
    assert(is_there);
    (void)is_there;
  }
}

/* Waits for the region; NULL: there will be none. */
static const kn_region *
wait_for_region(kn_early *early)
{
  pthread_mutex_lock(&early->mutex);
  while (early->region == NULL && !early->is_given_up)
    pthread_cond_wait(&early->change, &early->mutex);
  const kn_region *region = early->is_given_up ? NULL : early->region;
  pthread_mutex_unlock(&early->mutex);
  return region;
}

/* kn_gate */
static int64_t
enter(void *arg, int64_t first, int64_t most, const kn_source **in)
{
  job *j = arg;
  if (!j->has_ended) {
    const int64_t rows = kn_follow_enter(j->early->follow, j->table.table, j->table.first + first, most);
    if (rows != KN_FOLLOW_OVER) {
      j->is_inside = true;
      look_at_builder(j);
      *in = &j->growing;
      return rows;
    }
    const kn_region *region = kn_follow_is_spoiled(j->early->follow) ? NULL : wait_for_region(j->early);
    if (region == NULL)
      return 0;
    look_at_region(j, region);
    j->has_ended = true;
  }
  *in = &j->ended;
  const int64_t left = j->ended.table->n - j->table.first - first;
  return left < most ? left : most;
}

static void
leave(void *arg)
{
  job *j = arg;
  if (j->is_inside)
    kn_follow_leave(j->early->follow);
  j->is_inside = false;
}

/* ---------------------------------------------------------------- one table */
static bool
is_wanted(kn_early *early)
{
  pthread_mutex_lock(&early->mutex);
  const bool is_given_up = early->is_given_up;
  pthread_mutex_unlock(&early->mutex);
  return !is_given_up && !kn_follow_is_spoiled(early->follow);
}

static kn_code
find_columns(job *j, kn_error *err)
{
  kn_store *store = j->early->store;
  kn_file_table file;
  const char **extra;
  int32_t extra_count = 0;
  KN_NEW(extra, j->arena, j->table.count + 1, err);
  KN_NEW(j->names, j->arena, j->table.count + 1, err);
  KN_NEW(j->from, j->arena, j->table.count + 1, err);
  KN_NEW(j->given, j->arena, j->table.count + 1, err);
  KN_NEW(j->growing.column, j->arena, j->table.count + 1, err);
  KN_NEW(j->ended.column, j->arena, j->table.count + 1, err);
  for (int32_t k = 0; k < j->table.count; k++)
    if (j->table.target[k] < 0 && j->table.target[k] != KN_IGNORED)
      extra[extra_count++] = j->table.names[k];
  KN_TRY(kn_file_table_look(store, j->arena, j->table.table, &file, err));
  KN_TRY(kn_file_table_extend(store, j->arena, &file, extra_count, extra, err));
  for (int32_t i = 0; i < file.column_count; i++)
    for (int32_t k = 0; k < j->table.count; k++) {
      const int32_t target = j->table.target[k];
      if (target == KN_IGNORED || (target < 0 ? KN_NONE : target) != file.at[i] || strcmp(file.names[i], j->table.names[k]) != 0)
        continue;
      if (target == j->def->key_column)
        j->key_column = j->count;
      j->from[j->count] = k;
      j->names[j->count++] = file.column_names[i];
    }
  if (j->def->geometry != 0) {
    j->from[j->count] = KN_NONE;
    j->names[j->count++] = "geom";
  }
  return KN_OK;
}

/* In the order of their keys the unique index grows at its end. From the first row on that is not, it is left out and made
 * when all are there. */
static kn_code
insert_rows(job *j, kn_ahead *ahead, kn_error *err)
{
  kn_store *store = j->early->store;
  kn_rows rows = {.column_count = j->count, .has = kn_ahead_has, .cell = kn_ahead_show, .arg = ahead};
  KN_TRY(kn_rows_insert(store, j->def->name, j->names, &rows, NULL, err));
  rows.first = kn_ahead_go_on(ahead);
  if (rows.first == KN_NONE)
    return KN_OK;
  char *again;
  kn_code code = kn_save_take_off(store, j->def->name, false, &again, err);
  if (code == KN_OK)
    code = kn_rows_insert(store, j->def->name, j->names, &rows, NULL, err);
  if (code == KN_OK && again != NULL && is_wanted(j->early))
    code = kn_sql_run(store, again, err);
  sqlite3_free(again);
  return code;
}

static kn_code
write_rows(job *j, kn_error *err)
{
  kn_store *store = j->early->store;
  int64_t fid;
  kn_boxes boxes = {0};
  const kn_gate gate = {.enter = enter, .leave = leave, .arg = j};
  kn_ahead *ahead;
  char *again;
  KN_TRY(kn_save_next_fid(store, j->def, &fid, err));
  KN_TRY(kn_save_take_off(store, j->def->name, true, &again, err));
  look_at_kinds(j);
  kn_code code = kn_ahead_start(&ahead, &j->growing, 0, j->count, &gate, j->key_column, err);
  if (code == KN_OK) {
    code = insert_rows(j, ahead, err);
    const kn_code ended = kn_ahead_end(ahead, &boxes, code == KN_OK ? err : NULL);
    code = code != KN_OK ? code : ended;
  }
  if (code == KN_OK && is_wanted(j->early))
    code = kn_save_finish_rows(store, j->def, &boxes, fid, again, err);
  kn_boxes_free(&boxes);
  sqlite3_free(again);
  return code;
}

/* False in *is_done: the table is left to the save. */
static kn_code
write_table(job *j, bool *is_done, kn_error *err)
{
  kn_store *store = j->early->store;
  int64_t before;
  *is_done = false;
  if (j->table.expected < j->table.first / 4)
    return KN_OK; /* more to make anew than there is to write */
  KN_TRY(kn_sql_number(store, &before, err, "SELECT count(*) FROM \"%w\"", j->def->name));
  if (before != j->table.first)
    return KN_OK;
  KN_TRY(find_columns(j, err));
  KN_TRY(write_rows(j, err));
  *is_done = true;
  return kn_sql_number(store, &j->early->written[j->def->id], err, "SELECT count(*) FROM \"%w\"", j->def->name);
}

/* ---------------------------------------------------------------- the writer */
static kn_code
begin(kn_early *early, kn_error *err)
{
  if (early->has_begun)
    return KN_OK;
  kn_save_unchecked(early->store, true);
  KN_TRY(kn_store_begin(early->store, KN_LARGE_ROWS, err));
  early->has_begun = true;
  return KN_OK;
}

/* The next table; false in *more: there is none. */
static kn_code
write_next(kn_early *early, kn_arena *arena, bool *more, kn_error *err)
{
  job *j;
  KN_NEW(j, arena, 1, err);
  *j = (job){.early = early, .arena = arena};
  *more = kn_follow_next(early->follow, &j->table);
  if (!*more)
    return KN_OK;
  j->def = kn_schema(j->table.table);
  KN_TRY(begin(early, err));
  bool is_done;
  if (write_table(j, &is_done, err) != KN_OK)
    return kn_note(err, "writing table %s", j->def->name);
  if (!is_done)
    early->written[j->def->id] = -1;
  return KN_OK;
}

static void *
write_all(void *arg)
{
  kn_early *early = arg;
  for (bool more = true; more && early->code == KN_OK;) {
    kn_arena *arena = kn_arena_new();
    early->code = write_next(early, arena, &more, &early->err);
    kn_arena_free(arena);
  }
  kn_follow_end(early->follow);
  return NULL;
}

kn_code
kn_store_follow(kn_store *store, kn_builder *builder, kn_error *err)
{
  assert(store->is_writer && store->early == NULL);
  kn_early *early = calloc(1, sizeof *early);
  if (early == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory to write early");
  early->store = store;
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    early->written[t] = -1;
  pthread_mutex_init(&early->mutex, NULL);
  pthread_cond_init(&early->change, NULL);
  kn_code code = kn_follow_new(&early->follow, KN_LARGE_ROWS, err);
  if (code == KN_OK && pthread_create(&early->writer, NULL, write_all, early) != 0)
    code = kn_fail(err, KN_E_LIMIT, "no thread to write with");
  if (code == KN_OK) {
    kn_builder_follow(builder, early->follow);
    store->early = early;
    return KN_OK;
  }
  kn_follow_free(early->follow);
  pthread_cond_destroy(&early->change);
  pthread_mutex_destroy(&early->mutex);
  free(early);
  return code;
}

/* ---------------------------------------------------------------- the end */
static void
join(kn_early *early, const kn_region *region)
{
  pthread_mutex_lock(&early->mutex);
  early->region = region;
  early->is_given_up = region == NULL;
  pthread_cond_broadcast(&early->change);
  pthread_mutex_unlock(&early->mutex);
  pthread_join(early->writer, NULL);
}

static void
free_early(kn_early *early)
{
  kn_save_unchecked(early->store, false);
  kn_follow_free(early->follow);
  pthread_cond_destroy(&early->change);
  pthread_mutex_destroy(&early->mutex);
  free(early);
}

/* Rows that are as the region has them, all from files. */
static bool
is_right(const kn_early *early, const kn_region *region)
{
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    if (early->written[t] >= 0 && early->written[t] != kn_region_table(region, (kn_table_id)t)->n)
      return false;
  return !kn_follow_is_spoiled(early->follow);
}

kn_code
kn_early_end(kn_early *early, const kn_region *region, bool *has_begun, bool is_written[KN_TABLE_COUNT], kn_error *err)
{
  join(early, region);
  kn_code code = early->code;
  *has_begun = early->has_begun;
  if (early->has_begun && !is_right(early, region)) {
    kn_sql_roll_back(early->store);
    *has_begun = false;
    code = KN_OK;
  }
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    is_written[t] = *has_begun && early->written[t] >= 0;
  if (code != KN_OK && err != NULL)
    *err = early->err;
  free_early(early);
  return code;
}

void
kn_early_give_up(kn_early *early)
{
  if (early == NULL)
    return;
  kn_follow_spoil(early->follow);
  join(early, NULL);
  if (early->has_begun)
    kn_sql_roll_back(early->store);
  free_early(early);
}
