/* Which area holds each site and gateway: the smallest polygon around the point among the areas that are valid
 * in the middle of the plan year; the lower level first where two are equally large. */
#include "region/internal.h"

#include <stdlib.h>

#define SERIAL_MOST 2000 /* points for which one thread is as fast */
#define CHUNK 256

/* An area whose borders changed is there once per version; on one day only one of them holds. */
static bool
is_valid(const kn_region *region, int64_t area)
{
  const int32_t from = kn_table_column(&region->table[KN_T_AREA], "from")->number[area];
  const int32_t to = kn_table_column(&region->table[KN_T_AREA], "to")->number[area];
  if (region->settings.plan_year == KN_BLANK_INT)
    return to == KN_BLANK_INT;
  const int32_t day = kn_date_of(region->settings.plan_year, 7, 1);
  return (from == KN_BLANK_INT || from <= day) && (to == KN_BLANK_INT || to >= day);
}

/* Equal polygons are found in the order in which they were added, so lower levels go first. */
static kn_code
add_areas(const kn_region *region, kn_polygons *polygons, kn_error *err)
{
  const uint8_t *wkb;
  size_t length;
  for (int32_t level = 0; level < KN_LEVEL_COUNT; level++)
    for (int32_t i = 0; i < region->areas.n; i++)
      if (region->areas.level[i] == level && kn_region_area_wkb(region, i, &wkb, &length) && is_valid(region, i))
        KN_TRY(kn_polygons_add(polygons, i, wkb, length, err));
  return KN_OK;
}

typedef struct locating {
  kn_polygons **polygons; /* [workers]: GEOS objects are not shared */
  const double *lon, *lat;
  const int32_t *given;
  int32_t *area;
} locating;

static void
locate_points(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const locating *work = arg;
  kn_polygons *polygons = work->polygons[worker];
  for (int64_t i = first; i < last; i++) {
    work->area[i] = work->given == NULL ? KN_NONE : work->given[i];
    if (work->area[i] != KN_NONE || !isfinite(work->lon[i]) || !isfinite(work->lat[i]))
      continue;
    int32_t found;
    if (i > first && work->lon[i] == work->lon[i - 1] && work->lat[i] == work->lat[i - 1] &&
        (work->given == NULL || work->given[i - 1] == KN_NONE))
      work->area[i] = work->area[i - 1];
    else if (kn_polygons_at(polygons, work->lon[i], work->lat[i], &found, 1) > 0)
      work->area[i] = found;
  }
}

static kn_code
locate(kn_region *region, locating *work, int64_t n, int32_t threads, kn_error *err)
{
  KN_NEW(work->polygons, region->keep, threads, err);
  kn_code code = KN_OK;
  for (int32_t i = 0; i < threads && code == KN_OK; i++) {
    code = kn_polygons_new(&work->polygons[i], err);
    if (code == KN_OK)
      code = add_areas(region, work->polygons[i], err);
  }
  if (code == KN_OK)
    code = kn_parallel(threads, n, CHUNK, locate_points, work, err);
  for (int32_t i = 0; i < threads; i++)
    kn_polygons_free(work->polygons[i]);
  return code;
}

kn_code
kn_region_locate(kn_region *region, kn_table_id table, const int32_t *given, const int32_t **out, kn_error *err)
{
  const int64_t n = region->table[table].n;
  locating work = {.given = given,
                   .lon = kn_table_column(&region->table[table], "lon")->real,
                   .lat = kn_table_column(&region->table[table], "lat")->real};
  KN_NEW(work.area, region->keep, n, err);
  *out = work.area;
  if (region->outline[KN_T_AREA] != NULL)
    return locate(region, &work, n, n <= SERIAL_MOST ? 1 : kn_thread_count(0), err);
  for (int64_t i = 0; i < n; i++)
    work.area[i] = given == NULL ? KN_NONE : given[i];
  return KN_OK;
}
