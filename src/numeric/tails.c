/* Tails of the chi-square and the normal distribution. */
#include "knoop/numeric.h"

#include <float.h>

/* x^a e^-x / gamma(a + 1). Near x = a the logarithm is a difference of large numbers, so it is taken around a, with Stirling's
 * series for the rest. */
static double
front(double a, double x)
{
  if (a < 20) {
    int sign;
    return exp(a * log(x) - x - lgamma_r(a + 1, &sign));
  }
  const double d = (x - a) / a;
  const double q = fabs(d) < 1e-3 ? d * d * (0.5 + d * (-1.0 / 3 + d * (0.25 + d * (-0.2 + d / 6)))) : d - log1p(d);
  const double series = (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / (1680 * a * a)) / (a * a)) / (a * a)) / a;
  return exp(-a * q - series) / sqrt(2 * M_PI * a);
}

/* P(a, x) by its series: front times 1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + ... */
static double
below_series(double a, double x)
{
  double term = 1, sum = 1;
  for (int64_t n = 1; term > sum * DBL_EPSILON; n++)
    sum += term *= x / (a + (double)n);
  return front(a, x) * sum;
}

/* Q(a, x) by its continued fraction, evaluated from the front (Lentz). Converges for x > a + 1. */
static double
above_fraction(double a, double x)
{
  double b = x + 1 - a, c = 1 / DBL_MIN, d = 1 / b, h = d;
  for (int64_t i = 1; i < 10000000; i++) {
    const double an = -(double)i * ((double)i - a);
    b += 2;
    d = an * d + b;
    c = b + an / c;
    d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
    c = fabs(c) < DBL_MIN ? DBL_MIN : c;
    const double step = d * c;
    h *= step;
    if (fabs(step - 1) < 2 * DBL_EPSILON)
      break;
  }
  return front(a, x) * a * h;
}

double
kn_chi2_above(double x, double dof)
{
  if (isnan(x) || isnan(dof))
    return NAN;
  if (!(dof > 0) || !(x > 0))
    return 1;
  if (isinf(x))
    return 0;
  const double a = dof / 2, half = x / 2;
  return half < a + 1 ? 1 - below_series(a, half) : above_fraction(a, half);
}

double
kn_chi2_bound(double above, double dof)
{
  if (!(above > 0 && above <= 1) || !(dof > 0))
    return NAN;
  double low = 0, high = dof + 10;
  while (kn_chi2_above(high, dof) > above)
    high *= 2;
  /* The tail falls all the way; the middle is taken until neighbours are reached. */
  for (int i = 0; i < 200; i++) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high)
      break;
    if (kn_chi2_above(middle, dof) > above)
      low = middle;
    else
      high = middle;
  }
  return low + (high - low) / 2;
}

static double
ratio(double r, const double a[8], const double b[8])
{
  double over = a[7], under = b[7];
  for (int i = 6; i >= 0; i--) {
    over = over * r + a[i];
    under = under * r + b[i];
  }
  return over / under;
}

double
kn_normal_bound(double above)
{
  static const double a[8] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                              4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
  static const double b[8] = {1.0,
                              4.2313330701600911252e1,
                              6.8718700749205790830e2,
                              5.3941960214247511077e3,
                              2.1213794301586595867e4,
                              3.9307895800092710610e4,
                              2.8729085735721942674e4,
                              5.2264952788528545610e3};
  static const double c[8] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                              3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                              2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static const double d[8] = {1.0,
                              2.05319162663775882187e0,
                              1.67638483018380384940e0,
                              6.89767334985100004550e-1,
                              1.48103976427480074590e-1,
                              1.51986665636164571966e-2,
                              5.47593808499534494600e-4,
                              1.05075007164441684324e-9};
  static const double e[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                              2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                              2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static const double f[8] = {1.0,
                              5.99832206555887937690e-1,
                              1.36929880922735805310e-1,
                              1.48753612908506148525e-2,
                              7.86869131145613259100e-4,
                              1.84631831751005468180e-5,
                              1.42151175831644588870e-7,
                              2.04426310338993978564e-15};
  if (!(above > 0 && above < 1))
    return NAN;
  const double q = 0.5 - above;
  if (fabs(q) <= 0.425)
    return q * ratio(0.180625 - q * q, a, b);
  const double r = sqrt(-log(fmin(above, 1 - above)));
  const double z = r <= 5 ? ratio(r - 1.6, c, d) : ratio(r - 5, e, f);
  return above < 0.5 ? z : -z;
}
