/* An exchange over a network as one flow on its links.
 *
 *   supply ─> leave ─ links, modes, terminals of its layer ─> arrive ─> demand
 *      └────────────────────────── ground ──────────────────────────────┘      what keeps to today
 *
 * A tie is what is left of a flow when one forgets its way: supplies are followed along the arcs with flow. Which of two that
 * meet goes on to where is free, for all such ties are worth the same together. */
#include "plan/flow.h"

#include <stdlib.h>
#include <string.h>

#include "plan/mincost.h"

/* With more links than this for each place, pairs are searched faster. */
enum { ARCS_PER_PLACE = 16, MOST_LAYERS = 64 };
static const double exact = 1e-9; /* value and bound may be so far apart by rounding, relative */

typedef struct layer {
  kn_supernet *net;
  kn_supernet_view view;
  kn_class class_of;
  double scale;     /* costs of the network over this are those of the exchange */
  double here_cost; /* of the exchange, for demands that are anywhere */
  int64_t rule_first, rule_count;
  int32_t node_first, here; /* in the flow */
} layer;

typedef struct flowing {
  const plan_recast *r;
  const kn_exchange *exchange;
  kn_side supply, demand; /* of the market */
  kn_arena *scratch;
  kn_exchange_rule *rule; /* by supply group */
  int64_t *rule_first;    /* [supply groups + 1] */
  int32_t *layer_of;      /* [supply groups] */
  double *extra;          /* [layers * demand groups] -INFINITY: does not serve it */
  layer *layer;
  int32_t layer_count, demand_groups;
  int32_t *node_of[2]; /* [supplies], [demands] node in the flow */
  int32_t ground;
  int32_t *tail, *head;
  double *cost;
  int64_t arc_count;
  int64_t *enters; /* [nodes of the flow] */
} flowing;

/* ------------------------------------------------------------------ layers */
static kn_code
sort_rules(flowing *f, kn_error *err)
{
  const kn_exchange *e = f->exchange;
  KN_NEW(f->rule, f->scratch, e->rule_count, err);
  KN_NEW(f->rule_first, f->scratch, e->supply_group_count + 2, err);
  for (int64_t k = 0; k < e->rule_count; k++)
    f->rule_first[e->rule[k].supply_group + 2]++;
  for (int32_t g = 0; g < e->supply_group_count; g++)
    f->rule_first[g + 2] += f->rule_first[g + 1];
  for (int64_t k = 0; k < e->rule_count; k++)
    f->rule[f->rule_first[e->rule[k].supply_group + 1]++] = e->rule[k];
  return KN_OK;
}

static bool
is_of_layer(const flowing *f, const layer *l, int32_t group, kn_class class_of)
{
  const int64_t first = f->rule_first[group], count = f->rule_first[group + 1] - first;
  bool is_same = l->class_of == class_of && l->scale == f->r->supply_scale[group] && l->rule_count == count;
  for (int64_t k = 0; k < count && is_same; k++) {
    const kn_exchange_rule *a = &f->rule[l->rule_first + k], *b = &f->rule[first + k];
    is_same = a->demand_group == b->demand_group && a->extra == b->extra;
  }
  return is_same;
}

/* Groups that may do the same share a layer. False: there are too many. */
static kn_code
list_layers(flowing *f, bool *is_flow, kn_error *err)
{
  int32_t groups;
  const kn_group *group = kn_market_groups(f->r->market, false, &groups);
  const kn_resource_view resources = kn_region_resources(kn_market_region(f->r->market));
  KN_NEW(f->layer_of, f->scratch, groups, err);
  KN_NEW(f->layer, f->scratch, MOST_LAYERS, err);
  for (int32_t g = 0; g < groups; g++) {
    const kn_class class_of = (kn_class)resources.class_of[group[g].resource];
    int32_t l = 0;
    while (l < f->layer_count && !is_of_layer(f, &f->layer[l], g, class_of))
      l++;
    f->layer_of[g] = l;
    if (l < f->layer_count)
      continue;
    *is_flow = l < MOST_LAYERS;
    if (!*is_flow)
      return KN_OK;
    f->layer[f->layer_count++] = (layer){.class_of = class_of,
                                         .scale = f->r->supply_scale[g],
                                         .here_cost = kn_hauls_here(f->r->hauls, class_of) / f->r->supply_scale[g],
                                         .rule_first = f->rule_first[g],
                                         .rule_count = f->rule_first[g + 1] - f->rule_first[g]};
  }
  KN_NEW(f->extra, f->scratch, (int64_t)f->layer_count * f->demand_groups, err);
  for (int64_t k = 0; k < (int64_t)f->layer_count * f->demand_groups; k++)
    f->extra[k] = -INFINITY;
  for (int32_t l = 0; l < f->layer_count; l++)
    for (int64_t k = 0; k < f->layer[l].rule_count; k++) {
      const kn_exchange_rule *rule = &f->rule[f->layer[l].rule_first + k];
      f->extra[(int64_t)l * f->demand_groups + rule->demand_group] = rule->extra;
    }
  return KN_OK;
}

static double
extra_of(const flowing *f, int32_t l, int64_t demand)
{
  return f->extra[(int64_t)l * f->demand_groups + f->exchange->demand_group[demand]];
}

static int32_t
stop_of(const flowing *f, int64_t demand)
{
  return f->demand.stop[f->r->demand_of[demand]];
}

/* The network of each layer, from and to the places that its supplies and demands are at. */
static kn_code
draw_layers(flowing *f, bool *is_flow, kn_error *err)
{
  const kn_exchange *e = f->exchange;
  const kn_access *access = kn_market_access(f->r->market);
  const int32_t points = kn_access_tell(access).point_count;
  int64_t left = ARCS_PER_PLACE * (e->supply_count + e->demand_count);
  uint8_t *is_from, *is_to;
  KN_NEW(is_from, f->scratch, points, err);
  KN_NEW(is_to, f->scratch, points, err);
  for (int32_t l = 0; l < f->layer_count; l++) {
    memset(is_from, 0, (size_t)points);
    memset(is_to, 0, (size_t)points);
    for (int64_t i = 0; i < e->supply_count; i++)
      if (f->layer_of[e->supply_group[i]] == l)
        is_from[f->supply.stop[i]] = 1;
    for (int64_t j = 0; j < e->demand_count; j++)
      if (!e->demand_is_anywhere[j] && extra_of(f, l, j) > -INFINITY)
        is_to[stop_of(f, j)] = 1;
    layer *at = &f->layer[l];
    KN_TRY(kn_supernet_new(&at->net, kn_hauls_fares(f->r->hauls), at->class_of, is_from, is_to, left, err));
    *is_flow = at->net != NULL;
    if (!*is_flow)
      return KN_OK;
    at->view = kn_supernet_rows(at->net);
    left -= at->view.arc_count;
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ the flow problem */
static void
add_arc(flowing *f, int32_t tail, int32_t head, double cost)
{
  f->tail[f->arc_count] = tail;
  f->head[f->arc_count] = head;
  f->cost[f->arc_count++] = cost;
}

/* A supply alone at its place in its layer needs no node but the one where trips leave, and so does a demand that only one layer
 * serves: nothing else passes there. What they are worth is then on the arcs of that node. */
static kn_code
share_nodes(flowing *f, int side, int32_t *next, double *node_worth, kn_error *err)
{
  const kn_exchange *e = f->exchange;
  const int32_t points = kn_access_tell(kn_market_access(f->r->market)).point_count;
  const int64_t n = side ? e->demand_count : e->supply_count;
  const int64_t *quantity = side ? e->demand_quantity : e->supply_quantity;
  const bool may_share = !side || f->layer_count == 1;
  int32_t *count;
  KN_NEW(count, f->scratch, (int64_t)points * f->layer_count, err);
  KN_NEW(f->node_of[side], f->scratch, n, err);
  for (int pass = 0; pass < 2; pass++)
    for (int32_t k = 0; k < n; k++) {
      if (quantity[k] == 0)
        continue;
      const bool is_anywhere = side && e->demand_is_anywhere[k];
      const int32_t l = side ? 0 : f->layer_of[e->supply_group[k]], stop = side ? stop_of(f, k) : f->supply.stop[k];
      const bool is_served = !side || !isinf(extra_of(f, l, k));
      const layer *at = &f->layer[l];
      int32_t *here = &count[(int64_t)stop * f->layer_count + l];
      if (pass == 0) {
        *here += !is_anywhere && is_served;
      } else if (may_share && !is_anywhere && is_served && *here == 1) {
        f->node_of[side][k] = at->node_first + (side ? at->view.arrive[stop] : at->view.leave[stop]);
        node_worth[f->node_of[side][k]] = side ? e->demand_worth[k] + extra_of(f, l, k) : e->supply_worth[k];
      } else {
        f->node_of[side][k] = (*next)++;
      }
    }
  return KN_OK;
}

static kn_code
number_nodes(flowing *f, int32_t *nodes, double **node_worth, kn_error *err)
{
  int32_t at = 0;
  for (int32_t l = 0; l < f->layer_count; l++) {
    f->layer[l].node_first = at;
    f->layer[l].here = at + f->layer[l].view.node_count;
    at = f->layer[l].here + 1;
  }
  KN_NEW(*node_worth, f->scratch, at, err);
  KN_TRY(share_nodes(f, 0, &at, *node_worth, err));
  KN_TRY(share_nodes(f, 1, &at, *node_worth, err));
  f->ground = at;
  *nodes = at + 1;
  return KN_OK;
}

static void
add_demand(flowing *f, int32_t l, int64_t j)
{
  const layer *at = &f->layer[l];
  const double extra = extra_of(f, l, j);
  if (isinf(extra))
    return;
  const int32_t end = f->exchange->demand_is_anywhere[j] ? at->here : at->node_first + at->view.arrive[stop_of(f, j)];
  if (end != f->node_of[1][j])
    add_arc(f, end, f->node_of[1][j], -(f->exchange->demand_worth[j] + extra));
}

/* Places without quantity have no part in it; their nodes stay alone. */
static kn_code
pose(flowing *f, kn_mincost *problem, kn_error *err)
{
  const kn_exchange *e = f->exchange;
  int32_t nodes;
  double *node_worth;
  KN_TRY(number_nodes(f, &nodes, &node_worth, err));
  int64_t most = 3 * e->supply_count + (1 + f->layer_count) * e->demand_count;
  for (int32_t l = 0; l < f->layer_count; l++)
    most += f->layer[l].view.arc_count;
  KN_NEW(f->tail, f->scratch, most, err);
  KN_NEW(f->head, f->scratch, most, err);
  KN_NEW(f->cost, f->scratch, most, err);
  KN_NEW(f->enters, f->scratch, nodes, err);
  for (int32_t l = 0; l < f->layer_count; l++) {
    const layer *at = &f->layer[l];
    for (int32_t a = 0; a < at->view.arc_count; a++) {
      const int32_t tail = at->node_first + at->view.tail[a], head = at->node_first + at->view.head[a];
      add_arc(f, tail, head, at->view.cost[a] / at->scale - node_worth[tail] - node_worth[head]);
    }
  }
  for (int32_t i = 0; i < e->supply_count; i++) {
    if (e->supply_quantity[i] == 0)
      continue;
    const layer *at = &f->layer[f->layer_of[e->supply_group[i]]];
    const int32_t node = f->node_of[0][i], leave = at->node_first + at->view.leave[f->supply.stop[i]];
    if (node != leave)
      add_arc(f, node, leave, -e->supply_worth[i]);
    if (isfinite(at->here_cost))
      add_arc(f, node, at->here, at->here_cost - e->supply_worth[i]);
    add_arc(f, node, f->ground, 0);
    f->enters[node] = e->supply_quantity[i];
    f->enters[f->ground] -= e->supply_quantity[i];
  }
  for (int32_t j = 0; j < e->demand_count; j++) {
    if (e->demand_quantity[j] == 0)
      continue;
    for (int32_t l = 0; l < f->layer_count; l++)
      add_demand(f, l, j);
    add_arc(f, f->ground, f->node_of[1][j], 0);
    f->enters[f->node_of[1][j]] = -e->demand_quantity[j];
    f->enters[f->ground] += e->demand_quantity[j];
  }
  *problem = (kn_mincost){
      .node_count = nodes, .arc_count = f->arc_count, .tail = f->tail, .head = f->head, .cost = f->cost, .supply = f->enters};
  return KN_OK;
}

/* ------------------------------------------------------------------ from flow to ties */
typedef struct piece { /* of what a supply sends */
  int32_t supply, next;
  int64_t quantity;
} piece;

typedef struct pieces { /* a list of them at a node */
  int32_t first, last;
} pieces;

typedef struct following {
  const flowing *f;
  const int64_t *flow;  /* [arcs] what is left to lead on */
  int64_t *out_first;   /* [nodes + 1] arcs with flow by tail */
  int32_t *out, *waits; /* waits [nodes] arcs with flow that have not come yet */
  pieces *at;           /* [nodes] */
  piece *piece;
  int64_t piece_count, piece_capacity;
} following;

static void
append(following *w, int32_t node, int32_t number)
{
  w->piece[number].next = KN_NONE;
  if (w->at[node].first == KN_NONE)
    w->at[node].first = number;
  else
    w->piece[w->at[node].last].next = number;
  w->at[node].last = number;
}

/* Leads `quantity` of what is at a node on to another, pieces in their order. */
static kn_code
lead(following *w, int32_t from, int32_t to, int64_t quantity, kn_error *err)
{
  while (quantity > 0) {
    const int32_t first = w->at[from].first;
    assert(w->piece != NULL && first != KN_NONE);
    if (w->piece[first].quantity > quantity) {
      KN_TRY(kn_grow((void **)&w->piece, &w->piece_capacity, w->piece_count + 1, sizeof *w->piece, err));
      w->piece[w->piece_count] = (piece){w->piece[first].supply, KN_NONE, quantity};
      w->piece[first].quantity -= quantity;
      append(w, to, (int32_t)w->piece_count++);
      return KN_OK;
    }
    quantity -= w->piece[first].quantity;
    w->at[from].first = w->piece[first].next;
    append(w, to, first);
  }
  return KN_OK;
}

/* Arcs with flow by their tails, those of the ground left out: what keeps to today makes no tie. */
static kn_code
sort_arcs(following *w, int32_t nodes, kn_arena *scratch, kn_error *err)
{
  const flowing *f = w->f;
  KN_NEW(w->out_first, scratch, nodes + 2, err);
  KN_NEW(w->waits, scratch, nodes, err);
  KN_NEW(w->out, scratch, nodes, err); /* a forest */
  for (int pass = 0; pass < 2; pass++) {
    for (int64_t a = 0; a < f->arc_count; a++) {
      if (w->flow[a] == 0 || f->tail[a] == f->ground || f->head[a] == f->ground)
        continue;
      if (pass == 0) {
        w->out_first[f->tail[a] + 2]++;
        w->waits[f->head[a]]++;
      } else {
        w->out[w->out_first[f->tail[a] + 1]++] = (int32_t)a;
      }
    }
    for (int32_t v = 0; pass == 0 && v < nodes; v++)
      w->out_first[v + 2] += w->out_first[v + 1];
  }
  return KN_OK;
}

/* From the supplies on, each node when all has come that comes there. */
static kn_code
follow(following *w, int32_t nodes, kn_arena *scratch, kn_error *err)
{
  const flowing *f = w->f;
  int32_t *ready, count = 0;
  KN_NEW(ready, scratch, nodes, err);
  KN_NEW(w->at, scratch, nodes, err);
  for (int32_t v = 0; v < nodes; v++) {
    w->at[v].first = w->at[v].last = KN_NONE;
    if (w->waits[v] == 0 && w->out_first[v + 1] > w->out_first[v])
      ready[count++] = v;
  }
  for (int32_t i = 0; i < f->exchange->supply_count; i++) {
    KN_TRY(kn_grow((void **)&w->piece, &w->piece_capacity, w->piece_count + 1, sizeof *w->piece, err));
    w->piece[w->piece_count] = (piece){i, KN_NONE, f->exchange->supply_quantity[i]};
    append(w, f->node_of[0][i], (int32_t)w->piece_count++);
  }
  for (int32_t done = 0; done < count; done++) {
    const int32_t v = ready[done];
    for (int64_t k = w->out_first[v]; k < w->out_first[v + 1]; k++) {
      const int32_t a = w->out[k], next = f->head[a];
      KN_TRY(lead(w, v, next, w->flow[a], err));
      if (--w->waits[next] == 0 && w->out_first[next + 1] > w->out_first[next])
        ready[count++] = next;
    }
  }
  return KN_OK;
}

typedef struct tie {
  int32_t supply, demand;
  int64_t quantity;
} tie;

static int
by_ends(const void *a, const void *b)
{
  const tie *x = a, *y = b;
  return x->supply != y->supply ? (x->supply > y->supply) - (x->supply < y->supply)
                                : (x->demand > y->demand) - (x->demand < y->demand);
}

static kn_code
gather(const following *w, kn_exchange_found *found, kn_error *err)
{
  const flowing *f = w->f;
  const kn_exchange *e = f->exchange;
  tie *list;
  int64_t count = 0;
  KN_NEW(list, f->scratch, w->piece_count, err);
  for (int32_t j = 0; j < e->demand_count; j++)
    for (int32_t k = w->at[f->node_of[1][j]].first; k != KN_NONE; k = w->piece[k].next)
      list[count++] = (tie){w->piece[k].supply, j, w->piece[k].quantity};
  if (count > 1)
    qsort(list, (size_t)count, sizeof *list, by_ends);
  int32_t *supply, *demand;
  int64_t *quantity;
  double *worth;
  KN_NEW(supply, f->scratch, count, err);
  KN_NEW(demand, f->scratch, count, err);
  KN_NEW(quantity, f->scratch, count, err);
  KN_NEW(worth, f->scratch, count, err);
  int64_t n = 0;
  for (int64_t k = 0; k < count; k++) {
    const int32_t i = list[k].supply, j = list[k].demand;
    if (n > 0 && supply[n - 1] == i && demand[n - 1] == j) {
      quantity[n - 1] += list[k].quantity;
      continue;
    }
    supply[n] = i;
    demand[n] = j;
    quantity[n] = list[k].quantity;
    worth[n++] = e->supply_worth[i] + e->demand_worth[j] + extra_of(f, f->layer_of[e->supply_group[i]], j) -
                 e->carry(e->arg, i, j, INFINITY);
  }
  for (int64_t k = 0; k < n; k++)
    found->value += worth[k] * (double)quantity[k];
  found->n = n;
  found->supply = supply;
  found->demand = demand;
  found->quantity = quantity;
  found->worth = worth;
  return KN_OK;
}

static kn_code
read_ties(const flowing *f, const kn_mincost_flow *flow, kn_exchange_found *found, kn_error *err)
{
  following w = {.f = f, .flow = flow->flow};
  kn_code code = sort_arcs(&w, f->ground + 1, f->scratch, err);
  if (code == KN_OK)
    code = follow(&w, f->ground + 1, f->scratch, err);
  if (code == KN_OK)
    code = gather(&w, found, err);
  free(w.piece);
  return code;
}

/* ------------------------------------------------------------------ duals and the proof */
/* Nobody asks anything yet, at any point. */
static kn_code
start_search(const flowing *f, double **least, double **best, kn_error *err)
{
  const int32_t points = kn_access_tell(kn_market_access(f->r->market)).point_count;
  KN_NEW(*least, f->scratch, points, err);
  KN_NEW(*best, f->scratch, points, err);
  for (int32_t p = 0; p < points; p++)
    (*least)[p] = INFINITY;
  return KN_OK;
}

/* What the demands of a layer leave to a supply there, at their duals: the best of them for each place, less the way. */
static kn_code
reach_supplies(const flowing *f, int32_t l, const double *demand_dual, double *supply_dual, kn_error *err)
{
  const kn_exchange *e = f->exchange;
  const layer *at = &f->layer[l];
  double *least, *best, anywhere = INFINITY;
  KN_TRY(start_search(f, &least, &best, err));
  for (int64_t j = 0; j < e->demand_count; j++) {
    if (e->demand_quantity[j] == 0 || isinf(extra_of(f, l, j)))
      continue;
    const double asks = demand_dual[j] - e->demand_worth[j] - extra_of(f, l, j);
    double *where = e->demand_is_anywhere[j] ? &anywhere : &least[stop_of(f, j)];
    *where = fmin(*where, e->demand_is_anywhere[j] ? asks : asks * at->scale);
  }
  KN_TRY(kn_supernet_best(at->net, KN_FROM, least, best, err));
  for (int64_t i = 0; i < e->supply_count; i++)
    if (f->layer_of[e->supply_group[i]] == l)
      supply_dual[i] = fmax(0, e->supply_worth[i] - fmin(best[f->supply.stop[i]] / at->scale, anywhere + at->here_cost));
  return KN_OK;
}

/* The first unit of a demand without quantity is worth what its best partner leaves. */
static kn_code
reach_demands(const flowing *f, int32_t l, const double *supply_dual, double *demand_dual, kn_error *err)
{
  const kn_exchange *e = f->exchange;
  const layer *at = &f->layer[l];
  double *least, *best, anywhere = INFINITY;
  KN_TRY(start_search(f, &least, &best, err));
  for (int64_t i = 0; i < e->supply_count; i++)
    if (f->layer_of[e->supply_group[i]] == l && e->supply_quantity[i] > 0) {
      const double asks = supply_dual[i] - e->supply_worth[i];
      anywhere = fmin(anywhere, asks);
      least[f->supply.stop[i]] = fmin(least[f->supply.stop[i]], asks * at->scale);
    }
  KN_TRY(kn_supernet_best(at->net, KN_TO, least, best, err));
  for (int64_t j = 0; j < e->demand_count; j++) {
    if (e->demand_quantity[j] > 0 || isinf(extra_of(f, l, j)))
      continue;
    const double comes = e->demand_is_anywhere[j] ? anywhere + at->here_cost : best[stop_of(f, j)] / at->scale;
    demand_dual[j] = fmax(demand_dual[j], e->demand_worth[j] + extra_of(f, l, j) - comes);
  }
  return KN_OK;
}

static kn_code
prove(const flowing *f, const kn_mincost_flow *flow, kn_exchange_found *found, kn_error *err)
{
  const kn_exchange *e = f->exchange;
  double *supply_dual, *demand_dual;
  bool is_all_there = true;
  KN_NEW(supply_dual, f->scratch, e->supply_count, err);
  KN_NEW(demand_dual, f->scratch, e->demand_count, err);
  for (int64_t j = 0; j < e->demand_count; j++) {
    is_all_there &= e->demand_quantity[j] > 0;
    if (e->demand_quantity[j] > 0)
      demand_dual[j] = fmax(0, flow->potential[f->ground] - flow->potential[f->node_of[1][j]]);
  }
  for (int32_t l = 0; l < f->layer_count; l++)
    KN_TRY(reach_supplies(f, l, demand_dual, supply_dual, err));
  for (int32_t l = 0; l < f->layer_count && !is_all_there; l++)
    KN_TRY(reach_demands(f, l, supply_dual, demand_dual, err));
  found->bound = 0;
  for (int64_t i = 0; i < e->supply_count; i++)
    found->bound += supply_dual[i] * (double)e->supply_quantity[i];
  for (int64_t j = 0; j < e->demand_count; j++)
    found->bound += demand_dual[j] * (double)e->demand_quantity[j];
  found->supply_dual = supply_dual;
  found->demand_dual = demand_dual;
  return KN_OK;
}

/* ------------------------------------------------------------------ all of it */
static kn_code
solve(flowing *f, kn_exchange_solution **out, const kn_watch *watch, kn_error *err)
{
  bool is_flow = true;
  kn_mincost problem;
  kn_mincost_flow flow;
  const double start = kn_watch_seconds(watch);
  KN_TRY(sort_rules(f, err));
  KN_TRY(list_layers(f, &is_flow, err));
  if (is_flow)
    KN_TRY(draw_layers(f, &is_flow, err));
  if (!is_flow)
    return KN_OK;
  KN_TRY(pose(f, &problem, err));
  const double posed = kn_watch_seconds(watch);
  KN_TRY(kn_mincost_solve(&flow, &problem, watch, f->scratch, err));
  if (flow.is_stopped)
    return KN_OK; /* pairs give a bound to what there is */
  const double solved = kn_watch_seconds(watch);
  kn_exchange_found found = {.pivots = flow.pivots};
  KN_TRY(read_ties(f, &flow, &found, err));
  KN_TRY(prove(f, &flow, &found, err));
  found.seconds[KN_EXCHANGE_BUILD] = posed - start;
  found.seconds[KN_EXCHANGE_PIVOT] = solved - posed;
  found.seconds[KN_EXCHANGE_PRICE] = kn_watch_seconds(watch) - solved;
  /* A leg beyond its limit, a chain longer than chains may be, a way that is not the cheapest under these weights. */
  if (isinf(found.value) || found.bound - found.value > exact * fmax(fabs(found.value), 1e-9 * f->exchange->worth_scale))
    return KN_OK;
  kn_watch_tell(watch,
                &(kn_progress){
                    .phase = "flow", .value = found.value * f->r->unit, .bound = found.bound * f->r->unit, .steps = flow.pivots});
  return kn_exchange_adopt(out, f->exchange, &found, err);
}

kn_code
plan_flow_solve(kn_exchange_solution **out, const plan_recast *r, const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  if (r->exchange.carry == NULL || r->exchange.fits != NULL || r->exchange.rule == NULL)
    return KN_OK;
  flowing f = {.r = r,
               .exchange = &r->exchange,
               .supply = kn_market_supply(r->market),
               .demand = kn_market_demand(r->market),
               .scratch = kn_arena_new(),
               .demand_groups = r->exchange.demand_group_count};
  const kn_code code = solve(&f, out, watch, err);
  for (int32_t l = 0; l < f.layer_count; l++)
    kn_supernet_free(f.layer[l].net);
  kn_arena_free(f.scratch);
  return code == KN_OK ? KN_OK : kn_note(err, "planning as a flow over the network");
}
