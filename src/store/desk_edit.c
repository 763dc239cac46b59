/* Rows changed so that the change can be seen and taken back.
 *
 *   row before ─as JSON─┐
 *   the change          ├─> edit (table, key, before, after, who, when) ; its number is the new version of the row
 *   row after  ─as JSON─┘
 *
 * The rules of a table stand in the table; what they refuse comes back in their words. The geometry of a point follows from lon and
 * lat; that of areas and links is kept, as hexadecimal digits, when such a row is removed, so that it can come back. */
#include <stdlib.h>
#include <string.h>

#include "store/desk_internal.h"

typedef struct edit_table {
  const char *key; /* column */
  char geometry;   /* of kn_table_def */
  const char **columns;
  int32_t count;
} edit_table;

static bool
has_column(const edit_table *table, const char *name)
{
  for (int32_t i = 0; i < table->count; i++)
    if (strcmp(table->columns[i], name) == 0)
      return true;
  return false;
}

static kn_code
look_at_table(kn_conn *conn, kn_arena *arena, const char *name, edit_table *out, kn_error *err)
{
  KN_TRY(kn_sql_columns(conn->store, arena, name, &out->columns, &out->count, err));
  if (out->count == 0)
    return kn_fail(err, KN_E_MISSING, "there is no table %s", name);
  const int32_t at = kn_schema_find_table(name);
  out->geometry = at != KN_NONE ? kn_schema((kn_table_id)at)->geometry : 0;
  char key[128];
  snprintf(key, sizeof key, "%s_id", name);
  if (at != KN_NONE && kn_schema((kn_table_id)at)->key_column != KN_NONE)
    snprintf(key, sizeof key, "%s", kn_schema((kn_table_id)at)->columns[kn_schema((kn_table_id)at)->key_column].name);
  if (!has_column(out, key))
    snprintf(key, sizeof key, "fid");
  if (!has_column(out, key))
    return kn_fail(err, KN_E_USAGE, "the rows of table %s have no key", name);
  return kn_text_copy(&out->key, arena, key, strlen(key), err);
}

/* The row as a JSON object; *out NULL: there is none. */
static kn_code
read_row(kn_conn *conn, kn_arena *arena, const char *name, const edit_table *table, const char *key, bool has_shape,
         const char **out, kn_error *err)
{
  *out = NULL;
  sqlite3_str *sql = sqlite3_str_new(conn->store->db);
  sqlite3_str_appendall(sql, "SELECT json_object(");
  bool is_first = true;
  for (int32_t i = 0; i < table->count; i++) {
    const bool is_shape = strcmp(table->columns[i], "geom") == 0;
    if (is_shape && (!has_shape || table->geometry == 'p'))
      continue;
    sqlite3_str_appendf(sql, is_shape ? "%s%Q, hex(\"%w\")" : "%s%Q, \"%w\"", is_first ? "" : ", ", table->columns[i],
                        table->columns[i]);
    is_first = false;
  }
  sqlite3_str_appendf(sql, ") FROM \"%w\" WHERE \"%w\" = ?", name, table->key);
  char *text = sqlite3_str_finish(sql);
  sqlite3_stmt *statement = NULL;
  int rc = text != NULL ? sqlite3_prepare_v2(conn->store->db, text, -1, &statement, NULL) : SQLITE_NOMEM;
  sqlite3_free(text);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
  kn_code code = rc == SQLITE_OK ? KN_OK : kn_sql_fail(conn->store, rc, err);
  bool row = false;
  if (code == KN_OK)
    code = kn_sql_step(conn->store, statement, &row, err);
  if (code == KN_OK && row)
    code = kn_sql_text(out, arena, statement, 0, err);
  sqlite3_finalize(statement);
  return code;
}

static int
bind_value(sqlite3_stmt *statement, int at, const kn_field *field)
{
  if (field->kind == KN_FIELD_INT)
    return sqlite3_bind_int64(statement, at, field->integer);
  if (field->kind == KN_FIELD_REAL)
    return sqlite3_bind_double(statement, at, field->real);
  if (field->kind == KN_FIELD_TEXT)
    return sqlite3_bind_text64(statement, at, field->text, (sqlite3_uint64)field->length, SQLITE_STATIC, SQLITE_UTF8);
  return sqlite3_bind_null(statement, at);
}

/* Hexadecimal digits, as an earlier edit kept them. */
static int
bind_shape(sqlite3_stmt *statement, int at, const kn_field *field)
{
  if (field->kind != KN_FIELD_TEXT || field->length < 2)
    return sqlite3_bind_null(statement, at);
  const size_t length = (size_t)field->length / 2;
  uint8_t *blob = sqlite3_malloc64(length);
  if (blob == NULL)
    return SQLITE_NOMEM;
  for (size_t i = 0; i < length; i++) {
    const char digits[3] = {field->text[2 * i], field->text[2 * i + 1], '\0'};
    blob[i] = (uint8_t)strtoul(digits, NULL, 16);
  }
  return sqlite3_bind_blob64(statement, at, blob, length, sqlite3_free);
}

static int32_t
find_given(const kn_row_edit *edit, const char *name)
{
  for (int32_t i = 0; i < edit->count; i++)
    if (strcmp(edit->names[i], name) == 0)
      return i;
  return KN_NONE;
}

/* The point of a row moves with lon and lat. */
static void
append_point(sqlite3_str *sql, const kn_row_edit *edit, bool is_new)
{
  static const char *const names[] = {"lon", "lat"};
  sqlite3_str_appendall(sql, is_new ? ", desk_point(" : ", geom = desk_point(");
  for (int i = 0; i < 2; i++) {
    const int32_t at = find_given(edit, names[i]);
    if (at != KN_NONE)
      sqlite3_str_appendf(sql, "%s?%d", i > 0 ? ", " : "", at + 2);
    else
      sqlite3_str_appendf(sql, "%s%s", i > 0 ? ", " : "", is_new ? "NULL" : names[i]);
  }
  sqlite3_str_appendall(sql, ")");
}

static char *
write_sql(kn_conn *conn, const kn_row_edit *edit, const edit_table *table)
{
  sqlite3_str *sql = sqlite3_str_new(conn->store->db);
  const bool moves = table->geometry == 'p' && (find_given(edit, "lon") != KN_NONE || find_given(edit, "lat") != KN_NONE);
  if (edit->what == KN_ROW_REMOVE)
    sqlite3_str_appendf(sql, "DELETE FROM \"%w\" WHERE \"%w\" = ?1", edit->table, table->key);
  if (edit->what == KN_ROW_CHANGE) {
    sqlite3_str_appendf(sql, "UPDATE \"%w\" SET ", edit->table);
    for (int32_t i = 0; i < edit->count; i++)
      sqlite3_str_appendf(sql, "%s\"%w\" = ?%d", i > 0 ? ", " : "", edit->names[i], i + 2);
    if (moves)
      append_point(sql, edit, false);
    sqlite3_str_appendf(sql, " WHERE \"%w\" = ?1", table->key);
  }
  if (edit->what == KN_ROW_ADD) {
    sqlite3_str_appendf(sql, "INSERT INTO \"%w\" (\"%w\"", edit->table, table->key);
    for (int32_t i = 0; i < edit->count; i++)
      sqlite3_str_appendf(sql, ", \"%w\"", edit->names[i]);
    sqlite3_str_appendall(sql, moves ? ", geom) VALUES (?1" : ") VALUES (?1");
    for (int32_t i = 0; i < edit->count; i++)
      sqlite3_str_appendf(sql, ", ?%d", i + 2);
    if (moves)
      append_point(sql, edit, true);
    sqlite3_str_appendall(sql, ")");
  }
  return sqlite3_str_finish(sql);
}

/* What a rule of the table refuses comes back as that rule says it, without the name of the file. */
static kn_code
refuse(kn_conn *conn, const kn_row_edit *edit, int rc, kn_error *err)
{
  if ((rc & 0xff) != SQLITE_CONSTRAINT && (rc & 0xff) != SQLITE_MISMATCH)
    return kn_sql_fail(conn->store, rc, err);
  const char *text = sqlite3_errmsg(conn->store->db);
  static const char *const prefix = "CHECK constraint failed: ";
  if (strncmp(text, prefix, strlen(prefix)) == 0)
    text += strlen(prefix);
  if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY)
    return kn_fail(err, KN_E_CONFLICT, "%s %s is there already", edit->table, edit->key);
  return kn_fail(err, KN_E_INPUT, "%s", text);
}

static kn_code
apply_edit(kn_conn *conn, const kn_row_edit *edit, const edit_table *table, kn_error *err)
{
  if (edit->what == KN_ROW_CHANGE && edit->count == 0)
    return KN_OK;
  char *sql = write_sql(conn, edit, table);
  sqlite3_stmt *statement = NULL;
  int rc = sql != NULL ? sqlite3_prepare_v2(conn->store->db, sql, -1, &statement, NULL) : SQLITE_NOMEM;
  sqlite3_free(sql);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_text(statement, 1, edit->key, -1, SQLITE_STATIC);
  for (int32_t i = 0; rc == SQLITE_OK && i < edit->count && edit->what != KN_ROW_REMOVE; i++)
    rc = strcmp(edit->names[i], "geom") == 0 ? bind_shape(statement, i + 2, &edit->values[i])
                                             : bind_value(statement, i + 2, &edit->values[i]);
  if (rc == SQLITE_OK)
    rc = sqlite3_step(statement);
  const kn_code code = rc == SQLITE_DONE ? KN_OK : refuse(conn, edit, rc, err);
  sqlite3_finalize(statement);
  return code;
}

static kn_code
check_edit(const kn_row_edit *edit, const edit_table *table, const char *before, int64_t version, kn_error *err)
{
  for (int32_t i = 0; i < edit->count; i++) {
    if (!has_column(table, edit->names[i]))
      return kn_fail(err, KN_E_INPUT, "table %s has no column %s", edit->table, edit->names[i]);
    if (strcmp(edit->names[i], table->key) == 0)
      return kn_fail(err, KN_E_INPUT, "the key %s of a row stays as it is", table->key);
  }
  if (edit->what == KN_ROW_ADD && before != NULL)
    return kn_fail(err, KN_E_CONFLICT, "%s %s is there already", edit->table, edit->key);
  if (edit->what != KN_ROW_ADD && before == NULL)
    return kn_fail(err, KN_E_MISSING, "there is no %s %s", edit->table, edit->key);
  if (edit->expected_version != KN_ANY_VERSION && edit->expected_version != version)
    return kn_fail(err, KN_E_CONFLICT, "%s %s was changed by someone else meanwhile", edit->table, edit->key);
  return KN_OK;
}

/* Rows without a key go by their number. One that was ever used is not given again: its history is of another row. */
static kn_code
give_number(kn_conn *conn, kn_arena *arena, kn_row_edit *edit, const edit_table *table, kn_error *err)
{
  if (edit->what != KN_ROW_ADD || strcmp(table->key, "fid") != 0)
    return kn_fail(err, KN_E_USAGE, "a row of %s needs its %s", edit->table, table->key);
  int64_t number;
  KN_TRY(kn_sql_number(
      conn->store, &number, err,
      "SELECT 1 + max((SELECT coalesce(max(fid), 0) FROM \"%w\"), (SELECT coalesce(max(CAST(row_key AS INTEGER)), 0) FROM edit "
      "WHERE table_name = %Q))",
      edit->table, edit->table));
  char text[32];
  const int length = snprintf(text, sizeof text, "%" PRId64, number);
  return kn_text_copy(&edit->key, arena, text, (size_t)length, err);
}

static kn_code
edit_row(kn_conn *conn, kn_arena *arena, const kn_row_edit *asked, int64_t *edit_id, kn_error *err)
{
  edit_table table;
  const char *before, *after;
  kn_row_edit own = *asked, *edit = &own;
  KN_TRY(look_at_table(conn, arena, edit->table, &table, err));
  if (edit->key == NULL)
    KN_TRY(give_number(conn, arena, &own, &table, err));
  const bool has_shape = edit->what == KN_ROW_REMOVE || find_given(edit, "geom") != KN_NONE;
  KN_TRY(read_row(conn, arena, edit->table, &table, edit->key, has_shape, &before, err));
  const kn_bind row[] = {KN_BIND_TEXT("table", edit->table), KN_BIND_TEXT("key", edit->key)};
  kn_field version;
  KN_TRY(kn_conn_ask_one(conn, "edit_version", row, KN_COUNT_OF(row), NULL, &version, NULL, err));
  KN_TRY(check_edit(edit, &table, before, version.integer, err));
  KN_TRY(apply_edit(conn, edit, &table, err));
  KN_TRY(read_row(conn, arena, edit->table, &table, edit->key, has_shape, &after, err));
  char now[32];
  kn_store_now(now);
  const kn_bind line[] = {KN_BIND_TEXT("table", edit->table),
                          KN_BIND_TEXT("key", edit->key),
                          KN_BIND_TEXT("before", before),
                          KN_BIND_TEXT("after", after),
                          KN_BIND_TEXT("made", now),
                          {.name = "undo_of", .value = edit->undo_of != 0 ? kn_field_int(edit->undo_of) : kn_field_text(NULL)}};
  KN_TRY(kn_conn_run(conn, "edit_add", line, KN_COUNT_OF(line), NULL, err));
  if (edit_id != NULL)
    *edit_id = sqlite3_last_insert_rowid(conn->store->db);
  return kn_search_touch(conn, edit->table, edit->key, err);
}

/* Statements of this file read what they change, and are written here: the guard is for those of others. */
static kn_code
trusted_edit(kn_conn *conn, kn_arena *arena, const kn_row_edit *edit, int64_t *edit_id, kn_error *err)
{
  const bool before = conn->may_read_all;
  conn->may_read_all = true;
  const kn_code code = edit_row(conn, arena, edit, edit_id, err);
  conn->may_read_all = before;
  return code;
}

kn_code
kn_conn_edit(kn_conn *conn, const kn_row_edit *edit, int64_t *edit_id, kn_error *err)
{
  if (!conn->is_writing)
    return kn_fail(err, KN_E_USAGE, "an edit belongs in kn_desk_write()");
  kn_arena *arena = kn_arena_new();
  const kn_code code = trusted_edit(conn, arena, edit, edit_id, err);
  kn_arena_free(arena);
  return code;
}

/* ---------------------------------------------------------------- taking back */
typedef struct old_edit {
  const char *table, *key, *before, *after;
} old_edit;

static kn_code
take_edit(void *arg, const kn_answer *answer, kn_error *err)
{
  struct {
    kn_arena *arena;
    old_edit *out;
  } *in = arg;
  const char **to[] = {&in->out->table, &in->out->key, &in->out->before, &in->out->after};
  for (int i = 0; i < 4; i++)
    if (answer->field[i].text != NULL)
      KN_TRY(kn_text_copy(to[i], in->arena, answer->field[i].text, (size_t)answer->field[i].length, err));
  return KN_OK;
}

typedef struct row_values {
  kn_arena *arena;
  int32_t count;
  const char **names;
  kn_field *values;
  const char *key;
} row_values;

static kn_code
take_value(void *arg, const kn_answer *answer, kn_error *err)
{
  row_values *row = arg;
  const char *name = answer->field[0].text;
  if (strcmp(name, row->key) == 0 || strcmp(name, "fid") == 0)
    return KN_OK;
  KN_TRY(kn_text_copy(&row->names[row->count], row->arena, name, (size_t)answer->field[0].length, err));
  kn_field *value = &row->values[row->count++];
  *value = answer->field[1];
  return value->text == NULL ? KN_OK : kn_text_copy(&value->text, row->arena, value->text, (size_t)value->length, err);
}

/* An import or another program may have changed the row without an edit. */
static kn_code
check_unchanged(kn_conn *conn, kn_arena *arena, const old_edit *old, const edit_table *table, kn_error *err)
{
  const char *now;
  conn->may_read_all = true;
  const kn_code code =
      read_row(conn, arena, old->table, table, old->key, old->after != NULL && strstr(old->after, "\"geom\"") != NULL, &now, err);
  conn->may_read_all = false;
  KN_TRY(code);
  int64_t differs = (now == NULL) != (old->after == NULL);
  if (now != NULL && old->after != NULL) {
    const kn_bind both[] = {KN_BIND_TEXT("was", old->after), KN_BIND_TEXT("now", now)};
    kn_field count;
    KN_TRY(kn_conn_ask_one(conn, "edit_differs", both, KN_COUNT_OF(both), NULL, &count, NULL, err));
    differs = count.integer;
  }
  return differs == 0 ? KN_OK : kn_fail(err, KN_E_CONFLICT, "%s %s was changed since", old->table, old->key);
}

static kn_code
undo_in(kn_conn *conn, kn_arena *arena, int64_t edit_id, int64_t *undo_id, kn_error *err)
{
  old_edit old = {0};
  struct {
    kn_arena *arena;
    old_edit *out;
  } in = {arena, &old};
  const kn_bind which[] = {KN_BIND_INT("edit", edit_id)};
  KN_TRY(kn_conn_ask(conn, "edit_get", which, 1, take_edit, &in, err));
  if (old.table == NULL)
    return kn_fail(err, KN_E_MISSING, "there is no edit %" PRId64, edit_id);
  edit_table table;
  conn->may_read_all = true;
  const kn_code looked = look_at_table(conn, arena, old.table, &table, err);
  conn->may_read_all = false;
  KN_TRY(looked);
  KN_TRY(check_unchanged(conn, arena, &old, &table, err));
  kn_row_edit edit = {.what = old.before == NULL  ? KN_ROW_REMOVE
                              : old.after == NULL ? KN_ROW_ADD
                                                  : KN_ROW_CHANGE,
                      .table = old.table,
                      .key = old.key,
                      .expected_version = edit_id,
                      .undo_of = edit_id};
  row_values row = {.arena = arena, .key = table.key};
  KN_NEW(row.names, arena, table.count, err);
  KN_NEW(row.values, arena, table.count, err);
  if (old.before != NULL) {
    const kn_bind object[] = {KN_BIND_TEXT("object", old.before)};
    KN_TRY(kn_conn_ask(conn, "edit_values", object, 1, take_value, &row, err));
  }
  edit.count = row.count;
  edit.names = row.names;
  edit.values = row.values;
  return trusted_edit(conn, arena, &edit, undo_id, err);
}

kn_code
kn_conn_undo(kn_conn *conn, int64_t edit_id, int64_t *undo_id, kn_error *err)
{
  if (!conn->is_writing)
    return kn_fail(err, KN_E_USAGE, "an undo belongs in kn_desk_write()");
  kn_arena *arena = kn_arena_new();
  const kn_code code = undo_in(conn, arena, edit_id, undo_id, err);
  kn_arena_free(arena);
  return code;
}
