/* report/story.c - the first half minute: title, a few plain sentences, four figures. */
#include "report/internal.h"

#include <string.h>

/* What lies unused, class by class: "1.2 million t of materials, 34,000 MWh of energy and ...". */
static const char *
unused_list(page *p)
{
  const char *item[KN_CLASS_COUNT];
  int32_t count = 0;
  for (int32_t c = 0; c < KN_CLASS_COUNT; c++)
    if (p->by_class[c].offered > 0)
      item[count++] = said(p, W_AMOUNT_OF, figure_told(p, p->by_class[c].offered, unit_of_class(p, c)),
                           made(p, "<span class=\"word %s\">%m</span>", class_css(c), W_IN_CLASS_0 + c));
  return list_of(p, item, count);
}

static void
tell_has(page *p)
{
  const char *name = made(p, "<bdi>%t</bdi>", p->settings.name);
  const char *list = unused_list(p);
  if (!*list)
    say(p, W_STORY_NOTHING, name);
  else if (p->settings.plan_year != KN_BLANK_INT && p->settings.plan_year > 0)
    say(p, W_STORY_HAS_YEAR, name, made(p, "%i", (int)p->settings.plan_year), list);
  else
    say(p, W_STORY_HAS, name, list);
}

static void
tell_gain(page *p)
{
  const kn_plan_summary *sum = &p->plan->summary;
  say(p, sum->value[KN_VALUE] >= 0 ? W_STORY_WORTH : W_STORY_COSTS,
      made(p, "<strong>%s</strong>", figure_told(p, fabs(sum->value[KN_VALUE]), p->settings.currency)));
  if (sum->value[KN_CO2] != 0) {
    emit(p, " ");
    say(p, sum->value[KN_CO2] > 0 ? W_STORY_CO2 : W_STORY_CO2_MORE,
        made(p, "<strong>%s</strong>", figure_told(p, fabs(sum->value[KN_CO2]), "t")));
  }
  if (sum->value[KN_JOBS] > 0) {
    emit(p, " ");
    say(p, W_STORY_JOBS, made(p, "<strong>%s</strong>", figure_told(p, sum->value[KN_JOBS], NULL)));
  }
}

/* The unit in which the bound is told, by objective. */
const char *
objective_unit(const page *p)
{
  return p->plan->summary.objective == KN_VALUE ? p->settings.currency : p->plan->summary.objective == KN_JOBS ? "FTE" : "t";
}

static void
tell_proof(page *p)
{
  const kn_plan_summary *sum = &p->plan->summary;
  if (!isfinite(sum->bound) || !isfinite(sum->gap)) {
    say(p, W_PROOF_NONE);
    return;
  }
  const char *most = made(p, "<strong>%s</strong>", figure_most(p, sum->bound, objective_unit(p)));
  say(p, W_PROOF_VALUE + (int)sum->objective, counted(p, sum->pairs_compatible), most);
  emit(p, " ");
  /* The bound is rounded up: beside it, a value rounded down would look farther off than it is. */
  say(p, sum->status == KN_PLAN_PROVEN ? W_PROOF_WITHIN : W_PROOF_STOPPED, percent_most(p, sum->gap),
      figure_least(p, sum->value[sum->objective], objective_unit(p)));
}

/* "50 million EUR a year", as what was asked of a plan. */
static const char *
floor_asked(page *p)
{
  const kn_report_refused *refused = &p->in->refused;
  const char *unit = refused->floor == KN_VALUE ? p->settings.currency : refused->floor == KN_JOBS ? NULL : "t";
  if (isnan(refused->least))
    return said(p, W_GOAL_VALUE + (int)refused->floor);
  return said(p, W_FLOOR_VALUE + (int)refused->floor, made(p, "<strong>%s</strong>", figure_told(p, refused->least, unit)));
}

/* Why there is no plan to tell of, or that a newer run found none. */
static void
tell_refused(page *p)
{
  emit(p, "<p class=\"lead\">");
  say(p, p->has_plan ? W_STORY_REFUSED : W_STORY_ONLY_REFUSED, floor_asked(p), made(p, "<code>%t</code>", p->in->refused.run_id));
  emit(p, "</p>\n");
}

static void
tell_plan(page *p)
{
  const kn_plan_summary *sum = &p->plan->summary;
  if (sum->status == KN_PLAN_INFEASIBLE) {
    emit(p, "<p class=\"lead\">");
    say(p, W_STORY_INFEASIBLE, said(p, W_GOAL_VALUE + (int)sum->infeasible_floor));
    emit(p, "</p>\n");
    return;
  }
  emit(p, "<p class=\"lead\">");
  if (p->plan->ties.n == 0) {
    say(p, W_STORY_EMPTY);
    emit(p, "</p>\n");
    return;
  }
  int64_t open = 0;
  for (int64_t i = 0; i < p->plan->units.n; i++)
    open += p->plan->units.open[i] && p->plan->units.activity[i] > 0;
  say(p, word_of(p->plan->ties.n, W_STORY_TIE, W_STORY_TIES), counted(p, p->plan->ties.n), counted(p, sum->pairs_compatible));
  emit(p, " ");
  say(p, open == 0 ? W_STORY_NO_UNITS : word_of(open, W_STORY_UNIT, W_STORY_UNITS), counted(p, open));
  emit(p, " ");
  tell_gain(p);
  emit(p, "</p>\n<p>");
  tell_proof(p);
  if (p->abs_eur_sum > 0 && p->estimate_abs_eur > 0) {
    emit(p, " ");
    say(p, W_STORY_ESTIMATE, percent(p, p->estimate_abs_eur / p->abs_eur_sum),
        "<span class=\"ring\" aria-hidden=\"true\"></span>");
  }
  emit(p, "</p>\n");
}

static void
write_total(page *p, const char *number, const char *text)
{
  emit(p, "<div><dt>%s</dt><dd>%s</dd></div>\n", text, number);
}

static void
write_totals(page *p)
{
  const kn_plan_summary *sum = &p->plan->summary;
  emit(p, "<dl class=\"totals\">\n");
  write_total(p, figure_told(p, sum->value[KN_VALUE], NULL), said(p, W_TOTAL_VALUE, made(p, "%t", p->settings.currency)));
  write_total(p, figure_told(p, sum->value[KN_CO2], NULL), made(p, "%m", W_TOTAL_CO2));
  write_total(p, figure_told(p, sum->value[KN_JOBS], NULL), made(p, "%m", W_TOTAL_JOBS));
  if (isfinite(sum->gap))
    write_total(p, percent_most(p, sum->gap), made(p, "%m", W_TOTAL_GAP));
  emit(p, "</dl>\n");
}

void
write_story(page *p)
{
  emit(p, "<header>\n<p class=\"kicker\">knoop · %m</p>\n<h1><bdi>%t</bdi></h1>\n<p class=\"subtitle\">%m</p>\n</header>\n",
       W_REPORT, p->settings.name, W_SUBTITLE);
  emit(p, "<section id=\"story\" aria-label=\"%m\">\n", W_STORY);
  emit(p, "<p class=\"lead\">");
  tell_has(p);
  emit(p, "</p>\n");
  if (p->in->refused.run_id)
    tell_refused(p);
  if (p->has_plan) {
    tell_plan(p);
    if (p->plan->summary.status != KN_PLAN_INFEASIBLE && p->plan->ties.n > 0)
      write_totals(p);
  } else if (!p->in->refused.run_id) {
    emit(p, "<p class=\"lead\">");
    say(p, p->in->has_changed ? W_STORY_CHANGED : W_STORY_NO_PLAN);
    emit(p, "</p>\n");
  }
  emit(p, "</section>\n\n");
}
