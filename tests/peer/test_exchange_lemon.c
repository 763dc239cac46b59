/* Aim: the exchange finds the optimum, proves it, and its duals mean what exchange.h says, on every kind of small market.
 * Method: thousands of markets, some twenty of each family at a time from its own seeds. LEMON's network simplex over the list
 * of all pairs, in whole numbers, says what the optimum is; market.h recomputes the rest. `LEMON_SEEDS=n` tries n of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lemon.h"
#include "market.h"

/* A worth in LEMON's whole numbers; what is lost to rounding is below 1e-11. */
#define STEP 0x1p-36

static uint64_t
draw(uint64_t *state) /* splitmix64 */
{
  uint64_t z = (*state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static int
below(uint64_t *state, int n)
{
  return (int)(draw(state) % (uint64_t)n);
}

static double
between(uint64_t *state, double low, double high)
{
  return low + (high - low) * ((double)(draw(state) >> 11) * 0x1p-53);
}

/* ---------------------------------------------------------------- families */
enum {
  SPREAD,     /* anything anywhere */
  ASSIGNMENT, /* a unit each: every pivot is degenerate */
  WHOLE,      /* whole worths, distances and quantities: ties everywhere, and an exact answer */
  EQUAL,      /* all prices are the same: only distance counts */
  ONE_POINT,  /* only prices count */
  LINE,       /* in a row, at equal steps */
  POLES,      /* around a pole and the date line */
  GLOBE,      /* anywhere on the sphere, its opposite sides among them */
  GROUPS,     /* with what goes with what */
  HAULS,      /* reach, gaps and dear or cheap stretches */
  FILTERED,   /* pairs left out one by one */
  SCARCE,     /* hardly any pair left in: what a coarser market says of these is of no use */
  ANYWHERE,   /* nodes without a place */
  ZEROS,      /* nodes without a quantity */
  LOPSIDED,   /* many for few, little for much */
  HUGE,       /* quantities up to 2^53 in sum */
  LOSSES,     /* hardly any pair pays */
  TWINS,      /* every node several times */
  EVERYTHING,
  FAMILIES
};
static const char *const family_name[FAMILIES] = {
    "spread",   "assignment", "whole",    "equal", "one point", "line", "poles",  "globe", "groups",    "hauls",
    "filtered", "scarce",     "anywhere", "zeros", "lopsided",  "huge", "losses", "twins", "everything"};

static kn_point
draw_point(uint64_t *state, int family)
{
  switch (family) {
  case ONE_POINT:
    return (kn_point){3, 4, 0};
  case LINE:
  case WHOLE:
    return (kn_point){below(state, 12), 0, 0};
  case POLES:
    if (below(state, 3) == 0)
      return kn_point_at(below(state, 2) ? 180 : -179.999, between(state, -0.1, 0.1));
    return kn_point_at(between(state, -180, 180), below(state, 4) == 0 ? 90 : between(state, 89.9, 90));
  case GLOBE:
    return kn_point_at(below(state, 5) * 90 - 180, below(state, 5) * 45 - 90);
  default:
    return (kn_point){between(state, 0, 20), between(state, 0, 20), 0};
  }
}

static int64_t
draw_quantity(uint64_t *state, int family, int64_t n)
{
  switch (family) {
  case ASSIGNMENT:
    return 1;
  case WHOLE:
    return 1 + below(state, 3);
  case ZEROS:
    return below(state, 2) ? 0 : 1 + below(state, 5);
  case HUGE:
    return (int64_t)((draw(state) >> (below(state, 3) ? 12 : 50)) / (uint64_t)n);
  default:
    return 1 + below(state, 1000);
  }
}

static double
draw_worth(uint64_t *state, int family)
{
  switch (family) {
  case WHOLE:
  case ONE_POINT:
  case TWINS:
    return below(state, 6);
  case EQUAL:
    return 6;
  case SCARCE:
    return between(state, 18, 20);
  case LOSSES:
    return between(state, -20, 4);
  default:
    return between(state, -2, 12);
  }
}

static void
draw_groups(small_market *m, uint64_t *state)
{
  const int groups = 1 + below(state, MARKET_GROUPS);
  market_use_groups(m, groups);
  for (int k = 0; k < groups * groups; k++)
    if (below(state, 3))
      market_rule(m, k / groups, k % groups, between(state, -3, 3));
  for (int s = 0; s < 2; s++)
    for (int64_t i = 0; i < (s ? m->exchange.demand_count : m->exchange.supply_count); i++)
      m->group[s][i] = below(state, groups);
}

/* Near by road, nowhere for a while, then by what costs more to start and less to go on; or a mere reach. */
static void
draw_hauls(small_market *m, uint64_t *state)
{
  for (int g = 0; g < MARKET_GROUPS; g++) {
    kn_haul_segment *s = m->segment[g];
    s[0] = (kn_haul_segment){.to_km = below(state, 3) ? between(state, 2, 8) : (double)INFINITY,
                             .fixed = below(state, 3),
                             .rate = between(state, 0, 1.5)};
    if (isinf(s[0].to_km) || below(state, 2))
      continue;
    const double gap = below(state, 2) ? 1.5 : 0;
    s[1] = (kn_haul_segment){.from_km = s[0].to_km + gap, .to_km = s[0].to_km + 4, .fixed = between(state, 0, 4), .rate = 0.25};
    s[2] = (kn_haul_segment){.from_km = s[1].to_km, .to_km = INFINITY, .fixed = between(state, 2, 6), .rate = 0.05};
    m->haul[g].segment_count = 2 + below(state, 2);
  }
}

static void
draw_twins(small_market *m, int side, int64_t n)
{
  for (int64_t i = 1; i < n; i++)
    if (i % 4) {
      m->point[side][i] = m->point[side][i - 1];
      m->worth[side][i] = m->worth[side][i - 1];
      m->quantity[side][i] = m->quantity[side][i - 1];
    }
}

static void
draw_nodes(small_market *m, uint64_t *state, int family, int side)
{
  const int64_t n = side ? m->exchange.demand_count : m->exchange.supply_count;
  for (int64_t i = 0; i < n; i++) {
    const int kind = family == EVERYTHING ? (int[]){SPREAD, WHOLE, ZEROS, LINE}[below(state, 4)] : family;
    m->point[side][i] = draw_point(state, kind);
    m->quantity[side][i] = draw_quantity(state, kind, n);
    m->worth[side][i] = draw_worth(state, kind);
    m->is_anywhere[side][i] = below(state, 5) == 0;
  }
  if (family == TWINS)
    draw_twins(m, side, n);
}

static small_market *
draw_market(uint64_t *state, int family, int most)
{
  int size[2] = {1 + below(state, most), 1 + below(state, most)};
  if (family == LOPSIDED)
    size[below(state, 2)] = 1 + below(state, 2);
  if (family == SCARCE)
    size[0] = size[1] = most;
  small_market *m = market_new(size[0], size[1]);
  m->is_whole = family == WHOLE || family == ONE_POINT;
  if (family == POLES || family == GLOBE)
    m->exchange.metric = KN_SPHERE;
  for (int side = 0; side < 2; side++)
    draw_nodes(m, state, family, side);
  if (family == GLOBE)
    m->segment[0][0].rate = 1e-3;
  if (family == GROUPS || family == EVERYTHING)
    draw_groups(m, state);
  if (family == HAULS || (family == EVERYTHING && below(state, 2)))
    draw_hauls(m, state);
  if (family == ANYWHERE || (family == EVERYTHING && below(state, 2))) {
    m->exchange.supply_is_anywhere = below(state, 3) ? m->is_anywhere[0] : NULL;
    m->exchange.demand_is_anywhere = below(state, 3) ? m->is_anywhere[1] : NULL;
  }
  if (family == SCARCE || family == FILTERED || (family == EVERYTHING && below(state, 2))) {
    m->divisor = family == SCARCE ? most : 2 + below(state, 4);
    m->exchange.fits = family == SCARCE ? market_fits_few : market_fits_some;
    m->exchange.arg = &m->divisor;
  }
  return m;
}

/* ---------------------------------------------------------------- the peer */
typedef struct arcs {
  lemon_market market;
  int32_t *from, *to;
  int64_t *worth;
} arcs;

static arcs
arcs_of(const small_market *m)
{
  const kn_exchange *e = &m->exchange;
  const int64_t most = e->supply_count * e->demand_count;
  arcs a = {.from = market_items(most, sizeof *a.from), .to = market_items(most, sizeof *a.to)};
  a.worth = market_items(most, sizeof *a.worth);
  int64_t count = 0;
  for (int64_t i = 0; i < e->supply_count; i++)
    for (int64_t j = 0; j < e->demand_count; j++) {
      const double worth = market_worth(e, i, j);
      if (!isfinite(worth))
        continue;
      a.from[count] = (int32_t)i;
      a.to[count] = (int32_t)j;
      a.worth[count++] = llround(worth / STEP);
    }
  a.market = (lemon_market){.supplies = e->supply_count,
                            .demands = e->demand_count,
                            .supply = m->quantity[0],
                            .demand = m->quantity[1],
                            .arcs = count,
                            .from = a.from,
                            .to = a.to,
                            .worth = a.worth};
  return a;
}

static void
arcs_free(arcs *a)
{
  free(a->from);
  free(a->to);
  free(a->worth);
}

static __int128
peer_best(const arcs *a)
{
  __int128 value = 0;
  assert_true(lemon_best(&a->market, &value));
  return value;
}

/* ---------------------------------------------------------------- one market */
static kn_exchange_solution *
solve(const kn_exchange *e, double gap, int threads, const kn_watch *watch)
{
  kn_error err = {0};
  kn_exchange_solution *solution = NULL;
  const kn_exchange_settings settings = {.gap = gap, .thread_count = threads};
  if (kn_exchange_solve(&solution, e, &settings, watch, &err) != KN_OK)
    fprintf(stderr, "# %s\n", err.text);
  assert_non_null(solution);
  return solution;
}

/* The dual of one node against what one unit more and one unit less of it change: the peer solves both. */
static const char *
dual_wrong(small_market *m, const arcs *a, __int128 best, const kn_exchange_view *v, uint64_t *state)
{
  const int side = below(state, 2);
  const int64_t n = side ? m->exchange.demand_count : m->exchange.supply_count, node = below(state, (int)n);
  const double dual = side ? v->demand_dual[node] : v->supply_dual[node], slack = 1e-9 * market_scale(&m->exchange);
  int64_t *quantity = &m->quantity[side][node];
  *quantity += 1;
  const double more = (double)(peer_best(a) - best) * STEP;
  *quantity -= 1;
  if (dual < more - slack)
    return "a dual is less than what one unit more would bring";
  if (*quantity == 0)
    return NULL;
  *quantity -= 1;
  const double less = (double)(best - peer_best(a)) * STEP;
  *quantity += 1;
  return dual <= less + slack ? NULL : "a dual is more than what one unit less would cost";
}

static bool
stop_after(void *arg)
{
  return --*(int *)arg < 0;
}

/* An early end by the gap or by the watch still tells the truth about the optimum. */
static const char *
early_wrong(const small_market *m, double best, uint64_t *state)
{
  const kn_exchange *e = &m->exchange;
  const double slack = 1e-10 * market_scale(e) * market_amount(e), gap = below(state, 2) ? 1e-2 : 1e-4;
  int calls = below(state, 4);
  const kn_watch watch = {.is_stopped = stop_after, .arg = &calls};
  for (int way = 0; way < 2; way++) {
    kn_exchange_solution *solution = way ? solve(e, 0, 1, &watch) : solve(e, gap, 1, NULL);
    const kn_exchange_view v = kn_exchange_rows(solution);
    const char *wrong = market_wrong(e, &v, way ? 0 : gap);
    if (!wrong && v.value > best + slack)
      wrong = "an early answer has more than the optimum";
    if (!wrong && v.bound < best - slack)
      wrong = "the bound of an early answer is below the optimum";
    kn_exchange_free(solution);
    if (wrong)
      return wrong;
  }
  return NULL;
}

/* The answer to the market as it is now, against the peer. */
static const char *
answer_wrong(const small_market *m, const kn_exchange_solution *solution)
{
  const kn_exchange *e = &m->exchange;
  const kn_exchange_view v = kn_exchange_rows(solution);
  arcs a = arcs_of(m);
  const double best = (double)peer_best(&a) * STEP;
  arcs_free(&a);
  const double slack = m->is_whole ? 0 : 1e-9 * best + 1e-11 * market_scale(e) * market_amount(e);
  const char *wrong = market_wrong(e, &v, 0);
  return wrong ? wrong : fabs(v.value - best) <= slack ? NULL : "the value is not the peer's";
}

/* From a start of pairs at random, of which few are of use and many do not fit, nor each other. */
static const char *
started_wrong(const small_market *m, uint64_t *state)
{
  enum { PAIRS = 50 };
  int32_t supply[PAIRS], demand[PAIRS];
  for (int k = 0; k < PAIRS; k++) {
    supply[k] = below(state, 9) ? below(state, (int)m->exchange.supply_count) : KN_NONE;
    demand[k] = supply[k] == KN_NONE || below(state, 9) ? below(state, (int)m->exchange.demand_count) : KN_NONE;
  }
  kn_error err = {0};
  kn_exchange_solution *solution = NULL;
  const kn_exchange_settings settings = {.thread_count = 1, .start_count = PAIRS, .start_supply = supply, .start_demand = demand};
  if (kn_exchange_solve(&solution, &m->exchange, &settings, NULL, &err) != KN_OK)
    return "a start was refused";
  const char *wrong = answer_wrong(m, solution);
  kn_exchange_free(solution);
  return wrong;
}

/* A node or some become another quantity, none at times, or another worth. */
static void
change(small_market *m, uint64_t *state)
{
  for (int k = 1 + below(state, 3); k > 0; k--) {
    const int side = below(state, 2);
    const int64_t node = below(state, (int)(side ? m->exchange.demand_count : m->exchange.supply_count));
    if (below(state, 2))
      m->quantity[side][node] = below(state, 3) ? 1 + below(state, 500) : 0;
    else
      m->worth[side][node] += below(state, 9) - 4;
  }
}

/* Changed twice, each time solved again from the solution before. */
static const char *
again_wrong(small_market *m, uint64_t *state)
{
  kn_error err = {0};
  kn_exchange_solution *before = NULL, *after = NULL;
  const kn_exchange_settings settings = {.thread_count = 1, .keeps_engine = true};
  if (kn_exchange_solve(&before, &m->exchange, &settings, NULL, &err) != KN_OK)
    return "a market was refused";
  const char *wrong = NULL;
  for (int turn = 0; turn < 2 && !wrong; turn++) {
    change(m, state);
    if (kn_exchange_again(&after, before, &m->exchange, NULL, NULL, &settings, NULL, &err) != KN_OK)
      wrong = "a changed market was refused";
    kn_exchange_free(before);
    before = after;
    if (!wrong)
      wrong = answer_wrong(m, before);
  }
  kn_exchange_free(before);
  return wrong;
}

static const char *
compare_wrong(small_market *m, uint64_t *state)
{
  const kn_exchange *e = &m->exchange;
  kn_exchange_solution *one = solve(e, 0, 1, NULL), *two = solve(e, 0, 2, NULL);
  const kn_exchange_view v = kn_exchange_rows(one), w = kn_exchange_rows(two);
  arcs a = arcs_of(m);
  const __int128 peer = peer_best(&a);
  const double best = (double)peer * STEP;
  const double slack = m->is_whole ? 0 : 1e-9 * best + 1e-11 * market_scale(e) * market_amount(e);
  const char *wrong = market_wrong(e, &v, 0);
  if (!wrong)
    wrong = market_differ(e, &v, &w);
  if (!wrong && !(fabs(v.value - best) <= slack))
    wrong = "the value is not the peer's";
  if (!wrong)
    wrong = dual_wrong(m, &a, peer, &v, state);
  if (!wrong)
    wrong = early_wrong(m, best, state);
  if (!wrong)
    wrong = started_wrong(m, state);
  if (!wrong)
    wrong = again_wrong(m, state); /* the last one: it changes the market */
  if (wrong)
    fprintf(stderr, "# %d x %d: value %.17g, peer %.17g\n", (int)e->supply_count, (int)e->demand_count, v.value, best);
  arcs_free(&a);
  kn_exchange_free(one);
  kn_exchange_free(two);
  return wrong;
}

/* 1 when something is wrong, which is told; the others are tried all the same. */
static int
compare(int family, uint64_t seed, int most)
{
  uint64_t state = seed * 1000003 + (uint64_t)family;
  small_market *m = draw_market(&state, family, most);
  const char *wrong = compare_wrong(m, &state);
  if (wrong)
    fprintf(stderr, "# %s, seed %d, at most %d: %s\n", family_name[family], (int)seed, most, wrong);
  market_free(m);
  return wrong != NULL;
}

static uint64_t
seeds(uint64_t usual)
{
  const char *wish = getenv("LEMON_SEEDS");
  return wish ? strtoull(wish, NULL, 10) : usual;
}

static void
tiny_ones(void **state)
{
  (void)state;
  int bad = 0;
  for (int family = 0; family < FAMILIES; family++)
    for (uint64_t seed = 1; seed <= seeds(100); seed++)
      bad += compare(family, seed, 5);
  assert_int_equal(bad, 0);
}

static void
small_ones(void **state)
{
  (void)state;
  int bad = 0;
  for (int family = 0; family < FAMILIES; family++)
    for (uint64_t seed = 1; seed <= seeds(60); seed++)
      bad += compare(family, seed, 30);
  assert_int_equal(bad, 0);
}

/* Enough nodes for coarser levels. */
static void
larger_ones(void **state)
{
  (void)state;
  int bad = 0;
  for (int family = 0; family < FAMILIES; family++)
    bad += compare(family, 7 + (uint64_t)family, 1200);
  assert_int_equal(bad, 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(tiny_ones), cmocka_unit_test(small_ones), cmocka_unit_test(larger_ones)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
