/* From balances among all figures to balances among the measured: the elimination, the rank of what is left, and a projection that tells
 * who of the unmeasured follows from the measured. */
#include "metabolism/balance_eliminate.h"

#include <stdlib.h>
#include <string.h>

#define CONTRADICTS 1e-9
#define FOLLOWS 1e-9 /* what is left of 1 on the diagonal of a projection */

/* ---------------------------------------------------------------- in and out */
static kn_code
take_in(elimination *e, const balance_rows *in, const double *x, kn_arena *scratch, kn_error *err)
{
  e->rows = in->rows;
  e->n = in->n;
  KN_NEW(e->column, scratch, in->n, err);
  KN_NEW(e->row, scratch, in->rows, err);
  KN_NEW(e->b, scratch, in->rows, err);
  KN_NEW(e->size, scratch, in->rows, err);
  KN_NEW(e->mark, scratch, in->n, err);
  const int64_t entries = in->start[in->rows];
  elimination_cell *cells;
  int32_t *columns;
  KN_NEW(cells, scratch, entries, err);
  KN_NEW(columns, scratch, entries, err);
  for (int64_t i = 0; i < entries; i++)
    e->column[in->column[i]].room += in->value[i] != 0 && e->kind[in->column[i]] != VARIABLE_FIXED;
  for (int64_t j = 0; j < in->n; j++) {
    e->column[j].cells = cells;
    cells += e->column[j].room;
  }
  for (int64_t r = 0; r < in->rows; r++) {
    elimination_row *to = &e->row[r];
    to->columns = columns;
    e->b[r] = in->b[r];
    e->size[r] = fabs(in->b[r]);
    for (int64_t i = in->start[r]; i < in->start[r + 1]; i++) {
      const int32_t j = in->column[i];
      if (e->kind[j] == VARIABLE_FIXED) {
        e->b[r] -= in->value[i] * x[j];
        e->size[r] = fmax(e->size[r], fabs(in->value[i] * x[j]));
        continue;
      }
      if (in->value[i] == 0)
        continue;
      elimination_column *c = &e->column[j];
      c->cells[c->count++] = (elimination_cell){.row = (int32_t)r, .value = in->value[i]};
      to->columns[to->count++] = j;
      to->live++;
      to->unmeasured += e->kind[j] == VARIABLE_UNMEASURED;
    }
    to->room = to->count;
    columns += to->count;
    if (to->unmeasured == 1)
      KN_TRY(elimination_push(&e->single, (int32_t)r, err));
  }
  for (int64_t j = in->n - 1; j >= 0; j--)
    if (e->kind[j] == VARIABLE_UNMEASURED)
      KN_TRY(elimination_queue(e, (int32_t)j, err));
  return KN_OK;
}

/* The balances among the measured as they stand, all of them: rows numbered as they were. */
static kn_code
copy_balances(const elimination *e, balance_reduced *out, kn_csc *all, kn_arena *keep, kn_arena *scratch, kn_error *err)
{
  KN_NEW(out->measured, keep, e->n, err);
  KN_NEW(out->column_of, keep, e->n, err);
  int64_t entries = 0;
  for (int64_t j = 0; j < e->n; j++) {
    out->column_of[j] = -1;
    if (e->kind[j] != VARIABLE_MEASURED)
      continue;
    out->column_of[j] = (int32_t)out->measured_count;
    out->measured[out->measured_count++] = (int32_t)j;
    entries += e->column[j].count;
  }
  int64_t *start;
  int32_t *row_of;
  double *value;
  KN_NEW(start, scratch, out->measured_count + 1, err);
  KN_NEW(row_of, scratch, entries, err);
  KN_NEW(value, scratch, entries, err);
  int64_t at = 0;
  for (int64_t c = 0; c < out->measured_count; c++) {
    const elimination_column *from = &e->column[out->measured[c]];
    for (int32_t i = 0; i < from->count; i++, at++) {
      row_of[at] = from->cells[i].row;
      value[at] = from->cells[i].value;
    }
    start[c + 1] = at;
  }
  *all = (kn_csc){.rows = e->rows, .columns = out->measured_count, .start = start, .row = row_of, .value = value};
  return KN_OK;
}

/* Those rows of `all` that were pivots of the second part are independent; the others follow from them. */
static kn_code
take_independent(const uint8_t *is_pivot, const double *b, const kn_csc *all, balance_reduced *out, kn_arena *keep,
                 kn_arena *scratch, kn_error *err)
{
  int32_t *number;
  int64_t *start;
  int32_t *row_of;
  double *value;
  KN_NEW(number, scratch, all->rows, err);
  int64_t rows = 0;
  for (int64_t r = 0; r < all->rows; r++)
    number[r] = is_pivot[r] ? (int32_t)rows++ : -1;
  KN_NEW(out->h, keep, rows, err);
  KN_NEW(out->origin, keep, rows, err);
  for (int64_t r = 0; r < all->rows; r++)
    if (number[r] >= 0) {
      out->h[number[r]] = b[r];
      out->origin[number[r]] = (int32_t)r;
    }
  KN_NEW(start, keep, all->columns + 1, err);
  KN_NEW(row_of, keep, all->start[all->columns], err);
  KN_NEW(value, keep, all->start[all->columns], err);
  int64_t at = 0;
  for (int64_t c = 0; c < all->columns; c++) {
    for (int64_t i = all->start[c]; i < all->start[c + 1]; i++)
      if (number[all->row[i]] >= 0) {
        row_of[at] = number[all->row[i]];
        value[at++] = all->value[i];
      }
    start[c + 1] = at;
  }
  out->g = (kn_csc){.rows = rows, .columns = all->columns, .start = start, .row = row_of, .value = value};
  return KN_OK;
}

/* Eliminates the measured as well. What is left of a row then says 0 = b. */
static kn_code
find_rank(elimination *e, balance_reduced *out, const kn_csc *all, kn_arena *keep, kn_arena *scratch, kn_error *err)
{
  uint8_t *is_pivot;
  double *b;
  KN_NEW(is_pivot, scratch, e->rows, err);
  KN_NEW(b, scratch, e->rows, err);
  memcpy(b, e->b, (size_t)e->rows * sizeof *b);
  for (int64_t j = e->n - 1; j >= 0; j--)
    if (e->kind[j] == VARIABLE_MEASURED)
      KN_TRY(elimination_queue(e, (int32_t)j, err));
  for (int32_t j = elimination_choose_column(e); j >= 0; j = elimination_choose_column(e)) {
    const int32_t r = elimination_choose_row(e, j);
    is_pivot[r] = 1;
    KN_TRY(elimination_take(e, j, r, true, err));
  }
  out->contradiction = -1;
  for (int64_t r = 0; r < e->rows; r++)
    if (!e->row[r].is_done && fabs(e->b[r]) > CONTRADICTS * e->size[r] && out->contradiction < 0) {
      out->contradiction = (int32_t)r;
      out->gap = e->b[r];
    }
  return take_independent(is_pivot, b, all, out, keep, scratch, err);
}

#define KEPT(to, from, count)                                                                                                    \
  do {                                                                                                                           \
    KN_NEW(to, keep, count, err);                                                                                                \
    if ((count) > 0)                                                                                                             \
      memcpy(to, from, (size_t)(count) * sizeof *(to));                                                                          \
  } while (0)

static kn_code
hand_out(const elimination *e, balance_reduced *out, kn_arena *keep, kn_error *err)
{
  out->pivot_count = e->pivot_count;
  out->step_count = e->step_count;
  KEPT(out->pivot, e->pivot, e->pivot_count);
  KEPT(out->pivot_row, e->pivot_row, e->pivot_count);
  KEPT(out->rest, e->rest, e->pivot_count);
  KN_NEW(out->entry_start, keep, e->pivot_count + 1, err);
  for (int64_t i = 1; i <= e->pivot_count; i++)
    out->entry_start[i] = e->entry_start[i];
  KEPT(out->entry_column, e->entry_column, e->entry_count);
  KEPT(out->entry_value, e->entry_value, e->entry_count);
  KEPT(out->step_to, e->step_to, e->step_count);
  KEPT(out->step_from, e->step_from, e->step_count);
  KEPT(out->step_factor, e->step_factor, e->step_count);
  return KN_OK;
}

/* ---------------------------------------------------------------- who follows from the measured */
/* The rows of the generic pivots over the unmeasured variables that no single row determined, as they came in: independent,
 * since each has its pivot, and what was added to them before was others of them. */
static kn_code
take_open(const balance_reduced *r, const balance_rows *in, const uint8_t *kind, const double *scale, kn_csc *open,
          int32_t **variable_out, kn_arena *scratch, kn_error *err)
{
  int32_t *number, *variable;
  int64_t columns = 0, rows = 0, entries = 0, *start, *next;
  KN_NEW(number, scratch, in->n, err);
  KN_NEW(variable, scratch, in->n, err);
  for (int64_t j = 0; j < in->n; j++) {
    number[j] = -1;
    if (kind[j] != VARIABLE_UNMEASURED || r->is_observable[j])
      continue;
    number[j] = (int32_t)columns;
    variable[columns++] = (int32_t)j;
  }
  KN_NEW(start, scratch, columns + 1, err);
  KN_NEW(next, scratch, columns + 1, err);
  for (int64_t i = 0; i < r->pivot_count; i++)
    for (int64_t at = in->start[r->pivot_row[i]]; at < in->start[r->pivot_row[i] + 1] && !r->is_observable[r->pivot[i]]; at++)
      if (number[in->column[at]] >= 0 && in->value[at] != 0) {
        start[number[in->column[at]] + 1]++;
        entries++;
      }
  for (int64_t c = 0; c < columns; c++)
    next[c + 1] = start[c + 1] += start[c];
  int32_t *row_of;
  double *value;
  KN_NEW(row_of, scratch, entries, err);
  KN_NEW(value, scratch, entries, err);
  for (int64_t i = 0; i < r->pivot_count; i++) {
    if (r->is_observable[r->pivot[i]])
      continue;
    for (int64_t at = in->start[r->pivot_row[i]]; at < in->start[r->pivot_row[i] + 1]; at++) {
      const int32_t j = in->column[at], c = number[j];
      if (c < 0 || in->value[at] == 0)
        continue;
      row_of[next[c]] = (int32_t)rows;
      value[next[c]++] = in->value[at] * (scale != NULL && scale[j] > 0 ? scale[j] : 1);
    }
    rows++;
  }
  *open = (kn_csc){.rows = rows, .columns = columns, .start = start, .row = row_of, .value = value};
  *variable_out = variable;
  return KN_OK;
}

/* A variable follows from the rows when no vector that they all send to 0 has a part of it: when the projection on their span,
 * A'(A A')^-1 A, has 1 on its diagonal. Those diagonals are what kn_gls_variances() gives for variances of 1. */
static kn_code
find_observable(balance_reduced *r, const balance_rows *in, const uint8_t *kind, const double *scale, kn_arena *scratch,
                kn_error *err)
{
  kn_csc open;
  int32_t *variable;
  KN_TRY(take_open(r, in, kind, scale, &open, &variable, scratch, err));
  if (open.rows == 0)
    return KN_OK;
  double *one, *removed, *kept;
  static const int64_t none[1] = {0};
  const kn_csc no_forms = {.rows = open.columns, .columns = 0, .start = none};
  KN_NEW(one, scratch, open.columns, err);
  KN_NEW(removed, scratch, open.columns, err);
  KN_NEW(kept, scratch, open.columns, err);
  for (int64_t c = 0; c < open.columns; c++)
    one[c] = 1;
  kn_gls *gls;
  KN_TRY(kn_gls_new(&gls, &open, one, &no_forms, in->threads, err));
  const kn_code code = kn_gls_variances(gls, removed, kept, NULL, err);
  kn_gls_free(gls);
  KN_TRY(code);
  uint8_t *is_pivot;
  KN_NEW(is_pivot, scratch, in->n, err);
  for (int64_t i = 0; i < r->pivot_count; i++)
    is_pivot[r->pivot[i]] = 1;
  for (int64_t c = 0; c < open.columns; c++)
    r->is_observable[variable[c]] = is_pivot[variable[c]] && kept[c] <= FOLLOWS;
  return KN_OK;
}

static kn_code
reduce(balance_reduced *out, elimination *e, const balance_rows *in, const double *x, kn_arena *keep, kn_arena *scratch,
       kn_error *err)
{
  kn_csc all;
  KN_NEW(out->is_observable, keep, in->n, err);
  KN_TRY(take_in(e, in, x, scratch, err));
  KN_TRY(elimination_unmeasured(e, out->is_observable, err));
  out->step_split = e->step_count;
  KN_TRY(copy_balances(e, out, &all, keep, scratch, err));
  KN_TRY(find_rank(e, out, &all, keep, scratch, err));
  return hand_out(e, out, keep, err);
}

kn_code
balance_observe(balance_reduced *reduced, const balance_rows *in, const uint8_t *kind, const double *scale, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  const kn_code code = find_observable(reduced, in, kind, scale, scratch, err);
  kn_arena_free(scratch);
  return code;
}

kn_code
balance_reduce(balance_reduced *out, const balance_rows *in, const uint8_t *kind, const double *x, kn_arena *keep, kn_error *err)
{
  *out = (balance_reduced){.n = in->n, .rows = in->rows};
  kn_arena *scratch = kn_arena_new();
  elimination e = {.kind = kind, .cells = kn_arena_new()};
  const kn_code code = reduce(out, &e, in, x, keep, scratch, err);
  for (int b = 0; b < ELIMINATION_BUCKETS; b++)
    free(e.bucket[b].item);
  free(e.single.item);
  free(e.pivot);
  free(e.pivot_row);
  free(e.rest);
  free(e.entry_start);
  free(e.entry_column);
  free(e.entry_value);
  free(e.step_to);
  free(e.step_from);
  free(e.step_factor);
  kn_arena_free(e.cells);
  kn_arena_free(scratch);
  return code;
}
