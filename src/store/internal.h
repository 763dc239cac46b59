/* What the files of src/store share and nobody else sees. */
#ifndef KNOOP_STORE_INTERNAL_H
#define KNOOP_STORE_INTERNAL_H

#include <sqlite3.h>
#include <stdio.h>

#include "knoop/store.h"

typedef struct kn_lock kn_lock;
typedef struct kn_early kn_early;

struct kn_store {
  sqlite3 *db;
  kn_arena *keep;   /* holds this struct and its texts */
  char *path;       /* as the caller gave it: for people */
  char *real;       /* of the file itself */
  kn_lock *writing; /* the lock file; NULL: a reader */
  const kn_watch *watch;
  double wait_s;
  int32_t version;
  bool is_writer;
  bool is_in_wal;  /* turned by this store, to be turned back */
  bool is_new;     /* not yet published */
  int new_fd;      /* of a file without a name yet; -1: none */
  char *new_path;  /* where the file system knows no files without a name: the name for the time being */
  kn_early *early; /* NULL: nobody follows a builder */
  char notice[512];
};

/* ---------------------------------------------------------------- store.c
 * Starts the transaction of a save, of about so many rows. */
kn_code kn_store_begin(kn_store *store, int64_t rows, kn_error *err);
/* For create.c: */
kn_code kn_store_new(kn_store **out, const char *path, const kn_store_settings *settings, kn_error *err);
kn_code kn_store_connect(kn_store *store, const char *name, int flags, const char *vfs, kn_error *err);
void kn_store_disconnect(kn_store *store);
kn_code kn_store_reopen(kn_store *store, kn_error *err); /* for reading */
/* wants_named: as on a file system that knows no files without a name. */
kn_code kn_store_create_as(kn_store **out, const char *path, const kn_store_settings *settings, bool wants_named, kn_error *err);

/* ---------------------------------------------------------------- save_plan.c */
/* The row of a run, within the transaction that saves what it found. */
kn_code kn_store_write_run(kn_store *store, const kn_run *run, int64_t *run_id, kn_error *err);

/* ---------------------------------------------------------------- nameless.c
 * Name of the VFS whose files are open descriptors, given as numbers. */
const char *kn_nameless_vfs(void);

/* ---------------------------------------------------------------- lock.c */
kn_code kn_lock_take(kn_lock **out, const char *real, const char *path, const kn_store_settings *settings, kn_error *err);
void kn_lock_drop(kn_lock *lock); /* NULL is fine */
/* Has another writer been waiting for it since it was taken? Who is about to take it again leaves it free for a moment then, in which that one comes. */
bool kn_lock_is_awaited(const kn_lock *lock);
void kn_lock_leave(void);

/* ---------------------------------------------------------------- sql.c: SQLite in words
 * A failing call becomes the code and sentence a user can act on; `doing` ends that sentence. */
kn_code kn_sql_fail(const kn_store *store, int rc, kn_error *err);
kn_code kn_sql_run(kn_store *store, const char *sql, kn_error *err);
/* printf with %w, %Q as sqlite3_mprintf knows them. */
kn_code kn_sql_runf(kn_store *store, kn_error *err, const char *format, ...);
kn_code kn_sql_prepare(kn_store *store, sqlite3_stmt **out, kn_error *err, const char *format, ...);
/* True in *row while there are rows. */
kn_code kn_sql_step(kn_store *store, sqlite3_stmt *statement, bool *row, kn_error *err);
/* First column of the first row, 0 when there is none. */
kn_code kn_sql_number(kn_store *store, int64_t *out, kn_error *err, const char *format, ...);
bool kn_sql_has_table(kn_store *store, const char *table);
/* Names of the columns of a table in the file, into arena; 0 of them when there is no such table. */
kn_code kn_sql_columns(kn_store *store, kn_arena *arena, const char *table, const char ***names, int32_t *count, kn_error *err);
/* Text of a column, copied; NULL for NULL. */
kn_code kn_sql_text(const char **out, kn_arena *arena, sqlite3_stmt *statement, int column, kn_error *err);
void kn_sql_roll_back(kn_store *store);

/* ---------------------------------------------------------------- migrate.c */
typedef struct kn_migration {
  int32_t version;
  const char *name, *sql;
} kn_migration;
extern const kn_migration kn_migrations[]; /* written by embed.c when building; ends in version 0 */
/* Version of the file; KN_E_INPUT when it is no region file. */
kn_code kn_migrate_version(kn_store *store, int32_t *version, kn_error *err);
/* Brings the file from store->version to `target` in one transaction. */
kn_code kn_migrate(kn_store *store, int32_t target, kn_error *err);

/* ---------------------------------------------------------------- geometry.c: GeoPackage geometry
 * A blob is a header (magic, flags, spatial reference, envelope) and WKB. */
enum { POINT_BLOB = 29, LINE_BLOB = 8 + 32 + 41, AREA_HEADER = 8 + 32, LINE_HEADER = 8 + 32 };
void kn_geometry_point(uint8_t out[POINT_BLOB], double lon, double lat);
void kn_geometry_line(uint8_t out[LINE_BLOB], const double from[2], const double to[2]);
/* The same as the line of a link that has none of its own: kn_geometry_is_straight() knows it again. */
void kn_geometry_straight(uint8_t out[LINE_BLOB], const double from[2], const double to[2]);
bool kn_geometry_is_straight(const uint8_t *blob, size_t length);
/* The blob of a line from its WKB as the region has it; out [LINE_HEADER + length]. Returns its length. */
size_t kn_geometry_wrap_line(uint8_t *out, const uint8_t *wkb, size_t length);
/* The blob of an area, as a multipolygon, from the WKB of a polygon or multipolygon. */
kn_code kn_geometry_area(uint8_t **out, size_t *length, kn_arena *arena, const uint8_t *wkb, size_t wkb_length, kn_error *err);
/* The WKB in a blob, of an area as it was given. False: not a geometry. */
bool kn_geometry_wkb(const uint8_t *blob, size_t length, const uint8_t **wkb, size_t *wkb_length);
/* Least lon, lat, largest lon, lat of a blob; false: not a geometry. Empty: least is NAN. */
bool kn_geometry_bounds(const uint8_t *blob, size_t length, double bounds[4]);
int kn_geometry_register(sqlite3 *db); /* ST_MinX ... ST_IsEmpty, geojson */

/* ---------------------------------------------------------------- rows.c: memory as an SQL table
 * kn_rows is a table without a file: column c0, c1 ... of row first .. n - 1 is what `cell` puts in the result. So a bulk
 * write is one statement, several times as fast as binding each row. */
typedef struct kn_rows {
  int64_t first, n;
  bool (*has)(const void *arg, int64_t row); /* where n is not known yet: asked once per row, in order; NULL: up to n */
  int32_t column_count;
  void (*cell)(const void *arg, int64_t row, int32_t column, sqlite3_context *result);
  const void *arg;
} kn_rows;
kn_code kn_rows_show(kn_store *store, const kn_rows *rows, kn_error *err); /* lent until the next call or kn_rows_hide() */
void kn_rows_hide(kn_store *store);
/* For a cell: the text, lent as long as the row; NULL and "" are NULL. */
static inline void
kn_rows_text(sqlite3_context *result, const char *text)
{
  if (text != NULL && text[0] != '\0')
    sqlite3_result_text(result, text, -1, SQLITE_STATIC);
}
/* Runs a statement that reads kn_rows, with these; sql is used up. */
kn_code kn_rows_run(kn_store *store, const kn_rows *rows, sqlite3_str *sql, kn_error *err);
/* INSERT INTO table (columns) SELECT the cells of rows, with what `end` adds (ON CONFLICT ...; NULL: nothing). */
kn_code kn_rows_insert(kn_store *store, const char *table, const char *const *columns, const kn_rows *rows, const char *end,
                       kn_error *err);

/* ---------------------------------------------------------------- tables.c: data package tables in the file */
typedef struct kn_file_table {
  const kn_table_def *def;
  int32_t column_count;      /* of the file, without fid and geom */
  const char **column_names; /* in the file */
  const char **names;        /* in the data package */
  int32_t *at;               /* column of def, or KN_NONE: an extra one */
} kn_file_table;
kn_code kn_file_table_look(kn_store *store, kn_arena *arena, kn_table_id table, kn_file_table *out, kn_error *err);
/* Adds the columns of `extra` that the file lacks; out is looked at again. */
kn_code kn_file_table_extend(kn_store *store, kn_arena *arena, kn_file_table *table, int32_t count, const char *const *extra,
                             kn_error *err);

/* Adds a column of the schema to a table that a migration widens. Where the file has an extra column of that name already, it
 * becomes that column; one that SQLite takes for the same (Network, network) moves aside. */
kn_code kn_file_table_widen(kn_store *store, const char *table, const char *column, const char *type, kn_error *err);

/* ---------------------------------------------------------------- cells.c: a table of the region as rows for kn_rows */
enum { KN_CELL_POINT = KN_REF + 1, KN_CELL_LINE, KN_CELL_AREA };
typedef struct kn_cells {
  int kind;       /* of a column of the file: a kn_kind, or a geometry */
  kn_column from; /* of a point its lon */
  const double *lat;
  const char *const *words; /* of a KN_WORD; keys of the table a KN_REF points to */
} kn_cells;
/* The line of a row: its WKB, or NULL and the places of its ends. False: neither. */
typedef bool (*kn_line_of)(const void *lines, int64_t row, const uint8_t **wkb, size_t *length, double from[2], double to[2]);
typedef struct kn_source {
  const kn_table *table;
  const kn_region *region;
  const int32_t *row; /* [n] of the table; NULL: all from `first` on, in order */
  int64_t first;
  kn_cells *column; /* [column_count] */
  kn_line_of line;  /* for lines, of `lines` */
  const void *lines;
  kn_arena *arena; /* for the geometry of one area */
} kn_source;
static inline int64_t
kn_source_row(const kn_source *in, int64_t at)
{
  return in->row != NULL ? in->row[at] : in->first + at;
}
/* Lists the new rows among first .. last - 1 of the table. */
kn_code kn_source_rows(kn_source *in, kn_arena *arena, int64_t first, int64_t last, int64_t *n, kn_error *err);
/* Lists the columns to write and where each comes from; columns of the file that the region does not have are left, and
 * with `leaves_blank` those in which every cell would be NULL. */
kn_code kn_source_columns(kn_source *in, kn_arena *arena, const kn_file_table *file, bool leaves_blank, const char ***names,
                          int32_t *count, kn_error *err);
/* One of them: column `at` of the schema, or with KN_NONE the extra one of that name. False: the region does not have it. */
bool kn_source_find(const kn_source *in, int32_t at, const char *name, kn_cells *out);
kn_cells kn_source_geometry(kn_source *in);
/* Do the rows come in the order of the unique index? */
bool kn_source_is_in_order(const kn_source *in, int64_t n);
/* kn_rows.cell */
void kn_source_show(const void *arg, int64_t at, int32_t column, sqlite3_context *result);

/* ---------------------------------------------------------------- rtree.c */
typedef struct kn_box {
  int64_t id;     /* of a row, or of the node below */
  float edge[4];  /* least x, largest x, least y, largest y */
  uint32_t key;   /* along the curve */
  uint32_t place; /* in the order of the rows */
} kn_box;
typedef struct kn_boxes {
  kn_box *box;
  int64_t n, capacity;
  double bounds[4]; /* of all: least lon, lat, largest lon, lat */
} kn_boxes;
kn_code kn_boxes_add(kn_boxes *boxes, int64_t id, const double bounds[4], kn_error *err);
void kn_boxes_free(kn_boxes *boxes);
/* Makes the spatial index of table.geom anew, much faster than row by row: of the rows with a fid before `first` as they are in the
 * file, and of the others as in boxes, by fid. The boxes are used up. */
kn_code kn_rtree_fill(kn_store *store, const char *table, kn_boxes *boxes, int64_t first, kn_error *err);

/* ---------------------------------------------------------------- ahead.c
 * The cells of a source, looked up on a thread of their own. For statements that read all rows once, in order. */
typedef struct kn_ahead kn_ahead;
/* Rows that are still coming. enter() waits for `most` rows from `first` on, or the end of them; how many there are, and where
 * they may be read until leave(). */
typedef struct kn_gate {
  int64_t (*enter)(void *arg, int64_t first, int64_t most, const kn_source **in);
  void (*leave)(void *arg);
  void *arg;
} kn_gate;
/* gate NULL: `rows` of them, all there. key_column: rows end before the first whose key there does not rise, until
 * kn_ahead_go_on(), which gives that row or KN_NONE; KN_NONE: no matter. */
kn_code kn_ahead_start(kn_ahead **out, const kn_source *in, int64_t rows, int32_t column_count, const kn_gate *gate,
                       int32_t key_column, kn_error *err);
bool kn_ahead_has(const void *arg, int64_t at);                                           /* kn_rows.has */
void kn_ahead_show(const void *arg, int64_t at, int32_t column, sqlite3_context *result); /* kn_rows.cell */
int64_t kn_ahead_go_on(kn_ahead *ahead);
/* KN_E_LIMIT: rows are missing. boxes (may be NULL): those of the geometry, whose ids count the rows from 0. */
kn_code kn_ahead_end(kn_ahead *ahead, kn_boxes *boxes, kn_error *err);

/* ---------------------------------------------------------------- early.c
 * Tables written while a builder still takes rows.
 * Writes what is left, from the region that the builder ended with, and ends. has_begun: a transaction is open, in which the
 * tables of which is_written[] is set are as they should be. A failure leaves it open. */
kn_code kn_early_end(kn_early *early, const kn_region *region, bool *has_begun, bool is_written[KN_TABLE_COUNT], kn_error *err);
void kn_early_give_up(kn_early *early); /* ends, with what it wrote rolled back; NULL is fine */

/* ---------------------------------------------------------------- save_region.c, for early.c
 * Takes the triggers of a table off, and its indexes unless they stay; *again (sqlite3_free) is the SQL that brings them back. */
kn_code kn_save_take_off(kn_store *store, const char *table, bool does_index_stay, char **again, kn_error *err);
/* What is made in one go when rows from fid `first_fid` on were added: spatial index, what was taken off, what GeoPackage says
 * about the table. Boxes of the rows as kn_ahead_end() gives them, or none. */
kn_code kn_save_finish_rows(kn_store *store, const kn_table_def *def, kn_boxes *boxes, int64_t first_fid, const char *again,
                            kn_error *err);
/* What the next row of the table is numbered. */
kn_code kn_save_next_fid(kn_store *store, const kn_table_def *def, int64_t *fid, kn_error *err);
void kn_save_unchecked(kn_store *store, bool is_on); /* without asking for what the builder asked */
enum { KN_LARGE_ROWS = 50000 };                      /* from here on a save does without a log */

/* ---------------------------------------------------------------- desk_audit.c */
struct kn_audit_state;
kn_code kn_store_audit_check(kn_store *store, struct kn_audit_state *out, kn_error *err);

#endif
