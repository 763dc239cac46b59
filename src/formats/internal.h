/* formats/internal.h - what the files of this folder share. */
#ifndef KNOOP_FORMATS_INTERNAL_H
#define KNOOP_FORMATS_INTERNAL_H

#include <jansson.h>
#include <stdio.h>

#include "formats/formats.h"

/* ---- bytes.c */
/* The whole file, with a NUL behind it that does not count. */
kn_code bytes_load(char **bytes, size_t *length, kn_arena *arena, const char *path, kn_error *err);
/* From another encoding to UTF-8. KN_E_INPUT with the offset of the byte that does not fit. */
kn_code bytes_convert(char **bytes, size_t *length, kn_arena *arena, const char *encoding, kn_error *err);
const char *path_name(const char *path);                    /* behind the last slash */
bool path_has_ending(const char *path, const char *ending); /* ".csv", case does not matter */
kn_code path_join(const char **out, kn_arena *arena, const char *folder, const char *name, kn_error *err);
/* printf into the arena. */
kn_code text_print(const char **out, kn_arena *arena, kn_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- json.c */
/* Parses a text; what is wrong becomes a finding with line and column, and *out is then NULL. */
kn_code json_read(json_t **out, const char *file, const char *text, size_t length, kn_findings *findings, kn_error *err);
/* Where a value stands in the text. `path`: keys and indices, "features/3/geometry"; the deepest part that is there counts. */
void json_place(const char *text, size_t length, const char *path, int64_t *line, int64_t *column_no);
/* The line on which each of the n items of the array at `path` starts; one pass. */
void json_lines(const char *text, size_t length, const char *path, int64_t *line, int64_t n);

/* ---- geojson.c */
/* The table whose shapes a file of this name holds (area.geojson, link.geojson), or KN_NONE. */
int32_t shapes_table(const char *name);
/* WKB (either byte order, 2D or with Z/M that is left out) as the GeoJSON geometry on one line. */
kn_code geojson_write_geometry(FILE *out, const uint8_t *wkb, size_t length, kn_error *err);

/* ---- package_read.c, package_write.c */
kn_code package_read(kn_builder *builder, kn_findings *findings, const char *folder, const kn_import_settings *settings,
                     kn_error *err);
kn_code table_read(kn_builder *builder, kn_findings *findings, const char *path, const kn_table_def *def,
                   const kn_csv_dialect *dialect, int32_t thread_count, kn_error *err);
bool is_package_file(const char *name); /* datapackage.json, area.geojson, link.geojson, TABLE.csv */

#endif
