/* Cases: the funnel, the sheet of one, its steps, what it became. Rows of a case are in api_cases_rows.c, today and experiments in files
 * of their own. */
#include "portal/api_cases.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- reading bodies */
static kn_code
read_member(const kn_request *request, const kn_member *member, const json_t *value, kn_field *out, kn_error *err)
{
  double real;
  int64_t integer;
  bool flag = false;
  const char *text;
  if (json_is_null(value)) {
    *out = kn_field_text(NULL);
    return KN_OK;
  }
  switch (member->kind) {
  case KN_MEMBER_REAL:
    KN_TRY(kn_body_real(request, member->name, true, &real, err));
    *out = kn_field_real(real);
    return KN_OK;
  case KN_MEMBER_INT:
    KN_TRY(kn_body_int(request, member->name, true, &integer, err));
    *out = kn_field_int(integer);
    return KN_OK;
  case KN_MEMBER_FLAG:
    KN_TRY(kn_body_flag(request, member->name, &flag, err));
    *out = kn_field_int(flag);
    return KN_OK;
  default:
    KN_TRY(kn_body_text(request, member->name, false, 20000, &text, err));
    *out = kn_field_text(text);
    return KN_OK;
  }
}

kn_code
kn_body_fields(const kn_request *request, const kn_member *member, bool is_new, kn_case_fields *out, kn_error *err)
{
  const char *name;
  json_t *value;
  json_object_foreach(request->body, name, value)
  {
    const kn_member *at = member;
    while (at->name != NULL && strcmp(at->name, name) != 0)
      at++;
    if (at->name == NULL)
      return kn_fail(err, KN_E_INPUT, "%s: there is no such member", name);
    kn_field field;
    KN_TRY(read_member(request, at, value, &field, err));
    if (at->is_needed && field.kind == KN_FIELD_NULL)
      return kn_fail(err, KN_E_INPUT, "%s: expected one", name);
    kn_case_fields_add(out, at->name, field);
  }
  for (const kn_member *at = member; is_new && at->name != NULL; at++)
    if (at->is_needed && kn_case_fields_get(out, at->name) == NULL)
      return kn_fail(err, KN_E_INPUT, "%s: expected one", at->name);
  return is_new || out->count > 0 ? KN_OK : kn_fail(err, KN_E_INPUT, "the body changes nothing");
}

kn_code
kn_reply_made(kn_request *request, kn_reply *reply, const char *name, int64_t key, int64_t version, kn_error *err)
{
  (void)request;
  (void)err;
  reply->status = 201;
  reply->json = json_pack("{s:I, s:I}", name, (json_int_t)key, "version", (json_int_t)version);
  return KN_OK;
}

/* ---------------------------------------------------------------- lists */
static bool
sees_sheets(const kn_request *request)
{
  const kn_role role = request->viewer.role;
  return role == KN_COORDINATOR || role == KN_PARTNER || role == KN_FINANCIER;
}

static kn_code
public_list(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind filter[] = {KN_BIND_TEXT("stage", kn_request_query(request, "stage")),
                            KN_BIND_TEXT("area", kn_request_query(request, "area"))};
  return kn_reply_list(request, reply, "case_public_list", filter, KN_COUNT_OF(filter), err);
}

static kn_code
list(kn_request *request, kn_reply *reply, kn_error *err)
{
  if (!sees_sheets(request))
    return public_list(request, reply, err);
  const kn_bind filter[] = {KN_BIND_TEXT("stage", kn_request_query(request, "stage")),
                            KN_BIND_TEXT("status", kn_request_query(request, "status")),
                            KN_BIND_TEXT("search", kn_request_query(request, "search"))};
  return kn_reply_list(request, reply, "case_list", filter, KN_COUNT_OF(filter), err);
}

static kn_code
totals(kn_request *request, kn_reply *reply, kn_error *err)
{
  json_t *published = NULL, *stages = NULL, *outcomes = NULL;
  KN_TRY(kn_rows_json(request->conn, "case_counts", NULL, 0, &published, err));
  reply->json = json_pack("{s:o}", "published", published);
  if (request->viewer.role != KN_COORDINATOR)
    return KN_OK;
  KN_TRY(kn_rows_json(request->conn, "case_stage_counts", NULL, 0, &stages, err));
  json_object_set_new(reply->json, "stages", stages);
  KN_TRY(kn_rows_json(request->conn, "case_outcome_totals", NULL, 0, &outcomes, err));
  json_object_set_new(reply->json, "outcomes", outcomes);
  return KN_OK;
}

static kn_code
actors(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "case_actors", NULL, 0, err);
}

/* ---------------------------------------------------------------- the money of what one sees */
static double
discount_rate(kn_request *request, kn_error *err)
{
  kn_field value;
  double rate = 0.05; /* what settings that say nothing mean: docs/package.md */
  if (kn_conn_ask_one(request->conn, "case_rate", NULL, 0, request->arena, &value, NULL, err) == KN_OK && value.text != NULL)
    kn_number_read(value.text, (size_t)value.length, '.', &rate);
  return rate;
}

static json_t *
real_json(double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

static json_t *
cash_json(const kn_cash *cash, const double *flow)
{
  json_t *years = json_array();
  for (int32_t t = 0; t <= cash->n; t++)
    json_array_append_new(years, json_real(flow[t]));
  return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "npv_eur", real_json(cash->npv_eur), "equal_yearly_eur",
                   real_json(cash->equal_yearly_eur), "payback_yr", real_json(cash->payback_yr), "discounted_payback_yr",
                   real_json(cash->discounted_payback_yr), "invested_eur", real_json(cash->invested_eur), "flow_eur", years);
}

/* Lines of one partner (0: those of nobody in particular), or of all (-1). */
static kn_code
judge(const json_t *money, int64_t partner, double rate, json_t **out, kn_error *err)
{
  const size_t count = json_array_size(money);
  kn_cash_line *line = calloc(count + 1, sizeof *line);
  int32_t n = 0;
  if (line == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  for (size_t i = 0; i < count; i++) {
    const json_t *row = json_array_get(money, i);
    const char *kind = json_string_value(json_object_get(row, "kind"));
    if (partner >= 0 && json_integer_value(json_object_get(row, "case_partner_id")) != partner)
      continue;
    const bool is_in = strcmp(kind, "benefit") == 0 || strcmp(kind, "subsidy") == 0;
    line[n++] = (kn_cash_line){.eur = (is_in ? 1 : -1) * json_number_value(json_object_get(row, "eur")),
                               .from_yr = (int32_t)json_integer_value(json_object_get(row, "from_yr")),
                               .to_yr = (int32_t)json_integer_value(json_object_get(row, "to_yr"))};
  }
  kn_cash cash;
  double flow[KN_CASH_YEARS_MOST + 1];
  const kn_code code = kn_cash_judge(line, n, rate, flow, &cash, err);
  free(line);
  if (code == KN_OK)
    *out = n > 0 ? cash_json(&cash, flow) : json_null();
  return code;
}

/* Only of the lines that the viewer sees, so that nothing private shines through a sum. */
kn_code
kn_case_economics(kn_request *request, const json_t *money, json_t **out, kn_error *err)
{
  const double rate = discount_rate(request, err);
  json_t *all = NULL, *partners = json_array();
  kn_code code = judge(money, -1, rate, &all, err);
  for (size_t i = 0; code == KN_OK && i < json_array_size(money); i++) {
    const json_t *row = json_array_get(money, i);
    const int64_t partner = json_integer_value(json_object_get(row, "case_partner_id"));
    bool is_first = true;
    for (size_t j = 0; j < i; j++)
      is_first = is_first && json_integer_value(json_object_get(json_array_get(money, j), "case_partner_id")) != partner;
    json_t *one = NULL;
    if (!is_first || (code = judge(money, partner, rate, &one, err)) != KN_OK)
      continue;
    json_object_set_new(one, "case_partner_id", partner != 0 ? json_integer(partner) : json_null());
    json_object_set(one, "actor_name", json_object_get(row, "actor_name"));
    json_array_append_new(partners, one);
  }
  if (code != KN_OK) {
    json_decref(partners);
    return code;
  }
  *out = json_pack("{s:o, s:o, s:o}", "discount_rate", json_real(rate), "all", all, "partners", partners);
  return KN_OK;
}

/* ---------------------------------------------------------------- the sheet */
static kn_code
take_row(void *arg, const kn_answer *answer, kn_error *err)
{
  return kn_row_json(answer, arg, err);
}

static kn_code
public_sheet(kn_request *request, kn_reply *reply, const kn_bind *which, kn_error *err)
{
  KN_TRY(kn_conn_ask(request->conn, "case_public_get", which, 1, take_row, &reply->json, err));
  if (reply->json == NULL)
    return kn_missing(request, err);
  json_object_set_new(reply->json, "is_public_view", json_true());
  return KN_OK;
}

static kn_code
sheet(kn_request *request, kn_reply *reply, kn_error *err)
{
  static const struct {
    const char *name, *statement;
  } parts[] = {{"steps", "case_steps"},       {"criteria", "case_criteria"}, {"tasks", "case_tasks"},
               {"partners", "case_partners"}, {"money", "case_money"},       {"documents", "case_documents"},
               {"comments", "case_comments"}, {"outcomes", "case_outcomes"}, {"people", "case_people"},
               {"ties", "case_ties"}};
  int64_t case_id;
  KN_TRY(kn_part_id(request, "case_id", &case_id, err));
  const kn_bind which[] = {KN_BIND_INT("case", case_id)};
  KN_TRY(kn_conn_ask(request->conn, "case_get", which, 1, take_row, &reply->json, err));
  if (reply->json == NULL)
    return public_sheet(request, reply, which, err);
  char key[32];
  kn_field version;
  snprintf(key, sizeof key, "%" PRId64, case_id);
  const kn_bind row[] = {KN_BIND_TEXT("table", "case"), KN_BIND_TEXT("key", key)};
  KN_TRY(kn_conn_ask_one(request->conn, "edit_version", row, 2, NULL, &version, NULL, err));
  json_object_set_new(reply->json, "version", json_integer(version.integer));
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    json_t *rows;
    KN_TRY(kn_rows_json(request->conn, parts[i].statement, which, 1, &rows, err));
    json_object_set_new(reply->json, parts[i].name, rows);
  }
  json_t *economics = NULL;
  KN_TRY(kn_case_economics(request, json_object_get(reply->json, "money"), &economics, err));
  json_object_set_new(reply->json, "economics", economics);
  return KN_OK;
}

static kn_code
public_one(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("case", kn_request_part(request, "case_id"))};
  return public_sheet(request, reply, which, err);
}

static kn_code
history(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("case", kn_request_part(request, "case_id"))};
  return kn_reply_list(request, reply, "case_history", which, 1, err);
}

/* ---------------------------------------------------------------- writing */
static const kn_member new_members[] = {{"title", KN_MEMBER_TEXT, false},       {"summary", KN_MEMBER_TEXT, false},
                                        {"worth_eur", KN_MEMBER_REAL, false},   {"co2_t", KN_MEMBER_REAL, false},
                                        {"is_estimate", KN_MEMBER_FLAG, false}, {NULL, 0, false}};
static const kn_member members[] = {{"title", KN_MEMBER_TEXT, true},
                                    {"summary", KN_MEMBER_TEXT, false},
                                    {"worth_eur", KN_MEMBER_REAL, false},
                                    {"co2_t", KN_MEMBER_REAL, false},
                                    {"is_estimate", KN_MEMBER_FLAG, true},
                                    {"risk", KN_MEMBER_TEXT, false},
                                    {"lead_id", KN_MEMBER_INT, false},
                                    {"is_open_for_finance", KN_MEMBER_FLAG, true},
                                    {"is_published", KN_MEMBER_FLAG, true},
                                    {"public_title", KN_MEMBER_TEXT, false},
                                    {"public_text", KN_MEMBER_TEXT, false},
                                    {"area_id", KN_MEMBER_TEXT, false},
                                    {NULL, 0, false}};

static kn_code
write_new(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_case_add(conn, arg, err);
}

static kn_code
read_partners(kn_request *request, const json_t *partners, kn_case_new *make, kn_error *err)
{
  kn_case_partner *partner;
  if (partners == NULL || json_is_null(partners))
    return KN_OK;
  if (!json_is_array(partners) || json_array_size(partners) > 50)
    return kn_fail(err, KN_E_INPUT, "partners: expected a list of at most 50");
  KN_NEW(partner, request->arena, (int64_t)json_array_size(partners) + 1, err);
  for (size_t i = 0; i < json_array_size(partners); i++) {
    const json_t *one = json_array_get(partners, i);
    partner[i].actor_id = json_string_value(json_object_get(one, "actor_id"));
    partner[i].role = json_string_value(json_object_get(one, "role"));
    if (partner[i].actor_id == NULL)
      return kn_fail(err, KN_E_INPUT, "partners: expected actor_id in each");
    if (partner[i].role == NULL)
      partner[i].role = "other";
  }
  make->partner = partner;
  make->partner_count = (int32_t)json_array_size(partners);
  return KN_OK;
}

static kn_code
read_origin(const json_t *origin, kn_case_new *make, kn_error *err)
{
  if (origin == NULL || json_is_null(origin))
    return KN_OK;
  make->origin_kind = json_string_value(json_object_get(origin, "kind"));
  make->origin_id = json_string_value(json_object_get(origin, "id"));
  if (make->origin_kind == NULL || make->origin_id == NULL || strlen(make->origin_id) > 300)
    return kn_fail(err, KN_E_INPUT, "origin: expected {\"kind\", \"id\"}, two texts");
  return KN_OK;
}

static kn_code
add(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_case_new make = {.arena = request->arena, .language = request->language};
  json_t *origin = json_incref(json_object_get(request->body, "origin"));
  json_t *partners = json_incref(json_object_get(request->body, "partners"));
  json_object_del(request->body, "origin");
  json_object_del(request->body, "partners");
  kn_code code = kn_body_fields(request, new_members, true, &make.fields, err);
  if (code == KN_OK)
    code = read_origin(origin, &make, err);
  if (code == KN_OK)
    code = read_partners(request, partners, &make, err);
  if (code == KN_OK)
    code = kn_desk_write(request->desk, &request->viewer, write_new, &make, err);
  json_decref(origin);
  json_decref(partners);
  KN_TRY(code);
  reply->status = 201;
  reply->json = json_pack("{s:I}", "case_id", (json_int_t)make.case_id);
  char place[48];
  snprintf(place, sizeof place, "/api/v1/cases/%" PRId64, make.case_id);
  return kn_reply_header(reply, request, "Location", place, err);
}

static kn_code
write_change(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_case_write(conn, arg, err);
}

static kn_code
change(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_case_change one = {0};
  KN_TRY(kn_part_id(request, "case_id", &one.case_id, err));
  KN_TRY(kn_body_fields(request, members, false, &one.fields, err));
  KN_TRY(kn_request_version(request, &one.expected_version, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_change, &one, err));
  reply->json = json_pack("{s:I}", "version", (json_int_t)one.version);
  reply->version = one.version;
  return KN_OK;
}

static kn_code
write_step(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_case_take_step(conn, arg, err);
}

static kn_code
step(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_case_walk walk = {0};
  const char *name;
  KN_TRY(kn_part_id(request, "case_id", &walk.case_id, err));
  KN_TRY(kn_body_text(request, "step", true, 20, &name, err));
  KN_TRY(kn_body_text(request, "reason", false, 40, &walk.reason, err));
  KN_TRY(kn_body_text(request, "reason_text", false, 8000, &walk.reason_text, err));
  KN_TRY(kn_body_text(request, "from_stage", false, 20, &walk.expected_stage, err));
  KN_TRY(kn_body_flag(request, "is_override", &walk.is_override, err));
  if (!kn_case_step_read(name, &walk.step))
    return kn_fail(err, KN_E_INPUT, "step: expected forward, back, park, lose, resume, complete or reopen");
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_step, &walk, err));
  reply->json =
      json_pack("{s:s, s:s}", "stage", kn_case_stage_name(walk.after.stage), "status", kn_case_status_name(walk.after.status));
  return KN_OK;
}

static kn_code
gates(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "case_gates", NULL, 0, err);
}

/* ---------------------------------------------------------------- the table */
static const kn_query_def list_query[] = {
    {"stage", "string", "Only cases in this stage."},   {"status", "string", "open, parked, lost or done."},
    {"search", "string", "Words in title or summary."}, {"limit", "integer", "Rows a page."},
    {"cursor", "string", "`next` of the page before."}, {NULL, NULL, NULL}};
static const kn_query_def public_query[] = {
    {"stage", "string", "Only cases in this stage."}, {"area", "string", "Only cases told in this area."}, {NULL, NULL, NULL}};
static const kn_query_def experiment_query[] = {{"from", "string", "Still there on this day."},
                                                {"to", "string", "Begun by this day."},
                                                {"status", "string", "asked, agreed, running, ended or refused."},
                                                {NULL, NULL, NULL}};
#define OBJECT(properties) "{\"type\":\"object\",\"properties\":{" properties "}}"
#define STRING(name) "\"" name "\":{\"type\":\"string\"}"
#define NUMBER(name) "\"" name "\":{\"type\":\"number\"}"
#define FLAG(name) "\"" name "\":{\"type\":\"boolean\"}"
static const char new_body[] = OBJECT(STRING("title") "," STRING("summary") "," NUMBER("worth_eur") "," NUMBER("co2_t") "," FLAG(
    "is_estimate") ","
                   "\"origin\":" OBJECT(STRING("kind") "," STRING("id")) ","
                                                                         "\"partners\":{\"type\":\"array\",\"items\":" OBJECT(
                                                                             STRING("actor_id") "," STRING("role")) "}");
static const char change_body[] =
    OBJECT(STRING("title") "," STRING("summary") "," NUMBER("worth_eur") "," NUMBER("co2_t") "," FLAG("is_estimate") "," STRING(
        "ris"
        "k") "," NUMBER("lead_id") "," FLAG("is_open_for_finance") "," FLAG("is_published") "," STRING("public_title") "," STRING("public_"
                                                                                                                                  "text") "," STRING("area_id"));
static const char step_body[] =
    OBJECT(STRING("step") "," STRING("reason") "," STRING("reason_text") "," STRING("from_stage") "," FLAG("is_override"));
static const char task_body[] = OBJECT(STRING("what") "," NUMBER("owner_id") "," STRING("due") "," STRING("done"));
static const char partner_body[] =
    OBJECT(STRING("actor_id") "," STRING("role") "," STRING("brings") "," NUMBER("contact_id") "," FLAG("is_told"));
static const char money_body[] = OBJECT(NUMBER("case_partner_id") "," STRING("kind") "," STRING("what") "," NUMBER(
    "eur") "," NUMBER("from_yr") "," NUMBER("to_yr") "," FLAG("is_private") "," FLAG("is_estimate") "," STRING("origin"));
static const char document_body[] =
    OBJECT(STRING("name") "," STRING("link") "," STRING("type") "," STRING("base64") "," FLAG("is_for_finance"));
static const char comment_body[] = OBJECT(STRING("comment"));
static const char outcome_body[] = OBJECT(STRING("kind") "," NUMBER("quantity") "," STRING("from_day") "," STRING(
    "to_day") "," STRING("evidence") "," NUMBER("case_document_id"));
static const char criterion_body[] = OBJECT(FLAG("is_met") "," STRING("evidence") "," NUMBER("case_document_id"));
static const char verify_body[] = OBJECT(STRING("verified_by") "," NUMBER("quantity"));
static const char shares_body[] =
    OBJECT("\"shares\":{\"type\":\"array\",\"items\":" OBJECT(NUMBER("case_partner_id") "," NUMBER("share")) "}");
static const char gate_body[] = OBJECT(STRING("stage") "," NUMBER("rank") "," STRING("name_en") "," STRING("name_nl") "," STRING(
    "evidence_en") "," STRING("evidence_nl") "," FLAG("is_used"));
static const char mark_body[] =
    OBJECT(STRING("kind") "," STRING("id") "," STRING("what") "," STRING("until") "," STRING("reason"));
static const char experiment_body[] = OBJECT(
    STRING("title") "," STRING("summary") "," STRING("offer_id") "," STRING("site_id") "," STRING("area_id") "," STRING("place") "," STRING("conditions") "," STRING("from_day") "," STRING("to_day") "," NUMBER("responsible_id") "," STRING(
        "user_actor_id") "," STRING("user_name") "," NUMBER("case_id") "," STRING("status") "," STRING("learned") "," STRING("out"
                                                                                                                             "com"
                                                                                                                             "e") "," STRING("next_step") "," FLAG("is_public") "," STRING("public_text"));

#define MAY_LOOK (KN_MAY_PARTNER | KN_MAY(KN_FINANCIER))
#define MAY_TODAY (KN_MAY_PARTNER | KN_MAY(KN_FINANCIER) | KN_MAY(KN_PLANNER))
#define MAY_LEND (KN_MAY_PARTNER | KN_MAY(KN_PLANNER))
#define ROWS(name, text, body)                                                                                                   \
  {"POST", "/cases/{case_id}/" name, KN_MAY_PARTNER, KN_WRITES, kn_api_case_row_add, "Add " text, NULL, body, NULL},             \
      {"PATCH",                                                                                                                  \
       "/cases/{case_id}/" name "/{row_id}",                                                                                     \
       KN_MAY_PARTNER,                                                                                                           \
       KN_WRITES,                                                                                                                \
       kn_api_case_row_change,                                                                                                   \
       "Change " text,                                                                                                           \
       NULL,                                                                                                                     \
       body,                                                                                                                     \
       NULL},                                                                                                                    \
  {                                                                                                                              \
    "DELETE", "/cases/{case_id}/" name "/{row_id}", KN_MAY_PARTNER, KN_WRITES, kn_api_case_row_remove, "Remove " text, NULL,     \
        NULL, NULL                                                                                                               \
  }

const kn_endpoint kn_api_cases[] = {
    {"GET", "/cases", KN_MAY_ALL, KN_KEEPS, list, "Cases that one may see; for who takes no part, what is published.", list_query,
     NULL, NULL},
    {"POST", "/cases", KN_MAY_PARTNER, KN_WRITES, add, "Make a case, by hand or from an origin.", NULL, new_body, NULL},
    {"GET", "/cases/public", KN_MAY_ALL, KN_KEEPS | KN_LISTS, public_list, "Published cases, in their public words.",
     public_query, NULL, NULL},
    {"GET", "/cases/public/{case_id}", KN_MAY_ALL, KN_KEEPS, public_one, "One published case.", NULL, NULL, NULL},
    {"GET", "/cases/totals", KN_MAY_ALL, KN_KEEPS, totals,
     "How many published cases there are; for the coordinator all outcomes.", NULL, NULL, NULL},
    {"GET", "/cases/actors", KN_MAY_PARTNER, KN_KEEPS | KN_LISTS, actors, "Who can be a partner.", NULL, NULL, NULL},
    {"GET", "/cases/gates", KN_MAY_ALL, KN_KEEPS | KN_LISTS, gates, "What must be met before a case leaves a stage.", NULL, NULL,
     NULL},
    {"POST", "/cases/gates", KN_MAY_COORDINATOR, KN_WRITES, kn_api_gate_add, "Add a criterion to a gate.", NULL, gate_body, NULL},
    {"PATCH", "/cases/gates/{criterion_id}", KN_MAY_COORDINATOR, KN_WRITES, kn_api_gate_change, "Change a criterion of a gate.",
     NULL, gate_body, NULL},
    /* Not kept: it says what is one's own, which differs between accounts of one role. */
    {"GET", "/cases/{case_id}", KN_MAY_ALL, 0, sheet, "The sheet of a case, as far as one may see it.", NULL, NULL, NULL},
    {"PATCH", "/cases/{case_id}", KN_MAY_PARTNER, KN_WRITES, change, "Change a case.", NULL, change_body, NULL},
    {"GET", "/cases/{case_id}/history", KN_MAY_COORDINATOR, KN_KEEPS | KN_LISTS, history, "Every change of a case and its rows.",
     NULL, NULL, NULL},
    {"POST", "/cases/{case_id}/steps", KN_MAY_COORDINATOR, KN_WRITES, step, "Take a step: forward, back, park, lose ...", NULL,
     step_body, NULL},
    {"PUT", "/cases/{case_id}/criteria/{criterion_id}", KN_MAY_PARTNER, KN_WRITES, kn_api_case_criterion,
     "Bring evidence for a criterion; say whether it is met.", NULL, criterion_body, NULL},
    ROWS("tasks", "a task.", task_body),
    ROWS("partners", "a partner.", partner_body),
    ROWS("money", "a line of money.", money_body),
    ROWS("comments", "a comment.", comment_body),
    ROWS("outcomes", "an outcome.", outcome_body),
    {"POST", "/cases/{case_id}/documents", KN_MAY_PARTNER, KN_WRITES, kn_api_case_document_add, "Add a file or a link.", NULL,
     document_body, NULL},
    {"GET", "/cases/{case_id}/documents/{row_id}", MAY_LOOK, KN_SLOW, kn_api_case_document, "The file itself, to keep.", NULL,
     NULL, "*/*"},
    {"PATCH", "/cases/{case_id}/documents/{row_id}", KN_MAY_PARTNER, KN_WRITES, kn_api_case_row_change,
     "Change the name of a document, or who sees it.", NULL, document_body, NULL},
    {"DELETE", "/cases/{case_id}/documents/{row_id}", KN_MAY_PARTNER, KN_WRITES, kn_api_case_row_remove, "Remove a document.",
     NULL, NULL, NULL},
    {"POST", "/cases/{case_id}/outcomes/{row_id}/verify", KN_MAY_COORDINATOR, KN_WRITES, kn_api_case_verify,
     "Say who verified an outcome; without that, take it back.", NULL, verify_body, NULL},
    {"PUT", "/cases/{case_id}/outcomes/{row_id}/shares", KN_MAY_COORDINATOR, KN_WRITES, kn_api_case_shares,
     "Whose doing an outcome is.", NULL, shares_body, NULL},
    {"GET", "/today", MAY_TODAY, 0, kn_api_today, "At most nine things to do.", NULL, NULL, NULL},
    {"GET", "/today/marks", MAY_TODAY, 0, kn_api_today_aside, "What one laid aside, and why.", NULL, NULL, NULL},
    {"POST", "/today/marks", MAY_TODAY, KN_WRITES, kn_api_today_mark, "Put one aside: done, or until a day.", NULL, mark_body,
     NULL},
    {"DELETE", "/today/marks/{kind}/{id}", MAY_TODAY, KN_WRITES, kn_api_today_unmark, "Put it back on the list.", NULL, NULL,
     NULL},
    {"GET", "/experiments", KN_MAY_ALL, KN_LISTS, kn_api_experiments, "Experiments that one may see.", experiment_query, NULL,
     NULL},
    {"POST", "/experiments", MAY_LEND, KN_WRITES, kn_api_experiment_add, "Ask for a space.", NULL, experiment_body, NULL},
    {"GET", "/experiments/spaces", MAY_LEND, KN_KEEPS | KN_LISTS, kn_api_experiment_spaces, "Space that is offered.", NULL, NULL,
     NULL},
    {"GET", "/experiments/busy", MAY_LEND, KN_KEEPS | KN_LISTS, kn_api_experiment_busy, "When which space is taken.", NULL, NULL,
     NULL},
    {"GET", "/experiments/people", MAY_LEND, KN_LISTS, kn_api_experiment_people, "Who could be responsible.", NULL, NULL, NULL},
    {"GET", "/experiments/calendar", KN_MAY_ALL, KN_SLOW, kn_api_experiment_calendar,
     "Experiments as a calendar file (RFC 5545).", NULL, NULL, "text/calendar"},
    {"GET", "/experiments/{experiment_id}", KN_MAY_ALL, 0, kn_api_experiment, "One experiment.", NULL, NULL, NULL},
    {"PATCH", "/experiments/{experiment_id}", MAY_LEND, KN_WRITES, kn_api_experiment_change,
     "Change an experiment, or its status.", NULL, experiment_body, NULL},
    {"POST", "/calendar", KN_MAY_MEMBERS, KN_WRITES, kn_api_calendar_token,
     "A new address for one's calendar program; the one before ends.", NULL, NULL, NULL},
    {"DELETE", "/calendar", KN_MAY_MEMBERS, KN_WRITES, kn_api_calendar_end, "End the address for calendar programs.", NULL, NULL,
     NULL},
    {"GET", "/calendar/{token}", KN_MAY_ALL, KN_SLOW, kn_api_calendar, "What the owner of the token sees, as a calendar.", NULL,
     NULL, "text/calendar"},
    {NULL},
};
