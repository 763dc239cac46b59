/* Cells laid out ahead, as a pipeline of two threads:
 *
 *   here: kn_source ──> blocks of cells (512 rows) ──> SQLite, which asks for one cell after the other
 *
 * References point anywhere in memory, lengths are not known, dates are numbers, geometry has to be made: all of that is
 * done on a thread of its own, and SQLite, which writes with one thread, finds the next cell where it has just read the one
 * before. The ring holds some blocks; who is ahead waits. Rows may still be coming (kn_gate); then the ring is what SQLite goes on
 * with while nobody may read them. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

enum { BLOCK_ROWS = 512, RING = 4, GATED_RING = 32, SMALL_BYTES = 32 };
static_assert((int)POINT_BLOB <= (int)SMALL_BYTES, "a point is small");

typedef struct laid {
  enum { BLANK, TEXT, REAL, NUMBER, BLOB, OTHER } what; /* OTHER: as kn_source_show() does it */
  int32_t length;
  union {
    const char *text;
    const uint8_t *blob;
    double real;
    int32_t number;
  };
} laid;

typedef struct block {
  laid *cells;                   /* [BLOCK_ROWS][column_count] */
  uint8_t (*small)[SMALL_BYTES]; /* [BLOCK_ROWS][small_count] dates and points */
  uint8_t *lines;                /* blobs of lines */
  int64_t lines_used, lines_capacity;
  int64_t rows;
} block;

struct kn_ahead {
  const kn_source *in; /* as last given by the gate */
  const kn_gate *gate;
  int64_t rows; /* without a gate */
  int32_t column_count;
  int32_t ring_count;
  block ring[GATED_RING];
  int32_t small_count;
  int32_t *small;     /* [column_count] which of the small ones a column is */
  int32_t key_column; /* that rows should be in the order of; KN_NONE: no matter */
  const char *last_key;
  pthread_t thread;
  kn_boxes boxes;         /* of the geometry laid out so far */
  const block *here;      /* the block that SQLite is in; NULL: none yet */
  int64_t number;         /* of that block */
  bool is_any_order;      /* SQLite no longer minds */
  int64_t stop;           /* the row of it that is not in order; KN_NONE: none so far, or SQLite no longer minds */
  int64_t unordered;      /* first row that is not in order; KN_NONE: none. Guarded by the mutex, as is all that follows */
  int64_t written, taken; /* blocks so far */
  bool is_over;           /* nobody wants blocks any more */
  bool is_short;          /* no memory for a block: the rest is not there */
  pthread_mutex_t mutex;
  pthread_cond_t change;
};

/* ---------------------------------------------------------------- laying out */
static laid
lay_text(const char *text)
{
  return text == NULL ? (laid){.what = BLANK} : (laid){.what = TEXT, .length = (int32_t)strlen(text), .text = text};
}

static laid
lay_cell(const kn_cells *from, int64_t row, uint8_t small[SMALL_BYTES])
{
  switch (from->kind) {
  case KN_TEXT:
  case KN_KEY:
    return lay_text(from->from.text[row]);
  case KN_REAL:
    return isnan(from->from.real[row]) ? (laid){.what = BLANK} : (laid){.what = REAL, .real = from->from.real[row]};
  case KN_INT:
    return from->from.number[row] == KN_BLANK_INT ? (laid){.what = BLANK}
                                                  : (laid){.what = NUMBER, .number = from->from.number[row]};
  case KN_DATE:
    if (from->from.number[row] == KN_BLANK_INT)
      return (laid){.what = BLANK};
    return (laid){
        .what = TEXT, .length = (int32_t)kn_date_write((char *)small, from->from.number[row]), .text = (const char *)small};
  case KN_WORD:
    return lay_text(from->from.word[row] == KN_BLANK_WORD ? NULL : from->words[from->from.word[row]]);
  case KN_REF:
    return lay_text(from->from.number[row] == KN_NONE ? NULL : from->words[from->from.number[row]]);
  case KN_CELL_POINT:
    kn_geometry_point(small, from->from.real[row], from->lat[row]);
    return (laid){.what = BLOB, .length = POINT_BLOB, .blob = small};
  default:
    return (laid){.what = OTHER};
  }
}

/* Lengths first: the blobs may move while they grow, so cells hold how far into them they begin. */
static kn_code
lay_lines(const kn_source *in, int64_t first, int32_t c, int32_t column_count, block *out)
{
  for (int64_t i = 0; i < out->rows; i++) {
    const int64_t row = kn_source_row(in, first + i);
    const uint8_t *wkb;
    size_t length;
    double from[2] = {0}, to[2] = {0};
    laid *cell = &out->cells[i * column_count + c];
    *cell = (laid){.what = BLANK};
    if (!in->line(in->lines, row, &wkb, &length, from, to))
      continue;
    const int64_t bytes = wkb == NULL ? LINE_BLOB : LINE_HEADER + (int64_t)length;
    KN_TRY(KN_GROW(out->lines, out->lines_capacity, out->lines_used + bytes, NULL));
    uint8_t *blob = out->lines + out->lines_used;
    if (wkb == NULL)
      kn_geometry_straight(blob, from, to);
    else
      kn_geometry_wrap_line(blob, wkb, length);
    *cell = (laid){.what = BLOB, .length = (int32_t)bytes};
    out->lines_used += bytes;
  }
  const uint8_t *at = out->lines;
  for (int64_t i = 0; i < out->rows; i++) {
    laid *cell = &out->cells[i * column_count + c];
    if (cell->what != BLOB)
      continue;
    cell->blob = at;
    at += cell->length;
  }
  return KN_OK;
}

/* Column by column, so that the look at its kind is the same for all rows and several keys are on their way at once. */
static kn_code
lay_block(const kn_ahead *ahead, const kn_source *in, int64_t first, block *out)
{
  out->lines_used = 0;
  for (int32_t c = 0; c < ahead->column_count; c++) {
    if (in->column[c].kind == KN_CELL_LINE) {
      KN_TRY(lay_lines(in, first, c, ahead->column_count, out));
      continue;
    }
    const int32_t small = ahead->small[c] < 0 ? 0 : ahead->small[c];
    for (int64_t i = 0; i < out->rows; i++) {
      const int64_t row = kn_source_row(in, first + i);
      out->cells[i * ahead->column_count + c] = lay_cell(&in->column[c], row, out->small[i * ahead->small_count + small]);
    }
  }
  return KN_OK;
}

/* What the spatial index will need. */
static kn_code
keep_boxes(kn_ahead *ahead, const kn_source *in, int64_t first, const block *from)
{
  const int32_t last = ahead->column_count - 1; /* where the geometry is */
  const int kind = in->column[last].kind;
  if (kind != KN_CELL_POINT && kind != KN_CELL_LINE)
    return KN_OK;
  for (int64_t i = 0; i < from->rows; i++) {
    const laid *cell = &from->cells[i * ahead->column_count + last];
    double bounds[4];
    if (cell->what != BLOB || !kn_geometry_bounds(cell->blob, (size_t)cell->length, bounds) || isnan(bounds[0]))
      continue;
    KN_TRY(kn_boxes_add(&ahead->boxes, first + i, bounds, NULL));
  }
  return KN_OK;
}

/* The first row of the block whose key does not rise; KN_NONE: all do. */
static int64_t
find_unordered(kn_ahead *ahead, int64_t first, const block *in)
{
  for (int64_t i = 0; i < in->rows && ahead->key_column != KN_NONE; i++) {
    const laid *key = &in->cells[i * ahead->column_count + ahead->key_column];
    if (key->what != TEXT || (ahead->last_key != NULL && strcmp(ahead->last_key, key->text) >= 0))
      return first + i;
    ahead->last_key = key->text;
  }
  return KN_NONE;
}

/* Lays out one block; false: there are no rows any more. */
static bool
lay_next(kn_ahead *ahead, int64_t first, block *out, int64_t *unordered, bool *is_short)
{
  const kn_source *in = ahead->in;
  out->rows = ahead->rows - first < BLOCK_ROWS ? ahead->rows - first : BLOCK_ROWS;
  if (ahead->gate != NULL) {
    out->rows = ahead->gate->enter(ahead->gate->arg, first, BLOCK_ROWS, &in);
    ahead->in = in;
  }
  if (out->rows > 0) {
    *is_short = lay_block(ahead, in, first, out) != KN_OK || keep_boxes(ahead, in, first, out) != KN_OK;
    if (*unordered == KN_NONE)
      *unordered = find_unordered(ahead, first, out);
  }
  if (ahead->gate != NULL)
    ahead->gate->leave(ahead->gate->arg);
  return out->rows > 0 && !*is_short;
}

/* The last block is an empty one. */
static void *
lay_all(void *arg)
{
  kn_ahead *ahead = arg;
  int64_t unordered = KN_NONE;
  bool more = true, is_short = false;
  for (int64_t number = 0; more; number++) {
    pthread_mutex_lock(&ahead->mutex);
    while (number - ahead->taken >= ahead->ring_count && !ahead->is_over)
      pthread_cond_wait(&ahead->change, &ahead->mutex);
    const bool is_over = ahead->is_over;
    pthread_mutex_unlock(&ahead->mutex);
    if (is_over)
      break;
    block *out = &ahead->ring[number % ahead->ring_count];
    more = lay_next(ahead, number * BLOCK_ROWS, out, &unordered, &is_short);
    if (!more)
      out->rows = 0;
    pthread_mutex_lock(&ahead->mutex);
    ahead->written++;
    ahead->unordered = unordered;
    ahead->is_short = is_short;
    pthread_cond_signal(&ahead->change);
    pthread_mutex_unlock(&ahead->mutex);
  }
  return NULL;
}

/* ---------------------------------------------------------------- asking for cells */
/* Gives back the block before; waits for the next. */
static void
take_block(kn_ahead *ahead, int64_t number)
{
  pthread_mutex_lock(&ahead->mutex);
  ahead->taken = number;
  pthread_cond_signal(&ahead->change);
  while (ahead->written <= number)
    pthread_cond_wait(&ahead->change, &ahead->mutex);
  ahead->here = &ahead->ring[number % ahead->ring_count];
  ahead->number = number;
  ahead->stop = ahead->is_any_order ? KN_NONE : ahead->unordered;
  pthread_mutex_unlock(&ahead->mutex);
}

bool
kn_ahead_has(const void *arg, int64_t at)
{
  kn_ahead *ahead = (kn_ahead *)(uintptr_t)arg; /* kn_rows lends what it shows as const */
  if (ahead->here == NULL || at / BLOCK_ROWS != ahead->number)
    take_block(ahead, at / BLOCK_ROWS);
  return at % BLOCK_ROWS < ahead->here->rows && at != ahead->stop;
}

void
kn_ahead_show(const void *arg, int64_t at, int32_t column, sqlite3_context *result)
{
  const kn_ahead *ahead = arg;
  const laid *cell = &ahead->here->cells[at % BLOCK_ROWS * ahead->column_count + column];
  switch (cell->what) {
  case BLANK:
    return;
  case TEXT:
    sqlite3_result_text(result, cell->text, cell->length, SQLITE_STATIC);
    return;
  case REAL:
    sqlite3_result_double(result, cell->real);
    return;
  case NUMBER:
    sqlite3_result_int(result, cell->number);
    return;
  case BLOB:
    sqlite3_result_blob(result, cell->blob, cell->length, SQLITE_STATIC);
    return;
  case OTHER:
    kn_source_show(ahead->in, at, column, result);
  }
}

int64_t
kn_ahead_go_on(kn_ahead *ahead)
{
  const int64_t stop = ahead->stop;
  ahead->stop = KN_NONE;
  ahead->is_any_order = true;
  return stop;
}

/* ---------------------------------------------------------------- life */
static void
free_ahead(kn_ahead *ahead)
{
  for (int32_t i = 0; i < ahead->ring_count; i++) {
    free(ahead->ring[i].cells);
    free(ahead->ring[i].small);
    free(ahead->ring[i].lines);
  }
  free(ahead->small);
  pthread_cond_destroy(&ahead->change);
  pthread_mutex_destroy(&ahead->mutex);
  free(ahead);
}

static bool
make_ring(kn_ahead *ahead)
{
  ahead->small = calloc((size_t)ahead->column_count, sizeof *ahead->small);
  bool is_good = ahead->small != NULL;
  for (int32_t c = 0; c < ahead->column_count && is_good; c++)
    ahead->small[c] =
        ahead->in->column[c].kind == KN_DATE || ahead->in->column[c].kind == KN_CELL_POINT ? ahead->small_count++ : KN_NONE;
  const size_t cells = (size_t)BLOCK_ROWS * (size_t)ahead->column_count;
  const size_t small = (size_t)BLOCK_ROWS * (size_t)ahead->small_count + 1; /* one that nobody writes to */
  for (int32_t i = 0; i < ahead->ring_count && is_good; i++) {
    ahead->ring[i].cells = malloc(cells * sizeof *ahead->ring[i].cells);
    ahead->ring[i].small = malloc(small * sizeof *ahead->ring[i].small);
    is_good = ahead->ring[i].cells != NULL && ahead->ring[i].small != NULL;
  }
  return is_good;
}

kn_code
kn_ahead_start(kn_ahead **out, const kn_source *in, int64_t rows, int32_t column_count, const kn_gate *gate, int32_t key_column,
               kn_error *err)
{
  *out = NULL;
  kn_ahead *ahead = calloc(1, sizeof *ahead);
  if (ahead == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  ahead->in = in;
  ahead->gate = gate;
  ahead->rows = rows;
  ahead->column_count = column_count;
  ahead->ring_count = gate != NULL ? GATED_RING : RING;
  ahead->key_column = key_column;
  ahead->unordered = KN_NONE;
  pthread_mutex_init(&ahead->mutex, NULL);
  pthread_cond_init(&ahead->change, NULL);
  if (make_ring(ahead) && pthread_create(&ahead->thread, NULL, lay_all, ahead) == 0) {
    *out = ahead;
    return KN_OK;
  }
  free_ahead(ahead);
  return kn_fail(err, KN_E_LIMIT, "no memory or no thread to write with");
}

kn_code
kn_ahead_end(kn_ahead *ahead, kn_boxes *boxes, kn_error *err)
{
  pthread_mutex_lock(&ahead->mutex);
  ahead->is_over = true;
  const bool is_short = ahead->is_short;
  pthread_cond_signal(&ahead->change);
  pthread_mutex_unlock(&ahead->mutex);
  pthread_join(ahead->thread, NULL);
  if (boxes != NULL)
    *boxes = ahead->boxes;
  else
    kn_boxes_free(&ahead->boxes);
  free_ahead(ahead);
  return is_short ? kn_fail(err, KN_E_LIMIT, "no memory to lay out rows") : KN_OK;
}
