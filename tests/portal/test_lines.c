/* Which connections are ended: those that let us wait, the longest waiting of the address that has most, and never those that wait for us. On
 * pairs of sockets; time is a number here. */
#include "portal/lines.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum { MOST = 64, ALL = 80 };
typedef struct crowd {
  kn_lines *lines;
  kn_line *line[ALL];
  int ours[ALL], theirs[ALL], count;
} crowd;

static crowd
begin(double patience_s)
{
  crowd all = {0};
  assert_int_equal(kn_lines_new(&all.lines, MOST, patience_s, NULL), KN_OK);
  return all;
}

static int
come(crowd *all, uint32_t address, double now_s)
{
  int pair[2];
  assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
  const struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = address};
  const int at = all->count++;
  all->ours[at] = pair[0];
  all->theirs[at] = pair[1];
  all->line[at] = kn_line_open(all->lines, pair[0], (const struct sockaddr *)(const void *)&from, now_s);
  assert_non_null(all->line[at]);
  return at;
}

static bool
is_ended(const crowd *all, int at)
{
  char byte;
  return recv(all->theirs[at], &byte, 1, 0) == 0;
}

static void
end(crowd *all)
{
  for (int i = 0; i < all->count; i++) {
    kn_line_close(all->lines, all->line[i]);
    close(all->ours[i]);
    close(all->theirs[i]);
  }
  assert_int_equal(kn_lines_count(all->lines).open, 0);
  kn_lines_free(all->lines);
}

/* A quarter is kept free: of 64 lines the 49th makes room for 5. */
static void
the_address_with_most_gives_way_first(void **state)
{
  (void)state;
  crowd all = begin(30);
  for (int i = 0; i < 10; i++)
    come(&all, 1, i); /* an office that does nothing just now, and was first */
  for (int i = 0; i < 38; i++)
    come(&all, 2, 10 + i);
  for (int i = 0; i < all.count; i++)
    assert_false(is_ended(&all, i));
  come(&all, 3, 50);
  int count = 0;
  for (int i = 0; i < all.count; i++) {
    count += is_ended(&all, i);
    assert_int_equal(is_ended(&all, i), i >= 10 && i < 15); /* the five that wait longest of the second */
  }
  assert_int_equal(count, 5);
  assert_int_equal(kn_lines_count(all.lines).crowded, 5);
  end(&all);
}

static void
who_waits_for_us_is_never_ended(void **state)
{
  (void)state;
  crowd all = begin(30);
  for (int i = 0; i < 48; i++)
    kn_line_turn(all.line[come(&all, 1, 0)], KN_LINE_OURS, 0);
  for (int i = 0; i < 8; i++)
    come(&all, 1, 1 + i);
  for (int i = 0; i < 48; i++)
    assert_false(is_ended(&all, i));
  for (int second = 1; second < 1000; second++)
    kn_lines_look(all.lines, second);
  for (int i = 0; i < 48; i++)
    assert_false(is_ended(&all, i));
  for (int i = 48; i < 56; i++)
    assert_true(is_ended(&all, i));
  end(&all);
}

/* Ten seconds, and one more for each 2,000 bytes of a body. */
static void
patience_grows_with_what_comes(void **state)
{
  (void)state;
  crowd all = begin(10);
  const int head = come(&all, 1, 0), body = come(&all, 1, 0), good = come(&all, 1, 0);
  kn_line_turn(all.line[body], KN_LINE_BODY, 0);
  kn_line_turn(all.line[good], KN_LINE_BODY, 0);
  kn_line_came(all.line[body], 5 * KN_LINE_RATE);
  kn_lines_look(all.lines, 9.9);
  assert_false(is_ended(&all, head));
  for (int second = 10; second < 60; second++) {
    kn_line_came(all.line[good], 2 * KN_LINE_RATE);
    kn_lines_look(all.lines, second + 0.5);
    assert_true(is_ended(&all, head));
    assert_int_equal(is_ended(&all, body), second >= 15);
    assert_false(is_ended(&all, good));
  }
  /* The next request begins anew. */
  kn_line_turn(all.line[good], KN_LINE_HEAD, 60);
  kn_lines_look(all.lines, 69);
  assert_false(is_ended(&all, good));
  kn_lines_look(all.lines, 71);
  assert_true(is_ended(&all, good));
  assert_int_equal(kn_lines_count(all.lines).slow, 3);
  end(&all);
}

/* What they sent and we have not read: a thread of ours that is late is no fault of theirs. */
static void
who_has_sent_is_waited_for_until_it_is_read(void **state)
{
  (void)state;
  char bytes[8];
  crowd all = begin(10);
  const int sent = come(&all, 1, 0), silent = come(&all, 2, 0);
  assert_int_equal(send(all.theirs[sent], "GET", 3, 0), 3);
  kn_lines_look(all.lines, 11);
  assert_false(is_ended(&all, sent));
  assert_true(is_ended(&all, silent));
  assert_int_equal(recv(all.ours[sent], bytes, sizeof bytes, 0), 3);
  kn_lines_look(all.lines, 12);
  assert_true(is_ended(&all, sent));
  end(&all);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_address_with_most_gives_way_first), cmocka_unit_test(who_waits_for_us_is_never_ended),
      cmocka_unit_test(patience_grows_with_what_comes), cmocka_unit_test(who_has_sent_is_waited_for_until_it_is_read)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
