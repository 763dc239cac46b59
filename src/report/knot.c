/* report/knot.c - pull, knot, push: the vision's own picture, drawn from the plan.
 *
 * Left what is pulled in, right what is pushed out, each in three bands (world, between cities, local), in the middle
 * the units where value arises. A ribbon is as wide as the euros that its ties bring a year; pale ones cost
 * money that is earned back further along. Bands and classes always stand in the same order. */
#include "report/internal.h"

#include <stdlib.h>
#include <string.h>

enum { BANDS = 3, HALL_MOST = 9, TOTAL_PX = 340, LABEL_PX = 150, BAR_PX = 10, HALL_PX = 190, WIDTH_PX = 960 };
enum { SIDE_LEFT, SIDE_HALL, SIDE_RIGHT };
#define KEY_DIRECT INT64_C(1000000001)
#define KEY_OTHER INT64_C(1000000002)

static int
band_of_level(int level)
{
  return level <= KN_REGION ? 2 : level == KN_INTERCITY ? 1 : 0;
}

/* A site outside the region's own area counts to the band of the smallest area that it shares with others. */
static int
band_of_site(const page *p, int32_t site)
{
  if (site < 0 || site >= p->sites.n)
    return 2;
  bool is_far = false;
  for (int32_t area = p->sites.area[site]; area >= 0; area = p->areas.parent[area]) {
    if (p->areas.level[area] == KN_REGION)
      return 2;
    is_far = is_far || p->areas.level[area] == KN_INTERCITY;
  }
  return is_far ? 1 : 2;
}

static int
band_of(const page *p, kn_place place)
{
  if (place.kind != KN_END_GATEWAY)
    return band_of_site(p, place_site(p, place));
  const uint8_t level = place.row >= 0 && place.row < p->gateways.n ? p->gateways.level[place.row] : KN_BLANK_WORD;
  return level == KN_BLANK_WORD ? 0 : band_of_level(level);
}

static int64_t
outer_key(int side, int band, int resource_class)
{
  return (side * BANDS + band) * KN_CLASS_COUNT + resource_class;
}

typedef struct hall {
  int32_t process;
  double eur;
} hall;

static int
by_eur(const void *a, const void *b)
{
  const hall *left = a, *right = b;
  if (left->eur != right->eur)
    return left->eur > right->eur ? -1 : 1;
  return left->process < right->process ? -1 : left->process > right->process;
}

/* The processes that move most, in a list by rank; is_shown[process]. */
static bool *
choose_halls(page *p)
{
  const kn_tie_view ties = p->plan->ties;
  hall *list = PAGE_TAKE(p, hall, p->processes.n);
  bool *is_shown = PAGE_TAKE(p, bool, p->processes.n);
  if (!list || !is_shown)
    return NULL;
  for (int64_t i = 0; i < p->processes.n; i++)
    list[i].process = (int32_t)i;
  for (int64_t i = 0; i < ties.n; i++)
    for (int side = 0; side < 2; side++) {
      const kn_place place = side ? ties.to[i] : ties.from[i];
      if (place.kind == KN_END_UNIT && place.row >= 0 && place.row < p->units.n)
        list[p->units.process[place.row]].eur += fabs(ties.eur[i]) + 1e-9;
    }
  qsort(list, (size_t)p->processes.n, sizeof *list, by_eur);
  for (int64_t i = 0; i < p->processes.n && i < HALL_MOST; i++)
    is_shown[list[i].process] = list[i].eur > 0;
  if (p->processes.n == HALL_MOST + 1 && list[HALL_MOST].eur > 0) /* "other" would be just this one */
    is_shown[list[HALL_MOST].process] = true;
  return is_shown;
}

static int64_t
hall_key(const page *p, const bool *is_shown, kn_place place)
{
  const int32_t process = p->units.process[place.row];
  return is_shown[process] ? INT64_C(1000) + process : KEY_OTHER;
}

static void
add_to(bundle *b, int32_t node, const bundle_link *amount)
{
  if (node < 0)
    return;
  b->node[node].ties += amount->ties;
  b->node[node].eur += amount->eur;
}

static void
bundle_one(page *p, bundle *b, const bool *is_shown, int64_t i, double scale)
{
  const kn_tie_view ties = p->plan->ties;
  const kn_place from = ties.from[i], to = ties.to[i];
  const int c = p->resources.class_of[ties.resource[i]];
  const bool is_from_unit = from.kind == KN_END_UNIT, is_to_unit = to.kind == KN_END_UNIT;
  if (is_from_unit && is_to_unit)
    return;
  const bundle_link amount = {.ties = 1, .quantity = ties.quantity[i], .eur = ties.eur[i], .size = fabs(ties.eur[i]) * scale};
  const int64_t inner = is_from_unit ? hall_key(p, is_shown, from) : is_to_unit ? hall_key(p, is_shown, to) : KEY_DIRECT;
  const int32_t knot = bundle_put(p, b, inner, SIDE_HALL, -1);
  const bool is_cost = ties.eur[i] < 0;
  if (!is_from_unit) {
    const int32_t left = bundle_put(p, b, outer_key(SIDE_LEFT, band_of(p, from), c), SIDE_LEFT, c);
    bundle_tie(p, b, left, knot, c, is_cost, &amount);
    add_to(b, left, &amount);
  }
  if (!is_to_unit) {
    const int32_t right = bundle_put(p, b, outer_key(SIDE_RIGHT, band_of(p, to), c), SIDE_RIGHT, c);
    bundle_tie(p, b, knot, right, c, is_cost, &amount);
    add_to(b, right, &amount);
  }
  add_to(b, knot, &amount);
}

/* Own result of the units of a hall: with its ties it tells what the hall brings. */
static void
add_own_results(const page *p, bundle *b, const bool *is_shown)
{
  const kn_plan_unit_view units = p->plan->units;
  for (int64_t i = 0; i < units.n; i++) {
    const int64_t key = hall_key(p, is_shown, (kn_place){.kind = KN_END_UNIT, .row = units.unit[i], .site = units.site[i]});
    for (int32_t n = 0; n < b->node_count; n++)
      if (b->node[n].key == key)
        b->node[n].eur += units.eur[i];
  }
}

static void
label_node(page *p, const bundle_node *from, stream_node *node)
{
  const char *ties = said(p, word_of(from->ties, W_N_TIE, W_N_TIES), counted(p, from->ties));
  if (from->column != SIDE_HALL)
    node->label = word_text(p->tongue, W_CLASS_0 + from->class_of);
  else
    node->label = from->key == KEY_DIRECT  ? word_text(p->tongue, W_DIRECT)
                  : from->key == KEY_OTHER ? word_text(p->tongue, W_OTHER_HALLS)
                                           : process_name(p, (int32_t)(from->key - 1000));
  node->detail = from->column == SIDE_HALL ? ties : plain(p, from->eur, p->settings.currency);
  node->title = made(p, "%s: %s, %s", node->label, ties, plain_exact(p, round(from->eur), p->settings.currency));
}

/* Rank within a column: for the outer ones band and class with a heading before each band, inside the region's own order. */
static int32_t
rank_of(const bundle_node *node)
{
  if (node->column == SIDE_HALL)
    return node->key == KEY_DIRECT ? INT32_MAX : (int32_t)(node->key % INT32_MAX);
  const int64_t place = node->key - outer_key(node->column, 0, 0);
  return (int32_t)(place / KN_CLASS_COUNT * 100 + place % KN_CLASS_COUNT + 1);
}

static stream_chart
chart_of(page *p, const bundle *b)
{
  stream_chart chart = {.node_count = b->node_count + 2 * BANDS,
                        .link_count = b->link_count,
                        .column_count = 3,
                        .gap = 6,
                        .top = 30,
                        .is_order_fixed = true};
  chart.node = PAGE_TAKE(p, stream_node, chart.node_count);
  chart.link = PAGE_TAKE(p, stream_link, chart.link_count);
  if (!chart.node || !chart.link)
    return chart;
  for (int32_t i = 0; i < b->node_count; i++) {
    stream_node *node = &chart.node[i];
    *node = (stream_node){.column = b->node[i].column, .class_of = b->node[i].class_of, .rank = rank_of(&b->node[i])};
    node->least = node->column == SIDE_HALL ? 54 : 30;
    node->band = node->column == SIDE_HALL ? -1 : node->rank / 100;
    label_node(p, &b->node[i], node);
  }
  for (int32_t k = 0; k < 2 * BANDS; k++)
    chart.node[b->node_count + k] = (stream_node){
        .column = k < BANDS ? SIDE_LEFT : SIDE_RIGHT, .class_of = -1, .rank = k % BANDS * 100, .band = k % BANDS, .least = 30};
  for (int32_t i = 0; i < b->link_count; i++) {
    const bundle_link *from = &b->link[i];
    chart.link[i] =
        (stream_link){.from = from->from,
                      .to = from->to,
                      .class_of = from->class_of,
                      .is_cost = from->is_cost,
                      .width = fmax(1, from->size),
                      .title = said(p, word_of(from->ties, W_RIBBON_TIE, W_RIBBON_TIES), chart.node[from->from].label,
                                    chart.node[from->to].label, plain(p, from->quantity, unit_of_class(p, from->class_of)),
                                    counted(p, from->ties), plain(p, from->eur, p->settings.currency))};
  }
  return chart;
}

/* The name of a band above its nodes; where nothing is pulled or pushed, it says so. */
static void
write_band(page *p, const stream_chart *chart, int32_t heading, double x, bool is_left)
{
  const stream_node *head = &chart->node[heading];
  bool is_empty = true;
  double y = head->y + 4;
  for (int32_t i = 0; i < heading && is_empty; i++)
    if (chart->node[i].title && chart->node[i].column == head->column && chart->node[i].band == head->band)
      is_empty = false;
  double first = INFINITY;
  for (int32_t i = 0; i < chart->node_count; i++) {
    const stream_node *node = &chart->node[i];
    if (node->title && node->column == head->column && node->band == head->band)
      first = fmin(first, node->y + node->height / 2 - fmax(node->height, node->least) / 2);
  }
  if (isfinite(first))
    y = first - 6;
  emit(p, "<text class=\"band %s\" x=\"%g\" y=\"%g\">%m%s</text>\n", is_left ? "end" : "start", x, y, W_BAND_0 + head->band,
       is_empty ? made(p, "<tspan class=\"small\"> – %m</tspan>", W_NOTHING) : "");
}

static void
draw(page *p, const bundle *b)
{
  stream_chart chart = chart_of(p, b);
  if (p->code != KN_OK)
    return;
  stream_lay(p, &chart);
  const double x[3] = {LABEL_PX + 10, (WIDTH_PX - HALL_PX) / 2.0, WIDTH_PX - LABEL_PX - 10 - BAR_PX};
  const double bar[3] = {BAR_PX, HALL_PX, BAR_PX};
  emit(p,
       "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"%m\">\n<svg class=\"chart knot\" role=\"img\" "
       "aria-labelledby=\"knot-t knot-d\" viewBox=\"0 0 %g %g\">\n",
       W_PICTURE, (double)WIDTH_PX, chart.top + chart.height + 14);
  emit(p, "<title id=\"knot-t\">%m</title><desc id=\"knot-d\">%m</desc>\n", W_H_KNOT, W_KNOT_DESC);
  emit(p,
       "<g class=\"heads\"><text class=\"end\" x=\"%g\" y=\"14\">%m</text><text class=\"mid\" x=\"%g\" y=\"14\">%m</text><text "
       "x=\"%g\" "
       "y=\"14\">%m</text></g>\n",
       x[0] + BAR_PX, W_PULL, WIDTH_PX / 2.0, W_KNOT, x[2], W_PUSH);
  stream_ribbons(p, &chart, x, bar);
  stream_nodes(p, &chart, x, bar, LABEL_PX);
  for (int32_t k = 0; k < 2 * BANDS; k++)
    write_band(p, &chart, b->node_count + k, k < BANDS ? x[0] + BAR_PX : x[2], k < BANDS);
  emit(p, "</svg>\n</div>\n");
}

static void
write_levels(page *p)
{
  const kn_plan_totals *totals = &p->plan->totals;
  const char *money = p->settings.currency;
  double between = 0, moved[3] = {0}, own = 0;
  int64_t between_count = 0;
  for (int64_t i = 0; i < p->plan->ties.n; i++) {
    const bool is_pulled = p->plan->ties.from[i].kind == KN_END_GATEWAY, is_pushed = p->plan->ties.to[i].kind == KN_END_GATEWAY;
    moved[is_pulled ? 0 : is_pushed ? 2 : 1] += p->plan->ties.eur[i];
    if (p->plan->ties.from[i].kind == KN_END_UNIT && p->plan->ties.to[i].kind == KN_END_UNIT) {
      between += p->plan->ties.eur[i];
      between_count++;
    }
  }
  for (int64_t u = 0; u < p->plan->units.n; u++)
    own += p->plan->units.eur[u];
  static const int head[] = {W_COLUMN_LEVEL, W_COLUMN_EUR, -1};
  table_open(p, made(p, "%m", W_LEVELS_CAPTION), head, "tn");
  emit(p, "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"2\">%m</th></tr>\n", W_BY_MOVEMENT);
  for (int k = 0; k < 3; k++)
    emit(p, "<tr><th scope=\"row\">%m</th><td class=\"n\">%s</td></tr>\n", W_PULLED + k, figure(p, moved[k], NULL));
  /* The ties alone are worth more than the plan: the rows below make them meet. */
  emit(p, "<tr><th scope=\"row\">%m</th><td class=\"n\">%s</td></tr>\n", W_OWN_COSTS, figure(p, own, NULL));
  emit(p, "<tr><th scope=\"row\">%m</th><td class=\"n\">%s</td></tr>\n", W_WHOLE_PLAN,
       figure(p, moved[0] + moved[1] + moved[2] + own, NULL));
  emit(p, "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"2\">%m</th></tr>\n", W_BY_REACH);
  for (int level = 0; level < KN_LEVEL_COUNT; level++)
    if (totals->level_eur[level] != 0)
      emit(p, "<tr><th scope=\"row\">%m</th><td class=\"n\">%s</td></tr>\n", W_WITHIN_0 + level,
           figure(p, totals->level_eur[level], NULL));
  emit(p, "</tbody>\n");
  table_close(p);
  if (between_count > 0) {
    emit(p, "<p class=\"note\">");
    say(p, word_of(between_count, W_KNOT_BETWEEN_ONE, W_KNOT_BETWEEN), counted(p, between_count), figure_told(p, between, money));
    emit(p, "</p>\n");
  }
}

void
write_knot(page *p)
{
  section_open(p, "knot", W_H_KNOT);
  if (p->plan->ties.n == 0) {
    emit(p, "<p class=\"empty\">%m</p>\n", W_NO_TIES);
    section_close(p);
    return;
  }
  bundle b = {0};
  const bool *is_shown = choose_halls(p);
  double most = 1e-9;
  for (int64_t i = 0; i < p->plan->ties.n; i++)
    most += fabs(p->plan->ties.eur[i]);
  for (int64_t i = 0; is_shown && i < p->plan->ties.n; i++)
    bundle_one(p, &b, is_shown, i, TOTAL_PX / most);
  if (p->code == KN_OK)
    add_own_results(p, &b, is_shown);
  emit(p, "<p>%m</p>\n<figure>\n", W_KNOT_INTRO);
  if (p->code == KN_OK)
    draw(p, &b);
  emit(p, "<figcaption>%m</figcaption>\n</figure>\n", W_KNOT_CAPTION);
  write_levels(p);
  section_close(p);
  bundle_free(&b);
}
