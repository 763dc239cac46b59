/* A program kept beside the one that is solved, dense and plain, and what makes an answer to it an optimum. */
#ifndef KN_TEST_PLAIN_LP_H
#define KN_TEST_PLAIN_LP_H

#include "../base/check.h"

#include "knoop/numeric.h"

enum { MOST_ROWS = 24, MOST_COLUMNS = 60 };

typedef struct plain {
  int32_t rows, columns;
  double row_lower[MOST_ROWS], row_upper[MOST_ROWS];
  double lower[MOST_COLUMNS], upper[MOST_COLUMNS], worth[MOST_COLUMNS];
  double entry[MOST_ROWS][MOST_COLUMNS];
} plain;

static inline void
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

static inline kn_lp *
fresh_lp(const plain *p)
{
  kn_error err = {0};
  kn_lp *lp;
  assert_int_equal(kn_lp_new(&lp, 1e-9, &err), KN_OK);
  assert_int_equal(kn_lp_add_rows(lp, p->rows, p->row_lower, p->row_upper, &err), KN_OK);
  give_columns(lp, p, 0, p->columns);
  return lp;
}

static inline kn_lp_status
solve(kn_lp *lp, kn_lp_method method)
{
  kn_error err = {0};
  kn_lp_status status;
  if (kn_lp_solve(lp, method, NULL, &status, &err) != KN_OK)
    fail_msg("%s", err.text);
  return status;
}

/* The conditions of Karush, Kuhn and Tucker. */
static inline void
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

static inline double
small_number(check_random *r)
{
  return (double)(random_below(r, 41) - 20) / 2;
}

static inline void
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

static inline void
draw_column(check_random *r, plain *p, int32_t j)
{
  draw_limits(r, &p->lower[j], &p->upper[j], true);
  p->worth[j] = small_number(r);
  for (int32_t i = 0; i < MOST_ROWS; i++)
    p->entry[i][j] = i < p->rows && random_below(r, 3) == 0 ? small_number(r) : 0;
}

#endif
