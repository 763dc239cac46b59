/* Balancing: load, reconcile without holding the file, save under a run. */
#include "internal.h"
#include "tasks/json.h"

#include <stdlib.h>

static kn_code
load(const kn_task *task, const char *path, bool is_saved, kn_task_balanced *out, int64_t *revision, char digest[65],
     kn_error *err)
{
  kn_store *store;
  KN_TRY(kn_task_open(task, path, is_saved, "balance", &store, err));
  kn_arena *arena = kn_arena_new();
  kn_revision *revisions = NULL;
  int64_t count = 0;
  kn_code code = kn_store_revisions(store, arena, 1, &revisions, &count, err);
  *revision = code == KN_OK && count > 0 ? revisions[0].revision : 0;
  kn_arena_free(arena);
  if (code == KN_OK)
    code = kn_task_load(task, store, &out->region, err);
  if (code == KN_OK && is_saved)
    code = kn_store_note_edits(store, out->region, task->who, revision, err);
  kn_store_close(store);
  return code == KN_OK ? kn_region_digest(out->region, digest, err) : code;
}

static char *
settings_text(const kn_balance_settings *settings)
{
  static const char *const signs[] = {"agree", "above", "free"};
  json_t *doc = json_object();
  json_object_set_new(doc, "year", settings->year == KN_BLANK_INT ? json_null() : json_integer(settings->year));
  json_object_set_new(doc, "eliminate", json_boolean(settings->eliminates));
  json_object_set_new(doc, "signs", json_string(signs[settings->signs]));
  char *text = json_dumps(doc, JSON_COMPACT);
  json_decref(doc);
  return text;
}

static char *
summary_text(const kn_balance_summary *sum)
{
  json_t *doc = json_object();
  json_object_set_new(doc, "chi2", json_real(sum->chi2));
  json_object_set_new(doc, "dof", json_integer(sum->dof));
  json_object_set_new(doc, "p_value", kn_json_real(sum->p_value));
  char *text = json_dumps(doc, JSON_COMPACT);
  json_decref(doc);
  return text;
}

static kn_code
save(const kn_task *task, const char *path, const kn_balance_settings *settings, int64_t revision, const char *digest,
     const char *started, kn_task_balanced *out, kn_error *err)
{
  const kn_balance_summary sum = kn_balance_sum(out->balance);
  char *said = settings_text(settings), *found = summary_text(&sum);
  const kn_run run = {.command = "balance",
                      .settings = said,
                      .input_digest = digest,
                      .revision = revision,
                      .started = started,
                      .status = sum.chi2 > sum.chi2_critical ? "contradicting" : "agreeing",
                      .summary = found};
  kn_task patient = *task;
  patient.wait_s = fmax(task->wait_s, 60);
  patient.hear = NULL;
  kn_store *store = NULL;
  kn_code code = said == NULL || found == NULL ? kn_fail(err, KN_E_LIMIT, "out of memory for the record of a balance") : KN_OK;
  if (code == KN_OK)
    code = kn_task_open(&patient, path, true, "balance", &store, err);
  if (code == KN_OK)
    code = kn_store_save_balance(store, out->region, out->balance, &run, &out->run_id, err);
  kn_store_close(store);
  free(said);
  free(found);
  return code;
}

kn_code
kn_task_balance(const kn_task *task, const char *path, const kn_balance_settings *settings, bool is_saved, kn_task_balanced *out,
                kn_error *err)
{
  *out = (kn_task_balanced){0};
  char started[32], digest[65];
  int64_t revision;
  kn_store_now(started);
  kn_code code = load(task, path, is_saved, out, &revision, digest, err);
  if (code == KN_OK)
    code = kn_balance_make(&out->balance, out->region, settings, task->watch, err);
  if (code == KN_OK && is_saved)
    code = save(task, path, settings, revision, digest, started, out, err);
  if (code != KN_OK)
    kn_task_balanced_free(out);
  return code;
}

void
kn_task_balanced_free(kn_task_balanced *balanced)
{
  kn_balance_free(balanced->balance);
  kn_region_free(balanced->region);
  *balanced = (kn_task_balanced){0};
}
