/* Which figures contradict the others.
 *
 * z = (measured - reconciled) / sqrt(sd^2 - sd_reconciled^2) is standard normal where nothing is wrong. Among n redundant figures the
 * largest |z| is compared with a bound that all of them keep with 95 %: 1 - (1 - 0.05)^(1/n), two-sided (Sidak).
 * source  Mah & Tamhane (1982), Detection of gross errors in process data, AIChE Journal 28(5); Narasimhan & Jordache (2000), Data
 *         reconciliation and gross error detection, chapter 7 */
#include "metabolism/balance_solve.h"

#define LEVEL 0.05
#define SHARES 1e-8 /* two |z| this near, relative, are one: the figures cannot be told apart */

double
balance_suspects(const balance_answer *answer, int64_t n, int32_t *list, int64_t *count)
{
  double largest = 0;
  *count = 0;
  for (int64_t j = 0; j < n; j++)
    if (fabs(answer->z[j]) > largest)
      largest = fabs(answer->z[j]);
  for (int64_t j = 0; j < n && largest > 0; j++)
    if (fabs(answer->z[j]) >= largest * (1 - SHARES))
      list[(*count)++] = (int32_t)j;
  return largest;
}

double
balance_z_critical(int64_t redundant_count)
{
  if (redundant_count == 0)
    return NAN;
  return kn_normal_bound(-expm1(log1p(-LEVEL) / (double)redundant_count) / 2);
}
