/* The description of the API, written from the table of endpoints, so that it cannot be behind. OpenAPI 3.1. */
#include "portal/portal.h"

#include <string.h>

static json_t *
schema(const char *text)
{
  json_t *parsed = text != NULL ? json_loads(text, 0, NULL) : NULL;
  return parsed != NULL ? parsed : json_pack("{s:s}", "type", "object");
}

static void
add_parameter(json_t *parameters, const char *name, const char *in, const char *type, const char *text)
{
  json_array_append_new(parameters, json_pack("{s:s, s:s, s:b, s:s, s:{s:s}}", "name", name, "in", in, "required",
                                              strcmp(in, "path") == 0, "description", text, "schema", "type", type));
}

static json_t *
parameters_of(const kn_endpoint *endpoint)
{
  json_t *parameters = json_array();
  for (const char *at = strchr(endpoint->path, '{'); at != NULL; at = strchr(at + 1, '{')) {
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 1, "}"), at + 1);
    add_parameter(parameters, name, "path", "string", "");
  }
  for (const kn_query_def *query = endpoint->query; query != NULL && query->name != NULL; query++)
    add_parameter(parameters, query->name, "query", query->type, query->text);
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
operation_of(const kn_endpoint *endpoint, const char *tag)
{
  json_t *operation = json_pack("{s:s, s:[s], s:o, s:o, s:{s:{s:s, s:{s:{s:o}}}, s:{s:s, s:{s:{s:{s:s}}}}}}", "summary",
                                endpoint->summary, "tags", tag, "parameters", parameters_of(endpoint), "x-knoop-roles",
                                roles_of(endpoint), "responses", "200", "description", "done", "content", "application/json",
                                "schema", schema(endpoint->reply), "default", "description", "what went wrong (RFC 9457)",
                                "content", "application/problem+json", "schema", "$ref", "#/components/schemas/Problem");
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
  return json_pack("{s:s, s:{s:s, s:s, s:{s:s}}, s:o, s:{s:{s:{s:s, s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}}}}}",
                   "openapi", "3.1.0", "info", "title", "knoop", "version", kn_version(), "license", "name", "EUPL-1.2", "paths",
                   paths, "components", "schemas", "Problem", "type", "object", "properties", "type", "type", "string", "title",
                   "type", "string", "status", "type", "integer", "detail", "type", "string", "instance", "type", "string");
}
