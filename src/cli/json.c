/* Results for programs. Unknown is null; numbers read back to the same double. */
#include "print.h"

#include <string.h>

json_t *
kn_json_text(const char *text)
{
  return text != NULL ? json_string(text) : json_null();
}

void
kn_json_error(json_t *doc, const kn_error *err)
{
  json_t *sentences = json_array();
  const char *line = err->text;
  while (*line != '\0') {
    const size_t length = strcspn(line, "\n");
    /* A sentence may quote bytes that are no UTF-8; jansson refuses those, and JSON may not hold them. */
    json_t *sentence = json_stringn(line, length);
    json_array_append_new(sentences, sentence != NULL ? sentence : json_string(kn_code_text(err->code)));
    line += length + (line[length] == '\n');
  }
  json_object_set_new(
      doc, "error",
      json_pack("{s:s, s:i, s:o}", "code", kn_code_text(err->code), "exit", kn_code_exit(err->code), "sentences", sentences));
}

static const char *
severity_name(kn_severity severity)
{
  return severity == KN_ERROR ? "error" : severity == KN_WARNING ? "warning" : "hint";
}

void
kn_json_findings(json_t *doc, const kn_findings *findings)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *finding = kn_findings_get(findings, i);
    json_t *row = json_object();
    json_object_set_new(row, "severity", json_string(severity_name(finding->severity)));
    json_object_set_new(row, "rule", kn_json_text(finding->rule));
    json_object_set_new(row, "file", kn_json_text(finding->file));
    json_object_set_new(row, "line", finding->line > 0 ? json_integer(finding->line) : json_null());
    json_object_set_new(row, "column_no", finding->column_no > 0 ? json_integer(finding->column_no) : json_null());
    json_object_set_new(row, "table", kn_json_text(finding->table));
    json_object_set_new(row, "row", kn_json_text(finding->row));
    json_object_set_new(row, "column", kn_json_text(finding->column));
    json_object_set_new(row, "value", kn_json_text(finding->value));
    json_object_set_new(row, "sentence", kn_json_text(finding->sentence));
    json_object_set_new(row, "proposal", kn_json_text(finding->proposal));
    json_array_append_new(rows, row);
  }
  json_object_set_new(doc, "error_count", json_integer(kn_findings_count(findings, KN_ERROR)));
  json_object_set_new(doc, "warning_count", json_integer(kn_findings_count(findings, KN_WARNING)));
  json_object_set_new(doc, "hint_count", json_integer(kn_findings_count(findings, KN_HINT)));
  json_object_set_new(doc, "findings", rows);
}
