/* report/streams.c - where nodes and ribbons of a stream picture go.
 *
 * Nodes stand in columns; a node is as high as the ribbons on its busier side and takes at least the room of its
 * label. Columns are sorted by the middle of what they are tied to (a few sweeps to and fro, as in Sugiyama, Tagawa &
 * Toda 1981), then nodes move towards their neighbours as far as the order allows. All of it is deterministic: equal
 * middles keep the order in which the nodes came. */
#include "report/internal.h"

#include <stdlib.h>
#include <string.h>

enum { ORDER_SWEEPS = 12, PLACE_SWEEPS = 24 };

static double
slot(const stream_node *node)
{
  return fmax(node->height, node->least);
}

static void
measure(page *p, stream_chart *chart)
{
  double *in = PAGE_TAKE(p, double, chart->node_count), *out = PAGE_TAKE(p, double, chart->node_count);
  if (!in || !out)
    return;
  for (int32_t i = 0; i < chart->link_count; i++) {
    out[chart->link[i].from] += chart->link[i].width;
    in[chart->link[i].to] += chart->link[i].width;
  }
  for (int32_t i = 0; i < chart->node_count; i++)
    chart->node[i].height = fmax(2, fmax(in[i], out[i]));
}

/* The nodes of a column in their present order: numbers into `list`, returns how many. */
static int32_t
column_of(const stream_chart *chart, int32_t column, int32_t *list)
{
  int32_t count = 0;
  for (int32_t i = 0; i < chart->node_count; i++)
    if (chart->node[i].column == column)
      list[count++] = i;
  for (int32_t i = 1; i < count; i++) { /* insertion: stable, and columns are short */
    const int32_t moved = list[i];
    int32_t at = i;
    for (; at > 0 && chart->node[list[at - 1]].rank > chart->node[moved].rank; at--)
      list[at] = list[at - 1];
    list[at] = moved;
  }
  return count;
}

/* The weighted middle of what a node is tied to on the side of `step` (-1 left, +1 right, 0 both). */
static double
middle(const stream_chart *chart, int32_t node, int32_t side)
{
  double sum = 0, weight = 0;
  for (int32_t i = 0; i < chart->link_count; i++) {
    const stream_link *link = &chart->link[i];
    const int32_t other = link->from == node ? link->to : link->to == node ? link->from : -1;
    if (other < 0 || (side != 0 && (chart->node[other].column - chart->node[node].column) * side <= 0))
      continue;
    const double w = fmax(link->width, 0.1);
    sum += w * (chart->node[other].y + slot(&chart->node[other]) / 2);
    weight += w;
  }
  return weight > 0 ? sum / weight : chart->node[node].y + slot(&chart->node[node]) / 2;
}

static void
stack(const stream_chart *chart, const int32_t *list, int32_t count)
{
  double total = chart->gap * (count - 1);
  for (int32_t i = 0; i < count; i++)
    total += slot(&chart->node[list[i]]);
  double y = chart->top + (chart->height - total) / 2;
  for (int32_t i = 0; i < count; i++) {
    chart->node[list[i]].rank = i;
    chart->node[list[i]].y = y;
    y += slot(&chart->node[list[i]]) + chart->gap;
  }
}

static void
sort_column(const stream_chart *chart, int32_t *list, int32_t count, int32_t side)
{
  for (int32_t i = 0; i < count; i++)
    chart->node[list[i]].centre = middle(chart, list[i], side);
  for (int32_t i = 1; i < count; i++) {
    const int32_t moved = list[i];
    int32_t at = i;
    for (; at > 0 && chart->node[list[at - 1]].centre > chart->node[moved].centre + 1e-9; at--)
      list[at] = list[at - 1];
    list[at] = moved;
  }
  stack(chart, list, count);
}

/* Moves the nodes of a column towards their middles, keeping order, gaps and the frame. */
static void
settle_column(const stream_chart *chart, const int32_t *list, int32_t count, double pull)
{
  for (int32_t i = 0; i < count; i++) {
    stream_node *node = &chart->node[list[i]];
    node->centre = middle(chart, list[i], 0);
    node->y += (node->centre - (node->y + slot(node) / 2)) * pull;
  }
  double least = chart->top;
  for (int32_t i = 0; i < count; i++) {
    stream_node *node = &chart->node[list[i]];
    node->y = fmax(node->y, least);
    least = node->y + slot(node) + chart->gap;
  }
  double most = chart->top + chart->height;
  for (int32_t i = count - 1; i >= 0; i--) {
    stream_node *node = &chart->node[list[i]];
    node->y = fmin(node->y, most - slot(node));
    most = node->y - chart->gap;
  }
}

typedef struct link_end {
  int32_t link;
  double at;
} link_end;

static int
by_at(const void *a, const void *b)
{
  const link_end *left = a, *right = b;
  if (left->at != right->at)
    return left->at < right->at ? -1 : 1;
  return left->link < right->link ? -1 : left->link > right->link;
}

/* Ribbons leave a node in the order in which they arrive at the other end, so that they do not cross at the node. */
static void
attach(page *p, stream_chart *chart)
{
  link_end *end = PAGE_TAKE(p, link_end, chart->link_count);
  for (int32_t n = 0; end && n < chart->node_count; n++)
    for (int side = 0; side < 2; side++) {
      int32_t count = 0;
      double total = 0;
      for (int32_t i = 0; i < chart->link_count; i++) {
        const stream_link *link = &chart->link[i];
        if ((side ? link->to : link->from) != n)
          continue;
        const stream_node *other = &chart->node[side ? link->from : link->to];
        end[count++] = (link_end){i, other->y + slot(other) / 2};
        total += link->width;
      }
      qsort(end, (size_t)count, sizeof *end, by_at);
      const stream_node *node = &chart->node[n];
      double y = node->y + (slot(node) - total) / 2;
      for (int32_t i = 0; i < count; i++) {
        *(side ? &chart->link[end[i].link].y1 : &chart->link[end[i].link].y0) = y;
        y += chart->link[end[i].link].width;
      }
    }
}

/* Places nodes and ribbons.
 * in      node  column, rank, least; link  from, to, width (px); gap, top, is_order_fixed
 * out     chart->height; node height, y, rank; link y0, y1
 * cost    sweeps x nodes x links: made for pictures of some dozens of nodes */
void
stream_lay(page *p, stream_chart *chart)
{
  measure(p, chart);
  int32_t *list = PAGE_TAKE(p, int32_t, chart->node_count);
  if (!list)
    return;
  for (int32_t c = 0; c < chart->column_count; c++) {
    const int32_t count = column_of(chart, c, list);
    double total = count > 0 ? chart->gap * (count - 1) : 0;
    for (int32_t i = 0; i < count; i++)
      total += slot(&chart->node[list[i]]);
    chart->height = fmax(chart->height, total);
  }
  for (int32_t c = 0; c < chart->column_count; c++)
    stack(chart, list, column_of(chart, c, list));
  for (int32_t sweep = 0; sweep < ORDER_SWEEPS && !chart->is_order_fixed; sweep++)
    for (int32_t k = 0; k < chart->column_count; k++) {
      const int32_t c = sweep % 2 ? chart->column_count - 1 - k : k;
      sort_column(chart, list, column_of(chart, c, list), sweep % 2 ? 1 : -1);
    }
  for (int32_t sweep = 0; sweep < PLACE_SWEEPS; sweep++)
    for (int32_t c = 0; c < chart->column_count; c++)
      settle_column(chart, list, column_of(chart, c, list), sweep + 1 < PLACE_SWEEPS ? 0.6 : 0);
  attach(p, chart);
  for (int32_t i = 0; i < chart->node_count; i++) { /* from the slot to the bar within it */
    stream_node *node = &chart->node[i];
    node->y += (slot(node) - node->height) / 2;
  }
}

static int
by_width(const void *a, const void *b)
{
  const stream_link *left = *(const stream_link *const *)a, *right = *(const stream_link *const *)b;
  return left->width > right->width ? -1 : left->width < right->width;
}

void
stream_columns(int32_t halls, double width, stream_widths of, double *column_x, double *column_width)
{
  const double first = of.label + 10, last = width - of.label - 10 - of.bar;
  const double space = (last - first - of.bar - halls * of.hall) / (halls + 1);
  column_x[0] = first;
  column_x[halls + 1] = last;
  column_width[0] = column_width[halls + 1] = of.bar;
  for (int32_t c = 1; c <= halls; c++) {
    column_x[c] = first + of.bar + space * c + of.hall * (c - 1);
    column_width[c] = of.hall;
  }
}

/* Wide ribbons first, so that narrow ones stay in sight. */
void
stream_ribbons(page *p, const stream_chart *chart, const double *column_x, const double *column_width)
{
  const stream_link **order = PAGE_TAKE(p, const stream_link *, chart->link_count);
  if (!order)
    return;
  for (int32_t i = 0; i < chart->link_count; i++)
    order[i] = &chart->link[i];
  qsort((void *)order, (size_t)chart->link_count, sizeof(void *), by_width);
  emit(p, "<g class=\"ribbons\">\n");
  for (int32_t i = 0; i < chart->link_count; i++) {
    const stream_link *link = order[i];
    const int32_t left = chart->node[link->from].column;
    const double x0 = column_x[left] + column_width[left], x1 = column_x[chart->node[link->to].column];
    const double bend = fmax(fabs(x1 - x0) * 0.5, 40), xa = x0 + bend, xb = x1 - bend;
    const double y0 = link->y0, y1 = link->y1, w = link->width;
    emit(p,
         "<path class=\"%s%s\"%s data-key=\"n%i n%i\" d=\"M%g %gC%g %g %g %g %g %gV%gC%g %g %g %g %g "
         "%gZ\"><title>%t</title></path>\n",
         class_css(link->class_of), link->is_cost ? " cost" : "",
         link->pale > 0 ? made(p, " fill-opacity=\"%g\"", 1 - link->pale) : "", link->from, link->to, x0, y0, xa, y0, xb, y1, x1,
         y1, y1 + w, xb, y1 + w, xa, y0 + w, x0, y0 + w, link->title);
  }
  emit(p, "</g>\n");
}

static void
outer_node(page *p, const stream_node *node, double x, double width, bool is_left, double label_width)
{
  const double middle_y = node->y + node->height / 2;
  const double text_x = is_left ? x - 8 : x + width + 8;
  emit(p, "<rect class=\"%s\" x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\"/>", class_css(node->class_of), x, node->y, width,
       node->height);
  emit(p, "<text class=\"%s\"><tspan x=\"%g\" y=\"%g\">%t</tspan>", is_left ? "end" : "start", text_x, middle_y - 2,
       cut_to(p, node->label, label_width, 13));
  emit(p, "<tspan class=\"small\" x=\"%g\" y=\"%g\">%t</tspan></text>", text_x, middle_y + 12, node->detail);
}

/* A label that is too long for its box goes on in a second line, broken where a word ends; the rest gives way. */
static const char *
broken_label(page *p, const char *label, double width, double size, const char **second)
{
  *second = NULL;
  if (text_width(label, size) <= width)
    return label;
  char *first = PAGE_TAKE(p, char, (int64_t)strlen(label) + 1);
  if (!first)
    return "";
  strcpy(first, label);
  for (char *space = strrchr(first, ' '); space; space = strrchr(first, ' ')) {
    *space = '\0';
    if (text_width(first, size) <= width) {
      *second = cut_to(p, label + (space - first) + 1, width, size);
      return first;
    }
  }
  return cut_to(p, label, width, size);
}

static void
inner_node(page *p, const stream_node *node, double x, double width)
{
  const double size = 12.5;
  const char *second, *first = broken_label(p, node->label, width - 10, size, &second);
  const double height = fmax(node->height, node->least - 6), y = node->y + (node->height - height) / 2;
  const double middle_y = y + height / 2;
  emit(p, "<rect class=\"hall\" rx=\"4\" x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\"/>", x, y, width, height);
  const double mid_x = x + width / 2, up = second ? 8 : 0;
  emit(p, "<text class=\"mid box\"><tspan x=\"%g\" y=\"%g\">%t</tspan>", mid_x, middle_y - 2 - up, first);
  if (second)
    emit(p, " <tspan x=\"%g\" y=\"%g\">%t</tspan>", mid_x, middle_y + 5, second);
  emit(p, "<tspan class=\"small\" x=\"%g\" y=\"%g\">%t</tspan></text>", mid_x, middle_y + 12 + up, node->detail);
}

void
stream_nodes(page *p, const stream_chart *chart, const double *column_x, const double *column_width, double label_width)
{
  emit(p, "<g class=\"nodes\">\n");
  for (int32_t i = 0; i < chart->node_count; i++) {
    const stream_node *node = &chart->node[i];
    if (!node->title) /* holds the place of a heading */
      continue;
    const bool is_left = node->column == 0, is_right = node->column + 1 == chart->column_count;
    emit(p, "<g data-key=\"n%i\"><title>%t</title>", i, node->title);
    if (is_left || is_right)
      outer_node(p, node, column_x[node->column], column_width[node->column], is_left, label_width);
    else
      inner_node(p, node, column_x[node->column], column_width[node->column]);
    emit(p, "</g>\n");
  }
  emit(p, "</g>\n");
}

double
stream_round(double scale)
{
  const double wanted = 14 / scale, power = pow(10, floor(log10(wanted)));
  return (wanted >= 5 * power ? 5 : wanted >= 2 * power ? 2 : 1) * power;
}

void
stream_scales(page *p, const double *scale)
{
  for (int c = 0; c < KN_CLASS_COUNT; c++) {
    if (!(scale[c] > 0))
      continue;
    const double amount = stream_round(scale[c]);
    emit(p,
         "<li><svg class=\"swatch\" width=\"22\" height=\"18\" viewBox=\"0 0 22 18\" aria-hidden=\"true\"><rect class=\"%s\" "
         "y=\"%g\" width=\"22\" height=\"%g\"/></svg>%m: %s</li>\n",
         class_css(c), 9 - amount * scale[c] / 2, amount * scale[c], W_CLASS_0 + c, plain(p, amount, unit_of_class(p, c)));
  }
}
