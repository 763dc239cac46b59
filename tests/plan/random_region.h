/* Regions drawn from a seed, for tests of match and plan: a tree of materials, specs, windows, substitutions, needs without
 * a site, units, gateways with and without limit, modes with and without an end. The same seed gives the same region. */
#ifndef RANDOM_REGION_H
#define RANDOM_REGION_H

#include "../region/region_test.h"

typedef struct random_wish {
  uint32_t seed;
  int32_t offers, needs, units, candidates;
  bool is_tied; /* few different quantities, prices and places, so that many pairs are worth the same */
  bool has_incentives;
  bool is_lossy;    /* modes lose on the way */
  bool has_network; /* a canal past all sites, and terminals at some of them: it pays to change */
  bool is_exchange; /* ratios that agree along every path: without units nothing but an exchange */
} random_wish;

typedef struct random_text {
  char text[1 << 16];
  size_t length;
} random_text;

static inline uint32_t
random_draw(uint32_t *seed, uint32_t below)
{
  *seed = *seed * 1664525u + 1013904223u;
  return (*seed >> 8) % below;
}

static inline void __attribute__((format(printf, 2, 3))) random_add(random_text *out, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  const int wrote = vsnprintf(out->text + out->length, sizeof out->text - out->length, format, args);
  va_end(args);
  assert_true(wrote >= 0 && (size_t)wrote < sizeof out->text - out->length);
  out->length += (size_t)wrote;
}

static inline void
random_begin(random_text *out, const char *header)
{
  out->length = 0;
  random_add(out, "%s", header);
}

/* Three in four stay blank; the others are open on one side or on none. */
static inline const char *
random_window(uint32_t *seed)
{
  static const char *const windows[] = {"2030-01-01,2030-06-30", "2030-07-01,2030-12-31", "2030-04-01,", ",2030-03-31"};
  const uint32_t at = random_draw(seed, 16);
  return at < 4 ? windows[at] : ",";
}

static inline void
random_flush(kn_builder *builder, kn_table_id table, const random_text *text)
{
  test_add_text(builder, table, test_file(table), text->text);
}

static const char *const random_resources[] = {"wood", "chips", "fine", "stone", "heat", "ash"};
enum { RANDOM_RESOURCES = 6 };

static inline void
random_ends(kn_builder *builder, const random_wish *wish, uint32_t *s, random_text *text)
{
  const uint32_t prices = wish->is_tied ? 2 : 80, sizes = wish->is_tied ? 2 : 900;
  random_begin(text, "offer_id,site_id,resource_id,quantity,fate_eur,fate_co2_kg,from,to");
  for (int32_t i = 0; i < wish->offers; i++) {
    const char *resource = random_resources[random_draw(s, RANDOM_RESOURCES)];
    const uint32_t site = random_draw(s, 12), size = random_draw(s, sizes), fate = random_draw(s, prices);
    const uint32_t co2 = random_draw(s, 50);
    random_add(text, "|o%d,s%u,%s,%u,%d,%u,%s", i, site, resource, random_draw(s, 20) == 0 ? 0 : size + 1, (int)fate - 10, co2,
               random_window(s));
  }
  random_flush(builder, KN_T_OFFER, text);
  random_begin(text, "need_id,site_id,resource_id,quantity,price_eur,market_co2_kg,from,to");
  for (int32_t j = 0; j < wish->needs; j++) {
    const char *resource = random_resources[random_draw(s, RANDOM_RESOURCES)];
    char site[16];
    snprintf(site, sizeof site, "s%u", random_draw(s, 12));
    const uint32_t size = random_draw(s, sizes), price = random_draw(s, prices) + (wish->is_tied ? 40 : 0),
                   co2 = random_draw(s, 90);
    const bool is_anywhere = random_draw(s, 6) == 0;
    random_add(text, "|n%d,%s,%s,%u,%u,%u,%s", j, is_anywhere ? "" : site, resource, size + 1, price, co2, random_window(s));
  }
  random_flush(builder, KN_T_NEED, text);
  random_begin(text, "offer_id,property,value");
  for (int32_t i = 0; i < wish->offers; i += 2)
    random_add(text, "|o%d,purity,%u", i, random_draw(s, 10));
  random_flush(builder, KN_T_OFFER_PROPERTY, text);
  random_begin(text, "need_id,property,min,max");
  for (int32_t j = 0; j < wish->needs; j += 3)
    random_add(text, "|n%d,purity,%u,%s", j, random_draw(s, 8), random_draw(s, 2) == 0 ? "8" : "");
  random_flush(builder, KN_T_NEED_SPEC, text);
}

static inline void
random_plants(kn_builder *builder, const random_wish *wish, uint32_t *s, random_text *text)
{
  test_add_text(builder, KN_T_PROCESS, "process.csv",
                "process_id,name,activity_unit,r_strategy,opex_eur,co2_kg,jobs_fte,capex_eur,capex_fixed_eur,lifetime_yr,min_load"
                "|p0,Chip,t,R3,5,2,0.01,20,2000,10,|p1,Burn,t,R9,3,9,0.02,15,900,15,0.4");
  test_add_text(builder, KN_T_PROCESS_FLOW, "process_flow.csv",
                "process_id,resource_id,quantity,per,residual_eur|p0,wood,-1,,|p0,fine,0.8,,12|p1,chips,-1,,|p1,heat,2,,"
                "|p1,ash,0.1,,30|p1,stone,-0.001,capacity,");
  random_begin(text, "unit_id,process_id,site_id,capacity,status");
  for (int32_t u = 0; u < wish->units + wish->candidates; u++)
    random_add(text, "|u%d,p%u,s%u,%u,%s", u, random_draw(s, 2), random_draw(s, 12), 50 + random_draw(s, 400),
               u < wish->units ? "existing" : "candidate");
  if (wish->units + wish->candidates > 0)
    random_flush(builder, KN_T_UNIT, text);
}

static inline void
random_network(kn_builder *builder, double place[12][2], random_text *text)
{
  random_begin(text, "node_id,lon,lat");
  for (int32_t k = 0; k < 12; k++)
    random_add(text, "|v%d,%g,%g", k, place[k][0], place[k][1]);
  random_flush(builder, KN_T_NODE, text);
  random_begin(text, "link_id,from_id,to_id,kind");
  for (int32_t k = 0; k < 11; k++)
    random_add(text, "|l%d,v%d,v%d,water", k, k, k + 1);
  random_flush(builder, KN_T_LINK, text);
  random_begin(text, "terminal_id,name,lon,lat,kinds,transfer_eur");
  for (int32_t k = 0; k < 12; k += 2)
    random_add(text, "|t%d,Quay,%g,%g,road;water,0.5", k, place[k][0], place[k][1]);
  random_flush(builder, KN_T_TERMINAL, text);
}

static inline test_built
random_region(const random_wish *wish)
{
  uint32_t seed = wish->seed * 2654435761u + 17, *s = &seed;
  random_text *text = calloc(1, sizeof *text);
  assert_non_null(text);
  test_built built = test_start();
  kn_builder *builder = built.builder;
  random_begin(text, "key,value|name,Random|currency,EUR|plan_year,2030");
  random_add(text, "|co2_eur_per_t,%u", random_draw(s, 2) * 80);
  random_flush(builder, KN_T_SETTINGS, text);
  test_add_text(builder, KN_T_ACTOR, "actor.csv", "actor_id,name|a1,Acme");
  double place[12][2];
  random_begin(text, "site_id,actor_id,name,lon,lat");
  for (int32_t k = 0; k < 12; k++) {
    const double lon = random_draw(s, wish->is_tied ? 3 : 1000), lat = random_draw(s, wish->is_tied ? 2 : 1000);
    place[k][0] = 5 + lon / (wish->is_tied ? 10 : 1000);
    place[k][1] = 50 + lat / (wish->is_tied ? 10 : 1000);
    random_add(text, "|s%d,a1,Site,%g,%g", k, place[k][0], place[k][1]);
  }
  random_flush(builder, KN_T_SITE, text);
  if (wish->has_network)
    random_network(builder, place, text);
  test_add_text(builder, KN_T_RESOURCE, "resource.csv",
                "resource_id,class,name,parent_id,virgin_share|wood,material,Wood,,0.5|chips,material,Chips,wood,|"
                "fine,material,Fine,chips,0.25|stone,material,Stone,,1|heat,energy,Heat,,|ash,material,Ash,,");
  random_begin(text, "offered_id,needed_id,ratio,cost_eur,max_share");
  const uint32_t tenths = 2 + random_draw(s, 7), stone_cost = random_draw(s, 5), chips_cost = random_draw(s, 9);
  random_add(text, "|stone,wood,0.%u,%u,0.5|chips,stone,2,%u,|ash,stone,1.5,1,0.3", wish->is_exchange ? 5 : tenths, stone_cost,
             chips_cost);
  random_flush(builder, KN_T_SUBSTITUTION, text);
  random_ends(builder, wish, s, text);
  random_plants(builder, wish, s, text);
  random_begin(text, "gateway_id,name,lon,lat,resource_id,direction,price_eur,capacity,co2_kg|g0,Port,5.9,50.9,wood,in,70,,30");
  random_add(text, "|g1,Port,5.1,50.2,%s,out,12,300,-5|g2,Port,5.5,50.5,fine,in,40,200,10|g3,Port,5.4,50.4,chips,out,3,,0",
             wish->is_exchange ? "ash" : "stone");
  random_flush(builder, KN_T_GATEWAY, text);
  random_begin(text, "mode_id,name,class,load_eur,eur_per_unit_km,co2_kg_per_unit_km,circuity,loss_per_km,max_km|truck,Truck,"
                     "material,4,0.15,0.1,1.3,,");
  random_add(text,
             "|barge,Barge,material,%g,0.04,0.03,1.5,%s,|cart,Cart,material,1,0.3,0,1.1,%s,%u|pipe,Pipe,energy,2,1,0,1.2,%s,%u",
             wish->has_network ? 0.5 : 9, wish->is_lossy && !wish->has_network ? "0.002" : "", wish->is_lossy ? "0.01" : "",
             10 + random_draw(s, 30), wish->is_lossy ? "0.03" : "", 8 + random_draw(s, 60));
  random_flush(builder, KN_T_MODE, text);
  if (wish->has_incentives)
    test_add_text(
        builder, KN_T_INCENTIVE, "incentive.csv",
        "incentive_id,name,target,eur,budget_eur|i0,Wood,resource:wood,6,800|i1,Chip,process:p0,4,|i2,First,need:n0,9,500");
  assert_int_equal(kn_builder_end(builder, &built.region, &built.err), KN_OK);
  free(text);
  return built;
}

#endif
