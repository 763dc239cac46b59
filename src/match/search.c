/* Words looked for in offers, needs and resources of a region, in the List of Waste and in NACE.
 *
 *   direct  = c_q (0.85 + 0.15 c_d)         c_q, c_d: shares of the weight of the question's words, and of the text's, that the
 * other has something alike for
 *   by kind = 0.7 P(s) text(s)            s: a kind of stream that the question may be (receivers.c), text(s): how far the text
 * speaks of it
 *   alike   = the larger of the two, the best over the names of a row in both languages; a description counts 0.95
 *
 * So `sawdust` also finds zaagsel. */
#include <stdlib.h>
#include <string.h>

#include "match/knowledge.h"

static const double least_alike = 0.4, least_kind = 0.5, of_description = 0.95, of_kind = 0.7;

typedef struct text { /* one text of a row */
  int32_t in, row;
  double trust;
  const char *words;
  kn_phrase phrase;
} text;

typedef struct searching {
  kn_knowledge *k;
  kn_arena *arena;
  const kn_region *region; /* NULL: the reference alone */
  uint32_t among;
  text *text;
  int64_t text_count, text_room;
  int32_t longest;
  kn_phrase asked;
  double *chance; /* [streams] of the question */
  float *alike;   /* [asked words x terms] */
} searching;

static kn_code
add_text(searching *s, kn_found_in in, int32_t row, const char *words, double trust, kn_error *err)
{
  if (words == NULL || *words == '\0')
    return KN_OK;
  KN_TRY(KN_GROW(s->text, s->text_room, s->text_count + 1, err));
  text *t = &s->text[s->text_count++];
  *t = (text){.in = (int32_t)in, .row = row, .trust = trust, .words = words};
  KN_TRY(kn_terms_read(s->k->terms, s->arena, words, &t->phrase, err));
  s->longest = t->phrase.n > s->longest ? t->phrase.n : s->longest;
  return KN_OK;
}

static kn_code
add_names(searching *s, kn_found_in in, int32_t row, int32_t resource, kn_error *err)
{
  const kn_table *table = kn_region_table(s->region, KN_T_RESOURCE);
  static const char *const columns[] = {"name", "name_nl"};
  for (int32_t c = 0; c < 2; c++)
    KN_TRY(add_text(s, in, row, table->columns[kn_schema_find_column(table->def, columns[c])].text[resource], 1, err));
  return KN_OK;
}

static kn_code
list_region(searching *s, kn_error *err)
{
  const kn_offer_view offers = kn_region_offers(s->region);
  const kn_need_view needs = kn_region_needs(s->region);
  const kn_table *offer = kn_region_table(s->region, KN_T_OFFER), *need = kn_region_table(s->region, KN_T_NEED);
  const int32_t of_offer = kn_schema_find_column(offer->def, "description");
  const int32_t of_need = kn_schema_find_column(need->def, "description");
  for (int32_t i = 0; i < offers.n && (s->among & 1U << KN_FOUND_OFFER) != 0; i++) {
    KN_TRY(add_names(s, KN_FOUND_OFFER, i, offers.resource[i], err));
    KN_TRY(add_text(s, KN_FOUND_OFFER, i, offer->columns[of_offer].text[i], of_description, err));
  }
  for (int32_t i = 0; i < needs.n && (s->among & 1U << KN_FOUND_NEED) != 0; i++) {
    KN_TRY(add_names(s, KN_FOUND_NEED, i, needs.resource[i], err));
    KN_TRY(add_text(s, KN_FOUND_NEED, i, need->columns[of_need].text[i], of_description, err));
  }
  for (int32_t r = 0; r < kn_region_resources(s->region).n && (s->among & 1U << KN_FOUND_RESOURCE) != 0; r++)
    KN_TRY(add_names(s, KN_FOUND_RESOURCE, r, r, err));
  return KN_OK;
}

static kn_code
list_reference(searching *s, kn_error *err)
{
  for (int32_t i = 0; i < s->k->low.n && (s->among & 1U << KN_FOUND_LOW) != 0; i++)
    for (int32_t language = 0; language < 2; language++)
      KN_TRY(add_text(s, KN_FOUND_LOW, i, kn_sheet_cell(&s->k->low, i, 6 + language), 1, err));
  for (int32_t i = 0; i < s->k->nace.n && (s->among & 1U << KN_FOUND_NACE) != 0; i++)
    KN_TRY(add_text(s, KN_FOUND_NACE, i, kn_sheet_cell(&s->k->nace, i, 3), 1, err));
  return KN_OK;
}

/* What a word weighs that may be none of the reference. */
static double
weight_of(const kn_knowledge *k, int32_t term)
{
  return term < k->term_count ? k->term_weight[term] : kn_terms_weakness(k->terms, term) * k->rare_weight;
}

static double
direct(const searching *s, const kn_phrase *phrase)
{
  double asked = 0, all_asked = 0, met = 0, all = 0;
  const int32_t terms = kn_terms_count(s->k->terms);
  for (int32_t q = 0; q < s->asked.n; q++) {
    float best = 0;
    for (int32_t i = 0; i < phrase->n; i++)
      best = fmaxf(best, s->alike[(int64_t)q * terms + phrase->term[i]]);
    asked += (double)best * weight_of(s->k, s->asked.term[q]);
    all_asked += weight_of(s->k, s->asked.term[q]);
  }
  for (int32_t i = 0; i < phrase->n; i++) {
    float best = 0;
    for (int32_t q = 0; q < s->asked.n; q++)
      best = fmaxf(best, s->alike[(int64_t)q * terms + phrase->term[i]]);
    met += (double)best * weight_of(s->k, phrase->term[i]);
    all += weight_of(s->k, phrase->term[i]);
  }
  return all > 0 && all_asked > 0 ? asked / all_asked * (0.85 + 0.15 * met / all) : 0;
}

static double
by_kind(const searching *s, const text *t, const kn_likes *likes, kn_query_space *space)
{
  const kn_stream_text one = {t->phrase, 1};
  const kn_stream_query query = {.text_count = 1, .text = &one, .likes = likes, .class_of = KN_NONE};
  double best = 0;
  kn_streams_score(s->k, &query, space);
  for (int32_t i = 0; i < s->k->stream_count; i++)
    if (space->score[i].text >= least_kind)
      best = fmax(best, of_kind * s->chance[i] * space->score[i].text);
  return best;
}

static int
by_alike(const void *a, const void *b)
{
  const kn_found *x = a, *y = b;
  if (x->alike != y->alike)
    return x->alike > y->alike ? -1 : 1;
  if (x->in != y->in)
    return x->in < y->in ? -1 : 1;
  return (x->row > y->row) - (x->row < y->row);
}

static kn_code
ask(searching *s, kn_query_space *space, kn_likes *likes, kn_found **out, int64_t *count, kn_error *err)
{
  const int32_t terms = kn_terms_count(s->k->terms);
  KN_NEW(s->alike, s->arena, (int64_t)s->asked.n * terms, err);
  for (int32_t q = 0; q < s->asked.n; q++)
    for (int32_t t = 0; t < terms; t++)
      s->alike[(int64_t)q * terms + t] = (float)kn_terms_alike(s->k->terms, s->asked.term[q], t);
  const kn_stream_text one = {s->asked, 1};
  for (int32_t q = 0; q < s->asked.n; q++)
    kn_knowledge_likes(s->k, s->asked.term[q], &likes[s->asked.term[q]]);
  const kn_stream_query query = {.text_count = 1, .text = &one, .likes = likes, .class_of = KN_NONE};
  kn_streams_score(s->k, &query, space);
  KN_NEW(s->chance, s->arena, s->k->stream_count, err);
  double likeliest = 0;
  for (int32_t i = 0; i < s->k->stream_count; i++) {
    s->chance[i] = space->score[i].chance;
    likeliest = fmax(likeliest, s->chance[i]);
  }
  const bool may_be_by_kind = of_kind * likeliest >= least_alike; /* else no text can come in by that way */
  /* Texts of one phrase come together often: the words of a resource in all its offers. */
  const char *last_words = NULL;
  double last = 0;
  int64_t room = 0;
  for (int64_t i = 0; i < s->text_count; i++) {
    const text *t = &s->text[i];
    if (last_words != t->words) {
      last = direct(s, &t->phrase);
      if (may_be_by_kind && t->trust > of_description) { /* descriptions are about more than a stream */
        for (int32_t w = 0; w < t->phrase.n; w++)
          if (likes[t->phrase.term[w]].n == 0)
            kn_knowledge_likes(s->k, t->phrase.term[w], &likes[t->phrase.term[w]]);
        last = fmax(last, by_kind(s, t, likes, space));
      }
      last_words = t->words;
    }
    const double alike = t->trust * last;
    if (alike < least_alike)
      continue;
    kn_found *before = *count > 0 ? &(*out)[*count - 1] : NULL;
    if (before != NULL && before->in == t->in && before->row == t->row) {
      if (alike > before->alike) {
        before->alike = alike;
        before->text = t->words;
      }
      continue;
    }
    KN_TRY(kn_grow((void **)out, &room, *count + 1, sizeof **out, err));
    (*out)[(*count)++] = (kn_found){.in = (uint8_t)t->in, .row = t->row, .alike = alike, .text = t->words};
  }
  if (*count > 0)
    qsort(*out, (size_t)*count, sizeof **out, by_alike);
  return KN_OK;
}

static kn_code
search(searching *s, const char *words, kn_found **out, int64_t *count, kn_error *err)
{
  KN_TRY(kn_terms_read(s->k->terms, s->arena, words, &s->asked, err));
  if (s->asked.n == 0)
    return kn_fail(err, KN_E_USAGE, "'%.100s' has no word that says something", words);
  s->longest = s->asked.n;
  if (s->region != NULL)
    KN_TRY(list_region(s, err));
  KN_TRY(list_reference(s, err));
  kn_query_space space;
  kn_likes *likes;
  KN_TRY(kn_query_space_new(&space, s->k, s->arena, s->longest, err));
  KN_NEW(likes, s->arena, kn_terms_count(s->k->terms), err);
  return ask(s, &space, likes, out, count, err);
}

kn_code
kn_search(kn_found **out, int64_t *count, kn_knowledge *knowledge, const kn_region *region, const char *words, kn_error *err)
{
  return kn_search_among(out, count, knowledge, region, UINT32_MAX, words, err);
}

kn_code
kn_search_among(kn_found **out, int64_t *count, kn_knowledge *knowledge, const kn_region *region, uint32_t among,
                const char *words, kn_error *err)
{
  *out = NULL;
  *count = 0;
  searching s = {.k = knowledge, .arena = kn_arena_new(), .region = region, .among = among};
  const kn_code code = search(&s, words, out, count, err);
  free(s.text);
  kn_arena_free(s.arena);
  if (code == KN_OK)
    return KN_OK;
  free(*out);
  *out = NULL;
  *count = 0;
  return kn_note(err, "searching for '%.100s'", words);
}

const char *
kn_found_in_name(kn_found_in in)
{
  static const char *const names[] = {"offer", "need", "resource", "code_low", "nace"};
  return names[in];
}

const char *
kn_found_id(const kn_knowledge *knowledge, const kn_region *region, const kn_found *found)
{
  switch ((kn_found_in)found->in) {
  case KN_FOUND_OFFER:
    return kn_region_key(region, KN_T_OFFER, found->row);
  case KN_FOUND_NEED:
    return kn_region_key(region, KN_T_NEED, found->row);
  case KN_FOUND_RESOURCE:
    return kn_region_key(region, KN_T_RESOURCE, found->row);
  case KN_FOUND_LOW:
    return kn_sheet_cell(&knowledge->low, found->row, 0);
  case KN_FOUND_NACE:
    return kn_sheet_cell(&knowledge->nace, found->row, 0);
  }
  return "";
}
