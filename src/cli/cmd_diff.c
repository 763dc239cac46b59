/* knoop diff: what changed between two saved plans, and why as far as they tell. */
#include "diff_print.h"

#include <string.h>

typedef struct diff_args {
  const char *region, *before, *after;
} diff_args;

static const kn_opt diff_opts[] = {
    KN_OPT_PATH(diff_args, region, "REGION.gpkg", N_("the region whose plans to compare")),
    KN_OPT_PATH(diff_args, before, "RUN", N_("the plan before, by its number in `knoop runs`")),
    KN_OPT_PATH(diff_args, after, "RUN", N_("the plan after")),
    KN_OPT_END,
};

static kn_code
read_run(const char *text, int64_t *run_id, kn_error *err)
{
  double number;
  if (!kn_number_read(text, strlen(text), '.', &number) || number != floor(number) || number < 1 || number > 9e15)
    return kn_fail(err, KN_E_USAGE, _("%s: expected the number of a run, as `knoop runs` lists them"), text);
  *run_id = (int64_t)number;
  return KN_OK;
}

static kn_code
diff_run(const kn_cli *cli, kn_error *err)
{
  diff_args args = {0};
  KN_TRY(kn_cli_parse(cli, diff_opts, &args, err));
  int64_t run_id[2];
  KN_TRY(read_run(args.before, &run_id[0], err));
  KN_TRY(read_run(args.after, &run_id[1], err));
  const kn_task task = kn_cli_task(cli, NULL);
  kn_task_diff diff;
  KN_TRY(kn_task_diff_load(&task, args.region, run_id, &diff, err));
  const kn_code code = cli->json ? kn_json_diff(cli, &diff, err) : kn_print_diff(kn_cli_results(cli), &diff, err);
  kn_task_diff_free(&diff);
  return code;
}

const kn_command kn_cmd_diff = {
    .name = "diff",
    .text = N_("tell what changed between two plans, and why"),
    .example = "knoop diff genk.gpkg 1 2",
    .opts = diff_opts,
    .run = diff_run,
};
