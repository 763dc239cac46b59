/* The rows of a case: tasks, partners, money, documents, comments, outcomes; its evidence and shares. Who may change what:
 *
 *                 coordinator   partner of the case
 *   tasks         all           all
 *   partners      all           what their own brings, and their contact
 *   money         all           their own lines
 *   documents     all           adds; removes their own
 *   comments      adds          adds; nobody changes one
 *   outcomes      all           claims; changes their own until it is verified
 *   evidence      all           brings it; whether a criterion is met the coordinator says
 */
#include <stdio.h>
#include <string.h>

#include "tasks/desk_cases_internal.h"

static const struct {
  const char *table, *right;
} kinds[KN_CASE_ROWS_COUNT] = {
    [KN_CASE_TASK] = {"case_task", "case_task_right"},          [KN_CASE_PARTNER] = {"case_partner", "case_partner_right"},
    [KN_CASE_MONEY] = {"case_money", "case_money_right"},       [KN_CASE_DOCUMENT] = {"case_document", "case_document_right"},
    [KN_CASE_COMMENT] = {"case_comment", "case_comment_right"}, [KN_CASE_OUTCOME] = {"case_outcome", "case_outcome_right"}};

/* Is there a row in this case that the viewer sees, and may they change it? */
static kn_code
ask_right(kn_conn *conn, const char *statement, int64_t case_id, int64_t row_id, bool *is_there, bool *may, kn_error *err)
{
  kn_field field;
  const kn_bind which[] = {KN_BIND_INT("case", case_id), KN_BIND_INT("row", row_id)};
  KN_TRY(kn_conn_ask_one(conn, statement, which, 2, NULL, &field, is_there, err));
  *may = *is_there && field.integer != 0;
  return KN_OK;
}

/* A row that a field names must be one of this case; is_own: and the viewer's to change. */
static kn_code
check_named(kn_conn *conn, const kn_case_fields *fields, const char *name, const char *statement, int64_t case_id, bool is_own,
            kn_error *err)
{
  const kn_field *field = kn_case_fields_get(fields, name);
  if (field == NULL || field->kind == KN_FIELD_NULL)
    return KN_OK;
  bool is_there = false, may = false;
  KN_TRY(ask_right(conn, statement, case_id, field->integer, &is_there, &may, err));
  if (!is_there)
    return kn_fail(err, KN_E_INPUT, "%s: this case has none with that key", name);
  return may || !is_own ? KN_OK : kn_fail(err, KN_E_DENIED, "a partner writes their own lines");
}

static kn_code
check_partner_row(kn_conn *conn, const kn_case_row *row, bool is_coordinator, kn_error *err)
{
  KN_TRY(kn_case_check_there(conn, "actor_exists", "actor", kn_case_fields_get(&row->fields, "actor_id"), "actor_id", err));
  KN_TRY(kn_case_check_there(conn, "case_person_is_there", "account", kn_case_fields_get(&row->fields, "contact_id"),
                             "contact_id", err));
  if (is_coordinator)
    return KN_OK;
  if (row->what != KN_ROW_CHANGE)
    return kn_fail(err, KN_E_DENIED, "partners come and go by the coordinator");
  for (int32_t i = 0; i < row->fields.count; i++)
    if (strcmp(row->fields.names[i], "brings") != 0 && strcmp(row->fields.names[i], "contact_id") != 0)
      return kn_fail(err, KN_E_DENIED, "%s is for the coordinator to change", row->fields.names[i]);
  return KN_OK;
}

static kn_code
check_size(kn_conn *conn, const kn_case_row *row, kn_error *err)
{
  if (row->bytes == NULL)
    return KN_OK;
  if (row->length > KN_CASE_FILE_MOST)
    return kn_fail(err, KN_E_INPUT, "file: expected at most %d bytes", (int)KN_CASE_FILE_MOST);
  kn_field held;
  const kn_bind one[] = {KN_BIND_INT("case", row->case_id)};
  KN_TRY(kn_conn_ask_one(conn, "case_bytes", one, 1, NULL, &held, NULL, err));
  if (held.integer + row->length > KN_CASE_FILES_MOST)
    return kn_fail(err, KN_E_INPUT, "file: the files of one case are at most %d bytes together; give a link instead",
                   (int)KN_CASE_FILES_MOST);
  KN_TRY(kn_conn_ask_one(conn, "case_bytes", NULL, 0, NULL, &held, NULL, err));
  if (held.integer + row->length > KN_CASE_ALL_FILES_MOST)
    return kn_fail(err, KN_E_INPUT, "file: the files of all cases are at most %d bytes together; give a link instead",
                   (int)KN_CASE_ALL_FILES_MOST);
  return KN_OK;
}

static kn_code
check_row(kn_conn *conn, const kn_case_row *row, bool is_coordinator, kn_error *err)
{
  switch (row->rows) {
  case KN_CASE_TASK:
    return kn_case_check_there(conn, "case_person_is_there", "account", kn_case_fields_get(&row->fields, "owner_id"), "owner_id",
                               err);
  case KN_CASE_PARTNER:
    return check_partner_row(conn, row, is_coordinator, err);
  case KN_CASE_MONEY: {
    const kn_field *whose = kn_case_fields_get(&row->fields, "case_partner_id");
    const bool is_nobodys = whose == NULL ? row->what == KN_ROW_ADD : whose->kind == KN_FIELD_NULL;
    if (!is_coordinator && is_nobodys && row->what != KN_ROW_REMOVE)
      return kn_fail(err, KN_E_DENIED, "a partner writes their own lines");
    return check_named(conn, &row->fields, "case_partner_id", "case_partner_right", row->case_id, true, err);
  }
  case KN_CASE_DOCUMENT:
    if (row->what == KN_ROW_CHANGE && !is_coordinator && kn_case_fields_get(&row->fields, "is_for_finance") != NULL)
      return kn_fail(err, KN_E_DENIED, "what financiers see is for the coordinator to say");
    return check_size(conn, row, err);
  case KN_CASE_OUTCOME:
    return check_named(conn, &row->fields, "case_document_id", "case_document_right", row->case_id, false, err);
  default:
    return KN_OK;
  }
}

/* is_told of a body becomes since when: now, or not. */
static void
tell_partner(kn_case_row *row, const char *now)
{
  kn_case_fields *fields = &row->fields;
  for (int32_t i = 0; i < fields->count; i++)
    if (strcmp(fields->names[i], "is_told") == 0) {
      fields->names[i] = "told";
      fields->values[i] = kn_field_text(fields->values[i].integer != 0 ? now : NULL);
      return;
    }
  if (row->what == KN_ROW_ADD)
    kn_case_fields_add(fields, "told", kn_field_text(now));
}

static void
complete_row(kn_case_row *row, const kn_viewer *viewer, const char *now)
{
  kn_case_fields *fields = &row->fields;
  if (row->rows == KN_CASE_PARTNER)
    tell_partner(row, now);
  if (row->what == KN_ROW_ADD) {
    kn_case_fields_add(fields, "case_id", kn_field_int(row->case_id));
    if (row->rows == KN_CASE_OUTCOME) {
      kn_case_fields_add(fields, "claimed_by", kn_field_int(viewer->account_id));
      kn_case_fields_add(fields, "claimed_on", kn_field_text(now));
    } else
      kn_case_fields_add(fields, "made", kn_field_text(now));
    if (row->rows == KN_CASE_DOCUMENT || row->rows == KN_CASE_COMMENT)
      kn_case_fields_add(fields, "account_id", kn_field_int(viewer->account_id));
  }
  /* A claim that changes is a new claim: by who changed it, and not verified. */
  if (row->what == KN_ROW_CHANGE && row->rows == KN_CASE_OUTCOME) {
    static const char *const cleared[] = {"verified_by", "verified_quantity", "verified_on", "verified_account"};
    for (size_t i = 0; i < sizeof cleared / sizeof *cleared; i++)
      kn_case_fields_add(fields, cleared[i], kn_field_text(NULL));
    kn_case_fields_add(fields, "claimed_by", kn_field_int(viewer->account_id));
    kn_case_fields_add(fields, "claimed_on", kn_field_text(now));
  }
}

static kn_code
keep_file(kn_conn *conn, const kn_case_row *row, kn_error *err)
{
  const kn_bind file[] = {KN_BIND_INT("document", row->row_id),
                          {.name = "bytes", .value = {.kind = KN_FIELD_BLOB, .text = row->bytes, .length = row->length}}};
  if (row->what == KN_ROW_ADD && row->bytes != NULL)
    return kn_conn_run(conn, "case_file_add", file, 2, NULL, err);
  return row->what == KN_ROW_REMOVE ? kn_conn_run(conn, "case_file_remove", file, 1, NULL, err) : KN_OK;
}

kn_code
kn_case_row_write(kn_conn *conn, kn_case_row *row, kn_error *err)
{
  bool is_coordinator = false, is_there = true, may = true;
  char now[32];
  kn_store_now(now);
  KN_TRY(kn_case_check_inside(conn, row->case_id, &is_coordinator, err));
  if (row->what != KN_ROW_ADD)
    KN_TRY(ask_right(conn, kinds[row->rows].right, row->case_id, row->row_id, &is_there, &may, err));
  if (!is_there)
    return kn_case_missing(err);
  if (!may)
    return kn_fail(err, KN_E_DENIED, "this row is not yours to change");
  KN_TRY(check_row(conn, row, is_coordinator, err));
  complete_row(row, kn_conn_viewer(conn), now);
  if (row->rows == KN_CASE_DOCUMENT && row->what == KN_ROW_REMOVE)
    KN_TRY(keep_file(conn, row, err));
  const kn_case_fields *fields = row->what == KN_ROW_REMOVE ? NULL : &row->fields;
  KN_TRY(kn_case_edit(conn, row->what, kinds[row->rows].table, &row->row_id, fields, row->expected_version, &row->version, err));
  return row->rows == KN_CASE_DOCUMENT && row->what == KN_ROW_ADD ? keep_file(conn, row, err) : KN_OK;
}

/* ---------------------------------------------------------------- evidence */
kn_code
kn_case_criterion_write(kn_conn *conn, kn_case_evidence *evidence, kn_error *err)
{
  bool is_coordinator = false, is_there = false;
  kn_field field;
  KN_TRY(kn_case_check_inside(conn, evidence->case_id, &is_coordinator, err));
  const kn_bind criterion[] = {KN_BIND_INT("criterion", evidence->criterion_id)};
  KN_TRY(kn_conn_ask_one(conn, "case_criterion_is_there", criterion, 1, NULL, &field, &is_there, err));
  if (!is_there)
    return kn_case_missing(err);
  if (!is_coordinator && evidence->has_is_met)
    return kn_fail(err, KN_E_DENIED, "whether a criterion is met is for the coordinator to say");
  KN_TRY(check_named(conn, &evidence->fields, "case_document_id", "case_document_right", evidence->case_id, false, err));
  const kn_bind which[] = {KN_BIND_INT("case", evidence->case_id), KN_BIND_INT("criterion", evidence->criterion_id)};
  KN_TRY(kn_conn_ask_one(conn, "case_criterion_key", which, 2, NULL, &field, &is_there, err));
  char now[32];
  kn_store_now(now);
  if (evidence->has_is_met)
    kn_case_fields_add(&evidence->fields, "is_met", kn_field_int(evidence->is_met));
  kn_case_fields_add(&evidence->fields, "account_id", kn_field_int(kn_conn_viewer(conn)->account_id));
  kn_case_fields_add(&evidence->fields, "made", kn_field_text(now));
  int64_t key = field.integer;
  if (!is_there) {
    kn_case_fields_add(&evidence->fields, "case_id", kn_field_int(evidence->case_id));
    kn_case_fields_add(&evidence->fields, "gate_criterion_id", kn_field_int(evidence->criterion_id));
  }
  return kn_case_edit(conn, is_there ? KN_ROW_CHANGE : KN_ROW_ADD, "case_criterion", &key, &evidence->fields, KN_ANY_VERSION,
                      NULL, err);
}

kn_code
kn_gate_write(kn_conn *conn, kn_gate_change *change, kn_error *err)
{
  if (kn_conn_viewer(conn)->role != KN_COORDINATOR)
    return kn_fail(err, KN_E_DENIED, "the gates are for the coordinator to change");
  return kn_case_edit(conn, change->what, "gate_criterion", &change->criterion_id, &change->fields, KN_ANY_VERSION, NULL, err);
}

/* ---------------------------------------------------------------- outcomes */
typedef struct outcome_now {
  bool is_there, is_own;
  double quantity;
} outcome_now;

static kn_code
take_outcome(void *arg, const kn_answer *answer, kn_error *err)
{
  (void)err;
  outcome_now *now = arg;
  now->is_there = true;
  now->is_own = kn_answer_field(answer, "is_own")->integer != 0;
  now->quantity = kn_answer_field(answer, "quantity")->real;
  return KN_OK;
}

static kn_code
find_outcome(kn_conn *conn, int64_t case_id, int64_t outcome_id, outcome_now *now, kn_error *err)
{
  KN_TRY(kn_case_only_coordinator(conn, case_id, err));
  const kn_bind which[] = {KN_BIND_INT("case", case_id), KN_BIND_INT("row", outcome_id)};
  KN_TRY(kn_conn_ask(conn, "case_outcome_state", which, 2, take_outcome, now, err));
  return now->is_there ? KN_OK : kn_case_missing(err);
}

typedef struct share_keys {
  int64_t key[128];
  int32_t count;
} share_keys;

static kn_code
take_share(void *arg, const kn_answer *answer, kn_error *err)
{
  share_keys *keys = arg;
  if (keys->count == (int32_t)(sizeof keys->key / sizeof *keys->key))
    return kn_fail(err, KN_E_LIMIT, "more shares than partners of a case");
  keys->key[keys->count++] = answer->field[0].integer;
  return KN_OK;
}

static kn_code
clear_shares(kn_conn *conn, int64_t outcome_id, kn_error *err)
{
  share_keys keys = {0};
  const kn_bind outcome[] = {KN_BIND_INT("outcome", outcome_id)};
  KN_TRY(kn_conn_ask(conn, "case_share_keys", outcome, 1, take_share, &keys, err));
  for (int32_t i = 0; i < keys.count; i++)
    KN_TRY(kn_case_edit(conn, KN_ROW_REMOVE, "case_share", &keys.key[i], NULL, KN_ANY_VERSION, NULL, err));
  return KN_OK;
}

kn_code
kn_case_shares_write(kn_conn *conn, const kn_case_shares *shares, kn_error *err)
{
  outcome_now now = {0};
  KN_TRY(find_outcome(conn, shares->case_id, shares->outcome_id, &now, err));
  KN_TRY(clear_shares(conn, shares->outcome_id, err));
  for (int32_t i = 0; i < shares->count; i++) {
    kn_case_fields fields = {0};
    const bool is_partner = shares->share[i].case_partner_id != 0;
    kn_case_fields_add(&fields, "case_outcome_id", kn_field_int(shares->outcome_id));
    kn_case_fields_add(&fields, "case_partner_id",
                       is_partner ? kn_field_int(shares->share[i].case_partner_id) : kn_field_text(NULL));
    kn_case_fields_add(&fields, "share", kn_field_real(shares->share[i].share));
    KN_TRY(check_named(conn, &fields, "case_partner_id", "case_partner_right", shares->case_id, false, err));
    int64_t key;
    KN_TRY(kn_case_edit(conn, KN_ROW_ADD, "case_share", &key, &fields, KN_ANY_VERSION, NULL, err));
  }
  return KN_OK;
}

kn_code
kn_case_outcome_verify(kn_conn *conn, const kn_case_verdict *verdict, kn_error *err)
{
  outcome_now now = {0};
  KN_TRY(find_outcome(conn, verdict->case_id, verdict->outcome_id, &now, err));
  if (now.is_own && verdict->verified_by != NULL)
    return kn_fail(err, KN_E_DENIED, "who claims an outcome does not verify it: ask another coordinator");
  const bool is_verified = verdict->verified_by != NULL;
  const double quantity = isnan(verdict->quantity) ? now.quantity : verdict->quantity;
  char day[32];
  kn_store_now(day);
  kn_case_fields fields = {0};
  kn_case_fields_add(&fields, "verified_by", kn_field_text(verdict->verified_by));
  kn_case_fields_add(&fields, "verified_quantity", is_verified ? kn_field_real(quantity) : kn_field_text(NULL));
  kn_case_fields_add(&fields, "verified_on", kn_field_text(is_verified ? day : NULL));
  kn_case_fields_add(&fields, "verified_account",
                     is_verified ? kn_field_int(kn_conn_viewer(conn)->account_id) : kn_field_text(NULL));
  int64_t key = verdict->outcome_id;
  KN_TRY(kn_case_edit(conn, KN_ROW_CHANGE, "case_outcome", &key, &fields, KN_ANY_VERSION, NULL, err));
  char about[48];
  snprintf(about, sizeof about, "outcome %" PRId64 " of case %" PRId64, verdict->outcome_id, verdict->case_id);
  return kn_conn_audit(conn, is_verified ? "outcome-verified" : "outcome-doubted", about, NULL, err);
}
