/* What is needed only while a hierarchy is built: the network that shrinks, and the search for ways around a node. */
#ifndef KNOOP_TRANSPORT_BUILD_H
#define KNOOP_TRANSPORT_BUILD_H

#include "transport/internal.h"

/* ------------------------------------------------------------------ the network that shrinks (ch_graph.c)
 * Every node has a list of edges that leave it (KN_FROM) and one of those that enter (KN_TO), at most one edge per pair and
 * direction, no loops, the light ones first. A contracted node stands in no list any more, and its own lists stay as they were:
 * they are its arcs upwards. */
typedef struct edge {
  int32_t node;
  uint32_t weight;
  int32_t via;  /* an arc of the graph, or -1 - the node in the middle */
  int32_t hops; /* arcs of the graph that it stands for */
} edge;

typedef struct list {
  int64_t start;       /* in the pool */
  int32_t count, size; /* size: log2 of its room */
} list;

enum { LIST_SIZES = 31 };

typedef struct network {
  kn_arena *keep;
  int32_t node_count;
  bool is_symmetric;        /* each edge has its like in the other direction, and keeps it */
  int32_t *number, *origin; /* [node_count] the caller's node -> ours, and back */
  list *lists;              /* [2 * node_count] */
  edge *pool;
  int64_t used, capacity;
  int64_t free_list[LIST_SIZES]; /* stretches that were outgrown, by size; -1: none. The next one is in their first edge */
} network;

static inline list *
net_list(const network *net, int32_t node, int direction)
{
  return &net->lists[2 * (size_t)node + (size_t)direction];
}

static inline edge *
net_edges(const network *net, const list *of)
{
  return net->pool + of->start;
}

kn_code net_new(network *net, const kn_graph *graph, const uint32_t *weight, kn_error *err);
void net_free(network *net);
/* Adds an edge to a list, or makes the one that is there lighter. */
kn_code net_put(network *net, int32_t node, int direction, edge fresh, kn_error *err);
void net_drop(network *net, int32_t node, int direction, int32_t other);

/* ------------------------------------------------------------------ contracting a node (ch_contract.c) */
typedef struct shortcut {
  int32_t tail, head;
  uint32_t weight;
  int32_t middle, hops;
} shortcut;

/* Workspace of one thread. */
typedef struct contractor {
  const network *net;
  queue waiting; /* of a spot: from is 1 for a target, arc the bits of the weight from the middle to that target */
  int32_t *reached;
  uint32_t *lightest_in; /* of targets */
  int32_t reached_count;
  int32_t settled_most;
  shortcut *shortcuts;
  int64_t shortcut_count, shortcut_capacity;
  kn_code code;
  kn_error err;
} contractor;

/* What contracting a node would do to the network. */
typedef struct effect {
  int64_t added, removed; /* edges */
  int64_t added_hops;     /* arcs that the added ones stand for */
} effect;

kn_code contractor_new(contractor *c, kn_arena *arena, const network *net, int32_t settled_most, kn_error *err);
void contractor_free(contractor *c);
/* The effect of contracting `node` now. */
effect contract_try(contractor *c, int32_t node);
/* Appends the shortcuts that contracting `node` makes. Nodes of this round with a lower key are contracted before it, so no
 * way around may lead through them. KN_E_LIMIT also in c->code. */
void contract(contractor *c, int32_t node, const uint64_t *key, const uint8_t *is_chosen);

#endif
