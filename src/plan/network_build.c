/* One level of the network engine: nodes in kd order, their arrays and their trees. */
#include "plan/network.h"

#include <string.h>

static kn_code
take_arrays(network *net, kn_error *err)
{
  kn_arena *keep = net->keep;
  const int64_t n = net->n;
  KN_NEW(net->outer, keep, n, err);
  KN_NEW(net->is_supply, keep, n, err);
  KN_NEW(net->tree_of, keep, n, err);
  KN_NEW(net->point, keep, n, err);
  KN_NEW(net->worth, keep, n, err);
  KN_NEW(net->quantity, keep, n, err);
  KN_NEW(net->node, keep, n + 1, err);
  KN_NEW(net->awake, keep, n / NETWORK_BLOCK + 1, err);
  KN_NEW(net->box, keep, n, err);
  KN_NEW(net->dual, keep, n, err);
  KN_NEW(net->proven, keep, n, err);
  KN_NEW(net->flow, keep, n + 1, err);
  KN_NEW(net->reach, keep, n, err);
  KN_NEW(net->hit_at, keep, n + 1, err);
  return KN_OK;
}

static kn_code
number_nodes(network *net, const network_draft *draft, kn_arena *scratch, kn_error *err)
{
  network_item *item;
  KN_NEW(item, scratch, net->n, err);
  for (int32_t i = 0; i < net->n; i++)
    item[i] = network_item_at(draft->point[i], i);
  KN_TRY(network_sort_shared(net->team, item, net->n, 4, err));
  uint32_t hits = 0;
  for (int32_t i = 0; i < net->n; i++) {
    const int32_t from = item[i].node;
    net->outer[i] = draft->outer[from];
    net->is_supply[i] = draft->is_supply[from];
    net->tree_of[i] = draft->tree_of[from];
    net->point[i] = draft->point[from];
    net->worth[i] = draft->worth[from];
    net->quantity[i] = draft->quantity[from];
    net->hit_at[i] = hits;
    hits += net->is_supply[i] ? NETWORK_SUPPLY_HITS : NETWORK_DEMAND_HITS;
  }
  net->hit_at[net->n] = hits;
  KN_NEW(net->hit, net->keep, hits, err);
  KN_NEW(net->hit_worth, net->keep, hits, err);
  for (uint32_t h = 0; h < hits; h++)
    net->hit[h] = KN_NONE;
  return KN_OK;
}

static kn_code
build_trees(network *net, kn_arena *scratch, kn_error *err)
{
  const int32_t count = net->supply_tree_count + net->demand_tree_count;
  int64_t *start;
  network_item *item;
  KN_NEW(start, scratch, count + 1, err);
  KN_NEW(item, scratch, net->n, err);
  for (int32_t i = 0; i < net->n; i++)
    start[net->tree_of[i] + (net->is_supply[i] ? 0 : net->supply_tree_count) + 1]++;
  for (int32_t t = 0; t < count; t++)
    start[t + 1] += start[t];
  for (int32_t i = 0; i < net->n; i++)
    item[start[net->tree_of[i] + (net->is_supply[i] ? 0 : net->supply_tree_count)]++] = network_item_at(net->point[i], i);
  int64_t first = 0;
  for (int32_t t = 0; t < count; t++) {
    KN_TRY(network_tree_build(&net->tree[t], net->team, net->keep, item + first, start[t] - first, err));
    first = start[t];
  }
  return KN_OK;
}

/* What no compatible pair can be worth more than, and so what a rounding error is to be compared with. */
static double
scale_of(const network *net)
{
  if (net->exchange->worth_scale > 0)
    return net->exchange->worth_scale;
  double most[2] = {0, 0}, extra = 0;
  for (int32_t i = 0; i < net->n; i++)
    most[net->is_supply[i]] = fmax(most[net->is_supply[i]], fabs(net->worth[i]));
  for (int64_t p = 0; p < net->partner_first[net->supply_tree_count]; p++)
    extra = fmax(extra, fabs(net->partner_extra[p]));
  return fmax(most[0] + most[1] + extra, 1e-300);
}

kn_code
network_draft_take(network_draft *draft, int64_t most, kn_arena *arena, kn_error *err)
{
  KN_NEW(draft->outer, arena, most, err);
  KN_NEW(draft->tree_of, arena, most, err);
  KN_NEW(draft->is_supply, arena, most, err);
  KN_NEW(draft->point, arena, most, err);
  KN_NEW(draft->worth, arena, most, err);
  KN_NEW(draft->quantity, arena, most, err);
  return KN_OK;
}

/* `parent` lends what all levels share: rules, kinds of trees, threads. */
kn_code
network_build(network *net, kn_arena *keep, const network *parent, const network_draft *draft, kn_error *err)
{
  *net = (network){.exchange = parent->exchange,
                   .thread_count = parent->thread_count,
                   .team = parent->team,
                   .n = draft->n,
                   .keep = keep,
                   .supply_tree_count = parent->supply_tree_count,
                   .demand_tree_count = parent->demand_tree_count,
                   .partner_first = parent->partner_first,
                   .partner = parent->partner,
                   .partner_extra = parent->partner_extra,
                   .met = {parent->met[0], parent->met[1]}};
  const int32_t count = net->supply_tree_count + net->demand_tree_count;
  KN_NEW(net->tree, keep, count, err);
  for (int32_t t = 0; t < count; t++) {
    net->tree[t].group = parent->tree[t].group;
    net->tree[t].is_anywhere = parent->tree[t].is_anywhere;
    net->tree[t].next = parent->tree[t].next;
  }
  KN_TRY(take_arrays(net, err));
  kn_arena *scratch = kn_arena_new();
  kn_code code = number_nodes(net, draft, scratch, err);
  if (code == KN_OK)
    code = build_trees(net, scratch, err);
  kn_arena_free(scratch);
  net->worth_scale = scale_of(net);
  return code;
}
