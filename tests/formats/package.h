/* Small packages made in a test, what reading and writing them gives, and how folders are compared. */
#ifndef KNOOP_TESTS_FORMATS_PACKAGE_H
#define KNOOP_TESTS_FORMATS_PACKAGE_H

#include "folder.h"

#include <dirent.h>

static inline void
put(const char *folder, const char *name, const char *text)
{
  mkdir(inside(folder), 0777);
  write_text_file(inside(folder), name, text);
}

/* The smallest region that can be imported: one actor, site, resource and offer. */
static inline void
put_small(const char *folder)
{
  put(folder, "settings.csv", "key,value\nname,Test\nplan_year,2030\n");
  put(folder, "actor.csv", "actor_id,name\na1,Actor\n");
  put(folder, "site.csv", "site_id,actor_id,name,lon,lat\ns1,a1,Site,5.5,50.95\n");
  put(folder, "resource.csv", "resource_id,class,name\nwood,material,Wood\n");
  put(folder, "offer.csv", "offer_id,site_id,resource_id,quantity\no1,s1,wood,12.5\n");
}

static inline kn_code
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

static inline kn_region *
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
static inline void
import_bad(const char *path)
{
  kn_region *region;
  assert_int_equal(import_into(&region, path, &(kn_import_settings){.is_whole = true, .thread_count = 1}), KN_E_INPUT);
  assert_null(region);
  err = (kn_error){0};
}

static inline void
export_good(const kn_region *region, const char *folder)
{
  const kn_code code = kn_package_write(region, folder, NULL, &err);
  if (code != KN_OK)
    print_message("# %s\n", err.text);
  assert_int_equal(code, KN_OK);
}

static inline int
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

static inline void
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

static inline void
assert_file(const char *path, const char *text)
{
  size_t length = 0;
  char *bytes = read_bytes(path, &length);
  assert_non_null(bytes);
  assert_string_equal(bytes, text);
  free(bytes);
}

/* export -> import -> export gives the same bytes, and the same region. */
static inline void
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

/* Two areas, and their geometry. */
#define AREA_TABLE "area_id,name,level\npark,Park,park\n7,Seven,municipality\n"
#define RING "[[5,50],[6,50],[6,51],[5,51],[5,50]]"
#define FEATURE(key, geometry) "{\"type\":\"Feature\",\"properties\":{\"area_id\":" key "},\"geometry\":" geometry "}"
#define POLYGON(rings) "{\"type\":\"Polygon\",\"coordinates\":" rings "}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[\n" features "\n]}\n"

#endif
