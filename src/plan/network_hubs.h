/* src/plan/network_hubs.h - the best nodes at each hub, for markets whose carrying costs are told by hubs (exchange.h). */
#ifndef KN_PLAN_NETWORK_HUBS_H
#define KN_PLAN_NETWORK_HUBS_H

#include "plan/network.h"

/* A node at a hub: its weight less what carrying costs between it and the hub. */
typedef struct network_item_at_hub {
  double value, cost;
  int32_t node;
} network_item_at_hub;

typedef struct network_hub {
  double best; /* the first value; -INFINITY: none */
  int32_t first, most, count;
  bool is_cut; /* more nodes have this hub than it has room for: what is not here is worth no more than the last */
} network_hub;

/* The nodes of a tree by the hubs of one channel. */
typedef struct network_list {
  int32_t tree, kind, channel;
  bool is_exact;
  int32_t slot_count;
  int32_t *slot_of; /* by hub, or by the hash of a hub: its place among those in use; KN_NONE */
  uint32_t mask;    /* of the hash; 0: by hub */
  int32_t *name;    /* [slots] hub */
  network_hub *hub; /* [slots] */
  double *worst;    /* [slots] the last value of a hub that is full; -INFINITY: it has room */
  network_item_at_hub *item;
} network_list;

struct network_hubs {
  int32_t kind_count, list_count;
  int32_t *first;      /* [trees * kinds] first of the lists of a tree, one for each channel of the kind; KN_NONE: it has none */
  int32_t *stray_tree; /* [trees * kinds] those of its nodes that channels do not tell all of, a tree in `stray`; KN_NONE */
  network_list *list;
  int32_t stray_count;
  network_tree *stray;
  bool is_weighed; /* the lists are those of the weights that the trees have */
};

/* The slot of a hub in a list; KN_NONE: none of its nodes has that hub. */
static inline int32_t
network_list_find(const network_list *list, int32_t hub)
{
  if (list->mask == 0)
    return list->slot_of[hub];
  uint32_t at = ((uint32_t)hub * 2654435761u >> 7) & list->mask;
  while (list->slot_of[at] != KN_NONE && list->name[list->slot_of[at]] != hub)
    at = (at + 1) & list->mask;
  return list->slot_of[at];
}

static inline double
network_hub_cost(const kn_fare_hubs *hubs, int32_t k)
{
  return hubs->fixed + hubs->rate * (hubs->units != NULL ? (double)hubs->units[k] : hubs->cost[k]);
}

#endif
