/* The attacker: what the cells that are withheld can be, given all that is published.
 *
 *   maximise, minimise y_t   subject to   y adds up in all relations with what is published,  y_c >= x_jc,
 *                                         y_c = x_jc where j is alone
 *
 * in differences to the true values, over withheld cells only. Written apart from the way in which cells are chosen
 * (disclosure_protect.c), which it audits. */
#include <stdlib.h>

#include "disclosure.h"

struct attacker {
  const table *t;
  kn_lp *lp;
  kn_arena *arena;
  int32_t *column; /* [cells] KN_NONE: published */
  int32_t *cell;   /* [columns] */
  double *own;     /* [cells] */
  double *most;    /* [measures] the largest total */
  int32_t columns;
};

static kn_code
make_lp(attacker *a, kn_error *err)
{
  const table *t = a->t;
  int32_t *row_number, *start, *row, rows = 0;
  double *value, *zero;
  KN_NEW(a->column, a->arena, t->cells, err);
  KN_NEW(a->cell, a->arena, t->cells, err);
  KN_NEW(a->own, a->arena, t->cells, err);
  KN_NEW(a->most, a->arena, t->measures, err);
  KN_NEW(row_number, a->arena, t->rows, err);
  KN_NEW(start, a->arena, t->cells + 1, err);
  KN_NEW(row, a->arena, (int64_t)t->cells * 2 * DIMS, err);
  KN_NEW(value, a->arena, (int64_t)t->cells * 2 * DIMS, err);
  KN_NEW(zero, a->arena, t->cells > t->rows ? t->cells : t->rows, err);
  for (int32_t k = 0; k < t->measures; k++)
    for (int32_t c = 0; c < t->cells; c++)
      a->most[k] = fmax(a->most[k], t->measure[k].total[c]);
  for (int32_t c = 0; c < t->cells; c++) {
    a->column[c] = KN_NONE;
    if (t->status[c] == KN_CELL_PUBLISHED)
      continue;
    a->cell[a->columns] = c;
    a->column[c] = a->columns;
    const int32_t at = start[a->columns], count = table_rows_of(t, c, row + at, value + at);
    for (int32_t k = 0; k < count; k++) {
      int32_t *number = &row_number[row[at + k]]; /* 1 + row; 0: not needed yet */
      *number = *number > 0 ? *number : ++rows;
      row[at + k] = *number - 1;
    }
    start[++a->columns] = at + count;
  }
  KN_TRY(kn_lp_new(&a->lp, 1e-9, err));
  KN_TRY(kn_lp_add_rows(a->lp, rows, zero, zero, err));
  return kn_lp_add_columns(a->lp, a->columns, zero, zero, zero, start, row, value, err);
}

kn_code
attacker_new(attacker **out, const table *t, kn_error *err)
{
  *out = NULL;
  attacker *a = calloc(1, sizeof *a);
  if (a == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  a->t = t;
  a->arena = kn_arena_new();
  const kn_code code = make_lp(a, err);
  if (code != KN_OK) {
    attacker_free(a);
    return code;
  }
  *out = a;
  return KN_OK;
}

void
attacker_free(attacker *a)
{
  if (a == NULL)
    return;
  kn_lp_free(a->lp);
  kn_arena_free(a->arena);
  free(a);
}

kn_code
attacker_solve(attacker *a, int32_t measure, int32_t cell, int32_t contributor, double unit, kn_range *move, kn_error *err)
{
  const magnitude *m = &a->t->measure[measure];
  *move = (kn_range){0, 0};
  if (a->column[cell] == KN_NONE)
    return KN_OK;
  /* Within a program no number is more than some millions of others. */
  unit = fmax(unit, a->most[measure] * 1e-6);
  unit = unit > 0 ? unit : 1;
  const double most = fmax(4 * a->most[measure], 1024 * unit) / unit;
  double lower = 0; /* of the cell asked about */
  if (contributor != KN_NONE)
    for (int64_t e = m->start[contributor]; e < m->start[contributor + 1]; e++)
      a->own[m->in_cell[e]] = m->amount[e];
  for (int32_t j = 0; j < a->columns; j++) {
    const int32_t c = a->cell[j];
    const bool is_known = m->count[c] == 1 && contributor != KN_NONE && m->who[0][c] == contributor;
    const double least = is_known ? 0 : -fmax(m->total[c] - a->own[c], 0) / unit;
    lower = c == cell ? least : lower;
    kn_lp_set_bounds(a->lp, j, least, is_known ? 0 : most);
  }
  if (contributor != KN_NONE)
    for (int64_t e = m->start[contributor]; e < m->start[contributor + 1]; e++)
      a->own[m->in_cell[e]] = 0;
  for (int32_t side = lower < 0 ? -1 : 1; side <= 1; side += 2) { /* nothing can be taken from what is empty */
    kn_lp_status status;
    kn_lp_set_worth(a->lp, a->column[cell], side);
    KN_TRY(kn_lp_solve(a->lp, KN_LP_PRIMAL, NULL, &status, err));
    if (status != KN_LP_OPTIMAL)
      return kn_fail(err, KN_E_NUMERIC, "cell %d: what can be found out of it was not found", cell);
    const double x = kn_lp_x(a->lp)[a->column[cell]];
    if (side < 0)
      move->from = x * unit;
    else
      move->to = x >= 0.999 * most ? INFINITY : x * unit;
  }
  kn_lp_set_worth(a->lp, a->column[cell], 0);
  return KN_OK;
}
