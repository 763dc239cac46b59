/* What prices and fates are expected to be, and how far off. A figure that is blank is expected to be as those of the same
 * resource, or else of the nearest one above it that has some. */
#include "monitor/ask.h"

#include <string.h>

typedef struct like { /* of each resource: figures that are known of it and what lies below it */
  double *n, *sum, *squares;
} like;

static kn_code
gather(like *out, const kn_region *region, const int32_t *resource, const double *value, int64_t n, kn_arena *arena,
       kn_error *err)
{
  const kn_resource_view resources = kn_region_resources(region);
  KN_NEW(out->n, arena, resources.n, err);
  KN_NEW(out->sum, arena, resources.n, err);
  KN_NEW(out->squares, arena, resources.n, err);
  for (int64_t i = 0; i < n; i++)
    for (int32_t r = resource[i]; !isnan(value[i]) && r != KN_NONE; r = resources.parent[r]) {
      out->n[r]++;
      out->sum[r] += value[i];
      out->squares[r] += value[i] * value[i];
    }
  return KN_OK;
}

/* False: none of the kind is known. One alone tells little: half of it either way. */
static bool
find_like(const like *known, const kn_resource_view *resources, int32_t resource, double *mean, double *sd)
{
  int32_t r = resource;
  while (r != KN_NONE && known->n[r] == 0)
    r = resources->parent[r];
  if (r == KN_NONE)
    return false;
  *mean = known->sum[r] / known->n[r];
  const double variance = fmax(known->squares[r] - known->n[r] * *mean * *mean, 0) / fmax(known->n[r] - 1, 1);
  *sd = known->n[r] > 1 ? sqrt(variance * (1 + 1 / known->n[r])) : 0.5 * fabs(*mean);
  return true;
}

/* Deviations by the pedigree of the source that an extra column names; NULL: there is no such column. */
static const char *const *
find_extra(const kn_table *table, const char *name)
{
  for (int32_t e = 0; e < table->extra_count; e++)
    if (strcmp(table->extra_name[e], name) == 0)
      return (const char *const *)table->extra[e];
  return NULL;
}

typedef struct side { /* offers or needs */
  kn_table_id table;
  const char *column, *deviation, *source_column;
  const int32_t *resource, *source;
  kn_edit_kind edit;
} side;

static kn_code
expect(const side *of, const kn_region *region, double prior, double *mean, double *sd, uint8_t *is_prior, ask_prices *out,
       kn_arena *arena, kn_error *err)
{
  const kn_table *table = kn_region_table(region, of->table);
  const double *value = table->columns[kn_schema_find_column(table->def, of->column)].real;
  const double *given = table->columns[kn_schema_find_column(table->def, of->deviation)].real;
  const char *const *named = find_extra(table, of->source_column);
  const kn_source_view sources = kn_region_sources(region);
  const kn_resource_view resources = kn_region_resources(region);
  like known = {0};
  KN_TRY(gather(&known, region, of->resource, value, table->n, arena, err));
  for (int64_t i = 0; i < table->n; i++) {
    mean[i] = value[i];
    if (isnan(value[i])) {
      if (!find_like(&known, &resources, of->resource[i], &mean[i], &sd[i]))
        mean[i] = sd[i] = 0; /* nothing is known of the kind: counts as in the plan */
      else
        out->edit[out->edit_count++] = (kn_edit){.kind = of->edit, .row = (int32_t)i, .value = mean[i]};
      is_prior[i] = true;
      continue;
    }
    double rel_sd = given[i];
    if (isnan(rel_sd) && named != NULL && named[i] != NULL) {
      const int32_t source = kn_region_find(region, KN_T_SOURCE, named[i]);
      rel_sd = source != KN_NONE ? sources.rel_sd[source] : NAN;
    }
    if (isnan(rel_sd) && of->source[i] != KN_NONE)
      rel_sd = sources.rel_sd[of->source[i]];
    is_prior[i] = (uint8_t)(isnan(rel_sd) != 0);
    sd[i] = fabs(mean[i]) * (isnan(rel_sd) ? prior : rel_sd);
  }
  return KN_OK;
}

kn_code
ask_expect_prices(ask_prices *out, const kn_region *region, const kn_ask_settings *settings, kn_arena *arena, kn_error *err)
{
  const kn_offer_view offers = kn_region_offers(region);
  const kn_need_view needs = kn_region_needs(region);
  KN_NEW(out->fate, arena, offers.n, err);
  KN_NEW(out->fate_sd, arena, offers.n, err);
  KN_NEW(out->fate_is_prior, arena, offers.n, err);
  KN_NEW(out->price, arena, needs.n, err);
  KN_NEW(out->price_sd, arena, needs.n, err);
  KN_NEW(out->price_is_prior, arena, needs.n, err);
  KN_NEW(out->edit, arena, offers.n + needs.n, err);
  const side fate = {KN_T_OFFER,      "fate_eur",    "fate_rel_sd",         "fate_source_id",
                     offers.resource, offers.source, KN_EDIT_OFFER_FATE_EUR};
  const side price = {KN_T_NEED,      "price_eur",  "price_rel_sd",        "price_source_id",
                      needs.resource, needs.source, KN_EDIT_NEED_PRICE_EUR};
  KN_TRY(expect(&fate, region, settings->price_sd, out->fate, out->fate_sd, out->fate_is_prior, out, arena, err));
  return expect(&price, region, settings->price_sd, out->price, out->price_sd, out->price_is_prior, out, arena, err);
}
