/* One cell: what its column wants, or why it is refused. No memory, no findings: these run on all threads. */
#include "region/internal.h"

#include <string.h>

static bool
is_space(char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

static void
trim(const char **text, size_t *length)
{
  while (*length > 0 && is_space(**text)) {
    ++*text;
    --*length;
  }
  while (*length > 0 && is_space((*text)[*length - 1]))
    --*length;
}

static kn_refusal
read_text(const char *text, size_t length, kn_cell_value *out)
{
  out->text = text;
  out->length = length;
  if (kn_text_bad_utf8(text, length) >= 0)
    return KN_R_UTF8;
  return memchr(text, '\0', length) != NULL ? KN_R_ZERO_BYTE : KN_R_NONE;
}

static kn_refusal
check_real(const kn_column_def *def, double value)
{
  if (value < def->least || value > def->most || (def->is_above_least && value <= def->least) ||
      (def->is_below_most && value >= def->most))
    return KN_R_OUT_OF_BOUNDS;
  return def->is_not_zero && value == 0 ? KN_R_ZERO : KN_R_NONE;
}

static kn_refusal
take_real(const kn_column_def *def, double value, kn_cell_value *out)
{
  if (!isfinite(value))
    return KN_R_NOT_NUMBER;
  out->real = value == 0 ? 0 : value; /* no minus zero: it would export otherwise than it compares */
  return check_real(def, value);
}

static kn_refusal
take_int(const kn_column_def *def, double value, kn_cell_value *out)
{
  if (!isfinite(value))
    return KN_R_NOT_NUMBER;
  if (value != rint(value) || value <= INT32_MIN || value > INT32_MAX)
    return KN_R_NOT_WHOLE;
  out->number = (int32_t)value;
  return check_real(def, value);
}

/* A year or month alone means its first day; as the end of a window it means its last. */
static kn_refusal
read_date(const kn_column_def *def, const char *text, size_t length, kn_cell_value *out)
{
  if (!kn_date_read(text, length, &out->number))
    return KN_R_NOT_DATE;
  if (length == 10 || strcmp(def->name, "to") != 0)
    return KN_R_NONE;
  int32_t year = 0, month = 12;
  for (int32_t i = 0; i < 4; i++)
    year = year * 10 + (text[i] - '0');
  if (length == 7)
    month = (text[5] - '0') * 10 + text[6] - '0';
  const int32_t next = month == 12 ? kn_date_of(year + 1, 1, 1) : kn_date_of(year, month + 1, 1);
  out->number = next - 1;
  return KN_R_NONE;
}

static kn_refusal
read_word(const kn_column_def *def, const char *text, size_t length, kn_cell_value *out)
{
  for (uint8_t i = 0; def->words[i] != NULL; i++)
    if (def->words[i][0] == text[0] && strncmp(def->words[i], text, length) == 0 && def->words[i][length] == '\0') {
      out->word = i;
      return KN_R_NONE;
    }
  return KN_R_UNKNOWN_WORD;
}

static kn_refusal
blank(const kn_column_def *def)
{
  return def != NULL && def->is_required && !def->may_be_blank ? KN_R_MISSING : KN_R_NONE;
}

/* Columns of text whose blanks count: all but those that hold a kind of key. */
static bool
is_plain_text(const kn_column_def *def)
{
  if (def->kind != KN_TEXT)
    return false;
  switch (def->name[0]) { /* read once per cell: names that begin otherwise need no comparison */
  case 'u':
    return strcmp(def->name, "unit") != 0;
  case 'p':
    return strcmp(def->name, "property") != 0;
  case 'm':
    return strcmp(def->name, "mode_id") != 0;
  case 'f':
    return strcmp(def->name, "from_id") != 0;
  case 't':
    return strcmp(def->name, "to_id") != 0;
  default:
    return true;
  }
}

kn_refusal
kn_cell_read(const kn_column_def *def, const char *text, size_t length, char decimal, kn_cell_value *out)
{
  *out = (kn_cell_value){.is_blank = true};
  if (length == 0)
    return blank(def);
  if (length > KN_FIELD_MOST)
    return KN_R_TOO_LONG;
  const char *core = text;
  size_t core_length = length;
  trim(&core, &core_length);
  if (core_length == 0)
    return blank(def);
  if (def != NULL && !is_plain_text(def)) {
    text = core;
    length = core_length;
  }
  kn_refusal refusal = KN_R_NONE;
  double value;
  switch (def == NULL ? KN_TEXT : def->kind) {
  case KN_TEXT:
  case KN_KEY:
  case KN_REF:
    refusal = read_text(text, length, out);
    break;
  case KN_REAL:
    refusal = kn_number_read(text, length, decimal, &value) ? take_real(def, value, out) : KN_R_NOT_NUMBER;
    break;
  case KN_INT:
    refusal = kn_number_read(text, length, decimal, &value) ? take_int(def, value, out) : KN_R_NOT_NUMBER;
    break;
  case KN_DATE:
    refusal = read_date(def, text, length, out);
    break;
  case KN_WORD:
    refusal = read_word(def, text, length, out);
    break;
  }
  out->is_blank = refusal != KN_R_NONE;
  return refusal;
}

kn_refusal
kn_typed_read(const kn_column_def *def, const kn_value *value, kn_cell_value *out)
{
  *out = (kn_cell_value){.is_blank = true};
  if (value->is_blank)
    return blank(def);
  if (value->text != NULL || def == NULL)
    return kn_cell_read(def, value->text, value->text == NULL ? 0 : (size_t)value->length, '.', out);
  if (isnan(value->real))
    return blank(def);
  kn_refusal refusal = KN_R_NOT_NUMBER;
  if (def->kind == KN_REAL)
    refusal = take_real(def, value->real, out);
  else if (def->kind == KN_INT)
    refusal = take_int(def, value->real, out);
  else if (def->kind == KN_DATE)
    refusal = take_int(&(kn_column_def){.least = -INFINITY, .most = INFINITY}, value->real, out);
  out->is_blank = refusal != KN_R_NONE;
  return refusal;
}
