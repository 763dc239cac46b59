/* Projected conjugate gradients for Newton's step on balances with products. */
#include "metabolism/balance_newton.h"

#include <string.h>

enum { ITERATIONS_MOST = 60 };
#define NEARER 1e-4 /* the residual, in the norm of the projection, by which the step is good enough */

typedef struct descent {
  const balance_newton *n;
  double *full, *bent; /* [system n] a change of all variables, and the products' part of the curvature times it */
} descent;

/* Changes of the measured [measured] -> of all variables. */
static void
spread_change(const descent *d, const double *change)
{
  const balance_reduced *r = d->n->reduced;
  memset(d->full, 0, (size_t)r->n * sizeof *d->full);
  for (int64_t c = 0; c < r->measured_count; c++)
    d->full[r->measured[c]] = change[c];
  balance_follow_change(r, d->full);
}

/* out [measured]: the curvature of the products times what lies in d->full, for the measured and what follows from them. */
static void
bend(const descent *d, double *out)
{
  const balance_system *in = d->n->system;
  const balance_reduced *r = d->n->reduced;
  memset(d->bent, 0, (size_t)r->n * sizeof *d->bent);
  for (int64_t p = 0; p < in->products; p++) {
    d->bent[in->left[p]] -= d->n->lambda[p] * d->full[in->right[p]];
    d->bent[in->right[p]] -= d->n->lambda[p] * d->full[in->left[p]];
  }
  balance_gather_change(r, d->bent);
  for (int64_t c = 0; c < r->measured_count; c++)
    out[c] = d->bent[r->measured[c]];
}

static double
product(const double *a, const double *b, int64_t n)
{
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* change [measured] with G change = 0 to the minimum of 1/2 change' H change + residual' change; residual is lost. */
static kn_code
descend(const descent *d, double *residual, double *change, kn_arena *scratch, kn_error *err)
{
  const balance_reduced *r = d->n->reduced;
  const int64_t n = r->measured_count;
  double *z, *p, *hp;
  KN_NEW(z, scratch, n, err);
  KN_NEW(p, scratch, n, err);
  KN_NEW(hp, scratch, n, err);
  KN_TRY(kn_gls_project(d->n->gls, residual, z, err));
  double size = product(residual, z, n);
  const double first = size;
  for (int64_t c = 0; c < n; c++)
    p[c] = -z[c];
  for (int i = 0; i < ITERATIONS_MOST && size > NEARER * NEARER * first; i++) {
    spread_change(d, p);
    bend(d, hp);
    double plain = 0;
    for (int64_t c = 0; c < n; c++) {
      const double sd = d->n->system->sd[r->measured[c]], own = p[c] / (sd * sd);
      plain += own * p[c];
      hp[c] += own;
    }
    const double curved = product(p, hp, n);
    if (!(curved > 1e-8 * plain)) /* not a minimum in this direction: what is there so far will do */
      return KN_OK;
    const double share = size / curved;
    for (int64_t c = 0; c < n; c++) {
      change[c] += share * p[c];
      residual[c] += share * hp[c];
    }
    KN_TRY(kn_gls_project(d->n->gls, residual, z, err));
    const double next = product(residual, z, n);
    for (int64_t c = 0; c < n; c++)
      p[c] = next / size * p[c] - z[c];
    size = next;
  }
  return KN_OK;
}

kn_code
balance_correct(const balance_newton *newton, const double *to, double *nearer, kn_arena *scratch, kn_error *err)
{
  const int64_t n = newton->system->n;
  double *residual, *change;
  descent d = {.n = newton};
  KN_NEW(d.full, scratch, n, err);
  KN_NEW(d.bent, scratch, n, err);
  KN_NEW(residual, scratch, newton->reduced->measured_count, err);
  KN_NEW(change, scratch, newton->reduced->measured_count, err);
  for (int64_t j = 0; j < n; j++)
    d.full[j] = to[j] - newton->x[j];
  bend(&d, residual);
  KN_TRY(descend(&d, residual, change, scratch, err));
  spread_change(&d, change);
  for (int64_t j = 0; j < n; j++)
    nearer[j] = to[j] + d.full[j];
  return KN_OK;
}
