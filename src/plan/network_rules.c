/* Trees by kind, and which of them may trade: what the groups and rules of an exchange mean for the trees of a network.
 *
 * A kind is a group whose nodes have places, or one whose nodes are anywhere: 2 group + is_anywhere. Each kind has a tree; a
 * market that was extended has more than one for some, chained by `next`. */
#include <stdlib.h>

#include "plan/network.h"

int32_t
network_kind_of(const kn_exchange *exchange, bool is_demand, int64_t outer)
{
  const int32_t *group = is_demand ? exchange->demand_group : exchange->supply_group;
  const uint8_t *is_anywhere = is_demand ? exchange->demand_is_anywhere : exchange->supply_is_anywhere;
  return 2 * (group ? group[outer] : 0) + (is_anywhere && is_anywhere[outer]);
}

kn_code
network_kinds_new(network_kinds *kinds, const kn_exchange *exchange, kn_arena *keep, kn_error *err)
{
  for (int side = 0; side < 2; side++) {
    kinds->count[side] = 2 * (side ? exchange->demand_group_count : exchange->supply_group_count);
    KN_NEW(kinds->tree[side], keep, kinds->count[side], err);
    KN_NEW(kinds->is_used[side], keep, kinds->count[side], err);
    for (int32_t k = 0; k < kinds->count[side]; k++)
      kinds->tree[side][k] = KN_NONE;
    for (int64_t i = 0; i < (side ? exchange->demand_count : exchange->supply_count); i++)
      kinds->is_used[side][network_kind_of(exchange, side, i)] = 1;
  }
  return KN_OK;
}

/* The trees of a market from nothing: one for each kind in use. */
kn_code
network_kinds_plant(network_kinds *kinds, network *net, kn_arena *keep, kn_error *err)
{
  int32_t count[2] = {0, 0};
  for (int side = 0; side < 2; side++)
    for (int32_t k = 0; k < kinds->count[side]; k++)
      if (kinds->is_used[side][k])
        kinds->tree[side][k] = count[side]++;
  net->supply_tree_count = count[0];
  net->demand_tree_count = count[1];
  KN_NEW(net->tree, keep, (int64_t)count[0] + count[1], err);
  for (int side = 0; side < 2; side++)
    for (int32_t k = 0; k < kinds->count[side]; k++)
      if (kinds->is_used[side][k])
        net->tree[(side ? count[0] : 0) + kinds->tree[side][k]] =
            (network_tree){.group = k / 2, .is_anywhere = k % 2, .next = KN_NONE};
  return network_list_partners(net, kinds, keep, err);
}

/* ------------------------------------------------------------------ who may trade with whom */
typedef struct partners { /* one direction of a rule between two trees */
  int32_t tree, other;
  double extra;
} partners;

typedef struct partner_list {
  partners *item;
  int64_t count, capacity;
} partner_list;

static int
by_trees(const void *a, const void *b)
{
  const partners *x = a, *y = b;
  return x->tree != y->tree ? (x->tree < y->tree ? -1 : 1) : (x->other > y->other) - (x->other < y->other);
}

static kn_code
add_kinds(partner_list *list, const network *net, const network_kinds *kinds, int32_t supply_kind, int32_t demand_kind,
          double extra, kn_error *err)
{
  const int32_t supplies = net->supply_tree_count;
  for (int32_t s = kinds->tree[0][supply_kind]; s != KN_NONE; s = net->tree[s].next)
    for (int32_t d = kinds->tree[1][demand_kind]; d != KN_NONE; d = net->tree[supplies + d].next) {
      KN_TRY(KN_GROW(list->item, list->capacity, list->count + 2, err));
      list->item[list->count++] = (partners){s, supplies + d, extra};
      list->item[list->count++] = (partners){supplies + d, s, extra};
    }
  return KN_OK;
}

static kn_code
add_rule(partner_list *list, const network *net, const network_kinds *kinds, kn_exchange_rule rule, kn_error *err)
{
  if (net->exchange->haul[rule.supply_group].segment_count == 0)
    return KN_OK; /* nothing carries it */
  for (int32_t s = 2 * rule.supply_group; s < 2 * rule.supply_group + 2; s++)
    for (int32_t d = 2 * rule.demand_group; d < 2 * rule.demand_group + 2; d++)
      KN_TRY(add_kinds(list, net, kinds, s, d, rule.extra, err));
  return KN_OK;
}

static kn_code
collect(partner_list *list, const network *net, const network_kinds *kinds, kn_error *err)
{
  const kn_exchange *exchange = net->exchange;
  for (int64_t k = 0; exchange->rule && k < exchange->rule_count; k++)
    KN_TRY(add_rule(list, net, kinds, exchange->rule[k], err));
  for (int32_t s = 0; !exchange->rule && s < exchange->supply_group_count; s++)
    for (int32_t d = 0; d < exchange->demand_group_count; d++)
      KN_TRY(add_rule(list, net, kinds, (kn_exchange_rule){s, d, 0}, err));
  return KN_OK;
}

kn_code
network_list_partners(network *net, const network_kinds *kinds, kn_arena *keep, kn_error *err)
{
  partner_list list = {0};
  const int32_t trees = net->supply_tree_count + net->demand_tree_count;
  kn_code code = collect(&list, net, kinds, err);
  if (code == KN_OK)
    code = kn_arena_reserve(keep, (size_t)(trees + 2) * sizeof(int64_t) + (size_t)(list.count + 1) * 12 + 64, err);
  if (code == KN_OK) {
    net->partner_first = kn_arena_take(keep, (size_t)trees + 1, sizeof(int64_t));
    net->partner = kn_arena_take(keep, (size_t)list.count + 1, sizeof(int32_t));
    net->partner_extra = kn_arena_take(keep, (size_t)list.count + 1, sizeof(double));
    if (list.count > 0)
      qsort(list.item, (size_t)list.count, sizeof *list.item, by_trees);
    for (int64_t k = 0; k < list.count; k++) {
      net->partner_first[list.item[k].tree + 1]++;
      net->partner[k] = list.item[k].other;
      net->partner_extra[k] = list.item[k].extra;
    }
    for (int32_t t = 0; t < trees; t++)
      net->partner_first[t + 1] += net->partner_first[t];
  }
  free(list.item);
  return code;
}
