/* report/tracks.c - the ways that ties take over the network, on the map.
 *
 * Thin lines under the marks: a colour for each kind of link, a breadth for the money of the ties that pass. Pieces of one kind
 * and breadth are one path, so the page stays small. */
#include "report/internal.h"

#include <string.h>

enum { BREADTHS = 6 };

static const char *
kind_css(int kind)
{
  static const char *const css[KN_LINK_KIND_COUNT] = {"w-road",    "w-rail",      "w-water",      "w-cycle",
                                                      "w-transit", "w-pipe-heat", "w-pipe-water", "w-power"};
  return css[kind];
}

static double
most_eur(const kn_track_view *tracks)
{
  double most = 1e-9;
  for (int64_t i = 0; i < tracks->n; i++)
    most = fmax(most, tracks->track[i].eur);
  return most;
}

static int
breadth_of(double eur, double most)
{
  const int step = (int)(BREADTHS * sqrt(eur / most));
  return step < BREADTHS ? step : BREADTHS - 1;
}

static bool
is_in_frame(const map_frame *frame, const kn_track *track)
{
  map_box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (int64_t k = 0; k < track->n; k++) {
    const double lon = track->lon_lat[2 * k], lat = track->lon_lat[2 * k + 1];
    box = (map_box){fmin(box.x0, lon), fmin(box.y0, lat), fmax(box.x1, lon), fmax(box.y1, lat)};
  }
  return box.x1 >= frame->lon0 && box.x0 <= frame->lon1 && box.y1 >= frame->lat0 && box.y0 <= frame->lat1;
}

static bool
has_kind(const page *p, const map_frame *frame, int kind)
{
  const kn_track_view *tracks = &p->plan->tracks;
  for (int64_t i = 0; i < tracks->n; i++)
    if (tracks->track[i].kind == kind && is_in_frame(frame, &tracks->track[i]))
      return true;
  return false;
}

static void
write_breadth(page *p, const map_frame *frame, int kind, int breadth, double most)
{
  const kn_track_view *tracks = &p->plan->tracks;
  bool is_open = false;
  for (int64_t i = 0; i < tracks->n; i++) {
    const kn_track *track = &tracks->track[i];
    if (track->kind != kind || breadth_of(track->eur, most) != breadth || !is_in_frame(frame, track))
      continue;
    if (!is_open)
      emit(p, "<path stroke-width=\"%g\" d=\"", 0.7 + 2.6 * breadth / (BREADTHS - 1));
    is_open = true;
    map_line(p, frame, track->n, track->lon_lat);
  }
  if (is_open)
    emit(p, "\"/>\n");
}

void
map_tracks(page *p, const map_frame *frame)
{
  static const uint8_t order[KN_LINK_KIND_COUNT] = {KN_ON_CYCLE,      KN_ON_ROAD, KN_ON_TRANSIT,   KN_ON_POWER,
                                                    KN_ON_PIPE_WATER, KN_ON_RAIL, KN_ON_PIPE_HEAT, KN_ON_WATER};
  if (p->plan->tracks.n == 0)
    return;
  const double most = most_eur(&p->plan->tracks);
  emit(p, "<g class=\"tracks\">\n");
  for (int k = 0; k < KN_LINK_KIND_COUNT; k++) {
    if (!has_kind(p, frame, order[k]))
      continue;
    emit(p, "<g class=\"%s\"><title>%m</title>\n", kind_css(order[k]), W_TRACK_0 + order[k]);
    for (int breadth = 0; breadth < BREADTHS; breadth++)
      write_breadth(p, frame, order[k], breadth, most);
    emit(p, "</g>\n");
  }
  emit(p, "</g>\n");
}

void
map_tracks_legend(page *p, const map_frame *frame)
{
  for (int kind = 0; kind < KN_LINK_KIND_COUNT; kind++)
    if (has_kind(p, frame, kind))
      emit(p,
           "<li><svg class=\"swatch tracks\" width=\"34\" height=\"12\" viewBox=\"0 0 34 12\" aria-hidden=\"true\"><g "
           "class=\"%s\"><path stroke-width=\"2.2\" d=\"M0 6H34\"/></g></svg>%m</li>\n",
           kind_css(kind), W_TRACK_0 + kind);
}

bool
tie_is_tracked(const page *p, int64_t tie)
{
  return p->plan->tracks.is_tracked != NULL && p->plan->tracks.is_tracked[tie] != 0;
}
