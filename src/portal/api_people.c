/* Accounts, invitations, sessions, audit: who comes in and what they did. */
#include "portal/auth.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- people */
static kn_code
people(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("role", kn_request_query(request, "role")),
                           KN_BIND_TEXT("q", kn_request_query(request, "q"))};
  return kn_reply_list(request, reply, "people_list", which, KN_COUNT_OF(which), err);
}

static kn_code
one_person(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t account_id;
  KN_TRY(kn_part_id(request, "account_id", &account_id, err));
  const kn_bind which[] = {KN_BIND_INT("account", account_id)};
  return kn_reply_row(request, reply, "people_get", which, 1, err);
}

enum { ACTORS_MOST = 64 };
typedef struct person_change {
  int64_t account_id, changed;
  const char *name, *role;
  bool sets_closed, is_closed, sets_actors;
  int32_t actor_count;
  const char *actor_id[ACTORS_MOST];
} person_change;

static kn_code
set_actors(kn_conn *conn, const person_change *in, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_INT("account", in->account_id)};
  KN_TRY(kn_conn_run(conn, "people_drop_actors", which, 1, NULL, err));
  for (int32_t i = 0; i < in->actor_count; i++) {
    KN_TRY(kn_actor_is_there(conn, in->actor_id[i], err));
    const kn_bind row[] = {KN_BIND_INT("account", in->account_id), KN_BIND_TEXT("actor", in->actor_id[i])};
    KN_TRY(kn_conn_run(conn, "people_add_actor", row, KN_COUNT_OF(row), NULL, err));
  }
  return KN_OK;
}

static kn_code
write_change(kn_conn *conn, void *arg, kn_error *err)
{
  person_change *in = arg;
  const kn_bind row[] = {KN_BIND_INT("account", in->account_id),
                         KN_BIND_TEXT("name", in->name),
                         KN_BIND_TEXT("role", in->role),
                         {.name = "is_closed", .value = in->sets_closed ? kn_field_int(in->is_closed) : kn_field_text(NULL)}};
  KN_TRY(kn_conn_run(conn, "people_set", row, KN_COUNT_OF(row), &in->changed, err));
  if (in->changed == 0)
    return KN_OK;
  KN_TRY(kn_keep_coordinator(conn, err));
  if (in->sets_actors)
    KN_TRY(set_actors(conn, in, err));
  /* Other rights, other sessions. */
  if (in->role != NULL || in->sets_actors || (in->sets_closed && in->is_closed)) {
    const kn_bind which[] = {KN_BIND_INT("account", in->account_id)};
    KN_TRY(kn_conn_run(conn, "session_end_of", which, 1, NULL, err));
  }
  json_t *detail = json_object();
  if (in->role != NULL)
    json_object_set_new(detail, "role", json_string(in->role));
  if (in->sets_closed)
    json_object_set_new(detail, "is_closed", json_boolean(in->is_closed));
  if (in->sets_actors)
    json_object_set_new(detail, "actors", json_integer(in->actor_count));
  char *text = json_dumps(detail, JSON_COMPACT);
  const kn_code code = kn_audit_row(conn, "account changed", "account", in->account_id, text, err);
  free(text);
  json_decref(detail);
  return code;
}

static kn_code
read_actors(const kn_request *request, person_change *in, kn_error *err)
{
  const json_t *actors = json_object_get(request->body, "actors");
  if (actors == NULL || json_is_null(actors))
    return KN_OK;
  in->sets_actors = true;
  if (!json_is_array(actors) || json_array_size(actors) > ACTORS_MOST)
    return kn_fail(err, KN_E_INPUT, "actors: expected a list of at most %d actors", ACTORS_MOST);
  for (size_t i = 0; i < json_array_size(actors); i++) {
    const char *actor = json_string_value(json_array_get(actors, i));
    if (actor == NULL)
      return kn_fail(err, KN_E_INPUT, "actors: expected texts");
    for (int32_t j = 0; j < in->actor_count; j++)
      if (strcmp(in->actor_id[j], actor) == 0)
        return kn_fail(err, KN_E_INPUT, "actors: %s stands there twice", actor);
    in->actor_id[in->actor_count++] = actor;
  }
  return KN_OK;
}

static kn_code
change_person(kn_request *request, kn_reply *reply, kn_error *err)
{
  person_change in = {0};
  kn_role role = KN_VIEWER_ROLE;
  KN_TRY(kn_part_id(request, "account_id", &in.account_id, err));
  KN_TRY(kn_body_text(request, "name", false, 200, &in.name, err));
  KN_TRY(kn_body_text(request, "role", false, 40, &in.role, err));
  if (in.role != NULL && (!kn_role_read(in.role, &role) || role == KN_PUBLIC))
    return kn_fail(err, KN_E_INPUT, "role: expected coordinator, partner, planner, financier or viewer");
  const json_t *closed = json_object_get(request->body, "is_closed");
  in.sets_closed = closed != NULL && !json_is_null(closed);
  KN_TRY(kn_body_flag(request, "is_closed", &in.is_closed, err));
  KN_TRY(read_actors(request, &in, err));
  if (role == KN_PARTNER && (!in.sets_actors || in.actor_count == 0))
    return kn_fail(err, KN_E_INPUT, "actors: a partner speaks for one actor at least");
  if (in.role != NULL && role != KN_PARTNER && in.actor_count > 0)
    return kn_fail(err, KN_E_INPUT, "actors: only a partner speaks for actors");
  if (in.role != NULL && role != KN_PARTNER)
    in.sets_actors = true; /* to none */
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_change, &in, err));
  if (in.changed == 0)
    return kn_missing(request, err);
  return one_person(request, reply, err);
}

typedef struct signing_out {
  int64_t account_id;
} signing_out;

static kn_code
write_sign_out(kn_conn *conn, void *arg, kn_error *err)
{
  const signing_out *in = arg;
  const kn_bind which[] = {KN_BIND_INT("account", in->account_id)};
  KN_TRY(kn_conn_run(conn, "session_end_of", which, 1, NULL, err));
  return kn_audit_row(conn, "sessions of an account ended", "account", in->account_id, NULL, err);
}

static kn_code
sign_out_person(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  signing_out in = {0};
  KN_TRY(kn_part_id(request, "account_id", &in.account_id, err));
  const kn_bind which[] = {KN_BIND_INT("account", in.account_id)};
  kn_field there;
  bool is_there;
  KN_TRY(kn_conn_ask_one(request->conn, "people_get", which, 1, request->arena, &there, &is_there, err));
  if (!is_there)
    return kn_missing(request, err);
  return kn_desk_write(request->desk, &request->viewer, write_sign_out, &in, err);
}

/* ---------------------------------------------------------------- audit */
static kn_code
audit(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t account = 0;
  KN_TRY(kn_request_int(request, "account", 0, INT64_MAX, &account, err));
  const bool has_account = kn_request_query(request, "account") != NULL;
  const kn_bind which[] = {{.name = "account", .value = has_account ? kn_field_int(account) : kn_field_text(NULL)},
                           KN_BIND_TEXT("what", kn_request_query(request, "what")),
                           KN_BIND_TEXT("about", kn_request_query(request, "about")),
                           KN_BIND_TEXT("from", kn_request_query(request, "from")),
                           KN_BIND_TEXT("until", kn_request_query(request, "until"))};
  return kn_reply_list(request, reply, "audit_list", which, KN_COUNT_OF(which), err);
}

static kn_code
audit_check(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_audit_state state;
  KN_TRY(kn_conn_audit_check(request->conn, &state, err));
  reply->json = json_pack("{s:b, s:I, s:o}", "is_whole", state.broken_at == 0, "line_count", (json_int_t)state.line_count,
                          "broken_at", state.broken_at != 0 ? json_integer(state.broken_at) : json_null());
  return KN_OK;
}

/* ---------------------------------------------------------------- endpoints */
#define TEXT "{\"type\":\"string\"}"
#define OBJECT(properties) "{\"type\":\"object\",\"properties\":{" properties "}}"
static const kn_query_def page[] = {
    {"limit", "integer", "rows a page"}, {"cursor", "string", "next of the page before"}, {NULL, NULL, NULL}};
static const kn_query_def people_query[] = {{"role", "string", "only this role"},
                                            {"q", "string", "part of a name or address"},
                                            {"limit", "integer", "rows a page"},
                                            {"cursor", "string", "next of the page before"},
                                            {NULL, NULL, NULL}};
static const kn_query_def audit_query[] = {
    {"account", "integer", "only what this account did"},    {"what", "string", "part of what was done"},
    {"about", "string", "only what was done to this"},       {"from", "string", "not before this time (UTC, ISO 8601)"},
    {"until", "string", "before this time (UTC, ISO 8601)"}, {"limit", "integer", "rows a page"},
    {"cursor", "string", "next of the page before"},         {NULL, NULL, NULL}};
static const kn_query_def others_query[] = {{"others", "boolean", "true: all but this one"}, {NULL, NULL, NULL}};
static const char own_password[] = OBJECT("\"current_password\":" TEXT);

const kn_endpoint kn_api_people[] = {
    {"PATCH", "/me", KN_MAY_MEMBERS, KN_WRITES, kn_api_profile, "Change one's own name or language.", NULL,
     OBJECT("\"name\":" TEXT ",\"language\":" TEXT), NULL},
    {"POST", "/me/password", KN_MAY_MEMBERS, KN_WRITES, kn_api_password,
     "Change one's own password; ends all other sessions and gives this one a new token.", NULL,
     OBJECT("\"current_password\":" TEXT ",\"password\":" TEXT), NULL},
    {"GET", "/me/sessions", KN_MAY_MEMBERS, 0, kn_api_sessions, "One's own sessions.", page, NULL, NULL},
    {"DELETE", "/me/sessions", KN_MAY_MEMBERS, KN_WRITES, kn_api_sessions_end, "End all of one's own sessions.", others_query,
     NULL, NULL},
    {"DELETE", "/me/sessions/{session_id}", KN_MAY_MEMBERS, KN_WRITES, kn_api_session_end, "End one of one's own sessions.", NULL,
     NULL, NULL},
    {"POST", "/me/second-factor", KN_MAY_MEMBERS, KN_WRITES, kn_api_factor_begin, "Begin a second factor (RFC 6238): its secret.",
     NULL, own_password, NULL},
    {"PUT", "/me/second-factor", KN_MAY_MEMBERS, KN_WRITES, kn_api_factor_prove,
     "Prove the second factor with a code, from then on it is asked for; gives recovery codes.", NULL, OBJECT("\"totp\":" TEXT),
     NULL},
    {"POST", "/me/second-factor/off", KN_MAY_MEMBERS, KN_WRITES, kn_api_factor_end, "End the second factor.", NULL, own_password,
     NULL},
    {"POST", "/me/recovery-codes", KN_MAY_MEMBERS, KN_WRITES, kn_api_recovery, "New recovery codes; the old ones end.", NULL,
     own_password, NULL},
    {"GET", "/me/data", KN_MAY_MEMBERS, KN_SLOW, kn_api_own_data, "All that the file holds about one's own account.", NULL, NULL,
     NULL},
    {"POST", "/me/erase", KN_MAY_MEMBERS, KN_WRITES, kn_api_own_erase,
     "Close one's own account and take out what names the person.", NULL, own_password, NULL},
    {"GET", "/people", KN_MAY_COORDINATOR, 0, people, "Accounts.", people_query, NULL, NULL},
    {"GET", "/people/{account_id}", KN_MAY_COORDINATOR, 0, one_person, "One account.", NULL, NULL, NULL},
    {"PATCH", "/people/{account_id}", KN_MAY_COORDINATOR, KN_WRITES, change_person,
     "Change name, role and actors of an account, or close it; the last coordinator stays.", NULL,
     OBJECT("\"name\":" TEXT ",\"role\":" TEXT ",\"actors\":{\"type\":\"array\",\"items\":" TEXT
            "},\"is_closed\":{\"type\":\"boolean\"}"),
     NULL},
    {"POST", "/people/{account_id}/reset", KN_MAY_COORDINATOR, KN_WRITES, kn_api_reset,
     "A link with which the person chooses a new password, and the second factor ends when second_factor is true. No mail is "
     "sent.",
     NULL, OBJECT("\"second_factor\":{\"type\":\"boolean\"}"), NULL},
    {"POST", "/people/{account_id}/sign-out", KN_MAY_COORDINATOR, KN_WRITES, sign_out_person, "End all sessions of an account.",
     NULL, NULL, NULL},
    {"GET", "/people/{account_id}/data", KN_MAY_COORDINATOR, KN_SLOW, kn_api_person_data,
     "All that the file holds about an account.", NULL, NULL, NULL},
    {"POST", "/people/{account_id}/erase", KN_MAY_COORDINATOR, KN_WRITES, kn_api_person_erase,
     "Close an account and take out what names the person.", NULL, NULL, NULL},
    {"GET", "/invitations", KN_MAY_COORDINATOR, 0, kn_api_invitations, "Invitations and links for new passwords.", page, NULL,
     NULL},
    {"POST", "/invitations", KN_MAY_COORDINATOR, KN_WRITES, kn_api_invite,
     "Invite somebody: gives the link, once. No mail is sent.", NULL,
     OBJECT("\"email\":" TEXT ",\"role\":" TEXT ",\"actors\":{\"type\":\"array\",\"items\":" TEXT "}"), NULL},
    {"DELETE", "/invitations/{invitation_id}", KN_MAY_COORDINATOR, KN_WRITES, kn_api_invitation_end, "Withdraw an invitation.",
     NULL, NULL, NULL},
    {"POST", "/invitations/look", KN_MAY_ALL, KN_WRITES | KN_NO_CSRF, kn_api_invitation_look, "What a link is for.", NULL,
     OBJECT("\"token\":" TEXT), NULL},
    {"POST", "/invitations/take", KN_MAY_ALL, KN_WRITES | KN_NO_CSRF, kn_api_invitation_take,
     "Use a link: make the account, or set the new password.", NULL,
     OBJECT("\"token\":" TEXT ",\"name\":" TEXT ",\"password\":" TEXT ",\"language\":" TEXT), NULL},
    {"GET", "/audit", KN_MAY_COORDINATOR, 0, audit, "Who did what, the newest first.", audit_query, NULL, NULL},
    {"GET", "/audit/check", KN_MAY_COORDINATOR, KN_SLOW, audit_check, "Was the audit log changed with another program?", NULL,
     NULL, NULL},
    {NULL},
};
