/* Planning: load, compute without holding the file, save under a run. */
#include "internal.h"

#include <stdlib.h>

const char *
kn_plan_status_name(kn_plan_status status)
{
  static const char *const name[] = {"proven", "stopped", "infeasible"};
  return name[status];
}

static kn_code
save(const kn_task *task, const char *path, const kn_plan_settings *settings, const char *started, kn_task_planned *out,
     kn_error *err)
{
  const kn_plan_summary summary = kn_plan_sum(out->plan);
  kn_run run = {.command = "plan",
                .input_digest = out->digest,
                .revision = out->revision,
                .started = started,
                .status = kn_plan_status_name(summary.status)};
  char *settings_text = NULL;
  char *summary_text = NULL;
  kn_code code = kn_record_settings(settings, task->changes, out->digest, &settings_text, err);
  if (code == KN_OK)
    code = kn_record_summary(&summary, &summary_text, err);
  /* Whoever stopped the planning wants its plan kept: from here on the watch is not asked any more. The work is done, so
   * another writer is waited for longer. */
  kn_task patient = *task;
  patient.watch = NULL;
  patient.wait_s = fmax(task->wait_s, 60);
  patient.hear = NULL;
  kn_store *store = NULL;
  if (code == KN_OK)
    code = kn_task_open(&patient, path, true, "plan", &store, err);
  if (code == KN_OK) {
    run.settings = settings_text;
    run.summary = summary_text;
    const bool has_rows = summary.status != KN_PLAN_INFEASIBLE;
    code = kn_store_save_plan(store, out->region, has_rows ? out->plan : NULL, &run, &out->run_id, err);
  }
  kn_store_close(store);
  free(settings_text);
  free(summary_text);
  return code;
}

kn_code
kn_task_plan(const kn_task *task, const char *path, const kn_plan_settings *settings, bool is_saved, kn_task_planned *out,
             kn_error *err)
{
  *out = (kn_task_planned){0};
  char started[32];
  kn_store_now(started);
  kn_code code = kn_task_load_revision(task, path, is_saved, "plan", &out->region, &out->revision, out->digest, err);
  if (code == KN_OK)
    code = kn_plan_make(&out->plan, out->region, settings, task->watch, err);
  if (code == KN_OK && is_saved)
    code = save(task, path, settings, started, out, err);
  if (code != KN_OK)
    kn_task_planned_free(out);
  return code;
}

void
kn_task_planned_free(kn_task_planned *planned)
{
  kn_plan_free(planned->plan);
  kn_region_free(planned->region);
  *planned = (kn_task_planned){0};
}

kn_code
kn_task_runs(const kn_task *task, const char *path, int64_t most, kn_arena *arena, kn_run **runs, int64_t *count, kn_error *err)
{
  *runs = NULL;
  *count = 0;
  kn_store *store;
  KN_TRY(kn_task_open(task, path, false, "runs", &store, err));
  const kn_code code = kn_store_runs(store, arena, NULL, most, runs, count, err);
  kn_store_close(store);
  return code;
}
