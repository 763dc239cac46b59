/* The desk: connections and named statements; who may see what is desk_guard.c.
 *
 *   kn_desk_open ─> file brought up to date ─> WAL ─> writer thread ─> kn_desk_lend / give_back ... ─> kn_desk_close ─> one plain file
 *
 * A connection that is lent opens nothing and prepares nothing twice. Its authorizer is asked while a statement is prepared, never
 * while it runs, so the guard costs nothing per row; what may be seen per row the views decide through viewer_sees(). */
#include <stdlib.h>
#include <string.h>

#include "store/desk_internal.h"

kn_field
kn_field_text(const char *text)
{
  return (kn_field){
      .kind = text != NULL ? KN_FIELD_TEXT : KN_FIELD_NULL, .text = text, .length = text != NULL ? (int64_t)strlen(text) : 0};
}

/* ---------------------------------------------------------------- connections */
static kn_code
connect_conn(kn_conn *conn, kn_error *err)
{
  kn_desk *desk = conn->desk;
  KN_TRY(kn_store_new(&conn->store, desk->path, &desk->settings, err));
  conn->store->watch = NULL;
  conn->store->real = conn->store->path;
  KN_TRY(kn_store_connect(conn->store, desk->path, conn->is_writing ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, NULL, err));
  KN_TRY(kn_sql_run(conn->store,
                    conn->is_writing ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                                       "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 500"
                                     : "PRAGMA cache_size = -2048",
                    err));
  KN_TRY(kn_guard_register(conn, err));
  kn_work_watch(conn->store->db);
  for (const kn_named_sql *query = kn_queries; query->name != NULL && query->is_view; query++)
    KN_TRY(kn_sql_runf(conn->store, err, "CREATE TEMP VIEW %s AS %s", query->name, query->sql));
  /* These come to be at their first use, which reads the schema: so before that is refused. */
  KN_TRY(kn_sql_run(conn->store, "SELECT 1 FROM json_each('[]'); SELECT 1 FROM json_tree('[]')", err));
  kn_guard_begin(conn);
  return KN_OK;
}

kn_code
kn_conn_new(kn_conn **out, kn_desk *desk, bool is_writing, kn_error *err)
{
  *out = NULL;
  kn_conn *conn = calloc(1, sizeof *conn);
  if (conn == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  conn->desk = desk;
  conn->is_writing = is_writing;
  conn->statement = calloc((size_t)kn_query_count + 1, sizeof(sqlite3_stmt *));
  const kn_code code = conn->statement != NULL ? connect_conn(conn, err) : kn_fail(err, KN_E_LIMIT, "out of memory");
  if (code != KN_OK) {
    kn_conn_free(conn);
    return code;
  }
  *out = conn;
  return KN_OK;
}

void
kn_conn_free(kn_conn *conn)
{
  if (conn == NULL)
    return;
  for (int32_t i = 0; conn->statement != NULL && i < kn_query_count; i++)
    sqlite3_finalize(conn->statement[i]);
  kn_store_close(conn->store);
  free((void *)conn->statement);
  free((void *)conn->names);
  free(conn->fields);
  free(conn);
}

void
kn_conn_look(kn_conn *conn, const kn_viewer *viewer)
{
  conn->viewer = viewer;
}

const kn_viewer *
kn_conn_viewer(const kn_conn *conn)
{
  return conn->viewer;
}

kn_code
kn_desk_lend(kn_desk *desk, const kn_viewer *viewer, kn_conn **out, kn_error *err)
{
  pthread_mutex_lock(&desk->lock);
  kn_conn *conn = desk->idle;
  if (conn != NULL)
    desk->idle = conn->next;
  pthread_mutex_unlock(&desk->lock);
  if (conn == NULL)
    KN_TRY(kn_conn_new(&conn, desk, false, err));
  assert(conn != NULL);
  kn_conn_look(conn, viewer);
  *out = conn;
  return KN_OK;
}

void
kn_desk_give_back(kn_conn *conn)
{
  if (conn == NULL)
    return;
  kn_desk *desk = conn->desk;
  conn->viewer = NULL;
  pthread_mutex_lock(&desk->lock);
  conn->next = desk->idle;
  desk->idle = conn;
  pthread_mutex_unlock(&desk->lock);
}

/* ---------------------------------------------------------------- statements */
static int
find_query(const char *name)
{
  int low = 0, high = kn_query_count;
  while (low < high && kn_queries[low].is_view)
    low++;
  while (low < high) {
    const int middle = low + (high - low) / 2;
    const int order = strcmp(kn_queries[middle].name, name);
    if (order == 0)
      return middle;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

static kn_code
prepare_query(kn_conn *conn, const char *name, sqlite3_stmt **out, bool *is_all, kn_error *err)
{
  const int at = find_query(name);
  if (at < 0)
    return kn_fail(err, KN_E_USAGE, "there is no statement %s", name);
  if (conn->statement[at] == NULL) {
    const bool before = conn->may_read_all;
    conn->may_read_all = kn_queries[at].is_all;
    const int rc =
        sqlite3_prepare_v3(conn->store->db, kn_queries[at].sql, -1, SQLITE_PREPARE_PERSISTENT, &conn->statement[at], NULL);
    conn->may_read_all = before;
    if (rc != SQLITE_OK) {
      kn_sql_fail(conn->store, rc, err);
      return kn_note(err, "preparing the statement %s", name);
    }
  }
  *out = conn->statement[at];
  *is_all = kn_queries[at].is_all;
  return KN_OK;
}

static int
bind_field(sqlite3_stmt *statement, int at, const kn_field *field)
{
  switch (field->kind) {
  case KN_FIELD_INT:
    return sqlite3_bind_int64(statement, at, field->integer);
  case KN_FIELD_REAL:
    return sqlite3_bind_double(statement, at, field->real);
  case KN_FIELD_TEXT:
    return sqlite3_bind_text64(statement, at, field->text, (sqlite3_uint64)field->length, SQLITE_STATIC, SQLITE_UTF8);
  case KN_FIELD_BLOB:
    return sqlite3_bind_blob64(statement, at, field->text, (sqlite3_uint64)field->length, SQLITE_STATIC);
  default:
    return sqlite3_bind_null(statement, at);
  }
}

static kn_code
bind_all(kn_conn *conn, sqlite3_stmt *statement, const char *name, const kn_bind *bind, int32_t count, kn_error *err)
{
  for (int32_t i = 0; i < count; i++) {
    char parameter[80];
    snprintf(parameter, sizeof parameter, ":%s", bind[i].name);
    const int at = sqlite3_bind_parameter_index(statement, parameter);
    if (at == 0)
      return kn_fail(err, KN_E_USAGE, "statement %s has no parameter %s", name, parameter);
    const int rc = bind_field(statement, at, &bind[i].value);
    if (rc != SQLITE_OK)
      return kn_sql_fail(conn->store, rc, err);
  }
  return KN_OK;
}

static void
read_field(kn_field *out, sqlite3_stmt *statement, int column)
{
  *out = (kn_field){.kind = KN_FIELD_NULL};
  switch (sqlite3_column_type(statement, column)) {
  case SQLITE_INTEGER:
    out->kind = KN_FIELD_INT;
    out->integer = sqlite3_column_int64(statement, column);
    out->real = (double)out->integer;
    break;
  case SQLITE_FLOAT:
    out->kind = KN_FIELD_REAL;
    out->real = sqlite3_column_double(statement, column);
    break;
  case SQLITE_TEXT:
    out->kind = KN_FIELD_TEXT;
    out->text = (const char *)sqlite3_column_text(statement, column);
    out->length = sqlite3_column_bytes(statement, column);
    break;
  case SQLITE_BLOB:
    out->kind = KN_FIELD_BLOB;
    out->text = sqlite3_column_blob(statement, column);
    out->length = sqlite3_column_bytes(statement, column);
    break;
  default:
    break;
  }
}

static kn_code
make_room(kn_conn *conn, int32_t columns, kn_error *err)
{
  if (columns <= conn->field_capacity)
    return KN_OK;
  const char **names = realloc((void *)conn->names, (size_t)columns * sizeof *names);
  if (names != NULL)
    conn->names = names;
  kn_field *fields = realloc(conn->fields, (size_t)columns * sizeof *fields);
  if (fields != NULL)
    conn->fields = fields;
  if (names == NULL || fields == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  conn->field_capacity = columns;
  return KN_OK;
}

/* Names and fields are of the innermost statement that runs; a visit that asks another one gets its own. */
kn_code
kn_conn_visit(kn_conn *conn, sqlite3_stmt *statement, bool is_all, kn_answer_visit visit, void *arg, kn_error *err)
{
  const int32_t columns = sqlite3_column_count(statement);
  const char **names = NULL;
  kn_field *fields = NULL;
  KN_TRY(make_room(conn, columns, err));
  names = conn->names;
  fields = conn->fields;
  const int32_t capacity = conn->field_capacity;
  conn->names = NULL;
  conn->fields = NULL;
  conn->field_capacity = 0;
  kn_code code = KN_OK;
  while (code == KN_OK) {
    bool row;
    /* When another program changed the tables SQLite prepares the statement anew here, and asks the guard again. */
    const bool before = conn->may_read_all;
    conn->may_read_all = is_all;
    code = kn_sql_step(conn->store, statement, &row, err);
    conn->may_read_all = before;
    if (code != KN_OK || !row)
      break;
    for (int32_t i = 0; i < columns; i++) {
      names[i] = sqlite3_column_name(statement, i); /* a statement that was prepared anew has new ones */
      read_field(&fields[i], statement, i);
    }
    if (visit != NULL)
      code = visit(arg, &(kn_answer){.count = columns, .name = names, .field = fields}, err);
  }
  free((void *)conn->names);
  free(conn->fields);
  conn->names = names;
  conn->fields = fields;
  conn->field_capacity = capacity;
  return code;
}

kn_code
kn_conn_ask(kn_conn *conn, const char *name, const kn_bind *bind, int32_t count, kn_answer_visit visit, void *arg, kn_error *err)
{
  sqlite3_stmt *statement = NULL;
  bool is_all = false;
  KN_TRY(prepare_query(conn, name, &statement, &is_all, err));
  if (!conn->is_writing && !sqlite3_stmt_readonly(statement))
    return kn_fail(err, KN_E_USAGE, "statement %s writes: it belongs in kn_desk_write()", name);
  kn_code code = bind_all(conn, statement, name, bind, count, err);
  if (code == KN_OK)
    code = kn_conn_visit(conn, statement, is_all, visit, arg, err);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return code;
}

typedef struct first_row {
  kn_arena *arena;
  kn_field *out;
  bool is_there;
} first_row;

static kn_code
take_first(void *arg, const kn_answer *answer, kn_error *err)
{
  first_row *first = arg;
  if (first->is_there)
    return KN_OK;
  first->is_there = true;
  *first->out = answer->field[0];
  if (first->out->text == NULL)
    return KN_OK;
  if (first->arena == NULL)
    return kn_fail(err, KN_E_USAGE, "a text was asked for without an arena for it");
  return kn_text_copy(&first->out->text, first->arena, first->out->text, (size_t)first->out->length, err);
}

kn_code
kn_conn_ask_one(kn_conn *conn, const char *name, const kn_bind *bind, int32_t count, kn_arena *arena, kn_field *out,
                bool *is_there, kn_error *err)
{
  *out = (kn_field){.kind = KN_FIELD_NULL};
  first_row first = {.arena = arena, .out = out};
  KN_TRY(kn_conn_ask(conn, name, bind, count, take_first, &first, err));
  if (is_there != NULL)
    *is_there = first.is_there;
  return KN_OK;
}

kn_code
kn_conn_run(kn_conn *conn, const char *name, const kn_bind *bind, int32_t count, int64_t *changed, kn_error *err)
{
  if (!conn->is_writing)
    return kn_fail(err, KN_E_USAGE, "statement %s belongs in kn_desk_write()", name);
  const int64_t before = sqlite3_total_changes64(conn->store->db);
  KN_TRY(kn_conn_ask(conn, name, bind, count, NULL, NULL, err));
  if (changed != NULL)
    *changed = sqlite3_total_changes64(conn->store->db) - before;
  return KN_OK;
}

const kn_field *
kn_answer_field(const kn_answer *answer, const char *name)
{
  for (int32_t i = 0; i < answer->count; i++)
    if (strcmp(answer->name[i], name) == 0)
      return &answer->field[i];
  return NULL;
}

const char *
kn_desk_statement(const char *prefix, int32_t at)
{
  for (const kn_named_sql *query = kn_queries; query->name != NULL; query++)
    if (!query->is_view && strncmp(query->name, prefix, strlen(prefix)) == 0 && at-- == 0)
      return query->name;
  return NULL;
}

/* Other processes are looked for at most ten times a second: a command line that wrote is seen by then. */
uint64_t
kn_desk_version(kn_desk *desk)
{
  if (pthread_mutex_trylock(&desk->look_lock) == 0) {
    const double now = kn_store_seconds();
    int64_t version = 0;
    if (now - desk->looked > 0.1) {
      desk->looked = now;
      if (kn_sql_number(desk->looker->store, &version, NULL, "PRAGMA data_version") == KN_OK && version != desk->data_version) {
        desk->data_version = version;
        desk->version++;
      }
    }
    pthread_mutex_unlock(&desk->look_lock);
  }
  return desk->version;
}

const char *
kn_desk_path(const kn_desk *desk)
{
  return desk->path;
}

/* What pages look rows up by. Made when a file is first served and not before: an import of a file that nobody serves does not pay
 * for them. */
static kn_code
add_indexes(kn_store *store, kn_error *err)
{
  int64_t there;
  KN_TRY(kn_sql_number(store, &there, err, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE 'desk_by_%%'"));
  if (there == 5)
    return KN_OK;
  KN_TRY(kn_store_begin(store, KN_LARGE_ROWS, err));
  const kn_code code = kn_sql_run(store,
                                  "CREATE INDEX IF NOT EXISTS desk_by_site_offer ON offer (site_id);"
                                  "CREATE INDEX IF NOT EXISTS desk_by_site_need ON need (site_id);"
                                  "CREATE INDEX IF NOT EXISTS desk_by_resource_offer ON offer (resource_id);"
                                  "CREATE INDEX IF NOT EXISTS desk_by_resource_need ON need (resource_id);"
                                  "CREATE INDEX IF NOT EXISTS desk_by_actor_site ON site (actor_id);"
                                  "COMMIT",
                                  err);
  kn_sql_roll_back(store);
  return code;
}

static kn_code
open_desk(kn_desk *desk, const char *path, const kn_store_settings *settings, kn_error *err)
{
  /* As a writer of the old kind first: it judges the file, brings it up to date, and says what is wrong. */
  kn_store *store;
  kn_store_settings writer = *settings;
  writer.is_writer = true;
  KN_TRY(kn_store_open(&store, path, &writer, err));
  kn_code code = kn_text_copy(&desk->path, desk->keep, store->real, strlen(store->real), err);
  if (code == KN_OK)
    code = add_indexes(store, err);
  kn_store_close(store);
  KN_TRY(code);
  KN_TRY(kn_conn_new(&desk->writer, desk, true, err));
  KN_TRY(kn_conn_new(&desk->looker, desk, false, err));
  if (desk->looker != NULL && desk->looker->store != NULL)
    kn_work_unwatch(desk->looker->store->db); /* its looks belong to no request */
  return kn_writer_start(desk, err);
}

kn_code
kn_desk_open(kn_desk **out, const char *path, const kn_store_settings *settings, kn_error *err)
{
  *out = NULL;
  kn_arena *keep = kn_arena_new();
  kn_desk *desk = NULL;
  const kn_code reserved = kn_arena_reserve(keep, sizeof *desk + 16, err);
  if (reserved != KN_OK) {
    kn_arena_free(keep);
    return reserved;
  }
  desk = kn_arena_take(keep, 1, sizeof *desk);
  desk->keep = keep;
  desk->settings = *settings;
  desk->version = 1;
  desk->last = &desk->first;
  pthread_mutex_init(&desk->lock, NULL);
  pthread_mutex_init(&desk->look_lock, NULL);
  pthread_cond_init(&desk->came, NULL);
  pthread_cond_init(&desk->went, NULL);
  const kn_code code = open_desk(desk, path, settings, err);
  if (code != KN_OK) {
    kn_desk_close(desk);
    return code;
  }
  *out = desk;
  return KN_OK;
}

void
kn_desk_close(kn_desk *desk)
{
  if (desk == NULL)
    return;
  kn_writer_stop(desk);
  while (desk->idle != NULL) {
    kn_conn *next = desk->idle->next;
    kn_conn_free(desk->idle);
    desk->idle = next;
  }
  kn_conn_free(desk->looker);
  if (desk->writer != NULL)
    desk->writer->store->is_in_wal = true; /* the last to close turns it back to one plain file */
  kn_conn_free(desk->writer);
  pthread_cond_destroy(&desk->went);
  pthread_cond_destroy(&desk->came);
  pthread_mutex_destroy(&desk->look_lock);
  pthread_mutex_destroy(&desk->lock);
  kn_arena_free(desk->keep);
}
