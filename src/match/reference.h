/* Reference tables that travel inside the program: text of data/reference, embedded while building. */
#ifndef KN_MATCH_REFERENCE_H
#define KN_MATCH_REFERENCE_H

#include "knoop/base.h"

/* The texts, each a table with its head on the first line. */
extern const char kn_data_stream[], kn_data_receiver[], kn_data_use[], kn_data_receiver_source[], kn_data_nace[], kn_data_low[],
    kn_data_weak_word[], kn_data_seed_weight[], kn_data_rules_eu[], kn_data_rules_be[], kn_data_country[], kn_data_everyday[],
    kn_data_everyday_unit[], kn_data_law[], kn_data_low_change[], kn_data_low_pair[], kn_data_seed_seen[];

/* A table as cells; a blank one is "". */
typedef struct kn_sheet {
  int32_t n, column_count;
  const char **cells; /* [n x column_count] */
} kn_sheet;

/* Reads a table (RFC 4180) into arena. `head` is its first line, word by word: KN_E_INPUT where the table has another, or a row
 * has more or fewer cells. `name` is for the message. O(length). */
kn_code kn_sheet_read(kn_sheet *out, kn_arena *arena, const char *name, const char *text, const char *head, kn_error *err);
static inline const char *
kn_sheet_cell(const kn_sheet *sheet, int32_t row, int32_t column)
{
  return sheet->cells[(int64_t)row * sheet->column_count + column];
}
/* A cell as a number; KN_E_INPUT names table and row when it is none. */
kn_code kn_sheet_real(const kn_sheet *sheet, const char *name, int32_t row, int32_t column, double *out, kn_error *err);

#endif
