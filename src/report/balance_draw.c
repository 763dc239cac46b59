/* report/balance_draw.c - the picture of reported flows, its legend and what it says: in a page, or by itself. */
#include "report/balance.h"

enum { LABEL_PX = 200, BAR_PX = 9, HALL_PX = 150 };

/* How pale: nothing up to 5 %, most of it from 60 % on. */
static double
paleness(double rel_sd)
{
  const double share = (log(fmax(rel_sd, 0.05)) - log(0.05)) / (log(0.6) - log(0.05));
  return 0.82 * fmin(share, 1);
}

static const char *
amount_of(page *p, double quantity, double variance, int32_t class_of)
{
  if (class_of < 0)
    return "";
  const char *unit = unit_of_class(p, class_of);
  return variance > 0 ? made(p, "%s ± %s", plain(p, quantity, unit), percent(p, sqrt(variance) / quantity))
                      : plain(p, quantity, unit);
}

static stream_chart
chart_of(page *p, const flow_picture *f, int32_t *shown)
{
  stream_chart chart = {.column_count = f->layer_count + 2, .gap = 8, .top = 34};
  chart.node = PAGE_TAKE(p, stream_node, f->node_count);
  chart.link = PAGE_TAKE(p, stream_link, f->ribbon_count);
  for (int64_t i = 0; chart.node && chart.link && i < f->node_count; i++) {
    const flow_node *n = &f->node[i];
    if (n->layer < 0 || (n->gives == 0 && n->takes == 0)) {
      shown[i] = -1;
      continue;
    }
    const bool is_outer = n->layer == 0 || n->layer == f->layer_count + 1;
    const double quantity = fmax(n->in, n->out), variance = n->in >= n->out ? n->in_variance : n->out_variance;
    const char *amount = quantity > 0 ? amount_of(p, quantity, variance, n->class_of) : "";
    shown[i] = chart.node_count;
    chart.node[chart.node_count] = (stream_node){.column = n->layer,
                                                 .class_of = n->class_of < 0 ? -1 : n->class_of,
                                                 .label = n->label,
                                                 .detail = amount,
                                                 .title = made(p, "%s%s%s", n->label, amount[0] ? ": " : "", amount),
                                                 .least = is_outer ? 30 : 56,
                                                 .rank = chart.node_count};
    chart.node_count++;
  }
  for (int64_t i = 0; chart.node && chart.link && i < f->ribbon_count; i++) {
    const flow_ribbon *r = &f->ribbon[i];
    if (shown[r->from] < 0 || shown[r->to] < 0 || !(r->quantity > 0))
      continue;
    const char *unit = unit_of_class(p, r->class_of), *amount = plain_exact(p, r->quantity, unit);
    const char *from = f->node[r->from].label, *to = f->node[r->to].label;
    const double sd = sqrt(r->variance);
    chart.link[chart.link_count++] = (stream_link){.from = shown[r->from],
                                                   .to = shown[r->to],
                                                   .class_of = r->class_of,
                                                   .width = fmax(1, r->quantity * f->scale[r->class_of]),
                                                   .pale = paleness(sd / r->quantity),
                                                   .title = sd > 0 ? said(p, W_RIBBON_SURE, from, to, amount, plain(p, sd, unit))
                                                                   : said(p, W_RIBBON_EXACT, from, to, amount)};
  }
  return chart;
}

static const char *
years_of(page *p, const flow_picture *f)
{
  return f->year_first == f->year_last
             ? made(p, "%l", (int64_t)f->year_first)
             : said(p, W_BALANCE_YEARS, made(p, "%l", (int64_t)f->year_first), made(p, "%l", (int64_t)f->year_last));
}

/* The picture: as part of a page, or by itself with its style, a heading and a legend inside. */
static void
draw(page *p, const flow_picture *f, bool is_alone)
{
  int32_t *shown = PAGE_TAKE(p, int32_t, f->node_count);
  if (!shown)
    return;
  stream_chart chart = chart_of(p, f, shown);
  if (p->code != KN_OK)
    return;
  chart.top = is_alone ? 148 : 34;
  stream_lay(p, &chart);
  const int32_t halls = f->layer_count;
  const double gap = halls <= 1 ? 170 : halls == 2 ? 110 : 76;
  const double width = 2 * (LABEL_PX + 10 + BAR_PX) + halls * HALL_PX + (halls + 1) * (halls == 0 ? 420 : gap);
  double x[LAYERS_MOST + 2], bar[LAYERS_MOST + 2];
  stream_columns(halls, width, (stream_widths){LABEL_PX, BAR_PX, HALL_PX}, x, bar);
  const double margin = is_alone ? 24 : 0, height = chart.top + chart.height + (is_alone ? 32 : 14);
  if (is_alone)
    emit(p,
         "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart streams\" role=\"img\" aria-labelledby=\"balance-t balance-d\" "
         "viewBox=\"%g 0 %g %g\" width=\"%g\" height=\"%g\">\n<style>\n%ssvg { background: var(--paper); font-family: "
         "sans-serif; }\n"
         "</style>\n",
         -margin, width + 2 * margin, height, width + 2 * margin, height, report_style);
  else
    emit(p,
         "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"%m\">\n<svg class=\"chart streams\" role=\"img\" "
         "aria-labelledby=\"balance-t balance-d\" viewBox=\"0 0 %g %g\">\n",
         W_PICTURE, width, height);
  emit(p, "<title id=\"balance-t\">%m</title><desc id=\"balance-d\">%m</desc>\n", W_H_BALANCE, W_BALANCE_DESC);
  if (is_alone) {
    emit(p, "<rect class=\"ground\" x=\"%g\" y=\"0\" width=\"%g\" height=\"%g\" style=\"fill: var(--paper)\"/>\n", -margin,
         width + 2 * margin, height);
    emit(p, "<text x=\"0\" y=\"40\" style=\"font-size: 24px; font-weight: 600\">%t</text>",
         p->settings.name ? p->settings.name : "");
    emit(p, "<text x=\"0\" y=\"64\" style=\"fill: var(--quiet)\">%m · %s</text>\n", W_H_BALANCE, years_of(p, f));
  }
  emit(p, "<g class=\"heads\"><text class=\"end\" x=\"%g\" y=\"%g\">%m</text><text x=\"%g\" y=\"%g\">%m</text></g>\n",
       x[0] + BAR_PX, chart.top - 20, W_GIVES, x[halls + 1], chart.top - 20, W_TAKES);
  stream_ribbons(p, &chart, x, bar);
  stream_nodes(p, &chart, x, bar, LABEL_PX);
}

/* A round quantity by class; then how pale three degrees of certainty are. */
static const double sure_steps[] = {0.05, 0.2, 0.5};
enum { SURE_STEPS = 3 };

static int
first_class(const flow_picture *f)
{
  int c = 0;
  while (c + 1 < KN_CLASS_COUNT && !(f->scale[c] > 0))
    c++;
  return c;
}

static void
write_legend(page *p, const flow_picture *f)
{
  emit(p, "<ul class=\"legend\">\n");
  stream_scales(p, f->scale);
  for (int k = 0; k < SURE_STEPS; k++) {
    emit(p,
         "<li><svg class=\"swatch\" width=\"22\" height=\"18\" viewBox=\"0 0 22 18\" aria-hidden=\"true\"><rect class=\"%s\" "
         "y=\"3\" "
         "width=\"22\" height=\"12\" fill-opacity=\"%g\"/></svg>",
         class_css(first_class(f)), 0.75 * (1 - paleness(sure_steps[k])));
    say(p, W_SURE_LEGEND, percent(p, sure_steps[k]));
    emit(p, "</li>\n");
  }
  emit(p, "</ul>\n");
}

/* The same within a picture that stands by itself; y is its middle. */
static void
draw_legend(page *p, const flow_picture *f, double y)
{
  double x = 0;
  emit(p, "<g class=\"legend\">\n");
  for (int c = 0; c < KN_CLASS_COUNT; c++) {
    if (!(f->scale[c] > 0))
      continue;
    const double amount = stream_round(f->scale[c]), height = amount * f->scale[c];
    const char *text = made(p, "%m: %s", W_CLASS_0 + c, plain(p, amount, unit_of_class(p, c)));
    emit(p,
         "<rect class=\"%s\" style=\"fill: var(--c)\" x=\"%g\" y=\"%g\" width=\"22\" height=\"%g\"/><text class=\"small\" "
         "x=\"%g\" y=\"%g\">%s</text>\n",
         class_css(c), x, y - height / 2, height, x + 30, y + 4, text);
    x += 30 + text_width(text, 12) + 24;
  }
  for (int k = 0; k < SURE_STEPS; k++) {
    const char *text = said(p, W_SURE_LEGEND, percent(p, sure_steps[k]));
    emit(p,
         "<rect class=\"%s\" style=\"fill: var(--c)\" x=\"%g\" y=\"%g\" width=\"22\" height=\"12\" fill-opacity=\"%g\"/><text "
         "class=\"small\" x=\"%g\" "
         "y=\"%g\">%s</text>\n",
         class_css(first_class(f)), x, y - 6, 0.75 * (1 - paleness(sure_steps[k])), x + 30, y + 4, text);
    x += 30 + text_width(text, 12) + 24;
  }
  emit(p, "</g>\n");
}

static void
write_verdict(page *p)
{
  const kn_report_balance *b = &p->in->balance;
  enum { NAMES_MOST = 5 };
  const char *name[NAMES_MOST + 1];
  int32_t count = 0;
  const kn_flow_view flows = kn_region_flows(p->region);
  for (int64_t i = 0; i < b->n; i++)
    if (b->is_gross[i] && count++ < NAMES_MOST)
      name[count - 1] = made(p, "<code>%t</code>", flows.flow_id[b->flow[i]]);
  if (isnan(b->p_value))
    emit(p, "<p>%m</p>\n", W_BALANCE_UNTESTED);
  else if (b->p_value >= 0.05)
    emit(p, "<p>%m</p>\n", W_BALANCE_AGREES);
  else if (count == 0)
    emit(p, "<p>%m</p>\n", W_BALANCE_CONTRADICTS_ALL);
  else {
    const char *list = list_of(p, name, count < NAMES_MOST ? count : NAMES_MOST);
    emit(p, "<p>");
    say(p, W_BALANCE_CONTRADICTS, count > NAMES_MOST ? said(p, W_AND_MORE, list, counted(p, count - NAMES_MOST)) : list);
    emit(p, "</p>\n");
  }
}

void
write_balance(page *p)
{
  flow_picture f;
  section_open(p, "balance", W_H_BALANCE);
  flows_gather(p, &f);
  if (p->code == KN_OK && f.ribbon_count > 0) {
    flows_lay(p, &f);
    emit(p, "<p>");
    say(p, W_BALANCE_INTRO, years_of(p, &f));
    emit(p, "</p>\n");
    write_verdict(p);
    emit(p, "<figure>\n");
    draw(p, &f, false);
    emit(p, "</svg>\n</div>\n");
    write_legend(p, &f);
    emit(p, "<figcaption>");
    say(p, W_BALANCE_CAPTION,
        f.within > 0    ? said(p, W_BALANCE_HIDDEN, counted(p, f.unknown), counted(p, f.within))
        : f.unknown > 0 ? said(p, W_BALANCE_UNKNOWN, counted(p, f.unknown))
                        : "");
    emit(p, "</figcaption>\n</figure>\n");
  } else
    emit(p, "<p class=\"empty\">%m</p>\n", W_BALANCE_EMPTY);
  flows_free(&f);
  section_close(p);
}

void
write_balance_alone(page *p)
{
  flow_picture f;
  flows_gather(p, &f);
  if (p->code == KN_OK && f.ribbon_count > 0) {
    flows_lay(p, &f);
    draw(p, &f, true);
    draw_legend(p, &f, 92);
    emit(p, "</svg>\n");
  } else
    emit(p,
         "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 60\" width=\"400\" height=\"60\"><text x=\"20\" y=\"36\" "
         "font-family=\"sans-serif\" font-size=\"16\">%m</text></svg>\n",
         W_BALANCE_EMPTY);
  flows_free(&f);
}
