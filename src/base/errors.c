/* Codes, and the chain of sentences that says what went wrong. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "knoop/base.h"

int
kn_code_exit(kn_code code)
{
  switch (code) {
#define X(name, exit_status, text)                                                                                               \
  case name:                                                                                                                     \
    return exit_status;
    KN_CODES(X)
#undef X
  }
  return 5;
}

const char *
kn_code_text(kn_code code)
{
  switch (code) {
#define X(name, exit_status, text)                                                                                               \
  case name:                                                                                                                     \
    return text;
    KN_CODES(X)
#undef X
  }
  return "unknown code";
}

/* Ends the text in "..." at the last place where a code point may end, so that a cut chain stays UTF-8. */
static void
cut(kn_error *err)
{
  size_t end = sizeof err->text - sizeof "...";
  while (end > 0 && ((unsigned char)err->text[end] & 0xC0) == 0x80)
    end--;
  memcpy(err->text + end, "...", sizeof "...");
  err->is_cut = true;
}

/* Writes a sentence from `start` on. A sentence is one line: a line break inside a value becomes a blank. */
static void __attribute__((format(printf, 3, 0))) write_sentence(kn_error *err, size_t start, const char *format, va_list args)
{
  const size_t room = sizeof err->text - start;
  const int wanted = vsnprintf(err->text + start, room, format, args);
  if (wanted < 0) {
    err->text[start] = '\0';
    return;
  }
  if ((size_t)wanted >= room)
    cut(err);
  for (char *c = err->text + start; *c != '\0'; c++)
    if (*c == '\n' || *c == '\r')
      *c = ' ';
}

kn_code
kn_fail(kn_error *err, kn_code code, const char *format, ...)
{
  if (err == NULL)
    return code;
  err->code = code;
  err->is_cut = false;
  va_list args;
  va_start(args, format);
  write_sentence(err, 0, format, args);
  va_end(args);
  return code;
}

kn_code
kn_note(kn_error *err, const char *format, ...)
{
  if (err == NULL)
    return KN_E_NUMERIC;
  const size_t length = strlen(err->text);
  if (err->is_cut)
    return err->code;
  if (length + 2 > sizeof err->text) {
    cut(err);
    return err->code;
  }
  size_t start = length;
  if (length > 0)
    err->text[start++] = '\n';
  va_list args;
  va_start(args, format);
  write_sentence(err, start, format, args);
  va_end(args);
  return err->code;
}

const char *
kn_version(void)
{
  return KN_VERSION;
}
