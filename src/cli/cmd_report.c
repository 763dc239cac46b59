/* knoop report: the region and its newest plan as one HTML file. */
#include "background.h"
#include "print.h"

#include <string.h>

typedef struct report_args {
  const char *region, *output, *background;
  int32_t lang;
} report_args;

static const char *const languages[] = {"en", "nl", NULL};

static const kn_opt report_opts[] = {
    KN_OPT_PATH(report_args, region, "REGION.gpkg", N_("the region to tell about")),
    KN_OPT_OUT(report_args, output, "FILE.html", N_("the file to write")),
    KN_OPT_WORD(report_args, lang, languages, N_("the language of the report (en)")),
    KN_OPT_TEXT(report_args, background, "FOLDER", N_("water.geojson, rail.geojson and road.geojson to draw under the map")),
    KN_OPT_END,
};

static kn_report_balance
report_balance(const kn_task_story_balance *balance)
{
  return (kn_report_balance){.n = balance->n,
                             .flow = balance->flow,
                             .reconciled = balance->reconciled,
                             .sd = balance->sd,
                             .is_gross = balance->is_gross,
                             .p_value = balance->p_value,
                             .level = KN_MUNICIPALITY};
}

static kn_report_plan
report_plan(const kn_plan_views *plan)
{
  return (kn_report_plan){plan->summary,  plan->ties,  plan->units,  plan->offers, plan->needs,
                          plan->gateways, plan->cases, plan->totals, plan->tracks};
}

static kn_code
write_page(FILE *file, const void *arg, kn_error *err)
{
  return kn_report_write(file, arg, err);
}

static kn_code
write_story(const kn_cli *cli, const report_args *args, const kn_task_story *story, kn_error *err)
{
  kn_background ground;
  kn_code code = kn_background_load(&ground, args->background, err);
  const kn_report_plan plan = report_plan(&story->plan);
  kn_report_input input = {.region = story->region,
                           .plan = story->has_plan ? &plan : NULL,
                           .has_changed = story->has_changed,
                           .language = languages[args->lang],
                           .ground_count = ground.count,
                           .ground = ground.lines,
                           .ground_credit = ground.credit,
                           .balance = report_balance(&story->balance)};
  char run_id[32] = "", made_at[40] = "";
  if (story->has_plan) {
    snprintf(run_id, sizeof run_id, "%" PRId64, story->run.run_id);
    if (strlen(story->run.finished) >= 16) /* 2026-11-24T09:30:15.123Z, as people read it */
      snprintf(made_at, sizeof made_at, "%.10s %.5s UTC", story->run.finished, story->run.finished + 11);
    input.run = (kn_report_run){.run_id = run_id,
                                .made_at = made_at,
                                .version = story->run.version,
                                .digest = story->run.input_digest,
                                .command = story->run.command,
                                .settings = story->run.settings};
  }
  char refused_id[32];
  snprintf(refused_id, sizeof refused_id, "%" PRId64, story->refused_run_id);
  if (story->refused_run_id != 0)
    input.refused = (kn_report_refused){refused_id, story->refused_floor, story->refused_least};
  if (code == KN_OK)
    code = kn_cli_write_file(args->output, args->region, write_page, &input, err);
  kn_background_free(&ground);
  if (code != KN_OK)
    return code;
  json_object_set_new(cli->doc, "file", kn_json_text(args->output));
  json_object_set_new(cli->doc, "language", json_string(languages[args->lang]));
  json_object_set_new(cli->doc, "run_id", story->has_plan ? json_integer(story->run.run_id) : json_null());
  json_object_set_new(cli->doc, "infeasible_run_id",
                      story->refused_run_id != 0 ? json_integer(story->refused_run_id) : json_null());
  json_object_set_new(cli->doc, "infeasible_floor",
                      story->refused_run_id != 0 ? json_string(kn_objective_column(story->refused_floor)) : json_null());
  json_object_set_new(cli->doc, "scenario_run_id",
                      story->scenario_run_id != 0 ? json_integer(story->scenario_run_id) : json_null());
  if (!story->has_plan && story->refused_run_id != 0)
    kn_cli_say(cli, _("%s: without a plan: %s cannot be as high as was asked"), args->output,
               kn_objective_column(story->refused_floor));
  else if (!story->has_plan)
    kn_cli_say(cli, _("%s: without a plan; `knoop plan` makes one"), args->output);
  else
    kn_cli_say(cli, _("%s: the region and the plan of run %s"), args->output, run_id);
  return KN_OK;
}

static kn_code
report_run(const kn_cli *cli, kn_error *err)
{
  report_args args = {0};
  KN_TRY(kn_cli_parse(cli, report_opts, &args, err));
  const kn_task task = kn_cli_task(cli, NULL);
  kn_task_story story;
  KN_TRY(kn_task_story_load(&task, args.region, &story, err));
  kn_code code = kn_task_story_track(&task, args.region, &story, err);
  if (code == KN_OK)
    code = write_story(cli, &args, &story, err);
  kn_task_story_free(&story);
  return code;
}

const kn_command kn_cmd_report = {
    .name = "report",
    .text = N_("tell about a region and its plan in one HTML file"),
    .example = "knoop report genk.gpkg -o genk.html --lang nl",
    .opts = report_opts,
    .run = report_run,
};
