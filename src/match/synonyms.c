/* Words by which people know a code of the List of Waste. */
#include "match/knowledge.h"

#include <stdio.h>
#include <string.h>

static const char stream_head[] = "stream_id,parent_id,class,words_en,words_nl,codes_low,donor_nace";
enum { WORDS_EN = 3, WORDS_NL = 4, CODES = 5 };

/* Is the code one of a list parted by ; ? */
static bool
lists(const char *list, const char *code)
{
  const size_t length = strlen(code);
  while (*list != '\0') {
    const size_t one = strcspn(list, ";");
    if (one == length && strncmp(list, code, length) == 0)
      return true;
    list += one + (list[one] == ';');
  }
  return false;
}

kn_code
kn_code_words(const char **out, kn_arena *arena, const char *code_low, kn_error *err)
{
  *out = "";
  if (strlen(code_low) != 6)
    return KN_OK;
  kn_sheet sheet;
  KN_TRY(kn_sheet_read(&sheet, arena, "stream", kn_data_stream, stream_head, err));
  size_t size = 1;
  for (int32_t i = 0; i < sheet.n; i++)
    if (lists(kn_sheet_cell(&sheet, i, CODES), code_low))
      size += strlen(kn_sheet_cell(&sheet, i, WORDS_EN)) + strlen(kn_sheet_cell(&sheet, i, WORDS_NL)) + 2;
  char *words;
  KN_NEW(words, arena, size, err);
  size_t used = 0;
  for (int32_t i = 0; i < sheet.n; i++)
    if (lists(kn_sheet_cell(&sheet, i, CODES), code_low))
      used += (size_t)snprintf(words + used, size - used, "%s %s ", kn_sheet_cell(&sheet, i, WORDS_EN),
                               kn_sheet_cell(&sheet, i, WORDS_NL));
  *out = words;
  return KN_OK;
}
