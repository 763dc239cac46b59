/* Links that let somebody in, and links that let somebody choose a new password.
 *
 *   made ─opened, filled in─> used
 *     ├─withdrawn, or a newer one for the same address─> withdrawn
 *     └─after its time─────────────────────────────────> ended
 *
 * knoop sends no mail: the coordinator hands the link over. The token stands behind the # of the link, which browsers send to nobody,
 * and comes here in a body, so that it stands in no log. */
#include "portal/auth.h"

#include <sodium.h>
#include <string.h>

enum { INVITED_S = 14 * 24 * 3600, RESET_S = 24 * 3600, ACTORS_MOST = 64 };

/* ---------------------------------------------------------------- making one */
typedef struct invitation {
  const char *token, *kind, *email, *role;
  int64_t account_id; /* of a new password; 0: none */
  bool ends_second_factor;
  int32_t actor_count;
  const char *actor_id[ACTORS_MOST];
  char ends[KN_TIME_TEXT];
  int64_t invitation_id;
} invitation;

static kn_code
add_actors(kn_conn *conn, const invitation *in, const char *hex, kn_error *err)
{
  for (int32_t i = 0; i < in->actor_count; i++) {
    KN_TRY(kn_actor_is_there(conn, in->actor_id[i], err));
    const kn_bind row[] = {KN_BIND_TEXT("token", hex), KN_BIND_TEXT("actor", in->actor_id[i])};
    KN_TRY(kn_conn_run(conn, "invitation_add_actor", row, KN_COUNT_OF(row), NULL, err));
  }
  return KN_OK;
}

static kn_code
write_invitation(kn_conn *conn, void *arg, kn_error *err)
{
  invitation *in = arg;
  char hex[KN_TOKEN_HEX], now[KN_TIME_TEXT];
  kn_token_digest(in->token, hex);
  kn_store_now(now);
  kn_in_seconds(in->ends, in->account_id != 0 ? RESET_S : INVITED_S);
  if (in->account_id == 0) {
    const kn_bind which[] = {KN_BIND_TEXT("email", in->email)};
    kn_field there;
    bool is_there;
    KN_TRY(kn_conn_ask_one(conn, "account_by_email", which, 1, NULL, &there, &is_there, err));
    if (is_there)
      return kn_fail(err, KN_E_CONFLICT, "email: there is an account with this address already");
  }
  const kn_bind old[] = {KN_BIND_TEXT("email", in->email), KN_BIND_TEXT("kind", in->kind), KN_BIND_TEXT("now", now)};
  KN_TRY(kn_conn_run(conn, "invitation_withdraw_email", old, KN_COUNT_OF(old), NULL, err));
  const kn_bind row[] = {KN_BIND_TEXT("token", hex),
                         KN_BIND_TEXT("kind", in->kind),
                         KN_BIND_TEXT("email", in->email),
                         KN_BIND_TEXT("role", in->role),
                         {.name = "account", .value = in->account_id != 0 ? kn_field_int(in->account_id) : kn_field_text(NULL)},
                         KN_BIND_INT("second_factor", in->ends_second_factor),
                         KN_BIND_TEXT("now", now),
                         KN_BIND_TEXT("ends", in->ends)};
  KN_TRY(kn_conn_run(conn, "invitation_add", row, KN_COUNT_OF(row), NULL, err));
  KN_TRY(add_actors(conn, in, hex, err));
  const kn_bind made[] = {KN_BIND_TEXT("token", hex)};
  kn_field id;
  KN_TRY(kn_conn_ask_one(conn, "invitation_id_of", made, 1, NULL, &id, NULL, err));
  in->invitation_id = id.integer;
  /* No address here: the log outlives the erasure of a person. */
  char detail[64];
  snprintf(detail, sizeof detail, "{\"role\":\"%s\"}", in->role);
  return in->account_id != 0 ? kn_audit_row(conn, "link for a new password made", "account", in->account_id, detail, err)
                             : kn_audit_row(conn, "invitation made", "invitation", in->invitation_id, detail, err);
}

static kn_code
answer_invitation(kn_request *request, kn_reply *reply, invitation *in, kn_error *err)
{
  KN_TRY(kn_token_new(request, &in->token, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_invitation, in, err));
  reply->status = 201;
  /* Only now and only here: the file has a digest of it. */
  reply->json = json_pack("{s:I, s:s, s:s+, s:s}", "invitation_id", (json_int_t)in->invitation_id, "token", in->token, "path",
                          "/account/invitation#", in->token, "ends", in->ends);
  return KN_OK;
}

static kn_code
read_actors(const kn_request *request, invitation *in, kn_error *err)
{
  const json_t *actors = json_object_get(request->body, "actors");
  if (actors != NULL && !json_is_null(actors) && !json_is_array(actors))
    return kn_fail(err, KN_E_INPUT, "actors: expected a list of actors");
  const bool is_partner = strcmp(in->role, "partner") == 0;
  if (is_partner != (json_array_size(actors) > 0))
    return kn_fail(err, KN_E_INPUT,
                   is_partner ? "actors: a partner speaks for one actor at least" : "actors: only a partner speaks for actors");
  if (json_array_size(actors) > ACTORS_MOST)
    return kn_fail(err, KN_E_INPUT, "actors: expected at most %d", ACTORS_MOST);
  for (size_t i = 0; i < json_array_size(actors); i++) {
    const json_t *actor = json_array_get(actors, i);
    if (!json_is_string(actor))
      return kn_fail(err, KN_E_INPUT, "actors: expected texts");
    for (int32_t j = 0; j < in->actor_count; j++)
      if (strcmp(in->actor_id[j], json_string_value(actor)) == 0)
        return kn_fail(err, KN_E_INPUT, "actors: %s stands there twice", in->actor_id[j]);
    in->actor_id[in->actor_count++] = json_string_value(actor);
  }
  return KN_OK;
}

kn_code
kn_api_invite(kn_request *request, kn_reply *reply, kn_error *err)
{
  invitation in = {.kind = "account"};
  kn_role role;
  KN_TRY(kn_body_text(request, "email", true, 320, &in.email, err));
  KN_TRY(kn_body_text(request, "role", true, 40, &in.role, err));
  const char *at = strchr(in.email, '@');
  if (at == NULL || at == in.email || at[1] == '\0' || strpbrk(in.email, " \t\r\n<>\"") != NULL)
    return kn_fail(err, KN_E_INPUT, "email: expected an address with @");
  if (!kn_role_read(in.role, &role) || role == KN_PUBLIC)
    return kn_fail(err, KN_E_INPUT, "role: expected coordinator, partner, planner, financier or viewer");
  KN_TRY(read_actors(request, &in, err));
  return answer_invitation(request, reply, &in, err);
}

kn_code
kn_api_reset(kn_request *request, kn_reply *reply, kn_error *err)
{
  invitation in = {.kind = "password"};
  int64_t account_id;
  KN_TRY(kn_part_id(request, "account_id", &account_id, err));
  const kn_bind which[] = {KN_BIND_INT("account", account_id)};
  json_t *rows;
  KN_TRY(kn_rows_json(request->conn, "people_get", which, 1, &rows, err));
  const json_t *person = json_array_get(rows, 0);
  kn_code code = person != NULL && !json_is_true(json_object_get(person, "is_closed")) ? KN_OK : kn_missing(request, err);
  if (code == KN_OK)
    code = kn_body_flag(request, "second_factor", &in.ends_second_factor, err);
  if (code == KN_OK) {
    in.account_id = account_id;
    const char *email = json_string_value(json_object_get(person, "email")),
               *role = json_string_value(json_object_get(person, "role"));
    code = kn_text_copy(&in.email, request->arena, email, strlen(email), err);
    if (code == KN_OK)
      code = kn_text_copy(&in.role, request->arena, role, strlen(role), err);
  }
  json_decref(rows);
  KN_TRY(code);
  return answer_invitation(request, reply, &in, err);
}

kn_code
kn_api_invitations(kn_request *request, kn_reply *reply, kn_error *err)
{
  char now[KN_TIME_TEXT];
  kn_store_now(now);
  const kn_bind which[] = {KN_BIND_TEXT("now", now)};
  return kn_reply_list(request, reply, "invitation_list", which, 1, err);
}

typedef struct withdrawing {
  int64_t invitation_id, changed;
} withdrawing;

static kn_code
write_withdrawal(kn_conn *conn, void *arg, kn_error *err)
{
  withdrawing *in = arg;
  char now[KN_TIME_TEXT];
  kn_store_now(now);
  const kn_bind which[] = {KN_BIND_INT("invitation", in->invitation_id), KN_BIND_TEXT("now", now)};
  KN_TRY(kn_conn_run(conn, "invitation_withdraw", which, KN_COUNT_OF(which), &in->changed, err));
  if (in->changed == 0)
    return KN_OK;
  return kn_audit_row(conn, "invitation withdrawn", "invitation", in->invitation_id, NULL, err);
}

kn_code
kn_api_invitation_end(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  withdrawing in = {0};
  KN_TRY(kn_part_id(request, "invitation_id", &in.invitation_id, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_withdrawal, &in, err));
  return in.changed > 0 ? KN_OK : kn_missing(request, err);
}

/* ---------------------------------------------------------------- opening one */
typedef struct opened {
  kn_request *request;
  const char *token, *kind, *email, *name, *role, *ends, *actors_json;
  int64_t account_id;
  bool is_there, ends_second_factor;
  /* what its holder fills in */
  const char *new_name, *language;
  char hash[crypto_pwhash_STRBYTES];
  kn_new_session session;
} opened;

static kn_code
take_opened(void *arg, const kn_answer *answer, kn_error *err)
{
  opened *in = arg;
  in->is_there = true;
  const struct {
    const char *name;
    const char **to;
  } texts[] = {{"kind", &in->kind}, {"email", &in->email}, {"name", &in->name},
               {"role", &in->role}, {"ends", &in->ends},   {"actors_json", &in->actors_json}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const kn_field *field = kn_answer_field(answer, texts[i].name);
    if (field->text != NULL)
      KN_TRY(kn_text_copy(texts[i].to, in->request->arena, field->text, (size_t)field->length, err));
  }
  in->account_id = kn_answer_field(answer, "account_id")->integer;
  in->ends_second_factor = kn_answer_field(answer, "ends_second_factor")->integer != 0;
  return KN_OK;
}

static kn_code
find_invitation(kn_request *request, opened *in, kn_error *err)
{
  static const kn_problem_kind gone = {410, "link-ended", "This link no longer works"};
  char hex[KN_TOKEN_HEX], now[KN_TIME_TEXT];
  in->request = request;
  KN_TRY(kn_body_text(request, "token", true, 128, &in->token, err));
  KN_TRY(kn_limit(request, "links from", request->remote, 60, 0.5, err));
  kn_token_digest(in->token, hex);
  kn_store_now(now);
  const kn_bind which[] = {KN_BIND_TEXT("token", hex), KN_BIND_TEXT("now", now)};
  KN_TRY(kn_conn_ask(request->conn, "invitation_by_token", which, KN_COUNT_OF(which), take_opened, in, err));
  if (in->is_there)
    return KN_OK;
  request->problem = &gone; /* never there, used, withdrawn or too old: all the same */
  return kn_fail(err, KN_E_MISSING, "this link does not work, or no longer; ask the coordinator for a new one");
}

kn_code
kn_api_invitation_look(kn_request *request, kn_reply *reply, kn_error *err)
{
  opened in = {0};
  KN_TRY(find_invitation(request, &in, err));
  reply->json =
      json_pack("{s:s, s:s, s:s, s:s?, s:s, s:o, s:b}", "kind", in.kind, "email", in.email, "role", in.role, "name", in.name,
                "ends", in.ends, "actors", json_loads(in.actors_json, 0, NULL), "ends_second_factor", (int)in.ends_second_factor);
  return KN_OK;
}

static kn_code
make_account(kn_conn *conn, opened *in, const char *hex, const char *now, kn_error *err)
{
  const kn_bind row[] = {KN_BIND_TEXT("email", in->email),       KN_BIND_TEXT("name", in->new_name),
                         KN_BIND_TEXT("role", in->role),         KN_BIND_TEXT("password", in->hash),
                         KN_BIND_TEXT("language", in->language), KN_BIND_TEXT("made", now)};
  const kn_bind which[] = {KN_BIND_TEXT("email", in->email)};
  kn_field id;
  bool is_there;
  KN_TRY(kn_conn_ask_one(conn, "account_by_email", which, 1, NULL, &id, &is_there, err));
  if (is_there)
    return kn_fail(err, KN_E_CONFLICT, "there is an account with this address already: sign in");
  KN_TRY(kn_conn_run(conn, "account_add", row, KN_COUNT_OF(row), NULL, err));
  KN_TRY(kn_conn_ask_one(conn, "account_by_email", which, 1, NULL, &id, NULL, err));
  in->account_id = id.integer;
  const kn_bind actors[] = {KN_BIND_TEXT("token", hex), KN_BIND_INT("account", in->account_id)};
  return kn_conn_run(conn, "invitation_take_actors", actors, KN_COUNT_OF(actors), NULL, err);
}

static kn_code
set_password(kn_conn *conn, const opened *in, kn_error *err)
{
  const kn_bind row[] = {KN_BIND_INT("account", in->account_id), KN_BIND_TEXT("password", in->hash),
                         KN_BIND_INT("second_factor", in->ends_second_factor)};
  KN_TRY(kn_conn_run(conn, "invitation_set_password", row, KN_COUNT_OF(row), NULL, err));
  const kn_bind which[] = {KN_BIND_INT("account", in->account_id)};
  return kn_conn_run(conn, "invitation_end_sessions", which, 1, NULL, err);
}

static kn_code
write_taking(kn_conn *conn, void *arg, kn_error *err)
{
  opened *in = arg;
  char hex[KN_TOKEN_HEX], now[KN_TIME_TEXT];
  kn_token_digest(in->token, hex);
  kn_store_now(now);
  const bool is_new = strcmp(in->kind, "account") == 0;
  KN_TRY(is_new ? make_account(conn, in, hex, now, err) : set_password(conn, in, err));
  const kn_bind use[] = {KN_BIND_TEXT("token", hex), KN_BIND_INT("account", in->account_id), KN_BIND_TEXT("now", now)};
  int64_t changed;
  KN_TRY(kn_conn_run(conn, "invitation_use", use, KN_COUNT_OF(use), &changed, err));
  if (changed == 0)
    return kn_fail(err, KN_E_CONFLICT, "this link was used or withdrawn just now");
  in->session.account_id = in->account_id;
  if (is_new || in->session.token != NULL)
    KN_TRY(kn_session_write(conn, &in->session, err));
  return kn_audit_row(conn, is_new ? "account made by invitation" : "new password by link", "account", in->account_id, NULL, err);
}

/* A new account is signed in at once. Who chose a new password signs in with it, so that a second factor is asked for as always. */
kn_code
kn_api_invitation_take(kn_request *request, kn_reply *reply, kn_error *err)
{
  opened in = {0};
  const char *password;
  KN_TRY(find_invitation(request, &in, err));
  const bool is_new = strcmp(in.kind, "account") == 0;
  KN_TRY(kn_body_text(request, "name", is_new, 200, &in.new_name, err));
  KN_TRY(kn_body_text(request, "language", false, 8, &in.language, err));
  if (in.language != NULL && strlen(in.language) != 2)
    return kn_fail(err, KN_E_INPUT, "language: expected nl, en, fr or de");
  KN_TRY(kn_body_text(request, "password", true, 1024, &password, err));
  const char *const who[] = {in.email, is_new ? in.new_name : in.name, NULL};
  KN_TRY(kn_password_check(password, who, err));
  KN_TRY(kn_auth_hash(password, in.hash, err));
  if (is_new)
    KN_TRY(kn_session_new(request, 0, &in.session, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_taking, &in, err));
  if (!is_new) {
    reply->json = json_pack("{s:s}", "email", in.email);
    return KN_OK;
  }
  reply->json = json_pack("{s:s, s:s}", "email", in.email, "csrf", in.session.csrf);
  return kn_session_cookie(request, reply, in.session.token, err);
}
