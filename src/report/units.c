/* report/units.c - the units: which to open, at what cost, and what one more of their capacity is worth. */
#include "report/internal.h"

#include <stdlib.h>

enum { UNITS_MOST = 20, LEFT_MOST = 12 };

/* What all ties of a unit bring, with its own result: the unit's place in the plan. [plan units] */
static double *
gather_results(page *p)
{
  const kn_plan_unit_view units = p->plan->units;
  double *result = PAGE_TAKE(p, double, units.n);
  for (int64_t i = 0; result && i < units.n; i++)
    result[i] = units.eur[i];
  for (int64_t i = 0; result && i < p->plan->ties.n; i++) {
    const int from = unit_at(p, p->plan->ties.from[i]), to = unit_at(p, p->plan->ties.to[i]);
    if (from >= 0)
      result[from] += p->plan->ties.eur[i];
    if (to >= 0)
      result[to] += p->plan->ties.eur[i];
  }
  return result;
}

static double
investment(const page *p, int64_t i)
{
  const int32_t process = p->units.process[p->plan->units.unit[i]];
  const double fixed = p->processes.capex_fixed_eur[process], each = p->processes.capex_eur[process];
  return (isfinite(fixed) ? fixed : 0) + (isfinite(each) ? each * p->plan->units.capacity[i] : 0);
}

static bool
is_candidate(const page *p, int64_t i)
{
  return p->units.status[p->plan->units.unit[i]] == KN_CANDIDATE;
}

static kn_place
unit_place(const page *p, int64_t i)
{
  return (kn_place){.kind = KN_END_UNIT, .row = p->plan->units.unit[i], .site = p->plan->units.site[i]};
}

static void
unit_row(page *p, int64_t i, double result, bool is_new)
{
  const kn_plan_unit_view units = p->plan->units;
  const char *activity = activity_unit(p, p->units.process[units.unit[i]]);
  emit(p, "<tr><th scope=\"row\"><bdi>%t</bdi> <span class=\"aside\"><bdi>%t</bdi></span></th>",
       process_name(p, p->units.process[units.unit[i]]), site_name(p, place_site(p, unit_place(p, i))));
  emit(p, "<td class=\"n\">%s</td>", figure(p, units.capacity[i], activity));
  emit(p, "<td class=\"n\">%s</td>", units.capacity[i] > 0 ? percent(p, units.activity[i] / units.capacity[i]) : "–");
  if (is_new) {
    table_figure(p, investment(p, i), true);
    table_figure(p, units.annuity_eur[i], true);
  }
  table_figure(p, result, true);
  table_figure(p, 0 - units.co2_kg[i] / 1000, true);
  table_figure(p, fabs(units.dual_eur[i]) > 1e-9 ? units.dual_eur[i] : 0, true);
  emit(p, "</tr>\n");
}

typedef struct unit_rank {
  int64_t row;
  double result;
} unit_rank;

static int
by_result(const void *a, const void *b)
{
  const unit_rank *left = a, *right = b;
  if (left->result != right->result)
    return left->result > right->result ? -1 : 1;
  return left->row < right->row ? -1 : left->row > right->row;
}

static void
unit_table(page *p, const double *result, bool is_new)
{
  const kn_plan_unit_view units = p->plan->units;
  unit_rank *rank = PAGE_TAKE(p, unit_rank, units.n);
  int64_t count = 0;
  double capex = 0, annuity = 0;
  for (int64_t i = 0; rank && i < units.n; i++)
    if (is_candidate(p, i) == is_new && units.open[i] && (is_new || units.activity[i] > 0)) {
      rank[count++] = (unit_rank){i, result[i]};
      capex += investment(p, i);
      annuity += units.annuity_eur[i];
    }
  if (count == 0) {
    emit(p, "<p class=\"empty\">%m</p>\n", is_new ? W_NO_NEW_UNITS : W_NO_OLD_UNITS);
    return;
  }
  qsort(rank, (size_t)count, sizeof *rank, by_result);
  static const int fresh[] = {W_COLUMN_UNIT_AT, W_COLUMN_CAPACITY, W_COLUMN_LOAD,
                              W_COLUMN_CAPEX,   W_COLUMN_ANNUITY,  W_COLUMN_RESULT,
                              W_COLUMN_OWN_CO2, W_COLUMN_ONE_MORE, -1};
  static const int standing[] = {
      W_COLUMN_UNIT_AT, W_COLUMN_SPARE, W_COLUMN_LOAD, W_COLUMN_RESULT, W_COLUMN_OWN_CO2, W_COLUMN_ONE_MORE, -1};
  const int64_t shown = count > UNITS_MOST + 2 ? UNITS_MOST : count;
  const int caption = is_new          ? shown < count ? W_NEW_CAPTION_PART : W_NEW_CAPTION
                      : shown < count ? W_OLD_CAPTION_PART
                                      : W_OLD_CAPTION;
  table_open(p, said(p, caption, counted(p, shown), counted(p, count)), is_new ? fresh : standing, "tnnnnnnn");
  for (int64_t k = 0; k < shown; k++)
    unit_row(p, rank[k].row, rank[k].result, is_new);
  emit(p, "</tbody>\n");
  if (is_new) {
    emit(p, "<tfoot><tr><th scope=\"row\">%m</th><td></td><td></td>", W_ALL_OPENED);
    table_figure(p, capex, true);
    table_figure(p, annuity, true);
    emit(p, "<td></td><td></td><td></td></tr></tfoot>\n");
  }
  table_close(p);
}

/* Candidates that the plan weighed and left closed: a unit that may be placed at many sites is named once. */
static void
tell_closed(page *p)
{
  const kn_plan_unit_view units = p->plan->units;
  bool *is_open = PAGE_TAKE(p, bool, p->units.n);
  if (!is_open)
    return;
  for (int64_t i = 0; i < units.n; i++)
    if (units.open[i])
      is_open[units.unit[i]] = true;
  const char *item[LEFT_MOST];
  int64_t count = 0;
  for (int64_t u = 0; u < p->units.n; u++)
    if (p->units.status[u] == KN_CANDIDATE && !is_open[u]) {
      if (count < LEFT_MOST)
        item[count] =
            made(p, "<bdi>%t</bdi>", place_name(p, (kn_place){.kind = KN_END_UNIT, .row = (int32_t)u, .site = p->units.site[u]}));
      count++;
    }
  if (count == 0)
    return;
  emit(p, "<p>");
  const int64_t told = count < LEFT_MOST ? count : LEFT_MOST;
  if (told < count)
    say(p, W_CLOSED_PART, counted(p, count), list_of(p, item, (int32_t)told));
  else
    say(p, W_CLOSED, list_of(p, item, (int32_t)told));
  emit(p, "</p>\n");
}

void
write_units(page *p)
{
  section_open(p, "units", W_H_UNITS);
  const double *result = gather_results(p);
  if (p->plan->units.n == 0 || !result) {
    emit(p, "<p class=\"empty\">%m</p>\n", W_NO_UNITS);
    section_close(p);
    return;
  }
  emit(p, "<p>%m</p>\n", W_UNITS_INTRO);
  unit_table(p, result, true);
  tell_closed(p);
  emit(p, "<h3>%m</h3>\n", W_H_STANDING);
  unit_table(p, result, false);
  section_close(p);
}
