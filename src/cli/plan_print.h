/* How a plan looks: ten lines and a table for people, the whole of it for programs. */
#ifndef KN_CLI_PLAN_PRINT_H
#define KN_CLI_PLAN_PRINT_H

#include "print.h"

enum { KN_WAYS_MOST = 64 };

/* The best ties as a table; then the plan in ten lines, which are always the last ten. */
kn_code kn_print_plan(FILE *out, const kn_task_planned *planned, kn_error *err);
/* The document of `plan --json`; docs/reference.md. */
kn_code kn_json_plan(const kn_cli *cli, const kn_task_planned *planned, kn_error *err);

/* count: ways there are, of which why[] holds at most KN_WAYS_MOST. */
void kn_print_why(FILE *out, const kn_task_planned *planned, const kn_place ends[2], const kn_why *why, int32_t count);
void kn_json_why(json_t *doc, const kn_task_planned *planned, const kn_place ends[2], const kn_why *why, int32_t count);

#endif
