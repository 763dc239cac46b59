/* Files that come in. */
#include "portal/api_data_rows.h"
#include "portal/words.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static kn_code
decode(kn_request *request, const char *text, char **out, int64_t *length, kn_error *err)
{
  const size_t size = strlen(text);
  size_t used = 0;
  char *bytes;
  KN_NEW(bytes, request->arena, size, err);
  if (sodium_base642bin((unsigned char *)bytes, size + 1, text, size, " \r\n", &used, NULL, sodium_base64_VARIANT_ORIGINAL) !=
          0 ||
      used == 0)
    return kn_fail(err, KN_E_INPUT, "data: expected the bytes of a file in base64");
  *out = bytes;
  *length = (int64_t)used;
  return KN_OK;
}

static json_t *
tables_json(const kn_task_change *change)
{
  json_t *out = json_array();
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++)
    if (change->new_rows[t] > 0)
      json_array_append_new(out, json_pack("{s:s, s:I, s:I}", "table", kn_schema((kn_table_id)t)->name, "rows",
                                           (json_int_t)change->new_rows[t], "rows_after", (json_int_t)change->rows[t]));
  return out;
}

/* Errors of the data are an answer here: what would change, what is wrong, or how the file might be read. */
static kn_code
import_file(kn_request *request, kn_reply *reply, const kn_task *task, const char *name, const char *mapping, bool is_dry,
            kn_error *err)
{
  const char *data;
  char *bytes = NULL, *draft;
  int64_t length = 0;
  if (request->file == NULL) {
    KN_TRY(kn_body_text(request, "data", true, INT64_MAX, &data, err));
    KN_TRY(decode(request, data, &bytes, &length, err));
  }
  kn_task_change change;
  const kn_data_file file = {.name = name, .path = request->file, .bytes = bytes, .length = length};
  const kn_code code = kn_data_import(task, kn_desk_path(request->desk), &file, mapping, is_dry, &change, &draft, err);
  if (code != KN_OK && code != KN_E_INPUT) {
    free(draft);
    return code;
  }
  char reason[sizeof err->text];
  snprintf(reason, sizeof reason, "%s", code != KN_OK && draft == NULL ? err->text : "");
  reason[strcspn(reason, "\n")] = '\0';
  const char *said;
  KN_TRY(kn_say(&said, request->arena, request->language, reason, err));
  json_t *findings = kn_findings_json(request, task->findings);
  reply->json = json_pack("{s:b, s:b, s:o, s:o, s:s?, s:I, s:s?}", "is_good", code == KN_OK, "is_saved", code == KN_OK && !is_dry,
                          "tables", tables_json(&change), "findings", findings, "draft", draft, "revision",
                          (json_int_t)(is_dry ? 0 : change.revision), "reason",
                          code != KN_OK && draft == NULL && json_array_size(findings) == 0 ? said : NULL);
  free(draft);
  *err = (kn_error){0};
  return KN_OK;
}

static kn_code
audit_import(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_conn_audit(conn, "import", arg, NULL, err);
}

kn_code
kn_api_import(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *name, *mapping;
  bool is_dry = false;
  KN_TRY(kn_body_text(request, "name", true, 200, &name, err));
  KN_TRY(kn_body_text(request, "mapping", false, 1 << 20, &mapping, err));
  const char *dry = json_string_value(json_object_get(request->body, "is_dry"));
  if (request->file != NULL) /* a form has texts only */
    is_dry = dry != NULL && strcmp(dry, "true") == 0;
  else
    KN_TRY(kn_body_flag(request, "is_dry", &is_dry, err));
  kn_task task = KN_TASK_DEFAULTS;
  task.who = request->account_name;
  KN_TRY(kn_findings_new(&task.findings, 1000, err));
  kn_code code = import_file(request, reply, &task, name, mapping, is_dry, err);
  kn_findings_free(task.findings);
  if (code == KN_OK && !is_dry && json_is_true(json_object_get(reply->json, "is_saved")))
    code = kn_desk_write(request->desk, &request->viewer, audit_import, (void *)(uintptr_t)name, err);
  return code;
}
