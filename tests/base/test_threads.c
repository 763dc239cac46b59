/* Aim: each item is done once, by whatever number of threads; watch and digest do what they say. */
#include <stdatomic.h>
#include <time.h>

#include "check.h"

#include "knoop/base.h"

enum { N = 10007 };

typedef struct job {
  int32_t *done;       /* [N] */
  int64_t *per_worker; /* [threads] */
  int32_t threads;
  int64_t chunk;
  _Atomic int32_t bad;
} job;

/* cmocka's asserts are for the main thread only, so a body counts what is wrong. */
static void
do_items(void *arg, int64_t first, int64_t last, int32_t worker)
{
  job *j = arg;
  if (first < 0 || last > N || first >= last || worker < 0 || worker >= j->threads || (j->chunk > 0 && last - first > j->chunk))
    atomic_fetch_add(&j->bad, 1);
  for (int64_t i = first; i < last; i++)
    j->done[i]++;
  j->per_worker[worker] += last - first;
}

static void
each_item_is_done_once(void **state)
{
  (void)state;
  kn_error err = {0};
  int32_t done[N];
  for (int32_t wanted = 0; wanted <= 8; wanted++)
    for (int64_t chunk = 0; chunk < 20000; chunk = chunk * 7 + 1) {
      int64_t per_worker[256] = {0};
      memset(done, 0, sizeof done);
      job j = {.done = done, .per_worker = per_worker, .threads = kn_thread_count(wanted), .chunk = chunk};
      assert_int_equal(kn_parallel(wanted, N, chunk, do_items, &j, &err), KN_OK);
      assert_int_equal(j.bad, 0);
      int64_t sum = 0;
      for (int i = 0; i < 256; i++)
        sum += per_worker[i];
      assert_int_equal(sum, N);
      for (int i = 0; i < N; i++)
        assert_int_equal(done[i], 1);
    }
}

static void
nothing_to_do_is_fine(void **state)
{
  (void)state;
  assert_int_equal(kn_parallel(4, 0, 10, NULL, NULL, NULL), KN_OK);
  assert_int_equal(kn_parallel(4, -3, 10, NULL, NULL, NULL), KN_OK);
}

/* Many short loops on the same threads, some with fewer chunks than there are workers, some after the helpers fell asleep. */
static void
team_does_each_item_once(void **state)
{
  (void)state;
  kn_error err = {0};
  int32_t done[N];
  for (int32_t wanted = 0; wanted <= 5; wanted++) {
    kn_team *team;
    assert_int_equal(kn_team_new(&team, wanted, &err), KN_OK);
    for (int turn = 0; turn < 300; turn++) {
      int64_t per_worker[256] = {0};
      const int64_t count = turn % 3 == 0 ? N : turn;
      memset(done, 0, sizeof done);
      job j = {.done = done, .per_worker = per_worker, .threads = kn_thread_count(wanted), .chunk = turn % 100};
      if (turn % 50 == 49)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
      assert_int_equal(kn_team_run(team, count, turn % 100, do_items, &j, &err), KN_OK);
      assert_int_equal(j.bad, 0);
      int64_t sum = 0;
      for (int i = 0; i < 256; i++)
        sum += per_worker[i];
      assert_int_equal(sum, count);
      for (int i = 0; i < N; i++)
        assert_int_equal(done[i], i < count);
    }
    kn_team_free(team);
  }
}

static void
team_has_nothing_to_do(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_team *team;
  kn_team_free(NULL);
  assert_int_equal(kn_team_new(&team, 4, &err), KN_OK);
  kn_team_free(team); /* before any loop */
  assert_int_equal(kn_team_new(&team, 4, &err), KN_OK);
  assert_int_equal(kn_team_run(team, 0, 10, NULL, NULL, &err), KN_OK);
  assert_int_equal(kn_team_run(team, INT64_MAX, 10, do_items, NULL, &err), KN_E_LIMIT);
  kn_team_free(team);
}

static void
thread_count_is_at_least_one(void **state)
{
  (void)state;
  assert_true(kn_thread_count(0) >= 1);
  assert_true(kn_thread_count(-5) >= 1);
  assert_int_equal(kn_thread_count(3), 3);
  assert_true(kn_thread_count(INT32_MAX) >= 1);
}

static void
keep_done(void *arg, const kn_progress *progress)
{
  *(double *)arg = progress->done;
}

static bool
say_stop(void *arg)
{
  (void)arg;
  return true;
}

static double
say_seconds(void *arg)
{
  (void)arg;
  return 12.5;
}

static void
watch_may_lack_anything(void **state)
{
  (void)state;
  const kn_progress progress = {.phase = "reading", .done = 3};
  kn_watch_tell(NULL, &progress);
  assert_false(kn_watch_is_stopped(NULL));
  assert_near(kn_watch_seconds(NULL), 0, 0);
  const kn_watch empty = {0};
  kn_watch_tell(&empty, &progress);
  assert_false(kn_watch_is_stopped(&empty));
  assert_near(kn_watch_seconds(&empty), 0, 0);
  double done = 0;
  const kn_watch full = {keep_done, say_stop, say_seconds, &done};
  kn_watch_tell(&full, &progress);
  assert_near(done, 3, 0);
  assert_true(kn_watch_is_stopped(&full));
  assert_near(kn_watch_seconds(&full), 12.5, 0);
}

/* BLAKE2b-256 of nothing and of "abc", as b2sum -l 256 prints them. */
static void
digest_is_blake2b(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_digest *digest;
  char hex[65];
  assert_int_equal(kn_digest_new(&digest, &err), KN_OK);
  kn_digest_end(digest, hex);
  assert_string_equal(hex, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  assert_int_equal(kn_digest_new(&digest, &err), KN_OK);
  kn_digest_add(digest, "a", 1);
  kn_digest_add(digest, "bc", 2);
  kn_digest_end(digest, hex);
  assert_string_equal(hex, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_item_is_done_once),
      cmocka_unit_test(nothing_to_do_is_fine),
      cmocka_unit_test(team_does_each_item_once),
      cmocka_unit_test(team_has_nothing_to_do),
      cmocka_unit_test(thread_count_is_at_least_one),
      cmocka_unit_test(watch_may_lack_anything),
      cmocka_unit_test(digest_is_blake2b),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
