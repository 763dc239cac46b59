/* area.geojson and link.geojson <-> WKB. RFC 7946: WGS 84, longitude first; Polygon and MultiPolygon, or LineString. Heights
 * are left out. */
#include <stdlib.h>
#include <string.h>

#include "formats/internal.h"

enum { WKB_LINE = 2, WKB_POLYGON = 3, WKB_MULTIPOLYGON = 6, EXACT_MOST = 50 };

typedef struct reading {
  kn_builder *builder;
  kn_findings *findings;
  const kn_table_def *def; /* the table whose rows have these shapes */
  const char *file, *text;
  size_t length;
  kn_arena *arena; /* keys and lines, for this call */
  kn_keymap *seen; /* keys that have a geometry -> feature */
  int64_t *line;   /* [features] where each starts */
  uint8_t *wkb;    /* grows; reused for each feature */
  int64_t wkb_length, wkb_capacity;
  bool has_height;
} reading;

static kn_finding
at_feature(const reading *read, size_t feature, const char *rest, char path[64])
{
  kn_finding where = {.severity = KN_ERROR, .rule = "geometry", .file = read->file, .line = read->line[feature]};
  where.table = read->def->name;
  /* Walking the text costs its length, so only what will be shown gets its exact place. */
  if (kn_findings_of_file(read->findings, read->file) < EXACT_MOST) {
    snprintf(path, 64, "features/%zu%s", feature, rest);
    json_place(read->text, read->length, path, &where.line, &where.column_no);
  }
  snprintf(path, 64, "feature %zu", feature + 1);
  where.row = path;
  return where;
}

int32_t
shapes_table(const char *name)
{
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    const kn_table_def *def = kn_schema((kn_table_id)i);
    const size_t length = strlen(def->name);
    if ((def->geometry == 'a' || def->geometry == 'l') && strncmp(name, def->name, length) == 0 &&
        strcmp(name + length, ".geojson") == 0)
      return i;
  }
  return KN_NONE;
}

/* ------------------------------------------------------------------ to WKB, little endian */
static kn_code
put_bytes(reading *read, const void *bytes, size_t size, kn_error *err)
{
  KN_TRY(KN_GROW(read->wkb, read->wkb_capacity, read->wkb_length + (int64_t)size, err));
  memcpy(read->wkb + read->wkb_length, bytes, size);
  read->wkb_length += (int64_t)size;
  return KN_OK;
}

static kn_code
put_number(reading *read, uint32_t value, kn_error *err)
{
  const uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
  return put_bytes(read, bytes, 4, err);
}

static kn_code
put_head(reading *read, uint32_t type, kn_error *err)
{
  const uint8_t little = 1;
  KN_TRY(put_bytes(read, &little, 1, err));
  return put_number(read, type, err);
}

static kn_code
put_real(reading *read, double value, kn_error *err)
{
  uint64_t bits;
  memcpy(&bits, &value, 8);
  KN_TRY(put_number(read, (uint32_t)bits, err));
  return put_number(read, (uint32_t)(bits >> 32), err);
}

/* Why a position is refused, or NULL. */
static const char *
position_fault(const json_t *position)
{
  if (!json_is_array(position) || json_array_size(position) < 2)
    return "a position is not [lon, lat]";
  const json_t *lon = json_array_get(position, 0), *lat = json_array_get(position, 1);
  if (!json_is_number(lon) || !json_is_number(lat))
    return "a position holds something else than numbers";
  if (!(fabs(json_number_value(lon)) <= 180) || !(fabs(json_number_value(lat)) <= 90))
    return "a position lies outside lon -180 to 180, lat -90 to 90; expected WGS 84 degrees, longitude first";
  return NULL;
}

/* Their number, and they. */
static kn_code
put_positions(reading *read, const json_t *positions, const char **fault, kn_error *err)
{
  const size_t n = json_array_size(positions);
  KN_TRY(put_number(read, (uint32_t)n, err));
  for (size_t i = 0; i < n; i++) {
    const json_t *position = json_array_get(positions, i);
    *fault = position_fault(position);
    if (*fault)
      return KN_OK;
    read->has_height |= json_array_size(position) > 2;
    KN_TRY(put_real(read, json_number_value(json_array_get(position, 0)), err));
    KN_TRY(put_real(read, json_number_value(json_array_get(position, 1)), err));
  }
  return KN_OK;
}

static kn_code
put_line(reading *read, const json_t *positions, const char **fault, kn_error *err)
{
  if (!json_is_array(positions) || json_array_size(positions) < 2) {
    *fault = "a line has fewer than two positions";
    return KN_OK;
  }
  KN_TRY(put_head(read, WKB_LINE, err));
  return put_positions(read, positions, fault, err);
}

static kn_code
put_ring(reading *read, const json_t *ring, const char **fault, kn_error *err)
{
  const size_t n = json_array_size(ring);
  if (!json_is_array(ring) || n < 4) {
    *fault = "a ring has fewer than four positions";
    return KN_OK;
  }
  KN_TRY(put_positions(read, ring, fault, err));
  if (*fault)
    return KN_OK;
  const json_t *first = json_array_get(ring, 0), *last = json_array_get(ring, n - 1);
  for (size_t axis = 0; axis < 2; axis++)
    if (json_number_value(json_array_get(first, axis)) != json_number_value(json_array_get(last, axis)))
      *fault = "a ring does not end where it began";
  return KN_OK;
}

static kn_code
put_polygon(reading *read, const json_t *rings, const char **fault, kn_error *err)
{
  const size_t n = json_array_size(rings);
  if (!json_is_array(rings) || n == 0) {
    *fault = "a polygon without rings";
    return KN_OK;
  }
  KN_TRY(put_head(read, WKB_POLYGON, err));
  KN_TRY(put_number(read, (uint32_t)n, err));
  for (size_t i = 0; i < n && !*fault; i++)
    KN_TRY(put_ring(read, json_array_get(rings, i), fault, err));
  return KN_OK;
}

static kn_code
put_geometry(reading *read, const json_t *geometry, const char **fault, kn_error *err)
{
  read->wkb_length = 0;
  const char *type = json_string_value(json_object_get(geometry, "type"));
  const json_t *coordinates = json_object_get(geometry, "coordinates");
  if (read->def->geometry == 'l') {
    if (type && strcmp(type, "LineString") == 0)
      return put_line(read, coordinates, fault, err);
    *fault = "the geometry is no LineString";
    return KN_OK;
  }
  if (type && strcmp(type, "Polygon") == 0)
    return put_polygon(read, coordinates, fault, err);
  if (!type || strcmp(type, "MultiPolygon") != 0) {
    *fault = "the geometry is no Polygon or MultiPolygon";
    return KN_OK;
  }
  const size_t n = json_array_size(coordinates);
  if (!json_is_array(coordinates) || n == 0) {
    *fault = "a multipolygon without polygons";
    return KN_OK;
  }
  KN_TRY(put_head(read, WKB_MULTIPOLYGON, err));
  KN_TRY(put_number(read, (uint32_t)n, err));
  for (size_t i = 0; i < n && !*fault; i++)
    KN_TRY(put_polygon(read, json_array_get(coordinates, i), fault, err));
  return KN_OK;
}

/* ------------------------------------------------------------------ features */
/* Name of the property that says whose geometry it is. */
static const char *
key_name(const reading *read)
{
  return read->def->columns[read->def->key_column].name;
}

/* Text of area_id or link_id, NULL when there is none; a whole number will do as well. */
static kn_code
key_of(reading *read, const json_t *feature, const char **out, kn_error *err)
{
  const json_t *key = json_object_get(json_object_get(feature, "properties"), key_name(read));
  char number[40];
  *out = NULL;
  if (json_is_number(key))
    return kn_text_copy(out, read->arena, number, kn_number_write(number, json_number_value(key)), err);
  if (json_is_string(key) && json_string_length(key) > 0)
    *out = json_string_value(key);
  return KN_OK;
}

static kn_code
read_geometry(reading *read, const json_t *geometry, size_t at, const char *key, kn_error *err)
{
  char path[64];
  if (!geometry || json_is_null(geometry)) {
    kn_finding where = at_feature(read, at, "/geometry", path);
    where.severity = KN_WARNING;
    return kn_findings_add(read->findings, &where, err, "%s %s has no geometry here", read->def->name, key);
  }
  const char *fault = NULL;
  KN_TRY(put_geometry(read, geometry, &fault, err));
  if (!fault)
    return kn_builder_shape(read->builder, read->def->id, read->file, read->line[at], key, read->wkb, (size_t)read->wkb_length,
                            err);
  kn_finding where = at_feature(read, at, "/geometry", path);
  where.value = key;
  return kn_findings_add(read->findings, &where, err, "%s %s: %s", read->def->name, key, fault);
}

static kn_code
read_feature(reading *read, const json_t *feature, size_t at, kn_error *err)
{
  char path[64];
  const char *type = json_string_value(json_object_get(feature, "type"));
  if (!type || strcmp(type, "Feature") != 0) {
    const kn_finding where = at_feature(read, at, "", path);
    return kn_findings_add(read->findings, &where, err, "not a GeoJSON Feature");
  }
  const char *key;
  KN_TRY(key_of(read, feature, &key, err));
  if (!key) {
    const kn_finding where = at_feature(read, at, "/properties", path);
    return kn_findings_add(read->findings, &where, err, "no property %s; expected the key of the row of %s", key_name(read),
                           read->def->name);
  }
  int32_t before;
  KN_TRY(kn_keymap_put(read->seen, key, (int32_t)at, &before, err));
  if (before == KN_NONE)
    return read_geometry(read, json_object_get(feature, "geometry"), at, key, err);
  kn_finding where = at_feature(read, at, "", path);
  where.value = key;
  return kn_findings_add(read->findings, &where, err, "%s %s has a geometry already, in feature %d", read->def->name, key,
                         before + 1);
}

/* The 2008 format could name another reference system; RFC 7946 has WGS 84 only. */
static kn_code
check_crs(reading *read, const json_t *root, kn_error *err)
{
  const json_t *crs = json_object_get(root, "crs");
  if (!crs)
    return KN_OK;
  const char *name = json_string_value(json_object_get(json_object_get(crs, "properties"), "name"));
  if (name && (strstr(name, "CRS84") || strstr(name, "4326")))
    return KN_OK;
  kn_finding where = {.severity = KN_ERROR, .rule = "crs", .file = read->file, .value = name};
  where.table = read->def->name;
  json_place(read->text, read->length, "crs", &where.line, &where.column_no);
  where.proposal = "convert it: ogr2ogr -t_srs EPSG:4326 -lco RFC7946=YES area.geojson THIS_FILE";
  return kn_findings_add(read->findings, &where, err,
                         "the coordinates are in another reference system; expected WGS 84 (RFC 7946)");
}

static kn_code
read_features(reading *read, const json_t *root, kn_error *err)
{
  const char *type = json_string_value(json_object_get(root, "type"));
  const json_t *features = json_object_get(root, "features");
  if (!type || strcmp(type, "FeatureCollection") != 0 || !json_is_array(features)) {
    const kn_finding where = {
        .severity = KN_ERROR, .rule = "geometry", .file = read->file, .line = 1, .column_no = 1, .table = read->def->name};
    return kn_findings_add(read->findings, &where, err, "not a GeoJSON FeatureCollection");
  }
  KN_TRY(check_crs(read, root, err));
  const size_t n = json_array_size(features);
  KN_NEW(read->line, read->arena, n, err);
  json_lines(read->text, read->length, "features", read->line, (int64_t)n);
  KN_TRY(kn_keymap_new(&read->seen, (int64_t)n, err));
  for (size_t i = 0; i < n; i++)
    KN_TRY(read_feature(read, json_array_get(features, i), i, err));
  if (!read->has_height)
    return KN_OK;
  const kn_finding where = {.severity = KN_HINT, .rule = "height", .file = read->file, .table = read->def->name};
  return kn_findings_add(read->findings, &where, err, "heights in the geometry were left out");
}

kn_code
kn_geojson_read(kn_builder *builder, kn_findings *findings, kn_table_id table, const char *file, const char *text, size_t length,
                kn_error *err)
{
  json_t *root;
  KN_TRY(json_read(&root, file, text, length, findings, err));
  if (!root)
    return KN_OK;
  reading read = {.builder = builder, .findings = findings, .def = kn_schema(table), .file = file, .text = text};
  read.length = length;
  read.arena = kn_arena_new();
  const kn_code code = read_features(&read, root, err);
  kn_keymap_free(read.seen);
  kn_arena_free(read.arena);
  free(read.wkb);
  json_decref(root);
  return code;
}

/* ------------------------------------------------------------------ from WKB */
typedef struct wkb_cursor {
  const uint8_t *at, *end;
} wkb_cursor;

static bool
take_number(wkb_cursor *wkb, bool is_little, uint32_t *out)
{
  if (wkb->end - wkb->at < 4)
    return false;
  const uint8_t *b = wkb->at;
  *out = is_little ? (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24
                   : (uint32_t)b[3] | (uint32_t)b[2] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[0] << 24;
  wkb->at += 4;
  return true;
}

static bool
take_real(wkb_cursor *wkb, bool is_little, double *out)
{
  uint32_t first, second;
  if (!take_number(wkb, is_little, &first) || !take_number(wkb, is_little, &second))
    return false;
  const uint64_t bits = is_little ? (uint64_t)second << 32 | first : (uint64_t)first << 32 | second;
  memcpy(out, &bits, 8);
  return isfinite(*out);
}

/* Type without Z and M, and how many numbers a position has. Knows ISO (1000, 2000, 3000) and EWKB (high bits). */
static bool
take_head(wkb_cursor *wkb, bool *is_little, uint32_t *type, int *axes)
{
  if (wkb->at >= wkb->end || *wkb->at > 1)
    return false;
  *is_little = *wkb->at++ == 1;
  if (!take_number(wkb, *is_little, type))
    return false;
  const bool has_z = *type & 0x80000000u, has_m = *type & 0x40000000u, has_srid = *type & 0x20000000u;
  uint32_t srid;
  if (has_srid && !take_number(wkb, *is_little, &srid))
    return false;
  const uint32_t plain = *type & 0x0FFFFFFFu;
  const uint32_t iso = plain / 1000;
  *type = plain % 1000;
  *axes = 2 + (has_z || iso == 1 || iso == 3) + (has_m || iso == 2 || iso == 3);
  return iso <= 3;
}

static bool
write_points(FILE *out, wkb_cursor *wkb, bool is_little, int axes)
{
  uint32_t points;
  if (!take_number(wkb, is_little, &points))
    return false;
  fputc('[', out);
  for (uint32_t i = 0; i < points; i++) {
    double value[4];
    for (int axis = 0; axis < axes; axis++)
      if (!take_real(wkb, is_little, &value[axis]))
        return false;
    char lon[40], lat[40];
    kn_number_write(lon, value[0]);
    kn_number_write(lat, value[1]);
    fprintf(out, "%s[%s,%s]", i ? "," : "", lon, lat);
  }
  fputc(']', out);
  return true;
}

static bool
write_rings(FILE *out, wkb_cursor *wkb, bool is_little, int axes)
{
  uint32_t rings;
  if (!take_number(wkb, is_little, &rings))
    return false;
  fputc('[', out);
  for (uint32_t i = 0; i < rings; i++) {
    if (i)
      fputc(',', out);
    if (!write_points(out, wkb, is_little, axes))
      return false;
  }
  fputc(']', out);
  return true;
}

static bool
write_geometry(FILE *out, wkb_cursor *wkb)
{
  bool is_little;
  uint32_t type, parts;
  int axes;
  if (!take_head(wkb, &is_little, &type, &axes))
    return false;
  if (type == WKB_POLYGON || type == WKB_LINE) {
    fprintf(out, "{\"type\":\"%s\",\"coordinates\":", type == WKB_LINE ? "LineString" : "Polygon");
    if (!(type == WKB_LINE ? write_points : write_rings)(out, wkb, is_little, axes))
      return false;
    fputc('}', out);
    return true;
  }
  if (type != WKB_MULTIPOLYGON || !take_number(wkb, is_little, &parts))
    return false;
  fputs("{\"type\":\"MultiPolygon\",\"coordinates\":[", out);
  for (uint32_t i = 0; i < parts; i++) {
    if (!take_head(wkb, &is_little, &type, &axes) || type != WKB_POLYGON)
      return false;
    if (i)
      fputc(',', out);
    if (!write_rings(out, wkb, is_little, axes))
      return false;
  }
  fputs("]}", out);
  return true;
}

kn_code
geojson_write_geometry(FILE *out, const uint8_t *wkb, size_t length, kn_error *err)
{
  wkb_cursor cursor = {wkb, wkb + length};
  if (!write_geometry(out, &cursor))
    return kn_fail(err, KN_E_INPUT, "a geometry that is no polygon, multipolygon or line in WKB");
  return KN_OK;
}
