/* What the user does with a draft: confirms it and imports by it, beside a small region that it may refer to. */
#ifndef KNOOP_TESTS_FORMATS_DRAFTED_H
#define KNOOP_TESTS_FORMATS_DRAFTED_H

#include "folder.h"

#include "formats/draft.h"

static inline char *
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
static inline void
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

static inline void
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

static inline void
draft_good(const char *source, const char *path)
{
  const kn_code code = kn_mapping_draft(source, path, NULL, NULL, &err);
  if (code != KN_OK)
    print_message("# %s\n", err.text);
  assert_int_equal(code, KN_OK);
}

/* settings, and what a mapping may refer to */
static inline void
put_base(void)
{
  mkdir(inside("base"), 0777);
  write_text_file(inside("base"), "settings.csv", "key,value\nname,Test\n");
  write_text_file(inside("base"), "actor.csv", "actor_id,name\nme,Me\n");
  write_text_file(inside("base"), "site.csv", "site_id,actor_id,name,lon,lat\nhere,me,Here,5.5,51\n");
  write_text_file(inside("base"), "resource.csv", "resource_id,class,name,name_nl\nwood,material,Wood,Hout\n");
  write_text_file(inside("base"), "offer.csv", "offer_id,site_id,resource_id,quantity\nbase,here,wood,1\n");
}

static inline kn_code
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

static inline kn_region *
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

static inline void
import_bad(const char *source, const char *by)
{
  kn_region *region;
  assert_int_equal(import_source(&region, source, by), KN_E_INPUT);
  assert_null(region);
}

static inline int32_t
row_of(const kn_region *region, kn_table_id table, const char *key)
{
  const int32_t row = kn_region_find(region, table, key);
  if (row == KN_NONE)
    print_message("# no %s\n", key);
  assert_int_not_equal(row, KN_NONE);
  return row;
}

#endif
