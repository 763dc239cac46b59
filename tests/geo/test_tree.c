/* Aim: the tree gives what looking at all points gives: the same points, worths and distances, bit for bit, ties
 * included. Method: brute force on points of every kind (spread, poles, date line, one place, a line, a grid), with
 * weights, hauls and filters of every kind. */
#include "../base/check.h"

#include "knoop/geo.h"

typedef enum layout { SPREAD, POLES, DATE_LINE, ONE_PLACE, LINE, GRID, CLUSTERS, LAYOUT_COUNT } layout;

static kn_point
draw_point(check_random *r, kn_metric metric, layout kind)
{
  const double u = random_unit(r), v = random_unit(r);
  double x = 0, y = 0; /* degrees, or km on the plane */
  switch (kind) {
  case SPREAD:
    x = 360 * u - 180;
    y = asin(2 * v - 1) * 180 / M_PI;
    break;
  case POLES:
    x = 360 * u - 180;
    y = v < 0.4 ? 90 - v : v < 0.8 ? v - 90 : v < 0.9 ? 90 : -90;
    break;
  case DATE_LINE:
    x = u < 0.1 ? 180 : u < 0.2 ? -180 : u < 0.6 ? 180 - u : u - 180;
    y = v;
    break;
  case ONE_PLACE:
    x = 5.5;
    y = 51;
    break;
  case LINE:
    x = u;
    y = 51;
    break;
  case GRID:
    x = floor(6 * u);
    y = floor(6 * v);
    break;
  default:
    x = 5 + floor(4 * u) + 0.01 * v;
    y = 50 + floor(4 * v) + 0.01 * u;
    break;
  }
  return metric == KN_SPHERE ? kn_point_at(x, y) : (kn_point){x, y, 0};
}

typedef struct question {
  kn_metric metric;
  int64_t n;
  const kn_point *point;
  const double *a, *b;
  const kn_query *query;
} question;

static bool
is_before(const kn_hit *x, const kn_hit *y)
{
  return x->worth > y->worth || (x->worth == y->worth && x->point < y->point);
}

static int
compare_hits(const void *x, const void *y)
{
  return is_before(x, y) ? -1 : is_before(y, x) ? 1 : 0;
}

/* The definition in geo.h, point by point. */
static int32_t
best_by_all(const question *q, int32_t k, kn_hit *hit, kn_hit *all)
{
  int32_t count = 0;
  for (int64_t i = 0; i < q->n; i++) {
    const kn_query *query = q->query;
    const double a = q->a == NULL ? 0 : q->a[i], b = q->b == NULL ? 0 : q->b[i];
    if (a == -INFINITY || b == -INFINITY)
      continue;
    kn_hit h = {.point = (int32_t)i, .km = query->is_anywhere ? 0 : kn_point_km(q->metric, query->from, q->point[i])};
    h.worth = query->offset + query->scale * a + b - (query->haul == NULL ? h.km : kn_haul_cost(query->haul, h.km));
    if (query->extra != NULL)
      h.worth += query->extra(query->arg, h.point, h.km);
    if (h.worth > query->floor)
      all[count++] = h;
  }
  qsort(all, (size_t)count, sizeof *all, compare_hits);
  const int32_t kept = count < k ? count : k;
  memcpy(hit, all, (size_t)kept * sizeof *hit);
  return kept;
}

/* Leaves out one point in three, and adds up to 3 to others. */
static double
some_extra(void *arg, int32_t point, double km)
{
  (void)km;
  const int32_t which = (point + *(const int32_t *)arg) % 3;
  return which == 0 ? -INFINITY : which == 1 ? 3 : 0.5;
}

static const kn_haul_segment one_line[] = {{0, INFINITY, 4, 0.156, 0}};
static const kn_haul_segment modes[] = {{0, 80, 4, 0.15, 0}, {80, 900, 8.8, 0.09, 1}, {1500, 30000, 100, 0.01, 2}};
static const kn_haul_segment far_only[] = {{50, 2000, 1, 0, 0}};
static const kn_haul_segment falling[] = {{0, 500, 60, -0.1, 0}, {500, 40000, 15, 0.001, 1}};
static const kn_haul hauls[] = {{1, one_line}, {3, modes}, {1, far_only}, {2, falling}, {0, NULL}};

static void
expect_same(const kn_tree *tree, const question *q, int32_t k, kn_hit *all, const char *what)
{
  kn_hit expected[64], found[64];
  const int32_t want = best_by_all(q, k, expected, all), got = kn_tree_best(tree, q->query, k, found);
  if (want != got)
    fail_msg("%s: %d hits, not %d", what, got, want);
  for (int32_t i = 0; i < want; i++)
    if (found[i].point != expected[i].point || found[i].worth != expected[i].worth || found[i].km != expected[i].km)
      fail_msg("%s: hit %d is point %d worth %.17g at %.17g km, not point %d worth %.17g at %.17g km", what, i, found[i].point,
               found[i].worth, found[i].km, expected[i].point, expected[i].worth, expected[i].km);
}

static void
draw_weights(check_random *r, int64_t n, int kind, double *weight)
{
  for (int64_t i = 0; i < n; i++) {
    const double u = random_unit(r);
    weight[i] = kind == 0 ? 100 * u : kind == 1 ? floor(4 * u) : u < 0.3 ? -INFINITY : 1e3 * u - 500;
  }
}

static void
tree_equals_looking_at_all(void **state)
{
  (void)state;
  static const int64_t sizes[] = {1, 2, 7, 8, 9, 16, 17, 64, 200, 1001};
  kn_error err = {0};
  check_random r = {2026};
  enum { MOST = 1001 };
  static kn_point point[MOST];
  static double a[MOST], b[MOST];
  static kn_hit all[MOST];
  for (int metric = KN_SPHERE; metric <= KN_PLANE; metric++)
    for (int kind = 0; kind < LAYOUT_COUNT; kind++)
      for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        const int64_t n = sizes[s];
        for (int64_t i = 0; i < n; i++)
          point[i] = draw_point(&r, (kn_metric)metric, (layout)kind);
        kn_tree *tree;
        assert_int_equal(kn_tree_new(&tree, (kn_metric)metric, n, point, &err), KN_OK);
        for (int weighing = 0; weighing < 5; weighing++) {
          const bool has_a = weighing == 1 || weighing >= 3, has_b = weighing >= 2 && weighing != 4;
          draw_weights(&r, n, weighing % 3, a);
          draw_weights(&r, n, (weighing + 1) % 3, b);
          kn_tree_weigh(tree, has_a ? a : NULL, has_b ? b : NULL);
          for (int ask = 0; ask < 12; ask++) {
            int32_t arg = ask;
            const int which = random_below(&r, 6);
            kn_query query = {
                .from = ask % 3 == 0 ? point[random_below(&r, (int32_t)n)]
                                     : draw_point(&r, (kn_metric)metric, ask % 3 == 1 ? (layout)kind : SPREAD),
                .is_anywhere = ask == 7,
                .scale = ask == 5       ? 0
                         : ask % 2 == 0 ? 1
                                        : 3 * random_unit(&r),
                .offset = 20 * random_unit(&r) - 10,
                .floor = ask % 4 == 0   ? -INFINITY
                         : ask % 4 == 1 ? 0
                                        : -1000 * random_unit(&r),
                .haul = which == 5 ? NULL : &hauls[which],
                .extra = ask % 5 == 4 ? some_extra : NULL,
                .extra_most = 3,
                .arg = &arg,
            };
            const question q = {(kn_metric)metric, n, point, has_a ? a : NULL, has_b ? b : NULL, &query};
            char what[100];
            snprintf(what, sizeof what, "metric %d layout %d n %d weighing %d ask %d", metric, kind, (int)n, weighing, ask);
            static const int32_t ks[] = {1, 3, 8, 50};
            const int32_t k = ks[random_below(&r, 4)];
            expect_same(tree, &q, k, all, what);
            if (weighing > 0)
              continue;
            query.haul = NULL; /* the nearest: distance alone counts */
            query.extra = NULL;
            query.offset = 0;
            expect_same(tree, &q, k, all, what);
          }
        }
        kn_tree_free(tree);
      }
}

/* Every point once, neighbours near: the sum of steps in kd order is far below that in drawn order. */
static void
order_is_a_permutation_that_keeps_neighbours(void **state)
{
  (void)state;
  enum { N = 5000 };
  static kn_point point[N];
  static uint8_t seen[N];
  check_random r = {4};
  for (int i = 0; i < N; i++)
    point[i] = draw_point(&r, KN_SPHERE, SPREAD);
  kn_tree *tree;
  assert_int_equal(kn_tree_new(&tree, KN_SPHERE, N, point, NULL), KN_OK);
  const int32_t *order = kn_tree_order(tree);
  double sorted = 0, drawn = 0;
  for (int i = 0; i < N; i++) {
    assert_true(order[i] >= 0 && order[i] < N && !seen[order[i]]);
    seen[order[i]] = 1;
    sorted += i > 0 ? kn_point_km(KN_SPHERE, point[order[i]], point[order[i - 1]]) : 0;
    drawn += i > 0 ? kn_point_km(KN_SPHERE, point[i], point[i - 1]) : 0;
  }
  assert_true(sorted < drawn / 10);
  kn_tree_free(tree);
}

static void
empty_and_unknown_places(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_tree *tree;
  kn_hit hit;
  assert_int_equal(kn_tree_new(&tree, KN_SPHERE, 0, NULL, &err), KN_OK);
  kn_tree_weigh(tree, NULL, NULL);
  const kn_query query = {.from = kn_point_at(5, 51), .floor = -INFINITY};
  assert_int_equal(kn_tree_best(tree, &query, 1, &hit), 0);
  kn_tree_free(tree);
  kn_tree_free(NULL);
  const kn_point bad[] = {kn_point_at(5, 51), {NAN, 0, 0}};
  assert_int_equal(kn_tree_new(&tree, KN_SPHERE, 2, bad, &err), KN_E_INPUT);
  assert_null(tree);
  assert_non_null(strstr(err.text, "point 1"));
  assert_int_equal(kn_tree_new(&tree, KN_SPHERE, INT64_MAX, bad, &err), KN_E_LIMIT);
}

typedef struct many {
  const kn_tree *tree;
  const kn_point *point;
  kn_hit *hit;
} many;

static void
ask_many(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const many *m = arg;
  for (int64_t i = first; i < last; i++) {
    const kn_query query = {.from = m->point[i], .scale = 1, .floor = -INFINITY};
    kn_tree_best(m->tree, &query, 1, &m->hit[i]);
  }
}

static void
one_thread_equals_eight(void **state)
{
  (void)state;
  enum { N = 20000 };
  static kn_point point[N];
  static double weight[N];
  static kn_hit one[N], eight[N];
  check_random r = {8};
  for (int i = 0; i < N; i++)
    point[i] = draw_point(&r, KN_SPHERE, CLUSTERS);
  draw_weights(&r, N, 0, weight);
  kn_tree *tree;
  assert_int_equal(kn_tree_new(&tree, KN_SPHERE, N, point, NULL), KN_OK);
  kn_tree_weigh(tree, weight, NULL);
  many m = {tree, point, one};
  assert_int_equal(kn_parallel(1, N, 0, ask_many, &m, NULL), KN_OK);
  m.hit = eight;
  assert_int_equal(kn_parallel(8, N, 64, ask_many, &m, NULL), KN_OK);
  for (int i = 0; i < N; i++)
    assert_true(one[i].point == eight[i].point && one[i].worth == eight[i].worth && one[i].km == eight[i].km);
  kn_tree_free(tree);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tree_equals_looking_at_all),
      cmocka_unit_test(order_is_a_permutation_that_keeps_neighbours),
      cmocka_unit_test(empty_and_unknown_places),
      cmocka_unit_test(one_thread_equals_eight),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
