/* Contracting a node: which pairs of its neighbours need a shortcut?
 *
 * For every edge u -> v a search from u that leaves v out looks for ways to the heads w of v's edges that are no longer than
 * u -> v -> w. Where it finds none, a shortcut u -> w is needed. The search gives up after settled_most nodes; a shortcut too many
 * costs time, never truth. Only heads are of interest, so nothing is settled that is farther from u than the longest way less the
 * lightest edge into its head. */
#include <stdlib.h>

#include "transport/build.h"

kn_code
contractor_new(contractor *c, kn_arena *arena, const network *net, int32_t settled_most, kn_error *err)
{
  *c = (contractor){.net = net, .settled_most = settled_most};
  const size_t nodes = (size_t)net->node_count;
  KN_NEW(c->waiting.spots, arena, nodes, err);
  KN_NEW(c->waiting.heap, arena, nodes, err);
  KN_NEW(c->reached, arena, nodes, err);
  KN_NEW(c->lightest_in, arena, nodes, err);
  for (size_t v = 0; v < nodes; v++)
    c->waiting.spots[v].distance = KN_FAR;
  return KN_OK;
}

void
contractor_free(contractor *c)
{
  free(c->shortcuts);
  c->shortcuts = NULL;
}

static const uint32_t NOT_WAITING = UINT32_MAX;

/* What a search around a node may not enter. */
typedef struct barrier {
  int32_t node;
  const uint64_t *key; /* NULL: only the node itself */
  const uint8_t *is_chosen;
} barrier;

static inline bool
is_barred(const barrier *b, int32_t node)
{
  return node == b->node || (b->key != NULL && b->is_chosen[node] && b->key[node] < b->key[b->node]);
}

static void
forget(contractor *c)
{
  for (int32_t i = 0; i < c->reached_count; i++)
    c->waiting.spots[c->reached[i]].distance = KN_FAR;
  c->reached_count = 0;
  c->waiting.count = 0;
}

/* From `start` until all targets are reached as cheaply as through the node, or nothing near enough is left. `to_middle` is the
 * weight from start to the node, `most` the longest way worth finding, `reach` how far a node on such a way can be, `open` the
 * number of targets. */
static void
search_around(contractor *c, const barrier *around, int32_t start, uint32_t to_middle, uint64_t most, int64_t reach, int32_t open)
{
  spot *spots = c->waiting.spots;
  spots[start].distance = 0;
  c->reached[c->reached_count++] = start;
  queue_add(&c->waiting, (uint32_t)start);
  for (int32_t settled = 0; c->waiting.count > 0 && settled < c->settled_most; settled++) {
    const uint32_t distance = queue_least(&c->waiting);
    const uint32_t here = queue_take(&c->waiting);
    const list *out = net_list(c->net, (int32_t)here, KN_FROM);
    const edge *edges = net_edges(c->net, out);
    for (int32_t i = 0; i < out->count; i++) {
      const int32_t other = edges[i].node;
      const uint64_t sum = (uint64_t)distance + edges[i].weight;
      if (sum > most) /* lighter edges come first */
        break;
      spot *there = &spots[other];
      const bool is_near = (int64_t)sum <= reach, is_target = there->from != 0;
      if (sum >= there->distance || !(is_near || is_target) || is_barred(around, other))
        continue;
      const uint64_t limit = (uint64_t)to_middle + (uint32_t)there->arc;
      if (is_target && sum > limit && !is_near)
        continue;
      const bool is_last = is_target && sum <= limit && there->distance > limit && --open == 0;
      if (there->distance == KN_FAR) {
        c->reached[c->reached_count++] = other;
        there->at = NOT_WAITING;
      }
      there->distance = (uint32_t)sum;
      if (is_last)
        return;
      if (is_near && there->at == NOT_WAITING)
        queue_add(&c->waiting, (uint32_t)other);
      else if (is_near)
        queue_lower(&c->waiting, (uint32_t)other);
    }
  }
}

static void
add_shortcut(contractor *c, shortcut fresh)
{
  if (c->code != KN_OK)
    return;
  if (c->shortcut_count == c->shortcut_capacity)
    c->code = KN_GROW(c->shortcuts, c->shortcut_capacity, 2 * c->shortcut_count + 64, &c->err);
  if (c->code == KN_OK)
    c->shortcuts[c->shortcut_count++] = fresh;
}

/* A way u -> v -> w that no other is as short as. */
static void
need_way(contractor *c, int32_t v, const edge *in, const edge *out, bool is_final, effect *sum)
{
  const uint64_t way = (uint64_t)in->weight + out->weight;
  const int64_t hops = (int64_t)in->hops + out->hops;
  sum->added++;
  sum->added_hops += hops;
  if (!is_final)
    return;
  if (way > KN_MOST_DISTANCE && c->code == KN_OK)
    c->code = kn_fail(&c->err, KN_E_LIMIT, "a way through a node is longer than %" PRIu32 "; the weights want a coarser unit",
                      KN_MOST_DISTANCE);
  add_shortcut(c, (shortcut){in->node, out->node, (uint32_t)way, v, hops < INT32_MAX ? (int32_t)hops : INT32_MAX});
}

static bool
is_around(const contractor *c, const edge *in, const edge *out)
{
  return c->waiting.spots[out->node].distance <= (uint64_t)in->weight + out->weight;
}

/* The ways u -> v -> w for one u after its search. */
static void
judge_ways(contractor *c, int32_t v, const edge *in, const edge *out, int32_t out_count, bool is_final, effect *sum)
{
  for (int32_t j = 0; j < out_count; j++)
    if (out[j].node != in->node && !is_around(c, in, &out[j]))
      need_way(c, v, in, &out[j], is_final, sum);
}

/* The same both ways. */
static void
judge_pairs(contractor *c, int32_t v, const edge *from, const edge *to, int32_t to_count, bool is_final, effect *sum)
{
  for (int32_t j = 0; j < to_count; j++)
    if (!is_around(c, from, &to[j])) {
      need_way(c, v, from, &to[j], is_final, sum);
      need_way(c, v, &to[j], from, is_final, sum);
    }
}

/* The lightest edge into a node but for those from one; KN_FAR: there is none. */
static uint32_t
lightest_into(const network *net, int32_t node, int32_t but)
{
  const list *in = net_list(net, node, KN_TO);
  const edge *edges = net_edges(net, in);
  for (int32_t i = 0; i < in->count && i < 2; i++)
    if (edges[i].node != but)
      return edges[i].weight;
  return KN_FAR;
}

static effect
look_at_ways(contractor *c, const barrier *around, bool is_final)
{
  const int32_t v = around->node;
  const list *ins = net_list(c->net, v, KN_TO), *outs = net_list(c->net, v, KN_FROM);
  const edge *in = net_edges(c->net, ins), *out = net_edges(c->net, outs);
  effect sum = {.removed = (int64_t)ins->count + outs->count};
  for (int32_t j = 0; j < outs->count; j++) {
    c->waiting.spots[out[j].node].from = 1;
    c->waiting.spots[out[j].node].arc = (int32_t)out[j].weight;
    c->lightest_in[out[j].node] = lightest_into(c->net, out[j].node, v);
  }
  for (int32_t i = 0; i < ins->count; i++) {
    int32_t open = 0;
    int64_t reach = -1;
    uint32_t farthest = 0;
    for (int32_t j = 0; j < outs->count; j++)
      if (out[j].node != in[i].node) {
        const int64_t far = (int64_t)in[i].weight + out[j].weight - c->lightest_in[out[j].node];
        reach = far > reach ? far : reach;
        farthest = out[j].weight > farthest ? out[j].weight : farthest;
        open++;
      }
    if (open == 0)
      continue;
    search_around(c, around, in[i].node, in[i].weight, (uint64_t)in[i].weight + farthest, reach, open);
    judge_ways(c, v, &in[i], out, outs->count, is_final, &sum);
    forget(c);
  }
  for (int32_t j = 0; j < outs->count; j++)
    c->waiting.spots[out[j].node].from = 0;
  return sum;
}

/* The same of a network in which each edge has its like: a way around serves both directions, so each pair of neighbours is looked
 * at once, from the one that is farther from the node. */
static effect
look_at_pairs(contractor *c, const barrier *around, bool is_final)
{
  const int32_t v = around->node;
  const list *outs = net_list(c->net, v, KN_FROM);
  const edge *out = net_edges(c->net, outs);
  effect sum = {.removed = 2 * (int64_t)outs->count};
  int64_t farthest_start = -1; /* the longest way to a target less the lightest edge into it */
  for (int32_t i = 0; i < outs->count; i++) {
    spot *here = &c->waiting.spots[out[i].node];
    here->from = 0;
    if (i > 0) {
      search_around(c, around, out[i].node, out[i].weight, (uint64_t)out[i].weight + out[i - 1].weight,
                    out[i].weight + farthest_start, i);
      judge_pairs(c, v, &out[i], out, i, is_final, &sum);
      forget(c);
    }
    here->from = 1;
    here->arc = (int32_t)out[i].weight;
    const int64_t start = (int64_t)out[i].weight - lightest_into(c->net, out[i].node, v);
    farthest_start = start > farthest_start ? start : farthest_start;
  }
  for (int32_t i = 0; i < outs->count; i++)
    c->waiting.spots[out[i].node].from = 0;
  return sum;
}

static effect
look_at_node(contractor *c, const barrier *around, bool is_final)
{
  return c->net->is_symmetric ? look_at_pairs(c, around, is_final) : look_at_ways(c, around, is_final);
}

effect
contract_try(contractor *c, int32_t node)
{
  return look_at_node(c, &(barrier){.node = node}, false);
}

void
contract(contractor *c, int32_t node, const uint64_t *key, const uint8_t *is_chosen)
{
  look_at_node(c, &(barrier){node, key, is_chosen}, true);
}
