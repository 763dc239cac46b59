/* A digest of what a region says, whatever the order of its rows and of its columns: per table the rows in the order
 * of their keys. A row is
 *
 *   which cells are set (a bit per column of the schema, in its order) | these cells | extra cells | outline of an area, a link
 *
 * with numbers as IEEE 754 or 32-bit integers, words as texts, the length before each text, and a reference as the rank
 * of its key among the keys of that table, which are in the digest themselves. All of it little endian. So different rows
 * have different bytes. Of every 16384 rows there is a digest, made on all threads; that of the region is over the names of
 * tables, their counts of rows and these. The format may change between versions; a digest is only ever compared with others. */
#include "region/internal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 65536, MOST_COLUMNS = 64, LEAF_ROWS = 16384 };

typedef struct stream {
  kn_digest *digest;
  size_t used;
  uint8_t buffer[BUFFER];
} stream;

static void
add(stream *out, const void *data, size_t length)
{
  if (out->used + length > BUFFER) {
    kn_digest_add(out->digest, out->buffer, out->used);
    out->used = 0;
  }
  if (length > BUFFER) {
    kn_digest_add(out->digest, data, length);
    return;
  }
  memcpy(out->buffer + out->used, data, length);
  out->used += length;
}

static void
add_number(stream *out, uint64_t value, int32_t bytes)
{
  uint8_t little[8];
  for (int32_t i = 0; i < bytes; i++)
    little[i] = (uint8_t)(value >> (8 * i));
  add(out, little, (size_t)bytes);
}

/* Seven bits a byte, the last one below 128. */
static void
add_count(stream *out, uint64_t count)
{
  uint8_t bytes[10];
  int32_t n = 0;
  for (; count >= 128; count >>= 7)
    bytes[n++] = (uint8_t)(count | 128);
  bytes[n++] = (uint8_t)count;
  add(out, bytes, (size_t)n);
}

/* Length first, so that "ab" + "c" differs from "a" + "bc". */
static void
add_text(stream *out, const char *text)
{
  const size_t length = strlen(text);
  add_count(out, length);
  add(out, text, length);
}

/* ---------------------------------------------------------------- order of rows */
typedef struct sorting {
  const kn_region *region;
  const kn_table *table;
  int32_t column[2]; /* KN_NONE: none */
} sorting;

static const char *
cell_text(const kn_region *region, const kn_table *table, int32_t c, int64_t row)
{
  const kn_column_def *def = &table->def->columns[c];
  const char *text = NULL;
  if (def->kind == KN_TEXT || def->kind == KN_KEY)
    text = table->columns[c].text[row];
  else if (def->kind == KN_REF && table->columns[c].number[row] != KN_NONE)
    text = kn_region_key(region, def->target, table->columns[c].number[row]);
  else if (def->kind == KN_WORD && table->columns[c].word[row] != KN_BLANK_WORD)
    text = def->words[table->columns[c].word[row]];
  return text == NULL ? "" : text;
}

static int
compare(const void *left, const void *right, void *arg)
{
  const sorting *by = arg;
  const int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
  for (int32_t k = 0; k < 2 && by->column[k] != KN_NONE; k++) {
    int order;
    if (by->table->def->columns[by->column[k]].kind == KN_INT) {
      const int32_t *number = by->table->columns[by->column[k]].number;
      order = (number[a] > number[b]) - (number[a] < number[b]);
    } else {
      order = strcmp(cell_text(by->region, by->table, by->column[k], a), cell_text(by->region, by->table, by->column[k], b));
    }
    if (order != 0)
      return order;
  }
  return (a > b) - (a < b);
}

typedef struct looking {
  const sorting *by;
  int32_t *order;
  _Atomic bool is_sorted;
} looking;

static void
look_at_order(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  looking *look = arg;
  bool is_sorted = true;
  for (int64_t i = first; i < last; i++)
    look->order[i] = (int32_t)i;
  for (int64_t i = first; i < last && is_sorted; i++) {
    const int32_t before = (int32_t)i - 1, here = (int32_t)i;
    is_sorted = i == 0 || compare(&before, &here, (void *)(uintptr_t)look->by) <= 0;
  }
  if (!is_sorted)
    look->is_sorted = false;
}

/* Merges runs that are sorted, two by two, until one is left: first [runs + 1] is where each begins. */
static void
merge_runs(const sorting *by, int32_t *order, int32_t *spare, int32_t *first, int32_t runs)
{
  while (runs > 1) {
    int32_t made = 0;
    for (int32_t k = 0; k < runs; k += 2) {
      const int32_t begin = first[k], middle = first[k + 1], end = k + 2 <= runs ? first[k + 2] : middle;
      int32_t a = begin, b = middle;
      for (int32_t at = begin; at < end; at++)
        spare[at] =
            b >= end || (a < middle && compare(&order[a], &order[b], (void *)(uintptr_t)by) <= 0) ? order[a++] : order[b++];
      memcpy(order + begin, spare + begin, (size_t)(end - begin) * sizeof *order);
      first[made++] = begin;
    }
    first[made] = first[runs];
    runs = made;
  }
}

/* Rows in the order of their keys; rows without a key in the order of the pair they are about, then as given. Tables are mostly
 * a few runs in order (one of each file that brought rows), which merging takes in one go each. */
static kn_code
sort_rows(const kn_region *region, const kn_table *table, int32_t *order, kn_arena *scratch, kn_error *err)
{
  sorting by = {.region = region, .table = table, .column = {table->def->unique[0], table->def->unique[1]}};
  if (by.column[0] == KN_NONE) {
    by.column[0] = 0;
    by.column[1] = 1;
  }
  looking look = {.by = &by, .order = order, .is_sorted = true};
  KN_TRY(kn_parallel(table->n < LEAF_ROWS ? 1 : 0, table->n, LEAF_ROWS, look_at_order, &look, err));
  if (look.is_sorted)
    return KN_OK;
  int32_t *first, *spare, runs = 0;
  const int32_t most = (int32_t)(table->n / 8) + 2;
  KN_NEW(first, scratch, most + 1, err);
  for (int64_t i = 0; i < table->n && runs < most; i++)
    if (i == 0 || compare(&order[i - 1], &order[i], &by) > 0)
      first[runs++] = (int32_t)i;
  if (runs >= most) {
    qsort_r(order, (size_t)table->n, sizeof *order, compare, &by);
    return KN_OK;
  }
  first[runs] = (int32_t)table->n;
  KN_NEW(spare, scratch, table->n, err);
  merge_runs(&by, order, spare, first, runs);
  return KN_OK;
}

/* ---------------------------------------------------------------- cells */
/* The rows of all tables in their order, and where each row of a table with a key is in that of its table. */
typedef struct orders {
  int32_t *order[KN_TABLE_COUNT], *rank[KN_TABLE_COUNT];
} orders;

static bool
is_set(const kn_table *table, int32_t c, int64_t row)
{
  const kn_column *column = &table->columns[c];
  switch (table->def->columns[c].kind) {
  case KN_REAL:
    return !isnan(column->real[row]);
  case KN_INT:
  case KN_DATE:
    return column->number[row] != KN_BLANK_INT;
  case KN_TEXT:
  case KN_KEY:
    return column->text[row] != NULL && column->text[row][0] != '\0';
  case KN_REF:
    return column->number[row] != KN_NONE;
  case KN_WORD:
    return column->word[row] != KN_BLANK_WORD;
  }
  return false;
}

static void
add_cell(stream *out, const orders *of, const kn_table *table, int32_t c, int64_t row)
{
  const kn_column_def *def = &table->def->columns[c];
  const kn_column *column = &table->columns[c];
  uint64_t bits;
  switch (def->kind) {
  case KN_REAL:
    memcpy(&bits, &column->real[row], sizeof bits);
    add_number(out, bits, 8);
    return;
  case KN_INT:
  case KN_DATE:
    add_number(out, (uint32_t)column->number[row], 4);
    return;
  case KN_TEXT:
  case KN_KEY:
    add_text(out, column->text[row]);
    return;
  case KN_REF:
    add_number(out, (uint32_t)of->rank[def->target][column->number[row]], 4);
    return;
  case KN_WORD:
    add_text(out, def->words[column->word[row]]);
  }
}

static int
compare_names(const void *left, const void *right, void *arg)
{
  const char *const *names = arg;
  return strcmp(names[*(const int32_t *)left], names[*(const int32_t *)right]);
}

static void
add_row(stream *out, const kn_region *region, const orders *of, const kn_table *table, const int32_t *extra_order, int64_t row)
{
  uint64_t set = 0;
  for (int32_t c = 0; c < table->def->column_count; c++)
    set |= (uint64_t)is_set(table, c, row) << c;
  add_number(out, set, (table->def->column_count + 7) / 8);
  for (int32_t c = 0; c < table->def->column_count; c++)
    if (set >> c & 1)
      add_cell(out, of, table, c, row);
  for (int32_t e = 0; e < table->extra_count; e++) {
    const char *text = table->extra[extra_order[e]][row];
    if (text == NULL)
      continue;
    add_text(out, table->extra_name[extra_order[e]]);
    add_text(out, text);
  }
  add_text(out, ""); /* no column has such a name: the extra cells end */
  if (table->def->geometry != 'a' && table->def->geometry != 'l')
    return;
  const uint8_t *wkb;
  size_t length = 0;
  const bool has_outline = kn_region_wkb(region, table->def->id, (int32_t)row, &wkb, &length);
  add_number(out, has_outline ? length : UINT64_MAX, 8);
  if (has_outline)
    add(out, wkb, length);
}

static kn_code
find_orders(orders *of, const kn_region *region, kn_arena *scratch, kn_error *err)
{
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    const kn_table *table = &region->table[t];
    KN_NEW(of->order[t], scratch, table->n, err);
    KN_TRY(sort_rows(region, table, of->order[t], scratch, err));
    if (table->def->key_column == KN_NONE)
      continue;
    KN_NEW(of->rank[t], scratch, table->n, err);
    for (int64_t i = 0; i < table->n; i++)
      of->rank[t][of->order[t][i]] = (int32_t)i;
  }
  return KN_OK;
}

/* Rows of one table. */
typedef struct leaf {
  kn_table_id table;
  int64_t first, last;
  char hex[65];
} leaf;

typedef struct hashing {
  const kn_region *region;
  orders of;
  int32_t *extra_order[KN_TABLE_COUNT];
  leaf *leaves;
  int64_t leaf_count;
  stream *streams;  /* [threads] */
  _Atomic int code; /* of a leaf that failed */
} hashing;

static void
add_leaves(void *arg, int64_t first, int64_t last, int32_t worker)
{
  hashing *work = arg;
  stream *out = &work->streams[worker];
  for (int64_t i = first; i < last; i++) {
    leaf *l = &work->leaves[i];
    const kn_table *table = &work->region->table[l->table];
    kn_error err = {0};
    out->used = 0;
    const kn_code code = kn_digest_new(&out->digest, &err);
    if (code != KN_OK) {
      work->code = code;
      return;
    }
    for (int64_t k = l->first; k < l->last; k++)
      add_row(out, work->region, &work->of, table, work->extra_order[l->table], work->of.order[l->table][k]);
    kn_digest_add(out->digest, out->buffer, out->used);
    kn_digest_end(out->digest, l->hex);
  }
}

static kn_code
list_leaves(hashing *work, kn_arena *scratch, kn_error *err)
{
  int64_t count = 0;
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    count += (work->region->table[t].n + LEAF_ROWS - 1) / LEAF_ROWS;
  KN_NEW(work->leaves, scratch, count + 1, err);
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    const kn_table *table = &work->region->table[t];
    assert(table->def->column_count <= MOST_COLUMNS);
    KN_NEW(work->extra_order[t], scratch, table->extra_count, err);
    for (int32_t e = 0; e < table->extra_count; e++)
      work->extra_order[t][e] = e;
    qsort_r(work->extra_order[t], (size_t)table->extra_count, sizeof(int32_t), compare_names, table->extra_name);
    for (int64_t first = 0; first < table->n; first += LEAF_ROWS) {
      const int64_t last = first + LEAF_ROWS < table->n ? first + LEAF_ROWS : table->n;
      work->leaves[work->leaf_count++] = (leaf){.table = (kn_table_id)t, .first = first, .last = last};
    }
  }
  return KN_OK;
}

static kn_code
make_leaves(hashing *work, kn_arena *scratch, kn_error *err)
{
  KN_TRY(find_orders(&work->of, work->region, scratch, err));
  KN_TRY(list_leaves(work, scratch, err));
  /* Small regions are many, and not worth a thread. */
  const int32_t threads = work->leaf_count > KN_TABLE_COUNT ? kn_thread_count(0) : 1;
  work->streams = malloc((size_t)threads * sizeof *work->streams);
  if (work->streams == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for a digest");
  KN_TRY(kn_parallel(threads, work->leaf_count, 1, add_leaves, work, err));
  return work->code == KN_OK ? KN_OK : kn_fail(err, (kn_code)work->code, "a digest cannot be made");
}

static void
add_region(stream *out, const hashing *work)
{
  int64_t l = 0;
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    const kn_table *table = &work->region->table[t];
    add_text(out, table->def->name);
    add_number(out, (uint64_t)table->n, 8);
    for (; l < work->leaf_count && work->leaves[l].table == (kn_table_id)t; l++)
      add_text(out, work->leaves[l].hex);
  }
}

kn_code
kn_region_digest(const kn_region *region, char hex[65], kn_error *err)
{
  hashing work = {.region = region};
  kn_arena *scratch = kn_arena_new();
  kn_code code = make_leaves(&work, scratch, err);
  stream *out = work.streams;
  if (code == KN_OK)
    code = kn_digest_new(&out->digest, err);
  if (code == KN_OK) {
    out->used = 0;
    add_region(out, &work);
    kn_digest_add(out->digest, out->buffer, out->used);
    kn_digest_end(out->digest, hex);
  }
  free(work.streams);
  kn_arena_free(scratch);
  return code;
}
