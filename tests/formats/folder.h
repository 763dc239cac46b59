/* A folder of its own for each test, with what was found in its files. */
#ifndef KNOOP_TESTS_FORMATS_FOLDER_H
#define KNOOP_TESTS_FORMATS_FOLDER_H

#include "text.h"

static kn_error err;
static kn_findings *findings;
static char root[256];

static inline int
begin(void **state)
{
  (void)state;
  err = (kn_error){0};
  fresh_folder(root);
  return kn_findings_new(&findings, 50, &err) != KN_OK;
}

static inline int
end(void **state)
{
  (void)state;
  kn_findings_free(findings);
  remove_folder(root);
  return 0;
}

/* The path of a name in the folder; valid for 63 more calls. */
static inline const char *
inside(const char *name)
{
  static char path[64][1200];
  static int next;
  char *out = path[next++ % 64];
  snprintf(out, 1200, "%s/%s", root, name);
  return out;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
