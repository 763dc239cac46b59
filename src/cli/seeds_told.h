/* What a chance rests on, as JSON and as text. */
#ifndef KN_CLI_SEEDS_TOLD_H
#define KN_CLI_SEEDS_TOLD_H

#include "json_rows.h"

#include "knoop/match.h"

const char *kn_basis_name(bool is_calibrated); /* to be translated */
/* Members of a seed: probability with its interval, what was told before outcomes of the region, the basis and how many outcomes. */
void kn_jot_told(kn_jot *jot, const kn_calibration *calibration, int32_t group, double told);
/* Prints, per kind, what was told and what became of it; path NULL: what was published alone. */
kn_code kn_seeds_tell_reliability(const kn_cli *cli, const kn_task *task, const char *path, kn_error *err);

#endif
