/* Refusals in words: where, what, what was expected, what to do. Proposals cost time, so they are made only
 * for findings that are kept, and comparing keys has a budget per builder. */
#include "region/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- places */
static const char *
symbol_text(const kn_builder *builder, kn_table_id table, int32_t column, int64_t row)
{
  const kn_grown *grown = &builder->grown[table];
  const int32_t domain = kn_column_domain(grown->def, column);
  if (domain == KN_NONE || grown->column[column].data.data == NULL)
    return NULL;
  const int32_t symbol = grown->column[column].data.number[row];
  return symbol < 0 ? NULL : builder->symbols[domain].text[symbol];
}

const char *
kn_builder_row_name(const kn_builder *builder, kn_table_id table, int64_t row, char out[KN_NAME_MOST])
{
  const kn_table_def *def = builder->grown[table].def;
  if (def->unique[0] != KN_NONE) {
    const char *first = symbol_text(builder, table, def->unique[0], row);
    const int32_t other = def->unique[1];
    const char *second = NULL;
    if (other != KN_NONE && def->columns[other].kind == KN_WORD) {
      const uint8_t word = builder->grown[table].column[other].data.word[row];
      second = word == KN_BLANK_WORD ? NULL : def->columns[other].words[word];
    } else if (other != KN_NONE) {
      second = symbol_text(builder, table, other, row);
    }
    char year[16];
    if (other != KN_NONE && def->columns[other].kind == KN_INT && builder->grown[table].column[other].data.data != NULL) {
      snprintf(year, sizeof year, "%" PRId32, builder->grown[table].column[other].data.number[row]);
      second = year;
    }
    if (first != NULL && second != NULL)
      snprintf(out, KN_NAME_MOST, "%.60s, %.30s", first, second);
    else if (first != NULL)
      snprintf(out, KN_NAME_MOST, "%.90s", first);
    if (first != NULL)
      return out;
  }
  snprintf(out, KN_NAME_MOST, "row %" PRId64, row + 1);
  return out;
}

kn_place
kn_builder_place(const kn_builder *builder, kn_table_id table, int64_t row, int32_t column)
{
  const kn_grown *grown = &builder->grown[table];
  kn_place place = {.table = table, .row = row, .column = column, .batch = grown->batch[row], .line = grown->line[row]};
  const kn_batch *batch = &builder->batch[place.batch];
  for (int32_t j = 0; j < batch->count && column != KN_NONE; j++)
    if (batch->target[j] == column)
      place.column_no = batch->column_no[j];
  return place;
}

static const char *
file_of(const kn_builder *builder, kn_place place)
{
  return place.batch == KN_NONE ? NULL : builder->batch[place.batch].file;
}

bool
kn_builder_has_room(const kn_builder *builder, kn_place place, const char *rule)
{
  return kn_findings_has_room(builder->findings, file_of(builder, place), rule);
}

/* Copies a value for display: cut after 80 bytes with "...", bytes that are no text as '?'. */
static void
show(char out[KN_NAME_MOST], const char *value, size_t length)
{
  const size_t most = 80;
  size_t n = length;
  if (n > most) {
    n = most;
    while (n > most - 4 && ((unsigned char)value[n] & 0xc0) == 0x80)
      n--;
  }
  memcpy(out, value, n);
  for (int64_t bad; (bad = kn_text_bad_utf8(out, n)) >= 0;)
    out[bad] = '?';
  for (size_t i = 0; i < n; i++)
    if (out[i] == '\0')
      out[i] = '?';
  snprintf(out + n, KN_NAME_MOST - n, "%s", length > n ? "..." : "");
}

kn_code
kn_builder_refuse(kn_builder *builder, kn_place place, const char *rule, const char *value, size_t length, const char *proposal,
                  kn_error *err, const char *sentence, ...)
{
  const kn_table_def *def = kn_schema(place.table);
  char name[KN_NAME_MOST], shown[KN_NAME_MOST], text[800];
  kn_follow_spoil(builder->follow); /* nothing will come of it */
  kn_finding where = {.severity = KN_ERROR, .rule = rule, .file = file_of(builder, place), .line = place.line};
  where.column_no = place.column_no;
  where.table = def->name;
  where.row = place.row_name;
  if (place.row_name == NULL && place.row != KN_NONE)
    where.row = kn_builder_row_name(builder, place.table, place.row, name);
  where.column = place.column == KN_NONE ? NULL : def->columns[place.column].name;
  if (value != NULL) {
    show(shown, value, length);
    where.value = shown;
  }
  where.proposal = proposal == NULL ? NULL : kn_findings_text(builder->findings, proposal);
  va_list args;
  va_start(args, sentence);
  vsnprintf(text, sizeof text, kn_findings_text(builder->findings, sentence), args);
  va_end(args);
  return kn_findings_add(builder->findings, &where, err, "%s", text);
}

/* ---------------------------------------------------------------- proposals */
static int32_t
patience(size_t length)
{
  return length <= 3 ? 1 : length <= 8 ? 2 : 3;
}

bool
kn_builder_suggest(kn_builder *builder, int32_t domain, const char *key, char out[KN_NAME_MOST * 2])
{
  const kn_symbols *symbols = &builder->symbols[domain];
  const size_t length = strlen(key);
  int32_t best = patience(length) + 1, found = KN_NONE;
  for (int32_t i = 0; i < symbols->count && builder->suggestions_left > 0 && best > 1; i++) {
    if (symbols->row[i] == KN_NONE)
      continue;
    const size_t other = strlen(symbols->text[i]);
    if (length > other + (size_t)best || other > length + (size_t)best)
      continue;
    builder->suggestions_left--;
    const int32_t distance = kn_text_distance(key, symbols->text[i], best - 1);
    if (distance < best && (size_t)distance < length) {
      best = distance;
      found = i;
    }
  }
  if (found != KN_NONE)
    snprintf(out, KN_NAME_MOST * 2, "did you mean %.90s?", symbols->text[found]);
  return found != KN_NONE;
}

const char *
kn_nearest_word(const char *const *words, const char *text)
{
  const size_t length = strlen(text);
  int32_t best = length > 64 ? 0 : patience(length) + 1;
  const char *nearest = NULL;
  for (; *words != NULL; words++) {
    const int32_t distance = kn_text_distance(text, *words, best);
    if (distance < best && (size_t)distance < length) {
      best = distance;
      nearest = *words;
    }
  }
  return nearest;
}

/* ---------------------------------------------------------------- cells */
static void
list_words(char *out, size_t size, const char *const *words)
{
  size_t used = 0;
  out[0] = '\0';
  for (int32_t i = 0; words[i] != NULL && used < size; i++)
    used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", words[i]);
}

/* A date in the order of day, month, year that can only mean one day, as ISO 8601. */
static bool
other_date(const char *text, char out[KN_NAME_MOST])
{
  int32_t part[3];
  for (int i = 0; i < 3; i++) {
    char *end;
    if (text[0] < '0' || text[0] > '9')
      return false;
    part[i] = (int32_t)strtol(text, &end, 10);
    if (end - text > (i < 2 ? 2 : 4) || (i < 2 && (*end == '\0' || strchr("-/. ", *end) == NULL)) || (i == 2 && *end != '\0'))
      return false;
    text = end + 1;
  }
  const int32_t day = part[0], month = part[1], year = part[2];
  if (kn_date_of(year, month, day) == KN_BLANK_INT)
    return false;
  char date[40];
  snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, day);
  snprintf(out, KN_NAME_MOST, "write %s", date);
  return day > 12 || day == month;
}

/* "1.000,5", "1 000,5" or "1'000.50": one decimal sign, and before it groups of three. False: something else. */
static bool
read_grouped(const char *text, size_t length, double *value)
{
  char plain[40];
  size_t n = 0, group = 0, groups = 0;
  char decimal = '\0', parted = '\0';
  for (size_t i = length; i > 0; i--)
    if (text[i - 1] == '.' || text[i - 1] == ',') {
      decimal = text[i - 1];
      break;
    }
  for (size_t i = 0; i < length && n + 1 < sizeof plain; i++) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      plain[n++] = c;
      group++;
    } else if (c == decimal && memchr(text + i + 1, c, length - i - 1) == NULL && (groups == 0 || group == 3)) {
      plain[n++] = '.';
      decimal = '\0';
      groups += groups > 0;
      group = 0;
    } else if (decimal != '\0' && c != decimal && strchr(". ,'", c) != NULL && (parted == '\0' || parted == c) &&
               (groups == 0 ? group >= 1 && group <= 3 : group == 3)) {
      parted = c;
      groups++;
      group = 0;
    } else {
      return false;
    }
  }
  return groups > 0 && n + 1 < sizeof plain && decimal == '\0' && kn_number_read(plain, n, '.', value);
}

static const char *
number_proposal(const kn_table_def *table, const char *text, size_t length, char decimal, char out[KN_NAME_MOST])
{
  double value;
  char written[40];
  if (kn_number_read(text, length, decimal == '.' ? ',' : '.', &value)) {
    kn_number_write(written, value);
    snprintf(out, KN_NAME_MOST,
             decimal == '.' ? "write %s, or say that this file has commas for decimals"
                            : "write %s, or say that this file has points for decimals",
             written);
    return out;
  }
  if (read_grouped(text, length, &value)) {
    kn_number_write(written, value);
    snprintf(out, KN_NAME_MOST, "write %s", written);
    return out;
  }
  size_t digits = 0;
  while (digits < length && strchr("0123456789+-.,eE", text[digits]) != NULL)
    digits++;
  while (digits > 0 && !kn_number_read(text, digits, decimal, &value))
    digits--;
  if (digits == 0 || (digits < length && strchr(".,'", text[digits]) != NULL))
    return NULL;
  kn_number_write(written, value);
  const bool has_unit = kn_schema_find_column(table, "unit") != KN_NONE;
  snprintf(out, KN_NAME_MOST, has_unit ? "write %s and put the rest in the column unit" : "write %s alone", written);
  return out;
}

static void
say_bounds(const kn_column_def *def, char out[KN_NAME_MOST])
{
  char least[40], most[40];
  kn_number_write(least, def->least);
  kn_number_write(most, def->most);
  if (isinf(def->most))
    snprintf(out, KN_NAME_MOST, def->is_above_least ? "above %s" : "at least %s", least);
  else if (def->is_above_least)
    snprintf(out, KN_NAME_MOST, def->is_below_most ? "above %s and below %s" : "above %s, at most %s", least, most);
  else if (def->is_below_most)
    snprintf(out, KN_NAME_MOST, "from %s to below %s", least, most);
  else
    snprintf(out, KN_NAME_MOST, "between %s and %s", least, most);
}

kn_code
kn_builder_refuse_cell(kn_builder *builder, kn_place place, kn_refusal refusal, const char *text, size_t length, char decimal,
                       kn_error *err)
{
  const kn_table_def *table = kn_schema(place.table);
  const kn_column_def *def = place.column == KN_NONE ? NULL : &table->columns[place.column];
  const char *column = def == NULL ? "the cell" : def->name;
  char shown[KN_NAME_MOST] = "", proposal[KN_NAME_MOST] = "", words[300];
  if (text != NULL)
    show(shown, text, length);
  double value = NAN;
  if (text != NULL && def != NULL && (def->kind == KN_REAL || def->kind == KN_INT))
    kn_number_read(text, length, decimal, &value);
  const char *advice = NULL;
  switch (refusal) {
  case KN_R_NONE:
    return KN_OK;
  case KN_R_MISSING:
    return kn_builder_refuse(builder, place, "missing_value", NULL, 0, NULL, err, "%s is blank; every row of %s needs it", column,
                             table->name);
  case KN_R_UTF8:
    return kn_builder_refuse(builder, place, "not_utf8", text, length, "save the file as UTF-8", err,
                             "%s is not UTF-8 from byte %" PRId64 " on", column, kn_text_bad_utf8(text, length) + 1);
  case KN_R_ZERO_BYTE:
    return kn_builder_refuse(builder, place, "not_utf8", text, length, "save the file as UTF-8", err,
                             "%s holds a zero byte, which is no text", column);
  case KN_R_TOO_LONG:
    return kn_builder_refuse(builder, place, "too_long", text, length, NULL, err, "%s holds %zu bytes; at most %d fit", column,
                             length, KN_FIELD_MOST);
  case KN_R_NOT_NUMBER:
    if (text != NULL)
      advice = number_proposal(table, text, length, decimal, proposal);
    return kn_builder_refuse(builder, place, "not_a_number", text, length, advice, err,
                             "%s must be a finite number without text around it, is '%s'", column, shown);
  case KN_R_NOT_WHOLE:
    return kn_builder_refuse(builder, place, "not_a_number", text, length, NULL, err, "%s must be a whole number, is '%s'",
                             column, shown);
  case KN_R_NOT_DATE:
    if (other_date(shown, proposal))
      advice = proposal;
    return kn_builder_refuse(builder, place, "not_a_date", text, length, advice, err,
                             "%s must be a date written YYYY-MM-DD (ISO 8601), is '%s'", column, shown);
  case KN_R_UNKNOWN_WORD:
    assert(def != NULL);
    list_words(words, sizeof words, def->words);
    advice = kn_nearest_word(def->words, shown);
    if (advice != NULL)
      snprintf(proposal, sizeof proposal, "did you mean %s?", advice);
    return kn_builder_refuse(builder, place, "unknown_word", text, length, advice == NULL ? NULL : proposal, err,
                             "%s must be one of %s, is '%s'", column, words, shown);
  case KN_R_OUT_OF_BOUNDS:
    assert(def != NULL);
    say_bounds(def, words);
    if (def->most == 1 && def->kind == KN_REAL && value > 1 && value <= 100) {
      char share[40];
      kn_number_write(share, value / 100);
      snprintf(proposal, sizeof proposal, "write %.30s if %.30s %% was meant", share, shown);
      advice = proposal;
    }
    return kn_builder_refuse(builder, place, "out_of_bounds", text, length, advice, err, "%s must be %s, is %s", column, words,
                             shown);
  case KN_R_ZERO:
    return kn_builder_refuse(builder, place, "out_of_bounds", text, length, "leave the row out, or give the amount", err,
                             "%s must not be 0", column);
  case KN_R_NO_NAME:
    return kn_builder_refuse(builder, place, "no_name", text, length, "give the column a name, or empty it", err,
                             "the cell '%s' stands in a column without a name", shown);
  }
  return KN_OK;
}
