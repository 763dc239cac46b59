/* Hub labels: what the two ways to make them share. */
#ifndef KNOOP_TRANSPORT_LABELS_H
#define KNOOP_TRANSPORT_LABELS_H

#include "transport/internal.h"

enum { KN_LAST_HUB = INT32_MAX };

struct kn_labels {
  kn_arena *keep;
  int64_t n;
  int64_t *start;     /* [2 * n + 1] label of node i in direction d: from start[2 i + d], then a last hub that ends it */
  int32_t *size;      /* [2 * n] entries of it before that */
  int32_t *hub;       /* rank, ascending */
  uint32_t *distance; /* beside it */
  int64_t hub_capacity, distance_capacity;
};

/* labels_down.c: all labels, with start and size there. False in *is_done: the nodes climb to so many more that searching is
 * better. */
kn_code kn_labels_descend(kn_labels *labels, const kn_ch *ch, const int32_t *node, int32_t thread_count, bool *is_done,
                          kn_error *err);

#endif
