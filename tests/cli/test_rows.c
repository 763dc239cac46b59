/* Aim: what is written fast is what the slow way writes: JSON to the byte as jansson does, rounded numbers as printf does.
 * Method: numbers and texts with edges, then random ones, both ways. Rows of more than one batch, on one thread and on several. */
#include "cli/json_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TRIES = 200000 };

static uint64_t state_of_random = 42;

static double
random_real(void)
{
  state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
  const double share = (double)(state_of_random >> 11) / 9007199254740992.0;
  state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
  const double value = (share - 0.5) * pow(10, (double)(state_of_random >> 60) + 5 - 8);
  /* Every other one has few digits, as what people report has. */
  return (state_of_random >> 32) % 2 == 0 ? value : rint(value * 16) / 16;
}

static void
same_real(double value)
{
  kn_jot jot = {0};
  kn_jot_real(&jot, NULL, value);
  json_t *real = kn_json_real(value);
  char *expected = json_dumps(real, JSON_ENCODE_ANY);
  assert_int_equal(jot.length, strlen(expected) + 1);
  assert_memory_equal(jot.text + 1, expected, strlen(expected));
  free(expected);
  json_decref(real);
  free(jot.text);
}

static void
numbers_are_those_of_jansson(void **state)
{
  (void)state;
  const double edges[] = {0,        -0.0,
                          1,        -1,
                          0.1,      0.5,
                          9.5,      99.999999999999986,
                          1e-4,     9.9999999999999991e-5,
                          1e-5,     1e15,
                          1e16,     1e17,
                          1e22,     1e23,
                          1e300,    5e-324,
                          0.3,      1.2345678901234568e17,
                          1e16 - 2, NAN,
                          INFINITY, 212.6};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
    same_real(edges[i]);
  for (int exponent = -6; exponent < 19; exponent++) {
    same_real(pow(10, exponent));
    same_real(nextafter(pow(10, exponent), 0));
    same_real(nextafter(pow(10, exponent), INFINITY));
  }
  for (int i = 0; i < TRIES; i++)
    same_real(random_real());
}

static void
texts_are_those_of_jansson(void **state)
{
  (void)state;
  const char *const texts[] = {"", "plain", "a \"quote\"", "back\\slash", "line\nend", "\x01", "\x7f", "caf\u00e9", "a/b"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    kn_jot jot = {0};
    kn_jot_text(&jot, NULL, texts[i]);
    json_t *text = json_string(texts[i]);
    char *expected = json_dumps(text, JSON_ENCODE_ANY);
    assert_int_equal(jot.length, strlen(expected) + 1);
    assert_memory_equal(jot.text + 1, expected, strlen(expected));
    free(expected);
    json_decref(text);
    free(jot.text);
  }
}

static void
write_row(kn_jot *jot, const void *arg, int64_t row)
{
  (void)arg;
  kn_jot_integer(jot, "row", row);
  kn_jot_open(jot, "nothing");
  kn_jot_close(jot);
  kn_jot_boolean(jot, "is_even", row % 2 == 0);
  kn_jot_real(jot, "half", (double)row / 2);
}

/* The document of n rows between two other members, as it is streamed. */
static char *
stream(int64_t n, int32_t threads)
{
  char *text = NULL;
  size_t length = 0;
  bool is_begun = false;
  kn_error err = {0};
  kn_cli cli = {.doc = json_object(), .is_begun = &is_begun, .threads = threads};
  cli.out = open_memstream(&text, &length);
  assert_int_equal(kn_teller_new(&cli.teller, NULL, &err), KN_OK);
  json_object_set_new(cli.doc, "before", json_pack("{s:[i]}", "list", 1));
  assert_int_equal(kn_json_rows(&cli, "rows", n, write_row, NULL, &err), KN_OK);
  json_object_set_new(cli.doc, "after", json_true());
  kn_json_end(&cli);
  kn_teller_free(cli.teller);
  json_decref(cli.doc);
  fclose(cli.out);
  return text;
}

static void
rows_are_a_document(void **state)
{
  (void)state;
  const int64_t counts[] = {0, 1, 3000, 20000};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    char *one = stream(counts[i], 1), *several = stream(counts[i], 4);
    assert_string_equal(one, several);
    json_error_t why;
    json_t *doc = json_loads(one, 0, &why);
    assert_non_null(doc);
    assert_int_equal(json_array_size(json_object_get(doc, "rows")), counts[i]);
    char *again = json_dumps(doc, JSON_INDENT(1));
    assert_int_equal(strlen(again) + 1, strlen(one));
    assert_memory_equal(again, one, strlen(again));
    free(again);
    json_decref(doc);
    free(one);
    free(several);
  }
}

static void
rounded_numbers_are_those_of_printf(void **state)
{
  (void)state;
  /* 0.125, 0.375 and 2.25 lie halfway, 0.15 and 2.35 beside it. */
  const double edges[] = {0.125, 0.375, 2.25, 2.75, 0.15, 2.35, 0.00005, 0.00015, 99.95, 99.949999999999989, -0.00001, 1e11 - 1};
  for (int i = 0; i < TRIES; i++) {
    const double value = (size_t)i < sizeof edges / sizeof *edges ? edges[i] : random_real();
    const double size = fabs(value);
    char given[KN_NUMBER_SIZE], expected[64], plain[64];
    kn_print_number(given, value);
    snprintf(expected, sizeof expected, "%.*f",
             size >= 100 || value == floor(value) ? 0
             : size >= 1                          ? 1
             : size >= 0.1                        ? 2
                                                  : 4,
             value);
    size_t used = 0;
    for (const char *at = given; *at != '\0'; at++)
      if (*at != ' ')
        plain[used++] = *at;
    plain[used] = '\0';
    assert_string_equal(plain, strtod(expected, NULL) == 0 && expected[0] == '-' ? expected + 1 : expected);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_those_of_jansson),
      cmocka_unit_test(texts_are_those_of_jansson),
      cmocka_unit_test(rows_are_a_document),
      cmocka_unit_test(rounded_numbers_are_those_of_printf),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
