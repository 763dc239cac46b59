/* The typed views of totals, stocks and fleets. Years and cohorts come grouped by what they belong to, by rising year. */
#include "region/views.h"

#include <stdlib.h>

static kn_code
view_totals(kn_region *region, kn_error *err)
{
  const kn_table_id t = KN_T_TOTAL;
  const int64_t n = region->table[t].n;
  const int32_t *source = number(region, t, "source_id");
  const double *given = real(region, t, "rel_sd");
  const uint8_t *side = word(region, t, "side");
  uint8_t *is_need;
  double *rel_sd;
  KN_NEW(is_need, region->keep, n, err);
  KN_NEW(rel_sd, region->keep, n, err);
  for (int64_t i = 0; i < n; i++) {
    is_need[i] = side[i] == 1;
    rel_sd[i] = isnan(given[i]) && source[i] != KN_NONE ? region->sources.rel_sd[source[i]] : given[i];
  }
  region->totals = (kn_total_view){.n = n,
                                   .total_id = text(region, t, "total_id"),
                                   .area = number(region, t, "area_id"),
                                   .resource = number(region, t, "resource_id"),
                                   .nace = text(region, t, "nace"),
                                   .is_need = is_need,
                                   .quantity = real(region, t, "quantity"),
                                   .rel_sd = rel_sd};
  return KN_OK;
}

/* ---------------------------------------------------------------- years */
typedef struct dated {
  int32_t owner, year, row;
} dated;

static int
compare_dated(const void *left, const void *right)
{
  const dated *a = left, *b = right;
  if (a->owner != b->owner)
    return a->owner < b->owner ? -1 : 1;
  return (a->year > b->year) - (a->year < b->year);
}

/* Rows of `table` by the row of `owners` they belong to and by year. Rows without an owner (of a salvaged region) come last. */
static kn_code
order_years(kn_region *region, kn_table_id table, const char *owner, const char *year, int64_t owners, int32_t **first_out,
            dated **order, kn_error *err)
{
  const int64_t n = region->table[table].n;
  const int32_t *of = number(region, table, owner), *when = number(region, table, year);
  dated *rows;
  int32_t *first;
  KN_NEW(rows, region->keep, n, err);
  KN_NEW(first, region->keep, owners + 1, err);
  for (int64_t i = 0; i < n; i++)
    rows[i] = (dated){.owner = of[i] == KN_NONE ? INT32_MAX : of[i], .year = when[i], .row = (int32_t)i};
  qsort(rows, (size_t)n, sizeof *rows, compare_dated);
  int64_t at = 0;
  for (int64_t o = 0; o <= owners; o++) {
    while (at < n && rows[at].owner < o)
      at++;
    first[o] = (int32_t)at;
  }
  *first_out = first;
  *order = rows;
  return KN_OK;
}

static kn_code
take_years(kn_region *region, int64_t n, const dated *order, const int32_t **out, kn_error *err)
{
  int32_t *year;
  KN_NEW(year, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    year[i] = order[i].year;
  *out = year;
  return KN_OK;
}

static kn_code
take_reals(kn_region *region, kn_table_id table, const char *name, const dated *order, const double **out, kn_error *err)
{
  const double *given = real(region, table, name);
  const int64_t n = region->table[table].n;
  double *value;
  KN_NEW(value, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    value[i] = given[order[i].row];
  *out = value;
  return KN_OK;
}

static kn_code
view_stocks(kn_region *region, kn_error *err)
{
  const kn_table_id t = KN_T_STOCK, y = KN_T_STOCK_YEAR, c = KN_T_STOCK_COHORT;
  const int64_t n = region->table[t].n;
  kn_stock_view *view = &region->stocks;
  *view = (kn_stock_view){.n = n,
                          .stock_id = text(region, t, "stock_id"),
                          .site = number(region, t, "site_id"),
                          .area = number(region, t, "area_id"),
                          .resource = number(region, t, "resource_id"),
                          .source = number(region, t, "source_id"),
                          .driver = word(region, t, "driver"),
                          .lifetime = word(region, t, "lifetime"),
                          .mean_yr = real(region, t, "mean_yr"),
                          .sd_yr = real(region, t, "sd_yr"),
                          .shape = real(region, t, "shape"),
                          .scale_yr = real(region, t, "scale_yr")};
  const int32_t *given = number(region, t, "may_shrink");
  uint8_t *may_shrink;
  KN_NEW(may_shrink, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    may_shrink[i] = given[i] != 0;
  view->may_shrink = may_shrink;
  int32_t *first;
  dated *order;
  KN_TRY(order_years(region, y, "stock_id", "year", n, &first, &order, err));
  view->year_first = first;
  KN_TRY(take_years(region, region->table[y].n, order, &view->year, err));
  KN_TRY(take_reals(region, y, "inflow", order, &view->inflow, err));
  KN_TRY(take_reals(region, y, "stock", order, &view->stock, err));
  KN_TRY(order_years(region, c, "stock_id", "cohort", n, &first, &order, err));
  view->cohort_first = first;
  KN_TRY(take_years(region, region->table[c].n, order, &view->cohort, err));
  return take_reals(region, c, "quantity", order, &view->cohort_quantity, err);
}

static kn_code
view_fleets(kn_region *region, kn_error *err)
{
  const kn_table_id t = KN_T_FLEET, y = KN_T_FLEET_YEAR;
  const int64_t n = region->table[t].n;
  kn_fleet_view *view = &region->fleets;
  *view = (kn_fleet_view){.n = n,
                          .fleet_id = text(region, t, "fleet_id"),
                          .site = number(region, t, "site_id"),
                          .area = number(region, t, "area_id"),
                          .resource = number(region, t, "resource_id"),
                          .source = number(region, t, "source_id"),
                          .contract_years = number(region, t, "contract_years"),
                          .kg_new = real(region, t, "kg_new"),
                          .kg_parts = real(region, t, "kg_parts")};
  KN_TRY(kn_view_real_or(region, t, "loss_at_return", 0, &view->loss_at_return, err));
  KN_TRY(kn_view_real_or(region, t, "refurbish_yield", 0, &view->refurbish_yield, err));
  const int32_t *given = number(region, t, "most_refurbishments");
  int32_t *most;
  KN_NEW(most, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    most[i] = given[i] == KN_BLANK_INT ? 0 : given[i];
  view->most_refurbishments = most;
  int32_t *first;
  dated *order;
  KN_TRY(order_years(region, y, "fleet_id", "year", n, &first, &order, err));
  view->year_first = first;
  KN_TRY(take_years(region, region->table[y].n, order, &view->year, err));
  return take_reals(region, y, "contracts", order, &view->contracts, err);
}

kn_code
kn_region_view_stocks(kn_region *region, kn_error *err)
{
  KN_TRY(view_totals(region, err));
  KN_TRY(view_stocks(region, err));
  return view_fleets(region, err);
}

kn_total_view
kn_region_totals(const kn_region *region)
{
  return region->totals;
}

kn_stock_view
kn_region_stocks(const kn_region *region)
{
  return region->stocks;
}

kn_fleet_view
kn_region_fleets(const kn_region *region)
{
  return region->fleets;
}
