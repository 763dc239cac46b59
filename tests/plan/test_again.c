/* What if: a plan made again after edits of its region is the plan of the edited region, made from nothing. Exchanges, coupled
 * plans, candidates; prices, quantities, an actor gone, a unit more; chains of edits; one thread and two. */
#include "random_region.h"

#include "knoop/plan.h"

static kn_plan_settings
settings_with(int32_t threads)
{
  kn_plan_settings settings = KN_PLAN_DEFAULTS;
  settings.gap = 1e-7;
  settings.keeps_engine = true;
  settings.thread_count = threads;
  return settings;
}

static kn_edit
random_edit(const kn_region *region, uint32_t *s, bool may_add)
{
  const int32_t offers = (int32_t)kn_region_offers(region).n, needs = (int32_t)kn_region_needs(region).n;
  const int32_t gateways = (int32_t)kn_region_gateways(region).n, units = (int32_t)kn_region_units(region).n;
  switch (random_draw(s, may_add ? 9 : 7)) {
  case 0:
    return (kn_edit){
        .kind = KN_EDIT_OFFER_QUANTITY, .row = (int32_t)random_draw(s, (uint32_t)offers), .value = random_draw(s, 900)};
  case 1:
    return (kn_edit){
        .kind = KN_EDIT_OFFER_FATE_EUR, .row = (int32_t)random_draw(s, (uint32_t)offers), .value = random_draw(s, 60)};
  case 2:
    return (kn_edit){
        .kind = KN_EDIT_NEED_QUANTITY, .row = (int32_t)random_draw(s, (uint32_t)needs), .value = random_draw(s, 900)};
  case 3:
    return (kn_edit){
        .kind = KN_EDIT_NEED_PRICE_EUR, .row = (int32_t)random_draw(s, (uint32_t)needs), .value = random_draw(s, 120)};
  case 4:
    return (kn_edit){
        .kind = KN_EDIT_GATEWAY_PRICE_EUR, .row = (int32_t)random_draw(s, (uint32_t)gateways), .value = random_draw(s, 60)};
  case 5:
    return (kn_edit){.kind = KN_EDIT_OFFER_QUANTITY, .row = (int32_t)random_draw(s, (uint32_t)offers), .value = 0};
  case 6:
    if (units > 0)
      return (kn_edit){
          .kind = KN_EDIT_UNIT_CAPACITY, .row = (int32_t)random_draw(s, (uint32_t)units), .value = random_draw(s, 500)};
    return (kn_edit){.kind = KN_EDIT_GATEWAY_CAPACITY, .row = 2, .value = random_draw(s, 500)};
  default:
    return (kn_edit){.kind = KN_EDIT_ADD_UNIT,
                     .process = (int32_t)random_draw(s, 2),
                     .site = (int32_t)random_draw(s, 12),
                     .value = 50 + random_draw(s, 900),
                     .is_candidate = random_draw(s, 2)};
  }
}

static void
assert_same_plan(const kn_plan *again, const kn_plan *anew)
{
  const kn_plan_summary a = kn_plan_sum(again), b = kn_plan_sum(anew);
  const double scale = 1 + fabs(b.value[KN_VALUE]);
  assert_int_equal(a.status, KN_PLAN_PROVEN);
  assert_int_equal(b.status, KN_PLAN_PROVEN);
  assert_int_equal(a.pairs_compatible, b.pairs_compatible);
  if (!(fabs(a.value[KN_VALUE] - b.value[KN_VALUE]) <= 4e-7 * scale))
    fprintf(stderr, "# again %.12g of at most %.12g, anew %.12g\n", a.value[KN_VALUE], a.bound, b.value[KN_VALUE]);
  assert_true(fabs(a.value[KN_VALUE] - b.value[KN_VALUE]) <= 4e-7 * scale);
  assert_true(a.bound >= b.value[KN_VALUE] - 1e-9 * scale);
  assert_true(a.bound - a.value[KN_VALUE] <= 2e-7 * scale);
}

static void
try_edits(const random_wish *wish, bool may_add)
{
  const kn_plan_settings one = settings_with(1), two = settings_with(2);
  uint32_t seed = wish->seed * 7919 + 1;
  test_built built = random_region(wish);
  kn_error *err = &built.err;
  kn_plan *before;
  assert_int_equal(kn_plan_make(&before, built.region, &one, NULL, err), KN_OK);
  const kn_region *base = built.region;
  kn_region *edited[3];
  for (int step = 0; step < 3; step++) { /* each an edit of the one before */
    kn_edit edit[3];
    const int64_t count = 1 + random_draw(&seed, 3);
    for (int64_t e = 0; e < count; e++)
      edit[e] = random_edit(base, &seed, may_add);
    kn_plan *again, *anew, *same;
    assert_int_equal(kn_region_edit(&edited[step], base, edit, count, err), KN_OK);
    assert_int_equal(kn_plan_again(&again, before, edited[step], NULL, err), KN_OK);
    assert_int_equal(kn_plan_make(&anew, edited[step], &one, NULL, err), KN_OK);
    assert_same_plan(again, anew);
    kn_plan_free(anew);
    kn_plan *from_two;
    assert_int_equal(kn_plan_make(&from_two, base, &two, NULL, err), KN_OK);
    assert_int_equal(kn_plan_again(&same, step == 0 ? from_two : before, edited[step], NULL, err), KN_OK);
    const kn_plan_summary sum = kn_plan_sum(again), same_sum = kn_plan_sum(same);
    assert_memory_equal(sum.value, same_sum.value, sizeof sum.value);
    assert_int_equal(kn_plan_ties(same).n, kn_plan_ties(again).n);
    kn_plan_free(same);
    kn_plan_free(from_two);
    kn_plan_free(before);
    before = again;
    base = edited[step];
  }
  kn_plan_free(before);
  for (int step = 3; step-- > 0;)
    kn_region_free(edited[step]);
  test_done(&built);
}

static void
an_exchange_made_again(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= 60; seed++)
    try_edits(&(random_wish){.seed = seed, .offers = 60, .needs = 60, .is_tied = seed % 3 == 0, .is_exchange = true}, false);
}

static void
a_unit_more(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= 60; seed++)
    try_edits(&(random_wish){.seed = seed, .offers = 60, .needs = 60, .is_tied = seed % 4 == 0, .is_exchange = true}, true);
}

static void
a_coupled_plan_made_again(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= 30; seed++)
    try_edits(&(random_wish){.seed = seed,
                             .offers = 50,
                             .needs = 50,
                             .units = 5,
                             .candidates = (int32_t)seed % 3 * 2,
                             .is_tied = seed % 3 == 0,
                             .has_incentives = seed % 2 == 0},
              true);
}

static void
an_actor_goes(void **state)
{
  (void)state;
  const random_wish wish = {.seed = 5, .offers = 40, .needs = 40, .units = 3};
  const kn_plan_settings settings = settings_with(1);
  test_built built = random_region(&wish);
  kn_plan *before, *again;
  kn_region *edited;
  const kn_edit gone = {.kind = KN_EDIT_REMOVE_ACTOR, .row = 0}; /* all sites are his */
  assert_int_equal(kn_plan_make(&before, built.region, &settings, NULL, &built.err), KN_OK);
  assert_int_equal(kn_region_edit(&edited, built.region, &gone, 1, &built.err), KN_OK);
  assert_int_equal(kn_plan_again(&again, before, edited, NULL, &built.err), KN_OK);
  const kn_tie_view ties = kn_plan_ties(again);
  for (int64_t t = 0; t < ties.n; t++)
    assert_true(ties.from[t].kind == KN_END_GATEWAY || ties.to[t].kind == KN_END_GATEWAY || ties.to[t].site == KN_NONE);
  assert_true(kn_plan_sum(again).value[KN_VALUE] < kn_plan_sum(before).value[KN_VALUE]);
  kn_plan_free(again);
  kn_region_free(edited);
  kn_plan_free(before);
  test_done(&built);
}

static void
what_cannot_be_is_refused(void **state)
{
  (void)state;
  const random_wish wish = {.seed = 1, .offers = 5, .needs = 5};
  test_built built = random_region(&wish);
  kn_region *edited;
  const kn_edit bad[] = {{.kind = KN_EDIT_OFFER_QUANTITY, .row = 5, .value = 1},
                         {.kind = KN_EDIT_OFFER_QUANTITY, .row = 0, .value = -1},
                         {.kind = KN_EDIT_NEED_PRICE_EUR, .row = 0, .value = NAN},
                         {.kind = KN_EDIT_REMOVE_ACTOR, .row = 7},
                         {.kind = KN_EDIT_ADD_UNIT, .process = 9, .site = 0, .value = 1},
                         {.kind = KN_EDIT_ADD_UNIT, .process = 0, .site = 0, .value = 0}};
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    assert_int_equal(kn_region_edit(&edited, built.region, &bad[k], 1, &built.err), KN_E_INPUT);
    assert_null(edited);
  }
  kn_plan *plan, *again;
  const kn_plan_settings settings = KN_PLAN_DEFAULTS;
  assert_int_equal(kn_plan_make(&plan, built.region, &settings, NULL, &built.err), KN_OK);
  assert_int_equal(kn_plan_again(&again, plan, built.region, NULL, &built.err), KN_E_USAGE);
  kn_plan_free(plan);
  test_done(&built);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_exchange_made_again),    cmocka_unit_test(a_unit_more),
      cmocka_unit_test(a_coupled_plan_made_again), cmocka_unit_test(an_actor_goes),
      cmocka_unit_test(what_cannot_be_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
