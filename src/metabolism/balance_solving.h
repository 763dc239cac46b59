/* A least squares problem while it is being solved: what its solution and the one not below 0 share. */
#ifndef KN_METABOLISM_BALANCE_SOLVING_H
#define KN_METABOLISM_BALANCE_SOLVING_H

#include "metabolism/balance_solve.h"

#define SETTLED 1e-13

typedef struct solving {
  const balance_system *system;
  uint8_t *kind;      /* [n] balance_kind; what is held at 0 is fixed */
  double *x;          /* [n] */
  double *lambda;     /* [rows + products] */
  double *weight;     /* [products] of the merit function */
  double *best;       /* [n] the best point so far, */
  int32_t worse;      /* since so many steps, */
  int32_t plain_left; /* and how many are to be plain ones */
  balance_rows rows;  /* as linearised */
  balance_reduced reduced;
  double *m, *reconciled, *moved; /* [measured] */
  double chi2;
  int32_t rounds;
  double settled;  /* a point that moves by no more stays */
  bool with_forms; /* the factor is to answer for the unmeasured as well */
  /* Of one linearisation: */
  kn_arena *scratch;
  kn_gls *gls;
  kn_csc forms;
  int32_t *of_form; /* [forms] variable */
} solving;

kn_code balance_new_solving(solving *s, const balance_system *system, kn_arena *keep, kn_error *err);
/* The rows linearised at x, and what is left of them among the measured. */
kn_code balance_reduce_at(solving *s, bool with_products, kn_error *err);
/* Which of the unmeasured follow, in that linearisation. */
kn_code balance_observe_at(solving *s, kn_error *err);
/* From s->x to a point that stays; to, trial [n] are room. On return the linearisation at that point stands in s. */
kn_code balance_settle(solving *s, double *to, double *trial, const kn_watch *watch, kn_error *err);
/* Lets go of the linearisation. */
void balance_forget(solving *s);

#endif
