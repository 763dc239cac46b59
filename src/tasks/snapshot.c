/* One thread makes snapshots, one after another, of what is in the file when it begins. After each it rests for some times as long as
 * it took, so that steady writing does not keep a core busy; a single write is seen at once. */
#include "snapshot.h"

#include "internal.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double rests = 2, rest_most_s = 20;
/* Of what is known of words, each some 2.5 MB: how many there are at most, and how much each is asked before what it learned is
 * forgotten, so that it does not grow for ever. */
enum { WORDS_MOST = 8, WORDS_ASKED_MOST = 1000 };

typedef struct held {
  kn_snapshot view; /* first: a view is its held */
  kn_region *region;
  kn_market *market;
  kn_law *law;
  char stamp[64];
  int32_t holders; /* under the lock; the list itself is one */
} held;

/* What is known of words, for one who asks; made when it is first lent. */
typedef struct words {
  kn_knowledge *knowledge; /* NULL: not made yet */
  int32_t asked;
  bool is_lent;
} words;

struct kn_snapshots {
  kn_desk *desk;
  const kn_watch *watch;
  pthread_mutex_t lock;
  pthread_cond_t wanted, made;
  held *newest;
  kn_error err; /* of the last try; code KN_OK: it went well */
  char tried[64];
  int64_t begun, ended; /* tries */
  char asked[64];       /* the stamp that somebody missed */
  bool has_thread, is_ending, is_asked, is_making;
  pthread_t thread;
  pthread_mutex_t words_lock;
  pthread_cond_t words_back;
  words words[WORDS_MOST];
  int32_t words_count; /* one per core */
};

static void
free_held(held *one)
{
  if (one == NULL)
    return;
  kn_law_free(one->law);
  kn_market_free(one->market);
  kn_region_free(one->region);
  free(one);
}

static kn_code
read_stamp(kn_conn *conn, char out[64], kn_error *err)
{
  kn_arena *arena = kn_arena_new();
  kn_field stamp;
  const kn_code code = kn_conn_ask_one(conn, "region_stamp", NULL, 0, arena, &stamp, NULL, err);
  if (code == KN_OK)
    snprintf(out, 64, "%s %d", stamp.text, kn_task_today()); /* what rules and permits hold may be others tomorrow */
  kn_arena_free(arena);
  return code;
}

static kn_code
fill(kn_snapshots *snapshots, held *one, kn_error *err)
{
  /* The stamp before the rows: they are at least as new. */
  kn_conn *conn;
  KN_TRY(kn_desk_lend(snapshots->desk, NULL, &conn, err));
  const kn_code code = read_stamp(conn, one->stamp, err);
  kn_desk_give_back(conn);
  KN_TRY(code);
  kn_task task = KN_TASK_DEFAULTS;
  task.thread_count = 1;
  task.watch = snapshots->watch;
  KN_TRY(kn_task_region(&task, kn_desk_path(snapshots->desk), &one->region, err));
  KN_TRY(kn_market_new(&one->market, one->region, err));
  KN_TRY(kn_law_new(&one->law, one->region, NULL, kn_task_today(), err));
  one->view = (kn_snapshot){.region = one->region,
                            .market = one->market,
                            .law = one->law,
                            .has_year = kn_region_settings(one->region).plan_year != KN_BLANK_INT,
                            .edit_id = strtoll(strchr(one->stamp, '.') + 1, NULL, 10),
                            .stamp = one->stamp};
  return KN_OK;
}

/* Under the lock; what nobody holds any more is the caller's to free without it. */
static held *
let_go(held *one)
{
  return one != NULL && --one->holders == 0 ? one : NULL;
}

/* Under the lock; ends early when all ends. */
static void
rest(kn_snapshots *snapshots, double seconds)
{
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += (time_t)seconds;
  until.tv_nsec += (long)((seconds - floor(seconds)) * 1e9);
  if (until.tv_nsec >= 1000000000) {
    until.tv_sec++;
    until.tv_nsec -= 1000000000;
  }
  while (!snapshots->is_ending && pthread_cond_timedwait(&snapshots->wanted, &snapshots->lock, &until) == 0) {
  }
}

static void *
make_snapshots(void *arg)
{
  kn_snapshots *snapshots = arg;
  pthread_mutex_lock(&snapshots->lock);
  while (!snapshots->is_ending) {
    if (!snapshots->is_asked) {
      pthread_cond_wait(&snapshots->wanted, &snapshots->lock);
      continue;
    }
    snapshots->is_asked = false;
    snapshots->is_making = true;
    snapshots->begun++;
    pthread_mutex_unlock(&snapshots->lock);
    const double began = kn_store_seconds();
    kn_error err = {0};
    held *one = calloc(1, sizeof *one);
    const kn_code code = one != NULL ? fill(snapshots, one, &err) : kn_fail(&err, KN_E_LIMIT, "out of memory");
    const double took = kn_store_seconds() - began;
    if (took > KN_STANDS_BACK_FROM_S)
      kn_thread_stand_back();
    pthread_mutex_lock(&snapshots->lock);
    snprintf(snapshots->tried, sizeof snapshots->tried, "%s", one != NULL ? one->stamp : "");
    snapshots->err = err;
    snapshots->err.code = code;
    held *over = one;
    if (code == KN_OK && one != NULL) {
      one->holders = 1;
      over = let_go(snapshots->newest);
      snapshots->newest = one;
    }
    snapshots->is_making = false;
    snapshots->ended++;
    pthread_cond_broadcast(&snapshots->made);
    pthread_mutex_unlock(&snapshots->lock);
    free_held(over);
    malloc_trim(0); /* what a snapshot took came from the heaps of many threads, which keep it otherwise */
    pthread_mutex_lock(&snapshots->lock);
    rest(snapshots, fmin(rests * took, rest_most_s));
  }
  pthread_mutex_unlock(&snapshots->lock);
  return NULL;
}

kn_code
kn_snapshots_new(kn_snapshots **out, kn_desk *desk, const kn_watch *watch, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  if (*out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  (*out)->desk = desk;
  (*out)->watch = watch;
  pthread_mutex_init(&(*out)->lock, NULL);
  pthread_mutex_init(&(*out)->words_lock, NULL);
  pthread_cond_init(&(*out)->wanted, NULL);
  pthread_cond_init(&(*out)->made, NULL);
  pthread_cond_init(&(*out)->words_back, NULL);
  const int32_t cores = kn_thread_count(0);
  (*out)->words_count = cores < WORDS_MOST ? cores : WORDS_MOST;
  return KN_OK;
}

void
kn_snapshots_free(kn_snapshots *snapshots)
{
  if (snapshots == NULL)
    return;
  pthread_mutex_lock(&snapshots->lock);
  snapshots->is_ending = true;
  pthread_cond_broadcast(&snapshots->wanted);
  pthread_mutex_unlock(&snapshots->lock);
  if (snapshots->has_thread)
    pthread_join(snapshots->thread, NULL);
  free_held(let_go(snapshots->newest));
  pthread_cond_destroy(&snapshots->made);
  pthread_cond_destroy(&snapshots->wanted);
  pthread_mutex_destroy(&snapshots->lock);
  pthread_mutex_destroy(&snapshots->words_lock);
  pthread_cond_destroy(&snapshots->words_back);
  for (int32_t i = 0; i < snapshots->words_count; i++)
    kn_knowledge_free(snapshots->words[i].knowledge);
  free(snapshots);
}

/* Under the lock. */
static kn_code
ask_for(kn_snapshots *snapshots, const char *stamp, kn_error *err)
{
  if (!snapshots->has_thread && pthread_create(&snapshots->thread, NULL, make_snapshots, snapshots) != 0)
    return kn_fail(err, KN_E_LIMIT, "no more threads can be started");
  snapshots->has_thread = true;
  if (strcmp(snapshots->asked, stamp) == 0 &&
      (snapshots->is_asked || snapshots->is_making || strcmp(snapshots->tried, stamp) == 0))
    return KN_OK; /* it comes, or did not go well */
  snprintf(snapshots->asked, sizeof snapshots->asked, "%s", stamp);
  snapshots->is_asked = true;
  pthread_cond_signal(&snapshots->wanted);
  return KN_OK;
}

static kn_code
pick(kn_snapshots *snapshots, const char *stamp, const kn_snapshot **out, bool *is_current, kn_error *err)
{
  held *one = snapshots->newest;
  bool is_same = one != NULL && strcmp(one->stamp, stamp) == 0;
  if (!is_same)
    KN_TRY(ask_for(snapshots, stamp, err));
  /* Where there is none, the first try that begins after the asking says why: by its number, since the file may change before it, and
   * be another one than was asked for. */
  const bool has_failed = snapshots->err.code != KN_OK && strcmp(snapshots->tried, stamp) == 0;
  const int64_t try = has_failed ? 0 : snapshots->begun + (snapshots->is_asked || !snapshots->is_making);
  while (snapshots->newest == NULL && !snapshots->is_ending && snapshots->ended < try)
    pthread_cond_wait(&snapshots->made, &snapshots->lock);
  one = snapshots->newest;
  if (one == NULL) {
    if (err != NULL)
      *err = snapshots->err;
    return snapshots->err.code != KN_OK ? snapshots->err.code : kn_fail(err, KN_E_STOPPED, "stopping");
  }
  is_same = strcmp(one->stamp, stamp) == 0;
  if (is_current != NULL)
    *is_current = is_same;
  one->holders++;
  *out = &one->view;
  return KN_OK;
}

kn_code
kn_snapshots_take(kn_snapshots *snapshots, kn_conn *conn, const kn_snapshot **out, bool *is_current, kn_error *err)
{
  char stamp[64];
  *out = NULL;
  KN_TRY(read_stamp(conn, stamp, err));
  pthread_mutex_lock(&snapshots->lock);
  const kn_code code = pick(snapshots, stamp, out, is_current, err);
  pthread_mutex_unlock(&snapshots->lock);
  return code;
}

int32_t
kn_snapshot_today(const kn_snapshot *snapshot)
{
  return snapshot->has_year ? KN_BLANK_INT : kn_task_today();
}

void
kn_snapshot_let_go(kn_snapshots *snapshots, const kn_snapshot *snapshot)
{
  if (snapshot == NULL)
    return;
  pthread_mutex_lock(&snapshots->lock);
  held *over = let_go((held *)(void *)(uintptr_t)snapshot);
  pthread_mutex_unlock(&snapshots->lock);
  free_held(over);
}

/* One that nobody has, rather one that is made already; NULL: all are lent. Under the lock. */
static words *
idle_words(kn_snapshots *snapshots)
{
  words *empty = NULL;
  for (int32_t i = 0; i < snapshots->words_count; i++) {
    words *one = &snapshots->words[i];
    if (!one->is_lent && one->knowledge != NULL)
      return one;
    if (!one->is_lent && empty == NULL)
      empty = one;
  }
  return empty;
}

static words *
take_words(kn_snapshots *snapshots, kn_knowledge **worn)
{
  words *one;
  *worn = NULL;
  pthread_mutex_lock(&snapshots->words_lock);
  while ((one = idle_words(snapshots)) == NULL)
    pthread_cond_wait(&snapshots->words_back, &snapshots->words_lock);
  one->is_lent = true;
  if (one->asked++ == WORDS_ASKED_MOST) {
    *worn = one->knowledge;
    one->knowledge = NULL;
    one->asked = 1;
  }
  pthread_mutex_unlock(&snapshots->words_lock);
  return one;
}

kn_code
kn_snapshots_borrow_words(kn_snapshots *snapshots, kn_knowledge **out, kn_error *err)
{
  kn_knowledge *worn;
  words *one = take_words(snapshots, &worn);
  kn_knowledge_free(worn);
  *out = one->knowledge;
  if (*out != NULL)
    return KN_OK;
  const kn_code code = kn_knowledge_new(out, err);
  pthread_mutex_lock(&snapshots->words_lock);
  one->knowledge = code == KN_OK ? *out : NULL;
  one->is_lent = code == KN_OK;
  if (code != KN_OK)
    pthread_cond_signal(&snapshots->words_back);
  pthread_mutex_unlock(&snapshots->words_lock);
  return code;
}

void
kn_snapshots_return_words(kn_snapshots *snapshots, const kn_knowledge *knowledge)
{
  pthread_mutex_lock(&snapshots->words_lock);
  for (int32_t i = 0; i < snapshots->words_count; i++)
    if (snapshots->words[i].knowledge == knowledge)
      snapshots->words[i].is_lent = false;
  pthread_cond_signal(&snapshots->words_back);
  pthread_mutex_unlock(&snapshots->words_lock);
}
