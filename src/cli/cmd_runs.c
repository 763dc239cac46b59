/* knoop runs: what was computed, when, from what. */
#include "what_if.h"

#include <string.h>

typedef struct runs_args {
  const char *region;
  int32_t most;
} runs_args;

static const kn_opt runs_opts[] = {
    KN_OPT_PATH(runs_args, region, "REGION.gpkg", N_("the region whose runs to list")),
    KN_OPT_INT(runs_args, most, "N", N_("the newest N runs (20)")),
    KN_OPT_END,
};

/* Settings and summary are JSON in the file already. */
static json_t *
parsed(const char *text)
{
  json_t *value = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
  return value != NULL ? value : json_null();
}

static void
fill_json(json_t *doc, const kn_run *runs, int64_t count)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < count; i++) {
    json_t *row = json_object();
    json_object_set_new(row, "run_id", json_integer(runs[i].run_id));
    json_object_set_new(row, "command", kn_json_text(runs[i].command));
    json_object_set_new(row, "status", kn_json_text(runs[i].status));
    json_object_set_new(row, "revision", json_integer(runs[i].revision));
    json_object_set_new(row, "input_digest", kn_json_text(runs[i].input_digest));
    json_object_set_new(row, "version", kn_json_text(runs[i].version));
    json_object_set_new(row, "started", kn_json_text(runs[i].started));
    json_object_set_new(row, "finished", kn_json_text(runs[i].finished));
    json_object_set_new(row, "settings", parsed(runs[i].settings));
    json_object_set_new(row, "summary", parsed(runs[i].summary));
    json_array_append_new(rows, row);
  }
  json_object_set_new(doc, "runs", rows);
}

static kn_code
print_runs(FILE *out, const kn_run *runs, int64_t count, kn_error *err)
{
  static const char *const titles[] = {N_("run"),        N_("command"),    N_("status"), N_("revision"),
                                       N_("when (UTC)"), N_("EUR a year"), N_("what if")};
  char changes[KN_CHANGES_SIZE];
  bool has_changes = false; /* the last column is shown where there is something in it */
  for (int64_t i = 0; i < count && !has_changes; i++) {
    json_t *settings = parsed(runs[i].settings);
    has_changes = kn_print_changes(changes, settings)[0] != '\0';
    json_decref(settings);
  }
  if (count == 0) {
    fprintf(out, "%s\n", _("no runs yet"));
    return KN_OK;
  }
  kn_grid *grid = kn_grid_new(has_changes ? "rllrlrl" : "rllrlr", titles);
  for (int64_t i = 0; i < count; i++) {
    json_t *summary = parsed(runs[i].summary);
    const bool has_plan =
        strcmp(runs[i].command, "plan") == 0 && strcmp(runs[i].status, kn_plan_status_name(KN_PLAN_INFEASIBLE)) != 0;
    const json_t *value = has_plan ? json_object_get(summary, "value_eur") : NULL;
    kn_grid_cell(grid, "%" PRId64, runs[i].run_id);
    kn_grid_text(grid, runs[i].command);
    kn_grid_text(grid, _(runs[i].status));
    kn_grid_cell(grid, "%" PRId64, runs[i].revision);
    kn_grid_cell(grid, "%.19s", runs[i].finished);
    if (has_plan)
      kn_grid_eur(grid, json_is_number(value) ? json_number_value(value) : NAN);
    else
      kn_grid_text(grid, "-");
    json_decref(summary);
    if (!has_changes)
      continue;
    json_t *settings = parsed(runs[i].settings);
    kn_grid_text(grid, kn_print_changes(changes, settings));
    json_decref(settings);
  }
  return kn_grid_end(grid, out, err);
}

static kn_code
runs_run(const kn_cli *cli, kn_error *err)
{
  runs_args args = {.most = 20};
  KN_TRY(kn_cli_parse(cli, runs_opts, &args, err));
  if (args.most < 1)
    return kn_fail(err, KN_E_USAGE, _("--most %d: expected at least 1"), (int)args.most);
  const kn_task task = kn_cli_task(cli, NULL);
  kn_arena *arena = kn_arena_new();
  kn_run *runs;
  int64_t count;
  kn_code code = kn_task_runs(&task, args.region, args.most, arena, &runs, &count, err);
  if (code == KN_OK && cli->json)
    fill_json(cli->doc, runs, count);
  else if (code == KN_OK)
    code = print_runs(kn_cli_results(cli), runs, count, err);
  kn_arena_free(arena);
  return code;
}

const kn_command kn_cmd_runs = {
    .name = "runs",
    .text = N_("list what was computed, when and from what"),
    .example = "knoop runs genk.gpkg --most 5",
    .opts = runs_opts,
    .run = runs_run,
};
