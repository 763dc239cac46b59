/* knoop balance: reported flows that add up, and which reports contradict the others. */
#include "balance_print.h"
#include "report/report.h"

typedef struct balance_args {
  const char *region, *sankey;
  int32_t year, signs, most, fold, level, lang;
  bool eliminate, dry;
} balance_args;

static const char *const signs_words[] = {"agree", "above", "free", NULL};

static const char *const fold_words[] = {"auto", "place", "sector", "area", "stream", NULL};
static const char *const level_words[] = {"park", "municipality", "region", "intercity", "country", NULL};
static const char *const languages[] = {"en", "nl", NULL};

static const kn_opt balance_opts[] = {
    KN_OPT_PATH(balance_args, region, "REGION.gpkg", N_("the region whose reported flows to balance")),
    KN_OPT_INT(balance_args, year, "YEAR", N_("only the flows of this year; without: all years, each balanced")),
    KN_OPT_FLAG(balance_args, eliminate,
                N_("leave out figures that contradict the others, one after the other, and balance the rest")),
    KN_OPT(KN_OPT_KIND_WORD, balance_args, signs, "agree|above|free",
           N_("keep flows at 0 or more: agree (once the figures agree otherwise), above (always), free (never)"),
           .words = signs_words),
    KN_OPT_INT(balance_args, most, "N", N_("show at most N figures of a kind (10)")),
    KN_OPT_TEXT(balance_args, sankey, "FILE.svg", N_("draw the balanced flows in this file; paler is less sure")),
    KN_OPT(KN_OPT_KIND_WORD, balance_args, fold, "auto|place|sector|area|stream",
           N_("what a node of the picture is (auto: places, or sectors where there are many)"), .words = fold_words),
    KN_OPT(KN_OPT_KIND_WORD, balance_args, level, "park|municipality|region|intercity|country",
           N_("the areas that --fold area puts together (municipality)"), .words = level_words),
    KN_OPT(KN_OPT_KIND_WORD, balance_args, lang, "en|nl", N_("the language of the picture (en)"), .words = languages),
    KN_OPT_FLAG(balance_args, dry, N_("show the balance and keep nothing")),
    KN_OPT_END,
};

/* ------------------------------------------------------------------ the picture */
static void
tell_ribbon(void *arg, const kn_report_ribbon *ribbon)
{
  json_t *row = json_object();
  json_object_set_new(row, "from", kn_json_text(ribbon->from));
  json_object_set_new(row, "to", kn_json_text(ribbon->to));
  json_object_set_new(row, "class", json_string(kn_class_name((kn_class)ribbon->class_of)));
  json_object_set_new(row, "unit", json_string(kn_class_unit((kn_class)ribbon->class_of)));
  json_object_set_new(row, "quantity", kn_json_real(ribbon->quantity));
  json_object_set_new(row, "sd", kn_json_real(ribbon->sd));
  json_object_set_new(row, "flow_count", json_integer(ribbon->flow_count));
  json_array_append_new(arg, row);
}

static kn_code
write_picture(FILE *file, const void *arg, kn_error *err)
{
  return kn_report_write_balance(file, arg, err);
}

static kn_code
draw(const kn_cli *cli, const balance_args *args, const kn_task_balanced *balanced, kn_error *err)
{
  const kn_report_input input = {.region = balanced->region,
                                 .language = languages[args->lang],
                                 .balance =
                                     kn_report_balance_of(balanced->balance, (kn_report_fold)args->fold, (kn_level)args->level)};
  json_t *ribbons = json_array();
  kn_code code = kn_report_balance_ribbons(&input, tell_ribbon, ribbons, err);
  json_object_set_new(cli->doc, "sankey", ribbons);
  if (code == KN_OK)
    code = kn_cli_write_file(args->sankey, args->region, write_picture, &input, err);
  if (code == KN_OK)
    kn_cli_say(cli, _("%s: the balanced flows"), args->sankey);
  return code;
}

static kn_code
balance_run(const kn_cli *cli, kn_error *err)
{
  balance_args args = {.year = KN_BLANK_INT, .most = 10, .level = KN_MUNICIPALITY};
  KN_TRY(kn_cli_parse(cli, balance_opts, &args, err));
  if (args.most < 1)
    return kn_fail(err, KN_E_USAGE, _("--most %d: expected at least 1"), (int)args.most);
  const kn_task task = kn_cli_task(cli, NULL);
  const kn_balance_settings settings = {
      .year = args.year, .eliminates = args.eliminate, .signs = (kn_balance_signs)args.signs, .thread_count = cli->threads};
  kn_task_balanced balanced;
  KN_TRY(kn_task_balance(&task, args.region, &settings, !args.dry, &balanced, err));
  kn_code code = args.sankey != NULL ? draw(cli, &args, &balanced, err) : KN_OK;
  if (code == KN_OK)
    code = cli->json ? kn_json_balance(cli, &balanced, args.eliminate, err)
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
