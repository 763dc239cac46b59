/* What changed between two saved plans: the parent of diff_*.c. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

const char *
kn_diff_change_name(kn_diff_change change)
{
  static const char *const name[] = {"came", "went", "grew", "shrank", "revalued"};
  return name[change];
}

const char *
kn_diff_reason_name(kn_diff_reason reason)
{
  static const char *const name[] = {[KN_DIFF_NOT_THERE] = "not_there",
                                     [KN_DIFF_UNIT_IDLE] = "unit_idle",
                                     [KN_DIFF_UNIT_PLACED] = "unit_placed",
                                     [KN_DIFF_MODE_GONE] = "mode_gone",
                                     [KN_DIFF_MODE_UNUSED] = "mode_unused",
                                     [KN_DIFF_MODE_OTHER] = "mode_other",
                                     [KN_DIFF_ELSEWHERE] = "elsewhere",
                                     [KN_DIFF_LEFT] = "left",
                                     [KN_DIFF_WORTH] = "worth",
                                     [KN_DIFF_PRICE] = "price"};
  return name[reason];
}

/* ------------------------------------------------------------------ which runs */
static kn_code
find_run(const kn_run *runs, int64_t count, int64_t run_id, kn_diff_run *out, kn_error *err)
{
  for (int64_t i = 0; i < count; i++) {
    if (runs[i].run_id != run_id)
      continue;
    if (strcmp(runs[i].command, "plan") != 0)
      return kn_fail(err, KN_E_USAGE, "run %" PRId64 " is one of `knoop %s`; expected a run of `knoop plan`", run_id,
                     runs[i].command);
    out->run = runs[i];
    KN_TRY(kn_record_read_summary(runs[i].summary, &out->summary, err));
    if (strcmp(runs[i].status, kn_plan_status_name(KN_PLAN_INFEASIBLE)) == 0)
      return kn_fail(err, KN_E_USAGE, "run %" PRId64 " found no plan (infeasible); expected one that did", run_id);
    return KN_OK;
  }
  return kn_fail(err, KN_E_USAGE, "there is no run %" PRId64 "; `knoop runs` lists them", run_id);
}

/* What came in between the two, whichever is the older. */
static kn_code
find_revisions(diff_work *work, kn_error *err)
{
  kn_task_diff *out = work->out;
  const int64_t revision[2] = {out->run[0].run.revision, out->run[1].run.revision};
  const int64_t first = revision[0] < revision[1] ? revision[0] : revision[1];
  const int64_t last = revision[0] < revision[1] ? revision[1] : revision[0];
  kn_revision *all;
  int64_t count;
  if (first == last)
    return KN_OK;
  KN_TRY(kn_store_revisions(work->store, out->arena, INT32_MAX, &all, &count, err));
  KN_NEW(out->revisions, out->arena, count, err);
  for (int64_t i = 0; i < count; i++)
    if (all[i].revision > first && all[i].revision <= last)
      out->revisions[out->revision_count++] = all[i];
  return KN_OK;
}

/* ------------------------------------------------------------------ sums */
static void
sum_side(diff_work *work, int which)
{
  const diff_rows *rows = &work->side[which];
  kn_diff_run *out = &work->out->run[which];
  for (int64_t i = 0; i < rows->tie_count; i++) {
    const diff_tie_row *row = &rows->tie[i];
    const char *from = diff_name(work, row->key[DIFF_FROM_KIND]), *to = diff_name(work, row->key[DIFF_TO_KIND]);
    const int part = from != NULL && strcmp(from, "gateway") == 0 ? 0 : to != NULL && strcmp(to, "gateway") == 0 ? 2 : 1;
    const char *level = diff_name(work, row->level);
    for (int l = 0; l < KN_LEVEL_COUNT && level != NULL; l++)
      if (strcmp(level, kn_level_name((kn_level)l)) == 0)
        out->totals.level_eur[l] += diff_part(row->eur);
    if (row->class_of != KN_NONE)
      out->totals.quantity[part][row->class_of] += diff_part(row->quantity);
    else
      out->unclassed_count++;
    out->totals.eur[part] += diff_part(row->eur);
    out->ties_eur += diff_part(row->eur);
  }
  out->tie_count = rows->tie_count;
  for (int64_t i = 0; i < rows->unit_count; i++)
    out->units_eur += diff_part(rows->unit[i].eur);
}

static kn_code
compare(diff_work *work, kn_error *err)
{
  for (int k = 0; k < 2; k++) {
    KN_TRY(diff_read(work, k, err));
    sum_side(work, k);
  }
  KN_TRY(diff_inputs(work, err));
  KN_TRY(diff_join_ties(work, err));
  KN_TRY(diff_join_units(work, err));
  KN_TRY(diff_join_prices(work, err));
  KN_TRY(diff_sum_modes(work, err));
  return diff_explain(work, err);
}

static kn_code
load(const kn_task *task, diff_work *work, const int64_t run_id[2], kn_error *err)
{
  kn_task_diff *out = work->out;
  kn_run *runs;
  int64_t count;
  KN_TRY(kn_store_runs(work->store, out->arena, NULL, INT32_MAX, &runs, &count, err));
  for (int k = 0; k < 2; k++)
    KN_TRY(find_run(runs, count, run_id[k], &out->run[k], err));
  KN_TRY(kn_task_load(task, work->store, &out->region, err));
  char digest[65];
  KN_TRY(kn_region_digest(out->region, digest, err));
  for (int k = 0; k < 2; k++)
    out->run[k].is_of_region = strcmp(out->run[k].run.input_digest, digest) == 0;
  KN_TRY(find_revisions(work, err));
  KN_TRY(kn_keymap_new(&work->names.map, 1024, err));
  const kn_code code = compare(work, err);
  if (code == KN_E_USAGE) { /* a table or column that was removed elsewhere is the file's fault, not the caller's */
    err->code = KN_E_INPUT;
    kn_note(err, "reading the saved plans of runs %" PRId64 " and %" PRId64, run_id[0], run_id[1]);
    return KN_E_INPUT;
  }
  return code;
}

kn_code
kn_task_diff_load(const kn_task *task, const char *path, const int64_t run_id[2], kn_task_diff *out, kn_error *err)
{
  *out = (kn_task_diff){.arena = kn_arena_new()};
  diff_work work = {.out = out, .names = {.arena = out->arena}, .scratch = kn_arena_new()};
  kn_code code = kn_task_open(task, path, false, "diff", &work.store, err);
  if (code == KN_OK)
    code = load(task, &work, run_id, err);
  kn_store_close(work.store);
  kn_keymap_free(work.names.map);
  free(work.names.text);
  kn_arena_free(work.scratch);
  if (code != KN_OK)
    kn_task_diff_free(out);
  return code;
}

void
kn_task_diff_free(kn_task_diff *diff)
{
  kn_region_free(diff->region);
  kn_arena_free(diff->arena);
  *diff = (kn_task_diff){0};
}
