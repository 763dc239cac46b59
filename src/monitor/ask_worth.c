/* From what decisions bring in each scenario to what answers are worth.
 *
 * brings[d, s] is what decision d brings in scenario s, in which the figure asked about and those around it are drawn. Given the
 * figure alone, decision d brings g_d(u) on the mean: a regression of brings on u (Strong, Oakley and Brennan 2014), local and
 * linear (Cleveland 1979, JASA 74), as wide as leaving one out tells. Then, in scenarios of equal chance,
 *
 *   EVPPI = mean_s max_d g_d(u_s) - max_d mean_s g_d(u_s)
 *   EVSI  = sum_m max_d mean_s L(m | s) g_d(u_s) - max_d mean_s g_d(u_s)
 *
 * with L(m | s) the chance of answer m in scenario s. Answers lie at the values of the scenarios themselves. As the rows of L add up
 * to 1, 0 <= EVSI <= EVPPI whatever the numbers (Jensen). */
#include "monitor/ask.h"

#include <stdlib.h>
#include <string.h>

typedef struct sorted {
  double u;
  int32_t scenario;
} sorted;

static int
by_u(const void *a, const void *b)
{
  const sorted *x = a, *y = b;
  if (x->u != y->u)
    return x->u < y->u ? -1 : 1;
  return x->scenario - y->scenario;
}

/* ------------------------------------------------------------------ regression on one figure
 * Line through the `width` points around `at`, without point `skip`: its value at `at`. */
static double
line_at(const double *y, int32_t n, int32_t width, int32_t at, int32_t skip)
{
  int32_t first = at - width / 2;
  first = first < 0 ? 0 : first + width > n ? n - width : first;
  double count = 0, x_sum = 0, y_sum = 0, xx = 0, xy = 0;
  for (int32_t k = first; k < first + width; k++) {
    if (k == skip)
      continue;
    const double x = k - at;
    count++;
    x_sum += x;
    y_sum += y[k];
    xx += x * x;
    xy += x * y[k];
  }
  const double spread = count * xx - x_sum * x_sum;
  return spread > 0 ? (y_sum * xx - x_sum * xy) / spread : y_sum / count;
}

static double
error_of_width(const double *y, int32_t decisions, int32_t n, int32_t width)
{
  double sum = 0;
  for (int32_t d = 0; d < decisions; d++)
    for (int32_t s = 0; s < n; s++) {
      const double off = y[(int64_t)d * n + s] - line_at(y + (int64_t)d * n, n, width, s, s);
      sum += off * off;
    }
  return sum;
}

/* y [decisions * n] in the order of u, each less that of the best decision; g: smoothed, with the same means. */
static void
smooth(const double *y, int32_t decisions, int32_t n, double *g)
{
  static const int32_t widths[] = {3, 5, 9, 17, 33, 65, 129};
  int32_t best = widths[0] < n ? widths[0] : n;
  double least = INFINITY;
  for (size_t w = 0; w < sizeof widths / sizeof *widths && widths[w] <= n; w++) {
    const double error = error_of_width(y, decisions, n, widths[w]);
    if (error < least) {
      least = error;
      best = widths[w];
    }
  }
  for (int32_t d = 0; d < decisions; d++) {
    double shift = 0;
    for (int32_t s = 0; s < n; s++) {
      g[(int64_t)d * n + s] = line_at(y + (int64_t)d * n, n, best, s, KN_NONE);
      shift += y[(int64_t)d * n + s] - g[(int64_t)d * n + s];
    }
    for (int32_t s = 0; s < n; s++)
      g[(int64_t)d * n + s] += shift / n;
  }
}

/* Chances of answers: log answer ~ N(log value, log error) for a quantity, answer ~ N(value, error |mean|) for a price. Each row
 * is made to add up to 1. */
static void
fill_chances(const ask_figure *figure, double error, const double *u, int32_t n, double *chance, double *x)
{
  const bool is_quantity = figure->kind == KN_ASK_QUANTITY;
  const double sd = is_quantity ? sqrt(log1p(error * error)) : error * fabs(figure->mean);
  for (int32_t s = 0; s < n; s++)
    x[s] = is_quantity ? log(ask_at(figure, u[s])) : ask_at(figure, u[s]);
  for (int32_t s = 0; s < n; s++) {
    double sum = 0;
    for (int32_t m = 0; m < n; m++) {
      const double room = 0.5 * (x[m + 1 < n ? m + 1 : m] - x[m > 0 ? m - 1 : m]) * (m > 0 && m + 1 < n ? 1 : 2);
      const double off = sd > 0 ? (x[m] - x[s]) / sd : m == s ? 0 : INFINITY;
      sum += chance[(int64_t)s * n + m] = room * exp(-0.5 * off * off);
    }
    if (sum > 0)
      for (int32_t m = 0; m < n; m++)
        chance[(int64_t)s * n + m] /= sum;
    else
      chance[(int64_t)s * n + s] = 1;
  }
}

/* The best decision after each answer; their values added up. */
static double
decide_after(const double *g, int32_t decisions, int32_t n, const double *weight, const double *chance, int32_t answers,
             int32_t *then)
{
  double total = 0;
  for (int32_t m = 0; m < answers; m++) {
    double best = -INFINITY;
    for (int32_t d = 0; d < decisions; d++) {
      double value = 0;
      for (int32_t s = 0; s < n; s++)
        value += weight[s] * chance[(int64_t)s * answers + m] * g[(int64_t)d * n + s];
      if (value > best) {
        best = value;
        then[m] = d;
      }
    }
    total += best;
  }
  return total;
}

static double
standard_error(const double *part, int32_t n)
{
  double mean = 0, squares = 0;
  for (int32_t s = 0; s < n; s++)
    mean += part[s] / n;
  for (int32_t s = 0; s < n; s++)
    squares += (part[s] - mean) * (part[s] - mean);
  return n > 1 ? sqrt(squares / (n - 1) / n) : 0;
}

static int32_t
best_on_mean(const double *brings, int32_t decisions, int32_t n)
{
  int32_t best = 0;
  double most = -INFINITY;
  for (int32_t d = 0; d < decisions; d++) {
    double sum = 0;
    for (int32_t s = 0; s < n; s++)
      sum += brings[(int64_t)d * n + s] / n;
    if (sum > most + 1e-9 * fabs(most)) { /* of two that bring the same, the first: the one of the plan */
      most = sum;
      best = d;
    }
  }
  return best;
}

/* ------------------------------------------------------------------ quantities and prices */
static void
worth_of_number(const ask_figure *figure, double error, int32_t decisions, int32_t n, const double *brings, sorted *order,
                double *space, int32_t *then, ask_worth *out)
{
  double *y = space, *g = y + (int64_t)decisions * n, *u = g + (int64_t)decisions * n, *x = u + n, *part = x + n;
  double *weight = part + n, *chance = weight + n;
  qsort(order, (size_t)n, sizeof *order, by_u);
  out->base = best_on_mean(brings, decisions, n);
  for (int32_t s = 0; s < n; s++) {
    u[s] = order[s].u;
    weight[s] = 1.0 / n;
    for (int32_t d = 0; d < decisions; d++)
      y[(int64_t)d * n + s] = brings[(int64_t)d * n + order[s].scenario] - brings[(int64_t)out->base * n + order[s].scenario];
  }
  smooth(y, decisions, n, g);
  double no_answer = -INFINITY;
  for (int32_t d = 0; d < decisions; d++) {
    double mean = 0;
    for (int32_t s = 0; s < n; s++)
      mean += g[(int64_t)d * n + s] / n;
    no_answer = fmax(no_answer, mean);
  }
  for (int32_t s = 0; s < n; s++) {
    double best = -INFINITY;
    for (int32_t d = 0; d < decisions; d++)
      best = fmax(best, g[(int64_t)d * n + s]);
    out->evppi += best / n;
  }
  out->evppi = fmax(out->evppi - no_answer, 0);
  fill_chances(figure, error, u, n, chance, x);
  out->evsi = fmax(decide_after(g, decisions, n, weight, chance, n, then) - no_answer, 0);
  for (int32_t s = 0; s < n; s++) {
    part[s] = 0;
    for (int32_t m = 0; m < n; m++)
      part[s] += chance[(int64_t)s * n + m] * y[(int64_t)then[m] * n + s];
  }
  out->se = standard_error(part, n);
  out->if_less = then[n / 20];
  out->if_more = then[n - 1 - n / 20];
}

/* ------------------------------------------------------------------ properties */
static void
worth_of_spec(const ask_figure *figure, double error, int32_t decisions, int32_t n, const double *brings, const double *u,
              double *space, int32_t *then, ask_worth *out)
{
  const int32_t outcomes = figure->outcomes;
  double *g = space, *chance = g + (int64_t)decisions * outcomes, *part = chance + (int64_t)outcomes * outcomes;
  double *count = part + n, *weight = count + outcomes;
  out->base = best_on_mean(brings, decisions, n);
  for (int32_t s = 0; s < n; s++) {
    const int32_t o = (int32_t)ask_at(figure, u[s]);
    count[o]++;
    for (int32_t d = 0; d < decisions; d++)
      g[(int64_t)d * outcomes + o] += brings[(int64_t)d * n + s] - brings[(int64_t)out->base * n + s];
  }
  double sum = 0;
  for (int32_t o = 0; o < outcomes; o++) {
    weight[o] = count[o] > 0 ? figure->chance[o] : 0; /* so rare that no scenario has it */
    sum += weight[o];
    for (int32_t d = 0; d < decisions && count[o] > 0; d++)
      g[(int64_t)d * outcomes + o] /= count[o];
  }
  for (int32_t o = 0; o < outcomes; o++) {
    weight[o] /= sum;
    for (int32_t m = 0; m < outcomes; m++)
      chance[(int64_t)o * outcomes + m] = outcomes == 1 ? 1 : o == m ? 1 - error : error / (outcomes - 1);
  }
  double no_answer = -INFINITY;
  for (int32_t d = 0; d < decisions; d++) {
    double mean = 0;
    for (int32_t o = 0; o < outcomes; o++)
      mean += weight[o] * g[(int64_t)d * outcomes + o];
    no_answer = fmax(no_answer, mean);
  }
  for (int32_t o = 0; o < outcomes; o++) {
    double best = -INFINITY;
    for (int32_t d = 0; d < decisions; d++)
      best = fmax(best, g[(int64_t)d * outcomes + o]);
    out->evppi += weight[o] * best;
  }
  out->evppi = fmax(out->evppi - no_answer, 0);
  out->evsi = fmax(decide_after(g, decisions, outcomes, weight, chance, outcomes, then) - no_answer, 0);
  for (int32_t s = 0; s < n; s++) {
    const int32_t o = (int32_t)ask_at(figure, u[s]);
    part[s] = 0;
    for (int32_t m = 0; m < outcomes; m++)
      part[s] += chance[(int64_t)o * outcomes + m] * (brings[(int64_t)then[m] * n + s] - brings[(int64_t)out->base * n + s]);
  }
  out->se = standard_error(part, n);
  out->if_less = then[0];
  out->if_more = then[outcomes - 1];
}

kn_code
ask_worth_of(const ask_figure *figure, double error, int32_t decisions, int32_t scenarios, const double *brings, const double *u,
             ask_worth *out, kn_error *err)
{
  const size_t n = (size_t)scenarios, k = ASK_OUTCOMES;
  *out = (ask_worth){0};
  double *space = calloc(2 * (size_t)decisions * (n + k) + 8 * (n + k) + n * n + k * k, sizeof *space);
  sorted *order = calloc(n + 1, sizeof *order);
  int32_t *then = calloc(n + k, sizeof *then);
  const bool has_space = space != NULL && order != NULL && then != NULL;
  if (has_space && figure->kind == KN_ASK_SPEC) {
    worth_of_spec(figure, error, decisions, scenarios, brings, u, space, then, out);
  } else if (has_space) {
    for (int32_t s = 0; s < scenarios; s++)
      order[s] = (sorted){u[s], s};
    worth_of_number(figure, error, decisions, scenarios, brings, order, space, then, out);
  }
  free(space);
  free(order);
  free(then);
  return has_space ? KN_OK : kn_fail(err, KN_E_LIMIT, "no memory for %d scenarios", (int)scenarios);
}

/* ------------------------------------------------------------------ two figures
 * Answers fall into cells: so many parts of equal chance of each figure, or its outcomes. The same cells for each alone, so that what
 * they coarsen is in all three. */
enum { CELLS = 4 };

static int32_t
cell_of(const ask_figure *figure, double u)
{
  return figure->kind == KN_ASK_SPEC ? (int32_t)ask_at(figure, u) : (int32_t)(u * CELLS);
}

/* sum over cells of max_d of what it brings there, less the best without asking. */
static double
gain_in_cells(int32_t decisions, int32_t n, const double *brings, const int32_t *cell, int32_t cells, double *sum)
{
  double total = 0, best = -INFINITY;
  memset(sum, 0, (size_t)cells * (size_t)decisions * sizeof *sum);
  for (int32_t d = 0; d < decisions; d++) {
    double all = 0;
    for (int32_t s = 0; s < n; s++) {
      sum[(int64_t)cell[s] * decisions + d] += brings[(int64_t)d * n + s] / n;
      all += brings[(int64_t)d * n + s] / n;
    }
    best = fmax(best, all);
  }
  for (int32_t c = 0; c < cells; c++) {
    double most = -INFINITY;
    for (int32_t d = 0; d < decisions; d++)
      most = fmax(most, sum[(int64_t)c * decisions + d]);
    total += most;
  }
  return total - best;
}

kn_code
ask_both(const ask_figure *a, const ask_figure *b, int32_t decisions, int32_t scenarios, const double *brings, const double *u_a,
         const double *u_b, double gain[3], kn_error *err)
{
  enum { SIDE = ASK_OUTCOMES };
  double *sum = calloc((size_t)SIDE * SIDE * (size_t)decisions + 1, sizeof *sum);
  int32_t *cell = calloc((size_t)scenarios + 1, sizeof *cell);
  const bool has_space = sum != NULL && cell != NULL;
  for (int pass = 0; pass < 3 && has_space; pass++) {
    for (int32_t s = 0; s < scenarios; s++)
      cell[s] = (pass == 1 ? 0 : SIDE * cell_of(a, u_a[s])) + (pass == 0 ? 0 : cell_of(b, u_b[s]));
    gain[pass] = gain_in_cells(decisions, scenarios, brings, cell, SIDE * SIDE, sum);
  }
  free(sum);
  free(cell);
  return has_space ? KN_OK : kn_fail(err, KN_E_LIMIT, "no memory for %d scenarios", (int)scenarios);
}
