/* knoop/builder.h - how a region comes to be: from rows, or findings that say what is wrong with them; or from another region.
 *
 * A builder takes tables row by row, as text (from files) or typed (from the region file). kn_builder_end() resolves keys, units,
 * trees and areas of all of them together and gives a region (knoop/region.h), or refuses: then the findings name file, line and
 * cell. kn_region_edit() gives a region for "what if?". Most callers need kn_builder_new(), kn_builder_batch(), kn_builder_row() and
 * kn_builder_end(), or kn_region_edit(). Who only reads regions does not need this header. */
#ifndef KNOOP_BUILDER_H
#define KNOOP_BUILDER_H

#include "knoop/region.h"

/* ------------------------------------------------------------------ findings: what is wrong, where, what to do */
typedef enum kn_severity { KN_HINT, KN_WARNING, KN_ERROR } kn_severity;
typedef struct kn_finding {
  kn_severity severity;
  const char *rule;                 /* short code: "unknown_key", "cycle", ... */
  const char *file;                 /* path as given; NULL when it comes from a region file */
  int64_t line, column_no;          /* 1-based in the file; 0: none */
  const char *table, *row, *column; /* row: the key, or "row 12" */
  const char *value;                /* as read; NULL: none */
  const char *sentence;             /* what is wrong and what was expected (translated when made) */
  const char *proposal;             /* what to do; NULL: none */
} kn_finding;
/* Keeps up to `most_per_file` findings of each file (or of each rule where there is no file) and counts all. */
typedef struct kn_findings kn_findings;
kn_code kn_findings_new(kn_findings **out, int32_t most_per_file, kn_error *err);
void kn_findings_free(kn_findings *findings);
/* Copies all texts; `sentence` is a printf format here. */
kn_code kn_findings_add(kn_findings *findings, const kn_finding *where, kn_error *err, const char *sentence, ...)
    __attribute__((format(printf, 4, 5)));
/* Lends a translator for sentences and proposals (msgid -> text in the reader's language); NULL: English. */
typedef const char *(*kn_findings_translator)(void *arg, const char *msgid);
void kn_findings_translate(kn_findings *findings, kn_findings_translator translate, void *arg);
int64_t kn_findings_kept(const kn_findings *findings);
const kn_finding *kn_findings_get(const kn_findings *findings, int64_t at);
int64_t kn_findings_count(const kn_findings *findings, kn_severity severity); /* all, also those not kept */
int64_t kn_findings_of_file(const kn_findings *findings, const char *file);   /* all of one file (or rule) */

/* ------------------------------------------------------------------ building
 * A builder takes rows as text cells (from files) or as typed values (from the store) and ends in a region
 * or in findings. Rows whose key (or unique columns) is already there replace that row when it came from an
 * earlier batch (an import over an existing region), and are an error within one batch.
 * Units, keys, trees, areas are resolved by kn_builder_end(). */
typedef struct kn_builder kn_builder;

kn_code kn_builder_new(kn_builder **out, kn_findings *findings, kn_error *err);
void kn_builder_free(kn_builder *builder);
/* Starts a batch of rows for a table. `file` is NULL for the store. names[count]: the columns in the order of the
 * cells to come; names the schema does not know become extra columns. expected: rows, a hint. Missing required or doubled
 * columns become findings and the batch is then ignored. */
kn_code kn_builder_batch(kn_builder *builder, kn_table_id table, const char *file, int32_t count, const char *const *names,
                         int64_t expected, kn_error *err);
typedef struct kn_cell {
  const char *text;
  int32_t length;
  int32_t column_no;
} kn_cell; /* length 0: blank */
/* One row of text. `decimal` '.' or ','. Refused values become findings with file, line, column. Text is copied. */
kn_code kn_builder_row(kn_builder *builder, int64_t line, const kn_cell *cells, char decimal, kn_error *err);
/* Many rows at once, parsed on several threads; the same result as one by one. cells [rows][count], line [rows]. */
kn_code kn_builder_rows(kn_builder *builder, int64_t rows, const int64_t *line, const kn_cell *cells, char decimal,
                        int32_t thread_count, kn_error *err);
/* Rows that come in blocks: cells [rows][count], line [rows]. */
typedef struct kn_row_block {
  int64_t rows; /* 0: the end */
  const int64_t *line;
  const kn_cell *cells;
} kn_row_block;
/* Where they come from. next() is called by one thread at a time, in the order of the rows; its block must stay as it is
 * until the next call with the same slot (0 .. threads - 1), its texts until the end. is_alone(): the next block makes
 * findings, so it is asked for when all rows before it have made theirs; may also come true by a call of next(), which then
 * gives 0 rows. */
typedef struct kn_row_source {
  kn_code (*next)(void *arg, int32_t slot, kn_row_block *out, kn_error *err);
  bool (*is_alone)(const void *arg);
  void *arg;
  char decimal; /* '.' or ',' */
} kn_row_source;
/* Takes all rows of a source, on several threads (0: one per core); the same result as one by one. */
kn_code kn_builder_take(kn_builder *builder, const kn_row_source *source, int32_t thread_count, kn_error *err);
/* One typed row (store): value [count] in the order of `names`; a KN_REF is given as its key text. */
typedef struct kn_value {
  const char *text;
  int32_t length;
  double real;
  bool is_blank;
} kn_value;
kn_code kn_builder_typed(kn_builder *builder, const kn_value *values, kn_error *err);
/* Geometry of an area (from area.geojson or the region file), as WKB (polygon or multipolygon). */
kn_code kn_builder_area(kn_builder *builder, const char *file, int64_t line, const char *area_id, const uint8_t *wkb,
                        size_t length, kn_error *err);
/* Geometry of a row of a table of areas ('a': polygon or multipolygon) or lines ('l': a linestring from from_id to to_id). */
kn_code kn_builder_shape(kn_builder *builder, kn_table_id table, const char *file, int64_t line, const char *key,
                         const uint8_t *wkb, size_t length, kn_error *err);
/* What if? A row with this key less, or one column of it changed, whoever brought the row: for a region that is not for saving.
 * `value` is read as a cell of a file; one that the column does not take becomes a finding. Keys and references cannot be
 * changed. A row that is left out must not be named by others, or these are errors. O(rows behind it).
 * KN_E_USAGE: no such row or column. Between batches. */
kn_code kn_builder_leave_out(kn_builder *builder, kn_table_id table, const char *key, kn_error *err);
/* What if this actor were not there? It and its sites stay, for others name them; what is at them offers, needs and runs nothing, as
 * with KN_EDIT_REMOVE_ACTOR. KN_E_USAGE: no such actor. O(rows). Between batches. */
kn_code kn_builder_empty_actor(kn_builder *builder, const char *key, kn_error *err);
kn_code kn_builder_change(kn_builder *builder, kn_table_id table, const char *key, const char *column, const char *value,
                          kn_error *err);

/* ------------------------------------------------------------------ following a builder
 * Another thread reads rows while the builder takes more, to have them written by the time all are there. Followed are tables
 * from files, of at least so many rows (as their batch expects), and of them the rows that are added, which stay as they are
 * once settled. kn_follow_is_spoiled() says when they did not after all, or when the data has errors; then all that was made of
 * them must be thrown away. When the builder ends, the rest of the rows is read from the region, which has the same rows in the
 * same order. */
typedef struct kn_follow kn_follow;
kn_code kn_follow_new(kn_follow **out, int64_t least_rows, kn_error *err);
void kn_follow_free(kn_follow *follow); /* after kn_follow_end(); NULL is fine */
void kn_builder_follow(kn_builder *builder, kn_follow *follow);
typedef struct kn_follow_table {
  kn_table_id table;
  int32_t count;            /* columns */
  int64_t expected;         /* rows, as a hint */
  int64_t first;            /* row that is added; those before come from the store */
  const int32_t *target;    /* [count] column of the schema; below 0: an extra one; KN_IGNORED: none */
  const char *const *names; /* [count] */
} kn_follow_table;
#define KN_IGNORED INT32_MIN
/* Waits for the next table, lent until kn_follow_free(); false: there is none any more. */
bool kn_follow_next(kn_follow *follow, kn_follow_table *out);
/* Waits until rows first .. first + most - 1 are settled, or no more will come; how many there are. They may be read until
 * kn_follow_leave(). KN_FOLLOW_OVER: the builder has ended, or all is spoiled; there is nothing to leave. */
#define KN_FOLLOW_OVER (-1)
int64_t kn_follow_enter(kn_follow *follow, kn_table_id table, int64_t first, int64_t most);
void kn_follow_leave(kn_follow *follow);
bool kn_follow_is_spoiled(kn_follow *follow);
/* The other thread is at its end. A builder that ends with errors, or is freed before its end, waits for that: once
 * kn_follow_is_spoiled(), it should not take long. Texts that were read are then the region's, or nobody's. */
void kn_follow_end(kn_follow *follow);
void kn_follow_spoil(kn_follow *follow); /* by who follows: it has had enough; NULL is fine */
typedef struct kn_follow_column {
  kn_kind kind; /* KN_REF: a key or another text by its number, KN_NONE for blank */
  kn_column data;
  const char *const *words; /* of a KN_WORD, a KN_REF */
} kn_follow_column;
/* Between enter and leave: out [count], data NULL for what is ignored. */
void kn_follow_columns(const kn_follow *follow, kn_follow_column *out);
/* The same for the line of a link, asked for in the order of rows: its WKB, else *wkb is NULL, and the places of its ends.
 * False: neither. */
bool kn_follow_line(kn_follow *follow, int64_t row, const uint8_t **wkb, size_t *length, double from[2], double to[2]);

/* ------------------------------------------------------------------ the end of building
 * Resolves everything. Errors among the findings: *out is NULL and KN_E_INPUT. When no row came from the store, the
 * tables that a package must have are asked for. Substitutions and recipe rows have no key: a file that brings some of a
 * recipe (of a pair of resources) replaces all rows of it that came from the store. */
kn_code kn_builder_end(kn_builder *builder, kn_region **out, kn_error *err);
/* Like kn_builder_end(), also after it refused, but errors in the rows do not hinder: what was refused is blank (KN_NONE, NAN).
 * Only for kn_region_check(), so that one check shows everything; never plan or save such a region. */
kn_code kn_builder_salvage(kn_builder *builder, kn_region **out, kn_error *err);

/* ------------------------------------------------------------------ what if
 * A region that differs from another in a few figures and shares all else with it: for the plan of "what if this need were
 * smaller, this company not there, a dryer at that site?" */
typedef enum kn_edit_kind {
  KN_EDIT_OFFER_QUANTITY,    /* row of offers; value in the unit of the resource, >= 0 */
  KN_EDIT_OFFER_FATE_EUR,    /* row of offers */
  KN_EDIT_NEED_QUANTITY,     /* row of needs; >= 0 */
  KN_EDIT_NEED_PRICE_EUR,    /* row of needs */
  KN_EDIT_GATEWAY_PRICE_EUR, /* row of gateways */
  KN_EDIT_GATEWAY_CAPACITY,  /* row of gateways; >= 0, INFINITY: unlimited */
  KN_EDIT_UNIT_CAPACITY,     /* row of units; >= 0 */
  KN_EDIT_REMOVE_ACTOR,      /* row of actors: what is at its sites offers, needs and runs nothing; rows keep their numbers */
  KN_EDIT_ADD_UNIT           /* value: capacity, > 0; process, site (KN_NONE: to be placed), is_candidate; becomes the last row */
} kn_edit_kind;
typedef struct kn_edit {
  kn_edit_kind kind;
  int32_t row;
  double value;
  int32_t process, site;
  bool is_candidate;
} kn_edit;
/* `base` must outlive the result, which is read like any other region but is not for saving. O(what the edits touch); one
 * column of a table for each kind of edit. KN_E_INPUT: a row that is not there, a value that cannot be. */
kn_code kn_region_edit(kn_region **out, const kn_region *base, const kn_edit *edit, int64_t count, kn_error *err);

/* Rows less and rows more of a table without geometry. References count rows as the base does, added ones behind. */
typedef struct kn_table_change {
  kn_table_id table;
  const uint8_t *is_dropped; /* [rows of the base]; NULL: none */
  int64_t added;
  const kn_column *column; /* [column_count], each [added]; data NULL: blank. NULL: all blank */
} kn_table_change;
/* A region with these rows less and more, the added ones last and new (kn_region_new_rows()). It shares all else with the base,
 * which must outlive it, and is for its digest and for saving: its typed views and kn_region_find() are those of the base.
 * KN_E_INPUT: a row that is left out and that another names. O(rows of the tables that change and of those that name them). */
kn_code kn_region_revise(kn_region **out, const kn_region *base, const kn_table_change *change, int32_t count, kn_error *err);

#endif
