/* From what decisions bring in each scenario to what answers are worth.
 *
 * brings[d, v, r] is what decision d brings at value v of the figure and draw r of those around it; the draws are the same for all
 * values and decisions. Given the value alone it is g_d(v) on the mean over draws. With values of chance p_v,
 *
 *   EVPPI = sum_v p_v max_d g_d(v) - max_d sum_v p_v g_d(v)
 *   EVSI  = sum_m max_d sum_v p_v L(m | v) g_d(v) - max_d sum_v p_v g_d(v)
 *
 * with L(m | v) the chance of answer m when v is true. Answers lie at the values themselves. As the rows of L add up to 1,
 * 0 <= EVSI <= EVPPI whatever the numbers (Jensen). */
#include "monitor/ask.h"

#include <stdlib.h>
#include <string.h>

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

/* Of a property the chance that another outcome is told. */
static void
fill_outcomes(double error, int32_t n, double *chance)
{
  for (int32_t v = 0; v < n; v++)
    for (int32_t m = 0; m < n; m++)
      chance[(int64_t)v * n + m] = n == 1 ? 1 : v == m ? 1 - error : error / (n - 1);
}

static double
mean_of(const double *g, const double *weight, int32_t n)
{
  double sum = 0;
  for (int32_t v = 0; v < n; v++)
    sum += weight[v] * g[v];
  return sum;
}

/* Of two decisions that bring the same, the first: the one of the plan. */
static int32_t
best_on_mean(const double *g, const double *weight, int32_t decisions, int32_t n)
{
  int32_t best = 0;
  double most = mean_of(g, weight, n);
  for (int32_t d = 1; d < decisions; d++) {
    const double mean = mean_of(g + (int64_t)d * n, weight, n);
    if (mean > most + 1e-9 * fabs(most)) {
      most = mean;
      best = d;
    }
  }
  return best;
}

/* What answers gain over values, and over draws. Values are strata, so the first is too high rather than too low. */
static double
error_of_gain(const ask_sample *in, const double *weight, const double *chance, const int32_t *then, int32_t base, double *part)
{
  const int32_t n = in->values, draws = in->draws;
  double *of_draw = part + n;
  for (int32_t r = 0; r < draws; r++)
    of_draw[r] = 0;
  for (int32_t v = 0; v < n; v++) {
    part[v] = 0;
    for (int32_t m = 0; m < n; m++)
      for (int32_t r = 0; r < draws && chance[(int64_t)v * n + m] > 0; r++) {
        const int64_t at = (int64_t)v * draws + r, all = (int64_t)n * draws;
        const double gain = chance[(int64_t)v * n + m] * (in->brings[then[m] * all + at] - in->brings[base * all + at]);
        part[v] += gain / draws;
        of_draw[r] += weight[v] * gain;
      }
  }
  return hypot(in->is_sampled ? standard_error(part, n) : 0, standard_error(of_draw, draws));
}

static void
judge(const ask_figure *figure, double error, const ask_sample *in, double *space, int32_t *then, ask_worth *out)
{
  const int32_t n = in->values, decisions = in->decisions;
  double *g = space, *weight = g + (int64_t)decisions * n, *chance = weight + n, *x = chance + (int64_t)n * n, *part = x + n;
  for (int32_t v = 0; v < n; v++)
    weight[v] = figure->kind == KN_ASK_SPEC ? figure->chance[v] : 1.0 / n;
  for (int32_t d = 0; d < decisions; d++)
    for (int32_t v = 0; v < n; v++)
      for (int32_t r = 0; r < in->draws; r++)
        g[(int64_t)d * n + v] += in->brings[((int64_t)d * n + v) * in->draws + r] / in->draws;
  out->base = best_on_mean(g, weight, decisions, n);
  const double no_answer = mean_of(g + (int64_t)out->base * n, weight, n);
  for (int32_t v = 0; v < n; v++) {
    double best = -INFINITY;
    for (int32_t d = 0; d < decisions; d++)
      best = fmax(best, g[(int64_t)d * n + v]);
    out->evppi += weight[v] * best;
  }
  out->evppi = fmax(out->evppi - no_answer, 0);
  if (figure->kind == KN_ASK_SPEC)
    fill_outcomes(error, n, chance);
  else
    fill_chances(figure, error, in->u, n, chance, x);
  out->evsi = fmin(fmax(decide_after(g, decisions, n, weight, chance, n, then) - no_answer, 0), out->evppi);
  out->se = error_of_gain(in, weight, chance, then, out->base, part);
  out->if_less = then[n / 20];
  out->if_more = then[n - 1 - n / 20];
}

kn_code
ask_worth_of(const ask_figure *figure, double error, const ask_sample *sample, ask_worth *out, kn_error *err)
{
  const size_t n = (size_t)sample->values;
  *out = (ask_worth){0};
  double *space = calloc(((size_t)sample->decisions + 4 + n) * n + (size_t)sample->draws + 1, sizeof *space);
  int32_t *then = calloc(n + 1, sizeof *then);
  const bool has_space = space != NULL && then != NULL;
  if (has_space)
    judge(figure, error, sample, space, then, out);
  free(space);
  free(then);
  return has_space ? KN_OK : kn_fail(err, KN_E_LIMIT, "no memory for %d values", (int)sample->values);
}

/* ------------------------------------------------------------------ two figures
 * Answers fall into cells: so many parts of equal chance of each figure, or its outcomes. The same cells for each alone, so that
 * what they coarsen is in all three. */
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
