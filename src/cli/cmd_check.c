/* knoop check: what is wrong, implausible or unsourced in a region, and what to do about it. */
#include "print.h"

typedef struct check_args {
  const char *region;
} check_args;

static const kn_opt check_opts[] = {
    KN_OPT_PATH(check_args, region, "REGION.gpkg", N_("the region to check")),
    KN_OPT_END,
};

static kn_code
check_run(const kn_cli *cli, kn_error *err)
{
  check_args args = {0};
  KN_TRY(kn_cli_parse(cli, check_opts, &args, err));
  kn_findings *findings;
  KN_TRY(kn_cli_findings(&findings, err));
  const kn_task task = kn_cli_task(cli, findings);
  const kn_code code = kn_task_check(&task, args.region, err);
  kn_json_findings(cli->doc, findings);
  if ((code == KN_OK || code == KN_FOUND) && !cli->json) {
    FILE *out = kn_cli_results(cli);
    kn_print_findings(out, findings, KN_HINT);
    fprintf(out, _("%" PRId64 " errors, %" PRId64 " warnings, %" PRId64 " hints\n"), kn_findings_count(findings, KN_ERROR),
            kn_findings_count(findings, KN_WARNING), kn_findings_count(findings, KN_HINT));
  }
  kn_findings_free(findings);
  return code;
}

const kn_command kn_cmd_check = {
    .name = "check",
    .text = N_("find what is wrong, implausible or unsourced"),
    .example = "knoop check genk.gpkg",
    .opts = check_opts,
    .run = check_run,
};
