/* formats/foreign.h - files that are not ours, as layers of rows of text: a CSV file, a spreadsheet, a GIS file.
 *
 * Numbers come as text with a point, dates as ISO 8601; places as WGS 84. One object per thread. */
#ifndef KNOOP_FORMATS_FOREIGN_H
#define KNOOP_FORMATS_FOREIGN_H

#include "formats/internal.h"

typedef enum foreign_kind { FOREIGN_TEXT, FOREIGN_NUMBER, FOREIGN_DATE } foreign_kind;

typedef struct foreign_layer {
  const char *name;
  const char *file; /* what findings call it: path, or path[layer] where there are several */
  int32_t field_count;
  const char *const *field;
  const foreign_kind *kind; /* as the file declares it; text in a CSV file */
  char geometry;            /* 0 none, 'p' points, 'a' polygons, 'o' other */
  bool has_srs;             /* the file says in which reference system */
} foreign_layer;

typedef struct foreign_row {
  int64_t line;         /* row of the sheet or file, or number of the feature */
  const kn_cell *cells; /* [field_count]; column_no: number of the field */
  bool has_point;
  double lon, lat;    /* of the point, or a point inside the polygon */
  const uint8_t *wkb; /* polygon or multipolygon; NULL: none */
  size_t wkb_length;
} foreign_row;

typedef struct foreign foreign;
/* KN_E_INPUT when the file is not of a kind that is read, or broken. */
/* encoding: of a CSV file; NULL: UTF-8. */
kn_code foreign_open(foreign **out, const char *path, const char *encoding, kn_findings *findings, kn_error *err);
void foreign_free(foreign *file); /* NULL is fine */
int32_t foreign_layer_count(const foreign *file);
const foreign_layer *foreign_get_layer(const foreign *file, int32_t layer);
/* Starts at the first row of a layer. srs: the reference system of its geometry where the file does not say ("EPSG:31370");
 * NULL: as the file says. */
kn_code foreign_start(foreign *file, int32_t layer, const char *srs, kn_error *err);
/* The next row that is not empty; *is_row false at the end. Valid until the next call. */
kn_code foreign_next(foreign *file, foreign_row *row, bool *is_row, kn_error *err);
/* ---- gdal.c: what OGR reads */
typedef struct ogr ogr;
kn_code ogr_open(ogr **out, const char *path, kn_error *err);
void ogr_free(ogr *file);
int32_t ogr_layer_count(const ogr *file);
const foreign_layer *ogr_get_layer(const ogr *file, int32_t layer);
kn_code ogr_start(ogr *file, int32_t layer, const char *srs, kn_error *err);
kn_code ogr_next(ogr *file, foreign_row *row, bool *is_row, kn_error *err);
/* From a reference system that a user named to WGS 84. */
typedef struct crs crs;
kn_code crs_open(crs **out, const char *srs, kn_error *err);
bool crs_to_wgs84(crs *from, double *x, double *y); /* false: it cannot */
void crs_free(crs *from);                           /* NULL is fine */

#endif
