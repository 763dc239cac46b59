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

static const char *
print_rounded(char out[KN_NUMBER_SIZE], double value, int decimals)
{
  if (!isfinite(value)) {
    snprintf(out, KN_NUMBER_SIZE, "%s", isinf(value) ? _("unlimited") : _("not known"));
    return out;
  }
  char plain[KN_NUMBER_SIZE];
  const int length = snprintf(plain, sizeof plain, "%.*f", decimals, value);
  if (length > 30) /* with its groups it would not fit */
    snprintf(plain, sizeof plain, "%.3e", value);
  if (strtod(plain, NULL) == 0) /* no "-0" */
    memmove(plain, plain + (plain[0] == '-'), strlen(plain) + (plain[0] != '-'));
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
struct kn_grid {
  const char *align;
  int64_t columns; /* letters of align; at least one */
  const char *const *titles;
  char **cells;
  int64_t count, capacity;
  kn_error err;
};

kn_grid *
kn_grid_new(const char *align, const char *const *titles)
{
  kn_grid *grid = calloc(1, sizeof *grid);
  if (grid == NULL)
    return NULL;
  assert(align[0] != '\0');
  grid->align = align;
  grid->columns = (int64_t)strlen(align);
  grid->titles = titles;
  return grid;
}

void
kn_grid_cell(kn_grid *grid, const char *format, ...)
{
  if (grid == NULL || grid->err.code != KN_OK)
    return;
  if (KN_GROW(grid->cells, grid->capacity, grid->count + 1, &grid->err) != KN_OK)
    return;
  va_list args;
  va_start(args, format);
  char *text = NULL;
  if (vasprintf(&text, format, args) < 0)
    kn_fail(&grid->err, KN_E_LIMIT, "out of memory");
  else
    grid->cells[grid->count++] = text;
  va_end(args);
}

void
kn_grid_number(kn_grid *grid, double value)
{
  char text[KN_NUMBER_SIZE];
  kn_grid_cell(grid, "%s", kn_print_number(text, value));
}

void
kn_grid_eur(kn_grid *grid, double value)
{
  char text[KN_NUMBER_SIZE];
  kn_grid_cell(grid, "%s", kn_print_eur(text, value));
}

/* Columns a text takes on screen: one per code point. */
static int
width_of(const char *text)
{
  int width = 0;
  for (; *text != '\0'; text++)
    width += ((unsigned char)*text & 0xC0) != 0x80;
  return width;
}

static void
print_cell(FILE *out, const char *text, int width, char align, bool is_last)
{
  const int blank = width - width_of(text);
  if (align == 'r')
    fprintf(out, "%*s%s", blank, "", text);
  else
    fprintf(out, "%s%*s", text, is_last ? 0 : blank, "");
  fputs(is_last ? "\n" : "  ", out);
}

kn_code
kn_grid_end(kn_grid *grid, FILE *out, kn_error *err)
{
  enum { COLUMNS_MOST = 16 };
  if (grid == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  int width[COLUMNS_MOST] = {0};
  const int64_t columns = grid->columns;
  const kn_code code = grid->err.code;
  assert(columns > 0 && columns <= COLUMNS_MOST);
  assert(code != KN_OK || grid->count % columns == 0);
  for (int64_t c = 0; grid->titles != NULL && c < columns; c++)
    width[c] = width_of(_(grid->titles[c]));
  for (int64_t i = 0; i < grid->count; i++) {
    const int wide = width_of(grid->cells[i]);
    width[i % columns] = wide > width[i % columns] ? wide : width[i % columns];
  }
  for (int64_t c = 0; code == KN_OK && grid->titles != NULL && c < columns; c++)
    print_cell(out, _(grid->titles[c]), width[c], grid->align[c], c == columns - 1);
  for (int64_t i = 0; i < grid->count; i++) {
    const int64_t c = i % columns;
    if (code == KN_OK)
      print_cell(out, grid->cells[i], width[c], grid->align[c], c == columns - 1);
    free(grid->cells[i]);
  }
  if (code != KN_OK)
    kn_fail(err, code, "%s", grid->err.text);
  free(grid->cells);
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
