/* Introductions: asked for, listed, and brought a step further. The states stand in src/tasks/intro.c. */
#include "portal/blind.h"
#include "tasks/intro.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct asking {
  kn_request *request;
  const char *intro_id, *kind, *row_id, *note, *asker_card, *other_card;
  kn_blind_pair pair;
} asking;

static kn_code
write_asking(kn_conn *conn, void *arg, kn_error *err)
{
  const asking *a = arg;
  char now[32];
  kn_store_now(now);
  const kn_bind row[] = {KN_BIND_TEXT("intro", a->intro_id),
                         KN_BIND_TEXT("asker_kind", a->kind),
                         KN_BIND_TEXT("asker_id", a->row_id),
                         KN_BIND_TEXT("asker_actor", a->pair.own_actor_id),
                         KN_BIND_TEXT("other_kind", a->pair.kind),
                         KN_BIND_TEXT("other_id", a->pair.id),
                         KN_BIND_TEXT("other_actor", a->pair.actor_id),
                         KN_BIND_TEXT("asker_card", a->asker_card),
                         KN_BIND_TEXT("other_card", a->other_card),
                         KN_BIND_TEXT("note", a->note),
                         KN_BIND_TEXT("now", now)};
  KN_TRY(kn_conn_run(conn, "intro_add", row, KN_COUNT_OF(row), NULL, err));
  const kn_bind event[] = {KN_BIND_TEXT("intro", a->intro_id), KN_BIND_TEXT("side", "asker"), KN_BIND_TEXT("what", "ask"),
                           KN_BIND_TEXT("note", a->note), KN_BIND_TEXT("now", now)};
  KN_TRY(kn_conn_run(conn, "intro_event_add", event, KN_COUNT_OF(event), NULL, err));
  return kn_conn_audit(conn, "introduction: ask", a->intro_id, NULL, err);
}

static kn_code
card_text(kn_request *request, const kn_card *card, const char **out, kn_error *err)
{
  json_t *json = kn_card_json(card);
  char *text = json_dumps(json, JSON_COMPACT);
  json_decref(json);
  if (text == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  const kn_code code = kn_text_copy(out, request->arena, text, strlen(text), err);
  free(text);
  return code;
}

static kn_code
reply_intro(kn_request *request, kn_reply *reply, const char *intro_id, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("intro", intro_id)};
  KN_TRY(kn_reply_row(request, reply, "intro_get", which, 1, err));
  json_t *events, *figures;
  KN_TRY(kn_rows_json(request->conn, "intro_events", which, 1, &events, err));
  json_object_set_new(reply->json, "events", events);
  KN_TRY(kn_rows_json(request->conn, "intro_figures", which, 1, &figures, err));
  json_t *first = json_array_get(figures, 0);
  json_object_set(reply->json, "figures", first != NULL ? first : json_null());
  json_decref(figures);
  /* Keys of the other side's row are for the server. */
  json_object_del(reply->json, "figures_kind");
  json_object_del(reply->json, "figures_id");
  return KN_OK;
}

kn_code
kn_api_intro_ask(kn_request *request, kn_reply *reply, kn_error *err)
{
  asking a = {.request = request};
  const char *token;
  bool is_repeatable, is_there;
  KN_TRY(kn_body_text(request, "kind", true, 10, &a.kind, err));
  KN_TRY(kn_body_text(request, "row_id", true, 200, &a.row_id, err));
  KN_TRY(kn_body_text(request, "token", true, 64, &token, err));
  KN_TRY(kn_body_text(request, "note", false, 2000, &a.note, err));
  if (strcmp(a.kind, "offer") != 0 && strcmp(a.kind, "need") != 0)
    return kn_fail(err, KN_E_INPUT, "kind: expected offer or need");
  kn_blind_ask ask = {.conn = request->conn,
                      .snapshots = kn_portal_snapshots(request->portal),
                      .is_need = strcmp(a.kind, "need") == 0,
                      .row_id = a.row_id};
  KN_TRY(kn_blind_secret(request, &ask.secret, err));
  KN_TRY(kn_blind_pair_of(&a.pair, &ask, token, request->arena, err));
  if (a.pair.actor_id == NULL || a.pair.own_actor_id == NULL || strcmp(a.pair.kind, "gateway") == 0)
    return kn_fail(err, KN_E_CONFLICT, "behind this match is nobody to be introduced to");
  if (strcmp(a.pair.actor_id, a.pair.own_actor_id) == 0)
    return kn_fail(err, KN_E_CONFLICT, "both sides of this match are the same company");
  const kn_bind open[] = {KN_BIND_TEXT("asker_kind", a.kind), KN_BIND_TEXT("asker_id", a.row_id),
                          KN_BIND_TEXT("other_kind", a.pair.kind), KN_BIND_TEXT("other_id", a.pair.id)};
  kn_field before;
  KN_TRY(kn_conn_ask_one(request->conn, "intro_open", open, KN_COUNT_OF(open), request->arena, &before, &is_there, err));
  if (is_there)
    return reply_intro(request, reply, before.text, err);
  KN_TRY(kn_blind_key(request, "i", &a.intro_id, &is_repeatable, err));
  KN_TRY(card_text(request, &a.pair.seen_by_own, &a.asker_card, err));
  KN_TRY(card_text(request, &a.pair.seen_by_other, &a.other_card, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_asking, &a, err));
  reply->status = 201;
  return reply_intro(request, reply, a.intro_id, err);
}

kn_code
kn_api_intro_list(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind bind[] = {KN_BIND_TEXT("state", kn_request_query(request, "state"))};
  return kn_reply_list(request, reply, "intro_list", bind, 1, err);
}

kn_code
kn_api_intro_get(kn_request *request, kn_reply *reply, kn_error *err)
{
  return reply_intro(request, reply, kn_request_part(request, "intro_id"), err);
}

static kn_code
write_step(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_intro_do_step(conn, arg, err);
}

kn_code
kn_api_intro_step(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_intro_do what = {.intro_id = kn_request_part(request, "intro_id")};
  KN_TRY(kn_body_text(request, "action", true, 20, &what.action, err));
  KN_TRY(kn_body_text(request, "side", false, 10, &what.side, err));
  KN_TRY(kn_body_int(request, "step", false, &what.step, err));
  KN_TRY(kn_body_text(request, "reason", false, 2000, &what.reason, err));
  KN_TRY(kn_body_text(request, "contact", false, 500, &what.contact, err));
  KN_TRY(kn_body_text(request, "case_id", false, 60, &what.case_id, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_step, &what, err));
  return reply_intro(request, reply, what.intro_id, err);
}

kn_code
kn_api_intro_refusals(kn_request *request, kn_reply *reply, kn_error *err)
{
  json_t *items;
  KN_TRY(kn_rows_json(request->conn, "intro_refusals", NULL, 0, &items, err));
  reply->json = json_pack("{s:o, s:n}", "items", items, "next");
  return KN_OK;
}
