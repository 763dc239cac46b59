/* Aim: mixed programs reach the optimum that trying all integers finds, keep a given start when stopped, and print nothing.
 */
#include <unistd.h>

#include "../base/check.h"

#include "knoop/numeric.h"

enum { UNITS = 8, FLOWS = 8 };

/* Candidate units with a fixed cost: flow j of unit j is at most capacity_j * open_j, all flows share what is offered. */
typedef struct siting {
  double offered, capacity[UNITS], fixed[UNITS], margin[UNITS];
} siting;

static kn_lp *
siting_lp(const siting *s)
{
  kn_error err = {0};
  kn_lp *lp;
  assert_int_equal(kn_lp_new(&lp, 1e-9, &err), KN_OK);
  double lower[UNITS + 1], upper[UNITS + 1] = {0};
  for (int i = 0; i <= UNITS; i++)
    lower[i] = -INFINITY;
  upper[UNITS] = s->offered;
  assert_int_equal(kn_lp_add_rows(lp, UNITS + 1, lower, upper, &err), KN_OK);
  for (int32_t j = 0; j < UNITS; j++) {
    const double zero = 0, one = 1, endless = INFINITY;
    assert_int_equal(kn_lp_add_columns(lp, 1, &zero, &endless, &s->margin[j], (int32_t[]){0, 2}, (int32_t[]){j, UNITS},
                                       (double[]){1, 1}, &err),
                     KN_OK);
    assert_int_equal(
        kn_lp_add_columns(lp, 1, &zero, &one, &(double){-s->fixed[j]}, (int32_t[]){0, 1}, &j, &(double){-s->capacity[j]}, &err),
        KN_OK);
  }
  return lp;
}

static const int32_t open_column[UNITS] = {1, 3, 5, 7, 9, 11, 13, 15};

/* All sets of units; in each the offered goes to the best margins first. */
static double
best_by_all(const siting *s)
{
  double best = 0;
  for (int set = 0; set < 1 << UNITS; set++) {
    double value = 0, left = s->offered;
    bool is_used[UNITS] = {false};
    for (int j = 0; j < UNITS; j++)
      value -= (set >> j & 1) != 0 ? s->fixed[j] : 0;
    for (;;) {
      int at = -1;
      for (int j = 0; j < UNITS; j++)
        if ((set >> j & 1) != 0 && !is_used[j] && (at < 0 || s->margin[j] > s->margin[at]))
          at = j;
      if (at < 0)
        break;
      is_used[at] = true;
      const double flow = s->capacity[at] < left ? s->capacity[at] : left;
      value += s->margin[at] * flow;
      left -= flow;
    }
    best = value > best ? value : best;
  }
  return best;
}

static siting
draw_siting(check_random *r)
{
  siting s = {.offered = 100 + (double)random_below(r, 200)};
  for (int j = 0; j < UNITS; j++) {
    s.capacity[j] = 20 + (double)random_below(r, 100);
    s.fixed[j] = 100 + (double)random_below(r, 900);
    s.margin[j] = 5 + (double)random_below(r, 20);
  }
  return s;
}

static void
optimum_is_that_of_trying_all(void **state)
{
  (void)state;
  check_random r = {13};
  for (int trial = 0; trial < 60; trial++) {
    const siting s = draw_siting(&r);
    kn_lp *lp = siting_lp(&s);
    kn_error err = {0};
    bool found;
    double x[UNITS + FLOWS], value, start[UNITS + FLOWS] = {0};
    if (kn_lp_mixed(lp, UNITS, open_column, trial % 2 == 0 ? NULL : start, 0, 0, 1 + trial % 2, NULL, &found, x, &value, &err) !=
        KN_OK)
      fail_msg("%s", err.text);
    assert_true(found);
    assert_near(value, best_by_all(&s), 1e-6);
    double flow = 0, sum = 0;
    for (int j = 0; j < UNITS; j++) {
      const double open = x[2 * j + 1];
      assert_true(open == 0 || open == 1);
      assert_true(x[2 * j] >= 0 && x[2 * j] <= s.capacity[j] * open + 1e-6);
      flow += x[2 * j];
      sum += s.margin[j] * x[2 * j] - s.fixed[j] * open;
    }
    assert_true(flow <= s.offered + 1e-6);
    assert_near(sum, value, 1e-9 * (1 + fabs(sum)));
    /* The linear program is untouched and bounds the mixed one. */
    kn_lp_status status;
    assert_int_equal(kn_lp_solve(lp, KN_LP_EITHER, NULL, &status, &err), KN_OK);
    assert_int_equal(status, KN_LP_OPTIMAL);
    assert_true(kn_lp_value(lp) >= value - 1e-6);
    kn_lp_free(lp);
  }
}

/* Columns that were dropped leave no trace in the copy. */
static void
dropped_columns_do_not_count(void **state)
{
  (void)state;
  check_random r = {14};
  siting s = draw_siting(&r);
  kn_lp *lp = siting_lp(&s);
  kn_error err = {0};
  assert_int_equal(kn_lp_drop_columns(lp, 2, (int32_t[]){1, 0}, &err), KN_OK); /* the first unit and its flow */
  s.margin[0] = 0;
  bool found;
  double x[UNITS + FLOWS], value;
  assert_int_equal(kn_lp_mixed(lp, UNITS - 1, open_column, NULL, 0, 0, 0, NULL, &found, x, &value, &err), KN_OK);
  assert_true(found);
  assert_near(value, best_by_all(&s), 1e-6);
  kn_lp_free(lp);
}

static bool
stop_at_once(void *arg)
{
  (void)arg;
  return true;
}

static bool
never_stop(void *arg)
{
  ++*(int *)arg;
  return false;
}

static void
start_survives_a_stop(void **state)
{
  (void)state;
  check_random r = {15};
  const siting s = draw_siting(&r);
  kn_lp *lp = siting_lp(&s);
  kn_error err = {0};
  kn_watch watch = {.is_stopped = stop_at_once};
  bool found;
  double x[UNITS + FLOWS], value, start[UNITS + FLOWS] = {0};
  start[1] = 1;
  start[0] = 10;
  assert_int_equal(kn_lp_mixed(lp, UNITS, open_column, start, 1e-4, 0, 0, &watch, &found, x, &value, &err), KN_OK);
  assert_true(found);
  assert_near(value, 10 * s.margin[0] - s.fixed[0], 1e-9);
  assert_near(x[0], 10, 0);
  assert_int_equal(kn_lp_mixed(lp, UNITS, open_column, NULL, 1e-4, 0, 0, &watch, &found, x, &value, &err), KN_OK);
  assert_false(found);
  start[0] = 1e6; /* no start: beyond the capacity */
  assert_int_equal(kn_lp_mixed(lp, UNITS, open_column, start, 1e-4, 0, 0, &watch, &found, x, &value, &err), KN_OK);
  assert_false(found);
  int asked = 0;
  watch = (kn_watch){.is_stopped = never_stop, .arg = &asked};
  assert_int_equal(kn_lp_mixed(lp, UNITS, open_column, NULL, 0, 60, 0, &watch, &found, x, &value, &err), KN_OK);
  assert_true(found && asked > 0);
  assert_near(value, best_by_all(&s), 1e-6);
  kn_lp_free(lp);
}

static void
no_answer_is_not_found(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_lp *lp;
  assert_int_equal(kn_lp_new(&lp, 1e-9, &err), KN_OK);
  bool found = true;
  double x[1] = {0}, value;
  assert_int_equal(kn_lp_mixed(lp, 0, NULL, NULL, 0, 0, 0, NULL, &found, x, &value, &err), KN_OK);
  assert_true(found); /* nothing to decide */
  assert_near(value, 0, 0);
  /* 2 z = 1 has no integer z. */
  assert_int_equal(kn_lp_add_rows(lp, 1, (double[]){1}, (double[]){1}, &err), KN_OK);
  assert_int_equal(kn_lp_add_columns(lp, 1, (double[]){0}, (double[]){5}, (double[]){1}, (int32_t[]){0, 1}, (int32_t[]){0},
                                     (double[]){2}, &err),
                   KN_OK);
  assert_int_equal(kn_lp_mixed(lp, 1, (int32_t[]){0}, NULL, 0, 0, 0, NULL, &found, x, &value, &err), KN_OK);
  assert_false(found);
  assert_int_equal(kn_lp_mixed(lp, 0, NULL, NULL, 0, 0, 0, NULL, &found, x, &value, &err), KN_OK);
  assert_true(found);
  assert_near(x[0], 0.5, 1e-9);
  assert_int_equal(kn_lp_mixed(lp, 1, (int32_t[]){7}, NULL, 0, 0, 0, NULL, &found, x, &value, &err), KN_E_INPUT);
  assert_int_equal(kn_lp_mixed(lp, 1, (int32_t[]){0}, NULL, -1, 0, 0, NULL, &found, x, &value, &err), KN_E_INPUT);
  kn_lp_free(lp);
}

/* Both solvers like to talk; standard output belongs to the answer of the program. */
static void
solvers_are_silent(void **state)
{
  (void)state;
  check_random r = {16};
  fflush(NULL);
  FILE *heard = tmpfile();
  assert_non_null(heard);
  const int out = dup(1), errors = dup(2);
  dup2(fileno(heard), 1);
  dup2(fileno(heard), 2);
  double start[UNITS + FLOWS] = {0};
  for (int trial = 0; trial < 10; trial++) {
    siting s = draw_siting(&r);
    kn_lp *lp = siting_lp(&s);
    bool found;
    double x[UNITS + FLOWS], value;
    kn_lp_status status;
    kn_lp_mixed(lp, UNITS, open_column, trial % 2 == 0 ? NULL : start, 0, 5, 0, NULL, &found, x, &value, NULL);
    kn_lp_solve(lp, KN_LP_DUAL, NULL, &status, NULL);
    kn_lp_set_row(lp, UNITS, 1e6, INFINITY); /* infeasible */
    kn_lp_mixed(lp, UNITS, open_column, start, 0, 0, 0, NULL, &found, x, &value, NULL);
    kn_lp_solve(lp, KN_LP_PRIMAL, NULL, &status, NULL);
    kn_lp_free(lp);
  }
  fflush(NULL);
  dup2(out, 1);
  dup2(errors, 2);
  close(out);
  close(errors);
  fseek(heard, 0, SEEK_END);
  assert_int_equal(ftell(heard), 0);
  fclose(heard);
}

/* 1e-10 of a thing at 5e9 is as much as 5 of one: x 1e-10, opened by 0.5 of a choice that costs 0.2. Duals, reduced worths and the value are
 * those of the program as it was given. */
static void
small_amounts_are_scaled(void **state)
{
  (void)state;
  static const double lower[] = {-INFINITY, -INFINITY}, upper[] = {0, 0.5}, least[] = {0, 0}, most[] = {INFINITY, 1},
                      worth[] = {5e9, -0.2}, entry[] = {1, -2e-10, 1};
  static const int32_t start[] = {0, 1, 3}, row[] = {0, 0, 1}, choice[] = {1};
  kn_error err = {0};
  kn_lp *lp;
  kn_lp_status status;
  assert_int_equal(kn_lp_new(&lp, 1e-9, &err), KN_OK);
  assert_int_equal(kn_lp_scale(lp, 3, 0, NULL, 0, NULL, &err), KN_E_INPUT);
  assert_int_equal(kn_lp_scale(lp, 0x1p33, 1, choice, 1, choice, &err), KN_OK);
  assert_int_equal(kn_lp_add_rows(lp, 2, lower, upper, &err), KN_OK);
  assert_int_equal(kn_lp_add_columns(lp, 2, least, most, worth, start, row, entry, &err), KN_OK);
  assert_int_equal(kn_lp_solve(lp, KN_LP_EITHER, NULL, &status, &err), KN_OK);
  assert_int_equal(status, KN_LP_OPTIMAL);
  assert_near(kn_lp_x(lp)[0], 1e-10, 1e-20);
  assert_near(kn_lp_x(lp)[1], 0.5, 1e-12);
  assert_near(kn_lp_value(lp), 0.4, 1e-12);
  assert_near(kn_lp_dual(lp)[0], 5e9, 1);
  assert_near(kn_lp_dual(lp)[1], 0.8, 1e-9);
  assert_near(kn_lp_reduced(lp)[1], 0, 1e-9);
  double x[2], value;
  bool found;
  kn_lp_set_row(lp, 1, -INFINITY, 1);
  assert_int_equal(kn_lp_mixed(lp, 1, choice, NULL, 0, 0, 1, NULL, &found, x, &value, &err), KN_OK);
  assert_true(found);
  assert_near(x[0], 2e-10, 1e-20);
  assert_near(x[1], 1, 0);
  assert_near(value, 0.8, 1e-9);
  kn_lp_free(lp);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(optimum_is_that_of_trying_all),
      cmocka_unit_test(dropped_columns_do_not_count),
      cmocka_unit_test(start_survives_a_stop),
      cmocka_unit_test(no_answer_is_not_found),
      cmocka_unit_test(solvers_are_silent),
      cmocka_unit_test(small_amounts_are_scaled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
