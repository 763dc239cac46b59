/* What the files of this folder share. */
#ifndef KNOOP_NUMERIC_INTERNAL_H
#define KNOOP_NUMERIC_INTERNAL_H

#include <Clp_C_Interface.h>
#include <float.h>

#include "knoop/numeric.h"

struct kn_lp {
  Clp_Simplex *model; /* minimises the negated worth */
  double tolerance;
  int32_t row_count, column_count;
  uint8_t *column_status, *row_status;
  double *x, *reduced, *dual; /* of the last solve */
  int32_t *stamp;             /* [row_count] the last column that named this row */
  int32_t next_stamp;
  int64_t column_status_room, x_room, reduced_room, row_status_room, dual_room, stamp_room;
  double value;
  bool is_primal_lost, is_dual_lost; /* feasibility of the present basis, as far as the changes tell */
  /* CLP has rows x row_factor, columns / column_factor and worths x amount; x, reduced, dual, value as the caller has them. */
  double amount; /* 1: the program as it is */
  int32_t *whole_row, *whole_column;
  int32_t whole_rows, whole_columns;
  bool is_answer_scaled;
};

static inline bool
lp_is_whole(const int32_t *list, int32_t count, int32_t at)
{
  int32_t low = 0, high = count;
  while (low < high) {
    const int32_t middle = low + (high - low) / 2;
    if (list[middle] < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low < count && list[low] == at;
}

static inline double
lp_row_factor(const kn_lp *lp, int32_t row)
{
  return lp->amount == 1 || lp_is_whole(lp->whole_row, lp->whole_rows, row) ? 1 : lp->amount;
}

static inline double
lp_column_factor(const kn_lp *lp, int32_t column)
{
  return lp->amount == 1 || lp_is_whole(lp->whole_column, lp->whole_columns, column) ? 1 : lp->amount;
}

/* CLP and CBC take anything beyond 1e30 as no limit, but not INFINITY itself. */
static inline double
lp_limit(double value)
{
  return value >= 1e30 ? DBL_MAX : value <= -1e30 ? -DBL_MAX : value;
}

/* The columns as CLP keeps them: those that were dropped leave gaps. Empty without columns. */
typedef struct lp_matrix {
  const CoinBigIndex *start;
  const int *length, *row;
  const double *element;
} lp_matrix;

static inline lp_matrix
lp_columns(const kn_lp *lp)
{
  if (lp->column_count == 0)
    return (lp_matrix){0};
  return (lp_matrix){Clp_getVectorStarts(lp->model), Clp_getVectorLengths(lp->model), Clp_getIndices(lp->model),
                     Clp_getElements(lp->model)};
}

/* From what CLP computed with to what the caller knows; once after each solve. */
void lp_unscale_answer(kn_lp *lp);

#endif
