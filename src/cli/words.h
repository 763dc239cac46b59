/* Words that users see: English in the code, translated where they are shown. */
#ifndef KN_CLI_WORDS_H
#define KN_CLI_WORDS_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text

#endif
