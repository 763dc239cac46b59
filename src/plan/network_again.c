/* The network engine from a start: a tree from elsewhere, made feasible for the quantities of now, then improved.
 *
 * A tree fixes its flows: from the leaves up, what a node passes to its parent is its quantity less what its children take.
 * Where that is below 0 the children take too much; those whose arcs are worth least are cut off, to the ground, until the rest
 * is what there is. No other flow changes, so a start near the optimum stays near it. */
#include <stdlib.h>
#include <string.h>

#include "plan/network.h"

/* ------------------------------------------------------------------ from the leaves up */
typedef struct settling {
  network *net;
  int32_t *order;           /* [n] children before parents */
  int32_t *child_first;     /* [n + 2] */
  int32_t *child;           /* [n] */
  int64_t *taken;           /* [n + 1] by the children that are left */
  int32_t *sorted;          /* [n] children of one node */
  network_changes *changes; /* where cuts are noted; NULL: nowhere */
} settling;

static kn_code
list_children(settling *s, kn_arena *scratch, kn_error *err)
{
  const network *net = s->net;
  const int32_t n = net->n;
  KN_NEW(s->order, scratch, n, err);
  KN_NEW(s->child_first, scratch, n + 2, err);
  KN_NEW(s->child, scratch, n, err);
  KN_NEW(s->taken, scratch, n + 1, err);
  KN_NEW(s->sorted, scratch, n, err);
  for (int32_t i = 0; i < n; i++)
    s->child_first[net->node[i].parent + 1]++;
  for (int32_t i = 0; i <= n; i++)
    s->child_first[i + 1] += s->child_first[i];
  int32_t *next = s->order; /* free until the order is written */
  memcpy(next, s->child_first, (size_t)n * sizeof *next);
  int32_t ground = s->child_first[n];
  for (int32_t i = 0; i < n; i++) {
    const int32_t parent = net->node[i].parent;
    s->child[parent == n ? ground++ : next[parent]++] = i;
  }
  /* Breadth first from the ground, written from the back. */
  int32_t to = n, from = n;
  for (int32_t c = s->child_first[n]; c < s->child_first[n + 1]; c++)
    s->order[--to] = s->child[c];
  while (from > to) {
    const int32_t at = s->order[--from];
    for (int32_t c = s->child_first[at]; c < s->child_first[at + 1]; c++)
      s->order[--to] = s->child[c];
  }
  return to == 0 ? KN_OK : kn_fail(err, KN_E_NUMERIC, "the tree of an exchange has a cycle");
}

static void
hang(network *net, int32_t node, int32_t parent, double cost, int64_t flow)
{
  net->node[node].parent = parent;
  net->node[node].cost = cost;
  net->flow[node] = flow;
}

static int
by_cost(const void *a, const void *b, void *arg)
{
  const network *net = arg;
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  const double p = net->node[x].cost, q = net->node[y].cost;
  return p != q ? (p < q ? -1 : 1) : (x > y) - (x < y);
}

static int32_t
children_left(settling *s, int32_t node)
{
  int32_t count = 0;
  for (int32_t c = s->child_first[node]; c < s->child_first[node + 1]; c++)
    if (s->net->node[s->child[c]].parent == node)
      s->sorted[count++] = s->child[c];
  return count;
}

/* A node comes to the ground, which takes `rest` of it. */
static void
ground(settling *s, int32_t node, int64_t rest)
{
  hang(s->net, node, s->net->n, s->net->box[node], rest);
  if (s->changes)
    s->changes->cut[s->changes->cut_count++] = node;
}

/* The node goes below one of its children, and that child to the ground, which takes `rest` of it. */
static void
turn(settling *s, int32_t node, int32_t child, int64_t rest)
{
  hang(s->net, node, child, s->net->node[child].cost, s->net->flow[child] - rest);
  ground(s, child, rest);
}

/* Children of a node take `excess` too much. */
static bool
cut_children(settling *s, int32_t node, int64_t excess)
{
  network *net = s->net;
  const int32_t count = children_left(s, node);
  qsort_r(s->sorted, (size_t)count, sizeof *s->sorted, by_cost, net);
  for (int32_t c = 0; c < count && excess > 0; c++) {
    const int32_t child = s->sorted[c];
    if (net->flow[child] > excess) {
      turn(s, node, child, excess);
      return true;
    }
    excess -= net->flow[child];
    ground(s, child, net->flow[child]);
  }
  return false;
}

/* A demand that needs nothing from above goes below a child that brings something: an arc without flow must be that of a
 * supply, so that the tree stays strongly feasible. */
static bool
turn_idle_demand(settling *s, int32_t node)
{
  const int32_t count = children_left(s, node);
  for (int32_t c = 0; c < count; c++)
    if (s->net->flow[s->sorted[c]] > 0) {
      turn(s, node, s->sorted[c], 0);
      return true;
    }
  return false;
}

/* Flows of the tree for the quantities of now. O(n) save for what must be cut. */
static kn_code
settle_flows(network *net, network_changes *changes, kn_error *err)
{
  settling s = {.net = net, .changes = changes};
  kn_arena *scratch = kn_arena_new();
  const kn_code code = list_children(&s, scratch, err);
  for (int32_t k = 0; code == KN_OK && k < net->n; k++) {
    const int32_t node = s.order[k], parent = net->node[node].parent;
    const int64_t rest = net->quantity[node] - s.taken[node];
    bool is_turned = false;
    net->flow[node] = rest > 0 ? rest : 0;
    if (rest < 0)
      is_turned = cut_children(&s, node, -rest);
    if (!is_turned && net->flow[node] == 0 && !net->is_supply[node])
      is_turned = turn_idle_demand(&s, node);
    if (!is_turned && parent != net->n)
      s.taken[parent] += net->flow[node];
  }
  kn_arena_free(scratch);
  return code;
}

/* ------------------------------------------------------------------ a tree from pairs */
static int32_t
find_root(int32_t *joined, int32_t x)
{
  while (joined[x] != x) {
    joined[x] = joined[joined[x]];
    x = joined[x];
  }
  return x;
}

typedef struct link {
  int32_t next, to; /* next link of the same node */
  double worth;
} link;

/* Hangs everything that pairs join below one node of it, which hangs on the ground. */
static void
hang_all(network *net, const int32_t *head, const link *list, const uint8_t *is_root, uint8_t *is_hung, int32_t *queue)
{
  int32_t count = 0, done = 0;
  for (int pass = 0; pass < 2; pass++) /* those who kept to the ground before, then one of each that had none */
    for (int32_t i = 0; i < net->n; i++) {
      if (is_hung[i] || (pass == 0 && !is_root[i]))
        continue;
      hang(net, i, net->n, net->box[i], 0);
      is_hung[i] = 1;
      for (queue[count++] = i; done < count; done++)
        for (int32_t l = head[queue[done]]; l != KN_NONE; l = list[l].next)
          if (!is_hung[list[l].to]) {
            hang(net, list[l].to, queue[done], list[l].worth, 0);
            is_hung[list[l].to] = 1;
            queue[count++] = list[l].to;
          }
    }
}

kn_code
network_plant(network *net, int64_t count, const int32_t *supply, const int32_t *demand, kn_error *err)
{
  const kn_exchange *exchange = net->exchange;
  kn_arena *scratch = kn_arena_new();
  int32_t *inner[2], *joined, *head, *queue, links = 0;
  uint8_t *is_root, *is_hung;
  link *list;
  const size_t n = (size_t)net->n + 1;
  const size_t inner_bytes = ((size_t)exchange->supply_count + (size_t)exchange->demand_count + 2) * sizeof(int32_t);
  kn_code code = kn_arena_reserve(scratch, inner_bytes + n * (3 * sizeof(int32_t) + 2) + 2 * n * sizeof *list + 256, err);
  if (code != KN_OK) {
    kn_arena_free(scratch);
    return code;
  }
  inner[0] = kn_arena_take(scratch, (size_t)exchange->supply_count + 1, sizeof(int32_t));
  inner[1] = kn_arena_take(scratch, (size_t)exchange->demand_count + 1, sizeof(int32_t));
  joined = kn_arena_take(scratch, n, sizeof *joined);
  head = kn_arena_take(scratch, n, sizeof *head);
  queue = kn_arena_take(scratch, n, sizeof *queue);
  is_root = kn_arena_take(scratch, n, 1);
  is_hung = kn_arena_take(scratch, n, 1);
  list = kn_arena_take(scratch, 2 * n, sizeof *list);
  for (int32_t i = 0; i < net->n; i++) {
    inner[!net->is_supply[i]][net->outer[i]] = i + 1;
    joined[i] = i;
    head[i] = KN_NONE;
  }
  for (int64_t k = 0; k < count; k++) {
    const bool has[2] = {supply[k] >= 0 && supply[k] < exchange->supply_count,
                         demand[k] >= 0 && demand[k] < exchange->demand_count};
    const int32_t i = has[0] ? inner[0][supply[k]] - 1 : KN_NONE, j = has[1] ? inner[1][demand[k]] - 1 : KN_NONE;
    if (i == KN_NONE || j == KN_NONE) {
      if (i != KN_NONE || j != KN_NONE)
        is_root[i != KN_NONE ? i : j] = 1;
      continue;
    }
    const double worth = network_worth(net, i, j);
    const int32_t a = find_root(joined, i), b = find_root(joined, j);
    if (a == b || !(worth > -INFINITY))
      continue;
    joined[a] = b;
    list[links] = (link){head[i], j, worth};
    head[i] = links++;
    list[links] = (link){head[j], i, worth};
    head[j] = links++;
  }
  hang_all(net, head, list, is_root, is_hung, queue);
  kn_arena_free(scratch);
  net->clock = net->scan = 0;
  return settle_flows(net, NULL, err);
}

/* ------------------------------------------------------------------ the same market with other quantities and worths */
/* Candidates of a pair of which one end changed its worth are told anew; those of what is not there any more go. */
static void
review_hits(network *net, const uint8_t *is_changed)
{
  for (int32_t x = 0; x < net->n; x++) {
    uint32_t to = net->hit_at[x];
    for (uint32_t h = net->hit_at[x]; h < net->hit_at[x + 1] && net->hit[h] != KN_NONE; h++) {
      const int32_t y = net->hit[h];
      double worth = net->hit_worth[h];
      if (is_changed[x] || is_changed[y])
        worth = net->quantity[x] > 0 && net->quantity[y] > 0 ? network_worth_between(net, x, y) : -INFINITY;
      if (!(worth > -INFINITY))
        continue;
      net->hit[to] = y;
      net->hit_worth[to++] = worth;
    }
    for (; to < net->hit_at[x + 1]; to++)
      net->hit[to] = KN_NONE;
  }
}

/* Quantities and worths of now into the nodes; *is_any: some worth changed. */
static void
take_over(network *net, network_changes *changes, uint8_t *is_changed, bool *is_any)
{
  const kn_exchange *exchange = net->exchange;
  for (int32_t i = 0; i < net->n; i++) {
    const int32_t o = net->outer[i];
    const int64_t quantity = o == KN_NONE ? 0 : (net->is_supply[i] ? exchange->supply_quantity : exchange->demand_quantity)[o];
    const double given = o == KN_NONE ? 0 : (net->is_supply[i] ? exchange->supply_worth : exchange->demand_worth)[o];
    /* What is not there any more is worth nothing to anybody. */
    const double worth = quantity > 0 ? given : -INFINITY;
    is_changed[i] = worth != net->worth[i];
    changes->is_asked[i] = worth > net->worth[i];
    *is_any |= is_changed[i];
    if (!(exchange->worth_scale > 0) && quantity > 0)
      net->worth_scale = fmax(net->worth_scale, fabs(given));
    net->quantity[i] = quantity;
    net->worth[i] = worth;
  }
}

kn_code
network_change(network *net, network_changes *changes, kn_error *err)
{
  *changes = (network_changes){0};
  KN_NEW(changes->is_asked, net->keep, net->n, err);
  KN_NEW(changes->cut, net->keep, 3 * (int64_t)net->n, err);
  kn_arena *scratch = kn_arena_new();
  kn_code code = kn_arena_reserve(scratch, (size_t)net->n + 64, err);
  if (code == KN_OK) {
    uint8_t *is_changed = kn_arena_take(scratch, (size_t)net->n + 1, 1);
    bool is_any = false;
    take_over(net, changes, is_changed, &is_any);
    if (is_any)
      review_hits(net, is_changed);
    for (int32_t i = 0; i < net->n; i++) {
      const int32_t parent = net->node[i].parent;
      if (parent == net->n || !(is_changed[i] || is_changed[parent]))
        continue;
      if (net->quantity[i] > 0 && net->quantity[parent] > 0) {
        net->node[i].cost = network_worth_between(net, i, parent);
        continue;
      }
      hang(net, i, net->n, 0, 0);
      changes->cut[changes->cut_count++] = i;
    }
    code = settle_flows(net, changes, err);
  }
  kn_arena_free(scratch);
  return code;
}
