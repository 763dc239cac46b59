/* Long arrays as JSON, row by row. Rows become text on all threads, a batch at a time, and go out in their order. */
#include "json_rows.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH_ROWS = 1024, BATCHES_MOST = 64, REAL_SIZE = 32 };

/* ------------------------------------------------------------------ text */
static char *
take(kn_jot *jot, int64_t length)
{
  if (KN_GROW(jot->text, jot->room, jot->length + length, NULL) != KN_OK) {
    jot->is_out_of_memory = true;
    return NULL;
  }
  char *at = jot->text + jot->length;
  jot->length += length;
  return at;
}

static void
add(kn_jot *jot, const char *text, size_t length)
{
  char *at = take(jot, (int64_t)length);
  if (at != NULL)
    memcpy(at, text, length);
}

/* A line of its own for the next item. */
static void
begin(kn_jot *jot, const char *name)
{
  const size_t before = jot->has_before, blanks = (size_t)jot->depth, length = name == NULL ? 0 : strlen(name);
  char *at = take(jot, (int64_t)(before + 1 + blanks + (name == NULL ? 0 : length + 4)));
  jot->has_before = true;
  if (at == NULL)
    return;
  if (before)
    *at++ = ',';
  *at++ = '\n';
  memset(at, ' ', blanks);
  at += blanks;
  if (name == NULL)
    return;
  *at++ = '"';
  memcpy(at, name, length);
  memcpy(at + length, "\": ", 3);
}

static void
open_with(kn_jot *jot, const char *name, const char *bracket)
{
  begin(jot, name);
  add(jot, bracket, 1);
  jot->depth++;
  jot->has_before = false;
}

static void
close_with(kn_jot *jot, const char *bracket)
{
  jot->depth--;
  if (jot->has_before) {
    jot->has_before = false;
    begin(jot, NULL);
  }
  add(jot, bracket, 1);
  jot->has_before = true;
}

void
kn_jot_open(kn_jot *jot, const char *name)
{
  open_with(jot, name, "{");
}

void
kn_jot_close(kn_jot *jot)
{
  close_with(jot, "}");
}

void
kn_jot_list(kn_jot *jot, const char *name)
{
  open_with(jot, name, "[");
}

void
kn_jot_list_end(kn_jot *jot)
{
  close_with(jot, "]");
}

/* ------------------------------------------------------------------ values */
void
kn_jot_json(kn_jot *jot, const char *name, json_t *value)
{
  begin(jot, name);
  char *text = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_INDENT(1));
  for (const char *line = text; line != NULL;) {
    const char *end = strchr(line, '\n');
    add(jot, line, end == NULL ? strlen(line) : (size_t)(end + 1 - line));
    for (int32_t i = 0; end != NULL && i < jot->depth; i++)
      add(jot, " ", 1);
    line = end == NULL ? NULL : end + 1;
  }
  if (text == NULL)
    add(jot, "null", 4);
  free(text);
  json_decref(value);
}

/* What is rare is left to jansson. Takes the value over; NULL was no memory or no UTF-8. */
static void
add_value(kn_jot *jot, json_t *value)
{
  char *text = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY);
  if (text != NULL)
    add(jot, text, strlen(text));
  else
    add(jot, "null", 4);
  free(text);
  json_decref(value);
}

/* The 17 digits of m 2^-s, rounded to a whole number, halves to even; 0 when it has another number of them. With m below 2^53
 * and 5^k below 2^63, nothing is lost before the rounding. */
static uint64_t
scale_exactly(uint64_t mantissa, int exponent, int k)
{
  static const uint64_t ten_16 = 10000000000000000;
  unsigned __int128 whole = mantissa;
  for (int i = 0; i < k; i++)
    whole *= 5;
  const int shift = exponent + k;
  if (shift > 10 || shift < -126) /* above 10: no 17 digits */
    return 0;
  if (shift >= 0) {
    whole <<= shift;
  } else {
    const unsigned __int128 rest = whole & (((unsigned __int128)1 << -shift) - 1), half = (unsigned __int128)1 << (-shift - 1);
    whole >>= -shift;
    whole += rest > half || (rest == half && (whole & 1) != 0);
  }
  return whole >= ten_16 && whole < 10 * (unsigned __int128)ten_16 ? (uint64_t)whole : 0;
}

/* As jansson writes numbers ("%.17g", and ".0" behind whole ones) from 1e-4 to 1e17, several times as fast. Returns the length;
 * 0: not one of those. */
static size_t
write_real(char out[REAL_SIZE], double value)
{
  const double size = fabs(value);
  if (!(size >= 1e-4 && size < 1e16))
    return 0;
  int exponent;
  const uint64_t mantissa = (uint64_t)ldexp(frexp(size, &exponent), 53);
  int k = 16 - (int)floor(log10(size)); /* digits behind the point; log10 may be one off beside a power of ten */
  uint64_t all = scale_exactly(mantissa, exponent - 53, k);
  if (all == 0)
    return 0;
  char digits[20];
  for (int i = 16; i >= 0; i--, all /= 10)
    digits[i] = (char)('0' + all % 10);
  char *at = out;
  if (value < 0)
    *at++ = '-';
  int whole = 17 - k; /* digits before the point */
  int last = 17;
  while (last > 1 && last > whole && digits[last - 1] == '0')
    last--;
  int i = 0;
  if (whole <= 0) {
    *at++ = '0';
  } else {
    memcpy(at, digits, (size_t)whole);
    at += whole;
    i = whole;
  }
  *at++ = '.';
  for (; whole < 0; whole++)
    *at++ = '0';
  if (i == last)
    *at++ = '0';
  memcpy(at, digits + i, (size_t)(last - i));
  return (size_t)(at + (last - i) - out);
}

void
kn_jot_real(kn_jot *jot, const char *name, double value)
{
  char text[REAL_SIZE];
  begin(jot, name);
  const size_t length = write_real(text, value);
  if (length > 0)
    add(jot, text, length);
  else if (value == 0 && !signbit(value))
    add(jot, "0.0", 3);
  else
    add_value(jot, kn_json_real(value));
}

void
kn_jot_integer(kn_jot *jot, const char *name, int64_t value)
{
  begin(jot, name);
  const char digit = (char)('0' + value % 10);
  if (value >= 0 && value < 10)
    add(jot, &digit, 1);
  else
    add_value(jot, json_integer(value));
}

void
kn_jot_boolean(kn_jot *jot, const char *name, bool value)
{
  begin(jot, name);
  add(jot, value ? "true" : "false", value ? 4 : 5);
}

static bool
is_plain(const char *text)
{
  for (; *text != '\0'; text++)
    if ((unsigned char)*text < ' ' || (unsigned char)*text > '~' || *text == '"' || *text == '\\')
      return false;
  return true;
}

void
kn_jot_text(kn_jot *jot, const char *name, const char *text)
{
  begin(jot, name);
  if (text == NULL || !is_plain(text)) {
    add_value(jot, kn_json_text(text));
    return;
  }
  const size_t length = strlen(text);
  char *at = take(jot, (int64_t)length + 2);
  if (at == NULL)
    return;
  at[0] = '"';
  memcpy(at + 1, text, length);
  at[length + 1] = '"';
}

void
kn_jot_place(kn_jot *jot, const char *name, const kn_region *region, kn_place place)
{
  kn_jot_open(jot, name);
  kn_jot_text(jot, "kind", kn_end_name((kn_end)place.kind));
  kn_jot_text(jot, "id", kn_place_id(region, place));
  kn_jot_text(jot, "site_id", kn_place_site_id(region, place));
  kn_jot_close(jot);
}

void
kn_jot_key(kn_jot *jot, const char *name, const kn_region *region, kn_table_id table, int32_t row)
{
  kn_jot_text(jot, name, row == KN_NONE ? NULL : kn_region_key(region, table, row));
}

void
kn_jot_substitution(kn_jot *jot, const char *name, const kn_region *region, int32_t row)
{
  if (row == KN_NONE) {
    kn_jot_text(jot, name, NULL);
    return;
  }
  const kn_substitution_view rows = kn_region_substitutions(region);
  kn_jot_open(jot, name);
  kn_jot_key(jot, "offered_id", region, KN_T_RESOURCE, rows.offered[row]);
  kn_jot_key(jot, "needed_id", region, KN_T_RESOURCE, rows.needed[row]);
  kn_jot_close(jot);
}

/* ------------------------------------------------------------------ the document */
/* The members that cli->doc holds, without its braces. */
static void
write_members(const kn_cli *cli)
{
  if (json_object_size(cli->doc) == 0)
    return;
  char *text = json_dumps(cli->doc, JSON_INDENT(1));
  const size_t length = text == NULL ? 0 : strlen(text);
  if (length > 3) /* "{" members "\n}" */
    fprintf(cli->out, "%s%.*s", *cli->is_begun ? "," : "{", (int)length - 3, text + 1);
  free(text);
  json_object_clear(cli->doc);
  *cli->is_begun = true;
}

void
kn_json_end(const kn_cli *cli)
{
  if (cli->is_array != NULL && *cli->is_array)
    return;
  if (!*cli->is_begun) {
    json_dumpf(cli->doc, cli->out, JSON_INDENT(1));
    fputc('\n', cli->out);
    return;
  }
  write_members(cli);
  fputs("\n}\n", cli->out);
}

typedef struct batches {
  kn_jot jot[BATCHES_MOST];
  int64_t first, n; /* the first row of jot[0]; all rows */
  int32_t depth;    /* of a row */
  kn_json_row row;
  const void *arg;
} batches;

static void
write_batches(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  batches *b = arg;
  for (int64_t i = first; i < last; i++) {
    kn_jot *jot = &b->jot[i];
    const int64_t start = b->first + i * BATCH_ROWS, end = start + BATCH_ROWS < b->n ? start + BATCH_ROWS : b->n;
    jot->length = 0;
    jot->depth = b->depth;
    jot->has_before = start > 0;
    for (int64_t at = start; at < end; at++) {
      kn_jot_open(jot, NULL);
      b->row(jot, b->arg, at);
      kn_jot_close(jot);
    }
  }
}

static kn_code
write_rows(const kn_cli *cli, batches *b, kn_error *err)
{
  const int32_t threads = kn_thread_count(cli->threads);
  const int64_t most = threads < BATCHES_MOST / 4 ? 4 * threads : BATCHES_MOST;
  for (; b->first < b->n; b->first += most * BATCH_ROWS) {
    const int64_t wanted = (b->n - b->first + BATCH_ROWS - 1) / BATCH_ROWS, count = wanted < most ? wanted : most;
    KN_TRY(kn_parallel(threads, count, 1, write_batches, b, err));
    for (int64_t i = 0; i < count; i++) {
      if (b->jot[i].is_out_of_memory)
        return kn_fail(err, KN_E_LIMIT, "out of memory for the text of the results");
      fwrite(b->jot[i].text, 1, (size_t)b->jot[i].length, cli->out);
    }
  }
  return KN_OK;
}

kn_code
kn_json_rows(const kn_cli *cli, const char *name, int64_t n, kn_json_row row, const void *arg, kn_error *err)
{
  kn_teller_clear(cli->teller);
  write_members(cli);
  fprintf(cli->out, "%s\n \"%s\": [", *cli->is_begun ? "," : "{", name);
  *cli->is_begun = true;
  batches b = {.n = n, .depth = 2, .row = row, .arg = arg};
  const kn_code code = write_rows(cli, &b, err);
  for (int32_t i = 0; i < BATCHES_MOST; i++)
    free(b.jot[i].text);
  fputs(n > 0 ? "\n ]" : "]", cli->out);
  return code;
}

kn_code
kn_json_array(const kn_cli *cli, int64_t n, kn_json_row row, const void *arg, kn_error *err)
{
  kn_teller_clear(cli->teller);
  *cli->is_array = true;
  fputc('[', cli->out);
  batches b = {.n = n, .depth = 1, .row = row, .arg = arg};
  const kn_code code = write_rows(cli, &b, err);
  for (int32_t i = 0; i < BATCHES_MOST; i++)
    free(b.jot[i].text);
  fputs(n > 0 ? "\n]\n" : "]\n", cli->out);
  return code;
}
