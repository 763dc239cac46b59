/* Each rule of the check is seen to fire once, on a region where it should, and to be silent on the same region
 * without the fault. */
#include "region_test.h"

typedef struct rule_case {
  const char *rule;
  const char *row, *column; /* NULL: not looked at */
  test_table bad, good;
} rule_case;

/* A region in which no rule has anything to say but that figures lack a source. */
static const test_table sound[] = {
    SETTINGS,
    ACTORS,
    SITES,
    RESOURCES,
    OFFERS,
    {KN_T_MODE, "mode_id,name,class,load_eur|truck,Truck,material,5", false},
    {KN_T_PROCESS, "process_id,name,capex_eur,lifetime_yr|mill,Mill,10,20|dream,Dream,10,", false},
    {KN_T_PROCESS_FLOW, "process_id,resource_id,quantity|mill,wood,-1|mill,chips,1|mill,heat,-3|mill,hall,-0.1|dream,hall,-1",
     false},
};

#define RES(rows)                                                                                                                \
  {                                                                                                                              \
    KN_T_RESOURCE, "resource_id,class,name,parent_id,hazardous,code_low,t_per_unit|" rows, false                                 \
  }
#define OFF(rows)                                                                                                                \
  {                                                                                                                              \
    KN_T_OFFER, "offer_id,site_id,resource_id,quantity,from,to,rel_sd|" rows, false                                              \
  }
#define NEED(rows)                                                                                                               \
  {                                                                                                                              \
    KN_T_NEED, "need_id,resource_id,quantity,price_eur|" rows, false                                                             \
  }
#define ACT(rows)                                                                                                                \
  {                                                                                                                              \
    KN_T_ACTOR, "actor_id,name,jobs_fte|" rows, false                                                                            \
  }
#define FLOWS(rows)                                                                                                              \
  {                                                                                                                              \
    KN_T_PROCESS_FLOW, "process_id,resource_id,quantity,per|" rows, false                                                        \
  }
#define UNITS(rows)                                                                                                              \
  {                                                                                                                              \
    KN_T_UNIT, "unit_id,process_id,capacity,site_id,status|" rows, false                                                         \
  }
#define SITE(rows)                                                                                                               \
  {                                                                                                                              \
    KN_T_SITE, "site_id,actor_id,name,lon,lat|" rows, false                                                                      \
  }
#define MANY "p1,a1,P,5.1,51|p2,a1,P,5.2,51|p3,a1,P,5.3,51|p4,a1,P,5.4,51|p5,a1,P,5.5,51|p6,a1,P,5.6,51|p7,a1,P,5.7,51|"

static const rule_case cases[] = {
    {"class_of_parent", "x", "class", RES("x,energy,X,wood,,,"), RES("x,material,X,wood,,,")},
    {"hazard_code", "x", "code_low", RES("x,material,X,,1,,"), RES("x,material,X,,1,100207,")},
    {"hazard_code", "x", "code_low", RES("p,material,P,,,,|x,material,X,p,1,,"),
     RES("p,material,P,,,100207,|x,material,X,p,1,,")},
    {"code_low", "x", "code_low", RES("x,material,X,,,1002,"), RES("x,material,X,,,100201,")},
    {"code_low", "x", "code_low", RES("x,material,X,,1,10 02 07*,"), RES("x,material,X,,1,100207,")},
    {"hazard_star", "x", "code_low", RES("x,material,X,,0,10 02 07*,"), RES("x,material,X,,1,10 02 07*,")},
    {"negative", "x", "t_per_unit", RES("x,material,X,,,,-1"), RES("x,material,X,,,,0")},
    {"hazardous_offer", "x", NULL, OFF("x,s1,toxic,1,,,"), OFF("x,s1,wood,1,,,")},
    {"no_mode", NULL, "class", OFF("x,s1,heat,1,,,"), OFF("x,s1,wood,1,,,")},
    {"window_elsewhere", "x", "to", OFF("x,s1,wood,1,,2029-12-31,"), OFF("x,s1,wood,1,,2030-01-01,")},
    {"window_elsewhere", "x", "from", OFF("x,s1,wood,1,2031,,"), OFF("x,s1,wood,1,2030,,")},
    {"window_reversed", "x", "from", OFF("x,s1,wood,1,2030-03-01,2030-02-01,"), OFF("x,s1,wood,1,2030-02-01,2030-03-01,")},
    {"negative", "x", "rel_sd", OFF("x,s1,wood,1,,,-0.1"), OFF("x,s1,wood,1,,,0.1")},
    {"doubled_row", "y", "resource_id", OFF("x,s2,wood,1,,,|y,s2,wood,2,,,"), OFF("x,s2,wood,1,,,|y,s1,wood,2,,,")},
    {"doubled_row", "y", "resource_id", OFF("x,s2,wood,1,2030-01-01,2030-06-30,|y,s2,wood,2,2030-06-30,,"),
     OFF("x,s2,wood,1,2030-01-01,2030-06-30,|y,s2,wood,2,2030-07-01,,")},
    {"no_price", "x", "price_eur", NEED("x,wood,1,"), NEED("x,wood,1,0")},
    {"spec_empty",
     "x, purity",
     "min",
     {KN_T_NEED_SPEC, "need_id,property,min,max|x,purity,2,1", false},
     {KN_T_NEED_SPEC, "need_id,property,min,max|x,purity,1,1", false}},
    {"same_name", "b", "name", ACT("b,Beton Genk N.V.,|c,BETON GENK nv,"), ACT("b,Beton Genk nv,|c,Beton Hasselt nv,")},
    {"same_name", "b", "name", ACT("b,Vlaamse Houthandel bvba,|c,Vlaamse Houthandl,"), ACT("b,Hall 1 bv,|c,Hall 2 bv,")},
    {"negative", "b", "jobs_fte", ACT("b,Bakker,-1"), ACT("b,Bakker,1")},
    {"mass_created", "saw", NULL, FLOWS("saw,wood,-1,|saw,chips,0.7,|saw,water,0.4,"),
     FLOWS("saw,wood,-1,|saw,chips,0.7,|saw,water,0.3,")},
    {"mass_created", "saw", NULL, FLOWS("saw,hall,-1,|saw,chips,1,"), FLOWS("saw,hall,-1,capacity|saw,heat,1,")},
    {"mass_lost", "saw", NULL, FLOWS("saw,wood,-1,|saw,chips,0.85,"), FLOWS("saw,wood,-1,|saw,chips,1,|saw,heat,2,")},
    {"unit_nowhere", "u", "site_id", UNITS("u,mill,1,,existing"), UNITS("u,mill,1,s1,existing")},
    {"unit_unplaceable", "u", "site_id", UNITS("u,saw,1,,candidate"), UNITS("u,mill,1,,candidate")},
    {"no_lifetime", "u", "process_id", UNITS("u,dream,1,s1,candidate"), UNITS("u,mill,1,s1,candidate|v,dream,1,s1,existing")},
    {"swapped", "x", "lon", SITE(MANY "p8,a1,P,5.8,51|x,a1,X,50.9,5.5"), SITE(MANY "p8,a1,P,5.8,51|x,a1,X,5.5,50.9")},
    {"hazard_code", "x", "code_low", RES("x,water,X,,1,,"), RES("x,energy,X,,1,,")},
    {"far_away", "x", "lon", SITE(MANY "p8,a1,P,5.8,51|x,a1,X,0,0"), SITE(MANY "p8,a1,P,5.8,51|x,a1,X,6,51.2")},
    {"link_short",
     "l",
     "km",
     {KN_T_LINK, "link_id,from_id,to_id,kind,km|l,n1,n2,road,7", false},
     {KN_T_LINK, "link_id,from_id,to_id,kind,km|l,n1,n2,road,7.1|m,n1,n1,rail,0|o,n1,n2,cycle,", false}},
    {"no_lifetime",
     "t",
     "lifetime_yr",
     {KN_T_TERMINAL, "terminal_id,name,lon,lat,kinds,status,capex_eur,lifetime_yr|t,T,5,51,road;rail,candidate,5,", false},
     {KN_T_TERMINAL,
      "terminal_id,name,lon,lat,kinds,status,capex_eur,lifetime_yr|t,T,5,51,road;rail,candidate,5,20|u,T,5,51,road,,5,", false}},
    {"no_loss",
     "main, energy",
     "loss_per_km",
     {KN_T_MODE, "mode_id,name,class,network,loss_per_km|main,Main,energy,pipe_heat,", false},
     {KN_T_MODE,
      "mode_id,name,class,network,loss_per_km|main,Main,energy,pipe_heat,0|grid,Grid,energy,power,|main,M,water,pipe_heat,",
      false}},
    {"flow_nowhere",
     "f",
     "to_id",
     {KN_T_FLOW, "flow_id,from_id,to_id,resource_id,year|f,s1,s1,wood,2020", false},
     {KN_T_FLOW, "flow_id,from_id,to_id,resource_id,year|f,s1,,wood,2020", false}},
    {"pedigree",
     "q",
     "temporal",
     {KN_T_SOURCE, "source_id,title,temporal|q,Q,6", false},
     {KN_T_SOURCE, "source_id,title,temporal|q,Q,5", false}},
    {"no_source",
     "gate",
     "source_id",
     {KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur,source_id|gate,G,5,51,wood,in,3,", false},
     {KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur,source_id|gate,G,5,51,wood,in,3,q0", false}},
};

static test_built
build_around(const test_table *more)
{
  test_built built = test_start();
  static const test_table base[] = {
      {KN_T_RESOURCE, "resource_id,class,name,hazardous,code_low|toxic,material,Toxic,1,100207", false},
      {KN_T_PROCESS, "process_id,name|saw,Saw", false},
      {KN_T_SOURCE, "source_id,title|q0,Register", false},
      {KN_T_NODE, "node_id,lon,lat|n1,5,51|n2,5.1,51.01", false}, /* 7.0842 km apart */
      {KN_T_NEED, "need_id,resource_id,quantity,price_eur|x,wood,1,1", false},
  };
  for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
    test_add_text(built.builder, sound[i].table, "sound.csv", sound[i].csv);
  for (size_t i = 0; i < sizeof base / sizeof *base; i++)
    test_add_text(built.builder, base[i].table, "base.csv", base[i].csv);
  if (more != NULL)
    test_add_text(built.builder, more->table, "more.csv", more->csv);
  if (kn_builder_end(built.builder, &built.region, &built.err) != KN_OK)
    test_show(built.findings);
  assert_non_null(built.region);
  assert_int_equal(kn_region_check(built.region, built.findings, &built.err), KN_OK);
  return built;
}

static const kn_finding *
find_row(const kn_findings *findings, const rule_case *c)
{
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *f = kn_findings_get(findings, i);
    if (strcmp(f->rule, c->rule) == 0 && (c->row == NULL || (f->row != NULL && strcmp(f->row, c->row) == 0)) &&
        (c->column == NULL || (f->column != NULL && strcmp(f->column, c->column) == 0)))
      return f;
  }
  return NULL;
}

static void
sound_region_is_silent(void **state)
{
  (void)state;
  test_built built = build_around(NULL);
  if (kn_findings_count(built.findings, KN_WARNING) + kn_findings_count(built.findings, KN_ERROR) > 0)
    test_show(built.findings);
  assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 0);
  assert_int_equal(kn_findings_count(built.findings, KN_WARNING), 0);
  test_done(&built);
}

static void
each_rule_fires_and_is_silent(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rule_case c = cases[i];
    if (strcmp(c.rule, "same_name") == 0)
      c.row = "c"; /* the later of the two is named */
    test_built bad = build_around(&c.bad), good = build_around(&c.good);
    const kn_finding *fired = find_row(bad.findings, &c);
    if (fired == NULL || find_row(good.findings, &c) != NULL) {
      fprintf(stderr, "# case %zu, rule %s\n", i, c.rule);
      test_show(fired == NULL ? bad.findings : good.findings);
    }
    assert_non_null(fired);
    assert_true(fired->sentence[0] != '\0');
    assert_null(find_row(good.findings, &c));
    test_done(&bad);
    test_done(&good);
  }
}

/* Gateways may lie at the other end of the world, but not where the port next door would lie on its side. */
static void
swapped_gateways_are_told(void **state)
{
  (void)state;
  static const char head[] = "gateway_id,name,lon,lat,resource_id,direction,price_eur|";
  static const char *const gates[] = {"antwerp,A,51.25,4.4,wood,in,3", "antwerp,A,4.4,51.25,wood,in,3",
                                      "shanghai,S,121.5,31.2,wood,in,3"};
  for (int i = 0; i < 3; i++) {
    char gateway[200];
    snprintf(gateway, sizeof gateway, "%s%s", head, gates[i]);
    test_built built = test_start();
    for (size_t k = 0; k < sizeof sound / sizeof *sound; k++)
      test_add_text(built.builder, sound[k].table, "sound.csv", sound[k].csv);
    test_add_text(built.builder, KN_T_SITE, "sites.csv", "site_id,actor_id,name,lon,lat|" MANY "p8,a1,P,5.8,51");
    test_add_text(built.builder, KN_T_GATEWAY, "gateways.csv", gateway);
    assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
    assert_int_equal(kn_region_check(built.region, built.findings, &built.err), KN_OK);
    const kn_finding *told = find_row(built.findings, &(rule_case){.rule = "swapped"});
    assert_true((told != NULL) == (i == 0));
    if (told != NULL)
      assert_string_equal(told->proposal, "swap them: lon 4.4, lat 51.25");
    test_done(&built);
  }
}

/* Eight offers about 100 t and one of 100 000 t: a thousand times the median. With seven figures in all nobody
 * is judged. */
static void
outliers_need_their_like(void **state)
{
  (void)state;
  for (int32_t others = 6; others <= 8; others++) {
    test_built built = test_start();
    char rows[1000] = "offer_id,site_id,resource_id,quantity|big,t0,wood,100000";
    char sites[1000] = "site_id,actor_id,name,lon,lat|t0,b,T,5,51";
    size_t used = strlen(rows), site_used = strlen(sites);
    for (int32_t i = 1; i <= others; i++) {
      used += (size_t)snprintf(rows + used, sizeof rows - used, "|n%d,t%d,wood,%d", i, i, 90 + 5 * i);
      site_used += (size_t)snprintf(sites + site_used, sizeof sites - site_used, "|t%d,b,T,5,51", i);
    }
    const test_table tables[] = {SETTINGS,
                                 {KN_T_ACTOR, "actor_id,name,nace|b,Bos,16.10", false},
                                 {KN_T_SITE, sites, false},
                                 RESOURCES,
                                 {KN_T_OFFER, rows, false}};
    for (size_t i = 0; i < 5; i++)
      test_add_text(built.builder, tables[i].table, NULL, tables[i].csv);
    assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
    assert_int_equal(kn_region_check(built.region, built.findings, &built.err), KN_OK);
    assert_int_equal(test_count(built.findings, "outlier"), others + 1 >= 8);
    if (others + 1 >= 8) {
      const kn_finding *f = test_find(built.findings, "outlier");
      assert_string_equal(f->row, "big");
      assert_string_equal(f->value, "100000");
      assert_non_null(strstr(f->sentence, "NACE 16"));
    }
    test_done(&built);
  }
}

/* Four figures each in divisions 24 and 25 are too few; the section of manufacturing has eight. */
static void
small_sectors_are_judged_by_their_section(void **state)
{
  (void)state;
  test_built built = test_start();
  static const test_table tables[] = {
      SETTINGS,
      {KN_T_ACTOR, "actor_id,name,nace|b,Beton,24.10|c,Cokes,C25|d,Dak,45.1", false},
      {KN_T_SITE, "site_id,actor_id,name,lon,lat|b0,b,B,5,51|c0,c,C,5,51|d0,d,D,5,51", false},
      RESOURCES,
      {KN_T_OFFER,
       "offer_id,site_id,resource_id,quantity|1,b0,wood,1000000|2,b0,wood,10|3,b0,wood,11|4,b0,wood,12|5,c0,wood,9|"
       "6,c0,wood,10|7,c0,wood,12|8,c0,wood,13|9,d0,wood,9999999",
       false}};
  for (size_t i = 0; i < 5; i++)
    test_add_text(built.builder, tables[i].table, NULL, tables[i].csv);
  assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
  assert_int_equal(kn_region_check(built.region, built.findings, &built.err), KN_OK);
  assert_int_equal(test_count(built.findings, "outlier"), 1);
  assert_string_equal(test_find(built.findings, "outlier")->row, "1");
  test_done(&built);
}

static void
plan_year_is_asked_for(void **state)
{
  (void)state;
  test_built built = TEST_BUILD({KN_T_SETTINGS, "key,value|name,X", false}, ACTORS, SITES, RESOURCES, OFFERS);
  assert_non_null(built.region);
  assert_int_equal(kn_region_check(built.region, built.findings, &built.err), KN_OK);
  assert_int_equal(test_count(built.findings, "no_plan_year"), 1);
  test_done(&built);
}

/* Many rows without source are one finding, few are one each. */
static void
many_rows_without_source_are_one_finding(void **state)
{
  (void)state;
  char rows[2000] = "offer_id,site_id,resource_id,quantity";
  size_t used = strlen(rows);
  for (int32_t i = 0; i < 30; i++)
    used += (size_t)snprintf(rows + used, sizeof rows - used, "|o%d,s1,wood,%d", i, i + 1);
  test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES, {KN_T_OFFER, rows, false},
                                {KN_T_NEED, "need_id,resource_id,quantity|n1,wood,1|n2,wood,2", false});
  assert_int_equal(kn_region_check(built.region, built.findings, &built.err), KN_OK);
  assert_int_equal(test_count(built.findings, "no_source"), 1 + 2);
  test_done(&built);
}

/* A region with refused rows can still be checked; both kinds of findings come together. */
static void
salvaged_regions_are_checked(void **state)
{
  (void)state;
  test_built built = test_start();
  static const test_table tables[] = {
      SETTINGS,
      {KN_T_ACTOR, "actor_id,name|,nobody|a1,A", false},
      {KN_T_SITE, "site_id,actor_id,name,lon,lat|s1,a9,S,x,99|s2,a1,T,5,51", false},
      {KN_T_AREA, "area_id,name,level,parent_id|p,P,park,q|q,Q,nolevel,p", false},
      {KN_T_RESOURCE, "resource_id,class,name,parent_id|w,stuff,W,x|x,material,X,w|y,material,,z", false},
      {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,unit,from|o1,s9,w,-1,kg,soon|o2,s1,zz,1,kg,|o3,s2,x,1,MWh,2040", false},
      {KN_T_NEED, "need_id,resource_id,quantity|n1,nothing,1", false},
      {KN_T_OFFER_PROPERTY, "offer_id,property,value|o9,p,1|o1,,1|o1,p,x", false},
      {KN_T_SUBSTITUTION, "offered_id,needed_id,ratio|w,qq,-1", false},
      {KN_T_PROCESS, "process_id,name|p,P", false},
      {KN_T_PROCESS_FLOW, "process_id,resource_id,quantity|p,nothing,1|r,w,1|p,w,x", false},
      {KN_T_UNIT, "unit_id,process_id,capacity,status|u,zz,1,candidate|v,p,-1,candidate", false},
      {KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur|g,G,5,x,zz,in,1", false},
      {KN_T_MODE, "mode_id,name,class|m,M,stuff", false},
      {KN_T_FLOW, "flow_id,from_id,to_id,resource_id,year|f,aa,bb,cc,x", false},
      {KN_T_INCENTIVE, "incentive_id,name,target,eur|i,I,resource:zz,1|j,J,zz,x", false},
  };
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    test_add_text(built.builder, tables[i].table, NULL, tables[i].csv);
  assert_int_equal(kn_builder_salvage(built.builder, &built.region, &built.err), KN_OK);
  const int64_t refused = kn_findings_count(built.findings, KN_ERROR);
  assert_true(refused > 20);
  assert_int_equal(kn_region_check(built.region, built.findings, &built.err), KN_OK);
  assert_int_equal(test_count(built.findings, "window_elsewhere"), 1);
  char hex[65];
  assert_int_equal(kn_region_digest(built.region, hex, &built.err), KN_OK);
  test_done(&built);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sound_region_is_silent),
      cmocka_unit_test(each_rule_fires_and_is_silent),
      cmocka_unit_test(swapped_gateways_are_told),
      cmocka_unit_test(outliers_need_their_like),
      cmocka_unit_test(small_sectors_are_judged_by_their_section),
      cmocka_unit_test(plan_year_is_asked_for),
      cmocka_unit_test(many_rows_without_source_are_one_finding),
      cmocka_unit_test(salvaged_regions_are_checked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
