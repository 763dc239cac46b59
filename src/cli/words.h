/* Words that users see: English in the code, translated where they are shown. */
#ifndef KN_CLI_WORDS_H
#define KN_CLI_WORDS_H

#include <libintl.h>

/* The text in the user's language. An empty msgid would be the head of the catalogue; it is an empty text. */
static inline const char *kn_word(const char *text) __attribute__((format_arg(1), returns_nonnull, nonnull));
static inline const char *
kn_word(const char *text)
{
  const char *word = text[0] == '\0' ? text : gettext(text);
  return word != NULL ? word : text;
}

#define _(text) kn_word(text)
#define N_(text) text

#endif
