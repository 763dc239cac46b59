/* Tables as they are: rows, edits, history, comments, search, findings, sources. The handlers stand in api_data_*.c. */
#include "portal/api_data_rows.h"

#include <string.h>

/* ---------------------------------------------------------------- search
 * The words are gathered when somebody searches and they are not fresh: piece by piece, so that others write in between. */
static kn_code
gather(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_search_gather(conn, arg, err);
}

static kn_code
make_fresh(kn_request *request, kn_error *err)
{
  bool is_done = kn_search_is_fresh(request->conn);
  while (!is_done)
    KN_TRY(kn_desk_write(request->desk, &request->viewer, gather, &is_done, err));
  return KN_OK;
}

/* Of a text in English and Dutch, with a unit separator between, the one for this reader. */
static json_t *
text_for(const kn_request *request, const char *text)
{
  const char *dutch = strchr(text, '\x1f');
  if (dutch == NULL)
    return json_string(text);
  const char *language = kn_request_query(request, "language");
  return strcmp(language != NULL ? language : request->language, "nl") == 0 ? json_string(dutch + 1)
                                                                            : json_stringn(text, (size_t)(dutch - text));
}

static json_t *
group_json(const kn_request *request, const kn_search_group *group)
{
  json_t *items = json_array();
  for (int32_t i = 0; i < group->count; i++) {
    const kn_search_hit *hit = &group->hit[i];
    json_array_append_new(items, json_pack("{s:s, s:o, s:o}", "key", hit->key, "title", text_for(request, hit->title), "text",
                                           text_for(request, hit->body)));
  }
  return json_pack("{s:s, s:f, s:o, s:b}", "kind", group->kind, "score", group->hit[0].score, "items", items, "has_more",
                   group->has_more);
}

static kn_code
search(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *text = kn_request_query(request, "q"), *kind = kn_request_query(request, "kind");
  int64_t limit = kind != NULL ? 50 : 5;
  if (text == NULL || strlen(text) > 400)
    return kn_fail(err, KN_E_INPUT, "q: expected what to search for, at most 400 bytes");
  KN_TRY(kn_request_int(request, "limit", 1, 50, &limit, err));
  KN_TRY(make_fresh(request, err));
  kn_search_group *group;
  int32_t count;
  KN_TRY(kn_conn_search(request->conn, request->arena, kind, text, (int32_t)limit, &group, &count, err));
  json_t *groups = json_array();
  for (int32_t i = 0; i < count; i++)
    json_array_append_new(groups, group_json(request, &group[i]));
  reply->json = json_pack("{s:s, s:o}", "q", text, "groups", groups);
  return reply->json != NULL ? KN_OK : kn_fail(err, KN_E_INPUT, "q: expected a text in UTF-8");
}

static kn_code
sources(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "source_list", NULL, 0, err);
}

#define VALUES                                                                                                                   \
  "{\"type\":\"object\",\"required\":[\"values\"],\"properties\":{\"values\":{\"type\":\"object\",\"description\":\"cells by "   \
  "column, as text, number, true, false or null\"},\"decimal\":{\"enum\":[\".\",\",\"]}}}"
static const char paste_body[] = "{\"type\":\"object\",\"required\":[\"columns\",\"rows\"],\"properties\":{\"columns\":{\"type\":"
                                 "\"array\",\"items\":{\"type\":"
                                 "\"string\"}},\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"array\"}},\"keys\":{\"type\":"
                                 "\"array\",\"description\":\"of the rows "
                                 "to change; null: by the columns of the key, or a new "
                                 "row\"},\"versions\":{\"type\":\"array\"},\"decimal\":{\"enum\":[\".\",\",\"]}}}";
static const char import_body[] =
    "{\"type\":\"object\",\"required\":[\"name\",\"data\"],\"properties\":{\"name\":{\"type\":\"string\"},\"data\":{\"type\":"
    "\"string\","
    "\"contentEncoding\":\"base64\"},\"mapping\":{\"type\":[\"string\",\"null\"]},\"is_dry\":{\"type\":\"boolean\"}}}";
static const char comment_body[] =
    "{\"type\":\"object\",\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":\"string\"},\"reply_to\":{\"type\":"
    "\"integer\"},"
    "\"mentions\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"actors\"}}}";
static const kn_query_def row_query[] = {
    {"search", "string", "Only rows with this text in some column."},
    {"sort", "string", "A column; with - before it: falling."},
    {"is.{column}", "string", "Only rows with this value; empty: blank."},
    {"has.{column}", "string", "Only rows with this text in the column."},
    {"least.{column}", "string", "Only rows with at least this value."},
    {"most.{column}", "string", "Only rows with at most this value."},
    {"limit", "integer", "Rows of a page."},
    {"cursor", "string", "What `next` of the page before said."},
    {"format", "string", "json, csv or geojson."},
    {NULL, NULL, NULL},
};
static const kn_query_def search_query[] = {
    {"q", "string", "What to search for."},
    {"kind", "string",
     "Only of this kind: actor, resource, offer, need, site, process, unit, area, case, gateway, source, story (published "
     "cases)."},
    {"limit", "integer", "Rows of a kind."},
    {"language", "string", "Of titles that are there in two: nl or en."},
    {NULL, NULL, NULL},
};

const kn_endpoint kn_api_data[] = {
    {"GET", "/tables", KN_MAY_ALL, KN_KEEPS, kn_api_tables, "Tables and their columns, with how many rows one sees.", NULL, NULL,
     NULL},
    {"GET", "/tables/{table}/rows", KN_MAY_ALL, KN_KEEPS, kn_api_rows, "Rows of a table.", row_query, NULL, NULL},
    {"POST", "/tables/{table}/rows", KN_MAY_PARTNER, KN_WRITES, kn_api_row_add, "Adds a row.", NULL, VALUES, NULL},
    {"GET", "/tables/{table}/rows/{key}", KN_MAY_ALL, 0, kn_api_row, "A row, with its version as ETag.", NULL, NULL, NULL},
    {"PATCH", "/tables/{table}/rows/{key}", KN_MAY_PARTNER, KN_WRITES, kn_api_row_change, "Changes cells of a row.", NULL, VALUES,
     NULL},
    {"DELETE", "/tables/{table}/rows/{key}", KN_MAY_PARTNER, KN_WRITES, kn_api_row_remove, "Removes a row.", NULL, NULL, NULL},
    {"POST", "/tables/{table}/paste", KN_MAY_PARTNER, KN_WRITES, kn_api_paste,
     "Adds and changes rows, as pasted from a spreadsheet: all of them or none.", NULL, paste_body, NULL},
    {"GET", "/tables/{table}/rows/{key}/history", KN_MAY_MEMBERS, 0, kn_api_history, "What a row was.", NULL, NULL, NULL},
    {"GET", "/tables/{table}/rows/{key}/comments", KN_MAY_MEMBERS, 0, kn_api_comments, "What is said about a row.", NULL, NULL,
     NULL},
    {"POST", "/tables/{table}/rows/{key}/comments", KN_MAY_MEMBERS, KN_WRITES, kn_api_comment_add, "Says something about a row.",
     NULL, comment_body, NULL},
    {"POST", "/tables/{table}/comment-counts", KN_MAY_MEMBERS, KN_WRITES, kn_api_comment_counts, "How much is said about rows.",
     NULL, "{\"type\":\"object\",\"properties\":{\"keys\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}", NULL},
    {"GET", "/comments", KN_MAY_MEMBERS, 0, kn_api_comment_calls, "Open comments that call upon one.", NULL, NULL, NULL},
    {"POST", "/comments/{comment}/resolve", KN_MAY_MEMBERS, KN_WRITES, kn_api_comment_resolve,
     "Closes a thread, or opens it again.", NULL, "{\"type\":\"object\",\"properties\":{\"is_resolved\":{\"type\":\"boolean\"}}}",
     NULL},
    {"DELETE", "/comments/{comment}", KN_MAY_MEMBERS, KN_WRITES, kn_api_comment_remove, "Takes a comment away.", NULL, NULL,
     NULL},
    {"GET", "/edits", KN_MAY_MEMBERS, 0, kn_api_edits, "What was edited, the latest first.", NULL, NULL, NULL},
    {"POST", "/edits/undo", KN_MAY_PARTNER, KN_WRITES, kn_api_undo_many, "Takes edits back: all of them or none.", NULL,
     "{\"type\":\"object\",\"required\":[\"edits\"],\"properties\":{\"edits\":{\"type\":\"array\",\"items\":{\"type\":"
     "\"integer\"}}}}",
     NULL},
    {"POST", "/edits/{edit}/undo", KN_MAY_PARTNER, KN_WRITES, kn_api_undo, "Takes an edit back.", NULL, NULL, NULL},
    {"GET", "/search", KN_MAY_ALL, KN_SLOW, search, "Everything that holds some words, by kind.", search_query, NULL, NULL},
    {"GET", "/findings", KN_MAY_COORDINATOR, KN_SLOW | KN_KEEPS, kn_api_findings,
     "Errors, warnings and hints of the region, as `knoop check` tells them.", NULL, NULL, NULL},
    {"GET", "/sources", KN_MAY_ALL, KN_KEEPS | KN_LISTS, sources, "Sources with their pedigree and what rests on them.", NULL,
     NULL, NULL},
    {"POST", "/imports", KN_MAY_COORDINATOR, KN_WRITES | KN_TAKES_FILE, kn_api_import,
     "Imports a file, or tries it: as JSON, or as a form (multipart/form-data) with file, mapping and is_dry (true), which may "
     "be larger.",
     NULL, import_body, NULL},
    {NULL},
};
