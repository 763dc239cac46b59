/* Text in UTF-8: checked, compared by likeness, folded for comparing names, copied into arenas. */
#include <stdlib.h>
#include <string.h>

#include "knoop/base.h"

#include "latin.h"

kn_code
kn_text_copy(const char **out, kn_arena *arena, const char *text, size_t length, kn_error *err)
{
  *out = NULL;
  KN_TRY(kn_arena_reserve(arena, length + 1, err));
  char *copy = kn_arena_take(arena, length + 1, 1);
  if (length > 0)
    memcpy(copy, text, length);
  *out = copy;
  return KN_OK;
}

kn_code
kn_texts_keep(const char **const text[], int32_t count, kn_arena *arena, kn_error *err)
{
  for (int32_t t = 0; t < count; t++)
    if (*text[t] != NULL)
      KN_TRY(kn_text_copy(text[t], arena, *text[t], strlen(*text[t]), err));
  return KN_OK;
}

/* Bytes of the code point at text[0..left), or 0 when there is none: overlong forms, surrogates and numbers above
 * 10FFFF are none (RFC 3629). */
static size_t
code_point(const unsigned char *text, size_t left, uint32_t *out)
{
  const unsigned char lead = text[0];
  if (lead < 0x80) {
    *out = lead;
    return 1;
  }
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || left < length)
    return 0;
  uint32_t value = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; i++) {
    if ((text[i] & 0xC0) != 0x80)
      return 0;
    value = value << 6 | (text[i] & 0x3Fu);
  }
  if ((length == 3 && value < 0x800) || (length == 4 && value < 0x10000) || value > 0x10FFFF)
    return 0;
  if (value >= 0xD800 && value < 0xE000)
    return 0;
  *out = value;
  return length;
}

kn_code
kn_text_put(kn_text_out *out, const char *text, size_t length, kn_error *err)
{
  KN_TRY(KN_GROW(out->at, out->capacity, out->length + (int64_t)length + 1, err));
  memcpy(out->at + out->length, text, length);
  out->length += (int64_t)length;
  out->at[out->length] = '\0';
  return KN_OK;
}

int64_t
kn_text_bad_utf8(const char *text, size_t length)
{
  const unsigned char *bytes = (const unsigned char *)text;
  size_t at = 0;
  while (at < length) {
    uint64_t eight;
    if (length - at >= sizeof eight) {
      memcpy(&eight, bytes + at, sizeof eight);
      if ((eight & 0x8080808080808080U) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    uint32_t c;
    const size_t step = code_point(bytes + at, length - at, &c);
    if (step == 0)
      return (int64_t)at;
    at += step;
  }
  return -1;
}

/* Lower case of the letters of Latin-1, Latin Extended-A, Greek and Cyrillic; others stay as they are. */
static uint32_t
lower(uint32_t c)
{
  if (c < 0x80)
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c >= 0xC0 && c <= 0xDE)
    return c == 0xD7 ? c : c + 32;
  if (c == 0x130)
    return 'i';
  if (c == 0x178)
    return 0xFF;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
    return (c & 1) != 0 ? c + 1 : c;
  if ((c >= 0x100 && c <= 0x177) || (c >= 0x1DE && c <= 0x24F && c != 0x1DF) || (c >= 0x1E00 && c <= 0x1EFF && c != 0x1E9E))
    return c | 1u;
  if (c == 0x1E9E)
    return 0xDF;
  if (c >= 0x391 && c <= 0x3AB)
    return c + 32;
  if (c >= 0x410 && c <= 0x42F)
    return c + 32;
  if (c >= 0x400 && c <= 0x40F)
    return c + 80;
  return c;
}

/* What code points that are not ASCII are when names are compared: letters and digits unless they stand in one of the
 * blocks of punctuation, symbols and private use. */
static bool
is_sign(uint32_t c)
{
  return (c >= 0x80 && c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA) || c == 0xD7 || c == 0xF7 || (c >= 0x2B0 && c < 0x300) ||
         (c >= 0x2000 && c < 0x2070) || (c >= 0x20A0 && c < 0x20D0) || (c >= 0x2190 && c < 0x2C00) ||
         (c >= 0x2E00 && c < 0x3005) || (c >= 0x3008 && c < 0x3021) || (c >= 0xE000 && c < 0xF900) ||
         (c >= 0xFE10 && c < 0xFE70) || c == 0xFEFF || (c >= 0xFF00 && c < 0xFF10) || (c >= 0xFFF0 && c < 0x10000) ||
         (c >= 0x1F000 && c < 0x20000);
}

typedef struct writer {
  char *out;
  size_t size, wanted;
} writer;

static void
put(writer *to, const char *bytes, size_t length)
{
  /* All of a code point or nothing of it, so that a cut text stays UTF-8; once cut, nothing follows. */
  if (to->wanted + length < to->size) {
    memcpy(to->out + to->wanted, bytes, length);
  } else if (to->wanted < to->size) {
    to->out[to->wanted] = '\0';
    to->size = to->wanted;
  }
  to->wanted += length;
}

static void
put_code_point(writer *to, uint32_t c)
{
  char bytes[4];
  if (c < 0x800) {
    bytes[0] = (char)(0xC0 | c >> 6);
    bytes[1] = (char)(0x80 | (c & 0x3F));
    put(to, bytes, 2);
  } else if (c < 0x10000) {
    bytes[0] = (char)(0xE0 | c >> 12);
    bytes[1] = (char)(0x80 | (c >> 6 & 0x3F));
    bytes[2] = (char)(0x80 | (c & 0x3F));
    put(to, bytes, 3);
  } else {
    bytes[0] = (char)(0xF0 | c >> 18);
    bytes[1] = (char)(0x80 | (c >> 12 & 0x3F));
    bytes[2] = (char)(0x80 | (c >> 6 & 0x3F));
    bytes[3] = (char)(0x80 | (c & 0x3F));
    put(to, bytes, 4);
  }
}

/* The plain ASCII form of a code point, or "" when it has none. */
static const char *
plain(uint32_t c)
{
  if (c >= 0xC0 && c <= 0x24F)
    return latin_c0[c - 0xC0];
  if (c >= 0x1E00 && c <= 0x1EFF)
    return latin_1e00[c - 0x1E00];
  switch (c) {
  case 0xB2:
    return "2";
  case 0xB3:
    return "3";
  case 0xB9:
    return "1";
  case 0xAA:
    return "a";
  case 0xBA:
    return "o";
  default:
    return "";
  }
}

/* Greek vowels with tonos lose it. */
static uint32_t
without_tonos(uint32_t c)
{
  static const struct {
    uint16_t from, to;
  } pairs[] = {{0x386, 0x3B1}, {0x388, 0x3B5}, {0x389, 0x3B7}, {0x38A, 0x3B9}, {0x38C, 0x3BF},
               {0x38E, 0x3C5}, {0x38F, 0x3C9}, {0x3AC, 0x3B1}, {0x3AD, 0x3B5}, {0x3AE, 0x3B7},
               {0x3AF, 0x3B9}, {0x3CC, 0x3BF}, {0x3CD, 0x3C5}, {0x3CE, 0x3C9}, {0x3C2, 0x3C3}};
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
    if (pairs[i].from == c)
      return pairs[i].to;
  return c;
}

size_t
kn_text_fold(char *out, size_t size, const char *text)
{
  const unsigned char *at = (const unsigned char *)text;
  size_t left = strlen(text);
  writer to = {.out = out, .size = size};
  bool is_gap = false;
  while (left > 0) {
    uint32_t c = ' ';
    const size_t step = code_point(at, left, &c);
    at += step > 0 ? step : 1;
    left -= step > 0 ? step : 1;
    if (c >= 0x300 && c < 0x370) /* combining marks belong to the letter before them */
      continue;
    const char *form = plain(c);
    c = without_tonos(lower(c));
    const bool is_ascii = c < 0x80;
    const bool is_letter = form[0] != '\0' || (is_ascii ? (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') : !is_sign(c));
    if (!is_letter) {
      is_gap = to.wanted > 0;
      continue;
    }
    if (is_gap)
      put(&to, " ", 1);
    is_gap = false;
    if (form[0] != '\0')
      put(&to, form, strlen(form));
    else if (is_ascii)
      put(&to, &(char){(char)c}, 1);
    else
      put_code_point(&to, c);
  }
  if (to.wanted < to.size)
    out[to.wanted] = '\0';
  return to.wanted;
}

/* Lower-case code points of `text` into out[most]; how many. A byte that is not UTF-8 counts as a code point of its own. */
static int32_t
code_points(const char *text, uint32_t *out, int32_t most)
{
  const unsigned char *at = (const unsigned char *)text;
  size_t left = strlen(text);
  int32_t n = 0;
  while (left > 0 && n < most) {
    uint32_t c = 0x110000u + at[0];
    const size_t step = code_point(at, left, &c);
    at += step > 0 ? step : 1;
    left -= step > 0 ? step : 1;
    out[n++] = lower(c);
  }
  return n;
}

/* True Damerau-Levenshtein distance (a transposed pair may be edited between) in linear space.
 *
 * in      a [n], b [m]    code points
 *         row [3 (m + 2) + m + 1]    scratch
 * cost    O(n m)
 * source  Zhao & Sahni (2019), String correction using the Damerau-Levenshtein distance, BMC Bioinformatics 20 */
static int32_t
distance(const uint32_t *a, int32_t n, const uint32_t *b, int32_t m, int32_t *row)
{
  const int32_t most = n + m + 1;
  int32_t *before = row + 1, *now = row + (m + 2) + 1, *from = row + 2 * (m + 2) + 1;
  int32_t *last_row = row + 3 * (m + 2); /* [m + 1] last row whose letter is b[j - 1] */
  for (int32_t j = -1; j <= m; j++) {
    before[j] = most;
    from[j] = most;
    now[j] = j < 0 ? most : j;
    if (j >= 0)
      last_row[j] = -1;
  }
  for (int32_t i = 1; i <= n; i++) {
    int32_t *swap = before;
    before = now;
    now = swap;
    int32_t last_column = -1, diagonal = now[0], transposed = most;
    now[0] = i;
    for (int32_t j = 1; j <= m; j++) {
      int32_t best = before[j - 1] + (a[i - 1] != b[j - 1]);
      if (now[j - 1] + 1 < best)
        best = now[j - 1] + 1;
      if (before[j] + 1 < best)
        best = before[j] + 1;
      if (a[i - 1] == b[j - 1]) {
        last_column = j;
        from[j] = before[j - 2];
        transposed = diagonal;
        last_row[j] = i;
      } else if (last_column == j - 1 && last_row[j] > 0) {
        const int32_t swapped = from[j] + (i - last_row[j]);
        best = swapped < best ? swapped : best;
      } else if (last_row[j] == i - 1 && last_column > 0) {
        const int32_t swapped = transposed + (j - last_column);
        best = swapped < best ? swapped : best;
      }
      diagonal = now[j];
      now[j] = best;
    }
  }
  return now[m];
}

int32_t
kn_text_distance(const char *a, const char *b, int32_t limit)
{
  enum { SHORT = 128 };
  uint32_t short_points[2 * SHORT];
  int32_t short_rows[4 * (SHORT + 2)] = {0};
  uint32_t *points = short_points, *more_points = NULL;
  int32_t *rows = short_rows, *more_rows = NULL;
  const size_t length_a = strlen(a), length_b = strlen(b);
  if (limit < 0)
    limit = 0;
  if (length_a > SHORT || length_b > SHORT) {
    /* Texts this long are not names; without memory they count as different. */
    if (length_a > INT32_MAX / 8 || length_b > INT32_MAX / 8)
      return limit + 1;
    more_points = malloc((length_a + length_b) * sizeof *more_points);
    more_rows = malloc(4 * (length_b + 2) * sizeof *more_rows);
    points = more_points;
    rows = more_rows;
  }
  int32_t found = limit + 1;
  if (points != NULL && rows != NULL) {
    int32_t n = code_points(a, points, (int32_t)length_a);
    uint32_t *left = points, *right = points + n;
    int32_t m = code_points(b, right, (int32_t)length_b);
    while (n > 0 && m > 0 && left[0] == right[0])
      left++, right++, n--, m--;
    while (n > 0 && m > 0 && left[n - 1] == right[m - 1])
      n--, m--;
    if (n == 0 || m == 0)
      found = n + m;
    else if (n - m <= limit && m - n <= limit)
      found = distance(left, n, right, m, rows);
  }
  free(more_points);
  free(more_rows);
  return found <= limit ? found : limit + 1;
}
