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
  KN_TRY(kn_rows_run(store, rows, sql, err));
  char *text = sqlite3_mprintf("AND c%d NOT IN (SELECT \"%w\" FROM \"%w\")", key, names[key], def->name);
  if (text == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  const kn_code code = kn_rows_insert(store, def->name, names, rows, text, err);
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

kn_code
kn_save_take_off(kn_store *store, const char *table, bool does_index_stay, char **again, kn_error *err)
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

enum { MANY_ROWS = 5000 };

/* Few rows are not worth a thread. */
static kn_code
insert_rows(kn_store *store, const kn_source *in, const char *const *names, const kn_rows *rows, kn_boxes *boxes, kn_error *err)
{
  const char *table = in->table->def->name;
  if (rows->n < MANY_ROWS)
    return kn_rows_insert(store, table, names, rows, NULL, err);
  kn_ahead *ahead;
  KN_TRY(kn_ahead_start(&ahead, in, rows->n, rows->column_count, NULL, KN_NONE, err));
  const kn_rows laid_out = {
      .n = rows->n, .column_count = rows->column_count, .has = kn_ahead_has, .cell = kn_ahead_show, .arg = ahead};
  const kn_code code = kn_rows_insert(store, table, names, &laid_out, NULL, err),
                ended = kn_ahead_end(ahead, boxes, code == KN_OK ? err : NULL);
  return code != KN_OK ? code : ended;
}

/* What GeoPackage says about the table; boxes of all its rows, if there are any: else it is looked up. */
static kn_code
note_contents(kn_store *store, const kn_table_def *def, const kn_boxes *boxes, kn_error *err)
{
  const char *bounds = "";
  if (def->geometry == 'p')
    bounds = ", (min_x, min_y, max_x, max_y) = (SELECT min(lon), min(lat), max(lon), max(lat) FROM \"%w\")";
  if (def->geometry == 'a' || def->geometry == 'l')
    bounds = ", (min_x, min_y, max_x, max_y) = "
             "(SELECT min(ST_MinX(geom)), min(ST_MinY(geom)), max(ST_MaxX(geom)), max(ST_MaxY(geom)) FROM \"%w\")";
  char *set = boxes->n > 0 ? sqlite3_mprintf(", (min_x, min_y, max_x, max_y) = (%!.17g, %!.17g, %!.17g, %!.17g)",
                                             boxes->bounds[0], boxes->bounds[1], boxes->bounds[2], boxes->bounds[3])
                           : sqlite3_mprintf(bounds, def->name);
  if (set == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  const kn_code code = kn_sql_runf(store, err,
                                   "UPDATE gpkg_contents SET last_change = strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', 'now')%s "
                                   "WHERE table_name = %Q",
                                   set, def->name);
  sqlite3_free(set);
  return code;
}

kn_code
kn_save_finish_rows(kn_store *store, const kn_table_def *def, kn_boxes *boxes, int64_t fid, const char *again, kn_error *err)
{
  const bool has_boxes = boxes->n > 0;
  for (int64_t i = 0; i < boxes->n; i++) /* rows are numbered on as they come */
    boxes->box[i].id += fid;
  if (def->geometry != 0) /* areas and few rows are read back from the file */
    KN_TRY(kn_rtree_fill(store, def->name, boxes, has_boxes ? fid : INT64_MAX, err));
  if (again != NULL)
    KN_TRY(kn_sql_run(store, again, err));
  return note_contents(store, def, boxes, err);
}

/* Many rows that the file does not have: what follows from them is made afterwards, in one go each. */
static kn_code
write_added(kn_store *store, const kn_source *in, const char *const *names, const kn_rows *rows, kn_error *err)
{
  const kn_table_def *def = in->table->def;
  char *again = NULL;
  kn_boxes boxes = {0};
  int64_t fid;
  KN_TRY(kn_save_next_fid(store, def, &fid, err));
  kn_code code = kn_save_take_off(store, def->name, kn_source_is_in_order(in, rows->n), &again, err);
  if (code == KN_OK)
    code = insert_rows(store, in, names, rows, &boxes, err);
  if (code == KN_OK)
    code = kn_save_finish_rows(store, def, &boxes, fid, again, err);
  kn_boxes_free(&boxes);
  sqlite3_free(again);
  return code;
}

kn_code
kn_save_next_fid(kn_store *store, const kn_table_def *def, int64_t *fid, kn_error *err)
{
  return kn_sql_number(store, fid, err, "SELECT ifnull(max(fid), 0) + 1 FROM \"%w\"", def->name);
}

/* Rows of groups (recipes) have no key, and are replaced by groups while building: what the region has now is all there is. */
static kn_code
write_groups(kn_store *store, kn_source *in, const kn_file_table *file, kn_rows *rows, kn_error *err)
{
  const char **names;
  KN_TRY(kn_sql_runf(store, err, "DELETE FROM \"%w\"", in->table->def->name));
  in->row = NULL;
  in->first = 0;
  rows->n = in->table->n;
  KN_TRY(kn_source_columns(in, in->arena, file, true, &names, &rows->column_count, err));
  return write_added(store, in, names, rows, err);
}

/* Are the rows from `stored` on so many that all which follows from rows is better made anew? And has the file the others? */
static kn_code
is_worth_adding(kn_store *store, const kn_table_def *def, int64_t stored, int64_t added, bool *out, kn_error *err)
{
  *out = added >= MANY_ROWS && added >= stored / 4;
  if (!*out)
    return KN_OK;
  int64_t there;
  KN_TRY(kn_sql_number(store, &there, err, "SELECT count(*) FROM \"%w\"", def->name));
  *out = there == stored;
  return KN_OK;
}

/* Rows first .. last - 1 that are new; *written of them. */
static kn_code
write_range(kn_store *store, kn_source *in, const kn_file_table *file, int64_t first, int64_t last, bool is_added, bool is_fresh,
            int64_t *written, kn_error *err)
{
  const char **names;
  kn_rows rows = {.cell = kn_source_show, .arg = in};
  KN_TRY(kn_source_rows(in, in->arena, first, last, &rows.n, err));
  *written += rows.n;
  if (rows.n == 0)
    return KN_OK;
  KN_TRY(kn_source_columns(in, in->arena, file, is_added || is_fresh, &names, &rows.column_count, err));
  if (is_added)
    return write_added(store, in, names, &rows, err);
  KN_TRY(write_over(store, in->table->def, names, &rows, err));
  return note_contents(store, in->table->def, &(kn_boxes){0}, err);
}

/* is_written: the rows that are added are there already. is_fresh: no key of the new rows is in the file. */
static kn_code
write_table(kn_store *store, kn_arena *arena, const kn_region *region, kn_table_id id, bool is_written, bool is_fresh,
            int64_t *written, kn_error *err)
{
  kn_source in = {.table = kn_region_table(region, id), .region = region, .arena = arena};
  const kn_table_def *def = in.table->def;
  const int64_t n = in.table->n, stored = kn_region_stored_rows(region, id);
  kn_rows rows = {.cell = kn_source_show, .arg = &in};
  kn_file_table file;
  KN_TRY(kn_source_rows(&in, arena, 0, n, &rows.n, err));
  if (rows.n == 0)
    return KN_OK;
  KN_TRY(kn_file_table_look(store, arena, id, &file, err));
  KN_TRY(kn_file_table_extend(store, arena, &file, in.table->extra_count, in.table->extra_name, err));
  if (def->unique[0] == KN_NONE) {
    *written = rows.n;
    return write_groups(store, &in, &file, &rows, err);
  }
  int64_t before;
  bool is_worth = true;
  KN_TRY(kn_sql_number(store, &before, err, "SELECT EXISTS (SELECT 1 FROM \"%w\")", def->name));
  if (is_written) {
    *written = n - stored;
    KN_TRY(write_range(store, &in, &file, 0, stored, false, is_fresh, written, err));
  } else if (before == 0) {
    KN_TRY(write_range(store, &in, &file, 0, n, true, is_fresh, written, err));
  } else {
    KN_TRY(is_worth_adding(store, def, stored, n - stored, &is_worth, err));
    KN_TRY(write_range(store, &in, &file, 0, is_worth ? stored : n, false, is_fresh, written, err));
    if (is_worth)
      KN_TRY(write_range(store, &in, &file, stored, n, true, is_fresh, written, err));
  }
  return KN_OK;
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

static void *
make_digest_beside(void *arg)
{
  kn_thread_stand_back();
  return make_digest(arg);
}

static void
start_digest(digesting *work)
{
  work->is_running = pthread_create(&work->thread, NULL, make_digest_beside, work) == 0;
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
  const int64_t number = sqlite3_last_insert_rowid(store->db);
  if (revision != NULL)
    *revision = number;
  /* What was edited at the desk until now is in the region that the digest is of. */
  return kn_sql_runf(store, err, "INSERT INTO revision_edit SELECT %lld, coalesce(max(edit_id), 0) FROM edit", (long long)number);
}

/* Edits of tables of the region after the last revision: how many rows, from which edit to which. */
static kn_code
count_edits(kn_store *store, int64_t *rows, int64_t *first, int64_t *last, kn_error *err)
{
  sqlite3_str *tables = sqlite3_str_new(store->db);
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++)
    sqlite3_str_appendf(tables, "%s%Q", i > 0 ? ", " : "", kn_schema((kn_table_id)i)->name);
  char *list = sqlite3_str_finish(tables);
  sqlite3_stmt *statement;
  kn_code code = list == NULL
                     ? kn_sql_fail(store, SQLITE_NOMEM, err)
                     : kn_sql_prepare(store, &statement, err,
                                      "SELECT count(DISTINCT table_name || ' ' || row_key), min(edit_id), max(edit_id) FROM edit "
                                      "WHERE edit_id > (SELECT coalesce(max(edit_id), 0) FROM revision_edit) "
                                      "AND table_name IN (%s)",
                                      list);
  sqlite3_free(list);
  KN_TRY(code);
  bool row;
  code = kn_sql_step(store, statement, &row, err);
  *rows = sqlite3_column_int64(statement, 0);
  *first = sqlite3_column_int64(statement, 1);
  *last = sqlite3_column_int64(statement, 2);
  sqlite3_finalize(statement);
  return code;
}

kn_code
kn_store_note_edits(kn_store *store, const kn_region *region, const char *who, int64_t *revision, kn_error *err)
{
  int64_t rows, first, last;
  if (!store->is_writer || !kn_sql_has_table(store, "revision_edit"))
    return KN_OK;
  KN_TRY(count_edits(store, &rows, &first, &last, err));
  if (rows == 0)
    return KN_OK;
  char digest[65], source[80];
  KN_TRY(kn_region_digest(region, digest, err));
  if (first == last)
    snprintf(source, sizeof source, "edit %" PRId64, first);
  else
    snprintf(source, sizeof source, "edits %" PRId64 " to %" PRId64, first, last);
  KN_TRY(kn_store_begin(store, 0, err));
  const kn_change change = {.what = "desk", .who = who, .source = source};
  kn_code code = write_revision(store, digest, &change, rows, revision, err);
  if (code == KN_OK)
    code = kn_sql_run(store, "COMMIT", err);
  if (code != KN_OK)
    kn_sql_roll_back(store);
  return code == KN_OK ? KN_OK : kn_note(err, "noting what was edited at the desk in %s", store->path);
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

/* Of tables that are written already only the rows that replace others are left. */
static kn_code
write_tables(kn_store *store, const kn_region *region, const bool is_written[KN_TABLE_COUNT], bool is_fresh,
             int64_t *rows_changed, kn_error *err)
{
  *rows_changed = 0;
  kn_progress progress = {.phase = "saving", .total = KN_TABLE_COUNT, .value = NAN, .bound = NAN};
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    kn_arena *arena = kn_arena_new();
    int64_t written = 0;
    const kn_code code = write_table(store, arena, region, (kn_table_id)i, is_written[i], is_fresh, &written, err);
    kn_arena_free(arena);
    if (code != KN_OK)
      return kn_note(err, "writing table %s", kn_schema((kn_table_id)i)->name);
    *rows_changed += written;
    progress.done++;
    kn_watch_tell(store->watch, &progress);
  }
  return KN_OK;
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

/* All tables, in a transaction that stays open. */
static kn_code
write_rows(kn_store *store, const kn_region *region, const extras *more, int64_t *rows_changed, kn_error *err)
{
  bool has_begun = false, is_written[KN_TABLE_COUNT] = {false};
  int64_t rows_gone = 0;
  if (store->early != NULL) {
    kn_early *early = store->early;
    store->early = NULL;
    KN_TRY(kn_early_end(early, region, &has_begun, is_written, err));
  }
  kn_save_unchecked(store, true);
  if (!has_begun)
    KN_TRY(kn_store_begin(store, count_new(region), err));
  if (more != NULL)
    KN_TRY(take_out(store, more, &rows_gone, err));
  KN_TRY(write_tables(store, region, is_written, more != NULL, rows_changed, err));
  *rows_changed += rows_gone;
  return KN_OK;
}

static kn_code
write_region(kn_store *store, const kn_region *region, const kn_change *change, const extras *more, int64_t *revision,
             kn_error *err)
{
  int64_t rows_changed;
  digesting digest = {.region = region};
  start_digest(&digest);
  const kn_code written = write_rows(store, region, more, &rows_changed, err);
  /* The digest may take longer: meanwhile pages go to the system. Where others keep the file from that, COMMIT does it. */
  if (written == KN_OK && rows_changed >= KN_LARGE_ROWS)
    sqlite3_db_cacheflush(store->db);
  const kn_code digested = end_digest(&digest, written == KN_OK ? err : NULL);
  KN_TRY(written);
  KN_TRY(digested);
  KN_TRY(write_revision(store, digest.hex, change, rows_changed, revision, err));
  if (more != NULL && more->run != NULL)
    KN_TRY(kn_store_write_run(store, more->run, more->run_id, err));
  assert(is_whole(store));
  (void)is_whole;
  return kn_sql_run(store, "COMMIT", err);
}

void
kn_save_unchecked(kn_store *store, bool is_on)
{
#ifdef NDEBUG
  sqlite3_exec(store->db, is_on ? "PRAGMA ignore_check_constraints = ON" : "PRAGMA ignore_check_constraints = OFF", NULL, NULL,
               NULL);
#else
  (void)store, (void)is_on;
#endif
}

static kn_code
save(kn_store *store, const kn_region *region, const kn_change *change, const extras *more, int64_t *revision, kn_error *err)
{
  assert(store->is_writer);
  const kn_code code = write_region(store, region, change, more, revision, err);
  if (code != KN_OK)
    kn_sql_roll_back(store);
  kn_save_unchecked(store, false);
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
