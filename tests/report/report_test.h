/* An invented region by a river, with a plan written by hand: the report only reads views, so no planner is needed. */
#ifndef REPORT_TEST_H
#define REPORT_TEST_H

#include "../region/region_test.h"
#include "report/report.h"

/* A square of `half` degrees around a point, as WKB. */
static inline size_t
test_square(uint8_t wkb[93], double lon, double lat, double half)
{
  const uint32_t head[] = {3, 1, 5};
  const double corner[5][2] = {{lon - half, lat - half},
                               {lon + half, lat - half},
                               {lon + half, lat + half},
                               {lon - half, lat + half},
                               {lon - half, lat - half}};
  wkb[0] = 1;
  memcpy(wkb + 1, head, sizeof head);
  memcpy(wkb + 13, corner, sizeof corner);
  return 93;
}

static inline kn_region *
test_region(const test_table *tables, size_t count, bool has_areas)
{
  kn_findings *findings;
  kn_builder *builder;
  kn_region *region = NULL;
  kn_error err = {0};
  assert_int_equal(kn_findings_new(&findings, 20, &err), KN_OK);
  assert_int_equal(kn_builder_new(&builder, findings, &err), KN_OK);
  for (size_t i = 0; i < count; i++)
    test_add_text(builder, tables[i].table, test_file(tables[i].table), tables[i].csv);
  uint8_t wkb[93];
  if (has_areas) {
    assert_int_equal(kn_builder_area(builder, "a.json", 1, "west", wkb, test_square(wkb, 5.0, 51.0, 0.1), &err), KN_OK);
    assert_int_equal(kn_builder_area(builder, "a.json", 2, "east", wkb, test_square(wkb, 5.2, 51.0, 0.1), &err), KN_OK);
  }
  if (kn_builder_end(builder, &region, &err) != KN_OK)
    for (int64_t i = 0; i < kn_findings_kept(findings); i++)
      print_message("%s: %s\n", kn_findings_get(findings, i)->table, kn_findings_get(findings, i)->sentence);
  assert_non_null(region);
  kn_builder_free(builder);
  kn_findings_free(findings);
  return region;
}

/* Sawdust of a mill goes to a board maker, straight and through a chipper; boards go out to the sea port; heat crosses
 * the street. Names hold what markup would trip over, and letters of other scripts. */
static const test_table test_valley[] = {
    {KN_T_SETTINGS, "key,value|name,Vallée <Ω> & Söhne|languages,nl|currency,EUR|plan_year,2030|", false},
    {KN_T_SOURCE,
     "source_id,title,publisher,year,licence,link,reliability,completeness,temporal,geographical,technological,kind|"
     "meter,Meters,The mill,2024,CC BY 4.0,https://example.org/a?b=1&c=\"x\",1,1,1,1,1,measured|"
     "guess,Sector <coefficients>,,,,,4,4,4,4,4,estimate|",
     false},
    {KN_T_AREA,
     "area_id,name,level,parent_id|valley,The "
     "valley,region,|west,West-Dorp,municipality,valley|east,Москва-Ost,municipality,valley|",
     false},
    {KN_T_ACTOR, "actor_id,name|mill,Sägewerk \"Grün\"|board,木材株式会社|school,School <script>alert(1)</script>|", false},
    {KN_T_SITE,
     "site_id,actor_id,name,lon,lat,location_quality|s-mill,mill,Mill,5.01,51.02,address|s-board,board,Board,5.22,50.97,estate|"
     "s-school,school,School,5.01,51.02,municipality|s-far,board,Far,9.5,48.0,address|",
     false},
    {KN_T_RESOURCE,
     "resource_id,class,name,name_nl,parent_id|material,material,Material,Materiaal,|sawdust,material,sawdust,zaagsel,material|"
     "chips,material,chips,spaanders,material|board,material,Wood board,Houtplaat,material|heat,energy,Warm water,Warm water,|"
     "hall,space,Hall,Hal,|",
     false},
    {KN_T_OFFER,
     "offer_id,site_id,resource_id,quantity,rel_sd,fate,fate_eur,source_id|o-dust,s-mill,sawdust,400,0.1,incineration,30,meter|"
     "o-heat,s-mill,heat,5000,,discharge,0,guess|o-hall,s-board,hall,1200,,vacant,0,guess|",
     false},
    {KN_T_NEED,
     "need_id,site_id,resource_id,quantity,price_eur,source_id|n-dust,s-board,sawdust,150,20,meter|n-heat,s-school,"
     "heat,900,55,guess|"
     "n-any,,hall,300,12,|",
     false},
    {KN_T_NEED_SPEC, "need_id,property,min,max,unit|n-heat,temperature,60,,degC|", false},
    {KN_T_PROCESS,
     "process_id,name,activity_unit,opex_eur,capex_eur,capex_fixed_eur,lifetime_yr,jobs_fte,name_nl,activity_unit_nl|"
     "press,Pressing <b>boards</b>,t board,40,100,50000,15,0.002,Persen van <b>platen</b>,t plaat|",
     false},
    {KN_T_PROCESS_FLOW, "process_id,resource_id,quantity,per|press,sawdust,-1.1,activity|press,board,1,activity|", false},
    {KN_T_UNIT,
     "unit_id,process_id,capacity,site_id,status|u-press,press,220,s-board,candidate|u-none,press,50,s-mill,candidate|", false},
    {KN_T_GATEWAY,
     "gateway_id,name,lon,lat,resource_id,direction,price_eur,capacity,level|g-sea,Sea 'port' & "
     "rail,3.7,51.4,board,out,210,500,world|",
     false},
    {KN_T_MODE, "mode_id,name,class,eur_per_unit_km|truck,Truck,material,0.1|pipe,Heat pipe,energy,2|place,In place,space,0|",
     false},
};
#define TEST_VALLEY test_region(test_valley, sizeof test_valley / sizeof test_valley[0], true)

/* A plan by hand. Value: ties 6,900 + 4,500 + 42,000 + 48,600 + 3,600 = 105,600; units -16,600; so 89,000 EUR. */
static inline kn_report_plan
test_plan(void)
{
  static const kn_place from[] = {
      {KN_END_OFFER, 1, 0}, {KN_END_UNIT, 0, 1}, {KN_END_OFFER, 0, 0}, {KN_END_OFFER, 0, 0}, {KN_END_OFFER, 2, 1}};
  static const kn_place to[] = {
      {KN_END_NEED, 1, 2}, {KN_END_GATEWAY, 0, KN_NONE}, {KN_END_NEED, 0, 1}, {KN_END_UNIT, 0, 1}, {KN_END_NEED, 2, KN_NONE}};
  static const int32_t resource[] = {4, 3, 1, 1, 5}, none[] = {KN_NONE, KN_NONE, KN_NONE, KN_NONE, KN_NONE},
                       mode[] = {1, 0, 0, 0, 2};
  static const double quantity[] = {900, 200, 150, 220, 300}, ratio[] = {1, 1, 1, 1, 1}, km[] = {0, 123.456, 17, 17, 0};
  static const uint8_t level[] = {KN_MUNICIPALITY, KN_WORLD, KN_REGION, KN_REGION, KN_REGION};
  static const double eur[] = {48600, 42000, 6900, 4500, 3600}, co2[] = {180000, 22000, 1500, -300, 0};
  static const uint8_t verify[] = {1, 0, 0, 0, 0}, estimate[] = {1, 0, 0, 0, 1};
  static const int32_t case_of[] = {1, 0, 2, 0, 3};
  static const int32_t unit[] = {0, 1}, site[] = {1, 0};
  static const uint8_t open[] = {1, 0};
  static const double activity[] = {200, 0}, capacity[] = {220, 50}, unit_dual[] = {0, 0}, unit_eur[] = {-16600, 0},
                      unit_co2[] = {-2000, 0}, annuity[] = {6900, 0};
  static const double used[] = {370, 900, 300}, dual[] = {12.5, 0, 0}, met[] = {150, 900, 300}, need_dual[] = {4, 54, 12},
                      gate[] = {200}, gate_dual[] = {0};
  static const kn_place anchor[] = {{KN_END_UNIT, 0, 1}, {KN_END_NEED, 1, 2}, {KN_END_NEED, 0, 1}, {KN_END_NEED, 2, KN_NONE}};
  static const int32_t tie_count[] = {2, 1, 1, 1};
  static const double case_eur[] = {29900, 48600, 6900, 3600}, case_co2[] = {19700, 180000, 1500, 0},
                      case_jobs[] = {0.4, 0, 0, 0};
  kn_report_plan plan = {
      .summary = {.status = KN_PLAN_PROVEN,
                  .value = {89000, 201.2, 0.4, 350},
                  .bound = 89004.4,
                  .gap = 4.9e-5,
                  .pairs_compatible = 12345,
                  .columns = 77,
                  .rounds = 3,
                  .nodes = 5},
      .ties = {5, from, to, resource, none, mode, quantity, quantity, ratio, km, level, eur, co2, verify, estimate, case_of, NULL,
               NULL},
      .units = {2, unit, site, open, activity, capacity, unit_dual, unit_eur, unit_co2, annuity},
      .offers = {3, used, dual},
      .needs = {3, met, need_dual},
      .gateways = {1, gate, gate_dual},
      .cases = {4, anchor, tie_count, case_eur, case_co2, case_jobs},
      .totals = {.eur = {0, 63600, 42000}, .level_eur = {0, 48600, 15000, 0, 0, 42000}},
  };
  return plan;
}

/* The page as text, to free(). */
static inline char *
test_page(const kn_region *region, const kn_report_plan *plan, const char *language)
{
  static const double river[] = {4.8, 51.0, 5.0, 51.01, 5.1, 50.99, 5.4, 51.0};
  static const kn_ground_line ground[] = {{KN_GROUND_WATER, false, "River <&>", 4, river},
                                          {KN_GROUND_RAIL, false, NULL, 4, river}};
  const kn_report_input input = {
      .region = region,
      .plan = plan,
      .language = language,
      .ground_count = 2,
      .ground = ground,
      .ground_credit = "Survey & sons",
      .run = {"17", "2030-01-02 08:00", "9.9", "abcdef", "knoop plan a.gpkg", "{\"gap\": \"<1e-4>\"}"}};
  FILE *out = tmpfile();
  kn_error err = {0};
  assert_non_null(out);
  assert_int_equal(kn_report_write(out, &input, &err), KN_OK);
  const long length = ftell(out);
  assert_true(length > 0);
  char *text = calloc((size_t)length + 1, 1);
  assert_non_null(text);
  rewind(out);
  assert_int_equal(fread(text, 1, (size_t)length, out), length);
  fclose(out);
  assert_int_equal(strlen(text), length); /* no NUL inside */
  return text;
}

/* Numbers in a row of a table: value="..." of <data> after `start`, up to </tr>. */
static inline int
test_values(const char *start, double *value, int most)
{
  const char *end = strstr(start, "</tr>");
  int count = 0;
  for (const char *at = strstr(start, "<data value=\""); at && at < end && count < most; at = strstr(at + 1, "<data value=\""))
    value[count++] = strtod(at + strlen("<data value=\""), NULL);
  return count;
}

#endif
