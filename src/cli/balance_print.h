/* How a balance looks: for programs and for people. */
#ifndef KN_CLI_BALANCE_PRINT_H
#define KN_CLI_BALANCE_PRINT_H

#include "print.h"

/* The key of what a figure is about: flow_id, transfer_id, "flow_id property" or stock_level_id. */
enum { KN_FIGURE_SIZE = 256 };
const char *kn_balance_figure_id(char out[KN_FIGURE_SIZE], const kn_task_balanced *balanced, int64_t figure);

kn_code kn_json_balance(const kn_cli *cli, const kn_task_balanced *balanced, bool eliminates, kn_error *err);
kn_code kn_text_balance(FILE *out, const kn_task_balanced *balanced, bool eliminates, int32_t most, kn_error *err);

#endif
