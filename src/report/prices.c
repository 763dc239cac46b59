/* report/prices.c - what one more is worth: the duals, in the order of what they mean.
 *
 * A dual belongs to one offer, need, gateway or unit. People ask by kind of thing: so rows are kinds (one resource as
 * offered, one as needed ...), with the largest price, where it is, and the mean weighted by quantity. */
#include "report/internal.h"

#include <stdlib.h>

enum { ROWS_MOST = 7 };
typedef enum scarce { SCARCE_UNIT, SCARCE_OFFER, SCARCE_NEED, SCARCE_GATEWAY, SCARCE_KINDS } scarce;

typedef struct price {
  int32_t row;   /* resource; for units the process */
  int32_t count; /* places where it is scarce */
  double most, least;
  kn_place where; /* of the largest */
  double worth;   /* sum of dual x quantity: what all of it brings together */
} price;

typedef struct price_list {
  price *price; /* by row of the table that `row` points into */
  int64_t n;
} price_list;

static void
note(price *at, double dual, double quantity, kn_place where)
{
  if (!(dual > 1e-9))
    return;
  at->least = at->count == 0 ? dual : fmin(at->least, dual);
  if (at->count == 0 || dual > at->most) {
    at->most = dual;
    at->where = where;
  }
  at->count++;
  at->worth += isfinite(quantity) ? dual * quantity : dual;
}

static price_list
gather(page *p, scarce kind)
{
  const int64_t n = kind == SCARCE_UNIT ? p->processes.n : p->resources.n;
  price_list list = {PAGE_TAKE(p, price, n), 0};
  if (!list.price)
    return list;
  list.n = n;
  for (int64_t i = 0; i < n; i++)
    list.price[i].row = (int32_t)i;
  const kn_report_plan *plan = p->plan;
  if (kind == SCARCE_UNIT)
    for (int64_t i = 0; i < plan->units.n; i++)
      if (plan->units.open[i])
        note(&list.price[p->units.process[plan->units.unit[i]]], plan->units.dual_eur[i], plan->units.capacity[i],
             (kn_place){.kind = KN_END_UNIT, .row = plan->units.unit[i], .site = plan->units.site[i]});
  if (kind == SCARCE_OFFER)
    for (int64_t i = 0; i < plan->offers.n && i < p->offers.n; i++)
      note(&list.price[p->offers.resource[i]], plan->offers.dual[i], p->offers.quantity[i] * p->offers.share[i],
           (kn_place){.kind = KN_END_OFFER, .row = (int32_t)i, .site = p->offers.site[i]});
  if (kind == SCARCE_NEED)
    for (int64_t i = 0; i < plan->needs.n && i < p->needs.n; i++)
      note(&list.price[p->needs.resource[i]], plan->needs.dual[i], p->needs.quantity[i] * p->needs.share[i],
           (kn_place){.kind = KN_END_NEED, .row = (int32_t)i, .site = p->needs.site[i]});
  if (kind == SCARCE_GATEWAY)
    for (int64_t i = 0; i < plan->gateways.n && i < p->gateways.n; i++)
      note(&list.price[p->gateways.resource[i]], plan->gateways.dual[i], p->gateways.capacity[i],
           (kn_place){.kind = KN_END_GATEWAY, .row = (int32_t)i, .site = KN_NONE});
  return list;
}

static int
by_worth(const void *a, const void *b)
{
  const price *left = a, *right = b;
  if (left->worth != right->worth)
    return left->worth > right->worth ? -1 : 1;
  return left->row < right->row ? -1 : left->row > right->row;
}

static const char *
one_more(page *p, scarce kind, const price *at)
{
  if (kind == SCARCE_UNIT) {
    const char *unit = activity_unit(p, at->row);
    return made(p, "1\u00a0<bdi>%t</bdi> <strong><bdi>%t</bdi></strong>", unit && *unit ? unit : "×", process_name(p, at->row));
  }
  return made(p, "1\u00a0%t <strong><bdi>%t</bdi></strong>", unit_of_class(p, p->resources.class_of[at->row]),
              resource_name(p, at->row));
}

static void
price_row(page *p, scarce kind, const price *at)
{
  const int c = kind == SCARCE_UNIT ? -1 : p->resources.class_of[at->row];
  emit(p, "<tr><th scope=\"row\">");
  if (c >= 0)
    emit(p, "<span class=\"dot %s\" aria-hidden=\"true\"></span>\u2060", class_css(c));
  emit(p, "%s</th><td class=\"n\">%s</td><td><bdi>%t</bdi></td>", one_more(p, kind, at), figure(p, at->most, NULL),
       at->where.kind == KN_END_UNIT && at->where.site != KN_NONE ? site_name(p, at->where.site) : place_name(p, at->where));
  if (at->count > 1)
    emit(p, "<td class=\"n\">%s</td>", figure(p, at->least, NULL));
  else
    emit(p, "<td class=\"n none\"><span aria-label=\"%m\" role=\"img\">–</span></td>", W_NONE);
  emit(p, "<td class=\"n\">%s</td></tr>\n", counted(p, at->count));
}

/* Offers of one class, or all needs, gateways, units: false when nothing in it is scarce. */
static bool
price_group(page *p, scarce kind, int resource_class, const price *all, int64_t n, int heading)
{
  price *kept = PAGE_TAKE(p, price, n);
  int64_t count = 0;
  for (int64_t i = 0; kept && i < n; i++)
    if (all[i].count > 0 && (resource_class < 0 || p->resources.class_of[all[i].row] == resource_class))
      kept[count++] = all[i];
  if (count == 0)
    return false;
  qsort(kept, (size_t)count, sizeof *kept, by_worth);
  const int64_t shown = count > ROWS_MOST + 2 ? ROWS_MOST : count;
  emit(p, "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"5\">%s%s</th></tr>\n",
       resource_class >= 0 ? said(p, heading, word_text(p->tongue, W_IN_CLASS_0 + resource_class)) : said(p, heading),
       shown < count ? said(p, W_PRICES_PART, counted(p, shown), counted(p, count)) : "");
  for (int64_t i = 0; i < shown; i++)
    price_row(p, kind, &kept[i]);
  return true;
}

/* The classes that planners ask for first: space, people, heat; then streams; then what may be sold and made. */
static const int asked_order[KN_CLASS_COUNT] = {KN_SPACE, KN_ENERGY, KN_WATER, KN_LABOUR, KN_KNOWLEDGE, KN_CAPITAL, KN_MATERIAL};

void
write_prices(page *p)
{
  section_open(p, "prices", W_H_PRICES);
  price_list list[SCARCE_KINDS];
  for (int kind = 0; kind < SCARCE_KINDS; kind++)
    list[kind] = gather(p, (scarce)kind);
  bool is_any = false;
  for (int kind = 0; kind < SCARCE_KINDS; kind++)
    for (int64_t i = 0; i < list[kind].n; i++)
      is_any = is_any || list[kind].price[i].count > 0;
  if (!is_any) {
    emit(p, "<p class=\"empty\">%m</p>\n", W_NO_PRICES);
    section_close(p);
    return;
  }
  emit(p, "<p>%m</p>\n", W_PRICES_INTRO);
  static const int head[] = {W_COLUMN_ONE_MORE_OF, W_COLUMN_WORTH, W_COLUMN_WHERE, W_COLUMN_LEAST, W_COLUMN_PLACES, -1};
  table_open(p, said(p, W_PRICES_CAPTION, made(p, "%t", objective_unit(p))), head, "tntnn");
  for (int k = 0; k < KN_CLASS_COUNT; k++)
    price_group(p, SCARCE_OFFER, asked_order[k], list[SCARCE_OFFER].price, list[SCARCE_OFFER].n, W_PRICES_OFFER);
  price_group(p, SCARCE_UNIT, -1, list[SCARCE_UNIT].price, list[SCARCE_UNIT].n, W_PRICES_UNIT);
  price_group(p, SCARCE_NEED, -1, list[SCARCE_NEED].price, list[SCARCE_NEED].n, W_PRICES_NEED);
  price_group(p, SCARCE_GATEWAY, -1, list[SCARCE_GATEWAY].price, list[SCARCE_GATEWAY].n, W_PRICES_GATEWAY);
  emit(p, "</tbody>\n");
  table_close(p);
  section_close(p);
}
