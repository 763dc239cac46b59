/* What information is worth, against answers worked out elsewhere (../shared/cases/information: rational arithmetic and
 * quadrature), to 1e-9; and what holds for any numbers. */
#include "../base/check.h"

#include "knoop/monitor.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

static bool
is_near(double a, double b)
{
  const double scale = fmax(fabs(a), fabs(b));
  if (fabs(a - b) <= 1e-9 * fmax(scale, 1e-3))
    return true;
  fprintf(stderr, "# %.15g is not %.15g\n", a, b);
  return false;
}

static json_t *
read_case(const char *name)
{
  char path[1024];
  snprintf(path, sizeof path, "%s/../shared/cases/information/%s.json", KN_SOURCE_ROOT, name);
  if (access(path, F_OK) != 0)
    return NULL;
  json_error_t why;
  json_t *doc = json_load_file(path, 0, &why);
  if (doc == NULL)
    fail_msg("%s: %s", path, why.text);
  return doc;
}

/* The case, or skipped. */
#define CASE(doc, name)                                                                                                          \
  json_t *doc = read_case(name);                                                                                                 \
  if (doc == NULL) {                                                                                                             \
    skip();                                                                                                                      \
    return;                                                                                                                      \
  }                                                                                                                              \
  const json_t *in = json_object_get(doc, "input"), *expected = json_object_get(doc, "expected")

static double
number(const json_t *from, const char *name)
{
  const json_t *value = json_object_get(from, name);
  assert_true(json_is_number(value));
  return json_number_value(value);
}

static int32_t
numbers(const json_t *array, double *out, int32_t most)
{
  const int32_t n = (int32_t)json_array_size(array);
  assert_true(n <= most);
  for (int32_t i = 0; i < n; i++)
    out[i] = json_number_value(json_array_get(array, (size_t)i));
  return n;
}

static int32_t
place_in(const json_t *names, const char *name)
{
  for (size_t i = 0; i < json_array_size(names); i++)
    if (strcmp(json_string_value(json_array_get(names, i)), name) == 0)
      return (int32_t)i;
  fail_msg("there is no %s", name);
  return KN_NONE;
}

/* ------------------------------------------------------------------ the shared cases */
static void
wildcatter(void **state)
{
  (void)state;
  CASE(doc, "wildcatter");
  enum { MOST = 8 };
  double prior[MOST], payoff[MOST * MOST], likelihood[MOST * MOST], posterior[MOST * MOST], with;
  const json_t *actions = json_object_get(in, "actions");
  kn_decision decision = {.prior = prior, .payoff = payoff};
  decision.states = numbers(json_object_get(in, "prior"), prior, MOST);
  for (size_t a = 0; a < json_array_size(actions); a++) {
    const char *action = json_string_value(json_array_get(actions, a));
    numbers(json_object_get(json_object_get(in, "payoff"), action), payoff + a * (size_t)decision.states, MOST);
    decision.actions++;
  }
  const kn_decided best = kn_decision_best(&decision, NULL);
  assert_int_equal(best.action, place_in(actions, json_string_value(json_object_get(expected, "best_action"))));
  assert_true(is_near(best.value, number(expected, "best")));
  assert_true(is_near(kn_decision_perfect(&decision), number(expected, "with_perfect")));
  assert_true(is_near(kn_decision_perfect(&decision) - best.value, number(expected, "evpi")));

  const json_t *test = json_array_get(json_object_get(expected, "tests"), 0), *told = json_object_get(test, "signals");
  const json_t *shows = json_object_get(json_object_get(in, "tests"), json_string_value(json_object_get(test, "test")));
  const int32_t signals = (int32_t)json_array_size(told);
  kn_signal signal[MOST];
  for (int32_t k = 0; k < signals; k++) {
    const char *name = json_string_value(json_object_get(json_array_get(told, (size_t)k), "signal"));
    numbers(json_object_get(shows, name), likelihood + k * decision.states, MOST);
  }
  kn_error err = {0};
  assert_int_equal(kn_decision_test(&decision, signals, likelihood, signal, posterior, &with, &err), KN_OK);
  for (int32_t k = 0; k < signals; k++) {
    const json_t *row = json_array_get(told, (size_t)k);
    assert_true(is_near(signal[k].probability, number(row, "probability")));
    assert_true(is_near(signal[k].then.value, number(row, "value")));
    assert_int_equal(signal[k].then.action, place_in(actions, json_string_value(json_object_get(row, "action"))));
    for (int32_t s = 0; s < decision.states; s++)
      assert_true(fabs(posterior[k * decision.states + s] -
                       json_number_value(json_array_get(json_object_get(row, "posterior"), (size_t)s))) < 1e-12);
  }
  assert_true(is_near(with, number(test, "with_test")));
  assert_true(is_near(with - best.value, number(test, "evsi")));
  assert_true(is_near(with - best.value - number(in, "test_cost"), number(expected, "net_gain_of_test")));
  json_decref(doc);
}

static void
capacity_before_quantity(void **state)
{
  (void)state;
  CASE(doc, "capacity_before_quantity");
  for (int k = 0; k < 2; k++) {
    const char *name = k == 0 ? "a" : "b";
    const json_t *q = json_object_get(json_object_get(in, name), "quantity"), *answer = json_object_get(expected, name);
    const bool is_uniform = strcmp(json_string_value(json_object_get(q, "dist")), "uniform") == 0;
    const kn_amount amount = is_uniform ? (kn_amount){KN_UNIFORM, number(q, "min"), number(q, "max")}
                                        : (kn_amount){KN_LOGNORMAL, number(q, "mean"), number(q, "rel_sd")};
    kn_sizing size;
    kn_error err = {0};
    assert_int_equal(kn_size_capacity(amount, number(in, "margin_eur_per_t"), number(in, "capacity_cost_eur_per_t"), &size, &err),
                     KN_OK);
    assert_true(is_near(size.capacity, number(answer, "capacity")));
    assert_true(is_near(size.value, number(answer, "value")));
    assert_true(is_near(size.with_perfect, number(answer, "with_perfect")));
    assert_true(is_near(size.evpi, number(answer, "evpi")));
    if (is_uniform) {
      assert_true(is_near(size.value_for_mean, number(answer, "value_if_built_for_the_mean")));
      assert_true(is_near(size.value - size.value_for_mean, number(answer, "value_of_using_the_distribution")));
    }
  }
  json_decref(doc);
}

static void
normal_answers(void **state)
{
  (void)state;
  CASE(doc, "normal_answers");
  const double scale = 10, mean = number(json_object_get(in, "theta"), "mean"), sd = number(json_object_get(in, "theta"), "sd");
  const double error_sd = number(in, "one_answer_error_sd"), cost = number(in, "cost_per_answer");
  const json_t *answers = json_object_get(expected, "answers");
  double best_n = 0, best_net = 0;
  assert_true(is_near(scale * kn_leave_worth(mean, sd), number(expected, "evpi")));
  for (size_t k = 0; k < json_array_size(answers); k++) {
    const json_t *row = json_array_get(answers, k);
    const double n = number(row, "n"), told_sd = kn_preposterior_sd(sd, error_sd, n);
    const double evsi = scale * kn_leave_worth(mean, told_sd), net = evsi - n * cost;
    assert_true(is_near(told_sd, number(row, "preposterior_sd")));
    assert_true(is_near(evsi, number(row, "evsi")));
    assert_true(is_near(net, number(row, "net")));
    if (net > best_net) {
      best_net = net;
      best_n = n;
    }
  }
  assert_true(best_n == number(expected, "best_n"));
  assert_true(is_near(best_net, number(expected, "best_net")));
  json_decref(doc);
}

static void
which_offer(void **state)
{
  (void)state;
  CASE(doc, "which_offer");
  enum { MOST = 8 };
  const json_t *offers = json_object_get(in, "offers"), *questions = json_object_get(expected, "questions");
  const int32_t n = (int32_t)json_array_size(offers);
  double mean[MOST], sd[MOST], error_sd[MOST];
  for (int32_t i = 0; i < n; i++) {
    const json_t *row = json_array_get(offers, (size_t)i);
    mean[i] = number(row, "mean");
    sd[i] = number(row, "sd");
    error_sd[i] = number(row, "answer_error_sd");
  }
  double best = -INFINITY;
  for (int32_t i = 0; i < n; i++)
    best = fmax(best, mean[i]);
  assert_true(is_near(best, number(expected, "value_without_asking")));
  for (int32_t i = 0; i < n; i++) {
    double other = -INFINITY;
    for (int32_t k = 0; k < n; k++)
      other = k == i ? other : fmax(other, mean[k]);
    const json_t *row = json_array_get(questions, (size_t)i);
    assert_true(is_near(kn_one_worth(mean[i], sd[i], other), number(row, "evppi")));
    assert_true(is_near(kn_one_worth(mean[i], kn_preposterior_sd(sd[i], error_sd[i], 1), other), number(row, "evsi")));
  }
  assert_true(is_near(kn_greatest_mean(n, mean, sd) - best, number(expected, "evpi_all")));
  json_decref(doc);
}

static void
sorter_size(void **state)
{
  (void)state;
  CASE(doc, "sorter_size");
  static const char *const names[] = {"demolition", "furniture"};
  double quantity[2][4], probability[2][4];
  kn_source_law source[2];
  for (int s = 0; s < 2; s++) {
    const json_t *rows = json_object_get(json_object_get(in, "offers"), names[s]);
    source[s] = (kn_source_law){.margin_eur = number(json_object_get(in, "margin_eur_per_t"), names[s]),
                                .n = (int32_t)json_array_size(rows),
                                .quantity = quantity[s],
                                .probability = probability[s]};
    for (int32_t k = 0; k < source[s].n; k++) {
      quantity[s][k] = number(json_array_get(rows, (size_t)k), "t");
      probability[s][k] = number(json_array_get(rows, (size_t)k), "probability");
    }
  }
  const kn_sorter sorter = {number(in, "capacity_cost_eur_per_t"), number(in, "demand_t"), 2, source};
  double capacity, base, value;
  kn_error err = {0};
  const int32_t nothing[] = {KN_NONE, KN_NONE};
  assert_int_equal(kn_sorter_best(&sorter, nothing, &capacity, &base, &err), KN_OK);
  assert_true(is_near(capacity, number(expected, "capacity")));
  assert_true(is_near(base, number(expected, "value")));
  const json_t *questions = json_object_get(expected, "questions");
  for (size_t q = 0; q < json_array_size(questions); q++) {
    const json_t *row = json_array_get(questions, q), *ask = json_object_get(row, "ask"),
                 *policy = json_object_get(row, "policy");
    bool asked[2] = {false, false};
    for (size_t k = 0; k < json_array_size(ask); k++)
      asked[strcmp(json_string_value(json_array_get(ask, k)), names[1]) == 0] = true;
    assert_int_equal(kn_sorter_asked(&sorter, asked, &value, &err), KN_OK);
    assert_true(is_near(value, number(row, "value")));
    assert_true(is_near(value - base, number(row, "worth")));
    for (size_t p = 0; p < json_array_size(policy); p++) {
      const json_t *line = json_array_get(policy, p), *answer = json_object_get(line, "answer");
      int32_t known[] = {KN_NONE, KN_NONE};
      for (int s = 0; s < 2; s++)
        for (int32_t k = 0; k < source[s].n; k++)
          if (json_object_get(answer, names[s]) && quantity[s][k] == number(answer, names[s]))
            known[s] = k;
      assert_int_equal(kn_sorter_best(&sorter, known, &capacity, &value, &err), KN_OK);
      assert_true(is_near(capacity, number(line, "capacity")));
      assert_true(is_near(value, number(line, "value")));
    }
  }
  json_decref(doc);
}

/* ------------------------------------------------------------------ whatever the numbers */
static void
quantiles_undo_the_distribution(void **state)
{
  (void)state;
  for (double p = 1e-12; p < 1; p = p < 0.001 ? p * 3 : p + 0.00137) {
    const double u = kn_normal_quantile(p);
    assert_true(fabs(kn_normal_cdf(u) - p) <= 2e-15 + 1e-13 * p);
    assert_true(fabs(kn_normal_quantile(1 - p) + u) <= 1e-8 || p < 1e-9);
  }
  assert_true(kn_normal_quantile(0) == -INFINITY && kn_normal_quantile(1) == INFINITY);
  assert_true(fabs(kn_normal_quantile(0.975) - 1.95996398454005423552) < 1e-15 * 4);
}

/* Two normals: Clark's closed form; n equal ones grow with n; a certain one among them. */
static void
the_greatest_of_normals(void **state)
{
  (void)state;
  for (int k = 0; k < 200; k++) {
    const double mean[] = {k - 100.0, 3.0}, sd[] = {0.01 + k, 0.5 + 40.0 / (k + 1)};
    const double both = hypot(sd[0], sd[1]), u = (mean[0] - mean[1]) / both;
    const double clark = mean[0] * kn_normal_cdf(u) + mean[1] * kn_normal_cdf(-u) + both * kn_normal_density(u);
    assert_true(fabs(kn_greatest_mean(2, mean, sd) - clark) <= 1e-10 * (both + fabs(clark)));
    const double certain[] = {sd[0], 0};
    assert_true(fabs(kn_greatest_mean(2, mean, certain) - fmax(mean[0], mean[1]) - kn_one_worth(mean[0], sd[0], mean[1])) <=
                1e-10 * (sd[0] + fabs(clark)));
  }
  const double zero[] = {0, 0, 0}, one[] = {1, 1, 1};
  assert_true(fabs(kn_greatest_mean(3, zero, one) - 1.5 / sqrt(M_PI)) < 1e-11);
  assert_true(kn_greatest_mean(1, zero, zero) == 0);
}

/* 0 <= EVSI <= EVPI for random tables and tests; a test that tells the state is perfect. */
static void
tests_are_worth_at_most_the_truth(void **state)
{
  (void)state;
  uint64_t seed = 12345;
  for (int round = 0; round < 500; round++) {
    enum { S = 4, A = 3, K = 3 };
    double prior[S], payoff[A * S], likelihood[K * S], posterior[S * S], with, sum = 0, draw[64];
    for (int i = 0; i < 64; i++)
      draw[i] = (double)((seed = seed * 6364136223846793005u + 1442695040888963407u) >> 40) / (1 << 24);
    for (int s = 0; s < S; s++)
      sum += prior[s] = 0.05 + draw[s];
    for (int s = 0; s < S; s++)
      prior[s] /= sum;
    for (int i = 0; i < A * S; i++)
      payoff[i] = 200 * draw[10 + i] - 100;
    for (int s = 0; s < S; s++) {
      double shows = 0;
      for (int k = 0; k < K; k++)
        shows += likelihood[k * S + s] = 0.01 + draw[30 + k * S + s];
      for (int k = 0; k < K; k++)
        likelihood[k * S + s] /= shows;
    }
    const kn_decision decision = {S, A, prior, payoff};
    kn_signal signal[S];
    kn_error err = {0};
    const double best = kn_decision_best(&decision, NULL).value, perfect = kn_decision_perfect(&decision);
    assert_int_equal(kn_decision_test(&decision, K, likelihood, signal, posterior, &with, &err), KN_OK);
    assert_true(with >= best - 1e-9 && with <= perfect + 1e-9);
    double truth[S * S] = {0};
    for (int s = 0; s < S; s++)
      truth[s * S + s] = 1;
    assert_int_equal(kn_decision_test(&decision, S, truth, signal, posterior, &with, &err), KN_OK);
    assert_true(fabs(with - perfect) < 1e-9);
    likelihood[0] += 0.5;
    assert_int_equal(kn_decision_test(&decision, K, likelihood, signal, posterior, &with, &err), KN_E_INPUT);
  }
}

/* E min(Q, k) against the sum over its quantiles. */
static void
amounts_within(void **state)
{
  (void)state;
  const kn_amount amounts[] = {{KN_UNIFORM, 400, 1000}, {KN_LOGNORMAL, 800, 0.4}, {KN_LOGNORMAL, 5, 1.5}, {KN_LOGNORMAL, 7, 0}};
  for (size_t a = 0; a < sizeof amounts / sizeof *amounts; a++)
    for (double share = 0.2; share < 3; share += 0.35) {
      const double most = share * kn_amount_mean(amounts[a]);
      double sum = 0;
      enum { N = 200000 };
      for (int i = 0; i < N; i++)
        sum += fmin(most, kn_amount_quantile(amounts[a], (i + 0.5) / N));
      assert_true(fabs(sum / N - kn_amount_within(amounts[a], most)) <= 2e-4 * kn_amount_mean(amounts[a]));
    }
  kn_sizing size;
  kn_error err = {0};
  assert_int_equal(kn_size_capacity(amounts[0], 20, 26, &size, &err), KN_OK); /* it does not pay at all */
  assert_true(size.capacity == 0 && size.value == 0 && size.with_perfect == 0);
  assert_int_equal(kn_size_capacity((kn_amount){KN_UNIFORM, 5, 1}, 60, 26, &size, &err), KN_E_INPUT);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(wildcatter),
                                     cmocka_unit_test(capacity_before_quantity),
                                     cmocka_unit_test(normal_answers),
                                     cmocka_unit_test(which_offer),
                                     cmocka_unit_test(sorter_size),
                                     cmocka_unit_test(quantiles_undo_the_distribution),
                                     cmocka_unit_test(the_greatest_of_normals),
                                     cmocka_unit_test(tests_are_worth_at_most_the_truth),
                                     cmocka_unit_test(amounts_within)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
