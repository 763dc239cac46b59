/* Foreign files: a draft proposes and never decides, a confirmed mapping brings the rows in, damaged files end in
 * an error. The spreadsheets and GIS files are made here through OGR, so that the test needs no sample data. */
#include "text.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "formats/draft.h"

static kn_error err;
static kn_findings *findings;
static char root[256];

static int
begin(void **state)
{
  (void)state;
  err = (kn_error){0};
  fresh_folder(root);
  return kn_findings_new(&findings, 50, &err) != KN_OK;
}

static int
end(void **state)
{
  (void)state;
  kn_findings_free(findings);
  remove_folder(root);
  return 0;
}

static const char *
inside(const char *name)
{
  static char path[64][1200];
  static int next;
  char *out = path[next++ % 64];
  snprintf(out, 1200, "%s/%s", root, name);
  return out;
}

/* ------------------------------------------------------------------ what the user does with a draft */
static char *
replaced(char *text, const char *from, const char *to)
{
  const size_t a = strlen(from), b = strlen(to);
  char *at = strstr(text, from);
  while (at) {
    const size_t head = (size_t)(at - text);
    char *next = malloc(strlen(text) + b - a + 1 + (a > b ? a - b : 0));
    memcpy(next, text, head);
    memcpy(next + head, to, b);
    strcpy(next + head + b, at + a);
    free(text);
    text = next;
    at = strstr(text + head + b, from);
  }
  return text;
}

/* Confirms all, after replacing from by to (which must be there; NULL: nothing). */
static void
confirm_all(const char *path, const char *from, const char *to)
{
  size_t length = 0;
  char *text = read_bytes(path, &length);
  assert_non_null(text);
  if (from) {
    if (!strstr(text, from))
      print_message("# not there: %s\n%s\n", from, text);
    assert_non_null(strstr(text, from));
    text = replaced(text, from, to);
  }
  text = replaced(text, "\"confirm\": false", "\"confirm\": true");
  write_bytes(path, text, strlen(text));
  free(text);
}

static void
assert_drafted(const char *path, const char *entry)
{
  size_t length = 0;
  char *text = read_bytes(path, &length);
  assert_non_null(text);
  if (!strstr(text, entry))
    print_message("# expected %s in\n%s\n", entry, text);
  assert_non_null(strstr(text, entry));
  free(text);
}

static void
draft_good(const char *source, const char *path)
{
  const kn_code code = kn_mapping_draft(source, path, NULL, NULL, &err);
  if (code != KN_OK)
    print_message("# %s\n", err.text);
  assert_int_equal(code, KN_OK);
}

/* settings, and what a mapping may refer to */
static void
put_base(void)
{
  mkdir(inside("base"), 0777);
  write_text_file(inside("base"), "settings.csv", "key,value\nname,Test\n");
  write_text_file(inside("base"), "actor.csv", "actor_id,name\nme,Me\n");
  write_text_file(inside("base"), "site.csv", "site_id,actor_id,name,lon,lat\nhere,me,Here,5.5,51\n");
  write_text_file(inside("base"), "resource.csv", "resource_id,class,name,name_nl\nwood,material,Wood,Hout\n");
  write_text_file(inside("base"), "offer.csv", "offer_id,site_id,resource_id,quantity\nbase,here,wood,1\n");
}

static kn_code
import_source(kn_region **out, const char *source, const char *by)
{
  put_base();
  kn_builder *builder;
  *out = NULL;
  assert_int_equal(kn_builder_new(&builder, findings, &err), KN_OK);
  assert_int_equal(kn_import_source(builder, findings, inside("base"), &KN_IMPORT_DEFAULTS, &err), KN_OK);
  kn_code code = kn_import_source(builder, findings, source, &(kn_import_settings){.mapping = by, .thread_count = 1}, &err);
  if (code == KN_OK)
    code = kn_builder_end(builder, out, &err);
  kn_builder_free(builder);
  return code;
}

static kn_region *
import_good(const char *source, const char *by)
{
  kn_region *region;
  const kn_code code = import_source(&region, source, by);
  if (code != KN_OK) {
    print_message("# %s\n", err.text);
    print_findings(findings);
  }
  assert_int_equal(code, KN_OK);
  return region;
}

static void
import_bad(const char *source, const char *by)
{
  kn_region *region;
  assert_int_equal(import_source(&region, source, by), KN_E_INPUT);
  assert_null(region);
}

static int32_t
row_of(const kn_region *region, kn_table_id table, const char *key)
{
  const int32_t row = kn_region_find(region, table, key);
  if (row == KN_NONE)
    print_message("# no %s\n", key);
  assert_int_not_equal(row, KN_NONE);
  return row;
}

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

/* ------------------------------------------------------------------ files made through OGR */
typedef struct feature {
  const char *text[3];
  double number[2];
  const char *wkt;
} feature;

static void
make_file(const char *driver, const char *path, const char *layer, OGRwkbGeometryType geometry, int epsg,
          const char *const text_field[3], const char *const number_field[2], const feature *features, int n)
{
  GDALAllRegister();
  GDALDriverH writer = GDALGetDriverByName(driver);
  if (!writer)
    skip();
  GDALDatasetH data = GDALCreate(writer, path, 0, 0, 0, GDT_Unknown, NULL);
  assert_non_null(data);
  OGRSpatialReferenceH srs = NULL;
  if (epsg) {
    srs = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(srs, epsg);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
  }
  OGRLayerH out = GDALDatasetCreateLayer(data, layer, srs, geometry, NULL);
  assert_non_null(out);
  for (int i = 0; i < 5; i++) {
    const char *name = i < 3 ? text_field[i] : number_field[i - 3];
    if (!name)
      continue;
    OGRFieldDefnH field = OGR_Fld_Create(name, i == 2 ? OFTDate : i < 3 ? OFTString : OFTReal);
    assert_int_equal(OGR_L_CreateField(out, field, 1), OGRERR_NONE);
    OGR_Fld_Destroy(field);
  }
  for (int row = 0; row < n; row++) {
    OGRFeatureH one = OGR_F_Create(OGR_L_GetLayerDefn(out));
    int at = 0;
    for (int i = 0; i < 3; i++)
      if (text_field[i]) {
        if (features[row].text[i])
          OGR_F_SetFieldString(one, at, features[row].text[i]);
        at++;
      }
    for (int i = 0; i < 2; i++)
      if (number_field[i])
        OGR_F_SetFieldDouble(one, at++, features[row].number[i]);
    if (features[row].wkt) {
      char wkt[512], *rest = wkt;
      snprintf(wkt, sizeof wkt, "%s", features[row].wkt);
      OGRGeometryH shape = NULL;
      assert_int_equal(OGR_G_CreateFromWkt(&rest, NULL, &shape), OGRERR_NONE);
      OGR_F_SetGeometryDirectly(one, shape);
    }
    assert_int_equal(OGR_L_CreateFeature(out, one), OGRERR_NONE);
    OGR_F_Destroy(one);
  }
  if (srs)
    OSRDestroySpatialReference(srs);
  GDALClose(data);
}

static const char *const sheet_text[3] = {"offer_id", "Materiaal", "Vanaf"};
static const char *const sheet_number[2] = {"Hoeveelheid (kg)", NULL};
static const feature sheet_rows[] = {{{"o1", "wood", "2024/03/01"}, {2500.25, 0}, NULL}, {{"o2", "wood", NULL}, {1e6, 0}, NULL}};

static void
check_sheet(const char *driver, const char *name)
{
  make_file(driver, inside(name), "Reststromen", wkbNone, 0, sheet_text, sheet_number, sheet_rows, 2);
  draft_good(inside(name), inside("m.json"));
  assert_drafted(inside("m.json"), "\"layer\": \"Reststromen\", \"table\": \"offer\"");
  assert_drafted(inside("m.json"), "{\"column\": \"unit\", \"constant\": \"kg\"");
  /* no site and no company: the user says where */
  confirm_all(inside("m.json"), "{\"column\": \"site_id\", \"constant\": null",
              "{\"column\": \"site_id\", \"constant\": \"here\"");
  confirm_all(inside("m.json"), "\"prefix\": \"\"", "\"prefix\": \"x-\"");
  kn_region *region = import_good(inside(name), inside("m.json"));
  const kn_offer_view offers = kn_region_offers(region);
  const int32_t first = row_of(region, KN_T_OFFER, "o1");
  assert_true(fabs(offers.quantity[first] - 2.50025) < 1e-12);
  assert_int_equal(offers.from[first], kn_date_of(2024, 3, 1));
  assert_true(offers.quantity[row_of(region, KN_T_OFFER, "o2")] == 1000);
  kn_region_free(region);
  assert_int_equal(unlink(inside("m.json")), 0);
}

static void
spreadsheets_are_read(void **state)
{
  (void)state;
  check_sheet("XLSX", "stromen.xlsx");
  check_sheet("ODS", "stromen.ods");
}

/* A wrong cell is named with the row of the sheet: the header is row 1. */
static void
cells_of_sheets_have_row_and_column(void **state)
{
  (void)state;
  const feature rows[] = {{{"o1", "wood", NULL}, {1, 0}, NULL}, {{"o2", "unicorn", NULL}, {-5, 0}, NULL}};
  make_file("XLSX", inside("s.xlsx"), "Blad", wkbNone, 0, (const char *const[]){"offer_id", "resource_id", NULL},
            (const char *const[]){"quantity", NULL}, rows, 2);
  draft_good(inside("s.xlsx"), inside("m.json"));
  confirm_all(inside("m.json"), "\"constant\": null", "\"constant\": \"here\"");
  import_bad(inside("s.xlsx"), inside("m.json"));
  bool has_quantity = false, has_resource = false;
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *one = kn_findings_get(findings, i);
    has_quantity |= one->line == 3 && one->column_no == 3 && strcmp(one->column, "quantity") == 0;
    has_resource |= one->line == 3 && one->column_no == 2 && strcmp(one->column, "resource_id") == 0;
  }
  if (!has_quantity || !has_resource)
    print_findings(findings);
  assert_true(has_quantity && has_resource);
}

static const char *const place_text[3] = {"site_id", "name", NULL};
static const char *const no_number[2] = {NULL, NULL};
static const feature places[] = {{{"kaai", "Kaai", NULL}, {0, 0}, "POINT (228000 183000)"}};

static void
check_points(const char *driver, const char *name)
{
  make_file(driver, inside(name), "sites", wkbPoint, 31370, place_text, no_number, places, 1);
  draft_good(inside(name), inside("m.json"));
  assert_drafted(inside("m.json"), "\"table\": \"site\"");
  confirm_all(inside("m.json"), "{\"column\": \"actor_id\", \"constant\": null",
              "{\"column\": \"actor_id\", \"constant\": \"me\"");
  kn_region *region = import_good(inside(name), inside("m.json"));
  const kn_site_view sites = kn_region_sites(region);
  const int32_t row = row_of(region, KN_T_SITE, "kaai");
  assert_true(fabs(sites.lon[row] - 5.4788) < 0.002 && fabs(sites.lat[row] - 50.9520) < 0.002);
  kn_region_free(region);
  assert_int_equal(unlink(inside("m.json")), 0);
}

static void
points_come_as_wgs84(void **state)
{
  (void)state;
  check_points("ESRI Shapefile", "sites.shp");
  check_points("GPKG", "sites.gpkg");
  check_points("GML", "sites.gml");
  assert_int_equal(access(inside("sites.gfs"), F_OK), -1); /* reading leaves nothing beside the file */
}

/* Areas from a GIS file hold their polygon: the site at 5.5 E, 51 N then lies in one. */
static void
polygons_become_areas(void **state)
{
  (void)state;
  const feature areas[] = {
      {{"genk", "Genk", NULL}, {0, 0}, "POLYGON ((5 50.5, 6 50.5, 6 51.5, 5 51.5, 5 50.5))"},
      {{"ver", "Ver", NULL}, {0, 0}, "MULTIPOLYGON Z (((1 1 7, 2 1 7, 2 2 7, 1 1 7)))"},
  };
  make_file("GPKG", inside("a.gpkg"), "gemeenten", wkbUnknown, 4326, (const char *const[]){"area_id", "Gemeente", NULL},
            no_number, areas, 2);
  draft_good(inside("a.gpkg"), inside("m.json"));
  assert_drafted(inside("m.json"), "\"table\": \"area\"");
  confirm_all(inside("m.json"), NULL, NULL);
  kn_region *region = import_good(inside("a.gpkg"), inside("m.json"));
  const uint8_t *wkb;
  size_t length = 0;
  assert_true(kn_region_area_wkb(region, row_of(region, KN_T_AREA, "genk"), &wkb, &length));
  assert_true(kn_region_area_wkb(region, row_of(region, KN_T_AREA, "ver"), &wkb, &length));
  assert_int_equal(kn_region_sites(region).area[row_of(region, KN_T_SITE, "here")], row_of(region, KN_T_AREA, "genk"));
  kn_region_free(region);
}

/* ------------------------------------------------------------------ damage */
static void
must_not_read(const char *path)
{
  err = (kn_error){0};
  unlink(inside("m.json"));
  const kn_code code = kn_mapping_draft(path, inside("m.json"), NULL, NULL, &err);
  assert_int_equal(code, KN_E_INPUT);
  assert_int_equal(access(inside("m.json"), F_OK), -1);
  assert_non_null(strstr(err.text, path));
}

static void
truncated_spreadsheets_are_refused(void **state)
{
  (void)state;
  make_file("XLSX", inside("s.xlsx"), "Blad", wkbNone, 0, sheet_text, sheet_number, sheet_rows, 2);
  size_t length = 0;
  char *bytes = read_bytes(inside("s.xlsx"), &length);
  for (size_t cut = 0; cut < length; cut += 1 + length / 40) {
    write_bytes(inside("cut.xlsx"), bytes, cut);
    must_not_read(inside("cut.xlsx"));
  }
  free(bytes);
}

/* Damage inside may leave something to read; it must end in an answer either way, without a crash. */
static void
damaged_files_end_in_an_answer(void **state)
{
  (void)state;
  static const struct {
    const char *driver, *name;
  } kinds[] = {{"ESRI Shapefile", "s.shp"}, {"GPKG", "s.gpkg"}, {"GML", "s.gml"}, {"GeoJSON", "s.geojson"}, {"ODS", "s.ods"}};
  uint32_t seed = 7;
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    make_file(kinds[k].driver, inside(kinds[k].name), "sites", wkbPoint, 4326, place_text, no_number, places, 1);
    size_t length = 0;
    char *bytes = read_bytes(inside(kinds[k].name), &length);
    for (int round = 0; round < 24; round++) {
      char *copy = malloc(length + 1);
      memcpy(copy, bytes, length);
      for (int hit = 0; hit < 8; hit++) {
        seed = seed * 1664525u + 1013904223u;
        copy[(seed >> 8) % length] = (char)(seed >> 24);
      }
      write_bytes(inside(kinds[k].name), copy, round % 2 ? length : length * (size_t)round / 24);
      free(copy);
      err = (kn_error){0};
      unlink(inside("m.json"));
      const kn_code code = kn_mapping_draft(inside(kinds[k].name), inside("m.json"), NULL, NULL, &err);
      assert_true(code == KN_OK || (code == KN_E_INPUT && *err.text));
    }
    free(bytes);
  }
}

static void
random_bytes_are_refused(void **state)
{
  (void)state;
  uint32_t seed = 3;
  static const char *const names[] = {"r.xlsx", "r.ods", "r.shp", "r.gpkg", "r.gml", "r.bin", "r.csv"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char bytes[4096];
    for (size_t b = 0; b < sizeof bytes; b++) {
      seed = seed * 1664525u + 1013904223u;
      bytes[b] = (char)(seed >> 24);
    }
    write_bytes(inside(names[i]), bytes, sizeof bytes);
    must_not_read(inside(names[i]));
  }
}

/* Only files: no address, no virtual file system of GDAL. */
static void
addresses_are_not_followed(void **state)
{
  (void)state;
  kn_source_kind kind;
  assert_int_equal(kn_source_look(&kind, "/vsicurl/http://localhost/x.shp", &err), KN_E_IO);
  assert_int_equal(kn_source_look(&kind, "http://localhost/x.xlsx", &err), KN_E_IO);
  write_text_file(root, "v.vrt",
                  "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
                  "</OGRVRTDataSource>");
  must_not_read(inside("v.vrt"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
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
      TEST(spreadsheets_are_read),
      TEST(cells_of_sheets_have_row_and_column),
      TEST(points_come_as_wgs84),
      TEST(polygons_become_areas),
      TEST(truncated_spreadsheets_are_refused),
      TEST(damaged_files_end_in_an_answer),
      TEST(random_bytes_are_refused),
      TEST(addresses_are_not_followed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
