/* report/wkb.c - the rings of an area, straight from its WKB. Nothing is read beyond the end, whatever the bytes say. */
#include "report/internal.h"

#include <string.h>

typedef struct bytes {
  const uint8_t *at, *end;
} bytes;

static bool
take_u32(bytes *b, bool is_swapped, uint32_t *out)
{
  if (b->end - b->at < 4)
    return false;
  uint32_t v;
  memcpy(&v, b->at, 4);
  *out = is_swapped ? __builtin_bswap32(v) : v;
  b->at += 4;
  return true;
}

static double
double_at(const uint8_t *at, bool is_swapped)
{
  uint64_t v;
  memcpy(&v, at, 8);
  if (is_swapped)
    v = __builtin_bswap64(v);
  double out;
  memcpy(&out, &v, 8);
  return out;
}

void
map_wkb_point(const uint8_t *point, bool is_swapped, double *lon, double *lat)
{
  *lon = double_at(point, is_swapped);
  *lat = double_at(point + 8, is_swapped);
}

static bool
take_head(bytes *b, bool *is_swapped, uint32_t *type, int32_t *dimensions)
{
  if (b->end - b->at < 5)
    return false;
  const uint16_t probe = 1;
  uint8_t here;
  memcpy(&here, &probe, 1);
  *is_swapped = *b->at != here;
  b->at++;
  uint32_t raw, srid;
  if (!take_u32(b, *is_swapped, &raw))
    return false;
  const uint32_t plain_type = raw & 0x0fffffffu;
  *type = plain_type % 1000;
  const bool has_z = (raw & 0x80000000u) || plain_type / 1000 == 1 || plain_type / 1000 == 3;
  const bool has_m = (raw & 0x40000000u) || plain_type / 1000 == 2 || plain_type / 1000 == 3;
  *dimensions = 2 + has_z + has_m;
  return !(raw & 0x20000000u) || take_u32(b, *is_swapped, &srid);
}

static bool
take_polygon(bytes *b, bool is_swapped, int32_t dimensions, map_ring ring, void *arg)
{
  uint32_t ring_count;
  if (!take_u32(b, is_swapped, &ring_count))
    return false;
  for (uint32_t i = 0; i < ring_count; i++) {
    uint32_t n;
    const int32_t stride = dimensions * 8;
    if (!take_u32(b, is_swapped, &n) || (uint64_t)(b->end - b->at) < (uint64_t)n * (uint64_t)stride)
      return false;
    ring(arg, n, b->at, stride, is_swapped);
    b->at += (uint64_t)n * (uint64_t)stride;
  }
  return true;
}

bool
map_wkb(const uint8_t *wkb, size_t length, map_ring ring, void *arg)
{
  bytes b = {wkb, wkb + length};
  bool is_swapped;
  uint32_t type, part_count;
  int32_t dimensions;
  if (!take_head(&b, &is_swapped, &type, &dimensions))
    return false;
  if (type == 3)
    return take_polygon(&b, is_swapped, dimensions, ring, arg);
  if (type != 6 || !take_u32(&b, is_swapped, &part_count))
    return false;
  for (uint32_t i = 0; i < part_count; i++)
    if (!take_head(&b, &is_swapped, &type, &dimensions) || type != 3 || !take_polygon(&b, is_swapped, dimensions, ring, arg))
      return false;
  return true;
}
