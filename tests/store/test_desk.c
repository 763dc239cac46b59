/* The guard of the desk: what a connection refuses whatever it is asked, so that a forgotten condition is an error and no leak.
 *
 * The region has an offer for the broker only, at the site of a1. Statements are prepared on the connection itself, as a feature with
 * a bad named statement would have them. */
#include "store_test.h"

#include "store/desk_internal.h"

static const test_table tables[] = {
    SETTINGS,
    ACTORS,
    SITES,
    RESOURCES,
    {KN_T_OFFER,
     "offer_id,site_id,resource_id,quantity,fate_eur,disclosure,description|o1,s1,chips,987,20,broker,GEHEIM|"
     "o2,s1,chips,1,20,public,open",
     false},
    {KN_T_NEED, "need_id,resource_id,quantity,site_id,price_eur|n1,wood,50,s2,30", false},
};

typedef struct desk_test {
  test_files *files;
  kn_desk *desk;
  kn_error err;
} desk_test;

static int
desk_setup(void **state)
{
  desk_test *in = calloc(1, sizeof *in);
  void *files;
  if (in == NULL || test_setup(&files) != 0)
    return -1;
  in->files = files;
  test_new_file(in->files->path, tables, sizeof tables / sizeof *tables);
  *state = in;
  return kn_desk_open(&in->desk, in->files->path, &KN_STORE_WRITE, &in->err) == KN_OK ? 0 : -1;
}

static int
desk_teardown(void **state)
{
  desk_test *in = *state;
  void *files = in->files;
  kn_desk_close(in->desk);
  free(in);
  return test_teardown(&files);
}
#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

/* What SQLite says to a statement that is prepared, and run, on this connection. */
static int
result_of(const kn_conn *conn, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2(conn->store->db, sql, -1, &statement, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_step(statement);
  sqlite3_finalize(statement);
  return rc;
}

static void
closed_tables_are_read_through_views_only(void **state)
{
  desk_test *in = *state;
  static const char *const refused[] = {
      "SELECT * FROM offer",
      "SELECT quantity FROM main.offer WHERE disclosure = 'public'",
      "SELECT count(*) FROM offer",
      "SELECT 1 FROM need",
      "SELECT max(quantity) FROM offer",
      "SELECT a.name FROM actor AS a WHERE EXISTS (SELECT 1 FROM offer AS o WHERE o.quantity > 900)",
      "SELECT (SELECT description FROM offer LIMIT 1)",
      "SELECT s.name FROM site AS s JOIN offer AS o ON o.site_id = s.site_id",
      "WITH seen_mine AS (SELECT * FROM offer) SELECT * FROM seen_mine",
      "WITH RECURSIVE seen_x(a) AS (SELECT offer_id FROM offer UNION SELECT a FROM seen_x) SELECT a FROM seen_x",
      "SELECT * FROM (SELECT * FROM offer) AS seen_offer",
      "SELECT actor_id FROM actor UNION ALL SELECT description FROM offer",
      "SELECT name FROM actor ORDER BY (SELECT quantity FROM offer LIMIT 1)",
      "SELECT password FROM account",
      "SELECT token FROM login",
      "SELECT secret FROM (SELECT totp AS secret FROM account)",
      "SELECT detail FROM audit",
      "SELECT before FROM edit",
      "SELECT * FROM tie",
      "SELECT * FROM pragma_table_info('offer')",
      "CREATE TEMP VIEW seen_all AS SELECT * FROM offer",
      "CREATE TEMP TRIGGER seen_t AFTER INSERT ON main.actor BEGIN SELECT 1; END",
      "ATTACH 'x.db' AS x",
      "PRAGMA writable_schema = ON",
      "PRAGMA query_only = OFF",
      "DETACH main",
  };
  kn_viewer coordinator = {.role = KN_COORDINATOR, .account_id = 1};
  kn_conn *conn;
  assert_ok(kn_desk_lend(in->desk, &coordinator, &conn, &in->err), in->err);
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    if (result_of(conn, refused[i]) != SQLITE_AUTH)
      fail_msg("not refused by the guard: %s: %s", refused[i], sqlite3_errmsg(conn->store->db));
  assert_int_equal(result_of(conn, "SELECT name FROM actor"), SQLITE_ROW);
  assert_int_equal(result_of(conn, "SELECT * FROM seen_offer"), SQLITE_ROW);
  kn_desk_give_back(conn);
}

static int64_t
count_of(const kn_conn *conn, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(conn->store->db, sql, -1, &statement, NULL) != SQLITE_OK)
    fail_msg("%s: %s", sql, sqlite3_errmsg(conn->store->db));
  assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
  const int64_t count = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return count;
}

/* o1 is for the broker: the coordinator and who speaks for a1 see it, nobody else does, whatever role. */
static void
views_ask_who_looks(void **state)
{
  desk_test *in = *state;
  static const char *const own[] = {"a1"}, *const other[] = {"a2"};
  const struct {
    kn_viewer viewer;
    int64_t count;
  } cases[] = {
      {{.role = KN_PUBLIC}, 1},
      {{.role = KN_VIEWER_ROLE, .account_id = 2}, 1},
      {{.role = KN_FINANCIER, .account_id = 3}, 1},
      {{.role = KN_PLANNER, .account_id = 4}, 1},
      {{.role = KN_PARTNER, .account_id = 5}, 1},
      {{.role = KN_PARTNER, .account_id = 6, .actor_count = 1, .actor_id = other}, 1},
      {{.role = KN_PARTNER, .account_id = 7, .actor_count = 1, .actor_id = own}, 2},
      {{.role = KN_COORDINATOR, .account_id = 8}, 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    kn_conn *conn;
    assert_ok(kn_desk_lend(in->desk, &cases[i].viewer, &conn, &in->err), in->err);
    assert_int_equal(count_of(conn, "SELECT count(*) FROM seen_offer"), cases[i].count);
    kn_desk_give_back(conn);
  }
}

/* ---------------------------------------------------------------- the log */
static kn_code
say_twice(kn_conn *conn, void *arg, kn_error *err)
{
  (void)arg;
  KN_TRY(kn_conn_audit(conn, "one", "thing 1", NULL, err));
  return kn_conn_audit(conn, "two", NULL, "{\"a\":1}", err);
}

static kn_code
try_to_edit_log(kn_conn *conn, void *arg, kn_error *err)
{
  (void)arg;
  (void)err;
  static const char *const refused[] = {
      "UPDATE audit SET what = 'x'",
      "DELETE FROM audit",
      "DELETE FROM audit WHERE audit_id = 1",
      "DROP TRIGGER audit_is_history",
      "DROP TRIGGER audit_is_kept",
      "DROP TRIGGER audit_is_appended",
      "DROP TABLE audit",
      "ALTER TABLE audit RENAME TO was",
      "ALTER TABLE audit DROP COLUMN chain",
      "UPDATE sqlite_sequence SET seq = 0",
      "CREATE TRIGGER other AFTER INSERT ON audit BEGIN SELECT 1; END",
      "PRAGMA recursive_triggers = ON",
      "PRAGMA writable_schema = ON",
  };
  /* Both as any statement and as one marked (all): the log is closed to each. */
  for (int all = 0; all < 2; all++)
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
      conn->may_read_all = all != 0;
      if (result_of(conn, refused[i]) != SQLITE_AUTH)
        fail_msg("not refused by the guard: %s", refused[i]);
    }
  /* What the guard lets by, since it is how lines are added, the rules of the table refuse. */
  static const char *const constrained[] = {
      "INSERT OR REPLACE INTO audit (audit_id, made, account_id, what, chain) VALUES (1, '', 0, 'x', '')",
      "REPLACE INTO audit (audit_id, made, account_id, what, chain) VALUES (2, '', 0, 'x', '')",
      "INSERT INTO audit (audit_id, made, account_id, what, chain) VALUES (1, '', 0, 'x', '') "
      "ON CONFLICT (audit_id) DO NOTHING",
  };
  for (size_t i = 0; i < sizeof constrained / sizeof *constrained; i++)
    assert_int_equal(result_of(conn, constrained[i]) & 0xff, SQLITE_CONSTRAINT);
  assert_int_equal(result_of(conn, "INSERT INTO audit (audit_id, made, account_id, what, chain) VALUES (1, '', 0, 'x', '') "
                                   "ON CONFLICT (audit_id) DO UPDATE SET what = 'x'"),
                   SQLITE_AUTH);
  conn->may_read_all = false;
  return KN_OK;
}

/* How many lines the log has, and the first that is not as it was written; 0: all are. */
static void
assert_log(desk_test *in, int64_t lines, int64_t broken_at)
{
  const kn_viewer coordinator = {.role = KN_COORDINATOR, .account_id = 1};
  kn_conn *conn;
  kn_audit_state audit;
  assert_ok(kn_desk_lend(in->desk, &coordinator, &conn, &in->err), in->err);
  assert_ok(kn_conn_audit_check(conn, &audit, &in->err), in->err);
  kn_desk_give_back(conn);
  assert_int_equal(audit.line_count, lines);
  assert_int_equal(audit.broken_at, broken_at);
}

static void
the_log_only_grows(void **state)
{
  desk_test *in = *state;
  const kn_viewer coordinator = {.role = KN_COORDINATOR, .account_id = 1};
  assert_ok(kn_desk_write(in->desk, &coordinator, say_twice, NULL, &in->err), in->err);
  assert_ok(kn_desk_write(in->desk, &coordinator, try_to_edit_log, NULL, &in->err), in->err);
  assert_log(in, 2, 0);
}

/* Another program takes the rules away and changes a line: the statements of the desk go on, and the log tells. */
static void
statements_survive_a_change_of_the_tables(void **state)
{
  desk_test *in = *state;
  const kn_viewer coordinator = {.role = KN_COORDINATOR, .account_id = 1};
  assert_ok(kn_desk_write(in->desk, &coordinator, say_twice, NULL, &in->err), in->err);
  sqlite3 *other;
  assert_int_equal(sqlite3_open(in->files->path, &other), SQLITE_OK);
  assert_int_equal(
      sqlite3_exec(other, "DROP TRIGGER audit_is_history; UPDATE audit SET what = 'other' WHERE audit_id = 1", NULL, NULL, NULL),
      SQLITE_OK);
  sqlite3_close(other);
  assert_ok(kn_desk_write(in->desk, &coordinator, say_twice, NULL, &in->err), in->err);
  assert_log(in, 4, 1);
}

/* ---------------------------------------------------------------- writes that nobody waits for */
static kn_code
say_what(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_conn_audit(conn, arg, NULL, NULL, err);
}

static void
what_is_posted_is_written_before_what_comes_after(void **state)
{
  desk_test *in = *state;
  const kn_viewer coordinator = {.role = KN_COORDINATOR, .account_id = 1};
  for (int i = 0; i < 50; i++) {
    char what[16];
    snprintf(what, sizeof what, "posted %d", i);
    assert_ok(kn_desk_post(in->desk, say_what, what, sizeof what, &in->err), in->err);
  }
  assert_ok(kn_desk_write(in->desk, &coordinator, say_twice, NULL, &in->err), in->err);
  assert_log(in, 52, 0);
}

/* ---------------------------------------------------------------- every statement there is */
/* Each is prepared as it will be: one that reads a closed table past the views is found here, not by a visitor. */
static kn_code
prepare_all(kn_conn *conn, void *arg, kn_error *err)
{
  (void)arg;
  (void)err;
  for (const kn_named_sql *query = kn_queries; query->name != NULL; query++) {
    if (query->is_view)
      continue;
    conn->may_read_all = query->is_all;
    sqlite3_stmt *statement = NULL;
    /* Columns of names in other languages are there in some regions only; that is not what is asked here. */
    if (sqlite3_prepare_v2(conn->store->db, query->sql, -1, &statement, NULL) == SQLITE_AUTH)
      fail_msg("%s: %s", query->name, sqlite3_errmsg(conn->store->db));
    sqlite3_finalize(statement);
    conn->may_read_all = false;
  }
  return KN_OK;
}

static void
every_named_statement_keeps_to_the_guard(void **state)
{
  desk_test *in = *state;
  const kn_viewer coordinator = {.role = KN_COORDINATOR, .account_id = 1};
  assert_ok(kn_desk_write(in->desk, &coordinator, prepare_all, NULL, &in->err), in->err);
}

/* ---------------------------------------------------------------- turns */
static void *
open_waiting(void *arg)
{
  const desk_test *in = arg;
  kn_store_settings settings = KN_STORE_WRITE;
  kn_store *store = NULL;
  settings.wait_s = 200;
  if (kn_store_open(&store, in->files->path, &settings, NULL) != KN_OK)
    return NULL;
  kn_store_close(store);
  return arg;
}

/* Who holds the file hears that a command waits for it, and no longer when that one has had its turn. */
static void
who_holds_the_file_hears_who_waits(void **state)
{
  desk_test *in = *state;
  kn_lock *lock;
  pthread_t command;
  void *had_its_turn = NULL;
  const char *path = in->files->path;
  assert_ok(kn_lock_take(&lock, path, path, &KN_STORE_WRITE, &in->err), in->err);
  assert_false(kn_lock_is_awaited(lock));
  assert_int_equal(pthread_create(&command, NULL, open_waiting, in), 0);
  while (!kn_lock_is_awaited(lock))
    kn_lock_leave();
  kn_lock_drop(lock);
  pthread_join(command, &had_its_turn);
  assert_non_null(had_its_turn);
  assert_ok(kn_lock_take(&lock, path, path, &KN_STORE_WRITE, &in->err), in->err);
  assert_false(kn_lock_is_awaited(lock));
  kn_lock_drop(lock);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      DESK_TEST(closed_tables_are_read_through_views_only),
      DESK_TEST(views_ask_who_looks),
      DESK_TEST(the_log_only_grows),
      DESK_TEST(statements_survive_a_change_of_the_tables),
      DESK_TEST(what_is_posted_is_written_before_what_comes_after),
      DESK_TEST(every_named_statement_keeps_to_the_guard),
      DESK_TEST(who_holds_the_file_hears_who_waits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
