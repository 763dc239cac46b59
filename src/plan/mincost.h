/* src/plan/mincost.h - the cheapest flow on a graph without capacities.
 *
 * A primal network simplex with strongly feasible trees (Cunningham 1976) and block search (Grigoriadis 1986; as in Király and
 * Kovács 2012, Efficient implementations of minimum-cost flow algorithms, Acta Universitatis Sapientiae, Informatica 4(1)). */
#ifndef KN_PLAN_MINCOST_H
#define KN_PLAN_MINCOST_H

#include "knoop/base.h"

/* Arcs go from tail to head and take any amount; loops are left out. All arrays are lent until the call returns. */
typedef struct kn_mincost {
  int32_t node_count;
  int64_t arc_count;
  const int32_t *tail, *head; /* [arc_count] */
  const double *cost;         /* [arc_count] finite; no cycle of negative cost */
  const int64_t *supply;      /* [node_count] what enters (> 0) or leaves (< 0); adds up to 0 */
} kn_mincost;

typedef struct kn_mincost_flow {
  int64_t *flow; /* [arc_count] >= 0; the arcs with flow are a forest */
  double *
      potential; /* [node_count] cost + potential[tail] - potential[head] >= 0 to some 2^-40 of the largest, = 0 where there is flow */
  int64_t pivots;
  bool is_stopped; /* the watch stopped it: flows are feasible, potentials of no use */
} kn_mincost_flow;

/* Arrays of *out are in `keep`. Costs are rounded to whole numbers, as fine as 62 bits allow for the sum along any path.
 * errors  KN_E_INPUT  a supply has no way to where something leaves
 *         KN_E_LIMIT       out of memory, or 2^30 nodes
 * cost    expected about n^1.5; 90 bytes a node and 36 an arc */
kn_code kn_mincost_solve(kn_mincost_flow *out, const kn_mincost *problem, const kn_watch *watch, kn_arena *keep, kn_error *err);

#endif
