/* One-sided prices of an exchange against what they mean: the optimum of the market with one unit more and with one unit less,
 * solved from nothing. Quantities are whole, so the differences are exact. */
#include "market.h"

#include <jansson.h>
#include <string.h>

static const kn_exchange_settings KEEPING = {.thread_count = 1, .keeps_engine = true};

static double
value_of(const kn_exchange *e)
{
  kn_error err = {0};
  kn_exchange_solution *solution;
  assert_int_equal(kn_exchange_solve(&solution, e, &(kn_exchange_settings){.thread_count = 1}, NULL, &err), KN_OK);
  const double value = kn_exchange_rows(solution).value;
  kn_exchange_free(solution);
  return value;
}

/* How often what came out: so that a test that compares nothing of interest is seen to. */
typedef struct tally {
  int64_t asked, is_degenerate, is_new, is_worth_something;
} tally;

/* Prices of node i by their definition. quantity: the array of the exchange, to write in. */
static kn_exchange_price
price_by_difference(const kn_exchange *e, int64_t *quantity, int64_t i, double value)
{
  kn_exchange_price price = {.one_less = INFINITY};
  quantity[i]++;
  price.one_more = value_of(e) - value;
  quantity[i] -= 2;
  if (quantity[i] >= 0)
    price.one_less = value - value_of(e);
  quantity[i]++;
  return price;
}

static void
assert_price(const kn_exchange *e, const kn_exchange_view *view, bool is_demand, int64_t i, kn_exchange_price is,
             kn_exchange_price should, double tolerance)
{
  const bool has_none = (is_demand ? e->demand_quantity : e->supply_quantity)[i] == 0;
  const double dual = (is_demand ? view->demand_dual : view->supply_dual)[i];
  assert_near(is.one_more, should.one_more, tolerance);
  if (has_none)
    assert_true(isinf(is.one_less) && is.one_less > 0 && isinf(should.one_less));
  else
    assert_near(is.one_less, should.one_less, tolerance);
  assert_true(is.one_more >= 0 && is.one_more <= dual + tolerance && dual <= is.one_less + tolerance);
}

/* Asks every stride-th node of both sides and compares. */
static void
compare(const kn_exchange *e, int64_t *const quantity[2], const kn_exchange_solution *solution, int64_t stride, tally *sum)
{
  const kn_exchange_view view = kn_exchange_rows(solution);
  kn_error err = {0};
  for (int side = 0; side < 2; side++) {
    const int64_t n = side ? e->demand_count : e->supply_count;
    for (int64_t i = 0; i < n; i += stride) {
      kn_exchange_price price;
      assert_int_equal(kn_exchange_price_of(solution, e, side, i, &price, &err), KN_OK);
      const kn_exchange_price should = price_by_difference(e, quantity[side], i, view.value);
      assert_price(e, &view, side, i, price, should, 1e-9 * fmax(100, fabs(view.value)));
      sum->asked++;
      sum->is_new += quantity[side][i] == 0;
      sum->is_degenerate += quantity[side][i] > 0 && price.one_less > price.one_more + 1e-6;
      sum->is_worth_something += price.one_more > 1e-6;
    }
  }
}

static kn_exchange_solution *
solve(const kn_exchange *e)
{
  kn_error err = {0};
  kn_exchange_solution *solution;
  assert_int_equal(kn_exchange_solve(&solution, e, &KEEPING, NULL, &err), KN_OK);
  return solution;
}

/* Two supplies, one demand, all at one point, worth 10 less 1 and less 4 a unit. By hand: of the 5 asked for, 3 come from the
 * first and 2 from the second, which has 2. A unit more of the first would bring 9 and push out one of 6: 3; a unit less
 * costs 9, for the second has no more. A unit more asked brings nothing, for there is none; a unit less costs the worse one: 6. */
static void
offered_equals_needed_by_hand(void **state)
{
  (void)state;
  small_market *m = market_with_room(2, 1);
  m->quantity[0][0] = 3;
  m->quantity[0][1] = 2;
  m->quantity[1][0] = 5;
  m->worth[0][0] = -1;
  m->worth[0][1] = -4;
  m->worth[1][0] = 10;
  kn_error err = {0};
  kn_exchange_solution *solution = solve(&m->exchange);
  kn_exchange_price price[2];
  assert_int_equal(kn_exchange_prices_of(solution, &m->exchange, false, 2, (int64_t[]){0, 1}, 0, price, &err), KN_OK);
  assert_near(price[0].one_more, 3, 1e-12);
  assert_near(price[0].one_less, 9, 1e-12);
  assert_near(price[1].one_more, 0, 1e-12);
  assert_near(price[1].one_less, 6, 1e-12);
  assert_int_equal(kn_exchange_price_of(solution, &m->exchange, true, 0, price, &err), KN_OK);
  assert_near(price->one_more, 0, 1e-12);
  assert_near(price->one_less, 6, 1e-12);
  kn_exchange_free(solution);
  market_free(m);
}

/* Thousands of small markets, every feature at times. */
static void
small_ones_equal_differences(void **state)
{
  (void)state;
  tally sum = {0};
  for (uint64_t seed = 1; seed <= 2500; seed++) {
    uint64_t random = seed * 6700417;
    int divisor;
    small_market *m = draw_market(&random, seed % 50 == 0 ? 60 : 9, &divisor);
    int64_t *const quantity[2] = {m->quantity[0], m->quantity[1]};
    kn_exchange_solution *solution = solve(&m->exchange);
    compare(&m->exchange, quantity, solution, 1, &sum);
    kn_exchange_free(solution);
    market_free(m);
  }
  print_message("# %lld prices, %lld of nodes without quantity, %lld with two sides, %lld above 0\n", (long long)sum.asked,
                (long long)sum.is_new, (long long)sum.is_degenerate, (long long)sum.is_worth_something);
  assert_true(sum.is_new > 1000 && sum.is_degenerate > 1000 && sum.is_worth_something > 5000);
}

/* Engines that were changed: nodes that went are still in them, those that came have trees of their own. */
static void
changed_ones_equal_differences(void **state)
{
  (void)state;
  tally sum = {0};
  kn_error err = {0};
  for (uint64_t seed = 1; seed <= 500; seed++) {
    uint64_t random = seed * 2147483647;
    int divisor;
    small_market *m = draw_market(&random, seed % 10 == 0 ? 80 : 12, &divisor);
    int64_t *const quantity[2] = {m->quantity[0], m->quantity[1]};
    kn_exchange_solution *last = solve(&m->exchange), *next;
    for (int step = 0; step < 3; step++) {
      for (int s = 0; s < 2; s++) {
        const int i = below(&random, (int)(s ? m->exchange.demand_count : m->exchange.supply_count));
        quantity[s][i] = quantity[s][i] > 0 && below(&random, 2) ? 0 : 1 + below(&random, 3);
      }
      assert_int_equal(kn_exchange_again(&next, last, &m->exchange, NULL, NULL, &KEEPING, NULL, &err), KN_OK);
      kn_exchange_free(last);
      last = next;
      compare(&m->exchange, quantity, last, seed % 10 == 0 ? 9 : 1, &sum);
    }
    kn_exchange_free(last);
    market_free(m);
  }
  assert_true(sum.is_new > 100 && sum.is_degenerate > 100);
}

/* Large enough for levels and deep trees; on a grid with few worths and quantities nearly everything is tied. */
static void
large_and_tied_equals_differences(void **state)
{
  (void)state;
  enum { N = 1200 };
  for (int shape = 0; shape < 3; shape++) {
    uint64_t random = 77 + (uint64_t)shape;
    small_market *m = market_with_room(N, N);
    kn_exchange *e = &m->exchange;
    kn_point *point[2];
    int64_t *quantity[2];
    double *worth[2];
    for (int s = 0; s < 2; s++) {
      point[s] = calloc(N, sizeof **point);
      quantity[s] = calloc(N, sizeof **quantity);
      worth[s] = calloc(N, sizeof **worth);
      for (int i = 0; i < N; i++) {
        const double x = draw_one(&random), y = draw_one(&random);
        point[s][i] = shape == 0   ? (kn_point){floor(9 * x), floor(9 * y), 0}
                      : shape == 1 ? (kn_point){100 * x, 100 * y, 0}
                                   : (kn_point){0};
        quantity[s][i] = shape == 1 ? 100 * (1 + below(&random, 4)) : 1 + below(&random, 3);
        worth[s][i] = shape == 1 ? 40 * draw_one(&random) : below(&random, 6);
      }
    }
    e->supply_point = point[0];
    e->demand_point = point[1];
    e->supply_quantity = quantity[0];
    e->demand_quantity = quantity[1];
    e->supply_worth = worth[0];
    e->demand_worth = worth[1];
    tally sum = {0};
    kn_exchange_solution *solution = solve(e);
    compare(e, quantity, solution, 101, &sum);
    kn_exchange_free(solution);
    for (int s = 0; s < 2; s++) {
      free(point[s]);
      free(quantity[s]);
      free(worth[s]);
    }
    market_free(m);
  }
}

static void
what_cannot_be_told_is_refused(void **state)
{
  (void)state;
  small_market *m = market_with_room(1, 1);
  m->quantity[0][0] = m->quantity[1][0] = 2;
  m->worth[1][0] = 1;
  kn_error err = {0};
  kn_exchange_solution *solution;
  kn_exchange_price price;
  assert_int_equal(kn_exchange_solve(&solution, &m->exchange, &KN_EXCHANGE_DEFAULTS, NULL, &err), KN_OK);
  assert_int_equal(kn_exchange_price_of(solution, &m->exchange, false, 0, &price, &err), KN_E_USAGE);
  assert_non_null(strstr(err.text, "no engine"));
  kn_exchange_free(solution);
  kn_exchange_settings rough = KEEPING;
  rough.gap = 0.1;
  assert_int_equal(kn_exchange_solve(&solution, &m->exchange, &rough, NULL, &err), KN_OK);
  assert_int_equal(kn_exchange_price_of(solution, &m->exchange, false, 0, &price, &err), KN_E_USAGE);
  assert_non_null(strstr(err.text, "gap"));
  kn_exchange_free(solution);
  solution = solve(&m->exchange);
  assert_int_equal(kn_exchange_price_of(solution, &m->exchange, true, 1, &price, &err), KN_E_USAGE);
  assert_non_null(strstr(err.text, "no demand 1"));
  m->exchange.supply_count = 0;
  assert_int_equal(kn_exchange_price_of(solution, &m->exchange, true, 0, &price, &err), KN_E_USAGE);
  kn_exchange_free(solution);
  market_free(m);
}

/* ------------------------------------------------------------------ the cases that a rational simplex agreed upon */
/* Row of a constraint among the offers (side 0) or needs (side 1); false: the case is no exchange. */
static bool
side_of(const json_t *constraint, int *side)
{
  const char *name = json_string_value(json_object_get(constraint, "name"));
  *side = strncmp(name, "need", 4) == 0;
  return *side || strncmp(name, "offer", 5) == 0;
}

/* The market of a case: all at one point, each node a group of its own, a variable the rule of its two. */
static small_market *
read_exchange(const json_t *input)
{
  small_market *m = market_with_room(0, 0);
  kn_exchange *e = &m->exchange;
  size_t at;
  const json_t *item, *worth;
  const char *variable;
  int64_t *const count[2] = {&e->supply_count, &e->demand_count};
  json_array_foreach(json_object_get(input, "constraints"), at, item)
  {
    int side;
    if (!side_of(item, &side)) {
      market_free(m);
      return NULL;
    }
    m->quantity[side][*count[side]] = json_integer_value(json_object_get(item, "rhs"));
    m->group[side][*count[side]] = (int32_t)*count[side];
    ++*count[side];
  }
  json_object_foreach((json_t *)json_object_get(input, "maximise"), variable, worth)
  {
    int32_t row[2] = {0, 0}, end[2] = {0, 0};
    json_array_foreach(json_object_get(input, "constraints"), at, item)
    {
      int side;
      side_of(item, &side);
      if (json_object_get(json_object_get(item, "coefficients"), variable))
        end[side] = row[side];
      row[side]++;
    }
    m->rule[e->rule_count++] = (kn_exchange_rule){end[0], end[1], json_number_value(worth)};
  }
  e->supply_group = m->group[0];
  e->demand_group = m->group[1];
  e->supply_group_count = (int32_t)e->supply_count;
  e->demand_group_count = (int32_t)e->demand_count;
  e->rule = m->rule;
  return m;
}

/* The prices of node i now; null in a case: no plan on that side, or the end of what was asked. */
static void
expect_prices(const small_market *m, int side, int64_t i, const json_t *expected)
{
  kn_error err = {0};
  kn_exchange_price price;
  kn_exchange_solution *solution = solve(&m->exchange);
  assert_int_equal(kn_exchange_price_of(solution, &m->exchange, side, i, &price, &err), KN_OK);
  const json_t *more = json_object_get(expected, "one_more"), *less = json_object_get(expected, "one_less");
  if (json_is_number(more))
    assert_near(price.one_more, json_number_value(more), 1e-9);
  if (json_is_number(less))
    assert_near(price.one_less, json_number_value(less), 1e-9);
  else
    assert_true(isinf(price.one_less) && m->quantity[side][i] == 0);
  if (json_object_get(expected, "value"))
    assert_near(kn_exchange_rows(solution).value, json_number_value(json_object_get(expected, "value")), 1e-9);
  kn_exchange_free(solution);
}

/* By the name of its constraint. */
static void
find_node(const json_t *input, const char *name, int *side, int64_t *i)
{
  size_t at;
  const json_t *item;
  int64_t count[2] = {0, 0};
  json_array_foreach(json_object_get(input, "constraints"), at, item)
  {
    assert_true(side_of(item, side));
    *i = count[*side]++;
    if (strcmp(json_string_value(json_object_get(item, "name")), name) == 0)
      return;
  }
  fail();
}

static void
expect_case(const json_t *root, small_market *m)
{
  const json_t *input = json_object_get(root, "input"), *expected = json_object_get(root, "expected"), *item, *point;
  size_t at, p;
  int side = 0;
  int64_t i = 0;
  json_array_foreach(json_object_get(expected, "prices"), at, item)
  {
    find_node(input, json_string_value(json_object_get(item, "constraint")), &side, &i);
    expect_prices(m, side, i, item);
  }
  json_array_foreach(json_object_get(expected, "curves"), at, item)
  {
    find_node(input, json_string_value(json_object_get(item, "constraint")), &side, &i);
    const int64_t quantity = m->quantity[side][i];
    json_array_foreach(json_object_get(item, "breakpoints"), p, point)
    {
      m->quantity[side][i] = json_integer_value(json_object_get(point, "at"));
      expect_prices(m, side, i, point);
    }
    m->quantity[side][i] = quantity;
  }
}

static void
known_prices(void **state)
{
  (void)state;
  static const char *const name[] = {"plan_prices", "plan_prices_degenerate", "contradicting_targets"};
  int absent = 0, others = 0, exchanges = 0;
  for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
    char path[1024];
    snprintf(path, sizeof path, "%s/../shared/cases/prices/%s.json", KN_SOURCE_ROOT, name[k]);
    json_t *root = json_load_file(path, 0, NULL);
    small_market *m = root ? read_exchange(json_object_get(root, "input")) : NULL;
    absent += !root;
    others += root && !m;
    exchanges += m != NULL;
    if (m)
      expect_case(root, m);
    market_free(m);
    json_decref(root);
  }
  print_message("# %d cases are exchanges, %d are not, %d absent\n", exchanges, others, absent);
  if (absent > 0)
    skip();
  assert_int_equal(exchanges, 1);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(offered_equals_needed_by_hand),  cmocka_unit_test(small_ones_equal_differences),
      cmocka_unit_test(changed_ones_equal_differences), cmocka_unit_test(large_and_tied_equals_differences),
      cmocka_unit_test(what_cannot_be_told_is_refused), cmocka_unit_test(known_prices),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
