/* Cells laid out ahead, as a pipeline of two threads:
 *
 *   here: kn_source ──> blocks of cells (512 rows) ──> SQLite, which asks for one cell after the other
 *
 * References point anywhere in memory, lengths are not known, dates are numbers: all of that is looked up on a thread of
 * its own, and SQLite, which writes with one thread, finds the next cell where it has just read the one before. The ring
 * holds a few blocks; who is ahead waits. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

enum { BLOCK_ROWS = 512, RING = 4, DATE_BYTES = 16 };

typedef struct laid {
  enum { BLANK, TEXT, REAL, NUMBER, OTHER } what; /* OTHER: as kn_source_show() does it */
  int32_t length;
  union {
    const char *text;
    double real;
    int32_t number;
  };
} laid;

typedef struct block {
  laid *cells; /* [BLOCK_ROWS][column_count] */
  char (*dates)[DATE_BYTES];
} block;

struct kn_ahead {
  const kn_source *in;
  int64_t rows;
  int32_t column_count;
  block ring[RING];
  pthread_t thread;
  const laid *here;       /* cells of the block that SQLite is in; NULL: none yet */
  int64_t written, taken; /* blocks so far; guarded by the mutex, as is is_over */
  bool is_over;           /* nobody wants blocks any more */
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
lay_cell(const kn_cells *from, int64_t row, char date[DATE_BYTES])
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
    return (laid){.what = TEXT, .length = (int32_t)kn_date_write(date, from->from.number[row]), .text = date};
  case KN_WORD:
    return lay_text(from->from.word[row] == KN_BLANK_WORD ? NULL : from->words[from->from.word[row]]);
  case KN_REF:
    return lay_text(from->from.number[row] == KN_NONE ? NULL : from->words[from->from.number[row]]);
  default:
    return (laid){.what = OTHER};
  }
}

/* Column by column, so that the look at its kind is the same for all rows and several keys are on their way at once. */
static void
lay_block(const kn_ahead *ahead, int64_t first, const block *out)
{
  const int64_t left = ahead->rows - first, rows = left < BLOCK_ROWS ? left : BLOCK_ROWS;
  for (int32_t c = 0; c < ahead->column_count; c++)
    for (int64_t i = 0; i < rows; i++) {
      const int64_t at = i * ahead->column_count + c;
      const int64_t row = ahead->in->row != NULL ? ahead->in->row[first + i] : first + i;
      out->cells[at] = lay_cell(&ahead->in->column[c], row, out->dates[at]);
    }
}

static void *
lay_all(void *arg)
{
  kn_ahead *ahead = arg;
  for (int64_t first = 0, number = 0; first < ahead->rows; first += BLOCK_ROWS, number++) {
    pthread_mutex_lock(&ahead->mutex);
    while (number - ahead->taken >= RING && !ahead->is_over)
      pthread_cond_wait(&ahead->change, &ahead->mutex);
    const bool is_over = ahead->is_over;
    pthread_mutex_unlock(&ahead->mutex);
    if (is_over)
      break;
    lay_block(ahead, first, &ahead->ring[number % RING]);
    pthread_mutex_lock(&ahead->mutex);
    ahead->written++;
    pthread_cond_signal(&ahead->change);
    pthread_mutex_unlock(&ahead->mutex);
  }
  return NULL;
}

/* ---------------------------------------------------------------- asking for cells */
/* Gives back the block before; waits for the next. */
static const laid *
next_block(kn_ahead *ahead, int64_t number)
{
  pthread_mutex_lock(&ahead->mutex);
  ahead->taken = number;
  pthread_cond_signal(&ahead->change);
  while (ahead->written <= number)
    pthread_cond_wait(&ahead->change, &ahead->mutex);
  pthread_mutex_unlock(&ahead->mutex);
  return ahead->ring[number % RING].cells;
}

void
kn_ahead_show(const void *arg, int64_t at, int32_t column, sqlite3_context *result)
{
  kn_ahead *ahead = (kn_ahead *)(uintptr_t)arg; /* kn_rows lends what it shows as const */
  if (column == 0 && at % BLOCK_ROWS == 0)
    ahead->here = next_block(ahead, at / BLOCK_ROWS);
  assert(ahead->here != NULL);
  const laid *cell = &ahead->here[at % BLOCK_ROWS * ahead->column_count + column];
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
  case OTHER:
    kn_source_show(ahead->in, at, column, result);
  }
}

/* ---------------------------------------------------------------- life */
static void
free_ahead(kn_ahead *ahead)
{
  for (int32_t i = 0; i < RING; i++) {
    free(ahead->ring[i].cells);
    free(ahead->ring[i].dates);
  }
  pthread_cond_destroy(&ahead->change);
  pthread_mutex_destroy(&ahead->mutex);
  free(ahead);
}

kn_code
kn_ahead_start(kn_ahead **out, const kn_source *in, int64_t rows, int32_t column_count, kn_error *err)
{
  *out = NULL;
  kn_ahead *ahead = calloc(1, sizeof *ahead);
  if (ahead == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  ahead->in = in;
  ahead->rows = rows;
  ahead->column_count = column_count;
  pthread_mutex_init(&ahead->mutex, NULL);
  pthread_cond_init(&ahead->change, NULL);
  const size_t count = (size_t)BLOCK_ROWS * (size_t)column_count;
  bool is_good = true;
  for (int32_t i = 0; i < RING; i++) {
    ahead->ring[i].cells = malloc(count * sizeof *ahead->ring[i].cells);
    ahead->ring[i].dates = malloc(count * sizeof *ahead->ring[i].dates);
    is_good &= ahead->ring[i].cells != NULL && ahead->ring[i].dates != NULL;
  }
  if (is_good && pthread_create(&ahead->thread, NULL, lay_all, ahead) == 0) {
    *out = ahead;
    return KN_OK;
  }
  free_ahead(ahead);
  return kn_fail(err, KN_E_LIMIT, "no memory or no thread to write with");
}

void
kn_ahead_end(kn_ahead *ahead)
{
  if (ahead == NULL)
    return;
  pthread_mutex_lock(&ahead->mutex);
  ahead->is_over = true;
  pthread_cond_signal(&ahead->change);
  pthread_mutex_unlock(&ahead->mutex);
  pthread_join(ahead->thread, NULL);
  free_ahead(ahead);
}
