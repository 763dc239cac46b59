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

/* A step that raises a score by no more than this, relative, is rounding. */
#define LEAST_GAIN 1e-9

/* A group while it is made. */
typedef struct builder {
  const circle *c;
  const uint8_t *is_free; /* [actors] may be taken */
  uint8_t *is_in;         /* [actors] */
  int32_t *inside;        /* [sets] members who are in */
  double *gain;           /* [actors] what he would bring, or brings if he is in */
  int32_t *refusers;      /* [actors] who are in and refuse him */
  int32_t *near;          /* actors with sets that somebody in has, as met; refreshed at the end */
  uint8_t *is_near;
  int32_t near_count;
  double *shared; /* [actors] zeroes between uses */
  int32_t *actor; /* [most_actors + 1] */
  int32_t n, most;
  double expected;
  int32_t *sectors, *municipalities;  /* counts in the group */
  double x_sectors, x_municipalities; /* sum of count x log count */
  int32_t newcomers;
} builder;

kn_code builder_new(builder *b, const circle *c, const uint8_t *is_free, kn_arena *scratch, kn_error *err);
/* Free, and refused by nobody but `out` (KN_NONE: nobody at all). */
bool builder_may_enter(const builder *b, int32_t i, int32_t out);
void builder_enter(builder *b, int32_t i);
/* Adds who brings most; false: fewer than least_actors may be brought together. */
bool builder_fill(builder *b);
/* Local search. */
void builder_climb(builder *b);
void builder_clear(builder *b);

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
