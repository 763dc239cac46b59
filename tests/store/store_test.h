/* Region files for the tests of this folder: in a folder of their own, made and removed around each test. */
#ifndef STORE_TEST_H
#define STORE_TEST_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../region/region_test.h"
#include "store/internal.h"

typedef struct test_files {
  char folder[64];
  char path[96]; /* of the region file, which is not there yet */
} test_files;

static inline int
test_setup(void **state)
{
  test_files *files = calloc(1, sizeof *files);
  snprintf(files->folder, sizeof files->folder, "store-test-XXXXXX");
  if (files == NULL || mkdtemp(files->folder) == NULL)
    return -1;
  snprintf(files->path, sizeof files->path, "%s/region.gpkg", files->folder);
  *state = files;
  return 0;
}

/* How many entries the folder has; `visit` (NULL: nothing) sees each. */
static inline int
test_entries(const char *folder, void (*visit)(const char *path))
{
  int count = 0;
  DIR *dir = opendir(folder);
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (visit != NULL)
      visit(path);
    count++;
  }
  closedir(dir);
  return count;
}

static inline void
test_remove(const char *path)
{
  remove(path);
}

static inline int
test_teardown(void **state)
{
  test_files *files = *state;
  test_entries(files->folder, test_remove);
  rmdir(files->folder);
  free(files);
  return 0;
}
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, test_setup, test_teardown)

/* Says what went wrong when it should not have. */
#define assert_ok(call, err)                                                                                                     \
  do {                                                                                                                           \
    if ((call) != KN_OK)                                                                                                         \
      fail_msg("%s: %s", #call, (err).text);                                                                                     \
  } while (0)

/* A new region file from tables. */
static inline void
test_new_file(const char *path, const test_table *tables, size_t count)
{
  kn_error err = {0};
  test_built built = test_build(tables, count);
  if (built.region == NULL)
    test_show(built.findings);
  assert_non_null(built.region);
  kn_store *store;
  assert_ok(kn_store_create(&store, path, &KN_STORE_WRITE, &err), err);
  assert_ok(kn_store_save_region(store, built.region, &(kn_change){.what = "new"}, NULL, &err), err);
  assert_ok(kn_store_publish(store, &err), err);
  kn_store_close(store);
  test_done(&built);
}
#define TEST_NEW_FILE(path, ...)                                                                                                 \
  test_new_file((path), (test_table[]){__VA_ARGS__}, sizeof((test_table[]){__VA_ARGS__}) / sizeof(test_table))

static inline kn_store *
test_open(const char *path, bool is_writer)
{
  kn_error err = {0};
  kn_store *store;
  const kn_store_settings settings = is_writer ? KN_STORE_WRITE : KN_STORE_READ;
  assert_ok(kn_store_open(&store, path, &settings, &err), err);
  return store;
}

/* The region in a file, with its findings; ends with test_done(). */
static inline test_built
test_load(kn_store *store)
{
  test_built built = {0};
  assert_ok(kn_findings_new(&built.findings, 50, &built.err), built.err);
  const kn_code code = kn_store_load(store, built.findings, &built.region, &built.err);
  if (code != KN_OK)
    test_show(built.findings);
  assert_ok(code, built.err);
  return built;
}

/* An import: the file's rows, then those of tables; *digest (may be NULL) is of the region saved. */
static inline void
test_import(kn_store *store, const test_table *tables, size_t count, char *digest)
{
  kn_error err = {0};
  test_built built = test_start();
  assert_ok(kn_store_fill(store, built.builder, &err), err);
  for (size_t i = 0; i < count; i++)
    test_add_text(built.builder, tables[i].table, test_file(tables[i].table), tables[i].csv);
  const kn_code code = kn_builder_end(built.builder, &built.region, &err);
  if (code != KN_OK)
    test_show(built.findings);
  assert_ok(code, err);
  if (digest != NULL)
    assert_ok(kn_region_digest(built.region, digest, &err), err);
  assert_ok(
      kn_store_save_region(store, built.region, &(kn_change){.what = "import", .who = "test", .source = "x.csv"}, NULL, &err),
      err);
  test_done(&built);
}

static inline void
test_digest(kn_store *store, char digest[65])
{
  kn_error err = {0};
  test_built built = test_load(store);
  assert_ok(kn_region_digest(built.region, digest, &err), err);
  test_done(&built);
}

static inline int64_t
test_number(kn_store *store, const char *sql)
{
  kn_error err = {0};
  int64_t number;
  assert_ok(kn_sql_number(store, &number, &err, "%s", sql), err);
  return number;
}

/* How many defects a check of the whole file finds. */
static inline int64_t
test_defects(kn_store *store)
{
  kn_error err = {0};
  kn_findings *findings;
  assert_ok(kn_findings_new(&findings, 50, &err), err);
  assert_ok(kn_store_check(store, findings, &err), err);
  const int64_t count = kn_findings_count(findings, KN_ERROR);
  if (count > 0)
    test_show(findings);
  kn_findings_free(findings);
  return count;
}

/* All bytes of a file as a digest. */
static inline void
test_bytes(const char *path, char hex[65])
{
  kn_error err = {0};
  kn_digest *digest;
  assert_ok(kn_digest_new(&digest, &err), err);
  FILE *in = fopen(path, "rb");
  assert_non_null(in);
  char buffer[65536];
  for (size_t length = fread(buffer, 1, sizeof buffer, in); length > 0; length = fread(buffer, 1, sizeof buffer, in))
    kn_digest_add(digest, buffer, length);
  fclose(in);
  kn_digest_end(digest, hex);
}

/* A file as the first step alone made it. */
static inline void
test_first_version(const char *path)
{
  sqlite3 *db;
  assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
  kn_geometry_register(db);
  assert_int_equal(sqlite3_exec(db, kn_migrations[0].sql, NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db,
                                "INSERT INTO schema_version VALUES (1, '0.0.1', '2026-01-01');"
                                "INSERT INTO settings (key, value) VALUES ('name', 'Old'), ('plan_year', '2030');"
                                "INSERT INTO actor (actor_id, name) VALUES ('a1', 'Acme')",
                                NULL, NULL, NULL),
                   SQLITE_OK);
  sqlite3_close(db);
}

#endif
