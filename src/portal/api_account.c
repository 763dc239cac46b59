/* One's own account: name and language, password, sessions, second factor. */
#include "portal/auth.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

static kn_code
end_with(kn_request *request, kn_reply *reply, const kn_new_session *session, json_t *json, kn_error *err)
{
  reply->json = json != NULL ? json : json_object();
  json_object_set_new(reply->json, "csrf", json_string(session->csrf));
  return kn_session_cookie(request, reply, session->token, err);
}

/* ---------------------------------------------------------------- name and language */
typedef struct profile {
  const char *name, *language;
} profile;

static kn_code
write_profile(kn_conn *conn, void *arg, kn_error *err)
{
  const profile *in = arg;
  const kn_bind row[] = {KN_BIND_TEXT("name", in->name), KN_BIND_TEXT("language", in->language)};
  KN_TRY(kn_conn_run(conn, "own_set_profile", row, KN_COUNT_OF(row), NULL, err));
  return kn_conn_audit(conn, "own account changed", NULL, NULL, err);
}

kn_code
kn_api_profile(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  profile in;
  KN_TRY(kn_body_text(request, "name", false, 200, &in.name, err));
  KN_TRY(kn_body_text(request, "language", false, 8, &in.language, err));
  static const char *const languages[] = {"nl", "en", "fr", "de"};
  bool is_known = in.language == NULL;
  for (size_t i = 0; !is_known && i < sizeof languages / sizeof *languages; i++)
    is_known = strcmp(in.language, languages[i]) == 0;
  if (!is_known)
    return kn_fail(err, KN_E_INPUT, "language: expected nl, en, fr or de");
  return kn_desk_write(request->desk, &request->viewer, write_profile, &in, err);
}

/* ---------------------------------------------------------------- password */
typedef struct new_password {
  char hash[crypto_pwhash_STRBYTES];
  kn_new_session session;
} new_password;

static kn_code
write_password(kn_conn *conn, void *arg, kn_error *err)
{
  const new_password *in = arg;
  const kn_bind row[] = {KN_BIND_TEXT("password", in->hash)};
  KN_TRY(kn_conn_run(conn, "own_set_password", row, 1, NULL, err));
  KN_TRY(kn_conn_run(conn, "session_end", NULL, 0, NULL, err));
  KN_TRY(kn_session_write(conn, &in->session, err));
  return kn_conn_audit(conn, "own password changed", NULL, NULL, err);
}

kn_code
kn_api_password(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_secrets secrets;
  const char *password;
  KN_TRY(kn_body_text(request, "password", true, 1024, &password, err));
  KN_TRY(kn_check_own_password(request, &secrets, err));
  const char *const who[] = {secrets.name, secrets.email, NULL};
  KN_TRY(kn_password_check(password, who, err));
  new_password in = {0};
  KN_TRY(kn_auth_hash(password, in.hash, err));
  KN_TRY(kn_session_new(request, secrets.account_id, &in.session, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_password, &in, err));
  return end_with(request, reply, &in.session, NULL, err);
}

/* ---------------------------------------------------------------- sessions */
kn_code
kn_api_sessions(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("current", request->session_handle)};
  return kn_reply_list(request, reply, "session_list", which, 1, err);
}

typedef struct ending {
  const char *handle, *keep;
  int64_t changed;
} ending;

static kn_code
write_ending(kn_conn *conn, void *arg, kn_error *err)
{
  ending *in = arg;
  const kn_bind which[] = {KN_BIND_TEXT("handle", in->handle), KN_BIND_TEXT("keep", in->keep)};
  KN_TRY(kn_conn_run(conn, "session_end", which, KN_COUNT_OF(which), &in->changed, err));
  return kn_conn_audit(conn, in->handle != NULL ? "session ended" : "sessions ended", NULL, NULL, err);
}

kn_code
kn_api_session_end(kn_request *request, kn_reply *reply, kn_error *err)
{
  ending in = {.handle = kn_request_part(request, "session_id")};
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_ending, &in, err));
  if (in.changed == 0)
    return kn_missing(request, err);
  return strcmp(in.handle, request->session_handle) == 0 ? kn_session_cookie(request, reply, NULL, err) : KN_OK;
}

kn_code
kn_api_sessions_end(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *others = kn_request_query(request, "others");
  const bool keeps = others != NULL && strcmp(others, "true") == 0;
  ending in = {.keep = keeps ? request->session_handle : NULL};
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_ending, &in, err));
  return keeps ? KN_OK : kn_session_cookie(request, reply, NULL, err);
}

/* ---------------------------------------------------------------- second factor
 *
 *   none ─begin─> pending ─code─> on ─end─> none
 *                                 └─recovery─> on, with new codes
 */
enum { RECOVERY_CODES = 10, RECOVERY_TEXT = 20 };
typedef struct factor {
  char secret[KN_TOTP_SECRET];
  int64_t step, changed;
  int64_t account_id;
  char code[RECOVERY_CODES][RECOVERY_TEXT]; /* ABCD-EFGH-IJKL-MNOP: 80 bits */
  kn_new_session session;
} factor;

static void
make_codes(factor *in)
{
  static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"; /* none that look alike */
  for (int i = 0; i < RECOVERY_CODES; i++) {
    unsigned char bytes[RECOVERY_TEXT - 1];
    randombytes_buf(bytes, sizeof bytes);
    for (int j = 0; j < RECOVERY_TEXT - 1; j++)
      in->code[i][j] = j % 5 == 4 ? '-' : letters[bytes[j] & 31];
    in->code[i][RECOVERY_TEXT - 1] = '\0';
  }
}

static json_t *
codes_json(const factor *in)
{
  json_t *codes = json_array();
  for (int i = 0; i < RECOVERY_CODES; i++)
    json_array_append_new(codes, json_string(in->code[i]));
  return codes;
}

static kn_code
write_codes(kn_conn *conn, const factor *in, kn_error *err)
{
  KN_TRY(kn_conn_run(conn, "own_drop_recovery", NULL, 0, NULL, err));
  for (int i = 0; i < RECOVERY_CODES; i++) {
    char hex[KN_TOKEN_HEX];
    kn_recovery_digest(in->account_id, in->code[i], hex);
    const kn_bind row[] = {KN_BIND_TEXT("digest", hex)};
    KN_TRY(kn_conn_run(conn, "own_add_recovery", row, 1, NULL, err));
  }
  return KN_OK;
}

static kn_code
write_pending(kn_conn *conn, void *arg, kn_error *err)
{
  const factor *in = arg;
  const kn_bind row[] = {KN_BIND_TEXT("secret", in->secret)};
  return kn_conn_run(conn, "own_set_pending", row, 1, NULL, err);
}

/* name as a part of a URI (RFC 3986) */
static void
put_escaped(char *out, size_t capacity, const char *text)
{
  size_t n = strlen(out);
  for (; *text != '\0' && n + 4 < capacity; text++) {
    const unsigned char c = (unsigned char)*text;
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c) != NULL;
    n += (size_t)snprintf(out + n, capacity - n, is_plain ? "%c" : "%%%02X", c);
  }
}

kn_code
kn_api_factor_begin(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_secrets secrets;
  KN_TRY(kn_check_own_password(request, &secrets, err));
  factor in = {.account_id = secrets.account_id};
  kn_totp_new(in.secret);
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_pending, &in, err));
  char uri[1400] = "otpauth://totp/knoop:";
  put_escaped(uri, 1200, secrets.email);
  const size_t length = strlen(uri);
  snprintf(uri + length, sizeof uri - length, "?secret=%s&issuer=knoop&algorithm=SHA1&digits=6&period=30", in.secret);
  reply->json = json_pack("{s:s, s:s}", "secret", in.secret, "uri", uri);
  return KN_OK;
}

static kn_code
write_factor(kn_conn *conn, void *arg, kn_error *err)
{
  factor *in = arg;
  const kn_bind row[] = {KN_BIND_INT("step", in->step)};
  KN_TRY(kn_conn_run(conn, "own_take_pending", row, 1, &in->changed, err));
  if (in->changed == 0)
    return kn_fail(err, KN_E_CONFLICT, "the second factor was begun anew meanwhile");
  KN_TRY(write_codes(conn, in, err));
  KN_TRY(kn_conn_run(conn, "session_end", NULL, 0, NULL, err));
  KN_TRY(kn_session_write(conn, &in->session, err));
  return kn_conn_audit(conn, "second factor on", NULL, NULL, err);
}

kn_code
kn_api_factor_prove(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_secrets secrets;
  const char *code;
  KN_TRY(kn_body_text(request, "totp", true, 64, &code, err));
  char account[32];
  snprintf(account, sizeof account, "%" PRId64, request->viewer.account_id);
  KN_TRY(kn_limit(request, "prove", account, 10, 0.1, err));
  KN_TRY(kn_secrets_of(request, request->conn, "own_secrets", NULL, 0, &secrets, err));
  if (secrets.totp_pending == NULL)
    return kn_fail(err, KN_E_CONFLICT, "there is no second factor that waits for a code");
  factor in = {.account_id = secrets.account_id, .step = kn_totp_step(secrets.totp_pending, code, time(NULL), 0)};
  if (in.step == 0)
    return kn_fail(err, KN_E_INPUT, "totp: this is not the code of now; is the clock of the telephone right?");
  make_codes(&in);
  KN_TRY(kn_session_new(request, secrets.account_id, &in.session, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_factor, &in, err));
  return end_with(request, reply, &in.session, json_pack("{s:o}", "recovery_codes", codes_json(&in)), err);
}

static kn_code
write_factor_end(kn_conn *conn, void *arg, kn_error *err)
{
  const factor *in = arg;
  KN_TRY(kn_conn_run(conn, "own_drop_factor", NULL, 0, NULL, err));
  KN_TRY(kn_conn_run(conn, "own_drop_recovery", NULL, 0, NULL, err));
  KN_TRY(kn_conn_run(conn, "session_end", NULL, 0, NULL, err));
  KN_TRY(kn_session_write(conn, &in->session, err));
  return kn_conn_audit(conn, "second factor off", NULL, NULL, err);
}

kn_code
kn_api_factor_end(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_secrets secrets;
  KN_TRY(kn_check_own_password(request, &secrets, err));
  factor in = {.account_id = secrets.account_id};
  KN_TRY(kn_session_new(request, secrets.account_id, &in.session, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_factor_end, &in, err));
  return end_with(request, reply, &in.session, NULL, err);
}

static kn_code
write_recovery(kn_conn *conn, void *arg, kn_error *err)
{
  KN_TRY(write_codes(conn, arg, err));
  return kn_conn_audit(conn, "new recovery codes", NULL, NULL, err);
}

kn_code
kn_api_recovery(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_secrets secrets;
  KN_TRY(kn_check_own_password(request, &secrets, err));
  if (secrets.totp == NULL)
    return kn_fail(err, KN_E_CONFLICT, "there is no second factor that codes could stand in for");
  factor in = {.account_id = secrets.account_id};
  make_codes(&in);
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_recovery, &in, err));
  reply->json = json_pack("{s:o}", "recovery_codes", codes_json(&in));
  return KN_OK;
}
