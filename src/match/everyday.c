/* Words that people use for what they have or lack -> things of the reference.
 *
 *   alike = 0.7 c_q + 0.3 c_p     c_q, c_p: shares of the question's words, and of the phrase's, that the other has something alike
 * for, words that say little left out; the best over the phrases of a thing in both languages. */
#include <string.h>

#include "match/knowledge.h"

static const double least_alike = 0.5, of_question = 0.7;

static double
covered(const kn_terms *terms, const kn_phrase *of, const kn_phrase *by, bool is_question)
{
  double met = 0;
  for (int32_t i = 0; i < of->n; i++) {
    double best = 0;
    for (int32_t k = 0; k < by->n; k++)
      best = fmax(best, is_question ? kn_terms_alike(terms, of->term[i], by->term[k])
                                    : kn_terms_alike(terms, by->term[k], of->term[i]));
    met += best;
  }
  return of->n > 0 ? met / of->n : 0;
}

static kn_code
judge_phrases(kn_knowledge *k, kn_arena *arena, const kn_phrase *asked, const char *phrases, double *best, kn_error *err)
{
  while (*phrases != '\0') {
    const size_t length = strcspn(phrases, ";");
    const char *one;
    kn_phrase phrase;
    KN_TRY(kn_text_copy(&one, arena, phrases, length, err));
    KN_TRY(kn_terms_read(k->terms, arena, one, &phrase, err));
    const double alike =
        of_question * covered(k->terms, asked, &phrase, true) + (1 - of_question) * covered(k->terms, &phrase, asked, false);
    *best = fmax(*best, alike);
    phrases += length + (phrases[length] == ';');
  }
  return KN_OK;
}

/* Keeps out[] sorted by falling likeness, rows of equal likeness in their order. */
static void
keep_thing(kn_everyday *out, int32_t most, int32_t *count, const kn_everyday *thing)
{
  int32_t at = *count;
  while (at > 0 && out[at - 1].alike < thing->alike)
    at--;
  if (at >= most)
    return;
  const int32_t last = *count < most ? (*count)++ : most - 1;
  memmove(&out[at + 1], &out[at], (size_t)(last - at) * sizeof *out);
  out[at] = *thing;
}

kn_code
kn_everyday_find(kn_everyday *out, int32_t most, int32_t *count, kn_knowledge *knowledge, kn_arena *arena, const char *words,
                 kn_error *err)
{
  *count = 0;
  kn_sheet sheet;
  kn_phrase asked;
  KN_TRY(kn_sheet_read(&sheet, arena, "everyday", kn_data_everyday,
                       "everyday_id,class,name_en,name_nl,words_en,words_nl,code_low,look_for", err));
  KN_TRY(kn_terms_read(knowledge->terms, arena, words, &asked, err));
  for (int32_t i = 0; i < sheet.n; i++) {
    kn_everyday thing = {.everyday_id = kn_sheet_cell(&sheet, i, 0),
                         .name_en = kn_sheet_cell(&sheet, i, 2),
                         .name_nl = kn_sheet_cell(&sheet, i, 3),
                         .code_low = *kn_sheet_cell(&sheet, i, 6) != '\0' ? kn_sheet_cell(&sheet, i, 6) : NULL,
                         .look_for = kn_sheet_cell(&sheet, i, 7),
                         .class_of = KN_CLASS_COUNT};
    for (int c = 0; c < KN_CLASS_COUNT; c++)
      if (strcmp(kn_class_name((kn_class)c), kn_sheet_cell(&sheet, i, 1)) == 0)
        thing.class_of = (kn_class)c;
    if (thing.class_of == KN_CLASS_COUNT)
      return kn_fail(err, KN_E_INPUT, "row %d of the reference table everyday: there is no class '%s'", i + 1,
                     kn_sheet_cell(&sheet, i, 1));
    for (int32_t column = 4; column <= 5; column++)
      KN_TRY(judge_phrases(knowledge, arena, &asked, kn_sheet_cell(&sheet, i, column), &thing.alike, err));
    if (thing.alike >= least_alike)
      keep_thing(out, most, count, &thing);
  }
  return KN_OK;
}
