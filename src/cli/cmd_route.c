/* knoop route: how something travels from here to there. */
#include "trips.h"
#include "what_if.h"

typedef struct route_args {
  const char *region, *from, *to, *resource;
  bool all;
  kn_words scenario, set, close, open;
} route_args;

static const kn_opt route_opts[] = {
    KN_OPT_PATH(route_args, region, "REGION.gpkg", N_("the region to look in")),
    KN_OPT_PATH(route_args, from, "FROM", N_("a site, gateway, terminal or node")),
    KN_OPT_PATH(route_args, to, "TO", N_("where it goes")),
    KN_OPT_TEXT(route_args, resource, "ID", N_("what is moved (needed)")),
    KN_OPT_FLAG(route_args, all, N_("also every trip that none beats in euro, CO2 and hours at once")),
    KN_OPT_WHAT_IF(route_args),
    KN_OPT_END,
};

static void
fill_trip(json_t *doc, const kn_task_routed *routed, const kn_trip *trip)
{
  json_object_set_new(doc, "eur", kn_json_real(trip->eur));
  json_object_set_new(doc, "co2_kg", kn_json_real(trip->co2_kg));
  json_object_set_new(doc, "km", kn_json_real(trip->km));
  json_object_set_new(doc, "hours", kn_json_real(trip->hours));
  if (trip->keep < 1)
    json_object_set_new(doc, "loss", kn_json_real(1 - trip->keep));
  json_object_set_new(doc, "legs", kn_json_legs(routed->region, routed->access, trip));
  json_object_set_new(doc, "transfers", kn_json_transfers(routed->region, trip));
}

static void
fill_document(json_t *doc, const kn_task_routed *routed, bool all)
{
  fill_trip(doc, routed, &routed->trip);
  if (!all)
    return;
  json_t *choices = json_array();
  for (int32_t i = 0; i < routed->choice_count; i++) {
    json_t *row = json_object();
    fill_trip(row, routed, &routed->choice[i]);
    json_array_append_new(choices, row);
  }
  json_object_set_new(doc, "pareto", choices);
}

static void
print_trip(FILE *out, const kn_task_routed *routed, const kn_trip *trip)
{
  const kn_class class_of = (kn_class)kn_region_resources(routed->region).class_of[routed->resource];
  fprintf(out, _("%.2f EUR, %.2f kg CO2 per %s over %.1f km"), trip->eur, trip->co2_kg, kn_class_unit(class_of), trip->km);
  if (isnan(trip->hours))
    fprintf(out, "\n");
  else
    fprintf(out, _(" in %.1f h\n"), trip->hours);
  for (int32_t k = 0; k < trip->leg_count; k++) {
    const kn_leg *leg = &trip->leg[k];
    fprintf(out, "  %-12s %s -> %s  %.1f km  %.2f EUR", kn_access_carrier(routed->access, leg->carrier),
            kn_point_id(routed->region, routed->access, leg->from), kn_point_id(routed->region, routed->access, leg->to), leg->km,
            leg->eur);
    if (leg->keep < 1)
      fprintf(out, _(", loses %.2g %%"), 100 * (1 - leg->keep));
    fputc('\n', out);
  }
}

static void
print_text(FILE *out, const kn_task_routed *routed, bool all)
{
  print_trip(out, routed, &routed->trip);
  if (all && routed->choice_count > 1)
    fprintf(out, _("\nNone of these is beaten in euro, CO2 and hours at once:\n"));
  for (int32_t i = 0; all && routed->choice_count > 1 && i < routed->choice_count; i++)
    print_trip(out, routed, &routed->choice[i]);
}

static kn_code
find_and_show(const kn_cli *cli, const route_args *args, const kn_task *task, const kn_what_if *what_if, kn_error *err)
{
  kn_task_routed routed;
  kn_code code = kn_task_route(task, args->region, args->from, args->to, args->resource, args->all, &routed, err);
  kn_what_if_tell(cli, what_if);
  if (code != KN_OK)
    return code;
  if (!routed.has_trip)
    code = kn_fail(err, KN_NO_ANSWER, _("no mode leads from %s to %s"), args->from, args->to);
  else if (cli->json)
    fill_document(cli->doc, &routed, args->all);
  else
    print_text(kn_cli_results(cli), &routed, args->all);
  kn_task_routed_free(&routed);
  return code;
}

static kn_code
route_run(const kn_cli *cli, kn_error *err)
{
  route_args args = {0};
  KN_TRY(kn_cli_parse(cli, route_opts, &args, err));
  if (args.resource == NULL)
    return kn_fail(err, KN_E_USAGE, _("what is moved? expected --resource ID"));
  kn_task task = kn_cli_task(cli, NULL);
  kn_what_if what_if;
  kn_code code = kn_what_if_begin(&what_if, &task, &args.scenario, &args.set, &args.close, &args.open, err);
  if (code == KN_OK)
    code = find_and_show(cli, &args, &task, &what_if, err);
  kn_what_if_end(&what_if);
  return code;
}

const kn_command kn_cmd_route = {
    .name = "route",
    .text = N_("how something travels, mode by mode"),
    .example = "knoop route genk.gpkg s-genk s-hasselt --resource wood-b --all",
    .opts = route_opts,
    .run = route_run,
};
