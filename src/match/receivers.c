/* Who could take a stream: a mixture over the kinds of stream that it may be.
 *
 *   P(sector | stream as described) = sum_s P(s) share[s][sector] + P(none of them) prior[sector]
 *   P(s) = exp(z_s) / (exp(background) + sum exp(z)),   z_s = w_text text + w_code code + w_donor donor + w_class [class differs]
 *   over the streams that words or code are a sign of
 *
 * text of a stream: the best of its phrases; of a phrase c_p (1 + c_q) / 2, where c_p and c_q are the shares of the weight of
 * the words of the phrase, and of the question, that the other has something alike for; 0.3 c_p c_q where less than half the
 * phrase is there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match/knowledge.h"

kn_code
kn_query_space_new(kn_query_space *space, const kn_knowledge *k, kn_arena *arena, int32_t words_most, kn_error *err)
{
  *space = (kn_query_space){.words_most = words_most};
  KN_NEW(space->like, arena, (int64_t)words_most * k->term_count, err);
  KN_NEW(space->weight, arena, words_most, err);
  KN_NEW(space->touched, arena, k->phrase_count, err);
  KN_NEW(space->mark, arena, k->phrase_count, err);
  KN_NEW(space->score, arena, k->stream_count, err);
  KN_NEW(space->sector, arena, k->sector_count, err);
  KN_NEW(space->order, arena, k->sector_count, err);
  return KN_OK;
}

/* The closest first; of those alike the lower number first. */
void
kn_knowledge_likes(const kn_knowledge *k, int32_t term, kn_likes *out)
{
  out->n = 0;
  int32_t head = term < k->term_count ? INT32_MAX : 0; /* a known word is its own head */
  for (int32_t known = 0; known < k->term_count && head < INT32_MAX; known++) {
    const int32_t length = kn_terms_head(k->terms, term, known);
    head = length > head ? length : head;
  }
  for (int32_t known = 0; known < k->term_count; known++) {
    const int32_t length = kn_terms_head(k->terms, term, known);
    if (length > 0 && length < head)
      continue;
    const float alike = (float)kn_terms_alike(k->terms, term, known);
    if (alike == 0 || (out->n == KN_LIKES_MOST && alike <= out->like[out->n - 1].alike))
      continue;
    int32_t at = out->n < KN_LIKES_MOST ? out->n++ : out->n - 1;
    for (; at > 0 && out->like[at - 1].alike < alike; at--)
      out->like[at] = out->like[at - 1];
    out->like[at] = (kn_like){known, alike};
  }
}

/* Less of both is no sign of a stream. */
static const double least_text = 0.25, least_code = 0.5;

/* What a word of the question weighs: as the closest known one, or as one that no stream has. */
static double
asked_weight(const kn_knowledge *k, int32_t term, const kn_likes *likes)
{
  if (term < k->term_count)
    return k->term_weight[term];
  return kn_terms_weakness(k->terms, term) * (likes->n > 0 ? k->term_weight[likes->like[0].term] : k->rare_weight);
}

static double
phrase_score(const kn_knowledge *k, const kn_phrase *phrase, double phrase_weight, int32_t words, const double *weight,
             double words_weight, const kn_query_space *space)
{
  double met = 0, asked = 0;
  for (int32_t i = 0; i < phrase->n; i++) {
    float best = 0;
    for (int32_t q = 0; q < words; q++) {
      const float alike = space->like[(int64_t)q * k->term_count + phrase->term[i]];
      best = alike > best ? alike : best;
    }
    met += (double)best * k->term_weight[phrase->term[i]];
  }
  for (int32_t q = 0; q < words; q++) {
    float best = 0;
    for (int32_t i = 0; i < phrase->n; i++) {
      const float alike = space->like[(int64_t)q * k->term_count + phrase->term[i]];
      best = alike > best ? alike : best;
    }
    asked += (double)best * weight[q];
  }
  const double of_phrase = phrase_weight > 0 ? met / phrase_weight : 0, of_words = words_weight > 0 ? asked / words_weight : 0;
  return of_phrase >= 0.5 ? of_phrase * (1 + of_words) / 2 : 0.3 * of_phrase * of_words;
}

static void
score_text(const kn_knowledge *k, const kn_stream_query *query, const kn_stream_text *text, kn_query_space *space)
{
  const int32_t words = text->phrase.n;
  assert(words <= space->words_most);
  double *weight = space->weight, total = 0;
  int32_t touched = 0;
  space->stamp++;
  for (int32_t q = 0; q < words; q++) {
    const int32_t term = text->phrase.term[q];
    const kn_likes *likes = &query->likes[term];
    weight[q] = asked_weight(k, term, likes);
    total += weight[q];
    for (int32_t l = 0; l < likes->n; l++) {
      const int32_t known = likes->like[l].term;
      space->like[(int64_t)q * k->term_count + known] = likes->like[l].alike;
      for (int32_t p = k->posting_first[known]; p < k->posting_first[known + 1]; p++)
        if (space->mark[k->posting[p]] != space->stamp) {
          space->mark[k->posting[p]] = space->stamp;
          space->touched[touched++] = k->posting[p];
        }
    }
  }
  for (int32_t t = 0; t < touched; t++) {
    const int32_t p = space->touched[t];
    const double score = text->trust * phrase_score(k, &k->phrase[p], k->phrase_weight[p], words, weight, total, space);
    double *best = &space->score[k->phrase_stream[p]].text;
    *best = fmax(*best, score);
  }
  for (int32_t q = 0; q < words; q++) {
    const kn_likes *likes = &query->likes[text->phrase.term[q]];
    for (int32_t l = 0; l < likes->n; l++)
      space->like[(int64_t)q * k->term_count + likes->like[l].term] = 0;
  }
}

double
kn_streams_score(const kn_knowledge *k, const kn_stream_query *query, kn_query_space *space)
{
  memset(space->score, 0, (size_t)k->stream_count * sizeof *space->score);
  for (int32_t t = 0; t < query->text_count; t++)
    score_text(k, query, &query->text[t], space);
  double most = k->weight.background;
  for (int32_t s = 0; s < k->stream_count; s++) {
    kn_stream_score *score = &space->score[s];
    const kn_stream *stream = &k->stream[s];
    score->code = query->code == NULL ? 0 : kn_code_alike(query->code, stream->codes);
    score->donor = query->donor == NULL ? 0 : kn_nace_alike(query->donor, stream->donors);
    /* A holder's sector alone makes no kind of stream. */
    if (score->text < least_text && score->code < least_code) {
      score->logit = -INFINITY;
      continue;
    }
    score->logit = k->weight.text * score->text + k->weight.code * score->code + k->weight.donor * score->donor;
    if (query->class_of != KN_NONE && query->class_of != stream->class_of)
      score->logit += k->weight.class;
    most = fmax(most, score->logit);
  }
  const double none = exp(k->weight.background - most);
  double total = none;
  for (int32_t s = 0; s < k->stream_count; s++) {
    space->score[s].chance = exp(space->score[s].logit - most);
    total += space->score[s].chance;
  }
  for (int32_t s = 0; s < k->stream_count; s++)
    space->score[s].chance /= total;
  return none / total;
}

typedef struct ranking {
  const kn_knowledge *knowledge;
  const double *chance;
} ranking;

static int
by_chance(const void *a, const void *b, void *arg)
{
  const ranking *r = arg;
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  if (r->chance[x] != r->chance[y])
    return r->chance[x] > r->chance[y] ? -1 : 1;
  return strcmp(r->knowledge->sector[x].nace, r->knowledge->sector[y].nace);
}

void
kn_sectors_rank(const kn_knowledge *k, double none, kn_query_space *space)
{
  const int32_t n = k->sector_count;
  for (int32_t r = 0; r < n; r++) {
    space->sector[r] = none * k->prior[r];
    space->order[r] = r;
  }
  for (int32_t s = 0; s < k->stream_count; s++) {
    const double chance = space->score[s].chance, *share = k->share + (int64_t)s * n;
    if (chance > 1e-9)
      for (int32_t r = 0; r < n; r++)
        space->sector[r] += chance * share[r];
  }
  ranking by = {k, space->sector};
  qsort_r(space->order, (size_t)n, sizeof *space->order, by_chance, &by);
}

int32_t
kn_sector_reason(const kn_knowledge *k, const kn_query_space *space, int32_t sector)
{
  int32_t best = KN_NONE;
  double most = 0;
  for (int32_t s = 0; s < k->stream_count; s++) {
    double part = space->score[s].chance;
    for (int32_t up = s; up != KN_NONE && part > 1e-9; up = k->stream[up].parent) {
      for (int32_t i = k->taker_first[up]; i < k->taker_first[up + 1]; i++)
        if (k->taker[i].sector == sector && part * pow(k->taker[i].strength, k->weight.share_power) > most) {
          most = part * pow(k->taker[i].strength, k->weight.share_power);
          best = i;
        }
      part *= k->weight.parent_share;
    }
  }
  return best;
}

double
kn_chance_calibrated(const kn_knowledge *k, double chance)
{
  const double held = fmin(fmax(chance, 1e-9), 1 - 1e-9);
  return 1 / (1 + exp(-(k->weight.calibration_a + k->weight.calibration_b * log(held / (1 - held)))));
}

/* ------------------------------------------------------------------ one question */
enum { ASKED_SIZE = 256 };

static kn_code
find_receivers(kn_knowledge *k, const kn_receiver_ask *ask, kn_receiver *out, int32_t most, int32_t *count, kn_arena *arena,
               kn_error *err)
{
  char first[7];
  snprintf(first, sizeof first, "%.*s", ask->code_low == NULL ? 0 : (int)strcspn(ask->code_low, ";"),
           ask->code_low == NULL ? "" : ask->code_low);
  const int32_t low = first[0] != '\0' ? kn_low_find(k, first) : KN_NONE;
  const bool has_text = ask->resource != NULL && *ask->resource != '\0';
  kn_stream_text text[2] = {{.trust = 1}, {.trust = 1}};
  int32_t text_count = 0;
  if (has_text)
    KN_TRY(kn_terms_read(k->terms, arena, ask->resource, &text[text_count++].phrase, err));
  if (text_count > 0 && text[0].phrase.n == 0 && ask->code_low == NULL)
    return kn_fail(err, KN_E_USAGE, "'%.60s' has no word that says what it is", ask->resource);
  if (!has_text && low != KN_NONE) /* the code alone: its own name, in both languages */
    for (int32_t language = 0; language < 2; language++)
      KN_TRY(kn_terms_read(k->terms, arena, kn_sheet_cell(&k->low, low, 6 + language), &text[text_count++].phrase, err));
  /* Two words may be one elsewhere: "saw dust". */
  kn_phrase *words = &text[0].phrase;
  int32_t *more;
  KN_NEW(more, arena, words->n * 2, err);
  int32_t all = 0;
  for (int32_t i = 0; i < words->n; i++)
    more[all++] = words->term[i];
  for (int32_t i = 0; i + 1 < words->n; i++) {
    const int32_t joined = kn_terms_joined(k->terms, words->term[i], words->term[i + 1]);
    if (joined != KN_NONE && joined < k->term_count)
      more[all++] = joined;
  }
  *words = (kn_phrase){all, more};
  int32_t longest = 1;
  kn_likes *likes;
  KN_NEW(likes, arena, kn_terms_count(k->terms), err);
  for (int32_t t = 0; t < text_count; t++) {
    longest = text[t].phrase.n > longest ? text[t].phrase.n : longest;
    for (int32_t i = 0; i < text[t].phrase.n; i++)
      kn_knowledge_likes(k, text[t].phrase.term[i], &likes[text[t].phrase.term[i]]);
  }
  kn_query_space space;
  KN_TRY(kn_query_space_new(&space, k, arena, longest, err));
  const kn_stream_query query = {.text_count = text_count,
                                 .text = text,
                                 .likes = likes,
                                 .code = ask->code_low,
                                 .donor = ask->donor_nace,
                                 .class_of = ask->class_of};
  kn_sectors_rank(k, kn_streams_score(k, &query, &space), &space);
  *count = most < k->sector_count ? most : k->sector_count;
  for (int32_t i = 0; i < *count; i++) {
    const int32_t sector = space.order[i], reason = kn_sector_reason(k, &space, sector);
    out[i] = (kn_receiver){.receiver_nace = k->sector[sector].nace,
                           .name = k->sector[sector].name,
                           .chance = space.sector[sector],
                           .probability = kn_chance_calibrated(k, space.sector[sector])};
    if (reason == KN_NONE)
      continue;
    const kn_taker *taker = &k->taker[reason];
    kn_receiver_tell(k, taker, &space.score[taker->stream], &out[i]);
  }
  return KN_OK;
}

void
kn_receiver_tell(const kn_knowledge *k, const kn_taker *taker, const kn_stream_score *score, kn_receiver *out)
{
  out->stream_id = k->stream[taker->stream].stream_id;
  out->use_en = k->use[taker->use].name_en;
  out->use_nl = k->use[taker->use].name_nl;
  out->r_strategy = k->use[taker->use].r_strategy;
  out->source_id = k->source[taker->source].source_id;
  out->source = k->source[taker->source].title;
  out->pedigree = taker->pedigree;
  out->checked = taker->checked;
  out->place = taker->place;
  out->text = score->text;
  out->code = score->code;
  out->donor = score->donor;
}

/* Sectors as people write them (16.10, 1610, C16.10; several parted by ;) as the table has them. */
static kn_code
read_sectors(const kn_knowledge *k, const char *given, char out[ASKED_SIZE], kn_error *err)
{
  size_t used = 0;
  for (const char *item = given; *item != '\0';) {
    const size_t length = strcspn(item, ";");
    char code[8] = "";
    size_t n = 0;
    for (size_t i = 0; i < length && n < sizeof code - 1; i++)
      if (item[i] >= '0' && item[i] <= '9') {
        if (n == 2)
          code[n++] = '.';
        code[n++] = item[i];
      } else if (item[i] == '.' && n == 1) { /* 1.11 is 01.11: spreadsheets drop the 0 */
        code[1] = code[0];
        code[0] = '0';
        n = 2;
      } else if (item[i] != '.' && item[i] != ' ' && !(n == 0 && strchr("ABCDEFGHIJKLMNOPQRSTUabcdefghijklmnopqrstu", item[i]))) {
        n = sizeof code; /* no code at all */
      }
    if (n >= sizeof code || kn_nace_name(k, code) == NULL || used + n + 2 > ASKED_SIZE)
      return kn_fail(err, KN_E_USAGE, "%.40s is no code of NACE Rev. 2; expected as 16, 16.1 or 16.10", given);
    used += (size_t)snprintf(out + used, ASKED_SIZE - used, used > 0 ? ";%s" : "%s", code);
    item += length + (item[length] == ';');
  }
  return KN_OK;
}

/* Codes of the List of Waste, of 2, 4 or 6 digits, in the same way. */
static kn_code
read_codes(const kn_knowledge *k, const char *given, char out[ASKED_SIZE], kn_error *err)
{
  size_t used = 0;
  for (const char *item = given; *item != '\0';) {
    const size_t length = strcspn(item, ";");
    char code[7] = "";
    size_t n = 0;
    for (size_t i = 0; i < length; i++)
      if (item[i] >= '0' && item[i] <= '9' && n < 6)
        code[n++] = item[i];
      else if (item[i] != ' ' && item[i] != '.' && item[i] != '*')
        n = sizeof code;
    if (n >= sizeof code || kn_low_find(k, code) == KN_NONE || used + n + 2 > ASKED_SIZE)
      return kn_fail(err, KN_E_USAGE, "%.40s is no code of the List of Waste; six digits are expected, as 030105", given);
    used += (size_t)snprintf(out + used, ASKED_SIZE - used, used > 0 ? ";%s" : "%s", code);
    item += length + (item[length] == ';');
  }
  return KN_OK;
}

kn_code
kn_receivers_find(kn_knowledge *knowledge, const kn_receiver_ask *ask, kn_receiver *out, int32_t most, int32_t *count,
                  kn_error *err)
{
  *count = 0;
  char donors[ASKED_SIZE] = "", codes[ASKED_SIZE] = "";
  kn_receiver_ask read = *ask;
  if ((ask->resource == NULL || *ask->resource == '\0') && ask->code_low == NULL)
    return kn_fail(err, KN_E_USAGE, "a stream needs words or a code of the List of Waste");
  if (ask->code_low != NULL)
    KN_TRY(read_codes(knowledge, ask->code_low, codes, err));
  if (ask->donor_nace != NULL)
    KN_TRY(read_sectors(knowledge, ask->donor_nace, donors, err));
  read.code_low = codes[0] == '\0' ? NULL : codes;
  read.donor_nace = donors[0] == '\0' ? NULL : donors;
  kn_arena *arena = kn_arena_new();
  const kn_code code = find_receivers(knowledge, &read, out, most, count, arena, err);
  kn_arena_free(arena);
  return code == KN_OK ? KN_OK : kn_note(err, "looking for receivers");
}
