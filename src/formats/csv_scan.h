/* formats/csv_scan.h - the tokenizer of CSV, and what can be told from the look of a file. Opens nothing, allocates
 * nothing; the text must have one readable byte (NUL) behind its end. */
#ifndef KNOOP_FORMATS_CSV_SCAN_H
#define KNOOP_FORMATS_CSV_SCAN_H

#include "knoop/builder.h"

typedef struct csv_scan {
  char separator, quote;
  bool is_trimmed;
  uint8_t stop[256]; /* 1: may end a field that is not quoted */
} csv_scan;

typedef struct csv_cursor {
  char *at, *end;
  int64_t line; /* of `at`, 1-based */
} csv_cursor;

typedef enum csv_after { CSV_NEXT_CELL, CSV_ROW_ENDS } csv_after;
typedef enum csv_fault { CSV_FINE, CSV_UNCLOSED, CSV_AFTER_QUOTE } csv_fault;

typedef struct csv_token {
  char *text;
  size_t length;
  int64_t line; /* where the field starts */
  csv_after after;
  csv_fault fault;
  bool has_doubled; /* quotes inside are doubled still: csv_undouble() */
} csv_token;

void csv_scan_set(csv_scan *scan, char separator, char quote, bool is_trimmed);
/* The next field. The cursor must not stand at the end, except after a separator. */
csv_token csv_take(const csv_scan *scan, csv_cursor *cursor);
/* Doubled quotes become one, in place. */
void csv_undouble(csv_token *token, char quote);
void csv_skip_line_end(csv_cursor *cursor);
void csv_skip_blank_lines(csv_cursor *cursor);
typedef struct csv_look {
  bool is_ascii, has_nul;
  int64_t line_ends; /* LF */
} csv_look;
/* One look over the whole text, on all cores. */
kn_code csv_look_over(csv_look *out, const char *text, size_t length, kn_error *err);

/* ---- the look of a file */
typedef struct csv_guess {
  int32_t header_cells;
  int32_t known_names;     /* header names that the table has */
  int64_t rows, even_rows; /* sampled; those as wide as the header */
} csv_guess;
csv_guess csv_count(const csv_cursor *start, char quote, char separator, const kn_table_def *def);
/* , ; or tab; comma when there is one column; 0 when more than one would do as well. */
char csv_find_separator(const csv_cursor *start, char quote, const kn_table_def *def);

typedef struct csv_decimal {
  char decimal;
  int64_t line, column_no; /* line 0: sure; else the number that could be thousands as well */
  const char *text;
  size_t length;
} csv_decimal;
/* '.' or ',': told by the first number that cannot be read the other way. O(bytes up to that number). */
csv_decimal csv_find_decimal(const csv_scan *scan, csv_cursor cursor, int32_t width, const bool *is_number);
/* How a number is written: 0 it tells nothing; '.' or ',' decisive; 'd' or 'c' a point or comma that may mark thousands. */
char csv_number_look(const char *text, size_t length);

#endif
