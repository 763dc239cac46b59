/* What the others ask of a reduction: unmeasured figures as forms of measured ones, their values, multipliers of rows. */
#include "metabolism/balance_eliminate.h"

#include <string.h>

/* ---------------------------------------------------------------- figures as forms of others */
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
    left += fabs(s->dense[s->touched[k]]) > ELIMINATION_VANISHES * s->weight[s->touched[k]];
  sparse_list *out = &s->list[i];
  KN_NEW(out->column, s->scratch, left, err);
  KN_NEW(out->value, s->scratch, left, err);
  for (int64_t k = 0; k < count; k++) {
    const int32_t j = s->touched[k];
    if (fabs(s->dense[j]) > ELIMINATION_VANISHES * s->weight[j]) {
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

void
balance_follow_change(const balance_reduced *r, double *change)
{
  for (int64_t i = r->pivot_count - 1; i >= 0; i--) {
    double sum = 0;
    for (int64_t at = r->entry_start[i]; at < r->entry_start[i + 1]; at++)
      sum -= r->entry_value[at] * change[r->entry_column[at]];
    change[r->pivot[i]] = sum;
  }
}

void
balance_gather_change(const balance_reduced *r, double *gradient)
{
  for (int64_t i = 0; i < r->pivot_count; i++) {
    const double share = gradient[r->pivot[i]];
    for (int64_t at = r->entry_start[i]; at < r->entry_start[i + 1]; at++)
      gradient[r->entry_column[at]] -= r->entry_value[at] * share;
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
