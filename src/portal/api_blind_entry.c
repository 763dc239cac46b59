/* Entries: an offer or a need in one's own words, complete or not, and the row that comes of it. */
#include "portal/blind.h"
#include "tasks/proposals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char source_title[] = "Said at the counter by who holds or needs it";
typedef struct entry {
  kn_request *request;
  const char *entry_id, *kind, *words, *amount, *resource_id, *everyday_id, *site_id, *actor_id, *fate, *disclosure, *row_id;
  double quantity, rel_sd, cost_eur;
  int64_t version;
  bool is_new, is_removed;
} entry;

static kn_code
take_entry(void *arg, const kn_answer *answer, kn_error *err)
{
  entry *e = arg;
  const struct {
    const char *name;
    const char **to;
  } texts[] = {{"entry_id", &e->entry_id},
               {"kind", &e->kind},
               {"words", &e->words},
               {"amount", &e->amount},
               {"resource_id", &e->resource_id},
               {"everyday_id", &e->everyday_id},
               {"site_id", &e->site_id},
               {"actor_id", &e->actor_id},
               {"fate", &e->fate},
               {"disclosure", &e->disclosure},
               {"row_id", &e->row_id}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const kn_field *field = kn_answer_field(answer, texts[i].name);
    *texts[i].to = NULL;
    if (field->text != NULL)
      KN_TRY(kn_text_copy(texts[i].to, e->request->arena, field->text, (size_t)field->length, err));
  }
  const struct {
    const char *name;
    double *to;
  } reals[] = {{"quantity", &e->quantity}, {"rel_sd", &e->rel_sd}, {"cost_eur", &e->cost_eur}};
  for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
    const kn_field *field = kn_answer_field(answer, reals[i].name);
    *reals[i].to = field->kind == KN_FIELD_NULL ? NAN : field->real;
  }
  return KN_OK;
}

static kn_code
load_entry(kn_request *request, kn_conn *conn, const char *entry_id, entry *out, kn_error *err)
{
  *out = (entry){.request = request, .quantity = NAN, .rel_sd = NAN, .cost_eur = NAN, .version = KN_ANY_VERSION};
  const kn_bind which[] = {KN_BIND_TEXT("entry", entry_id)};
  KN_TRY(kn_conn_ask(conn, "entry_get", which, 1, take_entry, out, err));
  return out->entry_id != NULL ? KN_OK : kn_missing(request, err);
}

/* A member of the body over what was there before: given it changes, null it empties, absent it stays. */
static kn_code
read_text(const kn_request *request, const char *name, int64_t most, const char **to, kn_error *err)
{
  if (json_object_get(request->body, name) == NULL)
    return KN_OK;
  return kn_body_text(request, name, false, most, to, err);
}

static kn_code
find_class(kn_request *request, const char *resource_id, kn_class *out, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("resource", resource_id)};
  kn_field class_name;
  bool is_there;
  KN_TRY(kn_conn_ask_one(request->conn, "resource_class", which, 1, request->arena, &class_name, &is_there, err));
  if (!is_there)
    return kn_fail(err, KN_E_INPUT, "resource_id: there is no resource %.100s", resource_id);
  return kn_class_read(class_name.text, out, err);
}

static kn_code
read_amount(kn_request *request, entry *e, kn_error *err)
{
  double quantity;
  KN_TRY(kn_body_real(request, "quantity", false, &quantity, err));
  if (!isnan(quantity)) {
    if (quantity < 0 || !isfinite(quantity))
      return kn_fail(err, KN_E_INPUT, "quantity: expected a number that is not below 0");
    e->quantity = quantity;
    e->rel_sd = NAN;
    return KN_OK;
  }
  if (json_object_get(request->body, "amount") == NULL && json_object_get(request->body, "resource_id") == NULL)
    return KN_OK;
  if (e->amount == NULL || e->resource_id == NULL)
    return KN_OK;
  kn_class class_of = KN_MATERIAL;
  kn_spoken spoken;
  KN_TRY(find_class(request, e->resource_id, &class_of, err));
  KN_TRY(kn_proposals_amount(&spoken, kn_portal_snapshots(request->portal), request->conn, e->amount, class_of,
                             kn_is_dutch(request), err));
  if (!isnan(spoken.quantity)) {
    e->quantity = spoken.quantity;
    e->rel_sd = spoken.rel_sd > 0 ? spoken.rel_sd : NAN;
  }
  return KN_OK;
}

static bool
is_word(const char *text, const char *const *list)
{
  for (; text != NULL && *list != NULL; list++)
    if (strcmp(text, *list) == 0)
      return true;
  return text == NULL;
}

static kn_code
check_site(kn_request *request, entry *e, kn_error *err)
{
  if (e->site_id == NULL) {
    if (request->viewer.role == KN_PARTNER && request->viewer.actor_count > 0 && e->actor_id == NULL)
      e->actor_id = request->viewer.actor_id[0];
    return KN_OK;
  }
  const kn_bind which[] = {KN_BIND_TEXT("site", e->site_id)};
  kn_field holder;
  bool is_there;
  KN_TRY(kn_conn_ask_one(request->conn, "site_holder", which, 1, request->arena, &holder, &is_there, err));
  if (!is_there || (request->viewer.role != KN_COORDINATOR && !kn_viewer_owns(&request->viewer, holder.text)))
    return kn_fail(err, KN_E_INPUT, "site_id: expected a site of your own company");
  e->actor_id = holder.text;
  return KN_OK;
}

static kn_code
read_entry(kn_request *request, entry *e, kn_error *err)
{
  static const char *const kinds[] = {"offer", "need", NULL}, *const shown[] = {"public", "partners", "broker", NULL};
  KN_TRY(read_text(request, "words", 300, &e->words, err));
  KN_TRY(read_text(request, "amount", 300, &e->amount, err));
  KN_TRY(read_text(request, "resource_id", 200, &e->resource_id, err));
  KN_TRY(read_text(request, "everyday_id", 60, &e->everyday_id, err));
  KN_TRY(read_text(request, "site_id", 200, &e->site_id, err));
  KN_TRY(read_text(request, "fate", 40, &e->fate, err));
  KN_TRY(read_text(request, "disclosure", 20, &e->disclosure, err));
  if (e->is_new)
    KN_TRY(read_text(request, "kind", 10, &e->kind, err));
  if (json_object_get(request->body, "cost_eur") != NULL)
    KN_TRY(kn_body_real(request, "cost_eur", false, &e->cost_eur, err));
  if (e->words == NULL)
    return kn_fail(err, KN_E_INPUT, "words: expected a text");
  if (e->kind == NULL || !is_word(e->kind, kinds))
    return kn_fail(err, KN_E_INPUT, "kind: expected offer or need");
  if (e->disclosure == NULL)
    e->disclosure = "broker";
  if (!is_word(e->disclosure, shown))
    return kn_fail(err, KN_E_INPUT, "disclosure: expected public, partners or broker");
  KN_TRY(read_amount(request, e, err));
  if (e->resource_id != NULL) {
    kn_class class_of = KN_MATERIAL;
    KN_TRY(find_class(request, e->resource_id, &class_of, err));
  }
  return check_site(request, e, err);
}

static bool
is_complete(const entry *e)
{
  return e->resource_id != NULL && !isnan(e->quantity) && (e->site_id != NULL || e->row_id != NULL);
}

/* One source for all that is said at the counter in a year, so that it tells nothing of who said it. */
static kn_code
write_source(kn_conn *conn, char id[32], kn_error *err)
{
  const time_t now = time(NULL);
  struct tm utc;
  gmtime_r(&now, &utc);
  const int32_t year = utc.tm_year + 1900;
  snprintf(id, 32, "s-counter-%d", (int)year);
  const kn_bind which[] = {KN_BIND_TEXT("source", id)};
  kn_field one;
  bool is_there;
  KN_TRY(kn_conn_ask_one(conn, "source_there", which, 1, NULL, &one, &is_there, err));
  if (is_there)
    return KN_OK;
  static const char *const names[] = {"title",    "year",         "reliability",   "completeness",
                                      "temporal", "geographical", "technological", "kind"};
  const kn_field values[] = {kn_field_text(source_title),
                             kn_field_int(year),
                             kn_field_int(3),
                             kn_field_int(2),
                             kn_field_int(1),
                             kn_field_int(1),
                             kn_field_int(1),
                             kn_field_text("reported")};
  const kn_row_edit edit = {.what = KN_ROW_ADD,
                            .table = "source",
                            .key = id,
                            .count = KN_COUNT_OF(names),
                            .names = names,
                            .values = values,
                            .expected_version = KN_ANY_VERSION};
  return kn_conn_edit(conn, &edit, NULL, err);
}

static kn_code
write_row(kn_conn *conn, entry *e, kn_error *err)
{
  const bool is_offer = strcmp(e->kind, "offer") == 0, is_added = e->row_id == NULL;
  char source[32];
  KN_TRY(write_source(conn, source, err));
  const char *names[] = {"resource_id", "quantity",    "rel_sd",    "site_id",
                         "disclosure",  "description", "source_id", is_offer ? "fate_eur" : "price_eur",
                         "fate"};
  const double each = !isnan(e->cost_eur) && e->quantity > 0 ? e->cost_eur / e->quantity : NAN;
  const kn_field values[] = {kn_field_text(e->resource_id), kn_field_real(e->quantity),   kn_field_real(e->rel_sd),
                             kn_field_text(e->site_id),     kn_field_text(e->disclosure), kn_field_text(e->words),
                             kn_field_text(source),         kn_field_real(each),          kn_field_text(e->fate)};
  if (is_added) {
    char key[40];
    snprintf(key, sizeof key, "%s%s", is_offer ? "o-" : "n-", e->entry_id + 1);
    KN_TRY(kn_text_copy(&e->row_id, e->request->arena, key, strlen(key), err));
  }
  const kn_row_edit edit = {.what = is_added ? KN_ROW_ADD : KN_ROW_CHANGE,
                            .table = e->kind,
                            .key = e->row_id,
                            .count = KN_COUNT_OF(names) - !is_offer,
                            .names = names,
                            .values = values,
                            .expected_version = is_added ? KN_ANY_VERSION : e->version};
  return kn_conn_edit(conn, &edit, NULL, err);
}

static kn_code
write_entry(kn_conn *conn, void *arg, kn_error *err)
{
  entry *e = arg;
  char now[32];
  kn_store_now(now);
  if (is_complete(e))
    KN_TRY(write_row(conn, e, err));
  const kn_bind row[] = {KN_BIND_TEXT("entry", e->entry_id),
                         KN_BIND_TEXT("actor", e->actor_id),
                         KN_BIND_TEXT("words", e->words),
                         KN_BIND_TEXT("amount", e->amount),
                         KN_BIND_TEXT("resource", e->resource_id),
                         KN_BIND_TEXT("everyday", e->everyday_id),
                         KN_BIND_REAL("quantity", e->quantity),
                         KN_BIND_REAL("rel_sd", e->rel_sd),
                         KN_BIND_TEXT("site", e->site_id),
                         KN_BIND_TEXT("fate", e->fate),
                         KN_BIND_REAL("cost", e->cost_eur),
                         KN_BIND_TEXT("disclosure", e->disclosure),
                         KN_BIND_TEXT("row", e->row_id),
                         KN_BIND_TEXT("now", now),
                         KN_BIND_TEXT("kind", e->kind)};
  int64_t changed = 0;
  KN_TRY(kn_conn_run(conn, e->is_new ? "entry_add" : "entry_change", row, KN_COUNT_OF(row) - !e->is_new, &changed, err));
  return changed == 1 ? KN_OK : kn_missing(e->request, err);
}

static kn_code
reply_entry(kn_request *request, kn_reply *reply, const char *entry_id, kn_error *err)
{
  entry e;
  const kn_bind which[] = {KN_BIND_TEXT("entry", entry_id)};
  KN_TRY(load_entry(request, request->conn, entry_id, &e, err));
  KN_TRY(kn_reply_row(request, reply, "entry_get", which, 1, err));
  json_t *missing = json_array();
  if (e.resource_id == NULL)
    json_array_append_new(missing, json_string("resource_id"));
  if (isnan(e.quantity))
    json_array_append_new(missing, json_string("quantity"));
  if (e.site_id == NULL && e.row_id == NULL)
    json_array_append_new(missing, json_string("site_id"));
  json_object_set_new(reply->json, "missing", missing);
  json_object_set_new(reply->json, "is_complete", json_boolean(e.row_id != NULL));
  if (e.row_id != NULL) {
    const kn_bind row[] = {KN_BIND_TEXT("table", e.kind), KN_BIND_TEXT("key", e.row_id)};
    kn_field version;
    KN_TRY(kn_conn_ask_one(request->conn, "edit_version", row, KN_COUNT_OF(row), NULL, &version, NULL, err));
    reply->version = version.integer;
    json_object_set_new(reply->json, "version", json_integer(version.integer));
  }
  return KN_OK;
}

/* Too many changes today; as a problem of its own kind, which kn_code has no word for. */
static kn_code
reply_too_many(kn_request *request, kn_reply *reply, kn_error *err)
{
  json_t *problem =
      json_pack("{s:s, s:s, s:i, s:s, s:s}", "type", "/problems/too-many", "title", "Too much in one day", "status", 429,
                "detail", "offers and needs of this company were changed so often today that the rest waits until tomorrow",
                "instance", request->path);
  reply->bytes = json_dumps(problem, JSON_COMPACT);
  json_decref(problem);
  if (reply->bytes == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  reply->length = strlen(reply->bytes);
  reply->type = "application/problem+json";
  reply->status = 429;
  return kn_reply_header(reply, request, "Retry-After", "3600", err);
}

static kn_code
is_over_limit(kn_request *request, bool *out, kn_error *err)
{
  *out = false;
  if (request->viewer.role == KN_COORDINATOR)
    return KN_OK;
  kn_field probes;
  KN_TRY(kn_conn_ask_one(request->conn, "blind_probes", NULL, 0, NULL, &probes, NULL, err));
  *out = probes.integer >= KN_PROBES_MOST;
  return KN_OK;
}

kn_code
kn_api_entry_add(kn_request *request, kn_reply *reply, kn_error *err)
{
  entry e = {.request = request, .is_new = true, .quantity = NAN, .rel_sd = NAN, .cost_eur = NAN, .version = KN_ANY_VERSION};
  bool is_repeatable, is_over;
  KN_TRY(kn_blind_key(request, "e", &e.entry_id, &is_repeatable, err));
  entry before;
  if (is_repeatable && load_entry(request, request->conn, e.entry_id, &before, NULL) == KN_OK)
    return reply_entry(request, reply, e.entry_id, err);
  KN_TRY(is_over_limit(request, &is_over, err));
  if (is_over)
    return reply_too_many(request, reply, err);
  KN_TRY(read_entry(request, &e, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_entry, &e, err));
  reply->status = 201;
  return reply_entry(request, reply, e.entry_id, err);
}

kn_code
kn_api_entry_change(kn_request *request, kn_reply *reply, kn_error *err)
{
  entry e;
  int64_t version;
  bool is_over;
  KN_TRY(kn_request_version(request, &version, err));
  KN_TRY(load_entry(request, request->conn, kn_request_part(request, "entry_id"), &e, err));
  KN_TRY(is_over_limit(request, &is_over, err));
  if (is_over)
    return reply_too_many(request, reply, err);
  e.version = version;
  KN_TRY(read_entry(request, &e, err));
  if (e.row_id != NULL && !is_complete(&e))
    return kn_fail(err, KN_E_INPUT, "resource_id, quantity: what is complete stays so");
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_entry, &e, err));
  return reply_entry(request, reply, e.entry_id, err);
}

static kn_code
write_removal(kn_conn *conn, void *arg, kn_error *err)
{
  entry *e = arg;
  if (e->row_id != NULL) {
    const kn_row_edit edit = {.what = KN_ROW_REMOVE, .table = e->kind, .key = e->row_id, .expected_version = KN_ANY_VERSION};
    KN_TRY(kn_conn_edit(conn, &edit, NULL, err));
  }
  const kn_bind which[] = {KN_BIND_TEXT("entry", e->entry_id)};
  int64_t changed = 0;
  KN_TRY(kn_conn_run(conn, "entry_remove", which, 1, &changed, err));
  return changed == 1 ? KN_OK : kn_missing(e->request, err);
}

kn_code
kn_api_entry_remove(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  entry e;
  KN_TRY(load_entry(request, request->conn, kn_request_part(request, "entry_id"), &e, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_removal, &e, err));
  return KN_OK;
}

kn_code
kn_api_entry_get(kn_request *request, kn_reply *reply, kn_error *err)
{
  return reply_entry(request, reply, kn_request_part(request, "entry_id"), err);
}

kn_code
kn_api_own_list(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "own_list", NULL, 0, err);
}

kn_code
kn_api_own_sites(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *text = kn_request_query(request, "q");
  char like[220] = "";
  if (text != NULL && text[0] != '\0')
    snprintf(like, sizeof like, "%%%.200s%%", text);
  const kn_bind bind[] = {KN_BIND_TEXT("like", like[0] != '\0' ? like : NULL)};
  json_t *items;
  KN_TRY(kn_rows_json(request->conn, "own_sites", bind, 1, &items, err));
  reply->json = json_pack("{s:o, s:n}", "items", items, "next");
  return KN_OK;
}
