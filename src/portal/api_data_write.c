/* Writing tables: one row, many pasted, taken back; and what was done. */
#include "portal/api_data_rows.h"
#include "portal/words.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- findings */
static json_t *
text_or_null(const char *text)
{
  json_t *out = text != NULL ? json_string(text) : NULL;
  return out != NULL ? out : json_null();
}

/* Sentences that name rows by their keys, and of which tables: who reads knows names. "=": the table of the finding. */
typedef struct keyed_sentence {
  const char *id, *table[3];
} keyed_sentence;
static const keyed_sentence keyed[] = {
    {"%.60s is also about %.60s at site %.60s at the same time", {"=", "resource", "site"}},
    {"it is %.3g times the median of %<PRId64> figures of %.60s in %s", {NULL, NULL, "resource"}},
    {"it is a kind of %.60s, which is of class %s and so has another unit", {"resource"}},
    {"it is to be placed where space is offered, but process %.60s needs no space", {"process"}},
    {"it is a candidate of process %.60s, which costs an investment but has no lifetime_yr", {"process"}},
    {"use %.40s for both if they are one", {"actor"}},
};

static kn_code
take_name(void *arg, const kn_answer *answer, kn_error *err)
{
  return kn_row_json(answer, arg, err);
}

/* What this row is called, into arena; *name stays where it has no name that the viewer sees. */
static void
find_name(const kn_request *request, const char *table, const char **name)
{
  const kn_bind which[] = {KN_BIND_TEXT("table", table), KN_BIND_TEXT("key", *name)};
  json_t *row = NULL;
  if (kn_conn_ask(request->conn, "finding_name", which, KN_COUNT_OF(which), take_name, &row, NULL) == KN_OK) {
    const char *dutch = json_string_value(json_object_get(row, "name_nl")),
               *english = json_string_value(json_object_get(row, "name"));
    const char *found = strcmp(request->language, "nl") == 0 && dutch != NULL ? dutch : english;
    if (found != NULL && kn_text_copy(&found, request->arena, found, strlen(found), NULL) == KN_OK)
      *name = found;
  }
  json_decref(row);
}

static const char *
say_named(const kn_request *request, const char *table, const char *english)
{
  kn_sentence sentence = {0};
  const char *said = english;
  if (english == NULL || kn_sentence_of(&sentence, request->arena, english, NULL) != KN_OK)
    return english;
  size_t at = 0;
  while (at < sizeof keyed / sizeof *keyed && (sentence.id == NULL || strcmp(keyed[at].id, sentence.id) != 0))
    at++;
  if (at == sizeof keyed / sizeof *keyed || request->conn == NULL)
    return kn_say(&said, request->arena, request->language, english, NULL) == KN_OK ? said : english;
  for (int32_t i = 0; i < sentence.count; i++) {
    const char *of = i < 3 ? keyed[at].table[i] : NULL;
    if (of != NULL)
      find_name(request, strcmp(of, "=") == 0 && table != NULL ? table : of, &sentence.parameter[i]);
    else
      kn_say(&sentence.parameter[i], request->arena, request->language, sentence.parameter[i], NULL);
  }
  return kn_sentence_say(&said, request->arena, request->language, &sentence, NULL) == KN_OK ? said : english;
}

void
kn_finding_say(const kn_request *request, json_t *finding)
{
  static const char *const members[] = {"sentence", "proposal"};
  kn_sentence sentence = {0};
  const char *english = json_string_value(json_object_get(finding, "sentence"));
  const char *table = json_string_value(json_object_get(finding, "table"));
  if (english != NULL && kn_sentence_of(&sentence, request->arena, english, NULL) != KN_OK)
    sentence = (kn_sentence){0};
  json_t *parameters = json_array();
  for (int32_t i = 0; i < sentence.count; i++)
    json_array_append_new(parameters, text_or_null(sentence.parameter[i]));
  json_object_set_new(finding, "sentence_id", text_or_null(sentence.id));
  json_object_set_new(finding, "parameters", parameters);
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    const char *text = json_string_value(json_object_get(finding, members[i])), *said = say_named(request, table, text);
    if (said != text)
      json_object_set_new(finding, members[i], json_string(said));
  }
}

json_t *
kn_findings_json(const kn_request *request, const kn_findings *findings)
{
  static const char *const severities[] = {"hint", "warning", "error"};
  json_t *out = json_array();
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *finding = kn_findings_get(findings, i);
    json_t *row = json_object();
    json_object_set_new(row, "severity", json_string(severities[finding->severity]));
    json_object_set_new(row, "rule", text_or_null(finding->rule));
    json_object_set_new(row, "row", json_integer(finding->line));
    json_object_set_new(row, "table", text_or_null(finding->table));
    json_object_set_new(row, "key", text_or_null(finding->row));
    json_object_set_new(row, "column", text_or_null(finding->column));
    json_object_set_new(row, "value", text_or_null(finding->value));
    json_object_set_new(row, "sentence", text_or_null(finding->sentence));
    json_object_set_new(row, "proposal", text_or_null(finding->proposal));
    kn_finding_say(request, row);
    json_array_append_new(out, row);
  }
  return out;
}

kn_code
kn_end_findings(kn_request *request, kn_findings *findings, kn_code code)
{
  if (code != KN_OK && kn_findings_kept(findings) > 0) {
    request->problem_more = json_object();
    json_object_set_new(request->problem_more, "findings", kn_findings_json(request, findings));
  }
  kn_findings_free(findings);
  return code;
}

/* ---------------------------------------------------------------- cells of a body */
static kn_code
read_decimal(const kn_request *request, char *out, kn_error *err)
{
  const char *decimal;
  KN_TRY(kn_body_text(request, "decimal", false, 4, &decimal, err));
  if (decimal != NULL && strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0)
    return kn_fail(err, KN_E_INPUT, "decimal: expected . or ,");
  *out = decimal != NULL ? decimal[0] : strcmp(request->language, "nl") == 0 ? ',' : '.';
  return KN_OK;
}

/* As a person would write it, with this decimal mark. */
static kn_code
cell_text(kn_request *request, const json_t *value, char decimal, const char *column, const char **out, kn_error *err)
{
  char number[48];
  if (json_is_null(value))
    *out = "";
  else if (json_is_string(value))
    return kn_text_copy(out, request->arena, json_string_value(value), json_string_length(value), err);
  else if (json_is_boolean(value))
    *out = json_is_true(value) ? "1" : "0";
  else if (json_is_number(value)) {
    const size_t length = kn_number_write(number, json_number_value(value));
    for (size_t i = 0; i < length; i++)
      if (number[i] == '.')
        number[i] = decimal;
    return kn_text_copy(out, request->arena, number, length, err);
  } else
    return kn_fail(err, KN_E_INPUT, "%s: expected a text, a number, true, false or null", column);
  return KN_OK;
}

static kn_code
copy_name(kn_request *request, const char *name, const char **out, kn_error *err)
{
  if (strncmp(name, "row_", 4) == 0 || strcmp(name, "fid") == 0 || strcmp(name, "geom") == 0)
    return kn_fail(err, KN_E_INPUT, "%s is no column that can be written", name);
  return kn_text_copy(out, request->arena, name, strlen(name), err);
}

/* {"values": {column: cell}} as one row. */
static kn_code
read_values(kn_request *request, kn_data_change *out, kn_error *err)
{
  json_t *values = json_object_get(request->body, "values");
  if (!json_is_object(values) || json_object_size(values) == 0)
    return kn_fail(err, KN_E_INPUT, "values: expected an object of cells by column");
  KN_TRY(read_decimal(request, &out->decimal, err));
  const char **columns, **cells;
  KN_NEW(columns, request->arena, json_object_size(values), err);
  KN_NEW(cells, request->arena, json_object_size(values), err);
  const char *name;
  json_t *value;
  json_object_foreach(values, name, value)
  {
    KN_TRY(copy_name(request, name, &columns[out->column_count], err));
    KN_TRY(cell_text(request, value, out->decimal, name, &cells[out->column_count], err));
    out->column_count++;
  }
  out->row_count = 1;
  out->column = columns;
  out->cell = cells;
  return KN_OK;
}

/* ---------------------------------------------------------------- writing */
typedef struct writing {
  kn_arena *arena;
  const kn_data_change *change;
  kn_findings *findings;
  kn_data_done done;
} writing;

static kn_code
write_rows(kn_conn *conn, void *arg, kn_error *err)
{
  writing *in = arg;
  return kn_data_write(conn, in->arena, in->change, in->findings, &in->done, err);
}

static json_t *
edits_json(const int64_t *edit, int64_t count)
{
  json_t *out = json_array();
  for (int64_t i = 0; i < count; i++)
    json_array_append_new(out, json_integer(edit[i]));
  return out;
}

static kn_code
take_one(void *arg, const kn_answer *answer, kn_error *err)
{
  json_t **out = arg;
  return *out == NULL ? kn_row_json(answer, out, err) : KN_OK;
}

/* {key, edits, row}: the row as it is now. */
static kn_code
reply_row(kn_request *request, kn_reply *reply, const char *table, const char *key, const int64_t *edit, int64_t count,
          kn_error *err)
{
  json_t *row = NULL;
  const kn_rows_query query = {.table = table, .key = key};
  KN_TRY(kn_conn_rows(request->conn, &query, take_one, &row, err));
  if (row != NULL)
    reply->version = json_integer_value(json_object_get(row, "row_version"));
  reply->json = json_pack("{s:s, s:o, s:o?}", "key", key, "edits", edits_json(edit, count), "row", row);
  return KN_OK;
}

static kn_code
write_one(kn_request *request, kn_reply *reply, kn_data_change *change, kn_error *err)
{
  writing in = {.arena = request->arena, .change = change};
  KN_TRY(read_values(request, change, err));
  KN_TRY(kn_findings_new(&in.findings, 1000, err));
  KN_TRY(kn_end_findings(request, in.findings, kn_desk_write(request->desk, &request->viewer, write_rows, &in, err)));
  reply->status = in.done.added > 0 ? 201 : 200;
  return reply_row(request, reply, change->table, in.done.key[0], in.done.edit, in.done.edit_count, err);
}

static bool
is_table(const kn_request *request)
{
  return kn_schema_find_table(kn_request_part(request, "table")) != KN_NONE;
}

kn_code
kn_api_row_add(kn_request *request, kn_reply *reply, kn_error *err)
{
  if (!is_table(request))
    return kn_missing(request, err);
  kn_data_change change = {.table = kn_request_part(request, "table")};
  return write_one(request, reply, &change, err);
}

kn_code
kn_api_row_change(kn_request *request, kn_reply *reply, kn_error *err)
{
  if (!is_table(request))
    return kn_missing(request, err);
  int64_t version;
  KN_TRY(kn_request_version(request, &version, err));
  const char *key = kn_request_part(request, "key");
  kn_data_change change = {.table = kn_request_part(request, "table"), .key = &key, .version = &version, .may_change = true};
  return write_one(request, reply, &change, err);
}

typedef struct removing {
  const char *table, *key;
  int64_t version, edit;
} removing;

static kn_code
remove_row(kn_conn *conn, void *arg, kn_error *err)
{
  removing *in = arg;
  return kn_data_remove(conn, in->table, in->key, in->version, &in->edit, err);
}

kn_code
kn_api_row_remove(kn_request *request, kn_reply *reply, kn_error *err)
{
  removing in = {.table = kn_request_part(request, "table"), .key = kn_request_part(request, "key")};
  KN_TRY(kn_request_version(request, &in.version, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, remove_row, &in, err));
  reply->json = json_pack("{s:s, s:o}", "key", in.key, "edits", edits_json(&in.edit, 1));
  return KN_OK;
}

/* ---------------------------------------------------------------- pasting */
enum { PASTE_MOST = 20000 };

static kn_code
read_columns(kn_request *request, kn_data_change *out, kn_error *err)
{
  const json_t *columns = json_object_get(request->body, "columns");
  const size_t count = json_array_size(columns);
  if (count == 0 || count > 500)
    return kn_fail(err, KN_E_INPUT, "columns: expected the names of 1 to 500 columns");
  const char **names;
  KN_NEW(names, request->arena, count, err);
  for (size_t i = 0; i < count; i++) {
    const char *name = json_string_value(json_array_get(columns, i));
    if (name == NULL)
      return kn_fail(err, KN_E_INPUT, "columns: expected names");
    KN_TRY(copy_name(request, name, &names[i], err));
    for (size_t j = 0; j < i; j++)
      if (strcmp(names[i], names[j]) == 0)
        return kn_fail(err, KN_E_INPUT, "columns: %s is there twice", name);
  }
  out->column = names;
  out->column_count = (int32_t)count;
  return KN_OK;
}

static kn_code
read_keys(kn_request *request, kn_data_change *out, kn_error *err)
{
  const json_t *keys = json_object_get(request->body, "keys"), *versions = json_object_get(request->body, "versions");
  const char **key;
  int64_t *version;
  KN_NEW(key, request->arena, out->row_count, err);
  KN_NEW(version, request->arena, out->row_count, err);
  for (int64_t i = 0; i < out->row_count; i++) {
    const json_t *one = json_array_get(keys, (size_t)i), *at = json_array_get(versions, (size_t)i);
    if (json_is_string(one))
      KN_TRY(kn_text_copy(&key[i], request->arena, json_string_value(one), json_string_length(one), err));
    else if (one != NULL && !json_is_null(one))
      return kn_fail(err, KN_E_INPUT, "keys: expected texts or null");
    version[i] = json_is_integer(at) ? json_integer_value(at) : KN_ANY_VERSION;
  }
  out->key = key;
  out->version = version;
  return KN_OK;
}

static kn_code
read_paste(kn_request *request, kn_data_change *out, kn_error *err)
{
  const json_t *rows = json_object_get(request->body, "rows");
  out->row_count = (int64_t)json_array_size(rows);
  if (out->row_count == 0 || out->row_count > PASTE_MOST)
    return kn_fail(err, KN_E_INPUT, "rows: expected 1 to %d rows; import a file for more", PASTE_MOST);
  KN_TRY(read_decimal(request, &out->decimal, err));
  KN_TRY(read_columns(request, out, err));
  KN_TRY(read_keys(request, out, err));
  const char **cells;
  assert(out->column != NULL);
  KN_NEW(cells, request->arena, out->row_count * out->column_count, err);
  for (int64_t i = 0; i < out->row_count; i++) {
    const json_t *row = json_array_get(rows, (size_t)i);
    if (!json_is_array(row) || json_array_size(row) > (size_t)out->column_count)
      return kn_fail(err, KN_E_INPUT, "rows: row %" PRId64 " must be a list of at most %d cells", i + 1, (int)out->column_count);
    for (size_t c = 0; c < json_array_size(row); c++)
      KN_TRY(cell_text(request, json_array_get(row, c), out->decimal, out->column[c], &cells[i * out->column_count + (int64_t)c],
                       err));
  }
  out->cell = cells;
  return KN_OK;
}

kn_code
kn_api_paste(kn_request *request, kn_reply *reply, kn_error *err)
{
  if (!is_table(request))
    return kn_missing(request, err);
  kn_data_change change = {.table = kn_request_part(request, "table"), .may_change = true};
  KN_TRY(read_paste(request, &change, err));
  writing in = {.arena = request->arena, .change = &change};
  KN_TRY(kn_findings_new(&in.findings, 1000, err));
  KN_TRY(kn_end_findings(request, in.findings, kn_desk_write(request->desk, &request->viewer, write_rows, &in, err)));
  json_t *keys = json_array();
  for (int64_t i = 0; i < change.row_count; i++)
    json_array_append_new(keys, json_string(in.done.key[i]));
  reply->json =
      json_pack("{s:I, s:I, s:I, s:o, s:o}", "added", (json_int_t)in.done.added, "changed", (json_int_t)in.done.changed,
                "unchanged", (json_int_t)in.done.unchanged, "keys", keys, "edits", edits_json(in.done.edit, in.done.edit_count));
  return KN_OK;
}

/* ---------------------------------------------------------------- taking back */
typedef struct undoing {
  int32_t count;
  int64_t *edit, *undo;
} undoing;

static kn_code
undo_edits(kn_conn *conn, void *arg, kn_error *err)
{
  undoing *in = arg;
  return kn_data_undo(conn, in->edit, in->count, in->undo, err);
}

static kn_code
undo(kn_request *request, kn_reply *reply, undoing *in, kn_error *err)
{
  KN_NEW(in->undo, request->arena, in->count, err);
  KN_TRY(kn_desk_write(request->desk, &request->viewer, undo_edits, in, err));
  /* The latest first undone: rising, so that they can be taken back in turn. */
  json_t *edits = json_array();
  for (int32_t i = in->count - 1; i >= 0; i--)
    json_array_append_new(edits, json_integer(in->undo[i]));
  reply->json = json_pack("{s:o}", "edits", edits);
  return KN_OK;
}

static bool
read_id(const char *text, int64_t *out)
{
  char *end;
  const long long value = strtoll(text, &end, 10);
  *out = value;
  return end != text && *end == '\0' && value > 0;
}

kn_code
kn_api_undo(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t edit;
  if (!read_id(kn_request_part(request, "edit"), &edit))
    return kn_missing(request, err);
  return undo(request, reply, &(undoing){.count = 1, .edit = &edit}, err);
}

kn_code
kn_api_undo_many(kn_request *request, kn_reply *reply, kn_error *err)
{
  const json_t *edits = json_object_get(request->body, "edits");
  undoing in = {.count = (int32_t)json_array_size(edits)};
  if (in.count == 0 || in.count > PASTE_MOST)
    return kn_fail(err, KN_E_INPUT, "edits: expected 1 to %d numbers of edits", PASTE_MOST);
  KN_NEW(in.edit, request->arena, in.count, err);
  for (int32_t i = 0; i < in.count; i++) {
    const json_t *one = json_array_get(edits, (size_t)i);
    if (!json_is_integer(one) || json_integer_value(one) <= (i > 0 ? in.edit[i - 1] : 0))
      return kn_fail(err, KN_E_INPUT, "edits: expected rising numbers of edits");
    in.edit[i] = json_integer_value(one);
  }
  return undo(request, reply, &in, err);
}

/* ---------------------------------------------------------------- what was done */
static json_t *
value_of(const json_t *row, const char *column)
{
  json_t *value = json_object_get(row, column);
  return value != NULL ? json_incref(value) : json_null();
}

/* before and after become the cells that differ. */
static void
tell_changes(json_t *edit)
{
  json_t *before = json_object_get(edit, "before"), *after = json_object_get(edit, "after"), *changes = json_array();
  const json_t *all = json_is_object(after) ? after : before;
  const char *column;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)all, column, value)
  {
    json_t *was = value_of(before, column), *is = value_of(after, column);
    if (strcmp(column, "fid") != 0 && strcmp(column, "geom") != 0 && !json_equal(was, is))
      json_array_append_new(changes, json_pack("{s:s, s:O, s:O}", "column", column, "before", was, "after", is));
    json_decref(was);
    json_decref(is);
  }
  json_object_del(edit, "before");
  json_object_del(edit, "after");
  json_object_set_new(edit, "changes", changes);
}

static kn_code
reply_edits(kn_request *request, kn_reply *reply, const char *statement, const kn_bind *bind, int32_t count, kn_error *err)
{
  int64_t limit = 100;
  kn_bind all[8];
  for (int32_t i = 0; i < count; i++)
    all[i] = bind[i];
  KN_TRY(kn_request_int(request, "limit", 1, 1000, &limit, err));
  all[count] = (kn_bind)KN_BIND_INT("limit", limit + 1);
  all[count + 1] = (kn_bind)KN_BIND_TEXT("after", kn_request_query(request, "cursor"));
  json_t *items;
  KN_TRY(kn_rows_json(request->conn, statement, all, count + 2, &items, err));
  json_t *next = json_null();
  if ((int64_t)json_array_size(items) > limit) {
    json_array_remove(items, (size_t)limit);
    next =
        json_sprintf("%lld", (long long)json_integer_value(json_object_get(json_array_get(items, (size_t)limit - 1), "edit_id")));
  }
  size_t i;
  json_t *edit;
  json_array_foreach(items, i, edit) tell_changes(edit);
  reply->json = json_pack("{s:o, s:o}", "items", items, "next", next);
  return KN_OK;
}

kn_code
kn_api_history(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *table = kn_request_part(request, "table"), *key = kn_request_part(request, "key");
  bool is_seen;
  KN_TRY(kn_conn_sees(request->conn, &request->viewer, table, key, &is_seen, err));
  if ((!is_seen && request->viewer.role != KN_COORDINATOR) || kn_schema_find_table(table) == KN_NONE)
    return kn_missing(request, err);
  /* What an open table holds now it held openly before; of others the holder may look back, since a row may have been less open. */
  const kn_viewer nobody = KN_ANYBODY;
  bool is_open;
  KN_TRY(kn_conn_sees(request->conn, &nobody, table, key, &is_open, err));
  const bool is_guarded = strcmp(table, "offer") == 0 || strcmp(table, "need") == 0 || strcmp(table, "offer_property") == 0 ||
                          strcmp(table, "need_spec") == 0;
  const kn_bind which[] = {KN_BIND_TEXT("table", table), KN_BIND_TEXT("key", key)};
  kn_field own;
  KN_TRY(kn_conn_ask_one(request->conn, "row_is_own", which, KN_COUNT_OF(which), NULL, &own, NULL, err));
  const kn_bind bind[] = {KN_BIND_TEXT("table", table), KN_BIND_TEXT("key", key), KN_BIND_INT("is_open", is_open && !is_guarded),
                          KN_BIND_INT("is_own", own.integer)};
  return reply_edits(request, reply, "edit_history", bind, KN_COUNT_OF(bind), err);
}

kn_code
kn_api_edits(kn_request *request, kn_reply *reply, kn_error *err)
{
  json_t *tables = json_array();
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    json_array_append_new(tables, json_string(kn_schema((kn_table_id)t)->name));
  char *text = json_dumps(tables, JSON_COMPACT);
  json_decref(tables);
  if (text == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  const kn_bind bind[] = {KN_BIND_TEXT("tables", text)};
  const kn_code code = reply_edits(request, reply, "edit_list", bind, KN_COUNT_OF(bind), err);
  free(text);
  return code;
}
