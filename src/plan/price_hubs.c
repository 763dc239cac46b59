/* Pricing over a network: the best ties of all nodes by hubs instead of by pairs.
 *
 * What moving costs is the least sum over the hubs that both ends have (kn_fare_channel, transport.h), so a tie is worth
 *     offset of who asks - cost to a hub + value there,     value = weight of the other - cost from the hub
 * at the best hub of both. Node by node of a group, for one way after the other: the nodes at its other end into lists of the
 * best by hub, then all of the group ask these. What a list cannot tell is asked of the hauls, and who does not find the best
 * so, of the trees. */
#include <stdlib.h>

#include "plan/pricer.h"

enum { ASKERS_PER_TARGET = 16 };

typedef struct item {
  double value;
  int32_t node;
} item;

typedef struct hub {
  int32_t first, most, count;
  bool is_cut; /* more nodes have it than it has room for */
} hub;

/* The lists of one way, by one thread. Hubs of all channels of a class are numbered one channel after the other. */
typedef struct lists {
  int32_t hub_count;
  int32_t *count, *used; /* [hub_count] nodes by hub, 0 where it is not in use; hubs in use */
  int32_t used_count;
  hub *hub;             /* [hub_count] */
  double *best, *worst; /* [hub_count] first value; last one of a hub that is full. -INFINITY: none */
  item *item;
  int64_t item_capacity;
  item *stray; /* [nodes of a side] those that hubs do not tell all of, the best first; value: their weight */
  int32_t stray_count;
  double top;     /* the largest value at any hub, or weight of a stray */
  double largest; /* of the weights, whatever their sign */
  kn_code code;
  kn_error err;
} lists;

typedef struct channels {
  int32_t count; /* KN_NONE: hubs do not tell */
  int32_t *base; /* [count + 1] first hub */
  kn_fare_channel *of;
} channels;

typedef struct pricing {
  plan_pricer *p;
  lists *lists; /* [threads] */
  channels of[KN_CLASS_COUNT];
  int32_t *at;     /* [groups of supply + of demand + 1] first place in `found` */
  int32_t *counts; /* [nodes] ties found so far by place; KN_NONE: it must ask the trees */
} pricing;

/* A way as one of its ends sees it. */
typedef struct view {
  const pricing *work;
  lists *lists;
  const kn_way *way;
  int32_t number;
  kn_class class_of;
  const channels *channels;
  bool is_supply; /* supplies ask */
} view;

/* ------------------------------------------------------------------ lists */
static kn_fare_hubs
hubs_of(const view *v, int32_t channel, bool is_demand, int32_t node)
{
  return kn_hauls_hubs(v->work->p->hauls, v->class_of, channel, is_demand, node);
}

static inline double
cost_at(const kn_fare_hubs *hubs, int32_t k)
{
  return hubs->fixed + hubs->rate * (hubs->units ? (double)hubs->units[k] : hubs->cost[k]);
}

static inline int32_t
hub_at(const kn_fare_hubs *hubs, int32_t k)
{
  return hubs->hub ? hubs->hub[k] : k;
}

/* What the other end of a tie brings by this way. */
static double
weight_of(const view *v, int32_t node)
{
  const plan_pricer *p = v->work->p;
  if (!v->is_supply)
    return p->S[node];
  return v->way->ratio * (p->P[node] - plan_mix_dual(p, node, v->way)) + p->Q[node];
}

static double
offset_of(const view *v, int32_t node)
{
  const plan_pricer *p = v->work->p;
  const double own = v->is_supply ? p->S[node] : v->way->ratio * (p->P[node] - plan_mix_dual(p, node, v->way)) + p->Q[node];
  return own - p->weights.value * v->way->cost_eur;
}

static const plan_grove *
targets_of(const view *v)
{
  return v->is_supply ? &v->work->p->demand_grove[v->way->demand_group] : &v->work->p->supply_grove[v->way->supply_group];
}

/* Room for as many nodes as a hub has, or as are wanted of it. */
static kn_code
count_targets(const view *v)
{
  lists *l = v->lists;
  const plan_grove *targets = targets_of(v);
  const int32_t depth = 2 * v->work->p->most;
  for (int32_t u = 0; u < l->used_count; u++) {
    l->count[l->used[u]] = 0;
    l->best[l->used[u]] = l->worst[l->used[u]] = -INFINITY;
  }
  l->used_count = l->stray_count = 0;
  for (int32_t t = 0; t < targets->n; t++) {
    if (kn_hauls_is_stray(v->work->p->hauls, v->class_of, v->is_supply, targets->node[t])) {
      l->stray[l->stray_count++] = (item){weight_of(v, targets->node[t]), targets->node[t]};
      continue;
    }
    for (int32_t c = 0; c < v->channels->count; c++) {
      const kn_fare_hubs hubs = hubs_of(v, c, v->is_supply, targets->node[t]);
      for (int32_t k = 0; k < hubs.n; k++) {
        const int32_t h = v->channels->base[c] + hub_at(&hubs, k);
        if (l->count[h]++ == 0)
          l->used[l->used_count++] = h;
      }
    }
  }
  int32_t items = 0;
  for (int32_t u = 0; u < l->used_count; u++) {
    const int32_t count = l->count[l->used[u]];
    l->hub[l->used[u]] = (hub){.first = items, .most = count < depth ? count : depth, .is_cut = count > depth};
    items += l->hub[l->used[u]].most;
  }
  return KN_GROW(l->item, l->item_capacity, items + 1, &l->err);
}

static inline void
put(lists *l, int32_t h, item fresh)
{
  hub *at_hub = &l->hub[h];
  item *items = l->item + at_hub->first;
  int32_t at = at_hub->count < at_hub->most ? at_hub->count++ : at_hub->count - 1;
  for (; at > 0 && items[at - 1].value < fresh.value; at--)
    items[at] = items[at - 1];
  items[at] = fresh;
  l->best[h] = items[0].value;
  if (at_hub->count == at_hub->most)
    l->worst[h] = items[at_hub->most - 1].value;
}

static int
by_value(const void *a, const void *b)
{
  const item *x = a, *y = b;
  return x->value != y->value ? (x->value < y->value ? 1 : -1) : (x->node > y->node) - (x->node < y->node);
}

static kn_code
fill_lists(const view *v)
{
  lists *l = v->lists;
  const plan_grove *targets = targets_of(v);
  KN_TRY(count_targets(v));
  l->largest = 0;
  l->top = -INFINITY;
  for (int32_t t = 0; t < targets->n; t++) {
    const int32_t node = targets->node[t];
    const double weight = weight_of(v, node);
    l->largest = fmax(l->largest, fabs(weight));
    if (kn_hauls_is_stray(v->work->p->hauls, v->class_of, v->is_supply, node))
      continue;
    for (int32_t c = 0; c < v->channels->count; c++) {
      const kn_fare_hubs hubs = hubs_of(v, c, v->is_supply, node);
      for (int32_t k = 0; k < hubs.n; k++) {
        const int32_t h = v->channels->base[c] + hub_at(&hubs, k);
        const double value = weight - cost_at(&hubs, k);
        l->top = value > l->top ? value : l->top;
        if (value > l->worst[h])
          put(l, h, (item){value, node});
      }
    }
  }
  if (l->stray_count > 1)
    qsort(l->stray, (size_t)l->stray_count, sizeof *l->stray, by_value);
  if (l->stray_count > 0)
    l->top = fmax(l->top, l->stray[0].value);
  return KN_OK;
}

/* ------------------------------------------------------------------ one node asks */
typedef struct candidate {
  double worth;
  int32_t node, mode; /* mode KN_NONE: the hauls tell */
  bool is_known;      /* asked for; else as a list tells */
} candidate;

typedef struct search {
  const view *v;
  int32_t node, count, most;
  double offset;
  double least; /* what is worth no more is not listed */
  double cut;   /* what lists had no room for is worth no more */
  candidate list[PLAN_MOST + 1];
} search;

static void
keep(search *s, candidate fresh)
{
  int32_t at = 0;
  while (at < s->count && s->list[at].node != fresh.node)
    at++;
  if (at < s->count) {
    if (s->list[at].is_known || !(fresh.worth > s->list[at].worth))
      return;
  } else if (s->count < s->most) {
    s->count++;
  } else {
    at = s->most - 1;
  }
  for (; at > 0 && s->list[at - 1].worth < fresh.worth; at--)
    s->list[at] = s->list[at - 1];
  s->list[at] = fresh;
  if (s->count == s->most)
    s->least = fmax(s->least, s->list[s->most - 1].worth);
}

static bool
fits(const search *s, int32_t other)
{
  const plan_pricer *p = s->v->work->p;
  const int32_t i = s->v->is_supply ? s->node : other, j = s->v->is_supply ? other : s->node;
  return p->plain_supply[i] || p->plain_demand[j] || kn_market_fits(p->model->market, i, j) == KN_FITS;
}

static double
worth_of(const search *s, int32_t other)
{
  const kn_hauls *hauls = s->v->work->p->hauls;
  const double cost = s->v->is_supply ? kn_hauls_cost(hauls, s->node, other) : kn_hauls_cost(hauls, other, s->node);
  return s->offset + weight_of(s->v, other) - cost;
}

/* A pair that is worth at most so much more than `least` is asked for, if it is not known. */
static void
keep_open(search *s, int32_t other)
{
  for (int32_t k = 0; k < s->count; k++)
    if (s->list[k].node == other && s->list[k].is_known)
      return;
  if (!fits(s, other))
    return;
  const double worth = worth_of(s, other);
  if (worth > s->least)
    keep(s, (candidate){worth, other, KN_NONE, true});
}

static void
look_at_hub(search *s, int32_t h, double cost, const kn_fare_channel *channel)
{
  const hub *at = &s->v->lists->hub[h];
  const item *items = s->v->lists->item + at->first;
  for (int32_t k = 0; k < at->count; k++) {
    const double worth = s->offset - cost + items[k].value;
    if (!(worth > s->least))
      return;
    if (channel->is_exact)
      keep(s, (candidate){worth, items[k].node, channel->carrier, false});
    else
      keep_open(s, items[k].node);
  }
  if (at->is_cut)
    s->cut = fmax(s->cut, s->offset - cost + items[at->count - 1].value);
}

static void
look_at_channel(search *s, int32_t c)
{
  const view *v = s->v;
  const kn_fare_hubs hubs = hubs_of(v, c, !v->is_supply, s->node);
  for (int32_t k = 0; k < hubs.n; k++) {
    const int32_t h = v->channels->base[c] + hub_at(&hubs, k);
    const double cost = cost_at(&hubs, k);
    if (s->offset - cost + v->lists->best[h] > s->least)
      look_at_hub(s, h, cost, &v->channels->of[c]);
  }
}

/* Points that hubs do not tell of: each, as long as it would pay next door. */
static void
look_at_strays(search *s)
{
  const view *v = s->v;
  const plan_pricer *p = v->work->p;
  const kn_haul *haul = kn_hauls_of(p->hauls, v->class_of);
  for (int32_t k = 0; k < v->lists->stray_count; k++) {
    const item *stray = &v->lists->stray[k];
    const double most = s->offset + stray->value;
    if (!(most > s->least))
      return;
    const double km = v->is_supply ? kn_market_km(p->model->market, s->node, stray->node)
                                   : kn_market_km(p->model->market, stray->node, s->node);
    if (most - kn_haul_cost(haul, km) > s->least)
      keep_open(s, stray->node);
  }
}

static int32_t
mode_of(const search *s, const candidate *c)
{
  const kn_hauls *hauls = s->v->work->p->hauls;
  if (c->mode != KN_NONE)
    return c->mode;
  return s->v->is_supply ? kn_hauls_mode(hauls, s->node, c->node) : kn_hauls_mode(hauls, c->node, s->node);
}

/* Into the best ties, of which there are n: those found earlier first among equals. */
static int32_t
merge(const search *s, const candidate *c, plan_find *find, int32_t n)
{
  const int32_t most = s->v->work->p->most;
  if (n == most && !(c->worth > find[n - 1].worth))
    return n;
  int32_t at = n < most ? n++ : n - 1;
  for (; at > 0 && find[at - 1].worth < c->worth; at--)
    find[at] = find[at - 1];
  const int32_t i = s->v->is_supply ? s->node : c->node, j = s->v->is_supply ? c->node : s->node;
  find[at] = (plan_find){.column = {.supply = i, .demand = j, .way = s->v->number, .mode = mode_of(s, c)}, .worth = c->worth};
  return n;
}

/* The candidates into the best ties, with what is open asked for. KN_NONE: what was left out may be worth more than the best of
 * all. */
static int32_t
settle(search *s, plan_find *find, int32_t n)
{
  const plan_pricer *p = s->v->work->p;
  const double rounding = 1e-12 * (fabs(s->offset) + s->v->lists->largest);
  const double left_out = fmax(s->cut, s->count == s->most ? s->list[s->most - 1].worth : -INFINITY);
  int32_t k = 0;
  for (int32_t taken = 0; k < s->count && taken < p->most; k++) {
    candidate *c = &s->list[k];
    if (!c->is_known && !fits(s, c->node))
      continue;
    if (!c->is_known && !(c->worth > s->cut + 100 * rounding)) {
      c->worth = worth_of(s, c->node);
      c->mode = KN_NONE;
    }
    if (!(c->worth > p->floor))
      continue;
    n = merge(s, c, find, n);
    taken++;
  }
  const double rest = k < s->count ? fmax(s->cut, s->list[k].worth) : left_out;
  return rest > fmax(n > 0 ? find[0].worth : -INFINITY, p->floor) + rounding ? KN_NONE : n;
}

static int32_t
ask(const view *v, int32_t node, plan_find *find, int32_t n)
{
  const plan_pricer *p = v->work->p;
  if (kn_hauls_is_stray(p->hauls, v->class_of, !v->is_supply, node))
    return KN_NONE;
  search s = {.v = v, .node = node, .most = p->most + 1, .cut = -INFINITY};
  s.offset = offset_of(v, node);
  s.least = n == p->most ? find[n - 1].worth : p->floor;
  if (!(s.offset + v->lists->top > s.least))
    return n;
  for (int pass = 0; pass < 2; pass++) /* where pairs are asked, those come last that know what pays */
    for (int32_t c = 0; c < v->channels->count; c++)
      if (v->channels->of[c].is_exact == (pass == 0))
        look_at_channel(&s, c);
  look_at_strays(&s);
  return settle(&s, find, n);
}

/* ------------------------------------------------------------------ a group asks */
/* All nodes of a group that have a place by one way. */
static void
ask_way(pricing *work, lists *l, int32_t number, bool is_supply, int32_t group)
{
  plan_pricer *p = work->p;
  const plan_grove *askers = is_supply ? &p->supply_grove[group] : &p->demand_grove[group];
  int32_t groups;
  const kn_way *way = &p->model->way[number];
  const kn_group *supply_group = kn_market_groups(p->model->market, false, &groups);
  const kn_resource_view resources = kn_region_resources(p->model->region);
  const kn_class class_of = (kn_class)resources.class_of[supply_group[way->supply_group].resource];
  const view v = {.work = work,
                  .lists = l,
                  .way = way,
                  .number = number,
                  .class_of = class_of,
                  .channels = &work->of[class_of],
                  .is_supply = is_supply};
  int32_t *counts = work->counts + work->at[(is_supply ? 0 : p->supply_groups) + group];
  plan_find *find = p->found + (int64_t)work->at[(is_supply ? 0 : p->supply_groups) + group] * p->most;
  const plan_grove *targets = targets_of(&v);
  const bool is_told = v.channels->count != KN_NONE && (int64_t)askers->n * ASKERS_PER_TARGET >= targets->n;
  if (targets->n == 0)
    return;
  if (is_told && l->code == KN_OK)
    l->code = fill_lists(&v);
  const int32_t *node =
      is_supply ? p->supply_order + (counts - work->counts) : p->demand_order + (counts - work->counts) - p->model->supply.n;
  for (int32_t t = 0; t < askers->n; t++)
    if (counts[t] != KN_NONE)
      counts[t] = is_told && l->code == KN_OK ? ask(&v, node[t], find + (int64_t)t * p->most, counts[t]) : KN_NONE;
}

static void
ask_group(pricing *work, lists *l, bool is_supply, int32_t group)
{
  plan_pricer *p = work->p;
  const int32_t n = is_supply ? p->supply_grove[group].n : p->demand_grove[group].n + p->anywhere_grove[group].n;
  const int32_t placed = is_supply ? n : p->demand_grove[group].n, at = work->at[(is_supply ? 0 : p->supply_groups) + group];
  int32_t first = 0, last;
  const int32_t *order = NULL;
  if (is_supply)
    order = kn_market_supply_ways(p->model->market, group, &last);
  else
    kn_market_demand_ways(p->model->market, group, &first, &last);
  for (int32_t t = 0; t < n; t++)
    work->counts[at + t] = t < placed ? 0 : KN_NONE;
  for (int32_t w = first; w < last && placed > 0; w++)
    ask_way(work, l, is_supply ? order[w] : w, is_supply, group);
  for (int32_t t = 0; t < n; t++) {
    int32_t count = work->counts[at + t];
    if (count != KN_NONE && is_supply)
      count = plan_ask_anywhere(p, p->supply_order[at + t], count, p->found + (int64_t)(at + t) * p->most);
    if (count != KN_NONE)
      plan_note_finds(p, at + t, count);
    else
      plan_ask_trees(p, at + t);
  }
}

static void
ask_groups(void *arg, int64_t first, int64_t last, int32_t worker)
{
  pricing *work = arg;
  for (int64_t g = first; g < last; g++) {
    const bool is_supply = g < work->p->supply_groups;
    ask_group(work, &work->lists[worker], is_supply, (int32_t)(is_supply ? g : g - work->p->supply_groups));
  }
}

/* ------------------------------------------------------------------ all of them */
static kn_code
prepare(pricing *work, int32_t threads, kn_arena *scratch, kn_error *err)
{
  plan_pricer *p = work->p;
  const plan_model *m = p->model;
  int32_t most = 0, at = 0;
  for (int32_t class_of = 0; class_of < KN_CLASS_COUNT; class_of++) {
    channels *c = &work->of[class_of];
    c->count = kn_hauls_channel_count(p->hauls, (kn_class)class_of);
    const int32_t count = c->count == KN_NONE ? 0 : c->count;
    KN_NEW(c->base, scratch, count + 1, err);
    KN_NEW(c->of, scratch, count, err);
    for (int32_t k = 0; k < count; k++) {
      c->of[k] = kn_hauls_channel(p->hauls, (kn_class)class_of, k);
      c->base[k + 1] = c->base[k] + c->of[k].hub_count;
    }
    most = c->base[count] > most ? c->base[count] : most;
  }
  KN_NEW(work->at, scratch, p->supply_groups + p->demand_groups + 1, err);
  for (int32_t g = 0; g < p->supply_groups + p->demand_groups; g++) {
    work->at[g] = at;
    at += g < p->supply_groups ? p->supply_grove[g].n
                               : p->demand_grove[g - p->supply_groups].n + p->anywhere_grove[g - p->supply_groups].n;
  }
  KN_NEW(work->counts, scratch, at, err);
  KN_NEW(work->lists, scratch, threads, err);
  for (int32_t t = 0; t < threads; t++) {
    lists *l = &work->lists[t];
    l->hub_count = most;
    KN_NEW(l->count, scratch, most, err);
    KN_NEW(l->used, scratch, most, err);
    KN_NEW(l->hub, scratch, most, err);
    KN_NEW(l->best, scratch, most, err);
    KN_NEW(l->worst, scratch, most, err);
    KN_NEW(l->stray, scratch, m->supply.n > m->demand.n ? m->supply.n : m->demand.n, err);
    for (int32_t h = 0; h < most; h++)
      l->best[h] = l->worst[h] = -INFINITY;
  }
  return KN_OK;
}

/* O(entries of the labels of all nodes, for each way that they have). */
kn_code
plan_ask_hubs(plan_pricer *p, kn_error *err)
{
  pricing work = {.p = p};
  const int32_t threads = kn_thread_count(p->model->settings.thread_count);
  kn_arena *scratch = kn_arena_new();
  kn_code code = prepare(&work, threads, scratch, err);
  if (code == KN_OK)
    code = kn_parallel(threads, (int64_t)p->supply_groups + p->demand_groups, 1, ask_groups, &work, err);
  for (int32_t t = 0; code == KN_OK && t < threads; t++)
    if (work.lists[t].code != KN_OK)
      code = kn_fail(err, work.lists[t].code, "%s", work.lists[t].err.text);
  for (int32_t t = 0; work.lists != NULL && t < threads; t++)
    free(work.lists[t].item);
  kn_arena_free(scratch);
  return code;
}
