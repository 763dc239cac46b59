/* The thread that writes: takes what waits, does it one after another, and commits all of it at once.
 *
 *   waiting ──taken──> doing, in a savepoint of its own ──ok──> kept ──commit on disk──> done
 *                                  └─refused─> taken back ────────────────────────────> done, with its error
 *                                                          commit fails ──────────────> all done, with that error
 *
 * While a commit waits for the disk others queue up, so the more write at once, the more share one commit. The lock file is held
 * for the length of a group only: commands on the same file take their turn between two groups, which are parted for as long as that needs
 * where one waits. */
#include <stdlib.h>
#include <string.h>

#include "store/desk_internal.h"

/* References are checked when a transaction ends; one write must not make the whole group fail there. */
static kn_code
check_references(kn_conn *conn, kn_error *err)
{
  int open = 0, highest = 0;
  sqlite3_db_status(conn->store->db, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &highest, 0);
  return open == 0 ? KN_OK : kn_fail(err, KN_E_INPUT, "a row names another one that is not there, or is named by one");
}

/* Was this asked for before? Keys are kept for a day: see once_forget. */
static kn_code
check_once(kn_conn *conn, kn_error *err)
{
  kn_once *once = conn->viewer != NULL ? conn->viewer->once : NULL;
  if (once == NULL || once->is_used)
    return KN_OK;
  char now[32];
  kn_store_now(now);
  int64_t added;
  const kn_bind bind[] = {KN_BIND_TEXT("key", once->key), KN_BIND_TEXT("now", now)};
  KN_TRY(kn_conn_run(conn, "once_add", bind, KN_COUNT_OF(bind), &added, err));
  once->is_used = true;
  once->is_repeat = added == 0;
  return added > 0 ? KN_OK : kn_fail(err, KN_E_CONFLICT, "this was done before");
}

static kn_code
do_order(kn_conn *conn, kn_writing_order *order)
{
  kn_error *err = order->err;
  KN_TRY(kn_sql_run(conn->store, "SAVEPOINT one", err));
  kn_conn_look(conn, order->viewer);
  kn_code code = check_once(conn, err);
  if (code == KN_OK)
    code = order->write(conn, order->arg, err);
  if (code == KN_OK)
    code = check_references(conn, err);
  kn_conn_look(conn, NULL);
  if (code == KN_OK)
    return kn_sql_run(conn->store, "RELEASE one", err);
  /* An error of the disk may have ended the whole transaction. */
  if (!sqlite3_get_autocommit(conn->store->db))
    sqlite3_exec(conn->store->db, "ROLLBACK TO one; RELEASE one", NULL, NULL, NULL);
  return code;
}

/* *is_awaited: a command waits for the file as well. */
static kn_code
commit_group(kn_desk *desk, kn_writing_order *group, bool *is_awaited, kn_error *err)
{
  kn_store *store = desk->writer->store;
  kn_lock *lock;
  KN_TRY(kn_lock_take(&lock, store->real, store->path, &desk->settings, err));
  kn_code code = kn_sql_run(store, "BEGIN IMMEDIATE", err);
  bool is_open = code == KN_OK;
  for (kn_writing_order *order = group; is_open && order != NULL; order = order->next) {
    const kn_desk_work before = kn_desk_work_here();
    order->code = do_order(desk->writer, order);
    order->work = kn_desk_work_since(before);
    is_open = !sqlite3_get_autocommit(store->db);
  }
  if (code == KN_OK && !is_open)
    code = kn_fail(err, KN_E_IO, "%s: the disk refused a write, so nothing was written", store->path);
  if (code == KN_OK)
    code = kn_sql_run(store, "COMMIT", err);
  kn_sql_roll_back(store);
  *is_awaited = kn_lock_is_awaited(lock);
  kn_lock_drop(lock);
  return code;
}

static void *
write_groups(void *arg)
{
  kn_desk *desk = arg;
  pthread_mutex_lock(&desk->lock);
  for (;;) {
    while (desk->first == NULL && !desk->is_closing)
      pthread_cond_wait(&desk->came, &desk->lock);
    if (desk->first == NULL)
      break;
    kn_writing_order *group = desk->first;
    desk->first = NULL;
    desk->last = &desk->first;
    pthread_mutex_unlock(&desk->lock);
    kn_error err = {0};
    bool is_awaited = false;
    const kn_code code = commit_group(desk, group, &is_awaited, &err);
    desk->version++;
    pthread_mutex_lock(&desk->lock);
    while (group != NULL) {
      kn_writing_order *next = group->next; /* the order is its owner's again once done */
      if (code != KN_OK) {
        group->code = code;
        if (group->err != NULL)
          *group->err = err;
      }
      if (group->is_posted)
        free(group);
      else
        group->is_done = true;
      group = next;
    }
    pthread_cond_broadcast(&desk->went);
    if (is_awaited) {
      pthread_mutex_unlock(&desk->lock);
      kn_lock_leave();
      pthread_mutex_lock(&desk->lock);
    }
  }
  pthread_mutex_unlock(&desk->lock);
  return NULL;
}

kn_code
kn_writer_start(kn_desk *desk, kn_error *err)
{
  if (pthread_create(&desk->thread, NULL, write_groups, desk) != 0)
    return kn_fail(err, KN_E_LIMIT, "no more threads can be started");
  desk->has_thread = true;
  return KN_OK;
}

void
kn_writer_stop(kn_desk *desk)
{
  if (!desk->has_thread)
    return;
  pthread_mutex_lock(&desk->lock);
  desk->is_closing = true;
  pthread_cond_broadcast(&desk->came);
  pthread_mutex_unlock(&desk->lock);
  pthread_join(desk->thread, NULL);
  desk->has_thread = false;
}

kn_code
kn_desk_write(kn_desk *desk, const kn_viewer *viewer, kn_desk_writing write, void *arg, kn_error *err)
{
  kn_writing_order order = {.viewer = viewer, .write = write, .arg = arg, .err = err};
  pthread_mutex_lock(&desk->lock);
  if (desk->is_closing) {
    pthread_mutex_unlock(&desk->lock);
    return kn_fail(err, KN_E_STOPPED, "the desk is closing");
  }
  *desk->last = &order;
  desk->last = &order.next;
  pthread_cond_signal(&desk->came);
  while (!order.is_done)
    pthread_cond_wait(&desk->went, &desk->lock);
  pthread_mutex_unlock(&desk->lock);
  kn_work_add(order.work);
  return order.code;
}

kn_code
kn_desk_post(kn_desk *desk, kn_desk_writing write, const void *arg, size_t arg_bytes, kn_error *err)
{
  static const kn_viewer nobody = {.role = KN_PUBLIC};
  kn_writing_order *order = malloc(sizeof *order + arg_bytes); /* arg stands behind it */
  if (order == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  *order = (kn_writing_order){.viewer = &nobody, .write = write, .arg = order + 1, .is_posted = true};
  memcpy(order + 1, arg, arg_bytes);
  pthread_mutex_lock(&desk->lock);
  const bool is_closing = desk->is_closing;
  if (!is_closing) {
    *desk->last = order;
    desk->last = &order->next;
    pthread_cond_signal(&desk->came);
  }
  pthread_mutex_unlock(&desk->lock);
  if (!is_closing)
    return KN_OK;
  free(order);
  return kn_fail(err, KN_E_STOPPED, "the desk is closing");
}
