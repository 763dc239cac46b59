/* Who is asking. A session is a random token in a cookie that scripts cannot read; the file keeps only its digest, so that who reads the
 * file cannot come in with it. Passwords are argon2id hashes as libsodium writes them. */
#include "portal/api.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t hashing = PTHREAD_MUTEX_INITIALIZER; /* 64 MiB each: one after another */

kn_code
kn_auth_hash(const char *password, char *out, kn_error *err)
{
  pthread_mutex_lock(&hashing);
  const int rc =
      crypto_pwhash_str(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE);
  pthread_mutex_unlock(&hashing);
  return rc == 0 ? KN_OK : kn_fail(err, KN_E_LIMIT, "out of memory while hashing a password");
}

bool
kn_auth_verify(const char *hash, const char *password)
{
  pthread_mutex_lock(&hashing);
  const bool is_right = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
  pthread_mutex_unlock(&hashing);
  return is_right;
}

static void
token_digest(const char *token, char hex[65])
{
  unsigned char digest[32];
  crypto_generichash(digest, sizeof digest, (const unsigned char *)token, strlen(token), NULL, 0);
  sodium_bin2hex(hex, 65, digest, sizeof digest);
}

/* The value of a cookie, copied; NULL: there is none. */
static const char *
find_cookie(kn_request *request, const char *name)
{
  const char *header = kn_request_header(request, "Cookie");
  const size_t length = strlen(name);
  while (header != NULL && *header != '\0') {
    header += strspn(header, "; ");
    const size_t pair = strcspn(header, ";");
    if (pair > length && strncmp(header, name, length) == 0 && header[length] == '=') {
      const char *value = NULL;
      kn_text_copy(&value, request->arena, header + length + 1, pair - length - 1, NULL);
      return value;
    }
    header += pair;
  }
  return NULL;
}

/* ---------------------------------------------------------------- the session */
typedef struct session_row {
  kn_request *request;
  bool is_there;
} session_row;

static kn_code
take_session(void *arg, const kn_answer *answer, kn_error *err)
{
  session_row *row = arg;
  kn_request *request = row->request;
  const struct {
    const char *name;
    const char **to;
  } texts[] = {{"csrf", &request->csrf},
               {"name", &request->account_name},
               {"email", &request->account_email},
               {"language", &request->language}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const kn_field *field = kn_answer_field(answer, texts[i].name);
    KN_TRY(kn_text_copy(texts[i].to, request->arena, field->text, (size_t)field->length, err));
  }
  request->viewer.account_id = kn_answer_field(answer, "account_id")->integer;
  row->is_there = kn_role_read(kn_answer_field(answer, "role")->text, &request->viewer.role);
  return KN_OK;
}

typedef struct actor_rows {
  kn_arena *arena;
  int32_t n;
  const char *id[256];
} actor_rows;

static kn_code
take_actor(void *arg, const kn_answer *answer, kn_error *err)
{
  actor_rows *rows = arg;
  if (rows->n == (int32_t)(sizeof rows->id / sizeof *rows->id))
    return kn_fail(err, KN_E_LIMIT, "an account speaks for more than %d actors", (int)rows->n);
  return kn_text_copy(&rows->id[rows->n++], rows->arena, answer->field[0].text, (size_t)answer->field[0].length, err);
}

static kn_code
look(kn_request *request, kn_conn *conn, const char *token, kn_error *err)
{
  char hex[65], now[32];
  token_digest(token, hex);
  kn_store_now(now);
  session_row row = {.request = request};
  const kn_bind which[] = {KN_BIND_TEXT("token", hex), KN_BIND_TEXT("now", now)};
  KN_TRY(kn_conn_ask(conn, "login_get", which, KN_COUNT_OF(which), take_session, &row, err));
  if (!row.is_there) {
    request->viewer = KN_ANYBODY;
    return KN_OK;
  }
  request->session = token;
  if (request->viewer.role != KN_PARTNER)
    return KN_OK;
  actor_rows *rows;
  KN_NEW(rows, request->arena, 1, err);
  rows->arena = request->arena;
  const kn_bind account[] = {KN_BIND_INT("account", request->viewer.account_id)};
  KN_TRY(kn_conn_ask(conn, "account_actors", account, 1, take_actor, rows, err));
  request->viewer.actor_count = rows->n;
  request->viewer.actor_id = rows->id;
  return KN_OK;
}

kn_code
kn_auth_look(kn_request *request, kn_error *err)
{
  request->viewer = KN_ANYBODY;
  const char *accepts = kn_request_header(request, "Accept-Language");
  request->language = accepts != NULL && strncmp(accepts, "nl", 2) == 0 ? "nl" : "en";
  const char *token = find_cookie(request, "knoop_session");
  if (token == NULL)
    return KN_OK;
  kn_conn *conn;
  KN_TRY(kn_desk_lend(request->desk, NULL, &conn, err));
  const kn_code code = look(request, conn, token, err);
  kn_desk_give_back(conn);
  return code;
}

/* ---------------------------------------------------------------- signing in */
typedef struct account_row {
  kn_arena *arena;
  int64_t account_id;
  const char *password, *locked_until;
  bool is_closed;
  int64_t failures;
} account_row;

static kn_code
take_account(void *arg, const kn_answer *answer, kn_error *err)
{
  account_row *row = arg;
  const kn_field *password = kn_answer_field(answer, "password"), *locked = kn_answer_field(answer, "locked_until");
  row->account_id = kn_answer_field(answer, "account_id")->integer;
  row->failures = kn_answer_field(answer, "failures")->integer;
  row->is_closed = kn_answer_field(answer, "is_closed")->integer != 0;
  if (password->text != NULL)
    KN_TRY(kn_text_copy(&row->password, row->arena, password->text, (size_t)password->length, err));
  if (locked->text != NULL)
    KN_TRY(kn_text_copy(&row->locked_until, row->arena, locked->text, (size_t)locked->length, err));
  return KN_OK;
}

enum { FAILURES_MOST = 8, LOCKED_S = 900, SESSION_S = 14 * 24 * 3600 };

static void
in_seconds(char out[32], int64_t seconds)
{
  const time_t then = time(NULL) + seconds;
  struct tm utc;
  gmtime_r(&then, &utc);
  strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

typedef struct coming_in {
  int64_t account_id, failures;
  const char *token, *csrf; /* NULL: the password was wrong */
} coming_in;

static kn_code
write_failure(kn_conn *conn, void *arg, kn_error *err)
{
  const coming_in *in = arg;
  char until[32];
  in_seconds(until, LOCKED_S);
  const kn_bind failed[] = {KN_BIND_INT("account", in->account_id),
                            KN_BIND_TEXT("locked_until", in->failures + 1 >= FAILURES_MOST ? until : NULL)};
  KN_TRY(kn_conn_run(conn, "account_failed", failed, KN_COUNT_OF(failed), NULL, err));
  return kn_conn_audit(conn, "sign-in refused", NULL, NULL, err);
}

static kn_code
write_login(kn_conn *conn, void *arg, kn_error *err)
{
  const coming_in *in = arg;
  char hex[65], now[32], ends[32];
  token_digest(in->token, hex);
  kn_store_now(now);
  in_seconds(ends, SESSION_S);
  const kn_bind account[] = {KN_BIND_INT("account", in->account_id)};
  KN_TRY(kn_conn_run(conn, "account_came_in", account, 1, NULL, err));
  const kn_bind login[] = {KN_BIND_TEXT("token", hex), KN_BIND_INT("account", in->account_id), KN_BIND_TEXT("csrf", in->csrf),
                           KN_BIND_TEXT("made", now), KN_BIND_TEXT("ends", ends)};
  KN_TRY(kn_conn_run(conn, "login_add", login, KN_COUNT_OF(login), NULL, err));
  return kn_conn_audit(conn, "sign-in", NULL, NULL, err);
}

static kn_code
random_token(kn_request *request, const char **out, kn_error *err)
{
  unsigned char bytes[32];
  char text[64];
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return kn_text_copy(out, request->arena, text, strlen(text), err);
}

/* One sentence for every reason, so that nobody learns which addresses have an account. */
static kn_code
refuse_login(kn_error *err)
{
  return kn_fail(err, KN_E_DENIED, "address and password do not belong together, or the account is locked for a while");
}

kn_code
kn_api_login(kn_request *request, kn_reply *reply, kn_error *err)
{
  /* Compared with where there is no account: the answer then takes as long. Any hash will do, made once. */
  static char decoy[crypto_pwhash_STRBYTES];
  const char *email, *password;
  KN_TRY(kn_body_text(request, "email", true, 320, &email, err));
  KN_TRY(kn_body_text(request, "password", true, 1024, &password, err));
  account_row row = {.arena = request->arena};
  const kn_bind which[] = {KN_BIND_TEXT("email", email)};
  KN_TRY(kn_conn_ask(request->conn, "account_by_email", which, 1, take_account, &row, err));
  if (row.password == NULL && decoy[0] == '\0')
    KN_TRY(kn_auth_hash("nobody", decoy, err));
  char now[32];
  kn_store_now(now);
  const bool is_right = kn_auth_verify(row.password != NULL ? row.password : decoy, password) && row.password != NULL;
  const bool is_locked = row.locked_until != NULL && strcmp(row.locked_until, now) > 0;
  coming_in in = {.account_id = row.account_id, .failures = row.failures};
  const kn_viewer self = {.role = KN_PUBLIC, .account_id = row.account_id};
  if (row.account_id == 0 || row.is_closed || is_locked)
    return refuse_login(err);
  if (!is_right) {
    KN_TRY(kn_desk_write(request->desk, &self, write_failure, &in, err));
    return refuse_login(err);
  }
  KN_TRY(random_token(request, &in.token, err));
  KN_TRY(random_token(request, &in.csrf, err));
  KN_TRY(kn_desk_write(request->desk, &self, write_login, &in, err));
  char cookie[200];
  snprintf(cookie, sizeof cookie, "knoop_session=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s", in.token, SESSION_S,
           kn_portal_is_secure(request->portal) ? "; Secure" : "");
  KN_TRY(kn_reply_header(reply, request, "Set-Cookie", cookie, err));
  reply->json = json_pack("{s:s}", "csrf", in.csrf);
  return KN_OK;
}

static kn_code
write_logout(kn_conn *conn, void *arg, kn_error *err)
{
  char hex[65];
  token_digest(arg, hex);
  const kn_bind login[] = {KN_BIND_TEXT("token", hex)};
  return kn_conn_run(conn, "login_remove", login, 1, NULL, err);
}

kn_code
kn_api_logout(kn_request *request, kn_reply *reply, kn_error *err)
{
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_logout, (void *)request->session, err));
  return kn_reply_header(reply, request, "Set-Cookie", "knoop_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", err);
}

kn_code
kn_api_me(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)err;
  json_t *actors = json_array();
  for (int32_t i = 0; i < request->viewer.actor_count; i++)
    json_array_append_new(actors, json_string(request->viewer.actor_id[i]));
  reply->json =
      json_pack("{s:s, s:s?, s:s?, s:s, s:s?, s:o}", "role", kn_role_name(request->viewer.role), "name", request->account_name,
                "email", request->account_email, "language", request->language, "csrf", request->csrf, "actors", actors);
  return KN_OK;
}
