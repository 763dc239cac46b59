/* A region with rows in every table, areas and a bent link, and a file with it. */
#ifndef STORE_RICH_H
#define STORE_RICH_H

#include "store_test.h"

static inline const uint8_t *
put_ring(uint8_t *out, double x, double y, double side)
{
  const double ring[10] = {x, y, x + side, y, x + side, y + side, x, y + side, x, y};
  out[0] = 5;
  memset(out + 1, 0, 3);
  memcpy(out + 4, ring, sizeof ring);
  return out + 84;
}

/* A square as a polygon (93 bytes) or as a multipolygon of one (102): both must come back as they were. */
static inline size_t
square(uint8_t *out, bool is_multi, double x, double y, double side)
{
  const uint8_t multi[9] = {1, 6, 0, 0, 0, 1, 0, 0, 0}, polygon[9] = {1, 3, 0, 0, 0, 1, 0, 0, 0};
  uint8_t *at = out;
  if (is_multi) {
    memcpy(at, multi, 9);
    at += 9;
  }
  memcpy(at, polygon, 9);
  return (size_t)(put_ring(at + 9, x, y, side) - out);
}

static inline void
add_square(kn_builder *builder, const char *area, bool is_multi, double x, double y, double side)
{
  kn_error err = {0};
  uint8_t wkb[128];
  const size_t length = square(wkb, is_multi, x, y, side);
  assert_ok(kn_builder_area(builder, "area.geojson", 1, area, wkb, length, &err), err);
}

/* From k1 over a point west of it to k2: 57 bytes. */
static inline void
add_bend(kn_builder *builder, const char *link)
{
  const double points[6] = {5.4, 50.9, 5.3, 50.85, 5.5, 50.8};
  uint8_t wkb[57] = {1, 2, 0, 0, 0, 3};
  kn_error err = {0};
  memcpy(wkb + 9, points, sizeof points);
  assert_ok(kn_builder_shape(builder, KN_T_LINK, "link.geojson", 1, link, wkb, sizeof wkb, &err), err);
}

static const test_table rich[] = {
    SETTINGS,
    {KN_T_SOURCE, "source_id,title,year,reliability,kind|q,Survey,2024,2,measured|r,Guess,,,estimate", false},
    {KN_T_AREA,
     "area_id,name,level,parent_id,from,to|genk,Genk,municipality,be,,|be,België,country,,1830-10-04,|"
     "zuid,Genk-Zuid,park,genk,,2040-12-31",
     false},
    {KN_T_ACTOR, "actor_id,name,kind,jobs_fte|a1,Acme,company,12.5", false},
    {KN_T_SITE, "site_id,actor_id,name,lon,lat,area_id,location_quality|s1,a1,Hall,5.5,50.9,genk,surveyed|s2,a1,Yard,5.6,51,,",
     false},
    RESOURCES,
    {KN_T_OFFER,
     "offer_id,site_id,resource_id,quantity,rel_sd,fate,fate_eur,from,to,disclosure,description,source_id,Fid,note,Note|"
     "o1,s1,chips,100,0.1,landfill,-3.25,2025-01-01,2026-12-31,broker,two; words,q,7,a,b|"
     "o2,s2,heat,0.1,,,1e-7,,,,,r,,,",
     false},
    {KN_T_NEED, "need_id,resource_id,quantity,site_id,price_eur|n1,wood,50,s2,30|n2,hall,10,,5", false},
    {KN_T_OFFER_PROPERTY, "offer_id,property,value,unit|o1,moisture,12,", false},
    {KN_T_NEED_SPEC, "need_id,property,min,max|n1,moisture,,20", false},
    {KN_T_SUBSTITUTION, "offered_id,needed_id,ratio,max_share|chips,heat,3.5,0.5", false},
    {KN_T_PROCESS, "process_id,name,r_strategy,lifetime_yr|p1,Press,R8,15", false},
    {KN_T_PROCESS_FLOW, "process_id,resource_id,quantity,per|p1,chips,-1,activity|p1,heat,2,", false},
    {KN_T_UNIT, "unit_id,process_id,capacity,site_id,status|u1,p1,500,,candidate", false},
    {KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur,level|g1,Antwerp,4.4,51.2,wood,in,40,world", false},
    {KN_T_MODE, "mode_id,name,class,eur_per_unit_km,needs_network|truck,Truck,material,0.12,0|truck,Truck,water,0.1,1", false},
    {KN_T_NODE, "node_id,lon,lat|k1,5.4,50.9|k2,5.5,50.8|k3,5.6,50.9", false},
    {KN_T_LINK,
     "link_id,from_id,to_id,kind,km,speed_kmh,oneway,max_t,toll_eur|l1,k1,k2,road,21.5,70,1,44,2.5|l2,k2,k3,water,,,,,|"
     "l3,k3,k3,pipe_heat,0,,0,,",
     false},
    {KN_T_TERMINAL,
     "terminal_id,name,lon,lat,kinds,transfer_eur,hours,capacity,status,capex_eur,lifetime_yr|"
     "t1,Quay,5.55,50.85,road;water,3.5,2,100000,candidate,4e6,30|t2,Yard,5.41,50.9,road;rail,,,,,,",
     false},
    {KN_T_TARIFF, "from_id,to_id,resource_id,class,mode_id,eur,co2_kg,km|s1,g1,wood,,truck,7.5,3,80|site:s1,k1,,energy,drone,0,,",
     false},
    {KN_T_FLOW, "flow_id,from_id,to_id,resource_id,year,quantity|f1,s1,,wood,2024,7|f2,,stock:s1,wood,2024,", false},
    {KN_T_BALANCE_NODE, "node_id,name,layer,balanced,by|s1,,mass;carbon,0,|mill,Mill,,1,class", false},
    {KN_T_TRANSFER, "transfer_id,from_flow,to_flow,value,sd|x1,f1,f2,0.25,0", false},
    {KN_T_FLOW_PROPERTY, "flow_id,property,value,unit,rel_sd|f1,carbon,0.5,t,0.1|f2,carbon,,t,", false},
    {KN_T_STOCK_LEVEL, "stock_level_id,node_id,resource_id,year,quantity,unit|v1,mill,wood,2023,12000,kg", false},
    {KN_T_INCENTIVE, "incentive_id,name,target,eur|i1,Bonus,r_strategy:R8,4", false},
    {KN_T_PRECEDENT, "precedent_id,donor_nace,resource,receiver_nace,year|x1,16.10,bark,35.30,2019", false},
    {KN_T_PERMIT, "site_id,code_low,operation,to|s1,0301,R3,2031-12-31|s1,03,,|s2,170201,D1,", false},
    {KN_T_TOTAL, "total_id,area_id,resource_id,nace,side,year,quantity,rel_sd|t1,genk,wood,16,offer,2024,120,0.1|t2,,,,need,,5,",
     false},
    {KN_T_STOCK,
     "stock_id,name,site_id,area_id,resource_id,driver,lifetime,mean_yr,sd_yr,shape,scale_yr,may_shrink|"
     "k1,Doors,s1,genk,wood,inflow,normal,30,8,,,0|k2,,,,wood,stock,weibull,,,2.2,9.5,",
     false},
    {KN_T_STOCK_YEAR, "stock_id,year,inflow,stock|k1,2020,4,|k1,2021,5,|k2,2020,,90|k2,-3,,80", false},
    {KN_T_STOCK_COHORT, "stock_id,cohort,quantity|k2,1990,7|k1,1990,3", false},
    {KN_T_FLEET,
     "fleet_id,name,site_id,area_id,resource_id,contract_years,loss_at_return,refurbish_yield,most_refurbishments,kg_new,kg_"
     "parts|"
     "f1,Chairs,s1,genk,wood,4,0.04,0.85,2,18,3|f2,,,,wood,1,,,,,",
     false},
    {KN_T_FLEET_YEAR, "fleet_id,year,contracts|f1,2025,500|f1,2026,600", false},
    {KN_T_PRODUCT,
     "product_id,name,site_id,actor_id,resource_id,weight,lifetime_yr,lifetime_average_yr,use_per_year,use_per_year_average|"
     "p1,Chair,s1,,wood,2,18,12,1300,1000|p2,,,a1,,,,,,",
     false},
    {KN_T_PRODUCT_MATERIAL,
     "product_id,material,mass_kg,recycled_in,reused_in,bio_in,to_recycling,to_reuse,to_compost,to_energy,eff_in,eff_out|"
     "p1,steel,3.2,0.35,0,,0.55,0.4,,,0.92,0.9|p1,wood,2.1,,,0.8,,0.5,0.25,0.1,,|p2,steel,1,,,,,,,,,",
     false},
    {KN_T_MATERIAL_ACCOUNT,
     "account_id,area_id,year,material,extraction,imports,exports,recycled_domestic,imported_for_recycling,exported_for_"
     "recycling|"
     "m1,genk,2023,biomass,820,310,240,95,12,21|m2,,2023,fossil,0,,,,,",
     false},
    {KN_T_TREATMENT_ACCOUNT,
     "account_id,area_id,year,waste,recycled,backfilled,energy_recovery,incinerated,landfilled,imported_for_recycling,"
     "exported_for_recycling,is_major_mineral|"
     "w1,genk,2023,mineral,700,260,0,0,110,15,2,1|w2,,2023,wood,60,,80,0,1,,,",
     false},
    {KN_T_PROFILE, "profile_id,name|sun,Solar|shift,", false},
    {KN_T_PROFILE_HOUR, "profile_id,month,day_type,hour,load|sun,1,,12,2.5|sun,,,,1|shift,,sunday,,0|shift,12,workday,0,1e-3",
     false},
    {KN_T_TRIAL,
     "trial_id,kind,offer_id,need_id,from_site_id,to_site_id,resource_id,precedent_id,told,outcome,date,reason|"
     "y1,heat,gone,n9,s1,s2,wood,,0.37,feasible,2026-03-01,Runs|y2,receiver,,,,,,x1,,infeasible,,",
     false},
};
enum { RICH = sizeof rich / sizeof *rich };

static inline test_built
build_rich(void)
{
  test_built built = test_start();
  for (size_t i = 0; i < RICH; i++)
    test_add_text(built.builder, rich[i].table, test_file(rich[i].table), rich[i].csv);
  add_square(built.builder, "genk", false, 5.4, 50.8, 0.3);
  add_square(built.builder, "be", true, 2, 49, 4);
  add_bend(built.builder, "l1");
  if (kn_builder_end(built.builder, &built.region, &built.err) != KN_OK)
    test_show(built.findings);
  assert_non_null(built.region);
  return built;
}

static inline void
new_rich_file(const char *path, char digest[65])
{
  kn_error err = {0};
  test_built built = build_rich();
  kn_store *store;
  assert_ok(kn_region_digest(built.region, digest, &err), err);
  assert_ok(kn_store_create(&store, path, &KN_STORE_WRITE, &err), err);
  int64_t revision;
  assert_ok(kn_store_save_region(store, built.region, &(kn_change){.what = "new", .source = "rich"}, &revision, &err), err);
  assert_int_equal(revision, 1);
  assert_ok(kn_store_publish(store, &err), err);
  kn_store_close(store);
  test_done(&built);
}

#endif
