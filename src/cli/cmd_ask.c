/* knoop ask: whom to call, about what, and where to stop. */
#include "ask_print.h"

#include <stdlib.h>

typedef struct ask_args {
  const char *region;
  double cost_eur, error, gap;
  int32_t shortlist, scenarios, plans, seed;
} ask_args;

static const kn_opt ask_opts[] = {
    KN_OPT_PATH(ask_args, region, "REGION.gpkg", N_("the region to ask about")),
    KN_OPT_REAL(ask_args, cost_eur, "EUR", N_("what a question costs; asking stops where none gains more (150)")),
    KN_OPT_REAL(ask_args, error, "SHARE", N_("how far off an answer may be, a relative deviation (0.05)")),
    KN_OPT_INT(ask_args, shortlist, "N", N_("judge the N figures that promise most by the prices of the plan (16)")),
    KN_OPT_INT(ask_args, scenarios, "N", N_("draw N scenarios for each of them (256)")),
    KN_OPT_INT(ask_args, plans, "N", N_("plan on at most N values of each of them (8)")),
    KN_OPT_INT(ask_args, seed, "N", N_("of the scenarios; the same seed gives the same answer (1)")),
    KN_OPT_REAL(ask_args, gap, "G", N_("plans with candidates are proven within this share of the best (1e-4)")),
    KN_OPT_END,
};

/* ------------------------------------------------------------------ JSON */
static json_t *
sentence_or_null(char *text)
{
  json_t *value = kn_json_text(text);
  free(text);
  return value;
}

static json_t *
question_json(const kn_region *region, const kn_ask_view *view, int32_t at, double cost_eur)
{
  const kn_question *q = &view->question[at];
  json_t *row = json_object(), *changes = json_array();
  json_object_set_new(row, "rank", json_integer(at + 1));
  json_object_set_new(row, "actor_id", kn_json_key(region, KN_T_ACTOR, q->actor));
  json_object_set_new(row, "site_id", kn_json_key(region, KN_T_SITE, q->site));
  json_object_set_new(row, "kind", json_string(kn_ask_kind_name(q->kind)));
  json_object_set_new(row, "table", json_string(kn_ask_table(q)));
  json_object_set_new(row, "id", kn_json_text(kn_place_id(region, q->place)));
  json_object_set_new(row, "column", kn_json_text(kn_ask_column(region, q)));
  json_object_set_new(row, "question", sentence_or_null(kn_ask_sentence(region, q)));
  json_object_set_new(row, "mean", kn_json_real(q->mean));
  json_object_set_new(row, "rel_sd", kn_json_real(q->mean != 0 ? q->sd / fabs(q->mean) : NAN));
  json_object_set_new(row, "sd", kn_json_real(q->sd));
  json_object_set_new(row, "is_prior", json_boolean(q->is_prior));
  json_object_set_new(row, "first_eur", kn_json_real(q->first_eur));
  json_object_set_new(row, "evppi_eur", kn_json_real(q->evppi_eur));
  json_object_set_new(row, "evsi_eur", kn_json_real(q->evsi_eur));
  json_object_set_new(row, "se_eur", kn_json_real(q->se_eur));
  json_object_set_new(row, "gain_eur", kn_json_real(q->gain_eur));
  json_object_set_new(row, "cost_eur", json_real(cost_eur));
  json_object_set_new(row, "net_eur", kn_json_real(q->net_eur));
  json_object_set_new(row, "is_asked", json_boolean(at < view->stop_after));
  for (int32_t c = q->first_change; c < q->first_change + q->change_count; c++)
    json_array_append_new(changes, sentence_or_null(kn_ask_consequence(region, q, &view->change[c])));
  json_object_set_new(row, "changes", changes);
  return row;
}

void
kn_json_ask(json_t *doc, const kn_task_asked *asked, const kn_ask_settings *settings)
{
  const kn_ask_view view = kn_ask_rows(asked->ask);
  json_t *questions = json_array(), *calls = json_array(), *screened = json_object();
  for (int32_t q = 0; q < view.n; q++)
    json_array_append_new(questions, question_json(asked->region, &view, q, settings->cost_eur));
  for (int32_t c = 0; c < view.call_count; c++) {
    json_t *row = json_object(), *ranks = json_array();
    for (int32_t k = view.call[c].first; k < view.call[c].first + view.call[c].count; k++)
      json_array_append_new(ranks, json_integer(view.asked[k] + 1));
    json_object_set_new(row, "actor_id", kn_json_key(asked->region, KN_T_ACTOR, view.call[c].actor));
    json_object_set_new(row, "questions", ranks);
    json_object_set_new(row, "evsi_eur", json_real(view.call[c].gain_eur));
    json_object_set_new(row, "net_eur", json_real(view.call[c].net_eur));
    json_array_append_new(calls, row);
  }
  json_object_set_new(screened, "figures", json_integer(view.figures));
  json_object_set_new(screened, "sampled", json_integer(view.sampled));
  json_object_set_new(screened, "zero", json_integer(view.zero));
  json_object_set_new(screened, "left_out_eur", kn_json_real(view.left_out_eur));
  json_object_set_new(screened, "plans", json_integer(view.plans));
  json_object_set_new(doc, "run_id", json_integer(asked->run_id));
  json_object_set_new(doc, "revision", json_integer(asked->revision));
  json_object_set_new(doc, "input_digest", json_string(asked->digest));
  json_object_set_new(doc, "plan_eur", kn_json_real(view.plan_eur));
  json_object_set_new(doc, "value_eur", kn_json_real(view.value_eur));
  json_object_set_new(doc, "evpi_eur", kn_json_real(view.evpi_eur));
  json_object_set_new(doc, "evpi_se_eur", kn_json_real(view.evpi_se_eur));
  json_object_set_new(doc, "questions", questions);
  json_object_set_new(doc, "calls", calls);
  json_object_set_new(doc, "stop_after", json_integer(view.stop_after));
  json_object_set_new(doc, "screened", screened);
}

/* ------------------------------------------------------------------ text */
static void
print_text(FILE *out, const char *indent, char *text)
{
  fprintf(out, "%s%s\n", indent, text != NULL ? text : "?");
  free(text);
}

/* Of what is left of its worth, as much. */
static double
error_of_gain(const kn_question *q)
{
  return q->evsi_eur > 0 ? q->se_eur * q->gain_eur / q->evsi_eur : q->se_eur;
}

static void
print_call(FILE *out, const kn_region *region, const kn_ask_view *view, const kn_ask_call *call)
{
  char gain[KN_NUMBER_SIZE], se[KN_NUMBER_SIZE];
  fprintf(out, _("%s: expected gain %s EUR a year\n"),
          call->actor == KN_NONE ? _("whoever it is") : kn_region_actors(region).name[call->actor],
          kn_print_eur(gain, call->gain_eur));
  for (int32_t k = call->first; k < call->first + call->count; k++) {
    const kn_question *q = &view->question[view->asked[k]];
    fprintf(out, "  %d. ", (int)view->asked[k] + 1);
    print_text(out, "", kn_ask_sentence(region, q));
    fprintf(out, _("     worth %s EUR a year, standard error %s\n"), kn_print_eur(gain, q->gain_eur),
            kn_print_eur(se, error_of_gain(q)));
    for (int32_t c = q->first_change; c < q->first_change + q->change_count; c++)
      print_text(out, "     ", kn_ask_consequence(region, q, &view->change[c]));
  }
}

/* What comes next, so that one sees how far off it is. */
static kn_code
print_rest(FILE *out, const kn_region *region, const kn_ask_view *view, kn_error *err)
{
  enum { SHOWN = 8 };
  static const char *const titles[] = {N_("not worth its cost"), "", N_("EUR a year"), N_("standard error")};
  if (view->stop_after >= view->n)
    return KN_OK;
  fputc('\n', out);
  kn_grid *grid = kn_grid_new("llrr", titles);
  for (int32_t q = view->stop_after; q < view->n && q < view->stop_after + SHOWN && view->question[q].is_sampled; q++) {
    char name[KN_PLACE_SIZE];
    kn_grid_text(grid, kn_print_place(name, 56, region, view->question[q].place));
    kn_grid_text(grid, view->question[q].kind == KN_ASK_SPEC ? kn_ask_column(region, &view->question[q])
                                                             : _(kn_ask_kind_name(view->question[q].kind)));
    kn_grid_eur(grid, view->question[q].gain_eur);
    kn_grid_eur(grid, error_of_gain(&view->question[q]));
  }
  return kn_grid_end(grid, out, err);
}

kn_code
kn_print_ask(FILE *out, const kn_task_asked *asked, const kn_ask_settings *settings, kn_error *err)
{
  const kn_ask_view view = kn_ask_rows(asked->ask);
  char value[KN_NUMBER_SIZE], more[KN_NUMBER_SIZE], cost[KN_NUMBER_SIZE];
  for (int32_t c = 0; c < view.call_count; c++)
    print_call(out, asked->region, &view, &view.call[c]);
  if (view.stop_after == 0)
    fprintf(out, _("no question gains more than the %s EUR it costs\n"), kn_print_eur(cost, settings->cost_eur));
  else
    fprintf(out,
            ngettext("\nstop after %d question: the next one gains less than the %s EUR it costs\n",
                     "\nstop after %d questions: the next one gains less than the %s EUR it costs\n",
                     (unsigned long)view.stop_after),
            (int)view.stop_after, kn_print_eur(cost, settings->cost_eur));
  if (view.stop_after > 0 && view.left_out_eur > settings->cost_eur)
    fprintf(out, _("what was not judged may be worth asking too: --shortlist %d judges more\n"), 2 * (int)settings->shortlist);
  KN_TRY(print_rest(out, asked->region, &view, err));
  fprintf(out,
          _("\n%" PRId64 " figures are not known for sure; %d were judged by scenarios, of which %d never change the plan; the "
            "best of the others may be worth %s EUR\n"),
          view.figures, (int)view.sampled, (int)view.zero, kn_print_eur(more, view.left_out_eur));
  if (isfinite(view.value_eur))
    fprintf(out, _("the plan of today can expect %s EUR a year; who knew every figure %s more\n"),
            kn_print_eur(value, view.value_eur), kn_print_eur(more, view.evpi_eur));
  return KN_OK;
}

/* ------------------------------------------------------------------ the command */
static kn_code
read_settings(const kn_cli *cli, const ask_args *args, kn_ask_settings *settings, kn_error *err)
{
  *settings = KN_ASK_DEFAULTS;
  settings->cost_eur = args->cost_eur;
  settings->error = args->error;
  settings->gap = args->gap;
  settings->shortlist = args->shortlist;
  settings->scenarios = args->scenarios;
  settings->plans = args->plans;
  settings->seed = (uint64_t)args->seed;
  settings->thread_count = cli->threads;
  if (!(args->cost_eur >= 0))
    return kn_fail(err, KN_E_USAGE, _("--cost-eur %g: expected 0 or more"), args->cost_eur);
  if (!(args->error >= 0 && args->error < 1))
    return kn_fail(err, KN_E_USAGE, _("--error %g: expected 0 up to 1"), args->error);
  if (!(args->gap >= 0 && args->gap < 1))
    return kn_fail(err, KN_E_USAGE, _("--gap %g: expected 0 up to 1"), args->gap);
  if (args->shortlist < 1 || args->shortlist > 10000)
    return kn_fail(err, KN_E_USAGE, _("--shortlist %d: expected 1 to 10000"), (int)args->shortlist);
  if (args->scenarios < 16 || args->scenarios > 4096)
    return kn_fail(err, KN_E_USAGE, _("--scenarios %d: expected 16 to 4096"), (int)args->scenarios);
  if (args->plans < 3 || args->plans > 1000)
    return kn_fail(err, KN_E_USAGE, _("--plans %d: expected 3 to 1000"), (int)args->plans);
  if (args->seed < 0)
    return kn_fail(err, KN_E_USAGE, _("--seed %d: expected 0 or more"), (int)args->seed);
  return KN_OK;
}

static kn_code
ask_run(const kn_cli *cli, kn_error *err)
{
  const kn_ask_settings usual = KN_ASK_DEFAULTS;
  ask_args args = {.cost_eur = usual.cost_eur,
                   .error = usual.error,
                   .gap = usual.gap,
                   .shortlist = usual.shortlist,
                   .scenarios = usual.scenarios,
                   .plans = usual.plans,
                   .seed = (int32_t)usual.seed};
  kn_ask_settings settings;
  KN_TRY(kn_cli_parse(cli, ask_opts, &args, err));
  KN_TRY(read_settings(cli, &args, &settings, err));
  const kn_task task = kn_cli_task(cli, NULL);
  kn_task_asked asked;
  kn_code code = kn_task_ask(&task, args.region, &settings, &asked, err);
  if (code == KN_OK && cli->json)
    kn_json_ask(cli->doc, &asked, &settings);
  else if (code == KN_OK)
    code = kn_print_ask(kn_cli_results(cli), &asked, &settings, err);
  if (code == KN_OK)
    kn_task_asked_free(&asked);
  return code;
}

const kn_command kn_cmd_ask = {
    .name = "ask",
    .text = N_("say whom to call, about what, and where to stop"),
    .example = "knoop ask genk.gpkg --cost-eur 200",
    .opts = ask_opts,
    .run = ask_run,
};
