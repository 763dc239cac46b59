/* Aim: whatever was added, dropped or set between solves, the answer is that of the program as it stands.
 *
 * Method: random programs with rows and bounds of every kind, changed again and again, also computed in other amounts. Each optimum is
 * held against the conditions that make it one, and each outcome against that of a fresh program. */
#include "plain_lp.h"

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

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(changes_end_where_a_fresh_start_ends),
      cmocka_unit_test(basis_can_be_given_back),
      cmocka_unit_test(entries_can_be_set),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
