/* Aim: text is checked to the byte, compared as people compare names, and found again among a million keys. */
#include "check.h"

#include "knoop/base.h"

static int64_t
bad_at(const char *text)
{
  return kn_text_bad_utf8(text, strlen(text));
}

/* RFC 3629, section 4, and the table of well-formed sequences of the Unicode standard (3-7). */
static void
utf8_is_checked_to_the_byte(void **state)
{
  (void)state;
  assert_int_equal(bad_at(""), -1);
  assert_int_equal(bad_at("plain ASCII, longer than eight bytes"), -1);
  assert_int_equal(bad_at("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8C\xB3 \xF4\x8F\xBF\xBF"), -1);
  assert_int_equal(bad_at("caf\xE9 au lait"), 3);       /* Latin-1 */
  assert_int_equal(bad_at("12345678\xC3"), 8);          /* ends inside a letter */
  assert_int_equal(bad_at("a\xC0\xAF"), 1);             /* overlong '/' */
  assert_int_equal(bad_at("\xE0\x80\xAF"), 0);          /* overlong, three bytes */
  assert_int_equal(bad_at("\xF0\x80\x80\xAF"), 0);      /* overlong, four bytes */
  assert_int_equal(bad_at("ab\xED\xA0\x80"), 2);        /* surrogate */
  assert_int_equal(bad_at("\xF4\x90\x80\x80"), 0);      /* above 10FFFF */
  assert_int_equal(bad_at("\xF8\x88\x80\x80\x80"), 0);  /* five bytes */
  assert_int_equal(bad_at("abcdefghijklmnop\x80"), 16); /* continuation alone, behind two blocks of eight */
  assert_int_equal(kn_text_bad_utf8("a\0b\xFF", 4), 3); /* NUL is a letter like others */
}

static void
expect_fold(const char *text, const char *folded)
{
  char out[200];
  assert_int_equal(kn_text_fold(out, sizeof out, text), strlen(folded));
  assert_string_equal(out, folded);
}

static void
names_fold_to_what_is_compared(void **state)
{
  (void)state;
  expect_fold("", "");
  expect_fold("  Poort Genk -- N.V.  ", "poort genk n v");
  expect_fold("Li\xC3\xA8ge", "liege");
  expect_fold("Lie\xCC\x80ge", "liege"); /* accent as a mark of its own */
  expect_fold("\xC5\x92uvre d'\xC3\x89t\xC3\xA9", "oeuvre d ete");
  expect_fold("STRASSE Stra\xC3\x9F"
              "e",
              "strasse strasse");
  expect_fold("\xC5\x81\xC3\xB3"
              "d\xC5\xBA",
              "lodz");
  expect_fold("m\xC2\xB3 \xE2\x80\x93 CO\xE2\x82\x82", "m3 co\xE2\x82\x82");
  expect_fold("\xCE\x91\xCE\xB8\xCE\xAE\xCE\xBD\xCE\xB1", "\xCE\xB1\xCE\xB8\xCE\xB7\xCE\xBD\xCE\xB1");
  expect_fold("\xD0\x9C\xD0\xBE\xD1\x81\xD0\xBA\xD0\xB2\xD0\xB0", "\xD0\xBC\xD0\xBE\xD1\x81\xD0\xBA\xD0\xB2\xD0\xB0");
  expect_fold("\xF0\x9F\x8C\xB3 bad\xFF"
              "byte",
              "bad byte");
}

static void
fold_is_cut_between_letters(void **state)
{
  (void)state;
  char out[8];
  for (size_t size = 0; size <= sizeof out; size++) {
    memset(out, '#', sizeof out);
    assert_int_equal(kn_text_fold(out, size, "\xCE\xB1\xCE\xB2\xCE\xB3\xCE\xB4"), 8);
    if (size == 0)
      assert_int_equal(out[0], '#');
    else
      assert_int_equal(strlen(out), (size - 1) / 2 * 2);
  }
}

/* CA -> ABC is 2 with a letter put between swapped ones (the restricted distance says 3). */
static void
distance_counts_slips(void **state)
{
  (void)state;
  assert_int_equal(kn_text_distance("", "", 3), 0);
  assert_int_equal(kn_text_distance("offer", "Offer", 3), 0);
  assert_int_equal(kn_text_distance("", "abc", 5), 3);
  assert_int_equal(kn_text_distance("kitten", "sitting", 5), 3);
  assert_int_equal(kn_text_distance("resource_id", "resuorce_id", 5), 1);
  assert_int_equal(kn_text_distance("CA", "ABC", 5), 2);
  assert_int_equal(kn_text_distance("caf\xC3\xA9", "cafe", 5), 1);
  assert_int_equal(kn_text_distance("\xC3\x89t\xC3\xA9", "\xC3\xA9t\xC3\xA9", 5), 0);
  assert_int_equal(kn_text_distance("abcdef", "uvwxyz", 2), 3);
  assert_int_equal(kn_text_distance("a", "abcdefgh", 2), 3);
}

/* The definition itself (Lowrance & Wagner 1975) on a full table: the answer to compare with. */
static int32_t
plain_distance(const char *a, const char *b)
{
  const int n = (int)strlen(a), m = (int)strlen(b);
  int d[20][20], last_row[256] = {0};
  const int most = n + m;
  d[0][0] = most;
  for (int i = 0; i <= n; i++) {
    d[i + 1][0] = most;
    d[i + 1][1] = i;
  }
  for (int j = 0; j <= m; j++) {
    d[0][j + 1] = most;
    d[1][j + 1] = j;
  }
  for (int i = 1; i <= n; i++) {
    int last_column = 0;
    for (int j = 1; j <= m; j++) {
      const int row = last_row[(unsigned char)b[j - 1]], column = last_column;
      const bool is_same = a[i - 1] == b[j - 1];
      int best = d[i][j] + !is_same;
      if (is_same)
        last_column = j;
      best = d[i + 1][j] + 1 < best ? d[i + 1][j] + 1 : best;
      best = d[i][j + 1] + 1 < best ? d[i][j + 1] + 1 : best;
      const int swapped = d[row][column] + (i - row - 1) + 1 + (j - column - 1);
      d[i + 1][j + 1] = swapped < best ? swapped : best;
    }
    last_row[(unsigned char)a[i - 1]] = i;
  }
  return d[n + 1][m + 1];
}

static void
distance_is_the_defined_one(void **state)
{
  (void)state;
  check_random r = {7};
  for (int trial = 0; trial < 20000; trial++) {
    char a[16] = {0}, b[16] = {0};
    const int n = random_below(&r, 10), m = random_below(&r, 10);
    for (int i = 0; i < n; i++)
      a[i] = (char)('a' + random_below(&r, 4));
    for (int j = 0; j < m; j++)
      b[j] = (char)('a' + random_below(&r, 4));
    const int32_t plain = plain_distance(a, b), limit = random_below(&r, 12);
    const int32_t found = kn_text_distance(a, b, limit);
    if (found != (plain <= limit ? plain : limit + 1))
      fail_msg("'%s' and '%s' are %d apart, not %d (limit %d)", a, b, plain, found, limit);
    assert_int_equal(kn_text_distance(b, a, limit), found);
  }
}

static void
long_texts_have_a_distance_too(void **state)
{
  (void)state;
  char a[1001], b[1001];
  memset(a, 'a', 1000);
  memset(b, 'a', 1000);
  a[1000] = b[1000] = '\0';
  b[10] = 'b';
  b[990] = 'c';
  assert_int_equal(kn_text_distance(a, b, 5), 2);
}

static void
copy_is_ended(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_arena *arena = kn_arena_new();
  const char *copy;
  assert_int_equal(kn_text_copy(&copy, arena, "abcdef", 3, &err), KN_OK);
  assert_string_equal(copy, "abc");
  assert_int_equal(kn_text_copy(&copy, arena, "", 0, &err), KN_OK);
  assert_string_equal(copy, "");
  assert_int_equal(kn_text_copy(&copy, NULL, "abc", 3, &err), KN_E_LIMIT);
  kn_arena_free(arena);
}

static void
keys_are_found_again(void **state)
{
  (void)state;
  enum { N = 200000, LENGTH = 24 };
  kn_error err = {0};
  kn_keymap *map;
  assert_int_equal(kn_keymap_new(&map, 10, &err), KN_OK); /* expects far too few: it grows */
  char(*keys)[LENGTH] = malloc((size_t)N * LENGTH);
  int32_t row;
  for (int32_t i = 0; i < N; i++) {
    /* Lengths of 1 to 22 bytes, differing at the end, in the middle or in length only. */
    snprintf(keys[i], LENGTH, "%0*d%s", 1 + i % 17, i, i % 3 == 0 ? "" : "_site");
    assert_int_equal(kn_keymap_find(map, keys[i]), -1);
    assert_int_equal(kn_keymap_put(map, keys[i], i, &row, &err), KN_OK);
    assert_int_equal(row, -1);
  }
  for (int32_t i = 0; i < N; i++) {
    char copy[LENGTH];
    memcpy(copy, keys[i], LENGTH); /* found by its letters, not by its address */
    assert_int_equal(kn_keymap_find(map, copy), i);
  }
  assert_int_equal(kn_keymap_put(map, "00000007_site", 5, &row, &err), KN_OK); /* there already: keeps its row */
  assert_int_equal(row, 7);
  assert_int_equal(kn_keymap_find(map, "00000007_site"), 7);
  assert_int_equal(kn_keymap_find(map, ""), -1);
  assert_int_equal(kn_keymap_put(map, "", 99, &row, &err), KN_OK);
  assert_int_equal(kn_keymap_find(map, ""), 99);
  kn_keymap_free(map);
  kn_keymap_free(NULL);
  free(keys);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(utf8_is_checked_to_the_byte),
      cmocka_unit_test(names_fold_to_what_is_compared),
      cmocka_unit_test(fold_is_cut_between_letters),
      cmocka_unit_test(distance_counts_slips),
      cmocka_unit_test(distance_is_the_defined_one),
      cmocka_unit_test(long_texts_have_a_distance_too),
      cmocka_unit_test(copy_is_ended),
      cmocka_unit_test(keys_are_found_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
