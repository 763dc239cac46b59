/* Reading back: revisions, runs, and rows of any table. */
#include <string.h>

#include "store/internal.h"

/* ---------------------------------------------------------------- revisions and runs */
static kn_code
read_revisions(kn_store *store, sqlite3_stmt *statement, kn_arena *arena, kn_revision *rows, int64_t *count, kn_error *err)
{
  for (;;) {
    bool row;
    KN_TRY(kn_sql_step(store, statement, &row, err));
    if (!row)
      return KN_OK;
    kn_revision *out = &rows[(*count)++];
    out->revision = sqlite3_column_int64(statement, 0);
    out->rows_changed = sqlite3_column_int64(statement, 1);
    const char **const texts[] = {&out->made, &out->what, &out->who, &out->source, &out->digest};
    for (int i = 0; i < 5; i++)
      KN_TRY(kn_sql_text(texts[i], arena, statement, 2 + i, err));
  }
}

kn_code
kn_store_revisions(kn_store *store, kn_arena *arena, int64_t most, kn_revision **revisions, int64_t *count, kn_error *err)
{
  *revisions = NULL;
  *count = 0;
  int64_t n;
  KN_TRY(kn_sql_number(store, &n, err, "SELECT min(count(*), %lld) FROM revision", (long long)most));
  KN_NEW(*revisions, arena, n, err);
  sqlite3_stmt *statement;
  KN_TRY(kn_sql_prepare(store, &statement, err,
                        "SELECT revision, rows_changed, made, what, who, source, digest FROM revision "
                        "ORDER BY revision DESC LIMIT %lld",
                        (long long)n));
  const kn_code code = read_revisions(store, statement, arena, *revisions, count, err);
  sqlite3_finalize(statement);
  return code;
}

static kn_code
read_runs(kn_store *store, sqlite3_stmt *statement, kn_arena *arena, kn_run *rows, int64_t *count, kn_error *err)
{
  for (;;) {
    bool row;
    KN_TRY(kn_sql_step(store, statement, &row, err));
    if (!row)
      return KN_OK;
    kn_run *out = &rows[(*count)++];
    out->run_id = sqlite3_column_int64(statement, 0);
    out->revision = sqlite3_column_int64(statement, 1);
    const char **const texts[] = {&out->command, &out->settings, &out->version, &out->input_digest,
                                  &out->started, &out->finished, &out->status,  &out->summary};
    for (int i = 0; i < 8; i++)
      KN_TRY(kn_sql_text(texts[i], arena, statement, 2 + i, err));
  }
}

kn_code
kn_store_runs(kn_store *store, kn_arena *arena, const char *command, int64_t most, kn_run **runs, int64_t *count, kn_error *err)
{
  *runs = NULL;
  *count = 0;
  if (!kn_sql_has_table(store, "run"))
    return KN_OK;
  int64_t n;
  KN_TRY(kn_sql_number(store, &n, err, "SELECT min(count(*), %lld) FROM run WHERE coalesce(command = %Q, true)", (long long)most,
                       command));
  KN_NEW(*runs, arena, n, err);
  sqlite3_stmt *statement;
  KN_TRY(kn_sql_prepare(store, &statement, err,
                        "SELECT run_id, revision, command, settings, version, input_digest, started, finished, status, summary "
                        "FROM run WHERE coalesce(command = %Q, true) ORDER BY run_id DESC LIMIT %lld",
                        command, (long long)n));
  const kn_code code = read_runs(store, statement, arena, *runs, count, err);
  sqlite3_finalize(statement);
  return code;
}

kn_code
kn_store_latest_run(kn_store *store, kn_arena *arena, const char *command, kn_run *run, kn_error *err)
{
  *run = (kn_run){0};
  kn_run *runs;
  int64_t count;
  KN_TRY(kn_store_runs(store, arena, command, 1, &runs, &count, err));
  if (count > 0)
    *run = runs[0];
  return KN_OK;
}

/* ---------------------------------------------------------------- rows of any table */
static kn_code
check_column(kn_store *store, const char *table, const char *column, kn_error *err)
{
  if (sqlite3_table_column_metadata(store->db, "main", table, column, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK)
    return KN_OK;
  return kn_fail(err, KN_E_USAGE, "table %s has no column %s", table, column);
}

static kn_code
check_query(kn_store *store, const kn_store_query *query, kn_error *err)
{
  for (int32_t i = 0; i < query->column_count; i++)
    KN_TRY(check_column(store, query->table, query->columns[i], err));
  if (query->where != NULL)
    KN_TRY(check_column(store, query->table, query->where, err));
  if (query->order_by != NULL)
    KN_TRY(check_column(store, query->table, query->order_by, err));
  if (query->run_id != 0)
    KN_TRY(check_column(store, query->table, "run_id", err));
  return KN_OK;
}

static kn_code
prepare_query(kn_store *store, const kn_store_query *query, sqlite3_stmt **out, kn_error *err)
{
  sqlite3_str *sql = sqlite3_str_new(store->db);
  sqlite3_str_appendall(sql, "SELECT ");
  for (int32_t i = 0; i < query->column_count; i++)
    sqlite3_str_appendf(sql, "%s\"%w\"", i > 0 ? ", " : "", query->columns[i]);
  sqlite3_str_appendf(sql, " FROM \"%w\" WHERE true", query->table);
  if (query->run_id != 0)
    sqlite3_str_appendf(sql, " AND run_id = %lld", (long long)query->run_id);
  if (query->where != NULL)
    sqlite3_str_appendf(sql, " AND \"%w\" = %Q", query->where, query->equals);
  if (query->order_by != NULL)
    sqlite3_str_appendf(sql, " ORDER BY \"%w\"%s, rowid", query->order_by, query->is_falling ? " DESC" : "");
  else
    sqlite3_str_appendall(sql, " ORDER BY rowid");
  if (query->most > 0)
    sqlite3_str_appendf(sql, " LIMIT %lld", (long long)query->most);
  char *text = sqlite3_str_finish(sql);
  if (text == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  const kn_code code = kn_sql_prepare(store, out, err, "%s", text);
  sqlite3_free(text);
  return code;
}

static kn_code
visit_rows(kn_store *store, sqlite3_stmt *statement, kn_value *values, int32_t count, kn_store_visit visit, void *arg,
           kn_error *err)
{
  for (;;) {
    bool row;
    KN_TRY(kn_sql_step(store, statement, &row, err));
    if (!row)
      return KN_OK;
    for (int32_t i = 0; i < count; i++) {
      const int type = sqlite3_column_type(statement, i);
      values[i] = (kn_value){.is_blank = type == SQLITE_NULL, .real = NAN};
      if (type == SQLITE_INTEGER || type == SQLITE_FLOAT)
        values[i].real = sqlite3_column_double(statement, i);
      else if (type != SQLITE_NULL) {
        values[i].text = (const char *)sqlite3_column_text(statement, i);
        values[i].length = sqlite3_column_bytes(statement, i);
      }
    }
    KN_TRY(visit(arg, values, err));
  }
}

kn_code
kn_store_read(kn_store *store, const kn_store_query *query, kn_store_visit visit, void *arg, kn_error *err)
{
  if (!kn_sql_has_table(store, query->table)) {
    if (store->version < kn_store_newest_version())
      return KN_OK;
    return kn_fail(err, KN_E_USAGE, "there is no table %s", query->table);
  }
  KN_TRY(check_query(store, query, err));
  kn_arena *scratch = kn_arena_new();
  kn_code code = kn_arena_reserve(scratch, ((size_t)query->column_count + 1) * sizeof(kn_value), err);
  sqlite3_stmt *statement = NULL;
  if (code == KN_OK)
    code = prepare_query(store, query, &statement, err);
  if (code == KN_OK) {
    kn_value *values = kn_arena_take(scratch, (size_t)query->column_count, sizeof *values);
    code = visit_rows(store, statement, values, query->column_count, visit, arg, err);
  }
  sqlite3_finalize(statement);
  kn_arena_free(scratch);
  return code;
}
