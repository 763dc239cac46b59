/* The network of a class as one graph: a copy of the links for each mode, joined by terminals, with an arc to and from each
 * point. Every trip is a path of this graph; and where no rule looks at the whole of a leg, every path is a trip. */
#include <stdlib.h>
#include <string.h>

#include "transport/access.h"

struct kn_supernet {
  kn_arena *arena;
  kn_graph *graph;
  kn_supernet_view view;
  int32_t point_count;
};

typedef struct arc {
  int32_t tail, head;
  double cost;
} arc;

typedef struct drawing {
  const kn_access *access;
  const kn_fare_weights *weights;
  const kn_fares *fares;
  kn_class class_of;
  kn_supernet *net;
  kn_arena *scratch;
  arc *arc;
  int64_t arc_count, arc_capacity, most_arcs;
  int32_t node_count;
  int32_t *leave, *arrive;         /* [points] nodes where trips start and end; KN_NONE */
  int32_t *carrier, *carrier_node; /* [carrier_count] those with links, and the first node of their copy */
  int32_t carrier_count;
} drawing;

/* ------------------------------------------------------------------ what can be drawn */
static double
rate_of(const drawing *d, const kn_carrier *carrier)
{
  return d->weights->value * carrier->full_eur_per_km + d->weights->co2 * carrier->co2_kg_per_km / 1000;
}

/* Tariffs look at both ends of a leg, and a mode without links joins all with all. Limits look at a whole leg: a path may break
 * them. */
static bool
list_carriers(drawing *d, kn_error *err, kn_code *code)
{
  const kn_access *access = d->access;
  *code = kn_arena_reserve(d->scratch, 2 * kn_arena_span((size_t)access->facts.carrier_count + 1, sizeof *d->carrier), err);
  if (*code != KN_OK)
    return false;
  d->carrier = kn_arena_take(d->scratch, (size_t)access->facts.carrier_count + 1, sizeof *d->carrier);
  d->carrier_node = kn_arena_take(d->scratch, (size_t)access->facts.carrier_count + 1, sizeof *d->carrier_node);
  if (access->tariffs != NULL && isfinite(kn_tariffs_least(access->tariffs, d->class_of).eur))
    return false;
  for (int32_t m = 0; m < access->facts.carrier_count; m++) {
    const kn_carrier *carrier = &access->carrier[m];
    if (carrier->class_of != d->class_of || carrier->is_tariff_only || (carrier->road == KN_NONE && carrier->needs_network) ||
        carrier->decay_per_km > 0) /* as in kn_fares_cost() */
      continue;
    if (carrier->road == KN_NONE || !(rate_of(d, carrier) >= 0))
      return false;
    d->carrier[d->carrier_count++] = m;
  }
  return d->carrier_count > 0;
}

/* ------------------------------------------------------------------ nodes and arcs */
static int32_t
add_node(drawing *d)
{
  return d->node_count++;
}

static kn_code
add_arc(drawing *d, int32_t tail, int32_t head, double cost, kn_error *err)
{
  if (isinf(cost))
    return KN_OK;
  KN_TRY(kn_grow((void **)&d->arc, &d->arc_capacity, d->arc_count + 1, sizeof *d->arc, err));
  d->arc[d->arc_count++] = (arc){tail, head, cost};
  return KN_OK;
}

static bool
meets_terminal(const drawing *d, const kn_carrier *carrier, int32_t terminal)
{
  return (carrier->kinds & d->access->terminals.kinds[terminal]) != 0;
}

/* Where a leg of this carrier may start or end at a point: the node of the graph; KN_NONE: nowhere. */
static int32_t
end_of(const drawing *d, const kn_carrier *carrier, int32_t point, kn_heading heading)
{
  const int32_t first = d->access->facts.terminal_first, terminal = point - first;
  if (terminal >= 0 && terminal < d->access->terminal_count && !meets_terminal(d, carrier, terminal))
    return KN_NONE;
  return heading == KN_FROM ? d->leave[point] : d->arrive[point];
}

static kn_code
add_terminals(drawing *d, kn_error *err)
{
  for (int32_t t = 0; t < d->access->terminal_count; t++) {
    const int32_t point = d->access->facts.terminal_first + t;
    d->arrive[point] = add_node(d);
    d->leave[point] = add_node(d);
    KN_TRY(add_arc(d, d->arrive[point], d->leave[point], kn_fares_transfer(d->fares, t), err));
  }
  return KN_OK;
}

/* The links a carrier runs on, and how points get to and from them. */
static kn_code
add_carrier(drawing *d, int32_t k, kn_error *err)
{
  const kn_access *access = d->access;
  const kn_carrier *carrier = &access->carrier[d->carrier[k]];
  const kn_road *road = &access->road[carrier->road];
  const kn_graph_view g = kn_graph_rows(road->graph);
  const kn_link_view links = kn_region_links(access->region);
  const double rate = rate_of(d, carrier);
  d->carrier_node[k] = d->node_count;
  d->node_count += g.node_count;
  for (int32_t a = 0; a < g.arc_count; a++) {
    const int32_t link = road->arc_link[a];
    double cost = rate * links.km[link];
    if (road->measure == KN_BY_KM) { /* in the whole units that distances are made of */
      cost = rate * (kn_road_units(links.km[link], road->unit) * road->unit);
    } else {
      const double hours = kn_hours_on(links.km[link], links.speed_kmh[link], carrier->speed_kmh);
      cost += d->weights->value * links.toll_eur[link];
      cost += carrier->eur_per_h > 0 && !isnan(hours) ? d->weights->value * carrier->eur_per_h * hours : 0;
    }
    KN_TRY(add_arc(d, d->carrier_node[k] + g.tail[a], d->carrier_node[k] + g.head[a], cost, err));
  }
  const bool has_time = road->measure != KN_BY_KM && carrier->eur_per_h > 0 && !isnan(carrier->speed_kmh);
  for (int32_t p = 0; p < access->facts.point_count; p++) {
    if (road->meets[p] == KN_NONE)
      continue;
    const double km = carrier->circuity * road->gap_km[p];
    const double cost = rate * km + (has_time ? d->weights->value * carrier->eur_per_h * km / carrier->speed_kmh : 0);
    const int32_t node = d->carrier_node[k] + road->meets[p], from = end_of(d, carrier, p, KN_FROM),
                  to = end_of(d, carrier, p, KN_TO);
    if (from != KN_NONE)
      KN_TRY(add_arc(d, from, node, d->weights->value * carrier->load_eur + cost, err));
    if (to != KN_NONE)
      KN_TRY(add_arc(d, node, to, cost, err));
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ legs as the crow flies */
static kn_code
add_leg(drawing *d, int32_t number, int32_t from, int32_t to, kn_error *err)
{
  const kn_carrier *carrier = &d->access->carrier[number];
  return add_arc(d, end_of(d, carrier, from, KN_FROM), end_of(d, carrier, to, KN_TO),
                 kn_leg_weigh(d->access, number, KN_NONE, from, to, NULL, d->weights), err);
}

/* Points where legs end, by the node they meet: bucket [first[v] .. first[v + 1] - 1]; those that are cut off last. */
static kn_code
sort_ends(const drawing *d, const kn_carrier *carrier, int32_t nodes, int64_t **first, int32_t **bucket, kn_error *err)
{
  const kn_road *road = &d->access->road[carrier->road];
  KN_NEW(*first, d->scratch, nodes + 3, err);
  KN_NEW(*bucket, d->scratch, d->access->facts.point_count, err);
  for (int pass = 0; pass < 2; pass++) {
    for (int32_t p = 0; p < d->access->facts.point_count; p++) {
      if (end_of(d, carrier, p, KN_TO) == KN_NONE)
        continue;
      const int32_t v = road->meets[p] == KN_NONE ? nodes : road->meets[p];
      if (pass == 0)
        (*first)[v + 2]++;
      else
        (*bucket)[(*first)[v + 1]++] = p;
    }
    for (int32_t v = 0; pass == 0 && v <= nodes; v++)
      (*first)[v + 2] += (*first)[v + 1];
  }
  return KN_OK;
}

/* Pairs that meet the links in one node go straight, and so do those of which one is cut off where the mode may do without. */
static kn_code
add_straight(drawing *d, int32_t k, bool *is_too_many, kn_error *err)
{
  const kn_carrier *carrier = &d->access->carrier[d->carrier[k]];
  const kn_road *road = &d->access->road[carrier->road];
  const int32_t nodes = kn_graph_rows(road->graph).node_count;
  int64_t *first;
  int32_t *bucket;
  KN_TRY(sort_ends(d, carrier, nodes, &first, &bucket, err));
  const int64_t end = first[nodes + 1];
  for (int32_t p = 0; p < d->access->facts.point_count; p++) {
    if (end_of(d, carrier, p, KN_FROM) == KN_NONE)
      continue;
    const int32_t v = road->meets[p];
    if (v == KN_NONE && carrier->needs_network)
      continue;
    const int64_t from = v == KN_NONE ? 0 : first[v], to = v == KN_NONE ? end : first[v + 1];
    const int64_t cut_off = v != KN_NONE && !carrier->needs_network ? end - first[nodes] : 0;
    *is_too_many = d->arc_count + (to - from) + cut_off > d->most_arcs;
    if (*is_too_many)
      return KN_OK;
    for (int64_t b = from; b < to; b++)
      if (bucket[b] != p || p < d->access->facts.terminal_first)
        KN_TRY(add_leg(d, d->carrier[k], p, bucket[b], err));
    for (int64_t b = end - cut_off; b < end; b++)
      KN_TRY(add_leg(d, d->carrier[k], p, bucket[b], err));
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ life */
static kn_code
draw(drawing *d, const uint8_t *is_from, const uint8_t *is_to, bool *is_drawn, kn_error *err)
{
  const int32_t points = d->access->facts.point_count;
  kn_code code;
  *is_drawn = list_carriers(d, err, &code);
  if (!*is_drawn)
    return code;
  int64_t links = 0, nodes = 2 * (int64_t)points;
  for (int32_t k = 0; k < d->carrier_count; k++) {
    const kn_graph_view g = kn_graph_rows(d->access->road[d->access->carrier[d->carrier[k]].road].graph);
    links += g.arc_count;
    nodes += g.node_count;
  }
  *is_drawn = links <= d->most_arcs && nodes < INT32_MAX / 2;
  if (!*is_drawn)
    return KN_OK;
  KN_NEW(d->leave, d->net->arena, points, err);
  KN_NEW(d->arrive, d->net->arena, points, err);
  for (int32_t p = 0; p < points; p++) {
    d->leave[p] = is_from[p] ? add_node(d) : KN_NONE;
    d->arrive[p] = is_to[p] ? add_node(d) : KN_NONE;
  }
  KN_TRY(add_terminals(d, err));
  for (int32_t k = 0; k < d->carrier_count; k++)
    KN_TRY(add_carrier(d, k, err));
  for (int32_t k = 0; k < d->carrier_count && *is_drawn; k++) {
    bool is_too_many = false;
    KN_TRY(add_straight(d, k, &is_too_many, err));
    *is_drawn = !is_too_many;
  }
  return KN_OK;
}

static kn_code
lay_down(drawing *d, kn_error *err)
{
  int32_t *tail, *head;
  double *cost;
  KN_NEW(tail, d->net->arena, d->arc_count, err);
  KN_NEW(head, d->net->arena, d->arc_count, err);
  KN_NEW(cost, d->net->arena, d->arc_count, err);
  for (int64_t a = 0; a < d->arc_count; a++) {
    tail[a] = d->arc[a].tail;
    head[a] = d->arc[a].head;
    cost[a] = d->arc[a].cost;
  }
  d->net->view = (kn_supernet_view){.node_count = d->node_count,
                                    .arc_count = (int32_t)d->arc_count,
                                    .tail = tail,
                                    .head = head,
                                    .cost = cost,
                                    .leave = d->leave,
                                    .arrive = d->arrive};
  d->net->point_count = d->access->facts.point_count;
  return kn_graph_new(&d->net->graph, d->node_count, d->arc_count, tail, head, err);
}

kn_code
kn_supernet_new(kn_supernet **out, const kn_fares *fares, kn_class class_of, const uint8_t *is_from, const uint8_t *is_to,
                int64_t most_arcs, kn_error *err)
{
  *out = NULL;
  kn_supernet *net = calloc(1, sizeof *net);
  if (net == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  net->arena = kn_arena_new();
  drawing d = {.access = kn_fares_access(fares),
               .weights = kn_fares_weights(fares),
               .fares = fares,
               .class_of = class_of,
               .net = net,
               .scratch = kn_arena_new(),
               .most_arcs = most_arcs < INT32_MAX / 2 ? most_arcs : INT32_MAX / 2};
  bool is_drawn;
  kn_code code = draw(&d, is_from, is_to, &is_drawn, err);
  if (code == KN_OK && is_drawn)
    code = lay_down(&d, err);
  free(d.arc);
  kn_arena_free(d.scratch);
  if (code == KN_OK && is_drawn)
    *out = net;
  else
    kn_supernet_free(net);
  return code == KN_OK ? KN_OK : kn_note(err, "drawing the network");
}

void
kn_supernet_free(kn_supernet *net)
{
  if (net == NULL)
    return;
  kn_graph_free(net->graph);
  kn_arena_free(net->arena);
  free(net);
}

kn_supernet_view
kn_supernet_rows(const kn_supernet *net)
{
  return net->view;
}

/* ------------------------------------------------------------------ the best partner of all */
typedef struct waiting {
  double key;
  int32_t node;
} waiting;

static bool
is_before(waiting a, waiting b)
{
  return a.key != b.key ? a.key < b.key : a.node < b.node;
}

static void
push(waiting *heap, int64_t *count, waiting item)
{
  int64_t at = (*count)++;
  for (; at > 0 && is_before(item, heap[(at - 1) / 2]); at = (at - 1) / 2)
    heap[at] = heap[(at - 1) / 2];
  heap[at] = item;
}

static waiting
pop(waiting *heap, int64_t *count)
{
  const waiting least = heap[0], last = heap[--*count];
  int64_t at = 0;
  for (;;) {
    int64_t child = 2 * at + 1;
    if (child >= *count)
      break;
    child += child + 1 < *count && is_before(heap[child + 1], heap[child]);
    if (!is_before(heap[child], last))
      break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return least;
}

kn_code
kn_supernet_best(const kn_supernet *net, kn_heading heading, const double *at, double *best, kn_error *err)
{
  const kn_graph_view g = kn_graph_rows(net->graph);
  const kn_supernet_view *view = &net->view;
  const int32_t *first = heading == KN_FROM ? g.in_first : g.out_first, *list = heading == KN_FROM ? g.in_arc : g.out_arc;
  const int32_t *next = heading == KN_FROM ? g.tail : g.head;
  const int32_t *start = heading == KN_FROM ? view->arrive : view->leave, *end = heading == KN_FROM ? view->leave : view->arrive;
  kn_arena *scratch = kn_arena_new();
  double *least;
  waiting *heap;
  int64_t count = 0;
  kn_code code = kn_arena_reserve(scratch,
                                  kn_arena_span((size_t)g.node_count + 1, sizeof *least) +
                                      kn_arena_span((size_t)g.node_count + (size_t)g.arc_count + 1, sizeof *heap),
                                  err);
  if (code != KN_OK) {
    kn_arena_free(scratch);
    return code;
  }
  least = kn_arena_take(scratch, (size_t)g.node_count + 1, sizeof *least);
  heap = kn_arena_take(scratch, (size_t)g.node_count + (size_t)g.arc_count + 1, sizeof *heap);
  for (int32_t v = 0; v < g.node_count; v++)
    least[v] = INFINITY;
  for (int32_t p = 0; p < net->point_count; p++)
    if (start[p] != KN_NONE && at[p] < INFINITY) {
      least[start[p]] = at[p];
      push(heap, &count, (waiting){at[p], start[p]});
    }
  while (count > 0) {
    const waiting here = pop(heap, &count);
    if (here.key > least[here.node])
      continue;
    for (int32_t k = first[here.node]; k < first[here.node + 1]; k++) {
      const double there = here.key + view->cost[list[k]];
      if (there < least[next[list[k]]]) {
        least[next[list[k]]] = there;
        push(heap, &count, (waiting){there, next[list[k]]});
      }
    }
  }
  for (int32_t p = 0; p < net->point_count; p++)
    best[p] = end[p] == KN_NONE ? INFINITY : least[end[p]];
  kn_arena_free(scratch);
  return KN_OK;
}
