/* Mixed programs by CBC.
 *
 * CBC can be stopped by its clock, and by a word from inside: it calls us where it looks for cuts. It looks there
 * often near the root and seldom deep in the tree, so a watched search also runs in slices, each as long as all
 * before it, and each starting from the best point known. */
#include <Cbc_C_Interface.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const double first_slice_s = 10;

/* CBC reads its parameters into statics of its own, so searches take turns; this lock guards those, nothing of ours. */
static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;

/* The program as CBC wants it: columns without gaps, the worth negated. */
typedef struct program {
  int32_t columns, rows;
  CoinBigIndex *start;
  int *row;
  double *element, *activity;
  const double *lower, *upper, *cost, *row_lower, *row_upper;
} program;

static void
free_program(program *p)
{
  free(p->start);
  free(p->row);
  free(p->element);
  free(p->activity);
}

static kn_code
copy_program(program *p, const kn_lp *lp, kn_error *err)
{
  const lp_matrix from = lp_columns(lp);
  *p = (program){.columns = lp->column_count, .rows = lp->row_count};
  size_t count = 0;
  for (int32_t j = 0; j < p->columns; j++)
    count += (size_t)from.length[j];
  p->start = malloc(((size_t)p->columns + 1) * sizeof *p->start);
  p->row = malloc((count + 1) * sizeof *p->row);
  p->element = malloc((count + 1) * sizeof *p->element);
  p->activity = malloc(((size_t)p->rows + 1) * sizeof *p->activity);
  if (p->start == NULL || p->row == NULL || p->element == NULL || p->activity == NULL) {
    free_program(p);
    kn_fail(err, KN_E_LIMIT, "out of memory: a mixed program of %d columns was to be copied", lp->column_count);
    return KN_E_LIMIT;
  }
  p->start[0] = 0;
  for (int32_t j = 0; j < p->columns; j++) {
    const size_t length = (size_t)from.length[j], to = (size_t)p->start[j];
    memcpy(p->row + to, from.row + from.start[j], length * sizeof *p->row);
    memcpy(p->element + to, from.element + from.start[j], length * sizeof *p->element);
    p->start[j + 1] = p->start[j] + from.length[j];
  }
  p->lower = Clp_columnLower(lp->model);
  p->upper = Clp_columnUpper(lp->model);
  p->cost = Clp_objective(lp->model);
  p->row_lower = Clp_rowLower(lp->model);
  p->row_upper = Clp_rowUpper(lp->model);
  return KN_OK;
}

/* Whether x keeps all limits, within 1e-6 of the sizes involved. */
static bool
is_feasible(const program *p, const double *x)
{
  const double slack = 1e-6;
  for (int32_t i = 0; i < p->rows; i++)
    p->activity[i] = 0;
  double size = 1;
  for (int32_t j = 0; j < p->columns; j++) {
    if (!(x[j] >= p->lower[j] - slack * (1 + fabs(x[j]))) || !(x[j] <= p->upper[j] + slack * (1 + fabs(x[j]))))
      return false;
    for (CoinBigIndex at = p->start[j]; at < p->start[j + 1]; at++) {
      const double amount = p->element[at] * x[j];
      p->activity[p->row[at]] += amount;
      size = fabs(amount) > size ? fabs(amount) : size;
    }
  }
  for (int32_t i = 0; i < p->rows; i++)
    if (p->activity[i] < p->row_lower[i] - slack * size || p->activity[i] > p->row_upper[i] + slack * size)
      return false;
  return true;
}

static bool
is_integral(const double *x, int32_t count, const int32_t *column)
{
  for (int32_t i = 0; i < count; i++)
    if (!(fabs(x[column[i]] - rint(x[column[i]])) <= 1e-6))
      return false;
  return true;
}

static double
worth_of(const program *p, const double *x)
{
  double value = 0;
  for (int32_t j = 0; j < p->columns; j++)
    value -= p->cost[j] * x[j];
  return value;
}

/* CBC asks for cuts: when the caller wants to stop, each node gets a cut that nothing satisfies, so that what is left
 * of the tree falls at once and the best point so far is the answer. */
static void
look_up(void *osi, void *cuts, void *arg)
{
  if (!kn_watch_is_stopped(arg) || Osi_getNumCols(osi) == 0)
    return;
  const int column = 0;
  const double one = 1, upper = Osi_getColUpper(osi)[0];
  const double lower = Osi_getColLower(osi)[0];
  if (lower > -1e20)
    OsiCuts_addRowCut(cuts, 1, &column, &one, 'L', lower - 1 - fabs(lower));
  else if (upper < 1e20)
    OsiCuts_addRowCut(cuts, 1, &column, &one, 'G', upper + 1 + fabs(upper));
}

typedef struct task {
  const program *program;
  int32_t integer_count;
  const int32_t *integer_column;
  double gap;
  const kn_watch *watch;
} task;

/* One search of at most `seconds` (0: no limit) from x where *found. Puts a better point in x; true when it is done. */
static bool
search(const task *t, double seconds, bool *found, double *x, double *value)
{
  const program *p = t->program;
  double *start = malloc(((size_t)t->integer_count + 1) * sizeof *start);
  pthread_mutex_lock(&library_lock);
  Cbc_Model *model = start == NULL ? NULL : Cbc_newModel();
  if (model == NULL) {
    pthread_mutex_unlock(&library_lock);
    free(start);
    return true;
  }
  Cbc_setLogLevel(model, 0);
  Cbc_setParameter(model, "log", "0");
  Cbc_setParameter(model, "slog", "0");
  Cbc_setParameter(model, "timeMode", "elapsed");
  Cbc_loadProblem(model, p->columns, p->rows, p->start, p->row, p->element, p->lower, p->upper, p->cost, p->row_lower,
                  p->row_upper);
  for (int32_t i = 0; i < t->integer_count; i++)
    Cbc_setInteger(model, t->integer_column[i]);
  Cbc_setAllowableGap(model, 0);
  Cbc_setAllowableFractionGap(model, t->gap);
  if (seconds > 0)
    Cbc_setMaximumSeconds(model, seconds);
  if (*found && t->integer_count > 0) {
    for (int32_t i = 0; i < t->integer_count; i++)
      start[i] = rint(x[t->integer_column[i]]);
    Cbc_setMIPStartI(model, t->integer_count, t->integer_column, start);
  }
  if (t->watch != NULL && t->watch->is_stopped != NULL)
    Cbc_addCutCallback(model, look_up, "watch", (void *)(uintptr_t)t->watch);
  Cbc_solve(model);
  const double *best = Cbc_bestSolution(model);
  if (best == NULL && t->integer_count == 0 && Cbc_isInitialSolveProvenOptimal(model))
    best = Cbc_getColSolution(model); /* without integers there is no tree */
  if (best != NULL && is_integral(best, t->integer_count, t->integer_column) && is_feasible(p, best)) {
    const double reached = worth_of(p, best);
    if (!*found || reached > *value) {
      memcpy(x, best, (size_t)p->columns * sizeof *x);
      *found = true;
      *value = reached;
    }
  }
  const bool is_done = Cbc_status(model) != 1; /* 1: stopped, here by its clock */
  Cbc_deleteModel(model);
  pthread_mutex_unlock(&library_lock);
  free(start);
  return is_done;
}

/* Integers come out as integers, and within the limits of their columns; CBC is right to 1e-6 only. */
static void
tidy(const task *t, double *x, double *value)
{
  const program *p = t->program;
  for (int32_t i = 0; i < t->integer_count; i++)
    x[t->integer_column[i]] = rint(x[t->integer_column[i]]);
  for (int32_t j = 0; j < p->columns; j++)
    x[j] = x[j] < p->lower[j] ? p->lower[j] : x[j] > p->upper[j] ? p->upper[j] : x[j];
  *value = worth_of(p, x);
}

/* thread_count is not used: a search in parallel finds another one of several best points each time, and results must
 * not depend on the number of threads. */
kn_code
kn_lp_mixed(const kn_lp *lp, int32_t integer_count, const int32_t *integer_column, const double *start, double gap,
            double seconds, int32_t thread_count, const kn_watch *watch, bool *found, double *x, double *value, kn_error *err)
{
  (void)thread_count;
  *found = false;
  *value = NAN;
  for (int32_t i = 0; i < integer_count; i++)
    if (integer_column[i] < 0 || integer_column[i] >= lp->column_count)
      return kn_fail(err, KN_E_INPUT, "column %d of %d cannot be an integer of a mixed program", integer_column[i],
                     lp->column_count);
  if (!(gap >= 0) || !(seconds >= 0))
    return kn_fail(err, KN_E_INPUT, "a mixed program wants a gap and seconds of 0 or more, has %g and %g", gap, seconds);
  program copy;
  KN_TRY(copy_program(&copy, lp, err));
  const task t = {&copy, integer_count, integer_column, gap, watch};
  if (start != NULL) {
    for (int32_t j = 0; j < copy.columns; j++)
      x[j] = start[j] * lp_column_factor(lp, j);
    *found = is_integral(x, integer_count, integer_column) && is_feasible(&copy, x);
    *value = *found ? worth_of(&copy, x) : NAN;
  }
  if (copy.columns == 0) {
    *found = is_feasible(&copy, x);
    *value = *found ? 0 : NAN;
    free_program(&copy);
    return KN_OK;
  }
  const bool is_watched = watch != NULL && watch->is_stopped != NULL;
  double spent = 0, slice = first_slice_s;
  bool is_done = false;
  while (!is_done && !kn_watch_is_stopped(watch)) {
    double limit = is_watched ? slice : 0;
    if (seconds > 0) {
      const double left = seconds - spent;
      limit = limit == 0 || limit > left ? left : limit;
    }
    is_done = search(&t, limit, found, x, value);
    spent += limit;
    slice *= 2;
    is_done |= !is_watched || (seconds > 0 && spent >= seconds);
  }
  if (*found) {
    tidy(&t, x, value);
    *value /= lp->amount;
    for (int32_t j = 0; j < copy.columns; j++)
      x[j] /= lp_column_factor(lp, j);
  }
  free_program(&copy);
  return KN_OK;
}
