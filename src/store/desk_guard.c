/* Who may see what.
 *
 *   statement ─prepare─> authorizer: may it read this table, do this at all?     once per statement
 *             ─step────> viewer_sees(disclosure, owner) in the views seen_...    once per row
 *
 * The guard of a connection, the rule of a row, and the SQL functions that ask who is looking. */
#include <string.h>

#include "store/desk_internal.h"

static const char *const role_names[KN_ROLE_COUNT] = {"public", "viewer", "financier", "planner", "partner", "coordinator"};

const char *
kn_role_name(kn_role role)
{
  return role_names[role];
}

bool
kn_role_read(const char *name, kn_role *out)
{
  for (int i = 0; i < KN_ROLE_COUNT; i++)
    if (name != NULL && strcmp(name, role_names[i]) == 0) {
      *out = (kn_role)i;
      return true;
    }
  return false;
}

/* Tables with nothing that anybody wants kept: what things are and where they are. All others are closed. */
static const char *const open_tables[] = {"area",         "actor",        "site",      "resource",  "substitution", "process",
                                          "process_flow", "unit",         "gateway",   "mode",      "node",         "link",
                                          "terminal",     "tariff",       "source",    "incentive", "precedent",    "settings",
                                          "profile",      "profile_hour", "json_each", "json_tree"};
/* What SQLite reads by itself while it prepares a statement or looks something up: the bytes of the index of search, and its own
 * list of tables when a table function (json_each) is met for the first time. No statement names these. */
static const char *const index_tables[] = {"search_data", "search_idx", "search_docsize", "search_config", "sqlite_master"};

static bool
is_view(const char *name)
{
  for (const kn_named_sql *query = kn_queries; name != NULL && query->name != NULL && query->is_view; query++)
    if (strcmp(query->name, name) == 0)
      return true;
  return false;
}

bool
kn_desk_is_open(const char *table)
{
  for (size_t i = 0; i < sizeof index_tables / sizeof *index_tables; i++)
    if (strcmp(table, index_tables[i]) == 0)
      return true;
  for (size_t i = 0; i < sizeof open_tables / sizeof *open_tables; i++)
    if (strcmp(table, open_tables[i]) == 0)
      return true;
  return is_view(table);
}

static int
authorize(void *arg, int action, const char *a, const char *b, const char *database, const char *view)
{
  (void)database;
  const kn_conn *conn = arg;
  switch (action) {
  case SQLITE_READ:
    /* `view` is also the name of a WITH part: embed_queries.c refuses one that is called as a view. */
    return conn->may_read_all || kn_desk_is_open(a) || is_view(view) ? SQLITE_OK : SQLITE_DENY;
  case SQLITE_UPDATE:
  case SQLITE_DELETE:
    /* The log only grows, whoever asks; and neither tables nor rules change while people work. */
    return strcmp(a, "audit") == 0 || strcmp(a, "sqlite_sequence") == 0 ? SQLITE_DENY : SQLITE_OK;
  case SQLITE_PRAGMA: /* what the desk itself asks: columns of a table, changes by others, keeping the log of writes short */
    return b == NULL || strcmp(a, "table_info") == 0 || strcmp(a, "table_xinfo") == 0 || strcmp(a, "wal_checkpoint") == 0 ||
                   strcmp(a, "journal_mode") == 0
               ? SQLITE_OK
               : SQLITE_DENY;
  case SQLITE_ATTACH:
  case SQLITE_DETACH:
  case SQLITE_ALTER_TABLE:
  case SQLITE_ANALYZE:
  case SQLITE_REINDEX:
  case SQLITE_CREATE_TRIGGER:
  case SQLITE_CREATE_TEMP_TRIGGER:
  case SQLITE_CREATE_VIEW:
  case SQLITE_CREATE_TEMP_VIEW:
  case SQLITE_CREATE_VTABLE:
  case SQLITE_DROP_INDEX:
  case SQLITE_DROP_TABLE:
  case SQLITE_DROP_TRIGGER:
  case SQLITE_DROP_VIEW:
  case SQLITE_DROP_VTABLE:
    return SQLITE_DENY;
  default: /* creating a table is how json_each() comes to be */
    return SQLITE_OK;
  }
}

static bool
owns(const kn_viewer *viewer, const char *actor_id)
{
  if (actor_id == NULL)
    return false;
  int32_t low = 0, high = viewer->actor_count;
  while (low < high) {
    const int32_t middle = low + (high - low) / 2;
    const int order = strcmp(viewer->actor_id[middle], actor_id);
    if (order == 0)
      return true;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

static const kn_viewer *
looking(sqlite3_context *context)
{
  static const kn_viewer nobody = {.role = KN_PUBLIC};
  const kn_conn *conn = sqlite3_user_data(context);
  return conn->viewer != NULL ? conn->viewer : &nobody;
}

static void
viewer_role(sqlite3_context *context, int count, sqlite3_value **values)
{
  (void)count;
  (void)values;
  sqlite3_result_text(context, kn_role_name(looking(context)->role), -1, SQLITE_STATIC);
}

static void
viewer_account(sqlite3_context *context, int count, sqlite3_value **values)
{
  (void)count;
  (void)values;
  sqlite3_result_int64(context, looking(context)->account_id);
}

static void
viewer_owns(sqlite3_context *context, int count, sqlite3_value **values)
{
  (void)count;
  sqlite3_result_int(context, owns(looking(context), (const char *)sqlite3_value_text(values[0])));
}

/* The rule. A row that does not say is for partners. */
bool
kn_viewer_sees(const kn_viewer *viewer, const char *disclosure, const char *actor_id)
{
  if (viewer->role == KN_COORDINATOR || owns(viewer, actor_id))
    return true;
  if (disclosure != NULL && strcmp(disclosure, "public") == 0)
    return true;
  return viewer->role == KN_PARTNER && (disclosure == NULL || strcmp(disclosure, "partners") == 0);
}

bool
kn_viewer_owns(const kn_viewer *viewer, const char *actor_id)
{
  return owns(viewer, actor_id);
}

static void
viewer_sees(sqlite3_context *context, int count, sqlite3_value **values)
{
  (void)count;
  sqlite3_result_int(context, kn_viewer_sees(looking(context), (const char *)sqlite3_value_text(values[0]),
                                             (const char *)sqlite3_value_text(values[1])));
}

/* desk_point(lon, lat): the geometry that goes with them. */
static void
desk_point(sqlite3_context *context, int count, sqlite3_value **values)
{
  (void)count;
  if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL)
    return;
  uint8_t blob[POINT_BLOB];
  kn_geometry_point(blob, sqlite3_value_double(values[0]), sqlite3_value_double(values[1]));
  sqlite3_result_blob(context, blob, sizeof blob, SQLITE_TRANSIENT);
}

kn_code
kn_guard_register(kn_conn *conn, kn_error *err)
{
  static const struct {
    const char *name;
    int count;
    void (*call)(sqlite3_context *, int, sqlite3_value **);
  } functions[] = {{"viewer_role", 0, viewer_role},
                   {"viewer_account", 0, viewer_account},
                   {"viewer_owns", 1, viewer_owns},
                   {"viewer_sees", 2, viewer_sees},
                   {"desk_point", 2, desk_point}};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    /* Deterministic within a statement: a connection does not change hands while one runs. */
    const int rc = sqlite3_create_function_v2(conn->store->db, functions[i].name, functions[i].count,
                                              SQLITE_UTF8 | SQLITE_DETERMINISTIC, conn, functions[i].call, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
      return kn_sql_fail(conn->store, rc, err);
  }
  return KN_OK;
}

void
kn_guard_begin(kn_conn *conn)
{
  sqlite3_set_authorizer(conn->store->db, authorize, conn);
}
