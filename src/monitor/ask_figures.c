/* Which figures are not known for sure, and how they may be otherwise.
 *
 * quantity  log-normal, its mean the figure, its deviation rel_sd
 * price     normal, for it may be below 0
 * spec      the property of an offer that a tie of the plan rests on: not known, or known with a deviation */
#include "monitor/ask.h"

#include <stdlib.h>
#include <string.h>

/* Specs that are met or missed with a smaller chance are taken for sure. */
static const double SURE = 1e-3;

uint64_t
ask_mix(uint64_t z)
{
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

double
ask_at(const ask_figure *figure, double u)
{
  if (figure->kind == KN_ASK_SPEC) {
    int32_t at = 0;
    double below = figure->chance[0];
    while (at + 1 < figure->outcomes && u >= below)
      below += figure->chance[++at];
    return at;
  }
  if (figure->kind != KN_ASK_QUANTITY)
    return figure->sd * kn_normal_quantile(u);
  const double rel_sd = figure->sd / figure->mean;
  return kn_amount_quantile((kn_amount){KN_LOGNORMAL, 1, rel_sd}, u);
}

typedef struct key {
  uint64_t key;
  int32_t at;
} key;

static int
by_key(const void *a, const void *b)
{
  const key *x = a, *y = b;
  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return x->at - y->at;
}

kn_code
ask_draw(const kn_ask_settings *settings, int32_t figure, double *u, kn_arena *scratch, kn_error *err)
{
  key *order;
  KN_NEW(order, scratch, settings->scenarios, err);
  const uint64_t seed = ask_mix(settings->seed * 0x9e3779b97f4a7c15U + (uint64_t)figure);
  for (int32_t s = 0; s < settings->scenarios; s++)
    order[s] = (key){ask_mix(seed + (uint64_t)s * 0x9e3779b97f4a7c15U), s};
  qsort(order, (size_t)settings->scenarios, sizeof *order, by_key);
  for (int32_t s = 0; s < settings->scenarios; s++)
    u[order[s].at] = (s + 0.5) / settings->scenarios;
  return KN_OK;
}

/* ------------------------------------------------------------------ properties */
bool
ask_is_met(const ask_pool *pool, int32_t need, int32_t property, double value)
{
  const kn_property_view properties = kn_region_properties(pool->region);
  for (int32_t s = properties.need_first[need]; s < properties.need_first[need + 1]; s++)
    if (properties.need_property[s] == property && !(value >= properties.need_min[s] && value <= properties.need_max[s]))
      return false;
  return true;
}

static int
by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Bounds of the specs about a property that ties of the plan ask of an offer: the value may lie between any two. */
static int32_t
list_bounds(const ask_pool *pool, const kn_property_view *properties, int32_t supply, int32_t property, double *bound)
{
  int32_t n = 0;
  for (int64_t t = pool->supply_first[supply]; t < pool->supply_first[supply + 1]; t++) {
    const kn_place to = pool->demand.place[pool->tie[t].demand];
    if (!(pool->tie[t].base > 0) || to.kind != KN_END_NEED)
      continue;
    for (int32_t s = properties->need_first[to.row]; s < properties->need_first[to.row + 1]; s++) {
      if (properties->need_property[s] != property)
        continue;
      const double both[] = {properties->need_min[s], properties->need_max[s]};
      for (int k = 0; k < 2; k++)
        if (isfinite(both[k]) && n < ASK_OUTCOMES - 1)
          bound[n++] = both[k];
    }
  }
  if (n == 0)
    return 0;
  qsort(bound, (size_t)n, sizeof *bound, by_value);
  int32_t kept = 1;
  for (int32_t k = 1; k < n; k++)
    if (bound[k] > bound[kept - 1])
      bound[kept++] = bound[k];
  return kept;
}

/* How often offers of the same resource, or else of the nearest one above that has some, lie in each interval. */
static double
count_like(const ask_pool *pool, const kn_property_view *properties, int32_t offer, int32_t property, const double *bound,
           int32_t bounds, double *count)
{
  const kn_offer_view offers = kn_region_offers(pool->region);
  const kn_resource_view resources = kn_region_resources(pool->region);
  double n = 0;
  for (int32_t r = offers.resource[offer]; r != KN_NONE && n == 0; r = resources.parent[r])
    for (int32_t i = 0; i < offers.n; i++) {
      if (!kn_resource_is_a(&resources, offers.resource[i], r))
        continue;
      for (int32_t p = properties->offer_first[i]; p < properties->offer_first[i + 1]; p++) {
        if (properties->offer_property[p] != property)
          continue;
        int32_t at = 0;
        while (at < bounds && properties->offer_value[p] >= bound[at])
          at++;
        count[at]++;
        n++;
      }
    }
  return n;
}

/* Deviation of a property that is known; NAN: nothing said, so it is taken for sure. */
static double
property_sd(const ask_pool *pool, int32_t offer, const char *name, double value)
{
  const kn_table *table = kn_region_table(pool->region, KN_T_OFFER_PROPERTY);
  const int32_t *of = table->columns[kn_schema_find_column(table->def, "offer_id")].number;
  const char *const *named = (const char *const *)table->columns[kn_schema_find_column(table->def, "property")].text;
  const double *rel_sd = table->columns[kn_schema_find_column(table->def, "rel_sd")].real;
  for (int64_t i = 0; i < table->n; i++)
    if (of[i] == offer && named[i] != NULL && strcmp(named[i], name) == 0)
      return fabs(rel_sd[i] * value);
  return NAN;
}

/* The figure about a property that a tie rests on; false: it is known for sure. */
static bool
describe_spec(const ask_pool *pool, int32_t supply, int32_t need, int32_t property, ask_figure *out)
{
  const kn_property_view properties = kn_region_properties(pool->region);
  const kn_place place = pool->supply.place[supply];
  double bound[ASK_OUTCOMES], count[ASK_OUTCOMES] = {0}, known = NAN;
  const int32_t bounds = list_bounds(pool, &properties, supply, property, bound);
  if (bounds == 0)
    return false;
  *out = (ask_figure){.kind = KN_ASK_SPEC, .place = place, .node = supply, .property = property, .outcomes = bounds + 1};
  for (int32_t k = 0; k <= bounds; k++)
    out->value[k] = k == 0 ? bound[0] - 1 : k == bounds ? bound[bounds - 1] + 1 : 0.5 * (bound[k - 1] + bound[k]);
  for (int32_t p = properties.offer_first[place.row]; p < properties.offer_first[place.row + 1]; p++)
    if (properties.offer_property[p] == property)
      known = properties.offer_value[p];
  if (!isnan(known)) {
    const double sd = property_sd(pool, place.row, properties.property_name[property], known);
    if (!(sd > 0))
      return false;
    for (int32_t k = 0; k <= bounds; k++)
      out->chance[k] =
          (k == bounds ? 1 : kn_normal_cdf((bound[k] - known) / sd)) - (k == 0 ? 0 : kn_normal_cdf((bound[k - 1] - known) / sd));
  } else {
    /* One more that meets the need with an even chance: the rule of succession where others are known. */
    const double n = count_like(pool, &properties, place.row, property, bound, bounds, count);
    int32_t met = 0;
    for (int32_t k = 0; k <= bounds; k++)
      met += ask_is_met(pool, need, property, out->value[k]);
    for (int32_t k = 0; k <= bounds; k++) {
      const bool is_met = ask_is_met(pool, need, property, out->value[k]);
      const int32_t alike = is_met ? met : bounds + 1 - met;
      const double even = met == 0 || met == bounds + 1 ? 1.0 / (bounds + 1) : 0.5 / alike;
      out->chance[k] = (count[k] + even) / (n + 1);
    }
    out->is_prior = n == 0;
  }
  for (int32_t k = 0; k <= bounds; k++)
    out->mean += ask_is_met(pool, need, property, out->value[k]) ? out->chance[k] : 0;
  out->sd = sqrt(fmax(out->mean * (1 - out->mean), 0));
  return out->mean < 1 - SURE;
}

/* ------------------------------------------------------------------ all of them */
typedef struct figures {
  ask_pool *pool;
  ask_figure *item;
  int64_t n, room;
} figures;

static kn_code
add(figures *to, ask_figure figure, int32_t *index, kn_error *err)
{
  const kn_site_view sites = kn_region_sites(to->pool->region);
  figure.site = figure.place.site;
  figure.actor = figure.site == KN_NONE ? KN_NONE : sites.actor[figure.site];
  if (figure.kind != KN_ASK_SPEC)
    figure.property = KN_NONE;
  KN_TRY(KN_GROW(to->item, to->room, to->n + 1, err));
  *index = (int32_t)to->n;
  to->item[to->n++] = figure;
  return KN_OK;
}

static kn_code
add_specs(figures *to, int32_t supply, kn_error *err)
{
  ask_pool *pool = to->pool;
  const kn_property_view properties = kn_region_properties(pool->region);
  const int64_t before = to->n;
  for (int64_t t = pool->supply_first[supply]; t < pool->supply_first[supply + 1]; t++) {
    const kn_place need = pool->demand.place[pool->tie[t].demand];
    if (!(pool->tie[t].base > 0) || need.kind != KN_END_NEED)
      continue;
    for (int32_t s = properties.need_first[need.row]; s < properties.need_first[need.row + 1]; s++) {
      bool is_new = true;
      for (int64_t k = before; k < to->n; k++)
        is_new = is_new && to->item[k].property != properties.need_property[s];
      ask_figure figure;
      int32_t index;
      if (!is_new || !describe_spec(pool, supply, need.row, properties.need_property[s], &figure))
        continue;
      KN_TRY(add(to, figure, &index, err));
      if (pool->supply_spec[supply] == KN_NONE)
        pool->supply_spec[supply] = index;
    }
  }
  return KN_OK;
}

static kn_code
add_offer(figures *to, int32_t i, const ask_prices *prices, const kn_ask_settings *settings, kn_error *err)
{
  ask_pool *pool = to->pool;
  const kn_offer_view offers = kn_region_offers(pool->region);
  const kn_place place = pool->supply.place[i];
  const double mean = offers.quantity[place.row], rel_sd = fabs(offers.rel_sd[place.row]);
  const ask_figure quantity = {.kind = KN_ASK_QUANTITY,
                               .place = place,
                               .node = i,
                               .mean = mean,
                               .sd = mean * (isnan(rel_sd) ? settings->quantity_sd : rel_sd),
                               .is_prior = isnan(rel_sd)};
  const ask_figure fate = {.kind = KN_ASK_FATE,
                           .place = place,
                           .node = i,
                           .mean = prices->fate[place.row],
                           .sd = prices->fate_sd[place.row],
                           .is_prior = prices->fate_is_prior[place.row]};
  if (!(pool->supply.limit[i] > 0))
    return KN_OK;
  if (quantity.sd > 0)
    KN_TRY(add(to, quantity, &pool->supply_quantity[i], err));
  if (fate.sd > 0)
    KN_TRY(add(to, fate, &pool->supply_price[i], err));
  return add_specs(to, i, err);
}

static kn_code
add_need(figures *to, int32_t j, const ask_prices *prices, const kn_ask_settings *settings, kn_error *err)
{
  ask_pool *pool = to->pool;
  const kn_need_view needs = kn_region_needs(pool->region);
  const kn_place place = pool->demand.place[j];
  const double mean = needs.quantity[place.row], rel_sd = fabs(needs.rel_sd[place.row]);
  const ask_figure quantity = {.kind = KN_ASK_QUANTITY,
                               .place = place,
                               .node = j,
                               .mean = mean,
                               .sd = mean * (isnan(rel_sd) ? settings->quantity_sd : rel_sd),
                               .is_prior = isnan(rel_sd)};
  const ask_figure price = {.kind = KN_ASK_PRICE,
                            .place = place,
                            .node = j,
                            .mean = prices->price[place.row],
                            .sd = prices->price_sd[place.row],
                            .is_prior = prices->price_is_prior[place.row]};
  if (!(pool->demand.limit[j] > 0))
    return KN_OK;
  if (quantity.sd > 0)
    KN_TRY(add(to, quantity, &pool->demand_quantity[j], err));
  if (price.sd > 0)
    KN_TRY(add(to, price, &pool->demand_price[j], err));
  return KN_OK;
}

static kn_code
add_all(figures *to, const ask_prices *prices, const kn_ask_settings *settings, kn_error *err)
{
  ask_pool *pool = to->pool;
  for (int32_t i = 0; i < pool->supply.n; i++) {
    pool->supply_quantity[i] = pool->supply_price[i] = pool->supply_spec[i] = KN_NONE;
    if (pool->supply.place[i].kind == KN_END_OFFER)
      KN_TRY(add_offer(to, i, prices, settings, err));
  }
  for (int32_t j = 0; j < pool->demand.n; j++) {
    pool->demand_quantity[j] = pool->demand_price[j] = KN_NONE;
    if (pool->demand.place[j].kind == KN_END_NEED)
      KN_TRY(add_need(to, j, prices, settings, err));
  }
  return KN_OK;
}

kn_code
ask_list_figures(ask_pool *pool, const ask_prices *prices, const kn_ask_settings *settings, kn_arena *arena, kn_error *err)
{
  KN_NEW(pool->supply_quantity, arena, pool->supply.n, err);
  KN_NEW(pool->supply_price, arena, pool->supply.n, err);
  KN_NEW(pool->supply_spec, arena, pool->supply.n, err);
  KN_NEW(pool->demand_quantity, arena, pool->demand.n, err);
  KN_NEW(pool->demand_price, arena, pool->demand.n, err);
  figures all = {.pool = pool};
  kn_code code = add_all(&all, prices, settings, err);
  if (code == KN_OK && all.n >= INT32_MAX)
    code = kn_fail(err, KN_E_LIMIT, "%" PRId64 " figures are too many", all.n);
  if (code == KN_OK)
    code = kn_arena_reserve(arena, kn_arena_span((size_t)all.n + 1, sizeof *all.item), err);
  if (code == KN_OK) {
    pool->figure = kn_arena_take(arena, (size_t)all.n + 1, sizeof *all.item);
    if (all.n > 0)
      memcpy(pool->figure, all.item, (size_t)all.n * sizeof *all.item);
    pool->figure_count = (int32_t)all.n;
  }
  free(all.item);
  return code;
}
