/* Loops over several threads. Threads live as long as the call: nothing is kept between calls. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "knoop/base.h"

enum { MOST_THREADS = 256 };

int32_t
kn_thread_count(int32_t wanted)
{
  if (wanted <= 0) {
    cpu_set_t set;
    wanted = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  }
  return wanted < 1 ? 1 : wanted > MOST_THREADS ? MOST_THREADS : wanted;
}

void
kn_thread_stand_back(void)
{
  enum { GIVE_WAY = 5 };
  setpriority(PRIO_PROCESS, 0, GIVE_WAY); /* on Linux of this thread alone; should it fail, all share alike */
}

typedef struct loop {
  _Atomic int64_t next; /* first item of the next chunk */
  int64_t count, chunk;
  kn_body body;
  void *arg;
} loop;

typedef struct worker {
  loop *work;
  int32_t number;
} worker;

static void
run(loop *work, int32_t number)
{
  for (;;) {
    const int64_t first = atomic_fetch_add_explicit(&work->next, work->chunk, memory_order_relaxed);
    if (first >= work->count)
      return;
    const int64_t left = work->count - first;
    work->body(work->arg, first, first + (left < work->chunk ? left : work->chunk), number);
  }
}

static void *
run_worker(void *arg)
{
  const worker *self = arg;
  run(self->work, self->number);
  return NULL;
}

kn_code
kn_parallel(int32_t thread_count, int64_t count, int64_t chunk, kn_body body, void *arg, kn_error *err)
{
  if (count <= 0)
    return KN_OK;
  if (count > INT64_MAX / 4)
    return kn_fail(err, KN_E_LIMIT, "a loop over %" PRId64 " items is too long", count);
  int64_t threads = kn_thread_count(thread_count);
  if (chunk < 1)
    chunk = count / (8 * threads) + 1;
  /* No chunk is larger than the loop, so that the counter of the last takers cannot overflow. */
  if (chunk > count)
    chunk = count;
  const int64_t chunks = (count + chunk - 1) / chunk;
  if (threads > chunks)
    threads = chunks;

  loop work = {.count = count, .chunk = chunk, .body = body, .arg = arg};
  pthread_t thread[MOST_THREADS];
  worker workers[MOST_THREADS];
  int64_t started = 0;
  for (; started < threads - 1; started++) {
    workers[started] = (worker){.work = &work, .number = (int32_t)started + 1};
    /* When the system gives no more threads, those there are do the work. */
    if (pthread_create(&thread[started], NULL, run_worker, &workers[started]) != 0)
      break;
  }
  run(&work, 0);
  for (int64_t i = 0; i < started; i++)
    pthread_join(thread[i], NULL);
  return KN_OK;
}
