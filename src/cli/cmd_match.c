/* knoop match: what fits what, ranked by value; or why two things do not. */
#include "checks.h"
#include "what_if.h"

#include <string.h>

enum { ENDED_SHOWN = 5, MOST_PARTNERS = 1000 }; /* as many as kn_match_run() gives */

typedef struct match_args {
  const char *region, *offer, *need, *why;
  int32_t most;
  bool losses;
  kn_words scenario, set, close, open;
} match_args;

static const kn_opt match_opts[] = {
    KN_OPT_PATH(match_args, region, "REGION.gpkg", N_("the region to look in")),
    KN_OPT_TEXT(match_args, offer, "ID", N_("the partners of this offer; without offer and need: of all offers")),
    KN_OPT_TEXT(match_args, need, "ID", N_("the partners of this need")),
    KN_OPT_TEXT(match_args, why, "TO", N_("why not this one? an offer, need, unit or gateway, as ID or kind:ID")),
    KN_OPT_INT(match_args, most, "N", N_("at most N partners of each (10)")),
    KN_OPT_FLAG(match_args, losses, N_("also partners that would cost more than today")),
    KN_OPT_WHAT_IF(match_args),
    KN_OPT_END,
};

static const char *
unit_of(const kn_region *region, int32_t resource)
{
  return resource == KN_NONE ? "" : kn_class_unit((kn_class)kn_region_resources(region).class_of[resource]);
}

static void
write_match(kn_jot *jot, const void *arg, int64_t i)
{
  const kn_task_matches *found = arg;
  const kn_match_row *row = &kn_matches_rows(found->matches)[i];
  kn_jot_place(jot, "from", found->region, row->from);
  kn_jot_place(jot, "to", found->region, row->to);
  kn_jot_key(jot, "resource_id", found->region, KN_T_RESOURCE, row->resource);
  kn_jot_substitution(jot, "substitution", found->region, row->substitution);
  kn_jot_text(jot, "mode_id", row->mode_id);
  kn_jot_real(jot, "quantity", row->quantity);
  if (row->delivered < row->quantity)
    kn_jot_real(jot, "delivered", row->delivered);
  kn_jot_real(jot, "ratio", row->ratio);
  kn_jot_real(jot, "km", row->km);
  kn_jot_real(jot, "eur_per_unit", row->eur_per_unit);
  kn_jot_real(jot, "eur", row->eur);
  kn_jot_real(jot, "co2_kg", row->co2_kg);
  kn_jot_open(jot, "specs");
  kn_jot_integer(jot, "met", row->specs.met);
  kn_jot_integer(jot, "violated", row->specs.violated);
  kn_jot_integer(jot, "to_verify", row->specs.to_verify);
  kn_jot_close(jot);
  kn_jot_open(jot, "parts");
  kn_jot_real(jot, "fate_eur", row->parts.fate_eur);
  kn_jot_real(jot, "price_eur", row->parts.price_eur);
  kn_jot_real(jot, "gateway_eur", row->parts.gateway_eur);
  kn_jot_real(jot, "substitution_eur", row->parts.substitution_eur);
  kn_jot_real(jot, "transport_eur", row->parts.transport_eur);
  kn_jot_real(jot, "co2_eur", row->parts.co2_eur);
  kn_jot_close(jot);
  kn_legal_check check[KN_CHECKS_MOST];
  const int32_t count = kn_law_judge_match(found->law, row->from, row->to, row->resource, check);
  kn_jot_checks(jot, "checks", found->region, check, count, row->from.kind == KN_END_OFFER ? row->from.row : KN_NONE,
                row->to.kind == KN_END_NEED ? row->to.row : KN_NONE);
}

static void
cell_specs(kn_grid *grid, kn_specs specs)
{
  if (specs.to_verify > 0)
    kn_grid_cell(grid, _("%d met, %d to verify"), (int)specs.met, (int)specs.to_verify);
  else if (specs.met > 0)
    kn_grid_cell(grid, _("%d met"), (int)specs.met);
  else
    kn_grid_text(grid, "");
}

static kn_code
print_matches(FILE *out, const kn_task_matches *found, bool asks_need, kn_error *err)
{
  static const char *const titles[] = {N_("from"), N_("to"),         N_("partner"), N_("a year"), "",
                                       N_("km"),   N_("EUR a year"), N_("t CO2"),   N_("specs"),  N_("checks")};
  const kn_match_row *rows = kn_matches_rows(found->matches);
  const int64_t count = kn_matches_count(found->matches);
  if (count == 0) {
    fprintf(out, "%s\n", _("nothing fits; --losses also shows what would cost more than today, --why TO tells why not"));
    return KN_OK;
  }
  kn_grid *grid = kn_grid_new("lllrlrrrll", titles);
  for (int64_t i = 0; i < count; i++) {
    char name[KN_PLACE_SIZE];
    kn_grid_text(grid, kn_place_id(found->region, rows[i].from));
    kn_grid_text(grid, kn_place_id(found->region, rows[i].to));
    kn_grid_text(grid, kn_print_place(name, 48, found->region, asks_need ? rows[i].from : rows[i].to));
    kn_grid_number(grid, rows[i].quantity);
    kn_grid_text(grid, unit_of(found->region, rows[i].resource));
    kn_grid_number(grid, rows[i].km);
    kn_grid_eur(grid, rows[i].eur);
    kn_grid_number(grid, rows[i].co2_kg / 1000);
    cell_specs(grid, rows[i].specs);
    kn_legal_check check[KN_CHECKS_MOST];
    kn_cell_checks(grid, check, kn_law_judge_match(found->law, rows[i].from, rows[i].to, rows[i].resource, check));
  }
  return kn_grid_end(grid, out, err);
}

/* What makes up the best match, and what has to be verified for it: where one offer or need was asked about. */
static void
print_best(FILE *out, const kn_task_matches *found)
{
  if (kn_matches_count(found->matches) == 0)
    return;
  const kn_match_row *row = &kn_matches_rows(found->matches)[0];
  const struct {
    const char *name;
    double eur;
  } part[] = {{N_("today's fate"), row->parts.fate_eur},   {N_("price"), row->parts.price_eur},
              {N_("gateway"), row->parts.gateway_eur},     {N_("substitution"), row->parts.substitution_eur},
              {N_("transport"), row->parts.transport_eur}, {N_("CO2 price"), row->parts.co2_eur}};
  char number[KN_NUMBER_SIZE];
  fprintf(out, _("\nThe first of them, %s EUR a year:"), kn_print_eur(number, row->eur));
  for (size_t i = 0, shown = 0; i < sizeof part / sizeof *part; i++)
    if (part[i].eur != 0)
      fprintf(out, "%s %s %s", shown++ > 0 ? "," : "", _(part[i].name), kn_print_eur(number, part[i].eur));
  fputc('\n', out);
  kn_legal_check check[KN_CHECKS_MOST];
  kn_print_checks(out, check, kn_law_judge_match(found->law, row->from, row->to, row->resource, check));
}

/* ------------------------------------------------------------------ what has ended */
/* Offers (or needs) that were asked for and whose last day lies before the plan year, or before today where there is none: told,
 * and not matched. */
static kn_code
tell_ended(const kn_cli *cli, const match_args *args, const kn_task_matches *matches, kn_error *err)
{
  const kn_region *region = matches->region;
  const bool is_need = args->need != NULL;
  const kn_table_id table = is_need ? KN_T_NEED : KN_T_OFFER;
  const char *asked = is_need ? args->need : args->offer;
  const kn_offer_view offers = kn_region_offers(region);
  const kn_need_view needs = kn_region_needs(region);
  const int32_t *to = is_need ? needs.to : offers.to;
  json_t *rows = json_array();
  int64_t count = 0;
  for (int64_t i = 0; i < (is_need ? needs.n : offers.n); i++) {
    const char *id = kn_region_key(region, table, (int32_t)i);
    if (to[i] == KN_BLANK_INT || to[i] >= matches->ended_before || (asked != NULL && strcmp(asked, id) != 0))
      continue;
    char day[16];
    kn_date_write(day, to[i]);
    count++;
    if (cli->json)
      json_array_append_new(rows, json_pack("{s:s, s:s}", is_need ? "need_id" : "offer_id", id, "to", day));
    else if (asked != NULL || count <= ENDED_SHOWN)
      kn_cli_say(cli,
                 is_need ? _("need %s has ended on %s: it is not matched") : _("offer %s has ended on %s: it is not matched"), id,
                 day);
  }
  if (!cli->json && asked == NULL && count > ENDED_SHOWN)
    kn_cli_say(cli, _("%d more offers have ended; --json lists all"), (int)(count - ENDED_SHOWN));
  if (cli->json && json_object_set(cli->doc, "expired", rows) != 0) {
    json_decref(rows);
    return kn_fail(err, KN_E_LIMIT, "no memory for what has ended");
  }
  json_decref(rows);
  return KN_OK;
}

/* ------------------------------------------------------------------ why not? */
enum { WAYS_MOST = 64 };

static json_t *
why_json(const kn_task_matches *found, const kn_match_why *why)
{
  json_t *row = json_object();
  json_object_set_new(row, "refusal", json_string(kn_json_refusal(why->refusal)));
  json_object_set_new(row, "sentence", json_string(_(kn_refusal_text(why->refusal))));
  const int32_t resource = why->supply == KN_NONE ? KN_NONE : kn_market_supply(found->market).resource[why->supply];
  json_object_set_new(row, "resource_id", kn_json_key(found->region, KN_T_RESOURCE, resource));
  int32_t way_count;
  const kn_way *ways = kn_market_ways(found->market, &way_count);
  json_object_set_new(row, "substitution",
                      kn_json_substitution(found->region, why->way == KN_NONE ? KN_NONE : ways[why->way].substitution));
  json_object_set_new(row, "mode_id", kn_json_text(why->mode_id));
  json_object_set_new(row, "property", kn_json_text(why->property));
  json_object_set_new(row, "has", kn_json_real(why->property != NULL ? why->has : NAN));
  json_object_set_new(row, "min", kn_json_real(why->property != NULL ? why->least : NAN));
  json_object_set_new(row, "max", kn_json_real(why->property != NULL ? why->most : NAN));
  json_object_set_new(row, "km", kn_json_real(why->km));
  json_object_set_new(row, "eur_per_unit", kn_json_real(why->eur_per_unit));
  return row;
}

/* A pair may fit and still be no match: of an offer or need of 0, or outside the plan year, there is none to move. */
static bool
is_none(const kn_region *region, kn_place place)
{
  if (place.kind == KN_END_OFFER) {
    const kn_offer_view offers = kn_region_offers(region);
    return !(offers.quantity[place.row] * offers.share[place.row] > 0);
  }
  if (place.kind == KN_END_NEED) {
    const kn_need_view needs = kn_region_needs(region);
    return !(needs.quantity[place.row] * needs.share[place.row] > 0);
  }
  return false;
}

static void
print_why(FILE *out, const kn_task_matches *found, const kn_place ends[2], const kn_match_why *why, int32_t count)
{
  char from[KN_PLACE_SIZE], to[KN_PLACE_SIZE];
  fprintf(out, "%s -> %s\n", kn_print_place(from, 80, found->region, ends[0]), kn_print_place(to, 80, found->region, ends[1]));
  for (int32_t i = 0; i < count; i++) {
    char has[KN_NUMBER_SIZE], least[KN_NUMBER_SIZE], most[KN_NUMBER_SIZE];
    fprintf(out, "  %s", _(kn_refusal_text(why[i].refusal)));
    if (why[i].property != NULL)
      fprintf(out, _(": %s is %s, expected %s to %s"), why[i].property, kn_print_number(has, why[i].has),
              kn_print_number(least, why[i].least), kn_print_number(most, why[i].most));
    if (isfinite(why[i].km))
      fprintf(out, _("; %s km"), kn_print_number(has, why[i].km));
    if (why[i].refusal == KN_FITS && isfinite(why[i].eur_per_unit))
      fprintf(out, _("; worth %s EUR per unit against today"), kn_print_number(has, why[i].eur_per_unit));
    fputc('\n', out);
  }
  for (int end = 0; end < 2; end++)
    if (is_none(found->region, ends[end]))
      fprintf(out, _("  but of %s there is nothing in the plan year\n"), kn_print_place(from, 80, found->region, ends[end]));
}

static kn_code
explain(const kn_cli *cli, const kn_task *task, const match_args *args, const kn_what_if *what_if, kn_error *err)
{
  if (args->offer == NULL && args->need == NULL)
    return kn_fail(err, KN_E_USAGE, _("--why needs --offer or --need: which of them should %s be compared with?"), args->why);
  kn_match_why why[WAYS_MOST];
  kn_place ends[2];
  kn_task_matches found;
  int32_t count;
  /* What is offered comes first, whichever side was asked about. */
  char asked[512];
  snprintf(asked, sizeof asked, "%s:%s", args->offer != NULL ? "offer" : "need", args->offer != NULL ? args->offer : args->need);
  const kn_code code = kn_task_match_why(task, args->region, args->offer != NULL ? asked : args->why,
                                         args->offer != NULL ? args->why : asked, &found, ends, why, WAYS_MOST, &count, err);
  kn_what_if_tell(cli, what_if);
  KN_TRY(code);
  const int32_t kept = count < WAYS_MOST ? count : WAYS_MOST;
  json_t *ways = json_array();
  for (int32_t i = 0; i < kept; i++)
    json_array_append_new(ways, why_json(&found, &why[i]));
  json_object_set_new(cli->doc, "from", kn_json_place(found.region, ends[0]));
  json_object_set_new(cli->doc, "to", kn_json_place(found.region, ends[1]));
  json_object_set_new(cli->doc, "way_count", json_integer(count));
  json_object_set_new(cli->doc, "ways", ways);
  if (!cli->json)
    kn_what_if_print(kn_cli_results(cli), what_if);
  if (!cli->json)
    print_why(kn_cli_results(cli), &found, ends, why, kept);
  kn_task_matches_free(&found);
  return KN_OK;
}

static kn_code
find_and_show(const kn_cli *cli, const kn_task *task, const match_args *args, const kn_what_if *what_if, kn_error *err)
{
  const kn_match_settings settings = {.most = args->most, .with_losses = args->losses, .thread_count = cli->threads};
  kn_task_matches found;
  kn_code code = kn_task_match(task, args->region, args->offer, args->need, &settings, &found, err);
  kn_what_if_tell(cli, what_if);
  KN_TRY(code);
  if (!cli->json)
    kn_what_if_print(kn_cli_results(cli), what_if);
  code = tell_ended(cli, args, &found, err);
  if (code == KN_OK && cli->json)
    code = kn_json_rows(cli, "matches", kn_matches_count(found.matches), write_match, &found, err);
  else if (code == KN_OK)
    code = print_matches(kn_cli_results(cli), &found, args->need != NULL, err);
  if (code == KN_OK && !cli->json && (args->offer != NULL || args->need != NULL))
    print_best(kn_cli_results(cli), &found);
  kn_task_matches_free(&found);
  return code;
}

static kn_code
match_run(const kn_cli *cli, kn_error *err)
{
  match_args args = {.most = KN_MATCH_DEFAULTS.most};
  KN_TRY(kn_cli_parse(cli, match_opts, &args, err));
  if (args.most < 1 || args.most > MOST_PARTNERS)
    return kn_fail(err, KN_E_USAGE, _("--most %d: expected 1 to %d"), (int)args.most, MOST_PARTNERS);
  if (args.offer != NULL && args.need != NULL)
    return kn_fail(err, KN_E_USAGE, _("--offer and --need together: expected one of them"));
  kn_task task = kn_cli_task(cli, NULL);
  kn_what_if what_if;
  kn_code code = kn_what_if_begin(&what_if, &task, &args.scenario, &args.set, &args.close, &args.open, err);
  if (code == KN_OK)
    code = args.why != NULL ? explain(cli, &task, &args, &what_if, err) : find_and_show(cli, &task, &args, &what_if, err);
  kn_what_if_end(&what_if);
  return code;
}

const kn_command kn_cmd_match = {
    .name = "match",
    .text = N_("find what fits what, ranked by value"),
    .example = "knoop match genk.gpkg --offer sawdust-gielen --why need:board-mill",
    .opts = match_opts,
    .run = match_run,
};
