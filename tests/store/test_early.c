/* What is written while rows still come is what would be written after.
 * Method: the same rows into two files, once with kn_store_follow() and once without; then SQLite compares all tables, fids and
 * geometry included. The rows come in the order of their keys and not, into tables that are empty and not, followed by a second
 * file that changes some, with figures to convert, with an error at the very end. */
#include <time.h>

#include "store_test.h"

enum { ROWS = 51000 };

typedef enum rows_kind { IN_ORDER, OUT_OF_ORDER, SECOND_FILE, WITH_UNITS, BAD_END, KIND_COUNT } rows_kind;
static const char *const kind_name[KIND_COUNT] = {"in order", "out of order", "second file", "units", "bad end"};

/* The number that a row has in its key: out of order they fall at the end. */
static int
number_of(rows_kind kind, int row)
{
  return kind == OUT_OF_ORDER && row > ROWS / 2 ? 2 * ROWS - row : row;
}

/* So that who follows is among the rows that still come, not always behind them. */
static void
let_follow(int row)
{
  if (row % 4000 == 0)
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

static kn_cell
cell(char out[40], int32_t column_no, const char *format, int number)
{
  const int length = snprintf(out, 40, format, number);
  return (kn_cell){.text = out, .length = length, .column_no = column_no};
}

/* As text, on all threads, in blocks of a size that no other has. */
static void
feed_offers(kn_builder *builder, rows_kind kind)
{
  enum { COLUMNS = 8, BLOCK = 3011 };
  static kn_cell cells[BLOCK * COLUMNS];
  static char text[BLOCK * COLUMNS][40];
  static int64_t line[BLOCK];
  static const char *const names[COLUMNS] = {"offer_id", "site_id", "resource_id", "quantity",
                                             "from",     "colour",  "description", "unit"};
  const int32_t count = kind == WITH_UNITS ? COLUMNS : COLUMNS - 1;
  kn_error err = {0};
  assert_ok(kn_builder_batch(builder, KN_T_OFFER, "offer.csv", count, names, ROWS, &err), err);
  for (int first = 0; first < ROWS; first += BLOCK) {
    let_follow(0);
    const int rows = ROWS - first < BLOCK ? ROWS - first : BLOCK;
    for (int i = 0; i < rows; i++) {
      const int n = number_of(kind, first + i);
      kn_cell *c = cells + i * count;
      char(*t)[40] = text + i * count;
      line[i] = first + i + 2;
      c[0] = cell(t[0], 1, "t%07d", n);
      c[1] = cell(t[1], 2, "s%d", n % 2 + 1);
      c[2] = cell(t[2], 3, n % 3 == 0 ? "wood" : "chips", 0);
      c[3] = cell(t[3], 4, kind == BAD_END && first + i == ROWS - 1 ? "-%d" : "%d.5", n);
      c[4] = cell(t[4], 5, n % 5 == 0 ? "2027-01-%02d" : "", n % 28 + 1);
      c[5] = cell(t[5], 6, n % 7 == 0 ? "red %d" : "", n % 11);
      c[6] = cell(t[6], 7, "as reported", 0);
      if (kind == WITH_UNITS)
        c[7] = cell(t[7], 8, n % 2 == 0 ? "kg" : "", 0);
    }
    assert_ok(kn_builder_rows(builder, rows, line, cells, '.', 2, &err), err);
  }
}

static kn_value
text_value(const char *text)
{
  return (kn_value){.text = text, .length = (int32_t)strlen(text)};
}

/* Sites and nodes: points. */
static void
feed_points(kn_builder *builder, rows_kind kind, bool are_nodes)
{
  static const char *const site[] = {"site_id", "lon", "lat", "actor_id", "name"}, *const node[] = {"node_id", "lon", "lat"};
  kn_error err = {0};
  assert_ok(kn_builder_batch(builder, are_nodes ? KN_T_NODE : KN_T_SITE, are_nodes ? "node.csv" : "site.csv", are_nodes ? 3 : 5,
                             are_nodes ? node : site, ROWS, &err),
            err);
  for (int i = 0; i < ROWS; i++) {
    char id[40];
    let_follow(i);
    snprintf(id, sizeof id, "%c%07d", are_nodes ? 'n' : 't', number_of(kind, i));
    const kn_value values[] = {
        text_value(id), {.real = 4 + i * 1e-5}, {.real = 50 + (i * 7919 % 1000) * 1e-3}, text_value("a1"), text_value("Yard")};
    assert_ok(kn_builder_typed(builder, values, &err), err);
  }
}

/* Links: every other one with a line of its own, along which runs a second kind with the same line. */
static void
feed_links(kn_builder *builder, rows_kind kind)
{
  static const char *const names[] = {"link_id", "from_id", "to_id", "kind", "km"};
  kn_error err = {0};
  assert_ok(kn_builder_batch(builder, KN_T_LINK, "map.osm", 5, names, ROWS, &err), err);
  for (int i = 0; i < ROWS; i++) {
    char id[40], from[40], to[40];
    const int at = i / 2;
    let_follow(i);
    snprintf(id, sizeof id, "w%07d", number_of(kind, i));
    snprintf(from, sizeof from, "n%07d", at);
    snprintf(to, sizeof to, "n%07d", at + 1);
    const kn_value values[] = {
        text_value(id), text_value(from), text_value(to), text_value(i % 2 == 0 ? "road" : "cycle"), {.real = 1.5}};
    assert_ok(kn_builder_typed(builder, values, &err), err);
    if (at % 2 == 0)
      continue;
    const double x = 4 + at * 1e-5;
    const struct __attribute__((packed)) line {
      uint8_t order;
      uint32_t type, count;
      double point[6];
    } wkb = {1, 2, 3, {x, 50, x + 0.1, 50.2, x + 0.2, 50}};
    assert_ok(kn_builder_shape(builder, KN_T_LINK, "map.osm", 0, id, (const uint8_t *)&wkb, sizeof wkb, &err), err);
  }
}

/* Into the file at path; false: refused. */
static bool
import(const char *path, rows_kind kind, bool is_followed)
{
  kn_error err = {0};
  kn_store *store = test_open(path, true);
  test_built built = test_start();
  assert_ok(kn_store_fill(store, built.builder, &err), err);
  if (is_followed)
    assert_ok(kn_store_follow(store, built.builder, &err), err);
  feed_points(built.builder, kind, false);
  feed_offers(built.builder, kind);
  feed_points(built.builder, kind, true);
  feed_links(built.builder, kind);
  if (kind == SECOND_FILE)
    test_add_text(built.builder, KN_T_OFFER, "more.csv", "offer_id,site_id,resource_id,quantity|t0000007,s1,wood,77");
  const kn_code code = kn_builder_end(built.builder, &built.region, &err);
  const bool is_good = code == KN_OK;
  if (is_good)
    assert_ok(kn_store_save_region(store, built.region, &(kn_change){.what = "import"}, NULL, &err), err);
  test_done(&built);
  kn_store_close(store);
  return is_good;
}

static void
copy_file(const char *from, const char *to)
{
  char command[400];
  snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
  assert_int_equal(system(command), 0);
}

/* Tables of both files hold the same rows. */
static void
assert_same(const char *left, const char *right)
{
  kn_error err = {0};
  kn_store *store = test_open(left, false);
  assert_int_equal(test_defects(store), 0);
  char sql[600];
  snprintf(sql, sizeof sql, "ATTACH '%s' AS b", right);
  assert_ok(kn_sql_run(store, sql, &err), err);
  static const char *const tables[] = {"actor", "site", "offer", "node", "link", "extra_column"};
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
    snprintf(sql, sizeof sql,
             "SELECT (SELECT count(*) FROM (SELECT * FROM main.%s EXCEPT SELECT * FROM b.%s)) + "
             "abs((SELECT count(*) FROM main.%s) - (SELECT count(*) FROM b.%s))",
             tables[t], tables[t], tables[t], tables[t]);
    assert_int_equal(test_number(store, sql), 0);
  }
  assert_int_equal(test_number(store,
                               "SELECT count(*) FROM main.gpkg_contents a JOIN b.gpkg_contents b USING (table_name) WHERE "
                               "a.min_x IS NOT b.min_x OR a.min_y IS NOT b.min_y OR a.max_x IS NOT b.max_x OR a.max_y IS NOT "
                               "b.max_y"),
                   0);
  assert_int_equal(test_number(store, "SELECT a.digest <> b.digest OR a.rows_changed <> b.rows_changed FROM main.revision a, "
                                      "b.revision b WHERE a.revision = 2 AND b.revision = 2"),
                   0);
  assert_int_equal(test_number(store, "SELECT count(*) FROM main.sqlite_schema"),
                   test_number(store, "SELECT count(*) FROM b.sqlite_schema"));
  kn_store_close(store);
}

static void
early_is_the_same_as_late(void **state)
{
  test_files *files = *state;
  for (int has_rows = 0; has_rows < 2; has_rows++)
    for (int kind = 0; kind < BAD_END; kind++) {
      if (has_rows)
        TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS,
                      {KN_T_NODE, "node_id,lon,lat|n0000003,3,51|x1,6,52", false},
                      {KN_T_LINK, "link_id,from_id,to_id,kind|x1,n0000003,x1,road", false});
      else
        TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES,
                      {KN_T_NEED, "need_id,site_id,resource_id,quantity|d1,s1,wood,1", false});
      char late[200];
      snprintf(late, sizeof late, "%s/late.gpkg", files->folder);
      copy_file(files->path, late);
      print_message("# %s%s\n", kind_name[kind], has_rows ? ", onto rows that are there" : "");
      assert_true(import(files->path, (rows_kind)kind, true));
      assert_true(import(late, (rows_kind)kind, false));
      assert_same(files->path, late);
      remove(files->path);
      remove(late);
    }
}

static void
early_rows_go_with_an_error(void **state)
{
  test_files *files = *state;
  char before[65], after[65];
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  test_bytes(files->path, before);
  assert_false(import(files->path, BAD_END, true));
  test_bytes(files->path, after);
  assert_string_equal(after, before);
  assert_int_equal(test_entries(files->folder, NULL), 1);
}

/* Given up at any time: the builder goes before its end, or after the store; the region is never saved. */
static void
early_rows_go_when_nobody_saves(void **state)
{
  test_files *files = *state;
  char before[65], after[65];
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  test_bytes(files->path, before);
  for (int step = 0; step < 5; step++) {
    kn_error err = {0};
    kn_store *store = test_open(files->path, true);
    test_built built = test_start();
    assert_ok(kn_store_fill(store, built.builder, &err), err);
    assert_ok(kn_store_follow(store, built.builder, &err), err);
    if (step > 0)
      feed_points(built.builder, IN_ORDER, false);
    if (step > 1)
      feed_offers(built.builder, IN_ORDER);
    if (step == 3)
      assert_ok(kn_builder_end(built.builder, &built.region, &err), err);
    if (step > 2)
      kn_store_close(store);
    test_done(&built);
    if (step <= 2)
      kn_store_close(store);
    test_bytes(files->path, after);
    assert_string_equal(after, before);
    assert_int_equal(test_entries(files->folder, NULL), 1);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      STORE_TEST(early_is_the_same_as_late),
      STORE_TEST(early_rows_go_with_an_error),
      STORE_TEST(early_rows_go_when_nobody_saves),
  };
  return cmocka_run_group_tests_name("store: written early", tests, NULL, NULL);
}
