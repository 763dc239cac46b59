/* Resources that no way of the market joins, though their words or their kind of stream are alike; and what others do better
 * with the same code of waste. */
#include <stdlib.h>
#include <string.h>

#include "match/seeds.h"

enum { STREAMS_KEPT = 3 };
static const double least_alike = 0.4, least_chance = 0.15;

bool
kn_seeds_leads(const kn_sowing *s, int32_t supplied, int32_t demanded)
{
  if (kn_resource_is_a(&s->resources, supplied, demanded))
    return true;
  const kn_substitution_view *rows = &s->market->substitutions;
  for (int64_t i = 0; i < rows->n; i++)
    if (kn_resource_is_a(&s->resources, supplied, rows->offered[i]) && kn_resource_is_a(&s->resources, rows->needed[i], demanded))
      return true;
  return false;
}

void
kn_links_keep(kn_links *links, double *score, kn_link_to link, double value)
{
  if (links->n == KN_LINKS_MOST && value <= score[links->n - 1])
    return;
  int32_t at = links->n < KN_LINKS_MOST ? links->n++ : links->n - 1;
  for (; at > 0 && score[at - 1] < value; at--) {
    links->link[at] = links->link[at - 1];
    score[at] = score[at - 1];
  }
  links->link[at] = link;
  score[at] = value;
}

/* ------------------------------------------------------------------ kinds of stream of each resource */
typedef struct kinds { /* the likeliest streams of a resource */
  int32_t n, stream[STREAMS_KEPT];
  double chance[STREAMS_KEPT];
} kinds;

typedef struct linking {
  kn_sowing *s;
  uint8_t *is_offered, *is_needed; /* [resources] */
  kinds *kinds;                    /* [resources] */
  /* needed resources by stream, and by term */
  int32_t *stream_first, *of_stream, *term_first, *of_term;
  int32_t needed_count; /* resources that are needed */
} linking;

static void
find_kinds(void *arg, int64_t first, int64_t last, int32_t worker)
{
  linking *l = arg;
  const kn_sowing *s = l->s;
  kn_query_space *space = &s->space[worker];
  for (int64_t r = first; r < last; r++) {
    if (!l->is_offered[r] && !l->is_needed[r])
      continue;
    const kn_stream_query query = {.text_count = s->resource_text[r].n,
                                   .text = s->resource_text[r].part,
                                   .likes = s->likes,
                                   .code = s->code[r][0] == '\0' ? NULL : s->code[r],
                                   .class_of = s->resources.class_of[r]};
    kn_streams_score(s->knowledge, &query, space);
    kinds *k = &l->kinds[r];
    for (int32_t i = 0; i < s->knowledge->stream_count; i++) {
      const double chance = space->score[i].chance;
      if (chance < least_chance || (k->n == STREAMS_KEPT && chance <= k->chance[k->n - 1]))
        continue;
      int32_t at = k->n < STREAMS_KEPT ? k->n++ : k->n - 1;
      for (; at > 0 && k->chance[at - 1] < chance; at--) {
        k->chance[at] = k->chance[at - 1];
        k->stream[at] = k->stream[at - 1];
      }
      k->chance[at] = chance;
      k->stream[at] = i;
    }
  }
}

/* Chance that both are of one kind. */
static double
same_kind(const kinds *a, const kinds *b)
{
  double chance = 0;
  for (int32_t i = 0; i < a->n; i++)
    for (int32_t j = 0; j < b->n; j++)
      chance += a->stream[i] == b->stream[j] ? a->chance[i] * b->chance[j] : 0;
  return chance;
}

static double
certainty(const kinds *a)
{
  double chance = 0;
  for (int32_t i = 0; i < a->n; i++)
    chance += a->chance[i];
  return chance;
}

/* ------------------------------------------------------------------ words of two names */
static double
word_weight(const kn_knowledge *k, int32_t term)
{
  return term < k->term_count ? k->term_weight[term] : kn_terms_weakness(k->terms, term) * k->rare_weight;
}

/* How much of the weight of a's words has something alike in b, each way: the mean of both. */
static double
phrase_alike(const kn_knowledge *k, const kn_phrase *a, const kn_phrase *b)
{
  double share = 0;
  for (int32_t way = 0; way < 2; way++) {
    double met = 0, all = 0;
    for (int32_t i = 0; i < a->n; i++) {
      double best = 0;
      for (int32_t j = 0; j < b->n; j++)
        best =
            fmax(best, fmax(kn_terms_alike(k->terms, a->term[i], b->term[j]), kn_terms_alike(k->terms, b->term[j], a->term[i])));
      met += best * word_weight(k, a->term[i]);
      all += word_weight(k, a->term[i]);
    }
    share += all > 0 ? met / all / 2 : 0;
    const kn_phrase *swap = a;
    a = b;
    b = swap;
  }
  return share;
}

static double
names_alike(const kn_sowing *s, int32_t a, int32_t b)
{
  const kn_text *x = &s->resource_text[a], *y = &s->resource_text[b];
  double best = 0;
  for (int32_t i = 0; i < x->n; i++)
    for (int32_t j = 0; j < y->n; j++)
      best = fmax(best, phrase_alike(s->knowledge, &x->part[i].phrase, &y->part[j].phrase));
  return best;
}

/* ------------------------------------------------------------------ candidates */
/* Lists needed resources by number of stream or term: a counting sort, given twice. */
static kn_code
list_needed(linking *l, bool by_term, int32_t count, int32_t **first, int32_t **list, kn_error *err)
{
  kn_sowing *s = l->s;
  const int32_t n = (int32_t)s->resources.n;
  KN_NEW(*first, s->arena, count + 2, err);
  for (int32_t pass = 0; pass < 2; pass++) {
    for (int32_t r = 0; r < n; r++) {
      if (!l->is_needed[r])
        continue;
      const int32_t parts = by_term ? s->resource_text[r].n : 1;
      for (int32_t p = 0; p < parts; p++) {
        const int32_t words = by_term ? s->resource_text[r].part[p].phrase.n : l->kinds[r].n;
        for (int32_t i = 0; i < words; i++) {
          const int32_t at = by_term ? s->resource_text[r].part[p].phrase.term[i] : l->kinds[r].stream[i];
          if (pass == 0)
            (*first)[at + 2]++;
          else
            (*list)[(*first)[at + 1]++] = r;
        }
      }
    }
    if (pass == 1)
      break;
    for (int32_t at = 2; at <= count + 1; at++)
      (*first)[at] += (*first)[at - 1];
    KN_NEW(*list, s->arena, (*first)[count + 1], err);
  }
  return KN_OK;
}

typedef struct considering {
  linking *l;
  int32_t **seen; /* [threads][resources] last resource it was compared with, plus 1 */
} considering;

static void
consider(linking *l, int32_t *seen, int32_t a, int32_t b, kn_links *links, double *score)
{
  const kn_sowing *s = l->s;
  if (seen[b] == a + 1)
    return;
  seen[b] = a + 1;
  if (a == b || s->resources.class_of[a] != s->resources.class_of[b] || kn_seeds_leads(s, a, b))
    return;
  /* Words in common say less where the kinds of stream are known to differ: steel slag is no steel scrap. */
  const double kind = same_kind(&l->kinds[a], &l->kinds[b]), differs = certainty(&l->kinds[a]) * certainty(&l->kinds[b]) - kind;
  const double alike = fmax(names_alike(s, a, b) * (1 - 0.7 * differs), 0.8 * kind);
  const bool is_heat = alike < least_alike && s->resources.class_of[a] == KN_ENERGY;
  if (alike < least_alike && !is_heat)
    return;
  const kn_seed_weights *w = &s->knowledge->weight;
  const kn_link_to link = {
      .needed = b, .chance = 1 / (1 + exp(-(w->need_a + w->need_b * alike))), .alike = alike, .yield = 1, .is_heat = is_heat};
  kn_links_keep(links, score, link, alike);
}

/* A word that more than a tenth of many names have tells none of them apart. */
static bool
says_nothing(const linking *l, int32_t names)
{
  return names > 200 && names > l->needed_count / 10;
}

static void
link_resources(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const considering *c = arg;
  linking *l = c->l;
  const kn_sowing *s = l->s;
  for (int64_t r = first; r < last; r++) {
    if (!l->is_offered[r])
      continue;
    const int32_t a = (int32_t)r;
    double score[KN_LINKS_MOST] = {0};
    for (int32_t i = 0; i < l->kinds[a].n; i++)
      for (int32_t at = l->stream_first[l->kinds[a].stream[i]]; at < l->stream_first[l->kinds[a].stream[i] + 1]; at++)
        consider(l, c->seen[worker], a, l->of_stream[at], &s->links[a], score);
    for (int32_t p = 0; p < s->resource_text[a].n; p++)
      for (int32_t i = 0; i < s->resource_text[a].part[p].phrase.n; i++) {
        const int32_t term = s->resource_text[a].part[p].phrase.term[i];
        if (says_nothing(l, l->term_first[term + 1] - l->term_first[term]))
          continue;
        for (int32_t at = l->term_first[term]; at < l->term_first[term + 1]; at++)
          consider(l, c->seen[worker], a, l->of_term[at], &s->links[a], score);
      }
    /* Heat goes by its temperature, whatever it is called. */
    for (int32_t b = 0; s->resources.class_of[a] == KN_ENERGY && b < s->resources.n; b++)
      if (l->is_needed[b] && s->resources.class_of[b] == KN_ENERGY)
        consider(l, c->seen[worker], a, b, &s->links[a], score);
  }
}

kn_code
kn_seeds_links(kn_sowing *s, kn_error *err)
{
  const int64_t n = s->resources.n;
  linking l = {.s = s};
  KN_NEW(s->links, s->arena, n, err);
  KN_NEW(s->code, s->arena, n, err);
  KN_NEW(l.is_offered, s->arena, n, err);
  KN_NEW(l.is_needed, s->arena, n, err);
  KN_NEW(l.kinds, s->arena, n, err);
  for (int64_t i = 0; i < s->offers.n; i++)
    l.is_offered[s->offers.resource[i]] = 1;
  for (int64_t j = 0; j < s->needs.n; j++)
    l.is_needed[s->needs.resource[j]] = 1;
  for (int32_t r = 0; r < n; r++)
    l.needed_count += l.is_needed[r];
  for (int32_t r = 0; r < n; r++)
    for (int32_t up = r; up != KN_NONE && s->code[r][0] == '\0'; up = s->resources.parent[up])
      if (!kn_code_digits(s->resources.code_low[up], s->code[r]))
        s->code[r][0] = '\0';
  KN_TRY(kn_parallel(s->threads, n, 16, find_kinds, &l, err));
  KN_TRY(list_needed(&l, false, s->knowledge->stream_count, &l.stream_first, &l.of_stream, err));
  KN_TRY(list_needed(&l, true, kn_terms_count(s->knowledge->terms), &l.term_first, &l.of_term, err));
  considering c = {.l = &l};
  KN_NEW(c.seen, s->arena, s->threads, err);
  for (int32_t t = 0; t < s->threads; t++)
    KN_NEW(c.seen[t], s->arena, n, err);
  return kn_parallel(s->threads, n, 4, link_resources, &c, err);
}

/* ------------------------------------------------------------------ best practice */
/* Steps of the ladder that fates stand on, the words of offer.fate; -1: none. Source: the waste hierarchy, Directive 2008/98/EC
 * article 4. */
static int32_t
step_of(uint8_t fate)
{
  static const int8_t step[] = {0 /* landfill */,
                                1 /* incineration */,
                                2 /* energy recovery */,
                                3 /* recycling */,
                                4 /* reuse */,
                                -1 /* storage */,
                                0 /* discharge */};
  return fate < sizeof step ? step[fate] : -1;
}

typedef struct example {
  const char *code;
  int32_t offer, step;
  double quantity;
} example;

/* By code; the highest step, then the largest, then the first. */
static int
by_code(const void *a, const void *b)
{
  const example *x = a, *y = b;
  const int order = strcmp(x->code, y->code);
  if (order != 0)
    return order;
  if (x->step != y->step)
    return x->step > y->step ? -1 : 1;
  if (x->quantity != y->quantity)
    return x->quantity > y->quantity ? -1 : 1;
  return (x->offer > y->offer) - (x->offer < y->offer);
}

kn_code
kn_seeds_practice(kn_sowing *s, kn_error *err)
{
  example *all;
  int64_t n = 0;
  KN_NEW(all, s->arena, s->offers.n, err);
  KN_NEW(s->best_of_code, s->arena, s->offers.n, err);
  for (int32_t i = 0; i < s->offers.n; i++) {
    s->best_of_code[i] = KN_NONE;
    const char *code = s->code[s->offers.resource[i]];
    const int32_t step = step_of(s->offers.fate[i]);
    if (code[0] != '\0' && step >= 0 && s->offers.quantity[i] > 0)
      all[n++] = (example){code, i, step, s->offers.quantity[i]};
  }
  qsort(all, (size_t)n, sizeof *all, by_code);
  for (int64_t first = 0, last; first < n; first = last) {
    for (last = first; last < n && strcmp(all[last].code, all[first].code) == 0; last++)
      if (all[last].step < all[first].step)
        s->best_of_code[all[last].offer] = all[first].offer;
  }
  return KN_OK;
}
