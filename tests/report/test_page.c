/* The page as a whole: that any reader of markup takes it, that it loads nothing, that no text of others becomes
 * markup, and that its tables add up to the views they come from. */
#include "report_test.h"

#include "markup.h"

static const char *const languages[] = {"en", "nl", "fr", "de", NULL};

static void
check(const char *page)
{
  static markup m;
  if (!markup_read(&m, page))
    print_message("%s\n", m.fault);
  assert_string_equal(m.fault, "");
  assert_int_equal(m.table_count, m.caption_count);
  assert_null(strstr(page, "@import"));
  assert_null(strstr(page, "url(http"));
}

static void
is_well_formed_in_every_language(void **state)
{
  (void)state;
  kn_region *region = TEST_VALLEY;
  const kn_report_plan plan = test_plan();
  for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
    char *page = test_page(region, &plan, languages[i]);
    check(page);
    free(page);
  }
  kn_region_free(region);
}

/* Names that look like markup stay names; the only script is our own. */
static void
texts_of_others_are_escaped(void **state)
{
  (void)state;
  kn_region *region = TEST_VALLEY;
  const kn_report_plan plan = test_plan();
  char *page = test_page(region, &plan, "en");
  assert_null(strstr(page, "<script>alert"));
  assert_null(strstr(page, "<b>boards"));
  assert_null(strstr(page, "&amp;lt;")); /* nor escaped twice */
  assert_null(strstr(page, "&amp;amp;"));
  assert_non_null(strstr(page, "Vallée &lt;Ω&gt; &amp; Söhne"));
  assert_non_null(strstr(page, "Sägewerk &quot;Grün&quot;"));
  assert_non_null(strstr(page, "木材株式会社"));
  assert_non_null(strstr(page, "Москва-Ost"));
  assert_non_null(strstr(page, "href=\"https://example.org/a?b=1&amp;c=&quot;x&quot;\""));
  const char *script = strstr(page, "<script>");
  assert_non_null(script);
  assert_null(strstr(script + 1, "<script"));
  free(page);
  kn_region_free(region);
}

/* What the region itself has in Dutch is told in Dutch, and in no other language. */
static void
names_follow_the_language(void **state)
{
  (void)state;
  kn_region *region = TEST_VALLEY;
  const kn_report_plan plan = test_plan();
  char *dutch = test_page(region, &plan, "nl"), *english = test_page(region, &plan, "en");
  static const char *const only_dutch[] = {"t plaat", "Persen van &lt;b&gt;platen", "zaagsel"};
  static const char *const only_english[] = {"t board", "Pressing &lt;b&gt;boards", "sawdust"};
  for (int i = 0; i < 3; i++) {
    assert_non_null(strstr(dutch, only_dutch[i]));
    assert_null(strstr(english, only_dutch[i]));
    assert_non_null(strstr(english, only_english[i]));
    assert_null(strstr(dutch, only_english[i]));
  }
  free(dutch);
  free(english);
  kn_region_free(region);
}

static const char *
section(const char *page, const char *id)
{
  char mark[40];
  snprintf(mark, sizeof mark, "<section id=\"%s\"", id);
  const char *at = strstr(page, mark);
  assert_non_null(at);
  return at;
}

/* By hand: ties 105,600 EUR and 203.2 t; cases 89,000 EUR, 201.2 t, 0.4 FTE: the plan. Classes: materials 53,400,
 * energy 48,600, space 3,600. One unit opens: 50,000 + 220 x 100 = 72,000 EUR, 6,900 a year. */
static void
tables_add_up_to_the_views(void **state)
{
  (void)state;
  kn_region *region = TEST_VALLEY;
  const kn_report_plan plan = test_plan();
  for (size_t i = 0; i < 2; i++) {
    char *page = test_page(region, &plan, languages[i]);
    double v[8] = {0};
    assert_int_equal(test_values(strstr(section(page, "ties"), "<tfoot>"), v, 8), 2);
    assert_near(v[0], 105600, 1e-9);
    assert_near(v[1], 203.2, 1e-9);
    assert_int_equal(test_values(strstr(section(page, "cases"), "<tfoot>"), v, 8), 3);
    assert_near(v[0], 89000, 1e-9);
    assert_near(v[1], 201.2, 1e-9);
    assert_near(v[2], 0.4, 1e-9);
    assert_int_equal(test_values(strstr(section(page, "has"), "<tfoot>"), v, 8), 1);
    assert_near(v[0], 105600, 1e-9);
    assert_int_equal(test_values(strstr(section(page, "has"), "<tbody>"), v, 8), 5); /* materials */
    const double materials[] = {400, 370, 150, 150, 53400};
    for (int k = 0; k < 5; k++)
      assert_near(v[k], materials[k], 1e-9);
    assert_int_equal(test_values(strstr(section(page, "units"), "<tfoot>"), v, 8), 2);
    assert_near(v[0], 72000, 1e-9);
    assert_near(v[1], 6900, 1e-9);
    free(page);
  }
  kn_region_free(region);
}

/* What the story must say: value, CO2, bound (rounded up, never down) and the gap. */
static void
story_tells_value_and_proof(void **state)
{
  (void)state;
  kn_region *region = TEST_VALLEY;
  kn_report_plan plan = test_plan();
  plan.summary.bound = 1234561;
  char *page = test_page(region, &plan, "nl");
  assert_non_null(strstr(page, "title=\"1.234.561\u00a0EUR\">1,235\u00a0miljoen\u00a0EUR</data>"));
  assert_non_null(strstr(page, "89.000\u00a0EUR"));
  assert_non_null(strstr(page, "12.345 mogelijke paren"));
  assert_non_null(strstr(page, "0,0049%"));
  free(page);
  page = test_page(region, &plan, "en");
  assert_non_null(strstr(page, "1.235\u00a0million\u00a0EUR</data>"));
  assert_non_null(strstr(page, "To verify: temperature."));
  assert_non_null(strstr(page, ">estimate</span>"));
  assert_non_null(strstr(page, "Sea &#39;port&#39; &amp; rail"));
  free(page);
  plan.summary.status = KN_PLAN_STOPPED;
  plan.summary.bound = INFINITY;
  plan.summary.gap = NAN;
  page = test_page(region, &plan, "en");
  check(page);
  assert_non_null(strstr(page, "stopped before there was a bound"));
  free(page);
  kn_region_free(region);
}

static void
is_the_same_twice(void **state)
{
  (void)state;
  kn_region *region = TEST_VALLEY;
  const kn_report_plan plan = test_plan();
  char *one = test_page(region, &plan, "nl"), *two = test_page(region, &plan, "nl");
  assert_string_equal(one, two);
  free(one);
  free(two);
  kn_region_free(region);
}

/* Nothing planned, nothing tied, nothing possible, nothing there: each page is whole and says so. */
static void
empty_plans_and_regions_say_so(void **state)
{
  (void)state;
  kn_region *region = TEST_VALLEY;
  char *page = test_page(region, NULL, "en");
  check(page);
  assert_non_null(strstr(page, "No plan has been made yet"));
  assert_null(strstr(page, "<section id=\"ties\""));
  free(page);
  const kn_report_plan empty = {.summary = {.status = KN_PLAN_PROVEN}};
  page = test_page(region, &empty, "en");
  check(page);
  assert_non_null(strstr(page, "This plan holds no ties."));
  free(page);
  const kn_report_plan infeasible = {
      .summary = {.status = KN_PLAN_INFEASIBLE, .infeasible_floor = KN_JOBS, .bound = NAN, .gap = NAN}};
  page = test_page(region, &infeasible, "nl");
  check(page);
  assert_non_null(strstr(page, "meeste werk"));
  free(page);
  kn_region_free(region);

  static const test_table bare[] = {{KN_T_SETTINGS, "key,value|name,Leeg|", false},
                                    {KN_T_ACTOR, "actor_id,name|a,A|", false},
                                    {KN_T_SITE, "site_id,actor_id,name,lon,lat|s,a,S,5,51|", false},
                                    {KN_T_RESOURCE, "resource_id,class,name|r,water,R|", false},
                                    {KN_T_OFFER, "offer_id,site_id,resource_id,quantity|", false}};
  region = test_region(bare, sizeof bare / sizeof bare[0], false);
  for (int k = 0; k < 2; k++) {
    page = test_page(region, k ? &empty : NULL, "en");
    check(page);
    free(page);
  }
  kn_region_free(region);
}

/* A thousand ties: the page stays short, and its rows still add up to all of them. By hand: the sum of 1 ... 1000. */
static void
a_thousand_ties_are_bounded(void **state)
{
  (void)state;
  enum { N = 1000 };
  static kn_place from[N], to[N];
  static int32_t resource[N], none[N], mode[N], case_of[N], tie_count[N];
  static double quantity[N], ratio[N], km[N], eur[N], co2[N], jobs[N];
  static uint8_t level[N], no[N];
  static kn_place anchor[N];
  for (int i = 0; i < N; i++) {
    from[i] = (kn_place){KN_END_OFFER, i % 3, i % 3 == 2 ? 1 : 0};
    to[i] = (kn_place){KN_END_NEED, i % 2, 1 + i % 2};
    resource[i] = i % 3 == 0 ? 1 : i % 3 == 1 ? 4 : 5;
    none[i] = KN_NONE;
    quantity[i] = 1;
    ratio[i] = 1;
    eur[i] = N - i;
    co2[i] = 1000;
    case_of[i] = i;
    anchor[i] = to[i];
    tie_count[i] = 1;
  }
  kn_report_plan plan = test_plan();
  plan.ties = (kn_tie_view){N,  from,  to,  resource, none, mode, quantity, quantity, ratio,
                            km, level, eur, co2,      no,   no,   case_of,  NULL,     NULL};
  plan.cases = (kn_case_view){N, anchor, tie_count, eur, co2, jobs};
  kn_region *region = TEST_VALLEY;
  char *page = test_page(region, &plan, "en");
  check(page);
  assert_true(strlen(page) < 200000);
  const char *ties = section(page, "ties");
  double v[8] = {0}, sum = 0;
  int rows = 0;
  for (const char *row = strstr(ties, "<tr data-key"); row && row < strstr(ties, "</section>");
       row = strstr(row + 1, "<tr data-key"), rows++) {
    const int count = test_values(row, v, 8);
    sum += v[count - 2];
  }
  assert_in_range(rows, 10, 60);
  assert_int_equal(test_values(strstr(ties, "<tr class=\"rest\""), v, 8), 2);
  assert_near(sum + v[0], 500500, 1e-6);
  assert_int_equal(test_values(strstr(ties, "<tfoot>"), v, 8), 2);
  assert_near(v[0], 500500, 1e-6);
  assert_near(v[1], 1000, 1e-6);
  assert_int_equal(test_values(strstr(section(page, "cases"), "<tfoot>"), v, 8), 3);
  assert_near(v[0], 500500, 1e-6);
  free(page);
  kn_region_free(region);
}

static void
a_full_disk_is_an_error(void **state)
{
  (void)state;
  FILE *full = fopen("/dev/full", "w");
  if (!full)
    skip();
  kn_region *region = TEST_VALLEY;
  kn_error err = {0};
  const kn_report_input input = {.region = region};
  assert_int_equal(kn_report_write(full, &input, &err), KN_E_IO);
  assert_non_null(strstr(err.text, "writing the report"));
  fclose(full);
  kn_region_free(region);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_well_formed_in_every_language), cmocka_unit_test(texts_of_others_are_escaped),
      cmocka_unit_test(names_follow_the_language),        cmocka_unit_test(tables_add_up_to_the_views),
      cmocka_unit_test(story_tells_value_and_proof),      cmocka_unit_test(is_the_same_twice),
      cmocka_unit_test(empty_plans_and_regions_say_so),   cmocka_unit_test(a_thousand_ties_are_bounded),
      cmocka_unit_test(a_full_disk_is_an_error),
  };
  return cmocka_run_group_tests_name("report page", tests, NULL, NULL);
}
