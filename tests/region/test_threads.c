/* Reading on several threads gives the same region and the same findings as reading row by row. */
#include "region_test.h"

#define ROWS 20000

typedef struct rows_text {
  char *text;
  kn_cell *cells;
  int64_t *line;
} rows_text;

static const char *const offer_names[] = {"offer_id", "site_id", "resource_id", "quantity",
                                          "unit",     "fate",    "description", "note"};
#define OFFER_COLUMNS 8

static kn_cell
print_cell(char **at, int32_t column_no, const char *format, int32_t number)
{
  const int32_t length = sprintf(*at, format, number);
  const kn_cell cell = {.text = *at, .length = length, .column_no = column_no};
  *at += length + 1;
  return cell;
}

/* Offers of which each 997th has a bad quantity, each 1009th a key that was there, each 1013th an unknown site. */
static rows_text
make_rows(bool is_clean)
{
  rows_text rows = {.text = malloc((size_t)ROWS * 120)};
  rows.cells = malloc(sizeof *rows.cells * ROWS * OFFER_COLUMNS);
  rows.line = malloc(sizeof *rows.line * ROWS);
  char *at = rows.text;
  for (int32_t i = 0; i < ROWS; i++) {
    kn_cell *c = rows.cells + (size_t)i * OFFER_COLUMNS;
    const bool is_twice = !is_clean && i % 1009 == 1008, is_astray = !is_clean && i % 1013 == 1012;
    c[0] = print_cell(&at, 1, "o%d", is_twice ? i - 1 : i);
    c[1] = print_cell(&at, 2, is_astray ? "astray%d" : "s%d", is_astray ? i : 1 + i % 2);
    c[2] = print_cell(&at, 3, i % 3 == 0 ? "wood" : "chips", 0);
    c[3] = print_cell(&at, 4, !is_clean && i % 997 == 996 ? "%d t" : "%d.5", i);
    c[4] = print_cell(&at, 5, i % 2 == 0 ? "kg" : "", 0);
    c[5] = print_cell(&at, 6, i % 5 == 0 ? "reuse" : "", 0);
    c[6] = print_cell(&at, 7, i % 4 == 0 ? "" : "words %d", i / 100);
    c[7] = print_cell(&at, 8, i % 7 == 0 ? "n%d" : "", i);
    rows.line[i] = i + 2;
  }
  return rows;
}

static void
free_rows(rows_text *rows)
{
  free(rows->text);
  free(rows->cells);
  free(rows->line);
}

/* threads 0: row by row. */
static test_built
build_rows(const rows_text *rows, int32_t threads)
{
  test_built built = test_start();
  static const test_table around[] = {SETTINGS, ACTORS, SITES, RESOURCES};
  for (size_t i = 0; i < 4; i++)
    test_add_text(built.builder, around[i].table, "around.csv", around[i].csv);
  assert_int_equal(kn_builder_batch(built.builder, KN_T_OFFER, "offer.csv", OFFER_COLUMNS, offer_names, ROWS, &built.err), KN_OK);
  if (threads > 0)
    assert_int_equal(kn_builder_rows(built.builder, ROWS, rows->line, rows->cells, '.', threads, &built.err), KN_OK);
  for (int32_t i = 0; i < ROWS && threads == 0; i++)
    assert_int_equal(kn_builder_row(built.builder, rows->line[i], rows->cells + (size_t)i * OFFER_COLUMNS, '.', &built.err),
                     KN_OK);
  return built;
}

static void
threads_give_the_same_region(void **state)
{
  (void)state;
  rows_text rows = make_rows(true);
  char hex[4][65];
  static const int32_t threads[] = {0, 1, 2, 8};
  for (size_t k = 0; k < 4; k++) {
    test_built built = build_rows(&rows, threads[k]);
    assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
    assert_int_equal(kn_region_offers(built.region).n, ROWS);
    assert_int_equal(kn_region_digest(built.region, hex[k], &built.err), KN_OK);
    const kn_table *table = kn_region_table(built.region, KN_T_OFFER);
    assert_string_equal(table->extra[0][7], "n7");
    assert_string_equal(table->columns[0].text[12345], "o12345");
    test_done(&built);
  }
  for (size_t k = 1; k < 4; k++)
    assert_string_equal(hex[0], hex[k]);
  free_rows(&rows);
}

static void
threads_give_the_same_findings(void **state)
{
  (void)state;
  rows_text rows = make_rows(false);
  test_built one = build_rows(&rows, 0), many = build_rows(&rows, 8);
  assert_int_equal(kn_builder_end(one.builder, &one.region, &one.err), KN_E_INPUT);
  assert_int_equal(kn_builder_end(many.builder, &many.region, &many.err), KN_E_INPUT);
  assert_int_equal(kn_findings_count(one.findings, KN_ERROR), ROWS / 997 + ROWS / 1009 + ROWS / 1013);
  assert_int_equal(kn_findings_count(many.findings, KN_ERROR), kn_findings_count(one.findings, KN_ERROR));
  assert_int_equal(kn_findings_kept(one.findings), kn_findings_kept(many.findings));
  for (int64_t i = 0; i < kn_findings_kept(one.findings); i++) {
    const kn_finding *a = kn_findings_get(one.findings, i), *b = kn_findings_get(many.findings, i);
    assert_int_equal(a->line, b->line);
    assert_string_equal(a->rule, b->rule);
    assert_string_equal(a->row, b->row);
    assert_string_equal(a->sentence, b->sentence);
  }
  test_done(&one);
  test_done(&many);
  free_rows(&rows);
}

/* More sites than one thread locates alone; each lies in the square of its column. */
static void
sites_are_located_on_all_threads(void **state)
{
  (void)state;
  test_built built = test_start();
  static const test_table around[] = {
      SETTINGS, ACTORS, RESOURCES, {KN_T_AREA, "area_id,name,level|0,A,municipality|1,B,municipality|2,C,municipality", false}};
  for (size_t i = 0; i < 4; i++)
    test_add_text(built.builder, around[i].table, NULL, around[i].csv);
  for (int32_t k = 0; k < 3; k++) {
    const double ring[] = {k, 0, k + 1, 0, k + 1, 1, k, 1, k, 0};
    const uint32_t head[] = {3, 1, 5};
    uint8_t wkb[1 + sizeof head + sizeof ring] = {1};
    memcpy(wkb + 1, head, sizeof head);
    memcpy(wkb + 1 + sizeof head, ring, sizeof ring);
    const char id[2] = {(char)('0' + k), '\0'};
    assert_int_equal(kn_builder_area(built.builder, NULL, 0, id, wkb, sizeof wkb, &built.err), KN_OK);
  }
  static const char *const names[] = {"site_id", "actor_id", "name", "lon", "lat"};
  assert_int_equal(kn_builder_batch(built.builder, KN_T_SITE, NULL, 5, names, 5000, &built.err), KN_OK);
  for (int32_t i = 0; i < 5000; i++) {
    char id[20];
    const int32_t length = sprintf(id, "s%d", i);
    const kn_value values[] = {{.text = id, .length = length},
                               {.text = "a1", .length = 2},
                               {.text = "S", .length = 1},
                               {.real = i % 4 + 0.25 + i * 1e-5},
                               {.real = 0.5}};
    assert_int_equal(kn_builder_typed(built.builder, values, &built.err), KN_OK);
  }
  assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
  const kn_site_view sites = kn_region_sites(built.region);
  for (int32_t i = 0; i < 5000; i++)
    assert_int_equal(sites.area[i], i % 4 == 3 ? KN_NONE : i % 4);
  test_done(&built);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(threads_give_the_same_region),
      cmocka_unit_test(threads_give_the_same_findings),
      cmocka_unit_test(sites_are_located_on_all_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
