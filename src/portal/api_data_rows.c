/* Reading tables: which there are, their rows. */
#include "portal/api_data_rows.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- which tables */
static const char *
kind_name(kn_kind kind)
{
  switch (kind) {
  case KN_KEY:
    return "key";
  case KN_REF:
    return "reference";
  case KN_REAL:
    return "number";
  case KN_INT:
    return "integer";
  case KN_DATE:
    return "date";
  case KN_WORD:
    return "word";
  default:
    return "text";
  }
}

static bool
is_flag(const kn_column_def *column)
{
  return column->kind == KN_INT && column->least == 0 && column->most == 1;
}

static json_t *
column_json(const kn_column_def *column)
{
  json_t *out =
      json_pack("{s:s, s:s, s:b, s:s, s:s?}", "name", column->name, "kind", is_flag(column) ? "flag" : kind_name(column->kind),
                "is_required", column->is_required && !column->may_be_blank, "text", column->text, "unit", column->unit);
  if (column->kind == KN_WORD) {
    json_t *words = json_array();
    for (int32_t i = 0; column->words[i] != NULL; i++)
      json_array_append_new(words, json_string(column->words[i]));
    json_object_set_new(out, "words", words);
  }
  if (column->kind == KN_REF)
    json_object_set_new(out, "target", json_string(kn_schema(column->target)->name));
  if (column->kind == KN_REAL) {
    json_object_set_new(out, "least", isfinite(column->least) ? json_real(column->least) : json_null());
    json_object_set_new(out, "most", isfinite(column->most) ? json_real(column->most) : json_null());
    json_object_set_new(out, "follows_unit", json_integer(column->per_unit));
  }
  return out;
}

static kn_code
table_json(kn_request *request, const kn_table_def *def, json_t **out, kn_error *err)
{
  int64_t rows;
  KN_TRY(kn_conn_count(request->conn, def->name, &rows, err));
  json_t *columns = json_array();
  for (int32_t c = 0; c < def->column_count; c++)
    json_array_append_new(columns, column_json(&def->columns[c]));
  *out = json_pack("{s:s, s:s, s:I, s:b, s:s?, s:o}", "name", def->name, "text", def->text, "rows", (json_int_t)rows,
                   "is_writable", kn_data_may_write(&request->viewer, def->name), "key",
                   def->key_column != KN_NONE ? def->columns[def->key_column].name : NULL, "columns", columns);
  return KN_OK;
}

kn_code
kn_api_tables(kn_request *request, kn_reply *reply, kn_error *err)
{
  json_t *items = json_array();
  kn_code code = KN_OK;
  for (int32_t t = 0; t < KN_TABLE_COUNT && code == KN_OK; t++) {
    json_t *table = NULL;
    code = table_json(request, kn_schema((kn_table_id)t), &table, err);
    if (code == KN_E_MISSING) /* closed, and no view says who sees it: for nobody */
      code = KN_OK;
    if (table != NULL)
      json_array_append_new(items, table);
  }
  if (code == KN_OK)
    reply->json = json_pack("{s:O, s:n}", "items", items, "next");
  json_decref(items);
  return code;
}

/* ---------------------------------------------------------------- rows */
enum { FILTERS_MOST = 64 };
typedef struct rows_asked {
  kn_request *request;
  kn_rows_query query;
  kn_rows_filter filter[FILTERS_MOST];
} rows_asked;

static kn_code
ask_rows(void *arg, const char *after, int64_t limit, kn_answer_visit visit, void *visit_arg, kn_error *err)
{
  rows_asked *in = arg;
  in->query.after = after;
  in->query.limit = limit;
  return kn_conn_rows(in->request->conn, &in->query, visit, visit_arg, err);
}

static kn_code
read_filters(rows_asked *in, const kn_table_def *def, kn_error *err)
{
  static const struct {
    const char *name;
    kn_rows_filter_kind kind;
  } kinds[] = {{"is", KN_ROWS_IS}, {"has", KN_ROWS_HAS}, {"least", KN_ROWS_LEAST}, {"most", KN_ROWS_MOST}};
  for (int32_t c = 0; c < def->column_count; c++)
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
      char name[160];
      snprintf(name, sizeof name, "%s.%s", kinds[k].name, def->columns[c].name);
      const char *value = kn_request_query(in->request, name);
      if (value == NULL)
        continue;
      if (in->query.filter_count == FILTERS_MOST)
        return kn_fail(err, KN_E_INPUT, "expected at most %d filters", FILTERS_MOST);
      in->filter[in->query.filter_count++] = (kn_rows_filter){kinds[k].kind, def->columns[c].name, value};
    }
  return KN_OK;
}

static const kn_table_def *
asked_table(const kn_request *request)
{
  const int32_t at = kn_schema_find_table(kn_request_part(request, "table"));
  return at != KN_NONE ? kn_schema((kn_table_id)at) : NULL;
}

kn_code
kn_api_rows(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_table_def *def = asked_table(request);
  if (def == NULL)
    return kn_missing(request, err);
  rows_asked *in;
  KN_NEW(in, request->arena, 1, err);
  in->request = request;
  in->query = (kn_rows_query){.table = def->name, .search = kn_request_query(request, "search"), .filter = in->filter};
  KN_TRY(read_filters(in, def, err));
  const char *sort = kn_request_query(request, "sort");
  if (sort != NULL && *sort != '\0') {
    in->query.is_falling = *sort == '-';
    in->query.order_by = sort + in->query.is_falling;
  }
  if (in->query.search != NULL && *in->query.search == '\0')
    in->query.search = NULL;
  return kn_reply_list_from(request, reply, ask_rows, in, err);
}

static kn_code
take_one(void *arg, const kn_answer *answer, kn_error *err)
{
  json_t **out = arg;
  return *out == NULL ? kn_row_json(answer, out, err) : KN_OK;
}

kn_code
kn_api_row(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_table_def *def = asked_table(request);
  if (def == NULL)
    return kn_missing(request, err);
  const kn_rows_query query = {.table = def->name, .key = kn_request_part(request, "key")};
  KN_TRY(kn_conn_rows(request->conn, &query, take_one, &reply->json, err));
  if (reply->json == NULL)
    return kn_missing(request, err);
  json_object_del(reply->json, "cursor");
  reply->version = json_integer_value(json_object_get(reply->json, "row_version"));
  return KN_OK;
}
