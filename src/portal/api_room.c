/* The room: while a session is open, whoever holds its code types haves and wants on a phone, and what fits appears on the wall.
 *
 *   code ──join──> token (kept by the phone) ──entry──> matches with what others said ──> told to the wall and all phones ──> owners, next step
 *
 * No account is needed; the code and then the token are the right, and both end with the session. */
#include "portal/api_meetings.h"
#include "portal/auth.h"
#include "portal/http.h"
#include "tasks/room.h"

#include <stdlib.h>
#include <string.h>

void
kn_room_tell(const kn_request *request, int64_t meeting, const char *event)
{
  char channel[40];
  snprintf(channel, sizeof channel, "meeting:%" PRId64, meeting);
  json_t *object = json_object();
  kn_portal_tell(request->portal, channel, event, object);
  json_decref(object);
}

/* ---------------------------------------------------------------- who is in */
typedef struct room_self { /* who asks, by code and token */
  int64_t person, meeting;
  const char *code, *name, *organisation, *title;
  char token[65]; /* its digest */
  kn_arena *arena;
} room_self;

static kn_code
take_self(void *arg, const kn_answer *answer, kn_error *err)
{
  room_self *self = arg;
  self->person = answer->field[0].integer;
  self->meeting = answer->field[1].integer;
  const char **texts[] = {&self->name, &self->organisation, &self->title};
  for (int i = 0; i < 3; i++)
    if (answer->field[2 + i].text != NULL)
      KN_TRY(kn_text_copy(texts[i], self->arena, answer->field[2 + i].text, (size_t)answer->field[2 + i].length, err));
  return KN_OK;
}

static kn_code
find_self(const kn_request *request, room_self *self, kn_error *err)
{
  *self = (room_self){.code = kn_request_part(request, "code"), .arena = request->arena};
  const char *token = kn_request_header(request, "X-Knoop-Room");
  if (token == NULL) /* an event stream cannot send headers */
    token = kn_request_query(request, "token");
  if (token == NULL)
    return kn_fail(err, KN_E_DENIED, "join the room first");
  kn_token_digest(token, self->token);
  const kn_bind which[] = {KN_BIND_TEXT("token", self->token), KN_BIND_TEXT("code", self->code)};
  KN_TRY(kn_conn_ask(request->conn, "room_person", which, KN_COUNT_OF(which), take_self, self, err));
  return self->person != 0 ? KN_OK : kn_fail(err, KN_E_MISSING, "this room is closed, or never was");
}

/* ---------------------------------------------------------------- joining */
static kn_code
look_at_room(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("code", kn_request_part(request, "code"))};
  KN_TRY(kn_reply_row(request, reply, "room_by_code", which, 1, err));
  json_object_del(reply->json, "meeting_id");
  return KN_OK;
}

typedef struct joining {
  const char *code, *name, *organisation;
  char token[65];
  int64_t person;
} joining;

static kn_code
write_join(kn_conn *conn, void *arg, kn_error *err)
{
  joining *in = arg;
  char now[32];
  kn_store_now(now);
  const kn_bind bind[] = {KN_BIND_TEXT("code", in->code), KN_BIND_TEXT("name", in->name),
                          KN_BIND_TEXT("organisation", in->organisation), KN_BIND_TEXT("token", in->token),
                          KN_BIND_TEXT("now", now)};
  kn_field id;
  bool is_in;
  KN_TRY(kn_conn_ask_one(conn, "room_join", bind, KN_COUNT_OF(bind), NULL, &id, &is_in, err));
  in->person = id.integer;
  return is_in ? KN_OK : kn_fail(err, KN_E_MISSING, "this room is closed, full, or never was");
}

static kn_code
join(kn_request *request, kn_reply *reply, kn_error *err)
{
  joining in = {.code = kn_request_part(request, "code")};
  const char *token;
  KN_TRY(kn_body_text(request, "name", true, 80, &in.name, err));
  KN_TRY(kn_body_text(request, "organisation", false, 120, &in.organisation, err));
  KN_TRY(kn_token_new(request, &token, err));
  kn_token_digest(token, in.token);
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_join, &in, err));
  reply->status = 201;
  reply->json = json_pack("{s:s}", "token", token);
  return KN_OK;
}

/* ---------------------------------------------------------------- haves and wants */
typedef struct entry {
  const room_self *self;
  kn_arena *arena;
  const char *side, *words, *amount, *place;
  char *meaning;
  int64_t entry, meeting;
  int32_t match_count;
} entry;

typedef struct other {
  int64_t entry;
  const char *words, *meaning;
  double alike;
} other;
typedef struct others {
  kn_arena *arena;
  const entry *of;
  other *row;
  int64_t n, room;
} others;

static kn_code
take_other(void *arg, const kn_answer *answer, kn_error *err)
{
  others *all = arg;
  const double alike = kn_room_alike(all->of->words, all->of->meaning, answer->field[1].text, answer->field[2].text);
  if (alike < KN_ROOM_ALIKE)
    return KN_OK;
  KN_TRY(KN_GROW(all->row, all->room, all->n + 1, err));
  other *row = &all->row[all->n++];
  *row = (other){.entry = answer->field[0].integer, .alike = alike};
  return kn_text_copy(&row->words, all->arena, answer->field[1].text, (size_t)answer->field[1].length, err);
}

static kn_code
write_matches(kn_conn *conn, entry *in, const others *all, const char *now, kn_error *err)
{
  const bool is_have = strcmp(in->side, "have") == 0;
  for (int64_t i = 0; i < all->n; i++) {
    const other *row = &all->row[i];
    char title[700];
    snprintf(title, sizeof title, "%.300s \xe2\x86\x92 %.300s", is_have ? in->words : row->words,
             is_have ? row->words : in->words);
    if (kn_text_bad_utf8(title, strlen(title)) >= 0) /* cut within a letter */
      title[kn_text_bad_utf8(title, strlen(title))] = '\0';
    const kn_bind bind[] = {KN_BIND_INT("meeting", in->meeting),
                            KN_BIND_INT("have", is_have ? in->entry : row->entry),
                            KN_BIND_INT("want", is_have ? row->entry : in->entry),
                            KN_BIND_REAL("alike", row->alike),
                            KN_BIND_TEXT("title", title),
                            KN_BIND_TEXT("now", now)};
    KN_TRY(kn_conn_run(conn, "opportunity_add", bind, KN_COUNT_OF(bind), NULL, err));
    in->match_count++;
  }
  return KN_OK;
}

static kn_code
write_entry(kn_conn *conn, void *arg, kn_error *err)
{
  entry *in = arg;
  char now[32];
  kn_store_now(now);
  const kn_bind bind[] = {KN_BIND_TEXT("token", in->self->token), KN_BIND_TEXT("code", in->self->code),
                          KN_BIND_TEXT("side", in->side),         KN_BIND_TEXT("words", in->words),
                          KN_BIND_TEXT("amount", in->amount),     KN_BIND_TEXT("place", in->place),
                          KN_BIND_TEXT("meaning", in->meaning),   KN_BIND_TEXT("now", now)};
  kn_field id;
  bool is_in;
  KN_TRY(kn_conn_ask_one(conn, "room_add", bind, KN_COUNT_OF(bind), NULL, &id, &is_in, err));
  if (!is_in)
    return kn_fail(err, KN_E_CONFLICT, "the room was closed meanwhile, or you have said a hundred things already");
  in->entry = id.integer;
  in->meeting = in->self->meeting;
  others all = {.arena = in->arena, .of = in};
  const kn_bind which[] = {KN_BIND_INT("meeting", in->meeting), KN_BIND_TEXT("side", in->side), KN_BIND_INT("entry", in->entry)};
  kn_code code = kn_conn_ask(conn, "room_others", which, KN_COUNT_OF(which), take_other, &all, err);
  if (code == KN_OK)
    code = write_matches(conn, in, &all, now, err);
  free(all.row);
  return code;
}

static kn_code
add_entry(kn_request *request, kn_reply *reply, kn_error *err)
{
  room_self self;
  KN_TRY(find_self(request, &self, err));
  entry in = {.self = &self, .arena = request->arena};
  KN_TRY(kn_body_text(request, "side", true, 8, &in.side, err));
  KN_TRY(kn_body_text(request, "words", true, 300, &in.words, err));
  KN_TRY(kn_body_text(request, "amount", false, 120, &in.amount, err));
  KN_TRY(kn_body_text(request, "place", false, 120, &in.place, err));
  KN_TRY(kn_room_meaning(request->portal->words, in.words, &in.meaning, err));
  const kn_code code = kn_desk_write(request->desk, &request->viewer, write_entry, &in, err);
  free(in.meaning);
  KN_TRY(code);
  kn_room_tell(request, in.meeting, in.match_count > 0 ? "match" : "entry");
  reply->status = 201;
  reply->json = json_pack("{s:I, s:i}", "entry_id", (json_int_t)in.entry, "matches", (int)in.match_count);
  return KN_OK;
}

typedef struct withdrawal {
  const room_self *self;
  int64_t entry;
} withdrawal;

static kn_code
write_withdrawal(kn_conn *conn, void *arg, kn_error *err)
{
  const withdrawal *in = arg;
  const kn_bind bind[] = {KN_BIND_INT("entry", in->entry), KN_BIND_TEXT("token", in->self->token),
                          KN_BIND_TEXT("code", in->self->code)};
  int64_t changed;
  KN_TRY(kn_conn_run(conn, "room_withdraw", bind, KN_COUNT_OF(bind), &changed, err));
  return changed > 0 ? KN_OK : kn_fail(err, KN_E_MISSING, "there is no such entry of yours");
}

static kn_code
withdraw(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  room_self self;
  KN_TRY(find_self(request, &self, err));
  withdrawal in = {.self = &self, .entry = strtoll(kn_request_part(request, "entry_id"), NULL, 10)};
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_withdrawal, &in, err));
  kn_room_tell(request, self.meeting, "entry");
  return KN_OK;
}

/* ---------------------------------------------------------------- what hangs on the wall */
static kn_code
show(kn_request *request, kn_reply *reply, const room_self *self, kn_error *err)
{
  const kn_bind who[] = {KN_BIND_INT("meeting", self->meeting),
                         {.name = "person", .value = self->person != 0 ? kn_field_int(self->person) : kn_field_text(NULL)},
                         KN_BIND_TEXT("token", self->person != 0 ? self->token : NULL)};
  json_t *entries, *matches;
  KN_TRY(kn_rows_json(request->conn, "room_entries", who, KN_COUNT_OF(who), &entries, err));
  const kn_code code = kn_rows_json(request->conn, "room_matches", who, KN_COUNT_OF(who), &matches, err);
  if (code != KN_OK) {
    json_decref(entries);
    return code;
  }
  json_int_t open_count = 0;
  size_t at;
  json_t *match;
  json_array_foreach(matches, at, match) open_count += strcmp(json_string_value(json_object_get(match, "status")), "seen") == 0;
  reply->json = json_pack("{s:s?, s:s?, s:I, s:o, s:o}", "title", self->title, "name", self->name, "open_count", open_count,
                          "entries", entries, "matches", matches);
  return KN_OK;
}

static kn_code
show_room(kn_request *request, kn_reply *reply, kn_error *err)
{
  room_self self;
  KN_TRY(find_self(request, &self, err));
  return show(request, reply, &self, err);
}

static kn_code
show_wall(kn_request *request, kn_reply *reply, kn_error *err)
{
  room_self self = {0};
  KN_TRY(kn_meeting_id(request, &self.meeting, err));
  KN_TRY(show(request, reply, &self, err));
  json_t *persons;
  const kn_bind which[] = {KN_BIND_INT("meeting", self.meeting)};
  KN_TRY(kn_rows_json(request->conn, "room_persons", which, 1, &persons, err));
  json_object_set_new(reply->json, "persons", persons);
  return KN_OK;
}

static kn_code
follow_room(kn_request *request, kn_reply *reply, kn_error *err)
{
  room_self self;
  KN_TRY(find_self(request, &self, err));
  char channel[40];
  snprintf(channel, sizeof channel, "meeting:%" PRId64, self.meeting);
  return kn_reply_stream(request, reply, channel, err);
}

static kn_code
follow_wall(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t meeting;
  KN_TRY(kn_meeting_id(request, &meeting, err));
  char channel[40];
  snprintf(channel, sizeof channel, "meeting:%" PRId64, meeting);
  return kn_reply_stream(request, reply, channel, err);
}

/* ---------------------------------------------------------------- owners and next steps */
typedef struct taking {
  room_self self;
  int64_t meeting, opportunity, case_id;
  const char *title, *owners, *next_step, *due, *status, *reason;
} taking;

static kn_code
write_taking(kn_conn *conn, void *arg, kn_error *err)
{
  const taking *in = arg;
  const kn_bind bind[] = {KN_BIND_INT("meeting", in->meeting),
                          KN_BIND_INT("opportunity", in->opportunity),
                          KN_BIND_TEXT("title", in->title),
                          KN_BIND_TEXT("owners", in->owners),
                          KN_BIND_TEXT("next_step", in->next_step),
                          KN_BIND_TEXT("due", in->due),
                          KN_BIND_TEXT("status", in->status),
                          KN_BIND_TEXT("reason", in->reason),
                          {.name = "case", .value = in->case_id != 0 ? kn_field_int(in->case_id) : kn_field_text(NULL)},
                          KN_BIND_TEXT("token", in->self.person != 0 ? in->self.token : NULL),
                          KN_BIND_TEXT("code", in->self.code)};
  int64_t changed;
  KN_TRY(kn_conn_run(conn, "opportunity_take", bind, KN_COUNT_OF(bind), &changed, err));
  return changed > 0 ? KN_OK : kn_fail(err, KN_E_MISSING, "there is no such opportunity in this room");
}

static kn_code
read_taking(kn_request *request, taking *in, kn_error *err)
{
  KN_TRY(kn_body_text(request, "title", false, 300, &in->title, err));
  KN_TRY(kn_body_text(request, "owners", false, 400, &in->owners, err));
  KN_TRY(kn_body_text(request, "next_step", false, 1000, &in->next_step, err));
  KN_TRY(kn_body_text(request, "due", false, 10, &in->due, err));
  KN_TRY(kn_body_text(request, "status", false, 10, &in->status, err));
  KN_TRY(kn_body_text(request, "reason", false, 1000, &in->reason, err));
  if (in->status == NULL)
    in->status = in->owners != NULL && in->next_step != NULL && in->due != NULL ? "taken" : "seen";
  if (strcmp(in->status, "dropped") != 0)
    in->reason = NULL;
  else if (in->reason == NULL)
    return kn_fail(err, KN_E_INPUT, "reason: expected why it is laid aside");
  return KN_OK;
}

static kn_code
take_in_room(kn_request *request, kn_reply *reply, kn_error *err)
{
  static const kn_problem_kind not_theirs = {403, "not-allowed", "Not allowed"};
  taking in = {.opportunity = strtoll(kn_request_part(request, "opportunity_id"), NULL, 10)};
  KN_TRY(find_self(request, &in.self, err));
  in.meeting = in.self.meeting;
  KN_TRY(read_taking(request, &in, err));
  if (in.title != NULL || strcmp(in.status, "dropped") == 0) {
    request->problem = &not_theirs;
    return kn_fail(err, KN_E_DENIED, "wording what came up, and laying it aside, is for who leads the session");
  }
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_taking, &in, err));
  kn_room_tell(request, in.meeting, "match");
  return show(request, reply, &in.self, err);
}

static kn_code
take_at_desk(kn_request *request, kn_reply *reply, kn_error *err)
{
  taking in = {.opportunity = strtoll(kn_request_part(request, "opportunity_id"), NULL, 10)};
  KN_TRY(kn_meeting_id(request, &in.meeting, err));
  KN_TRY(read_taking(request, &in, err));
  KN_TRY(kn_body_int(request, "case_id", false, &in.case_id, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_taking, &in, err));
  kn_room_tell(request, in.meeting, "match");
  const room_self wall = {.meeting = in.meeting};
  return show(request, reply, &wall, err);
}

static kn_code
write_opportunity(kn_conn *conn, void *arg, kn_error *err)
{
  taking *in = arg;
  char now[32];
  kn_store_now(now);
  const kn_bind bind[] = {KN_BIND_INT("meeting", in->meeting), KN_BIND_TEXT("title", in->title),
                          KN_BIND_TEXT("owners", in->owners),  KN_BIND_TEXT("next_step", in->next_step),
                          KN_BIND_TEXT("due", in->due),        KN_BIND_TEXT("now", now)};
  kn_field id;
  bool is_new;
  KN_TRY(kn_conn_ask_one(conn, "opportunity_new", bind, KN_COUNT_OF(bind), NULL, &id, &is_new, err));
  in->opportunity = id.integer;
  return is_new ? KN_OK : kn_fail(err, KN_E_MISSING, "there is no such meeting, or it is not one in which things come up now");
}

static kn_code
add_opportunity(kn_request *request, kn_reply *reply, kn_error *err)
{
  taking in = {0};
  KN_TRY(kn_meeting_id(request, &in.meeting, err));
  KN_TRY(read_taking(request, &in, err));
  if (in.title == NULL)
    return kn_fail(err, KN_E_INPUT, "title: expected a text");
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_opportunity, &in, err));
  kn_room_tell(request, in.meeting, "match");
  reply->status = 201;
  reply->json = json_pack("{s:I}", "opportunity_id", (json_int_t)in.opportunity);
  return KN_OK;
}

static const char join_body[] = "{\"type\":\"object\",\"required\":[\"name\"],\"properties\":{\"name\":{\"type\":\"string\"},"
                                "\"organisation\":{\"type\":\"string\"}}}";
static const char entry_body[] =
    "{\"type\":\"object\",\"required\":[\"side\",\"words\"],\"properties\":{\"side\":{\"enum\":[\"have\",\"want\"]},\"words\":{"
    "\"type\":\"string\"},\"amount\":{\"type\":\"string\"},\"place\":{\"type\":\"string\"}}}";
static const char taking_body[] =
    "{\"type\":\"object\",\"properties\":{\"title\":{\"type\":\"string\"},\"owners\":{\"type\":\"string\"},\"next_step\":{"
    "\"type\":"
    "\"string\"},\"due\":{\"type\":\"string\"},\"status\":{\"enum\":[\"seen\",\"taken\",\"dropped\"]},\"reason\":{\"type\":"
    "\"string\",\"description\":\"why it is laid aside\"},\"case_id\":{\"type\":\"integer\"}}}";
static const kn_query_def token_query[] = {{"token", "string", "What joining gave, where no header X-Knoop-Room can be sent."},
                                           {NULL}};

const kn_endpoint kn_api_room[] = {
    {"GET", "/rooms/{code}", KN_MAY_ALL, 0, look_at_room, "Is a room open under this code?", NULL, NULL, NULL},
    {"POST", "/rooms/{code}/people", KN_MAY_ALL, KN_WRITES | KN_NO_CSRF, join,
     "Join it; the answer's token is the right to the rest.", NULL, join_body, NULL},
    {"GET", "/rooms/{code}/wall", KN_MAY_ALL, 0, show_room, "What was said, and what fits.", token_query, NULL, NULL},
    {"GET", "/rooms/{code}/events", KN_MAY_ALL, 0, follow_room, "Event stream: entry, match, room.", token_query, NULL,
     "text/event-stream"},
    {"POST", "/rooms/{code}/entries", KN_MAY_ALL, KN_WRITES | KN_NO_CSRF, add_entry, "Say what one has or wants.", NULL,
     entry_body, NULL},
    {"DELETE", "/rooms/{code}/entries/{entry_id}", KN_MAY_ALL, KN_WRITES | KN_NO_CSRF, withdraw,
     "Take an entry of one's own back.", NULL, NULL, NULL},
    {"PUT", "/rooms/{code}/opportunities/{opportunity_id}", KN_MAY_ALL, KN_WRITES | KN_NO_CSRF, take_in_room,
     "Owners and next step of what fits one's own have or want.", NULL, taking_body, NULL},
    {"GET", "/meetings/{meeting_id}/wall", KN_MAY_COORDINATOR, 0, show_wall, "The wall of a session, for who leads it.", NULL,
     NULL, NULL},
    {"GET", "/meetings/{meeting_id}/events", KN_MAY_COORDINATOR, 0, follow_wall, "Event stream of the wall.", NULL, NULL,
     "text/event-stream"},
    {"POST", "/meetings/{meeting_id}/opportunities", KN_MAY_COORDINATOR, KN_WRITES, add_opportunity, "Something that came up.",
     NULL, taking_body, NULL},
    {"PUT", "/meetings/{meeting_id}/opportunities/{opportunity_id}", KN_MAY_COORDINATOR, KN_WRITES, take_at_desk,
     "Owners, next step, why it is laid aside, the case it became.", NULL, taking_body, NULL},
    {NULL},
};
