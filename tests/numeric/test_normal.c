/* Aim: the normal distribution to the last digits. Method: values from tables of 40 digits, the way there and back, symmetry. */
#include "knoop/numeric.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
assert_close(double value, double wanted, double relative)
{
  if (!(fabs(value - wanted) <= relative * fabs(wanted)))
    fail_msg("%.17g instead of %.17g", value, wanted);
}

/* Abramowitz and Stegun (1964), tables 26.1 and 26.2, and their continuation. */
static void
known_values(void **state)
{
  (void)state;
  assert_close(kn_normal_cdf(0), 0.5, 0);
  assert_close(kn_normal_cdf(1), 0.84134474606854294859, 1e-15);
  assert_close(kn_normal_tail(2), 0.022750131948179207200, 1e-15);
  assert_close(kn_normal_tail(5), 2.8665157187919391167e-7, 1e-14);
  assert_close(kn_normal_cdf(-10), 7.6198530241605260660e-24, 1e-13);
  assert_close(kn_normal_quantile(0.975), 1.9599639845400542355, 1e-15);
  assert_close(kn_normal_quantile(0.05), -1.6448536269514722242, 1e-15);
  assert_close(kn_normal_quantile(1e-10), -6.3613409024040562047, 1e-14);
}

static void
there_and_back(void **state)
{
  (void)state;
  for (double x = -30; x <= 8; x += 0.0625) {
    const double p = kn_normal_cdf(x);
    if (p < 1)
      assert_true(fabs(kn_normal_quantile(p) - x) <= 1e-13 * fmax(fabs(x), 1) + 2e-16 * p / exp(-x * x / 2));
    assert_close(kn_normal_tail(-x), p, 1e-15);
  }
  for (double p = 0.001; p < 0.5; p += 0.001)
    assert_close(kn_normal_quantile(1 - p), -kn_normal_quantile(p), 1e-12);
}

static void
ends(void **state)
{
  (void)state;
  assert_true(isinf(kn_normal_quantile(0)) && kn_normal_quantile(0) < 0);
  assert_true(isinf(kn_normal_quantile(1)) && kn_normal_quantile(1) > 0);
  assert_true(isnan(kn_normal_quantile(-0.1)) && isnan(kn_normal_quantile(1.1)) && isnan(kn_normal_quantile(NAN)));
  assert_true(kn_normal_cdf(INFINITY) == 1 && kn_normal_tail(INFINITY) == 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_values),
      cmocka_unit_test(there_and_back),
      cmocka_unit_test(ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
