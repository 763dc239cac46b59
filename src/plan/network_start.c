/* The start of the network engine: a coarser market first, whose prices are then handed down. */
#include "plan/network.h"

enum { MERGE = 4 };

/* One node for `count` of one tree: all their quantity, their mean place and worth. */
static void
merge(const network *net, network_draft *draft, const network_item *item, int32_t count)
{
  double x = 0, y = 0, z = 0, worth = 0, total = 0;
  int32_t largest = item[0].node;
  int64_t quantity = 0;
  for (int32_t k = 0; k < count; k++) {
    const int32_t node = item[k].node;
    const double weight = (double)net->quantity[node];
    const kn_point at = net->point[node];
    x += weight * at.x;
    y += weight * at.y;
    z += weight * at.z;
    worth += weight * net->worth[node];
    total += weight;
    quantity += net->quantity[node];
    if (net->quantity[node] > net->quantity[largest])
      largest = node;
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

/* Points of different worth behave differently at the margin, where prices are made: merging only by place would hide
 * that. So worth counts as a coordinate: at a third of the distance for which it would pay, which was found to leave
 * the least error in the duals handed down. */
static double
worth_stretch(const network *net)
{
  double rate = 0;
  for (int32_t t = 0; t < net->supply_tree_count; t++) {
    const kn_haul *haul = &net->exchange->haul[net->tree[t].group];
    for (int32_t s = 0; s < haul->segment_count; s++)
      rate = fmax(rate, fabs(haul->segments[s].rate));
  }
  if (net->exchange->metric == KN_SPHERE)
    rate *= KN_EARTH_KM;
  return rate > 0 ? 0.3 / rate : 0;
}

/* A market with one node for every four of a tree that are close in place and worth. */
kn_code
network_coarsen(network *coarse, kn_arena *keep, const network *net, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  network_draft draft = {0};
  const int32_t trees = net->supply_tree_count + net->demand_tree_count;
  const double stretch = worth_stretch(net);
  network_item *item;
  kn_code code = network_draft_take(&draft, net->n / MERGE + trees, scratch, err);
  if (code == KN_OK)
    code = kn_arena_reserve(scratch, ((size_t)net->n + 1) * sizeof *item, err);
  if (code == KN_OK) {
    item = kn_arena_take(scratch, (size_t)net->n + 1, sizeof *item);
    for (int32_t t = 0; t < trees && code == KN_OK; t++) {
      int64_t n = 0;
      for (int32_t l = 0; l < net->tree[t].leaf_count; l++)
        for (int s = 0; s < NETWORK_LEAF && net->tree[t].leaf[l].node[s] != KN_NONE; s++) {
          const int32_t node = net->tree[t].leaf[l].node[s];
          item[n] = network_item_at(net->point[node], node);
          item[n++].at[3] = net->worth[node] * stretch;
        }
      code = network_sort_shared(net->team, item, n, 1, err);
      for (int64_t first = 0; first < n && code == KN_OK; first += MERGE)
        merge(net, &draft, item + first, (int32_t)(n - first < MERGE ? n - first : MERGE));
    }
    if (code == KN_OK)
      code = network_build(coarse, keep, net, &draft, err);
  }
  kn_arena_free(scratch);
  return code;
}
