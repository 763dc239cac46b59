/* knoop/cases.h - from ties to cases: whom to bring together.
 *
 * kn_sessions_compose() proposes sessions: groups of actors among whom most value can be reached, with attention to diversity,
 * to who is asked often or refused lately, and to what has been tried before. A bound tells how much better any choice could be
 * at most. Most callers need that, kn_sessions_rows() and kn_sessions_free().
 *
 * Below: the way a case goes from idea to running, and its money. kn_case_go() says where a step leads and refuses the steps that are
 * not there; kn_cash_judge() says what the money comes to. Who may do what, and keeping every step, is up to the caller. */
#ifndef KNOOP_CASES_H
#define KNOOP_CASES_H

#include "knoop/base.h"

/* What could be: matches, ties of a plan, seeds. Each needs all its members in one room. */
typedef struct kn_opportunities {
  int64_t n;
  const int64_t *member_start; /* [n + 1] */
  const int32_t *member;       /* actors; two or more different ones, or the row counts nothing */
  const double *value_eur;     /* [n] a year; finite. 0 or less counts nothing */
  const int32_t *class_id;     /* [n] of its resource, KN_NONE: not known; or NULL */
} kn_opportunities;

typedef enum kn_answer_kind { KN_INVITED, KN_REFUSED } kn_answer_kind;

typedef struct kn_guests {
  int32_t n;                   /* actors */
  const int32_t *sector_id;    /* [n] NACE division or the like, KN_NONE: not known */
  const int32_t *municipality; /* [n] KN_NONE: not known */
  const double *availability;  /* [n] 0 ... 1 chance that he comes if asked; NULL: 1 */
  /* Invitations and refusals, in any order. */
  int64_t answer_count;
  const int32_t *answer_actor;
  const uint8_t *answer_kind; /* kn_answer_kind; a refusal is an invitation as well, one row is enough */
  const double *answer_days;  /* days ago, >= 0 */
  /* Pairs that do not want to sit together: they never do. */
  int64_t refused_count;
  const int32_t *refused_a, *refused_b;
  /* Sessions held. */
  int64_t held_count;
  const int64_t *held_start; /* [held_count + 1] */
  const int32_t *held_member;
  const double *held_days; /* days ago */
} kn_guests;

typedef struct kn_compose_settings {
  int32_t session_count;             /* sessions at a time; no actor is in two of them */
  int32_t least_actors, most_actors; /* 2 <= least <= most */
  double half_life_days;             /* answers and sessions held count half after so long */
  double invited_penalty;            /* 0 ... 1: share of the chance that an invitation of today takes away */
  double refused_penalty;            /* the same for a refusal */
  double repeat_penalty;             /* share of an opportunity's value that a session with all of its members today takes away */
  double sector_weight;              /* share by which a session counts more if all its actors are of different sectors */
  double municipality_weight;        /* the same for municipalities */
  double newcomer_weight;            /* the same if nobody has been in a session */
  int32_t start_count;               /* greedy starts per session; more finds more */
  int32_t thread_count;              /* 0: one per core; the answer is the same */
} kn_compose_settings;
#define KN_COMPOSE_DEFAULTS                                                                                                      \
  ((kn_compose_settings){.session_count = 1,                                                                                     \
                         .least_actors = 4,                                                                                      \
                         .most_actors = 10,                                                                                      \
                         .half_life_days = 180,                                                                                  \
                         .invited_penalty = 0.1,                                                                                 \
                         .refused_penalty = 0.5,                                                                                 \
                         .repeat_penalty = 0.8,                                                                                  \
                         .sector_weight = 0.2,                                                                                   \
                         .municipality_weight = 0.1,                                                                             \
                         .newcomer_weight = 0.1,                                                                                 \
                         .start_count = 48})

typedef struct kn_sessions kn_sessions;

/* One row per session, the one with most score first. Valid until kn_sessions_free(). */
typedef struct kn_session_view {
  int32_t n;                  /* sessions; fewer than asked where nothing more is to be gained */
  const int32_t *actor_start; /* [n + 1] */
  const int32_t *actor;       /* within a session: who brings most first */
  const double *brings_eur;   /* [actors] what the session expects less without him */
  const double *chance;       /* [actors] that he comes, as reckoned */
  const int64_t *why_start;   /* [actors + 1] the opportunities that bring him, ... */
  const int64_t *why;         /* ... largest expected value first */
  const double *value_eur;    /* [n] of all opportunities inside, if all come and all succeed */
  const double *expected_eur; /* [n] the same times the chances that all members come, less what was tried lately */
  const double *score;        /* [n] what was maximised: expected_eur x (1 + weights x diversity) */
  const int64_t *tie_start;   /* [n + 1] opportunities inside */
  const int64_t *tie;
  const double *sector_hill;       /* [n] effective number of sectors (Hill number of order 1) ... */
  const double *sector_entropy;    /* [n] ... and its logarithm, the Shannon entropy */
  const double *municipality_hill; /* [n] */
  const double *class_hill;        /* [n] of resource classes, by expected value; 0: none known */
  const int32_t *sector_count, *municipality_count, *class_count, *newcomer_count; /* [n] */
  double total_eur;                                                                /* sum of expected_eur */
  double bound_eur; /* no choice of sessions whatever expects more */
  double gap;       /* (bound - total) / bound; 0: proven best in expected value */
} kn_session_view;

/* Everybody who brings something is considered; each opportunity counts in one session only, as sessions share nobody.
 *
 * errors  KN_E_INPUT  an actor, value, chance or day out of range (the row is named); settings
 * cost    per session start_count x steps x (most_actors x neighbours); the bound some hundred passes over the opportunities.
 *         Deterministic, whatever the number of threads.
 * source  the densest-k-subgraph problem: Feige, Peleg & Kortsarz (2001), Algorithmica 29; as a quadratic knapsack with such a
 *         bound: Caprara, Pisinger & Toth (1999), Exact solution of the quadratic knapsack problem, INFORMS J. on Computing 11(2);
 *         diversity: Hill (1973), Diversity and evenness, Ecology 54(2); Jost (2006), Entropy and diversity, Oikos 113(2) */
kn_code kn_sessions_compose(kn_sessions **out, const kn_guests *guests, const kn_opportunities *opportunities,
                            const kn_compose_settings *settings, const kn_watch *watch, kn_error *err);
kn_session_view kn_sessions_rows(const kn_sessions *sessions);
void kn_sessions_free(kn_sessions *sessions); /* NULL is fine */

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
