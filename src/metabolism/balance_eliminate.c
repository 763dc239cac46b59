/* Sparse elimination by rows.
 *
 * The matrix under way stands by columns, each a short list of (row, value): in a network a flow is in two rows, also after rows
 * were added up, since what runs between them cancels. So adding the shorter of two rows to the longer costs its length, and all
 * of it O(entries log rows). Rows hold the columns they have met; some of those may be gone again.
 *
 * Order: first rows with one unmeasured variable left, which therefore follows from the measured; only then a variable in few rows.
 * Among what was chosen in the second way, a projection tells who
 * follows all the same. */
#include "metabolism/balance_eliminate.h"

#include <stdlib.h>
#include <string.h>

kn_code
elimination_push(elimination_stack *s, int32_t item, kn_error *err)
{
  if (s->count == s->room)
    KN_TRY(KN_GROW(s->item, s->room, s->count + 1, err));
  s->item[s->count++] = item;
  return KN_OK;
}

kn_code
elimination_queue(elimination *e, int32_t j, kn_error *err)
{
  const int32_t count = e->column[j].count;
  return count == 0 ? KN_OK
                    : elimination_push(&e->bucket[count < ELIMINATION_BUCKETS ? count - 1 : ELIMINATION_BUCKETS - 1], j, err);
}

static elimination_cell *
find_cell(const elimination *e, int32_t j, int32_t r)
{
  elimination_column *c = &e->column[j];
  for (int32_t i = 0; i < c->count; i++)
    if (c->cells[i].row == r)
      return &c->cells[i];
  return NULL;
}

static kn_code
remove_cell(elimination *e, int32_t j, elimination_cell *at, bool is_wanted, kn_error *err)
{
  elimination_column *c = &e->column[j];
  elimination_row *r = &e->row[at->row];
  r->live--;
  if (e->kind[j] == VARIABLE_UNMEASURED && --r->unmeasured == 1 && !r->is_done)
    KN_TRY(elimination_push(&e->single, at->row, err));
  *at = c->cells[--c->count];
  return is_wanted ? elimination_queue(e, j, err) : KN_OK;
}

static kn_code
add_cell(elimination *e, int32_t j, int32_t r, double value, kn_error *err)
{
  elimination_column *c = &e->column[j];
  elimination_row *to = &e->row[r];
  if (c->count == c->room) {
    elimination_cell *more;
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
  c->cells[c->count++] = (elimination_cell){.row = r, .value = value};
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
    const elimination_cell *at = e->mark[j] == stamp || j == pivot ? NULL : find_cell(e, j, r);
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
    const elimination_cell *source = find_cell(e, j, from);
    if (source == NULL)
      continue;
    const double add = -factor * source->value;
    elimination_cell *target = find_cell(e, j, to);
    if (target == NULL) {
      KN_TRY(add_cell(e, j, to, add, err));
      continue;
    }
    const double sum = target->value + add;
    if (fabs(sum) <= ELIMINATION_VANISHES * (fabs(target->value) + fabs(add)))
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
    elimination_cell *at = e->mark[j] == stamp ? NULL : find_cell(e, j, r);
    e->mark[j] = stamp;
    if (at != NULL)
      KN_TRY(remove_cell(e, j, at, is_measured || e->kind[j] == VARIABLE_UNMEASURED, err));
  }
  return KN_OK;
}

/* Eliminates variable j by row r from all other rows. */
kn_code
elimination_take(elimination *e, int32_t j, int32_t r, bool is_measured, kn_error *err)
{
  const double value = find_cell(e, j, r)->value;
  if (!is_measured)
    KN_TRY(keep_row(e, r, j, value, err));
  for (int32_t i = 0; i < e->column[j].count;) {
    const elimination_cell at = e->column[j].cells[i];
    if (at.row == r) {
      i++;
      continue;
    }
    KN_TRY(remove_cell(e, j, &e->column[j].cells[i], false, err)); /* the last cell comes in its place */
    KN_TRY(add_row(e, at.row, r, j, at.value / value, is_measured, err));
    if (e->row[at.row].unmeasured == 1)
      KN_TRY(elimination_push(&e->single, at.row, err));
  }
  return retire_row(e, r, is_measured, err);
}

/* The shortest row among those where the variable weighs enough. */
int32_t
elimination_choose_row(const elimination *e, int32_t j)
{
  const elimination_column *c = &e->column[j];
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
int32_t
elimination_choose_column(elimination *e)
{
  for (int32_t b = 0; b < ELIMINATION_BUCKETS; b++)
    while (e->bucket[b].count > 0) {
      const int32_t j = e->bucket[b].item[--e->bucket[b].count];
      const int32_t count = e->column[j].count;
      if (count > 0 && (count < ELIMINATION_BUCKETS ? count - 1 : ELIMINATION_BUCKETS - 1) == b)
        return j;
    }
  return -1;
}

kn_code
elimination_unmeasured(elimination *e, uint8_t *is_observable, kn_error *err)
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
      KN_TRY(elimination_take(e, j, r, false, err));
      continue;
    }
    const int32_t j = elimination_choose_column(e);
    if (j < 0)
      return KN_OK;
    KN_TRY(elimination_take(e, j, elimination_choose_row(e, j), false, err));
  }
}
