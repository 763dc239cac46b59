/* From a region into the file: the rows that came from files, in one transaction, with the revision they make.
 *
 *   for each table with new rows
 *     empty in the file ─> triggers off, and indexes unless the rows come in their order; rows in one statement; spatial
 *                          and other indexes built, all on again
 *     without a key ────> all rows of the table as the region has them
 *     else ─────────────> rows in one statement: a key that is there has its row updated, others are added
 *   then: what GeoPackage says about the tables, the revision, COMMIT
 *
 * References and CHECKs are not asked again while writing: the region was built with the same rules, from the rows
 * that are in the file (nobody else writes meanwhile) and the new ones. A build with assertions does ask. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

/* ---------------------------------------------------------------- writing one table */
/* column = from_table.column for all, with a comma between. Geometry that an import does not bring stays. */
static void
append_changes(sqlite3_str *sql, const kn_table_def *def, const char *const *names, const kn_rows *rows, const char *from_table,
               bool is_numbered)
{
  for (int32_t i = 0; i < rows->column_count; i++) {
    char *from = is_numbered ? sqlite3_mprintf("%s.c%d", from_table, i) : sqlite3_mprintf("%s.\"%w\"", from_table, names[i]);
    const bool may_stay = def->geometry == 'a' && strcmp(names[i], "geom") == 0;
    sqlite3_str_appendf(sql, may_stay ? "%s\"%w\" = coalesce(%s, \"%w\".geom)" : "%s\"%w\" = %s", i > 0 ? ", " : "", names[i],
                        from, def->name);
    sqlite3_free(from);
  }
}

/* Tables without geometry: one statement. */
static kn_code
write_over_plain(kn_store *store, const kn_table_def *def, const char *const *names, const kn_rows *rows, kn_error *err)
{
  sqlite3_str *sql = sqlite3_str_new(store->db);
  sqlite3_str_appendall(sql, "ON CONFLICT (");
  for (int32_t i = 0; i < 3 && def->unique[i] != KN_NONE; i++)
    sqlite3_str_appendf(sql, "%s\"%w\"", i > 0 ? ", " : "", def->columns[def->unique[i]].name);
  sqlite3_str_appendall(sql, ") DO UPDATE SET ");
  append_changes(sql, def, names, rows, "excluded", false);
  char *text = sqlite3_str_finish(sql);
  if (text == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  const kn_code code = kn_rows_insert(store, def->name, names, rows, text, err);
  sqlite3_free(text);
  return code;
}

/* Feature tables: the triggers of the spatial index say INSERT OR REPLACE, which SQLite overrules inside ON CONFLICT.
 * So first the rows that are there, then the others. The key of a feature table is its first column. */
static kn_code
write_over_features(kn_store *store, const kn_table_def *def, const char *const *names, const kn_rows *rows, kn_error *err)
{
  assert(def->key_column == 0);
  int32_t key = 0;
  while (strcmp(names[key], def->columns[0].name) != 0)
    key++;
  sqlite3_str *sql = sqlite3_str_new(store->db);
  sqlite3_str_appendf(sql, "UPDATE \"%w\" SET ", def->name);
  append_changes(sql, def, names, rows, "new", true);
  sqlite3_str_appendf(sql, " FROM kn_rows AS new WHERE \"%w\".\"%w\" = new.c%d", def->name, names[key], key);
  char *text = sqlite3_str_finish(sql);
  if (text == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  kn_code code = kn_rows_show(store, rows, err);
  if (code == KN_OK)
    code = kn_sql_run(store, text, err);
  kn_rows_hide(store);
  sqlite3_free(text);
  KN_TRY(code);
  text = sqlite3_mprintf("AND c%d NOT IN (SELECT \"%w\" FROM \"%w\")", key, names[key], def->name);
  if (text == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  code = kn_rows_insert(store, def->name, names, rows, text, err);
  sqlite3_free(text);
  return code;
}

/* Rows whose key is there are updated, so that they keep their fid and place. */
static kn_code
write_over(kn_store *store, const kn_table_def *def, const char *const *names, const kn_rows *rows, kn_error *err)
{
  if (def->geometry != 0)
    return write_over_features(store, def, names, rows, err);
  return write_over_plain(store, def, names, rows, err);
}

/* Takes the triggers of a table off, and its indexes unless they stay; *again is the SQL that brings them back. */
static kn_code
take_off(kn_store *store, const char *table, bool does_index_stay, char **again, kn_error *err)
{
  *again = NULL;
  sqlite3_str *off = sqlite3_str_new(store->db), *on = sqlite3_str_new(store->db);
  sqlite3_stmt *statement;
  kn_code code = kn_sql_prepare(store, &statement, err,
                                "SELECT type, name, sql FROM sqlite_schema "
                                "WHERE tbl_name = %Q AND type IN ('trigger', %Q) AND sql IS NOT NULL",
                                table, does_index_stay ? "trigger" : "index");
  for (bool row = code == KN_OK; row;) {
    code = kn_sql_step(store, statement, &row, err);
    if (code != KN_OK || !row)
      break;
    sqlite3_str_appendf(off, "DROP %s \"%w\";", sqlite3_column_text(statement, 0), sqlite3_column_text(statement, 1));
    sqlite3_str_appendf(on, "%s;\n", sqlite3_column_text(statement, 2));
  }
  sqlite3_finalize(statement);
  char *drop = sqlite3_str_finish(off);
  *again = sqlite3_str_finish(on);
  if (code == KN_OK && drop != NULL)
    code = kn_sql_run(store, drop, err);
  sqlite3_free(drop);
  return code;
}

/* Few rows are not worth a thread. */
static kn_code
insert_rows(kn_store *store, const kn_source *in, const char *const *names, const kn_rows *rows, kn_error *err)
{
  enum { MANY_ROWS = 5000 };
  const char *table = in->table->def->name;
  if (rows->n < MANY_ROWS)
    return kn_rows_insert(store, table, names, rows, NULL, err);
  kn_ahead *ahead;
  KN_TRY(kn_ahead_start(&ahead, in, rows->n, rows->column_count, err));
  const kn_rows laid_out = {.n = rows->n, .column_count = rows->column_count, .cell = kn_ahead_show, .arg = ahead};
  const kn_code code = kn_rows_insert(store, table, names, &laid_out, NULL, err);
  kn_ahead_end(ahead);
  return code;
}

/* The first rows of a table: what follows from them is made afterwards, in one go each. */
static kn_code
write_first(kn_store *store, const kn_source *in, const char *const *names, const kn_rows *rows, kn_error *err)
{
  const kn_table_def *def = in->table->def;
  char *again;
  kn_code code = take_off(store, def->name, kn_source_is_in_order(in, rows->n), &again, err);
  if (code == KN_OK)
    code = insert_rows(store, in, names, rows, err);
  if (code == KN_OK && def->geometry != 0)
    code = kn_rtree_fill(store, def->name, err);
  if (code == KN_OK && again != NULL)
    code = kn_sql_run(store, again, err);
  sqlite3_free(again);
  return code;
}

static kn_code
note_contents(kn_store *store, const kn_table_def *def, kn_error *err)
{
  const char *bounds = "";
  if (def->geometry == 'p')
    bounds = ", (min_x, min_y, max_x, max_y) = (SELECT min(lon), min(lat), max(lon), max(lat) FROM \"%w\")";
  if (def->geometry == 'a' || def->geometry == 'l')
    bounds = ", (min_x, min_y, max_x, max_y) = "
             "(SELECT min(ST_MinX(geom)), min(ST_MinY(geom)), max(ST_MaxX(geom)), max(ST_MaxY(geom)) FROM \"%w\")";
  char *set = sqlite3_mprintf(bounds, def->name);
  if (set == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  const kn_code code = kn_sql_runf(store, err,
                                   "UPDATE gpkg_contents SET last_change = strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', 'now')%s "
                                   "WHERE table_name = %Q",
                                   set, def->name);
  sqlite3_free(set);
  return code;
}

/* Many rows whose keys are not there yet: cheaper with the indexes off, as long as those that are there are not many more. */
static kn_code
append_rows(kn_store *store, const kn_source *in, const char *const *names, const kn_rows *rows, kn_error *err)
{
  enum { MANY_ROWS = 20000 };
  if (rows->n < MANY_ROWS || in->table->n > rows->n * 8 || in->table->def->geometry != 0)
    return kn_rows_insert(store, in->table->def->name, names, rows, NULL, err);
  char *again;
  kn_code code = take_off(store, in->table->def->name, false, &again, err);
  if (code == KN_OK)
    code = insert_rows(store, in, names, rows, err);
  if (code == KN_OK && again != NULL)
    code = kn_sql_run(store, again, err);
  sqlite3_free(again);
  return code;
}

/* is_fresh: no key of the new rows is in the file. */
static kn_code
write_table(kn_store *store, kn_arena *arena, const kn_region *region, kn_table_id id, bool is_fresh, int64_t *written,
            kn_error *err)
{
  kn_source in = {.table = kn_region_table(region, id), .region = region, .arena = arena};
  KN_TRY(kn_source_rows(&in, arena, written, err));
  if (*written == 0)
    return KN_OK;
  const kn_table_def *def = in.table->def;
  kn_file_table file;
  const char **names;
  kn_rows rows = {.n = *written, .cell = kn_source_show, .arg = &in};
  KN_TRY(kn_file_table_look(store, arena, id, &file, err));
  KN_TRY(kn_file_table_extend(store, arena, &file, in.table->extra_count, in.table->extra_name, err));
  if (def->unique[0] == KN_NONE) {
    /* Rows without a key (recipes) are replaced by groups while building: what the region has now is all there is. */
    KN_TRY(kn_sql_runf(store, err, "DELETE FROM \"%w\"", def->name));
    in.row = NULL;
    rows.n = in.table->n;
  }
  int64_t before;
  KN_TRY(kn_sql_number(store, &before, err, "SELECT EXISTS (SELECT 1 FROM \"%w\")", def->name));
  KN_TRY(kn_source_columns(&in, arena, &file, before == 0 || is_fresh, &names, &rows.column_count, err));
  if (before == 0)
    KN_TRY(write_first(store, &in, names, &rows, err));
  else if (is_fresh)
    KN_TRY(append_rows(store, &in, names, &rows, err));
  else
    KN_TRY(write_over(store, def, names, &rows, err));
  return note_contents(store, def, err);
}

/* ---------------------------------------------------------------- the digest
 * It needs the region and no file, so a thread of its own makes it while the tables are written. */
typedef struct digesting {
  const kn_region *region;
  pthread_t thread;
  bool is_running;
  kn_code code;
  kn_error err;
  char hex[65];
} digesting;

static void *
make_digest(void *arg)
{
  digesting *work = arg;
  work->code = kn_region_digest(work->region, work->hex, &work->err);
  return NULL;
}

static void
start_digest(digesting *work)
{
  work->is_running = pthread_create(&work->thread, NULL, make_digest, work) == 0;
  if (!work->is_running)
    make_digest(work);
}

static kn_code
end_digest(digesting *work, kn_error *err)
{
  if (work->is_running)
    pthread_join(work->thread, NULL);
  work->is_running = false;
  if (work->code != KN_OK && err != NULL)
    *err = work->err;
  return work->code;
}

/* ---------------------------------------------------------------- the whole region */
static kn_code
write_revision(kn_store *store, const char *digest, const kn_change *change, int64_t rows_changed, int64_t *revision,
               kn_error *err)
{
  char now[32];
  kn_store_now(now);
  KN_TRY(kn_sql_runf(store, err,
                     "INSERT INTO revision (made, what, who, source, rows_changed, digest) VALUES (%Q, %Q, %Q, %Q, %lld, %Q)",
                     now, change->what, change->who, change->source, (long long)rows_changed, digest));
  if (revision != NULL)
    *revision = sqlite3_last_insert_rowid(store->db);
  return KN_OK;
}

/* What a slip of our own would break: references of the tables just written. Others may have been cut elsewhere. */
static bool
is_whole(kn_store *store)
{
  int64_t broken = 0;
  for (int32_t i = 0; i < KN_TABLE_COUNT && broken == 0; i++)
    if (kn_sql_number(store, &broken, NULL, "SELECT count(*) FROM pragma_foreign_key_check(%Q)",
                      kn_schema((kn_table_id)i)->name) != KN_OK)
      return false;
  return broken == 0;
}

static kn_code
write_tables(kn_store *store, const kn_region *region, bool is_fresh, int64_t *rows_changed, kn_error *err)
{
  *rows_changed = 0;
  kn_progress progress = {.phase = "saving", .total = KN_TABLE_COUNT, .value = NAN, .bound = NAN};
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    kn_arena *arena = kn_arena_new();
    int64_t written = 0;
    const kn_code code = write_table(store, arena, region, (kn_table_id)i, is_fresh, &written, err);
    kn_arena_free(arena);
    if (code != KN_OK)
      return kn_note(err, "writing table %s", kn_schema((kn_table_id)i)->name);
    *rows_changed += written;
    progress.done++;
    kn_watch_tell(store->watch, &progress);
  }
  return KN_OK;
}

/* What a save does besides writing new rows. */
typedef struct extras {
  const kn_region *base;
  const kn_table_change *change; /* [count] rows to take out; the new ones are fresh */
  int32_t count;
  const kn_run *run; /* NULL: none */
  int64_t *run_id;
} extras;

/* Keys of the rows to take out, for kn_rows. */
typedef struct dropped {
  const char *const *key;
  const int32_t *row;
} dropped;

static void
show_dropped(const void *arg, int64_t at, int32_t column, sqlite3_context *result)
{
  (void)column;
  const dropped *in = arg;
  sqlite3_result_text(result, in->key[in->row[at]], -1, SQLITE_STATIC);
}

static kn_code
take_out_of(kn_store *store, kn_arena *arena, const kn_region *base, const kn_table_change *change, int64_t *rows_changed,
            kn_error *err)
{
  const kn_table *table = kn_region_table(base, change->table);
  int64_t n = 0;
  int32_t *row;
  KN_NEW(row, arena, table->n, err);
  for (int64_t i = 0; change->is_dropped != NULL && i < table->n; i++)
    if (change->is_dropped[i])
      row[n++] = (int32_t)i;
  *rows_changed += n;
  if (n == 0)
    return KN_OK;
  const int32_t key = table->def->key_column;
  assert(key != KN_NONE);
  if (n == table->n)
    return kn_sql_runf(store, err, "DELETE FROM \"%w\"", table->def->name);
  const dropped in = {.key = table->columns[key].text, .row = row};
  const kn_rows rows = {.n = n, .column_count = 1, .cell = show_dropped, .arg = &in};
  KN_TRY(kn_rows_show(store, &rows, err));
  const kn_code code = kn_sql_runf(store, err, "DELETE FROM \"%w\" WHERE \"%w\" IN (SELECT c0 FROM kn_rows)", table->def->name,
                                   table->def->columns[key].name);
  kn_rows_hide(store);
  return code;
}

static kn_code
take_out(kn_store *store, const extras *more, int64_t *rows_changed, kn_error *err)
{
  for (int32_t i = 0; i < more->count; i++) {
    kn_arena *arena = kn_arena_new();
    const kn_code code = take_out_of(store, arena, more->base, &more->change[i], rows_changed, err);
    kn_arena_free(arena);
    if (code != KN_OK)
      return kn_note(err, "taking rows out of table %s", kn_schema(more->change[i].table)->name);
  }
  return KN_OK;
}

static kn_code
write_region(kn_store *store, const kn_region *region, const kn_change *change, const extras *more, int64_t *revision,
             kn_error *err)
{
  int64_t rows_changed = 0, rows_gone = 0;
  digesting digest = {.region = region};
  start_digest(&digest);
  kn_code written = more == NULL ? KN_OK : take_out(store, more, &rows_gone, err);
  if (written == KN_OK)
    written = write_tables(store, region, more != NULL, &rows_changed, err);
  const kn_code digested = end_digest(&digest, written == KN_OK ? err : NULL);
  KN_TRY(written);
  KN_TRY(digested);
  KN_TRY(write_revision(store, digest.hex, change, rows_changed + rows_gone, revision, err));
  if (more != NULL && more->run != NULL)
    KN_TRY(kn_store_write_run(store, more->run, more->run_id, err));
  assert(is_whole(store));
  (void)is_whole;
  return kn_sql_run(store, "COMMIT", err);
}

static int64_t
count_new(const kn_region *region)
{
  int64_t count = 0;
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    const uint8_t *is_new = kn_region_new_rows(region, (kn_table_id)t);
    for (int64_t i = 0; is_new != NULL && i < kn_region_table(region, (kn_table_id)t)->n; i++)
      count += is_new[i] != 0;
  }
  return count;
}

static kn_code
save(kn_store *store, const kn_region *region, const kn_change *change, const extras *more, int64_t *revision, kn_error *err)
{
  assert(store->is_writer);
#ifdef NDEBUG
  KN_TRY(kn_sql_run(store, "PRAGMA ignore_check_constraints = ON", err));
#endif
  kn_code code = kn_store_begin(store, count_new(region), err);
  if (code == KN_OK) {
    code = write_region(store, region, change, more, revision, err);
    if (code != KN_OK)
      kn_sql_roll_back(store);
  }
  sqlite3_exec(store->db, "PRAGMA ignore_check_constraints = OFF", NULL, NULL, NULL);
  return code == KN_OK ? KN_OK : kn_note(err, "saving the region in %s", store->path);
}

kn_code
kn_store_save_region(kn_store *store, const kn_region *region, const kn_change *change, int64_t *revision, kn_error *err)
{
  return save(store, region, change, NULL, revision, err);
}

kn_code
kn_store_save_revised(kn_store *store, const kn_region *base, const kn_region *revised, const kn_table_change *change,
                      int32_t count, const kn_change *record, const kn_run *run, int64_t *revision, int64_t *run_id,
                      kn_error *err)
{
  int64_t number = 0;
  const extras more = {.base = base, .change = change, .count = count, .run = run, .run_id = &number};
  const kn_code code = save(store, revised, record, &more, revision, err);
  if (run_id != NULL)
    *run_id = code == KN_OK ? number : 0;
  return code;
}
