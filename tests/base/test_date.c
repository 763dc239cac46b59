/* Aim: dates of ISO 8601 become days and back; a window covers the right share of a year. */
#include "check.h"

#include "knoop/base.h"

static int32_t
days_of(const char *text)
{
  int32_t days = KN_BLANK_INT;
  return kn_date_read(text, strlen(text), &days) ? days : KN_BLANK_INT;
}

static void
dates_are_days_since_1970(void **state)
{
  (void)state;
  assert_int_equal(days_of("1970-01-01"), 0);
  assert_int_equal(days_of("1969-12-31"), -1);
  assert_int_equal(days_of("2000-03-01"), 11017);
  assert_int_equal(days_of("2026"), kn_date_of(2026, 1, 1));
  assert_int_equal(days_of("2026-07"), kn_date_of(2026, 7, 1));
  assert_int_equal(days_of("2024-02-29"), kn_date_of(2024, 3, 1) - 1);
  assert_int_equal(days_of("0000-01-01"), -719528);
}

static void
what_is_no_date_is_refused(void **state)
{
  (void)state;
  static const char *const texts[] = {"",           "26",          "2026-1",     "2026-13",  "2026-00-01",       "2023-02-29",
                                      "1900-02-29", "2026-04-31",  "2026/01/01", "20260101", "2026-01-01T00:00", "01-01-2026",
                                      "2026-01-00", " 2026-01-01", "2026-01-0x"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (days_of(texts[i]) != KN_BLANK_INT)
      fail_msg("'%s' is read as a date", texts[i]);
  assert_int_equal(kn_date_of(2023, 2, 29), KN_BLANK_INT);
  assert_int_equal(kn_date_of(INT32_MAX, 1, 1), KN_BLANK_INT);
}

static void
every_day_of_eight_centuries_comes_back(void **state)
{
  (void)state;
  int32_t expected = kn_date_of(1600, 1, 1);
  for (int32_t days = expected; days < kn_date_of(2400, 1, 1); days++) {
    char out[16];
    assert_int_equal(kn_date_write(out, days), 10);
    assert_int_equal(days_of(out), days);
  }
  char out[16];
  assert_int_equal(kn_date_write(out, KN_BLANK_INT), 0);
  assert_string_equal(out, "");
  kn_date_write(out, 19782);
  assert_string_equal(out, "2024-02-29");
  assert_true(kn_date_write(out, INT32_MAX) < sizeof out);
  assert_true(kn_date_write(out, INT32_MIN + 1) < sizeof out);
}

/* 2023 has 365 days, 181 of them up to 30 June; 2024 has 366. */
static void
window_covers_its_share(void **state)
{
  (void)state;
  const int32_t open = KN_BLANK_INT;
  assert_near(kn_date_share(open, open, 2023), 1, 0);
  assert_near(kn_date_share(open, kn_date_of(2023, 6, 30), 2023), 181.0 / 365, 1e-15);
  assert_near(kn_date_share(kn_date_of(2023, 7, 1), open, 2023), 184.0 / 365, 1e-15);
  assert_near(kn_date_share(kn_date_of(2024, 2, 29), kn_date_of(2024, 2, 29), 2024), 1.0 / 366, 1e-15);
  assert_near(kn_date_share(kn_date_of(2020, 1, 1), kn_date_of(2030, 1, 1), 2024), 1, 0);
  assert_near(kn_date_share(kn_date_of(2025, 1, 1), open, 2024), 0, 0);
  assert_near(kn_date_share(open, kn_date_of(2023, 12, 31), 2024), 0, 0);
  assert_near(kn_date_share(kn_date_of(2024, 5, 2), kn_date_of(2024, 5, 1), 2024), 0, 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dates_are_days_since_1970),
      cmocka_unit_test(what_is_no_date_is_refused),
      cmocka_unit_test(every_day_of_eight_centuries_comes_back),
      cmocka_unit_test(window_covers_its_share),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
