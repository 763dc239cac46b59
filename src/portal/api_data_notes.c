/* What people say about rows. Whoever sees a row sees what is said about it, save for those who have not signed in. */
#include "portal/api_data_rows.h"

#include <stdlib.h>
#include <string.h>

typedef struct saying {
  const kn_request *request;
  kn_arena *arena;
  const char *table, *key, *text;
  int64_t reply_to, comment; /* 0: none */
  const json_t *mentions;
  bool is_resolved;
} saying;

static kn_code
must_see(kn_conn *conn, const kn_request *request, const char *table, const char *key, kn_error *err)
{
  bool is_seen;
  KN_TRY(kn_conn_sees(conn, &request->viewer, table, key, &is_seen, err));
  return is_seen ? KN_OK : kn_missing(request, err);
}

typedef struct comment_place {
  kn_arena *arena;
  const char *table, *key; /* NULL: no such comment */
  int64_t reply_to;
} comment_place;

static kn_code
take_place(void *arg, const kn_answer *answer, kn_error *err)
{
  comment_place *in = arg;
  in->reply_to = answer->field[2].kind == KN_FIELD_INT ? answer->field[2].integer : 0;
  KN_TRY(kn_text_copy(&in->table, in->arena, answer->field[0].text, (size_t)answer->field[0].length, err));
  return kn_text_copy(&in->key, in->arena, answer->field[1].text, (size_t)answer->field[1].length, err);
}

/* The row a comment is about; missing when it is not there or the row is not seen. */
static kn_code
find_comment(kn_conn *conn, const kn_request *request, kn_arena *arena, int64_t comment, comment_place *out, kn_error *err)
{
  *out = (comment_place){.arena = arena};
  const kn_bind which[] = {KN_BIND_INT("comment", comment)};
  KN_TRY(kn_conn_ask(conn, "comment_of", which, 1, take_place, out, err));
  /* One that is not there takes the way of one on a row that is not seen, so that no clock tells them apart. */
  return must_see(conn, request, out->table != NULL ? out->table : "offer", out->key != NULL ? out->key : "", err);
}

/* ---------------------------------------------------------------- reading */
kn_code
kn_api_comments(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *table = kn_request_part(request, "table"), *key = kn_request_part(request, "key");
  KN_TRY(must_see(request->conn, request, table, key, err));
  const kn_bind bind[] = {KN_BIND_TEXT("table", table), KN_BIND_TEXT("key", key)};
  return kn_reply_list(request, reply, "comment_list", bind, KN_COUNT_OF(bind), err);
}

/* Rows of a page come with keys that the client has seen; of others nothing is counted. */
kn_code
kn_api_comment_counts(kn_request *request, kn_reply *reply, kn_error *err)
{
  const json_t *keys = json_object_get(request->body, "keys");
  const char *table = kn_request_part(request, "table");
  json_t *seen = json_array();
  size_t i;
  const json_t *key;
  kn_code code = json_array_size(keys) > 1000 ? kn_fail(err, KN_E_INPUT, "keys: expected at most 1000") : KN_OK;
  json_array_foreach(keys, i, key)
  {
    bool is_seen = false;
    if (code == KN_OK && json_is_string(key))
      code = kn_conn_sees(request->conn, &request->viewer, table, json_string_value(key), &is_seen, err);
    if (is_seen)
      json_array_append(seen, (json_t *)(uintptr_t)key);
  }
  char *text = json_dumps(seen, JSON_COMPACT);
  json_decref(seen);
  const kn_bind bind[] = {KN_BIND_TEXT("table", table), KN_BIND_TEXT("keys", text)};
  json_t *items = NULL;
  if (code == KN_OK)
    code = kn_rows_json(request->conn, "comment_counts", bind, KN_COUNT_OF(bind), &items, err);
  free(text);
  if (code == KN_OK)
    reply->json = json_pack("{s:o}", "items", items);
  return code;
}

kn_code
kn_api_comment_calls(kn_request *request, kn_reply *reply, kn_error *err)
{
  json_t *all, *items = json_array();
  kn_code code = kn_rows_json(request->conn, "comment_calls", NULL, 0, &all, err);
  size_t i;
  json_t *one;
  json_array_foreach(all, i, one)
  {
    bool is_seen = false;
    if (code == KN_OK)
      code = kn_conn_sees(request->conn, &request->viewer, json_string_value(json_object_get(one, "table_name")),
                          json_string_value(json_object_get(one, "row_key")), &is_seen, err);
    if (is_seen)
      json_array_append(items, one);
  }
  json_decref(all);
  if (code == KN_OK)
    reply->json = json_pack("{s:O, s:n}", "items", items, "next");
  json_decref(items);
  return code;
}

/* ---------------------------------------------------------------- writing */
/* An actor that cannot see the row is not called upon: it would hear of a row that is kept from it. */
static kn_code
add_mention(kn_conn *conn, const saying *in, const char *actor, kn_error *err)
{
  const kn_viewer partner = {.role = KN_PARTNER, .actor_count = 1, .actor_id = &actor};
  bool is_seen;
  KN_TRY(kn_conn_sees(conn, &partner, in->table, in->key, &is_seen, err));
  if (!is_seen)
    return kn_fail(err, KN_E_INPUT, "mentions: %s does not see this row", actor);
  const kn_bind bind[] = {KN_BIND_INT("comment", in->comment), KN_BIND_TEXT("actor", actor)};
  int64_t changed;
  KN_TRY(kn_conn_run(conn, "comment_mention_add", bind, KN_COUNT_OF(bind), &changed, err));
  return changed > 0 ? KN_OK : kn_fail(err, KN_E_INPUT, "mentions: there is no actor %s", actor);
}

static kn_code
write_comment(kn_conn *conn, void *arg, kn_error *err)
{
  saying *in = arg;
  KN_TRY(must_see(conn, in->request, in->table, in->key, err));
  if (in->reply_to != 0) {
    comment_place first;
    KN_TRY(find_comment(conn, in->request, in->arena, in->reply_to, &first, err));
    if (strcmp(first.table, in->table) != 0 || strcmp(first.key, in->key) != 0)
      return kn_fail(err, KN_E_INPUT, "reply_to: expected a comment on the same row");
    if (first.reply_to != 0)
      in->reply_to = first.reply_to;
  }
  char now[32];
  kn_store_now(now);
  const kn_bind bind[] = {KN_BIND_TEXT("table", in->table),
                          KN_BIND_TEXT("key", in->key),
                          {.name = "reply_to", .value = in->reply_to != 0 ? kn_field_int(in->reply_to) : kn_field_text(NULL)},
                          KN_BIND_TEXT("text", in->text),
                          KN_BIND_TEXT("made", now)};
  kn_field id;
  KN_TRY(kn_conn_run(conn, "comment_add", bind, KN_COUNT_OF(bind), NULL, err));
  KN_TRY(kn_conn_ask_one(conn, "comment_last", NULL, 0, NULL, &id, NULL, err));
  in->comment = id.integer;
  size_t i;
  const json_t *actor;
  json_array_foreach(in->mentions, i, actor) KN_TRY(add_mention(conn, in, json_string_value(actor), err));
  return KN_OK;
}

kn_code
kn_api_comment_add(kn_request *request, kn_reply *reply, kn_error *err)
{
  saying in = {.request = request,
               .arena = request->arena,
               .table = kn_request_part(request, "table"),
               .key = kn_request_part(request, "key"),
               .mentions = json_object_get(request->body, "mentions")};
  KN_TRY(kn_body_text(request, "text", true, 16000, &in.text, err));
  KN_TRY(kn_body_int(request, "reply_to", false, &in.reply_to, err));
  if (in.mentions != NULL && (!json_is_array(in.mentions) || json_array_size(in.mentions) > 20))
    return kn_fail(err, KN_E_INPUT, "mentions: expected a list of at most 20 actors");
  size_t i;
  const json_t *actor;
  json_array_foreach(in.mentions, i, actor) if (!json_is_string(actor)) return kn_fail(err, KN_E_INPUT,
                                                                                       "mentions: expected keys of actors");
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_comment, &in, err));
  reply->status = 201;
  reply->json = json_pack("{s:I}", "comment_id", (json_int_t)in.comment);
  return KN_OK;
}

static kn_code
resolve_thread(kn_conn *conn, void *arg, kn_error *err)
{
  saying *in = arg;
  comment_place place;
  KN_TRY(find_comment(conn, in->request, in->arena, in->comment, &place, err));
  char now[32];
  kn_store_now(now);
  const kn_bind bind[] = {KN_BIND_INT("comment", in->comment), KN_BIND_TEXT("made", in->is_resolved ? now : NULL)};
  int64_t changed;
  KN_TRY(kn_conn_run(conn, "comment_resolve", bind, KN_COUNT_OF(bind), &changed, err));
  return changed > 0 ? KN_OK : kn_fail(err, KN_E_INPUT, "a thread is closed at its first comment");
}

static kn_code
remove_comment(kn_conn *conn, void *arg, kn_error *err)
{
  saying *in = arg;
  comment_place place;
  KN_TRY(find_comment(conn, in->request, in->arena, in->comment, &place, err));
  const kn_bind bind[] = {KN_BIND_INT("comment", in->comment)};
  int64_t changed;
  KN_TRY(kn_conn_run(conn, "comment_remove", bind, KN_COUNT_OF(bind), &changed, err));
  return changed > 0 ? KN_OK : kn_fail(err, KN_E_DENIED, "a comment is taken away by who wrote it, or by the coordinator");
}

static kn_code
about_comment(kn_request *request, saying *in, kn_error *err)
{
  char *end;
  const char *text = kn_request_part(request, "comment");
  *in = (saying){.request = request, .arena = request->arena, .comment = strtoll(text, &end, 10), .is_resolved = true};
  return end != text && *end == '\0' ? KN_OK : kn_missing(request, err);
}

kn_code
kn_api_comment_resolve(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  saying in;
  KN_TRY(about_comment(request, &in, err));
  KN_TRY(kn_body_flag(request, "is_resolved", &in.is_resolved, err));
  return kn_desk_write(request->desk, &request->viewer, resolve_thread, &in, err);
}

kn_code
kn_api_comment_remove(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  saying in;
  KN_TRY(about_comment(request, &in, err));
  return kn_desk_write(request->desk, &request->viewer, remove_comment, &in, err);
}
