/* report/method.c - how it was computed and proven, and whose figures these are. */
#include "report/internal.h"

#include <string.h>

static void
fact(page *p, int name, const char *value)
{
  if (value && *value)
    emit(p, "<div><dt>%m</dt><dd>%s</dd></div>\n", name, value);
}

static const char *
code_text(page *p, const char *text)
{
  return text && *text ? made(p, "<code>%t</code>", text) : NULL;
}

static const char *
seconds_text(page *p)
{
  const kn_plan_summary *sum = &p->plan->summary;
  double all = 0;
  for (int i = 0; i < KN_PLAN_PHASES; i++)
    all += sum->seconds[i];
  return all > 0 ? figure(p, all, "s") : NULL;
}

void
write_method(page *p)
{
  const kn_plan_summary *sum = &p->plan->summary;
  section_open(p, "method", W_H_METHOD);
  emit(p, "<p>%m</p>\n<p>%m</p>\n", W_METHOD_MODEL, W_METHOD_PROOF);
  emit(p, "<dl class=\"facts\">\n");
  fact(p, W_FACT_OBJECTIVE, said(p, W_GOAL_VALUE + (int)sum->objective));
  fact(p, W_FACT_STATUS, made(p, "%m", W_STATUS_PROVEN + (int)sum->status));
  if (sum->status != KN_PLAN_INFEASIBLE) {
    char key[40];
    kn_number_write(key, sum->value[sum->objective]);
    fact(p, W_FACT_VALUE,
         made(p, "<data value=\"%s\">%t</data>", key, plain_exact(p, sum->value[sum->objective], objective_unit(p))));
    fact(p, W_FACT_BOUND, made(p, "%t", plain_exact(p, sum->bound, objective_unit(p))));
    fact(p, W_FACT_GAP, percent_most(p, sum->gap));
  }
  fact(p, W_FACT_PAIRS, counted(p, sum->pairs_compatible));
  fact(p, W_FACT_WORK, said(p, W_FACT_WORK_TEXT, counted(p, sum->columns), counted(p, sum->rounds), counted(p, sum->nodes)));
  fact(p, W_FACT_SECONDS, seconds_text(p));
  fact(p, W_FACT_RUN, code_text(p, p->in->run.run_id));
  fact(p, W_FACT_WHEN, p->in->run.made_at ? made(p, "%t", p->in->run.made_at) : NULL);
  fact(p, W_FACT_VERSION, made(p, "knoop %t", p->in->run.version ? p->in->run.version : kn_version()));
  fact(p, W_FACT_DIGEST, code_text(p, p->in->run.digest));
  fact(p, W_FACT_COMMAND, code_text(p, p->in->run.command));
  fact(p, W_FACT_SETTINGS, code_text(p, p->in->run.settings));
  emit(p, "</dl>\n");
  section_close(p);
}

/* Figures that name a source, over all tables with a source_id column. */
static void
count_uses(const page *p, int64_t *uses)
{
  for (int id = 0; id < KN_TABLE_COUNT; id++) {
    const kn_table *table = kn_region_table(p->region, (kn_table_id)id);
    if (!table)
      continue;
    for (int32_t c = 0; c < table->def->column_count; c++)
      if (table->def->columns[c].kind == KN_REF && table->def->columns[c].target == KN_T_SOURCE)
        for (int64_t i = 0; i < table->n; i++)
          if (table->columns[c].number[i] >= 0 && table->columns[c].number[i] < p->sources.n)
            uses[table->columns[c].number[i]]++;
  }
}

static bool
is_web_address(const char *link)
{
  return link && (strncmp(link, "https://", 8) == 0 || strncmp(link, "http://", 7) == 0);
}

static void
source_item(page *p, int32_t i, int64_t uses)
{
  const char *publisher = text_column(p, KN_T_SOURCE, "publisher", i), *licence = text_column(p, KN_T_SOURCE, "licence", i);
  const char *link = text_column(p, KN_T_SOURCE, "link", i);
  const int32_t year = int_column(p, KN_T_SOURCE, "year", i);
  const int kind = source_kind(p, i);
  const char *title = p->sources.title[i] && *p->sources.title[i] ? p->sources.title[i] : p->sources.source_id[i];
  emit(p, "<li><bdi>%t</bdi>", title);
  if (publisher && *publisher)
    emit(p, ", <bdi>%t</bdi>", publisher);
  if (year != KN_BLANK_INT)
    emit(p, " (%i)", (int)year);
  emit(p, ". ");
  if (p->sources.is_estimate[i])
    estimate_mark(p);
  else if (kind >= 0)
    emit(p, "<span class=\"aside\">%m</span>", W_KIND_0 + kind);
  emit(p, ". %s", licence && *licence ? said(p, W_LICENCE, made(p, "<bdi>%t</bdi>", licence)) : made(p, "%m", W_NO_LICENCE));
  emit(p, " %s", said(p, word_of(uses, W_SOURCE_USE, W_SOURCE_USES), counted(p, uses)));
  if (is_web_address(link))
    emit(p, " <a rel=\"noreferrer\" href=\"%t\">%t</a>", link, link);
  else if (link && *link)
    emit(p, " %t", link);
  emit(p, "</li>\n");
}

void
write_sources(page *p)
{
  section_open(p, "sources", W_H_SOURCES);
  int64_t *uses = PAGE_TAKE(p, int64_t, p->sources.n);
  if (p->sources.n == 0 || !uses) {
    emit(p, "<p class=\"empty\">%m</p>\n", W_NO_SOURCES);
  } else {
    count_uses(p, uses);
    emit(p, "<p>%m</p>\n<ul class=\"sources\">\n", W_SOURCES_INTRO);
    for (int64_t i = 0; i < p->sources.n; i++)
      source_item(p, (int32_t)i, uses[i]);
    emit(p, "</ul>\n");
  }
  if (p->in->ground_credit)
    emit(p, "<p class=\"note\">%m %t</p>\n", W_GROUND_CREDIT, p->in->ground_credit);
  section_close(p);
}
