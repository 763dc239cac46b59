/* src/plan/network.h - what the files of the network engine share: the market of one level, its trees of
 * points, its spanning tree.
 *
 * Nodes are numbered 0..n-1 in kd order of their places, supplies and demands mixed; the ground is node n. A node
 * hangs by one tree arc on its parent: a supply sends up, a demand receives from above, so along any path the two
 * kinds take turns and no direction is stored. Non-basic arcs carry nothing. Potentials are not stored as truth:
 * that of a node is the cost of its arc minus the potential of its parent, the ground's is 0. */
#ifndef KN_PLAN_NETWORK_H
#define KN_PLAN_NETWORK_H

#include "plan/exchange.h"

enum { NETWORK_BLOCK = 64, NETWORK_LEAF = 8, NETWORK_SUPPLY_HITS = 8, NETWORK_DEMAND_HITS = 4 };

/* ------------------------------------------------------------------ trees of points with weights (network_tree.c) */
typedef struct network_box {
  double low[3], high[3];
  double most;   /* largest weight below */
  double by_end; /* the same of by_end of its leaves */
} network_box;

typedef struct network_leaf {
  double x[NETWORK_LEAF], y[NETWORK_LEAF], z[NETWORK_LEAF], weight[NETWORK_LEAF];
  double by_end[NETWORK_LEAF]; /* weight less what carrying costs at this end where it does not go by the haul */
  int32_t node[NETWORK_LEAF];  /* KN_NONE: empty slot */
} network_leaf;

typedef struct network_tree {
  int32_t leaf_count; /* a power of two; box[1] is the root, box[leaf_count + l] holds leaf l */
  int32_t group;      /* of the caller */
  int32_t next;       /* of the same side and kind, KN_NONE: no more */
  bool is_anywhere;   /* its points are at distance 0 of all */
  network_box *box;
  network_leaf *leaf;
} network_tree;

typedef struct network_hit {
  double rank;  /* offset + weight - haul */
  double worth; /* of the pair, where it was known before; NAN: extra tells it */
  double extra; /* of the two trees */
  int32_t node;
} network_hit;

struct network;
typedef struct network_query {
  kn_metric metric;
  kn_point from;
  bool is_anywhere;
  double offset, extra; /* extra: of the two trees, part of offset */
  const kn_haul *haul;
  int32_t most, count; /* the hits wanted and kept so far, best first */
  double floor;        /* only ranks above this are of use */
  double least;        /* ... and now only those above this */
  network_hit hit[NETWORK_SUPPLY_HITS];
  bool (*fits)(void *arg, int32_t node, int32_t other);
  void *arg;
  int32_t node; /* who asks, by the caller's number */
  /* Where the haul is a bound: the market that tells what moving costs, and the side of who asks. NULL: the haul is exact. */
  const struct network *carried;
  double end; /* what carrying costs at the end of who asks, where it does not go by the haul; INFINITY: all goes by the haul */
  bool is_supply;
  /* 0: the best hits. Else its bits tell the way through the tree, and the first hits above `least` will do: of many
   * that would pay, those who ask find different ones. */
  uint32_t way;
} network_query;

/* A node on its way into an order or a tree. The fourth coordinate is 0 where only the place counts. */
typedef struct network_item {
  double at[4];
  int32_t node;
} network_item;

static inline network_item
network_item_at(kn_point at, int32_t node)
{
  return (network_item){{at.x, at.y, at.z, 0}, node};
}

void network_sort(network_item *item, int64_t n, int64_t leaf); /* into kd order */
kn_code network_sort_shared(kn_team *team, network_item *item, int64_t n, int64_t leaf, kn_error *err);
kn_code network_tree_build(network_tree *tree, kn_team *team, kn_arena *keep, network_item *item, int64_t n, kn_error *err);
/* weight [nodes]; end: of exchange, by the caller's number outer[node], NULL: the haul bounds all. */
kn_code network_tree_weigh(network_tree *tree, kn_team *team, const double *weight, const int32_t *outer, const double *end,
                           kn_error *err);
void network_query_seed(network_query *query, network_hit hit);
void network_tree_search(const network_tree *tree, network_query *query);
/* For searches of another kind: what no point of a box ranks above if `most` is the largest weight in it, and what the point in a
 * slot of a leaf ranks. Of the query: metric, from, is_anywhere, offset, haul. */
double network_box_bound(const network_tree *tree, int32_t box, double most, const network_query *query);
double network_slot_rank(const network_tree *tree, int32_t leaf, int slot, const network_query *query);

static inline double
network_haul(const kn_haul *haul, double km)
{
  if (haul->segment_count == 1 && km >= haul->segments->from_km && km <= haul->segments->to_km)
    return haul->segments->fixed + haul->segments->rate * km;
  return kn_haul_cost(haul, km);
}

/* ------------------------------------------------------------------ the market of one level (network_build.c) */
typedef struct network network;
typedef struct network_hubs network_hubs;
typedef struct network_node {
  int32_t parent;
  uint32_t mark; /* time stamp of the last walk that came by */
  uint32_t seen; /* number of the scan that remembered the potential */
  double cost;   /* worth per unit of the arc to the parent */
  double potential;
} network_node;

struct network {
  const kn_exchange *exchange; /* rules between groups; its nodes are those of the finest level */
  int32_t thread_count;
  kn_team *team; /* while it is being solved */
  int32_t n;
  kn_arena *keep;
  /* by node */
  int32_t *outer; /* the caller's number of the supply or demand; on coarse levels: of the largest one merged */
  uint8_t *is_supply;
  int32_t *tree_of; /* the tree that holds it, among those of its own side */
  kn_point *point;
  double *worth;
  int64_t *quantity;
  network_node *node; /* [n + 1] */
  int64_t *flow;      /* on the arc to the parent */
  double *reach;      /* worth of the best pair at the prices of the other side, of the last pricing */
  uint64_t *awake;    /* [blocks of 64 nodes] bit: this node may have a candidate that pays */
  double *box;        /* worth of a unit on the ground: 0, or the boxstep's floor under the dual */
  double *dual;       /* potentials at the end of the last phase */
  double *proven;     /* no pair pays while no dual is below this; what solving again starts from */
  uint32_t *hit_at;   /* [n + 1] the candidates of each node: the other end, and the worth of the pair */
  int32_t *hit;
  double *hit_worth;
  /* Trees: those of supplies, then those of demands. Those that tree t may trade with, by rising number, and what each pair of
   * theirs adds: partner[partner_first[t] .. partner_first[t + 1] - 1]. */
  int32_t supply_tree_count, demand_tree_count;
  network_tree *tree;
  int64_t *partner_first;
  int32_t *partner;
  double *partner_extra;
  double worth_scale; /* of a pair: what tolerances are relative to */
  uint32_t clock, scan;
  int64_t pivots, walks, queries;
  bool is_scattered;  /* pricing also takes some that pay but are not the best */
  network_hubs *hubs; /* network_lists.c; NULL: not made yet */
  /* [nodes of the exchange * kinds of carrying] supplies, demands: bits of the channels where a node has hubs, see
   * network_hubs.h; NULL: not known yet. */
  uint32_t *met[2];
};

/* ------------------------------------------------------------------ kinds of trees (network_rules.c) */
typedef struct network_kinds { /* kind: 2 group + is_anywhere, of supplies and of demands */
  int32_t count[2];
  int32_t *tree[2];    /* [count] a tree of the kind, by its number on its side; the others by `next`. KN_NONE: none */
  uint8_t *is_used[2]; /* [count] */
} network_kinds;
int32_t network_kind_of(const kn_exchange *exchange, bool is_demand, int64_t outer);
kn_code network_kinds_new(network_kinds *kinds, const kn_exchange *exchange, kn_arena *keep, kn_error *err);
kn_code network_kinds_plant(network_kinds *kinds, network *net, kn_arena *keep, kn_error *err);
/* partner_first, partner, partner_extra of net, by the rules between the kinds of its trees. */
kn_code network_list_partners(network *net, const network_kinds *kinds, kn_arena *keep, kn_error *err);

/* The nodes of a level before they have their numbers. */
typedef struct network_draft {
  int32_t n;
  int32_t *outer, *tree_of;
  uint8_t *is_supply;
  kn_point *point;
  double *worth;
  int64_t *quantity;
} network_draft;

/* Room for `most` nodes, of which there are none yet. */
kn_code network_draft_take(network_draft *draft, int64_t most, kn_arena *arena, kn_error *err);
kn_code network_build(network *net, kn_arena *keep, const network *parent, const network_draft *draft, kn_error *err);

/* Worth of the pair of a supply and a demand, per unit; -INFINITY where the haul does not reach. extra: of their trees. */
static inline double
network_pair(const network *net, int32_t supply, int32_t demand, double extra)
{
  const kn_exchange *exchange = net->exchange;
  const network_tree *from = &net->tree[net->tree_of[supply]], *to = &net->tree[net->supply_tree_count + net->tree_of[demand]];
  if (exchange->carry != NULL)
    return (net->worth[supply] + net->worth[demand]) + extra -
           exchange->carry(exchange->arg, net->outer[supply], net->outer[demand], INFINITY);
  const double km =
      from->is_anywhere || to->is_anywhere ? 0 : kn_point_km(net->exchange->metric, net->point[supply], net->point[demand]);
  return (net->worth[supply] + net->worth[demand]) + extra - network_haul(&net->exchange->haul[from->group], km);
}

/* The same by the trees' own extra; -INFINITY where they may not trade or the filter refuses. O(log trees). */
double network_worth(const network *net, int32_t supply, int32_t demand);
static inline double
network_worth_between(const network *net, int32_t x, int32_t y)
{
  return net->is_supply[x] ? network_worth(net, x, y) : network_worth(net, y, x);
}

/* ------------------------------------------------------------------ pricing over all pairs (network_price.c) */
typedef struct network_price {
  double bound;        /* no plan of this level has more, at the duals max(0, net->dual) */
  bool is_from_supply; /* the bound lets each supply take its best buyer; else each demand its best supplier */
  double violation;    /* largest worth - dual - dual over all pairs */
} network_price;
kn_code network_weigh(network *net, kn_error *err);
double network_ask(const network *market, bool is_supply, int32_t tree, int32_t outer, kn_point at, double worth);
kn_code network_price_all(network *net, double window, network_price *price, kn_error *err);
/* The same for the nodes listed only; price->violation is over their pairs, price->bound is not told. */
kn_code network_price_some(network *net, int64_t count, const int32_t *node, double window, network_price *price, kn_error *err);

/* ------------------------------------------------------------------ searching by hubs (network_lists.c, network_hubs.c) */
kn_code network_hubs_meet(network *net, kn_arena *keep, kn_error *err); /* net->met, of net->exchange */
kn_code network_hubs_make(network *net, kn_error *err);
kn_code network_hubs_weigh(network *net, const double *weight, kn_error *err); /* as the trees were weighed */
/* The best hits of a query over all trees that a node of `tree` may trade with, from those it has. False: trees have to be
 * searched. */
bool network_hubs_search(const network *market, int32_t tree, double worth, network_query *query);
/* Some hits that pay, others for each who asks. */
bool network_hubs_scatter(const network *market, int32_t tree, double worth, network_query *query);

kn_code network_coarsen(network *coarse, kn_arena *keep, const network *net, kn_error *err);
kn_code network_hand_down(network *fine, network *coarse, kn_error *err);

/* ------------------------------------------------------------------ the spanning tree (network.c, network_state.c) */
void network_ground(network *net); /* all nodes on the ground: nothing flows */
kn_code network_improve(network *net, double tolerance, kn_error *err);
kn_code network_improve_listed(network *net, int64_t count, const int32_t *node, double tolerance, kn_error *err);
kn_code network_duals(network *net, kn_error *err); /* potentials of the tree into net->dual */
double network_value(const network *net);
void network_check(const network *net); /* asserts what must hold of a tree with its duals; nothing in a release */

/* ------------------------------------------------------------------ a start from elsewhere (network_again.c) */
/* A feasible tree from pairs (caller's numbers; KN_NONE: the ground). Those that close a cycle or do not fit are left out. O(n). */
kn_code network_plant(network *net, int64_t count, const int32_t *supply, const int32_t *demand, kn_error *err);
/* Which nodes of an earlier market the nodes of this one are. */
typedef struct network_again {
  int64_t count_before[2]; /* supplies, demands */
  const int32_t *was[2];   /* [count of today] number then, KN_NONE: it was not there. NULL: the same numbers */
} network_again;
/* network_copy.c: *is_worth_it is false when so much is new that building anew is better; then *to is not to be used. Fills the
 * trees of *kinds. Of nodes that came nothing is proven. */
kn_code network_copy(network *to, const network *from, const network_again *again, const kn_exchange *exchange,
                     network_kinds *kinds, kn_arena *keep, bool *is_worth_it, kn_error *err);
typedef struct network_changes {
  uint8_t *is_asked; /* [n] nodes that are worth more than before */
  int32_t *cut;      /* [cut_count] nodes that came to the ground */
  int64_t cut_count;
} network_changes;
/* Takes over the quantities and worths of net->exchange and makes the tree feasible for them. Arrays of *changes: of net->keep. */
kn_code network_change(network *net, network_changes *changes, kn_error *err);

/* ------------------------------------------------------------------ one-sided prices (network_sides.c) */
/* For an optimal tree with its duals and weights: what one unit more and one less of each of these nodes changes the optimum by.
 * node [count]: the caller's numbers on one side. net->exchange is the market of now. */
kn_code network_sides(const network *net, const network_kinds *kinds, bool is_demand, int64_t count, const int64_t *node,
                      int64_t grain, kn_exchange_price *price, kn_error *err);

/* ------------------------------------------------------------------ rounds and levels (network_solve.c) */
typedef struct network_run {
  double gap;
  const kn_watch *watch;
  int32_t level; /* 0: the market itself; above: coarser ones */
  double value, bound;
  bool is_done;
  int32_t levels, rounds;
  double seconds[KN_EXCHANGE_PHASES];
} network_run;
kn_code network_solve(network *net, network_run *run, kn_error *err);
/* From the tree that is there. changes: what became of the market since net->proven was written, so that only what fell below it is
 * asked again; NULL: nothing is known. */
kn_code network_go_on(network *net, const network_changes *changes, network_run *run, kn_error *err);

#endif
