/* The parts below the page: words, figures, escaping, the layout of streams, labels, outlines from bytes. */
#include "report_test.h"

#include "report/internal.h"

#include <locale.h>

static page *
blank(const char *language)
{
  page *p = calloc(1, sizeof *p);
  assert_non_null(p);
  p->scratch = kn_arena_new();
  p->tongue = tongue_find(language);
  p->settings.currency = "EUR";
  return p;
}

static void
drop(page *p)
{
  assert_int_equal(p->code, KN_OK);
  kn_arena_free(p->scratch);
  free(p->text);
  free(p);
}

/* {1} ... {9} used by a message, as bits. */
static unsigned
places_of(const char *text)
{
  unsigned bits = 0;
  for (const char *at = text; (at = strchr(at, '{')) != NULL; at++) {
    assert_true(at[1] >= '1' && at[1] <= '9' && at[2] == '}');
    bits |= 1u << (at[1] - '0');
  }
  return bits;
}

/* Every message is there in both languages, fills the same places, and differs somewhere from the other language. */
static void
both_languages_are_complete(void **state)
{
  (void)state;
  const tongue *en = tongue_find("en"), *nl = tongue_find("nl_BE.UTF-8");
  int same = 0;
  for (int id = 0; id < WORD_COUNT; id++) {
    const char *a = word_text(en, id), *b = word_text(nl, id);
    assert_non_null(a);
    assert_non_null(b);
    assert_true(*a && *b);
    assert_int_equal(places_of(a), places_of(b));
    assert_null(strpbrk(a, "<>&")); /* words are text; the page brings the markup */
    assert_null(strpbrk(b, "<>&"));
    same += strcmp(a, b) == 0;
  }
  assert_true(same < WORD_COUNT / 10);
  assert_string_equal(tongue_find("fr")->text, "en");
  assert_string_equal(tongue_find("xx")->text, "en");
  assert_string_equal(tongue_find(NULL)->text, "en");
  assert_string_equal(tongue_find("nld")->text, "en"); /* no code of two letters */
}

static void
figures_follow_the_language(void **state)
{
  (void)state;
  page *en = blank("en"), *nl = blank("nl");
  assert_string_equal(plain_exact(en, 1234.5, "t"), "1,234.5\u00a0t");
  assert_string_equal(plain_exact(nl, 1234.5, "t"), "1.234,5\u00a0t");
  assert_string_equal(plain(en, 61234, NULL), "61,000");
  assert_string_equal(plain(nl, 1260000, "EUR"), "1,3\u00a0miljoen\u00a0EUR");
  assert_string_equal(plain(nl, -0.0347, NULL), "−0,035");
  assert_string_equal(plain(en, 9.96, NULL), "10");
  assert_string_equal(plain(en, 0, NULL), "0");
  assert_string_equal(plain(en, 2.4e9, NULL), "2.4\u00a0billion");
  assert_string_equal(plain(nl, NAN, NULL), "niet bekend");
  assert_string_equal(counted(nl, 10488), "10.488");
  assert_string_equal(figure(en, 61234.5, "t"), "<data value=\"61234.5\" title=\"61,234.5\u00a0t\">61,000\u00a0t</data>");
  assert_string_equal(figure(en, 50, NULL), "<data value=\"50\">50</data>");
  drop(en);
  drop(nl);
}

/* "At most" may not be rounded down: whatever the number, the shown one is not below it. */
static void
bounds_round_up(void **state)
{
  (void)state;
  page *p = blank("en");
  uint64_t seed = 1;
  for (int i = 0; i < 2000; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    const double value = exp((double)(seed >> 40) / (double)(1 << 24) * 25 - 8);
    const char *shown = strchr(figure_most(p, value, NULL), '>') + 1;
    char digits[64];
    size_t n = 0;
    for (const char *at = shown; *at && *at != '<'; at++)
      if (*at != ',')
        digits[n++] = *at;
    digits[n] = '\0';
    const double scale = strstr(digits, "million") ? 1e6 : strstr(digits, "billion") ? 1e9 : 1;
    const double read = strtod(digits, NULL) * scale;
    assert_true(read >= value * (1 - 2e-9));
    assert_true(read <= value * 1.0011);
  }
  assert_string_equal(percent_most(p, 0), "0.0001%");
  assert_string_equal(percent_most(p, 0.01001), "1.1%");
  assert_string_equal(percent(p, 0.9999), "&gt;\u00a099%");
  assert_string_equal(percent(p, 1), "100%");
  assert_string_equal(percent(p, 0.00001), "&lt;\u00a00.1%");
  drop(p);
}

/* Coordinates keep their point whatever the locale of the process says. */
static void
numbers_ignore_the_locale(void **state)
{
  (void)state;
  static const char *const with_comma[] = {"nl_BE.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8", "nl_NL.UTF-8"};
  const char *set = NULL;
  for (size_t i = 0; i < 4 && !set; i++)
    set = setlocale(LC_NUMERIC, with_comma[i]);
  if (!set)
    skip();
  page *p = blank("en");
  assert_string_equal(made(p, "%g %g %g %g", 1.5, -0.25, 3.0, -12.345), "1.5 -0.25 3 -12.35");
  assert_string_equal(plain_exact(p, 1234.5, NULL), "1,234.5");
  drop(p);
  setlocale(LC_NUMERIC, "C");
}

static void
coordinates_have_two_decimals(void **state)
{
  (void)state;
  page *p = blank("en");
  assert_string_equal(made(p, "%g %g %g %g %g", 1.5, -0.25, 3.0, 0.001, 7.05), "1.5 -0.25 3 0 7.05");
  assert_string_equal(made(p, "%g %g", (double)NAN, (double)INFINITY), "0 0");
  drop(p);
}

/* What no page may hold becomes U+FFFD: bytes that are no UTF-8, surrogates, control characters, non-characters. */
static void
odd_bytes_are_replaced(void **state)
{
  (void)state;
  page *p = blank("en");
  assert_string_equal(made(p, "%t", "a<b>&\"'c"), "a&lt;b&gt;&amp;&quot;&#39;c");
  assert_string_equal(made(p, "%t", "x\x01y\x7fz"), "x\ufffdy\ufffdz");
  assert_string_equal(made(p, "%t", "\xc3"), "\ufffd");
  assert_string_equal(made(p, "%t", "\xed\xa0\x80"), "\ufffd\ufffd\ufffd");
  assert_string_equal(made(p, "%t", "\xef\xbf\xbf"), "\ufffd\ufffd\ufffd");
  assert_string_equal(made(p, "%t", "\xc0\xbc"), "\ufffd\ufffd");
  assert_string_equal(made(p, "%t", "é木🌳"), "é木🌳");
  assert_string_equal(made(p, "%t", (const char *)NULL), "");
  assert_string_equal(capitalised(p, "élan"), "Élan");
  assert_string_equal(uncapitalised(p, "Truck"), "truck");
  assert_string_equal(uncapitalised(p, "PVC film"), "PVC film");
  const char *cut = cut_to(p, "木材株式会社の木材", 60, 12);
  assert_int_equal(kn_text_bad_utf8(cut, strlen(cut)), -1);
  assert_true(text_width(cut, 12) <= 60 + 12);
  drop(p);
}

/* Random streams: nodes keep their gaps and the frame, ribbons leave and arrive within their nodes without overlap. */
static void
streams_keep_their_order(void **state)
{
  (void)state;
  uint64_t seed = 7;
  for (int round = 0; round < 40; round++) {
    page *p = blank("en");
    enum { NODES = 18, LINKS = 40 };
    stream_node node[NODES] = {{0}};
    stream_link link[LINKS] = {{0}};
    for (int i = 0; i < NODES; i++)
      node[i] = (stream_node){.column = i / 6, .rank = i, .least = 20 + i % 3 * 10};
    for (int i = 0; i < LINKS; i++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      link[i] = (stream_link){.from = (int32_t)((seed >> 33) % 12), .width = 1 + (double)((seed >> 50) % 20)};
      link[i].to = link[i].from < 6 ? 6 + (int32_t)((seed >> 20) % 12) : 12 + (int32_t)((seed >> 20) % 6);
    }
    stream_chart chart = {
        .node_count = NODES, .link_count = LINKS, .column_count = 3, .node = node, .link = link, .gap = 5, .top = 10};
    stream_lay(p, &chart);
    for (int i = 0; i < NODES; i++) {
      const double half = fmax(node[i].height, node[i].least) / 2, middle = node[i].y + node[i].height / 2;
      assert_true(middle - half >= 10 - 1e-6 && middle + half <= 10 + chart.height + 1e-6);
      for (int k = 0; k < NODES; k++) {
        const double other = node[k].y + node[k].height / 2, other_half = fmax(node[k].height, node[k].least) / 2;
        if (k != i && node[k].column == node[i].column)
          assert_true(fabs(other - middle) >= half + other_half + 5 - 1e-6);
      }
    }
    for (int i = 0; i < LINKS; i++) {
      const stream_node *a = &node[link[i].from], *b = &node[link[i].to];
      assert_true(link[i].y0 >= a->y - 1e-6 && link[i].y0 + link[i].width <= a->y + a->height + 1e-6);
      assert_true(link[i].y1 >= b->y - 1e-6 && link[i].y1 + link[i].width <= b->y + b->height + 1e-6);
      for (int k = 0; k < i; k++) {
        if (link[k].from == link[i].from)
          assert_true(link[k].y0 + link[k].width <= link[i].y0 + 1e-6 || link[i].y0 + link[i].width <= link[k].y0 + 1e-6);
        if (link[k].to == link[i].to)
          assert_true(link[k].y1 + link[k].width <= link[i].y1 + 1e-6 || link[i].y1 + link[i].width <= link[k].y1 + 1e-6);
      }
    }
    drop(p);
  }
}

/* A hundred labels at random points: those that are written overlap nothing. */
static void
labels_do_not_overlap(void **state)
{
  (void)state;
  page *p = blank("en");
  const map_frame frame = {.width = 600, .height = 400};
  map_boxes boxes = {0};
  uint64_t seed = 3;
  int64_t written = 0;
  for (int i = 0; i < 100; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    written += map_label(p, &frame, &boxes, (double)((seed >> 33) % 600), (double)((seed >> 20) % 400), i % 2 * 5,
                         "Houthalen-Helchteren", 12, "place");
  }
  assert_int_equal(boxes.count, written);
  assert_in_range(written, 10, 99);
  for (int64_t i = 0; i < boxes.count; i++)
    for (int64_t k = 0; k < i; k++)
      assert_true(boxes.box[i].x1 <= boxes.box[k].x0 || boxes.box[k].x1 <= boxes.box[i].x0 ||
                  boxes.box[i].y1 <= boxes.box[k].y0 || boxes.box[k].y1 <= boxes.box[i].y0);
  drop(p);
}

static void
count_points(void *arg, int64_t n, const uint8_t *point, int32_t stride, bool is_swapped)
{
  double lon, lat;
  for (int64_t i = 0; i < n; i++)
    map_wkb_point(point + i * stride, is_swapped, &lon, &lat);
  *(int64_t *)arg += n;
}

/* An outline cut off anywhere is refused without a byte read beyond its end (the sanitizers watch). */
static void
cut_outlines_are_refused(void **state)
{
  (void)state;
  uint8_t wkb[93];
  int64_t n = 0;
  const size_t length = test_square(wkb, 5, 51, 0.1);
  assert_true(map_wkb(wkb, length, count_points, &n));
  assert_int_equal(n, 5);
  for (size_t cut = 0; cut < length; cut++) {
    uint8_t *part = malloc(cut ? cut : 1);
    memcpy(part, wkb, cut);
    assert_false(map_wkb(part, cut, count_points, &n));
    free(part);
  }
  wkb[9] = wkb[10] = wkb[11] = wkb[12] = 0xff; /* four thousand million points */
  assert_false(map_wkb(wkb, length, count_points, &n));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_languages_are_complete),
      cmocka_unit_test(figures_follow_the_language),
      cmocka_unit_test(bounds_round_up),
      cmocka_unit_test(numbers_ignore_the_locale),
      cmocka_unit_test(coordinates_have_two_decimals),
      cmocka_unit_test(odd_bytes_are_replaced),
      cmocka_unit_test(streams_keep_their_order),
      cmocka_unit_test(labels_do_not_overlap),
      cmocka_unit_test(cut_outlines_are_refused),
  };
  return cmocka_run_group_tests_name("report parts", tests, NULL, NULL);
}
