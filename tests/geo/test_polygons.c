/* Aim: the areas that hold a point, smallest first, boundary included; shapes that cannot be used are refused with
 * the reason. */
#include "../base/check.h"

#include "knoop/geo.h"

enum { WKB_POLYGON = 3, WKB_MULTIPOLYGON = 6 };

typedef struct wkb {
  uint8_t bytes[4096];
  size_t length;
} wkb;

static void
put_bytes(wkb *to, const void *from, size_t length)
{
  memcpy(to->bytes + to->length, from, length);
  to->length += length;
}

static void
put_head(wkb *to, uint32_t type, uint32_t count)
{
  const uint16_t probe = 1;
  uint8_t is_little;
  memcpy(&is_little, &probe, 1);
  put_bytes(to, &is_little, 1);
  put_bytes(to, &type, 4);
  put_bytes(to, &count, 4);
}

static void
put_ring(wkb *to, uint32_t count, const double *lon_lat)
{
  put_bytes(to, &count, 4);
  put_bytes(to, lon_lat, 2 * count * sizeof *lon_lat);
}

static void
put_box(wkb *to, double lon0, double lat0, double lon1, double lat1)
{
  put_ring(to, 5, (double[]){lon0, lat0, lon1, lat0, lon1, lat1, lon0, lat1, lon0, lat0});
}

static wkb
box(double lon0, double lat0, double lon1, double lat1)
{
  wkb made = {.length = 0};
  put_head(&made, WKB_POLYGON, 1);
  put_box(&made, lon0, lat0, lon1, lat1);
  return made;
}

static kn_polygons *
three_areas(void)
{
  kn_error err = {0};
  kn_polygons *polygons;
  assert_int_equal(kn_polygons_new(&polygons, &err), KN_OK);
  double bounds[4];
  assert_false(kn_polygons_bounds(polygons, bounds));
  /* A country, a municipality inside it, and a park of two parts, one with a pond that is no part of it. */
  const wkb country = box(2, 49, 7, 52), town = box(5, 50, 6, 51);
  wkb park = {.length = 0};
  put_head(&park, WKB_MULTIPOLYGON, 2);
  put_head(&park, WKB_POLYGON, 2);
  put_box(&park, 5.2, 50.2, 5.6, 50.6);
  put_box(&park, 5.3, 50.3, 5.5, 50.5);
  put_head(&park, WKB_POLYGON, 1);
  put_box(&park, 5.7, 50.7, 5.8, 50.8);
  assert_int_equal(kn_polygons_add(polygons, 10, country.bytes, country.length, &err), KN_OK);
  assert_int_equal(kn_polygons_add(polygons, 30, park.bytes, park.length, &err), KN_OK);
  assert_int_equal(kn_polygons_add(polygons, 20, town.bytes, town.length, &err), KN_OK);
  assert_true(kn_polygons_bounds(polygons, bounds));
  assert_true(bounds[0] == 2 && bounds[1] == 49 && bounds[2] == 7 && bounds[3] == 52);
  return polygons;
}

static void
expect_areas(kn_polygons *polygons, double lon, double lat, int32_t count, const int32_t *expected)
{
  int32_t found[8];
  assert_int_equal(kn_polygons_at(polygons, lon, lat, found, 8), count);
  for (int32_t i = 0; i < count; i++)
    assert_int_equal(found[i], expected[i]);
}

static void
smallest_area_comes_first(void **state)
{
  (void)state;
  kn_polygons *polygons = three_areas();
  expect_areas(polygons, 5.25, 50.25, 3, (int32_t[]){30, 20, 10});
  expect_areas(polygons, 5.75, 50.75, 3, (int32_t[]){30, 20, 10}); /* the other part */
  expect_areas(polygons, 5.4, 50.4, 2, (int32_t[]){20, 10});       /* the pond */
  expect_areas(polygons, 3, 50, 1, (int32_t[]){10});
  expect_areas(polygons, 8, 50, 0, NULL);
  expect_areas(polygons, NAN, 50, 0, NULL);
  expect_areas(polygons, 2, 49, 1, (int32_t[]){10});             /* a corner */
  expect_areas(polygons, 5, 50.5, 2, (int32_t[]){20, 10});       /* an edge */
  expect_areas(polygons, 5.3, 50.4, 3, (int32_t[]){30, 20, 10}); /* the shore of the pond */
  int32_t found;
  assert_int_equal(kn_polygons_at(polygons, 5.25, 50.25, &found, 1), 1);
  assert_int_equal(found, 30);
  assert_int_equal(kn_polygons_at(polygons, 5.25, 50.25, &found, 0), 0);
  /* One more may be added after asking. */
  const wkb yard = box(5.24, 50.24, 5.26, 50.26);
  assert_int_equal(kn_polygons_add(polygons, 40, yard.bytes, yard.length, NULL), KN_OK);
  expect_areas(polygons, 5.25, 50.25, 4, (int32_t[]){40, 30, 20, 10});
  kn_polygons_free(polygons);
  kn_polygons_free(NULL);
}

static void
expect_refused(const wkb *shape, const char *says)
{
  kn_error err = {0};
  kn_polygons *polygons;
  assert_int_equal(kn_polygons_new(&polygons, &err), KN_OK);
  assert_int_equal(kn_polygons_add(polygons, 1, shape->bytes, shape->length, &err), KN_E_INPUT);
  if (strstr(err.text, says) == NULL)
    fail_msg("'%s' does not say '%s'", err.text, says);
  int32_t found;
  assert_int_equal(kn_polygons_at(polygons, 5.5, 51, &found, 1), 0);
  kn_polygons_free(polygons);
}

static void
unusable_shapes_are_refused(void **state)
{
  (void)state;
  wkb point = {.length = 0};
  put_head(&point, 1, 0); /* a point has two numbers where this has a count; cut off there */
  expect_refused(&point, "cannot be read");
  wkb line = {.length = 0};
  put_head(&line, 2, 2);
  put_bytes(&line, (double[]){5, 50, 6, 51}, 32);
  expect_refused(&line, "LineString");
  wkb bow_tie = {.length = 0};
  put_head(&bow_tie, WKB_POLYGON, 1);
  put_ring(&bow_tie, 5, (double[]){5, 50, 6, 51, 6, 50, 5, 51, 5, 50});
  expect_refused(&bow_tie, "Self-intersection");
  wkb empty = {.length = 0};
  put_head(&empty, WKB_POLYGON, 0);
  expect_refused(&empty, "empty");
  wkb open = {.length = 0};
  put_head(&open, WKB_POLYGON, 1);
  put_ring(&open, 4, (double[]){5, 50, 6, 50, 6, 51, 5, 51});
  expect_refused(&open, "");
  const wkb metres = box(220000, 180000, 230000, 190000);
  expect_refused(&metres, "degrees");
  const wkb nowhere = {.length = 0};
  expect_refused(&nowhere, "cannot be read");
  wkb not_a_number = box(5, 50, 6, NAN);
  expect_refused(&not_a_number, "");
  wkb liar = {.length = 0}; /* announces four thousand million rings */
  put_head(&liar, WKB_POLYGON, 0xFFFFFFFFu);
  expect_refused(&liar, "cannot be read");
}

/* Every cut of a good shape is refused or read, never a crash. */
static void
cut_shapes_do_no_harm(void **state)
{
  (void)state;
  const wkb whole = box(5, 50, 6, 51);
  for (size_t length = 0; length < whole.length; length++) {
    wkb part = whole;
    part.length = length;
    expect_refused(&part, "");
  }
}

/* A disc of 400 corners against the distance to its middle. */
static void
disc_holds_what_is_near(void **state)
{
  (void)state;
  enum { CORNERS = 200 };
  double ring[2 * (CORNERS + 1)];
  for (int i = 0; i <= CORNERS; i++) {
    ring[2 * i] = 5 + 0.5 * cos(2 * M_PI * (i % CORNERS) / CORNERS);
    ring[2 * i + 1] = 51 + 0.5 * sin(2 * M_PI * (i % CORNERS) / CORNERS);
  }
  wkb disc = {.length = 0};
  put_head(&disc, WKB_POLYGON, 1);
  put_ring(&disc, CORNERS + 1, ring);
  kn_polygons *polygons;
  assert_int_equal(kn_polygons_new(&polygons, NULL), KN_OK);
  assert_int_equal(kn_polygons_add(polygons, 0, disc.bytes, disc.length, NULL), KN_OK);
  check_random r = {6};
  for (int i = 0; i < 20000; i++) {
    const double lon = 4.4 + 1.2 * random_unit(&r), lat = 50.4 + 1.2 * random_unit(&r);
    const double far = hypot(lon - 5, lat - 51);
    int32_t found;
    const int32_t count = kn_polygons_at(polygons, lon, lat, &found, 1);
    if (far < 0.5 * cos(M_PI / CORNERS) - 1e-9)
      assert_int_equal(count, 1);
    if (far > 0.5 + 1e-9)
      assert_int_equal(count, 0);
  }
  kn_polygons_free(polygons);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(smallest_area_comes_first),
      cmocka_unit_test(unusable_shapes_are_refused),
      cmocka_unit_test(cut_shapes_do_no_harm),
      cmocka_unit_test(disc_holds_what_is_near),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
