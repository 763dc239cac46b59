/* Foreign files: spreadsheets and GIS files are read as CSV is, damaged ones end in an error. They are made here through OGR, so that
 * the test needs no sample data. */
#include "drafted.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

/* ------------------------------------------------------------------ files made through OGR */
typedef struct feature {
  const char *text[3];
  double number[2];
  const char *wkt;
} feature;

static void
make_file(const char *driver, const char *path, const char *layer, OGRwkbGeometryType geometry, int epsg,
          const char *const text_field[3], const char *const number_field[2], const feature *features, int n)
{
  GDALAllRegister();
  GDALDriverH writer = GDALGetDriverByName(driver);
  if (!writer)
    skip();
  GDALDatasetH data = GDALCreate(writer, path, 0, 0, 0, GDT_Unknown, NULL);
  assert_non_null(data);
  OGRSpatialReferenceH srs = NULL;
  if (epsg) {
    srs = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(srs, epsg);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
  }
  OGRLayerH out = GDALDatasetCreateLayer(data, layer, srs, geometry, NULL);
  assert_non_null(out);
  for (int i = 0; i < 5; i++) {
    const char *name = i < 3 ? text_field[i] : number_field[i - 3];
    if (!name)
      continue;
    OGRFieldDefnH field = OGR_Fld_Create(name, i == 2 ? OFTDate : i < 3 ? OFTString : OFTReal);
    assert_int_equal(OGR_L_CreateField(out, field, 1), OGRERR_NONE);
    OGR_Fld_Destroy(field);
  }
  for (int row = 0; row < n; row++) {
    OGRFeatureH one = OGR_F_Create(OGR_L_GetLayerDefn(out));
    int at = 0;
    for (int i = 0; i < 3; i++)
      if (text_field[i]) {
        if (features[row].text[i])
          OGR_F_SetFieldString(one, at, features[row].text[i]);
        at++;
      }
    for (int i = 0; i < 2; i++)
      if (number_field[i])
        OGR_F_SetFieldDouble(one, at++, features[row].number[i]);
    if (features[row].wkt) {
      char wkt[512], *rest = wkt;
      snprintf(wkt, sizeof wkt, "%s", features[row].wkt);
      OGRGeometryH shape = NULL;
      assert_int_equal(OGR_G_CreateFromWkt(&rest, NULL, &shape), OGRERR_NONE);
      OGR_F_SetGeometryDirectly(one, shape);
    }
    assert_int_equal(OGR_L_CreateFeature(out, one), OGRERR_NONE);
    OGR_F_Destroy(one);
  }
  if (srs)
    OSRDestroySpatialReference(srs);
  GDALClose(data);
}

static const char *const sheet_text[3] = {"offer_id", "Materiaal", "Vanaf"};
static const char *const sheet_number[2] = {"Hoeveelheid (kg)", NULL};
static const feature sheet_rows[] = {{{"o1", "wood", "2024/03/01"}, {2500.25, 0}, NULL}, {{"o2", "wood", NULL}, {1e6, 0}, NULL}};

static void
check_sheet(const char *driver, const char *name)
{
  make_file(driver, inside(name), "Reststromen", wkbNone, 0, sheet_text, sheet_number, sheet_rows, 2);
  draft_good(inside(name), inside("m.json"));
  assert_drafted(inside("m.json"), "\"layer\": \"Reststromen\", \"table\": \"offer\"");
  assert_drafted(inside("m.json"), "{\"column\": \"unit\", \"constant\": \"kg\"");
  /* no site and no company: the user says where */
  confirm_all(inside("m.json"), "{\"column\": \"site_id\", \"constant\": null",
              "{\"column\": \"site_id\", \"constant\": \"here\"");
  confirm_all(inside("m.json"), "\"prefix\": \"\"", "\"prefix\": \"x-\"");
  kn_region *region = import_good(inside(name), inside("m.json"));
  const kn_offer_view offers = kn_region_offers(region);
  const int32_t first = row_of(region, KN_T_OFFER, "o1");
  assert_true(fabs(offers.quantity[first] - 2.50025) < 1e-12);
  assert_int_equal(offers.from[first], kn_date_of(2024, 3, 1));
  assert_true(offers.quantity[row_of(region, KN_T_OFFER, "o2")] == 1000);
  kn_region_free(region);
  assert_int_equal(unlink(inside("m.json")), 0);
}

static void
spreadsheets_are_read(void **state)
{
  (void)state;
  check_sheet("XLSX", "stromen.xlsx");
  check_sheet("ODS", "stromen.ods");
}

/* A wrong cell is named with the row of the sheet: the header is row 1. */
static void
cells_of_sheets_have_row_and_column(void **state)
{
  (void)state;
  const feature rows[] = {{{"o1", "wood", NULL}, {1, 0}, NULL}, {{"o2", "unicorn", NULL}, {-5, 0}, NULL}};
  make_file("XLSX", inside("s.xlsx"), "Blad", wkbNone, 0, (const char *const[]){"offer_id", "resource_id", NULL},
            (const char *const[]){"quantity", NULL}, rows, 2);
  draft_good(inside("s.xlsx"), inside("m.json"));
  confirm_all(inside("m.json"), "\"constant\": null", "\"constant\": \"here\"");
  import_bad(inside("s.xlsx"), inside("m.json"));
  bool has_quantity = false, has_resource = false;
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *one = kn_findings_get(findings, i);
    has_quantity |= one->line == 3 && one->column_no == 3 && strcmp(one->column, "quantity") == 0;
    has_resource |= one->line == 3 && one->column_no == 2 && strcmp(one->column, "resource_id") == 0;
  }
  if (!has_quantity || !has_resource)
    print_findings(findings);
  assert_true(has_quantity && has_resource);
}

static const char *const place_text[3] = {"site_id", "name", NULL};
static const char *const no_number[2] = {NULL, NULL};
static const feature places[] = {{{"kaai", "Kaai", NULL}, {0, 0}, "POINT (228000 183000)"}};

static void
check_points(const char *driver, const char *name)
{
  make_file(driver, inside(name), "sites", wkbPoint, 31370, place_text, no_number, places, 1);
  draft_good(inside(name), inside("m.json"));
  assert_drafted(inside("m.json"), "\"table\": \"site\"");
  confirm_all(inside("m.json"), "{\"column\": \"actor_id\", \"constant\": null",
              "{\"column\": \"actor_id\", \"constant\": \"me\"");
  kn_region *region = import_good(inside(name), inside("m.json"));
  const kn_site_view sites = kn_region_sites(region);
  const int32_t row = row_of(region, KN_T_SITE, "kaai");
  assert_true(fabs(sites.lon[row] - 5.4788) < 0.002 && fabs(sites.lat[row] - 50.9520) < 0.002);
  kn_region_free(region);
  assert_int_equal(unlink(inside("m.json")), 0);
}

static void
points_come_as_wgs84(void **state)
{
  (void)state;
  check_points("ESRI Shapefile", "sites.shp");
  check_points("GPKG", "sites.gpkg");
  check_points("GML", "sites.gml");
  assert_int_equal(access(inside("sites.gfs"), F_OK), -1); /* reading leaves nothing beside the file */
}

/* Areas from a GIS file hold their polygon: the site at 5.5 E, 51 N then lies in one. */
static void
polygons_become_areas(void **state)
{
  (void)state;
  const feature areas[] = {
      {{"genk", "Genk", NULL}, {0, 0}, "POLYGON ((5 50.5, 6 50.5, 6 51.5, 5 51.5, 5 50.5))"},
      {{"ver", "Ver", NULL}, {0, 0}, "MULTIPOLYGON Z (((1 1 7, 2 1 7, 2 2 7, 1 1 7)))"},
  };
  make_file("GPKG", inside("a.gpkg"), "gemeenten", wkbUnknown, 4326, (const char *const[]){"area_id", "Gemeente", NULL},
            no_number, areas, 2);
  draft_good(inside("a.gpkg"), inside("m.json"));
  assert_drafted(inside("m.json"), "\"table\": \"area\"");
  confirm_all(inside("m.json"), NULL, NULL);
  kn_region *region = import_good(inside("a.gpkg"), inside("m.json"));
  const uint8_t *wkb;
  size_t length = 0;
  assert_true(kn_region_area_wkb(region, row_of(region, KN_T_AREA, "genk"), &wkb, &length));
  assert_true(kn_region_area_wkb(region, row_of(region, KN_T_AREA, "ver"), &wkb, &length));
  assert_int_equal(kn_region_sites(region).area[row_of(region, KN_T_SITE, "here")], row_of(region, KN_T_AREA, "genk"));
  kn_region_free(region);
}

/* ------------------------------------------------------------------ damage */
static void
must_not_read(const char *path)
{
  err = (kn_error){0};
  unlink(inside("m.json"));
  const kn_code code = kn_mapping_draft(path, inside("m.json"), NULL, NULL, &err);
  assert_int_equal(code, KN_E_INPUT);
  assert_int_equal(access(inside("m.json"), F_OK), -1);
  assert_non_null(strstr(err.text, path));
}

static void
truncated_spreadsheets_are_refused(void **state)
{
  (void)state;
  make_file("XLSX", inside("s.xlsx"), "Blad", wkbNone, 0, sheet_text, sheet_number, sheet_rows, 2);
  size_t length = 0;
  char *bytes = read_bytes(inside("s.xlsx"), &length);
  for (size_t cut = 0; cut < length; cut += 1 + length / 40) {
    write_bytes(inside("cut.xlsx"), bytes, cut);
    must_not_read(inside("cut.xlsx"));
  }
  free(bytes);
}

/* Damage inside may leave something to read; it must end in an answer either way, without a crash. */
static void
damaged_files_end_in_an_answer(void **state)
{
  (void)state;
  static const struct {
    const char *driver, *name;
  } kinds[] = {{"ESRI Shapefile", "s.shp"}, {"GPKG", "s.gpkg"}, {"GML", "s.gml"}, {"GeoJSON", "s.geojson"}, {"ODS", "s.ods"}};
  uint32_t seed = 7;
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    make_file(kinds[k].driver, inside(kinds[k].name), "sites", wkbPoint, 4326, place_text, no_number, places, 1);
    size_t length = 0;
    char *bytes = read_bytes(inside(kinds[k].name), &length);
    for (int round = 0; round < 24; round++) {
      char *copy = malloc(length + 1);
      memcpy(copy, bytes, length);
      for (int hit = 0; hit < 8; hit++) {
        seed = seed * 1664525u + 1013904223u;
        copy[(seed >> 8) % length] = (char)(seed >> 24);
      }
      write_bytes(inside(kinds[k].name), copy, round % 2 ? length : length * (size_t)round / 24);
      free(copy);
      err = (kn_error){0};
      unlink(inside("m.json"));
      const kn_code code = kn_mapping_draft(inside(kinds[k].name), inside("m.json"), NULL, NULL, &err);
      assert_true(code == KN_OK || (code == KN_E_INPUT && *err.text));
    }
    free(bytes);
  }
}

static void
random_bytes_are_refused(void **state)
{
  (void)state;
  uint32_t seed = 3;
  static const char *const names[] = {"r.xlsx", "r.ods", "r.shp", "r.gpkg", "r.gml", "r.bin", "r.csv"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char bytes[4096];
    for (size_t b = 0; b < sizeof bytes; b++) {
      seed = seed * 1664525u + 1013904223u;
      bytes[b] = (char)(seed >> 24);
    }
    write_bytes(inside(names[i]), bytes, sizeof bytes);
    must_not_read(inside(names[i]));
  }
}

/* Only files: no address, no virtual file system of GDAL. */
static void
addresses_are_not_followed(void **state)
{
  (void)state;
  kn_source_kind kind;
  assert_int_equal(kn_source_look(&kind, "/vsicurl/http://localhost/x.shp", &err), KN_E_IO);
  assert_int_equal(kn_source_look(&kind, "http://localhost/x.xlsx", &err), KN_E_IO);
  write_text_file(root, "v.vrt",
                  "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"
                  "</OGRVRTDataSource>");
  must_not_read(inside("v.vrt"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(spreadsheets_are_read),    TEST(cells_of_sheets_have_row_and_column), TEST(points_come_as_wgs84),
      TEST(polygons_become_areas),    TEST(truncated_spreadsheets_are_refused),  TEST(damaged_files_end_in_an_answer),
      TEST(random_bytes_are_refused), TEST(addresses_are_not_followed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
