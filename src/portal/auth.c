/* Who is asking. A session is a random token in a cookie that scripts cannot read; the file keeps only its digest, so that who reads the
 * file cannot come in with it. Passwords are argon2id hashes as libsodium writes them. */
#include "portal/auth.h"
#include "portal/http.h"
#include "portal/limits.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t hashing = PTHREAD_MUTEX_INITIALIZER; /* 64 MiB each: one after another */

static _Thread_local int64_t hash_count;

int64_t
kn_auth_hash_count(void)
{
  return hash_count;
}

kn_code
kn_auth_hash(const char *password, char *out, kn_error *err)
{
  pthread_mutex_lock(&hashing);
  hash_count++;
  const int rc =
      crypto_pwhash_str(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE);
  pthread_mutex_unlock(&hashing);
  return rc == 0 ? KN_OK : kn_fail(err, KN_E_LIMIT, "out of memory while hashing a password");
}

bool
kn_auth_verify(const char *hash, const char *password)
{
  pthread_mutex_lock(&hashing);
  hash_count++;
  const bool is_right = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
  pthread_mutex_unlock(&hashing);
  return is_right;
}

void
kn_token_digest(const char *token, char hex[KN_TOKEN_HEX])
{
  unsigned char digest[32];
  crypto_generichash(digest, sizeof digest, (const unsigned char *)token, strlen(token), NULL, 0);
  sodium_bin2hex(hex, KN_TOKEN_HEX, digest, sizeof digest);
}

kn_code
kn_token_new(kn_request *request, const char **out, kn_error *err)
{
  unsigned char bytes[32];
  char text[64];
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return kn_text_copy(out, request->arena, text, strlen(text), err);
}

void
kn_in_seconds(char out[KN_TIME_TEXT], int64_t seconds)
{
  const time_t then = time(NULL) + seconds;
  struct tm utc;
  gmtime_r(&then, &utc);
  strftime(out, KN_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &utc);
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

/* The name of the cookie. Under TLS browsers themselves see to it that a cookie named __Host- came from here, by TLS, for all paths. */
static const char *
cookie_name(const kn_request *request)
{
  return kn_portal_is_secure(request->portal) ? "__Host-knoop_session" : "knoop_session";
}

kn_code
kn_session_cookie(kn_request *request, kn_reply *reply, const char *token, kn_error *err)
{
  char cookie[256];
  snprintf(cookie, sizeof cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s", cookie_name(request),
           token != NULL ? token : "", token != NULL ? KN_SESSION_S : 0, kn_portal_is_secure(request->portal) ? "; Secure" : "");
  return kn_reply_header(reply, request, "Set-Cookie", cookie, err);
}

/* ---------------------------------------------------------------- texts of an answer, kept */
typedef struct kept_text {
  const char *name;
  const char **to;
} kept_text;

static kn_code
keep_texts(const kn_answer *answer, kn_arena *arena, const kept_text *texts, size_t count, kn_error *err)
{
  for (size_t i = 0; i < count; i++) {
    const kn_field *field = kn_answer_field(answer, texts[i].name);
    if (field != NULL && field->text != NULL)
      KN_TRY(kn_text_copy(texts[i].to, arena, field->text, (size_t)field->length, err));
  }
  return KN_OK;
}

static int64_t
integer_of(const kn_answer *answer, const char *name)
{
  const kn_field *field = kn_answer_field(answer, name);
  return field != NULL ? field->integer : 0;
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
  const kept_text texts[] = {{"csrf", &request->csrf},
                             {"name", &request->account_name},
                             {"email", &request->account_email},
                             {"language", &request->language},
                             {"handle", &request->session_handle},
                             {"seen", &request->session_seen},
                             {"rotated", &request->session_rotated},
                             {"ends", &request->session_ends}};
  KN_TRY(keep_texts(answer, request->arena, texts, sizeof texts / sizeof *texts, err));
  request->viewer.account_id = integer_of(answer, "account_id");
  request->has_second_factor = integer_of(answer, "has_second_factor") != 0;
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
write_seen(kn_conn *conn, void *arg, kn_error *err)
{
  char now[KN_TIME_TEXT];
  kn_store_now(now);
  const kn_bind which[] = {KN_BIND_TEXT("handle", arg), KN_BIND_TEXT("now", now)};
  return kn_conn_run(conn, "session_seen", which, KN_COUNT_OF(which), NULL, err);
}

/* That somebody is there is written down each quarter of an hour, and nobody waits for it. */
static void
note_seen(kn_request *request)
{
  enum { QUARTER_S = 900 };
  char quarter_ago[KN_TIME_TEXT];
  kn_in_seconds(quarter_ago, -QUARTER_S);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (request->session_handle == NULL || strcmp(request->session_seen, quarter_ago) >= 0 ||
      kn_limits_take(request->portal->limits, "seen", request->session_handle, 1, 1.0 / 60, 1, (double)now.tv_sec) > 0)
    return;
  kn_desk_post(request->desk, write_seen, request->session_handle, strlen(request->session_handle) + 1, NULL);
}

static kn_code
look(kn_request *request, kn_conn *conn, const char *token, kn_error *err)
{
  char hex[KN_TOKEN_HEX], now[KN_TIME_TEXT], idle[KN_TIME_TEXT];
  kn_token_digest(token, hex);
  kn_store_now(now);
  kn_in_seconds(idle, -KN_IDLE_S);
  session_row row = {.request = request};
  const kn_bind which[] = {KN_BIND_TEXT("token", hex), KN_BIND_TEXT("now", now), KN_BIND_TEXT("idle", idle)};
  KN_TRY(kn_conn_ask(conn, "session_get", which, KN_COUNT_OF(which), take_session, &row, err));
  if (!row.is_there) {
    request->viewer = KN_ANYBODY;
    return KN_OK;
  }
  request->session = token;
  note_seen(request);
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

/* The first language that the client accepts, when it is one of ours; NULL: it does not say, or another one. */
static const char *
language_asked(const kn_request *request)
{
  const char *accepts = kn_request_header(request, "Accept-Language");
  if (accepts == NULL)
    return NULL;
  return strncmp(accepts, "nl", 2) == 0 ? "nl" : strncmp(accepts, "en", 2) == 0 ? "en" : NULL;
}

kn_code
kn_auth_look(kn_request *request, kn_error *err)
{
  request->viewer = KN_ANYBODY;
  const char *asked = language_asked(request);
  request->language = asked != NULL ? asked : "en";
  const char *token = find_cookie(request, cookie_name(request));
  if (token == NULL)
    return KN_OK;
  kn_conn *conn;
  KN_TRY(kn_desk_lend(request->desk, NULL, &conn, err));
  const kn_code code = look(request, conn, token, err);
  kn_desk_give_back(conn);
  if (asked != NULL) /* what a reader asks for now comes before what their account says */
    request->language = asked;
  return code;
}

kn_code
kn_session_new(kn_request *request, int64_t account_id, kn_new_session *out, kn_error *err)
{
  *out = (kn_new_session){.account_id = account_id, .old = request->session, .address = request->remote};
  const char *agent = kn_request_header(request, "User-Agent");
  enum { AGENT_MOST = 200 };
  if (agent != NULL)
    KN_TRY(kn_text_copy(&out->agent, request->arena, agent, strnlen(agent, AGENT_MOST), err));
  /* A header that is no UTF-8 would make every list with it unreadable. */
  json_t *is_text = out->agent != NULL ? json_string(out->agent) : NULL;
  if (is_text == NULL)
    out->agent = NULL;
  json_decref(is_text);
  KN_TRY(kn_token_new(request, &out->token, err));
  KN_TRY(kn_token_new(request, &out->csrf, err));
  KN_TRY(kn_token_new(request, &out->handle, err));
  return KN_OK;
}

kn_code
kn_session_write(kn_conn *conn, const kn_new_session *session, kn_error *err)
{
  char hex[KN_TOKEN_HEX], now[KN_TIME_TEXT], ends[KN_TIME_TEXT], idle[KN_TIME_TEXT];
  kn_store_now(now);
  kn_in_seconds(ends, KN_SESSION_S);
  kn_in_seconds(idle, -KN_IDLE_S);
  const kn_bind over[] = {KN_BIND_TEXT("now", now), KN_BIND_TEXT("idle", idle)};
  KN_TRY(kn_conn_run(conn, "session_sweep", over, KN_COUNT_OF(over), NULL, err));
  if (session->old != NULL) {
    kn_token_digest(session->old, hex);
    const kn_bind old[] = {KN_BIND_TEXT("token", hex)};
    KN_TRY(kn_conn_run(conn, "login_remove", old, 1, NULL, err));
  }
  kn_token_digest(session->token, hex);
  const kn_bind row[] = {KN_BIND_TEXT("token", hex),
                         KN_BIND_INT("account", session->account_id),
                         KN_BIND_TEXT("csrf", session->csrf),
                         KN_BIND_TEXT("now", now),
                         KN_BIND_TEXT("ends", ends),
                         KN_BIND_TEXT("handle", session->handle),
                         KN_BIND_TEXT("agent", session->agent),
                         KN_BIND_TEXT("address", session->address)};
  return kn_conn_run(conn, "session_add", row, KN_COUNT_OF(row), NULL, err);
}

/* ---------------------------------------------------------------- secrets */
typedef struct secrets_row {
  kn_arena *arena;
  kn_secrets *out;
} secrets_row;

static kn_code
take_secrets(void *arg, const kn_answer *answer, kn_error *err)
{
  const secrets_row *row = arg;
  kn_secrets *out = row->out;
  out->account_id = integer_of(answer, "account_id");
  out->failures = integer_of(answer, "failures");
  out->totp_last = integer_of(answer, "totp_last");
  out->is_closed = integer_of(answer, "is_closed") != 0;
  const kept_text texts[] = {{"email", &out->email},
                             {"name", &out->name},
                             {"role", &out->role},
                             {"password", &out->password},
                             {"totp", &out->totp},
                             {"totp_pending", &out->totp_pending},
                             {"locked_until", &out->locked_until}};
  return keep_texts(answer, row->arena, texts, sizeof texts / sizeof *texts, err);
}

kn_code
kn_secrets_of(kn_request *request, kn_conn *conn, const char *statement, const kn_bind *bind, int32_t count, kn_secrets *out,
              kn_error *err)
{
  *out = (kn_secrets){0};
  secrets_row row = {.arena = request->arena, .out = out};
  return kn_conn_ask(conn, statement, bind, count, take_secrets, &row, err);
}

static bool
is_locked(const kn_secrets *secrets)
{
  char now[KN_TIME_TEXT];
  kn_store_now(now);
  return secrets->locked_until != NULL && strcmp(secrets->locked_until, now) > 0;
}

/* Something was wrong: counted where there is an account to count for, and written down in any case, so that the answer takes as
 * long whoever asked. */
static kn_code
write_failure(kn_conn *conn, void *arg, kn_error *err)
{
  const kn_secrets *secrets = arg;
  char until[KN_TIME_TEXT];
  kn_in_seconds(until, KN_LOCKED_S);
  const bool is_counted = !is_locked(secrets);
  const bool locks = is_counted && secrets->failures + 1 >= KN_FAILURES_MOST;
  const kn_bind failed[] = {KN_BIND_INT("account", is_counted ? secrets->account_id : 0),
                            KN_BIND_TEXT("locked_until", locks ? until : NULL)};
  KN_TRY(kn_conn_run(conn, "account_failed", failed, KN_COUNT_OF(failed), NULL, err));
  return kn_conn_audit(conn, locks && secrets->account_id != 0 ? "sign-in refused, account locked" : "sign-in refused", NULL,
                       NULL, err);
}

kn_code
kn_check_own_password(kn_request *request, kn_secrets *out, kn_error *err)
{
  const char *password;
  KN_TRY(kn_body_text(request, "current_password", true, 1024, &password, err));
  char account[32];
  snprintf(account, sizeof account, "%" PRId64, request->viewer.account_id);
  KN_TRY(kn_limit(request, "own password", account, 10, 0.1, err));
  KN_TRY(kn_secrets_of(request, request->conn, "own_secrets", NULL, 0, out, err));
  const bool is_right = out->password != NULL && kn_auth_verify(out->password, password);
  if (is_right && !is_locked(out))
    return KN_OK;
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_failure, out, err));
  return kn_fail(err, KN_E_INPUT,
                 "current_password: this is not the password of your account, or the account is locked for a while");
}

/* ---------------------------------------------------------------- signing in */
enum { SIGN_IN_BURST = 60, ACCOUNT_BURST = 20 };
static const double SIGN_IN_PER_S = 0.2, ACCOUNT_PER_S = 0.2;

typedef struct coming_in {
  const kn_secrets *secrets;
  kn_new_session session;
  int64_t step;         /* of the code; 0: none */
  const char *recovery; /* digest of a code on paper; NULL: none */
  bool is_used;         /* the code was used meanwhile */
} coming_in;

static kn_code
write_login(kn_conn *conn, void *arg, kn_error *err)
{
  coming_in *in = arg;
  char now[KN_TIME_TEXT];
  kn_store_now(now);
  int64_t changed = 1;
  if (in->step != 0) {
    const kn_bind step[] = {KN_BIND_INT("account", in->secrets->account_id), KN_BIND_INT("step", in->step)};
    KN_TRY(kn_conn_run(conn, "account_use_step", step, KN_COUNT_OF(step), &changed, err));
  } else if (in->recovery != NULL) {
    const kn_bind code[] = {KN_BIND_INT("account", in->secrets->account_id), KN_BIND_TEXT("digest", in->recovery),
                            KN_BIND_TEXT("now", now)};
    KN_TRY(kn_conn_run(conn, "account_use_recovery", code, KN_COUNT_OF(code), &changed, err));
  }
  in->is_used = changed == 0;
  if (in->is_used)
    return KN_OK;
  const kn_bind account[] = {KN_BIND_INT("account", in->secrets->account_id)};
  KN_TRY(kn_conn_run(conn, "account_came_in", account, 1, NULL, err));
  KN_TRY(kn_session_write(conn, &in->session, err));
  return kn_conn_audit(conn, in->recovery != NULL ? "sign-in with a recovery code" : "sign-in", NULL, NULL, err);
}

/* One sentence for every reason, so that nobody learns which addresses have an account. */
static kn_code
refuse_login(kn_error *err)
{
  return kn_fail(err, KN_E_DENIED, "address and password do not belong together, or the account is locked for a while");
}

/* The digest of a recovery code belongs to one account; blanks, hyphens and the size of letters do not count. */
void
kn_recovery_digest(int64_t account_id, const char *code, char hex[KN_TOKEN_HEX])
{
  char text[96];
  int n = snprintf(text, sizeof text, "%" PRId64 ":", account_id);
  for (; *code != '\0' && n + 1 < (int)sizeof text; code++)
    if (*code != ' ' && *code != '-')
      text[n++] = (char)(*code >= 'a' && *code <= 'z' ? *code - 32 : *code);
  text[n] = '\0';
  kn_token_digest(text, hex);
}

/* The second factor, where there is one. */
static kn_code
check_factor(kn_request *request, coming_in *in, char recovery[KN_TOKEN_HEX], bool *is_right, kn_error *err)
{
  static const kn_problem_kind asked = {401, "totp-required", "A code of the second factor is asked for"};
  const char *code;
  KN_TRY(kn_body_text(request, "totp", false, 64, &code, err));
  *is_right = true;
  if (in->secrets->totp == NULL)
    return KN_OK;
  if (code == NULL) {
    request->problem = &asked;
    return kn_fail(err, KN_E_DENIED, "totp: expected the code that the second factor shows now");
  }
  in->step = kn_totp_step(in->secrets->totp, code, time(NULL), in->secrets->totp_last);
  if (in->step == 0 && strlen(code) > 8) {
    kn_recovery_digest(in->secrets->account_id, code, recovery);
    in->recovery = recovery;
  }
  *is_right = in->step != 0 || in->recovery != NULL;
  return KN_OK;
}

static kn_code
refuse_code(kn_request *request, kn_error *err)
{
  static const kn_problem_kind wrong = {401, "totp-wrong", "The code is not right"};
  request->problem = &wrong;
  return kn_fail(err, KN_E_DENIED, "totp: this code is not right, or was used already");
}

/* Compared with where there is no account: the answer then takes as long. Any hash will do, made once. */
static pthread_once_t decoy_once = PTHREAD_ONCE_INIT;
static char decoy[crypto_pwhash_STRBYTES];

static void
make_decoy(void)
{
  if (kn_auth_hash("nobody", decoy, NULL) != KN_OK)
    decoy[0] = '\0';
}

kn_code
kn_api_login(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *email, *password;
  KN_TRY(kn_body_text(request, "email", true, 320, &email, err));
  KN_TRY(kn_body_text(request, "password", true, 1024, &password, err));
  KN_TRY(kn_limit(request, "sign-in from", request->remote, SIGN_IN_BURST, SIGN_IN_PER_S, err));
  KN_TRY(kn_limit(request, "sign-in as", email, ACCOUNT_BURST, ACCOUNT_PER_S, err));
  kn_secrets secrets;
  const kn_bind which[] = {KN_BIND_TEXT("email", email)};
  KN_TRY(kn_secrets_of(request, request->conn, "account_by_email", which, 1, &secrets, err));
  pthread_once(&decoy_once, make_decoy);
  const bool is_right = kn_auth_verify(secrets.password != NULL ? secrets.password : decoy, password) && secrets.password != NULL;
  const kn_viewer self = {.role = KN_PUBLIC, .account_id = secrets.account_id};
  if (!is_right || secrets.is_closed || is_locked(&secrets)) {
    KN_TRY(kn_desk_write(request->desk, &self, write_failure, &secrets, err));
    return refuse_login(err);
  }
  coming_in in = {.secrets = &secrets};
  char recovery[KN_TOKEN_HEX];
  bool is_code_right;
  KN_TRY(check_factor(request, &in, recovery, &is_code_right, err));
  KN_TRY(kn_session_new(request, secrets.account_id, &in.session, err));
  if (is_code_right)
    KN_TRY(kn_desk_write(request->desk, &self, write_login, &in, err));
  if (!is_code_right || in.is_used) {
    KN_TRY(kn_desk_write(request->desk, &self, write_failure, &secrets, err));
    return refuse_code(request, err);
  }
  kn_limit_return(request, "sign-in from", request->remote, SIGN_IN_BURST, SIGN_IN_PER_S);
  KN_TRY(kn_session_cookie(request, reply, in.session.token, err));
  reply->json = json_pack("{s:s}", "csrf", in.session.csrf);
  return KN_OK;
}

static kn_code
write_logout(kn_conn *conn, void *arg, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("handle", arg)};
  KN_TRY(kn_conn_run(conn, "session_end", which, 1, NULL, err));
  return kn_conn_audit(conn, "sign-out", NULL, NULL, err);
}

kn_code
kn_api_logout(kn_request *request, kn_reply *reply, kn_error *err)
{
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_logout, (void *)request->session_handle, err));
  return kn_session_cookie(request, reply, NULL, err);
}

/* ---------------------------------------------------------------- who is signed in */
typedef struct rotating {
  const char *token;
  char previous[KN_TOKEN_HEX];
  int64_t changed;
} rotating;

static kn_code
write_rotation(kn_conn *conn, void *arg, kn_error *err)
{
  enum { GRACE_S = 60 };
  rotating *in = arg;
  char hex[KN_TOKEN_HEX], now[KN_TIME_TEXT], until[KN_TIME_TEXT];
  kn_token_digest(in->token, hex);
  kn_store_now(now);
  kn_in_seconds(until, GRACE_S);
  const kn_bind row[] = {KN_BIND_TEXT("token", hex), KN_BIND_TEXT("previous", in->previous), KN_BIND_TEXT("until", until),
                         KN_BIND_TEXT("now", now)};
  return kn_conn_run(conn, "session_rotate", row, KN_COUNT_OF(row), &in->changed, err);
}

/* A token that is a day old is replaced; requests on their way with the old one count for a minute more. */
static kn_code
rotate(kn_request *request, kn_reply *reply, kn_error *err)
{
  char day_ago[KN_TIME_TEXT];
  kn_in_seconds(day_ago, -KN_ROTATE_S);
  if (request->session == NULL || strcmp(request->session_rotated, day_ago) > 0)
    return KN_OK;
  rotating in = {0};
  KN_TRY(kn_token_new(request, &in.token, err));
  kn_token_digest(request->session, in.previous);
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_rotation, &in, err));
  kn_store_now(day_ago);
  KN_TRY(kn_text_copy(&request->session_rotated, request->arena, day_ago, strlen(day_ago), err));
  return in.changed > 0 ? kn_session_cookie(request, reply, in.token, err) : KN_OK;
}

kn_code
kn_api_me(kn_request *request, kn_reply *reply, kn_error *err)
{
  KN_TRY(rotate(request, reply, err));
  json_t *actors = json_array();
  for (int32_t i = 0; i < request->viewer.actor_count; i++)
    json_array_append_new(actors, json_string(request->viewer.actor_id[i]));
  json_t *account = NULL;
  if (request->viewer.account_id != 0)
    account =
        json_pack("{s:I, s:s, s:s, s:s, s:b, s:s, s:s}", "account_id", (json_int_t)request->viewer.account_id, "name",
                  request->account_name, "email", request->account_email, "language", request->language, "has_second_factor",
                  request->has_second_factor, "session_ends", request->session_ends, "session_rotated", request->session_rotated);
  reply->json = json_pack("{s:s, s:s?, s:s?, s:s, s:s?, s:o?, s:o}", "role", kn_role_name(request->viewer.role), "name",
                          request->account_name, "email", request->account_email, "language", request->language, "csrf",
                          request->csrf, "account", account, "actors", actors);
  return KN_OK;
}
