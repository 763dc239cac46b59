/* src/plan/network_walk.h - what pivots share: the ways up the tree, the pair that enters, and the range of nodes that one
 * thread improves. */
#ifndef KN_PLAN_NETWORK_WALK_H
#define KN_PLAN_NETWORK_WALK_H

#include "plan/network.h"

typedef struct network_way {
  int32_t *node;
  double *sum; /* of the costs of the arcs before, with alternating signs */
  int64_t capacity, sum_capacity;
  int32_t length; /* arcs to the join */
} network_way;

typedef struct network_offer {
  double reduced, worth;
  int32_t node, other; /* other: the ground, or a node of the other kind */
} network_offer;

/* A range of nodes that one thread improves: only arcs of these nodes change; what lies outside stands still. */
typedef struct network_cell {
  network *net;
  int32_t low, high;
  double tolerance;
  uint32_t clock, scan;
  network_way side[2]; /* [0] from the supply, [1] from the demand */
  int64_t pivots, walks;
  kn_code code;
} network_cell;

/* What a pivot did to the tree: the arc from `child` to `parent` left it, and what hung on it now hangs on `entering`. */
typedef struct network_pivoted {
  int32_t child, parent, entering;
} network_pivoted;

static inline bool
network_is_inside(const network_cell *c, int32_t node)
{
  return (uint32_t)(node - c->low) < (uint32_t)(c->high - c->low);
}

static inline void
network_wake(network *net, int32_t node)
{
  net->awake[node / NETWORK_BLOCK] |= (uint64_t)1 << (node % NETWORK_BLOCK);
}

network_cell network_cell_of(network *net, int32_t low, int32_t high, double tolerance);
bool network_cell_open(network_cell *c); /* room for its ways; false: none, and c->code says so */
void network_cell_close(network_cell *c);
void network_cell_count(const network_cell *c); /* adds what it counted to its network */
bool network_make_room(network_cell *c, network_way *w, int64_t need);
/* Marks are compared with the clock of their cell; before it runs out all start again. */
void network_mind_clock(network_cell *c);
/* Walks up from both ends in turn until the ways join. False when the cycle leaves the cell. *reduced is exact. */
bool network_find_join(network_cell *c, const network_offer *o, double *reduced);
/* The arc of `o` enters the tree on the cycle that network_find_join() left in the two ways. */
network_pivoted network_pivot(network_cell *c, const network_offer *o);

/* The last cell, which is the whole market (network_whole.c): pivots with the candidates at hand until none pays. */
kn_code network_improve_whole(network *net, double tolerance, kn_error *err);

#endif
