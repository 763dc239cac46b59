/* Answers: lists and rows from statements, as JSON, CSV or GeoJSON; errors as problem documents. */
#include "portal/portal.h"
#include "portal/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

kn_code
kn_missing(const kn_request *request, kn_error *err)
{
  (void)request;
  return kn_fail(err, KN_E_MISSING, "there is no such thing, or it is not for you to see");
}

int
kn_problem(const kn_request *request, const kn_error *err, json_t **out)
{
  static const struct {
    kn_code code;
    int status;
    const char *type, *title;
  } kinds[] = {
      {KN_E_INPUT, 422, "bad-input", "Something in the request is not right"},
      {KN_E_USAGE, 400, "bad-request", "The request is not understood"},
      {KN_E_MISSING, 404, "not-found", "Not found"},
      {KN_E_DENIED, 403, "not-allowed", "Not allowed"},
      {KN_E_CONFLICT, 409, "conflict", "Changed meanwhile"},
      {KN_E_LOCK, 503, "busy", "The region file is being written by another program"},
      {KN_E_STOPPED, 503, "stopping", "Stopped"},
      {KN_NO_ANSWER, 422, "no-answer", "There is no answer"},
  };
  int status = 500;
  const char *type = "internal", *title = "Something went wrong here; nothing was changed";
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i].code == err->code) {
      status = kinds[i].status;
      type = kinds[i].type;
      title = kinds[i].title;
    }
  if (request->problem != NULL) {
    status = request->problem->status;
    type = request->problem->type;
    title = request->problem->title;
  }
  if (status == 409 && kn_request_header(request, "If-Match") != NULL)
    status = 412;
  /* What the machine said is for the log, not for visitors. */
  char detail[sizeof err->text];
  snprintf(detail, sizeof detail, "%s", status == 500 ? title : err->text);
  detail[strcspn(detail, "\n")] = '\0';
  const char *said = detail, *language = request->language != NULL ? request->language : "en";
  if (request->arena == NULL || kn_say(&said, request->arena, language, detail, NULL) != KN_OK ||
      kn_say(&title, request->arena, language, title, NULL) != KN_OK)
    said = detail;
  *out = json_pack("{s:s+, s:s, s:i, s:s, s:s}", "type", "/problems/", type, "title", title, "status", status, "detail", said,
                   "instance", request->path);
  if (*out == NULL) /* a text that is no UTF-8 */
    *out = json_pack("{s:s+, s:s, s:i}", "type", "/problems/", type, "title", title, "status", status);
  /* "email: expected a text": which member of the body it is about, for forms. */
  const size_t name = strspn(said, "abcdefghijklmnopqrstuvwxyz0123456789_");
  if (name > 0 && strncmp(said + name, ": ", 2) == 0 && status < 500)
    json_object_set_new(*out, "errors", json_pack("[{s:s%, s:s}]", "field", said, name, "detail", said + name + 2));
  if (request->problem_more != NULL)
    json_object_update_missing(*out, request->problem_more);
  return status;
}

kn_code
kn_reply_header(kn_reply *reply, kn_request *request, const char *name, const char *value, kn_error *err)
{
  const int32_t most = (int32_t)(sizeof reply->header / sizeof *reply->header);
  if (reply->header_count == most)
    return kn_fail(err, KN_E_LIMIT, "more than %d headers", (int)most);
  kn_header *header = &reply->header[reply->header_count++];
  header->name = name;
  return kn_text_copy(&header->value, request->arena, value, strlen(value), err);
}

kn_code
kn_reply_stream(kn_request *request, kn_reply *reply, const char *channel, kn_error *err)
{
  return kn_text_copy(&reply->channel, request->arena, channel, strlen(channel), err);
}

/* ---------------------------------------------------------------- text that grows */
static kn_code
put_text(kn_text_out *out, const char *text, kn_error *err)
{
  return kn_text_put(out, text, strlen(text), err);
}

static kn_code
put_string(kn_text_out *out, const char *text, size_t length, kn_error *err)
{
  KN_TRY(kn_text_put(out, "\"", 1, err));
  size_t from = 0;
  for (size_t i = 0; i < length; i++) {
    const unsigned char c = (unsigned char)text[i];
    /* '<' too: an answer that a page holds cannot end a script element. */
    if (c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != 0x7f)
      continue;
    KN_TRY(kn_text_put(out, text + from, i - from, err));
    char escape[8];
    snprintf(escape, sizeof escape, c == '"' || c == '\\' ? "\\%c" : "\\u%04x", c);
    KN_TRY(put_text(out, escape, err));
    from = i + 1;
  }
  KN_TRY(kn_text_put(out, text + from, length - from, err));
  return kn_text_put(out, "\"", 1, err);
}

/* ---------------------------------------------------------------- one field */
static bool
ends_with(const char *name, const char *end)
{
  const size_t length = strlen(name), tail = strlen(end);
  return length > tail && strcmp(name + length - tail, end) == 0;
}

static bool
is_flag(const char *name)
{
  return strncmp(name, "is_", 3) == 0 || strncmp(name, "has_", 4) == 0;
}

static size_t
name_length(const char *name)
{
  return strlen(name) - (ends_with(name, "_json") ? 5 : 0);
}

static kn_code
put_field(kn_text_out *out, const char *name, const kn_field *field, kn_error *err)
{
  char number[48];
  switch (field->kind) {
  case KN_FIELD_INT:
    if (is_flag(name))
      return put_text(out, field->integer != 0 ? "true" : "false", err);
    return kn_text_put(out, number, (size_t)snprintf(number, sizeof number, "%" PRId64, field->integer), err);
  case KN_FIELD_REAL:
    return isfinite(field->real) ? kn_text_put(out, number, kn_number_write(number, field->real), err)
                                 : put_text(out, "null", err);
  case KN_FIELD_TEXT:
    return ends_with(name, "_json") ? kn_text_put(out, field->text, (size_t)field->length, err)
                                    : put_string(out, field->text, (size_t)field->length, err);
  default:
    return put_text(out, "null", err);
  }
}

static kn_code
put_object(kn_text_out *out, const kn_answer *answer, kn_error *err)
{
  bool is_first = true;
  KN_TRY(kn_text_put(out, "{", 1, err));
  for (int32_t i = 0; i < answer->count; i++) {
    const char *name = answer->name[i];
    if (strcmp(name, "cursor") == 0 || strcmp(name, "geojson") == 0)
      continue;
    if (!is_first)
      KN_TRY(kn_text_put(out, ",", 1, err));
    is_first = false;
    KN_TRY(put_string(out, name, name_length(name), err));
    KN_TRY(kn_text_put(out, ":", 1, err));
    KN_TRY(put_field(out, name, &answer->field[i], err));
  }
  return kn_text_put(out, "}", 1, err);
}

/* ---------------------------------------------------------------- lists */
typedef enum list_form { AS_JSON, AS_CSV, AS_GEOJSON } list_form;
typedef struct list_out {
  kn_text_out text;
  list_form form;
  int64_t limit, n, page_n;
  char cursor[512];
  bool has_more, has_cut_cursor;
} list_out;

/* A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP: CSV injection). */
static kn_code
put_cell(kn_text_out *out, const char *name, const kn_field *field, kn_error *err)
{
  if (field->kind != KN_FIELD_TEXT)
    return field->kind == KN_FIELD_NULL || field->kind == KN_FIELD_BLOB ? KN_OK : put_field(out, name, field, err);
  const char *text = field->text;
  const size_t length = (size_t)field->length;
  KN_TRY(kn_text_put(out, "\"", 1, err));
  if (length > 0 && strchr("=+-@\t\r\n", text[0]) != NULL)
    KN_TRY(kn_text_put(out, "'", 1, err));
  size_t from = 0;
  for (size_t i = 0; i < length; i++)
    if (text[i] == '"') {
      KN_TRY(kn_text_put(out, text + from, i + 1 - from, err));
      from = i; /* the quote goes out twice */
    }
  KN_TRY(kn_text_put(out, text + from, length - from, err));
  return kn_text_put(out, "\"", 1, err);
}

static kn_code
put_csv(list_out *list, const kn_answer *answer, bool is_title, kn_error *err)
{
  bool is_first = true;
  for (int32_t i = 0; i < answer->count; i++) {
    const char *name = answer->name[i];
    if (strcmp(name, "cursor") == 0 || strcmp(name, "geojson") == 0)
      continue;
    if (!is_first)
      KN_TRY(kn_text_put(&list->text, ",", 1, err));
    is_first = false;
    const kn_field title = {.kind = KN_FIELD_TEXT, .text = name, .length = (int64_t)name_length(name)};
    const bool is_plain = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
    KN_TRY(is_title && is_plain ? kn_text_put(&list->text, name, name_length(name), err)
                                : put_cell(&list->text, name, is_title ? &title : &answer->field[i], err));
  }
  return kn_text_put(&list->text, "\r\n", 2, err);
}

static kn_code
put_feature(list_out *list, const kn_answer *answer, kn_error *err)
{
  kn_text_out *out = &list->text;
  const kn_field *shape = kn_answer_field(answer, "geojson");
  const kn_field *lon = kn_answer_field(answer, "lon"), *lat = kn_answer_field(answer, "lat");
  KN_TRY(put_text(out, "{\"type\":\"Feature\",\"geometry\":", err));
  if (shape != NULL && shape->kind == KN_FIELD_TEXT)
    KN_TRY(kn_text_put(out, shape->text, (size_t)shape->length, err));
  else if (lon != NULL && lat != NULL && lon->kind == KN_FIELD_REAL && lat->kind == KN_FIELD_REAL) {
    KN_TRY(put_text(out, "{\"type\":\"Point\",\"coordinates\":[", err));
    KN_TRY(put_field(out, "lon", lon, err));
    KN_TRY(kn_text_put(out, ",", 1, err));
    KN_TRY(put_field(out, "lat", lat, err));
    KN_TRY(put_text(out, "]}", err));
  } else
    KN_TRY(put_text(out, "null", err));
  KN_TRY(put_text(out, ",\"properties\":", err));
  KN_TRY(put_object(out, answer, err));
  return kn_text_put(out, "}", 1, err);
}

static void
keep_cursor(list_out *list, const kn_field *field)
{
  int length;
  if (field->kind == KN_FIELD_TEXT)
    length = snprintf(list->cursor, sizeof list->cursor, "%s", field->text);
  else if (field->kind == KN_FIELD_REAL)
    length = (int)kn_number_write(list->cursor, field->real);
  else
    length = snprintf(list->cursor, sizeof list->cursor, "%" PRId64, field->integer);
  list->has_cut_cursor = length >= (int)sizeof list->cursor;
}

static kn_code
take_row(void *arg, const kn_answer *answer, kn_error *err)
{
  list_out *list = arg;
  if (list->page_n == list->limit) { /* one more than asked for: there is a next page */
    list->has_more = true;
    return KN_OK;
  }
  if (list->form == AS_CSV) {
    if (list->n == 0)
      KN_TRY(put_csv(list, answer, true, err));
    KN_TRY(put_csv(list, answer, false, err));
  } else {
    if (list->n > 0)
      KN_TRY(kn_text_put(&list->text, ",", 1, err));
    KN_TRY(list->form == AS_GEOJSON ? put_feature(list, answer, err) : put_object(&list->text, answer, err));
  }
  list->n++;
  list->page_n++;
  keep_cursor(list, &answer->field[0]);
  return list->has_cut_cursor ? kn_fail(err, KN_E_LIMIT, "a key too long for paging") : KN_OK;
}

/* The weight of one range of Accept, behind its type: "; q=0.5"; 1 where it has none, 0 where it is none. */
static double
read_weight(const char *range, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    if (range[i] != ';')
      continue;
    i += 1 + strspn(range + i + 1, " \t");
    if (i + 2 > length || (range[i] != 'q' && range[i] != 'Q') || range[i + 1] != '=')
      continue;
    const char *digit = range + i + 2;
    double weight = *digit == '1' ? 1 : 0, unit = 0.1;
    for (digit += digit[0] != '\0' && digit[1] == '.' ? 2 : 1; digit < range + length && isdigit((unsigned char)*digit);
         digit++) {
      weight += unit * (*digit - '0');
      unit /= 10;
    }
    return fmin(weight, 1);
  }
  return 1;
}

/* What Accept weighs highest of what we have (RFC 9110, 12.5.1): the most particular range that fits a type decides its weight; of equals
 * the one that is named first. JSON where it is silent or wants something else. */
const char *
kn_form_accepted(const kn_request *request)
{
  static const struct {
    const char *form, *type, *any;
  } forms[] = {{"json", "application/json", "application/*"},
               {"csv", "text/csv", "text/*"},
               {"geojson", "application/geo+json", "application/*"}};
  const char *accept = kn_request_header(request, "Accept"), *best = "json";
  double most = 0;
  size_t place = SIZE_MAX;
  for (size_t k = 0; accept != NULL && k < sizeof forms / sizeof *forms; k++) {
    double weight = 0;
    size_t rank = 0, at = SIZE_MAX;
    for (const char *range = accept; *range != '\0';) {
      range += strspn(range, ", \t");
      const size_t length = strcspn(range, ","), type = strcspn(range, ",; \t");
      const char *const known[] = {"*/*", forms[k].any, forms[k].type};
      for (size_t r = 0; r < 3; r++)
        if (type == strlen(known[r]) && strncasecmp(range, known[r], type) == 0 && r + 1 > rank) {
          rank = r + 1;
          weight = read_weight(range + type, length - type);
          at = rank == 3 ? (size_t)(range - accept) : SIZE_MAX;
        }
      range += length;
    }
    if (weight > most || (weight > 0 && weight >= most && at < place)) {
      most = weight;
      place = at;
      best = forms[k].form;
    }
  }
  return best;
}

static kn_code
wanted_form(const kn_request *request, list_form *out, kn_error *err)
{
  const char *format = kn_request_query(request, "format"), *accepted = format == NULL ? kn_form_accepted(request) : "json";
  *out = AS_JSON;
  if (format != NULL && strcmp(format, "csv") == 0)
    *out = AS_CSV;
  else if (format != NULL && strcmp(format, "geojson") == 0)
    *out = AS_GEOJSON;
  else if (format != NULL && strcmp(format, "json") != 0)
    return kn_fail(err, KN_E_INPUT, "format: expected json, csv or geojson");
  else if (strcmp(accepted, "csv") == 0)
    *out = AS_CSV;
  else if (strcmp(accepted, "geojson") == 0)
    *out = AS_GEOJSON;
  return KN_OK;
}

static kn_code
end_list(kn_request *request, kn_reply *reply, list_out *list, kn_error *err)
{
  static const char *const types[] = {"application/json", "text/csv; charset=utf-8", "application/geo+json"};
  if (list->form != AS_CSV) {
    KN_TRY(put_text(&list->text, "],\"next\":", err));
    KN_TRY(list->has_more ? put_string(&list->text, list->cursor, strlen(list->cursor), err)
                          : put_text(&list->text, "null", err));
    KN_TRY(kn_text_put(&list->text, "}", 1, err));
  } else if (list->has_more)
    KN_TRY(kn_reply_header(reply, request, "X-Next-Cursor", list->cursor, err));
  KN_TRY(kn_text_put(&list->text, "", 0, err));
  reply->type = types[list->form];
  reply->bytes = list->text.at;
  reply->length = (size_t)list->text.length;
  list->text.at = NULL;
  return KN_OK;
}

/* ---------------------------------------------------------------- whole lists
 * Later pages are made by a thread of the network, which others wait for meanwhile: small ones. */
enum { WHOLE_PAGE = 1000, LATER_PAGE = 250 };
typedef struct whole_list {
  kn_request *request;
  kn_list_ask ask;
  void *arg;
  list_out out;
  bool is_over;
} whole_list;

static kn_code
ask_page(whole_list *list, kn_error *err)
{
  char after[sizeof list->out.cursor];
  snprintf(after, sizeof after, "%s", list->out.cursor);
  list->out.page_n = 0;
  list->out.has_more = false;
  list->out.text.length = 0;
  KN_TRY(list->ask(list->arg, list->out.n > 0 ? after : NULL, list->out.limit + 1, take_row, &list->out, err));
  list->is_over = !list->out.has_more;
  return list->is_over && list->out.form == AS_GEOJSON ? put_text(&list->out.text, "],\"next\":null}", err) : KN_OK;
}

static kn_code
pull_page(void *arg, const char **piece, size_t *length, kn_error *err)
{
  whole_list *list = arg;
  kn_request *request = list->request;
  *length = 0;
  if (list->is_over)
    return KN_OK;
  list->out.limit = LATER_PAGE;
  KN_TRY(kn_desk_lend(request->desk, &request->viewer, &request->conn, err));
  const kn_code code = ask_page(list, err);
  kn_desk_give_back(request->conn);
  request->conn = NULL;
  *piece = list->out.text.at;
  *length = code == KN_OK ? (size_t)list->out.text.length : 0;
  return code;
}

typedef struct first_page { /* was asked for before it was known that there are more */
  whole_list list;
  bool is_sent;
} first_page;

static kn_code
pull_list(void *arg, const char **piece, size_t *length, kn_error *err)
{
  first_page *in = arg;
  if (in->is_sent)
    return pull_page(&in->list, piece, length, err);
  in->is_sent = true;
  *piece = in->list.out.text.at;
  *length = (size_t)in->list.out.text.length;
  return KN_OK;
}

static void
end_pulling(void *arg)
{
  first_page *in = arg;
  free(in->list.out.text.at);
}

static const char *
opening(list_form form)
{
  return form == AS_GEOJSON ? "{\"type\":\"FeatureCollection\",\"features\":[" : form == AS_JSON ? "{\"items\":[" : "";
}

/* One page of it is an answer like any other; more go out one after another. */
static kn_code
reply_whole(kn_request *request, kn_reply *reply, list_form form, kn_list_ask ask, void *arg, kn_error *err)
{
  first_page *in;
  KN_NEW(in, request->arena, 1, err);
  in->list = (whole_list){.request = request, .ask = ask, .arg = arg, .out = {.form = form, .limit = WHOLE_PAGE}};
  list_out *out = &in->list.out;
  kn_code code = put_text(&out->text, opening(form), err);
  if (code == KN_OK)
    code = ask(arg, NULL, out->limit + 1, take_row, out, err);
  if (code == KN_OK && out->has_more) {
    reply->type = form == AS_CSV ? "text/csv; charset=utf-8" : "application/geo+json";
    reply->pull = pull_list;
    reply->pull_end = end_pulling;
    reply->pull_arg = in;
    return KN_OK;
  }
  if (code == KN_OK)
    code = end_list(request, reply, out, err);
  free(out->text.at);
  return code;
}

kn_code
kn_reply_list_from(kn_request *request, kn_reply *reply, kn_list_ask ask, void *arg, kn_error *err)
{
  list_out list = {.limit = 100};
  KN_TRY(wanted_form(request, &list.form, err));
  KN_TRY(kn_request_int(request, "limit", 1, 1000, &list.limit, err));
  const char *cursor = kn_request_query(request, "cursor");
  if (cursor != NULL && strlen(cursor) >= sizeof list.cursor)
    return kn_fail(err, KN_E_INPUT, "cursor: expected what `next` of the page before said");
  if (list.form != AS_JSON && cursor == NULL && kn_request_query(request, "limit") == NULL)
    return reply_whole(request, reply, list.form, ask, arg, err);
  kn_code code = put_text(&list.text, opening(list.form), err);
  if (code == KN_OK)
    code = ask(arg, cursor, list.limit + 1, take_row, &list, err);
  if (code == KN_OK)
    code = end_list(request, reply, &list, err);
  free(list.text.at);
  return code;
}

enum { BINDS_MOST = 32 };
typedef struct list_statement {
  kn_request *request;
  const char *name;
  kn_bind bind[BINDS_MOST + 2];
  int32_t count;
} list_statement;

static kn_code
ask_statement(void *arg, const char *after, int64_t limit, kn_answer_visit visit, void *visit_arg, kn_error *err)
{
  list_statement *in = arg;
  in->bind[in->count] = (kn_bind)KN_BIND_INT("limit", limit);
  in->bind[in->count + 1] = (kn_bind)KN_BIND_TEXT("after", after);
  return kn_conn_ask(in->request->conn, in->name, in->bind, in->count + 2, visit, visit_arg, err);
}

kn_code
kn_reply_list(kn_request *request, kn_reply *reply, const char *statement, const kn_bind *bind, int32_t count, kn_error *err)
{
  list_statement *in;
  if (count > BINDS_MOST)
    return kn_fail(err, KN_E_LIMIT, "more than %d parameters", BINDS_MOST);
  KN_NEW(in, request->arena, 1, err);
  in->request = request;
  in->name = statement;
  in->count = count;
  for (int32_t i = 0; i < count; i++) {
    in->bind[i] = bind[i];
    if (bind[i].value.text != NULL)
      KN_TRY(kn_text_copy(&in->bind[i].value.text, request->arena, bind[i].value.text, (size_t)bind[i].value.length, err));
  }
  return kn_reply_list_from(request, reply, ask_statement, in, err);
}

/* ---------------------------------------------------------------- rows for handlers */
kn_code
kn_row_json(const kn_answer *answer, json_t **out, kn_error *err)
{
  kn_text_out text = {0};
  kn_code code = put_object(&text, answer, err);
  *out = code == KN_OK ? json_loadb(text.at, (size_t)text.length, 0, NULL) : NULL;
  free(text.at);
  if (code == KN_OK && *out == NULL)
    code = kn_fail(err, KN_E_INPUT, "a row of the region file holds a text that is no UTF-8, or no JSON where that is expected");
  return code;
}

static kn_code
add_row(void *arg, const kn_answer *answer, kn_error *err)
{
  json_t *row;
  KN_TRY(kn_row_json(answer, &row, err));
  json_array_append_new(arg, row);
  return KN_OK;
}

kn_code
kn_rows_json(kn_conn *conn, const char *statement, const kn_bind *bind, int32_t count, json_t **out, kn_error *err)
{
  *out = json_array();
  const kn_code code = kn_conn_ask(conn, statement, bind, count, add_row, *out, err);
  if (code == KN_OK)
    return KN_OK;
  json_decref(*out);
  *out = NULL;
  return code;
}

static kn_code
take_one(void *arg, const kn_answer *answer, kn_error *err)
{
  json_t **out = arg;
  return *out == NULL ? kn_row_json(answer, out, err) : KN_OK;
}

kn_code
kn_reply_row(kn_request *request, kn_reply *reply, const char *statement, const kn_bind *bind, int32_t count, kn_error *err)
{
  KN_TRY(kn_conn_ask(request->conn, statement, bind, count, take_one, &reply->json, err));
  if (reply->json == NULL)
    return kn_missing(request, err);
  const json_t *version = json_object_get(reply->json, "version");
  if (json_is_integer(version))
    reply->version = json_integer_value(version);
  return KN_OK;
}
