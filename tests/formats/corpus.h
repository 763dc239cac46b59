/* tests/formats/corpus.h - runs the corpus of a fuzz target (CORPUS) as a plain test: what once made a parser stumble stays
 * found. Included once, after the target. */
#ifndef KNOOP_TESTS_FORMATS_CORPUS_H
#define KNOOP_TESTS_FORMATS_CORPUS_H

#include "text.h"

#include <dirent.h>

static void
corpus_runs(void **state)
{
  (void)state;
  char folder[1024];
  snprintf(folder, sizeof folder, "%s/fuzz/corpus/%s", KN_SOURCE_ROOT, CORPUS);
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  int count = 0;
  for (const struct dirent *entry; (entry = readdir(dir));) {
    if (entry->d_name[0] == '.')
      continue;
    char path[1400];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    size_t length = 0;
    char *bytes = read_bytes(path, &length);
    assert_non_null(bytes);
    for (size_t cut = 0; cut <= length; cut += 1 + length / 64) /* and what is left when the file ends early */
      LLVMFuzzerTestOneInput((const uint8_t *)bytes, cut);
    LLVMFuzzerTestOneInput((const uint8_t *)bytes, length);
    free(bytes);
    count++;
  }
  closedir(dir);
  assert_true(count >= 4);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(corpus_runs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
