/* The words of a region: names of resources, descriptions of offers, resources of precedents. Read one after the other, since
 * words get their numbers in that order; their likeness to known words is then found on all threads. */
#include <string.h>

#include "match/seeds.h"

static kn_code
add_text(kn_sowing *s, kn_text *text, const char *words, double trust, kn_error *err)
{
  if (words == NULL || *words == '\0')
    return KN_OK;
  kn_stream_text *part = &text->part[text->n];
  part->trust = trust;
  KN_TRY(kn_terms_read(s->knowledge->terms, s->arena, words, &part->phrase, err));
  s->word_most = part->phrase.n > s->word_most ? part->phrase.n : s->word_most;
  text->n += part->phrase.n > 0;
  return KN_OK;
}

static const char *
text_at(const kn_table *table, const char *column, int64_t row)
{
  return table->columns[kn_schema_find_column(table->def, column)].text[row];
}

typedef struct liking {
  const kn_sowing *s;
  kn_likes *likes;
} liking;

static void
like_terms(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const liking *l = arg;
  for (int64_t t = first; t < last; t++)
    kn_knowledge_likes(l->s->knowledge, (int32_t)t, &l->likes[t]);
}

kn_code
kn_seeds_words(kn_sowing *s, kn_error *err)
{
  const kn_table *resources = kn_region_table(s->region, KN_T_RESOURCE), *offers = kn_region_table(s->region, KN_T_OFFER);
  const kn_table *precedents = kn_region_table(s->region, KN_T_PRECEDENT);
  s->word_most = 1;
  KN_NEW(s->resource_text, s->arena, resources->n, err);
  KN_NEW(s->offer_text, s->arena, offers->n, err);
  KN_NEW(s->precedent_text, s->arena, precedents->n, err);
  s->precedent_count = (int32_t)precedents->n;
  for (int64_t r = 0; r < resources->n; r++) {
    KN_TRY(add_text(s, &s->resource_text[r], text_at(resources, "name", r), 1, err));
    KN_TRY(add_text(s, &s->resource_text[r], text_at(resources, "name_nl", r), 1, err));
  }
  for (int64_t i = 0; i < offers->n; i++) {
    kn_text text = {0};
    KN_TRY(add_text(s, &text, text_at(offers, "description", i), 1, err));
    s->offer_text[i] = text.part[0].phrase;
  }
  for (int64_t p = 0; p < precedents->n; p++) {
    kn_text text = {0};
    KN_TRY(add_text(s, &text, text_at(precedents, "resource", p), 1, err));
    s->precedent_text[p] = text.part[0].phrase;
  }
  const int32_t terms = kn_terms_count(s->knowledge->terms);
  KN_NEW(s->likes, s->arena, terms, err);
  liking l = {s, s->likes};
  return kn_parallel(s->threads, terms, 16, like_terms, &l, err);
}

/* ------------------------------------------------------------------ figures by the beginning of their name */
double
kn_offer_figure(const kn_sowing *s, int32_t offer, const char *begin)
{
  const kn_property_view *p = &s->market->properties;
  for (int32_t i = p->offer_first[offer]; i < p->offer_first[offer + 1]; i++)
    if (strncmp(p->property_name[p->offer_property[i]], begin, strlen(begin)) == 0)
      return p->offer_value[i];
  return NAN;
}

double
kn_need_least(const kn_sowing *s, int32_t need, const char *begin)
{
  const kn_property_view *p = &s->market->properties;
  for (int32_t i = p->need_first[need]; i < p->need_first[need + 1]; i++)
    if (strncmp(p->property_name[p->need_property[i]], begin, strlen(begin)) == 0)
      return p->need_min[i];
  return NAN;
}
