/* Aim: one table of options gives parsing and usage; whatever is wrong is told with what was expected.
 * Method: a command of this test's own, given argument lists by hand. */
#include "cli/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct demo_args {
  const char *region, *out, *pair[2];
  kn_words source, floor;
  double max_km;
  int32_t count, word;
  bool fast;
} demo_args;

static const char *const words[] = {"value", "co2", NULL};

static const kn_opt demo_opts[] = {
    KN_OPT_PATH(demo_args, region, "REGION", "the region"),
    KN_OPT_PATHS(demo_args, source, "SOURCE", "the sources"),
    KN_OPT(KN_OPT_KIND_TEXT, demo_args, out, "FILE", "the result", .letter = 'o'),
    KN_OPT_REAL(demo_args, max_km, "KM", "how far"),
    KN_OPT_INT(demo_args, count, "N", "how many"),
    KN_OPT_WORD(demo_args, word, words, "which"),
    KN_OPT_MANY(demo_args, floor, "F", "floors"),
    KN_OPT_TWO(demo_args, pair, "A B", "both"),
    KN_OPT_FLAG(demo_args, fast, "quickly"),
    KN_OPT_END,
};

static const kn_command demo = {.name = "demo", .text = "a command", .example = "knoop demo", .opts = demo_opts};

/* main.c owns these; here they are only what parse.c needs. */
const kn_opt kn_cli_common[] = {
    KN_OPT_FLAG(kn_cli, json, "json"),
    KN_OPT_INT(kn_cli, threads, "N", "threads"),
    KN_OPT_FLAG(kn_cli, help, "help"),
    KN_OPT_END,
};
const kn_command *const kn_commands[] = {&demo, NULL};

enum { WORDS_MOST = 32 };
typedef struct line {
  char text[512];
  char *argv[WORDS_MOST];
  int argc;
} line;

/* Splits at blanks, as a shell would. */
static void
split(line *out, const char *text)
{
  snprintf(out->text, sizeof out->text, "%s", text);
  out->argc = 0;
  char *rest = NULL;
  for (char *word = strtok_r(out->text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
    out->argv[out->argc++] = word;
}

static kn_code
parse(const char *text, demo_args *args, kn_error *err)
{
  line words_of;
  split(&words_of, text);
  *args = (demo_args){0};
  *err = (kn_error){0};
  kn_cli cli = {.command = &demo};
  KN_TRY(kn_cli_take_common(&cli, &words_of.argc, words_of.argv, err));
  cli.argc = words_of.argc;
  cli.argv = words_of.argv;
  /* The texts must outlive this call for the tests to look at them. */
  static line kept;
  kept = words_of;
  for (int i = 0; i < kept.argc; i++)
    kept.argv[i] = kept.text + (words_of.argv[i] - words_of.text);
  cli.argv = kept.argv;
  return kn_cli_parse(&cli, demo_opts, args, err);
}

static void
every_kind_is_read(void **state)
{
  (void)state;
  demo_args args;
  kn_error err;
  assert_int_equal(
      parse("r.gpkg --max-km 12.5 a.csv --count=3 b.csv -o x.html --word co2 --floor p=1 --floor q=2 --pair k l --fast", &args,
            &err),
      KN_OK);
  assert_string_equal(args.region, "r.gpkg");
  assert_int_equal(args.source.n, 2);
  assert_string_equal(args.source.word[1], "b.csv");
  assert_true(args.max_km == 12.5);
  assert_int_equal(args.count, 3);
  assert_string_equal(args.out, "x.html");
  assert_int_equal(args.word, 1);
  assert_int_equal(args.floor.n, 2);
  assert_string_equal(args.floor.word[1], "q=2");
  assert_string_equal(args.pair[0], "k");
  assert_string_equal(args.pair[1], "l");
  assert_true(args.fast);
}

static void
after_two_dashes_all_are_places(void **state)
{
  (void)state;
  demo_args args;
  kn_error err;
  assert_int_equal(parse("-- --fast -o", &args, &err), KN_OK);
  assert_string_equal(args.region, "--fast");
  assert_string_equal(args.source.word[0], "-o");
  assert_false(args.fast);
}

static void
what_is_wrong_is_told(void **state)
{
  (void)state;
  static const struct {
    const char *line, *says;
  } cases[] = {
      {"", "REGION is missing"},
      {"r", "SOURCE is missing"},
      {"r a --fsat", "did you mean --fast?"},
      {"r a --nothing-like-it", "there is no option --nothing-like-it"},
      {"r a --max-km far", "--max-km far: expected a number"},
      {"r a --max-km 1,5", "expected a number"},
      {"r a --count 1.5", "expected a whole number"},
      {"r a --count 3000000000", "expected a whole number"},
      {"r a --word jobs", "expected one of value|co2"},
      {"r a --out", "--out needs a value: FILE"},
      {"r a --pair k", "--pair needs two values"},
      {"r a --threads -1", "--threads -1: expected 0"},
      {"r a --fast=yes", "there is no option --fast=yes"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    demo_args args;
    kn_error err;
    assert_int_equal(parse(cases[i].line, &args, &err), KN_E_USAGE);
    if (strstr(err.text, cases[i].says) == NULL)
      fail_msg("'%s' says '%s', not '%s'", cases[i].line, err.text, cases[i].says);
  }
}

static void
common_options_are_taken_wherever_they_stand(void **state)
{
  (void)state;
  line words_of;
  split(&words_of, "--json demo r --threads 4 a -- --help");
  kn_cli cli = {0};
  kn_error err = {0};
  assert_int_equal(kn_cli_take_common(&cli, &words_of.argc, words_of.argv, &err), KN_OK);
  assert_true(cli.json);
  assert_int_equal(cli.threads, 4);
  assert_false(cli.help);
  assert_int_equal(words_of.argc, 5);
  assert_string_equal(words_of.argv[0], "demo");
  assert_string_equal(words_of.argv[4], "--help");
}

static void
usage_and_help_name_every_option(void **state)
{
  (void)state;
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  kn_cli_help(out, &demo);
  fclose(out);
  assert_non_null(strstr(text, "usage: knoop demo REGION SOURCE... [-o FILE] [--max-km KM] [--count N]"));
  assert_non_null(strstr(text, "--word value|co2"));
  assert_non_null(strstr(text, "quickly"));
  assert_non_null(strstr(text, "knoop demo\n"));
  free(text);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_is_read),
      cmocka_unit_test(after_two_dashes_all_are_places),
      cmocka_unit_test(what_is_wrong_is_told),
      cmocka_unit_test(common_options_are_taken_wherever_they_stand),
      cmocka_unit_test(usage_and_help_name_every_option),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
