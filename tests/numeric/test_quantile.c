/* Aim: quantiles of type 7, as R and numpy give them by default. */
#include "../base/check.h"

#include "knoop/numeric.h"

static double
of_four(double q)
{
  double value[] = {4, 1, 3, 2};
  return kn_quantile(value, 4, q);
}

static void
quantiles_by_hand(void **state)
{
  (void)state;
  assert_near(of_four(0), 1, 0);
  assert_near(of_four(1), 4, 0);
  assert_near(of_four(0.5), 2.5, 1e-15);
  assert_near(of_four(0.25), 1.75, 1e-15); /* h = 0.75: between 1 and 2 */
  assert_near(of_four(0.9), 3.7, 1e-12);
  double one[] = {7};
  assert_near(kn_quantile(one, 1, 0.3), 7, 0);
  assert_true(isnan(kn_quantile(one, 0, 0.3)));
  double unknown[] = {1, NAN, 2};
  assert_true(isnan(kn_quantile(unknown, 3, 0.5)));
  double endless[] = {1, 2, INFINITY};
  assert_near(kn_quantile(endless, 3, 0.5), 2, 0);
}

static int
compare(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void
selection_equals_sorting(void **state)
{
  (void)state;
  check_random r = {9};
  for (int trial = 0; trial < 3000; trial++) {
    double value[200], sorted[200];
    const int32_t n = 1 + random_below(&r, 200), kinds = 1 + random_below(&r, 300);
    for (int32_t i = 0; i < n; i++)
      value[i] = sorted[i] = (double)random_below(&r, kinds);
    qsort(sorted, (size_t)n, sizeof *sorted, compare);
    const double q = random_unit(&r), h = q * (double)(n - 1);
    const int32_t k = (int32_t)h;
    const double next = k + 1 < n ? sorted[k + 1] : sorted[k];
    assert_near(kn_quantile(value, n, q), sorted[k] + (h - (double)k) * (next - sorted[k]), 1e-12 * (1 + fabs(next)));
    qsort(value, (size_t)n, sizeof *value, compare); /* reordered, nothing lost */
    assert_memory_equal(value, sorted, (size_t)n * sizeof *value);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quantiles_by_hand),
      cmocka_unit_test(selection_equals_sorting),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
