/* Nodes, links, terminals and tariffs: what the views hold, what is refused, which links a mode runs on.
 * Numbers by hand: a degree along a meridian of a sphere of 6371.0088 km is 111.19508 km. */
#include "region_test.h"

#define DEGREE (6371.0088 * 3.14159265358979323846 / 180)
#define NODES                                                                                                                    \
  {                                                                                                                              \
    KN_T_NODE, "node_id,lon,lat|a,5,50|b,5,51|c,5,53", false                                                                     \
  }
#define TERMINALS                                                                                                                \
  {                                                                                                                              \
    KN_T_TERMINAL, "terminal_id,name,lon,lat,kinds,capacity|quay,Quay,5,51,road; water,|yard,Yard,5,50,rail,9", false            \
  }

static void
links_have_lengths(void **state)
{
  (void)state;
  test_built built = test_start();
  const test_table tables[] = {SETTINGS,
                               ACTORS,
                               SITES,
                               RESOURCES,
                               OFFERS,
                               NODES,
                               TERMINALS,
                               {KN_T_LINK,
                                "link_id,from_id,to_id,kind,km,oneway,max_t|l1,a,b,road,150,1,20|l2,b,c,water,,,|"
                                "l3,a,b,rail,,0,|l4,c,c,cycle,,,",
                                false}};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    test_add_text(built.builder, tables[i].table, test_file(tables[i].table), tables[i].csv);
  /* Up and down again: 1 + 2 + 2 degrees; big endian, with heights. */
  const double points[9] = {5, 50, 7, 5, 52, 7, 5, 51, 7};
  uint8_t wkb[9 + sizeof points] = {0, 0, 0, 0x03, 0xea, 0, 0, 0, 3}; /* type 1002 */
  for (size_t i = 0; i < 9; i++)
    for (size_t k = 0; k < 8; k++)
      wkb[9 + 8 * i + k] = ((const uint8_t *)&points[i])[7 - k];
  assert_int_equal(kn_builder_shape(built.builder, KN_T_LINK, "link.geojson", 1, "l3", wkb, sizeof wkb, &built.err), KN_OK);
  assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
  const kn_link_view links = kn_region_links(built.region);
  assert_int_equal(links.n, 4);
  assert_true(links.km[0] == 150 && links.oneway[0] == 1 && links.max_t[0] == 20);
  assert_near(links.km[1], 2 * DEGREE, 1e-9);
  assert_near(links.km[2], 3 * DEGREE, 1e-9);
  assert_true(links.km[3] == 0 && links.toll_eur[3] == 0 && isinf(links.max_t[3]) && isnan(links.speed_kmh[3]));
  assert_int_equal(links.kind[1], KN_ON_WATER);
  const uint8_t *line;
  size_t length;
  double lon, lat;
  assert_true(kn_region_wkb(built.region, KN_T_LINK, 2, &line, &length));
  assert_int_equal(length, 9 + 3 * 16);
  assert_int_equal(kn_line_points(line), 3);
  kn_line_point(line, 1, &lon, &lat);
  assert_true(lon == 5 && lat == 52);
  const kn_terminal_view terminals = kn_region_terminals(built.region);
  assert_int_equal(terminals.kinds[0], 1u << KN_ON_ROAD | 1u << KN_ON_WATER);
  assert_true(isinf(terminals.capacity[0]) && terminals.capacity[1] == 9 && terminals.status[1] == KN_EXISTING);
  test_done(&built);
}

/* Geometry that is no line of at least two points in the world is refused, with its place. */
static void
bad_lines_are_refused(void **state)
{
  (void)state;
  for (int k = 0; k < 6; k++) {
    test_built built = test_start();
    const test_table tables[] = {
        SETTINGS, ACTORS, SITES, RESOURCES, OFFERS, NODES, {KN_T_LINK, "link_id,from_id,to_id,kind|l1,a,b,road", false}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
      test_add_text(built.builder, tables[i].table, test_file(tables[i].table), tables[i].csv);
    double points[4] = {5, 50, 5, 51};
    uint8_t wkb[41] = {1, 2, 0, 0, 0, 2};
    points[3] = k == 0 ? 91 : k == 1 ? (double)NAN : 51;
    memcpy(wkb + 9, points, sizeof points);
    wkb[5] = k == 2 ? 3 : k == 3 ? 1 : 2; /* more points than there are, fewer than two */
    wkb[1] = k == 4 ? 3 : 2;              /* a polygon */
    assert_int_equal(kn_builder_shape(built.builder, KN_T_LINK, "link.geojson", 7, "l1", wkb, k == 3 ? 25 : 41, &built.err),
                     KN_OK);
    assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), k == 5 ? KN_OK : KN_E_INPUT);
    if (k < 5) {
      assert_non_null(test_find(built.findings, "geometry"));
      assert_int_equal(test_find(built.findings, "geometry")->line, 7);
    }
    test_done(&built);
  }
}

static void
drawn_elsewhere_is_told(void **state)
{
  (void)state;
  for (int k = 0; k < 2; k++) {
    test_built built = test_start();
    const test_table tables[] = {
        SETTINGS, ACTORS, SITES, RESOURCES, OFFERS, NODES, {KN_T_LINK, "link_id,from_id,to_id,kind|l1,a,b,road", false}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
      test_add_text(built.builder, tables[i].table, test_file(tables[i].table), tables[i].csv);
    const double points[4] = {5, 50, 5, k == 0 ? 51.0005 : 51.002}; /* 56 m and 222 m beyond b */
    uint8_t wkb[41] = {1, 2, 0, 0, 0, 2};
    memcpy(wkb + 9, points, sizeof points);
    assert_int_equal(kn_builder_shape(built.builder, KN_T_LINK, "link.geojson", 7, "l1", wkb, 41, &built.err), KN_OK);
    assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
    assert_int_equal(kn_region_check(built.region, built.findings, &built.err), KN_OK);
    assert_int_equal(test_count(built.findings, "link_geometry"), k);
    test_done(&built);
  }
}

/* ---------------------------------------------------------------- tariffs */
#define TARIFF(rows)                                                                                                             \
  {                                                                                                                              \
    KN_T_TARIFF, "from_id,to_id,resource_id,class,mode_id,eur,km|" rows, false                                                   \
  }

static void
tariffs_know_their_ends(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES, OFFERS, NODES, TERMINALS,
                                TARIFF("s1,quay,wood,,drone,2.5,|node:a, s2 ,,energy,truck,0,8"));
  if (built.region == NULL)
    test_show(built.findings);
  assert_non_null(built.region);
  const kn_tariff_view tariffs = kn_region_tariffs(built.region);
  assert_int_equal(tariffs.n, 2);
  assert_int_equal(tariffs.from_kind[0], KN_AT_SITE);
  assert_int_equal(tariffs.from[0], kn_region_find(built.region, KN_T_SITE, "s1"));
  assert_int_equal(tariffs.to_kind[0], KN_AT_TERMINAL);
  assert_int_equal(tariffs.to[0], 0);
  assert_int_equal(tariffs.from_kind[1], KN_AT_NODE);
  assert_int_equal(tariffs.to[1], kn_region_find(built.region, KN_T_SITE, "s2"));
  assert_int_equal(tariffs.resource[0], kn_region_find(built.region, KN_T_RESOURCE, "wood"));
  assert_int_equal(tariffs.class_of[0], KN_BLANK_WORD);
  assert_int_equal(tariffs.resource[1], KN_NONE);
  assert_int_equal(tariffs.class_of[1], KN_ENERGY);
  assert_string_equal(tariffs.mode_id[0], "drone");
  assert_true(tariffs.eur[0] == 2.5 && isnan(tariffs.km[0]) && tariffs.km[1] == 8 && tariffs.co2_kg[1] == 0);
  test_done(&built);
}

/* The same ends, load and mode once per file; a later file replaces that row where it stands. */
static void
tariffs_are_replaced(void **state)
{
  (void)state;
  test_built built = test_start();
  const test_table tables[] = {SETTINGS, ACTORS, SITES, RESOURCES, OFFERS};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    test_add_text(built.builder, tables[i].table, NULL, tables[i].csv);
  const char *head = "from_id,to_id,resource_id,class,mode_id,eur|";
  char text[300];
  snprintf(text, sizeof text, "%ss1,s2,wood,,truck,1|s1,s2,,material,truck,2|s2,s1,wood,,truck,3", head);
  test_add_text(built.builder, KN_T_TARIFF, NULL, text);
  snprintf(text, sizeof text, "%ss1,s2,wood,,barge,4|s1,s2,,material,truck,5", head);
  test_add_text(built.builder, KN_T_TARIFF, "tariff.csv", text);
  assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_OK);
  const kn_tariff_view tariffs = kn_region_tariffs(built.region);
  assert_int_equal(tariffs.n, 4);
  const double eur[] = {1, 5, 3, 4};
  for (int i = 0; i < 4; i++)
    assert_true(tariffs.eur[i] == eur[i] && kn_region_new_rows(built.region, KN_T_TARIFF)[i] == (i % 2 == 1));
  test_done(&built);
}

static void
what_cannot_be_is_refused(void **state)
{
  (void)state;
  static const struct {
    test_table table;
    const char *rule, *column;
    int64_t line;
  } cases[] = {
      {TARIFF("s1,nowhere,wood,,truck,1,"), "unknown_key", "to_id", 2},
      {TARIFF("node:s1,s2,wood,,truck,1,"), "unknown_key", "from_id", 2},
      {TARIFF("s1,s2,wood,,truck,1,|s2,s1,wood,material,truck,1,"), "resource_or_class", "resource_id", 3},
      {TARIFF("s1,s2,,,truck,1,"), "resource_or_class", "resource_id", 2},
      {TARIFF("s1,s2,wood,,truck,1,|s1,s2,wood,,truck,2,"), "doubled_key", "from_id", 3},
      {TARIFF("s1,s2,wood,,truck,-1,"), "out_of_bounds", "eur", 2},
      {{KN_T_LINK, "link_id,from_id,to_id,kind|l,a,z,road", false}, "unknown_key", "to_id", 2},
      {{KN_T_LINK, "link_id,from_id,to_id,kind|l,a,b,air", false}, "unknown_word", "kind", 2},
      {{KN_T_LINK, "link_id,from_id,to_id,kind,km|l,a,b,road,-1", false}, "out_of_bounds", "km", 2},
      {{KN_T_LINK, "link_id,from_id,to_id,kind,speed_kmh|l,a,b,road,0", false}, "out_of_bounds", "speed_kmh", 2},
      {{KN_T_LINK, "link_id,from_id,to_id,kind,toll_eur|l,a,b,road,-2", false}, "out_of_bounds", "toll_eur", 2},
      {{KN_T_TERMINAL, "terminal_id,name,lon,lat,kinds|t,T,5,51,road;air", false}, "unknown_word", "kinds", 2},
      {{KN_T_MODE, "mode_id,name,class,network|m,M,material,roads", false}, "unknown_word", "network", 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES, OFFERS, NODES, cases[i].table);
    assert_null(built.region);
    const kn_finding *found = test_find(built.findings, cases[i].rule);
    if (found == NULL || kn_findings_count(built.findings, KN_ERROR) != 1)
      test_show(built.findings);
    assert_non_null(found);
    assert_string_equal(found->column, cases[i].column);
    assert_int_equal(found->line, cases[i].line);
    assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 1);
    test_done(&built);
  }
}

/* ---------------------------------------------------------------- modes */
static void
modes_run_on_links(void **state)
{
  (void)state;
  enum { ROAD = 1 << KN_ON_ROAD, RAIL = 1 << KN_ON_RAIL, WATER = 1 << KN_ON_WATER, CYCLE = 1 << KN_ON_CYCLE };
  enum { TRANSIT = 1 << KN_ON_TRANSIT, HEAT = 1 << KN_ON_PIPE_HEAT, PIPE = 1 << KN_ON_PIPE_WATER, POWER = 1 << KN_ON_POWER };
  static const struct {
    const char *mode_id, *name, *network;
    kn_class class_of;
    uint32_t kinds;
  } cases[] = {
      {"truck", NULL, NULL, KN_MATERIAL, ROAD},
      {"truck-44t", "Truck", NULL, KN_MATERIAL, ROAD},
      {"Barges", "Push barge", NULL, KN_MATERIAL, WATER},
      {"m1", "Trein naar Antwerpen", NULL, KN_MATERIAL, RAIL},
      {"m1", "Fiets", NULL, KN_LABOUR, CYCLE},
      {"light_rail", NULL, NULL, KN_LABOUR, TRANSIT},
      {"bus", "Bus and light rail", NULL, KN_LABOUR, TRANSIT},
      {"heat-pipe", NULL, NULL, KN_ENERGY, HEAT},
      {"grid", "Power grid", NULL, KN_ENERGY, POWER},
      {"grid", "Grid", NULL, KN_KNOWLEDGE, 0},
      {"water-pipe", NULL, NULL, KN_WATER, PIPE},
      {"tanker", "Water tanker", NULL, KN_WATER, ROAD},
      {"online", "Online", NULL, KN_KNOWLEDGE, 0},
      {"cargo", "Business", NULL, KN_MATERIAL, 0},
      {"truck", "Truck", "rail; water", KN_MATERIAL, RAIL | WATER},
      {"road-rail", NULL, "", KN_MATERIAL, ROAD | RAIL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(kn_mode_kinds(cases[i].mode_id, cases[i].name, cases[i].class_of, cases[i].network), cases[i].kinds);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(links_have_lengths),      cmocka_unit_test(bad_lines_are_refused),
      cmocka_unit_test(drawn_elsewhere_is_told), cmocka_unit_test(tariffs_know_their_ends),
      cmocka_unit_test(tariffs_are_replaced),    cmocka_unit_test(what_cannot_be_is_refused),
      cmocka_unit_test(modes_run_on_links),
  };
  return cmocka_run_group_tests_name("region: the transport network", tests, NULL, NULL);
}
