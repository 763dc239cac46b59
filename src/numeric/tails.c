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

double
kn_normal_bound(double above)
{
  return above > 0 && above < 1 ? -kn_normal_quantile(above) : NAN;
}
