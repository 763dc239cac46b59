/* Whole packages: the random regions of the planning cases build without a word and check without an error; a million
 * offers fit into far less than a gibibyte. */
#include "region_test.h"

static char *
read_file(const char *path)
{
  FILE *file = fopen(path, "rb");
  if (file == NULL)
    return NULL;
  char *text = calloc(1, 1 << 20);
  const size_t length = fread(text, 1, (1 << 20) - 1, file);
  assert_true(length < (1 << 20) - 1);
  fclose(file);
  while (strlen(text) > 0 && text[strlen(text) - 1] == '\n')
    text[strlen(text) - 1] = '\0';
  return text;
}

static int64_t
count_rows(const char *text)
{
  int64_t lines = 0;
  for (; (text = strchr(text, '\n')) != NULL; text++)
    lines++;
  return lines;
}

static void
planning_cases_build(void **state)
{
  (void)state;
  static const char *const cases[] = {"mixed-40", "mixed-200", "exchange-300"};
  char path[600];
  int32_t found = 0;
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    test_built built = test_start();
    int64_t rows[KN_TABLE_COUNT] = {0};
    bool is_there = false;
    for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
      snprintf(path, sizeof path, "%s/../shared/cases/plan/%s/%s", KN_SOURCE_ROOT, cases[k], test_file((kn_table_id)t));
      char *text = read_file(path);
      if (text == NULL)
        continue;
      is_there = true;
      rows[t] = count_rows(text);
      test_add_text(built.builder, (kn_table_id)t, path, text);
      free(text);
    }
    found += is_there;
    if (is_there) {
      assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
      assert_int_equal(kn_findings_kept(built.findings), 0);
      for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
        assert_int_equal(kn_region_table(built.region, (kn_table_id)t)->n, rows[t]);
      assert_int_equal(kn_region_settings(built.region).plan_year, 2030);
      const kn_offer_view offers = kn_region_offers(built.region);
      for (int64_t i = 0; i < offers.n; i++)
        assert_true(offers.site[i] >= 0 && offers.resource[i] >= 0 && offers.quantity[i] >= 0 && offers.share[i] >= 0 &&
                    offers.share[i] <= 1);
      assert_int_equal(kn_region_check(built.region, built.findings, &built.err), KN_OK);
      assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 0);
    }
    test_done(&built);
  }
  if (found == 0)
    skip();
}

/* 1 000 000 offers as text, with keys, references, a unit and figures. */
static void
a_million_offers_fit(void **state)
{
  (void)state;
  enum { ROWS = 1000000, BLOCK = 20000 };
  test_built built = test_start();
  static const test_table around[] = {SETTINGS, ACTORS, SITES, RESOURCES};
  for (size_t i = 0; i < 4; i++)
    test_add_text(built.builder, around[i].table, "around.csv", around[i].csv);
  static const char *const names[] = {"offer_id", "site_id", "resource_id", "quantity",
                                      "unit",     "fate",    "fate_eur",    "fate_co2_kg"};
  assert_int_equal(kn_builder_batch(built.builder, KN_T_OFFER, "offer.csv", 8, names, ROWS, &built.err), KN_OK);
  kn_cell *cells = malloc(sizeof *cells * BLOCK * 8);
  int64_t *line = malloc(sizeof *line * BLOCK);
  char(*text)[2][16] = malloc(sizeof *text * BLOCK);
  for (int32_t at = 0; at < ROWS; at += BLOCK) {
    for (int32_t i = 0; i < BLOCK; i++) {
      kn_cell *c = cells + (size_t)i * 8;
      line[i] = at + i + 2;
      c[0] = (kn_cell){text[i][0], sprintf(text[i][0], "o%07d", at + i), 1};
      c[1] = (kn_cell){i % 2 == 0 ? "s1" : "s2", 2, 2};
      c[2] = (kn_cell){"chips", 5, 3};
      c[3] = (kn_cell){text[i][1], sprintf(text[i][1], "%d.5", i), 4};
      c[4] = (kn_cell){"kg", 2, 5};
      c[5] = (kn_cell){"reuse", 5, 6};
      c[6] = (kn_cell){"12.5", 4, 7};
      c[7] = (kn_cell){"3", 1, 8};
    }
    assert_int_equal(kn_builder_rows(built.builder, BLOCK, line, cells, '.', 2, &built.err), KN_OK);
  }
  free(cells);
  free(line);
  free(text);
  assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
  const kn_offer_view offers = kn_region_offers(built.region);
  assert_int_equal(offers.n, ROWS);
  assert_string_equal(offers.offer_id[ROWS - 1], "o0999999");
  assert_near(offers.quantity[ROWS - 1], (BLOCK - 0.5) / 1000, 1e-12);
  assert_near(offers.fate_eur[0], 12500, 1e-9);
  assert_int_equal(kn_region_find(built.region, KN_T_OFFER, "o0500000"), 500000);
  /* Per offer: 28 bytes of key with its pointer, 36 of symbol, 8 references, 24 figures, and shared blanks. */
  assert_true(kn_region_bytes(built.region) > (size_t)ROWS * 80);
  assert_true(kn_region_bytes(built.region) < (size_t)ROWS * 200);
  test_done(&built);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(planning_cases_build),
      cmocka_unit_test(a_million_offers_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
