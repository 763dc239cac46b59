/* Aim: distances are those of the sphere of planning-model.md, the same both ways to the last bit; a haul costs what its
 * segments say, and its least is a true lower bound. */
#include "../base/check.h"

#include "knoop/geo.h"

static double
km_between(double lon_a, double lat_a, double lon_b, double lat_b)
{
  return kn_point_km(KN_SPHERE, kn_point_at(lon_a, lat_a), kn_point_at(lon_b, lat_b));
}

/* A quarter of the circle is pi/2 * 6371.0088 = 10007.5573 km; a degree of a meridian 111.19508 km. */
static void
arcs_have_their_length(void **state)
{
  (void)state;
  const double degree = M_PI / 180 * KN_EARTH_KM;
  assert_near(km_between(5, 50, 5, 51), degree, 1e-9);
  assert_near(km_between(0, 0, 1, 0), degree, 1e-9);
  assert_near(km_between(0, 0, 90, 0), 90 * degree, 1e-9);
  assert_near(km_between(0, 90, 0, -90), 180 * degree, 1e-9);
  assert_near(km_between(10, 0, -170, 0), 180 * degree, 1e-9);
  assert_near(km_between(5, 89, -175, 89), 2 * degree, 1e-9); /* over the pole */
  assert_near(km_between(179.5, 0, -179.5, 0), degree, 1e-9); /* over the date line */
  assert_near(km_between(5.5, 51, 5.5, 51), 0, 0);
  assert_near(km_between(5.5, 51, 5.5, 51 + 1e-6), 1e-6 * degree, 1e-9);
  assert_near(km_between(0, 0, 0, 179.999999), 179.999999 * degree, 1e-7);
  /* Genk to Rotterdam by the haversine formula, worked out apart. */
  assert_near(km_between(5.5, 50.965, 4.48, 51.92), 127.6, 0.2);
}

/* Two names of one place give one point. */
static void
poles_and_date_line_are_one_place(void **state)
{
  (void)state;
  assert_near(km_between(0, 90, 123, 90), 0, 0);
  assert_near(km_between(-40, -90, 77, -90), 0, 0);
  assert_near(km_between(180, 33, -180, 33), 0, 0);
}

static void
distance_is_a_distance(void **state)
{
  (void)state;
  check_random r = {11};
  for (int i = 0; i < 100000; i++) {
    kn_point p[3];
    double lon[3], lat[3];
    for (int j = 0; j < 3; j++) {
      lon[j] = 360 * random_unit(&r) - 180;
      lat[j] = 180 * random_unit(&r) - 90;
      p[j] = kn_point_at(lon[j], lat[j]);
    }
    for (int metric = KN_SPHERE; metric <= KN_PLANE; metric++) {
      const double ab = kn_point_km((kn_metric)metric, p[0], p[1]), ba = kn_point_km((kn_metric)metric, p[1], p[0]);
      assert_true(memcmp(&ab, &ba, sizeof ab) == 0);
      const double bc = kn_point_km((kn_metric)metric, p[1], p[2]), ac = kn_point_km((kn_metric)metric, p[0], p[2]);
      assert_true(ac <= ab + bc + 1e-6);
    }
    /* Against the formula of Vincenty for a sphere, which is accurate everywhere. */
    const double to_rad = M_PI / 180, a = lat[0] * to_rad, b = lat[1] * to_rad, d = (lon[1] - lon[0]) * to_rad;
    const double s1 = cos(b) * sin(d), s2 = cos(a) * sin(b) - sin(a) * cos(b) * cos(d);
    const double angle = atan2(sqrt(s1 * s1 + s2 * s2), sin(a) * sin(b) + cos(a) * cos(b) * cos(d));
    assert_near(kn_point_km(KN_SPHERE, p[0], p[1]), KN_EARTH_KM * angle, 1e-7);
  }
  assert_near(kn_point_km(KN_PLANE, (kn_point){1, 2, 0}, (kn_point){4, 6, 0}), 5, 0);
}

/* Road to 80 km, rail from there to 300, nothing to 400, ship (cheaper the farther) to 500. */
static const kn_haul_segment segments[] = {
    {0, 80, 4, 0.15, 0},
    {80, 300, 12, 0.05, 1},
    {400, 500, 60, -0.08, 2},
};
static const kn_haul haul = {3, segments};

static void
haul_costs_what_its_segments_say(void **state)
{
  (void)state;
  assert_near(kn_haul_cost(&haul, 0), 4, 0);
  assert_near(kn_haul_cost(&haul, 10), 5.5, 1e-12);
  assert_near(kn_haul_cost(&haul, 80), 16, 1e-12); /* an end belongs to the segment that starts there */
  assert_int_equal(kn_haul_find(&haul, 80), 1);
  assert_near(kn_haul_cost(&haul, 300), 27, 1e-12); /* or to its own where none does */
  assert_int_equal(kn_haul_find(&haul, 300), 1);
  assert_int_equal(kn_haul_find(&haul, 300.0001), -1);
  assert_true(isinf(kn_haul_cost(&haul, 350)));
  assert_near(kn_haul_cost(&haul, 500), 20, 1e-12);
  assert_true(isinf(kn_haul_cost(&haul, 501)));
  assert_true(isinf(kn_haul_cost(&haul, -1)));
  assert_true(isinf(kn_haul_cost(&haul, NAN)));
  const kn_haul none = {0, NULL};
  assert_true(isinf(kn_haul_cost(&none, 0)));
  assert_true(isinf(kn_haul_least(&none, 0, 10)));
}

static void
least_is_below_and_touched(void **state)
{
  (void)state;
  assert_near(kn_haul_least(&haul, 0, INFINITY), 4, 0);
  assert_near(kn_haul_least(&haul, 50, INFINITY), 4 + 0.15 * 50, 0);
  assert_near(kn_haul_least(&haul, 79, 81), 4 + 0.15 * 79, 1e-12);
  assert_near(kn_haul_least(&haul, 280, 450), 60 - 0.08 * 450, 1e-12);
  assert_true(isinf(kn_haul_least(&haul, 310, 390)));
  assert_near(kn_haul_least(&haul, 310, INFINITY), 20, 1e-12);
  check_random r = {5};
  for (int i = 0; i < 100000; i++) {
    const double a = 600 * random_unit(&r), b = a + 200 * random_unit(&r), km = a + (b - a) * random_unit(&r);
    assert_true(kn_haul_least(&haul, a, b) <= kn_haul_cost(&haul, km));
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arcs_have_their_length),     cmocka_unit_test(poles_and_date_line_are_one_place),
      cmocka_unit_test(distance_is_a_distance),     cmocka_unit_test(haul_costs_what_its_segments_say),
      cmocka_unit_test(least_is_below_and_touched),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
