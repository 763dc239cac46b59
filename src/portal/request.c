/* Reading a request: parts of its path, parameters, members of its body. */
#include "portal/http.h"

#include <stdlib.h>
#include <string.h>

const char *
kn_request_part(const kn_request *request, const char *name)
{
  for (int32_t i = 0; i < request->part_count; i++)
    if (strcmp(request->part_name[i], name) == 0)
      return request->part[i];
  assert(false);
  return "";
}

const char *
kn_request_query(const kn_request *request, const char *name)
{
  const kn_exchange *exchange = request->http;
  return MHD_lookup_connection_value(exchange->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *
kn_request_header(const kn_request *request, const char *name)
{
  const kn_exchange *exchange = request->http;
  return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

kn_code
kn_request_int(const kn_request *request, const char *name, int64_t least, int64_t most, int64_t *out, kn_error *err)
{
  const char *text = kn_request_query(request, name);
  if (text == NULL)
    return KN_OK;
  char *end;
  const long long value = strtoll(text, &end, 10);
  if (end == text || *end != '\0' || value < least || value > most)
    return kn_fail(err, KN_E_INPUT, "%s: expected a whole number from %" PRId64 " to %" PRId64, name, least, most);
  *out = value;
  return KN_OK;
}

kn_code
kn_request_version(const kn_request *request, int64_t *version, kn_error *err)
{
  *version = KN_ANY_VERSION;
  const char *match = kn_request_header(request, "If-Match");
  if (match == NULL || strcmp(match, "*") == 0)
    return KN_OK;
  char *end = NULL;
  const long long value = strncmp(match, "\"v", 2) == 0 ? strtoll(match + 2, &end, 10) : -1;
  if (value < 0 || end == match + 2 || strcmp(end, "\"") != 0)
    return kn_fail(err, KN_E_INPUT, "If-Match: expected the ETag that the row came with");
  *version = value;
  return KN_OK;
}

kn_code
kn_body_text(const kn_request *request, const char *name, bool is_needed, int64_t most_bytes, const char **out, kn_error *err)
{
  *out = NULL;
  const json_t *value = json_object_get(request->body, name);
  if (value == NULL || json_is_null(value))
    return is_needed ? kn_fail(err, KN_E_INPUT, "%s: expected a text", name) : KN_OK;
  if (!json_is_string(value))
    return kn_fail(err, KN_E_INPUT, "%s: expected a text", name);
  const char *text = json_string_value(value);
  size_t length = json_string_length(value);
  while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
    length--;
  while (length > 0 && strchr(" \t\r\n", text[0]) != NULL) {
    text++;
    length--;
  }
  if ((int64_t)length > most_bytes)
    return kn_fail(err, KN_E_INPUT, "%s: expected at most %" PRId64 " bytes", name, most_bytes);
  if (length == 0)
    return is_needed ? kn_fail(err, KN_E_INPUT, "%s: expected a text", name) : KN_OK;
  return kn_text_copy(out, request->arena, text, length, err);
}

kn_code
kn_body_real(const kn_request *request, const char *name, bool is_needed, double *out, kn_error *err)
{
  *out = NAN;
  const json_t *value = json_object_get(request->body, name);
  if (value == NULL || json_is_null(value))
    return is_needed ? kn_fail(err, KN_E_INPUT, "%s: expected a number", name) : KN_OK;
  if (!json_is_number(value))
    return kn_fail(err, KN_E_INPUT, "%s: expected a number", name);
  *out = json_number_value(value);
  return KN_OK;
}

kn_code
kn_body_int(const kn_request *request, const char *name, bool is_needed, int64_t *out, kn_error *err)
{
  *out = 0;
  const json_t *value = json_object_get(request->body, name);
  if (value == NULL || json_is_null(value))
    return is_needed ? kn_fail(err, KN_E_INPUT, "%s: expected a whole number", name) : KN_OK;
  if (!json_is_integer(value))
    return kn_fail(err, KN_E_INPUT, "%s: expected a whole number", name);
  *out = json_integer_value(value);
  return KN_OK;
}

kn_code
kn_body_flag(const kn_request *request, const char *name, bool *out, kn_error *err)
{
  const json_t *value = json_object_get(request->body, name);
  if (value == NULL || json_is_null(value))
    return KN_OK;
  if (!json_is_boolean(value))
    return kn_fail(err, KN_E_INPUT, "%s: expected true or false", name);
  *out = json_is_true(value);
  return KN_OK;
}
