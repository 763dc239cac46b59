/* Stocks and fleets of a region: run, and what leaves them in a year to come made into offers. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define STOCK_PREFIX "est-stock:"
#define N_(text) text

enum { MOST_YEARS = 2000 };

typedef struct working {
  const kn_task *task;
  kn_task_stocks *out;
  int32_t year;
  char started[32];
} working;

/* ---------------------------------------------------------------- running */
/* Years of a stock or fleet: one after the other, as far as given and on to `year`. */
static kn_code
count_years(const char *what, const char *key, const int32_t *year, int32_t given, int32_t until, int32_t *n, kn_error *err)
{
  if (given == 0)
    return kn_fail(err, KN_E_INPUT, "%s %s has no years", what, key);
  for (int32_t i = 1; i < given; i++)
    if (year[i] != (int64_t)year[0] + i)
      return kn_fail(err, KN_E_INPUT, "%s %s: year %" PRId64 " is missing between %" PRId32 " and %" PRId32, what, key,
                     (int64_t)year[0] + i, year[i - 1], year[i]);
  const int64_t last = until != KN_BLANK_INT && until > year[given - 1] ? until : year[given - 1];
  if (last - year[0] >= MOST_YEARS || last >= INT32_MAX)
    return kn_fail(err, KN_E_INPUT, "%s %s: more than %d years, from %" PRId32 " to %" PRId64, what, key, MOST_YEARS, year[0],
                   last);
  *n = (int32_t)(last - year[0]) + 1;
  return KN_OK;
}

static kn_code
run_stock(const working *w, const kn_stock_view *stocks, int32_t row, kn_task_stock *out, kn_error *err)
{
  const int32_t first = stocks->year_first[row], given = stocks->year_first[row + 1] - first, c = stocks->cohort_first[row];
  int32_t n = 0;
  kn_arena *arena = w->out->arena;
  KN_TRY(count_years("stock", stocks->stock_id[row], stocks->year + first, given, w->year, &n, err));
  const bool is_by_stock = stocks->driver[row] == KN_BY_STOCK;
  kn_stock_input input = {.lifetime = {.kind = (kn_lifetime_kind)stocks->lifetime[row],
                                       .mean_yr = stocks->mean_yr[row],
                                       .sd_yr = stocks->sd_yr[row],
                                       .shape = stocks->shape[row],
                                       .scale_yr = stocks->scale_yr[row]},
                          .driver = (kn_driver)stocks->driver[row],
                          .first_year = stocks->year[first],
                          .n = n,
                          .given_count = given,
                          .given = (is_by_stock ? stocks->stock : stocks->inflow) + first,
                          .cohort_count = stocks->cohort_first[row + 1] - c,
                          .cohort = stocks->cohort + c,
                          .cohort_quantity = stocks->cohort_quantity + c,
                          .may_shrink = stocks->may_shrink[row] != 0};
  if (kn_stock_run(&out->flows, &input, arena, err) != KN_OK)
    return kn_note(err, "stock %s", stocks->stock_id[row]);
  out->row = row;
  out->last_known = input.first_year + given - 1;
  out->mean_lifetime_yr = kn_lifetime_mean(&input.lifetime);
  return KN_OK;
}

static kn_code
run_fleet(const working *w, const kn_fleet_view *fleets, int32_t row, kn_task_fleet *out, kn_error *err)
{
  const int32_t first = fleets->year_first[row], given = fleets->year_first[row + 1] - first;
  int32_t n = 0;
  KN_TRY(count_years("fleet", fleets->fleet_id[row], fleets->year + first, given, w->year, &n, err));
  double *contracts;
  KN_NEW(contracts, w->out->arena, n, err);
  memcpy(contracts, fleets->contracts + first, (size_t)given * sizeof *contracts);
  const kn_fleet_input input = {.contract_years = fleets->contract_years[row],
                                .most_refurbishments = fleets->most_refurbishments[row],
                                .loss_at_return = fleets->loss_at_return[row],
                                .refurbish_yield = fleets->refurbish_yield[row],
                                .kg_new = fleets->kg_new[row],
                                .kg_parts = fleets->kg_parts[row],
                                .first_year = fleets->year[first],
                                .n = n,
                                .contracts = contracts};
  if (kn_fleet_run(&out->flows, &input, w->out->arena, err) != KN_OK)
    return kn_note(err, "fleet %s", fleets->fleet_id[row]);
  out->row = row;
  out->last_known = input.first_year + given - 1;
  return KN_OK;
}

static kn_code
run_all(const working *w, kn_error *err)
{
  const kn_stock_view stocks = kn_region_stocks(w->out->region);
  const kn_fleet_view fleets = kn_region_fleets(w->out->region);
  kn_task_stock *stock;
  kn_task_fleet *fleet;
  KN_NEW(stock, w->out->arena, stocks.n, err);
  KN_NEW(fleet, w->out->arena, fleets.n, err);
  for (int32_t i = 0; i < stocks.n; i++)
    KN_TRY(run_stock(w, &stocks, i, &stock[i], err));
  for (int32_t i = 0; i < fleets.n; i++)
    KN_TRY(run_fleet(w, &fleets, i, &fleet[i], err));
  w->out->stock = stock;
  w->out->stock_count = (int32_t)stocks.n;
  w->out->fleet = fleet;
  w->out->fleet_count = (int32_t)fleets.n;
  return KN_OK;
}

/* ---------------------------------------------------------------- offers */
/* Does anybody say what is offered of this, there and in that year? */
static bool
is_reported(const working *w, const uint8_t *is_own, int32_t site, int32_t resource)
{
  const kn_offer_view offers = kn_region_offers(w->out->region);
  const kn_resource_view resources = kn_region_resources(w->out->region);
  const int32_t source = kn_region_find(w->out->region, KN_T_SOURCE, KN_ESTIMATE_SOURCE);
  for (int64_t i = 0; i < offers.n; i++) {
    if (offers.site[i] != site || is_own[i] || !(kn_date_share(offers.from[i], offers.to[i], w->year) > 0))
      continue;
    if (offers.source[i] == source && source != KN_NONE && strncmp(offers.offer_id[i], KN_ESTIMATE_PREFIX, 4) == 0)
      continue; /* an estimate by jobs yields to this one */
    if (kn_resource_is_a(&resources, offers.resource[i], resource) || kn_resource_is_a(&resources, resource, offers.resource[i]))
      return true;
  }
  return false;
}

static kn_code
name_offer(const working *w, const char *key, const char **out, kn_error *err)
{
  const size_t size = strlen(key) + 48;
  char *id;
  KN_NEW(id, w->out->arena, size, err);
  snprintf(id, size, STOCK_PREFIX "%s:%" PRId32, key, w->year);
  *out = id;
  return KN_OK;
}

/* What leaves the system of a stock in the year; NAN: it has no such year. */
static double
stock_outflow(const working *w, const kn_task_stock *stock)
{
  const int64_t at = (int64_t)w->year - stock->flows.first_year;
  return at < 0 || at >= stock->flows.n ? NAN : stock->flows.outflow[at];
}

static double
fleet_outflow_t(const working *w, const kn_task_fleet *fleet)
{
  const int64_t at = (int64_t)w->year - fleet->flows.first_year;
  return at < 0 || at >= fleet->flows.n ? NAN : fleet->flows.to_recycling_kg[at] / 1000;
}

static void
judge(const working *w, const uint8_t *is_own, kn_task_outflow *of)
{
  const kn_resource_view resources = kn_region_resources(w->out->region);
  if (of->is_fleet && resources.class_of[of->resource] != KN_MATERIAL)
    of->why_not = N_("what becomes of a fleet must be a material, in t");
  else if (!isfinite(of->quantity))
    of->why_not = of->is_fleet ? N_("it has no such year, or no kg_new") : N_("it has no such year");
  else if (!(of->quantity > 0))
    of->why_not = N_("nothing leaves it that year");
  else if (of->site == KN_NONE)
    of->why_not = N_("it has no site");
  else if (is_reported(w, is_own, of->site, of->resource))
    of->why_not = N_("an offer of that is reported there");
}

static kn_code
list_outflows(const working *w, const uint8_t *is_own, kn_error *err)
{
  const kn_stock_view stocks = kn_region_stocks(w->out->region);
  const kn_fleet_view fleets = kn_region_fleets(w->out->region);
  kn_task_outflow *outflow;
  int32_t n = 0;
  KN_NEW(outflow, w->out->arena, stocks.n + fleets.n, err);
  for (int32_t i = 0; i < w->out->stock_count; i++, n++) {
    outflow[n] = (kn_task_outflow){
        .row = i, .site = stocks.site[i], .resource = stocks.resource[i], .quantity = stock_outflow(w, &w->out->stock[i])};
    KN_TRY(name_offer(w, stocks.stock_id[i], &outflow[n].offer_id, err));
  }
  for (int32_t i = 0; i < w->out->fleet_count; i++, n++) {
    outflow[n] = (kn_task_outflow){.is_fleet = true,
                                   .row = i,
                                   .site = fleets.site[i],
                                   .resource = fleets.resource[i],
                                   .quantity = fleet_outflow_t(w, &w->out->fleet[i])};
    KN_TRY(name_offer(w, fleets.fleet_id[i], &outflow[n].offer_id, err));
  }
  for (int32_t i = 0; i < n; i++) {
    judge(w, is_own, &outflow[i]);
    for (int32_t k = 0; k < i; k++) /* a stock and a fleet of one key */
      if (outflow[i].why_not == NULL && outflow[k].why_not == NULL && strcmp(outflow[i].offer_id, outflow[k].offer_id) == 0)
        outflow[i].why_not = N_("a stock has that key too");
    const int32_t row = kn_region_find(w->out->region, KN_T_OFFER, outflow[i].offer_id);
    if (row != KN_NONE && !is_own[row] && outflow[i].why_not == NULL)
      outflow[i].why_not = N_("an offer of that is reported there");
  }
  w->out->outflow = outflow;
  w->out->outflow_count = n;
  w->out->year = w->year;
  return KN_OK;
}

/* Columns of the offers that are made. */
static kn_code
lay_out(const working *w, kn_estimated_rows *out, kn_error *err)
{
  kn_arena *arena = w->out->arena;
  const kn_source_view sources = kn_region_sources(w->out->region);
  const int32_t most = w->out->outflow_count;
  const char **id, **description;
  int32_t *site, *resource, *from, *to;
  double *quantity, *rel_sd;
  KN_NEW(id, arena, most, err);
  KN_NEW(description, arena, most, err);
  KN_NEW(site, arena, most, err);
  KN_NEW(resource, arena, most, err);
  KN_NEW(from, arena, most, err);
  KN_NEW(to, arena, most, err);
  KN_NEW(quantity, arena, most, err);
  KN_NEW(rel_sd, arena, most, err);
  for (int32_t i = 0; i < most; i++) {
    const kn_task_outflow *of = &w->out->outflow[i];
    if (of->why_not != NULL)
      continue;
    const kn_stock_view stocks = kn_region_stocks(w->out->region);
    const kn_fleet_view fleets = kn_region_fleets(w->out->region);
    const int32_t source = of->is_fleet ? fleets.source[of->row] : stocks.source[of->row];
    char text[160];
    const int length = snprintf(text, sizeof text, "estimate: what leaves %s %.80s in %" PRId32, of->is_fleet ? "fleet" : "stock",
                                of->is_fleet ? fleets.fleet_id[of->row] : stocks.stock_id[of->row], w->year);
    id[out->n] = of->offer_id;
    KN_TRY(kn_text_copy(&description[out->n], arena, text, (size_t)length, err));
    site[out->n] = of->site;
    resource[out->n] = of->resource;
    quantity[out->n] = of->quantity;
    rel_sd[out->n] = source == KN_NONE ? NAN : sources.rel_sd[source];
    from[out->n] = kn_date_of(w->year, 1, 1);
    to[out->n] = kn_date_of(w->year, 12, 31);
    out->n++;
  }
  out->id = id;
  out->description = description;
  out->site = site;
  out->resource = resource;
  out->quantity = quantity;
  out->rel_sd = rel_sd;
  out->from = from;
  out->to = to;
  return KN_OK;
}

/* Offers of an earlier run, of this year alone unless all are meant. */
static kn_code
find_own(const working *w, bool is_all, uint8_t **is_own, const uint8_t **no_need, kn_error *err)
{
  const kn_offer_view offers = kn_region_offers(w->out->region);
  const uint8_t *offer, *need;
  uint8_t *mine, *none;
  KN_TRY(kn_estimate_find_own(w->out->region, STOCK_PREFIX, w->out->arena, &offer, &need, err));
  KN_NEW(mine, w->out->arena, offers.n, err);
  KN_NEW(none, w->out->arena, kn_region_needs(w->out->region).n, err);
  char end[16];
  const int length = snprintf(end, sizeof end, ":%" PRId32, w->year);
  for (int64_t i = 0; i < offers.n; i++) {
    const size_t own = strlen(offers.offer_id[i]);
    mine[i] = offer[i] && (is_all || (own > (size_t)length && strcmp(offers.offer_id[i] + own - (size_t)length, end) == 0));
    w->out->offers_removed += mine[i];
  }
  *is_own = mine;
  *no_need = none;
  return KN_OK;
}

static kn_code
save(const working *w, kn_store *store, kn_estimated *rows, kn_error *err)
{
  char summary[64], settings[64];
  snprintf(settings, sizeof settings, "{\"year\":%" PRId32 "}", w->year == KN_BLANK_INT ? 0 : w->year);
  snprintf(summary, sizeof summary, "{\"offers\":%" PRId64 "}", rows->offers.n);
  rows->settings = settings;
  rows->summary = summary;
  rows->started = w->started;
  rows->command = "stocks";
  return kn_task_save_estimated(w->task, store, w->out->region, rows, rows->offers.n > 0, &w->out->revision, &w->out->run_id,
                                NULL, err);
}

static kn_code
work(working *w, kn_store *store, bool has_offers, kn_task_mode mode, kn_error *err)
{
  kn_estimated rows = {.what = mode == KN_TASK_UNDO ? "undo stocks" : "stocks"};
  uint8_t *is_own;
  KN_TRY(kn_task_load(w->task, store, &w->out->region, err));
  if (has_offers && w->year == KN_BLANK_INT)
    w->year = kn_region_settings(w->out->region).plan_year;
  if (has_offers && w->year == KN_BLANK_INT)
    return kn_fail(err, KN_E_USAGE, "of which year? expected --year, or plan_year in settings");
  if (mode != KN_TASK_UNDO)
    KN_TRY(run_all(w, err));
  if (mode != KN_TASK_UNDO && !has_offers)
    return KN_OK;
  KN_TRY(find_own(w, mode == KN_TASK_UNDO, &is_own, &rows.is_old_need, err));
  rows.is_old_offer = is_own;
  if (mode != KN_TASK_UNDO) {
    KN_TRY(list_outflows(w, is_own, err));
    KN_TRY(lay_out(w, &rows.offers, err));
  }
  if (mode == KN_TASK_DRY_RUN || rows.offers.n + w->out->offers_removed == 0)
    return KN_OK;
  return save(w, store, &rows, err);
}

kn_code
kn_task_stocks_run(const kn_task *task, const char *path, int32_t year, bool has_offers, kn_task_mode mode, kn_task_stocks *out,
                   kn_error *err)
{
  *out = (kn_task_stocks){.arena = kn_arena_new(), .year = KN_BLANK_INT};
  working w = {.task = task, .out = out, .year = year};
  kn_store_now(w.started);
  kn_store *store = NULL;
  const bool is_writer = mode != KN_TASK_DRY_RUN && (has_offers || mode == KN_TASK_UNDO);
  kn_code code = kn_task_open(task, path, is_writer, "stocks", &store, err);
  if (code == KN_OK)
    code = work(&w, store, has_offers, mode, err);
  kn_store_close(store);
  if (code != KN_OK)
    kn_task_stocks_free(out);
  return code;
}

void
kn_task_stocks_free(kn_task_stocks *stocks)
{
  kn_region_free(stocks->region);
  kn_arena_free(stocks->arena);
  *stocks = (kn_task_stocks){0};
}
