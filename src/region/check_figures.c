/* Checks of figures: where they come from, whether they can be, whether they resemble their like. */
#include "region/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- sources */
#define ROWS_NAMED 20 /* rows without source that are named one by one, per table */

static bool
has_figure(const kn_table *table, int64_t row)
{
  for (int32_t c = 0; c < table->def->column_count; c++) {
    const kn_column_def *def = &table->def->columns[c];
    if (def->kind == KN_REAL && !isnan(table->columns[c].real[row]) && strcmp(def->name, "lon") != 0 &&
        strcmp(def->name, "lat") != 0)
      return true;
  }
  return false;
}

static kn_code
check_sources(const kn_check *check, kn_table_id id, kn_error *err)
{
  const kn_table *table = &check->region->table[id];
  if (kn_schema_find_column(table->def, "source_id") == KN_NONE)
    return KN_OK;
  const int32_t *source = kn_table_column(table, "source_id")->number;
  int64_t count = 0, first = -1;
  for (int64_t i = 0; i < table->n; i++)
    if (source[i] == KN_NONE && has_figure(table, i)) {
      first = count == 0 ? i : first;
      count++;
    }
  if (count > ROWS_NAMED)
    return kn_check_tell(check, KN_HINT, "no_source", id, first, "source_id", "say where the figures come from", err,
                         "%" PRId64 " of %" PRId64 " rows have figures without a source; this is the first", count, table->n);
  for (int64_t i = 0; i < table->n && count > 0; i++)
    if (source[i] == KN_NONE && has_figure(table, i))
      KN_TRY(kn_check_tell(check, KN_HINT, "no_source", id, i, "source_id", "say where the figure comes from", err,
                           "its figures have no source"));
  return KN_OK;
}

/* ---------------------------------------------------------------- signs and limits */
static const struct {
  kn_table_id table;
  const char *column;
} not_negative[] = {
    {KN_T_ACTOR, "jobs_fte"},
    {KN_T_RESOURCE, "t_per_unit"},
    {KN_T_OFFER, "rel_sd"},
    {KN_T_NEED, "rel_sd"},
    {KN_T_OFFER_PROPERTY, "rel_sd"},
    {KN_T_PROCESS, "jobs_fte"},
    {KN_T_PROCESS, "capex_eur"},
    {KN_T_PROCESS, "capex_fixed_eur"},
    {KN_T_MODE, "load_eur"},
    {KN_T_MODE, "eur_per_unit_km"},
    {KN_T_MODE, "co2_kg_per_unit_km"},
    {KN_T_MODE, "max_km"},
    {KN_T_MODE, "speed_kmh"},
    {KN_T_FLOW, "rel_sd"},
    {KN_T_FLOW, "sd"},
    {KN_T_INCENTIVE, "budget_eur"},
};

static kn_code
check_signs(const kn_check *check, kn_error *err)
{
  for (size_t k = 0; k < sizeof not_negative / sizeof *not_negative; k++) {
    const kn_table *table = &check->region->table[not_negative[k].table];
    const double *value = kn_table_column(table, not_negative[k].column)->real;
    for (int64_t i = 0; i < table->n; i++)
      if (value[i] < 0)
        KN_TRY(kn_check_tell(check, KN_WARNING, "negative", not_negative[k].table, i, not_negative[k].column, NULL, err,
                             "%s is below 0, which cannot be", not_negative[k].column));
  }
  static const char *const scores[] = {"reliability", "completeness", "temporal", "geographical", "technological"};
  const kn_table *sources = &check->region->table[KN_T_SOURCE];
  for (size_t k = 0; k < sizeof scores / sizeof *scores; k++)
    for (int64_t i = 0; i < sources->n; i++) {
      const int32_t score = kn_table_column(sources, scores[k])->number[i];
      if (score != KN_BLANK_INT && (score < 1 || score > 5))
        KN_TRY(kn_check_tell(check, KN_WARNING, "pedigree", KN_T_SOURCE, i, scores[k], NULL, err,
                             "a pedigree score lies between 1 (best) and 5 (worst), so %d is left out", score));
    }
  const kn_table *specs = &check->region->table[KN_T_NEED_SPEC];
  for (int64_t i = 0; i < specs->n; i++)
    if (kn_table_column(specs, "min")->real[i] > kn_table_column(specs, "max")->real[i])
      KN_TRY(kn_check_tell(check, KN_WARNING, "spec_empty", KN_T_NEED_SPEC, i, "min", "swap min and max", err,
                           "min is above max, so no offer fits"));
  return KN_OK;
}

/* ---------------------------------------------------------------- windows and prices */
static kn_code
check_windows(const kn_check *check, kn_table_id id, kn_error *err)
{
  const kn_table *table = &check->region->table[id];
  const int32_t *from = kn_table_column(table, "from")->number, *to = kn_table_column(table, "to")->number;
  const int32_t year = check->region->settings.plan_year;
  for (int64_t i = 0; i < table->n; i++) {
    if (from[i] == KN_BLANK_INT && to[i] == KN_BLANK_INT)
      continue;
    if (from[i] != KN_BLANK_INT && to[i] != KN_BLANK_INT && from[i] > to[i])
      KN_TRY(kn_check_tell(check, KN_WARNING, "window_reversed", id, i, "from", "swap from and to", err,
                           "its window ends before it begins"));
    else if (year != KN_BLANK_INT && kn_date_share(from[i], to[i], year) <= 0)
      KN_TRY(kn_check_tell(check, KN_WARNING, "window_elsewhere", id, i, from[i] == KN_BLANK_INT ? "to" : "from", NULL, err,
                           "its window lies wholly outside the plan year %d, so it does not count", year));
  }
  return KN_OK;
}

static kn_code
check_prices(const kn_check *check, kn_error *err)
{
  const kn_table *needs = &check->region->table[KN_T_NEED];
  const double *price = kn_table_column(needs, "price_eur")->real;
  for (int64_t i = 0; i < needs->n; i++)
    if (isnan(price[i]))
      KN_TRY(kn_check_tell(check, KN_WARNING, "no_price", KN_T_NEED, i, "price_eur", "ask what is paid today", err,
                           "it has no price, so meeting it counts as worth nothing"));
  return KN_OK;
}

static kn_code
check_flows(const kn_check *check, kn_error *err)
{
  const kn_table *flows = &check->region->table[KN_T_FLOW];
  const char **from = kn_table_column(flows, "from_id")->text, **to = kn_table_column(flows, "to_id")->text;
  for (int64_t i = 0; i < flows->n; i++)
    if (from[i] == NULL ? to[i] == NULL : to[i] != NULL && strcmp(from[i], to[i]) == 0)
      KN_TRY(kn_check_tell(check, KN_WARNING, "flow_nowhere", KN_T_FLOW, i, "to_id", NULL, err,
                           "it begins and ends in the same place, so it moves nothing"));
  return KN_OK;
}

/* ---------------------------------------------------------------- outliers */
#define FIGURES_LEAST 8
#define Z_MOST 3.5

typedef struct figure {
  uint64_t group; /* sector and resource */
  double log10;
  int32_t row;
} figure;

/* NACE division of a code ("24.10", "C24.1", "24"), 0 when it has none. */
static int32_t
division_of(const char *nace)
{
  if (nace == NULL)
    return 0;
  while (*nace == ' ' || (*nace >= 'A' && *nace <= 'U'))
    nace++;
  if (nace[0] < '0' || nace[0] > '9' || nace[1] < '0' || nace[1] > '9')
    return 0;
  return (nace[0] - '0') * 10 + nace[1] - '0';
}

/* NACE Rev. 2 section, as the first division it has; 0 for none. */
static int32_t
section_of(int32_t division)
{
  static const int32_t first[] = {1, 5, 10, 35, 36, 41, 45, 49, 55, 58, 64, 68, 69, 77, 84, 85, 86, 90, 94, 97, 99};
  int32_t section = 0;
  for (size_t i = 0; i < sizeof first / sizeof *first && first[i] <= division; i++)
    section = first[i];
  return section;
}

static int
compare_figures(const void *left, const void *right)
{
  const figure *a = left, *b = right;
  if (a->group != b->group)
    return a->group < b->group ? -1 : 1;
  if (a->log10 != b->log10)
    return a->log10 < b->log10 ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}

static int
compare_reals(const void *left, const void *right)
{
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double
middle(const double *sorted, int64_t n)
{
  return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static kn_code
tell_outlier(const kn_check *check, kn_table_id table, const figure *f, double median, int64_t n, int32_t sector, bool is_section,
             kn_error *err)
{
  const double ratio = pow(10, f->log10 - median);
  const kn_table *rows = &check->region->table[table];
  const int32_t resource = kn_table_column(rows, "resource_id")->number[f->row];
  const bool is_thousand = fabs(fabs(f->log10 - median) - 3) < 0.3;
  char sector_text[40] = "actors without NACE code";
  if (sector > 0)
    snprintf(sector_text, sizeof sector_text, is_section ? "the section of NACE %02d" : "NACE %02d", sector);
  return kn_check_tell(check, KN_WARNING, "outlier", table, f->row, "quantity",
                       is_thousand ? "was it given in a unit a thousand times larger or smaller?" : "look at it once more", err,
                       "it is %.3g times the median of %" PRId64 " figures of %.60s in %s", ratio, n,
                       check->region->resources.resource_id[resource], sector_text);
}

/* Judges groups of figure[n], sorted. Robust z = 0.6745 (x - median) / MAD of the logarithms (Iglewicz & Hoaglin
 * 1993); it must also be ten times off, for groups whose figures hardly differ. is_judged[row]: 1 once its group was
 * large enough. */
static kn_code
judge_groups(const kn_check *check, kn_table_id table, figure *figures, int64_t n, bool is_section, uint8_t *is_judged,
             double *gap, kn_error *err)
{
  if (n > 0)
    qsort(figures, (size_t)n, sizeof *figures, compare_figures);
  for (int64_t first = 0, last; first < n; first = last) {
    for (last = first; last < n && figures[last].group == figures[first].group; last++)
      gap[last] = figures[last].log10;
    const int64_t count = last - first;
    if (count < FIGURES_LEAST)
      continue;
    const double median = middle(gap + first, count);
    for (int64_t i = first; i < last; i++)
      gap[i] = fabs(figures[i].log10 - median);
    qsort(gap + first, (size_t)count, sizeof *gap, compare_reals);
    const double mad = middle(gap + first, count);
    for (int64_t i = first; i < last; i++) {
      const double off = fabs(figures[i].log10 - median);
      if (!is_judged[figures[i].row] && off >= 1 && 0.6745 * off > Z_MOST * mad)
        KN_TRY(tell_outlier(check, table, &figures[i], median, count, (int32_t)(figures[first].group >> 32), is_section, err));
      is_judged[figures[i].row] = 1;
    }
  }
  return KN_OK;
}

static kn_code
check_outliers(const kn_check *check, kn_table_id table, kn_error *err)
{
  const kn_region *region = check->region;
  const kn_table *rows = &region->table[table];
  const double *quantity = kn_table_column(rows, "quantity")->real;
  const int32_t *resource = kn_table_column(rows, "resource_id")->number, *site = kn_table_column(rows, "site_id")->number;
  figure *figures;
  uint8_t *is_judged;
  double *gap;
  KN_NEW(figures, check->scratch, rows->n, err);
  KN_NEW(is_judged, check->scratch, rows->n, err);
  KN_NEW(gap, check->scratch, rows->n, err);
  for (int32_t pass = 0; pass < 2; pass++) {
    int64_t n = 0;
    for (int32_t i = 0; i < rows->n; i++) {
      if (!(quantity[i] > 0) || resource[i] == KN_NONE)
        continue;
      const int32_t actor = site[i] == KN_NONE ? KN_NONE : region->sites.actor[site[i]];
      const int32_t division = actor == KN_NONE ? 0 : division_of(region->actors.nace[actor]);
      const int32_t sector = pass == 0 ? division : section_of(division);
      figures[n++] = (figure){.group = (uint64_t)sector << 32 | (uint32_t)resource[i], .log10 = log10(quantity[i]), .row = i};
    }
    KN_TRY(judge_groups(check, table, figures, n, pass == 1, is_judged, gap, err));
  }
  return KN_OK;
}

kn_code
kn_check_figures(const kn_check *check, kn_error *err)
{
  KN_TRY(check_signs(check, err));
  KN_TRY(check_outliers(check, KN_T_OFFER, err));
  KN_TRY(check_outliers(check, KN_T_NEED, err));
  KN_TRY(check_windows(check, KN_T_OFFER, err));
  KN_TRY(check_windows(check, KN_T_NEED, err));
  KN_TRY(check_windows(check, KN_T_INCENTIVE, err));
  KN_TRY(check_prices(check, err));
  KN_TRY(check_flows(check, err));
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    KN_TRY(check_sources(check, (kn_table_id)t, err));
  return KN_OK;
}
