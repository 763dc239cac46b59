/* SQLite in words: each failing call becomes a code and a sentence that a user can act on. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "store/internal.h"

kn_code
kn_sql_fail(const kn_store *store, int rc, kn_error *err)
{
  const int kind = rc & 0xff;
  const char *path = store->path;
  const int reason = store->db != NULL ? sqlite3_system_errno(store->db) : 0;
  switch (kind) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return kn_fail(err, KN_E_LOCK, "%s is held by another program (QGIS, perhaps); waited %g s for it", path, store->wait_s);
  case SQLITE_NOTADB:
    return kn_fail(err, KN_E_INPUT, "%s is not a region file: it is no SQLite database", path);
  case SQLITE_CORRUPT:
    return kn_fail(err, KN_E_INPUT, "%s is damaged: %s", path, sqlite3_errmsg(store->db));
  case SQLITE_FULL:
    return kn_fail(err, KN_E_IO, "%s cannot be written: the disk is full", path);
  case SQLITE_READONLY:
    return kn_fail(err, KN_E_IO, "%s cannot be written: it is read-only", path);
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
    return kn_fail(err, KN_E_IO, "%s cannot be opened%s%s", path, reason != 0 ? ": " : "", reason != 0 ? strerror(reason) : "");
  case SQLITE_IOERR:
    if (rc == SQLITE_IOERR_WRITE)
      return kn_fail(err, KN_E_IO, "%s: writing failed%s%s; the disk may be full, or a limit on the size of files reached", path,
                     reason != 0 ? ": " : "", reason != 0 ? strerror(reason) : "");
    return kn_fail(err, KN_E_IO, "%s: reading or writing failed: %s", path, reason != 0 ? strerror(reason) : sqlite3_errstr(rc));
  case SQLITE_NOMEM:
  case SQLITE_TOOBIG:
    return kn_fail(err, KN_E_LIMIT, "%s: %s", path, sqlite3_errstr(rc));
  case SQLITE_INTERRUPT:
    return kn_fail(err, KN_E_STOPPED, "stopped on request; %s is as it was", path);
  case SQLITE_CONSTRAINT:
    return kn_fail(err, KN_E_INPUT, "%s: %s", path, sqlite3_errmsg(store->db));
  default:
    return kn_fail(err, KN_E_IO, "%s: %s", path, store->db != NULL ? sqlite3_errmsg(store->db) : sqlite3_errstr(rc));
  }
}

kn_code
kn_sql_run(kn_store *store, const char *sql, kn_error *err)
{
  const int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
  return rc == SQLITE_OK ? KN_OK : kn_sql_fail(store, rc, err);
}

kn_code
kn_sql_runf(kn_store *store, kn_error *err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  char *sql = sqlite3_vmprintf(format, args);
  va_end(args);
  if (sql == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  const kn_code code = kn_sql_run(store, sql, err);
  sqlite3_free(sql);
  return code;
}

static kn_code
prepare(kn_store *store, sqlite3_stmt **out, kn_error *err, const char *format, va_list args)
{
  *out = NULL;
  char *sql = sqlite3_vmprintf(format, args);
  if (sql == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  const int rc = sqlite3_prepare_v2(store->db, sql, -1, out, NULL);
  sqlite3_free(sql);
  return rc == SQLITE_OK ? KN_OK : kn_sql_fail(store, rc, err);
}

kn_code
kn_sql_prepare(kn_store *store, sqlite3_stmt **out, kn_error *err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  const kn_code code = prepare(store, out, err, format, args);
  va_end(args);
  return code;
}

kn_code
kn_sql_step(kn_store *store, sqlite3_stmt *statement, bool *row, kn_error *err)
{
  const int rc = sqlite3_step(statement);
  *row = rc == SQLITE_ROW;
  return rc == SQLITE_ROW || rc == SQLITE_DONE ? KN_OK : kn_sql_fail(store, rc, err);
}

kn_code
kn_sql_number(kn_store *store, int64_t *out, kn_error *err, const char *format, ...)
{
  *out = 0;
  sqlite3_stmt *statement;
  va_list args;
  va_start(args, format);
  kn_code code = prepare(store, &statement, err, format, args);
  va_end(args);
  if (code != KN_OK)
    return code;
  bool row;
  code = kn_sql_step(store, statement, &row, err);
  if (code == KN_OK && row)
    *out = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return code;
}

bool
kn_sql_has_table(kn_store *store, const char *table)
{
  return sqlite3_table_column_metadata(store->db, "main", table, NULL, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

kn_code
kn_sql_text(const char **out, kn_arena *arena, sqlite3_stmt *statement, int column, kn_error *err)
{
  *out = NULL;
  const char *text = (const char *)sqlite3_column_text(statement, column);
  if (text == NULL)
    return KN_OK;
  return kn_text_copy(out, arena, text, (size_t)sqlite3_column_bytes(statement, column), err);
}

static kn_code
read_columns(kn_store *store, kn_arena *arena, sqlite3_stmt *statement, const char **names, int32_t *count, kn_error *err)
{
  for (;;) {
    bool row;
    KN_TRY(kn_sql_step(store, statement, &row, err));
    if (!row)
      return KN_OK;
    KN_TRY(kn_sql_text(&names[*count], arena, statement, 0, err));
    (*count)++;
  }
}

kn_code
kn_sql_columns(kn_store *store, kn_arena *arena, const char *table, const char ***names, int32_t *count, kn_error *err)
{
  *count = 0;
  int64_t most;
  KN_TRY(kn_sql_number(store, &most, err, "SELECT count(*) FROM pragma_table_info(%Q)", table));
  KN_NEW(*names, arena, most, err);
  sqlite3_stmt *statement;
  KN_TRY(kn_sql_prepare(store, &statement, err, "SELECT name FROM pragma_table_info(%Q) ORDER BY cid", table));
  const kn_code code = read_columns(store, arena, statement, *names, count, err);
  sqlite3_finalize(statement);
  return code;
}

void
kn_sql_roll_back(kn_store *store)
{
  /* A failing statement may have ended the transaction by itself. */
  if (!sqlite3_get_autocommit(store->db))
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}
