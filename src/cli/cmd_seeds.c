/* knoop seeds: opportunities that exact codes do not show, in a region or for one stream. */
#include "checks.h"
#include "seeds_told.h"
#include "what_if.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { RECEIVERS_MOST = 200, SHOWN = 20, REASON_SIZE = 512, NOT_GIVEN = INT32_MIN };

typedef struct seeds_args {
  const char *region, *nace, *resource, *code, *find;
  int32_t most, limit;
  bool reliability;
  kn_words scenario, set, close, open;
} seeds_args;

static const kn_opt seeds_opts[] = {
    KN_OPT(KN_OPT_KIND_PLACE, seeds_args, region, "REGION.gpkg",
           N_("the region to look in; none: --resource or --code is asked of the reference")),
    KN_OPT_TEXT(seeds_args, nace, "NACE", N_("without a region: the sector of who holds it, as 16.10")),
    KN_OPT_TEXT(seeds_args, resource, "WORDS", N_("without a region: what it is, in words, Dutch or English")),
    KN_OPT_TEXT(seeds_args, code, "CODE", N_("without a region: its code of the List of Waste, as 030105")),
    KN_OPT_TEXT(seeds_args, find, "WORDS", N_("only look for words: in offers, needs, resources, List of Waste and NACE")),
    KN_OPT_INT(seeds_args, most, "N", N_("at most N seeds of each offer (5)")),
    KN_OPT_INT(seeds_args, limit, "N", N_("at most N in all; without a region 10, as text of a region 20, else no limit")),
    KN_OPT_FLAG(seeds_args, reliability, N_("how chances were told and what became of them, per kind, instead of seeds")),
    KN_OPT_WHAT_IF(seeds_args),
    KN_OPT_END,
};

/* ------------------------------------------------------------------ reasons */
typedef void (*tell_reason)(void *arg, const char *text);

static void say(tell_reason tell, void *arg, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void
say(tell_reason tell, void *arg, const char *format, ...)
{
  char text[REASON_SIZE];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  tell(arg, text);
}

static void
tell_receiver(const kn_receiver *r, tell_reason tell, void *arg)
{
  if (r->stream_id == NULL) {
    if (r->receiver_nace != NULL)
      say(tell, arg, _("sector %s (%.200s) takes many kinds of streams"), r->receiver_nace, r->name);
    return;
  }
  say(tell, arg, _("sector %s (%.200s) takes such streams as: %s (%s)"), r->receiver_nace, r->name,
      kn_speaks_dutch() ? r->use_nl : r->use_en, r->r_strategy);
  say(tell, arg, _("kind of stream %s: words alike %.2f, code %.2f, sector of the holder %.2f"), r->stream_id, r->text, r->code,
      r->donor);
  if (*r->place != '\0')
    say(tell, arg, _("source: %.300s, %.200s (pedigree %d of 5)"), r->source, r->place, (int)r->pedigree);
  else if (strcmp(r->source_id, "estimate-knoop") != 0)
    say(tell, arg, _("from knowledge, to verify; where to look: %.300s (pedigree %d of 5)"), r->source, (int)r->pedigree);
  else
    say(tell, arg, _("source: %.300s (pedigree %d of 5)"), r->source, (int)r->pedigree);
}

static const char *
fate_word(const kn_region *region, int32_t offer)
{
  const kn_table_def *def = kn_schema(KN_T_OFFER);
  const uint8_t fate = kn_region_offers(region).fate[offer];
  return fate == KN_BLANK_WORD ? "" : def->columns[kn_schema_find_column(def, "fate")].words[fate];
}

/* Whether both run in the same hours, where that matters. */
static void
tell_hours(const kn_region *region, const kn_seed *seed, tell_reason tell, void *arg)
{
  if (isfinite(seed->hours_share))
    say(tell, arg, _("%.0f %% of it comes in hours when it is needed (profiles %.60s and %.60s); the quantity is that part"),
        seed->hours_share * 100, kn_region_key(region, KN_T_PROFILE, kn_region_offers(region).profile[seed->offer]),
        kn_region_key(region, KN_T_PROFILE, kn_region_needs(region).profile[seed->need]));
  else if (seed->kind == KN_SEED_HEAT || seed->kind == KN_SEED_SPACE)
    say(tell, arg, "%s", _("whether both run at the same hours is to be verified"));
}

static void
tell_seed(const kn_task_sown *sown, const kn_seed *seed, tell_reason tell, void *arg)
{
  const kn_region *region = sown->region;
  const kn_receiver receiver = kn_seed_receiver(sown->knowledge, seed);
  const char *needed = seed->needed == KN_NONE ? "" : kn_region_resources(region).name[seed->needed];
  switch ((kn_seed_kind)seed->kind) {
  case KN_SEED_NEED:
  case KN_SEED_SPACE:
    say(tell, arg, _("alike to what is needed, %.100s: %.2f; no way leads there yet: check it, and add a substitution"), needed,
        (double)seed->text);
    break;
  case KN_SEED_RECEIVER:
    tell_receiver(&receiver, tell, arg);
    break;
  case KN_SEED_CHAIN:
    say(tell, arg,
        ngettext("%d treatment would make it %.100s", "%d treatments would make it %.100s", (unsigned long)seed->chain_count),
        (int)seed->chain_count, needed);
    say(tell, arg, "%s", _("inputs that no gateway sells are not in the euros"));
    break;
  case KN_SEED_PRACTICE:
    say(tell, arg, _("the same code of waste goes to %s elsewhere in the region (offer %.60s), this one to %s"),
        _(fate_word(region, seed->example)), kn_region_key(region, KN_T_OFFER, seed->example), _(fate_word(region, seed->offer)));
    break;
  case KN_SEED_HEAT:
    say(tell, arg, _("heat of %.0f degC serves a need of %.0f degC"), seed->has, seed->asked);
    break;
  case KN_SEED_SECTOR:
    say(tell, arg, "%s", _("neighbours of one sector: they may share purchase, transport, space or a treatment"));
    break;
  case KN_SEED_KIND_COUNT:
    break;
  }
  tell_hours(region, seed, tell, arg);
  if (seed->precedent != KN_NONE) {
    const kn_table *table = kn_region_table(region, KN_T_PRECEDENT);
    const char *use = table->columns[kn_schema_find_column(table->def, "use")].text[seed->precedent];
    say(tell, arg, _("precedent %.60s: %.300s"), kn_region_key(region, KN_T_PRECEDENT, seed->precedent), use == NULL ? "" : use);
  }
  if (isfinite(seed->km))
    say(tell, arg, _("%.1f km as the crow flies"), seed->km);
  if (isnan(seed->eur) && seed->kind == KN_SEED_RECEIVER)
    say(tell, arg, "%s", _("what it costs today and what a receiver would pay are not known"));
}

static void
jot_reason(void *arg, const char *text)
{
  kn_jot_text(arg, NULL, text);
}

static void
print_reason(void *arg, const char *text)
{
  fprintf(arg, "    %s\n", text);
}

/* ------------------------------------------------------------------ one stream, without a region */
typedef struct receivers {
  int32_t n;
  kn_receiver row[RECEIVERS_MOST];
  const kn_calibration *calibration;
} receivers;

static void
write_receiver(kn_jot *jot, const void *arg, int64_t i)
{
  const kn_receiver *row = &((const receivers *)arg)->row[i];
  static const char *const blank[] = {"offer_id", "need_id", "site_id", "resource_id"};
  for (size_t b = 0; b < sizeof blank / sizeof *blank; b++)
    kn_jot_text(jot, blank[b], NULL);
  kn_jot_text(jot, "receiver_nace", row->receiver_nace);
  kn_jot_text(jot, "receiver_name", row->name);
  kn_jot_text(jot, "stream_id", row->stream_id);
  kn_jot_text(jot, "use", row->use_en == NULL ? NULL : kn_speaks_dutch() ? row->use_nl : row->use_en);
  kn_jot_text(jot, "r_strategy", row->r_strategy);
  kn_jot_list(jot, "chain");
  kn_jot_list_end(jot);
  kn_jot_told(jot, ((const receivers *)arg)->calibration, KN_SEED_RECEIVER, row->probability);
  kn_jot_real(jot, "eur", NAN);
  kn_jot_list(jot, "reasons");
  tell_receiver(row, jot_reason, jot);
  kn_jot_list_end(jot);
  kn_jot_text(jot, "source_id", row->source_id);
  kn_jot_text(jot, "checked", row->checked);
  kn_jot_checks(jot, "checks", NULL, NULL, 0, KN_NONE, KN_NONE);
}

static kn_code
print_receivers(FILE *out, const receivers *found, kn_error *err)
{
  static const char *const titles[] = {N_("NACE"), N_("sector"), N_("use"), "", N_("chance"), N_("source")};
  kn_grid *grid = kn_grid_new("lllrrl", titles);
  for (int32_t i = 0; i < found->n; i++) {
    const kn_receiver *row = &found->row[i];
    kn_grid_text(grid, row->receiver_nace);
    kn_grid_cell(grid, "%.60s", row->name);
    kn_grid_text(grid, row->use_en == NULL ? "" : kn_speaks_dutch() ? row->use_nl : row->use_en);
    kn_grid_text(grid, row->r_strategy == NULL ? "" : row->r_strategy);
    kn_grid_cell(grid, "%.3f", row->probability);
    kn_grid_text(grid, row->source_id == NULL ? "" : row->source_id);
  }
  return kn_grid_end(grid, out, err);
}

static kn_code
ask_reference(const kn_cli *cli, const seeds_args *args, kn_error *err)
{
  receivers found;
  kn_knowledge *knowledge;
  kn_calibration *calibration = NULL;
  const int32_t most = args->limit > 0 ? args->limit : 10;
  if (most > RECEIVERS_MOST)
    return kn_fail(err, KN_E_USAGE, _("--limit %d: expected 1 to %d without a region"), (int)most, RECEIVERS_MOST);
  const kn_receiver_ask ask = {.donor_nace = args->nace, .resource = args->resource, .code_low = args->code, .class_of = KN_NONE};
  KN_TRY(kn_knowledge_new(&knowledge, err));
  kn_code code = kn_receivers_find(knowledge, &ask, found.row, most, &found.n, err);
  if (code == KN_OK)
    code = kn_calibration_of(&calibration, knowledge, NULL, err);
  found.calibration = calibration;
  if (code == KN_OK && cli->json)
    code = kn_json_array(cli, found.n, write_receiver, &found, err);
  else if (code == KN_OK)
    code = print_receivers(kn_cli_results(cli), &found, err);
  if (code == KN_OK && found.n > 0 && found.row[0].stream_id == NULL)
    kn_cli_say(cli, "%s", _("no kind of stream is known by this: these are sectors that take many kinds"));
  kn_calibration_free(calibration);
  kn_knowledge_free(knowledge);
  return code;
}

/* ------------------------------------------------------------------ a region */
static void
write_seed(kn_jot *jot, const void *arg, int64_t i)
{
  const kn_task_sown *sown = arg;
  const kn_region *region = sown->region;
  const kn_seed *seed = &kn_seeds_rows(sown->seeds)[i];
  const kn_receiver receiver = kn_seed_receiver(sown->knowledge, seed);
  const bool is_pair = seed->offer == KN_NONE;
  kn_jot_text(jot, "kind", kn_seed_kind_name((kn_seed_kind)seed->kind));
  kn_jot_key(jot, "offer_id", region, KN_T_OFFER, seed->offer);
  kn_jot_key(jot, "need_id", region, KN_T_NEED, seed->need);
  /* The end that is no offer or need: the receiver, or the first of two sites. */
  kn_jot_key(jot, "site_id", region, KN_T_SITE, is_pair ? seed->from_site : seed->need == KN_NONE ? seed->to_site : KN_NONE);
  kn_jot_key(jot, "with_site_id", region, KN_T_SITE, is_pair ? seed->to_site : KN_NONE);
  kn_jot_key(jot, "from_site_id", region, KN_T_SITE, seed->from_site);
  kn_jot_key(jot, "to_site_id", region, KN_T_SITE, seed->to_site);
  kn_jot_key(jot, "resource_id", region, KN_T_RESOURCE, seed->resource);
  kn_jot_key(jot, "needed_id", region, KN_T_RESOURCE, seed->needed);
  kn_jot_text(jot, "receiver_nace", receiver.receiver_nace);
  kn_jot_text(jot, "use", receiver.use_en == NULL ? NULL : kn_speaks_dutch() ? receiver.use_nl : receiver.use_en);
  kn_jot_text(jot, "r_strategy", receiver.r_strategy);
  kn_jot_list(jot, "chain");
  for (int32_t k = 0; k < seed->chain_count; k++)
    kn_jot_key(jot, NULL, region, KN_T_PROCESS, seed->chain[k]);
  kn_jot_list_end(jot);
  kn_jot_told(jot, kn_seeds_calibration(sown->seeds), kn_seed_group(seed), seed->told);
  kn_jot_real(jot, "chance", seed->chance);
  kn_jot_real(jot, "alike", seed->kind == KN_SEED_NEED || seed->kind == KN_SEED_SPACE ? (double)seed->text : NAN);
  kn_jot_real(jot, "quantity", seed->quantity);
  kn_jot_real(jot, "hours_share", seed->hours_share);
  kn_jot_real(jot, "temperature_c", seed->has);
  kn_jot_real(jot, "needed_temperature_c", seed->asked);
  kn_jot_real(jot, "km", seed->km);
  kn_jot_real(jot, "eur", seed->eur);
  kn_jot_real(jot, "expected_eur", seed->probability * seed->eur);
  kn_jot_list(jot, "reasons");
  tell_seed(sown, seed, jot_reason, jot);
  kn_jot_list_end(jot);
  kn_jot_key(jot, "example_offer_id", region, KN_T_OFFER, seed->example);
  kn_jot_key(jot, "precedent_id", region, KN_T_PRECEDENT, seed->precedent);
  kn_jot_text(jot, "source_id", receiver.source_id);
  kn_legal_check check[KN_CHECKS_MOST];
  /* Specs are those of what is made where a chain makes it: not known yet. */
  kn_jot_checks(jot, "checks", region, check, kn_seed_checks(sown->law, seed, check),
                seed->chain_count > 0 ? KN_NONE : seed->offer, seed->chain_count > 0 ? KN_NONE : seed->need);
}

static void
print_place(FILE *out, const kn_region *region, const kn_seed *seed, bool is_to)
{
  char place[KN_PLACE_SIZE];
  const kn_site_view sites = kn_region_sites(region);
  const int32_t site = is_to ? seed->to_site : seed->from_site;
  if (is_to ? seed->need != KN_NONE : seed->offer != KN_NONE) {
    const kn_place at = {.kind = is_to ? KN_END_NEED : KN_END_OFFER, .row = is_to ? seed->need : seed->offer, .site = site};
    fprintf(out, "%s", kn_print_place(place, 60, region, at));
  } else if (site != KN_NONE) {
    fprintf(out, "%s", sites.name[site]);
  } else {
    fprintf(out, "%s", _("someone who treats it higher"));
  }
}

static void
print_seed(FILE *out, const kn_task_sown *sown, const kn_seed *seed)
{
  char number[KN_NUMBER_SIZE];
  print_place(out, sown->region, seed, false);
  fprintf(out, " -> ");
  for (int32_t k = 0; k < seed->chain_count; k++)
    fprintf(out, "%s -> ", kn_region_processes(sown->region).name[seed->chain[k]]);
  print_place(out, sown->region, seed, true);
  const kn_calibration_group *group = &kn_calibration_groups(kn_seeds_calibration(sown->seeds))[kn_seed_group(seed)];
  fprintf(out, _("\n  %s: chance %.2f, %.2f to %.2f (%s; outcomes: %.0f published, %.0f here)"),
          _(kn_seed_kind_name((kn_seed_kind)seed->kind)), seed->probability, seed->low, seed->high,
          _(kn_basis_name(group->is_calibrated)), group->published, group->own);
  if (isfinite(seed->eur))
    fprintf(out, _(", %s EUR a year if it works"), kn_print_eur(number, seed->eur));
  fputc('\n', out);
  tell_seed(sown, seed, print_reason, out);
  kn_legal_check check[KN_CHECKS_MOST];
  kn_print_checks(out, check, kn_seed_checks(sown->law, seed, check));
}

static kn_code
ask_region(const kn_cli *cli, const seeds_args *args, const kn_task *task, const kn_what_if *what_if, kn_error *err)
{
  const kn_seed_settings settings = {.most = args->most, .thread_count = cli->threads};
  kn_task_sown sown;
  kn_code code = kn_task_seeds(task, args->region, &settings, &sown, err);
  kn_what_if_tell(cli, what_if);
  KN_TRY(code);
  const int64_t count = kn_seeds_count(sown.seeds), most = args->limit > 0 ? args->limit : cli->json ? count : SHOWN;
  const int64_t shown = count < most ? count : most;
  if (cli->json) {
    code = kn_json_array(cli, shown, write_seed, &sown, err);
  } else {
    FILE *out = kn_cli_results(cli);
    if (count == 0)
      fprintf(out, "%s\n", _("no seeds: nothing alike is asked for, and no sector here takes what is offered"));
    for (int64_t i = 0; i < shown; i++)
      print_seed(out, &sown, &kn_seeds_rows(sown.seeds)[i]);
    if (shown < count)
      fprintf(out, _("%s more; --limit N shows N, --json all\n"),
              kn_print_number((char[KN_NUMBER_SIZE]){0}, (double)(count - shown)));
  }
  kn_task_sown_free(&sown);
  return code;
}

/* ------------------------------------------------------------------ words */
typedef struct finds {
  const kn_task_sown *sown;
  const kn_found *found;
} finds;

static void
write_found(kn_jot *jot, const void *arg, int64_t i)
{
  const finds *f = arg;
  const kn_found *found = &f->found[i];
  kn_jot_text(jot, "table", kn_found_in_name((kn_found_in)found->in));
  kn_jot_text(jot, "id", kn_found_id(f->sown->knowledge, f->sown->region, found));
  kn_jot_text(jot, "text", found->text);
  kn_jot_real(jot, "alike", found->alike);
}

static kn_code
print_found(FILE *out, const finds *f, int64_t n, kn_error *err)
{
  static const char *const titles[] = {N_("table"), N_("key"), N_("words"), N_("alike")};
  if (n == 0) {
    fprintf(out, "%s\n", _("nothing is alike"));
    return KN_OK;
  }
  kn_grid *grid = kn_grid_new("lllr", titles);
  for (int64_t i = 0; i < n; i++) {
    kn_grid_text(grid, kn_found_in_name((kn_found_in)f->found[i].in));
    kn_grid_text(grid, kn_found_id(f->sown->knowledge, f->sown->region, &f->found[i]));
    kn_grid_cell(grid, "%.80s", f->found[i].text);
    kn_grid_cell(grid, "%.2f", f->found[i].alike);
  }
  return kn_grid_end(grid, out, err);
}

static kn_code
find_words(const kn_cli *cli, const seeds_args *args, const kn_task *task, const kn_what_if *what_if, kn_error *err)
{
  kn_task_sown sown;
  kn_found *found;
  int64_t count;
  kn_code code = kn_task_find(task, args->region, args->find, &sown, &found, &count, err);
  kn_what_if_tell(cli, what_if);
  KN_TRY(code);
  const int64_t most = args->limit > 0 ? args->limit : cli->json ? count : SHOWN, shown = count < most ? count : most;
  const finds f = {&sown, found};
  code = cli->json ? kn_json_array(cli, shown, write_found, &f, err) : print_found(kn_cli_results(cli), &f, shown, err);
  free(found);
  kn_task_sown_free(&sown);
  return code;
}

static kn_code
seeds_run(const kn_cli *cli, kn_error *err)
{
  seeds_args args = {.most = KN_SEED_DEFAULTS.most, .limit = NOT_GIVEN};
  KN_TRY(kn_cli_parse(cli, seeds_opts, &args, err));
  if (args.limit < 1 && args.limit != NOT_GIVEN)
    return kn_fail(err, KN_E_USAGE, _("--limit %d: expected 1 or more"), (int)args.limit);
  const bool is_asked = args.nace != NULL || args.resource != NULL || args.code != NULL;
  if (args.region != NULL && is_asked)
    return kn_fail(err, KN_E_USAGE, _("a region and --nace, --resource or --code: expected one or the other"));
  if (args.find != NULL && is_asked)
    return kn_fail(err, KN_E_USAGE, _("--find and --nace, --resource or --code: expected one or the other"));
  if (args.reliability && (is_asked || args.find != NULL))
    return kn_fail(err, KN_E_USAGE, _("--reliability and %s: expected one or the other"), is_asked ? "--resource" : "--find");
  if (args.region == NULL && !is_asked && args.find == NULL && !args.reliability)
    return kn_fail(err, KN_E_USAGE, _("expected REGION.gpkg, or --resource and --nace of one stream"));
  if (is_asked)
    return ask_reference(cli, &args, err);
  kn_task task = kn_cli_task(cli, NULL);
  kn_what_if what_if;
  kn_code code = kn_what_if_begin(&what_if, &task, &args.scenario, &args.set, &args.close, &args.open, err);
  if (code == KN_OK && args.reliability)
    code = kn_seeds_tell_reliability(cli, &task, args.region, err);
  else if (code == KN_OK)
    code = args.find != NULL ? find_words(cli, &args, &task, &what_if, err) : ask_region(cli, &args, &task, &what_if, err);
  kn_what_if_end(&what_if);
  return code;
}

const kn_command kn_cmd_seeds = {
    .name = "seeds",
    .text = N_("find opportunities that exact codes do not show"),
    .example = "knoop seeds --nace 16.10 --resource \"wood dust\"",
    .opts = seeds_opts,
    .run = seeds_run,
};
