/* Threads that wait between loops.
 *
 * One word says all: whether a loop is open, which one (a number that rises), and how many threads are in it. A thread comes in
 * only while the loop is open and counts itself in by the same atomic step, so the caller, who closes the loop when nothing of
 * it is left, knows for whom to wait; who comes too late finds it closed. Threads that find nothing for a while turn round,
 * giving way to others, and then sleep. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "knoop/base.h"

enum { IS_OPEN = 1, ONE_INSIDE = 2, LOOP = 1 << 16, TURNS = 256, LOOKS = 16 };

struct kn_team {
  _Atomic uint64_t state; /* LOOP * number + ONE_INSIDE * threads in it + IS_OPEN */
  /* The loop of now: written while none is open. */
  _Atomic int64_t next;
  int64_t count, chunk;
  kn_body body;
  void *arg;
  /* Those who sleep. */
  pthread_mutex_t lock;
  pthread_cond_t called;
  _Atomic int32_t asleep;
  _Atomic bool is_over;
  _Atomic int32_t numbers; /* given to workers; the caller is 0 */
  int32_t helper_count;
  pthread_t helper[];
};

static inline void
wait_a_little(void)
{
#if defined __x86_64__ || defined __i386__
  __builtin_ia32_pause();
#elif defined __aarch64__
  __asm__ volatile("yield");
#endif
}

static void
take_chunks(kn_team *team, int32_t worker)
{
  for (;;) {
    const int64_t first = atomic_fetch_add_explicit(&team->next, team->chunk, memory_order_relaxed);
    if (first >= team->count)
      return;
    const int64_t left = team->count - first;
    team->body(team->arg, first, first + (left < team->chunk ? left : team->chunk), worker);
  }
}

static bool
is_news(uint64_t state, uint64_t last)
{
  return (state & IS_OPEN) && state / LOOP != last;
}

/* Waits for a loop after `last` and comes in: its number. 0: there will be no more. */
static uint64_t
come_in(kn_team *team, uint64_t last)
{
  for (int turn = 0;; turn++) {
    uint64_t state = atomic_load(&team->state);
    if (is_news(state, last)) {
      if (atomic_compare_exchange_weak(&team->state, &state, state + ONE_INSIDE))
        return state / LOOP;
      continue;
    }
    if (atomic_load(&team->is_over))
      return 0;
    if (turn < TURNS) {
      for (int look = 0; look < LOOKS; look++)
        wait_a_little();
      sched_yield();
      continue;
    }
    turn = 0;
    pthread_mutex_lock(&team->lock);
    atomic_fetch_add(&team->asleep, 1);
    while (!is_news(atomic_load(&team->state), last) && !atomic_load(&team->is_over))
      pthread_cond_wait(&team->called, &team->lock);
    atomic_fetch_sub(&team->asleep, 1);
    pthread_mutex_unlock(&team->lock);
  }
}

static void *
help(void *arg)
{
  kn_team *team = arg;
  const int32_t worker = atomic_fetch_add(&team->numbers, 1) + 1;
  for (uint64_t loop = come_in(team, 0); loop != 0; loop = come_in(team, loop)) {
    take_chunks(team, worker);
    atomic_fetch_sub(&team->state, ONE_INSIDE);
  }
  return NULL;
}

static void
wake_all(kn_team *team)
{
  pthread_mutex_lock(&team->lock);
  pthread_cond_broadcast(&team->called);
  pthread_mutex_unlock(&team->lock);
}

kn_code
kn_team_new(kn_team **out, int32_t thread_count, kn_error *err)
{
  *out = NULL;
  const int32_t helpers = kn_thread_count(thread_count) - 1;
  if (helpers == 0)
    return KN_OK;
  kn_team *team = calloc(1, sizeof *team + (size_t)helpers * sizeof *team->helper);
  if (team == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory left for %d threads", (int)helpers + 1);
  pthread_mutex_init(&team->lock, NULL);
  pthread_cond_init(&team->called, NULL);
  /* When the system gives no more threads, those there are do the work. */
  while (team->helper_count < helpers && pthread_create(&team->helper[team->helper_count], NULL, help, team) == 0)
    team->helper_count++;
  *out = team;
  return KN_OK;
}

kn_code
kn_team_run(kn_team *team, int64_t count, int64_t chunk, kn_body body, void *arg, kn_error *err)
{
  if (count <= 0)
    return KN_OK;
  if (count > INT64_MAX / 4)
    return kn_fail(err, KN_E_LIMIT, "a loop over %" PRId64 " items is too long", count);
  if (chunk < 1)
    chunk = count / (8 * (team ? team->helper_count + 1 : 1)) + 1;
  if (team == NULL || team->helper_count == 0 || chunk >= count) {
    for (int64_t first = 0; first < count; first += chunk)
      body(arg, first, first + (count - first < chunk ? count - first : chunk), 0);
    return KN_OK;
  }
  team->count = count;
  team->chunk = chunk;
  team->body = body;
  team->arg = arg;
  atomic_store(&team->next, 0);
  const uint64_t number = atomic_load(&team->state) / LOOP + 1;
  atomic_store(&team->state, number * LOOP + IS_OPEN);
  if (atomic_load(&team->asleep) > 0)
    wake_all(team);
  take_chunks(team, 0);
  uint64_t state = atomic_fetch_and(&team->state, ~(uint64_t)IS_OPEN);
  for (int turn = 1; state / ONE_INSIDE % (LOOP / ONE_INSIDE) != 0; turn++, state = atomic_load(&team->state)) {
    wait_a_little();
    if (turn % LOOKS == 0)
      sched_yield();
  }
  return KN_OK;
}

void
kn_team_free(kn_team *team)
{
  if (team == NULL)
    return;
  atomic_store(&team->is_over, true);
  wake_all(team);
  for (int32_t i = 0; i < team->helper_count; i++)
    pthread_join(team->helper[i], NULL);
  pthread_cond_destroy(&team->called);
  pthread_mutex_destroy(&team->lock);
  free(team);
}
