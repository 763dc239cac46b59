/* Files of other versions: an older one is brought up to date or stays as it is, a newer one is read and never altered. */
#include "rich.h"

static void
older_file_is_brought_up_to_date(void **state)
{
  test_files *files = *state;
  test_first_version(files->path);
  kn_store *store = test_open(files->path, false);
  assert_int_equal(kn_store_version(store), kn_store_newest_version());
  assert_null(kn_store_notice(store));
  assert_int_equal(test_number(store, "SELECT count(*) FROM schema_version"), kn_store_newest_version());
  assert_int_equal(test_number(store, "SELECT count(*) FROM tie"), 0);
  assert_int_equal(test_number(store, "SELECT count(*) FROM link"), 0);
  assert_int_equal(test_number(store, "SELECT count(*) FROM actor"), 1);
  kn_store_close(store);
  assert_int_equal(test_entries(files->folder, NULL), 1);
}

/* Columns that a user gave to mode before it had one called network: the very name becomes that column, a name that SQLite
 * takes for the same stands aside. */
static void
older_extra_columns_stay(void **state)
{
  test_files *files = *state;
  for (int is_same = 0; is_same < 2; is_same++) {
    test_first_version(files->path);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(files->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  is_same ? "ALTER TABLE mode ADD COLUMN network TEXT;"
                                            "INSERT INTO mode (mode_id, name, class, network) VALUES ('m', 'M', 'water', 'water')"
                                          : "ALTER TABLE mode ADD COLUMN Network TEXT;"
                                            "INSERT INTO mode (mode_id, name, class, Network) VALUES ('m', 'M', 'water', 'mine')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    kn_store *store = test_open(files->path, true);
    test_built built = test_load(store);
    const kn_table *modes = kn_region_table(built.region, KN_T_MODE);
    const int32_t network = kn_schema_find_column(modes->def, "network");
    assert_int_equal(modes->extra_count, is_same ? 0 : 1);
    if (is_same) {
      assert_string_equal(modes->columns[network].text[0], "water");
    } else {
      assert_null(modes->columns[network].text[0]);
      assert_string_equal(modes->extra_name[0], "Network");
      assert_string_equal(modes->extra[0][0], "mine");
    }
    test_done(&built);
    kn_store_close(store);
    remove(files->path);
  }
}

/* A migration that fails leaves the file at the version it had. */
static void
migration_is_all_or_nothing(void **state)
{
  test_files *files = *state;
  test_first_version(files->path);
  sqlite3 *db;
  assert_int_equal(sqlite3_open(files->path, &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "CREATE TABLE plan_gateway (x)", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  char before[65], after[65];
  test_bytes(files->path, before);
  kn_error err = {0};
  kn_store *store;
  assert_int_equal(kn_store_open(&store, files->path, &KN_STORE_WRITE, &err), KN_E_IO);
  assert_non_null(strstr(err.text, "0002_plan.sql"));
  assert_null(store);
  test_bytes(files->path, after);
  assert_string_equal(after, before);
  assert_int_equal(test_entries(files->folder, NULL), 1);
}

static void
newer_file_is_read_and_never_altered(void **state)
{
  test_files *files = *state;
  char digest[65], again[65], before[65], after[65];
  new_rich_file(files->path, digest);
  kn_store *store = test_open(files->path, true);
  kn_error err = {0};
  assert_ok(kn_sql_run(store, "INSERT INTO schema_version VALUES (99, '9.9', '2031-01-01')", &err), err);
  kn_store_close(store);
  test_bytes(files->path, before);
  assert_int_equal(kn_store_open(&store, files->path, &KN_STORE_WRITE, &err), KN_E_VERSION);
  assert_non_null(strstr(err.text, "newer knoop (version 99"));
  store = test_open(files->path, false);
  assert_non_null(strstr(kn_store_notice(store), "can be read here, not changed"));
  test_digest(store, again);
  assert_string_equal(again, digest);
  assert_int_equal(kn_sql_run(store, "DELETE FROM offer", &err), KN_E_IO);
  kn_store_close(store);
  test_bytes(files->path, after);
  assert_string_equal(after, before);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      STORE_TEST(older_file_is_brought_up_to_date),
      STORE_TEST(older_extra_columns_stay),
      STORE_TEST(migration_is_all_or_nothing),
      STORE_TEST(newer_file_is_read_and_never_altered),
  };
  return cmocka_run_group_tests_name("store: versions", tests, NULL, NULL);
}
