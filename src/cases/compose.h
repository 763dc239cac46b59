/* What the files of the composer share: actors and what could be among them, with the penalties worked in. */
#ifndef KNOOP_CASES_COMPOSE_H
#define KNOOP_CASES_COMPOSE_H

#include "knoop/cases.h"

/* An opportunity as a set of actors with what it may be expected to bring; those of the same actors are one. */
typedef struct circle {
  const kn_compose_settings *settings;
  int32_t actors;
  int64_t sets;
  int64_t *start;    /* [sets + 1] */
  int32_t *member;   /* rising within a set */
  double *expected;  /* [sets] above 0 */
  int64_t *of_start; /* [actors + 1] the sets of an actor */
  int64_t *of;
  int64_t *refused_start; /* [actors + 1] whom an actor does not meet */
  int32_t *refused;
  double *chance;        /* [actors] */
  uint8_t *is_newcomer;  /* [actors] */
  int32_t *sector;       /* [actors] dense; whose is not known has one of his own kind together with all such */
  int32_t *municipality; /* [actors] */
  int32_t sectors, municipalities;
} circle;

/* A group of at most most_actors. */
typedef struct group {
  int32_t n;
  int32_t *actor;
  double expected, score;
} group;

bool circle_refuses(const circle *c, int32_t a, int32_t b);
/* What g scores when it is expected to bring so much. */
double group_score(const circle *c, const int32_t *actor, int32_t n, double expected);
/* What a group is expected to bring. is_in: [actors] zeroes, left so. */
double circle_expected(const circle *c, const int32_t *actor, int32_t n, uint8_t *is_in);

/* groups [settings->session_count], each with room for most_actors; those with nothing to gain stay empty. `hint`: a group to
 * start from besides, or NULL. */
kn_code search_groups(const circle *c, group *groups, const group *hint, kn_arena *scratch, const kn_watch *watch, kn_error *err);

/* The most that all sessions together can expect. best: a group that was found underway to be the best single one, if the bound of
 * one session is exact (n 0: none). */
kn_code bound_groups(const circle *c, double *bound, group *best, kn_arena *scratch, const kn_watch *watch, kn_error *err);

struct kn_sessions {
  kn_arena *keep;
  kn_session_view view;
};

/* groups -> s->view. expected: [opportunities]. Groups are put in order, and those who bring most first in each. */
kn_code tell_sessions(kn_sessions *s, const circle *c, const kn_opportunities *o, const double *expected, group *groups,
                      double bound, kn_arena *scratch, kn_error *err);

#endif
