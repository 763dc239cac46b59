/* Rows of any table, as the viewer sees them: filtered, searched, in an order, page by page.
 *
 * An open table is read as it is, a closed one through its view; a closed table without a view is not there. The statement is put
 * together from names that were looked up in the file, never from what was asked; values are bound. */
#include <stdlib.h>
#include <string.h>

#include "store/desk_internal.h"

typedef struct shown_table {
  const char *name;
  const kn_table_def *def; /* NULL: a table of the desk */
  const char *from;        /* the table or its view */
  const char *key;         /* column */
  bool has_fid;
  const char **columns;
  int32_t count;
} shown_table;

/* Columns whose row is the viewer's own; NULL: of the coordinator only. */
static const char *
holder_of(const char *table)
{
  static const char *const holders[][2] = {{"site", "t.actor_id"},
                                           {"offer", "t.holder_id"},
                                           {"need", "t.holder_id"},
                                           {"offer_property", "t.holder_id"},
                                           {"need_spec", "t.holder_id"}};
  for (size_t i = 0; i < sizeof holders / sizeof *holders; i++)
    if (strcmp(table, holders[i][0]) == 0)
      return holders[i][1];
  return NULL;
}

static bool
has_view(const char *name)
{
  for (const kn_named_sql *query = kn_queries; query->name != NULL && query->is_view; query++)
    if (strcmp(query->name, name) == 0)
      return true;
  return false;
}

static int32_t
find_column(const shown_table *table, const char *name)
{
  for (int32_t i = 0; i < table->count; i++)
    if (strcmp(table->columns[i], name) == 0)
      return i;
  return KN_NONE;
}

static kn_code
no_table(kn_error *err)
{
  return kn_fail(err, KN_E_MISSING, "there is no such thing, or it is not for you to see");
}

static kn_code
look_at(kn_conn *conn, kn_arena *arena, const char *name, shown_table *out, kn_error *err)
{
  *out = (shown_table){.name = name};
  char view[128], key[128];
  if (strlen(name) > 100 || strncmp(name, "seen_", 5) == 0 || strncmp(name, "search_", 7) == 0 ||
      strncmp(name, "json_", 5) == 0 || strncmp(name, "sqlite_", 7) == 0)
    return no_table(err);
  snprintf(view, sizeof view, "seen_%s", name);
  const bool is_seen = has_view(view);
  /* Tables about people have views for their own addresses (api_people.c), and are no tables of the region. */
  static const char *const people[] = {"account", "account_actor", "audit", "invitation", "invitation_actor", "login"};
  for (size_t i = 0; i < sizeof people / sizeof *people; i++)
    if (strcmp(name, people[i]) == 0)
      return no_table(err);
  if (!is_seen && !kn_desk_is_open(name))
    return no_table(err);
  const char **all;
  int32_t count;
  const bool before = conn->may_read_all; /* the names of columns are for all */
  conn->may_read_all = true;
  const kn_code code = kn_sql_columns(conn->store, arena, name, &all, &count, err);
  conn->may_read_all = before;
  KN_TRY(code);
  if (count == 0)
    return no_table(err);
  out->columns = all;
  for (int32_t i = 0; i < count; i++)
    if (strcmp(all[i], "fid") == 0)
      out->has_fid = true;
    else if (strcmp(all[i], "geom") != 0)
      all[out->count++] = all[i];
  const int32_t at = kn_schema_find_table(name);
  out->def = at != KN_NONE ? kn_schema((kn_table_id)at) : NULL;
  snprintf(key, sizeof key, "%s_id", name);
  if (out->def != NULL && out->def->key_column != KN_NONE)
    snprintf(key, sizeof key, "%s", out->def->columns[out->def->key_column].name);
  else if (out->def != NULL || find_column(out, key) == KN_NONE)
    snprintf(key, sizeof key, "fid");
  if (find_column(out, key) == KN_NONE && !out->has_fid)
    return no_table(err);
  KN_TRY(kn_text_copy(&out->key, arena, key, strlen(key), err));
  return kn_text_copy(&out->from, arena, is_seen ? view : name, strlen(is_seen ? view : name), err);
}

/* ---------------------------------------------------------------- the statement */
/* The names of what a row refers to, as far as tables that are open say them. */
static void
append_labels(sqlite3_str *sql, const shown_table *table)
{
  bool is_first = true;
  sqlite3_str_appendall(sql, "json_object(");
  for (int32_t i = 0; table->def != NULL && i < table->def->column_count; i++) {
    const kn_column_def *column = &table->def->columns[i];
    if (column->kind != KN_REF || !kn_desk_is_open(kn_schema(column->target)->name) ||
        find_column(table, column->name) == KN_NONE)
      continue;
    const kn_table_def *target = kn_schema(column->target);
    const char *label = kn_schema_find_column(target, "name") != KN_NONE    ? "name"
                        : kn_schema_find_column(target, "title") != KN_NONE ? "title"
                                                                            : NULL;
    if (label == NULL)
      continue;
    sqlite3_str_appendf(sql, "%s%Q, (SELECT \"%w\" FROM \"%w\" AS r WHERE r.\"%w\" = t.\"%w\")", is_first ? "" : ", ",
                        column->name, label, target->name, target->columns[target->key_column].name, column->name);
    is_first = false;
  }
  sqlite3_str_appendall(sql, ")");
}

static kn_code
append_filter(sqlite3_str *sql, const shown_table *table, const kn_rows_filter *filter, int32_t at, kn_error *err)
{
  const int32_t column = find_column(table, filter->column);
  if (column == KN_NONE)
    return kn_fail(err, KN_E_INPUT, "table %s has no column %s", table->name, filter->column);
  const char *name = table->columns[column];
  switch (filter->kind) {
  case KN_ROWS_IS:
    if (filter->value[0] == '\0')
      sqlite3_str_appendf(sql, " AND t.\"%w\" IS NULL", name);
    else
      sqlite3_str_appendf(sql, " AND t.\"%w\" = ?%d", name, at);
    return KN_OK;
  case KN_ROWS_HAS:
    sqlite3_str_appendf(sql, " AND instr(lower(t.\"%w\"), lower(?%d)) > 0", name, at);
    return KN_OK;
  case KN_ROWS_LEAST:
    sqlite3_str_appendf(sql, " AND t.\"%w\" >= ?%d", name, at);
    return KN_OK;
  case KN_ROWS_MOST:
    sqlite3_str_appendf(sql, " AND t.\"%w\" <= ?%d", name, at);
    return KN_OK;
  }
  return KN_OK;
}

/* Parameters: ?1 table, ?2 key, ?3 after, ?4 limit, ?5 search, then those of filters. */
enum { FIRST_FILTER = 6 };
static void
append_columns(sqlite3_str *sql, const shown_table *table)
{
  const char *holder = holder_of(table->name);
  sqlite3_str_appendf(
      sql,
      "SELECT t.\"%w\" AS \"cursor\", CAST(t.\"%w\" AS TEXT) AS row_key, (SELECT coalesce(max(e.edit_id), 0) FROM "
      "seen_row_version AS e WHERE e.table_name = ?1 AND e.row_key = CAST(t.\"%w\" AS TEXT)) AS row_version, "
      "viewer_role() = 'coordinator' OR (viewer_role() = 'partner' AND viewer_owns(%s)) AS is_editable, ",
      table->has_fid ? "fid" : table->key, table->key, table->key, holder != NULL ? holder : "NULL");
  const bool has_source = find_column(table, "source_id") != KN_NONE && strcmp(table->name, "source") != 0;
  sqlite3_str_appendf(sql, "%s AS row_source_kind, ",
                      has_source ? "(SELECT s.kind FROM source AS s WHERE s.source_id = t.source_id)" : "NULL");
  append_labels(sql, table);
  sqlite3_str_appendall(sql, " AS labels_json");
  for (int32_t i = 0; i < table->count; i++)
    sqlite3_str_appendf(sql, ", t.\"%w\"", table->columns[i]);
}

static void
append_search(sqlite3_str *sql, const shown_table *table)
{
  sqlite3_str_appendall(sql, " AND (0");
  for (int32_t i = 0; i < table->count; i++)
    sqlite3_str_appendf(sql, " OR instr(lower(t.\"%w\"), lower(?5)) > 0", table->columns[i]);
  sqlite3_str_appendall(sql, ")");
}

static kn_code
append_all(sqlite3_str *sql, const shown_table *table, const kn_rows_query *query, kn_error *err)
{
  const char *row = table->has_fid ? "fid" : table->key;
  append_columns(sql, table);
  sqlite3_str_appendf(sql, " FROM \"%w\" AS t WHERE ?1 IS NOT NULL", table->from);
  if (query->key != NULL)
    sqlite3_str_appendf(sql, " AND t.\"%w\" = ?2", table->key);
  if (query->search != NULL)
    append_search(sql, table);
  for (int32_t i = 0; i < query->filter_count; i++)
    KN_TRY(append_filter(sql, table, &query->filter[i], FIRST_FILTER + i, err));
  if (query->order_by == NULL) {
    if (query->after != NULL)
      sqlite3_str_appendf(sql, " AND t.\"%w\" > ?3", row);
    sqlite3_str_appendf(sql, " ORDER BY t.\"%w\" LIMIT ?4", row);
    return KN_OK;
  }
  if (find_column(table, query->order_by) == KN_NONE)
    return kn_fail(err, KN_E_INPUT, "table %s has no column %s", table->name, query->order_by);
  sqlite3_str_appendf(sql, " ORDER BY t.\"%w\"%s NULLS LAST, t.\"%w\" LIMIT ?4 OFFSET coalesce(?3, 0)", query->order_by,
                      query->is_falling ? " DESC" : "", row);
  return KN_OK;
}

/* A text into a column of numbers is compared as a number. */
static int
bind_filter(sqlite3_stmt *statement, int at, const shown_table *table, const kn_rows_filter *filter)
{
  const int32_t column = table->def != NULL ? kn_schema_find_column(table->def, filter->column) : KN_NONE;
  const kn_kind kind = column != KN_NONE ? table->def->columns[column].kind : KN_TEXT;
  double number;
  if (filter->kind != KN_ROWS_HAS && (kind == KN_REAL || kind == KN_INT) &&
      kn_number_read(filter->value, strlen(filter->value), '.', &number))
    return sqlite3_bind_double(statement, at, number);
  return sqlite3_bind_text(statement, at, filter->value, -1, SQLITE_STATIC);
}

static int
bind_query(sqlite3_stmt *statement, const shown_table *table, const kn_rows_query *query)
{
  const int most = sqlite3_bind_parameter_count(statement);
  const char *const texts[] = {query->table, query->key, NULL, NULL, query->search};
  int rc = SQLITE_OK;
  for (int i = 0; i < 5 && i < most && rc == SQLITE_OK; i++)
    if (texts[i] != NULL)
      rc = sqlite3_bind_text(statement, i + 1, texts[i], -1, SQLITE_STATIC);
  char *end = NULL;
  if (rc == SQLITE_OK && query->after != NULL && most >= 3)
    rc = query->order_by != NULL || table->has_fid ? sqlite3_bind_int64(statement, 3, strtoll(query->after, &end, 10))
                                                   : sqlite3_bind_text(statement, 3, query->after, -1, SQLITE_STATIC);
  if (rc == SQLITE_OK && most >= 4)
    rc = sqlite3_bind_int64(statement, 4, query->limit > 0 ? query->limit : -1);
  for (int32_t i = 0; i < query->filter_count && rc == SQLITE_OK; i++)
    if (FIRST_FILTER + i <= most)
      rc = bind_filter(statement, FIRST_FILTER + i, table, &query->filter[i]);
  return rc;
}

/* ---------------------------------------------------------------- asking
 * Where an order is asked for, the cursor is the place of the row in it. */
typedef struct counting {
  kn_answer_visit visit;
  void *arg;
  kn_field *field;
  int64_t place;
} counting;

static kn_code
count_on(void *arg, const kn_answer *answer, kn_error *err)
{
  counting *in = arg;
  memcpy(in->field, answer->field, (size_t)answer->count * sizeof *in->field);
  in->field[0] = kn_field_int(++in->place);
  return in->visit(in->arg, &(kn_answer){.count = answer->count, .name = answer->name, .field = in->field}, err);
}

static kn_code
ask_rows(kn_conn *conn, kn_arena *arena, const kn_rows_query *query, kn_answer_visit visit, void *arg, kn_error *err)
{
  shown_table table;
  KN_TRY(look_at(conn, arena, query->table, &table, err));
  sqlite3_str *text = sqlite3_str_new(conn->store->db);
  const kn_code made = append_all(text, &table, query, err);
  char *sql = sqlite3_str_finish(text);
  sqlite3_stmt *statement = NULL;
  int rc = sql == NULL     ? SQLITE_NOMEM
           : made == KN_OK ? sqlite3_prepare_v2(conn->store->db, sql, -1, &statement, NULL)
                           : SQLITE_OK;
  sqlite3_free(sql);
  KN_TRY(made);
  if (rc == SQLITE_OK)
    rc = bind_query(statement, &table, query);
  kn_code code = rc == SQLITE_OK ? KN_OK : kn_sql_fail(conn->store, rc, err);
  counting in = {.visit = visit, .arg = arg, .place = query->after != NULL ? strtoll(query->after, NULL, 10) : 0};
  if (code == KN_OK && query->order_by != NULL) {
    code = kn_arena_reserve(arena, (size_t)sqlite3_column_count(statement) * sizeof *in.field + 16, err);
    if (code == KN_OK)
      in.field = kn_arena_take(arena, (size_t)sqlite3_column_count(statement), sizeof *in.field);
  }
  if (code == KN_OK)
    code = kn_conn_visit(conn, statement, false, query->order_by != NULL ? count_on : visit, query->order_by != NULL ? &in : arg,
                         err);
  sqlite3_finalize(statement);
  return code;
}

kn_code
kn_conn_rows(kn_conn *conn, const kn_rows_query *query, kn_answer_visit visit, void *arg, kn_error *err)
{
  kn_arena *arena = kn_arena_new();
  const kn_code code = ask_rows(conn, arena, query, visit, arg, err);
  kn_arena_free(arena);
  return code;
}

kn_code
kn_conn_count(kn_conn *conn, const char *name, int64_t *out, kn_error *err)
{
  *out = 0;
  kn_arena *arena = kn_arena_new();
  shown_table table;
  kn_code code = look_at(conn, arena, name, &table, err);
  if (code == KN_OK)
    code = kn_sql_number(conn->store, out, err, "SELECT count(t.\"%w\") FROM \"%w\" AS t", table.key, table.from);
  kn_arena_free(arena);
  return code;
}

/* The key as text, so that a number given as text is found too. */
static kn_code
sees(kn_conn *conn, kn_arena *arena, const char *name, const char *key, bool *out, kn_error *err)
{
  shown_table table;
  KN_TRY(look_at(conn, arena, name, &table, err));
  int64_t found = 0;
  KN_TRY(kn_sql_number(conn->store, &found, err, "SELECT EXISTS (SELECT 1 FROM \"%w\" AS t WHERE t.\"%w\" = %Q)", table.from,
                       table.key, key));
  *out = found != 0;
  return KN_OK;
}

kn_code
kn_conn_sees(kn_conn *conn, const kn_viewer *viewer, const char *table, const char *key, bool *out, kn_error *err)
{
  *out = false;
  const kn_viewer *before = conn->viewer;
  kn_arena *arena = kn_arena_new();
  kn_conn_look(conn, viewer);
  const kn_code code = sees(conn, arena, table, key, out, err);
  kn_conn_look(conn, before);
  kn_arena_free(arena);
  return code == KN_E_MISSING ? KN_OK : code;
}
