/* Order statistics. */
#include "knoop/numeric.h"

/* Puts the value of rank k on place k, none greater before it, none smaller after it (Hoare's selection with the
 * median of three). */
static void
select_rank(double *value, int64_t n, int64_t k)
{
  int64_t first = 0, last = n - 1;
  while (first < last) {
    const double a = value[first], b = value[first + (last - first) / 2], c = value[last];
    const double pivot = fmax(fmin(a, b), fmin(fmax(a, b), c));
    int64_t i = first, j = last;
    while (i <= j) {
      while (value[i] < pivot)
        i++;
      while (value[j] > pivot)
        j--;
      if (i <= j) {
        const double swap = value[i];
        value[i++] = value[j];
        value[j--] = swap;
      }
    }
    if (k <= j)
      last = j;
    else if (k >= i)
      first = i;
    else
      return;
  }
}

/* Type 7 of Hyndman & Fan (1996), Sample quantiles in statistical packages, The American Statistician 50(4): with
 * h = (n - 1) q, linear between the values of rank floor(h) and floor(h) + 1. NAN when n is 0 or a value is none. */
double
kn_quantile(double *value, int64_t n, double q)
{
  if (n <= 0 || isnan(q))
    return NAN;
  for (int64_t i = 0; i < n; i++)
    if (isnan(value[i]))
      return NAN;
  const double h = (double)(n - 1) * (q < 0 ? 0 : q > 1 ? 1 : q);
  const int64_t k = (int64_t)h;
  select_rank(value, n, k);
  const double part = h - (double)k;
  if (k + 1 >= n || part == 0)
    return value[k];
  double next = value[k + 1];
  for (int64_t i = k + 2; i < n; i++)
    next = value[i] < next ? value[i] : next;
  return value[k] + part * (next - value[k]);
}
