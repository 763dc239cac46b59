/* Aim: a linear program is solved to its optimum, which the answer itself proves; duals are what one more unit is worth.
 *
 * Method: worked examples, the shared cases and random programs. Each optimum is held against the conditions that make it one (feasible,
 * prices of the right sign, complementary slackness, equal values of primal and dual). Programs that change: test_lp_changes.c. */
#include <jansson.h>

#include "plain_lp.h"

/* ------------------------------------------------------------------ worked examples */
/* max 3x + 2y, x + y <= 4, x + 3y <= 9, x <= 3: at (3, 1) worth 11. One more of the first row: y rises 1, +2. One more of
 * x's bound: x +1, y -1, so +1. The second row has slack. */
static void
three_lines_by_hand(void **state)
{
  (void)state;
  const plain p = {.rows = 2,
                   .columns = 2,
                   .row_lower = {-INFINITY, -INFINITY},
                   .row_upper = {4, 9},
                   .upper = {3, INFINITY},
                   .worth = {3, 2},
                   .entry = {{1, 1}, {1, 3}}};
  kn_lp *lp = fresh_lp(&p);
  for (int method = KN_LP_PRIMAL; method <= KN_LP_EITHER; method++) {
    assert_int_equal(solve(lp, (kn_lp_method)method), KN_LP_OPTIMAL);
    assert_near(kn_lp_value(lp), 11, 1e-12);
    assert_near(kn_lp_x(lp)[0], 3, 1e-12);
    assert_near(kn_lp_x(lp)[1], 1, 1e-12);
    assert_near(kn_lp_dual(lp)[0], 2, 1e-12);
    assert_near(kn_lp_dual(lp)[1], 0, 1e-12);
    assert_near(kn_lp_reduced(lp)[0], 1, 1e-12);
    assert_near(kn_lp_reduced(lp)[1], 0, 1e-12);
  }
  uint8_t columns[2], rows[2];
  kn_lp_basis_get(lp, columns, rows);
  assert_int_equal(columns[0], KN_BASIS_AT_UPPER);
  assert_int_equal(columns[1], KN_BASIS_BASIC);
  assert_int_equal(rows[0], KN_BASIS_AT_UPPER);
  assert_int_equal(rows[1], KN_BASIS_BASIC);
  kn_lp_free(lp);
  kn_lp_free(NULL);
}

static void
no_answer_is_a_status(void **state)
{
  (void)state;
  plain p = {.rows = 2,
             .columns = 1,
             .row_lower = {-INFINITY, 5},
             .row_upper = {4, INFINITY},
             .upper = {INFINITY},
             .worth = {1},
             .entry = {{1}, {1}}};
  for (int method = KN_LP_PRIMAL; method <= KN_LP_EITHER; method++) {
    kn_lp *lp = fresh_lp(&p);
    assert_int_equal(solve(lp, (kn_lp_method)method), KN_LP_INFEASIBLE);
    kn_lp_set_row(lp, 0, -INFINITY, 7);
    assert_int_equal(solve(lp, (kn_lp_method)method), KN_LP_OPTIMAL);
    assert_near(kn_lp_value(lp), 7, 1e-12);
    kn_lp_set_row(lp, 0, -INFINITY, INFINITY);
    assert_int_equal(solve(lp, (kn_lp_method)method), KN_LP_UNBOUNDED);
    kn_lp_set_worth(lp, 0, -2);
    assert_int_equal(solve(lp, (kn_lp_method)method), KN_LP_OPTIMAL);
    assert_near(kn_lp_value(lp), -10, 1e-12);
    assert_near(kn_lp_dual(lp)[1], -2, 1e-12); /* a lower limit that costs */
    kn_lp_free(lp);
  }
}

static void
empty_programs_are_programs(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_lp *lp;
  assert_int_equal(kn_lp_new(&lp, 1e-9, &err), KN_OK);
  assert_int_equal(solve(lp, KN_LP_EITHER), KN_LP_OPTIMAL);
  assert_near(kn_lp_value(lp), 0, 0);
  assert_int_equal(kn_lp_add_rows(lp, 2, (double[]){-1, -INFINITY}, (double[]){1, 5}, &err), KN_OK);
  assert_int_equal(solve(lp, KN_LP_EITHER), KN_LP_OPTIMAL);
  assert_near(kn_lp_dual(lp)[1], 0, 0);
  assert_int_equal(kn_lp_add_columns(lp, 1, (double[]){0}, (double[]){3}, (double[]){2}, (int32_t[]){0, 0}, NULL, NULL, &err),
                   KN_OK);
  assert_int_equal(solve(lp, KN_LP_EITHER), KN_LP_OPTIMAL);
  assert_near(kn_lp_value(lp), 6, 1e-12);
  assert_int_equal(kn_lp_drop_columns(lp, 1, (int32_t[]){0}, &err), KN_OK);
  assert_int_equal(solve(lp, KN_LP_EITHER), KN_LP_OPTIMAL);
  assert_near(kn_lp_value(lp), 0, 0);
  kn_lp_free(lp);
}

static void
slips_are_named(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_lp *lp;
  assert_int_equal(kn_lp_new(&lp, 0, &err), KN_E_INPUT);
  assert_null(lp);
  assert_int_equal(kn_lp_new(&lp, 1e-9, &err), KN_OK);
  assert_int_equal(kn_lp_add_rows(lp, 1, (double[]){2}, (double[]){1}, &err), KN_E_INPUT);
  assert_int_equal(kn_lp_add_rows(lp, 1, (double[]){NAN}, (double[]){1}, &err), KN_E_INPUT);
  assert_int_equal(kn_lp_add_rows(lp, 2, (double[]){0, 0}, (double[]){1, 1}, &err), KN_OK);
  const double zero = 0, one = 1, none = NAN;
  const int32_t start[2] = {0, 2};
  const struct {
    int32_t row[2];
    double value[2];
    const double *worth, *upper;
    const char *says;
  } cases[] = {
      {{0, 2}, {1, 1}, &one, &one, "row 2 of 2"}, {{0, -1}, {1, 1}, &one, &one, "row -1"},
      {{1, 1}, {1, 1}, &one, &one, "twice"},      {{0, 1}, {1, INFINITY}, &one, &one, "inf"},
      {{0, 1}, {1, 1}, &none, &one, "worth"},     {{0, 1}, {1, 1}, &one, &none, "limits"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_int_equal(kn_lp_add_columns(lp, 1, &zero, cases[i].upper, cases[i].worth, start, cases[i].row, cases[i].value, &err),
                     KN_E_INPUT);
    if (strstr(err.text, cases[i].says) == NULL)
      fail_msg("'%s' does not say '%s'", err.text, cases[i].says);
    assert_int_equal(kn_lp_column_count(lp), 0);
  }
  assert_int_equal(kn_lp_drop_columns(lp, 1, (int32_t[]){0}, &err), KN_E_INPUT);
  kn_lp_free(lp);
}

/* Tonnes, euro and shares side by side: coefficients from 1e-3 to 1e6. */
static void
scales_may_differ(void **state)
{
  (void)state;
  check_random r = {23};
  for (int trial = 0; trial < 60; trial++) {
    plain p = {.rows = 12, .columns = 40};
    double scale[MOST_ROWS];
    for (int32_t i = 0; i < p.rows; i++) {
      scale[i] = pow(10, random_below(&r, 7) - 3);
      p.row_lower[i] = -INFINITY;
      p.row_upper[i] = scale[i] * (10 + 90 * random_unit(&r));
    }
    for (int32_t j = 0; j < p.columns; j++) {
      p.upper[j] = INFINITY;
      p.worth[j] = 100 * random_unit(&r) - 20;
      p.entry[0][j] = scale[0];
      for (int32_t i = 1; i < p.rows; i++)
        p.entry[i][j] = random_below(&r, 3) == 0 ? scale[i] * random_unit(&r) : 0;
    }
    kn_lp *lp = fresh_lp(&p);
    assert_int_equal(solve(lp, KN_LP_EITHER), KN_LP_OPTIMAL);
    const double *x = kn_lp_x(lp), *dual = kn_lp_dual(lp);
    double bound = 0;
    for (int32_t i = 0; i < p.rows; i++) {
      double activity = 0;
      for (int32_t j = 0; j < p.columns; j++)
        activity += p.entry[i][j] * x[j];
      assert_true(activity <= p.row_upper[i] * (1 + 1e-8));
      assert_true(dual[i] >= -1e-9);
      bound += dual[i] * p.row_upper[i];
    }
    for (int32_t j = 0; j < p.columns; j++)
      assert_true(kn_lp_reduced(lp)[j] <= 1e-7);
    assert_near(kn_lp_value(lp), bound, 1e-8 * (1 + fabs(bound)));
    kn_lp_free(lp);
  }
}

static bool
is_stopped_after(void *arg)
{
  int *left = arg;
  return (*left)-- <= 0;
}

static void
watch_stops_a_solve(void **state)
{
  (void)state;
  check_random r = {31};
  plain p = {.rows = 10, .columns = 40};
  for (int32_t i = 0; i < p.rows; i++) {
    p.row_lower[i] = -INFINITY;
    p.row_upper[i] = 10;
  }
  for (int32_t j = 0; j < p.columns; j++) {
    draw_column(&r, &p, j);
    p.lower[j] = 0;
    p.upper[j] = 5;
  }
  kn_lp *lp = fresh_lp(&p);
  int asked = 0;
  kn_watch watch = {.is_stopped = is_stopped_after, .arg = &asked};
  kn_lp_status status;
  assert_int_equal(kn_lp_solve(lp, KN_LP_EITHER, &watch, &status, NULL), KN_OK);
  assert_int_equal(status, KN_LP_STOPPED);
  asked = 1000; /* and goes on from there when nobody stops it */
  assert_int_equal(kn_lp_solve(lp, KN_LP_EITHER, &watch, &status, NULL), KN_OK);
  assert_int_equal(status, KN_LP_OPTIMAL);
  expect_optimal(lp, &p, "after a stop");
  kn_lp_free(lp);
}

/* ------------------------------------------------------------------ the shared cases */
static void
read_case(const json_t *input, plain *p, const char **name)
{
  const char *key;
  json_t *value;
  json_object_foreach(json_object_get(input, "maximise"), key, value)
  {
    name[p->columns] = key;
    p->upper[p->columns] = INFINITY;
    p->worth[p->columns++] = json_number_value(value);
  }
  size_t at;
  json_t *row;
  json_array_foreach(json_object_get(input, "constraints"), at, row)
  {
    assert_string_equal(json_string_value(json_object_get(row, "sense")), "<=");
    p->row_lower[at] = -INFINITY;
    p->row_upper[at] = json_number_value(json_object_get(row, "rhs"));
    for (int32_t j = 0; j < p->columns; j++)
      p->entry[at][j] = json_number_value(json_object_get(json_object_get(row, "coefficients"), name[j]));
    p->rows++;
  }
}

static void
expect_prices(const char *file)
{
  char path[400];
  snprintf(path, sizeof path, "%s/../shared/cases/prices/%s", KN_SOURCE_ROOT, file);
  json_t *root = json_load_file(path, 0, NULL);
  if (root == NULL)
    skip();
  plain p = {0};
  const char *name[MOST_COLUMNS];
  read_case(json_object_get(root, "input"), &p, name);
  const json_t *expected = json_object_get(root, "expected");
  kn_lp *lp = fresh_lp(&p);
  for (int method = KN_LP_PRIMAL; method <= KN_LP_EITHER; method++) {
    assert_int_equal(solve(lp, (kn_lp_method)method), KN_LP_OPTIMAL);
    expect_optimal(lp, &p, file);
    const double value = json_number_value(json_object_get(expected, "value"));
    assert_near(kn_lp_value(lp), value, 1e-9 * value);
    size_t at;
    json_t *item;
    json_array_foreach(json_object_get(expected, "plan"), at, item)
    {
      for (int32_t j = 0; j < p.columns; j++)
        if (strcmp(name[j], json_string_value(json_object_get(item, "variable"))) == 0)
          assert_near(kn_lp_x(lp)[j], json_number_value(json_object_get(item, "x")), 1e-9 * value);
    }
    json_array_foreach(json_object_get(expected, "prices"), at, item)
    {
      const double dual = kn_lp_dual(lp)[at];
      assert_true(dual >= json_number_value(json_object_get(item, "one_more")) - 1e-7);
      assert_true(dual <= json_number_value(json_object_get(item, "one_less")) + 1e-7);
    }
  }
  kn_lp_free(lp);
  json_decref(root);
}

static void
prices_of_a_small_plan(void **state)
{
  (void)state;
  expect_prices("plan_prices.json");
}

static void
prices_that_are_intervals(void **state)
{
  (void)state;
  expect_prices("plan_prices_degenerate.json");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(three_lines_by_hand),         cmocka_unit_test(no_answer_is_a_status),
      cmocka_unit_test(empty_programs_are_programs), cmocka_unit_test(slips_are_named),
      cmocka_unit_test(scales_may_differ),           cmocka_unit_test(watch_stops_a_solve),
      cmocka_unit_test(prices_of_a_small_plan),      cmocka_unit_test(prices_that_are_intervals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
