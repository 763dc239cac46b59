/* What is known of words is lent to several at once, and never one of it to two.
 * Method: threads that borrow and give back, each writing its name on what it has. Under the thread sanitizer too. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "knoop/match.h"
#include "tasks/snapshot.h"

enum { THREADS = 12, ROUNDS = 40 };

typedef struct shared {
  kn_snapshots *snapshots;
  pthread_mutex_t lock;
  const kn_knowledge *lent[THREADS]; /* NULL: the thread has none */
  int32_t together;                  /* most that were lent at once */
  int32_t twice;                     /* lent to two */
} shared;

typedef struct asker {
  shared *all;
  int32_t at;
} asker;

static void
note(shared *all, int32_t at, const kn_knowledge *knowledge)
{
  int32_t lent = 0;
  pthread_mutex_lock(&all->lock);
  for (int32_t i = 0; i < THREADS && knowledge != NULL; i++)
    all->twice += all->lent[i] == knowledge;
  all->lent[at] = knowledge;
  for (int32_t i = 0; i < THREADS; i++)
    lent += all->lent[i] != NULL;
  all->together = lent > all->together ? lent : all->together;
  pthread_mutex_unlock(&all->lock);
}

static void *
ask(void *arg)
{
  const asker *me = arg;
  kn_error err = {0};
  for (int32_t round = 0; round < ROUNDS; round++) {
    kn_knowledge *knowledge;
    if (kn_snapshots_borrow_words(me->all->snapshots, &knowledge, &err) != KN_OK)
      return me->all;
    note(me->all, me->at, knowledge);
    kn_receiver receiver[3];
    int32_t count;
    const kn_receiver_ask question = {.resource = "houtzaagsel", .class_of = KN_MATERIAL};
    const kn_code code = kn_receivers_find(knowledge, &question, receiver, 3, &count, &err);
    note(me->all, me->at, NULL);
    kn_snapshots_return_words(me->all->snapshots, knowledge);
    if (code != KN_OK || count == 0)
      return me->all;
  }
  return NULL;
}

static void
words_are_lent_to_one_at_a_time_each(void **state)
{
  (void)state;
  shared all = {.lock = PTHREAD_MUTEX_INITIALIZER};
  asker askers[THREADS];
  pthread_t thread[THREADS];
  kn_error err = {0};
  assert_int_equal(kn_snapshots_new(&all.snapshots, NULL, NULL, &err), KN_OK);
  for (int32_t i = 0; i < THREADS; i++) {
    askers[i] = (asker){&all, i};
    assert_int_equal(pthread_create(&thread[i], NULL, ask, &askers[i]), 0);
  }
  for (int32_t i = 0; i < THREADS; i++) {
    void *failed;
    assert_int_equal(pthread_join(thread[i], &failed), 0);
    assert_null(failed);
  }
  assert_int_equal(all.twice, 0);
  assert_in_range(all.together, 1, kn_thread_count(0));
  kn_snapshots_free(all.snapshots);
}

/* Two at once, where there are two cores: the second need not wait for the first to give back. */
static void
two_have_words_side_by_side(void **state)
{
  (void)state;
  if (kn_thread_count(0) < 2)
    skip();
  kn_snapshots *snapshots;
  kn_knowledge *one, *two, *again;
  kn_error err = {0};
  assert_int_equal(kn_snapshots_new(&snapshots, NULL, NULL, &err), KN_OK);
  assert_int_equal(kn_snapshots_borrow_words(snapshots, &one, &err), KN_OK);
  assert_int_equal(kn_snapshots_borrow_words(snapshots, &two, &err), KN_OK);
  assert_ptr_not_equal(one, two);
  kn_snapshots_return_words(snapshots, one);
  assert_int_equal(kn_snapshots_borrow_words(snapshots, &again, &err), KN_OK);
  assert_ptr_equal(again, one); /* what is made is lent again, before another is made */
  kn_snapshots_return_words(snapshots, again);
  kn_snapshots_return_words(snapshots, two);
  kn_snapshots_free(snapshots);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_are_lent_to_one_at_a_time_each),
      cmocka_unit_test(two_have_words_side_by_side),
  };
  return cmocka_run_group_tests_name("tasks: words", tests, NULL, NULL);
}
