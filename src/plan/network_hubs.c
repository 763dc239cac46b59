/* Searching by hubs: the best partners of a node from the best at each of its hubs, without a look at pairs.
 *
 * A list tells what its pairs rank at most, and in an exact channel, for a pair that is listed at its best hub, what it ranks.
 * So hits come from the lists, and what is open is asked for. If no hit reaches what the pairs left out rank at most, the trees are
 * searched as if there were no hubs. */
#include "plan/network_hubs.h"

enum { MOST = NETWORK_SUPPLY_HITS + 1, LEAST = 4 };

typedef struct found {
  network_hit hit;
  bool is_known; /* asked for; else as a list tells */
} found;

typedef struct hub_search {
  const network *market;
  network_query *query;
  double worth; /* of who asks */
  int32_t count, most;
  double least; /* what ranks no higher is not listed */
  double cut;   /* what lists had no room for ranks no higher */
  found list[MOST];
} hub_search;

static bool
fits(const network_query *query, int32_t node)
{
  return !query->fits || query->fits(query->arg, query->node, node);
}

/* Asks for what a pair ranks. */
static void
ask(const network *market, const network_query *query, double worth, network_hit *hit)
{
  const kn_exchange *exchange = market->exchange;
  const int32_t other = market->outer[hit->node];
  const double cost = query->is_supply ? exchange->carry(exchange->arg, query->node, other, INFINITY)
                                       : exchange->carry(exchange->arg, other, query->node, INFINITY);
  hit->worth = (worth + hit->extra) + market->worth[hit->node] - cost;
  hit->rank = hit->worth - fmax(market->dual[hit->node], 0);
}

static void
keep(hub_search *s, found fresh)
{
  int32_t at = 0;
  while (at < s->count && s->list[at].hit.node != fresh.hit.node)
    at++;
  if (at < s->count) {
    if (s->list[at].is_known || !(fresh.hit.rank > s->list[at].hit.rank))
      return;
  } else if (s->count < s->most) {
    s->count++;
  } else {
    at = s->most - 1;
  }
  for (; at > 0 && s->list[at - 1].hit.rank < fresh.hit.rank; at--)
    s->list[at] = s->list[at - 1];
  s->list[at] = fresh;
  if (s->count == s->most)
    s->least = fmax(s->least, s->list[s->most - 1].hit.rank);
}

static network_hit
hit_at(const hub_search *s, const network_item_at_hub *item, double cost)
{
  const double rank = s->query->offset - cost + item->value;
  return (network_hit){
      .rank = rank, .worth = rank + fmax(s->market->dual[item->node], 0), .extra = s->query->extra, .node = item->node};
}

/* A pair that ranks at most so; asked for what it does, if that is not known. */
static void
keep_open(hub_search *s, network_hit hit)
{
  for (int32_t k = 0; k < s->count; k++)
    if (s->list[k].hit.node == hit.node && s->list[k].is_known)
      return;
  if (!fits(s->query, hit.node))
    return;
  ask(s->market, s->query, s->worth, &hit);
  if (hit.rank > s->least)
    keep(s, (found){hit, true});
}

static void
look_at_hub(hub_search *s, const network_list *list, const network_hub *hub, double cost)
{
  const network_item_at_hub *item = list->item + hub->first;
  for (int32_t k = 0; k < hub->count; k++) {
    const network_hit hit = hit_at(s, &item[k], cost);
    if (!(hit.rank > s->least))
      return;
    if (list->is_exact)
      keep(s, (found){hit, false});
    else
      keep_open(s, hit);
  }
  if (hub->is_cut)
    s->cut = fmax(s->cut, s->query->offset - cost + item[hub->count - 1].value);
}

static void
look_at_list(hub_search *s, const network_list *list)
{
  const kn_exchange *exchange = s->market->exchange;
  const network_query *query = s->query;
  if (list->slot_count == 0 || !network_meets(network_met(s->market, list->kind, !query->is_supply, query->node), list->channel))
    return;
  const kn_fare_hubs hubs = exchange->hubs->at(exchange->arg, list->kind, list->channel, !query->is_supply, query->node);
  if (list->mask == 0 && hubs.hub && hubs.units) /* as most are */
    for (int32_t k = 0; k < hubs.n; k++) {
      const double cost = hubs.fixed + hubs.rate * hubs.units[k];
      if (query->offset - cost + list->best[hubs.hub[k]] > s->least)
        look_at_hub(s, list, &list->hub[hubs.hub[k]], cost);
    }
  else
    for (int32_t k = 0; k < hubs.n; k++) {
      const int32_t slot = network_list_find(list, hubs.hub ? hubs.hub[k] : k);
      const double cost = network_hub_cost(&hubs, k);
      if (query->offset - cost + list->best[slot] > s->least)
        look_at_hub(s, list, &list->hub[slot], cost);
    }
}

/* ------------------------------------------------------------------ which trees */
/* What a query and a tree need to know of each other. False: hubs do not tell of them. */
static bool
meet(const network *market, int32_t tree, int64_t partner, double worth, network_query *query, int64_t *at)
{
  const int32_t other = market->partner[partner];
  const int32_t group = market->tree[query->is_supply ? tree : other].group;
  query->extra = market->partner_extra[partner];
  query->offset = worth + query->extra;
  query->haul = &market->exchange->haul[group];
  const int32_t kind = market->exchange->hubs->kind[group];
  *at = (int64_t)other * market->hubs->kind_count + kind;
  return !query->is_anywhere && market->hubs->first[*at] != KN_NONE &&
         !(network_met(market, kind, !query->is_supply, query->node) & NETWORK_STRAY);
}

static int32_t
channels_of(const network *market, int32_t kind)
{
  const int32_t *first = market->exchange->hubs->channel_first;
  return first[kind + 1] - first[kind];
}

/* The trees that hubs do not tell of, and those points that they do not. */
static void
search_rest(const network *market, int32_t tree, double worth, network_query *query)
{
  for (int64_t p = market->partner_first[tree]; p < market->partner_first[tree + 1]; p++) {
    int64_t at;
    if (!meet(market, tree, p, worth, query, &at))
      network_tree_search(&market->tree[market->partner[p]], query);
    else if (market->hubs->stray_tree[at] != KN_NONE)
      network_tree_search(&market->hubs->stray[market->hubs->stray_tree[at]], query);
  }
}

/* The hits of the query from what was found; false: what was left out may rank higher than the best of them. */
static bool
settle(hub_search *s)
{
  network_query *query = s->query;
  const double scale = s->market->worth_scale;
  const double left_out = fmax(s->cut, s->count == s->most ? s->list[s->most - 1].hit.rank : -INFINITY);
  query->count = 0;
  query->least = query->floor;
  int32_t k = 0;
  for (; k < s->count && query->count < query->most; k++) {
    network_hit *hit = &s->list[k].hit;
    if (!s->list[k].is_known) {
      if (!fits(query, hit->node))
        continue;
      if (!(hit->rank > s->cut + 1e-9 * scale))
        ask(s->market, query, s->worth, hit);
    }
    network_query_seed(query, *hit);
  }
  const double rest = k < s->count ? fmax(s->cut, s->list[k].hit.rank) : left_out;
  return !(rest > (query->count > 0 ? query->hit[0].rank : query->floor) + 1e-12 * scale);
}

static void
look_at_partners(hub_search *s, int32_t tree, bool is_exact)
{
  const network *market = s->market;
  for (int64_t p = market->partner_first[tree]; p < market->partner_first[tree + 1]; p++) {
    int64_t at;
    if (!meet(market, tree, p, s->worth, s->query, &at))
      continue;
    const network_tree *other = &market->tree[market->partner[p]];
    if (!(network_box_bound(other, 1, other->box[1].most, s->query) > s->least))
      continue;
    const network_list *list = &market->hubs->list[market->hubs->first[at]];
    const int32_t channels = channels_of(market, list->kind);
    for (int32_t c = 0; c < channels; c++)
      if (list[c].is_exact == is_exact)
        look_at_list(s, &list[c]);
  }
}

/* The hits of `query` over all that a node of this tree may trade with. tree: of all trees. */
bool
network_hubs_search(const network *market, int32_t tree, double worth, network_query *query)
{
  search_rest(market, tree, worth, query);
  hub_search s = {.market = market, .query = query, .worth = worth, .least = query->floor, .cut = -INFINITY};
  s.most = (query->most < LEAST ? LEAST : query->most) + 1;
  for (int32_t k = 0; k < query->count; k++) {
    network_hit hit = query->hit[k];
    if (isnan(hit.worth))
      ask(market, query, worth, &hit);
    keep(&s, (found){hit, true});
  }
  for (int pass = 0; pass < 2; pass++) /* where pairs are asked, those come last that know what pays */
    look_at_partners(&s, tree, pass == 0);
  return settle(&s);
}

/* ------------------------------------------------------------------ some that pay */
/* From another place in each list for each who asks, until the query has its hits. */
static void
pick_from_list(const network *market, const network_list *list, double worth, network_query *query)
{
  const kn_exchange *exchange = market->exchange;
  if (list->slot_count == 0)
    return;
  const kn_fare_hubs hubs = exchange->hubs->at(exchange->arg, list->kind, list->channel, !query->is_supply, query->node);
  for (int32_t k = 0; k < hubs.n && query->count < query->most; k++) {
    const int32_t e = (int32_t)(((query->way >> 8) + (uint32_t)k) % (uint32_t)hubs.n);
    const int32_t slot = network_list_find(list, hubs.hub ? hubs.hub[e] : e);
    const network_hub *hub = &list->hub[slot];
    const double cost = network_hub_cost(&hubs, e);
    const int32_t count = hub->count;
    for (int32_t i = 0; i < count && query->count < query->most; i++) {
      const network_item_at_hub *item = &list->item[hub->first + (int32_t)((query->way + (uint32_t)i) % (uint32_t)count)];
      bool is_hit = !(query->offset - cost + item->value > query->least);
      for (int32_t h = 0; h < query->count && !is_hit; h++)
        is_hit = query->hit[h].node == item->node;
      if (is_hit || !fits(query, item->node))
        continue;
      network_hit hit = {.extra = query->extra, .node = item->node};
      ask(market, query, worth, &hit);
      network_query_seed(query, hit);
    }
  }
}

/* Always done: those who find none have their best. */
bool
network_hubs_scatter(const network *market, int32_t tree, double worth, network_query *query)
{
  const int64_t first = market->partner_first[tree], count = market->partner_first[tree + 1] - first;
  for (int64_t k = 0; k < count && query->count < query->most; k++) {
    int64_t at;
    if (!meet(market, tree, first + (int64_t)((query->way >> 4) + (uint64_t)k) % count, worth, query, &at))
      continue;
    const network_list *list = &market->hubs->list[market->hubs->first[at]];
    const int32_t channels = channels_of(market, list->kind);
    for (int32_t c = 0; c < channels; c++)
      pick_from_list(market, &list[c], worth, query);
  }
  return true;
}
