/* The checks of a match or a seed: what passed, what failed, what has to be verified. */
#ifndef KN_CLI_CHECKS_H
#define KN_CLI_CHECKS_H

#include "json_rows.h"

bool kn_speaks_dutch(void); /* for texts that come in two languages as data */
/* {"passed": [..], "failed": [..], "unknown": [..]}, each item {"check", "rule_id", "text", "source", "checked"}. Of an offer and a need
 * the specs are among them; row KN_NONE: no such end. */
void kn_jot_checks(kn_jot *jot, const char *name, const kn_region *region, const kn_legal_check *check, int32_t count,
                   int32_t offer, int32_t need);
/* How many have this outcome, specs left out. */
int32_t kn_checks_count(const kn_legal_check *check, int32_t count, kn_outcome outcome);
/* "1 failed, 2 to verify" or "". */
void kn_cell_checks(kn_grid *grid, const kn_legal_check *check, int32_t count);
/* A line for each that did not pass, indented. */
void kn_print_checks(FILE *out, const kn_legal_check *check, int32_t count);

#endif
