/* Mappings: a draft proposes and never decides, a confirmed one brings the rows in. */
#include "drafted.h"

/* ------------------------------------------------------------------ notations */
static void
numbers_are_read_as_said(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    char decimal, thousands;
    double value; /* NAN: refused */
  } want[] = {{"1.234,5", ',', '.', 1234.5}, {"1.234.567", ',', '.', 1234567},
              {"-12,5", ',', '.', -12.5},    {"1,234.5", '.', ',', 1234.5},
              {"1 234,5", ',', ' ', 1234.5}, {"12", ',', '.', 12},
              {"1.23", ',', '.', NAN},       {"1.2345", ',', '.', NAN},
              {"1234.567", ',', '.', NAN},   {"12.34,5", ',', '.', NAN},
              {".123", ',', '.', NAN},       {"1.234.56", ',', '.', NAN},
              {"1,5", ',', 0, 1.5},          {"1.5", ',', 0, NAN},
              {"12 t", ',', ' ', NAN},       {"", ',', '.', NAN}};
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    double value = NAN;
    const bool is_number = number_read_as(want[i].text, strlen(want[i].text), want[i].decimal, want[i].thousands, &value);
    if (is_number == isnan(want[i].value))
      print_message("# %s\n", want[i].text);
    assert_int_equal(is_number, !isnan(want[i].value));
    if (is_number)
      assert_true(value == want[i].value);
  }
}

static void
dates_are_read_as_said(void **state)
{
  (void)state;
  char out[16];
  assert_true(date_read_as("5/1/2024", 8, 'd', out));
  assert_string_equal(out, "2024-01-05");
  assert_true(date_read_as("5/1/2024", 8, 'm', out));
  assert_string_equal(out, "2024-05-01");
  assert_true(date_read_as("2024-02-29", 10, 'd', out));
  assert_string_equal(out, "2024-02-29");
  assert_false(date_read_as("30/02/2024", 10, 'd', out));
  assert_false(date_read_as("31/12/2024", 10, 'm', out));
  assert_false(date_read_as("1/2/24", 6, 'd', out));
  assert_false(date_read_as("1/2", 3, 'd', out));
  assert_false(date_read_as("1/2/2024/", 9, 'd', out));
}

static sample
sample_of(const char **values, int32_t count)
{
  return (sample){.filled = count, .count = count, .value = values};
}

/* Certain only when no other way of writing reads the same texts to other numbers. */
static void
notation_is_sure_or_said_not_to_be(void **state)
{
  (void)state;
  sample one = sample_of((const char *[]){"1.234,5", "2"}, 2);
  notation found = find_notation(&one, FOREIGN_TEXT);
  assert_int_equal(found.decimal, ',');
  assert_int_equal(found.thousands, '.');
  assert_true(found.is_sure);
  one = sample_of((const char *[]){"1.234", "2"}, 2);
  assert_false(find_notation(&one, FOREIGN_TEXT).is_sure);
  one = sample_of((const char *[]){"1,5", "2"}, 2);
  found = find_notation(&one, FOREIGN_TEXT);
  assert_int_equal(found.decimal, ',');
  assert_true(found.is_sure);
  bool is_sure;
  double share;
  one = sample_of((const char *[]){"5/1/2024", "31/1/2024"}, 2);
  assert_int_equal(find_date_order(&one, &share, &is_sure), 'd');
  assert_true(is_sure);
  one = sample_of((const char *[]){"5/1/2024", "6/1/2024"}, 2);
  find_date_order(&one, &share, &is_sure);
  assert_false(is_sure);
}

static void
words_of_four_languages_are_known(void **state)
{
  (void)state;
  const kn_table_def *offer = kn_schema(KN_T_OFFER);
  static const struct {
    const char *field, *column;
  } want[] = {{"Hoeveelheid", "quantity"}, {"QUANTITÉ (t/an)", "quantity"},
              {"Menge", "quantity"},       {"Amount", "quantity"},
              {"Eenheid", "unit"},         {"Unité", "unit"},
              {"Verwerking", "fate"},      {"Entsorgung", "fate"},
              {"Hoeveelhied", "quantity"}, {"Afvalstof", "resource_id"},
              {"Beschikbaar tot", "to"},   {"offer_id", "offer_id"}};
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    double best = 0;
    const char *name = "";
    for (int32_t c = 0; c < offer->column_count; c++) {
      const double fit = words_fit_column(KN_T_OFFER, &offer->columns[c], want[i].field);
      if (fit > best) {
        best = fit;
        name = offer->columns[c].name;
      }
    }
    assert_string_equal(name, want[i].column);
    assert_true(best >= 0.7 && best <= 1);
  }
  double per_year;
  assert_string_equal(words_find_unit("ton/jaar", &per_year), "t");
  assert_true(per_year == 1);
  assert_string_equal(words_find_unit("m³ per maand", &per_year), "m3");
  assert_true(per_year == 12);
  assert_null(words_find_unit("paletten", &per_year));
  double fit;
  const kn_column_def *fate = &offer->columns[kn_schema_find_column(offer, "fate")];
  assert_string_equal(words_find_value(fate, "Stort", &fit), "landfill");
  assert_string_equal(words_find_value(fate, "Mise en décharge", &fit), "landfill");
  words_find_value(fate, "iets raars", &fit);
  assert_true(fit < 0.5);
}

/* ------------------------------------------------------------------ a company list as CSV */
static const char *const inventory =
    "Bedrijf;Adres;X Lambert;Y Lambert;Afvalstof;Hoeveelheid (ton/jaar);Verwerking;Beschikbaar vanaf;Kleur\n"
    "Hout NV;Kaai 1;228000;183000;Zaagsel;1.234,5;stort;31/01/2024;geel\n"
    "Staal & Co;Weg 2;229000,5;184000;Slakken;200;recyclage;01/02/2024;\n"
    "Hout NV;Kaai 1;228000;183000;Schors;80,25;iets raars;;bruin\n";

static void
draft_of_a_company_list(void **state)
{
  (void)state;
  write_text_file(root, "lijst.csv", inventory);
  draft_good(inside("lijst.csv"), inside("m.json"));
  const char *path = inside("m.json");
  assert_drafted(path, "\"table\": \"offer\"");
  assert_drafted(path,
                 "{\"column\": \"quantity\", \"field\": \"Hoeveelheid (ton/jaar)\", \"decimal\": \",\", \"thousands\": \".\"");
  assert_drafted(path, "{\"column\": \"unit\", \"constant\": \"t\"");
  assert_drafted(path, "\"words\": {\"stort\": \"landfill\", \"recyclage\": \"recycling\", \"iets raars\": null}");
  assert_drafted(path, "\"srs\": \"EPSG:31370\"");
  assert_drafted(path, "\"date\": \"dmy\"");
  assert_drafted(path, "{\"column\": \"Kleur\", \"field\": \"Kleur\", \"is_extra\": true");
}

/* Nothing enters before every proposal is confirmed, and each open one is named with its line. */
static void
open_proposals_are_refused(void **state)
{
  (void)state;
  write_text_file(root, "lijst.csv", inventory);
  int32_t open_count = 0;
  assert_int_equal(kn_mapping_draft(inside("lijst.csv"), inside("m.json"), NULL, &open_count, &err), KN_OK);
  assert_true(open_count > 0);
  import_bad(inside("lijst.csv"), inside("m.json"));
  int32_t told = 0;
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *one = kn_findings_get(findings, i);
    const bool is_open = strcmp(one->rule, "confirm") == 0 && strstr(one->sentence, "decision");
    told += is_open;
    if (is_open)
      assert_true(one->line > 8 && one->column_no > 1); /* below the head of the file */
  }
  assert_int_equal(told, open_count);
}

static void
confirmed_list_is_imported(void **state)
{
  (void)state;
  write_text_file(root, "lijst.csv", inventory);
  draft_good(inside("lijst.csv"), inside("m.json"));
  confirm_all(inside("m.json"), "\"iets raars\": null", "\"iets raars\": \"\"");
  kn_region *region = import_good(inside("lijst.csv"), inside("m.json"));
  assert_int_equal(kn_region_actors(region).n, 3); /* Hout NV once, although it has two rows */
  assert_int_equal(kn_region_sites(region).n, 3);
  const kn_offer_view offers = kn_region_offers(region);
  assert_int_equal(offers.n, 4);
  const int32_t dust = row_of(region, KN_T_OFFER, "offer-hout-nv-zaagsel");
  assert_true(offers.quantity[dust] == 1234.5);
  assert_int_equal(offers.from[dust], kn_date_of(2024, 1, 31));
  assert_int_equal(offers.fate[dust], 0); /* landfill is the first word of the list */
  assert_int_equal(offers.fate[row_of(region, KN_T_OFFER, "offer-hout-nv-schors")], KN_BLANK_WORD);
  assert_int_equal(offers.site[dust], row_of(region, KN_T_SITE, "site-hout-nv-kaai-1"));
  /* Lambert 72 (228000, 183000) is 5.4788 E, 50.9520 N (PROJ's cs2cs), to about 100 m. */
  const kn_site_view sites = kn_region_sites(region);
  assert_true(fabs(sites.lon[offers.site[dust]] - 5.4788) < 0.002);
  assert_true(fabs(sites.lat[offers.site[dust]] - 50.9520) < 0.002);
  const kn_table *table = kn_region_table(region, KN_T_OFFER);
  assert_int_equal(table->extra_count, 1);
  assert_string_equal(table->extra[0][dust], "geel");
  kn_region_free(region);
}

/* The next delivery: another file name, the same fields; a word that is new is refused where it stands. */
static void
mapping_is_used_again(void **state)
{
  (void)state;
  write_text_file(root, "lijst.csv", inventory);
  draft_good(inside("lijst.csv"), inside("m.json"));
  confirm_all(inside("m.json"), "\"iets raars\": null", "\"iets raars\": \"unknown\"");
  write_text_file(root, "lijst-2025.csv",
                  "Bedrijf;Adres;X Lambert;Y Lambert;Afvalstof;Hoeveelheid (ton/jaar);Verwerking;Beschikbaar vanaf;Kleur\n"
                  "Glas BV;Plein 3;230000;181000;Scherven;12;STORT;;\n");
  kn_region *region = import_good(inside("lijst-2025.csv"), inside("m.json"));
  row_of(region, KN_T_OFFER, "offer-glas-bv-scherven");
  kn_region_free(region);
  write_text_file(root, "lijst-2026.csv",
                  "Bedrijf;Adres;X Lambert;Y Lambert;Afvalstof;Hoeveelheid (ton/jaar);Verwerking;Beschikbaar vanaf;Kleur\n"
                  "Glas BV;Plein 3;230000;181000;Scherven;12,5 ton;stort;;\n"
                  "Glas BV;Plein 3;230000;181000;Gruis;1.23;omgesmolten;13/13/2024;\n");
  import_bad(inside("lijst-2026.csv"), inside("m.json"));
  assert_non_null(finding_at(findings, "number", 2, 6));
  assert_non_null(finding_at(findings, "number", 3, 6));
  const kn_finding *word = finding_at(findings, "unknown_word", 3, 7);
  assert_non_null(word);
  assert_string_equal(word->value, "omgesmolten");
  assert_string_equal(word->file, inside("lijst-2026.csv"));
  assert_string_equal(word->column, "fate");
  assert_non_null(finding_at(findings, "date", 3, 8));
}

/* Resources of the region are found by their names; others wait for the user. */
static void
values_are_matched_with_the_region(void **state)
{
  (void)state;
  put_base();
  kn_builder *builder;
  kn_region *region;
  assert_int_equal(kn_builder_new(&builder, findings, &err), KN_OK);
  assert_int_equal(kn_import_source(builder, findings, inside("base"), &KN_IMPORT_DEFAULTS, &err), KN_OK);
  assert_int_equal(kn_builder_end(builder, &region, &err), KN_OK);
  kn_builder_free(builder);
  write_text_file(root, "aanbod.csv", "id,site_id,Materiaal,quantity\na,here,hout,5\nb,here,Goud,6\n");
  assert_int_equal(kn_mapping_draft(inside("aanbod.csv"), inside("m.json"), region, NULL, &err), KN_OK);
  kn_region_free(region);
  assert_drafted(inside("m.json"), "\"words\": {\"hout\": \"wood\", \"Goud\": null}");
}

/* A CSV file as Excel saves it here: Windows-1252 is proposed, and asked. */
static void
encoding_is_proposed(void **state)
{
  (void)state;
  write_text_file(root, "l.csv", "offer_id;site_id;resource_id;quantity;description\no1;here;wood;1,5;caf\xE9 \x80\n");
  draft_good(inside("l.csv"), inside("m.json"));
  assert_drafted(inside("m.json"), "\"encoding\": \"WINDOWS-1252\", \"confirm\": false");
  import_bad(inside("l.csv"), inside("m.json"));
  assert_non_null(finding_of(findings, "confirm"));
  kn_findings_free(findings);
  assert_int_equal(kn_findings_new(&findings, 50, &err), KN_OK);
  err = (kn_error){0};
  confirm_all(inside("m.json"), NULL, NULL);
  kn_region *region = import_good(inside("l.csv"), inside("m.json"));
  const kn_table *table = kn_region_table(region, KN_T_OFFER);
  assert_string_equal(table->columns[kn_schema_find_column(table->def, "description")].text[row_of(region, KN_T_OFFER, "o1")],
                      "café €");
  kn_region_free(region);
}

/* ------------------------------------------------------------------ the flow of the command line */
static void
draft_is_put_beside_the_source(void **state)
{
  (void)state;
  write_text_file(root, "lijst.csv", inventory);
  import_bad(inside("lijst.csv"), NULL);
  assert_non_null(strstr(err.text, "--mapping"));
  assert_non_null(strstr(err.text, inside("lijst.mapping.json")));
  assert_int_equal(access(inside("lijst.mapping.json"), F_OK), 0);
  size_t before, after;
  char *first = read_bytes(inside("lijst.mapping.json"), &before);
  err = (kn_error){0};
  import_bad(inside("lijst.csv"), NULL); /* what the user may have edited is not overwritten */
  assert_non_null(strstr(err.text, "already"));
  char *second = read_bytes(inside("lijst.mapping.json"), &after);
  assert_string_equal(first, second);
  free(first);
  free(second);
  err = (kn_error){0};
  assert_int_equal(kn_mapping_draft(inside("lijst.csv"), inside("lijst.mapping.json"), NULL, NULL, &err), KN_E_INPUT);
}

/* Each way a mapping can be wrong: what is said, and on which line. */
static void
check_mapping(const char *text, const char *rule, int64_t line)
{
  write_text_file(root, "s.csv", "a,b\n1,2\n");
  write_text_file(root, "m.json", text);
  kn_findings_free(findings);
  assert_int_equal(kn_findings_new(&findings, 50, &err), KN_OK);
  err = (kn_error){0};
  import_bad(inside("s.csv"), inside("m.json"));
  bool is_told = false;
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *one = kn_findings_get(findings, i);
    is_told |= strcmp(one->rule, rule) == 0 && one->line == line && strcmp(one->file, inside("m.json")) == 0;
  }
  if (!is_told) {
    print_message("# %s\n", text);
    print_findings(findings);
  }
  assert_true(is_told);
}

#define MAPPING(entries) "{\"knoop_mapping\": 1, \"tables\": [\n" entries "\n]}"
#define TABLE(column) MAPPING("{\"layer\": \"s\", \"table\": \"offer\", \"columns\": [\n" column "]}")

static void
bad_mappings_are_refused(void **state)
{
  (void)state;
  check_mapping("{\n\"knoop_mapping\": }", "json", 2);
  check_mapping("[]", "mapping", 1);
  check_mapping("{\"knoop_mapping\": 2,\n \"tables\": []}", "mapping", 1);
  check_mapping(MAPPING("{\"table\": \"offer\"}"), "mapping", 2);
  check_mapping(MAPPING("{\"layer\": \"s\", \"table\": \"unicorn\"}"), "mapping", 2);
  check_mapping(MAPPING("{\"layer\": \"s\", \"table\": \"offer\"},\n{\"layer\": \"t\", \"table\": \"offer\"}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"colour\", \"field\": \"a\"}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"quantity\", \"field\": \"c\"}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"quantity\"}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"quantity\", \"field\": null}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"quantity\", \"field\": \"a\", \"constant\": 1}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"quantity\", \"constant\": [1]}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"quantity\", \"field\": \"a\", \"decimal\": \"x\"}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"quantity\", \"field\": \"a\", \"decimal\": \",\", \"thousands\": \",\"}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"quantity\", \"field\": \"a\", \"factor\": 0}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"from\", \"field\": \"a\", \"date\": \"later\"}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"lon\", \"is_extra\": true, \"geometry\": \"up\"}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"offer_id\", \"key_of\": []}"), "mapping", 3);
  check_mapping(TABLE("{\"column\": \"fate\", \"field\": \"a\", \"words\": {\n\"x\": null}}"), "confirm", 4);
  check_mapping(TABLE("{\"column\": \"fate\", \"field\": \"a\", \"words\": {\"x\": \"reuse\",\n\"X\": \"idle\"}}"), "mapping", 4);
  check_mapping(TABLE("{\"column\": \"fate\", \"field\": \"a\",\n \"confirm\": false}"), "confirm", 4);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(numbers_are_read_as_said),
      TEST(dates_are_read_as_said),
      TEST(notation_is_sure_or_said_not_to_be),
      TEST(words_of_four_languages_are_known),
      TEST(draft_of_a_company_list),
      TEST(open_proposals_are_refused),
      TEST(confirmed_list_is_imported),
      TEST(mapping_is_used_again),
      TEST(values_are_matched_with_the_region),
      TEST(encoding_is_proposed),
      TEST(draft_is_put_beside_the_source),
      TEST(bad_mappings_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
