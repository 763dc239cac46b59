/* report/has.c - what the region has: by class, and the streams of which most stays unused. */
#include "report/internal.h"

#include <stdlib.h>

enum { STREAMS_MOST = 15 };

/* The share as a small bar, with the number in words for those who do not see it. */
static void
share_cell(page *p, double part, double whole)
{
  if (!(whole > 0)) {
    emit(p, "<td class=\"n none\"><span aria-label=\"%m\" role=\"img\">–</span></td>", W_NONE);
    return;
  }
  const double share = fmax(0, fmin(1, part / whole));
  emit(p,
       "<td class=\"n share\"><span class=\"meter\" aria-hidden=\"true\"><span style=\"width:%g%%\"></span></span><span "
       "class=\"part\">%s</span></td>",
       share * 100, percent(p, share));
}

static void
class_row(page *p, int c)
{
  const class_sum *sum = &p->by_class[c];
  const bool has_offers = sum->offer_count > 0, has_needs = sum->need_count > 0;
  emit(p, "<tr><th scope=\"row\" class=\"dotted\"><span class=\"dot %s\" aria-hidden=\"true\"></span>%m</th><td>%t</td>",
       class_css(c), W_CLASS_0 + c, unit_of_class(p, c));
  table_figure(p, sum->offered, has_offers);
  if (p->has_plan) {
    table_figure(p, sum->used, has_offers);
    share_cell(p, sum->used, sum->offered);
  }
  table_figure(p, sum->needed, has_needs);
  if (p->has_plan) {
    table_figure(p, sum->met, has_needs);
    share_cell(p, sum->met, sum->needed);
    table_figure(p, sum->eur, sum->tie_count > 0);
  }
  emit(p, "</tr>\n");
}

static void
class_table(page *p)
{
  static const int bare[] = {W_COLUMN_CLASS, W_COLUMN_UNIT, W_COLUMN_OFFERED, W_COLUMN_NEEDED, -1};
  static const int full[] = {W_COLUMN_CLASS,  W_COLUMN_UNIT, W_COLUMN_OFFERED, W_COLUMN_USED,     W_COLUMN_SHARE,
                             W_COLUMN_NEEDED, W_COLUMN_MET,  W_COLUMN_SHARE,   W_COLUMN_TIES_EUR, -1};
  table_open(p, made(p, "%m", W_HAS_CAPTION), p->has_plan ? full : bare, p->has_plan ? "ttnnnnnnn" : "ttnn");
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    class_row(p, c);
  emit(p, "</tbody>\n");
  if (p->has_plan) {
    double eur = 0;
    for (int c = 0; c < KN_CLASS_COUNT; c++)
      eur += p->by_class[c].eur;
    emit(p, "<tfoot><tr><th scope=\"row\">%m</th><td></td><td></td><td></td><td></td><td></td><td></td><td></td>", W_TOTAL);
    table_figure(p, eur, p->plan->ties.n > 0);
    emit(p, "</tr></tfoot>\n");
  }
  table_close(p);
}

typedef struct stream_sum {
  int32_t group;
  double offered, used, paid;
  int64_t offers;
} stream_sum;

/* What costs its holders most today comes first, then what is offered by most; of different units no quantity compares. */
static int
by_cost_today(const void *a, const void *b)
{
  const stream_sum *left = a, *right = b;
  if (left->paid != right->paid)
    return left->paid > right->paid ? -1 : 1;
  if (left->offers != right->offers)
    return left->offers > right->offers ? -1 : 1;
  return left->group < right->group ? -1 : left->group > right->group;
}

static void
stream_table(page *p)
{
  stream_sum *sum = PAGE_TAKE(p, stream_sum, p->resources.n);
  int64_t count = 0;
  if (!sum || !p->group || p->offers.n == 0)
    return;
  for (int64_t i = 0; i < p->resources.n; i++)
    sum[i].group = (int32_t)i;
  for (int64_t i = 0; i < p->offers.n; i++) {
    stream_sum *s = &sum[p->group[p->offers.resource[i]]];
    const double quantity = p->offers.quantity[i] * p->offers.share[i];
    s->offered += quantity;
    s->used += i < p->plan->offers.n ? p->plan->offers.used[i] : 0;
    s->paid += isfinite(p->offers.fate_eur[i]) ? quantity * p->offers.fate_eur[i] : 0;
    s->offers++;
  }
  for (int64_t i = 0; i < p->resources.n; i++)
    if (sum[i].offers > 0)
      sum[count++] = sum[i];
  qsort(sum, (size_t)count, sizeof *sum, by_cost_today);
  static const int bare[] = {W_COLUMN_STREAM, W_COLUMN_UNIT, W_COLUMN_OFFERS, W_COLUMN_OFFERED, W_COLUMN_PAID, -1};
  static const int full[] = {W_COLUMN_STREAM, W_COLUMN_UNIT, W_COLUMN_OFFERS, W_COLUMN_OFFERED,
                             W_COLUMN_PAID,   W_COLUMN_USED, W_COLUMN_SHARE,  -1};
  const int64_t shown = count > STREAMS_MOST + 2 ? STREAMS_MOST : count;
  table_open(p,
             said(p, shown < count ? W_STREAM_TABLE_CAPTION_PART : W_STREAM_TABLE_CAPTION, counted(p, shown), counted(p, count)),
             p->has_plan ? full : bare, "ttnnnnn");
  for (int64_t i = 0; i < shown; i++) {
    const int c = p->resources.class_of[sum[i].group];
    emit(p,
         "<tr><th scope=\"row\" class=\"dotted\"><span class=\"dot %s\" "
         "aria-hidden=\"true\"></span><bdi>%t</bdi></th><td>%t</td><td "
         "class=\"n\">%s</td>",
         class_css(c), capitalised(p, resource_name(p, sum[i].group)), unit_of_class(p, c), counted(p, sum[i].offers));
    table_figure(p, sum[i].offered, true);
    table_figure(p, sum[i].paid, true);
    if (p->has_plan) {
      table_figure(p, sum[i].used, true);
      share_cell(p, sum[i].used, sum[i].offered);
    }
    emit(p, "</tr>\n");
  }
  emit(p, "</tbody>\n");
  table_close(p);
}

void
write_has(page *p)
{
  section_open(p, "has", W_H_HAS);
  emit(p, "<p>");
  say(p, W_HAS_INTRO, counted(p, p->sites.n), counted(p, p->offers.n), counted(p, p->needs.n));
  emit(p, "</p>\n");
  class_table(p);
  stream_table(p);
  section_close(p);
}
