/* What changed between two plans, for people. */
#include "diff_print.h"

#include <string.h>

enum { TIES_SHOWN = 12, UNITS_SHOWN = 8, PRICES_SHOWN = 8, IN_LINE = 48 };

static const char *
class_unit(int32_t class_of)
{
  return class_of == KN_NONE ? "" : kn_class_unit((kn_class)class_of);
}

static const char *
unit_of(const kn_region *region, const char *resource_id)
{
  const int32_t row = resource_id == NULL ? KN_NONE : kn_region_find(region, KN_T_RESOURCE, resource_id);
  return class_unit(row == KN_NONE ? KN_NONE : kn_region_resources(region).class_of[row]);
}

/* "+60", "-3.5". */
static const char *
print_change(char out[KN_NUMBER_SIZE + 1], double value)
{
  char number[KN_NUMBER_SIZE];
  snprintf(out, KN_NUMBER_SIZE + 1, "%s%s", value > 0 ? "+" : "", kn_print_number(number, value));
  return out;
}

static void
add_change(kn_grid *grid, double value)
{
  char text[KN_NUMBER_SIZE + 1];
  kn_grid_text(grid, print_change(text, fabs(value) >= 100 ? round(value) : value));
}

/* ------------------------------------------------------------------ heads */
static void
print_run(FILE *out, const kn_diff_run *run)
{
  char changes[KN_CHANGES_SIZE];
  json_t *settings = run->run.settings != NULL ? json_loads(run->run.settings, 0, NULL) : NULL;
  fprintf(out, _("run %" PRId64 ": %s, %.16s UTC, revision %" PRId64), run->run.run_id, _(run->run.status), run->run.finished,
          run->run.revision);
  if (kn_print_changes(changes, settings)[0] != '\0')
    fprintf(out, _(", what if: %s"), changes);
  fputc('\n', out);
  json_decref(settings);
}

static void
print_inputs(FILE *out, const kn_task_diff *diff)
{
  for (int64_t i = 0; i < diff->input_count; i++) {
    const kn_diff_input *input = &diff->inputs[i];
    fprintf(out, _("  %s: %s, then %s\n"), input->name, input->value[0] != NULL ? input->value[0] : _("not set"),
            input->value[1] != NULL ? input->value[1] : _("not set"));
  }
  for (int64_t i = diff->revision_count; i-- > 0;)
    fprintf(out, _("  revision %" PRId64 ": %s %s, %" PRId64 " rows\n"), diff->revisions[i].revision, diff->revisions[i].what,
            diff->revisions[i].source != NULL ? diff->revisions[i].source : "", diff->revisions[i].rows_changed);
  if (diff->revision_count == 0 && strcmp(diff->run[0].run.input_digest, diff->run[1].run.input_digest) == 0)
    fprintf(out, "  %s\n", _("both plan the same region"));
  kn_diff_note notes[KN_DIFF_NOTES_MOST];
  const int32_t count = kn_diff_notes(diff, notes);
  for (int32_t i = 0; i < count; i++)
    fprintf(out, "  %s\n", notes[i].sentence);
  fputc('\n', out);
}

/* ------------------------------------------------------------------ totals */
static void
add_row(kn_grid *grid, const char *label, double was, double is)
{
  kn_grid_text(grid, label);
  kn_grid_number(grid, fabs(was) >= 100 ? round(was) : was);
  kn_grid_number(grid, fabs(is) >= 100 ? round(is) : is);
  add_change(grid, fabs(is - was) > 1e-9 * fmax(fabs(was), fabs(is)) ? is - was : 0);
}

static void
add_totals(kn_grid *grid, const kn_task_diff *diff)
{
  static const char *const label[KN_OBJECTIVE_COUNT] = {N_("value, EUR a year"), N_("CO2 avoided, t a year"), N_("jobs, FTE"),
                                                        N_("virgin material replaced, t")};
  const kn_diff_run *was = &diff->run[0], *is = &diff->run[1];
  for (int i = 0; i < KN_OBJECTIVE_COUNT; i++) {
    add_row(grid, _(label[i]), was->summary.value[i], is->summary.value[i]);
    if (i == KN_VALUE) {
      add_row(grid, _("  of ties"), was->ties_eur, is->ties_eur);
      add_row(grid, _("  of units"), was->units_eur, is->units_eur);
    }
  }
  add_row(grid, _("ties"), (double)was->tie_count, (double)is->tie_count);
}

static void
add_levels(kn_grid *grid, const kn_task_diff *diff)
{
  static const char *const part[] = {N_("pull"), N_("knot"), N_("push")};
  const kn_plan_totals *was = &diff->run[0].totals, *is = &diff->run[1].totals;
  char label[128];
  for (int p = 0; p < 3; p++) {
    snprintf(label, sizeof label, "%s, EUR", _(part[p]));
    add_row(grid, label, was->eur[p], is->eur[p]);
    for (int c = 0; c < KN_CLASS_COUNT; c++) {
      if (was->quantity[p][c] == 0 && is->quantity[p][c] == 0)
        continue;
      snprintf(label, sizeof label, "  %s, %s", _(kn_class_name((kn_class)c)), kn_class_unit((kn_class)c));
      add_row(grid, label, was->quantity[p][c], is->quantity[p][c]);
    }
  }
}

static void
add_modes(kn_grid *grid, const kn_task_diff *diff)
{
  char label[256];
  for (int64_t i = 0; i < diff->mode_count; i++) {
    const kn_diff_mode *mode = &diff->modes[i];
    const char *unit = class_unit(mode->class_of), *name = mode->mode_id != NULL ? mode->mode_id : "?";
    snprintf(label, sizeof label, "%.80s, %s km", name, unit);
    add_row(grid, label, mode->quantity_km[0], mode->quantity_km[1]);
    add_row(grid, "  km", mode->km[0], mode->km[1]);
    snprintf(label, sizeof label, "  %s", unit);
    add_row(grid, label, mode->quantity[0], mode->quantity[1]);
  }
}

static kn_code
print_totals(FILE *out, const kn_task_diff *diff, kn_error *err)
{
  static const char *const titles[] = {"", N_("before"), N_("after"), N_("change")};
  kn_grid *grid = kn_grid_new("lrrr", titles);
  add_totals(grid, diff);
  add_levels(grid, diff);
  add_modes(grid, diff);
  KN_TRY(kn_grid_end(grid, out, err));
  fputc('\n', out);
  return KN_OK;
}

/* ------------------------------------------------------------------ ties, units, prices */
static const char *
change_word(kn_diff_change change)
{
  static const char *const words[] = {N_("came"), N_("went"), N_("grew"), N_("shrank"), N_("revalued")};
  return _(words[change]);
}

static void
print_tie(FILE *out, const kn_task_diff *diff, const kn_diff_tie *tie)
{
  char from[KN_PLACE_SIZE], to[KN_PLACE_SIZE], quantity[KN_NUMBER_SIZE + 1], eur[KN_NUMBER_SIZE + 1], sentence[KN_SENTENCE_SIZE];
  fprintf(out, _("%s  %s -> %s: %s %s a year, %s EUR\n"), change_word(tie->change),
          kn_diff_place(from, IN_LINE, diff->region, &tie->from), kn_diff_place(to, IN_LINE, diff->region, &tie->to),
          print_change(quantity, tie->side[1].quantity - tie->side[0].quantity), unit_of(diff->region, tie->resource_id),
          print_change(eur, round(tie->side[1].eur - tie->side[0].eur)));
  fprintf(out, "        %s:%s -> %s:%s\n", tie->from.kind, tie->from.id, tie->to.kind, tie->to.id);
  for (int32_t i = 0; i < tie->why_count; i++)
    fprintf(out, "        %s\n", kn_diff_sentence(sentence, diff, tie, &tie->why[i]));
  if (tie->why_count == 0)
    fprintf(out, "        %s\n", _("the results do not tell why"));
}

/* What moves otherwise; ties that only are worth other euros, which are many when a price changed, are counted. */
static void
print_ties(FILE *out, const kn_task_diff *diff)
{
  int64_t moved = 0, revalued = 0;
  double eur = 0;
  for (int64_t i = 0; i < diff->tie_count; i++) {
    const kn_diff_tie *tie = &diff->ties[i];
    if (tie->change == KN_DIFF_REVALUED) {
      revalued++;
      eur += tie->side[1].eur - tie->side[0].eur;
    } else if (moved++ < TIES_SHOWN) {
      print_tie(out, diff, tie);
    }
  }
  char change[KN_NUMBER_SIZE + 1];
  if (moved > TIES_SHOWN)
    fprintf(out, _("... and %" PRId64 " more; --json holds them all\n"), moved - TIES_SHOWN);
  if (revalued > 0)
    fprintf(out,
            ngettext("%" PRId64 " tie moves as much as before and is worth %s EUR a year\n",
                     "%" PRId64 " ties move as much as before and are worth %s EUR a year\n", (unsigned long)revalued),
            revalued, print_change(change, round(eur)));
  if (diff->tie_count > 0)
    fputc('\n', out);
}

static kn_code
print_units(FILE *out, const kn_task_diff *diff, kn_error *err)
{
  static const char *const titles[] = {N_("units"), "", N_("activity before"), N_("after"), N_("EUR a year")};
  static const char *const words[] = {N_("opened"), N_("closed"), N_("grew"), N_("shrank"), N_("revalued")};
  if (diff->unit_count == 0)
    return KN_OK;
  kn_grid *grid = kn_grid_new("llrrr", titles);
  for (int64_t i = 0; i < diff->unit_count && i < UNITS_SHOWN; i++) {
    const kn_diff_unit *unit = &diff->units[i];
    const kn_diff_end end = {"unit", unit->unit_id, unit->site_id[unit->activity[1] > 0]};
    char name[KN_PLACE_SIZE];
    kn_grid_text(grid, kn_diff_place(name, IN_LINE, diff->region, &end));
    kn_grid_text(grid, _(words[unit->change]));
    kn_grid_number(grid, unit->activity[0]);
    kn_grid_number(grid, unit->activity[1]);
    add_change(grid, round(unit->eur[1] - unit->eur[0]));
  }
  KN_TRY(kn_grid_end(grid, out, err));
  if (diff->unit_count > UNITS_SHOWN)
    fprintf(out, _("... and %" PRId64 " more; --json holds them all\n"), diff->unit_count - UNITS_SHOWN);
  fputc('\n', out);
  return KN_OK;
}

static kn_code
print_prices(FILE *out, const kn_task_diff *diff, kn_error *err)
{
  static const char *const titles[] = {N_("what one more is worth"), N_("id"), N_("before"), N_("after")};
  if (diff->price_count == 0)
    return KN_OK;
  kn_grid *grid = kn_grid_new("llrr", titles);
  for (int64_t i = 0; i < diff->price_count && i < PRICES_SHOWN; i++) {
    const kn_diff_price *price = &diff->prices[i];
    const kn_diff_end end = {price->kind, price->id, NULL};
    char name[KN_PLACE_SIZE];
    kn_grid_text(grid, kn_diff_place(name, IN_LINE, diff->region, &end));
    kn_grid_cell(grid, "%s:%s", price->kind, price->id);
    kn_grid_number(grid, price->dual[0]);
    kn_grid_number(grid, price->dual[1]);
  }
  KN_TRY(kn_grid_end(grid, out, err));
  if (diff->price_count > PRICES_SHOWN)
    fprintf(out, _("... and %" PRId64 " more; --json holds them all\n"), diff->price_count - PRICES_SHOWN);
  fputc('\n', out);
  return KN_OK;
}

kn_code
kn_print_diff(FILE *out, const kn_task_diff *diff, kn_error *err)
{
  for (int k = 0; k < 2; k++)
    print_run(out, &diff->run[k]);
  print_inputs(out, diff);
  KN_TRY(print_totals(out, diff, err));
  print_ties(out, diff);
  KN_TRY(print_units(out, diff, err));
  KN_TRY(print_prices(out, diff, err));
  const double ties = diff->run[1].ties_eur - diff->run[0].ties_eur, units = diff->run[1].units_eur - diff->run[0].units_eur;
  char a[KN_NUMBER_SIZE + 1], b[KN_NUMBER_SIZE + 1], c[KN_NUMBER_SIZE + 1];
  fprintf(out, _("together %s EUR a year: ties %s, units %s\n"), print_change(a, round(ties + units)),
          print_change(b, round(ties)), print_change(c, round(units)));
  return KN_OK;
}
