/* A plan for people: the best ties, then the whole in ten lines. */
#include "plan_print.h"

#include <string.h>

enum { TIES_SHOWN = 12, IN_TABLE = 36, IN_SENTENCE = 80 };

static const char *
unit_of(const kn_region *region, int32_t resource)
{
  return kn_class_unit((kn_class)kn_region_resources(region).class_of[resource]);
}

static kn_code
print_ties(FILE *out, const kn_region *region, kn_tie_view ties, kn_error *err)
{
  static const char *const titles[] = {N_("from"), N_("to"),    N_("a year"),     "",
                                       N_("km"),   N_("level"), N_("EUR a year"), N_("t CO2")};
  kn_grid *grid = kn_grid_new("llrlrlrr", titles);
  for (int64_t i = 0; i < ties.n && i < TIES_SHOWN; i++) {
    char name[KN_PLACE_SIZE];
    kn_grid_text(grid, kn_print_place(name, IN_TABLE, region, ties.from[i]));
    kn_grid_text(grid, kn_print_place(name, IN_TABLE, region, ties.to[i]));
    kn_grid_number(grid, ties.quantity[i]);
    kn_grid_text(grid, unit_of(region, ties.resource[i]));
    kn_grid_number(grid, ties.km[i]);
    kn_grid_text(grid, _(kn_level_name((kn_level)ties.level[i])));
    kn_grid_eur(grid, ties.eur[i]);
    kn_grid_number(grid, ties.co2_kg[i] / 1000);
  }
  KN_TRY(kn_grid_end(grid, out, err));
  if (ties.n > TIES_SHOWN)
    fprintf(out, _("... and %" PRId64 " more; --json holds them all\n"), ties.n - TIES_SHOWN);
  fputc('\n', out);
  return KN_OK;
}

/* ------------------------------------------------------------------ the ten lines */
static void
line_start(FILE *out, const char *label)
{
  int width = 0;
  for (const char *at = label; *at != '\0'; at++)
    width += ((unsigned char)*at & 0xC0) != 0x80;
  fprintf(out, "%s%*s", label, width < 10 ? 10 - width : 1, "");
}

static void
print_proof(FILE *out, const kn_plan_summary *summary)
{
  const char *unit = summary->objective == KN_VALUE ? "EUR" : summary->objective == KN_JOBS ? "FTE" : "t";
  char bound[KN_NUMBER_SIZE];
  line_start(out, _("proof"));
  if (isfinite(summary->bound))
    fprintf(out, _("no plan has more than %s %s; this one is within %.2g %% of that"), kn_print_number(bound, summary->bound),
            unit, 100 * summary->gap);
  else
    fputs(_("none yet"), out);
  fprintf(out, summary->status == KN_PLAN_STOPPED ? _(" (stopped early)\n") : "\n");
}

static void
print_part(FILE *out, const char *label, const kn_plan_totals *totals, int part, const char *what)
{
  char eur[KN_NUMBER_SIZE], tonnes[KN_NUMBER_SIZE], energy[KN_NUMBER_SIZE];
  line_start(out, label);
  fprintf(out, _("%s: %s t material, %s MWh energy; together %s EUR a year\n"), what,
          kn_print_number(tonnes, totals->quantity[part][KN_MATERIAL]),
          kn_print_number(energy, totals->quantity[part][KN_ENERGY]), kn_print_eur(eur, totals->eur[part]));
}

static void
print_units(FILE *out, const kn_region *region, kn_plan_unit_view units)
{
  const uint8_t *status = kn_region_units(region).status;
  int64_t used = 0, opened = 0;
  int64_t best = KN_NONE;
  for (int64_t i = 0; i < units.n; i++) {
    used += units.activity[i] > 0;
    if (status[units.unit[i]] == KN_CANDIDATE && units.open[i]) {
      opened++;
      best = best == KN_NONE || units.activity[i] > units.activity[best] ? i : best;
    }
  }
  line_start(out, _("units"));
  fprintf(out, _("%" PRId64 " of %" PRId64 " at work, %" PRId64 " of them new"), used, units.n, opened);
  if (best != KN_NONE) {
    char name[KN_PLACE_SIZE];
    const kn_place place = {.kind = KN_END_UNIT, .row = units.unit[best], .site = units.site[best]};
    fprintf(out, _(", such as %s"), kn_print_place(name, IN_SENTENCE, region, place));
  }
  fputc('\n', out);
}

static void
print_best_case(FILE *out, const kn_region *region, kn_case_view cases)
{
  int64_t best = KN_NONE;
  for (int64_t i = 0; i < cases.n; i++)
    best = best == KN_NONE || cases.eur[i] > cases.eur[best] ? i : best;
  line_start(out, _("best case"));
  if (best == KN_NONE) {
    fprintf(out, "%s\n", _("none: nothing pays better than today"));
    return;
  }
  char name[KN_PLACE_SIZE], eur[KN_NUMBER_SIZE];
  const int32_t ties = cases.tie_count[best];
  fprintf(out, ngettext("%s, %d tie, %s EUR a year\n", "%s, %d ties, %s EUR a year\n", (unsigned long)ties),
          kn_print_place(name, IN_SENTENCE, region, cases.anchor[best]), (int)ties, kn_print_eur(eur, cases.eur[best]));
}

static void
print_amount(FILE *out, const char *label, double value, const char *sentence)
{
  char number[KN_NUMBER_SIZE];
  line_start(out, label);
  fprintf(out, "%s %s\n", kn_print_number(number, value), sentence);
}

static void
print_summary(FILE *out, const kn_task_planned *planned, const kn_plan_summary *summary)
{
  const kn_region *region = planned->region;
  const kn_plan_totals totals = kn_plan_levels(planned->plan);
  const kn_settings settings = kn_region_settings(region);
  char pairs[KN_NUMBER_SIZE], ties[KN_NUMBER_SIZE];
  line_start(out, _("plan"));
  fprintf(out, _("%s %d: %s ties, the best of %s pairs that fit\n"), settings.name != NULL ? settings.name : "",
          (int)settings.plan_year, kn_print_number(ties, (double)kn_plan_ties(planned->plan).n),
          kn_print_number(pairs, (double)summary->pairs_compatible));
  print_amount(out, _("value"), round(summary->value[KN_VALUE]), _("EUR a year better than today"));
  print_proof(out, summary);
  print_amount(out, _("climate"), summary->value[KN_CO2], _("t CO2 avoided a year"));
  char virgin[KN_NUMBER_SIZE], jobs[KN_NUMBER_SIZE];
  line_start(out, _("society"));
  fprintf(out, _("%s jobs (FTE) in the units, %s t of virgin material replaced\n"),
          kn_print_number(jobs, summary->value[KN_JOBS]), kn_print_number(virgin, summary->value[KN_VIRGIN]));
  print_part(out, _("pull"), &totals, 0, _("comes in"));
  print_part(out, _("knot"), &totals, 1, _("is tied here"));
  print_part(out, _("push"), &totals, 2, _("goes out"));
  print_units(out, region, kn_plan_units(planned->plan));
  print_best_case(out, region, kn_plan_cases(planned->plan));
}

kn_code
kn_print_plan(FILE *out, const kn_task_planned *planned, kn_error *err)
{
  const kn_plan_summary summary = kn_plan_sum(planned->plan);
  if (summary.status == KN_PLAN_INFEASIBLE) {
    fprintf(out, _("no plan keeps all floors: %s is the one that cannot be met\n"),
            kn_objective_column(summary.infeasible_floor));
    return KN_OK;
  }
  const kn_tie_view ties = kn_plan_ties(planned->plan);
  if (ties.n > 0)
    KN_TRY(print_ties(out, planned->region, ties, err));
  print_summary(out, planned, &summary);
  return KN_OK;
}

/* ------------------------------------------------------------------ why not? */
void
kn_print_why(FILE *out, const kn_task_planned *planned, const kn_place ends[2], const kn_why *why, int32_t count)
{
  const kn_region *region = planned->region;
  char name[KN_PLACE_SIZE], a[KN_NUMBER_SIZE], b[KN_NUMBER_SIZE], c[KN_NUMBER_SIZE];
  fprintf(out, "%s", kn_print_place(name, IN_SENTENCE, region, ends[0]));
  fprintf(out, " -> %s\n", kn_print_place(name, IN_SENTENCE, region, ends[1]));
  for (int32_t i = 0; i < count && i < KN_WAYS_MOST; i++) {
    if (why[i].refusal != KN_FITS) {
      fprintf(out, "  %s\n", _(kn_refusal_text(why[i].refusal)));
      continue;
    }
    fprintf(out, _("  fits, %s km: worth %s per unit; its ends are worth %s elsewhere\n"), kn_print_number(a, why[i].km),
            kn_print_number(b, why[i].worth), kn_print_number(c, why[i].supply_dual + why[i].demand_dual + why[i].other_dual));
    if (why[i].quantity > 0)
      fprintf(out, _("  the plan moves %s a year\n"), kn_print_number(a, why[i].quantity));
    else
      fprintf(out, _("  not in the plan: it falls %s per unit short\n"), kn_print_number(a, fmax(0, -why[i].reduced_cost)));
  }
  fputc('\n', out);
}
