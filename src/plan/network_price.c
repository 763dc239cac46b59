/* Pricing: which pairs of all would pay at the duals of the moment, and the bound that these duals prove.
 *
 * For any u, v >= 0 of one side, D(v) = sum_j d_j v_j + sum_i s_i max(0, max_j (worth_ij - v_j)) is at least the worth of
 * every plan: give each unit its price and let each supply take its best buyer as if it were alone. */
#include "plan/network_hubs.h"

enum { FEW = 16 };

/* fmax() is a call where NAN has to be minded. */
static inline double
at_least_0(double x)
{
  return x > 0 ? x : 0;
}

typedef struct pricing {
  network *net;
  const int32_t *node; /* those who ask; NULL: all */
  double window;       /* candidates this far below paying are of use */
} pricing;

typedef struct asker {
  const network *market;
  bool is_supply;
} asker;

static bool
fits_other(void *arg, int32_t outer, int32_t other)
{
  const asker *self = arg;
  const kn_exchange *exchange = self->market->exchange;
  const int32_t there = self->market->outer[other];
  return self->is_supply ? exchange->fits(exchange->arg, outer, there) : exchange->fits(exchange->arg, there, outer);
}

static bool
has_hubs(const network *market)
{
  return market->hubs != NULL && market->hubs->is_weighed;
}

/* Searches all trees that a node of tree `mine` may trade with, for the rest as the query says. */
static void
search_all(const network *market, bool is_supply, int32_t mine, double worth, network_query *query)
{
  asker self = {market, is_supply};
  const int32_t tree = is_supply ? mine : market->supply_tree_count + mine;
  query->metric = market->exchange->metric;
  query->fits = market->exchange->fits ? fits_other : NULL;
  query->carried = market->exchange->carry ? market : NULL;
  query->is_supply = is_supply;
  const double *end = is_supply ? market->exchange->supply_end : market->exchange->demand_end;
  query->end = end == NULL ? INFINITY : end[query->node];
  query->arg = &self;
  query->is_anywhere = market->tree[tree].is_anywhere;
  const bool is_done = has_hubs(market) && (query->way ? network_hubs_scatter(market, tree, worth, query)
                                                       : network_hubs_search(market, tree, worth, query));
  for (int64_t p = market->partner_first[tree]; p < market->partner_first[tree + 1] && !is_done; p++) {
    const int32_t other = market->partner[p];
    query->extra = market->partner_extra[p];
    query->offset = worth + query->extra;
    query->haul = &market->exchange->haul[market->tree[is_supply ? tree : other].group];
    network_tree_search(&market->tree[other], query);
  }
  query->arg = NULL; /* who asks lives no longer than the asking */
}

/* What the best partner leaves to a node of the given kind, by the weights that the trees have now; -INFINITY: none. */
double
network_ask(const network *market, bool is_supply, int32_t tree, int32_t outer, kn_point at, double worth)
{
  network_query query = {.from = at, .node = outer, .floor = -INFINITY, .least = -INFINITY, .most = 1};
  search_all(market, is_supply, tree, worth, &query);
  return query.count > 0 ? query.hit[0].rank : -INFINITY;
}

/* Where all who ask would pay the same few best (many at one place), a round would serve only these. Half of the hits give
 * way to others that pay too, different ones for each who asks. */
static void
scatter(const network *net, int32_t node, network_query *query)
{
  network_query other = *query;
  other.count = 0;
  other.most = query->most / 2;
  other.floor = other.least = fmax(net->dual[node], 0);
  other.way = ((uint32_t)node * 2654435761u ^ net->scan * 40503u) | 1;
  search_all(net, net->is_supply[node] != 0, net->tree_of[node], net->worth[node], &other);
  query->count = other.most;
  for (int32_t k = 0; k < other.count; k++) {
    bool is_known = false;
    for (int32_t h = 0; h < query->count && !is_known; h++)
      is_known = query->hit[h].node == other.hit[k].node;
    if (!is_known)
      query->hit[query->count++] = other.hit[k];
  }
}

static void
price_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  network *net = ((pricing *)arg)->net;
  for (int64_t i = first; i < last; i++) {
    const int32_t node = ((pricing *)arg)->node ? ((pricing *)arg)->node[i] : (int32_t)i;
    const bool is_supply = net->is_supply[node] != 0;
    network_query query = {
        .from = net->point[node], .node = net->outer[node], .most = is_supply ? NETWORK_SUPPLY_HITS : NETWORK_DEMAND_HITS};
    uint32_t at = net->hit_at[node];
    const double floor = at_least_0(net->dual[node]) - ((pricing *)arg)->window;
    query.floor = query.least = floor;
    for (uint32_t h = at; h < net->hit_at[node + 1] && net->hit[h] != KN_NONE; h++)
      network_query_seed(&query, (network_hit){.rank = net->hit_worth[h] - at_least_0(net->dual[net->hit[h]]),
                                               .worth = net->hit_worth[h],
                                               .node = net->hit[h]});
    search_all(net, is_supply, net->tree_of[node], net->worth[node], &query);
    net->reach[node] = query.count > 0 ? fmax(query.hit[0].rank, floor) : floor;
    if (query.count == query.most && net->is_scattered && query.hit[query.most - 1].rank > at_least_0(net->dual[node]))
      scatter(net, node, &query);
    for (int32_t k = 0; k < query.most; k++, at++) {
      const int32_t other = k < query.count ? query.hit[k].node : KN_NONE;
      net->hit[at] = other;
      if (other == KN_NONE)
        continue;
      const network_hit *hit = &query.hit[k];
      net->hit_worth[at] = !isnan(hit->worth) ? hit->worth
                           : is_supply        ? network_pair(net, node, other, hit->extra)
                                              : network_pair(net, other, node, hit->extra);
    }
  }
}

static void
leave_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  network *net = arg;
  for (int64_t i = first; i < last; i++)
    net->reach[i] = net->worth[i] - at_least_0(net->dual[i]);
}

/* Gives the trees the worth of each node less its dual as weights. O(n). */
kn_code
network_weigh(network *net, kn_error *err)
{
  enum { CHUNK = 2048 };
  if (net->hubs)
    net->hubs->is_weighed = false;
  KN_TRY(kn_team_run(net->team, net->n, CHUNK, leave_some, net, err));
  const kn_exchange *exchange = net->exchange;
  for (int32_t t = 0; t < net->supply_tree_count + net->demand_tree_count; t++)
    KN_TRY(network_tree_weigh(&net->tree[t], net->team, net->reach, net->outer,
                              t < net->supply_tree_count ? exchange->supply_end : exchange->demand_end, err));
  return KN_OK;
}

double
network_worth(const network *net, int32_t supply, int32_t demand)
{
  const int32_t from = net->tree_of[supply], to = net->supply_tree_count + net->tree_of[demand];
  const kn_exchange *exchange = net->exchange;
  int64_t first = net->partner_first[from], last = net->partner_first[from + 1];
  while (first < last) {
    const int64_t middle = (first + last) / 2;
    if (net->partner[middle] < to)
      first = middle + 1;
    else
      last = middle;
  }
  if (first == net->partner_first[from + 1] || net->partner[first] != to ||
      (exchange->fits && !exchange->fits(exchange->arg, net->outer[supply], net->outer[demand])))
    return -INFINITY;
  return network_pair(net, supply, demand, net->partner_extra[first]);
}

/* For `count` nodes that ask. Few ask the trees: filling the lists takes as long as some hundred questions. */
static kn_code
weigh_for(network *net, int64_t count, kn_error *err)
{
  KN_TRY(network_weigh(net, err));
  if (net->exchange->hubs == NULL || count < net->n / FEW)
    return KN_OK;
  if (net->hubs == NULL)
    KN_TRY(network_hubs_make(net, err));
  return network_hubs_weigh(net, net->reach, err);
}

kn_code
network_price_some(network *net, int64_t count, const int32_t *node, double window, network_price *price, kn_error *err)
{
  KN_TRY(weigh_for(net, count, err));
  pricing work = {.net = net, .node = node, .window = window};
  KN_TRY(kn_team_run(net->team, count, 64, price_some, &work, err));
  *price = (network_price){.bound = INFINITY};
  for (int64_t k = 0; k < count; k++)
    price->violation = fmax(price->violation, net->reach[node[k]] - fmax(net->dual[node[k]], 0));
  net->queries += count;
  return KN_OK;
}

/* The best partners of every node into its candidates, at the prices max(0, net->dual). Exact over all pairs. */
kn_code
network_price_all(network *net, double window, network_price *price, kn_error *err)
{
  KN_TRY(weigh_for(net, net->n, err));
  pricing work = {.net = net, .window = window};
  KN_TRY(kn_team_run(net->team, net->n, 128, price_some, &work, err));
  double side[2] = {0, 0}; /* [is_supply]: bound whose inner maximum runs over that side */
  price->violation = 0;
  for (int32_t i = 0; i < net->n; i++) {
    const double quantity = (double)net->quantity[i], reach = net->reach[i], dual = at_least_0(net->dual[i]);
    side[net->is_supply[i]] += quantity * at_least_0(reach);
    side[!net->is_supply[i]] += quantity * dual;
    price->violation = reach - dual > price->violation ? reach - dual : price->violation;
  }
  price->is_from_supply = side[1] <= side[0];
  price->bound = fmin(side[0], side[1]);
  net->queries += net->n;
  return KN_OK;
}

typedef struct handing {
  network *fine;
  const network *coarse;
} handing;

static void
hand_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  network *fine = ((handing *)arg)->fine;
  for (int64_t i = first; i < last; i++) {
    const int32_t node = (int32_t)i;
    fine->dual[node] = fmax(0, network_ask(((handing *)arg)->coarse, fine->is_supply[node] != 0, fine->tree_of[node],
                                           fine->outer[node], fine->point[node], fine->worth[node]));
  }
}

/* Duals of a fine market from those of a coarse one: what the best partner there leaves to each node. */
kn_code
network_hand_down(network *fine, network *coarse, kn_error *err)
{
  KN_TRY(weigh_for(coarse, fine->n, err));
  handing work = {.fine = fine, .coarse = coarse};
  fine->queries += fine->n;
  return kn_team_run(fine->team, fine->n, 128, hand_some, &work, err);
}
