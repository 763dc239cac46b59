/* What the files of disclosure control share.
 *
 * Inside, a table always has three dimensions (those that are not there have one code) and cells are numbered over all
 * codes, rests included, the last dimension running fastest. */
#ifndef KNOOP_MONITOR_DISCLOSURE_H
#define KNOOP_MONITOR_DISCLOSURE_H

#include "knoop/disclosure.h"
#include "knoop/numeric.h"

enum { DIMS = KN_DIMENSIONS_MOST };

/* The codes of one dimension: given ones, then the rests of those inner codes at which something is contributed. */
typedef struct code_tree {
  int32_t given, n;
  int32_t *parent;     /* [n] */
  int32_t *rest;       /* [given] the rest of a code, KN_NONE: none */
  int32_t *inner_rank; /* [n] number among the codes that have others below, KN_NONE: a leaf */
  int32_t inner_count;
} code_tree;

/* One measure: what each cell holds, and who holds most of it. */
typedef struct magnitude {
  bool is_count;
  double *total;    /* [cells] */
  int32_t *count;   /* [cells] contributors with more than 0 */
  double *largest;  /* [cells * keep] amounts of the largest contributors, falling, 0 where there are none */
  int32_t *who[2];  /* [cells] the two largest; of equal ones the first; KN_NONE */
  int64_t *start;   /* [contributors + 1] what each contributor has: */
  int32_t *in_cell; /* cells, each once */
  double *amount;   /* more than 0 */
  /* What attackers must deem possible: a total of at least total + up, and of at most total - down. 0: not asked. `down`
   * is for all but the largest contributor, `down_first` for him, who knows his own. */
  double *up, *down, *down_first; /* [cells] */
  double *attack_least, *attack_most;
  double empty_upper;
} magnitude;

typedef struct table {
  code_tree dimension[DIMS];
  int32_t cells, rows; /* rows: parent = sum of children, for each inner code and all codes of the other dimensions */
  int32_t row_base[DIMS];
  int32_t contributors;
  int32_t keep; /* largest amounts kept per cell, at least 2 */
  int32_t measures;
  magnitude *measure;
  uint8_t *is_structural; /* [cells] */
  uint8_t *status, *why;  /* [cells] */
  uint8_t *was_withheld;  /* [cells] */
} table;

struct kn_disclosure {
  kn_arena *keep;
  table table;
  kn_cell_view view;
  int32_t *inside; /* [view.n] cells of the table, in the order of the view */
};

/* The rows of a cell with its coefficients, at most 2 * DIMS: -1 where it is the sum, 1 where it is a part. */
int32_t table_rows_of(const table *t, int32_t cell, int32_t row[2 * DIMS], double value[2 * DIMS]);
void table_codes(const table *t, int32_t cell, int32_t code[DIMS]);
/* The cells that one with these codes is a part of, itself first, into list [cells]; how many. */
int32_t table_above(const table *t, const int32_t code[DIMS], int32_t *list);
/* Trees, cells, totals and who holds them. */
kn_code table_fill(table *t, kn_arena *keep, kn_arena *scratch, const kn_microdata *data, int32_t keep_largest, kn_error *err);

/* Withholds further cells until every primary cell is protected. */
kn_code protect_all(table *t, kn_arena *scratch, const kn_watch *watch, kn_error *err);

/* The attacker: linear programs over the cells that are withheld, as they are now. */
typedef struct attacker attacker;
kn_code attacker_new(attacker **out, const table *t, kn_error *err);
void attacker_free(attacker *attacker);
/* in      unit    what amounts are measured in within the program: what one wants to know the answer to
 * out     move    least and most by which the total may differ; -INFINITY never, INFINITY: nothing bounds it */
kn_code attacker_solve(attacker *attacker, int32_t measure, int32_t cell, int32_t contributor, double unit, kn_range *move,
                       kn_error *err);

#endif
