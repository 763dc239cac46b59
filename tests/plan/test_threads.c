/* The same plan, bit by bit, on any number of threads and in every run; also runs under the thread sanitizer. */
#include "knoop/plan.h"
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

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(threads_and_runs_agree_bit_by_bit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
