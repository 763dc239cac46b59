/* formats/mapping.h - a mapping file in memory: which layer is which table, and where each column comes from. */
#ifndef KNOOP_FORMATS_MAPPING_H
#define KNOOP_FORMATS_MAPPING_H

#include "formats/foreign.h"

typedef enum map_from {
  MAP_FIELD,    /* a field */
  MAP_CONSTANT, /* the same text in each row */
  MAP_KEY,      /* made of fields: "site-" + their folded texts */
  MAP_LON,
  MAP_LAT /* of the row's geometry */
} map_from;

typedef struct map_column {
  const char *name;         /* column of the table, or a name of its own: an extra column */
  const kn_column_def *def; /* NULL: extra */
  map_from from;
  int32_t field_count;
  const int32_t *field;    /* [field_count] fields of the layer */
  const char *text;        /* constant, or prefix of a key */
  char decimal, thousands; /* how numbers are written; thousands 0: no mark */
  char date;               /* 'd' day first, 'm' month first, 0 ISO 8601 */
  double factor;           /* numbers are multiplied with it */
  kn_keymap *words;        /* folded text -> position in word; NULL: as written */
  const char **word;
} map_column;

typedef struct map_table {
  int32_t layer; /* of the file; KN_NONE: left out */
  const kn_table_def *def;
  int32_t count;
  map_column *column; /* [count] */
  bool is_distinct;   /* rows that are the same are given once */
  const char *srs;    /* reference system of the coordinates; NULL: the file's, or WGS 84 */
} map_table;

typedef struct mapping {
  kn_arena *arena;
  const char *path;
  char *text;
  size_t length;
  json_t *root;         /* NULL: it is no JSON */
  const char *encoding; /* of a CSV file; NULL: UTF-8 */
  bool is_confirmed;    /* what it says of the file as a whole */
  int32_t count;
  map_table *table; /* [count] */
} mapping;

/* Reads a mapping; root is NULL when findings say why it is none. mapping_free() afterwards in any case. */
kn_code mapping_load(mapping *out, const char *path, kn_findings *findings, kn_error *err);
/* Finds its layers and fields in the file. What is wrong, or waits for the user, becomes findings; *is_good is false then. */
kn_code mapping_fit(mapping *map, const foreign *file, kn_findings *findings, bool *is_good, kn_error *err);
void mapping_free(mapping *map);

/* ---- apply.c */
kn_code mapping_import(kn_builder *builder, kn_findings *findings, const char *path, const kn_import_settings *settings,
                       kn_error *err);
/* Reads "1.234,5" given decimal ',' and thousands '.'; false when it is written otherwise. */
bool number_read_as(const char *text, size_t length, char decimal, char thousands, double *out);
/* 05/01/2024 with order 'd' -> 2024-01-05; ISO dates stay. False: neither. */
bool date_read_as(const char *text, size_t length, char order, char out[16]);

/* ---- words.c: what columns and tables are called, in nl, en, fr and de */
/* How well a field name fits a column: 0 ... 1; 1 only for the column's own name. */
double words_fit_column(kn_table_id table, const kn_column_def *column, const char *field);
double words_fit_table(kn_table_id table, const char *layer);
/* The word of a list that a text of the field means, and how sure; NULL: none. */
const char *words_find_value(const kn_column_def *column, const char *text, double *fit);
/* The unit in a text ("ton/jaar", "m³"), and how many times a year it counts; NULL: none. */
const char *words_find_unit(const char *text, double *per_year);

#endif
