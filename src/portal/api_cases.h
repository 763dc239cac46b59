/* What the files api_cases*.c share: members of a body as fields of a row. */
#ifndef KN_PORTAL_API_CASES_H
#define KN_PORTAL_API_CASES_H

#include "portal/api.h"
#include "tasks/desk_cases.h"

typedef enum kn_member_kind { KN_MEMBER_TEXT, KN_MEMBER_REAL, KN_MEMBER_INT, KN_MEMBER_FLAG } kn_member_kind;
typedef struct kn_member {
  const char *name; /* of the member and of the column; NULL ends */
  kn_member_kind kind;
  bool is_needed; /* when a row is added */
} kn_member;
/* The members that are given, null as blank; KN_E_INPUT names one that is not of the list. */
kn_code kn_body_fields(const kn_request *request, const kn_member *member, bool is_new, kn_case_fields *out, kn_error *err);

kn_code kn_reply_made(kn_request *request, kn_reply *reply, const char *name, int64_t key, int64_t version, kn_error *err);
kn_code kn_case_economics(kn_request *request, const json_t *money, json_t **out, kn_error *err);

kn_code kn_api_case_document(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_case_document_add(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_case_row_add(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_case_row_change(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_case_row_remove(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_case_criterion(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_case_verify(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_case_shares(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_gate_add(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_gate_change(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_today(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_today_aside(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_today_mark(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_today_unmark(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_experiments(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_experiment(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_experiment_add(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_experiment_change(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_experiment_busy(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_experiment_spaces(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_experiment_people(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_experiment_calendar(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_calendar(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_calendar_token(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_calendar_end(kn_request *request, kn_reply *reply, kn_error *err);

#endif
