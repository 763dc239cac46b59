/* A region with rows less and rows more than another, whose memory it shares: for saving what was computed, without building
 * the whole anew. */
#include <stdlib.h>
#include <string.h>

#include "region/internal.h"

typedef struct revising {
  const kn_region *base;
  kn_region *made;
  const kn_table_change *change[KN_TABLE_COUNT]; /* NULL: as it is */
  int64_t kept[KN_TABLE_COUNT];
  void *blank[KN_REF + 1];      /* arrays of blanks of the table at hand, by kind */
  int32_t *row[KN_TABLE_COUNT]; /* [rows of the base] where each is now; KN_NONE: gone; NULL: where it was */
} revising;

static kn_code
number_rows(revising *r, kn_table_id t, kn_error *err)
{
  const kn_table_change *change = r->change[t];
  const int64_t n = r->base->table[t].n;
  r->kept[t] = n;
  if (change == NULL || change->is_dropped == NULL)
    return KN_OK;
  KN_NEW(r->row[t], r->made->keep, n, err);
  r->kept[t] = 0;
  for (int64_t i = 0; i < n; i++)
    r->row[t][i] = change->is_dropped[i] ? KN_NONE : (int32_t)r->kept[t]++;
  return KN_OK;
}

/* A row as the base counts them, added rows behind, as the new region counts them. */
static int32_t
row_now(const revising *r, kn_table_id target, int32_t row)
{
  if (row == KN_NONE)
    return KN_NONE;
  if (row < r->base->table[target].n)
    return r->row[target] == NULL ? row : r->row[target][row];
  return (int32_t)(row - r->base->table[target].n + r->kept[target]);
}

static kn_code
renumber(const revising *r, kn_table_id t, int32_t c, int32_t *number, int64_t n, kn_error *err)
{
  const kn_table_id target = r->base->table[t].def->columns[c].target;
  for (int64_t i = 0; i < n; i++) {
    const int32_t now = row_now(r, target, number[i]);
    if (now == KN_NONE && number[i] != KN_NONE)
      return kn_fail(err, KN_E_INPUT, "%s %s is left out, but table %s names it", kn_schema(target)->name,
                     kn_region_key(r->base, target, number[i]), kn_schema(t)->name);
    number[i] = now;
  }
  return KN_OK;
}

/* Does nobody have a value in this column? */
static bool
is_all_blank(kn_kind kind, const kn_column *column, int64_t n)
{
  int64_t i = 0;
  switch (kind) {
  case KN_REAL:
    while (i < n && isnan(column->real[i]))
      i++;
    break;
  case KN_INT:
  case KN_DATE:
    while (i < n && column->number[i] == KN_BLANK_INT)
      i++;
    break;
  case KN_REF:
    while (i < n && column->number[i] == KN_NONE)
      i++;
    break;
  case KN_WORD:
    while (i < n && column->word[i] == KN_BLANK_WORD)
      i++;
    break;
  case KN_TEXT:
  case KN_KEY:
    while (i < n && column->text[i] == NULL)
      i++;
    break;
  }
  return i == n;
}

/* One array of blanks of each kind serves all columns that nobody has. */
static kn_code
share_blank(revising *r, kn_kind kind, int64_t n, void **out, kn_error *err)
{
  if (r->blank[kind] == NULL) {
    const size_t size = kn_column_size(kind);
    char *data;
    KN_NEW(data, r->made->keep, n * (int64_t)size, err);
    kn_column_set_blank(kind, size, data, 0, n);
    r->blank[kind] = data;
  }
  *out = r->blank[kind];
  return KN_OK;
}

/* Kept items of a column, then the added ones (NULL: blank). */
static kn_code
join_column(const revising *r, kn_table_id t, int32_t c, size_t size, const void *old, const void *added, void **out,
            kn_error *err)
{
  const kn_table_change *change = r->change[t];
  const int64_t n = r->base->table[t].n, kept = r->kept[t];
  char *data;
  KN_NEW(data, r->made->keep, (kept + change->added) * (int64_t)size, err);
  if (r->row[t] == NULL)
    memcpy(data, old, (size_t)n * size);
  for (int64_t i = 0; r->row[t] != NULL && i < n; i++)
    if (r->row[t][i] != KN_NONE)
      memcpy(data + (size_t)r->row[t][i] * size, (const char *)old + (size_t)i * size, size);
  if (added != NULL)
    memcpy(data + (size_t)kept * size, added, (size_t)change->added * size);
  else if (c != KN_NONE)
    kn_column_set_blank(r->base->table[t].def->columns[c].kind, size, data, kept, kept + change->added);
  *out = data;
  return KN_OK;
}

static kn_code
revise_table(revising *r, kn_table_id t, kn_error *err)
{
  const kn_table *old = &r->base->table[t];
  const kn_table_change *change = r->change[t];
  kn_table *table = &r->made->table[t];
  kn_column *columns;
  const char ***extra;
  uint8_t *is_new;
  KN_NEW(columns, r->made->keep, old->def->column_count, err);
  KN_NEW(extra, r->made->keep, old->extra_count, err);
  KN_NEW(is_new, r->made->keep, r->kept[t] + change->added, err);
  memset(is_new + r->kept[t], 1, (size_t)change->added);
  memset(r->blank, 0, sizeof r->blank);
  for (int32_t c = 0; c < old->def->column_count; c++) {
    const kn_kind kind = old->def->columns[c].kind;
    const void *added = change->column == NULL ? NULL : change->column[c].data;
    if (added == NULL && kind != KN_REF && is_all_blank(kind, &old->columns[c], old->n))
      KN_TRY(share_blank(r, kind, r->kept[t] + change->added, &columns[c].data, err));
    else
      KN_TRY(join_column(r, t, c, kn_column_size(kind), old->columns[c].data, added, &columns[c].data, err));
  }
  for (int32_t e = 0; e < old->extra_count; e++) {
    void *data;
    KN_TRY(join_column(r, t, KN_NONE, sizeof(char *), old->extra[e], NULL, &data, err));
    extra[e] = data;
  }
  table->columns = columns;
  table->extra = extra;
  table->n = r->kept[t] + change->added;
  r->made->is_new[t] = is_new;
  return KN_OK;
}

/* References into tables that lost rows, in tables of our own and in those that were shared so far. */
static kn_code
revise_references(revising *r, kn_table_id t, kn_error *err)
{
  kn_table *table = &r->made->table[t];
  for (int32_t c = 0; c < table->def->column_count; c++) {
    const kn_column_def *def = &table->def->columns[c];
    if (def->kind != KN_REF || r->change[def->target] == NULL)
      continue;
    if (r->change[t] == NULL) {
      if (r->row[def->target] == NULL)
        continue; /* rows are where they were */
      if (table->columns == r->base->table[t].columns) {
        kn_column *columns;
        KN_NEW(columns, r->made->keep, table->def->column_count, err);
        memcpy(columns, table->columns, (size_t)table->def->column_count * sizeof *columns);
        table->columns = columns;
      }
      int32_t *number;
      KN_NEW(number, r->made->keep, table->n, err);
      memcpy(number, table->columns[c].number, (size_t)table->n * sizeof *number);
      table->columns[c].number = number;
    }
    KN_TRY(renumber(r, t, c, table->columns[c].number, table->n, err));
  }
  return KN_OK;
}

static kn_code
revise(revising *r, const kn_table_change *change, int32_t count, kn_error *err)
{
  for (int32_t i = 0; i < count; i++) {
    assert(kn_schema(change[i].table)->geometry == 0 && r->change[change[i].table] == NULL);
    if (r->base->table[change[i].table].n + change[i].added >= INT32_MAX)
      return kn_fail(err, KN_E_LIMIT, "table %s: more than %d rows", kn_schema(change[i].table)->name, INT32_MAX - 1);
    r->change[change[i].table] = &change[i];
  }
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    uint8_t *is_new;
    KN_NEW(is_new, r->made->keep, r->base->table[t].n, err);
    r->made->is_new[t] = is_new; /* nothing of the base is new */
    KN_TRY(number_rows(r, (kn_table_id)t, err));
  }
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    if (r->change[t] != NULL)
      KN_TRY(revise_table(r, (kn_table_id)t, err));
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    KN_TRY(revise_references(r, (kn_table_id)t, err));
  return KN_OK;
}

kn_code
kn_region_revise(kn_region **out, const kn_region *base, const kn_table_change *change, int32_t count, kn_error *err)
{
  *out = NULL;
  kn_region *made = malloc(sizeof *made);
  if (made == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for a region");
  *made = *base;
  made->base = base;
  made->keep = kn_arena_new();
  revising r = {.base = base, .made = made};
  const kn_code code = revise(&r, change, count, err);
  if (code != KN_OK) {
    kn_region_free(made);
    return code;
  }
  *out = made;
  return KN_OK;
}
