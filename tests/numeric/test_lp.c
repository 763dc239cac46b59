/* Aim: a linear program is solved to its optimum, which the answer itself proves; duals are what one more unit is worth;
 * and whatever was added, dropped or set between solves, the answer is that of the program as it stands.
 *
 * Method: worked examples; then random programs with rows and bounds of every kind, changed again and again. Each
 * optimum is held against the conditions that make it one (feasible, prices of the right sign, complementary slackness,
 * equal values of primal and dual), and each outcome against that of a fresh program. */
#include <jansson.h>

#include "../base/check.h"

#include "knoop/numeric.h"

/* ------------------------------------------------------------------ a program kept beside, dense and plain */
enum { MOST_ROWS = 24, MOST_COLUMNS = 60 };

typedef struct plain {
  int32_t rows, columns;
  double row_lower[MOST_ROWS], row_upper[MOST_ROWS];
  double lower[MOST_COLUMNS], upper[MOST_COLUMNS], worth[MOST_COLUMNS];
  double entry[MOST_ROWS][MOST_COLUMNS];
} plain;

static void
give_columns(kn_lp *lp, const plain *p, int32_t first, int32_t count)
{
  int32_t start[MOST_COLUMNS + 1] = {0}, row[MOST_ROWS * MOST_COLUMNS];
  double value[MOST_ROWS * MOST_COLUMNS];
  int32_t at = 0;
  for (int32_t j = 0; j < count; j++) {
    for (int32_t i = 0; i < p->rows; i++)
      if (p->entry[i][first + j] != 0) {
        row[at] = i;
        value[at++] = p->entry[i][first + j];
      }
    start[j + 1] = at;
  }
  kn_error err = {0};
  if (kn_lp_add_columns(lp, count, p->lower + first, p->upper + first, p->worth + first, start, row, value, &err) != KN_OK)
    fail_msg("%s", err.text);
}

/* Computed with amounts times `amount`, all but every third row and every fourth column. */
static kn_lp *
scaled_lp(const plain *p, double amount)
{
  int32_t row[MOST_ROWS], column[MOST_COLUMNS], rows = 0, columns = 0;
  kn_error err = {0};
  kn_lp *lp;
  for (int32_t i = 1; i < p->rows; i += 3)
    row[rows++] = i;
  for (int32_t j = 1; j < p->columns; j += 4)
    column[columns++] = j;
  assert_int_equal(kn_lp_new(&lp, 1e-9, &err), KN_OK);
  assert_int_equal(kn_lp_scale(lp, amount, rows, row, columns, column, &err), KN_OK);
  assert_int_equal(kn_lp_add_rows(lp, p->rows, p->row_lower, p->row_upper, &err), KN_OK);
  give_columns(lp, p, 0, p->columns);
  return lp;
}

static kn_lp *
fresh_lp(const plain *p)
{
  kn_error err = {0};
  kn_lp *lp;
  assert_int_equal(kn_lp_new(&lp, 1e-9, &err), KN_OK);
  assert_int_equal(kn_lp_add_rows(lp, p->rows, p->row_lower, p->row_upper, &err), KN_OK);
  give_columns(lp, p, 0, p->columns);
  return lp;
}

static kn_lp_status
solve(kn_lp *lp, kn_lp_method method)
{
  kn_error err = {0};
  kn_lp_status status;
  if (kn_lp_solve(lp, method, NULL, &status, &err) != KN_OK)
    fail_msg("%s", err.text);
  return status;
}

/* The conditions of Karush, Kuhn and Tucker. */
static void
expect_optimal(const kn_lp *lp, const plain *p, const char *what)
{
  const double near = 1e-6;
  const double *x = kn_lp_x(lp), *dual = kn_lp_dual(lp), *reduced = kn_lp_reduced(lp);
  assert_int_equal(kn_lp_row_count(lp), p->rows);
  assert_int_equal(kn_lp_column_count(lp), p->columns);
  double value = 0, bound = 0;
  for (int32_t j = 0; j < p->columns; j++) {
    value += p->worth[j] * x[j];
    double expected = p->worth[j];
    for (int32_t i = 0; i < p->rows; i++)
      expected -= dual[i] * p->entry[i][j];
    if (fabs(expected - reduced[j]) > near)
      fail_msg("%s: column %d has reduced worth %g, not %g", what, j, reduced[j], expected);
    if (x[j] < p->lower[j] || x[j] > p->upper[j])
      fail_msg("%s: column %d is %g, outside %g to %g", what, j, x[j], p->lower[j], p->upper[j]);
    if (reduced[j] > near && x[j] < p->upper[j] - near)
      fail_msg("%s: column %d could rise and pays %g", what, j, reduced[j]);
    if (reduced[j] < -near && x[j] > p->lower[j] + near)
      fail_msg("%s: column %d could fall and pays %g", what, j, -reduced[j]);
    if (fabs(reduced[j]) > 1e-9)
      bound += reduced[j] * x[j];
  }
  for (int32_t i = 0; i < p->rows; i++) {
    double activity = 0;
    for (int32_t j = 0; j < p->columns; j++)
      activity += p->entry[i][j] * x[j];
    if (activity < p->row_lower[i] - near || activity > p->row_upper[i] + near)
      fail_msg("%s: row %d is %g, outside %g to %g", what, i, activity, p->row_lower[i], p->row_upper[i]);
    if (dual[i] > near && activity < p->row_upper[i] - near)
      fail_msg("%s: row %d has slack above and price %g", what, i, dual[i]);
    if (dual[i] < -near && activity > p->row_lower[i] + near)
      fail_msg("%s: row %d has slack below and price %g", what, i, dual[i]);
    if (dual[i] > 1e-9)
      bound += dual[i] * p->row_upper[i];
    else if (dual[i] < -1e-9)
      bound += dual[i] * p->row_lower[i];
  }
  assert_near(kn_lp_value(lp), value, near * (1 + fabs(value)));
  assert_near(kn_lp_value(lp), bound, near * (1 + fabs(value)));
}

static double
small_number(check_random *r)
{
  return (double)(random_below(r, 41) - 20) / 2;
}

static void
draw_limits(check_random *r, double *lower, double *upper, bool is_column)
{
  const double a = small_number(r), b = a + fabs(small_number(r));
  const int kind = random_below(r, 8);
  *lower = is_column ? 0 : -INFINITY;
  *upper = is_column ? 1 + fabs(b) : 50 + 10 * fabs(b);
  if (kind == 0) {
    *lower = a;
    *upper = b;
  } else if (kind == 1) {
    *lower = *upper = a;
  } else if (kind == 2) {
    *lower = -*upper;
    *upper = INFINITY;
  } else if (kind == 3 && is_column) {
    *upper = INFINITY;
  }
}

static void
draw_column(check_random *r, plain *p, int32_t j)
{
  draw_limits(r, &p->lower[j], &p->upper[j], true);
  p->worth[j] = small_number(r);
  for (int32_t i = 0; i < MOST_ROWS; i++)
    p->entry[i][j] = i < p->rows && random_below(r, 3) == 0 ? small_number(r) : 0;
}

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

/* ------------------------------------------------------------------ programs that change */
static void
drop_some(check_random *r, kn_lp *lp, plain *p)
{
  int32_t dropped[MOST_COLUMNS], count = 0, to = 0;
  for (int32_t j = 0; j < p->columns; j++) {
    if (random_below(r, 4) == 0) {
      dropped[count++] = j;
      continue;
    }
    p->lower[to] = p->lower[j];
    p->upper[to] = p->upper[j];
    p->worth[to] = p->worth[j];
    for (int32_t i = 0; i < MOST_ROWS; i++)
      p->entry[i][to] = p->entry[i][j];
    to++;
  }
  p->columns = to;
  assert_int_equal(kn_lp_drop_columns(lp, count, dropped, NULL), KN_OK);
}

static void
add_some(check_random *r, kn_lp *lp, plain *p)
{
  const int32_t room = MOST_COLUMNS - p->columns, count = room < 5 ? room : random_below(r, 6);
  for (int32_t j = 0; j < count; j++)
    draw_column(r, p, p->columns + j);
  give_columns(lp, p, p->columns, count);
  p->columns += count;
}

static void
add_rows_with_entries(check_random *r, kn_lp *lp, plain *p)
{
  if (p->rows == MOST_ROWS)
    return;
  const int32_t i = p->rows++;
  draw_limits(r, &p->row_lower[i], &p->row_upper[i], false);
  for (int32_t j = 0; j < MOST_COLUMNS; j++)
    p->entry[i][j] = 0;
  assert_int_equal(kn_lp_add_rows(lp, 1, &p->row_lower[i], &p->row_upper[i], NULL), KN_OK);
}

static void
change(check_random *r, kn_lp *lp, plain *p)
{
  const int32_t j = p->columns > 0 ? random_below(r, p->columns) : 0, i = random_below(r, p->rows);
  switch (random_below(r, 6)) {
  case 0:
    add_some(r, lp, p);
    break;
  case 1:
    drop_some(r, lp, p);
    break;
  case 2:
    if (p->columns > 0) {
      p->worth[j] = small_number(r);
      kn_lp_set_worth(lp, j, p->worth[j]);
    }
    break;
  case 3:
    if (p->columns > 0) {
      draw_limits(r, &p->lower[j], &p->upper[j], true);
      kn_lp_set_bounds(lp, j, p->lower[j], p->upper[j]);
    }
    break;
  case 4:
    draw_limits(r, &p->row_lower[i], &p->row_upper[i], false);
    kn_lp_set_row(lp, i, p->row_lower[i], p->row_upper[i]);
    break;
  default:
    add_rows_with_entries(r, lp, p);
    break;
  }
}

static void
changes_end_where_a_fresh_start_ends(void **state)
{
  (void)state;
  check_random r = {99};
  int counts[5] = {0};
  for (int trial = 0; trial < 120; trial++) {
    plain p = {.rows = 2 + random_below(&r, 12), .columns = 1 + random_below(&r, 30)};
    for (int32_t i = 0; i < p.rows; i++)
      draw_limits(&r, &p.row_lower[i], &p.row_upper[i], false);
    for (int32_t j = 0; j < p.columns; j++)
      draw_column(&r, &p, j);
    kn_lp *lp = trial % 3 == 0 ? fresh_lp(&p) : scaled_lp(&p, trial % 3 == 1 ? 64 : 0.125);
    for (int step = 0; step < 25; step++) {
      char what[60];
      snprintf(what, sizeof what, "program %d, change %d", trial, step);
      kn_lp *fresh = fresh_lp(&p);
      const kn_lp_status expected = solve(fresh, KN_LP_PRIMAL), status = solve(lp, (kn_lp_method)random_below(&r, 3));
      counts[status]++;
      if (status != expected)
        fail_msg("%s: ends as %d, a fresh one as %d", what, status, expected);
      if (status == KN_LP_OPTIMAL) {
        expect_optimal(lp, &p, what);
        expect_optimal(fresh, &p, what);
        assert_near(kn_lp_value(lp), kn_lp_value(fresh), 1e-7 * (1 + fabs(kn_lp_value(fresh))));
      }
      kn_lp_free(fresh);
      for (int32_t n = random_below(&r, 3); n >= 0; n--)
        change(&r, lp, &p);
    }
    kn_lp_free(lp);
  }
  /* The draw reaches every outcome often enough to mean something. */
  assert_true(counts[KN_LP_OPTIMAL] > 300 && counts[KN_LP_INFEASIBLE] > 30 && counts[KN_LP_UNBOUNDED] > 30);
}

/* A basis that is given back to a copy ends there at once: the values agree, and so does the basis. */
static void
basis_can_be_given_back(void **state)
{
  (void)state;
  check_random r = {17};
  for (int trial = 0; trial < 50; trial++) {
    plain p = {.rows = 10, .columns = 40};
    for (int32_t i = 0; i < p.rows; i++) {
      p.row_lower[i] = -INFINITY;
      p.row_upper[i] = 1 + fabs(small_number(&r));
    }
    for (int32_t j = 0; j < p.columns; j++) {
      draw_column(&r, &p, j);
      p.lower[j] = 0;
      p.upper[j] = 5;
    }
    kn_lp *lp = fresh_lp(&p), *copy = fresh_lp(&p);
    assert_int_equal(solve(lp, KN_LP_EITHER), KN_LP_OPTIMAL);
    uint8_t columns[MOST_COLUMNS], rows[MOST_ROWS], columns_after[MOST_COLUMNS], rows_after[MOST_ROWS];
    kn_lp_basis_get(lp, columns, rows);
    kn_lp_basis_set(copy, columns, rows);
    assert_int_equal(solve(copy, KN_LP_EITHER), KN_LP_OPTIMAL);
    kn_lp_basis_get(copy, columns_after, rows_after);
    assert_memory_equal(columns, columns_after, (size_t)p.columns);
    assert_memory_equal(rows, rows_after, (size_t)p.rows);
    assert_near(kn_lp_value(copy), kn_lp_value(lp), 1e-9);
    kn_lp_free(lp);
    kn_lp_free(copy);
  }
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

/* One coefficient set, in place or new, is as if the column had been given so. */
static void
entries_can_be_set(void **state)
{
  (void)state;
  check_random r = {41};
  for (int trial = 0; trial < 60; trial++) {
    plain p = {.rows = 8, .columns = 20};
    for (int32_t i = 0; i < p.rows; i++) {
      p.row_lower[i] = -INFINITY;
      p.row_upper[i] = 5 + fabs(small_number(&r));
    }
    for (int32_t j = 0; j < p.columns; j++) {
      draw_column(&r, &p, j);
      p.lower[j] = 0;
      p.upper[j] = 9;
    }
    kn_lp *lp = fresh_lp(&p);
    for (int step = 0; step < 10; step++) {
      assert_int_equal(solve(lp, KN_LP_EITHER), KN_LP_OPTIMAL);
      expect_optimal(lp, &p, "an entry was set");
      const int32_t i = random_below(&r, p.rows), j = random_below(&r, p.columns);
      p.entry[i][j] = small_number(&r);
      assert_int_equal(kn_lp_set_entry(lp, i, j, p.entry[i][j], NULL), KN_OK);
    }
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
      cmocka_unit_test(three_lines_by_hand),
      cmocka_unit_test(no_answer_is_a_status),
      cmocka_unit_test(empty_programs_are_programs),
      cmocka_unit_test(slips_are_named),
      cmocka_unit_test(changes_end_where_a_fresh_start_ends),
      cmocka_unit_test(basis_can_be_given_back),
      cmocka_unit_test(scales_may_differ),
      cmocka_unit_test(entries_can_be_set),
      cmocka_unit_test(watch_stops_a_solve),
      cmocka_unit_test(prices_of_a_small_plan),
      cmocka_unit_test(prices_that_are_intervals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
