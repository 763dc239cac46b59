/* knoop stocks: what is in use, what is put in, what comes out, year by year. */
#include "print.h"

typedef struct stocks_args {
  const char *region;
  int32_t year;
  bool offers, dry_run, undo;
} stocks_args;

static const kn_opt stocks_opts[] = {
    KN_OPT_PATH(stocks_args, region, "REGION.gpkg", N_("the region whose stocks and fleets to run")),
    KN_OPT_INT(stocks_args, year, "Y",
               N_("as far as this year, and of it alone as text; with --offers the year that is offered")),
    KN_OPT_FLAG(stocks_args, offers, N_("what leaves in that year becomes offers of it")),
    KN_OPT_FLAG(stocks_args, dry_run, N_("with --offers: compute and show, and change nothing")),
    KN_OPT_FLAG(stocks_args, undo, N_("take the offers of earlier runs out")),
    KN_OPT_END,
};

/* ------------------------------------------------------------------ JSON */
static json_t *
stock_years(const kn_task_stock *stock)
{
  const kn_stock_flows *flows = &stock->flows;
  json_t *rows = json_array();
  for (int32_t i = 0; i < flows->n; i++) {
    const int32_t year = flows->first_year + i;
    const bool is_known = year <= stock->last_known;
    json_array_append_new(rows, json_pack("{s:i, s:o, s:o, s:o, s:o, s:b}", "year", year, "inflow",
                                          kn_json_real(is_known ? flows->inflow[i] : NAN), "outflow",
                                          kn_json_real(flows->outflow[i]), "stock", kn_json_real(flows->stock[i]), "mean_age_yr",
                                          kn_json_real(flows->mean_age_yr[i]), "is_left_over", !is_known));
  }
  return rows;
}

/* What is left of each cohort at the end of the last year. */
static json_t *
stock_cohorts(const kn_stock_flows *flows)
{
  json_t *rows = json_array();
  const double *left = flows->left + (int64_t)(flows->n - 1) * flows->cohort_count;
  for (int32_t c = 0; c < flows->cohort_count; c++)
    json_array_append_new(rows, json_pack("{s:i, s:o}", "cohort", flows->cohort[c], "left", kn_json_real(left[c])));
  return rows;
}

static json_t *
stocks_json(const kn_task_stocks *ran)
{
  const kn_stock_view stocks = kn_region_stocks(ran->region);
  json_t *rows = json_array();
  for (int32_t i = 0; i < ran->stock_count; i++) {
    const kn_task_stock *stock = &ran->stock[i];
    json_t *row = json_object();
    json_object_set_new(row, "stock_id", json_string(stocks.stock_id[stock->row]));
    json_object_set_new(row, "site_id", kn_json_key(ran->region, KN_T_SITE, stocks.site[stock->row]));
    json_object_set_new(row, "area_id", kn_json_key(ran->region, KN_T_AREA, stocks.area[stock->row]));
    json_object_set_new(row, "resource_id", kn_json_key(ran->region, KN_T_RESOURCE, stocks.resource[stock->row]));
    json_object_set_new(row, "driver", json_string(stocks.driver[stock->row] == KN_BY_STOCK ? "stock" : "inflow"));
    json_object_set_new(row, "lifetime", json_string(kn_lifetime_kind_name((kn_lifetime_kind)stocks.lifetime[stock->row])));
    json_object_set_new(row, "mean_lifetime_yr", kn_json_real(stock->mean_lifetime_yr));
    json_object_set_new(row, "negative_inflow_year",
                        stock->flows.negative_year == KN_BLANK_INT ? json_null() : json_integer(stock->flows.negative_year));
    json_object_set_new(row, "years", stock_years(stock));
    json_object_set_new(row, "cohorts", stock_cohorts(&stock->flows));
    json_array_append_new(rows, row);
  }
  return rows;
}

static json_t *
fleet_year(const kn_task_fleet *fleet, int32_t i)
{
  const kn_fleet_flows *flows = &fleet->flows;
  json_t *by_life = json_array();
  for (int32_t g = 0; g < flows->life_count; g++)
    json_array_append_new(by_life, kn_json_real(flows->by_life[(int64_t)i * flows->life_count + g]));
  const struct {
    const char *name;
    const double *value;
  } columns[] = {
      {"new", flows->new_units},           {"returned", flows->returned},       {"lost", flows->lost},
      {"refurbished", flows->refurbished}, {"recycled", flows->recycled},       {"store", flows->store},
      {"in_service", flows->in_service},   {"material_kg", flows->material_kg}, {"to_recycling_kg", flows->to_recycling_kg}};
  const int32_t year = flows->first_year + i;
  json_t *row = json_object();
  json_object_set_new(row, "year", json_integer(year));
  json_object_set_new(row, "contracts", kn_json_real(year <= fleet->last_known ? flows->contracts[i] : NAN));
  json_object_set_new(row, "by_life", by_life);
  for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
    json_object_set_new(row, columns[c].name, kn_json_real(columns[c].value[i]));
  json_object_set_new(row, "is_left_over", json_boolean(year > fleet->last_known));
  return row;
}

static json_t *
fleets_json(const kn_task_stocks *ran)
{
  const kn_fleet_view fleets = kn_region_fleets(ran->region);
  json_t *rows = json_array();
  for (int32_t i = 0; i < ran->fleet_count; i++) {
    const kn_task_fleet *fleet = &ran->fleet[i];
    json_t *row = json_object(), *years = json_array();
    for (int32_t y = 0; y < fleet->flows.n; y++)
      json_array_append_new(years, fleet_year(fleet, y));
    json_object_set_new(row, "fleet_id", json_string(fleets.fleet_id[fleet->row]));
    json_object_set_new(row, "site_id", kn_json_key(ran->region, KN_T_SITE, fleets.site[fleet->row]));
    json_object_set_new(row, "resource_id", kn_json_key(ran->region, KN_T_RESOURCE, fleets.resource[fleet->row]));
    json_object_set_new(row, "steady_new_share", kn_json_real(fleet->flows.steady_new_share));
    json_object_set_new(row, "years", years);
    json_array_append_new(rows, row);
  }
  return rows;
}

static const char *
outflow_key(const kn_task_stocks *ran, const kn_task_outflow *of)
{
  return of->is_fleet ? kn_region_fleets(ran->region).fleet_id[of->row] : kn_region_stocks(ran->region).stock_id[of->row];
}

static json_t *
outflows_json(const kn_task_stocks *ran, bool is_offered)
{
  json_t *rows = json_array();
  for (int32_t i = 0; i < ran->outflow_count; i++) {
    const kn_task_outflow *of = &ran->outflow[i];
    if ((of->why_not == NULL) != is_offered)
      continue;
    json_t *row = json_object();
    if (is_offered)
      json_object_set_new(row, "offer_id", json_string(of->offer_id));
    json_object_set_new(row, of->is_fleet ? "fleet_id" : "stock_id", json_string(outflow_key(ran, of)));
    json_object_set_new(row, "site_id", kn_json_key(ran->region, KN_T_SITE, of->site));
    json_object_set_new(row, "resource_id", kn_json_key(ran->region, KN_T_RESOURCE, of->resource));
    json_object_set_new(row, "year", json_integer(ran->year));
    json_object_set_new(row, "quantity", kn_json_real(of->quantity));
    if (!is_offered)
      json_object_set_new(row, "why", json_string(of->why_not));
    json_array_append_new(rows, row);
  }
  return rows;
}

static void
fill_document(json_t *doc, const kn_task_stocks *ran)
{
  json_object_set_new(doc, "run_id", ran->run_id > 0 ? json_integer(ran->run_id) : json_null());
  json_object_set_new(doc, "revision", ran->revision > 0 ? json_integer(ran->revision) : json_null());
  json_object_set_new(doc, "stocks", stocks_json(ran));
  json_object_set_new(doc, "fleets", fleets_json(ran));
  json_object_set_new(doc, "offers", outflows_json(ran, true));
  json_object_set_new(doc, "not_offered", outflows_json(ran, false));
  json_object_set_new(doc, "offers_removed", json_integer(ran->offers_removed));
}

/* ------------------------------------------------------------------ text */
static kn_code
print_stocks(FILE *out, const kn_task_stocks *ran, int32_t year, kn_error *err)
{
  static const char *const titles[] = {N_("stock"), N_("year"), N_("inflow"), N_("outflow"), N_("in stock"), N_("mean age")};
  if (ran->stock_count == 0)
    return KN_OK;
  const kn_stock_view stocks = kn_region_stocks(ran->region);
  kn_grid *grid = kn_grid_new("lrrrrr", titles);
  for (int32_t i = 0; i < ran->stock_count; i++) {
    const kn_task_stock *stock = &ran->stock[i];
    for (int32_t y = 0; y < stock->flows.n; y++) {
      const int32_t now = stock->flows.first_year + y;
      if (year != KN_BLANK_INT && now != year)
        continue;
      kn_grid_text(grid, stocks.stock_id[stock->row]);
      kn_grid_cell(grid, "%" PRId32, now);
      kn_grid_number(grid, now <= stock->last_known ? stock->flows.inflow[y] : NAN);
      kn_grid_number(grid, stock->flows.outflow[y]);
      kn_grid_number(grid, stock->flows.stock[y]);
      kn_grid_number(grid, stock->flows.mean_age_yr[y]);
    }
  }
  return kn_grid_end(grid, out, err);
}

static kn_code
print_fleets(FILE *out, const kn_task_stocks *ran, int32_t year, kn_error *err)
{
  static const char *const titles[] = {N_("fleet"),    N_("year"),     N_("contracts"),  N_("new"),
                                       N_("returned"), N_("recycled"), N_("in service"), N_("material, kg")};
  if (ran->fleet_count == 0)
    return KN_OK;
  const kn_fleet_view fleets = kn_region_fleets(ran->region);
  kn_grid *grid = kn_grid_new("lrrrrrrr", titles);
  for (int32_t i = 0; i < ran->fleet_count; i++) {
    const kn_task_fleet *fleet = &ran->fleet[i];
    for (int32_t y = 0; y < fleet->flows.n; y++) {
      const int32_t now = fleet->flows.first_year + y;
      if (year != KN_BLANK_INT && now != year)
        continue;
      kn_grid_text(grid, fleets.fleet_id[fleet->row]);
      kn_grid_cell(grid, "%" PRId32, now);
      kn_grid_number(grid, now <= fleet->last_known ? fleet->flows.contracts[y] : NAN);
      kn_grid_number(grid, fleet->flows.new_units[y]);
      kn_grid_number(grid, fleet->flows.returned[y]);
      kn_grid_number(grid, fleet->flows.recycled[y]);
      kn_grid_number(grid, fleet->flows.in_service[y]);
      kn_grid_number(grid, fleet->flows.material_kg[y]);
    }
  }
  return kn_grid_end(grid, out, err);
}

static void
print_outflows(FILE *out, const kn_task_stocks *ran)
{
  char quantity[KN_NUMBER_SIZE];
  for (int32_t i = 0; i < ran->outflow_count; i++) {
    const kn_task_outflow *of = &ran->outflow[i];
    if (of->why_not == NULL)
      fprintf(out, _("%s: %s of %s offered in %d as %s\n"), outflow_key(ran, of), kn_print_number(quantity, of->quantity),
              kn_region_key(ran->region, KN_T_RESOURCE, of->resource), (int)ran->year, of->offer_id);
    else
      fprintf(out, _("%s: nothing offered in %d: %s\n"), outflow_key(ran, of), (int)ran->year, _(of->why_not));
  }
}

static kn_code
print_text(const kn_cli *cli, const kn_task_stocks *ran, const stocks_args *args, kn_error *err)
{
  FILE *out = kn_cli_results(cli);
  if (args->undo) {
    fprintf(out, _("%lld offers taken out\n"), (long long)ran->offers_removed);
    return KN_OK;
  }
  if (ran->stock_count + ran->fleet_count == 0)
    fprintf(out, "%s\n", _("the region has no stocks and no fleets"));
  KN_TRY(print_stocks(out, ran, args->year, err));
  KN_TRY(print_fleets(out, ran, args->year, err));
  for (int32_t i = 0; i < ran->stock_count; i++)
    if (ran->stock[i].flows.negative_year != KN_BLANK_INT)
      fprintf(out, _("%s falls faster than it wears out: its inflow is negative, first in %d\n"),
              kn_region_stocks(ran->region).stock_id[ran->stock[i].row], (int)ran->stock[i].flows.negative_year);
  print_outflows(out, ran);
  return KN_OK;
}

static kn_code
stocks_run(const kn_cli *cli, kn_error *err)
{
  stocks_args args = {.year = KN_BLANK_INT};
  KN_TRY(kn_cli_parse(cli, stocks_opts, &args, err));
  if (args.undo && (args.dry_run || args.offers))
    return kn_fail(err, KN_E_USAGE, "%s", _("--undo goes without --offers and --dry-run"));
  const kn_task_mode mode = args.undo ? KN_TASK_UNDO : args.dry_run ? KN_TASK_DRY_RUN : KN_TASK_SAVE;
  const kn_task task = kn_cli_task(cli, NULL);
  kn_task_stocks ran;
  kn_code code = kn_task_stocks_run(&task, args.region, args.year, args.offers, mode, &ran, err);
  if (code != KN_OK)
    return code;
  if (cli->json)
    fill_document(cli->doc, &ran);
  else
    code = print_text(cli, &ran, &args, err);
  kn_task_stocks_free(&ran);
  return code;
}

const kn_command kn_cmd_stocks = {
    .name = "stocks",
    .text = N_("what is in use and what comes out of it, year by year"),
    .example = "knoop stocks genk.gpkg --year 2035 --offers",
    .opts = stocks_opts,
    .run = stocks_run,
};
