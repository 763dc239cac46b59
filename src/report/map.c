/* report/map.c - the frame of the map, its quiet ground and its legend.
 *
 * The frame holds the region's own areas, not the world: gateways beyond it stand at its edge. Degrees become pixels by
 * an equirectangular projection true at the middle latitude, which at the size of a region differs from others by less than a
 * line's width. */
#include "report/internal.h"

#include <string.h>

enum { MAP_WIDTH = 960, LEAST_HEIGHT = 420, MOST_HEIGHT = 1000 };

void
map_at(const map_frame *frame, double lon, double lat, double *x, double *y)
{
  *x = (lon - frame->lon0) * frame->x_scale;
  *y = (frame->lat1 - lat) * frame->y_scale;
}

bool
map_holds(const map_frame *frame, double lon, double lat)
{
  return lon >= frame->lon0 && lon <= frame->lon1 && lat >= frame->lat0 && lat <= frame->lat1;
}

static void
widen(map_frame *frame, double lon, double lat)
{
  if (!isfinite(lon) || !isfinite(lat))
    return;
  frame->lon0 = fmin(frame->lon0, lon);
  frame->lon1 = fmax(frame->lon1, lon);
  frame->lat0 = fmin(frame->lat0, lat);
  frame->lat1 = fmax(frame->lat1, lat);
}

static void
widen_ring(void *arg, int64_t n, const uint8_t *point, int32_t stride, bool is_swapped)
{
  for (int64_t i = 0; i < n; i++) {
    double lon, lat;
    map_wkb_point(point + i * stride, is_swapped, &lon, &lat);
    widen(arg, lon, lat);
  }
}

static bool
widen_area(const page *p, map_frame *frame, int32_t area)
{
  const uint8_t *wkb;
  size_t length;
  return kn_region_area_wkb(p->region, area, &wkb, &length) && map_wkb(wkb, length, widen_ring, frame);
}

static bool
is_within_region(const page *p, int32_t area)
{
  for (; area >= 0; area = p->areas.parent[area])
    if (p->areas.level[area] == KN_REGION)
      return true;
  return false;
}

/* First what lies in an area of level region; where there is none, the municipalities that hold a site; else the sites. */
static bool
choose_bounds(const page *p, map_frame *frame)
{
  *frame = (map_frame){.lon0 = INFINITY, .lat0 = INFINITY, .lon1 = -INFINITY, .lat1 = -INFINITY};
  bool has_area = false;
  for (int64_t i = 0; i < p->areas.n; i++)
    if (p->areas.level[i] <= KN_REGION && is_within_region(p, (int32_t)i))
      has_area = widen_area(p, frame, (int32_t)i) || has_area;
  for (int64_t i = 0; !has_area && i < p->sites.n; i++) {
    const int32_t area = p->sites.area[i];
    if (area >= 0 && p->areas.level[area] <= KN_REGION)
      widen_area(p, frame, area);
    widen(frame, p->sites.lon[i], p->sites.lat[i]);
  }
  return frame->lon0 <= frame->lon1;
}

static bool
choose_frame(const page *p, map_frame *frame)
{
  if (!choose_bounds(p, frame))
    return false;
  const double degree_km = KN_EARTH_KM * 0.017453292519943295;
  const double middle_lat = (frame->lat0 + frame->lat1) / 2, squeeze = fmax(0.02, cos(middle_lat * 0.017453292519943295));
  double wide_km = fmax((frame->lon1 - frame->lon0) * degree_km * squeeze, 1);
  double high_km = fmax((frame->lat1 - frame->lat0) * degree_km, 1);
  wide_km *= 1.06;
  high_km *= 1.06;
  wide_km = fmax(wide_km, high_km * MAP_WIDTH / MOST_HEIGHT);
  high_km = fmax(high_km, wide_km * LEAST_HEIGHT / MAP_WIDTH);
  const double middle_lon = (frame->lon0 + frame->lon1) / 2, px_per_km = MAP_WIDTH / wide_km;
  frame->width = MAP_WIDTH;
  frame->height = round(high_km * px_per_km);
  frame->y_scale = px_per_km * degree_km;
  frame->x_scale = frame->y_scale * squeeze;
  frame->lon0 = middle_lon - wide_km / 2 / degree_km / squeeze;
  frame->lon1 = middle_lon + wide_km / 2 / degree_km / squeeze;
  frame->lat0 = middle_lat - high_km / 2 / degree_km;
  frame->lat1 = middle_lat + high_km / 2 / degree_km;
  return true;
}

/* ------------------------------------------------------------------ paths */
typedef struct path_maker {
  page *p;
  const map_frame *frame;
  double x, y; /* last point written */
  int64_t written;
  bool is_seen; /* some point is in the frame, or its box crosses it */
  map_box box;
  double area, centre_x, centre_y; /* of the largest ring: its label goes to its middle */
} path_maker;

/* Points closer than half a pixel to the last one add nothing to see. */
static void
path_point(path_maker *maker, double lon, double lat, bool is_last)
{
  double x, y;
  map_at(maker->frame, lon, lat, &x, &y);
  if (!isfinite(x) || !isfinite(y))
    return;
  if (maker->written > 0 && !is_last && hypot(x - maker->x, y - maker->y) < 0.5)
    return;
  emit(maker->p, maker->written == 0 ? "M%g %g" : maker->written == 1 ? "L%g %g" : " %g %g", x, y);
  maker->x = x;
  maker->y = y;
  maker->written++;
}

static void
path_ring(void *arg, int64_t n, const uint8_t *point, int32_t stride, bool is_swapped)
{
  path_maker *maker = arg;
  map_box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  double twice_area = 0, sum_x = 0, sum_y = 0, x0 = 0, y0 = 0;
  for (int64_t i = 0; i < n; i++) {
    double lon, lat, x, y;
    map_wkb_point(point + i * stride, is_swapped, &lon, &lat);
    map_at(maker->frame, lon, lat, &x, &y);
    box = (map_box){fmin(box.x0, x), fmin(box.y0, y), fmax(box.x1, x), fmax(box.y1, y)};
    const double cross = x0 * y - x * y0;
    if (i > 0) {
      twice_area += cross;
      sum_x += (x0 + x) * cross;
      sum_y += (y0 + y) * cross;
    }
    x0 = x;
    y0 = y;
  }
  if (box.x1 < 0 || box.y1 < 0 || box.x0 > maker->frame->width || box.y0 > maker->frame->height)
    return;
  if (fabs(twice_area) > maker->area) {
    maker->area = fabs(twice_area);
    maker->centre_x = sum_x / (3 * twice_area);
    maker->centre_y = sum_y / (3 * twice_area);
  }
  maker->is_seen = true;
  maker->written = 0;
  for (int64_t i = 0; i < n; i++) {
    double lon, lat;
    map_wkb_point(point + i * stride, is_swapped, &lon, &lat);
    path_point(maker, lon, lat, false);
  }
  emit(maker->p, "Z");
}

typedef struct area_label {
  double x, y, size;
  int32_t area;
} area_label;

/* Areas of one level; labels of what is seen are kept for later. */
static void
write_areas(page *p, const map_frame *frame, int level, area_label *label, int32_t *label_count)
{
  for (int64_t i = 0; i < p->areas.n; i++) {
    const uint8_t *wkb;
    size_t length;
    if (p->areas.level[i] != level || !kn_region_area_wkb(p->region, (int32_t)i, &wkb, &length))
      continue;
    const int64_t start = p->length;
    path_maker maker = {.p = p, .frame = frame};
    const bool is_inside = is_within_region(p, (int32_t)i);
    emit(p, "<path class=\"area l%i%s\" d=\"", level, is_inside || level == KN_REGION ? "" : " far");
    const bool is_read = map_wkb(wkb, length, path_ring, &maker);
    emit(p, "\"><title>%t</title></path>\n", name_in(p, KN_T_AREA, (int32_t)i, p->areas.name[i]));
    if (!is_read || !maker.is_seen) {
      p->length = p->code == KN_OK ? start : p->length;
      continue;
    }
    if (maker.centre_x > 0 && maker.centre_x < frame->width && maker.centre_y > 0 && maker.centre_y < frame->height)
      label[(*label_count)++] = (area_label){maker.centre_x, maker.centre_y, maker.area, (int32_t)i};
  }
}

static void
write_ground(page *p, const map_frame *frame, int kind)
{
  static const char *const css[KN_GROUND_COUNT] = {"water", "rail", "road"};
  for (int64_t i = 0; i < p->in->ground_count; i++) {
    const kn_ground_line *line = &p->in->ground[i];
    if (line->kind != kind || line->n < 2)
      continue;
    map_box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int64_t k = 0; k < line->n; k++) {
      const double lon = line->lon_lat[2 * k], lat = line->lon_lat[2 * k + 1];
      box = (map_box){fmin(box.x0, lon), fmin(box.y0, lat), fmax(box.x1, lon), fmax(box.y1, lat)};
    }
    if (!(box.x1 >= frame->lon0 && box.x0 <= frame->lon1 && box.y1 >= frame->lat0 && box.y0 <= frame->lat1))
      continue;
    path_maker maker = {.p = p, .frame = frame};
    emit(p, "<path class=\"%s%s\" d=\"", css[kind], line->is_closed ? " face" : "");
    for (int64_t k = 0; k < line->n; k++)
      path_point(&maker, line->lon_lat[2 * k], line->lon_lat[2 * k + 1], k + 1 == line->n);
    emit(p, "%s\">%s</path>\n", line->is_closed ? "Z" : "", line->name ? made(p, "<title>%t</title>", line->name) : "");
  }
}

void
map_line(page *p, const map_frame *frame, int64_t n, const double *lon_lat)
{
  path_maker maker = {.p = p, .frame = frame};
  for (int64_t k = 0; k < n; k++)
    path_point(&maker, lon_lat[2 * k], lon_lat[2 * k + 1], k + 1 == n);
}

/* A round number of kilometres, about a sixth of the width. */
static void
write_scale(page *p, const map_frame *frame, map_boxes *boxes)
{
  const double px_per_km = frame->y_scale / (KN_EARTH_KM * 0.017453292519943295);
  const double wanted = frame->width / 6 / px_per_km, power = pow(10, floor(log10(wanted)));
  const double km = (wanted >= 5 * power ? 5 : wanted >= 2 * power ? 2 : 1) * power, px = km * px_per_km;
  const double x = 16, y = frame->height - 16;
  map_keep_clear(p, boxes, (map_box){0, y - 24, x + px + 20, frame->height});
  emit(p, "<g class=\"scale\"><path d=\"M%g %gv6h%gv-6\"/><text x=\"%g\" y=\"%g\">%t</text></g>\n", x, y - 6, px, x + 4, y - 6,
       plain(p, km, "km"));
}

static void
label_areas(page *p, const map_frame *frame, map_boxes *boxes, area_label *label, int32_t count)
{
  for (int32_t i = 1; i < count; i++) /* large ones first: they are what people look for */
    for (int32_t k = i; k > 0 && label[k - 1].size < label[k].size; k--) {
      const area_label moved = label[k];
      label[k] = label[k - 1];
      label[k - 1] = moved;
    }
  for (int32_t inside = 1; inside >= 0; inside--)
    for (int32_t i = 0; i < count; i++)
      if (p->areas.level[label[i].area] == KN_MUNICIPALITY && is_within_region(p, label[i].area) == (inside == 1)) {
        const char *name = name_in(p, KN_T_AREA, label[i].area, p->areas.name[label[i].area]);
        map_label(p, frame, boxes, label[i].x, label[i].y, 0, name, inside ? 15 : 12.5, inside ? "place" : "place far");
      }
}

static void
draw(page *p, const map_frame *frame, const map_mark *mark)
{
  map_boxes boxes = {0};
  int32_t label_count = 0;
  area_label *label = PAGE_TAKE(p, area_label, p->areas.n);
  if (!label)
    return;
  emit(p,
       "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"%m\">\n<svg class=\"chart map\" role=\"img\" "
       "aria-labelledby=\"map-t map-d\" viewBox=\"0 0 %g %g\">\n<title id=\"map-t\">%m</title><desc id=\"map-d\">%m</desc>\n",
       W_PICTURE, frame->width, frame->height, W_H_MAP, W_MAP_DESC);
  emit(p,
       "<defs><clipPath id=\"frame\"><rect width=\"%g\" height=\"%g\"/></clipPath></defs>\n<g clip-path=\"url(#frame)\">\n"
       "<rect class=\"sheet\" width=\"%g\" height=\"%g\"/>\n<g class=\"areas\">\n",
       frame->width, frame->height, frame->width, frame->height);
  for (int level = KN_COUNTRY; level >= KN_PARK; level--)
    if (level == KN_MUNICIPALITY || level == KN_PARK || level == KN_REGION)
      write_areas(p, frame, level, label, &label_count);
  emit(p, "</g>\n<g class=\"ground\">\n");
  for (int kind = 0; kind < KN_GROUND_COUNT; kind++)
    write_ground(p, frame, kind == 0 ? KN_GROUND_WATER : kind == 1 ? KN_GROUND_ROAD : KN_GROUND_RAIL);
  emit(p, "</g>\n");
  write_scale(p, frame, &boxes);
  map_tracks(p, frame);
  map_ties(p, mark);
  map_sites(p, mark, &boxes);
  label_areas(p, frame, &boxes, label, label_count);
  map_site_labels(p, frame, mark, &boxes);
  emit(p, "</g>\n<rect class=\"edge\" width=\"%g\" height=\"%g\"/>\n</svg>\n</div>\n", frame->width, frame->height);
}

void
write_map(page *p)
{
  section_open(p, "map", W_H_MAP);
  map_frame frame;
  if (!choose_frame(p, &frame)) {
    emit(p, "<p class=\"empty\">%m</p>\n", W_NO_PLACES);
    section_close(p);
    return;
  }
  emit(p, "<p>%m</p>\n<figure>\n", p->plan->tracks.n > 0 ? W_MAP_INTRO_TRACKS : p->has_plan ? W_MAP_INTRO : W_MAP_INTRO_BARE);
  const map_mark *mark = map_marks(p, &frame);
  if (mark) {
    draw(p, &frame, mark);
    map_legend(p, &frame, mark);
  }
  emit(p, "</figure>\n");
  section_close(p);
}
