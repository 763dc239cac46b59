/* For words.mjs: says each line of standard input in Dutch: the sentence it was, a tab, what stands in its places between tabs, a tab and
 * what it became, on one line. */
#include "portal/words.h"

#include <stdio.h>
#include <string.h>

int
main(void)
{
  static char line[4096];
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    kn_arena *arena = kn_arena_new();
    kn_sentence sentence;
    const char *said;
    kn_error err = {0};
    if (kn_sentence_of(&sentence, arena, line, &err) != KN_OK || kn_say(&said, arena, "nl", line, &err) != KN_OK) {
      fprintf(stderr, "%s\n", err.text);
      return 1;
    }
    printf("%s", sentence.id != NULL ? sentence.id : "");
    for (int32_t i = 0; i < sentence.count; i++)
      printf("\t%s", sentence.parameter[i]);
    printf("\t%s\n", said);
    kn_arena_free(arena);
  }
  return 0;
}
