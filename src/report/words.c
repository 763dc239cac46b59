/* report/words.c - the languages. One list tells what each reads when it has no messages of its own: French and German
 * take the region's names in their language and, for the rest, English. */
#include "report/internal.h"

#include <string.h>

static const char *const english[WORD_COUNT] = {
#define WORD(id, en, nl) [W_##id] = (en),
#include "report/words.def"
#undef WORD
};

static const char *const dutch[WORD_COUNT] = {
#define WORD(id, en, nl) [W_##id] = (nl),
#include "report/words.def"
#undef WORD
};

/* English first: it is what an unknown language reads. */
static const tongue tongues[] = {
    {"en", "en", ".", ",", NULL, NULL},
    {"nl", "nl", ",", ".", "name_nl", "activity_unit_nl"},
    {"fr", "en", ".", ",", "name_fr", "activity_unit_fr"},
    {"de", "en", ".", ",", "name_de", "activity_unit_de"},
};

int32_t
tongue_count(void)
{
  return (int32_t)(sizeof tongues / sizeof tongues[0]);
}

const tongue *
tongue_at(int32_t at)
{
  return &tongues[at];
}

/* "nl", "nl-BE" and "nl_BE.UTF-8" are all Dutch. */
const tongue *
tongue_find(const char *language)
{
  for (int32_t i = 0; language && i < tongue_count(); i++)
    if (strncmp(language, tongues[i].code, 2) == 0 && (language[2] == '\0' || strchr("-_.", language[2])))
      return &tongues[i];
  return &tongues[0];
}

const char *
word_text(const tongue *in, int id)
{
  return strcmp(in->text, "nl") == 0 ? dutch[id] : english[id];
}
