/* Rows that were computed (estimates, the outflow of stocks) into the region file, in place of those of an earlier run. */
#include "internal.h"

#include <string.h>

enum { SOURCE_ROWS = 1 };

typedef struct saving {
  const kn_region *region;
  const kn_estimated *rows;
  kn_arena *arena;
  int32_t source; /* row of sources; behind them: a new one */
  kn_table_change change[4];
  int32_t changes;
} saving;

/* The columns of added rows, all blank at first. */
static kn_code
blank_columns(saving *s, kn_table_id table, kn_column **out, kn_error *err)
{
  KN_NEW(*out, s->arena, kn_schema(table)->column_count, err);
  return KN_OK;
}

static kn_column *
column(kn_column *columns, kn_table_id table, const char *name)
{
  const int32_t at = kn_schema_find_column(kn_schema(table), name);
  assert(at != KN_NONE);
  return &columns[at];
}

static uint8_t
word_of(kn_table_id table, const char *name, const char *word)
{
  const kn_table_def *def = kn_schema(table);
  const char *const *words = def->columns[kn_schema_find_column(def, name)].words;
  uint8_t at = 0;
  while (strcmp(words[at], word) != 0)
    at++;
  return at;
}

/* ---------------------------------------------------------------- the source */
static kn_code
add_source(saving *s, kn_error *err)
{
  static const char *const scores[] = {"reliability", "completeness", "temporal", "geographical", "technological"};
  static const int32_t pedigree[] = {4, 3, 4, 3, 4};
  const kn_table_id t = KN_T_SOURCE;
  kn_column *columns;
  KN_TRY(blank_columns(s, t, &columns, err));
  const struct {
    const char *name, *text;
  } texts[] = {
      {"source_id", KN_ESTIMATE_SOURCE},
      {"title", "Estimate: national coefficients by sector, what the region reports, and its totals (docs/method.md, Estimates)"},
      {"publisher", "knoop"},
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    kn_column *of = column(columns, t, texts[i].name);
    KN_NEW(of->text, s->arena, SOURCE_ROWS, err);
    of->text[0] = texts[i].text;
  }
  for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) {
    kn_column *of = column(columns, t, scores[i]);
    KN_NEW(of->number, s->arena, SOURCE_ROWS, err);
    of->number[0] = pedigree[i];
  }
  kn_column *kind = column(columns, t, "kind");
  KN_NEW(kind->word, s->arena, SOURCE_ROWS, err);
  kind->word[0] = word_of(t, "kind", "estimate");
  s->change[s->changes++] = (kn_table_change){.table = t, .added = 1, .column = columns};
  return KN_OK;
}

/* The source goes when nothing is left that is of it, so that an undo leaves the region as it was before the first estimate. */
static kn_code
drop_source(saving *s, const uint8_t *idle_resources, kn_error *err)
{
  const kn_table *sources = kn_region_table(s->region, KN_T_SOURCE);
  const char *publisher = sources->columns[kn_schema_find_column(sources->def, "publisher")].text[s->source];
  if (publisher == NULL || strcmp(publisher, "knoop") != 0)
    return KN_OK;
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    const kn_table *rows = kn_region_table(s->region, (kn_table_id)t);
    const uint8_t *goes = t == KN_T_OFFER      ? s->rows->is_old_offer
                          : t == KN_T_NEED     ? s->rows->is_old_need
                          : t == KN_T_RESOURCE ? idle_resources
                                               : NULL;
    for (int32_t c = 0; c < rows->def->column_count; c++)
      for (int64_t i = 0; rows->def->columns[c].kind == KN_REF && rows->def->columns[c].target == KN_T_SOURCE && i < rows->n; i++)
        if (rows->columns[c].number[i] == s->source && (goes == NULL || !goes[i]))
          return KN_OK;
  }
  uint8_t *is_dropped;
  KN_NEW(is_dropped, s->arena, sources->n, err);
  is_dropped[s->source] = 1;
  s->change[s->changes++] = (kn_table_change){.table = KN_T_SOURCE, .is_dropped = is_dropped};
  return KN_OK;
}

/* ---------------------------------------------------------------- resources */
/* Resources of an earlier run that no row names when those of that run are gone, and no new one either. */
static kn_code
find_idle(const saving *s, uint8_t **is_dropped, kn_error *err)
{
  const kn_resource_view resources = kn_region_resources(s->region);
  const kn_table *table = kn_region_table(s->region, KN_T_RESOURCE);
  const int32_t *source = table->columns[kn_schema_find_column(table->def, "source_id")].number;
  const int32_t own = kn_region_find(s->region, KN_T_SOURCE, KN_ESTIMATE_SOURCE);
  uint8_t *idle;
  KN_NEW(idle, s->arena, resources.n, err);
  *is_dropped = idle;
  for (int64_t r = 0; r < resources.n && own != KN_NONE; r++)
    idle[r] = source[r] == own &&
              (strncmp(resources.resource_id[r], "low-", 4) == 0 || strncmp(resources.resource_id[r], "cpa-", 4) == 0);
  for (int32_t t = 0; t < KN_TABLE_COUNT && own != KN_NONE; t++) {
    const kn_table *rows = kn_region_table(s->region, (kn_table_id)t);
    const uint8_t *is_old = t == KN_T_OFFER ? s->rows->is_old_offer : t == KN_T_NEED ? s->rows->is_old_need : NULL;
    for (int32_t c = 0; c < rows->def->column_count; c++)
      for (int64_t i = 0; rows->def->columns[c].kind == KN_REF && rows->def->columns[c].target == KN_T_RESOURCE && i < rows->n;
           i++)
        if (rows->columns[c].number[i] != KN_NONE && (is_old == NULL || !is_old[i]))
          idle[rows->columns[c].number[i]] = 0;
  }
  const kn_incentive_view incentives = kn_region_incentives(s->region);
  for (int64_t i = 0; i < incentives.n; i++)
    if (incentives.target_kind[i] == KN_TO_RESOURCE && incentives.target[i] != KN_NONE)
      idle[incentives.target[i]] = 0;
  const kn_estimated_rows *sides[] = {&s->rows->offers, &s->rows->needs};
  for (int side = 0; side < 2; side++)
    for (int64_t i = 0; i < sides[side]->n; i++)
      if (sides[side]->resource[i] < resources.n)
        idle[sides[side]->resource[i]] = 0;
  for (int32_t k = 0; k < s->rows->new_count; k++)
    if (s->rows->new_resource[k].parent != KN_NONE)
      idle[s->rows->new_resource[k].parent] = 0;
  return KN_OK;
}

static kn_code
change_resources(saving *s, int64_t *removed, kn_error *err)
{
  const kn_table_id t = KN_T_RESOURCE;
  const int32_t n = s->rows->new_count;
  kn_column *columns;
  uint8_t *is_dropped;
  KN_TRY(blank_columns(s, t, &columns, err));
  KN_TRY(find_idle(s, &is_dropped, err));
  *removed = 0;
  for (int64_t r = 0; r < kn_region_resources(s->region).n; r++)
    *removed += is_dropped[r];
  static const char *const texts[] = {"resource_id", "name", "name_nl", "code_low", "code_ewcstat", "code_cpa"};
  for (size_t c = 0; c < sizeof texts / sizeof *texts; c++) {
    kn_column *of = column(columns, t, texts[c]);
    KN_NEW(of->text, s->arena, n, err);
    for (int32_t k = 0; k < n; k++) {
      const kn_coefficient *c_of = s->rows->new_resource[k].of;
      const char *const values[] = {s->rows->new_resource[k].resource_id, c_of->name,         c_of->name_nl,
                                    c_of->is_need ? NULL : c_of->code,    c_of->code_ewcstat, c_of->is_need ? c_of->code : NULL};
      of->text[k] = values[c] != NULL && values[c][0] == '\0' ? NULL : values[c];
    }
  }
  kn_column *class_of = column(columns, t, "class"), *hazardous = column(columns, t, "hazardous");
  kn_column *parent = column(columns, t, "parent_id"), *source = column(columns, t, "source_id");
  KN_NEW(class_of->word, s->arena, n, err);
  KN_NEW(hazardous->number, s->arena, n, err);
  KN_NEW(parent->number, s->arena, n, err);
  KN_NEW(source->number, s->arena, n, err);
  for (int32_t k = 0; k < n; k++) {
    class_of->word[k] = KN_MATERIAL;
    hazardous->number[k] = s->rows->new_resource[k].of->is_hazardous;
    parent->number[k] = s->rows->new_resource[k].parent;
    source->number[k] = s->source;
  }
  s->change[s->changes++] = (kn_table_change){.table = t, .is_dropped = is_dropped, .added = n, .column = columns};
  if (s->source != KN_NONE && s->rows->offers.n + s->rows->needs.n == 0)
    KN_TRY(drop_source(s, is_dropped, err));
  return KN_OK;
}

/* ---------------------------------------------------------------- offers and needs */
/* The revision reads these and copies them. */
static void
lend_text(kn_column *columns, kn_table_id t, const char *name, const char *const *value)
{
  column(columns, t, name)->text = (const char **)(uintptr_t)value;
}

static void
lend_real(kn_column *columns, kn_table_id t, const char *name, const double *value)
{
  column(columns, t, name)->real = (double *)(uintptr_t)value;
}

static void
lend_number(kn_column *columns, kn_table_id t, const char *name, const int32_t *value)
{
  column(columns, t, name)->number = (int32_t *)(uintptr_t)value;
}

static kn_code
change_side(saving *s, bool is_need, kn_error *err)
{
  const kn_table_id t = is_need ? KN_T_NEED : KN_T_OFFER;
  const kn_estimated_rows *rows = is_need ? &s->rows->needs : &s->rows->offers;
  kn_column *columns;
  KN_TRY(blank_columns(s, t, &columns, err));
  lend_text(columns, t, is_need ? "need_id" : "offer_id", rows->id);
  lend_text(columns, t, "description", rows->description);
  lend_number(columns, t, "site_id", rows->site);
  lend_number(columns, t, "resource_id", rows->resource);
  lend_real(columns, t, "quantity", rows->quantity);
  lend_real(columns, t, "rel_sd", rows->rel_sd);
  if (rows->from != NULL) {
    lend_number(columns, t, "from", rows->from);
    lend_number(columns, t, "to", rows->to);
  }
  int32_t *source;
  KN_NEW(source, s->arena, rows->n, err);
  for (int64_t i = 0; i < rows->n; i++)
    source[i] = s->source;
  lend_number(columns, t, "source_id", source);
  if (!is_need) {
    kn_column *fate = column(columns, t, "fate");
    KN_NEW(fate->word, s->arena, rows->n, err);
    memset(fate->word, word_of(t, "fate", "unknown"), (size_t)rows->n);
  }
  s->change[s->changes++] = (kn_table_change){
      .table = t, .is_dropped = is_need ? s->rows->is_old_need : s->rows->is_old_offer, .added = rows->n, .column = columns};
  return KN_OK;
}

/* ---------------------------------------------------------------- all of it */
static kn_code
save(saving *s, const kn_task *task, kn_store *store, bool has_run, int64_t *revision, int64_t *run_id, kn_error *err)
{
  kn_region *revised = NULL;
  char digest[65];
  kn_run run = {.command = s->rows->command,
                .settings = s->rows->settings,
                .summary = s->rows->summary,
                .started = s->rows->started,
                .status = "done",
                .input_digest = digest};
  kn_revision *latest = NULL;
  int64_t count = 0;
  KN_TRY(kn_store_revisions(store, s->arena, 1, &latest, &count, err));
  run.revision = count > 0 ? latest[0].revision : 0;
  if (has_run)
    KN_TRY(kn_region_digest(s->region, digest, err));
  KN_TRY(kn_region_revise(&revised, s->region, s->change, s->changes, err));
  const kn_change record = {.what = s->rows->what, .who = task->who, .source = NULL};
  const kn_code code = kn_store_save_revised(store, s->region, revised, s->change, s->changes, &record, has_run ? &run : NULL,
                                             revision, run_id, err);
  kn_region_free(revised);
  return code;
}

static kn_code
change_and_save(saving *s, const kn_task *task, kn_store *store, bool has_run, int64_t *revision, int64_t *run_id,
                int64_t *resources_removed, kn_error *err)
{
  s->source = kn_region_find(s->region, KN_T_SOURCE, KN_ESTIMATE_SOURCE);
  if (s->source == KN_NONE && s->rows->offers.n + s->rows->needs.n > 0) {
    s->source = (int32_t)kn_region_sources(s->region).n;
    KN_TRY(add_source(s, err));
  }
  KN_TRY(change_resources(s, resources_removed, err));
  KN_TRY(change_side(s, false, err));
  KN_TRY(change_side(s, true, err));
  return save(s, task, store, has_run, revision, run_id, err);
}

kn_code
kn_task_save_estimated(const kn_task *task, kn_store *store, const kn_region *region, const kn_estimated *rows, bool has_run,
                       int64_t *revision, int64_t *run_id, int64_t *resources_removed, kn_error *err)
{
  int64_t removed;
  saving s = {.region = region, .rows = rows, .arena = kn_arena_new()};
  const kn_code code =
      change_and_save(&s, task, store, has_run, revision, run_id, resources_removed == NULL ? &removed : resources_removed, err);
  kn_arena_free(s.arena);
  return code;
}
