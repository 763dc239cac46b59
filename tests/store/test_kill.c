/* A process killed at any moment leaves a file that opens, is whole, and holds all of a command or nothing.
 * Method: children write in a loop and are killed after a random while; the parent then opens what they left. Each
 * import adds the same number of offers and one revision, each plan run its row, so that half a command would show
 * in the counts. The seed is printed; the moments are as random as the machine makes them. */
#include <signal.h>
#include <time.h>

#include "store_test.h"

enum { KILLS = 40, OFFERS_EACH = 400 };

static uint32_t random_state = 20261124;

/* xorshift32 */
static uint32_t
next_random(void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

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

static void
write_for_ever(const char *path)
{
  for (;;) {
    kn_error err = {0};
    kn_store *store;
    const kn_store_settings settings = {.is_writer = true, .wait_s = 5, .command = "test"};
    if (kn_store_open(&store, path, &settings, &err) != KN_OK) {
      fprintf(stderr, "# child: %s\n", err.text);
      _exit(1);
    }
    if (!import_once(store) || !import_once(store))
      _exit(1);
    kn_store_close(store);
  }
}

static void
kill_after(pid_t child, uint32_t microseconds)
{
  nanosleep(&(struct timespec){.tv_sec = microseconds / 1000000, .tv_nsec = (long)(microseconds % 1000000) * 1000}, NULL);
  int status;
  assert_int_equal(kill(child, SIGKILL), 0);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status)); /* it was still writing */
}

static void
killed_writer_leaves_all_or_nothing(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  int64_t before = 1;
  for (int i = 0; i < KILLS; i++) {
    const pid_t child = fork();
    if (child == 0)
      write_for_ever(files->path);
    /* On a busy machine nothing is done in 60 ms: wait longer until something was. */
    const uint32_t longest = before > 1 ? 60000 : 60000 * (uint32_t)(i + 1);
    kill_after(child, 2000 + next_random() % longest);
    /* A reader is the first to come every other time. */
    kn_store *store = test_open(files->path, i % 2 == 0);
    assert_int_equal(test_defects(store), 0);
    const int64_t revisions = test_number(store, "SELECT count(*) FROM revision");
    const int64_t runs = test_number(store, "SELECT count(*) FROM run");
    assert_int_equal(test_number(store, "SELECT count(*) FROM offer"), 1 + (revisions - 1) * OFFERS_EACH);
    assert_in_range(revisions - 1 - runs, 0, KILLS); /* a kill may fall between an import and its run */
    assert_true(revisions >= before);
    before = revisions;
    char digest[65];
    test_digest(store, digest);
    kn_arena *arena = kn_arena_new();
    kn_error err = {0};
    kn_revision *latest;
    int64_t count;
    assert_ok(kn_store_revisions(store, arena, 1, &latest, &count, &err), err);
    assert_string_equal(digest, latest->digest);
    kn_arena_free(arena);
    kn_store_close(store);
  }
  print_message("# %d kills, %d imports went through\n", KILLS, (int)before - 1);
  assert_true(before > 1);
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
      STORE_TEST(killed_creator_leaves_nothing),
  };
  return cmocka_run_group_tests_name("store: killed", tests, NULL, NULL);
}
