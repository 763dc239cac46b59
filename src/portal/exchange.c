/* From a request to a response: who asks, which endpoint, may they, what it says, in which headers. */
#include "portal/auth.h"
#include "portal/http.h"
#include "portal/upload.h"

#include <stdlib.h>
#include <string.h>

static const char api[] = "/api/v1";

/* ---------------------------------------------------------------- leading */
static int
digit_of(char c)
{
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A part of an address as it was meant: %2F is a slash of a key and parts nothing any more. */
static kn_code
decode_part(kn_request *request, const char *part, size_t length, const char **out, kn_error *err)
{
  char *made;
  KN_NEW(made, request->arena, length, err);
  size_t n = 0;
  for (size_t i = 0; i < length; i++) {
    const bool is_escape = part[i] == '%' && i + 2 < length && digit_of(part[i + 1]) >= 0 && digit_of(part[i + 2]) >= 0;
    made[n++] = is_escape ? (char)(16 * digit_of(part[i + 1]) + digit_of(part[i + 2])) : part[i];
    i += is_escape ? 2 : 0;
  }
  made[n] = '\0';
  *out = made;
  return KN_OK;
}

enum { ADDRESS_PARTS = 12 };
typedef struct address { /* parted first, then decoded */
  int32_t count;         /* KN_NONE: no address of ours */
  const char *part[ADDRESS_PARTS];
} address;

static void
read_address(kn_request *request, const char *uri, address *out)
{
  out->count = strncmp(uri, api, strlen(api)) == 0 ? 0 : KN_NONE;
  for (const char *at = uri + strlen(api); out->count != KN_NONE && *at == '/';) {
    const size_t length = strcspn(++at, "/?");
    if (length == 0 || out->count == ADDRESS_PARTS || decode_part(request, at, length, &out->part[out->count++], NULL) != KN_OK)
      out->count = KN_NONE;
    at += length;
  }
}

/* Compares an address with a pattern, part by part; the parts of {names} go into the request. */
static bool
fits(kn_request *request, const char *pattern, const address *path)
{
  int32_t at = 0;
  request->part_count = 0;
  for (; *pattern == '/' && at < path->count; at++) {
    const char *part = path->part[at];
    const size_t wanted = strcspn(++pattern, "/");
    if (*pattern == '{') {
      if (request->part_count == KN_PATH_PARTS)
        return false;
      request->part[request->part_count] = part;
      if (kn_text_copy(&request->part_name[request->part_count++], request->arena, pattern + 1, wanted - 2, NULL) != KN_OK)
        return false;
    } else if (strlen(part) != wanted || strncmp(pattern, part, wanted) != 0)
      return false;
    pattern += wanted;
  }
  return *pattern == '\0' && at == path->count;
}

enum { ALLOW_MOST = 80 }; /* of the methods that an address knows; "": there is no such address */
static const kn_endpoint *
find_endpoint(kn_request *request, const char *uri, char allow[ALLOW_MOST])
{
  allow[0] = '\0';
  address path;
  read_address(request, uri, &path);
  const char *method = strcmp(request->method, "HEAD") == 0 ? "GET" : request->method;
  for (const kn_endpoints *group = kn_routes; group->tag != NULL && path.count != KN_NONE; group++)
    for (const kn_endpoint *at = group->endpoint; at->method != NULL; at++) {
      if (!fits(request, at->path, &path))
        continue;
      if (strcmp(at->method, method) == 0)
        return at;
      const size_t length = strlen(allow);
      if (strstr(allow, at->method) == NULL)
        snprintf(allow + length, ALLOW_MOST - length, "%s%s%s", length > 0 ? ", " : "", at->method,
                 strcmp(at->method, "GET") == 0 ? ", HEAD" : "");
    }
  return NULL;
}

/* ---------------------------------------------------------------- responses */
bool
kn_etag_matches(const char *none_match, const char *etag)
{
  return strcmp(none_match, "*") == 0 || strstr(none_match, etag) != NULL;
}

static void
add_headers(struct MHD_Response *response, const char *etag)
{
  MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
  MHD_add_response_header(response, "Cache-Control", "private, no-cache");
  MHD_add_response_header(response, "Vary", "Accept, Accept-Language, Cookie");
  if (etag[0] != '\0')
    MHD_add_response_header(response, "ETag", etag);
}

bool
kn_send_unchanged(struct MHD_Connection *connection, const char *etag)
{
  struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
  if (response == NULL)
    return false;
  add_headers(response, etag);
  const bool is_sent = MHD_queue_response(connection, MHD_HTTP_NOT_MODIFIED, response) == MHD_YES;
  MHD_destroy_response(response);
  return is_sent;
}

/* Takes over bytes. */
static void
set_response(kn_exchange *exchange, unsigned status, const char *type, char *bytes, size_t length)
{
  exchange->status = status;
  exchange->response = bytes == NULL ? MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT)
                                     : MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_FREE);
  exchange->response_bytes = length;
  exchange->is_answered = true;
  if (exchange->response == NULL)
    return;
  if (type != NULL)
    MHD_add_response_header(exchange->response, "Content-Type", type);
  add_headers(exchange->response, exchange->etag);
}

void
kn_exchange_problem(kn_exchange *exchange, const kn_error *err)
{
  json_t *problem;
  int status = kn_problem(&exchange->request, err, &problem);
  if (err->code == KN_E_DENIED && exchange->request.viewer.role == KN_PUBLIC && exchange->request.problem == NULL)
    status = MHD_HTTP_UNAUTHORIZED;
  if (exchange->is_too_large)
    status = MHD_HTTP_CONTENT_TOO_LARGE;
  json_object_set_new(problem, "status", json_integer(status));
  char *text = json_dumps(problem, JSON_COMPACT);
  json_decref(problem);
  exchange->etag[0] = '\0';
  exchange->is_keeper = false;
  set_response(exchange, (unsigned)status, "application/problem+json", text, text != NULL ? strlen(text) : 0);
  if (exchange->request.retry_after_s > 0 && exchange->response != NULL) {
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%d", (int)exchange->request.retry_after_s);
    MHD_add_response_header(exchange->response, "Retry-After", seconds);
  }
}

static bool
fail(kn_exchange *exchange, kn_code code, const char *sentence)
{
  kn_error err = {0};
  kn_fail(&err, code, "%s", sentence);
  kn_exchange_problem(exchange, &err);
  return false;
}

static bool
refuse_crowd(kn_exchange *exchange, const char *sentence)
{
  static const kn_problem_kind busy = {MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "Too much at once"};
  exchange->request.problem = &busy;
  exchange->request.retry_after_s = 5;
  return fail(exchange, KN_E_LIMIT, sentence);
}

/* ---------------------------------------------------------------- beginning */
/* What the viewer may see, the question and the form of the answer: equal keys have equal answers. */
static void
make_key(kn_exchange *exchange)
{
  const kn_request *request = &exchange->request;
  size_t length = (size_t)snprintf(exchange->key, sizeof exchange->key, "%s %s %s %s", kn_role_name(request->viewer.role),
                                   request->language, kn_form_accepted(request), exchange->uri);
  for (int32_t i = 0; i < request->viewer.actor_count && length < sizeof exchange->key; i++)
    length += (size_t)snprintf(exchange->key + length, sizeof exchange->key - length, " %s", request->viewer.actor_id[i]);
  if (length >= sizeof exchange->key)
    exchange->key[0] = '\0';
}

static bool
check_writing(kn_exchange *exchange)
{
  const kn_request *request = &exchange->request;
  if (strcmp(request->endpoint->method, "GET") == 0)
    return true;
  const char *origin = kn_request_header(request, "Origin"), *host = kn_request_header(request, "Host");
  const char *from = origin != NULL ? strstr(origin, "://") : NULL;
  if (origin != NULL && (from == NULL || host == NULL || strcmp(from + 3, host) != 0))
    return fail(exchange, KN_E_DENIED, "the request comes from another site");
  if ((request->endpoint->flags & KN_WRITES) == 0 || (request->endpoint->flags & KN_NO_CSRF) != 0)
    return true;
  const char *given = kn_request_header(request, "X-Knoop-CSRF");
  if (request->csrf == NULL || given == NULL || strcmp(given, request->csrf) != 0)
    return fail(exchange, KN_E_DENIED, "the header X-Knoop-CSRF is missing or of another session");
  return true;
}

static bool
look_at(kn_exchange *exchange)
{
  kn_request *request = &exchange->request;
  kn_error err = {0};
  if (exchange->is_overloaded)
    return fail(exchange, KN_E_USAGE, "the address has too many parameters");
  if (strstr(exchange->uri, "%00") != NULL) /* it would end the text there, and be another address */
    return fail(exchange, KN_E_USAGE, "an address holds no zero byte");
  if (kn_auth_look(request, &err) != KN_OK) {
    kn_exchange_problem(exchange, &err);
    return false;
  }
  static const kn_problem_kind other_method = {MHD_HTTP_METHOD_NOT_ALLOWED, "method-not-allowed", "Not with this method"};
  char allow[ALLOW_MOST];
  request->endpoint = find_endpoint(request, exchange->uri, allow);
  if (request->endpoint == NULL && allow[0] != '\0') {
    request->problem = &other_method;
    fail(exchange, KN_E_USAGE, "this address knows other methods");
    if (exchange->response != NULL)
      MHD_add_response_header(exchange->response, "Allow", allow);
    return false;
  }
  if (request->endpoint == NULL)
    return fail(exchange, KN_E_MISSING, "there is no such address");
  if ((request->endpoint->roles & KN_MAY(request->viewer.role)) == 0)
    return fail(exchange, KN_E_DENIED,
                request->viewer.role == KN_PUBLIC ? "sign in first" : "this is not for the role of your account");
  if ((request->endpoint->flags & KN_KEEPS) != 0) {
    make_key(exchange);
    exchange->is_keeper = exchange->key[0] != '\0';
  }
  return check_writing(exchange);
}

static void
count_work(kn_exchange *exchange, kn_desk_work before)
{
  const kn_desk_work work = kn_desk_work_since(before);
  exchange->work.statements += work.statements;
  exchange->work.steps += work.steps;
}

bool
kn_exchange_begin(kn_exchange *exchange)
{
  const kn_desk_work before = kn_desk_work_here();
  const bool goes_on = look_at(exchange);
  count_work(exchange, before);
  return goes_on;
}

/* ---------------------------------------------------------------- answering */
static bool
read_body(kn_exchange *exchange)
{
  kn_request *request = &exchange->request;
  kn_error err = {0};
  if (exchange->upload != NULL && kn_upload_end(exchange->upload, request, &exchange->is_too_large, &err) != KN_OK) {
    kn_exchange_problem(exchange, &err);
    return false;
  }
  if (exchange->upload != NULL)
    return true;
  if (exchange->is_too_large)
    return fail(exchange, KN_E_INPUT, "the body is too large");
  if (exchange->is_crowded)
    return refuse_crowd(exchange, "too much is being sent at once; try again in a moment");
  if (exchange->received_length == 0)
    return true;
  const char *type = kn_request_header(request, "Content-Type");
  if (type == NULL || strncmp(type, "application/json", 16) != 0)
    return fail(exchange, KN_E_INPUT, "Content-Type: expected application/json");
  json_error_t where;
  request->body = json_loadb(exchange->received, (size_t)exchange->received_length, JSON_REJECT_DUPLICATES, &where);
  if (!json_is_object(request->body)) {
    char sentence[300];
    snprintf(sentence, sizeof sentence, "the body is no JSON object: line %d, column %d: %s", where.line, where.column,
             request->body == NULL ? where.text : "expected an object");
    return fail(exchange, KN_E_USAGE, sentence);
  }
  return true;
}

/* What is kept costs next to nothing and is not counted. */
static kn_code
limit_rate(kn_request *request, kn_error *err)
{
  const double set = request->portal->settings.rate_per_s, rate = set == 0 ? 1000 : set;
  return rate < 0 ? KN_OK
                  : kn_limit(request, "requests", request->session_handle != NULL ? request->session_handle : request->remote,
                             fmax(1, 3 * rate), rate, err);
}

static void
tag_response(kn_exchange *exchange, const kn_reply *reply, const char *bytes, size_t length)
{
  if (reply->version != KN_ANY_VERSION) {
    snprintf(exchange->etag, sizeof exchange->etag, "\"v%" PRId64 "\"", reply->version);
    return;
  }
  kn_digest *digest;
  char hex[65];
  if (strcmp(exchange->request.endpoint->method, "GET") != 0 || kn_digest_new(&digest, NULL) != KN_OK)
    return;
  kn_digest_add(digest, bytes, length);
  kn_digest_end(digest, hex);
  snprintf(exchange->etag, sizeof exchange->etag, "\"%.32s\"", hex);
}

static void
make_stream(kn_exchange *exchange, const kn_reply *reply)
{
  /* Streams let us wait for nothing, so they are never ended: half of all connections is left for those who ask. */
  const kn_portal *portal = exchange->request.portal;
  if (kn_hub_listeners(portal->hub) >= kn_lines_most(portal->lines) / 2) {
    refuse_crowd(exchange, "too many event streams are open; try again in a moment");
    return;
  }
  const char *last = kn_request_header(&exchange->request, "Last-Event-ID");
  exchange->is_stream = true;
  exchange->is_keeper = false;
  exchange->is_answered = true;
  exchange->status = MHD_HTTP_OK;
  exchange->response = kn_hub_listen(exchange->request.portal->hub, exchange->connection, reply->channel,
                                     last != NULL ? strtoll(last, NULL, 10) : 0);
}

/* What is left of a piece goes first; then the next one is made. */
static ssize_t
send_piece(void *arg, uint64_t at, char *to, size_t room)
{
  (void)at;
  kn_exchange *exchange = arg;
  kn_error err = {0};
  if (exchange->piece_left == 0 && exchange->pull(exchange->pull_arg, &exchange->piece, &exchange->piece_left, &err) != KN_OK)
    return MHD_CONTENT_READER_END_WITH_ERROR;
  if (exchange->piece_left == 0)
    return MHD_CONTENT_READER_END_OF_STREAM;
  const size_t length = exchange->piece_left < room ? exchange->piece_left : room;
  memcpy(to, exchange->piece, length);
  exchange->piece += length;
  exchange->piece_left -= length;
  exchange->response_bytes += length;
  return (ssize_t)length;
}

static void
make_pieces(kn_exchange *exchange, const kn_reply *reply)
{
  exchange->pull = reply->pull;
  exchange->pull_end = reply->pull_end;
  exchange->pull_arg = reply->pull_arg;
  exchange->is_keeper = false;
  exchange->is_answered = true;
  exchange->status = MHD_HTTP_OK;
  exchange->response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 65536, send_piece, exchange, NULL);
  if (exchange->response == NULL)
    return;
  MHD_add_response_header(exchange->response, "Content-Type", reply->type);
  add_headers(exchange->response, "");
  for (int32_t i = 0; i < reply->header_count; i++)
    MHD_add_response_header(exchange->response, reply->header[i].name, reply->header[i].value);
}

static void
make_response(kn_exchange *exchange, kn_reply *reply)
{
  if (reply->pull != NULL) {
    make_pieces(exchange, reply);
    return;
  }
  if (reply->channel != NULL) {
    make_stream(exchange, reply);
    return;
  }
  if (reply->json != NULL) {
    reply->bytes = json_dumps(reply->json, JSON_COMPACT | JSON_ENCODE_ANY);
    reply->length = reply->bytes != NULL ? strlen(reply->bytes) : 0;
    reply->type = "application/json";
  }
  const unsigned status = reply->status != 0 ? (unsigned)reply->status : reply->bytes != NULL ? MHD_HTTP_OK : MHD_HTTP_NO_CONTENT;
  tag_response(exchange, reply, reply->bytes, reply->length);
  const char *none_match = kn_request_header(&exchange->request, "If-None-Match");
  if (status == MHD_HTTP_OK && none_match != NULL && exchange->etag[0] != '\0' && kn_etag_matches(none_match, exchange->etag)) {
    free(reply->bytes);
    exchange->is_keeper = false;
    set_response(exchange, MHD_HTTP_NOT_MODIFIED, NULL, NULL, 0);
    return;
  }
  if (exchange->once.is_used)
    kn_repeats_put(exchange->request.portal->repeats, exchange->request.viewer.account_id, exchange->once.key, status,
                   reply->bytes, reply->length);
  exchange->is_keeper = exchange->is_keeper && status == MHD_HTTP_OK && reply->header_count == 0;
  set_response(exchange, status, reply->type, reply->bytes, reply->length);
  for (int32_t i = 0; i < reply->header_count && exchange->response != NULL; i++)
    MHD_add_response_header(exchange->response, reply->header[i].name, reply->header[i].value);
}

/* A client that marks a write with Idempotency-Key may ask again without doing it again. */
static bool
mark_once(kn_exchange *exchange)
{
  kn_request *request = &exchange->request;
  const char *key = kn_request_header(request, "Idempotency-Key");
  if (key == NULL || (request->endpoint->flags & KN_WRITES) == 0)
    return true;
  const size_t length = strlen(key);
  if (length < 8 || length > 200)
    return fail(exchange, KN_E_INPUT, "Idempotency-Key: expected 8 to 200 characters");
  char *whole;
  if (asprintf(&whole, "%s %s %s", request->method, request->path, key) < 0)
    return fail(exchange, KN_E_LIMIT, "out of memory");
  const bool is_copied = kn_text_copy(&exchange->once.key, request->arena, whole, strlen(whole), NULL) == KN_OK;
  free(whole);
  if (!is_copied)
    return fail(exchange, KN_E_LIMIT, "out of memory");
  request->viewer.once = &exchange->once;
  return true;
}

/* What was answered the first time; while that is still under way, or after a restart, only that it was done. */
static void
answer_repeat(kn_exchange *exchange)
{
  unsigned status = MHD_HTTP_OK;
  char *bytes = NULL;
  size_t length = 0;
  if (!kn_repeats_find(exchange->request.portal->repeats, exchange->request.viewer.account_id, exchange->once.key, &status,
                       &bytes, &length)) {
    bytes = strdup("{\"already_done\":true}");
    length = bytes != NULL ? strlen(bytes) : 0;
  }
  set_response(exchange, status, "application/json", bytes, length);
}

static void
make_answer(kn_exchange *exchange)
{
  kn_request *request = &exchange->request;
  kn_error err = {0};
  kn_reply reply = {.version = KN_ANY_VERSION};
  if (limit_rate(request, &err) != KN_OK) {
    kn_exchange_problem(exchange, &err);
    return;
  }
  if (!read_body(exchange) || !mark_once(exchange))
    return;
  exchange->version = kn_desk_version(request->desk); /* before reading: what is read is at least as new */
  kn_code code = kn_desk_lend(request->desk, &request->viewer, &request->conn, &err);
  if (code == KN_OK)
    code = request->endpoint->handle(request, &reply, &err);
  kn_desk_give_back(request->conn);
  request->conn = NULL;
  if (code == KN_OK) {
    make_response(exchange, &reply);
  } else if (exchange->once.is_repeat) {
    free(reply.bytes);
    answer_repeat(exchange);
  } else {
    err.code = code;
    free(reply.bytes);
    kn_exchange_problem(exchange, &err);
    kn_log_error(exchange, &err);
  }
  json_decref(reply.json);
  json_decref(request->problem_more);
  request->problem_more = NULL;
}

void
kn_exchange_answer(kn_exchange *exchange)
{
  const kn_desk_work before = kn_desk_work_here();
  const int64_t hashes = kn_auth_hash_count();
  make_answer(exchange);
  exchange->hashes = kn_auth_hash_count() - hashes;
  count_work(exchange, before);
}
