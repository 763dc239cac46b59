/* What if? The options of a command that asks about a region as it would be. */
#ifndef KN_CLI_WHAT_IF_H
#define KN_CLI_WHAT_IF_H

#include "print.h"

/* For the table of options of a command whose arguments have the members scenario, set, close and open (kn_words). */
#define KN_OPT_WHAT_IF(args)                                                                                                     \
  KN_OPT_MANY(args, scenario, "FILE", N_("what if these rows came in, as by import? a data package or a table (need.csv)")),     \
      KN_OPT_MANY(args, set, "KEY=VALUE", N_("what if this setting were another, as in co2_eur_per_t=150?")),                    \
      KN_OPT_MANY(args, close, "LINK", N_("what if this link of the network were closed?")),                                     \
      KN_OPT_MANY(args, open, "TERMINAL", N_("what if this terminal were there?"))

/* What the words of the options come to. `task` below lends it out. */
typedef struct kn_what_if {
  kn_task_changes changes;
  kn_findings *findings; /* of a region with changes; NULL: none */
  kn_task_row closed[KN_WORDS_MOST];
  kn_task_cell opened[KN_WORDS_MOST];
} kn_what_if;

/* close: keys of links that are left out; open: keys of terminals that are there. Fills changes and findings of the task.
 * KN_E_USAGE says what was expected. To be ended with kn_what_if_end(), also after an error. */
kn_code kn_what_if_begin(kn_what_if *what_if, kn_task *task, const kn_words *scenario, const kn_words *set,
                         const kn_words *closed, const kn_words *opened, kn_error *err);
/* Findings, as after an import: to people and into cli->doc. Once, before results are written. */
void kn_what_if_tell(const kn_cli *cli, const kn_what_if *what_if);
/* One line on top of the results. */
void kn_what_if_print(FILE *out, const kn_what_if *what_if);
void kn_what_if_end(kn_what_if *what_if);

/* The changes that the settings of a run tell of, in a line: "co2_eur_per_t=150, dryer"; "" for none. */
enum { KN_CHANGES_SIZE = 256 };
const char *kn_print_changes(char out[KN_CHANGES_SIZE], const json_t *settings);

#endif
