/* The best nodes at each hub: made once for a market, filled anew whenever weights change.
 *
 * A pair costs the least sum over the hubs that both ends have, so it ranks  offset - cost of who asks + value at the hub,  at
 * the best of their hubs. With the K best values at each hub the K best partners of anybody are found: one that is not among
 * those of its best hub has K before it there (k nearest neighbours by hub labels: Abraham, Delling, Fiat, Goldberg, Werneck 2012,
 * HLDB: location-based services in databases). */
#include "plan/network_hubs.h"

/* Hubs keep more than anybody asks for: then it is mostly known that a pair has no better hub. */
enum { DEEPER = 2 };

static bool
is_tree_of_supply(const network *net, int32_t tree)
{
  return tree < net->supply_tree_count;
}

/* The hubs of a node in the channel of a list. */
static kn_fare_hubs
hubs_of(const network *net, const network_list *list, int32_t node)
{
  const kn_exchange *exchange = net->exchange;
  const bool is_demand = !net->is_supply[node];
  if (!network_meets(network_met(net, list->kind, is_demand, net->outer[node]), list->channel))
    return (kn_fare_hubs){0};
  return exchange->hubs->at(exchange->arg, list->kind, list->channel, is_demand, net->outer[node]);
}

/* ------------------------------------------------------------------ who meets what */
typedef struct meeting {
  const network *net;
  int side;
} meeting;

static void
meet_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const meeting *m = arg;
  const kn_exchange *exchange = m->net->exchange;
  const kn_exchange_hubs *told = exchange->hubs;
  for (int64_t i = first; i < last; i++)
    for (int32_t k = 0; k < told->kind_count; k++) {
      const int32_t channels = told->channel_first[k + 1] - told->channel_first[k];
      const int32_t *group = exchange->supply_group;
      uint32_t *met = &m->net->met[m->side][i * told->kind_count + k];
      *met = 0;
      if (channels == 0 || (!m->side && told->kind[group ? group[i] : 0] != k))
        continue;
      *met = told->is_stray(exchange->arg, k, m->side != 0, (int32_t)i) ? NETWORK_STRAY : 0;
      for (int32_t c = 0; c < channels; c++)
        if (told->at(exchange->arg, k, c, m->side != 0, (int32_t)i).n > 0)
          *met |= UINT32_C(1) << (c < NETWORK_LAST_CHANNEL ? c : NETWORK_LAST_CHANNEL);
    }
}

kn_code
network_hubs_meet(network *net, kn_arena *keep, kn_error *err)
{
  for (int side = 0; side < 2; side++) {
    const int64_t nodes = side ? net->exchange->demand_count : net->exchange->supply_count;
    KN_NEW(net->met[side], keep, nodes * net->exchange->hubs->kind_count, err);
    meeting m = {net, side};
    KN_TRY(kn_team_run(net->team, nodes, 1024, meet_some, &m, err));
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ making */
/* Calls `use` for each node of a tree that is there today. */
typedef void (*use_node)(void *arg, int32_t node);

static void
walk_tree(const network *net, int32_t tree, use_node use, void *arg)
{
  const network_tree *t = &net->tree[tree];
  for (int32_t l = 0; l < t->leaf_count; l++)
    for (int s = 0; s < NETWORK_LEAF && t->leaf[l].node[s] != KN_NONE; s++)
      if (net->outer[t->leaf[l].node[s]] != KN_NONE)
        use(arg, t->leaf[l].node[s]);
}

typedef struct making {
  network *net;
  network_list *list;
  int32_t *count, *used; /* [hubs of a channel] nodes by hub; hubs that some node has */
  int32_t used_count;
  network_item *item; /* [nodes] strays */
  int64_t strays;
  int32_t kind;
} making;

static void
count_hubs(void *arg, int32_t node)
{
  making *m = arg;
  const kn_fare_hubs hubs = hubs_of(m->net, m->list, node);
  for (int32_t k = 0; k < hubs.n; k++) {
    const int32_t hub = hubs.hub ? hubs.hub[k] : k;
    if (m->count[hub]++ == 0)
      m->used[m->used_count++] = hub;
  }
}

/* A slot for each hub, or a hash where hardly any is used. */
static kn_code
make_slots(making *m, int32_t hub_count, kn_error *err)
{
  network_list *list = m->list;
  uint32_t size = 16;
  while (size < 2 * (uint32_t)m->used_count)
    size *= 2;
  const bool is_hashed = size < (uint32_t)hub_count;
  list->slot_count = m->used_count == 0 ? 0 : is_hashed ? (int32_t)size : hub_count;
  list->mask = is_hashed ? size - 1 : 0;
  KN_NEW(list->hub, m->net->keep, list->slot_count, err);
  KN_NEW(list->best, m->net->keep, list->slot_count, err);
  KN_NEW(list->worst, m->net->keep, list->slot_count, err);
  if (!is_hashed)
    return KN_OK;
  KN_NEW(list->name, m->net->keep, list->slot_count, err);
  for (int32_t s = 0; s < list->slot_count; s++)
    list->name[s] = KN_NONE;
  return KN_OK;
}

static kn_code
make_list(making *m, int32_t hub_count, kn_error *err)
{
  network *net = m->net;
  network_list *list = m->list;
  const int32_t depth = DEEPER * (is_tree_of_supply(net, list->tree) ? NETWORK_DEMAND_HITS : NETWORK_SUPPLY_HITS);
  m->used_count = 0;
  walk_tree(net, list->tree, count_hubs, m);
  KN_TRY(make_slots(m, hub_count, err));
  int32_t items = 0;
  for (int32_t u = 0; u < m->used_count; u++) {
    const int32_t name = m->used[u], count = m->count[name], slot = network_list_find(list, name);
    if (list->mask != 0)
      list->name[slot] = name;
    list->hub[slot] = (network_hub){.first = items, .most = (int16_t)(count < depth ? count : depth), .is_cut = count > depth};
    items += list->hub[slot].most;
    m->count[name] = 0;
  }
  KN_NEW(list->item, net->keep, items, err);
  return KN_OK;
}

static void
list_stray(void *arg, int32_t node)
{
  making *m = arg;
  if (network_met(m->net, m->kind, !m->net->is_supply[node], m->net->outer[node]) & NETWORK_STRAY)
    m->item[m->strays++] = network_item_at(m->net->point[node], node);
}

/* The lists of a tree for those who ask by this kind. */
static kn_code
make_lists(making *m, int32_t tree, int32_t kind, kn_error *err)
{
  network *net = m->net;
  network_hubs *hubs = net->hubs;
  const kn_exchange_hubs *told = net->exchange->hubs;
  const int64_t at = (int64_t)tree * hubs->kind_count + kind;
  if (net->tree[tree].is_anywhere || hubs->first[at] != KN_NONE || told->channel_first[kind] == told->channel_first[kind + 1])
    return KN_OK;
  hubs->first[at] = hubs->list_count;
  for (int32_t c = told->channel_first[kind]; c < told->channel_first[kind + 1]; c++) {
    m->list = &hubs->list[hubs->list_count++];
    *m->list = (network_list){
        .tree = tree, .kind = kind, .channel = c - told->channel_first[kind], .is_exact = told->channel[c].is_exact};
    KN_TRY(make_list(m, told->channel[c].hub_count, err));
  }
  m->strays = 0;
  m->kind = kind;
  walk_tree(net, tree, list_stray, m);
  if (m->strays == 0)
    return KN_OK;
  hubs->stray_tree[at] = hubs->stray_count;
  return network_tree_build(&hubs->stray[hubs->stray_count++], net->team, net->keep, m->item, m->strays, err);
}

static kn_code
make_all(making *m, kn_arena *scratch, kn_error *err)
{
  network *net = m->net;
  network_hubs *hubs = net->hubs;
  const kn_exchange_hubs *told = net->exchange->hubs;
  const int32_t trees = net->supply_tree_count + net->demand_tree_count, channels = told->channel_first[told->kind_count];
  int32_t most = 0;
  for (int32_t c = 0; c < channels; c++)
    most = told->channel[c].hub_count > most ? told->channel[c].hub_count : most;
  KN_NEW(m->count, scratch, most, err);
  KN_NEW(m->used, scratch, most, err);
  KN_NEW(m->item, scratch, net->n, err);
  const int64_t cells = (int64_t)trees * told->kind_count;
  int64_t lists = 0, sets = 0;
  KN_NEW(hubs->first, net->keep, cells, err);
  KN_NEW(hubs->stray_tree, net->keep, cells, err);
  for (int64_t k = 0; k < cells; k++)
    hubs->first[k] = hubs->stray_tree[k] = KN_NONE;
  /* A tree of supplies is asked by its own kind, one of demands by those of its partners. */
  for (int pass = 0; pass < 2; pass++) {
    if (pass == 1) {
      KN_NEW(hubs->list, net->keep, lists, err);
      KN_NEW(hubs->stray, net->keep, sets, err);
    }
    for (int32_t s = 0; s < net->supply_tree_count; s++) {
      const int32_t kind = told->kind[net->tree[s].group], here = told->channel_first[kind + 1] - told->channel_first[kind];
      for (int64_t p = net->partner_first[s] - 1; p < net->partner_first[s + 1]; p++) {
        if (pass == 1)
          KN_TRY(make_lists(m, p < net->partner_first[s] ? s : net->partner[p], kind, err));
        lists += here;
        sets++;
      }
    }
  }
  return KN_OK;
}

/* O(entries of the labels of all nodes). */
kn_code
network_hubs_make(network *net, kn_error *err)
{
  if (net->met[0] == NULL)
    KN_TRY(network_hubs_meet(net, net->keep, err));
  KN_NEW(net->hubs, net->keep, 1, err);
  net->hubs->kind_count = net->exchange->hubs->kind_count;
  making m = {.net = net};
  kn_arena *scratch = kn_arena_new();
  const kn_code code = make_all(&m, scratch, err);
  kn_arena_free(scratch);
  return code;
}

/* ------------------------------------------------------------------ weighing */
static inline void
put(network_list *list, int32_t slot, network_item_at_hub fresh)
{
  network_hub *hub = &list->hub[slot];
  network_item_at_hub *item = list->item + hub->first;
  int at = hub->count < hub->most ? hub->count++ : hub->count - 1;
  for (; at > 0 && item[at - 1].value < fresh.value; at--)
    item[at] = item[at - 1];
  item[at] = fresh;
  list->best[slot] = item[0].value;
  if (hub->count == hub->most)
    list->worst[slot] = item[hub->most - 1].value;
}

static void
put_all(network_list *list, kn_fare_hubs hubs, double weight, int32_t node)
{
  if (list->mask == 0 && hubs.hub && hubs.units) /* as most are */
    for (int32_t k = 0; k < hubs.n; k++) {
      const double value = weight - (hubs.fixed + hubs.rate * hubs.units[k]);
      if (value > list->worst[hubs.hub[k]])
        put(list, hubs.hub[k], (network_item_at_hub){value, node});
    }
  else
    for (int32_t k = 0; k < hubs.n; k++) {
      const double value = weight - network_hub_cost(&hubs, k);
      const int32_t slot = network_list_find(list, hubs.hub ? hubs.hub[k] : k);
      if (value > list->worst[slot])
        put(list, slot, (network_item_at_hub){value, node});
    }
}

static void
fill_list(const network *net, network_list *list)
{
  const network_tree *tree = &net->tree[list->tree];
  if (list->slot_count == 0)
    return;
  for (int32_t s = 0; s < list->slot_count; s++) {
    list->best[s] = list->worst[s] = -INFINITY;
    list->hub[s].count = 0;
  }
  for (int32_t l = 0; l < tree->leaf_count; l++)
    for (int t = 0; t < NETWORK_LEAF && tree->leaf[l].node[t] != KN_NONE; t++) {
      const int32_t node = tree->leaf[l].node[t];
      const double weight = tree->leaf[l].weight[t];
      if (weight > -INFINITY && net->outer[node] != KN_NONE)
        put_all(list, hubs_of(net, list, node), weight, node);
    }
}

static void
fill_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const network *net = arg;
  for (int64_t l = first; l < last; l++)
    fill_list(net, &net->hubs->list[l]);
}

/* O(entries of the labels of all nodes), each list by one thread. weight [nodes]: as the trees have them. */
kn_code
network_hubs_weigh(network *net, const double *weight, kn_error *err)
{
  network_hubs *hubs = net->hubs;
  const kn_exchange *exchange = net->exchange;
  for (int32_t t = 0; t < net->supply_tree_count + net->demand_tree_count; t++)
    for (int32_t k = 0; k < hubs->kind_count; k++) {
      const int32_t stray = hubs->stray_tree[(int64_t)t * hubs->kind_count + k];
      if (stray != KN_NONE)
        KN_TRY(network_tree_weigh(&hubs->stray[stray], net->team, weight, net->outer,
                                  is_tree_of_supply(net, t) ? exchange->supply_end : exchange->demand_end, err));
    }
  hubs->is_weighed = true;
  return kn_team_run(net->team, hubs->list_count, 1, fill_some, net, err);
}
