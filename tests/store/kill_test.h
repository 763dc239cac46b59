/* Processes that are killed, for the tests of this folder. */
#ifndef KILL_TEST_H
#define KILL_TEST_H

#include <signal.h>
#include <time.h>

#include "store_test.h"

static const double wait_s = 60; /* nobody gives up because the machine is busy */

static uint32_t random_state = 20261124;

/* xorshift32 */
static inline uint32_t
next_random(void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

static inline void
kill_after(pid_t child, uint32_t microseconds)
{
  nanosleep(&(struct timespec){.tv_sec = microseconds / 1000000, .tv_nsec = (long)(microseconds % 1000000) * 1000}, NULL);
  int status;
  assert_int_equal(kill(child, SIGKILL), 0);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status)); /* it was still writing */
}

/* Microseconds that children live at most, from now on: a machine may be busier or calmer than it was when that was measured. */
static inline void
live_otherwise(uint32_t *most_us, bool all_came_too_early)
{
  if (all_came_too_early && *most_us < 1000u * 1000 * 60)
    *most_us *= 2;
  else if (!all_came_too_early)
    *most_us = *most_us / 2 + 1;
}

/* The region in the file is that of its newest revision. */
static inline void
assert_digest_is_kept(kn_store *store)
{
  char digest[65];
  kn_error err = {0};
  kn_revision *latest;
  int64_t count;
  kn_arena *arena = kn_arena_new();
  test_digest(store, digest);
  assert_ok(kn_store_revisions(store, arena, 1, &latest, &count, &err), err);
  assert_string_equal(digest, latest->digest);
  kn_arena_free(arena);
}

#endif
