/* What the core says in English, said in the language of who reads.
 *
 * The core makes whole sentences with figures and names in them; which sentence it was is found again by holding it against the
 * catalogues, which gives what stood in its places as well. So one place translates findings of the check, findings that were kept in
 * the file, errors that came from the writing thread and the rules of tables, and nobody between here and there needs to know. */
#ifndef KN_PORTAL_WORDS_H
#define KN_PORTAL_WORDS_H

#include "knoop/base.h"

typedef struct kn_said {
  const char *id, *text; /* formats of printf */
} kn_said;
extern const kn_said kn_words_nl[]; /* made from po/nl.po and po/desk/nl.po */
extern const int32_t kn_words_nl_count;

enum { KN_SAID_MOST = 8 }; /* places of a sentence */
typedef struct kn_sentence {
  const char *id; /* the format of the core; NULL: none that is known */
  int32_t count;
  const char *parameter[KN_SAID_MOST]; /* [count] what stands in its places, as text */
} kn_sentence;
/* Which sentence it is. O(catalogue + length^2). Into arena. */
kn_code kn_sentence_of(kn_sentence *out, kn_arena *arena, const char *english, kn_error *err);
/* That sentence (id is not NULL) in this language, with these parameters. Into arena. */
kn_code kn_sentence_say(const char **out, kn_arena *arena, const char *language, const kn_sentence *sentence, kn_error *err);
/* In this language ("nl", "en"); as it is where there is no such sentence. NULL stays NULL. Into arena, or `english` itself. */
kn_code kn_say(const char **out, kn_arena *arena, const char *language, const char *english, kn_error *err);

#endif
