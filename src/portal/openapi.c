/* The description of the API, written from the table of endpoints, so that it cannot be behind. OpenAPI 3.1. */
#include "portal/portal.h"

#include <string.h>

/* The type of an answer that is not JSON, or not only; NULL: there is none. */
static const char *
media_of(const kn_endpoint *endpoint)
{
  return endpoint->reply != NULL && endpoint->reply[0] != '{' ? endpoint->reply : NULL;
}

static json_t *
schema(const char *text)
{
  json_t *parsed = text != NULL ? json_loads(text, 0, NULL) : NULL;
  return parsed != NULL ? parsed : json_pack("{s:s}", "type", "object");
}

static void
add_parameter(json_t *parameters, const char *name, const char *in, bool is_needed, const char *type, const char *text)
{
  json_array_append_new(parameters, json_pack("{s:s, s:s, s:b, s:s, s:{s:s}}", "name", name, "in", in, "required", is_needed,
                                              "description", text, "schema", "type", type));
}

static bool
is_read(const kn_endpoint *endpoint)
{
  return strcmp(endpoint->method, "GET") == 0;
}

static bool
is_stream(const kn_endpoint *endpoint)
{
  return media_of(endpoint) != NULL && strcmp(media_of(endpoint), "text/event-stream") == 0;
}

static bool
has_query(const kn_endpoint *endpoint, const char *name)
{
  for (const kn_query_def *query = endpoint->query; query != NULL && query->name != NULL; query++)
    if (strcmp(query->name, name) == 0)
      return true;
  return false;
}

/* Lists that kn_reply_list() gives page by page come in three forms. */
static bool
is_list(const kn_endpoint *endpoint)
{
  return is_read(endpoint) && ((endpoint->flags & KN_LISTS) != 0 || has_query(endpoint, "cursor"));
}

static void
add_paging(json_t *parameters, const kn_endpoint *endpoint)
{
  static const kn_query_def paging[] = {{"limit", "integer", "Rows a page: 100, at most 1000."},
                                        {"cursor", "string", "`next` of the page before."},
                                        {"format", "string", "json, csv or geojson; comes before Accept."}};
  for (size_t i = 0; i < sizeof paging / sizeof *paging; i++)
    if (!has_query(endpoint, paging[i].name))
      add_parameter(parameters, paging[i].name, "query", false, paging[i].type, paging[i].text);
}

static void
add_headers(json_t *parameters, const kn_endpoint *endpoint)
{
  if (is_read(endpoint)) {
    if (is_stream(endpoint))
      add_parameter(parameters, "Last-Event-ID", "header", false, "string", "The last event that was heard.");
    else
      add_parameter(parameters, "If-None-Match", "header", false, "string", "An ETag: 304 where it is still that.");
    return;
  }
  if ((endpoint->flags & KN_WRITES) == 0)
    return;
  if ((endpoint->flags & KN_NO_CSRF) == 0)
    add_parameter(parameters, "X-Knoop-CSRF", "header", true, "string", "What GET /me says as csrf.");
  add_parameter(parameters, "Idempotency-Key", "header", false, "string", "Asked twice under one key, it happens once.");
  if (strcmp(endpoint->method, "POST") != 0)
    add_parameter(parameters, "If-Match", "header", false, "string", "The ETag of the row: 412 where somebody was first.");
}

static json_t *
parameters_of(const kn_endpoint *endpoint)
{
  json_t *parameters = json_array();
  for (const char *at = strchr(endpoint->path, '{'); at != NULL; at = strchr(at + 1, '{')) {
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 1, "}"), at + 1);
    add_parameter(parameters, name, "path", true, "string", "");
  }
  for (const kn_query_def *query = endpoint->query; query != NULL && query->name != NULL; query++)
    add_parameter(parameters, query->name, "query", false, query->type, query->text);
  if (is_list(endpoint))
    add_paging(parameters, endpoint);
  add_headers(parameters, endpoint);
  return parameters;
}

static json_t *
roles_of(const kn_endpoint *endpoint)
{
  json_t *roles = json_array();
  for (int role = 0; role < KN_ROLE_COUNT; role++)
    if ((endpoint->roles & KN_MAY(role)) != 0)
      json_array_append_new(roles, json_string(kn_role_name((kn_role)role)));
  return roles;
}

static json_t *
content_of(const kn_endpoint *endpoint)
{
  json_t *content = json_object();
  if (!is_stream(endpoint))
    json_object_set_new(content, "application/json", json_pack("{s:o}", "schema", schema(endpoint->reply)));
  if (is_list(endpoint)) {
    json_object_set_new(content, "text/csv", json_pack("{s:{s:s}}", "schema", "type", "string"));
    json_object_set_new(content, "application/geo+json", json_pack("{s:{s:s}}", "schema", "type", "object"));
  }
  if (media_of(endpoint) != NULL)
    json_object_set_new(content, media_of(endpoint), json_object());
  return content;
}

/* What is written answers 200, 201, 202 or, where there is nothing to say, 204. */
static json_t *
responses_of(const kn_endpoint *endpoint)
{
  json_t *responses = json_pack("{s:{s:s, s:{s:{s:{s:s}}}}}", "default", "description", "what went wrong (RFC 9457)", "content",
                                "application/problem+json", "schema", "$ref", "#/components/schemas/Problem");
  json_object_set_new(responses, is_read(endpoint) ? "200" : "2XX",
                      json_pack("{s:s, s:o}", "description", "done", "content", content_of(endpoint)));
  if (is_read(endpoint) && !is_stream(endpoint))
    json_object_set_new(responses, "304", json_pack("{s:s}", "description", "it is what the client has"));
  return responses;
}

static json_t *
operation_of(const kn_endpoint *endpoint, const char *tag)
{
  json_t *operation =
      json_pack("{s:s, s:[s], s:o, s:o, s:o}", "summary", endpoint->summary, "tags", tag, "parameters", parameters_of(endpoint),
                "x-knoop-roles", roles_of(endpoint), "responses", responses_of(endpoint));
  if ((endpoint->roles & KN_MAY(KN_PUBLIC)) == 0)
    json_object_set_new(operation, "security", json_pack("[{s:[]}]", "session"));
  if (endpoint->body != NULL)
    json_object_set_new(
        operation, "requestBody",
        json_pack("{s:b, s:{s:{s:o}}}", "required", 1, "content", "application/json", "schema", schema(endpoint->body)));
  return operation;
}

json_t *
kn_openapi(void)
{
  json_t *paths = json_object();
  for (const kn_endpoints *group = kn_routes; group->tag != NULL; group++)
    for (const kn_endpoint *at = group->endpoint; at->method != NULL; at++) {
      char path[256], method[16];
      snprintf(path, sizeof path, "/api/v1%s", at->path);
      size_t length = 0;
      for (; at->method[length] != '\0' && length + 1 < sizeof method; length++)
        method[length] = (char)(at->method[length] | 0x20);
      method[length] = '\0';
      json_t *item = json_object_get(paths, path);
      if (item == NULL) {
        item = json_object();
        json_object_set_new(paths, path, item);
      }
      json_object_set_new(item, method, operation_of(at, group->tag));
    }
  json_t *problem = json_pack("{s:s, s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}}", "type", "object", "properties", "type",
                              "type", "string", "title", "type", "string", "status", "type", "integer", "detail", "type",
                              "string", "instance", "type", "string");
  /* Under TLS the name begins with __Host-. */
  json_t *session = json_pack("{s:s, s:s, s:s}", "type", "apiKey", "in", "cookie", "name", "knoop_session");
  return json_pack("{s:s, s:{s:s, s:s, s:{s:s}}, s:o, s:{s:{s:o}, s:{s:o}}}", "openapi", "3.1.0", "info", "title", "knoop",
                   "version", kn_version(), "license", "name", "EUPL-1.2", "paths", paths, "components", "schemas", "Problem",
                   problem, "securitySchemes", "session", session);
}
