/* Checks of places: sites outside the region, gateways and sites whose longitude and latitude changed places. */
#include "region/internal.h"

#include <stdio.h>
#include <stdlib.h>

#define SITES_LEAST 8
#define GATEWAY_DEGREES 5 /* how far around a region its nearer gateways lie at least */

typedef struct box {
  double lon0, lat0, lon1, lat1;
} box;

static bool
is_inside(box around, double lon, double lat)
{
  return lon >= around.lon0 && lon <= around.lon1 && lat >= around.lat0 && lat <= around.lat1;
}

static void
widen(box *around, double share, double least)
{
  const double lon = fmax(share * (around->lon1 - around->lon0), least);
  const double lat = fmax(share * (around->lat1 - around->lat0), least);
  *around = (box){around->lon0 - lon, around->lat0 - lat, around->lon1 + lon, around->lat1 + lat};
}

/* The box around the areas up to the level `most` that have geometry; false: none has. */
static kn_code
area_box(const kn_region *region, kn_level most, box *out, bool *is_found, kn_error *err)
{
  kn_polygons *polygons;
  KN_TRY(kn_polygons_new(&polygons, err));
  kn_code code = KN_OK;
  const uint8_t *wkb;
  size_t length;
  for (int32_t i = 0; i < region->areas.n && code == KN_OK; i++)
    if (kn_region_area_wkb(region, i, &wkb, &length) && region->areas.level[i] <= most)
      code = kn_polygons_add(polygons, i, wkb, length, err);
  double bounds[4];
  *is_found = code == KN_OK && kn_polygons_bounds(polygons, bounds);
  if (*is_found)
    *out = (box){bounds[0], bounds[1], bounds[2], bounds[3]};
  kn_polygons_free(polygons);
  return code;
}

static int
compare_reals(const void *left, const void *right)
{
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static void
middle_span(const double *values, int64_t n, double *sorted, double *low, double *high)
{
  int64_t known = 0;
  for (int64_t i = 0; i < n; i++)
    if (!isnan(values[i]))
      sorted[known++] = values[i];
  *low = *high = NAN;
  if (known < SITES_LEAST)
    return;
  qsort(sorted, (size_t)known, sizeof *sorted, compare_reals);
  *low = sorted[known / 10];
  *high = sorted[known - 1 - known / 10];
}

/* Where most sites are: between the tenth and the ninetieth percentile of both coordinates. */
static kn_code
site_box(const kn_check *check, box *out, bool *is_found, kn_error *err)
{
  const kn_site_view sites = check->region->sites;
  double *sorted;
  KN_NEW(sorted, check->scratch, sites.n, err);
  middle_span(sites.lon, sites.n, sorted, &out->lon0, &out->lon1);
  middle_span(sites.lat, sites.n, sorted, &out->lat0, &out->lat1);
  *is_found = !isnan(out->lon0) && !isnan(out->lat0);
  return KN_OK;
}

static kn_code
tell_swapped(const kn_check *check, kn_table_id table, int64_t row, double lon, double lat, kn_error *err)
{
  char proposal[KN_NAME_MOST], lon_text[40], lat_text[40];
  kn_number_write(lon_text, lon);
  kn_number_write(lat_text, lat);
  snprintf(proposal, sizeof proposal, "swap them: lon %.30s, lat %.30s", lat_text, lon_text);
  return kn_check_tell(check, KN_WARNING, "swapped", table, row, "lon", proposal, err,
                       "longitude and latitude seem to have changed places");
}

/* Gateways may lie anywhere; but one that would lie near by if its coordinates changed places has them swapped. */
static kn_code
check_gateways(const kn_check *check, box around, kn_error *err)
{
  const kn_gateway_view gateways = check->region->gateways;
  widen(&around, 2, GATEWAY_DEGREES);
  for (int64_t i = 0; i < gateways.n; i++)
    if (!is_inside(around, gateways.lon[i], gateways.lat[i]) && is_inside(around, gateways.lat[i], gateways.lon[i]))
      KN_TRY(tell_swapped(check, KN_T_GATEWAY, i, gateways.lon[i], gateways.lat[i], err));
  return KN_OK;
}

kn_code
kn_check_places(const kn_check *check, kn_error *err)
{
  const kn_site_view sites = check->region->sites;
  box around;
  bool is_found;
  KN_TRY(area_box(check->region, KN_REGION, &around, &is_found, err));
  if (!is_found)
    KN_TRY(area_box(check->region, KN_WORLD, &around, &is_found, err));
  if (is_found) {
    widen(&around, 0.5, 0.2);
  } else {
    KN_TRY(site_box(check, &around, &is_found, err));
    widen(&around, 2, 1);
  }
  for (int64_t i = 0; i < sites.n && is_found; i++) {
    const double lon = sites.lon[i], lat = sites.lat[i];
    if (isnan(lon) || isnan(lat) || is_inside(around, lon, lat))
      continue;
    if (is_inside(around, lat, lon)) {
      KN_TRY(tell_swapped(check, KN_T_SITE, i, lon, lat, err));
      continue;
    }
    char lon_text[40], lat_text[40];
    kn_number_write(lon_text, lon);
    kn_number_write(lat_text, lat);
    KN_TRY(kn_check_tell(check, KN_WARNING, "far_away", KN_T_SITE, i, "lon", "look at its coordinates", err,
                         "longitude %s, latitude %s lies far outside the region", lon_text, lat_text));
  }
  return is_found ? check_gateways(check, around, err) : KN_OK;
}
