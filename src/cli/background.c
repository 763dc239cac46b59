/* The quiet ground under the map of a report: water, rail and roads from a folder of GeoJSON files. */
#include "background.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const files[KN_GROUND_COUNT] = {
    [KN_GROUND_WATER] = "water.geojson", [KN_GROUND_RAIL] = "rail.geojson", [KN_GROUND_ROAD] = "road.geojson"};

/* One line or ring of positions. Lines that hold anything but pairs of numbers are refused with the file's name. */
static kn_code
add_line(kn_background *ground, int kind, const json_t *positions, const char *name, bool is_closed, kn_error *err)
{
  const size_t n = json_array_size(positions);
  double *lon_lat;
  KN_NEW(lon_lat, ground->arena, 2 * n, err);
  for (size_t i = 0; i < n; i++) {
    const json_t *position = json_array_get(positions, i);
    const json_t *lon = json_array_get(position, 0);
    const json_t *lat = json_array_get(position, 1);
    if (!json_is_number(lon) || !json_is_number(lat))
      return kn_fail(err, KN_E_INPUT, _("%s: a position is not a pair of numbers"), files[kind]);
    lon_lat[2 * i] = json_number_value(lon);
    lon_lat[2 * i + 1] = json_number_value(lat);
  }
  const char *kept = NULL;
  if (name != NULL)
    KN_TRY(kn_text_copy(&kept, ground->arena, name, strlen(name), err));
  KN_TRY(KN_GROW(ground->lines, ground->capacity, ground->count + 1, err));
  ground->lines[ground->count++] =
      (kn_ground_line){.kind = (uint8_t)kind, .is_closed = is_closed, .name = kept, .n = (int64_t)n, .lon_lat = lon_lat};
  return KN_OK;
}

/* Nested arrays of positions: depth 0 is a line itself, 1 a list of lines, 2 a list of lists (polygons). */
static kn_code
add_lines(kn_background *ground, int kind, const json_t *coordinates, int depth, const char *name, bool is_closed, kn_error *err)
{
  if (depth == 0)
    return add_line(ground, kind, coordinates, name, is_closed, err);
  for (size_t i = 0; i < json_array_size(coordinates); i++)
    KN_TRY(add_lines(ground, kind, json_array_get(coordinates, i), depth - 1, name, is_closed, err));
  return KN_OK;
}

static kn_code
add_feature(kn_background *ground, int kind, const json_t *feature, kn_error *err)
{
  static const struct {
    const char *type;
    int depth;
    bool is_closed;
  } shapes[] = {{"LineString", 0, false}, {"MultiLineString", 1, false}, {"Polygon", 1, true}, {"MultiPolygon", 2, true}};
  const json_t *geometry = json_object_get(feature, "geometry");
  const char *type = json_string_value(json_object_get(geometry, "type"));
  const char *name = json_string_value(json_object_get(json_object_get(feature, "properties"), "name"));
  for (size_t i = 0; type != NULL && i < sizeof shapes / sizeof shapes[0]; i++)
    if (strcmp(type, shapes[i].type) == 0)
      return add_lines(ground, kind, json_object_get(geometry, "coordinates"), shapes[i].depth, name, shapes[i].is_closed, err);
  return kn_fail(err, KN_E_INPUT, _("%s: a geometry of type %s; expected lines or polygons"), files[kind],
                 type != NULL ? type : "null");
}

/* Every publisher is named once. */
static kn_code
add_credit(kn_background *ground, const char *publisher, kn_error *err)
{
  if (publisher == NULL || (ground->credit != NULL && strstr(ground->credit, publisher) != NULL))
    return KN_OK;
  char text[512];
  const int length = snprintf(text, sizeof text, "%s%s%s", ground->credit != NULL ? ground->credit : "",
                              ground->credit != NULL ? ", " : "", publisher);
  if (length < 0 || length >= (int)sizeof text)
    return kn_fail(err, KN_E_LIMIT, _("the publishers of the background need more than %zu bytes"), sizeof text);
  return kn_text_copy(&ground->credit, ground->arena, text, (size_t)length, err);
}

static kn_code
add_features(kn_background *ground, int kind, const json_t *doc, kn_error *err)
{
  const json_t *features = json_object_get(doc, "features");
  for (size_t i = 0; i < json_array_size(features); i++) {
    const json_t *feature = json_array_get(features, i);
    KN_TRY(add_feature(ground, kind, feature, err));
    const json_t *publisher = json_object_get(json_object_get(feature, "properties"), "publisher");
    KN_TRY(add_credit(ground, json_string_value(publisher), err));
  }
  return KN_OK;
}

static kn_code
load_file(kn_background *ground, int kind, const char *path, kn_error *err)
{
  FILE *file = fopen(path, "rb");
  if (file == NULL && errno == ENOENT)
    return KN_OK; /* a background without roads is a background */
  if (file == NULL)
    return kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  json_error_t why;
  json_t *doc = json_loadf(file, 0, &why);
  fclose(file);
  if (doc == NULL)
    return kn_fail(err, KN_E_INPUT, "%s:%d:%d: %s", path, why.line, why.column, why.text);
  const kn_code code = add_features(ground, kind, doc, err);
  json_decref(doc);
  return code;
}

kn_code
kn_background_load(kn_background *ground, const char *folder, kn_error *err)
{
  *ground = (kn_background){.arena = kn_arena_new()};
  for (int kind = 0; folder != NULL && kind < KN_GROUND_COUNT; kind++) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, files[kind]) >= (int)sizeof path)
      return kn_fail(err, KN_E_USAGE, _("--background: the name of the folder is too long"));
    KN_TRY(load_file(ground, kind, path, err));
  }
  if (folder != NULL && ground->count == 0)
    return kn_fail(err, KN_E_USAGE, _("--background %s: expected a folder with water.geojson, rail.geojson or road.geojson"),
                   folder);
  return KN_OK;
}

void
kn_background_free(kn_background *ground)
{
  free(ground->lines);
  kn_arena_free(ground->arena);
  *ground = (kn_background){0};
}
