/* What the file holds about a person, and taking that out of it. Features add to both by statements mine_NAME and forget_NAME in their
 * own files of queries: nothing is listed here. */
#include "portal/auth.h"

#include <string.h>

static kn_code
collect(kn_request *request, int64_t account_id, kn_reply *reply, kn_error *err)
{
  static const char prefix[] = "mine_";
  const kn_bind which[] = {KN_BIND_INT("account", account_id)};
  reply->json = json_object();
  const char *statement;
  for (int32_t i = 0; (statement = kn_desk_statement(prefix, i)) != NULL; i++) {
    json_t *rows;
    KN_TRY(kn_rows_json(request->conn, statement, which, 1, &rows, err));
    json_object_set_new(reply->json, statement + strlen(prefix), rows);
  }
  if (json_array_size(json_object_get(reply->json, "account")) == 0)
    return kn_missing(request, err);
  return kn_reply_header(reply, request, "Content-Disposition", "attachment; filename=\"knoop-data.json\"", err);
}

static kn_code
write_looking(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_audit_row(conn, "data of a person exported", "account", *(const int64_t *)arg, NULL, err);
}

kn_code
kn_api_own_data(kn_request *request, kn_reply *reply, kn_error *err)
{
  return collect(request, request->viewer.account_id, reply, err);
}

kn_code
kn_api_person_data(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t account_id;
  KN_TRY(kn_part_id(request, "account_id", &account_id, err));
  KN_TRY(collect(request, account_id, reply, err));
  return kn_desk_write(request->desk, &request->viewer, write_looking, &account_id, err);
}

kn_code
kn_keep_coordinator(kn_conn *conn, kn_error *err)
{
  kn_field left;
  KN_TRY(kn_conn_ask_one(conn, "coordinators_open", NULL, 0, NULL, &left, NULL, err));
  return left.integer > 0 ? KN_OK : kn_fail(err, KN_E_CONFLICT, "this is the last coordinator: name another one first");
}

typedef struct erasing {
  int64_t account_id, changed;
} erasing;

static kn_code
write_erasure(kn_conn *conn, void *arg, kn_error *err)
{
  erasing *in = arg;
  const kn_bind which[] = {KN_BIND_INT("account", in->account_id)};
  const char *statement;
  for (int32_t i = 0; (statement = kn_desk_statement("forget_", i)) != NULL; i++)
    KN_TRY(kn_conn_run(conn, statement, which, 1, &in->changed, err));
  if (in->changed == 0) /* the last statement is about the account itself */
    return KN_OK;
  KN_TRY(kn_keep_coordinator(conn, err));
  return kn_audit_row(conn, "person erased", "account", in->account_id, NULL, err);
}

kn_code
kn_api_own_erase(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_secrets secrets;
  KN_TRY(kn_check_own_password(request, &secrets, err));
  erasing in = {.account_id = secrets.account_id};
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_erasure, &in, err));
  return kn_session_cookie(request, reply, NULL, err);
}

kn_code
kn_api_person_erase(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  erasing in = {0};
  KN_TRY(kn_part_id(request, "account_id", &in.account_id, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_erasure, &in, err));
  return in.changed > 0 ? KN_OK : kn_missing(request, err);
}
