/* One command that is killed at any moment leaves a file that opens, is whole, and holds all of the command or nothing: a large
 * import whose rows are written while they come, and one into an older file, which is brought up to date first.
 * Method: the file is made anew for each kill. How long the child lives is drawn up to a little more than the command takes on this
 * machine, again and again until some came before and some after what is looked at. */
#include "kill_test.h"

enum { KILLS = 40, EARLY_KILLS = 10, LARGE_OFFERS = 50000 };

/* ---------------------------------------------------------------- one command on a file that is made anew for each kill */
static double
now_us(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static pid_t
start_command(const char *path, bool (*command)(const char *path))
{
  const pid_t child = fork();
  if (child != 0)
    return child;
  if (!command(path))
    _exit(1);
  for (;;)
    pause();
}

/* The file as it was before the command; copied, which takes less than making it. */
static void
put_back(const test_files *files, const char *kept)
{
  char command[400];
  test_entries(files->folder, test_remove);
  snprintf(command, sizeof command, "cp '%s' '%s'", kept, files->path);
  assert_int_equal(system(command), 0);
}

static void
keep(const test_files *files, char kept[128])
{
  char command[400];
  snprintf(kept, 128, "%s.kept", files->folder);
  snprintf(command, sizeof command, "cp '%s' '%s'", files->path, kept);
  assert_int_equal(system(command), 0);
}

/* How long a command takes: until the file says that it is done. */
static uint32_t
measure_command(const char *path, bool (*command)(const char *path))
{
  const double start = now_us();
  const pid_t child = fork();
  int status;
  if (child == 0)
    _exit(command(path) ? 0 : 1);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return (uint32_t)(now_us() - start);
}

/* Offers into a table that has none, written while they come. */
static bool
import_early(const char *path)
{
  kn_error err = {0};
  kn_findings *findings = NULL;
  kn_builder *builder = NULL;
  kn_region *region = NULL;
  kn_store *store = NULL;
  const kn_store_settings settings = {.is_writer = true, .wait_s = wait_s, .command = "test"};
  bool is_done = kn_findings_new(&findings, 50, &err) == KN_OK && kn_builder_new(&builder, findings, &err) == KN_OK &&
                 kn_store_open(&store, path, &settings, &err) == KN_OK && kn_store_fill(store, builder, &err) == KN_OK &&
                 kn_store_follow(store, builder, &err) == KN_OK;
  const char *const names[] = {"offer_id", "site_id", "resource_id", "quantity"};
  is_done = is_done && kn_builder_batch(builder, KN_T_OFFER, "offer.csv", 4, names, LARGE_OFFERS, &err) == KN_OK;
  for (int i = 0; i < LARGE_OFFERS && is_done; i++) {
    char id[32];
    snprintf(id, sizeof id, "o%07d", i);
    const kn_cell cells[] = {{id, (int32_t)strlen(id), 1}, {"s1", 2, 2}, {"chips", 5, 3}, {"7", 1, 4}};
    is_done = kn_builder_row(builder, i + 2, cells, '.', &err) == KN_OK;
  }
  is_done = is_done && kn_builder_end(builder, &region, &err) == KN_OK &&
            kn_store_save_region(store, region, &(kn_change){.what = "import"}, NULL, &err) == KN_OK;
  if (!is_done)
    fprintf(stderr, "# child: %s\n", err.text);
  kn_region_free(region);
  kn_builder_free(builder);
  kn_findings_free(findings);
  kn_store_close(store);
  return is_done;
}

static void
killed_while_rows_come_leaves_all_or_nothing(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES,
                {KN_T_NEED, "need_id,site_id,resource_id,quantity|d1,s1,wood,1", false});
  char kept[128];
  keep(files, kept);
  uint32_t command_us = measure_command(files->path, import_early);
  int whole = 0, kills = 0;
  for (; kills < EARLY_KILLS || ((whole == 0 || whole == kills) && kills < 10 * EARLY_KILLS); kills++) {
    put_back(files, kept);
    const pid_t child = start_command(files->path, import_early);
    kill_after(child, next_random() % (command_us + command_us / 4));
    kn_store *store = test_open(files->path, kills % 2 == 0);
    assert_int_equal(test_defects(store), 0);
    const int64_t revisions = test_number(store, "SELECT count(*) FROM revision");
    assert_int_equal(test_number(store, "SELECT count(*) FROM offer"), (revisions - 1) * LARGE_OFFERS);
    assert_digest_is_kept(store);
    kn_store_close(store);
    whole += revisions == 2;
    if (kills % EARLY_KILLS == EARLY_KILLS - 1 && (whole == 0 || whole == kills + 1))
      live_otherwise(&command_us, whole == 0);
  }
  print_message("# %d kills in %u ms each, %d imports went through\n", kills, command_us / 1000, whole);
  remove(kept);
  assert_in_range(whole, 1, kills - 1);
}

/* ---------------------------------------------------------------- a migration
 * What a command does to an older file: bring it up to date, then its own work. */
static bool
import_into_older(const char *path)
{
  kn_error err = {0};
  kn_findings *findings = NULL;
  kn_builder *builder = NULL;
  kn_region *region = NULL;
  kn_store *store = NULL;
  const kn_store_settings settings = {.is_writer = true, .wait_s = wait_s, .command = "test"};
  const char *const names[] = {"actor_id", "name"};
  const kn_cell cells[] = {{"a2", 2, 1}, {"Bolt", 4, 2}};
  const bool is_done = kn_findings_new(&findings, 50, &err) == KN_OK && kn_builder_new(&builder, findings, &err) == KN_OK &&
                       kn_store_open(&store, path, &settings, &err) == KN_OK && kn_store_fill(store, builder, &err) == KN_OK &&
                       kn_builder_batch(builder, KN_T_ACTOR, "actor.csv", 2, names, 1, &err) == KN_OK &&
                       kn_builder_row(builder, 2, cells, '.', &err) == KN_OK && kn_builder_end(builder, &region, &err) == KN_OK &&
                       kn_store_save_region(store, region, &(kn_change){.what = "import"}, NULL, &err) == KN_OK;
  if (!is_done)
    fprintf(stderr, "# child: %s\n", err.text);
  kn_region_free(region);
  kn_builder_free(builder);
  kn_findings_free(findings);
  kn_store_close(store);
  return is_done;
}

static int64_t
ask(sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement;
  assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
  const int64_t number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return number;
}

/* As SQLite by itself sees the file, which no knoop has opened since: the version it says it has, with all that steps up to
 * there make and nothing of those behind. Returns that version. */
static int64_t
look_at_version(const char *path)
{
  sqlite3 *db;
  assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
  kn_geometry_register(db);
  assert_int_equal(ask(db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
  const int64_t version = ask(db, "SELECT max(version) FROM schema_version");
  const bool is_new = version == kn_store_newest_version();
  assert_true(is_new || version == 1);
  assert_int_equal(ask(db, "SELECT count(*) FROM schema_version"), version);
  assert_int_equal(ask(db, "SELECT count(*) FROM sqlite_schema WHERE name IN ('tie', 'link', 'node', 'tariff')"), is_new ? 4 : 0);
  assert_int_equal(ask(db, "SELECT count(*) FROM pragma_table_info('mode') WHERE name IN ('network', 'max_hours')"),
                   is_new ? 2 : 0);
  assert_int_equal(ask(db, "SELECT count(*) FROM gpkg_contents WHERE table_name IN ('link', 'node')"), is_new ? 2 : 0);
  sqlite3_close(db);
  return version;
}

static void
killed_migration_leaves_all_or_nothing(void **state)
{
  test_files *files = *state;
  test_first_version(files->path);
  char kept[128];
  keep(files, kept);
  uint32_t command_us = measure_command(files->path, import_into_older);
  char journal[160];
  snprintf(journal, sizeof journal, "%s-journal", files->path);
  int old = 0, new = 0, amid = 0, imported = 0, kills = 0;
  for (; kills < KILLS || ((old == 0 || new == 0) && kills < 20 * KILLS); kills++) {
    put_back(files, kept);
    const pid_t child = start_command(files->path, import_into_older);
    kill_after(child, next_random() % (command_us + command_us / 4));
    amid += access(journal, F_OK) == 0;
    const bool is_new = look_at_version(files->path) > 1;
    old += !is_new;
    new += is_new;
    /* Whoever comes next, a reader too, ends what was begun. */
    kn_store *store = test_open(files->path, kills % 2 == 0);
    assert_int_equal(kn_store_version(store), kn_store_newest_version());
    assert_int_equal(test_defects(store), 0);
    const int64_t revisions = test_number(store, "SELECT count(*) FROM revision");
    assert_int_equal(test_number(store, "SELECT count(*) FROM actor"), 1 + revisions);
    assert_int_equal(test_number(store, "SELECT count(*) FROM settings"), 2);
    imported += revisions > 0;
    kn_store_close(store);
    if (kills % KILLS == KILLS - 1 && (old == 0 || new == 0))
      live_otherwise(&command_us, new == 0);
  }
  print_message("# %d kills in %u ms each: %d left the old version, %d the new one, %d with the import; %d left a journal\n",
                kills, command_us / 1000, old, new, imported, amid);
  remove(kept);
  assert_true(old > 0 && new > 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      STORE_TEST(killed_while_rows_come_leaves_all_or_nothing),
      STORE_TEST(killed_migration_leaves_all_or_nothing),
  };
  return cmocka_run_group_tests_name("store: one command killed", tests, NULL, NULL);
}
