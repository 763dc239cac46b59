/* Roads: the links of a region as graphs, one for each set of kinds that modes run on, and where points meet them.
 *
 *   links of the kinds -> arcs between the nodes they touch -> weights (km, or EUR where there are tolls) -> hierarchy
 *   points -> nearest node within reach; distances to and from terminals; labels for who asks of many pairs */
#include <stdlib.h>
#include <string.h>

#include "transport/access.h"

enum { NEAREST = 16, LANDMARKS = 16 };
static const double at_place_km = 0.05; /* two that are so near are at one place */

/* ---------------------------------------------------------------- links to arcs */
typedef struct drafting {
  const kn_access *access;
  kn_link_view links;
  kn_node_view nodes;
  kn_road *road;
  kn_arena *scratch;
  int32_t node_count, arc_count;
  int32_t *node_of; /* [nodes of the region] node of the graph; KN_NONE */
  int32_t *row_of;  /* [nodes of the graph] */
  int32_t *tail, *head;
  double *cost; /* [arcs] km or EUR */
} drafting;

static int32_t
touch(drafting *d, int32_t row)
{
  if (d->node_of[row] == KN_NONE) {
    d->row_of[d->node_count] = row;
    d->node_of[row] = d->node_count++;
  }
  return d->node_of[row];
}

static void
add_arc(drafting *d, int32_t link, int32_t from, int32_t to, double cost)
{
  d->tail[d->arc_count] = from;
  d->head[d->arc_count] = to;
  d->cost[d->arc_count] = cost;
  d->road->arc_link[d->arc_count++] = link;
}

double
kn_hours_on(double km, double link_kmh, double mode_kmh)
{
  const double kmh = isnan(link_kmh) ? mode_kmh : isnan(mode_kmh) ? link_kmh : fmin(link_kmh, mode_kmh);
  return km == 0 ? 0 : km / kmh;
}

/* Rounded up, so that no way is shorter than the stretch of the road tells; a millionth of a unit is left to the division. */
double
kn_road_units(double cost, double unit)
{
  return ceil(cost / unit - 1e-6);
}

static double
weigh_link(const drafting *d, int32_t i)
{
  const kn_link_view *links = &d->links;
  if (d->road->measure == KN_BY_KM)
    return links->km[i];
  const kn_carrier *mode = &d->access->carrier[d->road->mode];
  const double hours = kn_hours_on(links->km[i], links->speed_kmh[i], mode->speed_kmh);
  if (d->road->measure == KN_BY_HOURS)
    return hours;
  const double time_eur = mode->eur_per_h > 0 && !isnan(hours) ? mode->eur_per_h * hours : 0;
  return mode->full_eur_per_km * links->km[i] + links->toll_eur[i] + time_eur;
}

static kn_code
draft_arcs(drafting *d, kn_error *err)
{
  const kn_link_view *links = &d->links;
  KN_NEW(d->node_of, d->scratch, d->nodes.n, err);
  KN_NEW(d->row_of, d->scratch, d->nodes.n, err);
  KN_NEW(d->tail, d->scratch, 2 * links->n, err);
  KN_NEW(d->head, d->scratch, 2 * links->n, err);
  KN_NEW(d->cost, d->scratch, 2 * links->n, err);
  d->road->arc_link = malloc((2 * (size_t)links->n + 1) * sizeof *d->road->arc_link);
  if (d->road->arc_link == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for %" PRId64 " links", links->n);
  for (int64_t i = 0; i < d->nodes.n; i++)
    d->node_of[i] = KN_NONE;
  d->road->stretch = 1;
  for (int32_t i = 0; i < links->n; i++) {
    if ((d->road->kinds >> links->kind[i] & 1) == 0 || links->from[i] == KN_NONE || links->to[i] == KN_NONE ||
        links->max_t[i] < d->road->vehicle_t)
      continue;
    const double crow_km = kn_point_km(KN_SPHERE, d->nodes.point[links->from[i]], d->nodes.point[links->to[i]]);
    if (crow_km * d->road->stretch > links->km[i])
      d->road->stretch = links->km[i] / crow_km;
    const double cost = weigh_link(d, i);
    const int32_t from = touch(d, links->from[i]), to = touch(d, links->to[i]);
    add_arc(d, i, from, to, cost);
    if (!links->oneway[i])
      add_arc(d, i, to, from, cost);
  }
  return KN_OK;
}

/* Whole weights: millionths of a km, EUR or hour, or as near to that as sums along a way allow. */
static kn_code
build_hierarchy(drafting *d, const kn_watch *watch, kn_error *err)
{
  kn_road *road = d->road;
  uint32_t *weight;
  KN_NEW(weight, d->scratch, d->arc_count, err);
  KN_TRY(kn_graph_new(&road->graph, d->node_count, d->arc_count, d->tail, d->head, err));
  const kn_ch_settings settings = {.thread_count = d->access->thread_count};
  double most = 0;
  for (int32_t a = 0; a < d->arc_count; a++)
    most = fmax(most, d->cost[a]);
  static const double units[] = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000};
  enum { UNITS = sizeof units / sizeof *units };
  for (int32_t k = 0; k < UNITS; k++) {
    road->unit = units[k];
    if (most / road->unit >= KN_MOST_WEIGHT)
      continue;
    for (int32_t a = 0; a < d->arc_count; a++)
      weight[a] = (uint32_t)kn_road_units(d->cost[a], road->unit);
    kn_error why = {0};
    const kn_code code = kn_ch_new(&road->ch, road->graph, weight, &settings, watch, &why);
    if (code == KN_E_LIMIT && road->unit < 1e-2)
      continue;
    if (code != KN_OK && err != NULL)
      *err = why;
    return code;
  }
  return kn_fail(err, KN_E_LIMIT, "a link of %g km or EUR is longer than a network can be", most);
}

/* ---------------------------------------------------------------- where points meet the road */
/* A walk over arcs in depth, nodes into `order` as they are left. Of nodes without a part only; those get `part`. */
static int32_t
walk(const int32_t *first, const int32_t *arc, const int32_t *end, int32_t start, int32_t part, int32_t *part_of, int32_t *stack,
     int32_t *next, int32_t *order)
{
  int32_t depth = 0, left = 0;
  stack[depth++] = start;
  part_of[start] = part;
  next[start] = first[start];
  while (depth > 0) {
    const int32_t v = stack[depth - 1];
    if (next[v] == first[v + 1]) {
      order[left++] = v;
      depth--;
      continue;
    }
    const int32_t w = end[arc[next[v]++]];
    if (part_of[w] != KN_NONE)
      continue;
    part_of[w] = part;
    next[w] = first[w];
    stack[depth++] = w;
  }
  return left;
}

/* The largest strongly connected part: a place that meets another node may be shut in. Two walks over all arcs, the second
 * backwards from the nodes that the first left last (Kosaraju; Sharir 1981). O(nodes + arcs). */
static kn_code
find_mainland(const drafting *d, uint8_t *is_main, kn_error *err)
{
  const kn_graph_view g = kn_graph_rows(d->road->graph);
  int32_t *part, *stack, *next, *order, *members;
  KN_NEW(part, d->scratch, g.node_count, err);
  KN_NEW(stack, d->scratch, g.node_count, err);
  KN_NEW(next, d->scratch, g.node_count, err);
  KN_NEW(order, d->scratch, g.node_count, err);
  KN_NEW(members, d->scratch, g.node_count, err);
  int32_t left = 0, most = 0, main = KN_NONE;
  for (int32_t v = 0; v < g.node_count; v++)
    part[v] = KN_NONE;
  for (int32_t v = 0; v < g.node_count; v++)
    if (part[v] == KN_NONE)
      left += walk(g.out_first, g.out_arc, g.head, v, 0, part, stack, next, order + left);
  for (int32_t v = 0; v < g.node_count; v++)
    part[v] = KN_NONE;
  while (left-- > 0) {
    if (part[order[left]] != KN_NONE)
      continue;
    const int32_t size = walk(g.in_first, g.in_arc, g.tail, order[left], order[left], part, stack, next, members);
    if (size > most) {
      most = size;
      main = order[left];
    }
  }
  for (int32_t v = 0; v < g.node_count; v++)
    is_main[v] = part[v] == main;
  return KN_OK;
}

/* The nearest node in reach; where that is shut off from the mainland and not at the place itself, the nearest of the mainland. */
static int32_t
choose(const kn_hit *hit, int32_t hits, const uint8_t *is_main, double *km)
{
  int32_t best = 0;
  for (int32_t h = 0; h < hits && -hit[0].worth > at_place_km && !is_main[hit[best].point]; h++)
    if (is_main[hit[h].point])
      best = h;
  *km = -hit[best].worth;
  return hit[best].point;
}

/* The terminals of a kind that meets the road, by place. */
static kn_code
gather_terminals(kn_tree **out, drafting *d, kn_error *err)
{
  const kn_terminal_view terminals = d->access->terminals;
  kn_point *place;
  int64_t n = 0;
  KN_NEW(place, d->scratch, terminals.n, err);
  for (int64_t t = 0; t < terminals.n; t++)
    if ((terminals.kinds[t] & d->road->kinds) != 0)
      place[n++] = terminals.point[t];
  return kn_tree_new(out, KN_SPHERE, n, place, err);
}

/* Roads and lines are open to all who are near; to load a train or a ship, a place must lie right beside it, or be a terminal of the
 * kind or right at one. O(log terminals). */
static double
reach_km(const drafting *d, const kn_tree *terminals, int32_t point)
{
  const uint32_t open = 1u << KN_ON_ROAD | 1u << KN_ON_CYCLE | 1u << KN_ON_TRANSIT;
  const kn_settings settings = kn_region_settings(d->access->region);
  if ((d->road->kinds & open) != 0 || kn_tree_within(terminals, d->access->point[point], at_place_km) > 0)
    return settings.snap_km;
  return settings.siding_km;
}

/* Which node each point meets. */
static kn_code
meet_points(drafting *d, const kn_snap *snap, const uint8_t *is_main, kn_error *err)
{
  kn_road *road = d->road;
  kn_tree *terminals;
  KN_TRY(gather_terminals(&terminals, d, err));
  for (int32_t p = 0; p < d->access->facts.point_count; p++) {
    kn_hit hit[NEAREST];
    road->meets[p] = KN_NONE;
    const int32_t hits = kn_snap_nearest(snap, d->access->point[p], reach_km(d, terminals, p), NEAREST, hit);
    if (hits > 0)
      road->meets[p] = choose(hit, hits, is_main, &road->gap_km[p]);
  }
  kn_tree_free(terminals);
  return KN_OK;
}

static kn_code
find_meetings(drafting *d, kn_arena *keep, kn_error *err)
{
  kn_road *road = d->road;
  const kn_access *access = d->access;
  const int32_t points = access->facts.point_count;
  kn_point *place;
  int32_t *number;
  uint8_t *is_main;
  kn_snap *snap;
  KN_NEW(place, d->scratch, d->node_count, err);
  KN_NEW(number, d->scratch, d->node_count, err);
  KN_NEW(is_main, d->scratch, d->node_count, err);
  for (int32_t v = 0; v < d->node_count; v++) {
    place[v] = d->nodes.point[d->row_of[v]];
    number[v] = v;
  }
  KN_TRY(find_mainland(d, is_main, err));
  KN_NEW(road->meets, keep, points, err);
  KN_NEW(road->gap_km, keep, points, err);
  KN_TRY(kn_snap_new(&snap, KN_SPHERE, d->node_count, number, place, err));
  const kn_code code = meet_points(d, snap, is_main, err);
  kn_snap_free(snap);
  KN_TRY(code);
  /* Nodes that are points are themselves, wherever others meet. */
  for (int32_t p = access->facts.node_first; p < points; p++) {
    const int32_t row = access->node_row[p - access->facts.node_first];
    road->meets[p] = d->node_of[row];
    road->gap_km[p] = 0;
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- distances */
/* One sweep over the hierarchy for each terminal and direction. O(terminals * (links + points)). */
static kn_code
fill_terminals(drafting *d, kn_arena *keep, kn_error *err)
{
  kn_road *road = d->road;
  const kn_access *access = d->access;
  const int32_t points = access->facts.point_count, terminals = access->terminal_count, first = access->facts.terminal_first;
  uint32_t *distance;
  KN_NEW(distance, d->scratch, d->node_count, err);
  KN_NEW(road->to_terminal, keep, (int64_t)points * terminals, err);
  KN_NEW(road->from_terminal, keep, (int64_t)points * terminals, err);
  for (int32_t t = 0; t < terminals; t++)
    for (kn_heading heading = KN_FROM; heading <= KN_TO; heading++) {
      uint32_t *told = heading == KN_FROM ? road->from_terminal : road->to_terminal;
      const int32_t node = road->meets[first + t];
      if (node != KN_NONE)
        kn_ch_all(road->query, heading, node, distance);
      for (int64_t p = 0; p < points; p++)
        told[p * terminals + t] = node == KN_NONE || road->meets[p] == KN_NONE ? KN_FAR : distance[road->meets[p]];
    }
  return KN_OK;
}

typedef struct place_key {
  uint64_t key;
  int32_t node;
} place_key;

static int
by_key(const void *a, const void *b)
{
  const place_key *x = a, *y = b;
  return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : (x->node > y->node) - (x->node < y->node);
}

/* The bits of the three coordinates in turn, some 12 m to a step: what lies near mostly has a near number (Morton 1966). */
static uint64_t
morton_of(kn_point at)
{
  const double side[3] = {at.x, at.y, at.z};
  uint64_t key = 0;
  for (int k = 0; k < 3; k++) {
    const uint32_t step = (uint32_t)fmin(fmax((side[k] + 1) * (1 << 19), 0), (1 << 20) - 1);
    for (int bit = 0; bit < 20; bit++)
      key |= (uint64_t)(step >> bit & 1) << (3 * bit + k);
  }
  return key;
}

/* Neighbours are asked about one after the other, so their labels lie side by side: the nodes [n] and their places in order. */
static kn_code
sort_places(drafting *d, int64_t n, int32_t *node, int32_t *place, kn_error *err)
{
  place_key *list;
  KN_NEW(list, d->scratch, n, err);
  for (int64_t k = 0; k < n; k++)
    list[k] = (place_key){morton_of(d->nodes.point[d->row_of[node[k]]]), node[k]};
  if (n > 1)
    qsort(list, (size_t)n, sizeof *list, by_key);
  for (int32_t k = 0; k < n; k++) {
    node[k] = list[k].node;
    place[node[k]] = k;
  }
  return KN_OK;
}

/* Which nodes get labels, and where among them each point stands. */
static kn_code
place_labels(drafting *d, kn_arena *keep, kn_error *err)
{
  kn_road *road = d->road;
  const int32_t points = d->access->facts.point_count;
  int32_t *place;
  KN_NEW(road->label, keep, points, err);
  KN_NEW(road->label_node, keep, points, err);
  KN_NEW(place, d->scratch, d->node_count, err);
  for (int32_t v = 0; v < d->node_count; v++)
    place[v] = KN_NONE;
  for (int32_t p = 0; p < points; p++) {
    const int32_t v = road->meets[p];
    if (v != KN_NONE && place[v] == KN_NONE) {
      place[v] = (int32_t)road->label_count;
      road->label_node[road->label_count++] = v;
    }
  }
  KN_TRY(sort_places(d, road->label_count, road->label_node, place, err));
  for (int32_t p = 0; p < points; p++)
    road->label[p] = road->meets[p] == KN_NONE ? KN_NONE : place[road->meets[p]];
  return KN_OK;
}

static kn_code
hasten(kn_access *access, kn_road *road, kn_error *err)
{
  if (atomic_load(&road->labels) != NULL)
    return KN_OK;
  kn_labels *labels;
  if (road->measure == KN_BY_KM && road->landmarks == NULL)
    KN_TRY(kn_landmarks_new(&road->landmarks, road->ch, road->label_count, road->label_node, LANDMARKS, err));
  KN_TRY(kn_labels_new(&labels, road->ch, road->label_count, road->label_node, access->thread_count, err));
  atomic_store(&road->labels, labels); /* landmarks are there before it */
  return KN_OK;
}

kn_code
kn_access_hasten(kn_access *access, kn_error *err)
{
  kn_code code = KN_OK;
  pthread_mutex_lock(&access->mutex);
  for (int32_t r = 0; r < access->road_count && code == KN_OK; r++)
    code = hasten(access, &access->road[r], err);
  pthread_mutex_unlock(&access->mutex);
  return code == KN_OK ? KN_OK : kn_note(err, "labelling the network");
}

uint32_t
kn_road_distance(const kn_access *access, const kn_road *road, int32_t from, int32_t to)
{
  const int32_t i = road->label[from], j = road->label[to];
  if (i == KN_NONE || j == KN_NONE)
    return KN_FAR;
  const kn_labels *labels = atomic_load(&road->labels);
  if (labels != NULL)
    return kn_labels_distance(labels, i, j);
  pthread_mutex_t *mutex = &((kn_access *)(uintptr_t)access)->mutex; /* the workspace is not what is asked about */
  pthread_mutex_lock(mutex);
  const uint32_t distance = kn_ch_distance(road->query, road->label_node[i], road->label_node[j]);
  pthread_mutex_unlock(mutex);
  return distance;
}

/* ---------------------------------------------------------------- which roads there are */
static kn_code
build_road(kn_access *access, kn_road *road, const kn_watch *watch, kn_error *err)
{
  drafting d = {.access = access,
                .links = kn_region_links(access->region),
                .nodes = kn_region_nodes(access->region),
                .road = road,
                .scratch = kn_arena_new()};
  kn_code code = draft_arcs(&d, err);
  if (code == KN_OK)
    code = build_hierarchy(&d, watch, err);
  if (code == KN_OK)
    code = find_meetings(&d, access->arena, err);
  if (code == KN_OK)
    code = place_labels(&d, access->arena, err);
  if (code == KN_OK)
    code = kn_ch_query_new(&road->query, road->ch, err);
  if (code == KN_OK)
    code = fill_terminals(&d, access->arena, err);
  kn_arena_free(d.scratch);
  return code == KN_OK ? KN_OK : kn_note(err, "building the network");
}

/* What the links of some kinds have that makes a difference to modes. */
typedef struct traits {
  uint32_t there, tolled, unknown_speed; /* kinds with links; with tolls; with links whose speed is not known */
  double least_t[KN_LINK_KIND_COUNT];    /* the least that a link of the kind bears */
} traits;

static traits
look_at_links(const kn_access *access)
{
  const kn_link_view links = kn_region_links(access->region);
  traits all = {0};
  for (int32_t k = 0; k < KN_LINK_KIND_COUNT; k++)
    all.least_t[k] = INFINITY;
  for (int64_t i = 0; i < links.n; i++) {
    const uint32_t kind = 1u << links.kind[i];
    all.there |= kind;
    all.tolled |= links.toll_eur[i] > 0 ? kind : 0;
    all.unknown_speed |= isnan(links.speed_kmh[i]) ? kind : 0;
    all.least_t[links.kind[i]] = fmin(all.least_t[links.kind[i]], links.max_t[i]);
  }
  return all;
}

static kn_measure
measure_of(const traits *all, const kn_carrier *mode, uint32_t kinds)
{
  const bool knows_speed = !isnan(mode->speed_kmh) || (kinds & all->unknown_speed) == 0;
  if (isfinite(mode->max_hours) && knows_speed)
    return KN_BY_HOURS;
  return (kinds & all->tolled) != 0 || mode->eur_per_h > 0 ? KN_BY_EUR : KN_BY_KM;
}

/* The road of a mode among those that there are, or a new one. */
static int32_t
road_of(kn_access *access, const traits *all, int32_t mode, uint32_t kinds)
{
  const kn_carrier *carrier = &access->carrier[mode];
  kn_road fresh = {.kinds = kinds, .measure = measure_of(all, carrier, kinds), .mode = mode};
  for (int32_t k = 0; k < KN_LINK_KIND_COUNT; k++)
    if ((kinds >> k & 1) != 0 && all->least_t[k] < carrier->vehicle_t)
      fresh.vehicle_t = carrier->vehicle_t;
  for (int32_t r = 0; r < access->road_count && fresh.measure == KN_BY_KM; r++) {
    const kn_road *there = &access->road[r];
    if (there->measure == KN_BY_KM && there->kinds == kinds && there->vehicle_t == fresh.vehicle_t)
      return r;
  }
  access->road[access->road_count] = fresh;
  return access->road_count++;
}

kn_code
kn_roads_build(kn_access *access, const kn_watch *watch, kn_error *err)
{
  const traits all = look_at_links(access);
  KN_NEW(access->road, access->arena, access->facts.carrier_count, err);
  for (int32_t m = 0; m < access->facts.carrier_count; m++) {
    kn_carrier *carrier = &access->carrier[m];
    const uint32_t kinds = carrier->kinds & all.there;
    carrier->road = kinds != 0 && !carrier->is_tariff_only ? road_of(access, &all, m, kinds) : KN_NONE;
  }
  for (int32_t r = 0; r < access->road_count; r++)
    KN_TRY(build_road(access, &access->road[r], watch, err));
  return KN_OK;
}

void
kn_road_free(kn_road *road)
{
  kn_ch_query_free(road->query);
  kn_labels_free(atomic_load(&road->labels));
  kn_landmarks_free(road->landmarks);
  kn_ch_free(road->ch);
  kn_graph_free(road->graph);
  free(road->arc_link);
  free(road->slot);
}
