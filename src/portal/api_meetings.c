/* Sessions, for who convenes them and who is invited. What happens in the room is in api_room.c. */
#include "portal/api_meetings.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

kn_code
kn_meeting_id(const kn_request *request, int64_t *out, kn_error *err)
{
  const char *text = kn_request_part(request, "meeting_id");
  char *end;
  *out = strtoll(text, &end, 10);
  return *end == '\0' && end != text ? KN_OK : kn_missing(request, err);
}

static kn_code
list_meetings(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "meeting_list", NULL, 0, err);
}

static kn_code
one_meeting(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t meeting;
  KN_TRY(kn_meeting_id(request, &meeting, err));
  const kn_bind which[] = {KN_BIND_INT("meeting", meeting)};
  KN_TRY(kn_reply_row(request, reply, "meeting_get", which, 1, err));
  json_t *rows;
  KN_TRY(kn_rows_json(request->conn, "meeting_actors", which, 1, &rows, err));
  json_object_set_new(reply->json, "actors", rows);
  KN_TRY(kn_rows_json(request->conn, "meeting_opportunities", which, 1, &rows, err));
  json_object_set_new(reply->json, "opportunities", rows);
  return KN_OK;
}

/* ---------------------------------------------------------------- convening */
typedef struct meeting_order {
  const kn_request *request;
  int64_t meeting;
  const char *title, *goal, *place, *begins, *agenda, *minutes, *actor, *status, *reason, *from, *code;
  int64_t minutes_long;
  char *composed;
  json_t *open; /* opportunities that keep it from being closed; NULL: none were asked for */
} meeting_order;

static bool
is_given(const meeting_order *order, const char *name)
{
  return json_object_get(order->request->body, name) != NULL;
}

static kn_code
read_meeting(kn_request *request, meeting_order *order, bool is_new, kn_error *err)
{
  order->request = request;
  KN_TRY(kn_body_text(request, "title", is_new, 200, &order->title, err));
  KN_TRY(kn_body_text(request, "goal", false, 4000, &order->goal, err));
  KN_TRY(kn_body_text(request, "place", false, 300, &order->place, err));
  KN_TRY(kn_body_text(request, "begins", false, 16, &order->begins, err));
  KN_TRY(kn_body_text(request, "agenda", false, 20000, &order->agenda, err));
  KN_TRY(kn_body_text(request, "minutes", false, 100000, &order->minutes, err));
  return kn_body_int(request, "minutes_long", false, &order->minutes_long, err);
}

static kn_field
int_or_null(int64_t value)
{
  return value != 0 ? kn_field_int(value) : kn_field_text(NULL);
}

static kn_code
audit_meeting(kn_conn *conn, const char *what, int64_t meeting, kn_error *err)
{
  char about[40];
  snprintf(about, sizeof about, "meeting %" PRId64, meeting);
  return kn_conn_audit(conn, what, about, NULL, err);
}

static kn_code
add_actors(kn_conn *conn, const meeting_order *order, kn_error *err)
{
  char now[32];
  kn_store_now(now);
  size_t at;
  json_t *actor;
  json_array_foreach(json_object_get(order->request->body, "actors"), at, actor)
  {
    const kn_bind bind[] = {KN_BIND_INT("meeting", order->meeting), KN_BIND_TEXT("actor", json_string_value(actor)),
                            KN_BIND_TEXT("now", now)};
    kn_field there;
    bool is_there = false;
    const kn_bind which[] = {KN_BIND_TEXT("actor", json_string_value(actor))};
    KN_TRY(kn_conn_ask_one(conn, "actor_exists", which, 1, NULL, &there, &is_there, err));
    if (!is_there)
      return kn_fail(err, KN_E_INPUT, "actors: there is no actor %s",
                     json_is_string(actor) ? json_string_value(actor) : "that is no text");
    KN_TRY(kn_conn_run(conn, "meeting_add_actor", bind, KN_COUNT_OF(bind), NULL, err));
  }
  return KN_OK;
}

static kn_code
write_new(kn_conn *conn, void *arg, kn_error *err)
{
  meeting_order *order = arg;
  char now[32];
  kn_store_now(now);
  const kn_bind bind[] = {
      KN_BIND_TEXT("title", order->title),       KN_BIND_TEXT("goal", order->goal),
      KN_BIND_TEXT("place", order->place),       KN_BIND_TEXT("begins", order->begins),
      KN_BIND_TEXT("agenda", order->agenda),     {.name = "minutes_long", .value = int_or_null(order->minutes_long)},
      KN_BIND_TEXT("composed", order->composed), KN_BIND_TEXT("now", now)};
  kn_field id;
  KN_TRY(kn_conn_ask_one(conn, "meeting_add", bind, KN_COUNT_OF(bind), NULL, &id, NULL, err));
  order->meeting = id.integer;
  KN_TRY(add_actors(conn, order, err));
  return audit_meeting(conn, "meeting planned", order->meeting, err);
}

static kn_code
add_meeting(kn_request *request, kn_reply *reply, kn_error *err)
{
  meeting_order order = {0};
  KN_TRY(read_meeting(request, &order, true, err));
  const json_t *composed = json_object_get(request->body, "composed");
  if (composed != NULL && !json_is_null(composed))
    order.composed = json_dumps(composed, JSON_COMPACT);
  const kn_code code = kn_desk_write(request->desk, &request->viewer, write_new, &order, err);
  free(order.composed);
  KN_TRY(code);
  reply->status = 201;
  reply->json = json_pack("{s:I}", "meeting_id", (json_int_t)order.meeting);
  return KN_OK;
}

static kn_code
write_change(kn_conn *conn, void *arg, kn_error *err)
{
  const meeting_order *order = arg;
  const kn_bind bind[] = {KN_BIND_INT("meeting", order->meeting),
                          KN_BIND_TEXT("title", order->title),
                          KN_BIND_TEXT("goal", order->goal),
                          KN_BIND_TEXT("place", order->place),
                          KN_BIND_TEXT("begins", order->begins),
                          KN_BIND_TEXT("agenda", order->agenda),
                          KN_BIND_TEXT("minutes", order->minutes),
                          {.name = "minutes_long", .value = int_or_null(order->minutes_long)},
                          KN_BIND_INT("has_goal", is_given(order, "goal")),
                          KN_BIND_INT("has_place", is_given(order, "place")),
                          KN_BIND_INT("has_begins", is_given(order, "begins")),
                          KN_BIND_INT("has_minutes_long", is_given(order, "minutes_long")),
                          KN_BIND_INT("has_agenda", is_given(order, "agenda")),
                          KN_BIND_INT("has_minutes", is_given(order, "minutes"))};
  int64_t changed;
  KN_TRY(kn_conn_run(conn, "meeting_change", bind, KN_COUNT_OF(bind), &changed, err));
  if (changed == 0)
    return kn_fail(err, KN_E_MISSING, "there is no such meeting");
  KN_TRY(add_actors(conn, order, err));
  return audit_meeting(conn, "meeting changed", order->meeting, err);
}

static kn_code
change_meeting(kn_request *request, kn_reply *reply, kn_error *err)
{
  meeting_order order = {0};
  KN_TRY(kn_meeting_id(request, &order.meeting, err));
  KN_TRY(read_meeting(request, &order, false, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_change, &order, err));
  return one_meeting(request, reply, err);
}

/* ---------------------------------------------------------------- its states */
/* Six letters that are not mistaken for one another: 23^6, for as long as one room is open. */
static void
make_code(char out[8])
{
  static const char letters[] = "ABCDEFGHJKMNPQRSTUVWXYZ";
  for (int i = 0; i < 6; i++)
    out[i] = letters[randombytes_uniform(sizeof letters - 1)];
  out[6] = '\0';
}

/* Before people leave, what came up is taken on or laid aside. The change of status that went before is undone with this write. */
static kn_code
find_open(kn_conn *conn, meeting_order *order, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_INT("meeting", order->meeting)};
  KN_TRY(kn_rows_json(conn, "meeting_open", which, 1, &order->open, err));
  const size_t n = json_array_size(order->open);
  return n == 0 ? KN_OK
                : kn_fail(err, KN_E_CONFLICT,
                          "%zu opportunities are neither taken on, with owners, a next step and a day, nor laid aside", n);
}

static kn_code
write_status(kn_conn *conn, void *arg, kn_error *err)
{
  meeting_order *order = arg;
  char now[32];
  kn_store_now(now);
  const kn_bind bind[] = {KN_BIND_INT("meeting", order->meeting), KN_BIND_TEXT("status", order->status),
                          KN_BIND_TEXT("from", order->from), KN_BIND_TEXT("code", order->code)};
  int64_t changed;
  KN_TRY(kn_conn_run(conn, "meeting_status", bind, KN_COUNT_OF(bind), &changed, err));
  if (changed == 0)
    return kn_fail(err, KN_E_CONFLICT, "the meeting is not in a state from which it can become %s", order->status);
  const kn_bind all[] = {KN_BIND_INT("meeting", order->meeting), KN_BIND_TEXT("now", now)};
  if (strcmp(order->status, "held") == 0)
    KN_TRY(find_open(conn, order, err));
  if (strcmp(order->status, "invited") == 0 || strcmp(order->status, "open") == 0)
    KN_TRY(kn_conn_run(conn, "meeting_invite_all", all, KN_COUNT_OF(all), NULL, err));
  if (strcmp(order->status, "held") == 0 || strcmp(order->status, "cancelled") == 0)
    KN_TRY(kn_conn_run(conn, "meeting_forget_persons", all, 1, NULL, err));
  char what[64];
  snprintf(what, sizeof what, "meeting %s", order->status);
  return audit_meeting(conn, what, order->meeting, err);
}

static kn_code
set_status(kn_request *request, kn_reply *reply, kn_error *err)
{
  static const kn_problem_kind still_open = {409, "open-opportunities", "Something that came up has nobody yet"};
  static const struct {
    const char *status, *from;
  } steps[] = {{"invited", "[\"planned\"]"},
               {"open", "[\"planned\",\"invited\"]"},
               {"held", "[\"open\",\"invited\"]"},
               {"cancelled", "[\"planned\",\"invited\",\"open\"]"}};
  meeting_order order = {.request = request};
  char code[8];
  KN_TRY(kn_meeting_id(request, &order.meeting, err));
  KN_TRY(kn_body_text(request, "status", true, 20, &order.status, err));
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    if (strcmp(steps[i].status, order.status) == 0)
      order.from = steps[i].from;
  if (order.from == NULL)
    return kn_fail(err, KN_E_INPUT, "status: expected invited, open, held or cancelled");
  make_code(code);
  order.code = strcmp(order.status, "open") == 0 ? code : NULL;
  const kn_code written = kn_desk_write(request->desk, &request->viewer, write_status, &order, err);
  if (written != KN_OK && json_array_size(order.open) > 0) {
    request->problem = &still_open;
    request->problem_more = json_pack("{s:O}", "open", order.open);
  }
  json_decref(order.open);
  KN_TRY(written);
  kn_room_tell(request, order.meeting, "room");
  return one_meeting(request, reply, err);
}

/* ---------------------------------------------------------------- who comes */
static kn_code
write_answer(kn_conn *conn, void *arg, kn_error *err)
{
  const meeting_order *order = arg;
  char now[32];
  kn_store_now(now);
  const kn_bind bind[] = {KN_BIND_INT("meeting", order->meeting), KN_BIND_TEXT("actor", order->actor),
                          KN_BIND_TEXT("status", order->status), KN_BIND_TEXT("reason", order->reason), KN_BIND_TEXT("now", now)};
  int64_t changed;
  KN_TRY(kn_conn_run(conn, "meeting_answer", bind, KN_COUNT_OF(bind), &changed, err));
  if (changed == 0)
    return kn_fail(err, KN_E_MISSING, "there is no such invitation, or it can no longer be answered so");
  return audit_meeting(conn, "invitation answered", order->meeting, err);
}

static kn_code
answer(kn_request *request, kn_reply *reply, kn_error *err)
{
  meeting_order order = {.request = request, .actor = kn_request_part(request, "actor_id")};
  KN_TRY(kn_meeting_id(request, &order.meeting, err));
  KN_TRY(kn_body_text(request, "status", true, 20, &order.status, err));
  KN_TRY(kn_body_text(request, "reason", false, 1000, &order.reason, err));
  if (strcmp(order.status, "proposed") == 0)
    return kn_fail(err, KN_E_INPUT, "status: expected invited, accepted, refused, attended or absent");
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_answer, &order, err));
  return one_meeting(request, reply, err);
}

static kn_code
write_removal(kn_conn *conn, void *arg, kn_error *err)
{
  const meeting_order *order = arg;
  const kn_bind bind[] = {KN_BIND_INT("meeting", order->meeting), KN_BIND_TEXT("actor", order->actor)};
  int64_t changed;
  KN_TRY(kn_conn_run(conn, "meeting_remove_actor", bind, KN_COUNT_OF(bind), &changed, err));
  return changed > 0 ? KN_OK
                     : kn_fail(err, KN_E_CONFLICT, "who was invited is not taken off the list: cancel, or note the refusal");
}

static kn_code
remove_actor(kn_request *request, kn_reply *reply, kn_error *err)
{
  meeting_order order = {.request = request, .actor = kn_request_part(request, "actor_id")};
  KN_TRY(kn_meeting_id(request, &order.meeting, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_removal, &order, err));
  return one_meeting(request, reply, err);
}

static const char meeting_body[] =
    "{\"type\":\"object\",\"properties\":{\"title\":{\"type\":\"string\"},\"goal\":{\"type\":\"string\"},\"place\":{\"type\":"
    "\"string\"},\"begins\":{\"type\":\"string\",\"description\":\"YYYY-MM-DDTHH:MM, local time\"},\"minutes_long\":{\"type\":"
    "\"integer\"},\"agenda\":{\"type\":\"string\"},\"minutes\":{\"type\":\"string\"},\"actors\":{\"type\":\"array\",\"items\":{"
    "\"type\":\"string\"}},\"composed\":{\"type\":\"object\"}}}";
static const char status_body[] =
    "{\"type\":\"object\",\"required\":[\"status\"],\"properties\":{\"status\":{\"type\":\"string\"},"
    "\"reason\":{\"type\":\"string\"}}}";

const kn_endpoint kn_api_meetings[] = {
    {"GET", "/meetings", KN_MAY_PARTNER, KN_KEEPS | KN_LISTS, list_meetings, "Sessions that were planned or held.", NULL, NULL,
     NULL},
    {"POST", "/meetings", KN_MAY_COORDINATOR, KN_WRITES, add_meeting, "Plan one.", NULL, meeting_body, NULL},
    {"GET", "/meetings/{meeting_id}", KN_MAY_PARTNER, 0, one_meeting, "One of them, with who comes and what came of it.", NULL,
     NULL, NULL},
    {"PATCH", "/meetings/{meeting_id}", KN_MAY_COORDINATOR, KN_WRITES, change_meeting,
     "Change what it is about, or add who is asked.", NULL, meeting_body, NULL},
    {"PUT", "/meetings/{meeting_id}/status", KN_MAY_COORDINATOR, KN_WRITES, set_status,
     "Invite, open the room, close, cancel. Not closed (409, with the list) while something that came up has nobody.", NULL,
     status_body, NULL},
    {"PUT", "/meetings/{meeting_id}/actors/{actor_id}", KN_MAY_PARTNER, KN_WRITES, answer,
     "Answer an invitation; afterwards, note who came.", NULL, status_body, NULL},
    {"DELETE", "/meetings/{meeting_id}/actors/{actor_id}", KN_MAY_COORDINATOR, KN_WRITES, remove_actor,
     "Take somebody off the list who was not invited yet.", NULL, NULL, NULL},
    {NULL},
};
