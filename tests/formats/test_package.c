/* Data packages: what is read, what is refused and where; what is written comes back byte for byte. The packages
 * are made in the test, so that a reader sees the bytes. */
#include "text.h"

#include <dirent.h>
#include <fcntl.h>

#include <jansson.h>

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

static void
put(const char *folder, const char *name, const char *text)
{
  mkdir(inside(folder), 0777);
  write_text_file(inside(folder), name, text);
}

/* The smallest region that can be imported: one actor, site, resource and offer. */
static void
put_small(const char *folder)
{
  put(folder, "settings.csv", "key,value\nname,Test\nplan_year,2030\n");
  put(folder, "actor.csv", "actor_id,name\na1,Actor\n");
  put(folder, "site.csv", "site_id,actor_id,name,lon,lat\ns1,a1,Site,5.5,50.95\n");
  put(folder, "resource.csv", "resource_id,class,name\nwood,material,Wood\n");
  put(folder, "offer.csv", "offer_id,site_id,resource_id,quantity\no1,s1,wood,12.5\n");
}

static kn_code
import_into(kn_region **out, const char *path, const kn_import_settings *settings)
{
  kn_builder *builder;
  *out = NULL;
  assert_int_equal(kn_builder_new(&builder, findings, &err), KN_OK);
  kn_code code = kn_import_source(builder, findings, path, settings, &err);
  if (code == KN_OK)
    code = kn_builder_end(builder, out, &err);
  kn_builder_free(builder);
  return code;
}

static kn_region *
import_good(const char *path)
{
  kn_region *region;
  const kn_code code = import_into(&region, path, &(kn_import_settings){.is_whole = true, .thread_count = 1});
  if (code != KN_OK) {
    print_message("# %s\n", err.text);
    print_findings(findings);
  }
  assert_int_equal(code, KN_OK);
  return region;
}

/* The import must fail, and not because of the machine. */
static void
import_bad(const char *path)
{
  kn_region *region;
  assert_int_equal(import_into(&region, path, &(kn_import_settings){.is_whole = true, .thread_count = 1}), KN_E_INPUT);
  assert_null(region);
  err = (kn_error){0};
}

static void
export_good(const kn_region *region, const char *folder)
{
  const kn_code code = kn_package_write(region, folder, NULL, &err);
  if (code != KN_OK)
    print_message("# %s\n", err.text);
  assert_int_equal(code, KN_OK);
}

static int
count_files(const char *folder)
{
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  int n = 0;
  while (readdir(dir))
    n++;
  closedir(dir);
  return n - 2;
}

static void
assert_same_folders(const char *a, const char *b)
{
  DIR *dir = opendir(a);
  assert_non_null(dir);
  assert_int_equal(count_files(a), count_files(b));
  for (const struct dirent *entry; (entry = readdir(dir));) {
    if (entry->d_name[0] == '.')
      continue;
    char left[900], right[900];
    snprintf(left, sizeof left, "%s/%s", a, entry->d_name);
    snprintf(right, sizeof right, "%s/%s", b, entry->d_name);
    size_t left_length = 0, right_length = 0;
    char *left_bytes = read_bytes(left, &left_length), *right_bytes = read_bytes(right, &right_length);
    assert_non_null(right_bytes);
    assert_int_equal(left_length, right_length);
    assert_memory_equal(left_bytes, right_bytes, left_length);
    free(left_bytes);
    free(right_bytes);
  }
  closedir(dir);
}

static void
assert_file(const char *path, const char *text)
{
  size_t length = 0;
  char *bytes = read_bytes(path, &length);
  assert_non_null(bytes);
  assert_string_equal(bytes, text);
  free(bytes);
}

/* export -> import -> export gives the same bytes, and the same region. */
static void
check_round_trip(const char *source)
{
  kn_region *first = import_good(source);
  export_good(first, inside("one"));
  kn_region *second = import_good(inside("one"));
  export_good(second, inside("two"));
  assert_same_folders(inside("one"), inside("two"));
  char left[65], right[65];
  assert_int_equal(kn_region_digest(first, left, &err), KN_OK);
  assert_int_equal(kn_region_digest(second, right, &err), KN_OK);
  assert_string_equal(left, right);
  kn_region_free(first);
  kn_region_free(second);
}

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
static const char *const area_table = "area_id,name,level\npark,Park,park\n7,Seven,municipality\n";
#define RING "[[5,50],[6,50],[6,51],[5,51],[5,50]]"

static void
check_areas(const char *text, const char *rule, int64_t line, kn_severity severity)
{
  put_small("p");
  put("p", "area.csv", area_table);
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

#define FEATURE(key, geometry) "{\"type\":\"Feature\",\"properties\":{\"area_id\":" key "},\"geometry\":" geometry "}"
#define POLYGON(rings) "{\"type\":\"Polygon\",\"coordinates\":" rings "}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[\n" features "\n]}\n"

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
  put("p", "area.csv", area_table);
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

/* ------------------------------------------------------------------ writing */
static void
shared_cases_round_trip(void **state)
{
  (void)state;
  static const char *const cases[] = {"exchange-300", "mixed-200", "mixed-40"};
  if (access(KN_SOURCE_ROOT "/../shared/cases/plan", F_OK) != 0)
    skip();
  for (size_t i = 0; i < 3; i++) {
    char path[512];
    snprintf(path, sizeof path, KN_SOURCE_ROOT "/../shared/cases/plan/%s", cases[i]);
    check_round_trip(path);
    remove_folder(inside("one"));
    remove_folder(inside("two"));
  }
}

/* Quotes, separators, newlines of each kind, blanks at the ends, letters of four bytes, extra columns, dates, words. */
static void
odd_texts_round_trip(void **state)
{
  (void)state;
  put_small("p");
  put("p", "offer.csv",
      "kleur,offer_id,site_id,resource_id,quantity,fate,from,description,\"a \"\"b\"\", c\"\n"
      "rood,o1,s1,wood,1e3,landfill,2024,\"say \"\"hi\"\", twice\",\n"
      ",o2,s1,wood,0.1,,2024-02-29,\"two\r\nlines\nand\rmore\",\"x\n\"\n"
      "\"; 1,5\",o3,s1,wood,100000000000000000000,,,\" blanks \",𝄞 ÿ 中\n");
  check_round_trip(inside("p"));
  assert_file(inside("one/offer.csv"), "offer_id,site_id,resource_id,quantity,fate,from,description,kleur,\"a \"\"b\"\", c\"\n"
                                       "o1,s1,wood,1000,landfill,2024-01-01,\"say \"\"hi\"\", twice\",rood,\n"
                                       "o2,s1,wood,0.1,,2024-02-29,\"two\r\nlines\nand\rmore\",,\"x\n\"\n"
                                       "o3,s1,wood,1e20,,, blanks ,\"; 1,5\",𝄞 ÿ 中\n");
}

/* Figures in another unit are converted once, and the export says the unit it has. */
static void
units_round_trip(void **state)
{
  (void)state;
  put_small("p");
  put("p", "offer.csv", "offer_id,site_id,resource_id,quantity,unit,fate_eur\no1,s1,wood,2500,kg,0.1\no2,s1,wood,3,,5\n");
  check_round_trip(inside("p"));
  kn_region *region = import_good(inside("one"));
  assert_true(kn_region_offers(region).quantity[0] == 2.5);
  kn_region_free(region);
}

/* Every table of the export is described: each column once, in order, with a type that Frictionless knows, keys
 * and references that exist. A check of its own, written from the specification. */
static void
check_fields(const json_t *resource, const char *header)
{
  static const char *const types[] = {"string", "number", "integer", "boolean", "date", "any"};
  const json_t *fields = json_object_get(json_object_get(resource, "schema"), "fields");
  assert_true(json_array_size(fields) > 0);
  for (size_t i = 0; i < json_array_size(fields); i++) {
    const json_t *field = json_array_get(fields, i);
    const char *name = json_string_value(json_object_get(field, "name"));
    const char *type = json_string_value(json_object_get(field, "type"));
    const size_t length = strlen(name);
    assert_memory_equal(header, name, length); /* plain names only here */
    header += length;
    assert_int_equal(*header, i + 1 < json_array_size(fields) ? ',' : '\n');
    header++;
    bool is_type = false;
    for (size_t t = 0; t < 6; t++)
      is_type |= strcmp(types[t], type) == 0;
    assert_true(is_type);
  }
}

static bool
has_field(const json_t *resource, const char *name)
{
  const json_t *fields = json_object_get(json_object_get(resource, "schema"), "fields");
  for (size_t i = 0; i < json_array_size(fields); i++)
    if (strcmp(json_string_value(json_object_get(json_array_get(fields, i), "name")), name) == 0)
      return true;
  return false;
}

static const json_t *
resource_named(const json_t *package, const char *name)
{
  const json_t *resources = json_object_get(package, "resources");
  for (size_t i = 0; i < json_array_size(resources); i++)
    if (strcmp(json_string_value(json_object_get(json_array_get(resources, i), "name")), name) == 0)
      return json_array_get(resources, i);
  return NULL;
}

static void
check_keys(const json_t *package, const json_t *resource)
{
  const json_t *schema = json_object_get(resource, "schema");
  const json_t *key = json_object_get(schema, "primaryKey");
  if (json_is_string(key))
    assert_true(has_field(resource, json_string_value(key)));
  for (size_t i = 0; i < json_array_size(key); i++)
    assert_true(has_field(resource, json_string_value(json_array_get(key, i))));
  const json_t *foreign = json_object_get(schema, "foreignKeys");
  for (size_t i = 0; i < json_array_size(foreign); i++) {
    const json_t *one = json_array_get(foreign, i), *reference = json_object_get(one, "reference");
    assert_true(has_field(resource, json_string_value(json_object_get(one, "fields"))));
    const char *name = json_string_value(json_object_get(reference, "resource"));
    const json_t *target = *name ? resource_named(package, name) : resource;
    assert_non_null(target);
    assert_true(has_field(target, json_string_value(json_object_get(reference, "fields"))));
  }
}

static void
descriptor_describes_every_column(void **state)
{
  (void)state;
  put_small("p");
  put("p", "area.csv", area_table);
  put("p", "area.geojson", COLLECTION(FEATURE("\"park\"", POLYGON("[" RING "]"))));
  put("p", "source.csv", "source_id,title,link,year\nsv,Survey,https://example.org/x,2024\n");
  put("p", "offer.csv", "offer_id,site_id,resource_id,quantity,source_id,extra\no1,s1,wood,1,sv,x\n");
  put("p", "mode.csv", "mode_id,name,class,circuity\ntruck,Truck,material,1.3\n");
  put("p", "offer_property.csv", "offer_id,property,value\no1,moisture,0.2\n");
  kn_region *region = import_good(inside("p"));
  export_good(region, inside("out"));
  kn_region_free(region);
  json_t *package = json_load_file(inside("out/datapackage.json"), JSON_REJECT_DUPLICATES, NULL);
  assert_non_null(package);
  assert_string_equal(json_string_value(json_object_get(package, "name")), "test");
  const json_t *resources = json_object_get(package, "resources");
  assert_int_equal(json_array_size(resources) + 1, count_files(inside("out")));
  for (size_t i = 0; i < json_array_size(resources); i++) {
    const json_t *resource = json_array_get(resources, i);
    char path[600];
    snprintf(path, sizeof path, "out/%s", json_string_value(json_object_get(resource, "path")));
    size_t length = 0;
    char *bytes = read_bytes(inside(path), &length);
    assert_non_null(bytes);
    if (json_object_get(resource, "schema")) {
      check_fields(resource, bytes);
      check_keys(package, resource);
    }
    free(bytes);
  }
  const json_t *quantity =
      json_array_get(json_object_get(json_object_get(resource_named(package, "offer"), "schema"), "fields"), 3);
  const json_t *rules = json_object_get(quantity, "constraints");
  assert_true(json_is_true(json_object_get(rules, "required")));
  assert_int_equal(json_integer_value(json_object_get(rules, "minimum")), 0);
  json_decref(package);
}

static void
other_folders_are_not_overwritten(void **state)
{
  (void)state;
  put_small("p");
  kn_region *region = import_good(inside("p"));
  put("other", "photo.jpg", "x");
  assert_int_equal(kn_package_write(region, inside("other"), NULL, &err), KN_E_INPUT);
  assert_non_null(strstr(err.text, "photo.jpg"));
  assert_int_equal(count_files(inside("other")), 1);
  assert_int_equal(count_files(root), 2); /* p and other: nothing half-done beside them */
  write_text_file(root, "file", "x");
  err = (kn_error){0};
  assert_int_equal(kn_package_write(region, inside("file"), NULL, &err), KN_E_INPUT);
  err = (kn_error){0};
  assert_int_equal(kn_package_write(region, inside("no/such/place"), NULL, &err), KN_E_IO);
  kn_region_free(region);
}

/* A package is replaced: tables that are gone go, what the user keeps beside them stays. */
static void
packages_are_replaced_whole(void **state)
{
  (void)state;
  put_small("p");
  put("p", "source.csv", "source_id,title\ns,Survey\n");
  kn_region *with = import_good(inside("p"));
  unlink(inside("p/source.csv"));
  kn_region *without = import_good(inside("p"));
  mkdir(inside("out"), 0777); /* an empty folder will do */
  export_good(with, inside("out"));
  put("out", "README.md", "mine\n");
  mkdir(inside("out/.git"), 0777);
  write_text_file(inside("out/.git"), "HEAD", "x");
  export_good(without, inside("out/"));
  assert_int_equal(access(inside("out/source.csv"), F_OK), -1);
  assert_file(inside("out/README.md"), "mine\n");
  assert_file(inside("out/.git/HEAD"), "x");
  assert_int_equal(count_files(root), 2);
  kn_region_free(with);
  kn_region_free(without);
}

/* Licence and contributors are in no table: what a person wrote into datapackage.json is still there after an export. */
static void
words_of_a_person_stay(void **state)
{
  (void)state;
  put_small("p");
  kn_region *region = import_good(inside("p"));
  put("out", "datapackage.json", "{\"title\": \"old\", \"licenses\": [{\"name\": \"CC-BY-4.0\"}], \"resources\": []}");
  export_good(region, inside("out"));
  export_good(region, inside("out"));
  json_t *package = json_load_file(inside("out/datapackage.json"), 0, NULL);
  const json_t *licence = json_array_get(json_object_get(package, "licenses"), 0);
  assert_string_equal(json_string_value(json_object_get(licence, "name")), "CC-BY-4.0");
  assert_string_equal(json_string_value(json_object_get(package, "title")), "Test");
  json_decref(package);
  kn_region_free(region);
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
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
      TEST(shared_cases_round_trip),
      TEST(odd_texts_round_trip),
      TEST(units_round_trip),
      TEST(descriptor_describes_every_column),
      TEST(other_folders_are_not_overwritten),
      TEST(packages_are_replaced_whole),
      TEST(words_of_a_person_stay),
      TEST(sources_are_told_apart),
      TEST(sources_add_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
