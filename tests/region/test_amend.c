/* Aim: rows taken out of a growing region or changed in one column leave the region that would have come without these rows, or
 * with these cells. Method: two ways to the same region, compared by digest; then what is refused, and how. */
#include "region_test.h"

#define UNITS(rows)                                                                                                              \
  {                                                                                                                              \
    KN_T_UNIT, "unit_id,process_id,capacity,site_id,status,note|" rows, true                                                     \
  }
static const test_table head[] = {
    SETTINGS,
    ACTORS,
    SITES,
    RESOURCES,
    {KN_T_PROCESS, "process_id,name|p,Chipping", true},
    {KN_T_PROCESS_FLOW, "process_id,resource_id,quantity|p,wood,-1|p,chips,1", true},
    OFFERS,
};

static test_built
start(const test_table units)
{
  test_built built = test_start();
  for (size_t i = 0; i < sizeof head / sizeof *head; i++)
    test_add_text(built.builder, head[i].table, NULL, head[i].csv);
  test_add_text(built.builder, units.table, NULL, units.csv);
  return built;
}

static void
end(test_built *built, char digest[65])
{
  assert_int_equal(kn_builder_end(built->builder, &built->region, &built->err), KN_OK);
  assert_int_equal(kn_region_digest(built->region, digest, &built->err), KN_OK);
}

static void
rows_left_out_were_never_there(void **state)
{
  (void)state;
  char digest[2][65];
  test_built less = start((test_table)UNITS("u1,p,10,s1,,a|u2,p,20,s2,,b|u3,p,30,s1,,c|u4,p,40,s2,,d"));
  assert_int_equal(kn_builder_leave_out(less.builder, KN_T_UNIT, "u2", &less.err), KN_OK);
  assert_int_equal(kn_builder_leave_out(less.builder, KN_T_UNIT, "u4", &less.err), KN_OK);
  end(&less, digest[0]);
  test_built without = start((test_table)UNITS("u1,p,10,s1,,a|u3,p,30,s1,,c"));
  end(&without, digest[1]);
  assert_string_equal(digest[0], digest[1]);
  const kn_unit_view units = kn_region_units(less.region);
  assert_int_equal(units.n, 2);
  assert_int_equal(kn_region_find(less.region, KN_T_UNIT, "u3"), 1);
  assert_int_equal(kn_region_find(less.region, KN_T_UNIT, "u2"), KN_NONE);
  assert_near(units.capacity[1], 30, 0);
  test_done(&less);
  test_done(&without);
}

/* A batch after a change finds its rows, and what it does not bring is blank. */
static void
rows_may_follow(void **state)
{
  (void)state;
  char digest[2][65];
  test_built some = start((test_table)UNITS("u1,p,10,s1,,a|u2,p,20,s2,,b|u3,p,30,s1,candidate,c"));
  assert_int_equal(kn_builder_leave_out(some.builder, KN_T_UNIT, "u1", &some.err), KN_OK);
  test_add_text(some.builder, KN_T_UNIT, "unit.csv", "unit_id,process_id,capacity|u3,p,31|u1,p,11");
  end(&some, digest[0]);
  test_built same = start((test_table)UNITS("u2,p,20,s2,,b|u3,p,31,,,|u1,p,11,,,"));
  end(&same, digest[1]);
  assert_string_equal(digest[0], digest[1]);
  test_done(&some);
  test_done(&same);
}

static void
cells_are_read_as_those_of_a_file(void **state)
{
  (void)state;
  char digest[2][65];
  test_built some = start((test_table)UNITS("u1,p,10,s1,candidate,a|u2,p,20,s2,,b"));
  assert_int_equal(kn_builder_change(some.builder, KN_T_UNIT, "u1", "status", "existing", &some.err), KN_OK);
  assert_int_equal(kn_builder_change(some.builder, KN_T_UNIT, "u2", "capacity", "22.5", &some.err), KN_OK);
  assert_int_equal(kn_builder_change(some.builder, KN_T_OFFER, "o1", "description", "from the yard", &some.err), KN_OK);
  assert_int_equal(kn_builder_change(some.builder, KN_T_OFFER, "o1", "from", "2030-01-01", &some.err), KN_OK);
  end(&some, digest[0]);
  test_built same = start((test_table)UNITS("u1,p,10,s1,existing,a|u2,p,22.5,s2,,b"));
  test_add_text(same.builder, KN_T_OFFER, "offer.csv",
                "offer_id,site_id,resource_id,quantity,description,from|o1,s1,chips,100,from the yard,2030-01-01");
  end(&same, digest[1]);
  assert_string_equal(digest[0], digest[1]);
  test_done(&some);
  test_done(&same);
}

/* An actor that is not there: what is at its sites is 0, as if each cell had been changed; that of others stays. */
static void
an_actor_can_be_empty(void **state)
{
  (void)state;
  char digest[2][65];
  test_built both[2];
  for (int k = 0; k < 2; k++) {
    both[k] = start((test_table)UNITS("u1,p,10,s1,,a|u2,p,20,s3,,b|u3,p,30,,candidate,c"));
    test_add_text(both[k].builder, KN_T_ACTOR, NULL, "actor_id,name|a2,Bolt");
    test_add_text(both[k].builder, KN_T_SITE, NULL, "site_id,actor_id,name,lon,lat|s3,a2,Shed,5.5,50.9");
    test_add_text(both[k].builder, KN_T_NEED, NULL,
                  "need_id,site_id,resource_id,quantity|n1,s3,chips,5|n2,s2,chips,7|n3,,chips,9");
  }
  kn_builder *less = both[0].builder, *same = both[1].builder;
  assert_int_equal(kn_builder_empty_actor(less, "a1", &both[0].err), KN_OK);
  assert_int_equal(kn_builder_empty_actor(less, "nobody", &both[0].err), KN_E_USAGE);
  assert_int_equal(kn_builder_change(same, KN_T_OFFER, "o1", "quantity", "0", &both[1].err), KN_OK);
  assert_int_equal(kn_builder_change(same, KN_T_NEED, "n2", "quantity", "0", &both[1].err), KN_OK);
  assert_int_equal(kn_builder_change(same, KN_T_UNIT, "u1", "capacity", "0", &both[1].err), KN_OK);
  for (int k = 0; k < 2; k++)
    end(&both[k], digest[k]);
  assert_string_equal(digest[0], digest[1]);
  const kn_need_view needs = kn_region_needs(both[0].region);
  assert_near(needs.quantity[0] + needs.quantity[2], 14, 0);
  for (int k = 0; k < 2; k++)
    test_done(&both[k]);
}

static void
what_is_not_there_is_told(void **state)
{
  (void)state;
  test_built some = start((test_table)UNITS("u1,p,10,s1,candidate,a"));
  kn_builder *builder = some.builder;
  assert_int_equal(kn_builder_leave_out(builder, KN_T_UNIT, "u9", &some.err), KN_E_USAGE);
  assert_non_null(strstr(some.err.text, "there is no unit u9"));
  /* A key that only references name is no row. */
  assert_int_equal(kn_builder_leave_out(builder, KN_T_AREA, "nowhere", &some.err), KN_E_USAGE);
  assert_int_equal(kn_builder_leave_out(builder, KN_T_PROCESS_FLOW, "p", &some.err), KN_E_USAGE);
  assert_int_equal(kn_builder_change(builder, KN_T_UNIT, "u9", "status", "existing", &some.err), KN_E_USAGE);
  assert_int_equal(kn_builder_change(builder, KN_T_UNIT, "u1", "colour", "red", &some.err), KN_E_USAGE);
  assert_int_equal(kn_builder_change(builder, KN_T_UNIT, "u1", "site_id", "s2", &some.err), KN_E_USAGE);
  assert_int_equal(kn_findings_count(some.findings, KN_ERROR), 0);
  /* A value that the column does not take, and a row that others need, are errors in the data. */
  assert_int_equal(kn_builder_change(builder, KN_T_UNIT, "u1", "status", "open", &some.err), KN_OK);
  const kn_finding *word = test_find(some.findings, "unknown_word");
  assert_non_null(word);
  assert_string_equal(word->row, "u1");
  assert_string_equal(word->column, "status");
  assert_int_equal(kn_builder_leave_out(builder, KN_T_SITE, "s1", &some.err), KN_OK);
  assert_int_equal(kn_builder_end(builder, &some.region, &some.err), KN_E_INPUT);
  assert_int_equal(test_count(some.findings, "unknown_key"), 2); /* the offer and the unit at s1 */
  test_done(&some);
}

static void
settings_say_what_they_expect(void **state)
{
  (void)state;
  static const char *const bad[][2] = {{"co2_eur_per_t", "-1"}, {"plan_year", "soon"},   {"currency", "euro"},
                                       {"fte_h", "0"},          {"languages", "dutch;"}, {"perspective", "mine"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_non_null(kn_setting_expects(bad[i][0], bad[i][1]));
  assert_null(kn_setting_expects("co2_eur_per_t", "150"));
  assert_null(kn_setting_expects("perspective", "society"));
  /* Each name is one that is read: it stands in the list once, and all but the free text refuse a blank-like word. */
  for (int i = 0; kn_setting_names[i] != NULL; i++)
    if (strcmp(kn_setting_names[i], "name") != 0)
      assert_non_null(kn_setting_expects(kn_setting_names[i], "?"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_left_out_were_never_there),    cmocka_unit_test(rows_may_follow),
      cmocka_unit_test(cells_are_read_as_those_of_a_file), cmocka_unit_test(what_is_not_there_is_told),
      cmocka_unit_test(settings_say_what_they_expect),     cmocka_unit_test(an_actor_can_be_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
