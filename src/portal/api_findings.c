/* What is wrong with the region. A check reads all of it, so what it found is kept in the file with the state of the region that it saw,
 * and is made anew when that state is no more. */
#include "portal/api_data_rows.h"

#include <string.h>

enum { FINDINGS_PER_RULE = 1000 };

/* ---------------------------------------------------------------- keeping a check */
typedef struct check {
  kn_findings *findings;
  const char *signature, *made;
} check;

static kn_code
keep_one(kn_conn *conn, const kn_finding *finding, kn_error *err)
{
  static const char *const severities[] = {"hint", "warning", "error"};
  const kn_bind row[] = {KN_BIND_TEXT("severity", severities[finding->severity]),
                         KN_BIND_TEXT("rule", finding->rule),
                         KN_BIND_TEXT("table", finding->table),
                         KN_BIND_TEXT("key", finding->row),
                         KN_BIND_TEXT("column", finding->column),
                         KN_BIND_TEXT("value", finding->value),
                         KN_BIND_TEXT("sentence", finding->sentence),
                         KN_BIND_TEXT("proposal", finding->proposal)};
  return kn_conn_run(conn, "finding_add", row, KN_COUNT_OF(row), NULL, err);
}

static kn_code
keep_check(kn_conn *conn, void *arg, kn_error *err)
{
  const check *in = arg;
  const kn_bind what[] = {KN_BIND_TEXT("made", in->made), KN_BIND_TEXT("signature", in->signature),
                          KN_BIND_INT("errors", kn_findings_count(in->findings, KN_ERROR)),
                          KN_BIND_INT("warnings", kn_findings_count(in->findings, KN_WARNING)),
                          KN_BIND_INT("hints", kn_findings_count(in->findings, KN_HINT))};
  KN_TRY(kn_conn_run(conn, "finding_clear", NULL, 0, NULL, err));
  KN_TRY(kn_conn_run(conn, "finding_check_set", what, KN_COUNT_OF(what), NULL, err));
  for (int64_t i = 0; i < kn_findings_kept(in->findings); i++)
    KN_TRY(keep_one(conn, kn_findings_get(in->findings, i), err));
  return KN_OK;
}

/* ---------------------------------------------------------------- answering */
static kn_code
take_check(void *arg, const kn_answer *answer, kn_error *err)
{
  return kn_row_json(answer, arg, err);
}

/* items and counts of the check that is kept; reply->json stays NULL when there is none of this state. */
static kn_code
answer_kept(kn_request *request, kn_reply *reply, const char *signature, kn_error *err)
{
  json_t *kept = NULL, *items;
  KN_TRY(kn_conn_ask(request->conn, "finding_check_get", NULL, 0, take_check, &kept, err));
  const char *of = json_string_value(json_object_get(kept, "signature"));
  if (of == NULL || strcmp(of, signature) != 0) {
    json_decref(kept);
    return KN_OK;
  }
  const kn_code code = kn_rows_json(request->conn, "finding_list", NULL, 0, &items, err);
  if (code != KN_OK) {
    json_decref(kept);
    return code;
  }
  size_t at;
  json_t *item;
  json_array_foreach(items, at, item)
  {
    kn_finding_say(request, item);
  }
  json_object_del(kept, "signature");
  json_object_set_new(kept, "items", items);
  json_object_set_new(kept, "next", json_null());
  reply->json = kept;
  return KN_OK;
}

static kn_code
answer_new(kn_request *request, kn_reply *reply, const check *in, kn_error *err)
{
  KN_TRY(kn_desk_write(request->desk, &request->viewer, keep_check, (void *)(uintptr_t)in, err));
  KN_TRY(answer_kept(request, reply, in->signature, err)); /* rows with their names, the gravest first */
  if (reply->json != NULL)
    return KN_OK;
  reply->json = json_pack(
      "{s:s, s:I, s:I, s:I, s:o, s:n}", "made", in->made, "errors", (json_int_t)kn_findings_count(in->findings, KN_ERROR),
      "warnings", (json_int_t)kn_findings_count(in->findings, KN_WARNING), "hints",
      (json_int_t)kn_findings_count(in->findings, KN_HINT), "items", kn_findings_json(request, in->findings), "next");
  return KN_OK;
}

kn_code
kn_api_findings(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_field signature; /* of before the check: what changes meanwhile makes it an old one */
  KN_TRY(kn_conn_ask_one(request->conn, "finding_signature", NULL, 0, request->arena, &signature, NULL, err));
  KN_TRY(answer_kept(request, reply, signature.text, err));
  if (reply->json != NULL)
    return KN_OK;
  char now[32];
  kn_store_now(now);
  kn_task task = KN_TASK_DEFAULTS;
  KN_TRY(kn_findings_new(&task.findings, FINDINGS_PER_RULE, err));
  const check made = {.findings = task.findings, .signature = signature.text, .made = now};
  kn_code code = kn_task_check(&task, kn_desk_path(request->desk), err);
  if (code == KN_OK || code == KN_FOUND)
    code = answer_new(request, reply, &made, err);
  kn_findings_free(task.findings);
  return code;
}
