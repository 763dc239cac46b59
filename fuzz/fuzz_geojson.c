/* Any bytes as area.geojson. What holds: no crash, and an error or a finding for all that is not a collection of areas. */
#include <stdlib.h>

#include "formats/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  kn_error err = {0};
  kn_findings *findings;
  kn_builder *builder;
  kn_region *region;
  if (kn_findings_new(&findings, 50, &err) != KN_OK || kn_builder_new(&builder, findings, &err) != KN_OK)
    abort();
  const kn_code code =
      kn_geojson_read(builder, findings, size % 2 == 0 ? KN_T_AREA : KN_T_LINK, "area.geojson", (const char *)data, size, &err);
  if (code != KN_OK && !*err.text)
    abort();
  if (kn_builder_end(builder, &region, &err) == KN_OK)
    kn_region_free(region);
  kn_builder_free(builder);
  kn_findings_free(findings);
  return 0;
}
