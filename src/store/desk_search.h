/* What gathering words and asking for them share. */
#ifndef KN_STORE_DESK_SEARCH_H
#define KN_STORE_DESK_SEARCH_H

#include "store/desk_internal.h"

/* How many kn_search_kinds[] names, and the bytes of the shortest tail that is kept. */
enum { KN_SEARCH_KINDS = 12, KN_SEARCH_TAIL = 4 };

int32_t kn_search_find_kind(const char *table); /* KN_NONE: nothing to search in */
/* The words of a text as the index has them, one blank between. */
kn_code kn_search_fold(kn_arena *arena, const char *text, const char **out, kn_error *err);
/* Calls for each tail of a word that is long enough to be a compound. */
typedef kn_code (*kn_search_tail_visit)(void *arg, const char *tail, kn_error *err);
kn_code kn_search_tails(const char *word, kn_search_tail_visit visit, void *arg, kn_error *err);

#endif
