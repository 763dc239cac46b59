/* The builder: what it takes, what it refuses and how it says so. Each refusal of the package contract is seen once
 * with its file, line, column and value; the rows around it stay fine. */
#include "region_test.h"

/* One offer of 100 t chips; by hand. */
static void
small_region_is_built(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  assert_non_null(built.region);
  const kn_offer_view offers = kn_region_offers(built.region);
  const kn_resource_view resources = kn_region_resources(built.region);
  assert_int_equal(offers.n, 1);
  assert_string_equal(offers.offer_id[0], "o1");
  assert_int_equal(offers.site[0], 0);
  assert_int_equal(offers.resource[0], 1);
  assert_near(offers.quantity[0], 100, 0);
  assert_near(offers.share[0], 1, 0);
  assert_near(offers.fate_eur[0], 0, 0);
  assert_true(isnan(offers.rel_sd[0]));
  assert_true(kn_resource_is_a(&resources, 1, 0));
  assert_false(kn_resource_is_a(&resources, 0, 1));
  assert_near(resources.t_per_unit[0], 1, 0);
  assert_near(resources.t_per_unit[2], 0, 0);
  assert_int_equal(kn_region_settings(built.region).plan_year, 2030);
  assert_near(kn_region_settings(built.region).fte_h, 1600, 0);
  assert_int_equal(kn_region_find(built.region, KN_T_SITE, "s2"), 1);
  assert_int_equal(kn_region_find(built.region, KN_T_SITE, "s3"), KN_NONE);
  assert_string_equal(kn_region_key(built.region, KN_T_SITE, 1), "s2");
  assert_string_equal(kn_region_key(built.region, KN_T_SITE, KN_NONE), "");
  assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 0);
  test_done(&built);
}

/* ---------------------------------------------------------------- one refusal each */
typedef struct refusal {
  test_table table;
  const char *rule, *row, *column, *value;
  int64_t line, column_no;
} refusal;

#define OFFER(rows)                                                                                                              \
  {                                                                                                                              \
    KN_T_OFFER, "offer_id,site_id,resource_id,quantity,fate,from,fate_eur,unit|" rows, false                                     \
  }
#define RESOURCE(rows)                                                                                                           \
  {                                                                                                                              \
    KN_T_RESOURCE, "resource_id,class,name,parent_id,virgin_share,hazardous|" rows, false                                        \
  }

static const refusal refusals[] = {
    {OFFER("x,s1,chips,1|x2,s1,chips,-5"), "out_of_bounds", "x2", "quantity", "-5", 3, 4},
    {OFFER("x,s1,chips,nan"), "not_a_number", "x", "quantity", "nan", 2, 4},
    {OFFER("x,s1,chips,1e999"), "not_a_number", "x", "quantity", "1e999", 2, 4},
    {OFFER("x,s1,chips,12 t"), "not_a_number", "x", "quantity", "12 t", 2, 4},
    {OFFER("x,s1,chips,"), "missing_value", "x", "quantity", NULL, 2, 4},
    {OFFER(",s1,chips,1"), "missing_value", "row 2", "offer_id", NULL, 2, 1},
    {OFFER("x,s1,chips,1|x,s1,chips,2"), "doubled_key", "x", "offer_id", "x", 3, 1},
    {OFFER("x,s9,chips,1"), "unknown_key", "x", "site_id", "s9", 2, 2},
    {OFFER("x,s1,chipz,1"), "unknown_key", "x", "resource_id", "chipz", 2, 3},
    {OFFER("x,s1,chips,1,burnt"), "unknown_word", "x", "fate", "burnt", 2, 5},
    {OFFER("x,s1,chips,1,,31/12/2030"), "not_a_date", "x", "from", "31/12/2030", 2, 6},
    {OFFER("x,s1,chips,1,,2030-02-30"), "not_a_date", "x", "from", "2030-02-30", 2, 6},
    {OFFER("x,s1,chips,1,,,,MWh"), "unit", "x", "unit", "MWh", 2, 8},
    {OFFER("x,s1,chips,1,,,,furlongs of joy"), "unit", "x", "unit", "furlongs of joy", 2, 8},
    {OFFER("x,s1,ch\xffps,1"), "not_utf8", "x", "resource_id", "ch?ps", 2, 3},
    {RESOURCE("r,material,R,,1.5"), "out_of_bounds", "r", "virgin_share", "1.5", 2, 5},
    {RESOURCE("r,material,R,,-0.1"), "out_of_bounds", "r", "virgin_share", "-0.1", 2, 5},
    {RESOURCE("r,material,R,,,2"), "out_of_bounds", "r", "hazardous", "2", 2, 6},
    {RESOURCE("r,material,R,,,0.5"), "not_a_number", "r", "hazardous", "0.5", 2, 6},
    {RESOURCE("r,stuff,R"), "unknown_word", "r", "class", "stuff", 2, 2},
    {RESOURCE("r,material,"), "missing_value", "r", "name", NULL, 2, 3},
    {RESOURCE("r,material,R,r"), "cycle", "r", "parent_id", "r", 2, 4},
    {RESOURCE("p,material,P,q|q,material,Q,r|r,material,R,q"), "cycle", "q", "parent_id", "r", 3, 4},
    {{KN_T_SITE, "site_id,actor_id,name,lon,lat|z,a1,Z,180.5,0", false}, "out_of_bounds", "z", "lon", "180.5", 2, 4},
    {{KN_T_SITE, "site_id,actor_id,name,lon,lat|z,a1,Z,0,-90.5", false}, "out_of_bounds", "z", "lat", "-90.5", 2, 5},
    {{KN_T_SUBSTITUTION, "offered_id,needed_id,ratio|chips,wood,0", false}, "out_of_bounds", "row 1", "ratio", "0", 2, 3},
    {{KN_T_SUBSTITUTION, "offered_id,needed_id,ratio,max_share|chips,wood,1,2", false},
     "out_of_bounds",
     "row 1",
     "max_share",
     "2",
     2,
     4},
    {{KN_T_PROCESS, "process_id,name,lifetime_yr|p,P,0", false}, "out_of_bounds", "p", "lifetime_yr", "0", 2, 3},
    {{KN_T_PROCESS, "process_id,name,min_load|p,P,1.1", false}, "out_of_bounds", "p", "min_load", "1.1", 2, 3},
    {{KN_T_PROCESS_FLOW, "process_id,resource_id,quantity|p0,wood,0", false}, "out_of_bounds", "row 1", "quantity", "0", 2, 3},
    {{KN_T_UNIT, "unit_id,process_id,capacity|u,p0,-1", false}, "out_of_bounds", "u", "capacity", "-1", 2, 3},
    {{KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur,capacity|g,G,5,51,wood,in,1,-1", false},
     "out_of_bounds",
     "g",
     "capacity",
     "-1",
     2,
     8},
    {{KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur|g,G,5,51,wood,inn,1", false},
     "unknown_word",
     "g",
     "direction",
     "inn",
     2,
     6},
    {{KN_T_MODE, "mode_id,name,class,circuity|m,M,material,0", false}, "out_of_bounds", "m, material", "circuity", "0", 2, 4},
    {{KN_T_MODE, "mode_id,name,class|m,M,material|m,M,energy|m,M,material", false},
     "doubled_key",
     "m, material",
     "mode_id",
     "m, material",
     4,
     1},
    {{KN_T_OFFER_PROPERTY, "offer_id,property,value|o1,purity,1|o1,purity,2", false},
     "doubled_key",
     "o1, purity",
     "offer_id",
     "o1, purity",
     3,
     1},
    {{KN_T_NEED_SPEC, "need_id,property,min|n9,purity,1", false}, "unknown_key", "n9, purity", "need_id", "n9", 2, 1},
    {{KN_T_FLOW, "flow_id,from_id,to_id,resource_id,year,quantity|f,s1,nowhere,wood,2020,1", false},
     "unknown_key",
     "f",
     "to_id",
     "nowhere",
     2,
     3},
    {{KN_T_FLOW, "flow_id,from_id,to_id,resource_id,year,quantity|f,s1,s2,wood,2020,-1", false},
     "out_of_bounds",
     "f",
     "quantity",
     "-1",
     2,
     6},
    {{KN_T_INCENTIVE, "incentive_id,name,target,eur|i,I,resource:woof,1", false},
     "unknown_key",
     "i",
     "target",
     "resource:woof",
     2,
     3},
    {{KN_T_INCENTIVE, "incentive_id,name,target,eur|i,I,woof,1", false}, "target", "i", "target", "woof", 2, 3},
    {{KN_T_INCENTIVE, "incentive_id,name,target,eur|i,I,r_strategy:R11,1", false},
     "target",
     "i",
     "target",
     "r_strategy:R11",
     2,
     3},
    {{KN_T_SETTINGS, "key,value|plan_year,soon", false}, "setting", "plan_year", "value", "soon", 2, 2},
    {{KN_T_SETTINGS, "key,value|discount_rate,-1", false}, "setting", "discount_rate", "value", "-1", 2, 2},
    {{KN_T_SETTINGS, "key,value|languages,Dutch", false}, "setting", "languages", "value", "Dutch", 2, 2},
    {{KN_T_SETTINGS, "key,value|perspective,mine", false}, "setting", "perspective", "value", "mine", 2, 2},
};

static void
check_refusal(const refusal *r)
{
  test_built built = test_start();
  static const test_table around[] = {SETTINGS, ACTORS, SITES, RESOURCES, OFFERS, {KN_T_PROCESS, "process_id,name|p0,P", false}};
  for (size_t i = 0; i < sizeof around / sizeof *around; i++)
    test_add_text(built.builder, around[i].table, "around.csv", around[i].csv);
  test_add_text(built.builder, r->table.table, "bad.csv", r->table.csv);
  assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_E_INPUT);
  assert_null(built.region);
  if (kn_findings_count(built.findings, KN_ERROR) != 1)
    test_show(built.findings);
  assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 1);
  const kn_finding *f = kn_findings_get(built.findings, 0);
  assert_string_equal(f->rule, r->rule);
  assert_string_equal(f->file, "bad.csv");
  assert_int_equal(f->line, r->line);
  assert_int_equal(f->column_no, r->column_no);
  assert_string_equal(f->table, kn_schema(r->table.table)->name);
  assert_string_equal(f->row, r->row);
  assert_string_equal(f->column, r->column);
  if (r->value == NULL)
    assert_null(f->value);
  else
    assert_string_equal(f->value, r->value);
  assert_non_null(f->sentence);
  test_done(&built);
}

static void
each_refusal_names_its_place(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
    check_refusal(&refusals[i]);
}

/* A field of 64 KiB is taken, one byte more is not. */
static void
long_fields_are_refused(void **state)
{
  (void)state;
  char *text = malloc(65538);
  memset(text, 'x', 65537);
  for (int32_t length = 65536; length <= 65537; length++) {
    test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES);
    test_done(&built);
    built = test_start();
    kn_builder *b = built.builder;
    static const char *const names[] = {"actor_id", "name"};
    assert_int_equal(kn_builder_batch(b, KN_T_ACTOR, "actor.csv", 2, names, 0, &built.err), KN_OK);
    const kn_cell cells[] = {{"a1", 2, 1}, {text, length, 2}};
    assert_int_equal(kn_builder_row(b, 2, cells, '.', &built.err), KN_OK);
    assert_int_equal(kn_findings_count(built.findings, KN_ERROR), length - 65536);
    test_done(&built);
  }
  free(text);
}

/* ---------------------------------------------------------------- whole tables */
static void
missing_tables_are_named(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(SETTINGS, ACTORS, RESOURCES, OFFERS);
  assert_null(built.region);
  /* The site table is missing; that the offer's site is unknown would only be a consequence. */
  assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 1);
  assert_string_equal(test_find(built.findings, "missing_table")->table, "site");
  test_done(&built);
  built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES);
  assert_null(built.region);
  assert_string_equal(test_find(built.findings, "missing_table")->table, "offer");
  test_done(&built);
}

static void
missing_and_doubled_columns_stop_their_table_only(void **state)
{
  (void)state;
  test_built built =
      TEST_BUILD(SETTINGS, ACTORS, {KN_T_SITE, "site_id,actor_id,name,lon,latt|s1,a1,Hall,5,51", false}, RESOURCES, OFFERS);
  assert_null(built.region);
  assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 1);
  const kn_finding *f = test_find(built.findings, "missing_column");
  assert_string_equal(f->column, "lat");
  assert_string_equal(f->proposal, "rename column latt");
  test_done(&built);
  built = TEST_BUILD(SETTINGS, {KN_T_ACTOR, "actor_id,name,name|a1,A,B", false}, SITES, RESOURCES, OFFERS);
  assert_null(built.region);
  assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 1);
  assert_int_equal(test_find(built.findings, "doubled_column")->column_no, 3);
  test_done(&built);
}

static void
bad_rows_do_not_cascade(void **state)
{
  (void)state;
  /* The site has a bad longitude and the resource a bad class; the offers of them are not to blame. */
  test_built built = TEST_BUILD(SETTINGS, ACTORS, {KN_T_SITE, "site_id,actor_id,name,lon,lat|s1,a1,H,x,51", false},
                                {KN_T_RESOURCE, "resource_id,class,name|wood,stuff,Wood", false},
                                {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,unit|o1,s1,wood,1,kg", false});
  assert_null(built.region);
  assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 2);
  test_done(&built);
}

static void
proposals_are_near(void **state)
{
  (void)state;
  test_built built = TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES,
                                {KN_T_OFFER,
                                 "offer_id,site_id,resource_id,quantity,fate,from|x,s1,chps,1.5,landfil,31-12-2030|"
                                 "y,s1,wood,\"1;5\",,|z,s1,wood,12 kg,,",
                                 false});
  assert_null(built.region);
  assert_string_equal(test_find(built.findings, "unknown_key")->proposal, "did you mean chips?");
  assert_string_equal(test_find(built.findings, "unknown_word")->proposal, "did you mean landfill?");
  assert_string_equal(test_find(built.findings, "not_a_date")->proposal, "write 2030-12-31");
  test_done(&built);
}

/* ---------------------------------------------------------------- rows that come again */
static void
import_replaces_rows_in_place(void **state)
{
  (void)state;
  test_built built =
      TEST_BUILD({KN_T_SETTINGS, "key,value|plan_year,2030", true}, {KN_T_ACTOR, "actor_id,name|a1,A|a2,B|a3,C", true},
                 {KN_T_ACTOR, "actor_id,name,note|a2,Bee,new|a4,D,", false});
  assert_non_null(built.region);
  const kn_actor_view actors = kn_region_actors(built.region);
  assert_int_equal(actors.n, 4);
  assert_string_equal(actors.name[1], "Bee");
  assert_string_equal(actors.name[2], "C");
  assert_string_equal(actors.actor_id[3], "a4");
  const uint8_t *is_new = kn_region_new_rows(built.region, KN_T_ACTOR);
  assert_true(!is_new[0] && is_new[1] && !is_new[2] && is_new[3]);
  const kn_table *table = kn_region_table(built.region, KN_T_ACTOR);
  assert_int_equal(table->extra_count, 1);
  assert_string_equal(table->extra_name[0], "note");
  assert_null(table->extra[0][0]);
  assert_string_equal(table->extra[0][1], "new");
  assert_null(table->extra[0][3]);
  test_done(&built);
}

/* The same recipe again: its rows are replaced, those of the other recipe stay. */
static void
recipes_are_replaced_as_a_whole(void **state)
{
  (void)state;
  test_built built = TEST_BUILD({KN_T_SETTINGS, "key,value|plan_year,2030", true},
                                {KN_T_RESOURCE, "resource_id,class,name|w,material,W|c,material,C", true},
                                {KN_T_PROCESS, "process_id,name|p,P|q,Q", true},
                                {KN_T_PROCESS_FLOW, "process_id,resource_id,quantity|p,w,-1|q,w,-2|p,c,1", true},
                                {KN_T_PROCESS_FLOW, "process_id,resource_id,quantity|p,w,-3|p,c,2|p,c,1", false});
  assert_non_null(built.region);
  const kn_process_view processes = kn_region_processes(built.region);
  assert_int_equal(processes.flow_first[1], 3);
  assert_int_equal(processes.flow_first[2], 4);
  assert_near(processes.flow_quantity[0], -3, 0);
  assert_near(processes.flow_quantity[3], -2, 0);
  test_done(&built);
}

/* The store gives typed values, files give text: the same data is the same region. */
static void
typed_rows_equal_text_rows(void **state)
{
  (void)state;
  test_built text =
      TEST_BUILD(SETTINGS, ACTORS, SITES, RESOURCES,
                 {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,fate,from,note|o1,s1,chips,1.5,reuse,2030-03-01,hi", false});
  test_built typed = test_start();
  static const test_table around[] = {SETTINGS, ACTORS, SITES, RESOURCES};
  for (size_t i = 0; i < 4; i++)
    test_add_text(typed.builder, around[i].table, NULL, around[i].csv);
  static const char *const names[] = {"offer_id", "site_id", "resource_id", "quantity", "fate", "from", "note", "rel_sd"};
  const kn_value values[] = {
      {.text = "o1", .length = 2},    {.text = "s1", .length = 2},          {.text = "chips", .length = 5}, {.real = 1.5},
      {.text = "reuse", .length = 5}, {.text = "2030-03-01", .length = 10}, {.text = "hi", .length = 2},    {.is_blank = true}};
  assert_int_equal(kn_builder_batch(typed.builder, KN_T_OFFER, NULL, 8, names, 1, &typed.err), KN_OK);
  assert_int_equal(kn_builder_typed(typed.builder, values, &typed.err), KN_OK);
  assert_int_equal(kn_builder_end(typed.builder, &typed.region, &typed.err), KN_OK);
  char a[65], b[65];
  assert_int_equal(kn_region_digest(text.region, a, &text.err), KN_OK);
  assert_int_equal(kn_region_digest(typed.region, b, &typed.err), KN_OK);
  assert_string_equal(a, b);
  test_done(&text);
  test_done(&typed);
}

static void
typed_rows_are_judged_too(void **state)
{
  (void)state;
  test_built built = TEST_BUILD({KN_T_SETTINGS, "key,value", true}, {KN_T_ACTOR, "actor_id,name|a1,A", true});
  test_done(&built);
  built = test_start();
  static const char *const names[] = {"site_id", "actor_id", "name", "lon", "lat"};
  const kn_value values[] = {
      {.text = "s1", .length = 2}, {.text = "a9", .length = 2}, {.is_blank = true}, {.real = 5}, {.real = 99}};
  assert_int_equal(kn_builder_batch(built.builder, KN_T_SITE, NULL, 5, names, 1, &built.err), KN_OK);
  assert_int_equal(kn_builder_typed(built.builder, values, &built.err), KN_OK);
  assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_E_INPUT);
  assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 3);
  const kn_finding *f = test_find(built.findings, "out_of_bounds");
  assert_null(f->file);
  assert_string_equal(f->row, "s1");
  assert_string_equal(f->value, "99");
  assert_string_equal(test_find(built.findings, "missing_value")->column, "name");
  assert_string_equal(test_find(built.findings, "unknown_key")->value, "a9");
  test_done(&built);
}

/* Only what fits is kept per file, all is counted. */
static void
findings_are_bounded_per_file(void **state)
{
  (void)state;
  test_built built = test_start();
  static const char *const names[] = {"actor_id", "name"};
  assert_int_equal(kn_builder_batch(built.builder, KN_T_ACTOR, "actor.csv", 2, names, 0, &built.err), KN_OK);
  for (int32_t i = 0; i < 200; i++) {
    const kn_cell cells[] = {{"", 0, 1}, {"A", 1, 2}};
    assert_int_equal(kn_builder_row(built.builder, i + 2, cells, '.', &built.err), KN_OK);
  }
  assert_int_equal(kn_findings_kept(built.findings), 50);
  assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 200);
  assert_int_equal(kn_findings_of_file(built.findings, "actor.csv"), 200);
  assert_int_equal(kn_findings_of_file(built.findings, "site.csv"), 0);
  test_done(&built);
}

static const char *
shout(void *arg, const char *msgid)
{
  (void)arg;
  return strcmp(msgid, "%s is blank; every row of %s needs it") == 0 ? "%s FEHLT (%s)" : msgid;
}

static void
sentences_are_translated_when_made(void **state)
{
  (void)state;
  test_built built = test_start();
  kn_findings_translate(built.findings, shout, NULL);
  test_add_text(built.builder, KN_T_ACTOR, "actor.csv", "actor_id,name|a1,");
  assert_string_equal(kn_findings_get(built.findings, 0)->sentence, "name FEHLT (actor)");
  test_done(&built);
}

/* What was refused is blank, the rest is there. */
static void
salvage_keeps_what_is_good(void **state)
{
  (void)state;
  test_built built = test_start();
  static const test_table tables[] = {SETTINGS,
                                      ACTORS,
                                      SITES,
                                      RESOURCES,
                                      {KN_T_OFFER, "offer_id,site_id,resource_id,quantity|o1,s9,wood,-1|o2,s2,wood,3", false}};
  for (size_t i = 0; i < 5; i++)
    test_add_text(built.builder, tables[i].table, NULL, tables[i].csv);
  /* Refused first, then salvaged: nothing is said twice. */
  assert_int_equal(kn_builder_end(built.builder, &built.region, &built.err), KN_E_INPUT);
  assert_int_equal(kn_builder_salvage(built.builder, &built.region, &built.err), KN_OK);
  const kn_offer_view offers = kn_region_offers(built.region);
  assert_int_equal(kn_findings_count(built.findings, KN_ERROR), 2);
  assert_int_equal(offers.site[0], KN_NONE);
  assert_true(isnan(offers.quantity[0]));
  assert_near(offers.quantity[1], 3, 0);
  test_done(&built);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(small_region_is_built),
      cmocka_unit_test(each_refusal_names_its_place),
      cmocka_unit_test(long_fields_are_refused),
      cmocka_unit_test(missing_tables_are_named),
      cmocka_unit_test(missing_and_doubled_columns_stop_their_table_only),
      cmocka_unit_test(bad_rows_do_not_cascade),
      cmocka_unit_test(proposals_are_near),
      cmocka_unit_test(import_replaces_rows_in_place),
      cmocka_unit_test(recipes_are_replaced_as_a_whole),
      cmocka_unit_test(typed_rows_equal_text_rows),
      cmocka_unit_test(typed_rows_are_judged_too),
      cmocka_unit_test(findings_are_bounded_per_file),
      cmocka_unit_test(sentences_are_translated_when_made),
      cmocka_unit_test(salvage_keeps_what_is_good),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
