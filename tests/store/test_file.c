/* The region file: does it hold what it is given, and is it what it says to other programs?
 * Method: regions from text go into a file and come back; digests, rows and raw SQL are compared. */
#include "store_test.h"

/* ---------------------------------------------------------------- schema and file agree */
static void
tables_and_columns_follow_the_schema(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  kn_store *store = test_open(files->path, false);
  kn_arena *arena = kn_arena_new();
  kn_error err = {0};
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    kn_file_table file;
    const kn_table_def *def = kn_schema((kn_table_id)t);
    assert_ok(kn_file_table_look(store, arena, (kn_table_id)t, &file, &err), err);
    assert_int_equal(file.column_count, def->column_count);
    for (int32_t c = 0; c < def->column_count; c++) {
      assert_string_equal(file.names[c], def->columns[c].name);
      assert_int_equal(file.at[c], c);
      int64_t found;
      const char *type = def->columns[c].kind == KN_REAL ? "REAL" : def->columns[c].kind == KN_INT ? "INTEGER" : "TEXT";
      assert_ok(kn_sql_number(store, &found, &err, "SELECT count(*) FROM pragma_table_info(%Q) WHERE name = %Q AND type = %Q",
                              def->name, def->columns[c].name, type),
                err);
      assert_int_equal(found, 1);
      assert_ok(kn_sql_number(store, &found, &err,
                              "SELECT count(*) FROM pragma_foreign_key_list(%Q) WHERE \"from\" = %Q "
                              "AND \"table\" = %Q",
                              def->name, def->columns[c].name, kn_schema(def->columns[c].target)->name),
                err);
      assert_int_equal(found, def->columns[c].kind == KN_REF);
    }
    int64_t unique, wanted = 0;
    assert_ok(kn_sql_number(store, &unique, &err,
                            "SELECT count(*) FROM pragma_index_list(%Q) AS l JOIN pragma_index_info(l.name) "
                            "WHERE l.\"unique\" = 1",
                            def->name),
              err);
    while (wanted < 3 && def->unique[wanted] != KN_NONE)
      wanted++;
    assert_int_equal(unique, wanted);
  }
  kn_arena_free(arena);
  kn_store_close(store);
}

/* A CHECK per list of words: every word of the schema is let in, another is not. */
static void
words_follow_the_schema(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  kn_store *store = test_open(files->path, true);
  kn_error err = {0};
  assert_ok(kn_sql_run(store, "PRAGMA writable_schema = OFF; BEGIN", &err), err);
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    const kn_table_def *def = kn_schema((kn_table_id)t);
    for (int32_t c = 0; c < def->column_count; c++) {
      if (def->columns[c].kind != KN_WORD)
        continue;
      int64_t listed;
      for (int32_t w = 0; def->columns[c].words[w] != NULL; w++) {
        char *quoted = sqlite3_mprintf("%%\"%w\" IN (%%'%w'%%", def->columns[c].name, def->columns[c].words[w]);
        char *plain = sqlite3_mprintf("%%%w IN (%%'%w'%%", def->columns[c].name, def->columns[c].words[w]);
        assert_ok(kn_sql_number(store, &listed, &err,
                                "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = %Q "
                                "AND (sql LIKE %Q OR sql LIKE %Q)",
                                def->name, quoted, plain),
                  err);
        assert_int_equal(listed, 1);
        sqlite3_free(quoted);
        sqlite3_free(plain);
      }
    }
  }
  assert_ok(kn_sql_run(store, "ROLLBACK", &err), err);
  assert_int_equal(kn_sql_run(store, "UPDATE offer SET fate = 'moon'", &err), KN_E_INPUT);
  assert_non_null(strstr(err.text, "fate must be one of landfill"));
  assert_int_equal(kn_sql_run(store, "UPDATE offer SET quantity = -1", &err), KN_E_INPUT);
  assert_non_null(strstr(err.text, "quantity must not be below 0"));
  assert_int_equal(kn_sql_run(store, "UPDATE offer SET \"from\" = '2026-02-30'", &err), KN_E_INPUT);
  assert_non_null(strstr(err.text, "from must be a date"));
  kn_store_close(store);
}

/* What a GeoPackage must say about itself; the first bytes also without SQLite. */
static void
file_is_a_geopackage(void **state)
{
  test_files *files = *state;
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  uint8_t head[100];
  const int fd = open(files->path, O_RDONLY);
  assert_int_equal(read(fd, head, sizeof head), 100);
  close(fd);
  assert_memory_equal(head + 68, "GPKG", 4);
  assert_int_equal(head[60] << 24 | head[61] << 16 | head[62] << 8 | head[63], 10300);
  kn_store *store = test_open(files->path, false);
  assert_int_equal(test_number(store, "SELECT count(*) FROM gpkg_spatial_ref_sys WHERE srs_id IN (-1, 0, 4326)"), 3);
  assert_int_equal(
      test_number(store, "SELECT count(*) FROM gpkg_contents WHERE table_name NOT IN (SELECT name FROM sqlite_schema)"), 0);
  assert_int_equal(test_number(store, "SELECT count(*) FROM gpkg_contents WHERE data_type = 'features'"), 7);
  assert_int_equal(test_number(store, "SELECT count(*) FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'"), 6);
  /* s1 at (5.5, 50.9), s2 at (5.6, 51): 29 bytes each, found by the spatial index. */
  assert_int_equal(test_number(store, "SELECT min(length(geom)) FROM site"), 29);
  assert_int_equal(test_number(store, "SELECT id FROM rtree_site_geom WHERE minx > 5.55"), 2);
  assert_int_equal(test_number(store, "SELECT max_x = 5.6 AND min_y = 50.9 FROM gpkg_contents WHERE table_name = 'site'"), 1);
  assert_int_equal(test_defects(store), 0);
  kn_store_close(store);
  assert_int_equal(test_entries(files->folder, NULL), 1);
}

/* ---------------------------------------------------------------- what GDAL (and so QGIS) makes of it */
static void
run_ogrinfo(const char *args, const char *path, char *out, size_t size)
{
  char command[512];
  snprintf(command, sizeof command, "ogrinfo %s %s 2>&1", path, args);
  FILE *in = popen(command, "r");
  assert_non_null(in);
  out[fread(out, 1, size - 1, in)] = '\0';
  pclose(in);
}

static void
gdal_reads_and_edits_it(void **state)
{
  test_files *files = *state;
  static char out[65536];
  run_ogrinfo("--version", "", out, sizeof out);
  if (strncmp(out, "GDAL", 4) != 0)
    skip();
  TEST_NEW_FILE(files->path, SETTINGS, ACTORS, SITES, RESOURCES, OFFERS);
  run_ogrinfo("-so -al", files->path, out, sizeof out);
  assert_null(strstr(out, "Warning"));
  assert_null(strstr(out, "ERROR"));
  assert_non_null(strstr(out, "Extent: (5.500000, 50.900000) - (5.600000, 51.000000)"));
  assert_non_null(strstr(out, "Layer name: tie"));
  assert_non_null(strstr(out, "offer_id: String (0.0) UNIQUE NOT NULL"));
  /* Its own connection, its own ST_MinX: the triggers work there too. */
  run_ogrinfo("-q -sql \"UPDATE site SET geom = (SELECT geom FROM site WHERE site_id = 's1') WHERE site_id = 's2'\"", files->path,
              out, sizeof out);
  assert_null(strstr(out, "ERROR"));
  kn_store *store = test_open(files->path, false);
  assert_int_equal(test_number(store, "SELECT lon = 5.5 AND lat = 50.9 FROM site WHERE site_id = 's2'"), 1);
  assert_int_equal(test_defects(store), 0);
  kn_store_close(store);
}

/* ---------------------------------------------------------------- what goes in comes out */
static const uint8_t *
put_ring(uint8_t *out, double x, double y, double side)
{
  const double ring[10] = {x, y, x + side, y, x + side, y + side, x, y + side, x, y};
  out[0] = 5;
  memset(out + 1, 0, 3);
  memcpy(out + 4, ring, sizeof ring);
  return out + 84;
}

/* A square as a polygon (93 bytes) or as a multipolygon of one (102): both must come back as they were. */
static size_t
square(uint8_t *out, bool is_multi, double x, double y, double side)
{
  const uint8_t multi[9] = {1, 6, 0, 0, 0, 1, 0, 0, 0}, polygon[9] = {1, 3, 0, 0, 0, 1, 0, 0, 0};
  uint8_t *at = out;
  if (is_multi) {
    memcpy(at, multi, 9);
    at += 9;
  }
  memcpy(at, polygon, 9);
  return (size_t)(put_ring(at + 9, x, y, side) - out);
}

static void
add_square(kn_builder *builder, const char *area, bool is_multi, double x, double y, double side)
{
  kn_error err = {0};
  uint8_t wkb[128];
  const size_t length = square(wkb, is_multi, x, y, side);
  assert_ok(kn_builder_area(builder, "area.geojson", 1, area, wkb, length, &err), err);
}

/* From k1 over a point west of it to k2: 57 bytes. */
static void
add_bend(kn_builder *builder, const char *link)
{
  const double points[6] = {5.4, 50.9, 5.3, 50.85, 5.5, 50.8};
  uint8_t wkb[57] = {1, 2, 0, 0, 0, 3};
  kn_error err = {0};
  memcpy(wkb + 9, points, sizeof points);
  assert_ok(kn_builder_shape(builder, KN_T_LINK, "link.geojson", 1, link, wkb, sizeof wkb, &err), err);
}

static const test_table rich[] = {
    SETTINGS,
    {KN_T_SOURCE, "source_id,title,year,reliability,kind|q,Survey,2024,2,measured|r,Guess,,,estimate", false},
    {KN_T_AREA,
     "area_id,name,level,parent_id,from,to|genk,Genk,municipality,be,,|be,België,country,,1830-10-04,|"
     "zuid,Genk-Zuid,park,genk,,2040-12-31",
     false},
    {KN_T_ACTOR, "actor_id,name,kind,jobs_fte|a1,Acme,company,12.5", false},
    {KN_T_SITE, "site_id,actor_id,name,lon,lat,area_id,location_quality|s1,a1,Hall,5.5,50.9,genk,surveyed|s2,a1,Yard,5.6,51,,",
     false},
    RESOURCES,
    {KN_T_OFFER,
     "offer_id,site_id,resource_id,quantity,rel_sd,fate,fate_eur,from,to,disclosure,description,source_id,Fid,note,Note|"
     "o1,s1,chips,100,0.1,landfill,-3.25,2025-01-01,2026-12-31,broker,two; words,q,7,a,b|"
     "o2,s2,heat,0.1,,,1e-7,,,,,r,,,",
     false},
    {KN_T_NEED, "need_id,resource_id,quantity,site_id,price_eur|n1,wood,50,s2,30|n2,hall,10,,5", false},
    {KN_T_OFFER_PROPERTY, "offer_id,property,value,unit|o1,moisture,12,", false},
    {KN_T_NEED_SPEC, "need_id,property,min,max|n1,moisture,,20", false},
    {KN_T_SUBSTITUTION, "offered_id,needed_id,ratio,max_share|chips,heat,3.5,0.5", false},
    {KN_T_PROCESS, "process_id,name,r_strategy,lifetime_yr|p1,Press,R8,15", false},
    {KN_T_PROCESS_FLOW, "process_id,resource_id,quantity,per|p1,chips,-1,activity|p1,heat,2,", false},
    {KN_T_UNIT, "unit_id,process_id,capacity,site_id,status|u1,p1,500,,candidate", false},
    {KN_T_GATEWAY, "gateway_id,name,lon,lat,resource_id,direction,price_eur,level|g1,Antwerp,4.4,51.2,wood,in,40,world", false},
    {KN_T_MODE, "mode_id,name,class,eur_per_unit_km,needs_network|truck,Truck,material,0.12,0|truck,Truck,water,0.1,1", false},
    {KN_T_NODE, "node_id,lon,lat|k1,5.4,50.9|k2,5.5,50.8|k3,5.6,50.9", false},
    {KN_T_LINK,
     "link_id,from_id,to_id,kind,km,speed_kmh,oneway,max_t,toll_eur|l1,k1,k2,road,21.5,70,1,44,2.5|l2,k2,k3,water,,,,,|"
     "l3,k3,k3,pipe_heat,0,,0,,",
     false},
    {KN_T_TERMINAL,
     "terminal_id,name,lon,lat,kinds,transfer_eur,hours,capacity,status,capex_eur,lifetime_yr|"
     "t1,Quay,5.55,50.85,road;water,3.5,2,100000,candidate,4e6,30|t2,Yard,5.41,50.9,road;rail,,,,,,",
     false},
    {KN_T_TARIFF, "from_id,to_id,resource_id,class,mode_id,eur,co2_kg,km|s1,g1,wood,,truck,7.5,3,80|site:s1,k1,,energy,drone,0,,",
     false},
    {KN_T_FLOW, "flow_id,from_id,to_id,resource_id,year,quantity|f1,s1,,wood,2024,7|f2,,stock:s1,wood,2024,", false},
    {KN_T_BALANCE_NODE, "node_id,name,layer,balanced,by|s1,,mass;carbon,0,|mill,Mill,,1,class", false},
    {KN_T_TRANSFER, "transfer_id,from_flow,to_flow,value,sd|x1,f1,f2,0.25,0", false},
    {KN_T_FLOW_PROPERTY, "flow_id,property,value,unit,rel_sd|f1,carbon,0.5,t,0.1|f2,carbon,,t,", false},
    {KN_T_STOCK_LEVEL, "stock_level_id,node_id,resource_id,year,quantity,unit|v1,mill,wood,2023,12000,kg", false},
    {KN_T_INCENTIVE, "incentive_id,name,target,eur|i1,Bonus,r_strategy:R8,4", false},
    {KN_T_PRECEDENT, "precedent_id,donor_nace,resource,receiver_nace,year|x1,16.10,bark,35.30,2019", false},
    {KN_T_PERMIT, "site_id,code_low,operation,to|s1,0301,R3,2031-12-31|s1,03,,|s2,170201,D1,", false},
    {KN_T_TOTAL, "total_id,area_id,resource_id,nace,side,year,quantity,rel_sd|t1,genk,wood,16,offer,2024,120,0.1|t2,,,,need,,5,",
     false},
    {KN_T_STOCK,
     "stock_id,name,site_id,area_id,resource_id,driver,lifetime,mean_yr,sd_yr,shape,scale_yr,may_shrink|"
     "k1,Doors,s1,genk,wood,inflow,normal,30,8,,,0|k2,,,,wood,stock,weibull,,,2.2,9.5,",
     false},
    {KN_T_STOCK_YEAR, "stock_id,year,inflow,stock|k1,2020,4,|k1,2021,5,|k2,2020,,90|k2,-3,,80", false},
    {KN_T_STOCK_COHORT, "stock_id,cohort,quantity|k2,1990,7|k1,1990,3", false},
    {KN_T_FLEET,
     "fleet_id,name,site_id,area_id,resource_id,contract_years,loss_at_return,refurbish_yield,most_refurbishments,kg_new,kg_"
     "parts|"
     "f1,Chairs,s1,genk,wood,4,0.04,0.85,2,18,3|f2,,,,wood,1,,,,,",
     false},
    {KN_T_FLEET_YEAR, "fleet_id,year,contracts|f1,2025,500|f1,2026,600", false},
    {KN_T_PRODUCT,
     "product_id,name,site_id,actor_id,resource_id,weight,lifetime_yr,lifetime_average_yr,use_per_year,use_per_year_average|"
     "p1,Chair,s1,,wood,2,18,12,1300,1000|p2,,,a1,,,,,,",
     false},
    {KN_T_PRODUCT_MATERIAL,
     "product_id,material,mass_kg,recycled_in,reused_in,bio_in,to_recycling,to_reuse,to_compost,to_energy,eff_in,eff_out|"
     "p1,steel,3.2,0.35,0,,0.55,0.4,,,0.92,0.9|p1,wood,2.1,,,0.8,,0.5,0.25,0.1,,|p2,steel,1,,,,,,,,,",
     false},
    {KN_T_MATERIAL_ACCOUNT,
     "account_id,area_id,year,material,extraction,imports,exports,recycled_domestic,imported_for_recycling,exported_for_"
     "recycling|"
     "m1,genk,2023,biomass,820,310,240,95,12,21|m2,,2023,fossil,0,,,,,",
     false},
    {KN_T_TREATMENT_ACCOUNT,
     "account_id,area_id,year,waste,recycled,backfilled,energy_recovery,incinerated,landfilled,imported_for_recycling,"
     "exported_for_recycling,is_major_mineral|"
     "w1,genk,2023,mineral,700,260,0,0,110,15,2,1|w2,,2023,wood,60,,80,0,1,,,",
     false},
    {KN_T_PROFILE, "profile_id,name|sun,Solar|shift,", false},
    {KN_T_PROFILE_HOUR, "profile_id,month,day_type,hour,load|sun,1,,12,2.5|sun,,,,1|shift,,sunday,,0|shift,12,workday,0,1e-3",
     false},
};
enum { RICH = sizeof rich / sizeof *rich };

static test_built
build_rich(void)
{
  test_built built = test_start();
  for (size_t i = 0; i < RICH; i++)
    test_add_text(built.builder, rich[i].table, test_file(rich[i].table), rich[i].csv);
  add_square(built.builder, "genk", false, 5.4, 50.8, 0.3);
  add_square(built.builder, "be", true, 2, 49, 4);
  add_bend(built.builder, "l1");
  if (kn_builder_end(built.builder, &built.region, &built.err) != KN_OK)
    test_show(built.findings);
  assert_non_null(built.region);
  return built;
}

static void
new_rich_file(const char *path, char digest[65])
{
  kn_error err = {0};
  test_built built = build_rich();
  kn_store *store;
  assert_ok(kn_region_digest(built.region, digest, &err), err);
  assert_ok(kn_store_create(&store, path, &KN_STORE_WRITE, &err), err);
  int64_t revision;
  assert_ok(kn_store_save_region(store, built.region, &(kn_change){.what = "new", .source = "rich"}, &revision, &err), err);
  assert_int_equal(revision, 1);
  assert_ok(kn_store_publish(store, &err), err);
  kn_store_close(store);
  test_done(&built);
}

static void
every_table_comes_back(void **state)
{
  test_files *files = *state;
  char before[65], after[65];
  new_rich_file(files->path, before);
  kn_store *store = test_open(files->path, false);
  test_digest(store, after);
  assert_string_equal(after, before);
  test_built built = test_load(store);
  const kn_table *offers = kn_region_table(built.region, KN_T_OFFER);
  assert_int_equal(offers->n, 2);
  assert_int_equal(offers->extra_count, 3);
  assert_string_equal(offers->extra_name[0], "Fid");
  assert_string_equal(offers->extra_name[2], "Note");
  assert_string_equal(offers->extra[2][0], "b");
  assert_null(offers->extra[2][1]);
  const uint8_t *wkb;
  size_t length;
  assert_true(kn_region_area_wkb(built.region, 0, &wkb, &length));
  assert_int_equal(length, 93);
  assert_true(kn_region_area_wkb(built.region, 1, &wkb, &length));
  assert_int_equal(length, 102);
  assert_false(kn_region_area_wkb(built.region, 2, &wkb, &length));
  assert_true(kn_region_wkb(built.region, KN_T_LINK, 0, &wkb, &length));
  assert_int_equal(length, 57);
  assert_false(kn_region_wkb(built.region, KN_T_LINK, 1, &wkb, &length));
  test_done(&built);
  /* A link without geometry is drawn from node to node, for maps only; the bend is in the bounds and the spatial index. */
  assert_int_equal(test_number(store, "SELECT count(*) FROM link WHERE ST_MinX(geom) = 5.5 AND ST_MaxX(geom) = 5.6"), 1);
  assert_int_equal(test_number(store, "SELECT min_x = 5.3 AND max_x = 5.6 FROM gpkg_contents WHERE table_name = 'link'"), 1);
  assert_int_equal(test_number(store, "SELECT count(*) FROM rtree_link_geom WHERE minx < 5.35"), 1);
  /* In the file both are multipolygons (type 6 behind the byte order), and the bounds of Belgium are known. */
  assert_int_equal(test_number(store, "SELECT count(*) FROM area WHERE hex(substr(geom, 41, 5)) IN ('0000000006', '0106000000')"),
                   2);
  assert_int_equal(test_number(store, "SELECT min_x = 2 AND max_y = 53 FROM gpkg_contents WHERE table_name = 'area'"), 1);
  assert_int_equal(test_defects(store), 0);
  kn_store_close(store);
}

/* o1 is replaced where it stands, o3 comes last, the rest stays; the digest says it is the same region. */
/* More rows than are written one by one (ahead.c), in the order of their keys and not, with blanks in every kind of column. */
static void
many_first_rows_come_back(void **state)
{
  test_files *files = *state;
  enum { ROWS = 6000 };
  static const char *const names[] = {"offer_id", "site_id",  "resource_id", "quantity",
                                      "fate",     "fate_eur", "from",        "description"};
  for (int is_sorted = 0; is_sorted < 2; is_sorted++) {
    test_built built = test_start();
    const test_table around[] = {SETTINGS, ACTORS, SITES, RESOURCES};
    for (int i = 0; i < 4; i++)
      test_add_text(built.builder, around[i].table, test_file(around[i].table), around[i].csv);
    assert_ok(kn_builder_batch(built.builder, KN_T_OFFER, "offer.csv", 8, names, ROWS, &built.err), built.err);
    for (int i = 0; i < ROWS; i++) {
      char id[32], text[32];
      snprintf(id, sizeof id, is_sorted ? "o%06d" : "o%d", i);
      snprintf(text, sizeof text, "batch %d", i);
      const kn_cell cells[] = {{id, (int32_t)strlen(id), 1},
                               {i % 3 == 0 ? "s1" : "s2", 2, 2},
                               {"chips", 5, 3},
                               {"12.5", 4, 4},
                               {"reuse", i % 2 == 0 ? 5 : 0, 5},
                               {"-3", i % 5 == 0 ? 2 : 0, 6},
                               {"2027-01-31", i % 7 == 0 ? 10 : 0, 7},
                               {text, i % 4 == 0 ? 0 : (int32_t)strlen(text), 8}};
      assert_ok(kn_builder_row(built.builder, i + 2, cells, '.', &built.err), built.err);
    }
    assert_ok(kn_builder_end(built.builder, &built.region, &built.err), built.err);
    char before[65], after[65];
    kn_error err = {0};
    kn_store *store;
    assert_ok(kn_region_digest(built.region, before, &err), err);
    assert_ok(kn_store_create(&store, files->path, &KN_STORE_WRITE, &err), err);
    assert_ok(kn_store_save_region(store, built.region, &(kn_change){.what = "new"}, NULL, &err), err);
    assert_ok(kn_store_publish(store, &err), err);
    test_digest(store, after);
    assert_string_equal(after, before);
    assert_int_equal(test_defects(store), 0);
    assert_int_equal(test_number(store, "SELECT count(*) FROM offer WHERE \"from\" = '2027-01-31' AND unit IS NULL"),
                     (ROWS + 6) / 7);
    assert_int_equal(test_number(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'offer_key'"), 1);
    kn_store_close(store);
    remove(files->path);
    test_done(&built);
  }
}

static void
import_replaces_and_adds(void **state)
{
  test_files *files = *state;
  char before[65], saved[65], after[65];
  new_rich_file(files->path, before);
  kn_store *store = test_open(files->path, true);
  const test_table more[] = {
      {KN_T_OFFER, "offer_id,site_id,resource_id,quantity,NOTE|o3,s1,heat,9,new|o1,s2,wood,5,", false},
      {KN_T_SITE, "site_id,actor_id,name,lon,lat|s3,a1,Quay,5.45,50.95|s1,a1,Hall,5.51,50.9", false},
  };
  test_import(store, more, 2, saved);
  test_digest(store, after);
  assert_string_equal(after, saved);
  assert_string_not_equal(after, before);
  test_built built = test_load(store);
  const kn_offer_view offers = kn_region_offers(built.region);
  const kn_site_view sites = kn_region_sites(built.region);
  assert_int_equal(offers.n, 3);
  assert_string_equal(offers.offer_id[0], "o1");
  assert_near(offers.quantity[0], 5, 0);
  assert_string_equal(offers.offer_id[2], "o3");
  assert_string_equal(sites.site_id[0], "s1");
  assert_near(sites.lon[0], 5.51, 0);
  test_done(&built);
  assert_int_equal(test_number(store, "SELECT id FROM rtree_site_geom WHERE minx > 5.505 AND maxx < 5.515"), 1);
  assert_int_equal(test_number(store, "SELECT rows_changed FROM revision WHERE revision = 2"), 4);
  assert_int_equal(test_defects(store), 0);
  /* The geometry of an area alone is a change too; what it had else stays. */
  kn_error err = {0};
  test_built shape = test_start();
  assert_ok(kn_store_fill(store, shape.builder, &err), err);
  add_square(shape.builder, "zuid", false, 5.5, 50.9, 0.01);
  assert_ok(kn_builder_end(shape.builder, &shape.region, &err), err);
  assert_ok(kn_store_save_region(store, shape.region, &(kn_change){.what = "import"}, NULL, &err), err);
  assert_ok(kn_region_digest(shape.region, saved, &err), err);
  test_done(&shape);
  test_digest(store, after);
  assert_string_equal(after, saved);
  kn_store_close(store);
  assert_int_equal(test_entries(files->folder, NULL), 1);
}

/* A recipe has no key: importing it again, or another version of it, does not double it. */
static void
recipes_are_replaced_as_a_whole(void **state)
{
  test_files *files = *state;
  char before[65], saved[65], after[65];
  new_rich_file(files->path, before);
  kn_store *store = test_open(files->path, true);
  test_import(store, &rich[12], 1, saved); /* process_flow as it was */
  assert_string_equal(saved, before);
  assert_int_equal(test_number(store, "SELECT count(*) FROM process_flow"), 2);
  const test_table more[] = {
      {KN_T_PROCESS, "process_id,name|p2,Dryer", false},
      {KN_T_PROCESS_FLOW, "process_id,resource_id,quantity|p2,water,-3|p1,wood,-9", false},
  };
  test_import(store, more, 2, saved);
  test_digest(store, after);
  assert_string_equal(after, saved);
  assert_int_equal(test_number(store, "SELECT count(*) FROM process_flow"), 2);
  assert_int_equal(test_number(store, "SELECT quantity FROM process_flow WHERE process_id = 'p1'"), -9);
  assert_int_equal(test_defects(store), 0);
  kn_store_close(store);
}

/* A file without rows is a region file all the same. */
static void
new_file_may_be_empty(void **state)
{
  test_files *files = *state;
  kn_error err = {0};
  kn_store *store;
  assert_ok(kn_store_create(&store, files->path, &KN_STORE_WRITE, &err), err);
  assert_int_equal(access(files->path, F_OK), -1);
  assert_ok(kn_store_publish(store, &err), err);
  assert_int_equal(access(files->path, F_OK), 0);
  kn_store_close(store);
  store = test_open(files->path, true);
  test_import(store, (test_table[]){SETTINGS, ACTORS, SITES, RESOURCES, OFFERS}, 5, NULL);
  assert_int_equal(test_number(store, "SELECT count(*) FROM offer"), 1);
  kn_store_close(store);
}

/* Where files need a name from the start, the result is the same and nothing else stays. */
static void
new_file_with_a_name_for_the_time_being(void **state)
{
  test_files *files = *state;
  kn_error err = {0};
  kn_store *store;
  assert_ok(kn_store_create_as(&store, files->path, &KN_STORE_WRITE, true, &err), err);
  assert_int_equal(test_entries(files->folder, NULL), 1);
  assert_ok(kn_store_publish(store, &err), err);
  kn_store_close(store);
  assert_int_equal(test_entries(files->folder, NULL), 1);
  assert_int_equal(access(files->path, F_OK), 0);
  assert_int_equal(kn_store_create_as(&store, files->path, &KN_STORE_WRITE, true, &err), KN_E_IO);
  remove(files->path);
  assert_ok(kn_store_create_as(&store, files->path, &KN_STORE_WRITE, true, &err), err);
  kn_store_close(store);
  assert_int_equal(test_entries(files->folder, NULL), 0);
}

/* ---------------------------------------------------------------- edits in QGIS */
static void
point_on_the_map_is_the_place(void **state)
{
  test_files *files = *state;
  char before[65], after[65];
  new_rich_file(files->path, before);
  kn_store *store = test_open(files->path, true);
  kn_error err = {0};
  /* The point of s2 becomes that of the gateway: 4.4, 51.2. */
  assert_ok(kn_sql_run(store, "UPDATE site SET geom = (SELECT geom FROM gateway) WHERE site_id = 's2'", &err), err);
  assert_int_equal(test_number(store, "SELECT lon = 4.4 AND lat = 51.2 FROM site WHERE site_id = 's2'"), 1);
  assert_int_equal(test_number(store, "SELECT id FROM rtree_site_geom WHERE maxx < 4.5"), 2);
  /* Drawing a new one gives it lon and lat. */
  assert_ok(
      kn_sql_run(store, "INSERT INTO site (site_id, actor_id, name, geom) SELECT 's9', 'a1', 'Drawn', geom FROM gateway", &err),
      err);
  assert_int_equal(test_number(store, "SELECT lon = 4.4 FROM site WHERE site_id = 's9'"), 1);
  /* A number that leaves the point behind is refused, in words; one that says the same is fine. */
  assert_int_equal(kn_sql_run(store, "UPDATE site SET lon = 6 WHERE site_id = 's1'", &err), KN_E_INPUT);
  assert_non_null(strstr(err.text, "lon and lat follow the point"));
  assert_ok(kn_sql_run(store, "UPDATE site SET lon = lon, name = 'Shed' WHERE site_id = 's1'", &err), err);
  /* Columns added elsewhere are kept, whatever their type. */
  assert_ok(kn_sql_run(store, "ALTER TABLE actor ADD COLUMN age INTEGER; UPDATE actor SET age = 30", &err), err);
  test_built built = test_load(store);
  assert_int_equal(kn_region_sites(built.region).n, 3);
  assert_string_equal(kn_region_table(built.region, KN_T_ACTOR)->extra[0][0], "30");
  test_done(&built);
  test_digest(store, after);
  assert_string_not_equal(after, before);
  assert_int_equal(test_defects(store), 0);
  kn_store_close(store);
}

static void
check_sees_what_is_broken(void **state)
{
  test_files *files = *state;
  char digest[65];
  new_rich_file(files->path, digest);
  kn_store *store = test_open(files->path, true);
  kn_error err = {0};
  assert_ok(kn_sql_run(store, "DELETE FROM rtree_site_geom WHERE id = 1", &err), err);
  assert_int_equal(test_defects(store), 1);
  assert_ok(kn_sql_run(store, "DELETE FROM resource WHERE resource_id = 'heat'", &err), err);
  /* o2, the substitution and the flow of the press name it. */
  assert_int_equal(test_defects(store), 4);
  kn_store_close(store);
}

/* ---------------------------------------------------------------- history */
static void
revisions_and_runs_are_kept(void **state)
{
  test_files *files = *state;
  char digest[65];
  new_rich_file(files->path, digest);
  kn_store *store = test_open(files->path, true);
  test_import(store, (test_table[]){OFFERS}, 1, NULL);
  kn_arena *arena = kn_arena_new();
  kn_error err = {0};
  kn_revision *revisions;
  int64_t count, run_id;
  assert_ok(kn_store_revisions(store, arena, 9, &revisions, &count, &err), err);
  assert_int_equal(count, 2);
  assert_int_equal(revisions[0].revision, 2);
  assert_string_equal(revisions[0].who, "test");
  assert_null(revisions[1].who);
  assert_string_equal(revisions[1].digest, digest);
  assert_int_equal(kn_sql_run(store, "UPDATE revision SET who = 'me'", &err), KN_E_INPUT);
  assert_non_null(strstr(err.text, "a revision is history"));
  kn_run run;
  assert_ok(kn_store_latest_run(store, arena, "balance", &run, &err), err);
  assert_int_equal(run.run_id, 0);
  const kn_run saved = {.command = "balance",
                        .settings = "{}",
                        .input_digest = digest,
                        .started = "2026-11-24T07:00:00Z",
                        .status = "done",
                        .summary = "{\"n\": 1}"};
  assert_ok(kn_store_save_plan(store, NULL, NULL, &saved, &run_id, &err), err);
  assert_ok(kn_store_save_plan(store, NULL, NULL, &saved, NULL, &err), err);
  assert_int_equal(run_id, 1);
  assert_ok(kn_store_latest_run(store, arena, "balance", &run, &err), err);
  assert_int_equal(run.run_id, 2);
  assert_int_equal(run.revision, 2);
  assert_string_equal(run.version, kn_version());
  assert_string_equal(run.summary, "{\"n\": 1}");
  kn_run *runs;
  assert_ok(kn_store_runs(store, arena, NULL, 1, &runs, &count, &err), err);
  assert_int_equal(count, 1);
  assert_ok(kn_store_runs(store, arena, "plan", 9, &runs, &count, &err), err);
  assert_int_equal(count, 0);
  const kn_run bad = {.command = "plan", .settings = "{", .input_digest = "", .started = "", .status = "", .summary = "{}"};
  assert_int_equal(kn_store_save_plan(store, NULL, NULL, &bad, &run_id, &err), KN_E_INPUT);
  assert_int_equal(run_id, 0);
  kn_arena_free(arena);
  kn_store_close(store);
}

/* ---------------------------------------------------------------- reading any table */
typedef struct seen {
  int32_t rows;
  char text[256];
} seen;

static kn_code
see(void *arg, const kn_value *values, kn_error *err)
{
  seen *out = arg;
  const size_t used = strlen(out->text);
  snprintf(out->text + used, sizeof out->text - used, "%s=%s%g;", values[0].text, values[1].is_blank ? "blank " : "",
           values[1].is_blank ? 0 : values[1].real);
  return ++out->rows < 3 ? KN_OK : kn_fail(err, KN_E_STOPPED, "enough");
}

static void
rows_are_read_as_asked(void **state)
{
  test_files *files = *state;
  char digest[65];
  new_rich_file(files->path, digest);
  kn_store *store = test_open(files->path, false);
  kn_error err = {0};
  seen out = {0};
  const char *const columns[] = {"offer_id", "rel_sd"};
  kn_store_query query = {.table = "offer", .column_count = 2, .columns = columns, .order_by = "offer_id", .is_falling = true};
  assert_ok(kn_store_read(store, &query, see, &out, &err), err);
  assert_string_equal(out.text, "o2=blank 0;o1=0.1;");
  out = (seen){0};
  query.where = "fate";
  query.equals = "landfill";
  assert_ok(kn_store_read(store, &query, see, &out, &err), err);
  assert_string_equal(out.text, "o1=0.1;");
  query.where = "fate\" OR 1 --";
  assert_int_equal(kn_store_read(store, &query, see, &out, &err), KN_E_USAGE);
  query.where = NULL;
  query.run_id = 3;
  assert_int_equal(kn_store_read(store, &query, see, &out, &err), KN_E_USAGE);
  query.table = "offers";
  assert_int_equal(kn_store_read(store, &query, see, &out, &err), KN_E_USAGE);
  /* A visit may end the reading. */
  out = (seen){0};
  const kn_store_query all = {
      .table = "resource", .column_count = 2, .columns = (const char *const[]){"resource_id", "t_per_unit"}};
  assert_int_equal(kn_store_read(store, &all, see, &out, &err), KN_E_STOPPED);
  assert_int_equal(out.rows, 3);
  kn_store_close(store);
}

/* ---------------------------------------------------------------- versions */
static void
older_file_is_brought_up_to_date(void **state)
{
  test_files *files = *state;
  test_first_version(files->path);
  kn_store *store = test_open(files->path, false);
  assert_int_equal(kn_store_version(store), kn_store_newest_version());
  assert_null(kn_store_notice(store));
  assert_int_equal(test_number(store, "SELECT count(*) FROM schema_version"), kn_store_newest_version());
  assert_int_equal(test_number(store, "SELECT count(*) FROM tie"), 0);
  assert_int_equal(test_number(store, "SELECT count(*) FROM link"), 0);
  assert_int_equal(test_number(store, "SELECT count(*) FROM actor"), 1);
  kn_store_close(store);
  assert_int_equal(test_entries(files->folder, NULL), 1);
}

/* Columns that a user gave to mode before it had one called network: the very name becomes that column, a name that SQLite
 * takes for the same stands aside. */
static void
older_extra_columns_stay(void **state)
{
  test_files *files = *state;
  for (int is_same = 0; is_same < 2; is_same++) {
    test_first_version(files->path);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(files->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  is_same ? "ALTER TABLE mode ADD COLUMN network TEXT;"
                                            "INSERT INTO mode (mode_id, name, class, network) VALUES ('m', 'M', 'water', 'water')"
                                          : "ALTER TABLE mode ADD COLUMN Network TEXT;"
                                            "INSERT INTO mode (mode_id, name, class, Network) VALUES ('m', 'M', 'water', 'mine')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    kn_store *store = test_open(files->path, true);
    test_built built = test_load(store);
    const kn_table *modes = kn_region_table(built.region, KN_T_MODE);
    const int32_t network = kn_schema_find_column(modes->def, "network");
    assert_int_equal(modes->extra_count, is_same ? 0 : 1);
    if (is_same) {
      assert_string_equal(modes->columns[network].text[0], "water");
    } else {
      assert_null(modes->columns[network].text[0]);
      assert_string_equal(modes->extra_name[0], "Network");
      assert_string_equal(modes->extra[0][0], "mine");
    }
    test_done(&built);
    kn_store_close(store);
    remove(files->path);
  }
}

/* A migration that fails leaves the file at the version it had. */
static void
migration_is_all_or_nothing(void **state)
{
  test_files *files = *state;
  test_first_version(files->path);
  sqlite3 *db;
  assert_int_equal(sqlite3_open(files->path, &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "CREATE TABLE plan_gateway (x)", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  char before[65], after[65];
  test_bytes(files->path, before);
  kn_error err = {0};
  kn_store *store;
  assert_int_equal(kn_store_open(&store, files->path, &KN_STORE_WRITE, &err), KN_E_IO);
  assert_non_null(strstr(err.text, "0002_plan.sql"));
  assert_null(store);
  test_bytes(files->path, after);
  assert_string_equal(after, before);
  assert_int_equal(test_entries(files->folder, NULL), 1);
}

static void
newer_file_is_read_and_never_altered(void **state)
{
  test_files *files = *state;
  char digest[65], again[65], before[65], after[65];
  new_rich_file(files->path, digest);
  kn_store *store = test_open(files->path, true);
  kn_error err = {0};
  assert_ok(kn_sql_run(store, "INSERT INTO schema_version VALUES (99, '9.9', '2031-01-01')", &err), err);
  kn_store_close(store);
  test_bytes(files->path, before);
  assert_int_equal(kn_store_open(&store, files->path, &KN_STORE_WRITE, &err), KN_E_VERSION);
  assert_non_null(strstr(err.text, "newer knoop (version 99"));
  store = test_open(files->path, false);
  assert_non_null(strstr(kn_store_notice(store), "can be read here, not changed"));
  test_digest(store, again);
  assert_string_equal(again, digest);
  assert_int_equal(kn_sql_run(store, "DELETE FROM offer", &err), KN_E_IO);
  kn_store_close(store);
  test_bytes(files->path, after);
  assert_string_equal(after, before);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      STORE_TEST(tables_and_columns_follow_the_schema),
      STORE_TEST(words_follow_the_schema),
      STORE_TEST(file_is_a_geopackage),
      STORE_TEST(gdal_reads_and_edits_it),
      STORE_TEST(every_table_comes_back),
      STORE_TEST(many_first_rows_come_back),
      STORE_TEST(import_replaces_and_adds),
      STORE_TEST(recipes_are_replaced_as_a_whole),
      STORE_TEST(new_file_may_be_empty),
      STORE_TEST(new_file_with_a_name_for_the_time_being),
      STORE_TEST(point_on_the_map_is_the_place),
      STORE_TEST(check_sees_what_is_broken),
      STORE_TEST(revisions_and_runs_are_kept),
      STORE_TEST(rows_are_read_as_asked),
      STORE_TEST(older_file_is_brought_up_to_date),
      STORE_TEST(older_extra_columns_stay),
      STORE_TEST(migration_is_all_or_nothing),
      STORE_TEST(newer_file_is_read_and_never_altered),
  };
  return cmocka_run_group_tests_name("store: the file", tests, NULL, NULL);
}
