/* Tables that travel inside the program, read once per use. */
#include "match/reference.h"

#include <string.h>

/* Takes one cell at *at, unquoted into *to, and moves both on. True: the row ends behind it. */
static bool
take_cell(const char **at, char **to)
{
  const char *from = *at;
  char *out = *to;
  if (*from == '"') {
    for (from++; *from != '\0'; from++) {
      if (*from == '"' && *++from != '"')
        break;
      *out++ = *from;
    }
  } else {
    while (*from != ',' && *from != '\n' && *from != '\0')
      *out++ = *from++;
  }
  *out++ = '\0';
  *to = out;
  const bool is_end = *from != ',';
  *at = *from == '\0' ? from : from + 1;
  return is_end;
}

static void
count_cells(const char *text, int64_t *cells, int64_t *rows)
{
  bool is_quoted = false;
  *cells = *rows = 0;
  for (; *text != '\0'; text++) {
    is_quoted ^= *text == '"';
    *cells += !is_quoted && (*text == ',' || *text == '\n');
    *rows += !is_quoted && *text == '\n';
  }
}

kn_code
kn_sheet_read(kn_sheet *out, kn_arena *arena, const char *name, const char *text, const char *head, kn_error *err)
{
  const size_t head_length = strcspn(text, "\n");
  if (strlen(head) != head_length || strncmp(text, head, head_length) != 0)
    return kn_fail(err, KN_E_INPUT, "the reference table %s begins with '%.*s' instead of '%s'", name, (int)head_length, text,
                   head);
  int64_t cells, rows;
  char *bytes;
  const char *at = text + head_length + (text[head_length] == '\n');
  count_cells(at, &cells, &rows);
  out->n = 0;
  out->column_count = 1;
  for (size_t i = 0; i < head_length; i++)
    out->column_count += head[i] == ',';
  KN_NEW(out->cells, arena, cells + out->column_count, err);
  KN_NEW(bytes, arena, strlen(at) + (size_t)cells + 1, err);
  for (int64_t used = 0; *at != '\0'; out->n++)
    for (int32_t c = 0;; c++) {
      if (c >= out->column_count)
        return kn_fail(err, KN_E_INPUT, "row %d of the reference table %s has more than %d cells", out->n + 1, name,
                       out->column_count);
      out->cells[used++] = bytes;
      if (!take_cell(&at, &bytes))
        continue;
      if (c + 1 < out->column_count)
        return kn_fail(err, KN_E_INPUT, "row %d of the reference table %s has %d cells instead of %d", out->n + 1, name, c + 1,
                       out->column_count);
      break;
    }
  return KN_OK;
}

kn_code
kn_sheet_real(const kn_sheet *sheet, const char *name, int32_t row, int32_t column, double *out, kn_error *err)
{
  const char *cell = kn_sheet_cell(sheet, row, column);
  if (kn_number_read(cell, strlen(cell), '.', out))
    return KN_OK;
  return kn_fail(err, KN_E_INPUT, "row %d of the reference table %s: '%s' is no number", row + 1, name, cell);
}
