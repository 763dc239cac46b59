/* formats/formats.h - bytes <-> rows, at the edge of the house.
 *
 * Most callers need three calls: kn_import_source() feeds whatever a user points at (a data package folder, a
 * CSV file, a spreadsheet, a GIS file) into a builder; kn_mapping_draft() proposes how a foreign
 * file could be read; kn_package_write() exports a region. What is wrong in the data goes into
 * kn_findings with file, line and column; what goes wrong with the machine comes back as an error. */
#ifndef KNOOP_FORMATS_H
#define KNOOP_FORMATS_H

#include "knoop/builder.h"

#define KN_FIELD_MOST 65536 /* bytes in one field; more is refused */

/* ------------------------------------------------------------------ importing */
typedef struct kn_import_settings {
  const char *mapping;     /* mapping file for a foreign source; NULL: none */
  bool is_whole;           /* the source must hold a whole region: a missing required table is an error */
  int32_t thread_count;    /* 0: one per core */
  const kn_region *region; /* the region imported into, for better proposals of a draft; NULL: none */
  const kn_watch *watch;   /* of large maps; NULL: none */
} kn_import_settings;
#define KN_IMPORT_DEFAULTS ((kn_import_settings){0})

typedef enum kn_source_kind {
  KN_SOURCE_PACKAGE, /* a folder with datapackage.json or TABLE.csv files, or its datapackage.json */
  KN_SOURCE_TABLE,   /* one CSV file named after a table */
  KN_SOURCE_SHAPES,  /* area.geojson or link.geojson */
  KN_SOURCE_MAP,     /* OpenStreetMap: .osm.pbf, .osm, .osm.gz, .osm.bz2 */
  KN_SOURCE_FOREIGN  /* anything else: needs a mapping */
} kn_source_kind;
/* What `path` is. KN_E_IO when nothing is there, KN_E_INPUT for a folder that holds no data package. */
kn_code kn_source_look(kn_source_kind *out, const char *path, kn_error *err);

/* Feeds one source into the builder. What is wrong in the data becomes findings and the call goes on to the end of
 * the source; kn_builder_end() then refuses the whole. A foreign source without a mapping gets a draft
 * SOURCE.mapping.json beside it, and the call ends with KN_E_INPUT and what to do next. */
kn_code kn_import_source(kn_builder *builder, kn_findings *findings, const char *path, const kn_import_settings *settings,
                         kn_error *err);

/* ------------------------------------------------------------------ exporting */
typedef struct kn_package_report {
  int32_t file_count;
  int64_t row_count, byte_count;
} kn_package_report;
/* Writes the region as a data package folder: the same region gives the same bytes. Written beside the
 * target and then put in its place in one step, so that a failure leaves what was there. A folder with
 * content is replaced only when it is a data package; files in it that are no part of a package stay, and so do the licences,
 * contributors and description that a person wrote into its datapackage.json.
 * report may be NULL. KN_E_IO; KN_E_INPUT when the folder is something else. */
kn_code kn_package_write(const kn_region *region, const char *folder, kn_package_report *report, kn_error *err);

/* ------------------------------------------------------------------ mapping foreign files
 * A mapping is a JSON file (docs/mapping.md) that says which layer is which table and which field which column. */
/* Drafts a mapping for the source and writes it to `path` (which must not exist yet). open_count (may be NULL): choices that
 * wait for the user. region may be NULL. */
kn_code kn_mapping_draft(const char *source, const char *path, const kn_region *region, int32_t *open_count, kn_error *err);

/* ------------------------------------------------------------------ CSV by itself
 * RFC 4180 with LF, CRLF or CR, an optional UTF-8 byte order mark and an optional first line sep=X. Cells
 * point into the file's bytes, nothing is copied. */
typedef struct kn_csv_dialect {
  char separator;        /* 0: detect among comma, semicolon and tab */
  char quote;            /* 0: nothing is quoted */
  char decimal;          /* '.' or ','; 0: detect ('.' where the separator is a comma) */
  bool is_trimmed;       /* blanks after a separator do not count */
  const char *encoding;  /* as iconv knows it; NULL: UTF-8 */
  int32_t missing_count; /* texts that mean "blank", besides the empty one */
  const char *const *missing;
} kn_csv_dialect;
#define KN_CSV_DETECT ((kn_csv_dialect){.quote = '"'})

typedef struct kn_csv kn_csv;
/* Columns with a name, in the order of the file; count 0: there was no usable header, and findings say why. */
typedef struct kn_csv_head {
  int32_t count;
  const char *const *names;
  char separator, decimal;
  int64_t row_hint; /* at least as many rows as follow */
} kn_csv_head;
/* def: the table the file holds, which tells the number columns for finding the decimal sign; NULL: every column
 * may hold numbers. findings are lent until kn_csv_free(). KN_E_IO when the file cannot be read. */
kn_code kn_csv_open(kn_csv **out, const char *path, const kn_table_def *def, const kn_csv_dialect *dialect, kn_findings *findings,
                    kn_error *err);
/* The same from memory; `name` stands in findings. The bytes are copied. */
kn_code kn_csv_open_bytes(kn_csv **out, const char *name, const void *bytes, size_t length, const kn_table_def *def,
                          const kn_csv_dialect *dialect, kn_findings *findings, kn_error *err);
kn_csv_head kn_csv_get_head(const kn_csv *csv);
/* Rows of cells [rows][head.count] with the line each row starts on; valid until the next call. column_no: number of the
 * cell in its row, 1-based. */
kn_code kn_csv_next(kn_csv *csv, kn_row_block *block, kn_error *err);
/* The same for several threads, who take blocks in turn: into a room of one's own, which lasts as long as `csv`. It may
 * give 0 rows before the end: then kn_csv_is_loud(). */
typedef struct kn_csv_room {
  kn_cell *cells;
  int64_t *line;
} kn_csv_room;
kn_code kn_csv_make_room(kn_csv *csv, kn_csv_room *room, kn_error *err);
kn_code kn_csv_next_into(kn_csv *csv, const kn_csv_room *room, kn_row_block *block, kn_error *err);
bool kn_csv_is_loud(const kn_csv *csv); /* the next block makes findings */
void kn_csv_free(kn_csv *csv);          /* NULL is fine */

/* ------------------------------------------------------------------ shapes as GeoJSON */
/* Feeds the outlines of areas or the lines of links of a GeoJSON text (RFC 7946) into the builder; `file` stands in findings. */
kn_code kn_geojson_read(kn_builder *builder, kn_findings *findings, kn_table_id table, const char *file, const char *text,
                        size_t length, kn_error *err);

#endif
