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

/* The figure of a row with the largest |z|; the first of such that share it. */
static int32_t
largest_of(const balance_answer *answer, const int32_t *column, int64_t count)
{
  int32_t best = -1;
  for (int64_t i = 0; i < count; i++)
    if (answer->z[column[i]] == answer->z[column[i]] &&
        (best < 0 || fabs(answer->z[column[i]]) > fabs(answer->z[best]) * (1 + SHARES)))
      best = column[i];
  return best;
}

kn_code
balance_peaks(const balance_system *system, const balance_answer *answer, int32_t *list, int64_t *count, kn_arena *scratch,
              kn_error *err)
{
  const double critical = balance_z_critical(answer->redundant_count);
  uint8_t *is_lower;
  KN_NEW(is_lower, scratch, system->n, err);
  for (int64_t r = 0; r < system->rows + system->products; r++) {
    const int64_t p = r - system->rows;
    const int32_t product[3] = {p < 0 ? 0 : system->of[p], p < 0 ? 0 : system->left[p], p < 0 ? 0 : system->right[p]};
    const int32_t *column = p < 0 ? system->row_column + system->row_start[r] : product;
    const int64_t length = p < 0 ? system->row_start[r + 1] - system->row_start[r] : 3;
    const int32_t best = largest_of(answer, column, length);
    for (int64_t i = 0; i < length; i++)
      is_lower[column[i]] |= column[i] != best;
  }
  *count = 0;
  for (int64_t j = 0; j < system->n; j++)
    if (!is_lower[j] && fabs(answer->z[j]) > critical)
      list[(*count)++] = (int32_t)j;
  return KN_OK;
}
