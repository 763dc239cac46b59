/* Which areas hold this point? Polygons prepared by GEOS, behind boxes of our own. */
#include <geos_c.h>
#include <stdlib.h>
#include <string.h>

#include "knoop/geo.h"

typedef struct area {
  double low_lon, low_lat, high_lon, high_lat;
  double size; /* square degrees at the equator */
  int32_t number, added;
  GEOSGeometry *shape;
  const GEOSPreparedGeometry *prepared;
} area;

struct kn_polygons {
  GEOSContextHandle_t geos;
  GEOSWKBReader *reader;
  area *areas; /* by rising size once is_sorted */
  int64_t count, capacity;
  bool is_sorted;
  char message[256]; /* the last complaint of GEOS */
};

static void
keep_message(const char *message, void *arg)
{
  kn_polygons *polygons = arg;
  strncpy(polygons->message, message, sizeof polygons->message - 1);
}

kn_code
kn_polygons_new(kn_polygons **out, kn_error *err)
{
  *out = NULL;
  kn_polygons *polygons = calloc(1, sizeof *polygons);
  if (polygons == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  polygons->geos = GEOS_init_r();
  if (polygons->geos != NULL) {
    GEOSContext_setErrorMessageHandler_r(polygons->geos, keep_message, polygons);
    polygons->reader = GEOSWKBReader_create_r(polygons->geos);
  }
  if (polygons->reader == NULL) {
    kn_polygons_free(polygons);
    return kn_fail(err, KN_E_LIMIT, "GEOS cannot start");
  }
  *out = polygons;
  return KN_OK;
}

void
kn_polygons_free(kn_polygons *polygons)
{
  if (polygons == NULL)
    return;
  for (int64_t i = 0; i < polygons->count; i++) {
    GEOSPreparedGeom_destroy_r(polygons->geos, polygons->areas[i].prepared);
    GEOSGeom_destroy_r(polygons->geos, polygons->areas[i].shape);
  }
  if (polygons->reader != NULL)
    GEOSWKBReader_destroy_r(polygons->geos, polygons->reader);
  if (polygons->geos != NULL)
    GEOS_finish_r(polygons->geos);
  free(polygons->areas);
  free(polygons);
}

/* Everything that makes a shape unusable, with the reason. */
static kn_code
check_shape(kn_polygons *polygons, const GEOSGeometry *shape, area *out, kn_error *err)
{
  const GEOSContextHandle_t geos = polygons->geos;
  const int type = GEOSGeomTypeId_r(geos, shape);
  if (type != GEOS_POLYGON && type != GEOS_MULTIPOLYGON) {
    char *name = GEOSGeomType_r(geos, shape);
    kn_fail(err, KN_E_INPUT, "the geometry is a %s, not a Polygon or MultiPolygon", name == NULL ? "?" : name);
    GEOSFree_r(geos, name);
    return KN_E_INPUT;
  }
  if (GEOSisEmpty_r(geos, shape) != 0)
    return kn_fail(err, KN_E_INPUT, "the geometry is empty");
  if (GEOSisValid_r(geos, shape) != 1) {
    char *reason = GEOSisValidReason_r(geos, shape);
    kn_fail(err, KN_E_INPUT, "the geometry is not valid: %s", reason == NULL ? polygons->message : reason);
    GEOSFree_r(geos, reason);
    return KN_E_INPUT;
  }
  if (GEOSGeom_getXMin_r(geos, shape, &out->low_lon) != 1 || GEOSGeom_getXMax_r(geos, shape, &out->high_lon) != 1 ||
      GEOSGeom_getYMin_r(geos, shape, &out->low_lat) != 1 || GEOSGeom_getYMax_r(geos, shape, &out->high_lat) != 1 ||
      GEOSArea_r(geos, shape, &out->size) != 1)
    return kn_fail(err, KN_E_INPUT, "the geometry cannot be measured: %s", polygons->message);
  if (!(out->low_lon >= -180 && out->high_lon <= 180 && out->low_lat >= -90 && out->high_lat <= 90))
    return kn_fail(err, KN_E_INPUT,
                   "the geometry spans longitude %g to %g and latitude %g to %g; degrees of WGS 84 were expected", out->low_lon,
                   out->high_lon, out->low_lat, out->high_lat);
  /* A degree of longitude is shorter away from the equator; the middle of the box is near enough for an order. */
  out->size *= cos((out->low_lat + out->high_lat) / 2 * M_PI / 180);
  return KN_OK;
}

kn_code
kn_polygons_add(kn_polygons *polygons, int32_t number, const uint8_t *wkb, size_t length, kn_error *err)
{
  const GEOSContextHandle_t geos = polygons->geos;
  KN_TRY(KN_GROW(polygons->areas, polygons->capacity, polygons->count + 1, err));
  polygons->message[0] = '\0';
  GEOSGeometry *shape = GEOSWKBReader_read_r(geos, polygons->reader, wkb, length);
  if (shape == NULL)
    return kn_fail(err, KN_E_INPUT, "the geometry cannot be read: %s", polygons->message);
  area fresh = {.number = number, .added = (int32_t)polygons->count, .shape = shape};
  const kn_code code = check_shape(polygons, shape, &fresh, err);
  if (code != KN_OK) {
    GEOSGeom_destroy_r(geos, shape);
    return code;
  }
  fresh.prepared = GEOSPrepare_r(geos, shape);
  if (fresh.prepared == NULL) {
    GEOSGeom_destroy_r(geos, shape);
    return kn_fail(err, KN_E_LIMIT, "the geometry cannot be prepared: %s", polygons->message);
  }
  polygons->areas[polygons->count++] = fresh;
  polygons->is_sorted = false;
  return KN_OK;
}

static int
compare_areas(const void *left, const void *right)
{
  const area *a = left, *b = right;
  if (a->size != b->size)
    return a->size < b->size ? -1 : 1;
  return (a->added > b->added) - (a->added < b->added);
}

int32_t
kn_polygons_at(kn_polygons *polygons, double lon_deg, double lat_deg, int32_t *number, int32_t most)
{
  const GEOSContextHandle_t geos = polygons->geos;
  if (!polygons->is_sorted && polygons->count > 0)
    qsort(polygons->areas, (size_t)polygons->count, sizeof *polygons->areas, compare_areas);
  polygons->is_sorted = true;
  int32_t found = 0;
  GEOSGeometry *point = NULL;
  for (int64_t i = 0; i < polygons->count && found < most; i++) {
    const area *here = &polygons->areas[i];
    if (!(lon_deg >= here->low_lon && lon_deg <= here->high_lon && lat_deg >= here->low_lat && lat_deg <= here->high_lat))
      continue;
    if (point == NULL)
      point = GEOSGeom_createPointFromXY_r(geos, lon_deg, lat_deg);
    if (point != NULL && GEOSPreparedIntersects_r(geos, here->prepared, point) == 1)
      number[found++] = here->number;
  }
  if (point != NULL)
    GEOSGeom_destroy_r(geos, point);
  return found;
}

bool
kn_polygons_bounds(const kn_polygons *polygons, double bounds[4])
{
  for (int64_t i = 0; i < polygons->count; i++) {
    const area *here = &polygons->areas[i];
    bounds[0] = i == 0 || here->low_lon < bounds[0] ? here->low_lon : bounds[0];
    bounds[1] = i == 0 || here->low_lat < bounds[1] ? here->low_lat : bounds[1];
    bounds[2] = i == 0 || here->high_lon > bounds[2] ? here->high_lon : bounds[2];
    bounds[3] = i == 0 || here->high_lat > bounds[3] ? here->high_lat : bounds[3];
  }
  return polygons->count > 0;
}
