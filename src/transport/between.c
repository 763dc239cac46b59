/* The best ways from terminals to terminals, from the legs between them. Rows of points are put together from these, in place of
 * leg after leg for each point. */
#include <string.h>

#include "transport/access.h"

/* Without a branch, so that several go at once. */
void
kn_between_take(int32_t n, double start, double legs, const double *restrict on, const double *restrict on_legs,
                double *restrict to, double *restrict to_legs)
{
  for (int32_t u = 0; u < n; u++) {
    const double cost = start + on[u], count = legs + on_legs[u];
    const bool is_better = (cost < to[u] * (1 - 1e-12)) | ((cost <= to[u] * (1 + 1e-12)) & (count < to_legs[u]));
    to_legs[u] = is_better ? count : to_legs[u];
    to[u] = cost < to[u] ? cost : to[u];
  }
}

static void
link_directly(int32_t n, const double *link, const double *transfer, kn_between *to)
{
  for (int32_t t = 0; t < n; t++)
    for (int32_t u = 0; u < n; u++) {
      to->cost[(int64_t)t * n + u] = t == u ? 0 : link[(int64_t)t * n + u] + transfer[u];
      to->legs[(int64_t)t * n + u] = t != u;
    }
}

/* Rows of `to` take what goes to terminal k as a row of `from` and on as row k of `on`. */
static void
join_at(int32_t n, int32_t k, const kn_between *from, const kn_between *on, kn_between *to)
{
  for (int32_t t = 0; t < n; t++)
    if (t != k && isfinite(from->cost[(int64_t)t * n + k]))
      kn_between_take(n, from->cost[(int64_t)t * n + k], from->legs[(int64_t)t * n + k], on->cost + (int64_t)k * n,
                      on->legs + (int64_t)k * n, to->cost + (int64_t)t * n, to->legs + (int64_t)t * n);
}

/* Ways by any number of legs (Floyd 1962; Warshall 1962); false: some take more than a chain may have. */
static bool
link_freely(int32_t n, kn_between *all)
{
  double most = 0;
  for (int32_t k = 0; k < n; k++)
    join_at(n, k, all, all, all);
  for (int64_t k = 0; k < (int64_t)n * n; k++)
    most = all->legs[k] > most ? all->legs[k] : most;
  return most <= KN_LEGS_BETWEEN;
}

/* Ways as in `a` and then as in `b`, or in one of them alone. */
static void
join(int32_t n, const kn_between *a, const kn_between *b, kn_between *to)
{
  memcpy(to->cost, a->cost, (size_t)n * (size_t)n * sizeof *to->cost);
  memcpy(to->legs, a->legs, (size_t)n * (size_t)n * sizeof *to->legs);
  for (int32_t t = 0; t < n; t++)
    kn_between_take(n, 0, 0, b->cost + (int64_t)t * n, b->legs + (int64_t)t * n, to->cost + (int64_t)t * n,
                    to->legs + (int64_t)t * n);
  for (int32_t k = 0; k < n; k++)
    join_at(n, k, a, b, to);
}

kn_code
kn_between_fill(kn_between *all, int32_t n, const double *link, const double *transfer, kn_arena *scratch, kn_error *err)
{
  kn_between one, two, four, *each[] = {all, &one, &two, &four};
  static_assert(KN_LEGS_BETWEEN == 6, "six legs are four and two");
  for (int k = 0; k < 4; k++) {
    KN_NEW(each[k]->cost, scratch, (int64_t)n * n, err);
    KN_NEW(each[k]->legs, scratch, (int64_t)n * n, err);
  }
  link_directly(n, link, transfer, all);
  all->is_free = link_freely(n, all);
  if (all->is_free)
    return KN_OK;
  link_directly(n, link, transfer, &one);
  join(n, &one, &one, &two);
  join(n, &two, &two, &four);
  join(n, &four, &two, all);
  return KN_OK;
}
