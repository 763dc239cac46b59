/* Data packages: what is written comes back byte for byte, is described column by column, and takes nobody's files away. */
#include "package.h"

#include <jansson.h>

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
  put("p", "area.csv", AREA_TABLE);
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

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(shared_cases_round_trip),
      TEST(odd_texts_round_trip),
      TEST(units_round_trip),
      TEST(descriptor_describes_every_column),
      TEST(other_folders_are_not_overwritten),
      TEST(packages_are_replaced_whole),
      TEST(words_of_a_person_stay),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
