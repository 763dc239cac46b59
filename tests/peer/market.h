/* tests/peer/market.h - a small market for the exchange that owns its arrays, and what must hold of every answer to it,
 * recomputed from the definitions in plan/exchange.h over all pairs. For tests and for the fuzzer. */
#ifndef KNOOP_TESTS_PEER_MARKET_H
#define KNOOP_TESTS_PEER_MARKET_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/exchange.h"

enum { MARKET_GROUPS = 4, MARKET_SEGMENTS = 3 };

/* Made on the heap and not moved: `exchange` points into it. Nothing is set but the sizes, a haul of 1 per km and a single
 * group. */
typedef struct small_market {
  kn_exchange exchange;
  kn_point *point[2];
  int64_t *quantity[2];
  double *worth[2];
  int32_t *group[2];
  uint8_t *is_anywhere[2];
  kn_exchange_rule rule[MARKET_GROUPS * MARKET_GROUPS];
  kn_haul haul[MARKET_GROUPS];
  kn_haul_segment segment[MARKET_GROUPS][MARKET_SEGMENTS];
  int divisor;   /* for market_fits_some() */
  bool is_whole; /* every worth is a whole number */
} small_market;

static inline void
market_free(small_market *m)
{
  for (int s = 0; m && s < 2; s++) {
    free(m->point[s]);
    free(m->quantity[s]);
    free(m->worth[s]);
    free(m->group[s]);
    free(m->is_anywhere[s]);
  }
  free(m);
}

/* Aborts when memory is out: a test has no other answer. */
static inline void *
market_items(int64_t count, size_t size)
{
  void *items = calloc((size_t)count + 1, size);
  if (!items)
    abort();
  return items;
}

static inline small_market *
market_new(int64_t supplies, int64_t demands)
{
  small_market *m = market_items(1, sizeof *m);
  for (int s = 0; s < 2; s++) {
    const int64_t n = s ? demands : supplies;
    m->point[s] = market_items(n, sizeof **m->point);
    m->quantity[s] = market_items(n, sizeof **m->quantity);
    m->worth[s] = market_items(n, sizeof **m->worth);
    m->group[s] = market_items(n, sizeof **m->group);
    m->is_anywhere[s] = market_items(n, sizeof **m->is_anywhere);
  }
  for (int g = 0; g < MARKET_GROUPS; g++) {
    m->segment[g][0] = (kn_haul_segment){.to_km = INFINITY, .rate = 1};
    m->haul[g] = (kn_haul){.segment_count = 1, .segments = m->segment[g]};
  }
  m->exchange = (kn_exchange){.metric = KN_PLANE,
                              .supply_count = supplies,
                              .demand_count = demands,
                              .supply_point = m->point[0],
                              .demand_point = m->point[1],
                              .supply_quantity = m->quantity[0],
                              .demand_quantity = m->quantity[1],
                              .supply_worth = m->worth[0],
                              .demand_worth = m->worth[1],
                              .supply_group_count = 1,
                              .demand_group_count = 1,
                              .haul = m->haul};
  return m;
}

/* As many groups on both sides; what goes with what is said by market_rule(), and nothing else goes. */
static inline void
market_use_groups(small_market *m, int groups)
{
  m->exchange.supply_group = m->group[0];
  m->exchange.demand_group = m->group[1];
  m->exchange.supply_group_count = m->exchange.demand_group_count = groups;
  m->exchange.rule = m->rule;
}

static inline void
market_rule(small_market *m, int32_t supply_group, int32_t demand_group, double extra)
{
  m->rule[m->exchange.rule_count++] = (kn_exchange_rule){supply_group, demand_group, extra};
}

/* What two groups add to the worth of a pair; -INFINITY: they do not go together. */
static inline double
market_extra(const kn_exchange *e, int32_t supply_group, int32_t demand_group)
{
  for (int64_t k = 0; k < e->rule_count; k++)
    if (e->rule[k].supply_group == supply_group && e->rule[k].demand_group == demand_group)
      return e->rule[k].extra;
  return e->rule ? -INFINITY : 0;
}

static inline bool
market_fits_some(void *arg, int32_t supply, int32_t demand)
{
  return (supply * 7 + demand * 3) % *(int *)arg != 0;
}

static inline bool
market_fits_few(void *arg, int32_t supply, int32_t demand)
{
  return (supply * 31 + demand) % *(int *)arg == 0;
}

/* Worth of a pair by definition; -INFINITY where it cannot be. */
static inline double
market_worth(const kn_exchange *e, int64_t i, int64_t j)
{
  const int32_t g = e->supply_group ? e->supply_group[i] : 0, h = e->demand_group ? e->demand_group[j] : 0;
  if (e->fits && !e->fits(e->arg, (int32_t)i, (int32_t)j))
    return -INFINITY;
  const bool is_near = (e->supply_is_anywhere && e->supply_is_anywhere[i]) || (e->demand_is_anywhere && e->demand_is_anywhere[j]);
  const double km = is_near ? 0 : kn_point_km(e->metric, e->supply_point[i], e->demand_point[j]);
  return e->supply_worth[i] + e->demand_worth[j] + market_extra(e, g, h) - kn_haul_cost(&e->haul[g], km);
}

/* The largest figure that worths are sums of: what rounding is relative to. */
static inline double
market_scale(const kn_exchange *e)
{
  double most = 1;
  for (int64_t i = 0; i < e->supply_count; i++)
    most = fmax(most, fabs(e->supply_worth[i]));
  for (int64_t j = 0; j < e->demand_count; j++)
    most = fmax(most, fabs(e->demand_worth[j]));
  for (int64_t k = 0; e->rule && k < e->rule_count; k++)
    most = fmax(most, fabs(e->rule[k].extra));
  return most;
}

/* What can flow at most: the smaller side. */
static inline double
market_amount(const kn_exchange *e)
{
  double sum[2] = {0, 0};
  for (int64_t i = 0; i < e->supply_count; i++)
    sum[0] += (double)e->supply_quantity[i];
  for (int64_t j = 0; j < e->demand_count; j++)
    sum[1] += (double)e->demand_quantity[j];
  return fmin(sum[0], sum[1]);
}

/* NULL: the flows keep to the quantities, in their order, each at the worth of its pair, and add up to the value. `left`
 * [supplies + demands] becomes what of each is not used. */
static inline const char *
market_flows_wrong(const kn_exchange *e, const kn_exchange_view *v, int64_t *left)
{
  const double scale = market_scale(e);
  double value = 0;
  for (int64_t i = 0; i < e->supply_count; i++)
    left[i] = e->supply_quantity[i];
  for (int64_t j = 0; j < e->demand_count; j++)
    left[e->supply_count + j] = e->demand_quantity[j];
  for (int64_t k = 0; k < v->n; k++) {
    const int64_t i = v->supply[k], j = v->demand[k];
    if (i < 0 || i >= e->supply_count || j < 0 || j >= e->demand_count)
      return "a flow between what is not there";
    if (v->quantity[k] <= 0)
      return "a flow of nothing";
    if (k > 0 && (v->supply[k - 1] > i || (v->supply[k - 1] == i && v->demand[k - 1] >= j)))
      return "flows are not in order";
    if (!(fabs(v->worth[k] - market_worth(e, i, j)) <= 1e-9 * scale))
      return "a flow at another worth than its pair's";
    left[i] -= v->quantity[k];
    left[e->supply_count + j] -= v->quantity[k];
    value += (double)v->quantity[k] * v->worth[k];
  }
  for (int64_t node = 0; node < e->supply_count + e->demand_count; node++)
    if (left[node] < 0)
      return "more flows than there is";
  return fabs(value - v->value) <= 1e-11 * scale * market_amount(e) ? NULL : "the flows do not add up to the value";
}

/* NULL: no pair that counts is worth more than its ends by more than `slack`. */
static inline const char *
market_duals_wrong(const kn_exchange *e, const kn_exchange_view *v, double slack)
{
  for (int64_t i = 0; i < e->supply_count; i++)
    if (!(v->supply_dual[i] >= 0 && v->supply_dual[i] < INFINITY))
      return "a supply's dual is negative or no number";
  for (int64_t j = 0; j < e->demand_count; j++)
    if (!(v->demand_dual[j] >= 0 && v->demand_dual[j] < INFINITY))
      return "a demand's dual is negative or no number";
  for (int64_t i = 0; i < e->supply_count; i++)
    for (int64_t j = 0; j < e->demand_count; j++)
      if ((e->supply_quantity[i] > 0 || e->demand_quantity[j] > 0) &&
          market_worth(e, i, j) > v->supply_dual[i] + v->demand_dual[j] + slack)
        return "a pair is worth more than its duals";
  return NULL;
}

/* NULL: what flows is worth what its ends are, and what is left over is worth nothing: with market_duals_wrong(), this is
 * the optimum, and the duals are its prices. */
static inline const char *
market_complement_wrong(const kn_exchange *e, const kn_exchange_view *v, const int64_t *left, double slack)
{
  for (int64_t k = 0; k < v->n; k++)
    if (fabs(v->worth[k] - v->supply_dual[v->supply[k]] - v->demand_dual[v->demand[k]]) > slack)
      return "a flow whose ends are not worth what it is";
  for (int64_t i = 0; i < e->supply_count; i++)
    if (left[i] > 0 && v->supply_dual[i] > slack)
      return "a supply with something left has a price";
  for (int64_t j = 0; j < e->demand_count; j++)
    if (left[e->supply_count + j] > 0 && v->demand_dual[j] > slack)
      return "a demand with something left has a price";
  return NULL;
}

/* The root of a node's component, paths halved on the way. */
static inline int64_t
market_root(int64_t *parent, int64_t node)
{
  while (parent[node] != node)
    node = parent[node] = parent[parent[node]];
  return node;
}

/* The tree and the ground that all hang on: no cycle, every node with a quantity hangs on it, every flow is on one of its arcs. The
 * duals need not be this tree's: of those that are optimal, the ones that proved it first are told. `parent` [supplies +
 * demands + 1] is room. */
static inline const char *
market_tree_wrong(const kn_exchange *e, const kn_exchange_view *v, int64_t *parent)
{
  const int64_t ground = e->supply_count + e->demand_count;
  int64_t flows = 0;
  for (int64_t node = 0; node <= ground; node++)
    parent[node] = node;
  for (int64_t k = 0; k < v->basis_count; k++) {
    const int64_t i = v->basis_supply[k], j = v->basis_demand[k];
    if (i < KN_NONE || i >= e->supply_count || j < KN_NONE || j >= e->demand_count || (i == KN_NONE && j == KN_NONE))
      return "an arc of the basis between what is not there";
    const int64_t a = market_root(parent, i == KN_NONE ? ground : i),
                  b = market_root(parent, j == KN_NONE ? ground : e->supply_count + j);
    if (a == b)
      return "the basis has a cycle";
    parent[a] = b;
    const bool is_pair = i != KN_NONE && j != KN_NONE;
    if (is_pair && !(market_worth(e, i, j) > -INFINITY))
      return "a pair of the basis does not fit";
    for (int64_t f = 0; f < v->n && is_pair; f++)
      flows += v->supply[f] == i && v->demand[f] == j;
  }
  for (int64_t node = 0; node < ground; node++)
    if ((node < e->supply_count ? e->supply_quantity[node] : e->demand_quantity[node - e->supply_count]) > 0 &&
        market_root(parent, node) != market_root(parent, ground))
      return "a node that does not hang on the basis";
  return flows == v->n ? NULL : "a flow that is not in the basis";
}

static inline const char *
market_basis_wrong(const kn_exchange *e, const kn_exchange_view *v)
{
  int64_t *parent = market_items(e->supply_count + e->demand_count + 1, sizeof *parent);
  const char *wrong = market_tree_wrong(e, v, parent);
  free(parent);
  return wrong;
}

/* NULL: the answer is what it says. `gap` is what was asked for; 0: the optimum, whose duals are checked too. */
static inline const char *
market_wrong(const kn_exchange *e, const kn_exchange_view *v, double gap)
{
  const double scale = market_scale(e), rounding = 1e-10 * scale * market_amount(e);
  int64_t *left = market_items(e->supply_count + e->demand_count, sizeof *left);
  const char *wrong = market_flows_wrong(e, v, left);
  if (!wrong && !(v->value >= 0 && v->bound >= v->value - rounding && v->bound < INFINITY))
    wrong = "the bound is below the value";
  if (!wrong && !v->is_stopped && v->bound - v->value > gap * v->value + rounding)
    wrong = "the gap is larger than was asked for";
  if (!wrong && gap == 0 && !v->is_stopped)
    wrong = market_duals_wrong(e, v, 1e-9 * scale);
  if (!wrong && gap == 0 && !v->is_stopped)
    wrong = market_complement_wrong(e, v, left, 1e-9 * scale);
  if (!wrong)
    wrong = market_basis_wrong(e, v);
  free(left);
  return wrong;
}

static inline bool
market_same_bytes(const void *a, const void *b, int64_t count, size_t size)
{
  return count == 0 || memcmp(a, b, (size_t)count * size) == 0;
}

/* NULL: two answers to the same market are the same to the last bit. */
static inline const char *
market_differ(const kn_exchange *e, const kn_exchange_view *a, const kn_exchange_view *b)
{
  if (a->n != b->n || !market_same_bytes(a->supply, b->supply, a->n, sizeof *a->supply) ||
      !market_same_bytes(a->demand, b->demand, a->n, sizeof *a->demand) ||
      !market_same_bytes(a->quantity, b->quantity, a->n, sizeof *a->quantity) ||
      !market_same_bytes(a->worth, b->worth, a->n, sizeof *a->worth))
    return "the flows differ";
  if (!market_same_bytes(a->supply_dual, b->supply_dual, e->supply_count, sizeof *a->supply_dual) ||
      !market_same_bytes(a->demand_dual, b->demand_dual, e->demand_count, sizeof *a->demand_dual))
    return "the duals differ";
  if (!market_same_bytes(&a->value, &b->value, 1, sizeof a->value) ||
      !market_same_bytes(&a->bound, &b->bound, 1, sizeof a->bound))
    return "value or bound differ";
  return a->levels == b->levels && a->rounds == b->rounds && a->pivots == b->pivots ? NULL : "the work differs";
}

#endif
