/* Numbers, tables and findings for people. */
#include "print.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* "1234567.8" -> "1 234 567.8". */
static const char *
group_digits(char out[KN_NUMBER_SIZE], const char *plain)
{
  const size_t sign = plain[0] == '-';
  const size_t whole = strspn(plain + sign, "0123456789");
  size_t used = 0;
  for (size_t i = 0; plain[i] != '\0' && used < KN_NUMBER_SIZE - 2; i++) {
    if (i > sign && i < sign + whole && (sign + whole - i) % 3 == 0)
      out[used++] = ' ';
    out[used++] = plain[i];
  }
  out[used] = '\0';
  return out;
}

/* Rounds to a whole number of 10^-decimals as printf does: exactly, halves to even. What the product lost is known from fma(),
 * and counts only when the product stands exactly halfway. */
static double
round_scaled(double value, double scale)
{
  const double product = value * scale, lost = fma(value, scale, -product);
  const double rounded = rint(product);
  if (lost == 0 || fabs(product - rounded) != 0.5)
    return rounded;
  return lost > 0 ? ceil(product) : floor(product);
}

/* As "%.*f", which asks for much in a table of millions of cells. */
static void
print_plain(char out[KN_NUMBER_SIZE], double value, int decimals)
{
  static const double scale[] = {1, 10, 100, 1000, 10000};
  assert(decimals >= 0 && decimals <= 4);
  if (!(fabs(value) < 1e11)) {
    const int length = snprintf(out, KN_NUMBER_SIZE, "%.*f", decimals, value);
    if (length > 30) /* with its groups it would not fit */
      snprintf(out, KN_NUMBER_SIZE, "%.3e", value);
    return;
  }
  uint64_t left = (uint64_t)round_scaled(fabs(value), scale[decimals]);
  char digits[24]; /* from the last one on */
  int count = 0;
  const bool is_negative = value < 0 && left > 0; /* no "-0" */
  for (; left > 0 || count <= decimals; left /= 10)
    digits[count++] = (char)('0' + left % 10);
  if (is_negative)
    *out++ = '-';
  while (count > 0) {
    if (count == decimals)
      *out++ = '.';
    *out++ = digits[--count];
  }
  *out = '\0';
}

static const char *
print_rounded(char out[KN_NUMBER_SIZE], double value, int decimals)
{
  if (!isfinite(value)) {
    snprintf(out, KN_NUMBER_SIZE, "%s", isinf(value) ? _("unlimited") : _("not known"));
    return out;
  }
  char plain[KN_NUMBER_SIZE];
  print_plain(plain, value, decimals);
  return group_digits(out, plain);
}

const char *
kn_print_number(char out[KN_NUMBER_SIZE], double value)
{
  const double size = fabs(value);
  if (size >= 100 || value == floor(value))
    return print_rounded(out, value, 0);
  if (size >= 1)
    return print_rounded(out, value, 1);
  return print_rounded(out, value, size >= 0.1 ? 2 : 4);
}

const char *
kn_print_eur(char out[KN_NUMBER_SIZE], double value)
{
  return print_rounded(out, value, 0);
}

/* ------------------------------------------------------------------ tables */
enum { COLUMNS_MOST = 16 };

struct kn_grid {
  const char *align;
  int64_t columns; /* letters of align; at least one */
  const char *const *titles;
  int width[COLUMNS_MOST];
  char *text; /* of all cells, one after the other */
  int64_t length, room;
  int64_t *end; /* [count] where in it a cell ends */
  int64_t count, capacity;
  kn_error err;
};

/* Columns a text takes on screen: one per code point. */
static int
width_of(const char *text, int64_t length)
{
  int width = 0;
  for (int64_t i = 0; i < length; i++)
    width += ((unsigned char)text[i] & 0xC0) != 0x80;
  return width;
}

kn_grid *
kn_grid_new(const char *align, const char *const *titles)
{
  kn_grid *grid = calloc(1, sizeof *grid);
  if (grid == NULL)
    return NULL;
  grid->align = align;
  grid->columns = (int64_t)strlen(align);
  assert(grid->columns > 0 && grid->columns <= COLUMNS_MOST);
  grid->titles = titles;
  for (int64_t c = 0; titles != NULL && c < grid->columns; c++)
    grid->width[c] = width_of(_(titles[c]), (int64_t)strlen(_(titles[c])));
  return grid;
}

void
kn_grid_text(kn_grid *grid, const char *text)
{
  if (grid == NULL || grid->err.code != KN_OK)
    return;
  const int64_t length = (int64_t)strlen(text), column = grid->count % grid->columns;
  if (KN_GROW(grid->text, grid->room, grid->length + length, &grid->err) != KN_OK ||
      KN_GROW(grid->end, grid->capacity, grid->count + 1, &grid->err) != KN_OK)
    return;
  memcpy(grid->text + grid->length, text, (size_t)length);
  grid->length += length;
  grid->end[grid->count++] = grid->length;
  const int wide = width_of(text, length);
  grid->width[column] = wide > grid->width[column] ? wide : grid->width[column];
}

void
kn_grid_cell(kn_grid *grid, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  char *text = NULL;
  if (vasprintf(&text, format, args) >= 0) {
    kn_grid_text(grid, text);
    free(text);
  } else if (grid != NULL) {
    kn_fail(&grid->err, KN_E_LIMIT, "out of memory");
  }
  va_end(args);
}

void
kn_grid_number(kn_grid *grid, double value)
{
  char text[KN_NUMBER_SIZE];
  kn_grid_text(grid, kn_print_number(text, value));
}

void
kn_grid_eur(kn_grid *grid, double value)
{
  char text[KN_NUMBER_SIZE];
  kn_grid_text(grid, kn_print_eur(text, value));
}

static void
print_blanks(FILE *out, int count)
{
  for (int i = 0; i < count; i++)
    putc_unlocked(' ', out);
}

static void
print_cell(const kn_grid *grid, FILE *out, int64_t column, const char *text, int64_t length)
{
  const int blanks = grid->width[column] - width_of(text, length);
  const bool is_last = column == grid->columns - 1, is_right = grid->align[column] == 'r';
  print_blanks(out, is_right ? blanks : 0);
  fwrite_unlocked(text, 1, (size_t)length, out);
  print_blanks(out, is_right || is_last ? 0 : blanks);
  fputs_unlocked(is_last ? "\n" : "  ", out);
}

kn_code
kn_grid_end(kn_grid *grid, FILE *out, kn_error *err)
{
  if (grid == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  const kn_code code = grid->err.code;
  assert(code != KN_OK || grid->count % grid->columns == 0);
  for (int64_t c = 0; code == KN_OK && grid->titles != NULL && c < grid->columns; c++)
    print_cell(grid, out, c, _(grid->titles[c]), (int64_t)strlen(_(grid->titles[c])));
  for (int64_t i = 0, start = 0; code == KN_OK && i < grid->count; start = grid->end[i++])
    print_cell(grid, out, i % grid->columns, grid->text + start, grid->end[i] - start);
  if (code != KN_OK)
    kn_fail(err, code, "%s", grid->err.text);
  free(grid->text);
  free(grid->end);
  free(grid);
  return code;
}

/* ------------------------------------------------------------------ findings */
static const char *
severity_text(kn_severity severity)
{
  switch (severity) {
  case KN_ERROR:
    return _("error");
  case KN_WARNING:
    return _("warning");
  case KN_HINT:
    break;
  }
  return _("hint");
}

static void
print_finding(FILE *out, const kn_finding *finding)
{
  if (finding->file != NULL) {
    fputs(finding->file, out);
    if (finding->line > 0)
      fprintf(out, ":%" PRId64, finding->line);
    if (finding->line > 0 && finding->column_no > 0)
      fprintf(out, ":%" PRId64, finding->column_no);
  } else {
    fprintf(out, "%s", finding->table != NULL ? finding->table : "region");
    if (finding->row != NULL)
      fprintf(out, " %s", finding->row);
    if (finding->column != NULL)
      fprintf(out, " %s", finding->column);
  }
  /* An error in a file reads as every compiler writes it; what is milder says so. */
  if (finding->file == NULL || finding->severity != KN_ERROR)
    fprintf(out, ": %s", severity_text(finding->severity));
  fprintf(out, ": %s", finding->sentence);
  if (finding->proposal != NULL)
    fprintf(out, " -> %s", finding->proposal);
  fputc('\n', out);
}

/* The findings of one file (or rule, without a file) that were counted but not kept. */
static const char *
group_of(const kn_finding *finding)
{
  return finding->file != NULL ? finding->file : finding->rule;
}

static void
print_rest(FILE *out, const kn_findings *findings, int64_t first)
{
  const char *group = group_of(kn_findings_get(findings, first));
  int64_t kept = 0;
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    if (strcmp(group_of(kn_findings_get(findings, i)), group) != 0)
      continue;
    if (i < first)
      return; /* told already */
    kept++;
  }
  const int64_t rest = kn_findings_of_file(findings, group) - kept;
  if (rest > 0)
    fprintf(out, ngettext("%s: and %" PRId64 " more\n", "%s: and %" PRId64 " more\n", (unsigned long)rest), group, rest);
}

void
kn_print_findings(FILE *out, const kn_findings *findings, kn_severity least)
{
  for (int64_t i = 0; i < kn_findings_kept(findings); i++)
    if (kn_findings_get(findings, i)->severity >= least)
      print_finding(out, kn_findings_get(findings, i));
  for (int64_t i = 0; i < kn_findings_kept(findings); i++)
    print_rest(out, findings, i);
}
