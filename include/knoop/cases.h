/* knoop/cases.h - from ties to cases: whom to bring together.
 *
 * kn_sessions_compose() proposes sessions: groups of actors among whom most value can be reached, with attention to diversity,
 * to who is asked often or refused lately, and to what has been tried before. A bound tells how much better any choice could be
 * at most. Most callers need that, kn_sessions_rows() and kn_sessions_free(). */
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

#endif
