/* Estimating: load, compute, save in place of what an earlier run made. The file is held while it lasts, so that nobody reports
 * a figure in between. */
#include "internal.h"

#include <jansson.h>
#include <stdlib.h>

typedef struct working {
  const kn_task *task;
  const kn_estimate_settings *settings;
  kn_task_estimated *out;
  kn_arena *arena;
  char started[32];
} working;

static kn_code
dump(json_t *doc, char **out, kn_error *err)
{
  *out = json_dumps(doc, JSON_COMPACT);
  json_decref(doc);
  return *out == NULL ? kn_fail(err, KN_E_LIMIT, "no memory for the record of a run") : KN_OK;
}

/* Offers are rows 0 .. need_first - 1 of the view, needs the rest. */
static kn_code
take_side(const working *w, const kn_estimate_view *view, bool is_need, kn_estimated_rows *out, kn_error *err)
{
  const int64_t first = is_need ? view->need_first : 0, last = is_need ? view->n : view->need_first;
  const char **description;
  double *rel_sd;
  KN_NEW(description, w->arena, last - first, err);
  KN_NEW(rel_sd, w->arena, last - first, err);
  for (int64_t i = first; i < last; i++) {
    description[i - first] = view->method_of[view->method[i]].text;
    rel_sd[i - first] = view->method_of[view->method[i]].rel_sd;
  }
  *out = (kn_estimated_rows){.n = last - first,
                             .id = view->id + first,
                             .site = view->site + first,
                             .resource = view->resource + first,
                             .quantity = view->quantity + first,
                             .rel_sd = rel_sd,
                             .description = description};
  return KN_OK;
}

static kn_code
save_rows(const working *w, kn_store *store, const kn_estimate_view *view, kn_error *err)
{
  kn_estimated rows = {.new_count = view->new_count,
                       .new_resource = view->new_resource,
                       .is_old_offer = view->is_old_offer,
                       .is_old_need = view->is_old_need,
                       .command = "estimate",
                       .what = "estimate",
                       .started = w->started};
  KN_TRY(take_side(w, view, false, &rows.offers, err));
  KN_TRY(take_side(w, view, true, &rows.needs, err));
  const kn_estimate_learned learned = kn_estimate_learn(w->out->estimate);
  char *settings = NULL, *summary = NULL;
  kn_code code = dump(json_pack("{s:f, s:b, s:f}", "least_t", w->settings->least_t, "known_only", w->settings->is_known_only,
                                "confidence", w->settings->confidence),
                      &settings, err);
  if (code == KN_OK)
    code = dump(json_pack("{s:I, s:I, s:I, s:I}", "offers", (json_int_t)rows.offers.n, "needs", (json_int_t)rows.needs.n,
                          "reports", (json_int_t)learned.reports, "resources_added", (json_int_t)view->new_count),
                &summary, err);
  rows.settings = settings;
  rows.summary = summary;
  if (code == KN_OK)
    code = kn_task_save_estimated(w->task, store, w->out->region, &rows, true, &w->out->revision, &w->out->run_id,
                                  &w->out->resources_removed, err);
  free(settings);
  free(summary);
  return code;
}

/* What an earlier run made, taken out. */
static kn_code
undo(const working *w, kn_store *store, kn_error *err)
{
  kn_estimated rows = {.command = "estimate", .what = "undo estimate", .started = w->started};
  KN_TRY(kn_estimate_find_own(w->out->region, KN_ESTIMATE_PREFIX, w->arena, &rows.is_old_offer, &rows.is_old_need, err));
  for (int64_t i = 0; i < kn_region_offers(w->out->region).n; i++)
    w->out->offers_removed += rows.is_old_offer[i];
  for (int64_t i = 0; i < kn_region_needs(w->out->region).n; i++)
    w->out->needs_removed += rows.is_old_need[i];
  if (w->out->offers_removed + w->out->needs_removed == 0)
    return KN_OK; /* nothing to take out, so no revision either */
  return kn_task_save_estimated(w->task, store, w->out->region, &rows, false, &w->out->revision, NULL, &w->out->resources_removed,
                                err);
}

static kn_code
work(const working *w, kn_store *store, kn_task_mode mode, kn_error *err)
{
  KN_TRY(kn_task_load(w->task, store, &w->out->region, err));
  if (mode == KN_TASK_UNDO)
    return undo(w, store, err);
  KN_TRY(kn_estimate_make(&w->out->estimate, w->out->region, w->settings, err));
  const kn_estimate_view view = kn_estimate_rows(w->out->estimate);
  w->out->offers_removed = view.old_offers;
  w->out->needs_removed = view.old_needs;
  if (kn_watch_is_stopped(w->task->watch))
    return kn_fail(err, KN_E_STOPPED, "stopped before anything was saved");
  return mode == KN_TASK_DRY_RUN ? KN_OK : save_rows(w, store, &view, err);
}

kn_code
kn_task_estimate(const kn_task *task, const char *path, const kn_estimate_settings *settings, kn_task_mode mode,
                 kn_task_estimated *out, kn_error *err)
{
  *out = (kn_task_estimated){0};
  working w = {.task = task, .settings = settings, .out = out, .arena = kn_arena_new()};
  kn_store_now(w.started);
  kn_store *store = NULL;
  kn_code code = kn_task_open(task, path, mode != KN_TASK_DRY_RUN, "estimate", &store, err);
  if (code == KN_OK)
    code = work(&w, store, mode, err);
  kn_store_close(store);
  kn_arena_free(w.arena);
  if (code != KN_OK)
    kn_task_estimated_free(out);
  return code;
}

void
kn_task_estimated_free(kn_task_estimated *estimated)
{
  kn_estimate_free(estimated->estimate);
  kn_region_free(estimated->region);
  *estimated = (kn_task_estimated){0};
}
