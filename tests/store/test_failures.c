/* What can go wrong with a file: each case gives its code and a sentence that names the file and the reason, and
 * leaves nothing changed. */
#include <signal.h>
#include <sys/resource.h>

#include "store_test.h"

static void
write_file(const char *path, const void *data, size_t length)
{
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(data, 1, length, out), length);
  assert_int_equal(fclose(out), 0);
}

/* Opening for reading and for writing both refuse, with this code and these words. */
static void
assert_refused(const char *path, kn_code code, const char *words)
{
  for (int is_writer = 0; is_writer < 2; is_writer++) {
    kn_error err = {0};
    kn_store *store;
    const kn_store_settings settings = is_writer ? KN_STORE_WRITE : KN_STORE_READ;
    assert_int_equal(kn_store_open(&store, path, &settings, &err), code);
    assert_null(store);
    if (strstr(err.text, words) == NULL || strstr(err.text, path) == NULL)
      fail_msg("\"%s\" does not say \"%s\"", err.text, words);
  }
}

static void
other_files_are_refused(void **state)
{
  test_files *files = *state;
  assert_refused(files->path, KN_E_IO, "No such file");
  assert_refused(files->folder, KN_E_INPUT, "it is no file");
  write_file(files->path, "", 0);
  assert_refused(files->path, KN_E_INPUT, "it is empty");
  write_file(files->path, "offer_id,site_id\no1,s1\n", 23);
  assert_refused(files->path, KN_E_INPUT, "it is no SQLite database");
  write_file(files->path, "SQLite format 3\0rest", 20);
  assert_refused(files->path, KN_E_INPUT, "cut off after 20");
  remove(files->path);
  sqlite3 *db;
  assert_int_equal(sqlite3_open(files->path, &db), SQLITE_OK);
  sqlite3_exec(db, "CREATE TABLE offer (x)", NULL, NULL, NULL);
  assert_refused(files->path, KN_E_INPUT, "no GeoPackage");
  sqlite3_exec(db, "PRAGMA application_id = 0x47504B47; CREATE TABLE schema_version (version)", NULL, NULL, NULL);
  assert_refused(files->path, KN_E_INPUT, "knoop did not make it");
  sqlite3_close(db);
  assert_int_equal(test_entries(files->folder, NULL), 1);
}

static void
cut_or_spoilt_file_is_refused(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  struct stat status;
  assert_int_equal(stat(files->path, &status), 0);
  assert_int_equal(truncate(files->path, status.st_size - 4096), 0);
  char words[64];
  snprintf(words, sizeof words, "cut off after %lld of %lld bytes", (long long)status.st_size - 4096, (long long)status.st_size);
  assert_refused(files->path, KN_E_INPUT, words);
  /* Page 2 on overwritten: the header is fine, what follows is not. */
  remove(files->path);
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  const int fd = open(files->path, O_WRONLY);
  char noise[4096];
  memset(noise, 0x5a, sizeof noise);
  for (off_t at = 4096; at < status.st_size; at += 4096)
    assert_int_equal(pwrite(fd, noise, sizeof noise, at), 4096);
  close(fd);
  assert_refused(files->path, KN_E_INPUT, "is damaged");
}

/* As root every file may be written, so a child gives that up first. */
static void
assert_read_only_is_read(const test_files *files)
{
  assert_int_equal(chmod(files->path, 0444), 0);
  assert_int_equal(chmod(files->folder, 0555), 0);
  const char *file = files->path;
  const pid_t child = fork();
  if (child == 0) {
    kn_error err = {0};
    kn_store *store;
    if (geteuid() == 0 && setuid(65534) != 0)
      _exit(10);
    if (access(file, R_OK) != 0 || realpath(file, NULL) == NULL)
      _exit(77); /* the folders above are closed to others */
    if (kn_store_open(&store, file, &KN_STORE_WRITE, &err) != KN_E_IO || strstr(err.text, "read-only") == NULL)
      _exit(11);
    if (kn_store_open(&store, file, &KN_STORE_READ, &err) != KN_OK)
      _exit(12);
    int64_t offers;
    if (kn_sql_number(store, &offers, &err, "SELECT count(*) FROM offer") != KN_OK || offers != 1)
      _exit(13);
    kn_store_close(store);
    _exit(0);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(chmod(files->folder, 0755), 0);
  if (WEXITSTATUS(status) == 77)
    skip();
  assert_int_equal(status, 0);
  assert_int_equal(test_entries(files->folder, NULL), 1);
}

static void
read_only_file_is_read(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  assert_read_only_is_read(files);
}

/* A file that a crash left in WAL mode, on a medium that cannot be written: nobody writes, so it is read as it is. */
static void
read_only_file_in_wal_mode_is_read(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  sqlite3 *db;
  assert_int_equal(sqlite3_open(files->path, &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  assert_read_only_is_read(files);
}

/* ---------------------------------------------------------------- two writers */
static void
second_writer_is_told_who_holds_it(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  kn_error err = {0};
  kn_store *first, *second;
  const kn_store_settings settings = {.is_writer = true, .wait_s = 0.05, .command = "knoop import"};
  assert_ok(kn_store_open(&first, files->path, &settings, &err), err);
  assert_int_equal(kn_store_open(&second, files->path, &settings, &err), KN_E_LOCK);
  char words[64];
  snprintf(words, sizeof words, "`knoop import` (process %ld on ", (long)getpid());
  assert_non_null(strstr(err.text, words));
  assert_non_null(strstr(err.text, "waited 0.05 s"));
  /* By another name it is the same file. */
  char link_path[128];
  snprintf(link_path, sizeof link_path, "%s/other.gpkg", files->folder);
  assert_int_equal(symlink("region.gpkg", link_path), 0);
  assert_int_equal(kn_store_open(&second, link_path, &settings, &err), KN_E_LOCK);
  /* Reading goes on meanwhile. */
  second = test_open(files->path, false);
  test_built built = test_load(second);
  test_done(&built);
  kn_store_close(second);
  kn_store_close(first);
  assert_ok(kn_store_open(&second, link_path, &settings, &err), err);
  kn_store_close(second);
  assert_int_equal(test_entries(files->folder, NULL), 2);
}

/* A lock file that a killed process left is no lock. */
static void
lock_of_a_killed_writer_is_taken_over(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  const pid_t child = fork();
  if (child == 0) {
    kn_store *store;
    kn_error err = {0};
    if (kn_store_open(&store, files->path, &KN_STORE_WRITE, &err) == KN_OK)
      kill(getpid(), SIGKILL);
    _exit(1);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status));
  char lock[128];
  snprintf(lock, sizeof lock, "%s-lock", files->path);
  assert_int_equal(access(lock, F_OK), 0);
  kn_store *store = test_open(files->path, true);
  kn_store_close(store);
  assert_int_equal(access(lock, F_OK), -1);
}

/* Writers one after another, each waiting for the one before: all get through. */
static void
writers_queue_up(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  enum { WRITERS = 6, TIMES = 5 };
  for (int i = 0; i < WRITERS; i++)
    if (fork() == 0) {
      for (int k = 0; k < TIMES; k++) {
        kn_error err = {0};
        kn_store *store;
        const kn_store_settings settings = {.is_writer = true, .wait_s = 60, .command = "test"};
        if (kn_store_open(&store, files->path, &settings, &err) != KN_OK ||
            kn_sql_run(store, "INSERT INTO actor (actor_id, name) SELECT 'b' || count(*), 'B' FROM actor", &err) != KN_OK)
          _exit(1);
        kn_store_close(store);
      }
      _exit(0);
    }
  for (int i = 0; i < WRITERS; i++) {
    int status;
    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
  }
  kn_store *store = test_open(files->path, false);
  assert_int_equal(test_number(store, "SELECT count(*) FROM actor"), 1 + WRITERS * TIMES);
  kn_store_close(store);
  assert_int_equal(test_entries(files->folder, NULL), 1);
}

/* Another program that writes (QGIS) knows nothing of our lock; SQLite's own is waited for. */
static void
other_program_is_waited_for(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  const kn_store_settings settings = {.is_writer = true, .wait_s = 0.05, .command = "test"};
  kn_error err = {0};
  kn_store *store;
  assert_ok(kn_store_open(&store, files->path, &settings, &err), err);
  sqlite3 *db;
  assert_int_equal(sqlite3_open(files->path, &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
  test_built built = test_load(store);
  assert_int_equal(kn_store_save_region(store, built.region, &(kn_change){.what = "import"}, NULL, &err), KN_E_LOCK);
  assert_non_null(strstr(err.text, "held by another program"));
  test_done(&built);
  sqlite3_close(db);
  kn_store_close(store);
}

/* POSIX ends all locks of a process on a file when it closes any descriptor of it: a store that is opened and closed
 * beside another one must not. Another process looks for SQLite's lock on its RESERVED byte. */
static void
reading_beside_keeps_the_lock(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  kn_error err = {0};
  kn_store *writer = test_open(files->path, true);
  assert_ok(kn_store_begin(writer, INT64_MAX, &err), err);
  kn_store_close(test_open(files->path, false));
  const pid_t child = fork();
  if (child == 0) {
    struct flock look = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000001, .l_len = 1};
    const int fd = open(files->path, O_RDWR);
    _exit(fd >= 0 && fcntl(fd, F_GETLK, &look) == 0 && look.l_type == F_WRLCK ? 0 : 1);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  kn_sql_roll_back(writer);
  kn_store_close(writer);
}

/* ---------------------------------------------------------------- stopping, and a full disk */
static bool
always(void *arg)
{
  (void)arg;
  return true;
}

static void
many_offers(kn_builder *builder, int32_t count, const char *prefix)
{
  kn_error err = {0};
  const char *const names[] = {"offer_id", "site_id", "resource_id", "quantity", "description"};
  assert_ok(kn_builder_batch(builder, KN_T_OFFER, "offer.csv", 5, names, count, &err), err);
  for (int32_t i = 0; i < count; i++) {
    char id[32];
    snprintf(id, sizeof id, "%s%d", prefix, i);
    const kn_cell cells[] = {
        {id, (int32_t)strlen(id), 1}, {"s1", 2, 2}, {"chips", 5, 3}, {"1", 1, 4}, {"some words to fill pages", 24, 5}};
    assert_ok(kn_builder_row(builder, i + 2, cells, '.', &err), err);
  }
}

static test_built
load_and_add(kn_store *store, int32_t count)
{
  kn_error err = {0};
  test_built built = test_start();
  assert_ok(kn_store_fill(store, built.builder, &err), err);
  many_offers(built.builder, count, "x");
  assert_ok(kn_builder_end(built.builder, &built.region, &err), err);
  return built;
}

static void
stopping_leaves_the_file_as_it_was(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  kn_store *store = test_open(files->path, false);
  test_built built = load_and_add(store, 20000);
  char before[65], after[65];
  test_digest(store, before);
  kn_store_close(store);
  const kn_watch watch = {.is_stopped = always};
  kn_error err = {0};
  assert_ok(kn_store_open(&store, files->path, &(kn_store_settings){.is_writer = true, .command = "test", .watch = &watch}, &err),
            err);
  assert_int_equal(kn_store_save_region(store, built.region, &(kn_change){.what = "import"}, NULL, &err), KN_E_STOPPED);
  kn_store_close(store);
  test_done(&built);
  store = test_open(files->path, false);
  test_digest(store, after);
  assert_string_equal(after, before);
  assert_int_equal(test_number(store, "SELECT count(*) FROM revision"), 1);
  kn_store_close(store);
  /* A writer that comes to write nothing leaves every byte. */
  test_bytes(files->path, before);
  store = test_open(files->path, true);
  built = test_load(store);
  test_done(&built);
  kn_store_close(store);
  test_bytes(files->path, after);
  assert_string_equal(after, before);
}

/* No file may pass 1 MB: 20,000 offers of some 80 bytes do not fit. Once there is room, the same import works. */
static void
full_disk_leaves_the_file_as_it_was(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  kn_store *store = test_open(files->path, true);
  test_built built = load_and_add(store, 20000);
  kn_error err = {0};
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = 1 << 20, .rlim_max = limit.rlim_max}), 0);
  const kn_code code = kn_store_save_region(store, built.region, &(kn_change){.what = "import"}, NULL, &err);
  kn_store *fresh;
  char path[128];
  snprintf(path, sizeof path, "%s/new.gpkg", files->folder);
  kn_error new_err = {0};
  kn_code new_code = kn_store_create(&fresh, path, &KN_STORE_WRITE, &new_err);
  if (new_code == KN_OK) {
    test_built all = test_start();
    const test_table tables[] = {SETTINGS, ACTORS, SITES, RESOURCES};
    for (int i = 0; i < 4; i++)
      test_add_text(all.builder, tables[i].table, test_file(tables[i].table), tables[i].csv);
    many_offers(all.builder, 20000, "x");
    assert_ok(kn_builder_end(all.builder, &all.region, &new_err), new_err);
    new_code = kn_store_save_region(fresh, all.region, &(kn_change){.what = "new"}, NULL, &new_err);
    if (new_code == KN_OK)
      new_code = kn_store_publish(fresh, &new_err);
    test_done(&all);
  }
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
  kn_store_close(fresh);
  assert_int_equal(code, KN_E_IO);
  if (strstr(err.text, "the disk may be full") == NULL)
    fail_msg("%s", err.text);
  assert_int_equal(new_code, KN_E_IO);
  assert_int_equal(access(path, F_OK), -1);
  assert_int_equal(test_number(store, "SELECT count(*) FROM offer"), 1);
  assert_int_equal(test_defects(store), 0);
  assert_ok(kn_store_save_region(store, built.region, &(kn_change){.what = "import"}, NULL, &err), err);
  assert_int_equal(test_number(store, "SELECT count(*) FROM offer"), 20001);
  assert_int_equal(test_defects(store), 0);
  test_done(&built);
  kn_store_close(store);
}

static void
new_file_takes_no_other_place(void **state)
{
  test_files *files = *state;
  kn_error err = {0};
  kn_store *store;
  write_file(files->path, "mine", 4);
  assert_int_equal(kn_store_create(&store, files->path, &KN_STORE_WRITE, &err), KN_E_IO);
  assert_non_null(strstr(err.text, "is there already"));
  remove(files->path);
  /* Taken while the new one was being built: the other stays. */
  assert_ok(kn_store_create(&store, files->path, &KN_STORE_WRITE, &err), err);
  write_file(files->path, "mine", 4);
  assert_int_equal(kn_store_publish(store, &err), KN_E_IO);
  kn_store_close(store);
  struct stat status;
  assert_int_equal(stat(files->path, &status), 0);
  assert_int_equal(status.st_size, 4);
  assert_int_equal(kn_store_create(&store, "no/such/folder.gpkg", &KN_STORE_WRITE, &err), KN_E_IO);
  assert_non_null(strstr(err.text, "No such file"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      STORE_TEST(other_files_are_refused),
      STORE_TEST(cut_or_spoilt_file_is_refused),
      STORE_TEST(read_only_file_is_read),
      STORE_TEST(read_only_file_in_wal_mode_is_read),
      STORE_TEST(second_writer_is_told_who_holds_it),
      STORE_TEST(lock_of_a_killed_writer_is_taken_over),
      STORE_TEST(writers_queue_up),
      STORE_TEST(other_program_is_waited_for),
      STORE_TEST(reading_beside_keeps_the_lock),
      STORE_TEST(stopping_leaves_the_file_as_it_was),
      STORE_TEST(full_disk_leaves_the_file_as_it_was),
      STORE_TEST(new_file_takes_no_other_place),
  };
  return cmocka_run_group_tests_name("store: what can go wrong", tests, NULL, NULL);
}
