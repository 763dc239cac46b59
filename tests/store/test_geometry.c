/* Geometry and spatial index: what is written can be read, and the index made in one go answers as a search through
 * all boxes does. Bytes of any kind must not do harm. */
#include "store_test.h"

static void
point_is_29_bytes(void **state)
{
  (void)state;
  uint8_t blob[POINT_BLOB];
  kn_geometry_point(blob, 5.5, 50.9);
  /* "GP", version 0, little endian without envelope, 4326; then WKB: little endian, type 1, x, y. */
  const uint8_t head[13] = {'G', 'P', 0, 1, 0xe6, 0x10, 0, 0, 1, 1, 0, 0, 0};
  assert_memory_equal(blob, head, sizeof head);
  double bounds[4];
  assert_true(kn_geometry_bounds(blob, sizeof blob, bounds));
  assert_near(bounds[0], 5.5, 0);
  assert_near(bounds[1], 50.9, 0);
  assert_near(bounds[2], 5.5, 0);
  assert_near(bounds[3], 50.9, 0);
}

static void
line_knows_its_bounds(void **state)
{
  (void)state;
  uint8_t blob[LINE_BLOB];
  double bounds[4];
  kn_geometry_line(blob, (double[2]){5, 51}, (double[2]){4, 52});
  assert_true(kn_geometry_bounds(blob, sizeof blob, bounds));
  assert_near(bounds[0], 4, 0);
  assert_near(bounds[1], 51, 0);
  assert_near(bounds[2], 5, 0);
  assert_near(bounds[3], 52, 0);
  /* The same without the envelope: what the WKB itself says. */
  uint8_t bare[LINE_BLOB - 32];
  memcpy(bare, blob, 8);
  memcpy(bare + 8, blob + 40, sizeof bare - 8);
  bare[3] = 1;
  double again[4];
  assert_true(kn_geometry_bounds(bare, sizeof bare, again));
  assert_memory_equal(again, bounds, sizeof bounds);
}

/* A big-endian point with height (ISO type 1001), as others may write it; and one that is empty. */
static void
other_writings_are_read(void **state)
{
  (void)state;
  const uint8_t high[8 + 29] = {'G', 'P', 0, 0, 0, 0, 0x10, 0xe6, 0, 0, 0, 3, 0xe9, 0x40, 0x16, 0, 0, 0, 0, 0, 0, 0x40, 0x49};
  double bounds[4];
  assert_true(kn_geometry_bounds(high, sizeof high, bounds));
  assert_near(bounds[0], 5.5, 0);
  assert_near(bounds[3], 50, 0);
  uint8_t empty[POINT_BLOB];
  kn_geometry_point(empty, NAN, NAN);
  assert_true(kn_geometry_bounds(empty, sizeof empty, bounds));
  assert_true(isnan(bounds[0]));
}

static uint32_t random_state = 7;

static uint32_t
next_random(void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

/* Cut anywhere or with any byte changed: an answer or a refusal, never a read outside (sanitizers watch). */
static void
spoilt_bytes_do_no_harm(void **state)
{
  (void)state;
  kn_arena *arena = kn_arena_new();
  kn_error err = {0};
  uint8_t wkb[9 + 4 + 80] = {1, 3, 0, 0, 0, 1, 0, 0, 0, 5}, *blob;
  size_t length, out_length;
  const uint8_t *out;
  double bounds[4];
  assert_ok(kn_geometry_area(&blob, &length, arena, wkb, sizeof wkb, &err), err);
  assert_true(kn_geometry_wkb(blob, length, &out, &out_length));
  assert_int_equal(out_length, sizeof wkb);
  assert_memory_equal(out, wkb, sizeof wkb);
  for (int i = 0; i < 20000; i++) {
    const size_t size = next_random() % (length + 1);
    uint8_t *copy = malloc(size + 1);
    memcpy(copy, blob, size);
    for (uint32_t k = next_random() % 4; k > 0 && size > 0; k--)
      copy[next_random() % size] = (uint8_t)next_random();
    if (size > 8 && i % 2 == 0)
      copy[3] = 1; /* no envelope: the WKB is read */
    kn_geometry_bounds(copy, size, bounds);
    kn_geometry_wkb(copy, size, &out, &out_length);
    if (size > 40 && kn_geometry_area(&blob, &out_length, arena, copy + 40, size - 40, &err) == KN_OK)
      assert_int_equal(out_length >= size, true);
    kn_arena_free(arena);
    arena = kn_arena_new();
    assert_ok(kn_geometry_area(&blob, &length, arena, wkb, sizeof wkb, &err), err);
    free(copy);
  }
  wkb[1] = 1;
  assert_int_equal(kn_geometry_area(&blob, &length, arena, wkb, sizeof wkb, &err), KN_E_INPUT);
  kn_arena_free(arena);
}

/* ---------------------------------------------------------------- geojson(geom) */
/* The text for a blob, to be freed; NULL: SQL's NULL. */
static char *
geojson_of(sqlite3 *db, const uint8_t *blob, size_t length)
{
  sqlite3_stmt *ask;
  assert_int_equal(sqlite3_prepare_v2(db, "SELECT geojson(?)", -1, &ask, NULL), SQLITE_OK);
  sqlite3_bind_blob(ask, 1, blob, (int)length, SQLITE_STATIC);
  assert_int_equal(sqlite3_step(ask), SQLITE_ROW);
  const char *text = (const char *)sqlite3_column_text(ask, 0);
  char *copy = text != NULL ? strdup(text) : NULL;
  sqlite3_finalize(ask);
  return copy;
}

static sqlite3 *
bare_database(void)
{
  sqlite3 *db;
  assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
  assert_int_equal(kn_geometry_register(db), SQLITE_OK);
  return db;
}

static void
assert_geojson(sqlite3 *db, const uint8_t *blob, size_t length, const char *wanted)
{
  char *text = geojson_of(db, blob, length);
  if (wanted == NULL)
    assert_null(text);
  else
    assert_string_equal(text, wanted);
  free(text);
}

static void
shapes_become_geojson(void **state)
{
  (void)state;
  sqlite3 *db = bare_database();
  uint8_t point[POINT_BLOB], line[LINE_BLOB];
  kn_geometry_point(point, 5.5, 50.912345678);
  assert_geojson(db, point, sizeof point, "{\"type\":\"Point\",\"coordinates\":[5.5,50.912346]}");
  kn_geometry_point(point, NAN, NAN);
  assert_geojson(db, point, sizeof point, "{\"type\":\"Point\",\"coordinates\":[]}");
  static const char two[] = "{\"type\":\"LineString\",\"coordinates\":[[5,51],[4,52]]}";
  kn_geometry_line(line, (double[2]){5, 51}, (double[2]){4, 52});
  assert_geojson(db, line, sizeof line, two);
  kn_geometry_straight(line, (double[2]){5, 51}, (double[2]){4, 52}); /* the same, big endian */
  assert_geojson(db, line, sizeof line, two);
  /* A point with height, big endian: the height is left out. */
  const uint8_t high[8 + 29] = {'G', 'P', 0, 0, 0, 0, 0x10, 0xe6, 0, 0, 0, 3, 0xe9, 0x40, 0x16, 0, 0, 0, 0, 0, 0, 0x40, 0x49};
  assert_geojson(db, high, sizeof high, "{\"type\":\"Point\",\"coordinates\":[5.5,50]}");
  assert_geojson(db, (const uint8_t *)"GP", 2, NULL);
  sqlite3_close(db);
}

/* A polygon comes out as it was given, though the file holds a multipolygon; so does a real multipolygon. */
static void
areas_become_geojson(void **state)
{
  (void)state;
  kn_arena *arena = kn_arena_new();
  kn_error err = {0};
  sqlite3 *db = bare_database();
  uint8_t wkb[9 + 4 + 64] = {1, 3, 0, 0, 0, 1, 0, 0, 0, 4}, many[9 + sizeof wkb] = {1, 6, 0, 0, 0, 1}, *blob;
  const double ring[8] = {5, 51, 5.5, 51, 5, 51.25, 5, 51};
  memcpy(wkb + 13, ring, sizeof ring);
  memcpy(many + 9, wkb, sizeof wkb);
  size_t length;
  assert_ok(kn_geometry_area(&blob, &length, arena, wkb, sizeof wkb, &err), err);
  assert_geojson(db, blob, length, "{\"type\":\"Polygon\",\"coordinates\":[[[5,51],[5.5,51],[5,51.25],[5,51]]]}");
  assert_ok(kn_geometry_area(&blob, &length, arena, many, sizeof many, &err), err);
  assert_geojson(db, blob, length, "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[5,51],[5.5,51],[5,51.25],[5,51]]]]}");
  /* Cut anywhere or with any byte changed: text or NULL, never a read outside (sanitizers watch). */
  for (int i = 0; i < 20000; i++) {
    const size_t size = next_random() % (length + 1);
    uint8_t *copy = malloc(size + 1);
    memcpy(copy, blob, size);
    for (uint32_t k = next_random() % 4; k > 0 && size > 0; k--)
      copy[next_random() % size] = (uint8_t)next_random();
    free(geojson_of(db, copy, size));
    free(copy);
  }
  sqlite3_close(db);
  kn_arena_free(arena);
}

/* ---------------------------------------------------------------- spatial index */
static void
add_sites(kn_store *store, int32_t count)
{
  kn_error err = {0};
  sqlite3_stmt *insert;
  assert_ok(kn_sql_prepare(store, &insert, &err,
                           "INSERT INTO site (site_id, actor_id, name, geom, lon, lat) VALUES (?, 'a', 'n', ?, ?, ?)"),
            err);
  for (int32_t i = 0; i < count; i++) {
    uint8_t blob[POINT_BLOB];
    char id[32];
    const double lon = (double)(next_random() % 10000) / 1000, lat = 45 + (double)(next_random() % 10000) / 1000;
    snprintf(id, sizeof id, "s%d", i);
    kn_geometry_point(blob, lon, lat);
    sqlite3_bind_text(insert, 1, id, -1, SQLITE_TRANSIENT);
    if (i % 97 == 96)
      sqlite3_bind_null(insert, 2); /* drawn nowhere */
    else
      sqlite3_bind_blob(insert, 2, blob, POINT_BLOB, SQLITE_TRANSIENT);
    sqlite3_bind_double(insert, 3, lon);
    sqlite3_bind_double(insert, 4, lat);
    assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
}

/* Sizes around a full node (44 of 51 cells), two and three levels. */
/* The index from all that is in the file. */
static void
fill_again(kn_store *store)
{
  kn_error err = {0};
  kn_boxes boxes = {0};
  assert_ok(kn_rtree_fill(store, "site", &boxes, INT64_MAX, &err), err);
  kn_boxes_free(&boxes);
}

static void
index_in_one_go_answers_as_a_search(void **state)
{
  test_files *files = *state;
  static const int32_t sizes[] = {0, 1, 2, 44, 45, 46, 89, 1000, 5000, 100000};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    kn_error err = {0};
    kn_store *store;
    assert_ok(kn_store_create(&store, files->path, &KN_STORE_WRITE, &err), err);
    assert_ok(kn_sql_run(store,
                         "BEGIN; DROP TRIGGER rtree_site_geom_insert; INSERT INTO actor (actor_id, name) VALUES ('a', 'A')",
                         &err),
              err);
    add_sites(store, sizes[s]);
    fill_again(store);
    assert_ok(kn_sql_run(store, "COMMIT", &err), err);
    assert_int_equal(test_defects(store), 0);
    for (int i = 0; i < 20; i++) {
      const double lon = (double)(next_random() % 10000) / 1000, lat = 45 + (double)(next_random() % 10000) / 1000, side = 0.7;
      int64_t differing;
      assert_ok(kn_sql_number(
                    store, &differing, &err,
                    "WITH a AS (SELECT id FROM rtree_site_geom WHERE minx <= %f AND maxx >= %f AND miny <= %f AND maxy >= %f), "
                    "b AS (SELECT fid FROM site WHERE geom IS NOT NULL AND lon BETWEEN %f AND %f AND lat BETWEEN %f AND %f) "
                    "SELECT count(*) FROM b WHERE fid NOT IN (SELECT id FROM a)",
                    lon + side, lon, lat + side, lat, lon, lon + side, lat, lat + side),
                err);
      assert_int_equal(differing, 0);
    }
    /* What comes later goes through the triggers, into this tree. */
    if (sizes[s] >= 44) {
      assert_ok(
          kn_sql_run(
              store,
              "DELETE FROM site WHERE fid % 3 = 0; UPDATE site SET geom = (SELECT geom FROM site LIMIT 1) WHERE fid % 3 = 1",
              &err),
          err);
      assert_int_equal(test_defects(store), 0);
    }
    /* Made again it is the same set. */
    fill_again(store);
    assert_int_equal(test_defects(store), 0);
    kn_store_close(store);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(point_is_29_bytes),
      cmocka_unit_test(line_knows_its_bounds),
      cmocka_unit_test(other_writings_are_read),
      cmocka_unit_test(spoilt_bytes_do_no_harm),
      cmocka_unit_test(shapes_become_geojson),
      cmocka_unit_test(areas_become_geojson),
      STORE_TEST(index_in_one_go_answers_as_a_search),
  };
  return cmocka_run_group_tests_name("store: geometry", tests, NULL, NULL);
}
