/* A step with the curvature of the products. */
#ifndef KN_METABOLISM_BALANCE_NEWTON_H
#define KN_METABOLISM_BALANCE_NEWTON_H

#include "metabolism/balance_solve.h"

/* A linearisation at x: what is left of it among the measured, its factor, and the multipliers of the products. */
typedef struct balance_newton {
  const balance_system *system;
  const uint8_t *kind; /* [n] balance_kind */
  const balance_reduced *reduced;
  const kn_gls *gls;
  const double *x;      /* [n] */
  const double *lambda; /* [products] */
} balance_newton;

/* The linearised rows know nothing of how products bend: f + lambda (x_c - x_a x_b) has -lambda between a and b, which the plain step
 * `to` [n] leaves out, so that steps come nearer by a constant factor only, which may be near 1. nearer [n]: the plain step moved
 * along the linearised rows to the minimum of the quadratic model with that curvature, as far as conjugate gradients find it positive.
 * The factor of the plain step is the preconditioner: an iteration costs one solve.
 * source  Nocedal & Wright (2006), Numerical optimization, 18.1; Gould, Hribar & Nocedal (2001), On the solution of equality
 *         constrained quadratic programming problems arising in optimization, SIAM J. Sci. Comput. 23(4), algorithm 2.1 */
kn_code balance_correct(const balance_newton *newton, const double *to, double *nearer, kn_arena *scratch, kn_error *err);

#endif
