/* Checks of totals, stocks and fleets: figures that a lifetime or a year lacks, gaps, sectors that are none. */
#include "region/internal.h"

#include <string.h>

/* "16", "16.1", "C16.10", or a section alone. */
static bool
is_sector(const char *nace)
{
  while (*nace == ' ')
    nace++;
  const bool has_section = (*nace >= 'A' && *nace <= 'U') || (*nace >= 'a' && *nace <= 'u');
  nace += has_section;
  if (*nace == '\0')
    return has_section;
  return strspn(nace, "0123456789. ") == strlen(nace) && strpbrk(nace, "0123456789") != NULL;
}

static kn_code
check_totals(const kn_check *check, kn_error *err)
{
  const kn_total_view totals = check->region->totals;
  for (int64_t i = 0; i < totals.n; i++)
    if (totals.nace[i] != NULL && !is_sector(totals.nace[i]))
      KN_TRY(kn_check_tell(check, KN_WARNING, "sector", KN_T_TOTAL, i, "nace", "give a NACE code, as in 16.10", err,
                           "it is no sector, so nothing is added up"));
  return KN_OK;
}

/* The figure that a lifetime needs and has not; NULL: none. */
static const char *
lacking_figure(const kn_stock_view *stocks, int64_t row)
{
  switch (stocks->lifetime[row]) {
  case KN_LIVES_NORMAL:
  case KN_LIVES_LOGNORMAL:
    return isnan(stocks->mean_yr[row]) ? "mean_yr" : isnan(stocks->sd_yr[row]) ? "sd_yr" : NULL;
  case KN_LIVES_FIXED:
    return isnan(stocks->mean_yr[row]) ? "mean_yr" : NULL;
  case KN_LIVES_WEIBULL:
    return isnan(stocks->shape[row]) ? "shape" : isnan(stocks->scale_yr[row]) ? "scale_yr" : NULL;
  default:
    return NULL; /* refused already */
  }
}

/* Years one after the other, each with its figure (NULL: there is none to have). */
static kn_code
check_years(const kn_check *check, kn_table_id table, int64_t row, const int32_t *year, const double *figure, int32_t n,
            const char *name, kn_error *err)
{
  if (n == 0)
    return kn_check_tell(check, KN_WARNING, "no_years", table, row, NULL, "add its years", err, "it has no years");
  for (int32_t i = 0; i < n; i++) {
    if (i > 0 && year[i] != (int64_t)year[i - 1] + 1)
      return kn_check_tell(check, KN_ERROR, "missing_year", table, row, NULL, "add the years between", err,
                           "its years have a gap between %d and %d", year[i - 1], year[i]);
    if (figure != NULL && isnan(figure[i]))
      return kn_check_tell(check, KN_ERROR, "no_figure", table, row, NULL, "fill it in, or change the driver", err,
                           "year %d has no %s", year[i], name);
  }
  return KN_OK;
}

static kn_code
check_stock(const kn_check *check, int64_t row, kn_error *err)
{
  const kn_stock_view stocks = check->region->stocks;
  const int32_t first = stocks.year_first[row], n = stocks.year_first[row + 1] - first;
  const char *lacks = lacking_figure(&stocks, row);
  if (lacks != NULL)
    KN_TRY(kn_check_tell(check, KN_ERROR, "lifetime", KN_T_STOCK, row, lacks, "fill it in", err, "its lifetime needs %s", lacks));
  const bool is_by_stock = stocks.driver[row] == KN_BY_STOCK;
  KN_TRY(check_years(check, KN_T_STOCK, row, stocks.year + first, (is_by_stock ? stocks.stock : stocks.inflow) + first, n,
                     is_by_stock ? "stock" : "inflow", err));
  for (int32_t k = stocks.cohort_first[row]; n > 0 && k < stocks.cohort_first[row + 1]; k++)
    if (stocks.cohort[k] >= stocks.year[first])
      return kn_check_tell(check, KN_ERROR, "cohort", KN_T_STOCK, row, NULL, "give cohorts of before the first year alone", err,
                           "its cohort of %d is not before its first year, %d", stocks.cohort[k], stocks.year[first]);
  return KN_OK;
}

kn_code
kn_check_stocks(const kn_check *check, kn_error *err)
{
  const kn_stock_view stocks = check->region->stocks;
  const kn_fleet_view fleets = check->region->fleets;
  KN_TRY(check_totals(check, err));
  for (int64_t i = 0; i < stocks.n; i++)
    KN_TRY(check_stock(check, i, err));
  for (int64_t i = 0; i < fleets.n; i++)
    KN_TRY(check_years(check, KN_T_FLEET, i, fleets.year + fleets.year_first[i], NULL,
                       fleets.year_first[i + 1] - fleets.year_first[i], NULL, err));
  return KN_OK;
}
