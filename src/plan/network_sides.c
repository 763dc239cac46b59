/* One-sided prices: what one unit more of a node would bring, what one unit less would cost, over all pairs.
 *
 * At optimal duals u, v every change of the plan is a path in the residual graph, whose arcs all cost >= 0 when measured by what a
 * pair falls short of its duals, u_i + v_j - worth_ij (0 where something flows). A unit more of supply x looks for the
 * cheapest path from x to the ground:
 *   x -> y           any demand it may serve, at what the pair falls short
 *   y -> ground      where part of y is not met yet: the end, for 0
 *   y -> x'          a supply that serves y steps back, for 0
 *   x' -> ground     and keeps to today: an end, for its dual
 * If that path costs d, the unit brings dual(x) - d. A unit less of x, all of which is in use, leaves a hole at each y that it
 * serves; a hole stays open for the dual of y, or is filled by any x' that falls short by so much: for good if x' has some
 * left, else x' leaves the holes y' it served. If the cheapest way costs d, the unit costs dual(x) + d. Both are one search:
 *   seekers  may turn to any partner, and stop for their dual                     (x, x'; the holes)
 *   keepers  end the search if they have slack, else push out who trades with them (y; x')
 * and for a demand the sides change places (Ahuja, Magnanti and Orlin 1993, ch. 9; on the meaning at degenerate points Aucamp and
 * Steinberg 1982, J. Operational Research Society 33).
 *
 * No arc is listed. One heap holds boxes of the weighted kd-trees and single points, each as seen by one seeker, by the least
 * that a path through it can cost; a keeper that was reached leaves the trees, so that ties among many do not cost their square.
 * Where quantities were cut to whole units, slack and flows of a few units stand for none: without them the market is the one that
 * was meant, and the duals are optimal for it as well.
 *
 * As all quantities are whole the optimum is straight from one whole number to the next, and the prices of the first bit are
 * those of a unit. */
#include <stdlib.h>
#include <string.h>

#include "plan/network.h"

typedef struct seeker {
  double label; /* cost of the path to here */
  double dual, worth;
  kn_point at;
  int32_t outer, tree; /* tree: among all of the network's */
} seeker;

typedef struct step {
  double cost;     /* no path through here costs less */
  int32_t seeker;  /* who asks */
  int32_t partner; /* number among the partners of its tree */
  int32_t at;      /* > 0: a box; else -node - 1: a point */
} step;

typedef struct search {
  const network *net;
  const network_kinds *kinds;
  int64_t grain;                     /* flows up to here count as none */
  bool seeks_demand;                 /* seekers are supplies */
  int32_t *first_child, *next_child; /* [n] trees downwards: children with flow; KN_NONE ends */
  int32_t *inner;                    /* [nodes of the side asked about] node + 1; 0: none */
  int32_t *leaf_of;                  /* [n] box of the leaf that holds a node */
  int64_t *box_first;                /* [trees] into most, when */
  /* What belongs to one search alone is stamped with its number. */
  uint32_t now;
  uint32_t *reached; /* [n] keepers and seekers that have their label */
  double *most;      /* [boxes] largest weight of those that are left */
  uint32_t *when;    /* [boxes] most was told in this search; else it is the tree's own */
  double best;       /* of the ends so far */
  seeker *list;
  int64_t count, capacity;
  step *heap;
  int64_t heap_count, heap_capacity;
} search;

/* ------------------------------------------------------------------ the heap */
/* Of equals points come first and then the boxes farthest down: it ends soonest. */
static bool
is_sooner(const step *a, const step *b)
{
  if (a->cost != b->cost)
    return a->cost < b->cost;
  if ((a->at > 0) != (b->at > 0))
    return a->at < 0;
  return a->at != b->at ? a->at > b->at : a->seeker < b->seeker;
}

static kn_code
push(search *s, step item, kn_error *err)
{
  if (!(item.cost < s->best))
    return KN_OK;
  KN_TRY(KN_GROW(s->heap, s->heap_capacity, s->heap_count + 1, err));
  int64_t at = s->heap_count++;
  for (; at > 0 && is_sooner(&item, &s->heap[(at - 1) / 2]); at = (at - 1) / 2)
    s->heap[at] = s->heap[(at - 1) / 2];
  s->heap[at] = item;
  return KN_OK;
}

static step
pop(search *s)
{
  const step top = s->heap[0], last = s->heap[--s->heap_count];
  int64_t at = 0;
  for (int64_t child = 1; child < s->heap_count; child = 2 * at + 1) {
    child += child + 1 < s->heap_count && is_sooner(&s->heap[child + 1], &s->heap[child]);
    if (!is_sooner(&s->heap[child], &last))
      break;
    s->heap[at] = s->heap[child];
    at = child;
  }
  s->heap[at] = last;
  return top;
}

/* ------------------------------------------------------------------ trees without those that were reached */
static int32_t
tree_of(const network *net, int32_t node)
{
  return net->is_supply[node] ? net->tree_of[node] : net->supply_tree_count + net->tree_of[node];
}

static double
most_in(const search *s, int32_t tree, int32_t box)
{
  const int64_t at = s->box_first[tree] + box;
  return s->when[at] == s->now ? s->most[at] : s->net->tree[tree].box[box].most;
}

static void
take_out(search *s, int32_t node)
{
  const int32_t number = tree_of(s->net, node);
  const network_tree *tree = &s->net->tree[number];
  int32_t box = s->leaf_of[node];
  const network_leaf *leaf = &tree->leaf[box - tree->leaf_count];
  double most = -INFINITY;
  for (int slot = 0; slot < NETWORK_LEAF && leaf->node[slot] != KN_NONE; slot++)
    if (s->reached[leaf->node[slot]] != s->now)
      most = fmax(most, leaf->weight[slot]);
  while (most < most_in(s, number, box)) {
    s->most[s->box_first[number] + box] = most;
    s->when[s->box_first[number] + box] = s->now;
    if (box == 1)
      return;
    most = fmax(most, most_in(s, number, box ^ 1));
    box /= 2;
  }
}

/* ------------------------------------------------------------------ the search */
/* The tree at a step, and how its seeker looks at it. */
static int32_t
look(const search *s, const step *item, network_query *query)
{
  const network *net = s->net;
  const seeker *from = &s->list[item->seeker];
  const int64_t p = net->partner_first[from->tree] + item->partner;
  const int32_t tree = net->partner[p];
  query->metric = net->exchange->metric;
  query->carried = net->exchange->carry ? net : NULL;
  query->is_supply = s->seeks_demand;
  query->node = from->outer;
  const double *end = s->seeks_demand ? net->exchange->supply_end : net->exchange->demand_end;
  query->end = end == NULL ? INFINITY : end[from->outer];
  query->from = from->at;
  query->is_anywhere = net->tree[from->tree].is_anywhere;
  query->offset = from->worth + net->partner_extra[p];
  query->haul = &net->exchange->haul[net->tree[s->seeks_demand ? from->tree : tree].group];
  return tree;
}

/* Cost of a path that a seeker goes on with a rank; rounding makes none of its arcs cheaper than nothing. */
static double
cost_of(const seeker *from, double rank)
{
  return from->label + fmax(from->dual - rank, 0);
}

static kn_code
push_box(search *s, const step *above, int32_t tree, int32_t box, const network_query *query, kn_error *err)
{
  const double bound = network_box_bound(&s->net->tree[tree], box, most_in(s, tree, box), query);
  const double cost = cost_of(&s->list[above->seeker], bound);
  return push(s, (step){fmax(cost, above->cost), above->seeker, above->partner, box}, err);
}

static kn_code
add_seeker(search *s, seeker from, kn_error *err)
{
  KN_TRY(KN_GROW(s->list, s->capacity, s->count + 1, err));
  s->list[s->count] = from;
  s->best = fmin(s->best, from.label + from.dual);
  const network *net = s->net;
  const int64_t partners = net->partner_first[from.tree + 1] - net->partner_first[from.tree];
  for (int32_t p = 0; p < partners; p++) {
    network_query query;
    const step root = {from.label, (int32_t)s->count, p, 1};
    const int32_t tree = look(s, &root, &query);
    KN_TRY(push_box(s, &root, tree, 1, &query, err));
  }
  s->count++;
  return KN_OK;
}

/* A path that is known without searching: the way of a seeker up the tree, whose pairs fall short of nothing but rounding. It
 * ends where an arc has nothing to take back; INFINITY. */
static double
way_up(const search *s, int32_t at)
{
  const network *net = s->net;
  const double rounding = 1e-13 * net->worth_scale;
  double cost = 0;
  for (;;) {
    const int32_t keeper = net->node[at].parent;
    if (keeper == net->n)
      return cost + fmax(net->dual[at], 0);
    const double short_by = fmax(net->dual[at], 0) + fmax(net->dual[keeper], 0) - net->node[at].cost;
    cost += short_by > rounding ? short_by : 0;
    if (net->flow[keeper] <= s->grain)
      return INFINITY;
    at = net->node[keeper].parent;
    if (at == net->n)
      return cost;
  }
}

static kn_code
add_node(search *s, int32_t node, double label, kn_error *err)
{
  const network *net = s->net;
  if (s->reached[node] == s->now)
    return KN_OK;
  s->reached[node] = s->now;
  const seeker from = {.label = label,
                       .dual = fmax(net->dual[node], 0),
                       .worth = net->worth[node],
                       .at = net->point[node],
                       .outer = net->outer[node],
                       .tree = tree_of(net, node)};
  if (label == 0)
    s->best = fmin(s->best, way_up(s, node));
  return add_seeker(s, from, err);
}

/* Those who trade with a node become seekers. */
static kn_code
push_out_of(search *s, int32_t node, double label, kn_error *err)
{
  const network *net = s->net;
  const int32_t parent = net->node[node].parent;
  if (parent != net->n && net->flow[node] > s->grain)
    KN_TRY(add_node(s, parent, label, err));
  for (int32_t child = s->first_child[node]; child != KN_NONE; child = s->next_child[child])
    KN_TRY(add_node(s, child, label, err));
  return KN_OK;
}

static bool
has_slack(const search *s, int32_t node)
{
  return s->net->node[node].parent == s->net->n && s->net->flow[node] > s->grain;
}

static kn_code
open_box(search *s, const step *item, kn_error *err)
{
  network_query query;
  const int32_t number = look(s, item, &query);
  const network_tree *tree = &s->net->tree[number];
  if (item->at < tree->leaf_count) {
    KN_TRY(push_box(s, item, number, 2 * item->at, &query, err));
    return push_box(s, item, number, 2 * item->at + 1, &query, err);
  }
  const int32_t l = item->at - tree->leaf_count;
  for (int slot = 0; slot < NETWORK_LEAF && tree->leaf[l].node[slot] != KN_NONE; slot++) {
    const int32_t node = tree->leaf[l].node[slot];
    if (s->reached[node] == s->now)
      continue;
    const double cost = cost_of(&s->list[item->seeker], network_slot_rank(tree, l, slot, &query));
    KN_TRY(push(s, (step){fmax(cost, item->cost), item->seeker, item->partner, -node - 1}, err));
  }
  return KN_OK;
}

static kn_code
reach(search *s, const step *item, kn_error *err)
{
  const network *net = s->net;
  const kn_exchange *exchange = net->exchange;
  const int32_t node = -item->at - 1, asker = s->list[item->seeker].outer, other = net->outer[node];
  if (s->reached[node] == s->now)
    return KN_OK;
  if (exchange->fits && !exchange->fits(exchange->arg, s->seeks_demand ? asker : other, s->seeks_demand ? other : asker))
    return KN_OK;
  s->reached[node] = s->now;
  take_out(s, node);
  if (has_slack(s, node)) {
    s->best = item->cost; /* nothing on the heap is below it */
    return KN_OK;
  }
  return push_out_of(s, node, item->cost, err);
}

/* Until nothing on the heap is below the best end. */
static kn_code
run(search *s, kn_error *err)
{
  while (s->heap_count > 0 && s->heap[0].cost < s->best) {
    const step item = pop(s);
    if (item.at > 0) {
      /* What was reached since it was pushed may have been the best of it. */
      network_query query;
      const int32_t tree = look(s, &item, &query);
      const double bound = network_box_bound(&s->net->tree[tree], item.at, most_in(s, tree, item.at), &query);
      const double cost = cost_of(&s->list[item.seeker], bound);
      if (cost > item.cost)
        KN_TRY(push(s, (step){cost, item.seeker, item.partner, item.at}, err));
      else
        KN_TRY(open_box(s, &item, err));
      continue;
    }
    KN_TRY(reach(s, &item, err));
  }
  return KN_OK;
}

static void
begin(search *s, bool seeks_demand)
{
  s->now++;
  s->seeks_demand = seeks_demand;
  s->count = s->heap_count = 0;
  s->best = INFINITY;
}

/* ------------------------------------------------------------------ what is asked */
/* A node without quantity is in no tree of the market, but trades as those of its kind do. */
static kn_code
stand_in(const search *s, bool is_demand, int64_t outer, seeker *from, kn_error *err)
{
  const network *net = s->net;
  const kn_exchange *exchange = net->exchange;
  const int32_t kind = network_kind_of(exchange, is_demand, outer);
  const int32_t tree = kind < s->kinds->count[is_demand] ? s->kinds->tree[is_demand][kind] : KN_NONE;
  if (tree == KN_NONE)
    return kn_fail(err, KN_E_USAGE, "none of the group of %s %" PRId64 " was there when the exchange was solved",
                   is_demand ? "demand" : "supply", outer);
  *from = (seeker){.worth = (is_demand ? exchange->demand_worth : exchange->supply_worth)[outer],
                   .at = (is_demand ? exchange->demand_point : exchange->supply_point)[outer],
                   .outer = (int32_t)outer,
                   .tree = is_demand ? net->supply_tree_count + tree : tree};
  if (exchange->metric == KN_PLANE)
    from->at.z = 0;
  from->dual = fmax(network_ask(net, !is_demand, tree, from->outer, from->at, from->worth), 0);
  return KN_OK;
}

static kn_code
ask_new(search *s, bool is_demand, int64_t outer, kn_exchange_price *price, kn_error *err)
{
  seeker from = {0};
  KN_TRY(stand_in(s, is_demand, outer, &from, err));
  begin(s, !is_demand);
  KN_TRY(add_seeker(s, from, err));
  KN_TRY(run(s, err));
  *price = (kn_exchange_price){.one_more = from.dual - s->best, .one_less = INFINITY};
  return KN_OK;
}

static kn_code
ask(search *s, bool is_demand, int32_t node, kn_exchange_price *price, kn_error *err)
{
  const network *net = s->net;
  *price = (kn_exchange_price){0};
  if (has_slack(s, node))
    return KN_OK; /* some of it is left over: more adds to that, less takes from it */
  const double dual = fmax(net->dual[node], 0);
  begin(s, !is_demand);
  KN_TRY(add_node(s, node, 0, err));
  KN_TRY(run(s, err));
  price->one_more = dual - s->best;
  begin(s, is_demand);
  KN_TRY(push_out_of(s, node, 0, err));
  KN_TRY(run(s, err));
  price->one_less = dual + s->best;
  return KN_OK;
}

/* Children with flow, leaves by node, and room for the stamps. O(n). */
static kn_code
prepare(search *s, bool is_demand, kn_arena *scratch, kn_error *err)
{
  const network *net = s->net;
  const int32_t n = net->n, trees = net->supply_tree_count + net->demand_tree_count;
  KN_NEW(s->first_child, scratch, n + 1, err);
  KN_NEW(s->next_child, scratch, n, err);
  KN_NEW(s->leaf_of, scratch, n, err);
  KN_NEW(s->reached, scratch, n, err);
  KN_NEW(s->box_first, scratch, trees, err);
  KN_NEW(s->inner, scratch, is_demand ? net->exchange->demand_count : net->exchange->supply_count, err);
  int64_t boxes = 0;
  for (int32_t t = 0; t < trees; t++) {
    const network_tree *tree = &net->tree[t];
    s->box_first[t] = boxes;
    boxes += 2 * (int64_t)tree->leaf_count;
    for (int32_t l = 0; l < tree->leaf_count; l++)
      for (int slot = 0; slot < NETWORK_LEAF && tree->leaf[l].node[slot] != KN_NONE; slot++)
        s->leaf_of[tree->leaf[l].node[slot]] = tree->leaf_count + l;
  }
  KN_NEW(s->most, scratch, boxes, err);
  KN_NEW(s->when, scratch, boxes, err);
  for (int32_t i = 0; i <= n; i++)
    s->first_child[i] = KN_NONE;
  for (int32_t i = 0; i < n; i++) {
    if (net->outer[i] != KN_NONE && net->is_supply[i] == !is_demand)
      s->inner[net->outer[i]] = i + 1;
    if (net->flow[i] <= s->grain)
      continue;
    s->next_child[i] = s->first_child[net->node[i].parent];
    s->first_child[net->node[i].parent] = i;
  }
  return KN_OK;
}

static kn_code
ask_all(search *s, bool is_demand, int64_t count, const int64_t *node, kn_exchange_price *price, kn_error *err)
{
  const kn_exchange *exchange = s->net->exchange;
  for (int64_t k = 0; k < count; k++) {
    if ((is_demand ? exchange->demand_quantity : exchange->supply_quantity)[node[k]] == 0)
      KN_TRY(ask_new(s, is_demand, node[k], &price[k], err));
    else if (s->inner[node[k]] == 0)
      return kn_fail(err, KN_E_USAGE, "%s %" PRId64 " had no quantity when the exchange was solved",
                     is_demand ? "demand" : "supply", node[k]);
    else
      KN_TRY(ask(s, is_demand, s->inner[node[k]] - 1, &price[k], err));
  }
  return KN_OK;
}

kn_code
network_sides(const network *net, const network_kinds *kinds, bool is_demand, int64_t count, const int64_t *node, int64_t grain,
              kn_exchange_price *price, kn_error *err)
{
  search s = {.net = net, .kinds = kinds, .grain = grain};
  kn_arena *scratch = kn_arena_new();
  kn_code code = prepare(&s, is_demand, scratch, err);
  if (code == KN_OK)
    code = ask_all(&s, is_demand, count, node, price, err);
  free(s.list);
  free(s.heap);
  kn_arena_free(scratch);
  return code;
}
