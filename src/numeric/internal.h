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
};

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

#endif
