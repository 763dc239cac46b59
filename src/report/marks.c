/* report/marks.c - sites, gateways and ties on the map. */
#include "report/internal.h"

#include <stdlib.h>
#include <string.h>

enum { ARCS_MOST = 140, NAMES_MOST = 14, EDGE_PX = 16 };

static int32_t
mark_of(const page *p, kn_place place)
{
  if (place.kind == KN_END_GATEWAY)
    return place.row >= 0 && place.row < p->gateways.n ? (int32_t)p->sites.n + place.row : -1;
  return place_site(p, place);
}

/* What lies beyond the frame stands where the line from the middle of the map leaves it. */
static void
put_at_edge(const map_frame *frame, map_mark *mark, double inset)
{
  const double cx = frame->width / 2, cy = frame->height / 2;
  const double dx = mark->x - cx, dy = mark->y - cy;
  const double reach = fmin(fabs(dx) > 0 ? (cx - inset) / fabs(dx) : INFINITY, fabs(dy) > 0 ? (cy - inset) / fabs(dy) : INFINITY);
  if (!(reach < 1))
    return;
  mark->x = cx + dx * reach;
  mark->y = cy + dy * reach;
  mark->is_edge = true;
}

static void
note_figure(const page *p, map_mark *mark, int32_t source, int32_t resource, double *class_weight)
{
  const bool is_estimate = source >= 0 && source < p->sources.n && p->sources.is_estimate[source];
  if (!mark->is_shown)
    mark->is_estimate = is_estimate;
  mark->is_estimate = mark->is_estimate && is_estimate;
  mark->is_shown = true;
  class_weight[p->resources.class_of[resource]] += 1e-9;
}

static void
weigh_tie(const page *p, map_mark *mark, double *class_weight, int64_t i)
{
  const kn_tie_view ties = p->plan->ties;
  const int32_t end[2] = {mark_of(p, ties.from[i]), mark_of(p, ties.to[i])};
  for (int k = 0; k < 2; k++) {
    if (end[k] < 0)
      continue;
    mark[end[k]].is_shown = mark[end[k]].is_tied = true;
    mark[end[k]].eur += fabs(ties.eur[i]);
    class_weight[(int64_t)end[k] * KN_CLASS_COUNT + p->resources.class_of[ties.resource[i]]] += fabs(ties.eur[i]) + 1e-6;
  }
}

static void
weigh(const page *p, map_mark *mark, double *class_weight)
{
  for (int64_t i = 0; i < p->offers.n; i++)
    note_figure(p, &mark[p->offers.site[i]], p->offers.source[i], p->offers.resource[i],
                class_weight + (int64_t)p->offers.site[i] * KN_CLASS_COUNT);
  for (int64_t i = 0; i < p->needs.n; i++)
    if (p->needs.site[i] >= 0)
      note_figure(p, &mark[p->needs.site[i]], p->needs.source[i], p->needs.resource[i],
                  class_weight + (int64_t)p->needs.site[i] * KN_CLASS_COUNT);
  for (int64_t i = 0; i < p->plan->ties.n; i++)
    weigh_tie(p, mark, class_weight, i);
}

static void
place_marks(page *p, const map_frame *frame, map_mark *mark)
{
  for (int64_t i = 0; i < p->sites.n; i++) {
    map_at(frame, p->sites.lon[i], p->sites.lat[i], &mark[i].x, &mark[i].y);
    const uint8_t quality = p->sites.location_quality[i];
    mark[i].is_rough = quality != KN_BLANK_WORD && quality >= 3;
    if (mark[i].is_shown && !map_holds(frame, p->sites.lon[i], p->sites.lat[i])) {
      p->map_sites_outside++;
      put_at_edge(frame, &mark[i], 0);
    }
  }
  for (int64_t g = 0; g < p->gateways.n; g++) {
    map_mark *gate = &mark[p->sites.n + g];
    map_at(frame, p->gateways.lon[g], p->gateways.lat[g], &gate->x, &gate->y);
    put_at_edge(frame, gate, EDGE_PX);
    gate->is_shown = gate->is_tied || !p->has_plan;
    gate->r = 5;
  }
}

static int
by_spot(const void *a, const void *b)
{
  const map_mark *left = *(map_mark *const *)a, *right = *(map_mark *const *)b;
  const double lx = round(left->x * 2), rx = round(right->x * 2), ly = round(left->y * 2), ry = round(right->y * 2);
  if (lx != rx)
    return lx < rx ? -1 : 1;
  if (ly != ry)
    return ly < ry ? -1 : 1;
  if (left->r != right->r)
    return left->r > right->r ? -1 : 1;
  return left < right ? -1 : left > right;
}

/* Marks at the same spot are set side by side around it, large ones inside, on a sunflower's spiral. */
static void
spread(page *p, map_mark *mark)
{
  map_mark **order = PAGE_TAKE(p, map_mark *, p->sites.n);
  int64_t count = 0;
  for (int64_t i = 0; order && i < p->sites.n; i++)
    if (mark[i].is_shown && !mark[i].is_edge)
      order[count++] = &mark[i];
  if (count > 1)
    qsort((void *)order, (size_t)count, sizeof(void *), by_spot);
  for (int64_t i = 0; i < count;) {
    const double x = order[i]->x, y = order[i]->y;
    double room = 0;
    int64_t k = 0;
    for (; i + k < count && round(order[i + k]->x * 2) == round(x * 2) && round(order[i + k]->y * 2) == round(y * 2); k++) {
      map_mark *m = order[i + k];
      const double away = k == 0 ? 0 : sqrt(room) * 1.12 + m->r * 0.5;
      m->x = x + away * cos(2.39996322972865 * (double)k);
      m->y = y + away * sin(2.39996322972865 * (double)k);
      room += (m->r + 1) * (m->r + 1);
      p->map_sites_moved += k > 0;
    }
    i += k;
  }
}

map_mark *
map_marks(page *p, const map_frame *frame)
{
  const int64_t n = p->sites.n + p->gateways.n;
  map_mark *mark = PAGE_TAKE(p, map_mark, n);
  double *class_weight = PAGE_TAKE(p, double, n *KN_CLASS_COUNT);
  if (!mark || !class_weight)
    return NULL;
  weigh(p, mark, class_weight);
  double most = 1e-9;
  for (int64_t i = 0; i < n; i++) {
    for (int c = 1; c < KN_CLASS_COUNT; c++)
      if (class_weight[i * KN_CLASS_COUNT + c] > class_weight[i * KN_CLASS_COUNT + mark[i].class_of])
        mark[i].class_of = c;
    most = i < p->sites.n ? fmax(most, mark[i].eur) : most;
  }
  for (int64_t i = 0; i < p->sites.n; i++)
    mark[i].r = mark[i].is_tied ? 3.2 + 11 * sqrt(mark[i].eur / most) : p->has_plan ? 1.8 : 3;
  place_marks(p, frame, mark);
  spread(p, mark);
  return mark;
}

/* ------------------------------------------------------------------ ties */
typedef struct arc {
  int32_t from, to;
  uint8_t class_of, level;
  bool is_tracked; /* all its ties: their ways are drawn instead, and the arc shows only who is pointed at */
  double eur, size;
  int64_t first, ties;
} arc;

static int
by_pair(const void *a, const void *b)
{
  const arc *left = a, *right = b;
  if (left->from != right->from)
    return left->from < right->from ? -1 : 1;
  if (left->to != right->to)
    return left->to < right->to ? -1 : 1;
  if (left->class_of != right->class_of)
    return left->class_of < right->class_of ? -1 : 1;
  return left->first < right->first ? -1 : left->first > right->first;
}

static int
by_arc_size(const void *a, const void *b)
{
  const arc *left = a, *right = b;
  if (left->is_tracked != right->is_tracked)
    return left->is_tracked ? 1 : -1;
  if (left->size != right->size)
    return left->size > right->size ? -1 : 1;
  return left->first < right->first ? -1 : left->first > right->first;
}

/* One arc per pair of places and class, the largest first; after those that show, those that show when pointed at. */
static arc *
gather_arcs(page *p, const map_mark *mark, int64_t *count)
{
  const kn_tie_view ties = p->plan->ties;
  arc *list = PAGE_TAKE(p, arc, ties.n);
  int64_t n = 0;
  for (int64_t i = 0; list && i < ties.n; i++) {
    const int32_t from = mark_of(p, ties.from[i]), to = mark_of(p, ties.to[i]);
    if (from < 0 || to < 0 || from == to || !mark[from].is_shown || !mark[to].is_shown)
      continue;
    list[n++] = (arc){
        from, to, p->resources.class_of[ties.resource[i]], ties.level[i], tie_is_tracked(p, i), ties.eur[i], fabs(ties.eur[i]),
        i,    1};
  }
  int64_t kept = 0;
  if (n > 1)
    qsort(list, (size_t)n, sizeof *list, by_pair);
  for (int64_t i = 0; i < n; i++) {
    arc *last = kept > 0 ? &list[kept - 1] : NULL;
    if (last && last->from == list[i].from && last->to == list[i].to && last->class_of == list[i].class_of) {
      last->eur += list[i].eur;
      last->size += list[i].size;
      last->is_tracked &= list[i].is_tracked;
      last->ties++;
    } else {
      list[kept++] = list[i];
    }
  }
  if (kept > 1)
    qsort(list, (size_t)kept, sizeof *list, by_arc_size);
  *count = kept;
  return list;
}

static const char *
mark_name(page *p, int32_t mark)
{
  return mark < p->sites.n ? site_name(p, mark)
                           : place_name(p, (kn_place){.kind = KN_END_GATEWAY, .row = mark - (int32_t)p->sites.n});
}

void
map_ties(page *p, const map_mark *mark)
{
  int64_t count = 0;
  const arc *list = gather_arcs(p, mark, &count);
  if (!list)
    return;
  int64_t shown = 0;
  while (shown < count && !list[shown].is_tracked)
    shown++;
  p->map_arcs_drawn = shown < ARCS_MOST ? shown : ARCS_MOST;
  p->map_arcs_left = shown - p->map_arcs_drawn;
  double all = 1e-9, drawn = 0, most = 1e-9;
  for (int64_t i = 0; i < count; i++) {
    all += i < shown ? list[i].size : 0;
    drawn += i < p->map_arcs_drawn ? list[i].size : 0;
    most = fmax(most, list[i].size);
  }
  p->map_arcs_share = drawn / all;
  emit(p, "<g class=\"arcs\">\n");
  for (int64_t i = 0; i < count && i < shown + ARCS_MOST; i++) {
    if (i >= p->map_arcs_drawn && i < shown)
      continue;
    const map_mark *a = &mark[list[i].from], *b = &mark[list[i].to];
    const double dx = b->x - a->x, dy = b->y - a->y;
    const char *resource = resource_name(p, p->plan->ties.resource[list[i].first]);
    emit(p,
         "<path class=\"%s v%i%s\" data-key=\"s%i s%i\" stroke-width=\"%g\" d=\"M%g %gQ%g %g %g %g\"><title>%t</title></path>\n",
         class_css(list[i].class_of), (int)list[i].level, list[i].is_tracked ? " over" : "", list[i].from, list[i].to,
         0.8 + 4.2 * sqrt(list[i].size / most), a->x, a->y, a->x + dx / 2 + dy * 0.14, a->y + dy / 2 - dx * 0.14, b->x, b->y,
         said(p, word_of(list[i].ties, W_ARC_TIE, W_ARC_TIES), mark_name(p, list[i].from), mark_name(p, list[i].to), resource,
              plain(p, list[i].eur, p->settings.currency), counted(p, list[i].ties)));
  }
  emit(p, "</g>\n");
}

/* ------------------------------------------------------------------ sites and gateways */
static void
write_site(page *p, const map_mark *mark, int32_t i)
{
  emit(p, "<circle class=\"%s%s%s%s\" data-key=\"s%i\" cx=\"%g\" cy=\"%g\" r=\"%g\"><title>%t</title></circle>\n",
       class_css(mark[i].class_of), mark[i].is_tied || !p->has_plan ? "" : " idle", mark[i].is_estimate ? " guess" : "",
       mark[i].is_rough ? " rough" : "", i, mark[i].x, mark[i].y, mark[i].r,
       mark[i].eur > 0 ? said(p, W_MARK_TITLE, site_name(p, i), plain(p, mark[i].eur, p->settings.currency)) : site_name(p, i));
}

static bool
is_first_gateway_here(const map_mark *mark, int32_t n, int32_t i)
{
  for (int32_t k = n; k < i; k++)
    if (mark[k].is_shown && hypot(mark[k].x - mark[i].x, mark[k].y - mark[i].y) < 1)
      return false;
  return true;
}

void
map_sites(page *p, const map_mark *mark, map_boxes *boxes)
{
  const int32_t sites = (int32_t)p->sites.n, all = sites + (int32_t)p->gateways.n;
  emit(p, "<g class=\"sites\">\n");
  for (int is_tied = 0; is_tied < 2; is_tied++)
    for (int32_t i = 0; i < sites; i++)
      if (mark[i].is_shown && !mark[i].is_edge && mark[i].is_tied == (is_tied == 1)) {
        write_site(p, mark, i);
        if (mark[i].r > 4)
          map_keep_clear(p, boxes,
                         (map_box){mark[i].x - mark[i].r, mark[i].y - mark[i].r, mark[i].x + mark[i].r, mark[i].y + mark[i].r});
      }
  emit(p, "</g>\n<g class=\"gates\">\n");
  for (int32_t i = sites; i < all; i++)
    if (mark[i].is_shown && is_first_gateway_here(mark, sites, i)) {
      emit(p, "<path data-key=\"s%i\" d=\"M%g %gl6 6l-6 6l-6 -6z\"><title>%t</title></path>\n", i, mark[i].x, mark[i].y - 6,
           mark_name(p, i));
      map_keep_clear(p, boxes, (map_box){mark[i].x - 7, mark[i].y - 7, mark[i].x + 7, mark[i].y + 7});
    }
  emit(p, "</g>\n");
}

/* The whole name where there is room for it, else what fits. */
static void
gate_label(page *p, const map_frame *frame, map_boxes *boxes, const map_mark *mark, const char *name)
{
  static const double widths[] = {280, 190, 110};
  for (int k = 0; k < 3; k++)
    if (map_label(p, frame, boxes, mark->x, mark->y, 8, cut_to(p, name, widths[k], 12), 12, "gate"))
      return;
}

/* Gateways first, then the sites that move most, as far as there is room. */
void
map_site_labels(page *p, const map_frame *frame, const map_mark *mark, map_boxes *boxes)
{
  const int32_t sites = (int32_t)p->sites.n, all = sites + (int32_t)p->gateways.n;
  for (int32_t i = sites; i < all; i++)
    if (mark[i].is_shown && is_first_gateway_here(mark, sites, i))
      gate_label(p, frame, boxes, &mark[i], mark_name(p, i));
  bool *is_done = PAGE_TAKE(p, bool, sites);
  const char *written[NAMES_MOST];
  for (int32_t k = 0; is_done && k < NAMES_MOST; k++) {
    int32_t best = -1;
    for (int32_t i = 0; i < sites; i++)
      if (!is_done[i] && mark[i].is_tied && !mark[i].is_edge && (best < 0 || mark[i].eur > mark[best].eur))
        best = i;
    if (best < 0)
      return;
    is_done[best] = true;
    written[k] = mark_name(p, best);
    bool is_new = true; /* an actor with several sites is named at the largest of them */
    for (int32_t i = 0; i < k; i++)
      is_new = is_new && strcmp(written[i], written[k]) != 0;
    if (!is_new)
      continue;
    map_label(p, frame, boxes, mark[best].x, mark[best].y, mark[best].r, cut_to(p, written[k], 170, 11.5), 11.5, "site");
  }
}

static void
legend_line(page *p, int level)
{
  emit(p,
       "<li><svg class=\"swatch arcs\" width=\"34\" height=\"12\" viewBox=\"0 0 34 12\" aria-hidden=\"true\"><path class=\"cx "
       "v%i\" "
       "stroke-width=\"2.2\" d=\"M0 6H34\"/></svg>%m</li>\n",
       level, W_WITHIN_0 + level);
}

void
map_legend(page *p, const map_frame *frame, const map_mark *mark)
{
  bool has_class[KN_CLASS_COUNT] = {0}, has_level[KN_LEVEL_COUNT] = {0}, has_estimate = false, has_gate = false,
       has_rough = false;
  for (int64_t i = 0; i < p->sites.n + p->gateways.n; i++) {
    if (!mark[i].is_shown)
      continue;
    has_gate = has_gate || i >= p->sites.n;
    if (i < p->sites.n) {
      has_class[mark[i].class_of] = true;
      has_estimate = has_estimate || mark[i].is_estimate;
      has_rough = has_rough || mark[i].is_rough;
    }
  }
  for (int64_t i = 0; i < p->plan->ties.n; i++)
    if (!tie_is_tracked(p, i))
      has_level[p->plan->ties.level[i] < KN_LEVEL_COUNT ? p->plan->ties.level[i] : KN_WORLD] = true;
  emit(p, "<ul class=\"legend\">\n");
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    if (has_class[c])
      emit(p,
           "<li><svg class=\"swatch sites\" width=\"14\" height=\"14\" viewBox=\"0 0 14 14\" aria-hidden=\"true\"><circle "
           "class=\"%s\" "
           "cx=\"7\" cy=\"7\" r=\"5\"/></svg>%m</li>\n",
           class_css(c), W_CLASS_0 + c);
  if (has_estimate)
    emit(p, "<li><span class=\"ring\" aria-hidden=\"true\"></span>%m</li>\n", W_LEGEND_ESTIMATE);
  if (has_gate)
    emit(p,
         "<li><svg class=\"swatch gates\" width=\"14\" height=\"14\" viewBox=\"0 0 14 14\" aria-hidden=\"true\"><path "
         "d=\"M7 1l6 6l-6 6l-6 -6z\"/></svg>%m</li>\n",
         W_LEGEND_GATE);
  for (int level = KN_REGION; level < KN_LEVEL_COUNT; level++)
    if (has_level[level] || (level == KN_REGION && (has_level[KN_PARK] || has_level[KN_MUNICIPALITY])))
      legend_line(p, level);
  map_tracks_legend(p, frame);
  emit(p, "</ul>\n<figcaption>%m",
       p->plan->tracks.n > 0 ? W_MAP_CAPTION_TRACKS
       : p->has_plan         ? W_MAP_CAPTION
                             : W_MAP_CAPTION_BARE);
  if (has_rough || p->map_sites_moved > 0)
    emit(p, " %m", W_MAP_ROUGH);
  if (p->map_sites_outside > 0) {
    emit(p, " ");
    say(p, word_of(p->map_sites_outside, W_MAP_OUTSIDE_ONE, W_MAP_OUTSIDE), counted(p, p->map_sites_outside));
  }
  if (p->map_arcs_left > 0) {
    emit(p, " ");
    say(p, p->plan->tracks.n > 0 ? W_MAP_LEFT_TRACKS : W_MAP_LEFT, counted(p, p->map_arcs_drawn), counted(p, p->map_arcs_left),
        percent(p, p->map_arcs_share));
  }
  if (p->in->ground_credit)
    emit(p, " %m %t.", W_GROUND_CREDIT, p->in->ground_credit);
  emit(p, "</figcaption>\n");
}
