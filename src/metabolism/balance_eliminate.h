/* The elimination under way, as the files of the reduction share it.
 *
 *   balance_eliminate.c   rows and columns, and how one is taken out of the others
 *   balance_reduce.c      balances in, balances among the measured out; their rank; who follows from them
 *   balance_follow.c      what the others ask of the result: forms, values, multipliers */
#ifndef KN_METABOLISM_BALANCE_ELIMINATE_H
#define KN_METABOLISM_BALANCE_ELIMINATE_H

#include "metabolism/balance_reduce.h"

enum { ELIMINATION_BUCKETS = 5 };
#define ELIMINATION_VANISHES 1e-11 /* what cancelled to this share of what it was is 0 */

typedef struct elimination_cell {
  int32_t row;
  double value;
} elimination_cell;

typedef struct elimination_column {
  elimination_cell *cells;
  int32_t count, room;
} elimination_column;

typedef struct elimination_row {
  int32_t *columns; /* may be doubled or gone */
  int64_t count, room;
  int32_t live, unmeasured;
  bool is_done;
} elimination_row;

typedef struct elimination_stack {
  int32_t *item;
  int64_t count, room;
} elimination_stack;

typedef struct elimination {
  int64_t rows, n;
  const uint8_t *kind;
  elimination_column *column;
  elimination_row *row;
  double *b, *size; /* [rows] right side, and the largest of what it was added up from */
  int32_t *mark;    /* [n] stamp of the last walk along a row */
  int32_t stamp;
  elimination_stack bucket[ELIMINATION_BUCKETS], single;
  kn_arena *cells; /* what grows; gone when the elimination is */
  /* growing outputs */
  int32_t *pivot, *pivot_row, *entry_column, *step_to, *step_from;
  double *rest, *entry_value, *step_factor;
  int64_t *entry_start;
  int64_t pivot_count, pivot_room, pivot_row_room, rest_room, start_room, entry_count, column_room, value_room;
  int64_t step_count, to_room, from_room, factor_room;
} elimination;

kn_code elimination_push(elimination_stack *s, int32_t item, kn_error *err);
/* A measured column may now be chosen. */
kn_code elimination_queue(elimination *e, int32_t j, kn_error *err);
/* The next column in few rows, -1: none; and the row of its pivot. */
int32_t elimination_choose_column(elimination *e);
int32_t elimination_choose_row(const elimination *e, int32_t j);
/* Takes column j out of all rows but r. */
kn_code elimination_take(elimination *e, int32_t j, int32_t r, bool is_measured, kn_error *err);
/* Takes the unmeasured out; is_observable [n]: those that one row determined. */
kn_code elimination_unmeasured(elimination *e, uint8_t *is_observable, kn_error *err);

#endif
