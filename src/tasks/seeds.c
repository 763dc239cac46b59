/* Opportunities beyond exact codes, in a region file. */
#include "internal.h"

static kn_code
sow_in(const kn_task *task, const kn_seed_settings *settings, kn_task_sown *out, kn_error *err)
{
  const int32_t today = kn_task_today();
  kn_seed_settings now = *settings;
  /* In a plan year the windows do it. */
  now.today = kn_region_settings(out->region).plan_year == KN_BLANK_INT ? today : KN_BLANK_INT;
  KN_TRY(kn_market_new(&out->market, out->region, err));
  KN_TRY(kn_knowledge_new(&out->knowledge, err));
  KN_TRY(kn_law_new(&out->law, out->region, out->knowledge, today, err));
  return kn_seeds_make(&out->seeds, out->market, out->knowledge, out->law, &now, task->watch, err);
}

kn_code
kn_task_seeds(const kn_task *task, const char *path, const kn_seed_settings *settings, kn_task_sown *out, kn_error *err)
{
  *out = (kn_task_sown){0};
  KN_TRY(kn_task_region(task, path, &out->region, err));
  const kn_code code = sow_in(task, settings, out, err);
  if (code != KN_OK)
    kn_task_sown_free(out);
  return code;
}

kn_code
kn_task_find(const kn_task *task, const char *path, const char *words, kn_task_sown *out, kn_found **found, int64_t *count,
             kn_error *err)
{
  *out = (kn_task_sown){0};
  *found = NULL;
  *count = 0;
  if (path != NULL)
    KN_TRY(kn_task_region(task, path, &out->region, err));
  kn_code code = kn_knowledge_new(&out->knowledge, err);
  if (code == KN_OK)
    code = kn_search(found, count, out->knowledge, out->region, words, err);
  if (code != KN_OK)
    kn_task_sown_free(out);
  return code;
}

kn_code
kn_task_calibration(const kn_task *task, const char *path, kn_calibration **out, kn_error *err)
{
  kn_region *region = NULL;
  kn_knowledge *knowledge = NULL;
  *out = NULL;
  if (path != NULL)
    KN_TRY(kn_task_region(task, path, &region, err));
  kn_code code = kn_knowledge_new(&knowledge, err);
  if (code == KN_OK)
    code = kn_calibration_of(out, knowledge, region, err);
  kn_knowledge_free(knowledge);
  kn_region_free(region);
  return code;
}

void
kn_task_sown_free(kn_task_sown *sown)
{
  kn_seeds_free(sown->seeds);
  kn_law_free(sown->law);
  kn_knowledge_free(sown->knowledge);
  kn_market_free(sown->market);
  kn_region_free(sown->region);
  *sown = (kn_task_sown){0};
}
