/* What a spanning tree of the network engine says: potentials, value, and what must hold of it. */
#include <stdlib.h>
#include <string.h>

#include "plan/network.h"

enum { SMALL = 20000 }; /* with fewer nodes threads do not pay */

/* What every tree must be, asked after each phase of a build with assertions: all hang on the ground, what a node has goes up or
 * was taken by its children, no flow is negative, an arc without flow is that of a supply, and potentials make every arc of
 * the tree worth what its ends are. */
void
network_check(const network *net)
{
#ifndef NDEBUG
  const double small = 1e-9 * net->worth_scale;
  int64_t *rest = malloc(((size_t)net->n + 1) * sizeof *rest);
  if (rest == NULL)
    return;
  memcpy(rest, net->quantity, (size_t)net->n * sizeof *rest);
  for (int32_t i = 0; i < net->n; i++) {
    const int32_t parent = net->node[i].parent;
    assert(parent >= 0 && parent <= net->n && parent != i);
    assert(parent == net->n || net->is_supply[parent] != net->is_supply[i]);
    assert(net->flow[i] >= 0);
    assert(net->flow[i] > 0 || net->is_supply[i] || net->quantity[i] == 0);
    assert(fabs(net->dual[i] + (parent == net->n ? 0 : net->dual[parent]) - net->node[i].cost) <=
           small + 1e-12 * fabs(net->node[i].cost));
    rest[i] -= net->flow[i];
    if (parent != net->n)
      rest[parent] -= net->flow[i];
  }
  for (int32_t i = 0; i < net->n; i++)
    assert(rest[i] == 0);
  free(rest);
#else
  (void)net;
#endif
}

/* Every node on the ground: the plan in which nothing flows, which is a feasible start. */
void
network_ground(network *net)
{
  for (int32_t i = 0; i < net->n; i++) {
    net->node[i] = (network_node){.parent = net->n, .cost = net->box[i]};
    net->flow[i] = net->quantity[i];
  }
  net->clock = net->scan = 0;
}

typedef struct dual_work {
  network *net;
  double **potential; /* [workers][n + 1] what a worker knows; NAN: not yet */
  int32_t **path;     /* [workers][n] */
} dual_work;

/* Up to the first node that is known, then back down. Each worker keeps what it found to itself. */
static void
find_duals(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const dual_work *work = arg;
  network *net = work->net;
  double *potential = work->potential[worker];
  int32_t *path = work->path[worker];
  for (int64_t i = first; i < last; i++) {
    int32_t at = (int32_t)i, length = 0;
    while (isnan(potential[at])) {
      path[length++] = at;
      at = net->node[at].parent;
    }
    double value = potential[at];
    while (length > 0) {
      at = path[--length];
      value = net->node[at].cost - value;
      potential[at] = value;
    }
    net->dual[i] = potential[i];
  }
}

/* Potentials of the whole tree into net->dual. O(n), shared by the threads; each value is a sum along one way, so it does not
 * depend on who found it. */
kn_code
network_duals(network *net, kn_error *err)
{
  const int32_t workers = net->n < SMALL ? 1 : net->thread_count;
  const int64_t n = net->n;
  kn_arena *scratch = kn_arena_new();
  kn_code code = kn_arena_reserve(scratch, (size_t)workers * ((size_t)(n + 1) * 12 + 64) + 64, err);
  if (code == KN_OK) {
    dual_work work = {net, kn_arena_take(scratch, (size_t)workers, sizeof *work.potential),
                      kn_arena_take(scratch, (size_t)workers, sizeof *work.path)};
    for (int32_t w = 0; w < workers; w++) {
      work.potential[w] = kn_arena_take(scratch, (size_t)n + 1, sizeof **work.potential);
      work.path[w] = kn_arena_take(scratch, (size_t)n + 1, sizeof **work.path);
      for (int64_t i = 0; i < n; i++)
        work.potential[w][i] = NAN;
      work.potential[w][n] = 0;
    }
    code = kn_team_run(net->team, n, (n + workers) / workers, find_duals, &work, err);
  }
  kn_arena_free(scratch);
  return code;
}

/* What the flows of the tree are worth; the ground pays nothing. */
double
network_value(const network *net)
{
  double value = 0;
  for (int32_t i = 0; i < net->n; i++)
    if (net->node[i].parent != net->n)
      value += (double)net->flow[i] * net->node[i].cost;
  return value;
}
