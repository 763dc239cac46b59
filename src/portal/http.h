/* What http.c, exchange.c and keep.c share. */
#ifndef KN_PORTAL_HTTP_H
#define KN_PORTAL_HTTP_H

#include "portal/events.h"
#include "portal/jobs.h"
#include "portal/lines.h"
#include "portal/metrics.h"
#include "portal/portal.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

typedef struct kn_exchange { /* one request and its answer */
  kn_request request;
  struct MHD_Connection *connection;
  kn_line *line;  /* NULL: memory ran out when it was opened */
  char *uri;      /* as asked, with its query */
  char *received; /* body so far */
  int64_t received_length, received_capacity;
  bool is_begun, is_api, is_too_large;
  bool is_member;     /* it came with a session */
  bool is_crowded;    /* too much is coming at once: the body was thrown away */
  bool is_overloaded; /* its address has too many parameters: the rest was cut off */
  bool is_answered;   /* `response` waits to be sent */
  bool is_keeper;     /* and may be kept under `key` */
  bool is_stream;
  unsigned status;
  struct MHD_Response *response;
  size_t response_bytes;
  char etag[72];
  char key[2048]; /* of what may be kept; "": too long for that */
  uint64_t version;
  kn_once once;
  kn_desk_work work;                                                             /* done for it so far */
  kn_code (*pull)(void *arg, const char **piece, size_t *length, kn_error *err); /* of kn_reply; NULL: none */
  void (*pull_end)(void *arg);
  void *pull_arg;
  struct kn_upload *upload; /* upload.h; NULL: the body is no form with a file */
  const char *piece;        /* what is left of it */
  size_t piece_left;
  int64_t hashes; /* passwords hashed or compared */
  double started;
  struct kn_exchange *next; /* of those that wait for a worker */
} kn_exchange;

/* Bytes of a request's body: with a session, and without. What is larger than KN_BODY_FREE counts for all bodies together, so that nobody
 * fills the memory by sending much to many connections; what others send without a session leaves room for members. */
enum {
  KN_BODY_MOST = 4 << 20,
  KN_BODY_MOST_PUBLIC = 64 << 10,
  KN_BODY_FREE = 4096,
  KN_BODIES_MOST = 64 << 20,
  KN_BODIES_MOST_PUBLIC = 16 << 20
};

/* ---------------------------------------------------------------- keep.c: answers kept until a commit */
typedef struct kn_keep kn_keep;
kn_code kn_keep_new(kn_keep **out, kn_error *err);
void kn_keep_free(kn_keep *keep);
/* Queues what is kept, or that it is unchanged; false: nothing is kept for this key and version. */
bool kn_keep_send(kn_keep *keep, const char *key, uint64_t version, struct MHD_Connection *connection, const char *none_match);
/* Takes over the caller's hold on the response. */
void kn_keep_put(kn_keep *keep, const char *key, uint64_t version, const char *etag, struct MHD_Response *response, size_t bytes);

/* ---------------------------------------------------------------- repeat.c: answers to what must happen once
 * Remembered for as long as the server runs, the last few thousand. */
typedef struct kn_repeats kn_repeats;
kn_code kn_repeats_new(kn_repeats **out, kn_error *err);
void kn_repeats_free(kn_repeats *repeats);
void kn_repeats_put(kn_repeats *repeats, int64_t account, const char *key, unsigned status, const char *bytes, size_t length);
/* A copy, free()d by the caller; false: not remembered. */
bool kn_repeats_find(kn_repeats *repeats, int64_t account, const char *key, unsigned *status, char **bytes, size_t *length);

/* ---------------------------------------------------------------- wire.c: connections and the requests on them */
enum { KN_CONNECTION_BYTES = 32768 }; /* that libmicrohttpd has for the head of a request and what it makes of it */
/* Told by libmicrohttpd when a connection opens and closes; context becomes ours. */
void kn_wire_mind(void *portal, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what);
/* A request begins: freed with its connection unless it ends before. The line of the connection; NULL: it has none. */
kn_line *kn_wire_take(struct MHD_Connection *connection, kn_exchange *exchange);
void kn_wire_drop(struct MHD_Connection *connection); /* it ended, and its owner frees it */
/* libmicrohttpd has no answer to more parameters than its memory for a connection holds, and forgets such a request. So those that are too many
 * are cut off before it reads them: in its own bytes, which it parts there itself next. False: some were. */
bool kn_wire_cut_parameters(const char *uri);
/* Who says twice how long a body is may be understood in two ways, by a proxy in the one and by us in the other (RFC 9112, 6.3). */
bool kn_wire_has_two_lengths(struct MHD_Connection *connection);

struct kn_portal {
  kn_desk *desk;
  kn_portal_settings settings;
  struct MHD_Daemon *daemon;
  kn_keep *keep;
  struct kn_limits *limits; /* limits.h */
  kn_lines *lines;
  _Atomic int64_t bodies[2]; /* bytes that have come of bodies, without a session and with one */
  kn_repeats *repeats;
  kn_hub *hub;
  struct kn_snapshots *snapshots;
  kn_jobs *jobs;
  struct kn_public_keeper *open; /* what may be told to everybody */
  struct kn_why_keeper *why;     /* the plan behind questions */
  struct kn_room_words *words;   /* what is said in rooms may mean */
  struct kn_pages *pages;
  kn_metrics metrics;
  char *certificate, *key;
  int32_t port;
  pthread_mutex_t lock; /* of the work that waits */
  pthread_cond_t came;
  kn_exchange *first, **last;
  atomic_bool is_stopping;
  kn_watch watch;   /* says so to what takes long */
  pthread_t beater; /* tells streams that we are there, and members that something changed */
  pthread_cond_t beat;
  bool has_beater;
  int32_t worker_count;
  pthread_t worker[32];
};

/* ---------------------------------------------------------------- http.c */
void kn_exchange_drop(kn_exchange *exchange); /* NULL is fine */
/* What may be told to everybody is made from the data as they are now, while nobody waits. */
kn_code kn_portal_expect_public(kn_portal *portal, kn_conn *conn, kn_error *err);
/* An error of the machine is for the log, with all its sentences. */
void kn_log_error(const kn_exchange *exchange, const kn_error *err);

/* ---------------------------------------------------------------- exchange.c: from a request to a response */
/* Who asks, what for; fills key. False: it is answered already, with a problem. */
bool kn_exchange_begin(kn_exchange *exchange);
/* Runs the handler and makes the response. */
void kn_exchange_answer(kn_exchange *exchange);
void kn_exchange_problem(kn_exchange *exchange, const kn_error *err);
/* Does If-None-Match name this ETag? */
bool kn_etag_matches(const char *none_match, const char *etag);
bool kn_send_unchanged(struct MHD_Connection *connection, const char *etag);

#endif
