/* formats/draft.h - what draft.c (sampling, choosing) and propose.c (entries of the mapping) share. */
#ifndef KNOOP_FORMATS_DRAFT_H
#define KNOOP_FORMATS_DRAFT_H

#include "formats/mapping.h"

enum { SAMPLE_ROWS = 5000, SAMPLE_VALUES = 300, MOST_COLUMNS = 32 };

typedef struct sample {
  int64_t filled;     /* rows in which the field is not blank */
  int32_t count;      /* different values */
  const char **value; /* [count] in the order of the file */
  kn_keymap *seen;
  bool is_cut; /* there are more different values */
} sample;

typedef struct draft {
  kn_arena *arena;
  const kn_region *region; /* NULL: none */
  const foreign_layer *layer;
  sample *sample;                  /* [fields] */
  int64_t rows;                    /* sampled */
  double *fit;                     /* [fields][MOST_COLUMNS] of the table looked at */
  const kn_table_def *def, *other; /* best table and the next */
  double confidence;               /* 0..1 of the table */
  int32_t field[MOST_COLUMNS];     /* of each column; KN_NONE */
  double field_fit[MOST_COLUMNS];
  int32_t company;  /* field that names a company, KN_NONE */
  double place_fit; /* how well fields fit the place of a site */
  bool has_sites;   /* a layer before this one brings sites */
} draft;

typedef struct notation {
  char decimal, thousands;
  double share;    /* of the samples that can be read so */
  bool is_sure;    /* no other way reads them to other values */
  bool is_neutral; /* whole numbers without marks */
} notation;
notation find_notation(const sample *values, foreign_kind kind);
char find_date_order(const sample *values, double *share, bool *is_sure);
double field_fit(const draft *work, const kn_table_def *def, int32_t column, int32_t field);

/* The field that fits a column best and well enough, or KN_NONE. */
int32_t best_field(const draft *work, kn_table_id table, const char *column);

/* propose.c: adds the entries of one layer to `tables`. */
kn_code propose_tables(draft *work, json_t *tables, kn_error *err);

#endif
