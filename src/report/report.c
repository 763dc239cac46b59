/* report/report.c - the page as a whole: what is gathered first, the order of the sections, the frame. */
#include "report/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
gather_views(page *p, const kn_report_input *input)
{
  p->in = input;
  p->region = input->region;
  p->settings = kn_region_settings(p->region);
  p->sources = kn_region_sources(p->region);
  p->areas = kn_region_areas(p->region);
  p->actors = kn_region_actors(p->region);
  p->sites = kn_region_sites(p->region);
  p->resources = kn_region_resources(p->region);
  p->offers = kn_region_offers(p->region);
  p->needs = kn_region_needs(p->region);
  p->properties = kn_region_properties(p->region);
  p->processes = kn_region_processes(p->region);
  p->units = kn_region_units(p->region);
  p->gateways = kn_region_gateways(p->region);
  p->modes = kn_region_modes(p->region);
  if (!p->settings.currency || !*p->settings.currency)
    p->settings.currency = "EUR";
}

/* A resource is told of in the large under the name of its oldest ancestor; but where one root holds a whole class
 * ("materials"), under that of the child of the root. */
static void
gather_groups(page *p)
{
  int32_t *group = PAGE_TAKE(p, int32_t, p->resources.n);
  if (!group)
    return;
  int64_t root_count[KN_CLASS_COUNT] = {0};
  for (int64_t i = 0; i < p->resources.n; i++)
    if (p->resources.parent[i] == KN_NONE)
      root_count[p->resources.class_of[i]]++;
  for (int64_t i = 0; i < p->resources.n; i++) {
    int32_t below = (int32_t)i, at = (int32_t)i;
    while (p->resources.parent[at] != KN_NONE) {
      below = at;
      at = p->resources.parent[at];
    }
    group[i] = root_count[p->resources.class_of[at]] == 1 ? below : at;
  }
  p->group = group;
}

static void
gather_sums(page *p)
{
  for (int64_t i = 0; i < p->offers.n; i++) {
    class_sum *sum = &p->by_class[p->resources.class_of[p->offers.resource[i]]];
    sum->offered += p->offers.quantity[i] * p->offers.share[i];
    sum->used += i < p->plan->offers.n ? p->plan->offers.used[i] : 0;
    sum->offer_count++;
  }
  for (int64_t i = 0; i < p->needs.n; i++) {
    class_sum *sum = &p->by_class[p->resources.class_of[p->needs.resource[i]]];
    sum->needed += p->needs.quantity[i] * p->needs.share[i];
    sum->met += i < p->plan->needs.n ? p->plan->needs.used[i] : 0;
    sum->need_count++;
  }
  const kn_tie_view ties = p->plan->ties;
  for (int64_t i = 0; i < ties.n; i++) {
    class_sum *sum = &p->by_class[p->resources.class_of[ties.resource[i]]];
    sum->eur += ties.eur[i];
    sum->co2_kg += ties.co2_kg[i];
    sum->tie_count++;
    p->eur_sum += ties.eur[i];
    p->abs_eur_sum += fabs(ties.eur[i]);
    p->estimate_abs_eur += ties.is_estimate[i] ? fabs(ties.eur[i]) : 0;
  }
  for (int64_t i = 0; i < p->plan->units.n; i++)
    p->eur_sum += p->plan->units.eur[i];
}

/* Rows of plan->units by unit: one list per unit, through `next`. */
static void
gather_units(page *p)
{
  int32_t *first = PAGE_TAKE(p, int32_t, p->units.n), *next = PAGE_TAKE(p, int32_t, p->plan->units.n);
  if (!first || !next)
    return;
  for (int64_t i = 0; i < p->units.n; i++)
    first[i] = -1;
  for (int64_t i = p->plan->units.n - 1; i >= 0; i--) {
    const int32_t unit = p->plan->units.unit[i];
    if (unit < 0 || unit >= p->units.n)
      continue;
    next[i] = first[unit];
    first[unit] = (int32_t)i;
  }
  p->unit_first = first;
  p->unit_next = next;
}

void
section_open(page *p, const char *id, int heading)
{
  emit(p, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">%m</h2>\n", id, id, id, heading);
}

void
section_close(page *p)
{
  emit(p, "</section>\n\n");
}

void
table_open(page *p, const char *caption, const int *head, const char *align)
{
  emit(p, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"%m\">\n<table%s>\n<caption>%s</caption>\n<thead><tr>",
       W_TABLE, align[2] ? "" : " class=\"narrow\"", caption);
  for (int i = 0; head[i] >= 0; i++)
    emit(p, "<th scope=\"col\"%s>%m</th>", align[i] == 'n' ? " class=\"n\"" : "", head[i]);
  emit(p, "</tr></thead>\n<tbody>\n");
}

void
table_close(page *p)
{
  emit(p, "</table>\n</div>\n");
}

void
estimate_mark(page *p)
{
  emit(p, "<span class=\"estimate\"><span class=\"ring\" aria-hidden=\"true\"></span>%m</span>", W_ESTIMATE);
}

static void
write_contents(page *p)
{
  static const struct {
    const char *id;
    int heading;
    bool needs_plan;
  } part[] = {{"knot", W_H_KNOT, true},        {"map", W_H_MAP, false},      {"streams", W_H_STREAMS, true},
              {"balance", W_H_BALANCE, false}, {"has", W_H_HAS, false},      {"ties", W_H_TIES, true},
              {"cases", W_H_CASES, true},      {"units", W_H_UNITS, true},   {"prices", W_H_PRICES, true},
              {"sure", W_H_SURE, false},       {"method", W_H_METHOD, true}, {"sources", W_H_SOURCES, false}};
  emit(p, "<nav aria-label=\"%m\"><ul>\n", W_CONTENTS);
  for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)
    if ((p->has_plan || !part[i].needs_plan) && (part[i].heading != W_H_BALANCE || p->in->balance.n > 0))
      emit(p, "<li><a href=\"#%s\">%m</a></li>\n", part[i].id, part[i].heading);
  emit(p, "</ul></nav>\n\n");
}

static void
write_head(page *p)
{
  emit(p,
       "<!DOCTYPE html>\n<html lang=\"%t\">\n<head>\n<meta charset=\"utf-8\"/>\n"
       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
       "script-src 'unsafe-inline'\"/>\n"
       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light "
       "dark\"/>\n"
       "<meta name=\"generator\" content=\"knoop %t\"/>\n<title>%t · %m</title>\n<style>\n%s</style>\n</head>\n<body>\n",
       p->tongue->text, p->in->run.version ? p->in->run.version : kn_version(), p->settings.name, W_SUBTITLE, report_style);
}

static void
write_foot(page *p)
{
  emit(p, "<footer>\n<p>");
  if (p->in->run.run_id)
    say(p, W_FOOT_RUN, made(p, "<code>%t</code>", p->in->run.run_id), made(p, "%t", p->in->run.made_at));
  emit(p, " ");
  say(p, W_FOOT_ROUNDED);
  emit(p, "</p>\n</footer>\n<script>\n%s</script>\n</body>\n</html>\n", report_script);
}

static void
write_page(page *p)
{
  write_head(p);
  emit(p, "<main>\n");
  write_story(p);
  write_contents(p);
  if (p->has_plan)
    write_knot(p);
  write_map(p);
  if (p->has_plan)
    write_streams(p);
  if (p->in->balance.n > 0)
    write_balance(p);
  write_has(p);
  if (p->has_plan) {
    write_ties(p);
    write_cases(p);
    write_units(p);
    write_prices(p);
  }
  write_trust(p);
  if (p->has_plan)
    write_method(p);
  write_sources(p);
  emit(p, "</main>\n");
  write_foot(p);
}

/* A page for this input, or NULL when memory is out. */
static page *
new_page(const kn_report_input *input, kn_error *err)
{
  static const kn_report_plan no_plan = {.summary = {.status = KN_PLAN_STOPPED}};
  page *p = calloc(1, sizeof *p);
  if (!p)
    return NULL;
  p->err = err;
  p->scratch = kn_arena_new();
  p->tongue = tongue_find(input->language);
  p->has_plan = input->plan != NULL;
  p->plan = input->plan ? input->plan : &no_plan;
  gather_views(p, input);
  gather_groups(p);
  return p;
}

/* Writes what stands in the page, and frees it. */
static kn_code
end_page(page *p, FILE *out, kn_error *err)
{
  kn_code code = p->code;
  if (code == KN_OK && out && p->length > 0 &&
      (fwrite(p->text, 1, (size_t)p->length, out) != (size_t)p->length || fflush(out) != 0))
    code = kn_fail(err, KN_E_IO, "the report could not be written");
  kn_arena_free(p->scratch);
  free(p->text);
  free(p);
  return code == KN_OK ? KN_OK : kn_note(err, "writing the report");
}

kn_code
kn_report_write_balance(FILE *out, const kn_report_input *input, kn_error *err)
{
  page *p = new_page(input, err);
  if (!p)
    return kn_fail(err, KN_E_LIMIT, "out of memory for a picture");
  if (p->code == KN_OK)
    write_balance_alone(p);
  return end_page(p, out, err);
}

kn_code
kn_report_balance_ribbons(const kn_report_input *input, void (*tell)(void *arg, const kn_report_ribbon *ribbon), void *arg,
                          kn_error *err)
{
  page *p = new_page(input, err);
  if (!p)
    return kn_fail(err, KN_E_LIMIT, "out of memory for a picture");
  if (p->code == KN_OK)
    tell_balance(p, tell, arg);
  return end_page(p, NULL, err);
}

kn_code
kn_report_write(FILE *out, const kn_report_input *input, kn_error *err)
{
  page *p = new_page(input, err);
  if (!p)
    return kn_fail(err, KN_E_LIMIT, "out of memory for a page of the report");
  gather_units(p);
  gather_sums(p);
  if (p->code == KN_OK)
    write_page(p);
  return end_page(p, out, err);
}
