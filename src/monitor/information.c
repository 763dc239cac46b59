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
kn_normal_below(double u)
{
  return 0.5 * erfc(-u / M_SQRT2);
}

double
kn_normal_loss(double u)
{
  if (isinf(u))
    return u > 0 ? 0 : INFINITY;
  return fmax(kn_normal_density(u) - u * kn_normal_below(-u), 0);
}

static double
polynomial(const double *c, int32_t n, double x)
{
  double sum = c[n - 1];
  for (int32_t i = n - 1; i-- > 0;)
    sum = sum * x + c[i];
  return sum;
}

/* Rational approximations in three ranges. source: Wichura (1988), Algorithm AS 241, Applied Statistics 37(3). */
double
kn_normal_quantile(double p)
{
  static const double a[] = {3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
                             45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727};
  static const double b[] = {1,
                             42.313330701600911252,
                             687.18700749205790830,
                             5394.1960214247511077,
                             21213.794301586595867,
                             39307.895800092710610,
                             28729.085735721942674,
                             5226.4952788528545610};
  static const double c[] = {1.42343711074968357734,   4.63033784615654529590,   5.76949722146069140550,
                             3.64784832476320460504,   1.27045825245236838258,   0.241780725177450611770,
                             0.0227238449892691845833, 7.74545014278341407640e-4};
  static const double d[] = {1,
                             2.05319162663775882187,
                             1.67638483018380384940,
                             0.689767334985100004550,
                             0.148103976427480074590,
                             0.0151986665636164571966,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
  static const double e[] = {6.65790464350110377720,    5.46378491116411436990,   1.78482653991729133580,
                             0.296560571828504891230,   0.0265321895265761230930, 1.24266094738807843860e-3,
                             2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static const double f[] = {1,
                             0.599832206555887937690,
                             0.136929880922735805310,
                             0.0148753612908506148525,
                             7.86869131145613259100e-4,
                             1.84631831751005468180e-5,
                             1.42151175831644588870e-7,
                             2.04426310338993978564e-15};
  if (!(p > 0 && p < 1))
    return p <= 0 ? -INFINITY : p >= 1 ? INFINITY : NAN;
  const double q = p - 0.5;
  if (fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, 8, r) / polynomial(b, 8, r);
  }
  const double r = sqrt(-log(q < 0 ? p : 1 - p));
  const double u =
      r <= 5 ? polynomial(c, 8, r - 1.6) / polynomial(d, 8, r - 1.6) : polynomial(e, 8, r - 5) / polynomial(f, 8, r - 5);
  return q < 0 ? -u : u;
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
    product *= sd[i] > 0 ? kn_normal_below((x - mean[i]) / sd[i]) : x >= mean[i] ? 1 : 0;
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
