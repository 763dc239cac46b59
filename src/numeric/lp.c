/* Linear programs by CLP.
 *
 * The basis belongs to us, not to CLP: one status per column and row, given to CLP before each solve and taken back
 * after it. Adding and dropping then needs no knowledge of what CLP does with its own.
 *
 *     empty --add rows, columns--> changed --solve--> solved --add, drop, set--> changed ...
 *
 * x, dual, reduced and value are those of the last solve; new columns and rows read 0 there until the next one. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* CLP looks at a clock only; a watch is asked between slices of this many seconds, which grow so that the restarts
 * stay a small part. */
static const double first_slice = 0.5, most_slice = 4;

/* Relative to the sizes of what is compared: beyond this an answer is none. */
static const double worst_accepted = 1e-5;

kn_code
kn_lp_new(kn_lp **out, double tolerance, kn_error *err)
{
  *out = NULL;
  if (!(tolerance >= 1e-12 && tolerance <= 1e-3))
    return kn_fail(err, KN_E_INPUT, "a tolerance of a linear program must be 1e-12 to 1e-3, is %g", tolerance);
  kn_lp *lp = calloc(1, sizeof *lp);
  if (lp == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  lp->model = Clp_newModel();
  if (lp->model == NULL) {
    free(lp);
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  }
  Clp_setLogLevel(lp->model, 0);
  Clp_setOptimizationDirection(lp->model, 1);
  Clp_setPrimalTolerance(lp->model, tolerance);
  Clp_setDualTolerance(lp->model, tolerance);
  lp->tolerance = tolerance;
  lp->amount = 1;
  *out = lp;
  return KN_OK;
}

void
kn_lp_free(kn_lp *lp)
{
  if (lp == NULL)
    return;
  Clp_deleteModel(lp->model);
  free(lp->column_status);
  free(lp->row_status);
  free(lp->x);
  free(lp->reduced);
  free(lp->dual);
  free(lp->stamp);
  free(lp->whole_row);
  free(lp->whole_column);
  free(lp);
}

static uint8_t
status_at(double lower, double upper)
{
  if (lower == upper)
    return KN_BASIS_FIXED;
  if (lower > -1e30)
    return KN_BASIS_AT_LOWER;
  return upper < 1e30 ? KN_BASIS_AT_UPPER : KN_BASIS_FREE;
}

static kn_code
check_limits(const char *what, int32_t at, double lower, double upper, kn_error *err)
{
  if (isnan(lower) || isnan(upper) || lower > upper || lower == INFINITY || upper == -INFINITY)
    return kn_fail(err, KN_E_INPUT, "%s %d of a linear program: its limits are %g and %g", what, at, lower, upper);
  return KN_OK;
}

kn_code
kn_lp_add_rows(kn_lp *lp, int32_t count, const double *lower, const double *upper, kn_error *err)
{
  if (count <= 0)
    return KN_OK;
  if (count > INT32_MAX / 2 - lp->row_count)
    return kn_fail(err, KN_E_LIMIT, "a linear program of %d rows more than %d is too large", count, lp->row_count);
  for (int32_t i = 0; i < count; i++)
    KN_TRY(check_limits("row", lp->row_count + i, lower[i], upper[i], err));
  const int32_t rows = lp->row_count + count;
  KN_TRY(KN_GROW(lp->row_status, lp->row_status_room, rows, err));
  KN_TRY(KN_GROW(lp->dual, lp->dual_room, rows, err));
  KN_TRY(KN_GROW(lp->stamp, lp->stamp_room, rows, err));
  double *limits = malloc(2 * (size_t)count * sizeof *limits);
  int *starts = calloc((size_t)count + 1, sizeof *starts);
  if (limits == NULL || starts == NULL) {
    free(limits);
    free(starts);
    return kn_fail(err, KN_E_LIMIT, "out of memory: %d rows were to be added", count);
  }
  for (int32_t i = 0; i < count; i++) {
    const double factor = lp_row_factor(lp, lp->row_count + i);
    limits[i] = lp_limit(lower[i] * factor);
    limits[count + i] = lp_limit(upper[i] * factor);
    lp->row_status[lp->row_count + i] = KN_BASIS_BASIC;
    lp->dual[lp->row_count + i] = 0;
    lp->stamp[lp->row_count + i] = -1;
    lp->is_primal_lost |= lower[i] > 0 || upper[i] < 0; /* an empty row is 0 */
  }
  const int no_column = 0;
  const double no_value = 0;
  Clp_addRows(lp->model, count, limits, limits + count, starts, &no_column, &no_value);
  free(limits);
  free(starts);
  lp->row_count = rows;
  return KN_OK;
}

static kn_code
check_columns(kn_lp *lp, int32_t count, const double *lower, const double *upper, const double *worth, const int32_t *start,
              const int32_t *row, const double *value, kn_error *err)
{
  for (int32_t j = 0; j < count; j++) {
    const int32_t number = lp->column_count + j;
    KN_TRY(check_limits("column", number, lower[j], upper[j], err));
    if (!isfinite(worth[j]))
      return kn_fail(err, KN_E_INPUT, "column %d of a linear program: its worth is %g", number, worth[j]);
    if (start[j + 1] < start[j])
      return kn_fail(err, KN_E_INPUT, "column %d of a linear program ends before it starts", number);
    if (lp->next_stamp == INT32_MAX) {
      for (int32_t i = 0; i < lp->row_count; i++)
        lp->stamp[i] = -1;
      lp->next_stamp = 0;
    }
    const int32_t stamp = lp->next_stamp++;
    for (int32_t at = start[j]; at < start[j + 1]; at++) {
      if (row[at] < 0 || row[at] >= lp->row_count)
        return kn_fail(err, KN_E_INPUT, "column %d of a linear program names row %d of %d", number, row[at], lp->row_count);
      if (lp->stamp[row[at]] == stamp)
        return kn_fail(err, KN_E_INPUT, "column %d of a linear program names row %d twice", number, row[at]);
      if (!isfinite(value[at]))
        return kn_fail(err, KN_E_INPUT, "column %d of a linear program has %g in row %d", number, value[at], row[at]);
      lp->stamp[row[at]] = stamp;
    }
  }
  return KN_OK;
}

kn_code
kn_lp_add_columns(kn_lp *lp, int32_t count, const double *lower, const double *upper, const double *worth, const int32_t *start,
                  const int32_t *row, const double *value, kn_error *err)
{
  if (count <= 0)
    return KN_OK;
  if (count > INT32_MAX / 2 - lp->column_count)
    return kn_fail(err, KN_E_LIMIT, "a linear program of %d columns more than %d is too large", count, lp->column_count);
  KN_TRY(check_columns(lp, count, lower, upper, worth, start, row, value, err));
  const int32_t columns = lp->column_count + count;
  KN_TRY(KN_GROW(lp->column_status, lp->column_status_room, columns, err));
  KN_TRY(KN_GROW(lp->x, lp->x_room, columns, err));
  KN_TRY(KN_GROW(lp->reduced, lp->reduced_room, columns, err));
  double *numbers = malloc(3 * (size_t)count * sizeof *numbers);
  int *starts = malloc(((size_t)count + 1) * sizeof *starts);
  double *scaled = NULL;
  if (lp->amount != 1 && start[count] > start[0])
    scaled = malloc((size_t)(start[count] - start[0]) * sizeof *scaled);
  if (numbers == NULL || starts == NULL || (scaled == NULL && lp->amount != 1 && start[count] > start[0])) {
    free(numbers);
    free(starts);
    free(scaled);
    return kn_fail(err, KN_E_LIMIT, "out of memory: %d columns were to be added", count);
  }
  for (int32_t j = 0; j < count; j++) {
    const int32_t to = lp->column_count + j;
    const double factor = lp_column_factor(lp, to);
    numbers[j] = lp_limit(lower[j] * factor);
    numbers[count + j] = lp_limit(upper[j] * factor);
    numbers[2 * count + j] = -worth[j] * (lp->amount / factor);
    for (int32_t at = start[j]; at < start[j + 1] && scaled != NULL; at++)
      scaled[at - start[0]] = value[at] * (lp_row_factor(lp, row[at]) / factor);
    lp->column_status[to] = status_at(lower[j], upper[j]);
    lp->x[to] = 0;
    lp->reduced[to] = 0;
    /* A column that starts away from 0 moves the rows. */
    lp->is_primal_lost |= lower[j] > 0 || upper[j] < 0;
    starts[j] = start[j] - start[0];
  }
  starts[count] = start[count] - start[0];
  const int no_row = 0;
  const double no_value = 0;
  const bool is_empty = starts[count] == 0;
  Clp_addColumns(lp->model, count, numbers, numbers + count, numbers + 2 * (size_t)count, starts,
                 is_empty ? &no_row : row + start[0],
                 is_empty         ? &no_value
                 : scaled != NULL ? scaled
                                  : value + start[0]);
  free(numbers);
  free(starts);
  free(scaled);
  lp->column_count = columns;
  lp->is_dual_lost = true;
  return KN_OK;
}

kn_code
kn_lp_drop_columns(kn_lp *lp, int32_t count, const int32_t *column, kn_error *err)
{
  if (count <= 0)
    return KN_OK;
  uint8_t *is_dropped = calloc((size_t)lp->column_count + 1, 1);
  if (is_dropped == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory: %d columns were to be dropped", count);
  for (int32_t i = 0; i < count; i++) {
    if (column[i] < 0 || column[i] >= lp->column_count || is_dropped[column[i]]) {
      free(is_dropped);
      return kn_fail(err, KN_E_INPUT, "column %d of %d cannot be dropped from a linear program", column[i], lp->column_count);
    }
    is_dropped[column[i]] = 1;
  }
  Clp_deleteColumns(lp->model, count, column);
  int32_t to = 0, whole = 0;
  for (int32_t k = 0, before = 0, at = 0; k < lp->whole_columns; k++) {
    for (; at < lp->whole_column[k] && at < lp->column_count; at++)
      before += is_dropped[at];
    if (lp->whole_column[k] >= lp->column_count || !is_dropped[lp->whole_column[k]])
      lp->whole_column[whole++] = lp->whole_column[k] - before;
  }
  lp->whole_columns = whole;
  for (int32_t j = 0; j < lp->column_count; j++) {
    if (is_dropped[j]) {
      /* What was not at 0 takes its amounts out of the rows; what was basic leaves a hole that CLP fills with rows. */
      const bool is_basic = lp->column_status[j] == KN_BASIS_BASIC;
      lp->is_primal_lost |= is_basic || lp->x[j] != 0;
      lp->is_dual_lost |= is_basic;
      continue;
    }
    lp->column_status[to] = lp->column_status[j];
    lp->x[to] = lp->x[j];
    lp->reduced[to++] = lp->reduced[j];
  }
  lp->column_count = to;
  free(is_dropped);
  return KN_OK;
}

void
kn_lp_set_worth(kn_lp *lp, int32_t column, double worth)
{
  assert(column >= 0 && column < lp->column_count);
  assert(isfinite(worth));
  Clp_objective(lp->model)[column] = -worth * (lp->amount / lp_column_factor(lp, column));
  lp->is_dual_lost = true;
}

void
kn_lp_set_bounds(kn_lp *lp, int32_t column, double lower, double upper)
{
  assert(column >= 0 && column < lp->column_count);
  assert(lower <= upper);
  Clp_columnLower(lp->model)[column] = lp_limit(lower * lp_column_factor(lp, column));
  Clp_columnUpper(lp->model)[column] = lp_limit(upper * lp_column_factor(lp, column));
  /* A status must name a bound that is there. */
  uint8_t *status = &lp->column_status[column];
  const bool is_lower_gone = *status == KN_BASIS_AT_LOWER && !(lower > -1e30);
  const bool is_upper_gone = *status == KN_BASIS_AT_UPPER && !(upper < 1e30);
  if (is_lower_gone || is_upper_gone || *status == KN_BASIS_FREE || *status == KN_BASIS_FIXED) {
    *status = status_at(lower, upper);
    lp->is_dual_lost = true;
  }
  lp->is_primal_lost = true;
}

kn_code
kn_lp_set_entry(kn_lp *lp, int32_t row, int32_t column, double value, kn_error *err)
{
  assert(row >= 0 && row < lp->row_count);
  assert(column >= 0 && column < lp->column_count);
  if (!isfinite(value))
    return kn_fail(err, KN_E_NUMERIC, "row %d, column %d: the coefficient must be finite", row, column);
  Clp_modifyCoefficient(lp->model, row, column, value * (lp_row_factor(lp, row) / lp_column_factor(lp, column)), false);
  lp->is_primal_lost = true;
  lp->is_dual_lost = true;
  return KN_OK;
}

void
kn_lp_set_row(kn_lp *lp, int32_t row, double lower, double upper)
{
  assert(row >= 0 && row < lp->row_count);
  assert(lower <= upper);
  Clp_rowLower(lp->model)[row] = lp_limit(lower * lp_row_factor(lp, row));
  Clp_rowUpper(lp->model)[row] = lp_limit(upper * lp_row_factor(lp, row));
  uint8_t *status = &lp->row_status[row];
  const bool is_lower_gone = *status == KN_BASIS_AT_LOWER && !(lower > -1e30);
  const bool is_upper_gone = *status == KN_BASIS_AT_UPPER && !(upper < 1e30);
  if (is_lower_gone || is_upper_gone || *status == KN_BASIS_FREE || *status == KN_BASIS_FIXED) {
    *status = status_at(lower, upper);
    lp->is_dual_lost = true;
  }
  lp->is_primal_lost = true;
}

/* ------------------------------------------------------------------ solving */
typedef enum outcome { OUT_OPTIMAL = 0, OUT_INFEASIBLE = 1, OUT_UNBOUNDED = 2, OUT_SLICE = 3, OUT_ERROR = 4 } outcome;

static void
set_slack_basis(kn_lp *lp)
{
  const double *lower = Clp_columnLower(lp->model), *upper = Clp_columnUpper(lp->model);
  for (int32_t j = 0; j < lp->column_count; j++)
    lp->column_status[j] = status_at(lower[j], upper[j]);
  for (int32_t i = 0; i < lp->row_count; i++)
    lp->row_status[i] = KN_BASIS_BASIC;
}

/* One run of CLP from our basis, in slices where somebody may stop it. `both` [columns + rows] is scratch. */
static outcome
run(kn_lp *lp, bool is_dual, uint8_t *both, const kn_watch *watch, bool *is_stopped)
{
  const size_t columns = (size_t)lp->column_count, rows = (size_t)lp->row_count;
  memcpy(both, lp->column_status, columns);
  if (rows > 0)
    memcpy(both + columns, lp->row_status, rows);
  Clp_copyinStatus(lp->model, both);
  const bool is_watched = watch != NULL && watch->is_stopped != NULL;
  double slice = first_slice;
  outcome out;
  do {
    if (kn_watch_is_stopped(watch)) {
      *is_stopped = true;
      out = OUT_SLICE;
      break;
    }
    Clp_setMaximumSeconds(lp->model, is_watched ? slice : -1);
    slice = slice * 1.5 < most_slice ? slice * 1.5 : most_slice;
    if (is_dual)
      Clp_dual(lp->model, 0);
    else
      Clp_primal(lp->model, 0);
    const int status = Clp_status(lp->model);
    out = status >= 0 && status <= 3 ? (outcome)status : OUT_ERROR;
  } while (out == OUT_SLICE && is_watched);
  if (out != OUT_ERROR) {
    const unsigned char *kept = Clp_statusArray(lp->model);
    for (size_t j = 0; j < columns; j++)
      lp->column_status[j] = kept[j] & 7;
    for (size_t i = 0; i < rows; i++)
      lp->row_status[i] = kept[columns + i] & 7;
  }
  return out;
}

/* Takes over x and duals, and computes the rest from them, so that value, reduced costs and duals belong together to
 * the last bit: reduced = worth - dual . column, value = worth . x. */
static void
take_answer(kn_lp *lp)
{
  Clp_Simplex *model = lp->model;
  const double *x = Clp_primalColumnSolution(model), *dual = Clp_dualRowSolution(model), *objective = Clp_objective(model);
  const double *lower = Clp_columnLower(model), *upper = Clp_columnUpper(model);
  for (int32_t i = 0; i < lp->row_count; i++)
    lp->dual[i] = dual[i] == 0 ? 0 : -dual[i];
  const lp_matrix columns = lp_columns(lp);
  lp->is_answer_scaled = lp->amount != 1;
  lp->value = 0;
  for (int32_t j = 0; j < lp->column_count; j++) {
    /* Within the tolerance CLP may stand a hair outside; nobody wants a flow of -1e-12. */
    lp->x[j] = x[j] < lower[j] ? lower[j] : x[j] > upper[j] ? upper[j] : x[j];
    double reduced = -objective[j];
    for (CoinBigIndex at = columns.start[j]; at < columns.start[j] + columns.length[j]; at++)
      reduced -= lp->dual[columns.row[at]] * columns.element[at];
    lp->reduced[j] = reduced;
    lp->value -= objective[j] * lp->x[j];
  }
}

/* How far the answer is from the conditions of an optimum, relative to the sizes of what is compared. */
static double
worst_violation(const kn_lp *lp, double *activity)
{
  Clp_Simplex *model = lp->model;
  const double *lower = Clp_rowLower(model), *upper = Clp_rowUpper(model);
  const double *column_lower = Clp_columnLower(model), *column_upper = Clp_columnUpper(model), *objective = Clp_objective(model);
  double *size = activity + lp->row_count;
  for (int32_t i = 0; i < 2 * lp->row_count; i++)
    activity[i] = 0;
  double worst = 0;
  const lp_matrix columns = lp_columns(lp);
  for (int32_t j = 0; j < lp->column_count; j++) {
    double scale = 1 + fabs(objective[j]);
    for (CoinBigIndex at = columns.start[j]; at < columns.start[j] + columns.length[j]; at++) {
      activity[columns.row[at]] += columns.element[at] * lp->x[j];
      size[columns.row[at]] += fabs(columns.element[at] * lp->x[j]);
      scale += fabs(columns.element[at] * lp->dual[columns.row[at]]);
    }
    if (column_lower[j] == column_upper[j])
      continue;
    const bool may_rise = lp->x[j] < column_upper[j] - 1e-6 * (1 + fabs(lp->x[j]));
    const bool may_fall = lp->x[j] > column_lower[j] + 1e-6 * (1 + fabs(lp->x[j]));
    if (may_rise && lp->reduced[j] / scale > worst)
      worst = lp->reduced[j] / scale;
    if (may_fall && -lp->reduced[j] / scale > worst)
      worst = -lp->reduced[j] / scale;
  }
  for (int32_t i = 0; i < lp->row_count; i++) {
    const double scale = 1 + size[i];
    if ((lower[i] - activity[i]) / scale > worst)
      worst = (lower[i] - activity[i]) / scale;
    if ((activity[i] - upper[i]) / scale > worst)
      worst = (activity[i] - upper[i]) / scale;
  }
  return worst;
}

/* Which method suits the changes since the last solve: new columns leave the point feasible, new rows the prices. */
static bool
is_dual_wanted(const kn_lp *lp, kn_lp_method method)
{
  if (method == KN_LP_EITHER)
    return lp->is_primal_lost;
  return method == KN_LP_DUAL;
}

/* CLP may take a program that is unbounded for an infeasible one and the other way round, or give up on one that is
 * infeasible, above all where both its point and its prices start infeasible. Without worth only feasibility is left to be told;
 * from a feasible point the primal method then tells the rest. */
static kn_code
settle_no_answer(kn_lp *lp, uint8_t *both, const kn_watch *watch, bool *is_stopped, outcome *out, kn_error *err)
{
  double *objective = Clp_objective(lp->model);
  const size_t bytes = (size_t)lp->column_count * sizeof *objective;
  double *kept = malloc(bytes);
  if (kept == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  memcpy(kept, objective, bytes);
  memset(objective, 0, bytes);
  const outcome found = run(lp, false, both, watch, is_stopped);
  memcpy(Clp_objective(lp->model), kept, bytes);
  free(kept);
  if (*is_stopped)
    return KN_OK;
  if (found != OUT_OPTIMAL)
    *out = found;
  else if (*out != OUT_UNBOUNDED)
    *out = run(lp, false, both, watch, is_stopped);
  return KN_OK;
}

/* Without columns all rows are 0: CLP does not take such a program. */
static kn_lp_status
solve_empty(kn_lp *lp)
{
  const double *lower = Clp_rowLower(lp->model), *upper = Clp_rowUpper(lp->model);
  kn_lp_status status = KN_LP_OPTIMAL;
  for (int32_t i = 0; i < lp->row_count; i++) {
    lp->row_status[i] = KN_BASIS_BASIC;
    lp->dual[i] = 0;
    if (lower[i] > lp->tolerance || upper[i] < -lp->tolerance)
      status = KN_LP_INFEASIBLE;
  }
  lp->value = 0;
  return status;
}

/* Tries the wanted method, and where its answer does not hold, the other one without scaling, and at last from
 * the beginning. */
static outcome
solve_surely(kn_lp *lp, bool is_dual, uint8_t *both, double *activity, const kn_watch *watch, bool *is_stopped)
{
  enum { TRIES = 3 };
  const double accepted = lp->tolerance * 100 > 1e-7 ? lp->tolerance * 100 : 1e-7;
  outcome out = OUT_ERROR;
  for (int attempt = 0; attempt < TRIES && !*is_stopped; attempt++) {
    if (attempt == 1)
      Clp_scaling(lp->model, 0);
    if (attempt == TRIES - 1)
      set_slack_basis(lp);
    out = run(lp, is_dual == (attempt == 0), both, watch, is_stopped);
    if (out == OUT_INFEASIBLE || out == OUT_UNBOUNDED)
      break;
    if (out != OUT_OPTIMAL)
      continue;
    take_answer(lp);
    if (worst_violation(lp, activity) <= accepted)
      break;
    out = OUT_ERROR;
  }
  Clp_scaling(lp->model, 3);
  return out;
}

static kn_code
solve(kn_lp *lp, kn_lp_method method, const kn_watch *watch, kn_lp_status *status, kn_error *err)
{
  if (lp->column_count == 0) {
    *status = solve_empty(lp);
    return KN_OK;
  }
  *status = KN_LP_FAILED;
  uint8_t *both = malloc((size_t)lp->column_count + (size_t)lp->row_count + 1);
  double *activity = malloc((2 * (size_t)lp->row_count + 1) * sizeof *activity);
  if (both == NULL || activity == NULL) {
    free(both);
    free(activity);
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  }
  bool is_stopped = false;
  outcome out = solve_surely(lp, is_dual_wanted(lp, method), both, activity, watch, &is_stopped);
  kn_code code = KN_OK;
  if (out != OUT_OPTIMAL && !is_stopped)
    code = settle_no_answer(lp, both, watch, &is_stopped, &out, err);
  if (out == OUT_OPTIMAL) {
    take_answer(lp);
    if (worst_violation(lp, activity) > worst_accepted)
      out = OUT_ERROR;
  }
  free(both);
  free(activity);
  KN_TRY(code);
  if (is_stopped) {
    take_answer(lp);
    *status = KN_LP_STOPPED;
    return KN_OK;
  }
  switch (out) {
  case OUT_OPTIMAL:
    *status = KN_LP_OPTIMAL;
    lp->is_primal_lost = lp->is_dual_lost = false;
    break;
  case OUT_INFEASIBLE:
    *status = KN_LP_INFEASIBLE;
    take_answer(lp);
    break;
  case OUT_UNBOUNDED:
    *status = KN_LP_UNBOUNDED;
    take_answer(lp);
    break;
  default:
    *status = KN_LP_FAILED;
    break;
  }
  return KN_OK;
}

kn_code
kn_lp_solve(kn_lp *lp, kn_lp_method method, const kn_watch *watch, kn_lp_status *status, kn_error *err)
{
  const kn_code code = solve(lp, method, watch, status, err);
  lp_unscale_answer(lp);
  return code;
}
