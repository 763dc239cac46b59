/* Walks up the spanning tree, and pivots.
 *
 * A pair (i, j) that pays closes a cycle: up from i and up from j to where the two ways join. Along either way arcs
 * lose and gain flow by turns, the first one loses; the one that first loses all leaves the tree. Ties go to the last such
 * arc of the cycle seen from the join along the flow, which keeps the tree strongly feasible (an arc without flow
 * always points to the ground), and so there is no cycling (Cunningham 1976). */
#include <stdlib.h>

#include "plan/network_walk.h"

network_cell
network_cell_of(network *net, int32_t low, int32_t high, double tolerance)
{
  return (network_cell){
      .net = net, .low = low, .high = high, .tolerance = tolerance, .clock = net->clock + 1, .scan = net->scan + 1};
}

bool
network_cell_open(network_cell *c)
{
  return network_make_room(c, &c->side[0], 1000) && network_make_room(c, &c->side[1], 1000);
}

void
network_cell_close(network_cell *c)
{
  for (int s = 0; s < 2; s++) {
    free(c->side[s].node);
    free(c->side[s].sum);
    c->side[s] = (network_way){0};
  }
}

void
network_cell_count(const network_cell *c)
{
  network *net = c->net;
  net->clock = c->clock > net->clock ? c->clock : net->clock;
  net->scan = c->scan > net->scan ? c->scan : net->scan;
  net->pivots += c->pivots;
  net->walks += c->walks;
}

bool
network_make_room(network_cell *c, network_way *w, int64_t need)
{
  if (need < w->capacity)
    return true;
  int64_t capacity = w->capacity;
  if (kn_grow((void **)&w->node, &capacity, need + 1, sizeof *w->node, NULL) != KN_OK ||
      kn_grow((void **)&w->sum, &w->sum_capacity, need + 1, sizeof *w->sum, NULL) != KN_OK) {
    c->code = KN_E_LIMIT;
    return false;
  }
  w->capacity = capacity < w->sum_capacity ? capacity : w->sum_capacity;
  return true;
}

/* Walks up from both ends in turn until the ways join. False when the cycle leaves the cell. *reduced is exact. */
bool
network_find_join(network_cell *c, const network_offer *o, double *reduced)
{
  network *net = c->net;
  network_node *tree = net->node;
  const int32_t ground = net->n;
  const uint32_t base = c->clock;
  const bool is_supply = net->is_supply[o->node] != 0;
  int32_t at[2] = {is_supply ? o->node : o->other, is_supply ? o->other : o->node};
  double sum[2] = {0, 0};
  int32_t step[2] = {0, 0};
  bool is_walking[2];
  c->walks++;
  for (int s = 0; s < 2; s++) {
    is_walking[s] = at[s] != ground;
    if (!is_walking[s])
      continue;
    tree[at[s]].mark = base + (uint32_t)s;
    c->side[s].node[0] = at[s];
    c->side[s].sum[0] = 0;
  }
  bool is_joined = false;
  while (!is_joined && (is_walking[0] || is_walking[1])) {
    for (int s = 0; s < 2; s++) {
      if (!is_walking[s])
        continue;
      network_way *w = &c->side[s];
      const network_node *node = &tree[at[s]];
      sum[s] += step[s] & 1 ? -node->cost : node->cost;
      at[s] = node->parent;
      step[s]++;
      if (step[s] >= w->capacity && !network_make_room(c, w, step[s]))
        return false;
      w->sum[step[s]] = sum[s];
      w->node[step[s]] = at[s];
      if (at[s] == ground || !network_is_inside(c, at[s])) {
        is_walking[s] = false;
        continue;
      }
      network_node *next = &tree[at[s]];
      if (next->mark >= base) {
        const int32_t there = (int32_t)((next->mark - base) >> 1);
        w->length = step[s];
        c->side[!s].length = there;
        *reduced = o->worth - sum[s] - c->side[!s].sum[there];
        is_joined = true;
        break;
      }
      next->mark = base + 2 * (uint32_t)step[s] + (uint32_t)s;
    }
  }
  c->clock = base + 2 * (uint32_t)(step[0] > step[1] ? step[0] : step[1]) + 2;
  if (is_joined)
    return true;
  c->side[0].length = step[0];
  c->side[1].length = step[1];
  *reduced = o->worth - sum[0] - sum[1];
  return at[0] == at[1];
}

/* The arc of `o` enters the tree on the cycle that network_find_join() left in the two ways. */
network_pivoted
network_pivot(network_cell *c, const network_offer *o)
{
  network *net = c->net;
  int64_t *flow = net->flow;
  int64_t least = INT64_MAX;
  int side = -1;
  int32_t where = 0;
  for (int32_t p = 0; p < c->side[0].length; p += 2)
    if (flow[c->side[0].node[p]] < least) {
      least = flow[c->side[0].node[p]];
      side = 0;
      where = p;
    }
  for (int32_t p = 0; p < c->side[1].length; p += 2)
    if (flow[c->side[1].node[p]] <= least) {
      least = flow[c->side[1].node[p]];
      side = 1;
      where = p;
    }
  if (least > 0)
    for (int s = 0; s < 2; s++)
      for (int32_t p = 0; p < c->side[s].length; p++)
        flow[c->side[s].node[p]] += p & 1 ? least : -least;
  /* What hung between the entering end and the leaving arc now hangs the other way round. */
  const network_way *w = &c->side[side];
  int32_t parent = w->node[0] == o->node ? o->other : o->node;
  double cost = o->worth;
  int64_t carried = least;
  const int32_t last = net->node[w->node[where]].parent;
  for (int32_t p = 0; p <= where; p++) {
    network_node *node = &net->node[w->node[p]];
    const double old_cost = node->cost;
    const int64_t old_flow = flow[w->node[p]];
    network_wake(net, w->node[p]);
    node->parent = parent;
    node->cost = cost;
    flow[w->node[p]] = carried;
    parent = w->node[p];
    cost = old_cost;
    carried = old_flow;
  }
  if (o->other != net->n)
    network_wake(net, o->other);
  network_wake(net, o->node);
  c->pivots++;
  return (network_pivoted){.child = w->node[where], .parent = last, .entering = w->node[0]};
}

/* Marks are compared with the clock of their cell; before it runs out all start again. */
void
network_mind_clock(network_cell *c)
{
  if (c->clock <= 3000000000u)
    return;
  for (int32_t x = c->low; x < c->high; x++)
    c->net->node[x].mark = 0;
  c->clock = 1;
}
