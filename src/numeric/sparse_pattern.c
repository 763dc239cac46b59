/* The pattern of S = G V G' and of what the forms ask of its inverse. */
#include "numeric/sparse.h"

#include <stdlib.h>
#include <string.h>

/* A form that touches more rows than this is solved for: the square of them would fill the factor. */
enum { SHORT_FORM_ROWS = 24 };

static kn_code
turn_rows(gls_system *s, kn_arena *keep, kn_error *err)
{
  const int64_t k = s->g.rows, entries = s->g.start[s->g.columns];
  int64_t *start, *next;
  int32_t *column;
  double *value;
  KN_NEW(start, keep, k + 1, err);
  KN_NEW(next, keep, k + 1, err);
  KN_NEW(column, keep, entries, err);
  KN_NEW(value, keep, entries, err);
  for (int64_t e = 0; e < entries; e++)
    start[s->g.row[e] + 1]++;
  for (int64_t i = 0; i < k; i++)
    start[i + 1] += start[i];
  memcpy(next, start, (size_t)(k + 1) * sizeof *next);
  for (int64_t j = 0; j < s->g.columns; j++)
    for (int64_t e = s->g.start[j]; e < s->g.start[j + 1]; e++) {
      const int64_t at = next[s->g.row[e]]++;
      column[at] = (int32_t)j;
      value[at] = s->g.value[e];
    }
  s->g_start = start;
  s->g_column = column;
  s->g_value = value;
  return KN_OK;
}

/* Which rows of G each form touches. mark [k]. */
static kn_code
touch_rows(gls_system *s, int32_t *mark, kn_arena *keep, kn_error *err)
{
  const int64_t forms = s->forms.columns;
  int64_t *start, total = 0;
  uint8_t *is_long;
  KN_NEW(start, keep, forms + 1, err);
  KN_NEW(is_long, keep, forms, err);
  int32_t *row = NULL;
  for (int pass = 0; pass < 2; pass++) {
    if (pass == 1)
      KN_NEW(row, keep, total, err);
    memset(mark, 0, (size_t)s->g.rows * sizeof *mark);
    total = 0;
    for (int64_t f = 0; f < forms; f++) {
      for (int64_t t = s->forms.start[f]; t < s->forms.start[f + 1]; t++)
        for (int64_t e = s->g.start[s->forms.row[t]]; e < s->g.start[s->forms.row[t] + 1]; e++) {
          const int32_t r = s->g.row[e];
          if (mark[r] == f + 1)
            continue;
          mark[r] = (int32_t)f + 1;
          if (pass == 1)
            row[total] = r;
          total++;
        }
      start[f + 1] = total;
      is_long[f] = start[f + 1] - start[f] > SHORT_FORM_ROWS;
    }
  }
  s->form_start = start;
  s->form_row = row;
  s->is_long = is_long;
  return KN_OK;
}

static int
by_number(const void *a, const void *b)
{
  const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

/* Short forms by row: first [k + 1], form []. */
static kn_code
turn_forms(const gls_system *s, int64_t **first_out, int32_t **form_out, kn_arena *scratch, kn_error *err)
{
  int64_t *first, *next;
  int32_t *form;
  const int64_t k = s->g.rows;
  KN_NEW(first, scratch, k + 1, err);
  KN_NEW(next, scratch, k + 1, err);
  KN_NEW(form, scratch, s->form_start[s->forms.columns], err);
  for (int64_t f = 0; f < s->forms.columns; f++)
    for (int64_t e = s->form_start[f]; e < s->form_start[f + 1] && !s->is_long[f]; e++)
      first[s->form_row[e] + 1]++;
  for (int64_t i = 0; i < k; i++)
    first[i + 1] += first[i];
  memcpy(next, first, (size_t)(k + 1) * sizeof *next);
  for (int64_t f = 0; f < s->forms.columns; f++)
    for (int64_t e = s->form_start[f]; e < s->form_start[f + 1] && !s->is_long[f]; e++)
      form[next[s->form_row[e]]++] = (int32_t)f;
  *first_out = first;
  *form_out = form;
  return KN_OK;
}

/* The rows >= i that row i of S holds: counted, or written to out. */
static int64_t
gather_row(const gls_system *s, int64_t i, const int64_t *first, const int32_t *form, int32_t *mark, int64_t *out)
{
  int64_t count = 0;
  mark[i] = (int32_t)i + 1;
  if (out != NULL)
    out[count] = i;
  count++;
  for (int64_t e = s->g_start[i]; e < s->g_start[i + 1]; e++) {
    const int32_t j = s->g_column[e];
    for (int64_t at = s->g.start[j]; at < s->g.start[j + 1]; at++) {
      const int32_t r = s->g.row[at];
      if (r < i || mark[r] == i + 1)
        continue;
      mark[r] = (int32_t)i + 1;
      if (out != NULL)
        out[count] = r;
      count++;
    }
  }
  for (int64_t e = first[i]; e < first[i + 1]; e++)
    for (int64_t at = s->form_start[form[e]]; at < s->form_start[form[e] + 1]; at++) {
      const int32_t r = s->form_row[at];
      if (r < i || mark[r] == i + 1)
        continue;
      mark[r] = (int32_t)i + 1;
      if (out != NULL)
        out[count] = r;
      count++;
    }
  return count;
}

static kn_code
find_pattern(gls_system *s, int32_t *mark, kn_arena *keep, kn_arena *scratch, kn_error *err)
{
  const int64_t k = s->g.rows;
  int64_t *first, *start, *row;
  int32_t *form;
  KN_TRY(turn_rows(s, keep, err));
  KN_TRY(touch_rows(s, mark, keep, err));
  KN_TRY(turn_forms(s, &first, &form, scratch, err));
  KN_NEW(start, keep, k + 1, err);
  memset(mark, 0, (size_t)k * sizeof *mark);
  for (int64_t i = 0; i < k; i++)
    start[i + 1] = start[i] + gather_row(s, i, first, form, mark, NULL);
  KN_NEW(row, keep, start[k], err);
  memset(mark, 0, (size_t)k * sizeof *mark);
  for (int64_t i = 0; i < k; i++) {
    const int64_t count = gather_row(s, i, first, form, mark, row + start[i]);
    qsort(row + start[i], (size_t)count, sizeof *row, by_number);
  }
  s->s_start = start;
  s->s_row = row;
  return KN_OK;
}

kn_code
gls_pattern(gls_system *system, kn_arena *keep, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  int32_t *mark;
  kn_code code = kn_arena_reserve(scratch, kn_arena_span((size_t)system->g.rows + 1, sizeof *mark), err);
  if (code == KN_OK) {
    mark = kn_arena_take(scratch, (size_t)system->g.rows + 1, sizeof *mark);
    code = find_pattern(system, mark, keep, scratch, err);
  }
  kn_arena_free(scratch);
  return code;
}
