/* Data packages: what is read, what is refused and where. The packages are made in the test, so that a reader sees the bytes. */
#include "package.h"

/* ------------------------------------------------------------------ reading */
static void
small_package_is_read(void **state)
{
  (void)state;
  put_small("p");
  kn_region *region = import_good(inside("p"));
  const kn_offer_view offers = kn_region_offers(region);
  assert_int_equal(offers.n, 1);
  assert_true(offers.quantity[0] == 12.5);
  assert_string_equal(kn_region_settings(region).name, "Test");
  kn_region_free(region);
}

/* A Belgian spreadsheet saves ; and decimal commas, with a byte order mark and CRLF: the same region. */
static void
belgian_spreadsheet_is_the_same_region(void **state)
{
  (void)state;
  put_small("p");
  put_small("q");
  put("q", "offer.csv", "\xEF\xBB\xBFoffer_id;site_id;resource_id;quantity\r\no1;s1;wood;12,5\r\n");
  put("q", "site.csv", "site_id;actor_id;name;lon;lat\r\ns1;a1;Site;5,5;50,95\r\n");
  kn_region *plain = import_good(inside("p")), *belgian = import_good(inside("q"));
  char left[65], right[65];
  assert_int_equal(kn_region_digest(plain, left, &err), KN_OK);
  assert_int_equal(kn_region_digest(belgian, right, &err), KN_OK);
  assert_string_equal(left, right);
  const kn_finding *told = finding_of(findings, "detected");
  assert_non_null(told);
  assert_non_null(strstr(told->sentence, "semicolon"));
  kn_region_free(plain);
  kn_region_free(belgian);
}

static void
required_files_are_asked_for(void **state)
{
  (void)state;
  put_small("p");
  unlink(inside("p/actor.csv"));
  unlink(inside("p/offer.csv"));
  import_bad(inside("p"));
  int missing = 0;
  for (int64_t i = 0; i < kn_findings_kept(findings); i++)
    missing += strcmp(kn_findings_get(findings, i)->rule, "missing_file") == 0;
  assert_int_equal(missing, 2);
}

static void
part_of_a_region_is_enough_without_is_whole(void **state)
{
  (void)state;
  put("p", "source.csv", "source_id,title\ns,Survey\n");
  kn_builder *builder;
  assert_int_equal(kn_builder_new(&builder, findings, &err), KN_OK);
  assert_int_equal(kn_import_source(builder, findings, inside("p"), &KN_IMPORT_DEFAULTS, &err), KN_OK);
  assert_int_equal(kn_findings_count(findings, KN_ERROR), 0);
  kn_builder_free(builder);
}

static void
unknown_files_are_told(void **state)
{
  (void)state;
  put_small("p");
  put("p", "offers.csv", "a,b\n");
  put("p", "README.md", "hello\n");
  put("p", ".hidden", "");
  kn_region_free(import_good(inside("p")));
  assert_int_equal(kn_findings_count(findings, KN_WARNING), 1);
  const kn_finding *told = NULL;
  for (int64_t i = 0; i < kn_findings_kept(findings); i++)
    if (kn_findings_get(findings, i)->severity == KN_WARNING)
      told = kn_findings_get(findings, i);
  assert_string_equal(told->rule, "unknown_file");
  assert_non_null(strstr(told->proposal, "offer.csv"));
}

static void
refused_values_have_file_line_and_cell(void **state)
{
  (void)state;
  put_small("p");
  put("p", "offer.csv",
      "offer_id,site_id,resource_id,quantity,fate\n"
      "o1,s1,wood,12 t,\n"
      "\"o\n2\",s1,wood,1,\n"
      "o3,s1,wood,1,stort\n"
      "o4,nowhere,wood,1,\n"
      "o5,s1,wood,,\n");
  import_bad(inside("p"));
  static const struct {
    int64_t line, column_no;
    const char *column;
  } want[] = {{2, 4, "quantity"}, {5, 5, "fate"}, {6, 2, "site_id"}, {7, 4, "quantity"}};
  for (size_t w = 0; w < 4; w++) {
    const kn_finding *hit = NULL;
    for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
      const kn_finding *one = kn_findings_get(findings, i);
      if (one->line == want[w].line && one->column_no == want[w].column_no)
        hit = one;
    }
    if (!hit)
      print_findings(findings);
    assert_non_null(hit);
    assert_string_equal(hit->file, inside("p/offer.csv"));
    assert_string_equal(hit->column, want[w].column);
  }
  assert_int_equal(kn_findings_count(findings, KN_ERROR), 4);
}

/* 50 findings of a file are kept, all are counted. */
static void
findings_are_counted_beyond_fifty(void **state)
{
  (void)state;
  put_small("p");
  char text[8192] = "offer_id,site_id,resource_id,quantity\n";
  size_t n = strlen(text);
  for (int i = 0; i < 200; i++)
    n += (size_t)snprintf(text + n, sizeof text - n, "o%d,s1,wood\n", i);
  put("p", "offer.csv", text);
  import_bad(inside("p"));
  assert_int_equal(kn_findings_kept(findings), 50);
  assert_true(kn_findings_of_file(findings, inside("p/offer.csv")) >= 200);
}

/* ------------------------------------------------------------------ datapackage.json */
static void
descriptor_says_dialect_encoding_and_blanks(void **state)
{
  (void)state;
  put_small("p");
  mkdir(inside("p/data"), 0777);
  write_text_file(inside("p"), "data/mijn-aanbod.csv",
                  "offer_id| site_id|resource_id|quantity|fate|description\n"
                  "o1| s1|wood|12,5|NA|'caf\xE9 | bar'\n");
  put("p", "datapackage.json",
      "{\"name\": \"t\", \"resources\": [\n"
      " {\"name\": \"settings\", \"path\": \"settings.csv\"}, {\"name\": \"actor\", \"path\": \"actor.csv\"},\n"
      " {\"name\": \"site\", \"path\": [\"site.csv\"]}, {\"name\": \"resource\", \"path\": \"resource.csv\"},\n"
      " {\"name\": \"offer\", \"path\": \"data/mijn-aanbod.csv\", \"encoding\": \"iso-8859-1\",\n"
      "  \"dialect\": {\"delimiter\": \"|\", \"quoteChar\": \"'\", \"skipInitialSpace\": true},\n"
      "  \"schema\": {\"missingValues\": [\"\", \"NA\"], \"fields\": [{\"name\": \"quantity\", \"type\": \"number\",\n"
      "   \"decimalChar\": \",\"}]}}]}\n");
  kn_region *region = import_good(inside("p"));
  const kn_offer_view offers = kn_region_offers(region);
  assert_true(offers.quantity[0] == 12.5);
  const kn_table *table = kn_region_table(region, KN_T_OFFER);
  const int32_t column = kn_schema_find_column(table->def, "description");
  assert_string_equal(table->columns[column].text[0], "café | bar");
  assert_non_null(finding_of(findings, "unknown_file")); /* offer.csv lies there too, not named */
  kn_region_free(region);
}

static void
check_descriptor(const char *text, const char *rule, int64_t line)
{
  put_small("p");
  put("p", "datapackage.json", text);
  kn_findings_free(findings);
  assert_int_equal(kn_findings_new(&findings, 50, &err), KN_OK);
  import_bad(inside("p"));
  bool is_told = false;
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *one = kn_findings_get(findings, i);
    is_told |= strcmp(one->rule, rule) == 0 && one->line == line;
  }
  if (!is_told)
    print_findings(findings);
  assert_true(is_told);
}

static void
bad_descriptors_are_refused(void **state)
{
  (void)state;
  check_descriptor("{\n \"resources\": [}\n", "json", 2);
  check_descriptor("{\n \"name\": \"x\"}\n", "json", 1);
  check_descriptor("{\"resources\": [\n\n{\"name\": \"offer\", \"path\": \"../offer.csv\"}]}", "path", 3);
  check_descriptor("{\"resources\": [\n\n{\"name\": \"offer\", \"path\": \"https://x/offer.csv\"}]}", "path", 3);
  check_descriptor("{\"resources\": [\n{\"name\": \"offer\", \"path\": \"gone.csv\"}]}", "missing_file", 0);
  check_descriptor("{\"resources\": [\n{\"name\": \"offer\", \"path\": \"offer.csv\"},\n"
                   "{\"name\": \"offer\", \"path\": \"offer.csv\"}]}",
                   "doubled_resource", 3);
  check_descriptor("{\"resources\": [\n{\"name\": \"offer\", \"path\": \"offer.csv\", \"dialect\": {\"delimiter\": \"ab\"}}]}",
                   "dialect", 2);
  check_descriptor("{\"resources\": [\n{\"name\": \"offer\", \"path\": \"offer.csv\", \"dialect\": {\"header\": false}}]}",
                   "dialect", 2);
  check_descriptor("{\"resources\": [\n{\"name\": \"offer\", \"path\": \"offer.csv\", \"dialect\": {\"escapeChar\": \"x\"}}]}",
                   "dialect", 2);
  check_descriptor("{\"resources\": [\n{\"name\": \"offer\", \"path\": \"offer.csv\", \"encoding\": \"klingon\"}]}", "encoding",
                   1);
  check_descriptor("{\"resources\": [\n{\"name\": \"unicorn\", \"path\": \"offer.csv\"}]}", "unknown_resource", 2);
}

/* ------------------------------------------------------------------ areas */
static void
check_areas(const char *text, const char *rule, int64_t line, kn_severity severity)
{
  put_small("p");
  put("p", "area.csv", AREA_TABLE);
  put("p", "area.geojson", text);
  kn_findings_free(findings);
  assert_int_equal(kn_findings_new(&findings, 50, &err), KN_OK);
  if (severity == KN_ERROR)
    import_bad(inside("p"));
  else
    kn_region_free(import_good(inside("p")));
  const kn_finding *told = finding_of(findings, rule);
  if (!told || told->line != line)
    print_findings(findings);
  assert_non_null(told);
  assert_int_equal(told->line, line);
  assert_int_equal(told->severity, severity);
  assert_string_equal(told->file, inside("p/area.geojson"));
}

static void
bad_areas_are_named(void **state)
{
  (void)state;
  check_areas("{\n,}", "json", 2, KN_ERROR);
  check_areas("{\"type\":\"Feature\"}", "geometry", 1, KN_ERROR);
  check_areas(COLLECTION(FEATURE("\"park\"", POLYGON("[" RING "]")) ",\n" FEATURE("\"park\"", POLYGON("[" RING "]"))), "geometry",
              3, KN_ERROR);
  check_areas(COLLECTION("{\"type\":\"Feature\",\"properties\":{},\"geometry\":null}"), "geometry", 2, KN_ERROR);
  check_areas(COLLECTION(FEATURE("\"park\"", POLYGON("[[[5,50],[6,50],[5,50]]]"))), "geometry", 2, KN_ERROR);
  check_areas(COLLECTION(FEATURE("\"park\"", POLYGON("[[[5,50],[6,50],[6,51],[5,51]]]"))), "geometry", 2, KN_ERROR);
  check_areas(COLLECTION(FEATURE("\"park\"", POLYGON("[[[230000,180000],[6,50],[6,51],[230000,180000]]]"))), "geometry", 2,
              KN_ERROR);
  check_areas(COLLECTION(FEATURE("\"park\"", POLYGON("[[[5,\"x\"],[6,50],[6,51],[5,50]]]"))), "geometry", 2, KN_ERROR);
  check_areas(COLLECTION(FEATURE("\"park\"", POLYGON("[]"))), "geometry", 2, KN_ERROR);
  check_areas(COLLECTION(FEATURE("\"park\"", "{\"type\":\"Point\",\"coordinates\":[5,50]}")), "geometry", 2, KN_ERROR);
  check_areas(COLLECTION(FEATURE("\"park\"", "null")), "geometry", 2, KN_WARNING);
  check_areas("{\"type\":\"FeatureCollection\",\n\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:31370\"}},"
              "\"features\":[]}",
              "crs", 2, KN_ERROR);
}

/* A number as area_id, a hole, a multipolygon, coordinates of 17 digits: all come back as written. */
static void
areas_round_trip(void **state)
{
  (void)state;
  put_small("p");
  put("p", "area.csv", AREA_TABLE);
  const char *text =
      "{\"type\":\"FeatureCollection\",\"features\":[\n"
      "{\"type\":\"Feature\",\"properties\":{\"area_id\":\"park\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
      "[[[5,50],[6.123456789012345,50],[6,51],[5,51],[5,50]],[[5.2,50.2],[5.2,50.4],[5.4,50.4],[5.2,50.2]]]}},\n"
      "{\"type\":\"Feature\",\"properties\":{\"area_id\":\"7\"},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":"
      "[[[[1,1],[2,1],[2,2],[1,1]]],[[[-3.5,1],[-2,1],[-2,0.1],[-3.5,1]]]]}}\n]}\n";
  put("p", "area.geojson", text);
  check_round_trip(inside("p"));
  assert_file(inside("one/area.geojson"), text);
}

/* ------------------------------------------------------------------ links */
static const char *const node_table = "node_id,lon,lat\nn1,5,51\nn2,5.1,51\n";
static const char *const link_table = "link_id,from_id,to_id,kind,km\nl1,n1,n2,road,\nl2,n2,n1,water,9\n";
#define LINE(coordinates) "{\"type\":\"LineString\",\"coordinates\":" coordinates "}"
#define LINK(id, geometry) "{\"type\":\"Feature\",\"properties\":{\"link_id\":" id "},\"geometry\":" geometry "}"

static void
links_round_trip(void **state)
{
  (void)state;
  put_small("p");
  put("p", "node.csv", node_table);
  put("p", "link.csv", link_table);
  const char *text = "{\"type\":\"FeatureCollection\",\"features\":[\n" LINK(
      "\"l1\"", LINE("[[5,51],[5.05,51.12345678901234],[5.1,51]]")) "\n]}\n";
  put("p", "link.geojson", text);
  put("p", "terminal.csv", "terminal_id,name,lon,lat,kinds\nt1,Quay,5.05,51,road;water\n");
  put("p", "tariff.csv", "from_id,to_id,resource_id,class,mode_id,eur\ns1,t1,wood,,truck,3\ns1,t1,,material,truck,4\n");
  check_round_trip(inside("p"));
  assert_file(inside("one/link.geojson"), text);
}

static void
broken_lines_are_refused(void **state)
{
  (void)state;
  static const struct {
    const char *feature, *says;
  } cases[] = {
      {LINK("\"l9\"", LINE("[[5,51],[6,51]]")), "l9"},
      {LINK("\"l1\"", LINE("[[5,51]]")), "fewer than two"},
      {LINK("\"l1\"", LINE("[[5,51],[6,95]]")), "outside"},
      {LINK("\"l1\"", LINE("[[5,51],[6]]")), "[lon, lat]"},
      {LINK("\"l1\"", POLYGON("[[[5,50],[6,50],[6,51],[5,50]]]")), "no LineString"},
      {"{\"type\":\"Feature\",\"properties\":{\"area_id\":\"l1\"},\"geometry\":null}", "link_id"},
      {LINK("\"l1\"", LINE("[[5,51],[6,51]]")) "," LINK("\"l1\"", LINE("[[5,51],[6,51]]")), "already"},
  };
  put_small("p");
  put("p", "node.csv", node_table);
  put("p", "link.csv", link_table);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[1000];
    snprintf(text, sizeof text, "{\"type\":\"FeatureCollection\",\"features\":[%s]}", cases[i].feature);
    put("p", "link.geojson", text);
    kn_findings_free(findings);
    assert_int_equal(kn_findings_new(&findings, 50, &err), KN_OK);
    kn_region *region;
    assert_int_equal(import_into(&region, inside("p"), &KN_IMPORT_DEFAULTS), KN_E_INPUT);
    assert_int_equal(kn_findings_count(findings, KN_ERROR), 1);
    assert_string_equal(kn_findings_get(findings, 0)->file, inside("p/link.geojson"));
    assert_non_null(strstr(kn_findings_get(findings, 0)->sentence, cases[i].says));
  }
}

/* ------------------------------------------------------------------ which source */
static void
sources_are_told_apart(void **state)
{
  (void)state;
  put_small("p");
  put("empty", "notes.txt", "x");
  kn_source_kind kind;
  assert_int_equal(kn_source_look(&kind, inside("p"), &err), KN_OK);
  assert_int_equal(kind, KN_SOURCE_PACKAGE);
  assert_int_equal(kn_source_look(&kind, inside("p/offer.csv"), &err), KN_OK);
  assert_int_equal(kind, KN_SOURCE_TABLE);
  assert_int_equal(kn_source_look(&kind, inside("empty/notes.txt"), &err), KN_OK);
  assert_int_equal(kind, KN_SOURCE_FOREIGN);
  assert_int_equal(kn_source_look(&kind, inside("empty"), &err), KN_E_INPUT);
  err = (kn_error){0};
  assert_int_equal(kn_source_look(&kind, inside("gone"), &err), KN_E_IO);
  assert_int_equal(mkfifo(inside("pipe"), 0600), 0);
  err = (kn_error){0};
  assert_int_equal(kn_source_look(&kind, inside("pipe"), &err), KN_E_INPUT);
}

/* Several sources fill one builder; datapackage.json stands for its folder. */
static void
sources_add_up(void **state)
{
  (void)state;
  put_small("p");
  put("more", "offer.csv", "offer_id,site_id,resource_id,quantity\no2,s1,wood,3\n");
  kn_builder *builder;
  kn_region *region;
  write_text_file(inside("p"), "datapackage.json",
                  "{\"resources\": [{\"name\": \"settings\", \"path\": \"settings.csv\"}, {\"name\": \"actor\", \"path\": "
                  "\"actor.csv\"}, {\"name\": \"site\", \"path\": \"site.csv\"}, {\"name\": \"resource\", \"path\": "
                  "\"resource.csv\"}, {\"name\": \"offer\", \"path\": \"offer.csv\"}]}");
  assert_int_equal(kn_builder_new(&builder, findings, &err), KN_OK);
  assert_int_equal(kn_import_source(builder, findings, inside("p/datapackage.json"), &KN_IMPORT_DEFAULTS, &err), KN_OK);
  assert_int_equal(kn_import_source(builder, findings, inside("more/offer.csv"), &KN_IMPORT_DEFAULTS, &err), KN_OK);
  assert_int_equal(kn_builder_end(builder, &region, &err), KN_OK);
  assert_int_equal(kn_region_offers(region).n, 2);
  kn_builder_free(builder);
  kn_region_free(region);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(small_package_is_read),
      TEST(belgian_spreadsheet_is_the_same_region),
      TEST(required_files_are_asked_for),
      TEST(part_of_a_region_is_enough_without_is_whole),
      TEST(unknown_files_are_told),
      TEST(refused_values_have_file_line_and_cell),
      TEST(findings_are_counted_beyond_fifty),
      TEST(descriptor_says_dialect_encoding_and_blanks),
      TEST(bad_descriptors_are_refused),
      TEST(bad_areas_are_named),
      TEST(areas_round_trip),
      TEST(links_round_trip),
      TEST(broken_lines_are_refused),
      TEST(sources_are_told_apart),
      TEST(sources_add_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
