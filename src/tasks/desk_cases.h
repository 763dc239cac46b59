/* Cases at the desk: steps, rows, where they come from; today's marks; experiments. Each call runs within a kn_desk_write(), as the
 * viewer, and decides whether they may. What one may not see answers as if it were not there (KN_E_MISSING); what one sees and may not
 * change is KN_E_DENIED. */
#ifndef KN_TASKS_DESK_CASES_H
#define KN_TASKS_DESK_CASES_H

#include "knoop/cases.h"
#include "knoop/desk.h"

enum { KN_CASE_FIELDS_MOST = 24 };
typedef struct kn_case_fields {
  int32_t count;
  const char *names[KN_CASE_FIELDS_MOST];
  kn_field values[KN_CASE_FIELDS_MOST];
} kn_case_fields;
void kn_case_fields_add(kn_case_fields *fields, const char *name, kn_field value);
const kn_field *kn_case_fields_get(const kn_case_fields *fields, const char *name); /* NULL: not among them */

/* ---------------------------------------------------------------- a case */
typedef struct kn_case_partner {
  const char *actor_id, *role;
} kn_case_partner;
typedef struct kn_case_new {
  kn_case_fields fields;
  kn_arena *arena;
  const char *language;                /* "nl" or "en": of a title that an origin gives */
  const char *origin_kind, *origin_id; /* NULL: by hand */
  int32_t partner_count;
  const kn_case_partner *partner; /* besides those that the origin gives */
  int64_t case_id;                /* out */
} kn_case_new;
/* A case made by the coordinator, or by a partner, who is then in it. From an origin it takes title, worth, CO2 and partners, as far as
 * the viewer sees them. KN_E_MISSING: no such origin for the viewer; KN_E_CONFLICT: there is a case from it that they see. */
kn_code kn_case_add(kn_conn *conn, kn_case_new *make, kn_error *err);

typedef struct kn_case_change {
  int64_t case_id, expected_version, version; /* version: out */
  kn_case_fields fields;
} kn_case_change;
kn_code kn_case_write(kn_conn *conn, kn_case_change *change, kn_error *err);

typedef struct kn_case_walk {
  int64_t case_id;
  kn_case_step step;
  const char *reason, *reason_text; /* NULL: none */
  bool is_override;
  const char *expected_stage; /* that the viewer looked at; NULL: whatever it is. KN_E_CONFLICT: another by now */
  kn_case_state after;        /* out */
} kn_case_walk;
/* One step, kept in case_step, in edit and in the audit log. Coordinator only. Errors also as kn_case_go(). */
kn_code kn_case_take_step(kn_conn *conn, kn_case_walk *walk, kn_error *err);

/* ---------------------------------------------------------------- its rows */
typedef enum kn_case_rows {
  KN_CASE_TASK,
  KN_CASE_PARTNER,
  KN_CASE_MONEY,
  KN_CASE_DOCUMENT,
  KN_CASE_COMMENT,
  KN_CASE_OUTCOME,
  KN_CASE_ROWS_COUNT
} kn_case_rows;
typedef struct kn_case_row {
  kn_case_rows rows;
  kn_edit_what what;
  int64_t case_id, row_id; /* row_id: out when added */
  int64_t expected_version, version;
  kn_case_fields fields;
  const char *bytes; /* of a document that is added; NULL: none */
  int64_t length;
} kn_case_row;
kn_code kn_case_row_write(kn_conn *conn, kn_case_row *row, kn_error *err);
enum {
  KN_CASE_FILE_MOST = 2 << 20,
  KN_CASE_FILES_MOST = 32 << 20,
  KN_CASE_ALL_FILES_MOST = 512 << 20
}; /* bytes: one, of a case, of all */

typedef struct kn_case_evidence {
  int64_t case_id, criterion_id;
  bool has_is_met, is_met;
  kn_case_fields fields; /* evidence, case_document_id */
} kn_case_evidence;
/* A partner brings evidence; whether the criterion is met the coordinator says. */
kn_code kn_case_criterion_write(kn_conn *conn, kn_case_evidence *evidence, kn_error *err);

typedef struct kn_case_share {
  int64_t case_partner_id; /* 0: the coordinator's work */
  double share;            /* 0..1 */
} kn_case_share;
typedef struct kn_case_shares {
  int64_t case_id, outcome_id;
  int32_t count;
  const kn_case_share *share;
} kn_case_shares;
/* Whose doing an outcome is: all shares at once. Coordinator only. KN_E_INPUT: above 100 % together. */
kn_code kn_case_shares_write(kn_conn *conn, const kn_case_shares *shares, kn_error *err);

typedef struct kn_case_verdict {
  int64_t case_id, outcome_id;
  const char *verified_by; /* NULL: the verification is taken back */
  double quantity;         /* NAN: as claimed */
} kn_case_verdict;
kn_code kn_case_outcome_verify(kn_conn *conn, const kn_case_verdict *verdict, kn_error *err);

/* A criterion of the gates: coordinator only. */
typedef struct kn_gate_change {
  kn_edit_what what;
  int64_t criterion_id; /* out when added */
  kn_case_fields fields;
} kn_gate_change;
kn_code kn_gate_write(kn_conn *conn, kn_gate_change *change, kn_error *err);

/* ---------------------------------------------------------------- today */
typedef struct kn_today_mark {
  kn_arena *arena;
  const char *kind, *id, *what, *until; /* what NULL: the mark is taken away */
  const char *reason;                   /* in their own words; NULL: none */
} kn_today_mark;
/* Puts an item of one's own list aside, or back. A task that is done is done in its case as well. */
kn_code kn_today_put_aside(kn_conn *conn, const kn_today_mark *mark, kn_error *err);

/* ---------------------------------------------------------------- experiments */
typedef struct kn_experiment_change {
  kn_arena *arena;
  int64_t experiment_id; /* 0: a new one; out */
  int64_t expected_version, version;
  const char *status; /* NULL: stays */
  kn_case_fields fields;
} kn_experiment_change;
/*   asked ─agreed─> running ─> ended     asked, agreed ─> refused ─> asked     agreed ─> ended
 * Who may let the space agrees and refuses; who is responsible may begin and end. KN_E_CONFLICT: there is no such step, or the space is
 * lent to another experiment in that period. */
kn_code kn_experiment_write(kn_conn *conn, kn_experiment_change *change, kn_error *err);

#endif
