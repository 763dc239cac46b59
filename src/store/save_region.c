/* From a region into the file: the rows that came from files, in one transaction, with the revision they make.
 *
 *   for each table with new rows
 *     empty in the file ─> indexes and triggers off, rows in one statement, spatial and other indexes built, all on again
 *     without a key ────> all rows of the table as the region has them
 *     else ─────────────> rows in one statement: a key that is there has its row updated, others are added
 *   then: what GeoPackage says about the tables, the revision, COMMIT
 *
 * References and CHECKs are not asked again while writing: the region was built with the same rules, from the rows
 * that are in the file (nobody else writes meanwhile) and the new ones. A build with assertions does ask. */
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

/* ---------------------------------------------------------------- cells of a table, for kn_rows */
typedef struct source {
  const kn_table *table;
  const kn_region *region;
  const int32_t *row;      /* [n] of the table; NULL: all, in order */
  const int32_t *column;   /* [column_count] >= 0: column of the schema; -1 - k: extra column k; GEOMETRY */
  const char *const **key; /* [column_count] keys of the table a KN_REF points to */
  kn_arena *arena;         /* for the geometry of one area */
} source;
enum { GEOMETRY = INT32_MAX };

static void
show_shape(const source *in, int64_t row, sqlite3_context *result)
{
  const uint8_t *wkb;
  size_t wkb_length, length;
  uint8_t *blob;
  if (in->table->def->geometry == 'p') {
    uint8_t point[POINT_BLOB];
    const double lon = in->table->columns[kn_schema_find_column(in->table->def, "lon")].real[row];
    const double lat = in->table->columns[kn_schema_find_column(in->table->def, "lat")].real[row];
    kn_geometry_point(point, lon, lat);
    sqlite3_result_blob(result, point, POINT_BLOB, SQLITE_TRANSIENT);
    return;
  }
  if (!kn_region_area_wkb(in->region, (int32_t)row, &wkb, &wkb_length))
    return;
  kn_error err = {0};
  const kn_code code = kn_geometry_area(&blob, &length, in->arena, wkb, wkb_length, &err);
  if (code != KN_OK)
    sqlite3_result_error(result, err.text, -1);
  else
    sqlite3_result_blob64(result, blob, length, SQLITE_STATIC);
}

/* A cell that is not set is NULL. */
static void
show_cell(const void *arg, int64_t at, int32_t column, sqlite3_context *result)
{
  const source *in = arg;
  const int64_t row = in->row != NULL ? in->row[at] : at;
  const int32_t c = in->column[column];
  if (c == GEOMETRY) {
    show_shape(in, row, result);
    return;
  }
  if (c < 0) {
    const char *text = in->table->extra[-1 - c][row];
    if (text != NULL)
      sqlite3_result_text(result, text, -1, SQLITE_STATIC);
    return;
  }
  const kn_column_def *def = &in->table->def->columns[c];
  const kn_column *from = &in->table->columns[c];
  char date[16];
  switch (def->kind) {
  case KN_TEXT:
  case KN_KEY:
    if (from->text[row] != NULL)
      sqlite3_result_text(result, from->text[row], -1, SQLITE_STATIC);
    return;
  case KN_REAL:
    if (!isnan(from->real[row]))
      sqlite3_result_double(result, from->real[row]);
    return;
  case KN_INT:
    if (from->number[row] != KN_BLANK_INT)
      sqlite3_result_int(result, from->number[row]);
    return;
  case KN_DATE:
    if (from->number[row] != KN_BLANK_INT)
      sqlite3_result_text(result, date, (int)kn_date_write(date, from->number[row]), SQLITE_TRANSIENT);
    return;
  case KN_WORD:
    if (from->word[row] != KN_BLANK_WORD)
      sqlite3_result_text(result, def->words[from->word[row]], -1, SQLITE_STATIC);
    return;
  case KN_REF:
    if (from->number[row] != KN_NONE)
      sqlite3_result_text(result, in->key[column][from->number[row]], -1, SQLITE_STATIC);
    return;
  }
}

/* ---------------------------------------------------------------- which columns and rows */
static int32_t
find_extra(const kn_table *table, const char *name)
{
  for (int32_t i = 0; i < table->extra_count; i++)
    if (strcmp(table->extra_name[i], name) == 0)
      return -1 - i;
  return INT32_MIN; /* no such column in this region */
}

/* Lists the columns to write and where each comes from; columns of the file that the region does not have are left. */
static kn_code
list_columns(source *in, kn_arena *arena, const kn_file_table *file, const char ***names, int32_t *count, kn_error *err)
{
  int32_t *column;
  KN_NEW(column, arena, file->column_count + 1, err);
  KN_NEW(*names, arena, file->column_count + 1, err);
  KN_NEW(in->key, arena, file->column_count + 1, err);
  *count = 0;
  for (int32_t i = 0; i < file->column_count; i++) {
    const int32_t c = file->at[i] != KN_NONE ? file->at[i] : find_extra(in->table, file->names[i]);
    if (c < -in->table->extra_count)
      continue;
    column[*count] = c;
    (*names)[*count] = file->column_names[i];
    if (c >= 0 && in->table->def->columns[c].kind == KN_REF) {
      const kn_table *target = kn_region_table(in->region, in->table->def->columns[c].target);
      in->key[*count] = (const char *const *)target->columns[target->def->key_column].text;
    }
    (*count)++;
  }
  if (in->table->def->geometry != 0) {
    column[*count] = GEOMETRY;
    (*names)[(*count)++] = "geom";
  }
  in->column = column;
  return KN_OK;
}

static kn_code
list_new_rows(source *in, kn_arena *arena, int64_t *n, kn_error *err)
{
  const uint8_t *is_new = kn_region_new_rows(in->region, in->table->def->id);
  *n = 0;
  for (int64_t i = 0; is_new != NULL && i < in->table->n; i++)
    *n += is_new[i] != 0;
  if (*n == 0 || *n == in->table->n)
    return KN_OK;
  int32_t *row;
  KN_NEW(row, arena, *n, err);
  int64_t at = 0;
  for (int64_t i = 0; i < in->table->n; i++)
    if (is_new[i])
      row[at++] = (int32_t)i;
  in->row = row;
  return KN_OK;
}

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

/* Takes the indexes and triggers of a table off; *again is the SQL that brings them back. */
static kn_code
take_off(kn_store *store, const char *table, char **again, kn_error *err)
{
  *again = NULL;
  sqlite3_str *off = sqlite3_str_new(store->db), *on = sqlite3_str_new(store->db);
  sqlite3_stmt *statement;
  kn_code code = kn_sql_prepare(store, &statement, err,
                                "SELECT type, name, sql FROM sqlite_schema "
                                "WHERE tbl_name = %Q AND type IN ('index', 'trigger') AND sql IS NOT NULL",
                                table);
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

/* The first rows of a table: everything that follows from them is made afterwards, in one go each. */
static kn_code
write_first(kn_store *store, const kn_table_def *def, const char *const *names, const kn_rows *rows, kn_error *err)
{
  char *again;
  kn_code code = take_off(store, def->name, &again, err);
  if (code == KN_OK)
    code = kn_rows_insert(store, def->name, names, rows, NULL, err);
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
  if (def->geometry == 'a')
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

static kn_code
write_table(kn_store *store, kn_arena *arena, const kn_region *region, kn_table_id id, int64_t *written, kn_error *err)
{
  source in = {.table = kn_region_table(region, id), .region = region, .arena = arena};
  KN_TRY(list_new_rows(&in, arena, written, err));
  if (*written == 0)
    return KN_OK;
  const kn_table_def *def = in.table->def;
  kn_file_table file;
  const char **names;
  kn_rows rows = {.n = *written, .cell = show_cell, .arg = &in};
  KN_TRY(kn_file_table_look(store, arena, id, &file, err));
  KN_TRY(kn_file_table_extend(store, arena, &file, in.table->extra_count, in.table->extra_name, err));
  KN_TRY(list_columns(&in, arena, &file, &names, &rows.column_count, err));
  if (def->unique[0] == KN_NONE) {
    /* Rows without a key (recipes) are replaced by groups while building: what the region has now is all there is. */
    KN_TRY(kn_sql_runf(store, err, "DELETE FROM \"%w\"", def->name));
    in.row = NULL;
    rows.n = in.table->n;
  }
  int64_t before;
  KN_TRY(kn_sql_number(store, &before, err, "SELECT EXISTS (SELECT 1 FROM \"%w\")", def->name));
  if (before == 0)
    KN_TRY(write_first(store, def, names, &rows, err));
  else
    KN_TRY(write_over(store, def, names, &rows, err));
  return note_contents(store, def, err);
}

/* ---------------------------------------------------------------- the whole region */
static kn_code
write_revision(kn_store *store, const kn_region *region, const kn_change *change, int64_t rows_changed, int64_t *revision,
               kn_error *err)
{
  char digest[65], now[32];
  if (change->digest == NULL)
    KN_TRY(kn_region_digest(region, digest, err));
  kn_store_now(now);
  KN_TRY(kn_sql_runf(
      store, err, "INSERT INTO revision (made, what, who, source, rows_changed, digest) VALUES (%Q, %Q, %Q, %Q, %lld, %Q)", now,
      change->what, change->who, change->source, (long long)rows_changed, change->digest != NULL ? change->digest : digest));
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
write_region(kn_store *store, const kn_region *region, const kn_change *change, int64_t *revision, kn_error *err)
{
  int64_t rows_changed = 0;
  kn_progress progress = {.phase = "saving", .total = KN_TABLE_COUNT, .value = NAN, .bound = NAN};
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    kn_arena *arena = kn_arena_new();
    int64_t written = 0;
    const kn_code code = write_table(store, arena, region, (kn_table_id)i, &written, err);
    kn_arena_free(arena);
    if (code != KN_OK)
      return kn_note(err, "writing table %s", kn_schema((kn_table_id)i)->name);
    rows_changed += written;
    progress.done++;
    kn_watch_tell(store->watch, &progress);
  }
  KN_TRY(write_revision(store, region, change, rows_changed, revision, err));
  assert(is_whole(store));
  (void)is_whole;
  return kn_sql_run(store, "COMMIT", err);
}

kn_code
kn_store_save_region(kn_store *store, const kn_region *region, const kn_change *change, int64_t *revision, kn_error *err)
{
  assert(store->is_writer);
#ifdef NDEBUG
  KN_TRY(kn_sql_run(store, "PRAGMA ignore_check_constraints = ON", err));
#endif
  kn_code code = kn_store_begin(store, err);
  if (code == KN_OK) {
    code = write_region(store, region, change, revision, err);
    if (code != KN_OK)
      kn_sql_roll_back(store);
  }
  sqlite3_exec(store->db, "PRAGMA ignore_check_constraints = OFF", NULL, NULL, NULL);
  return code == KN_OK ? KN_OK : kn_note(err, "saving the region in %s", store->path);
}
