/* What the solver computes with where a region counts in very small or very large amounts. */
#include "plan/internal.h"

/* Amounts far from 1, a region that counts in kg or billionths, would drown in the tolerances of the solver or outgrow them. No tie
 * holds more than the largest of the smaller side. Powers of 2 round nothing; a plan of common size is left as it is. */
double
plan_amount_factor(const plan_model *m)
{
  static const double common_least = 1e-2, common_most = 1e9, wanted = 1e4;
  double largest[2] = {0, 0};
  const kn_side *side[2] = {&m->supply, &m->demand};
  for (int k = 0; k < 2; k++)
    for (int32_t i = 0; i < side[k]->n; i++)
      if (isfinite(side[k]->limit[i]) && side[k]->unit[i] == KN_NONE)
        largest[k] = fmax(largest[k], side[k]->limit[i]);
  double most = fmin(largest[0], largest[1]);
  if (most == 0)
    most = fmax(largest[0], largest[1]);
  if (most == 0 || (most >= common_least && most <= common_most))
    return 1;
  return ldexp(1, (int)rint(log2(wanted / most)));
}

/* Openings, and rows that count them, stay between 0 and 1. */
kn_code
plan_scale_amounts(plan_model *m, kn_arena *scratch, kn_error *err)
{
  if (m->amount == 1)
    return KN_OK;
  const int64_t region_units = kn_region_units(m->region).n;
  int32_t *row, *column, rows = 0, columns = 0;
  uint8_t *is_row, *is_column;
  KN_NEW(row, scratch, m->row_count, err);
  KN_NEW(column, scratch, m->fixed_columns, err);
  KN_NEW(is_row, scratch, m->row_count, err);
  KN_NEW(is_column, scratch, m->fixed_columns, err);
  for (int64_t u = 0; u < region_units; u++)
    if (m->placing_row[u] != KN_NONE)
      is_row[m->placing_row[u]] = 1;
  for (int32_t c = 0; c < m->choice_count; c++)
    if (m->z[c] != KN_NONE)
      is_column[m->z[c]] = 1;
  for (int32_t r = 0; r < m->row_count; r++)
    if (is_row[r])
      row[rows++] = r;
  for (int32_t c = 0; c < m->fixed_columns; c++)
    if (is_column[c])
      column[columns++] = c;
  return kn_lp_scale(m->lp, m->amount, rows, row, columns, column, err);
}
