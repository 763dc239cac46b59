/* Partners, counts, refusals and hauls against brute force that shares no search with them: every pair, every way and
 * every mode, from the definitions of the planning model. */
#include "../plan/random_region.h"
#include "knoop/match.h"

enum { MOST_BRUTE = 4096, REGIONS = 40 };

static bool
may_serve(const kn_market *market, int32_t i, int32_t j, int32_t substitution)
{
  const kn_region *region = kn_market_region(market);
  const kn_resource_view resources = kn_region_resources(region);
  const kn_substitution_view subs = kn_region_substitutions(region);
  const kn_side supply = kn_market_supply(market), demand = kn_market_demand(market);
  if (supply.place[i].kind == KN_END_GATEWAY && demand.place[j].kind == KN_END_GATEWAY)
    return false;
  if (substitution == KN_NONE)
    return kn_resource_is_a(&resources, supply.resource[i], demand.resource[j]);
  return kn_resource_is_a(&resources, supply.resource[i], subs.offered[substitution]) &&
         kn_resource_is_a(&resources, subs.needed[substitution], demand.resource[j]);
}

/* Specs and windows, straight from the rows. */
static bool
is_wanted(const kn_market *market, int32_t i, int32_t j)
{
  const kn_region *region = kn_market_region(market);
  const kn_side supply = kn_market_supply(market), demand = kn_market_demand(market);
  const kn_property_view p = kn_region_properties(region);
  if (supply.place[i].kind == KN_END_OFFER && demand.place[j].kind == KN_END_NEED) {
    const int32_t offer = supply.place[i].row, need = demand.place[j].row;
    for (int32_t a = p.offer_first[offer]; a < p.offer_first[offer + 1]; a++)
      for (int32_t b = p.need_first[need]; b < p.need_first[need + 1]; b++)
        if (p.offer_property[a] == p.need_property[b] && (p.offer_value[a] < p.need_min[b] || p.offer_value[a] > p.need_max[b]))
          return false;
  }
  const bool ends_before = supply.to[i] != KN_BLANK_INT && demand.from[j] != KN_BLANK_INT && supply.to[i] < demand.from[j];
  const bool starts_after = supply.from[i] != KN_BLANK_INT && demand.to[j] != KN_BLANK_INT && demand.to[j] < supply.from[i];
  return !ends_before && !starts_after;
}

/* Transport by one mode, EUR per unit with the price of carbon; INFINITY where it does not reach. */
static double
mode_eur(const kn_market *market, int32_t i, double km, int32_t m)
{
  const kn_region *region = kn_market_region(market);
  const kn_mode_view modes = kn_region_modes(region);
  const int32_t resource = kn_market_supply(market).resource[i];
  const double moved = km * modes.circuity[m];
  if (modes.class_of[m] != kn_region_resources(region).class_of[resource] || moved > modes.max_km[m])
    return INFINITY;
  return modes.load_eur[m] +
         moved * (modes.eur_per_unit_km[m] + kn_region_settings(region).co2_eur_per_t / 1000 * modes.co2_kg_per_unit_km[m]);
}

/* By the best mode; INFINITY where none reaches. */
static double
transport_eur(const kn_market *market, int32_t i, double km)
{
  double least = INFINITY;
  for (int32_t m = 0; m < kn_region_modes(kn_market_region(market)).n; m++)
    least = fmin(least, mode_eur(market, i, km, m));
  return least;
}

/* EUR a year of a pair: the best of its ways and modes, or -INFINITY. */
static double
pair_eur(const kn_market *market, int32_t i, int32_t j)
{
  const kn_region *region = kn_market_region(market);
  const kn_substitution_view subs = kn_region_substitutions(region);
  const kn_mode_view modes = kn_region_modes(region);
  const kn_side supply = kn_market_supply(market), demand = kn_market_demand(market);
  if (!is_wanted(market, i, j))
    return -INFINITY;
  const double km = demand.is_anywhere[j] ? 0 : kn_point_km(KN_SPHERE, supply.point[i], demand.point[j]);
  const double price = kn_region_settings(region).co2_eur_per_t / 1000;
  double best = -INFINITY;
  for (int32_t k = KN_NONE; k < subs.n; k++) {
    if (!may_serve(market, i, j, k))
      continue;
    const double ratio = k == KN_NONE ? 1 : subs.ratio[k], cost = k == KN_NONE ? 0 : subs.cost_eur[k];
    const bool is_out = demand.place[j].kind == KN_END_GATEWAY; /* its capacity counts what arrives, as it is */
    for (int32_t m = 0; m < modes.n; m++) {
      const double keep = pow(1 - modes.loss_per_km[m], km * modes.circuity[m]);
      const double there =
          ratio * demand.eur[j] + demand.flat_eur[j] + price * (ratio * demand.co2_kg[j] + demand.flat_co2_kg[j]);
      const double worth = supply.eur[i] + price * supply.co2_kg[i] + keep * there - cost - mode_eur(market, i, km, m);
      const double quantity = fmin(supply.limit[i], demand.limit[j] / ((is_out ? 1 : ratio) * keep));
      if (quantity > 0 && isfinite(worth))
        best = fmax(best, worth * quantity);
    }
  }
  return best;
}

static int
falling(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

static int32_t
node_of(kn_side side, kn_place place)
{
  for (int32_t at = 0; at < side.n; at++)
    if (side.place[at].kind == place.kind && side.place[at].row == place.row && side.place[at].site == place.site)
      return at;
  return KN_NONE;
}

/* The list of one asker is the list of brute force, value by value, and each row is a pair worth what it says. */
static void
assert_best(const kn_market *market, bool is_need, int32_t row, const kn_match_settings *settings)
{
  const kn_side own = is_need ? kn_market_demand(market) : kn_market_supply(market);
  const kn_side other = is_need ? kn_market_supply(market) : kn_market_demand(market);
  double brute[MOST_BRUTE];
  int32_t n = 0, self = KN_NONE;
  for (int32_t at = 0; at < own.n; at++)
    if (own.place[at].kind == (is_need ? KN_END_NEED : KN_END_OFFER) && own.place[at].row == row)
      self = at;
  for (int32_t o = 0; o < other.n; o++) {
    const double eur = is_need ? pair_eur(market, o, self) : pair_eur(market, self, o);
    if (isfinite(eur) && (settings->with_losses || eur > 0))
      brute[n++] = eur;
  }
  qsort(brute, (size_t)n, sizeof *brute, falling);
  kn_matches *matches;
  kn_error err = {0};
  assert_int_equal(kn_match_make(&matches, market, is_need, row, settings, NULL, &err), KN_OK);
  const kn_match_row *rows = kn_matches_rows(matches);
  assert_int_equal(kn_matches_count(matches), n < settings->most ? n : settings->most);
  for (int32_t k = 0; k < kn_matches_count(matches); k++) {
    assert_near(rows[k].eur, brute[k], 1e-9 * (1 + fabs(brute[k])));
    const int32_t i = node_of(kn_market_supply(market), rows[k].from), j = node_of(kn_market_demand(market), rows[k].to);
    assert_true(i != KN_NONE && j != KN_NONE);
    if (rows[k].from.kind != KN_END_UNIT && rows[k].to.kind != KN_END_UNIT) /* a unit may have several ports */
      assert_near(rows[k].eur, pair_eur(market, i, j), 1e-9 * (1 + fabs(brute[k])));
    assert_near(rows[k].eur, rows[k].eur_per_unit * rows[k].quantity, 1e-9 * (1 + fabs(brute[k])));
    assert_int_equal(rows[k].specs.violated, 0);
  }
  kn_matches_free(matches);
}

static void
partners_are_those_of_brute_force(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= REGIONS; seed++) {
    const random_wish wish = {
        .seed = seed, .offers = 30, .needs = 30, .units = 3, .is_tied = seed % 4 == 0, .is_lossy = seed % 3 == 0};
    test_built built = random_region(&wish);
    kn_market *market;
    assert_int_equal(kn_market_new(&market, built.region, &built.err), KN_OK);
    for (int32_t row = 0; row < 30; row++) {
      const kn_match_settings settings = {.most = 1 + row % 7, .with_losses = seed % 2 == 0, .thread_count = 1};
      assert_best(market, false, row, &settings);
      assert_best(market, true, row, &settings);
    }
    kn_market_free(market);
    test_done(&built);
  }
}

static void
pairs_are_counted_as_one_by_one(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= REGIONS; seed++) {
    const random_wish wish = {
        .seed = 200 + seed, .offers = 60, .needs = 50, .units = 2, .candidates = 2, .is_tied = seed % 4 == 0};
    test_built built = random_region(&wish);
    kn_market *market;
    assert_int_equal(kn_market_new(&market, built.region, &built.err), KN_OK);
    const kn_side supply = kn_market_supply(market), demand = kn_market_demand(market);
    const int32_t subs = (int32_t)kn_region_substitutions(built.region).n;
    int64_t brute = 0;
    for (int32_t i = 0; i < supply.n; i++)
      for (int32_t j = 0; j < demand.n; j++) {
        const double km = demand.is_anywhere[j] ? 0 : kn_point_km(KN_SPHERE, supply.point[i], demand.point[j]);
        bool is_way = false;
        for (int32_t k = KN_NONE; k < subs; k++)
          is_way = is_way || may_serve(market, i, j, k);
        brute += is_way && is_wanted(market, i, j) && isfinite(transport_eur(market, i, km));
      }
    for (int32_t threads = 1; threads <= 3; threads += 2) {
      int64_t pairs;
      assert_int_equal(kn_market_count(market, threads, &pairs, &built.err), KN_OK);
      assert_int_equal(pairs, brute);
    }
    kn_market_free(market);
    test_done(&built);
  }
}

/* Offers o1 .. o5 to need n1 (wood, purity 2 .. 4, first half of 2030, 1 km at most by cart):
 * o1 is stone, o2 has purity 5, o3 comes in July, o4 stands 0.1 degree north (11 km), o5 is heat, which no mode carries. */
static void
each_refusal_is_named(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(
      SETTINGS, ACTORS, {KN_T_SITE, "site_id,actor_id,name,lon,lat|s1,a1,Here,5,50|s2,a1,There,5,50.1", false},
      {KN_T_RESOURCE, "resource_id,class,name|wood,material,Wood|stone,material,Stone|heat,energy,Heat", false},
      {KN_T_OFFER,
       "offer_id,site_id,resource_id,quantity,from,to|o1,s1,stone,1,,|o2,s1,wood,1,,|o3,s1,wood,1,2030-07-01,"
       "|o4,s2,wood,1,,|o5,s1,heat,1,,|o6,s1,wood,1,,",
       false},
      {KN_T_NEED, "need_id,site_id,resource_id,quantity,price_eur,to|n1,s1,wood,1,50,2030-06-30|n2,s1,heat,1,50,", false},
      {KN_T_OFFER_PROPERTY, "offer_id,property,value|o2,purity,5|o6,purity,3", false},
      {KN_T_NEED_SPEC, "need_id,property,min,max|n1,purity,2,4", false},
      {KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur|g1,In,5,50,wood,in,9|g2,Out,5,50,wood,out,9",
       false},
      {KN_T_MODE, "mode_id,name,class,load_eur,max_km|cart,Cart,material,8,1", false});
  assert_non_null(built.region);
  kn_market *market;
  assert_int_equal(kn_market_new(&market, built.region, &built.err), KN_OK);
  static const struct {
    kn_end from;
    int32_t row;
    kn_end to;
    int32_t to_row;
    kn_refusal refusal;
  } asked[] = {{KN_END_OFFER, 0, KN_END_NEED, 0, KN_NO_WAY},           {KN_END_OFFER, 1, KN_END_NEED, 0, KN_SPEC},
               {KN_END_OFFER, 2, KN_END_NEED, 0, KN_WINDOW},           {KN_END_OFFER, 3, KN_END_NEED, 0, KN_TOO_FAR},
               {KN_END_OFFER, 4, KN_END_NEED, 1, KN_NO_MODE},          {KN_END_OFFER, 5, KN_END_NEED, 0, KN_FITS},
               {KN_END_GATEWAY, 0, KN_END_GATEWAY, 1, KN_TWO_GATEWAYS}};
  for (size_t k = 0; k < sizeof asked / sizeof *asked; k++) {
    kn_match_why why[4];
    int32_t count;
    const kn_place from = {.kind = (uint8_t)asked[k].from, .row = asked[k].row, .site = KN_NONE};
    const kn_place to = {.kind = (uint8_t)asked[k].to, .row = asked[k].to_row, .site = KN_NONE};
    assert_int_equal(kn_match_explain(market, from, to, why, 4, &count, &built.err), KN_OK);
    assert_int_equal(count, 1);
    assert_int_equal(why[0].refusal, asked[k].refusal);
    if (why[0].refusal == KN_SPEC) {
      assert_string_equal(why[0].property, "purity");
      assert_true(why[0].has == 5 && why[0].least == 2 && why[0].most == 4);
    }
    if (why[0].refusal == KN_FITS)
      assert_near(why[0].eur_per_unit, 50 - 8, 1e-9);
    if (why[0].refusal == KN_TOO_FAR)
      assert_near(why[0].km, 0.1 * acos(-1) / 180 * KN_EARTH_KM, 1e-6);
  }
  kn_market_free(market);
  test_done(&built);
}

/* At every distance, also at the ends of modes and beside them, the haul costs what the cheapest mode that reaches costs. */
static void
hauls_are_the_least_over_modes(void **state)
{
  (void)state;
  for (uint32_t seed = 1; seed <= REGIONS; seed++) {
    const random_wish wish = {.seed = 300 + seed, .offers = 3, .needs = 3};
    test_built built = random_region(&wish);
    kn_hauls *hauls;
    kn_market *market;
    assert_int_equal(kn_market_new(&market, built.region, &built.err), KN_OK);
    assert_int_equal(kn_hauls_new(&hauls, market, (kn_weights){.value = 1}, NULL, &built.err), KN_OK);
    const kn_mode_view modes = kn_region_modes(built.region);
    const double price = kn_region_settings(built.region).co2_eur_per_t / 1000;
    double km[600] = {0};
    int32_t n = 0;
    for (int32_t k = 0; k <= 400; k++)
      km[n++] = k * 0.35;
    for (int32_t m = 0; m < modes.n; m++)
      if (isfinite(modes.max_km[m])) {
        const double end = modes.max_km[m] / modes.circuity[m];
        km[n++] = end;
        km[n++] = nextafter(end, 0);
        km[n++] = end * (1 + 1e-12);
      }
    for (int32_t c = 0; c < KN_CLASS_COUNT; c++)
      for (int32_t k = 0; k < n; k++) {
        double least = INFINITY;
        for (int32_t m = 0; m < modes.n; m++)
          if (modes.class_of[m] == c && km[k] <= modes.max_km[m] / modes.circuity[m])
            least = fmin(least, modes.load_eur[m] +
                                    km[k] * modes.circuity[m] * (modes.eur_per_unit_km[m] + price * modes.co2_kg_per_unit_km[m]));
        const double cost = kn_haul_cost(kn_hauls_of(hauls, (kn_class)c), km[k]);
        assert_true(isinf(least) == isinf(cost));
        if (isfinite(least))
          assert_near(cost, least, 1e-9);
      }
    kn_hauls_free(hauls);
    kn_market_free(market);
    test_done(&built);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(partners_are_those_of_brute_force),
      cmocka_unit_test(pairs_are_counted_as_one_by_one),
      cmocka_unit_test(each_refusal_is_named),
      cmocka_unit_test(hauls_are_the_least_over_modes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
