/* The ties that other plans may use: all pairs where those are few, or else those of plans on drawn figures. */
#include "monitor/ask.h"

#include <stdlib.h>
#include <string.h>

/* Of so many compatible pairs or fewer, all are looked at. */
static const int64_t PAIRS_MOST = 3000000;
/* Ties kept of a node and side, the nearest to paying first. */
enum { TIES_PER_NODE = 8 };

typedef struct found { /* a tie on its way into the pool */
  int32_t supply, demand, way, via;
  double eur, falls_short, base;
} found;

typedef struct list {
  found *item;
  int64_t n, room;
} list;

static kn_code
push(list *to, const found *item, kn_error *err)
{
  KN_TRY(KN_GROW(to->item, to->room, to->n + 1, err));
  to->item[to->n++] = *item;
  return KN_OK;
}

static int
by_nodes(const void *a, const void *b)
{
  const found *x = a, *y = b;
  if (x->supply != y->supply)
    return x->supply < y->supply ? -1 : 1;
  if (x->demand != y->demand)
    return x->demand < y->demand ? -1 : 1;
  if (x->way != y->way)
    return x->way < y->way ? -1 : 1;
  if (x->base != y->base)
    return x->base > y->base ? -1 : 1; /* those in the plan first */
  return (x->via > y->via) - (x->via < y->via);
}

/* What passing one terminal costs a unit of a tie. */
typedef double terminal_cost(const kn_plan_terminal_view *terminals, int32_t terminal);

static double
dual_at(const kn_plan_terminal_view *terminals, int32_t terminal)
{
  return terminals->dual[terminal];
}

static double
annuity_at(const kn_plan_terminal_view *terminals, int32_t terminal)
{
  return terminals->used[terminal] > 0 ? terminals->annuity_eur[terminal] / terminals->used[terminal] : 0;
}

static double
sum_on_way(const ask_pool *pool, int32_t demand, int32_t via, terminal_cost *cost)
{
  const kn_plan_terminal_view terminals = kn_plan_terminals(pool->plan);
  kn_access *access = kn_market_access(pool->inside.market);
  if (terminals.n == 0 || access == NULL || pool->demand.is_anywhere[demand])
    return 0;
  const kn_via chain = kn_access_via(access, via);
  double sum = 0;
  for (int32_t k = 0; k + 1 < chain.leg_count; k++)
    sum += cost(&terminals, chain.terminal[k]);
  return sum;
}

/* What the limited terminals on the way of a tie are worth, per unit. */
static double
terminal_price(const ask_pool *pool, int32_t demand, int32_t via)
{
  return sum_on_way(pool, demand, via, dual_at);
}

/* What a tie bears of the annuities of new terminals. */
static double
annuity_share(const ask_pool *pool, int32_t demand, int32_t via)
{
  return sum_on_way(pool, demand, via, annuity_at);
}

static kn_code
add_plan(const ask_pool *pool, const kn_plan *plan, bool is_base, list *to, kn_error *err)
{
  const kn_plan_inside inside = kn_plan_look(plan);
  const kn_tie_view ties = kn_plan_ties(plan);
  for (int64_t t = 0; t < ties.n; t++) {
    found item = {.supply = inside.tie_supply[t], .demand = inside.tie_demand[t], .way = inside.tie_way[t], .via = ties.via[t]};
    item.eur = is_base ? ties.eur[t] / ties.quantity[t] + annuity_share(pool, item.demand, item.via)
                       : kn_plan_worth(pool->plan, item.supply, item.demand, item.way, item.via);
    item.eur -= terminal_price(pool, item.demand, item.via);
    item.base = is_base ? ties.quantity[t] : 0;
    KN_TRY(push(to, &item, err));
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ all pairs */
static double
price_at(const ask_pool *pool, const found *item, double ratio)
{
  const bool is_gateway = pool->demand.place[item->demand].kind == KN_END_GATEWAY;
  return pool->inside.supply_dual[item->supply] + (is_gateway ? 1 : ratio) * pool->inside.demand_dual[item->demand];
}

static int
by_nearness(const void *a, const void *b)
{
  const found *x = a, *y = b;
  if (x->falls_short != y->falls_short)
    return x->falls_short < y->falls_short ? -1 : 1;
  return by_nodes(a, b);
}

/* Keeps a tie when it is among the nearest of either end. */
static kn_code
thin_out(const ask_pool *pool, list *all, list *to, kn_arena *scratch, kn_error *err)
{
  int32_t *of_supply, *of_demand;
  KN_NEW(of_supply, scratch, pool->supply.n, err);
  KN_NEW(of_demand, scratch, pool->demand.n, err);
  if (all->n > 0)
    qsort(all->item, (size_t)all->n, sizeof *all->item, by_nearness);
  for (int64_t k = 0; k < all->n; k++) {
    const found *item = &all->item[k];
    if (of_supply[item->supply] >= TIES_PER_NODE && of_demand[item->demand] >= TIES_PER_NODE)
      continue;
    of_supply[item->supply]++;
    of_demand[item->demand]++;
    KN_TRY(push(to, item, err));
  }
  return KN_OK;
}

static kn_code
look_at_pairs(const ask_pool *pool, const kn_hauls *hauls, list *all, kn_error *err)
{
  const kn_market *market = pool->inside.market;
  int32_t way_count, count;
  const kn_way *way = kn_market_ways(market, &way_count);
  const kn_group *from = kn_market_groups(market, false, &count), *to = kn_market_groups(market, true, &count);
  const int32_t *supplier = kn_market_members(market, false), *taker = kn_market_members(market, true);
  for (int32_t w = 0; w < way_count; w++) {
    const kn_group *s = &from[way[w].supply_group], *d = &to[way[w].demand_group];
    if (s->is_gateway && d->is_gateway)
      continue;
    for (int32_t a = s->first; a < s->last; a++)
      for (int32_t b = d->first; b < d->last; b++) {
        found item = {.supply = supplier[a], .demand = taker[b], .way = w};
        if (kn_market_fits(market, item.supply, item.demand) != KN_FITS)
          continue;
        item.via = kn_hauls_mode(hauls, item.supply, item.demand);
        if (item.via == KN_NONE)
          continue;
        item.eur = kn_plan_worth(pool->plan, item.supply, item.demand, w, item.via) - terminal_price(pool, item.demand, item.via);
        item.falls_short = price_at(pool, &item, way[w].ratio) - item.eur;
        KN_TRY(push(all, &item, err));
      }
  }
  return KN_OK;
}

static kn_code
add_pairs(const ask_pool *pool, list *to, kn_arena *scratch, kn_error *err)
{
  const kn_plan_terminal_view terminals = kn_plan_terminals(pool->plan);
  double *price = NULL;
  if (terminals.n > 0) {
    KN_NEW(price, scratch, terminals.n, err);
    for (int64_t t = 0; t < terminals.n; t++)
      price[t] = terminals.open[t] ? terminals.dual[t] : INFINITY;
  }
  kn_hauls *hauls;
  KN_TRY(kn_hauls_new(&hauls, pool->inside.market, (kn_weights){.value = 1}, price, err));
  list all = {0};
  kn_code code = look_at_pairs(pool, hauls, &all, err);
  if (code == KN_OK)
    code = thin_out(pool, &all, to, scratch, err);
  free(all.item);
  kn_hauls_free(hauls);
  return code;
}

/* ------------------------------------------------------------------ plans on drawn figures
 * Each draws all quantities, fates and prices anew from about what they may be; only which ties then come up matters here. */
enum { DRAWN_PLANS = 8 };

static double
draw_normal(uint64_t *state)
{
  return kn_normal_quantile(((double)(ask_mix(*state += 0x9e3779b97f4a7c15U) >> 11) + 0.5) / 9007199254740992.0);
}

static kn_code
add_drawn(const ask_pool *pool, const ask_prices *prices, uint64_t seed, list *to, kn_error *err)
{
  const kn_offer_view offers = kn_region_offers(pool->region);
  const kn_need_view needs = kn_region_needs(pool->region);
  kn_edit *edit = calloc((size_t)(2 * (offers.n + needs.n)) + 1, sizeof *edit);
  if (edit == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for drawn figures");
  uint64_t state = ask_mix(seed);
  int64_t n = 0;
  for (int32_t i = 0; i < offers.n; i++) {
    const double sd = isnan(offers.rel_sd[i]) ? 0.3 : offers.rel_sd[i], log_sd = sqrt(log1p(sd * sd));
    edit[n++] = (kn_edit){.kind = KN_EDIT_OFFER_QUANTITY,
                          .row = i,
                          .value = offers.quantity[i] * exp(log_sd * draw_normal(&state) - log_sd * log_sd / 2)};
    edit[n++] = (kn_edit){
        .kind = KN_EDIT_OFFER_FATE_EUR, .row = i, .value = offers.fate_eur[i] + prices->fate_sd[i] * draw_normal(&state)};
  }
  for (int32_t j = 0; j < needs.n; j++) {
    const double sd = isnan(needs.rel_sd[j]) ? 0.3 : needs.rel_sd[j], log_sd = sqrt(log1p(sd * sd));
    edit[n++] = (kn_edit){.kind = KN_EDIT_NEED_QUANTITY,
                          .row = j,
                          .value = needs.quantity[j] * exp(log_sd * draw_normal(&state) - log_sd * log_sd / 2)};
    edit[n++] = (kn_edit){
        .kind = KN_EDIT_NEED_PRICE_EUR, .row = j, .value = needs.price_eur[j] + prices->price_sd[j] * draw_normal(&state)};
  }
  kn_region *drawn = NULL;
  kn_plan *plan = NULL;
  kn_code code = kn_region_edit(&drawn, pool->region, edit, n, err);
  if (code == KN_OK)
    code = kn_plan_again(&plan, pool->plan, drawn, NULL, err);
  if (code == KN_OK)
    code = add_plan(pool, plan, false, to, err);
  kn_plan_free(plan);
  if (drawn != NULL)
    kn_region_free(drawn);
  free(edit);
  return code;
}

/* ------------------------------------------------------------------ into columns */
static kn_code
keep_ties(ask_pool *pool, list *all, kn_arena *arena, kn_error *err)
{
  int32_t way_count;
  const kn_way *way = kn_market_ways(pool->inside.market, &way_count);
  if (all->n > 0)
    qsort(all->item, (size_t)all->n, sizeof *all->item, by_nodes);
  KN_NEW(pool->tie, arena, all->n, err);
  KN_NEW(pool->supply_first, arena, pool->supply.n + 1, err);
  KN_NEW(pool->demand_first, arena, pool->demand.n + 2, err);
  KN_NEW(pool->demand_tie, arena, all->n, err);
  for (int64_t k = 0; k < all->n; k++) {
    const found *item = &all->item[k], *before = k > 0 ? item - 1 : NULL;
    const bool is_same = before && before->supply == item->supply && before->demand == item->demand && before->way == item->way;
    if (is_same && (before->via == item->via || item->base == 0)) /* of other chains only those of the plan */
      continue;
    pool->tie[pool->n++] = (ask_tie){.supply = item->supply,
                                     .demand = item->demand,
                                     .substitution = way[item->way].substitution,
                                     .ratio = way[item->way].ratio,
                                     .max_share = way[item->way].substitution == KN_NONE ? 1 : way[item->way].max_share,
                                     .eur = item->eur,
                                     .base = item->base};
    pool->supply_first[item->supply + 1] = pool->n;
    pool->demand_first[item->demand + 2]++;
  }
  for (int32_t i = 0; i < pool->supply.n; i++)
    if (pool->supply_first[i + 1] < pool->supply_first[i])
      pool->supply_first[i + 1] = pool->supply_first[i];
  for (int32_t j = 0; j < pool->demand.n; j++)
    pool->demand_first[j + 2] += pool->demand_first[j + 1];
  for (int64_t t = 0; t < pool->n; t++)
    pool->demand_tie[pool->demand_first[pool->tie[t].demand + 1]++] = t;
  return KN_OK;
}

static kn_code
list_ports(ask_pool *pool, kn_arena *arena, kn_error *err)
{
  KN_NEW(pool->port_first, arena, pool->unit_count + 2, err);
  KN_NEW(pool->port, arena, (int64_t)pool->supply.n + pool->demand.n, err);
  int32_t *first = pool->port_first;
  for (int32_t i = 0; i < pool->supply.n; i++)
    if (pool->supply.unit[i] != KN_NONE)
      first[pool->supply.unit[i] + 2]++;
  for (int32_t j = 0; j < pool->demand.n; j++)
    if (pool->demand.unit[j] != KN_NONE)
      first[pool->demand.unit[j] + 2]++;
  for (int32_t u = 0; u < pool->unit_count; u++)
    first[u + 2] += first[u + 1];
  for (int32_t i = 0; i < pool->supply.n; i++)
    if (pool->supply.unit[i] != KN_NONE)
      pool->port[first[pool->supply.unit[i] + 1]++] = i;
  for (int32_t j = 0; j < pool->demand.n; j++)
    if (pool->demand.unit[j] != KN_NONE)
      pool->port[first[pool->demand.unit[j] + 1]++] = -1 - j;
  return KN_OK;
}

static double
annuity_of(double capital_eur, double rate, double years)
{
  if (capital_eur == 0)
    return 0;
  return rate > 0 ? capital_eur * rate / -expm1(-years * log1p(rate)) : capital_eur / years;
}

/* What a unit brings by itself: of those that run, as the plan tells, so that incentives are inside. */
static kn_code
price_units(ask_pool *pool, kn_arena *arena, kn_error *err)
{
  const kn_process_view processes = kn_region_processes(pool->region);
  const kn_unit_view units = kn_region_units(pool->region);
  const kn_settings settings = kn_region_settings(pool->region);
  const kn_plan_unit_view run = kn_plan_units(pool->plan);
  KN_NEW(pool->unit_eur, arena, pool->unit_count, err);
  KN_NEW(pool->annuity_eur, arena, pool->unit_count, err);
  KN_NEW(pool->is_open, arena, pool->unit_count, err);
  for (int32_t u = 0; u < pool->unit_count; u++) {
    const int32_t k = pool->unit[u].unit, process = units.process[k];
    const bool is_candidate = pool->unit[u].is_candidate;
    pool->is_open[u] = run.open[k] && run.site[k] == pool->unit[u].site;
    pool->unit_eur[u] = -processes.opex_eur[process] - settings.co2_eur_per_t / 1000 * processes.co2_kg[process];
    if (is_candidate)
      pool->annuity_eur[u] = annuity_of(processes.capex_fixed_eur[process] + processes.capex_eur[process] * units.capacity[k],
                                        settings.discount_rate, processes.lifetime_yr[process]);
    if (!pool->is_open[u] || !(run.activity[k] > 0))
      continue;
    double residual_eur = 0;
    for (int32_t p = pool->port_first[u]; p < pool->port_first[u + 1]; p++) {
      if (pool->port[p] < 0)
        continue;
      const int32_t i = pool->port[p], flow = pool->supply.flow[i];
      double left =
          processes.flow_quantity[flow] * (processes.flow_per[flow] == KN_PER_ACTIVITY ? run.activity[k] : run.capacity[k]);
      for (int64_t t = pool->supply_first[i]; t < pool->supply_first[i + 1]; t++)
        left -= pool->tie[t].base;
      residual_eur += processes.flow_residual_eur[flow] * left;
    }
    pool->unit_eur[u] = (run.eur[k] + run.annuity_eur[k] + residual_eur) / run.activity[k];
  }
  const kn_plan_terminal_view terminals = kn_plan_terminals(pool->plan);
  for (int64_t t = 0; t < terminals.n; t++)
    pool->fixed_eur += terminals.annuity_eur[t] - terminals.dual[t] * terminals.used[t];
  return KN_OK;
}

kn_code
ask_pool_fill(ask_pool *pool, const kn_plan *plan, const kn_region *region, const ask_prices *prices,
              const kn_ask_settings *settings, kn_arena *arena, kn_error *err)
{
  pool->plan = plan;
  pool->indifferent_eur = fmax(settings->cost_eur, settings->gap * fabs(kn_plan_sum(plan).value[KN_VALUE]));
  pool->region = region;
  pool->inside = kn_plan_look(plan);
  pool->supply = kn_market_supply(pool->inside.market);
  pool->demand = kn_market_demand(pool->inside.market);
  pool->unit = kn_market_units(pool->inside.market, &pool->unit_count);
  KN_NEW(pool->supply_plan, arena, pool->supply.n, err);
  for (int32_t i = 0; i < pool->supply.n; i++)
    pool->supply_plan[i] = 1;
  list all = {0};
  kn_arena *scratch = kn_arena_new();
  kn_code code = add_plan(pool, plan, true, &all, err);
  if (code == KN_OK && kn_plan_sum(plan).pairs_compatible <= PAIRS_MOST)
    code = add_pairs(pool, &all, scratch, err);
  else
    for (int32_t k = 0; k < DRAWN_PLANS && code == KN_OK; k++)
      code = add_drawn(pool, prices, settings->seed * 31 + (uint64_t)k, &all, err);
  if (code == KN_OK)
    code = keep_ties(pool, &all, arena, err);
  free(all.item);
  kn_arena_free(scratch);
  if (code == KN_OK)
    code = list_ports(pool, arena, err);
  return code == KN_OK ? price_units(pool, arena, err) : code;
}
