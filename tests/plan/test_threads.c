/* The same plan, bit by bit, on any number of threads and in every run; also runs under the thread sanitizer. */
#include "knoop/plan.h"
#include "market.h"
#include "random_region.h"

static kn_plan *
plan_of(const kn_region *region, kn_plan_settings settings)
{
  kn_plan *plan = NULL;
  kn_error err = {0};
  assert_int_equal(kn_plan_make(&plan, region, &settings, NULL, &err), KN_OK);
  return plan;
}

static void
assert_same(const kn_plan *a, const kn_plan *b)
{
  const kn_plan_summary x = kn_plan_sum(a), y = kn_plan_sum(b);
  const kn_tie_view s = kn_plan_ties(a), t = kn_plan_ties(b);
  assert_memory_equal(x.value, y.value, sizeof x.value);
  assert_true(x.bound == y.bound && x.columns == y.columns && x.rounds == y.rounds && x.nodes == y.nodes);
  assert_int_equal(s.n, t.n);
  assert_true(s.n > 0);
  assert_memory_equal(s.quantity, t.quantity, (size_t)s.n * sizeof *s.quantity);
  assert_memory_equal(s.eur, t.eur, (size_t)s.n * sizeof *s.eur);
  assert_memory_equal(s.mode, t.mode, (size_t)s.n * sizeof *s.mode);
  assert_memory_equal(kn_plan_offers(a).dual, kn_plan_offers(b).dual, (size_t)kn_plan_offers(a).n * sizeof(double));
}

static void
threads_and_runs_agree_bit_by_bit(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= 4; seed++) {
    /* More than one chunk of pricing. */
    const random_wish wish = {.seed = 600 + seed,
                              .offers = 150,
                              .needs = 150,
                              .units = 3,
                              .candidates = seed % 2 == 0 ? 3 : 0,
                              .is_tied = seed == 3,
                              .is_lossy = seed % 2 == 0,
                              .has_incentives = seed == 4};
    test_built built = random_region(&wish);
    kn_plan_settings settings = KN_PLAN_DEFAULTS;
    settings.thread_count = 1;
    kn_plan *one = plan_of(built.region, settings), *again = plan_of(built.region, settings);
    settings.thread_count = 2;
    kn_plan *two = plan_of(built.region, settings);
    assert_same(one, again);
    assert_same(one, two);
    kn_plan_free(one);
    kn_plan_free(again);
    kn_plan_free(two);
    test_done(&built);
  }
}

/* ------------------------------------------------------------------ an exchange large enough for threads, and for cells */
typedef struct square {
  int64_t n;
  kn_point *point[2];
  int64_t *quantity[2];
  double *worth[2];
} square;

/* n supplies and n demands, half of them around a few places; is_tied: whole numbers, many of them equal. */
static square
draw_square(int64_t n, bool is_tied, uint64_t seed)
{
  enum { PLACES = 12 };
  square q = {.n = n};
  uint64_t state = seed;
  kn_point place[PLACES];
  for (int k = 0; k < PLACES; k++)
    place[k] = (kn_point){100 * draw_one(&state), 100 * draw_one(&state), 0};
  for (int s = 0; s < 2; s++) {
    q.point[s] = calloc((size_t)n, sizeof *q.point[s]);
    q.quantity[s] = calloc((size_t)n, sizeof *q.quantity[s]);
    q.worth[s] = calloc((size_t)n, sizeof *q.worth[s]);
    for (int64_t i = 0; i < n; i++) {
      const double x = draw_one(&state), y = draw_one(&state), worth = 40 * draw_one(&state);
      const kn_point at = place[below(&state, PLACES)];
      q.point[s][i] = below(&state, 2) ? (kn_point){at.x + 5 * x, at.y + 5 * y, 0} : (kn_point){100 * x, 100 * y, 0};
      q.worth[s][i] = worth;
      if (is_tied) {
        q.point[s][i] = (kn_point){floor(q.point[s][i].x), floor(q.point[s][i].y), 0};
        q.worth[s][i] = floor(worth);
      }
      q.quantity[s][i] = 1 + below(&state, is_tied ? 4 : 1000);
    }
  }
  return q;
}

static kn_exchange_solution *
solve_square(const square *q, int32_t threads)
{
  const kn_haul_segment line = {.to_km = INFINITY, .fixed = 3, .rate = 0.5};
  const kn_haul haul = {.segment_count = 1, .segments = &line};
  const kn_exchange exchange = {.metric = KN_PLANE,
                                .supply_count = q->n,
                                .demand_count = q->n,
                                .supply_point = q->point[0],
                                .demand_point = q->point[1],
                                .supply_quantity = q->quantity[0],
                                .demand_quantity = q->quantity[1],
                                .supply_worth = q->worth[0],
                                .demand_worth = q->worth[1],
                                .supply_group_count = 1,
                                .demand_group_count = 1,
                                .haul = &haul};
  kn_exchange_solution *solution = NULL;
  kn_error err = {0};
  assert_int_equal(
      kn_exchange_solve(&solution, &exchange, &(kn_exchange_settings){.thread_count = threads, .gap = 1e-6}, NULL, &err), KN_OK);
  return solution;
}

static void
exchange_agrees_bit_by_bit(void **state)
{
  (void)state;
  const int64_t nodes[] = {1500, 1500, 8300};
  for (int k = 0; k < 3; k++) {
    square q = draw_square(nodes[k], k == 1, 77 + (uint64_t)k);
    kn_exchange_solution *one = solve_square(&q, 1);
    const kn_exchange_view a = kn_exchange_rows(one);
    assert_true(a.n > 0 && a.gap <= 1e-6);
    for (int32_t threads = 2; threads <= (k < 2 ? 5 : 2); threads += 3) {
      kn_exchange_solution *more = solve_square(&q, threads);
      const kn_exchange_view b = kn_exchange_rows(more);
      assert_int_equal(a.n, b.n);
      assert_int_equal(a.pivots, b.pivots);
      assert_int_equal(a.rounds, b.rounds);
      assert_true(a.value == b.value && a.bound == b.bound);
      assert_memory_equal(a.supply, b.supply, (size_t)a.n * sizeof *a.supply);
      assert_memory_equal(a.demand, b.demand, (size_t)a.n * sizeof *a.demand);
      assert_memory_equal(a.quantity, b.quantity, (size_t)a.n * sizeof *a.quantity);
      assert_memory_equal(a.supply_dual, b.supply_dual, (size_t)q.n * sizeof *a.supply_dual);
      assert_memory_equal(a.demand_dual, b.demand_dual, (size_t)q.n * sizeof *a.demand_dual);
      kn_exchange_free(more);
    }
    kn_exchange_free(one);
    for (int s = 0; s < 2; s++) {
      free(q.point[s]);
      free(q.quantity[s]);
      free(q.worth[s]);
    }
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(threads_and_runs_agree_bit_by_bit),
                                     cmocka_unit_test(exchange_agrees_bit_by_bit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
