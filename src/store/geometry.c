/* GeoPackage geometry: a header and WKB.
 *
 *   'G' 'P' | version 0 | flags | srs_id | envelope: least x, largest x, least y, largest y | WKB
 *
 * flags: bit 0 little endian, bits 1-3 what envelope there is (0 none, 1 xy, 2 xyz, 3 xym, 4 xyzm), bit 4 empty.
 * knoop writes little endian, points without an envelope, the rest with xy. Others may write any of these.
 *
 * An area is a multipolygon in the file, whatever it was before. So that it comes back as it was, the outer header
 * of a multipolygon made here around a single polygon is big endian: readers take either, and we know what to undo. In the
 * same way the straight line of a link that has no geometry is big endian: it is there for maps, and is not read back. */
#include <string.h>

#include "store/internal.h"

enum { SRS = 4326, WKB_POINT = 1, WKB_LINE = 2, WKB_POLYGON = 3, WKB_MULTIPOLYGON = 6, WKB_COLLECTION = 7, DEEPEST = 16 };
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "geometry is written as it lies in memory");

/* ---------------------------------------------------------------- reading WKB */
typedef struct reader {
  const uint8_t *at, *end;
  bool is_big; /* endian, of the geometry being read */
  bool is_bad; /* it ended too early, or holds what WKB does not know */
} reader;

static uint32_t
read_u32(reader *in)
{
  if (in->end - in->at < 4) {
    in->is_bad = true;
    return 0;
  }
  uint32_t value;
  memcpy(&value, in->at, sizeof value);
  in->at += sizeof value;
  return in->is_big ? __builtin_bswap32(value) : value;
}

static double
read_double(reader *in)
{
  if (in->end - in->at < 8) {
    in->is_bad = true;
    return NAN;
  }
  uint64_t bits;
  memcpy(&bits, in->at, sizeof bits);
  in->at += sizeof bits;
  if (in->is_big)
    bits = __builtin_bswap64(bits);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* Byte order and type; *dimensions is 2 to 4. Z and M as ISO writes them (1000, 2000) and as PostGIS does (high bits). */
static uint32_t
read_type(reader *in, int *dimensions)
{
  if (in->at == in->end || in->at[0] > 1) {
    in->is_bad = true;
    return 0;
  }
  in->is_big = *in->at++ == 0;
  const uint32_t type = read_u32(in);
  const uint32_t iso = (type & 0xffff) / 1000;
  *dimensions = 2 + (iso == 1 || iso == 2) + 2 * (iso == 3) + ((type & 0x80000000u) != 0) + ((type & 0x40000000u) != 0);
  in->is_bad |= iso > 3 || *dimensions > 4;
  return (type & 0xffff) % 1000;
}

static void
read_points(reader *in, uint32_t count, int dimensions, double bounds[4])
{
  if ((uint64_t)count * (uint64_t)dimensions * 8 > (uint64_t)(in->end - in->at)) {
    in->is_bad = true;
    return;
  }
  for (uint32_t i = 0; i < count; i++) {
    const double x = read_double(in), y = read_double(in);
    in->at += 8 * (dimensions - 2);
    /* fmin and fmax leave NAN out: an empty point, and the bounds before the first one. */
    bounds[0] = fmin(bounds[0], x);
    bounds[1] = fmin(bounds[1], y);
    bounds[2] = fmax(bounds[2], x);
    bounds[3] = fmax(bounds[3], y);
  }
}

static void
read_geometry(reader *in, double bounds[4], int depth)
{
  int dimensions;
  const uint32_t type = read_type(in, &dimensions);
  if (in->is_bad || depth > DEEPEST || type < WKB_POINT || type > WKB_COLLECTION) {
    in->is_bad = true;
    return;
  }
  if (type == WKB_POINT) {
    read_points(in, 1, dimensions, bounds);
    return;
  }
  const bool is_big = in->is_big;
  const uint32_t count = read_u32(in);
  if (type == WKB_LINE) {
    read_points(in, count, dimensions, bounds);
    return;
  }
  for (uint32_t i = 0; i < count && !in->is_bad; i++) {
    in->is_big = is_big;
    if (type == WKB_POLYGON)
      read_points(in, read_u32(in), dimensions, bounds);
    else
      read_geometry(in, bounds, depth + 1);
  }
}

/* Least x, least y, largest x, largest y of WKB; NAN when it is empty. O(bytes). */
static bool
wkb_bounds(const uint8_t *wkb, size_t length, double bounds[4])
{
  for (int i = 0; i < 4; i++)
    bounds[i] = NAN;
  reader in = {.at = wkb, .end = wkb + length};
  read_geometry(&in, bounds, 0);
  return !in.is_bad;
}

/* ---------------------------------------------------------------- reading blobs */
static bool
split_blob(const uint8_t *blob, size_t length, size_t *header)
{
  static const size_t envelope_bytes[8] = {0, 32, 48, 48, 64, SIZE_MAX, SIZE_MAX, SIZE_MAX};
  if (blob == NULL || length < 8 || blob[0] != 'G' || blob[1] != 'P' || blob[2] != 0)
    return false;
  const size_t envelope = envelope_bytes[(blob[3] >> 1) & 7];
  if (envelope == SIZE_MAX || length < 8 + envelope)
    return false;
  *header = 8 + envelope;
  return true;
}

bool
kn_geometry_bounds(const uint8_t *blob, size_t length, double bounds[4])
{
  size_t header;
  if (!split_blob(blob, length, &header))
    return false;
  if (header == 8)
    return wkb_bounds(blob + header, length - header, bounds);
  reader in = {.at = blob + 8, .end = blob + header, .is_big = (blob[3] & 1) == 0};
  bounds[0] = read_double(&in);
  bounds[2] = read_double(&in);
  bounds[1] = read_double(&in);
  bounds[3] = read_double(&in);
  return true;
}

bool
kn_geometry_wkb(const uint8_t *blob, size_t length, const uint8_t **wkb, size_t *wkb_length)
{
  size_t header;
  if (!split_blob(blob, length, &header))
    return false;
  *wkb = blob + header;
  *wkb_length = length - header;
  reader in = {.at = *wkb, .end = *wkb + *wkb_length};
  int dimensions;
  if (read_type(&in, &dimensions) == WKB_MULTIPOLYGON && in.is_big && read_u32(&in) == 1) {
    *wkb = in.at;
    *wkb_length = (size_t)(in.end - in.at);
  }
  return !in.is_bad;
}

/* ---------------------------------------------------------------- writing */
static uint8_t *
put(uint8_t *out, const void *data, size_t size)
{
  memcpy(out, data, size);
  return out + size;
}

static uint8_t *
put_u32(uint8_t *out, uint32_t value)
{
  return put(out, &value, sizeof value);
}

static uint8_t *
put_header(uint8_t *out, const double *bounds)
{
  const uint8_t start[4] = {'G', 'P', 0, bounds != NULL ? 3 : 1};
  out = put_u32(put(out, start, sizeof start), SRS);
  if (bounds != NULL)
    out = put(out, (const double[4]){bounds[0], bounds[2], bounds[1], bounds[3]}, 32);
  return out;
}

static uint8_t *
put_wkb_start(uint8_t *out, uint32_t type)
{
  *out = 1;
  return put_u32(out + 1, type);
}

void
kn_geometry_point(uint8_t out[POINT_BLOB], double lon, double lat)
{
  put(put_wkb_start(put_header(out, NULL), WKB_POINT), (const double[2]){lon, lat}, 16);
}

void
kn_geometry_line(uint8_t out[LINE_BLOB], const double from[2], const double to[2])
{
  const double bounds[4] = {fmin(from[0], to[0]), fmin(from[1], to[1]), fmax(from[0], to[0]), fmax(from[1], to[1])};
  uint8_t *at = put_u32(put_wkb_start(put_header(out, bounds), WKB_LINE), 2);
  put(put(at, from, 16), to, 16);
}

static uint8_t *
put_big_double(uint8_t *out, double value)
{
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits = __builtin_bswap64(bits);
  return put(out, &bits, sizeof bits);
}

void
kn_geometry_straight(uint8_t out[LINE_BLOB], const double from[2], const double to[2])
{
  static const uint8_t head[9] = {0, 0, 0, 0, WKB_LINE, 0, 0, 0, 2};
  kn_geometry_line(out, from, to);
  uint8_t *at = put(out + LINE_HEADER, head, sizeof head);
  for (int i = 0; i < 4; i++)
    at = put_big_double(at, i < 2 ? from[i] : to[i - 2]);
}

bool
kn_geometry_is_straight(const uint8_t *blob, size_t length)
{
  size_t header;
  return length == LINE_BLOB && split_blob(blob, length, &header) && header == LINE_HEADER && blob[header] == 0;
}

size_t
kn_geometry_wrap_line(uint8_t *out, const uint8_t *wkb, size_t length)
{
  double bounds[4];
  const bool is_line = wkb_bounds(wkb, length, bounds);
  assert(is_line && !isnan(bounds[0]));
  (void)is_line;
  put(put_header(out, bounds), wkb, length);
  return LINE_HEADER + length;
}

kn_code
kn_geometry_area(uint8_t **out, size_t *length, kn_arena *arena, const uint8_t *wkb, size_t wkb_length, kn_error *err)
{
  double bounds[4];
  reader in = {.at = wkb, .end = wkb + wkb_length};
  int dimensions;
  const uint32_t type = read_type(&in, &dimensions);
  if ((type != WKB_POLYGON && type != WKB_MULTIPOLYGON) || dimensions != 2 || !wkb_bounds(wkb, wkb_length, bounds))
    return kn_fail(err, KN_E_INPUT, "its geometry is no polygon or multipolygon in two dimensions");
  const size_t wrap = type == WKB_POLYGON ? 9 : 0;
  *length = AREA_HEADER + wrap + wkb_length;
  KN_NEW(*out, arena, *length, err);
  uint8_t *at = put_header(*out, bounds);
  if (isnan(bounds[0]))
    (*out)[3] |= 0x10;
  if (wrap > 0)
    at = put(at, (const uint8_t[9]){0, 0, 0, 0, WKB_MULTIPOLYGON, 0, 0, 0, 1}, wrap);
  put(at, wkb, wkb_length);
  return KN_OK;
}

/* ---------------------------------------------------------------- GeoJSON */
/* To six decimals, a tenth of a metre; heights and measures are left out, an empty point is []. */
static void
write_point(sqlite3_str *out, reader *in, int dimensions)
{
  const double at[2] = {read_double(in), read_double(in)};
  if (in->is_bad || in->end - in->at < 8 * (dimensions - 2)) {
    in->is_bad = true;
    return;
  }
  in->at += 8 * (dimensions - 2);
  if (!isfinite(at[0]) || !isfinite(at[1])) {
    sqlite3_str_append(out, "[]", 2);
    return;
  }
  for (int i = 0; i < 2; i++) {
    char number[40];
    sqlite3_str_append(out, i == 0 ? "[" : ",", 1);
    sqlite3_str_append(out, number, (int)kn_number_write(number, round(at[i] * 1e6) / 1e6));
  }
  sqlite3_str_append(out, "]", 1);
}

static void
write_points(sqlite3_str *out, reader *in, int dimensions)
{
  const uint32_t count = read_u32(in);
  sqlite3_str_append(out, "[", 1);
  for (uint32_t i = 0; i < count && !in->is_bad; i++) {
    if (i > 0)
      sqlite3_str_append(out, ",", 1);
    write_point(out, in, dimensions);
  }
  sqlite3_str_append(out, "]", 1);
}

/* One geometry; its coordinates alone where it is a part of a multiple one. */
static void
write_shape(sqlite3_str *out, reader *in, bool is_part, int depth)
{
  static const char *const names[] = {[WKB_POINT] = "Point",
                                      [WKB_LINE] = "LineString",
                                      [WKB_POLYGON] = "Polygon",
                                      [4] = "MultiPoint",
                                      [5] = "MultiLineString",
                                      [WKB_MULTIPOLYGON] = "MultiPolygon",
                                      [WKB_COLLECTION] = "GeometryCollection"};
  int dimensions;
  const uint32_t type = read_type(in, &dimensions);
  if (in->is_bad || depth > DEEPEST || type < WKB_POINT || type > WKB_COLLECTION) {
    in->is_bad = true;
    return;
  }
  if (!is_part)
    sqlite3_str_appendf(out, "{\"type\":\"%s\",\"%s\":", names[type], type == WKB_COLLECTION ? "geometries" : "coordinates");
  if (type == WKB_POINT)
    write_point(out, in, dimensions);
  else if (type == WKB_LINE)
    write_points(out, in, dimensions);
  else {
    const uint32_t count = read_u32(in);
    const bool is_big = in->is_big;
    sqlite3_str_append(out, "[", 1);
    for (uint32_t i = 0; i < count && !in->is_bad; i++) {
      in->is_big = is_big;
      if (i > 0)
        sqlite3_str_append(out, ",", 1);
      if (type == WKB_POLYGON)
        write_points(out, in, dimensions);
      else
        write_shape(out, in, type != WKB_COLLECTION, depth + 1);
    }
    sqlite3_str_append(out, "]", 1);
  }
  if (!is_part)
    sqlite3_str_append(out, "}", 1);
}

/* geojson(geom): the geometry of RFC 7946 as text; NULL for what is not a geometry. O(bytes). */
static void
answer_geojson(sqlite3_context *result, int count, sqlite3_value **value)
{
  (void)count;
  const uint8_t *wkb;
  size_t length;
  if (sqlite3_value_type(value[0]) != SQLITE_BLOB ||
      !kn_geometry_wkb(sqlite3_value_blob(value[0]), (size_t)sqlite3_value_bytes(value[0]), &wkb, &length))
    return;
  sqlite3_str *out = sqlite3_str_new(sqlite3_context_db_handle(result));
  reader in = {.at = wkb, .end = wkb + length};
  write_shape(out, &in, false, 0);
  const int rc = sqlite3_str_errcode(out);
  char *text = sqlite3_str_finish(out);
  if (rc == SQLITE_NOMEM)
    sqlite3_result_error_nomem(result);
  else if (rc == SQLITE_TOOBIG)
    sqlite3_result_error_toobig(result);
  if (rc != SQLITE_OK || in.is_bad)
    sqlite3_free(text);
  else
    sqlite3_result_text(result, text, -1, sqlite3_free);
}

/* ---------------------------------------------------------------- functions that the spatial indexes call */
enum { MIN_X, MIN_Y, MAX_X, MAX_Y, IS_EMPTY };
static const struct function {
  const char *name;
  int which;
} functions[] = {{"ST_MinX", MIN_X}, {"ST_MinY", MIN_Y}, {"ST_MaxX", MAX_X}, {"ST_MaxY", MAX_Y}, {"ST_IsEmpty", IS_EMPTY}};

/* NULL for what is not a geometry, as in the GeoPackage standard. */
static void
answer_bounds(sqlite3_context *result, int count, sqlite3_value **value)
{
  (void)count;
  const int which = ((const struct function *)sqlite3_user_data(result))->which;
  double bounds[4];
  if (sqlite3_value_type(value[0]) != SQLITE_BLOB)
    return;
  const size_t length = (size_t)sqlite3_value_bytes(value[0]);
  if (!kn_geometry_bounds(sqlite3_value_blob(value[0]), length, bounds))
    return;
  if (which == IS_EMPTY)
    sqlite3_result_int(result, isnan(bounds[0]));
  else
    sqlite3_result_double(result, bounds[which]);
}

int
kn_geometry_register(sqlite3 *db)
{
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    const int rc = sqlite3_create_function_v2(db, functions[i].name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                              (void *)(uintptr_t)&functions[i], answer_bounds, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
      return rc;
  }
  return sqlite3_create_function_v2(db, "geojson", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, answer_geojson,
                                    NULL, NULL, NULL);
}
