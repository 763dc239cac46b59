/* report/ties.c - the ties worth most, as sentences and as a table, and the cases they make up. */
#include "report/internal.h"

#include <stdlib.h>
#include <string.h>

enum { SENTENCES_MOST = 6, TIES_MOST = 30, CASES_MOST = 20, PARTNERS_TOLD = 3 };

static const char *
resource_unit(page *p, int32_t resource)
{
  return unit_of_class(p, p->resources.class_of[resource]);
}

/* "moisture and chlorine": what the need asks and the offer does not tell; NULL where the pair cannot say. */
static const char *
open_questions(page *p, int64_t tie)
{
  const kn_place from = p->plan->ties.from[tie], to = p->plan->ties.to[tie];
  if (to.kind != KN_END_NEED || !p->properties.need_first || !p->properties.offer_first)
    return NULL;
  const char *item[8];
  int32_t count = 0;
  for (int32_t i = p->properties.need_first[to.row]; i < p->properties.need_first[to.row + 1] && count < 8; i++) {
    const int32_t property = p->properties.need_property[i];
    bool is_known = false;
    if (from.kind == KN_END_OFFER)
      for (int32_t k = p->properties.offer_first[from.row]; k < p->properties.offer_first[from.row + 1]; k++)
        is_known = is_known || p->properties.offer_property[k] == property;
    if (!is_known)
      item[count++] = made(p, "%t", p->properties.property_name[property]);
  }
  return count > 0 ? list_of(p, item, count) : NULL;
}

static const char *
mode_name(page *p, int32_t mode)
{
  return mode >= 0 && mode < p->modes.n ? name_in(p, KN_T_MODE, mode, p->modes.name[mode]) : "";
}

/* Enough is lost on the way to be told. */
static bool
is_less_at_end(const kn_tie_view *ties, int64_t i)
{
  return ties->delivered[i] < 0.999 * ties->quantity[i];
}

static void
tell_tie(page *p, int64_t i)
{
  const kn_tie_view ties = p->plan->ties;
  emit(p, "<li>");
  say(p, W_TIE_HEAD, made(p, "<strong><bdi>%t</bdi></strong>", capitalised(p, resource_name(p, ties.resource[i]))),
      place_told(p, ties.from[i]), place_told(p, ties.to[i]),
      figure_told(p, ties.quantity[i], resource_unit(p, ties.resource[i])));
  if (ties.km[i] >= 0.05)
    say(p, W_TIE_KM, figure(p, ties.km[i], "km"), made(p, "<bdi>%t</bdi>", uncapitalised(p, mode_name(p, ties.mode[i]))));
  if (is_less_at_end(&ties, i))
    say(p, W_TIE_ARRIVES, figure_told(p, ties.delivered[i], resource_unit(p, ties.resource[i])));
  emit(p, ". ");
  say(p, ties.eur[i] >= 0 ? W_TIE_WORTH : W_TIE_COSTS, figure_told(p, fabs(ties.eur[i]), p->settings.currency));
  if (ties.co2_kg[i] >= 500)
    say(p, W_TIE_CO2, figure_told(p, ties.co2_kg[i] / 1000, "t"));
  emit(p, ".");
  const char *questions = ties.to_verify[i] ? open_questions(p, i) : NULL;
  if (questions) {
    emit(p, " ");
    say(p, W_TIE_VERIFY_WHAT, questions);
  } else if (ties.to_verify[i]) {
    emit(p, " %m", W_TIE_VERIFY);
  }
  if (ties.is_estimate[i]) {
    emit(p, " ");
    estimate_mark(p);
  }
  emit(p, "</li>\n");
}

static void
tie_row(page *p, int64_t i)
{
  const kn_tie_view ties = p->plan->ties;
  const int32_t r = ties.resource[i];
  emit(p,
       "<tr data-key=\"s%i\"><th scope=\"row\" class=\"dotted\"><span class=\"dot %s\" aria-hidden=\"true\"></span><bdi>%t</bdi>",
       place_site(p, ties.from[i]), class_css(p->resources.class_of[r]), resource_name(p, r));
  if (ties.to[i].kind == KN_END_NEED && ties.to[i].row >= 0 && ties.substitution[i] != KN_NONE)
    emit(p, " <span class=\"aside\">%s</span>",
         said(p, W_STANDS_IN, made(p, "<bdi>%t</bdi>", resource_name(p, p->needs.resource[ties.to[i].row]))));
  emit(p, "</th><td>%s</td><td>%s</td>", place_markup(p, ties.from[i]), place_markup(p, ties.to[i]));
  emit(p, "<td class=\"n\">%s", figure(p, ties.quantity[i], resource_unit(p, r)));
  if (is_less_at_end(&ties, i))
    emit(p, " <span class=\"aside\">%s</span>", said(p, W_ARRIVES, figure(p, ties.delivered[i], resource_unit(p, r))));
  emit(p, "</td>");
  emit(p, "<td class=\"n\">%s</td><td><bdi>%t</bdi></td>",
       ties.km[i] < 0.05 ? made(p, "%m", W_HERE) : figure(p, ties.km[i], NULL), mode_name(p, ties.mode[i]));
  table_figure(p, ties.eur[i], true);
  table_figure(p, ties.co2_kg[i] / 1000, true);
  emit(p, "<td>");
  if (ties.to_verify[i]) {
    const char *questions = open_questions(p, i);
    emit(p, "<span class=\"verify\"%s>%m</span>", questions ? made(p, " title=\"%s\"", questions) : "", W_VERIFY);
  }
  emit(p, ties.to_verify[i] && ties.is_estimate[i] ? "<br/>" : "");
  if (ties.is_estimate[i])
    estimate_mark(p);
  emit(p, "</td></tr>\n");
}

/* One row for what the table leaves out, one for all: so the table adds up to the plan. */
static void
tie_sums(page *p, int64_t shown)
{
  const kn_tie_view ties = p->plan->ties;
  double rest_eur = 0, rest_co2 = 0, eur = 0, co2 = 0;
  for (int64_t i = 0; i < ties.n; i++) {
    eur += ties.eur[i];
    co2 += ties.co2_kg[i] / 1000;
    rest_eur += i >= shown ? ties.eur[i] : 0;
    rest_co2 += i >= shown ? ties.co2_kg[i] / 1000 : 0;
  }
  if (shown < ties.n) {
    emit(p, "<tr class=\"rest\"><th scope=\"row\" colspan=\"6\">");
    say(p, W_REST_TIES, counted(p, ties.n - shown));
    emit(p, "</th>");
    table_figure(p, rest_eur, true);
    table_figure(p, rest_co2, true);
    emit(p, "<td></td></tr>\n");
  }
  emit(p, "</tbody>\n<tfoot><tr><th scope=\"row\" colspan=\"6\">%m</th>", W_ALL_TIES);
  table_figure(p, eur, true);
  table_figure(p, co2, true);
  emit(p, "<td></td></tr></tfoot>\n");
}

void
write_ties(page *p)
{
  const int64_t n = p->plan->ties.n;
  section_open(p, "ties", W_H_TIES);
  if (n == 0) {
    emit(p, "<p class=\"empty\">%m</p>\n", W_NO_TIES);
    section_close(p);
    return;
  }
  emit(p, "<p>%m</p>\n<ol class=\"told\">\n", W_TIES_INTRO);
  for (int64_t i = 0; i < n && i < SENTENCES_MOST; i++)
    tell_tie(p, i);
  emit(p, "</ol>\n");
  const int64_t shown = n > TIES_MOST + 2 ? TIES_MOST : n;
  static const int head[] = {W_COLUMN_WHAT, W_COLUMN_FROM, W_COLUMN_TO,  W_COLUMN_QUANTITY, W_COLUMN_KM,
                             W_COLUMN_MODE, W_COLUMN_EUR,  W_COLUMN_CO2, W_COLUMN_NOTE,     -1};
  table_open(p, said(p, shown < n ? W_TIES_CAPTION_PART : W_TIES_CAPTION, counted(p, shown), counted(p, n)), head, "tttnntnnt");
  for (int64_t i = 0; i < shown; i++)
    tie_row(p, i);
  tie_sums(p, shown);
  table_close(p);
  section_close(p);
}

/* ------------------------------------------------------------------ cases */
typedef struct case_rank {
  int32_t row;
  double eur;
} case_rank;

static int
by_case_eur(const void *a, const void *b)
{
  const case_rank *left = a, *right = b;
  if (left->eur != right->eur)
    return left->eur > right->eur ? -1 : 1;
  return left->row < right->row ? -1 : left->row > right->row;
}

/* The actors at the ends of the ties of a case, the anchor's own left out, in the order of the ties. */
static int32_t
case_partners(const page *p, int32_t row, const int32_t *first, const int32_t *next, int32_t *seen, const char **name)
{
  int32_t count = 0;
  const char *anchor = NULL;
  const kn_place at = p->plan->cases.anchor[row];
  if (at.kind != KN_END_GATEWAY && place_site(p, at) >= 0)
    anchor = site_name(p, place_site(p, at));
  for (int32_t i = first[row]; i >= 0; i = next[i])
    for (int side = 0; side < 2; side++) {
      const int32_t site = place_site(p, side ? p->plan->ties.to[i] : p->plan->ties.from[i]);
      if (site < 0 || seen[site] == row + 1)
        continue;
      seen[site] = row + 1;
      const char *partner = site_name(p, site);
      bool is_new = !anchor || strcmp(partner, anchor) != 0;
      for (int32_t k = 0; k < count && k < PARTNERS_TOLD && is_new; k++)
        is_new = strcmp(partner, name[k]) != 0;
      if (is_new && count < PARTNERS_TOLD)
        name[count] = partner;
      count += is_new;
    }
  return count;
}

/* What a case turns around: a unit by what it does, a need or a gateway by what it takes. */
static const char *
anchor_markup(page *p, kn_place place)
{
  const int32_t site = place_site(p, place);
  const bool is_unit = place.kind == KN_END_UNIT && site != KN_NONE;
  const int32_t resource = place.kind == KN_END_NEED      ? p->needs.resource[place.row]
                           : place.kind == KN_END_GATEWAY ? p->gateways.resource[place.row]
                                                          : KN_NONE;
  if (!is_unit && resource == KN_NONE)
    return place_markup(p, place);
  return made(p, "<bdi>%t</bdi> <span class=\"aside\"><bdi>%t</bdi></span>",
              is_unit ? process_name(p, p->units.process[place.row]) : place_name(p, place),
              is_unit ? site_name(p, site) : resource_name(p, resource));
}

static void
case_row(page *p, int32_t row, int64_t number, const int32_t *first, const int32_t *next, int32_t *seen)
{
  const kn_case_view cases = p->plan->cases;
  const char *name[PARTNERS_TOLD];
  const int32_t count = case_partners(p, row, first, next, seen, name);
  const char *list = "";
  for (int32_t k = 0; k < count && k < PARTNERS_TOLD; k++)
    list = made(p, "%s%s<bdi>%t</bdi>", list, k ? ", " : "", name[k]);
  if (count > PARTNERS_TOLD)
    list = said(p, W_AND_MORE, list, counted(p, count - PARTNERS_TOLD));
  emit(p, "<tr><td class=\"n\">%s</td><th scope=\"row\">%s</th><td>%s</td><td class=\"n\">%s</td>", counted(p, number),
       anchor_markup(p, cases.anchor[row]), count > 0 ? list : made(p, "<span aria-label=\"%m\" role=\"img\">–</span>", W_NONE),
       counted(p, cases.tie_count[row]));
  table_figure(p, cases.eur[row], true);
  table_figure(p, cases.co2_kg[row] / 1000, true);
  table_figure(p, cases.jobs_fte[row], true);
  emit(p, "</tr>\n");
}

static void
case_sums(page *p, const case_rank *rank, int64_t shown)
{
  const kn_case_view cases = p->plan->cases;
  double sum[2][3] = {{0}}; /* [rest, all][eur, t, fte] */
  int64_t ties[2] = {0};
  for (int64_t k = 0; k < cases.n; k++)
    for (int all = 0; all < 2; all++) {
      if (!all && k < shown)
        continue;
      sum[all][0] += cases.eur[rank[k].row];
      sum[all][1] += cases.co2_kg[rank[k].row] / 1000;
      sum[all][2] += cases.jobs_fte[rank[k].row];
      ties[all] += cases.tie_count[rank[k].row];
    }
  for (int all = shown < cases.n ? 0 : 1; all < 2; all++) {
    emit(p, all ? "</tbody>\n<tfoot><tr><td></td>" : "<tr class=\"rest\"><td></td>");
    emit(p, "<th scope=\"row\" colspan=\"2\">%s</th><td class=\"n\">%s</td>",
         all ? made(p, "%m", W_ALL_CASES) : said(p, W_REST_CASES, counted(p, cases.n - shown)), counted(p, ties[all]));
    table_figure(p, sum[all][0], true);
    table_figure(p, sum[all][1], true);
    table_figure(p, sum[all][2], true);
    emit(p, all ? "</tr></tfoot>\n" : "</tr>\n");
  }
}

void
write_cases(page *p)
{
  const kn_case_view cases = p->plan->cases;
  const kn_tie_view ties = p->plan->ties;
  section_open(p, "cases", W_H_CASES);
  if (cases.n == 0) {
    emit(p, "<p class=\"empty\">%m</p>\n", W_NO_CASES);
    section_close(p);
    return;
  }
  int32_t *first = PAGE_TAKE(p, int32_t, cases.n), *next = PAGE_TAKE(p, int32_t, ties.n),
          *seen = PAGE_TAKE(p, int32_t, p->sites.n);
  case_rank *rank = PAGE_TAKE(p, case_rank, cases.n);
  if (!first || !next || !seen || !rank)
    return;
  for (int64_t k = 0; k < cases.n; k++) {
    first[k] = -1;
    rank[k] = (case_rank){(int32_t)k, cases.eur[k]};
  }
  for (int64_t i = ties.n - 1; i >= 0; i--)
    if (ties.case_of[i] >= 0 && ties.case_of[i] < cases.n) {
      next[i] = first[ties.case_of[i]];
      first[ties.case_of[i]] = (int32_t)i;
    }
  qsort(rank, (size_t)cases.n, sizeof *rank, by_case_eur);
  const int64_t shown = cases.n > CASES_MOST + 2 ? CASES_MOST : cases.n;
  emit(p, "<p>%m</p>\n", W_CASES_INTRO);
  static const int head[] = {W_COLUMN_NUMBER, W_COLUMN_ANCHOR, W_COLUMN_PARTNERS, W_COLUMN_TIES,
                             W_COLUMN_EUR,    W_COLUMN_CO2,    W_COLUMN_JOBS,     -1};
  table_open(p, said(p, shown < cases.n ? W_CASES_CAPTION_PART : W_CASES_CAPTION, counted(p, shown), counted(p, cases.n)), head,
             "nttnnnn");
  for (int64_t k = 0; k < shown; k++)
    case_row(p, rank[k].row, k + 1, first, next, seen);
  case_sums(p, rank, shown);
  table_close(p);
  section_close(p);
}
