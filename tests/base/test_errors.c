/* Aim: a chain of sentences says what happened, innermost first, and never more than fits. */
#include "check.h"

#include "knoop/base.h"

static void
codes_have_exit_status_and_text(void **state)
{
  (void)state;
  assert_int_equal(kn_code_exit(KN_OK), 0);
  assert_int_equal(kn_code_exit(KN_FOUND), 1);
  assert_int_equal(kn_code_exit(KN_E_USAGE), 2);
  assert_int_equal(kn_code_exit(KN_E_INPUT), 3);
  assert_int_equal(kn_code_exit(KN_NO_ANSWER), 4);
  assert_int_equal(kn_code_exit(KN_E_LOCK), 5);
  assert_string_equal(kn_code_text(KN_E_INPUT), "bad input");
}

static void
chain_goes_from_inside_out(void **state)
{
  (void)state;
  kn_error err = {0};
  assert_int_equal(kn_fail(&err, KN_E_INPUT, "flow %s: rel_sd is %g", "f1", -1.0), KN_E_INPUT);
  assert_int_equal(kn_note(&err, "closing the balance of %d flows", 6), KN_E_INPUT);
  assert_int_equal(err.code, KN_E_INPUT);
  assert_string_equal(err.text, "flow f1: rel_sd is -1\nclosing the balance of 6 flows");
  assert_false(err.is_cut);
  /* A new failure starts a new chain. */
  kn_fail(&err, KN_E_IO, "disk full");
  assert_string_equal(err.text, "disk full");
}

static void
sentence_is_one_line(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_fail(&err, KN_E_INPUT, "value '%s' is no number", "1\n2\r3");
  assert_string_equal(err.text, "value '1 2 3' is no number");
}

static void
nobody_listens(void **state)
{
  (void)state;
  assert_int_equal(kn_fail(NULL, KN_E_LIMIT, "out of memory"), KN_E_LIMIT);
  assert_int_equal(kn_note(NULL, "reading"), KN_E_NUMERIC);
}

/* Sentences of 100 two-byte letters: 4096 bytes end inside one, and the cut must fall between letters. */
static void
long_chain_is_cut_and_says_so(void **state)
{
  (void)state;
  char sentence[201];
  for (int i = 0; i < 100; i++)
    memcpy(sentence + (ptrdiff_t)2 * i, "\xC3\xA9", 2);
  sentence[200] = '\0';
  for (int shift = 0; shift < 2; shift++) {
    kn_error err = {0};
    kn_fail(&err, KN_E_INPUT, "%s%s", shift == 0 ? "" : "x", sentence);
    for (int i = 0; i < 50; i++)
      assert_int_equal(kn_note(&err, "%s", sentence), KN_E_INPUT);
    assert_true(err.is_cut);
    const size_t length = strlen(err.text);
    assert_true(length < sizeof err.text && length > sizeof err.text - 8);
    assert_string_equal(err.text + length - 3, "...");
    assert_int_equal(kn_text_bad_utf8(err.text, length), -1);
  }
}

static kn_code
fail_inside(kn_error *err)
{
  KN_TRY(KN_OK);
  KN_TRY(kn_fail(err, KN_E_LIMIT, "inside"));
  return KN_OK;
}

static void
try_returns_the_first_failure(void **state)
{
  (void)state;
  kn_error err = {0};
  assert_int_equal(fail_inside(&err), KN_E_LIMIT);
  assert_string_equal(err.text, "inside");
}

static void
version_is_told(void **state)
{
  (void)state;
  int major, minor, patch;
  assert_int_equal(sscanf(kn_version(), "%d.%d.%d", &major, &minor, &patch), 3); // NOLINT(cert-err34-c): the count tells
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(codes_have_exit_status_and_text),
      cmocka_unit_test(chain_goes_from_inside_out),
      cmocka_unit_test(sentence_is_one_line),
      cmocka_unit_test(nobody_listens),
      cmocka_unit_test(long_chain_is_cut_and_says_so),
      cmocka_unit_test(try_returns_the_first_failure),
      cmocka_unit_test(version_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
