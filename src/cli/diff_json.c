/* A diff for programs. Names and order of the members are a promise: docs/reference.md. */
#include "diff_print.h"

#include <string.h>

static json_t *
parsed(const char *text)
{
  json_t *value = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
  return value != NULL ? value : json_null();
}

/* {before, after, change} */
static json_t *
pair_json(double was, double is)
{
  json_t *pair = json_object();
  json_object_set_new(pair, "before", kn_json_real(was));
  json_object_set_new(pair, "after", kn_json_real(is));
  json_object_set_new(pair, "change", kn_json_real(is - was));
  return pair;
}

static json_t *
run_json(const kn_diff_run *run)
{
  json_t *row = json_object();
  json_object_set_new(row, "run_id", json_integer(run->run.run_id));
  json_object_set_new(row, "status", kn_json_text(run->run.status));
  json_object_set_new(row, "objective", json_string(kn_objective_name(run->summary.objective)));
  json_object_set_new(row, "revision", json_integer(run->run.revision));
  json_object_set_new(row, "input_digest", kn_json_text(run->run.input_digest));
  json_object_set_new(row, "is_of_region", json_boolean(run->is_of_region));
  json_object_set_new(row, "version", kn_json_text(run->run.version));
  json_object_set_new(row, "started", kn_json_text(run->run.started));
  json_object_set_new(row, "finished", kn_json_text(run->run.finished));
  json_object_set_new(row, "settings", parsed(run->run.settings));
  return row;
}

static json_t *
quantity_json(const kn_plan_totals *was, const kn_plan_totals *is, int first, int last)
{
  json_t *quantity = json_object();
  for (int c = 0; c < KN_CLASS_COUNT; c++) {
    double sum[2] = {0, 0};
    for (int p = first; p <= last; p++) {
      sum[0] += was->quantity[p][c];
      sum[1] += is->quantity[p][c];
    }
    json_object_set_new(quantity, kn_class_name((kn_class)c), pair_json(sum[0], sum[1]));
  }
  return quantity;
}

static json_t *
totals_json(const kn_task_diff *diff)
{
  const kn_diff_run *was = &diff->run[0], *is = &diff->run[1];
  json_t *totals = json_object();
  for (int i = 0; i < KN_OBJECTIVE_COUNT; i++)
    json_object_set_new(totals, kn_objective_column((kn_objective)i), pair_json(was->summary.value[i], is->summary.value[i]));
  json_object_set_new(totals, "ties_eur", pair_json(was->ties_eur, is->ties_eur));
  json_object_set_new(totals, "units_eur", pair_json(was->units_eur, is->units_eur));
  json_object_set_new(totals, "tie_count", pair_json((double)was->tie_count, (double)is->tie_count));
  json_object_set_new(totals, "quantity", quantity_json(&was->totals, &is->totals, 0, 2));
  return totals;
}

static json_t *
levels_json(const kn_task_diff *diff)
{
  static const char *const part[] = {"pull", "knot", "push"};
  const kn_plan_totals *was = &diff->run[0].totals, *is = &diff->run[1].totals;
  json_t *rows = json_array();
  for (int p = 0; p < 3; p++)
    json_array_append_new(rows, json_pack("{s:s, s:o, s:o}", "level", part[p], "eur", pair_json(was->eur[p], is->eur[p]),
                                          "quantity", quantity_json(was, is, p, p)));
  return rows;
}

static json_t *
level_eur_json(const kn_task_diff *diff)
{
  json_t *value = json_object();
  for (int l = 0; l < KN_LEVEL_COUNT; l++)
    json_object_set_new(value, kn_level_name((kn_level)l),
                        pair_json(diff->run[0].totals.level_eur[l], diff->run[1].totals.level_eur[l]));
  return value;
}

static json_t *
modes_json(const kn_task_diff *diff)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < diff->mode_count; i++) {
    const kn_diff_mode *mode = &diff->modes[i];
    const bool is_known = mode->class_of != KN_NONE;
    json_t *row = json_object();
    json_object_set_new(row, "mode_id", kn_json_text(mode->mode_id));
    json_object_set_new(row, "class", kn_json_text(is_known ? kn_class_name((kn_class)mode->class_of) : NULL));
    json_object_set_new(row, "unit", kn_json_text(is_known ? kn_class_unit((kn_class)mode->class_of) : NULL));
    json_object_set_new(row, "tie_count", pair_json((double)mode->tie_count[0], (double)mode->tie_count[1]));
    json_object_set_new(row, "quantity", pair_json(mode->quantity[0], mode->quantity[1]));
    json_object_set_new(row, "km", pair_json(mode->km[0], mode->km[1]));
    json_object_set_new(row, "quantity_km", pair_json(mode->quantity_km[0], mode->quantity_km[1]));
    json_array_append_new(rows, row);
  }
  return rows;
}

static json_t *
inputs_json(const kn_task_diff *diff)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < diff->input_count; i++)
    json_array_append_new(rows,
                          json_pack("{s:s, s:o, s:o}", "name", diff->inputs[i].name, "before",
                                    kn_json_text(diff->inputs[i].value[0]), "after", kn_json_text(diff->inputs[i].value[1])));
  return rows;
}

static json_t *
revisions_json(const kn_task_diff *diff)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < diff->revision_count; i++) {
    const kn_revision *revision = &diff->revisions[i];
    json_t *row = json_object();
    json_object_set_new(row, "revision", json_integer(revision->revision));
    json_object_set_new(row, "made", kn_json_text(revision->made));
    json_object_set_new(row, "what", kn_json_text(revision->what));
    json_object_set_new(row, "source", kn_json_text(revision->source));
    json_object_set_new(row, "rows_changed", json_integer(revision->rows_changed));
    json_array_append_new(rows, row);
  }
  return rows;
}

static json_t *
notes_json(const kn_task_diff *diff)
{
  kn_diff_note notes[KN_DIFF_NOTES_MOST];
  const int32_t count = kn_diff_notes(diff, notes);
  json_t *rows = json_array();
  for (int32_t i = 0; i < count; i++)
    json_array_append_new(rows, json_pack("{s:s, s:o}", "note", notes[i].note, "sentence", kn_json_text(notes[i].sentence)));
  return rows;
}

/* ------------------------------------------------------------------ long arrays */
static void
jot_end(kn_jot *jot, const char *name, const kn_region *region, const kn_diff_end *end)
{
  char words[KN_PLACE_SIZE];
  kn_jot_open(jot, name);
  kn_jot_text(jot, "kind", end->kind);
  kn_jot_text(jot, "id", end->id);
  kn_jot_text(jot, "site_id", end->site_id);
  kn_jot_text(jot, "name", kn_diff_place(words, 120, region, end));
  kn_jot_close(jot);
}

static void
jot_side(kn_jot *jot, const char *name, const kn_diff_side *side)
{
  if (!(side->quantity > 0)) {
    kn_jot_text(jot, name, NULL);
    return;
  }
  kn_jot_open(jot, name);
  kn_jot_real(jot, "quantity", side->quantity);
  if (side->delivered < side->quantity)
    kn_jot_real(jot, "delivered", side->delivered);
  kn_jot_text(jot, "mode_id", side->mode_id);
  kn_jot_real(jot, "km", side->km);
  kn_jot_text(jot, "level", side->level);
  kn_jot_real(jot, "eur", side->eur);
  kn_jot_real(jot, "eur_per_unit", side->eur / side->quantity);
  kn_jot_real(jot, "co2_kg", side->co2_kg);
  kn_jot_close(jot);
}

static void
jot_why(kn_jot *jot, const kn_task_diff *diff, const kn_diff_tie *tie, const kn_diff_why *why)
{
  char sentence[KN_SENTENCE_SIZE];
  kn_jot_open(jot, NULL);
  kn_jot_text(jot, "reason", kn_diff_reason_name(why->reason));
  kn_jot_text(jot, "end", why->end == KN_NONE ? NULL : why->end == 0 ? "from" : "to");
  if (why->other.id == NULL)
    kn_jot_text(jot, "other", NULL);
  else
    jot_end(jot, "other", diff->region, &why->other);
  const bool has_value = why->reason == KN_DIFF_ELSEWHERE || why->reason == KN_DIFF_WORTH || why->reason == KN_DIFF_PRICE;
  kn_jot_real(jot, "before", has_value ? why->value[0] : NAN);
  kn_jot_real(jot, "after", has_value ? why->value[1] : NAN);
  kn_jot_text(jot, "sentence", kn_diff_sentence(sentence, diff, tie, why));
  kn_jot_close(jot);
}

static void
write_tie(kn_jot *jot, const void *arg, int64_t i)
{
  const kn_task_diff *diff = arg;
  const kn_diff_tie *tie = &diff->ties[i];
  kn_jot_text(jot, "change", kn_diff_change_name(tie->change));
  jot_end(jot, "from", diff->region, &tie->from);
  jot_end(jot, "to", diff->region, &tie->to);
  kn_jot_text(jot, "resource_id", tie->resource_id);
  kn_jot_text(jot, "substitution", tie->substitution);
  kn_jot_real(jot, "quantity", tie->side[1].quantity - tie->side[0].quantity);
  kn_jot_real(jot, "eur", tie->side[1].eur - tie->side[0].eur);
  kn_jot_real(jot, "co2_kg", tie->side[1].co2_kg - tie->side[0].co2_kg);
  jot_side(jot, "before", &tie->side[0]);
  jot_side(jot, "after", &tie->side[1]);
  kn_jot_list(jot, "why");
  for (int32_t w = 0; w < tie->why_count; w++)
    jot_why(jot, diff, tie, &tie->why[w]);
  kn_jot_list_end(jot);
}

static void
jot_unit_side(kn_jot *jot, const char *name, const kn_diff_unit *unit, int k)
{
  if (!unit->is_there[k]) {
    kn_jot_text(jot, name, NULL);
    return;
  }
  kn_jot_open(jot, name);
  kn_jot_text(jot, "site_id", unit->site_id[k]);
  kn_jot_boolean(jot, "open", unit->is_open[k]);
  kn_jot_real(jot, "activity", unit->activity[k]);
  kn_jot_real(jot, "capacity", unit->capacity[k]);
  kn_jot_real(jot, "eur", unit->eur[k]);
  kn_jot_real(jot, "co2_kg", unit->co2_kg[k]);
  kn_jot_real(jot, "annuity_eur", unit->annuity_eur[k]);
  kn_jot_close(jot);
}

static void
write_unit(kn_jot *jot, const void *arg, int64_t i)
{
  static const char *const change[] = {"opened", "closed", "grew", "shrank", "revalued"};
  const kn_task_diff *diff = arg;
  const kn_diff_unit *unit = &diff->units[i];
  kn_jot_text(jot, "change", change[unit->change]);
  kn_jot_text(jot, "unit_id", unit->unit_id);
  kn_jot_real(jot, "activity", unit->activity[1] - unit->activity[0]);
  kn_jot_real(jot, "eur", unit->eur[1] - unit->eur[0]);
  jot_unit_side(jot, "before", unit, 0);
  jot_unit_side(jot, "after", unit, 1);
}

static void
write_price(kn_jot *jot, const void *arg, int64_t i)
{
  const kn_diff_price *price = &((const kn_task_diff *)arg)->prices[i];
  kn_jot_text(jot, "kind", price->kind);
  kn_jot_text(jot, "id", price->id);
  kn_jot_real(jot, "dual_before", price->dual[0]);
  kn_jot_real(jot, "dual_after", price->dual[1]);
  kn_jot_real(jot, "change", price->dual[1] - price->dual[0]);
}

kn_code
kn_json_diff(const kn_cli *cli, const kn_task_diff *diff, kn_error *err)
{
  json_t *doc = cli->doc;
  json_object_set_new(doc, "from", run_json(&diff->run[0]));
  json_object_set_new(doc, "to", run_json(&diff->run[1]));
  json_object_set_new(doc, "inputs", inputs_json(diff));
  json_object_set_new(doc, "revisions", revisions_json(diff));
  json_object_set_new(doc, "notes", notes_json(diff));
  json_object_set_new(doc, "totals", totals_json(diff));
  json_object_set_new(doc, "levels", levels_json(diff));
  json_object_set_new(doc, "level_eur", level_eur_json(diff));
  json_object_set_new(doc, "modes", modes_json(diff));
  KN_TRY(kn_json_rows(cli, "ties", diff->tie_count, write_tie, diff, err));
  KN_TRY(kn_json_rows(cli, "units", diff->unit_count, write_unit, diff, err));
  return kn_json_rows(cli, "prices", diff->price_count, write_price, diff, err);
}
