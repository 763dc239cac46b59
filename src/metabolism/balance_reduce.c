/* Sparse elimination by rows.
 *
 * The matrix under way stands by columns, each a short list of (row, value): in a network a flow is in two rows, also after rows
 * were added up, since what runs between them cancels. So adding the shorter of two rows to the longer costs its length, and all
 * of it O(entries log rows). Rows hold the columns they have met; some of those may be gone again.
 *
 * Order: first rows with one unmeasured variable left, which therefore follows from the measured; only then a variable in few rows.
 * Among what was chosen in the second way, a projection tells who
 * follows all the same. */
#include "metabolism/balance_reduce.h"

#include <stdlib.h>
#include <string.h>

#define VANISHES 1e-11
#define CONTRADICTS 1e-9
#define FOLLOWS 1e-9 /* what is left of 1 on the diagonal of a projection */
enum { BUCKETS = 5 };

typedef struct cell {
  int32_t row;
  double value;
} cell;

typedef struct column {
  cell *cells;
  int32_t count, room;
} column;

typedef struct row {
  int32_t *columns; /* may be doubled or gone */
  int64_t count, room;
  int32_t live, unmeasured;
  bool is_done;
} row;

typedef struct stack {
  int32_t *item;
  int64_t count, room;
} stack;

typedef struct elimination {
  int64_t rows, n;
  const uint8_t *kind;
  column *column;
  row *row;
  double *b, *size; /* [rows] right side, and the largest of what it was added up from */
  int32_t *mark;    /* [n] stamp of the last walk along a row */
  int32_t stamp;
  stack bucket[BUCKETS], single;
  kn_arena *cells; /* what grows; gone when the elimination is */
  /* growing outputs */
  int32_t *pivot, *pivot_row, *entry_column, *step_to, *step_from;
  double *rest, *entry_value, *step_factor;
  int64_t *entry_start;
  int64_t pivot_count, pivot_room, pivot_row_room, rest_room, start_room, entry_count, column_room, value_room;
  int64_t step_count, to_room, from_room, factor_room;
} elimination;

static kn_code
push(stack *s, int32_t item, kn_error *err)
{
  if (s->count == s->room)
    KN_TRY(KN_GROW(s->item, s->room, s->count + 1, err));
  s->item[s->count++] = item;
  return KN_OK;
}

static kn_code
queue_column(elimination *e, int32_t j, kn_error *err)
{
  const int32_t count = e->column[j].count;
  return count == 0 ? KN_OK : push(&e->bucket[count < BUCKETS ? count - 1 : BUCKETS - 1], j, err);
}

static cell *
find_cell(const elimination *e, int32_t j, int32_t r)
{
  column *c = &e->column[j];
  for (int32_t i = 0; i < c->count; i++)
    if (c->cells[i].row == r)
      return &c->cells[i];
  return NULL;
}

static kn_code
remove_cell(elimination *e, int32_t j, cell *at, bool is_wanted, kn_error *err)
{
  column *c = &e->column[j];
  row *r = &e->row[at->row];
  r->live--;
  if (e->kind[j] == VARIABLE_UNMEASURED && --r->unmeasured == 1 && !r->is_done)
    KN_TRY(push(&e->single, at->row, err));
  *at = c->cells[--c->count];
  return is_wanted ? queue_column(e, j, err) : KN_OK;
}

static kn_code
add_cell(elimination *e, int32_t j, int32_t r, double value, kn_error *err)
{
  column *c = &e->column[j];
  row *to = &e->row[r];
  if (c->count == c->room) {
    cell *more;
    const int32_t room = 2 * c->room + 2;
    KN_NEW(more, e->cells, room, err);
    memcpy(more, c->cells, (size_t)c->count * sizeof *more);
    c->cells = more;
    c->room = room;
  }
  if (to->count == to->room) {
    int32_t *more;
    const int64_t room = 2 * to->room + 4;
    KN_NEW(more, e->cells, room, err);
    memcpy(more, to->columns, (size_t)to->count * sizeof *more);
    to->columns = more;
    to->room = room;
  }
  c->cells[c->count++] = (cell){.row = r, .value = value};
  to->columns[to->count++] = j;
  to->live++;
  to->unmeasured += e->kind[j] == VARIABLE_UNMEASURED;
  return KN_OK;
}

static kn_code
note_step(elimination *e, int32_t to, int32_t from, double factor, kn_error *err)
{
  if (e->step_count == e->to_room)
    KN_TRY(KN_GROW(e->step_to, e->to_room, e->step_count + 1, err));
  if (e->step_count == e->from_room)
    KN_TRY(KN_GROW(e->step_from, e->from_room, e->step_count + 1, err));
  if (e->step_count == e->factor_room)
    KN_TRY(KN_GROW(e->step_factor, e->factor_room, e->step_count + 1, err));
  e->step_to[e->step_count] = to;
  e->step_from[e->step_count] = from;
  e->step_factor[e->step_count++] = factor;
  return KN_OK;
}

/* The row of a pivot is kept, divided by it. */
static kn_code
keep_row(elimination *e, int32_t r, int32_t pivot, double value, kn_error *err)
{
  if (e->pivot_count == e->pivot_room)
    KN_TRY(KN_GROW(e->pivot, e->pivot_room, e->pivot_count + 1, err));
  if (e->pivot_count == e->rest_room)
    KN_TRY(KN_GROW(e->rest, e->rest_room, e->pivot_count + 1, err));
  if (e->pivot_count + 1 >= e->start_room)
    KN_TRY(KN_GROW(e->entry_start, e->start_room, e->pivot_count + 2, err));
  if (e->pivot_count == e->pivot_row_room)
    KN_TRY(KN_GROW(e->pivot_row, e->pivot_row_room, e->pivot_count + 1, err));
  e->pivot[e->pivot_count] = pivot;
  e->pivot_row[e->pivot_count] = r;
  e->rest[e->pivot_count] = e->b[r] / value;
  if (e->pivot_count == 0)
    e->entry_start[0] = 0;
  const int64_t need = e->entry_count + e->row[r].live;
  if (need > e->column_room)
    KN_TRY(KN_GROW(e->entry_column, e->column_room, need, err));
  if (need > e->value_room)
    KN_TRY(KN_GROW(e->entry_value, e->value_room, need, err));
  const int32_t stamp = ++e->stamp;
  for (int64_t i = 0; i < e->row[r].count; i++) {
    const int32_t j = e->row[r].columns[i];
    const cell *at = e->mark[j] == stamp || j == pivot ? NULL : find_cell(e, j, r);
    e->mark[j] = stamp;
    if (at == NULL)
      continue;
    e->entry_column[e->entry_count] = j;
    e->entry_value[e->entry_count++] = at->value / value;
  }
  e->entry_start[++e->pivot_count] = e->entry_count;
  return KN_OK;
}

/* row to -= factor x row from, but for the pivot, which both lose. */
static kn_code
add_row(elimination *e, int32_t to, int32_t from, int32_t pivot, double factor, bool is_measured, kn_error *err)
{
  const int32_t stamp = ++e->stamp;
  for (int64_t i = 0; i < e->row[from].count; i++) {
    const int32_t j = e->row[from].columns[i];
    if (e->mark[j] == stamp || j == pivot)
      continue;
    e->mark[j] = stamp;
    const cell *source = find_cell(e, j, from);
    if (source == NULL)
      continue;
    const double add = -factor * source->value;
    cell *target = find_cell(e, j, to);
    if (target == NULL) {
      KN_TRY(add_cell(e, j, to, add, err));
      continue;
    }
    const double sum = target->value + add;
    if (fabs(sum) <= VANISHES * (fabs(target->value) + fabs(add)))
      KN_TRY(remove_cell(e, j, target, is_measured || e->kind[j] == VARIABLE_UNMEASURED, err));
    else
      target->value = sum;
  }
  e->b[to] -= factor * e->b[from];
  e->size[to] = fmax(e->size[to], fabs(factor) * e->size[from]);
  return note_step(e, to, from, factor, err);
}

static kn_code
retire_row(elimination *e, int32_t r, bool is_measured, kn_error *err)
{
  e->row[r].is_done = true;
  const int32_t stamp = ++e->stamp;
  for (int64_t i = 0; i < e->row[r].count; i++) {
    const int32_t j = e->row[r].columns[i];
    cell *at = e->mark[j] == stamp ? NULL : find_cell(e, j, r);
    e->mark[j] = stamp;
    if (at != NULL)
      KN_TRY(remove_cell(e, j, at, is_measured || e->kind[j] == VARIABLE_UNMEASURED, err));
  }
  return KN_OK;
}

/* Eliminates variable j by row r from all other rows. */
static kn_code
eliminate(elimination *e, int32_t j, int32_t r, bool is_measured, kn_error *err)
{
  const double value = find_cell(e, j, r)->value;
  if (!is_measured)
    KN_TRY(keep_row(e, r, j, value, err));
  for (int32_t i = 0; i < e->column[j].count;) {
    const cell at = e->column[j].cells[i];
    if (at.row == r) {
      i++;
      continue;
    }
    KN_TRY(remove_cell(e, j, &e->column[j].cells[i], false, err)); /* the last cell comes in its place */
    KN_TRY(add_row(e, at.row, r, j, at.value / value, is_measured, err));
    if (e->row[at.row].unmeasured == 1)
      KN_TRY(push(&e->single, at.row, err));
  }
  return retire_row(e, r, is_measured, err);
}

/* The shortest row among those where the variable weighs enough. */
static int32_t
choose_row(const elimination *e, int32_t j)
{
  const column *c = &e->column[j];
  double most = 0;
  for (int32_t i = 0; i < c->count; i++)
    most = fmax(most, fabs(c->cells[i].value));
  int32_t best = -1;
  for (int32_t i = 0; i < c->count; i++)
    if (fabs(c->cells[i].value) >= 0.01 * most && (best < 0 || e->row[c->cells[i].row].live < e->row[best].live))
      best = c->cells[i].row;
  return best;
}

/* A variable in few rows; -1: none is left. */
static int32_t
choose_column(elimination *e)
{
  for (int32_t b = 0; b < BUCKETS; b++)
    while (e->bucket[b].count > 0) {
      const int32_t j = e->bucket[b].item[--e->bucket[b].count];
      const int32_t count = e->column[j].count;
      if (count > 0 && (count < BUCKETS ? count - 1 : BUCKETS - 1) == b)
        return j;
    }
  return -1;
}

static kn_code
eliminate_unmeasured(elimination *e, uint8_t *is_observable, kn_error *err)
{
  for (;;) {
    if (e->single.count > 0) {
      const int32_t r = e->single.item[--e->single.count];
      if (e->row[r].is_done || e->row[r].unmeasured != 1)
        continue;
      int32_t j = -1;
      for (int64_t i = 0; i < e->row[r].count && j < 0; i++)
        if (e->kind[e->row[r].columns[i]] == VARIABLE_UNMEASURED && find_cell(e, e->row[r].columns[i], r) != NULL)
          j = e->row[r].columns[i];
      is_observable[j] = 1;
      KN_TRY(eliminate(e, j, r, false, err));
      continue;
    }
    const int32_t j = choose_column(e);
    if (j < 0)
      return KN_OK;
    KN_TRY(eliminate(e, j, choose_row(e, j), false, err));
  }
}

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
  cell *cells;
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
    row *to = &e->row[r];
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
      column *c = &e->column[j];
      c->cells[c->count++] = (cell){.row = (int32_t)r, .value = in->value[i]};
      to->columns[to->count++] = j;
      to->live++;
      to->unmeasured += e->kind[j] == VARIABLE_UNMEASURED;
    }
    to->room = to->count;
    columns += to->count;
    if (to->unmeasured == 1)
      KN_TRY(push(&e->single, (int32_t)r, err));
  }
  for (int64_t j = in->n - 1; j >= 0; j--)
    if (e->kind[j] == VARIABLE_UNMEASURED)
      KN_TRY(queue_column(e, (int32_t)j, err));
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
    const column *from = &e->column[out->measured[c]];
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
      KN_TRY(queue_column(e, (int32_t)j, err));
  for (int32_t j = choose_column(e); j >= 0; j = choose_column(e)) {
    const int32_t r = choose_row(e, j);
    is_pivot[r] = 1;
    KN_TRY(eliminate(e, j, r, true, err));
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
typedef struct sparse_list {
  int32_t *column;
  double *value;
  int64_t count;
} sparse_list;

typedef struct substitution {
  const balance_reduced *reduced;
  const uint8_t *kind;
  int32_t *order;    /* [n] pivot number of a variable; -1: none */
  sparse_list *list; /* [pivot_count] */
  double *dense, *weight;
  int32_t *touched;
  uint8_t *is_touched;
  kn_arena *scratch;
} substitution;

static void
touch(substitution *s, int64_t *count, int32_t j, double add)
{
  if (!s->is_touched[j]) {
    s->is_touched[j] = 1;
    s->touched[(*count)++] = j;
  }
  s->dense[j] += add;
  s->weight[j] += fabs(add);
}

/* What one pivot is made of among the measured, into list[i]; those of later pivots stand already. */
static kn_code
substitute(substitution *s, int64_t i, kn_error *err)
{
  const balance_reduced *r = s->reduced;
  int64_t count = 0;
  for (int64_t at = r->entry_start[i]; at < r->entry_start[i + 1]; at++) {
    const int32_t j = r->entry_column[at];
    const double value = -r->entry_value[at];
    if (s->kind[j] == VARIABLE_MEASURED) {
      touch(s, &count, j, value);
      continue;
    }
    const int32_t later = s->order[j];
    if (later < 0)
      continue; /* free: cancels in what follows */
    const sparse_list *list = &s->list[later];
    for (int64_t k = 0; k < list->count; k++)
      touch(s, &count, list->column[k], value * list->value[k]);
  }
  int64_t left = 0;
  for (int64_t k = 0; k < count; k++)
    left += fabs(s->dense[s->touched[k]]) > VANISHES * s->weight[s->touched[k]];
  sparse_list *out = &s->list[i];
  KN_NEW(out->column, s->scratch, left, err);
  KN_NEW(out->value, s->scratch, left, err);
  for (int64_t k = 0; k < count; k++) {
    const int32_t j = s->touched[k];
    if (fabs(s->dense[j]) > VANISHES * s->weight[j]) {
      out->column[out->count] = j;
      out->value[out->count++] = s->dense[j];
    }
    s->dense[j] = s->weight[j] = 0;
    s->is_touched[j] = 0;
  }
  return KN_OK;
}

static kn_code
begin_substitution(substitution *s, const balance_reduced *r, kn_arena *scratch, kn_error *err)
{
  *s = (substitution){.reduced = r, .scratch = scratch};
  KN_NEW(s->order, scratch, r->n, err);
  KN_NEW(s->list, scratch, r->pivot_count, err);
  KN_NEW(s->dense, scratch, r->n, err);
  KN_NEW(s->weight, scratch, r->n, err);
  KN_NEW(s->touched, scratch, r->n, err);
  KN_NEW(s->is_touched, scratch, r->n, err);
  for (int64_t j = 0; j < r->n; j++)
    s->order[j] = -1;
  for (int64_t i = 0; i < r->pivot_count; i++)
    s->order[r->pivot[i]] = (int32_t)i;
  return KN_OK;
}

/* The rows of the generic pivots over the unmeasured variables that no single row determined, as they came in: independent,
 * since each has its pivot, and what was added to them before was others of them. */
static kn_code
take_open(const elimination *e, const balance_reduced *r, const balance_rows *in, const double *scale, kn_csc *open,
          int32_t **variable_out, kn_arena *scratch, kn_error *err)
{
  int32_t *number, *variable;
  int64_t columns = 0, rows = 0, entries = 0, *start, *next;
  KN_NEW(number, scratch, in->n, err);
  KN_NEW(variable, scratch, in->n, err);
  for (int64_t j = 0; j < in->n; j++) {
    number[j] = -1;
    if (e->kind[j] != VARIABLE_UNMEASURED || r->is_observable[j])
      continue;
    number[j] = (int32_t)columns;
    variable[columns++] = (int32_t)j;
  }
  KN_NEW(start, scratch, columns + 1, err);
  KN_NEW(next, scratch, columns + 1, err);
  for (int64_t i = 0; i < r->pivot_count; i++)
    for (int64_t at = in->start[e->pivot_row[i]]; at < in->start[e->pivot_row[i] + 1] && !r->is_observable[r->pivot[i]]; at++)
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
    for (int64_t at = in->start[e->pivot_row[i]]; at < in->start[e->pivot_row[i] + 1]; at++) {
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
find_observable(balance_reduced *r, const elimination *e, const balance_rows *in, const double *scale, kn_arena *scratch,
                kn_error *err)
{
  kn_csc open;
  int32_t *variable;
  KN_TRY(take_open(e, r, in, scale, &open, &variable, scratch, err));
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
reduce(balance_reduced *out, elimination *e, const balance_rows *in, const double *x, const double *scale, kn_arena *keep,
       kn_arena *scratch, kn_error *err)
{
  kn_csc all;
  KN_NEW(out->is_observable, keep, in->n, err);
  KN_TRY(take_in(e, in, x, scratch, err));
  KN_TRY(eliminate_unmeasured(e, out->is_observable, err));
  out->step_split = e->step_count;
  KN_TRY(copy_balances(e, out, &all, keep, scratch, err));
  KN_TRY(find_rank(e, out, &all, keep, scratch, err));
  KN_TRY(hand_out(e, out, keep, err));
  return find_observable(out, e, in, scale, scratch, err);
}

kn_code
balance_reduce(balance_reduced *out, const balance_rows *in, const uint8_t *kind, const double *x, const double *scale,
               kn_arena *keep, kn_error *err)
{
  *out = (balance_reduced){.n = in->n, .rows = in->rows};
  kn_arena *scratch = kn_arena_new();
  elimination e = {.kind = kind, .cells = kn_arena_new()};
  const kn_code code = reduce(out, &e, in, x, scale, keep, scratch, err);
  for (int b = 0; b < BUCKETS; b++)
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

/* ---------------------------------------------------------------- what the others ask */
static kn_code
make_forms(const balance_reduced *r, const uint8_t *kind, kn_csc *forms, int32_t **list_out, kn_arena *keep, kn_arena *scratch,
           kn_error *err)
{
  substitution s;
  KN_TRY(begin_substitution(&s, r, scratch, err));
  s.kind = kind;
  int64_t count = 0, entries = 0;
  uint8_t *is_asked;
  KN_NEW(is_asked, scratch, r->pivot_count, err);
  for (int64_t i = 0; i < r->pivot_count; i++) {
    is_asked[i] |= r->is_observable[r->pivot[i]];
    for (int64_t at = r->entry_start[i]; at < r->entry_start[i + 1] && is_asked[i]; at++)
      if (s.order[r->entry_column[at]] >= 0)
        is_asked[s.order[r->entry_column[at]]] = 1;
  }
  for (int64_t i = r->pivot_count - 1; i >= 0; i--)
    if (is_asked[i])
      KN_TRY(substitute(&s, i, err));
  for (int64_t i = 0; i < r->pivot_count; i++)
    if (r->is_observable[r->pivot[i]]) {
      count++;
      entries += s.list[i].count;
    }
  int64_t *start;
  int32_t *row_of, *list;
  double *value;
  KN_NEW(start, keep, count + 1, err);
  KN_NEW(row_of, keep, entries, err);
  KN_NEW(value, keep, entries, err);
  KN_NEW(list, keep, count, err);
  int64_t f = 0, at = 0;
  for (int64_t i = 0; i < r->pivot_count; i++) {
    if (!r->is_observable[r->pivot[i]])
      continue;
    for (int64_t k = 0; k < s.list[i].count; k++, at++) {
      row_of[at] = r->column_of[s.list[i].column[k]];
      value[at] = s.list[i].value[k];
    }
    list[f++] = r->pivot[i];
    start[f] = at;
  }
  *forms = (kn_csc){.rows = r->measured_count, .columns = count, .start = start, .row = row_of, .value = value};
  *list_out = list;
  return KN_OK;
}

kn_code
balance_forms(const balance_reduced *reduced, kn_csc *forms, int32_t **list, kn_arena *keep, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  uint8_t *kind = NULL;
  kn_code code = kn_arena_reserve(scratch, kn_arena_span((size_t)reduced->n + 1, 1), err);
  if (code == KN_OK) {
    kind = kn_arena_take(scratch, (size_t)reduced->n + 1, 1);
    for (int64_t j = 0; j < reduced->n; j++)
      kind[j] = reduced->column_of[j] >= 0 ? VARIABLE_MEASURED : VARIABLE_UNMEASURED;
    code = make_forms(reduced, kind, forms, list, keep, scratch, err);
  }
  kn_arena_free(scratch);
  return code;
}

void
balance_follow(const balance_reduced *r, double *x)
{
  for (int64_t i = r->pivot_count - 1; i >= 0; i--) {
    double sum = r->rest[i];
    for (int64_t at = r->entry_start[i]; at < r->entry_start[i + 1]; at++)
      sum -= r->entry_value[at] * x[r->entry_column[at]];
    x[r->pivot[i]] = sum;
  }
}

static void
undo_steps(const balance_reduced *r, int64_t count, double *to)
{
  for (int64_t s = count - 1; s >= 0; s--)
    to[r->step_from[s]] -= r->step_factor[s] * to[r->step_to[s]];
}

void
balance_spread(const balance_reduced *r, const double *lambda, double *to)
{
  memset(to, 0, (size_t)r->rows * sizeof *to);
  for (int64_t i = 0; i < r->g.rows; i++)
    to[r->origin[i]] = lambda[i];
  undo_steps(r, r->step_split, to);
}

void
balance_trace(const balance_reduced *r, int32_t row_number, double *to)
{
  memset(to, 0, (size_t)r->rows * sizeof *to);
  to[row_number] = 1;
  undo_steps(r, r->step_count, to);
}
