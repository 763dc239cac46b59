/* What the files of the desk share. */
#ifndef KN_STORE_DESK_INTERNAL_H
#define KN_STORE_DESK_INTERNAL_H

#include "knoop/desk.h"
#include "store/internal.h"
#include "store/queries.h"

#include <pthread.h>

struct kn_conn {
  kn_desk *desk;
  kn_store *store;          /* holds the connection of SQLite */
  sqlite3_stmt **statement; /* [kn_query_count] NULL: not prepared yet */
  const char **names;       /* scratch for answers */
  kn_field *fields;
  int32_t field_capacity;
  const kn_viewer *viewer;
  bool may_read_all; /* while a statement marked (all) is prepared */
  bool is_writing;   /* of the thread that writes */
  kn_conn *next;     /* of those that wait to be lent */
};

typedef struct kn_writing_order {
  const kn_viewer *viewer;
  kn_desk_writing write;
  void *arg;
  kn_error *err;
  kn_code code;
  bool is_done;
  kn_desk_work work;
  bool is_posted; /* nobody waits: it is freed when done */
  struct kn_writing_order *next;
} kn_writing_order;

struct kn_desk {
  kn_arena *keep;
  const char *path;
  kn_store_settings settings;
  _Atomic uint64_t version;
  pthread_mutex_t lock;
  kn_conn *idle;
  kn_conn *looker; /* asks whether other processes wrote; under look_lock */
  pthread_mutex_t look_lock;
  double looked; /* when, monotonic seconds */
  int64_t data_version;
  /* the writer */
  kn_conn *writer;
  pthread_t thread;
  bool has_thread, is_closing;
  pthread_cond_t came, went;
  kn_writing_order *first, **last;
};

kn_code kn_conn_new(kn_conn **out, kn_desk *desk, bool is_writing, kn_error *err);
void kn_conn_free(kn_conn *conn);
void kn_conn_look(kn_conn *conn, const kn_viewer *viewer);
/* is_all: whether the statement may read closed tables, asked again where it is prepared anew. */
kn_code kn_conn_visit(kn_conn *conn, sqlite3_stmt *statement, bool is_all, kn_answer_visit visit, void *arg, kn_error *err);
/* desk_guard.c: SQL functions that know who looks, and the authorizer, after which a connection reads open tables and views only. */
kn_code kn_guard_register(kn_conn *conn, kn_error *err);
void kn_guard_begin(kn_conn *conn);
bool kn_desk_is_open(const char *table); /* anybody may read it, or it is a view seen_... */
/* desk_search.c, after an edit: the words of the row, and of rows that show its name. */
kn_code kn_search_touch(kn_conn *conn, const char *table, const char *key, kn_error *err);
/* desk_work.c: counts what a connection does; adds what was done for this thread elsewhere. */
void kn_work_watch(sqlite3 *db);
void kn_work_unwatch(sqlite3 *db);
void kn_work_add(kn_desk_work work);
kn_code kn_writer_start(kn_desk *desk, kn_error *err);
void kn_writer_stop(kn_desk *desk);

#endif
