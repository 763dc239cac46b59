/* CSV: bytes to cells, in one pass and in place.
 *
 *   open: bytes -> byte order mark, sep= line -> separator -> header -> decimal sign -> next: blocks of rows
 *
 * The tokenizer knows nothing of tables; what it cannot read becomes a finding with line and cell. A block ends before
 * a row that makes findings; the next block begins with it and is read aloud. So who takes blocks knows which of them
 * make findings before they do. */
#include <stdlib.h>
#include <string.h>

#include "formats/csv_scan.h"
#include "formats/internal.h"

enum { BLOCK_CELLS = 1 << 15, BLOCK_ROWS_LEAST = 64 };

struct kn_csv {
  kn_arena *arena;
  const char *file;
  kn_findings *findings;
  const kn_table_def *def;
  kn_csv_dialect dialect;
  csv_scan scan;
  csv_cursor cursor;
  bool is_ascii, has_nul;
  int32_t width;  /* cells of the header, named or not */
  int32_t count;  /* columns with a name */
  int32_t *place; /* [width] position among the named, or KN_NONE */
  const char **names;
  kn_csv_room room;    /* for kn_csv_next() */
  uint8_t *is_doubled; /* [count] of the row being read: quotes inside are doubled still */
  int64_t block_rows, row_hint;
  int64_t blank_rows; /* rows of empty cells, left out */
  bool is_loud;       /* the next block makes findings */
};

/* ------------------------------------------------------------------ findings */
static kn_finding
at_cell(const kn_csv *csv, kn_severity severity, const char *rule, int64_t line, int64_t column_no)
{
  return (kn_finding){.severity = severity,
                      .rule = rule,
                      .file = csv->file,
                      .line = line,
                      .column_no = column_no,
                      .table = csv->def ? csv->def->name : NULL};
}

/* A piece of a cell short enough to show, and valid as text. */
static const char *
excerpt(char out[48], const char *text, size_t length)
{
  size_t n = length < 40 ? length : 40;
  memcpy(out, text, n);
  out[n] = '\0';
  const int64_t bad = kn_text_bad_utf8(out, n);
  if (bad >= 0)
    out[n = (size_t)bad] = '\0';
  if (n < length)
    memcpy(out + n, "...", 4);
  return out;
}

static kn_code
tell_fault(const kn_csv *csv, const csv_token *token, int64_t column_no, kn_error *err)
{
  char shown[48];
  kn_finding where = at_cell(csv, KN_ERROR, "quote", token->line, column_no);
  where.value = excerpt(shown, token->text, token->length);
  if (token->fault == CSV_UNCLOSED) {
    where.proposal = "close the quote, or double it where it is part of the text";
    return kn_findings_add(csv->findings, &where, err, "a quote opens here and never closes");
  }
  where.proposal = "put the whole field between quotes and double each quote inside";
  return kn_findings_add(csv->findings, &where, err, "text follows a closing quote; expected a separator or the end of the row");
}

/* NUL and invalid UTF-8, told once per cell. */
static kn_code
check_bytes(const kn_csv *csv, const csv_token *token, int64_t column_no, bool *is_good, kn_error *err)
{
  if (csv->has_nul && memchr(token->text, '\0', token->length)) {
    *is_good = false;
    kn_finding where = at_cell(csv, KN_ERROR, "nul", token->line, column_no);
    return kn_findings_add(csv->findings, &where, err, "a NUL byte; expected text");
  }
  if (csv->is_ascii)
    return KN_OK;
  const int64_t bad = kn_text_bad_utf8(token->text, token->length);
  if (bad < 0)
    return KN_OK;
  *is_good = false;
  char shown[48];
  kn_finding where = at_cell(csv, KN_ERROR, "utf8", token->line, column_no);
  where.value = excerpt(shown, token->text, token->length);
  where.proposal = "save the file as UTF-8, or name its encoding in datapackage.json or in the mapping";
  return kn_findings_add(csv->findings, &where, err,
                         "byte 0x%02X (number %" PRId64 " of the field) is not UTF-8; the file may be Latin-1 or Windows-1252",
                         (unsigned)(unsigned char)token->text[bad], bad + 1);
}

static bool
is_missing(const kn_csv_dialect *dialect, const char *text, size_t length)
{
  for (int32_t i = 0; i < dialect->missing_count; i++)
    if (strlen(dialect->missing[i]) == length && memcmp(dialect->missing[i], text, length) == 0)
      return true;
  return false;
}

/* ------------------------------------------------------------------ opening */
static kn_code
check_encoding(const kn_csv *csv, const char *bytes, size_t length, bool *is_text, kn_error *err)
{
  const unsigned char *b = (const unsigned char *)bytes;
  bool is_utf16 = length >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF));
  if (!is_utf16 && length >= 4) /* without a mark: every second byte of Latin text is NUL */
    is_utf16 = (!b[0] && b[1] && !b[2] && b[3]) || (b[0] && !b[1] && b[2] && !b[3]);
  *is_text = !is_utf16;
  if (*is_text)
    return KN_OK;
  kn_finding where = at_cell(csv, KN_ERROR, "utf16", 1, 1);
  where.proposal = "save the file as \"CSV UTF-8\", or name its encoding in datapackage.json or in the mapping";
  return kn_findings_add(csv->findings, &where, err, "the text is UTF-16; expected UTF-8");
}

/* Spreadsheets may write "sep=;" as first line for one another. */
static void
take_sep_line(csv_cursor *cursor, char *separator)
{
  const char *text = cursor->at;
  if (cursor->end - text < 5 || memcmp(text, "sep=", 4) != 0 || (text + 5 < cursor->end && text[5] != '\r' && text[5] != '\n'))
    return;
  *separator = text[4];
  cursor->at += 5;
  csv_skip_line_end(cursor);
}

static const char *
separator_name(char separator)
{
  return separator == ',' ? "a comma" : separator == ';' ? "a semicolon" : separator == '\t' ? "a tab" : "another character";
}

static kn_code
choose_separator(kn_csv *csv, kn_error *err)
{
  if (csv->dialect.separator) {
    const csv_guess one = csv_count(&csv->cursor, csv->dialect.quote, csv->dialect.separator, csv->def);
    if (one.header_cells > 1)
      return KN_OK;
    /* A spreadsheet may have saved it anew with its own separator. */
    const char other = csv_find_separator(&csv->cursor, csv->dialect.quote, csv->def);
    if (other && other != csv->dialect.separator &&
        csv_count(&csv->cursor, csv->dialect.quote, other, csv->def).header_cells > 1) {
      kn_finding where = at_cell(csv, KN_ERROR, "separator", csv->cursor.line, 1);
      where.proposal = "correct dialect.delimiter in datapackage.json, or save the file with the separator named there";
      KN_TRY(kn_findings_add(csv->findings, &where, err, "the cells are separated by %s; expected %s", separator_name(other),
                             separator_name(csv->dialect.separator)));
    }
    return KN_OK;
  }
  csv->dialect.separator = csv_find_separator(&csv->cursor, csv->dialect.quote, csv->def);
  if (csv->dialect.separator)
    return KN_OK;
  csv->dialect.separator = ',';
  csv->cursor.at = csv->cursor.end;
  kn_finding where = at_cell(csv, KN_ERROR, "separator", csv->cursor.line, 1);
  where.proposal = "quote the names that hold a separator, or give dialect.delimiter in datapackage.json";
  return kn_findings_add(csv->findings, &where, err, "the header can be split in more than one way; expected one separator");
}

static kn_code
add_name(kn_csv *csv, const csv_token *token, int64_t *capacity, int64_t *place_capacity, kn_error *err)
{
  bool is_good = true;
  KN_TRY(check_bytes(csv, token, csv->width + 1, &is_good, err));
  if (token->fault)
    KN_TRY(tell_fault(csv, token, csv->width + 1, err));
  size_t length = token->length;
  const char *text = token->text;
  for (; length > 0 && (*text == ' ' || *text == '\t'); text++)
    length--;
  while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
    length--;
  if (length > KN_FIELD_MOST) {
    kn_finding where = at_cell(csv, KN_ERROR, "field_size", token->line, csv->width + 1);
    KN_TRY(kn_findings_add(csv->findings, &where, err, "a column name of %zu bytes; at most 65536 are read", length));
    length = 0;
  }
  KN_TRY(KN_GROW(csv->place, *place_capacity, csv->width + 1, err));
  csv->place[csv->width++] = is_good && length > 0 ? csv->count : KN_NONE;
  if (!is_good || length == 0)
    return KN_OK;
  KN_TRY(KN_GROW(csv->names, *capacity, csv->count + 1, err));
  return kn_text_copy(&csv->names[csv->count++], csv->arena, text, length, err);
}

static kn_code
take_header(kn_csv *csv, kn_error *err)
{
  int64_t capacity = 0, place_capacity = 0;
  csv_token token;
  do {
    csv_skip_blank_lines(&csv->cursor);
    if (csv->cursor.at >= csv->cursor.end)
      break;
    do {
      token = csv_take(&csv->scan, &csv->cursor);
      csv_undouble(&token, csv->scan.quote);
      KN_TRY(add_name(csv, &token, &capacity, &place_capacity, err));
    } while (token.after == CSV_NEXT_CELL);
    if (csv->count == 0)
      csv->width = 0; /* a row of empty cells above the header */
  } while (csv->count == 0);
  if (csv->count > 0)
    return KN_OK;
  kn_finding where = at_cell(csv, KN_ERROR, "no_header", 1, 1);
  return kn_findings_add(csv->findings, &where, err, "no row with column names; expected a header");
}

static kn_code
choose_decimal(kn_csv *csv, kn_error *err)
{
  if (csv->dialect.separator == ',' && csv->dialect.decimal != ',')
    csv->dialect.decimal = '.';
  if (csv->dialect.decimal)
    return KN_OK;
  bool *is_number;
  KN_NEW(is_number, csv->arena, csv->width, err);
  for (int32_t i = 0; i < csv->width; i++) {
    const int32_t name = csv->place[i];
    const int32_t column = name == KN_NONE || !csv->def ? KN_NONE : kn_schema_find_column(csv->def, csv->names[name]);
    const kn_kind kind = column == KN_NONE ? KN_TEXT : csv->def->columns[column].kind;
    const bool is_setting = column != KN_NONE && csv->def->id == KN_T_SETTINGS && strcmp(csv->names[name], "value") == 0;
    is_number[i] = !csv->def || kind == KN_REAL || kind == KN_INT || is_setting;
  }
  csv_decimal found = csv_find_decimal(&csv->scan, csv->cursor, csv->width, is_number);
  csv->dialect.decimal = found.decimal;
  if (!found.line)
    return KN_OK;
  kn_finding where = at_cell(csv, KN_WARNING, "decimal", found.line, found.column_no);
  where.proposal = "write thousands without a mark between them";
  char shown[48];
  where.value = excerpt(shown, found.text, found.length);
  return kn_findings_add(csv->findings, &where, err,
                         "read as a number with a decimal %s; no other number tells whether that is right",
                         found.decimal == ',' ? "comma" : "point");
}

static kn_code
tell_detected(const kn_csv *csv, const kn_csv_dialect *asked, kn_error *err)
{
  if ((asked->separator && asked->decimal) || (csv->dialect.separator == ',' && csv->dialect.decimal == '.'))
    return KN_OK;
  const kn_finding where = at_cell(csv, KN_HINT, "detected", 1, 0);
  return kn_findings_add(csv->findings, &where, err, "read with %s between cells and a decimal %s",
                         separator_name(csv->dialect.separator), csv->dialect.decimal == ',' ? "comma" : "point");
}

kn_code
kn_csv_make_room(kn_csv *csv, kn_csv_room *room, kn_error *err)
{
  KN_NEW(room->cells, csv->arena, csv->block_rows * csv->count, err);
  KN_NEW(room->line, csv->arena, csv->block_rows, err);
  return KN_OK;
}

static kn_code
take_head(kn_csv *csv, char *bytes, size_t length, const kn_csv_dialect *asked, kn_error *err)
{
  if (asked->encoding) {
    kn_error why = {0};
    const kn_code code = bytes_convert(&bytes, &length, csv->arena, asked->encoding, &why);
    if (code == KN_E_LIMIT)
      return kn_fail(err, code, "%s", why.text);
    if (code != KN_OK) {
      const kn_finding where = at_cell(csv, KN_ERROR, "encoding", 1, 1);
      return kn_findings_add(csv->findings, &where, err, "%s", why.text);
    }
  }
  bool is_text;
  KN_TRY(check_encoding(csv, bytes, length, &is_text, err));
  if (!is_text)
    return KN_OK;
  csv->cursor = (csv_cursor){.at = bytes, .end = bytes + length, .line = 1};
  if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
    csv->cursor.at += 3;
  csv_look look;
  KN_TRY(csv_look_over(&look, bytes, length, err));
  csv->is_ascii = look.is_ascii;
  csv->has_nul = look.has_nul;
  csv->row_hint = look.line_ends + 1;
  if (!csv->dialect.separator)
    take_sep_line(&csv->cursor, &csv->dialect.separator);
  KN_TRY(choose_separator(csv, err));
  csv_scan_set(&csv->scan, csv->dialect.separator, csv->dialect.quote, csv->dialect.is_trimmed);
  KN_TRY(take_header(csv, err));
  if (csv->count == 0)
    return KN_OK;
  KN_TRY(choose_decimal(csv, err));
  KN_TRY(tell_detected(csv, asked, err));
  csv->block_rows = BLOCK_CELLS / csv->count;
  if (csv->block_rows < BLOCK_ROWS_LEAST)
    csv->block_rows = BLOCK_ROWS_LEAST;
  KN_NEW(csv->is_doubled, csv->arena, csv->count, err);
  return kn_csv_make_room(csv, &csv->room, err);
}

static kn_code
csv_begin(kn_csv **out, const char *name, const kn_table_def *def, const kn_csv_dialect *dialect, kn_findings *findings,
          kn_error *err)
{
  kn_csv *csv = *out = calloc(1, sizeof *csv);
  if (!csv) {
    kn_fail(err, KN_E_LIMIT, "out of memory");
    return KN_E_LIMIT;
  }
  csv->arena = kn_arena_new();
  csv->findings = findings;
  csv->def = def;
  csv->dialect = *dialect;
  return kn_text_copy(&csv->file, csv->arena, name, strlen(name), err);
}

static kn_code
csv_end_open(kn_csv **out, kn_code code)
{
  if (code != KN_OK) {
    kn_csv_free(*out);
    *out = NULL;
  }
  return code;
}

static kn_code
open_file(kn_csv **out, const char *path, const kn_table_def *def, const kn_csv_dialect *dialect, kn_findings *findings,
          kn_error *err)
{
  KN_TRY(csv_begin(out, path, def, dialect, findings, err));
  char *bytes;
  size_t length;
  KN_TRY(bytes_load(&bytes, &length, (*out)->arena, path, err));
  return take_head(*out, bytes, length, dialect, err);
}

static kn_code
open_bytes(kn_csv **out, const char *name, const void *bytes, size_t length, const kn_table_def *def,
           const kn_csv_dialect *dialect, kn_findings *findings, kn_error *err)
{
  KN_TRY(csv_begin(out, name, def, dialect, findings, err));
  char *copy;
  KN_NEW(copy, (*out)->arena, length + 1, err);
  if (length > 0)
    memcpy(copy, bytes, length);
  return take_head(*out, copy, length, dialect, err);
}

kn_code
kn_csv_open(kn_csv **out, const char *path, const kn_table_def *def, const kn_csv_dialect *dialect, kn_findings *findings,
            kn_error *err)
{
  return csv_end_open(out, open_file(out, path, def, dialect, findings, err));
}

kn_code
kn_csv_open_bytes(kn_csv **out, const char *name, const void *bytes, size_t length, const kn_table_def *def,
                  const kn_csv_dialect *dialect, kn_findings *findings, kn_error *err)
{
  return csv_end_open(out, open_bytes(out, name, bytes, length, def, dialect, findings, err));
}

kn_csv_head
kn_csv_get_head(const kn_csv *csv)
{
  return (kn_csv_head){.count = csv->count,
                       .names = csv->names,
                       .separator = csv->dialect.separator,
                       .decimal = csv->dialect.decimal,
                       .row_hint = csv->row_hint};
}

void
kn_csv_free(kn_csv *csv)
{
  if (!csv)
    return;
  free(csv->names);
  free(csv->place);
  kn_arena_free(csv->arena);
  free(csv);
}

/* ------------------------------------------------------------------ rows */
/* Checks what is rare; the cell comes out blank when it cannot be used. */
static kn_code
take_odd_cell(const kn_csv *csv, csv_token *token, int64_t column_no, kn_error *err)
{
  bool is_good = !token->fault;
  if (token->fault)
    KN_TRY(tell_fault(csv, token, column_no, err));
  csv_undouble(token, csv->scan.quote);
  KN_TRY(check_bytes(csv, token, column_no, &is_good, err));
  if (is_good && token->length > KN_FIELD_MOST) {
    is_good = false;
    const kn_finding where = at_cell(csv, KN_ERROR, "field_size", token->line, column_no);
    KN_TRY(
        kn_findings_add(csv->findings, &where, err, "a field of %zu bytes; at most %d are read", token->length, KN_FIELD_MOST));
  }
  if (!is_good || is_missing(&csv->dialect, token->text, token->length))
    token->length = 0;
  return KN_OK;
}

static kn_code
tell_width(const kn_csv *csv, int64_t line, int64_t width, kn_error *err)
{
  kn_finding where = at_cell(csv, KN_ERROR, "row_width", line, (width < csv->width ? width : csv->width) + 1);
  where.proposal =
      width > csv->width ? "put fields that hold the separator between quotes" : "add the separators of the blank cells";
  return kn_findings_add(csv->findings, &where, err, "the row has %" PRId64 " cells; expected %d as in the header", width,
                         csv->width);
}

static bool
is_plain(const kn_csv *csv)
{
  return csv->is_ascii && !csv->has_nul && csv->dialect.missing_count == 0;
}

/* One row into cells, with findings where they are due; *is_row is false for an empty one. */
static kn_code
take_row(kn_csv *csv, int64_t line, kn_cell *cells, bool *is_row, kn_error *err)
{
  int64_t width = 0;
  bool has_text = false;
  csv_token token;
  do {
    token = csv_take(&csv->scan, &csv->cursor);
    const int32_t place = width < csv->width ? csv->place[width] : KN_NONE;
    width++;
    has_text |= token.length > 0 || token.fault;
    if (token.fault || token.has_doubled || !is_plain(csv) || token.length > KN_FIELD_MOST)
      KN_TRY(take_odd_cell(csv, &token, width, err));
    if (place != KN_NONE) {
      cells[place] = (kn_cell){.text = token.text, .length = (int32_t)token.length, .column_no = (int32_t)width};
    } else if (token.length > 0 && width <= csv->width) {
      char shown[48];
      kn_finding where = at_cell(csv, KN_ERROR, "no_column_name", token.line, width);
      where.value = excerpt(shown, token.text, token.length);
      KN_TRY(kn_findings_add(csv->findings, &where, err, "a value in a column without a name; expected a name in the header"));
    }
  } while (token.after == CSV_NEXT_CELL);
  *is_row = has_text;
  csv->blank_rows += !has_text;
  if (!has_text || width == csv->width)
    return KN_OK;
  for (int64_t i = width; i < csv->width; i++)
    if (csv->place[i] != KN_NONE)
      cells[csv->place[i]] = (kn_cell){.text = "", .column_no = (int32_t)(i + 1)};
  return tell_width(csv, line, width, err);
}

/* What is only known to be right once the whole row is. */
static void
finish_cells(kn_csv *csv, kn_cell *cells)
{
  for (int32_t i = 0; i < csv->count; i++) {
    csv_token token = {.text = (char *)(uintptr_t)cells[i].text, .length = (size_t)cells[i].length};
    token.has_doubled = csv->is_doubled[i];
    csv_undouble(&token, csv->scan.quote);
    cells[i].length = is_missing(&csv->dialect, token.text, token.length) ? 0 : (int32_t)token.length;
  }
}

static bool
has_bad_bytes(const kn_csv *csv, const csv_token *token)
{
  return (csv->has_nul && memchr(token->text, '\0', token->length) != NULL) ||
         (!csv->is_ascii && kn_text_bad_utf8(token->text, token->length) >= 0);
}

typedef enum row_kind { ROW, ROW_OF_BLANKS, ROW_WITH_FINDINGS } row_kind;

/* One row into cells, as take_row() does when there is nothing to find; else the cursor stays and no byte changes. */
static row_kind
take_plain_row(kn_csv *csv, kn_cell *cells)
{
  const csv_cursor start = csv->cursor;
  int32_t width = 0;
  bool has_text = false, has_doubled = false;
  csv_token token;
  do {
    token = csv_take(&csv->scan, &csv->cursor);
    if (token.fault || width >= csv->width || token.length > KN_FIELD_MOST ||
        (csv->place[width] == KN_NONE && token.length > 0) || (!is_plain(csv) && has_bad_bytes(csv, &token))) {
      csv->cursor = start;
      return ROW_WITH_FINDINGS;
    }
    const int32_t place = csv->place[width++];
    has_text |= token.length > 0;
    if (place == KN_NONE)
      continue;
    cells[place] = (kn_cell){.text = token.text, .length = (int32_t)token.length, .column_no = width};
    csv->is_doubled[place] = token.has_doubled;
    has_doubled |= token.has_doubled;
  } while (token.after == CSV_NEXT_CELL);
  if (!has_text)
    return ROW_OF_BLANKS;
  if (width != csv->width) {
    csv->cursor = start;
    return ROW_WITH_FINDINGS;
  }
  if (has_doubled || csv->dialect.missing_count > 0)
    finish_cells(csv, cells);
  return ROW;
}

static kn_code
next_loud(kn_csv *csv, const kn_csv_room *room, int64_t *rows, kn_error *err)
{
  csv->is_loud = false;
  while (*rows < csv->block_rows) {
    csv_skip_blank_lines(&csv->cursor);
    if (csv->cursor.at >= csv->cursor.end)
      break;
    room->line[*rows] = csv->cursor.line;
    bool is_row;
    KN_TRY(take_row(csv, room->line[*rows], room->cells + *rows * csv->count, &is_row, err));
    *rows += is_row;
  }
  if (*rows > 0 || csv->blank_rows == 0)
    return KN_OK;
  const kn_finding where = at_cell(csv, KN_HINT, "blank_rows", 0, 0);
  KN_TRY(kn_findings_add(csv->findings, &where, err, "%" PRId64 " rows of empty cells were left out", csv->blank_rows));
  csv->blank_rows = 0;
  return KN_OK;
}

static void
next_quiet(kn_csv *csv, const kn_csv_room *room, int64_t *rows)
{
  while (*rows < csv->block_rows) {
    csv_skip_blank_lines(&csv->cursor);
    if (csv->cursor.at >= csv->cursor.end)
      break;
    room->line[*rows] = csv->cursor.line;
    const row_kind kind = take_plain_row(csv, room->cells + *rows * csv->count);
    if (kind == ROW_WITH_FINDINGS) {
      csv->is_loud = true;
      return;
    }
    *rows += kind == ROW;
    csv->blank_rows += kind == ROW_OF_BLANKS;
  }
  csv->is_loud = *rows == 0 && csv->blank_rows > 0; /* at the end there is a word about them */
}

bool
kn_csv_is_loud(const kn_csv *csv)
{
  return csv->is_loud;
}

kn_code
kn_csv_next_into(kn_csv *csv, const kn_csv_room *room, kn_row_block *block, kn_error *err)
{
  *block = (kn_row_block){.line = room->line, .cells = room->cells};
  if (csv->is_loud)
    return next_loud(csv, room, &block->rows, err);
  next_quiet(csv, room, &block->rows);
  return KN_OK;
}

kn_code
kn_csv_next(kn_csv *csv, kn_row_block *block, kn_error *err)
{
  do
    KN_TRY(kn_csv_next_into(csv, &csv->room, block, err));
  while (block->rows == 0 && csv->is_loud);
  return KN_OK;
}
