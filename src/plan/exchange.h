/* src/plan/exchange.h - the proven optimum of a pure exchange, over all pairs.
 *
 * Supplies and demands at points, quantities in whole units of the caller's choice, and a worth for every
 * compatible pair that falls with the distance between them:
 *     worth_ij = supply_worth_i + demand_worth_j + extra of their groups - haul of i's group(km_ij)
 * kn_exchange_solve() finds the flows x_ij >= 0 with the largest sum of worth_ij x_ij that take no more than there is
 * from any supply and bring no more than is asked to any demand. No pair is ever listed: the engine is a primal
 * network simplex whose arcs come from weighted kd-trees, so every pair counts and memory stays proportional to
 * the number of nodes. */
#ifndef KN_PLAN_EXCHANGE_H
#define KN_PLAN_EXCHANGE_H

#include "knoop/transport.h"

/* Supplies of one group may serve demands of another; every pair of them is worth `extra` more. */
typedef struct kn_exchange_rule {
  int32_t supply_group, demand_group;
  double extra; /* finite */
} kn_exchange_rule;

/* Costs by hubs (kn_fare_channel of transport.h says what these are), per unit of the exchange: of supplies by kinds of groups
 * that cost alike. Arrays and what is told are lent; calls are thread safe and get `arg` of the exchange. */
typedef struct kn_exchange_hubs {
  int32_t kind_count;
  const int32_t *kind;            /* [supply groups] */
  const int32_t *channel_first;   /* [kinds + 1] into channel; none: hubs do not tell what these cost */
  const kn_fare_channel *channel; /* of all kinds */
  kn_fare_hubs (*at)(void *arg, int32_t kind, int32_t channel, bool is_demand, int32_t node); /* channel: 0.. of its kind */
  bool (*is_stray)(void *arg, int32_t kind, bool is_demand,
                   int32_t node); /* pairs of this node may cost less than channels tell */
} kn_exchange_hubs;

/* All arrays are lent until the call returns; the solution keeps no pointer to them. */
typedef struct kn_exchange {
  kn_metric metric;
  int64_t supply_count, demand_count;
  const kn_point *supply_point, *demand_point;
  const int64_t *supply_quantity, *demand_quantity; /* >= 0, at most 2^53 in total on either side */
  const double *supply_worth, *demand_worth;        /* per unit of quantity, finite */
  const int32_t *supply_group, *demand_group;       /* NULL: all of group 0 */
  int32_t supply_group_count, demand_group_count;
  int64_t rule_count;
  const kn_exchange_rule *rule; /* [rule_count] each pair of groups at most once. NULL: all groups fit each other, extra 0 */
  const kn_haul *haul;          /* [supply groups] */
  const uint8_t *supply_is_anywhere, *demand_is_anywhere;  /* 1: its distance to all others is 0. NULL: none */
  bool (*fits)(void *arg, int32_t supply, int32_t demand); /* exact filter of pairs, thread safe; NULL: all fit */
  /* What moving costs between two nodes, of which the haul is then only a lower bound (at every great-circle distance, and at 0
   * for those that are anywhere). Where that is `most` or more, anything from there on. The same to the last bit whenever it is
   * asked, thread safe. NULL: the haul is exact. */
  double (*carry)(void *arg, int32_t supply, int32_t demand, double most);
  /* With carry: it costs at least the haul, or else at least supply_end + demand_end, whichever is less; INFINITY: the haul holds
   * for all pairs of this node. Both NULL: it holds for all. */
  const double *supply_end, *demand_end;
  /* With carry: how it comes about by hubs, for nodes that have a place; a share of the searches then looks at no pair that does
   * not pay. NULL: that is not known. */
  const kn_exchange_hubs *hubs;
  void *arg;
  double worth_scale; /* what tolerances are relative to; 0: the largest worth there is */
  double unit;        /* of the caller's own in one of quantity, for the values a watch is told; 0: 1 */
} kn_exchange;

typedef struct kn_exchange_settings {
  double gap;           /* stop when (bound - value) <= gap * value is proven; 0: until no pair is left that pays */
  int32_t thread_count; /* 0: one per core. The result does not depend on it */
  bool keeps_engine;    /* for kn_exchange_again(): some 300 bytes a node */
  /* Pairs to start from, such as the basis of another solution (a view's basis_supply, basis_demand): as many as fit into a tree
   * are taken, with the amounts that quantities allow. Any will do; the better the sooner. 0: from coarser markets. */
  int64_t start_count;
  const int32_t *start_supply, *start_demand;
} kn_exchange_settings;
#define KN_EXCHANGE_DEFAULTS ((kn_exchange_settings){.gap = 0})

enum { KN_EXCHANGE_BUILD, KN_EXCHANGE_START, KN_EXCHANGE_PRICE, KN_EXCHANGE_PIVOT, KN_EXCHANGE_PHASES };
extern const char *const kn_exchange_phase_name[KN_EXCHANGE_PHASES];

/* Valid until kn_exchange_free() on the same solution. */
typedef struct kn_exchange_view {
  int64_t n;                      /* arcs with flow, by supply and then demand */
  const int32_t *supply, *demand; /* [n] */
  const int64_t *quantity;        /* [n] > 0 */
  const double *worth;            /* [n] worth of the pair per unit */
  /* [all] >= 0. dual_i + dual_j >= worth_ij for every compatible pair of which at least one has a quantity, to
   * rounding: with q units more of a node (q < 0: fewer) no plan is worth more than bound + q dual. Where gap is 0 the dual so
   * lies between what one unit more would bring and what one unit less would cost (kn_exchange_price_of() tells both). Where these
   * differ it is mostly one of them: duals of the last tree are right derivatives for supplies and left ones for demands, as an
   * arc without flow always points to the ground (Cunningham 1976). But a proof may end on duals of an earlier round, which can be
   * anything between. Without quantity it is what its best partner leaves: the first unit brings no more. */
  const double *supply_dual, *demand_dual;
  /* The basis: pairs of the spanning tree, whether they carry something or not. A node in none of them, and one of each
   * component, keeps to today. */
  int64_t basis_count;
  const int32_t *basis_supply, *basis_demand; /* [basis_count] KN_NONE: the other end keeps to today in part */
  double value, bound, gap;                   /* bound: no plan has more, over all pairs */
  bool is_stopped;                            /* the watch stopped it: the best flows so far, with their bound */
  int32_t levels, rounds;
  int64_t pivots, walks, queries;
  double seconds[KN_EXCHANGE_PHASES];
  size_t bytes; /* memory held at the peak */
} kn_exchange_view;

typedef struct kn_exchange_solution kn_exchange_solution;
/* errors  KN_E_INPUT  a negative quantity, a worth that is not finite, a group out of range, a bad haul
 *         KN_E_LIMIT  out of memory, more than 2^28 nodes, or more than 2^53 units on a side
 * cost    expected about n^1.2 on spread points; see bench/exchange.md */
kn_code kn_exchange_solve(kn_exchange_solution **out, const kn_exchange *exchange, const kn_exchange_settings *settings,
                          const kn_watch *watch, kn_error *err);
/* The optimum of a market that differs in some nodes from that of `before`, which keeps its engine and stays as it is: what no
 * change has touched is not asked again. supply_was [supplies], demand_was [demands]: numbers that the nodes had before,
 * KN_NONE: it was not there; those that nobody was are gone. NULL: the same numbers. A node keeps its place; nodes of a group
 * stay together; what two groups may do, what hauls cost and what the filter says of two nodes that were there is as it was. The
 * result depends on before and exchange only. The same errors, and KN_E_USAGE without an engine.
 * cost    O(n) copying, and what the change needs; as from a basis when more than an eighth of the nodes are new */
kn_code kn_exchange_again(kn_exchange_solution **out, const kn_exchange_solution *before, const kn_exchange *exchange,
                          const int32_t *supply_was, const int32_t *demand_was, const kn_exchange_settings *settings,
                          const kn_watch *watch, kn_error *err);
/* A solution that was found otherwise, such as by flow over a network: ties, duals for every pair, and their bound, all copied. Its
 * basis is its ties. It has no engine. */
typedef struct kn_exchange_found {
  int64_t n; /* by supply and then demand */
  const int32_t *supply, *demand;
  const int64_t *quantity;
  const double *worth;
  const double *supply_dual, *demand_dual; /* as in a view */
  double value, bound;
  int64_t pivots;
  double seconds[KN_EXCHANGE_PHASES];
} kn_exchange_found;
kn_code kn_exchange_adopt(kn_exchange_solution **out, const kn_exchange *exchange, const kn_exchange_found *found, kn_error *err);
/* What the optimum changes by with one unit more or one less of a node, all else being equal. They differ where the optimum is
 * degenerate, as with as much offered as is asked for. To rounding: 0 <= one_more <= dual <= one_less. */
typedef struct kn_exchange_price {
  double one_more; /* what one unit more would bring: the right derivative of the optimum in the quantity */
  double one_less; /* what one unit less would cost: the left derivative. INFINITY: there is none to take away */
} kn_exchange_price;
/* The prices of `count` nodes of one side, by their numbers, over all pairs. The solution kept its engine and is exact (asked
 * for with gap 0, not stopped); exchange is the market that it was solved for. Threads may ask the same solution side by side.
 * grain: flows of no more units count as none. 0, or what a caller who cut quantities to whole units may have cut off.
 * errors  KN_E_USAGE  no engine, another market, or a solution that is not exact: its prices are not known
 * cost    O(n) once; then little where the last tree tells, else what a search by price has to pass: at 100,000 x 100,000 some
 *         0.1 ms a node */
kn_code kn_exchange_prices_of(const kn_exchange_solution *solution, const kn_exchange *exchange, bool is_demand, int64_t count,
                              const int64_t *node, int64_t grain, kn_exchange_price *out, kn_error *err);
/* The same of one node, with grain 0. */
kn_code kn_exchange_price_of(const kn_exchange_solution *solution, const kn_exchange *exchange, bool is_demand, int64_t node,
                             kn_exchange_price *out, kn_error *err);
kn_exchange_view kn_exchange_rows(const kn_exchange_solution *solution);
void kn_exchange_free(kn_exchange_solution *solution); /* NULL is fine */

#endif
