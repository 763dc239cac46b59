/* tests/formats/text.h - small files and what was found in them, for the tests of formats. */
#ifndef KNOOP_TESTS_FORMATS_TEXT_H
#define KNOOP_TESTS_FORMATS_TEXT_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "formats/formats.h"

/* The finding on this line and column, or NULL. */
static inline const kn_finding *
finding_at(const kn_findings *findings, const char *rule, int64_t line, int64_t column_no)
{
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *one = kn_findings_get(findings, i);
    if (strcmp(one->rule, rule) == 0 && one->line == line && one->column_no == column_no)
      return one;
  }
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *one = kn_findings_get(findings, i);
    print_message("# %s:%" PRId64 ":%" PRId64 " [%s] %s (%s)\n", one->file ? one->file : "-", one->line, one->column_no,
                  one->rule, one->sentence, one->value ? one->value : "");
  }
  return NULL;
}

static inline const kn_finding *
finding_of(const kn_findings *findings, const char *rule)
{
  for (int64_t i = 0; i < kn_findings_kept(findings); i++)
    if (strcmp(kn_findings_get(findings, i)->rule, rule) == 0)
      return kn_findings_get(findings, i);
  return NULL;
}

static inline void
print_findings(const kn_findings *findings)
{
  finding_at(findings, "", -1, -1);
}

static inline void
write_bytes(const char *path, const void *bytes, size_t length)
{
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(bytes, 1, length, out), length);
  assert_int_equal(fclose(out), 0);
}

static inline void
write_text_file(const char *folder, const char *name, const char *text)
{
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  write_bytes(path, text, strlen(text));
}

/* The whole file, NUL behind it; the caller frees. NULL: not there. */
static inline char *
read_bytes(const char *path, size_t *length)
{
  FILE *in = fopen(path, "rb");
  if (!in)
    return NULL;
  fseek(in, 0, SEEK_END);
  const long size = ftell(in);
  rewind(in);
  char *bytes = calloc(1, (size_t)size + 1);
  *length = fread(bytes, 1, (size_t)size, in);
  fclose(in);
  return bytes;
}

/* A new folder for one test, below $TMPDIR. */
static inline const char *
fresh_folder(char path[256])
{
  const char *base = getenv("TMPDIR");
  snprintf(path, 256, "%s/knoop-test-XXXXXX", base ? base : "/tmp");
  assert_non_null(mkdtemp(path));
  return path;
}

static inline void
remove_folder(const char *path)
{
  char command[600];
  snprintf(command, sizeof command, "rm -rf '%s'", path);
  assert_int_equal(system(command), 0);
}

#endif
