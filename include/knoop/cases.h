/* knoop/cases.h - cases: the way one goes from idea to running, and the money of one.
 *
 * A case is what partners try. kn_case_go() says where a step leads and refuses the steps that are not there; kn_cash_judge() says what
 * its money comes to. Both are pure: who may do what, and keeping every step, is up to the caller. */
#ifndef KNOOP_CASES_H
#define KNOOP_CASES_H

#include "knoop/base.h"

/* ------------------------------------------------------------------ the funnel */
typedef enum kn_case_stage {
  KN_IDEA,
  KN_SEED,      /* P2: an opportunity, in talks between two */
  KN_POTENTIAL, /* P3: several parties build it together */
  KN_FEASIBLE,  /* P4: tested with the parties of the chain */
  KN_PILOT,
  KN_RUNNING,
  KN_CASE_STAGE_COUNT
} kn_case_stage;
typedef enum kn_case_status {
  KN_CASE_OPEN,
  KN_CASE_PARKED, /* waits, for a reason */
  KN_CASE_LOST,   /* ended, for a reason */
  KN_CASE_DONE,   /* runs by itself; its outcomes are told */
  KN_CASE_STATUS_COUNT
} kn_case_status;
typedef enum kn_case_step {
  KN_STEP_FORWARD, /* through the gate of its stage */
  KN_STEP_BACK,    /* one stage */
  KN_STEP_PARK,
  KN_STEP_LOSE,
  KN_STEP_RESUME,   /* a parked or lost case comes back at the stage it had */
  KN_STEP_COMPLETE, /* of what runs, with outcomes */
  KN_STEP_REOPEN,   /* of what was completed */
  KN_CASE_STEP_COUNT
} kn_case_step;
const char *kn_case_stage_name(kn_case_stage stage);    /* "idea" ... */
const char *kn_case_status_name(kn_case_status status); /* "open" ... */
const char *kn_case_step_name(kn_case_step step);       /* "forward" ... */
bool kn_case_stage_read(const char *name, kn_case_stage *out);
bool kn_case_status_read(const char *name, kn_case_status *out);
bool kn_case_step_read(const char *name, kn_case_step *out);

typedef struct kn_case_state {
  kn_case_stage stage;
  kn_case_status status;
} kn_case_state;
typedef struct kn_case_facts {
  bool is_gate_open; /* every criterion of the gate of its stage is met */
  bool is_override;  /* the coordinator opens it though it is not */
  bool has_reason;   /* a reason goes with the step */
  bool has_outcome;  /* at least one outcome is claimed */
} kn_case_facts;
/* Where a step leads. KN_E_CONFLICT: there is no such step from here, or the gate is shut; KN_E_INPUT: it needs a reason. *to is
 * written only with KN_OK. O(1). */
kn_code kn_case_go(kn_case_state from, kn_case_step step, kn_case_facts facts, kn_case_state *to, kn_error *err);
/* Is there such a step at all from here, whatever the facts? */
bool kn_case_has_step(kn_case_state from, kn_case_step step);

/* ------------------------------------------------------------------ its money
 * Lines of money, each an amount that comes every year from one year to another, put under each other.
 *   c_t = sum of eur_i over lines with from_i <= t <= to_i,   t = 0 .. n        (0 is now and is not discounted)
 *   NPV = sum_t c_t / (1 + r)^t
 * Payback: the first time the running sum of c_t comes up to 0 from below, along a straight line within the year; NAN if it never
 * does. Discounted payback: the same of c_t / (1 + r)^t. Equal yearly value: NPV r / (1 - (1 + r)^-n), NPV / n where r = 0.
 * source  Brealey, Myers & Allen, Principles of Corporate Finance (2020), ch. 5 */
typedef struct kn_cash_line {
  double eur; /* in is above 0, out below */
  int32_t from_yr, to_yr;
} kn_cash_line;
typedef struct kn_cash {
  double npv_eur, equal_yearly_eur; /* equal_yearly_eur NAN when n = 0 */
  double payback_yr, discounted_payback_yr;
  double invested_eur; /* what goes out in year 0 and does not come back in it, >= 0 */
  int32_t n;           /* last year with money */
} kn_cash;
enum { KN_CASH_YEARS_MOST = 200 };
/* flow [KN_CASH_YEARS_MOST + 1] or NULL: c_t for 0..n. KN_E_INPUT names the line that ends before it begins or lies outside 0..200, or
 * a rate not above -1. O(lines x years). */
kn_code kn_cash_judge(const kn_cash_line *line, int32_t count, double rate, double *flow, kn_cash *out, kn_error *err);

#endif
