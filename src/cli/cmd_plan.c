/* knoop plan: the best plan over all pairs, with its proof; or why a pair is not in it. */
#include "plan_print.h"
#include "what_if.h"

#include <string.h>

typedef struct plan_args {
  const char *region;
  int32_t objective;
  double gap;
  kn_words floor, scenario, set, close, open;
  const char *why[2];
  bool log;
} plan_args;

static const char *const objectives[] = {"value", "co2", "jobs", "virgin", NULL};

static const kn_opt plan_opts[] = {
    KN_OPT_PATH(plan_args, region, "REGION.gpkg", N_("the region to plan")),
    KN_OPT_WORD(plan_args, objective, objectives,
                N_("what the plan has most of: euros a year (value), t CO2 avoided, jobs, virgin t replaced")),
    KN_OPT_REAL(plan_args, gap, "G", N_("stop when the plan is proven within this share of the best (1e-4)")),
    KN_OPT_MANY(plan_args, floor, "WHAT=AMOUNT",
                N_("keep at least this: value_eur, co2_avoided_t, jobs_fte or virgin_replaced_t")),
    KN_OPT_TWO(plan_args, why, "FROM TO", N_("why not this pair? ids, or kind:ID; nothing is saved then")),
    KN_OPT_WHAT_IF(plan_args),
    KN_OPT_FLAG(plan_args, log, N_("every round on standard error: seconds, phase, level, round, value, bound, gap, pivots")),
    KN_OPT_END,
};

static kn_code
read_floor(const char *text, double floors[KN_OBJECTIVE_COUNT], kn_error *err)
{
  const char *equals = strchr(text, '=');
  for (int i = 0; equals != NULL && i < KN_OBJECTIVE_COUNT; i++) {
    const char *name = kn_objective_column((kn_objective)i);
    if (strlen(name) != (size_t)(equals - text) || strncmp(name, text, strlen(name)) != 0)
      continue;
    if (!kn_number_read(equals + 1, strlen(equals + 1), '.', &floors[i]))
      return kn_fail(err, KN_E_USAGE, _("--floor %s: expected a number after ="), text);
    return KN_OK;
  }
  return kn_fail(err, KN_E_USAGE,
                 _("--floor %s: expected value_eur, co2_avoided_t, jobs_fte or virgin_replaced_t, = and a number"), text);
}

static kn_code
read_settings(const kn_cli *cli, const plan_args *args, kn_plan_settings *settings, kn_error *err)
{
  *settings = KN_PLAN_DEFAULTS;
  settings->objective = (kn_objective)args->objective;
  settings->gap = args->gap;
  settings->thread_count = cli->threads;
  if (!(args->gap >= 0 && args->gap < 1))
    return kn_fail(err, KN_E_USAGE, _("--gap %g: expected 0 up to 1"), args->gap);
  for (int32_t i = 0; i < args->floor.n; i++)
    KN_TRY(read_floor(args->floor.word[i], settings->floor, err));
  return KN_OK;
}

static kn_code
show(const kn_cli *cli, const kn_task_planned *planned, kn_error *err)
{
  if (cli->json)
    return kn_json_plan(cli, planned, err);
  return kn_print_plan(kn_cli_results(cli), planned, err);
}

static kn_code
explain(const kn_cli *cli, const kn_task_planned *planned, const char *const pair[2], kn_error *err)
{
  kn_place ends[2];
  KN_TRY(kn_task_place(planned->region, pair[0], &ends[0], err));
  KN_TRY(kn_task_place(planned->region, pair[1], &ends[1], err));
  kn_why why[KN_WAYS_MOST];
  int32_t count;
  KN_TRY(kn_plan_explain(planned->plan, planned->region, ends[0], ends[1], why, KN_WAYS_MOST, &count, err));
  if (cli->json)
    kn_json_why(cli->doc, planned, ends, why, count);
  else
    kn_print_why(kn_cli_results(cli), planned, ends, why, count);
  return KN_OK;
}

/* Where the seconds went, as the last lines of the log. */
static void
log_seconds(FILE *log, const kn_plan_summary *summary)
{
  for (int i = 0; i < KN_PLAN_PHASES; i++)
    fprintf(log, "%9.3f s  in %s\n", summary->seconds[i], kn_plan_phase_name[i]);
}

static kn_code
plan_and_show(const kn_cli *cli, const plan_args *args, const kn_task *task, const kn_what_if *what_if, kn_error *err)
{
  kn_plan_settings settings;
  KN_TRY(read_settings(cli, args, &settings, err));
  const bool asks_why = args->why[0] != NULL;
  kn_task_planned planned;
  const kn_code made = kn_task_plan(task, args->region, &settings, !asks_why, &planned, err);
  kn_what_if_tell(cli, what_if);
  KN_TRY(made);
  const kn_plan_summary summary = kn_plan_sum(planned.plan);
  const kn_plan_status status = summary.status;
  if (args->log)
    log_seconds(stderr, &summary);
  if (!cli->json)
    kn_what_if_print(kn_cli_results(cli), what_if);
  kn_code code = KN_OK;
  if (asks_why && status != KN_PLAN_INFEASIBLE)
    code = explain(cli, &planned, args->why, err);
  if (code == KN_OK)
    code = show(cli, &planned, err);
  kn_task_planned_free(&planned);
  return code == KN_OK && status == KN_PLAN_INFEASIBLE ? KN_NO_ANSWER : code;
}

static kn_code
plan_run(const kn_cli *cli, kn_error *err)
{
  plan_args args = {.gap = KN_PLAN_DEFAULTS.gap};
  KN_TRY(kn_cli_parse(cli, plan_opts, &args, err));
  if (args.log)
    kn_teller_log(cli->teller, stderr);
  kn_task task = kn_cli_task(cli, NULL);
  kn_what_if what_if;
  kn_code code = kn_what_if_begin(&what_if, &task, &args.scenario, &args.set, &args.close, &args.open, err);
  if (code == KN_OK)
    code = plan_and_show(cli, &args, &task, &what_if, err);
  kn_what_if_end(&what_if);
  return code;
}

const kn_command kn_cmd_plan = {
    .name = "plan",
    .text = N_("make the best plan and prove it"),
    .example = "knoop plan genk.gpkg --objective co2 --floor value_eur=0",
    .opts = plan_opts,
    .run = plan_run,
};
