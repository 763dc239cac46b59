/* The tokenizer of CSV (RFC 4180, and CR or LF alone as line ends). */
#include "formats/csv_scan.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SAMPLE_ROWS = 200, SAMPLE_BYTES = 1 << 18 };

void
csv_scan_set(csv_scan *scan, char separator, char quote, bool is_trimmed)
{
  *scan = (csv_scan){.separator = separator, .quote = quote, .is_trimmed = is_trimmed};
  scan->stop[(uint8_t)separator] = 1;
  scan->stop['\n'] = scan->stop['\r'] = scan->stop[0] = 1;
}

void
csv_skip_line_end(csv_cursor *cursor)
{
  if (cursor->at >= cursor->end)
    return;
  if (*cursor->at == '\r') {
    cursor->at += cursor->at + 1 < cursor->end && cursor->at[1] == '\n' ? 2 : 1;
    cursor->line++;
  } else if (*cursor->at == '\n') {
    cursor->at++;
    cursor->line++;
  }
}

void
csv_skip_blank_lines(csv_cursor *cursor)
{
  while (cursor->at < cursor->end && (*cursor->at == '\r' || *cursor->at == '\n'))
    csv_skip_line_end(cursor);
}

static int64_t
lines_inside(const char *text, const char *end)
{
  int64_t lines = 0;
  for (; text < end; text++)
    lines += *text == '\n' || (*text == '\r' && !(text + 1 < end && text[1] == '\n'));
  return lines;
}

#ifdef __SSE2__
/* Most fields are short: their end is among the next 16 bytes, found without a branch per byte. NULL: not in any 16 bytes
 * before the end. */
static char *
find_stop_by_16(const csv_scan *scan, char **from, const char *end)
{
  const __m128i separator = _mm_set1_epi8(scan->separator), lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
  char *at = *from;
  for (; end - at >= 16; at += 16) {
    const __m128i text = _mm_loadu_si128((const __m128i *)(const void *)at);
    const __m128i line_end = _mm_or_si128(_mm_cmpeq_epi8(text, lf), _mm_cmpeq_epi8(text, cr));
    const int stops = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(text, separator), line_end));
    if (stops != 0)
      return at + __builtin_ctz((unsigned)stops);
  }
  *from = at;
  return NULL;
}
#endif

/* End of a field without quotes: the next separator, line end or end of text. */
static char *
find_stop(const csv_scan *scan, char *at, const char *end)
{
#ifdef __SSE2__
  char *stop = find_stop_by_16(scan, &at, end);
  if (stop != NULL)
    return stop;
#endif
  for (;;) {
    while (!scan->stop[(uint8_t)*at])
      at++;
    if (*at || at >= end || !scan->separator)
      return at;
    at++; /* a NUL inside the text */
  }
}

static char *
find_closing_quote(const csv_scan *scan, char *at, char *end, csv_token *token)
{
  for (;;) {
    char *quote = memchr(at, scan->quote, (size_t)(end - at));
    if (!quote || quote + 1 >= end || quote[1] != scan->quote)
      return quote;
    token->has_doubled = true;
    at = quote + 2;
  }
}

static char *
take_quoted(const csv_scan *scan, csv_cursor *cursor, csv_token *token)
{
  token->text++;
  char *close = find_closing_quote(scan, token->text, cursor->end, token);
  if (!close) {
    token->fault = CSV_UNCLOSED;
    token->length = (size_t)(cursor->end - token->text);
    return cursor->end;
  }
  token->length = (size_t)(close - token->text);
  cursor->line += lines_inside(token->text, close);
  char *stop = close + 1;
  if (stop < cursor->end && !scan->stop[(uint8_t)*stop]) {
    token->fault = CSV_AFTER_QUOTE;
    stop = find_stop(scan, stop, cursor->end);
  }
  return stop;
}

csv_token
csv_take(const csv_scan *scan, csv_cursor *cursor)
{
  if (scan->is_trimmed)
    while (cursor->at < cursor->end && *cursor->at == ' ')
      cursor->at++;
  csv_token token = {.text = cursor->at, .line = cursor->line};
  char *stop;
  if (scan->quote && cursor->at < cursor->end && *cursor->at == scan->quote) {
    stop = take_quoted(scan, cursor, &token);
  } else {
    stop = find_stop(scan, cursor->at, cursor->end);
    token.length = (size_t)(stop - cursor->at);
  }
  if (stop < cursor->end && *stop == scan->separator) {
    cursor->at = stop + 1;
    token.after = CSV_NEXT_CELL;
    return token;
  }
  token.after = CSV_ROW_ENDS;
  cursor->at = stop;
  csv_skip_line_end(cursor);
  return token;
}

void
csv_undouble(csv_token *token, char quote)
{
  if (!token->has_doubled)
    return;
  size_t n = 0;
  for (size_t i = 0; i < token->length; i++) {
    token->text[n++] = token->text[i];
    if (token->text[i] == quote && i + 1 < token->length && token->text[i + 1] == quote)
      i++;
  }
  token->length = n;
  token->has_doubled = false;
}

/* ------------------------------------------------------------------ the whole text */
enum { PIECE = 1 << 20 };

typedef struct looking {
  const char *text;
  size_t length;
  _Atomic bool has_high_bit, has_nul;
  _Atomic int64_t line_ends;
} looking;

static void
look_at_pieces(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  looking *work = arg;
  for (int64_t piece = first; piece < last; piece++) {
    const char *text = work->text + (size_t)piece * PIECE;
    const size_t left = work->length - (size_t)piece * PIECE, length = left < PIECE ? left : PIECE;
    uint8_t bits = 0, nul = 0;
    int64_t lines = 0;
    /* Short runs without a branch, which the compiler turns into vectors. */
    for (size_t at = 0; at < length;) {
      const size_t end = length - at < 240 ? length : at + 240;
      uint8_t some = 0;
      for (; at < end; at++) {
        bits |= (uint8_t)text[at];
        nul |= text[at] == 0;
        some = (uint8_t)(some + (text[at] == '\n'));
      }
      lines += some;
    }
    if (bits & 0x80)
      work->has_high_bit = true;
    if (nul)
      work->has_nul = true;
    work->line_ends += lines;
  }
}

kn_code
csv_look_over(csv_look *out, const char *text, size_t length, kn_error *err)
{
  looking work = {.text = text, .length = length};
  KN_TRY(kn_parallel(0, (int64_t)((length + PIECE - 1) / PIECE), 1, look_at_pieces, &work, err));
  *out = (csv_look){.is_ascii = !work.has_high_bit, .has_nul = work.has_nul, .line_ends = work.line_ends};
  return KN_OK;
}

/* ------------------------------------------------------------------ separator */
static bool
is_known_name(const kn_table_def *def, const csv_token *token)
{
  char name[64];
  if (token->length == 0 || token->length >= sizeof name)
    return false;
  memcpy(name, token->text, token->length);
  name[token->length] = '\0';
  return kn_schema_find_column(def, name) != KN_NONE;
}

csv_guess
csv_count(const csv_cursor *start, char quote, char separator, const kn_table_def *def)
{
  csv_scan scan;
  csv_scan_set(&scan, separator, quote, false);
  csv_guess guess = {0};
  csv_cursor cursor = *start;
  for (int64_t row = 0; row <= SAMPLE_ROWS && cursor.at - start->at < SAMPLE_BYTES; row++) {
    csv_skip_blank_lines(&cursor);
    if (cursor.at >= cursor.end)
      break;
    int32_t cells = 0;
    csv_token token;
    do {
      token = csv_take(&scan, &cursor);
      cells++;
      if (row == 0 && def)
        guess.known_names += is_known_name(def, &token);
    } while (token.after == CSV_NEXT_CELL);
    if (row == 0) {
      guess.header_cells = cells;
    } else {
      guess.rows++;
      guess.even_rows += cells == guess.header_cells;
    }
  }
  return guess;
}

/* > 0: a explains the file better than b. A separator that does not occur in the header explains nothing. */
static int
compare_guess(const csv_guess *a, const csv_guess *b)
{
  const bool a_splits = a->header_cells > 1, b_splits = b->header_cells > 1;
  if (a_splits != b_splits)
    return a_splits ? 1 : -1;
  if (a->known_names != b->known_names)
    return a->known_names > b->known_names ? 1 : -1;
  const int64_t even = a->even_rows * (b->rows ? b->rows : 1) - b->even_rows * (a->rows ? a->rows : 1);
  return (even > 0) - (even < 0);
}

char
csv_find_separator(const csv_cursor *start, char quote, const kn_table_def *def)
{
  static const char candidate[] = {',', ';', '\t'};
  csv_guess guess[3];
  int best = 0;
  for (int i = 0; i < 3; i++) {
    guess[i] = csv_count(start, quote, candidate[i], def);
    if (compare_guess(&guess[i], &guess[best]) > 0)
      best = i;
  }
  if (guess[best].header_cells <= 1)
    return ',';
  for (int i = 0; i < 3; i++)
    if (i != best && guess[i].header_cells > 1 && compare_guess(&guess[i], &guess[best]) == 0)
      return 0;
  return candidate[best];
}

/* ------------------------------------------------------------------ decimal sign */
static size_t
digits(const char *text, size_t length)
{
  size_t n = 0;
  while (n < length && text[n] >= '0' && text[n] <= '9')
    n++;
  return n;
}

char
csv_number_look(const char *text, size_t length)
{
  while (length > 0 && *text == ' ')
    text++, length--;
  while (length > 0 && text[length - 1] == ' ')
    length--;
  if (length > 0 && (*text == '-' || *text == '+'))
    text++, length--;
  const size_t whole = digits(text, length);
  if (whole == length || (text[whole] != '.' && text[whole] != ','))
    return 0;
  const char mark = text[whole];
  const size_t rest = length - whole - 1;
  const size_t part = digits(text + whole + 1, rest);
  if (whole + part == 0 || (part < rest && text[whole + 1 + part] != 'e' && text[whole + 1 + part] != 'E'))
    return 0;
  const bool may_be_thousands = whole >= 1 && whole <= 3 && text[0] != '0' && part == 3 && rest == 3;
  if (may_be_thousands)
    return mark == '.' ? 'd' : 'c';
  return mark;
}

csv_decimal
csv_find_decimal(const csv_scan *scan, csv_cursor cursor, int32_t width, const bool *is_number)
{
  csv_decimal doubtful = {.decimal = '.'};
  int32_t cell = 0;
  while (cursor.at < cursor.end) {
    const int64_t line = cursor.line;
    const csv_token token = csv_take(scan, &cursor);
    const char look = cell < width && is_number[cell] ? csv_number_look(token.text, token.length) : 0;
    cell++;
    if (look == '.' || look == ',')
      return (csv_decimal){.decimal = look};
    if (look && !doubtful.line)
      doubtful = (csv_decimal){
          .decimal = look == 'c' ? ',' : '.', .line = line, .column_no = cell, .text = token.text, .length = token.length};
    if (token.after == CSV_ROW_ENDS)
      cell = 0;
  }
  return doubtful;
}
