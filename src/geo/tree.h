/* The weighted kd-tree.
 *
 * Points lie in kd order in leaves of eight. The tree above them has no pointers: a node that covers m leaves gives
 * its left child m / 2 of them, and the two children of a node stand side by side in one cache line. The pair of
 * the left child's children follows directly; that of the right child comes after all pairs of the left one.
 *
 *   pair p of a node with leaves [first, first + m)
 *     left   leaves [first, first + m / 2)        its pair: p + 1          (m / 2 - 1 pairs)
 *     right  leaves [first + m / 2, first + m)    its pair: p + m / 2
 *
 * Boxes and maxima are floats rounded outwards: a looser bound, never a wrong one. */
#ifndef KNOOP_GEO_TREE_H
#define KNOOP_GEO_TREE_H

#include "geo/internal.h"

enum { LEAF = 8 };

typedef struct side {
  float low[3], high[3];
  float most_a, most_b;
} side;
typedef struct pair {
  side side[2];
} pair;
typedef struct leaf {
  double x[LEAF], y[LEAF], z[LEAF];
} leaf;
typedef struct weights {
  double a[LEAF], b[LEAF];
} weights;

struct kn_tree {
  kn_metric metric;
  int32_t n, leaf_count;
  leaf *leaves;
  weights *weights;      /* [leaf_count]; zero until kn_tree_weigh() */
  pair *pairs;           /* [leaf_count - 1] */
  int32_t *order;        /* [n] position -> point */
  double most_a, most_b; /* of all points */
  bool is_weighed;
};

static inline float
rounded_up(double value)
{
  const float rounded = (float)value;
  return (double)rounded < value ? nextafterf(rounded, INFINITY) : rounded;
}

static inline float
rounded_down(double value)
{
  return -rounded_up(-value);
}

#endif
