/* Aim: least squares under balances. By hand: two flows in, one out, a gap of 10. Then, for networks large enough for the engine in
 * double: the balances hold, multipliers and moves belong together, the covariance is a projection (its trace counts the degrees of
 * freedom), and both engines give the same. */
#include "../base/check.h"

#include "knoop/numeric.h"
#include "numeric/dense.h"

static const int64_t no_start[1] = {0};

/* in 50 +- 5 and 40 +- 5, out 100 +- 10: each takes its share of the variance (25 : 25 : 100 of 150) of the gap of -10. */
static void
gap_is_shared_by_variance(void **state)
{
  (void)state;
  static const int64_t start[] = {0, 1, 2, 3};
  static const int32_t row[] = {0, 0, 0};
  static const double value[] = {1, 1, -1}, v[] = {25, 25, 100}, m[] = {50, 40, 100}, h[] = {0};
  const kn_csc g = {1, 3, start, row, value}, none = {3, 0, no_start, NULL, NULL};
  /* What both inputs bring together: its variance is that of the output. */
  static const int64_t form_start[] = {0, 2};
  static const int32_t form_row[] = {0, 1};
  static const double form_value[] = {1, 1};
  const kn_csc forms = {3, 1, form_start, form_row, form_value};
  kn_gls *gls;
  kn_error err = {0};
  double x[3], moved[3], lambda[1], removed[3], kept[3], of_form[1], effect[3];
  assert_int_equal(kn_gls_new(&gls, &g, v, &forms, 0, &err), KN_OK);
  assert_int_equal(kn_gls_solve(gls, m, h, x, moved, lambda, &err), KN_OK);
  assert_near(x[0], 50 + 5.0 / 3, 1e-12);
  assert_near(x[1], 40 + 5.0 / 3, 1e-12);
  assert_near(x[2], 100 - 20.0 / 3, 1e-12);
  assert_int_equal(kn_gls_variances(gls, removed, kept, of_form, &err), KN_OK);
  assert_near(removed[0], 25 * 25.0 / 150, 1e-12);
  assert_near(kept[2], 100 - 100 * 100.0 / 150, 1e-12);
  assert_near(of_form[0], kept[2], 1e-12);
  assert_int_equal(kn_gls_effect(gls, 2, effect, &err), KN_OK);
  assert_near(effect[0], -1.0 / 150, 1e-15);
  kn_gls_free(gls);
  assert_int_equal(kn_gls_new(&gls, &g, v, &none, 0, &err), KN_OK);
  kn_gls_free(gls);
  kn_gls_free(NULL);
}

/* One balance twice: dependent rows are refused, not computed with. */
static void
dependent_rows_are_refused(void **state)
{
  (void)state;
  static const int64_t start[] = {0, 2, 4};
  static const int32_t row[] = {0, 1, 0, 1};
  static const double value[] = {1, 1, -1, -1}, v[] = {1, 1};
  const kn_csc g = {2, 2, start, row, value}, none = {2, 0, no_start, NULL, NULL};
  kn_gls *gls;
  kn_error err = {0};
  assert_int_equal(kn_gls_new(&gls, &g, v, &none, 0, &err), KN_E_NUMERIC);
  assert_null(gls);
}

static check_random random_state = {7};

static double
draw(void)
{
  return random_unit(&random_state);
}

typedef struct network {
  int64_t k, n, *start;
  int32_t *row;
  double *value, *v, *m, *h;
} network;

/* k nodes, each with an end outside, and flows between nodes that lie near each other (reach k: anywhere). */
static network
draw_network(int64_t k, int64_t n, int64_t reach)
{
  network w = {k,
               n,
               calloc((size_t)n + 1, 8),
               calloc((size_t)n * 2, 4),
               calloc((size_t)n * 2, 8),
               calloc((size_t)n, 8),
               calloc((size_t)n, 8),
               calloc((size_t)k, 8)};
  int64_t e = 0;
  for (int64_t j = 0; j < n; j++) {
    const int32_t a = (int32_t)(j < k ? j : (int64_t)(draw() * (double)k));
    const int32_t b = (int32_t)((a + 1 + (int64_t)(draw() * (double)reach)) % k);
    w.row[e] = a;
    w.value[e++] = -1;
    if (j >= k && a != b) {
      w.row[e] = b;
      w.value[e++] = 1;
    }
    w.start[j + 1] = e;
    w.m[j] = 1 + 100 * draw();
    w.v[j] = pow(w.m[j] * (0.01 + 0.3 * draw()), 2);
  }
  return w;
}

static void
free_network(network *w)
{
  free(w->start);
  free(w->row);
  free(w->value);
  free(w->v);
  free(w->m);
  free(w->h);
}

/* reach decides on the engine: chains are small work and go through 128 bits, flows from anywhere to anywhere do not. */
static void
check_network(int64_t k, int64_t n, int64_t reach)
{
  network w = draw_network(k, n, reach);
  const kn_csc g = {k, n, w.start, w.row, w.value};
  /* Forms: single flows, whose variance is known otherwise too, and the sum of what leaves the first node. */
  enum { FORMS = 12 };
  int64_t form_start[FORMS + 1];
  int32_t form_row[FORMS + 400];
  double form_value[FORMS + 400];
  for (int64_t f = 0; f < FORMS; f++) {
    form_start[f] = f;
    form_row[f] = (int32_t)(f * (n / FORMS));
    form_value[f] = 1;
  }
  form_start[FORMS] = FORMS - 1;
  for (int64_t j = 0; j < 200; j++) { /* many rows: solved for */
    form_row[form_start[FORMS]] = (int32_t)j;
    form_value[form_start[FORMS]++] = 1;
  }
  const kn_csc forms = {n, FORMS, form_start, form_row, form_value};
  double *x = calloc((size_t)n, 8), *removed = calloc((size_t)n, 8), *kept = calloc((size_t)n, 8), *lambda = calloc((size_t)k, 8),
         *gap = calloc((size_t)k, 8), *effect = calloc((size_t)n, 8), of_form[FORMS];
  kn_gls *gls;
  kn_error err = {0};
  assert_int_equal(kn_gls_new(&gls, &g, w.v, &forms, 0, &err), KN_OK);
  assert_int_equal(kn_gls_solve(gls, w.m, w.h, x, effect, lambda, &err), KN_OK);
  assert_int_equal(kn_gls_variances(gls, removed, kept, of_form, &err), KN_OK);
  double trace = 0;
  for (int64_t j = 0; j < n; j++) {
    double pull = 0;
    for (int64_t e = w.start[j]; e < w.start[j + 1]; e++) {
      gap[w.row[e]] += w.value[e] * x[j];
      pull += w.value[e] * lambda[w.row[e]];
    }
    assert_near(x[j], w.m[j] - w.v[j] * pull, 1e-9 * w.m[j]);
    assert_true(removed[j] >= 0 && kept[j] >= 0);
    assert_near(removed[j] + kept[j], w.v[j], 1e-9 * w.v[j]);
    trace += removed[j] / w.v[j];
  }
  for (int64_t i = 0; i < k; i++)
    assert_near(gap[i], 0, 1e-9);
  assert_near(trace, (double)k, 1e-7 * (double)k);
  for (int64_t f = 0; f + 1 < FORMS; f++)
    assert_near(of_form[f], kept[form_row[f]], 1e-7 * w.v[form_row[f]]);
  /* The last form against its definition: t' V t - (G V t)' S^-1 (G V t), by one solve for each of its flows. */
  double variance = 0;
  for (int64_t j = 0; j < 200; j++) {
    assert_int_equal(kn_gls_effect(gls, j, effect, &err), KN_OK);
    for (int64_t i = 0; i < 200; i++)
      variance += (i == j ? w.v[j] : 0) - w.v[i] * effect[i] * w.v[j];
    assert_near(effect[j] * w.v[j] * w.v[j], removed[j], 1e-7 * w.v[j]);
  }
  assert_near(of_form[FORMS - 1], variance, 1e-6 * fabs(variance) + 1e-9);
  kn_gls_free(gls);
  free(x);
  free(removed);
  free(kept);
  free(lambda);
  free(gap);
  free(effect);
  free_network(&w);
}

static void
networks_hold_together(void **state)
{
  (void)state;
  check_network(300, 1500, 3);
  check_network(700, 3500, 700);
  check_network(3000, 15000, 12);
}

/* Flows from anywhere to anywhere, so many that the factor ends in a block of more than 1024 columns, which goes in tiles: any number of
 * threads gives the same bits, and deviations are those of solving for a flow by itself. */
static void
wide_blocks_do_not_depend_on_threads(void **state)
{
  (void)state;
  enum { NODES = 3600, FLOWS = 16000, TRIES = 3 };
  network w = draw_network(NODES, FLOWS, NODES);
  const kn_csc g = {NODES, FLOWS, w.start, w.row, w.value}, none = {FLOWS, 0, no_start, NULL, NULL};
  double *x[TRIES], *kept[TRIES], *removed = calloc(FLOWS, 8), *lambda = calloc(NODES, 8), *effect = calloc(FLOWS, 8);
  kn_error err = {0};
  for (int t = 0; t < TRIES; t++) {
    kn_gls *gls;
    x[t] = calloc(FLOWS, 8);
    kept[t] = calloc(FLOWS, 8);
    assert_int_equal(kn_gls_new(&gls, &g, w.v, &none, t + 1, &err), KN_OK);
    assert_int_equal(kn_gls_solve(gls, w.m, w.h, x[t], effect, lambda, &err), KN_OK);
    assert_int_equal(kn_gls_variances(gls, removed, kept[t], NULL, &err), KN_OK);
    assert_memory_equal(x[0], x[t], FLOWS * sizeof(double));
    assert_memory_equal(kept[0], kept[t], FLOWS * sizeof(double));
    double trace = 0; /* the covariance is a projection: of as many dimensions as there are balances */
    for (int64_t j = 0; j < FLOWS; j++)
      trace += removed[j] / w.v[j];
    assert_near(trace, NODES, 1e-7 * NODES);
    for (int64_t j = 0; t == 0 && j < FLOWS; j += FLOWS / 40 + 1) {
      assert_int_equal(kn_gls_effect(gls, j, effect, &err), KN_OK);
      assert_near(removed[j] / (w.v[j] * w.v[j] * effect[j]), 1, 1e-9);
    }
    kn_gls_free(gls);
  }
  free_network(&w);
  for (int t = 0; t < TRIES; t++) {
    free(x[t]);
    free(kept[t]);
  }
  free(removed);
  free(lambda);
  free(effect);
}

/* Products of blocks against their definition: all ways that the processor has, all four to read A and B, sizes that nothing divides, and nothing beyond is touched. */
static void
kernel_multiplies(void **state)
{
  (void)state;
  static const int64_t sizes[][3] = {{1, 1, 1}, {24, 8, 3}, {25, 9, 257}, {383, 50, 300}, {400, 390, 70}, {7, 383, 513}};
  enum { MOST = 520, STRIDE = MOST + 3 };
  double *a = calloc((size_t)MOST * STRIDE, 8), *b = calloc((size_t)MOST * STRIDE, 8), *c = calloc((size_t)MOST * STRIDE, 8);
  double *room = aligned_alloc(64, KERNEL_ROOM * sizeof *room);
  for (size_t i = 0; i < (size_t)MOST * STRIDE; i++) {
    a[i] = draw() - 0.5;
    b[i] = draw() - 0.5;
  }
  for (int by = 0; kernel_multiply_by(by, 0, 0, 0, 1, (kernel_block){0}, (kernel_block){0}, c, STRIDE, room); by++)
    for (size_t s = 0, way = 0; s < sizeof sizes / sizeof *sizes; way++, s += way / 4, way %= 4) {
      const int64_t m = sizes[s][0], n = sizes[s][1], k = sizes[s][2];
      const bool ta = way & 1, tb = way & 2;
      for (size_t i = 0; i < (size_t)MOST * STRIDE; i++)
        c[i] = (double)(i % 7);
      kernel_multiply_by(by, m, n, k, -1, (kernel_block){a, STRIDE, ta}, (kernel_block){b, STRIDE, tb}, c, STRIDE, room);
      for (int64_t j = 0; j < n + 1; j++)
        for (int64_t i = 0; i < m + 1; i++) {
          double sum = (double)((j * STRIDE + i) % 7);
          for (int64_t p = 0; p < k && i < m && j < n; p++)
            sum -= a[ta ? i * STRIDE + p : p * STRIDE + i] * b[tb ? p * STRIDE + j : j * STRIDE + p];
          assert_near(c[j * STRIDE + i], sum, 1e-12);
        }
    }
  free(a);
  free(b);
  free(c);
  free(room);
}

/* L of A = L L', with a row below, for sizes up to those of narrow supernodes; D = L^-1; products with D on either side. */
static void
kernel_factors(void **state)
{
  (void)state;
  static const int64_t sizes[] = {1, 2, 23, 24, 25, 130, 500};
  enum { MOST = 502 };
  double *a = calloc((size_t)MOST * MOST, 8), *l = calloc((size_t)MOST * MOST, 8), *d = calloc((size_t)MOST * MOST, 8),
         *c = calloc((size_t)MOST * MOST, 8), *room = aligned_alloc(64, KERNEL_ROOM * sizeof *room);
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    const int64_t n = sizes[s];
    for (int64_t j = 0; j < n; j++)
      for (int64_t i = j; i < n + 1; i++)
        a[j * MOST + i] = a[i * MOST + j] = i == j ? (double)n : draw() - 0.5;
    memcpy(l, a, (size_t)MOST * MOST * 8);
    assert_int_equal(kernel_factor(n, 1, l, MOST, room), n);
    kernel_invert(n, l, MOST, d, MOST, room);
    for (int64_t j = 0; j < n; j++)
      for (int64_t i = j; i < n + 1; i++) {
        double sum = 0, one = 0;
        for (int64_t k = 0; k <= j; k++)
          sum += l[k * MOST + i] * l[k * MOST + j];
        assert_near(sum, a[j * MOST + i], 1e-11);
        for (int64_t k = j; k <= i && i < n; k++)
          one += l[k * MOST + i] * d[j * MOST + k];
        assert_near(one, i == j, 1e-12);
        assert_true(i == j || d[i * MOST + j] == 0 || i == n);
      }
    for (int way = 0; way < 3; way++) {
      if (way < 2)
        kernel_triangle_right(n, n, 2, a, MOST, (kernel_block){d, MOST, way == 1}, c, MOST, room);
      else
        kernel_triangle_left(n, n, 2, d, MOST, a, MOST, c, MOST, room);
      for (int64_t j = 0; j < n; j += 3)
        for (int64_t i = 0; i < n; i += 7) {
          double sum = 0;
          for (int64_t k = 0; k < n; k++)
            sum += way == 0   ? a[k * MOST + i] * d[j * MOST + k]
                   : way == 1 ? a[k * MOST + i] * d[k * MOST + j]
                              : d[i * MOST + k] * a[j * MOST + k];
          assert_near(c[j * MOST + i], 2 * sum, 1e-11);
        }
    }
    a[(n - 1) * MOST + n - 1] = -1;
    assert_int_equal(kernel_factor(n, 1, a, MOST, room), n - 1);
  }
  free(a);
  free(l);
  free(d);
  free(c);
  free(room);
}

/* A = B B' + I of a size that the tiles do not divide: L L' is A, and stays when the inverse is made, which is one, also when W'Y is
 * taken off it; any number of threads gives the same bits; a pivot that is not above 0 is named by its column. */
static void
tiles_factor_and_invert(void **state)
{
  (void)state;
  enum { N = 1700, STRIDE = 1703, RANK = 5, TAKEN = 3 };
  const size_t bytes = (size_t)N * STRIDE * 8, diagonal = (size_t)dense_diagonal_size(N);
  double *b = calloc((size_t)N * RANK, 8), *a = calloc(1, bytes), *l = calloc(1, bytes), *other = calloc(1, bytes);
  dense_inverse z = {.l = l, .n = N, .rows = STRIDE - N, .stride = STRIDE, .diagonal = calloc(diagonal, 8)}, again = z;
  again.l = other;
  again.diagonal = calloc(diagonal, 8);
  kn_error err = {0};
  int64_t minor;
  for (size_t i = 0; i < (size_t)N * RANK; i++)
    b[i] = draw() - 0.5;
  for (size_t c = 0; c < N; c++)
    for (size_t r = 0; r < STRIDE; r++) {
      a[c * STRIDE + r] = r == c;
      for (size_t k = 0; k < RANK && r < N; k++)
        a[c * STRIDE + r] += b[k * N + r] * b[k * N + c];
      if (r >= N)
        a[c * STRIDE + r] = draw() - 0.5;
      l[c * STRIDE + r] = other[c * STRIDE + r] = r < c ? 77 : a[c * STRIDE + r];
    }
  assert_int_equal(dense_cholesky(l, N, STRIDE - N, STRIDE, 2, &minor, &err), KN_OK);
  assert_int_equal(minor, N);
  assert_int_equal(dense_cholesky(other, N, STRIDE - N, STRIDE, 1, &minor, &err), KN_OK);
  double *below = calloc((size_t)N * 3, 8), *below_again = calloc((size_t)N * 3, 8);
  assert_int_equal(dense_invert(&z, below, 3, &err), KN_OK);
  assert_int_equal(dense_invert(&again, below_again, 1, &err), KN_OK);
  assert_memory_equal(below, below_again, (size_t)N * 3 * 8);
  /* Rows B below became B L'^-1 = C, and W = C L^-1: W L L' = B. */
  for (size_t r = 0; r < STRIDE - N; r++) {
    double *half = calloc(N, 8);
    for (size_t c = 0; c < N; c++)
      for (size_t k = c; k < N; k++)
        half[c] += below[k * 3 + r] * l[c * STRIDE + k];
    for (size_t c = 0; c < N; c += 23) {
      double sum = 0;
      for (size_t k = 0; k <= c; k++)
        sum += half[k] * l[k * STRIDE + c];
      assert_near(half[c], l[c * STRIDE + N + r], 1e-11);
      assert_near(sum, a[c * STRIDE + N + r], 1e-11);
    }
    free(half);
  }
  for (size_t c = 0; c < N; c++)
    for (size_t r = c; r < N; r++) {
      const double one = dense_entry(&z, (int64_t)r, (int64_t)c), two = dense_entry(&again, (int64_t)r, (int64_t)c);
      assert_true(one == two && l[c * STRIDE + r] == other[c * STRIDE + r]);
    }
  for (size_t c = 0; c < N; c += 13)
    for (size_t r = c; r < N; r += 29) {
      double sum = 0;
      for (size_t k = 0; k <= c; k++)
        sum += l[k * STRIDE + r] * l[k * STRIDE + c];
      assert_near(sum, a[c * STRIDE + r], 1e-10);
    }
  for (size_t c = 0; c < N; c += 17)
    for (size_t r = 0; r < N; r += 31) {
      double sum = 0;
      for (size_t k = 0; k < N; k++)
        sum += a[k * STRIDE + r] * dense_entry(&z, (int64_t)(k >= c ? k : c), (int64_t)(k >= c ? c : k));
      assert_near(sum, r == c, 1e-10);
    }
  double *w = calloc((size_t)N * TAKEN, 8);
  for (size_t i = 0; i < (size_t)N * TAKEN; i++)
    w[i] = draw() - 0.5;
  assert_int_equal(dense_take_off(&z, w, TAKEN, w, TAKEN, TAKEN, 2, &err), KN_OK);
  for (int64_t c = 0; c < N; c += 7)
    for (int64_t r = c; r < N; r += 11) {
      double sum = dense_entry(&again, r, c);
      for (int64_t k = 0; k < TAKEN; k++)
        sum -= w[r * TAKEN + k] * w[c * TAKEN + k];
      assert_near(dense_entry(&z, r, c), sum, 1e-12);
    }
  a[(size_t)1300 * STRIDE + 1300] = -1;
  assert_int_equal(dense_cholesky(a, N, STRIDE - N, STRIDE, 2, &minor, &err), KN_OK);
  assert_int_equal(minor, 1300);
  free(a);
  free(b);
  free(w);
  free(below);
  free(below_again);
  free(l);
  free(other);
  free(z.diagonal);
  free(again.diagonal);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gap_is_shared_by_variance), cmocka_unit_test(dependent_rows_are_refused),
      cmocka_unit_test(networks_hold_together),    cmocka_unit_test(wide_blocks_do_not_depend_on_threads),
      cmocka_unit_test(kernel_multiplies),         cmocka_unit_test(kernel_factors),
      cmocka_unit_test(tiles_factor_and_invert)};
  return cmocka_run_group_tests_name("numeric-gls", tests, NULL, NULL);
}
