/* Chances told after outcomes agree with what is seen, and their intervals hold: regions are drawn whose true chances are other than what was
 * told, some outcomes are drawn, and what is told then is held against the true chances of fresh opportunities. The posterior
 * itself is held against another computation in trials.py. */
#include "../base/check.h"
#include "knoop/match.h"

enum { GROUPS = KN_TRIAL_GROUP_COUNT, MOST = GROUPS * 300, REGIONS = 60, CHANCES = 9 };
static const kn_calibration_settings settings = {
    .common_sd = 0.5, .kind_sd = 0.7, .region_sd = 0.5, .least_outcomes = 10, .most_factor = 3};
static const kn_trials nothing;

typedef struct tried {
  int64_t n;
  uint8_t group[MOST];
  double told[MOST], tried[MOST], feasible[MOST];
} tried;

static kn_trials
lend(const tried *t)
{
  return (kn_trials){.n = t->n, .group = t->group, .told = t->told, .tried = t->tried, .feasible = t->feasible};
}

static void
add(tried *t, int32_t group, double told, double count, double feasible)
{
  t->group[t->n] = (uint8_t)group;
  t->told[t->n] = told;
  t->tried[t->n] = count;
  t->feasible[t->n++] = feasible;
}

static kn_calibration *
calibrate(const kn_trials *published, const kn_trials *own)
{
  kn_error err = {0};
  kn_calibration *out;
  if (kn_calibration_new(&out, published, own, &settings, &err) != KN_OK)
    fail_msg("%s", err.text);
  return out;
}

/* Box & Muller (1958). */
static double
random_normal(check_random *r)
{
  const double length = sqrt(-2 * log(1 - random_unit(r)));
  return length * cos(2 * acos(-1) * random_unit(r));
}

static double
logistic(double z)
{
  return 1 / (1 + exp(-z));
}

/* The location of a chance: its lower end lies 1.645 deviations below, where nothing else is known. */
static double
location(const kn_calibration *blank, double told)
{
  const double low = kn_calibration_tell(blank, 0, told).low;
  return log(low / (1 - low)) + 1.6448536269514722 * sqrt(0.25 + 0.49 + 0.25);
}

static double
chance_of(int32_t k)
{
  return (k + 0.5) / CHANCES;
}

typedef struct score {
  double told, now, truth;      /* means over fresh opportunities */
  double brier_then, brier_now; /* what is above that of telling the true chance */
  double covered, count;
} score;

static void
judge(const kn_calibration *now, const kn_calibration *blank, const double *shift, score *s)
{
  for (int32_t g = 0; g < GROUPS; g++)
    for (int32_t k = 0; k < CHANCES; k++) {
      const double told = chance_of(k), truth = logistic(location(blank, told) + shift[g]);
      const kn_chance chance = kn_calibration_tell(now, g, told);
      s->told += told;
      s->now += chance.mean;
      s->truth += truth;
      s->brier_then += (told - truth) * (told - truth);
      s->brier_now += (chance.mean - truth) * (chance.mean - truth);
      s->covered += chance.low <= truth && truth <= chance.high;
      s->count++;
    }
}

static void
try_some(tried *t, const kn_calibration *blank, const double *shift, int32_t each, check_random *r)
{
  t->n = 0;
  for (int32_t g = 0; g < GROUPS; g++)
    for (int32_t i = 0; i < each; i++) {
      const double told = chance_of((int32_t)(random_unit(r) * CHANCES));
      add(t, g, told, 1, random_unit(r) < logistic(location(blank, told) + shift[g]));
    }
}

static tried space;

/* Regions as the model expects them: what is told is right on average, in each interval nine of ten. */
static void
intervals_hold_what_is_true(void **state)
{
  (void)state;
  static const int32_t sizes[] = {0, 3, 30, 300};
  check_random r = {.state = 5};
  kn_calibration *blank = calibrate(&nothing, &nothing);
  for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++) {
    score s = {0};
    for (int32_t region = 0; region < REGIONS; region++) {
      double shift[GROUPS];
      const double common = 0.5 * random_normal(&r);
      for (int32_t g = 0; g < GROUPS; g++)
        shift[g] = common + 0.7 * random_normal(&r) + 0.5 * random_normal(&r);
      try_some(&space, blank, shift, sizes[size], &r);
      const kn_trials own = lend(&space);
      kn_calibration *now = sizes[size] == 0 ? blank : calibrate(&nothing, &own);
      judge(now, blank, shift, &s);
      if (now != blank)
        kn_calibration_free(now);
    }
    print_message("# %d outcomes of each kind: true %.3f, told %.3f, then %.3f; Brier above the best %.4f, then %.4f; %.3f in "
                  "the interval\n",
                  (int)sizes[size], s.truth / s.count, s.now / s.count, s.told / s.count, s.brier_now / s.count,
                  s.brier_then / s.count, s.covered / s.count);
    assert_near(s.covered / s.count, 0.9, 0.04);
    assert_near(s.now / s.count, s.truth / s.count, sizes[size] == 0 ? 0.035 : 0.02);
    assert_true(sizes[size] == 0 ? s.brier_now == s.brier_then : s.brier_now < s.brier_then);
  }
  kn_calibration_free(blank);
}

/* One region whose kinds are each off in a way of their own, far and not far. */
static void
kinds_are_set_right(void **state)
{
  (void)state;
  static const double shift[GROUPS] = {1, -1, 0.7, -0.7, 0, 2, -2, 0.3};
  static const int32_t sizes[] = {3, 30, 300};
  static const double most_gap[] = {0.36, 0.15, 0.03}, most_share[] = {0.8, 0.25, 0.04};
  check_random r = {.state = 8};
  kn_calibration *blank = calibrate(&nothing, &nothing);
  for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++) {
    double gap[GROUPS] = {0};
    score s = {0};
    for (int32_t region = 0; region < 20; region++) {
      try_some(&space, blank, shift, sizes[size], &r);
      const kn_trials own = lend(&space);
      kn_calibration *now = calibrate(&nothing, &own);
      judge(now, blank, shift, &s);
      for (int32_t g = 0; g < GROUPS; g++)
        gap[g] += (kn_calibration_tell(now, g, 0.4).mean - logistic(location(blank, 0.4) + shift[g])) / 20;
      kn_calibration_free(now);
    }
    for (int32_t g = 0; g < GROUPS; g++)
      if (!(fabs(gap[g]) < most_gap[size]))
        fail_msg("%d outcomes, kind %d: told %.3f too much on average", (int)sizes[size], (int)g, gap[g]);
    print_message("# %d outcomes of each kind: Brier above the best %.4f, then %.4f\n", (int)sizes[size], s.brier_now / s.count,
                  s.brier_then / s.count);
    assert_true(s.brier_now < most_share[size] * s.brier_then);
  }
  kn_calibration_free(blank);
}

static void
nothing_tried_changes_nothing(void **state)
{
  (void)state;
  tried *t = &space;
  t->n = 0;
  add(t, KN_SEED_NEED, 0.3, 64, 20);
  add(t, KN_SEED_HEAT, 0.4, 37, 15);
  const kn_trials published = lend(t);
  kn_calibration *c = calibrate(&published, &nothing);
  for (int32_t g = 0; g < GROUPS; g++) {
    double before = 0;
    for (double told = 1e-40; told < 0.9999; told = told < 0.01 ? told * 7 : told + 0.01) {
      const kn_chance chance = kn_calibration_tell(c, g, told);
      assert_true(chance.mean == told && chance.low < told && chance.high > told && chance.low > before);
      before = chance.low;
    }
    assert_true(kn_calibration_tell(c, g, 0).high == 0 && kn_calibration_tell(c, g, 1).low == 1);
  }
  const kn_calibration_group *group = kn_calibration_groups(c);
  assert_true(group[KN_SEED_NEED].is_calibrated && group[KN_SEED_HEAT].is_calibrated && !group[KN_SEED_CHAIN].is_calibrated);
  /* Each outcome that was published narrows; what nobody tried is the widest. */
  assert_true(group[KN_SEED_NEED].shift_high < group[KN_SEED_HEAT].shift_high &&
              group[KN_SEED_HEAT].shift_high < group[KN_SEED_CHAIN].shift_high);
  kn_calibration_free(c);
}

/* Ten outcomes at least, and they must say enough: of what is told 0.02, ten say little. */
static void
calibrated_when_enough_is_known(void **state)
{
  (void)state;
  const struct {
    double told, count, feasible;
    bool is_calibrated;
  } cases[] = {{0.5, 9, 5, false}, {0.5, 10, 5, true}, {0.02, 10, 0, false}, {0.02, 200, 4, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    space.n = 0;
    add(&space, KN_SEED_CHAIN, cases[i].told, cases[i].count, cases[i].feasible);
    const kn_trials own = lend(&space);
    kn_calibration *c = calibrate(&nothing, &own);
    const kn_calibration_group *group = kn_calibration_groups(c);
    assert_int_equal(group[KN_SEED_CHAIN].is_calibrated, cases[i].is_calibrated);
    assert_false(group[KN_SEED_SPACE].is_calibrated); /* borrowed alone */
    kn_calibration_free(c);
  }
}

static void
kinds_borrow_from_each_other(void **state)
{
  (void)state;
  space.n = 0;
  add(&space, KN_SEED_CHAIN, 0.5, 20, 18);
  kn_trials own = lend(&space);
  kn_calibration *one = calibrate(&nothing, &own);
  add(&space, KN_SEED_PRACTICE, 0.5, 20, 18);
  own = lend(&space);
  kn_calibration *two = calibrate(&nothing, &own);
  const kn_calibration_group *after = kn_calibration_groups(one), *more = kn_calibration_groups(two);
  assert_true(after[KN_SEED_CHAIN].shift > 2 * after[KN_SEED_SPACE].shift && after[KN_SEED_SPACE].shift > 0.05);
  assert_true(more[KN_SEED_SPACE].shift > after[KN_SEED_SPACE].shift && more[KN_SEED_CHAIN].shift > after[KN_SEED_CHAIN].shift);
  kn_calibration_free(one);
  kn_calibration_free(two);
  /* What is published elsewhere holds a region back, as far as regions are alike. */
  space.n = 0;
  add(&space, KN_SEED_CHAIN, 0.5, 1000, 500);
  const kn_trials published = lend(&space);
  const uint8_t chain = KN_SEED_CHAIN;
  const double told = 0.5, count = 20, feasible = 18;
  const kn_trials mine = {.n = 1, .group = &chain, .told = &told, .tried = &count, .feasible = &feasible};
  kn_calibration *held = calibrate(&published, &mine), *free_one = calibrate(&nothing, &mine);
  assert_true(kn_calibration_tell(held, chain, 0.5).mean < kn_calibration_tell(free_one, chain, 0.5).mean - 0.02);
  assert_true(kn_calibration_tell(held, chain, 0.5).mean > 0.6);
  kn_calibration_free(held);
  kn_calibration_free(free_one);
}

/* Bit by bit: in another order, in parts, and again. */
static void
order_and_parts_have_no_say(void **state)
{
  (void)state;
  static tried parts;
  check_random r = {.state = 3};
  const double shift[GROUPS] = {0.5, -1, 2, 0, 0, -2, 0.1, 1};
  kn_calibration *blank = calibrate(&nothing, &nothing);
  try_some(&space, blank, shift, 40, &r);
  parts = space;
  for (int64_t i = parts.n - 1; i > 0; i--) {
    const int64_t j = (int64_t)(random_unit(&r) * (double)(i + 1));
    const uint8_t group = parts.group[i];
    const double told = parts.told[i], feasible = parts.feasible[i];
    parts.group[i] = parts.group[j];
    parts.told[i] = parts.told[j];
    parts.feasible[i] = parts.feasible[j];
    parts.group[j] = group;
    parts.told[j] = told;
    parts.feasible[j] = feasible;
  }
  const kn_trials one = lend(&space), two = lend(&parts);
  kn_calibration *a = calibrate(&nothing, &one), *b = calibrate(&nothing, &two);
  assert_memory_equal(kn_calibration_groups(a), kn_calibration_groups(b), GROUPS * sizeof(kn_calibration_group));
  for (int32_t g = 0; g < GROUPS; g++)
    for (int32_t k = 0; k < CHANCES; k++) {
      const kn_chance x = kn_calibration_tell(a, g, chance_of(k)), y = kn_calibration_tell(b, g, chance_of(k));
      assert_memory_equal(&x, &y, sizeof x);
    }
  kn_calibration_free(a);
  kn_calibration_free(b);
  kn_calibration_free(blank);
}

/* A great many outcomes, and such that nobody would expect: what is told is what was seen, and never no number. */
static void
many_and_strange_outcomes(void **state)
{
  (void)state;
  space.n = 0;
  add(&space, KN_SEED_CHAIN, 0.2, 100000, 61000);
  add(&space, KN_SEED_HEAT, 1e-6, 500, 500);
  add(&space, KN_SEED_SPACE, 1 - 1e-9, 500, 0);
  add(&space, KN_SEED_SECTOR, 0.15, 0, 0);
  const kn_trials own = lend(&space);
  kn_calibration *c = calibrate(&own, &own);
  const kn_chance chain = kn_calibration_tell(c, KN_SEED_CHAIN, 0.2);
  assert_near(chain.mean, 0.61, 0.001);
  assert_near(chain.high - chain.low, 2 * 1.645 * sqrt(0.61 * 0.39 / 100000), 0.0003);
  assert_true(kn_calibration_tell(c, KN_SEED_HEAT, 1e-6).mean > 0.5 &&
              kn_calibration_tell(c, KN_SEED_SPACE, 1 - 1e-9).mean < 0.5);
  for (int32_t g = 0; g < GROUPS; g++)
    for (double told = 1e-300; told < 1; told = told < 0.01 ? told * 1e6 : told + 0.05) {
      const kn_chance chance = kn_calibration_tell(c, g, told);
      assert_true(chance.low >= 0 && chance.low <= chance.high && chance.high <= 1 && chance.mean >= 0 && chance.mean <= 1);
    }
  kn_calibration_free(c);
}

static void
bad_outcomes_are_refused(void **state)
{
  (void)state;
  const struct {
    int32_t group;
    double told, count, feasible;
    const char *says;
  } cases[] = {{GROUPS, 0.5, 1, 1, "expected a kind below"}, {0, 0, 1, 1, "told must lie above 0 and below 1"},
               {0, 1, 1, 1, "told must lie above 0"},        {0, NAN, 1, 1, "told must lie above 0"},
               {0, 0.5, 1, 2, "expected 0 to 1 feasible"},   {0, 0.5, 1, -1, "expected 0 to 1 feasible"},
               {0, 0.5, INFINITY, 1, "expected 0 to inf"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    space.n = 0;
    add(&space, cases[i].group, cases[i].told, cases[i].count, cases[i].feasible);
    const kn_trials own = lend(&space);
    kn_error err = {0};
    kn_calibration *c;
    assert_int_equal(kn_calibration_new(&c, &nothing, &own, &settings, &err), KN_E_INPUT);
    assert_null(c);
    if (strstr(err.text, cases[i].says) == NULL)
      fail_msg("%s", err.text);
  }
  kn_calibration_settings flat = settings;
  flat.kind_sd = 0;
  kn_error err = {0};
  kn_calibration *c;
  assert_int_equal(kn_calibration_new(&c, &nothing, &nothing, &flat, &err), KN_E_INPUT);
}

/* The table names kinds as seeds do, in the same order. */
static void
kinds_have_one_name(void **state)
{
  (void)state;
  const kn_table_def *def = kn_schema(KN_T_TRIAL);
  const char *const *words = def->columns[kn_schema_find_column(def, "kind")].words;
  for (int32_t kind = 0; kind < KN_SEED_KIND_COUNT; kind++)
    assert_string_equal(words[kind], kn_seed_kind_name((kn_seed_kind)kind));
  assert_null(words[KN_SEED_KIND_COUNT]);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(intervals_hold_what_is_true),   cmocka_unit_test(kinds_are_set_right),
      cmocka_unit_test(nothing_tried_changes_nothing), cmocka_unit_test(calibrated_when_enough_is_known),
      cmocka_unit_test(kinds_borrow_from_each_other),  cmocka_unit_test(order_and_parts_have_no_say),
      cmocka_unit_test(many_and_strange_outcomes),     cmocka_unit_test(bad_outcomes_are_refused),
      cmocka_unit_test(kinds_have_one_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
