/* The start of the network engine: a coarser market first, whose prices are then handed down. */
#include "plan/network.h"

#include <string.h>

enum { MERGE = 8 };

static kn_code
take_draft(network_draft *draft, int64_t most, kn_arena *scratch, kn_error *err)
{
  KN_NEW(draft->outer, scratch, most, err);
  KN_NEW(draft->tree_of, scratch, most, err);
  KN_NEW(draft->is_supply, scratch, most, err);
  KN_NEW(draft->point, scratch, most, err);
  KN_NEW(draft->worth, scratch, most, err);
  KN_NEW(draft->quantity, scratch, most, err);
  return KN_OK;
}

/* One node for `count` of one tree: all their quantity, their mean place and worth. */
static void
merge(const network *net, network_draft *draft, const int32_t *node, int32_t count)
{
  double x = 0, y = 0, z = 0, worth = 0, total = 0;
  int32_t largest = node[0];
  int64_t quantity = 0;
  for (int32_t k = 0; k < count; k++) {
    const double weight = (double)net->quantity[node[k]];
    const kn_point at = net->point[node[k]];
    x += weight * at.x;
    y += weight * at.y;
    z += weight * at.z;
    worth += weight * net->worth[node[k]];
    total += weight;
    quantity += net->quantity[node[k]];
    if (net->quantity[node[k]] > net->quantity[largest])
      largest = node[k];
  }
  kn_point mean = {x / total, y / total, z / total};
  if (net->exchange->metric == KN_SPHERE) {
    const double length = sqrt(mean.x * mean.x + mean.y * mean.y + mean.z * mean.z);
    mean = length > 1e-6 ? (kn_point){mean.x / length, mean.y / length, mean.z / length} : net->point[largest];
  }
  const int32_t i = draft->n++;
  draft->outer[i] = net->outer[largest];
  draft->tree_of[i] = net->tree_of[largest];
  draft->is_supply[i] = net->is_supply[largest];
  draft->point[i] = mean;
  draft->worth[i] = worth / total;
  draft->quantity[i] = quantity;
}

/* A market with one node for every eight of a tree. */
kn_code
network_coarsen(network *coarse, kn_arena *keep, const network *net, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  network_draft draft = {0};
  const int32_t trees = net->supply_tree_count + net->demand_tree_count;
  kn_code code = take_draft(&draft, net->n / MERGE + trees, scratch, err);
  for (int32_t t = 0; t < trees && code == KN_OK; t++) {
    int32_t waiting[MERGE], count = 0;
    for (int32_t l = 0; l < net->tree[t].leaf_count; l++)
      for (int s = 0; s < NETWORK_LEAF && net->tree[t].leaf[l].node[s] != KN_NONE; s++) {
        waiting[count++] = net->tree[t].leaf[l].node[s];
        if (count == MERGE) {
          merge(net, &draft, waiting, count);
          count = 0;
        }
      }
    if (count > 0)
      merge(net, &draft, waiting, count);
  }
  if (code == KN_OK)
    code = network_build(coarse, keep, net, &draft, err);
  kn_arena_free(scratch);
  return code;
}
