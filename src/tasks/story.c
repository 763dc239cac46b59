/* The newest plan as it was saved, read back into the views that a plan in memory has. Results name rows by key; here
 * they become row numbers of the region again, which is why plan and region must be of one digest. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ reading rows */
typedef struct reader {
  const kn_region *region;
  int64_t at, n;
  void *rows; /* the arrays being filled */
  kn_arena *keep;
} reader;

static int32_t
word_at(const char *text, int32_t count, const char *(*name)(int32_t))
{
  for (int32_t i = 0; text != NULL && i < count; i++)
    if (strcmp(text, name(i)) == 0)
      return i;
  return KN_NONE;
}

static const char *
end_name(int32_t end)
{
  return kn_end_name((kn_end)end);
}

static const char *
level_name(int32_t level)
{
  return kn_level_name((kn_level)level);
}

static kn_code
find_key(const kn_region *region, kn_table_id table, const kn_value *value, int32_t *row, kn_error *err)
{
  *row = KN_NONE;
  if (value->is_blank)
    return KN_OK;
  *row = kn_region_find(region, table, value->text);
  if (*row == KN_NONE)
    return kn_fail(err, KN_E_INPUT, "the saved plan names %s %s, which the region does not have", kn_schema(table)->name,
                   value->text);
  return KN_OK;
}

/* value[0..2]: kind, id, site id. */
static kn_code
read_place(const kn_region *region, const kn_value *value, kn_place *place, kn_error *err)
{
  static const kn_table_id tables[] = {
      [KN_END_OFFER] = KN_T_OFFER, [KN_END_NEED] = KN_T_NEED, [KN_END_UNIT] = KN_T_UNIT, [KN_END_GATEWAY] = KN_T_GATEWAY};
  const int32_t kind = word_at(value[0].text, KN_END_GATEWAY + 1, end_name);
  if (kind == KN_NONE)
    return kn_fail(err, KN_E_INPUT, "the saved plan has an end of kind %s", value[0].text);
  place->kind = (uint8_t)kind;
  KN_TRY(find_key(region, tables[kind], &value[1], &place->row, err));
  return find_key(region, KN_T_SITE, &value[2], &place->site, err);
}

static double
real_of(const kn_value *value)
{
  return value->is_blank ? NAN : value->real;
}

static kn_code
count_row(void *arg, const kn_value *values, kn_error *err)
{
  (void)values;
  (void)err;
  ++*(int64_t *)arg;
  return KN_OK;
}

/* How many rows a run has in a table, so that arrays can be taken before the rows are read. */
static kn_code
count_rows(kn_store *store, int64_t run_id, const char *table, int32_t column_count, const char *const *columns, int64_t *count,
           kn_error *err)
{
  *count = 0;
  const kn_store_query query = {.table = table, .column_count = column_count, .columns = columns, .run_id = run_id};
  return kn_store_read(store, &query, count_row, count, err);
}

/* ------------------------------------------------------------------ ties */
static const char *const tie_columns[] = {"from_kind",  "from_id",     "from_site_id", "to_kind",  "to_id",
                                          "to_site_id", "resource_id", "substitution", "mode_id",  "quantity",
                                          "ratio",      "km",          "level",        "eur",      "co2_kg",
                                          "to_verify",  "is_estimate", "case_id",      "delivered"};
enum { TIE_COLUMNS = sizeof tie_columns / sizeof tie_columns[0] };

typedef struct tie_rows {
  kn_place *from, *to;
  int32_t *resource, *substitution, *mode, *case_of;
  const char **mode_id;
  double *quantity, *delivered, *ratio, *km, *eur, *co2_kg;
  uint8_t *level, *to_verify, *is_estimate;
} tie_rows;

/* "offered -> needed" to its row, KN_NONE for a direct tie. */
static int32_t
find_substitution(const kn_region *region, const kn_value *value)
{
  if (value->is_blank)
    return KN_NONE;
  const kn_substitution_view rows = kn_region_substitutions(region);
  const kn_resource_view resources = kn_region_resources(region);
  for (int32_t i = 0; i < rows.n; i++) {
    char name[1024];
    snprintf(name, sizeof name, "%s -> %s", resources.resource_id[rows.offered[i]], resources.resource_id[rows.needed[i]]);
    if (strcmp(name, value->text) == 0)
      return i;
  }
  return KN_NONE;
}

/* A mode has a row per class; the one that carries this resource. */
static int32_t
find_mode(const kn_region *region, const kn_value *value, int32_t resource)
{
  const kn_mode_view modes = kn_region_modes(region);
  const uint8_t class_of = kn_region_resources(region).class_of[resource];
  for (int32_t i = 0; !value->is_blank && i < modes.n; i++)
    if (modes.class_of[i] == class_of && strcmp(modes.mode_id[i], value->text) == 0)
      return i;
  return KN_NONE;
}

static kn_code
read_tie(void *arg, const kn_value *v, kn_error *err)
{
  reader *reading = arg;
  tie_rows *rows = reading->rows;
  const int64_t i = reading->at++;
  if (i >= reading->n)
    return kn_fail(err, KN_E_IO, "the saved plan changed while it was read");
  KN_TRY(read_place(reading->region, &v[0], &rows->from[i], err));
  KN_TRY(read_place(reading->region, &v[3], &rows->to[i], err));
  KN_TRY(find_key(reading->region, KN_T_RESOURCE, &v[6], &rows->resource[i], err));
  rows->substitution[i] = find_substitution(reading->region, &v[7]);
  rows->mode[i] = find_mode(reading->region, &v[8], rows->resource[i]);
  if (!v[8].is_blank)
    KN_TRY(kn_text_copy(&rows->mode_id[i], reading->keep, v[8].text, (size_t)v[8].length, err));
  rows->quantity[i] = real_of(&v[9]);
  rows->delivered[i] = v[18].is_blank ? rows->quantity[i] : v[18].real;
  rows->ratio[i] = real_of(&v[10]);
  rows->km[i] = real_of(&v[11]);
  const int32_t level = v[12].is_blank ? KN_NONE : word_at(v[12].text, KN_LEVEL_COUNT, level_name);
  rows->level[i] = level == KN_NONE ? KN_WORLD : (uint8_t)level;
  rows->eur[i] = real_of(&v[13]);
  rows->co2_kg[i] = real_of(&v[14]);
  rows->to_verify[i] = v[15].real != 0;
  rows->is_estimate[i] = v[16].real != 0;
  rows->case_of[i] = v[17].is_blank ? KN_NONE : (int32_t)v[17].real - 1;
  return KN_OK;
}

static kn_code
load_ties(kn_store *store, kn_task_story *story, kn_error *err)
{
  tie_rows rows;
  int64_t n;
  KN_TRY(count_rows(store, story->run.run_id, "tie", TIE_COLUMNS, tie_columns, &n, err));
  KN_NEW(rows.from, story->arena, n, err);
  KN_NEW(rows.to, story->arena, n, err);
  KN_NEW(rows.resource, story->arena, n, err);
  KN_NEW(rows.substitution, story->arena, n, err);
  KN_NEW(rows.mode, story->arena, n, err);
  KN_NEW(rows.mode_id, story->arena, n, err);
  KN_NEW(rows.case_of, story->arena, n, err);
  KN_NEW(rows.quantity, story->arena, n, err);
  KN_NEW(rows.delivered, story->arena, n, err);
  KN_NEW(rows.ratio, story->arena, n, err);
  KN_NEW(rows.km, story->arena, n, err);
  KN_NEW(rows.eur, story->arena, n, err);
  KN_NEW(rows.co2_kg, story->arena, n, err);
  KN_NEW(rows.level, story->arena, n, err);
  KN_NEW(rows.to_verify, story->arena, n, err);
  KN_NEW(rows.is_estimate, story->arena, n, err);
  reader reading = {.region = story->region, .n = n, .rows = &rows, .keep = story->arena};
  const kn_store_query query = {.table = "tie", .column_count = TIE_COLUMNS, .columns = tie_columns, .run_id = story->run.run_id};
  KN_TRY(kn_store_read(store, &query, read_tie, &reading, err));
  story->plan.ties = (kn_tie_view){.n = reading.at,
                                   .from = rows.from,
                                   .to = rows.to,
                                   .resource = rows.resource,
                                   .substitution = rows.substitution,
                                   .mode = rows.mode,
                                   .mode_id = rows.mode_id,
                                   .quantity = rows.quantity,
                                   .delivered = rows.delivered,
                                   .ratio = rows.ratio,
                                   .km = rows.km,
                                   .level = rows.level,
                                   .eur = rows.eur,
                                   .co2_kg = rows.co2_kg,
                                   .to_verify = rows.to_verify,
                                   .is_estimate = rows.is_estimate,
                                   .case_of = rows.case_of};
  return KN_OK;
}

/* ------------------------------------------------------------------ units */
static const char *const unit_columns[] = {"unit_id",  "site_id", "open",   "activity",   "capacity",
                                           "dual_eur", "eur",     "co2_kg", "annuity_eur"};
enum { UNIT_COLUMNS = sizeof unit_columns / sizeof unit_columns[0] };

typedef struct unit_rows {
  int32_t *unit, *site;
  uint8_t *open;
  double *activity, *capacity, *dual_eur, *eur, *co2_kg, *annuity_eur;
} unit_rows;

static kn_code
read_unit(void *arg, const kn_value *v, kn_error *err)
{
  reader *reading = arg;
  unit_rows *rows = reading->rows;
  const int64_t i = reading->at++;
  if (i >= reading->n)
    return kn_fail(err, KN_E_IO, "the saved plan changed while it was read");
  KN_TRY(find_key(reading->region, KN_T_UNIT, &v[0], &rows->unit[i], err));
  KN_TRY(find_key(reading->region, KN_T_SITE, &v[1], &rows->site[i], err));
  rows->open[i] = v[2].real != 0;
  rows->activity[i] = real_of(&v[3]);
  rows->capacity[i] = real_of(&v[4]);
  rows->dual_eur[i] = real_of(&v[5]);
  rows->eur[i] = real_of(&v[6]);
  rows->co2_kg[i] = real_of(&v[7]);
  rows->annuity_eur[i] = real_of(&v[8]);
  return KN_OK;
}

static kn_code
load_units(kn_store *store, kn_task_story *story, kn_error *err)
{
  unit_rows rows;
  int64_t n;
  KN_TRY(count_rows(store, story->run.run_id, "plan_unit", UNIT_COLUMNS, unit_columns, &n, err));
  KN_NEW(rows.unit, story->arena, n, err);
  KN_NEW(rows.site, story->arena, n, err);
  KN_NEW(rows.open, story->arena, n, err);
  KN_NEW(rows.activity, story->arena, n, err);
  KN_NEW(rows.capacity, story->arena, n, err);
  KN_NEW(rows.dual_eur, story->arena, n, err);
  KN_NEW(rows.eur, story->arena, n, err);
  KN_NEW(rows.co2_kg, story->arena, n, err);
  KN_NEW(rows.annuity_eur, story->arena, n, err);
  reader reading = {.region = story->region, .n = n, .rows = &rows};
  const kn_store_query query = {
      .table = "plan_unit", .column_count = UNIT_COLUMNS, .columns = unit_columns, .run_id = story->run.run_id};
  KN_TRY(kn_store_read(store, &query, read_unit, &reading, err));
  story->plan.units = (kn_plan_unit_view){reading.at,    rows.unit,     rows.site, rows.open,   rows.activity,
                                          rows.capacity, rows.dual_eur, rows.eur,  rows.co2_kg, rows.annuity_eur};
  return KN_OK;
}

/* ------------------------------------------------------------------ offers, needs, gateways: rows absent hold 0 */
typedef struct end_rows {
  kn_table_id table;
  double *used, *dual;
} end_rows;

static kn_code
read_end(void *arg, const kn_value *v, kn_error *err)
{
  reader *reading = arg;
  end_rows *rows = reading->rows;
  int32_t row;
  KN_TRY(find_key(reading->region, rows->table, &v[0], &row, err));
  if (row == KN_NONE)
    return kn_fail(err, KN_E_INPUT, "the saved plan has a row of %s without its key", kn_schema(rows->table)->name);
  rows->used[row] = real_of(&v[1]);
  rows->dual[row] = real_of(&v[2]);
  return KN_OK;
}

static kn_code
load_ends(kn_store *store, kn_task_story *story, kn_table_id table, const char *name, const char *key, const char *used,
          kn_plan_end_view *out, kn_error *err)
{
  const int64_t n = kn_region_table(story->region, table)->n;
  end_rows rows = {.table = table};
  KN_NEW(rows.used, story->arena, n, err);
  KN_NEW(rows.dual, story->arena, n, err);
  reader reading = {.region = story->region, .n = n, .rows = &rows};
  const char *const columns[] = {key, used, "dual"};
  const kn_store_query query = {.table = name, .column_count = 3, .columns = columns, .run_id = story->run.run_id};
  KN_TRY(kn_store_read(store, &query, read_end, &reading, err));
  *out = (kn_plan_end_view){.n = n, .used = rows.used, .dual = rows.dual};
  return KN_OK;
}

/* ------------------------------------------------------------------ cases */
static const char *const case_columns[] = {"anchor_kind", "anchor_id", "anchor_site_id", "tie_count",
                                           "eur",         "co2_kg",    "jobs_fte"};
enum { CASE_COLUMNS = sizeof case_columns / sizeof case_columns[0] };

typedef struct case_rows {
  kn_place *anchor;
  int32_t *tie_count;
  double *eur, *co2_kg, *jobs_fte;
} case_rows;

static kn_code
read_case(void *arg, const kn_value *v, kn_error *err)
{
  reader *reading = arg;
  case_rows *rows = reading->rows;
  const int64_t i = reading->at++;
  if (i >= reading->n)
    return kn_fail(err, KN_E_IO, "the saved plan changed while it was read");
  KN_TRY(read_place(reading->region, &v[0], &rows->anchor[i], err));
  rows->tie_count[i] = (int32_t)v[3].real;
  rows->eur[i] = real_of(&v[4]);
  rows->co2_kg[i] = real_of(&v[5]);
  rows->jobs_fte[i] = real_of(&v[6]);
  return KN_OK;
}

static kn_code
load_cases(kn_store *store, kn_task_story *story, kn_error *err)
{
  case_rows rows;
  int64_t n;
  KN_TRY(count_rows(store, story->run.run_id, "knot", CASE_COLUMNS, case_columns, &n, err));
  KN_NEW(rows.anchor, story->arena, n, err);
  KN_NEW(rows.tie_count, story->arena, n, err);
  KN_NEW(rows.eur, story->arena, n, err);
  KN_NEW(rows.co2_kg, story->arena, n, err);
  KN_NEW(rows.jobs_fte, story->arena, n, err);
  reader reading = {.region = story->region, .n = n, .rows = &rows};
  const kn_store_query query = {
      .table = "knot", .column_count = CASE_COLUMNS, .columns = case_columns, .run_id = story->run.run_id, .order_by = "case_id"};
  KN_TRY(kn_store_read(store, &query, read_case, &reading, err));
  story->plan.cases = (kn_case_view){reading.at, rows.anchor, rows.tie_count, rows.eur, rows.co2_kg, rows.jobs_fte};
  return KN_OK;
}

/* ------------------------------------------------------------------ the whole */
static kn_plan_totals
total(const kn_region *region, const kn_tie_view *ties)
{
  kn_plan_totals totals = {0};
  const kn_resource_view resources = kn_region_resources(region);
  for (int64_t i = 0; i < ties->n; i++) {
    const int part = ties->from[i].kind == KN_END_GATEWAY ? 0 : ties->to[i].kind == KN_END_GATEWAY ? 2 : 1;
    totals.quantity[part][resources.class_of[ties->resource[i]]] += ties->quantity[i];
    totals.eur[part] += ties->eur[i];
    totals.level_eur[ties->level[i]] += ties->eur[i];
  }
  return totals;
}

static kn_code
load_rows(kn_store *store, kn_task_story *story, kn_error *err)
{
  KN_TRY(load_ties(store, story, err));
  KN_TRY(load_units(store, story, err));
  KN_TRY(load_cases(store, story, err));
  KN_TRY(load_ends(store, story, KN_T_OFFER, "plan_offer", "offer_id", "used", &story->plan.offers, err));
  KN_TRY(load_ends(store, story, KN_T_NEED, "plan_need", "need_id", "met", &story->plan.needs, err));
  return load_ends(store, story, KN_T_GATEWAY, "plan_gateway", "gateway_id", "used", &story->plan.gateways, err);
}

static kn_code
load_plan(kn_store *store, kn_task_story *story, kn_error *err)
{
  KN_TRY(kn_record_read_summary(story->run.summary, &story->plan.summary, err));
  const kn_code code = load_rows(store, story, err);
  if (code == KN_E_USAGE) { /* a table or column that was removed elsewhere is the file's fault, not the caller's */
    err->code = KN_E_INPUT;
    kn_note(err, "reading the saved plan of run %" PRId64, story->run.run_id);
    return KN_E_INPUT;
  }
  KN_TRY(code);
  story->plan.totals = total(story->region, &story->plan.ties);
  story->has_plan = true;
  return KN_OK;
}

static void
hear(const kn_task *task, const char *sentence)
{
  if (task->hear != NULL)
    task->hear(task->arg, sentence);
}

/* What an infeasible run asked for in vain. */
static kn_code
note_refused(const kn_run *run, kn_task_story *story, kn_error *err)
{
  kn_plan_summary summary;
  KN_TRY(kn_record_read_summary(run->summary, &summary, err));
  story->refused_run_id = run->run_id;
  story->refused_floor = summary.infeasible_floor;
  story->refused_least = kn_record_read_floor(run->settings, summary.infeasible_floor);
  return KN_OK;
}

/* A plan tells of the region it was made from; of another one it would tell nonsense. Runs that found none are passed
 * over, and the newest of them is told of; so are runs of a region that was changed for them alone. */
static kn_code
choose_run(kn_store *store, const char *digest, kn_task_story *story, const kn_run **chosen, kn_error *err)
{
  kn_run *runs;
  int64_t count;
  *chosen = NULL;
  KN_TRY(kn_store_runs(store, story->arena, "plan", INT32_MAX, &runs, &count, err));
  int64_t others = 0;
  for (int64_t i = 0; i < count && *chosen == NULL; i++) {
    if (strcmp(runs[i].input_digest, digest) != 0) {
      const bool is_scenario = kn_record_has_changes(runs[i].settings);
      others += !is_scenario;
      if (is_scenario && i == 0)
        story->scenario_run_id = runs[i].run_id;
      continue;
    }
    if (strcmp(runs[i].status, kn_plan_status_name(KN_PLAN_INFEASIBLE)) != 0)
      *chosen = &runs[i];
    else if (story->refused_run_id == 0)
      KN_TRY(note_refused(&runs[i], story, err));
  }
  story->has_changed = others > 0 && *chosen == NULL && story->refused_run_id == 0;
  return KN_OK;
}

static kn_code
load_newest(const kn_task *task, kn_store *store, kn_task_story *story, kn_error *err)
{
  KN_TRY(kn_task_load(task, store, &story->region, err));
  char digest[65];
  KN_TRY(kn_region_digest(story->region, digest, err));
  KN_TRY(kn_story_balance_load(store, digest, story, err));
  const kn_run *run;
  KN_TRY(choose_run(store, digest, story, &run, err));
  if (story->has_changed)
    hear(task, "the region has changed since its newest plan, which is left out; `knoop plan` makes a new one");
  else if (story->scenario_run_id != 0)
    hear(task, run != NULL ? "the newest run is of a changed region (what if?); the report tells the plan of the region as it is"
                           : "there are only runs of a changed region (what if?); `knoop plan` plans the region as it is");
  if (story->refused_run_id != 0)
    hear(task, run != NULL ? "the newest run found no plan: a floor cannot be met; the report tells the plan before it"
                           : "no run found a plan: a floor cannot be met");
  if (run == NULL)
    return KN_OK;
  story->run = *run;
  return load_plan(store, story, err);
}

kn_code
kn_task_story_load(const kn_task *task, const char *path, kn_task_story *out, kn_error *err)
{
  *out = (kn_task_story){.arena = kn_arena_new()};
  kn_store *store = NULL;
  kn_code code = kn_task_open(task, path, false, "report", &store, err);
  if (code == KN_OK)
    code = load_newest(task, store, out, err);
  kn_store_close(store);
  if (code != KN_OK)
    kn_task_story_free(out);
  return code;
}

void
kn_task_story_free(kn_task_story *story)
{
  kn_region_free(story->region);
  kn_arena_free(story->arena);
  *story = (kn_task_story){0};
}
