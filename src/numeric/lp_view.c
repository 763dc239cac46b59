/* Linear programs: amounts that are scaled for the solver, and what is read of an answer. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static kn_code
copy_list(int32_t **to, const int32_t *from, int32_t count, kn_error *err)
{
  *to = malloc(((size_t)count + 1) * sizeof **to);
  if (*to == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  if (count > 0)
    memcpy(*to, from, (size_t)count * sizeof **to);
  return KN_OK;
}

kn_code
kn_lp_scale(kn_lp *lp, double amount, int32_t row_count, const int32_t *row, int32_t column_count, const int32_t *column,
            kn_error *err)
{
  assert(lp->row_count == 0 && lp->column_count == 0 && lp->whole_row == NULL);
  int exponent;
  if (!(amount > 0) || !isfinite(amount) || frexp(amount, &exponent) != 0.5)
    return kn_fail(err, KN_E_INPUT, "amounts of a linear program are scaled by a power of 2, not by %g", amount);
  KN_TRY(copy_list(&lp->whole_row, row, row_count, err));
  KN_TRY(copy_list(&lp->whole_column, column, column_count, err));
  lp->whole_rows = row_count;
  lp->whole_columns = column_count;
  lp->amount = amount;
  return KN_OK;
}

void
lp_unscale_answer(kn_lp *lp)
{
  if (!lp->is_answer_scaled)
    return;
  lp->is_answer_scaled = false;
  lp->value /= lp->amount;
  for (int32_t i = 0; i < lp->row_count; i++)
    lp->dual[i] *= lp_row_factor(lp, i) / lp->amount;
  for (int32_t j = 0; j < lp->column_count; j++) {
    const double factor = lp_column_factor(lp, j);
    lp->x[j] /= factor;
    lp->reduced[j] *= factor / lp->amount;
  }
}

int32_t
kn_lp_row_count(const kn_lp *lp)
{
  return lp->row_count;
}

int32_t
kn_lp_column_count(const kn_lp *lp)
{
  return lp->column_count;
}

double
kn_lp_value(const kn_lp *lp)
{
  return lp->value;
}

const double *
kn_lp_x(const kn_lp *lp)
{
  return lp->x;
}

const double *
kn_lp_dual(const kn_lp *lp)
{
  return lp->dual;
}

const double *
kn_lp_reduced(const kn_lp *lp)
{
  return lp->reduced;
}

void
kn_lp_basis_get(const kn_lp *lp, uint8_t *column_status, uint8_t *row_status)
{
  if (lp->column_count > 0)
    memcpy(column_status, lp->column_status, (size_t)lp->column_count);
  if (lp->row_count > 0)
    memcpy(row_status, lp->row_status, (size_t)lp->row_count);
}

void
kn_lp_basis_set(kn_lp *lp, const uint8_t *column_status, const uint8_t *row_status)
{
  if (lp->column_count > 0)
    memcpy(lp->column_status, column_status, (size_t)lp->column_count);
  if (lp->row_count > 0)
    memcpy(lp->row_status, row_status, (size_t)lp->row_count);
  lp->is_primal_lost = lp->is_dual_lost = true;
}
