/* The same partners on any number of threads; this program also runs under the thread sanitizer. */
#include "../plan/random_region.h"
#include "knoop/match.h"

/* Asked for all at once on three threads, the rows are those of one thread, bit by bit. */
static void
one_thread_equals_several(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= 6; seed++) {
    const random_wish wish = {.seed = 100 + seed, .offers = 90, .needs = 80, .units = 2, .is_tied = seed % 2 == 0};
    test_built built = random_region(&wish);
    kn_market *market;
    kn_matches *one, *three;
    assert_int_equal(kn_market_new(&market, built.region, &built.err), KN_OK);
    for (int32_t is_need = 0; is_need < 2; is_need++) {
      kn_match_settings settings = {.most = 5, .thread_count = 1};
      assert_int_equal(kn_match_make(&one, market, is_need, KN_NONE, &settings, NULL, &built.err), KN_OK);
      settings.thread_count = 3;
      assert_int_equal(kn_match_make(&three, market, is_need, KN_NONE, &settings, NULL, &built.err), KN_OK);
      assert_true(kn_matches_count(one) > 0);
      assert_int_equal(kn_matches_count(one), kn_matches_count(three));
      for (int64_t k = 0; k < kn_matches_count(one); k++) {
        const kn_match_row a = kn_matches_rows(one)[k], b = kn_matches_rows(three)[k];
        assert_true(a.from.kind == b.from.kind && a.from.row == b.from.row && a.to.kind == b.to.kind && a.to.row == b.to.row);
        assert_true(a.eur == b.eur && a.quantity == b.quantity && a.mode == b.mode && a.substitution == b.substitution);
      }
      kn_matches_free(one);
      kn_matches_free(three);
    }
    kn_market_free(market);
    test_done(&built);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_thread_equals_several)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
