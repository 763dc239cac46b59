/* A plan's market as an exchange in whole units, where it is one.
 *
 * A tie by a substitution brings ratio units to its demand for each unit it takes. Measured in a unit of its own, per group,
 * it brings as much as it takes: scale of the supply = ratio x scale of the demand. Such scales are found group by group along
 * the ways; where two paths disagree (a for b at 0.9 and b for a at 0.9, say), the plan is no exchange. */
#include "plan/recast.h"

#include <stdlib.h>
#include <string.h>

/* Quantities that are whole in steps of a power of ten stay exact; others are cut to this share of the larger side. */
static const double MOST_UNITS = 0x1p50;
enum { MOST_DECIMALS = 6 };

/* Supply units per demand unit that a tie of this way takes out of the limits of its ends. */
static double
ratio_of(const plan_model *m, const kn_way *way)
{
  int32_t groups;
  return kn_market_groups(m->market, true, &groups)[way->demand_group].is_gateway ? 1 : way->ratio;
}

/* ------------------------------------------------------------------ is it an exchange? */
static bool
has_side_conditions(const plan_model *m)
{
  if (m->unit_count > 0 || m->budget_count > 0)
    return true;
  for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
    if (m->floor_row[f] != KN_NONE)
      return true;
  for (int32_t w = 0; w < m->way_count; w++)
    if (m->way[w].substitution != KN_NONE && m->way[w].max_share < 1)
      return true;
  return false;
}

/* Incentives of areas pay per unit offered, which is a worth of the demand alone only where ratios are 1; those of a demand
 * that comes to its supply belong to neither end. */
static bool
has_pair_bonus(const plan_model *m, const double *flat)
{
  for (int32_t i = 0; i < m->supply.n; i++)
    if (m->anywhere_bonus_eur[i] != 0)
      return true;
  for (int32_t j = 0; j < m->demand.n; j++) {
    int32_t first, last;
    if (flat[j] == 0 || m->demand.place[j].kind == KN_END_GATEWAY)
      continue;
    kn_market_demand_ways(m->market, m->demand.group[j], &first, &last);
    for (int32_t w = first; w < last; w++)
      if (m->way[w].ratio != 1)
        return true;
  }
  return false;
}

typedef struct scaling {
  const plan_model *m;
  double *supply, *demand; /* scales; 0: not known yet */
  int32_t *queue;          /* supply groups, and -1 - demand groups, whose scale is known */
  int64_t count;
} scaling;

static bool
agrees(scaling *s, double *scale, double wanted, int32_t name)
{
  if (*scale == 0) {
    *scale = wanted;
    s->queue[s->count++] = name;
    return true;
  }
  return fabs(*scale - wanted) <= 1e-12 * wanted;
}

/* Follows the ways from one supply group; false where two paths disagree. */
static bool
spread(scaling *s, int32_t from)
{
  const plan_model *m = s->m;
  int64_t done = s->count;
  s->supply[from] = 1;
  s->queue[s->count++] = from;
  for (; done < s->count; done++) {
    const int32_t name = s->queue[done];
    int32_t first = 0, last;
    const int32_t *order = NULL;
    if (name >= 0)
      order = kn_market_supply_ways(m->market, name, &last);
    else
      kn_market_demand_ways(m->market, -1 - name, &first, &last);
    for (int32_t o = first; o < last; o++) {
      const kn_way *way = &m->way[order ? order[o] : o];
      const double ratio = ratio_of(m, way);
      if (!(name >= 0 ? agrees(s, &s->demand[way->demand_group], s->supply[name] / ratio, -1 - way->demand_group)
                      : agrees(s, &s->supply[way->supply_group], s->demand[-1 - name] * ratio, way->supply_group)))
        return false;
    }
  }
  return true;
}

static kn_code
find_scales(plan_recast *r, const plan_model *m, bool *is_one, kn_error *err)
{
  int32_t supplies, demands;
  kn_market_groups(m->market, false, &supplies);
  kn_market_groups(m->market, true, &demands);
  KN_NEW(r->supply_scale, r->arena, supplies, err);
  KN_NEW(r->demand_scale, r->arena, demands, err);
  scaling s = {.m = m, .supply = r->supply_scale, .demand = r->demand_scale};
  KN_NEW(s.queue, r->arena, (int64_t)supplies + demands, err);
  *is_one = true;
  for (int32_t g = 0; g < supplies && *is_one; g++)
    *is_one = s.supply[g] != 0 || spread(&s, g);
  for (int32_t h = 0; h < demands; h++)
    s.demand[h] = s.demand[h] != 0 ? s.demand[h] : 1; /* nobody can serve it */
  return KN_OK;
}

/* ------------------------------------------------------------------ quantities in whole units */
static double
scaled_limit(const plan_recast *r, const plan_model *m, int side, int32_t node)
{
  return side == 0 ? m->supply.limit[node] * r->supply_scale[m->supply.group[node]]
                   : m->demand.limit[node] * r->demand_scale[m->demand.group[node]];
}

static bool
is_whole_in(const plan_recast *r, const plan_model *m, double unit)
{
  for (int side = 0; side < 2; side++)
    for (int32_t i = 0; i < (side ? m->demand.n : m->supply.n); i++) {
      const double units = scaled_limit(r, m, side, i) / unit;
      if (isfinite(units) && !(fabs(units - rint(units)) <= 1e-15 * units && units < 0x1p52))
        return false;
    }
  return true;
}

static kn_code
fill_quantities(plan_recast *r, const plan_model *m, kn_error *err)
{
  double total[2] = {0, 0}, unlimited[2] = {0, 0};
  int64_t *quantity[2];
  KN_NEW(quantity[0], r->arena, m->supply.n, err);
  KN_NEW(quantity[1], r->arena, m->demand.n, err);
  for (int side = 0; side < 2; side++)
    for (int32_t i = 0; i < (side ? m->demand.n : m->supply.n); i++) {
      const double limit = scaled_limit(r, m, side, i);
      *(isfinite(limit) ? &total[side] : &unlimited[side]) += isfinite(limit) ? limit : 1;
    }
  /* What has no limit stands for more than all of the other side. */
  const double most = fmax(total[0] + unlimited[0] * (total[1] + 1), total[1] + unlimited[1] * (total[0] + 1));
  r->unit = 1;
  for (int k = 0; k < MOST_DECIMALS && !is_whole_in(r, m, r->unit); k++)
    r->unit = 1 / rint(10 / r->unit);
  if (!is_whole_in(r, m, r->unit) || most > MOST_UNITS * r->unit) {
    int power;
    frexp(fmax(most, 1e-300) / MOST_UNITS, &power);
    r->unit = ldexp(1, power);
  }
  for (int side = 0; side < 2; side++)
    for (int32_t i = 0; i < (side ? m->demand.n : m->supply.n); i++) {
      const double limit = scaled_limit(r, m, side, i), units = limit / r->unit;
      quantity[side][i] = isfinite(limit) ? (int64_t)(fabs(units - rint(units)) <= 1e-15 * units ? rint(units) : floor(units))
                                          : (int64_t)ceil(total[!side] / r->unit) + 1;
    }
  r->exchange.supply_quantity = quantity[0];
  r->exchange.demand_quantity = quantity[1];
  return KN_OK;
}

/* ------------------------------------------------------------------ worths, hauls, rules */
static kn_code
fill_worths(plan_recast *r, const plan_model *m, double *supply, double *demand, const double *flat)
{
  for (int32_t i = 0; i < m->supply.n; i++)
    supply[i] /= r->supply_scale[m->supply.group[i]];
  for (int32_t j = 0; j < m->demand.n; j++)
    demand[j] = (demand[j] + flat[j]) / r->demand_scale[m->demand.group[j]];
  r->exchange.supply_worth = supply;
  r->exchange.demand_worth = demand;
  return KN_OK;
}

static kn_code
fill_hauls(plan_recast *r, const plan_model *m, kn_error *err)
{
  int32_t supplies;
  const kn_group *group = kn_market_groups(m->market, false, &supplies);
  const kn_resource_view resources = kn_region_resources(m->region);
  kn_haul *haul;
  KN_NEW(haul, r->arena, supplies, err);
  for (int32_t g = 0; g < supplies; g++) {
    const kn_haul *of = kn_hauls_of(r->hauls, (kn_class)resources.class_of[group[g].resource]);
    kn_haul_segment *segment;
    KN_NEW(segment, r->arena, of->segment_count, err);
    for (int32_t s = 0; s < of->segment_count; s++) {
      segment[s] = of->segments[s];
      segment[s].fixed /= r->supply_scale[g];
      segment[s].rate /= r->supply_scale[g];
    }
    haul[g] = (kn_haul){of->segment_count, segment};
  }
  r->exchange.haul = haul;
  return KN_OK;
}

/* One rule for each pair of groups: of several ways with the same ratio the cheapest. Ways come sorted by their groups. */
static kn_code
fill_rules(plan_recast *r, const plan_model *m, double value_weight, kn_error *err)
{
  kn_exchange_rule *rule;
  int64_t count = 0;
  KN_NEW(rule, r->arena, m->way_count, err);
  KN_NEW(r->way, r->arena, m->way_count, err);
  for (int32_t w = 0; w < m->way_count; w++) {
    const kn_way *way = &m->way[w];
    const double extra = -value_weight * way->cost_eur / r->supply_scale[way->supply_group];
    const bool is_next =
        count > 0 && rule[count - 1].supply_group == way->supply_group && rule[count - 1].demand_group == way->demand_group;
    if (is_next && !(extra > rule[count - 1].extra))
      continue;
    count += !is_next;
    rule[count - 1] = (kn_exchange_rule){way->supply_group, way->demand_group, extra};
    r->way[count - 1] = w;
  }
  r->exchange.rule = rule;
  r->exchange.rule_count = count;
  return KN_OK;
}

/* Specs and windows: asked only of pairs that both have some. */
static bool
fits(void *arg, int32_t supply, int32_t demand)
{
  const kn_market *market = arg;
  return kn_market_is_plain(market, false, supply) || kn_market_is_plain(market, true, demand) ||
         kn_market_fits(market, supply, demand) == KN_FITS;
}

static bool
has_plain_nodes_only(const plan_model *m)
{
  for (int32_t i = 0; i < m->supply.n; i++)
    if (!kn_market_is_plain(m->market, false, i))
      return false;
  for (int32_t j = 0; j < m->demand.n; j++)
    if (!kn_market_is_plain(m->market, true, j))
      return false;
  return true;
}

static kn_code
fill(plan_recast *r, const plan_model *m, bool *is_exchange, kn_error *err)
{
  const kn_weights weights = plan_weights(m, NULL, false);
  double *supply, *demand, *flat;
  *is_exchange = false;
  if (has_side_conditions(m))
    return KN_OK;
  KN_NEW(supply, r->arena, m->supply.n, err);
  KN_NEW(demand, r->arena, m->demand.n, err);
  KN_NEW(flat, r->arena, m->demand.n, err);
  plan_node_worth(m, weights, supply, demand, flat);
  if (has_pair_bonus(m, flat))
    return KN_OK;
  KN_TRY(find_scales(r, m, is_exchange, err));
  if (!*is_exchange)
    return KN_OK;
  r->exchange = (kn_exchange){.metric = KN_SPHERE,
                              .supply_count = m->supply.n,
                              .demand_count = m->demand.n,
                              .supply_point = m->supply.point,
                              .demand_point = m->demand.point,
                              .supply_group = m->supply.group,
                              .demand_group = m->demand.group,
                              .demand_is_anywhere = m->demand.is_anywhere,
                              .fits = has_plain_nodes_only(m) ? NULL : fits,
                              /* The callback only reads; one type serves all callers. */
                              .arg = (void *)(uintptr_t)m->market};
  kn_market_groups(m->market, false, &r->exchange.supply_group_count);
  kn_market_groups(m->market, true, &r->exchange.demand_group_count);
  KN_TRY(kn_hauls_new(&r->hauls, m->region, weights, err));
  KN_TRY(fill_quantities(r, m, err));
  KN_TRY(fill_worths(r, m, supply, demand, flat));
  KN_TRY(fill_hauls(r, m, err));
  return fill_rules(r, m, weights.value, err);
}

kn_code
plan_recast_new(plan_recast **out, const plan_model *model, kn_error *err)
{
  *out = NULL;
  kn_arena *arena = kn_arena_new();
  plan_recast *r = NULL;
  bool is_exchange = false;
  kn_code code = kn_arena_reserve(arena, sizeof *r, err);
  if (code != KN_OK) {
    kn_arena_free(arena);
    return code;
  }
  r = kn_arena_take(arena, 1, sizeof *r);
  r->arena = arena;
  code = fill(r, model, &is_exchange, err);
  if (code != KN_OK || !is_exchange) {
    plan_recast_free(r);
    return code == KN_OK ? KN_OK : kn_note(err, "reading the plan as an exchange");
  }
  *out = r;
  return KN_OK;
}

void
plan_recast_free(plan_recast *r)
{
  if (!r)
    return;
  kn_hauls_free(r->hauls);
  kn_arena_free(r->arena);
}
