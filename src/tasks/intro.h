/* Introductions: states and steps. The diagram stands in intro.c. */
#ifndef KN_TASKS_INTRO_H
#define KN_TASKS_INTRO_H

#include "knoop/desk.h"

typedef enum kn_intro_state {
  KN_INTRO_ASKED,
  KN_INTRO_DECLINED,
  KN_INTRO_ACCEPTED,
  KN_INTRO_WILLING,
  KN_INTRO_UNWILLING,
  KN_INTRO_INTRODUCED,
  KN_INTRO_CASE,
  KN_INTRO_ENDED,
  KN_INTRO_WITHDRAWN,
  KN_INTRO_STATE_COUNT
} kn_intro_state;
typedef enum kn_intro_side { KN_INTRO_ASKER, KN_INTRO_OTHER, KN_INTRO_BROKER } kn_intro_side;
/* What each may reveal, one after the other. */
enum { KN_REVEAL_NOTHING, KN_REVEAL_SECTOR, KN_REVEAL_NAME, KN_REVEAL_CONTACT, KN_REVEAL_FIGURES };

typedef struct kn_intro {
  kn_intro_state state;
  int32_t asker_step, other_step; /* KN_REVEAL_... */
  bool is_put;                    /* the other side was asked */
} kn_intro;
typedef struct kn_intro_ask {
  const char *action;  /* accept, decline, willing, unwilling, reveal, withdraw, end, case */
  kn_intro_side side;  /* who does it */
  int32_t step;        /* of reveal */
  bool is_for_another; /* a broker for a side without an account */
} kn_intro_ask;
const char *kn_intro_state_name(kn_intro_state state);
const char *kn_intro_side_name(kn_intro_side side);
/* The introduction after a step. KN_E_CONFLICT: not now; KN_E_DENIED: not by this side; KN_E_INPUT: no such step. Pure. */
kn_code kn_intro_next(const kn_intro *now, const kn_intro_ask *ask, kn_intro *out, kn_error *err);

typedef struct kn_intro_do {
  const char *intro_id, *action, *side; /* side: for whom a broker answers; NULL: for oneself */
  int64_t step;
  const char *reason, *contact, *case_id;
} kn_intro_do;
/* Within a write, as the viewer of conn: judges, changes, keeps the event and the line of the audit. KN_E_MISSING: not there for the
 * viewer. */
kn_code kn_intro_do_step(kn_conn *conn, const kn_intro_do *what, kn_error *err);

#endif
