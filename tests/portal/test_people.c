/* The pure parts of letting people in: codes against RFC 6238 (appendix B) and RFC 4226 (appendix D), passwords, and buckets. */
#include "../region/region_test.h"

#include "portal/auth.h"
#include "portal/limits.h"

/* "12345678901234567890" in base32, the key of both documents. */
static const char key[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

static void
codes_are_those_of_the_documents(void **state)
{
  (void)state;
  static const struct {
    int64_t at_s;
    const char *code;
  } totp[] = {{59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
              {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  char code[16];
  for (size_t i = 0; i < sizeof totp / sizeof *totp; i++) {
    assert_true(kn_totp_code(key, totp[i].at_s / 30, 8, code));
    assert_string_equal(code, totp[i].code);
  }
  static const char *const hotp[] = {"755224", "287082", "359152", "969429", "338314",
                                     "254676", "287922", "162583", "399871", "520489"};
  for (int64_t i = 0; i < 10; i++) {
    assert_true(kn_totp_code(key, i, 6, code));
    assert_string_equal(code, hotp[i]);
  }
  assert_false(kn_totp_code("not base32!", 1, 6, code));
}

static void
a_code_counts_for_its_step_and_its_neighbours_and_once(void **state)
{
  (void)state;
  char code[16];
  const int64_t step = 1234567;
  assert_true(kn_totp_code(key, step, 6, code));
  for (int64_t late = -3; late <= 3; late++) {
    const int64_t found = kn_totp_step(key, code, (step + late) * 30 + 7, 0);
    assert_int_equal(found, late >= -1 && late <= 1 ? step : 0);
  }
  assert_int_equal(kn_totp_step(key, code, step * 30, step - 1), step);
  assert_int_equal(kn_totp_step(key, code, step * 30, step), 0); /* used */
  char spaced[16];
  snprintf(spaced, sizeof spaced, "%.3s %.3s", code, code + 3);
  assert_int_equal(kn_totp_step(key, spaced, step * 30, 0), step);
  static const char *const wrong[] = {"", "1", "12345", "1234567", "abcdef", "12 34 5", "-12345", "000000000000000000000000"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_int_equal(kn_totp_step(key, wrong[i], step * 30, 0), 0);
}

static void
secrets_are_base32_and_differ(void **state)
{
  (void)state;
  char one[KN_TOTP_SECRET], two[KN_TOTP_SECRET], code[16];
  kn_totp_new(one);
  kn_totp_new(two);
  assert_int_equal(strlen(one), 32);
  assert_string_not_equal(one, two);
  assert_true(kn_totp_code(one, 1, 6, code));
}

static void
passwords_that_lead_the_lists_are_refused(void **state)
{
  (void)state;
  static const char *const who[] = {"Jan Janssens", "jan@example.org", NULL};
  static const char *const bad[] = {"",
                                    "elf tekens.",
                                    "wachtwoord123",
                                    "P4$$w0rdP4$$w0rd",
                                    "aaaaaaaaaaaaaaaaaaaaaaaaa",
                                    "abcdefghijklmnopqrstuvwxyz",
                                    "98765432109876543210",
                                    "qwertyuiopasdfghjkl",
                                    "azertyuiopqsdfgh",
                                    "jan@example.org!",
                                    "Jan JanssensJan Janssens",
                                    "knoopknoopgenk2026",
                                    "welkomzomer2026!"};
  static const char *const good[] = {"paars fietspad zonder haast", "correct paard batterij nietje", "xK9-vT2_mQ7zR4",
                                     "een oude step op zolder", "\xc3\xa9\xc3\xa9n twee drie vlieg"};
  kn_error err = {0};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (kn_password_check(bad[i], who, &err) != KN_E_INPUT)
      fail_msg("taken: %s", bad[i]);
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (kn_password_check(good[i], who, &err) != KN_OK)
      fail_msg("refused: %s: %s", good[i], err.text);
  /* 12 letters of two bytes each are 12 letters; bytes have their bound too. */
  char big[2000];
  for (size_t i = 0; i < sizeof big - 1; i++)
    big[i] = (char)('a' + i * i % 23);
  big[sizeof big - 1] = '\0';
  assert_int_equal(kn_password_check(big, NULL, &err), KN_E_INPUT);
}

/* Burst 5, one a second: five at once, the sixth waits a second; after ten seconds five again. */
static void
buckets_fill_and_empty(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_limits *limits;
  assert_int_equal(kn_limits_new(&limits, &err), KN_OK);
  for (int i = 0; i < 5; i++)
    assert_near(kn_limits_take(limits, "a", "x", 5, 1, 1, 100), 0, 0);
  assert_near(kn_limits_take(limits, "a", "x", 5, 1, 1, 100), 1, 1e-9);
  assert_near(kn_limits_take(limits, "a", "x", 5, 1, 1, 100.25), 0.75, 1e-9);
  assert_near(kn_limits_take(limits, "a", "y", 5, 1, 1, 100), 0, 0); /* others do not notice */
  assert_near(kn_limits_take(limits, "b", "x", 5, 1, 1, 100), 0, 0);
  assert_near(kn_limits_take(limits, "a", "x", 5, 1, 1, 101), 0, 0);
  kn_limits_take(limits, "a", "x", 5, 1, -1, 101); /* given back */
  assert_near(kn_limits_take(limits, "a", "x", 5, 1, 1, 101), 0, 0);
  for (int i = 0; i < 5; i++)
    assert_near(kn_limits_take(limits, "a", "x", 5, 1, 1, 200), 0, 0);
  assert_true(kn_limits_take(limits, "a", "x", 5, 1, 1, 200) > 0);
  /* Who asks under a hundred thousand names fills no memory and does not free a bucket that is empty in return for nothing. */
  char name[32];
  for (int i = 0; i < 100000; i++) {
    snprintf(name, sizeof name, "n%d", i);
    assert_near(kn_limits_take(limits, "a", name, 5, 1, 1, 200), 0, 0);
  }
  kn_limits_free(limits);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(codes_are_those_of_the_documents),
      cmocka_unit_test(a_code_counts_for_its_step_and_its_neighbours_and_once),
      cmocka_unit_test(secrets_are_base32_and_differ),
      cmocka_unit_test(passwords_that_lead_the_lists_are_refused),
      cmocka_unit_test(buckets_fill_and_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
