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

/* Settles a sentence that vsnprintf wrote from `start` on and that wanted so many bytes. A sentence is one line: a line
 * break inside a value becomes a blank. */
static void
end_sentence(kn_error *err, size_t start, int wanted)
{
  if (wanted < 0)
    err->text[start] = '\0';
  else if ((size_t)wanted >= sizeof err->text - start)
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
  const int wanted = vsnprintf(err->text, sizeof err->text, format, args);
  va_end(args);
  end_sentence(err, 0, wanted);
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
  const int wanted = vsnprintf(err->text + start, sizeof err->text - start, format, args);
  va_end(args);
  end_sentence(err, start, wanted);
  return err->code;
}

const char *
kn_version(void)
{
  return KN_VERSION;
}
