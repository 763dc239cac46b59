/* What words in the room may mean, and how alike a have and a want are. */
#ifndef KN_TASKS_ROOM_H
#define KN_TASKS_ROOM_H

#include "knoop/base.h"

/* Keeps the reference of streams and words in memory; may be used by many threads (one at a time inside). */
typedef struct kn_room_words kn_room_words;
kn_code kn_room_words_new(kn_room_words **out, kn_error *err);
void kn_room_words_free(kn_room_words *words); /* NULL is fine */
/* The kinds of streams that a text may be about, as JSON for room_entry.meaning, free()d by the caller: "[]" where no word is known. A
 * few milliseconds. */
kn_code kn_room_meaning(kn_room_words *words, const char *text, char **out, kn_error *err);
/* 0 to 1: the better of
 *   by meaning  the largest over shared kinds of the smaller of both likenesses
 *   by words    1 for an equal word of at least four letters, 0.85 for one that ends in the other, as Dutch compounds do (houtzaagsel,
 * zaagsel), 0.8 within one slip
 * O(words x words). */
double kn_room_alike(const char *text_a, const char *meaning_a, const char *text_b, const char *meaning_b);
/* From here on a have and a want are shown as a match. */
#define KN_ROOM_ALIKE 0.55

#endif
