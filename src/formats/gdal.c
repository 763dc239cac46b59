/* What OGR reads (xlsx, ods, shp, gpkg, gml ...) as rows of text. The one file that knows GDAL.
 *
 * GDAL prints its errors and goes on; here they are caught, and a failure while reading ends the source, so that a
 * damaged file is never half read. Only drivers of files are allowed: nothing is fetched from the net. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/foreign.h"
#include "formats/gdal_late.h"

static const gdal_functions *gdal; /* set by who opens */

static const char *const drivers[] = {
    "XLSX",   "XLS", "ODS", "ESRI Shapefile", "GPKG",     "GeoJSON", "GeoJSONSeq", "FlatGeobuf", "GML", "KML",
    "LIBKML", "GPX", "DXF", "MapInfo File",   "TopoJSON", "Parquet", "JML",        NULL};

typedef struct caught {
  int64_t failures;
  char text[512]; /* of the first failure */
} caught;

struct ogr {
  kn_arena *arena;
  const char *path;
  GDALDatasetH data;
  int32_t layer_count;
  foreign_layer *layer;
  int *const *shown; /* [layer][field] number of the field in OGR */
  OGRLayerH current;
  int32_t at;          /* layer number of current */
  OGRFeatureH feature; /* lends its texts to the row */
  OGRCoordinateTransformationH way;
  kn_cell *cells;
  char (*text)[48]; /* [field] numbers and dates as text */
  uint8_t *wkb;
  int64_t wkb_capacity;
  caught caught;
};

/* ------------------------------------------------------------------ errors of GDAL */
static void CPL_STDCALL
catch_error(CPLErr level, CPLErrorNum number, const char *text)
{
  (void)number;
  caught *sink = gdal->CPLGetErrorHandlerUserData();
  if (level < CE_Failure)
    return;
  if (sink->failures++ == 0) {
    snprintf(sink->text, sizeof sink->text, "%s", text);
    for (char *at = sink->text; *at; at++)
      if (*at == '\n' || *at == '\r')
        *at = ' ';
  }
}

/* Spreadsheets: the first row always holds the names; GDAL would guess. */
static void
enter(caught *sink)
{
  gdal->CPLPushErrorHandlerEx(catch_error, sink);
  gdal->CPLSetThreadLocalConfigOption("OGR_XLSX_HEADERS", "FORCE");
  gdal->CPLSetThreadLocalConfigOption("OGR_ODS_HEADERS", "FORCE");
  gdal->CPLSetThreadLocalConfigOption("OGR_XLS_HEADERS", "FORCE");
}

static void
leave(void)
{
  gdal->CPLSetThreadLocalConfigOption("OGR_XLSX_HEADERS", NULL);
  gdal->CPLSetThreadLocalConfigOption("OGR_ODS_HEADERS", NULL);
  gdal->CPLSetThreadLocalConfigOption("OGR_XLS_HEADERS", NULL);
  gdal->CPLPopErrorHandler();
}

static kn_code
fail_caught(const ogr *file, const char *what, kn_error *err)
{
  return kn_fail(err, KN_E_INPUT, "%s: %s%s%s", file->path, what, *file->caught.text ? ": " : "", file->caught.text);
}

/* ------------------------------------------------------------------ opening */
static kn_code
take_fields(ogr *file, OGRFeatureDefnH definition, foreign_layer *layer, int **shown, kn_error *err)
{
  const int n = gdal->OGR_FD_GetFieldCount(definition);
  const char **names;
  foreign_kind *kind;
  KN_NEW(names, file->arena, n, err);
  KN_NEW(kind, file->arena, n, err);
  KN_NEW(*shown, file->arena, n, err);
  int32_t count = 0;
  for (int i = 0; i < n; i++) {
    OGRFieldDefnH field = gdal->OGR_FD_GetFieldDefn(definition, i);
    const OGRFieldType type = gdal->OGR_Fld_GetType(field);
    if (type == OFTBinary)
      continue; /* no text */
    const char *name = gdal->OGR_Fld_GetNameRef(field);
    KN_TRY(kn_text_copy(&names[count], file->arena, name, strlen(name), err));
    const bool is_number = type == OFTInteger || type == OFTInteger64 || type == OFTReal;
    kind[count] = is_number ? FOREIGN_NUMBER : type == OFTDate || type == OFTDateTime ? FOREIGN_DATE : FOREIGN_TEXT;
    (*shown)[count++] = i;
  }
  layer->field = names;
  layer->kind = kind;
  layer->field_count = count;
  return KN_OK;
}

/* Of a layer that says nothing, what its first feature has. */
static OGRwkbGeometryType
geometry_type(OGRLayerH layer)
{
  const OGRwkbGeometryType type = gdal->OGR_GT_Flatten(gdal->OGR_L_GetGeomType(layer));
  if (type != wkbUnknown && type != wkbGeometryCollection)
    return type;
  gdal->OGR_L_ResetReading(layer);
  OGRFeatureH feature = gdal->OGR_L_GetNextFeature(layer);
  OGRGeometryH geometry = feature ? gdal->OGR_F_GetGeometryRef(feature) : NULL;
  const OGRwkbGeometryType first = geometry ? gdal->OGR_GT_Flatten(gdal->OGR_G_GetGeometryType(geometry)) : wkbNone;
  if (feature)
    gdal->OGR_F_Destroy(feature);
  gdal->OGR_L_ResetReading(layer);
  return first;
}

static char
geometry_of(OGRLayerH layer)
{
  switch (geometry_type(layer)) {
  case wkbNone:
    return 0;
  case wkbPoint:
  case wkbMultiPoint:
    return 'p';
  case wkbPolygon:
  case wkbMultiPolygon:
  case wkbCurvePolygon:
  case wkbMultiSurface:
    return 'a';
  default:
    return 'o';
  }
}

static kn_code
take_layer(ogr *file, int32_t at, int **shown, kn_error *err)
{
  OGRLayerH source = gdal->GDALDatasetGetLayer(file->data, at);
  foreign_layer *layer = &file->layer[at];
  if (!source)
    return fail_caught(file, "a layer cannot be read", err);
  const char *name = gdal->OGR_L_GetName(source);
  KN_TRY(kn_text_copy(&layer->name, file->arena, name, strlen(name), err));
  layer->file = file->path;
  if (file->layer_count > 1)
    KN_TRY(text_print(&layer->file, file->arena, err, "%s[%s]", file->path, name));
  layer->geometry = geometry_of(source);
  layer->has_srs = gdal->OGR_L_GetSpatialRef(source) != NULL;
  return take_fields(file, gdal->OGR_L_GetLayerDefn(source), layer, shown, err);
}

static kn_code
open_inside(ogr *file, kn_error *err)
{
  static const char *const gml[] = {"WRITE_GFS=NO", NULL}; /* reading leaves nothing beside the file */
  const bool is_gml = path_has_ending(file->path, ".gml");
  file->data =
      gdal->GDALOpenEx(file->path, GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, drivers, is_gml ? gml : NULL, NULL);
  if (!file->data)
    return fail_caught(file, "cannot be read as a spreadsheet or GIS file", err);
  const int n = gdal->GDALDatasetGetLayerCount(file->data);
  if (n <= 0)
    return fail_caught(file, "holds no table", err);
  int **shown;
  KN_NEW(file->layer, file->arena, n, err);
  KN_NEW(shown, file->arena, n, err);
  file->layer_count = n;
  file->shown = shown;
  for (int32_t i = 0; i < n; i++)
    KN_TRY(take_layer(file, i, &shown[i], err));
  return file->caught.failures ? fail_caught(file, "is damaged", err) : KN_OK;
}

kn_code
ogr_open(ogr **out, const char *path, kn_error *err)
{
  *out = NULL;
  KN_TRY(gdal_load(&gdal, err));
  ogr *file = *out = calloc(1, sizeof *file);
  if (!file)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  file->arena = kn_arena_new();
  kn_code code = kn_text_copy(&file->path, file->arena, path, strlen(path), err);
  if (code == KN_OK) {
    enter(&file->caught);
    code = open_inside(file, err);
    leave();
  }
  if (code == KN_OK)
    return KN_OK;
  ogr_free(file);
  *out = NULL;
  return code;
}

void
ogr_free(ogr *file)
{
  if (!file)
    return;
  enter(&file->caught);
  if (file->feature)
    gdal->OGR_F_Destroy(file->feature);
  if (file->way)
    gdal->OCTDestroyCoordinateTransformation(file->way);
  if (file->data)
    gdal->GDALClose(file->data);
  leave();
  free(file->wkb);
  kn_arena_free(file->arena);
  free(file);
}

int32_t
ogr_layer_count(const ogr *file)
{
  return file->layer_count;
}

const foreign_layer *
ogr_get_layer(const ogr *file, int32_t layer)
{
  return &file->layer[layer];
}

/* ------------------------------------------------------------------ reference systems */
/* *way is NULL when the coordinates are WGS 84 already. Longitude first on both sides. */
static kn_code
open_way(OGRCoordinateTransformationH *way, OGRSpatialReferenceH from, kn_error *err)
{
  OGRSpatialReferenceH to = gdal->OSRNewSpatialReference(NULL);
  gdal->OSRImportFromEPSG(to, 4326);
  gdal->OSRSetAxisMappingStrategy(from, OAMS_TRADITIONAL_GIS_ORDER);
  gdal->OSRSetAxisMappingStrategy(to, OAMS_TRADITIONAL_GIS_ORDER);
  const bool is_same = gdal->OSRIsSame(from, to);
  *way = is_same ? NULL : gdal->OCTNewCoordinateTransformation(from, to);
  gdal->OSRDestroySpatialReference(to);
  return is_same || *way ? KN_OK : kn_fail(err, KN_E_INPUT, "the coordinates cannot be converted to WGS 84");
}

/* Only EPSG codes: GDAL would take names of files and addresses as well. */
static kn_code
open_named_way(OGRCoordinateTransformationH *way, const char *srs, kn_error *err)
{
  char *end = NULL;
  const long number = strncasecmp(srs, "EPSG:", 5) == 0 ? strtol(srs + 5, &end, 10) : 0;
  OGRSpatialReferenceH from = gdal->OSRNewSpatialReference(NULL);
  kn_code code = KN_OK;
  if (number > 0 && number < 1000000 && !*end && gdal->OSRImportFromEPSG(from, (int)number) == OGRERR_NONE)
    code = open_way(way, from, err);
  else
    code = kn_fail(err, KN_E_INPUT, "the reference system %s is not known; expected one such as EPSG:31370", srs);
  gdal->OSRDestroySpatialReference(from);
  return code;
}

static kn_code
find_way(ogr *file, const char *srs, kn_error *err)
{
  if (file->way)
    gdal->OCTDestroyCoordinateTransformation(file->way);
  file->way = NULL;
  OGRSpatialReferenceH own = gdal->OGR_L_GetSpatialRef(file->current);
  if (srs)
    return open_named_way(&file->way, srs, err);
  if (!own)
    return KN_OK;
  OGRSpatialReferenceH from = gdal->OSRClone(own);
  const kn_code code = open_way(&file->way, from, err);
  gdal->OSRDestroySpatialReference(from);
  return code;
}

struct crs {
  OGRCoordinateTransformationH way;
  caught caught;
};

kn_code
crs_open(crs **out, const char *srs, kn_error *err)
{
  *out = NULL;
  KN_TRY(gdal_load(&gdal, err));
  crs *from = *out = calloc(1, sizeof *from);
  if (!from)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  enter(&from->caught);
  const kn_code code = open_named_way(&from->way, srs, err);
  leave();
  if (code != KN_OK) {
    free(from);
    *out = NULL;
  }
  return code;
}

bool
crs_to_wgs84(crs *from, double *x, double *y)
{
  if (!from->way)
    return true;
  enter(&from->caught);
  const bool is_good = gdal->OCTTransform(from->way, 1, x, y, NULL) && isfinite(*x) && isfinite(*y);
  leave();
  return is_good;
}

void
crs_free(crs *from)
{
  if (!from)
    return;
  if (from->way)
    gdal->OCTDestroyCoordinateTransformation(from->way);
  free(from);
}

/* ------------------------------------------------------------------ rows */
kn_code
ogr_start(ogr *file, int32_t layer, const char *srs, kn_error *err)
{
  enter(&file->caught);
  if (file->feature)
    gdal->OGR_F_Destroy(file->feature);
  file->feature = NULL;
  file->at = layer;
  file->current = gdal->GDALDatasetGetLayer(file->data, layer);
  gdal->OGR_L_ResetReading(file->current);
  const kn_code code = find_way(file, srs, err);
  leave();
  KN_TRY(code);
  KN_NEW(file->cells, file->arena, file->layer[layer].field_count, err);
  KN_NEW(file->text, file->arena, file->layer[layer].field_count, err);
  return KN_OK;
}

static size_t
date_text(OGRFeatureH feature, int field, char out[48])
{
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, zone = 0;
  float second = 0;
  if (!gdal->OGR_F_GetFieldAsDateTimeEx(feature, field, &year, &month, &day, &hour, &minute, &second, &zone))
    return 0;
  const bool has_time = hour || minute || second > 0;
  return (size_t)snprintf(out, 48, has_time ? "%04d-%02d-%02dT%02d:%02d:%02d" : "%04d-%02d-%02d", year, month, day, hour, minute,
                          (int)second);
}

static kn_cell
cell_of(OGRFeatureH feature, int field, int32_t number, char text[48])
{
  kn_cell cell = {.text = "", .column_no = number};
  if (!gdal->OGR_F_IsFieldSetAndNotNull(feature, field))
    return cell;
  const OGRFieldType type = gdal->OGR_Fld_GetType(gdal->OGR_F_GetFieldDefnRef(feature, field));
  size_t length;
  cell.text = text;
  if (type == OFTInteger || type == OFTInteger64) {
    length = (size_t)snprintf(text, 48, "%" PRId64, (int64_t)gdal->OGR_F_GetFieldAsInteger64(feature, field));
  } else if (type == OFTReal) {
    const double value = gdal->OGR_F_GetFieldAsDouble(feature, field);
    length = isfinite(value) ? kn_number_write(text, value) : (size_t)snprintf(text, 48, "%f", value);
  } else if (type == OFTDate || type == OFTDateTime) {
    length = date_text(feature, field, text);
  } else {
    cell.text = gdal->OGR_F_GetFieldAsString(feature, field);
    length = strlen(cell.text);
  }
  cell.length = length > INT32_MAX ? INT32_MAX : (int32_t)length;
  return cell;
}

static kn_code
take_area(ogr *file, OGRGeometryH geometry, foreign_row *row, kn_error *err)
{
  const int size = gdal->OGR_G_WkbSize(geometry);
  if (size <= 0)
    return KN_OK;
  KN_TRY(KN_GROW(file->wkb, file->wkb_capacity, (int64_t)size, err));
  if (gdal->OGR_G_ExportToIsoWkb(geometry, wkbNDR, file->wkb) != OGRERR_NONE)
    return KN_OK;
  row->wkb = file->wkb;
  row->wkb_length = (size_t)size;
  return KN_OK;
}

static void
take_point(OGRGeometryH geometry, foreign_row *row)
{
  OGRGeometryH inside = NULL;
  OGRwkbGeometryType type = gdal->OGR_GT_Flatten(gdal->OGR_G_GetGeometryType(geometry));
  if (type == wkbMultiPoint && gdal->OGR_G_GetGeometryCount(geometry) == 1) {
    geometry = gdal->OGR_G_GetGeometryRef(geometry, 0);
    type = wkbPoint;
  } else if (type == wkbPolygon || type == wkbMultiPolygon) {
    geometry = inside = gdal->OGR_G_PointOnSurface(geometry);
    type = inside ? gdal->OGR_GT_Flatten(gdal->OGR_G_GetGeometryType(inside)) : wkbNone;
  }
  if (type == wkbPoint && !gdal->OGR_G_IsEmpty(geometry)) {
    row->lon = gdal->OGR_G_GetX(geometry, 0);
    row->lat = gdal->OGR_G_GetY(geometry, 0);
    row->has_point = isfinite(row->lon) && isfinite(row->lat);
  }
  gdal->OGR_G_DestroyGeometry(inside);
}

static kn_code
take_geometry(ogr *file, foreign_row *row, kn_error *err)
{
  OGRGeometryH geometry = gdal->OGR_F_StealGeometry(file->feature);
  if (!geometry)
    return KN_OK;
  gdal->OGR_G_FlattenTo2D(geometry);
  const OGRwkbGeometryType type = gdal->OGR_GT_Flatten(gdal->OGR_G_GetGeometryType(geometry));
  if (gdal->OGR_GT_IsNonLinear(type))
    geometry = gdal->OGR_G_ForceTo(geometry, gdal->OGR_GT_GetLinear(type), NULL);
  const bool is_placed = !file->way || gdal->OGR_G_Transform(geometry, file->way) == OGRERR_NONE;
  kn_code code = KN_OK;
  if (is_placed && !gdal->OGR_G_IsEmpty(geometry)) {
    const OGRwkbGeometryType linear = gdal->OGR_GT_Flatten(gdal->OGR_G_GetGeometryType(geometry));
    if (linear == wkbPolygon || linear == wkbMultiPolygon)
      code = take_area(file, geometry, row, err);
    take_point(geometry, row);
  }
  gdal->OGR_G_DestroyGeometry(geometry);
  return code;
}

/* One feature; *has_text is false when it is empty. */
static kn_code
take_feature(ogr *file, foreign_row *row, bool *has_text, kn_error *err)
{
  const foreign_layer *layer = &file->layer[file->at];
  *row = (foreign_row){.line = gdal->OGR_F_GetFID(file->feature), .cells = file->cells};
  *has_text = false;
  for (int32_t i = 0; i < layer->field_count; i++) {
    file->cells[i] = cell_of(file->feature, file->shown[file->at][i], i + 1, file->text[i]);
    *has_text |= file->cells[i].length > 0;
  }
  KN_TRY(take_geometry(file, row, err));
  *has_text |= row->has_point || row->wkb;
  return KN_OK;
}

kn_code
ogr_next(ogr *file, foreign_row *row, bool *is_row, kn_error *err)
{
  kn_code code = KN_OK;
  enter(&file->caught);
  for (*is_row = false; !*is_row && code == KN_OK;) {
    if (file->feature)
      gdal->OGR_F_Destroy(file->feature);
    file->feature = gdal->OGR_L_GetNextFeature(file->current);
    if (!file->feature)
      break;
    code = take_feature(file, row, is_row, err);
  }
  leave();
  KN_TRY(code);
  return file->caught.failures ? fail_caught(file, "is damaged", err) : KN_OK;
}
