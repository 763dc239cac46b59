/* What the files desk_cases*.c share. */
#ifndef KN_TASKS_DESK_CASES_INTERNAL_H
#define KN_TASKS_DESK_CASES_INTERNAL_H

#include "tasks/desk_cases.h"

kn_code kn_case_missing(kn_error *err);
/* KN_E_MISSING unless the viewer takes part in the case, as the coordinator or a partner of it. */
kn_code kn_case_check_inside(kn_conn *conn, int64_t case_id, bool *is_coordinator, kn_error *err);
kn_code kn_case_only_coordinator(kn_conn *conn, int64_t case_id, kn_error *err);
/* KN_E_INPUT when the statement has no row for the value; a blank one is fine. */
kn_code kn_case_check_there(kn_conn *conn, const char *statement, const char *parameter, const kn_field *value, const char *what,
                            kn_error *err);
/* kn_conn_edit() of a row whose key is a number; *key is out when one is added. */
kn_code kn_case_edit(kn_conn *conn, kn_edit_what what, const char *table, int64_t *key, const kn_case_fields *fields,
                     int64_t expected, int64_t *version, kn_error *err);
kn_code kn_case_step_keep(kn_conn *conn, const kn_case_walk *walk, const char *step, const kn_case_state *before, const char *now,
                          kn_error *err);

#endif
