/* What to ask: load, compute without holding the file, save under a run. */
#include "internal.h"
#include "tasks/json.h"

#include <stdlib.h>

static char *
settings_text(const kn_ask_settings *settings)
{
  json_t *doc = json_pack("{s:f, s:f, s:f, s:f, s:f, s:i, s:i, s:i, s:I}", "cost_eur", settings->cost_eur, "error",
                          settings->error, "quantity_sd", settings->quantity_sd, "price_sd", settings->price_sd, "gap",
                          settings->gap, "shortlist", (int)settings->shortlist, "scenarios", (int)settings->scenarios, "plans",
                          (int)settings->plans, "seed", (json_int_t)settings->seed);
  char *text = json_dumps(doc, JSON_COMPACT);
  json_decref(doc);
  return text;
}

static char *
summary_text(const kn_ask_view *view)
{
  json_t *doc = json_object();
  json_object_set_new(doc, "plan_eur", kn_json_real(view->plan_eur));
  json_object_set_new(doc, "value_eur", kn_json_real(view->value_eur));
  json_object_set_new(doc, "evpi_eur", kn_json_real(view->evpi_eur));
  json_object_set_new(doc, "evpi_se_eur", kn_json_real(view->evpi_se_eur));
  json_object_set_new(doc, "figures", json_integer(view->figures));
  json_object_set_new(doc, "sampled", json_integer(view->sampled));
  json_object_set_new(doc, "zero", json_integer(view->zero));
  json_object_set_new(doc, "left_out_eur", kn_json_real(view->left_out_eur));
  json_object_set_new(doc, "stop_after", json_integer(view->stop_after));
  char *text = json_dumps(doc, JSON_COMPACT);
  json_decref(doc);
  return text;
}

static kn_code
save(const kn_task *task, const char *path, const kn_ask_settings *settings, const char *started, kn_task_asked *out,
     kn_error *err)
{
  const kn_ask_view view = kn_ask_rows(out->ask);
  char *how = settings_text(settings), *what = summary_text(&view);
  const kn_run run = {.command = "ask",
                      .settings = how,
                      .summary = what,
                      .input_digest = out->digest,
                      .revision = out->revision,
                      .started = started,
                      .status = "done"};
  /* The work is done, so another writer is waited for longer. */
  kn_task patient = *task;
  patient.watch = NULL;
  patient.wait_s = fmax(task->wait_s, 60);
  patient.hear = NULL;
  kn_store *store = NULL;
  kn_code code = how != NULL && what != NULL ? KN_OK : kn_fail(err, KN_E_LIMIT, "out of memory");
  if (code == KN_OK)
    code = kn_task_open(&patient, path, true, "ask", &store, err);
  if (code == KN_OK)
    code = kn_store_save_ask(store, out->region, &view, settings->cost_eur, &run, &out->run_id, err);
  kn_store_close(store);
  free(how);
  free(what);
  return code;
}

kn_code
kn_task_ask(const kn_task *task, const char *path, const kn_ask_settings *settings, kn_task_asked *out, kn_error *err)
{
  *out = (kn_task_asked){0};
  char started[32];
  kn_store_now(started);
  kn_code code = kn_task_load_revision(task, path, true, "ask", &out->region, &out->revision, out->digest, err);
  if (code == KN_OK)
    code = kn_ask_make(&out->ask, out->region, settings, task->watch, err);
  if (code == KN_OK)
    code = save(task, path, settings, started, out, err);
  if (code != KN_OK)
    kn_task_asked_free(out);
  return code;
}

void
kn_task_asked_free(kn_task_asked *asked)
{
  kn_ask_free(asked->ask);
  kn_region_free(asked->region);
  *asked = (kn_task_asked){0};
}
