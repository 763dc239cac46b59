/* Water, rail and roads for the map of a report. */
#ifndef KN_CLI_BACKGROUND_H
#define KN_CLI_BACKGROUND_H

#include "cli.h"
#include "report/report.h"

typedef struct kn_background {
  kn_arena *arena;
  kn_ground_line *lines;
  int64_t count, capacity;
  const char *credit; /* publishers, "A, B"; NULL: none named */
} kn_background;

/* Reads water.geojson, rail.geojson and road.geojson where they are; a feature's name and publisher come along.
 * folder NULL: no background. Free it also after an error. */
kn_code kn_background_load(kn_background *ground, const char *folder, kn_error *err);
void kn_background_free(kn_background *ground);

#endif
