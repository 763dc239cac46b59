/* Outcomes: those that were published, as a table of the reference; those of a region, as its table trial. */
#include <string.h>

#include "match/knowledge.h"

static const char seen_head[] = "kind,told,tried,seen,source_id,pedigree,meaning";

typedef struct rows { /* a kn_trials that can still be written */
  int64_t n;
  uint8_t *group;
  double *told, *tried, *feasible;
} rows;

static kn_code
new_rows(rows *out, kn_arena *arena, int64_t n, kn_error *err)
{
  *out = (rows){.n = n};
  KN_NEW(out->group, arena, n, err);
  KN_NEW(out->told, arena, n, err);
  KN_NEW(out->tried, arena, n, err);
  KN_NEW(out->feasible, arena, n, err);
  return KN_OK;
}

static kn_trials
lend(const rows *r)
{
  return (kn_trials){.n = r->n, .group = r->group, .told = r->told, .tried = r->tried, .feasible = r->feasible};
}

kn_code
kn_knowledge_read_seen(kn_knowledge *k, kn_arena *scratch, kn_error *err)
{
  static const char name[] = "seed_seen";
  kn_sheet sheet;
  rows seen;
  KN_TRY(kn_sheet_read(&sheet, scratch, name, kn_data_seed_seen, seen_head, err));
  KN_TRY(new_rows(&seen, k->arena, sheet.n, err));
  for (int32_t i = 0; i < sheet.n; i++) {
    int32_t kind = 0;
    while (kind < KN_SEED_KIND_COUNT && strcmp(kn_seed_kind_name((kn_seed_kind)kind), kn_sheet_cell(&sheet, i, 0)) != 0)
      kind++;
    if (kind == KN_SEED_KIND_COUNT)
      return kn_fail(err, KN_E_INPUT, "row %d of the reference table %s: no kind of seed is called '%s'", i + 1, name,
                     kn_sheet_cell(&sheet, i, 0));
    seen.group[i] = (uint8_t)kind;
    KN_TRY(kn_sheet_real(&sheet, name, i, 1, &seen.told[i], err));
    KN_TRY(kn_sheet_real(&sheet, name, i, 2, &seen.tried[i], err));
    KN_TRY(kn_sheet_real(&sheet, name, i, 3, &seen.feasible[i], err));
  }
  k->seen = lend(&seen);
  return KN_OK;
}

/* What is told of a kind as a rule: the mean of what was told where outcomes were published, else its estimate. */
static double
usual_chance(const kn_knowledge *k, int32_t group)
{
  const kn_seed_weights *w = &k->weight;
  double told = 0, tried = 0;
  const int32_t kind = group == KN_TRIAL_PRECEDENT ? KN_SEED_RECEIVER : group;
  for (int64_t i = 0; i < k->seen.n; i++)
    if (k->seen.group[i] == kind) {
      told += k->seen.told[i] * k->seen.tried[i];
      tried += k->seen.tried[i];
    }
  const double estimate = kind == KN_SEED_CHAIN      ? w->chain_one
                          : kind == KN_SEED_PRACTICE ? w->practice
                          : kind == KN_SEED_HEAT     ? w->heat_pair
                          : kind == KN_SEED_SPACE    ? w->space_pair
                                                     : w->sector_pair;
  const double chance = tried > 0 ? told / tried : estimate;
  return group == KN_TRIAL_PRECEDENT ? 1 - (1 - chance) / 2 : chance;
}

static kn_code
read_region(rows *out, kn_arena *arena, const kn_knowledge *k, const kn_region *region, kn_error *err)
{
  const kn_table *table = kn_region_table(region, KN_T_TRIAL);
  const kn_column *kind = &table->columns[kn_schema_find_column(table->def, "kind")],
                  *precedent = &table->columns[kn_schema_find_column(table->def, "precedent_id")],
                  *told = &table->columns[kn_schema_find_column(table->def, "told")],
                  *outcome = &table->columns[kn_schema_find_column(table->def, "outcome")];
  KN_TRY(new_rows(out, arena, table->n, err));
  for (int64_t i = 0; i < table->n; i++) {
    out->group[i] = kind->word[i] == KN_SEED_RECEIVER && precedent->text[i] != NULL ? KN_TRIAL_PRECEDENT : kind->word[i];
    out->told[i] = isnan(told->real[i]) ? usual_chance(k, out->group[i]) : told->real[i];
    out->tried[i] = 1;
    out->feasible[i] = outcome->word[i] == 0;
  }
  return KN_OK;
}

kn_code
kn_calibration_of(kn_calibration **out, const kn_knowledge *k, const kn_region *region, kn_error *err)
{
  const kn_seed_weights *w = &k->weight;
  const kn_calibration_settings settings = {.common_sd = w->common_sd,
                                            .kind_sd = w->kind_sd,
                                            .region_sd = w->region_sd,
                                            .least_outcomes = w->calibrated_outcomes,
                                            .most_factor = w->calibrated_factor};
  *out = NULL;
  kn_arena *scratch = kn_arena_new();
  rows own = {0};
  kn_code code = region == NULL ? KN_OK : read_region(&own, scratch, k, region, err);
  const kn_trials tried = lend(&own);
  if (code == KN_OK)
    code = kn_calibration_new(out, &k->seen, &tried, &settings, err);
  kn_arena_free(scratch);
  return code;
}
