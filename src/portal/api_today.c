/* Today's list, experiments and their calendar. */
#include "portal/api_cases.h"
#include "portal/auth.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

kn_code
kn_api_today(kn_request *request, kn_reply *reply, kn_error *err)
{
  json_t *items;
  KN_TRY(kn_rows_json(request->conn, "today_list", NULL, 0, &items, err));
  json_int_t total = 0;
  size_t at;
  json_t *item;
  json_array_foreach(items, at, item)
  {
    total = json_integer_value(json_object_get(item, "total"));
    json_object_del(item, "total");
  }
  reply->json = json_pack("{s:o, s:I}", "items", items, "total", total);
  return KN_OK;
}

kn_code
kn_api_today_aside(kn_request *request, kn_reply *reply, kn_error *err)
{
  json_t *items;
  KN_TRY(kn_rows_json(request->conn, "today_aside", NULL, 0, &items, err));
  reply->json = json_pack("{s:o, s:n}", "items", items, "next");
  return KN_OK;
}

static kn_code
write_mark(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_today_put_aside(conn, arg, err);
}

kn_code
kn_api_today_mark(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  kn_today_mark mark = {.arena = request->arena};
  KN_TRY(kn_body_text(request, "kind", true, 100, &mark.kind, err));
  KN_TRY(kn_body_text(request, "id", true, 300, &mark.id, err));
  KN_TRY(kn_body_text(request, "what", true, 20, &mark.what, err));
  KN_TRY(kn_body_text(request, "until", false, 20, &mark.until, err));
  KN_TRY(kn_body_text(request, "reason", false, 300, &mark.reason, err));
  return kn_desk_write(request->desk, &request->viewer, write_mark, &mark, err);
}

kn_code
kn_api_today_unmark(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  kn_today_mark mark = {.arena = request->arena, .kind = kn_request_part(request, "kind"), .id = kn_request_part(request, "id")};
  return kn_desk_write(request->desk, &request->viewer, write_mark, &mark, err);
}

/* ---------------------------------------------------------------- experiments */
kn_code
kn_api_experiments(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind filter[] = {KN_BIND_TEXT("from", kn_request_query(request, "from")),
                            KN_BIND_TEXT("to", kn_request_query(request, "to")),
                            KN_BIND_TEXT("status", kn_request_query(request, "status"))};
  return kn_reply_list(request, reply, "experiment_list", filter, KN_COUNT_OF(filter), err);
}

kn_code
kn_api_experiment_busy(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "experiment_busy", NULL, 0, err);
}

kn_code
kn_api_experiment_spaces(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "experiment_spaces", NULL, 0, err);
}

kn_code
kn_api_experiment_people(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "experiment_people", NULL, 0, err);
}

static kn_code
take_row(void *arg, const kn_answer *answer, kn_error *err)
{
  return kn_row_json(answer, arg, err);
}

kn_code
kn_api_experiment(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("experiment", kn_request_part(request, "experiment_id"))};
  KN_TRY(kn_conn_ask(request->conn, "experiment_get", which, 1, take_row, &reply->json, err));
  const bool is_inside = reply->json != NULL;
  if (!is_inside)
    KN_TRY(kn_conn_ask(request->conn, "experiment_public_get", which, 1, take_row, &reply->json, err));
  if (reply->json == NULL)
    return kn_missing(request, err);
  json_object_set_new(reply->json, "is_inside", json_boolean(is_inside));
  if (!is_inside)
    return KN_OK;
  kn_field version;
  KN_TRY(kn_conn_ask_one(request->conn, "experiment_version", which, 1, NULL, &version, NULL, err));
  json_object_set_new(reply->json, "version", json_integer(version.integer));
  return KN_OK;
}

static const kn_member experiment_members[] = {{"title", KN_MEMBER_TEXT, true},          {"summary", KN_MEMBER_TEXT, false},
                                               {"offer_id", KN_MEMBER_TEXT, false},      {"site_id", KN_MEMBER_TEXT, false},
                                               {"area_id", KN_MEMBER_TEXT, false},       {"place", KN_MEMBER_TEXT, false},
                                               {"conditions", KN_MEMBER_TEXT, false},    {"from_day", KN_MEMBER_TEXT, true},
                                               {"to_day", KN_MEMBER_TEXT, true},         {"responsible_id", KN_MEMBER_INT, false},
                                               {"user_actor_id", KN_MEMBER_TEXT, false}, {"user_name", KN_MEMBER_TEXT, false},
                                               {"case_id", KN_MEMBER_INT, false},        {NULL, 0, false}};
static const kn_member experiment_changes[] = {
    {"title", KN_MEMBER_TEXT, true},          {"summary", KN_MEMBER_TEXT, false},       {"place", KN_MEMBER_TEXT, false},
    {"conditions", KN_MEMBER_TEXT, false},    {"from_day", KN_MEMBER_TEXT, true},       {"to_day", KN_MEMBER_TEXT, true},
    {"responsible_id", KN_MEMBER_INT, false}, {"user_actor_id", KN_MEMBER_TEXT, false}, {"user_name", KN_MEMBER_TEXT, false},
    {"learned", KN_MEMBER_TEXT, false},       {"outcome", KN_MEMBER_TEXT, false},       {"next_step", KN_MEMBER_TEXT, false},
    {"is_public", KN_MEMBER_FLAG, true},      {"public_text", KN_MEMBER_TEXT, false},   {NULL, 0, false}};

static kn_code
write_experiment(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_experiment_write(conn, arg, err);
}

kn_code
kn_api_experiment_add(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_experiment_change one = {.arena = request->arena, .expected_version = KN_ANY_VERSION};
  KN_TRY(kn_body_fields(request, experiment_members, true, &one.fields, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_experiment, &one, err));
  return kn_reply_made(request, reply, "experiment_id", one.experiment_id, one.version, err);
}

kn_code
kn_api_experiment_change(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_experiment_change one = {.arena = request->arena};
  KN_TRY(kn_part_id(request, "experiment_id", &one.experiment_id, err));
  KN_TRY(kn_body_text(request, "status", false, 20, &one.status, err));
  json_object_del(request->body, "status");
  if (one.status == NULL || json_object_size(request->body) > 0)
    KN_TRY(kn_body_fields(request, experiment_changes, false, &one.fields, err));
  KN_TRY(kn_request_version(request, &one.expected_version, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_experiment, &one, err));
  reply->json = json_pack("{s:I}", "version", (json_int_t)one.version);
  reply->version = one.version;
  return KN_OK;
}

/* ---------------------------------------------------------------- the calendar (RFC 5545) */
typedef struct calendar {
  FILE *out;
  char stamp[20];
} calendar;

/* A line of content: text escaped, folded after 75 bytes but never inside a character. */
static void
put_line(FILE *out, const char *name, const char *text)
{
  int column = fprintf(out, "%s:", name);
  for (const char *c = text; *c != '\0'; c++) {
    char piece[3] = {*c, '\0', '\0'};
    if (*c == '\r')
      continue;
    if (*c == '\n')
      memcpy(piece, "\\n", 3);
    else if (strchr("\\;,", *c) != NULL)
      snprintf(piece, sizeof piece, "\\%c", *c);
    const bool is_inside = ((unsigned char)*c & 0xc0) == 0x80;
    if (column >= 70 && !is_inside) {
      fputs("\r\n ", out);
      column = 1;
    }
    column += (int)strlen(piece);
    fputs(piece, out);
  }
  fputs("\r\n", out);
}

static void
put_day(FILE *out, const char *name, const char *day, int32_t later)
{
  int32_t days = 0;
  char text[16];
  kn_date_read(day, strlen(day), &days);
  kn_date_write(text, days + later);
  fprintf(out, "%s;VALUE=DATE:%.4s%.2s%.2s\r\n", name, text, text + 5, text + 8);
}

static kn_code
put_event(void *arg, const kn_answer *answer, kn_error *err)
{
  (void)err;
  const calendar *to = arg;
  const char *place = kn_answer_field(answer, "place")->text, *area = kn_answer_field(answer, "area_name")->text;
  const char *site = kn_answer_field(answer, "site_name")->text, *status = kn_answer_field(answer, "status")->text;
  char where[600];
  snprintf(where, sizeof where, "%s%s%s", place != NULL ? place : "", place != NULL ? ", " : "",
           site != NULL   ? site
           : area != NULL ? area
                          : "");
  fprintf(to->out, "BEGIN:VEVENT\r\nUID:experiment-%" PRId64 "@knoop\r\nDTSTAMP:%s\r\n",
          kn_answer_field(answer, "experiment_id")->integer, to->stamp);
  put_day(to->out, "DTSTART", kn_answer_field(answer, "from_day")->text, 0);
  put_day(to->out, "DTEND", kn_answer_field(answer, "to_day")->text, 1); /* the day after the last */
  put_line(to->out, "SUMMARY", kn_answer_field(answer, "title")->text);
  if (where[0] != '\0')
    put_line(to->out, "LOCATION", where);
  fprintf(to->out, "STATUS:%s\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n", strcmp(status, "asked") == 0 ? "TENTATIVE" : "CONFIRMED");
  return KN_OK;
}

static kn_code
write_calendar(kn_request *request, kn_conn *conn, kn_reply *reply, kn_error *err)
{
  char now[32];
  calendar to;
  kn_store_now(now);
  snprintf(to.stamp, sizeof to.stamp, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", now, now + 5, now + 8, now + 11, now + 14, now + 17);
  to.out = open_memstream(&reply->bytes, &reply->length);
  if (to.out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  fputs("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//knoop//experiments//EN\r\nMETHOD:PUBLISH\r\n", to.out);
  const kn_code code = kn_conn_ask(conn, "experiment_calendar", NULL, 0, put_event, &to, err);
  fputs("END:VCALENDAR\r\n", to.out);
  fclose(to.out);
  reply->type = "text/calendar; charset=utf-8";
  return code == KN_OK ? kn_reply_header(reply, request, "Content-Disposition", "attachment; filename=\"experiments.ics\"", err)
                       : code;
}

kn_code
kn_api_experiment_calendar(kn_request *request, kn_reply *reply, kn_error *err)
{
  return write_calendar(request, request->conn, reply, err);
}

typedef struct owner {
  kn_viewer viewer;
  bool is_there;
} owner;

static kn_code
take_owner(void *arg, const kn_answer *answer, kn_error *err)
{
  owner *who = arg;
  who->viewer.account_id = kn_answer_field(answer, "account_id")->integer;
  who->is_there = kn_role_read(kn_answer_field(answer, "role")->text, &who->viewer.role);
  return who->is_there ? KN_OK : kn_fail(err, KN_E_IO, "an account with a role that this knoop does not know");
}

typedef struct actor_list {
  kn_arena *arena;
  const char **id;
  int32_t count, most;
} actor_list;

static kn_code
take_actor(void *arg, const kn_answer *answer, kn_error *err)
{
  actor_list *list = arg;
  if (list->count == list->most)
    return kn_fail(err, KN_E_LIMIT, "an account that speaks for more than %d actors", (int)list->most);
  return kn_text_copy(&list->id[list->count++], list->arena, answer->field[0].text, (size_t)answer->field[0].length, err);
}

/* Looks with the eyes of who the token belongs to, and at experiments only. */
kn_code
kn_api_calendar(kn_request *request, kn_reply *reply, kn_error *err)
{
  owner who = {0};
  char token[128], hex[65];
  snprintf(token, sizeof token, "%s", kn_request_part(request, "token"));
  char *end = strstr(token, ".ics");
  if (end != NULL && end[4] == '\0')
    *end = '\0';
  kn_token_digest(token, hex);
  const kn_bind which[] = {KN_BIND_TEXT("token", hex)};
  KN_TRY(kn_conn_ask(request->conn, "calendar_account", which, 1, take_owner, &who, err));
  if (!who.is_there)
    return kn_missing(request, err);
  enum { ACTORS_MOST = 1000 };
  actor_list actors = {.arena = request->arena, .most = ACTORS_MOST};
  KN_NEW(actors.id, request->arena, ACTORS_MOST, err);
  const kn_bind account[] = {KN_BIND_INT("account", who.viewer.account_id)};
  KN_TRY(kn_conn_ask(request->conn, "account_actors", account, 1, take_actor, &actors, err));
  who.viewer.actor_id = actors.id;
  who.viewer.actor_count = actors.count;
  kn_conn *conn;
  KN_TRY(kn_desk_lend(request->desk, &who.viewer, &conn, err));
  const kn_code code = write_calendar(request, conn, reply, err);
  kn_desk_give_back(conn);
  return code;
}

static kn_code
write_token(kn_conn *conn, void *arg, kn_error *err)
{
  char hex[65], now[32];
  if (arg == NULL)
    return kn_conn_run(conn, "calendar_token_clear", NULL, 0, NULL, err);
  kn_token_digest(arg, hex);
  kn_store_now(now);
  const kn_bind token[] = {KN_BIND_TEXT("token", hex), KN_BIND_TEXT("made", now)};
  KN_TRY(kn_conn_run(conn, "calendar_token_set", token, 2, NULL, err));
  return kn_conn_audit(conn, "calendar-token", NULL, NULL, err);
}

kn_code
kn_api_calendar_token(kn_request *request, kn_reply *reply, kn_error *err)
{
  unsigned char bytes[24];
  char token[48], path[96];
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2base64(token, sizeof token, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_token, token, err));
  snprintf(path, sizeof path, "/api/v1/calendar/%s.ics", token);
  reply->status = 201;
  reply->json = json_pack("{s:s}", "address", path);
  return KN_OK;
}

kn_code
kn_api_calendar_end(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  return kn_desk_write(request->desk, &request->viewer, write_token, NULL, err);
}
