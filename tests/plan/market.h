/* Random markets for the tests of the exchange; what a market is, and the worth of a pair by its definition, is ../peer/market.h. */
#ifndef KN_TEST_MARKET_H
#define KN_TEST_MARKET_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "../peer/market.h"

enum { MOST = 400, GROUPS = MARKET_GROUPS };

/* A market with room for MOST on each side, so that a test may let it grow. */
static inline small_market *
market_with_room(int64_t supplies, int64_t demands)
{
  small_market *m = market_new(MOST, MOST);
  m->exchange.supply_count = supplies;
  m->exchange.demand_count = demands;
  return m;
}

/* The rules that say what pairs of groups add, [supply groups * demand groups]; -INFINITY: they do not fit. */
static inline void
set_rules(small_market *m, const double *extra)
{
  kn_exchange *e = &m->exchange;
  e->rule = m->rule;
  e->rule_count = 0;
  for (int32_t g = 0; g < e->supply_group_count; g++)
    for (int32_t h = 0; h < e->demand_group_count; h++)
      if (extra[g * e->demand_group_count + h] > -INFINITY)
        market_rule(m, g, h, extra[g * e->demand_group_count + h]);
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

/* A random market: every feature at times, integers with many ties at others. */
static inline small_market *
draw_market(uint64_t *state, int most, int *divisor)
{
  small_market *m = market_with_room(below(state, most) + 1, below(state, most) + 1);
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
    double extra[GROUPS * GROUPS];
    e->supply_group = m->group[0];
    e->demand_group = m->group[1];
    e->supply_group_count = e->demand_group_count = groups;
    for (int k = 0; k < groups * groups; k++)
      extra[k] = below(state, 3) == 0 ? -INFINITY : is_tied ? below(state, 3) - 1 : below(state, 100) / 50.0 - 1;
    set_rules(m, extra);
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
    e->fits = market_fits_some;
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
