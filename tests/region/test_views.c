/* Views: units, trees, areas, windows, defaults; small numbers by hand, then what holds for any. */
#include "region_test.h"

/* ---------------------------------------------------------------- units */
/* 500 kg are 0.5 t and 0.1 EUR/kg is 100 EUR/t. 36 GJ are 10 MWh and 2 EUR/GJ are 7.2 EUR/MWh. 2 FTE are 3200 h, 1 ha is 10 000
 * m2. */
static void
figures_come_in_the_unit_of_the_resource(void **state)
{
  (void)state;
  test_built built =
      TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES,
                 {KN_T_OFFER,
                  "offer_id,site_id,resource_id,quantity,unit,fate_eur,fate_co2_kg|a,s1,chips,500,kg,0.1,2|"
                  "b,s1,heat,36,GJ,2,|c,s1,work,2,FTE,,|d,s1,hall,1,ha,,|e,s1,water,1000,l,0.001,|"
                  "f,s1,money,5,EUR,,|g,s1,chips,7,,3,",
                  false},
                 {KN_T_NEED, "need_id,resource_id,quantity,unit,price_eur|n,chips,2000,kg,0.05", false},
                 {KN_T_FLOW, "flow_id,from_id,to_id,resource_id,year,quantity,unit,sd|f,s1,s2,heat,2020,3.6,GJ,0.36", false});
  assert_non_null(built.region);
  const kn_offer_view o = kn_region_offers(built.region);
  const double quantity[] = {0.5, 10, 3200, 10000, 1, 5, 7}, fate[] = {100, 7.2, 0, 0, 1, 0, 3};
  for (int32_t i = 0; i < 7; i++) {
    assert_near(o.quantity[i], quantity[i], 1e-9 * quantity[i]);
    assert_near(o.fate_eur[i], fate[i], 1e-9);
  }
  assert_near(o.fate_co2_kg[0], 2000, 1e-9);
  const kn_need_view n = kn_region_needs(built.region);
  assert_near(n.quantity[0], 2, 1e-12);
  assert_near(n.price_eur[0], 50, 1e-9);
  const kn_table *offers = kn_region_table(built.region, KN_T_OFFER);
  for (int32_t i = 0; i < 7; i++)
    assert_null(offers->columns[kn_schema_find_column(offers->def, "unit")].text[i]);
  const kn_table *flows = kn_region_table(built.region, KN_T_FLOW);
  assert_near(flows->columns[kn_schema_find_column(flows->def, "quantity")].real[0], 1, 1e-12);
  assert_near(flows->columns[kn_schema_find_column(flows->def, "sd")].real[0], 0.1, 1e-12);
  test_done(&built);
}

/* A year of work follows settings.fte_h; money is in the currency of the region. */
static void
units_follow_the_settings(void **state)
{
  (void)state;
  test_built built =
      TEST_BUILD({KN_T_SETTINGS, "key,value|fte_h,1500|currency,GBP", false}, ACTORS, SITES, RESOURCES,
                 {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,unit|a,s1,work,2,FTE|b,s1,money,5,GBP", false});
  assert_non_null(built.region);
  assert_near(kn_region_offers(built.region).quantity[0], 3000, 1e-9);
  test_done(&built);
  built = TEST_BUILD({KN_T_SETTINGS, "key,value|currency,GBP", false}, ACTORS, SITES, RESOURCES,
                     {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,unit|b,s1,money,5,EUR", false});
  assert_null(built.region);
  assert_int_equal(test_count(built.findings, "unit"), 1);
  test_done(&built);
}

/* The first unit seen for a property is that of all: 1.5 m are 150 cm; a unit that nobody else has may be unknown. */
static void
properties_have_one_unit(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(
      SETTINGS, ACTORS, SITES, RESOURCES, {KN_T_OFFER, "offer_id,site_id,resource_id,quantity|a,s1,chips,1|b,s1,chips,1", false},
      {KN_T_NEED, "need_id,resource_id,quantity|n,chips,1|m,chips,1", false},
      {KN_T_OFFER_PROPERTY, "offer_id,property,value,unit|b,length,150,cm|a,length,2,m|a,pH,7,pH", false},
      {KN_T_NEED_SPEC, "need_id,property,min,max,unit|m,length,1,,m|n,pH,,8,|m,colour,1,2,", false});
  assert_non_null(built.region);
  const kn_property_view p = kn_region_properties(built.region);
  assert_int_equal(p.property_count, 3);
  assert_string_equal(p.property_name[0], "length");
  assert_string_equal(p.property_unit[0], "cm");
  assert_null(p.property_unit[2]);
  assert_int_equal(p.offer_first[0], 0);
  assert_int_equal(p.offer_first[1], 2);
  assert_int_equal(p.offer_first[2], 3);
  assert_int_equal(p.offer_property[0], 0);
  assert_near(p.offer_value[0], 200, 1e-9);
  assert_near(p.offer_value[1], 7, 0);
  assert_near(p.offer_value[2], 150, 0);
  assert_int_equal(p.need_first[1], 1);
  assert_true(p.need_min[0] == -INFINITY);
  assert_near(p.need_max[0], 8, 0);
  assert_near(p.need_min[1], 100, 1e-9);
  assert_true(p.need_max[1] == INFINITY);
  assert_int_equal(p.need_property[2], 2);
  test_done(&built);
  built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES,
                     {KN_T_OFFER, "offer_id,site_id,resource_id,quantity|a,s1,chips,1|b,s1,chips,1", false},
                     {KN_T_OFFER_PROPERTY, "offer_id,property,value,unit|a,heat,1,degC|b,heat,1,kg", false});
  assert_null(built.region);
  assert_string_equal(test_find(built.findings, "unit")->row, "b, heat");
  test_done(&built);
}

/* ---------------------------------------------------------------- trees */
/* A forest of 300 rows whose parents come after or before them; "is below" by walking up equals the numbers. */
static void
tree_numbers_equal_walking_up(void **state)
{
  (void)state;
  enum { N = 300 };
  char *csv = malloc(N * 40 + 100);
  int32_t parent[N];
  size_t used = (size_t)sprintf(csv, "resource_id,class,name,parent_id");
  uint32_t seed = 7;
  for (int32_t i = 0; i < N; i++)
    parent[i] = KN_NONE;
  /* Row k * 7 mod N hangs below row (something less than k) * 7 mod N: before or after it in the file, never in a circle. */
  for (int32_t k = 1; k < N; k++) {
    seed = seed * 1664525 + 1013904223;
    if (seed >> 28 != 0)
      parent[k * 7 % N] = (int32_t)(seed >> 8) % k * 7 % N;
  }
  for (int32_t i = 0; i < N; i++)
    used += (size_t)(parent[i] == KN_NONE ? sprintf(csv + used, "|r%d,material,R,", i)
                                          : sprintf(csv + used, "|r%d,material,R,r%d", i, parent[i]));
  test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, {KN_T_RESOURCE, csv, false},
                                {KN_T_OFFER, "offer_id,site_id,resource_id,quantity", false});
  assert_non_null(built.region);
  const kn_resource_view r = kn_region_resources(built.region);
  for (int32_t i = 0; i < N; i++)
    for (int32_t j = 0; j < N; j++) {
      int32_t at = i;
      while (at != KN_NONE && at != j)
        at = parent[at];
      assert_int_equal(kn_resource_is_a(&r, i, j), at == j);
    }
  test_done(&built);
  free(csv);
}

static void
common_area_is_the_smallest_of_both(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES, OFFERS,
                                {KN_T_AREA,
                                 "area_id,name,level,parent_id|p,P,park,m|m,M,municipality,r|n,N,municipality,r|"
                                 "r,R,region,|q,Q,park,n|w,W,region,",
                                 false});
  assert_non_null(built.region);
  const kn_area_view a = kn_region_areas(built.region);
  assert_int_equal(kn_area_common(&a, 0, 4), 3);
  assert_int_equal(kn_area_common(&a, 0, 1), 1);
  assert_int_equal(kn_area_common(&a, 1, 0), 1);
  assert_int_equal(kn_area_common(&a, 0, 0), 0);
  assert_int_equal(kn_area_common(&a, 0, 5), KN_NONE);
  assert_int_equal(kn_area_common(&a, KN_NONE, 0), KN_NONE);
  assert_int_equal(kn_area_common(&a, 0, KN_NONE), KN_NONE);
  for (int32_t i = 0; i < a.n; i++)
    for (int32_t j = 0; j < a.n; j++)
      assert_int_equal(kn_area_common(&a, i, j), kn_area_common(&a, j, i));
  test_done(&built);
}

/* ---------------------------------------------------------------- areas */
/* A square as WKB (little endian polygon with one ring). */
static size_t
square(uint8_t out[200], double lon0, double lat0, double lon1, double lat1)
{
  const double ring[] = {lon0, lat0, lon1, lat0, lon1, lat1, lon0, lat1, lon0, lat0};
  const uint32_t head[] = {3, 1, 5};
  out[0] = 1;
  memcpy(out + 1, head, sizeof head);
  memcpy(out + 1 + sizeof head, ring, sizeof ring);
  return 1 + sizeof head + sizeof ring;
}

/* The old and the new border of a municipality: in 2030 only the new one holds, and it is larger. The park lies in
 * both; a region with the same square as the new municipality comes after it. */
static test_built
build_areas(const char *year, const char *areas)
{
  char settings[60];
  snprintf(settings, sizeof settings, "key,value|plan_year,%s", year);
  test_built built = test_start();
  const test_table tables[] = {
      {KN_T_SETTINGS, settings, false},
      ACTORS,
      {KN_T_SITE,
       "site_id,actor_id,name,lon,lat,area_id|park,a1,S,5.05,51.05,|near,a1,S,5.5,51.5,|ring,a1,S,6.5,51.5,|"
       "given,a1,S,5.05,51.05,region|out,a1,S,9,51,|edge,a1,S,5.1,51.05,",
       false},
      RESOURCES,
      OFFERS,
      {KN_T_AREA, areas, false},
      {KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur|g,G,5.05,51.05,wood,in,1|h,H,20,20,wood,in,1",
       false}};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    test_add_text(built.builder, tables[i].table, "x.csv", i == 4 ? "offer_id,site_id,resource_id,quantity" : tables[i].csv);
  return built;
}

static void
sites_lie_in_the_smallest_valid_area(void **state)
{
  (void)state;
  static const char *const areas =
      "area_id,name,level,parent_id,from,to|region,R,region,,,|new,N,municipality,region,2025-01-01,|"
      "old,O,municipality,region,,2024-12-31|park,P,park,new,,";
  static const struct {
    const char *year;
    const char *area[6];
  } expected[] = {{"2030", {"park", "new", "new", "region", "", "park"}},
                  {"2020", {"park", "old", "region", "region", "", "park"}}};
  for (size_t k = 0; k < 2; k++) {
    test_built built = build_areas(expected[k].year, areas);
    uint8_t wkb[200];
    kn_builder *b = built.builder;
    assert_int_equal(kn_builder_area(b, "a.geojson", 1, "region", wkb, square(wkb, 5, 51, 7, 52), &built.err), KN_OK);
    assert_int_equal(kn_builder_area(b, "a.geojson", 2, "new", wkb, square(wkb, 5, 51, 7, 52), &built.err), KN_OK);
    assert_int_equal(kn_builder_area(b, "a.geojson", 3, "old", wkb, square(wkb, 5, 51, 6, 52), &built.err), KN_OK);
    assert_int_equal(kn_builder_area(b, "a.geojson", 4, "park", wkb, square(wkb, 5, 51, 5.1, 51.1), &built.err), KN_OK);
    assert_int_equal(kn_builder_end(b, &built.region, &built.err), KN_OK);
    const kn_site_view sites = kn_region_sites(built.region);
    for (int32_t i = 0; i < 6; i++)
      assert_string_equal(kn_region_key(built.region, KN_T_AREA, sites.area[i]), expected[k].area[i]);
    const kn_gateway_view gateways = kn_region_gateways(built.region);
    assert_string_equal(kn_region_key(built.region, KN_T_AREA, gateways.area[0]), "park");
    assert_int_equal(gateways.area[1], KN_NONE);
    /* What was blank stays blank in the table: it follows from the geometry again when that changes. */
    const kn_table *table = kn_region_table(built.region, KN_T_SITE);
    assert_int_equal(table->columns[kn_schema_find_column(table->def, "area_id")].number[0], KN_NONE);
    const uint8_t *kept;
    size_t length;
    assert_true(kn_region_area_wkb(built.region, 3, &kept, &length));
    assert_int_equal(length, square(wkb, 5, 51, 5.1, 51.1));
    assert_memory_equal(kept, wkb, length);
    test_done(&built);
  }
}

static void
bad_geometry_is_refused(void **state)
{
  (void)state;
  uint8_t wkb[200];
  const size_t length = square(wkb, 5, 51, 6, 52);
  for (int32_t k = 0; k < 4; k++) {
    test_built built = build_areas("2030", "area_id,name,level|region,R,region");
    if (k == 0) {
      assert_int_equal(kn_builder_area(built.builder, "a.geojson", 9, "nowhere", wkb, length, &built.err), KN_OK);
    } else if (k == 1) {
      assert_int_equal(kn_builder_area(built.builder, "a.geojson", 9, "region", wkb, length - 20, &built.err), KN_OK);
    } else {
      assert_int_equal(kn_builder_area(built.builder, "a.geojson", 8, "region", wkb, length, &built.err), KN_OK);
      assert_int_equal(kn_builder_area(built.builder, k == 2 ? "a.geojson" : "b.geojson", 9, "region", wkb, length, &built.err),
                       KN_OK);
    }
    assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), k == 3 ? KN_OK : KN_E_INPUT);
    static const char *const rules[] = {"unknown_key", "geometry", "doubled_key"};
    if (k < 3) {
      assert_non_null(test_find(built.findings, rules[k]));
      assert_int_equal(test_find(built.findings, rules[k])->line, 9);
    }
    test_done(&built);
  }
}

/* ---------------------------------------------------------------- windows, defaults */
/* 2030 has 365 days; January has 31. An end written as a year or a month means its last day. */
static void
windows_are_shares_of_the_plan_year(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES,
                                {KN_T_OFFER,
                                 "offer_id,site_id,resource_id,quantity,from,to|a,s1,wood,1,,|b,s1,wood,1,2030-02-01,|"
                                 "c,s1,wood,1,,2030-01|d,s1,wood,1,2030,2030|e,s1,wood,1,2031,|f,s1,wood,1,2030-12-31,2040",
                                 false});
  const double *share = kn_region_offers(built.region).share;
  const double expected[] = {1, 334.0 / 365, 31.0 / 365, 1, 0, 1.0 / 365};
  for (int32_t i = 0; i < 6; i++)
    assert_near(share[i], expected[i], 1e-12);
  test_done(&built);
}

/* Two scores, by hand: variances (ln 1.1 / 2)^2 + (ln 1.5 / 2)^2 + (ln 1.05 / 2)^2 = 0.0022711 + 0.0411004 + 0.0005951. */
static void
deviations_follow_the_source(void **state)
{
  (void)state;
  test_built built =
      TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES,
                 {KN_T_SOURCE, "source_id,title,reliability,technological,kind|q,Q,3,4,estimate|r,R,,,measured", false},
                 {KN_T_OFFER,
                  "offer_id,site_id,resource_id,quantity,rel_sd,source_id|a,s1,wood,1,,q|"
                  "b,s1,wood,1,0.5,q|c,s1,wood,1,,r|d,s1,wood,1,,",
                  false});
  const kn_source_view sources = kn_region_sources(built.region);
  assert_near(sources.rel_sd[0], sqrt(exp(0.0439666) - 1), 1e-6);
  assert_true(isnan(sources.rel_sd[1]));
  assert_true(sources.is_estimate[0] && !sources.is_estimate[1]);
  const kn_offer_view offers = kn_region_offers(built.region);
  assert_near(offers.rel_sd[0], sources.rel_sd[0], 0);
  assert_near(offers.rel_sd[1], 0.5, 0);
  assert_true(isnan(offers.rel_sd[2]) && isnan(offers.rel_sd[3]));
  test_done(&built);
}

static void
blanks_have_their_defaults(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(
      SETTINGS, ACTORS, SITES, RESOURCES, OFFERS,
      {KN_T_SUBSTITUTION, "offered_id,needed_id,ratio,max_share|wood,chips,2,|chips,wood,1,0.5", false},
      {KN_T_MODE, "mode_id,name,class,max_km|t,T,material,|t,T,energy,8", false},
      {KN_T_PROCESS, "process_id,name|p,P|q,Q", false},
      {KN_T_PROCESS_FLOW, "process_id,resource_id,quantity,per|q,wood,-1,|p,hall,-2,capacity|q,chips,1,activity", false},
      {KN_T_UNIT, "unit_id,process_id,capacity,status|u,p,1,|v,p,1,candidate", false},
      {KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur|g,G,5,51,wood,out,1", false},
      {KN_T_NEED, "need_id,resource_id,quantity|n,wood,1", false},
      {KN_T_INCENTIVE, "incentive_id,name,target,eur|i,I,resource:chips,1|j,J,r_strategy:R8,2|k,K,need:n,3", false});
  assert_non_null(built.region);
  const kn_substitution_view s = kn_region_substitutions(built.region);
  assert_near(s.max_share[0], 1, 0);
  assert_near(s.max_share[1], 0.5, 0);
  assert_near(s.cost_eur[0], 0, 0);
  const kn_mode_view m = kn_region_modes(built.region);
  assert_near(m.circuity[0], 1, 0);
  assert_true(m.max_km[0] == INFINITY);
  assert_near(m.max_km[1], 8, 0);
  assert_int_equal(m.needs_network[0], 0);
  assert_int_equal(m.class_of[1], KN_ENERGY);
  const kn_process_view p = kn_region_processes(built.region);
  assert_int_equal(p.flow_first[1], 1);
  assert_int_equal(p.flow_first[2], 3);
  assert_int_equal(p.flow_per[0], KN_PER_CAPACITY);
  assert_int_equal(p.flow_per[1], KN_PER_ACTIVITY);
  assert_int_equal(p.flow_resource[1], 0);
  assert_near(p.flow_quantity[2], 1, 0);
  assert_near(p.opex_eur[0], 0, 0);
  assert_true(isnan(p.lifetime_yr[0]));
  assert_int_equal(p.r_strategy[0], KN_BLANK_WORD);
  const kn_unit_view u = kn_region_units(built.region);
  assert_int_equal(u.status[0], KN_EXISTING);
  assert_int_equal(u.status[1], KN_CANDIDATE);
  assert_int_equal(u.site[0], KN_NONE);
  const kn_gateway_view g = kn_region_gateways(built.region);
  assert_true(g.capacity[0] == INFINITY);
  assert_int_equal(g.level[0], KN_BLANK_WORD);
  const kn_incentive_view i = kn_region_incentives(built.region);
  assert_int_equal(i.target_kind[0], KN_TO_RESOURCE);
  assert_int_equal(i.target[0], 1);
  assert_int_equal(i.target_kind[1], KN_TO_R_STRATEGY);
  assert_int_equal(i.target[1], 8);
  assert_int_equal(i.target[2], 0);
  assert_true(i.budget_eur[0] == INFINITY);
  assert_near(kn_region_needs(built.region).price_eur[0], 0, 0);
  assert_true(isnan(kn_region_table(built.region, KN_T_NEED)->columns[6].real[0]));
  test_done(&built);
}

/* ---------------------------------------------------------------- profiles */
/* By hand. sun: hour 12 has 5, in June twice that, on Sundays 3. A year has 365 hours 12 of which 30 are in June, and 365/7 Sundays
 * (30/7 of June), so the loads add up to 5 x 6/7 x 335 + 3/7 x 335 + 2 x (5 x 6/7 x 30 + 3/7 x 30). shift: 0 on Saturdays, else 1 all day.
 * still: nothing. */
static void
profiles_are_shares_of_a_year(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(
      SETTINGS, ACTORS, SITES, RESOURCES,
      {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,profile_id|a,s1,wood,1,sun|b,s2,chips,2,", false},
      {KN_T_PROFILE, "profile_id,name|still,|sun,Sun|shift,|none,", false},
      {KN_T_PROFILE_HOUR,
       "profile_id,month,day_type,hour,load|sun,,,12,5|shift,,saturday,,0|sun,6,,,2|sun,,sunday,12,3|still,,,8,0", false});
  const kn_profile_view profiles = kn_region_profiles(built.region);
  double share[KN_TYPICAL_HOURS], hours = 0, sum = 0;
  assert_int_equal(profiles.n, 4);
  assert_false(kn_profile_shares(&profiles, 0, share));
  assert_false(kn_profile_shares(&profiles, 3, share));
  assert_true(kn_profile_shares(&profiles, 1, share));
  const double all = (5 * 6.0 / 7 + 3.0 / 7) * (335 + 2 * 30);
  for (int32_t at = 0; at < KN_TYPICAL_HOURS; at++) {
    const bool is_sunday = at / 24 % KN_DAY_TYPES == 2, is_june = at / (24 * KN_DAY_TYPES) == 5;
    hours += kn_typical_hours(at);
    sum += share[at] * kn_typical_hours(at);
    assert_near(share[at], at % 24 != 12 ? 0 : (is_sunday ? 3 : 5) * (is_june ? 2 : 1) / all, 1e-15);
  }
  assert_near(hours, 8760, 1e-9);
  assert_near(sum, 1, 1e-12);
  assert_int_equal(kn_profile_gaps(&profiles, 1), 23 * 36);
  assert_int_equal(kn_profile_gaps(&profiles, 2), 0);
  assert_true(kn_profile_shares(&profiles, 2, share));
  assert_near(share[24], 0, 0);
  assert_near(share[0], 7.0 / (6 * 8760), 1e-15);
  /* What coincides: never more than either, the same both ways, all of the smaller for two that are alike. */
  double sun[KN_TYPICAL_HOURS];
  assert_true(kn_profile_shares(&profiles, 1, sun));
  assert_near(kn_hours_shared(10, sun, 4, sun), 4, 1e-12);
  assert_near(kn_hours_shared(10, sun, 4, share), kn_hours_shared(4, share, 10, sun), 1e-12);
  assert_true(kn_hours_shared(1, sun, 1, share) < 1);
  const kn_offer_view offers = kn_region_offers(built.region);
  assert_int_equal(offers.profile[0], 1);
  assert_int_equal(offers.profile[1], KN_NONE);
  test_done(&built);
}

/* ---------------------------------------------------------------- digest */
static void
digest_tells_data_not_order(void **state)
{
  (void)state;
  char hex[4][65];
  const test_table offers[4] = {
      {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,rel_sd|a,s1,wood,1,|b,s2,chips,2,", false},
      {KN_T_OFFER, "quantity,offer_id,resource_id,site_id|2,b,chips,s2|1,a,wood,s1", false},
      {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,rel_sd|a,s1,wood,1,|b,s2,chips,2.0000000001,", false},
      {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,more|a,s1,wood,1,x|b,s2,chips,2,", false}};
  for (size_t i = 0; i < 4; i++) {
    test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES, offers[i]);
    assert_int_equal(kn_region_digest(built.region, hex[i], &built.err), KN_OK);
    assert_int_equal(strlen(hex[i]), 64);
    test_done(&built);
  }
  assert_string_equal(hex[0], hex[1]);
  assert_string_not_equal(hex[0], hex[2]);
  assert_string_not_equal(hex[0], hex[3]);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_come_in_the_unit_of_the_resource),
      cmocka_unit_test(units_follow_the_settings),
      cmocka_unit_test(properties_have_one_unit),
      cmocka_unit_test(tree_numbers_equal_walking_up),
      cmocka_unit_test(common_area_is_the_smallest_of_both),
      cmocka_unit_test(sites_lie_in_the_smallest_valid_area),
      cmocka_unit_test(bad_geometry_is_refused),
      cmocka_unit_test(windows_are_shares_of_the_plan_year),
      cmocka_unit_test(deviations_follow_the_source),
      cmocka_unit_test(blanks_have_their_defaults),
      cmocka_unit_test(profiles_are_shares_of_a_year),
      cmocka_unit_test(digest_tells_data_not_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
