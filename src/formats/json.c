/* JSON texts: parsing with findings, and where a value stands in its text. jansson parses but forgets the lines,
 * so json_place() walks the text again, which happens only for what is wrong. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "formats/internal.h"

kn_code
json_read(json_t **out, const char *file, const char *text, size_t length, kn_findings *findings, kn_error *err)
{
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
    text += 3;
    length -= 3;
  }
  json_error_t why;
  *out = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY, &why);
  if (*out)
    return KN_OK;
  const kn_finding where = {.severity = KN_ERROR,
                            .rule = "json",
                            .file = file,
                            .line = why.line > 0 ? why.line : 1,
                            .column_no = why.column > 0 ? why.column : 1};
  return kn_findings_add(findings, &where, err, "not valid JSON: %s", why.text);
}

/* ------------------------------------------------------------------ where a value stands */
static const char *
skip_blanks(const char *at, const char *end)
{
  while (at < end && isspace((unsigned char)*at))
    at++;
  return at;
}

static const char *
skip_string(const char *at, const char *end)
{
  for (at++; at < end && *at != '"'; at++)
    if (*at == '\\')
      at++;
  return at < end ? at + 1 : end;
}

static const char *
skip_value(const char *at, const char *end)
{
  int64_t depth = 0;
  while (at < end) {
    if (*at == '"') {
      at = skip_string(at, end);
    } else if (*at == '{' || *at == '[') {
      depth++;
      at++;
    } else if (*at == '}' || *at == ']') {
      if (depth == 0)
        return at;
      depth--;
      at++;
    } else if (depth == 0 && (*at == ',' || isspace((unsigned char)*at))) {
      return at;
    } else {
      at++;
      continue;
    }
    if (depth == 0)
      return at;
  }
  return end;
}

static const char *
find_member(const char *at, const char *end, const char *key, size_t length)
{
  at = skip_blanks(at + 1, end);
  while (at < end && *at == '"') {
    const char *name = at + 1;
    at = skip_string(at, end);
    const bool is_it = at > name && (size_t)(at - 1 - name) == length && memcmp(name, key, length) == 0;
    at = skip_blanks(at, end);
    at = skip_blanks(at < end ? at + 1 : end, end); /* the colon */
    if (is_it)
      return at;
    at = skip_blanks(skip_value(at, end), end);
    at = skip_blanks(at < end && *at == ',' ? at + 1 : end, end);
  }
  return NULL;
}

static const char *
find_item(const char *at, const char *end, int64_t index)
{
  at = skip_blanks(at + 1, end);
  for (; at < end && *at != ']'; index--) {
    if (index == 0)
      return at;
    at = skip_blanks(skip_value(at, end), end);
    at = skip_blanks(at < end && *at == ',' ? at + 1 : end, end);
  }
  return NULL;
}

/* The deepest part of `path` that is there. */
static const char *
find_value(const char *text, size_t length, const char *path)
{
  const char *end = text + length;
  const char *at = skip_blanks(length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text, end);
  while (*path && at < end) {
    const size_t part = strcspn(path, "/");
    const char *next = NULL;
    if (*at == '{')
      next = find_member(at, end, path, part);
    else if (*at == '[')
      next = find_item(at, end, strtoll(path, NULL, 10));
    if (!next)
      break;
    at = next;
    path += part + (path[part] == '/');
  }
  return at;
}

void
json_place(const char *text, size_t length, const char *path, int64_t *line, int64_t *column_no)
{
  const char *at = find_value(text, length, path);
  const char *line_start = text;
  *line = 1;
  for (const char *p = text; p < at; p++)
    if (*p == '\n') {
      ++*line;
      line_start = p + 1;
    }
  *column_no = at - line_start + 1;
}

void
json_lines(const char *text, size_t length, const char *path, int64_t *line, int64_t n)
{
  const char *end = text + length;
  const char *at = find_value(text, length, path);
  int64_t now = 1;
  const char *counted = text;
  at = skip_blanks(at < end ? at + 1 : end, end);
  for (int64_t i = 0; i < n; i++) {
    for (; counted < at; counted++)
      now += *counted == '\n';
    line[i] = now;
    at = skip_blanks(skip_value(at, end), end);
    at = skip_blanks(at < end && *at == ',' ? at + 1 : end, end);
  }
}
