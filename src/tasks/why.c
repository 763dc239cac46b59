/* The plan behind the question why, kept. It is made again with the settings of the run, since a saved plan has the prices of its ends but not
 * those of mixing limits and of what goes on inside units. */
#include "tasks/why.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct kn_why_keeper {
  pthread_mutex_t lock;
  const kn_watch *watch;
  bool has_plan;
  uint64_t version;
  kn_plan_settings settings;
  kn_task_planned planned;
};

kn_code
kn_why_keeper_new(kn_why_keeper **out, const kn_watch *watch, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  if (*out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  (*out)->watch = watch;
  pthread_mutex_init(&(*out)->lock, NULL);
  return KN_OK;
}

static void
forget(kn_why_keeper *keeper)
{
  if (keeper->has_plan)
    kn_task_planned_free(&keeper->planned);
  keeper->has_plan = false;
}

void
kn_why_keeper_free(kn_why_keeper *keeper)
{
  if (keeper == NULL)
    return;
  forget(keeper);
  pthread_mutex_destroy(&keeper->lock);
  free(keeper);
}

static kn_plan_settings
read_settings(const char *run_settings)
{
  kn_plan_settings settings = KN_PLAN_DEFAULTS;
  json_t *in = run_settings != NULL ? json_loads(run_settings, 0, NULL) : NULL;
  const char *objective = json_string_value(json_object_get(in, "objective"));
  for (int i = 0; objective != NULL && i < KN_OBJECTIVE_COUNT; i++)
    if (strcmp(objective, kn_objective_name((kn_objective)i)) == 0)
      settings.objective = (kn_objective)i;
  const json_t *gap = json_object_get(in, "gap");
  if (json_is_number(gap))
    settings.gap = json_number_value(gap);
  for (int i = 0; run_settings != NULL && i < KN_OBJECTIVE_COUNT; i++)
    settings.floor[i] = kn_record_read_floor(run_settings, (kn_objective)i);
  json_decref(in);
  return settings;
}

static bool
is_same(const kn_plan_settings *a, const kn_plan_settings *b)
{
  bool same = a->objective == b->objective && a->gap == b->gap;
  for (int i = 0; i < KN_OBJECTIVE_COUNT; i++)
    same = same && (a->floor[i] == b->floor[i] || (isnan(a->floor[i]) && isnan(b->floor[i])));
  return same;
}

static kn_code
explain(const kn_why_keeper *keeper, const char *from, const char *to, kn_arena *arena, kn_why_answer *out, kn_error *err)
{
  const kn_region *region = keeper->planned.region;
  const kn_plan_summary summary = kn_plan_sum(keeper->planned.plan);
  out->objective = summary.objective;
  out->status = summary.status;
  out->count = 0;
  kn_place ends[2];
  KN_TRY(kn_task_place(region, from, &ends[0], err));
  KN_TRY(kn_task_place(region, to, &ends[1], err));
  if (summary.status == KN_PLAN_INFEASIBLE)
    return KN_OK;
  KN_TRY(kn_plan_explain(keeper->planned.plan, region, ends[0], ends[1], out->way, KN_WHY_MOST, &out->count, err));
  for (int32_t i = 0; i < out->count && i < KN_WHY_MOST; i++) {
    const kn_why *way = &out->way[i];
    out->mode_id[i] = out->resource_id[i] = NULL;
    if (way->mode_id != NULL)
      KN_TRY(kn_text_copy(&out->mode_id[i], arena, way->mode_id, strlen(way->mode_id), err));
    const char *resource = way->resource != KN_NONE ? kn_region_key(region, KN_T_RESOURCE, way->resource) : NULL;
    if (resource != NULL)
      KN_TRY(kn_text_copy(&out->resource_id[i], arena, resource, strlen(resource), err));
  }
  return KN_OK;
}

kn_code
kn_why_keeper_ask(kn_why_keeper *keeper, const char *path, uint64_t version, const char *run_settings, const char *from,
                  const char *to, kn_arena *arena, kn_why_answer *out, kn_error *err)
{
  const kn_plan_settings settings = read_settings(run_settings);
  pthread_mutex_lock(&keeper->lock);
  kn_code code = KN_OK;
  if (!keeper->has_plan || keeper->version != version || !is_same(&keeper->settings, &settings)) {
    forget(keeper);
    kn_task task = KN_TASK_DEFAULTS;
    task.watch = keeper->watch;
    code = kn_task_plan(&task, path, &settings, false, &keeper->planned, err);
    keeper->has_plan = code == KN_OK;
    keeper->version = version;
    keeper->settings = settings;
    if (code == KN_OK && kn_watch_is_stopped(keeper->watch)) /* a plan on the way to the best says nothing of why */
      code = kn_fail(err, KN_E_STOPPED, "stopping");
  }
  if (code == KN_OK)
    code = explain(keeper, from, to, arena, out, err);
  pthread_mutex_unlock(&keeper->lock);
  return code;
}
