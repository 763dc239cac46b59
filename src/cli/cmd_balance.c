/* knoop balance: reported flows that add up, and which reports contradict the others. */
#include "balance_print.h"

typedef struct balance_args {
  const char *region;
  int32_t year, signs, most;
  bool eliminate, dry;
} balance_args;

static const char *const signs_words[] = {"agree", "above", "free", NULL};

static const kn_opt balance_opts[] = {
    KN_OPT_PATH(balance_args, region, "REGION.gpkg", N_("the region whose reported flows to balance")),
    KN_OPT_INT(balance_args, year, "YEAR", N_("only the flows of this year; without: all years, each balanced")),
    KN_OPT_FLAG(balance_args, eliminate, N_("leave out figures that contradict the others, one after the other, and balance the rest")),
    KN_OPT(KN_OPT_KIND_WORD, balance_args, signs, "agree|above|free",
           N_("keep flows at 0 or more: agree (once the figures agree otherwise), above (always), free (never)"), .words = signs_words),
    KN_OPT_INT(balance_args, most, "N", N_("show at most N figures of a kind (10)")),
    KN_OPT_FLAG(balance_args, dry, N_("show the balance and keep nothing")),
    KN_OPT_END,
};

static kn_code
balance_run(const kn_cli *cli, kn_error *err)
{
  balance_args args = {.year = KN_BLANK_INT, .most = 10};
  KN_TRY(kn_cli_parse(cli, balance_opts, &args, err));
  if (args.most < 1)
    return kn_fail(err, KN_E_USAGE, _("--most %d: expected at least 1"), (int)args.most);
  const kn_task task = kn_cli_task(cli, NULL);
  const kn_balance_settings settings = {.year = args.year, .eliminates = args.eliminate, .signs = (kn_balance_signs)args.signs};
  kn_task_balanced balanced;
  KN_TRY(kn_task_balance(&task, args.region, &settings, !args.dry, &balanced, err));
  const kn_code code = cli->json ? kn_json_balance(cli, &balanced, args.eliminate, err)
                                 : kn_text_balance(kn_cli_results(cli), &balanced, args.eliminate, args.most, err);
  kn_task_balanced_free(&balanced);
  return code;
}

const kn_command kn_cmd_balance = {
    .name = "balance",
    .text = N_("make reported flows add up, and name those that contradict the others"),
    .example = "knoop balance genk.gpkg --year 2024",
    .opts = balance_opts,
    .run = balance_run,
};
