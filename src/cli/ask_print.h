/* What ask found, for people and for programs. */
#ifndef KN_CLI_ASK_PRINT_H
#define KN_CLI_ASK_PRINT_H

#include "print.h"

/* The question in words, in the user's language; the caller's to free(). NULL: no memory. */
char *kn_ask_sentence(const kn_region *region, const kn_question *question);
/* What the plan does otherwise when the figure turns out otherwise. As above. */
char *kn_ask_consequence(const kn_region *region, const kn_question *question, const kn_ask_change *change);
kn_code kn_print_ask(FILE *out, const kn_task_asked *asked, const kn_ask_settings *settings, kn_error *err);
void kn_json_ask(json_t *doc, const kn_task_asked *asked, const kn_ask_settings *settings);

#endif
