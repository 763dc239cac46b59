/* Ranges in which values are shown. Edges are m * 10^k with whole m, computed in one way only, so that an edge compares equal
 * to itself whoever asks. */
#include "knoop/disclosure.h"

static double
edge(int32_t m, int32_t k)
{
  return k < 0 ? m / pow(10, -k) : m * pow(10, k);
}

/* The last edge that is not above value, and the next one; value above 0. */
static kn_range
two_digits(double value)
{
  int32_t k = (int32_t)floor(log10(value)) - 1;
  /* The logarithm may be off by one at powers of ten. */
  while (edge(10, k) > value)
    k--;
  while (edge(10, k + 1) <= value)
    k++;
  int32_t m = (int32_t)(value / edge(1, k));
  m = m < 10 ? 10 : m > 99 ? 99 : m;
  while (m > 10 && edge(m, k) > value)
    m--;
  while (m < 99 && edge(m + 1, k) <= value)
    m++;
  return (kn_range){edge(m, k), m == 99 ? edge(10, k + 1) : edge(m + 1, k)};
}

static kn_range
one_two_five(double value)
{
  static const int32_t step[4] = {1, 2, 5, 10};
  int32_t k = (int32_t)floor(log10(value));
  while (edge(1, k) > value)
    k--;
  while (edge(1, k + 1) <= value)
    k++;
  int32_t at = 0;
  while (at < 2 && edge(step[at + 1], k) <= value)
    at++;
  return (kn_range){edge(step[at], k), at == 2 ? edge(1, k + 1) : edge(step[at + 1], k)};
}

kn_range
kn_band(double value, kn_band_kind kind, double least)
{
  least = least >= 1e-290 ? least : 1e-290;
  if (!isfinite(value) || !isfinite(least))
    return (kn_range){NAN, NAN};
  const double size = fabs(value);
  if (size < least)
    return value < 0 ? (kn_range){-least, 0} : (kn_range){0, least};
  kn_range range = kind == KN_BAND_TWO_DIGITS ? two_digits(size) : one_two_five(size);
  range.from = range.from < least ? least : range.from;
  return value < 0 ? (kn_range){-range.to, -range.from} : range;
}
