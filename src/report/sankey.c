/* report/sankey.c - streams through the units: what comes from where, what it passes, where it ends.
 *
 * Quantities of different classes do not compare (tonnes, hours, square metres), so each class has a scale of its own,
 * given under the picture; within a colour twice as wide is twice as much. */
#include "report/internal.h"

#include <stdlib.h>
#include <string.h>

enum { OUTER_MOST = 13, INNER_MOST = 12, LAYERS_MOST = 3, CLASS_PX = 330, LABEL_PX = 214, BAR_PX = 9, HALL_PX = 152 };
typedef enum node_kind { FROM_OFFERS, FROM_GATEWAYS, IN_PROCESS, TO_NEEDS, TO_GATEWAYS, NODE_KINDS } node_kind;

typedef struct sankey {
  int64_t stride;               /* keys: kind * stride + row; "other" is row stride - 1 - class */
  double scale[KN_CLASS_COUNT]; /* px per unit of the class */
  int32_t *layer;               /* [processes] column of a process, from 0 */
  int32_t layer_count;
  bundle all, shown;
} sankey;

static int32_t
row_process(const page *p, kn_place place)
{
  return place.row >= 0 && place.row < p->units.n ? p->units.process[place.row] : -1;
}

/* The resource that the end of a tie stands for: a need knows its own; the rest of the ends take what is supplied. */
static int32_t
end_resource(const page *p, kn_place place, int32_t supplied)
{
  if (place.kind == KN_END_NEED && place.row >= 0 && place.row < p->needs.n)
    return p->needs.resource[place.row];
  if (place.kind == KN_END_GATEWAY && place.row >= 0 && place.row < p->gateways.n)
    return p->gateways.resource[place.row];
  return supplied;
}

static int64_t
end_key(const page *p, const sankey *s, kn_place place, bool is_from, int32_t supplied)
{
  if (place.kind == KN_END_UNIT)
    return IN_PROCESS * s->stride + row_process(p, place);
  const node_kind kind = is_from                        ? place.kind == KN_END_GATEWAY ? FROM_GATEWAYS : FROM_OFFERS
                         : place.kind == KN_END_GATEWAY ? TO_GATEWAYS
                                                        : TO_NEEDS;
  return kind * s->stride + p->group[end_resource(p, place, supplied)];
}

/* Width by class: the root of the euros that its ties move, none below an eighth of the widest. */
static void
choose_scales(const page *p, sankey *s)
{
  double quantity[KN_CLASS_COUNT] = {0}, weight[KN_CLASS_COUNT] = {0}, most = 0, sum = 0;
  const kn_tie_view ties = p->plan->ties;
  for (int64_t i = 0; i < ties.n; i++) {
    const int c = p->resources.class_of[ties.resource[i]];
    quantity[c] += ties.quantity[i];
    weight[c] += fabs(ties.eur[i]) + 1e-9;
  }
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    most = fmax(most, weight[c] = sqrt(weight[c]));
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    if (quantity[c] > 0)
      sum += weight[c] = fmax(weight[c], most / 8);
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    s->scale[c] = quantity[c] > 0 ? CLASS_PX * weight[c] / sum / quantity[c] : 0;
}

/* Processes that feed on others stand further right; circles end at the last layer. */
static void
choose_layers(page *p, sankey *s)
{
  const kn_tie_view ties = p->plan->ties;
  s->layer = PAGE_TAKE(p, int32_t, p->processes.n);
  s->layer_count = 1;
  for (int round = 0; s->layer && round + 1 < LAYERS_MOST; round++)
    for (int64_t i = 0; i < ties.n; i++) {
      if (ties.from[i].kind != KN_END_UNIT || ties.to[i].kind != KN_END_UNIT)
        continue;
      const int32_t a = row_process(p, ties.from[i]), b = row_process(p, ties.to[i]);
      if (a == b || a < 0 || b < 0 || s->layer[b] > s->layer[a] || s->layer[a] + 1 >= LAYERS_MOST)
        continue;
      s->layer[b] = s->layer[a] + 1;
      s->layer_count = s->layer[b] + 1 > s->layer_count ? s->layer[b] + 1 : s->layer_count;
    }
}

static int32_t
key_column(const sankey *s, int64_t key)
{
  const node_kind kind = (node_kind)(key / s->stride);
  if (kind == FROM_OFFERS || kind == FROM_GATEWAYS)
    return 0;
  if (kind != IN_PROCESS)
    return s->layer_count + 1;
  const int64_t row = key % s->stride;
  return row >= s->stride - KN_CLASS_COUNT ? 1 : 1 + s->layer[row];
}

static int32_t
put_end(page *p, sankey *s, kn_place place, bool is_from, int32_t supplied)
{
  const int64_t key = end_key(p, s, place, is_from, supplied);
  const int32_t class_of = place.kind == KN_END_UNIT ? -1 : p->resources.class_of[end_resource(p, place, supplied)];
  return bundle_put(p, &s->all, key, key_column(s, key), class_of);
}

static void
bundle_all(page *p, sankey *s)
{
  const kn_tie_view ties = p->plan->ties;
  for (int64_t i = 0; i < ties.n; i++) {
    const int c = p->resources.class_of[ties.resource[i]];
    const int32_t from = put_end(p, s, ties.from[i], true, ties.resource[i]);
    const int32_t to = put_end(p, s, ties.to[i], false, ties.resource[i]);
    if (from < 0 || to < 0)
      return;
    const double size = ties.quantity[i] * s->scale[c];
    const bundle_link amount = {.ties = 1, .quantity = ties.quantity[i], .eur = ties.eur[i], .size = size};
    bundle_tie(p, &s->all, from, to, c, false, &amount);
    s->all.node[from].size += size;
    s->all.node[from].quantity += ties.quantity[i];
    s->all.node[to].size += size;
    s->all.node[to].quantity += ties.delivered[i] * ties.ratio[i];
  }
}

int
ranked_by_size(const void *a, const void *b)
{
  const ranked *left = a, *right = b;
  if (left->size != right->size)
    return left->size > right->size ? -1 : 1;
  return left->node < right->node ? -1 : left->node > right->node;
}

/* Nodes beyond the largest of their side go together: per class outside, in one box inside. */
static void
merge_small(page *p, sankey *s)
{
  const int32_t n = s->all.node_count;
  int32_t *to_shown = PAGE_TAKE(p, int32_t, n);
  ranked *rank = PAGE_TAKE(p, ranked, n);
  if (!to_shown || !rank)
    return;
  const int32_t last = s->layer_count + 1;
  for (int32_t side = 0; side < 3; side++) {
    int32_t count = 0;
    for (int32_t i = 0; i < n; i++) {
      const int32_t column = s->all.node[i].column;
      if ((column == 0 ? 0 : column == last ? 2 : 1) == side)
        rank[count++] = (ranked){i, s->all.node[i].size};
    }
    qsort(rank, (size_t)count, sizeof *rank, ranked_by_size);
    const int32_t most = side == 1 ? INNER_MOST : OUTER_MOST;
    for (int32_t k = 0; k < count; k++) {
      bundle_node node = s->all.node[rank[k].node];
      if (k >= most && count > most + 1)
        node.key = node.key / s->stride * s->stride + s->stride - KN_CLASS_COUNT + (node.class_of < 0 ? 0 : node.class_of);
      if (side == 1 && k >= most && count > most + 1)
        node.column = 1;
      const int32_t at = bundle_put(p, &s->shown, node.key, node.column, node.class_of);
      if (at < 0)
        return;
      to_shown[rank[k].node] = at;
      s->shown.node[at].ties++; /* here: how many streams the node stands for */
      s->shown.node[at].quantity += node.quantity;
      s->shown.node[at].size += node.size;
    }
  }
  for (int32_t i = 0; i < s->all.link_count; i++) {
    const bundle_link *link = &s->all.link[i];
    bundle_tie(p, &s->shown, to_shown[link->from], to_shown[link->to], link->class_of, false, link);
  }
}

static int64_t
open_units_of(const page *p, int32_t process)
{
  int64_t count = 0;
  for (int64_t i = 0; i < p->plan->units.n; i++)
    count += p->plan->units.open[i] && p->plan->units.activity[i] > 0 && p->units.process[p->plan->units.unit[i]] == process;
  return count;
}

static void
label_node(page *p, const sankey *s, const bundle_node *from, stream_node *node)
{
  const node_kind kind = (node_kind)(from->key / s->stride);
  const int64_t row = from->key % s->stride;
  const bool is_other = row >= s->stride - KN_CLASS_COUNT;
  const char *amount = plain(p, from->quantity, unit_of_class(p, from->class_of));
  if (kind == IN_PROCESS) {
    node->label = is_other ? said(p, W_OTHER_PROCESSES, counted(p, from->ties)) : process_name(p, (int32_t)row);
    const int64_t units = is_other ? from->ties : open_units_of(p, (int32_t)row);
    node->detail = is_other ? "" : said(p, word_of(units, W_N_UNIT, W_N_UNITS), counted(p, units));
    node->title = is_other ? node->label : made(p, "%s: %s", process_name(p, (int32_t)row), node->detail);
    return;
  }
  const char *name = is_other ? said(p, W_OTHER_STREAMS, word_text(p->tongue, W_CLASS_0 + from->class_of), counted(p, from->ties))
                              : capitalised(p, resource_name(p, (int32_t)row));
  const bool is_gateway = kind == FROM_GATEWAYS || kind == TO_GATEWAYS;
  node->label = name;
  node->detail = !is_gateway ? amount : made(p, "%s, %m", amount, kind == FROM_GATEWAYS ? W_BROUGHT_IN : W_SENT_OUT);
  node->title = made(p, "%s: %s", name, plain_exact(p, from->quantity, unit_of_class(p, from->class_of)));
}

static const char *
node_text(const stream_chart *chart, int32_t node)
{
  return chart->node[node].label;
}

static stream_chart
chart_of(page *p, const sankey *s)
{
  stream_chart chart = {.node_count = s->shown.node_count,
                        .link_count = s->shown.link_count,
                        .column_count = s->layer_count + 2,
                        .gap = 7,
                        .top = 34};
  chart.node = PAGE_TAKE(p, stream_node, chart.node_count);
  chart.link = PAGE_TAKE(p, stream_link, chart.link_count);
  for (int32_t i = 0; chart.node && chart.link && i < chart.node_count; i++) {
    const bundle_node *from = &s->shown.node[i];
    stream_node *node = &chart.node[i];
    *node = (stream_node){.column = from->column, .class_of = from->class_of, .rank = i};
    node->least = from->column == 0 || from->column + 1 == chart.column_count ? 30 : 56;
    label_node(p, s, from, node);
  }
  for (int32_t i = 0; chart.node && chart.link && i < chart.link_count; i++) {
    const bundle_link *from = &s->shown.link[i];
    chart.link[i] =
        (stream_link){.from = from->from,
                      .to = from->to,
                      .class_of = from->class_of,
                      .width = fmax(1, from->size),
                      .title = said(p, word_of(from->ties, W_RIBBON_TIE, W_RIBBON_TIES), node_text(&chart, from->from),
                                    node_text(&chart, from->to), plain(p, from->quantity, unit_of_class(p, from->class_of)),
                                    counted(p, from->ties), plain(p, from->eur, p->settings.currency))};
  }
  return chart;
}

static void
draw(page *p, const sankey *s)
{
  stream_chart chart = chart_of(p, s);
  if (p->code != KN_OK)
    return;
  stream_lay(p, &chart);
  const int32_t halls = s->layer_count;
  const double width = 2 * (LABEL_PX + 10 + BAR_PX) + halls * HALL_PX + (halls + 1) * (halls == 1 ? 170 : halls == 2 ? 100 : 66);
  double x[LAYERS_MOST + 2], bar[LAYERS_MOST + 2];
  stream_columns(halls, width, (stream_widths){LABEL_PX, BAR_PX, HALL_PX}, x, bar);
  emit(p,
       "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"%m\">\n<svg class=\"chart streams\" role=\"img\" "
       "aria-labelledby=\"streams-t streams-d\" viewBox=\"0 0 %g %g\">\n",
       W_PICTURE, width, chart.top + chart.height + 14);
  emit(p, "<title id=\"streams-t\">%m</title><desc id=\"streams-d\">%m</desc>\n", W_H_STREAMS, W_STREAMS_DESC);
  emit(p,
       "<g class=\"heads\"><text class=\"end\" x=\"%g\" y=\"14\">%m</text><text class=\"mid\" x=\"%g\" y=\"14\">%m</text><text "
       "x=\"%g\" "
       "y=\"14\">%m</text></g>\n",
       x[0] + BAR_PX, W_COLUMN_FROM, (x[1] + x[halls] + HALL_PX) / 2, W_COLUMN_THROUGH, x[halls + 1], W_COLUMN_TO);
  stream_ribbons(p, &chart, x, bar);
  stream_nodes(p, &chart, x, bar, LABEL_PX);
  emit(p, "</svg>\n</div>\n");
}

void
write_streams(page *p)
{
  section_open(p, "streams", W_H_STREAMS);
  sankey s = {.stride = (p->resources.n > p->processes.n ? p->resources.n : p->processes.n) + KN_CLASS_COUNT + 1};
  if (p->plan->ties.n == 0 || !p->group) {
    emit(p, "<p class=\"empty\">%m</p>\n", W_NO_TIES);
    section_close(p);
    return;
  }
  choose_scales(p, &s);
  choose_layers(p, &s);
  if (s.layer)
    bundle_all(p, &s);
  merge_small(p, &s);
  emit(p, "<p>%m</p>\n<figure>\n", W_STREAMS_INTRO);
  if (p->code == KN_OK)
    draw(p, &s);
  emit(p, "<ul class=\"legend\">\n");
  stream_scales(p, s.scale);
  emit(p, "</ul>\n");
  emit(p, "<figcaption>%m</figcaption>\n</figure>\n", W_STREAMS_CAPTION);
  section_close(p);
  bundle_free(&s.all);
  bundle_free(&s.shown);
}
