/* formats/gdal_late.h - GDAL when it is first asked for.
 *
 * GDAL brings some hundred libraries along; linking them takes longer than most commands do without them. So the library
 * is opened at run time, once, and its functions are called through this table, with the types of its own headers. */
#ifndef KNOOP_FORMATS_GDAL_LATE_H
#define KNOOP_FORMATS_GDAL_LATE_H

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "formats/internal.h"

/* All that gdal.c calls. */
/* clang-format off */
#define GDAL_FUNCTIONS(X)                                                                                                        \
  X(GDALAllRegister)                                                                                                             \
  X(CPLGetErrorHandlerUserData)                                                                                                  \
  X(CPLPopErrorHandler) X(CPLPushErrorHandlerEx) X(CPLSetThreadLocalConfigOption) X(GDALClose) X(GDALDatasetGetLayer)            \
      X(GDALDatasetGetLayerCount) X(GDALOpenEx) X(OCTDestroyCoordinateTransformation) X(OCTNewCoordinateTransformation)          \
          X(OCTTransform) X(OGR_FD_GetFieldCount) X(OGR_FD_GetFieldDefn) X(OGR_F_Destroy) X(OGR_F_GetFID)                        \
              X(OGR_F_GetFieldAsDateTimeEx) X(OGR_F_GetFieldAsDouble) X(OGR_F_GetFieldAsInteger64) X(OGR_F_GetFieldAsString)     \
                  X(OGR_F_GetFieldDefnRef) X(OGR_F_GetGeometryRef) X(OGR_F_IsFieldSetAndNotNull) X(OGR_F_StealGeometry)          \
                      X(OGR_Fld_GetNameRef) X(OGR_Fld_GetType) X(OGR_GT_Flatten) X(OGR_GT_GetLinear) X(OGR_GT_IsNonLinear)       \
                          X(OGR_G_DestroyGeometry) X(OGR_G_ExportToIsoWkb) X(OGR_G_FlattenTo2D) X(OGR_G_ForceTo)                 \
                              X(OGR_G_GetGeometryCount) X(OGR_G_GetGeometryRef) X(OGR_G_GetGeometryType) X(OGR_G_GetX)           \
                                  X(OGR_G_GetY) X(OGR_G_IsEmpty) X(OGR_G_PointOnSurface) X(OGR_G_Transform) X(OGR_G_WkbSize)     \
                                      X(OGR_L_GetGeomType) X(OGR_L_GetLayerDefn) X(OGR_L_GetName) X(OGR_L_GetNextFeature)        \
                                          X(OGR_L_GetSpatialRef) X(OGR_L_ResetReading) X(OSRClone) X(OSRDestroySpatialReference) \
                                              X(OSRImportFromEPSG) X(OSRIsSame) X(OSRNewSpatialReference)                        \
                                                  X(OSRSetAxisMappingStrategy)
/* clang-format on */

typedef struct gdal_functions {
#define GDAL_MEMBER(name) __typeof__(&(name)) name; /* NOLINT(bugprone-macro-parentheses): a member */
  GDAL_FUNCTIONS(GDAL_MEMBER)
#undef GDAL_MEMBER
} gdal_functions;

/* With all drivers registered. KN_E_IO when the library is not there or lacks a function. Thread safe. */
kn_code gdal_load(const gdal_functions **out, kn_error *err);

#endif
