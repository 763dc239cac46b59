/* What the files of the data endpoints share. */
#ifndef KN_PORTAL_API_DATA_ROWS_H
#define KN_PORTAL_API_DATA_ROWS_H

#include "portal/api.h"
#include "tasks/desk_data.h"

/* Findings as JSON: row (number of the row that was sent, 0: none), table, key, column, value, severity, rule; sentence and proposal in
 * the reader's language; sentence_id (the English format) and parameters (what stands in its places), for programs. */
json_t *kn_findings_json(const kn_request *request, const kn_findings *findings);
/* The last four of these into a finding that has its English sentence and proposal. */
void kn_finding_say(const kn_request *request, json_t *finding);
/* What `code` refused goes into the problem document as `findings`. Frees them. Returns code. */
kn_code kn_end_findings(kn_request *request, kn_findings *findings, kn_code code);

/* api_data_rows.c */
kn_code kn_api_tables(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_rows(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_row(kn_request *request, kn_reply *reply, kn_error *err);
/* api_data_write.c */
kn_code kn_api_row_add(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_row_change(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_row_remove(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_paste(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_undo(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_undo_many(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_history(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_edits(kn_request *request, kn_reply *reply, kn_error *err);
/* api_data_notes.c */
kn_code kn_api_comments(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_comment_add(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_comment_resolve(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_comment_remove(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_comment_calls(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_comment_counts(kn_request *request, kn_reply *reply, kn_error *err);
/* api_data_import.c */
kn_code kn_api_import(kn_request *request, kn_reply *reply, kn_error *err);
/* api_findings.c */
kn_code kn_api_findings(kn_request *request, kn_reply *reply, kn_error *err);

#endif
