/* A plan's market as an exchange in whole units.
 *
 * A tie by a substitution brings ratio units to its demand for each unit it takes. Measured in a unit of its own, per group,
 * it brings as much as it takes: scale of the supply = ratio x scale of the demand. Such scales are found group by group along
 * the ways; where two paths disagree (a for b at 0.9 and b for a at 0.9, say), the plan is no exact exchange. What a mode
 * loses on the way is a ratio of its own for each pair: such ways are left out, and the plan is no exchange either.
 *
 * A share of a demand d that substitution k may meet, m_k d at most, becomes a part of the demand: the exchange has demands
 * of m_k d that take anything, k among it, and one of the rest that takes anything but these. When the shares add up to no
 * more than 1 every plan fits into the parts, and what fits into them keeps to the shares. */
#include "plan/recast.h"

#include <stdlib.h>
#include <string.h>

typedef struct part { /* of all demands of a group: those that also take this substitution */
  int32_t group, substitution;
  double share;
} part;

typedef struct recasting {
  plan_recast *r;
  const plan_model *m;
  const plan_decided *decided;
  kn_weights weights;
  uint8_t *is_dropped; /* [ways] its ratio contradicts others, or depends on the pair as something is lost on the way */
  int64_t part_count;
  part *part;          /* by group */
  int32_t *part_first; /* [demand groups + 1] */
  double *rest;        /* [demand groups] share that no part has */
  double *supply, *demand, *flat;
} recasting;

/* Units of the demand's limit that a unit offered takes. */
static double
ratio_of(const plan_model *m, const kn_way *way)
{
  int32_t groups;
  return kn_market_groups(m->market, true, &groups)[way->demand_group].is_gateway ? 1 : way->ratio;
}

static bool
is_shared(const kn_way *way)
{
  return way->substitution != KN_NONE && way->max_share < 1;
}

/* ------------------------------------------------------------------ what does not fit into an exchange */
static bool
has_side_conditions(const plan_model *m)
{
  if (m->budget_count > 0 || m->terminal_count > 0)
    return true;
  for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
    if (m->floor_row[f] != KN_NONE)
      return true;
  return false;
}

/* Incentives of areas pay per unit offered, which is a worth of the demand alone only where ratios are 1; those of a demand
 * that comes to its supply belong to neither end. A share of a gateway is counted in other units than its capacity. */
static bool
has_pair_terms(const plan_model *m, const double *flat)
{
  for (int32_t i = 0; i < m->supply.n; i++)
    if (m->anywhere_bonus_eur[i] != 0)
      return true;
  for (int32_t w = 0; w < m->way_count; w++)
    if (is_shared(&m->way[w]) && ratio_of(m, &m->way[w]) != m->way[w].ratio)
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

/* ------------------------------------------------------------------ scales */
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

/* Follows the ways from one supply group; what contradicts the scales found first is dropped. */
static void
spread(scaling *s, int32_t from, uint8_t *is_dropped)
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
      const int32_t w = order ? order[o] : o;
      const kn_way *way = &m->way[w];
      const double ratio = ratio_of(m, way);
      if (is_dropped[w])
        continue;
      if (!(name >= 0 ? agrees(s, &s->demand[way->demand_group], s->supply[name] / ratio, -1 - way->demand_group)
                      : agrees(s, &s->supply[way->supply_group], s->demand[-1 - name] * ratio, way->supply_group)))
        is_dropped[w] = 1;
    }
  }
}

static kn_code
find_scales(recasting *c, kn_error *err)
{
  plan_recast *r = c->r;
  int32_t supplies, demands;
  kn_market_groups(c->m->market, false, &supplies);
  kn_market_groups(c->m->market, true, &demands);
  KN_NEW(r->supply_scale, r->arena, supplies, err);
  KN_NEW(r->demand_scale, r->arena, demands, err);
  KN_NEW(c->is_dropped, r->arena, c->m->way_count, err);
  for (int32_t w = 0; w < c->m->way_count; w++)
    c->is_dropped[w] = plan_way_loses(c->m, &c->m->way[w]);
  scaling s = {.m = c->m, .supply = r->supply_scale, .demand = r->demand_scale};
  KN_NEW(s.queue, r->arena, (int64_t)supplies + demands, err);
  for (int32_t g = 0; g < supplies; g++)
    if (s.supply[g] == 0)
      spread(&s, g, c->is_dropped);
  for (int32_t h = 0; h < demands; h++)
    s.demand[h] = s.demand[h] != 0 ? s.demand[h] : 1; /* nobody can serve it */
  for (int32_t w = 0; w < c->m->way_count; w++)
    r->is_exact &= !c->is_dropped[w];
  return KN_OK;
}

/* ------------------------------------------------------------------ parts of demands */
static kn_code
list_parts(recasting *c, kn_error *err)
{
  const plan_model *m = c->m;
  int32_t groups;
  kn_market_groups(m->market, true, &groups);
  KN_NEW(c->part, c->r->arena, m->way_count, err);
  KN_NEW(c->part_first, c->r->arena, groups + 1, err);
  KN_NEW(c->rest, c->r->arena, groups, err);
  for (int32_t h = 0; h < groups; h++) {
    int32_t first, last;
    double sum = 0;
    c->part_first[h] = (int32_t)c->part_count;
    kn_market_demand_ways(m->market, h, &first, &last);
    for (int32_t w = first; w < last; w++) {
      if (!is_shared(&m->way[w]))
        continue;
      int64_t at = c->part_first[h];
      while (at < c->part_count && c->part[at].substitution != m->way[w].substitution)
        at++;
      if (at < c->part_count)
        continue;
      c->part[c->part_count++] = (part){h, m->way[w].substitution, m->way[w].max_share};
      sum += m->way[w].max_share;
    }
    if (sum > 1) {
      c->r->is_exact = false;
      for (int64_t p = c->part_first[h]; p < c->part_count; p++)
        c->part[p].share /= sum;
    }
    c->rest[h] = fmax(0, 1 - sum);
  }
  c->part_first[groups] = (int32_t)c->part_count;
  return KN_OK;
}

/* The demands of the exchange: those of the market, then their parts. */
static kn_code
list_demands(recasting *c, kn_error *err)
{
  plan_recast *r = c->r;
  const kn_side *side = &c->m->demand;
  int32_t groups, *group;
  int64_t count = side->n;
  kn_market_groups(c->m->market, true, &groups);
  for (int32_t j = 0; j < side->n; j++)
    count += c->part_first[side->group[j] + 1] - c->part_first[side->group[j]];
  if (count >= INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "%" PRId64 " parts of demands are more than 2,147,483,646", count);
  kn_point *point;
  uint8_t *is_anywhere;
  KN_NEW(r->demand_of, r->arena, count, err);
  KN_NEW(r->substitution_of, r->arena, count, err);
  KN_NEW(r->share, r->arena, count, err);
  KN_NEW(group, r->arena, count, err);
  KN_NEW(point, r->arena, count, err);
  KN_NEW(is_anywhere, r->arena, count, err);
  int64_t at = side->n;
  for (int32_t j = 0; j < side->n; j++) {
    r->demand_of[j] = j;
    r->substitution_of[j] = KN_NONE;
    r->share[j] = c->rest[side->group[j]];
    group[j] = side->group[j];
    for (int32_t p = c->part_first[side->group[j]]; p < c->part_first[side->group[j] + 1]; p++, at++) {
      r->demand_of[at] = j;
      r->substitution_of[at] = c->part[p].substitution;
      r->share[at] = c->part[p].share;
      group[at] = groups + p;
    }
  }
  for (int64_t k = 0; k < count; k++) {
    point[k] = side->point[r->demand_of[k]];
    is_anywhere[k] = side->is_anywhere[r->demand_of[k]];
  }
  r->exchange.demand_count = count;
  r->exchange.demand_group_count = groups + (int32_t)c->part_count;
  r->exchange.demand_group = group;
  r->exchange.demand_point = point;
  r->exchange.demand_is_anywhere = is_anywhere;
  return KN_OK;
}

/* ------------------------------------------------------------------ worths, hauls, rules */
/* No tie is worth more than this, per unit of the exchange: beyond it a unit gets what it needs whatever it costs. */
static double
most_worth(const recasting *c)
{
  double most[2] = {0, 0}, other = 0;
  for (int32_t i = 0; i < c->m->supply.n; i++)
    most[0] = fmax(most[0], fabs(c->supply[i]) / c->r->supply_scale[c->m->supply.group[i]]);
  for (int32_t j = 0; j < c->m->demand.n; j++)
    most[1] = fmax(most[1], fabs(c->demand[j] + c->flat[j]) / c->r->demand_scale[c->m->demand.group[j]]);
  for (int64_t k = 0; k < c->r->exchange.rule_count; k++)
    other = fmax(other, fabs(c->r->exchange.rule[k].extra));
  return most[0] + most[1] + other;
}

/* What a unit at its capacity could at most bring by what it puts out. */
static kn_code
most_brought(const recasting *c, double worth, double **brought, kn_error *err)
{
  const plan_model *m = c->m;
  KN_NEW(*brought, c->r->arena, m->unit_count, err);
  for (int32_t i = 0; i < m->supply.n; i++)
    if (m->supply.unit[i] != KN_NONE)
      (*brought)[m->supply.unit[i]] +=
          m->supply.limit[i] * c->r->supply_scale[m->supply.group[i]] * (worth + fabs(c->r->supply_shift[i]));
  return KN_OK;
}

/* What a unit must have is worth more than all it could put out, however little it takes in. */
static double
premium_of(const recasting *c, const double *brought, double worth, int32_t j)
{
  const double whole = c->m->demand.limit[j] * c->r->demand_scale[c->m->demand.group[j]];
  return 3 * worth + 1 + (whole > 0 ? 2 * brought[c->m->demand.unit[j]] / whole : 0);
}

static kn_code
fill_worths(recasting *c, kn_error *err)
{
  plan_recast *r = c->r;
  const plan_model *m = c->m;
  const kn_process_view processes = kn_region_processes(m->region);
  double *supply, *demand, *brought;
  KN_NEW(supply, r->arena, r->exchange.supply_count, err);
  KN_NEW(demand, r->arena, r->exchange.demand_count, err);
  KN_NEW(r->supply_shift, r->arena, r->exchange.supply_count, err);
  KN_NEW(r->demand_shift, r->arena, r->exchange.demand_count, err);
  const double worth = most_worth(c);
  for (int32_t i = 0; i < m->supply.n; i++) {
    const double scale = r->supply_scale[m->supply.group[i]];
    if (m->supply.unit[i] != KN_NONE)
      r->supply_shift[i] = c->weights.value * processes.flow_residual_eur[m->supply.flow[i]] / scale;
    supply[i] = c->supply[i] / scale + r->supply_shift[i];
  }
  KN_TRY(most_brought(c, worth, &brought, err));
  for (int64_t k = 0; k < r->exchange.demand_count; k++) {
    const int32_t j = r->demand_of[k];
    r->demand_shift[k] = m->demand.unit[j] != KN_NONE ? premium_of(c, brought, worth, j) : 0;
    demand[k] = (c->demand[j] + c->flat[j]) / r->demand_scale[m->demand.group[j]] + r->demand_shift[k];
  }
  r->exchange.supply_worth = supply;
  r->exchange.demand_worth = demand;
  r->exchange.worth_scale = fmax(worth, 1e-300);
  return KN_OK;
}

static kn_code
fill_hauls(recasting *c, kn_error *err)
{
  plan_recast *r = c->r;
  int32_t supplies;
  const kn_group *group = kn_market_groups(c->m->market, false, &supplies);
  const kn_resource_view resources = kn_region_resources(c->m->region);
  kn_haul *haul;
  KN_NEW(haul, r->arena, supplies, err);
  for (int32_t g = 0; g < supplies; g++) {
    const kn_haul *of = kn_hauls_plain(r->hauls, (kn_class)resources.class_of[group[g].resource]);
    kn_haul_segment *segment;
    KN_NEW(segment, r->arena, of->segment_count, err);
    for (int32_t s = 0; s < of->segment_count; s++) {
      segment[s] = of->segments[s];
      segment[s].fixed /= r->supply_scale[g];
      segment[s].rate /= r->supply_scale[g];
    }
    haul[g] = (kn_haul){of->segment_count, segment};
  }
  r->exchange.supply_group_count = supplies;
  r->exchange.haul = haul;
  return KN_OK;
}

/* What chains cost at either end, per unit of the exchange. A demand may be served in several classes and scales: the least. */
static kn_code
fill_ends(recasting *c, kn_error *err)
{
  plan_recast *r = c->r;
  const kn_side *supply = &c->m->supply;
  const kn_resource_view resources = kn_region_resources(c->m->region);
  bool is_used[KN_CLASS_COUNT] = {false};
  double most = 0, least = INFINITY; /* scales */
  double *supply_end, *demand_end;
  KN_NEW(supply_end, r->arena, supply->n, err);
  KN_NEW(demand_end, r->arena, r->exchange.demand_count, err);
  for (int32_t i = 0; i < supply->n; i++) {
    const uint8_t class_of = resources.class_of[supply->resource[i]];
    const double scale = r->supply_scale[supply->group[i]];
    is_used[class_of] = true;
    most = fmax(most, scale);
    least = fmin(least, scale);
    supply_end[i] = kn_hauls_end(r->hauls, (kn_class)class_of, false, i) / scale;
  }
  for (int64_t k = 0; k < r->exchange.demand_count; k++) {
    double end = INFINITY;
    for (int32_t class_of = 0; class_of < KN_CLASS_COUNT; class_of++)
      if (is_used[class_of])
        end = fmin(end, kn_hauls_end(r->hauls, (kn_class)class_of, true, r->demand_of[k]));
    demand_end[k] = end / (end >= 0 ? most : least);
  }
  r->exchange.supply_end = supply_end;
  r->exchange.demand_end = demand_end;
  return KN_OK;
}

/* One rule for each pair of groups that a way joins: of several ways the cheapest. Ways come sorted by their groups. */
static void
add_rules(recasting *c, kn_exchange_rule *rule, int32_t demand_group, int32_t takes, int32_t first, int32_t last)
{
  plan_recast *r = c->r;
  int64_t *count = &r->exchange.rule_count;
  const int64_t before = *count;
  for (int32_t w = first; w < last; w++) {
    const kn_way *way = &c->m->way[w];
    if (c->is_dropped[w] || (is_shared(way) && way->substitution != takes))
      continue;
    const double extra = -c->weights.value * way->cost_eur / r->supply_scale[way->supply_group];
    const bool is_same = *count > before && rule[*count - 1].supply_group == way->supply_group;
    if (is_same && !(extra > rule[*count - 1].extra))
      continue;
    *count += !is_same;
    rule[*count - 1] = (kn_exchange_rule){way->supply_group, demand_group, extra};
    r->way[*count - 1] = w;
  }
}

static kn_code
fill_rules(recasting *c, kn_error *err)
{
  plan_recast *r = c->r;
  int32_t groups;
  int64_t most = 0;
  kn_market_groups(c->m->market, true, &groups);
  for (int32_t h = 0; h < groups; h++) {
    int32_t first, last;
    kn_market_demand_ways(c->m->market, h, &first, &last);
    most += (int64_t)(last - first) * (1 + c->part_first[h + 1] - c->part_first[h]);
  }
  kn_exchange_rule *rule;
  KN_NEW(rule, r->arena, most, err);
  KN_NEW(r->way, r->arena, most, err);
  for (int32_t h = 0; h < groups + c->part_count; h++) {
    int32_t first, last;
    kn_market_demand_ways(c->m->market, h < groups ? h : c->part[h - groups].group, &first, &last);
    add_rules(c, rule, h, h < groups ? KN_NONE : c->part[h - groups].substitution, first, last);
  }
  r->exchange.rule = rule;
  return KN_OK;
}

/* Specs and windows: asked only of pairs that both have some. */
static bool
fits(void *arg, int32_t supply, int32_t demand)
{
  const plan_recast *r = arg;
  const int32_t j = r->demand_of[demand];
  return kn_market_is_plain(r->market, false, supply) || kn_market_is_plain(r->market, true, j) ||
         kn_market_fits(r->market, supply, j) == KN_FITS;
}

/* Over the network, per unit of the exchange. */
static double
carry(void *arg, int32_t supply, int32_t demand, double most)
{
  const plan_recast *r = arg;
  const double scale = r->supply_scale[kn_market_supply(r->market).group[supply]];
  return kn_hauls_cost_below(r->hauls, supply, r->demand_of[demand], most * scale) / scale;
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
fill(recasting *c, kn_error *err)
{
  plan_recast *r = c->r;
  const plan_model *m = c->m;
  KN_NEW(c->supply, r->arena, m->supply.n, err);
  KN_NEW(c->demand, r->arena, m->demand.n, err);
  KN_NEW(c->flat, r->arena, m->demand.n, err);
  plan_node_worth(m, c->weights, c->supply, c->demand, c->flat);
  r->is_exact = !has_side_conditions(m) && !has_pair_terms(m, c->flat);
  r->exchange = (kn_exchange){.metric = KN_SPHERE,
                              .supply_count = m->supply.n,
                              .supply_point = m->supply.point,
                              .supply_group = m->supply.group,
                              .fits = has_plain_nodes_only(m) ? NULL : fits,
                              .arg = r};
  KN_TRY(kn_hauls_new(&r->hauls, m->market, c->weights, NULL, err));
  r->exchange.carry = kn_hauls_are_bounds(r->hauls) ? carry : NULL;
  KN_TRY(find_scales(c, err));
  KN_TRY(list_parts(c, err));
  KN_TRY(list_demands(c, err));
  KN_TRY(fill_hauls(c, err));
  if (r->exchange.carry != NULL) {
    KN_TRY(fill_ends(c, err));
    KN_TRY(plan_recast_hubs(r, err));
  }
  KN_TRY(fill_rules(c, err));
  KN_TRY(fill_worths(c, err));
  r->is_exact_but_units = r->is_exact;
  r->is_exact &= m->unit_count == 0;
  return plan_recast_quantities(r, m, c->decided, err);
}

kn_code
plan_recast_new(plan_recast **out, const plan_model *model, const plan_decided *decided, kn_error *err)
{
  *out = NULL;
  kn_arena *arena = kn_arena_new();
  kn_code code = kn_arena_reserve(arena, sizeof **out, err);
  if (code != KN_OK) {
    kn_arena_free(arena);
    return code;
  }
  plan_recast *r = kn_arena_take(arena, 1, sizeof *r);
  r->arena = arena;
  r->market = model->market;
  assert(decided || model->unit_count == 0);
  recasting c = {.r = r, .m = model, .decided = decided, .weights = plan_weights(model, decided ? decided->dual : NULL, false)};
  code = fill(&c, err);
  if (code != KN_OK) {
    plan_recast_free(r);
    return kn_note(err, "reading the plan as an exchange");
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
