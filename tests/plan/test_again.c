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
                             .is_lossy = seed % 4 == 1,
                             .has_incentives = seed % 2 == 0},
              true);
}

/* Chains have numbers in the order of asking, which another plan of the same region need not have. */
static void
chains_made_again(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= 30; seed++)
    try_edits(&(random_wish){.seed = seed,
                             .offers = 50,
                             .needs = 50,
                             .units = seed % 3 == 0 ? 0 : 3,
                             .is_lossy = seed % 2 == 0,
                             .has_network = true,
                             .is_exchange = seed % 3 == 0},
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

/* A unit that makes much out of little stops where its input ends, though its output would pay for any price. */
static void
little_in_much_out(void **state)
{
  (void)state;
  test_built built = test_start();
  kn_builder *b = built.builder;
  test_add_text(b, KN_T_SETTINGS, "settings.csv", "key,value|name,R|currency,EUR|plan_year,2030");
  test_add_text(b, KN_T_ACTOR, "actor.csv", "actor_id,name|a1,Acme");
  test_add_text(b, KN_T_SITE, "site.csv", "site_id,actor_id,name,lon,lat|s0,a1,S,5,50|s1,a1,S,5.1,50");
  test_add_text(b, KN_T_RESOURCE, "resource.csv", "resource_id,class,name|wood,material,Wood|heat,energy,Heat");
  test_add_text(b, KN_T_OFFER, "offer.csv", "offer_id,site_id,resource_id,quantity,fate_eur|o0,s0,wood,1,5");
  test_add_text(b, KN_T_NEED, "need.csv", "need_id,site_id,resource_id,quantity,price_eur|n0,s1,heat,10000,50|n1,s1,wood,1,20");
  test_add_text(b, KN_T_PROCESS, "process.csv", "process_id,name,activity_unit,opex_eur|p0,Burn,t,1");
  test_add_text(b, KN_T_PROCESS_FLOW, "process_flow.csv", "process_id,resource_id,quantity|p0,wood,-0.1|p0,heat,10");
  test_add_text(b, KN_T_MODE, "mode.csv", "mode_id,name,class,load_eur,eur_per_unit_km|t,T,material,1,0.1|p,P,energy,1,0.1");
  assert_int_equal(kn_builder_end(b, &built.region, &built.err), KN_OK);
  const kn_plan_settings settings = settings_with(1);
  const kn_edit unit = {.kind = KN_EDIT_ADD_UNIT, .process = 0, .site = 0, .value = 100};
  kn_plan *before, *again, *anew;
  kn_region *edited;
  assert_int_equal(kn_plan_make(&before, built.region, &settings, NULL, &built.err), KN_OK);
  assert_int_equal(kn_region_edit(&edited, built.region, &unit, 1, &built.err), KN_OK);
  assert_int_equal(kn_plan_again(&again, before, edited, NULL, &built.err), KN_OK);
  assert_int_equal(kn_plan_make(&anew, edited, &settings, NULL, &built.err), KN_OK);
  assert_same_plan(again, anew);
  assert_true(fabs(kn_plan_units(again).activity[0] - 10) <= 1e-6); /* 1 t of wood at 0.1 t each */
  kn_plan_free(again);
  kn_plan_free(anew);
  kn_region_free(edited);
  kn_plan_free(before);
  test_done(&built);
}

static bool
is_always_stopped(void *arg)
{
  (void)arg;
  return true;
}

/* A plan that was stopped proves what it says, and what is planned from it is proven in full. */
static void
again_after_a_stop(void **state)
{
  (void)state;
  const kn_watch stopped = {.is_stopped = is_always_stopped};
  const kn_plan_settings settings = settings_with(1);
  for (uint32_t seed = 1; seed <= 40; seed++) {
    const random_wish wish = {.seed = seed, .offers = 60, .needs = 60, .is_exchange = true};
    test_built built = random_region(&wish);
    kn_plan *before, *halted, *again, *anew;
    kn_region *prices, *less;
    kn_edit edit[30];
    for (int32_t k = 0; k < 30; k++)
      edit[k] = (kn_edit){.kind = KN_EDIT_NEED_PRICE_EUR, .row = 2 * k, .value = 90 + 3 * k};
    const kn_edit half = {.kind = KN_EDIT_OFFER_QUANTITY, .row = 1, .value = 5};
    assert_int_equal(kn_plan_make(&before, built.region, &settings, NULL, &built.err), KN_OK);
    assert_int_equal(kn_region_edit(&prices, built.region, edit, 30, &built.err), KN_OK);
    assert_int_equal(kn_plan_again(&halted, before, prices, &stopped, &built.err), KN_OK);
    assert_int_equal(kn_region_edit(&less, prices, &half, 1, &built.err), KN_OK);
    assert_int_equal(kn_plan_again(&again, halted, less, NULL, &built.err), KN_OK);
    assert_int_equal(kn_plan_make(&anew, less, &settings, NULL, &built.err), KN_OK);
    assert_same_plan(again, anew);
    kn_plan_free(anew);
    kn_plan_free(again);
    kn_region_free(less);
    kn_plan_free(halted);
    kn_region_free(prices);
    kn_plan_free(before);
    test_done(&built);
  }
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
      cmocka_unit_test(an_exchange_made_again),
      cmocka_unit_test(a_unit_more),
      cmocka_unit_test(a_coupled_plan_made_again),
      cmocka_unit_test(chains_made_again),
      cmocka_unit_test(an_actor_goes),
      cmocka_unit_test(little_in_much_out),
      cmocka_unit_test(again_after_a_stop),
      cmocka_unit_test(what_cannot_be_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
