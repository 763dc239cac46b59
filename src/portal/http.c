/* libmicrohttpd and us: a request comes in pieces, is answered here or by a worker, and leaves.
 *
 *   uri ─> head ─kept?─────────────────────────────────────────────> sent
 *             └> body, piece by piece ─> quick: answered here ─────> sent
 *                                    └─> slow: suspended ─> worker ─> resumed ─> sent
 *
 * The threads of libmicrohttpd never wait for the disk or a long computation: the endpoints that do are flagged. */
#include "portal/http.h"
#include "portal/limits.h"
#include "portal/static.h"
#include "portal/upload.h"
#include "tasks/public.h"
#include "tasks/room.h"
#include "tasks/snapshot.h"
#include "tasks/why.h"

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void
kn_exchange_drop(kn_exchange *exchange)
{
  if (exchange == NULL)
    return;
  if (exchange->response != NULL)
    MHD_destroy_response(exchange->response);
  if (exchange->received_capacity > KN_BODY_FREE)
    exchange->request.portal->bodies[exchange->is_member] -= exchange->received_capacity;
  if (exchange->pull_end != NULL)
    exchange->pull_end(exchange->pull_arg);
  kn_upload_free(exchange->upload);
  json_decref(exchange->request.body);
  kn_arena_free(exchange->request.arena);
  free(exchange->received);
  free(exchange->uri);
  free(exchange);
}

/* ---------------------------------------------------------------- log */
/* Takes over the line. */
static void
write_log(const kn_portal *portal, json_t *line)
{
  char *text = line != NULL ? json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
  if (text != NULL)
    portal->settings.log(portal->settings.arg, text);
  free(text);
  json_decref(line);
}

static void
log_exchange(const kn_exchange *exchange, double seconds)
{
  const kn_portal *portal = exchange->request.portal;
  if (portal->settings.log == NULL || !portal->settings.logs_requests)
    return;
  char now[32];
  kn_store_now(now);
  write_log(portal, json_pack("{s:s, s:s, s:s?, s:s?, s:i, s:f, s:I, s:I, s:s?, s:I, s:I, s:I}", "time", now, "level", "info",
                              "method", exchange->request.method, "path", exchange->request.path, "status", (int)exchange->status,
                              "ms", 1000 * seconds, "bytes", (json_int_t)exchange->response_bytes, "account",
                              (json_int_t)exchange->request.viewer.account_id, "remote", exchange->request.remote, "statements",
                              (json_int_t)exchange->work.statements, "steps", (json_int_t)exchange->work.steps, "hashes",
                              (json_int_t)exchange->hashes));
}

void
kn_log_error(const kn_exchange *exchange, const kn_error *err)
{
  const kn_portal *portal = exchange->request.portal;
  if (portal->settings.log == NULL || exchange->status < MHD_HTTP_INTERNAL_SERVER_ERROR)
    return;
  char now[32];
  kn_store_now(now);
  write_log(portal,
            json_pack("{s:s, s:s, s:s?, s:s?, s:i, s:s}", "time", now, "level", "error", "method", exchange->request.method,
                      "path", exchange->request.path, "status", (int)exchange->status, "error", err->text));
}

/* ---------------------------------------------------------------- pieces of a request */
/* The first to be told of a request: makes its exchange. */
static void *
hear_uri(void *arg, const char *uri, struct MHD_Connection *connection)
{
  kn_exchange *exchange = calloc(1, sizeof *exchange);
  if (exchange == NULL)
    return NULL;
  exchange->connection = connection;
  exchange->line = kn_wire_take(connection, exchange);
  exchange->started = kn_store_seconds();
  exchange->is_overloaded = uri != NULL && !kn_wire_cut_parameters(uri);
  exchange->uri = strdup(uri != NULL ? uri : "");
  exchange->request.portal = arg;
  exchange->request.desk = exchange->request.portal->desk;
  exchange->request.http = exchange;
  exchange->request.arena = kn_arena_new();
  exchange->request.language = "en";
  return exchange;
}

static void
end_exchange(void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode reason)
{
  (void)arg;
  (void)reason;
  if (*state == NULL)
    return;
  kn_exchange *exchange = *state;
  const double now = kn_store_seconds(), seconds = now - exchange->started;
  kn_line_turn(exchange->line, KN_LINE_HEAD, now);
  if (!exchange->is_stream && exchange->status != 0)
    kn_metrics_count(&exchange->request.portal->metrics, exchange->status, seconds, exchange->response_bytes);
  log_exchange(exchange, seconds);
  kn_wire_drop(connection);
  kn_exchange_drop(exchange);
  *state = NULL;
}

static enum MHD_Result
send_answer(kn_exchange *exchange)
{
  if (exchange->response == NULL)
    return MHD_NO; /* out of memory: the connection is closed */
  if (!exchange->is_stream)
    kn_line_turn(exchange->line, KN_LINE_ANSWER, kn_store_seconds());
  const enum MHD_Result result = MHD_queue_response(exchange->connection, exchange->status, exchange->response);
  if (exchange->is_keeper)
    kn_keep_put(exchange->request.portal->keep, exchange->key, exchange->version, exchange->etag, exchange->response,
                exchange->response_bytes);
  else
    MHD_destroy_response(exchange->response);
  exchange->response = NULL;
  return result;
}

/* Takes room for a body of `whole` bytes, from what all bodies of its kind have together. */
static bool
make_room(kn_exchange *exchange, int64_t whole)
{
  _Atomic int64_t *bodies = &exchange->request.portal->bodies[exchange->is_member];
  const int64_t before = exchange->received_capacity;
  if (whole <= before)
    return true;
  const int64_t counted = before > KN_BODY_FREE ? before : 0, most = exchange->is_member ? KN_BODIES_MOST : KN_BODIES_MOST_PUBLIC;
  if (whole > KN_BODY_FREE && *bodies + whole - counted > most) {
    exchange->is_crowded = true;
    return false;
  }
  if (KN_GROW(exchange->received, exchange->received_capacity, whole > KN_BODY_FREE ? whole : KN_BODY_FREE, NULL) != KN_OK)
    return false;
  if (exchange->received_capacity > KN_BODY_FREE)
    *bodies += exchange->received_capacity - counted;
  return true;
}

/* What is refused is read on, so that the client hears why, and not kept. */
static enum MHD_Result
receive(kn_exchange *exchange, const char *piece, size_t *length)
{
  kn_line_came(exchange->line, *length);
  if (exchange->upload != NULL) {
    kn_upload_take(exchange->upload, piece, *length);
    *length = 0;
    return MHD_YES;
  }
  const int64_t whole = exchange->received_length + (int64_t)*length;
  const bool is_thrown = exchange->is_too_large || exchange->is_crowded || exchange->is_answered || !exchange->is_api;
  if (!is_thrown && (whole > (exchange->is_member ? KN_BODY_MOST : KN_BODY_MOST_PUBLIC) || !make_room(exchange, whole)))
    exchange->is_too_large = !exchange->is_crowded;
  else if (!is_thrown) {
    memcpy(exchange->received + exchange->received_length, piece, *length);
    exchange->received_length = whole;
  }
  *length = 0;
  return MHD_YES;
}

/* Suspends it until a worker has answered. False: we stop, and no worker may be left to do so. Suspended and queued under the lock under which
 * workers end, so that nobody is left suspended: libmicrohttpd ends the process for that. */
static bool
hand_to_worker(kn_exchange *exchange)
{
  kn_portal *portal = exchange->request.portal;
  pthread_mutex_lock(&portal->lock);
  const bool goes_on = !portal->is_stopping;
  if (goes_on) {
    MHD_suspend_connection(exchange->connection);
    exchange->next = NULL;
    *portal->last = exchange;
    portal->last = &exchange->next;
    pthread_cond_signal(&portal->came);
  }
  pthread_mutex_unlock(&portal->lock);
  return goes_on;
}

/* Answers with a problem, without an endpoint. */
static enum MHD_Result
refuse(kn_exchange *exchange, kn_code code, const char *sentence)
{
  kn_error err = {0};
  kn_fail(&err, code, "%s", sentence);
  kn_exchange_problem(exchange, &err);
  return send_answer(exchange);
}

static const char *
remote_of(kn_exchange *exchange)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  char text[INET6_ADDRSTRLEN] = "?";
  const kn_portal *portal = exchange->request.portal;
  const char *forwarded = portal->settings.is_behind_proxy ? kn_request_header(&exchange->request, "X-Forwarded-For") : NULL;
  if (forwarded != NULL) { /* the last one is what our proxy saw; those before it are what the client says */
    const char *last = strrchr(forwarded, ',') != NULL ? strrchr(forwarded, ',') + 1 : forwarded;
    last += strspn(last, " ");
    snprintf(text, sizeof text, "%.*s", (int)strcspn(last, " "), last);
  } else if (info != NULL && info->client_addr != NULL && info->client_addr->sa_family == AF_INET6)
    inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, text, sizeof text);
  else if (info != NULL && info->client_addr != NULL)
    inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr, text, sizeof text);
  const char *copy = NULL;
  kn_text_copy(&copy, exchange->request.arena, text, strlen(text), NULL);
  return copy;
}

static enum MHD_Result
begin(kn_exchange *exchange, const char *path, const char *method)
{
  kn_request *request = &exchange->request;
  exchange->is_begun = true;
  if (exchange->uri == NULL || request->arena == NULL ||
      kn_text_copy(&request->path, request->arena, path, strlen(path), NULL) != KN_OK ||
      kn_text_copy(&request->method, request->arena, method, strlen(method), NULL) != KN_OK)
    return MHD_NO;
  kn_line_turn(exchange->line, KN_LINE_BODY, kn_store_seconds());
  request->remote = remote_of(exchange);
  if (kn_wire_has_two_lengths(exchange->connection)) /* what follows is not read, see below */
    return refuse(exchange, KN_E_USAGE, "a request says once how long it is");
  exchange->is_api = strncmp(path, "/api/v1/", 8) == 0;
  if (!exchange->is_api)
    return MHD_YES;
  kn_exchange_begin(exchange); /* a problem is sent once the body has come: libmicrohttpd closes connections answered before */
  exchange->is_member = request->session_handle != NULL;
  exchange->upload = kn_upload_begin(exchange);
  return MHD_YES;
}

/* Sends what is kept; false: nothing is. */
static bool
send_kept(kn_exchange *exchange)
{
  const kn_request *request = &exchange->request;
  if (!exchange->is_keeper || strcmp(request->method, "GET") != 0 ||
      !kn_keep_send(request->portal->keep, exchange->key, kn_desk_version(request->desk), exchange->connection,
                    kn_request_header(request, "If-None-Match")))
    return false;
  exchange->status = MHD_HTTP_OK;
  request->portal->metrics.kept++;
  return true;
}

static enum MHD_Result
hear(void *arg, struct MHD_Connection *connection, const char *path, const char *method, const char *version, const char *piece,
     size_t *length, void **state)
{
  (void)arg;
  (void)connection;
  (void)version;
  kn_exchange *exchange = *state;
  if (exchange == NULL)
    return MHD_NO;
  if (!exchange->is_begun)
    return begin(exchange, path, method);
  if (*length > 0)
    return receive(exchange, piece, length);
  kn_line_turn(exchange->line, KN_LINE_ANSWER, kn_store_seconds());
  if (!exchange->is_api)
    return kn_pages_send(exchange);
  if (exchange->is_answered)
    return send_answer(exchange);
  if (send_kept(exchange))
    return MHD_YES;
  kn_line_turn(exchange->line, KN_LINE_OURS, exchange->started);
  if ((exchange->request.endpoint->flags & (KN_WRITES | KN_SLOW)) != 0)
    return hand_to_worker(exchange) ? MHD_YES : refuse(exchange, KN_E_STOPPED, "the desk is closing");
  kn_exchange_answer(exchange);
  return send_answer(exchange);
}

static void *
work(void *arg)
{
  kn_portal *portal = arg;
  pthread_mutex_lock(&portal->lock);
  for (;;) {
    while (portal->first == NULL && !portal->is_stopping)
      pthread_cond_wait(&portal->came, &portal->lock);
    kn_exchange *exchange = portal->first;
    if (exchange == NULL)
      break;
    portal->first = exchange->next;
    if (portal->first == NULL)
      portal->last = &portal->first;
    pthread_mutex_unlock(&portal->lock);
    kn_exchange_answer(exchange);
    MHD_resume_connection(exchange->connection);
    pthread_mutex_lock(&portal->lock);
  }
  pthread_mutex_unlock(&portal->lock);
  return NULL;
}

/* ---------------------------------------------------------------- beating */
void
kn_portal_tell(kn_portal *portal, const char *channel, const char *event, const json_t *object)
{
  char *text = json_dumps(object, JSON_COMPACT);
  if (text != NULL)
    kn_hub_tell(portal->hub, channel, event, text);
  free(text);
}

static kn_code
forget_keys(kn_conn *conn, void *arg, kn_error *err)
{
  (void)arg;
  return kn_conn_run(conn, "once_forget", NULL, 0, NULL, err);
}

/* A second, in which those who were told calmly wake one part after another. Under the lock. */
static void
pass_second(kn_portal *portal)
{
  enum { PARTS = 40, SECOND_NS = 1000000000 };
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  bool goes_on = true;
  for (int32_t part = 0; part < PARTS && goes_on && !portal->is_stopping; part++) {
    pthread_mutex_unlock(&portal->lock);
    goes_on = kn_hub_nudge(portal->hub, part, PARTS);
    pthread_mutex_lock(&portal->lock);
    until.tv_nsec += goes_on ? SECOND_NS / PARTS : SECOND_NS / PARTS * (PARTS - part);
    until.tv_sec += until.tv_nsec / SECOND_NS;
    until.tv_nsec %= SECOND_NS;
    if (!portal->is_stopping)
      pthread_cond_timedwait(&portal->beat, &portal->lock, &until);
  }
}

/* Once a second: did the data change? Every fifteen: a sign of life to all streams, well within the timeout of proxies. */
static void *
beat(void *arg)
{
  kn_portal *portal = arg;
  const kn_viewer nobody = KN_ANYBODY;
  uint64_t seen = kn_desk_version(portal->desk);
  pthread_mutex_lock(&portal->lock);
  for (int64_t second = 1; !portal->is_stopping; second++) {
    pass_second(portal);
    pthread_mutex_unlock(&portal->lock);
    const uint64_t version = kn_desk_version(portal->desk);
    if (version != seen)
      kn_hub_tell_calmly(portal->hub, "all", "changed", "{}");
    seen = version;
    kn_lines_look(portal->lines, kn_store_seconds());
    if (second % 15 == 0)
      kn_hub_beat(portal->hub);
    if (second % 3600 == 1)
      kn_desk_write(portal->desk, &nobody, forget_keys, NULL, NULL);
    pthread_mutex_lock(&portal->lock);
  }
  pthread_mutex_unlock(&portal->lock);
  return NULL;
}

/* ---------------------------------------------------------------- starting and stopping */
static kn_code
read_pem(const char *path, char **out, kn_error *err)
{
  FILE *in = fopen(path, "rb");
  if (in == NULL)
    return kn_fail(err, KN_E_IO, "%s cannot be read: %s", path, strerror(errno));
  size_t size = 0;
  const bool is_read = getdelim(out, &size, '\0', in) >= 0;
  fclose(in);
  return is_read ? KN_OK : kn_fail(err, KN_E_IO, "%s cannot be read, or is empty", path);
}

static double
patience_of(const kn_portal_settings *settings)
{
  return settings->patience_s > 0 ? settings->patience_s : 30;
}

/* Connections that there may be at once: as many as files may be open, less those that the desk needs. */
static int32_t
connections_most(void)
{
  enum { MOST = 4096, OTHERS = 256 };
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return MOST / 8;
  if (files.rlim_cur < MOST + OTHERS) {
    files.rlim_cur = files.rlim_max < MOST + OTHERS ? files.rlim_max : MOST + OTHERS;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
  }
  return files.rlim_cur >= MOST + OTHERS ? MOST : files.rlim_cur > 2 * OTHERS ? (int32_t)files.rlim_cur - OTHERS : OTHERS;
}

static kn_code
start_daemon(kn_portal *portal, kn_error *err)
{
  const kn_portal_settings *settings = &portal->settings;
  char port[16];
  snprintf(port, sizeof port, "%d", (int)settings->port);
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
  struct addrinfo *address = NULL;
  const char *name = settings->address != NULL ? settings->address : "127.0.0.1";
  const int rc = getaddrinfo(name, port, &hints, &address);
  if (rc != 0)
    return kn_fail(err, KN_E_USAGE, "%s: %s", name, gai_strerror(rc));
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
  if (portal->certificate != NULL)
    flags |= MHD_USE_TLS;
  if (address->ai_family == AF_INET6)
    flags |= MHD_USE_IPv6;
  const int32_t threads = kn_thread_count(settings->thread_count);
  struct MHD_OptionItem options[] = {
      {MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0, NULL},
      {MHD_OPTION_SOCK_ADDR, 0, address->ai_addr},
      {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)ceil(4 * patience_of(settings)), NULL}, /* lines.h has an earlier end */
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT, KN_CONNECTION_BYTES, NULL},
      {MHD_OPTION_CONNECTION_LIMIT, kn_lines_most(portal->lines), NULL},
      {MHD_OPTION_LISTENING_ADDRESS_REUSE, 1, NULL},
      {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)hear_uri, portal},
      {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)kn_wire_mind, portal},
      {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)end_exchange, portal},
      {portal->certificate != NULL ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END, 0, portal->certificate},
      {MHD_OPTION_HTTPS_MEM_KEY, 0, portal->key},
      {MHD_OPTION_END, 0, NULL},
  };
  portal->daemon = MHD_start_daemon(flags, 0, NULL, NULL, hear, portal, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
  freeaddrinfo(address);
  if (portal->daemon == NULL)
    return kn_fail(err, KN_E_IO, "%s port %s cannot be listened at: %s", name, port,
                   errno != 0 ? strerror(errno) : "certificate or key is not right");
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(portal->daemon, MHD_DAEMON_INFO_BIND_PORT);
  portal->port = info != NULL ? info->port : settings->port;
  return KN_OK;
}

kn_code
kn_portal_expect_public(kn_portal *portal, kn_conn *conn, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  kn_field stamp;
  const kn_code code = kn_conn_ask_one(conn, "public_stamp", NULL, 0, scratch, &stamp, NULL, err);
  if (code == KN_OK)
    kn_public_expect(portal->open, stamp.text);
  kn_arena_free(scratch);
  return code;
}

/* Whoever comes first finds them made. */
static kn_code
expect_public(kn_portal *portal, kn_error *err)
{
  const kn_viewer nobody = KN_ANYBODY;
  kn_conn *conn;
  KN_TRY(kn_desk_lend(portal->desk, &nobody, &conn, err));
  const kn_code code = kn_portal_expect_public(portal, conn, err);
  kn_desk_give_back(conn);
  return code;
}

static kn_code
start(kn_portal *portal, const char *region, kn_error *err)
{
  kn_store_settings store = KN_STORE_WRITE;
  store.command = "knoop serve";
  /* Threads that each keep a heap of their own keep what their largest request took. */
  mallopt(M_ARENA_MAX, 2 * kn_thread_count(portal->settings.thread_count));
  KN_TRY(kn_desk_open(&portal->desk, region, &store, err));
  KN_TRY(kn_snapshots_new(&portal->snapshots, portal->desk, &portal->watch, err));
  KN_TRY(kn_keep_new(&portal->keep, err));
  KN_TRY(kn_limits_new(&portal->limits, err));
  KN_TRY(kn_lines_new(&portal->lines, connections_most(), patience_of(&portal->settings), err));
  KN_TRY(kn_repeats_new(&portal->repeats, err));
  KN_TRY(kn_hub_new(&portal->hub, err));
  KN_TRY(kn_pages_new(&portal->pages, err));
  KN_TRY(kn_public_keeper_new(&portal->open, kn_desk_path(portal->desk), &portal->watch, err));
  KN_TRY(kn_why_keeper_new(&portal->why, &portal->watch, err));
  KN_TRY(kn_room_words_new(&portal->words, err));
  KN_TRY(kn_jobs_start(&portal->jobs, portal, err));
  if (portal->settings.certificate != NULL)
    KN_TRY(read_pem(portal->settings.certificate, &portal->certificate, err));
  if (portal->settings.key != NULL)
    KN_TRY(read_pem(portal->settings.key, &portal->key, err));
  const int32_t most = (int32_t)(sizeof portal->worker / sizeof *portal->worker);
  for (; portal->worker_count < most; portal->worker_count++)
    if (pthread_create(&portal->worker[portal->worker_count], NULL, work, portal) != 0)
      return kn_fail(err, KN_E_LIMIT, "no more threads can be started");
  if (pthread_create(&portal->beater, NULL, beat, portal) != 0)
    return kn_fail(err, KN_E_LIMIT, "no more threads can be started");
  portal->has_beater = true;
  KN_TRY(start_daemon(portal, err));
  return expect_public(portal, err);
}

static bool
is_stopping(void *arg)
{
  return ((kn_portal *)arg)->is_stopping;
}

kn_code
kn_portal_start(kn_portal **out, const char *region, const kn_portal_settings *settings, kn_error *err)
{
  *out = NULL;
  kn_portal *portal = calloc(1, sizeof *portal);
  if (portal == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  portal->settings = *settings;
  portal->last = &portal->first;
  portal->watch = (kn_watch){.is_stopped = is_stopping, .arg = portal};
  pthread_mutex_init(&portal->lock, NULL);
  pthread_cond_init(&portal->came, NULL);
  pthread_cond_init(&portal->beat, NULL);
  const kn_code code = start(portal, region, err);
  if (code != KN_OK) {
    kn_portal_stop(portal);
    return code;
  }
  *out = portal;
  return KN_OK;
}

struct kn_snapshots *
kn_portal_snapshots(const kn_portal *portal)
{
  return portal->snapshots;
}

bool
kn_portal_is_secure(const kn_portal *portal)
{
  return portal->certificate != NULL || portal->settings.is_behind_proxy;
}

int32_t
kn_portal_port(const kn_portal *portal)
{
  return portal->port;
}

void
kn_portal_stop(kn_portal *portal)
{
  if (portal == NULL)
    return;
  /* Takes no more. A thread may just be accepting, so the socket is closed when those have ended: its number could be another one's by then. */
  const MHD_socket listening = portal->daemon != NULL ? MHD_quiesce_daemon(portal->daemon) : MHD_INVALID_SOCKET;
  if (listening != MHD_INVALID_SOCKET)
    shutdown(listening, SHUT_RDWR);
  pthread_mutex_lock(&portal->lock);
  portal->is_stopping = true;
  pthread_cond_broadcast(&portal->came);
  pthread_cond_broadcast(&portal->beat);
  pthread_mutex_unlock(&portal->lock);
  for (int32_t i = 0; i < portal->worker_count; i++)
    pthread_join(portal->worker[i], NULL);
  if (portal->has_beater)
    pthread_join(portal->beater, NULL);
  if (portal->hub != NULL)
    kn_hub_end(portal->hub);
  if (portal->daemon != NULL)
    MHD_stop_daemon(portal->daemon);
  if (listening != MHD_INVALID_SOCKET)
    close(listening);
  kn_jobs_stop(portal->jobs);
  kn_hub_free(portal->hub);
  kn_pages_free(portal->pages);
  kn_room_words_free(portal->words);
  kn_why_keeper_free(portal->why);
  kn_public_keeper_free(portal->open);
  kn_keep_free(portal->keep);
  kn_limits_free(portal->limits);
  kn_lines_free(portal->lines);
  kn_snapshots_free(portal->snapshots);
  kn_repeats_free(portal->repeats);
  kn_desk_close(portal->desk);
  free(portal->certificate);
  free(portal->key);
  pthread_cond_destroy(&portal->beat);
  pthread_cond_destroy(&portal->came);
  pthread_mutex_destroy(&portal->lock);
  free(portal);
}
