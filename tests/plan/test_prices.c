/* One-sided prices of plans against what they mean: the plan of the region with a little more and a little less of the same. */
#include "random_region.h"

#include <string.h>

#include "knoop/plan.h"

static const double STEP = 1.0 / 1024; /* of a unit: exact in binary, as are whole quantities */

static kn_plan_settings
keeping(void)
{
  kn_plan_settings settings = KN_PLAN_DEFAULTS;
  settings.keeps_engine = true;
  settings.thread_count = 1;
  return settings;
}

static kn_plan *
make(test_built *built)
{
  const kn_plan_settings settings = keeping();
  kn_plan *plan;
  assert_int_equal(kn_plan_make(&plan, built->region, &settings, NULL, &built->err), KN_OK);
  return plan;
}

/* Limit of an end in the market of a region: its quantity, or the share of it that its window leaves. */
static double
limit_of(const kn_region *region, kn_place place, kn_error *err)
{
  kn_market *market;
  assert_int_equal(kn_market_new(&market, region, err), KN_OK);
  const kn_side side[2] = {kn_market_supply(market), kn_market_demand(market)};
  double limit = NAN;
  for (int s = 0; s < 2; s++)
    for (int32_t i = 0; i < side[s].n; i++)
      if (side[s].place[i].kind == place.kind && side[s].place[i].row == place.row)
        limit = side[s].limit[i];
  kn_market_free(market);
  return limit;
}

/* By how much the best value changes for each unit that the limit does, when the quantity becomes another. */
static double
difference(const test_built *built, const kn_plan *plan, kn_place place, double quantity, kn_error *err)
{
  static const kn_edit_kind kind[] = {[KN_END_OFFER] = KN_EDIT_OFFER_QUANTITY,
                                      [KN_END_NEED] = KN_EDIT_NEED_QUANTITY,
                                      [KN_END_GATEWAY] = KN_EDIT_GATEWAY_CAPACITY};
  const kn_edit edit = {.kind = kind[place.kind], .row = place.row, .value = quantity};
  const kn_plan_settings settings = keeping();
  kn_region *edited;
  kn_plan *other;
  assert_int_equal(kn_region_edit(&edited, built->region, &edit, 1, err), KN_OK);
  assert_int_equal(kn_plan_make(&other, edited, &settings, NULL, err), KN_OK);
  const double change = kn_plan_sum(other).value[KN_VALUE] - kn_plan_sum(plan).value[KN_VALUE];
  const double moved = limit_of(edited, place, err) - limit_of(built->region, place, err);
  kn_plan_free(other);
  kn_region_free(edited);
  return change / moved;
}

typedef struct tally {
  int64_t asked, refused, has_two_sides, is_new;
} tally;

static void
assert_told(double is, double should, double tolerance)
{
  if (!(fabs(is - should) <= tolerance)) {
    fprintf(stderr, "# told %.12g, is %.12g\n", is, should);
    fail();
  }
}

static void
compare(test_built *built, const kn_plan *plan, kn_place place, double quantity, double dual, tally *sum)
{
  double more, less;
  kn_error err = {0};
  if (kn_plan_prices(plan, place, &more, &less, &err) != KN_OK) {
    assert_int_equal(place.kind, KN_END_NEED);
    assert_non_null(strstr(err.text, "in part only"));
    sum->refused++;
    return;
  }
  sum->asked++;
  const double tolerance = 1e-5 * (1 + fabs(dual));
  assert_true(more >= 0 && more <= dual + tolerance && dual <= less + tolerance);
  if (!isfinite(quantity)) {
    assert_true(more == 0 && less == 0);
    return;
  }
  assert_told(more, difference(built, plan, place, quantity + STEP, &err), tolerance);
  if (quantity == 0) {
    assert_true(isinf(less));
    sum->is_new++;
    return;
  }
  assert_told(less, difference(built, plan, place, quantity - STEP, &err), tolerance);
  sum->has_two_sides += less > more + 1e-3;
}

static void
compare_all(test_built *built, const kn_plan *plan, tally *sum)
{
  const kn_offer_view offers = kn_region_offers(built->region);
  const kn_need_view needs = kn_region_needs(built->region);
  const kn_gateway_view gateways = kn_region_gateways(built->region);
  for (int32_t i = 0; i < offers.n; i++)
    compare(built, plan, (kn_place){KN_END_OFFER, i, KN_NONE}, offers.quantity[i], kn_plan_offers(plan).dual[i], sum);
  for (int32_t j = 0; j < needs.n; j++)
    compare(built, plan, (kn_place){KN_END_NEED, j, KN_NONE}, needs.quantity[j], kn_plan_needs(plan).dual[j], sum);
  for (int32_t g = 0; g < gateways.n; g++)
    compare(built, plan, (kn_place){KN_END_GATEWAY, g, KN_NONE}, gateways.capacity[g], kn_plan_gateways(plan).dual[g], sum);
}

/* Ratios, parts of demands, windows, specs, needs anywhere, gateways; ties in half of them. */
static void
prices_equal_differences(void **state)
{
  (void)state;
  tally sum = {0};
  for (uint32_t seed = 1; seed <= 120; seed++) {
    const random_wish wish = {.seed = seed, .offers = 14, .needs = 14, .is_tied = seed % 2 == 0, .is_exchange = true};
    test_built built = random_region(&wish);
    kn_plan *plan = make(&built);
    compare_all(&built, plan, &sum);
    kn_plan_free(plan);
    test_done(&built);
  }
  print_message("# %lld prices, %lld with two sides, %lld of ends without quantity, %lld refused\n", (long long)sum.asked,
                (long long)sum.has_two_sides, (long long)sum.is_new, (long long)sum.refused);
  assert_true(sum.asked > 900 && sum.has_two_sides > 20 && sum.is_new > 5 && sum.refused > 0);
}

/* A plan made again tells the same prices as one made from nothing. */
static void
made_again_equals_anew(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= 10; seed++) {
    const random_wish wish = {.seed = seed, .offers = 30, .needs = 30, .is_tied = seed % 2 == 0, .is_exchange = true};
    const kn_plan_settings settings = keeping();
    test_built built = random_region(&wish);
    kn_plan *before = make(&built), *again, *anew;
    kn_region *edited;
    const kn_edit edit = {.kind = KN_EDIT_OFFER_QUANTITY, .row = 3, .value = 2};
    assert_int_equal(kn_region_edit(&edited, built.region, &edit, 1, &built.err), KN_OK);
    assert_int_equal(kn_plan_again(&again, before, edited, NULL, &built.err), KN_OK);
    kn_plan_free(before);
    assert_int_equal(kn_plan_make(&anew, edited, &settings, NULL, &built.err), KN_OK);
    for (int32_t i = 0; i < 30; i++) {
      double more[2], less[2];
      const kn_place place = {KN_END_OFFER, i, KN_NONE};
      assert_int_equal(kn_plan_prices(again, place, &more[0], &less[0], &built.err), KN_OK);
      assert_int_equal(kn_plan_prices(anew, place, &more[1], &less[1], &built.err), KN_OK);
      assert_told(more[0], more[1], 1e-7);
      assert_true(isinf(less[0]) ? isinf(less[1]) : fabs(less[0] - less[1]) <= 1e-7);
    }
    kn_plan_free(again);
    kn_plan_free(anew);
    kn_region_free(edited);
    test_done(&built);
  }
}

static void
what_cannot_be_told_is_refused(void **state)
{
  (void)state;
  const random_wish wish = {.seed = 1, .offers = 9, .needs = 9, .is_exchange = true},
                    coupled = {.seed = 1, .offers = 9, .needs = 9, .units = 2};
  double more, less;
  test_built built = random_region(&wish);
  kn_plan *plan = make(&built);
  assert_int_equal(kn_plan_prices(plan, (kn_place){KN_END_OFFER, 9, KN_NONE}, &more, &less, &built.err), KN_E_USAGE);
  assert_non_null(strstr(built.err.text, "no offer in row 9"));
  kn_plan_free(plan);
  const kn_plan_settings settings = KN_PLAN_DEFAULTS;
  assert_int_equal(kn_plan_make(&plan, built.region, &settings, NULL, &built.err), KN_OK);
  assert_int_equal(kn_plan_prices(plan, (kn_place){KN_END_OFFER, 0, KN_NONE}, &more, &less, &built.err), KN_E_USAGE);
  kn_plan_free(plan);
  test_done(&built);
  built = random_region(&coupled);
  plan = make(&built);
  assert_int_equal(kn_plan_prices(plan, (kn_place){KN_END_OFFER, 0, KN_NONE}, &more, &less, &built.err), KN_E_USAGE);
  assert_non_null(strstr(built.err.text, "plans that are an exchange"));
  assert_true(isnan(more) && isnan(less));
  kn_plan_free(plan);
  test_done(&built);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(prices_equal_differences), cmocka_unit_test(made_again_equals_anew),
                                     cmocka_unit_test(what_cannot_be_told_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
