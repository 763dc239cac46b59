/* A process killed at any moment leaves a file that opens, is whole, and holds all of a command or nothing.
 * Method: children write in a loop and are killed after a random while; the parent then opens what they left. Each
 * import adds the same number of offers and one revision, each plan run its row, so that half a command would show
 * in the counts; a large one, which does without the log, gives the same offers another quantity. How long a child lives
 * is drawn in rounds of its work, as long as one takes on this machine: so that opening and closing are hit as well,
 * and so that a slow machine gets as far. Another process reads all the while. */
#include <limits.h>

#include "kill_test.h"

enum { KILLS = 40, LARGE_KILLS = 6, OFFERS_EACH = 400, LARGE_OFFERS = 50000 };

/* Unlike the helpers for tests, what a child calls must not fail a test in the child. */
static bool
import_once(kn_store *store)
{
  kn_error err = {0};
  kn_findings *findings;
  kn_builder *builder;
  kn_region *region = NULL;
  int64_t have;
  bool is_done = kn_findings_new(&findings, 50, &err) == KN_OK && kn_builder_new(&builder, findings, &err) == KN_OK &&
                 kn_store_fill(store, builder, &err) == KN_OK &&
                 kn_sql_number(store, &have, &err, "SELECT count(*) FROM offer") == KN_OK;
  const char *const names[] = {"offer_id", "site_id", "resource_id", "quantity"};
  is_done = is_done && kn_builder_batch(builder, KN_T_OFFER, "offer.csv", 4, names, OFFERS_EACH, &err) == KN_OK;
  for (int i = 0; i < OFFERS_EACH && is_done; i++) {
    char id[32];
    snprintf(id, sizeof id, "x%d", (int)have + i);
    const kn_cell cells[] = {{id, (int32_t)strlen(id), 1}, {"s1", 2, 2}, {"chips", 5, 3}, {"1", 1, 4}};
    is_done = kn_builder_row(builder, i + 2, cells, '.', &err) == KN_OK;
  }
  /* Every import moves a site too, so that the spatial index is being written. */
  const char *const site[] = {"site_id", "actor_id", "name", "lon", "lat"};
  char lon[32];
  snprintf(lon, sizeof lon, "%g", 5 + 0.001 * (double)have);
  const kn_cell cells[] = {{"s1", 2, 1}, {"a1", 2, 2}, {"Hall", 4, 3}, {lon, (int32_t)strlen(lon), 4}, {"50.9", 4, 5}};
  is_done = is_done && kn_builder_batch(builder, KN_T_SITE, "site.csv", 5, site, 1, &err) == KN_OK &&
            kn_builder_row(builder, 2, cells, '.', &err) == KN_OK && kn_builder_end(builder, &region, &err) == KN_OK &&
            kn_store_save_region(store, region, &(kn_change){.what = "import"}, NULL, &err) == KN_OK;
  const kn_run run = {.command = "test", .settings = "{}", .input_digest = "", .started = "", .status = "done", .summary = "{}"};
  is_done = is_done && kn_store_save_plan(store, region, NULL, &run, NULL, &err) == KN_OK;
  if (!is_done)
    fprintf(stderr, "# child: %s\n", err.text);
  kn_region_free(region);
  kn_builder_free(builder);
  kn_findings_free(findings);
  return is_done;
}

/* All offers get the number of the revision as their quantity. */
static bool
import_large(kn_store *store)
{
  kn_error err = {0};
  kn_findings *findings;
  kn_builder *builder;
  kn_region *region = NULL;
  int64_t revisions;
  bool is_done = kn_findings_new(&findings, 50, &err) == KN_OK && kn_builder_new(&builder, findings, &err) == KN_OK &&
                 kn_store_fill(store, builder, &err) == KN_OK &&
                 kn_sql_number(store, &revisions, &err, "SELECT count(*) FROM revision") == KN_OK;
  const char *const names[] = {"offer_id", "site_id", "resource_id", "quantity"};
  is_done = is_done && kn_builder_batch(builder, KN_T_OFFER, "offer.csv", 4, names, LARGE_OFFERS, &err) == KN_OK;
  char number[32];
  snprintf(number, sizeof number, "%d", (int)revisions + 1);
  for (int i = 0; i < LARGE_OFFERS && is_done; i++) {
    char id[32];
    snprintf(id, sizeof id, "o%d", i + 1);
    const kn_cell cells[] = {{id, (int32_t)strlen(id), 1}, {"s1", 2, 2}, {"chips", 5, 3}, {number, (int32_t)strlen(number), 4}};
    is_done = kn_builder_row(builder, i + 2, cells, '.', &err) == KN_OK;
  }
  is_done = is_done && kn_builder_end(builder, &region, &err) == KN_OK &&
            kn_store_save_region(store, region, &(kn_change){.what = "import"}, NULL, &err) == KN_OK;
  if (!is_done)
    fprintf(stderr, "# child: %s\n", err.text);
  kn_region_free(region);
  kn_builder_free(builder);
  kn_findings_free(findings);
  return is_done;
}

static bool
work_once(const char *path, bool is_large)
{
  kn_error err = {0};
  kn_store *store;
  const kn_store_settings settings = {.is_writer = true, .wait_s = wait_s, .command = "test"};
  if (kn_store_open(&store, path, &settings, &err) != KN_OK) {
    fprintf(stderr, "# child: %s\n", err.text);
    return false;
  }
  const bool is_done = is_large ? import_large(store) : import_once(store) && import_once(store);
  kn_store_close(store);
  return is_done;
}

static pid_t
start_writer(const char *path, bool is_large, int rounds)
{
  const pid_t child = fork();
  if (child != 0)
    return child;
  while (rounds-- > 0)
    if (!work_once(path, is_large))
      _exit(1);
  _exit(0);
}

/* Microseconds that a child takes for a round, undisturbed. */
static uint32_t
measure_round(const char *path, bool is_large)
{
  struct timespec start, end;
  int status;
  clock_gettime(CLOCK_MONOTONIC, &start);
  const pid_t child = start_writer(path, is_large, 1);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  clock_gettime(CLOCK_MONOTONIC, &end);
  return (uint32_t)((end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000);
}

/* ---------------------------------------------------------------- somebody reads meanwhile */
static volatile sig_atomic_t is_over;

static void
end_reading(int number)
{
  (void)number;
  is_over = 1;
}

/* One look, as one transaction: offers that belong to no whole import. */
static const char half_small[] = "SELECT abs((SELECT count(*) FROM offer) - 1 - 400 * ((SELECT count(*) FROM revision) - 1))";
static const char half_large[] = "SELECT count(*) FROM offer WHERE quantity <> (SELECT count(*) FROM revision) AND "
                                 "(SELECT count(*) FROM revision) > 1";

static pid_t
start_reader(const char *path, const char *half)
{
  const pid_t child = fork();
  if (child != 0)
    return child;
  signal(SIGTERM, end_reading);
  const kn_store_settings settings = {.wait_s = wait_s, .command = "reader"};
  while (!is_over) {
    kn_error err = {0};
    kn_store *store;
    int64_t wrong = 0;
    bool is_good =
        kn_store_open(&store, path, &settings, &err) == KN_OK && kn_sql_number(store, &wrong, &err, "%s", half) == KN_OK;
    if (!is_good || wrong != 0) {
      fprintf(stderr, "# reader: %s; %d offers of half an import\n", err.text, (int)wrong);
      _exit(1);
    }
    kn_store_close(store);
    nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
  }
  _exit(0);
}

static void
end_reader(pid_t reader)
{
  int status;
  assert_int_equal(kill(reader, SIGTERM), 0);
  assert_int_equal(waitpid(reader, &status, 0), reader);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---------------------------------------------------------------- killing */
static void
kill_writers(const char *path, bool is_large, int kills)
{
  measure_round(path, is_large); /* the first one finds an empty table */
  uint32_t round_us = measure_round(path, is_large);
  const pid_t reader = start_reader(path, is_large ? half_large : half_small);
  const int64_t first = is_large ? 3 : 5; /* revisions by now */
  int64_t before = first;
  int done = 0;
  for (; done < kills || (before == first && done < 10 * kills); done++) {
    const pid_t child = start_writer(path, is_large, INT_MAX);
    kill_after(child, next_random() % (3 * round_us + 1));
    /* A reader is the first to come every other time. */
    kn_error err = {0};
    kn_store *store;
    const kn_store_settings settings = {.is_writer = done % 2 == 0, .wait_s = wait_s, .command = "test"};
    assert_ok(kn_store_open(&store, path, &settings, &err), err);
    assert_int_equal(test_defects(store), 0);
    assert_int_equal(test_number(store, is_large ? half_large : half_small), 0);
    const int64_t revisions = test_number(store, "SELECT count(*) FROM revision");
    if (!is_large) /* a kill may fall between an import and its run */
      assert_in_range(revisions - 1 - test_number(store, "SELECT count(*) FROM run"), 0, done + 1);
    assert_true(revisions >= before);
    before = revisions;
    if (done % kills == kills - 1 && before == first)
      live_otherwise(&round_us, true);
    if (!is_large || done % 4 == 0)
      assert_digest_is_kept(store);
    kn_store_close(store);
  }
  end_reader(reader);
  print_message("# %d kills in rounds of %u ms, %d imports went through\n", done, round_us / 1000, (int)(before - first));
  assert_true(before > first);
}

static void
killed_writer_leaves_all_or_nothing(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  kill_writers(files->path, false, KILLS);
}

static void
killed_large_writer_leaves_all_or_nothing(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  kill_writers(files->path, true, LARGE_KILLS);
}

/* A new file is there whole or not at all, and nothing stays beside it. */
static void
killed_creator_leaves_nothing(void **state)
{
  test_files *files = *state;
  test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  int made = 0;
  for (int i = 0; i < KILLS; i++) {
    const pid_t child = fork();
    if (child == 0) {
      kn_error err = {0};
      kn_store *store;
      if (kn_store_create(&store, files->path, &KN_STORE_WRITE, &err) != KN_OK ||
          kn_store_save_region(store, built.region, &(kn_change){.what = "new"}, NULL, &err) != KN_OK ||
          kn_store_publish(store, &err) != KN_OK) {
        fprintf(stderr, "# child: %s\n", err.text);
        _exit(1);
      }
      for (;;)
        pause();
    }
    kill_after(child, next_random() % 30000);
    if (access(files->path, F_OK) == 0) {
      kn_store *store = test_open(files->path, false);
      assert_int_equal(test_number(store, "SELECT count(*) FROM offer"), 1);
      assert_int_equal(test_defects(store), 0);
      kn_store_close(store);
      remove(files->path);
      made++;
    }
    assert_int_equal(test_entries(files->folder, NULL), 0);
  }
  print_message("# %d kills, %d files were done before\n", KILLS, made);
  test_done(&built);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      STORE_TEST(killed_writer_leaves_all_or_nothing),
      STORE_TEST(killed_large_writer_leaves_all_or_nothing),
      STORE_TEST(killed_creator_leaves_nothing),
  };
  return cmocka_run_group_tests_name("store: killed", tests, NULL, NULL);
}
