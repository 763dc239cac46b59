/* Contracting a node: which pairs of its neighbours need a shortcut?
 *
 * For every edge u -> v a search from u that leaves v out looks for ways to the heads w of v's edges that are no longer than
 * u -> v -> w. Where it finds none, a shortcut u -> w is needed. The search gives up after settled_most nodes; a shortcut too many
 * costs time, never truth. */
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

/* From `start` until all targets are reached as cheaply as through the node, or nothing near enough is left. `to_middle` is the weight
 * from start to the node, `most` the longest way worth finding, `open` the number of targets. */
static void
search_around(contractor *c, const barrier *around, int32_t start, uint32_t to_middle, uint64_t most, int32_t open)
{
  spot *spots = c->waiting.spots;
  spots[start].distance = 0;
  c->reached[c->reached_count++] = start;
  queue_add(&c->waiting, (uint32_t)start);
  static int most_edges = 0, most_try = 0;
  if (most_edges == 0) {
    most_edges = getenv("KN_E") ? atoi(getenv("KN_E")) : 1 << 30;
    most_try = getenv("KN_T") ? atoi(getenv("KN_T")) : 1 << 30;
  }
  const int limit_e = around->key ? most_edges : most_edges < most_try ? most_edges : most_try;
  int32_t looked = 0;
  for (int32_t settled = 0; c->waiting.count > 0 && settled < c->settled_most && looked < limit_e; settled++) {
    const uint32_t distance = queue_least(&c->waiting);
    const uint32_t here = queue_take(&c->waiting);
    const list *out = net_list(c->net, (int32_t)here, KN_FROM);
    const edge *edges = net_edges(c->net, out);
    looked += out->count;
    for (int32_t i = 0; i < out->count; i++) {
      const int32_t other = edges[i].node;
      const uint64_t sum = (uint64_t)distance + edges[i].weight;
      spot *there = &spots[other];
      if (sum > most || sum >= there->distance || is_barred(around, other))
        continue;
      const uint64_t limit = (uint64_t)to_middle + (uint32_t)there->arc;
      if (there->from != 0 && sum <= limit && there->distance > limit && --open == 0) {
        if (there->distance == KN_FAR)
          c->reached[c->reached_count++] = other;
        there->distance = (uint32_t)sum;
        return;
      }
      const bool is_new = there->distance == KN_FAR;
      there->distance = (uint32_t)sum;
      if (is_new) {
        c->reached[c->reached_count++] = other;
        queue_add(&c->waiting, (uint32_t)other);
      } else {
        queue_lower(&c->waiting, (uint32_t)other);
      }
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

/* The ways u -> v -> w for one u after its search. */
static void
judge_ways(contractor *c, int32_t v, const edge *in, const edge *out, int32_t out_count, bool is_final, effect *sum)
{
  for (int32_t j = 0; j < out_count; j++) {
    const uint64_t way = (uint64_t)in->weight + out[j].weight;
    if (out[j].node == in->node || c->waiting.spots[out[j].node].distance <= way)
      continue;
    const int64_t hops = (int64_t)in->hops + out[j].hops;
    sum->added++;
    sum->added_hops += hops;
    if (!is_final)
      continue;
    if (way > KN_MOST_DISTANCE && c->code == KN_OK)
      c->code = kn_fail(&c->err, KN_E_LIMIT, "a way through a node is longer than %" PRIu32 "; the weights want a coarser unit",
                        KN_MOST_DISTANCE);
    add_shortcut(c, (shortcut){in->node, out[j].node, (uint32_t)way, v, hops < INT32_MAX ? (int32_t)hops : INT32_MAX});
  }
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
  }
  for (int32_t i = 0; i < ins->count; i++) {
    int32_t open = 0;
    uint32_t farthest = 0;
    for (int32_t j = 0; j < outs->count; j++)
      if (out[j].node != in[i].node) {
        open++;
        farthest = out[j].weight > farthest ? out[j].weight : farthest;
      }
    if (open == 0)
      continue;
    search_around(c, around, in[i].node, in[i].weight, (uint64_t)in[i].weight + farthest, open);
    judge_ways(c, v, &in[i], out, outs->count, is_final, &sum);
    forget(c);
  }
  for (int32_t j = 0; j < outs->count; j++)
    c->waiting.spots[out[j].node].from = 0;
  return sum;
}

effect
contract_try(contractor *c, int32_t node)
{
  return look_at_ways(c, &(barrier){.node = node}, false);
}

void
contract(contractor *c, int32_t node, const uint64_t *key, const uint8_t *is_chosen)
{
  look_at_ways(c, &(barrier){node, key, is_chosen}, true);
}
