/* Aim: tails of the chi-square and the normal distribution, against values of scipy.stats 1.10 (chi2.sf, chi2.isf, norm.isf),
 * and that bounds and tails undo each other. */
#include "../base/check.h"

#include "knoop/numeric.h"

static void
tails_as_others_give_them(void **state)
{
  (void)state;
  static const double known[][3] = {
      {0.5, 1, 0.47950012218695337},        {3.84, 1, 0.05004352124870519},     {0.295912779111832, 2, 0.8624687267660881},
      {12.59, 6, 0.05002901173891519},      {200, 6, 1.8976107553682236e-40},   {15096.9448391632, 6, 0},
      {95, 100, 0.6225792918781736},        {180, 100, 1.6494985017178526e-06}, {20000, 20000, 0.4986701916600448},
      {20500, 20000, 0.006517863488342558}, {19000, 20000, 0.9999998137545348}, {100000, 100000, 0.4994052918952067},
      {700, 10, 6.280146699235733e-144}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    assert_near(kn_chi2_above(known[i][0], known[i][1]), known[i][2], 1e-11 * known[i][2] + 1e-300);
  assert_near(kn_chi2_above(0, 3), 1, 0);
  assert_near(kn_chi2_above(5, 0), 1, 0);
  assert_near(kn_chi2_above(INFINITY, 3), 0, 0);
  assert_true(isnan(kn_chi2_above(NAN, 3)));
}

static void
bounds_as_others_give_them(void **state)
{
  (void)state;
  static const double chi2[][3] = {{0.05, 1, 3.8414588206941285},   {0.05, 6, 12.59158724374398},
                                   {0.05, 5, 11.070497693516355},   {0.5, 3, 2.3659738843753377},
                                   {0.01, 100, 135.80672317102676}, {0.05, 7182, 7380.266016064904},
                                   {1e-6, 20, 65.42068103504783},   {0.999, 4, 0.09080403553897913}};
  for (size_t i = 0; i < sizeof chi2 / sizeof *chi2; i++)
    assert_near(kn_chi2_bound(chi2[i][0], chi2[i][1]), chi2[i][2], 1e-11 * chi2[i][2]);
  static const double normal[][2] = {{0.5, 0},
                                     {0.025, 1.9599639845400545},
                                     {0.05, 1.6448536269514729},
                                     {0.001, 3.090232306167813},
                                     {1e-9, 5.9978070150076865},
                                     {1e-30, 11.464024688443613},
                                     {0.975, -1.959963984540054},
                                     {0.6, -0.2533471031357997}};
  for (size_t i = 0; i < sizeof normal / sizeof *normal; i++)
    assert_near(kn_normal_bound(normal[i][0]), normal[i][1], 1e-13 * fabs(normal[i][1]) + 1e-15);
  assert_true(isnan(kn_normal_bound(0)) && isnan(kn_normal_bound(1)) && isnan(kn_chi2_bound(0, 3)));
}

static void
bounds_undo_tails(void **state)
{
  (void)state;
  for (double dof = 1; dof < 1e6; dof *= 3.7)
    for (double above = 1e-8; above < 1; above *= 5)
      assert_near(kn_chi2_above(kn_chi2_bound(above, dof), dof), above, 1e-9 * above);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(tails_as_others_give_them), cmocka_unit_test(bounds_as_others_give_them),
                                     cmocka_unit_test(bounds_undo_tails)};
  return cmocka_run_group_tests_name("numeric-tails", tests, NULL, NULL);
}
