/* What the files of src/store share and nobody else sees. */
#ifndef KNOOP_STORE_INTERNAL_H
#define KNOOP_STORE_INTERNAL_H

#include <sqlite3.h>
#include <stdio.h>

#include "knoop/store.h"

typedef struct kn_lock kn_lock;

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
  bool is_in_wal; /* turned by this store, to be turned back */
  bool is_new;    /* not yet published */
  int new_fd;     /* of a file without a name yet; -1: none */
  char *new_path; /* where the file system knows no files without a name: the name for the time being */
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

/* ---------------------------------------------------------------- nameless.c
 * Name of the VFS whose files are open descriptors, given as numbers. */
const char *kn_nameless_vfs(void);

/* ---------------------------------------------------------------- lock.c */
kn_code kn_lock_take(kn_lock **out, const char *real, const char *path, const kn_store_settings *settings, kn_error *err);
void kn_lock_drop(kn_lock *lock); /* NULL is fine */

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

/* ---------------------------------------------------------------- save_plan.c
 * The row of a run, within a transaction. */
kn_code kn_run_insert(kn_store *store, const kn_run *run, int64_t *run_id, kn_error *err);

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
int kn_geometry_register(sqlite3 *db); /* ST_MinX ... ST_IsEmpty */

/* ---------------------------------------------------------------- rows.c: memory as an SQL table
 * kn_rows is a table without a file: column c0, c1 ... of row 0 .. n - 1 is what `cell` puts in the result. So a bulk
 * write is one statement, several times as fast as binding each row. */
typedef struct kn_rows {
  int64_t n;
  int32_t column_count;
  void (*cell)(const void *arg, int64_t row, int32_t column, sqlite3_context *result);
  const void *arg;
} kn_rows;
kn_code kn_rows_show(kn_store *store, const kn_rows *rows, kn_error *err); /* lent until the next call or kn_rows_hide() */
void kn_rows_hide(kn_store *store);
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
typedef struct kn_cells {
  int kind; /* of a column of the file: a kn_kind, or geometry */
  kn_column from;
  const char *const *words; /* of a KN_WORD; keys of the table a KN_REF points to */
} kn_cells;
typedef struct kn_source {
  const kn_table *table;
  const kn_region *region;
  const int32_t *row; /* [n] of the table; NULL: all, in order */
  kn_cells *column;   /* [column_count] */
  kn_arena *arena;    /* for the geometry of one area */
} kn_source;
/* Lists the new rows of the table. */
kn_code kn_source_rows(kn_source *in, kn_arena *arena, int64_t *n, kn_error *err);
/* Lists the columns to write and where each comes from; columns of the file that the region does not have are left, and
 * with `leaves_blank` those in which every cell would be NULL. */
kn_code kn_source_columns(kn_source *in, kn_arena *arena, const kn_file_table *file, bool leaves_blank, const char ***names,
                          int32_t *count, kn_error *err);
/* Do the rows come in the order of the unique index? */
bool kn_source_is_in_order(const kn_source *in, int64_t n);
/* kn_rows.cell */
void kn_source_show(const void *arg, int64_t at, int32_t column, sqlite3_context *result);

/* ---------------------------------------------------------------- ahead.c
 * The cells of a source, looked up on a thread of their own. For a statement that reads all rows once, in order, and of
 * each row the first column first. */
typedef struct kn_ahead kn_ahead;
kn_code kn_ahead_start(kn_ahead **out, const kn_source *in, int64_t rows, int32_t column_count, kn_error *err);
void kn_ahead_show(const void *arg, int64_t at, int32_t column, sqlite3_context *result); /* kn_rows.cell */
void kn_ahead_end(kn_ahead *ahead);                                                       /* NULL is fine */

/* ---------------------------------------------------------------- rtree.c */
/* Makes the spatial index of table.geom anew from all its rows, much faster than row by row. */
kn_code kn_rtree_fill(kn_store *store, const char *table, kn_error *err);

#endif
