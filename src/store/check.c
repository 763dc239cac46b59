/* Is the file whole? What SQLite, the spatial indexes and the references have to say becomes findings. */
#include <string.h>

#include "knoop/desk.h"
#include "store/internal.h"

static kn_code
add(kn_store *store, kn_findings *findings, const char *rule, const char *table, const char *what, kn_error *err)
{
  const kn_finding where = {.severity = KN_ERROR, .rule = rule, .file = store->path, .table = table};
  return kn_findings_add(findings, &where, err, "%s", what);
}

/* Each row of `sql` is a defect, save the text "ok". */
static kn_code
add_rows(kn_store *store, kn_findings *findings, const char *rule, const char *table, const char *sql, kn_error *err)
{
  sqlite3_stmt *statement;
  KN_TRY(kn_sql_prepare(store, &statement, err, "%s", sql));
  kn_code code;
  for (;;) {
    bool row;
    code = kn_sql_step(store, statement, &row, err);
    if (code != KN_OK || !row)
      break;
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    if (text != NULL && strcmp(text, "ok") == 0)
      continue;
    code = add(store, findings, rule, table, text != NULL ? text : "?", err);
    if (code != KN_OK)
      break;
  }
  sqlite3_finalize(statement);
  return code;
}

/* References to what is not there, as another program may leave them. */
static kn_code
add_references(kn_store *store, kn_findings *findings, sqlite3_stmt *statement, kn_error *err)
{
  for (;;) {
    bool row;
    KN_TRY(kn_sql_step(store, statement, &row, err));
    if (!row)
      return KN_OK;
    const char *parent = (const char *)sqlite3_column_text(statement, 3);
    const kn_finding where = {.severity = KN_ERROR,
                              .rule = "unknown_key",
                              .file = store->path,
                              .table = (const char *)sqlite3_column_text(statement, 0),
                              .row = (const char *)sqlite3_column_text(statement, 1),
                              .column = (const char *)sqlite3_column_text(statement, 2),
                              .proposal = "add that row, or name another"};
    KN_TRY(kn_findings_add(findings, &where, err, "it names a row of table %s that is not there", parent != NULL ? parent : "?"));
  }
}

static kn_code
check_references(kn_store *store, kn_findings *findings, kn_error *err)
{
  sqlite3_stmt *statement;
  KN_TRY(kn_sql_prepare(store, &statement, err,
                        "SELECT c.\"table\", 'fid ' || c.rowid, f.\"from\", c.parent FROM pragma_foreign_key_check AS c "
                        "JOIN pragma_foreign_key_list(c.\"table\") AS f ON f.id = c.fkid"));
  const kn_code code = add_references(store, findings, statement, err);
  sqlite3_finalize(statement);
  return code;
}

/* Features that the spatial index lacks, or entries of it that are no feature. */
static kn_code
check_index(kn_store *store, kn_findings *findings, const char *table, kn_error *err)
{
  char *sql =
      sqlite3_mprintf("SELECT rtreecheck('rtree_%w_geom') UNION ALL "
                      "SELECT 'fid ' || fid || ' is not in the spatial index' FROM \"%w\" WHERE NOT ST_IsEmpty(geom) AND fid "
                      "NOT IN (SELECT rowid FROM \"rtree_%w_geom_rowid\") UNION ALL "
                      "SELECT 'the spatial index has fid ' || rowid || ', which is no feature' FROM \"rtree_%w_geom_rowid\" "
                      "WHERE rowid NOT IN (SELECT fid FROM \"%w\" WHERE NOT ST_IsEmpty(geom))",
                      table, table, table, table, table);
  if (sql == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  const kn_code code = add_rows(store, findings, "spatial_index", table, sql, err);
  sqlite3_free(sql);
  return code;
}

static kn_code
check_audit(kn_store *store, kn_findings *findings, kn_error *err)
{
  if (!kn_sql_has_table(store, "audit"))
    return KN_OK;
  kn_audit_state state;
  KN_TRY(kn_store_audit_check(store, &state, err));
  if (state.broken_at == 0)
    return KN_OK;
  char line[32];
  snprintf(line, sizeof line, "%" PRId64, state.broken_at);
  const kn_finding where = {.severity = KN_ERROR,
                            .rule = "audit_chain",
                            .file = store->path,
                            .table = "audit",
                            .row = line,
                            .proposal = "look for the file in a backup; the lines before this one still hold"};
  return kn_findings_add(
      findings, &where, err,
      "the audit log was changed with another program: this line does not follow from the one before it, or is gone");
}

kn_code
kn_store_check(kn_store *store, kn_findings *findings, kn_error *err)
{
  KN_TRY(add_rows(store, findings, "damaged_file", NULL, "PRAGMA integrity_check", err));
  KN_TRY(check_references(store, findings, err));
  KN_TRY(check_audit(store, findings, err));
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++)
    if (kn_schema((kn_table_id)i)->geometry != 0 && kn_sql_has_table(store, kn_schema((kn_table_id)i)->name))
      KN_TRY(check_index(store, findings, kn_schema((kn_table_id)i)->name, err));
  return KN_OK;
}
