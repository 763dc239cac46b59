/* report/trust.c - how sure: what rests on estimates, by kind of source, and what that does to the value. */
#include "report/internal.h"

enum { KINDS = 6 }; /* measured, reported, register, literature, estimate; last: no source */

typedef struct kind_sum {
  int64_t figures;
  double sd_sum; /* of the relative deviations that are known */
  int64_t sd_count;
  int64_t ties;
  double abs_eur;
} kind_sum;

static int
kind_of(const page *p, int32_t source)
{
  const int kind = source_kind(p, source);
  return kind < 0 || kind >= KINDS - 1 ? KINDS - 1 : kind;
}

static double
deviation(const page *p, double rel_sd, int32_t source)
{
  if (isfinite(rel_sd))
    return rel_sd;
  return source >= 0 && source < p->sources.n ? p->sources.rel_sd[source] : NAN;
}

static void
note_figure(const page *p, kind_sum *sum, double rel_sd, int32_t source)
{
  kind_sum *at = &sum[kind_of(p, source)];
  const double sd = deviation(p, rel_sd, source);
  at->figures++;
  if (isfinite(sd)) {
    at->sd_sum += sd;
    at->sd_count++;
  }
}

/* Sureness falls in this order; a tie is as sure as the weaker of its ends. */
static int
weaker(int a, int b)
{
  return a > b ? a : b;
}

static int
end_kind(const page *p, kn_place place)
{
  if (place.kind == KN_END_OFFER && place.row >= 0 && place.row < p->offers.n)
    return kind_of(p, p->offers.source[place.row]);
  if (place.kind == KN_END_NEED && place.row >= 0 && place.row < p->needs.n)
    return kind_of(p, p->needs.source[place.row]);
  return -1; /* units and gateways: recipes and prices, not a reported quantity */
}

/* Standard deviation of the value when every quantity errs as its source says, independently of the others. An offer
 * or need that errs by one unit changes the value by its dual (as long as the plan's prices hold), so
 *   sd^2 = sum (dual_i quantity_i rel_sd_i)^2
 * which is the first order of the value as a function of the quantities. `unknown` counts those without rel_sd. */
static double
value_deviation(const page *p, int64_t *unknown)
{
  double sum = 0;
  *unknown = 0;
  for (int side = 0; side < 2; side++) {
    const kn_plan_end_view end = side ? p->plan->needs : p->plan->offers;
    for (int64_t i = 0; i < end.n; i++) {
      if (!(end.dual[i] > 0))
        continue;
      const double quantity = side ? p->needs.quantity[i] * p->needs.share[i] : p->offers.quantity[i] * p->offers.share[i];
      const double sd =
          side ? deviation(p, p->needs.rel_sd[i], p->needs.source[i]) : deviation(p, p->offers.rel_sd[i], p->offers.source[i]);
      if (isfinite(sd))
        sum += pow(end.dual[i] * quantity * sd, 2);
      else
        ++*unknown;
    }
  }
  return sqrt(sum);
}

static void
kind_row(page *p, const kind_sum *sum, int kind)
{
  emit(p, "<tr><th scope=\"row\">");
  if (kind == 4)
    emit(p, "<span class=\"ring\" aria-hidden=\"true\"></span>");
  emit(p, "%m</th><td class=\"n\">%s</td>", W_KIND_0 + kind, counted(p, sum->figures));
  if (sum->sd_count > 0)
    emit(p, "<td class=\"n\">± %s</td>", percent(p, sum->sd_sum / (double)sum->sd_count));
  else
    emit(p, "<td class=\"n unknown\">%m</td>", W_NOT_KNOWN);
  if (p->has_plan) {
    emit(p, "<td class=\"n\">%s</td>", counted(p, sum->ties));
    if (sum->ties > 0 && p->abs_eur_sum > 0)
      emit(p,
           "<td class=\"n share\"><span class=\"meter%s\" aria-hidden=\"true\"><span style=\"width:%g%%\"></span></span><span "
           "class=\"part\">%s</span></td>",
           kind == 4 ? " guess" : "", sum->abs_eur / p->abs_eur_sum * 100, percent(p, sum->abs_eur / p->abs_eur_sum));
    else
      emit(p, "<td class=\"n none\"><span aria-label=\"%m\" role=\"img\">–</span></td>", W_NONE);
  }
  emit(p, "</tr>\n");
}

static void
kind_table(page *p)
{
  kind_sum sum[KINDS + 1] = {0}; /* the last: ties without a reported quantity at either end */
  for (int64_t i = 0; i < p->offers.n; i++)
    note_figure(p, sum, p->offers.rel_sd[i], p->offers.source[i]);
  for (int64_t i = 0; i < p->needs.n; i++)
    note_figure(p, sum, p->needs.rel_sd[i], p->needs.source[i]);
  for (int64_t i = 0; i < p->plan->ties.n; i++) {
    const int kind = weaker(end_kind(p, p->plan->ties.from[i]), end_kind(p, p->plan->ties.to[i]));
    kind_sum *at = &sum[kind < 0 ? KINDS : kind];
    at->ties++;
    at->abs_eur += fabs(p->plan->ties.eur[i]);
  }
  static const int bare[] = {W_COLUMN_SOURCE_KIND, W_COLUMN_FIGURES, W_COLUMN_SD, -1};
  static const int full[] = {W_COLUMN_SOURCE_KIND, W_COLUMN_FIGURES, W_COLUMN_SD, W_COLUMN_TIES, W_COLUMN_VALUE_SHARE, -1};
  table_open(p, made(p, "%m", p->has_plan ? W_SURE_CAPTION : W_SURE_CAPTION_BARE), p->has_plan ? full : bare, "tnnnn");
  for (int kind = 0; kind < KINDS; kind++)
    if (sum[kind].figures > 0 || sum[kind].ties > 0)
      kind_row(p, &sum[kind], kind);
  if (sum[KINDS].ties > 0) {
    emit(p,
         "<tr><th scope=\"row\">%m</th><td class=\"n none\">–</td><td class=\"n none\">–</td><td class=\"n\">%s</td><td "
         "class=\"n\">%s</td></tr>\n",
         W_KIND_RECIPE, counted(p, sum[KINDS].ties), percent(p, p->abs_eur_sum > 0 ? sum[KINDS].abs_eur / p->abs_eur_sum : NAN));
  }
  emit(p, "</tbody>\n");
  table_close(p);
}

void
write_trust(page *p)
{
  section_open(p, "sure", W_H_SURE);
  emit(p, "<p>%m", p->has_plan ? W_SURE_INTRO : W_SURE_INTRO_BARE);
  if (p->has_plan && p->plan->summary.objective == KN_VALUE && p->plan->summary.status != KN_PLAN_INFEASIBLE) {
    int64_t unknown;
    const double sd = value_deviation(p, &unknown);
    if (sd > 0) {
      emit(p, " ");
      say(p, W_SURE_RANGE, figure_told(p, sd, p->settings.currency));
    }
    if (unknown > 0) {
      emit(p, " ");
      say(p, word_of(unknown, W_SURE_UNKNOWN_ONE, W_SURE_UNKNOWN), counted(p, unknown));
    }
  }
  int64_t verify = 0;
  double verify_eur = 0;
  for (int64_t i = 0; i < p->plan->ties.n; i++)
    if (p->plan->ties.to_verify[i]) {
      verify++;
      verify_eur += p->plan->ties.eur[i];
    }
  if (verify > 0) {
    emit(p, " ");
    say(p, word_of(verify, W_SURE_VERIFY_ONE, W_SURE_VERIFY), counted(p, verify),
        figure_told(p, verify_eur, p->settings.currency));
  }
  emit(p, "</p>\n");
  kind_table(p);
  emit(p, "<p class=\"note\">%m</p>\n", W_SURE_PEDIGREE);
  section_close(p);
}
