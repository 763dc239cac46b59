/* Blind matching: words, amounts, entries, and the cards of an own row. */
#include "portal/api.h"
#include "portal/blind.h"
#include "tasks/json.h"
#include "tasks/proposals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- shared */
kn_code
kn_blind_key(kn_request *request, const char *letter, const char **out, bool *is_repeatable, kn_error *err)
{
  char hex[65], text[40], account[32];
  kn_digest *digest;
  const char *given = kn_request_header(request, "Idempotency-Key");
  *is_repeatable = given != NULL && given[0] != '\0';
  KN_TRY(kn_digest_new(&digest, err));
  snprintf(account, sizeof account, "%" PRId64, request->viewer.account_id);
  kn_digest_add(digest, account, strlen(account) + 1);
  kn_digest_add(digest, letter, strlen(letter) + 1);
  if (*is_repeatable)
    kn_digest_add(digest, given, strlen(given));
  else {
    kn_field random;
    KN_TRY(kn_conn_ask_one(request->conn, "blind_random", NULL, 0, request->arena, &random, NULL, err));
    kn_digest_add(digest, random.text, strlen(random.text));
  }
  kn_digest_end(digest, hex);
  snprintf(text, sizeof text, "%s%.16s", letter, hex);
  return kn_text_copy(out, request->arena, text, strlen(text), err);
}

static kn_code
write_secret(kn_conn *conn, void *arg, kn_error *err)
{
  (void)arg;
  return kn_conn_run(conn, "blind_secret_add", NULL, 0, NULL, err);
}

kn_code
kn_blind_secret(kn_request *request, const char **out, kn_error *err)
{
  kn_field secret;
  bool is_there;
  KN_TRY(kn_conn_ask_one(request->conn, "blind_secret", NULL, 0, request->arena, &secret, &is_there, err));
  if (!is_there) {
    KN_TRY(kn_desk_write(request->desk, &request->viewer, write_secret, NULL, err));
    KN_TRY(kn_conn_ask_one(request->conn, "blind_secret", NULL, 0, request->arena, &secret, &is_there, err));
  }
  *out = secret.text;
  return KN_OK;
}

static json_t *
band_json(kn_band band)
{
  return isnan(band.low) ? json_null() : json_pack("[o, o]", kn_json_real(band.low), kn_json_real(band.high));
}

json_t *
kn_card_json(const kn_card *card)
{
  json_t *checks = json_array();
  for (int32_t i = 0; i < card->check_count; i++)
    json_array_append_new(checks, json_pack("{s:s, s:s}", "check", card->check[i].check, "outcome", card->check[i].outcome));
  json_t *out = json_pack("{s:b, s:s, s:s?, s:s, s:s, s:s?, s:s?, s:o, s:o, s:o, s:i, s:i, s:i, s:o}", "is_open", card->is_open,
                          "kind", card->kind, "resource_id", card->resource_id, "class", card->class_name, "unit", card->unit,
                          "sector", card->sector, "level", card->level, "km", band_json(card->km), "eur", band_json(card->eur),
                          "quantity", band_json(card->quantity), "passed", card->passed, "failed", card->failed, "to_verify",
                          card->to_verify, "checks", checks);
  json_object_set_new(out, "resource_name", card->resource_name != NULL ? json_string(card->resource_name) : json_null());
  json_object_set_new(out, "resource_name_nl",
                      card->resource_name_nl != NULL ? json_string(card->resource_name_nl) : json_null());
  if (card->token[0] != '\0')
    json_object_set_new(out, "token", json_string(card->token));
  if (card->is_open)
    json_object_set_new(out, "open",
                        json_pack("{s:s?, s:b, s:s?, s:s?, s:s?, s:s?, s:o, s:o, s:o, s:o}", "id", card->id, "is_own",
                                  card->is_own, "site_id", card->site_id, "site_name", card->site_name, "actor_id",
                                  card->actor_id, "actor_name", card->actor_name, "km", kn_json_real(card->exact_km), "eur",
                                  kn_json_real(card->exact_eur), "quantity", kn_json_real(card->exact_quantity), "co2_kg",
                                  kn_json_real(card->exact_co2_kg)));
  return out;
}

/* ---------------------------------------------------------------- words and amounts */
static json_t *
proposals_json(const kn_proposals *found)
{
  json_t *items = json_array();
  for (int32_t i = 0; i < found->count; i++) {
    const kn_proposal *p = &found->proposal[i];
    json_array_append_new(items,
                          json_pack("{s:s?, s:s?, s:s, s:s?, s:s, s:s, s:s?, s:f}", "resource_id", p->resource_id, "everyday_id",
                                    p->everyday_id, "name", p->name, "name_nl", p->name_nl, "class", p->class_name, "unit",
                                    p->unit, "code_low", p->code_low, "alike", round(p->alike * 100) / 100));
  }
  return items;
}

static json_t *
takers_json(const kn_proposals *found)
{
  json_t *items = json_array();
  for (int32_t i = 0; i < found->taken_count; i++) {
    const kn_taken *t = &found->taken[i];
    json_array_append_new(items, json_pack("{s:s, s:s?, s:s?, s:s?, s:f}", "nace", t->nace, "name", t->name, "use", t->use_en,
                                           "use_nl", t->use_nl, "probability", round(t->probability * 100) / 100));
  }
  return items;
}

static kn_code
words(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *text;
  kn_proposals found;
  KN_TRY(kn_body_text(request, "text", true, 300, &text, err));
  KN_TRY(kn_proposals_find(&found, kn_portal_snapshots(request->portal), request->conn, text, true, request->arena, err));
  reply->json = json_pack("{s:o, s:o}", "items", proposals_json(&found), "takers", takers_json(&found));
  return KN_OK;
}

bool
kn_is_dutch(const kn_request *request)
{
  return strcmp(request->language, "nl") == 0;
}

kn_code
kn_class_read(const char *name, kn_class *out, kn_error *err)
{
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    if (strcmp(kn_class_name((kn_class)c), name) == 0) {
      *out = (kn_class)c;
      return KN_OK;
    }
  return kn_fail(err, KN_E_INPUT, "class: expected material, energy, water, space, labour, knowledge or capital");
}

static json_t *
spoken_json(const kn_spoken *spoken, kn_class class_of)
{
  const bool is_read = !isnan(spoken->quantity);
  json_t *out = json_pack("{s:b, s:o, s:s}", "is_understood", is_read, "quantity", kn_json_real(spoken->quantity), "unit",
                          kn_class_unit(class_of));
  if (is_read)
    json_object_update_new(out, json_pack("{s:f, s:f, s:f, s:f, s:s, s:b, s:b, s:b}", "number", spoken->number, "times",
                                          spoken->times, "one", spoken->one, "rel_sd", spoken->rel_sd, "unit_id", spoken->unit_id,
                                          "is_number_assumed", spoken->is_number_assumed, "is_time_assumed",
                                          spoken->is_time_assumed, "is_estimate", spoken->is_load));
  return out;
}

static kn_code
amounts(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *text, *class_name;
  kn_class class_of = KN_MATERIAL;
  kn_spoken spoken;
  KN_TRY(kn_body_text(request, "text", true, 300, &text, err));
  KN_TRY(kn_body_text(request, "class", true, 20, &class_name, err));
  KN_TRY(kn_class_read(class_name, &class_of, err));
  KN_TRY(kn_proposals_amount(&spoken, kn_portal_snapshots(request->portal), request->conn, text, class_of, kn_is_dutch(request),
                             err));
  reply->json = spoken_json(&spoken, class_of);
  return KN_OK;
}

/* Open to everybody: what is public of such things, and who takes them elsewhere. Nothing of hidden rows enters. */
static kn_code
chances(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *text = kn_request_query(request, "q");
  if (text == NULL || text[0] == '\0' || strlen(text) > 300)
    return kn_fail(err, KN_E_INPUT, "q: expected words, at most 300 bytes of them");
  kn_proposals found;
  KN_TRY(kn_proposals_find(&found, kn_portal_snapshots(request->portal), request->conn, text, true, request->arena, err));
  json_t *resources = json_array();
  for (int32_t i = 0; i < found.count; i++)
    if (found.proposal[i].resource_id != NULL && found.proposal[i].alike >= 0.8 * found.proposal[0].alike)
      json_array_append_new(resources, json_string(found.proposal[i].resource_id));
  char *list = json_dumps(resources, JSON_COMPACT);
  json_decref(resources);
  int64_t limit = 50;
  kn_code code = kn_request_int(request, "limit", 1, 1000, &limit, err);
  json_t *items = NULL;
  const kn_bind bind[] = {KN_BIND_TEXT("resources", list), KN_BIND_TEXT("after", kn_request_query(request, "cursor")),
                          KN_BIND_INT("limit", limit)};
  if (code == KN_OK)
    code = kn_rows_json(request->conn, "chance_list", bind, KN_COUNT_OF(bind), &items, err);
  free(list);
  KN_TRY(code);
  const json_t *last = (int64_t)json_array_size(items) == limit ? json_array_get(items, (size_t)limit - 1) : NULL;
  json_t *next = last != NULL ? json_sprintf("%s%s", json_string_value(json_object_get(last, "kind")),
                                             json_string_value(json_object_get(last, "id")))
                              : json_null();
  reply->json = json_pack("{s:o, s:o, s:o, s:o}", "items", items, "next", next, "proposals", proposals_json(&found), "takers",
                          takers_json(&found));
  return KN_OK;
}

/* ---------------------------------------------------------------- cards */
static kn_code
cards(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *kind = kn_request_part(request, "kind");
  if (strcmp(kind, "offer") != 0 && strcmp(kind, "need") != 0)
    return kn_missing(request, err);
  kn_blind_ask ask = {.conn = request->conn,
                      .snapshots = kn_portal_snapshots(request->portal),
                      .is_need = strcmp(kind, "need") == 0,
                      .row_id = kn_request_part(request, "row_id")};
  KN_TRY(kn_blind_secret(request, &ask.secret, err));
  kn_cards found;
  KN_TRY(kn_blind_cards(&found, &ask, request->arena, err));
  json_t *items = json_array();
  for (int32_t i = 0; i < found.count; i++)
    json_array_append_new(items, kn_card_json(&found.card[i]));
  reply->json =
      json_pack("{s:o, s:n, s:b, s:b}", "items", items, "next", "is_current", found.is_current, "is_limited", found.is_limited);
  return KN_OK;
}

#define ENTRY_BODY                                                                                                               \
  "{\"type\":\"object\",\"properties\":{\"kind\":{\"enum\":[\"offer\",\"need\"]},\"words\":{\"type\":\"string\"},"               \
  "\"amount\":{\"type\":\"string\"},\"quantity\":{\"type\":\"number\"},\"resource_id\":{\"type\":\"string\"},"                   \
  "\"everyday_id\":{\"type\":\"string\"},\"site_id\":{\"type\":\"string\"},\"fate\":{\"type\":\"string\"},"                      \
  "\"cost_eur\":{\"type\":\"number\"},\"disclosure\":{\"enum\":[\"public\",\"partners\",\"broker\"]}}}"

static const kn_query_def chance_query[] = {{"q", "string", "Words, as people say them."},
                                            {"limit", "integer", "At most so many."},
                                            {"cursor", "string", "Where the page before ended."},
                                            {NULL, NULL, NULL}};
static const kn_query_def list_query[] = {
    {"limit", "integer", "At most so many."}, {"cursor", "string", "Where the page before ended."}, {NULL, NULL, NULL}};
static const kn_query_def intro_query[] = {{"state", "string", "Only those in this state."},
                                           {"limit", "integer", "At most so many."},
                                           {"cursor", "string", "Where the page before ended."},
                                           {NULL, NULL, NULL}};
static const kn_query_def site_query[] = {{"q", "string", "Part of the name of a site or company."}, {NULL, NULL, NULL}};

const kn_endpoint kn_api_blind[] = {
    {"POST", "/words", KN_MAY_ALL, KN_SLOW, words, "What could this be? Resources for words as people say them.", NULL,
     "{\"type\":\"object\",\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":\"string\"}}}", NULL},
    {"POST", "/amounts", KN_MAY_ALL, KN_SLOW, amounts, "An amount as people say it, a year, and what was understood.", NULL,
     "{\"type\":\"object\",\"required\":[\"text\",\"class\"],\"properties\":{\"text\":{\"type\":\"string\"},\"class\":{\"type\":"
     "\"string\"}}}",
     NULL},
    {"GET", "/chances", KN_MAY_ALL, KN_SLOW, chances, "What is open of such things, and who takes them elsewhere.", chance_query,
     NULL, NULL},
    {"GET", "/chances/{kind}/{row_id}", KN_MAY_PARTNER, KN_SLOW, cards,
     "What fits an own offer or need, without who is behind it.", NULL, NULL, NULL},
    {"GET", "/entries", KN_MAY_PARTNER, KN_SLOW, kn_api_own_list, "Own offers and needs, drafts too.", list_query, NULL, NULL},
    {"POST", "/entries", KN_MAY_PARTNER, KN_WRITES, kn_api_entry_add,
     "Enter an offer or need in one's own words; it may be incomplete.", NULL, ENTRY_BODY, NULL},
    {"GET", "/entries/{entry_id}", KN_MAY_PARTNER, 0, kn_api_entry_get, "One entry.", NULL, NULL, NULL},
    {"PATCH", "/entries/{entry_id}", KN_MAY_PARTNER, KN_WRITES, kn_api_entry_change, "Complete or change an entry.", NULL,
     ENTRY_BODY, NULL},
    {"DELETE", "/entries/{entry_id}", KN_MAY_PARTNER, KN_WRITES, kn_api_entry_remove,
     "Take back an entry, and its offer or need.", NULL, NULL, NULL},
    {"GET", "/own-sites", KN_MAY_PARTNER, 0, kn_api_own_sites, "Sites for which one may enter.", site_query, NULL, NULL},
    {"GET", "/introductions", KN_MAY_PARTNER, 0, kn_api_intro_list, "Introductions, as one's side sees them.", intro_query, NULL,
     NULL},
    {"POST", "/introductions", KN_MAY_PARTNER, KN_WRITES, kn_api_intro_ask, "Ask to be introduced to who is behind a card.", NULL,
     "{\"type\":\"object\",\"required\":[\"kind\",\"row_id\",\"token\"],\"properties\":{\"kind\":{\"enum\":[\"offer\",\"need\"]},"
     "\"row_id\":{\"type\":\"string\"},\"token\":{\"type\":\"string\"},\"note\":{\"type\":\"string\"}}}",
     NULL},
    {"GET", "/introductions/refusals", KN_MAY_COORDINATOR, 0, kn_api_intro_refusals, "Who refused whom, and why.", NULL, NULL,
     NULL},
    {"GET", "/introductions/{intro_id}", KN_MAY_PARTNER, 0, kn_api_intro_get, "One introduction, with its steps.", NULL, NULL,
     NULL},
    {"POST", "/introductions/{intro_id}/steps", KN_MAY_PARTNER, KN_WRITES, kn_api_intro_step,
     "A step: accept, decline, willing, unwilling, reveal, withdraw, end, case.", NULL,
     "{\"type\":\"object\",\"required\":[\"action\"],\"properties\":{\"action\":{\"type\":\"string\"},\"step\":{\"type\":"
     "\"integer\"},"
     "\"side\":{\"enum\":[\"asker\",\"other\",\"broker\"]},\"reason\":{\"type\":\"string\"},\"contact\":{\"type\":\"string\"},"
     "\"case_id\":{\"type\":\"string\"}}}",
     NULL},
    {NULL},
};
