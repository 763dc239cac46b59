/* Which figures contradict the others.
 *
 * z = (measured - reconciled) / sqrt(sd^2 - sd_reconciled^2) is standard normal where nothing is wrong. Among n redundant
 * figures the largest |z| is compared with a bound that all of them keep with 95 %: 1 - (1 - 0.05)^(1/n), two-sided (Sidak).
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

/* One after the other without solving anew: leaving figure j out takes from every figure what it bears on j. With e = G' lambda,
 * Q = G' S^-1 G and q its column j,
 *   e <- e - q e_j / q_j      diag Q <- diag Q - q^2 / q_j      chi2 <- chi2 - e_j^2 / q_j
 * which is what solving anew gives, up to rounding. One solve per figure that is named.
 * source  Gaussian elimination on Q; Narasimhan & Jordache (2000), chapter 8, serial elimination */
static kn_code
name_next(const kn_gls *gls, balance_naming *n, int32_t c, double *effect, double **earlier, kn_error *err)
{
  KN_TRY(kn_gls_effect(gls, c, effect, err));
  for (int64_t k = 0; k < n->count; k++) {
    const double share = earlier[k][c] / n->pivot[k];
    for (int64_t j = 0; j < n->columns; j++)
      effect[j] -= share * earlier[k][j];
  }
  const double own = n->weight[c], pull = n->pull[c];
  n->chi2 -= pull * pull / own;
  n->pivot[n->count] = own;
  n->named[n->count++] = c;
  for (int64_t j = 0; j < n->columns; j++) {
    n->pull[j] -= effect[j] * pull / own;
    n->weight[j] -= effect[j] * effect[j] / own;
  }
  n->weight[c] = 0;
  return KN_OK;
}

static int32_t
find_largest(const balance_naming *n, double *largest, int64_t *redundant)
{
  int32_t best = -1;
  *largest = 0;
  *redundant = 0;
  for (int64_t j = 0; j < n->columns; j++) {
    if (!(n->weight[j] > 1e-9 * n->first_weight[j]))
      continue;
    (*redundant)++;
    const double z = fabs(n->pull[j]) / sqrt(n->weight[j]);
    if (z > *largest) {
      *largest = z;
      best = (int32_t)j;
    }
  }
  return best;
}

kn_code
balance_name(const kn_gls *gls, balance_naming *n, int64_t dof, int64_t most, kn_arena *scratch, kn_error *err)
{
  double **earlier;
  KN_NEW(earlier, scratch, most, err);
  KN_NEW(n->named, scratch, most, err);
  KN_NEW(n->pivot, scratch, most, err);
  n->count = 0;
  while (n->count < most && dof - n->count > 0 && n->chi2 > kn_chi2_bound(LEVEL, (double)(dof - n->count))) {
    double largest;
    int64_t redundant;
    const int32_t c = find_largest(n, &largest, &redundant);
    if (c < 0 || largest <= balance_z_critical(redundant))
      return KN_OK;
    KN_NEW(earlier[n->count], scratch, n->columns, err);
    KN_TRY(name_next(gls, n, c, earlier[n->count], earlier, err));
  }
  return KN_OK;
}
