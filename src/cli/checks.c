/* Checks as JSON and as text. */
#include "checks.h"

#include <string.h>

bool
kn_speaks_dutch(void)
{
  /* TRANSLATORS: the two letters of this language. */
  return strcmp(_("language code: en"), "nl") == 0;
}

static const char *
text_of(const kn_legal_check *check)
{
  return kn_speaks_dutch() ? check->text_nl : check->text_en;
}

static void
write_check(kn_jot *jot, const char *check, const char *rule_id, const char *text, const char *source, const char *checked)
{
  kn_jot_open(jot, NULL);
  kn_jot_text(jot, "check", check);
  kn_jot_text(jot, "rule_id", rule_id);
  kn_jot_text(jot, "text", text);
  kn_jot_text(jot, "source", source);
  kn_jot_text(jot, "checked", checked);
  kn_jot_close(jot);
}

/* ------------------------------------------------------------------ specs */
static double
value_of(const kn_property_view *p, int32_t offer, int32_t property)
{
  for (int32_t i = p->offer_first[offer]; i < p->offer_first[offer + 1]; i++)
    if (p->offer_property[i] == property)
      return p->offer_value[i];
  return NAN;
}

static void
write_specs(kn_jot *jot, const kn_region *region, int32_t offer, int32_t need, kn_outcome wanted)
{
  if (offer == KN_NONE || need == KN_NONE)
    return;
  const kn_property_view p = kn_region_properties(region);
  for (int32_t s = p.need_first[need]; s < p.need_first[need + 1]; s++) {
    const double value = value_of(&p, offer, p.need_property[s]);
    const kn_outcome outcome = isnan(value)                                       ? KN_UNKNOWN
                               : value >= p.need_min[s] && value <= p.need_max[s] ? KN_PASSED
                                                                                  : KN_FAILED;
    if (outcome != wanted)
      continue;
    char text[512], has[KN_NUMBER_SIZE], least[KN_NUMBER_SIZE], most[KN_NUMBER_SIZE];
    const char *name = p.property_name[p.need_property[s]];
    kn_print_number(has, value);
    snprintf(least, sizeof least, "-");
    snprintf(most, sizeof most, "-");
    if (isfinite(p.need_min[s]))
      kn_print_number(least, p.need_min[s]);
    if (isfinite(p.need_max[s]))
      kn_print_number(most, p.need_max[s]);
    snprintf(text, sizeof text, _("%.100s: is %s, asked is %s to %s"), name, has, least, most);
    write_check(jot, "spec", "spec", text, _("specs of the need"), "fact");
  }
}

/* ------------------------------------------------------------------ all of them */
void
kn_jot_checks(kn_jot *jot, const char *name, const kn_region *region, const kn_legal_check *check, int32_t count, int32_t offer,
              int32_t need)
{
  kn_jot_open(jot, name);
  for (kn_outcome outcome = KN_PASSED; outcome <= KN_UNKNOWN; outcome++) {
    kn_jot_list(jot, kn_outcome_name(outcome));
    for (int32_t i = 0; i < count; i++)
      if (check[i].outcome == outcome)
        write_check(jot, check[i].check, check[i].rule_id, text_of(&check[i]), check[i].source,
                    kn_rule_check_name(check[i].checked));
    if (region != NULL)
      write_specs(jot, region, offer, need, outcome);
    kn_jot_list_end(jot);
  }
  kn_jot_close(jot);
}

int32_t
kn_checks_count(const kn_legal_check *check, int32_t count, kn_outcome outcome)
{
  int32_t n = 0;
  for (int32_t i = 0; i < count; i++)
    n += check[i].outcome == outcome;
  return n;
}

void
kn_cell_checks(kn_grid *grid, const kn_legal_check *check, int32_t count)
{
  const int32_t failed = kn_checks_count(check, count, KN_FAILED), unknown = kn_checks_count(check, count, KN_UNKNOWN);
  if (failed > 0 && unknown > 0)
    kn_grid_cell(grid, _("%d failed, %d to verify"), (int)failed, (int)unknown);
  else if (failed > 0)
    kn_grid_cell(grid, _("%d failed"), (int)failed);
  else if (unknown > 0)
    kn_grid_cell(grid, _("%d to verify"), (int)unknown);
  else
    kn_grid_text(grid, "");
}

void
kn_print_checks(FILE *out, const kn_legal_check *check, int32_t count)
{
  for (int32_t i = 0; i < count; i++)
    if (check[i].outcome != KN_PASSED)
      fprintf(out, "    %s: %s (%s)\n", check[i].outcome == KN_FAILED ? _("failed") : _("to verify"), text_of(&check[i]),
              check[i].source);
}
