/* A plan in the file says what the plan in memory says, in keys that people read.
 *
 * By hand: 100 t chips at s1 cost 20 EUR/t to get rid of; n1 at s2 wants 50 t wood (chips are wood) and pays 30; the
 * press u1 would need heat that nobody has; a gateway takes chips at 5 EUR/t. A truck costs 0.1 EUR/t/km. So 50 t go to
 * n1 and 50 t to the gateway. */
#include "store_test.h"

static const test_table tables[] = {
    SETTINGS,
    ACTORS,
    SITES,
    RESOURCES,
    {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,fate_eur|o1,s1,chips,100,20|o2,s1,heat,0,", false},
    {KN_T_NEED, "need_id,resource_id,quantity,site_id,price_eur|n1,wood,50,s2,30|n2,water,5,s2,1", false},
    {KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur|g1,Antwerp,5.5,51,chips,out,5", false},
    {KN_T_SUBSTITUTION, "offered_id,needed_id,ratio|chips,water,2", false},
    {KN_T_MODE, "mode_id,name,class,eur_per_unit_km|truck,Truck,material,0.1|truck,Truck,water,0.1", false},
};

typedef struct wanted {
  const kn_region *region;
  kn_tie_view ties;
  int64_t at;
} wanted;

static const char *
id_of(const kn_region *region, kn_place place)
{
  static const kn_table_id table[] = {KN_T_OFFER, KN_T_NEED, KN_T_UNIT, KN_T_GATEWAY};
  return kn_region_key(region, table[place.kind], place.row);
}

static kn_code
compare_tie(void *arg, const kn_value *v, kn_error *err)
{
  wanted *want = arg;
  const int64_t i = want->at++;
  const kn_tie_view *ties = &want->ties;
  (void)err;
  assert_string_equal(v[0].text, kn_end_name(ties->from[i].kind));
  assert_string_equal(v[1].text, id_of(want->region, ties->from[i]));
  assert_string_equal(v[2].text, kn_end_name(ties->to[i].kind));
  assert_string_equal(v[3].text, id_of(want->region, ties->to[i]));
  assert_string_equal(v[4].text, kn_region_key(want->region, KN_T_RESOURCE, ties->resource[i]));
  if (ties->substitution[i] == KN_NONE)
    assert_true(v[5].is_blank);
  else
    assert_string_equal(v[5].text, "chips -> water");
  assert_string_equal(v[6].text, "truck");
  assert_near(v[7].real, ties->quantity[i], 0);
  assert_near(v[8].real, ties->ratio[i], 0);
  assert_near(v[9].real, ties->km[i], 0);
  assert_near(v[10].real, ties->eur[i], 0);
  assert_near(v[11].real, ties->co2_kg[i], 0);
  assert_near(v[12].real, ties->case_of[i] + 1, 0);
  assert_string_equal(v[13].text, kn_level_name(ties->level[i]));
  return KN_OK;
}

static void
plan_comes_back(void **state)
{
  test_files *files = *state;
  kn_error err = {0};
  test_new_file(files->path, tables, sizeof tables / sizeof *tables);
  kn_store *store = test_open(files->path, true);
  test_built built = test_load(store);
  kn_plan *plan;
  assert_ok(kn_plan_make(&plan, built.region, &KN_PLAN_DEFAULTS, NULL, &err), err);
  wanted want = {.region = built.region, .ties = kn_plan_ties(plan)};
  assert_true(want.ties.n >= 2);
  const kn_run run = {
      .command = "plan", .settings = "{}", .input_digest = "x", .started = "2026-11-24", .status = "proven", .summary = "{}"};
  int64_t first, second;
  assert_ok(kn_store_save_plan(store, built.region, plan, &run, &first, &err), err);
  assert_ok(kn_store_save_plan(store, built.region, plan, &run, &second, &err), err);
  const char *const columns[] = {"from_kind", "from_id", "to_kind", "to_id", "resource_id", "substitution", "mode_id",
                                 "quantity",  "ratio",   "km",      "eur",   "co2_kg",      "case_id",      "level"};
  const kn_store_query query = {.table = "tie", .column_count = 14, .columns = columns, .run_id = second};
  assert_ok(kn_store_read(store, &query, compare_tie, &want, &err), err);
  assert_int_equal(want.at, want.ties.n);
  /* Offers that are not used and worth nothing have no row. */
  const kn_plan_end_view offers = kn_plan_offers(plan);
  assert_int_equal(test_number(store, "SELECT count(*) FROM plan_offer WHERE run_id = 2"), 1 + (offers.dual[1] != 0));
  assert_near((double)test_number(store, "SELECT used FROM plan_offer WHERE run_id = 2 AND offer_id = 'o1'"), offers.used[0], 1);
  assert_int_equal(test_number(store, "SELECT count(*) FROM knot WHERE run_id = 2"), kn_plan_cases(plan).n);
  assert_int_equal(test_number(store, "SELECT sum(tie_count) FROM knot WHERE run_id = 1"), want.ties.n);
  /* s1 lies at (5.5, 50.9), the gateway at (5.5, 51): a line of 81 bytes. */
  assert_int_equal(test_number(store, "SELECT count(*) FROM tie WHERE run_id = 2 AND to_id = 'g1' AND length(geom) = 81 AND "
                                      "ST_MaxY(geom) = 51 AND ST_MinY(geom) = 50.9"),
                   1);
  /* Who removes a run in another program removes what belongs to it. */
  assert_ok(kn_sql_run(store, "PRAGMA foreign_keys = ON; DELETE FROM run WHERE run_id = 1", &err), err);
  assert_int_equal(test_number(store, "SELECT count(*) FROM tie WHERE run_id = 1"), 0);
  assert_int_equal(test_number(store, "SELECT count(*) FROM tie"), want.ties.n);
  assert_int_equal(test_defects(store), 0);
  kn_plan_free(plan);
  test_done(&built);
  kn_store_close(store);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {STORE_TEST(plan_comes_back)};
  return cmocka_run_group_tests_name("store: a plan", tests, NULL, NULL);
}
