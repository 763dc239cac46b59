/* The typed views: columns under their names, blanks replaced by their defaults, trees numbered. A column that
 * needs no change is lent as it is; one that nobody gave is an array of its default, shared. */
#include "region/views.h"

#include <string.h>

/* ---------------------------------------------------------------- columns with defaults */
/* An array of n times one value; there are few different values, so they are shared. */
static kn_code
constant(kn_region *region, double value, int64_t n, const double **out, kn_error *err)
{
  for (int32_t i = 0; i < region->constant_count; i++)
    if (region->constant[i].value == value && region->constant[i].n >= n) {
      *out = region->constant[i].data;
      return KN_OK;
    }
  double *data;
  KN_NEW(data, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    data[i] = value;
  *out = data;
  if (region->constant_count < (int32_t)(sizeof region->constant / sizeof *region->constant))
    region->constant[region->constant_count++] = (struct kn_constant){.value = value, .n = n, .data = data};
  return KN_OK;
}

kn_code
kn_view_real_or(kn_region *region, kn_table_id table, const char *name, double otherwise, const double **out, kn_error *err)
{
  const double *given = real(region, table, name);
  const int64_t n = region->table[table].n;
  int64_t blanks = 0;
  for (int64_t i = 0; i < n; i++)
    blanks += isnan(given[i]);
  *out = given;
  if (blanks == 0)
    return KN_OK;
  if (blanks == n)
    return constant(region, otherwise, n, out, err);
  double *filled;
  KN_NEW(filled, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    filled[i] = isnan(given[i]) ? otherwise : given[i];
  *out = filled;
  return KN_OK;
}

kn_code
kn_view_byte_or(kn_region *region, kn_table_id table, const char *name, uint8_t otherwise, const uint8_t **out, kn_error *err)
{
  const kn_column *given = column(region, table, name);
  const bool is_word = region->table[table].def->columns[kn_schema_find_column(region->table[table].def, name)].kind == KN_WORD;
  const int64_t n = region->table[table].n;
  uint8_t *filled;
  KN_NEW(filled, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    if (is_word)
      filled[i] = given->word[i] == KN_BLANK_WORD ? otherwise : given->word[i];
    else
      filled[i] = given->number[i] == KN_BLANK_INT ? otherwise : (uint8_t)given->number[i];
  *out = filled;
  return KN_OK;
}

/* Share of the plan year that each row's window covers. Without a plan year every window counts wholly. */
static kn_code
window_share(kn_region *region, kn_table_id table, const double **out, kn_error *err)
{
  const int32_t *from = number(region, table, "from"), *to = number(region, table, "to");
  const int64_t n = region->table[table].n;
  bool has_window = false;
  for (int64_t i = 0; i < n && !has_window; i++)
    has_window = from[i] != KN_BLANK_INT || to[i] != KN_BLANK_INT;
  if (!has_window || region->settings.plan_year == KN_BLANK_INT)
    return constant(region, 1, n, out, err);
  double *share;
  KN_NEW(share, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    share[i] = kn_date_share(from[i], to[i], region->settings.plan_year);
  *out = share;
  return KN_OK;
}

kn_code
kn_view_points(kn_region *region, kn_table_id table, const kn_point **out, kn_error *err)
{
  const double *lon = real(region, table, "lon"), *lat = real(region, table, "lat");
  const int64_t n = region->table[table].n;
  kn_point *point;
  KN_NEW(point, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    point[i] = kn_point_at(isnan(lon[i]) ? 0 : lon[i], isnan(lat[i]) ? 0 : lat[i]);
  *out = point;
  return KN_OK;
}

static kn_code
number_forest(kn_region *region, kn_table_id table, const int32_t **enter_out, const int32_t **leave_out, kn_error *err)
{
  const int64_t n = region->table[table].n;
  int32_t *enter, *leave;
  KN_NEW(enter, region->keep, n, err);
  KN_NEW(leave, region->keep, n, err);
  kn_arena *scratch = kn_arena_new();
  int32_t *cut = NULL;
  int64_t cut_count = 0;
  kn_code code = kn_arena_reserve(scratch, (size_t)(n + 1) * sizeof *cut, err);
  if (code == KN_OK) {
    cut = kn_arena_take(scratch, (size_t)n + 1, sizeof *cut);
    code = kn_forest_number(n, column(region, table, "parent_id")->number, enter, leave, cut, &cut_count, scratch, err);
  }
  assert(code != KN_OK || cut_count == 0);
  kn_arena_free(scratch);
  *enter_out = enter;
  *leave_out = leave;
  return code;
}

/* ---------------------------------------------------------------- sources */
/* Uncertainty factors of the pedigree scores 1..5: the variance of the logarithm is the sum of (ln U / 2)^2 over
 * the five indicators and the basic factor 1.05, and the relative deviation sqrt(exp(variance) - 1).
 * source  Frischknecht et al. (2007), ecoinvent report 1, table 7.2 (after Pedersen Weidema & Wesnaes 1996);
 *         scores the table leaves open are taken halfway their neighbours. */
static const double pedigree[5][5] = {
    {1.00, 1.05, 1.10, 1.20, 1.50}, /* reliability */
    {1.00, 1.02, 1.05, 1.10, 1.20}, /* completeness */
    {1.00, 1.03, 1.10, 1.20, 1.50}, /* temporal */
    {1.00, 1.01, 1.02, 1.06, 1.10}, /* geographical */
    {1.00, 1.10, 1.20, 1.50, 2.00}, /* technological */
};
static const char *const pedigree_names[5] = {"reliability", "completeness", "temporal", "geographical", "technological"};

static kn_code
view_sources(kn_region *region, kn_error *err)
{
  const int64_t n = region->table[KN_T_SOURCE].n;
  double *rel_sd;
  uint8_t *is_estimate;
  KN_NEW(rel_sd, region->keep, n, err);
  KN_NEW(is_estimate, region->keep, n, err);
  const uint8_t *kind = word(region, KN_T_SOURCE, "kind");
  for (int64_t i = 0; i < n; i++) {
    double variance = pow(log(1.05) / 2, 2);
    bool has_score = false;
    for (int32_t p = 0; p < 5; p++) {
      const int32_t score = number(region, KN_T_SOURCE, pedigree_names[p])[i];
      if (score < 1 || score > 5)
        continue; /* blank, or nonsense that check reports */
      has_score = true;
      variance += pow(log(pedigree[p][score - 1]) / 2, 2);
    }
    rel_sd[i] = has_score ? sqrt(expm1(variance)) : NAN;
    is_estimate[i] = kind[i] != KN_BLANK_WORD &&
                     strcmp(kn_schema(KN_T_SOURCE)->columns[kn_schema_find_column(kn_schema(KN_T_SOURCE), "kind")].words[kind[i]],
                            "estimate") == 0;
  }
  region->sources = (kn_source_view){.n = n,
                                     .source_id = text(region, KN_T_SOURCE, "source_id"),
                                     .title = text(region, KN_T_SOURCE, "title"),
                                     .rel_sd = rel_sd,
                                     .is_estimate = is_estimate};
  return KN_OK;
}

/* rel_sd as given, else from the pedigree of the row's source. */
kn_code
kn_region_deviation(kn_region *region, kn_table_id table, const double **out, kn_error *err)
{
  const double *given = real(region, table, "rel_sd");
  const int32_t *source = number(region, table, "source_id");
  const int64_t n = region->table[table].n;
  bool is_needed = false;
  for (int64_t i = 0; i < n && !is_needed; i++)
    is_needed = isnan(given[i]) && source[i] != KN_NONE && !isnan(region->sources.rel_sd[source[i]]);
  *out = given;
  if (!is_needed)
    return KN_OK;
  double *filled;
  KN_NEW(filled, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    filled[i] = isnan(given[i]) && source[i] != KN_NONE ? region->sources.rel_sd[source[i]] : given[i];
  *out = filled;
  return KN_OK;
}

/* ---------------------------------------------------------------- tables of places and things */
static kn_code
view_areas(kn_region *region, kn_error *err)
{
  kn_area_view *view = &region->areas;
  *view = (kn_area_view){.n = region->table[KN_T_AREA].n,
                         .area_id = text(region, KN_T_AREA, "area_id"),
                         .name = text(region, KN_T_AREA, "name"),
                         .level = word(region, KN_T_AREA, "level"),
                         .parent = number(region, KN_T_AREA, "parent_id"),
                         .population = real(region, KN_T_AREA, "population")};
  return number_forest(region, KN_T_AREA, &view->enter, &view->leave, err);
}

static kn_code
view_sites(kn_region *region, kn_error *err)
{
  region->actors = (kn_actor_view){.n = region->table[KN_T_ACTOR].n,
                                   .actor_id = text(region, KN_T_ACTOR, "actor_id"),
                                   .name = text(region, KN_T_ACTOR, "name"),
                                   .nace = text(region, KN_T_ACTOR, "nace"),
                                   .kind = word(region, KN_T_ACTOR, "kind"),
                                   .jobs_fte = real(region, KN_T_ACTOR, "jobs_fte")};
  kn_site_view *view = &region->sites;
  *view = (kn_site_view){.n = region->table[KN_T_SITE].n,
                         .site_id = text(region, KN_T_SITE, "site_id"),
                         .name = text(region, KN_T_SITE, "name"),
                         .actor = number(region, KN_T_SITE, "actor_id"),
                         .lon = real(region, KN_T_SITE, "lon"),
                         .lat = real(region, KN_T_SITE, "lat"),
                         .location_quality = word(region, KN_T_SITE, "location_quality"),
                         .floor_m2 = real(region, KN_T_SITE, "floor_m2")};
  KN_TRY(kn_view_points(region, KN_T_SITE, &view->point, err));
  return kn_region_locate(region, KN_T_SITE, number(region, KN_T_SITE, "area_id"), &view->area, err);
}

static kn_code
view_resources(kn_region *region, kn_error *err)
{
  kn_resource_view *view = &region->resources;
  const int64_t n = region->table[KN_T_RESOURCE].n;
  *view = (kn_resource_view){.n = n,
                             .resource_id = text(region, KN_T_RESOURCE, "resource_id"),
                             .name = text(region, KN_T_RESOURCE, "name"),
                             .class_of = word(region, KN_T_RESOURCE, "class"),
                             .parent = number(region, KN_T_RESOURCE, "parent_id"),
                             .code_low = text(region, KN_T_RESOURCE, "code_low"),
                             .code_ewcstat = text(region, KN_T_RESOURCE, "code_ewcstat"),
                             .code_cpa = text(region, KN_T_RESOURCE, "code_cpa")};
  KN_TRY(number_forest(region, KN_T_RESOURCE, &view->enter, &view->leave, err));
  KN_TRY(kn_view_real_or(region, KN_T_RESOURCE, "virgin_share", 0, &view->virgin_share, err));
  KN_TRY(kn_view_byte_or(region, KN_T_RESOURCE, "hazardous", 0, &view->hazardous, err));
  const double *given = real(region, KN_T_RESOURCE, "t_per_unit");
  const uint8_t *stream_word = word(region, KN_T_RESOURCE, "stream");
  const kn_table_def *def = kn_schema(KN_T_RESOURCE);
  const char *const *words = def->columns[kn_schema_find_column(def, "stream")].words;
  double *t_per_unit;
  const char **stream;
  KN_NEW(t_per_unit, region->keep, n, err);
  KN_NEW(stream, region->keep, n, err);
  for (int64_t i = 0; i < n; i++) {
    const bool has_mass = view->class_of[i] == KN_MATERIAL || view->class_of[i] == KN_WATER;
    t_per_unit[i] = !isnan(given[i]) ? given[i] : has_mass ? 1 : 0;
    stream[i] = stream_word[i] == KN_BLANK_WORD ? NULL : words[stream_word[i]];
  }
  view->t_per_unit = t_per_unit;
  view->stream = stream;
  return KN_OK;
}

/* ---------------------------------------------------------------- offers and needs */
static kn_code
view_offers(kn_region *region, kn_error *err)
{
  kn_offer_view *view = &region->offers;
  const kn_table_id t = KN_T_OFFER;
  *view = (kn_offer_view){.n = region->table[t].n,
                          .offer_id = text(region, t, "offer_id"),
                          .site = number(region, t, "site_id"),
                          .resource = number(region, t, "resource_id"),
                          .source = number(region, t, "source_id"),
                          .quantity = real(region, t, "quantity"),
                          .fate = word(region, t, "fate"),
                          .from = number(region, t, "from"),
                          .to = number(region, t, "to"),
                          .disclosure = word(region, t, "disclosure"),
                          .profile = number(region, t, "profile_id")};
  KN_TRY(window_share(region, t, &view->share, err));
  KN_TRY(kn_view_real_or(region, t, "fate_eur", 0, &view->fate_eur, err));
  KN_TRY(kn_view_real_or(region, t, "fate_co2_kg", 0, &view->fate_co2_kg, err));
  return kn_region_deviation(region, t, &view->rel_sd, err);
}

static kn_code
view_needs(kn_region *region, kn_error *err)
{
  kn_need_view *view = &region->needs;
  const kn_table_id t = KN_T_NEED;
  *view = (kn_need_view){.n = region->table[t].n,
                         .need_id = text(region, t, "need_id"),
                         .site = number(region, t, "site_id"),
                         .resource = number(region, t, "resource_id"),
                         .source = number(region, t, "source_id"),
                         .quantity = real(region, t, "quantity"),
                         .from = number(region, t, "from"),
                         .to = number(region, t, "to"),
                         .disclosure = word(region, t, "disclosure"),
                         .profile = number(region, t, "profile_id")};
  KN_TRY(window_share(region, t, &view->share, err));
  KN_TRY(kn_view_real_or(region, t, "price_eur", 0, &view->price_eur, err));
  KN_TRY(kn_view_real_or(region, t, "market_co2_kg", 0, &view->market_co2_kg, err));
  return kn_region_deviation(region, t, &view->rel_sd, err);
}

kn_code
kn_view_group_rows(kn_region *region, int64_t rows, const int32_t *owner, int64_t groups, const int32_t **first_out,
                   const int32_t **order_out, kn_arena *order_in, kn_error *err)
{
  int32_t *first, *order;
  KN_NEW(first, region->keep, groups + 1, err);
  KN_NEW(order, order_in, rows, err);
  for (int64_t i = 0; i < rows; i++)
    if (owner[i] != KN_NONE)
      first[owner[i] + 1]++;
  for (int64_t g = 0; g < groups; g++)
    first[g + 1] += first[g];
  for (int64_t i = 0; i < rows; i++)
    if (owner[i] != KN_NONE)
      order[first[owner[i]]++] = (int32_t)i;
  for (int64_t g = groups; g > 0; g--)
    first[g] = first[g - 1];
  first[0] = 0;
  *first_out = first;
  *order_out = order;
  return KN_OK;
}

static const double *
gathered(kn_region *region, int64_t count, const int32_t *order, const double *values, double otherwise, kn_error *err)
{
  if (kn_arena_reserve(region->keep, ((size_t)count + 1) * sizeof(double), err) != KN_OK)
    return NULL;
  double *out = kn_arena_take(region->keep, (size_t)count + 1, sizeof *out);
  for (int64_t i = 0; i < count; i++)
    out[i] = isnan(values[order[i]]) ? otherwise : values[order[i]];
  return out;
}

/* Numbers of the properties, through the symbols of their names. */
static kn_code
gather_properties(kn_region *region, kn_table_id table, int64_t count, const int32_t *order, const int32_t **out, kn_error *err)
{
  const char *const *names = text(region, table, "property");
  int32_t *property;
  KN_NEW(property, region->keep, count, err);
  for (int64_t i = 0; i < count; i++)
    property[i] = kn_symbols_find(&region->symbols[KN_D_PROPERTY], names[order[i]] == NULL ? "" : names[order[i]],
                                  names[order[i]] == NULL ? 0 : strlen(names[order[i]]));
  *out = property;
  return KN_OK;
}

static void
find_property_units(const kn_region *region, kn_table_id table, const char **unit)
{
  const char *const *names = text(region, table, "property"), *const *units = text(region, table, "unit");
  for (int64_t i = 0; i < region->table[table].n; i++) {
    if (units[i] == NULL || names[i] == NULL)
      continue;
    const int32_t property = kn_symbols_find(&region->symbols[KN_D_PROPERTY], names[i], strlen(names[i]));
    if (property != KN_NONE && unit[property] == NULL)
      unit[property] = units[i];
  }
}

static kn_code
view_properties(kn_region *region, kn_arena *scratch, kn_error *err)
{
  kn_property_view *view = &region->properties;
  const kn_symbols *names = &region->symbols[KN_D_PROPERTY];
  const int32_t *offer_order, *need_order;
  const char **unit;
  KN_NEW(unit, region->keep, names->count, err);
  find_property_units(region, KN_T_OFFER_PROPERTY, unit);
  find_property_units(region, KN_T_NEED_SPEC, unit);
  view->property_count = names->count;
  view->property_name = names->text;
  view->property_unit = unit;
  KN_TRY(kn_view_group_rows(region, region->table[KN_T_OFFER_PROPERTY].n, number(region, KN_T_OFFER_PROPERTY, "offer_id"),
                            region->offers.n, &view->offer_first, &offer_order, scratch, err));
  KN_TRY(kn_view_group_rows(region, region->table[KN_T_NEED_SPEC].n, number(region, KN_T_NEED_SPEC, "need_id"), region->needs.n,
                            &view->need_first, &need_order, scratch, err));
  const int64_t offered = view->offer_first[region->offers.n], asked = view->need_first[region->needs.n];
  KN_TRY(gather_properties(region, KN_T_OFFER_PROPERTY, offered, offer_order, &view->offer_property, err));
  KN_TRY(gather_properties(region, KN_T_NEED_SPEC, asked, need_order, &view->need_property, err));
  view->offer_value = gathered(region, offered, offer_order, real(region, KN_T_OFFER_PROPERTY, "value"), NAN, err);
  view->need_min = gathered(region, asked, need_order, real(region, KN_T_NEED_SPEC, "min"), -INFINITY, err);
  view->need_max = gathered(region, asked, need_order, real(region, KN_T_NEED_SPEC, "max"), INFINITY, err);
  if (view->offer_value == NULL || view->need_min == NULL || view->need_max == NULL)
    return kn_note(err, "grouping properties");
  return KN_OK;
}

/* ---------------------------------------------------------------- processes, units, gateways */
static kn_code
view_processes(kn_region *region, kn_arena *scratch, kn_error *err)
{
  kn_process_view *view = &region->processes;
  const kn_table_id t = KN_T_PROCESS, f = KN_T_PROCESS_FLOW;
  *view = (kn_process_view){.n = region->table[t].n,
                            .process_id = text(region, t, "process_id"),
                            .name = text(region, t, "name"),
                            .activity_unit = text(region, t, "activity_unit"),
                            .r_strategy = word(region, t, "r_strategy"),
                            .lifetime_yr = real(region, t, "lifetime_yr")};
  KN_TRY(kn_view_real_or(region, t, "opex_eur", 0, &view->opex_eur, err));
  KN_TRY(kn_view_real_or(region, t, "co2_kg", 0, &view->co2_kg, err));
  KN_TRY(kn_view_real_or(region, t, "jobs_fte", 0, &view->jobs_fte, err));
  KN_TRY(kn_view_real_or(region, t, "capex_eur", 0, &view->capex_eur, err));
  KN_TRY(kn_view_real_or(region, t, "capex_fixed_eur", 0, &view->capex_fixed_eur, err));
  KN_TRY(kn_view_real_or(region, t, "min_load", 0, &view->min_load, err));
  const int32_t *order;
  KN_TRY(kn_view_group_rows(region, region->table[f].n, number(region, f, "process_id"), view->n, &view->flow_first, &order,
                            scratch, err));
  const int64_t count = view->flow_first[view->n];
  int32_t *resource;
  uint8_t *per;
  KN_NEW(resource, region->keep, count, err);
  KN_NEW(per, region->keep, count, err);
  for (int64_t i = 0; i < count; i++) {
    resource[i] = number(region, f, "resource_id")[order[i]];
    const uint8_t given = word(region, f, "per")[order[i]];
    per[i] = given == KN_BLANK_WORD ? KN_PER_ACTIVITY : given;
  }
  view->flow_resource = resource;
  view->flow_per = per;
  view->flow_quantity = gathered(region, count, order, real(region, f, "quantity"), 0, err);
  view->flow_residual_eur = gathered(region, count, order, real(region, f, "residual_eur"), 0, err);
  if (view->flow_quantity == NULL || view->flow_residual_eur == NULL)
    return kn_note(err, "grouping recipes");
  return KN_OK;
}

static kn_code
view_gateways(kn_region *region, kn_error *err)
{
  kn_gateway_view *view = &region->gateways;
  const kn_table_id t = KN_T_GATEWAY;
  const int64_t n = region->table[t].n;
  *view = (kn_gateway_view){.n = n,
                            .gateway_id = text(region, t, "gateway_id"),
                            .name = text(region, t, "name"),
                            .lon = real(region, t, "lon"),
                            .lat = real(region, t, "lat"),
                            .resource = number(region, t, "resource_id"),
                            .direction = word(region, t, "direction"),
                            .level = word(region, t, "level"),
                            .price_eur = real(region, t, "price_eur")};
  KN_TRY(kn_view_points(region, t, &view->point, err));
  KN_TRY(kn_view_real_or(region, t, "capacity", INFINITY, &view->capacity, err));
  KN_TRY(kn_view_real_or(region, t, "co2_kg", 0, &view->co2_kg, err));
  return kn_region_locate(region, t, NULL, &view->area, err);
}

static kn_code
view_incentives(kn_region *region, kn_error *err)
{
  kn_incentive_view *view = &region->incentives;
  const kn_table_id t = KN_T_INCENTIVE;
  const int64_t n = region->table[t].n;
  *view = (kn_incentive_view){
      .n = n, .incentive_id = text(region, t, "incentive_id"), .name = text(region, t, "name"), .eur = real(region, t, "eur")};
  KN_TRY(kn_view_real_or(region, t, "budget_eur", INFINITY, &view->budget_eur, err));
  KN_TRY(window_share(region, t, &view->share, err));
  uint8_t *kinds;
  int32_t *rows;
  KN_NEW(kinds, region->keep, n, err);
  KN_NEW(rows, region->keep, n, err);
  for (int64_t i = 0; i < n; i++) {
    const char *target = text(region, t, "target")[i], *id;
    kn_target kind = KN_TO_RESOURCE;
    rows[i] = KN_NONE;
    if (target == NULL || !kn_target_parse(target, &kind, &id))
      continue;
    kinds[i] = (uint8_t)kind;
    rows[i] = kind == KN_TO_R_STRATEGY ? id[1] - '0' : kn_region_find(region, kn_target_table(kind), id);
  }
  view->target_kind = kinds;
  view->target = rows;
  return KN_OK;
}

static kn_code
view_rest(kn_region *region, kn_arena *scratch, kn_error *err)
{
  const kn_table_id s = KN_T_SUBSTITUTION, u = KN_T_UNIT;
  kn_substitution_view *substitutions = &region->substitutions;
  *substitutions = (kn_substitution_view){
      .n = region->table[s].n, .offered = number(region, s, "offered_id"), .needed = number(region, s, "needed_id")};
  KN_TRY(kn_view_real_or(region, s, "ratio", 1, &substitutions->ratio, err));
  KN_TRY(kn_view_real_or(region, s, "cost_eur", 0, &substitutions->cost_eur, err));
  KN_TRY(kn_view_real_or(region, s, "max_share", 1, &substitutions->max_share, err));
  kn_unit_view *units = &region->units;
  *units = (kn_unit_view){.n = region->table[u].n,
                          .unit_id = text(region, u, "unit_id"),
                          .process = number(region, u, "process_id"),
                          .site = number(region, u, "site_id"),
                          .actor = number(region, u, "actor_id"),
                          .capacity = real(region, u, "capacity")};
  KN_TRY(kn_view_byte_or(region, u, "status", KN_EXISTING, &units->status, err));
  KN_TRY(view_properties(region, scratch, err));
  KN_TRY(view_processes(region, scratch, err));
  KN_TRY(view_gateways(region, err));
  KN_TRY(kn_region_view_network(region, err));
  const kn_table_id p = KN_T_PERMIT;
  region->permits = (kn_permit_view){.n = region->table[p].n,
                                     .site = number(region, p, "site_id"),
                                     .code_low = text(region, p, "code_low"),
                                     .operation = word(region, p, "operation"),
                                     .to = number(region, p, "to")};
  KN_TRY(kn_region_view_stocks(region, err));
  KN_TRY(kn_region_view_circular(region, err));
  KN_TRY(kn_region_view_profiles(region, err));
  KN_TRY(view_incentives(region, err));
  return kn_region_view_flows(region, err);
}

kn_code
kn_region_make_views(kn_region *region, kn_error *err)
{
  const kn_table *settings = &region->table[KN_T_SETTINGS];
  region->settings = kn_settings_default();
  for (int64_t i = 0; i < settings->n; i++)
    kn_settings_read(&region->settings, settings->columns[0].text[i], settings->columns[1].text[i], '.');
  KN_TRY(view_sources(region, err));
  KN_TRY(view_areas(region, err));
  KN_TRY(view_sites(region, err));
  KN_TRY(view_resources(region, err));
  KN_TRY(view_offers(region, err));
  KN_TRY(view_needs(region, err));
  kn_arena *scratch = kn_arena_new();
  const kn_code code = view_rest(region, scratch, err);
  kn_arena_free(scratch);
  return code;
}
