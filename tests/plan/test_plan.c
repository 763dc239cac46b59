/* Plans against what can be known otherwise: tiny regions by hand, duality and conservation on random ones, plans that
 * were stopped, and regions whose optimum another solver found over all pairs. */
#include "formats/formats.h"
#include "knoop/plan.h"
#include "random_region.h"

enum { REGIONS = 10 };

static kn_plan *
plan_of(const kn_region *region, kn_plan_settings settings)
{
  kn_plan *plan = NULL;
  kn_error err = {0};
  const kn_code code = kn_plan_make(&plan, region, &settings, NULL, &err);
  if (code != KN_OK)
    fprintf(stderr, "# %s\n", err.text);
  assert_int_equal(code, KN_OK);
  return plan;
}

static kn_plan *
plan_built(const test_built *built)
{
  if (!built->region)
    test_show(built->findings);
  assert_non_null(built->region);
  kn_plan_settings settings = KN_PLAN_DEFAULTS;
  settings.gap = 1e-9;
  return plan_of(built->region, settings);
}

/* Plans the region, compares the value, and lets both go. */
static void
assert_value(test_built *built, double eur)
{
  kn_plan *plan = plan_built(built);
  const kn_plan_summary sum = kn_plan_sum(plan);
  assert_int_equal(sum.status, KN_PLAN_PROVEN);
  if (!(fabs(sum.value[KN_VALUE] - eur) <= 1e-6))
    fprintf(stderr, "# value %.9g, by hand %.9g\n", sum.value[KN_VALUE], eur);
  assert_near(sum.value[KN_VALUE], eur, 1e-6);
  assert_true(sum.bound >= sum.value[KN_VALUE] && sum.bound <= eur + 1e-5);
  kn_plan_free(plan);
  test_done(built);
}

/* s2 lies 0.1 degree north of s1; the truck takes 4 EUR to load and 0.6 EUR per great-circle km. */
#define PLACES                                                                                                                   \
  {                                                                                                                              \
    KN_T_SITE, "site_id,actor_id,name,lon,lat|s1,a1,Here,5,50|s2,a1,There,5,50.1", false                                         \
  }
#define GOODS                                                                                                                    \
  {                                                                                                                              \
    KN_T_RESOURCE, "resource_id,class,name|wood,material,Wood|chips,material,Chips|stone,material,Stone|hall,space,Hall", false  \
  }
#define TRUCK                                                                                                                    \
  {                                                                                                                              \
    KN_T_MODE,                                                                                                                   \
        "mode_id,name,class,load_eur,eur_per_unit_km,circuity,max_km|truck,Truck,material,4,0.5,1.2,|move,Move,space,0,0,1,0."   \
        "001",                                                                                                                   \
        false                                                                                                                    \
  }
#define WOOD(csv)                                                                                                                \
  {                                                                                                                              \
    KN_T_OFFER, "offer_id,site_id,resource_id,quantity,fate_eur" csv, false                                                      \
  }
#define NEED(csv)                                                                                                                \
  {                                                                                                                              \
    KN_T_NEED, "need_id,site_id,resource_id,quantity,price_eur" csv, false                                                       \
  }
#define BASE SETTINGS, ACTORS, PLACES, GOODS, TRUCK

static double
north_eur(void)
{
  return 0.6 * 0.1 * acos(-1) / 180 * KN_EARTH_KM;
}

/* 100 t at 20 EUR here, 80 t wanted at 30 EUR there: 80 t move, each worth 50 less loading and the way. The need is what
 * is scarce, so it has the whole dual. */
static void
one_tie(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(BASE, WOOD("|o1,s1,wood,100,20"), NEED("|n1,s2,wood,80,30"));
  kn_plan *plan = plan_built(&built);
  const double worth = 20 + 30 - 4 - north_eur();
  assert_near(kn_plan_sum(plan).value[KN_VALUE], 80 * worth, 1e-6);
  assert_int_equal(kn_plan_ties(plan).n, 1);
  assert_near(kn_plan_ties(plan).quantity[0], 80, 1e-9);
  assert_near(kn_plan_ties(plan).km[0], north_eur() / 0.5, 1e-9);
  assert_near(kn_plan_needs(plan).dual[0], worth, 1e-9);
  assert_near(kn_plan_offers(plan).dual[0], 0, 1e-9);
  assert_near(kn_plan_offers(plan).used[0], 80, 1e-9);
  assert_int_equal(kn_plan_sum(plan).pairs_compatible, 1);
  kn_plan_free(plan);
  test_done(&built);
}

#define MILL(costs)                                                                                                              \
  {                                                                                                                              \
    KN_T_PROCESS, "process_id,name,opex_eur,capex_eur,capex_fixed_eur,lifetime_yr,min_load|p," costs, false                      \
  }
#define RECIPE(residual)                                                                                                         \
  {                                                                                                                              \
    KN_T_PROCESS_FLOW, "process_id,resource_id,quantity,residual_eur|p,wood,-2,|p,chips,1," residual, false                      \
  }
#define UNIT(csv)                                                                                                                \
  {                                                                                                                              \
    KN_T_UNIT, "unit_id,process_id,site_id,capacity,status|u,p," csv, false                                                      \
  }
#define MILL_ENDS WOOD("|o1,s1,wood,50,10"), NEED("|n1,s1,chips,20,40")

/* 2 wood -> 1 chips. An activity brings 2 (10 - 4) - 3 = 9; its chips 40 - 4 = 36 for 20 t, then cost 5 as residual.
 * Wood is there for 25: 25 x 9 + 20 x 36 - 5 x 5 = 920. */
static void
a_unit_follows_its_recipe(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(BASE, MILL_ENDS, MILL("Mill,3,,,,"), RECIPE("5"), UNIT("s1,30,existing"));
  assert_value(&built, 920);
}

/* The same mill to be built: 30 x 100 + 1000 EUR over 10 years at 5 %. */
static double
annuity(double eur)
{
  return eur * 0.05 / (1 - pow(1.05, -10));
}

static void
a_candidate_opens_when_it_pays(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(BASE, MILL_ENDS, MILL("Mill,3,100,1000,10,"), RECIPE("5"), UNIT("s1,30,candidate"));
  kn_plan *plan = plan_built(&built);
  assert_near(kn_plan_units(plan).annuity_eur[0], annuity(4000), 1e-6);
  assert_int_equal(kn_plan_units(plan).open[0], 1);
  assert_near(kn_plan_units(plan).activity[0], 25, 1e-7);
  kn_plan_free(plan);
  assert_value(&built, 920 - annuity(4000));
  built = TEST_BUILD(BASE, MILL_ENDS, MILL("Mill,3,100,7000,10,"), RECIPE("5"), UNIT("s1,30,candidate"));
  assert_true(annuity(10000) > 920);
  assert_value(&built, 0);
}

/* With residuals of 15 EUR only 20 activities pay; a minimum load of 0.8 x 30 = 24 costs four of them, 0.9 x 30 = 27 is
 * more than the wood allows. */
static void
an_open_unit_keeps_its_minimum_load(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(BASE, MILL_ENDS, MILL("Mill,3,100,0,10,0.8"), RECIPE("15"), UNIT("s1,30,candidate"));
  assert_value(&built, 24 * 9 + 20 * 36 - 4 * 15 - annuity(3000));
  built = TEST_BUILD(BASE, MILL_ENDS, MILL("Mill,3,100,0,10,0.9"), RECIPE("15"), UNIT("s1,30,candidate"));
  assert_value(&built, 0);
}

/* A mill without a site takes 1 m2 per capacity from a vacant hall. Here a m2 saves 1 EUR; there it saves 1 or 100, and wood
 * and chips pay the way: then only what becomes chips with a taker is worth it. */
static void
a_unit_finds_its_place(void **state)
{
  (void)state;
  const double way = north_eur(), there = 20 * (2 * (6 - way) - 3 + 36 - way) + 30 * 100 - annuity(4000);
  for (int k = 0; k < 2; k++) {
    test_built built =
        TEST_BUILD(BASE,
                   {KN_T_OFFER,
                    k == 0 ? "offer_id,site_id,resource_id,quantity,fate_eur|o1,s1,wood,50,10|h1,s1,hall,40,1|h2,s2,hall,40,1"
                           : "offer_id,site_id,resource_id,quantity,fate_eur|o1,s1,wood,50,10|h1,s1,hall,40,1|h2,s2,hall,40,100",
                    false},
                   NEED("|n1,s1,chips,20,40"), MILL("Mill,3,100,1000,10,"),
                   {KN_T_PROCESS_FLOW,
                    "process_id,resource_id,quantity,per,residual_eur|p,wood,-2,,|p,chips,1,,5|p,hall,-1,capacity,", false},
                   UNIT(",30,candidate"));
    kn_plan *plan = plan_built(&built);
    const kn_plan_unit_view units = kn_plan_units(plan);
    int32_t open = 0;
    for (int64_t u = 0; u < units.n; u++)
      if (units.open[u]) {
        open++;
        assert_int_equal(units.site[u], k);
      }
    assert_int_equal(open, 1);
    kn_plan_free(plan);
    assert_value(&built, k == 0 ? 920 + 30 - annuity(4000) : there);
  }
}

/* A need without a site takes its wood where that is: no way to pay. */
static void
a_need_without_site_goes_anywhere(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(BASE, WOOD("|o1,s1,wood,40,20|o2,s2,wood,60,25"), NEED("|n1,,wood,80,30"));
  assert_value(&built, 60 * (25 + 30 - 4) + 20 * (20 + 30 - 4));
}

/* Stone serves wood 2 for 1 at 1 EUR, for half of the 100 t at most: 25 x (2 x 30 - 1 - 4), and 30 t of wood x 26. */
static void
a_substitution_keeps_its_share(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(BASE, WOOD("|o1,s1,stone,1000,0|o2,s1,wood,30,0"), NEED("|n1,s1,wood,100,30"),
                                {KN_T_SUBSTITUTION, "offered_id,needed_id,ratio,cost_eur,max_share|stone,wood,2,1,0.5", false});
  assert_value(&built, 25 * 55 + 30 * 26);
}

/* Each t costs 4 EUR and is paid 10, until the 300 EUR are spent: 30 x 6. Society sees a transfer, and nothing pays. */
static void
a_budget_ends_and_society_sees_transfers(void **state)
{
  (void)state;
  const test_table paid = {KN_T_INCENTIVE, "incentive_id,name,target,eur,budget_eur|i,Wood,resource:wood,10,300", false};
  test_built built = TEST_BUILD(BASE, WOOD("|o1,s1,wood,100,0"), NEED("|n1,s1,wood,80,0"), paid);
  assert_value(&built, 180);
  built = TEST_BUILD({KN_T_SETTINGS, "key,value|name,T|currency,EUR|plan_year,2030|perspective,society", false}, ACTORS, PLACES,
                     GOODS, TRUCK, WOOD("|o1,s1,wood,100,0"), NEED("|n1,s1,wood,80,0"), paid);
  assert_value(&built, 0);
}

/* Without a budget: 5 EUR per t that reaches the need makes each of 80 t worth 1. Half a t of stone serves as one t of wood, so
 * the need's 5 EUR count twice per t of stone: 40 x (2 x 5 - 4). A mill gets 2 EUR for each of its 25 activities, and again
 * for being R3. */
static void
incentives_pay_what_they_reward(void **state)
{
  (void)state;
  const test_table need = {KN_T_INCENTIVE, "incentive_id,name,target,eur|i,First,need:n1,5", false};
  test_built built = TEST_BUILD(BASE, WOOD("|o1,s1,wood,100,0"), NEED("|n1,s1,wood,80,0"), need);
  assert_value(&built, 80);
  built = TEST_BUILD(BASE, WOOD("|o1,s1,stone,100,0"), NEED("|n1,s1,wood,80,0"), need,
                     {KN_T_SUBSTITUTION, "offered_id,needed_id,ratio|stone,wood,2", false});
  assert_value(&built, 40 * 6);
  built = TEST_BUILD(BASE, MILL_ENDS, {KN_T_PROCESS, "process_id,name,opex_eur,r_strategy|p,Mill,3,R3", false}, RECIPE("5"),
                     UNIT("s1,30,existing"),
                     {KN_T_INCENTIVE, "incentive_id,name,target,eur|i,Mill,process:p,2|k,Three,r_strategy:R3,2", false});
  assert_value(&built, 920 + 25 * 4);
}

/* 50 kg at the offer and 200 kg at the need, avoided at 100 EUR/t: 25 EUR per t more, and 80 x 250 kg = 20 t. */
static void
carbon_has_a_price(void **state)
{
  (void)state;
  test_built built =
      TEST_BUILD({KN_T_SETTINGS, "key,value|name,T|currency,EUR|plan_year,2030|co2_eur_per_t,100", false}, ACTORS, PLACES, GOODS,
                 TRUCK, {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,fate_eur,fate_co2_kg|o1,s1,wood,100,20,50", false},
                 {KN_T_NEED, "need_id,site_id,resource_id,quantity,price_eur,market_co2_kg|n1,s1,wood,80,30,200", false});
  kn_plan_settings settings = KN_PLAN_DEFAULTS;
  settings.objective = KN_CO2;
  kn_plan *plan = plan_of(built.region, settings);
  assert_near(kn_plan_sum(plan).value[KN_CO2], 20, 1e-9);
  assert_near(kn_plan_sum(plan).bound, 20, 1e-6);
  kn_plan_free(plan);
  assert_value(&built, 80 * (20 + 30 - 4 + 25));
}

/* Nobody works in a region of one tie, so five jobs cannot be had, and the plan says which floor it is. */
static void
a_floor_out_of_reach_is_named(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(BASE, WOOD("|o1,s1,wood,100,20"), NEED("|n1,s2,wood,80,30"));
  kn_plan_settings settings = KN_PLAN_DEFAULTS;
  settings.floor[KN_JOBS] = 5;
  kn_plan *plan = plan_of(built.region, settings);
  assert_int_equal(kn_plan_sum(plan).status, KN_PLAN_INFEASIBLE);
  assert_int_equal(kn_plan_sum(plan).infeasible_floor, KN_JOBS);
  kn_plan_free(plan);
  test_done(&built);
}

/* ------------------------------------------------------------------ whatever the numbers */
static random_wish
wish_of(uint32_t seed)
{
  return (random_wish){.seed = 500 + seed,
                       .offers = 50,
                       .needs = 45,
                       .units = 3,
                       .candidates = seed % 2 == 0 ? 3 : 0,
                       .is_tied = seed % 5 == 0,
                       .is_lossy = seed % 4 == 1,
                       .has_network = seed % 7 == 3,
                       .has_incentives = seed % 3 == 0};
}

/* Used within what is there; a dual is never negative, and 0 where something is left over. */
static void
assert_ends(kn_plan_end_view ends, const double *quantity, const double *share, bool is_optimal)
{
  for (int64_t i = 0; i < ends.n; i++) {
    const double limit = quantity[i] * (share ? share[i] : 1);
    assert_true(ends.used[i] >= 0 && ends.used[i] <= limit + 1e-6);
    assert_true(ends.dual[i] >= 0);
    if (is_optimal && ends.used[i] < limit - 1e-5)
      assert_near(ends.dual[i], 0, 1e-6);
  }
}

/* What enters a unit is what its recipe takes: p0 and p1 take 1 per activity, a new p1 also 0.001 per capacity. */
static void
assert_recipes(const kn_plan *plan, const kn_region *region)
{
  const kn_tie_view ties = kn_plan_ties(plan);
  const kn_plan_unit_view units = kn_plan_units(plan);
  const kn_unit_view rows = kn_region_units(region);
  for (int64_t u = 0; u < units.n; u++) {
    double enters = 0;
    for (int64_t t = 0; t < ties.n; t++)
      if (ties.to[t].kind == KN_END_UNIT && ties.to[t].row == units.unit[u])
        enters += ties.ratio[t] * ties.delivered[t];
    const bool is_new_p1 = rows.status[units.unit[u]] == KN_CANDIDATE && rows.process[units.unit[u]] == 1;
    assert_near(enters, units.activity[u] + (is_new_p1 && units.open[u] ? 0.001 * units.capacity[u] : 0), 1e-5);
    assert_true(units.activity[u] <= units.capacity[u] + 1e-6);
    assert_true(units.open[u] || units.activity[u] <= 1e-6);
  }
}

static void
assert_adds_up(const kn_plan *plan, const kn_region *region, bool is_optimal)
{
  const kn_plan_summary sum = kn_plan_sum(plan);
  const kn_tie_view ties = kn_plan_ties(plan);
  const kn_plan_unit_view units = kn_plan_units(plan);
  const kn_case_view cases = kn_plan_cases(plan);
  const double value = sum.value[KN_VALUE], small = 1e-7 * (1 + fabs(value));
  double parts = 0, co2_kg = 0, of_cases = 0;
  int64_t in_cases = 0;
  for (int64_t t = 0; t < ties.n; t++) {
    parts += ties.eur[t];
    co2_kg += ties.co2_kg[t];
    assert_true(ties.quantity[t] > 0 && (t == 0 || ties.eur[t] <= ties.eur[t - 1]));
    assert_true(ties.case_of[t] >= 0 && ties.case_of[t] < cases.n);
  }
  for (int64_t u = 0; u < units.n; u++) {
    parts += units.eur[u];
    co2_kg += units.co2_kg[u];
  }
  for (int64_t c = 0; c < cases.n; c++) {
    of_cases += cases.eur[c];
    in_cases += cases.tie_count[c];
  }
  assert_near(parts, value, small);
  assert_near(co2_kg / 1000, sum.value[KN_CO2], 1e-7 * (1 + fabs(co2_kg)));
  assert_near(of_cases, value, small);
  assert_int_equal(in_cases, ties.n);
  assert_true(sum.bound >= sum.value[sum.objective]);
  const kn_offer_view offers = kn_region_offers(region);
  const kn_need_view needs = kn_region_needs(region);
  assert_ends(kn_plan_offers(plan), offers.quantity, offers.share, is_optimal);
  assert_ends(kn_plan_needs(plan), needs.quantity, needs.share, is_optimal);
  assert_ends(kn_plan_gateways(plan), kn_region_gateways(region).capacity, NULL, is_optimal);
  assert_recipes(plan, region);
}

static void
plans_add_up_and_are_proven(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= REGIONS; seed++)
    for (int32_t objective = 0; objective < KN_OBJECTIVE_COUNT; objective++) {
      const random_wish wish = wish_of(seed);
      test_built built = random_region(&wish);
      kn_plan_settings settings = KN_PLAN_DEFAULTS;
      settings.objective = (kn_objective)objective;
      kn_plan *plan = plan_of(built.region, settings);
      assert_int_equal(kn_plan_sum(plan).status, KN_PLAN_PROVEN);
      assert_true(kn_plan_sum(plan).gap <= (wish.candidates > 0 ? settings.gap : 1e-6));
      assert_true(kn_plan_sum(plan).value[objective] >= 0); /* doing nothing is a plan */
      assert_adds_up(plan, built.region, true);
      kn_plan_free(plan);
      test_done(&built);
    }
}

/* "Why not?" over every offer and need: under the prices of a linear plan no way is worth more than its ends, and those in
 * use are worth exactly that. Together with the ends this is strong duality, pair by pair. */
static void
no_pair_beats_the_prices(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= REGIONS; seed++) {
    random_wish wish = wish_of(seed);
    wish.has_incentives = false;
    wish.candidates = 0;
    test_built built = random_region(&wish);
    kn_plan *plan = plan_built(&built);
    int64_t used = 0;
    for (int32_t i = 0; i < wish.offers; i++)
      for (int32_t j = 0; j < wish.needs; j++) {
        kn_why why[8];
        int32_t count;
        const kn_place from = {KN_END_OFFER, i, KN_NONE}, to = {KN_END_NEED, j, KN_NONE};
        assert_int_equal(kn_plan_explain(plan, built.region, from, to, why, 8, &count, &built.err), KN_OK);
        assert_in_range(count, 1, 8);
        for (int32_t k = 0; k < count; k++) {
          if (why[k].refusal != KN_FITS) {
            assert_true(!(why[k].quantity > 0));
            continue;
          }
          assert_true(why[k].reduced_cost <= 1e-5);
          if (why[k].quantity > 0) {
            used++;
            assert_near(why[k].reduced_cost, 0, 1e-5);
          }
        }
      }
    assert_true(used > 0);
    kn_plan_free(plan);
    test_done(&built);
  }
}

static bool
stop_after(void *arg)
{
  int32_t *left = arg;
  return (*left)-- <= 0;
}

/* Stopped after any number of questions, what comes back is a plan, and its bound still holds. */
static void
a_stopped_plan_is_a_plan(void **state)
{
  (void)state;
  int32_t stopped = 0;
  for (uint32_t seed = 1; seed <= 4; seed++) {
    const random_wish wish = wish_of(seed);
    test_built built = random_region(&wish);
    kn_plan *best = plan_built(&built);
    const double optimum = kn_plan_sum(best).value[KN_VALUE];
    for (int32_t calls = 0; calls < 60; calls += 1 + calls / 4) {
      int32_t left = calls;
      const kn_watch watch = {.is_stopped = stop_after, .arg = &left};
      kn_plan *plan;
      const kn_plan_settings settings = KN_PLAN_DEFAULTS;
      assert_int_equal(kn_plan_make(&plan, built.region, &settings, &watch, &built.err), KN_OK);
      const kn_plan_summary sum = kn_plan_sum(plan);
      assert_true(sum.status == KN_PLAN_STOPPED || sum.status == KN_PLAN_PROVEN);
      stopped += sum.status == KN_PLAN_STOPPED;
      assert_true(sum.bound >= optimum - 1e-6 * (1 + optimum));
      assert_true(sum.value[KN_VALUE] <= optimum + 1e-6 * (1 + optimum));
      assert_adds_up(plan, built.region, false);
      kn_plan_free(plan);
    }
    kn_plan_free(best);
    test_done(&built);
  }
  assert_true(stopped > 8);
}

static void
hear_bound(void *arg, const kn_progress *progress)
{
  double *least = arg;
  if (!isnan(progress->bound) && progress->level == 0)
    *least = fmin(*least, progress->bound);
}

/* No bound that is told on the way is below the plan that comes out. */
static void
bounds_on_the_way_hold(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= REGIONS; seed++) {
    random_wish wish = wish_of(seed);
    wish.candidates = 6;
    test_built built = random_region(&wish);
    double least = INFINITY;
    const kn_watch watch = {.tell = hear_bound, .arg = &least};
    kn_plan_settings settings = KN_PLAN_DEFAULTS;
    settings.gap = 1e-7;
    kn_plan *plan;
    assert_int_equal(kn_plan_make(&plan, built.region, &settings, &watch, &built.err), KN_OK);
    const double value = kn_plan_sum(plan).value[KN_VALUE];
    assert_true(least >= value - 1e-7 * (1 + fabs(value)));
    kn_plan_free(plan);
    test_done(&built);
  }
}

/* ------------------------------------------------------------------ regions solved elsewhere */
static double
number_after(const char *text, const char *name)
{
  const char *at = strstr(text, name);
  assert_non_null(at);
  return strtod(strchr(at, ':') + 1, NULL);
}

static void
assert_known(const char *name)
{
  char path[1024], text[2048] = "";
  snprintf(path, sizeof path, "%s/../shared/cases/plan/%s/expected.json", KN_SOURCE_ROOT, name);
  FILE *file = fopen(path, "r");
  if (!file) {
    fprintf(stderr, "# %s is not there\n", name);
    skip();
  }
  assert_true(fread(text, 1, sizeof text - 1, file) > 0);
  fclose(file);
  *strrchr(path, '/') = '\0';
  test_built built = test_start();
  const kn_import_settings import = KN_IMPORT_DEFAULTS;
  assert_int_equal(kn_import_source(built.builder, built.findings, path, &import, &built.err), KN_OK);
  assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
  kn_plan_settings settings = KN_PLAN_DEFAULTS;
  settings.gap = 1e-9;
  kn_plan *plan = plan_of(built.region, settings);
  const double eur = number_after(text, "\"eur\""), co2_t = number_after(text, "\"t\"");
  assert_near(kn_plan_sum(plan).value[KN_VALUE], eur, 1e-6 * eur);
  assert_int_equal(kn_plan_sum(plan).pairs_compatible, (int64_t)number_after(text, "\"compatible_pairs\""));
  kn_plan_free(plan);
  settings.objective = KN_CO2;
  plan = plan_of(built.region, settings);
  assert_near(kn_plan_sum(plan).value[KN_CO2], co2_t, 1e-6 * co2_t);
  kn_plan_free(plan);
  test_done(&built);
}

static void
known_exchange_300(void **state)
{
  (void)state;
  assert_known("exchange-300");
}

static void
known_mixed_40(void **state)
{
  (void)state;
  assert_known("mixed-40");
}

static void
known_mixed_200(void **state)
{
  (void)state;
  assert_known("mixed-200");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_tie),
      cmocka_unit_test(a_unit_follows_its_recipe),
      cmocka_unit_test(a_candidate_opens_when_it_pays),
      cmocka_unit_test(an_open_unit_keeps_its_minimum_load),
      cmocka_unit_test(a_unit_finds_its_place),
      cmocka_unit_test(a_need_without_site_goes_anywhere),
      cmocka_unit_test(a_substitution_keeps_its_share),
      cmocka_unit_test(a_budget_ends_and_society_sees_transfers),
      cmocka_unit_test(incentives_pay_what_they_reward),
      cmocka_unit_test(carbon_has_a_price),
      cmocka_unit_test(a_floor_out_of_reach_is_named),
      cmocka_unit_test(plans_add_up_and_are_proven),
      cmocka_unit_test(no_pair_beats_the_prices),
      cmocka_unit_test(a_stopped_plan_is_a_plan),
      cmocka_unit_test(bounds_on_the_way_hold),
      cmocka_unit_test(known_exchange_300),
      cmocka_unit_test(known_mixed_40),
      cmocka_unit_test(known_mixed_200),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
