/* Tables of random cells: whatever they hold, building, salvaging, checking and digesting end well, findings are whole
 * sentences in UTF-8, and what the views hold stays within bounds. Fixed seeds, so a failure comes again. */
#include "region_test.h"

static uint32_t seed;

static uint32_t
draw(uint32_t below)
{
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

/* Cells that mean something somewhere, and some that mean nothing anywhere. */
static const char *const pieces[] = {"",
                                     "",
                                     "a",
                                     "b",
                                     "c",
                                     "d",
                                     "e",
                                     "wood",
                                     "0",
                                     "1",
                                     "-1",
                                     "0.5",
                                     "1e308",
                                     "nan",
                                     "12 t",
                                     "1,5",
                                     "kg",
                                     "MWh",
                                     "m",
                                     "degC",
                                     "2030",
                                     "2030-02-29",
                                     "2030-12-31",
                                     "31/12/2030",
                                     "material",
                                     "energy",
                                     "water",
                                     "space",
                                     "park",
                                     "region",
                                     "in",
                                     "out",
                                     "road;water",
                                     "road;air",
                                     "site:a",
                                     "activity",
                                     "capacity",
                                     "existing",
                                     "candidate",
                                     "landfill",
                                     "public",
                                     "R0",
                                     "R8",
                                     "R10",
                                     "stock:a",
                                     "nace:24.10",
                                     "resource:a",
                                     "process:b",
                                     "r_strategy:R3",
                                     "area:c",
                                     "plan_year",
                                     "fte_h",
                                     "languages",
                                     "purity",
                                     "\xff\xfe",
                                     "caf\xc3\xa9",
                                     " a ",
                                     "10 02 07*",
                                     "100207",
                                     "-400",
                                     "5.5",
                                     "51",
                                     "Acme nv",
                                     "ACME N.V.",
                                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                                     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9x"};
#define PIECES ((uint32_t)(sizeof pieces / sizeof *pieces))

static void
add_random_batch(kn_builder *builder, kn_table_id table, const char *file, kn_error *err)
{
  const kn_table_def *def = kn_schema(table);
  const char *names[MOST_COLUMNS];
  int32_t count = 0;
  for (int32_t c = 0; c < def->column_count; c++)
    if (def->columns[c].is_required ? draw(200) > 0 : draw(4) > 0)
      names[count++] = def->columns[c].name;
  if (draw(5) == 0)
    names[count++] = draw(2) == 0 ? "" : "remark";
  assert_int_equal(kn_builder_batch(builder, table, file, count, names, (int64_t)draw(9), err), KN_OK);
  const int32_t rows = (int32_t)draw(12);
  for (int32_t i = 0; i < rows; i++) {
    kn_cell cells[MOST_COLUMNS];
    kn_value values[MOST_COLUMNS];
    for (int32_t j = 0; j < count; j++) {
      const int32_t column = kn_schema_find_column(def, names[j]);
      const kn_column_def *c = column == KN_NONE ? NULL : &def->columns[column];
      const char *text = pieces[draw(PIECES)];
      if (c != NULL && c->words != NULL && draw(8) > 0)
        text = c->words[0];
      else if (c != NULL && (c->kind == KN_KEY || c->kind == KN_REF) && draw(8) > 0)
        text = pieces[2 + draw(6)];
      else if (c != NULL && c->kind == KN_REAL && draw(8) > 0)
        text = pieces[8 + draw(4)];
      cells[j] = (kn_cell){.text = text, .length = (int32_t)strlen(text), .column_no = j + 1};
      values[j] = (kn_value){.text = text, .length = (int32_t)strlen(text), .is_blank = text[0] == '\0'};
      if (draw(3) == 0)
        values[j] = (kn_value){.real = (double)draw(100) / 4 - 3};
    }
    if (file != NULL)
      assert_int_equal(kn_builder_row(builder, i + 2, cells, draw(9) == 0 ? ',' : '.', err), KN_OK);
    else
      assert_int_equal(kn_builder_typed(builder, values, err), KN_OK);
  }
}

static void
assert_rows_within(const int32_t *rows, int64_t n, int64_t most)
{
  for (int64_t i = 0; i < n; i++)
    assert_true(rows[i] == KN_NONE || (rows[i] >= 0 && rows[i] < most));
}

static void
look_at_region(const kn_region *region)
{
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    const kn_table *table = kn_region_table(region, (kn_table_id)t);
    for (int32_t c = 0; c < table->def->column_count; c++)
      if (table->def->columns[c].kind == KN_REF)
        assert_rows_within(table->columns[c].number, table->n, kn_region_table(region, table->def->columns[c].target)->n);
    for (int32_t i = 0; i < table->n && table->def->key_column != KN_NONE; i++)
      assert_int_equal(kn_region_find(region, (kn_table_id)t, kn_region_key(region, (kn_table_id)t, i)), i);
  }
  const kn_offer_view offers = kn_region_offers(region);
  for (int64_t i = 0; i < offers.n; i++)
    assert_true(offers.share[i] >= 0 && offers.share[i] <= 1 && !(offers.quantity[i] < 0) && !isinf(offers.quantity[i]));
  const kn_process_view processes = kn_region_processes(region);
  for (int64_t i = 0; i < processes.n; i++)
    assert_true(processes.flow_first[i] <= processes.flow_first[i + 1]);
  const kn_property_view properties = kn_region_properties(region);
  for (int32_t i = 0; i < properties.offer_first[offers.n]; i++)
    assert_true(properties.offer_property[i] < properties.property_count);
}

static void
look_at_findings(const kn_findings *findings)
{
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *f = kn_findings_get(findings, i);
    const char *const texts[] = {f->row, f->column, f->value, f->sentence, f->proposal};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
      assert_true(texts[k] == NULL || kn_text_bad_utf8(texts[k], strlen(texts[k])) < 0);
    assert_true(f->sentence[0] != '\0');
  }
}

static void
anything_ends_well(void **state)
{
  (void)state;
  for (uint32_t k = 1; k <= 300; k++) {
    seed = k;
    test_built built = test_start();
    for (int32_t batch = 0; batch < 40; batch++)
      add_random_batch(built.builder, (kn_table_id)draw(KN_TABLE_COUNT), draw(3) == 0 ? NULL : "random.csv", &built.err);
    const uint8_t wkb[] = {1, 3, 0, 0, 0}, line[] = {1, (uint8_t)(1 + draw(3)), 0, 0, 0, (uint8_t)draw(4), 0, 0, 0, [57] = 0};
    assert_int_equal(kn_builder_shape(built.builder, KN_T_LINK, draw(2) == 0 ? NULL : "random.geojson", 1, "a", line,
                                      9 + 16 * draw(4), &built.err),
                     KN_OK);
    assert_int_equal(kn_builder_area(built.builder, "random.geojson", 1, "a", wkb, sizeof wkb, &built.err), KN_OK);
    assert_int_equal(kn_builder_salvage(built.builder, &built.region, &built.err), KN_OK);
    look_at_region(built.region);
    char hex[65];
    assert_int_equal(kn_region_check(built.region, built.findings, &built.err), KN_OK);
    assert_int_equal(kn_region_digest(built.region, hex, &built.err), KN_OK);
    look_at_findings(built.findings);
    test_done(&built);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(anything_ends_well)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
