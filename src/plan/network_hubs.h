/* src/plan/network_hubs.h - the best nodes at each hub, for markets whose carrying costs are told by hubs (exchange.h). */
#ifndef KN_PLAN_NETWORK_HUBS_H
#define KN_PLAN_NETWORK_HUBS_H

#include "plan/network.h"

/* A node at a hub. */
typedef struct network_item_at_hub {
  double value; /* its weight less what carrying costs between it and the hub */
  int32_t node;
} network_item_at_hub;

typedef struct network_hub {
  int32_t first;
  int16_t most, count;
  bool is_cut; /* more nodes have this hub than it has room for: what is not here is worth no more than the last */
} network_hub;

/* The nodes of a tree by the hubs of one channel. */
typedef struct network_list {
  int32_t tree, kind, channel;
  bool is_exact;
  int32_t slot_count;
  uint32_t mask;    /* of the hash; 0: a slot for each hub */
  int32_t *name;    /* [slots] hub in a slot of the hash; KN_NONE: free */
  network_hub *hub; /* [slots] */
  double *best;     /* [slots] the first value; -INFINITY: none */
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

/* Bits of network.met. */
enum { NETWORK_LAST_CHANNEL = 30 }; /* and those beyond */
static const uint32_t NETWORK_STRAY = UINT32_C(1) << 31;

static inline uint32_t
network_met(const network *net, int32_t kind, bool is_demand, int32_t outer)
{
  return net->met[is_demand][(int64_t)outer * net->exchange->hubs->kind_count + kind];
}

static inline bool
network_meets(uint32_t met, int32_t channel)
{
  return met >> (channel < NETWORK_LAST_CHANNEL ? channel : NETWORK_LAST_CHANNEL) & 1;
}

/* The slot of a hub in a list, or the free one where it would be. */
static inline int32_t
network_list_find(const network_list *list, int32_t hub)
{
  if (list->mask == 0)
    return hub;
  uint32_t at = ((uint32_t)hub * 2654435761u >> 7) & list->mask;
  while (list->name[at] != KN_NONE && list->name[at] != hub)
    at = (at + 1) & list->mask;
  return (int32_t)at;
}

static inline double
network_hub_cost(const kn_fare_hubs *hubs, int32_t k)
{
  return hubs->fixed + hubs->rate * (hubs->units != NULL ? (double)hubs->units[k] : hubs->cost[k]);
}

#endif
