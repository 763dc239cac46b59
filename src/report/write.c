/* report/write.c - text to the page: escaping, words with places to fill, pieces of markup. */
#include "report/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put(page *p, const char *text, size_t length)
{
  if (p->code != KN_OK || length == 0)
    return;
  p->code = KN_GROW(p->text, p->capacity, p->length + (int64_t)length + 1, p->err);
  if (p->code != KN_OK)
    return;
  memcpy(p->text + p->length, text, length);
  p->length += (int64_t)length;
  p->text[p->length] = '\0';
}

/* Length of the well-formed character at `s`, 0 when there is none that HTML and XML both allow. */
static size_t
character(const unsigned char *s)
{
  if (s[0] < 0x80)
    return s[0] >= 0x20 ? s[0] != 0x7f : s[0] == '\t' || s[0] == '\n' || s[0] == '\r';
  const size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
  if (s[0] < 0xc2 || s[0] > 0xf4)
    return 0;
  for (size_t i = 1; i < length; i++)
    if ((s[i] & 0xc0) != 0x80)
      return 0;
  const uint32_t code = length == 2   ? (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu)
                        : length == 3 ? (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu)
                                      : (s[0] & 0x07u) << 18 | (s[1] & 0x3fu) << 12 | (s[2] & 0x3fu) << 6 | (s[3] & 0x3fu);
  const bool is_short = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool is_control = code < 0xa0;
  const bool is_none = (code >= 0xd800 && code <= 0xdfff) || (code & 0xfffe) == 0xfffe || code > 0x10ffff;
  return is_short || is_control || is_none ? 0 : length;
}

/* Text of others: every character that means something in markup is escaped, what no page may hold becomes U+FFFD. */
static void
put_escaped(page *p, const char *text)
{
  if (!text)
    return;
  const unsigned char *s = (const unsigned char *)text;
  while (*s) {
    const size_t length = character(s);
    switch (*s) {
    case '&':
      put(p, "&amp;", 5);
      break;
    case '<':
      put(p, "&lt;", 4);
      break;
    case '>':
      put(p, "&gt;", 4);
      break;
    case '"':
      put(p, "&quot;", 6);
      break;
    case '\'':
      put(p, "&#39;", 5);
      break;
    default:
      if (length > 0)
        put(p, (const char *)s, length);
      else
        put(p, "\xef\xbf\xbd", 3);
    }
    s += length > 0 ? length : 1;
  }
}

/* Two decimals at most; the digits are taken apart by hand since printf follows the locale. */
static void
put_coordinate(page *p, double value)
{
  if (!isfinite(value))
    value = 0;
  const double most = 1e12;
  const int64_t cents = llround(fmax(-most, fmin(most, value)) * 100);
  const int64_t whole = llabs(cents) / 100, part = llabs(cents) % 100;
  char text[40];
  int length = snprintf(text, sizeof text, "%s%" PRId64, cents < 0 ? "-" : "", whole);
  if (part > 0)
    length += snprintf(text + length, sizeof text - (size_t)length, part % 10 ? ".%02" PRId64 : ".%" PRId64,
                       part % 10 ? part : part / 10);
  put(p, text, (size_t)length);
}

static void
emit_list(page *p, const char *format, va_list *list)
{
  for (const char *at = format; *at;) {
    const size_t run = strcspn(at, "%");
    put(p, at, run);
    at += run;
    if (!*at)
      return;
    const char kind = at[1];
    at += kind ? 2 : 1;
    char number[32];
    const char *text;
    switch (kind) {
    case 's':
      text = va_arg(*list, const char *);
      if (text)
        put(p, text, strlen(text));
      break;
    case 't':
      put_escaped(p, va_arg(*list, const char *));
      break;
    case 'm':
      put_escaped(p, word_text(p->tongue, va_arg(*list, int)));
      break;
    case 'i':
      put(p, number, (size_t)snprintf(number, sizeof number, "%d", va_arg(*list, int)));
      break;
    case 'l':
      put(p, number, (size_t)snprintf(number, sizeof number, "%" PRId64, va_arg(*list, int64_t)));
      break;
    case 'g':
      put_coordinate(p, va_arg(*list, double));
      break;
    default:
      put(p, "%", 1);
    }
  }
}

void
emit(page *p, const char *format, ...)
{
  va_list list;
  va_start(list, format);
  emit_list(p, format, &list);
  va_end(list);
}

void *
page_take(page *p, int64_t count, size_t size)
{
  if (p->code != KN_OK)
    return NULL;
  const size_t items = (size_t)(count > 0 ? count : 1);
  p->code = kn_arena_reserve(p->scratch, items * size + 16, p->err);
  return p->code == KN_OK ? kn_arena_take(p->scratch, items, size) : NULL;
}

/* What was written since `start` leaves the page and becomes a piece of its own. */
static const char *
taken_back(page *p, int64_t start)
{
  char *piece = PAGE_TAKE(p, char, p->length - start + 1);
  if (!piece)
    return "";
  if (p->length > start)
    memcpy(piece, p->text + start, (size_t)(p->length - start));
  piece[p->length - start] = '\0';
  p->length = start;
  return piece;
}

const char *
made(page *p, const char *format, ...)
{
  const int64_t start = p->length;
  va_list list;
  va_start(list, format);
  emit_list(p, format, &list);
  va_end(list);
  return taken_back(p, start);
}

/* Fills {1} to {9} from as many arguments as the highest number says. */
static void
say_list(page *p, int id, va_list *list)
{
  const char *text = word_text(p->tongue, id);
  const char *piece[9] = {0};
  int count = 0;
  for (const char *at = text; (at = strchr(at, '{')) != NULL; at++)
    if (at[1] >= '1' && at[1] <= '9' && at[2] == '}' && at[1] - '0' > count)
      count = at[1] - '0';
  for (int i = 0; i < count; i++)
    piece[i] = va_arg(*list, const char *);
  while (*text) {
    if (text[0] == '{' && text[1] >= '1' && text[1] <= '9' && text[2] == '}') {
      const char *fill = piece[text[1] - '1'];
      if (fill)
        put(p, fill, strlen(fill));
      text += 3;
      continue;
    }
    const size_t run = strcspn(text + 1, "{") + 1;
    put(p, text, run); /* messages are ours and hold only markup that we mean */
    text += run;
  }
}

void
say(page *p, int id, ...)
{
  va_list list;
  va_start(list, id);
  say_list(p, id, &list);
  va_end(list);
}

const char *
said(page *p, int id, ...)
{
  const int64_t start = p->length;
  va_list list;
  va_start(list, id);
  say_list(p, id, &list);
  va_end(list);
  return taken_back(p, start);
}
