/* Any bytes as an OpenStreetMap file, PBF, XML or packed XML. What holds: no crash, an error that says why, and what is read is a
 * network that the builder takes. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/osm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  kn_error err = {0};
  kn_findings *findings;
  kn_builder *builder;
  kn_region *region;
  char path[64];
  const int fd = memfd_create("map", 0);
  if (fd < 0 || write(fd, data, size) != (ssize_t)size)
    abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  if (kn_findings_new(&findings, 50, &err) != KN_OK || kn_builder_new(&builder, findings, &err) != KN_OK)
    abort();
  const kn_import_settings settings = {.thread_count = 1};
  const kn_code code = osm_import(builder, findings, path, &settings, &err);
  if (code != KN_OK && !*err.text)
    abort();
  if (code == KN_OK && kn_builder_salvage(builder, &region, &err) == KN_OK)
    kn_region_free(region);
  kn_builder_free(builder);
  kn_findings_free(findings);
  close(fd);
  return 0;
}
