/* A question to the words of everything (desk_search.c).
 *
 * A question becomes words that are there: the asked one, those that begin so, those that hold it (houtzaagsel for zaagsel, through
 * the tails: outzaagsel, utzaagsel, zaagsel ...), and the tails of an asked compound that are words themselves. FTS5 is only asked
 * for whole words: these it gives one document after another and stops when there are enough, whereas for a beginning it gathers all
 * documents first. So a question costs as much as its answer, not as much as its words are common.
 */
#include <stdlib.h>
#include <string.h>

#include "store/desk_search.h"

enum { WORDS_MOST = 8, CANDIDATES = 60, LIKE_MOST = 24, TIERS = 4 };

/* Words that are there, for each that was asked, by how near they are. */
typedef enum nearness { THE_SAME, BEGINS_SO, HOLDS_IT, IS_ITS_TAIL } nearness;
typedef struct like_word {
  const char *word;
  int64_t kinds;
  nearness near;
} like_word;
typedef struct asked {
  kn_conn *conn;
  kn_arena *arena;
  const char *text; /* folded */
  int32_t count;
  const char *word[WORDS_MOST];
  int32_t like_count[WORDS_MOST];
  like_word like[WORDS_MOST][3 * LIKE_MOST + 64];
  bool is_cut; /* there were more words than are asked for */
  /* of the kind being asked */
  int32_t hit_count, tier;
  kn_search_hit *hit; /* [CANDIDATES * TIERS] */
  int64_t *doc;
} asked;

typedef struct taking_likes {
  asked *in;
  int32_t at;
  nearness near;
  int32_t taken;
} taking_likes;

static kn_code
take_like(void *arg, const kn_answer *answer, kn_error *err)
{
  taking_likes *to = arg;
  asked *in = to->in;
  const int32_t most = (int32_t)(sizeof in->like[0] / sizeof in->like[0][0]);
  to->taken++;
  for (int32_t i = 0; i < in->like_count[to->at]; i++)
    if (strcmp(in->like[to->at][i].word, answer->field[0].text) == 0)
      return KN_OK;
  if (in->like_count[to->at] == most)
    return KN_OK;
  like_word *like = &in->like[to->at][in->like_count[to->at]++];
  like->kinds = answer->field[1].integer;
  like->near = to->near;
  return kn_text_copy(&like->word, in->arena, answer->field[0].text, (size_t)answer->field[0].length, err);
}

static kn_code
find_likes(asked *in, int32_t at, const char *statement, const char *word, nearness near, kn_error *err)
{
  taking_likes to = {.in = in, .at = at, .near = near};
  const kn_bind bind[] = {KN_BIND_TEXT("word", word), KN_BIND_INT("limit", LIKE_MOST)};
  KN_TRY(kn_conn_ask(in->conn, statement, bind, near == BEGINS_SO || near == HOLDS_IT ? 2 : 1, take_like, &to, err));
  in->is_cut |= to.taken == LIKE_MOST;
  return KN_OK;
}

typedef struct asked_tail {
  asked *in;
  int32_t at;
} asked_tail;

static kn_code
find_tail(void *arg, const char *tail, kn_error *err)
{
  const asked_tail *in = arg;
  return find_likes(in->in, in->at, "search_word_get", tail, IS_ITS_TAIL, err);
}

static kn_code
split_words(asked *in, const char *text, kn_error *err)
{
  KN_TRY(kn_search_fold(in->arena, text, &in->text, err));
  const char *at = in->text;
  while (*at != '\0' && in->count < WORDS_MOST) {
    const size_t length = strcspn(at, " ");
    KN_TRY(kn_text_copy(&in->word[in->count++], in->arena, at, length, err));
    at += length + (at[length] == ' ');
  }
  for (int32_t i = 0; i < in->count; i++) {
    const char *word = in->word[i];
    asked_tail tail = {in, i};
    KN_TRY(find_likes(in, i, "search_word_get", word, THE_SAME, err));
    KN_TRY(find_likes(in, i, "search_word_begins", word, BEGINS_SO, err));
    if (strlen(word) >= KN_SEARCH_TAIL)
      KN_TRY(find_likes(in, i, "search_word_holds", word, HOLDS_IT, err));
    KN_TRY(kn_search_tails(word, find_tail, &tail, err));
  }
  return KN_OK;
}

/* How well a title answers: the whole of it, its beginning, its words. */
static double
score_of(const asked *in, const char *folded)
{
  static const double tiers[TIERS] = {0.7, 0.5, 0.4, 0.3};
  const size_t length = strlen(in->text);
  double score = tiers[in->tier];
  const size_t most = strlen(folded), begins = most > length ? most - length : 0;
  /* Of a title in two languages the second may be what was asked. */
  if (begins > 0 && folded[begins - 1] == ' ' && strcmp(folded + begins, in->text) == 0)
    score = fmax(score, 0.85);
  if (strcmp(folded, in->text) == 0)
    score = 1;
  else if (strncmp(folded, in->text, length) == 0)
    score = folded[length] == ' ' ? 0.9 : 0.85;
  return score - 0.0001 * (double)(strlen(folded) < 400 ? strlen(folded) : 400);
}

static kn_code
take_hit(void *arg, const kn_answer *answer, kn_error *err)
{
  asked *in = arg;
  for (int32_t i = 0; i < in->hit_count; i++)
    if (in->doc[i] == answer->field[0].integer)
      return KN_OK;
  kn_search_hit *hit = &in->hit[in->hit_count];
  in->doc[in->hit_count++] = answer->field[0].integer;
  const char **to[] = {&hit->key, &hit->title, NULL, &hit->body};
  for (int i = 0; i < 4; i++)
    if (to[i] != NULL)
      KN_TRY(kn_text_copy(to[i], in->arena, answer->field[i + 1].text, (size_t)answer->field[i + 1].length, err));
  const char *folded;
  KN_TRY(kn_search_fold(in->arena, hit->title, &folded, err));
  hit->score = score_of(in, folded);
  return KN_OK;
}

/* What FTS5 is asked, more widely with each tier: 0 words of titles that are the same or begin so, 1 such words anywhere, 2 also words that
 * hold them, 3 also words that they hold. *is_empty: some asked word is like none of this kind. *is_wider: than the tier before. */
static kn_code
put_question(kn_text_out *out, const asked *in, int32_t kind, bool *is_empty, bool *is_wider, kn_error *err)
{
  *is_empty = in->count == 0;
  *is_wider = in->tier <= 1;
  for (int32_t i = 0; i < in->count; i++) {
    KN_TRY(kn_text_put(out, i > 0 ? " AND (" : "(", i > 0 ? 6 : 1, err));
    bool has_one = false;
    for (int32_t j = 0; j < in->like_count[i]; j++) {
      const like_word *like = &in->like[i][j];
      if (((like->kinds >> kind) & 1) == 0 || (int32_t)like->near > (in->tier <= 1 ? BEGINS_SO : in->tier))
        continue;
      *is_wider |= (int32_t)like->near == in->tier;
      if (has_one)
        KN_TRY(kn_text_put(out, " OR ", 4, err));
      if (in->tier == 0)
        KN_TRY(kn_text_put(out, "{title} : ", 10, err));
      KN_TRY(kn_text_put(out, "\"", 1, err));
      KN_TRY(kn_text_put(out, like->word, strlen(like->word), err));
      KN_TRY(kn_text_put(out, "\"", 1, err));
      has_one = true;
    }
    KN_TRY(kn_text_put(out, ")", 1, err));
    *is_empty |= !has_one;
  }
  return KN_OK;
}

static int
compare_hits(const void *a, const void *b)
{
  const kn_search_hit *one = a, *two = b;
  if (one->score != two->score)
    return one->score > two->score ? -1 : 1;
  const int order = strcmp(one->title, two->title);
  return order != 0 ? order : strcmp(one->key, two->key);
}

/* Whether a word stands in rows that the viewer does not see is not to be told by the clock either. So of kinds with hidden rows FTS5 is asked in each
 * tier, also where nothing more can come of it: then for the words as they are, and for one row. */
static kn_code
put_plain(kn_text_out *out, const asked *in, kn_error *err)
{
  out->length = 0;
  for (int32_t i = 0; i < in->count; i++) {
    KN_TRY(kn_text_put(out, i > 0 ? " AND \"" : "\"", i > 0 ? 6 : 1, err));
    KN_TRY(kn_text_put(out, in->word[i], strlen(in->word[i]), err));
    KN_TRY(kn_text_put(out, "\"", 1, err));
  }
  return KN_OK;
}

static kn_code
ask_tier(asked *in, int32_t kind, bool is_guarded, const char *statement, kn_error *err)
{
  kn_text_out question = {0};
  bool is_empty, is_wider;
  kn_code code = put_question(&question, in, kind, &is_empty, &is_wider, err);
  const bool is_asked = !is_empty && is_wider;
  if (code == KN_OK && is_guarded && !is_asked)
    code = put_plain(&question, in, err);
  if (code == KN_OK && (is_asked || is_guarded)) {
    const kn_bind bind[] = {KN_BIND_TEXT("words", question.at), KN_BIND_INT("kind", kind),
                            KN_BIND_INT("limit", is_asked ? CANDIDATES : 1)};
    code = kn_conn_ask(in->conn, statement, bind, KN_COUNT_OF(bind), is_asked ? take_hit : NULL, in, err);
  }
  free(question.at);
  return code;
}

static kn_code
ask_kind(asked *in, int32_t kind, int32_t most, kn_search_group *out, kn_error *err)
{
  const char *name = kn_search_kinds[kind];
  const bool is_guarded =
      strcmp(name, "offer") == 0 || strcmp(name, "need") == 0 || strcmp(name, "case") == 0 || strcmp(name, "story") == 0;
  char statement[32];
  snprintf(statement, sizeof statement, "search_%s", is_guarded ? name : "open");
  KN_NEW(in->hit, in->arena, CANDIDATES * TIERS, err);
  KN_NEW(in->doc, in->arena, CANDIDATES * TIERS, err);
  in->hit_count = 0;
  for (in->tier = 0; in->tier < TIERS && in->hit_count <= most; in->tier++)
    if (in->tier < 3 || in->hit_count == 0)
      KN_TRY(ask_tier(in, kind, is_guarded, statement, err));
  qsort(in->hit, (size_t)in->hit_count, sizeof *in->hit, compare_hits);
  *out = (kn_search_group){.kind = name,
                           .hit = in->hit,
                           .count = in->hit_count < most ? in->hit_count : most,
                           .has_more = in->hit_count > most || (in->is_cut && in->hit_count == most)};
  return KN_OK;
}

kn_code
kn_conn_search(kn_conn *conn, kn_arena *arena, const char *kind, const char *text, int32_t most, kn_search_group **out,
               int32_t *count, kn_error *err)
{
  *count = 0;
  if (kind != NULL && kn_search_find_kind(kind) == KN_NONE)
    return kn_fail(err, KN_E_INPUT, "kind: there is nothing to search among %s", kind);
  asked *in;
  KN_NEW(in, arena, 1, err);
  KN_NEW(*out, arena, KN_SEARCH_KINDS, err);
  in->conn = conn;
  in->arena = arena;
  KN_TRY(split_words(in, text, err));
  for (int32_t i = 0; i < KN_SEARCH_KINDS && in->count > 0; i++) {
    if (kind != NULL && strcmp(kind, kn_search_kinds[i]) != 0)
      continue;
    KN_TRY(ask_kind(in, i, most < CANDIDATES ? most : CANDIDATES, &(*out)[*count], err));
    *count += (*out)[*count].count > 0;
  }
  return KN_OK;
}
