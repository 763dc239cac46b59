/* The tables of the data package as they stand in the file: which columns there are, under which names. */
#include <string.h>

#include "store/internal.h"

/* The name that a column has in the data package: its own, unless extra_column says otherwise. */
static kn_code
find_names(kn_store *store, kn_arena *arena, sqlite3_stmt *aliases, kn_file_table *out, kn_error *err)
{
  for (;;) {
    bool row;
    KN_TRY(kn_sql_step(store, aliases, &row, err));
    if (!row)
      return KN_OK;
    const char *column = (const char *)sqlite3_column_text(aliases, 0);
    for (int32_t i = 0; i < out->column_count; i++)
      if (column != NULL && strcmp(out->column_names[i], column) == 0)
        KN_TRY(kn_sql_text(&out->names[i], arena, aliases, 1, err));
  }
}

kn_code
kn_file_table_look(kn_store *store, kn_arena *arena, kn_table_id table, kn_file_table *out, kn_error *err)
{
  *out = (kn_file_table){.def = kn_schema(table)};
  int32_t count;
  const char **all;
  KN_TRY(kn_sql_columns(store, arena, out->def->name, &all, &count, err));
  KN_NEW(out->names, arena, count, err);
  KN_NEW(out->at, arena, count, err);
  out->column_names = all;
  for (int32_t i = 0; i < count; i++)
    if (strcmp(all[i], "fid") != 0 && (out->def->geometry == 0 || strcmp(all[i], "geom") != 0))
      all[out->column_count++] = all[i];
  memcpy(out->names, all, (size_t)out->column_count * sizeof *all);
  sqlite3_stmt *aliases;
  KN_TRY(
      kn_sql_prepare(store, &aliases, err, "SELECT column_name, name FROM extra_column WHERE table_name = %Q", out->def->name));
  const kn_code code = find_names(store, arena, aliases, out, err);
  sqlite3_finalize(aliases);
  KN_TRY(code);
  /* A column of the schema under its own name; one with an alias stands for another. */
  for (int32_t i = 0; i < out->column_count; i++)
    out->at[i] = out->names[i] == all[i] ? kn_schema_find_column(out->def, all[i]) : KN_NONE;
  return KN_OK;
}

static bool
has_column(const kn_file_table *table, const char *name)
{
  if (sqlite3_stricmp(name, "fid") == 0 || sqlite3_stricmp(name, "geom") == 0 || name[0] == '\0')
    return true;
  for (int32_t i = 0; i < table->column_count; i++)
    if (sqlite3_stricmp(table->column_names[i], name) == 0)
      return true;
  return false;
}

static kn_code
add_column(kn_store *store, const kn_file_table *table, const char *name, kn_error *err)
{
  char *column = sqlite3_mprintf("%s", name);
  for (int32_t i = 2; column != NULL && has_column(table, column); i++) {
    sqlite3_free(column);
    column = sqlite3_mprintf("%s_%d", name, i);
  }
  if (column == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  kn_code code = kn_sql_runf(store, err, "ALTER TABLE \"%w\" ADD COLUMN \"%w\" TEXT", table->def->name, column);
  if (code == KN_OK && strcmp(column, name) != 0)
    code = kn_sql_runf(store, err, "INSERT INTO extra_column (table_name, column_name, name) VALUES (%Q, %Q, %Q)",
                       table->def->name, column, name);
  sqlite3_free(column);
  return code;
}

kn_code
kn_file_table_extend(kn_store *store, kn_arena *arena, kn_file_table *table, int32_t count, const char *const *extra,
                     kn_error *err)
{
  for (int32_t i = 0; i < count; i++) {
    bool is_there = false;
    for (int32_t j = 0; j < table->column_count; j++)
      is_there |= table->at[j] == KN_NONE && strcmp(table->names[j], extra[i]) == 0;
    if (is_there)
      continue;
    if (add_column(store, table, extra[i], err) != KN_OK)
      return kn_note(err, "adding column %s to table %s", extra[i], table->def->name);
    KN_TRY(kn_file_table_look(store, arena, table->def->id, table, err));
  }
  return KN_OK;
}

/* Moves an extra column aside whose name is another to the data package and the same to SQLite. */
static kn_code
move_aside(kn_store *store, kn_file_table *file, int32_t at, kn_error *err)
{
  const char *table = file->def->name, *old = file->column_names[at], *name = file->names[at];
  char *column = NULL;
  for (int32_t i = 2; column == NULL || has_column(file, column); i++) {
    sqlite3_free(column);
    column = sqlite3_mprintf("%s_%d", old, i);
    if (column == NULL)
      return kn_sql_fail(store, SQLITE_NOMEM, err);
  }
  kn_code code = kn_sql_runf(store, err, "ALTER TABLE \"%w\" RENAME COLUMN \"%w\" TO \"%w\"", table, old, column);
  if (code == KN_OK)
    code = kn_sql_runf(store, err, "DELETE FROM extra_column WHERE table_name = %Q AND column_name = %Q", table, old);
  if (code == KN_OK)
    code = kn_sql_runf(store, err, "INSERT INTO extra_column (table_name, column_name, name) VALUES (%Q, %Q, %Q)", table, column,
                       name);
  sqlite3_free(column);
  return code;
}

static kn_code
widen(kn_store *store, kn_arena *arena, const char *table, const char *column, const char *type, kn_error *err)
{
  kn_file_table file;
  KN_TRY(kn_file_table_look(store, arena, (kn_table_id)kn_schema_find_table(table), &file, err));
  for (int32_t i = 0; i < file.column_count; i++) {
    if (sqlite3_stricmp(file.column_names[i], column) != 0)
      continue;
    if (strcmp(file.column_names[i], column) == 0 && strcmp(file.names[i], column) == 0)
      return KN_OK;
    KN_TRY(move_aside(store, &file, i, err));
  }
  return kn_sql_runf(store, err, "ALTER TABLE \"%w\" ADD COLUMN \"%w\" %s", table, column, type);
}

kn_code
kn_file_table_widen(kn_store *store, const char *table, const char *column, const char *type, kn_error *err)
{
  kn_arena *arena = kn_arena_new();
  const kn_code code = widen(store, arena, table, column, type, err);
  kn_arena_free(arena);
  return code;
}
