/* What an answer is worth in small decisions: tables, normal gains, one of several. */
#include "knoop/monitor.h"

#include <float.h>

static const double ROOT_TWO_PI = 2.50662827463100050242;

double
kn_normal_density(double u)
{
  return exp(-0.5 * u * u) / ROOT_TWO_PI;
}

double
kn_normal_loss(double u)
{
  if (isinf(u))
    return u > 0 ? 0 : INFINITY;
  return fmax(kn_normal_density(u) - u * kn_normal_cdf(-u), 0);
}

/* ------------------------------------------------------------------ tables of decision */
kn_decided
kn_decision_best(const kn_decision *decision, const double *belief)
{
  const double *weight = belief != NULL ? belief : decision->prior;
  kn_decided best = {KN_NONE, -INFINITY};
  for (int32_t a = 0; a < decision->actions; a++) {
    double value = 0;
    for (int32_t s = 0; s < decision->states; s++)
      value += weight[s] * decision->payoff[(int64_t)a * decision->states + s];
    if (value > best.value)
      best = (kn_decided){a, value};
  }
  return best;
}

double
kn_decision_perfect(const kn_decision *decision)
{
  double sum = 0;
  for (int32_t s = 0; s < decision->states; s++) {
    double best = -INFINITY;
    for (int32_t a = 0; a < decision->actions; a++)
      best = fmax(best, decision->payoff[(int64_t)a * decision->states + s]);
    sum += decision->prior[s] * best;
  }
  return sum;
}

static kn_code
check_shares(int32_t n, const double *share, int64_t step, const char *what, kn_error *err)
{
  double sum = 0;
  for (int32_t i = 0; i < n; i++) {
    const double p = share[i * step];
    if (!(p >= 0 && p <= 1))
      return kn_fail(err, KN_E_INPUT, "%s: a probability must lie in 0 to 1, is %g", what, p);
    sum += p;
  }
  if (fabs(sum - 1) > 1e-9)
    return kn_fail(err, KN_E_INPUT, "%s: probabilities must add up to 1, they make %g", what, sum);
  return KN_OK;
}

kn_code
kn_decision_test(const kn_decision *decision, int32_t signals, const double *likelihood, kn_signal *signal, double *posterior,
                 double *value, kn_error *err)
{
  const int32_t states = decision->states;
  KN_TRY(check_shares(states, decision->prior, 1, "the prior", err));
  for (int32_t s = 0; s < states; s++)
    KN_TRY(check_shares(signals, likelihood + s, states, "the signals of a state", err));
  *value = 0;
  for (int32_t k = 0; k < signals; k++) {
    double *belief = posterior + (int64_t)k * states, sum = 0;
    for (int32_t s = 0; s < states; s++)
      sum += belief[s] = decision->prior[s] * likelihood[(int64_t)k * states + s];
    for (int32_t s = 0; s < states && sum > 0; s++)
      belief[s] /= sum;
    signal[k] = (kn_signal){sum, kn_decision_best(decision, belief)};
    *value += sum * signal[k].then.value;
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ normal gains */
double
kn_preposterior_sd(double sd, double error_sd, double answers)
{
  if (!(sd > 0))
    return 0;
  return sd * sd / sqrt(sd * sd + error_sd * error_sd / answers);
}

double
kn_leave_worth(double mean, double sd)
{
  return sd > 0 ? sd * kn_normal_loss(fabs(mean) / sd) : 0;
}

double
kn_one_worth(double mean, double sd, double other)
{
  return kn_leave_worth(mean - other, sd);
}

/* Product of the distributions at x. */
static double
all_below(int32_t n, const double *mean, const double *sd, double x)
{
  double product = 1;
  for (int32_t i = 0; i < n; i++)
    product *= sd[i] > 0 ? kn_normal_cdf((x - mean[i]) / sd[i]) : x >= mean[i] ? 1 : 0;
  return product;
}

/* Gauss-Legendre with ten points. */
static double
integral_of_below(int32_t n, const double *mean, const double *sd, double from, double to)
{
  static const double at[] = {0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717};
  static const double weight[] = {0.2955242247147529, 0.2692667193099963, 0.2190863625159821, 0.1494513491505806,
                                  0.0666713443086881};
  const double middle = 0.5 * (from + to), half = 0.5 * (to - from);
  double sum = 0;
  for (int32_t k = 0; k < 5; k++)
    sum += weight[k] * (all_below(n, mean, sd, middle - half * at[k]) + all_below(n, mean, sd, middle + half * at[k]));
  return sum * half;
}

/* E max = top - integral of P(all below x) from far below to top. Panels are as fine as the narrowest normal asks near its
 * mean, and as wide as the others allow away from it. */
double
kn_greatest_mean(int32_t n, const double *mean, const double *sd)
{
  double top = -INFINITY, bottom = -INFINITY;
  for (int32_t i = 0; i < n; i++) {
    top = fmax(top, mean[i] + 9 * sd[i]);
    bottom = fmax(bottom, mean[i] - 9 * sd[i]); /* the greatest is hardly ever below the largest of these */
  }
  double sum = 0;
  for (double x = bottom; x < top;) {
    double step = top - x, edge = top;
    for (int32_t i = 0; i < n; i++) {
      const double from = mean[i] - 9 * sd[i], to = mean[i] + 9 * sd[i];
      if (x < from)
        edge = fmin(edge, from);
      else if (x < to && sd[i] > 0)
        step = fmin(step, 0.25 * sd[i]);
      if (sd[i] > 0 && x < to)
        edge = fmin(edge, x < from ? from : to);
    }
    const double next = fmin(x + step, edge) > x ? fmin(x + step, edge) : nextafter(x, INFINITY);
    sum += integral_of_below(n, mean, sd, x, next);
    x = next;
  }
  return top - sum;
}
