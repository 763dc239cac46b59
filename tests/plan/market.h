/* Random markets for the tests of the exchange, and the worth of a pair by its definition. */
#ifndef KN_TEST_MARKET_H
#define KN_TEST_MARKET_H

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

#include "plan/exchange.h"

enum { MOST = 400, GROUPS = 4, SEGMENTS = 3 };

/* An exchange with room for its arrays. */
typedef struct market {
  kn_exchange exchange;
  kn_point point[2][MOST];
  int64_t quantity[2][MOST];
  double worth[2][MOST];
  int32_t group[2][MOST];
  uint8_t is_anywhere[2][MOST];
  double extra[GROUPS * GROUPS]; /* -INFINITY: no rule, the groups do not fit */
  kn_exchange_rule rule[GROUPS * GROUPS];
  kn_haul haul[GROUPS];
  kn_haul_segment segment[GROUPS][SEGMENTS];
} market;

static inline market *
market_new(int64_t supplies, int64_t demands)
{
  market *m = calloc(1, sizeof *m);
  assert_non_null(m);
  for (int g = 0; g < GROUPS; g++) {
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

/* The rules for what is written in `extra`. */
static inline void
set_rules(market *m)
{
  kn_exchange *e = &m->exchange;
  e->rule = m->rule;
  e->rule_count = 0;
  for (int32_t g = 0; g < e->supply_group_count; g++)
    for (int32_t h = 0; h < e->demand_group_count; h++)
      if (m->extra[g * e->demand_group_count + h] > -INFINITY)
        m->rule[e->rule_count++] = (kn_exchange_rule){g, h, m->extra[g * e->demand_group_count + h]};
}

static inline double
extra_of(const kn_exchange *e, int32_t supply_group, int32_t demand_group)
{
  for (int64_t k = 0; k < e->rule_count; k++)
    if (e->rule[k].supply_group == supply_group && e->rule[k].demand_group == demand_group)
      return e->rule[k].extra;
  return e->rule ? -INFINITY : 0;
}

/* Worth of a pair from its definition; -INFINITY where it cannot be. */
static inline double
worth_of(const kn_exchange *e, int64_t i, int64_t j)
{
  const int32_t g = e->supply_group ? e->supply_group[i] : 0, h = e->demand_group ? e->demand_group[j] : 0;
  if (e->fits && !e->fits(e->arg, (int32_t)i, (int32_t)j))
    return -INFINITY;
  const bool is_near = (e->supply_is_anywhere && e->supply_is_anywhere[i]) || (e->demand_is_anywhere && e->demand_is_anywhere[j]);
  const double km = is_near ? 0 : kn_point_km(e->metric, e->supply_point[i], e->demand_point[j]);
  return e->supply_worth[i] + e->demand_worth[j] + extra_of(e, g, h) - kn_haul_cost(&e->haul[g], km);
}

static inline void
assert_near(double a, double b, double tolerance)
{
  if (!(fabs(a - b) <= tolerance)) {
    fprintf(stderr, "# %.15g is not %.15g to %g\n", a, b, tolerance);
    fail();
  }
}

static inline uint64_t
draw(uint64_t *state)
{
  uint64_t z = (*state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static inline int
below(uint64_t *state, int n)
{
  return (int)(draw(state) % (uint64_t)n);
}

static inline bool
fits_odd(void *arg, int32_t supply, int32_t demand)
{
  return (supply * 7 + demand * 3) % *(int *)arg != 0;
}

/* A random market: every feature at times, integers with many ties at others. */
static inline market *
draw_market(uint64_t *state, int most, int *divisor)
{
  market *m = market_new(below(state, most) + 1, below(state, most) + 1);
  kn_exchange *e = &m->exchange;
  const int shape = below(state, 6), groups = below(state, 3) ? 1 : 1 + below(state, GROUPS);
  const bool is_tied = below(state, 2), has_none = below(state, 3) == 0;
  e->metric = below(state, 4) ? KN_PLANE : KN_SPHERE;
  for (int s = 0; s < 2; s++)
    for (int64_t i = 0; i < (s ? e->demand_count : e->supply_count); i++) {
      const double grid = is_tied ? below(state, 5) : (double)(draw(state) >> 11) * 0x1p-50;
      const double other = is_tied ? below(state, 5) : (double)(draw(state) >> 11) * 0x1p-50;
      if (e->metric == KN_SPHERE)
        m->point[s][i] = kn_point_at(shape == 0   ? 180 - grid / 50
                                     : shape == 1 ? grid * 45
                                                  : 5 + grid / 50,
                                     shape == 1 ? (below(state, 2) ? 90 : 89.9) : 51 + other / 50);
      else
        m->point[s][i] = shape == 0 ? (kn_point){0} : shape == 1 ? (kn_point){grid, 0, 0} : (kn_point){grid, other, 0};
      m->quantity[s][i] = has_none && below(state, 4) == 0 ? 0 : 1 + below(state, is_tied ? 3 : 1000);
      m->worth[s][i] = is_tied ? below(state, 4) : (double)(draw(state) >> 11) * 0x1p-50 - (below(state, 4) == 0 ? 3 : 0);
      m->group[s][i] = below(state, groups);
      m->is_anywhere[s][i] = below(state, 5) == 0;
    }
  if (groups > 1) {
    e->supply_group = m->group[0];
    e->demand_group = m->group[1];
    e->supply_group_count = e->demand_group_count = groups;
    for (int k = 0; k < groups * groups; k++)
      m->extra[k] = below(state, 3) == 0 ? -INFINITY : is_tied ? below(state, 3) - 1 : below(state, 100) / 50.0 - 1;
    set_rules(m);
  }
  if (below(state, 4) == 0) {
    e->supply_is_anywhere = m->is_anywhere[0];
    e->demand_is_anywhere = m->is_anywhere[1];
  }
  for (int g = 0; g < groups; g++) {
    m->segment[g][0] = (kn_haul_segment){.to_km = below(state, 3) ? (double)INFINITY : 3.0 + below(state, 3),
                                         .fixed = below(state, 2),
                                         .rate = is_tied ? 1 : 0.1 + below(state, 10) / 10.0};
    if (below(state, 3) == 0) { /* near by road, nowhere for a while, then by a cheaper way with a higher start */
      m->segment[g][0].to_km = 1 + below(state, 2);
      m->segment[g][1] = (kn_haul_segment){.from_km = 2, .to_km = 4, .fixed = 1, .rate = 0.25};
      m->segment[g][2] = (kn_haul_segment){.from_km = 4.5, .to_km = 6, .fixed = 3, .rate = -0.25};
      m->haul[g].segment_count = 3;
    }
  }
  if (below(state, 4) == 0) {
    *divisor = 2 + below(state, 4);
    e->fits = fits_odd;
    e->arg = divisor;
  }
  return m;
}

static inline double
draw_one(uint64_t *state)
{
  return (double)(draw(state) >> 11) * 0x1p-53;
}

#endif
