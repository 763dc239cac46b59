/* What words in the room may mean. The reference that travels with the program knows streams by their words, Dutch and English; here its
 * finds for one text are kept as {id of the List of Waste: how alike}, so that comparing two entries needs no search. */
#include "tasks/room.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "knoop/match.h"

enum { KINDS_MOST = 12, TOKENS_MOST = 24, TOKEN_SIZE = 48, LETTERS_LEAST = 4 };
static const double least_alike = 0.5, near_best = 0.75;

struct kn_room_words {
  kn_knowledge *knowledge;
  pthread_mutex_t lock; /* the knowledge learns words */
};

kn_code
kn_room_words_new(kn_room_words **out, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  if (*out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  pthread_mutex_init(&(*out)->lock, NULL);
  const kn_code code = kn_knowledge_new(&(*out)->knowledge, err);
  if (code == KN_OK)
    return KN_OK;
  kn_room_words_free(*out);
  *out = NULL;
  return code;
}

void
kn_room_words_free(kn_room_words *words)
{
  if (words == NULL)
    return;
  kn_knowledge_free(words->knowledge);
  pthread_mutex_destroy(&words->lock);
  free(words);
}

/* ---------------------------------------------------------------- words */
static int32_t
read_tokens(const char *text, char tokens[TOKENS_MOST][TOKEN_SIZE])
{
  static const char *const idle[] = {"voor",  "naar", "with", "from", "that",  "this",  "deze",   "onze",
                                     "mijn",  "have", "want", "need", "zoek",  "nodig", "hebben", "heeft",
                                     "graag", "some", "eens", "week", "twee",  "drie",  "vier",   "vijf",
                                     "three", "four", "five", "paar", "maand", "month", "year",   "jaar"};
  char folded[1024];
  kn_text_fold(folded, sizeof folded, text);
  int32_t count = 0;
  for (const char *at = folded; *at != '\0' && count < TOKENS_MOST;) {
    const size_t length = strcspn(at, " ");
    bool says = length >= LETTERS_LEAST && length < TOKEN_SIZE && !(at[0] >= '0' && at[0] <= '9');
    for (size_t i = 0; says && i < sizeof idle / sizeof *idle; i++)
      says = strlen(idle[i]) != length || strncmp(at, idle[i], length) != 0;
    if (says) {
      memcpy(tokens[count], at, length);
      tokens[count++][length] = '\0';
    }
    at += length;
    at += *at == ' ';
  }
  return count;
}

/* ---------------------------------------------------------------- meaning */
typedef struct kind {
  char id[16];
  double alike;
} kind;
typedef struct kinds {
  kind kind[4 * KINDS_MOST];
  int32_t n;
} kinds;

static void
add_kind(kinds *out, const char *id, double alike)
{
  for (int32_t i = 0; i < out->n; i++)
    if (strcmp(out->kind[i].id, id) == 0) {
      out->kind[i].alike = fmax(out->kind[i].alike, alike);
      return;
    }
  if (out->n == (int32_t)(sizeof out->kind / sizeof *out->kind) || strlen(id) >= sizeof out->kind->id)
    return;
  snprintf(out->kind[out->n].id, sizeof out->kind->id, "%s", id);
  out->kind[out->n++].alike = alike;
}

/* What one text finds. Words that say nothing ("and", "123") find nothing: that is an answer. */
static kn_code
find_kinds(kn_room_words *words, const char *text, double trust, kinds *out, kn_error *err)
{
  kn_found *found = NULL;
  int64_t count = 0;
  kn_error unsaid = {0};
  const kn_code code = kn_search(&found, &count, words->knowledge, NULL, text, &unsaid);
  double best = 0;
  int32_t taken = 0;
  for (int64_t i = 0; code == KN_OK && i < count && taken < KINDS_MOST; i++) {
    if (found[i].in != KN_FOUND_LOW)
      continue;
    best = fmax(best, found[i].alike);
    if (found[i].alike < least_alike || found[i].alike < near_best * best)
      break;
    add_kind(out, kn_found_id(words->knowledge, NULL, &found[i]), trust * found[i].alike);
    taken++;
  }
  free(found);
  return code == KN_OK || code == KN_E_USAGE ? KN_OK : kn_fail(err, code, "%s", unsaid.text);
}

/* The words that say something, together; where that finds nothing, the three longest by themselves. */
static kn_code
find_all_kinds(kn_room_words *words, const char *text, kinds *out, kn_error *err)
{
  char tokens[TOKENS_MOST][TOKEN_SIZE], joined[TOKENS_MOST * TOKEN_SIZE] = "";
  const int32_t n = read_tokens(text, tokens);
  for (int32_t i = 0; i < n; i++) {
    strcat(joined, tokens[i]);
    strcat(joined, " ");
  }
  KN_TRY(find_kinds(words, n > 0 ? joined : text, 1, out, err));
  for (int32_t round = 0; round < 3 && out->n == 0 && n > 1; round++) {
    int32_t longest = 0;
    for (int32_t i = 1; i < n; i++)
      if (strlen(tokens[i]) > strlen(tokens[longest]))
        longest = i;
    KN_TRY(find_kinds(words, tokens[longest], 0.95, out, err));
    tokens[longest][0] = '\0';
  }
  return KN_OK;
}

kn_code
kn_room_meaning(kn_room_words *words, const char *text, char **out, kn_error *err)
{
  *out = NULL;
  kinds found = {.n = 0};
  pthread_mutex_lock(&words->lock);
  const kn_code code = find_all_kinds(words, text, &found, err);
  pthread_mutex_unlock(&words->lock);
  KN_TRY(code);
  json_t *list = json_array();
  for (int32_t i = 0; i < found.n; i++)
    json_array_append_new(list, json_pack("{s:s, s:s, s:f}", "in", kn_found_in_name(KN_FOUND_LOW), "id", found.kind[i].id,
                                          "alike", found.kind[i].alike));
  *out = json_dumps(list, JSON_COMPACT | JSON_REAL_PRECISION(3));
  json_decref(list);
  return *out != NULL ? KN_OK : kn_fail(err, KN_E_LIMIT, "out of memory");
}

/* ---------------------------------------------------------------- comparing */
static bool
ends_in(const char *whole, const char *end)
{
  const size_t length = strlen(whole), tail = strlen(end);
  return length > tail && strcmp(whole + length - tail, end) == 0;
}

static double
alike_words(const char *a, const char *b)
{
  char one[TOKENS_MOST][TOKEN_SIZE], two[TOKENS_MOST][TOKEN_SIZE];
  const int32_t n = read_tokens(a, one), m = read_tokens(b, two);
  double best = 0;
  for (int32_t i = 0; i < n; i++)
    for (int32_t j = 0; j < m; j++) {
      const bool is_long = strlen(one[i]) > 5 && strlen(two[j]) > 5;
      const double here = strcmp(one[i], two[j]) == 0                           ? 1
                          : ends_in(one[i], two[j]) || ends_in(two[j], one[i])  ? 0.85
                          : is_long && kn_text_distance(one[i], two[j], 1) <= 1 ? 0.8
                                                                                : 0;
      best = here > best ? here : best;
    }
  return best;
}

static double
alike_meanings(const char *a, const char *b)
{
  json_t *one = json_loads(a, 0, NULL), *two = json_loads(b, 0, NULL);
  double best = 0;
  size_t i, j;
  json_t *x, *y;
  json_array_foreach(one, i, x)
  {
    json_array_foreach(two, j, y)
    {
      const char *id = json_string_value(json_object_get(x, "id")), *other = json_string_value(json_object_get(y, "id"));
      if (id == NULL || other == NULL || strcmp(id, other) != 0)
        continue;
      const double here = fmin(json_number_value(json_object_get(x, "alike")), json_number_value(json_object_get(y, "alike")));
      best = here > best ? here : best;
    }
  }
  json_decref(one);
  json_decref(two);
  return best;
}

double
kn_room_alike(const char *text_a, const char *meaning_a, const char *text_b, const char *meaning_b)
{
  const double words = alike_words(text_a, text_b);
  return words >= 1 ? words : fmax(words, alike_meanings(meaning_a, meaning_b));
}
