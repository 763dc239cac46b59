/* Aim: money comes to what the shared cases say; no walk of steps leaves the states that there are.
 * Method: the cases' JSON; then every state with every step and fact, and long random walks, against the rules told another way. */
#include "knoop/cases.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CASE KN_SOURCE_ROOT "/../shared/cases/economics/npv_irr_payback.json"

static void
assert_near(double value, const json_t *wanted, double scale)
{
  if (json_is_null(wanted))
    assert_true(isnan(value));
  else if (!(fabs(value - json_number_value(wanted)) <= 1e-9 * scale))
    fail_msg("%.17g instead of %.17g", value, json_number_value(wanted));
}

static void
money_is_as_in_the_shared_cases(void **state)
{
  (void)state;
  json_t *doc = json_load_file(CASE, 0, NULL);
  if (doc == NULL)
    skip(); /* the shared cases are not here */
  size_t at;
  const json_t *one;
  json_array_foreach(json_object_get(doc, "input_and_expected"), at, one)
  {
    const json_t *flow = json_object_get(one, "cash_flow");
    kn_cash_line line[64];
    double scale = 1;
    const int32_t n = (int32_t)json_array_size(flow);
    for (int32_t t = 0; t < n; t++) {
      line[t] = (kn_cash_line){json_number_value(json_array_get(flow, (size_t)t)), t, t};
      scale = fmax(scale, fabs(line[t].eur));
    }
    kn_cash cash;
    kn_error err = {0};
    assert_int_equal(kn_cash_judge(line, n, json_number_value(json_object_get(one, "rate")), NULL, &cash, &err), KN_OK);
    assert_near(cash.npv_eur, json_object_get(one, "npv"), scale);
    assert_near(cash.payback_yr, json_object_get(one, "payback_yr"), 10);
    assert_near(cash.discounted_payback_yr, json_object_get(one, "discounted_payback_yr"), 10);
    assert_near(cash.equal_yearly_eur, json_object_get(one, "equal_yearly_value"), scale);
  }
  json_decref(doc);
}

/* 1000 out now, 300 in for years 1..4, and once 50 for upkeep in year 2, at 0 %: by hand 1200 - 1050 = 150, back after
 * 3 years (300 + 250 + 300 = 850) and half of the fourth. */
static void
lines_add_up(void **state)
{
  (void)state;
  const kn_cash_line line[] = {{-1000, 0, 0}, {300, 1, 4}, {-50, 2, 2}};
  kn_cash cash;
  double flow[KN_CASH_YEARS_MOST + 1];
  kn_error err = {0};
  assert_int_equal(kn_cash_judge(line, 3, 0, flow, &cash, &err), KN_OK);
  assert_true(fabs(cash.npv_eur - 150) < 1e-9 && fabs(cash.payback_yr - 3.5) < 1e-9 && cash.n == 4);
  assert_true(flow[2] == 250 && flow[5] == 0 && cash.invested_eur == 1000);
}

static void
bad_lines_are_named(void **state)
{
  (void)state;
  const kn_cash_line line[] = {{-1000, 0, 0}, {300, 4, 1}};
  kn_cash cash;
  kn_error err = {0};
  assert_int_equal(kn_cash_judge(line, 2, 0.05, NULL, &cash, &err), KN_E_INPUT);
  assert_non_null(strstr(err.text, "line 2"));
  assert_int_equal(kn_cash_judge(line, 1, -1, NULL, &cash, &err), KN_E_INPUT);
}

/* The rules told another way: allowed (status, stage) before, and what comes after. */
static bool
expected(kn_case_state from, kn_case_step step, kn_case_facts facts, kn_case_state *to)
{
  *to = from;
  const bool gate = facts.is_gate_open || (facts.is_override && facts.has_reason);
  if (step == KN_STEP_FORWARD && from.status == KN_CASE_OPEN && from.stage < KN_RUNNING && gate)
    return to->stage++, true;
  if (step == KN_STEP_BACK && from.status == KN_CASE_OPEN && from.stage > KN_IDEA && facts.has_reason)
    return to->stage--, true;
  if (step == KN_STEP_PARK && from.status == KN_CASE_OPEN && facts.has_reason)
    return to->status = KN_CASE_PARKED, true;
  if (step == KN_STEP_LOSE && (from.status == KN_CASE_OPEN || from.status == KN_CASE_PARKED) && facts.has_reason)
    return to->status = KN_CASE_LOST, true;
  if (step == KN_STEP_RESUME && (from.status == KN_CASE_LOST || from.status == KN_CASE_PARKED))
    return to->status = KN_CASE_OPEN, true;
  if (step == KN_STEP_COMPLETE && from.status == KN_CASE_OPEN && from.stage == KN_RUNNING && gate && facts.has_outcome)
    return to->status = KN_CASE_DONE, true;
  if (step == KN_STEP_REOPEN && from.status == KN_CASE_DONE && facts.has_reason)
    return to->status = KN_CASE_OPEN, true;
  return false;
}

static void
every_step_from_everywhere(void **state)
{
  (void)state;
  for (int stage = 0; stage < KN_CASE_STAGE_COUNT; stage++)
    for (int status = 0; status < KN_CASE_STATUS_COUNT; status++)
      for (int step = 0; step < KN_CASE_STEP_COUNT; step++)
        for (unsigned bits = 0; bits < 16; bits++) {
          const kn_case_state from = {(kn_case_stage)stage, (kn_case_status)status};
          const kn_case_facts facts = {bits & 1, bits & 2, bits & 4, bits & 8};
          kn_case_state to = {KN_PILOT, KN_CASE_LOST}, wanted;
          kn_error err = {0};
          const kn_code code = kn_case_go(from, (kn_case_step)step, facts, &to, &err);
          const bool may = expected(from, (kn_case_step)step, facts, &wanted);
          assert_int_equal(code == KN_OK, may);
          if (may) {
            assert_int_equal(to.stage, wanted.stage);
            assert_int_equal(to.status, wanted.status);
          } else {
            assert_true(code == KN_E_CONFLICT || code == KN_E_INPUT);
            assert_int_equal(to.stage, KN_PILOT); /* untouched */
          }
        }
}

/* However one walks: done only while running, a stage changes by one and only while open, and from everywhere there is a way on. */
static void
walks_stay_in_the_funnel(void **state)
{
  (void)state;
  uint64_t seed = 7;
  for (int walk = 0; walk < 200; walk++) {
    kn_case_state now = {KN_IDEA, KN_CASE_OPEN};
    for (int i = 0; i < 200; i++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      const kn_case_step step = (kn_case_step)((seed >> 33) % KN_CASE_STEP_COUNT);
      const kn_case_facts facts = {(seed >> 40) & 1, (seed >> 41) & 1, (seed >> 42) & 1, (seed >> 43) & 1};
      const kn_case_state before = now;
      kn_error err = {0};
      (void)kn_case_go(before, step, facts, &now, &err);
      assert_true(abs((int)now.stage - (int)before.stage) <= (before.status == KN_CASE_OPEN ? 1 : 0));
      assert_true(now.status != KN_CASE_DONE || now.stage == KN_RUNNING);
      bool has_way = false;
      for (int other = 0; other < KN_CASE_STEP_COUNT; other++)
        has_way = has_way || kn_case_has_step(now, (kn_case_step)other);
      assert_true(has_way);
    }
  }
}

static void
names_read_back(void **state)
{
  (void)state;
  kn_case_stage stage;
  kn_case_step step;
  kn_case_status status;
  for (int i = 0; i < KN_CASE_STAGE_COUNT; i++)
    assert_true(kn_case_stage_read(kn_case_stage_name((kn_case_stage)i), &stage) && (int)stage == i);
  for (int i = 0; i < KN_CASE_STEP_COUNT; i++)
    assert_true(kn_case_step_read(kn_case_step_name((kn_case_step)i), &step) && (int)step == i);
  for (int i = 0; i < KN_CASE_STATUS_COUNT; i++)
    assert_true(kn_case_status_read(kn_case_status_name((kn_case_status)i), &status) && (int)status == i);
  assert_false(kn_case_step_read("jump", &step));
  assert_false(kn_case_stage_read(NULL, &stage));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(money_is_as_in_the_shared_cases),
                                     cmocka_unit_test(lines_add_up),
                                     cmocka_unit_test(bad_lines_are_named),
                                     cmocka_unit_test(every_step_from_everywhere),
                                     cmocka_unit_test(walks_stay_in_the_funnel),
                                     cmocka_unit_test(names_read_back)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
