/* What nodes of an exchange have, in whole units. */
#include "plan/recast.h"

/* Quantities that are whole in steps of a power of ten stay exact; others are cut to this share of the larger side. */
static const double MOST_UNITS = 0x1p50;
enum { MOST_DECIMALS = 6 };

typedef struct counting {
  plan_recast *r;
  const plan_model *m;
  const plan_decided *decided;
  int64_t count[2];  /* supplies, demands */
  double *scaled[2]; /* [count] quantities in units of their groups; INFINITY: no limit */
} counting;

/* What a port takes in or puts out when its unit runs as decided. */
static double
limit_of(const counting *c, const kn_side *side, int32_t node)
{
  const int32_t u = side->unit[node];
  if (u == KN_NONE)
    return side->limit[node];
  assert(c->decided);
  const kn_process_view processes = kn_region_processes(c->m->region);
  return processes.flow_per[side->flow[node]] == KN_PER_ACTIVITY
             ? fabs(processes.flow_quantity[side->flow[node]]) * c->decided->activity[u]
             : side->limit[node] * c->decided->open[u];
}

static double
scaled_supply(const counting *c, int32_t i)
{
  return limit_of(c, &c->m->supply, i) * c->r->supply_scale[c->m->supply.group[i]];
}

static double
scaled_demand(const counting *c, int64_t k)
{
  const int32_t j = c->r->demand_of[k];
  const double limit = limit_of(c, &c->m->demand, j);
  return (isfinite(limit) ? limit * c->r->share[k] : limit) * c->r->demand_scale[c->m->demand.group[j]];
}

static bool
is_whole(double units)
{
  return fabs(units - rint(units)) <= 1e-15 * units && units < 0x1p52;
}

static bool
is_whole_in(const counting *c, double unit)
{
  for (int side = 0; side < 2; side++)
    for (int64_t i = 0; i < c->count[side]; i++)
      if (isfinite(c->scaled[side][i]) && !is_whole(c->scaled[side][i] / unit))
        return false;
  return true;
}

/* What the nodes of each group have together; INFINITY where one of them has no limit. Groups of the exchange. */
static void
add_groups(const counting *c, int side, double *of_group)
{
  const int32_t *group = side ? c->r->exchange.demand_group : c->r->exchange.supply_group;
  for (int64_t i = 0; i < c->count[side]; i++)
    of_group[group[i]] += c->scaled[side][i];
}

/* Quantities far above all that their rules lead to would make the unit coarse for the rest. They are lowered to at least twice
 * that much, which limits nothing and leaves duals as they are; to powers of 2, so that small changes elsewhere leave them. Ports
 * of units keep what was decided. */
static kn_code
lower_the_idle(counting *c, kn_error *err)
{
  const kn_exchange *e = &c->r->exchange;
  double *own[2], *reach[2], least = INFINITY;
  const int32_t groups[2] = {e->supply_group_count, e->demand_group_count};
  for (int side = 0; side < 2; side++) {
    KN_NEW(own[side], c->r->arena, groups[side], err);
    KN_NEW(reach[side], c->r->arena, groups[side], err);
    add_groups(c, side, own[side]);
    for (int64_t i = 0; i < c->count[side]; i++)
      least = c->scaled[side][i] > 0 ? fmin(least, c->scaled[side][i]) : least;
  }
  for (int64_t k = 0; k < e->rule_count; k++) {
    reach[0][e->rule[k].supply_group] += own[1][e->rule[k].demand_group];
    reach[1][e->rule[k].demand_group] += own[0][e->rule[k].supply_group];
  }
  for (int side = 0; side < 2; side++)
    for (int64_t i = 0; i < c->count[side]; i++) {
      const int32_t node = side ? c->r->demand_of[i] : (int32_t)i;
      const double most = 2 * reach[side][(side ? e->demand_group : e->supply_group)[i]];
      if (isfinite(most) && (side ? c->m->demand.unit : c->m->supply.unit)[node] == KN_NONE)
        c->scaled[side][i] = fmin(c->scaled[side][i], most > 0 ? exp2(ceil(log2(most))) : least);
    }
  return KN_OK;
}

/* The power of ten in steps of which all are whole; 0: there is none. */
static double
whole_unit(const counting *c, double most)
{
  double unit = 1;
  for (int k = 0; k < MOST_DECIMALS && !is_whole_in(c, unit); k++)
    unit = 1 / rint(10 / unit);
  return is_whole_in(c, unit) && most <= MOST_UNITS * unit ? unit : 0;
}

/* What has no limit stands for more than all of the other side. */
static double
add_up(const counting *c, double total[2])
{
  double unlimited[2] = {0, 0};
  for (int side = 0; side < 2; side++) {
    total[side] = 0;
    for (int64_t i = 0; i < c->count[side]; i++)
      *(isfinite(c->scaled[side][i]) ? &total[side] : &unlimited[side]) += isfinite(c->scaled[side][i]) ? c->scaled[side][i] : 1;
  }
  return fmax(total[0] + unlimited[0] * (total[1] + 1), total[1] + unlimited[1] * (total[0] + 1));
}

kn_code
plan_recast_quantities(plan_recast *r, const plan_model *m, const plan_decided *decided, kn_error *err)
{
  counting c = {.r = r, .m = m, .decided = decided, .count = {r->exchange.supply_count, r->exchange.demand_count}};
  int64_t *quantity[2];
  double total[2];
  for (int side = 0; side < 2; side++) {
    KN_NEW(c.scaled[side], r->arena, c.count[side], err);
    KN_NEW(quantity[side], r->arena, c.count[side], err);
    for (int64_t i = 0; i < c.count[side]; i++)
      c.scaled[side][i] = side ? scaled_demand(&c, i) : scaled_supply(&c, (int32_t)i);
  }
  double most = add_up(&c, total);
  r->unit = whole_unit(&c, most);
  if (r->unit == 0) {
    KN_TRY(lower_the_idle(&c, err));
    most = add_up(&c, total);
    int power;
    frexp(fmax(most, 1e-300) / MOST_UNITS, &power);
    r->unit = ldexp(1, power);
    r->grain = c.count[0] + c.count[1];
  }
  for (int side = 0; side < 2; side++)
    for (int64_t i = 0; i < c.count[side]; i++) {
      const double units = c.scaled[side][i] / r->unit;
      quantity[side][i] = isfinite(units) ? (int64_t)(is_whole(units) ? rint(units) : floor(units))
                                          : (int64_t)ceil(total[!side] / r->unit) + 1 + r->grain;
    }
  r->exchange.supply_quantity = quantity[0];
  r->exchange.demand_quantity = quantity[1];
  r->exchange.unit = r->unit;
  return KN_OK;
}
