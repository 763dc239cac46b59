/* Names, reasons and warnings of a diff in words. */
#include "diff_print.h"

#include <string.h>

const char *
kn_diff_place(char out[KN_PLACE_SIZE], int width, const kn_region *region, const kn_diff_end *end)
{
  static const struct {
    kn_end kind;
    kn_table_id table;
  } tables[] = {{KN_END_OFFER, KN_T_OFFER}, {KN_END_NEED, KN_T_NEED}, {KN_END_UNIT, KN_T_UNIT}, {KN_END_GATEWAY, KN_T_GATEWAY}};
  for (size_t t = 0; t < sizeof tables / sizeof *tables && end->kind != NULL && end->id != NULL; t++) {
    if (strcmp(end->kind, kn_end_name(tables[t].kind)) != 0)
      continue;
    kn_place place = {.kind = (uint8_t)tables[t].kind, .site = KN_NONE};
    place.row = kn_region_find(region, tables[t].table, end->id);
    if (end->site_id != NULL)
      place.site = kn_region_find(region, KN_T_SITE, end->site_id);
    else if (place.row != KN_NONE && place.kind == KN_END_NEED)
      place.site = kn_region_needs(region).site[place.row];
    else if (place.row != KN_NONE && place.kind == KN_END_UNIT)
      place.site = kn_region_units(region).site[place.row];
    if (place.row != KN_NONE)
      return kn_print_place(out, width, region, place);
  }
  snprintf(out, KN_PLACE_SIZE, "%s %.200s", _(end->kind != NULL ? end->kind : "?"), end->id != NULL ? end->id : "?");
  return out;
}

static const char *
mode_name(const kn_region *region, const char *mode_id)
{
  const kn_mode_view modes = kn_region_modes(region);
  for (int64_t i = 0; i < modes.n && mode_id != NULL; i++)
    if (strcmp(modes.mode_id[i], mode_id) == 0)
      return modes.name[i];
  return mode_id != NULL ? mode_id : "?";
}

const char *
kn_diff_sentence(char out[KN_SENTENCE_SIZE], const kn_task_diff *diff, const kn_diff_tie *tie, const kn_diff_why *why)
{
  char name[KN_PLACE_SIZE], a[KN_NUMBER_SIZE], b[KN_NUMBER_SIZE];
  const kn_region *region = diff->region;
  const bool is_less = tie->change == KN_DIFF_WENT || tie->change == KN_DIFF_SHRANK;
  const int64_t other = diff->run[is_less ? 1 : 0].run.run_id;
  const kn_diff_end *end = why->end == 1 ? &tie->to : &tie->from;
  kn_print_number(a, why->value[0]);
  kn_print_number(b, why->value[1]);
  out[0] = '\0';
  switch (why->reason) {
  case KN_DIFF_NOT_THERE:
    snprintf(out, KN_SENTENCE_SIZE, _("%s is not in the region of run %" PRId64), kn_diff_place(name, 80, region, end), other);
    break;
  case KN_DIFF_UNIT_IDLE:
    snprintf(out, KN_SENTENCE_SIZE, _("%s does not run in run %" PRId64), kn_diff_place(name, 80, region, end), other);
    break;
  case KN_DIFF_UNIT_PLACED:
    snprintf(out, KN_SENTENCE_SIZE, _("run %" PRId64 " places the unit elsewhere: %s"), other,
             kn_diff_place(name, 80, region, &why->other));
    break;
  case KN_DIFF_MODE_GONE:
    snprintf(out, KN_SENTENCE_SIZE, _("the region of run %" PRId64 " does not have %s to carry it"), other,
             mode_name(region, tie->side[is_less ? 0 : 1].mode_id));
    break;
  case KN_DIFF_MODE_UNUSED:
    snprintf(out, KN_SENTENCE_SIZE, _("run %" PRId64 " has no tie at all by %s"), other,
             mode_name(region, tie->side[is_less ? 0 : 1].mode_id));
    break;
  case KN_DIFF_MODE_OTHER:
    snprintf(out, KN_SENTENCE_SIZE, _("by %s, before by %s"), mode_name(region, tie->side[1].mode_id),
             mode_name(region, tie->side[0].mode_id));
    break;
  case KN_DIFF_ELSEWHERE:
    snprintf(out, KN_SENTENCE_SIZE,
             why->end == 0 ? _("run %" PRId64 " has it go to %s: %s EUR per unit, here %s")
                           : _("run %" PRId64 " has it come from %s: %s EUR per unit, here %s"),
             other, kn_diff_place(name, 80, region, &why->other), b, a);
    break;
  case KN_DIFF_LEFT:
    snprintf(out, KN_SENTENCE_SIZE,
             why->end == 0 ? _("run %" PRId64 " uses nothing of the offer") : _("run %" PRId64 " meets nothing of the need"),
             other);
    break;
  case KN_DIFF_WORTH:
    snprintf(out, KN_SENTENCE_SIZE, _("worth %s EUR per unit, before %s"), b, a);
    break;
  case KN_DIFF_PRICE:
    snprintf(out, KN_SENTENCE_SIZE, _("one more of %s is worth %s, before %s"), kn_diff_place(name, 80, region, end), b, a);
    break;
  }
  return out;
}

/* ------------------------------------------------------------------ notes */
static kn_diff_note *
add_note(kn_diff_note *notes, int32_t *count, const char *note)
{
  assert(*count < KN_DIFF_NOTES_MOST);
  kn_diff_note *out = &notes[(*count)++];
  out->note = note;
  out->sentence[0] = '\0';
  return out;
}

static void
note_run(const kn_diff_run *run, kn_diff_note *notes, int32_t *count)
{
  char a[KN_NUMBER_SIZE], b[KN_NUMBER_SIZE];
  const size_t size = sizeof notes->sentence;
  const double sum = run->ties_eur + run->units_eur, value = run->summary.value[KN_VALUE];
  if (run->summary.status == KN_PLAN_STOPPED)
    snprintf(add_note(notes, count, "stopped")->sentence, size, _("run %" PRId64 " was stopped: there may be a better plan"),
             run->run.run_id);
  if (!run->has_settings)
    snprintf(add_note(notes, count, "no_settings")->sentence, size, _("the settings of run %" PRId64 " are not known"),
             run->run.run_id);
  if (isnan(value))
    snprintf(add_note(notes, count, "no_value")->sentence, size, _("run %" PRId64 " does not tell its value"), run->run.run_id);
  else if (fabs(sum - value) > 1e-6 * fmax(1, fabs(value)))
    snprintf(add_note(notes, count, "rows_missing")->sentence, size,
             _("ties and units of run %" PRId64 " add up to %s EUR and not to its value of %s: rows are missing or were changed"),
             run->run.run_id, kn_print_eur(a, sum), kn_print_eur(b, value));
  if (run->unclassed_count > 0)
    snprintf(add_note(notes, count, "not_in_region")->sentence, size,
             _("%" PRId64 " ties of run %" PRId64 " are of resources that the region in the file does not have; "
               "quantities leave them out"),
             run->unclassed_count, run->run.run_id);
}

int32_t
kn_diff_notes(const kn_task_diff *diff, kn_diff_note notes[KN_DIFF_NOTES_MOST])
{
  int32_t count = 0;
  const size_t size = sizeof notes->sentence;
  const kn_plan_summary *was = &diff->run[0].summary, *is = &diff->run[1].summary;
  for (int k = 0; k < 2; k++)
    note_run(&diff->run[k], notes, &count);
  if (was->objective != is->objective) {
    snprintf(add_note(notes, &count, "other_objective")->sentence, size, "%s",
             _("the runs have different objectives: their prices cannot be compared"));
    return count;
  }
  /* Each may be this far below the best there is. */
  const int objective = was->objective;
  const double open = fmax(0, was->bound - was->value[objective]) + fmax(0, is->bound - is->value[objective]);
  const double change = fabs(is->value[objective] - was->value[objective]);
  if (change <= 1e-9 * fmax(1, fabs(was->value[objective]))) {
    if (diff->tie_count > 0)
      snprintf(add_note(notes, &count, "equal")->sentence, size, "%s", _("the plans are equally good: ties may be exchanged"));
  } else if (change <= open) {
    snprintf(add_note(notes, &count, "within_gap")->sentence, size, "%s",
             _("the difference is no larger than what the proofs leave open"));
  }
  return count;
}
