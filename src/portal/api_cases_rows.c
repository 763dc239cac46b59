/* The rows of a case: bodies of requests to rows, documents in and out, outcomes, gates. */
#include "portal/api_cases.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const kn_member task_members[] = {{"what", KN_MEMBER_TEXT, true},
                                         {"owner_id", KN_MEMBER_INT, false},
                                         {"due", KN_MEMBER_TEXT, false},
                                         {"done", KN_MEMBER_TEXT, false},
                                         {NULL, 0, false}};
static const kn_member partner_members[] = {{"actor_id", KN_MEMBER_TEXT, true}, {"role", KN_MEMBER_TEXT, true},
                                            {"brings", KN_MEMBER_TEXT, false},  {"contact_id", KN_MEMBER_INT, false},
                                            {"is_told", KN_MEMBER_FLAG, false}, {NULL, 0, false}};
static const kn_member money_members[] = {{"case_partner_id", KN_MEMBER_INT, false},
                                          {"kind", KN_MEMBER_TEXT, true},
                                          {"what", KN_MEMBER_TEXT, true},
                                          {"eur", KN_MEMBER_REAL, true},
                                          {"from_yr", KN_MEMBER_INT, true},
                                          {"to_yr", KN_MEMBER_INT, true},
                                          {"is_private", KN_MEMBER_FLAG, false},
                                          {"is_estimate", KN_MEMBER_FLAG, false},
                                          {"origin", KN_MEMBER_TEXT, false},
                                          {NULL, 0, false}};
static const kn_member document_members[] = {
    {"name", KN_MEMBER_TEXT, true}, {"is_for_finance", KN_MEMBER_FLAG, false}, {NULL, 0, false}};
static const kn_member link_members[] = {
    {"name", KN_MEMBER_TEXT, true}, {"link", KN_MEMBER_TEXT, true}, {"is_for_finance", KN_MEMBER_FLAG, false}, {NULL, 0, false}};
static const kn_member comment_members[] = {{"comment", KN_MEMBER_TEXT, true}, {NULL, 0, false}};
static const kn_member outcome_members[] = {{"kind", KN_MEMBER_TEXT, true},
                                            {"quantity", KN_MEMBER_REAL, true},
                                            {"from_day", KN_MEMBER_TEXT, true},
                                            {"to_day", KN_MEMBER_TEXT, true},
                                            {"evidence", KN_MEMBER_TEXT, true},
                                            {"case_document_id", KN_MEMBER_INT, false},
                                            {NULL, 0, false}};
static const struct {
  const char *part;
  kn_case_rows rows;
  const kn_member *members;
  const char *key;
} kinds[] = {{"tasks", KN_CASE_TASK, task_members, "case_task_id"},
             {"partners", KN_CASE_PARTNER, partner_members, "case_partner_id"},
             {"money", KN_CASE_MONEY, money_members, "case_money_id"},
             {"documents", KN_CASE_DOCUMENT, document_members, "case_document_id"},
             {"comments", KN_CASE_COMMENT, comment_members, "case_comment_id"},
             {"outcomes", KN_CASE_OUTCOME, outcome_members, "case_outcome_id"}};

/* Which rows an endpoint is about: what follows /cases/{case_id}/ in its pattern. */
static size_t
kind_of(const kn_request *request)
{
  const char *part = request->endpoint->path + strlen("/cases/{case_id}/");
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strncmp(part, kinds[i].part, strlen(kinds[i].part)) == 0)
      return i;
  assert(false);
  return 0;
}

static kn_code
write_row(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_case_row_write(conn, arg, err);
}

static kn_code
begin_row(kn_request *request, kn_edit_what what, kn_case_row *row, kn_error *err)
{
  const size_t kind = kind_of(request);
  *row = (kn_case_row){.rows = kinds[kind].rows, .what = what, .expected_version = KN_ANY_VERSION};
  KN_TRY(kn_part_id(request, "case_id", &row->case_id, err));
  if (what != KN_ROW_ADD) {
    KN_TRY(kn_part_id(request, "row_id", &row->row_id, err));
    KN_TRY(kn_request_version(request, &row->expected_version, err));
  }
  return what == KN_ROW_REMOVE ? KN_OK : kn_body_fields(request, kinds[kind].members, what == KN_ROW_ADD, &row->fields, err);
}

kn_code
kn_api_case_row_add(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_case_row row;
  KN_TRY(begin_row(request, KN_ROW_ADD, &row, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_row, &row, err));
  return kn_reply_made(request, reply, kinds[kind_of(request)].key, row.row_id, row.version, err);
}

kn_code
kn_api_case_row_change(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_case_row row;
  KN_TRY(begin_row(request, KN_ROW_CHANGE, &row, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_row, &row, err));
  reply->json = json_pack("{s:I}", "version", (json_int_t)row.version);
  return KN_OK;
}

kn_code
kn_api_case_row_remove(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  kn_case_row row;
  KN_TRY(begin_row(request, KN_ROW_REMOVE, &row, err));
  return kn_desk_write(request->desk, &request->viewer, write_row, &row, err);
}

/* ---------------------------------------------------------------- documents
 * Kinds of files that may be kept. They go out as attachments with nosniff, whatever they hold; what a browser would run is refused
 * all the same. The first bytes must be those of the kind, where it has such. */
static const struct {
  const char *type, *end, *magic;
} file_kinds[] = {{"application/pdf", ".pdf", "%PDF-"},
                  {"image/png", ".png", "\x89PNG"},
                  {"image/jpeg", ".jpg", "\xff\xd8\xff"},
                  {"image/jpeg", ".jpeg", "\xff\xd8\xff"},
                  {"text/plain", ".txt", NULL},
                  {"text/csv", ".csv", NULL},
                  {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", "PK\x03\x04"},
                  {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", "PK\x03\x04"},
                  {"application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx", "PK\x03\x04"},
                  {"application/vnd.oasis.opendocument.text", ".odt", "PK\x03\x04"},
                  {"application/vnd.oasis.opendocument.spreadsheet", ".ods", "PK\x03\x04"}};

static bool
ends_with(const char *name, const char *end)
{
  const size_t length = strlen(name), tail = strlen(end);
  return length > tail && strcasecmp(name + length - tail, end) == 0;
}

static kn_code
check_file(const char *name, const char *type, const char *bytes, int64_t length, kn_error *err)
{
  bool is_text = false, is_known = false;
  for (const unsigned char *c = (const unsigned char *)name; *c != '\0'; c++)
    if (*c < 0x20 || *c == 0x7f || strchr("/\\\"", *c) != NULL)
      return kn_fail(err, KN_E_INPUT, "name: expected a plain file name");
  for (size_t i = 0; i < sizeof file_kinds / sizeof *file_kinds; i++) {
    if (strcmp(file_kinds[i].type, type) != 0 || !ends_with(name, file_kinds[i].end))
      continue;
    is_known = true;
    is_text = file_kinds[i].magic == NULL;
    const size_t magic = is_text ? 0 : strlen(file_kinds[i].magic);
    if ((size_t)length < magic || (!is_text && memcmp(bytes, file_kinds[i].magic, magic) != 0))
      return kn_fail(err, KN_E_INPUT, "file: it does not begin as a file of type %s does", type);
  }
  if (!is_known)
    return kn_fail(err, KN_E_INPUT, "type: expected a PDF, PNG, JPEG, text, CSV, Word, Excel, PowerPoint or OpenDocument file");
  if (is_text && (memchr(bytes, '\0', (size_t)length) != NULL || kn_text_bad_utf8(bytes, (size_t)length) >= 0))
    return kn_fail(err, KN_E_INPUT, "file: a text must be UTF-8");
  return KN_OK;
}

static kn_code
decode_file(kn_request *request, kn_case_row *row, kn_error *err)
{
  const char *name, *type, *base64 = json_string_value(json_object_get(request->body, "base64"));
  bool is_for_finance = false;
  char *bytes;
  KN_TRY(kn_body_text(request, "name", true, 400, &name, err));
  KN_TRY(kn_body_text(request, "type", true, 200, &type, err));
  KN_TRY(kn_body_flag(request, "is_for_finance", &is_for_finance, err));
  if (base64 == NULL || base64[0] == '\0')
    return kn_fail(err, KN_E_INPUT, "base64: expected the file");
  const size_t written = strlen(base64);
  if (written / 4 * 3 > (size_t)KN_CASE_FILE_MOST + 4)
    return kn_fail(err, KN_E_INPUT, "file: expected at most %d bytes", (int)KN_CASE_FILE_MOST);
  KN_NEW(bytes, request->arena, (int64_t)written, err);
  size_t length = 0;
  const char *end = NULL;
  if (sodium_base642bin((unsigned char *)bytes, written, base64, written, NULL, &length, &end, sodium_base64_VARIANT_ORIGINAL) !=
          0 ||
      *end != '\0' || length == 0)
    return kn_fail(err, KN_E_INPUT, "base64: expected the file in base64");
  KN_TRY(check_file(name, type, bytes, (int64_t)length, err));
  kn_digest *digest;
  char *hex;
  KN_NEW(hex, request->arena, 65, err);
  KN_TRY(kn_digest_new(&digest, err));
  kn_digest_add(digest, bytes, length);
  kn_digest_end(digest, hex);
  row->bytes = bytes;
  row->length = (int64_t)length;
  kn_case_fields_add(&row->fields, "name", kn_field_text(name));
  kn_case_fields_add(&row->fields, "type", kn_field_text(type));
  kn_case_fields_add(&row->fields, "size", kn_field_int((int64_t)length));
  kn_case_fields_add(&row->fields, "digest", kn_field_text(hex));
  kn_case_fields_add(&row->fields, "is_for_finance", kn_field_int(is_for_finance));
  return KN_OK;
}

kn_code
kn_api_case_document_add(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_case_row row = {.rows = KN_CASE_DOCUMENT, .what = KN_ROW_ADD, .expected_version = KN_ANY_VERSION};
  KN_TRY(kn_part_id(request, "case_id", &row.case_id, err));
  if (json_object_get(request->body, "link") != NULL)
    KN_TRY(kn_body_fields(request, link_members, true, &row.fields, err));
  else
    KN_TRY(decode_file(request, &row, err));
  const kn_field *finance = kn_case_fields_get(&row.fields, "is_for_finance");
  if (request->viewer.role != KN_COORDINATOR && finance != NULL && finance->integer != 0)
    return kn_fail(err, KN_E_DENIED, "what financiers see is for the coordinator to say");
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_row, &row, err));
  return kn_reply_made(request, reply, "case_document_id", row.row_id, row.version, err);
}

typedef struct file_out {
  kn_reply *reply;
  char name[400];
} file_out;

static kn_code
take_file(void *arg, const kn_answer *answer, kn_error *err)
{
  file_out *out = arg;
  const kn_field *bytes = kn_answer_field(answer, "bytes"), *type = kn_answer_field(answer, "type");
  snprintf(out->name, sizeof out->name, "%s", kn_answer_field(answer, "name")->text);
  for (size_t i = 0; i < sizeof file_kinds / sizeof *file_kinds; i++)
    if (strcmp(file_kinds[i].type, type->text) == 0)
      out->reply->type = file_kinds[i].type;
  if (out->reply->type == NULL)
    out->reply->type = "application/octet-stream";
  out->reply->bytes = malloc((size_t)bytes->length + 1);
  if (out->reply->bytes == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  memcpy(out->reply->bytes, bytes->text, (size_t)bytes->length);
  out->reply->length = (size_t)bytes->length;
  return KN_OK;
}

/* Content-Disposition with a name in ASCII and, encoded, the real one (RFC 6266). */
static void
write_disposition(char *out, size_t size, const char *name)
{
  size_t n = (size_t)snprintf(out, size, "attachment; filename=\"");
  for (const char *c = name; *c != '\0' && n + 8 < size; c++)
    out[n++] = (unsigned char)*c >= 0x20 && (unsigned char)*c < 0x7f && strchr("\"\\%;", *c) == NULL ? *c : '_';
  n += (size_t)snprintf(out + n, size - n, "\"; filename*=UTF-8''");
  for (const unsigned char *c = (const unsigned char *)name; *c != '\0' && n + 8 < size; c++) {
    const bool is_plain =
        (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || strchr("-._", *c) != NULL;
    n += (size_t)snprintf(out + n, size - n, is_plain ? "%c" : "%%%02X", *c);
  }
}

kn_code
kn_api_case_document(kn_request *request, kn_reply *reply, kn_error *err)
{
  file_out out = {.reply = reply};
  const kn_bind which[] = {KN_BIND_TEXT("case", kn_request_part(request, "case_id")),
                           KN_BIND_TEXT("document", kn_request_part(request, "row_id"))};
  KN_TRY(kn_conn_ask(request->conn, "case_file", which, 2, take_file, &out, err));
  if (reply->bytes == NULL)
    return kn_missing(request, err);
  char disposition[2048];
  write_disposition(disposition, sizeof disposition, out.name);
  KN_TRY(kn_reply_header(reply, request, "Content-Disposition", disposition, err));
  return kn_reply_header(reply, request, "Content-Security-Policy", "sandbox; default-src 'none'", err);
}

/* ---------------------------------------------------------------- evidence, outcomes, gates */
static kn_code
write_criterion(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_case_criterion_write(conn, arg, err);
}

kn_code
kn_api_case_criterion(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  static const kn_member members[] = {{"evidence", KN_MEMBER_TEXT, false},
                                      {"case_document_id", KN_MEMBER_INT, false},
                                      {"is_met", KN_MEMBER_FLAG, true},
                                      {NULL, 0, false}};
  kn_case_evidence evidence = {0};
  kn_case_fields given = {0};
  KN_TRY(kn_part_id(request, "case_id", &evidence.case_id, err));
  KN_TRY(kn_part_id(request, "criterion_id", &evidence.criterion_id, err));
  KN_TRY(kn_body_fields(request, members, false, &given, err));
  for (int32_t i = 0; i < given.count; i++)
    if (strcmp(given.names[i], "is_met") == 0) {
      evidence.has_is_met = true;
      evidence.is_met = given.values[i].integer != 0;
    } else
      kn_case_fields_add(&evidence.fields, given.names[i], given.values[i]);
  return kn_desk_write(request->desk, &request->viewer, write_criterion, &evidence, err);
}

static kn_code
write_verdict(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_case_outcome_verify(conn, arg, err);
}

kn_code
kn_api_case_verify(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  kn_case_verdict verdict = {0};
  KN_TRY(kn_part_id(request, "case_id", &verdict.case_id, err));
  KN_TRY(kn_part_id(request, "row_id", &verdict.outcome_id, err));
  KN_TRY(kn_body_text(request, "verified_by", false, 800, &verdict.verified_by, err));
  KN_TRY(kn_body_real(request, "quantity", false, &verdict.quantity, err));
  return kn_desk_write(request->desk, &request->viewer, write_verdict, &verdict, err);
}

static kn_code
write_shares(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_case_shares_write(conn, arg, err);
}

kn_code
kn_api_case_shares(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  kn_case_shares shares = {0};
  kn_case_share *share;
  const json_t *given = json_object_get(request->body, "shares");
  KN_TRY(kn_part_id(request, "case_id", &shares.case_id, err));
  KN_TRY(kn_part_id(request, "row_id", &shares.outcome_id, err));
  if (!json_is_array(given) || json_array_size(given) > 64)
    return kn_fail(err, KN_E_INPUT, "shares: expected a list of at most 64");
  KN_NEW(share, request->arena, (int64_t)json_array_size(given) + 1, err);
  for (size_t i = 0; i < json_array_size(given); i++) {
    const json_t *one = json_array_get(given, i), *partner = json_object_get(one, "case_partner_id");
    if (!json_is_number(json_object_get(one, "share")) ||
        (partner != NULL && !json_is_null(partner) && !json_is_integer(partner)))
      return kn_fail(err, KN_E_INPUT, "shares: expected {\"case_partner_id\": number or null, \"share\": 0..1} in each");
    share[i].case_partner_id = json_integer_value(partner);
    share[i].share = json_number_value(json_object_get(one, "share"));
  }
  shares.share = share;
  shares.count = (int32_t)json_array_size(given);
  return kn_desk_write(request->desk, &request->viewer, write_shares, &shares, err);
}

static const kn_member gate_members[] = {{"stage", KN_MEMBER_TEXT, true},        {"rank", KN_MEMBER_INT, false},
                                         {"name_en", KN_MEMBER_TEXT, true},      {"name_nl", KN_MEMBER_TEXT, true},
                                         {"evidence_en", KN_MEMBER_TEXT, false}, {"evidence_nl", KN_MEMBER_TEXT, false},
                                         {"is_used", KN_MEMBER_FLAG, false},     {NULL, 0, false}};

static kn_code
write_gate(kn_conn *conn, void *arg, kn_error *err)
{
  return kn_gate_write(conn, arg, err);
}

kn_code
kn_api_gate_add(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_gate_change one = {.what = KN_ROW_ADD};
  KN_TRY(kn_body_fields(request, gate_members, true, &one.fields, err));
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_gate, &one, err));
  reply->status = 201;
  reply->json = json_pack("{s:I}", "gate_criterion_id", (json_int_t)one.criterion_id);
  return KN_OK;
}

kn_code
kn_api_gate_change(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)reply;
  kn_gate_change one = {.what = KN_ROW_CHANGE};
  KN_TRY(kn_part_id(request, "criterion_id", &one.criterion_id, err));
  KN_TRY(kn_body_fields(request, gate_members, false, &one.fields, err));
  return kn_desk_write(request->desk, &request->viewer, write_gate, &one, err);
}
