/* A network for another market of much the same nodes: a copy of what is known, with the nodes renumbered as the market numbers
 * them, those that went taken out, and those that came in trees of their own. */
#include <stdlib.h>
#include <string.h>

#include "plan/network.h"

typedef struct copying {
  network *to;
  const network *from;
  const network_again *again;
  kn_arena *keep, *scratch;
  network_kinds *kinds;
  int32_t *outer;           /* [from->n] number of today; KN_NONE: went */
  int32_t fresh;            /* nodes that came */
  int32_t *fresh_outer;     /* [fresh] */
  uint8_t *fresh_is_supply; /* [fresh] */
} copying;

static int64_t
count_of(const kn_exchange *exchange, int side)
{
  return side ? exchange->demand_count : exchange->supply_count;
}

static int64_t
quantity_of(const kn_exchange *exchange, int side, int64_t outer)
{
  return (side ? exchange->demand_quantity : exchange->supply_quantity)[outer];
}

/* Who is who: numbers of today for the nodes that are there, and a list of those that came. */
static kn_code
match_nodes(copying *c, kn_error *err)
{
  const network *from = c->from;
  const kn_exchange *exchange = c->to->exchange;
  KN_NEW(c->outer, c->scratch, from->n, err);
  KN_NEW(c->fresh_outer, c->scratch, exchange->supply_count + exchange->demand_count, err);
  KN_NEW(c->fresh_is_supply, c->scratch, exchange->supply_count + exchange->demand_count, err);
  for (int32_t i = 0; i < from->n; i++)
    c->outer[i] = KN_NONE;
  for (int side = 0; side < 2; side++) {
    const int64_t before = c->again->count_before[side];
    const int32_t *was = c->again->was[side];
    int32_t *inner;
    KN_NEW(inner, c->scratch, before, err);
    for (int32_t i = 0; i < from->n; i++)
      if (from->is_supply[i] == !side && from->outer[i] != KN_NONE)
        inner[from->outer[i]] = i + 1;
    for (int64_t k = 0; k < count_of(exchange, side); k++) {
      const int64_t old = was ? was[k] : k;
      if (old >= before)
        return kn_fail(err, KN_E_INPUT, "%s %" PRId64 " was no number %" PRId64 " before: there were %" PRId64,
                       side ? "demand" : "supply", k, old, before);
      const int32_t node = old < 0 ? KN_NONE : inner[old] - 1;
      if (node != KN_NONE)
        c->outer[node] = (int32_t)k;
      else if (quantity_of(exchange, side, k) > 0) {
        c->fresh_outer[c->fresh] = (int32_t)k;
        c->fresh_is_supply[c->fresh++] = !side;
      }
    }
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ arrays */
#define COPY(member, count, more)                                                                                                \
  do {                                                                                                                           \
    KN_NEW(to->member, keep, (int64_t)(count) + (more), err);                                                                    \
    memcpy(to->member, from->member, (size_t)(count) * sizeof *to->member);                                                      \
  } while (0)

static kn_code
copy_arrays(copying *c, kn_error *err)
{
  network *to = c->to;
  const network *from = c->from;
  kn_arena *keep = c->keep;
  const int32_t n = from->n, more = c->fresh;
  int64_t hits = 0;
  for (int32_t f = 0; f < more; f++)
    hits += c->fresh_is_supply[f] ? NETWORK_SUPPLY_HITS : NETWORK_DEMAND_HITS;
  COPY(outer, n, more);
  COPY(is_supply, n, more);
  COPY(tree_of, n, more);
  COPY(point, n, more);
  COPY(worth, n, more);
  COPY(quantity, n, more);
  COPY(node, n, more + 1);
  COPY(flow, n, more + 1);
  COPY(dual, n, more);
  COPY(proven, n, more);
  COPY(hit_at, n + 1, more);
  COPY(hit, from->hit_at[n], hits);
  COPY(hit_worth, from->hit_at[n], hits);
  to->n = n + more;
  KN_NEW(to->reach, keep, to->n, err);
  KN_NEW(to->awake, keep, to->n / NETWORK_BLOCK + 1, err);
  KN_NEW(to->box, keep, to->n, err);
  for (int32_t i = 0; i < n; i++) {
    to->outer[i] = c->outer[i];
    if (to->node[i].parent == n)
      to->node[i].parent = to->n; /* the ground comes after the last node */
    to->node[i].mark = to->node[i].seen = 0;
  }
  to->clock = to->scan = 0;
  to->hubs = NULL;
  to->met[0] = to->met[1] = NULL;
  return KN_OK;
}

static void
add_fresh(copying *c, int32_t f, int32_t tree)
{
  network *to = c->to;
  const kn_exchange *exchange = to->exchange;
  const int32_t node = c->from->n + f, o = c->fresh_outer[f];
  const bool is_supply = c->fresh_is_supply[f] != 0;
  const uint32_t hits = is_supply ? NETWORK_SUPPLY_HITS : NETWORK_DEMAND_HITS;
  to->outer[node] = o;
  to->is_supply[node] = is_supply;
  to->tree_of[node] = tree;
  to->point[node] = (is_supply ? exchange->supply_point : exchange->demand_point)[o];
  if (exchange->metric == KN_PLANE)
    to->point[node].z = 0;
  to->worth[node] = (is_supply ? exchange->supply_worth : exchange->demand_worth)[o];
  to->quantity[node] = quantity_of(exchange, !is_supply, o);
  to->node[node] = (network_node){.parent = to->n};
  to->flow[node] = to->quantity[node];
  to->proven[node] = INFINITY; /* nothing is known about it */
  to->hit_at[node + 1] = to->hit_at[node] + hits;
  for (uint32_t h = to->hit_at[node]; h < to->hit_at[node + 1]; h++)
    to->hit[h] = KN_NONE;
}

/* ------------------------------------------------------------------ trees */
/* The kind that the nodes of each old tree are of today; KN_NONE: they all went. */
static kn_code
read_kinds(const copying *c, int32_t *kind_of_tree)
{
  const network *from = c->from;
  for (int32_t t = 0; t < from->supply_tree_count + from->demand_tree_count; t++)
    kind_of_tree[t] = KN_NONE;
  for (int32_t i = 0; i < from->n; i++)
    if (c->outer[i] != KN_NONE)
      kind_of_tree[(from->is_supply[i] ? 0 : from->supply_tree_count) + from->tree_of[i]] =
          network_kind_of(c->to->exchange, !from->is_supply[i], c->outer[i]);
  return KN_OK;
}

static void
chain(copying *c, int side, int32_t kind, int32_t tree)
{
  network *to = c->to;
  network_tree *at = &to->tree[(side ? to->supply_tree_count : 0) + tree];
  at->next = KN_NONE;
  at->group = 0;
  if (kind == KN_NONE)
    return;
  at->group = kind / 2;
  at->is_anywhere = kind % 2;
  at->next = c->kinds->tree[side][kind];
  c->kinds->tree[side][kind] = tree;
}

static kn_code
copy_tree(network_tree *to, const network_tree *from, kn_arena *keep, kn_error *err)
{
  *to = *from;
  KN_NEW(to->box, keep, 2 * (int64_t)from->leaf_count, err);
  memcpy(to->box, from->box, 2 * (size_t)from->leaf_count * sizeof *to->box);
  KN_NEW(to->leaf, keep, from->leaf_count, err);
  memcpy(to->leaf, from->leaf, (size_t)from->leaf_count * sizeof *to->leaf);
  return KN_OK;
}

/* Trees of what came: one per kind, also for kinds that have none yet and whose nodes hold nothing. */
static kn_code
plant_fresh(copying *c, int side, const int32_t *tree_of_kind, kn_error *err)
{
  network *to = c->to;
  network_item *item;
  KN_NEW(item, c->scratch, c->fresh, err);
  for (int32_t k = 0; k < c->kinds->count[side]; k++) {
    if (tree_of_kind[k] == KN_NONE)
      continue;
    int64_t n = 0;
    for (int32_t f = 0; f < c->fresh; f++)
      if (c->fresh_is_supply[f] == !side && network_kind_of(to->exchange, side, c->fresh_outer[f]) == k)
        item[n++] = network_item_at(to->point[c->from->n + f], c->from->n + f);
    KN_TRY(network_tree_build(&to->tree[(side ? to->supply_tree_count : 0) + tree_of_kind[k]], to->team, c->keep, item, n, err));
    chain(c, side, k, tree_of_kind[k]);
  }
  return KN_OK;
}

static kn_code
copy_trees(copying *c, kn_error *err)
{
  network *to = c->to;
  const network *from = c->from;
  const int32_t before[2] = {from->supply_tree_count, from->demand_tree_count};
  int32_t *kind_of_tree, *tree_of_kind[2], count[2];
  KN_NEW(kind_of_tree, c->scratch, (int64_t)before[0] + before[1], err);
  KN_TRY(read_kinds(c, kind_of_tree));
  for (int side = 0; side < 2; side++) {
    uint8_t *has_tree, *has_fresh;
    KN_NEW(tree_of_kind[side], c->scratch, c->kinds->count[side], err);
    KN_NEW(has_tree, c->scratch, c->kinds->count[side], err);
    KN_NEW(has_fresh, c->scratch, c->kinds->count[side], err);
    for (int32_t t = 0; t < before[side]; t++)
      if (kind_of_tree[(side ? before[0] : 0) + t] != KN_NONE)
        has_tree[kind_of_tree[(side ? before[0] : 0) + t]] = 1;
    for (int32_t f = 0; f < c->fresh; f++)
      if (c->fresh_is_supply[f] == !side)
        has_fresh[network_kind_of(to->exchange, side, c->fresh_outer[f])] = 1;
    count[side] = before[side];
    for (int32_t k = 0; k < c->kinds->count[side]; k++)
      tree_of_kind[side][k] = c->kinds->is_used[side][k] && (has_fresh[k] || !has_tree[k]) ? count[side]++ : KN_NONE;
  }
  to->supply_tree_count = count[0];
  to->demand_tree_count = count[1];
  KN_NEW(to->tree, c->keep, (int64_t)count[0] + count[1], err);
  for (int32_t f = 0; f < c->fresh; f++) {
    const int side = !c->fresh_is_supply[f];
    add_fresh(c, f, tree_of_kind[side][network_kind_of(to->exchange, side, c->fresh_outer[f])]);
  }
  for (int side = 0; side < 2; side++) {
    for (int32_t t = 0; t < before[side]; t++) {
      KN_TRY(copy_tree(&to->tree[(side ? count[0] : 0) + t], &from->tree[(side ? before[0] : 0) + t], c->keep, err));
      chain(c, side, kind_of_tree[(side ? before[0] : 0) + t], t);
    }
    KN_TRY(plant_fresh(c, side, tree_of_kind[side], err));
  }
  return network_list_partners(to, c->kinds, c->keep, err);
}

static kn_code
copy(copying *c, bool *is_worth_it, kn_error *err)
{
  KN_TRY(match_nodes(c, err));
  *is_worth_it = c->fresh <= c->from->n / 8 + 64;
  if (!*is_worth_it)
    return KN_OK;
  KN_TRY(copy_arrays(c, err));
  return copy_trees(c, err);
}

kn_code
network_copy(network *to, const network *from, const network_again *again, const kn_exchange *exchange, network_kinds *kinds,
             kn_arena *keep, bool *is_worth_it, kn_error *err)
{
  *to = *from;
  to->exchange = exchange;
  to->keep = keep;
  to->pivots = to->walks = to->queries = 0;
  copying c = {.to = to, .from = from, .again = again, .keep = keep, .scratch = kn_arena_new(), .kinds = kinds};
  const kn_code code = copy(&c, is_worth_it, err);
  kn_arena_free(c.scratch);
  return code;
}
