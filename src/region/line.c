/* Lines in WKB: brought into one form when they come in, so that those who read them need no more than an index.
 *
 * WKB: byte order | type | count of points | points. Kept: little endian, type 2, two numbers a point. */
#include "region/internal.h"

#include <string.h>

enum { LINE = 2, HEAD = 9, POINT = 16 };
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are read as they lie in memory");

static uint32_t
read_u32(const uint8_t *at, bool is_big)
{
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return is_big ? __builtin_bswap32(value) : value;
}

static double
read_double(const uint8_t *at, bool is_big)
{
  uint64_t bits;
  memcpy(&bits, at, sizeof bits);
  if (is_big)
    bits = __builtin_bswap64(bits);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* Numbers a point: Z and M as ISO writes them (1000, 2000, 3000) and as PostGIS does (high bits); 0: not a line. */
static size_t
axes_of(uint32_t type)
{
  const uint32_t iso = (type & 0xffff) / 1000;
  if ((type & 0xffff) % 1000 != LINE || iso > 3 || (type & 0x20000000u) != 0)
    return 0;
  const size_t axes = 2 + (iso == 1 || iso == 2 ? 1u : 0u) + (iso == 3 ? 2u : 0u) + ((type >> 31) & 1) + ((type >> 30) & 1);
  return axes <= 4 ? axes : 0;
}

const char *
kn_line_take(const uint8_t **out, size_t *out_length, kn_arena *arena, const uint8_t *wkb, size_t length)
{
  if (length < HEAD || wkb[0] > 1)
    return "it is no linestring";
  const bool is_big = wkb[0] == 0;
  const size_t axes = axes_of(read_u32(wkb + 1, is_big)), count = read_u32(wkb + 5, is_big);
  if (axes == 0)
    return "it is no linestring";
  if ((length - HEAD) / (8 * axes) < count || length - HEAD != count * 8 * axes)
    return "it does not hold the points that it says";
  if (count < 2)
    return "it has fewer than two points";
  for (size_t i = 0; i < count; i++) {
    const uint8_t *point = wkb + HEAD + i * 8 * axes;
    if (!(fabs(read_double(point, is_big)) <= 180) || !(fabs(read_double(point + 8, is_big)) <= 90))
      return "a point lies outside lon -180 to 180, lat -90 to 90";
  }
  *out = wkb;
  *out_length = length;
  if (!is_big && axes == 2)
    return NULL;
  *out_length = HEAD + count * POINT;
  if (kn_arena_reserve(arena, *out_length, NULL) != KN_OK)
    return "there is no memory for it";
  uint8_t *line = kn_arena_take(arena, *out_length, 1);
  const uint32_t head[2] = {LINE, (uint32_t)count};
  line[0] = 1;
  memcpy(line + 1, head, sizeof head);
  for (size_t i = 0; i < count; i++) {
    const uint8_t *from = wkb + HEAD + i * 8 * axes;
    const double point[2] = {read_double(from, is_big), read_double(from + 8, is_big)};
    memcpy(line + HEAD + i * POINT, point, sizeof point);
  }
  *out = line;
  return NULL;
}

bool
kn_line_is_plain(const uint8_t *wkb, size_t length)
{
  return length >= HEAD && wkb[0] == 1 && read_u32(wkb + 1, false) == LINE &&
         length == HEAD + (size_t)read_u32(wkb + 5, false) * POINT;
}

int64_t
kn_line_points(const uint8_t *wkb)
{
  return read_u32(wkb + 5, false);
}

void
kn_line_point(const uint8_t *wkb, int64_t at, double *lon, double *lat)
{
  *lon = read_double(wkb + HEAD + at * POINT, false);
  *lat = read_double(wkb + HEAD + at * POINT + 8, false);
}

double
kn_line_km(const uint8_t *wkb)
{
  const int64_t n = kn_line_points(wkb);
  double km = 0, lon, lat;
  kn_line_point(wkb, 0, &lon, &lat);
  kn_point before = kn_point_at(lon, lat);
  for (int64_t i = 1; i < n; i++) {
    kn_line_point(wkb, i, &lon, &lat);
    const kn_point here = kn_point_at(lon, lat);
    km += kn_point_km(KN_SPHERE, before, here);
    before = here;
  }
  return km;
}
