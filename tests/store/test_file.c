/* The region file: does it hold what it is given, and is it what it says to other programs?
 * Method: regions from text go into a file and come back; digests, rows and raw SQL are compared. */
#include "rich.h"

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
  };
  return cmocka_run_group_tests_name("store: the file", tests, NULL, NULL);
}
