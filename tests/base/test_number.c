/* Aim: text becomes the nearest double and back, in every locale, and nothing else passes for a number. */
#include <locale.h>

#include "check.h"

#include "knoop/base.h"

static bool
reads(const char *text, char decimal, double *value)
{
  *value = -12345;
  return kn_number_read(text, strlen(text), decimal, value);
}

static void
decimals_are_read(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    double value;
  } cases[] = {
      {"0", 0},
      {"-0", 0},
      {"7", 7},
      {"+7", 7},
      {"-7.25", -7.25},
      {" 12 ", 12},
      {"\t3.5\t", 3.5},
      {".5", 0.5},
      {"5.", 5},
      {"1e3", 1000},
      {"1E-2", 0.01},
      {"0.1", 0.1},
      {"1e22", 1e22},
      {"1e23", 1e23},
      {"123456789012345678", 123456789012345678.0},
      {"00012", 12},
      {"0.000001", 1e-6},
      {"1e-400", 0},
      {"5e-324", 5e-324},
      {"0e999999999999", 0},
      {"1.7976931348623157e308", 1.7976931348623157e308},
      {"2.2250738585072011e-308", 2.2250738585072011e-308},
      {"9007199254740993", 9007199254740992.0}, /* halfway: to even */
      {"9007199254740993.0000000000000000000000000001", 9007199254740994.0},
      {"0.30000000000000004", 0.1 + 0.2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    double value;
    if (!reads(cases[i].text, '.', &value) || value != cases[i].value)
      fail_msg("'%s' is read as %.17g", cases[i].text, value);
  }
}

static void
anything_else_is_refused(void **state)
{
  (void)state;
  static const char *const texts[] = {"",       " ",   ".",     "-",     "+",     "e5",        "1e",      "1e+", "1 2",
                                      "12t",    "t12", "--1",   "1..2",  "1.2.3", "0x10",      "inf",     "nan", "1e400",
                                      "-1e309", "1,5", "1'000", "1e5.0", "\n1",   "1\xC2\xA0", "infinity"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    double value;
    if (reads(texts[i], '.', &value))
      fail_msg("'%s' is read as %.17g", texts[i], value);
    assert_near(value, -12345, 0); /* and leaves the place alone */
  }
  double value;
  assert_false(kn_number_read("1\0", 2, '.', &value));
  assert_true(kn_number_read("12345", 2, '.', &value)); /* only as many bytes as told */
  assert_near(value, 12, 0);
}

static void
comma_is_a_decimal_mark_where_told(void **state)
{
  (void)state;
  double value;
  assert_true(reads("1234,5", ',', &value));
  assert_near(value, 1234.5, 0);
  assert_true(reads("-0,123456789012345678901234567890", ',', &value));
  assert_near(value, -0.123456789012345678901234567890, 0);
  assert_false(reads("1234.5", ',', &value));
  assert_false(reads("1,2,3", ',', &value));
}

/* A digit far behind decides which side of the middle between two doubles a number is on. */
static void
a_thousand_digits_count(void **state)
{
  (void)state;
  char text[1200] = "9007199254740993.";
  size_t length = strlen(text);
  memset(text + length, '0', 1000);
  length += 1000;
  text[length] = '\0';
  double value;
  assert_true(reads(text, '.', &value));
  assert_near(value, 9007199254740992.0, 0);
  text[length - 1] = '1';
  assert_true(reads(text, '.', &value));
  assert_near(value, 9007199254740994.0, 0);
}

static void
expect_text(double value, const char *text)
{
  char out[40];
  assert_int_equal(kn_number_write(out, value), strlen(text));
  assert_string_equal(out, text);
}

static void
numbers_are_written_short_and_plain(void **state)
{
  (void)state;
  expect_text(0, "0");
  expect_text(-0.0, "0");
  expect_text(0.1, "0.1");
  expect_text(-2.5, "-2.5");
  expect_text(100, "100");
  expect_text(1e-5, "0.00001");
  expect_text(9.9e-6, "9.9e-6");
  expect_text(0.000123456789012345, "0.000123456789012345");
  expect_text(123456789012345, "123456789012345");
  expect_text(999999999999999.9, "999999999999999.9");
  expect_text(1e15, "1e15");
  expect_text(-1.5e300, "-1.5e300");
  expect_text(1.0 / 3, "0.3333333333333333");
  expect_text(0.1 + 0.2, "0.30000000000000004");
  expect_text(5e-324, "5e-324");
  expect_text(1.7976931348623157e308, "1.7976931348623157e308");
  expect_text(NAN, "");
}

/* Bits at random are every kind of double: all read back to the same one, in at most 17 digits. */
static void
every_double_reads_back(void **state)
{
  (void)state;
  check_random r = {3};
  for (int i = 0; i < 200000; i++) {
    uint64_t bits = random_bits(&r);
    double value;
    if (i % 2 == 0) {
      memcpy(&value, &bits, sizeof value);
    } else { /* figures as people write them: few digits */
      value = (double)(int64_t)(bits % 2000000000) / (double[]){1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e9}[bits >> 61];
    }
    if (!isfinite(value) || value == 0)
      continue;
    char out[40];
    double back;
    const size_t length = kn_number_write(out, value);
    assert_true(length < sizeof out && strlen(out) == length);
    if (!kn_number_read(out, length, '.', &back) || back != value)
      fail_msg("%.17g is written '%s', read %.17g", value, out, back);
    const bool is_plain = fabs(value) >= 1e-5 && fabs(value) < 1e15;
    if (is_plain && strchr(out, 'e') != NULL)
      fail_msg("%.17g is written '%s'", value, out);
    /* No shorter rounding reads back. */
    for (int digits = 1; digits < 17; digits++) {
      char shorter[40];
      snprintf(shorter, sizeof shorter, "%.*e", digits - 1, value);
      if (strtod(shorter, NULL) != value)
        continue;
      int written = 0;
      for (const char *c = out; *c != '\0' && *c != 'e'; c++)
        written += *c >= '0' && *c <= '9' && (written > 0 || *c != '0');
      int zeros = 0; /* zeros before the point of a plain integer are no choice */
      if (strchr(out, '.') == NULL && strchr(out, 'e') == NULL)
        for (size_t at = length; at > 0 && out[at - 1] == '0'; at--)
          zeros++;
      if (written - zeros > digits)
        fail_msg("%.17g is written '%s', but '%s' says the same", value, out, shorter);
      break;
    }
  }
}

/* Locales with a comma may not be installed; then there is nothing to be wrong about. */
static void
locale_does_not_matter(void **state)
{
  (void)state;
  static const char *const names[] = {"nl_BE.UTF-8", "nl_NL.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8", NULL};
  int at = 0;
  while (names[at] != NULL && setlocale(LC_ALL, names[at]) == NULL)
    at++;
  if (names[at] == NULL)
    skip();
  double value;
  char out[40];
  assert_true(reads("0.30000000000000004", '.', &value));
  kn_number_write(out, value);
  setlocale(LC_ALL, "C");
  assert_near(value, 0.1 + 0.2, 0);
  assert_string_equal(out, "0.30000000000000004");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decimals_are_read),
      cmocka_unit_test(anything_else_is_refused),
      cmocka_unit_test(comma_is_a_decimal_mark_where_told),
      cmocka_unit_test(a_thousand_digits_count),
      cmocka_unit_test(numbers_are_written_short_and_plain),
      cmocka_unit_test(every_double_reads_back),
      cmocka_unit_test(locale_does_not_matter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
