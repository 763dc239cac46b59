/* Words and their likeness. */
#include "match/words.h"

#include <stdlib.h>
#include <string.h>

static const double least_dice = 0.6, same_stem = 0.95, stem_alone = 0.9;
enum { SHORT_WORD = 4, SLIP_LENGTH = 5, TWO_SLIPS_LENGTH = 8, SHORT_STEM = 3 };
/* Heads of compounds that say no more than that it is left over: zeepresten are about soap, and no slip of leerresten. */
static const char *const empty_heads[] = {"restanten", "overschotten", "overschot", "restjes", "resten",
                                          "rest",      "residu",       "afval",     "waste"};

/* Letters and groups of three letters of a word as bits, to rule out most pairs at once. */
typedef struct shape {
  const char *word;
  const struct shape *stem; /* without an empty head; NULL: it has none */
  int32_t length;
  uint32_t letters;
  uint64_t threes; /* a bit for each group, several may share one */
  double weakness;
} shape;

struct kn_terms {
  kn_arena *arena;
  kn_keymap *map, *weak_map;
  int64_t n, room, weak_n, weak_room;
  shape *shape;
  double *weak; /* by number in weak_map */
};

kn_code
kn_terms_new(kn_terms **out, kn_error *err)
{
  *out = NULL;
  kn_terms *terms = calloc(1, sizeof *terms);
  if (!terms)
    return kn_fail(err, KN_E_LIMIT, "no memory for words");
  terms->arena = kn_arena_new();
  kn_code code = kn_keymap_new(&terms->map, 4096, err);
  if (code == KN_OK)
    code = kn_keymap_new(&terms->weak_map, 256, err);
  if (code != KN_OK) {
    kn_terms_free(terms);
    return code;
  }
  *out = terms;
  return KN_OK;
}

void
kn_terms_free(kn_terms *terms)
{
  if (!terms)
    return;
  kn_keymap_free(terms->map);
  kn_keymap_free(terms->weak_map);
  free(terms->shape);
  free(terms->weak);
  kn_arena_free(terms->arena);
  free(terms);
}

int32_t
kn_terms_count(const kn_terms *terms)
{
  return (int32_t)terms->n;
}

const char *
kn_terms_word(const kn_terms *terms, int32_t term)
{
  return terms->shape[term].word;
}

double
kn_terms_weakness(const kn_terms *terms, int32_t term)
{
  return terms->shape[term].weakness;
}

/* ------------------------------------------------------------------ words of a text */
/* Cuts a plain English plural; a Dutch one in -en stays, since likeness bridges it. */
static void
cut_plural(char *word)
{
  const size_t n = strlen(word);
  if (n > 4 && strcmp(word + n - 3, "ies") == 0) {
    memcpy(word + n - 3, "y", 2);
  } else if (n > 4 && strcmp(word + n - 4, "sses") == 0) {
    word[n - 2] = '\0';
  } else if (n > 3 && word[n - 1] == 's' && word[n - 2] != 's' && word[n - 2] != 'u') {
    word[n - 1] = '\0';
  }
}

static bool
is_number(const char *word)
{
  return word[strspn(word, "0123456789")] == '\0';
}

static shape
shape_of(const char *word, size_t length)
{
  shape s = {.word = word, .length = (int32_t)length, .weakness = 1};
  for (int32_t i = 0; i < s.length; i++) {
    const uint32_t before = i == 0 ? ' ' : (unsigned char)word[i - 1],
                   after = i + 1 == s.length ? ' ' : (unsigned char)word[i + 1];
    s.letters |= 1U << ((unsigned char)word[i] & 31);
    s.threes |= (uint64_t)1 << ((before * 961 + (unsigned char)word[i] * 31 + after) * 2654435761U >> 26);
  }
  return s;
}

static kn_code
find_stem(kn_terms *terms, shape *of, kn_error *err)
{
  for (size_t i = 0; i < sizeof empty_heads / sizeof *empty_heads; i++) {
    const int32_t stem = of->length - (int32_t)strlen(empty_heads[i]);
    if (stem < SHORT_STEM || strcmp(of->word + stem, empty_heads[i]) != 0)
      continue;
    const char *word;
    shape *kept;
    KN_TRY(kn_text_copy(&word, terms->arena, of->word, (size_t)stem, err));
    KN_NEW(kept, terms->arena, 1, err);
    *kept = shape_of(word, (size_t)stem);
    of->stem = kept;
    return KN_OK;
  }
  return KN_OK;
}

static kn_code
number_of(kn_terms *terms, const char *word, int32_t *term, kn_error *err)
{
  *term = kn_keymap_find(terms->map, word);
  if (*term >= 0)
    return KN_OK;
  if (terms->n == INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "more than %d different words", INT32_MAX);
  const char *kept;
  int32_t known;
  KN_TRY(kn_text_copy(&kept, terms->arena, word, strlen(word), err));
  KN_TRY(KN_GROW(terms->shape, terms->room, terms->n + 1, err));
  KN_TRY(kn_keymap_put(terms->map, kept, (int32_t)terms->n, &known, err));
  const int32_t weak = kn_keymap_find(terms->weak_map, word);
  shape s = shape_of(kept, strlen(kept));
  s.weakness = weak >= 0 ? terms->weak[weak] : 1;
  KN_TRY(find_stem(terms, &s, err));
  *term = (int32_t)terms->n;
  terms->shape[terms->n++] = s;
  return KN_OK;
}

kn_code
kn_terms_weaken(kn_terms *terms, const char *word, double weight, kn_error *err)
{
  const char *kept;
  int32_t known;
  KN_TRY(kn_text_copy(&kept, terms->arena, word, strlen(word), err));
  KN_TRY(KN_GROW(terms->weak, terms->weak_room, terms->weak_n + 1, err));
  KN_TRY(kn_keymap_put(terms->weak_map, kept, (int32_t)terms->weak_n, &known, err));
  if (known < 0)
    terms->weak[terms->weak_n++] = weight;
  return KN_OK;
}

kn_code
kn_terms_read(kn_terms *terms, kn_arena *arena, const char *text, kn_phrase *out, kn_error *err)
{
  *out = (kn_phrase){0};
  const size_t wanted = kn_text_fold(NULL, 0, text);
  char *folded;
  int32_t *term;
  KN_NEW(folded, arena, wanted + 1, err);
  kn_text_fold(folded, wanted + 1, text);
  int32_t words = 1;
  for (const char *c = folded; *c != '\0'; c++)
    words += *c == ' ';
  KN_NEW(term, arena, words, err);
  for (char *word = folded, *next; word != NULL && *word != '\0'; word = next) {
    next = strchr(word, ' ');
    if (next != NULL)
      *next++ = '\0';
    /* Weak words are known as they are written; a number alone says nothing. */
    const int32_t weak = kn_keymap_find(terms->weak_map, word);
    if (is_number(word) || (weak >= 0 && terms->weak[weak] == 0))
      continue;
    if (weak < 0)
      cut_plural(word);
    int32_t number;
    KN_TRY(number_of(terms, word, &number, err));
    bool is_there = terms->shape[number].weakness == 0;
    for (int32_t i = 0; i < out->n; i++)
      is_there |= term[i] == number;
    if (!is_there)
      term[out->n++] = number;
  }
  out->term = term;
  return KN_OK;
}

int32_t
kn_terms_joined(const kn_terms *terms, int32_t first, int32_t second)
{
  const shape *a = &terms->shape[first], *b = &terms->shape[second];
  char word[64];
  if ((size_t)a->length + (size_t)b->length >= sizeof word)
    return KN_NONE; /* no word of a reference table is that long */
  memcpy(word, a->word, (size_t)a->length);
  memcpy(word + a->length, b->word, (size_t)b->length + 1);
  return kn_keymap_find(terms->map, word);
}

/* ------------------------------------------------------------------ likeness */
/* The group of three letters that begins at i of " word ". */
static bool
is_same_three(const shape *a, int32_t i, const shape *b, int32_t j)
{
  for (int32_t k = 0; k < 3; k++) {
    const int32_t x = i + k - 1, y = j + k - 1;
    const char c = x < 0 || x >= a->length ? ' ' : a->word[x], d = y < 0 || y >= b->length ? ' ' : b->word[y];
    if (c != d)
      return false;
  }
  return true;
}

/* Dice's coefficient of the groups of three letters of " word ": 2 common / (all of both). Source: Adamson & Boreham (1974), The
 * use of an association measure based on character structure, Information Storage and Retrieval 10. */
static double
dice(const shape *a, const shape *b)
{
  int32_t common = 0;
  uint64_t used = 0; /* of b; words beyond 64 letters have none in common there */
  for (int32_t i = 0; i < a->length; i++)
    for (int32_t j = 0; j < b->length && j < 64; j++)
      if ((used >> j & 1) == 0 && is_same_three(a, i, b, j)) {
        used |= (uint64_t)1 << j;
        common++;
        break;
      }
  return 2.0 * common / (a->length + b->length);
}

static bool
begins(const shape *a, const shape *b)
{
  return a->length > b->length && memcmp(a->word, b->word, (size_t)b->length) == 0;
}

static bool
ends(const shape *a, const shape *b)
{
  return a->length > b->length && memcmp(a->word + a->length - b->length, b->word, (size_t)b->length) == 0;
}

static double
slips(const shape *a, const shape *b)
{
  const int32_t shorter = a->length < b->length ? a->length : b->length, longer = a->length + b->length - shorter;
  const int32_t limit = shorter >= TWO_SLIPS_LENGTH ? 2 : 1;
  /* A slip changes at most two kinds of letters. */
  if (longer - shorter > limit || __builtin_popcount(a->letters ^ b->letters) > 2 * limit)
    return 0;
  const int32_t distance = kn_text_distance(a->word, b->word, limit);
  return distance > limit ? 0 : distance == 1 ? 0.85 : 0.75;
}

int32_t
kn_terms_head(const kn_terms *terms, int32_t asked, int32_t known)
{
  const shape *a = &terms->shape[asked], *b = &terms->shape[known];
  if (a->stem != NULL) {
    a = a->stem;
    b = b->stem != NULL ? b->stem : b;
  }
  return b->length >= SHORT_WORD && ends(a, b) ? b->length : 0;
}

static double
alike(const shape *a, const shape *b)
{
  double best = 0;
  if (b->length >= SHORT_WORD && ends(a, b))
    return 0.85;
  if (b->length >= SHORT_WORD && begins(a, b))
    best = 0.6;
  else if (a->length >= SHORT_WORD && ends(b, a))
    best = 0.7;
  if (a->length < SLIP_LENGTH || b->length < SLIP_LENGTH)
    return best;
  best = fmax(best, slips(a, b));
  /* Groups whose bit the other word lacks are none of its groups, which bounds how many are in common. */
  const int32_t most = a->length - __builtin_popcountll(a->threes & ~b->threes);
  if (best < 0.85 && 2.0 * most >= least_dice * (a->length + b->length)) {
    const double share = dice(a, b);
    best = share >= least_dice ? fmax(best, 0.9 * share) : best;
  }
  return best;
}

double
kn_terms_alike(const kn_terms *terms, int32_t asked, int32_t known)
{
  if (asked == known)
    return 1;
  const shape *a = &terms->shape[asked], *b = &terms->shape[known];
  if (a->stem == NULL && b->stem == NULL)
    return alike(a, b);
  const shape *x = a->stem != NULL ? a->stem : a, *y = b->stem != NULL ? b->stem : b;
  const bool is_same = x->length == y->length && memcmp(x->word, y->word, (size_t)x->length) == 0;
  if (a->stem != NULL && b->stem != NULL)
    return is_same ? same_stem : same_stem * alike(x, y);
  return stem_alone * (is_same ? 1 : alike(x, y));
}
