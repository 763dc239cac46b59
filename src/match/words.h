/* Words of short texts in Dutch and English, and how alike two of them are.
 *
 * A text becomes words: folded (lower case, no accents), without stop words and plain plurals. Two words are alike when they are
 * the same, when one is the other with something before or behind it (compounds: houtzaagsel, zaagsel), or when few letters
 * differ (slips). All of it is deterministic and needs no index on disk. */
#ifndef KN_MATCH_WORDS_H
#define KN_MATCH_WORDS_H

#include "knoop/base.h"

typedef struct kn_phrase {
  int32_t n;
  const int32_t *term; /* [n] numbers of terms */
} kn_phrase;

/* All words that are known, each with its number. */
typedef struct kn_terms kn_terms;
kn_code kn_terms_new(kn_terms **out, kn_error *err);
void kn_terms_free(kn_terms *terms); /* NULL is fine */
/* How much a word says, whatever its frequency: 0 drops it from every text. Before texts are read. */
kn_code kn_terms_weaken(kn_terms *terms, const char *word, double weight, kn_error *err);
/* The words of a text as terms, each once; new ones get a number. */
kn_code kn_terms_read(kn_terms *terms, kn_arena *arena, const char *text, kn_phrase *out, kn_error *err);
int32_t kn_terms_count(const kn_terms *terms);
const char *kn_terms_word(const kn_terms *terms, int32_t term);
double kn_terms_weakness(const kn_terms *terms, int32_t term); /* 1 where nobody said otherwise */
/* The term of two words written as one, KN_NONE: there is none. */
int32_t kn_terms_joined(const kn_terms *terms, int32_t first, int32_t second);
/* 0 to 1: how far an asked word means a known one. 1 the same; 0.85 the known one is the head of a compound (it ends so); 0.6 it
 * begins so; 0.7 the known one ends in the asked one; 0.85 and 0.75 one and two slips; up to 0.9 many groups of three letters in
 * common
 * (Dice). O(length^2), and mostly O(1). */
double kn_terms_alike(const kn_terms *terms, int32_t asked, int32_t known);
/* Letters of the known word where the asked one is a compound that ends in it, else 0. Of several the longest is the head: folie
 * ends in olie, and is none. */
int32_t kn_terms_head(const kn_terms *terms, int32_t asked, int32_t known);

#endif
